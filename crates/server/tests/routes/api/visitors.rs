//! `POST /api/visitors`: the anonymous guest (DESIGN §5.7).

use crate::client::{Answer, Server};
use crate::signaling::{Client, group};
use convene_model::RawId;
use convene_protocol::{JoinTarget, Reply, Request, ServerMessage};
use convene_server::admin::{Admin, AdminCommand};
use convene_server::config::ServeSettings;
use serde_json::{Value, json};

/// A meeting that anybody enters at once, on any server.
async fn meeting(server: &Server, guests_allowed: bool) -> Value {
    let app = &server.running.app;
    let admin = Admin {
        store: &*app.store,
        keys: &app.keys,
        settings: &app.settings,
        public_url: &app.public_url,
        live: Some(&app.arrivals),
        listeners: Some(&app.live),
    };
    let organizer = admin.create_user(true, "Organizer").await.expect("a new user");
    let command = AdminCommand::CreateMeeting {
        organizer: organizer.id.as_str().to_owned(),
        subject: "Weekly".into(),
        lobby: "everyone".into(),
        guests_allowed,
        guests_may_start: true,
        locked: false,
    };
    admin.execute(command).await.expect("a new meeting")
}

async fn ask(server: &Server, body: &Value) -> Answer {
    server.send("POST", "/api/visitors", &[("Content-Type", "application/json")], &body.to_string()).await
}

fn by_link(meeting: &Value) -> Value {
    json!({ "link": meeting["joinWebUrl"] })
}

fn by_id(meeting: &Value, passcode: &str) -> Value {
    json!({ "meetingId": meeting["joinMeetingIdSettings"]["joinMeetingId"], "passcode": passcode })
}

/// The name of the refusal; `None` if the visitor is in.
async fn refusal(client: &mut Client, target: JoinTarget) -> Option<String> {
    client.ask(Request::Join { target, display_name: "Gina".into(), muted: false }).await;
    client
        .until(|message| match message {
            ServerMessage::Response { reply: Some(Reply::Joined { .. }), .. } => Some(None),
            ServerMessage::Response { error: Some(error), .. } => Some(Some(error.name)),
            _ => None,
        })
        .await
}

fn link(meeting: &Value) -> JoinTarget {
    JoinTarget::MeetingLink { link: meeting["joinWebUrl"].as_str().expect("a link").to_owned() }
}

#[tokio::test]
async fn whoever_holds_a_link_gets_a_token_for_its_meeting_and_for_nothing_else() {
    let server = Server::start(ServeSettings::default()).await;
    let (own, other) = (meeting(&server, true).await, meeting(&server, true).await);
    let passcode = own["joinMeetingIdSettings"]["passcode"].as_str().expect("a passcode");
    let mut ids = Vec::new();
    for body in [by_link(&own), json!({ "link": own["conveneShortJoinUrl"] }), by_id(&own, passcode)] {
        let answer = ask(&server, &body).await;
        assert_eq!((answer.status, answer.headers["cache-control"].as_str()), (200, "no-store"), "{}", answer.text);
        let answer = answer.json();
        let id = answer["user"]["id"].as_str().expect("an id").to_owned();
        assert!(id.starts_with("8:teamsvisitor:") && RawId::parse(&id).is_ok(), "{id}");
        assert!(answer["expiresOn"].as_str().is_some_and(|text| text.ends_with('Z')));
        ids.push(id);
        let mut client = Client::connect(&server, answer["token"].as_str().expect("a token")).await;
        assert_eq!(refusal(&mut client, link(&other)).await.as_deref(), Some("meetingNotFound"));
        let Request::Join { target, .. } = group() else { panic!("a join") };
        assert_eq!(refusal(&mut client, target).await.as_deref(), Some("meetingNotFound"));
        assert_eq!(refusal(&mut client, link(&own)).await, None);
    }
    ids.dedup();
    assert_eq!(ids.len(), 3, "each is somebody new");
}

#[tokio::test]
async fn a_visitors_token_manages_no_meetings() {
    let server = Server::dev().await;
    let token = ask(&server, &by_link(&meeting(&server, true).await)).await.json()["token"].clone();
    let authorization = format!("Bearer {}", token.as_str().expect("a token"));
    let answer = server.get("/v1.0/me/onlineMeetings", &[("Authorization", &authorization)]).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn what_leads_to_no_meeting_is_answered_as_joining_would() {
    let server = Server::dev().await;
    let meeting = meeting(&server, true).await;
    let unknown = json!({ "link": format!("{}/meet/100000000000?p=wrong", server.running.public_url) });
    let foreign = json!({ "link": "https://teams.microsoft.com/meet/123456789012?p=x" });
    for (body, name) in [
        (unknown, "meetingNotFound"),
        (by_id(&meeting, "wrong"), "meetingNotFound"),
        (json!({ "meetingId": "no digits" }), "meetingNotFound"),
        (foreign, "foreignMeeting"),
    ] {
        let answer = ask(&server, &body).await;
        let error = &answer.json()["error"];
        assert_eq!((answer.status, error["code"].as_str()), (404, Some(name)), "{}", answer.text);
        assert_eq!(error["callEndReason"], json!({ "code": 404, "subCode": 5751 }));
    }
    for body in [json!({}), json!({ "link": "x", "meetingId": "1" }), json!([])] {
        assert_eq!(ask(&server, &body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn where_guests_are_not_allowed_nobody_gets_a_token() {
    let server = Server::dev().await;
    let answer = ask(&server, &by_link(&meeting(&server, false).await)).await;
    let error = &answer.json()["error"];
    assert_eq!((answer.status, error["code"].as_str()), (403, Some("guestsMayNotStart")));
    assert_eq!(error["callEndReason"]["subCode"], 5222);
    assert!(answer.json().get("token").is_none());
}

#[tokio::test]
async fn an_address_gets_twenty_answers_good_or_bad_and_has_to_wait_then() {
    let server = Server::start(ServeSettings::default()).await;
    let meeting = meeting(&server, true).await;
    for number in 0..20 {
        let (body, status) = if number % 2 == 0 { (by_link(&meeting), 200) } else { (by_id(&meeting, "wrong"), 404) };
        assert_eq!(ask(&server, &body).await.status, status);
    }
    let answer = ask(&server, &by_link(&meeting)).await;
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (429, Some("tooManyRequests")));
    let seconds: u64 = answer.headers["retry-after"].parse().expect("seconds");
    assert!((1..=300).contains(&seconds), "{seconds}");
}
