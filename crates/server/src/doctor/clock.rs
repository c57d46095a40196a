//! The clock: sane, and near to the clocks of others, as far as anything on this machine can say.

use super::http;
use super::report::Finding;
use super::subject::Subject;
use crate::clock::wall_now;
use crate::tls::{self, ca_file};
use convene_model::{WallMs, rfc3339};

const CHECK: &str = "clock";
/// Signed requests may be this far off (Azure's rule for access keys).
const SIGNED_WITHIN_MS: i64 = 15 * 60 * 1000;
/// From here on something is wrong, though it still works.
const SKEW_WARN_MS: i64 = 30 * 1000;
const WHY: &str = "Requests of apps' servers are refused if they are signed more than 15 minutes off, and tokens expire at \
                   the wrong time.";
const MEND: &str = "Run a time service: `apt-get install chrony` (or systemd-timesyncd), then `chronyc tracking`.";

/// Looks at the clock.
pub async fn examine(subject: &Subject) -> Vec<Finding> {
    let now = wall_now();
    let mut findings = vec![];
    if let Some(made_at) = tls::facts::of_file(&ca_file(&subject.data)).map(|facts| facts.not_before_ms)
        && now < made_at
    {
        let what =
            format!("the clock says {}, before this data folder's CA was valid ({})", rfc3339(now), rfc3339(made_at));
        findings.push(Finding::fail(CHECK, what, WHY, format!("Set the clock. {MEND}")));
    }
    if let Some(skew) = skew(subject).await {
        findings.extend(judge_skew(skew, &subject.public_url));
    }
    if !findings.is_empty() {
        return findings;
    }
    vec![kernel(now)]
}

/// How far this clock is before that of whatever answers under an https public URL of another machine, in milliseconds.
async fn skew(subject: &Subject) -> Option<WallMs> {
    subject.running.as_ref()?;
    let asked_at = wall_now();
    let answer = http::get(&subject.public_url, "/healthz").await.ok()?;
    let answered_at = wall_now();
    let date = httpdate::parse_http_date(answer.headers.get("date")?).ok()?;
    let theirs = date.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis();
    // The header has whole seconds; the middle of the second and of the exchange are the best guess.
    Some((asked_at + answered_at) / 2 - (WallMs::try_from(theirs).ok()? + 500))
}

fn judge_skew(skew_ms: i64, url: &str) -> Option<Finding> {
    let seconds = skew_ms.abs() / 1000;
    let way = if skew_ms < 0 { "behind" } else { "before" };
    let what = format!("this clock is {seconds} s {way} that of what answers under {url}");
    match skew_ms.abs() {
        off if off >= SIGNED_WITHIN_MS => Some(Finding::fail(CHECK, what, WHY, MEND)),
        off if off >= SKEW_WARN_MS => Some(Finding::warn(CHECK, what, WHY, MEND)),
        _ => None,
    }
}

/// What the kernel says of its own clock (adjtimex(2)).
fn kernel(now: WallMs) -> Finding {
    // SAFETY: plain data, for which zero is a value: no bit of `modes` set means that nothing is changed.
    let mut state: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a local.
    let result = unsafe { libc::adjtimex(&mut state) };
    judge_kernel(result, state.status, state.maxerror, now)
}

fn judge_kernel(result: i32, status: i32, max_error_us: i64, now: WallMs) -> Finding {
    let time = rfc3339(now);
    if result < 0 {
        return Finding::skip(CHECK, format!("it says {time}; the kernel does not tell whether it is kept right"));
    }
    if status & libc::STA_UNSYNC != 0 {
        let what = format!("it says {time}, but no time service keeps it right, as far as the kernel knows");
        let mend = format!("{MEND} In a container or a virtual machine see to it on the host.");
        return Finding::warn(CHECK, what, WHY, mend);
    }
    Finding::ok(CHECK, format!("it says {time}, kept by a time service to within {} ms", max_error_us / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn skew_is_told_by_what_it_breaks() {
        let state = |ms| judge_skew(ms, "https://meet.example.org").map(|finding| finding.state);
        assert_eq!(state(29_000), None);
        assert_eq!(state(-40_000), Some(State::Warn));
        assert_eq!(state(-900_000), Some(State::Fail));
        let what = judge_skew(-1_000_000, "https://meet.example.org").unwrap().what;
        assert!(what.contains("1000 s behind"), "{what}");
    }

    #[test]
    fn the_kernels_word_is_passed_on() {
        let now = 1_790_000_000_000;
        assert_eq!(judge_kernel(0, 0, 12_000, now).state, State::Ok);
        assert_eq!(judge_kernel(5, libc::STA_UNSYNC, 16_000_000, now).state, State::Warn);
        assert_eq!(judge_kernel(-1, 0, 0, now).state, State::Skip);
        assert!(judge_kernel(0, 0, 12_000, now).what.contains("within 12 ms"));
    }
}
