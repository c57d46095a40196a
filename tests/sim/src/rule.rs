//! The rules that hold after every step, and how a broken one is told.

use std::fmt;

/// One invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Everybody whose media is open is on the roster.
    ReceiversAreOnTheRoster,
    /// Who waits is told only that, and the wait's end, and has no media.
    WaitersLearnNothing,
    /// Who was removed is not let in before the bar is lifted; who was put back only by somebody's word.
    BarsHold,
    /// All members see the same roster, and it is the journal's.
    ViewsAgree,
    /// Nobody is told of what is not durable.
    CommittedFirst,
    /// Nobody is in twice, comes in twice, or leaves twice.
    Once,
    /// Who is muted, or may not speak, is not heard.
    MutedIsSilent,
    /// Lists stay within their bounds.
    Bounds,
    /// Every request is answered once, nothing panics, and nothing comes that was not asked for.
    Answered,
    /// Who was in comes back with the leg's secret, and nobody else does.
    SecretsHold,
    /// Who was revoked has no session and no place.
    RevokedIsOut,
    /// In comes only whom the meeting's options let in, or somebody who may admit.
    AdmissionIsDecided,
    /// Who was rejected, or waited too long, waits no more and is not let in.
    WaitsEnd,
    /// Roles come from the meeting and the identity, or by name from somebody who may give them.
    RolesAreGiven,
    /// Others are led only by those who may, and only as they asked for.
    LeadersOnly,
    /// Nobody gets anywhere with a forged token, too small a scope, another meeting's token or a wrong passcode.
    ProofIsNeeded,
    /// In a room is only who is invited, or was let in by somebody who may.
    RoomsAreForTheInvited,
    /// Nobody is in a room, or waits for it, outside its time.
    RoomsKeepTheirTime,
    /// A ring ends once, with one reason, and nobody rings after that; one device accepts it. A call of two ends for both.
    RingsEndOnce,
    /// A restart puts nobody in who was not in.
    RestartLetsNobodyIn,
}

/// A rule that does not hold, and how that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// What was seen.
    pub what: String,
}

impl Violation {
    pub(crate) fn new(rule: Rule, what: impl Into<String>) -> Self {
        Self { rule, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.what)
    }
}
