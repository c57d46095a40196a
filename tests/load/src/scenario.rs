//! Calls of many people in real time, by name: everything that should arrive is looked for, and how long it took through the server.

use crate::client::{Client, Shape};
use crate::syscalls::{Poller, ReceiveBatch, note_arrivals, thread_cpu_time};
use convene_media::{MediaConfig, MediaPlane};
use convene_model::media::{MaySend, MediaCommand, MediaEvent, Source, Wish};
use convene_model::{CallId, PeerId};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// How long connecting everybody may take.
const CONNECT_MAX: Duration = Duration::from_secs(60);
/// How long is sent before anything is counted.
const WARM_UP: Duration = Duration::from_secs(2);
/// How long the last packets may take.
const LAST: Duration = Duration::from_millis(500);
/// Frames of which the times of sending are remembered.
const REMEMBERED: usize = 1024;

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Frames of so many packets of so many bytes of payload, 30 a second.
    Camera {
        /// Of a frame.
        packets: usize,
        /// Of a packet.
        bytes: usize,
    },
    /// 50 packets of 80 bytes a second.
    Voice,
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// How many send, and receive from all other senders.
    pub senders: usize,
    /// How many receive alone.
    pub listeners: usize,
    /// What each sends.
    pub sent: Sent,
    /// Whether people show somebody else each second.
    pub churns: bool,
}

/// All scenarios. A camera of one packet of 1020 bytes a frame has 250 kbit/s with its headers.
pub const SCENARIOS: [Scenario; 6] = [
    Scenario::new("stage-100", 1, 100, Sent::Camera { packets: 6, bytes: 1100 }),
    Scenario::new("stage-500", 1, 500, Sent::Camera { packets: 2, bytes: 1000 }),
    Scenario::new("meeting-25", 25, 0, Sent::Camera { packets: 1, bytes: 1000 }),
    Scenario::new("meeting-50", 50, 0, Sent::Camera { packets: 1, bytes: 1000 }),
    Scenario { churns: true, ..Scenario::new("gallery-25", 25, 0, Sent::Camera { packets: 1, bytes: 1000 }) },
    Scenario::new("voices-500", 10, 500, Sent::Voice),
];

impl Scenario {
    const fn new(name: &'static str, senders: usize, listeners: usize, sent: Sent) -> Scenario {
        Scenario { name, senders, listeners, sent, churns: false }
    }

    fn interval(&self) -> Duration {
        match self.sent {
            Sent::Camera { .. } => Duration::from_secs(1) / 30,
            Sent::Voice => Duration::from_millis(20),
        }
    }

    fn packets(&self) -> u64 {
        match self.sent {
            Sent::Camera { packets, .. } => packets as u64,
            Sent::Voice => 1,
        }
    }

    /// RTP time from frame to frame, with room for the senders' own remainders.
    fn ticks(&self) -> u32 {
        match self.sent {
            Sent::Camera { .. } => 3_008,
            Sent::Voice => 960,
        }
    }

    /// Streams that somebody receives.
    fn streams(&self, sends: bool) -> usize {
        let others = self.senders - usize::from(sends);
        match self.sent {
            Sent::Camera { .. } if self.churns => others.min(9),
            Sent::Camera { .. } => others,
            Sent::Voice => others.min(Shape::PAGE.audio_slots),
        }
    }
}

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Packets that came, and those that should have.
    pub packets: (u64, u64),
    /// Packets whose sequence number was not the next one in their stream.
    pub out_of_order: u64,
    /// How long packets took through the server, sorted, in microseconds: from before they were sent until the kernel had them for the
    /// receiver. None where people change whom they show: RTP time says no more then who sent what.
    pub delays: Vec<u32>,
    /// The share of a core that the media thread and the generator took.
    pub cores: (f64, f64),
    /// How long everybody sent.
    pub wall: Duration,
    /// Frames that the generator sent late, and all.
    pub late: (u64, u64),
}

impl Outcome {
    /// The delay that so large a part of all packets was below.
    pub fn delay(&self, part: f64) -> Option<Duration> {
        let last = self.delays.len().checked_sub(1)?;
        let index = (self.delays.len() as f64 * part).ceil() as usize;
        Some(Duration::from_micros(self.delays[index.saturating_sub(1).min(last)].into()))
    }

    /// Why it doesn't hold, if it doesn't.
    pub fn problem(&self) -> Option<String> {
        let ((came, expected), (late, frames)) = (self.packets, self.late);
        if self.cores.1 > 0.9 || late * 20 > frames {
            return Some(format!("the generator was at its limit: {late} of {frames} frames late"));
        }
        if came != expected {
            return Some(format!("{came} of {expected} packets came"));
        }
        (self.out_of_order > 0).then(|| format!("{} packets out of order", self.out_of_order))
    }
}

/// Somebody in the call.
struct Person {
    client: Client,
    /// The newest sequence number of each stream, by SSRC.
    streams: Vec<(u32, u16)>,
}

