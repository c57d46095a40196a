//! The spotlight, and reactions.

mod stage;

use convene_model::record::LobbyScope;
use convene_model::{ErrorCode, RawId};
use convene_protocol::{Event, Reaction, Reply, Request};
use stage::{Stage, Told, user};

fn users(names: &[&str]) -> Vec<RawId> {
    names.iter().map(|name| user(name)).collect()
}

fn shown(names: &[&str]) -> Told {
    Told::Event(Event::SpotlightChanged { users: users(names) })
}

fn start(names: &[&str]) -> Request {
    Request::Spotlight { users: users(names) }
}

fn end(names: Option<&[&str]>) -> Request {
    Request::EndSpotlight { users: names.map(users) }
}

fn reacted(name: &str, reaction: Reaction) -> Told {
    Told::Event(Event::Reacted { user: user(name), reaction })
}

fn meeting(names: &[&str]) -> Stage {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    names.iter().for_each(|name| stage.join(name));
    stage.forget_what_was_told();
    stage
}

#[test]
fn who_leads_puts_participants_into_everybodys_spotlight_in_order() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("organizer", start(&["ben"]));
    stage.ask("organizer", start(&["ben", "ana"]));
    assert_eq!(stage.told("ana"), [shown(&["ben"]), shown(&["ben", "ana"])]);
    stage.join("cora");
    assert_eq!(stage.told("cora")[1..], [shown(&["ben", "ana"])]);
}

#[test]
fn a_guest_puts_nobody_into_the_spotlight_and_steps_out_of_it_alone() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("ana", start(&["ana"]));
    assert_eq!(stage.told("ana"), [Told::Refused(ErrorCode::Forbidden)]);
    stage.ask("organizer", start(&["ana", "ben"]));
    stage.forget_what_was_told();
    stage.ask("ana", end(Some(&["ben"])));
    stage.ask("ana", end(None));
    assert_eq!(stage.told("ana"), vec![Told::Refused(ErrorCode::Forbidden); 2]);
    stage.ask("ana", end(Some(&["ana"])));
    assert_eq!(stage.told("ben"), [shown(&["ben"])]);
    stage.ask("organizer", end(None));
    assert_eq!(stage.told("ben"), [shown(&[])]);
}

#[test]
fn who_is_not_in_the_call_and_an_eighth_are_refused_and_nothing_changes() {
    let names = ["organizer", "a", "b", "c", "d", "e", "f", "g"];
    let mut stage = meeting(&names);
    stage.ask("organizer", start(&["a", "nobody"]));
    stage.ask("organizer", start(&names));
    let refused = [ErrorCode::NotFound, ErrorCode::BadRequest].map(Told::Refused);
    assert_eq!(stage.told("organizer"), refused);
    assert_eq!(stage.told("a"), []);
    stage.ask("organizer", start(&names[1..]));
    assert_eq!(stage.told("a"), [shown(&names[1..])]);
}

#[test]
fn who_leaves_is_out_of_the_spotlight_and_the_others_outlive_a_restart() {
    let mut stage = meeting(&["organizer", "ana", "ben"]);
    stage.ask("organizer", start(&["ben", "ana"]));
    stage.forget_what_was_told();
    stage.ask("ben", Request::Leave {});
    assert_eq!(stage.told("organizer").last(), Some(&shown(&["ana"])));
    let mut next = stage.restarted(&["organizer", "ana"]);
    next.resume("organizer");
    assert!(next.told("organizer").contains(&shown(&["ana"])));
}

#[test]
fn a_reaction_is_shown_to_all_who_are_in_and_to_nobody_who_waits() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("olga");
    stage.join("guest");
    stage.forget_what_was_told();
    stage.ask("olga", Request::React { reaction: Reaction::Heart });
    assert_eq!(stage.told("organizer"), [reacted("olga", Reaction::Heart)]);
    assert_eq!(stage.told("olga"), [reacted("olga", Reaction::Heart), Told::Reply(Reply::Done {})]);
    assert_eq!(stage.told("guest"), []);
    stage.ask("guest", Request::React { reaction: Reaction::Like });
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::BadRequest)]);
}
