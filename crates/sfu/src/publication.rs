//! What one peer sends on one track: the layers that come, and the keyframes that are asked of it.

use crate::keyframes::KeyframeRequests;
use crate::layers::Layers;
use crate::packet::IncomingPacket;
use convene_model::media::Source;

/// A track that the peer may send.
pub(crate) struct Publication {
    pub mid: String,
    pub track: usize,
    pub source: Source,
    pub keyframes: KeyframeRequests,
    pub layers: Layers,
}

impl Publication {
    /// A packet of a layer came. Returns whether others may be better served with another layer by that.
    pub fn arrived(&mut self, layer: usize, packet: &IncomingPacket) -> bool {
        let is_entry_point = packet.is_entry_point();
        self.keyframes.packet_arrived(layer, is_entry_point);
        // Padding is no sign that a layer comes.
        if packet.payload.is_empty() {
            return false;
        }
        self.layers.measure(layer, packet.received_at, packet.payload.len());
        if self.layers.count() == 1 {
            return false;
        }
        let size = if is_entry_point { packet.picture_size() } else { None };
        let changes = self.layers.arrived(layer, packet.received_at, packet.timestamp, size);
        if changes {
            let stopped = (0..self.layers.count()).filter(|layer| !self.layers.is_coming(*layer));
            stopped.for_each(|layer| self.keyframes.forget(layer));
        }
        changes
    }
}
