//! Accounts, sessions, one-time links.

use super::samples::{NOW, user};
use convene_model::account::{Account, AccountRole, PasswordLink, SessionRecord, Subject};
use convene_store::{Store, StoreError};
use std::sync::Arc;

fn account(name: &str) -> Account {
    Account {
        user: user(name).id,
        email: Some(format!("{name}@example.org")),
        local: true,
        role: AccountRole::Organizer,
        password: None,
        disabled: false,
        created_at: NOW,
    }
}

fn subject(name: &str) -> Subject {
    Subject { issuer: "https://login.example.org".into(), subject: name.into() }
}

fn session(hash: &str, name: &str) -> SessionRecord {
    SessionRecord { hash: hash.into(), user: user(name).id, created_at: NOW, seen_at: NOW }
}

pub async fn an_account_is_found_by_user_address_and_subject(store: impl Store) {
    store.insert_account(&user("a"), &account("a"), None).await.unwrap();
    let provided = Account { local: false, role: AccountRole::Admin, ..account("b") };
    store.insert_account(&user("b"), &provided, Some(&subject("b"))).await.unwrap();
    assert_eq!(store.account(&user("a").id).await.unwrap(), Some(account("a")));
    assert_eq!(store.account_by_email("a@example.org").await.unwrap(), Some(account("a")));
    assert_eq!(store.account_by_email("b@example.org").await.unwrap(), None);
    assert_eq!(store.account_by_subject(&subject("b")).await.unwrap(), Some(provided.clone()));
    assert_eq!(store.account_by_subject(&subject("a")).await.unwrap(), None);
    assert!(store.disable_account(&user("a").id, true).await.unwrap());
    assert!(!store.disable_account(&user("nobody").id, true).await.unwrap());
    let changed = Account { disabled: true, ..account("a") };
    assert_eq!(store.accounts().await.unwrap(), vec![(changed, user("a")), (provided, user("b"))]);
}

pub async fn an_account_is_added_to_a_user_that_is_there_and_follows_its_provider(store: impl Store) {
    store.insert_user(&user("a")).await.unwrap();
    let provided = Account { local: false, ..account("a") };
    store.add_account(&provided, Some(&subject("a"))).await.unwrap();
    let again = store.add_account(&provided, Some(&subject("b"))).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    assert_eq!(store.account_by_subject(&subject("b")).await.unwrap(), None);

    let id = user("a").id;
    assert!(store.follow_provider(&id, Some("new@example.org"), AccountRole::Admin, Some("New")).await.unwrap());
    let followed = Account { email: Some("new@example.org".into()), role: AccountRole::Admin, ..provided.clone() };
    assert_eq!(store.account_by_subject(&subject("a")).await.unwrap(), Some(followed));
    assert_eq!(store.user(&id).await.unwrap().unwrap().display_name.as_deref(), Some("New"));
    assert!(store.follow_provider(&id, None, AccountRole::Member, None).await.unwrap());
    let followed = Account { email: None, role: AccountRole::Member, ..provided };
    assert_eq!(store.account(&id).await.unwrap(), Some(followed));
    assert_eq!(store.user(&id).await.unwrap().unwrap().display_name.as_deref(), Some("New"));

    store.insert_user(&user("b")).await.unwrap();
    assert!(!store.follow_provider(&user("b").id, None, AccountRole::Admin, Some("Other")).await.unwrap());
    assert_eq!(store.user(&user("b").id).await.unwrap(), Some(user("b")));
}

pub async fn a_password_is_kept_anew_only_in_the_place_of_the_one_that_was_compared(store: impl Store) {
    let kept = Account { password: Some("p".into()), ..account("a") };
    store.insert_account(&user("a"), &kept, None).await.unwrap();
    assert!(store.replace_password(&user("a").id, "p", "q").await.unwrap());
    assert!(!store.replace_password(&user("a").id, "p", "r").await.unwrap());
    assert_eq!(store.account(&user("a").id).await.unwrap().unwrap().password.as_deref(), Some("q"));
}

pub async fn a_local_address_and_a_subject_are_used_once_and_a_refused_account_leaves_no_user(store: impl Store) {
    store.insert_account(&user("a"), &account("a"), Some(&subject("a"))).await.unwrap();
    let same = Account { email: account("a").email, ..account("b") };
    let refused = store.insert_account(&user("b"), &same, None).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let refused = store.insert_account(&user("c"), &account("c"), Some(&subject("a"))).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(store.user(&user("b").id).await.unwrap(), None);
    assert_eq!(store.user(&user("c").id).await.unwrap(), None);
}

