//! The bodies of real-time events, one of each kind, as `fixtures/chat` has them. The published client reads the same files in
//! `tests/compat/chat-events.test.mjs`.

use convene_directory::chat::live::{ChatEvent, body_of};
use convene_model::chat::{
    ChatContent, ChatMember, ChatMessage, ChatOrigin, ChatReceipt, ChatThread, Metadata, Retention,
};
use convene_model::{RawId, ThreadId, WallMs};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const AT: WallMs = 1_800_000_000_000;

fn user(name: &str) -> RawId {
    RawId::communication_user("00000000-0000-4000-8000-000000000001", name)
}

fn metadata(value: &str) -> Metadata {
    [("case".to_owned(), value.to_owned())].into()
}

/// Names and topics that a client which reads by `unescape` could read wrongly.
fn ana() -> ChatMember {
    ChatMember {
        user: user("ana"),
        display_name: Some("Ana 50%41 \"é\"".into()),
        history_from: 0,
        metadata: metadata("50%"),
    }
}

fn ben() -> ChatMember {
    ChatMember { user: RawId::visitor("ben"), display_name: None, history_from: AT, metadata: Metadata::new() }
}

fn thread() -> ChatThread {
    ChatThread {
        id: ThreadId("19:acsV1_x@thread.v2".into()),
        resource: "r".into(),
        topic: "Loan %u0041 🏠".into(),
        metadata: metadata("17"),
        retention: Some(Retention::Days(60)),
        created_by: ana().user,
        created_at: AT,
        active_at: AT,
        version: 1,
        origin: ChatOrigin::App,
    }
}

fn message(content: ChatContent) -> ChatMessage {
    ChatMessage {
        id: AT + 1,
        sequence: 3,
        content,
        sender: ana().user,
        sender_display_name: ana().display_name,
        metadata: metadata("17"),
        created_at: AT + 1,
        edited_at: None,
        deleted_at: None,
        version: AT + 1,
    }
}

fn events() -> Vec<(&'static str, ChatEvent)> {
    let text = || ChatContent::Text("Hi {\"a\":1} 50%41".into());
    let at = AT + 5;
    let edited = ChatMessage { edited_at: Some(at), version: at, ..message(ChatContent::Html("<b>so</b>".into())) };
    let deleted = ChatMessage {
        deleted_at: Some(at),
        version: at,
        metadata: Metadata::new(),
        ..message(ChatContent::Text(String::new()))
    };
    let receipt = ChatReceipt { user: ana().user, message: AT + 1, read_at: at };
    let forever = ChatThread { retention: None, version: 2, metadata: Metadata::new(), ..thread() };
    let changed = || (vec![ben(), ana()], ana());
    let ((added, by), (removed, remover)) = (changed(), changed());
    vec![
        ("message-received", ChatEvent::MessageReceived(message(text()))),
        ("message-edited", ChatEvent::MessageEdited(edited)),
        ("message-deleted", ChatEvent::MessageDeleted(deleted)),
        ("typing", ChatEvent::Typing { user: ana().user, display_name: None, at }),
        ("read-receipt", ChatEvent::ReadReceipt(receipt)),
        ("thread-created", ChatEvent::ThreadCreated { thread: thread(), by: ana(), members: vec![ana(), ben()] }),
        ("properties-updated", ChatEvent::PropertiesUpdated { thread: forever, by: ben(), at }),
        ("thread-deleted", ChatEvent::ThreadDeleted { by: Some(ana()), version: 2, at }),
        ("thread-deleted-by-policy", ChatEvent::ThreadDeleted { by: None, version: 2, at }),
        ("participants-added", ChatEvent::ParticipantsAdded { members: added, by, version: 3, at }),
        ("participants-removed", ChatEvent::ParticipantsRemoved { members: removed, by: remover, version: 4, at }),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/chat")
}

#[test]
fn each_event_is_written_as_its_fixture_has_it() {
    for (name, event) in events() {
        let path = folder().join(format!("{name}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let fixture: Value = serde_json::from_str(&text).expect("a fixture is JSON");
        let body: Value = serde_json::from_str(&body_of(&event, &thread().id, &ben().user)).expect("a body is JSON");
        assert_eq!(body, fixture["body"], "{name}: {body}");
    }
}

#[test]
fn there_is_no_fixture_without_an_event() {
    let named: BTreeSet<String> = events().into_iter().map(|(name, _)| format!("{name}.json")).collect();
    let entries = std::fs::read_dir(folder()).expect("a folder of fixtures");
    let there: BTreeSet<String> =
        entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(there, named);
}
