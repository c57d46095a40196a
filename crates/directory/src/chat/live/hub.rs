//! Who listens, and what each of them is sent: tickets, connections and endpoints.
//!
//! Call [`Hub::handle_timeout`] about once a second and after each call take what is to be done with [`Hub::poll_output`] until there is
//! nothing; outputs are to be carried out in their order.

use super::frame::{connected, disconnected, message_loss, push};
use super::mailbox::{KEPT_FOR, Mailbox};
use super::notices::Notice;
use super::packet::{Heard, hear};
use convene_model::{Now, RawId, WallMs};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

/// Endpoints of one user: tabs and devices. Larger: one user costs more memory. Smaller: somebody with many tabs is turned away.
pub const ENDPOINTS_MAX: usize = 16;

/// For how long a ticket opens a connection. Longer: more of them are open. Shorter: a slow line does not come to use it.
const TICKET_FOR: Duration = Duration::from_secs(30);

/// Tickets of one user that are not used yet. Larger: hostile requests cost memory. Smaller: tabs that open together are turned away.
const TICKETS_MAX: usize = 32;

/// One open socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// What opens one connection, once: whose, and how long its token holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Whose.
    pub user: RawId,
    /// For which of its endpoints.
    pub endpoint: String,
    /// When the token ends.
    pub expires_at: WallMs,
    /// The token's generation: older ones than the user's are revoked.
    pub generation: u64,
}

/// What is to be done with a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// Send it a text.
    Send(ConnectionId, String),
    /// Close it after all before it.
    Close(ConnectionId),
}

/// Why a client is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveRefused {
    /// The endpoint has no name, or none that can be used.
    NotAnEndpoint,
    /// The user listens with as many endpoints as it may.
    TooManyEndpoints,
    /// The socket's session is unknown: it was used, or too old, or never there.
    NoSession,
    /// The endpoint is unknown: it never connected, or was away for too long.
    NoEndpoint,
    /// It said something that is no packet.
    NotAPacket,
}

impl fmt::Display for LiveRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnEndpoint => {
                "The client names no endpoint, or none that can be used. Send epid with up to 64 letters, digits, dots, dashes and underscores, for example a UUID."
            }
            Self::TooManyEndpoints => {
                "This user listens with as many clients as it may. Close one of them, and connect again."
            }
            Self::NoSession => {
                "There is no such session: it opens one socket, within 30 seconds. Ask for a new one at /socket.io/1/."
            }
            Self::NoEndpoint => {
                "There is no such endpoint of this user. Connect it first, under the same id; after ten minutes without a socket it is forgotten."
            }
            Self::NotAPacket => "This is no packet of socket.io 0.9.",
        })
    }
}

struct Endpoint {
    mailbox: Mailbox,
    connection: Option<ConnectionId>,
    /// Since when it has no socket.
    away_since: Duration,
}

struct Connection {
    user: RawId,
    endpoint: String,
    expires_at: WallMs,
    generation: u64,
}

/// Who listens, and what each of them is sent.
pub struct Hub {
    path: &'static str,
    tickets: BTreeMap<String, (Ticket, Duration)>,
    endpoints: BTreeMap<RawId, BTreeMap<String, Endpoint>>,
    connections: BTreeMap<ConnectionId, Connection>,
    last_connection: u64,
    outputs: VecDeque<Push>,
}

