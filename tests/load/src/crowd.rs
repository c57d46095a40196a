//! People without a browser in a meeting of the real binary: each sends a clip from its camera, asks for everybody else's, and counts
//! the pictures that come.

use crate::client::{Client, Shape};
use crate::clip::Clip;
use crate::syscalls::{Poller, ReceiveBatch};
use convene_model::ParticipantId;
use convene_probe::{Session, SessionError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long connecting one of them may take.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Who comes, and where to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The server's HTTP port.
    http: SocketAddr,
    /// The meeting's join link.
    link: String,
    /// One for each of the people.
    tokens: Vec<String>,
    /// An IVF file.
    clip: PathBuf,
}

/// What each of them received.
#[derive(Serialize)]
pub struct Report {
    /// For how long, in seconds.
    seconds: f64,
    /// Of each person, the pictures of each video, fewest first.
    pictures: Vec<Vec<u64>>,
}

/// The people, in the meeting.
pub struct Crowd {
    people: Vec<Person>,
    poller: Poller,
    batch: ReceiveBatch,
    clip: Clip,
    /// For signaling; what the call tells is read and forgotten.
    runtime: Runtime,
}

struct Person {
    client: Client,
    /// When the next frame is sent.
    next_at: Instant,
    /// Which of the clip's it is.
    next: usize,
    /// How many were sent.
    sent: u32,
    /// Received since the last report, by the stream's SSRC.
    pictures: BTreeMap<u32, u64>,
}

impl Crowd {
    /// Brings everybody into the meeting. All others must be there already.
    ///
    /// # Errors
    /// If the clip cannot be read, or somebody does not come in.
    pub fn bring(invitation: &Invitation) -> io::Result<Crowd> {
        let clip = Clip::from_ivf(&std::fs::read(&invitation.clip)?)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut crowd = Crowd { people: vec![], poller: Poller::new()?, batch: ReceiveBatch::default(), clip, runtime };
        let mut sessions = vec![];
        let mut everybody = vec![];
        for (number, token) in invitation.tokens.iter().enumerate() {
            let (session, id, others) = crowd.join(invitation, token, &format!("Guest {}", number + 1))?;
            sessions.push((session, id));
            everybody = others;
        }
        everybody.extend(sessions.last().map(|(_, id)| id.clone()));
        for (mut session, id) in sessions {
            let others: Vec<ParticipantId> = everybody.iter().filter(|other| **other != id).cloned().collect();
            crowd.runtime.block_on(session.subscribe_to_cameras(&others)).map_err(io::Error::other)?;
            crowd.runtime.spawn(session.stay());
        }
        Ok(crowd)
    }

    fn join(
        &mut self,
        invitation: &Invitation,
        token: &str,
        name: &str,
    ) -> io::Result<(Session, ParticipantId, Vec<ParticipantId>)> {
        let (mut client, offer) = Client::unconnected(Shape::PAGE, Instant::now())?;
        let tracks = client.tracks();
        let joining = async {
            let mut session = Session::open(invitation.http, token).await?;
            let call = session.join_meeting(&invitation.link, name).await?;
            let answer = session.negotiate(offer, tracks).await?;
            session.publish_camera().await?;
            Ok::<_, SessionError>((session, call, answer))
        };
        let (session, call, answer) = self.runtime.block_on(joining).map_err(io::Error::other)?;
        client.answer(&answer)?;
        client.connect(media_address(&answer)?)?;
        self.poller.add(client.fd(), self.people.len())?;
        let now = Instant::now();
        self.people.push(Person { client, next_at: now, next: 0, sent: 0, pictures: BTreeMap::new() });
        while self.people.last().is_some_and(|person| !person.client.is_connected) {
            self.turn()?;
            if now.elapsed() > CONNECT_MAX {
                return Err(io::Error::other(format!("{name} was not connected in time")));
            }
        }
        let legs = call.participants.iter().flat_map(|person| &person.legs);
        Ok((session, call.participant_id, legs.map(|leg| leg.participant_id.clone()).collect()))
    }

    /// Sends and receives for a while, and says what came.
    ///
    /// # Errors
    /// If a connection fails.
    pub fn stay(&mut self, while_true: impl Fn() -> bool) -> io::Result<Report> {
        self.people.iter_mut().for_each(|person| person.pictures.clear());
        let started = Instant::now();
        while while_true() {
            self.turn()?;
        }
        let pictures = self.people.iter().map(|person| {
            let mut counts: Vec<u64> = person.pictures.values().copied().collect();
            counts.sort_unstable();
            counts
        });
        Ok(Report { seconds: started.elapsed().as_secs_f64(), pictures: pictures.collect() })
    }

    /// Takes what has come, sends what is due, and waits a little if there is nothing.
    fn turn(&mut self) -> io::Result<()> {
        for token in self.poller.wait(Duration::from_millis(5)) {
            let person = &mut self.people[token];
            let payload_type = person.client.video_payload_type();
            let now = Instant::now();
            for (datagram, _) in self.batch.receive(person.client.fd()) {
                if let Some(ssrc) = end_of_picture(datagram, payload_type) {
                    *person.pictures.entry(ssrc).or_default() += 1;
                }
                person.client.handle(datagram, now)?;
                person.client.drive(now)?;
            }
        }
        let now = Instant::now();
        for person in &mut self.people {
            person.turn(&self.clip, now)?;
        }
        Ok(())
    }
}

impl Person {
    fn turn(&mut self, clip: &Clip, now: Instant) -> io::Result<()> {
        if self.client.is_connected && self.next_at <= now {
            if self.client.take_keyframe_wanted() {
                self.next = 0;
            }
            let timestamp = self.sent.wrapping_mul(clip.ticks_per_frame());
            self.client.send_packets(timestamp, clip.packets(self.next, self.sent), now)?;
            self.next = (self.next + 1) % clip.frames.len();
            self.sent += 1;
            self.next_at += Duration::from_secs(1) / clip.frames_per_second;
        }
        if self.client.due <= now { self.client.drive(now) } else { Ok(()) }
    }
}

/// The SSRC of a video packet that ends a picture (RFC 3550 §5.1: the marker bit), by its clear header.
fn end_of_picture(datagram: &[u8], payload_type: Option<u8>) -> Option<u32> {
    let [first, second, _, _, _, _, _, _, a, b, c, d, ..] = *datagram else { return None };
    let is_end = first >> 6 == 2 && second & 0x80 != 0 && Some(second & 0x7f) == payload_type;
    is_end.then_some(u32::from_be_bytes([a, b, c, d]))
}

/// Where the server takes media: the first UDP candidate of its answer (RFC 8839 §5.1).
fn media_address(answer: &str) -> io::Result<SocketAddr> {
    let candidates = answer.lines().filter_map(|line| line.trim().strip_prefix("a=candidate:"));
    let address = |candidate: &str| {
        let fields: Vec<&str> = candidate.split_whitespace().collect();
        let [_, _, "udp", _, ip, port, ..] = fields[..] else { return None };
        Some(SocketAddr::new(ip.parse().ok()?, port.parse().ok()?))
    };
    candidates.filter_map(address).next().ok_or_else(|| io::Error::other("the server's answer has no UDP candidate"))
}
