//! The lobby where people have several legs, are away, or were put back. Each of these was found by the simulation.

mod stage;

use convene_call::{NewLeg, Person};
use convene_model::media::{LostReason, MediaCommand, MediaEvent};
use convene_model::record::LobbyScope;
use convene_model::{Affiliation, ErrorCode, Role};
use convene_protocol::{Event, Reply, Request};
use stage::{Stage, Told, leg, peer, user};

fn away_of(told: &[Told], name: &str) -> Option<bool> {
    told.iter().rev().find_map(|told| match told {
        Told::Event(Event::ParticipantJoined { participant } | Event::ParticipantChanged { participant })
            if participant.user == user(name) =>
        {
            Some(participant.legs.iter().all(|leg| leg.away))
        }
        _ => None,
    })
}

#[test]
fn who_was_put_back_and_knocks_again_waits_even_where_nobody_waits() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    stage.join("guest");
    stage.ask("organizer", Request::PutBack { user: user("guest") });
    stage.forget_what_was_told();
    stage.join_leg("guest", "guest-again");
    assert!(matches!(stage.told("guest-again")[..], [Told::Reply(Reply::Waiting { .. })]));
    stage.ask("organizer", Request::Admit { user: user("guest") });
    for name in ["guest", "guest-again"] {
        assert!(matches!(stage.told(name)[..], [Told::Event(Event::Admitted { .. })]), "{name}");
    }
}

#[test]
fn whoever_is_away_when_put_back_stays_away_and_leaves_the_lobby_in_time() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    stage.join("guest");
    stage.call.handle_away(&leg("guest"), stage.now);
    stage.ask("organizer", Request::PutBack { user: user("guest") });
    stage.ask("organizer", Request::AdmitAll {});
    assert_eq!(away_of(&stage.told("organizer"), "guest"), Some(true));
    stage.now = stage::at(30);
    stage.call.handle_timeout(stage.now);
    stage.ask("organizer", Request::MuteAll {});
    assert_eq!(stage.told("guest").last(), Some(&Told::Over(ErrorCode::Vanished)));
}

#[test]
fn others_see_that_whoever_is_admitted_is_away() {
    let mut stage = Stage::meeting(LobbyScope::Organizer);
    stage.join("organizer");
    stage.join("guest");
    stage.call.handle_away(&leg("guest"), stage.now);
    stage.forget_what_was_told();
    stage.ask("organizer", Request::Admit { user: user("guest") });
    assert_eq!(away_of(&stage.told("organizer"), "guest"), Some(true));
}

#[test]
fn whoever_is_admitted_as_a_manager_of_the_lobby_sees_who_else_waits() {
    let mut stage = Stage::meeting(LobbyScope::Organizer);
    stage.join("organizer");
    stage.join("olga");
    stage.join("guest");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::Admit { user: user("olga") });
    let told = stage.told("olga");
    let [Told::Event(Event::Admitted { call })] = &told[..] else { panic!("{told:?}") };
    assert_eq!(call.lobby.iter().map(|waiter| &waiter.user).collect::<Vec<_>>(), [&user("guest")]);
}

#[test]
fn nobody_waits_for_a_call_that_they_are_in() {
    let mut stage = Stage::meeting(LobbyScope::Organizer);
    stage.join("organizer");
    stage.join("olga");
    stage.forget_what_was_told();
    // Listed as a co-organizer meanwhile, she comes with another device.
    let co_organizer = Person {
        role: Role::CoOrganizer,
        affiliation: Affiliation::Organization,
        invited: true,
        visitor: false,
        host: false,
    };
    let new = NewLeg {
        participant: leg("olga-2"),
        user: user("olga"),
        display_name: "olga".into(),
        person: co_organizer,
        peer: peer(9),
        muted: false,
        resume_secret: "secret".into(),
        resume_hash: "hash".into(),
    };
    stage.call.handle_join(new, 99, stage.now);
    stage.media_says(MediaEvent::Connected { peer: peer(9) });
    let told = stage.told("olga");
    let Some(Told::Event(Event::Admitted { call })) = told.first() else { panic!("{told:?}") };
    assert_eq!(call.role, Role::CoOrganizer);
    assert!(matches!(stage.told("olga-2")[..], [Told::Reply(Reply::Joined { .. })]));
}

#[test]
fn a_refused_change_leaves_the_peer_open_so_that_leaving_closes_it() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    stage.offer("ana");
    stage.media_says(MediaEvent::Answered { peer: peer(1), negotiation: 1, answer: "v=0".into() });
    stage.offer("ana");
    stage.media_says(MediaEvent::OfferRefused { peer: peer(1), negotiation: 2, reason: "It is empty.".into() });
    stage.forget_what_was_told();
    stage.ask("ana", Request::Leave {});
    assert_eq!(stage.media(), [MediaCommand::Close { peer: peer(1) }]);
}

#[test]
fn an_offer_is_answered_even_if_the_leg_is_out_before_the_media_plane_speaks() {
    for leave in [true, false] {
        let mut stage = Stage::group();
        stage.join("ana");
        stage.join("ben");
        stage.offer("ana");
        stage.forget_what_was_told();
        if leave {
            stage.ask("ben", Request::EndForEveryone {});
            let ended = ErrorCode::EndedForEveryone;
            assert_eq!(stage.told("ana").first(), Some(&Told::Refused(ended)));
        } else {
            stage.media_says(MediaEvent::Lost { peer: peer(1), reason: LostReason::NoPath });
            let lost = ErrorCode::MediaUnreachable;
            assert_eq!(stage.told("ana").first(), Some(&Told::Refused(lost)));
        }
    }
}
