//! Applications and their secrets.

use super::samples::NOW;
use convene_model::{
    AppPermission,
    record::{AppSecret, Application},
};
use convene_store::{Store, StoreError};
use std::collections::BTreeSet;

fn secret(id: &str, slot: u8) -> AppSecret {
    AppSecret { id: id.into(), slot, hash: format!("hash of {id}"), created_at: NOW + i64::from(slot) }
}

fn application(id: &str, secrets: Vec<AppSecret>) -> Application {
    let permissions = BTreeSet::from(AppPermission::ALL);
    Application { id: id.into(), name: "Zoë's; back end".into(), permissions, secrets, created_at: NOW }
}

pub async fn an_application_comes_back_as_it_was(store: impl Store) {
    let full = application("full", vec![secret("a", 0), secret("b", 1)]);
    let bare = Application { permissions: BTreeSet::new(), created_at: NOW + 1, ..application("bare", vec![]) };
    for application in [&full, &bare] {
        assert_eq!(store.application(&application.id).await.unwrap(), None);
        store.insert_application(application).await.unwrap();
        assert_eq!(store.application(&application.id).await.unwrap().as_ref(), Some(application));
    }
    assert_eq!(store.applications().await.unwrap(), [full.clone(), bare]);
    let again = store.insert_application(&application("full", vec![secret("c", 0)])).await;
    assert!(matches!(again, Err(StoreError::Conflict { what: "an application" })), "{again:?}");
    assert_eq!(store.application("full").await.unwrap(), Some(full));
}

pub async fn a_place_for_a_secret_is_taken_once_and_is_free_again_when_the_secret_is_removed(store: impl Store) {
    store.insert_application(&application("one", vec![secret("a", 0)])).await.unwrap();
    store.insert_application(&application("other", vec![])).await.unwrap();
    assert!(store.add_application_secret("one", &secret("b", 1)).await.unwrap());
    assert!(!store.add_application_secret("none", &secret("c", 0)).await.unwrap());
    let taken = store.add_application_secret("one", &secret("c", 1)).await;
    assert!(matches!(taken, Err(StoreError::Conflict { what: "a secret" })), "{taken:?}");
    assert!(!store.remove_application_secret("other", "a").await.unwrap(), "it is another application's");
    assert!(store.remove_application_secret("one", "a").await.unwrap());
    assert!(!store.remove_application_secret("one", "a").await.unwrap());
    assert!(store.add_application_secret("one", &secret("c", 0)).await.unwrap());
    assert_eq!(store.application("one").await.unwrap().unwrap().secrets, [secret("c", 0), secret("b", 1)]);
}

pub async fn a_deleted_application_takes_its_secrets_along(store: impl Store) {
    for (id, name) in [("leaver", "a"), ("stayer", "b")] {
        store.insert_application(&application(id, vec![secret(name, 0)])).await.unwrap();
    }
    assert!(store.delete_application("leaver").await.unwrap());
    assert!(!store.delete_application("leaver").await.unwrap());
    assert_eq!(store.application("leaver").await.unwrap(), None);
    assert_eq!(store.applications().await.unwrap(), [application("stayer", vec![secret("b", 0)])]);
    store.insert_application(&application("leaver", vec![secret("a", 0)])).await.unwrap();
}
