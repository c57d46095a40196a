//! What the media plane measured of legs: whose it was, how long coming in took, and that it is committed before the end.

mod world;

use convene_directory::join_web_url;
use convene_model::media::{LostReason, MediaCommand, MediaEvent};
use convene_model::quality::{JoinTimes, LegQuality, PeerMeasure};
use convene_model::record::{JournalRow, LobbyScope};
use convene_model::{Now, PeerId, SessionId};
use convene_node::Input;
use convene_protocol::{JoinTarget, Request};
use std::time::Duration;
use world::{URL, World, at};

const GROUP: &str = "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11";

fn ms(ms: u64) -> Now {
    Now { mono: Duration::from_millis(ms), wall: at(0).wall + ms as i64 }
}

fn offer() -> Request {
    Request::Negotiate { offer: "v=0".into(), tracks: vec![] }
}

/// The peers that were opened, and the numbers of their offers.
fn opened(world: &World) -> Vec<(PeerId, u32)> {
    let opened = world.media.iter().filter_map(|command| match command {
        MediaCommand::Open { peer, negotiation, .. } => Some((*peer, *negotiation)),
        _ => None,
    });
    opened.collect()
}

fn measures(world: &World) -> Vec<LegQuality> {
    let measured = world.rows.iter().filter_map(|row| match row {
        JournalRow::LegMeasured(quality) => Some((**quality).clone()),
        _ => None,
    });
    measured.collect()
}

fn measured(peer: PeerId, connected_ms: u64) -> Input {
    let (connected_ms, first_packet_ms) = (Some(connected_ms), Some(connected_ms + 5));
    let measure = PeerMeasure { connected_ms, first_packet_ms, lasted_ms: 1000, ..PeerMeasure::default() };
    Input::Media(MediaEvent::Measured { peer, measure: Box::new(measure) })
}

fn answered((peer, negotiation): (PeerId, u32)) -> Input {
    Input::Media(MediaEvent::Answered { peer, negotiation, answer: "v=0".into() })
}

/// Somebody in a group call with open media.
fn in_a_call(world: &mut World) -> (SessionId, PeerId) {
    let ana = world.app_user("Ana");
    let session = world.connect(&ana);
    world.join(session, 1, JoinTarget::Group { group_id: GROUP.into() }, "Ana");
    world.ask(session, 1, offer());
    let open = *opened(world).last().unwrap();
    world.give(answered(open));
    (session, open.0)
}

#[test]
fn whoever_waited_in_the_lobby_has_every_phase_measured_from_the_asking() {
    let mut world = World::new();
    let (organizer, meeting) = world.meeting(LobbyScope::Organization);
    let link = JoinTarget::MeetingLink { link: join_web_url(URL, &meeting) };
    let ben = world.app_user("Ben");
    let (lead, guest) = (world.connect(&organizer), world.connect(&ben));
    world.join(lead, 1, link.clone(), "");
    world.now = ms(1000);
    world.join(guest, 1, link, "Ben");
    world.now = ms(4000);
    world.ask(lead, 1, Request::Admit { user: ben.id.clone() });
    world.now = ms(4100);
    world.ask(guest, 1, offer());
    world.now = ms(4130);
    let open = opened(&world)[0];
    world.give(answered(open));
    world.now = ms(9000);
    world.ask(guest, 1, Request::Leave {});
    world.give(measured(open.0, 200));
    let [kept] = &measures(&world)[..] else { panic!("one measure") };
    let leg = world.rows.iter().find_map(|row| match row {
        JournalRow::Joined { participant, user, .. } if *user == ben.id => Some(participant.clone()),
        _ => None,
    });
    assert_eq!((Some(&kept.participant), kept.opened_at), (leg.as_ref(), ms(4100).wall));
    let expected = JoinTimes {
        admitted_ms: Some(3000),
        offered_ms: 3100,
        answered_ms: Some(3130),
        connected_ms: Some(3300),
        first_packet_ms: Some(3305),
    };
    assert_eq!(kept.kept.join, Some(expected));
}

#[test]
fn what_is_measured_after_the_call_is_over_is_kept_and_a_stop_waits_for_it() {
    let mut world = World::new();
    let (_, peer) = in_a_call(&mut world);
    world.give(Input::Stop);
    assert_eq!(world.node.counts().1, 0);
    assert!(world.node.is_committing(), "the peer was not measured yet");
    world.hold_commits = true;
    world.give(measured(peer, 90));
    assert_eq!(measures(&world).len(), 1);
    assert!(world.node.is_committing(), "the measure is not durable yet");
    let n = *world.held.last().unwrap();
    world.give(Input::Committed { n });
    assert!(!world.node.is_committing());
}

#[test]
fn a_measure_that_is_refused_costs_no_call() {
    let mut world = World::new();
    let (session, peer) = in_a_call(&mut world);
    world.hold_commits = true;
    world.give(measured(peer, 90));
    world.give(Input::Media(MediaEvent::Lost { peer: PeerId(77 << 16), reason: LostReason::NoPath }));
    let n = *world.held.last().unwrap();
    world.give(Input::CommitFailed { n });
    assert_eq!(world.node.counts().1, 1, "the call goes on");
    assert!(!world.node.is_committing());
    world.hold_commits = false;
    world.ask(session, 1, Request::Leave {});
    assert_eq!(world.node.counts().1, 0);
}

#[test]
fn a_peer_that_was_never_opened_or_was_lost_with_its_thread_has_no_measure() {
    let mut world = World::new();
    let (session, peer) = in_a_call(&mut world);
    world.give(Input::Media(MediaEvent::Lost { peer, reason: LostReason::Defect }));
    world.give(measured(peer, 90));
    world.join(session, 2, JoinTarget::Group { group_id: GROUP.into() }, "Ana");
    world.ask(session, 2, offer());
    let (peer, negotiation) = *opened(&world).last().unwrap();
    world.give(Input::Media(MediaEvent::OfferRefused { peer, negotiation, reason: "It is empty.".into() }));
    world.give(measured(peer, 90));
    assert_eq!(measures(&world), []);
    world.ask(session, 2, Request::Leave {});
    assert!(!world.node.is_committing());
}

#[test]
fn a_refused_further_offer_leaves_the_peer_to_be_measured() {
    let mut world = World::new();
    let (session, first) = in_a_call(&mut world);
    world.ask(session, 1, Request::Negotiate { offer: "not".into(), tracks: vec![] });
    world.give(Input::Media(MediaEvent::OfferRefused { peer: first, negotiation: 2, reason: "It is none.".into() }));
    world.give(Input::Closed { session, by_client: false });
    world.give(measured(first, 90));
    world.give(Input::Media(MediaEvent::Lost { peer: first, reason: LostReason::NoPath }));
    let kept = measures(&world);
    assert_eq!(kept.len(), 1, "a refused further offer changes nothing");
    assert!(kept[0].kept.join.is_some());
}
