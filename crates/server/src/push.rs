//! Web Push: tells browsers of rings through their push services. What is sent is encrypted for the browser, so a push service learns when
//! somebody is called, and nothing else.
//!
//! Sources: RFC 8030 (requests), RFC 8291 (encryption), RFC 8292 (who sends).

use crate::clock::{OsRandom, wall_now};
use crate::outbound::{HttpClient, Outgoing, Reach};
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use convene_events::identifier;
use convene_identity::{PushKey, new_push_seed};
use convene_model::push::{PushDevice, RingPush, RingState};
use convene_model::{RawId, WallMs, rfc3339};
use convene_store::{PushStore, StoreError};
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;
use web_push_native::{Auth, encrypt, p256::PublicKey};

/// How long a push service may take. Longer: a caller of somebody without a device waits longer for the answer that nobody is there. Shorter: a
/// slow push service calls nobody.
const WITHIN: Duration = Duration::from_secs(8);

/// For how long a push service keeps a message that a ring is over for a browser that is not connected, in seconds. Longer: somebody who comes
/// back reads of calls long gone. Shorter: a notification stays that rings at nobody.
const OVER_KEPT: WallMs = 24 * 60 * 60;

/// The bytes of a browser's secret.
pub const AUTH_BYTES: usize = 16;

/// Whether it is a public key that messages can be encrypted for: an uncompressed point of P-256.
pub fn is_public_key(p256dh: &[u8]) -> bool {
    p256dh.len() == 65 && PublicKey::from_sec1_bytes(p256dh).is_ok()
}

/// Sends messages to browsers.
pub struct Pusher {
    key: PushKey,
    client: HttpClient,
    contact: String,
    reach: Reach,
}

type Headers = Vec<(HeaderName, HeaderValue)>;

/// What became of a message.
enum Fate {
    Taken,
    /// The browser wants no more of them.
    Gone,
    Failed(String),
}

impl Pusher {
    /// With the key that the store has, or has from now on. `contact`: the URL at which push services find who runs this server.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn open(
        store: &impl PushStore,
        client: HttpClient,
        contact: String,
        reach: Reach,
    ) -> Result<Self, StoreError> {
        let seed = store.get_or_init_push_key(&new_push_seed(&mut OsRandom)).await?;
        let unreadable = || StoreError::Unreadable { what: "the push key".to_owned() };
        Ok(Self { key: PushKey::from_seed(&seed).ok_or_else(unreadable)?, client, contact, reach })
    }

    /// What `PushManager.subscribe` takes for `applicationServerKey`.
    pub fn public_key(&self) -> &str {
        self.key.public()
    }

    /// Where messages may go.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Tells a user's browsers of a ring. How many of them their push services took it for; those that want none are forgotten.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn push(&self, store: &impl PushStore, user: &RawId, push: &RingPush) -> Result<u32, StoreError> {
        let devices = store.push_devices(user).await?;
        let fates = join_all(devices.iter().map(|device| self.send(device, push))).await;
        let mut taken = 0;
        for (device, fate) in devices.iter().zip(fates) {
            match fate {
                Fate::Taken => taken += 1,
                Fate::Gone => {
                    store.forget_push_device(user, &device.endpoint).await?;
                }
                Fate::Failed(why) => tracing::warn!(%user, why, "a push service did not take a message"),
            }
        }
        Ok(taken)
    }

    async fn send(&self, device: &PushDevice, push: &RingPush) -> Fate {
        let (headers, body) = match self.message(device, push) {
            Ok(message) => message,
            Err(why) => return Fate::Failed(why),
        };
        let (method, url) = (Method::POST, device.endpoint.as_str());
        let outgoing = Outgoing { method, url, headers, body: body.into(), reach: self.reach, within: WITHIN };
        match self.client.send(outgoing).await {
            Ok(reply) => match reply.status {
                200..=299 => Fate::Taken,
                404 | 410 => Fate::Gone,
                status => Fate::Failed(format!("it answered {status}")),
            },
            Err(error) => Fate::Failed(error.to_string()),
        }
    }

    fn message(&self, device: &PushDevice, push: &RingPush) -> Result<(Headers, Vec<u8>), String> {
        let key = PublicKey::from_sec1_bytes(&device.p256dh).map_err(|error| error.to_string())?;
        let auth: [u8; AUTH_BYTES] =
            (*device.auth).try_into().map_err(|_| "the browser's secret is of another length")?;
        let sealed = encrypt(text_of(push).into_bytes(), &key, &Auth::from(auth));
        let audience = origin_of(&device.endpoint).ok_or("the endpoint is no URL")?;
        let authorization = self.key.authorization(&audience, &self.contact, wall_now());
        let mut authorization = value(&authorization.map_err(|error| error.to_string())?)?;
        authorization.set_sensitive(true);
        let seconds = match push.state {
            RingState::Rings { until } => (until - wall_now()).max(0).div_euclid(1000),
            RingState::Over { .. } => OVER_KEPT,
        };
        // The newest message of a ring takes the place of those that are not delivered (RFC 8030 §5.4): at most 32 characters.
        let topic: String = push.ring.as_str().chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        let headers = vec![
            (header::AUTHORIZATION, authorization),
            (header::CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
            (HeaderName::from_static("ttl"), HeaderValue::from(seconds)),
            (HeaderName::from_static("urgency"), HeaderValue::from_static("high")),
            (HeaderName::from_static("topic"), value(&topic)?),
        ];
        Ok((headers, sealed.map_err(|error| error.to_string())?))
    }
}

/// What the browser reads.
fn text_of(push: &RingPush) -> String {
    let mut text = json!({
        "ring": push.ring.as_str(),
        "callId": push.call.as_str(),
        "caller": identifier(&push.caller),
        "displayName": push.display_name,
    });
    match push.state {
        RingState::Rings { until } => {
            text["type"] = json!("Convene.IncomingCall");
            text["expiresOn"] = json!(rfc3339(until));
        }
        RingState::Over { reason } => {
            text["type"] = json!("Convene.IncomingCallOver");
            text["reason"] = json!({ "code": reason.code(), "subCode": reason.sub_code(), "phrase": reason.message() });
        }
    }
    text.to_string()
}

/// `https://host:port` of a URL, as RFC 6454 §6.2 writes it.
fn origin_of(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme()?;
    let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let host = uri.host()?;
    Some(match uri.authority().and_then(Authority::port_u16) {
        Some(port) if port != usual => format!("{scheme}://{host}:{port}"),
        _ => format!("{scheme}://{host}"),
    })
}

fn value(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::origin_of;

    #[test]
    fn an_audience_is_the_origin_of_the_endpoint() {
        for (endpoint, origin) in [
            ("https://push.example/a/b?c=d", Some("https://push.example")),
            ("https://push.example:443/a", Some("https://push.example")),
            ("http://127.0.0.1:9000/a", Some("http://127.0.0.1:9000")),
            ("/a", None),
        ] {
            assert_eq!(origin_of(endpoint).as_deref(), origin, "{endpoint}");
        }
    }
}
