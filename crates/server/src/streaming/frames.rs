//! The JSON frames of ACS's media streaming.
//!
//! Source: Azure Communication Services, "Audio streaming concepts" and the types of `StreamingData` in its Call Automation clients.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use convene_audio::{Frame, samples_a_second, samples_of_a_frame};
use convene_model::audio::PcmRate;
use convene_model::{RawId, Tone, WallMs, rfc3339};
use serde::Deserialize;
use serde_json::json;

/// The longest frame that an app may send, in bytes: about 10 s of sound. Larger: one frame costs more memory. Smaller: apps have to cut up
/// their answers.
pub const MESSAGE_MAX: usize = 1024 * 1024;

/// The first frame that an app gets.
pub fn metadata(subscription: &str, rate: PcmRate) -> String {
    json!({
        "kind": "AudioMetadata",
        "audioMetadata": {
            "subscriptionId": subscription,
            "encoding": "PCM",
            "sampleRate": samples_a_second(rate),
            "channels": 1,
            "length": samples_of_a_frame(rate) * 2,
        },
    })
    .to_string()
}

/// 20 ms of sound; `speaker`: who says it, where people are not mixed.
pub fn audio(frame: &Frame, speaker: Option<&RawId>, at: WallMs) -> String {
    let bytes: Vec<u8> = frame.pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let mut data = json!({ "timestamp": rfc3339(at), "data": STANDARD.encode(bytes), "silent": frame.silent });
    if let Some(speaker) = speaker {
        data["participantRawID"] = json!(speaker.as_str());
    }
    json!({ "kind": "AudioData", "audioData": data }).to_string()
}

/// A key that somebody pressed.
pub fn tone(user: &RawId, tone: Tone, at: WallMs) -> String {
    let data = json!({ "data": tone.key(), "timestamp": rfc3339(at), "participantRawID": user.as_str() });
    json!({ "kind": "DtmfData", "dtmfData": data }).to_string()
}

/// What an app says.
#[derive(Debug, PartialEq, Eq)]
pub enum FromApp {
    /// Sound to be said.
    Say(Vec<i16>),
    /// Nothing of what waits is to be said.
    Stop,
    /// Something else, which is left alone.
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    kind: String,
    audio_data: Option<AudioData>,
}

#[derive(Deserialize)]
struct AudioData {
    data: String,
}

/// Reads a frame of an app.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn read(text: &str) -> Result<FromApp, String> {
    let message: Message =
        serde_json::from_str(text).map_err(|error| format!("a frame of the app is no JSON of a kind: {error}"))?;
    match message.kind.as_str() {
        kind if kind.eq_ignore_ascii_case("AudioData") => {
            let data = message.audio_data.ok_or("an AudioData frame of the app has no audioData")?.data;
            let bytes =
                STANDARD.decode(data).map_err(|error| format!("audioData.data of the app is no base64: {error}"))?;
            let (pairs, rest) = bytes.as_chunks::<2>();
            if !rest.is_empty() {
                return Err("audioData.data of the app ends within a sample: it must be 16 bit PCM".to_owned());
            }
            Ok(FromApp::Say(pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect()))
        }
        kind if kind.eq_ignore_ascii_case("StopAudio") => Ok(FromApp::Stop),
        _ => Ok(FromApp::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn frames_are_those_of_acs() {
        let first: Value = serde_json::from_str(&metadata("k", PcmRate::Hz24000)).expect("JSON");
        assert_eq!(first["audioMetadata"]["sampleRate"], 24_000);
        assert_eq!((&first["kind"], &first["audioMetadata"]["length"]), (&json!("AudioMetadata"), &json!(960)));
        let frame = Frame { speaker: None, pcm: vec![1, -2], silent: true };
        let ana = RawId::communication_user("r", "ana");
        let sound: Value = serde_json::from_str(&audio(&frame, Some(&ana), 0)).expect("JSON");
        assert_eq!(sound["audioData"]["data"], "AQD+/w==");
        assert_eq!(sound["audioData"]["participantRawID"], "8:acs:r_ana");
        assert_eq!(sound["audioData"]["timestamp"], rfc3339(0));
        assert!(!audio(&frame, None, 0).contains("participantRawID"));
        let pressed: Value = serde_json::from_str(&tone(&ana, Tone::Pound, 0)).expect("JSON");
        assert_eq!((&pressed["kind"], &pressed["dtmfData"]["data"]), (&json!("DtmfData"), &json!("#")));
        assert_eq!(pressed["dtmfData"]["participantRawID"], "8:acs:r_ana");
    }

    #[test]
    fn sound_of_an_app_is_read_and_what_is_none_is_named() {
        assert_eq!(read(r#"{"kind":"AudioData","audioData":{"data":"AQD+/w=="}}"#), Ok(FromApp::Say(vec![1, -2])));
        assert_eq!(read(r#"{"kind":"StopAudio","stopAudio":{}}"#), Ok(FromApp::Stop));
        assert_eq!(read(r#"{"kind":"Mark"}"#), Ok(FromApp::Other));
        for (text, what) in [
            (r#"{"kind":"AudioData","audioData":{"data":"AQD+"}}"#, "within a sample"),
            (r#"{"kind":"AudioData","audioData":{"data":"?"}}"#, "no base64"),
            (r#"{"kind":"AudioData"}"#, "no audioData"),
            ("hello", "no JSON"),
        ] {
            let error = read(text).expect_err("refused");
            assert!(error.contains(what), "{error}");
        }
    }
}
