//! `POST /calling/callConnections/{callConnectionId}:startContinuousDtmfRecognition` and its like.

use super::*;
use crate::signaling::{Client, joined};
use convene_model::Tone;
use convene_protocol::Request;

#[tokio::test]
async fn an_app_hears_of_keys_from_when_it_asks_until_it_asks_no_more() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let user = app.user().await;
    let mut client = Client::connect(&server, &app.token(&user).await).await;
    client.ask(crate::signaling::group()).await;
    client.until(joined).await;
    let path = connected(&app, &endpoint).await;
    assert_eq!(names(&endpoint, 2).await, ["CallConnected", "ParticipantsUpdated"]);
    let of = json!({ "targetParticipant": { "communicationUser": { "id": user } }, "operationContext": "menu" });
    let (start, stop) =
        (format!("{path}:startContinuousDtmfRecognition"), format!("{path}:stopContinuousDtmfRecognition"));
    assert_eq!(ask(&app, "POST", &start, &of).await.status, 200);
    for (sequence, tone) in [(1, Tone::Nine), (2, Tone::Asterisk)] {
        client.ask(Request::SendTone { tone }).await;
        let (name, data) = heard(&endpoint).await;
        assert_eq!(name, "ContinuousDtmfRecognitionToneReceived");
        let told = [&data["tone"], &data["sequenceId"], &data["operationContext"]];
        assert_eq!(told, [&json!(tone.name()), &json!(sequence), &json!("menu")]);
    }
    assert_eq!(ask(&app, "POST", &stop, &of).await.status, 200);
    assert_eq!(names(&endpoint, 1).await, ["ContinuousDtmfRecognitionStopped"]);
}

#[tokio::test]
async fn tones_of_nobody_and_to_nobody_are_refused() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let path = connected(&app, &endpoint).await;
    let of = json!({ "targetParticipant": { "rawId": "8:acs:r_nobody" } });
    let start = format!("{path}:startContinuousDtmfRecognition");
    let refused = ask(&app, "POST", &start, &of).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("not in the call"), "{}", refused.text);
    assert_eq!(ask(&app, "POST", &start, &json!({})).await.status, 400);
    for action in ["startContinuousDtmfRecognition", "stopContinuousDtmfRecognition"] {
        assert_eq!(ask(&other, "POST", &format!("{path}:{action}"), &of).await.status, 404);
    }
    let sent = ask(&app, "POST", &format!("{path}:sendDtmfTones"), &of).await;
    assert_eq!(sent.status, 501);
    assert!(sent.text.contains("no telephone network"), "{}", sent.text);
}
