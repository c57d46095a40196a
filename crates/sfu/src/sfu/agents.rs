//! Agents: peers that have no network of their own, because the server itself codes their sound; and what peers may send and hear.

use super::Sfu;
use crate::member::{Run, allows};
use crate::packet::{Codec, Extensions, IncomingPacket};
use crate::speakers::STOP_DBOV;
use convene_model::audio::{AudioPacket, Heard, Spoken};
use convene_model::media::{MaySend, Source, Wish};
use convene_model::{CallId, PeerId};
use std::time::Instant;

/// An agent in its call.
pub(super) struct Agent {
    call: CallId,
    may_send: MaySend,
    hears: bool,
}

impl Sfu {
    /// An agent says something: it is forwarded as if it had come by the network, but only to those for whom it is. What it may not say is
    /// dropped.
    pub fn handle_spoken(&mut self, spoken: Spoken, now: Instant) {
        self.now = self.now.max(now);
        let Spoken { speaker, packet, to } = spoken;
        let Some(agent) = self.agents.get(&speaker).filter(|agent| agent.may_send.microphone) else { return };
        let call = agent.call.clone();
        let AudioPacket { sequence, timestamp, level, payload } = packet;
        // The level travels only together with the activity (RFC 6464 has both in one byte).
        let voice_activity = level.map(|level| f32::from(level) > STOP_DBOV);
        let extensions = Extensions { audio_level: level, voice_activity, ..Extensions::default() };
        let (codec, marker, received_at) = (Codec::Opus, false, self.now);
        let packet = IncomingPacket { codec, sequence, timestamp, marker, received_at, extensions, payload };
        self.arrived_in(&call, speaker, Source::Microphone, 0, to, packet);
    }

    pub(super) fn open_agent(&mut self, id: PeerId, call: CallId, may_send: MaySend) {
        if self.has_peer(id) {
            return;
        }
        self.calls.entry(call.clone()).or_default().agents.push(id);
        self.agents.insert(id, Agent { call, may_send, hears: false });
    }

    /// What the agents of a call hear of a batch.
    pub(super) fn overhear(&mut self, call: &CallId, runs: &[Run]) {
        let agents = self.calls.get(call).map(|call| call.agents.as_slice()).unwrap_or_default();
        for listener in agents.iter().copied().filter(|id| self.agents.get(id).is_some_and(|agent| agent.hears)) {
            let said = runs
                .iter()
                .filter(|run| run.source == Source::Microphone && run.publisher != listener && run.is_for(listener));
            for (speaker, packet) in said.flat_map(|run| run.packets.iter().map(|packet| (run.publisher, packet))) {
                // Padding says nothing.
                if packet.codec == Codec::Opus && !packet.payload.is_empty() {
                    let (sequence, timestamp, payload) = (packet.sequence, packet.timestamp, packet.payload.clone());
                    let packet = AudioPacket { sequence, timestamp, level: packet.extensions.audio_level, payload };
                    self.heard.push_back(Heard { listener, speaker, packet });
                }
            }
        }
    }

    pub(super) fn remove_agent(&mut self, id: PeerId) {
        let Some(agent) = self.agents.remove(&id) else { return };
        let Some(call) = self.calls.get_mut(&agent.call) else { return };
        call.agents.retain(|other| *other != id);
        call.runs.retain(|run| run.publisher != id);
        call.speakers.remove(id);
        if call.members.is_empty() && call.agents.is_empty() {
            self.calls.remove(&agent.call);
            return;
        }
        for other in &call.members {
            if let Some(other) = self.members.get_mut(other) {
                other.forget(id);
            }
        }
    }

    pub(super) fn set_hears(&mut self, id: PeerId, hears: bool) {
        if let Some(member) = self.members.get_mut(&id) {
            member.set_hears(hears);
        } else if let Some(agent) = self.agents.get_mut(&id) {
            agent.hears = hears;
        }
    }

    pub(super) fn set_may_send(&mut self, id: PeerId, may_send: MaySend) {
        let agent = self.agents.get_mut(&id).map(|agent| &mut agent.may_send);
        let Some(before) = agent.or(self.members.get_mut(&id).map(|member| &mut member.may_send)) else { return };
        let before = std::mem::replace(before, may_send);
        let others = self.others(id);
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            if allows(before, source) || !allows(may_send, source) {
                continue;
            }
            let mut waiting = false;
            for other in &others {
                waiting |= self.members.get_mut(other).is_some_and(|other| other.restart(id, source));
            }
            if waiting {
                self.request_keyframe(Wish { publisher: id, source });
            }
        }
    }

    /// The other members of a peer's call.
    pub(super) fn others(&self, id: PeerId) -> Vec<PeerId> {
        let member = self.members.get(&id).map(|member| &member.call);
        let call = member.or(self.agents.get(&id).map(|agent| &agent.call)).and_then(|call| self.calls.get(call));
        call.map(|call| call.members.iter().copied().filter(|other| *other != id).collect()).unwrap_or_default()
    }
}
