//! Who attended: a report for each session of a meeting that is over. It is read from the call's journal by `convene-directory`.

use super::answers::GraphErrorAnswer;
use super::asker::Asker;
use super::options::Options;
use super::paging::{After, Page};
use super::{TAG, own_meeting};
use crate::app::AppState;
use crate::http::error::ApiError;
use crate::http::oauth::endpoint;
use crate::tls::Peer;
use axum::Json;
use axum::extract::{ConnectInfo, Path, Query, State};
use convene_directory::{AttendanceRecord, AttendanceReport, attendance_report, is_session_of};
use convene_model::record::{CallTarget, User};
use convene_model::{AppPermission, CallId, MeetingId};
use convene_store::{CallCursor, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Reports on a page: each reads a journal. Larger: long answers that nobody reads. Smaller: more requests.
const REPORTS_MAX: u32 = 50;

/// Records on a page.
const RECORDS_MAX: u32 = 100;

const RECORDS: &str = "attendanceRecords";

const NO_REPORT: &str = "There is no attendance report with this id for this meeting. A report is there once its session has ended; \
                         the list of attendanceReports has them all.";

/// The report that a path names.
#[derive(Deserialize)]
pub struct ReportPath {
    id: String,
    report: Option<String>,
}

/// A page of reports.
#[derive(Serialize, ToSchema)]
pub struct ReportPage {
    value: Vec<AttendanceReport>,
    /// Where the next page is, if there is one.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of records.
#[derive(Serialize, ToSchema)]
pub struct RecordPage {
    value: Vec<AttendanceRecord>,
    /// Where the next page is, if there is one.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The reports on a meeting's sessions, the newest first, page by page; without their records.
#[utoipa::path(get, path = "/v1.0/me/onlineMeetings/{id}/attendanceReports", operation_id = "listAttendanceReports", tag = TAG,
    security(("accessToken" = [])), params(
        ("id" = String, Path, description = "The meeting"),
        ("$top" = Option<u32>, Query, description = "Sessions on a page, 1 to 50", minimum = 1, maximum = 50),
        ("$skiptoken" = Option<String>, Query, description = "Stands in the link to the next page"),
    ), responses(
    (status = 200, description = "A page of reports", body = ReportPage),
    (status = 400, description = "A query option that cannot be used", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetingArtifact.Read.All", body = GraphErrorAnswer),
    (status = 404, description = "No such meeting among the organizer's", body = GraphErrorAnswer),
))]
pub async fn reports<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    Path(path): Path<ReportPath>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<ReportPage>, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::ReadArtifacts).await?;
    let options = Options::read(&query, &["top", "skiptoken"])?;
    let page = Page::read(&options, REPORTS_MAX)?;
    let meeting = own_meeting(&app, &organizer, &MeetingId(path.id)).await?;
    let after = page.after.clone().map(|after| CallCursor { started_at: after.at, id: CallId(after.id) });
    let mut calls = app.store.ended_calls_of(&meeting.id, after.as_ref(), page.top + 1).await?;
    let place = |call: &CallCursor| After { at: call.started_at, id: call.id.as_str().to_owned() };
    let next = page.cut(&mut calls, &options, place);
    let next = next.map(|query| {
        format!("{}{}/{}/attendanceReports?{query}", endpoint(&app, peer), asker.path(&organizer), meeting.id)
    });
    let mut value = Vec::new();
    for call in calls {
        let journal = app.store.journal_of(&call.id).await?;
        let report = attendance_report(&journal, &app.settings.organization);
        // Nobody was in who came only as far as the lobby.
        value.extend(report.map(|report| AttendanceReport { attendance_records: None, ..report }));
    }
    Ok(Json(ReportPage { value, next }))
}

/// The report on one session.
#[utoipa::path(get, path = "/v1.0/me/onlineMeetings/{id}/attendanceReports/{report}", operation_id = "getAttendanceReport", tag = TAG,
    security(("accessToken" = [])), params(
        ("id" = String, Path, description = "The meeting"),
        ("report" = String, Path, description = "The report"),
        ("$expand" = Option<String>, Query, description = "`attendanceRecords`: with the records"),
    ), responses(
    (status = 200, description = "The report", body = AttendanceReport),
    (status = 400, description = "A query option that cannot be used", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetingArtifact.Read.All", body = GraphErrorAnswer),
    (status = 404, description = "No such report, or it is not there yet", body = GraphErrorAnswer),
))]
pub async fn report<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    Path(path): Path<ReportPath>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<AttendanceReport>, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::ReadArtifacts).await?;
    let expanded = Options::read(&query, &["expand"])?.expands(RECORDS)?;
    let report = find(&app, &organizer, path).await?;
    let attendance_records = report.attendance_records.filter(|_| expanded);
    Ok(Json(AttendanceReport { attendance_records, ..report }))
}

/// Who attended one session; those who came first stand first.
#[utoipa::path(get, path = "/v1.0/me/onlineMeetings/{id}/attendanceReports/{report}/attendanceRecords",
    operation_id = "listAttendanceRecords", tag = TAG, security(("accessToken" = [])), params(
        ("id" = String, Path, description = "The meeting"),
        ("report" = String, Path, description = "The report"),
        ("$top" = Option<u32>, Query, description = "Records on a page, 1 to 100", minimum = 1, maximum = 100),
        ("$skiptoken" = Option<String>, Query, description = "Stands in the link to the next page"),
    ), responses(
    (status = 200, description = "A page of records", body = RecordPage),
    (status = 400, description = "A query option that cannot be used", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetingArtifact.Read.All", body = GraphErrorAnswer),
    (status = 404, description = "No such report, or it is not there yet", body = GraphErrorAnswer),
))]
pub async fn records<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    Path(path): Path<ReportPath>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<RecordPage>, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::ReadArtifacts).await?;
    let options = Options::read(&query, &["top", "skiptoken"])?;
    let page = Page::read(&options, RECORDS_MAX)?;
    let meeting = path.id.clone();
    let report = find(&app, &organizer, path).await?;
    // A report never changes, so an entry's number is where it stands.
    let first = page.after.as_ref().map_or(0, |after| usize::try_from(after.at).unwrap_or(usize::MAX));
    let mut numbered: Vec<(usize, AttendanceRecord)> =
        report.attendance_records.unwrap_or_default().into_iter().enumerate().skip(first).collect();
    let place = |(number, _): &(usize, AttendanceRecord)| After { at: *number as i64 + 1, id: "records".to_owned() };
    let next = page.cut(&mut numbered, &options, place);
    let next = next.map(|query| {
        let path = format!("{}/{meeting}/attendanceReports/{}/{RECORDS}", asker.path(&organizer), report.id);
        format!("{}{path}?{query}", endpoint(&app, peer))
    });
    Ok(Json(RecordPage { value: numbered.into_iter().map(|(_, record)| record).collect(), next }))
}

/// The report on a session of the organizer's meeting. Sessions of others' meetings are as unknown as those that never were.
async fn find<S: Store>(app: &AppState<S>, organizer: &User, path: ReportPath) -> Result<AttendanceReport, ApiError> {
    let meeting = own_meeting(app, organizer, &MeetingId(path.id)).await?;
    let journal = app.store.journal_of(&CallId(path.report.unwrap_or_default())).await?;
    let own = is_session_of(&journal, &CallTarget::Meeting(meeting.id));
    let report = attendance_report(&journal, &app.settings.organization).filter(|_| own);
    report.ok_or(ApiError::NotFound(NO_REPORT))
}
