//! The `convene` command, as a person or a script runs it.

mod process;

use process::{Folder, Served, json, line, refusal, run};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn meeting_by_cli(data: &Path) -> Value {
    let user = json(data, &["user", "create", "--organizer", "--name", "Olga"]);
    assert_eq!(user["displayName"], "Olga");
    let id = user["id"].as_str().expect("an id");
    assert!(id.starts_with("8:orgid:"), "{id}");
    json(data, &["meeting", "create", "--organizer", id, "--subject", "Weekly", "--lobby", "organization"])
}

#[test]
fn without_a_server_the_cli_works_on_the_store_itself() {
    let folder = Folder::new();
    let meeting = meeting_by_cli(&folder.0);
    assert!(meeting["joinWebUrl"].as_str().is_some_and(|url| url.starts_with("http://localhost:8080/l/meetup-join/")));
    assert_eq!(meeting["joinMeetingIdSettings"]["isPasscodeRequired"], true);
    let user = json(&folder.0, &["user", "create", "--name", "Ana"]);
    let id = user["id"].as_str().expect("an id");
    let issued = json(&folder.0, &["token", "issue", "--user", id, "--scope", "voip,chat", "--expires-in", "60"]);
    assert_eq!(issued["token"].as_str().map(|token| token.split('.').count()), Some(3));
    assert!(issued["expiresOn"].as_str().is_some_and(|at| at.ends_with('Z')));
}

#[test]
fn a_running_server_answers_the_cli_with_its_own_url_and_nobody_else_can_ask() {
    let folder = Folder::new();
    let server = Served::start(&folder.0);
    let meeting = meeting_by_cli(&folder.0);
    assert!(meeting["joinWebUrl"].as_str().is_some_and(|url| url.starts_with(&server.url)), "{meeting}");
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&folder.0), mode(&folder.0.join("control.sock"))), (0o700, 0o600));
    let second = refusal(&folder.0, &["serve", "--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0"]);
    assert!(second.contains("is in use by another convene process"), "{second}");
    drop(server);
    let after = meeting_by_cli(&folder.0);
    assert!(
        after["joinWebUrl"].as_str().is_some_and(|url| !url.starts_with("http://localhost:8080/")),
        "the URL is remembered"
    );
}

