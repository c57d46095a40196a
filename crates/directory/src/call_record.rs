//! A call's record: who was in it, from when until when, how it ended for them, and how their media was. Read from the journal and from what
//! the media plane measured.

use convene_model::listed::ListedCall;
use convene_model::quality::{KeptQuality, LegQuality};
use convene_model::{
    CallId, ErrorCode, ParticipantId, RawId, Role, WallMs,
    record::{CallTarget, JournalRow},
    rfc3339,
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What there is to know of a call. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallRecord {
    /// Which: events have it as `serverCallId`.
    #[schema(value_type = String)]
    pub call_id: CallId,
    /// The group call's id, if it is one or one that rang.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// The room's id, if it is a room's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_id: Option<String>,
    /// The meeting's id, if it is a meeting's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting_id: Option<String>,
    /// When it began.
    pub started_on: String,
    /// When it ended; `None` while it goes on.
    pub ended_on: Option<String>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// How many people have been in it.
    pub participant_count: u64,
    /// The devices of everybody who was in it, or waited for it; those who came first stand first. Lists have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legs: Option<Vec<LegRecord>>,
}

/// Why something ended.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndReason {
    /// The code.
    pub code: u16,
    /// The sub code.
    pub sub_code: u32,
    /// What that means.
    pub phrase: &'static str,
}

impl From<ErrorCode> for EndReason {
    fn from(reason: ErrorCode) -> Self {
        Self { code: reason.code(), sub_code: reason.sub_code(), phrase: reason.message() }
    }
}

/// One device of somebody.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LegRecord {
    /// Which.
    #[schema(value_type = String)]
    pub participant_id: ParticipantId,
    /// Whose.
    #[schema(value_type = String)]
    pub user_id: RawId,
    /// Under which name; `None` if it never came in.
    pub display_name: Option<String>,
    /// As what, when it came in; `None` if it never did.
    #[schema(value_type = Option<String>)]
    pub role: Option<Role>,
    /// When it began to wait in the lobby; `None` if it never did.
    pub waited_from: Option<String>,
    /// Who let it in; `None` if nobody had to.
    #[schema(value_type = Option<String>)]
    pub admitted_by: Option<RawId>,
    /// When it came in first.
    pub joined_on: Option<String>,
    /// When it left last, or its wait ended; `None` while it is there.
    pub left_on: Option<String>,
    /// Why.
    pub end_reason: Option<EndReason>,
    /// How its media was: once for each time that it connected, after it has ended. Empty for a leg without media.
    #[schema(value_type = Vec<Object>)]
    pub media: Vec<MediaRecord>,
}

/// How the media of a leg was, from the connection's opening to its end.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaRecord {
    /// When it was opened.
    pub opened_on: String,
    /// What was measured.
    #[serde(flatten)]
    pub kept: KeptQuality,
}

/// The record of a call; `None` if the journal knows of no call.
pub fn call_record(journal: &[JournalRow], qualities: &[LegQuality]) -> Option<CallRecord> {
    let (mut record, mut legs) = (None, Vec::new());
    for row in journal {
        match row {
            JournalRow::CallStarted { call, target, at } => record = Some(begin(call, target, *at)),
            JournalRow::CallEnded { reason, at, .. } => {
                record = record.map(|record| end(record, Some(*reason), *at));
            }
            row => add(&mut legs, row),
        }
    }
    let mut record = record?;
    for LegQuality { participant, opened_at, kept, .. } in qualities {
        if let Some(leg) = legs.iter_mut().find(|leg| leg.participant_id == *participant) {
            leg.media.push(MediaRecord { opened_on: rfc3339(*opened_at), kept: *kept });
        }
    }
    let came: BTreeSet<&RawId> = legs.iter().filter(|leg| leg.joined_on.is_some()).map(|leg| &leg.user_id).collect();
    record.participant_count = came.len() as u64;
    record.legs = Some(legs);
    Some(record)
}

/// Whether the journal is that of a group call, or a room's call, of this resource.
pub fn is_session_of_resource(journal: &[JournalRow], wanted: &str) -> bool {
    journal.iter().any(|row| match row {
        JournalRow::CallStarted { target: CallTarget::Group { resource, .. }, .. }
        | JournalRow::CallStarted { target: CallTarget::Room { resource, .. }, .. } => resource == wanted,
        _ => false,
    })
}

