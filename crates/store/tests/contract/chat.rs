//! Chat threads and their messages.

use super::samples::{NOW, call, guest, joined, leg, meeting, started, user};
use convene_model::chat::{
    ChatChange, ChatCommitted, ChatContent, ChatDraft, ChatMember, ChatMessage, ChatOrigin, ChatReceipt, ChatThread,
    Metadata, Retention,
};
use convene_model::record::{JournalRow, MeetingChat, RepeatableAnswer};
use convene_model::{ErrorCode, RawId, ThreadId};
use convene_store::{ChatCursor, Store, StoreError};

pub(super) fn thread(name: &str) -> ChatThread {
    ChatThread {
        id: ThreadId(format!("19:{name}@thread.v2")),
        resource: "resource".into(),
        topic: "Loan 'advice'; é".into(),
        metadata: metadata("thread"),
        retention: None,
        created_by: member("a").user,
        created_at: NOW,
        origin: ChatOrigin::App,
        active_at: NOW,
        version: 1,
    }
}

fn metadata(value: &str) -> Metadata {
    [("key".to_owned(), format!("{value} \u{0}\"é"))].into()
}

pub(super) fn member(name: &str) -> ChatMember {
    ChatMember { user: guest(name), display_name: Some(name.into()), history_from: NOW - 5, metadata: metadata(name) }
}

pub(super) fn draft(text: &str, at: i64) -> ChatDraft {
    ChatDraft {
        content: ChatContent::Text(text.into()),
        sender: member("a").user,
        sender_display_name: Some("A".into()),
        metadata: metadata("message"),
        created_at: at,
    }
}

fn placed(draft: ChatDraft, id: i64, sequence: u64) -> ChatMessage {
    ChatMessage {
        id,
        sequence,
        content: draft.content,
        sender: draft.sender,
        sender_display_name: draft.sender_display_name,
        metadata: draft.metadata,
        created_at: draft.created_at,
        edited_at: None,
        deleted_at: None,
        version: id,
    }
}

pub(super) async fn made(store: &impl Store, name: &str, members: &[&str]) -> ChatThread {
    let members: Vec<ChatMember> = members.iter().map(|name| member(name)).collect();
    store.insert_chat_thread(&thread(name), &members, &[], None).await.unwrap();
    thread(name)
}

pub(super) async fn written(store: &impl Store, thread: &ChatThread, draft: ChatDraft) -> Option<ChatMessage> {
    let change = ChatChange { messages: vec![draft], ..ChatChange::of(thread, &guest("a"), NOW) };
    store.commit_chat(&change).await.unwrap().map(|mut committed| committed.messages.remove(0))
}

pub async fn a_chat_thread_comes_back_as_it_was_to_who_is_in_it(store: impl Store) {
    for (name, retention) in [("1", None), ("2", Some(Retention::Forever)), ("3", Some(Retention::Days(30)))] {
        let thread = ChatThread { retention, ..thread(name) };
        let nameless = ChatMember { display_name: None, metadata: Metadata::new(), ..member("b") };
        let members = [member("a"), nameless.clone()];
        assert_eq!(store.insert_chat_thread(&thread, &members, &[], None).await.unwrap(), []);
        for one in &members {
            let found = store.chat_member(&thread.id, &one.user).await.unwrap();
            assert_eq!(found, Some((thread.clone(), one.clone())));
        }
        assert_eq!(store.chat_member(&thread.id, &guest("c")).await.unwrap(), None);
        assert_eq!(store.chat_members(&thread.id).await.unwrap(), members);
    }
    let never = ThreadId("19:never@thread.v2".into());
    assert_eq!(store.chat_member(&never, &guest("a")).await.unwrap(), None);
    let again = store.insert_chat_thread(&thread("1"), &[], &[], None).await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "a chat thread" })), "{again:?}");
}

