//! `POST /api/visitors`: a token for an anonymous guest who holds a join link, or a meeting id with its passcode. It makes a fresh
//! `8:teamsvisitor:` user whose token is good for that one meeting.

use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::hosts::{is_loopback_host, own_hosts};
use crate::http::described::Described;
use crate::http::error::{ApiError, ErrorAnswer};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use convene_directory::{MeetingKey, Proof, admits_visitors, locate_by_id, locate_by_link, parse_join_link};
use convene_identity::{NewUser, TokenRequest, new_user};
use convene_model::limits::TOKEN_MINUTES;
use convene_model::record::{CallTarget, Meeting};
use convene_model::{ErrorCode, RawId, Scope, rfc3339};
use convene_node::link_error;
use convene_protocol::ErrorBody;
use convene_store::Store;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use utoipa::ToSchema;

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new().operation(__path_create, create::<S>)
}

/// What the guest holds: the link, or the id and passcode. Has no `Debug`: both are secrets.
#[derive(Deserialize, ToSchema)]
#[schema(as = VisitorRequest)]
#[serde(rename_all = "camelCase")]
struct Body {
    /// A join link.
    link: Option<String>,
    /// The digits, with or without spaces.
    meeting_id: Option<String>,
    /// The passcode of `meetingId`.
    passcode: Option<String>,
}

/// The guest, and a token that is good for the one meeting. Has no `Debug`: the token is a secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Visitor {
    user: VisitorId,
    /// An access token with the scopes `voip` and `chat.join.limited`.
    token: String,
    /// When it ends, in RFC 3339.
    expires_on: String,
}

/// Who the guest is.
#[derive(Serialize, ToSchema)]
struct VisitorId {
    /// `8:teamsvisitor:…`.
    #[schema(value_type = String)]
    id: RawId,
}

/// Lets an anonymous guest in.
///
/// The guest holds a join link, or a meeting id with its passcode.
#[utoipa::path(post, path = "/api/visitors", operation_id = "createVisitor", tag = "Guests", request_body = Body, responses(
    (status = 200, description = "A fresh guest, whose token is good for that one meeting", body = Visitor),
    (status = 400, description = "Neither a link nor an id with passcode", body = ErrorAnswer),
    (status = 403, description = "The meeting takes no guests, or not yet", body = ErrorAnswer),
    (status = 404, description = "No such meeting, or a wrong passcode", body = ErrorAnswer),
    (status = 429, description = "Too many requests of one address; `Retry-After` says for how long", body = ErrorAnswer),
))]
async fn create<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Result<Response, ApiError> {
    if let Some(wait) = count(&app, peer.ip()) {
        return Err(ApiError::TooMany { retry_after: wait });
    }
    let body: Body = serde_json::from_slice(&body).map_err(|error| {
        ApiError::BadRequest(format!(
            "The body cannot be used: {error}. Send {{\"link\":\"...\"}}, or {{\"meetingId\":\"...\",\"passcode\":\"...\"}}."
        ))
    })?;
    let (key, proof) = locate(&app, body)?;
    let meeting = find(&app, key, &proof).await?;
    let open = app.store.open_calls().await?;
    let somebody_is_in = open.iter().any(|call| call.target == CallTarget::Meeting(meeting.id.clone()));
    admits_visitors(&meeting, somebody_is_in).map_err(|code| ApiError::Refused(code.into()))?;

    let user = new_user(NewUser::Visitor, None, &mut OsRandom, wall_now());
    let request = TokenRequest {
        user: &user,
        scopes: &[Scope::Voip, Scope::ChatJoinLimited].into_iter().collect(),
        lifetime_minutes: *TOKEN_MINUTES.end(),
        issuer: &app.public_url,
        resource_id: &app.settings.resource_id,
        meeting: Some(&meeting.id),
    };
    let token = app.keys.mint(&request, wall_now()).map_err(|error| ApiError::Failed(error.to_string()))?;
    app.store.insert_user(&user).await?;
    tracing::info!(user = %user.id, meeting = %meeting.id, "visitor created");
    let answer = Visitor { user: VisitorId { id: user.id }, token: token.token, expires_on: rfc3339(token.expires_at) };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// Counts the attempt, good or bad; how long the address has to wait, if it tried too often. A development server does not count
/// those of its own machine: it gives them tokens for the asking.
fn count<S>(app: &AppState<S>, address: IpAddr) -> Option<Duration> {
    if app.config.dev && is_loopback_host(&address.to_string()) {
        return None;
    }
    let mut attempts = app.visitors.lock().unwrap_or_else(PoisonError::into_inner);
    let now = app.clock.now().mono;
    let wait = attempts.wait(address, now);
    if wait.is_none() {
        attempts.failed(address, now);
    }
    wait
}

fn locate<S>(app: &AppState<S>, body: Body) -> Result<(MeetingKey, Proof), ApiError> {
    match (body.link, body.meeting_id) {
        (Some(link), None) => {
            let hosts = own_hosts(&app.public_url);
            let link = parse_join_link(&link, &|host: &str| hosts.contains(host));
            link.map(locate_by_link).map_err(|refused| ApiError::Refused(link_error(&refused)))
        }
        (None, Some(id)) => locate_by_id(&id, body.passcode).ok_or_else(not_found),
        (Some(_), Some(_)) | (None, None) => {
            Err(ApiError::BadRequest("Send either link, or meetingId with its passcode.".to_owned()))
        }
    }
}

async fn find<S: Store>(app: &AppState<S>, key: MeetingKey, proof: &Proof) -> Result<Meeting, ApiError> {
    let meeting = match key {
        MeetingKey::Thread(thread) => app.store.meeting_by_thread(&thread).await?,
        MeetingKey::JoinId(digits) => app.store.meeting_by_join_id(&digits).await?,
    };
    meeting.filter(|meeting| proof.fits(meeting)).ok_or_else(not_found)
}

fn not_found() -> ApiError {
    ApiError::Refused(ErrorBody::from(ErrorCode::MeetingNotFound))
}
