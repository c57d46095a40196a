//! `POST /calling/callConnections`, and adding people to a call.

use super::*;
use convene_protocol::Request;
use convene_store::Store;

const CREATE: &str = "/calling/callConnections";

async fn create(app: &App<'_>, endpoint: &Endpoint, whom: &[&Somebody]) -> Answer {
    let targets: Vec<Value> = whom.iter().map(|somebody| somebody.identifier()).collect();
    let (context, name) = ("mine", "Shop");
    let body = json!({ "targets": targets, "callbackUri": endpoint.url(), "operationContext": context,
        "sourceDisplayName": name });
    ask(app, "POST", CREATE, &body).await
}

#[tokio::test]
async fn somebody_is_called_by_an_app_answers_and_is_connected() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let mut ben = Somebody::new(&server, &app).await;
    let answer = create(&app, &endpoint, &[&ben]).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let connection = answer.json();
    assert_eq!(
        (&connection["callConnectionState"], &connection["targets"], &connection["sourceDisplayName"]),
        (&json!("connecting"), &json!([ben.identifier()]), &json!("Shop"))
    );
    let ring = ben.rings().await;
    assert_eq!((ring.display_name.as_str(), json!(ring.call_id)), ("Shop", connection["serverCallId"].clone()));
    assert_eq!(json!(ben.accept(ring.ring).await), connection["serverCallId"]);

    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["operationContext"]), ("CallConnected", &json!("mine")));
    let (name, data) = heard(&endpoint).await;
    assert_eq!(
        (name.as_str(), &data["participants"][0]["identifier"]["rawId"]),
        ("ParticipantsUpdated", &json!(ben.id))
    );
    let read = ask(&app, "GET", &path_of(&connection), &Value::Null).await.json();
    assert_eq!(read["callConnectionState"], "connected");
    ben.client.ask(Request::Leave {}).await;
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["resultInformation"]["subCode"]), ("CallDisconnected", &json!(5003)));
}

#[tokio::test]
async fn a_call_that_is_declined_or_reaches_nobody_fails() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let mut ben = Somebody::new(&server, &app).await;
    assert_eq!(create(&app, &endpoint, &[&ben]).await.status, 201);
    let ring = ben.rings().await.ring;
    ben.client.ask(Request::Decline { ring }).await;
    let failed = async |code: u16| {
        for expected in ["CreateCallFailed", "CallDisconnected"] {
            let (name, data) = heard(&endpoint).await;
            assert_eq!((name.as_str(), &data["resultInformation"]["code"]), (expected, &json!(code)));
        }
    };
    failed(603).await;
    // Another resource's users, and nobody at all, are unreachable alike.
    assert_eq!(create(&other, &endpoint, &[&ben]).await.status, 201);
    failed(480).await;
    let nobody = json!({ "rawId": "8:acs:r_nobody" });
    let body = json!({ "targets": [nobody], "callbackUri": endpoint.url() });
    assert_eq!(ask(&app, "POST", CREATE, &body).await.status, 201);
    failed(480).await;
    let store = &server.running.app.store;
    while !store.subscriptions(None).await.expect("the store answers").is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_same_request_again_rings_once() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let mut ben = Somebody::new(&server, &app).await;
    let body = json!({ "targets": [ben.identifier()], "callbackUri": endpoint.url() }).to_string();
    let request = app
        .sign("POST", &format!("{CREATE}?{NEWEST}"), &body)
        .header("repeatability-request-id", "0aa5cc1d-25ff-4caf-b6a0-f34bbc2875b9")
        .header("repeatability-first-sent", httpdate::fmt_http_date(std::time::SystemTime::now()));
    let (first, second) = (app.send(&request).await, app.send(&request).await);
    assert_eq!((first.status, second.status, first.json()), (201, 201, second.json()));
    let ring = ben.rings().await;
    assert_eq!(json!(ring.call_id), first.json()["serverCallId"]);
    let path = path_of(&first.json());
    assert_eq!(ask(&app, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(ben.rings_no_more().await, (487, 0), "there is no second ring before the end of the first");
}

#[tokio::test]
async fn others_are_called_in_and_called_no_more() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (mut ben, mut cora) = (Somebody::new(&server, &app).await, Somebody::new(&server, &app).await);
    let path = connected(&app, &endpoint).await;
    assert_eq!(names(&endpoint, 2).await, ["CallConnected", "ParticipantsUpdated"]);
    let add = |whom: &Somebody| {
        json!({ "participantToAdd": whom.identifier(), "operationContext": "add", "invitationTimeoutInSeconds": 60,
            "customCallingContext": { "sipHeaders": {}, "voipHeaders": {} } })
    };
    let added = ask(&app, "POST", &format!("{path}/participants:add"), &add(&ben)).await;
    assert_eq!(added.status, 202, "{}", added.text);
    assert_eq!(added.json()["participant"]["identifier"], ben.identifier());
    let ring = ben.rings().await;
    assert_eq!(added.json()["invitationId"], json!(ring.ring));
    ben.accept(ring.ring).await;
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["operationContext"]), ("AddParticipantSucceeded", &json!("add")));
    assert_eq!(data["participant"]["rawId"], json!(ben.id));
    assert_eq!(names(&endpoint, 1).await, ["ParticipantsUpdated"]);

    let added = ask(&app, "POST", &format!("{path}/participants:add"), &add(&cora)).await;
    let invitation = added.json()["invitationId"].clone();
    cora.rings().await;
    let cancel = json!({ "invitationId": invitation, "operationContext": "cancel" });
    for (expected, code) in [("CancelAddParticipantSucceeded", 200), ("CancelAddParticipantFailed", 404)] {
        let canceled = ask(&app, "POST", &format!("{path}/participants:cancelAddParticipant"), &cancel).await;
        assert_eq!((canceled.status, canceled.json()), (202, cancel.clone()));
        let (name, data) = heard(&endpoint).await;
        assert_eq!((name.as_str(), &data["resultInformation"]["code"]), (expected, &json!(code)));
        assert_eq!((&data["invitationId"], &data["operationContext"]), (&invitation, &json!("cancel")));
    }
    assert_eq!(cora.rings_no_more().await, (487, 0));
    let added = ask(&app, "POST", &format!("{path}/participants:add"), &add(&ben)).await;
    assert_eq!(added.status, 202);
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["resultInformation"]["code"]), ("AddParticipantFailed", &json!(400)));
    assert!(text(&data["resultInformation"]["message"]).contains("in the call already"));
}

