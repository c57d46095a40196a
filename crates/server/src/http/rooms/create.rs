//! `POST /rooms`.

use super::TAG;
use super::request::{ApiVersion, RoomsRequest};
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::http::error::{ApiError, ErrorAnswer};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use convene_directory::{RoomBody, RoomModel, RoomRequest, create_room, room_model};
use convene_identity::secret_hash;
use convene_model::WallMs;
use convene_model::record::RepeatableAnswer;
use convene_store::{Store, StoreError};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// How long a request may be sent again, and is answered as the first time. Larger: more answers are kept. Smaller: a client that was
/// cut off for long makes a second room.
const REPEATABLE_MS: i64 = 24 * 60 * 60 * 1000;

/// The longest name of a request. Clients send UUIDs.
const REQUEST_ID_MAX: usize = 128;

const RESULT: HeaderName = HeaderName::from_static("repeatability-result");

/// Makes a room.
///
/// A request with a `Repeatability-Request-ID` may be sent again for a day: it makes one room, and is answered alike.
#[utoipa::path(post, path = "/rooms", operation_id = "createRoom", tag = TAG, security(("accessKey" = [])), params(
    ApiVersion,
    ("Repeatability-Request-ID" = Option<String>, Header, description = "The client's name for the request"),
    ("Repeatability-First-Sent" = Option<String>, Header, description = "When the request was sent first, as an HTTP date"),
), request_body(content = Option<RoomRequest>), responses(
    (status = 201, description = "The room", body = RoomModel),
    (status = 400, description = "A property that cannot be set so, or an unknown version", body = ErrorAnswer),
    (status = 401, description = "Not signed with an access key", body = ErrorAnswer),
    (status = 412, description = "Another request had this name, or it was sent first more than a day ago", body = ErrorAnswer),
))]
pub async fn create<S: Store>(State(app): State<Arc<AppState<S>>>, request: RoomsRequest) -> Response {
    match make(&app, &request).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = error.into_response();
            if response.status() == StatusCode::PRECONDITION_FAILED {
                response.headers_mut().insert(RESULT, HeaderValue::from_static("rejected"));
            }
            response
        }
    }
}

async fn make<S: Store>(app: &AppState<S>, request: &RoomsRequest) -> Result<Response, ApiError> {
    let now = wall_now();
    let repeatable = Repeatable::of(request, now)?;
    if let Some(repeatable) = &repeatable
        && let Some(former) = app.store.repeatable_answer(&request.resource, &repeatable.id).await?
    {
        return repeatable.again(former);
    }
    let body = RoomBody::of_new(&request.body, &request.resource, request.version)?;
    // Ids are random: if one is taken, which nobody should live to see, another one is made once.
    for last in [false, true] {
        let room = create_room(&body, &request.resource, &mut OsRandom, now)?;
        let model = room_model(&room, request.version);
        let text = serde_json::to_string(&model).map_err(|error| ApiError::Failed(error.to_string()))?;
        let answer = repeatable.as_ref().map(|repeatable| repeatable.answer(&request.resource, &text, now));
        match app.store.insert_room(&room, answer.as_ref()).await {
            Err(StoreError::Conflict { what: "a room" }) if !last => {}
            Err(StoreError::Conflict { .. }) if repeatable.is_some() => break,
            outcome => {
                outcome?;
                tracing::info!(room = %room.id, resource = request.resource, "room created");
                app.store.forget_answers(now - REPEATABLE_MS).await?;
                return Ok(created(text, repeatable.is_some()));
            }
        }
    }
    // The same request was answered meanwhile.
    let Some(repeatable) = repeatable else { return Err(ApiError::Failed("no free room id".to_owned())) };
    match app.store.repeatable_answer(&request.resource, &repeatable.id).await? {
        Some(former) => repeatable.again(former),
        None => Err(ApiError::Failed("no free room id".to_owned())),
    }
}

fn created(text: String, repeatable: bool) -> Response {
    let mut response = (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], text).into_response();
    if repeatable {
        response.headers_mut().insert(RESULT, HeaderValue::from_static("accepted"));
    }
    response
}

/// What a client says so that it may send a request again.
struct Repeatable {
    id: String,
    hash: String,
}

impl Repeatable {
    /// `None` if the client says nothing of the kind.
    fn of(request: &RoomsRequest, now: WallMs) -> Result<Option<Self>, ApiError> {
        let header = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap_or(""));
        let Some(id) = header("repeatability-request-id") else { return Ok(None) };
        if id.is_empty() || id.len() > REQUEST_ID_MAX {
            let why =
                format!("Repeatability-Request-ID must be a text of 1 to {REQUEST_ID_MAX} characters; use a UUID.");
            return Err(ApiError::BadRequest(why));
        }
        if let Some(first_sent) = header("repeatability-first-sent") {
            let sent = httpdate::parse_http_date(first_sent).ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            let Some(sent) = sent.and_then(|since| i64::try_from(since.as_millis()).ok()) else {
                return Err(ApiError::BadRequest("Repeatability-First-Sent must be an HTTP date.".to_owned()));
            };
            if sent < now - REPEATABLE_MS {
                return Err(rejected(
                    "it was sent first more than a day ago, and what became of it is not known any more",
                ));
            }
        }
        // The content hash was checked with the signature.
        let content = header("x-ms-content-sha256").unwrap_or("");
        let hash = secret_hash(&format!("POST /rooms {} {content}", request.version.name()));
        Ok(Some(Self { id: id.to_owned(), hash }))
    }

    fn answer(&self, resource: &str, text: &str, now: WallMs) -> RepeatableAnswer {
        RepeatableAnswer {
            resource: resource.to_owned(),
            request_id: self.id.clone(),
            request_hash: self.hash.clone(),
            answer: text.to_owned(),
            at: now,
        }
    }

    fn again(&self, former: RepeatableAnswer) -> Result<Response, ApiError> {
        if former.request_hash != self.hash {
            return Err(rejected("another request was sent under it"));
        }
        Ok(created(former.answer, true))
    }
}

fn rejected(why: &str) -> ApiError {
    ApiError::Told {
        status: StatusCode::PRECONDITION_FAILED,
        code: "PreconditionFailed",
        message: format!("This Repeatability-Request-ID cannot be used: {why}. Use a new one for a new request."),
        target: Some("Repeatability-Request-ID".to_owned()),
    }
}
