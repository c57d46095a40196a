//! Memory of the server process by subscribers: the real binary, with signaling, users and all.

use crate::client::{Client, Shape};
use crate::frames::FRAMES_PER_SECOND;
use crate::receivers::{Counts, Receiver, Receivers};
use convene_model::ParticipantId;
use convene_probe::Session;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const GROUP: &str = "0d1f6f3a-5a1b-4d5e-9f64-2f6a54a7e001";
/// How long connecting one client may take.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// How long media flows before the second look: longer than what is kept for retransmission.
const STREAM: Duration = Duration::from_secs(4);
/// How long the server is left alone before each look.
const SETTLE: Duration = Duration::from_secs(1);

/// What the process held at one number of subscribers, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many there are.
    pub subscribers: usize,
    /// Resident memory with all of them connected, before those that are new received media.
    pub connected: u64,
    /// The same after media flowed to all.
    pub streaming: u64,
}

/// Connects ever more subscribers to one publisher; gives the resident memory without any client, and at each number.
///
/// # Errors
/// If the server does not start, or a client does not connect.
pub fn run(binary: &Path, numbers: &[usize], shape: Shape) -> io::Result<(u64, Vec<Step>)> {
    let mut call = Call::start(binary, shape)?;
    let empty = call.server.resident()?;
    let publisher = call.add()?;
    let mut steps = vec![];
    for &subscribers in numbers {
        while call.receivers.all.len() - 1 < subscribers {
            call.add_watching(&publisher)?;
        }
        call.idle(SETTLE)?;
        let connected = call.server.resident()?;
        call.stream()?;
        call.idle(SETTLE)?;
        steps.push(Step { subscribers, connected, streaming: call.server.resident()? });
    }
    Ok((empty, steps))
}

/// The steps as a table: what each further subscriber costs.
pub fn table(empty: u64, steps: &[Step]) -> String {
    let mut text = format!(
        "{:<12} {:>12} {:>26} {:>26}\n",
        "subscribers", "RSS, MiB", "KiB for each new one", "of that, by streaming"
    );
    text += &format!("{:<12} {:>12.1}\n", 0, empty as f64 / 1024.0);
    let (mut before, mut memory) = (0, empty);
    for step in steps {
        let new = step.subscribers.saturating_sub(before).max(1) as f64;
        let all = (step.streaming as f64 - memory as f64) / new;
        let streaming = (step.streaming as f64 - step.connected as f64) / new;
        let resident = step.streaming as f64 / 1024.0;
        text += &format!("{:<12} {resident:>12.1} {all:>26.0} {streaming:>26.0}\n", step.subscribers);
        (before, memory) = (step.subscribers, step.streaming);
    }
    text
}

struct Call {
    server: Server,
    runtime: Runtime,
    shape: Shape,
    /// The publisher is the first.
    receivers: Receivers,
    next_frame: u32,
}

