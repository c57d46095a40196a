//! `/api/session`: signing in and out, and the tokens of who is signed in. For the pages of this server alone: what changes
//! something is refused from anywhere else.

mod by_provider;
mod cookie;
mod limits;

use self::cookie::{is_same_origin, may_sign_in, secret_of, set_cookie};
pub use self::limits::Limits;
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::drive::Arrival;
use crate::http::error::ApiError;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use convene_identity::{
    PasswordRefused, PasswordVerdict, SESSION_IDLE_MS, SESSION_MAX_MS, SESSION_NOTE_MS, TokenRequest, clean_email,
    hash_password, new_session, secret_hash, session_holds, verify_password,
};
use convene_model::account::{Account, SignedIn};
use convene_model::limits::TOKEN_MINUTES;
use convene_model::record::User;
use convene_model::{RawId, Scope, Scopes, rfc3339};
use convene_store::Store;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const NOT_SIGNED_IN: &str = "You are not signed in, or your session has ended. Sign in again.";
const WRONG: &str =
    "The address or the password is wrong. Try again; whoever runs this server can send you a link to set a new one.";
const ELSEWHERE: &str =
    "This request did not come from a page of this server, so it was not carried out. Open the server's own page.";
const NOT_SAFE: &str = "Nobody can sign in over plain http: somebody on the way could take the session. Open this server by https, \
                        and set its --public-url to that address.";
const LINK_OVER: &str = "This link was used already, or its time is over. Ask whoever runs this server for a new one: \
                         convene account reset prints it.";

/// The routes.
pub fn router<S: Store>(app: &Arc<AppState<S>>) -> Router<Arc<AppState<S>>> {
    Router::new()
        .route("/api/session", get(show::<S>).post(sign_in::<S>).delete(sign_out::<S>))
        .route("/api/session/token", post(token::<S>))
        .route("/api/session/signOutEverywhere", post(sign_out_everywhere::<S>))
        .route("/api/session/link", post(show_link::<S>))
        .route("/api/session/password", post(set_password::<S>))
        .route("/sign-in/start", get(by_provider::start::<S>))
        .route("/sign-in/callback", get(by_provider::callback::<S>))
        .layer(from_fn_with_state(app.clone(), only_own_pages::<S>))
}

async fn only_own_pages<S: Store>(State(app): State<Arc<AppState<S>>>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && !is_same_origin(request.headers(), &app.public_url) {
        return ApiError::Forbidden(ELSEWHERE).into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn read<T: DeserializeOwned>(body: &[u8], example: &str) -> Result<T, ApiError> {
    // What a parser would say could quote a secret.
    serde_json::from_slice(body).map_err(|_| ApiError::BadRequest(format!("The body cannot be used. Send {example}.")))
}

/// Whose session a request belongs to; notes that it was used.
async fn signed_in<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<Option<SignedIn>, ApiError> {
    let Some(secret) = secret_of(headers, &app.public_url) else { return Ok(None) };
    let now = wall_now();
    let found = app.store.session(&secret_hash(secret)).await?.filter(|found| session_holds(found, now));
    if let Some(found) = &found
        && now - found.session.seen_at >= SESSION_NOTE_MS
    {
        app.store.touch_session(&found.session.hash, now).await?;
    }
    Ok(found)
}

async fn required<S: Store>(app: &AppState<S>, headers: &HeaderMap) -> Result<SignedIn, ApiError> {
    signed_in(app, headers).await?.ok_or(ApiError::Unauthorized(NOT_SIGNED_IN))
}

fn person(user: &User, account: &Account) -> Value {
    let name = user.display_name.as_ref().or(account.email.as_ref());
    json!({ "id": user.id, "displayName": name, "email": account.email, "role": account.role.as_str() })
}

/// Who is signed in.
async fn show<S: Store>(State(app): State<Arc<AppState<S>>>, headers: HeaderMap) -> Result<Json<Value>, ApiError> {
    let found = signed_in(&app, &headers).await?;
    let provider = app.oidc.as_ref().map(|provider| json!({ "label": provider.config.label }));
    let user = found.map(|found| person(&found.user, &found.account));
    Ok(Json(json!({ "user": user, "development": app.config.dev, "provider": provider })))
}

/// Has no `Debug`: it holds a password.
#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

/// Signs in by a password.
async fn sign_in<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    if !may_sign_in(&app.public_url) {
        return Err(ApiError::Forbidden(NOT_SAFE));
    }
    let Credentials { email, password } = read(&body, r#"{"email":"...","password":"..."}"#)?;
    let email = clean_email(&email).ok_or(ApiError::Unauthorized(WRONG))?;
    if let Some(retry_after) = app.sign_ins.count(peer.ip(), &email, app.clock.now().mono) {
        return Err(ApiError::TooMany { retry_after });
    }
    let account = app.store.account_by_email(&email).await?;
    let kept = account.as_ref().and_then(|account| account.password.clone());
    let tried = password.clone();
    let busy = ApiError::TooMany { retry_after: Duration::from_secs(1) };
    let verdict = app.sign_ins.work(move || verify_password(&tried, kept.as_deref())).await.ok_or(busy)?;
    let account = account.filter(|account| !account.disabled && account.role.may_sign_in());
    let Some(account) = account.filter(|_| verdict != PasswordVerdict::Wrong) else {
        tracing::info!(peer = %peer.ip(), "a sign-in was refused");
        return Err(ApiError::Unauthorized(WRONG));
    };
    if verdict == PasswordVerdict::RightRehash
        && let Some(former) = &account.password
        && let Some(Ok(hash)) = app.sign_ins.work(move || hash_password(&password, &mut OsRandom)).await
    {
        app.store.replace_password(&account.user, former, &hash).await?;
    }
    begin(&app, account, &headers).await
}

/// Begins a session, and says whose.
async fn begin<S: Store>(app: &AppState<S>, account: Account, headers: &HeaderMap) -> Result<Response, ApiError> {
    let (cookie, user) = new_session_cookie(app, &account, headers).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(json!({ "user": person(&user, &account) }))).into_response())
}

