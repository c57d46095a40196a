//! `:transferToParticipant`, and `participants:moveHere`.

use super::*;
use crate::signaling::joined;
use convene_model::{CallId, TransferId};
use convene_protocol::{Event, JoinTarget, Request, ServerMessage};

const ELSEWHERE: &str = "0b1b2c3d-9f0e-4d53-8a57-3f4b8a1f2c22";

impl Somebody {
    async fn join(&mut self, group: &str) -> CallId {
        let target = JoinTarget::Group { group_id: group.into() };
        self.client.ask(Request::Join { target, display_name: "Ben".into(), muted: true }).await;
        CallId(self.client.until(joined).await)
    }

    async fn asked_to_go(&mut self) -> TransferId {
        self.client
            .until(|message| match message {
                ServerMessage::Event { event: Event::TransferRequested { transfer, .. }, .. } => Some(transfer),
                _ => None,
            })
            .await
    }

    /// Goes, as another call than the one that this client has.
    async fn follow(&mut self, transfer: TransferId) -> CallId {
        let request = Request::Follow { transfer, display_name: "Ben".into(), muted: true };
        self.client.ask_as(2, request).await;
        CallId(self.client.until(joined).await)
    }
}

/// The next callback of this name; others come before it.
async fn told(endpoint: &Endpoint, name: &str) -> Value {
    loop {
        let (heard, data) = heard(endpoint).await;
        if heard == name {
            return data;
        }
    }
}

#[tokio::test]
async fn an_app_hands_somebody_over_who_calls_the_target_and_is_out_when_that_answers() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let mut ben = Somebody::new(&server, &app).await;
    let mut cora = Somebody::new(&server, &app).await;
    ben.join(GROUP).await;
    let path = connected(&app, &endpoint).await;
    let body = json!({ "targetParticipant": cora.identifier(), "operationContext": "hand" });
    let answer = ask(&app, "POST", &format!("{path}:transferToParticipant"), &body).await;
    assert_eq!((answer.status, answer.json()), (202, json!({ "operationContext": "hand" })));
    let transfer = ben.asked_to_go().await;
    ben.follow(transfer).await;
    let ring = cora.rings().await;
    assert_eq!(ring.caller.as_str(), ben.id);
    let server_id = format!("8:acs:{}_server", app.resource.id);
    assert_eq!(ring.transferor.map(|by| by.user.to_string()), Some(server_id));
    cora.accept(ring.ring).await;
    let data = told(&endpoint, "CallTransferAccepted").await;
    assert_eq!((&data["operationContext"], &data["transferee"]["rawId"]), (&json!("hand"), &json!(ben.id)));
    assert_eq!(data["transferTarget"], cora.identifier());
    assert_eq!(ben.ended().await, (0, 7015));
}

#[tokio::test]
async fn a_transfer_that_is_declined_fails_and_what_cannot_be_is_refused() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let mut ben = Somebody::new(&server, &app).await;
    let mut cora = Somebody::new(&server, &app).await;
    let path = connected(&app, &endpoint).await;
    let transfer = format!("{path}:transferToParticipant");
    let whom = json!({ "targetParticipant": cora.identifier() });
    let phone = json!({ "targetParticipant": { "kind": "phoneNumber", "phoneNumber": { "value": "+1555" } } });
    let same = json!({ "targetParticipant": cora.identifier(), "transferee": cora.identifier() });
    for (body, word) in [(&whom, "Name who"), (&phone, "no telephone network"), (&same, "to themselves")] {
        let refused = ask(&app, "POST", &transfer, body).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains(word), "{}", refused.text);
    }
    ben.join(GROUP).await;
    assert_eq!(ask(&app, "POST", &transfer, &whom).await.status, 202);
    let id = ben.asked_to_go().await;
    ben.follow(id).await;
    let ring = cora.rings().await.ring;
    cora.client.ask(Request::Decline { ring }).await;
    let data = told(&endpoint, "CallTransferFailed").await;
    assert_eq!(data["resultInformation"]["code"], json!(603));
    assert_eq!(ask(&app, "GET", &path, &Value::Null).await.status, 200, "the call goes on");
}

#[tokio::test]
async fn an_app_moves_people_from_one_of_its_calls_to_another() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let mut ben = Somebody::new(&server, &app).await;
    ben.join(GROUP).await;
    let from = connect(&app, &endpoint, group()).await.json();
    let locator = json!({ "kind": "groupCallLocator", "groupCallId": ELSEWHERE });
    let to = connect(&app, &endpoint, locator.clone()).await.json();
    let from_id = from["callConnectionId"].clone();
    let cora = json!({ "rawId": "8:acs:r_cora" });
    let path = format!("{}/participants:moveHere", path_of(&to));
    let body =
        json!({ "targetParticipants": [ben.identifier(), cora], "fromCall": from_id, "operationContext": "come" });
    let theirs = connect(&other, &endpoint, locator).await.json();
    for from in [json!("none"), to["callConnectionId"].clone(), theirs["callConnectionId"].clone()] {
        let body = json!({ "targetParticipants": [ben.identifier()], "fromCall": from });
        let refused = ask(&app, "POST", &path, &body).await;
        assert_eq!(refused.status, 404, "{}", refused.text);
    }
    let nobody = json!({ "targetParticipants": [], "fromCall": from_id });
    assert_eq!(ask(&app, "POST", &path, &nobody).await.status, 400);

    let answer = ask(&app, "POST", &path, &body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let answer = answer.json();
    assert_eq!((&answer["fromCall"], &answer["operationContext"]), (&from_id, &json!("come")));
    assert_eq!(answer["participants"].as_array().map(Vec::len), Some(2));
    let failed = told(&endpoint, "MoveParticipantFailed").await;
    assert_eq!((&failed["participant"]["rawId"], &failed["fromCall"]), (&json!("8:acs:r_cora"), &from_id));
    let transfer = ben.asked_to_go().await;
    assert_eq!(json!(ben.follow(transfer).await), to["serverCallId"]);
    let moved = told(&endpoint, "MoveParticipantSucceeded").await;
    assert_eq!((&moved["participant"], &moved["fromCall"]), (&ben.identifier(), &from_id));
    assert_eq!((&moved["callConnectionId"], &moved["operationContext"]), (&to["callConnectionId"], &json!("come")));
    assert_eq!(ben.ended().await, (0, 7015));
    let left = ask(&app, "GET", &format!("{}/participants", path_of(&from)), &Value::Null).await.json();
    assert_eq!(left, json!({ "value": [] }));
}
