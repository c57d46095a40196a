//! What happened in a chat thread, as ACS's thread-level events have it.
//!
//! Source: Azure Event Grid, "Azure Communication Services - Chat events".

use crate::identifier;
use convene_model::chat::{ChatContent, ChatMember, ChatMessage, ChatThread};
use convene_model::chat_happened::{ChatHappened, ChatWhat};
use convene_model::record::{EventOf, OutboxEvent};
use convene_model::{RawId, rfc3339};
use serde_json::{Value, json};

pub(crate) const MESSAGE_RECEIVED: &str = "Microsoft.Communication.ChatMessageReceivedInThread";
pub(crate) const MESSAGE_EDITED: &str = "Microsoft.Communication.ChatMessageEditedInThread";
pub(crate) const MESSAGE_DELETED: &str = "Microsoft.Communication.ChatMessageDeletedInThread";
pub(crate) const THREAD_CREATED: &str = "Microsoft.Communication.ChatThreadCreated";
pub(crate) const THREAD_DELETED: &str = "Microsoft.Communication.ChatThreadDeleted";
pub(crate) const PROPERTIES_UPDATED: &str = "Microsoft.Communication.ChatThreadPropertiesUpdated";
pub(crate) const PARTICIPANT_ADDED: &str = "Microsoft.Communication.ChatThreadParticipantAdded";
pub(crate) const PARTICIPANT_REMOVED: &str = "Microsoft.Communication.ChatThreadParticipantRemoved";

/// The outbox event for what happened. `id`: a fresh UUID.
pub fn chat_event(id: String, happened: &ChatHappened) -> OutboxEvent {
    let (event_type, about, mut data) = shape(happened);
    data["threadId"] = json!(happened.thread.id.as_str());
    data["transactionId"] = json!(id);
    OutboxEvent {
        id,
        of: EventOf::Thread { id: happened.thread.id.clone(), resource: happened.thread.resource.clone() },
        connection: None,
        event_type: event_type.to_owned(),
        subject: format!("thread/{}{about}", happened.thread.id),
        data: data.to_string(),
        at: happened.at,
    }
}

/// The type, what the subject says beyond the thread, and the data beyond what all have.
fn shape(ChatHappened { thread, at, what }: &ChatHappened) -> (&'static str, String, Value) {
    let mut data = json!({ "createTime": rfc3339(thread.created_at), "version": thread.version });
    match what {
        ChatWhat::ThreadCreated { members } => {
            data["createdByCommunicationIdentifier"] = identifier(&thread.created_by);
            data["properties"] = properties(thread);
            data["metadata"] = json!(thread.metadata);
            data["participants"] = members.iter().map(participant).collect();
            (THREAD_CREATED, about("createdBy", &thread.created_by), data)
        }
        ChatWhat::ThreadDeleted { by } => {
            data["deleteTime"] = json!(rfc3339(*at));
            if let Some(by) = by {
                data["deletedByCommunicationIdentifier"] = identifier(by);
            }
            (THREAD_DELETED, by.as_ref().map(|by| about("deletedBy", by)).unwrap_or_default(), data)
        }
        ChatWhat::PropertiesUpdated { by } => {
            data["editTime"] = json!(rfc3339(*at));
            data["editedByCommunicationIdentifier"] = identifier(by);
            data["properties"] = properties(thread);
            data["metadata"] = json!(thread.metadata);
            (PROPERTIES_UPDATED, about("editedBy", by), data)
        }
        ChatWhat::ParticipantAdded { member, by } => {
            data["time"] = json!(rfc3339(*at));
            data["addedByCommunicationIdentifier"] = identifier(by);
            data["participantAdded"] = participant(member);
            (PARTICIPANT_ADDED, about("participantadded", &member.user), data)
        }
        ChatWhat::ParticipantRemoved { member, by } => {
            data["time"] = json!(rfc3339(*at));
            data["removedByCommunicationIdentifier"] = identifier(by);
            data["participantRemoved"] = participant(member);
            (PARTICIPANT_REMOVED, about("participantremoved", &member.user), data)
        }
        ChatWhat::MessageReceived(of) => (MESSAGE_RECEIVED, about("sender", &of.sender), message(of, true)),
        ChatWhat::MessageEdited(of) => {
            let mut data = message(of, true);
            data["editTime"] = json!(of.edited_at.map(rfc3339));
            (MESSAGE_EDITED, about("sender", &of.sender), data)
        }
        ChatWhat::MessageDeleted(of) => {
            let mut data = message(of, false);
            data["deleteTime"] = json!(of.deleted_at.map(rfc3339));
            (MESSAGE_DELETED, about("sender", &of.sender), data)
        }
    }
}

fn about(role: &str, user: &RawId) -> String {
    format!("/{role}/{user}")
}

fn properties(thread: &ChatThread) -> Value {
    json!({ "topic": thread.topic })
}

fn participant(member: &ChatMember) -> Value {
    json!({
        "displayName": member.display_name.as_deref().unwrap_or_default(),
        "participantCommunicationIdentifier": identifier(&member.user),
        "metadata": member.metadata,
    })
}

