//! What all requests share that make something: a repeated one means the same thing, and callbacks have somewhere to go.

use super::ask;
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::hooks::take_callbacks;
use crate::http::error::ApiError;
use crate::http::repeatable::Repeatable;
use crate::http::signed::Signed;
use crate::outbound::Reach;
use axum::http::HeaderMap;
use convene_identity::secret_hash;
use convene_model::automation::{AutomationCommand, ConnectionView, NewAgent, NewConnection};
use convene_model::{ConnectionId, uuid_v4};
use convene_store::Store;
use std::net::IpAddr;

/// A connection, as its request says that it should be.
pub struct Wish {
    pub callback_uri: String,
    pub context: Option<String>,
    pub agent: Option<NewAgent>,
}

/// Where this server's own requests may go.
pub fn reach<S>(app: &AppState<S>) -> Reach {
    if app.config.private_endpoints { Reach::Anywhere } else { Reach::Public }
}

/// The id of what a request makes: the same request again, of the same connection if it is one's, means the same thing.
pub fn id_of(headers: &HeaderMap, signed: &Signed, connection: &str) -> Result<String, ApiError> {
    let (text, resource) = (String::from_utf8_lossy(&signed.body), &signed.resource.id);
    let repeatable = Repeatable::of(headers, resource, "", &text, wall_now())?;
    Ok(match repeatable {
        Some(repeatable) => uuid_of(&secret_hash(&format!("{resource}\n{}\n{connection}\n{text}", repeatable.id))),
        None => uuid_v4(&mut OsRandom),
    })
}

/// Has a connection made, by the command that `command` makes of it.
pub async fn make<S: Store>(
    app: &AppState<S>,
    address: IpAddr,
    headers: &HeaderMap,
    signed: &Signed,
    wish: Wish,
    command: impl FnOnce(NewConnection) -> AutomationCommand,
) -> Result<ConnectionView, ApiError> {
    let (id, resource) = (ConnectionId(id_of(headers, signed, "")?), signed.resource.id.clone());
    let Wish { callback_uri, context, agent } = wish;
    let anywhere = app.config.private_endpoints;
    let subscription = take_callbacks(&*app.store, &resource, &id, &callback_uri, anywhere).await?;
    match ask(app, address, command(NewConnection { id, resource, context, callback_uri, agent })).await {
        Ok(view) => {
            app.subscriptions_changed.notify_one();
            Ok(view)
        }
        Err(refused) => {
            app.store.delete_subscription(&subscription).await?;
            Err(refused)
        }
    }
}

/// The UUID (version 8, RFC 9562) of a hash in hexadecimal digits.
fn uuid_of(hash: &str) -> String {
    format!("{}-{}-8{}-a{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32])
}
