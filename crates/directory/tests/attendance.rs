//! Who attended, from journals as calls write them.

use convene_directory::{AttendanceRecord, AttendanceReport, attendance_report, is_session_of};
use convene_model::{
    CallId, ErrorCode, MeetingId, ParticipantId, RawId, Role, WallMs,
    record::{CallTarget, JournalRow},
};
use serde_json::{Value, json};

const NOW: WallMs = 1_790_000_000_123;

fn call() -> CallId {
    CallId("c1".into())
}

fn leg(name: &str) -> ParticipantId {
    ParticipantId(name.into())
}

fn target() -> CallTarget {
    CallTarget::Meeting(MeetingId("m".into()))
}

/// Seconds after the start.
fn at(seconds: i64) -> WallMs {
    NOW + seconds * 1000
}

fn started() -> JournalRow {
    JournalRow::CallStarted { call: call(), target: target(), at: at(0) }
}

fn knocked(user: &RawId, name: &str, seconds: i64) -> JournalRow {
    JournalRow::Knocked { call: call(), participant: leg(name), user: user.clone(), at: at(seconds) }
}

fn joined(user: &RawId, name: &str, role: Role, seconds: i64) -> JournalRow {
    JournalRow::Joined {
        call: call(),
        participant: leg(name),
        user: user.clone(),
        display_name: format!("Name of {name}"),
        role,
        admitted_by: None,
        resume_hash: String::new(),
        at: at(seconds),
    }
}

fn left_for(user: &RawId, name: &str, reason: ErrorCode, seconds: i64) -> JournalRow {
    JournalRow::Left { call: call(), participant: leg(name), user: user.clone(), reason, at: at(seconds) }
}

fn left(user: &RawId, name: &str, seconds: i64) -> JournalRow {
    left_for(user, name, ErrorCode::HungUp, seconds)
}

fn ended(seconds: i64) -> JournalRow {
    JournalRow::CallEnded { call: call(), reason: ErrorCode::HungUp, at: at(seconds) }
}

fn organizer() -> RawId {
    RawId::organization_user("0e1f")
}

fn ana() -> RawId {
    RawId::communication_user("res", "ana")
}

fn report(rows: &[JournalRow]) -> AttendanceReport {
    attendance_report(rows, "org").expect("a report")
}

fn records(rows: &[JournalRow]) -> Vec<AttendanceRecord> {
    report(rows).attendance_records.expect("records")
}

/// Seconds of coming and leaving, as they follow from the durations and the first coming.
fn durations(record: &AttendanceRecord) -> Vec<i64> {
    record.attendance_intervals.iter().map(|interval| interval.duration_in_seconds).collect()
}

#[test]
fn a_report_has_the_shape_of_graph() {
    let rows = [
        started(),
        joined(&organizer(), "o", Role::Organizer, 1),
        knocked(&ana(), "a", 2),
        joined(&ana(), "a", Role::Attendee, 10),
        left(&ana(), "a", 40),
        left(&organizer(), "o", 61),
        ended(61),
    ];
    let shown: Value = serde_json::to_value(report(&rows)).unwrap();
    assert_eq!(
        shown,
        json!({
            "id": "c1",
            "totalParticipantCount": 2,
            "meetingStartDateTime": "2026-09-21T14:13:21.123Z",
            "meetingEndDateTime": "2026-09-21T14:14:21.123Z",
            "attendanceRecords": [
                {
                    "id": "8:orgid:0e1f",
                    "identity": {
                        "@odata.type": "#microsoft.graph.communicationsUserIdentity",
                        "id": "0e1f", "displayName": "Name of o", "tenantId": "org",
                    },
                    "emailAddress": null, "role": "Organizer", "totalAttendanceInSeconds": 60,
                    "attendanceIntervals": [{
                        "joinDateTime": "2026-09-21T14:13:21.123Z", "leaveDateTime": "2026-09-21T14:14:21.123Z",
                        "durationInSeconds": 60,
                    }],
                },
                {
                    "id": "8:acs:res_ana",
                    "identity": {
                        "@odata.type": "#microsoft.graph.azureCommunicationServicesUserIdentity",
                        "id": "8:acs:res_ana", "displayName": "Name of a", "azureCommunicationServicesResourceId": "res",
                    },
                    "emailAddress": null, "role": "Attendee", "totalAttendanceInSeconds": 30,
                    "attendanceIntervals": [{
                        "joinDateTime": "2026-09-21T14:13:30.123Z", "leaveDateTime": "2026-09-21T14:14:00.123Z",
                        "durationInSeconds": 30,
                    }],
                },
            ],
        })
    );
}

