//! Records of calls, for apps' servers: what was known of them afterwards. ACS has these as logs in Azure Monitor; so the paths and bodies
//! here are Convene's own (docs/operations.md). What a record says is `convene_directory`'s to know.

use crate::app::AppState;
use crate::http::described::Described;
use crate::http::error::{ApiError, ErrorAnswer};
use crate::http::rooms::paging::{Cursor, cursor};
use crate::http::rooms::request::{origin, read_query};
use crate::http::signed::{ApiVersion, Signed, answer_headers, check_api_version, verify};
use axum::extract::{FromRequest, Path, Request, State};
use axum::{Json, middleware};
use convene_directory::{CallRecord, call_record, is_session_of_resource, listed_call, parse_date_time};
use convene_model::listed::CallFilter;
use convene_model::{CallId, WallMs};
use convene_store::{CallCursor, Store};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

const TAG: &str = "Call Records";

/// Calls on a page. Larger: long answers, and a count of a journal for each. Smaller: more requests.
const PAGE_MAX: u32 = 100;

/// Calls on a page if nobody says how many.
const PAGE: u32 = 50;

/// The longest id of a group or room, in bytes; no id is nearly as long.
const GROUP_MAX: usize = 64;

const NO_CALL: &str = "This resource has no call with this id, or it is older than calls are kept. Events have the ids of calls as \
                       serverCallId; GET /calling/callRecords lists those that there are.";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(__path_list, list::<S>)
        .operation(__path_one, one::<S>)
        .map(|router| router.layer(middleware::from_fn(answer_headers)))
}

/// A page of records.
#[derive(Serialize, ToSchema)]
#[schema(as = CallRecordsCollection)]
#[serde(rename_all = "camelCase")]
pub struct RecordPage {
    value: Vec<CallRecord>,
    /// The next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

/// A signed request for a list.
pub struct ListRequest {
    resource: String,
    query: BTreeMap<String, String>,
    origin: String,
}

impl<S: Store> FromRequest<Arc<AppState<S>>> for ListRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<AppState<S>>) -> Result<Self, ApiError> {
        let (Signed { resource, .. }, parts) = verify(request, app).await?;
        let query = parts.uri.query().unwrap_or("");
        check_api_version(query)?;
        Ok(Self { resource: resource.id, query: read_query(query), origin: origin(&parts, &app.public_url) })
    }
}

/// Where a list goes on, and which calls it has. All of it stands in the link's one value, in letters that every client signs alike.
#[derive(Debug, PartialEq)]
struct Place {
    from: Option<WallMs>,
    to: Option<WallMs>,
    after: CallCursor,
}

impl Cursor for Place {
    fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('_').collect();
        let [from, to, started_at, id] = parts[..] else { return None };
        let time = |text: &str| match text {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        };
        let is_id =
            !id.is_empty() && id.len() <= GROUP_MAX && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let after = CallCursor { id: CallId(id.to_owned()), started_at: started_at.parse().ok()? };
        is_id.then_some(Self { from: time(from)?, to: time(to)?, after })
    }

    fn write(&self) -> String {
        let time = |at: Option<WallMs>| at.map(|at| at.to_string()).unwrap_or_default();
        format!("{}_{}_{}_{}", time(self.from), time(self.to), self.after.started_at, self.after.id)
    }
}

/// The resource's group calls (those that rang, too) and rooms' calls, the newest first, page by page; without legs.
#[utoipa::path(get, path = "/calling/callRecords", operation_id = "listCallRecords", tag = TAG, security(("accessKey" = [])),
    params(ApiVersion,
        ("from" = Option<String>, Query, description = "Calls that began then, or later (RFC 3339)"),
        ("to" = Option<String>, Query, description = "Calls that began before (RFC 3339)"),
        ("groupId" = Option<String>, Query, description = "Only those of this group"),
        ("roomId" = Option<String>, Query, description = "Only those of this room"),
        ("maxPageSize" = Option<u32>, Query, description = "Calls on a page; 50 if it is left out", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Stands in the link to the next page")), responses(
    (status = 200, description = "A page of records", body = RecordPage),
    (status = 400, description = "A value that cannot be used, or a page that there is not", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
))]
pub async fn list<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    request: ListRequest,
) -> Result<Json<RecordPage>, ApiError> {
    let query = &request.query;
    let after: Option<Place> = cursor(query.get("after"))?;
    let (from, to, after) = match after {
        Some(Place { from, to, after }) => (from, to, Some(after)),
        None => (time(query, "from")?, time(query, "to")?, None),
    };
    let size = page_size(query)?;
    let group = group(query)?;
    let filter = CallFilter {
        resource: Some(request.resource),
        group: group.map(|(_, id)| id.to_ascii_lowercase()),
        meeting: None,
        from,
        to,
    };
    // One more than a page has tells whether there is a next one.
    let mut calls = app.store.calls(&filter, after.as_ref(), size + 1).await?;
    let is_last = calls.len() <= size as usize;
    calls.truncate(size as usize);
    let place = calls.last().filter(|_| !is_last).map(|call| Place { from, to, after: CallCursor::of(call) });
    let next_link = place.map(|place| {
        let version = query.get("api-version").map(|version| format!("api-version={version}&")).unwrap_or_default();
        let group = group.map(|(name, id)| format!("{name}={id}&")).unwrap_or_default();
        format!("{}/calling/callRecords?{version}{group}maxPageSize={size}&after={}", request.origin, place.write())
    });
    Ok(Json(RecordPage { value: calls.iter().map(listed_call).collect(), next_link }))
}

