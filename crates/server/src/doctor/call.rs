//! `convene doctor --call`: a call of two clients without a browser, through the running server or one that is started
//! for it on free loopback ports with a data folder of its own.

use super::report::Finding;
use super::subject::Subject;
use crate::admin::AdminCommand;
use crate::clock::OsRandom;
use crate::config::ServeSettings;
use crate::control;
use crate::data::{Data, control_socket};
use crate::serve;
use convene_model::uuid_v4;
use convene_probe::{Phase, Place, Timeline, loopback_call};
use serde_json::Value;
use std::path::{Path, PathBuf};

const CHECK: &str = "call";

/// Makes a call; gives where its time went.
///
/// # Errors
/// A finding that says how far it came.
pub async fn make(subject: &Subject) -> Result<(Finding, Timeline), Finding> {
    let made = match &subject.running {
        Some(facts) => {
            let place = Place { http: subject.http_address(), announced: facts.public_addresses.clone() };
            through(&place, &subject.data).await
        }
        None => through_own().await,
    };
    made.map(|timeline| {
        let by = if subject.running.is_some() { "the running server" } else { "a server of its own on loopback" };
        let what = format!("two clients heard and saw each other through {by}, {}", timeline.server);
        (Finding::ok(CHECK, what), timeline)
    })
}

/// Starts a server for one call, and removes everything again.
async fn through_own() -> Result<Timeline, Finding> {
    let folder = Temporary(std::env::temp_dir().join(format!("convene-doctor-{}", std::process::id())));
    let failed = |error: String| not_begun(format!("no server could be started for a call: {error}"));
    let settings = ServeSettings {
        listen: Some("127.0.0.1:0".into()),
        media_listen: Some("127.0.0.1:0".into()),
        ..ServeSettings::default()
    };
    let config = settings.check(folder.0.clone()).map_err(|error| failed(error.to_string()))?;
    let data = Data::open(&folder.0, None).await.map_err(|error| failed(error.to_string()))?;
    let path = data.path.clone();
    let running = serve::start(config, data).await.map_err(|error| failed(error.to_string()))?;
    let place = Place { http: running.address, announced: running.app.config.public_addresses.clone() };
    let made = through(&place, &path).await;
    running.stop().await;
    made
}

/// Makes two users for the call, and deletes them after it.
async fn through(place: &Place, data: &Path) -> Result<Timeline, Finding> {
    let socket = control_socket(data);
    let mut users = vec![];
    let prepared = async {
        let mut tokens = vec![];
        for name in ["Convene doctor 1", "Convene doctor 2"] {
            let command = AdminCommand::CreateUser { organizer: false, name: name.into() };
            let user = text(ask(&socket, command).await?, "id");
            users.push(user.clone());
            let command = AdminCommand::IssueToken { user, scope: "voip".into(), expires_in: 60 };
            tokens.push(text(ask(&socket, command).await?, "token"));
        }
        Ok(tokens)
    };
    let made = match prepared.await {
        Ok(tokens) => {
            let group = uuid_v4(&mut OsRandom);
            loopback_call(place, [&tokens[0], &tokens[1]], &group).await.map_err(|error| {
                let what = format!("a call failed at {error}");
                Finding::fail(CHECK, what, "Calls of browsers fail there, too.", advice(error.phase))
            })
        }
        Err(error) => Err(not_begun(error)),
    };
    for user in users {
        ask(&socket, AdminCommand::DeleteUser { user }).await.map_err(not_begun)?;
    }
    made
}

async fn ask(socket: &Path, command: AdminCommand) -> Result<Value, String> {
    let answer = control::ask(socket, &command).await;
    answer.unwrap_or_else(|| Err(format!("nobody answers on {}.", socket.display())))
}

fn text(value: Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn not_begun(error: String) -> Finding {
    let mend = "Look into the server's log; mend what was found above first.";
    Finding::fail(CHECK, error, "No call could be tried.", mend)
}

fn advice(phase: Phase) -> &'static str {
    match phase {
        Phase::Signal => "Look into the server's log, and at the findings about ports and disk.",
        Phase::Offer => "Look into the server's log: it says why it refused the offer.",
        Phase::Ice => {
            "The media port is not reached: look at the findings about the UDP path, at firewalls, and at --public-address."
        }
        Phase::Dtls => {
            "Datagrams pass, but not all of them: look for something that filters or cuts large UDP packets (MTU)."
        }
        Phase::FirstPacket => {
            "Look into the server's log for what became of the two legs, and at how busy the machine is."
        }
    }
}

/// A folder that is removed at the end.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // What is left behind in the temporary folder harms nobody.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}