#[test]
fn there_is_no_report_while_the_call_goes_on_nor_if_nobody_was_ever_in() {
    let rows = [started(), joined(&ana(), "a", Role::Presenter, 1), left(&ana(), "a", 2), ended(2)];
    for length in 0..rows.len() {
        assert_eq!(attendance_report(&rows[..length], "org"), None, "{length}");
    }
    let reason = ErrorCode::LobbyExpired;
    let away = JournalRow::LobbyLeft { call: call(), participant: leg("a"), user: ana(), reason, at: at(9) };
    assert_eq!(attendance_report(&[started(), knocked(&ana(), "a", 1), away, ended(9)], "org"), None);
}

#[test]
fn the_wait_in_the_lobby_does_not_count_and_who_never_got_in_is_not_listed() {
    let never = RawId::visitor("never");
    let reason = ErrorCode::LobbyRejected;
    let rows = [
        started(),
        knocked(&ana(), "a", 0),
        knocked(&never, "n", 0),
        joined(&organizer(), "o", Role::Organizer, 100),
        joined(&ana(), "a", Role::Attendee, 110),
        JournalRow::LobbyLeft { call: call(), participant: leg("n"), user: never, reason, at: at(111) },
        // Put back, and let in again: the second wait does not count either.
        JournalRow::PutBack { call: call(), participant: leg("a"), user: ana(), by: organizer(), at: at(120) },
        joined(&ana(), "a", Role::Attendee, 150),
        left(&ana(), "a", 155),
        left(&organizer(), "o", 160),
        ended(160),
    ];
    let report = report(&rows);
    assert_eq!(
        (report.total_participant_count, report.meeting_start_date_time.as_str()),
        (2, "2026-09-21T14:15:00.123Z")
    );
    let records = report.attendance_records.unwrap();
    assert_eq!((records[1].id.clone(), durations(&records[1])), (ana(), vec![10, 5]));
    assert_eq!(records[1].total_attendance_in_seconds, 15);
}

#[test]
fn two_devices_of_one_person_are_one_stay_and_a_second_coming_is_another() {
    let rows = [
        started(),
        joined(&ana(), "phone", Role::Presenter, 0),
        joined(&ana(), "laptop", Role::Presenter, 10),
        left(&ana(), "phone", 20),
        left(&ana(), "laptop", 30),
        joined(&ana(), "tablet", Role::Presenter, 100),
        left(&ana(), "tablet", 107),
        ended(107),
    ];
    let records = records(&rows);
    assert_eq!(records.len(), 1);
    assert_eq!((durations(&records[0]), records[0].total_attendance_in_seconds), (vec![30, 7], 37));
    assert_eq!(records[0].identity.display_name, "Name of tablet");
}

#[test]
fn who_comes_back_with_a_lost_connection_never_left_and_who_does_not_left_when_that_was_clear() {
    // A resumed leg writes nothing; one that vanished leaves 30 s after its connection did.
    let rows = [
        started(),
        joined(&organizer(), "o", Role::Organizer, 0),
        joined(&ana(), "a", Role::Attendee, 5),
        left_for(&ana(), "a", ErrorCode::Vanished, 65),
        left_for(&organizer(), "o", ErrorCode::Vanished, 90),
        JournalRow::CallEnded { call: call(), reason: ErrorCode::Vanished, at: at(90) },
    ];
    let stays: Vec<Vec<i64>> = records(&rows).iter().map(durations).collect();
    assert_eq!(stays, [[90], [60]]);
}

#[test]
fn the_role_is_the_last_one_and_a_leg_without_an_end_ends_with_the_call() {
    let promoted =
        JournalRow::RoleChanged { call: call(), user: ana(), role: Role::Presenter, by: organizer(), at: at(3) };
    let rows = [
        started(),
        joined(&ana(), "a", Role::Attendee, 0),
        joined(&RawId::organization_user("c"), "c", Role::CoOrganizer, 1),
        joined(&RawId::visitor("v"), "v", Role::Consumer, 2),
        promoted,
        ended(12),
    ];
    let records = records(&rows);
    let roles: Vec<(&str, Vec<i64>)> = records.iter().map(|record| (record.role, durations(record))).collect();
    assert_eq!(roles, [("Presenter", vec![12]), ("Presenter", vec![11]), ("Attendee", vec![10])]);
    assert_eq!(records[2].identity.tenant_id, Some(None), "a visitor belongs to no organization");
}

#[test]
fn a_clock_that_was_set_back_makes_no_negative_time() {
    let rows = [started(), joined(&ana(), "a", Role::Presenter, 10), left(&ana(), "a", 4), ended(4)];
    assert_eq!(records(&rows)[0].total_attendance_in_seconds, 0);
}

#[test]
fn a_session_belongs_to_the_meeting_that_its_journal_begins_with() {
    let rows = [started(), ended(1)];
    assert!(is_session_of(&rows, &target()));
    assert!(!is_session_of(&rows, &CallTarget::Meeting(MeetingId("other".into()))));
    assert!(!is_session_of(&[], &target()));
}
