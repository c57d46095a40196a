//! Anonymous guests: their tokens lead into one meeting, and nowhere else.

mod world;

use convene_directory::{join_web_url, short_join_url};
use convene_identity::NewUser;
use convene_model::SessionId;
use convene_model::record::LobbyScope;
use convene_protocol::{JoinTarget, Reply, ServerMessage};
use world::{URL, World};

/// The name of the refusal; `None` if the join gave something.
fn refusal(world: &mut World, session: SessionId, call: u32, target: JoinTarget) -> Option<String> {
    let id = world.join(session, call, target, "Guest");
    let said = world.heard(session);
    let answer = said.into_iter().find_map(|message| match message {
        ServerMessage::Response { id: answered, reply, error } if answered == id => Some((reply, error)),
        _ => None,
    });
    let (reply, error) = answer.expect("an answer");
    assert!(error.is_some() || matches!(reply, Some(Reply::Joined { .. } | Reply::Waiting { .. })), "{reply:?}");
    error.map(|error| error.name)
}

#[test]
fn a_visitor_comes_into_its_own_meeting_and_finds_no_other_call() {
    let mut world = World::new();
    let (_, own) = world.meeting(LobbyScope::Everyone);
    let (_, other) = world.meeting(LobbyScope::Everyone);
    let visitor = world.user("Guest", NewUser::Visitor);
    let session = world.open();
    let token = world.bound_token(&visitor, "voip", Some(&own));
    world.hello(session, token);
    world.heard(session);

    let by_id = |passcode: &str| JoinTarget::MeetingId {
        meeting_id: other.join_meeting_id.clone(),
        passcode: Some(passcode.to_owned()),
    };
    let group = JoinTarget::Group { group_id: "6f2e1c1a-9f0e-4d53-8a57-3f4b8a1f2c11".into() };
    let link = |link: String| JoinTarget::MeetingLink { link };
    let closed = [link(join_web_url(URL, &other)), link(short_join_url(URL, &other)), by_id(&other.passcode), group];
    for target in closed {
        let refused = refusal(&mut world, session, 1, target.clone());
        assert_eq!(refused.as_deref(), Some("meetingNotFound"), "{target:?}");
    }
    assert_eq!(world.node.counts().1, 0, "no call was made");
    assert_eq!(refusal(&mut world, session, 1, link(join_web_url(URL, &own))), None);
}
