//! The media plane: one UDP socket, TCP for networks without UDP, and one OS thread of our own that drives an
//! [`Sfu`](convene_sfu::Sfu).
//!
//! It meets the control plane through two bounded channels. Commands wait when theirs is full. Events never make the media
//! thread wait: when their channel is full they are kept and tried again, and of who speaks in a call only the newest.
//!
//! Offers are parsed on a small thread before the media thread, because a large one takes as long as a video frame.

mod control;
mod counters;
mod epoll;
mod events;
mod frames;
mod outgoing;
mod run;
mod sockaddr;
mod socket;
mod tcp;
mod wake;

pub use counters::MediaCounters;
pub use tcp::{TcpBounds, TcpConfig, TcpEntrance};

use convene_model::audio::{Heard, Spoken};
use convene_model::media::{MediaCommand, MediaEvent};
use convene_sfu::{Prepared, Sfu, SfuConfig};
use counters::SharedCounters;
use run::{MediaThread, SoundEnd, Wire};
use socket::MediaSocket;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tcp::Connections;
use tokio::sync::mpsc;
use wake::Waker;

/// Commands that wait for the media plane. More hide a media thread that cannot keep up, fewer make a joining crowd wait
/// in the control task.
const COMMANDS_MAX: usize = 256;

/// Packets of agents' sound that wait, each way: a second of ten agents that each hear four people talk. More hide a thread that cannot
/// keep up, fewer tear holes into speech when it is busy for a moment.
const SOUND_MAX: usize = 2_048;

/// How often another UDP port is tried whose number is free for TCP, too. More are needed only where hardly any is.
const PORT_TRIES: usize = 16;

/// What agents hear, from the media thread. What is not taken fast enough is dropped.
pub type HeardReceiver = mpsc::Receiver<Heard>;

/// Says what agents say. Cheap to clone.
#[derive(Clone)]
pub struct Voice {
    spoken: mpsc::Sender<Spoken>,
    waker: Waker,
}

impl Voice {
    /// Lets an agent say something. Returns whether it was taken: not if too much waits already, or the media plane has ended.
    pub fn speak(&self, spoken: Spoken) -> bool {
        let taken = self.spoken.try_send(spoken).is_ok();
        self.waker.wake();
        taken
    }
}

/// Where media is served.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// The UDP address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The addresses under which clients reach this socket. Announced in every answer, with the bound port.
    pub public_addresses: Vec<IpAddr>,
    /// Media over TCP, for networks without UDP; `None`: there is none.
    pub tcp: Option<TcpConfig>,
    /// Whether it is found out what each client's line carries, and no more is sent.
    pub estimates_bandwidth: bool,
}

/// The running media plane. Dropping it stops it.
pub struct MediaPlane {
    local_addr: SocketAddr,
    commands: Mutex<Option<mpsc::Sender<MediaCommand>>>,
    stopping: Arc<AtomicBool>,
    waker: Waker,
    counters: Arc<SharedCounters>,
    voice: Voice,
    entrance: Option<TcpEntrance>,
    heard: Mutex<Option<HeardReceiver>>,
    threads: Mutex<Option<Threads>>,
}

struct Threads {
    media: JoinHandle<()>,
    offers: JoinHandle<()>,
}

impl MediaPlane {
    /// Binds the sockets and starts the threads. Events go to `events`.
    ///
    /// # Errors
    /// If there is no address to announce, a socket cannot be bound, or a thread cannot be started; the message says what
    /// was tried and what to do.
    pub fn start(config: MediaConfig, events: mpsc::Sender<MediaEvent>) -> io::Result<MediaPlane> {
        if config.public_addresses.is_empty() {
            let message = "there is no address to announce to clients; give one with --public-address";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let (socket, listener) = bind(&config)?;
        let local_addr = socket.local_addr();
        let sfu_config = candidates(&config, local_addr.port());
        let sfu = Sfu::new(sfu_config.clone(), Instant::now()).map_err(io::Error::other)?;

        let (command_sender, command_receiver) = mpsc::channel(COMMANDS_MAX);
        let (prepared_sender, prepared_receiver) = mpsc::channel(COMMANDS_MAX);
        let waker = Waker::new()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let counters = Arc::new(SharedCounters::default());
        let tcp = config.tcp.map(|tcp| Connections::new(listener, tcp.bounds, waker.clone(), Instant::now()));
        let (tcp, entrance) = tcp.transpose()?.unzip();
        let (heard_sender, heard) = mpsc::channel(SOUND_MAX);
        let (spoken, spoken_receiver) = mpsc::channel(SOUND_MAX);
        let voice = Voice { spoken, waker: waker.clone() };
        let sound = SoundEnd { heard: heard_sender, spoken: spoken_receiver };
        let thread =
            MediaThread::new(Wire { socket, tcp }, sfu, sfu_config, prepared_receiver, events, sound, counters.clone());
        let media = {
            let (waker, stopping) = (waker.clone(), stopping.clone());
            spawn("media-0", move || thread.run(&waker, &stopping))?
        };
        let offers = {
            let waker = waker.clone();
            spawn("media-offers", move || prepare(command_receiver, &prepared_sender, &waker))?
        };
        Ok(MediaPlane {
            local_addr,
            commands: Mutex::new(Some(command_sender)),
            stopping,
            waker,
            counters,
            voice,
            entrance,
            heard: Mutex::new(Some(heard)),
            threads: Mutex::new(Some(Threads { media, offers })),
        })
    }

    /// The bound address.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Hands over a command; waits while the channel is full. After [`stop`](Self::stop) it does nothing.
    pub async fn send(&self, command: MediaCommand) {
        let sender = self.commands.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sender) = sender
            && sender.send(command).await.is_err()
        {
            tracing::warn!("a media command came after the media plane ended");
        }
    }

