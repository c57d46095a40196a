//! What goes into an [`Sfu`](crate::Sfu) and what comes out of it.

use crate::demux::{Address, Protocol};
use crate::peer::ParsedOffer;
use crate::plan;
use convene_model::PeerId;
use convene_model::audio::Heard;
use convene_model::media::{MediaCommand, MediaEvent};
use std::net::SocketAddr;
use std::time::Instant;

/// What an [`Sfu`](crate::Sfu) is made with.
#[derive(Clone, Debug)]
pub struct SfuConfig {
    /// The addresses that answers announce, each with the port that reaches this server's media socket. Not empty.
    pub candidates: Vec<SocketAddr>,
    /// The addresses at which it takes TCP connections (RFC 6544, passive), for networks without UDP.
    pub tcp_candidates: Vec<SocketAddr>,
    /// Whether it is found out what each subscriber's line carries, and no more is sent. Without that everybody gets what they show.
    pub estimates_bandwidth: bool,
}

impl SfuConfig {
    /// All candidates, the preferred first.
    pub(crate) fn addresses(&self) -> Vec<Address> {
        let udp = self.candidates.iter().map(|address| (Protocol::Udp, *address));
        udp.chain(self.tcp_candidates.iter().map(|address| (Protocol::Tcp, *address))).collect()
    }
}

/// A datagram to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Over TCP it goes as a frame (RFC 4571) through the connection from `destination`.
    pub protocol: Protocol,
    /// Where to.
    pub destination: SocketAddr,
    /// The candidate from which the receiver expects it.
    pub local: SocketAddr,
    /// The payload.
    pub bytes: Vec<u8>,
}

/// What [`Sfu::poll_output`](crate::Sfu::poll_output) gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this.
    Transmit(Transmit),
    /// Tell the control plane this.
    Event(MediaEvent),
    /// Tell whoever codes the sound of agents this.
    Heard(Heard),
    /// Nothing more now; call [`Sfu::handle_timeout`](crate::Sfu::handle_timeout) at this time.
    Timeout(Instant),
}

/// A command with its offer parsed and checked. Parsing a large offer takes up to 25 ms, so make it on another thread.
pub struct Prepared {
    pub(crate) command: MediaCommand,
    /// For a command with an offer.
    pub(crate) offer: Option<Result<ParsedOffer, String>>,
}

impl Prepared {
    /// Parses and checks what a command carries.
    pub fn new(command: MediaCommand) -> Prepared {
        let offer = match &command {
            MediaCommand::Open { offer, tracks, .. } | MediaCommand::Negotiate { offer, tracks, .. } => {
                Some(plan::check(offer, tracks).and_then(|()| ParsedOffer::parse(offer)))
            }
            MediaCommand::SetMaySend { .. }
            | MediaCommand::Subscribe { .. }
            | MediaCommand::Show { .. }
            | MediaCommand::Close { .. }
            | MediaCommand::Echo { .. }
            | MediaCommand::Agent { .. }
            | MediaCommand::SetHears { .. } => None,
        };
        Prepared { command, offer }
    }

    /// The peer that this command opens.
    pub fn opens(&self) -> Option<PeerId> {
        match &self.command {
            MediaCommand::Open { peer, .. } | MediaCommand::Agent { peer, .. } => Some(*peer),
            _ => None,
        }
    }

    /// The peer that this command closes.
    pub fn closes(&self) -> Option<PeerId> {
        if let MediaCommand::Close { peer } = &self.command { Some(*peer) } else { None }
    }
}