impl Hub {
    /// Nobody listens yet. `path` is what frames are addressed to.
    pub fn new(path: &'static str) -> Self {
        Self {
            path,
            tickets: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            connections: BTreeMap::new(),
            last_connection: 0,
            outputs: VecDeque::new(),
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Push> {
        self.outputs.pop_front()
    }

    /// Lets whoever shows `secret` open a connection.
    ///
    /// # Errors
    /// [`LiveRefused::TooManyEndpoints`].
    pub fn admit(&mut self, secret: String, ticket: Ticket, now: Now) -> Result<(), LiveRefused> {
        self.handle_timeout(now);
        let waiting = self.tickets.values().filter(|(kept, _)| kept.user == ticket.user).count();
        let known = self.endpoints.get(&ticket.user).is_some_and(|all| all.contains_key(&ticket.endpoint));
        if waiting >= TICKETS_MAX || (!known && !self.has_room(&ticket.user)) {
            return Err(LiveRefused::TooManyEndpoints);
        }
        self.tickets.insert(secret, (ticket, now.mono));
        Ok(())
    }

    fn has_room(&self, user: &RawId) -> bool {
        let Some(endpoints) = self.endpoints.get(user) else { return true };
        endpoints.len() < ENDPOINTS_MAX || endpoints.values().any(|endpoint| endpoint.connection.is_none())
    }

    /// Opens a connection. What its endpoint has not answered is sent again; a former socket of the same endpoint is closed.
    ///
    /// # Errors
    /// [`LiveRefused::NoSession`], [`LiveRefused::TooManyEndpoints`].
    pub fn open(&mut self, secret: &str, now: Now) -> Result<ConnectionId, LiveRefused> {
        self.handle_timeout(now);
        let (ticket, _) = self.tickets.remove(secret).ok_or(LiveRefused::NoSession)?;
        let known = self.endpoints.get(&ticket.user).is_some_and(|all| all.contains_key(&ticket.endpoint));
        if !known && !self.has_room(&ticket.user) {
            return Err(LiveRefused::TooManyEndpoints);
        }
        let endpoints = self.endpoints.entry(ticket.user.clone()).or_default();
        if !known && endpoints.len() >= ENDPOINTS_MAX {
            let away = endpoints.iter().filter(|(_, one)| one.connection.is_none());
            let longest = away.min_by_key(|(_, one)| one.away_since).map(|(name, _)| name.clone());
            longest.and_then(|name| endpoints.remove(&name));
        }
        self.last_connection += 1;
        let id = ConnectionId(self.last_connection);
        let endpoint = endpoints.entry(ticket.endpoint.clone()).or_insert_with(|| Endpoint {
            mailbox: Mailbox::default(),
            connection: None,
            away_since: now.mono,
        });
        if let Some(former) = endpoint.connection.replace(id) {
            self.connections.remove(&former);
            self.outputs.push_back(Push::Send(former, "0:::dup".to_owned()));
            self.outputs.push_back(Push::Close(former));
        }
        self.outputs.extend(connected().map(|frame| Push::Send(id, frame)));
        match endpoint.mailbox.take_lost() {
            0 => {}
            lost => self.outputs.push_back(Push::Send(id, message_loss(lost))),
        }
        self.outputs.extend(endpoint.mailbox.frames().map(|frame| Push::Send(id, frame.to_owned())));
        let Ticket { user, endpoint, expires_at, generation } = ticket;
        self.connections.insert(id, Connection { user, endpoint, expires_at, generation });
        Ok(id)
    }

    /// A client said something. What is no packet ends its connection.
    pub fn heard(&mut self, id: ConnectionId, text: &str, now: Now) {
        let Some(connection) = self.connections.get(&id) else { return };
        match hear(text) {
            Ok(Heard::Got(number)) => {
                let endpoints = self.endpoints.get_mut(&connection.user);
                if let Some(endpoint) = endpoints.and_then(|all| all.get_mut(&connection.endpoint)) {
                    endpoint.mailbox.answered(number);
                }
            }
            Ok(Heard::Echo(answer)) => self.outputs.push_back(Push::Send(id, answer)),
            Ok(Heard::Nothing) => {}
            Ok(Heard::Left) => self.end(id, None, now),
            Err(_) => self.end(id, Some("bad packet"), now),
        }
    }

    /// A socket is gone. What its endpoint has not answered is kept for a while.
    pub fn closed(&mut self, id: ConnectionId, now: Now) {
        let Some(connection) = self.connections.remove(&id) else { return };
        let endpoints = self.endpoints.get_mut(&connection.user);
        if let Some(endpoint) = endpoints.and_then(|all| all.get_mut(&connection.endpoint)) {
            endpoint.connection = None;
            endpoint.away_since = now.mono;
        }
    }

    /// A client registers its endpoint, with a token that may be newer than that of its connection.
    ///
    /// # Errors
    /// [`LiveRefused::NoEndpoint`].
    pub fn register(&mut self, ticket: &Ticket, now: Now) -> Result<(), LiveRefused> {
        self.handle_timeout(now);
        let endpoint = self.endpoints.get(&ticket.user).and_then(|all| all.get(&ticket.endpoint));
        let endpoint = endpoint.ok_or(LiveRefused::NoEndpoint)?;
        if let Some(connection) = endpoint.connection.and_then(|id| self.connections.get_mut(&id)) {
            connection.expires_at = connection.expires_at.max(ticket.expires_at);
            connection.generation = connection.generation.max(ticket.generation);
        }
        Ok(())
    }

    /// A client wants to hear no more: what is kept for its endpoint goes.
    pub fn unregister(&mut self, user: &RawId, endpoint: &str, now: Now) {
        let Some(endpoints) = self.endpoints.get(user) else { return };
        if let Some(id) = endpoints.get(endpoint).and_then(|one| one.connection) {
            self.end(id, Some("unregistered"), now);
        }
        if let Some(endpoints) = self.endpoints.get_mut(user) {
            endpoints.remove(endpoint);
        }
        self.forget_empty(user);
    }

    /// Tells people what happened.
    pub fn publish(&mut self, notices: &[Notice], now: Now) {
        let mut slow = Vec::new();
        for notice in notices {
            let Some(endpoints) = self.endpoints.get_mut(&notice.recipient) else { continue };
            for (name, endpoint) in endpoints {
                let frame = push(endpoint.mailbox.next_id(), self.path, name, &notice.body);
                let fits = endpoint.mailbox.keep(frame.clone());
                match endpoint.connection {
                    Some(id) if fits => self.outputs.push_back(Push::Send(id, frame)),
                    Some(id) => slow.push(id),
                    None => {}
                }
            }
        }
        for id in slow {
            self.end(id, Some("too slow"), now);
        }
    }

    /// Tokens of `user` of an older generation are revoked; with `None`, the user is gone. What was kept for its endpoints goes, too:
    /// whoever connects with a newer token begins anew.
    pub fn revoke(&mut self, user: &RawId, generation: Option<u64>, now: Now) {
        let old = |token: u64| generation.is_none_or(|current| token < current);
        self.tickets.retain(|_, (ticket, _)| ticket.user != *user || !old(ticket.generation));
        let ended = self.connections.iter().filter(|(_, one)| one.user == *user && old(one.generation));
        for id in ended.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.end(id, Some("unauthorized"), now);
        }
        if let Some(endpoints) = self.endpoints.get_mut(user) {
            endpoints.retain(|_, endpoint| endpoint.connection.is_some());
        }
        self.forget_empty(user);
    }

    /// Ends connections whose token is over, and forgets tickets and endpoints that nobody came for.
    pub fn handle_timeout(&mut self, now: Now) {
        self.tickets.retain(|_, (_, since)| now.mono.saturating_sub(*since) < TICKET_FOR);
        let over = self.connections.iter().filter(|(_, one)| one.expires_at <= now.wall);
        for id in over.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.end(id, Some("unauthorized"), now);
        }
        for endpoints in self.endpoints.values_mut() {
            endpoints.retain(|_, one| one.connection.is_some() || now.mono.saturating_sub(one.away_since) < KEPT_FOR);
        }
        self.endpoints.retain(|_, endpoints| !endpoints.is_empty());
    }

    fn forget_empty(&mut self, user: &RawId) {
        if self.endpoints.get(user).is_some_and(BTreeMap::is_empty) {
            self.endpoints.remove(user);
        }
    }

    fn end(&mut self, id: ConnectionId, reason: Option<&str>, now: Now) {
        if let Some(reason) = reason {
            self.outputs.push_back(Push::Send(id, disconnected(reason)));
        }
        self.outputs.push_back(Push::Close(id));
        self.closed(id, now);
    }
}
