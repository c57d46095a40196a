//! The wire fixtures: every file decodes, and encodes to the same JSON. The SDK decodes the same files.

use convene_protocol::{ClientMessage, ServerMessage, decode_client, decode_server, encode_client, encode_server};
use std::{fs, path::Path};

fn fixtures(kind: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(kind);
    let mut found: Vec<(String, String)> = fs::read_dir(&folder)
        .expect("the fixtures folder is there")
        .map(|entry| entry.expect("a folder entry can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("a fixture can be read")))
        .collect();
    found.sort();
    found
}

fn same_json(name: &str, left: &str, right: &str) {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(parse(left), parse(right), "{name}");
}

#[test]
fn every_client_fixture_decodes_and_encodes_to_the_same_json() {
    let fixtures = fixtures("client");
    assert!(fixtures.len() >= 25, "{}", fixtures.len());
    for (name, text) in fixtures {
        let message: ClientMessage = decode_client(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        same_json(&name, &text, &encode_client(&message));
    }
}

#[test]
fn every_server_fixture_decodes_and_encodes_to_the_same_json() {
    let fixtures = fixtures("server");
    assert!(fixtures.len() >= 22, "{}", fixtures.len());
    for (name, text) in fixtures {
        let message: ServerMessage = decode_server(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        same_json(&name, &text, &encode_server(&message));
    }
}

#[test]
fn what_is_malformed_or_too_long_is_refused_with_a_reason() {
    let error = decode_client(r#"{"type":"request","id":1,"call":1,"request":{"type":"fly"}}"#).unwrap_err();
    assert!(error.to_string().contains("unknown variant `fly`"), "{error}");
    let long = format!(r#"{{"type":"ping","x":"{}"}}"#, "a".repeat(300_000));
    assert!(decode_client(&long).unwrap_err().to_string().contains("at most"));
}