    /// Through which agents speak.
    pub fn voice(&self) -> Voice {
        self.voice.clone()
    }

    /// Through which TCP connections of media come that were accepted elsewhere; `None` where media goes over UDP alone.
    pub fn tcp_entrance(&self) -> Option<TcpEntrance> {
        self.entrance.clone()
    }

    /// What agents hear. There is one taker: a second call gives `None`.
    pub fn take_heard(&self) -> Option<HeardReceiver> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What went through since the start.
    pub fn counters(&self) -> MediaCounters {
        self.counters.read()
    }

    /// CPU time of the media thread, kernel time included; `None` after [`stop`](Self::stop).
    pub fn cpu_time(&self) -> Option<Duration> {
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.as_ref().and_then(|threads| thread_cpu_time(threads.media.as_pthread_t()))
    }

    /// Stops the threads and waits for their end, which takes a few milliseconds. A second call does nothing.
    pub fn stop(&self) {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.stopping.store(true, Ordering::Release);
        self.waker.wake();
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Threads { media, offers }) = threads else { return };
        if media.join().is_err() || offers.join().is_err() {
            tracing::error!("a media thread ended with a panic");
        }
    }
}

impl Drop for MediaPlane {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The UDP socket, and what listens at the same number over TCP, if that is wanted.
fn bind(config: &MediaConfig) -> io::Result<(MediaSocket, Option<TcpListener>)> {
    let listens = config.tcp.as_ref().is_some_and(|tcp| tcp.listens);
    let mut tries = if config.listen.port() == 0 { PORT_TRIES } else { 1 };
    loop {
        let socket = MediaSocket::bind(config.listen)?;
        if !listens {
            return Ok((socket, None));
        }
        tries -= 1;
        match tcp::listen(socket.local_addr()) {
            Ok(listener) => return Ok((socket, Some(listener))),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
            Err(error) => return Err(error),
        }
    }
}

/// What answers announce: each public address with the bound port, over UDP and over TCP, then what is elsewhere.
fn candidates(config: &MediaConfig, port: u16) -> SfuConfig {
    let here: Vec<SocketAddr> = config.public_addresses.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
    let mut tcp_candidates = vec![];
    if let Some(tcp) = &config.tcp {
        let own = here.iter().filter(|_| tcp.listens);
        own.chain(&tcp.elsewhere).for_each(|address| {
            if !tcp_candidates.contains(address) {
                tcp_candidates.push(*address);
            }
        });
    }
    SfuConfig { candidates: here, tcp_candidates, estimates_bandwidth: config.estimates_bandwidth }
}

/// Parses the offers of commands, in order.
fn prepare(mut commands: mpsc::Receiver<MediaCommand>, prepared: &mpsc::Sender<Prepared>, waker: &Waker) {
    while let Some(command) = commands.blocking_recv() {
        if prepared.blocking_send(Prepared::new(command)).is_err() {
            return;
        }
        waker.wake();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let spawned = std::thread::Builder::new().name(name.into()).spawn(work);
    spawned.map_err(|error| io::Error::new(error.kind(), format!("cannot start the thread {name}: {error}")))
}

fn thread_cpu_time(thread: std::os::unix::thread::RawPthread) -> Option<Duration> {
    let mut clock = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the thread has not been joined, since its handle is in our hands; both pointers are to locals.
    let read =
        unsafe { libc::pthread_getcpuclockid(thread, &mut clock) == 0 && libc::clock_gettime(clock, &mut time) == 0 };
    read.then(|| Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}

#[cfg(test)]
mod tests;
