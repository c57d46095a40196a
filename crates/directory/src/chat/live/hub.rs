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

#[cfg(test)]
mod tests {
    use super::super::KEPT_FOR;
    use super::{ENDPOINTS_MAX, Hub, LiveRefused, Notice, Push, TICKET_FOR, TICKETS_MAX, Ticket};
    use convene_model::{Now, RawId};
    use std::time::Duration;

    fn at(after: Duration) -> Now {
        Now { mono: after, wall: i64::try_from(after.as_millis()).expect("a time") }
    }

    fn user(name: &str) -> RawId {
        RawId::parse(&format!("8:acs:resource_{name}")).expect("an id")
    }

    fn ticket(endpoint: &str) -> Ticket {
        Ticket { user: user("a"), endpoint: endpoint.into(), expires_at: 100_000_000, generation: 1 }
    }

    fn outputs(hub: &mut Hub) -> Vec<Push> {
        std::iter::from_fn(|| hub.poll_output()).collect()
    }

    fn opened(hub: &mut Hub, ticket: Ticket, now: Now) -> super::ConnectionId {
        hub.admit("secret".into(), ticket, now).expect("a place");
        hub.open("secret", now).expect("a connection")
    }

    fn told(hub: &mut Hub, name: &str, body: &str, now: Now) {
        hub.publish(&[Notice { recipient: user(name), body: body.into() }], now);
    }

    #[test]
    fn a_frame_is_kept_as_long_as_its_endpoint_and_no_longer() {
        let mut hub = Hub::new("/path");
        let first = opened(&mut hub, ticket("e"), at(Duration::ZERO));
        hub.closed(first, at(Duration::ZERO));
        told(&mut hub, "a", "{}", at(Duration::ZERO));
        told(&mut hub, "b", "{}", at(Duration::ZERO));
        outputs(&mut hub);
        let frame = "3:::{\"id\":1,\"method\":\"POST\",\"url\":\"/path/e/messaging\",\"headers\":{\"Content-Type\":\"application/json\"},\"body\":\"{}\"}";
        let soon = at(KEPT_FOR.saturating_sub(Duration::from_millis(1)));
        let second = opened(&mut hub, ticket("e"), soon);
        assert_eq!(outputs(&mut hub).last(), Some(&Push::Send(second, frame.to_owned())));
        hub.closed(second, soon);
        let third = opened(&mut hub, ticket("e"), at(soon.mono + KEPT_FOR));
        assert_eq!(outputs(&mut hub).len(), 2, "connected, and nothing to hear");
        assert_eq!(hub.unregister(&user("a"), "e", at(soon.mono + KEPT_FOR)), ());
        assert_eq!(outputs(&mut hub).last(), Some(&Push::Close(third)));
    }

    #[test]
    fn a_token_ends_its_connection_unless_a_newer_one_was_registered() {
        let mut hub = Hub::new("/path");
        let ends = |at| Ticket { expires_at: at, ..ticket("e") };
        let id = opened(&mut hub, ends(5000), at(Duration::ZERO));
        assert_eq!(hub.register(&ends(9000), at(Duration::ZERO)), Ok(()));
        assert_eq!(hub.register(&ticket("f"), at(Duration::ZERO)), Err(LiveRefused::NoEndpoint));
        hub.handle_timeout(at(Duration::from_millis(8999)));
        assert_eq!(outputs(&mut hub).len(), 2);
        hub.handle_timeout(at(Duration::from_millis(9000)));
        let last = "0:::{\"reason\":\"unauthorized\"}".to_owned();
        assert_eq!(outputs(&mut hub), [Push::Send(id, last), Push::Close(id)]);
    }

    #[test]
    fn who_is_revoked_hears_nothing_any_more_and_newer_tokens_go_on() {
        let mut hub = Hub::new("/path");
        let now = at(Duration::ZERO);
        let old = opened(&mut hub, ticket("old"), now);
        let new = opened(&mut hub, Ticket { generation: 2, ..ticket("new") }, now);
        hub.admit("waits".into(), ticket("waits"), now).expect("a place");
        outputs(&mut hub);
        hub.revoke(&user("a"), Some(2), now);
        let last = "0:::{\"reason\":\"unauthorized\"}".to_owned();
        assert_eq!(outputs(&mut hub), [Push::Send(old, last), Push::Close(old)]);
        assert_eq!(hub.open("waits", now), Err(LiveRefused::NoSession));
        told(&mut hub, "a", "{}", now);
        assert!(matches!(&outputs(&mut hub)[..], [Push::Send(id, _)] if *id == new));
        hub.revoke(&user("a"), None, now);
        outputs(&mut hub);
        told(&mut hub, "a", "{}", now);
        assert_eq!(outputs(&mut hub), []);
    }

    #[test]
    fn tickets_and_endpoints_of_one_user_are_bounded_and_tickets_do_not_last() {
        let mut hub = Hub::new("/path");
        for number in 0..TICKETS_MAX {
            hub.admit(number.to_string(), ticket("e"), at(Duration::ZERO)).expect("a place");
        }
        let one_more = hub.admit("more".into(), ticket("e"), at(Duration::ZERO));
        assert_eq!(one_more, Err(LiveRefused::TooManyEndpoints));
        assert_eq!(hub.open("0", at(TICKET_FOR)), Err(LiveRefused::NoSession));
        for number in 0..ENDPOINTS_MAX {
            opened(&mut hub, ticket(&number.to_string()), at(TICKET_FOR));
        }
        let one_more = hub.admit("more".into(), ticket("more"), at(TICKET_FOR));
        assert_eq!(one_more, Err(LiveRefused::TooManyEndpoints));
        assert_eq!(hub.admit("again".into(), ticket("3"), at(TICKET_FOR)), Ok(()));
    }
}
