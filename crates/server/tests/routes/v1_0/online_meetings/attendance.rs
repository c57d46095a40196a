//! `GET /v1.0/me/onlineMeetings/{id}/attendanceReports` and what is below, after real calls.

use super::{Organizer, path_of, said};
use crate::client::Server;
use crate::signaling::{Client, app_token};
use convene_protocol::{Event, JoinTarget, Reply, Request, ServerMessage};
use convene_store::Store;
use serde_json::{Value, json};

async fn join(server: &Server, token: &str, meeting: &Value, name: &str) -> Client {
    let mut client = Client::connect(server, token).await;
    let target = JoinTarget::MeetingLink { link: meeting["joinWebUrl"].as_str().expect("a link").to_owned() };
    client.ask(Request::Join { target, display_name: name.into(), muted: false }).await;
    client
        .until(|message| match message {
            ServerMessage::Response { reply: Some(Reply::Joined { .. } | Reply::Waiting { .. }), .. } => Some(()),
            _ => None,
        })
        .await;
    client
}

async fn leave(mut client: Client) {
    client.ask(Request::Leave {}).await;
    client
        .until(|message| match message {
            ServerMessage::Event { event: Event::Ended { .. }, .. } => Some(()),
            _ => None,
        })
        .await;
}

/// One session: the organizer and a guest are in, another guest waits and is rejected, all leave.
async fn session(organizer: &Organizer<'_>, meeting: &Value) {
    let server = organizer.server;
    let mut host = join(server, &organizer.calling_token, meeting, "Olga").await;
    let mut guest = join(server, &app_token(server).await, meeting, "Ana").await;
    let knocked = |message| match message {
        ServerMessage::Event { event: Event::Knocked { waiter }, .. } => Some(waiter.user),
        _ => None,
    };
    let ana = host.until(knocked).await;
    host.ask(Request::Admit { user: ana }).await;
    guest
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Admitted { .. }, .. }).then_some(()))
        .await;
    let mut sent_away = join(server, &app_token(server).await, meeting, "Eve").await;
    let eve = host.until(knocked).await;
    host.ask(Request::Reject { user: eve }).await;
    sent_away
        .until(|message| matches!(message, ServerMessage::Event { event: Event::Ended { .. }, .. }).then_some(()))
        .await;
    leave(guest).await;
    leave(host).await;
}

/// The reports, once there are so many. The end of a call is committed before its last participant is told, so there is nothing to wait for.
async fn reports(organizer: &Organizer<'_>, meeting: &Value) -> Vec<Value> {
    let answer = organizer.ask("GET", &format!("{}/attendanceReports", path_of(meeting)), "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["value"].as_array().expect("a list").clone()
}

fn lobby() -> Value {
    json!({ "lobbyBypassSettings": { "scope": "organization" }, "allowedPresenters": "organization" })
}

#[tokio::test]
async fn a_session_that_is_over_has_a_report_with_everybody_who_was_in() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(lobby()).await;
    session(&organizer, &meeting).await;
    let listed = reports(&organizer, &meeting).await;
    assert_eq!(listed.len(), 1);
    let report = &listed[0];
    assert_eq!((&report["totalParticipantCount"], &report["attendanceRecords"]), (&json!(2), &json!(null)));
    let path = format!("{}/attendanceReports/{}", path_of(&meeting), report["id"].as_str().unwrap());
    assert_eq!(&organizer.ask("GET", &path, "").await.json(), report);
    let expanded = organizer.ask("GET", &format!("{path}?$expand=attendanceRecords"), "").await.json();
    let records = expanded["attendanceRecords"].as_array().expect("records").clone();
    let who: Vec<_> = records
        .iter()
        .map(|record| (record["identity"]["displayName"].as_str().unwrap(), record["role"].as_str().unwrap()))
        .collect();
    assert_eq!(who, [("Olga", "Organizer"), ("Ana", "Attendee")], "Eve never got in");
    assert_eq!(records[0]["identity"]["id"], organizer.id.as_str());
    let intervals = records[1]["attendanceIntervals"].as_array().unwrap();
    assert_eq!((intervals.len(), &records[1]["emailAddress"]), (1, &json!(null)));
    assert!(intervals[0]["joinDateTime"].as_str() <= intervals[0]["leaveDateTime"].as_str());

    let all = organizer.ask("GET", &format!("{path}/attendanceRecords"), "").await.json();
    assert_eq!(all, json!({ "value": records }));
    let first = organizer.ask("GET", &format!("{path}/attendanceRecords?$top=1"), "").await.json();
    assert_eq!(first["value"], json!([records[0]]));
    let next = first["@odata.nextLink"].as_str().expect("a link").strip_prefix(&server.running.public_url);
    let second = organizer.ask("GET", next.expect("of this server"), "").await.json();
    assert_eq!(second, json!({ "value": [records[1]] }));
}

