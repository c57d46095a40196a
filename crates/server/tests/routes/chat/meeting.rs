//! The threads of meetings: who is in them follows the call, and what they allow the meeting.

use super::live::Listener;
use super::{Person, is_out, operations, participant, refused};
use crate::client::Server;
use crate::identities::text;
use crate::signaling::Client;
use crate::v1_0::online_meetings::{Organizer, path_of};
use convene_model::RawId;
use convene_protocol::{Event, JoinTarget, Reply, Request, ServerMessage};
use serde_json::{Value, json};

async fn join(person: &Person<'_>, meeting: &Value) -> Client {
    let mut client = Client::connect(person.server, person.authorization.trim_start_matches("Bearer ")).await;
    let target = JoinTarget::MeetingLink { link: text(&meeting["joinWebUrl"]) };
    client.ask(Request::Join { target, display_name: "Gina".into(), muted: false }).await;
    let came = |message| match message {
        ServerMessage::Response { reply: Some(Reply::Joined { .. } | Reply::Waiting { .. }), .. } => Some(()),
        _ => None,
    };
    client.until(came).await;
    client
}

async fn admit(host: &mut Client, guest: &mut Client, user: &str) {
    host.ask(Request::Admit { user: RawId::parse(user).expect("an id") }).await;
    guest
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Admitted { .. }, .. }).then_some(()))
        .await;
}

async fn ended(client: &mut Client) {
    client
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Ended { .. }, .. }).then_some(()))
        .await;
}

async fn leave(client: &mut Client) {
    client.ask(Request::Leave {}).await;
    ended(client).await;
}

fn host_of<'a>(organizer: &Organizer<'a>) -> Person<'a> {
    let authorization = format!("Bearer {}", organizer.calling_token);
    Person { server: organizer.server, id: format!("8:orgid:{}", organizer.id), authorization }
}

async fn visitor<'a>(server: &'a Server, meeting: &Value) -> Person<'a> {
    let body = json!({ "link": meeting["joinWebUrl"] }).to_string();
    let made = server.send("POST", "/api/visitors", &[], &body).await.json();
    Person { server, id: text(&made["user"]["id"]), authorization: format!("Bearer {}", text(&made["token"])) }
}

async fn meeting(organizer: &Organizer<'_>, more: Value) -> (Value, String) {
    let mut body = json!({ "subject": "Advice", "lobbyBypassSettings": { "scope": "organization" } });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let meeting = organizer.make(body).await;
    let thread = text(&meeting["chatInfo"]["threadId"]).replace(':', "%3A").replace('@', "%40");
    (meeting, format!("/chat/threads/{thread}"))
}

async fn texts(person: &Person<'_>, thread: &str) -> Vec<String> {
    let listed = person.get(&format!("{thread}/messages")).await;
    let all = listed["value"].as_array().expect("messages").iter();
    let mut texts: Vec<String> =
        all.filter(|one| one["type"] == "text").map(|one| text(&one["content"]["message"])).collect();
    texts.reverse();
    texts
}

#[tokio::test]
async fn somebody_in_the_lobby_gets_nothing_of_chat_and_is_in_it_from_admission_to_leaving() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let (meeting, thread) = meeting(&organizer, json!({})).await;
    let (host, guest) = (host_of(&organizer), visitor(&server, &meeting).await);
    let mut hosting = join(&host, &meeting).await;
    let mut hears = Listener::of(&guest, "g").await;
    is_out(&guest, &thread).await;
    let mut waiting = join(&guest, &meeting).await;
    host.write(&thread, "secret").await;
    assert_eq!(host.ask("POST", &format!("{thread}/typing"), &json!({})).await.status, 200);
    is_out(&guest, &thread).await;
    hears.hears_nothing().await;

    admit(&mut hosting, &mut waiting, &guest.id).await;
    let added = hears.event().await;
    assert_eq!((&added["eventId"], &added["threadId"]), (&json!(260), &meeting["chatInfo"]["threadId"]));
    let people = host.get(&format!("{thread}/participants")).await;
    assert_eq!(people["value"].as_array().map(Vec::len), Some(2));
    guest.write(&thread, "hello").await;
    assert_eq!(hears.event().await["messageBody"], "hello");
    // The history is not shared unless the meeting says so.
    assert_eq!(texts(&guest, &thread).await, ["hello"]);
    assert_eq!(texts(&host, &thread).await, ["secret", "hello"]);

    leave(&mut waiting).await;
    assert_eq!(hears.event().await["eventId"], 261);
    host.write(&thread, "after").await;
    is_out(&guest, &thread).await;
    hears.hears_nothing().await;
}