/// Begins a session with a new secret; the browser's former one ends, so that nobody brings their own.
async fn new_session_cookie<S: Store>(
    app: &AppState<S>,
    account: &Account,
    headers: &HeaderMap,
) -> Result<(HeaderValue, User), ApiError> {
    let now = wall_now();
    let user = app.store.user(&account.user).await?.ok_or(ApiError::Unauthorized(WRONG))?;
    let (secret, session) = new_session(account.user.clone(), &mut OsRandom, now);
    let former = secret_of(headers, &app.public_url).map(secret_hash);
    app.store.forget_sessions(now - SESSION_MAX_MS, now - SESSION_IDLE_MS).await?;
    app.store.insert_session(&session, former.as_deref()).await?;
    tracing::info!(user = %account.user, "signed in");
    let cookie = set_cookie(Some(&secret), &app.public_url)
        .ok_or_else(|| ApiError::Failed("a secret that is no header's value".to_owned()))?;
    Ok((cookie, user))
}

fn signed_out<S>(app: &AppState<S>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = set_cookie(None, &app.public_url) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Ends this browser's session.
async fn sign_out<S: Store>(State(app): State<Arc<AppState<S>>>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(secret) = secret_of(&headers, &app.public_url) {
        app.store.delete_session(&secret_hash(secret)).await?;
    }
    Ok(signed_out(&app))
}

/// Ends all sessions of who is signed in, all access tokens, and the calls that go on with them.
async fn sign_out_everywhere<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = required(&app, &headers).await?;
    end_everything(&app, found.user.id).await?;
    Ok(signed_out(&app))
}

async fn end_everything<S: Store>(app: &AppState<S>, user: RawId) -> Result<(), ApiError> {
    let generation = app.store.end_sessions(&user).await?;
    tracing::info!(%user, "signed out everywhere");
    // A control task that is gone has no sessions left.
    let _stopping = app.arrivals.send(Arrival::UserChanged { user, generation }).await;
    Ok(())
}

/// Tokens for the page: one for calls, one for meetings.
async fn token<S: Store>(State(app): State<Arc<AppState<S>>>, headers: HeaderMap) -> Result<Json<Value>, ApiError> {
    // The user's generation is read together with the session: once that is ended, no token of a later one is issued.
    let found = required(&app, &headers).await?;
    let mint = |scopes: Scopes| {
        let request = TokenRequest {
            user: &found.user,
            scopes: &scopes,
            lifetime_minutes: *TOKEN_MINUTES.start(),
            issuer: &app.public_url,
            resource_id: &app.settings.resource_id,
            meeting: None,
        };
        app.keys.mint(&request, wall_now()).map_err(|error| ApiError::Failed(error.to_string()))
    };
    let calling = mint([Scope::Voip, Scope::Chat].into_iter().collect())?;
    let meetings = mint([Scope::Meetings].into_iter().collect())?;
    Ok(Json(json!({
        "user": person(&found.user, &found.account),
        "token": calling.token,
        "expiresOn": rfc3339(calling.expires_at),
        "meetingsToken": meetings.token,
    })))
}

/// Has no `Debug`: it holds secrets.
#[derive(Deserialize)]
struct LinkBody {
    secret: String,
    #[serde(default)]
    password: String,
}

const LINK_EXAMPLE: &str = r#"{"secret":"...","password":"..."}"#;

/// Whose password a link sets; it stays good.
async fn show_link<S: Store>(State(app): State<Arc<AppState<S>>>, body: Bytes) -> Result<Json<Value>, ApiError> {
    let LinkBody { secret, .. } = read(&body, LINK_EXAMPLE)?;
    let account = app.store.account_by_link(&secret_hash(&secret), wall_now()).await?;
    let account = account.filter(|account| !account.disabled).ok_or(ApiError::NotFound(LINK_OVER))?;
    Ok(Json(json!({ "email": account.email })))
}

/// Sets a password by a link, which is used up, and signs in.
async fn set_password<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    if !may_sign_in(&app.public_url) {
        return Err(ApiError::Forbidden(NOT_SAFE));
    }
    let LinkBody { secret, password } = read(&body, LINK_EXAMPLE)?;
    let hash = secret_hash(&secret);
    let account = app.store.account_by_link(&hash, wall_now()).await?;
    account.filter(|account| !account.disabled).ok_or(ApiError::NotFound(LINK_OVER))?;
    let busy = ApiError::TooMany { retry_after: Duration::from_secs(1) };
    let hashed = app.sign_ins.work(move || hash_password(&password, &mut OsRandom)).await.ok_or(busy)?;
    let hashed = hashed.map_err(|refused| match refused {
        PasswordRefused::Short | PasswordRefused::Long => ApiError::BadRequest(refused.to_string()),
        PasswordRefused::NotHashed => ApiError::Failed(refused.to_string()),
    })?;
    let user = app.store.use_password_link(&hash, wall_now(), &hashed).await?.ok_or(ApiError::NotFound(LINK_OVER))?;
    end_everything(&app, user.clone()).await?;
    let account = app.store.account(&user).await?.ok_or(ApiError::NotFound(LINK_OVER))?;
    begin(&app, account, &headers).await
}
