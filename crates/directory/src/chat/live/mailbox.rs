//! What an endpoint was sent and has not answered yet, in its order.

use std::collections::VecDeque;
use std::time::Duration;

/// Frames that are kept for an endpoint. Larger: a client that stays away costs more memory. Smaller: one that is away for a moment in a
/// busy thread loses some, and has to list messages.
pub const KEPT_FRAMES_MAX: usize = 500;

/// Bytes that are kept for an endpoint: some 40 of the longest messages. Larger and smaller: as with [`KEPT_FRAMES_MAX`].
pub const KEPT_BYTES_MAX: usize = 1024 * 1024;

/// For how long they are kept after the socket broke. Longer: whoever left without a word costs memory. Shorter: a client that is back
/// from a tunnel has to list messages; the published one tries at least once a minute.
pub const KEPT_FOR: Duration = Duration::from_secs(10 * 60);

/// What is kept for one endpoint.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    frames: VecDeque<(u64, String)>,
    bytes: usize,
    last: u64,
    lost: u64,
}

impl Mailbox {
    /// The number of the next frame.
    pub(super) fn next_id(&self) -> u64 {
        self.last + 1
    }

    /// Keeps the next frame. False if older ones had to go: they were not answered for too long.
    pub(super) fn keep(&mut self, frame: String) -> bool {
        self.last += 1;
        self.bytes += frame.len();
        self.frames.push_back((self.last, frame));
        let mut fits = true;
        while (self.frames.len() > KEPT_FRAMES_MAX || self.bytes > KEPT_BYTES_MAX) && self.frames.len() > 1 {
            let dropped = self.frames.pop_front();
            self.bytes -= dropped.map_or(0, |(_, frame)| frame.len());
            self.lost += 1;
            fits = false;
        }
        fits
    }

    /// The client has it. A number that was never sent, or is answered already, means nothing.
    pub(super) fn answered(&mut self, id: u64) {
        if let Some(at) = self.frames.iter().position(|(kept, _)| *kept == id)
            && let Some((_, frame)) = self.frames.remove(at)
        {
            self.bytes -= frame.len();
        }
    }

    /// How many were lost since this was asked last.
    pub(super) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    /// What is not answered, in its order.
    pub(super) fn frames(&self) -> impl Iterator<Item = &str> {
        self.frames.iter().map(|(_, frame)| frame.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT_BYTES_MAX, KEPT_FRAMES_MAX, Mailbox};

    fn kept(mailbox: &Mailbox) -> Vec<&str> {
        mailbox.frames().collect()
    }

    #[test]
    fn what_is_answered_is_gone_and_the_rest_keeps_its_order() {
        let mut mailbox = Mailbox::default();
        for frame in ["a", "b", "c"] {
            assert!(mailbox.keep(frame.to_owned()));
        }
        for id in [2, 2, 9, 0] {
            mailbox.answered(id);
        }
        assert_eq!((kept(&mailbox), mailbox.bytes, mailbox.next_id()), (vec!["a", "c"], 2, 4));
        assert_eq!(mailbox.take_lost(), 0);
    }

    #[test]
    fn beyond_the_bounds_the_oldest_go_and_are_counted_once() {
        let mut mailbox = Mailbox::default();
        for n in 0..KEPT_FRAMES_MAX {
            assert!(mailbox.keep(n.to_string()));
        }
        assert!(!mailbox.keep("newest".to_owned()));
        assert_eq!((mailbox.frames().next(), mailbox.frames().count()), (Some("1"), KEPT_FRAMES_MAX));
        assert_eq!((mailbox.take_lost(), mailbox.take_lost()), (1, 0));
        assert!(!mailbox.keep("x".repeat(KEPT_BYTES_MAX)));
        assert_eq!((mailbox.frames().count(), mailbox.bytes, mailbox.take_lost()), (1, KEPT_BYTES_MAX, 500));
    }
}
