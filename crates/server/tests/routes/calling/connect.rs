//! `POST /calling/callConnections:connect`.

use super::*;
use crate::signaling::{Client, app_token, joined};
use crate::v1_0::online_meetings::Organizer;
use convene_protocol::Request;
use convene_store::Store;

#[tokio::test]
async fn an_app_connects_to_a_group_call_and_hears_who_comes_and_goes() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let answer = connect(&app, &endpoint, group()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let connection = answer.json();
    assert_eq!(
        (&connection["callConnectionState"], &connection["targets"], &connection["callbackUri"]),
        (&json!("connected"), &json!([]), &json!(endpoint.url()))
    );
    assert_eq!(ask(&app, "GET", &path_of(&connection), &Value::Null).await.json(), connection);

    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["operationContext"]), ("CallConnected", &json!("mine")));
    assert_eq!(data["serverCallId"], connection["serverCallId"]);
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["participants"]), ("ParticipantsUpdated", &json!([])));

    let mut client = Client::connect(&server, &app_token(&server).await).await;
    client.ask(crate::signaling::group()).await;
    assert_eq!(json!(client.until(joined).await), connection["serverCallId"]);
    let (name, data) = heard(&endpoint).await;
    assert_eq!((name.as_str(), &data["sequenceNumber"]), ("ParticipantsUpdated", &json!(2)));
    assert_eq!(data["participants"][0]["isMuted"], json!(false));
    client.ask(Request::Leave {}).await;
    let (_, data) = heard(&endpoint).await;
    assert_eq!((&data["participants"], &data["sequenceNumber"]), (&json!([]), &json!(3)));
}

#[tokio::test]
async fn the_same_request_again_makes_no_second_connection() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let body = json!({ "callLocator": group(), "callbackUri": endpoint.url() }).to_string();
    let request = app
        .sign("POST", &format!("{CONNECT}?{NEWEST}"), &body)
        .header("repeatability-request-id", "0aa5cc1d-25ff-4caf-b6a0-f34bbc2875b8")
        .header("repeatability-first-sent", httpdate::fmt_http_date(std::time::SystemTime::now()));
    let (first, second) = (app.send(&request).await, app.send(&request).await);
    assert_eq!((first.status, second.status, first.json()), (200, 200, second.json()));
    assert_eq!(names(&endpoint, 2).await, ["CallConnected", "ParticipantsUpdated"]);
    let another = connect(&app, &endpoint, group()).await.json();
    assert_ne!(another["callConnectionId"], first.json()["callConnectionId"]);
    assert_eq!(another["serverCallId"], first.json()["serverCallId"]);
}

#[tokio::test]
async fn a_call_is_connected_to_by_its_own_id_and_a_room_by_its() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let (app, other) = (App::new(&server).await, App::of_another_resource(&server).await);
    let call = text(&connect(&app, &endpoint, group()).await.json()["serverCallId"]);
    let locator = json!({ "kind": "serverCallLocator", "serverCallId": call });
    assert_eq!(connect(&app, &endpoint, locator.clone()).await.json()["serverCallId"], json!(call));

    let room = crate::rooms::make(&app, json!({})).await;
    let in_room = json!({ "kind": "roomCallLocator", "roomId": room["id"] });
    assert_eq!(connect(&app, &endpoint, in_room.clone()).await.status, 200);
    // What another resource may not know of is as unknown as what never was.
    let unknown = [
        (locator, json!({ "kind": "serverCallLocator", "serverCallId": "none" })),
        (in_room, json!({ "kind": "roomCallLocator", "roomId": crate::rooms::UNKNOWN })),
    ];
    for (theirs, never) in unknown {
        let (theirs, never) = (connect(&other, &endpoint, theirs).await, connect(&other, &endpoint, never).await);
        assert_eq!((theirs.status, &theirs.text), (404, &never.text));
    }
    let elsewhere = connect(&other, &endpoint, group()).await.json();
    assert_ne!(elsewhere["serverCallId"], json!(call), "a group id means a call of one's own resource");
}

