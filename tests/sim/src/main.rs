//! Longer runs: `convene-sim --seeds 1000 --steps 5000 [--from 0] [--first]`. `--first` ends at the first failure, as it was met.

use convene_sim::{Seen, Tamper, shrink, simulate};
use std::process::ExitCode;
use std::time::Instant;

fn option(name: &str, default: u64) -> Result<u64, String> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == name) {
        None => Ok(default),
        Some(at) => match arguments.get(at + 1).map(|value| value.parse()) {
            Some(Ok(value)) => Ok(value),
            _ => Err(format!("{name} needs a number")),
        },
    }
}

fn run() -> Result<bool, String> {
    let (from, seeds, steps) = (option("--from", 0)?, option("--seeds", 1000)?, option("--steps", 5000)?);
    let first = std::env::args().any(|argument| argument == "--first");
    let start = Instant::now();
    let (mut failures, mut seen) = (0, Seen::default());
    for seed in from..from + seeds {
        let failure = match simulate(seed, steps as usize, Tamper::Nothing) {
            Ok(found) => {
                seen.add(&found);
                continue;
            }
            Err(failure) => failure,
        };
        if first {
            println!("seed {seed} failed at step {}: {}", failure.steps.len(), failure.violation);
            return Ok(false);
        }
        println!("seed {seed} failed at step {}; the shortest run that fails alike:", failure.steps.len());
        println!("{}", shrink(&failure, Tamper::Nothing));
        failures += 1;
        if failures == 5 {
            break;
        }
    }
    for (what, count) in &seen.0 {
        println!("{count:>9} {what}");
    }
    println!("{seeds} seeds of {steps} steps in {:.1} s, {failures} failures", start.elapsed().as_secs_f64());
    Ok(failures == 0)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}. Usage: convene-sim [--from 0] [--seeds 1000] [--steps 5000] [--first]");
            ExitCode::FAILURE
        }
    }
}
