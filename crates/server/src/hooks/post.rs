//! What is sent to endpoints: events, and the handshakes by which an endpoint says that it wants them.
//!
//! Sources: CloudEvents "HTTP 1.1 Web Hooks for Event Delivery" §4 (validation by OPTIONS); Azure Event Grid, "Endpoint validation with
//! Event Grid event schema"; Standard Webhooks 1.0.0 (headers and signature).

use crate::clock::{OsRandom, wall_now};
use crate::outbound::{HttpClient, Outgoing, Reach, Reply};
use axum::http::{HeaderName, HeaderValue, Method, header};
use convene_events::{Body, body, signature, validation};
use convene_model::subscription::{EventLine, EventSchema, Subscription};
use convene_model::uuid_v4;
use hyper::body::Bytes;
use serde_json::Value;
use std::time::Duration;

/// How long an endpoint may take to answer. Longer: a slow one holds its call's events. Shorter: a slow one never gets any. Event Grid
/// waits for 30 seconds.
const WITHIN: Duration = Duration::from_secs(30);

/// The same of a handshake, for which somebody waits.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);

const USER_AGENT: &str = concat!("Convene/", env!("CARGO_PKG_VERSION"));

/// Where requests to an endpoint may go.
pub fn reach(subscription: &Subscription) -> Reach {
    if subscription.by_operator { Reach::Anywhere } else { Reach::Public }
}

/// Delivers an event.
///
/// # Errors
/// A sentence that says why it did not arrive.
pub async fn deliver(client: &HttpClient, subscription: &Subscription, line: &EventLine) -> Result<(), String> {
    let body = body(line, subscription.schema);
    let seconds = wall_now().div_euclid(1000);
    let signature = signature(&subscription.secret, &line.event.id, seconds, &body.text);
    let mut headers = headers_of(&body);
    headers.extend([
        (HeaderName::from_static("webhook-id"), value(&line.event.id)),
        (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(seconds)),
        (HeaderName::from_static("webhook-signature"), value(&signature)),
    ]);
    let reply = post(client, subscription, headers, body.text, WITHIN).await?;
    match reply.status {
        200..=299 => Ok(()),
        status => Err(format!("the endpoint answered {status}")),
    }
}

/// What an endpoint said to the question whether it wants events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It does.
    Yes,
    /// It has the link: somebody opens that, if it does.
    Later,
}

/// Asks an endpoint whether it wants events. `origin`: the name of this server; `code`: what it says back; `link`: what somebody may open
/// instead.
///
/// # Errors
/// A sentence that says why it does not, as far as one can see.
pub async fn shake_hands(
    client: &HttpClient,
    subscription: &Subscription,
    origin: &str,
    code: &str,
    link: Option<&str>,
) -> Result<Says, String> {
    match subscription.schema {
        EventSchema::CloudEvents => ask_leave(client, subscription, origin).await.map(|()| Says::Yes),
        EventSchema::EventGrid => send_code(client, subscription, code, link).await,
    }
}

async fn ask_leave(client: &HttpClient, subscription: &Subscription, origin: &str) -> Result<(), String> {
    let outgoing = Outgoing {
        method: Method::OPTIONS,
        url: &subscription.endpoint,
        headers: vec![
            (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
            (HeaderName::from_static("webhook-request-origin"), value(origin)),
        ],
        body: Bytes::new(),
        reach: reach(subscription),
        within: HANDSHAKE_WITHIN,
    };
    let reply = client.send(outgoing).await.map_err(|error| error.to_string())?;
    if !(200..=299).contains(&reply.status) {
        return Err(format!("it answered OPTIONS with {}", reply.status));
    }
    let allowed = reply.headers.get("webhook-allowed-origin").and_then(|value| value.to_str().ok());
    match allowed {
        Some(allowed) if allowed == "*" || allowed.eq_ignore_ascii_case(origin) => Ok(()),
        Some(_) => Err(format!("its WebHook-Allowed-Origin is neither * nor {origin}")),
        None => Err(format!("its answer to OPTIONS has no WebHook-Allowed-Origin (* or {origin})")),
    }
}

async fn send_code(
    client: &HttpClient,
    subscription: &Subscription,
    code: &str,
    link: Option<&str>,
) -> Result<Says, String> {
    let body = validation(&uuid_v4(&mut OsRandom), &subscription.resource, code, link, wall_now());
    let headers = headers_of(&body);
    let reply = post(client, subscription, headers, body.text, HANDSHAKE_WITHIN).await?;
    if !(200..=299).contains(&reply.status) {
        return Err(format!("it answered the validation event with {}", reply.status));
    }
    let answer: Value = serde_json::from_str(&reply.text).unwrap_or_default();
    match &answer["validationResponse"] {
        Value::String(response) if response == code => return Ok(Says::Yes),
        Value::Null if link.is_some() => return Ok(Says::Later),
        _ => {}
    }
    Err("its answer to the validation event is not {\"validationResponse\": <the event's data.validationCode>}"
        .to_owned())
}

async fn post(
    client: &HttpClient,
    subscription: &Subscription,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: String,
    within: Duration,
) -> Result<Reply, String> {
    let (method, url) = (Method::POST, subscription.endpoint.as_str());
    let outgoing = Outgoing { method, url, headers, body: body.into(), reach: reach(subscription), within };
    client.send(outgoing).await.map_err(|error| error.to_string())
}

fn headers_of(body: &Body) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
        (header::CONTENT_TYPE, HeaderValue::from_static(body.content_type)),
    ];
    if let Some(kind) = body.event_grid_kind {
        headers.push((HeaderName::from_static("aeg-event-type"), HeaderValue::from_static(kind)));
    }
    headers
}

/// Ids, names of hosts and signatures have no characters that a header may not.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