fn message(of: &ChatMessage, with_body: bool) -> Value {
    let (kind, body) = match &of.content {
        ChatContent::Html(html) => ("RichText/Html", html.as_str()),
        ChatContent::Text(text) => ("Text", text.as_str()),
        ChatContent::TopicUpdated(topic) => ("ThreadActivity/TopicUpdate", topic.as_str()),
        ChatContent::ParticipantsAdded(_) => ("ThreadActivity/AddMember", ""),
        ChatContent::ParticipantsRemoved(_) => ("ThreadActivity/DeleteMember", ""),
    };
    let mut data = json!({
        "messageId": of.id.to_string(),
        "type": kind,
        "version": of.version,
        "senderDisplayName": of.sender_display_name.as_deref().unwrap_or_default(),
        "senderCommunicationIdentifier": identifier(&of.sender),
        "composeTime": rfc3339(of.created_at),
    });
    if with_body {
        data["messageBody"] = json!(body);
        data["metadata"] = json!(of.metadata);
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::ThreadId;
    use convene_model::chat::{ChatOrigin, Metadata};

    fn happened(what: ChatWhat) -> ChatHappened {
        let thread = ChatThread {
            resource: "r".into(),
            topic: "Loan".into(),
            version: 7,
            origin: ChatOrigin::App,
            ..ChatThread::of_call(ThreadId("19:t@thread.v2".into()), &RawId::communication_user("r", "ana"), 0)
        };
        ChatHappened { thread, at: 5000, what }
    }

    fn event(what: ChatWhat) -> (OutboxEvent, Value) {
        let event = chat_event("e".into(), &happened(what));
        let data: Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!((&data["threadId"], &data["transactionId"]), (&json!("19:t@thread.v2"), &json!("e")));
        (event, data)
    }

    #[test]
    fn a_message_is_told_with_its_body_until_it_is_deleted() {
        let message = ChatMessage {
            id: 1000,
            sequence: 1,
            content: ChatContent::Text("Hello".into()),
            sender: RawId::communication_user("r", "ana"),
            sender_display_name: Some("Ana".into()),
            metadata: Metadata::from([("key".to_owned(), "value".to_owned())]),
            created_at: 1000,
            edited_at: Some(2000),
            deleted_at: None,
            version: 2000,
        };
        let (event_of, data) = event(ChatWhat::MessageReceived(message.clone()));
        assert_eq!(event_of.event_type, "Microsoft.Communication.ChatMessageReceivedInThread");
        assert_eq!(event_of.subject, "thread/19:t@thread.v2/sender/8:acs:r_ana");
        let expected = json!({
            "messageId": "1000", "type": "Text", "version": 2000, "senderDisplayName": "Ana", "messageBody": "Hello",
            "senderCommunicationIdentifier": identifier(&message.sender), "composeTime": "1970-01-01T00:00:01.000Z",
            "metadata": { "key": "value" }, "threadId": "19:t@thread.v2", "transactionId": "e",
        });
        assert_eq!(data, expected);
        let (_, data) = event(ChatWhat::MessageEdited(message.clone()));
        assert_eq!(data["editTime"], "1970-01-01T00:00:02.000Z");
        let (_, data) = event(ChatWhat::MessageDeleted(ChatMessage { deleted_at: Some(3000), ..message }));
        assert_eq!((&data["deleteTime"], data.get("messageBody")), (&json!("1970-01-01T00:00:03.000Z"), None));
    }

    #[test]
    fn a_thread_and_its_people_are_told_of_with_who_did_it() {
        let by = RawId::communication_user("r", "ana");
        let member = ChatMember {
            user: RawId::communication_user("r", "ben"),
            display_name: Some("Ben".into()),
            history_from: 0,
            metadata: Metadata::new(),
        };
        let (made, data) = event(ChatWhat::ThreadCreated { members: vec![member.clone()] });
        assert_eq!(made.of, EventOf::Thread { id: ThreadId("19:t@thread.v2".into()), resource: "r".into() });
        assert_eq!((&data["version"], &data["properties"]["topic"]), (&json!(7), &json!("Loan")));
        let ben = json!({
            "displayName": "Ben", "participantCommunicationIdentifier": identifier(&member.user), "metadata": {},
        });
        assert_eq!(data["participants"], json!([ben]));
        let (added, data) = event(ChatWhat::ParticipantAdded { member: member.clone(), by: by.clone() });
        assert_eq!(added.subject, "thread/19:t@thread.v2/participantadded/8:acs:r_ben");
        assert_eq!((&data["participantAdded"], &data["addedByCommunicationIdentifier"]), (&ben, &identifier(&by)));
        let (_, data) = event(ChatWhat::ParticipantRemoved { member, by: by.clone() });
        assert_eq!(data["removedByCommunicationIdentifier"], identifier(&by));
        let (_, data) = event(ChatWhat::PropertiesUpdated { by });
        assert_eq!(
            (&data["editTime"], &data["createTime"]),
            (&json!("1970-01-01T00:00:05.000Z"), &json!("1970-01-01T00:00:00.000Z"))
        );
        let (gone, data) = event(ChatWhat::ThreadDeleted { by: None });
        assert_eq!(
            (gone.subject.as_str(), data.get("deletedByCommunicationIdentifier")),
            ("thread/19:t@thread.v2", None)
        );
    }
}
