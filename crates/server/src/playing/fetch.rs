//! Getting the sound of a file: from what is kept, or from the app's server.

use super::cache::Cache;
use crate::outbound::{HttpClient, Reach};
use convene_audio::Sound;
use convene_model::audio::{PlayFailed, PlayFailure, PlayFile, PlayFiles};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How large the files of one play may be together, in bytes: over four minutes of 16 kHz. Larger: each play costs more memory. Smaller:
/// long announcements have to be cut up.
pub const FILES_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long one file may take. Longer: silence before an app is told that its file is not there. Shorter: slow servers count as down.
const WITHIN: Duration = Duration::from_secs(15);

/// What gets files.
#[derive(Clone)]
pub struct Fetcher {
    pub outbound: HttpClient,
    pub reach: Reach,
    pub cache: Arc<Cache>,
}

impl Fetcher {
    /// The sounds of these files, in order.
    ///
    /// # Errors
    /// [`PlayFailed`] of the first that cannot be played.
    pub async fn sounds(&self, files: &PlayFiles) -> Result<Vec<Arc<Sound>>, PlayFailed> {
        let mut sounds = Vec::new();
        let mut bytes = 0;
        for (index, file) in (0..).zip(&files.files) {
            let failed = |(kind, message)| PlayFailed { kind, file: index, message };
            let sound = self.sound(&files.resource, file).await.map_err(failed)?;
            bytes += sound.pcm.len() * 2;
            if bytes > FILES_BYTES_MAX {
                let message = format!(
                    "The files of one play have more than {FILES_BYTES_MAX} bytes together. Play fewer at a time."
                );
                return Err(failed((PlayFailure::NotPlayable, message)));
            }
            sounds.push(sound);
        }
        Ok(sounds)
    }

    async fn sound(&self, resource: &str, file: &PlayFile) -> Result<Arc<Sound>, (PlayFailure, String)> {
        let kept = file.cache_id.as_ref().and_then(|id| self.cache.get(resource, id, &file.url, Instant::now()));
        if let Some(sound) = kept {
            return Ok(sound);
        }
        let not_fetched = |why: &str| {
            let bounds = format!("at most {FILES_BYTES_MAX} bytes, within {} s, without a redirect", WITHIN.as_secs());
            (
                PlayFailure::NotFetched,
                format!("The file cannot be fetched: {why}. It has to come from a public address, {bounds}."),
            )
        };
        let fetched = self.outbound.fetch(&file.url, self.reach, WITHIN, FILES_BYTES_MAX).await;
        let (status, bytes) = fetched.map_err(|error| not_fetched(&error.to_string()))?;
        if status != 200 {
            return Err(not_fetched(&format!("its server answered {status}")));
        }
        // Reading takes as long as copying: long enough to hold up others.
        let read = tokio::task::spawn_blocking(move || Sound::of_wav(&bytes)).await;
        let read = read.map_err(|_| (PlayFailure::Server, "The server could not read the file.".to_owned()))?;
        let sound = read.map_err(|why| {
            let needed = "Send WAV: PCM, 16 bit, one channel or two, 8, 16, 24, 44.1 or 48 kHz.";
            (PlayFailure::NotPlayable, format!("The file cannot be played: {why}. {needed}"))
        })?;
        let sound = Arc::new(sound);
        if let Some(id) = &file.cache_id {
            self.cache.keep(resource, id, &file.url, sound.clone(), Instant::now());
        }
        Ok(sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_file_at_a_private_address_is_not_fetched_unless_the_operator_allows_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/a.wav", listener.local_addr().expect("an address"));
        let file = PlayFile { url, cache_id: None };
        let files = PlayFiles { resource: "r".into(), files: vec![file], looped: false };
        let outbound = HttpClient::new(&[]).expect("a client");
        let fetcher = Fetcher { outbound, reach: Reach::Public, cache: Arc::default() };
        let failed = fetcher.sounds(&files).await.expect_err("not fetched");
        assert_eq!(failed.kind, PlayFailure::NotFetched);
        assert!(failed.message.contains("has no address in the public internet"), "{}", failed.message);
        let fetcher = Fetcher { reach: Reach::Anywhere, ..fetcher };
        tokio::select! {
            _ = fetcher.sounds(&files) => panic!("nobody has answered"),
            came = listener.accept() => assert!(came.is_ok(), "it is asked for"),
        }
    }
}