/// What somebody has sent.
#[derive(Clone)]
struct Sender {
    frame: usize,
    /// When the last frames were sent, since 1970, by their numbers.
    sent_at: Vec<Duration>,
}

struct Run {
    scenario: Scenario,
    plane: MediaPlane,
    events: mpsc::Receiver<MediaEvent>,
    runtime: Runtime,
    people: Vec<Person>,
    poller: Poller,
    batch: ReceiveBatch,
    due: Instant,
    senders: Vec<Sender>,
    came: u64,
    out_of_order: u64,
    delays: Vec<u32>,
}

/// Runs a scenario for so many seconds.
///
/// # Errors
/// If not everybody is connected in time, or a socket fails.
pub fn run(scenario: Scenario, seconds: u32) -> io::Result<Outcome> {
    let mut run = Run::connect(scenario)?;
    run.talk(WARM_UP)?;
    (run.came, run.out_of_order) = (0, 0);
    run.delays.clear();
    let (server, own, started) = (run.cpu_time()?, thread_cpu_time(), Instant::now());
    let (frames, late) = run.talk(Duration::from_secs(seconds.into()))?;
    let wall = started.elapsed();
    let part = |cpu: Duration| cpu.as_secs_f64() / wall.saturating_sub(LAST).as_secs_f64();
    let cores = (part(run.cpu_time()?.saturating_sub(server)), part(thread_cpu_time().saturating_sub(own)));
    run.delays.sort_unstable();
    let receivers = (scenario.senders * scenario.streams(true) + scenario.listeners * scenario.streams(false)) as u64;
    // Each stream has as many frames as each sender has sent.
    let expected = frames * scenario.packets() * receivers;
    // Whoever is shown anew is seen from the next keyframe on, so how much comes is not known; what is missing in between is out of order.
    let expected = if scenario.churns { run.came } else { expected };
    let Run { came, out_of_order, delays, .. } = run;
    let late = (late, frames * scenario.senders as u64);
    let wall = wall.saturating_sub(LAST);
    Ok(Outcome { packets: (came, expected), out_of_order, delays, cores, wall, late })
}

impl Run {
    fn connect(scenario: Scenario) -> io::Result<Run> {
        let all = scenario.senders + scenario.listeners;
        let (sender, events) = mpsc::channel(all * 64 + 16);
        let public_addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        // People who only count packets tell nothing of them, so there is nothing to estimate a line by.
        let plane =
            MediaPlane::start(MediaConfig { listen, public_addresses, tcp: None, estimates_bandwidth: false }, sender)?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let mut run = Run {
            scenario,
            plane,
            events,
            runtime,
            people: vec![],
            poller: Poller::new()?,
            batch: ReceiveBatch::default(),
            due: Instant::now(),
            senders: vec![Sender { frame: 0, sent_at: vec![Duration::ZERO; REMEMBERED] }; scenario.senders],
            came: 0,
            out_of_order: 0,
            delays: vec![],
        };
        for index in 0..all {
            run.join(index)?;
        }
        let deadline = Instant::now() + CONNECT_MAX;
        while run.people.iter().any(|person| !person.client.is_connected) {
            run.poll(Duration::from_millis(5))?;
            if Instant::now() > deadline {
                return Err(io::Error::other("not everybody was connected in time"));
            }
        }
        for index in 0..all {
            run.show(index, 0);
        }
        Ok(run)
    }

    fn join(&mut self, index: usize) -> io::Result<()> {
        let sends = index < self.scenario.senders;
        let shape = Shape { video_slots: self.scenario.senders.max(1), ..Shape::PAGE };
        let (mut client, offer) = Client::new(self.plane.local_addr(), shape, Instant::now())?;
        let (peer, call, tracks) = (peer(index), CallId("load".into()), client.tracks());
        let may_send = MaySend { microphone: sends, camera: sends, screen: false };
        self.command(MediaCommand::Open { peer, call, negotiation: 0, offer, tracks, may_send });
        let answer = loop {
            match self.events.blocking_recv() {
                Some(MediaEvent::Answered { peer: of, answer, .. }) if of == peer => break answer,
                Some(MediaEvent::OfferRefused { reason, .. }) => return Err(io::Error::other(reason)),
                Some(_) => {}
                None => return Err(io::Error::other("the media plane ended")),
            }
        };
        client.answer(&answer)?;
        note_arrivals(client.fd())?;
        self.poller.add(client.fd(), index)?;
        self.people.push(Person { client, streams: vec![] });
        // A crowd takes longer to open than a peer may take to connect.
        self.poll(Duration::ZERO)
    }

    /// Somebody shows others, beginning with the `from`-th.
    fn show(&mut self, index: usize, from: usize) {
        let count = self.scenario.senders;
        let others = (0..count).map(|other| (other + from) % count).filter(|other| *other != index);
        let shown = others.take(self.scenario.streams(index < count));
        let wishes = shown.map(|other| Wish { publisher: peer(other), source: Source::Camera }).collect();
        if self.scenario.sent != Sent::Voice {
            self.command(MediaCommand::Subscribe { peer: peer(index), wishes });
        }
    }

