//! Messages of clients and of the server: what is read is written and read again as the same.

use convene_model::limits::MESSAGE_MAX;
use convene_protocol::{DecodeError, decode_client, decode_server, encode_client, encode_server};

pub const WORDS: &[&[u8]] = &[
    b"\"type\":\"request\"",
    b"\"type\":\"hello\"",
    b"\"call\":",
    b"\"request\":{",
    b"\"users\":null",
    b"4294967296",
    b"-1",
    b"1e309",
    b"\\ud800",
    b"\\u0000",
    b"null",
    b"[[[[[[[[",
    b"{\"type\":\"leave\"}",
    b"}}",
];

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match decode_client(&text) {
        Ok(message) => {
            let written = encode_client(&message);
            let again = decode_client(&written).expect("what is written can be read");
            assert!(again == message, "{written}");
            assert_eq!(encode_client(&again), written);
        }
        Err(DecodeError::TooLong(bytes)) => assert!(bytes > MESSAGE_MAX && bytes == text.len()),
        Err(DecodeError::Malformed(why)) => assert!(!why.is_empty()),
    }
    if let Ok(message) = decode_server(&text) {
        let written = encode_server(&message);
        let again = decode_server(&written).expect("what is written can be read");
        assert!(again == message, "{written}");
        assert_eq!(encode_server(&again), written);
    }
}
