//! What happened in a call, as events for subscribers: ACS's Event Grid names, subjects and payloads where ACS has them, and
//! names under `Convene.` for what ACS never tells (the lobby). Events of meetings come too; ACS sends none for those.
//!
//! Source: Azure Event Grid, "Azure Communication Services - Voice and video calling events".
//!
//! This crate shapes events for the outbox and for those who subscribed, signs what they get, and decides what is delivered when.

mod callback;
mod chat;
mod closing;
mod delivery;
mod envelope;
mod signature;

pub use callback::{callback_event, participant};
pub use chat::chat_event;
pub use closing::closing_happened;
pub use delivery::{Delivery, TRIED_FOR_MS};
pub use envelope::{Body, VALIDATION, body, cloud_event, validation};
pub use signature::{SECRET_BYTES, shown_secret, signature};

use convene_model::happened::{Happened, What};
use convene_model::record::{CallTarget, EventOf, OutboxEvent};
use convene_model::{CallId, IdentifierKind, RawId, RingId, Role};
use serde_json::{Value, json};

/// The types of all events that there are.
pub const EVENT_TYPES: [&str; 21] = [
    INCOMING_CALL,
    CALL_STARTED,
    CALL_ENDED,
    PARTICIPANT_ADDED,
    PARTICIPANT_REMOVED,
    ROLE_CHANGED,
    MUTED,
    UNMUTED,
    HAND_RAISED,
    HAND_LOWERED,
    LOBBY_KNOCKED,
    LOBBY_ADMITTED,
    LOBBY_LEFT,
    chat::MESSAGE_RECEIVED,
    chat::MESSAGE_EDITED,
    chat::MESSAGE_DELETED,
    chat::THREAD_CREATED,
    chat::THREAD_DELETED,
    chat::PROPERTIES_UPDATED,
    chat::PARTICIPANT_ADDED,
    chat::PARTICIPANT_REMOVED,
];

/// The type of the event that a call rings at a user of a resource.
pub const INCOMING_CALL: &str = "Microsoft.Communication.IncomingCall";

const CALL_STARTED: &str = "Microsoft.Communication.CallStarted";
const CALL_ENDED: &str = "Microsoft.Communication.CallEnded";
const PARTICIPANT_ADDED: &str = "Microsoft.Communication.CallParticipantAdded";
const PARTICIPANT_REMOVED: &str = "Microsoft.Communication.CallParticipantRemoved";
const ROLE_CHANGED: &str = "Convene.ParticipantRoleChanged";
const MUTED: &str = "Convene.ParticipantMuted";
const UNMUTED: &str = "Convene.ParticipantUnmuted";
const HAND_RAISED: &str = "Convene.HandRaised";
const HAND_LOWERED: &str = "Convene.HandLowered";
const LOBBY_KNOCKED: &str = "Convene.LobbyKnocked";
const LOBBY_ADMITTED: &str = "Convene.LobbyAdmitted";
const LOBBY_LEFT: &str = "Convene.LobbyLeft";

/// The outbox event for what happened. `id`: a fresh UUID.
pub fn outbox_event(id: String, happened: &Happened) -> OutboxEvent {
    if let What::Callback { connection, context, callback } = &happened.what {
        return callback_event(id, &happened.call, connection, context.as_deref(), callback, happened.at);
    }
    let (event_type, subject, data) = shape(happened);
    OutboxEvent {
        id,
        of: told_to(happened),
        connection: None,
        event_type: event_type.to_owned(),
        subject,
        data: data.to_string(),
        at: happened.at,
    }
}

/// Whose apps are told: of a call that rings, those of the user at whom it does.
fn told_to(Happened { call, target, what, .. }: &Happened) -> EventOf {
    let call = call.clone();
    let of_call = match target {
        CallTarget::Group { resource, .. } | CallTarget::Room { resource, .. } => Some(resource.as_str()),
        CallTarget::Meeting(_) => None,
    };
    match what {
        What::IncomingCall { to, .. } if to.resource() != of_call => {
            EventOf::CallFor { call, resource: to.resource().unwrap_or_default().to_owned() }
        }
        _ => EventOf::Call(call),
    }
}

