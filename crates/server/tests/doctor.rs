//! `convene doctor`: every kind of fault is found and named.

mod process;

use convene_store::SqliteStore;
use process::{Folder, Served, json, line, run};
use serde_json::Value;
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Free ports, so that servers of this machine disturb nothing.
const FREE: [&str; 6] =
    ["--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0", "--public-url", "http://localhost:8080"];

/// What it prints as JSON, and its exit code.
fn doctor(data: &Path, options: &[&str]) -> (Value, i32) {
    let output = run(data, &[&["doctor", "--json"], options].concat());
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (report, output.status.code().expect("it ended by itself"))
}

fn findings<'a>(report: &'a Value, check: &str) -> Vec<(&'a str, &'a str)> {
    let all = report["findings"].as_array().expect("a list").iter();
    let of_check = all.filter(|finding| finding["check"] == check);
    of_check.map(|finding| (text(finding, "state"), text(finding, "what"))).collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// Asserts that a fault is found, as bad as it is, with a reason and a way out, and what the exit code says.
fn assert_found(report: &(Value, i32), check: &str, state: &str, words: &str) {
    let (report, code) = report;
    let fits = |finding: &&Value| finding["check"] == check && text(finding, "what").contains(words);
    let found = report["findings"].as_array().expect("a list").iter().find(fits);
    let found = found.unwrap_or_else(|| panic!("no finding of {check} says {words:?}: {report:#}"));
    assert_eq!(found["state"], state, "{found:#}");
    assert!(!text(found, "why").is_empty() && !text(found, "mend").is_empty(), "{found:#}");
    let worst_is_fail = report["state"] == "fail";
    assert_eq!(*code, i32::from(worst_is_fail), "{report:#}");
    assert!(state != "fail" || worst_is_fail);
}

#[test]
fn a_folder_that_is_not_there_is_no_fault_and_is_not_made() {
    let folder = Folder::new();
    let (report, code) = doctor(&folder.0, &FREE);
    assert_eq!(code, 0, "{report:#}");
    assert!(findings(&report, "disk").iter().all(|(state, _)| *state == "ok"), "{report:#}");
    assert_eq!(findings(&report, "public url")[0].0, "skip");
    assert!(report.get("call").is_none());
    assert!(!folder.0.exists());
}

#[test]
fn ports_that_others_hold_are_named_with_the_option_to_change_them() {
    let (tcp, udp) =
        (TcpListener::bind("127.0.0.1:0").expect("a port"), UdpSocket::bind("127.0.0.1:0").expect("a port"));
    let (http, media) = (tcp.local_addr().expect("bound").to_string(), udp.local_addr().expect("bound").to_string());
    let folder = Folder::new();
    let report = doctor(&folder.0, &["--listen", &http, "--media-listen", &media]);
    assert_found(&report, "ports", "fail", &format!("TCP {http} is taken"));
    assert_found(&report, "ports", "fail", &format!("UDP {media} is taken"));
    let is_of_port = |finding: &&Value| finding["check"] == "ports" && finding["state"] == "fail";
    let mend = report.0["findings"].as_array().expect("a list").iter().filter(is_of_port);
    let mend: Vec<&str> = mend.map(|finding| text(finding, "mend")).collect();
    assert!(mend[0].contains("--listen") && mend[1].contains("--media-listen"), "{mend:?}");
    assert_eq!(findings(&report.0, "udp path")[0].0, "skip", "{:#}", report.0);
    let elsewhere = doctor(&folder.0, &["--listen", "192.0.2.77:8080", "--media-listen", "127.0.0.1:0"]);
    assert_found(&elsewhere, "ports", "fail", "192.0.2.77 is no address of this machine");
}

#[test]
fn a_folder_that_cannot_be_written_and_one_that_is_a_file_are_named() {
    // Not even root can make a file there.
    let report = doctor(Path::new("/proc"), &FREE);
    assert_found(&report, "disk", "fail", "/proc is not writable");
    let file = Folder::new();
    fs::write(&file.0, "").expect("a file");
    assert_found(&doctor(&file.0, &FREE), "disk", "fail", "is no folder");
    fs::remove_file(&file.0).expect("it was there");
}

#[test]
fn a_damaged_database_a_foreign_one_and_open_keys_are_named() {
    let folder = Folder::new();
    json(&folder.0, &["user", "create", "--name", "Ana"]);
    assert_eq!(doctor(&folder.0, &FREE).1, 0);
    let open = |name: &str, mode| {
        fs::set_permissions(folder.0.join(name), fs::Permissions::from_mode(mode)).expect("it is there");
    };
    open("tls/ca-key.pem", 0o640);
    assert_found(&doctor(&folder.0, &FREE), "tls", "fail", "ca-key.pem may be read by others");
    open("tls/ca-key.pem", 0o600);
    for (name, mode) in [("", 0o755), ("convene.db", 0o644)] {
        open(name, mode);
    }
    assert_found(&doctor(&folder.0, &FREE), "disk", "fail", "other users of this machine can read convene.db");
    let path = folder.0.join("convene.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // Closing it writes everything into the one file.
    runtime.block_on(async { SqliteStore::open(&path).await.expect("whole").close().await });
    let mut bytes = fs::read(&path).expect("the database");
    let end = bytes.len() - 4096..;
    bytes[end].fill(0x55);
    fs::write(&path, bytes).expect("writable");
    assert_found(&doctor(&folder.0, &FREE), "disk", "fail", "is damaged");
    fs::write(&path, "rubbish, and more of it than a header has, so that it is read at all: 1234567890")
        .expect("writable");
    assert_found(&doctor(&folder.0, &FREE), "disk", "fail", "it is not a Convene data file");
}

#[test]
fn settings_that_contradict_each_other_are_named() {
    let folder = Folder::new();
    let ports = ["--media-listen", "127.0.0.1:0", "--listen"];
    let dev = doctor(&folder.0, &[&ports[..], &["0.0.0.0:0", "--dev"]].concat());
    assert_found(&dev, "settings", "fail", "development mode (--dev)");
    let http = doctor(&folder.0, &[&ports[..], &["127.0.0.1:0", "--public-url", "http://meet.example.org"]].concat());
    assert_found(&http, "settings", "fail", "the public URL http://meet.example.org is http");
    assert_found(&http, "settings", "fail", "media is served on 127.0.0.1:0 only");
    assert_found(&http, "settings", "fail", "only 127.0.0.1 is announced");
    let file = folder.0.with_extension("toml");
    fs::write(&file, "listen = \"0.0.0.0:0\"\nmedia_listen = \"127.0.0.1:0\"\n").expect("writable");
    let from_file = doctor(&folder.0, &["--config", file.to_str().expect("a plain name")]);
    fs::remove_file(&file).expect("it was there");
    assert_found(&from_file, "settings", "warn", "no public URL is set");
}

#[test]
fn a_running_server_is_looked_at_as_it_is() {
    let folder = Folder::new();
    let server = Served::start(&folder.0);
    // Other settings on the command line don't matter: the server runs with its own.
    let (report, code) = doctor(&folder.0, &["--listen", "0.0.0.0:1", "--dev"]);
    assert_eq!(code, 0, "{report:#}");
    assert!(text(&report, "subject").ends_with(&server.url));
    let held = findings(&report, "ports");
    assert!(held[0].1.ends_with("is held by the running server, which is ready"), "{held:?}");
    assert!(
        findings(&report, "udp path").iter().all(|(state, what)| *state == "ok" && what.contains("answers within"))
    );
    let public = findings(&report, "public url");
    assert_eq!(public.iter().map(|(state, _)| *state).collect::<Vec<_>>(), ["ok", "ok"], "{public:?}");
    assert!(public[0].1.ends_with("is answered by this very server") && public[1].1.starts_with("WebSockets pass"));
}

#[test]
fn a_public_url_that_leads_nowhere_or_to_another_server_is_named() {
    let (one, other) = (Folder::new(), Folder::new());
    let elsewhere = Served::start(&other.0);
    let _wrong = Served::start_with(&one.0, &["--public-url", &elsewhere.url]);
    assert_found(&doctor(&one.0, &[]), "public url", "fail", "is answered by another server");

    let nowhere = Folder::new();
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let _lost = Served::start_with(&nowhere.0, &["--public-url", &format!("http://{closed}")]);
    assert_found(&doctor(&nowhere.0, &[]), "public url", "fail", "cannot be reached from here");

    let unnamed = Folder::new();
    let _unnamed = Served::start_with(&unnamed.0, &["--public-url", "https://convene.invalid"]);
    assert_found(&doctor(&unnamed.0, &[]), "public url", "fail", "convene.invalid has no address here");
}

#[test]
fn a_certificate_for_other_names_is_named_and_the_next_start_makes_a_new_one() {
    let folder = Folder::new();
    drop(Served::start(&folder.0));
    json(&folder.0, &["resource", "create", "--host", "shop.example"]);
    assert_found(&doctor(&folder.0, &FREE), "tls", "warn", "the stored certificate does not name shop.example");
    let _again = Served::start(&folder.0);
    let (report, code) = doctor(&folder.0, &[]);
    assert_eq!(code, 0, "{report:#}");
    assert!(findings(&report, "tls").iter().any(|(_, what)| what.contains("shop.example")), "{report:#}");
}

#[test]
fn an_expired_certificate_and_an_expired_ca_are_named() {
    use convene_server::tls::{LocalCa, certificate_names, key_files};
    let folder = Folder::new();
    line(&folder.0, &["ca"]);
    let [_, certificate] = key_files(&folder.0);
    let long_ago = 1_600_000_000_000;
    let ca = LocalCa::open_or_make(&folder.0, long_ago).expect("it is there");
    let expired = ca.issue(&certificate_names(["localhost".to_owned()]), long_ago).expect("a certificate");
    fs::write(&certificate, expired).expect("writable");
    fs::set_permissions(&certificate, fs::Permissions::from_mode(0o600)).expect("it is there");
    assert_found(&doctor(&folder.0, &FREE), "tls", "warn", "the stored certificate expired at 2021-");
    fs::remove_dir_all(folder.0.join("tls")).expect("it is there");
    LocalCa::open_or_make(&folder.0, 1_400_000_000_000).expect("writable");
    assert_found(&doctor(&folder.0, &FREE), "tls", "fail", "the local CA expired at 2024-");
}

#[test]
fn a_process_that_holds_the_folder_without_answering_is_named() {
    let folder = Folder::new();
    json(&folder.0, &["user", "create", "--name", "Ana"]);
    let held = fs::File::options().write(true).open(folder.0.join("lock")).expect("the lock");
    held.lock().expect("nobody has it");
    assert_found(&doctor(&folder.0, &FREE), "disk", "fail", "but answers nothing on control.sock");
}

/// Milliseconds of the five phases of both legs.
fn phases(report: &Value) -> Vec<f64> {
    let names = ["signalMs", "offerMs", "iceMs", "dtlsMs", "firstPacketMs"];
    let of = |leg: &'static str| names.map(|name| report["call"][leg][name].as_f64().expect(name));
    [of("first"), of("second")].concat()
}

#[test]
fn a_call_through_the_running_server_tells_where_its_time_goes() {
    let folder = Folder::new();
    let server = Served::start(&folder.0);
    let (report, code) = doctor(&folder.0, &["--call"]);
    assert_eq!(code, 0, "{report:#}");
    let call = findings(&report, "call");
    assert!(call.len() == 1 && call[0].1.contains("heard and saw each other through the running server"), "{call:?}");
    let phases = phases(&report);
    assert!(phases.len() == 10 && phases.iter().all(|ms| *ms > 0.0 && *ms < 10_000.0), "{phases:?}");
    assert!(server.url.ends_with(text(&report["call"], "server").trim_start_matches("127.0.0.1")), "{report:#}");
}

#[test]
fn without_a_server_a_call_is_made_through_one_of_its_own() {
    let folder = Folder::new();
    let output = run(&folder.0, &[&["doctor", "--call"], &FREE[..]].concat());
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains("ok    call        two clients heard and saw each other through a server of its own"),
        "{text}"
    );
    for phase in ["signal ", "offer/answer ", "ICE ", "DTLS ", "first packet ", "together "] {
        assert!(text.lines().any(|line| line.starts_with(phase)), "no {phase}: {text}");
    }
    assert!(!folder.0.exists(), "the folder that was asked about is left alone");
}
