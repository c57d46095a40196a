//! Events as they are delivered: CloudEvents 1.0 (structured mode of its HTTP binding) and Event Grid's own schema.
//!
//! Source: CloudEvents 1.0.2 §3; Azure Event Grid, "Event Grid event schema" and "CloudEvents v1.0 schema".

use crate::callback;
use convene_model::rfc3339;
use convene_model::subscription::{EventLine, EventSchema};
use serde_json::{Value, json};

/// The event type of Event Grid's handshake.
pub const VALIDATION: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";

/// Where an event comes from: a URI reference, the same for all events of one resource, and for all of meetings.
pub fn source(line: &EventLine) -> String {
    match (&line.event.connection, &line.resource) {
        (Some(connection), _) => callback::source(connection),
        (None, Some(resource)) => source_of(resource),
        (None, None) => "/onlineMeetings".to_owned(),
    }
}

fn source_of(resource: &str) -> String {
    format!("/communicationServices/{resource}")
}

/// The event in the shape of CloudEvents 1.0.
pub fn cloud_event(line: &EventLine) -> Value {
    let event = &line.event;
    json!({
        "specversion": "1.0",
        "id": event.id,
        "source": source(line),
        "subject": event.subject,
        "type": event.event_type,
        "time": rfc3339(event.at),
        "datacontenttype": "application/json",
        "data": data(&event.data),
    })
}

fn event_grid_event(line: &EventLine) -> Value {
    let event = &line.event;
    json!({
        "id": event.id,
        "topic": source(line),
        "subject": event.subject,
        "eventType": event.event_type,
        "eventTime": rfc3339(event.at),
        "data": data(&event.data),
        "dataVersion": "1.0",
        "metadataVersion": "1",
    })
}

/// What the outbox holds was written by this crate.
fn data(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// A body as it is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its media type.
    pub content_type: &'static str,
    /// The value of `aeg-event-type`, if the schema is Event Grid's.
    pub event_grid_kind: Option<&'static str>,
    /// The text.
    pub text: String,
}

/// The body that carries one event.
pub fn body(line: &EventLine, schema: EventSchema) -> Body {
    match schema {
        // As ACS posts callbacks: CloudEvents, as a list.
        EventSchema::CloudEvents if line.event.connection.is_some() => Body {
            content_type: "application/json; charset=utf-8",
            event_grid_kind: None,
            text: json!([cloud_event(line)]).to_string(),
        },
        EventSchema::CloudEvents => Body {
            content_type: "application/cloudevents+json; charset=utf-8",
            event_grid_kind: None,
            text: cloud_event(line).to_string(),
        },
        EventSchema::EventGrid => Body {
            content_type: "application/json; charset=utf-8",
            event_grid_kind: Some("Notification"),
            text: json!([event_grid_event(line)]).to_string(),
        },
    }
}

/// The body of Event Grid's handshake: an endpoint that wants events of `resource` answers with the code, or somebody opens `link`.
pub fn validation(id: &str, resource: &str, code: &str, link: Option<&str>, now: convene_model::WallMs) -> Body {
    let mut data = json!({ "validationCode": code });
    if let Some(link) = link {
        data["validationUrl"] = json!(link);
    }
    let event = json!([{
        "id": id,
        "topic": source_of(resource),
        "subject": "",
        "eventType": VALIDATION,
        "eventTime": rfc3339(now),
        "data": data,
        "dataVersion": "1.0",
        "metadataVersion": "1",
    }]);
    Body {
        content_type: "application/json; charset=utf-8",
        event_grid_kind: Some("SubscriptionValidation"),
        text: event.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::{CallId, record::EventOf, record::OutboxEvent};

    fn line(resource: Option<&str>) -> EventLine {
        let event = OutboxEvent {
            id: "2e5a0e2c-0000-4000-8000-000000000001".into(),
            of: EventOf::Call(CallId("c1".into())),
            connection: None,
            event_type: "Microsoft.Communication.CallStarted".into(),
            subject: "call/c1/startedBy/8:acs:r_u".into(),
            data: r#"{"serverCallId":"c1"}"#.into(),
            at: 1_764_150_000_000,
        };
        EventLine { seq: 7, resource: resource.map(str::to_owned), event }
    }

    #[test]
    fn a_cloud_event_has_the_required_attributes_and_its_data_as_json() {
        let Body { content_type, event_grid_kind, text } = body(&line(Some("r")), EventSchema::CloudEvents);
        assert_eq!((content_type, event_grid_kind), ("application/cloudevents+json; charset=utf-8", None));
        let event: Value = serde_json::from_str(&text).unwrap();
        let expected = json!({
            "specversion": "1.0",
            "id": "2e5a0e2c-0000-4000-8000-000000000001",
            "source": "/communicationServices/r",
            "subject": "call/c1/startedBy/8:acs:r_u",
            "type": "Microsoft.Communication.CallStarted",
            "time": "2025-11-26T09:40:00.000Z",
            "datacontenttype": "application/json",
            "data": { "serverCallId": "c1" },
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn event_grid_gets_a_list_of_one_in_its_own_schema() {
        let Body { content_type, event_grid_kind, text } = body(&line(None), EventSchema::EventGrid);
        assert_eq!((content_type, event_grid_kind), ("application/json; charset=utf-8", Some("Notification")));
        let events: Value = serde_json::from_str(&text).unwrap();
        let expected = json!([{
            "id": "2e5a0e2c-0000-4000-8000-000000000001",
            "topic": "/onlineMeetings",
            "subject": "call/c1/startedBy/8:acs:r_u",
            "eventType": "Microsoft.Communication.CallStarted",
            "eventTime": "2025-11-26T09:40:00.000Z",
            "data": { "serverCallId": "c1" },
            "dataVersion": "1.0",
            "metadataVersion": "1",
        }]);
        assert_eq!(events, expected);
    }

    #[test]
    fn a_callback_is_a_list_of_one_cloud_event_of_its_connection() {
        let mut line = line(Some("r"));
        line.event.connection = Some(convene_model::ConnectionId("k".into()));
        let Body { content_type, text, .. } = body(&line, EventSchema::CloudEvents);
        let events: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((content_type, events.as_array().map(Vec::len)), ("application/json; charset=utf-8", Some(1)));
        assert_eq!(events[0]["source"], "calling/callConnections/k");
    }

    #[test]
    fn the_handshake_has_the_code() {
        let Body { event_grid_kind, text, .. } = validation("v1", "r", "code", None, 0);
        let events: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(event_grid_kind, Some("SubscriptionValidation"));
        assert_eq!(
            (&events[0]["eventType"], &events[0]["data"]["validationCode"]),
            (&json!(VALIDATION), &json!("code"))
        );
        assert_eq!(events[0]["data"].get("validationUrl"), None);
        let Body { text, .. } = validation("v1", "r", "code", Some("https://convene.example/x"), 0);
        let events: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(events[0]["data"]["validationUrl"], "https://convene.example/x");
    }
}
