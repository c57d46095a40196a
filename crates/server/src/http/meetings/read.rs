//! Reading meetings.

use super::answers::GraphErrorAnswer;
use super::asker::Asker;
use super::options::Options;
use super::paging::{After, Page};
use super::{MeetingPath, TAG, own_meeting, shaped};
use crate::app::AppState;
use crate::hosts::own_hosts;
use crate::http::error::ApiError;
use crate::http::oauth::endpoint;
use crate::tls::Peer;
use axum::Json;
use axum::extract::{ConnectInfo, Path, Query, State};
use convene_directory::{FILTERS, MeetingFilter, MeetingKey, OnlineMeeting};
use convene_model::record::{Meeting, User};
use convene_model::{AppPermission, MeetingId};
use convene_store::{MeetingCursor, Store};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Meetings on a page. Larger: long answers that nobody reads. Smaller: more requests.
const TOP_MAX: u32 = 100;

/// A page of meetings. Has no `Debug`: their links are secrets.
#[derive(Serialize, ToSchema)]
pub struct MeetingPage {
    #[schema(value_type = Vec<OnlineMeeting>)]
    value: Vec<Value>,
    /// Where the next page is, if there is one.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One of an organizer's meetings.
#[utoipa::path(get, path = "/v1.0/me/onlineMeetings/{id}", operation_id = "getMeeting", tag = TAG, security(("accessToken" = [])),
    params(
        ("id" = String, Path, description = "The meeting"),
        ("$select" = Option<String>, Query, description = "Names of properties, with commas"),
    ), responses(
    (status = 200, description = "The meeting", body = OnlineMeeting),
    (status = 400, description = "A query option that cannot be used", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetings.Read.All", body = GraphErrorAnswer),
    (status = 404, description = "No such meeting among the organizer's", body = GraphErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    Path(path): Path<MeetingPath>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::ReadMeetings).await?;
    let options = Options::read(&query, &["select"])?;
    let meeting = own_meeting(&app, &organizer, &MeetingId(path.id)).await?;
    selected(&app, &meeting, &organizer, &options).map(Json)
}

/// An organizer's meetings, the newest first, page by page; or the one that a filter names.
#[utoipa::path(get, path = "/v1.0/me/onlineMeetings", operation_id = "listMeetings", tag = TAG, security(("accessToken" = [])),
    params(
        ("$filter" = Option<String>, Query,
            description = "`JoinWebUrl eq '<link>'` or `joinMeetingIdSettings/joinMeetingId eq '<digits>'`"),
        ("$select" = Option<String>, Query, description = "Names of properties, with commas"),
        ("$top" = Option<u32>, Query, description = "Meetings on a page, 1 to 100", minimum = 1, maximum = 100),
        ("$skiptoken" = Option<String>, Query, description = "Stands in the link to the next page"),
    ), responses(
    (status = 200, description = "A page of meetings", body = MeetingPage),
    (status = 400, description = "A query option that cannot be used", body = GraphErrorAnswer),
    (status = 401, description = "No valid access token", body = GraphErrorAnswer),
    (status = 403, description = "Without the scope `meetings`, or the permission OnlineMeetings.Read.All", body = GraphErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    asker: Asker,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Json<MeetingPage>, ApiError> {
    let organizer = asker.organizer(&app, AppPermission::ReadMeetings).await?;
    let options = Options::read(&query, &["filter", "select", "top", "skiptoken"])?;
    let page = Page::read(&options, TOP_MAX)?;
    let (meetings, next) = match options.get("filter") {
        Some(filter) => (found(&app, &organizer, filter).await?.into_iter().collect(), None),
        None => {
            let after = page.after.clone().map(|after| MeetingCursor { created_at: after.at, id: MeetingId(after.id) });
            // One more than asked for tells whether there is a next page.
            let mut meetings = app.store.meetings_of(&organizer.id, after.as_ref(), page.top + 1).await?;
            let place = |meeting: &Meeting| After { at: meeting.created_at, id: meeting.id.as_str().to_owned() };
            let next = page.cut(&mut meetings, &options, place);
            (meetings, next)
        }
    };
    let value: Result<Vec<Value>, ApiError> =
        meetings.iter().map(|meeting| selected(&app, meeting, &organizer, &options)).collect();
    let next = next.map(|query| format!("{}{}?{query}", endpoint(&app, peer), asker.path(&organizer)));
    Ok(Json(MeetingPage { value: value?, next }))
}

/// The organizer's meeting that the filter names, if there is one.
async fn found<S: Store>(app: &AppState<S>, organizer: &User, filter: &str) -> Result<Option<Meeting>, ApiError> {
    let filter = MeetingFilter::parse(filter)
        .ok_or_else(|| ApiError::BadRequest(format!("This $filter cannot be used. {FILTERS}")))?;
    let hosts = own_hosts(&app.public_url);
    let Some((key, proof)) = filter.locate(&|host: &str| hosts.contains(host)) else { return Ok(None) };
    let meeting = match key {
        MeetingKey::Thread(thread) => app.store.meeting_by_thread(&thread).await?,
        MeetingKey::JoinId(digits) => app.store.meeting_by_join_id(&digits).await?,
    };
    Ok(meeting.filter(|meeting| meeting.organizer == organizer.id && proof.is_none_or(|proof| proof.fits(meeting))))
}

fn selected<S>(app: &AppState<S>, meeting: &Meeting, organizer: &User, options: &Options) -> Result<Value, ApiError> {
    let shown = serde_json::to_value(shaped(app, meeting, organizer));
    options.selected(shown.map_err(|error| ApiError::Failed(error.to_string()))?, &["externalId"])
}
