//! Calls of many people in real time, by name: whether everything arrives, in order, and how long it takes through the server.

use clap::Parser;
use convene_load::report::machine;
use convene_load::scenario::{self, SCENARIOS, Scenario};
use std::process::ExitCode;

/// Calls of many people against the media plane.
#[derive(Parser)]
struct Options {
    /// Names of scenarios [default: stage-100, stage-500, meeting-25, gallery-25]
    names: Vec<String>,
    /// Seconds that are counted.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
}

const USUAL: [&str; 4] = ["stage-100", "stage-500", "meeting-25", "gallery-25"];

fn main() -> ExitCode {
    let options = Options::parse();
    let names: Vec<&str> =
        if options.names.is_empty() { USUAL.to_vec() } else { options.names.iter().map(String::as_str).collect() };
    let mut scenarios: Vec<Scenario> = vec![];
    for name in names {
        let Some(known) = SCENARIOS.into_iter().find(|scenario| scenario.name == name) else {
            let all = SCENARIOS.map(|scenario| scenario.name).join(", ");
            eprintln!("scenarios: there is no {name:?}. There are {all}.");
            return ExitCode::FAILURE;
        };
        scenarios.push(known);
    }
    println!("{}\n", machine());
    println!(
        "{:<12} {:>10} {:>9} {:>9} {:>9} {:>8} {:>10}",
        "", "packets/s", "p50 us", "p99 us", "max us", "server", "generator"
    );
    for scenario in scenarios {
        match scenario::run(scenario, options.seconds) {
            Ok(outcome) => {
                let micros = |part| outcome.delay(part).map_or("-".into(), |delay| delay.as_micros().to_string());
                println!(
                    "{:<12} {:>10.0} {:>9} {:>9} {:>9} {:>7.0}% {:>9.0}%{}",
                    scenario.name,
                    outcome.packets.0 as f64 / outcome.wall.as_secs_f64(),
                    micros(0.5),
                    micros(0.99),
                    micros(1.0),
                    outcome.cores.0 * 100.0,
                    outcome.cores.1 * 100.0,
                    outcome.problem().map(|problem| format!("  INVALID: {problem}")).unwrap_or_default()
                );
            }
            Err(error) => {
                eprintln!("scenarios: {}: {error}", scenario.name);
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
