//! The call as those in it see it.

mod stage;

use convene_call::Policy;
use convene_model::happened::What;
use convene_model::media::{LostReason, MaySend, MediaCommand, MediaEvent, Shown, ShownSize, SlotState, Source, Wish};
use convene_model::record::{JournalRow, LobbyScope};
use convene_model::{Capability, ErrorCode, Role};
use convene_protocol::{Event, LobbyOutcome, Reply, Request, SlotView, VideoWish};
use stage::{Stage, Told, at, leg, meeting_policy, peer, user};
use std::time::Duration;

fn done() -> Told {
    Told::Reply(Reply::Done {})
}

fn lobby_left(name: &str, outcome: LobbyOutcome) -> Told {
    Told::Event(Event::LobbyLeft { user: user(name), outcome })
}

/// What stands in a list of told things, in short.
fn kinds(told: &[Told]) -> Vec<String> {
    told.iter()
        .map(|told| match told {
            Told::Reply(Reply::Joined { call }) => format!("joined with {} others", call.participants.len()),
            Told::Reply(Reply::Waiting { .. }) => "waiting".into(),
            Told::Reply(Reply::Answer { .. }) => "answer".into(),
            Told::Reply(other) => format!("{other:?}"),
            Told::Refused(code) => format!("refused {}", code.name()),
            Told::Over(code) => format!("over {}", code.name()),
            Told::Event(Event::Admitted { call }) => format!("admitted with {} others", call.participants.len()),
            Told::Event(Event::ParticipantJoined { participant }) => format!("{} came", participant.display_name),
            Told::Event(Event::ParticipantChanged { participant }) => format!("{} changed", participant.display_name),
            Told::Event(Event::ParticipantLeft { user, .. }) => format!("{user} left"),
            Told::Event(Event::Knocked { waiter }) => format!("{} knocked", waiter.display_name),
            Told::Event(other) => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_guest_waits_is_admitted_and_stands_in_the_roster() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    assert_eq!(kinds(&stage.told("organizer")), ["joined with 0 others"]);
    stage.join("guest");
    assert_eq!(kinds(&stage.told("guest")), ["waiting"]);
    assert_eq!(kinds(&stage.told("organizer")), ["guest knocked"]);
    assert_eq!(stage.media(), []);
    stage.ask("organizer", Request::Admit { user: user("guest") });
    assert_eq!(kinds(&stage.told("guest")), ["admitted with 1 others"]);
    assert_eq!(stage.told("organizer")[0], lobby_left("guest", LobbyOutcome::Admitted));
    assert!(stage.rows.iter().any(|row| matches!(row,
        JournalRow::Joined { user: who, admitted_by: Some(by), .. } if *who == user("guest") && *by == user("organizer"))));
}

#[test]
fn a_waiting_guest_is_told_nothing_of_what_goes_on_inside() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    assert_eq!(kinds(&stage.told("guest")), ["waiting"]);
    stage.join("olga");
    stage.offer("olga");
    stage.publish_camera("olga");
    stage.ask("olga", Request::SetMuted { muted: true });
    stage.media_says(MediaEvent::SpeakingChanged { call: stage.call.id().clone(), speaking: vec![peer(1)] });
    stage.join("second-guest");
    stage.ask("olga", Request::Leave {});
    assert_eq!(stage.told("guest"), []);
}

#[test]
fn a_waiting_guest_may_ask_for_nothing_but_to_leave() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.forget_what_was_told();
    stage.offer("guest");
    stage.ask("guest", Request::Subscribe { videos: vec![] });
    stage.ask("guest", Request::Admit { user: user("guest") });
    stage.ask("guest", Request::AdmitAll {});
    stage.ask("guest", Request::EndForEveryone {});
    stage.publish_camera("guest");
    assert_eq!(stage.told("guest"), vec![Told::Refused(ErrorCode::BadRequest); 6]);
    assert_eq!(stage.media(), []);
    stage.ask("guest", Request::Leave {});
    assert_eq!(stage.told("guest"), [done(), Told::Over(ErrorCode::HungUp)]);
    assert_eq!(stage.told("organizer"), [lobby_left("guest", LobbyOutcome::Left)]);
}

