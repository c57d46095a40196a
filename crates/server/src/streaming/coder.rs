//! The coding thread: every 20 ms each agent hears and says a frame.

use super::frames;
use crate::clock::wall_now;
use convene_audio::{FRAME, Listener, Numbering, Player, Sound, Talker};
use convene_media::{HeardReceiver, Voice};
use convene_model::audio::{AudioPacket, Spoken, StreamingOptions};
use convene_model::{PeerId, RawId, Tone, WallMs};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};

/// How far the thread may be behind before it leaves frames out. More: what is heard comes later and later; less: each hiccup is heard.
const BEHIND_MAX: u32 = 10;

/// What the coding thread has for an app.
pub enum ToApp {
    /// A frame.
    Frame(String),
    /// The app has sent more than may wait to be said.
    QueueFull,
}

/// What the coding thread is told.
pub enum Command {
    /// Who speaks with which peer, as this agent may know it.
    People { peer: PeerId, people: BTreeMap<PeerId, RawId> },
    /// A stream is open: its frames go to `frames`.
    Open { peer: PeerId, number: u64, options: StreamingOptions, frames: mpsc::Sender<ToApp> },
    /// The app says something.
    Say { number: u64, pcm: Vec<i16> },
    /// Nothing of what waits is to be said.
    Clear { number: u64 },
    /// The stream is over; there may be another one.
    Close { number: u64 },
    /// Somebody has pressed a key.
    Tone { peer: PeerId, user: RawId, tone: Tone },
    /// Sounds are to be played, one after the other; `to`: to whom alone. Whoever waits for `ended` hears that all is said; if it is
    /// dropped, that will not be.
    Play {
        peer: PeerId,
        number: u64,
        sounds: Vec<Arc<Sound>>,
        looped: bool,
        to: Option<Arc<BTreeSet<PeerId>>>,
        ended: oneshot::Sender<()>,
    },
    /// From now on these alone hear what is played.
    PlayTo { peer: PeerId, number: u64, to: Arc<BTreeSet<PeerId>> },
    /// It is not played any more.
    StopPlaying { peer: PeerId, number: u64 },
    /// The agent is gone.
    Forget { peer: PeerId },
}

/// What one agent plays. What its app says meanwhile waits.
struct Play {
    number: u64,
    player: Player,
    to: Option<Arc<BTreeSet<PeerId>>>,
    ended: Option<oneshot::Sender<()>>,
}

/// One open stream.
struct Session {
    number: u64,
    options: StreamingOptions,
    frames: mpsc::Sender<ToApp>,
    listener: Listener,
    talker: Talker,
    /// Frames that the app did not read in time.
    lost: u64,
}

/// What the coding thread owns.
pub struct Coder {
    commands: mpsc::Receiver<Command>,
    heard: HeardReceiver,
    voice: Voice,
    sessions: BTreeMap<PeerId, Session>,
    plays: BTreeMap<PeerId, Play>,
    /// Of all that one agent says, by stream or by file.
    numbers: BTreeMap<PeerId, Numbering>,
    people: BTreeMap<PeerId, BTreeMap<PeerId, RawId>>,
}

impl Coder {
    /// Starts the thread; it ends when nobody can give commands any more.
    pub fn start(commands: mpsc::Receiver<Command>, heard: HeardReceiver, voice: Voice) -> io::Result<()> {
        let (sessions, plays, numbers, people) = Default::default();
        let coder = Self { commands, heard, voice, sessions, plays, numbers, people };
        std::thread::Builder::new().name("audio-0".to_owned()).spawn(move || coder.run())?;
        Ok(())
    }

