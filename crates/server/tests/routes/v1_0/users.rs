//! `/v1.0/users/{userId}/onlineMeetings`: for applications, and for the organizer who asks by their own id.

use super::online_meetings::{Organizer, said};
use crate::client::{Answer, Server};
use crate::oauth2::{application, token};
use crate::signaling::Client;
use serde_json::{Value, json};

const WRITE: &str = "OnlineMeetings.ReadWrite.All";
const READ: &str = "OnlineMeetings.Read.All";
const ARTIFACTS: &str = "OnlineMeetingArtifact.Read.All";

struct BackEnd<'a> {
    server: &'a Server,
    token: String,
}

impl<'a> BackEnd<'a> {
    async fn new(server: &'a Server, permissions: &[&str]) -> Self {
        let token = token(server, &application(server, permissions).await).await;
        Self { server, token }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        self.server.send(method, path, &[("Authorization", &authorization)], &body.to_string()).await
    }
}

fn meetings_of(organizer: &Organizer<'_>) -> String {
    format!("/v1.0/users/{}/onlineMeetings", organizer.id)
}

#[tokio::test]
async fn a_back_end_makes_reads_changes_lists_and_deletes_an_organizers_meetings() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let back_end = BackEnd::new(&server, &[WRITE]).await;
    let path = meetings_of(&organizer);
    let made = back_end.ask("POST", &path, json!({ "subject": "By the back end" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let meeting = made.json();
    assert_eq!(meeting["participants"]["organizer"]["identity"]["user"]["id"], organizer.id.as_str());
    let one = format!("{path}/{}", meeting["id"].as_str().unwrap());
    // The organizer sees it as theirs, under both paths.
    assert_eq!(organizer.ask("GET", &one, "").await.json(), meeting);
    assert_eq!(organizer.ask("GET", &super::online_meetings::path_of(&meeting), "").await.json(), meeting);
    let with_prefix = one.replace(&organizer.id, &format!("8%3Aorgid%3A{}", organizer.id));
    assert_eq!(back_end.ask("GET", &with_prefix, json!({})).await.json(), meeting);
    let changed = back_end.ask("PATCH", &one, json!({ "subject": "Changed" })).await;
    assert_eq!((changed.status, &changed.json()["subject"]), (200, &json!("Changed")));
    let named = back_end.ask("POST", &format!("{path}/createOrGet"), json!({ "externalId": "x" })).await;
    assert_eq!(named.status, 201);
    let page = back_end.ask("GET", &format!("{path}?$top=1"), json!({})).await.json();
    let next = page["@odata.nextLink"].as_str().expect("a link").strip_prefix(&server.running.public_url);
    let second = back_end.ask("GET", next.expect("a link of this server"), json!({})).await.json();
    assert_eq!(second["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(back_end.ask("DELETE", &one, json!({})).await.status, 204);
    let gone = back_end.ask("GET", &one, json!({})).await;
    assert_eq!((gone.status, said(&gone).0), (404, json!("NotFound")));
}

#[tokio::test]
async fn each_operation_needs_its_permission() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let path = meetings_of(&organizer);
    let made = organizer.make(json!({})).await;
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let reports = format!("{one}/attendanceReports");
    let requests = [("GET", &path), ("GET", &one), ("PATCH", &one), ("GET", &reports)];
    for (permissions, expected) in [
        (&[READ][..], [200, 200, 403, 403]),
        (&[WRITE], [200, 200, 200, 403]),
        (&[ARTIFACTS], [403, 403, 403, 200]),
        (&[READ, ARTIFACTS], [200, 200, 403, 200]),
    ] {
        let back_end = BackEnd::new(&server, permissions).await;
        let mut statuses = [0; 4];
        for (status, (method, path)) in statuses.iter_mut().zip(requests) {
            *status = back_end.ask(method, path, json!({})).await.status;
        }
        assert_eq!(statuses, expected, "{permissions:?}");
    }
    let back_end = BackEnd::new(&server, &[READ]).await;
    for path in [path.clone(), format!("{path}/createOrGet")] {
        let refused = back_end.ask("POST", &path, json!({ "externalId": "x" })).await;
        assert_eq!((refused.status, said(&refused).0), (403, json!("Forbidden")));
    }
    let refused = back_end.ask("DELETE", &one, json!({})).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_back_end_has_no_meetings_of_its_own_and_an_unknown_organizer_none_either() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let back_end = BackEnd::new(&server, &[WRITE]).await;
    let me = back_end.ask("GET", "/v1.0/me/onlineMeetings", json!({})).await;
    assert_eq!((me.status, said(&me).0), (400, json!("BadRequest")));
    for id in ["00000000-0000-4000-8000-000000000000", "8%3Aacs%3Ar_u", "olga%40example.org"] {
        let unknown = back_end.ask("GET", &format!("/v1.0/users/{id}/onlineMeetings"), json!({})).await;
        assert_eq!((unknown.status, said(&unknown).0), (404, json!("NotFound")), "{id}");
    }
    let other = Organizer::new(&server).await;
    let meeting = other.make(json!({})).await;
    let stray = format!("{}/{}", meetings_of(&organizer), meeting["id"].as_str().unwrap());
    let unknown = format!("{}/0000", meetings_of(&organizer));
    let (stray, unknown) =
        (back_end.ask("GET", &stray, json!({})).await, back_end.ask("GET", &unknown, json!({})).await);
    assert_eq!((stray.status, said(&stray)), (404, said(&unknown)), "another organizer's meeting");
}

#[tokio::test]
async fn an_organizer_cannot_ask_by_anothers_id_nor_learn_whether_there_is_one() {
    let server = Server::dev().await;
    let (organizer, other) = (Organizer::new(&server).await, Organizer::new(&server).await);
    let known = organizer.ask("GET", &meetings_of(&other), "").await;
    let unknown = organizer.ask("GET", "/v1.0/users/00000000-0000-4000-8000-000000000000/onlineMeetings", "").await;
    assert_eq!((known.status, said(&known)), (403, said(&unknown)));
    assert_eq!(organizer.ask("GET", &meetings_of(&organizer), "").await.status, 200);
}

#[tokio::test]
async fn a_token_of_one_kind_is_no_token_of_the_other() {
    let server = Server::dev().await;
    let organizer = Organizer::new(&server).await;
    let back_end = BackEnd::new(&server, &[WRITE, ARTIFACTS]).await;
    // An application is no user: it cannot call.
    let mut client = Client::hello(&server, &back_end.token).await;
    let Some(convene_protocol::ServerMessage::Goodbye { error }) = client.hear().await else { panic!("no goodbye") };
    assert_eq!((error.code, error.sub_code), (401, 10009));
    // A calling user is no application.
    let authorization = format!("Bearer {}", organizer.calling_token);
    let refused = server.get(&meetings_of(&organizer), &[("Authorization", &authorization)]).await;
    assert_eq!((refused.status, said(&refused).0), (403, json!("Forbidden")));
    for token in ["", "x.y.z", &back_end.token[..back_end.token.len() - 2]] {
        let refused = server.get(&meetings_of(&organizer), &[("Authorization", &format!("Bearer {token}"))]).await;
        assert_eq!((refused.status, said(&refused).0), (401, json!("InvalidAuthenticationToken")), "{token}");
    }
}
