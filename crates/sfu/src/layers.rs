//! The layers of one publication (RFC 8853 simulcast): which of them come, how large they are, and which one fits a subscriber.
//!
//! Layers are numbered from the smallest to the largest, in the order of the offer's `a=rid` lines. Time is that of the packets: a layer
//! counts as stopped because others go on without it, so a camera that pauses as a whole stops none.

use crate::allocation::Step;
use crate::rate::Rate;
use convene_model::media::ShownSize;
use std::time::{Duration, Instant};

/// Layers of one publication. More: a hostile client makes the server keep more streams, of which nobody sees the difference. Fewer:
/// small tiles cost as much as large ones.
pub const LAYERS_MAX: usize = 3;
/// A layer that does not come for this long, while others do, has stopped. Longer: whoever watches it looks at a still picture.
/// Shorter: one that stumbles is left for nothing.
pub const STOPPED: Duration = Duration::from_secs(1);
/// Frames of the other layers together without which nothing has stopped: a camera of one frame each two seconds sends its layers one
/// after another.
const MISSED_FRAMES: u32 = 6;
/// A layer that had stopped is used again when it has come for this long. Shorter: a sender at the edge of its bandwidth makes pictures
/// jump. Longer: they stay coarse.
pub const STEADY: Duration = Duration::from_secs(1);
/// A layer is kept while it has this share of the size that is shown; another one is taken only from the whole of it on, so that a tile
/// that trembles does not change it.
const KEEP_SHARE: f32 = 0.9;

/// What a layer is taken to need before it was measured, in bits per second: about what Chromium sends at 180, 360 and 720 lines.
const RATES: [u64; LAYERS_MAX] = [150_000, 500_000, 1_700_000];

/// Which layers of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LayerSet(u8);

impl LayerSet {
    /// Takes one in.
    pub fn insert(&mut self, layer: usize) {
        self.0 |= 1 << layer;
    }

    /// Leaves one out.
    pub fn remove(&mut self, layer: usize) {
        self.0 &= !(1 << layer);
    }

    /// Whether it is in.
    pub fn contains(self, layer: usize) -> bool {
        self.0 & (1 << layer) != 0
    }

    /// Whether none is in.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are in, the smallest first.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..LAYERS_MAX).filter(move |layer| self.contains(*layer))
    }
}

/// A picture's size: the longer side first, since a camera that is held upright sends its pictures lying down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureSize {
    long: u16,
    short: u16,
}

impl PictureSize {
    /// Of two sides, in any order.
    pub fn new(one: u16, other: u16) -> PictureSize {
        PictureSize { long: one.max(other), short: one.min(other) }
    }

    /// Whether it is at least `share` of `other` on both sides.
    fn covers(self, other: PictureSize, share: f32) -> bool {
        f32::from(self.long) >= f32::from(other.long) * share && f32::from(self.short) >= f32::from(other.short) * share
    }

