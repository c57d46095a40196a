//! What the WebRTC library says, in this crate's words.

use super::{Origin, Peer, PeerOutput};
use crate::convert::incoming;
use crate::demux::Protocol;
use crate::egress::{Egress, Reception};
use crate::interface::Transmit;
use std::time::Instant;
use str0m::net::Protocol as RtcProtocol;
use str0m::rtp::rtcp::{NackEntry, ReceptionReport, Rtcp};
use str0m::rtp::{RawPacket, RtpPacket, Ssrc};
use str0m::{Event, IceConnectionState, Output, RtcError};

/// SSRCs remembered with their m-lines. A client that exceeds it (three tracks need five, with layers) costs itself look-ups.
const SOURCES_MAX: usize = 16;

impl Peer {
    pub(super) fn drain_once(&mut self, now: Instant, sink: &mut impl FnMut(PeerOutput)) -> Result<Instant, RtcError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(due) => return Ok(due),
                Output::Transmit(transmit) => {
                    let (destination, local) = (transmit.destination, transmit.source);
                    let protocol = if transmit.proto == RtcProtocol::Tcp { Protocol::Tcp } else { Protocol::Udp };
                    let transmit = Transmit { protocol, destination, local, bytes: transmit.contents.into() };
                    self.leads(&transmit, now);
                    sink(PeerOutput::Transmit(transmit));
                }
                Output::Event(Event::RawPacket(raw)) => {
                    if let RawPacket::RtcpRx(rtcp) = *raw {
                        self.take_feedback(rtcp, now, sink);
                    }
                }
                Output::Event(event) => {
                    if let Some(output) = self.translate(event) {
                        sink(output);
                    }
                }
            }
        }
    }

    fn translate(&mut self, event: Event) -> Option<PeerOutput> {
        match event {
            Event::RtpPacket(packet) => self.arrived(packet),
            Event::KeyframeRequest(request) => {
                let track = self.tracks.iter().position(|track| track.mid == request.mid)?;
                Some(PeerOutput::KeyframeRequested { track })
            }
            Event::Connected => Some(PeerOutput::Connected),
            Event::IceConnectionStateChange(IceConnectionState::Connected | IceConnectionState::Completed) => {
                self.asks_for_path = true;
                Some(PeerOutput::IceUp)
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => Some(PeerOutput::IceDown),
            _ => None,
        }
    }

    fn arrived(&mut self, packet: RtpPacket) -> Option<PeerOutput> {
        let (mid, rid) = self.origin_of(packet.header.ssrc)?;
        let track = self.tracks.iter().position(|track| track.mid == mid)?;
        let layer = self.tracks[track].layer(rid)?;
        let codec = self.tracks[track].codec(&self.rtc, packet.header.payload_type)?;
        Some(PeerOutput::Packet { track, layer, packet: incoming(packet, codec) })
    }

    /// The m-line and layer of an SSRC, as str0m has bound it: by `a=ssrc`, or by the mid and rid extensions of its first packets (RFC 8843
    /// §9.2, RFC 8852).
    fn origin_of(&mut self, ssrc: Ssrc) -> Option<Origin> {
        if let Some((_, origin)) = self.sources.iter().find(|(known, _)| *known == ssrc) {
            return Some(*origin);
        }
        let mut api = self.rtc.direct_api();
        let stream = api.stream_rx(&ssrc)?;
        let origin = (stream.mid(), stream.rid());
        if self.sources.len() >= SOURCES_MAX {
            self.sources.clear();
        }
        self.sources.push((ssrc, origin));
        Some(origin)
    }

    /// What the subscriber says of our streams.
    fn take_feedback(&mut self, rtcp: Rtcp, now: Instant, sink: &mut impl FnMut(PeerOutput)) {
        let Peer { egress, tracks, .. } = self;
        let track_of = |ssrc: Ssrc| {
            tracks.iter().position(|track| track.outgoing.as_ref().is_some_and(|outgoing| outgoing.ssrc == ssrc))
        };
        let reported = |egress: &mut Egress, report: &ReceptionReport| {
            let report_of_ours = egress.reported(reception(report), now)?;
            Some(PeerOutput::Reported { track: track_of(report.ssrc)?, report: report_of_ours })
        };
        match rtcp {
            Rtcp::Twcc(feedback) => {
                if let Some(bandwidth) = egress.bandwidth() {
                    let came = feedback.into_iter(bandwidth.beginning(), bandwidth.near().into());
                    bandwidth.received(came.map(|(number, _, at)| (*number, at)), now);
                }
            }
            Rtcp::Nack(nack) => egress.lost(*nack.ssrc, nack.reports.iter().flat_map(lost), now),
            Rtcp::ReceiverReport(report) => {
                report.reports.iter().filter_map(|report| reported(egress, report)).for_each(sink);
            }
            Rtcp::SenderReport(report) => {
                report.reports.iter().filter_map(|report| reported(egress, report)).for_each(sink);
            }
            Rtcp::Pli(pli) => {
                track_of(pli.ssrc).into_iter().for_each(|track| sink(PeerOutput::KeyframeRequested { track }));
            }
            Rtcp::Fir(fir) => {
                let tracks = fir.reports.iter().filter_map(|entry| track_of(entry.ssrc));
                tracks.for_each(|track| sink(PeerOutput::KeyframeRequested { track }));
            }
            _ => {}
        }
    }
}

fn reception(report: &ReceptionReport) -> Reception {
    Reception {
        ssrc: *report.ssrc,
        fraction_lost: report.fraction_lost,
        jitter: report.jitter,
        last_report: (report.last_sr_time, report.last_sr_delay),
    }
}

/// The sequence numbers that an entry names (RFC 4585 §6.2.1).
fn lost(entry: &NackEntry) -> impl Iterator<Item = u16> + use<> {
    let NackEntry { pid, blp } = *entry;
    let following = (0..16).filter(move |bit| blp & (1 << bit) != 0).map(move |bit| pid.wrapping_add(bit + 1));
    std::iter::once(pid).chain(following)
}
