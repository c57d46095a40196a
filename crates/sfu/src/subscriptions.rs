//! Which wish goes into which slot.

use convene_model::media::{SlotState, Source, TrackUse, Wish};

/// One receiving m-line for video: what it is for and what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The m-line's `a=mid`.
    pub mid: String,
    /// [`TrackUse::VideoSlot`] or [`TrackUse::ScreenSlot`].
    pub track_use: TrackUse,
    /// What it carries.
    pub wish: Option<Wish>,
}

/// Fills the places: a wish keeps its place as long as it is wished for and available; the others take the free places
/// in the order given. Returns the indexes of the places that carry something else than before.
pub fn assign(places: &mut [Place], wishes: &[Wish], available: impl Fn(&Wish) -> bool) -> Vec<usize> {
    let before: Vec<Option<Wish>> = places.iter().map(|place| place.wish).collect();
    for place in places.iter_mut() {
        place.wish = place.wish.filter(|wish| fits(place.track_use, wish) && wishes.contains(wish) && available(wish));
    }
    for wish in wishes {
        if !available(wish) || places.iter().any(|place| place.wish.as_ref() == Some(wish)) {
            continue;
        }
        if let Some(free) = places.iter_mut().find(|place| place.wish.is_none() && fits(place.track_use, wish)) {
            free.wish = Some(*wish);
        }
    }
    (0..places.len()).filter(|&index| places[index].wish != before[index]).collect()
}

/// Every place that carries something.
pub fn states(places: &[Place]) -> Vec<SlotState> {
    let filled = places.iter().filter(|place| place.wish.is_some());
    filled.map(|place| SlotState { mid: place.mid.clone(), wish: place.wish }).collect()
}

fn fits(track_use: TrackUse, wish: &Wish) -> bool {
    matches!((track_use, wish.source), (TrackUse::VideoSlot, Source::Camera) | (TrackUse::ScreenSlot, Source::Screen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::PeerId;

    fn camera(publisher: u64) -> Wish {
        Wish { publisher: PeerId(publisher), source: Source::Camera }
    }

    fn screen(publisher: u64) -> Wish {
        Wish { publisher: PeerId(publisher), source: Source::Screen }
    }

    fn places() -> Vec<Place> {
        let place = |mid: &str, track_use| Place { mid: mid.into(), track_use, wish: None };
        vec![place("v0", TrackUse::VideoSlot), place("v1", TrackUse::VideoSlot), place("s0", TrackUse::ScreenSlot)]
    }

    fn carried(places: &[Place]) -> Vec<Option<Wish>> {
        places.iter().map(|place| place.wish).collect()
    }

    #[test]
    fn wishes_fill_places_of_their_kind_in_order() {
        let mut places = places();
        let changed = assign(&mut places, &[screen(9), camera(1), camera(2), camera(3)], |_| true);
        assert_eq!(carried(&places), [Some(camera(1)), Some(camera(2)), Some(screen(9))]);
        assert_eq!(changed, [0, 1, 2]);
    }

    #[test]
    fn a_wish_keeps_its_place_whatever_its_rank() {
        let mut places = places();
        assign(&mut places, &[camera(1), camera(2)], |_| true);
        let changed = assign(&mut places, &[camera(3), camera(2)], |_| true);
        assert_eq!(carried(&places), [Some(camera(3)), Some(camera(2)), None]);
        assert_eq!(changed, [0]);
        assert_eq!(assign(&mut places, &[camera(4), camera(2), camera(3)], |_| true), Vec::<usize>::new());
    }

    #[test]
    fn a_wish_beyond_the_places_waits_for_a_free_one() {
        let mut places = places();
        assign(&mut places, &[camera(1), camera(2), camera(3)], |_| true);
        let changed = assign(&mut places, &[camera(1), camera(2), camera(3)], |wish| wish.publisher != PeerId(1));
        assert_eq!(carried(&places), [Some(camera(3)), Some(camera(2)), None]);
        assert_eq!(changed, [0]);
    }

    #[test]
    fn one_wish_twice_takes_one_place_and_a_microphone_none() {
        let mut places = places();
        let microphone = Wish { publisher: PeerId(5), source: Source::Microphone };
        assign(&mut places, &[camera(1), camera(1), microphone], |_| true);
        assert_eq!(carried(&places), [Some(camera(1)), None, None]);
        assert_eq!(states(&places), [SlotState { mid: "v0".into(), wish: Some(camera(1)) }]);
    }
}
