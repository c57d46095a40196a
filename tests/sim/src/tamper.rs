//! Broken behaviour, put between the node and those who listen to it: each shows that a rule is really looked at.

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tamper {
    /// Nothing.
    Nothing,
    /// Media is not closed when somebody leaves.
    DropClose,
    /// Somebody who waits hears what members hear.
    TellWaiters,
    /// A recovery does not know who was removed.
    ForgetBars,
    /// One member does not hear of a change.
    DropChange,
    /// The node is told that a commit is durable before it is.
    ConfirmEarly,
    /// A leg's leaving is written twice.
    LeaveTwice,
    /// The media plane lets everybody be heard.
    HearEverybody,
    /// Everybody who comes in comes with hundreds of devices.
    Crowd,
    /// Some answers get lost.
    DropAnswer,
    /// Some devices are not told that a ring is over.
    DropRingOver,
    /// Devices are told twice that a ring is over.
    EndRingsTwice,
    /// A recovery does not know the legs' secrets.
    ForgetSecrets,
    /// The node is not told of revocations.
    DropRevocation,
}