#[test]
fn a_rejected_guest_is_out_with_5854() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::Reject { user: user("guest") });
    assert_eq!(stage.told("guest"), [Told::Over(ErrorCode::LobbyRejected)]);
    assert_eq!(stage.told("organizer"), [lobby_left("guest", LobbyOutcome::Rejected), done()]);
    stage.ask("organizer", Request::Admit { user: user("guest") });
    assert_eq!(stage.told("organizer"), [Told::Refused(ErrorCode::NotFound)]);
}

#[test]
fn a_wait_expires_and_a_late_admit_cannot_beat_it() {
    let mut stage =
        Stage::with_policy(Policy { wait: Duration::from_secs(60), ..meeting_policy(LobbyScope::Organization) });
    stage.join("organizer");
    stage.join("guest");
    stage.forget_what_was_told();
    assert_eq!(stage.call.poll_timeout(), Some(Duration::from_secs(60)));
    stage.now = at(60);
    stage.ask("organizer", Request::Admit { user: user("guest") });
    assert_eq!(stage.told("guest"), [Told::Over(ErrorCode::LobbyExpired)]);
    let told = stage.told("organizer");
    assert_eq!(told, [lobby_left("guest", LobbyOutcome::Expired), Told::Refused(ErrorCode::NotFound)]);
    assert_eq!(stage.call.poll_timeout(), None);
}

#[test]
fn attendees_neither_see_nor_manage_the_lobby() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.ask("organizer", Request::Admit { user: user("guest") });
    stage.forget_what_was_told();
    stage.join("second");
    assert_eq!(kinds(&stage.told("organizer")), ["second knocked"]);
    stage.ask("guest", Request::Admit { user: user("second") });
    stage.ask("guest", Request::AdmitAll {});
    stage.ask("guest", Request::Reject { user: user("second") });
    assert_eq!(stage.told("guest"), vec![Told::Refused(ErrorCode::Forbidden); 3]);
}

#[test]
fn those_who_may_bypass_wait_for_the_first_of_the_organization_where_guests_may_not_start() {
    let policy = Policy { guests_may_start: false, ..meeting_policy(LobbyScope::Everyone) };
    let mut stage = Stage::with_policy(policy);
    stage.join("guest");
    assert_eq!(kinds(&stage.told("guest")), ["waiting"]);
    stage.join("olga");
    assert_eq!(kinds(&stage.told("guest")), ["admitted with 1 others"]);
    let told = stage.told("olga");
    assert_eq!(kinds(&told)[0], "joined with 0 others");
    assert_eq!(told[1], lobby_left("guest", LobbyOutcome::Admitted));
    assert_eq!(kinds(&told)[2], "guest came");
}

#[test]
fn nobody_who_must_wait_enters_when_the_organization_arrives() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("guest");
    stage.join("olga");
    let told = stage.told("olga");
    let Some(Told::Reply(Reply::Joined { call })) = told.first() else { panic!("{told:?}") };
    assert_eq!(call.lobby.iter().map(|waiter| waiter.display_name.as_str()).collect::<Vec<_>>(), ["guest"]);
    assert_eq!(kinds(&stage.told("guest")), ["waiting"]);
}

#[test]
fn guests_who_are_not_allowed_are_refused_with_the_code_that_fits() {
    let policy = Policy { guests_allowed: false, ..meeting_policy(LobbyScope::Everyone) };
    let mut stage = Stage::with_policy(policy.clone());
    stage.join("guest");
    let refused = |code| vec![Told::Refused(code), Told::Over(code)];
    assert_eq!(stage.told("guest"), refused(ErrorCode::GuestsMayNotStart));
    assert!(stage.over && stage.rows.is_empty(), "a refused visitor leaves no trace");
    let mut stage = Stage::with_policy(policy);
    stage.join("olga");
    stage.join("guest");
    assert_eq!(stage.told("guest"), refused(ErrorCode::GuestsNotAllowed));
}

