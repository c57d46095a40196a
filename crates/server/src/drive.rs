//! The control task: feeds the node and carries its outputs out. All of the control plane's state is touched by this task
//! alone.

use crate::clock::Clock;
use crate::committer::{self, Batch};
use crate::live::Live;
use crate::outbound::{HttpClient, Reach};
use crate::push::Pusher;
use crate::streaming::Streaming;
use convene_events::INCOMING_CALL;
use convene_media::MediaPlane;
use convene_model::automation::{AutomationCommand, AutomationRefused, ConnectionView};
use convene_model::group_call::GroupCall;
use convene_model::media::MediaEvent;
use convene_model::push::RingPush;
use convene_model::{RawId, SessionId, Ticket};
use convene_node::{Found, Input, Lookup, LookupId, Node, Output};
use convene_protocol::{ServerMessage, encode_server};
use convene_store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// What the server of an app is answered: a connection, or nothing where the command makes and names none.
pub type Answer = Result<Option<ConnectionView>, AutomationRefused>;

/// What reaches the control task from sockets.
#[derive(Debug)]
pub enum Arrival {
    /// A WebSocket was opened; what is sent to it goes through `outbox`.
    Opened {
        /// Its id.
        session: SessionId,
        /// Where it comes from.
        address: std::net::IpAddr,
        /// Its way out.
        outbox: mpsc::Sender<Frame>,
    },
    /// It said something.
    Message {
        /// Which.
        session: SessionId,
        /// What.
        text: String,
    },
    /// It is gone.
    Closed {
        /// Which.
        session: SessionId,
        /// Whether the client closed it.
        by_client: bool,
    },
    /// Something changed that live calls must know.
    Changed(Input),
    /// A user's tokens were revoked, or the user was deleted: the store has it already.
    UserChanged {
        /// Whose.
        user: RawId,
        /// The generation now; `None` if deleted.
        generation: Option<u64>,
    },
    /// The server of an app asks for something; it is answered when what it asked for is durable.
    Automate {
        /// Where it comes from.
        address: std::net::IpAddr,
        /// What.
        command: AutomationCommand,
        /// Where it waits.
        answer: oneshot::Sender<Answer>,
    },
    /// End all calls and stop; answered when everything is committed and told.
    Stop(oneshot::Sender<()>),
}

/// What goes out to one WebSocket.
#[derive(Debug)]
pub enum Frame {
    /// A text.
    Text(String),
    /// Close after all before it.
    Close,
}

/// Arrivals that wait for the control task. When it is full, sockets are read no further.
pub const ARRIVALS: usize = 4096;

/// Frames that wait for one client. Larger: slow clients cost more memory. Smaller: a client that is busy for a moment in a
/// large meeting is cut off. A client whose queue is full is disconnected.
pub const OUTBOX: usize = 1024;

/// How long stopping may take until what is left is cut off.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// How long the last words to clients may take. Longer: one dead client holds up the stop. Shorter: slow ones do not learn why.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);

/// The parts that the control task owns.
pub struct Driver<S: Store> {
    /// The sessions and calls.
    pub node: Node,
    /// The clock.
    pub clock: Clock,
    /// The store.
    pub store: Arc<S>,
    /// The media plane.
    pub media: MediaPlane,
    /// Who listens to chat.
    pub live: Arc<Live>,
    /// Tells browsers of rings.
    pub pusher: Arc<Pusher>,
    /// Reaches the WebSockets of apps.
    pub outbound: HttpClient,
    /// Which of them.
    pub reach: Reach,
}

/// Starts the control task.
///
/// # Errors
/// If the thread that codes agents' sound cannot be started.
pub fn start<S: Store>(
    driver: Driver<S>,
    arrivals: mpsc::Receiver<Arrival>,
    media_events: mpsc::Receiver<MediaEvent>,
) -> std::io::Result<tokio::task::JoinHandle<()>> {
    let (done, results) = mpsc::unbounded_channel();
    let commits = committer::start(driver.store.clone(), driver.live.clone(), done.clone());
    let heard = driver.media.take_heard().expect("nobody else takes it");
    let sound = (heard, driver.media.voice());
    let streaming = Streaming::start(driver.outbound.clone(), driver.reach, sound, done.clone())?;
    let task = Task {
        driver,
        commits,
        done,
        streaming,
        outboxes: HashMap::new(),
        asking: HashMap::new(),
        tickets: 0,
        stopped: None,
    };
    Ok(tokio::spawn(task.run(arrivals, media_events, results)))
}

