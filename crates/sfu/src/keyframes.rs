//! When to ask a publisher for a keyframe (PLI, RFC 4585 §6.3.1).
//!
//! Requests of many subscribers become one. Browsers ignore a PLI that comes soon after another, so a request that is not
//! answered by a keyframe is repeated, ever more rarely while the publisher sends nothing at all.

use std::time::{Duration, Instant};

/// The shortest time between two PLIs. Shorter ones are ignored by Chromium (seen at 300 ms); longer ones show as a
/// longer freeze after a lost PLI.
pub const RETRY_MIN: Duration = Duration::from_millis(400);
/// The longest time between two PLIs to a publisher that sends nothing. A larger value delays the picture of a camera
/// that starts without a keyframe, a smaller one costs packets for cameras that stay off.
pub const RETRY_MAX: Duration = Duration::from_secs(5);

/// The keyframe requests for one publication.
#[derive(Clone, Debug)]
pub struct KeyframeRequests {
    wanted: bool,
    last_sent: Option<Instant>,
    /// Whether the present wish was sent already.
    is_repeat: bool,
    interval: Duration,
}

impl KeyframeRequests {
    /// Nobody has asked yet.
    pub fn new() -> KeyframeRequests {
        KeyframeRequests { wanted: false, last_sent: None, is_repeat: false, interval: RETRY_MIN }
    }

    /// Somebody needs a keyframe from now on.
    pub fn request(&mut self) {
        if !self.wanted {
            self.interval = RETRY_MIN;
            self.is_repeat = false;
        }
        self.wanted = true;
    }

    /// A packet of the publication arrived.
    pub fn packet_arrived(&mut self, is_entry_point: bool) {
        self.interval = RETRY_MIN;
        if is_entry_point {
            self.wanted = false;
        }
    }

    /// When [`take_due`](Self::take_due) has something, if ever.
    pub fn due_at(&self, now: Instant) -> Option<Instant> {
        self.wanted.then(|| self.last_sent.map_or(now, |sent| sent + self.interval))
    }

    /// Whether a PLI is to be sent now; if so, it counts as sent.
    pub fn take_due(&mut self, now: Instant) -> bool {
        if self.due_at(now).is_none_or(|due| due > now) {
            return false;
        }
        if std::mem::replace(&mut self.is_repeat, true) {
            self.interval = (self.interval * 2).min(RETRY_MAX);
        }
        self.last_sent = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_close_together_become_one() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        assert!(!requests.take_due(at));
        requests.request();
        requests.request();
        assert!(requests.take_due(at));
        requests.request();
        assert!(!requests.take_due(at + RETRY_MIN / 2));
        requests.packet_arrived(true);
        assert_eq!(requests.due_at(at), None);
    }

    #[test]
    fn a_request_is_repeated_until_the_keyframe_comes() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.request();
        assert!(requests.take_due(at));
        requests.packet_arrived(false);
        assert_eq!(requests.due_at(at), Some(at + RETRY_MIN));
        assert!(requests.take_due(at + RETRY_MIN));
        requests.packet_arrived(true);
        assert!(!requests.take_due(at + RETRY_MIN * 10));
    }

    #[test]
    fn a_request_soon_after_a_keyframe_waits_its_turn_and_is_not_lost() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.request();
        assert!(requests.take_due(at));
        requests.packet_arrived(true);
        requests.request();
        assert!(!requests.take_due(at + Duration::from_millis(50)));
        assert!(requests.take_due(at + RETRY_MIN));
    }

    #[test]
    fn a_silent_publisher_is_asked_ever_more_rarely() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.request();
        let mut sent = vec![];
        for ms in (0..20_000).step_by(100) {
            if requests.take_due(at + Duration::from_millis(ms)) {
                sent.push(ms);
            }
        }
        assert_eq!(sent, [0, 400, 1200, 2800, 6000, 11_000, 16_000]);
    }
}
