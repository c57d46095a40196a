//! `/sign-in/start` and `/sign-in/callback`: the way to the organization's provider and back (OpenID Connect Core §3.1, with PKCE).
//! What cannot go on is told on the sign-in page, as a person reads it.

use super::cookie::{attempt_of, may_sign_in, set_attempt};
use super::{NOT_SAFE, new_session_cookie};
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::hosts::own_hosts;
use crate::http::assets;
use crate::http::error::ApiError;
use crate::oidc::{NotKnown, Provider, ProviderError, person_of};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use convene_identity::oidc::{NotAdmitted, SignInAttempt};
use convene_store::Store;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;

/// The redirect URI, under the public URL.
const CALLBACK: &str = "/sign-in/callback";
const NO_PROVIDER: &str = "This server signs nobody in by a provider. Sign in with your address and password, or ask whoever runs \
                           the server to configure one.";
const NOT_BEGUN: &str = "This sign-in was not begun in this browser, was begun anew in another tab, or took longer than ten minutes. \
                         Sign in again.";
const TOO_MANY: &str = "Too many people tried to sign in from your address. Try again in a few minutes.";

/// What the sign-in page tells.
struct Problem {
    status: StatusCode,
    text: String,
}

impl Problem {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    fn of_provider(error: &ProviderError, label: &str) -> Self {
        tracing::warn!(%error, "a sign-in by the provider failed");
        match error {
            ProviderError::Down(_) => Self::new(
                StatusCode::BAD_GATEWAY,
                format!(
                    "{label} cannot be reached or does not answer as it should, so nobody can sign in by it now. Try again in a moment; \
                     if it stays so, tell whoever runs this server: its log says why."
                ),
            ),
            ProviderError::Refused(code) => Self::new(
                StatusCode::FORBIDDEN,
                format!(
                    "{label} refused to finish this sign-in ({code}): it may have been used already, or taken too long. Sign in again; if it \
                     stays so, tell whoever runs this server."
                ),
            ),
            ProviderError::Token(why) => Self::new(
                StatusCode::FORBIDDEN,
                format!(
                    "What {label} sent cannot be trusted, so nobody was signed in: {why}. Sign in again; if it stays so, tell whoever \
                     runs this server."
                ),
            ),
        }
    }

    fn failed(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "a sign-in failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The server could not sign you in. Try again.")
    }
}

impl From<NotKnown> for Problem {
    fn from(error: NotKnown) -> Self {
        match error {
            NotKnown::NotAdmitted(_) | NotKnown::Shut => Self::new(StatusCode::FORBIDDEN, error.to_string()),
            NotKnown::Store(error) => Self::failed(error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        assets::sign_in_problem(self.status, &self.text)
    }
}

fn provider_of<S>(app: &AppState<S>) -> Result<&Provider, Problem> {
    let provider = app.oidc.as_ref().ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, NO_PROVIDER))?;
    if may_sign_in(&app.public_url) { Ok(provider) } else { Err(Problem::new(StatusCode::FORBIDDEN, NOT_SAFE)) }
}

#[derive(Deserialize)]
pub(super) struct Start {
    #[serde(rename = "return")]
    return_to: Option<String>,
}

/// Sends the browser to the provider.
pub(super) async fn start<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Query(start): Query<Start>,
) -> Response {
    begin(&app, peer, &headers, start).await.unwrap_or_else(Problem::into_response)
}

async fn begin<S: Store>(
    app: &AppState<S>,
    peer: SocketAddr,
    headers: &HeaderMap,
    start: Start,
) -> Result<Response, Problem> {
    let provider = provider_of(app)?;
    count(app, peer)?;
    let return_to = start.return_to.unwrap_or_default();
    if let Some(elsewhere) = other_spelling(app, headers) {
        let query: String = form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
        return Ok(Redirect::to(&format!("{elsewhere}/sign-in/start?return={query}")).into_response());
    }
    let attempt = SignInAttempt::new(&return_to, &mut OsRandom, wall_now());
    let url = provider.authorization_url(&attempt, &redirect_uri(app)).await;
    let url = url.map_err(|error| Problem::of_provider(&error, &provider.config.label))?;
    let cookie =
        set_attempt(Some(&attempt.to_cookie()), &app.public_url).ok_or_else(|| Problem::failed("no cookie"))?;
    let location = HeaderValue::from_str(&url).map_err(Problem::failed)?;
    let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, location)];
    let private = (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok((StatusCode::SEE_OTHER, AppendHeaders(headers), [private]).into_response())
}