struct Task<S: Store> {
    driver: Driver<S>,
    commits: mpsc::Sender<Batch>,
    /// What lookups and commits give comes back here.
    done: mpsc::UnboundedSender<Input>,
    streaming: Streaming,
    outboxes: HashMap<SessionId, mpsc::Sender<Frame>>,
    /// Servers of apps that wait for an answer.
    asking: HashMap<Ticket, oneshot::Sender<Answer>>,
    tickets: u64,
    stopped: Option<(oneshot::Sender<()>, Duration)>,
}

impl<S: Store> Task<S> {
    async fn run(
        mut self,
        mut arrivals: mpsc::Receiver<Arrival>,
        mut media_events: mpsc::Receiver<MediaEvent>,
        mut results: mpsc::UnboundedReceiver<Input>,
    ) {
        loop {
            let due = self.next_due();
            tokio::select! {
                arrival = arrivals.recv() => match arrival {
                    Some(arrival) => self.arrived(arrival),
                    None => break,
                },
                Some(event) = media_events.recv() => self.handle(Input::Media(event)),
                Some(input) = results.recv() => self.handle(input),
                () = sleep_until(due) => self.driver.node.handle_timeout(self.driver.clock.now()),
            }
            self.carry_out().await;
            if self.finished() {
                break;
            }
        }
        self.say_goodbye().await;
        self.driver.media.stop();
    }

    fn next_due(&self) -> Option<std::time::Instant> {
        let stop = self.stopped.as_ref().map(|(_, deadline)| *deadline);
        let node = self.driver.node.poll_timeout();
        stop.into_iter().chain(node).min().map(|mono| self.driver.clock.instant(mono))
    }

    fn handle(&mut self, input: Input) {
        self.driver.node.handle(input, self.driver.clock.now());
    }

