//! What a connection's app is told, in the names and payloads of ACS.
//!
//! Source: Azure Communication Services, "Call Automation", callback events.

use crate::identifier;
use convene_model::audio::{PlayFailed, PlayFailure};
use convene_model::automation::{CALL_DISCONNECTED, Callback, Seen};
use convene_model::record::{EventOf, OutboxEvent};
use convene_model::{CallId, ConnectionId, ErrorCode, WallMs};
use serde_json::{Value, json};

/// Somebody in a call, as a connection sees them.
pub fn participant(seen: &Seen) -> Value {
    json!({ "identifier": identifier(&seen.user), "isMuted": seen.muted, "isOnHold": seen.held })
}

/// Where a connection's callbacks come from; also what they are about.
pub(crate) fn source(connection: &ConnectionId) -> String {
    format!("calling/callConnections/{connection}")
}

fn streaming(status: &str, details: &str) -> Value {
    json!({ "contentType": "Audio", "mediaStreamingStatus": status, "mediaStreamingStatusDetails": details })
}

fn result(code: u16, sub_code: u32, message: &str) -> Value {
    json!({ "code": code, "subCode": sub_code, "message": message })
}

fn advised(reason: ErrorCode, advice: Option<&str>) -> Value {
    result(reason.code(), reason.sub_code(), advice.unwrap_or(reason.message()))
}

fn reason_of(reason: ErrorCode) -> Value {
    result(reason.code(), reason.sub_code(), reason.message())
}

/// The outbox event that tells a connection's app of something. `id`: a fresh UUID.
pub fn callback_event(
    id: String,
    call: &CallId,
    connection: &ConnectionId,
    context: Option<&str>,
    callback: &Callback,
    at: WallMs,
) -> OutboxEvent {
    let (event_type, subject, data) = shape(call, connection, context, callback);
    OutboxEvent {
        id,
        of: EventOf::Call(call.clone()),
        connection: Some(connection.clone()),
        event_type: event_type.to_owned(),
        subject,
        data: data.to_string(),
        at,
    }
}

