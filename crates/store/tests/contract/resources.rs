//! Resources, their access keys and host names.

use super::samples::NOW;
use convene_model::record::{AccessKey, Resource};
use convene_store::{Store, StoreError};
use std::collections::BTreeSet;

fn key(byte: u8) -> AccessKey {
    AccessKey(vec![byte; 64])
}

pub(super) fn resource(id: &str, hosts: &[&str]) -> Resource {
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    Resource { id: id.into(), access_keys: [key(1), key(2)], hosts, created_at: NOW }
}

// No assert_eq with resources here: their keys have no Debug.

pub async fn a_resource_is_found_by_its_id_and_each_of_its_hosts_as_it_was(store: impl Store) {
    assert!(store.resources().await.unwrap().is_empty());
    let (shop, bank) = (resource("shop", &["shop.example", "127.0.0.1"]), resource("bank", &[]));
    store.insert_resource(&shop).await.unwrap();
    store.insert_resource(&bank).await.unwrap();
    assert!(store.resource("shop").await.unwrap().as_ref() == Some(&shop));
    assert!(store.resource("bank").await.unwrap().as_ref() == Some(&bank));
    for host in &shop.hosts {
        assert!(store.resource_by_host(host).await.unwrap().as_ref() == Some(&shop), "{host}");
    }
    assert!(store.resource("other").await.unwrap().is_none());
    assert!(store.resource_by_host("bank").await.unwrap().is_none());
    assert!(store.resources().await.unwrap() == [bank, shop]);
}

pub async fn a_resource_whose_id_or_host_is_taken_changes_nothing(store: impl Store) {
    store.insert_resource(&resource("shop", &["shop.example"])).await.unwrap();
    for taken in [resource("shop", &[]), resource("bank", &["bank.example", "shop.example"])] {
        let again = store.insert_resource(&taken).await;
        assert!(matches!(again, Err(StoreError::Conflict { what: "a resource" })), "{again:?}");
    }
    assert!(store.resources().await.unwrap() == [resource("shop", &["shop.example"])]);
    assert!(store.resource_by_host("bank.example").await.unwrap().is_none());
}

pub async fn one_access_key_is_replaced_and_the_other_stays(store: impl Store) {
    let shop = resource("shop", &["shop.example"]);
    store.insert_resource(&shop).await.unwrap();
    store.insert_resource(&resource("bank", &[])).await.unwrap();
    assert!(store.replace_access_keys("shop", [None, Some(&key(3))]).await.unwrap());
    let replaced = Resource { access_keys: [key(1), key(3)], hosts: BTreeSet::clone(&shop.hosts), ..shop };
    assert!(store.resource("shop").await.unwrap() == Some(replaced.clone()));
    assert!(store.replace_access_keys("shop", [Some(&key(4)), None]).await.unwrap());
    assert!(store.resource("shop").await.unwrap() == Some(Resource { access_keys: [key(4), key(3)], ..replaced }));
    assert!(store.resource("bank").await.unwrap() == Some(resource("bank", &[])));
    assert!(!store.replace_access_keys("other", [Some(&key(5)), None]).await.unwrap());
}