#[test]
fn wrong_input_ends_with_a_sentence_that_says_what_to_do() {
    let folder = Folder::new();
    let user = json(&folder.0, &["user", "create", "--name", "Ana"]);
    let id = user["id"].as_str().expect("an id");
    for (arguments, expected) in [
        (vec!["token", "issue", "--user", "ana", "--scope", "voip"], "expected 8:acs:"),
        (vec!["token", "issue", "--user", "8:orgid:none", "--scope", "voip"], "convene user create"),
        (vec!["token", "issue", "--user", id, "--scope", "voip,fly"], "use some of chat"),
        (vec!["token", "issue", "--user", id, "--scope", "meetings"], "meetings"),
        (vec!["token", "issue", "--user", id, "--scope", "voip", "--expires-in", "5"], "60"),
        (vec!["meeting", "create", "--organizer", id, "--subject", "X"], "only a user of the organization"),
        (vec!["meeting", "create", "--organizer", id, "--subject", "X", "--lobby", "nobody"], "everyone"),
        (vec!["serve", "--listen", "8080"], "Write it as"),
        (vec!["serve", "--config", "/no/such/file.toml"], "cannot read the configuration file"),
    ] {
        let text = refusal(&folder.0, &arguments);
        assert!(text.starts_with("convene: ") && text.contains(expected), "{arguments:?}: {text}");
        assert!(!text.contains("panicked"), "{text}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let folder = Folder::new();
    let text = refusal(&folder.0, &["serve", "--listen", &address, "--media-listen", "127.0.0.1:0"]);
    assert!(text.contains(&address) && text.contains("--listen"), "{text}");
}

#[test]
fn a_killed_server_comes_back_with_its_users_and_keys() {
    let folder = Folder::new();
    let server = Served::start(&folder.0);
    let user = json(&folder.0, &["user", "create", "--name", "Ana"]);
    drop(server);
    let _again = Served::start(&folder.0);
    let id = user["id"].as_str().expect("an id");
    json(&folder.0, &["token", "issue", "--user", id]);
}

#[test]
fn the_connection_string_names_the_https_endpoint_and_one_of_two_keys() {
    let folder = Folder::new();
    let without = line(&folder.0, &["connection-string"]);
    assert!(without.starts_with("endpoint=https://localhost:8080/;accesskey="), "{without}");
    let server = Served::start(&folder.0);
    let primary = line(&folder.0, &["connection-string"]);
    let endpoint = server.url.replace("http://", "endpoint=https://");
    let key = primary.strip_prefix(&format!("{endpoint}/;accesskey=")).expect("the server's endpoint");
    assert!(without.ends_with(&format!("accesskey={key}")), "the key outlives a restart");
    let secondary = line(&folder.0, &["connection-string", "--key", "secondary"]);
    assert_ne!(secondary, primary);
    let replaced = line(&folder.0, &["resource", "regenerate-key", "--key", "secondary"]);
    assert_ne!(replaced, secondary);
    assert_eq!(line(&folder.0, &["connection-string", "--key", "secondary"]), replaced);
    assert_eq!(line(&folder.0, &["connection-string"]), primary, "the other key stays");
}

#[test]
fn a_further_resource_has_a_host_and_keys_of_its_own() {
    let folder = Folder::new();
    let made = json(&folder.0, &["resource", "create", "--host", "Shop.example"]);
    assert_eq!(made["hosts"], serde_json::json!(["shop.example"]));
    let id = made["id"].as_str().expect("an id");
    let of_shop = line(&folder.0, &["connection-string", "--resource", id]);
    assert!(of_shop.starts_with("endpoint=https://shop.example:8080/;accesskey="), "{of_shop}");
    let listed = json(&folder.0, &["resource", "list"]);
    let defaults: Vec<bool> =
        listed.as_array().expect("a list").iter().filter_map(|one| one["default"].as_bool()).collect();
    assert_eq!(defaults, [true, false]);
    let shown = listed.to_string();
    let key = of_shop.rsplit_once("accesskey=").expect("a key").1;
    assert!(!shown.contains(key), "{shown}");
    for (arguments, expected) in [
        (vec!["resource", "create", "--host", "shop.example"], "another resource's already"),
        (vec!["resource", "create", "--host", "shop.example:8080"], "without a port"),
        (vec!["resource", "create", "--host", "localhost"], "the default resource"),
        (vec!["connection-string", "--resource", "none"], "convene resource list"),
    ] {
        let text = refusal(&folder.0, &arguments);
        assert!(text.starts_with("convene: ") && text.contains(expected), "{arguments:?}: {text}");
    }
}

const TAKEN_OVER: &str = "3f1c9a52-1111-4222-8333-3d2f6a1b7c55";

#[test]
fn a_resource_and_its_users_are_taken_over_with_their_ids() {
    let folder = Folder::new();
    let file = |name: &str, text: &str| {
        let path = folder.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    json(&folder.0, &["resource", "list"]);
    let users: String = (0..1200).map(|n| format!("8:acs:{TAKEN_OVER}_{n},Name {n}\n")).collect();
    let list = file("users.csv", &format!("id,displayName\n{users}"));
    let early = refusal(&folder.0, &["user", "import", &list]);
    assert!(early.contains(&format!("--id {TAKEN_OVER}")), "{early}");

    let made = json(&folder.0, &["resource", "create", "--id", TAKEN_OVER, "--default"]);
    assert_eq!((made["id"].as_str(), made["default"].as_bool()), (Some(TAKEN_OVER), Some(true)));
    assert_eq!(line(&folder.0, &["user", "import", &list]), "1200 users imported, 0 were there already.");
    let server = Served::start(&folder.0);
    let more = file("more.csv", &format!("{users}8:orgid:0f0f,Olga\n"));
    assert_eq!(line(&folder.0, &["user", "import", &more]), "1 users imported, 1200 were there already.");
    let user = format!("8:acs:{TAKEN_OVER}_1199");
    let issued = json(&folder.0, &["token", "issue", "--user", &user, "--scope", "voip"]);
    assert!(issued["token"].as_str().is_some_and(|token| !token.is_empty()));
    let created = json(&folder.0, &["user", "create", "--name", "New"]);
    assert!(created["id"].as_str().is_some_and(|id| id.starts_with(&format!("8:acs:{TAKEN_OVER}_"))), "{created}");

    let wrong = file("wrong.csv", "8:acs:a_1\nnobody\n");
    for (arguments, expected) in [
        (vec!["user", "import", &wrong], "line 2"),
        (vec!["user", "import", "/no/such/file"], "cannot read"),
        (vec!["resource", "create", "--id", "a_b", "--host", "a.example"], "no resource id"),
        (vec!["resource", "create", "--id", TAKEN_OVER, "--host", "a.example"], "already"),
        (vec!["resource", "create", "--id", "other", "--default"], "Stop it"),
    ] {
        let text = refusal(&folder.0, &arguments);
        assert!(text.starts_with("convene: ") && text.contains(expected), "{arguments:?}: {text}");
    }
    drop(server);
}

#[test]
fn an_application_shows_its_secret_once_and_rotates_it() {
    let folder = Folder::new();
    let made = json(&folder.0, &["app", "create", "--name", "Loan service"]);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (id, secret) = (text(&made["clientId"]), text(&made["clientSecret"]));
    assert_eq!(
        made["permissions"],
        serde_json::json!(["OnlineMeetings.ReadWrite.All", "OnlineMeetingArtifact.Read.All"])
    );
    let second = json(&folder.0, &["app", "add-secret", &id]);
    let full = refusal(&folder.0, &["app", "add-secret", &id]);
    assert!(full.contains("convene app remove-secret"), "{full}");
    let listed = json(&folder.0, &["app", "list"]);
    assert_eq!((&listed[0]["clientId"], listed[0]["secrets"].as_array().map(Vec::len)), (&made["clientId"], Some(2)));
    assert!(!listed.to_string().contains(&secret));
    assert_eq!(json(&folder.0, &["app", "remove-secret", &id, &text(&made["secretId"])])["removed"], made["secretId"]);
    let listed = json(&folder.0, &["app", "list"]);
    assert_eq!(listed[0]["secrets"][0]["id"], second["secretId"]);
    for (arguments, expected) in [
        (vec!["app", "create", "--name", "x", "--permission", "Fly"], "use some of OnlineMeetings.Read.All"),
        (vec!["app", "create", "--name", " "], "nothing visible"),
        (vec!["app", "add-secret", "none"], "convene app list"),
        (vec!["app", "remove-secret", &id, "none"], "convene app list"),
        (vec!["app", "delete", "none"], "convene app list"),
    ] {
        let text = refusal(&folder.0, &arguments);
        assert!(text.starts_with("convene: ") && text.contains(expected), "{arguments:?}: {text}");
    }
    assert_eq!(json(&folder.0, &["app", "delete", &id])["deleted"], true);
    assert_eq!(json(&folder.0, &["app", "list"]), serde_json::json!([]));
}

#[test]
fn the_ca_is_made_once_and_its_path_is_printed_with_and_without_a_server() {
    let folder = Folder::new();
    let path = line(&folder.0, &["ca"]);
    let pem = std::fs::read_to_string(&path).expect("the file");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"), "{pem}");
    let server = Served::start(&folder.0);
    assert_eq!(line(&folder.0, &["ca"]), path);
    drop(server);
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), pem);
}

#[test]
fn meetings_are_listed_shown_and_deleted_with_and_without_a_server() {
    let folder = Folder::new();
    let made = meeting_by_cli(&folder.0);
    let organizer =
        format!("8:orgid:{}", made["participants"]["organizer"]["identity"]["user"]["id"].as_str().expect("an id"));
    let options = ["--no-guests", "--guests-may-not-start", "--locked"];
    let create = ["meeting", "create", "--organizer", &organizer, "--subject", "Closed"];
    let closed = json(&folder.0, &[&create[..], &options[..]].concat());
    assert_eq!([&closed["isGuestsAllowed"], &closed["guestsMayStart"], &closed["isLocked"]], [false, false, true]);

    let id = made["id"].as_str().expect("an id");
    let offline = refusal(&folder.0, &["meeting", "end", id]);
    assert!(offline.contains("no server runs on this data folder"), "{offline}");
    let served = Served::start(&folder.0);
    assert!(served.url.starts_with("http"));
    let quiet = refusal(&folder.0, &["meeting", "end", id]);
    assert!(quiet.contains("nobody is in the meeting"), "{quiet}");
    let list = json(&folder.0, &["meeting", "list"]);
    let ids: Vec<&Value> = list.as_array().expect("a list").iter().map(|meeting| &meeting["id"]).collect();
    assert!(ids.len() == 2 && ids.contains(&&made["id"]) && ids.contains(&&closed["id"]), "{list}");
    assert_eq!(json(&folder.0, &["meeting", "list", "--organizer", "8:orgid:nobody"]), Value::Array(vec![]));
    assert_eq!(json(&folder.0, &["meeting", "show", id])["subject"], "Weekly");
    assert_eq!(json(&folder.0, &["meeting", "delete", id])["deleted"], true);
    drop(served);
    let gone = refusal(&folder.0, &["meeting", "show", id]);
    assert!(gone.contains("convene meeting list"), "{gone}");
}

#[path = "../../store/tests/cluster/mod.rs"]
mod cluster;

fn with_database(data: &Path, database: &str, arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_convene"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("CONVENE_DATABASE", database)
        .output()
        .expect("the binary runs")
}

#[test]
fn a_command_works_on_a_postgresql_database_and_does_not_fight_with_a_server_on_it() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    let database = cluster::database();
    let create = ["user", "create", "--name", "Ana"];
    assert!(with_database(&folder.0, &database, &create).status.success());
    let forgotten = refusal(&folder.0, &create);
    assert!(
        forgotten.contains("belongs to the database test_") && !forgotten.contains(cluster::PASSWORD),
        "{forgotten}"
    );

    let served = Served::start_with(&folder.0, &["--database", &database]);
    assert!(with_database(&folder.0, &database, &create).status.success(), "it asks the server");
    assert!(run(&folder.0, &create).status.success(), "which knows its database itself");
    let refused = with_database(&elsewhere.0, &database, &create);
    let said = String::from_utf8(refused.stderr).expect("text");
    assert!(!refused.status.success() && said.contains("another Convene server runs on it"), "{said}");
    assert!(!said.contains(cluster::PASSWORD), "{said}");

    let doctor = |data: &Path| {
        let report = with_database(data, &database, &["doctor", "--json"]);
        String::from_utf8(report.stdout).expect("text")
    };
    let (own, other) = (doctor(&folder.0), doctor(&elsewhere.0));
    assert!(own.contains("as convene answers"), "{own}");
    assert!(other.contains("another server, with another data folder, runs on the database test_"), "{other}");
    assert!(!own.contains(cluster::PASSWORD) && !other.contains(cluster::PASSWORD));
    let help = with_database(&folder.0, &database, &["serve", "--help"]);
    assert!(!String::from_utf8(help.stdout).expect("text").contains(cluster::PASSWORD));
    drop(served);
}

#[test]
fn calls_are_listed_and_a_time_that_is_none_is_refused() {
    let folder = Folder::new();
    assert_eq!(json(&folder.0, &["call", "list", "--from", "2026-11-26T09:40:00Z"]), serde_json::json!([]));
    let refused = refusal(&folder.0, &["call", "list", "--to", "tomorrow"]);
    assert!(refused.contains("2026-11-26T09:40:00Z"), "{refused}");
}
