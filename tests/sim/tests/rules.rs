//! Every rule is seen to be broken when it is broken: by behaviour that is put between the node and those who listen to it.

use convene_sim::{Rule, Tamper, simulate};

/// The rules that the first seeds report under `tamper`.
fn reported(tamper: Tamper) -> Vec<Rule> {
    reported_by(8, tamper)
}

fn reported_by(seeds: u64, tamper: Tamper) -> Vec<Rule> {
    (0..seeds).filter_map(|seed| simulate(seed, 3_000, tamper).err()).map(|failure| failure.violation.rule).collect()
}

fn assert_reports(tamper: Tamper, rule: Rule) {
    let found = reported(tamper);
    assert!(!found.is_empty(), "{tamper:?} was not noticed");
    assert!(found.iter().all(|found| *found == rule), "{tamper:?} was reported as {found:?}, not as {rule:?}");
}

#[test]
fn media_that_stays_open_for_somebody_who_left_is_reported() {
    assert_reports(Tamper::DropClose, Rule::ReceiversAreOnTheRoster);
}

#[test]
fn an_event_that_reaches_somebody_who_waits_is_reported() {
    assert_reports(Tamper::TellWaiters, Rule::WaitersLearnNothing);
}

#[test]
fn a_bar_that_a_restart_forgets_is_reported() {
    // A removal takes a role back and makes visitors wait, too: who forgets the bar forgets all of it, and some of it shows first.
    let found = reported_by(120, Tamper::ForgetBars);
    let bars = found.iter().filter(|found| **found == Rule::BarsHold).count();
    assert!(bars > found.len() / 2, "{found:?}");
}

#[test]
fn a_member_who_misses_a_change_is_reported() {
    // Who misses that somebody came with another device does not see who receives media, either.
    let found = reported(Tamper::DropChange);
    assert!(found.contains(&Rule::ViewsAgree), "{found:?}");
    assert!(found.iter().all(|found| matches!(found, Rule::ViewsAgree | Rule::ReceiversAreOnTheRoster)), "{found:?}");
}

#[test]
fn news_that_comes_before_its_commit_is_reported() {
    assert_reports(Tamper::ConfirmEarly, Rule::CommittedFirst);
}

#[test]
fn leaving_twice_is_reported() {
    assert_reports(Tamper::LeaveTwice, Rule::Once);
}

#[test]
fn somebody_muted_who_is_heard_is_reported() {
    assert_reports(Tamper::HearEverybody, Rule::MutedIsSilent);
}

#[test]
fn a_device_that_goes_on_ringing_is_reported() {
    assert_reports(Tamper::DropRingOver, Rule::RingsEndOnce);
}

#[test]
fn a_ring_that_ends_twice_is_reported() {
    assert_reports(Tamper::EndRingsTwice, Rule::RingsEndOnce);
}

#[test]
fn more_legs_than_a_call_may_have_are_reported() {
    assert_reports(Tamper::Crowd, Rule::Bounds);
}

#[test]
fn a_request_without_an_answer_is_reported() {
    assert_reports(Tamper::DropAnswer, Rule::Answered);
}

#[test]
fn a_secret_that_a_restart_forgets_is_reported() {
    assert_reports(Tamper::ForgetSecrets, Rule::SecretsHold);
}

#[test]
fn a_revoked_user_who_goes_on_is_reported() {
    assert_reports(Tamper::DropRevocation, Rule::RevokedIsOut);
}