/// The record as lists have it: without its legs.
pub fn listed_call(call: &ListedCall) -> CallRecord {
    let record = CallRecord { participant_count: call.participants, ..begin(&call.id, &call.target, call.started_at) };
    match call.ended_at {
        Some(at) => end(record, call.reason, at),
        None => record,
    }
}

fn begin(call: &CallId, target: &CallTarget, at: WallMs) -> CallRecord {
    let (group_id, room_id, meeting_id) = match target {
        CallTarget::Group { group_id, .. } => (Some(group_id.clone()), None, None),
        CallTarget::Room { room, .. } => (None, Some(room.as_str().to_owned()), None),
        CallTarget::Meeting(meeting) => (None, None, Some(meeting.as_str().to_owned())),
    };
    CallRecord {
        call_id: call.clone(),
        group_id,
        room_id,
        meeting_id,
        started_on: rfc3339(at),
        ended_on: None,
        end_reason: None,
        participant_count: 0,
        legs: None,
    }
}

fn end(record: CallRecord, reason: Option<ErrorCode>, at: WallMs) -> CallRecord {
    CallRecord { ended_on: Some(rfc3339(at)), end_reason: reason.map(EndReason::from), ..record }
}

fn add(legs: &mut Vec<LegRecord>, row: &JournalRow) {
    match row {
        JournalRow::Knocked { participant, user, at, .. } => {
            leg_of(legs, participant, user).waited_from.get_or_insert_with(|| rfc3339(*at));
        }
        JournalRow::Joined { participant, user, display_name, role, admitted_by, at, .. } => {
            let leg = leg_of(legs, participant, user);
            leg.display_name = Some(display_name.clone());
            leg.role = Some(*role);
            leg.admitted_by = admitted_by.clone();
            leg.joined_on.get_or_insert_with(|| rfc3339(*at));
            (leg.left_on, leg.end_reason) = (None, None);
        }
        JournalRow::Left { participant, user, reason, at, .. }
        | JournalRow::LobbyLeft { participant, user, reason, at, .. } => {
            let leg = leg_of(legs, participant, user);
            leg.left_on = Some(rfc3339(*at));
            leg.end_reason = Some((*reason).into());
        }
        JournalRow::PutBack { participant, user, at, .. } => {
            leg_of(legs, participant, user).waited_from = Some(rfc3339(*at));
        }
        JournalRow::CallStarted { .. }
        | JournalRow::CallEnded { .. }
        | JournalRow::ChatOpened { .. }
        | JournalRow::MutedChanged { .. }
        | JournalRow::RoleChanged { .. }
        | JournalRow::AccessChanged { .. }
        | JournalRow::Barred { .. }
        | JournalRow::BarLifted { .. }
        | JournalRow::Kept { .. }
        | JournalRow::LegMeasured(_) => {}
    }
}