pub async fn every_kind_of_chat_message_comes_back_as_it_was(store: impl Store) {
    let contents = [
        ChatContent::Text("'; DROP TABLE chat_message; --\n\u{1f600}".into()),
        ChatContent::Html("<b>é</b>".into()),
        ChatContent::TopicUpdated("another".into()),
        ChatContent::ParticipantsAdded(vec![member("a"), member("b")]),
        ChatContent::ParticipantsRemoved(vec![member("c")]),
    ];
    let drafts: Vec<ChatDraft> = contents.into_iter().map(|content| ChatDraft { content, ..draft("", NOW) }).collect();
    let messages = store.insert_chat_thread(&thread("1"), &[member("a")], &drafts, None).await.unwrap();
    // Written in the same millisecond: each takes the next number that is free.
    let expected: Vec<ChatMessage> =
        drafts.into_iter().zip(0..).map(|(draft, at)| placed(draft, NOW + at, at as u64 + 1)).collect();
    assert_eq!(messages, expected);
    let id = thread("1").id;
    for message in &expected {
        assert_eq!(store.chat_message(&id, message.id).await.unwrap().as_ref(), Some(message));
    }
    assert_eq!(store.chat_message(&id, NOW + 5).await.unwrap(), None);
    let listed = store.chat_messages(&id, 0, None, 10).await.unwrap();
    assert_eq!(listed, expected.into_iter().rev().collect::<Vec<_>>());
}

pub async fn chat_messages_are_listed_page_by_page_from_a_time_on(store: impl Store) {
    let thread = made(&store, "1", &["a"]).await;
    let mut expected = Vec::new();
    for at in 0..7 {
        expected.push(written(&store, &thread, draft(&at.to_string(), NOW + 10 * at)).await.unwrap());
    }
    let from = NOW + 20;
    let (mut listed, mut before) = (Vec::new(), None);
    loop {
        let page = store.chat_messages(&thread.id, from, before, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.sequence);
        listed.extend(page);
    }
    assert_eq!(listed, expected.into_iter().skip(2).rev().collect::<Vec<_>>());
}

pub async fn a_chat_change_is_written_whole_on_top_of_the_version_that_it_was_made_from(store: impl Store) {
    let before = made(&store, "1", &["a", "b"]).await;
    let after = ChatThread {
        topic: "other".into(),
        metadata: Metadata::new(),
        retention: Some(Retention::Days(90)),
        version: 2,
        ..before.clone()
    };
    let change = ChatChange {
        properties: Some(after.clone()),
        added: vec![member("c")],
        removed: vec![member("b").user],
        messages: vec![draft("x", NOW + 9)],
        receipt: Some(ChatReceipt { user: guest("a"), message: NOW, read_at: NOW + 1 }),
        ..ChatChange::of(&before, &guest("a"), NOW)
    };
    let messages = vec![placed(draft("x", NOW + 9), NOW + 9, 1)];
    let committed = ChatCommitted { messages, members: vec![member("a"), member("c")], read_further: true };
    assert_eq!(store.commit_chat(&change).await.unwrap(), Some(committed));
    let seen = ChatThread { active_at: NOW + 9, ..after };
    assert_eq!(store.chat_member(&before.id, &guest("a")).await.unwrap().unwrap().0, seen);
    assert_eq!(store.chat_members(&before.id).await.unwrap(), [member("a"), member("c")]);
    assert_eq!(store.commit_chat(&change).await.unwrap(), None, "somebody else was first");
    assert_eq!(written(&store, &before, draft("y", NOW)).await, None, "made from an older version");
    // A message alone leaves the version: the next one is written on top of the same.
    assert_eq!(written(&store, &seen, draft("y", NOW)).await.unwrap().sequence, 2);
    assert_eq!(written(&store, &seen, draft("z", NOW)).await.unwrap().id, NOW + 11);
    assert_eq!(written(&store, &thread("never"), draft("y", NOW)).await, None);
}