pub async fn a_link_is_used_once_and_in_time_and_ends_the_sessions(store: impl Store) {
    store.insert_account(&user("a"), &account("a"), None).await.unwrap();
    for hash in ["one", "two"] {
        let link = PasswordLink { hash: hash.into(), user: user("a").id, expires_at: NOW + 10 };
        store.insert_password_link(&link).await.unwrap();
    }
    store.insert_session(&session("s", "a"), None).await.unwrap();
    assert_eq!(store.account_by_link("one", NOW).await.unwrap(), Some(account("a")));
    assert_eq!(store.account_by_link("one", NOW + 10).await.unwrap(), None);
    assert_eq!(store.use_password_link("one", NOW + 10, "late").await.unwrap(), None);
    let store = Arc::new(store);
    let uses: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.use_password_link("one", NOW, "p").await.unwrap() })
        })
        .collect();
    let mut used = 0;
    for one in uses {
        used += usize::from(one.await.unwrap() == Some(user("a").id));
    }
    assert_eq!(used, 1);
    assert_eq!(store.use_password_link("two", NOW, "q").await.unwrap(), None);
    assert_eq!(store.account(&user("a").id).await.unwrap().unwrap().password.as_deref(), Some("p"));
    assert_eq!(store.session("s").await.unwrap(), None);
}

pub async fn a_session_comes_back_with_its_account_and_takes_the_place_of_the_former_one(store: impl Store) {
    store.insert_account(&user("a"), &account("a"), None).await.unwrap();
    store.insert_session(&session("one", "a"), None).await.unwrap();
    store.insert_session(&session("two", "a"), Some("one")).await.unwrap();
    assert_eq!(store.session("one").await.unwrap(), None);
    store.touch_session("two", NOW + 5).await.unwrap();
    store.touch_session("two", NOW + 3).await.unwrap();
    let found = store.session("two").await.unwrap().unwrap();
    assert_eq!((found.session.seen_at, found.account, found.user), (NOW + 5, account("a"), user("a")));
    assert!(store.delete_session("two").await.unwrap());
    assert!(!store.delete_session("two").await.unwrap());
}

pub async fn ending_sessions_ends_all_of_one_user_and_revokes_its_tokens(store: impl Store) {
    for name in ["a", "b"] {
        store.insert_account(&user(name), &account(name), None).await.unwrap();
        for number in 0..2 {
            store.insert_session(&session(&format!("{name}{number}"), name), None).await.unwrap();
        }
    }
    assert_eq!(store.end_sessions(&user("a").id).await.unwrap(), Some(1));
    assert_eq!(store.end_sessions(&user("nobody").id).await.unwrap(), None);
    for (hash, there) in [("a0", false), ("a1", false), ("b0", true), ("b1", true)] {
        assert_eq!(store.session(hash).await.unwrap().is_some(), there, "{hash}");
    }
    let old = SessionRecord { created_at: NOW - 9, seen_at: NOW - 1, ..session("old", "a") };
    let idle = SessionRecord { created_at: NOW - 4, seen_at: NOW - 4, ..session("idle", "a") };
    store.insert_session(&old, None).await.unwrap();
    store.insert_session(&idle, None).await.unwrap();
    store.forget_sessions(NOW - 8, NOW - 3).await.unwrap();
    assert_eq!(store.session("old").await.unwrap(), None);
    assert_eq!(store.session("idle").await.unwrap(), None);
    assert!(store.session("b0").await.unwrap().is_some());
}

pub async fn a_deleted_user_has_no_account_and_no_session(store: impl Store) {
    store.insert_account(&user("a"), &account("a"), Some(&subject("a"))).await.unwrap();
    store.insert_session(&session("s", "a"), None).await.unwrap();
    assert!(store.delete_user(&user("a").id, NOW).await.unwrap().is_some());
    assert_eq!(store.account(&user("a").id).await.unwrap(), None);
    assert_eq!(store.session("s").await.unwrap(), None);
    assert_eq!(store.account_by_subject(&subject("a")).await.unwrap(), None);
}
