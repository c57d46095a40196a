//! When to ask a publisher for a keyframe (PLI, RFC 4585 §6.3.1).
//!
//! Requests of many subscribers become one. Browsers ignore a PLI that comes soon after another, so a request that is not
//! answered by a keyframe is repeated, ever more rarely while the publisher sends nothing at all.

use crate::layers::LayerSet;
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
    /// The layers of which one is needed.
    wanted: LayerSet,
    last_sent: Option<Instant>,
    /// Whether the present wish was sent already.
    is_repeat: bool,
    interval: Duration,
}

impl KeyframeRequests {
    /// Nobody has asked yet.
    pub fn new() -> KeyframeRequests {
        KeyframeRequests { wanted: LayerSet::default(), last_sent: None, is_repeat: false, interval: RETRY_MIN }
    }

    /// Somebody needs a keyframe of a layer from now on.
    pub fn request(&mut self, layer: usize) {
        if !self.wanted.contains(layer) {
            self.interval = RETRY_MIN;
            self.is_repeat = false;
        }
        self.wanted.insert(layer);
    }

    /// A layer has stopped: asking for it would cost the others a keyframe each time.
    pub fn forget(&mut self, layer: usize) {
        self.wanted.remove(layer);
    }

    /// A packet of a layer arrived.
    pub fn packet_arrived(&mut self, layer: usize, is_entry_point: bool) {
        if self.wanted.contains(layer) {
            self.interval = RETRY_MIN;
        }
        if is_entry_point {
            self.wanted.remove(layer);
        }
    }

    /// When [`take_due`](Self::take_due) has something, if ever.
    pub fn due_at(&self, now: Instant) -> Option<Instant> {
        (!self.wanted.is_empty()).then(|| self.last_sent.map_or(now, |sent| sent + self.interval))
    }

    /// The layers for which a PLI is to be sent now; they count as sent. All that are wanted go together, since a browser hears only the
    /// first of several that come close together, and answers it with keyframes of all layers.
    pub fn take_due(&mut self, now: Instant) -> LayerSet {
        if self.due_at(now).is_none_or(|due| due > now) {
            return LayerSet::default();
        }
        if std::mem::replace(&mut self.is_repeat, true) {
            self.interval = (self.interval * 2).min(RETRY_MAX);
        }
        self.last_sent = Some(now);
        self.wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_due(requests: &mut KeyframeRequests, now: Instant) -> bool {
        !requests.take_due(now).is_empty()
    }

    #[test]
    fn requests_close_together_become_one() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        assert!(!is_due(&mut requests, at));
        requests.request(0);
        requests.request(0);
        assert!(is_due(&mut requests, at));
        requests.request(0);
        assert!(!is_due(&mut requests, at + RETRY_MIN / 2));
        requests.packet_arrived(0, true);
        assert_eq!(requests.due_at(at), None);
    }

    #[test]
    fn a_request_is_repeated_until_the_keyframe_comes() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.request(0);
        assert!(is_due(&mut requests, at));
        requests.packet_arrived(0, false);
        assert_eq!(requests.due_at(at), Some(at + RETRY_MIN));
        assert!(is_due(&mut requests, at + RETRY_MIN));
        requests.packet_arrived(0, true);
        assert!(!is_due(&mut requests, at + RETRY_MIN * 10));
    }

    #[test]
    fn a_request_soon_after_a_keyframe_waits_its_turn_and_is_not_lost() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.request(0);
        assert!(is_due(&mut requests, at));
        requests.packet_arrived(0, true);
        requests.request(0);
        assert!(!is_due(&mut requests, at + Duration::from_millis(50)));
        assert!(is_due(&mut requests, at + RETRY_MIN));
    }

    #[test]
    fn a_silent_publisher_is_asked_ever_more_rarely() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.request(0);
        let mut sent = vec![];
        for ms in (0..20_000).step_by(100) {
            if is_due(&mut requests, at + Duration::from_millis(ms)) {
                sent.push(ms);
            }
        }
        assert_eq!(sent, [0, 400, 1200, 2800, 6000, 11_000, 16_000]);
    }

    #[test]
    fn layers_are_asked_for_together_until_each_has_come() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        let sent = |requests: &mut KeyframeRequests, ms| {
            requests.take_due(at + Duration::from_millis(ms)).iter().collect::<Vec<usize>>()
        };
        requests.request(2);
        assert_eq!(sent(&mut requests, 0), [2]);
        requests.request(0);
        assert_eq!(sent(&mut requests, 300), [], "too soon after the last one");
        assert_eq!(sent(&mut requests, 400), [0, 2]);
        requests.packet_arrived(2, true);
        requests.packet_arrived(1, true);
        assert_eq!(sent(&mut requests, 800), [0]);
        requests.request(1);
        requests.forget(1);
        requests.packet_arrived(0, true);
        assert_eq!(requests.due_at(at), None);
    }

    #[test]
    fn packets_of_other_layers_do_not_hurry_the_request_for_one_that_is_silent() {
        let at = Instant::now();
        let mut requests = KeyframeRequests::new();
        requests.request(2);
        let mut sent = vec![];
        for ms in (0..6_000).step_by(100) {
            requests.packet_arrived(0, false);
            if is_due(&mut requests, at + Duration::from_millis(ms)) {
                sent.push(ms);
            }
        }
        assert_eq!(sent, [0, 400, 1200, 2800]);
    }
}
