//! What the CLI can do with subscriptions to events: make, list and delete them, list and replay dead letters.

use crate::admin::{Admin, AdminCommand, AdminError};
use crate::clock::wall_now;
use crate::hooks::{Wish, make, origin_of};
use crate::http::DEAD_LETTERS_MAX;
use crate::outbound::HttpClient;
use convene_events::{cloud_event, shown_secret};
use convene_model::rfc3339;
use convene_model::subscription::Subscription;
use convene_store::Store;
use serde_json::{Value, json};

impl<S: Store> Admin<'_, S> {
    /// Carries out a command about subscriptions.
    pub(crate) async fn subscriptions(&self, command: AdminCommand) -> Result<Value, AdminError> {
        match command {
            AdminCommand::CreateSubscription { resource, endpoint, schema, types, meetings } => {
                let resource = resource.unwrap_or_else(|| self.settings.resource_id.clone());
                if self.store.resource(&resource).await?.is_none() {
                    return Err(AdminError(format!(
                        "there is no resource {resource:?}. `convene resource list` prints those that there are."
                    )));
                }
                let client = HttpClient::new(&[]).map_err(|error| AdminError(format!("{error}.")))?;
                let wish = Wish { resource, endpoint, schema, types, meetings, by_operator: true };
                let made = make(self.store, &client, &origin_of(self.public_url), wish, None).await;
                let (made, _) = made.map_err(|error| AdminError(error.to_string()))?;
                let mut shown = view(&made);
                shown["secret"] = json!(shown_secret(&made.secret));
                shown["note"] = json!(
                    "The secret is shown this once. It checks the webhook-signature header of what is delivered."
                );
                Ok(shown)
            }
            AdminCommand::ListSubscriptions {} => {
                let all = self.store.subscriptions(None).await?;
                Ok(all.iter().filter(|subscription| subscription.connection.is_none()).map(view).collect())
            }
            AdminCommand::DeleteSubscription { id } => {
                if !self.store.delete_subscription(&id).await? {
                    return Err(unknown(&id));
                }
                Ok(json!({ "id": id, "deleted": true }))
            }
            AdminCommand::ListDeadLetters { subscription } => {
                self.check(&subscription).await?;
                let dead = self.store.undelivered(&subscription, true, DEAD_LETTERS_MAX).await?;
                let lines = dead.iter().map(|dead| {
                    json!({
                        "event": cloud_event(&dead.line), "attempts": dead.attempts, "deadSince": dead.dead_at.map(rfc3339),
                        "lastError": dead.error,
                    })
                });
                Ok(lines.collect())
            }
            AdminCommand::ReplayDeadLetters { subscription, event } => {
                self.check(&subscription).await?;
                let replayed = self.store.replay(&subscription, event.as_deref(), wall_now()).await?;
                Ok(json!({ "id": subscription, "replayed": replayed }))
            }
            other => Err(AdminError(format!("{other:?} is no command about subscriptions."))),
        }
    }

    async fn check(&self, id: &str) -> Result<(), AdminError> {
        let known = self.store.delivery_position(id).await?;
        known.map(|_| ()).ok_or_else(|| unknown(id))
    }
}

fn unknown(id: &str) -> AdminError {
    AdminError(format!("there is no subscription {id:?}. `convene subscription list` prints those that there are."))
}

fn view(subscription: &Subscription) -> Value {
    json!({
        "id": subscription.id,
        "resource": subscription.resource,
        "endpoint": subscription.endpoint,
        "schema": subscription.schema.name(),
        "includedEventTypes": subscription.types,
        "meetings": subscription.meetings,
        "createdOn": rfc3339(subscription.created_at),
    })
}
