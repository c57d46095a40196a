//! Chat's sockets: carries out what `convene_directory::chat::live` says. Whoever commits a change of a thread holds the thread's lane
//! from before the commit until those in the thread are told, so that all of them hear of changes in the order of the commits.

pub mod changes;
mod socket;

pub use socket::upgrade;

use crate::clock::Clock;
use crate::drive::Frame;
use convene_directory::chat::live::{ConnectionId, Hub, LiveRefused, Notice, Push};
use convene_model::{Now, RawId, ThreadId};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, mpsc, watch};

/// What frames are addressed to.
pub const TROUTER: &str = "/chat/trouter";

/// Lanes, each for many threads. Larger: more memory. Smaller: threads that have nothing to do with each other wait for each other.
const LANES: usize = 256;

/// How often it is looked whose token is over, and who was away for too long. Longer: they stay longer. Shorter: more work for nothing.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Who listens to chat.
pub struct Live {
    clock: Clock,
    inner: Mutex<Inner>,
    road: Arc<RwLock<()>>,
    lanes: Vec<Arc<tokio::sync::Mutex<()>>>,
    /// Counts the times at which events were written to the outbox.
    written: watch::Sender<u64>,
}

struct Inner {
    hub: Hub,
    sockets: HashMap<ConnectionId, mpsc::Sender<Frame>>,
}

impl Live {
    /// Nobody listens yet.
    pub fn new(clock: Clock) -> Self {
        let inner = Inner { hub: Hub::new(TROUTER), sockets: HashMap::new() };
        Self {
            clock,
            inner: Mutex::new(inner),
            road: Arc::default(),
            lanes: (0..LANES).map(|_| Arc::default()).collect(),
            written: watch::Sender::new(0),
        }
    }

    /// Looks about once a second who may listen no longer, for ever.
    pub async fn look(self: Arc<Self>) {
        let mut every = tokio::time::interval(LOOK_EVERY);
        loop {
            every.tick().await;
            self.act(Hub::handle_timeout);
        }
    }

    /// Events were written to the outbox.
    pub fn events_written(&self) {
        self.written.send_modify(|times| *times += 1);
    }

    /// Changes each time that events were written to the outbox.
    pub fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// Holds up all lanes: meetings' threads follow their calls.
    pub async fn all_lanes(&self) -> OwnedRwLockWriteGuard<()> {
        self.road.clone().write_owned().await
    }

    /// A thread's lane: changes of one thread come one after the other.
    pub async fn lane(&self, thread: &ThreadId) -> (OwnedRwLockReadGuard<()>, OwnedMutexGuard<()>) {
        let road = self.road.clone().read_owned().await;
        let mut hasher = DefaultHasher::new();
        thread.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
        (road, self.lanes[lane].clone().lock_owned().await)
    }

    /// Tells people what was committed.
    pub fn publish(&self, notices: &[Notice]) {
        self.act(|hub, now| hub.publish(notices, now));
    }

    /// Tokens of a user were revoked, or the user is gone.
    pub fn revoke(&self, user: &RawId, generation: Option<u64>) {
        self.act(|hub, now| hub.revoke(user, generation, now));
    }

    /// Lets the hub do something, and carries out what it says.
    pub fn act<T>(&self, act: impl FnOnce(&mut Hub, Now) -> T) -> T {
        let (mut inner, now) = (self.lock(), self.clock.now());
        let done = act(&mut inner.hub, now);
        inner.carry_out(now);
        done
    }

    /// Opens a socket; what is sent to it goes through `outbox`.
    fn open(&self, secret: &str, outbox: mpsc::Sender<Frame>) -> Result<ConnectionId, LiveRefused> {
        let (mut inner, now) = (self.lock(), self.clock.now());
        let opened = inner.hub.open(secret, now);
        if let Ok(id) = opened {
            inner.sockets.insert(id, outbox);
        }
        inner.carry_out(now);
        opened
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn carry_out(&mut self, now: Now) {
        while let Some(push) = self.hub.poll_output() {
            match push {
                Push::Send(id, text) => {
                    let Some(socket) = self.sockets.get(&id) else { continue };
                    if socket.try_send(Frame::Text(text)).is_err() {
                        tracing::info!(connection = id.0, "a chat client reads too slowly, or is gone: disconnected");
                        self.sockets.remove(&id);
                        self.hub.closed(id, now);
                    }
                }
                Push::Close(id) => {
                    if let Some(socket) = self.sockets.remove(&id) {
                        // A client that does not read its last messages loses them with the connection.
                        let _unread = socket.try_send(Frame::Close);
                    }
                }
            }
        }
    }
}
