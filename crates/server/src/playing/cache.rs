//! Files that apps want to be kept, so that what is played often is fetched once (`playSourceCacheId`).

use convene_audio::Sound;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How much sound is kept, in bytes. More: memory. Less: servers of many apps fetch the same files again and again.
const BYTES_MAX: usize = 128 * 1024 * 1024;
/// How much of it for one resource. More: one app takes the place of all others. Less: an app of many announcements gains little.
const BYTES_OF_RESOURCE_MAX: usize = 16 * 1024 * 1024;
/// Files that are kept, however short. More: looking for one takes longer. Fewer: apps of many short ones gain little.
const FILES_MAX: usize = 2_048;
/// How long a file is kept. Longer: an app that changes it waits longer. Shorter: it is fetched more often.
const KEPT_FOR: Duration = Duration::from_secs(3_600);

struct Entry {
    resource: String,
    id: String,
    /// Another URL under the same id is another file.
    url: String,
    sound: Arc<Sound>,
    until: Instant,
}

impl Entry {
    fn is(&self, resource: &str, id: &str) -> bool {
        self.resource == resource && self.id == id
    }

    fn bytes(&self) -> usize {
        self.sound.pcm.len() * 2
    }
}

/// What is kept. The one that was asked for longest ago goes first.
#[derive(Default)]
pub struct Cache(Mutex<VecDeque<Entry>>);

impl Cache {
    /// The sound that a resource keeps under an id, if it is still the one at this URL.
    pub fn get(&self, resource: &str, id: &str, url: &str, now: Instant) -> Option<Arc<Sound>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.until > now);
        let at = entries.iter().position(|entry| entry.is(resource, id) && entry.url == url)?;
        let entry = entries.remove(at)?;
        let sound = entry.sound.clone();
        entries.push_back(entry);
        Some(sound)
    }

    /// Keeps a sound, in place of what was kept under its id. One that is too long is not kept.
    pub fn keep(&self, resource: &str, id: &str, url: &str, sound: Arc<Sound>, now: Instant) {
        let (resource, id, url) = (resource.to_owned(), id.to_owned(), url.to_owned());
        let entry = Entry { resource, id, url, sound, until: now + KEPT_FOR };
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|other| other.until > now && !other.is(&entry.resource, &entry.id));
        if entry.bytes() > BYTES_OF_RESOURCE_MAX {
            return;
        }
        let resource = entry.resource.clone();
        entries.push_back(entry);
        let bytes =
            |of: &VecDeque<Entry>| of.iter().filter(|e| e.resource == resource).map(Entry::bytes).sum::<usize>();
        while bytes(&entries) > BYTES_OF_RESOURCE_MAX {
            let Some(at) = entries.iter().position(|entry| entry.resource == resource) else { break };
            entries.remove(at);
        }
        while entries.len() > FILES_MAX || entries.iter().map(Entry::bytes).sum::<usize>() > BYTES_MAX {
            entries.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    fn sound(bytes: usize) -> Arc<Sound> {
        Arc::new(Sound { rate: 16_000, pcm: vec![0; bytes / 2] })
    }

    #[test]
    fn a_file_is_kept_for_its_resource_under_its_id_and_url_for_an_hour() {
        let (cache, now) = (Cache::default(), Instant::now());
        cache.keep("r", "a", "https://x/", sound(10), now);
        assert_eq!(cache.get("r", "a", "https://x/", now), Some(sound(10)));
        for (resource, id, url) in [("s", "a", "https://x/"), ("r", "b", "https://x/"), ("r", "a", "https://y/")] {
            assert_eq!(cache.get(resource, id, url, now), None);
        }
        cache.keep("r", "a", "https://y/", sound(20), now);
        assert_eq!(cache.get("r", "a", "https://x/", now), None);
        assert_eq!(cache.get("r", "a", "https://y/", now + KEPT_FOR - Duration::from_secs(1)), Some(sound(20)));
        assert_eq!(cache.get("r", "a", "https://y/", now + KEPT_FOR), None);
    }

    #[test]
    fn one_resource_takes_the_place_of_its_own_files_alone_and_the_one_not_asked_for_goes_first() {
        let (cache, now) = (Cache::default(), Instant::now());
        cache.keep("s", "theirs", "u", sound(MIB), now);
        for id in ["a", "b"] {
            cache.keep("r", id, "u", sound(7 * MIB), now);
        }
        assert!(cache.get("r", "a", "u", now).is_some());
        cache.keep("r", "c", "u", sound(7 * MIB), now);
        let there = |id| cache.get("r", id, "u", now).is_some();
        assert_eq!(["a", "b", "c"].map(there), [true, false, true]);
        cache.keep("r", "long", "u", sound(17 * MIB), now);
        assert!(!there("long") && there("a"));
        assert!(cache.get("s", "theirs", "u", now).is_some());
    }

    #[test]
    fn no_more_than_so_much_is_kept_in_all() {
        let (cache, now) = (Cache::default(), Instant::now());
        for resource in 0..9 {
            cache.keep(&resource.to_string(), "a", "u", sound(16 * MIB), now);
        }
        let there = |resource: &str| cache.get(resource, "a", "u", now).is_some();
        assert_eq!(["0", "1", "8"].map(there), [false, true, true]);
    }
}
