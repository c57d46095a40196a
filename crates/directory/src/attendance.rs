//! Who attended a meeting, from when until when: read from the journal of a call that is over.
//!
//! Source: Microsoft Graph v1.0, resources `meetingAttendanceReport`, `attendanceRecord` and `attendanceInterval`.

use crate::urls::object_id;
use convene_model::{
    IdentifierKind, ParticipantId, RawId, Role, WallMs,
    record::{CallTarget, JournalRow},
    rfc3339,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Who attended one session of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttendanceReport {
    /// Its id: that of the call.
    pub id: String,
    /// How many people were in.
    pub total_participant_count: usize,
    /// When the first one came in.
    pub meeting_start_date_time: String,
    /// When the last one left.
    pub meeting_end_date_time: String,
    /// Who was in; those who came first stand first. Only where `$expand=attendanceRecords` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attendance_records: Option<Vec<AttendanceRecord>>,
}

/// How somebody attended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttendanceRecord {
    /// The record's id: the raw id of who it is about.
    #[schema(value_type = String)]
    pub id: RawId,
    /// Who.
    pub identity: AttendeeIdentity,
    /// The user's mail address; `null` if none is known.
    pub email_address: Option<String>,
    /// As what, at the end: `Organizer`, `Presenter` or `Attendee`.
    #[schema(value_type = String, example = "Presenter")]
    pub role: &'static str,
    /// The sum of the intervals.
    pub total_attendance_in_seconds: i64,
    /// From when until when. Somebody with two devices is in from the first one's coming until the last one's leaving.
    pub attendance_intervals: Vec<AttendanceInterval>,
}

/// Who attended. Its type says what kind of identity that is, since names can be imitated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttendeeIdentity {
    /// Of an app's user `#microsoft.graph.azureCommunicationServicesUserIdentity`, of others `#microsoft.graph.communicationsUserIdentity`.
    #[serde(rename = "@odata.type")]
    #[schema(value_type = String)]
    pub odata_type: &'static str,
    /// The id of a user of the organization without `8:orgid:`; the whole raw id of others.
    pub id: String,
    /// The name under which they came in last.
    pub display_name: String,
    /// The organization of its own users; `null` for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<Option<String>>,
    /// The resource of an app's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_communication_services_resource_id: Option<String>,
}

/// One stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttendanceInterval {
    /// When they came in.
    pub join_date_time: String,
    /// When they left.
    pub leave_date_time: String,
    /// Whole seconds.
    pub duration_in_seconds: i64,
}

struct Person {
    display_name: String,
    role: Role,
    legs: BTreeSet<ParticipantId>,
    in_since: WallMs,
    stays: Vec<(WallMs, WallMs)>,
}

impl Person {
    fn left(&mut self, leg: &ParticipantId, at: WallMs) {
        if self.legs.remove(leg) && self.legs.is_empty() {
            self.stays.push((self.in_since, at));
        }
    }
}

/// The report on the call with this journal. `None` as long as it goes on, and if nobody was ever in: who only waited in the lobby did
/// not attend. `organization` is the id of the organization.
pub fn attendance_report(journal: &[JournalRow], organization: &str) -> Option<AttendanceReport> {
    let Some(JournalRow::CallEnded { call, at: ended_at, .. }) = journal.last() else { return None };
    let mut people: BTreeMap<RawId, Person> = BTreeMap::new();
    let mut order: Vec<RawId> = Vec::new();
    for row in journal {
        match row {
            JournalRow::Joined { participant, user, display_name, role, at, .. } => {
                let person = people.entry(user.clone()).or_insert_with(|| {
                    order.push(user.clone());
                    let (display_name, legs, stays) = (display_name.clone(), BTreeSet::new(), vec![]);
                    Person { display_name, role: *role, legs, in_since: *at, stays }
                });
                if person.legs.is_empty() {
                    person.in_since = *at;
                }
                (person.display_name, person.role) = (display_name.clone(), *role);
                person.legs.insert(participant.clone());
            }
            JournalRow::Left { participant, user, at, .. } | JournalRow::PutBack { participant, user, at, .. } => {
                if let Some(person) = people.get_mut(user) {
                    person.left(participant, *at);
                }
            }
            JournalRow::RoleChanged { user, role, .. } => {
                if let Some(person) = people.get_mut(user) {
                    person.role = *role;
                }
            }
            JournalRow::CallStarted { .. }
            | JournalRow::ChatOpened { .. }
            | JournalRow::Knocked { .. }
            | JournalRow::LobbyLeft { .. }
            | JournalRow::MutedChanged { .. }
            | JournalRow::AccessChanged { .. }
            | JournalRow::Barred { .. }
            | JournalRow::BarLifted { .. }
            | JournalRow::Kept { .. }
            | JournalRow::LegMeasured(_)
            | JournalRow::CallEnded { .. } => {}
        }
    }
    for person in people.values_mut() {
        let legs: Vec<ParticipantId> = person.legs.iter().cloned().collect();
        legs.iter().for_each(|leg| person.left(leg, *ended_at));
    }
    let stays = || people.values().flat_map(|person| person.stays.iter());
    let (started_at, left_at) = (stays().map(|stay| stay.0).min()?, stays().map(|stay| stay.1).max()?);
    Some(AttendanceReport {
        id: call.as_str().to_owned(),
        total_participant_count: people.len(),
        meeting_start_date_time: rfc3339(started_at),
        meeting_end_date_time: rfc3339(left_at),
        attendance_records: Some(order.iter().map(|user| record(user, &people[user], organization)).collect()),
    })
}

/// Whether the journal is that of a session of this target.
pub fn is_session_of(journal: &[JournalRow], wanted: &CallTarget) -> bool {
    journal.iter().any(|row| matches!(row, JournalRow::CallStarted { target, .. } if target == wanted))
}

fn record(user: &RawId, person: &Person, organization: &str) -> AttendanceRecord {
    let intervals: Vec<AttendanceInterval> = person
        .stays
        .iter()
        .map(|(from, until)| AttendanceInterval {
            join_date_time: rfc3339(*from),
            leave_date_time: rfc3339(*until),
            // The clock of the machine may have been set back meanwhile.
            duration_in_seconds: (until - from).max(0) / 1000,
        })
        .collect();
    AttendanceRecord {
        id: user.clone(),
        identity: identity(user, &person.display_name, organization),
        email_address: None,
        role: match person.role {
            Role::Organizer => "Organizer",
            // Graph has no words of its own for a co-organizer and for a collaborator (of rooms) here.
            Role::CoOrganizer | Role::Presenter | Role::Collaborator => "Presenter",
            Role::Attendee | Role::Consumer => "Attendee",
        },
        total_attendance_in_seconds: intervals.iter().map(|interval| interval.duration_in_seconds).sum(),
        attendance_intervals: intervals,
    }
}

fn identity(user: &RawId, display_name: &str, organization: &str) -> AttendeeIdentity {
    let (odata_type, tenant_id) = match user.kind() {
        IdentifierKind::CommunicationUser => ("#microsoft.graph.azureCommunicationServicesUserIdentity", None),
        IdentifierKind::OrganizationUser => {
            ("#microsoft.graph.communicationsUserIdentity", Some(Some(organization.to_owned())))
        }
        IdentifierKind::Visitor => ("#microsoft.graph.communicationsUserIdentity", Some(None)),
    };
    AttendeeIdentity {
        odata_type,
        id: object_id(user).to_owned(),
        display_name: display_name.to_owned(),
        tenant_id,
        azure_communication_services_resource_id: user.resource().map(str::to_owned),
    }
}
