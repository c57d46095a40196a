//! `/calling/callRecords`.

use super::*;
use crate::rooms::{bad_request, pages, user};
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{CallId, ErrorCode, MeetingId, ParticipantId, RawId, Role, RoomId, WallMs};
use convene_store::Store;

const RECORDS: &str = "/calling/callRecords";
const ROOM: &str = "99199690362660524";

/// The start of 26 November 2026.
const DAY: WallMs = 1_795_651_200_000;

fn started(id: &str, target: CallTarget, at: WallMs) -> JournalRow {
    JournalRow::CallStarted { call: CallId(id.into()), target, at }
}

fn group_of(app: &App<'_>) -> CallTarget {
    CallTarget::Group { resource: app.resource.id.clone(), group_id: GROUP.into() }
}

async fn commit(server: &Server, rows: &[JournalRow]) {
    server.running.app.store.commit(rows, &[]).await.expect("the store writes");
}

fn ids(page: &[Value]) -> Vec<&str> {
    page.iter().map(|record| record["callId"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn an_app_reads_the_record_of_its_call() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (call, participant) = (CallId("c-1".into()), ParticipantId("p".into()));
    let ana = RawId::parse(&user(&app, "ana")).expect("an id");
    let joined = JournalRow::Joined {
        call: call.clone(),
        participant: participant.clone(),
        user: ana.clone(),
        display_name: "Ana".into(),
        role: Role::Presenter,
        admitted_by: None,
        resume_hash: "hash".into(),
        at: DAY,
    };
    let reason = ErrorCode::HungUp;
    let left = JournalRow::Left { call: call.clone(), participant, user: ana.clone(), reason, at: DAY + 5000 };
    let ended = JournalRow::CallEnded { call, reason, at: DAY + 5000 };
    commit(&server, &[started("c-1", group_of(&app), DAY), joined, left, ended]).await;

    let record = ask(&app, "GET", &format!("{RECORDS}/c-1"), &Value::Null).await;
    let end = json!({ "code": reason.code(), "subCode": reason.sub_code(), "phrase": reason.message() });
    let leg = json!({
        "participantId": "p", "userId": ana, "displayName": "Ana", "role": "presenter", "waitedFrom": null,
        "admittedBy": null, "joinedOn": "2026-11-26T00:00:00.000Z", "leftOn": "2026-11-26T00:00:05.000Z",
        "endReason": end, "media": [],
    });
    let mut expected = json!({
        "callId": "c-1", "groupId": GROUP, "startedOn": "2026-11-26T00:00:00.000Z", "endedOn": "2026-11-26T00:00:05.000Z",
        "endReason": end, "participantCount": 1, "legs": [leg],
    });
    assert_eq!((record.status, record.json()), (200, expected.clone()));
    expected.as_object_mut().expect("an object").remove("legs");
    assert_eq!(ask(&app, "GET", RECORDS, &Value::Null).await.json(), json!({ "value": [expected] }));
}

#[tokio::test]
async fn another_resources_record_and_a_meetings_answer_as_one_that_never_was() {
    let server = Server::dev().await;
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let meeting = CallTarget::Meeting(MeetingId("m".into()));
    commit(&server, &[started("ours", group_of(&app), DAY), started("meeting", meeting, DAY)]).await;
    assert_eq!(ask(&app, "GET", &format!("{RECORDS}/ours"), &Value::Null).await.status, 200);
    let never = ask(&other, "GET", &format!("{RECORDS}/never"), &Value::Null).await;
    assert_eq!((never.status, error_code(&never).as_str()), (404, "NotFound"));
    for (asker, id) in [(&other, "ours"), (&other, "meeting"), (&app, "meeting")] {
        let answer = ask(asker, "GET", &format!("{RECORDS}/{id}"), &Value::Null).await;
        assert_eq!((answer.status, answer.text), (never.status, never.text.clone()), "{id}");
    }
    assert_eq!(ask(&other, "GET", RECORDS, &Value::Null).await.json(), json!({ "value": [] }));
    let by_group = format!("{RECORDS}?{NEWEST}&groupId={GROUP}");
    assert_eq!(other.send(&other.sign("GET", &by_group, "")).await.json(), json!({ "value": [] }));
}

#[tokio::test]
async fn records_are_listed_page_by_page_of_a_time_a_group_or_a_room() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = CallTarget::Room { resource: app.resource.id.clone(), room: RoomId(ROOM.into()) };
    let rows = [
        started("a", group_of(&app), DAY),
        started("b", room, DAY + 1),
        started("c", group_of(&app), DAY + 2),
        started("d", group_of(&app), DAY + 60_000),
    ];
    commit(&server, &rows).await;
    let list = |query: &str| format!("{RECORDS}?{NEWEST}&{query}");
    let all = pages(&app, &list("maxPageSize=3")).await;
    assert_eq!(all.iter().map(|page| ids(page)).collect::<Vec<_>>(), [vec!["d", "c", "b"], vec!["a"]]);
    let minute = "from=2026-11-26T01%3A00%3A00%2B01:00&to=2026-11-26T00:01:00Z";
    let some = pages(&app, &list(&format!("{minute}&maxPageSize=2"))).await;
    assert_eq!(some.iter().map(|page| ids(page)).collect::<Vec<_>>(), [vec!["c", "b"], vec!["a"]]);
    let of_group = pages(&app, &list(&format!("groupId={}&maxPageSize=2", GROUP.to_uppercase()))).await;
    assert_eq!(of_group.iter().map(|page| ids(page)).collect::<Vec<_>>(), [vec!["d", "c"], vec!["a"]]);
    assert_eq!(ids(&pages(&app, &list(&format!("roomId={ROOM}"))).await[0]), ["b"]);
}

#[tokio::test]
async fn what_no_list_can_be_made_of_gets_400_and_the_unsigned_401() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    for (query, target) in [
        ("from=yesterday", "from"),
        ("to=2026-13-01T00:00:00Z", "to"),
        ("maxPageSize=0", "maxPageSize"),
        ("maxPageSize=101", "maxPageSize"),
        ("groupId=", "groupId"),
        ("roomId=a%20b", "roomId"),
        ("roomId=1&groupId=2", "groupId"),
        ("after=1", "after"),
    ] {
        let answer = app.send(&app.sign("GET", &format!("{RECORDS}?{NEWEST}&{query}"), "")).await;
        assert_eq!(bad_request(&answer).as_deref(), Some(target), "{query}");
    }
    for path in [RECORDS.to_owned(), format!("{RECORDS}/c")] {
        let unsigned = app.sign("GET", &format!("{path}?{NEWEST}"), "").without("Authorization");
        assert_eq!(app.send(&unsigned).await.status, 401, "{path}");
    }
}
