//! What was found: plain text for people, JSON for programs.

use serde::Serialize;
use std::fmt::Write as _;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing is wrong.
    Ok,
    /// It could not be looked at; the finding says why.
    Skip,
    /// It works, but not for everybody or not for long.
    Warn,
    /// Something does not work, or is not safe.
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The group of checks.
    pub check: &'static str,
    /// How it is.
    pub state: State,
    /// What was seen.
    pub what: String,
    /// Why it matters; for warnings and failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How to mend it; for warnings and failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(check: &'static str, what: impl Into<String>) -> Finding {
        Finding { check, state: State::Ok, what: what.into(), why: None, mend: None }
    }

    /// It could not be looked at.
    pub fn skip(check: &'static str, what: impl Into<String>) -> Finding {
        Finding { state: State::Skip, ..Finding::ok(check, what) }
    }

    /// It will make trouble.
    pub fn warn(
        check: &'static str,
        what: impl Into<String>,
        why: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        let (why, mend) = (Some(why.into()), Some(mend.into()));
        Finding { state: State::Warn, why, mend, ..Finding::ok(check, what) }
    }

    /// It makes trouble now.
    pub fn fail(
        check: &'static str,
        what: impl Into<String>,
        why: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        Finding { state: State::Fail, ..Finding::warn(check, what, why, mend) }
    }
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The worst of the findings: `skip` counts as `ok`.
    pub state: State,
    /// What was looked at.
    pub subject: String,
    /// In the order in which it was looked at.
    pub findings: Vec<Finding>,
    /// Where a call's time went, if one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<convene_probe::Timeline>,
}

impl Report {
    /// Puts findings together.
    pub fn new(subject: String, findings: Vec<Finding>, call: Option<convene_probe::Timeline>) -> Report {
        let worst = findings.iter().map(|finding| finding.state).filter(|state| *state != State::Skip).max();
        Report { state: worst.unwrap_or(State::Ok), subject, findings, call }
    }

    /// For people: a line for each finding, and what to do about those that are not well.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.subject);
        for finding in &self.findings {
            let state = match finding.state {
                State::Ok => "ok",
                State::Skip => "skip",
                State::Warn => "WARN",
                State::Fail => "FAIL",
            };
            // Writing to a text cannot fail.
            let _written = writeln!(text, "{state:<5} {:<11} {}", finding.check, finding.what);
            for (word, sentence) in [("why:", &finding.why), ("mend:", &finding.mend)] {
                if let Some(sentence) = sentence {
                    let _written = writeln!(text, "{:<18}{word:<6} {sentence}", "");
                }
            }
        }
        if let Some(call) = &self.call {
            text.push('\n');
            text.push_str(&call.table());
        }
        let count = |state| self.findings.iter().filter(|finding| finding.state == state).count();
        let (warnings, failures) = (count(State::Warn), count(State::Fail));
        let _written = match (warnings, failures) {
            (0, 0) => writeln!(text, "\nAll is well."),
            _ => writeln!(text, "\nFailures: {failures}, warnings: {warnings}."),
        };
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides_and_what_was_skipped_does_not_count() {
        let fail = Finding::fail("disk", "it is full", "nothing can be written", "delete something");
        let findings = vec![Finding::ok("ports", "free"), fail, Finding::skip("public url", "no server runs")];
        let report = Report::new("A folder.".into(), findings, None);
        assert_eq!(report.state, State::Fail);
        let text = report.text();
        assert!(text.starts_with("A folder.\n\nok    ports       free\nFAIL  disk        it is full\n"), "{text}");
        assert!(text.contains("why:   nothing can be written") && text.contains("mend:  delete something"), "{text}");
        assert!(text.ends_with("\nFailures: 1, warnings: 0.\n"), "{text}");
        let skipped = Report::new("".into(), vec![Finding::skip("public url", "no server runs")], None);
        assert_eq!(skipped.state, State::Ok);
        assert!(skipped.text().ends_with("All is well.\n"));
    }
}