    /// Lets everybody send for so long. Returns the frames of each sender, and how many in all were late.
    fn talk(&mut self, length: Duration) -> io::Result<(u64, u64)> {
        let (interval, senders) = (self.scenario.interval(), self.scenario.senders as u32);
        let frames = (length.as_nanos() / interval.as_nanos()) as u32;
        let (started, mut late) = (Instant::now(), 0);
        for frame in 0..frames {
            if self.scenario.churns && frame % 30 == 29 {
                (0..self.people.len()).for_each(|index| self.show(index, frame as usize / 30));
            }
            for sender in 0..senders {
                // Senders take turns within a frame's time, as they do who know nothing of each other.
                let at = started + interval * frame + interval * sender / senders;
                while let Some(left) = at.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                    self.poll(left.min(Duration::from_millis(2)))?;
                }
                late += u64::from(at.elapsed() > interval);
                self.send(sender as usize)?;
            }
        }
        let end = Instant::now() + LAST;
        while Instant::now() < end {
            self.poll(Duration::from_millis(5))?;
        }
        // What was lost on the way is not waited for any longer, and what answers to events is of no use.
        while self.events.try_recv().is_ok() {}
        Ok((frames.into(), late))
    }

    fn send(&mut self, sender: usize) -> io::Result<()> {
        let person = &mut self.people[sender];
        let now = Instant::now();
        let Sender { frame, sent_at } = &mut self.senders[sender];
        *frame += 1;
        sent_at[*frame % REMEMBERED] = since_1970();
        // The remainder tells who sent it.
        let (frame, timestamp) = (*frame as u32, *frame as u32 * self.scenario.ticks() + sender as u32);
        match self.scenario.sent {
            Sent::Camera { packets, bytes } => {
                let is_key = person.client.take_keyframe_wanted();
                let payloads = (0..packets).map(|packet| picture(frame, packet, is_key, bytes)).collect();
                person.client.send_packets(timestamp, payloads, now)
            }
            Sent::Voice => person.client.send_voice(timestamp, vec![0x5a; 80], now),
        }
    }

    fn poll(&mut self, timeout: Duration) -> io::Result<()> {
        for token in self.poller.wait(timeout) {
            self.read(token)?;
        }
        Client::drive_due(self.people.iter_mut().map(|person| &mut person.client), &mut self.due)
    }

    fn read(&mut self, token: usize) -> io::Result<()> {
        let Run { people, batch, scenario, senders, came, out_of_order, delays, .. } = self;
        let Person { client, streams, .. } = &mut people[token];
        let payload_type = match scenario.sent {
            Sent::Camera { .. } => client.video_payload_type(),
            Sent::Voice => client.voice_payload_type(),
        };
        let now = Instant::now();
        for (datagram, arrived) in batch.receive(client.fd()) {
            let Some(header) = Header::of(datagram).filter(|header| Some(header.payload_type) == payload_type) else {
                client.handle(datagram, now)?;
                client.drive(now)?;
                continue;
            };
            *came += 1;
            match streams.iter_mut().find(|(ssrc, _)| *ssrc == header.ssrc) {
                Some((_, last)) => {
                    *out_of_order += u64::from(last.wrapping_add(1) != header.sequence);
                    *last = header.sequence;
                }
                None => streams.push((header.ssrc, header.sequence)),
            }
            let sender = (header.timestamp % scenario.ticks()) as usize;
            let frame = (header.timestamp / scenario.ticks()) as usize;
            let sent = senders.get(sender).map(|sender| sender.sent_at[frame % REMEMBERED]);
            if let Some((sent, arrived)) = sent.zip(arrived).filter(|_| !scenario.churns) {
                delays.push(arrived.saturating_sub(sent).as_micros().min(u128::from(u32::MAX)) as u32);
            }
        }
        Ok(())
    }

    fn command(&mut self, command: MediaCommand) {
        self.runtime.block_on(self.plane.send(command));
    }

    fn cpu_time(&self) -> io::Result<Duration> {
        self.plane.cpu_time().ok_or_else(|| io::Error::other("the media thread's CPU time cannot be read"))
    }
}

/// What the clear header of an RTP packet says.
struct Header {
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
}

impl Header {
    fn of(datagram: &[u8]) -> Option<Header> {
        let [first, second, a, b, c, d, e, f, g, h, i, j, ..] = *datagram else { return None };
        let (sequence, timestamp) = (u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, f]));
        let ssrc = u32::from_be_bytes([g, h, i, j]);
        (first >> 6 == 2).then_some(Header { payload_type: second & 0x7f, sequence, timestamp, ssrc })
    }
}

fn peer(index: usize) -> PeerId {
    PeerId(index as u64 + 1)
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// A packet of a VP8 frame.
fn picture(frame: u32, packet: usize, is_key: bool, bytes: usize) -> Vec<u8> {
    let mut payload = crate::frames::payload(frame, packet, is_key);
    payload.truncate(bytes);
    payload
}
