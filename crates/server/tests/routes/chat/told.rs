//! What people hear in real time of changes that are not made by the chat's API: the end of a thread's time, deleted users, meetings.

use super::live::Listener;
use super::{Person, UNKNOWN, refused};
use crate::client::Server;
use crate::identities::{App, path, text};
use crate::oauth2::cli;
use crate::sweep::sweep;
use crate::v1_0::online_meetings::Organizer;
use convene_server::admin::AdminCommand;
use serde_json::{Value, json};

fn of<'a>(organizer: &Organizer<'a>) -> Person<'a> {
    let authorization = format!("Bearer {}", organizer.calling_token);
    Person { server: organizer.server, id: format!("8:orgid:{}", organizer.id), authorization }
}

#[tokio::test]
async fn a_thread_that_ends_by_its_time_is_deleted_by_the_sweep_and_its_people_hear_of_it() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben) = (Person::new(&app).await, Person::new(&app).await);
    let stays = ana.thread(&[&ben]).await;
    let ends = ana.thread(&[&ben]).await;
    let policy = json!({ "retentionPolicy": { "kind": "threadCreationDate", "deleteThreadAfterDays": 30 } });
    assert_eq!(ana.ask("PATCH", &ends, &policy).await.status, 204);
    let mut hears = Listener::of(&ben, "b").await;
    sweep(&server, 29).await;
    hears.hears_nothing().await;
    assert_eq!(ben.ask("GET", &ends, &Value::Null).await.status, 200);

    sweep(&server, 31).await;
    let gone = hears.event().await;
    assert_eq!(
        (&gone["eventId"], &gone["reason"], &gone["deletedBy"]),
        (&json!(259), &json!("deletedByPolicy"), &Value::Null)
    );
    assert!(ends.contains(&text(&gone["threadId"]).replace(':', "%3A").replace('@', "%40")));
    hears.hears_nothing().await;
    let (there, never) = (ben.ask("GET", &ends, &Value::Null).await, ben.ask("GET", UNKNOWN, &Value::Null).await);
    assert_eq!((there.status, there.text), (403, never.text));
    assert_eq!(ben.ask("GET", &stays, &Value::Null).await.status, 200);
}

#[tokio::test]
async fn those_in_a_thread_hear_that_a_deleted_user_has_gone() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (ana, ben, cleo) = (Person::new(&app).await, Person::new(&app).await, Person::new(&app).await);
    let thread = ana.thread(&[&ben]).await;
    ana.thread(&[&cleo]).await;
    let mut hears = Listener::of(&ana, "a").await;
    assert_eq!(app.ask("DELETE", &path(&ben.id), "").await.status, 204);
    let gone = hears.event().await;
    assert_eq!((&gone["eventId"], &gone["version"]), (&json!(261), &json!("2")));
    assert!(text(&gone["participantsRemoved"]).contains(&ben.id), "{gone}");
    let listed = ana.get(&format!("{thread}/messages")).await;
    assert_eq!(listed["value"][0]["type"], "participantRemoved");

    cli(&server, AdminCommand::DeleteUser { user: cleo.id.clone() }).await;
    let gone = hears.event().await;
    assert!(text(&gone["participantsRemoved"]).contains(&cleo.id), "{gone}");
    hears.hears_nothing().await;
    assert_eq!(app.ask("DELETE", &path(&ben.id), "").await.status, 404);
}

#[tokio::test]
async fn co_organizers_hear_that_they_came_and_went_and_all_hear_of_another_subject() {
    let server = Server::dev().await;
    let (organizer, second) = (Organizer::new(&server).await, Organizer::new(&server).await);
    let meeting = organizer.make(json!({ "subject": "Advice" })).await;
    let (host, other) = (of(&organizer), of(&second));
    let (mut hosts, mut others) = (Listener::of(&host, "h").await, Listener::of(&other, "o").await);
    let attendees = json!([{ "identity": { "user": { "id": second.id } }, "role": "coorganizer" }]);
    let change = json!({ "subject": "Other", "participants": { "attendees": attendees } });
    assert_eq!(organizer.change(&meeting, change).await.status, 200);
    for listener in [&mut hosts, &mut others] {
        let (properties, added) = (listener.event().await, listener.event().await);
        assert_eq!((&properties["eventId"], &properties["threadId"]), (&json!(258), &meeting["chatInfo"]["threadId"]));
        assert!(text(&properties["properties"]).contains("Other"), "{properties}");
        assert!(text(&properties["editedBy"]).contains(&host.id), "{properties}");
        assert_eq!(added["eventId"], 260);
        assert!(text(&added["participantsAdded"]).contains(&other.id), "{added}");
    }
    // What says nothing of chat is not told.
    assert_eq!(organizer.change(&meeting, json!({ "isEntryExitAnnounced": true })).await.status, 200);
    hosts.hears_nothing().await;
    assert_eq!(organizer.change(&meeting, json!({ "participants": { "attendees": [] } })).await.status, 200);
    for listener in [&mut hosts, &mut others] {
        assert_eq!(listener.event().await["eventId"], 261);
        listener.hears_nothing().await;
    }
    let thread = super::path_of(&json!({ "id": meeting["chatInfo"]["threadId"] }));
    assert_eq!(refused(&other.ask("GET", &thread, &Value::Null).await).0, 403);
}

#[tokio::test]
async fn those_in_the_chat_of_a_meeting_hear_that_the_operator_deleted_it() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let host = of(&organizer);
    let mut hears = Listener::of(&host, "h").await;
    cli(&server, AdminCommand::DeleteMeeting { id: text(&meeting["id"]) }).await;
    let gone = hears.event().await;
    assert_eq!((&gone["eventId"], &gone["threadId"]), (&json!(259), &meeting["chatInfo"]["threadId"]));
    assert!(text(&gone["deletedBy"]).contains(&host.id), "{gone}");
}
