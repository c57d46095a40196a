//! Every target on its corpus, and on mutations of it, the same in every run. `FUZZ_ROUNDS` asks for more of them, `FUZZ_SEED` for
//! others. An input that breaks something is written to `target/fuzz-broken/`; once it is mended, it goes into the corpus.

use convene_fuzz::{Mutator, Target, target};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().map(|path| std::fs::read(path).expect("a readable file")).collect()
}

fn try_out(Target { name, run, .. }: Target, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| run(input))).is_err() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz-broken").join(name);
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let hash = input
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
        let path = folder.join(format!("{hash:016x}"));
        std::fs::write(&path, input).expect("a file can be written");
        panic!("{name} is broken by {}: {}", path.display(), String::from_utf8_lossy(input));
    }
}

fn fuzz(name: &str, rounds: u64) {
    let target = target(name).expect("a target of that name");
    let corpus = corpus(name);
    for input in &corpus {
        try_out(target, input);
    }
    let mut mutator = Mutator::new(number("FUZZ_SEED", 1), &corpus, target.words);
    for _ in 0..number("FUZZ_ROUNDS", rounds) {
        try_out(target, &mutator.input());
    }
}

#[test]
fn messages_are_read_as_they_were_written_or_refused() {
    fuzz("signaling", 40_000);
}

#[test]
fn links_are_this_servers_only_by_their_host_and_read_back_as_the_same() {
    fuzz("links", 40_000);
}

#[test]
fn what_back_ends_say_of_meetings_is_refused_or_makes_meetings_that_hold_together() {
    fuzz("meetings", 40_000);
}

#[test]
fn what_people_say_in_chat_runs_nothing_where_it_is_shown_and_is_told_as_it_was() {
    fuzz("chat", 10_000);
}

#[test]
fn a_signature_is_taken_in_every_form_that_clients_sign_and_for_nothing_else() {
    fuzz("signatures", 20_000);
}

#[test]
fn a_token_is_taken_only_to_the_letter() {
    fuzz("tokens", 20_000);
}

#[test]
fn nothing_behind_a_payload_is_read() {
    fuzz("payloads", 100_000);
}

#[test]
fn a_datagram_is_nobodys_but_the_one_it_names() {
    fuzz("demux", 50_000);
}

#[test]
fn no_datagram_of_a_stranger_ends_a_call_or_is_answered() {
    fuzz("datagrams", 10_000);
}

#[test]
fn a_file_of_sound_is_refused_or_can_be_played() {
    fuzz("sounds", 20_000);
}

#[test]
fn every_offer_is_answered_or_refused_once() {
    fuzz("offers", 500);
}
