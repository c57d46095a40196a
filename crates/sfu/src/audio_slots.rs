//! Which speakers a subscriber hears, when there are more than it has slots for.

use convene_model::PeerId;
use std::time::{Duration, Instant};

/// How much louder than the quietest heard speaker somebody must be to take over that slot.
pub const MARGIN_DB: f32 = 6.0;
/// A slot stays with its speaker at least this long. Longer ones cut off the first words of others, shorter ones cut up
/// what is said.
pub const HOLD: Duration = Duration::from_millis(500);

/// What one audio slot carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupant {
    /// Whose voice.
    pub peer: PeerId,
    /// Since when.
    pub since: Instant,
}

/// The slot into which a packet of `peer` goes: its own, a free one, or that of the quietest, if `peer` is clearly louder
/// and that one had its time. `None` if it is not to be heard. The caller notes the new occupant.
pub fn place(
    occupants: impl Iterator<Item = Option<Occupant>> + Clone,
    peer: PeerId,
    now: Instant,
    loudness: impl Fn(PeerId) -> f32,
) -> Option<usize> {
    let own = occupants.clone().position(|slot| slot.is_some_and(|occupant| occupant.peer == peer));
    if own.is_some() {
        return own;
    }
    let free = occupants.clone().position(|slot| slot.is_none());
    if free.is_some() {
        return free;
    }
    let settled = occupants.enumerate().filter_map(|(index, slot)| slot.map(|occupant| (index, occupant)));
    let quietest = settled
        .filter(|(_, occupant)| now.saturating_duration_since(occupant.since) >= HOLD)
        .map(|(index, occupant)| (index, loudness(occupant.peer)))
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    (loudness(peer) > quietest.1 + MARGIN_DB).then_some(quietest.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loudness(peer: PeerId) -> f32 {
        -(peer.0 as f32)
    }

    fn heard(peers: &[u64], since: Instant) -> Vec<Option<Occupant>> {
        peers.iter().map(|id| (*id != 0).then_some(Occupant { peer: PeerId(*id), since })).collect()
    }

    fn placed(slots: &[Option<Occupant>], peer: u64, now: Instant) -> Option<usize> {
        place(slots.iter().copied(), PeerId(peer), now, loudness)
    }

    #[test]
    fn a_speaker_keeps_its_slot_and_a_new_one_takes_a_free_one() {
        let now = Instant::now();
        assert_eq!(placed(&heard(&[30, 40, 0], now), 40, now), Some(1));
        assert_eq!(placed(&heard(&[30, 40, 0], now), 90, now), Some(2));
    }

    #[test]
    fn the_quietest_gives_way_only_to_somebody_clearly_louder() {
        let since = Instant::now();
        let now = since + HOLD;
        assert_eq!(placed(&heard(&[30, 60, 40], since), 50, now), Some(1));
        assert_eq!(placed(&heard(&[30, 60, 40], since), 55, now), None);
    }

    #[test]
    fn a_slot_is_held_for_a_while_before_it_changes() {
        let since = Instant::now();
        assert_eq!(placed(&heard(&[60, 60], since), 10, since + HOLD / 2), None);
    }

    #[test]
    fn without_slots_nobody_is_heard() {
        assert_eq!(placed(&[], 10, Instant::now()), None);
    }
}
