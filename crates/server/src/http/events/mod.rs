//! Events for apps' servers: who wants which (webhooks), what could not be delivered, and events as a stream. ACS has these in Azure Event
//! Grid's management API, which is another service's; so the paths and bodies here are Convene's own (docs/events.md).

mod dead_letters;
mod stream;
mod subscriptions;

pub(crate) use dead_letters::DEAD_LETTERS_MAX;

use crate::app::AppState;
use crate::http::described::Described;
use crate::http::error::ApiError;
use crate::http::signed::answer_headers;
use axum::middleware;
use convene_model::subscription::Subscription;
use convene_store::Store;
use std::sync::Arc;

const TAG: &str = "Events";

const NO_SUBSCRIPTION: &str =
    "This resource has no subscription with this id. GET /events/subscriptions lists those that it has.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(stream::__path_follow, stream::follow::<S>)
        .operation(subscriptions::__path_create, subscriptions::create::<S>)
        .operation(subscriptions::__path_list, subscriptions::list::<S>)
        .operation(subscriptions::__path_one, subscriptions::one::<S>)
        .operation(subscriptions::__path_delete, subscriptions::delete::<S>)
        .operation(subscriptions::__path_validate, subscriptions::validate::<S>)
        .operation(dead_letters::__path_list, dead_letters::list::<S>)
        .operation(dead_letters::__path_replay, dead_letters::replay::<S>)
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

/// The resource's subscription of that id. Others' are as unknown as those that never were.
async fn own_subscription<S: Store>(app: &AppState<S>, resource: &str, id: &str) -> Result<Subscription, ApiError> {
    let ours = app.store.subscriptions(Some(resource)).await?;
    ours.into_iter().find(|subscription| subscription.id == id).ok_or(ApiError::NotFound(NO_SUBSCRIPTION))
}
