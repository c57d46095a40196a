//! How a subscription comes to be: what it may be, and whether its endpoint wants it.

use super::PendingSubscriptions;
use super::post::{Says, reach, shake_hands};
use crate::clock::{OsRandom, wall_now};
use crate::outbound::{HttpClient, Reach};
use axum::http::Uri;
use convene_events::{EVENT_TYPES, SECRET_BYTES};
use convene_model::subscription::{EventSchema, Subscription};
use convene_model::{ConnectionId, Random as _, uuid_v4};
use convene_store::{Store, StoreError};
use std::collections::BTreeSet;
use std::time::Duration;

/// Subscriptions of one resource. Larger: each event costs more. Smaller: an app with many parts needs a relay of its own.
const SUBSCRIPTIONS_MAX: usize = 20;

/// The longest endpoint, in bytes.
const ENDPOINT_MAX: usize = 2048;

/// What somebody wishes for.
pub struct Wish {
    /// Whose events.
    pub resource: String,
    /// Where to.
    pub endpoint: String,
    /// In which shape, by its name.
    pub schema: String,
    /// Which types; all if empty.
    pub types: Vec<String>,
    /// Those of meetings, too.
    pub meetings: bool,
    /// Whether the operator wishes it.
    pub by_operator: bool,
}

/// Why there is no subscription.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What is wrong with it, in sentences, and with which part.
    #[error("{message}")]
    Bad {
        /// The part.
        target: &'static str,
        /// The sentences.
        message: String,
    },
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
}

fn bad(target: &'static str, message: impl Into<String>) -> Refused {
    Refused::Bad { target, message: message.into() }
}

/// How an endpoint may say later that it wants events, if it does not at once.
pub struct Later<'a> {
    /// Where it waits for that.
    pub pending: &'a PendingSubscriptions,
    /// The public URL.
    pub public_url: &'a str,
    /// Monotonic.
    pub now: Duration,
}

/// Makes a subscription, after its endpoint said that it wants it. `origin`: the name of this server. True: it is not made yet, but waits
/// until somebody opens the link that its endpoint was given.
///
/// # Errors
/// [`Refused`]
pub async fn make<S: Store>(
    store: &S,
    client: &HttpClient,
    origin: &str,
    wish: Wish,
    later: Option<Later<'_>>,
) -> Result<(Subscription, bool), Refused> {
    let schema = EventSchema::parse(&wish.schema).ok_or_else(|| {
        bad("schema", format!("There is no schema {:?}. Write cloudEvents or eventGrid.", wish.schema))
    })?;
    let types: BTreeSet<String> = wish.types.into_iter().collect();
    if let Some(unknown) = types.iter().find(|name| !EVENT_TYPES.contains(&name.as_str())) {
        let known = EVENT_TYPES.join(", ");
        return Err(bad("includedEventTypes", format!("There are no events of type {unknown:?}. There are: {known}.")));
    }
    let mut secret = vec![0; SECRET_BYTES];
    OsRandom.fill(&mut secret);
    let subscription = Subscription {
        id: uuid_v4(&mut OsRandom),
        resource: wish.resource,
        endpoint: wish.endpoint,
        schema,
        types,
        meetings: wish.meetings,
        by_operator: wish.by_operator,
        connection: None,
        secret,
        created_at: wall_now(),
    };
    check_endpoint(&subscription.endpoint, reach(&subscription)).map_err(|message| bad("endpoint", message))?;
    let waiting = later.as_ref().map_or(0, |later| later.pending.of(&subscription.resource, later.now).len());
    if store.subscriptions(Some(&subscription.resource)).await?.len() + waiting >= SUBSCRIPTIONS_MAX {
        let message =
            format!("A resource has at most {SUBSCRIPTIONS_MAX} subscriptions. Delete one that nobody needs.");
        return Err(bad("endpoint", message));
    }
    let code = uuid_v4(&mut OsRandom);
    let link = later
        .as_ref()
        .map(|later| format!("{}/events/subscriptions/{}/validate?code={code}", later.public_url, subscription.id));
    let says = shake_hands(client, &subscription, origin, &code, link.as_deref()).await.map_err(|why| {
        let message = format!(
            "The endpoint did not say that it wants events: {why}. docs/events.md has what it is to answer; try again when it does."
        );
        bad("endpoint", message)
    })?;
    if let (Says::Later, Some(later)) = (says, later) {
        tracing::info!(
            subscription = subscription.id,
            resource = subscription.resource,
            "subscription waits for validation"
        );
        later.pending.put(subscription.clone(), &code, later.now);
        return Ok((subscription, true));
    }
    store.insert_subscription(&subscription).await?;
    tracing::info!(subscription = subscription.id, resource = subscription.resource, "subscription made");
    Ok((subscription, false))
}

