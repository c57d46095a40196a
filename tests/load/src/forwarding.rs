//! The server's media plane under load: one publisher, N subscribers, in one call, over real loopback sockets.

use crate::client::{Client, Shape};
use crate::frames::{FRAMES_PER_SECOND, PACKETS_PER_FRAME};
use crate::receivers::{Counts, Receiver, Receivers};
use crate::report::Measurement;
use convene_media::{MediaConfig, MediaPlane};
use convene_model::media::{MaySend, MediaCommand, MediaEvent, Source, Wish};
use convene_model::{CallId, PeerId};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// How long a frame may take to arrive everywhere before the run counts as failed.
const FRAME_MAX: Duration = Duration::from_secs(1);
/// How long connecting everybody may take.
const CONNECT_MAX: Duration = Duration::from_secs(30);
const PUBLISHER: PeerId = PeerId(1);

/// How fast frames follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The next frame as soon as the last one has arrived everywhere.
    Closed,
    /// 30 frames per second of real time.
    RealTime,
}

/// Where the media plane listens, and the address that clients are told.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// The socket's address, without a port.
    pub listen: Ipv4Addr,
    /// The announced address.
    pub address: Ipv4Addr,
    /// Whether it finds out what each line carries. Frames that go out as fast as they arrive come faster than that takes.
    pub estimates_bandwidth: bool,
}

impl Server {
    /// On 127.0.0.1 alone.
    pub const LOOPBACK: Server =
        Server { listen: Ipv4Addr::LOCALHOST, address: Ipv4Addr::LOCALHOST, estimates_bandwidth: false };
}

/// A connected call with one publisher.
pub struct Call {
    plane: MediaPlane,
    events: mpsc::Receiver<MediaEvent>,
    runtime: Runtime,
    /// The publisher is the first, the subscribers follow.
    receivers: Receivers,
    next_frame: u32,
}

impl Call {
    /// Starts a media plane and connects one publisher and `subscribers`, of which `full` decrypt what they receive.
    ///
    /// # Errors
    /// If not everybody is connected in time, or a socket fails.
    pub fn connect(server: Server, subscribers: usize, full: usize, shape: Shape) -> io::Result<Call> {
        let (sender, events) = mpsc::channel(subscribers * 4 + 16);
        let listen = SocketAddr::from((server.listen, 0));
        let (public_addresses, estimates_bandwidth) = (vec![IpAddr::V4(server.address)], server.estimates_bandwidth);
        let config = MediaConfig { listen, public_addresses, tcp: None, estimates_bandwidth };
        let plane = MediaPlane::start(config, sender)?;
        let announced = SocketAddr::from((server.address, plane.local_addr().port()));
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let mut call = Call { plane, events, runtime, receivers: Receivers::new(vec![])?, next_frame: 0 };
        for index in 0..=subscribers {
            let peer = PeerId(PUBLISHER.0 + index as u64);
            let (client, offer) = Client::new(announced, shape, Instant::now())?;
            call.open(peer, &client, offer);
            let is_full = index > 0 && index <= full;
            let mut receiver = Receiver { client, is_full, counts: Counts::default() };
            receiver.client.answer(&call.next_answer(peer)?)?;
            call.receivers.push(receiver)?;
            // A crowd takes longer to open than a peer may take to connect.
            call.receivers.poll(Duration::ZERO)?;
        }
        call.wait_until_connected()?;
        for index in 1..=subscribers {
            let wishes = vec![Wish { publisher: PUBLISHER, source: Source::Camera }];
            call.command(MediaCommand::Subscribe { peer: PeerId(PUBLISHER.0 + index as u64), wishes });
        }
        call.wait_for_slots(subscribers)?;
        Ok(call)
    }

