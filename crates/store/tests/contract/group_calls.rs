//! Group calls that have a lobby.

use super::samples::guest;
use convene_model::group_call::{GroupBypass, GroupCall};
use convene_store::Store;

fn group(id: &str) -> GroupCall {
    GroupCall {
        lobby: Some(GroupBypass::Named),
        hosts: [guest("h"), guest("i")].into(),
        bypassers: [guest("b")].into(),
        version: 5,
        ..GroupCall::open("resource", id)
    }
}

pub async fn a_group_call_comes_back_as_it_was_to_its_resource_alone(store: impl Store) {
    for (number, lobby) in GroupBypass::ALL.into_iter().enumerate() {
        let kept = GroupCall { lobby: Some(lobby), bypassers: [].into(), ..group(&number.to_string()) };
        assert!(store.keep_group_call(&kept).await.unwrap());
        assert_eq!(store.group_call("resource", &kept.group_id).await.unwrap(), Some(kept));
    }
    assert!(store.keep_group_call(&group("g")).await.unwrap());
    assert_eq!(store.group_call("another", "g").await.unwrap(), None);
    assert_eq!(store.forget_group_call("another", "g").await.unwrap(), None);
    assert_eq!(store.forget_group_call("resource", "g").await.unwrap(), Some(5));
    assert_eq!(store.forget_group_call("resource", "g").await.unwrap(), None);
    assert_eq!(store.group_call("resource", "g").await.unwrap(), None);
    assert!(!store.keep_group_call(&GroupCall::open("resource", "g")).await.unwrap(), "nothing was said about it");
}

pub async fn of_two_who_set_a_group_calls_lobby_the_newer_one_wins(store: impl Store) {
    let first = group("g");
    assert!(store.keep_group_call(&first).await.unwrap());
    assert!(!store.keep_group_call(&GroupCall { hosts: [].into(), ..first.clone() }).await.unwrap());
    let newer = GroupCall { lobby: Some(GroupBypass::Nobody), hosts: [guest("n")].into(), version: 6, ..first };
    assert!(store.keep_group_call(&newer).await.unwrap());
    assert_eq!(store.group_call("resource", "g").await.unwrap(), Some(newer));
}
