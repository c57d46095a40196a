//! Events on their way to the control plane, without ever waiting for it.

use convene_model::media::MediaEvent;
use std::collections::VecDeque;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// The sending side of the events' channel, and what did not fit into it yet.
///
/// The backlog is bounded by what causes events: one command gives one answer, a peer is connected, measured and lost once, and of
/// who speaks in a call only the newest is kept.
pub(super) struct EventSender {
    channel: mpsc::Sender<MediaEvent>,
    backlog: VecDeque<MediaEvent>,
    dropped: u64,
}

impl EventSender {
    /// Sends to `channel`.
    pub fn new(channel: mpsc::Sender<MediaEvent>) -> EventSender {
        EventSender { channel, backlog: VecDeque::new(), dropped: 0 }
    }

    /// Sends an event, or keeps it for later. Order is kept.
    pub fn send(&mut self, event: MediaEvent) {
        self.retry();
        if self.backlog.is_empty() {
            match self.channel.try_send(event) {
                Ok(()) | Err(TrySendError::Closed(_)) => {}
                Err(TrySendError::Full(event)) => self.keep(event),
            }
        } else {
            self.keep(event);
        }
    }

    /// Tries again what was kept.
    pub fn retry(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            match self.channel.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.backlog.push_front(event);
                    return;
                }
                Err(TrySendError::Closed(_)) => self.backlog.clear(),
            }
        }
    }

    /// Whether [`retry`](Self::retry) is wanted.
    pub fn is_waiting(&self) -> bool {
        !self.backlog.is_empty()
    }

    /// Speaking indications that were dropped for a newer one of the same call.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn keep(&mut self, event: MediaEvent) {
        if let MediaEvent::SpeakingChanged { call, .. } = &event {
            let is_older =
                |kept: &MediaEvent| matches!(kept, MediaEvent::SpeakingChanged { call: of, .. } if of == call);
            if let Some(older) = self.backlog.iter().position(is_older) {
                self.backlog.remove(older);
                self.dropped += 1;
            }
        }
        self.backlog.push_back(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::{CallId, PeerId};

    fn connected(id: u64) -> MediaEvent {
        MediaEvent::Connected { peer: PeerId(id) }
    }

    fn speaking(call: &str, peers: &[u64]) -> MediaEvent {
        let speaking = peers.iter().map(|id| PeerId(*id)).collect();
        MediaEvent::SpeakingChanged { call: CallId(call.into()), speaking }
    }

    #[test]
    fn a_full_channel_drops_only_older_speaking_indications_and_keeps_the_order() {
        let (channel, mut receiver) = mpsc::channel(1);
        let mut events = EventSender::new(channel);
        events.send(connected(1));
        events.send(connected(2));
        events.send(speaking("one", &[1]));
        events.send(speaking("two", &[2]));
        events.send(speaking("one", &[]));
        events.send(connected(3));
        assert!(events.is_waiting());
        let mut received = vec![];
        while let Ok(event) = receiver.try_recv() {
            received.push(event);
            events.retry();
        }
        let expected = [connected(1), connected(2), speaking("two", &[2]), speaking("one", &[]), connected(3)];
        assert_eq!(received, expected);
        assert_eq!((events.dropped(), events.is_waiting()), (1, false));
    }
}