#[test]
fn admit_all_lets_everybody_in() {
    let mut stage = Stage::meeting(LobbyScope::Organizer);
    for name in ["organizer", "ana", "ben", "olga"] {
        stage.join(name);
    }
    stage.forget_what_was_told();
    stage.ask("organizer", Request::AdmitAll {});
    let told = stage.told("organizer");
    assert_eq!(told.last(), Some(&Told::Reply(Reply::AdmittedAll { admitted: 3, failed: 0 })));
    assert_eq!(kinds(&stage.told("ana"))[0], "admitted with 1 others");
}

#[test]
fn ending_for_everyone_ends_it_for_those_who_wait_too() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("olga");
    stage.join("guest");
    stage.forget_what_was_told();
    stage.ask("organizer", Request::EndForEveryone {});
    assert_eq!(stage.told("guest"), [Told::Over(ErrorCode::EndedForEveryone)]);
    assert_eq!(stage.told("olga").last(), Some(&Told::Over(ErrorCode::EndedForEveryone)));
    assert!(stage.told("organizer").contains(&Told::Over(ErrorCode::EndedForEveryone)));
    assert!(stage.over);
    assert!(matches!(stage.rows.last(), Some(JournalRow::CallEnded { .. })));
}

#[test]
fn guests_cannot_end_a_meeting_but_anybody_can_end_a_group_call() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("guest");
    stage.forget_what_was_told();
    stage.ask("guest", Request::EndForEveryone {});
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::Forbidden)]);
    assert!(!stage.over);
}

#[test]
fn a_group_call_lets_everybody_in_and_ends_when_the_last_leaves() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    assert_eq!(kinds(&stage.told("ben")), ["joined with 1 others"]);
    assert_eq!(kinds(&stage.told("ana")), ["joined with 0 others", "ben came"]);
    stage.ask("ana", Request::Leave {});
    let Told::Event(Event::ParticipantLeft { user: who, reason }) = &stage.told("ben")[0] else { panic!() };
    assert_eq!((who, reason.name.as_str()), (&user("ana"), "hungUp"));
    assert!(!stage.over);
    stage.gone("ben", ErrorCode::Vanished);
    assert!(stage.over);
    let whats: Vec<&What> = stage.happened.iter().map(|happened| &happened.what).collect();
    assert!(matches!(whats[0], What::CallStarted { by, role: Role::Presenter } if *by == user("ana")));
    assert!(matches!(whats.last(), Some(What::CallEnded { .. })));
}

#[test]
fn nothing_is_told_before_it_is_committed() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    stage.forget_what_was_told();
    stage.auto_commit = false;
    stage.join("guest");
    stage.offer("guest");
    stage.ask("organizer", Request::SetMuted { muted: true });
    assert_eq!((stage.told("guest"), stage.told("organizer"), stage.media()), (vec![], vec![], vec![]));
    let commits = stage.commits.clone();
    stage.confirm(commits[commits.len() - 2]);
    assert_eq!(kinds(&stage.told("guest")), ["joined with 1 others"]);
    assert_eq!(kinds(&stage.told("organizer")), ["guest came"]);
    assert_eq!(stage.media().len(), 1, "the offer followed the join");
    stage.confirm(*commits.last().unwrap());
    assert_eq!(stage.told("organizer"), [done()]);
    assert_eq!(kinds(&stage.told("guest")), ["organizer changed"]);
}

#[test]
fn a_speaking_indication_waits_for_no_commit_and_reaches_nobody_whose_joining_is_not_committed() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("organizer");
    stage.forget_what_was_told();
    stage.auto_commit = false;
    stage.join("guest");
    stage.media_says(MediaEvent::SpeakingChanged { call: stage.call.id().clone(), speaking: vec![peer(1), peer(2)] });
    let event = Event::SpeakingChanged { users: vec![user("organizer")] };
    assert_eq!(stage.told("organizer"), [Told::Event(event)]);
    assert_eq!(stage.told("guest"), []);
}

#[test]
fn a_second_device_is_the_same_participant_and_the_participant_leaves_with_the_last() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.join("ben");
    stage.forget_what_was_told();
    stage.join_leg("ana", "ana-phone");
    let Told::Event(Event::ParticipantChanged { participant }) = &stage.told("ben")[0] else { panic!() };
    assert_eq!(participant.legs.len(), 2);
    stage.ask("ana", Request::Leave {});
    assert_eq!(kinds(&stage.told("ben")), ["ana changed"]);
    stage.ask("ana-phone", Request::Leave {});
    assert_eq!(kinds(&stage.told("ben")), ["8:acs:r_ana left"]);
}

