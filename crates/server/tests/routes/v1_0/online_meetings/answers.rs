//! What every answer has, and every error.

use super::{Organizer, PATH, bearer, said};
use crate::client::Server;
use serde_json::json;

#[tokio::test]
async fn an_error_has_graphs_shape_and_names_the_request_in_both_sides_words() {
    let server = Server::dev().await;
    let headers = [("client-request-id", "my request 7")];
    let answer = server.get(&format!("{PATH}/x"), &headers).await;
    let error = &answer.json()["error"];
    assert_eq!((answer.status, &error["code"]), (401, &json!("InvalidAuthenticationToken")));
    assert!(error["message"].as_str().unwrap().contains("Authorization: Bearer"), "{error}");
    let inner = &error["innerError"];
    assert_eq!(inner["client-request-id"], "my request 7");
    assert_eq!(inner["request-id"], answer.headers["request-id"].as_str());
    assert!(inner["date"].as_str().is_some_and(|date| date.len() == 24 && date.ends_with('Z')), "{inner}");
    assert_eq!(answer.headers["client-request-id"], "my request 7");
    assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"convene\"");
    let plain = server.get(&format!("{PATH}/x"), &[]).await;
    let inner = plain.json()["error"]["innerError"].clone();
    assert_eq!(inner["client-request-id"], inner["request-id"]);
    assert!(!plain.headers.contains_key("client-request-id"));
}

#[tokio::test]
async fn what_is_not_there_is_said_in_graphs_shape_too() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    for (method, path, status, code) in [
        ("GET", "/v1.0/me/calendar", 404, "NotFound"),
        ("PUT", PATH, 405, "MethodNotAllowed"),
        ("GET", "/v1.0/me/onlineMeetings/%ff", 400, "BadRequest"),
    ] {
        let answer = organizer.ask(method, path, "").await;
        assert_eq!((answer.status, said(&answer).0), (status, json!(code)), "{path}: {}", answer.text);
    }
    let large = format!("{{\"subject\":\"{}\"}}", "x".repeat(70_000));
    let answer = organizer.ask("POST", PATH, &large).await;
    assert_eq!((answer.status, said(&answer).0), (413, json!("RequestEntityTooLarge")));
}

#[tokio::test]
async fn a_query_option_that_is_not_supported_is_refused_and_not_passed_over() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let meeting = organizer.make(json!({})).await;
    let one = super::path_of(&meeting);
    for path in [
        format!("{PATH}?$count=true"),
        format!("{PATH}?$orderby=subject"),
        format!("{PATH}?$expand=attendanceReports"),
        format!("{one}?$top=1"),
        format!("{one}?$select=nothing"),
        format!("{one}/attendanceReports?$expand=attendanceRecords"),
    ] {
        let answer = organizer.ask("GET", &path, "").await;
        assert_eq!((answer.status, said(&answer).0), (400, json!("BadRequest")), "{path}: {}", answer.text);
    }
    let selected = organizer.ask("GET", &format!("{one}?$select=id,subject&foreign=1"), "").await;
    assert_eq!(selected.json(), json!({ "id": meeting["id"], "subject": "Meeting" }));
}

#[tokio::test]
async fn an_answer_is_not_to_be_kept() {
    let server = Server::dev().await;
    let (meetings, _) = server.organizer().await;
    let answer = server.get(PATH, &[("Authorization", &bearer(&meetings))]).await;
    assert_eq!((answer.status, answer.headers["cache-control"].as_str()), (200, "no-store"));
    assert_eq!(answer.headers["request-id"].len(), 36);
}
