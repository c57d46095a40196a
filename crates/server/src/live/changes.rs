//! Changes of other things that change chat threads along with them: each is committed, and told to those in the threads, under the lanes.
//! Whoever answers a client calls these in a task of their own, so that what is committed does not stay untold.

use super::Live;
use convene_directory::chat::live::{of_change, of_deletion};
use convene_model::chat::{ChatFollowed, ChatThread};
use convene_model::record::Meeting;
use convene_model::{RawId, WallMs};
use convene_store::{Store, StoreError};

/// Threads that are read at once when they are over. Larger: more memory. Smaller: more questions to the store.
const PAGE: u32 = 100;

/// Deletes a user, who goes from all chat threads. False if there was none.
///
/// # Errors
/// If the store fails.
pub async fn delete_user<S: Store>(
    store: &S,
    live: Option<&Live>,
    user: &RawId,
    now: WallMs,
) -> Result<bool, StoreError> {
    let _lanes = match live {
        Some(live) => Some(live.all_lanes().await),
        None => None,
    };
    let Some(followed) = store.delete_user(user, now).await? else { return Ok(false) };
    tell(live, &followed);
    Ok(true)
}

/// Changes a meeting, and with it its chat thread. False if others were first.
///
/// # Errors
/// If the store fails.
pub async fn change_meeting<S: Store>(
    store: &S,
    live: &Live,
    meeting: &Meeting,
    now: WallMs,
) -> Result<bool, StoreError> {
    let _lane = live.lane(&meeting.thread_id).await;
    let Some(followed) = store.update_meeting(meeting, now).await? else { return Ok(false) };
    tell(Some(live), &followed);
    Ok(true)
}

/// Deletes a meeting with its chat thread. False if there was none.
///
/// # Errors
/// If the store fails.
pub async fn delete_meeting<S: Store>(
    store: &S,
    live: Option<&Live>,
    meeting: &Meeting,
    now: WallMs,
) -> Result<bool, StoreError> {
    let Some(live) = live else { return store.delete_meeting(&meeting.id).await };
    let _lane = live.lane(&meeting.thread_id).await;
    let chat = store.chat_member(&meeting.thread_id, &meeting.organizer).await?;
    let members = store.chat_members(&meeting.thread_id).await?;
    if !store.delete_meeting(&meeting.id).await? {
        return Ok(false);
    }
    if let Some((thread, organizer)) = chat {
        live.publish(&of_deletion(&thread, Some(&organizer), &members, now));
    }
    Ok(true)
}

/// Deletes the threads whose time is over. Returns how many there were.
///
/// # Errors
/// If the store fails.
pub async fn end_threads<S: Store>(store: &S, live: &Live, now: WallMs) -> Result<u64, StoreError> {
    let mut ended = 0;
    loop {
        let over = store.chat_threads_over(now, PAGE).await?;
        for thread in &over {
            ended += u64::from(end_thread(store, live, thread, now).await?);
        }
        if over.len() < PAGE as usize {
            return Ok(ended);
        }
    }
}

/// Nobody can change a thread any more whose time is over: it is deleted as it was read.
async fn end_thread<S: Store>(store: &S, live: &Live, thread: &ChatThread, now: WallMs) -> Result<bool, StoreError> {
    let _lane = live.lane(&thread.id).await;
    let members = store.chat_members(&thread.id).await?;
    let deleted = store.delete_chat_thread(&thread.id, None, now).await?;
    if deleted {
        tracing::info!(thread = %thread.id, "chat thread deleted: its time was over");
        live.publish(&of_deletion(thread, None, &members, now));
        live.events_written();
    }
    Ok(deleted)
}

fn tell(live: Option<&Live>, followed: &[ChatFollowed]) {
    let Some(live) = live else { return };
    for ChatFollowed { thread, by, change, committed, at } in followed {
        live.publish(&of_change(thread, by, change, committed, *at));
    }
    live.events_written();
}
