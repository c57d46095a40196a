//! Raised hands, and notices of recording and transcription.

mod stage;

use convene_model::record::LobbyScope;
use convene_model::{ErrorCode, RawId};
use convene_protocol::{AnnouncedState, Event, Notice, NoticeKind, NoticeState, Reply, Request};
use stage::{Stage, Told, user};

fn hands(names: &[&str]) -> Told {
    Told::Event(Event::HandsChanged { hands: names.iter().map(|name| user(name)).collect() })
}

fn lower(users: Option<&[&str]>) -> Request {
    Request::LowerHands { users: users.map(|names| names.iter().map(|name| user(name)).collect::<Vec<RawId>>()) }
}

fn announce(kind: NoticeKind, state: AnnouncedState) -> Request {
    Request::Announce { kind, state }
}

fn done() -> Told {
    Told::Reply(Reply::Done {})
}

fn notices(all: &[(NoticeKind, NoticeState, &str)]) -> Told {
    let notice =
        |(kind, state, by): &(NoticeKind, NoticeState, &str)| Notice { kind: *kind, state: *state, by: user(by) };
    Told::Event(Event::NoticesChanged { notices: all.iter().map(notice).collect() })
}

fn meeting(names: &[&str]) -> Stage {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    names.iter().for_each(|name| stage.join(name));
    stage.forget_what_was_told();
    stage
}

#[test]
fn hands_are_seen_by_everybody_in_the_order_in_which_they_went_up() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ben", Request::RaiseHand {});
    stage.ask("ana", Request::RaiseHand {});
    stage.ask("ben", Request::RaiseHand {});
    assert_eq!(stage.told("organizer"), [hands(&["ben"]), hands(&["ben", "ana"])]);
    assert_eq!(stage.told("ben"), [done(), hands(&["ben"]), hands(&["ben", "ana"]), done()]);
    stage.join("cora");
    assert_eq!(stage.told("cora")[1..], [hands(&["ben", "ana"])]);
}

#[test]
fn everybody_lowers_their_own_hand_and_who_may_mute_others_lowers_all() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ana", Request::RaiseHand {});
    stage.ask("ben", Request::RaiseHand {});
    stage.forget_what_was_told();
    stage.ask("ana", lower(Some(&["ben"])));
    stage.ask("ana", lower(None));
    assert_eq!(stage.told("ana"), vec![Told::Refused(ErrorCode::Forbidden); 2]);
    stage.ask("ana", lower(Some(&["ana"])));
    assert_eq!(stage.told("organizer"), [hands(&["ben"])]);
    stage.ask("ana", Request::RaiseHand {});
    stage.forget_what_was_told();
    stage.ask("organizer", lower(None));
    assert_eq!(stage.told("ben"), [hands(&[])]);
}

#[test]
fn a_hand_goes_down_with_its_owner_and_outlives_a_restart() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ana", Request::RaiseHand {});
    stage.ask("ben", Request::RaiseHand {});
    stage.forget_what_was_told();
    stage.ask("ana", Request::Leave {});
    assert_eq!(stage.told("organizer").last(), Some(&hands(&["ben"])));
    let mut next = stage.restarted(&["organizer", "ben"]);
    next.resume("organizer");
    assert!(next.told("organizer").contains(&hands(&["ben"])));
}

#[test]
fn who_comes_back_learns_that_no_hand_is_up_any_more() {
    let mut stage = meeting(&["organizer", "ana"]);
    stage.ask("ana", Request::RaiseHand {});
    stage.call.handle_away(&stage::leg("organizer"), stage.now);
    stage.ask("ana", lower(Some(&["ana"])));
    stage.forget_what_was_told();
    stage.resume("organizer");
    assert!(stage.told("organizer").contains(&hands(&[])));
}

#[test]
fn who_waits_learns_of_no_hand_and_no_notice() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::RaiseHand {});
    stage.ask("organizer", announce(NoticeKind::Recording, AnnouncedState::Started));
    assert_eq!(stage.told("guest"), []);
    stage.ask("guest", Request::RaiseHand {});
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::BadRequest)]);
}

#[test]
fn who_records_says_so_to_everybody_and_to_those_who_come_later_until_they_leave() {
    let (recording, transcription) = (NoticeKind::Recording, NoticeKind::Transcription);
    let mut stage = meeting(&["organizer", "olga", "guest"]);
    stage.ask("guest", announce(recording, AnnouncedState::Started));
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::Forbidden)]);
    stage.ask("olga", announce(recording, AnnouncedState::Started));
    stage.ask("organizer", announce(transcription, AnnouncedState::Started));
    stage.ask("olga", announce(recording, AnnouncedState::Paused));
    stage.ask("olga", announce(recording, AnnouncedState::Paused));
    let (on, paused) = ((recording, NoticeState::Started, "olga"), (recording, NoticeState::Paused, "olga"));
    let written = (transcription, NoticeState::Started, "organizer");
    assert_eq!(stage.told("guest"), [notices(&[on]), notices(&[on, written]), notices(&[paused, written])]);
    stage.join("late");
    assert_eq!(stage.told("late")[1..], [notices(&[paused, written])]);
    let mut next = stage.restarted(&["guest", "olga", "organizer"]);
    next.resume("guest");
    assert_eq!(next.told("guest").last(), Some(&notices(&[paused, written])));
    stage.ask("olga", Request::Leave {});
    assert_eq!(stage.told("guest").last(), Some(&notices(&[written])));
    stage.ask("organizer", announce(transcription, AnnouncedState::Ended));
    assert_eq!(stage.told("guest"), [notices(&[])]);
}