#[tokio::test]
async fn what_cannot_be_called_is_refused_with_the_reason() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (url, user) = (endpoint.url(), json!({ "rawId": "8:acs:r_u" }));
    let phone = json!({ "kind": "phoneNumber", "rawId": "4:+1555", "phoneNumber": { "value": "+1555" } });
    let path = connected(&app, &endpoint).await;
    let add = format!("{path}/participants:add");
    for (path, body, word) in [
        (CREATE, json!({ "targets": [], "callbackUri": url }), "1 to 50"),
        (CREATE, json!({ "targets": [phone], "callbackUri": url }), "no telephone network"),
        (
            CREATE,
            json!({ "targets": [user], "callbackUri": url, "source": { "id": "8:acs:other_u" } }),
            "this resource",
        ),
        (
            CREATE,
            json!({ "targets": [user], "callbackUri": url, "sourceCallerIdNumber": { "value": "+1" } }),
            "sourceCallerIdNumber",
        ),
        (CREATE, json!({ "targets": [user], "callbackUri": url, "transcriptionOptions": {} }), "transcriptionOptions"),
        (CREATE, json!({ "targets": [user], "callbackUri": "x" }), "http or https"),
        (add.as_str(), json!({ "participantToAdd": phone }), "no telephone network"),
        (add.as_str(), json!({ "participantToAdd": user, "invitationTimeoutInSeconds": 181 }), "1 to 180"),
        (add.as_str(), json!({ "participantToAdd": user, "operationCallbackUri": url }), "operationCallbackUri"),
        (
            add.as_str(),
            json!({ "participantToAdd": user, "customCallingContext": { "voipHeaders": { "a": "b" } } }),
            "customCallingContext",
        ),
    ] {
        let refused = ask(&app, "POST", path, &body).await;
        assert_eq!((refused.status, error_code(&refused).as_str()), (400, "BadRequest"), "{body}");
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
    assert_eq!(server.send("POST", CREATE, &[], "{}").await.status, 401);
    let other = App::of_another_resource(&server).await;
    for (action, body) in
        [("add", json!({ "participantToAdd": user })), ("cancelAddParticipant", json!({ "invitationId": "x" }))]
    {
        let theirs = ask(&other, "POST", &format!("{path}/participants:{action}"), &body).await;
        let none = ask(&other, "POST", &format!("/calling/callConnections/none/participants:{action}"), &body).await;
        assert_eq!((theirs.status, &theirs.text), (404, &none.text));
    }
}