    /// Sends `frames` and waits for each to arrive everywhere; what that cost the media thread.
    ///
    /// # Errors
    /// If a socket fails.
    pub fn run(&mut self, frames: u32, pace: Pace) -> io::Result<Measurement> {
        let subscribers = self.receivers.all.len() as u64 - 1;
        let expected = u64::from(frames) * PACKETS_PER_FRAME as u64 * subscribers;
        let before = self.totals();
        let cpu = self.cpu_time()?;
        let started = Instant::now();
        let mut late = 0;
        for frame in 0..frames {
            if pace == Pace::RealTime {
                let at = started + Duration::from_secs(1) * frame / FRAMES_PER_SECOND;
                while let Some(left) = at.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                    self.receivers.poll(left)?;
                }
                late += u32::from(at.elapsed() > Duration::from_secs(1) / FRAMES_PER_SECOND);
            }
            self.receivers.all[0].client.send_frame(self.next_frame, Instant::now())?;
            self.next_frame += 1;
            if pace == Pace::Closed {
                let wanted = before.packets + u64::from(frame + 1) * PACKETS_PER_FRAME as u64 * subscribers;
                self.wait_for(wanted)?;
            }
        }
        self.wait_for(before.packets + expected)?;
        let wall = started.elapsed();
        let cpu = self.cpu_time()? - cpu;
        let after = self.totals();
        let received = after.packets - before.packets;
        let mut problems = vec![];
        if received != expected || after.out_of_order != before.out_of_order {
            let odd = after.out_of_order - before.out_of_order;
            problems.push(format!("{received} of {expected} packets arrived, {odd} out of order"));
        }
        if after.decrypted - before.decrypted != expected / subscribers * after.full {
            problems.push("a decrypting client did not get every packet whole".to_string());
        }
        if late > frames / 20 {
            problems.push(format!("the generator was late with {late} of {frames} frames"));
        }
        let bytes = (after.bytes - before.bytes).checked_div(received).unwrap_or(0);
        Ok(Measurement { packets: received, cpu, wall, bytes, problems })
    }

    /// The share of sent datagrams that went out as segments of larger sends, and datagrams for each send call.
    pub fn batching(&self) -> (f64, f64) {
        let counters = self.plane.counters();
        let sent = counters.sent.max(1) as f64;
        (counters.sent_in_segments as f64 / sent, sent / counters.send_calls.max(1) as f64)
    }

    fn open(&mut self, peer: PeerId, client: &Client, offer: String) {
        let may_send = MaySend { microphone: true, camera: true, screen: true };
        let (call, tracks) = (CallId("load".into()), client.tracks());
        self.command(MediaCommand::Open { peer, call, negotiation: 0, offer, tracks, may_send });
    }

    fn command(&mut self, command: MediaCommand) {
        self.runtime.block_on(self.plane.send(command));
    }

    fn next_answer(&mut self, peer: PeerId) -> io::Result<String> {
        loop {
            match self.events.blocking_recv() {
                Some(MediaEvent::Answered { peer: of, answer, .. }) if of == peer => return Ok(answer),
                Some(MediaEvent::OfferRefused { reason, .. }) => return Err(io::Error::other(reason)),
                Some(_) => {}
                None => return Err(io::Error::other("the media plane ended")),
            }
        }
    }

    fn wait_until_connected(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + CONNECT_MAX;
        while self.receivers.all.iter().any(|receiver| !receiver.client.is_connected) {
            self.receivers.poll(Duration::from_millis(5))?;
            if Instant::now() > deadline {
                return Err(io::Error::other("not every client was connected in time"));
            }
        }
        Ok(())
    }

    fn wait_for_slots(&mut self, mut left: usize) -> io::Result<()> {
        while left > 0 {
            match self.events.blocking_recv() {
                Some(MediaEvent::SlotsChanged { .. }) => left -= 1,
                Some(_) => {}
                None => return Err(io::Error::other("the media plane ended")),
            }
        }
        Ok(())
    }

    fn wait_for(&mut self, packets: u64) -> io::Result<()> {
        let deadline = Instant::now() + FRAME_MAX;
        while self.receivers.packets() < packets && Instant::now() < deadline {
            self.receivers.poll(Duration::from_millis(5))?;
        }
        Ok(())
    }

    fn cpu_time(&self) -> io::Result<Duration> {
        self.plane.cpu_time().ok_or_else(|| io::Error::other("the media thread's CPU time cannot be read"))
    }

    fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for receiver in &self.receivers.all {
            totals.packets += receiver.counts.packets;
            totals.bytes += receiver.counts.bytes;
            totals.out_of_order += receiver.counts.out_of_order;
            totals.decrypted += receiver.client.decrypted;
            totals.full += u64::from(receiver.is_full);
        }
        totals
    }
}

#[derive(Default)]
struct Totals {
    packets: u64,
    bytes: u64,
    out_of_order: u64,
    decrypted: u64,
    full: u64,
}