/// A call's record, with the legs of everybody who was in it or waited for it, and how their media was.
#[utoipa::path(get, path = "/calling/callRecords/{serverCallId}", operation_id = "getCallRecord", tag = TAG,
    security(("accessKey" = [])), params(("serverCallId" = String, Path, description = "The call"), ApiVersion), responses(
    (status = 200, description = "The record", body = CallRecord),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 404, description = "No such call of this resource", body = ErrorAnswer),
))]
pub async fn one<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<CallRecord>, ApiError> {
    let call = CallId(id);
    let journal = app.store.journal_of(&call).await?;
    if !is_session_of_resource(&journal, &signed.resource.id) {
        return Err(ApiError::NotFound(NO_CALL));
    }
    let qualities = app.store.qualities_of(&call).await?;
    call_record(&journal, &qualities).map(Json).ok_or(ApiError::NotFound(NO_CALL))
}

fn bad(target: &str, message: String) -> ApiError {
    let (status, target) = (axum::http::StatusCode::BAD_REQUEST, Some(target.to_owned()));
    ApiError::Told { status, code: "BadRequest", message, target }
}

fn time(query: &BTreeMap<String, String>, name: &str) -> Result<Option<WallMs>, ApiError> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let pair = format!("{name}={text}");
    let time = form_urlencoded::parse(pair.as_bytes()).next().and_then(|(_, text)| parse_date_time(&text));
    let why = || bad(name, format!("{name} is no time. Write one such as 2026-11-26T09:40:00Z, encoded for a URL."));
    time.map(Some).ok_or_else(why)
}

fn page_size(query: &BTreeMap<String, String>) -> Result<u32, ApiError> {
    let Some(text) = query.get("maxPageSize") else { return Ok(PAGE) };
    let size = text.parse().ok().filter(|size| (1..=PAGE_MAX).contains(size));
    size.ok_or_else(|| bad("maxPageSize", format!("maxPageSize must be a number from 1 to {PAGE_MAX}.")))
}

/// The group or room that a list is about: the parameter's name and the id.
fn group(query: &BTreeMap<String, String>) -> Result<Option<(&'static str, &str)>, ApiError> {
    let named: Vec<_> =
        ["groupId", "roomId"].into_iter().filter_map(|name| Some((name, query.get(name)?.as_str()))).collect();
    let (name, id) = match named[..] {
        [] => return Ok(None),
        [one] => one,
        _ => return Err(bad("groupId", "A call is of a group or of a room. Leave groupId or roomId out.".to_owned())),
    };
    let is_id = (1..=GROUP_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if is_id {
        Ok(Some((name, id)))
    } else {
        Err(bad(name, format!("{name} is no id: ids have letters, digits and dashes.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_needs_no_encoding() {
        let after =
            CallCursor { id: CallId("6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11".into()), started_at: 1_790_000_000_123 };
        for (from, to) in [(None, None), (Some(1), None), (None, Some(2)), (Some(1), Some(2))] {
            let place = Place { from, to, after: after.clone() };
            let text = place.write();
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')), "{text}");
            assert_eq!(Place::read(&text), Some(place));
        }
        for text in ["", "1", "__1", "__1_", "__x_id", "x__1_id", "_y_1_id", "__1_a%b", "__1_id_2"] {
            assert_eq!(Place::read(text), None, "{text}");
        }
    }
}