pub async fn a_chat_message_is_changed_on_top_of_its_version(store: impl Store) {
    let thread = made(&store, "1", &["a"]).await;
    let message = written(&store, &thread, draft("x", NOW)).await.unwrap();
    let edited = ChatMessage {
        content: ChatContent::Text("y".into()),
        metadata: Metadata::new(),
        edited_at: Some(NOW + 1),
        version: NOW + 1,
        ..message.clone()
    };
    let change =
        ChatChange { changed: Some((edited.clone(), message.version)), ..ChatChange::of(&thread, &guest("a"), NOW) };
    let committed = ChatCommitted { messages: vec![], members: vec![member("a")], read_further: false };
    assert_eq!(store.commit_chat(&change).await.unwrap(), Some(committed));
    assert_eq!(store.chat_message(&thread.id, message.id).await.unwrap(), Some(edited.clone()));
    assert_eq!(store.commit_chat(&change).await.unwrap(), None, "somebody else was first");
    let deleted = ChatMessage {
        content: ChatContent::Text(String::new()),
        deleted_at: Some(NOW + 2),
        version: NOW + 2,
        ..edited
    };
    let change = ChatChange { changed: Some((deleted.clone(), NOW + 1)), ..ChatChange::of(&thread, &guest("a"), NOW) };
    assert!(store.commit_chat(&change).await.unwrap().is_some());
    assert_eq!(store.chat_message(&thread.id, message.id).await.unwrap(), Some(deleted));
}

pub async fn a_chat_receipt_never_goes_back(store: impl Store) {
    let thread = made(&store, "1", &["a", "b"]).await;
    let receipt = |name: &str, message: i64| ChatReceipt { user: guest(name), message, read_at: message + 1 };
    for (one, further) in [(("b", 7), true), (("a", 3), true), (("a", 5), true), (("a", 5), false), (("a", 4), false)] {
        let change = ChatChange { receipt: Some(receipt(one.0, one.1)), ..ChatChange::of(&thread, &guest("a"), NOW) };
        assert_eq!(store.commit_chat(&change).await.unwrap().map(|committed| committed.read_further), Some(further));
    }
    assert_eq!(store.chat_receipts(&thread.id).await.unwrap(), [receipt("a", 5), receipt("b", 7)]);
    let leaving = ChatChange { removed: vec![guest("b")], ..ChatChange::of(&thread, &guest("a"), NOW) };
    assert!(store.commit_chat(&leaving).await.unwrap().is_some());
    assert_eq!(store.chat_receipts(&thread.id).await.unwrap(), [receipt("a", 5)]);
}

pub async fn a_users_chat_threads_are_listed_page_by_page(store: impl Store) {
    let mut expected = Vec::new();
    for number in 0..7 {
        // Several made in the same millisecond: their ids put them in order.
        let thread =
            ChatThread { created_at: NOW + number / 3, active_at: NOW + number, ..thread(&number.to_string()) };
        store.insert_chat_thread(&thread, &[member("a")], &[], None).await.unwrap();
        expected.push(thread);
    }
    made(&store, "9", &["b"]).await;
    let over = ChatThread { retention: Some(Retention::Days(30)), ..thread("8") };
    store.insert_chat_thread(&over, &[member("a")], &[], None).await.unwrap();
    let now = over.ends_at().unwrap();
    expected.reverse();
    let list = async |since: i64| {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = store.chat_threads_of(&guest("a"), since, now, after.as_ref(), 2).await.unwrap();
            let Some(last) = page.last() else { return listed };
            after = Some(ChatCursor::of(last));
            listed.extend(page);
        }
    };
    assert_eq!(list(0).await, expected);
    assert_eq!(list(NOW + 5).await, expected[..2]);
    assert_eq!(store.chat_threads_of(&guest("c"), 0, now, None, 9).await.unwrap(), []);
    assert_eq!(store.chat_threads_over(now - 1, 9).await.unwrap(), []);
    assert_eq!(store.chat_threads_over(now, 9).await.unwrap(), std::slice::from_ref(&over));
    assert_eq!(store.chat_threads_over(now, 0).await.unwrap(), []);
    assert!(store.delete_chat_thread(&over.id, None, NOW).await.unwrap());
    assert_eq!(store.chat_member(&over.id, &guest("a")).await.unwrap(), None);
}

