//! Changes of a meeting act at once on its call.

use super::{Organizer, path_of};
use crate::client::Server;
use crate::signaling::{Client, app_token};
use convene_model::{Capability, Role};
use convene_protocol::{CallView, CapabilitiesReason, ErrorBody, Event, JoinTarget, Reply, Request, ServerMessage};
use convene_server::admin::{Admin, AdminCommand};
use serde_json::{Value, json};

/// What became of a join.
#[derive(Debug)]
enum Joined {
    In(Box<CallView>),
    Waiting,
    Refused(String),
}

async fn join(client: &mut Client, meeting: &Value) -> Joined {
    let link = meeting["joinWebUrl"].as_str().expect("a link").to_owned();
    let target = JoinTarget::MeetingLink { link };
    client.ask(Request::Join { target, display_name: "Ana".into(), muted: false }).await;
    client
        .until(|message| match message {
            ServerMessage::Response { reply: Some(Reply::Joined { call }), .. } => Some(Joined::In(Box::new(call))),
            ServerMessage::Response { reply: Some(Reply::Waiting { .. }), .. } => Some(Joined::Waiting),
            ServerMessage::Response { error: Some(error), .. } => Some(Joined::Refused(error.name)),
            _ => None,
        })
        .await
}

async fn guest(server: &Server) -> Client {
    Client::connect(server, &app_token(server).await).await
}

/// A guest whose join ended so.
async fn guest_joins(server: &Server, meeting: &Value) -> (Client, Joined) {
    let mut client = guest(server).await;
    let joined = join(&mut client, meeting).await;
    (client, joined)
}

pub async fn organizer_in(organizer: &Organizer<'_>, meeting: &Value) -> Client {
    let mut client = Client::connect(organizer.server, &organizer.calling_token).await;
    assert!(matches!(join(&mut client, meeting).await, Joined::In(_)));
    client
}

async fn ended(client: &mut Client) -> ErrorBody {
    client
        .until(|message| match message {
            ServerMessage::Event { event: Event::Ended { end }, .. } => Some(end.reason),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_wider_lobby_lets_in_who_waits() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({ "lobbyBypassSettings": { "scope": "organization" } })).await;
    let _in = organizer_in(&organizer, &meeting).await;
    let (mut waiter, joined) = guest_joins(&server, &meeting).await;
    assert!(matches!(joined, Joined::Waiting), "{joined:?}");
    let changed = organizer.change(&meeting, json!({ "lobbyBypassSettings": { "scope": "everyone" } })).await;
    assert_eq!(changed.status, 200);
    let role = waiter
        .until(|message| match message {
            ServerMessage::Event { event: Event::Admitted { call }, .. } => Some(call.role),
            _ => None,
        })
        .await;
    assert_eq!(role, Role::Presenter, "allowedPresenters is everyone");
}

#[tokio::test]
async fn where_guests_may_start_from_now_on_who_waits_comes_in() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let body = json!({ "lobbyBypassSettings": { "scope": "everyone" }, "guestsMayStart": false });
    let meeting = organizer.make(body).await;
    let (mut waiter, joined) = guest_joins(&server, &meeting).await;
    assert!(matches!(joined, Joined::Waiting), "{joined:?}");
    organizer.change(&meeting, json!({ "guestsMayStart": true })).await;
    waiter
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Admitted { .. }, .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn a_locked_meeting_takes_nobody_new_until_it_is_unlocked() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({ "lobbyBypassSettings": { "scope": "everyone" } })).await;
    let _in = organizer_in(&organizer, &meeting).await;
    organizer.change(&meeting, json!({ "isLocked": true })).await;
    let (mut client, joined) = guest_joins(&server, &meeting).await;
    assert!(matches!(&joined, Joined::Refused(name) if name == "meetingLocked"), "{joined:?}");
    organizer.change(&meeting, json!({ "isLocked": false })).await;
    assert!(matches!(join(&mut client, &meeting).await, Joined::In(_)));
}

#[tokio::test]
async fn where_guests_are_no_longer_allowed_those_who_wait_are_sent_away_and_nobody_comes() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let _in = organizer_in(&organizer, &meeting).await;
    let (mut waiter, _) = guest_joins(&server, &meeting).await;
    organizer.change(&meeting, json!({ "isGuestsAllowed": false })).await;
    let reason = ended(&mut waiter).await;
    assert_eq!((reason.code, reason.sub_code), (403, 5221));
    let (_, joined) = guest_joins(&server, &meeting).await;
    assert!(matches!(&joined, Joined::Refused(name) if name == "guestsNotAllowed"), "{joined:?}");
}

