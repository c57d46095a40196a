//! `convene user import`: users that have their ids from elsewhere, a part of the file after the other.

use super::{Offline, on_store};
use crate::admin::AdminCommand;
use crate::clock::wall_now;
use crate::control;
use crate::data::{Data, control_socket};
use convene_identity::read_import;
use serde_json::Value;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;

/// Lines in one command, which is one transaction. Larger: the running server's commands become longer, see `control.rs`. Smaller: more of
/// them wait for the disk.
const PART: usize = 500;

/// Reads the whole file first: if a line is wrong, nobody was added.
pub(super) async fn run(file: &Path, offline: Offline) -> Result<(), String> {
    let text = read(file)?;
    let users = read_import(&text, wall_now())
        .map_err(|error| format!("{}, {error}. Nobody was imported: mend the line, and try again.", file.display()))?;
    let mut opened: Option<Data> = None;
    let (mut added, mut known) = (0, 0);
    let lines: Vec<&str> = text.lines().collect();
    for part in lines.chunks(PART) {
        let command = AdminCommand::ImportUsers { lines: part.join("\n") };
        let answer = match &opened {
            Some(data) => on_store(data, offline.public_url.clone(), command).await,
            None => match control::ask(&control_socket(&offline.data.path), &command).await {
                Some(answer) => answer,
                None => {
                    let data = offline.data.open().await?;
                    on_store(opened.insert(data), offline.public_url.clone(), command).await
                }
            },
        };
        let answer = answer.map_err(|error| after(added, &error))?;
        added += number(&answer, "added");
        known += number(&answer, "known");
        progress(added + known, users.len() as u64);
    }
    super::print(&format!("{added} users imported, {known} were there already."))
}

fn read(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let done = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(file).map(|read| text = read)
    };
    done.map(|()| text).map_err(|error| format!("cannot read {}: {error}.", file.display()))
}

fn after(added: u64, error: &str) -> String {
    match added {
        0 => error.to_owned(),
        _ => format!("{error} {added} users were imported before; do the whole import again, they stay as they are."),
    }
}

fn number(answer: &Value, name: &str) -> u64 {
    answer.get(name).and_then(Value::as_u64).unwrap_or(0)
}

/// One line that counts up, for a person; nothing for a script.
fn progress(done: u64, all: u64) {
    let mut out = std::io::stderr().lock();
    if out.is_terminal() {
        let end = if done == all { "\n" } else { "" };
        // Whoever closed stderr does not want to know.
        let _closed = write!(out, "\r{done} of {all} users{end}").and_then(|()| out.flush());
    }
}
