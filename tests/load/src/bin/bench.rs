//! `make bench`: forwarded packets per CPU-second of the media thread, beside the hand-written floor in the same run; then the
//! memory of the real binary by subscribers.
//!
//! One publisher, 10, 100 and 500 subscribers, frames of six 1100-byte packets, real loopback UDP sockets. The repetitions of all
//! cases take turns, so that whatever else the machine does meets all of them.

use clap::Parser;
use convene_load::client::Shape;
use convene_load::floor::{self, SendBy};
use convene_load::forwarding::{Call, Pace, Server};
use convene_load::memory;
use convene_load::report::{Row, machine, table};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// What forwarding costs, beside a hand-written floor.
#[derive(Parser)]
struct Options {
    /// Numbers of subscribers.
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 500])]
    subscribers: Vec<usize>,
    /// How many of them decrypt everything that they receive.
    #[arg(long, default_value_t = 2)]
    full: usize,
    /// Slots for cameras that every client offers; the meeting page begins with 9.
    #[arg(long, default_value_t = Shape::PAGE.video_slots)]
    video_slots: usize,
    /// Repetitions of each case.
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Packets forwarded in one repetition.
    #[arg(long, default_value_t = 60_000)]
    packets: usize,
    /// Seconds of 30 frames per second in real time, measured once besides; 0 for none.
    #[arg(long, default_value_t = 3)]
    real_time: u32,
    /// Numbers of subscribers at which the binary's memory is looked at, ascending; 0 for none.
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 300])]
    memory: Vec<usize>,
    /// The binary [default: `convene` beside this one]
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether all figures hold.
fn run(options: &Options) -> io::Result<bool> {
    let started = Instant::now();
    let mut all_hold = true;
    println!("{}\n", machine());
    for subscribers in &options.subscribers {
        let frames = (options.packets / subscribers / 6).max(1) as u32;
        let shape = Shape { video_slots: options.video_slots, ..Shape::PAGE };
        let mut call = Call::connect(Server::LOOPBACK, *subscribers, options.full.min(*subscribers), shape)?;
        call.run(frames.min(60), Pace::Closed)?;
        let mut rows = [row("convene"), row("floor, sendmmsg"), row("floor, GSO")];
        for _ in 0..options.repetitions {
            rows[0].runs.push(call.run(frames, Pace::Closed)?);
            rows[1].runs.push(floor::run(*subscribers, frames, SendBy::Sendmmsg, Pace::Closed)?);
            rows[2].runs.push(floor::run(*subscribers, frames, SendBy::Segments, Pace::Closed)?);
        }
        let (segmented, per_call) = call.batching();
        println!(
            "1 publisher to {subscribers} subscribers, {frames} frames of 6 packets as fast as they arrive, {} times",
            options.repetitions
        );
        println!("{}", table(&rows, &rows[1], &rows[2]));
        println!("sent in segments: {:.0} %, datagrams per send call: {per_call:.1}\n", segmented * 100.0);
        all_hold &= rows.iter().all(|row| row.problem().is_none());
        if options.real_time > 0 {
            all_hold &= real_time(&mut call, *subscribers, options.real_time * 30, options.full, shape)?;
        }
    }
    memory(options)?;
    println!("took {:.0} s", started.elapsed().as_secs_f64());
    Ok(all_hold)
}

/// Prints what each further subscriber costs the server process.
fn memory(options: &Options) -> io::Result<()> {
    let numbers: Vec<usize> = options.memory.iter().copied().filter(|number| *number > 0).collect();
    if numbers.is_empty() {
        return Ok(());
    }
    let beside = std::env::current_exe()?.with_file_name("convene");
    let binary = options.binary.as_deref().unwrap_or(&beside);
    let shape = Shape { video_slots: options.video_slots, ..Shape::PAGE };
    let (empty, steps) = memory::run(binary, &numbers, shape)?;
    println!("memory of the server process, one publisher of 180 packets per second");
    println!("{}", memory::table(empty, &steps));
    Ok(())
}

fn real_time(call: &mut Call, subscribers: usize, frames: u32, full: usize, shape: Shape) -> io::Result<bool> {
    let mut rows = [row("convene"), row("floor, sendmmsg"), row("floor, GSO")];
    rows[0].runs.push(call.run(frames, Pace::RealTime)?);
    rows[1].runs.push(floor::run(subscribers, frames, SendBy::Sendmmsg, Pace::RealTime)?);
    rows[2].runs.push(floor::run(subscribers, frames, SendBy::Segments, Pace::RealTime)?);
    let server = Server { estimates_bandwidth: true, ..Server::LOOPBACK };
    let mut estimating = Call::connect(server, subscribers, full.min(subscribers), shape)?;
    // The first seconds are those in which the lines are probed.
    estimating.run(120, Pace::RealTime)?;
    println!("the same at 30 frames per second of real time, once");
    println!("{}", table(&rows, &rows[1], &rows[2]));
    // Probes come, too, and less than everything may: so this is no row of the table.
    let adapting = estimating.run(frames, Pace::RealTime)?;
    let all = frames as usize * 6 * subscribers;
    println!(
        "adapting to bandwidths: {:.2} us/pkt, {:.0} % of the packets arrived\n",
        1e6 / adapting.packets_per_cpu_second(),
        100.0 * adapting.packets as f64 / all as f64
    );
    Ok(rows.iter().all(|row| row.problem().is_none()))
}

fn row(name: &str) -> Row {
    Row { name: name.into(), runs: vec![] }
}
