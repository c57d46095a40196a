//! Lists of calls.

use super::samples::{NOW, call, group, joined, knocked, started};
use convene_model::listed::{CallFilter, ListedCall};
use convene_model::record::{CallTarget, JournalRow};
use convene_model::{CallId, ErrorCode, MeetingId, RoomId, WallMs};
use convene_store::{CallCursor, Store};

fn of(name: &str, target: CallTarget, at: WallMs) -> JournalRow {
    JournalRow::CallStarted { call: call(name), target, at }
}

fn ids(calls: &[ListedCall]) -> Vec<&str> {
    calls.iter().map(|call| call.id.as_str()).collect()
}

pub async fn calls_are_listed_page_by_page_the_newest_first_with_how_they_ended_and_how_many_came(store: impl Store) {
    let rows = [
        started("a", NOW),
        joined("a", "ana", NOW),
        joined("a", "ana", NOW + 1),
        joined("a", "ben", NOW + 2),
        knocked("a", "who waits is no participant", NOW + 3),
        JournalRow::CallEnded { call: call("a"), reason: ErrorCode::EndedForEveryone, at: NOW + 9 },
        started("b", NOW + 5),
        started("c", NOW + 5),
    ];
    store.commit(&rows, &[]).await.unwrap();
    let all = CallFilter::default();
    let first = store.calls(&all, None, 2).await.unwrap();
    assert_eq!(ids(&first), ["c", "b"]);
    let last = store.calls(&all, Some(&CallCursor::of(&first[1])), 2).await.unwrap();
    let ended = ListedCall {
        id: call("a"),
        target: group(),
        started_at: NOW,
        ended_at: Some(NOW + 9),
        reason: Some(ErrorCode::EndedForEveryone),
        participants: 2,
    };
    assert_eq!(last, [ended]);
    assert_eq!((first[0].ended_at, first[0].reason, first[0].participants), (None, None, 0));
    assert_eq!(store.calls(&all, Some(&CallCursor::of(&last[0])), 2).await.unwrap(), []);
}

pub async fn a_list_of_calls_has_those_that_all_conditions_hold_for(store: impl Store) {
    let resource = || "resource".to_owned();
    let room = CallTarget::Room { resource: resource(), room: RoomId("99199690362660524".into()) };
    let other = CallTarget::Group { resource: "other".into(), group_id: "group".into() };
    let rows = [
        started("group", NOW),
        of("room", room, NOW + 1),
        of("other", other, NOW + 2),
        of("meeting", CallTarget::Meeting(MeetingId("m".into())), NOW + 3),
    ];
    store.commit(&rows, &[]).await.unwrap();
    let of_resource = CallFilter { resource: Some(resource()), ..CallFilter::default() };
    for (which, expected) in [
        (CallFilter::default(), vec!["meeting", "other", "room", "group"]),
        (of_resource.clone(), vec!["room", "group"]),
        (CallFilter { group: Some("group".into()), ..of_resource.clone() }, vec!["group"]),
        (CallFilter { group: Some("99199690362660524".into()), ..of_resource.clone() }, vec!["room"]),
        (CallFilter { meeting: Some(MeetingId("m".into())), ..of_resource.clone() }, vec![]),
        (CallFilter { meeting: Some(MeetingId("m".into())), ..CallFilter::default() }, vec!["meeting"]),
        (CallFilter { from: Some(NOW + 1), to: Some(NOW + 3), ..CallFilter::default() }, vec!["other", "room"]),
        (CallFilter { resource: Some("r' OR 1=1 --".into()), ..CallFilter::default() }, vec![]),
    ] {
        assert_eq!(ids(&store.calls(&which, None, 9).await.unwrap()), expected, "{which:?}");
    }
    let after = CallCursor { id: CallId("room".into()), started_at: NOW + 1 };
    assert_eq!(ids(&store.calls(&of_resource, Some(&after), 9).await.unwrap()), ["group"]);
}
