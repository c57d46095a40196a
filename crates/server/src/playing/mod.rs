//! What apps play: their files become sound that the coding thread says.
//!
//! What plays when, and to whom, is the call's to decide; here is carried out what it says. Each play is a task, which ends with it.

mod cache;
mod fetch;

use crate::outbound::{HttpClient, Reach};
use crate::streaming::Command;
use cache::Cache;
use convene_model::audio::{PlayFailed, PlayFailure, PlayFiles, PlayReport, StreamReport};
use convene_model::{ConnectionId, PeerId};
use convene_node::Input;
use fetch::Fetcher;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

/// The play of each connection.
pub struct Playing {
    fetcher: Fetcher,
    coder: mpsc::Sender<Command>,
    reports: mpsc::UnboundedSender<Input>,
    running: BTreeMap<ConnectionId, Running>,
}

struct Running {
    peer: PeerId,
    number: u64,
    task: AbortHandle,
}

/// A play that is to be.
struct Play {
    connection: ConnectionId,
    peer: PeerId,
    number: u64,
    files: PlayFiles,
    to: Option<BTreeSet<PeerId>>,
}

impl Playing {
    /// Plays nothing yet. What becomes of plays goes to `reports`.
    pub fn new(
        outbound: HttpClient,
        reach: Reach,
        coder: mpsc::Sender<Command>,
        reports: mpsc::UnboundedSender<Input>,
    ) -> Self {
        let fetcher = Fetcher { outbound, reach, cache: Arc::new(Cache::default()) };
        Self { fetcher, coder, reports, running: BTreeMap::new() }
    }

    /// Plays files, in place of what was played.
    pub fn play(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        number: u64,
        files: PlayFiles,
        to: Option<BTreeSet<PeerId>>,
    ) {
        let play = Play { connection: connection.clone(), peer, number, files, to };
        let task = tokio::spawn(run(play, self.fetcher.clone(), self.coder.clone(), self.reports.clone()));
        let running = Running { peer, number, task: task.abort_handle() };
        self.running.insert(connection, running);
    }

    /// Lets these alone hear it from now on.
    pub async fn play_to(&self, peer: PeerId, number: u64, to: BTreeSet<PeerId>) {
        self.tell(Command::PlayTo { peer, number, to: Arc::new(to) }).await;
    }

    /// Plays this no more.
    pub async fn stop(&mut self, connection: &ConnectionId, number: u64) {
        if let Some(running) = self.running.get(connection).filter(|running| running.number == number) {
            // First the task, so that what it has not handed over yet is not handed over later.
            running.task.abort();
            self.tell(Command::StopPlaying { peer: running.peer, number }).await;
        }
    }

    /// A connection is over, and what it plays.
    pub async fn over(&mut self, connection: &ConnectionId) {
        if let Some(Running { peer, number, task }) = self.running.remove(connection) {
            task.abort();
            self.tell(Command::StopPlaying { peer, number }).await;
            self.tell(Command::Forget { peer }).await;
        }
    }

    async fn tell(&self, command: Command) {
        if self.coder.send(command).await.is_err() {
            tracing::error!("the coding thread has ended; nothing is played until a restart");
        }
    }
}

async fn run(play: Play, fetcher: Fetcher, coder: mpsc::Sender<Command>, reports: mpsc::UnboundedSender<Input>) {
    let Play { connection, peer, number, files, to } = play;
    let report = |report| {
        let report = StreamReport::Play { number, report };
        // Nobody is there to be told only when the server stops.
        let _stopping = reports.send(Input::Streamed { connection: connection.clone(), report });
    };
    let sounds = match fetcher.sounds(&files).await {
        Ok(sounds) => sounds,
        Err(failed) => return report(PlayReport::Failed(failed)),
    };
    let (ended, has_ended) = oneshot::channel();
    let (looped, to) = (files.looped, to.map(Arc::new));
    let handed_over = coder.send(Command::Play { peer, number, sounds, looped, to, ended }).await.is_ok();
    if handed_over {
        report(PlayReport::Started);
    }
    let completed = has_ended.await.is_ok();
    report(if completed {
        PlayReport::Completed
    } else {
        let (kind, message) = (PlayFailure::Server, "The server could not code the file's sound.".to_owned());
        PlayReport::Failed(PlayFailed { kind, file: 0, message })
    });
}