pub async fn a_deleted_chat_thread_and_a_deleted_user_leave_nothing_behind(store: impl Store) {
    let (alone, shared) = (made(&store, "1", &["a"]).await, made(&store, "2", &["a", "b"]).await);
    let gone = made(&store, "3", &["b"]).await;
    written(&store, &gone, draft("x", NOW)).await.unwrap();
    assert!(store.delete_chat_thread(&gone.id, None, NOW).await.unwrap());
    assert!(!store.delete_chat_thread(&gone.id, None, NOW).await.unwrap());
    assert_eq!(store.chat_message(&gone.id, NOW).await.unwrap(), None);
    let a: RawId = guest("a");
    store.insert_user(&convene_model::record::User { id: a.clone(), ..user("a") }).await.unwrap();
    let followed = store.delete_user(&a, NOW).await.unwrap().unwrap();
    let told: Vec<(&ThreadId, &RawId, usize)> =
        followed.iter().map(|one| (&one.thread.id, &one.by.user, one.committed.members.len())).collect();
    assert_eq!(told, [(&shared.id, &a, 1)]);
    assert_eq!(store.chat_members(&shared.id).await.unwrap(), [member("b")]);
    assert_eq!(store.chat_members(&alone.id).await.unwrap(), []);
    assert!(!store.delete_chat_thread(&alone.id, None, NOW).await.unwrap(), "nobody is left to see it");
    assert_eq!(store.chat_member(&shared.id, &guest("b")).await.unwrap().unwrap().0.version, 2);
}

pub async fn a_chat_thread_and_the_answer_to_its_request_are_written_together_or_not_at_all(store: impl Store) {
    let answer = |id: &str| RepeatableAnswer {
        resource: "resource".into(),
        request_id: id.into(),
        request_hash: "5e5e".into(),
        answer: "{}".into(),
        at: NOW,
    };
    store.insert_chat_thread(&thread("1"), &[member("a")], &[], Some(&answer("x"))).await.unwrap();
    assert_eq!(store.repeatable_answer("resource", "x").await.unwrap(), Some(answer("x")));
    let again = store.insert_chat_thread(&thread("2"), &[member("a")], &[], Some(&answer("x"))).await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "an answered request" })), "{again:?}");
    assert_eq!(store.chat_members(&thread("2").id).await.unwrap(), []);
}

pub async fn chat_messages_at_the_same_time_each_get_a_place(store: impl Store) {
    let thread = made(&store, "1", &["a"]).await;
    let write = |text: &'static str| written(&store, &thread, draft(text, NOW));
    let (a, b, c, d) = tokio::join!(write("a"), write("b"), write("c"), write("d"));
    let mut places: Vec<(u64, i64)> =
        [a, b, c, d].into_iter().map(Option::unwrap).map(|m| (m.sequence, m.id)).collect();
    places.sort_unstable();
    assert_eq!(places, [(1, NOW), (2, NOW + 1), (3, NOW + 2), (4, NOW + 3)]);
}

fn left(who: &str, user: &str, at: i64) -> JournalRow {
    JournalRow::Left { call: call("c"), participant: leg(who), user: guest(user), reason: ErrorCode::HungUp, at }
}

async fn listed(store: &impl Store, name: &str, now: i64) -> Vec<ThreadId> {
    let threads = store.chat_threads_of(&guest(name), 0, now, None, 9).await.unwrap();
    threads.into_iter().map(|thread| thread.id).collect()
}