#[tokio::test]
async fn there_is_no_report_of_a_session_that_goes_on() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(lobby()).await;
    let host = join(&server, &organizer.calling_token, &meeting, "Olga").await;
    assert_eq!(reports(&organizer, &meeting).await, Vec::<Value>::new());
    let call = server.running.app.store.open_calls().await.unwrap()[0].id.clone();
    let path = format!("{}/attendanceReports/{call}", path_of(&meeting));
    let early = organizer.ask("GET", &path, "").await;
    let unknown = organizer.ask("GET", &format!("{}/attendanceReports/none", path_of(&meeting)), "").await;
    assert_eq!((early.status, said(&early)), (404, said(&unknown)));
    leave(host).await;
    assert_eq!(organizer.ask("GET", &path, "").await.status, 200);
}

#[tokio::test]
async fn every_session_has_its_report_the_newest_first_and_page_by_page() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(lobby()).await;
    for _ in 0..3 {
        let host = join(&server, &organizer.calling_token, &meeting, "Olga").await;
        leave(host).await;
    }
    let all = reports(&organizer, &meeting).await;
    let starts: Vec<&str> = all.iter().map(|report| report["meetingStartDateTime"].as_str().unwrap()).collect();
    assert!(starts.len() == 3 && starts.is_sorted_by(|a, b| a >= b), "{starts:?}");
    let (mut paged, mut path) = (Vec::new(), format!("{}/attendanceReports?$top=1", path_of(&meeting)));
    loop {
        let page = organizer.ask("GET", &path, "").await.json();
        paged.extend(page["value"].as_array().unwrap().clone());
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        path = next.strip_prefix(&server.running.public_url).expect("a link of this server").to_owned();
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn others_learn_nothing_of_who_attended() {
    let server = Server::dev().await;
    let (organizer, other) = (Organizer::new(&server).await, Organizer::new(&server).await);
    let meeting = organizer.make(lobby()).await;
    let others = other.make(json!({})).await;
    let host = join(&server, &organizer.calling_token, &meeting, "Olga").await;
    leave(host).await;
    let report = reports(&organizer, &meeting).await[0]["id"].as_str().unwrap().to_owned();
    for rest in [
        "attendanceReports".to_owned(),
        format!("attendanceReports/{report}"),
        format!("attendanceReports/{report}/attendanceRecords"),
    ] {
        let theirs = other.ask("GET", &format!("{}/{rest}", path_of(&meeting)), "").await;
        let unknown = other.ask("GET", &format!("{}/{rest}", path_of(&json!({ "id": "0000" }))), "").await;
        assert_eq!((theirs.status, said(&theirs)), (404, said(&unknown)), "{rest}");
    }
    // Another meeting's report is none of this meeting's.
    let stray = other.ask("GET", &format!("{}/attendanceReports/{report}", path_of(&others)), "").await;
    assert_eq!(stray.status, 404);
}
