//! Browsers that ring although no page is open.

use super::samples::{NOW, user};
use convene_model::RawId;
use convene_model::limits::PUSH_DEVICES_MAX;
use convene_model::push::PushDevice;
use convene_store::Store;

fn device(user: &RawId, name: &str, generation: u64, at: i64) -> PushDevice {
    PushDevice {
        user: user.clone(),
        endpoint: format!("https://push.example/{name}"),
        p256dh: vec![4; 65],
        auth: vec![7; 16],
        generation,
        kept_at: NOW + at,
    }
}

async fn names(store: &impl Store, user: &RawId) -> Vec<String> {
    let found = store.push_devices(user).await.unwrap();
    found.into_iter().map(|device| device.endpoint.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

pub async fn the_first_push_key_stays(store: impl Store) {
    assert_eq!(store.get_or_init_push_key(&[1; 32]).await.unwrap(), [1; 32]);
    assert_eq!(store.get_or_init_push_key(&[2; 32]).await.unwrap(), [1; 32]);
}

pub async fn a_browser_is_kept_once_for_the_user_who_was_there_last(store: impl Store) {
    let (ana, ben) = (user("ana"), user("ben"));
    store.insert_user(&ana).await.unwrap();
    store.insert_user(&ben).await.unwrap();
    let first = device(&ana.id, "desk", ana.generation, 0);
    store.keep_push_device(&first).await.unwrap();
    store.keep_push_device(&device(&ana.id, "phone", ana.generation, 1)).await.unwrap();
    assert_eq!(names(&store, &ana.id).await, ["phone", "desk"]);
    assert!(store.push_devices(&ana.id).await.unwrap()[1] == first);

    store.keep_push_device(&device(&ben.id, "desk", ben.generation, 2)).await.unwrap();
    assert_eq!(names(&store, &ana.id).await, ["phone"]);
    assert!(!store.forget_push_device(&ana.id, "https://push.example/desk").await.unwrap(), "it is another's");
    assert!(store.forget_push_device(&ben.id, "https://push.example/desk").await.unwrap());
    assert!(names(&store, &ben.id).await.is_empty());
}

pub async fn browsers_go_with_the_users_tokens_and_with_the_user(store: impl Store) {
    let ana = user("ana");
    store.insert_user(&ana).await.unwrap();
    store.keep_push_device(&device(&ana.id, "desk", ana.generation, 0)).await.unwrap();
    let generation = store.increase_generation(&ana.id).await.unwrap().unwrap();
    assert!(names(&store, &ana.id).await.is_empty());
    store.keep_push_device(&device(&ana.id, "phone", generation, 1)).await.unwrap();
    assert_eq!(names(&store, &ana.id).await, ["phone"]);
    store.delete_user(&ana.id, NOW).await.unwrap();
    assert!(names(&store, &ana.id).await.is_empty());
    assert!(store.keep_push_device(&device(&ana.id, "late", generation, 2)).await.is_err(), "of nobody");
}

pub async fn of_too_many_browsers_the_oldest_are_forgotten(store: impl Store) {
    let ana = user("ana");
    store.insert_user(&ana).await.unwrap();
    for at in 0..=i64::from(PUSH_DEVICES_MAX) {
        store.keep_push_device(&device(&ana.id, &at.to_string(), ana.generation, at)).await.unwrap();
    }
    let kept: Vec<String> = (1..=PUSH_DEVICES_MAX).rev().map(|at| at.to_string()).collect();
    assert_eq!(names(&store, &ana.id).await, kept);
}
