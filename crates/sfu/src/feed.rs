//! The layer of a publication that goes into one video slot.
//!
//! The layer changes only at a keyframe of the one that is aimed at; until that comes, the layer before goes on. The numbers of all of
//! them read as one stream (`slot.rs`).

use crate::packet::{IncomingPacket, OutgoingPacket};
use crate::slot::Rewriter;

/// One slot's stream over changing publications and layers.
#[derive(Clone, Debug)]
pub struct Feed {
    rewriter: Rewriter,
    /// What passes now.
    current: Option<usize>,
    /// What is to pass; nothing while the video is hidden.
    aim: Option<usize>,
}

impl Feed {
    /// A slot that has sent nothing; see [`Rewriter::new`].
    pub fn new(seed: u16) -> Feed {
        Feed { rewriter: Rewriter::new(seed), current: None, aim: Some(0) }
    }

    /// Another publication, or the same after a gap: nothing passes before a keyframe.
    pub fn restart(&mut self) {
        self.rewriter.restart();
        self.current = None;
    }

    /// From now on this layer is wanted, or nothing. Returns whether that is another than before.
    pub fn aim_at(&mut self, layer: Option<usize>) -> bool {
        let before = std::mem::replace(&mut self.aim, layer);
        if layer.is_none() {
            self.restart();
        }
        before != layer
    }

    /// The layer that passes now.
    pub fn current(&self) -> Option<usize> {
        self.current.filter(|_| !self.rewriter.is_waiting())
    }

    /// The layer of which a keyframe is needed.
    pub fn waits_for(&self) -> Option<usize> {
        self.aim.filter(|aim| self.current() != Some(*aim))
    }

    /// Whether packets of a layer may pass. Before anything passes, a smaller one than the wanted is better than nothing.
    pub fn takes(&self, layer: usize) -> bool {
        let Some(aim) = self.aim else { return false };
        match self.current() {
            Some(current) => layer == current || layer == aim,
            None => layer <= aim,
        }
    }

    /// The packet as the slot sends it, or `None` if it must not pass.
    pub fn forward(&mut self, layer: usize, packet: &IncomingPacket) -> Option<OutgoingPacket> {
        if self.current() != Some(layer) {
            if !self.takes(layer) || !packet.is_entry_point() {
                return None;
            }
            self.rewriter.restart();
            self.current = Some(layer);
        }
        self.rewriter.forward(packet)
    }
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
