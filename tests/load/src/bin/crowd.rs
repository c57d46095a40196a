//! Brings people without a browser into a meeting, for benches with real browsers.
//!
//! Reads an invitation from its first line of input, as JSON (`http`, `link`, `tokens`, `clip`), prints `ready` when all are in and
//! have asked for everybody's video, and goes when its input ends. The last line that it prints is the report, as JSON.

use convene_load::crowd::{Crowd, Invitation};
use std::io::{self, BufRead, Read};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crowd: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let invitation: Invitation = serde_json::from_str(&line)?;
    let mut crowd = Crowd::bring(&invitation)?;
    println!("ready");
    let goes_on = Arc::new(AtomicBool::new(true));
    let seen = Arc::clone(&goes_on);
    std::thread::spawn(move || {
        // However the input ends, it has ended.
        let _read = io::stdin().lock().read_to_end(&mut vec![]);
        seen.store(false, Ordering::Relaxed);
    });
    let report = crowd.stay(|| goes_on.load(Ordering::Relaxed))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}