/// Lets the callbacks of a connection, which is made next, go to `endpoint`. Nobody asks it whether it wants them: the app said so with
/// its key. `anywhere`: it may be at a private address, and without TLS. Gives the subscription's id.
///
/// # Errors
/// [`Refused`]
pub async fn take_callbacks<S: Store>(
    store: &S,
    resource: &str,
    connection: &ConnectionId,
    endpoint: &str,
    anywhere: bool,
) -> Result<String, Refused> {
    let mut secret = vec![0; SECRET_BYTES];
    OsRandom.fill(&mut secret);
    let subscription = Subscription {
        id: connection.as_str().to_owned(),
        resource: resource.to_owned(),
        endpoint: endpoint.to_owned(),
        schema: EventSchema::CloudEvents,
        types: BTreeSet::new(),
        meetings: true,
        by_operator: anywhere,
        connection: Some(connection.clone()),
        secret,
        created_at: wall_now(),
    };
    check_endpoint(endpoint, reach(&subscription)).map_err(|message| bad("callbackUri", message))?;
    match store.insert_subscription(&subscription).await {
        // The same request once more.
        Ok(()) | Err(StoreError::Conflict { .. }) => Ok(subscription.id),
        Err(error) => Err(error.into()),
    }
}

fn check_endpoint(endpoint: &str, reach: Reach) -> Result<(), String> {
    if endpoint.len() > ENDPOINT_MAX {
        return Err(format!("The endpoint is longer than {ENDPOINT_MAX} bytes. Use a shorter URL."));
    }
    let uri: Uri = endpoint
        .parse()
        .map_err(|_| "The endpoint is no URL. Write one such as https://app.example/events.".to_owned())?;
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if reach == Reach::Anywhere => {}
        Some("http") => {
            return Err("The endpoint is not encrypted. Use https; the operator may subscribe others with `convene subscription \
                        create`."
                .to_owned());
        }
        _ => {
            return Err(
                "The endpoint is no http or https URL. Write one such as https://app.example/events.".to_owned()
            );
        }
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err("The endpoint has a name or a password in it, which logs would show. Put a secret into its query, or check the \
                    signature."
            .to_owned());
    }
    match uri.host() {
        Some(host) if !host.is_empty() => Ok(()),
        _ => Err("The endpoint has no host. Write a URL such as https://app.example/events.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_an_encrypted_url_without_a_password_unless_the_operator_says_so() {
        assert_eq!(check_endpoint("https://app.example/events?code=1", Reach::Public), Ok(()));
        assert_eq!(check_endpoint("http://localhost:9000/", Reach::Anywhere), Ok(()));
        let long = format!("https://app.example/{}", "x".repeat(ENDPOINT_MAX));
        for (endpoint, word) in [
            ("http://app.example/events", "encrypted"),
            ("app.example", "http or https"),
            ("ftp://app.example/", "http or https"),
            ("/events", "http or https"),
            ("https://ana:word@app.example/", "password"),
            ("a b", "no URL"),
            (long.as_str(), "shorter"),
        ] {
            let why = check_endpoint(endpoint, Reach::Public).expect_err(endpoint);
            assert!(why.contains(word), "{endpoint}: {why}");
        }
    }
}