#[tokio::test]
async fn membership_ends_with_the_last_device_with_removal_with_putting_back_and_with_the_end_of_the_call() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let (meeting, thread) = meeting(&organizer, json!({ "lobbyBypassSettings": { "scope": "everyone" } })).await;
    let host = host_of(&organizer);
    let mut hosting = join(&host, &meeting).await;

    let twice = visitor(&server, &meeting).await;
    let (mut one, mut other) = (join(&twice, &meeting).await, join(&twice, &meeting).await);
    leave(&mut one).await;
    twice.write(&thread, "still here").await;
    leave(&mut other).await;
    is_out(&twice, &thread).await;

    let removed = visitor(&server, &meeting).await;
    let mut out = join(&removed, &meeting).await;
    removed.write(&thread, "hi").await;
    hosting.ask(Request::Remove { user: RawId::parse(&removed.id).expect("an id") }).await;
    ended(&mut out).await;
    is_out(&removed, &thread).await;

    let back = visitor(&server, &meeting).await;
    let mut put_back = join(&back, &meeting).await;
    admit(&mut hosting, &mut put_back, &back.id).await;
    back.write(&thread, "hi").await;
    hosting.ask(Request::PutBack { user: RawId::parse(&back.id).expect("an id") }).await;
    put_back
        .until(|message| matches!(message, ServerMessage::Event { event: Event::PutBack { .. }, .. }).then_some(()))
        .await;
    is_out(&back, &thread).await;
    admit(&mut hosting, &mut put_back, &back.id).await;
    back.write(&thread, "again").await;
    hosting.ask(Request::EndForEveryone {}).await;
    ended(&mut put_back).await;
    ended(&mut hosting).await;
    is_out(&back, &thread).await;
    // The organizer stays, and reads on.
    assert_eq!(texts(&host, &thread).await, ["still here", "hi", "hi", "again"]);
}

#[tokio::test]
async fn a_meetings_options_on_chat_hold_and_are_shown() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let (meeting, thread) = meeting(&organizer, json!({ "lobbyBypassSettings": { "scope": "everyone" } })).await;
    let host = host_of(&organizer);
    let shown = |answer: &Value| (text(&answer["allowMeetingChat"]), text(&answer["shareMeetingChatHistoryDefault"]));
    assert_eq!(shown(&meeting), ("enabled".to_owned(), "none".to_owned()));
    host.write(&thread, "before").await;

    let changed = organizer
        .change(&meeting, json!({ "allowMeetingChat": "limited", "shareMeetingChatHistoryDefault": "all" }))
        .await;
    assert_eq!((changed.status, shown(&changed.json())), (200, ("limited".to_owned(), "all".to_owned())));
    let message = json!({ "content": "x" });
    let refusal = host.ask("POST", &format!("{thread}/messages"), &message).await;
    assert_eq!((refusal.status, refusal.text.contains("only while its call goes on")), (403, true));
    assert_eq!(host.ask("POST", &format!("{thread}/typing"), &json!({})).await.status, 403);
    assert_eq!(texts(&host, &thread).await, ["before"]);
    let guest = visitor(&server, &meeting).await;
    let mut calling = join(&guest, &meeting).await;
    guest.write(&thread, "during").await;
    assert_eq!(texts(&guest, &thread).await, ["before", "during"]);
    host.write(&thread, "too").await;

    assert_eq!(organizer.change(&meeting, json!({ "allowMeetingChat": "disabled" })).await.status, 200);
    for (method, path, body) in operations(&thread, "1", &host.id) {
        let answer = guest.ask(method, &path, &body).await;
        assert_eq!(answer.status, 403, "{method} {path}");
    }
    assert!(host.ask("GET", &thread, &Value::Null).await.text.contains("disabled in this meeting"));
    leave(&mut calling).await;
    for wrong in [json!({ "allowMeetingChat": "always" }), json!({ "shareMeetingChatHistoryDefault": true })] {
        assert_eq!(organizer.change(&meeting, wrong).await.status, 400);
    }
}

#[tokio::test]
async fn organizer_and_co_organizers_stay_and_a_meetings_thread_changes_and_ends_with_it() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let second = Organizer::new(&server).await;
    let (meeting, thread) = meeting(&organizer, json!({})).await;
    let (host, other) = (host_of(&organizer), host_of(&second));
    is_out(&other, &thread).await;
    let attendees = json!([{ "identity": { "user": { "id": second.id } }, "role": "coorganizer" }]);
    let change = json!({ "subject": "Other", "participants": { "attendees": attendees } });
    let changed = organizer.change(&meeting, change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(other.get(&thread).await["topic"], "Other");
    other.write(&thread, "hi").await;
    // Who is in it is not for the chat's API to say, nor is what it is about.
    for (method, path, body) in [
        ("POST", format!("{thread}/participants/:add"), json!({ "participants": [participant("8:acs:a_b")] })),
        ("POST", format!("{thread}/participants/:remove"), json!({ "rawId": other.id })),
        ("PATCH", thread.clone(), json!({ "topic": "x" })),
        ("DELETE", thread.clone(), Value::Null),
    ] {
        let answer = host.ask(method, &path, &body).await;
        assert_eq!(
            (refused(&answer).0, answer.text.contains("This is a meeting's chat thread")),
            (403, true),
            "{path}"
        );
    }
    let none = json!({ "participants": { "attendees": [] } });
    assert_eq!(organizer.change(&meeting, none).await.status, 200);
    is_out(&other, &thread).await;
    let mut hears = Listener::of(&host, "h").await;
    assert_eq!(organizer.ask("DELETE", &path_of(&meeting), "").await.status, 204);
    assert_eq!(hears.event().await["eventId"], 259);
    is_out(&host, &thread).await;
}
