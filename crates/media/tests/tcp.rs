//! Media over TCP through real sockets: clients that have no UDP, and what strangers may take.

use convene_media::{MediaConfig, MediaPlane, TcpBounds, TcpConfig, TcpEntrance};
use convene_model::media::{MaySend, MediaCommand, MediaEvent, TrackPlan, TrackUse};
use convene_model::{CallId, PeerId};
use socket2::{Domain, Socket, Type};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::sync::mpsc;

/// More than anything here takes, also on a busy machine.
const AT_MOST: Duration = Duration::from_secs(30);

/// A plain STUN binding request as a frame.
fn binding_request() -> Vec<u8> {
    let mut frame = vec![0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    frame.extend([7; 12]);
    frame
}

struct Server {
    plane: MediaPlane,
    events: mpsc::Receiver<MediaEvent>,
    /// A port of somebody else's.
    other: TcpListener,
    runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start(tcp: Option<TcpConfig>) -> Server {
        let (sender, events) = mpsc::channel(64);
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let public_addresses = vec![Ipv4Addr::LOCALHOST.into()];
        let plane =
            MediaPlane::start(MediaConfig { listen, public_addresses, tcp, estimates_bandwidth: false }, sender)
                .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        Server { plane, events, other, runtime }
    }

    fn bounded(bounds: TcpBounds) -> Server {
        Server::start(Some(TcpConfig { listens: true, elsewhere: vec![], bounds }))
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.plane.local_addr()).unwrap();
        stream.set_read_timeout(Some(AT_MOST)).unwrap();
        stream
    }

    /// Opens a peer, and gives the answer to its offer.
    fn open(&mut self, peer: u64, offer: String, tracks: Vec<TrackPlan>) -> String {
        let may_send = MaySend { microphone: true, ..MaySend::default() };
        let (peer, call) = (PeerId(peer), CallId("call".into()));
        let open = MediaCommand::Open { peer, call, negotiation: 0, offer, tracks, may_send };
        self.runtime.block_on(self.plane.send(open));
        loop {
            match self.events.blocking_recv() {
                Some(MediaEvent::Answered { answer, .. }) => return answer,
                Some(MediaEvent::OfferRefused { reason, .. }) => panic!("{reason}"),
                Some(_) => {}
                None => panic!("the media plane ended"),
            }
        }
    }

    /// Waits until this many connections are open.
    fn wait_for_connections(&self, count: u64) {
        let deadline = Instant::now() + AT_MOST;
        while self.plane.counters().tcp_connections != count {
            assert!(Instant::now() < deadline, "{:?}", self.plane.counters());
            std::thread::yield_now();
        }
    }
}

/// The first packet that comes.
fn answer(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut packet = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut packet).unwrap();
    packet
}

/// Waits until the server has closed a connection on which it said nothing more.
fn is_closed(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 64]) {
        Ok(count) => count == 0,
        // Closed while something was unread there.
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

/// A client with one microphone and one slot, and TCP alone.
struct Client {
    rtc: Rtc,
    stream: TcpStream,
    local: SocketAddr,
    server: SocketAddr,
    begun: Vec<u8>,
    tracks: Vec<TrackPlan>,
    pending: Option<SdpPendingOffer>,
    microphone: Mid,
    sequence: u64,
    is_connected: bool,
    heard: u32,
}

impl Client {
    /// A client with a connection to `server`, and its offer.
    fn new(server: SocketAddr) -> (Client, String) {
        let stream = TcpStream::connect(server).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        let local = stream.local_addr().unwrap();
        let mut rtc = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).build(Instant::now());
        rtc.add_local_candidate(Candidate::builder().tcp().host(local).tcptype(TcpType::Active).build().unwrap());
        let mut api = rtc.sdp_api();
        let microphone = api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let slot = api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        let (offer, pending) = api.apply().unwrap();
        let track = |mid: Mid, track_use| TrackPlan { mid: mid.to_string(), track_use };
        let tracks = vec![track(microphone, TrackUse::Microphone), track(slot, TrackUse::AudioSlot)];
        let client = Client {
            rtc,
            stream,
            local,
            server,
            begun: vec![],
            tracks,
            pending: Some(pending),
            microphone,
            sequence: 1,
            is_connected: false,
            heard: 0,
        };
        (client, offer.to_sdp_string())
    }

    fn answer(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
    }

    fn speak(&mut self) {
        let pt = self.rtc.media(self.microphone).unwrap().remote_pts()[0];
        let timestamp = self.sequence as u32 * 960;
        let write = RtpWrite::new(pt, self.sequence.into(), timestamp, Instant::now(), vec![0xf8, 0xff, 0xfe])
            .ext_vals(ExtensionValues { audio_level: Some(-30), ..ExtensionValues::default() });
        self.sequence += 1;
        self.rtc.direct_api().stream_tx_by_mid(self.microphone, None).unwrap().write_rtp(write);
        self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
    }

    /// Sends what is ready, and takes what comes within two milliseconds.
    fn turn(&mut self) {
        self.drain();
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => panic!("the server closed the connection"),
            Ok(count) => self.begun.extend(&buffer[..count]),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}"),
        }
        while let Some(length) = self.begun.first_chunk::<2>() {
            let end = 2 + usize::from(u16::from_be_bytes(*length));
            if self.begun.len() < end {
                break;
            }
            let frame: Vec<u8> = self.begun.drain(..end).collect();
            let receive = Receive::new(Protocol::Tcp, self.server, self.local, &frame[2..]).unwrap();
            self.rtc.handle_input(Input::Receive(Instant::now(), receive)).unwrap();
            self.drain();
        }
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(due) if due > Instant::now() => return,
                Output::Timeout(_) => self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap(),
                Output::Transmit(transmit) => {
                    assert_eq!(transmit.proto, Protocol::Tcp);
                    let mut frame = (transmit.contents.len() as u16).to_be_bytes().to_vec();
                    frame.extend(&*transmit.contents);
                    self.stream.write_all(&frame).unwrap();
                }
                Output::Event(Event::Connected) => self.is_connected = true,
                Output::Event(Event::RtpPacket(_)) => self.heard += 1,
                Output::Event(_) => {}
            }
        }
    }
}