fn count<S>(app: &AppState<S>, peer: SocketAddr) -> Result<(), Problem> {
    let waits = app.sign_ins.count_address(peer.ip(), app.clock.now().mono).is_some();
    if waits { Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, TOO_MANY)) } else { Ok(()) }
}

fn redirect_uri<S>(app: &AppState<S>) -> String {
    format!("{}{CALLBACK}", app.public_url)
}

/// The public URL, if the browser is on this machine by another name than the provider will send it back to: cookies are kept by
/// name.
fn other_spelling<'a, S>(app: &'a AppState<S>, headers: &HeaderMap) -> Option<&'a str> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok())?;
    let hosts = own_hosts(&app.public_url);
    (hosts.len() > 1 && hosts.contains(host) && !app.public_url.ends_with(&format!("://{host}")))
        .then_some(app.public_url.as_str())
}

/// What the provider sends back (RFC 6749 §4.1.2, RFC 9207). Has no `Debug`: the code is a secret.
#[derive(Deserialize)]
pub(super) struct Callback {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Takes the browser back from the provider, and signs it in.
pub(super) async fn callback<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Query(callback): Query<Callback>,
) -> Response {
    let (provider, attempt) = match attempt(&app, peer, &headers, &callback) {
        Ok(found) => found,
        Err(problem) => return problem.into_response(),
    };
    let mut response =
        finish(&app, provider, &attempt, callback, &headers).await.unwrap_or_else(Problem::into_response);
    // An attempt is used once.
    if let Some(over) = set_attempt(None, &app.public_url) {
        response.headers_mut().append(header::SET_COOKIE, over);
    }
    response
}

/// The attempt that the answer belongs to.
fn attempt<'a, S>(
    app: &'a AppState<S>,
    peer: SocketAddr,
    headers: &HeaderMap,
    callback: &Callback,
) -> Result<(&'a Provider, SignInAttempt), Problem> {
    let provider = provider_of(app)?;
    count(app, peer)?;
    let attempt = attempt_of(headers, &app.public_url).and_then(|value| SignInAttempt::from_cookie(value, wall_now()));
    let belongs = |attempt: &SignInAttempt| callback.state.as_deref().is_some_and(|state| attempt.is_state(state));
    let attempt = attempt.filter(belongs).ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, NOT_BEGUN))?;
    Ok((provider, attempt))
}

async fn finish<S: Store>(
    app: &AppState<S>,
    provider: &Provider,
    attempt: &SignInAttempt,
    callback: Callback,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let label = &provider.config.label;
    if callback.iss.is_some_and(|issuer| issuer != provider.config.issuer) {
        let text =
            format!("The answer came from another provider than {label}, so nobody was signed in. Sign in again.");
        return Err(Problem::new(StatusCode::BAD_REQUEST, text));
    }
    let Some(code) = callback.code.filter(|_| callback.error.is_none()) else {
        let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        let why: String = callback.error.unwrap_or_default().chars().filter(plain).take(60).collect();
        let why = if why.is_empty() { "without a reason".to_owned() } else { why };
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("{label} did not sign you in: {why}. Sign in again.")));
    };
    let of_provider = |error: ProviderError| Problem::of_provider(&error, label);
    let tokens = provider.exchange(&code, attempt, &redirect_uri(app)).await.map_err(of_provider)?;
    let claims = provider.who(&tokens, attempt, wall_now()).await.map_err(of_provider)?;
    let account = person_of(app, provider, &claims, true).await.inspect_err(|error| {
        tracing::info!(refused = error.kind(), "a sign-in by the provider was refused");
    })?;
    if !account.role.may_sign_in() {
        return Err(NotKnown::NotAdmitted(NotAdmitted::NoRole).into());
    }
    let (cookie, _) = new_session_cookie(app, &account, headers).await.map_err(|error| match error {
        ApiError::Failed(why) => Problem::failed(why),
        _ => Problem::failed("the account's user is gone"),
    })?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&attempt.return_to)).into_response())
}