fn leg_of<'a>(legs: &'a mut Vec<LegRecord>, participant: &ParticipantId, user: &RawId) -> &'a mut LegRecord {
    let known = legs.iter().position(|leg| leg.participant_id == *participant);
    let place = known.unwrap_or_else(|| {
        legs.push(LegRecord {
            participant_id: participant.clone(),
            user_id: user.clone(),
            display_name: None,
            role: None,
            waited_from: None,
            admitted_by: None,
            joined_on: None,
            left_on: None,
            end_reason: None,
            media: vec![],
        });
        legs.len() - 1
    });
    &mut legs[place]
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::{MeetingId, RoomId};
    use serde_json::json;

    fn leg(name: &str) -> ParticipantId {
        ParticipantId(name.into())
    }

    #[test]
    fn a_record_tells_of_each_device_when_it_was_there_how_that_ended_and_how_its_media_was() {
        let call = CallId("c".into());
        let (ana, olga) = (RawId::visitor("ana"), RawId::organization_user("olga"));
        let journal = [
            JournalRow::CallStarted { call: call.clone(), target: CallTarget::Meeting(MeetingId("m".into())), at: 0 },
            JournalRow::Knocked { call: call.clone(), participant: leg("a"), user: ana.clone(), at: 1000 },
            JournalRow::Knocked { call: call.clone(), participant: leg("b"), user: ana.clone(), at: 1500 },
            JournalRow::Joined {
                call: call.clone(),
                participant: leg("a"),
                user: ana.clone(),
                display_name: "Ana".into(),
                role: Role::Attendee,
                admitted_by: Some(olga.clone()),
                resume_hash: "secret".into(),
                at: 2000,
            },
            JournalRow::LobbyLeft {
                call: call.clone(),
                participant: leg("b"),
                user: ana.clone(),
                reason: ErrorCode::LobbyRejected,
                at: 2500,
            },
            JournalRow::Left {
                call: call.clone(),
                participant: leg("a"),
                user: ana.clone(),
                reason: ErrorCode::EndedForEveryone,
                at: 3000,
            },
            JournalRow::CallEnded { call: call.clone(), reason: ErrorCode::EndedForEveryone, at: 3000 },
        ];
        let kept = KeptQuality { join: None, measure: Default::default() };
        let quality = |of: &str| LegQuality { call: call.clone(), participant: leg(of), opened_at: 2100, kept };
        let record = call_record(&journal, &[quality("a"), quality("nobody")]).unwrap();
        let json = serde_json::to_value(&record).unwrap();
        assert_eq!((&json["meetingId"], json.get("groupId")), (&json!("m"), None));
        assert_eq!(json["endedOn"], "1970-01-01T00:00:03.000Z");
        assert_eq!((&json["endReason"]["code"], &json["endReason"]["subCode"]), (&json!(0), &json!(4097)));
        let [a, b] = record.legs.as_deref().unwrap_or_default() else { panic!("{record:?}") };
        assert_eq!((a.display_name.as_deref(), a.admitted_by.as_ref()), (Some("Ana"), Some(&olga)));
        assert_eq!(a.waited_from.as_deref(), Some("1970-01-01T00:00:01.000Z"));
        assert_eq!(a.joined_on.as_deref(), Some("1970-01-01T00:00:02.000Z"));
        assert_eq!((a.media.len(), b.media.len()), (1, 0));
        assert_eq!(json["legs"][0]["media"][0]["measure"]["lastedMs"], 0);
        assert_eq!((b.joined_on.as_ref(), b.end_reason.as_ref().map(|end| end.sub_code)), (None, Some(5854)));
        assert!(!json.to_string().contains("secret"), "what opens a leg stays inside");
        assert_eq!(record.participant_count, 1, "with another device she only waited");
    }

    #[test]
    fn a_list_has_the_same_without_legs() {
        let listed = ListedCall {
            id: CallId("c".into()),
            target: CallTarget::Room { resource: "r".into(), room: RoomId("99199690362660524".into()) },
            started_at: 0,
            ended_at: Some(3000),
            reason: Some(ErrorCode::EndedForEveryone),
            participants: 2,
        };
        let json = serde_json::to_value(listed_call(&listed)).unwrap();
        let expected = json!({
            "callId": "c", "roomId": "99199690362660524", "startedOn": "1970-01-01T00:00:00.000Z",
            "endedOn": "1970-01-01T00:00:03.000Z", "participantCount": 2,
            "endReason": { "code": 0, "subCode": 4097, "phrase": ErrorCode::EndedForEveryone.message() },
        });
        assert_eq!(json, expected);
        let goes_on = listed_call(&ListedCall { ended_at: None, reason: None, ..listed });
        assert_eq!((goes_on.ended_on, goes_on.end_reason), (None, None));
    }

    #[test]
    fn a_call_that_goes_on_has_no_end_and_an_unknown_one_no_record() {
        let target = CallTarget::Group { resource: "r".into(), group_id: "g".into() };
        let journal = [JournalRow::CallStarted { call: CallId("c".into()), target, at: 0 }];
        let record = call_record(&journal, &[]).unwrap();
        assert_eq!((record.group_id.as_deref(), record.ended_on, record.legs), (Some("g"), None, Some(vec![])));
        assert_eq!(call_record(&[], &[]), None);
    }
}