pub async fn a_calls_own_thread_follows_its_journal_and_is_over_a_day_after_its_end(store: impl Store) {
    let thread = ThreadId::of_call(&call("c"));
    let opened = JournalRow::ChatOpened { call: call("c"), thread: thread.clone(), user: guest("a"), at: NOW };
    let second_leg = JournalRow::Joined {
        call: call("c"),
        participant: leg("a2"),
        user: guest("a"),
        display_name: "a".into(),
        role: convene_model::Role::Attendee,
        admitted_by: None,
        resume_hash: "5e5e".into(),
        at: NOW + 1,
    };
    let start = [started("c", NOW), opened, joined("c", "a", NOW), second_leg, joined("c", "b", NOW + 2)];
    let followed = store.commit(&start, &[]).await.unwrap();
    let came: Vec<&RawId> = followed.iter().map(|followed| &followed.by.user).collect();
    assert_eq!(came, [&guest("a"), &guest("b")]);
    let members = store.chat_members(&thread).await.unwrap();
    let from: Vec<(RawId, i64)> = members.into_iter().map(|member| (member.user, member.history_from)).collect();
    assert_eq!(from, [(guest("a"), NOW), (guest("b"), NOW + 2)]);
    let (there, _) = store.chat_member(&thread, &guest("a")).await.unwrap().unwrap();
    assert_eq!((there.origin, there.created_by), (ChatOrigin::Call { ends_at: None }, guest("a")));
    assert_eq!(listed(&store, "b", NOW).await, std::slice::from_ref(&thread));

    assert_eq!(store.commit(&[left("a2", "a", NOW + 3)], &[]).await.unwrap(), [], "still in with the other device");
    assert_eq!(store.commit(&[left("a", "a", NOW + 4)], &[]).await.unwrap().len(), 1);
    assert_eq!(store.chat_member(&thread, &guest("a")).await.unwrap(), None);
    // Who is left when a call fails goes with it.
    let ended = JournalRow::CallEnded { call: call("c"), reason: ErrorCode::ServerFailed, at: NOW + 5 };
    assert_eq!(store.commit(&[ended], &[]).await.unwrap().len(), 1);
    assert_eq!(store.chat_members(&thread).await.unwrap(), []);
    assert_eq!(listed(&store, "b", NOW + 6).await, []);
    let over = ChatThread::end_after_call(NOW + 5);
    assert_eq!(over, NOW + 5 + 24 * 60 * 60 * 1000);
    assert_eq!(store.chat_threads_over(over - 1, 9).await.unwrap(), []);
    let due = store.chat_threads_over(over, 9).await.unwrap();
    assert_eq!(due.into_iter().map(|thread| thread.id).collect::<Vec<_>>(), [thread]);
}

pub async fn a_thread_that_its_meeting_shut_is_not_listed(store: impl Store) {
    let before = meeting("m");
    store.insert_meeting(&before).await.unwrap();
    let list = async || store.chat_threads_of(&before.organizer, 0, NOW, None, 9).await.unwrap().len();
    assert_eq!(list().await, 1);
    let shut = convene_model::record::Meeting { chat: MeetingChat::Disabled, version: 2, ..before.clone() };
    assert_eq!(store.update_meeting(&shut, NOW).await.unwrap(), Some(vec![]), "nobody came or went");
    assert_eq!(list().await, 0);
}

pub async fn co_organizers_and_the_topic_follow_a_changed_meeting_into_its_thread(store: impl Store) {
    let before = meeting("m");
    store.insert_meeting(&before).await.unwrap();
    let named = |name: &str| (RawId::organization_user(name), convene_model::Role::CoOrganizer);
    let after = convene_model::record::Meeting {
        subject: "Other".into(),
        attendees: vec![named("d"), named("e")],
        version: 2,
        ..before.clone()
    };
    let followed = store.update_meeting(&after, NOW + 1).await.unwrap().unwrap();
    let [one] = followed.as_slice() else { panic!("{followed:?}") };
    let added: Vec<&RawId> = one.change.added.iter().map(|member| &member.user).collect();
    assert_eq!((one.by.user.clone(), added), (before.organizer.clone(), vec![&named("d").0, &named("e").0]));
    assert_eq!(one.change.removed, [named("c").0]);
    assert_eq!(one.change.properties.as_ref().map(|thread| thread.topic.as_str()), Some("Other"));
    let members = store.chat_members(&before.thread_id).await.unwrap();
    let mut expected = vec![named("d").0, named("e").0, before.organizer.clone()];
    expected.sort();
    assert_eq!(members.into_iter().map(|member| member.user).collect::<Vec<_>>(), expected);
    // They stay when the call ends, as they are in it whether in the call or not.
    let version = one.thread.version + 1;
    let (thread, _) = store.chat_member(&before.thread_id, &named("d").0).await.unwrap().unwrap();
    assert_eq!((thread.topic.as_str(), thread.version), ("Other", version));
    let same = convene_model::record::Meeting { locked: false, version: 3, ..after };
    assert_eq!(store.update_meeting(&same, NOW + 2).await.unwrap(), Some(vec![]));
}
