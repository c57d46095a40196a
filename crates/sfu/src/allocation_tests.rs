//! Tests of [`allocate`]: who is seen, and how well, when there is little.

use super::*;

const RATES: [u64; 3] = [150_000, 500_000, 1_700_000];

fn claim(rank: Rank, rates: &[u64], current: Option<usize>) -> Claim {
    let steps = rates.iter().enumerate().map(|(layer, rate)| Step { layer, rate: *rate, usual: *rate }).collect();
    Claim { rank, steps, current, held_back: false }
}

fn layers(claims: &[Claim], kbps: u64) -> Vec<Option<usize>> {
    allocate(claims, Some(kbps * 1000)).layers
}

#[test]
fn without_a_limit_everybody_gets_what_they_want() {
    let claims =
        [claim(Rank::Other, &RATES, None), claim(Rank::Screen, &[], None), claim(Rank::Other, &RATES[..2], None)];
    let expected = Allocation { layers: vec![Some(2), None, Some(1)], next: None };
    assert_eq!(allocate(&claims, None), expected);
}

#[test]
fn everybody_is_seen_before_anybody_is_seen_better() {
    let claims =
        [claim(Rank::Other, &RATES, None), claim(Rank::Speaker, &RATES, None), claim(Rank::Other, &RATES, None)];
    assert_eq!(layers(&claims, 460), [Some(0), Some(0), Some(0)]);
    assert_eq!(layers(&claims, 310), [Some(0), Some(0), None], "the speaker first, then in the order of the slots");
    assert_eq!(layers(&claims, 149), [None, None, None]);
}

#[test]
fn the_speaker_gets_better_first_then_the_screen_then_the_others_in_turn() {
    let all = [
        claim(Rank::Other, &RATES, None),
        claim(Rank::Screen, &RATES[..2], None),
        claim(Rank::Other, &RATES, None),
        claim(Rank::Speaker, &RATES[..2], None),
    ];
    assert_eq!(layers(&all, 600 + 450), [Some(0), Some(0), Some(0), Some(1)]);
    assert_eq!(layers(&all, 600 + 900), [Some(0), Some(1), Some(0), Some(1)]);
    assert_eq!(layers(&all, 600 + 1300), [Some(1), Some(1), Some(0), Some(1)]);
    assert_eq!(
        layers(&all, 600 + 1800),
        [Some(1), Some(1), Some(1), Some(1)],
        "nobody gets two steps before the other has one"
    );
}

#[test]
fn a_better_picture_needs_room_to_spare_and_one_that_is_there_does_not() {
    let new = [claim(Rank::Other, &RATES, Some(0))];
    assert_eq!(layers(&new, 599), [Some(0)]);
    assert_eq!(layers(&new, 600), [Some(1)]);
    let known = [claim(Rank::Other, &RATES, Some(1))];
    assert_eq!(layers(&known, 500), [Some(1)]);
    assert_eq!(layers(&known, 499), [Some(0)]);
}

#[test]
fn the_last_picture_goes_on_until_a_third_of_it_has_no_room() {
    let last = [claim(Rank::Other, &RATES, Some(0))];
    assert_eq!(layers(&last, 100), [Some(0)]);
    assert_eq!(layers(&last, 99), [None]);
}

#[test]
fn who_was_held_back_comes_again_only_with_room_to_spare() {
    let fresh = claim(Rank::Other, &RATES[..1], None);
    let held_back = Claim { held_back: true, ..fresh.clone() };
    assert_eq!(layers(&[fresh], 150), [Some(0)]);
    assert_eq!(layers(std::slice::from_ref(&held_back), 179), [None]);
    assert_eq!(layers(&[held_back], 180), [Some(0)]);
}

#[test]
fn the_next_better_picture_is_the_cheapest_one() {
    let claims = [claim(Rank::Speaker, &RATES, Some(1)), claim(Rank::Other, &RATES, Some(0))];
    let allocation = allocate(&claims, Some(700_000));
    assert_eq!(allocation.layers, [Some(1), Some(0)]);
    assert_eq!(allocation.next, Some(650_000 + 450_000));
    assert_eq!(allocate(&claims, Some(10_000_000)).next, None);
    let alone = [claim(Rank::Other, &RATES, None)];
    assert_eq!(allocate(&alone, Some(100_000)).next, Some(150_000), "to be seen at all");
}

#[test]
fn layers_need_not_follow_each_other() {
    let steps = vec![Step { layer: 0, rate: 100, usual: 100 }, Step { layer: 2, rate: 900, usual: 900 }];
    let claim = Claim { rank: Rank::Other, steps, current: None, held_back: false };
    assert_eq!(allocate(std::slice::from_ref(&claim), Some(1080)).layers, [Some(2)]);
    assert_eq!(allocate(&[claim], Some(1079)).layers, [Some(0)]);
}

#[test]
fn a_better_picture_needs_room_for_what_it_may_need_again() {
    let mut claim = claim(Rank::Other, &RATES[..2], Some(0));
    claim.steps[1].rate = 200_000;
    assert_eq!(layers(std::slice::from_ref(&claim), 599), [Some(0)]);
    assert_eq!(layers(std::slice::from_ref(&claim), 600), [Some(1)]);
    claim.current = Some(1);
    assert_eq!(layers(&[claim], 300), [Some(1)], "as long as it fits it goes on");
}
