//! The media thread's loop. No async, no locks, and nothing in it waits but the one wait at its end.

use super::counters::{MediaCounters, SharedCounters};
use super::events::EventSender;
use super::socket::{MediaSocket, RECEIVE_MAX};
use super::tcp::Connections;
use super::wake::{self, Waker};
use convene_model::PeerId;
use convene_model::audio::{Heard, Spoken};
use convene_model::media::{LostReason, MediaEvent};
use convene_sfu::{Output, Prepared, Protocol, Sfu, SfuConfig};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Commands carried out between two looks at the socket. Answering an offer takes 1 to 3 ms; more at a time would hold up
/// the packets of others.
const COMMANDS_AT_ONCE: usize = 4;
/// How soon events that did not fit into their channel are tried again.
const EVENT_RETRY: Duration = Duration::from_millis(5);

/// The media thread's ends of the channels for sound.
pub(super) struct SoundEnd {
    pub heard: mpsc::Sender<Heard>,
    pub spoken: mpsc::Receiver<Spoken>,
}

/// By what datagrams come and go.
pub(super) struct Wire {
    pub socket: MediaSocket,
    /// `None` where media goes over UDP alone.
    pub tcp: Option<Connections>,
}

/// What the media thread owns.
pub(super) struct MediaThread {
    wire: Wire,
    sfu: Sfu,
    sfu_config: SfuConfig,
    commands: mpsc::Receiver<Prepared>,
    events: EventSender,
    sound: SoundEnd,
    shared: Arc<SharedCounters>,
    counters: MediaCounters,
    /// The peers that the control plane takes for open.
    open: BTreeSet<PeerId>,
}

impl MediaThread {
    /// Everything that the loop needs.
    pub fn new(
        wire: Wire,
        sfu: Sfu,
        sfu_config: SfuConfig,
        commands: mpsc::Receiver<Prepared>,
        events: mpsc::Sender<MediaEvent>,
        sound: SoundEnd,
        shared: Arc<SharedCounters>,
    ) -> MediaThread {
        MediaThread {
            wire,
            sfu,
            sfu_config,
            commands,
            events: EventSender::new(events),
            sound,
            shared,
            counters: MediaCounters::default(),
            open: BTreeSet::new(),
        }
    }

    /// Runs until `stopping`. A panic costs the peers of this thread, not the thread.
    pub fn run(mut self, waker: &Waker, stopping: &AtomicBool) {
        while !stopping.load(Ordering::Acquire) {
            if catch_unwind(AssertUnwindSafe(|| self.run_until_stopped(waker, stopping))).is_err() {
                tracing::error!(peers = self.open.len(), "the media thread met a defect; all of its peers are lost");
                if !self.begin_anew() {
                    return;
                }
            }
        }
    }

    fn run_until_stopped(&mut self, waker: &Waker, stopping: &AtomicBool) {
        let mut looks_at_tcp = true;
        while !stopping.load(Ordering::Acquire) {
            let more_commands = self.take_commands();
            self.take_spoken();
            let more_datagrams = self.take_datagrams();
            // A call over UDP alone makes no system call for it.
            if std::mem::replace(&mut looks_at_tcp, true) {
                self.take_frames();
            }
            self.sfu.handle_timeout(Instant::now());
            let due = self.send_outputs();
            self.events.retry();
            self.counters.dropped_events = self.events.dropped();
            self.shared.write(&self.counters);
            if more_commands || more_datagrams {
                continue;
            }
            let mut timeout = due.saturating_duration_since(Instant::now());
            if self.events.is_waiting() {
                timeout = timeout.min(EVENT_RETRY);
            }
            let tcp = self.wire.tcp.as_ref();
            let tcp_due = tcp.and_then(Connections::due);
            if let Some(due) = tcp_due {
                timeout = timeout.min(due.saturating_duration_since(Instant::now()));
            }
            if !timeout.is_zero() {
                let came = wake::wait(self.wire.socket.fd(), tcp.map(Connections::fd), waker, timeout);
                looks_at_tcp = came || tcp_due.is_some_and(|due| due <= Instant::now());
            }
        }
    }

    /// Carries out waiting commands; returns whether more may be there.
    fn take_commands(&mut self) -> bool {
        for _ in 0..COMMANDS_AT_ONCE {
            let Ok(command) = self.commands.try_recv() else { return false };
            if let Some(peer) = command.opens() {
                self.open.insert(peer);
            }
            if let Some(peer) = command.closes() {
                self.open.remove(&peer);
            }
            self.sfu.handle_prepared(command, Instant::now());
        }
        true
    }

    /// Takes what agents say. A bounded number: those that come meanwhile are taken after the datagrams.
    fn take_spoken(&mut self) {
        for _ in 0..self.sound.spoken.len() {
            let Ok(spoken) = self.sound.spoken.try_recv() else { return };
            self.sfu.handle_spoken(spoken, Instant::now());
        }
    }

    /// Takes one batch of datagrams; returns whether more may be there.
    fn take_datagrams(&mut self) -> bool {
        let received = self.wire.socket.receive();
        let now = Instant::now();
        for index in 0..received {
            if let Some((source, local, bytes)) = self.wire.socket.datagram(index) {
                self.sfu.handle_datagram(now, source, local, bytes);
            }
        }
        self.counters.received += received as u64;
        received == RECEIVE_MAX
    }

    /// Takes what came over TCP, and connections that are new or over.
    fn take_frames(&mut self) {
        if let Some(tcp) = &mut self.wire.tcp {
            tcp.take(Instant::now(), &mut self.sfu, &mut self.counters);
        }
    }

    /// Sends and reports what the SFU has ready; returns when it wants to be called again.
    fn send_outputs(&mut self) -> Instant {
        let Wire { socket, tcp } = &mut self.wire;
        loop {
            match self.sfu.poll_output() {
                Output::Transmit(datagram) if datagram.protocol == Protocol::Udp => {
                    socket.queue(datagram, &mut self.counters);
                }
                Output::Transmit(frame) => {
                    if let Some(tcp) = tcp {
                        tcp.queue(&frame, &mut self.counters);
                    }
                }
                Output::Event(event) => {
                    if let MediaEvent::Lost { peer, .. } | MediaEvent::OfferRefused { peer, .. } = &event
                        && !self.sfu.has_peer(*peer)
                    {
                        self.open.remove(peer);
                    }
                    self.events.send(event);
                }
                Output::Heard(heard) => {
                    self.counters.dropped_heard += u64::from(self.sound.heard.try_send(heard).is_err());
                }
                Output::Timeout(due) => {
                    socket.flush(&mut self.counters);
                    if let Some(tcp) = tcp {
                        tcp.flush();
                    }
                    return due;
                }
            }
        }
    }

    /// After a defect: a new SFU, and everybody is told. Returns `false` if not even that works.
    fn begin_anew(&mut self) -> bool {
        for peer in std::mem::take(&mut self.open) {
            self.events.send(MediaEvent::Lost { peer, reason: LostReason::Defect });
        }
        match Sfu::new(self.sfu_config.clone(), Instant::now()) {
            Ok(sfu) => {
                self.sfu = sfu;
                true
            }
            Err(error) => {
                tracing::error!(error, "the media thread cannot begin anew; there is no media until a restart");
                false
            }
        }
    }
}