#[tokio::test]
async fn a_meeting_lets_a_trusted_app_in_as_its_lobby_says_and_no_other() {
    let settings = ServeSettings { dev: true, federated: vec!["other".into()], ..Default::default() };
    let (server, endpoint) = (Server::start(settings).await, Endpoint::start().await);
    let (untrusted, trusted) = (App::new(&server).await, App::of_another_resource(&server).await);
    let organizer = Organizer::new(&server).await;
    let scope = |scope| json!({ "subject": "Weekly", "lobbyBypassSettings": { "scope": scope } });
    let meeting = organizer.make(scope("organization")).await;
    let locator = json!({ "kind": "teamsMeetingLinkLocator", "meetingLink": meeting["joinWebUrl"] });

    let refused = connect(&untrusted, &endpoint, locator.clone()).await;
    let unknown = json!({ "kind": "teamsMeetingLinkLocator", "meetingLink": "nonsense" });
    let never = connect(&untrusted, &endpoint, unknown.clone()).await;
    assert_eq!((refused.status, &refused.text), (403, &never.text));
    assert_eq!(connect(&trusted, &endpoint, unknown).await.status, 404);

    let refused = connect(&trusted, &endpoint, locator.clone()).await;
    assert_eq!((refused.status, error_code(&refused).as_str()), (403, "LobbyClosed"));
    assert!(refused.text.contains("organizationAndFederated"), "{}", refused.text);
    assert_eq!(organizer.change(&meeting, scope("everyone")).await.status, 200);
    let answer = connect(&trusted, &endpoint, locator).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let path = path_of(&answer.json());
    let ended = ask(&trusted, "POST", &format!("{path}:terminate"), &Value::Null).await;
    assert_eq!(ended.status, 403, "a meeting is not the app's to end");
    assert_eq!(names(&endpoint, 2).await, ["CallConnected", "ParticipantsUpdated"]);
}

#[tokio::test]
async fn what_cannot_be_connected_is_refused_with_the_reason() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let url = endpoint.url();
    for (body, word) in [
        (json!({ "callLocator": group() }), "callbackUri"),
        (json!({ "callLocator": { "kind": "x" }, "callbackUri": url }), "groupCallLocator"),
        (json!({ "callLocator": { "kind": "groupCallLocator" }, "callbackUri": url }), "groupCallId"),
        (json!({ "callLocator": { "kind": "groupCallLocator", "groupCallId": "x" }, "callbackUri": url }), "UUID"),
        (json!({ "callLocator": group(), "callbackUri": "x" }), "http or https"),
        (json!({ "callLocator": group(), "callbackUri": url, "mediaStreamingOptions": {} }), "transportType"),
        (json!({ "callLocator": group(), "callbackUri": url, "operationContext": "x".repeat(2000) }), "1024"),
    ] {
        let refused = ask(&app, "POST", CONNECT, &body).await;
        assert_eq!((refused.status, error_code(&refused).as_str()), (400, "BadRequest"), "{body}");
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
    assert_eq!(server.send("POST", CONNECT, &[], "{}").await.status, 401);
    let kept = server.running.app.store.subscriptions(None).await.expect("the store answers");
    assert!(kept.is_empty(), "what is refused leaves nothing behind");
}

#[tokio::test]
async fn callbacks_reach_no_private_address_unless_the_operator_says_so() {
    let (server, endpoint) = (Server::start(ServeSettings::default()).await, Endpoint::start().await);
    let app = App::new(&server).await;
    let refused = connect(&app, &endpoint, group()).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("encrypted"), "{}", refused.text);
    assert_eq!(refused.json()["error"]["target"], "callbackUri");

    let private = ServeSettings { private_endpoints: true, ..Default::default() };
    let server = Server::start(private).await;
    connected(&App::new(&server).await, &endpoint).await;
    assert_eq!(names(&endpoint, 1).await, ["CallConnected"]);
}

#[tokio::test]
async fn what_is_not_there_yet_says_so() {
    let server = Server::dev().await;
    let app = App::new(&server).await;
    for path in ["/calling/callConnections/k:recognize", "/calling/recordings"] {
        let answer = ask(&app, "POST", path, &json!({})).await;
        assert_eq!((answer.status, error_code(&answer).as_str()), (501, "NotImplemented"), "{path}");
    }
    assert_eq!(ask(&app, "POST", "/calling/callConnections/k:dance", &json!({})).await.status, 404);
}

#[tokio::test]
async fn connections_of_a_server_that_was_killed_are_told_to_be_over() {
    let folder = Folder::new();
    let database = folder.0.join("kept.db").display().to_string();
    let settings = || ServeSettings { dev: true, database: Some(database.clone().into()), ..Default::default() };
    let (server, endpoint) = (Server::start(settings()).await, Endpoint::start().await);
    connected(&App::new(&server).await, &endpoint).await;
    assert_eq!(names(&endpoint, 2).await, ["CallConnected", "ParticipantsUpdated"]);
    // It ends as a killed one does: without a word to anybody.
    server.running.app.store.close().await;
    drop(server);

    let server = Server::start(settings()).await;
    loop {
        let (name, data) = heard(&endpoint).await;
        if name == "CallDisconnected" {
            assert_eq!(data["resultInformation"]["code"], json!(503));
            break;
        }
    }
    let store = &server.running.app.store;
    while !store.subscriptions(None).await.expect("the store answers").is_empty() {
        tokio::task::yield_now().await;
    }
}
