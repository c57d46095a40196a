//! JSON text ↔ messages.

use crate::{ClientMessage, ServerMessage};
use convene_model::limits::MESSAGE_MAX;
use std::fmt;

/// A text that is no message.
#[derive(Debug)]
pub enum DecodeError {
    /// Longer than [`MESSAGE_MAX`].
    TooLong(usize),
    /// Not the JSON of a known message. Holds what is wrong and where.
    Malformed(String),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(bytes) => write!(f, "the message has {bytes} bytes; at most {MESSAGE_MAX} are read"),
            Self::Malformed(why) => write!(f, "the message cannot be read: {why}"),
        }
    }
}

impl std::error::Error for DecodeError {}

fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    if text.len() > MESSAGE_MAX {
        return Err(DecodeError::TooLong(text.len()));
    }
    serde_json::from_str(text).map_err(|error| DecodeError::Malformed(error.to_string()))
}

fn encode<T: serde::Serialize>(message: &T) -> String {
    serde_json::to_string(message).expect("messages hold only strings, numbers, lists and named fields")
}

/// Reads a client's message.
///
/// # Errors
/// [`DecodeError`] if it is too long or malformed.
pub fn decode_client(text: &str) -> Result<ClientMessage, DecodeError> {
    decode(text)
}

/// Reads a server's message. For clients in Rust.
///
/// # Errors
/// [`DecodeError`] if it is too long or malformed.
pub fn decode_server(text: &str) -> Result<ServerMessage, DecodeError> {
    decode(text)
}

/// Writes a client's message. For clients in Rust.
pub fn encode_client(message: &ClientMessage) -> String {
    encode(message)
}

/// Writes a server's message.
pub fn encode_server(message: &ServerMessage) -> String {
    encode(message)
}
