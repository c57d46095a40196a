//! What happens in chat, at endpoints.

use super::endpoint::Endpoint;
use super::{subscribe, subscribed};
use crate::chat::{Person, participant};
use crate::client::Server;
use crate::identities::{App, text};
use crate::sweep::sweep;
use serde_json::{Value, json};

async fn named(endpoint: &Endpoint) -> (String, Value) {
    let event = endpoint.next().await.json();
    let name = text(&event["type"]);
    (name.strip_prefix("Microsoft.Communication.").expect("a type of ACS's").to_owned(), event)
}

#[tokio::test]
async fn what_happens_in_an_apps_thread_arrives_in_order() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let (ana, ben, cleo) = (Person::new(&app).await, Person::new(&app).await, Person::new(&app).await);
    subscribed(&app, &endpoint).await;
    let thread = ana.thread(&[&ben]).await;
    let (name, created) = named(&endpoint).await;
    assert_eq!(name, "ChatThreadCreated");
    let id = text(&created["data"]["threadId"]);
    assert_eq!(created["subject"], json!(format!("thread/{id}/createdBy/{}", ana.id)));
    assert_eq!(created["source"], json!(format!("/communicationServices/{}", app.resource.id)));
    assert_eq!(created["data"]["participants"].as_array().map(Vec::len), Some(2));

    let message = ana.write(&thread, "Hello").await;
    assert_eq!(ana.ask("PATCH", &message, &json!({ "content": "Hello, all" })).await.status, 204);
    assert_eq!(ana.ask("DELETE", &message, &Value::Null).await.status, 204);
    let add = json!({ "participants": [participant(&cleo.id)] });
    assert_eq!(ana.ask("POST", &format!("{thread}/participants/:add"), &add).await.status, 201);
    let remove = &participant(&cleo.id)["communicationIdentifier"];
    assert_eq!(ana.ask("POST", &format!("{thread}/participants/:remove"), remove).await.status, 204);
    assert_eq!(ben.ask("PATCH", &thread, &json!({ "topic": "Another" })).await.status, 204);
    assert_eq!(ana.ask("DELETE", &thread, &Value::Null).await.status, 204);

    let mut data = Vec::new();
    for expected in [
        "ChatMessageReceivedInThread",
        "ChatMessageEditedInThread",
        "ChatMessageDeletedInThread",
        "ChatThreadParticipantAdded",
        "ChatThreadParticipantRemoved",
        "ChatThreadPropertiesUpdated",
        "ChatThreadDeleted",
    ] {
        let (name, event) = named(&endpoint).await;
        assert_eq!((name.as_str(), &event["data"]["threadId"]), (expected, &json!(id)));
        data.push(event["data"].clone());
    }
    let raw_id = |of: usize, name: &str| text(&data[of][name]["rawId"]);
    assert_eq!(
        (&data[0]["messageBody"], raw_id(0, "senderCommunicationIdentifier")),
        (&json!("Hello"), ana.id.clone())
    );
    assert_eq!((&data[1]["messageBody"], data[2].get("messageBody")), (&json!("Hello, all"), None));
    assert_eq!(data[3]["participantAdded"]["participantCommunicationIdentifier"]["rawId"], json!(cleo.id));
    assert_eq!(raw_id(4, "removedByCommunicationIdentifier"), ana.id);
    assert_eq!(
        (&data[5]["properties"]["topic"], raw_id(5, "editedByCommunicationIdentifier")),
        (&json!("Another"), ben.id.clone())
    );
    assert_eq!(raw_id(6, "deletedByCommunicationIdentifier"), ana.id);
}

#[tokio::test]
async fn another_resources_chat_is_not_heard_and_what_is_over_is_told_as_deleted() {
    let (server, endpoint) = (Server::dev().await, Endpoint::start().await);
    let app = App::new(&server).await;
    let other = App::of_another_resource(&server).await;
    let types = ["Microsoft.Communication.ChatThreadDeleted", "Microsoft.Communication.ChatMessageReceivedInThread"];
    let wish = json!({ "endpoint": endpoint.url(), "includedEventTypes": types });
    assert_eq!(subscribe(&app, wish).await.status, 201);
    let (theirs, ours) = (Person::new(&other).await, Person::new(&app).await);
    let thread = theirs.thread(&[]).await;
    theirs.write(&thread, "Not for others").await;
    let thread = ours.thread(&[]).await;
    let policy = json!({ "retentionPolicy": { "kind": "threadCreationDate", "deleteThreadAfterDays": 30 } });
    assert_eq!(ours.ask("PATCH", &thread, &policy).await.status, 204);
    sweep(&server, 31).await;
    let (name, event) = named(&endpoint).await;
    assert_eq!((name.as_str(), event["data"].get("deletedByCommunicationIdentifier")), ("ChatThreadDeleted", None));
    assert_eq!(event["source"], json!(format!("/communicationServices/{}", app.resource.id)));
}