#[test]
fn an_admission_takes_all_devices_of_the_guest() {
    let mut stage = Stage::meeting(LobbyScope::Organization);
    stage.join("organizer");
    stage.join("guest");
    stage.join_leg("guest", "guest-phone");
    stage.ask("organizer", Request::Admit { user: user("guest") });
    assert!(kinds(&stage.told("guest")).contains(&"admitted with 1 others".to_owned()));
    assert!(kinds(&stage.told("guest-phone")).contains(&"admitted with 1 others".to_owned()));
}

#[test]
fn an_offer_opens_media_with_what_the_role_may_send() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("guest");
    stage.offer("guest");
    let media = stage.media();
    let Some(MediaCommand::Open { peer, may_send, negotiation, .. }) = media.first() else { panic!("{media:?}") };
    assert_eq!(*may_send, MaySend { microphone: true, camera: true, screen: false });
    stage.forget_what_was_told();
    stage.media_says(MediaEvent::Answered { peer: *peer, negotiation: *negotiation, answer: "a".into() });
    assert_eq!(kinds(&stage.told("guest")), ["answer"]);
    stage.offer("guest");
    assert!(matches!(stage.media()[..], [MediaCommand::Negotiate { .. }]));
}

#[test]
fn a_muted_leg_may_not_send_audio_until_it_unmutes() {
    let mut stage = Stage::group();
    stage.join("ana");
    stage.offer("ana");
    stage.forget_what_was_told();
    stage.ask("ana", Request::SetMuted { muted: true });
    let may = |microphone| MaySend { microphone, camera: true, screen: true };
    assert_eq!(stage.media(), [MediaCommand::SetMaySend { peer: peer(1), may_send: may(false) }]);
    stage.ask("ana", Request::SetMuted { muted: false });
    assert_eq!(stage.media(), [MediaCommand::SetMaySend { peer: peer(1), may_send: may(true) }]);
}

#[test]
fn a_wish_is_passed_on_once_the_video_is_published_and_withdrawn_with_it() {
    let mut stage = Stage::group();
    for name in ["ana", "ben"] {
        stage.join(name);
        stage.offer(name);
    }
    stage.forget_what_was_told();
    let wish = VideoWish { participant_id: leg("ben"), source: Source::Camera, shown: None };
    stage.ask("ana", Request::Subscribe { videos: vec![wish] });
    assert_eq!(stage.media(), []);
    stage.publish_camera("ben");
    let wishes = vec![Wish { publisher: peer(2), source: Source::Camera }];
    assert_eq!(stage.media(), [MediaCommand::Subscribe { peer: peer(1), wishes: wishes.clone() }]);
    let slot = SlotState { mid: "4".into(), wish: Some(wishes[0]) };
    stage.forget_what_was_told();
    stage.media_says(MediaEvent::SlotsChanged { peer: peer(1), slots: vec![slot] });
    let slots = vec![SlotView { mid: "4".into(), participant_id: leg("ben"), source: Source::Camera }];
    assert_eq!(stage.told("ana"), [Told::Event(Event::SlotsChanged { slots })]);
    stage.ask("ben", Request::Leave {});
    let media = stage.media();
    assert!(media.contains(&MediaCommand::Close { peer: peer(2) }));
    assert!(media.contains(&MediaCommand::Subscribe { peer: peer(1), wishes: vec![] }));
}