    fn run(mut self) {
        let mut due = Instant::now();
        loop {
            if self.sessions.is_empty() && self.plays.is_empty() {
                // Nothing is to be coded: wait for a command instead of the time.
                let Some(command) = self.commands.blocking_recv() else { return };
                self.carry_out(command);
                due = Instant::now();
            }
            loop {
                match self.commands.try_recv() {
                    Ok(command) => self.carry_out(command),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
            self.hear();
            let now = Instant::now();
            if now < due {
                std::thread::sleep(due - now);
                continue;
            }
            due = if now > due + FRAME * BEHIND_MAX { now + FRAME } else { due + FRAME };
            self.tick(now);
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::People { peer, people } => {
                self.people.insert(peer, people);
            }
            Command::Open { peer, number, options, frames } => {
                let listener = Listener::new(options.rate, options.channels);
                let talker = Talker::new(options.rate);
                self.sessions.insert(peer, Session { number, options, frames, listener, talker, lost: 0 });
            }
            Command::Say { number, pcm } => {
                if let Some(session) = self.session(number)
                    && session.talker.say(&pcm).is_err()
                {
                    session.lost += u64::from(session.frames.try_send(ToApp::QueueFull).is_err());
                }
            }
            Command::Clear { number } => self.session(number).into_iter().for_each(|session| session.talker.clear()),
            Command::Close { number } => {
                let of = self.sessions.iter().find(|(_, session)| session.number == number).map(|(peer, _)| *peer);
                if let Some(session) = of.and_then(|peer| self.sessions.remove(&peer))
                    && session.lost > 0
                {
                    tracing::info!(number, lost = session.lost, "an app read its audio too slowly");
                }
            }
            Command::Tone { peer, user, tone } => {
                if let Some(session) = self.sessions.get_mut(&peer) {
                    let frame = ToApp::Frame(frames::tone(&user, tone, wall_now()));
                    session.lost += u64::from(session.frames.try_send(frame).is_err());
                }
            }
            Command::Play { peer, number, sounds, looped, to, ended } => {
                let player = Player::new(sounds, looped);
                self.plays.insert(peer, Play { number, player, to, ended: Some(ended) });
            }
            Command::PlayTo { peer, number, to } => {
                let play = self.plays.get_mut(&peer).filter(|play| play.number == number);
                play.into_iter().for_each(|play| play.to = Some(to.clone()));
            }
            Command::StopPlaying { peer, number } => {
                if self.plays.get(&peer).is_some_and(|play| play.number == number) {
                    self.plays.remove(&peer);
                }
            }
            Command::Forget { peer } => {
                self.people.remove(&peer);
                self.numbers.remove(&peer);
            }
        }
    }

    fn session(&mut self, number: u64) -> Option<&mut Session> {
        self.sessions.values_mut().find(|session| session.number == number)
    }

    fn hear(&mut self) {
        let now = Instant::now();
        while let Ok(heard) = self.heard.try_recv() {
            if let Some(session) = self.sessions.get_mut(&heard.listener) {
                session.listener.hear(heard.speaker, &heard.packet, now);
            }
        }
    }

    fn tick(&mut self, now: Instant) {
        let at = wall_now();
        let Self { sessions, plays, numbers, people, voice, .. } = self;
        let playing = plays.keys().filter(|peer| !sessions.contains_key(peer));
        for peer in sessions.keys().chain(playing) {
            numbers.entry(*peer).or_insert_with(|| Numbering::new(now)).tick(now);
        }
        let mut speak = |speaker: PeerId, packet: AudioPacket, to: Option<Arc<BTreeSet<PeerId>>>| {
            if let Some(numbers) = numbers.get_mut(&speaker) {
                voice.speak(Spoken { speaker, packet: numbers.number(packet), to });
            }
        };
        // What cannot be coded costs its stream or its play, which is told so, and no other.
        sessions.retain(|peer, session| {
            let may_speak = !plays.contains_key(peer);
            let tick = AssertUnwindSafe(|| session.tick(people.get(peer), may_speak, now, at));
            let said = catch_unwind(tick);
            if let Ok(Some(packet)) = &said {
                speak(*peer, packet.clone(), None);
            }
            said.is_ok()
        });
        plays.retain(|peer, play| match catch_unwind(AssertUnwindSafe(|| play.player.tick())) {
            Ok(Some(packet)) => {
                speak(*peer, packet, play.to.clone());
                true
            }
            Ok(None) => {
                let _canceled = play.ended.take().map(|ended| ended.send(()));
                false
            }
            Err(_) => false,
        });
    }
}

impl Session {
    /// Tells the app what is heard; gives what it says, if it may.
    fn tick(
        &mut self,
        people: Option<&BTreeMap<PeerId, RawId>>,
        may_speak: bool,
        now: Instant,
        at: WallMs,
    ) -> Option<AudioPacket> {
        for frame in self.listener.tick(now) {
            let speaker = frame.speaker.map(|speaker| people.and_then(|people| people.get(&speaker)));
            // Who has just left, or is not known yet, has no name to be heard under.
            if speaker == Some(None) {
                continue;
            }
            let text = frames::audio(&frame, speaker.flatten(), at);
            self.lost += u64::from(self.frames.try_send(ToApp::Frame(text)).is_err());
        }
        if may_speak && self.options.bidirectional { self.talker.tick() } else { None }
    }
}
