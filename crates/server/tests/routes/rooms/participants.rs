//! `/rooms/{id}/participants`.

use super::{NEWEST, ask, ask_text, bad_request, list_path, make, pages, user};
use crate::client::Server;
use crate::identities::App;
use serde_json::{Map, Value, json};

fn people(app: &App<'_>, numbers: std::ops::Range<usize>, entry: &Value) -> Value {
    let entries: Map<String, Value> =
        numbers.map(|number| (user(app, &format!("{number:04}")), entry.clone())).collect();
    json!({ "participants": entries })
}

#[tokio::test]
async fn people_are_invited_changed_and_taken_off_by_a_merge_patch() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let [ana, ben, cleo, dora] = ["a", "b", "c", "d"].map(|name| user(&app, name));
    let room = make(&app, json!({ "participants": { ana.as_str(): { "role": "Presenter" }, ben.as_str(): {} } })).await;
    let patch = json!({ "participants": {
        ana.as_str(): { "role": null }, ben.as_str(): null, cleo.as_str(): { "role": "Consumer" }, dora.as_str(): null,
    } });
    let answer = ask(&app, "PATCH", &list_path(&room), &patch).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    let listed = ask(&app, "GET", &list_path(&room), &Value::Null).await.json();
    let expected = json!({ "value": [{ "rawId": ana, "role": "Attendee" }, { "rawId": cleo, "role": "Consumer" }] });
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn participants_are_listed_page_by_page() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, people(&app, 0..130, &json!({ "role": "Attendee" }))).await;
    let pages = pages(&app, &format!("{}?{NEWEST}", list_path(&room))).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 30]);
    let listed: Vec<String> = pages.into_iter().flatten().map(|one| super::text(&one["rawId"])).collect();
    let expected: Vec<String> = (0..130).map(|number| user(&app, &format!("{number:04}"))).collect();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_changes_nothing() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let ana = user(&app, "a");
    let room = make(&app, json!({ "participants": { ana.as_str(): {} } })).await;
    for (body, target) in [
        (json!({}), "participants".to_owned()),
        (json!({ "participants": null }), "participants".to_owned()),
        (json!({ "participants": { "wrong_mri": null } }), "participants".to_owned()),
        (json!({ "participants": { "8:orgid:o": {} } }), "participants".to_owned()),
        (json!({ "participants": { ana.as_str(): { "role": "Kafka" } } }), format!("participants.{ana}.role")),
        (json!({ "participants": { ana.as_str(): 5 } }), format!("participants.{ana}")),
    ] {
        let answer = ask(&app, "PATCH", &list_path(&room), &body).await;
        assert_eq!(bad_request(&answer), Some(target), "{body}");
    }
    assert_eq!(bad_request(&ask_text(&app, "PATCH", &list_path(&room), "").await), None);
    // Collaborator came in with 2025-03-13.
    let body = json!({ "participants": { ana.as_str(): { "role": "Collaborator" } } }).to_string();
    let older = app.sign("PATCH", &format!("{}?api-version=2024-04-15", list_path(&room)), &body);
    assert_eq!(bad_request(&app.send(&older).await), Some(format!("participants.{ana}.role")));
    let listed = ask(&app, "GET", &list_path(&room), &Value::Null).await.json();
    assert_eq!(listed["value"], json!([{ "rawId": ana, "role": "Attendee" }]));
}

#[tokio::test]
async fn a_thousand_may_be_invited_and_no_more() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, json!({})).await;
    for from in [0, 250, 500, 750] {
        let body = people(&app, from..from + 250, &json!({}));
        assert_eq!(ask(&app, "PATCH", &list_path(&room), &body).await.status, 200);
    }
    let one_more = people(&app, 1000..1001, &json!({}));
    assert_eq!(bad_request(&ask(&app, "PATCH", &list_path(&room), &one_more).await).as_deref(), Some("participants"));
    let gone = people(&app, 0..1, &Value::Null);
    assert_eq!(ask(&app, "PATCH", &list_path(&room), &gone).await.status, 200);
    assert_eq!(ask(&app, "PATCH", &list_path(&room), &one_more).await.status, 200);
}

#[tokio::test]
async fn a_page_that_this_server_did_not_make_gets_400() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, json!({})).await;
    for after in ["", "8:acs:r_a", "%41", "ODphY3M"] {
        let answer = app.send(&app.sign("GET", &format!("{}?{NEWEST}&after={after}", list_path(&room)), "")).await;
        assert_eq!(bad_request(&answer).as_deref(), Some("after"), "{after}");
    }
}