/// A user in ACS's wire model of identifiers.
pub fn identifier(user: &RawId) -> Value {
    let raw = user.as_str();
    match user.kind() {
        IdentifierKind::CommunicationUser => {
            json!({ "kind": "communicationUser", "rawId": raw, "communicationUser": { "id": raw } })
        }
        IdentifierKind::OrganizationUser => {
            let id = raw.trim_start_matches("8:orgid:");
            json!({ "kind": "microsoftTeamsUser", "rawId": raw, "microsoftTeamsUser": { "userId": id, "cloud": "public" } })
        }
        IdentifierKind::Visitor => {
            let id = raw.trim_start_matches("8:teamsvisitor:");
            json!({
                "kind": "microsoftTeamsUser",
                "rawId": raw,
                "microsoftTeamsUser": { "userId": id, "isAnonymous": true, "cloud": "public" },
            })
        }
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Organizer => "Organizer",
        Role::CoOrganizer => "Co-organizer",
        Role::Presenter => "Presenter",
        Role::Collaborator => "Collaborator",
        Role::Attendee => "Attendee",
        Role::Consumer => "Consumer",
    }
}

fn with_role(user: &RawId, role: Role) -> Value {
    let mut value = identifier(user);
    value["role"] = json!(role_name(role));
    value
}

fn common(Happened { call, target, two_party, .. }: &Happened) -> Value {
    let mut data = json!({
        "serverCallId": call.as_str(),
        "correlationId": call.as_str(),
        "isTwoParty": two_party,
        "isRoomsCall": matches!(target, CallTarget::Room { .. }),
    });
    match target {
        CallTarget::Group { group_id, .. } => data["group"] = json!({ "id": group_id }),
        CallTarget::Room { room, .. } => data["room"] = json!({ "id": room.as_str() }),
        CallTarget::Meeting(meeting) => data["meeting"] = json!({ "id": meeting.as_str() }),
    }
    data
}

fn shape(happened: &Happened) -> (&'static str, String, Value) {
    let (call, mut data) = (&happened.call, common(happened));
    match &happened.what {
        What::CallStarted { by, role } => {
            data["startedBy"] = with_role(by, *role);
            (CALL_STARTED, format!("call/{call}/startedBy/{by}"), data)
        }
        What::CallEnded { reason, duration_ms } => {
            data["durationOfCall"] = json!(*duration_ms as f64 / 1000.0);
            data["reason"] = json!({ "code": reason.code(), "subCode": reason.sub_code(), "phrase": reason.message() });
            (CALL_ENDED, format!("call/{call}"), data)
        }
        What::ParticipantAdded { user, participant, display_name, role, muted } => {
            data["user"] = with_role(user, *role);
            data["displayName"] = json!(display_name);
            data["isMuted"] = json!(muted);
            data["participantId"] = json!(participant.as_str());
            (PARTICIPANT_ADDED, format!("call/{call}/participant/{user}"), data)
        }
        What::ParticipantRemoved { user, participant, display_name, role, reason } => {
            data["user"] = with_role(user, *role);
            data["displayName"] = json!(display_name);
            data["participantId"] = json!(participant.as_str());
            data["reason"] = json!({ "code": reason.code(), "subCode": reason.sub_code(), "phrase": reason.message() });
            (PARTICIPANT_REMOVED, format!("call/{call}/participant/{user}"), data)
        }
        What::RoleChanged { user, role, by } => {
            data["user"] = with_role(user, *role);
            if let Some(by) = by {
                data["changedBy"] = identifier(by);
            }
            (ROLE_CHANGED, format!("call/{call}/participant/{user}"), data)
        }
        What::MutedChanged { user, muted, by } => {
            data["user"] = identifier(user);
            if let Some(by) = by {
                data["mutedBy"] = identifier(by);
            }
            (if *muted { MUTED } else { UNMUTED }, format!("call/{call}/participant/{user}"), data)
        }
        What::HandChanged { user, raised } => {
            data["user"] = identifier(user);
            (if *raised { HAND_RAISED } else { HAND_LOWERED }, format!("call/{call}/participant/{user}"), data)
        }
        What::Knocked { user, display_name } => {
            data["user"] = identifier(user);
            data["displayName"] = json!(display_name);
            (LOBBY_KNOCKED, format!("call/{call}/participant/{user}"), data)
        }
        What::Admitted { user, by } => {
            data["user"] = identifier(user);
            if let Some(by) = by {
                data["admittedBy"] = identifier(by);
            }
            (LOBBY_ADMITTED, format!("call/{call}/participant/{user}"), data)
        }
        What::LobbyLeft { user, reason } => {
            data["user"] = identifier(user);
            data["reason"] = json!({ "code": reason.code(), "subCode": reason.sub_code(), "phrase": reason.message() });
            (LOBBY_LEFT, format!("call/{call}/participant/{user}"), data)
        }
        What::IncomingCall { ring, to, from, display_name } => incoming_call(call, ring, (from, to), display_name),
        What::Callback { connection, context, callback } => {
            callback::shape(call, connection, context.as_deref(), callback)
        }
    }
}