/// Takes connections at a port of its own, and hands them over.
fn doorkeeper(listener: TcpListener, entrance: TcpEntrance) {
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            entrance.enter(stream);
        }
    });
}

#[test]
fn clients_without_udp_hear_each_other_at_the_media_port_and_where_connections_are_handed_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = listener.local_addr().unwrap();
    let stranger_within = Duration::from_secs(1);
    let bounds = TcpBounds { stranger_within, ..TcpBounds::default() };
    let mut server = Server::start(Some(TcpConfig { listens: true, elsewhere: vec![elsewhere], bounds }));
    doorkeeper(listener, server.plane.tcp_entrance().unwrap());

    let began = Instant::now();
    let mut clients = vec![];
    for (peer, address) in [(1, server.plane.local_addr()), (2, elsewhere)] {
        let (mut client, offer) = Client::new(address);
        client.answer(&server.open(peer, offer, client.tracks.clone()));
        clients.push(client);
    }
    // They are heard for longer than a stranger would live.
    while began.elapsed() < 2 * stranger_within || clients.iter().any(|client| client.heard < 10) {
        assert!(began.elapsed() < AT_MOST, "{:?}", server.plane.counters());
        for client in &mut clients {
            if client.is_connected {
                client.speak();
            }
            client.turn();
        }
    }
    let counters = server.plane.counters();
    assert_eq!((counters.received, counters.sent), (0, 0), "nothing went over UDP");
    assert_eq!((counters.tcp_connections, counters.tcp_dropped), (2, 0));

    // Whose peer is closed is a stranger again.
    server.runtime.block_on(server.plane.send(MediaCommand::Close { peer: PeerId(1) }));
    server.wait_for_connections(1);
}

/// Protocol, port and priority of each candidate of the answer to a client.
fn candidates(tcp: Option<TcpConfig>) -> (u16, Vec<(String, u16, u32)>) {
    let mut server = Server::start(tcp);
    // What the client connects to does not matter for the answer.
    let (client, offer) = Client::new(server.other.local_addr().unwrap());
    let answer = server.open(1, offer, client.tracks);
    let lines = answer.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
    let candidate = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(line.contains("typ host tcptype passive"), fields[2] == "tcp", "{line}");
        (fields[2].to_owned(), fields[5].parse().unwrap(), fields[3].parse().unwrap())
    };
    (server.plane.local_addr().port(), lines.map(candidate).collect())
}

