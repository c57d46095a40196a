//! Lists page by page: as many as a client asks for, and a link to the next page.

use super::request::ChatRequest;
use crate::http::error::ApiError;
use crate::http::rooms::paging::{Cursor, cursor};
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_directory::chat::parse_thread_id;
use convene_directory::parse_date_time;
use convene_model::{RawId, ThreadId, WallMs};
use convene_store::ChatCursor;
use serde::Serialize;
use utoipa::ToSchema;

/// The most on a page, and as many as there are if a client does not say. Larger: long answers. Smaller: more requests.
const PAGE: usize = 100;

/// A page of a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// What is on it.
    pub value: Vec<T>,
    /// The next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
}

/// What a client says about the page that it wants.
pub struct Wanted<C> {
    /// Items at most.
    pub size: usize,
    /// After which item it begins.
    pub after: Option<C>,
}

impl<C: Cursor> Wanted<C> {
    /// Reads it.
    ///
    /// # Errors
    /// [`ApiError::Told`] names the parameter.
    pub fn of(request: &ChatRequest) -> Result<Self, ApiError> {
        let size = number(request, "maxPageSize")?.unwrap_or(PAGE);
        if size == 0 {
            return Err(bad("maxPageSize", "1 or more"));
        }
        Ok(Self { size: size.min(PAGE), after: cursor(request.query.get("after"))? })
    }

    /// One more than fits, to see whether there is a next page.
    pub fn limit(&self) -> u32 {
        u32::try_from(self.size + 1).unwrap_or(u32::MAX)
    }

    /// Cuts `found` to a page. `path` is where the list is, encoded; `more` are parameters that hold for all its pages.
    pub fn page<R, T>(
        &self,
        request: &ChatRequest,
        (path, more): (&str, &str),
        mut found: Vec<R>,
        at: impl Fn(&R) -> C,
        show: impl Fn(&R) -> T,
    ) -> Page<T> {
        let further = found.len() > self.size;
        found.truncate(self.size);
        let next_link = found.last().filter(|_| further).map(|last| {
            let (origin, version, size, after) = (&request.origin, request.version.name(), self.size, at(last).write());
            format!("{origin}{path}?api-version={version}&maxPageSize={size}&after={after}{more}")
        });
        Page { value: found.iter().map(show).collect(), next_link }
    }
}

/// How many of the first items a client wants to be left out.
///
/// # Errors
/// [`ApiError::Told`] if it is no number.
pub fn skip(request: &ChatRequest) -> Result<usize, ApiError> {
    Ok(number(request, "skip")?.unwrap_or(0))
}

/// From when on a client wants to see: a date and time, or milliseconds, as this server's links have it.
///
/// # Errors
/// [`ApiError::Told`] if it is no time.
pub fn start_time(request: &ChatRequest) -> Result<WallMs, ApiError> {
    let Some(text) = request.query.get("startTime") else { return Ok(0) };
    let text = text.replace("%3A", ":").replace("%3a", ":").replace("%2B", "+").replace("%2b", "+");
    let at = text.parse().ok().or_else(|| parse_date_time(&text));
    at.ok_or_else(|| bad("startTime", "a date and time such as 2026-09-21T14:00:00Z"))
}

/// The path of a thread's list, as links have it.
pub fn path_of(thread: &ThreadId, list: &str) -> String {
    format!("/chat/threads/{}/{list}", thread.as_str().replace(':', "%3A").replace('@', "%40"))
}

fn number(request: &ChatRequest, name: &str) -> Result<Option<usize>, ApiError> {
    request.query.get(name).map(|text| text.parse().map_err(|_| bad(name, "a number"))).transpose()
}

fn bad(name: &str, expected: &str) -> ApiError {
    ApiError::Told {
        status: StatusCode::BAD_REQUEST,
        code: "BadRequest",
        message: format!("{name} cannot be used: use {expected}."),
        target: Some(name.to_owned()),
    }
}

impl Cursor for ChatCursor {
    fn read(text: &str) -> Option<Self> {
        let (created_at, id) = text.split_once('-')?;
        let id = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
        Some(Self { created_at: created_at.parse().ok()?, id: parse_thread_id(&id).ok()? })
    }

    fn write(&self) -> String {
        format!("{}-{}", self.created_at, URL_SAFE_NO_PAD.encode(self.id.as_str()))
    }
}

/// The place of a message.
pub struct Place(pub u64);

impl Cursor for Place {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    fn write(&self) -> String {
        self.0.to_string()
    }
}

/// Those of a list in the order of their ids that are wanted.
pub fn rest<T>(
    all: Vec<T>,
    request: &ChatRequest,
    after: Option<&RawId>,
    user: impl Fn(&T) -> &RawId,
) -> Result<Vec<T>, ApiError> {
    let skipped = skip(request)?;
    Ok(all.into_iter().filter(|one| after.is_none_or(|after| user(one) > after)).skip(skipped).collect())
}
