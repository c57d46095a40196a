//! The sound of agents: between the media plane's Opus packets and the WebSockets of apps.
//!
//! Coding has a thread of its own, which does nothing else and waits for nobody. WebSockets are tasks. They meet through bounded channels:
//! an app that reads too slowly loses frames, never memory, and holds up nobody.

mod coder;
mod frames;
mod socket;

use crate::outbound::{HttpClient, Reach};
use crate::playing::Playing;
use coder::Coder;
pub(crate) use coder::Command;
use convene_media::{HeardReceiver, Voice};
use convene_model::audio::{StreamOrder, StreamReport};
use convene_model::{CallId, ConnectionId, PeerId};
use convene_node::Input;
use std::collections::BTreeMap;
use std::io;
use tokio::sync::mpsc;

/// Commands that wait for the coding thread. It is behind by as much; fewer make apps' tasks wait while it codes.
const COMMANDS_MAX: usize = 1_024;

/// Where sound goes.
pub struct Streaming {
    outbound: HttpClient,
    reach: Reach,
    coder: mpsc::Sender<Command>,
    /// What becomes of streams.
    reports: mpsc::UnboundedSender<Input>,
    /// The agents that stream or did, and what ends their stream when it is dropped.
    agents: BTreeMap<ConnectionId, (PeerId, Option<mpsc::Sender<()>>)>,
    count: u64,
    playing: Playing,
}

impl Streaming {
    /// Starts the coding thread. What becomes of streams goes to `reports`.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(
        outbound: HttpClient,
        reach: Reach,
        (heard, voice): (HeardReceiver, Voice),
        reports: mpsc::UnboundedSender<Input>,
    ) -> io::Result<Self> {
        let (coder, commands) = mpsc::channel(COMMANDS_MAX);
        Coder::start(commands, heard, voice)?;
        let playing = Playing::new(outbound.clone(), reach, coder.clone(), reports.clone());
        Ok(Self { outbound, reach, coder, reports, agents: BTreeMap::new(), count: 0, playing })
    }

    /// Carries out what a call wants of a connection's stream.
    pub async fn order(&mut self, connection: ConnectionId, call: CallId, peer: PeerId, order: StreamOrder) {
        match order {
            StreamOrder::Tone { user, tone } => self.tell(Command::Tone { peer, user, tone }).await,
            StreamOrder::Play { number, files, to } => self.playing.play(connection, peer, number, files, to),
            StreamOrder::PlayTo { number, to } => self.playing.play_to(peer, number, to).await,
            StreamOrder::StopPlaying { number } => self.playing.stop(&connection, number).await,
            StreamOrder::People(people) => self.tell(Command::People { peer, people }).await,
            StreamOrder::Stop => {
                self.agents.insert(connection, (peer, None));
            }
            StreamOrder::Start(options) => {
                self.count += 1;
                let (stop, stopped) = mpsc::channel(1);
                let stream = socket::Stream {
                    number: self.count,
                    connection: connection.clone(),
                    call,
                    peer,
                    options,
                    reach: self.reach,
                    outbound: self.outbound.clone(),
                    coder: self.coder.clone(),
                };
                let reports = self.reports.clone();
                tokio::spawn(async move {
                    let connection = stream.connection.clone();
                    let report = |report| {
                        // Nobody is there to be told only when the server stops.
                        let _stopping = reports.send(Input::Streamed { connection: connection.clone(), report });
                    };
                    let ended = stream.run(stopped, || report(StreamReport::Started)).await;
                    report(ended);
                });
                self.agents.insert(connection, (peer, Some(stop)));
            }
        }
    }

    /// A connection is over: its stream, too.
    pub async fn over(&mut self, connection: &ConnectionId) {
        self.playing.over(connection).await;
        if let Some((peer, _stop)) = self.agents.remove(connection) {
            self.tell(Command::Forget { peer }).await;
        }
    }

    async fn tell(&self, command: Command) {
        if self.coder.send(command).await.is_err() {
            tracing::error!("the coding thread has ended; agents are silent until a restart");
        }
    }
}