    /// Twice as large for each step up, half as large for each step down.
    fn scaled(self, steps: i32) -> PictureSize {
        let scale = |side: u16| (f32::from(side) * 2f32.powi(steps)) as u16;
        PictureSize { long: scale(self.long), short: scale(self.short) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// Nothing of it has come yet, or not for long.
    Absent,
    /// It comes again since then, after it had stopped.
    Returning(Instant),
    Coming,
}

#[derive(Clone, Copy, Debug)]
struct Layer {
    presence: Presence,
    size: Option<PictureSize>,
    /// Its last packet, and that one's timestamp.
    last: Option<(Instant, u32)>,
    /// Frames of other layers since.
    missed: u32,
    rate: Rate,
}

/// What is known of a publication's layers.
#[derive(Clone, Copy, Debug)]
pub struct Layers {
    count: usize,
    layers: [Layer; LAYERS_MAX],
}

/// What a subscriber needs of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// How large it shows it; `None` if it did not say.
    pub shown: Option<ShownSize>,
    /// Which layer goes to it now.
    pub current: Option<usize>,
}

impl Layers {
    /// Of a publication with so many layers, of which nothing has come.
    pub fn new(count: usize) -> Layers {
        let layer = Layer { presence: Presence::Absent, size: None, last: None, missed: 0, rate: Rate::default() };
        Layers { count: count.clamp(1, LAYERS_MAX), layers: [layer; LAYERS_MAX] }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether a layer comes, and may be chosen.
    pub fn is_coming(&self, layer: usize) -> bool {
        self.count == 1 || (layer < self.count && self.layers[layer].presence == Presence::Coming)
    }

    /// A packet of a layer came, with so many bytes of payload.
    pub fn measure(&mut self, layer: usize, at: Instant, payload: usize) {
        if let Some(layer) = self.layers.get_mut(layer) {
            layer.rate.add(at, payload);
        }
    }

    /// A packet of a layer came; `size` is that of the keyframe that it begins. Returns whether another choice may follow from it.
    pub fn arrived(&mut self, layer: usize, at: Instant, timestamp: u32, size: Option<PictureSize>) -> bool {
        if self.count == 1 || layer >= self.count {
            return false;
        }
        let others_come = (0..self.count).any(|other| other != layer && self.is_coming(other));
        let own = &mut self.layers[layer];
        let is_new_frame = own.last.is_none_or(|(_, last)| last != timestamp);
        let presence = match own.presence {
            Presence::Absent if own.last.is_some() && others_come => Presence::Returning(at),
            Presence::Returning(since) if at.saturating_duration_since(since) < STEADY => Presence::Returning(since),
            Presence::Absent | Presence::Returning(_) | Presence::Coming => Presence::Coming,
        };
        let mut changed = (presence == Presence::Coming) != (own.presence == Presence::Coming);
        changed |= size.is_some() && size != own.size;
        *own = Layer { presence, size: size.or(own.size), last: Some((at, timestamp)), missed: 0, rate: own.rate };
        if is_new_frame {
            changed |= self.miss_others(layer, at);
        }
        changed
    }

    /// The others have missed one frame more. Returns whether one of them has stopped by that.
    fn miss_others(&mut self, layer: usize, at: Instant) -> bool {
        let mut stopped = false;
        for (index, other) in self.layers[..self.count].iter_mut().enumerate() {
            let Some((last, _)) = other.last.filter(|_| index != layer) else { continue };
            other.missed += 1;
            if other.missed >= MISSED_FRAMES && at.saturating_duration_since(last) >= STOPPED {
                stopped |= other.presence == Presence::Coming;
                other.presence = Presence::Absent;
            }
        }
        stopped
    }

    /// The layers that may go to a subscriber, up to the one for it: the smallest that is as large as what is shown, or, while that one does
    /// not come, the next smaller one that does. None if nothing is to be sent.
    pub fn steps(&self, need: Need) -> Vec<Step> {
        let best = match need.shown {
            Some(shown) if shown.is_hidden() => return vec![],
            Some(shown) => self.smallest_for(PictureSize::new(shown.width, shown.height), need.current),
            None => self.count - 1,
        };
        let coming = || (0..self.count).filter(|layer| self.is_coming(*layer));
        let smaller: Vec<Step> = coming().filter(|layer| *layer <= best).map(|layer| self.step(layer)).collect();
        if smaller.is_empty() { vec![self.step(coming().min().unwrap_or(best))] } else { smaller }
    }

    fn step(&self, layer: usize) -> Step {
        let guess = RATES[layer];
        let rate = self.layers[layer].rate;
        let now = rate.bits_per_second().unwrap_or(guess);
        Step { layer, rate: now, usual: rate.usual().unwrap_or(guess) }
    }

    fn smallest_for(&self, shown: PictureSize, current: Option<usize>) -> usize {
        let fits = |layer: &usize| {
            let share = if current == Some(*layer) { KEEP_SHARE } else { 1.0 };
            self.size(*layer).is_some_and(|size| size.covers(shown, share))
        };
        (0..self.count).find(fits).unwrap_or(self.count - 1)
    }

    /// A layer's size: as it came, or else after the nearest that did, since each layer usually has twice the sides of the one below.
    fn size(&self, layer: usize) -> Option<PictureSize> {
        let known = (0..self.count).filter_map(|other| Some((other, self.layers[other].size?)));
        let (nearest, size) = known.min_by_key(|(other, _)| other.abs_diff(layer))?;
        Some(size.scaled(layer as i32 - nearest as i32))
    }
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