impl Call {
    fn start(binary: &Path, shape: Shape) -> io::Result<Call> {
        let server = Server::start(binary)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Call { server, runtime, shape, receivers: Receivers::new(vec![])?, next_frame: 0 })
    }

    /// One more client in the call, which publishes its camera if it is the first.
    fn add(&mut self) -> io::Result<ParticipantId> {
        let is_first = self.receivers.all.is_empty();
        let (session, id) = self.join()?;
        let session = match is_first {
            true => self.ask(session, async |session| session.publish_camera().await)?,
            false => session,
        };
        // What the call tells it is read and forgotten.
        self.runtime.spawn(session.stay());
        Ok(id)
    }

    fn add_watching(&mut self, publisher: &ParticipantId) -> io::Result<()> {
        let (session, _) = self.join()?;
        let session = self.ask(session, async |session| session.subscribe_to_camera(publisher).await)?;
        self.runtime.spawn(session.stay());
        Ok(())
    }

    fn join(&mut self) -> io::Result<(Session, ParticipantId)> {
        let token = self.server.token()?;
        let (mut client, offer) = Client::new(self.server.media, self.shape, Instant::now())?;
        let (http, tracks) = (self.server.http, client.tracks());
        let joining = async {
            let mut session = Session::open(http, &token).await?;
            let call = session.join_group(GROUP, "load").await?;
            let answer = session.negotiate(offer, tracks).await?;
            Ok::<_, convene_probe::SessionError>((session, call.participant_id, answer))
        };
        let (session, id, answer) = self.runtime.block_on(joining).map_err(io::Error::other)?;
        client.answer(&answer)?;
        self.receivers.push(Receiver { client, is_full: false, counts: Counts::default() })?;
        let deadline = Instant::now() + CONNECT_MAX;
        while self.receivers.all.last().is_some_and(|receiver| !receiver.client.is_connected) {
            self.receivers.poll(Duration::from_millis(5))?;
            if Instant::now() > deadline {
                return Err(io::Error::other("a client was not connected in time"));
            }
        }
        Ok((session, id))
    }

    fn ask(
        &self,
        mut session: Session,
        request: impl AsyncFnOnce(&mut Session) -> Result<(), convene_probe::SessionError>,
    ) -> io::Result<Session> {
        self.runtime.block_on(request(&mut session)).map_err(io::Error::other)?;
        Ok(session)
    }

    /// Keeps the connections alive.
    fn idle(&mut self, time: Duration) -> io::Result<()> {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            self.receivers.poll(left.min(Duration::from_millis(5)))?;
        }
        Ok(())
    }

    /// Publishes in real time; everybody must receive all of it but what was sent before their keyframe.
    fn stream(&mut self) -> io::Result<()> {
        let before: Vec<u64> = self.receivers.all[1..].iter().map(|receiver| receiver.counts.packets).collect();
        let started = Instant::now();
        let frames = STREAM.as_secs() as u32 * FRAMES_PER_SECOND;
        for frame in 0..frames {
            let at = started + Duration::from_secs(1) * frame / FRAMES_PER_SECOND;
            self.idle(at.saturating_duration_since(Instant::now()))?;
            self.receivers.all[0].client.send_frame(self.next_frame, Instant::now())?;
            self.next_frame += 1;
        }
        let starved =
            self.receivers.all[1..].iter().zip(before).filter(|(r, before)| r.counts.packets == *before).count();
        if starved > 0 {
            return Err(io::Error::other(format!("{starved} subscribers received nothing")));
        }
        Ok(())
    }
}

/// The real binary in a process of its own.
struct Server {
    child: Child,
    http: SocketAddr,
    media: SocketAddr,
    data: PathBuf,
}

impl Server {
    fn start(binary: &Path) -> io::Result<Server> {
        let data = std::env::temp_dir().join(format!("convene-load-{}", std::process::id()));
        // A port that was free a moment ago.
        let media = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        let mut child = Command::new(binary)
            .args(["serve", "--dev", "--listen", "127.0.0.1:0", "--media-listen", &media.to_string(), "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{} cannot be run: {error}", binary.display())))?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or_else(|| io::Error::other("the server has no output"))?;
        BufReader::new(out).read_line(&mut line)?;
        let port = line.trim().rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        let port = port.ok_or_else(|| io::Error::other(format!("the server did not become ready: {line:?}")))?;
        Ok(Server { child, http: SocketAddr::from(([127, 0, 0, 1], port)), media, data })
    }

    /// A token of a new user.
    fn token(&self) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.http)?;
        write!(stream, "GET /api/token HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.http)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let body: serde_json::Value = serde_json::from_str(body)?;
        let token = body["token"].as_str().ok_or_else(|| io::Error::other("the server gave no token"))?;
        Ok(token.to_owned())
    }

    /// Resident memory, in KiB (proc_pid_status(5)).
    fn resident(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| io::Error::other("the server's memory cannot be read"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
        // What is left behind in the temporary folder harms nobody.
        let _left = fs::remove_dir_all(&self.data);
    }
}
