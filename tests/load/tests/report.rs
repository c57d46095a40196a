//! The figures of the benchmark: medians, shares, and runs that don't hold.

use convene_load::memory::{self, Step};
use convene_load::report::{Measurement, Row, table};
use std::time::Duration;

fn run(packets: u64, cpu_ms: u64) -> Measurement {
    let cpu = Duration::from_millis(cpu_ms);
    Measurement { packets, cpu, wall: cpu * 2, bytes: 1148, problems: vec![] }
}

fn row(name: &str, runs: Vec<Measurement>) -> Row {
    Row { name: name.into(), runs }
}

#[test]
fn a_row_gives_the_median_and_its_spread_in_packets_per_cpu_second() {
    let row = row("case", vec![run(1000, 10), run(1000, 5), run(1000, 20)]);
    assert_eq!(row.rates(), Some((100_000.0, 50_000.0, 200_000.0)));
    assert_eq!(Row { runs: vec![], ..row }.rates(), None);
}

#[test]
fn the_table_gives_the_shares_of_both_floors() {
    let (mmsg, segments) = (row("mmsg", vec![run(1000, 5)]), row("gso", vec![run(1000, 2)]));
    let text = table(&[row("ours", vec![run(1000, 10)])], &mmsg, &segments);
    let line = text.lines().find(|line| line.starts_with("ours")).unwrap();
    assert!(line.contains("100.0") && line.contains("50 %") && line.contains("20 %"), "{line}");
}

#[test]
fn the_memory_table_gives_what_each_further_subscriber_costs() {
    let step = |subscribers, connected, streaming| Step { subscribers, connected, streaming };
    let text = memory::table(10_240, &[step(10, 12_240, 13_240), step(110, 23_240, 33_240)]);
    let columns: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(columns, [vec!["0", "10.0"], vec!["10", "12.9", "300", "100"], vec!["110", "32.5", "200", "100"]]);
}

#[test]
fn a_run_that_does_not_hold_is_marked() {
    let mut lossy = run(999, 10);
    lossy.problems.push("999 of 1000 packets arrived".into());
    let floor = row("floor", vec![run(1000, 5)]);
    let text = table(&[row("ours", vec![run(1000, 10), lossy])], &floor, &floor);
    assert!(text.contains("INVALID: 999 of 1000 packets arrived"), "{text}");
}