/// What an app needs in order to answer. It is told no more of the call: that is not its own yet.
fn incoming_call(
    call: &CallId,
    ring: &RingId,
    (from, to): (&RawId, &RawId),
    name: &str,
) -> (&'static str, String, Value) {
    let data = json!({
        "to": identifier(to),
        "from": identifier(from),
        "serverCallId": call.as_str(),
        "callerDisplayName": name,
        "incomingCallContext": ring.as_str(),
        "correlationId": call.as_str(),
    });
    (INCOMING_CALL, format!("/caller/{from}/recipient/{to}"), data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::{ErrorCode, ParticipantId};

    fn happened(what: What) -> Happened {
        Happened {
            call: CallId("c1".into()),
            target: CallTarget::Group { resource: "r".into(), group_id: "g".into() },
            two_party: false,
            at: 5,
            what,
        }
    }

    #[test]
    fn a_started_call_has_the_name_subject_and_data_of_event_grid() {
        let by = RawId::communication_user("r", "u");
        let event = outbox_event("e1".into(), &happened(What::CallStarted { by, role: Role::Presenter }));
        assert_eq!(event.event_type, "Microsoft.Communication.CallStarted");
        assert_eq!(event.subject, "call/c1/startedBy/8:acs:r_u");
        let data: Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!(data["startedBy"]["communicationUser"]["id"], "8:acs:r_u");
        assert_eq!(data["startedBy"]["role"], "Presenter");
        assert_eq!(data["group"]["id"], "g");
        assert_eq!((&data["serverCallId"], &data["isTwoParty"]), (&json!("c1"), &json!(false)));
    }

    #[test]
    fn a_call_of_two_is_told_as_one() {
        let what = What::CallEnded { reason: ErrorCode::OtherLeft, duration_ms: 1500 };
        let event = outbox_event("e5".into(), &Happened { two_party: true, ..happened(what) });
        let data: Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!((&data["isTwoParty"], &data["durationOfCall"]), (&json!(true), &json!(1.5)));
    }

    #[test]
    fn a_call_of_a_room_is_told_as_one() {
        let target = CallTarget::Room { resource: "r".into(), room: convene_model::RoomId("99199690362660524".into()) };
        let by = RawId::communication_user("r", "u");
        let what = What::CallStarted { by, role: Role::Collaborator };
        let event = outbox_event("e3".into(), &Happened { target, ..happened(what) });
        let data: Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!((&data["isRoomsCall"], &data["room"]["id"]), (&json!(true), &json!("99199690362660524")));
        assert_eq!((&data["startedBy"]["role"], data.get("group")), (&json!("Collaborator"), None));
    }

    #[test]
    fn a_removed_participant_is_told_with_the_reason() {
        let event = outbox_event(
            "e2".into(),
            &happened(What::ParticipantRemoved {
                user: RawId::visitor("v"),
                participant: ParticipantId("p".into()),
                display_name: "Ana".into(),
                role: Role::Attendee,
                reason: ErrorCode::EndedForEveryone,
            }),
        );
        let data: Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!(event.event_type, "Microsoft.Communication.CallParticipantRemoved");
        assert_eq!(data["reason"]["subCode"], 4097);
        assert_eq!(data["user"]["microsoftTeamsUser"]["isAnonymous"], true);
    }

    #[test]
    fn a_call_that_rings_is_told_to_the_resource_of_whom_it_is_for_with_what_answers_it() {
        let (ana, ben) = (RawId::organization_user("ana"), RawId::communication_user("r", "ben"));
        let what = |to: &RawId| What::IncomingCall {
            ring: RingId("ring".into()),
            to: to.clone(),
            from: ana.clone(),
            display_name: "Ana".into(),
        };
        let event = outbox_event("e6".into(), &happened(what(&ben)));
        assert_eq!(event.event_type, "Microsoft.Communication.IncomingCall");
        assert_eq!(event.subject, "/caller/8:orgid:ana/recipient/8:acs:r_ben");
        assert_eq!(event.of, EventOf::Call(CallId("c1".into())));
        let expected = json!({
            "to": { "kind": "communicationUser", "rawId": "8:acs:r_ben", "communicationUser": { "id": "8:acs:r_ben" } },
            "from": {
                "kind": "microsoftTeamsUser", "rawId": "8:orgid:ana", "microsoftTeamsUser": { "userId": "ana", "cloud": "public" },
            },
            "serverCallId": "c1",
            "callerDisplayName": "Ana",
            "incomingCallContext": "ring",
            "correlationId": "c1",
        });
        assert_eq!(serde_json::from_str::<Value>(&event.data).unwrap(), expected);
        let elsewhere = outbox_event("e7".into(), &happened(what(&RawId::communication_user("other", "ben"))));
        assert_eq!(elsewhere.of, EventOf::CallFor { call: CallId("c1".into()), resource: "other".into() });
    }

    #[test]
    fn roles_muting_and_hands_are_told_with_who_did_it() {
        let (ana, ben) = (RawId::visitor("ana"), RawId::communication_user("r", "ben"));
        let event = |what| {
            let event = outbox_event("e4".into(), &happened(what));
            assert_eq!(event.subject, "call/c1/participant/8:teamsvisitor:ana");
            (event.event_type, serde_json::from_str::<Value>(&event.data).unwrap())
        };
        let (name, data) = event(What::RoleChanged { user: ana.clone(), role: Role::Presenter, by: Some(ben.clone()) });
        assert_eq!((name.as_str(), &data["user"]["role"]), ("Convene.ParticipantRoleChanged", &json!("Presenter")));
        assert_eq!(data["changedBy"]["rawId"], "8:acs:r_ben");
        let (name, data) = event(What::MutedChanged { user: ana.clone(), muted: true, by: Some(ben) });
        assert_eq!((name.as_str(), &data["mutedBy"]["rawId"]), ("Convene.ParticipantMuted", &json!("8:acs:r_ben")));
        let (name, data) = event(What::MutedChanged { user: ana.clone(), muted: false, by: None });
        assert_eq!((name.as_str(), data.get("mutedBy")), ("Convene.ParticipantUnmuted", None));
        let (name, data) = event(What::HandChanged { user: ana.clone(), raised: true });
        assert_eq!((name.as_str(), &data["user"]["rawId"]), ("Convene.HandRaised", &json!(ana.as_str())));
        let (name, _) = event(What::HandChanged { user: ana, raised: false });
        assert_eq!(name, "Convene.HandLowered");
    }
}