/// The type, the subject and the data.
pub(crate) fn shape(
    call: &CallId,
    connection: &ConnectionId,
    context: Option<&str>,
    callback: &Callback,
) -> (&'static str, String, Value) {
    let mut data = json!({
        "version": "2024-09-15",
        "callConnectionId": connection.as_str(),
        "serverCallId": call.as_str(),
        "correlationId": call.as_str(),
    });
    if let Some(context) = context {
        data["operationContext"] = json!(context);
    }
    let name = match callback {
        Callback::Connected => {
            data["resultInformation"] = result(200, 0, "The connection has begun.");
            "Microsoft.Communication.CallConnected"
        }
        Callback::ParticipantsUpdated { participants, sequence } => {
            data["participants"] = participants.iter().map(participant).collect();
            data["sequenceNumber"] = json!(sequence);
            data["resultInformation"] = result(200, 0, "Who is in the call, or how, has changed.");
            "Microsoft.Communication.ParticipantsUpdated"
        }
        Callback::Removed { user } => {
            data["participant"] = identifier(user);
            data["resultInformation"] = result(200, 0, "The participant was removed.");
            "Microsoft.Communication.RemoveParticipantSucceeded"
        }
        Callback::NotRemoved { user, reason } => {
            data["participant"] = identifier(user);
            data["resultInformation"] = reason_of(*reason);
            "Microsoft.Communication.RemoveParticipantFailed"
        }
        Callback::CreateFailed { reason } => {
            data["resultInformation"] = reason_of(*reason);
            "Microsoft.Communication.CreateCallFailed"
        }
        Callback::Added { user } => {
            data["participant"] = identifier(user);
            data["resultInformation"] = result(200, 0, "The participant came.");
            "Microsoft.Communication.AddParticipantSucceeded"
        }
        Callback::NotAdded { user, reason, advice } => {
            data["participant"] = identifier(user);
            data["resultInformation"] = advised(*reason, *advice);
            "Microsoft.Communication.AddParticipantFailed"
        }
        Callback::AddCanceled { invitation } => {
            data["invitationId"] = json!(invitation.as_str());
            data["resultInformation"] = result(200, 0, "The participant is called no more.");
            "Microsoft.Communication.CancelAddParticipantSucceeded"
        }
        Callback::AddNotCanceled { invitation } => {
            data["invitationId"] = json!(invitation.as_str());
            let message = "This connection calls nobody by this invitation: they came, declined, or were not reached.";
            let reason = ErrorCode::NotFound;
            data["resultInformation"] = result(reason.code(), reason.sub_code(), message);
            "Microsoft.Communication.CancelAddParticipantFailed"
        }
        Callback::TransferAccepted { transferee, target } => {
            data["transferee"] = identifier(transferee);
            data["transferTarget"] = identifier(target);
            data["resultInformation"] = result(200, 0, "The participant is with the target now.");
            "Microsoft.Communication.CallTransferAccepted"
        }
        Callback::NotTransferred { reason, advice } => {
            data["resultInformation"] = advised(*reason, *advice);
            "Microsoft.Communication.CallTransferFailed"
        }
        Callback::Moved { user, from } => {
            data["participant"] = identifier(user);
            data["fromCall"] = json!(from.as_str());
            data["resultInformation"] = result(200, 0, "The participant came.");
            "Microsoft.Communication.MoveParticipantSucceeded"
        }
        Callback::NotMoved { user, from, reason, advice } => {
            data["participant"] = identifier(user);
            data["fromCall"] = json!(from.as_str());
            data["resultInformation"] = advised(*reason, *advice);
            "Microsoft.Communication.MoveParticipantFailed"
        }
        Callback::StreamingStarted => {
            data["mediaStreamingUpdate"] = streaming("mediaStreamingStarted", "subscriptionStarted");
            data["resultInformation"] = result(200, 0, "The audio goes to the app.");
            "Microsoft.Communication.MediaStreamingStarted"
        }
        Callback::StreamingStopped => {
            data["mediaStreamingUpdate"] = streaming("mediaStreamingStopped", "subscriptionStopped");
            data["resultInformation"] = result(200, 0, "No more audio goes to the app.");
            "Microsoft.Communication.MediaStreamingStopped"
        }
        Callback::StreamingFailed { message } => {
            data["mediaStreamingUpdate"] = streaming("mediaStreamingFailed", "streamConnectionInterrupted");
            data["resultInformation"] = result(400, 8581, message);
            "Microsoft.Communication.MediaStreamingFailed"
        }
        Callback::PlayStarted => {
            data["resultInformation"] = result(200, 0, "It is heard.");
            "Microsoft.Communication.PlayStarted"
        }
        Callback::PlayCompleted => {
            data["resultInformation"] = result(200, 0, "It was played to its end.");
            "Microsoft.Communication.PlayCompleted"
        }
        Callback::PlayFailed(PlayFailed { kind, file, message }) => {
            let (code, sub_code) = match kind {
                PlayFailure::NotPlayable => (400, 8535),
                PlayFailure::NotFetched => (400, 8536),
                PlayFailure::Server => (500, 8500),
            };
            data["failedPlaySourceIndex"] = json!(file);
            data["resultInformation"] = result(code, sub_code, message);
            "Microsoft.Communication.PlayFailed"
        }
        Callback::PlayCanceled => {
            data["resultInformation"] = result(400, 8508, "It is not played any more, as the app asked.");
            "Microsoft.Communication.PlayCanceled"
        }
        Callback::ToneReceived { tone, sequence } => {
            data["tone"] = json!(tone.name());
            data["sequenceId"] = json!(sequence);
            data["resultInformation"] = result(200, 0, "A key was pressed.");
            "Microsoft.Communication.ContinuousDtmfRecognitionToneReceived"
        }
        Callback::TonesStopped => {
            data["resultInformation"] = result(200, 0, "No more tones are heard.");
            "Microsoft.Communication.ContinuousDtmfRecognitionStopped"
        }
        Callback::Disconnected { reason } => {
            data["resultInformation"] = reason_of(*reason);
            CALL_DISCONNECTED
        }
    };
    (name, source(connection), data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::RawId;

    #[test]
    fn a_callback_says_which_connection_and_call_it_is_of_and_what_the_app_wanted_to_know_it_by() {
        let (call, connection) = (CallId("c".into()), ConnectionId("k".into()));
        let user = RawId::communication_user("r", "ana");
        let participants = vec![Seen { user, muted: true, held: false }];
        let callback = Callback::ParticipantsUpdated { participants, sequence: 3 };
        let (name, subject, data) = shape(&call, &connection, Some("mine"), &callback);
        assert_eq!(name, "Microsoft.Communication.ParticipantsUpdated");
        assert_eq!(subject, "calling/callConnections/k");
        let ids = ["callConnectionId", "serverCallId", "correlationId", "operationContext"].map(|key| &data[key]);
        assert_eq!(ids, [&json!("k"), &json!("c"), &json!("c"), &json!("mine")]);
        assert_eq!((&data["sequenceNumber"], &data["participants"][0]["isMuted"]), (&json!(3), &json!(true)));
        assert_eq!(data["participants"][0]["identifier"]["communicationUser"]["id"], "8:acs:r_ana");
    }

    #[test]
    fn a_play_that_failed_says_which_file_and_why_in_the_codes_of_acs() {
        for (kind, codes) in [
            (PlayFailure::NotPlayable, (400, 8535)),
            (PlayFailure::NotFetched, (400, 8536)),
            (PlayFailure::Server, (500, 8500)),
        ] {
            let callback = Callback::PlayFailed(PlayFailed { kind, file: 2, message: "No.".into() });
            let (name, _, data) = shape(&CallId("c".into()), &ConnectionId("k".into()), Some("jingle"), &callback);
            assert_eq!((name, &data["failedPlaySourceIndex"]), ("Microsoft.Communication.PlayFailed", &json!(2)));
            let result = json!({ "code": codes.0, "subCode": codes.1, "message": "No." });
            assert_eq!((&data["resultInformation"], &data["operationContext"]), (&result, &json!("jingle")));
        }
    }

    #[test]
    fn the_last_one_says_why_with_the_codes_of_calls() {
        let callback = Callback::Disconnected { reason: ErrorCode::EndedByApp };
        let (name, _, data) = shape(&CallId("c".into()), &ConnectionId("k".into()), None, &callback);
        assert_eq!((name, data.get("operationContext")), ("Microsoft.Communication.CallDisconnected", None));
        let result = &data["resultInformation"];
        assert_eq!((&result["code"], &result["subCode"]), (&json!(0), &json!(7000)));
    }
}