    fn arrived(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Opened { session, address, outbox } => {
                self.outboxes.insert(session, outbox);
                self.handle(Input::Opened { session, address });
            }
            Arrival::Message { session, text } => self.handle(Input::Message { session, text }),
            Arrival::Closed { session, by_client } => {
                self.outboxes.remove(&session);
                self.handle(Input::Closed { session, by_client });
            }
            Arrival::Changed(input) => self.handle(input),
            Arrival::UserChanged { user, generation } => {
                self.driver.live.revoke(&user, generation);
                self.handle(Input::UserChanged { user, generation });
            }
            Arrival::Automate { address, command, answer } => {
                self.tickets += 1;
                let ticket = Ticket(self.tickets);
                self.asking.insert(ticket, answer);
                self.handle(Input::Automate { ticket, address, command });
            }
            Arrival::Stop(stopped) => {
                let deadline = self.driver.clock.now().mono + STOP_WITHIN;
                self.stopped = Some((stopped, deadline));
                self.handle(Input::Stop);
            }
        }
    }

    fn finished(&self) -> bool {
        let Some((_, deadline)) = &self.stopped else { return false };
        !self.driver.node.is_committing() || self.driver.clock.now().mono >= *deadline
    }

    /// Closes every WebSocket after what was said last, and waits until it is written: the process ends right after this.
    async fn say_goodbye(&mut self) {
        let outboxes: Vec<_> = std::mem::take(&mut self.outboxes).into_values().collect();
        for outbox in &outboxes {
            // A client that does not read its last messages loses them with the connection.
            let _unread = outbox.try_send(Frame::Close);
        }
        let written = async {
            for outbox in &outboxes {
                outbox.closed().await;
            }
        };
        let _cut_off = tokio::time::timeout(GOODBYE_WITHIN, written).await;
        if let Some((stopped, _)) = self.stopped.take() {
            let _nobody_waits = stopped.send(());
        }
    }

    async fn carry_out(&mut self) {
        while let Some(output) = self.driver.node.poll_output() {
            match output {
                Output::Send { session, message } if message.may_be_lost() => self.send_if_idle(session, &message),
                Output::Send { session, message } => self.send(session, Frame::Text(encode_server(&message))),
                Output::Close { session } => {
                    self.send(session, Frame::Close);
                    self.outboxes.remove(&session);
                }
                Output::Lookup { lookup, what } => self.look_up(lookup, what),
                Output::Commit { n, rows, events } => {
                    let sent = self.commits.send(Batch { n, rows, events }).await;
                    assert!(sent.is_ok(), "the committer lives as long as the control task");
                }
                Output::Automated { ticket, answer } => self.answer(ticket, answer.map(Some)),
                Output::TurnedAway { ticket } => self.answer(ticket, Ok(None)),
                Output::Stream { connection, call, peer, order } => {
                    self.streaming.order(connection, call, peer, order).await;
                }
                Output::ConnectionOver(connection) => self.streaming.over(&connection).await,
                Output::Media(command) => self.driver.media.send(command).await,
                Output::Push { user, push } => self.push(user, push),
            }
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer) {
        if let Some(asking) = self.asking.remove(&ticket) {
            let _gave_up = asking.send(answer);
        }
    }

    fn send(&mut self, session: SessionId, frame: Frame) {
        let Some(outbox) = self.outboxes.get(&session) else { return };
        if outbox.try_send(frame).is_err() {
            tracing::info!(session = session.0, "a client reads too slowly, or is gone: disconnected");
            self.outboxes.remove(&session);
            self.handle(Input::Closed { session, by_client: false });
        }
    }

    /// Sends what may be lost, unless the client has much to read already.
    fn send_if_idle(&mut self, session: SessionId, message: &ServerMessage) {
        let is_idle = |outbox: &mpsc::Sender<Frame>| outbox.capacity() >= OUTBOX / 2;
        if self.outboxes.get(&session).is_some_and(is_idle) {
            self.send(session, Frame::Text(encode_server(message)));
        }
    }

    fn push(&self, user: RawId, push: RingPush) {
        let (store, pusher) = (self.driver.store.clone(), self.driver.pusher.clone());
        tokio::spawn(async move {
            if let Err(error) = pusher.push(&*store, &user, &push).await {
                tracing::error!(%error, "the store could not be asked");
            }
        });
    }

    fn look_up(&self, lookup: LookupId, what: Lookup) {
        let (store, done) = (self.driver.store.clone(), self.done.clone());
        let pusher = self.driver.pusher.clone();
        tokio::spawn(async move {
            let found = match what {
                Lookup::User(id) => store.user(&id).await.map(Found::User),
                Lookup::Meeting(id) => store.meeting(&id).await.map(|found| Found::Meeting(found.map(Box::new))),
                Lookup::MeetingByThread(id) => {
                    store.meeting_by_thread(&id).await.map(|found| Found::Meeting(found.map(Box::new)))
                }
                Lookup::Room { resource, room } => {
                    store.room(&resource, &room).await.map(|found| Found::Room(found.map(Box::new)))
                }
                Lookup::GroupCall { resource, group_id } => {
                    let kept = store.group_call(&resource, &group_id).await;
                    let open = || GroupCall::open(&resource, &group_id);
                    kept.map(|kept| Found::GroupCall(Box::new(kept.unwrap_or_else(open))))
                }
                Lookup::Wake(user, push) => wake(&*store, &pusher, &user, &push).await,
                Lookup::KeepSurvey(record) => store.keep_survey(&record).await.map(Found::Kept),
                Lookup::MeetingByJoinId(id) => {
                    store.meeting_by_join_id(&id).await.map(|found| Found::Meeting(found.map(Box::new)))
                }
            };
            let found = found.unwrap_or_else(|error| {
                tracing::error!(%error, "the store could not be asked");
                Found::Failed
            });
            let _stopping = done.send(Input::LookedUp { lookup, found });
        });
    }
}

/// Tells a user's browsers of a ring, and looks whether the user's app wants to be told of such.
async fn wake<S: Store>(store: &S, pusher: &Pusher, user: &RawId, push: &RingPush) -> Result<Found, StoreError> {
    let app = match user.resource() {
        Some(resource) => store.subscriptions(Some(resource)).await?.iter().any(|each| each.names(INCOMING_CALL)),
        None => false,
    };
    Ok(Found::Woken { browsers: pusher.push(store, user, push).await?, app })
}

async fn sleep_until(due: Option<std::time::Instant>) {
    match due {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
