//! Who wants to hear of events, and what waits to be delivered to them.

use crate::{ConnectionId, WallMs, record::OutboxEvent};
use std::collections::BTreeSet;

/// In which shape events are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventSchema {
    /// CloudEvents 1.0.
    CloudEvents,
    /// Azure Event Grid's own.
    EventGrid,
}

impl EventSchema {
    /// Both.
    pub const ALL: [Self; 2] = [Self::CloudEvents, Self::EventGrid];

    /// Its name in APIs, on the command line and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::CloudEvents => "cloudEvents",
            Self::EventGrid => "eventGrid",
        }
    }

    /// The schema of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|schema| schema.name() == name)
    }
}

/// A resource's wish to be told of events at an endpoint. Has no `Debug`, since its secret has none.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id: a UUID.
    pub id: String,
    /// Whose: events of this resource's group calls and rooms are delivered.
    pub resource: String,
    /// Where to: an `http` or `https` URL.
    pub endpoint: String,
    /// In which shape.
    pub schema: EventSchema,
    /// Which types; all if empty.
    pub types: BTreeSet<String>,
    /// Whether events of the organization's meetings are delivered too.
    pub meetings: bool,
    /// Whether its endpoint may be at a private address, and without TLS: the operator made it, or lets everybody name such.
    pub by_operator: bool,
    /// The connection whose callbacks it takes; those, and nothing else.
    pub connection: Option<ConnectionId>,
    /// The key that signs what is delivered, 32 bytes.
    pub secret: Vec<u8>,
    /// When it was made.
    pub created_at: WallMs,
}

/// An event at its place in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine {
    /// Its position.
    pub seq: i64,
    /// The resource whose group call, room or chat thread it is about, or at whose user a call rings; `None` if it is about a meeting.
    pub resource: Option<String>,
    /// The event.
    pub event: OutboxEvent,
}

impl Subscription {
    /// Whether it wants this event.
    pub fn wants(&self, line: &EventLine) -> bool {
        if self.connection.is_some() || line.event.connection.is_some() {
            return self.connection == line.event.connection;
        }
        let is_ours = line.resource.as_ref().map_or(self.meetings, |resource| *resource == self.resource);
        is_ours && (self.types.is_empty() || self.types.contains(&line.event.event_type))
    }

    /// Whether it names this type of events, and does not only take everything.
    pub fn names(&self, event_type: &str) -> bool {
        self.connection.is_none() && self.types.contains(event_type)
    }
}

/// An event whose delivery failed, or that waits behind such a one of the same call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// The event.
    pub line: EventLine,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried first.
    pub first_at: Option<WallMs>,
    /// When it is tried next.
    pub next_at: WallMs,
    /// Since when it is tried no more: a dead letter.
    pub dead_at: Option<WallMs>,
    /// Why the last attempt failed, in a sentence.
    pub error: Option<String>,
}

/// How far a subscription's delivery has come: what a restart goes on from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Every wanted event of the outbox up to here is delivered, or stands in `kept` of this or of a former checkpoint.
    pub position: i64,
    /// New, or changed since.
    pub kept: Vec<Undelivered>,
    /// Positions of events of a former checkpoint that are delivered now.
    pub delivered: Vec<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CallId, record::EventOf};

    #[test]
    fn a_subscription_wants_events_of_its_own_resource_and_of_meetings_if_it_may() {
        let subscription = |meetings, types: &[&str]| Subscription {
            id: "s".into(),
            resource: "ours".into(),
            endpoint: "https://app.example/events".into(),
            schema: EventSchema::CloudEvents,
            types: types.iter().map(|name| (*name).to_owned()).collect(),
            meetings,
            by_operator: false,
            connection: None,
            secret: vec![],
            created_at: 0,
        };
        let line = |resource: Option<&str>| EventLine {
            seq: 1,
            resource: resource.map(str::to_owned),
            event: OutboxEvent {
                id: "e".into(),
                of: EventOf::Call(CallId("c".into())),
                connection: None,
                event_type: "Convene.LobbyKnocked".into(),
                subject: String::new(),
                data: "{}".into(),
                at: 0,
            },
        };
        assert!(subscription(false, &[]).wants(&line(Some("ours"))));
        assert!(!subscription(true, &[]).wants(&line(Some("theirs"))));
        assert!(!subscription(false, &[]).wants(&line(None)));
        assert!(subscription(true, &["Convene.LobbyKnocked"]).wants(&line(None)));
        assert!(!subscription(true, &["Convene.LobbyAdmitted"]).wants(&line(None)));

        let connection = |name: &str| Some(ConnectionId(name.into()));
        let callback = |name| {
            let line = line(Some("ours"));
            EventLine { event: OutboxEvent { connection: connection(name), ..line.event }, ..line }
        };
        let of_connection = Subscription { connection: connection("one"), ..subscription(true, &[]) };
        assert!(of_connection.wants(&callback("one")));
        assert!(!of_connection.wants(&callback("two")));
        assert!(!of_connection.wants(&line(Some("ours"))));
        assert!(!subscription(true, &[]).wants(&callback("one")));
    }
}
