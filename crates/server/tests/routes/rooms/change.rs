//! `PATCH` and `DELETE /rooms/{id}`.

use super::{ask, ask_text, bad_request, make, path};
use crate::client::Server;
use crate::identities::{App, error_code};
use serde_json::{Value, json};

#[tokio::test]
async fn a_change_changes_what_it_says() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, json!({ "pstnDialOutEnabled": true })).await;
    // What the Python client sends.
    let nulls = json!({ "validFrom": null, "validUntil": null, "pstnDialOutEnabled": false });
    let changed = ask(&app, "PATCH", &path(&room), &nulls).await;
    let mut expected = room.clone();
    expected["pstnDialOutEnabled"] = json!(false);
    assert_eq!((changed.status, changed.json()), (200, expected.clone()));
    let until = json!({ "validUntil": room["validFrom"] });
    assert_eq!(bad_request(&ask(&app, "PATCH", &path(&room), &until).await).as_deref(), Some("validUntil"));
    let lobby = ask(&app, "PATCH", &path(&room), &json!({ "convene": { "lobby": true } })).await;
    assert_eq!(lobby.json()["convene"], json!({ "lobby": true }));
    let closed = ask(&app, "PATCH", &path(&room), &json!({ "convene": { "lobby": false } })).await;
    assert_eq!(closed.json(), expected);
    assert_eq!(ask(&app, "GET", &path(&room), &Value::Null).await.json(), expected);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_changes_nothing() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, json!({})).await;
    for (body, target) in [
        (json!({ "validUntil": "2020-01-01T00:00:00Z" }), "validUntil"),
        (json!({ "validFrom": "2090-01-01T00:00:00Z" }), "validUntil"),
        (json!({ "pstnDialOutEnabled": 1 }), "pstnDialOutEnabled"),
        (json!({ "participants": { "8:acs:r_a": {} } }), "participants"),
    ] {
        assert_eq!(bad_request(&ask(&app, "PATCH", &path(&room), &body).await).as_deref(), Some(target), "{body}");
    }
    for body in ["", "[]"] {
        assert_eq!(bad_request(&ask_text(&app, "PATCH", &path(&room), body).await), None);
    }
    assert_eq!(ask(&app, "GET", &path(&room), &Value::Null).await.json(), room);
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_made() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, json!({})).await;
    let target = path(&room);
    let (on, lobby) = (json!({ "pstnDialOutEnabled": true }), json!({ "convene": { "lobby": true } }));
    let (a, b) = tokio::join!(ask(&app, "PATCH", &target, &on), ask(&app, "PATCH", &target, &lobby));
    assert_eq!((a.status, b.status), (200, 200));
    let now = ask(&app, "GET", &target, &Value::Null).await.json();
    assert_eq!((&now["pstnDialOutEnabled"], &now["convene"]["lobby"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn a_deleted_room_is_unknown_and_deleting_it_again_is_well() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    let room = make(&app, json!({})).await;
    for _ in 0..2 {
        let deleted = ask(&app, "DELETE", &path(&room), &Value::Null).await;
        assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    }
    for (method, body) in [("GET", Value::Null), ("PATCH", json!({}))] {
        let gone = ask(&app, method, &path(&room), &body).await;
        assert_eq!((gone.status, error_code(&gone).as_str()), (404, "NotFound"));
    }
}