#[tokio::test]
async fn attendees_lose_and_regain_microphone_and_camera() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let body = json!({ "lobbyBypassSettings": { "scope": "everyone" }, "allowedPresenters": "organization" });
    let meeting = organizer.make(body).await;
    let (mut attendee, joined) = guest_joins(&server, &meeting).await;
    let Joined::In(call) = joined else { panic!("{joined:?}") };
    let (mic, camera) = (Capability::UnmuteMic, Capability::TurnVideoOn);
    let telling = [Capability::RaiseHand, Capability::UseReactions, Capability::RealTimeText, Capability::SendData];
    let with = |sending: &[Capability]| [sending, &telling].concat();
    assert_eq!((call.role, call.capabilities), (Role::Attendee, with(&[mic, camera])));
    for (change, expected) in [
        (json!({ "allowAttendeeToEnableMic": false }), with(&[camera])),
        (json!({ "allowAttendeeToEnableCamera": false }), with(&[])),
        (json!({ "allowAttendeeToEnableMic": true }), with(&[mic])),
    ] {
        organizer.change(&meeting, change).await;
        let (capabilities, reason) = attendee
            .until(|message| match message {
                ServerMessage::Event { event: Event::CapabilitiesChanged { capabilities, reason, .. }, .. } => {
                    Some((capabilities, reason))
                }
                _ => None,
            })
            .await;
        assert_eq!((capabilities, reason), (expected, CapabilitiesReason::MeetingOptionsChanged));
    }
}

#[tokio::test]
async fn who_presents_changes_for_those_who_are_in_and_who_is_invited_for_those_who_wait() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let body = json!({ "lobbyBypassSettings": { "scope": "everyone" }, "allowedPresenters": "organization" });
    let meeting = organizer.make(body).await;
    let (mut guest, joined) = guest_joins(&server, &meeting).await;
    assert!(matches!(joined, Joined::In(call) if call.role == Role::Attendee));
    organizer.change(&meeting, json!({ "allowedPresenters": "everyone" })).await;
    let became = guest
        .until(|message| match message {
            ServerMessage::Event { event: Event::CapabilitiesChanged { role, capabilities, .. }, .. } => {
                Some((role, capabilities.contains(&Capability::ShareScreen)))
            }
            _ => None,
        })
        .await;
    assert_eq!(became, (Role::Presenter, true));

    organizer.change(&meeting, json!({ "lobbyBypassSettings": { "scope": "invited" } })).await;
    let colleague = Organizer::new(&server).await;
    let mut waiter = Client::connect(&server, &colleague.calling_token).await;
    assert!(matches!(join(&mut waiter, &meeting).await, Joined::Waiting));
    let their_id = colleague.make(json!({})).await["participants"]["organizer"]["identity"].clone();
    let attendees = json!({ "attendees": [{ "identity": their_id, "role": "attendee" }] });
    organizer.change(&meeting, json!({ "participants": attendees })).await;
    waiter
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Admitted { .. }, .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn who_is_listed_and_who_presents_holds_for_those_who_come_after_the_change() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({ "lobbyBypassSettings": { "scope": "invited" } })).await;
    let _in = organizer_in(&organizer, &meeting).await;
    let (colleague, listed) = (Organizer::new(&server).await, guest(&server).await);
    drop(listed);
    let mut client = Client::connect(&server, &colleague.calling_token).await;
    let their_id = colleague.make(json!({})).await["participants"]["organizer"]["identity"].clone();
    let attendees = json!({ "attendees": [{ "identity": their_id, "role": "coorganizer" }] });
    organizer.change(&meeting, json!({ "participants": attendees, "allowedPresenters": "organizer" })).await;
    let Joined::In(call) = join(&mut client, &meeting).await else { panic!("a co-organizer never waits") };
    assert_eq!(call.role, Role::CoOrganizer);
    let (_, joined) = guest_joins(&server, &meeting).await;
    assert!(matches!(joined, Joined::Waiting), "{joined:?}");
}

#[tokio::test]
async fn deleting_a_meeting_ends_its_call_and_its_links_lead_nowhere() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let mut inside = organizer_in(&organizer, &meeting).await;
    let (mut waiter, _) = guest_joins(&server, &meeting).await;
    assert_eq!(organizer.ask("DELETE", &path_of(&meeting), "").await.status, 204);
    for client in [&mut inside, &mut waiter] {
        let reason = ended(client).await;
        assert_eq!((reason.code, reason.sub_code), (0, 4097));
        let joined = join(client, &meeting).await;
        assert!(matches!(&joined, Joined::Refused(name) if name == "meetingNotFound"), "{joined:?}");
    }
}

#[tokio::test]
async fn the_operator_ends_a_live_meeting_and_it_can_be_joined_again() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let mut inside = organizer_in(&organizer, &meeting).await;
    let app = &server.running.app;
    let admin = Admin {
        store: &*app.store,
        keys: &app.keys,
        settings: &app.settings,
        public_url: &app.public_url,
        live: Some(&app.arrivals),
        listeners: Some(&app.live),
    };
    let id = meeting["id"].as_str().expect("an id").to_owned();
    let listed = admin.execute(AdminCommand::ListMeetings { organizer: None }).await.expect("a list");
    assert_eq!((&listed[0]["id"], &listed[0]["isLive"]), (&json!(id), &json!(true)));
    let answer = admin.execute(AdminCommand::EndMeeting { id: id.clone() }).await.expect("a live call");
    assert_eq!(answer, json!({ "id": id, "ended": true }));
    let reason = ended(&mut inside).await;
    assert_eq!((reason.code, reason.sub_code), (0, 4097));
    assert!(matches!(join(&mut inside, &meeting).await, Joined::In(_)));
}
