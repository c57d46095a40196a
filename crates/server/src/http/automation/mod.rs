//! Call automation, in the shape of ACS Call Automation REST (2023-03-06 … 2026-03-12), for apps' servers. Nothing of it is decided here:
//! commands go to the node, which answers once what they change is durable.

mod answering;
mod bodies;
mod calling;
mod connect;
mod connections;
mod handing;
mod making;
mod missing;
mod participants;
mod playing;
mod streaming;
mod tones;

use crate::app::AppState;
use crate::drive::Arrival;
use crate::http::described::Described;
use crate::http::error::ApiError;
use crate::http::signed::answer_headers;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{delete, post};
use convene_model::automation::{Act, AutomationCommand, AutomationRefused, ConnectionView};
use convene_model::limits::{CONNECTIONS_OF_CALL_MAX, CONNECTIONS_OF_RESOURCE_MAX, PLAYS_MAX};
use convene_model::{ConnectionId, ErrorCode};
use convene_store::Store;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::oneshot;

const TAG: &str = "Call Automation";

/// Where one connection is.
const CONNECTION: &str = "/calling/callConnections/{callConnectionId}";

/// The routes.
pub fn operations<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .operation(calling::__path_create, calling::create::<S>)
        .operation(connect::__path_connect, connect::connect::<S>)
        .operation(answering::__path_answer, answering::answer::<S>)
        .operation(answering::__path_redirect, answering::redirect::<S>)
        .operation(answering::__path_reject, answering::reject::<S>)
        .operation(connections::__path_one, connections::one::<S>)
        .operation(connections::__path_hang_up, connections::hang_up::<S>)
        .operation_at(connections::__path_terminate, CONNECTION, connections::act::<S>)
        .action(handing::__path_transfer)
        .action(streaming::__path_start)
        .action(streaming::__path_stop)
        .action(tones::__path_start)
        .action(tones::__path_stop)
        .action(playing::__path_play)
        .action(playing::__path_cancel_all)
        .operation(participants::__path_list, participants::list::<S>)
        .operation(participants::__path_one, participants::one::<S>)
        .operation(calling::__path_add, calling::add::<S>)
        .operation(calling::__path_cancel, calling::cancel::<S>)
        .operation(handing::__path_move_here, handing::move_here::<S>)
        .operation(participants::__path_remove, participants::remove::<S>)
        .operation(participants::__path_mute, participants::mute::<S>)
        .map(|router| {
            let missing = missing::missing::<S>;
            router
                .route("/calling/recordings", post(missing))
                .route("/calling/recordings/{recordingId}", delete(missing).get(missing).post(missing))
                .layer(middleware::from_fn(answer_headers))
        })
}

/// Hands a command to the node, and waits for the connection that it answers with.
async fn ask<S>(app: &AppState<S>, address: IpAddr, command: AutomationCommand) -> Result<ConnectionView, ApiError> {
    let view = tell(app, address, command).await?;
    view.ok_or_else(|| ApiError::from(AutomationRefused::Code(ErrorCode::ServerFailed)))
}

/// Hands a command to the node, and waits until it is done.
async fn tell<S>(
    app: &AppState<S>,
    address: IpAddr,
    command: AutomationCommand,
) -> Result<Option<ConnectionView>, ApiError> {
    let (answer, answered) = oneshot::channel();
    let arrival = Arrival::Automate { address, command, answer };
    let stopped = || ApiError::from(AutomationRefused::Code(ErrorCode::ServerStopping));
    app.arrivals.send(arrival).await.map_err(|_| stopped())?;
    Ok(answered.await.map_err(|_| stopped())??)
}

/// The same, of a connection that there is.
async fn act<S>(
    app: &AppState<S>,
    address: IpAddr,
    resource: &str,
    connection: String,
    act: Act,
) -> Result<ConnectionView, ApiError> {
    let (connection, resource) = (ConnectionId(connection), resource.to_owned());
    ask(app, address, AutomationCommand::Of { connection, resource, act }).await
}

impl From<AutomationRefused> for ApiError {
    fn from(refused: AutomationRefused) -> Self {
        let told = |status, code, message: &str| Self::Told { status, code, message: message.to_owned(), target: None };
        match refused {
            AutomationRefused::NoConnection => Self::NotFound(
                "This resource has no call connection with this id, or it is over: CallDisconnected said so.",
            ),
            AutomationRefused::NoCall => Self::NotFound(
                "There is no call with this serverCallId that this resource may know of. It may be over; connect by the group, the \
                 room or the meeting's link to begin another.",
            ),
            AutomationRefused::NoGroupId => Self::BadRequest(
                "groupCallId is no UUID. Write one such as 6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11.".to_owned(),
            ),
            AutomationRefused::NotTrusted => Self::Forbidden(
                "The organization does not trust this resource, so it learns nothing of meetings. The operator trusts it by `federated` \
                 in the configuration file.",
            ),
            AutomationRefused::ForeignLink => {
                Self::BadRequest("meetingLink belongs to another server, not to this one.".to_owned())
            }
            AutomationRefused::MustWait => told(
                StatusCode::FORBIDDEN,
                "LobbyClosed",
                "The call lets the app in only from its lobby, where a connection cannot wait. A meeting's organizer can set \
                 lobbyBypassSettings.scope to organizationAndFederated or everyone, or an organization's user has to be in it first; into \
                 another call one of its hosts has to call. Then try again.",
            ),
            AutomationRefused::NoFromCall => Self::NotFound(
                "fromCall names no connection of this resource to another call. Connect to the call that people are in, and send its \
                 callConnectionId.",
            ),
            AutomationRefused::NoTransferee => Self::BadRequest(
                "There is not exactly one participant who could be meant. Name who is handed over as `transferee`.".to_owned(),
            ),
            AutomationRefused::NoRing => Self::NotFound(
                "No call rings at a user of this resource with this incomingCallContext, or not any more: somebody answered it, it was \
                 declined or redirected, nobody answered in time, or the caller hung up.",
            ),
            AutomationRefused::HereAlready => Self::BadRequest(
                "target is in the call already, or it rings there. Redirect to somebody else, or reject the call.".to_owned(),
            ),
            AutomationRefused::NoAgent => Self::BadRequest(
                "This connection has no media: it was made without mediaStreamingOptions. Hang it up and connect again with them."
                    .to_owned(),
            ),
            AutomationRefused::StillConnecting => Self::BadRequest(
                "Nobody has answered the call yet: wait for CallConnected, and ask again.".to_owned(),
            ),
            AutomationRefused::NotInCall => Self::BadRequest(
                "Somebody whom the request names is not in the call. ParticipantsUpdated says who is.".to_owned(),
            ),
            AutomationRefused::TooManyPlays => {
                let message = format!(
                    "{PLAYS_MAX} plays of this connection play or wait already. Wait for PlayCompleted, or cancel them."
                );
                told(StatusCode::CONFLICT, "Conflict", &message)
            }
            AutomationRefused::TooManyOfCall => {
                let message = format!(
                    "The call has {CONNECTIONS_OF_CALL_MAX} connections already. Hang up one that nobody needs."
                );
                told(StatusCode::CONFLICT, "Conflict", &message)
            }
            AutomationRefused::TooManyOfResource => {
                let message = format!(
                    "The resource has {CONNECTIONS_OF_RESOURCE_MAX} connections already. Hang up those that nobody needs."
                );
                told(StatusCode::CONFLICT, "Conflict", &message)
            }
            AutomationRefused::Code(code) => Self::Refused(code.into()),
        }
    }
}
