//! Subscriptions whose endpoints have not said yet that they want events: somebody opens a link within ten minutes, and they begin.
//!
//! They are kept in memory: one that nobody confirmed before the server stopped is made again.
//!
//! Source: Azure Event Grid, "Endpoint validation with Event Grid event schema", asynchronous handshake.

use convene_identity::secret_hash;
use convene_model::subscription::Subscription;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long somebody may take to open the link. Event Grid waits as long. Longer: more that nobody will ever confirm. Shorter: whoever reads
/// the link in a log is too late.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(10 * 60);

struct Waiting {
    subscription: Subscription,
    /// The hash of the code in the link.
    code: String,
    until: Duration,
}

/// Those that wait, by their ids. `now` is monotonic.
#[derive(Default)]
pub struct PendingSubscriptions(Mutex<BTreeMap<String, Waiting>>);

impl PendingSubscriptions {
    /// Lets a subscription wait for its code.
    pub fn put(&self, subscription: Subscription, code: &str, now: Duration) {
        let (id, code) = (subscription.id.clone(), secret_hash(code));
        self.lock(now).insert(id, Waiting { subscription, code, until: now + CONFIRMED_WITHIN });
    }

    /// Those of a resource, the oldest first.
    pub fn of(&self, resource: &str, now: Duration) -> Vec<Subscription> {
        let waiting = self.lock(now);
        let ours = waiting.values().map(|waiting| &waiting.subscription).filter(|of| of.resource == resource);
        let mut ours: Vec<Subscription> = ours.cloned().collect();
        ours.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        ours
    }

    /// The one that waits under this id for this code; it waits no more.
    pub fn confirm(&self, id: &str, code: &str, now: Duration) -> Option<Subscription> {
        let mut waiting = self.lock(now);
        // Hashes are compared: how long that takes says nothing of the code.
        waiting.get(id).filter(|of| of.code == secret_hash(code))?;
        waiting.remove(id).map(|of| of.subscription)
    }

    /// Lets it wait no more. False if the resource has none of this id.
    pub fn forget(&self, resource: &str, id: &str, now: Duration) -> bool {
        let mut waiting = self.lock(now);
        let ours = waiting.get(id).is_some_and(|of| of.subscription.resource == resource);
        ours && waiting.remove(id).is_some()
    }

    fn lock(&self, now: Duration) -> MutexGuard<'_, BTreeMap<String, Waiting>> {
        // A panic elsewhere leaves the map as it was.
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, waiting| now < waiting.until);
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::subscription::EventSchema;

    fn subscription(id: &str) -> Subscription {
        Subscription {
            id: id.into(),
            resource: "r".into(),
            endpoint: "https://app.example/".into(),
            schema: EventSchema::EventGrid,
            types: Default::default(),
            meetings: false,
            by_operator: false,
            connection: None,
            secret: vec![],
            created_at: 0,
        }
    }

    fn ids(subscriptions: &[Subscription]) -> Vec<&str> {
        subscriptions.iter().map(|subscription| subscription.id.as_str()).collect()
    }

    #[test]
    fn a_subscription_waits_ten_minutes_for_its_own_code_and_is_given_out_once() {
        let (pending, at) = (PendingSubscriptions::default(), Duration::from_secs);
        pending.put(subscription("a"), "code of a", at(0));
        pending.put(subscription("b"), "code of b", at(60));
        assert_eq!((ids(&pending.of("r", at(60))), ids(&pending.of("other", at(60)))), (vec!["a", "b"], vec![]));
        assert!(pending.confirm("a", "code of b", at(61)).is_none());
        assert!(pending.confirm("a", "code of a", at(600)).is_none(), "its time is over");
        assert!(!pending.forget("other", "b", at(600)));
        assert!(pending.confirm("b", "code of b", at(659)).is_some());
        assert!(pending.confirm("b", "code of b", at(659)).is_none());
        assert!(!pending.forget("r", "b", at(659)));
    }
}
