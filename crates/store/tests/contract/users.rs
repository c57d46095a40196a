//! Settings, signing keys, users.

use super::samples::{NOW, guest, user};
use convene_model::record::{AccessKey, Resource, SigningKeyRecord, User};
use convene_store::{Settings, Store, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;

fn settings(name: &str) -> Settings {
    Settings { organization: format!("organization {name}"), resource_id: format!("resource {name}") }
}

pub async fn settings_are_none_until_the_first_start_and_fixed_from_then_on(store: impl Store) {
    assert_eq!(store.settings().await.unwrap(), None);
    assert_eq!(store.get_or_init_settings(settings("first")).await.unwrap(), settings("first"));
    assert_eq!(store.get_or_init_settings(settings("second")).await.unwrap(), settings("first"));
    assert_eq!(store.settings().await.unwrap(), Some(settings("first")));
}

pub async fn of_many_first_starts_at_once_one_wins(store: impl Store) {
    let store = Arc::new(store);
    let starts: Vec<_> = (0..16)
        .map(|start| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.get_or_init_settings(settings(&start.to_string())).await.unwrap() })
        })
        .collect();
    let winner = store.get_or_init_settings(settings("last")).await.unwrap();
    for start in starts {
        assert_eq!(start.await.unwrap(), winner);
    }
}

pub async fn another_resource_becomes_the_default_one(store: impl Store) {
    let access_keys = [AccessKey(vec![1; 64]), AccessKey(vec![2; 64])];
    let other = Resource { id: "other".into(), access_keys, hosts: BTreeSet::new(), created_at: NOW };
    store.insert_resource(&other).await.unwrap();
    assert!(!store.set_default_resource("other").await.unwrap(), "there are no settings yet");
    store.get_or_init_settings(settings("first")).await.unwrap();
    assert!(!store.set_default_resource("unknown").await.unwrap());
    assert_eq!(store.settings().await.unwrap(), Some(settings("first")));
    assert!(store.set_default_resource("other").await.unwrap());
    let changed = Settings { resource_id: "other".into(), ..settings("first") };
    assert_eq!(store.settings().await.unwrap(), Some(changed));
}

fn key(kid: &str, created_at: i64) -> SigningKeyRecord {
    SigningKeyRecord { kid: kid.into(), seed: std::array::from_fn(|i| (i as u8) ^ kid.as_bytes()[0]), created_at }
}

pub async fn signing_keys_come_back_as_they_were_the_newest_first(store: impl Store) {
    assert!(store.signing_keys().await.unwrap().is_empty());
    for key in [key("b", NOW), key("a", NOW + 5), key("c", NOW - 5)] {
        store.add_signing_key(&key).await.unwrap();
    }
    // No assert_eq: keys have no Debug.
    assert!(store.signing_keys().await.unwrap() == [key("a", NOW + 5), key("b", NOW), key("c", NOW - 5)]);
}

pub async fn a_kid_is_used_once(store: impl Store) {
    store.add_signing_key(&key("a", NOW)).await.unwrap();
    let again = store.add_signing_key(&SigningKeyRecord { seed: [9; 32], ..key("a", NOW + 1) }).await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "a signing key" })), "{again:?}");
    assert!(store.signing_keys().await.unwrap() == [key("a", NOW)]);
}

pub async fn a_user_comes_back_as_it_was(store: impl Store) {
    let named =
        User { display_name: Some("Zoë 👩🏽‍⚕️ O'Neil".into()), generation: 1 << 40, ..user("named") };
    let nameless = User { id: guest("nameless"), display_name: None, created_at: -5, ..user("nameless") };
    for user in [&named, &nameless] {
        assert_eq!(store.user(&user.id).await.unwrap(), None);
        store.insert_user(user).await.unwrap();
        assert_eq!(store.user(&user.id).await.unwrap().as_ref(), Some(user));
    }
}

pub async fn a_user_id_is_used_once(store: impl Store) {
    store.insert_user(&user("same")).await.unwrap();
    let again = store.insert_user(&User { display_name: None, ..user("same") }).await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "a user" })), "{again:?}");
    assert_eq!(store.user(&user("same").id).await.unwrap(), Some(user("same")));
}

pub async fn an_import_adds_who_is_missing_and_leaves_the_others(store: impl Store) {
    let known = User { generation: 7, ..user("known") };
    store.insert_user(&known).await.unwrap();
    let imported = [user("one"), User { display_name: None, ..user("known") }, user("two"), user("one")];
    assert_eq!(store.import_users(&imported).await.unwrap(), 2);
    assert_eq!(store.user(&known.id).await.unwrap(), Some(known));
    for name in ["one", "two"] {
        assert_eq!(store.user(&user(name).id).await.unwrap(), Some(user(name)));
    }
    assert_eq!(store.import_users(&imported).await.unwrap(), 0, "again");
    assert_eq!(store.import_users(&[]).await.unwrap(), 0);
}

pub async fn each_revocation_raises_the_generation_by_one(store: impl Store) {
    let id = user("somebody").id;
    assert_eq!(store.increase_generation(&id).await.unwrap(), None);
    store.insert_user(&user("somebody")).await.unwrap();
    store.insert_user(&user("bystander")).await.unwrap();
    let store = Arc::new(store);
    let revocations: Vec<_> = (0..20)
        .map(|_| {
            let (store, id) = (Arc::clone(&store), id.clone());
            tokio::spawn(async move { store.increase_generation(&id).await.unwrap().unwrap() })
        })
        .collect();
    let mut generations = Vec::new();
    for revocation in revocations {
        generations.push(revocation.await.unwrap());
    }
    generations.sort_unstable();
    assert_eq!(generations, (1..=20).collect::<Vec<u64>>());
    assert_eq!(store.user(&id).await.unwrap().unwrap().generation, 20);
    assert_eq!(store.user(&user("bystander").id).await.unwrap().unwrap().generation, 0);
}

pub async fn a_deleted_user_is_gone(store: impl Store) {
    for name in ["leaver", "stayer"] {
        store.insert_user(&user(name)).await.unwrap();
    }
    assert_eq!(store.delete_user(&user("leaver").id, NOW).await.unwrap(), Some(vec![]));
    assert_eq!(store.delete_user(&user("leaver").id, NOW).await.unwrap(), None);
    assert_eq!(store.user(&user("leaver").id).await.unwrap(), None);
    assert_eq!(store.user(&user("stayer").id).await.unwrap(), Some(user("stayer")));
}
