//! A group call of two legs through a real server, and back.

use crate::client::ClientError;
use crate::media::Media;
use crate::session::{Session, SessionError};
use crate::timeline::{LegTimes, Phase, Timeline};
use convene_model::ParticipantId;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::time::{sleep_until, timeout};

/// How long a phase may take. Larger: a server that does not answer holds everything up. Smaller: slow machines fail.
const PHASE_MAX: Duration = Duration::from_secs(10);

/// Where the server is.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its HTTP port.
    pub http: SocketAddr,
    /// The addresses that it announces for media.
    pub announced: Vec<IpAddr>,
}

/// How far a call came, and why no further.
#[derive(Debug, thiserror::Error)]
#[error("{} ({leg} leg): {reason}", phase.name())]
pub struct CallError {
    /// The phase that failed.
    pub phase: Phase,
    /// `first` or `second`.
    pub leg: &'static str,
    /// Why, in words.
    pub reason: String,
}

/// What may go wrong in a phase.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the socket failed: {0}")]
    Io(#[from] io::Error),
    #[error("nothing happened within {} s", PHASE_MAX.as_secs())]
    Late,
}

struct Leg {
    session: Session,
    media: Media,
    id: ParticipantId,
    started_at: Instant,
    joined_at: Instant,
    answered_at: Instant,
}

/// Two legs join the group call `group_id` with these tokens, hear and see each other, and leave.
///
/// # Errors
/// [`CallError`] names the phase that failed.
pub async fn loopback_call(place: &Place, tokens: [&str; 2], group_id: &str) -> Result<Timeline, CallError> {
    let mut first = Leg::join(place, tokens[0], group_id, "first").await?;
    connect(&mut [&mut first], "first").await?;
    first.media.start_sending();
    let mut second = Leg::join(place, tokens[1], group_id, "second").await?;
    connect(&mut [&mut second, &mut first], "second").await?;
    second.media.start_sending();
    let both_at = second.media.connected_at.unwrap_or_else(Instant::now);
    let failed = |leg| move |broken| CallError::of(Phase::FirstPacket, leg, broken);
    let (id_of_first, id_of_second) = (first.id.clone(), second.id.clone());
    let wishing = async {
        second.session.subscribe_to_camera(&id_of_first).await?;
        first.session.subscribe_to_camera(&id_of_second).await
    };
    in_time(wishing).await.map_err(failed("second"))?;
    let arrived = |leg: &Leg| leg.media.heard_at.is_some() && leg.media.seen_at.is_some();
    pump(&mut [&mut second, &mut first], |legs| arrived(legs[0])).await.map_err(failed("second"))?;
    pump(&mut [&mut first, &mut second], |legs| arrived(legs[0])).await.map_err(failed("first"))?;
    let timeline =
        Timeline { server: place.http.to_string(), first: first.times(both_at), second: second.times(both_at) };
    for (leg, name) in [(second, "second"), (first, "first")] {
        in_time(leg.session.leave()).await.map_err(failed(name))?;
    }
    Ok(timeline)
}

/// Waits for ICE and DTLS of the first of these legs, while the others go on.
async fn connect(legs: &mut [&mut Leg], name: &'static str) -> Result<(), CallError> {
    let found = pump(legs, |legs| legs[0].media.path_at.is_some()).await;
    found.map_err(|broken| CallError::of(Phase::Ice, name, broken))?;
    let connected = pump(legs, |legs| legs[0].media.connected_at.is_some()).await;
    connected.map_err(|broken| CallError::of(Phase::Dtls, name, broken))
}

/// Lets legs send and receive until something holds.
async fn pump(legs: &mut [&mut Leg], holds: impl Fn(&[&mut Leg]) -> bool) -> Result<(), Broken> {
    let deadline = Instant::now() + PHASE_MAX;
    loop {
        for leg in legs.iter_mut() {
            leg.media.turn()?;
        }
        if holds(legs) {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Broken::Late);
        }
        let due = legs.iter().map(|leg| leg.media.due()).fold(deadline, Instant::min);
        match legs {
            [one] => tokio::select! {
                ready = one.media.readable() => ready?,
                () = sleep_until(due.into()) => {}
            },
            [one, other, ..] => tokio::select! {
                ready = one.media.readable() => ready?,
                ready = other.media.readable() => ready?,
                () = sleep_until(due.into()) => {}
            },
            [] => return Ok(()),
        }
    }
}

async fn in_time<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<T, Broken>
where
    Broken: From<E>,
{
    match timeout(PHASE_MAX, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Broken::Late),
    }
}

impl Leg {
    async fn join(place: &Place, token: &str, group_id: &str, name: &'static str) -> Result<Leg, CallError> {
        let started_at = Instant::now();
        let joining = async {
            let mut session = Session::open(place.http, token).await?;
            let call = session.join_group(group_id, "Convene doctor").await?;
            Ok::<_, SessionError>((session, call))
        };
        let (mut session, call) =
            in_time(joining).await.map_err(|broken| CallError::of(Phase::Signal, name, broken))?;
        let joined_at = Instant::now();
        let offering = async {
            let (mut media, offer) = Media::open(&place.announced).await?;
            let answer = session.negotiate(offer, media.tracks()).await?;
            media.answer(&answer)?;
            Ok::<_, Broken>(media)
        };
        let media = in_time(offering).await.map_err(|broken| CallError::of(Phase::Offer, name, broken))?;
        let answered_at = Instant::now();
        let publishing = in_time(session.publish_camera()).await;
        publishing.map_err(|broken| CallError::of(Phase::Offer, name, broken))?;
        Ok(Leg { session, media, id: call.participant_id, started_at, joined_at, answered_at })
    }

    /// Milliseconds of its phases; packets can come from the other since `both_at`.
    fn times(&self, both_at: Instant) -> LegTimes {
        let between = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1000.0;
        let path_at = self.media.path_at.unwrap_or(self.answered_at);
        let connected_at = self.media.connected_at.unwrap_or(path_at);
        let arrived_at = self.media.heard_at.into_iter().chain(self.media.seen_at).max().unwrap_or(both_at);
        LegTimes {
            signal_ms: between(self.started_at, self.joined_at),
            offer_ms: between(self.joined_at, self.answered_at),
            ice_ms: between(self.answered_at, path_at),
            dtls_ms: between(path_at, connected_at),
            first_packet_ms: between(both_at, arrived_at),
        }
    }
}

impl CallError {
    fn of(phase: Phase, leg: &'static str, broken: Broken) -> CallError {
        CallError { phase, leg, reason: broken.to_string() }
    }
}
