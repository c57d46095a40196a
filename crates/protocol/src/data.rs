//! What participants tell each other beside media: data channels and diagnostics.

use serde::{Deserialize, Serialize};

/// A sender's data channel, from its opening to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DataChannel {
    /// What apps tell channels apart by: 1 to 65535.
    pub id: u16,
    /// Chosen by the sender each time that it opens the channel, so that receivers tell a new one from the one before.
    pub session: u32,
}

/// How something stands with a participant's network or devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Diagnostic {
    /// The diagnostic's name in ACS, for example `networkSendQuality`.
    pub name: String,
    /// How it stands.
    pub value: DiagnosticValue,
}

/// The value of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum DiagnosticValue {
    /// Whether it is so.
    Flag {
        /// True is the fault.
        raised: bool,
    },
    /// How good it is.
    Quality {
        /// 1 good, 2 poor, 3 bad.
        level: u8,
    },
}

/// How many bytes a text in base64 (RFC 4648, section 4, with padding) stands for; `None` if it is none.
pub fn base64_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(4) {
        return None;
    }
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    let (digits, _) = bytes.split_at(bytes.len() - padding.min(bytes.len()));
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'+' || *byte == b'/';
    (padding <= 2 && digits.iter().all(is_digit)).then(|| bytes.len() / 4 * 3 - padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_measured_and_anything_else_is_refused() {
        for (text, bytes) in [("", 0), ("TQ==", 1), ("TWE=", 2), ("TWFu", 3), ("+/+/TWFu", 6)] {
            assert_eq!(base64_len(text), Some(bytes), "{text}");
        }
        for text in ["T", "TQ=", "T===", "====", "T=Fu", "TW u", "TWF\u{fc}", "TW-_"] {
            assert_eq!(base64_len(text), None, "{text}");
        }
    }
}
