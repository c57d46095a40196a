//! `POST /rooms`.

use super::{NEWEST, ask, ask_text, bad_request, list_path, make, path, user};
use crate::client::Server;
use crate::identities::{App, Request, error_code, text};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn in_days(days: u32) -> String {
    let at = SystemTime::now() + DAY * days;
    let since = at.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    convene_model::rfc3339(since.as_millis() as i64)
}

#[tokio::test]
async fn a_room_is_created_as_acs_shows_one() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let answer = ask(&app, "POST", "/rooms", &Value::Null).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let room = answer.json();
    let names: Vec<&String> = room.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["createdAt", "id", "pstnDialOutEnabled", "validFrom", "validUntil"]);
    let id = text(&room["id"]);
    assert!(id.len() == 17 && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    assert_eq!((&room["pstnDialOutEnabled"], &room["validFrom"]), (&json!(false), &room["createdAt"]));
    assert_eq!(answer.headers.get("repeatability-result"), None);
    assert_eq!(ask(&app, "GET", &path(&room), &Value::Null).await.json(), room);
}

#[tokio::test]
async fn what_is_asked_for_is_what_is_made() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let (from, until) = (in_days(3), in_days(10));
    let (ana, ben) = (user(&app, "a"), user(&app, "b"));
    let body = json!({
        "validFrom": from, "validUntil": until, "pstnDialOutEnabled": true, "convene": { "lobby": true },
        "participants": { ana.as_str(): { "role": "Collaborator" }, ben.as_str(): {} },
    });
    let room = make(&app, body).await;
    assert_eq!((text(&room["validFrom"]), text(&room["validUntil"])), (from, until));
    assert_eq!((&room["pstnDialOutEnabled"], &room["convene"]), (&json!(true), &json!({ "lobby": true })));
    let invited = ask(&app, "GET", &list_path(&room), &Value::Null).await.json();
    let expected = json!([{ "rawId": ana, "role": "Collaborator" }, { "rawId": ben, "role": "Attendee" }]);
    assert_eq!((&invited["value"], invited.get("nextLink")), (&expected, None));
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_named() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    for (body, target) in [
        (json!({ "validFrom": in_days(1), "validUntil": in_days(190) }), "validUntil"),
        (json!({ "validFrom": in_days(200) }), "validUntil"),
        (json!({ "validUntil": "2020-01-01T00:00:00Z" }), "validUntil"),
        (json!({ "validFrom": "soon" }), "validFrom"),
        (json!({ "participants": { "wrong_mri": { "role": "Attendee" } } }), "participants"),
        (json!({ "participants": { "8:acs:other_a": { "role": "Attendee" } } }), "participants"),
    ] {
        assert_eq!(bad_request(&ask(&app, "POST", "/rooms", &body).await).as_deref(), Some(target), "{body}");
    }
    for body in ["[]", "{", "\u{1}", "{\"a\":"] {
        assert_eq!(bad_request(&ask_text(&app, "POST", "/rooms", body).await), None, "{body}");
    }
    let huge = json!({ "participants": { "x".repeat(70_000): {} } });
    let answer = ask(&app, "POST", "/rooms", &huge).await;
    assert_eq!((answer.status, error_code(&answer).as_str()), (413, "RequestEntityTooLarge"), "{}", answer.text);
}

fn repeatable(app: &App<'_>, id: &str, body: &str, first_sent: SystemTime) -> Request {
    let request = app.sign("POST", &format!("/rooms?{NEWEST}"), body);
    let sent = httpdate::fmt_http_date(first_sent);
    request.header("Repeatability-Request-ID", id).header("Repeatability-First-Sent", sent)
}

#[tokio::test]
async fn a_request_that_is_sent_again_makes_one_room_and_is_answered_alike() {
    let server = Server::dev().await;
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let id = "218768ce-d550-448d-8d60-44ca6ba37027";
    let body = r#"{"pstnDialOutEnabled":true}"#;
    let first = app.send(&repeatable(&app, id, body, SystemTime::now())).await;
    assert_eq!((first.status, first.headers["repeatability-result"].as_str()), (201, "accepted"));
    let changed = ask(&app, "PATCH", &path(&first.json()), &json!({ "pstnDialOutEnabled": false })).await;
    assert_eq!(changed.status, 200);
    let again = app.send(&repeatable(&app, id, body, SystemTime::now())).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.headers["repeatability-result"], "accepted");
    assert_eq!(ask(&app, "GET", "/rooms", &Value::Null).await.json()["value"].as_array().expect("rooms").len(), 1);
    // Another resource's names are its own.
    let theirs = other.send(&repeatable(&other, id, body, SystemTime::now())).await;
    assert!(theirs.status == 201 && theirs.text != first.text);
    assert_ne!(app.send(&repeatable(&app, "other", body, SystemTime::now())).await.text, first.text);
}

#[tokio::test]
async fn requests_that_are_sent_twice_at_the_same_time_make_one_room() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let request = repeatable(&app, "at-once", "{}", SystemTime::now());
    let (a, b, c, d) = tokio::join!(app.send(&request), app.send(&request), app.send(&request), app.send(&request));
    for other in [&b, &c, &d] {
        assert_eq!((other.status, &other.text), (201, &a.text));
    }
    assert_eq!(ask(&app, "GET", "/rooms", &Value::Null).await.json()["value"].as_array().expect("rooms").len(), 1);
}

#[tokio::test]
async fn another_request_under_the_same_name_and_one_of_long_ago_get_412() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let now = SystemTime::now();
    assert_eq!(app.send(&repeatable(&app, "a", "{}", now)).await.status, 201);
    let day_and_more = DAY + Duration::from_secs(60);
    for request in
        [repeatable(&app, "a", r#"{"pstnDialOutEnabled":true}"#, now), repeatable(&app, "b", "{}", now - day_and_more)]
    {
        let answer = app.send(&request).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (412, "PreconditionFailed"), "{}", answer.text);
        assert_eq!(answer.headers["repeatability-result"], "rejected");
    }
    for request in [
        repeatable(&app, "", "{}", now),
        repeatable(&app, &"x".repeat(129), "{}", now),
        repeatable(&app, "c", "{}", now).header("Repeatability-First-Sent", "yesterday"),
    ] {
        bad_request(&app.send(&request).await);
    }
}
