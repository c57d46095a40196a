//! Figures of runs, and the table of them.

use std::time::Duration;

/// The machine in a line: processor, how many of it, kernel, and how busy it was before.
pub fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let information = read("/proc/cpuinfo");
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    format!(
        "{} x {}, Linux {}, load average before: {}",
        processors,
        model.map_or("unknown processor", |(_, name)| name),
        kernel.trim(),
        load.split(' ').next().unwrap_or("unknown")
    )
}

/// What one run gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// Packets that arrived.
    pub packets: u64,
    /// CPU time of the sending thread, kernel time included.
    pub cpu: Duration,
    /// Time that passed.
    pub wall: Duration,
    /// UDP payload bytes of one packet, on average.
    pub bytes: u64,
    /// Why the figure doesn't hold; empty if it does.
    pub problems: Vec<String>,
}

impl Measurement {
    /// Packets for each second of CPU time.
    pub fn packets_per_cpu_second(&self) -> f64 {
        self.packets as f64 / self.cpu.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// One row of the table: the repetitions of one case.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Its repetitions.
    pub runs: Vec<Measurement>,
}

impl Row {
    /// The median of packets per CPU-second, and its lowest and highest.
    pub fn rates(&self) -> Option<(f64, f64, f64)> {
        let mut rates: Vec<f64> = self.runs.iter().map(Measurement::packets_per_cpu_second).collect();
        rates.sort_by(f64::total_cmp);
        Some((*rates.get(rates.len() / 2)?, *rates.first()?, *rates.last()?))
    }

    /// The first reason why the row doesn't hold.
    pub fn problem(&self) -> Option<&str> {
        self.runs.iter().flat_map(|run| &run.problems).map(String::as_str).next()
    }
}

/// Prints the rows with their share of two of them, the floors.
pub fn table(rows: &[Row], sendmmsg_floor: &Row, segments_floor: &Row) -> String {
    let mut text = format!(
        "{:<34} {:>9} {:>17} {:>8} {:>6} {:>7} {:>7}\n",
        "", "kpkt/CPU-s", "lowest..highest", "us/pkt", "bytes", "% mmsg", "% GSO"
    );
    let floors = (sendmmsg_floor.rates(), segments_floor.rates());
    for row in rows {
        let Some((rate, low, high)) = row.rates() else { continue };
        let share =
            |floor: Option<(f64, f64, f64)>| floor.map_or("–".into(), |f| format!("{:.0} %", 100.0 * rate / f.0));
        let bytes = row.runs.first().map_or(0, |run| run.bytes);
        let spread = format!("{:.0}..{:.0}", low / 1e3, high / 1e3);
        text += &format!(
            "{:<34} {:>9.1} {:>18} {:>8.2} {:>6} {:>7} {:>7}{}\n",
            row.name,
            rate / 1e3,
            spread,
            1e6 / rate,
            bytes,
            share(floors.0),
            share(floors.1),
            row.problem().map(|problem| format!("  INVALID: {problem}")).unwrap_or_default()
        );
    }
    text
}
