//! WAV files of apps' servers.

use convene_audio::{Player, RATES, Sound};
use std::sync::Arc;

pub const WORDS: &[&[u8]] = &[
    b"RIFF",
    b"WAVE",
    b"fmt ",
    b"data",
    b"LIST",
    &[1, 0, 1, 0],
    &[1, 0, 2, 0],
    &[0xfe, 0xff],
    &[0x44, 0xac, 0, 0],
    &[0xff, 0xff, 0xff, 0xff],
    &[16, 0],
];

/// A file is refused, or gives sound that is no longer than the file and can be played; and the same once more.
pub fn run(data: &[u8]) {
    let read = Sound::of_wav(data);
    assert_eq!(read, Sound::of_wav(data));
    match read {
        Ok(sound) => {
            assert!(RATES.contains(&sound.rate) && !sound.pcm.is_empty() && sound.pcm.len() * 2 < data.len());
            let mut player = Player::new(vec![Arc::new(sound)], false);
            assert!(player.tick().is_some_and(|packet| !packet.payload.is_empty()));
        }
        Err(why) => assert!(!why.to_string().is_empty()),
    }
}