#[test]
fn an_answer_announces_tcp_behind_udp_and_nothing_of_it_where_it_is_off() {
    let https: SocketAddr = "127.0.0.1:443".parse().unwrap();
    let tcp = |listens, elsewhere| Some(TcpConfig { listens, elsewhere, bounds: TcpBounds::default() });
    // The same address once more is announced once.
    let (port, found) = candidates(tcp(true, vec![https, https]));
    let [(first, at_first, high), (second, at_second, low), (third, at_third, lowest)] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!([first, second, third], ["udp", "tcp", "tcp"]);
    assert_eq!([*at_first, *at_second, *at_third], [port, port, 443]);
    assert!(high > low && low > lowest, "{found:?}");

    let of = |found: &[(String, u16, u32)]| found.iter().map(|each| (each.0.clone(), each.1)).collect::<Vec<_>>();
    let (port, found) = candidates(tcp(false, vec![https]));
    assert_eq!(of(&found), [("udp".to_owned(), port), ("tcp".to_owned(), 443)]);
    let (port, found) = candidates(None);
    assert_eq!(of(&found), [("udp".to_owned(), port)]);
}

#[test]
fn a_stranger_gets_a_binding_answer_and_nothing_more_and_is_closed_if_it_stays_one() {
    let server = Server::bounded(TcpBounds { stranger_within: Duration::from_millis(200), ..TcpBounds::default() });
    let mut silent = server.connect();
    let mut asking = server.connect();
    asking.write_all(&binding_request()).unwrap();
    let found = answer(&mut asking);
    assert_eq!((&found[..2], found.len()), (&[1, 1][..], 32));
    // A check of ICE that names nobody, something like DTLS, and half a packet.
    let mut check = vec![0, 28, 0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42];
    check.extend([9; 12]);
    check.extend([0, 6, 0, 4, b'a', b':', b'b', b'c']);
    asking.write_all(&check).unwrap();
    asking.write_all(&[0, 13, 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 1]).unwrap();
    assert!(is_closed(&mut asking) && is_closed(&mut silent));
    server.wait_for_connections(0);
}

#[test]
fn a_packet_that_is_too_large_for_media_ends_its_connection_at_once() {
    let server = Server::bounded(TcpBounds { stranger_within: AT_MOST * 10, ..TcpBounds::default() });
    let mut stream = server.connect();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(is_closed(&mut stream));
}

#[test]
fn places_are_bounded_for_each_address_and_together_and_are_free_again() {
    let bounds = TcpBounds { connections: 3, per_address: 2, stranger_within: AT_MOST * 10 };
    let server = Server::bounded(bounds);
    let from = |last: u8| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, last], 0)).into()).unwrap();
        socket.connect(&server.plane.local_addr().into()).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(AT_MOST)).unwrap();
        stream
    };
    let is_open = |stream: &mut TcpStream| {
        stream.write_all(&binding_request()).unwrap();
        answer(stream).len() == 32
    };
    let mut first = from(1);
    let mut second = from(1);
    assert!(is_open(&mut first) && is_open(&mut second));
    assert!(is_closed(&mut from(1)), "a third one of an address that has two");
    let mut third = from(2);
    assert!(is_open(&mut third));
    assert!(is_closed(&mut from(3)), "a fourth one together");
    drop(first);
    server.wait_for_connections(2);
    assert!(is_open(&mut from(1)) && is_open(&mut second) && is_open(&mut third));
}

#[test]
fn who_reads_nothing_loses_packets_and_holds_nobody_up() {
    let server = Server::bounded(TcpBounds { stranger_within: AT_MOST * 10, ..TcpBounds::default() });
    // Before it connects: a window that becomes smaller later makes the kernel drop what is sent to it, acknowledgements too.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&server.plane.local_addr().into()).unwrap();
    let greedy = TcpStream::from(socket);
    greedy.set_write_timeout(Some(AT_MOST)).unwrap();
    let deadline = Instant::now() + AT_MOST;
    let requests = binding_request().repeat(500);
    while server.plane.counters().tcp_dropped == 0 {
        assert!(Instant::now() < deadline, "{:?}", server.plane.counters());
        (&greedy).write_all(&requests).unwrap();
    }
    let mut other = server.connect();
    other.write_all(&binding_request()).unwrap();
    assert_eq!(answer(&mut other).len(), 32);
}

#[test]
fn a_taken_tcp_port_is_reported_with_what_to_do() {
    // A number that is free for UDP and taken for TCP.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let (events, _receiver) = mpsc::channel(1);
    let tcp = Some(TcpConfig { listens: true, elsewhere: vec![], bounds: TcpBounds::default() });
    let config = MediaConfig { listen, public_addresses: vec![listen.ip()], tcp, estimates_bandwidth: false };
    let message = MediaPlane::start(config, events).err().unwrap().to_string();
    assert!(message.contains(&format!("TCP {listen}")) && message.contains("--media-listen"), "{message}");
}
