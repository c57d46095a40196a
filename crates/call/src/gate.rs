//! Commit first: holds back what others may see until the change that it tells of is durable.
//!
//! Every `handle_*` of the call is one *step*. A step collects journal lines and effects; when it ends, its lines leave as
//! one [`Output::Commit`], and its effects wait until that commit, and every earlier one, is confirmed. So effects keep
//! their order, and none overtakes a commit.

use crate::Output;
use convene_model::{happened::Happened, record::JournalRow};
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(crate) struct Gate {
    issued: u64,
    committed: u64,
    rows: Vec<JournalRow>,
    happened: Vec<Happened>,
    step: Vec<Output>,
    held: VecDeque<(u64, Output)>,
    ready: VecDeque<Output>,
}

impl Gate {
    /// Adds a line to the step's transaction.
    pub fn journal(&mut self, row: JournalRow) {
        self.rows.push(row);
    }

    /// Adds an event to the step's transaction.
    pub fn tell(&mut self, happened: Happened) {
        self.happened.push(happened);
    }

    /// What the step's events say of the call.
    pub fn set_two_party(&mut self, two_party: bool) {
        for happened in &mut self.happened {
            happened.two_party = two_party;
        }
    }

    /// Something to be done once the step is committed.
    pub fn effect(&mut self, output: Output) {
        self.step.push(output);
    }

    /// Something that waits for nothing. Only for what is not a change of state: who speaks.
    pub fn at_once(&mut self, output: Output) {
        self.ready.push_back(output);
    }

    /// The number of the commit that the running step will have, if it has lines; otherwise of the one it waits for.
    pub fn step_commit(&self) -> u64 {
        self.issued + 1
    }

    /// True if the commit with this number is confirmed.
    pub fn is_committed(&self, n: u64) -> bool {
        n <= self.committed
    }

    /// Ends the step.
    pub fn end_step(&mut self) {
        if !self.rows.is_empty() || !self.happened.is_empty() {
            self.issued += 1;
            self.ready.push_back(Output::Commit {
                n: self.issued,
                rows: std::mem::take(&mut self.rows),
                happened: std::mem::take(&mut self.happened),
            });
        }
        let barrier = self.issued;
        if barrier <= self.committed {
            self.ready.extend(self.step.drain(..));
        } else {
            self.held.extend(self.step.drain(..).map(|output| (barrier, output)));
        }
    }

    /// Lets go of what waited for the commits up to `n`.
    pub fn committed(&mut self, n: u64) {
        self.committed = self.committed.max(n.min(self.issued));
        while self.held.front().is_some_and(|(barrier, _)| *barrier <= self.committed) {
            let (_, output) = self.held.pop_front().expect("the front was just seen");
            self.ready.push_back(output);
        }
    }

    /// The next thing to be done.
    pub fn poll(&mut self) -> Option<Output> {
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::{CallId, ErrorCode, ParticipantId};

    fn over(name: &str) -> Output {
        Output::LegOver { leg: ParticipantId(name.into()), reason: ErrorCode::HungUp }
    }

    fn row() -> JournalRow {
        JournalRow::CallEnded { call: CallId("c".into()), reason: ErrorCode::HungUp, at: 0 }
    }

    #[test]
    fn effects_wait_for_their_commit_and_keep_their_order() {
        let mut gate = Gate::default();
        gate.effect(over("before"));
        gate.journal(row());
        gate.end_step();
        gate.effect(over("after"));
        gate.end_step();
        assert_eq!(gate.poll(), Some(Output::Commit { n: 1, rows: vec![row()], happened: vec![] }));
        assert_eq!(gate.poll(), None);
        gate.committed(1);
        assert_eq!(gate.poll(), Some(over("before")));
        assert_eq!(gate.poll(), Some(over("after")));
        assert_eq!(gate.poll(), None);
    }

    #[test]
    fn a_step_without_lines_and_with_nothing_pending_waits_for_nothing() {
        let mut gate = Gate::default();
        gate.effect(over("a"));
        gate.end_step();
        assert_eq!(gate.poll(), Some(over("a")));
    }

    #[test]
    fn a_confirmation_of_a_commit_that_was_never_issued_lets_nothing_go() {
        let mut gate = Gate::default();
        gate.committed(7);
        gate.journal(row());
        gate.effect(over("a"));
        gate.end_step();
        assert!(matches!(gate.poll(), Some(Output::Commit { n: 1, .. })));
        assert_eq!(gate.poll(), None);
    }
}