#[test]
fn how_large_a_video_is_shown_is_passed_on_before_its_wish_and_whenever_it_changes() {
    let mut stage = Stage::group();
    for name in ["ana", "ben"] {
        stage.join(name);
        stage.offer(name);
    }
    stage.publish_camera("ben");
    stage.media();
    let wish = Wish { publisher: peer(2), source: Source::Camera };
    let subscribe = |stage: &mut Stage, shown: Option<ShownSize>| {
        let wish = VideoWish { participant_id: leg("ben"), source: Source::Camera, shown };
        stage.ask("ana", Request::Subscribe { videos: vec![wish] });
        stage.media()
    };
    let show = |shown: &[ShownSize]| {
        let shown = shown.iter().map(|size| Shown { wish, size: *size }).collect();
        MediaCommand::Show { peer: peer(1), shown }
    };
    let (small, hidden) = (ShownSize { width: 320, height: 180 }, ShownSize { width: 0, height: 0 });
    let wished = MediaCommand::Subscribe { peer: peer(1), wishes: vec![wish] };
    assert_eq!(subscribe(&mut stage, Some(small)), [show(&[small]), wished]);
    assert_eq!(subscribe(&mut stage, Some(hidden)), [show(&[hidden])]);
    assert_eq!(subscribe(&mut stage, Some(hidden)), []);
    assert_eq!(subscribe(&mut stage, None), [show(&[])]);
}

#[test]
fn wishes_are_told_again_for_a_leg_whose_media_was_opened_anew() {
    let mut stage = Stage::group();
    for name in ["ana", "ben"] {
        stage.join(name);
        stage.offer(name);
    }
    stage.publish_camera("ben");
    let size = ShownSize { width: 320, height: 180 };
    let wish = VideoWish { participant_id: leg("ben"), source: Source::Camera, shown: Some(size) };
    stage.ask("ana", Request::Subscribe { videos: vec![wish.clone()] });
    stage.call.handle_away(&leg("ana"), stage.now);
    stage.media_says(MediaEvent::Lost { peer: peer(1), reason: LostReason::NoPath });
    stage.media();
    stage.offer("ana");
    let media = stage.media();
    let Some(MediaCommand::Open { peer: anew, .. }) = media.first() else { panic!("{media:?}") };
    let wish = Wish { publisher: peer(2), source: Source::Camera };
    assert_ne!(*anew, peer(1));
    assert!(media.contains(&MediaCommand::Show { peer: *anew, shown: vec![Shown { wish, size }] }), "{media:?}");
    assert!(media.contains(&MediaCommand::Subscribe { peer: *anew, wishes: vec![wish] }), "{media:?}");
}

#[test]
fn a_role_that_may_not_share_its_screen_cannot_publish_it() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("guest");
    stage.forget_what_was_told();
    stage.ask("guest", Request::Publish { source: Source::Screen });
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::Forbidden)]);
    stage.ask("guest", Request::Publish { source: Source::Microphone });
    assert_eq!(stage.told("guest"), [Told::Refused(ErrorCode::BadRequest)]);
}

#[test]
fn lost_media_ends_the_leg_with_the_code_that_fits() {
    for (connected, reason, expected) in [
        (false, LostReason::NoPath, ErrorCode::MediaUnreachable),
        (true, LostReason::NoPath, ErrorCode::MediaLost),
        (true, LostReason::Dtls, ErrorCode::MediaLost),
        (true, LostReason::Defect, ErrorCode::ServerFailed),
    ] {
        let mut stage = Stage::group();
        stage.join("ana");
        stage.offer("ana");
        if connected {
            stage.media_says(MediaEvent::Connected { peer: peer(1) });
        }
        stage.forget_what_was_told();
        stage.media_says(MediaEvent::Lost { peer: peer(1), reason });
        // The offer that was not answered yet gets its answer, too.
        assert_eq!(stage.told("ana"), [Told::Refused(expected), Told::Over(expected)]);
        assert_eq!(stage.media(), [], "a lost peer is not closed once more");
    }
}

#[test]
fn the_view_says_what_the_role_may_do() {
    let mut stage = Stage::meeting(LobbyScope::Everyone);
    stage.join("guest");
    let told = stage.told("guest");
    let Some(Told::Reply(Reply::Joined { call })) = told.first() else { panic!("{told:?}") };
    assert_eq!(call.role, Role::Attendee);
    let sending = [Capability::UnmuteMic, Capability::TurnVideoOn];
    let showing = [Capability::RaiseHand, Capability::UseReactions, Capability::RealTimeText, Capability::SendData];
    assert_eq!(call.capabilities, [&sending[..], &showing].concat());
    assert_eq!(call.subject.as_deref(), Some("Weekly"));
}
