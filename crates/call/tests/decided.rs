//! What was decided about somebody holds when they leave and come again, and after a restart.

mod stage;

use convene_call::{Person, Policy};
use convene_model::media::Source;
use convene_model::record::LobbyScope;
use convene_model::{Affiliation, Capability, ErrorCode, RawId, Role};
use convene_protocol::{CallView, Event, Reply, Request};
use stage::{Stage, Told, meeting_policy, user};

fn forbid(users: Option<Vec<RawId>>) -> Request {
    Request::SetAccess { users, source: Source::Microphone, permitted: false }
}

/// The view with which a leg came in, or came back.
fn view(stage: &mut Stage, leg: &str) -> CallView {
    let told = stage.told(leg);
    let found = told.iter().find_map(|told| match told {
        Told::Reply(Reply::Joined { call }) | Told::Event(Event::Admitted { call }) => Some(call.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{leg} is not in: {told:?}"))
}

fn may_speak(view: &CallView) -> bool {
    view.capabilities.contains(&Capability::UnmuteMic)
}

fn come_again(stage: &mut Stage, name: &str) -> CallView {
    stage.ask(name, Request::Leave {});
    stage.forget_what_was_told();
    let again = format!("{name}-again");
    stage.join_leg(name, &again);
    view(stage, &again)
}

fn meeting_of_two() -> Stage {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    stage.join("guest");
    stage.forget_what_was_told();
    stage
}

#[test]
fn nobody_sheds_a_hard_mute_by_leaving_and_coming_again() {
    let mut stage = meeting_of_two();
    stage.ask("organizer", forbid(Some(vec![user("guest")])));
    let again = come_again(&mut stage, "guest");
    assert!(!may_speak(&again) && again.muted);
    stage.ask("guest-again", Request::SetMuted { muted: false });
    assert_eq!(stage.told("guest-again"), [Told::Refused(ErrorCode::Forbidden)]);
}

#[test]
fn nobody_sheds_a_hard_mute_by_a_restart_while_they_are_out() {
    let mut stage = meeting_of_two();
    stage.ask("organizer", forbid(Some(vec![user("guest")])));
    stage.ask("guest", Request::Leave {});
    let mut next = stage.restarted(&["organizer"]);
    next.join_leg("guest", "guest-again");
    assert!(!may_speak(&view(&mut next, "guest-again")));
}

#[test]
fn what_is_forbidden_to_all_others_is_forbidden_to_those_who_come_later_until_it_is_permitted() {
    let mut stage = meeting_of_two();
    stage.ask("organizer", forbid(None));
    stage.join("late");
    assert!(!may_speak(&view(&mut stage, "late")));
    stage.join("olga");
    assert!(may_speak(&view(&mut stage, "olga")), "who manages others is not meant");
    let mut next = stage.restarted(&["organizer"]);
    next.join("later");
    assert!(!may_speak(&view(&mut next, "later")), "after a restart, too");
    stage.ask("organizer", Request::SetAccess { users: None, source: Source::Microphone, permitted: true });
    stage.join("last");
    assert!(may_speak(&view(&mut stage, "last")));
}

#[test]
fn a_role_that_was_given_by_name_stays_over_leaving_and_a_restart_and_ends_with_a_removal() {
    let mut stage = meeting_of_two();
    stage.ask("organizer", Request::SetRole { user: user("guest"), role: Role::Presenter });
    let again = come_again(&mut stage, "guest");
    assert_eq!(again.role, Role::Presenter);
    assert!(again.capabilities.contains(&Capability::ManageLobby));

    let mut next = stage.restarted(&["organizer"]);
    next.join("guest");
    assert_eq!(view(&mut next, "guest").role, Role::Presenter);
    next.resume("organizer");
    next.ask("organizer", Request::Remove { user: user("guest") });
    next.ask("organizer", Request::LiftBar { user: user("guest") });
    next.join_leg("guest", "guest-again");
    assert_eq!(view(&mut next, "guest-again").role, Role::Attendee);
}

#[test]
fn a_co_organizer_by_name_does_not_wait_on_coming_again() {
    let mut stage = Stage::meeting(LobbyScope::Organizer);
    stage.join("organizer");
    stage.join("olga");
    stage.ask("organizer", Request::Admit { user: user("olga") });
    stage.ask("organizer", Request::SetRole { user: user("olga"), role: Role::CoOrganizer });
    assert_eq!(come_again(&mut stage, "olga").role, Role::CoOrganizer);
}

#[test]
fn changed_options_make_presenters_of_those_who_are_in_and_take_it_back() {
    let mut stage = meeting_of_two();
    stage.join("olga");
    let policy = meeting_policy(LobbyScope::Everyone);
    let presenter = Person { role: Role::Presenter, ..stage.person("guest") };
    let demoted = Person { role: Role::Attendee, ..stage.person("olga") };
    stage.forget_what_was_told();
    stage.options(policy.clone(), &[("guest", presenter), ("olga", demoted)]);
    let role = |told: Vec<Told>| {
        told.into_iter().find_map(|told| match told {
            Told::Event(Event::CapabilitiesChanged { role, capabilities, .. }) => Some((role, capabilities)),
            _ => None,
        })
    };
    let (guest, may) = role(stage.told("guest")).expect("the guest is told");
    assert!(guest == Role::Presenter && may.contains(&Capability::ShareScreen));
    assert!(!may.contains(&Capability::ManageLobby), "a presenter by the options manages nobody");
    let (olga, may) = role(stage.told("olga")).expect("Olga is told");
    assert!(olga == Role::Attendee && !may.contains(&Capability::ShareScreen));

    stage.ask("organizer", Request::SetRole { user: user("olga"), role: Role::CoOrganizer });
    stage.forget_what_was_told();
    stage.options(policy, &[("olga", demoted)]);
    assert_eq!(stage.told("olga"), [], "a role that was given by name stays");
}

#[test]
fn who_waits_and_is_invited_by_a_changed_list_comes_in() {
    let mut stage = Stage::meeting(LobbyScope::Invited);
    stage.join("organizer");
    stage.join("guest");
    stage.forget_what_was_told();
    let invited = Person { invited: true, ..stage.person("guest") };
    stage.options(meeting_policy(LobbyScope::Invited), &[("guest", invited)]);
    assert_eq!(view(&mut stage, "guest").role, Role::Attendee);
}

#[test]
fn who_joins_the_organization_by_the_options_counts_as_one_of_it() {
    let policy = Policy { guests_may_start: false, ..meeting_policy(LobbyScope::Everyone) };
    let mut stage = Stage::with_policy(policy.clone());
    stage.join("guest");
    stage.join("second");
    stage.forget_what_was_told();
    let colleague = Person { affiliation: Affiliation::Organization, ..stage.person("guest") };
    stage.options(policy, &[("guest", colleague)]);
    assert_eq!(view(&mut stage, "guest").participants, []);
    assert_eq!(view(&mut stage, "second").participants.len(), 1);
}
