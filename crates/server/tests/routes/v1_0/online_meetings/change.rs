//! `PATCH` and `DELETE /v1.0/me/onlineMeetings/{id}`.

use super::{Organizer, path_of, said};
use crate::client::Server;
use serde_json::json;

#[tokio::test]
async fn a_change_sets_what_it_names_and_leaves_the_rest() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let before = organizer.make(json!({ "subject": "Weekly", "isEntryExitAnnounced": true })).await;
    assert_eq!(before["allowedPresenters"], "everyone");
    let body = json!({
        "subject": "Monthly", "startDateTime": "2026-10-01T12:00:00+02:00", "endDateTime": "2026-10-01T11:00:00Z",
        "lobbyBypassSettings": { "scope": "organizer" }, "allowedPresenters": "organization", "isLocked": true,
        "participants": { "attendees": [{ "identity": { "user": { "id": "5a5a" } }, "role": "presenter" }] },
    });
    let answer = organizer.change(&before, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let after = answer.json();
    let mut expected = before.clone();
    expected["subject"] = json!("Monthly");
    expected["startDateTime"] = json!("2026-10-01T10:00:00.000Z");
    expected["endDateTime"] = json!("2026-10-01T11:00:00.000Z");
    expected["lobbyBypassSettings"]["scope"] = json!("organizer");
    expected["allowedPresenters"] = json!("organization");
    expected["isLocked"] = json!(true);
    let user = json!({ "id": "5a5a", "displayName": null });
    expected["participants"]["attendees"] = json!([{ "identity": { "user": user }, "upn": null, "role": "presenter" }]);
    assert_eq!(after, expected);
    assert_eq!(organizer.ask("GET", &path_of(&before), "").await.json(), after);
}

#[tokio::test]
async fn what_may_not_be_changed_is_refused_with_the_reason() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    for (body, why) in [
        (json!({ "joinMeetingIdSettings": { "isPasscodeRequired": false } }), "fixed when the meeting is made"),
        (json!({ "joinWebUrl": "http://elsewhere" }), "read-only"),
        (json!({ "endDateTime": "2001-01-01T00:00:00Z" }), "end before it starts"),
        (json!([]), "no onlineMeeting"),
    ] {
        let answer = organizer.change(&meeting, body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(why), "{}", answer.text);
    }
    assert_eq!(organizer.ask("GET", &path_of(&meeting), "").await.json(), meeting);
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let (first, second, third) = tokio::join!(
        organizer.change(&meeting, json!({ "subject": "Monthly" })),
        organizer.change(&meeting, json!({ "isLocked": true })),
        organizer.change(&meeting, json!({ "allowedPresenters": "organizer" })),
    );
    assert_eq!([first.status, second.status, third.status], [200; 3]);
    let after = organizer.ask("GET", &path_of(&meeting), "").await.json();
    assert_eq!((&after["subject"], &after["isLocked"]), (&json!("Monthly"), &json!(true)));
    assert_eq!(after["allowedPresenters"], "organizer");
}

#[tokio::test]
async fn others_can_neither_change_nor_delete_a_meeting_nor_learn_of_it() {
    let server = Server::dev().await;
    let (owner, other) = (Organizer::new(&server).await, Organizer::new(&server).await);
    let meeting = owner.make(json!({})).await;
    for method in ["PATCH", "DELETE"] {
        let theirs = other.ask(method, &path_of(&meeting), "{}").await;
        let unknown = other.ask(method, &path_of(&json!({ "id": "0000" })), "{}").await;
        assert_eq!((theirs.status, said(&theirs)), (404, said(&unknown)), "{method}");
        assert_eq!(server.send(method, &path_of(&meeting), &[], "{}").await.status, 401);
    }
    assert_eq!(owner.ask("GET", &path_of(&meeting), "").await.json(), meeting);
}

#[tokio::test]
async fn a_deleted_meeting_is_gone() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let answer = organizer.ask("DELETE", &path_of(&meeting), "").await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    for method in ["GET", "PATCH", "DELETE"] {
        assert_eq!(organizer.ask(method, &path_of(&meeting), "{}").await.status, 404, "{method}");
    }
}
