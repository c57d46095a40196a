//! What a run came across, so that it shows whether the steps lead anywhere.

use convene_protocol::{ErrorBody, Event, Reply, ServerMessage};
use std::collections::BTreeMap;

/// How often each kind of thing happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(pub BTreeMap<String, u64>);

impl Seen {
    /// One more.
    pub fn count(&mut self, what: &str) {
        match self.0.get_mut(what) {
            Some(count) => *count += 1,
            None => {
                self.0.insert(what.to_owned(), 1);
            }
        }
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Seen) {
        for (what, count) in &other.0 {
            *self.0.entry(what.clone()).or_default() += count;
        }
    }

    pub(crate) fn message(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Response { reply: Some(reply), .. } => self.count(match reply {
                Reply::Done {} => "reply done",
                Reply::Joined { .. } => "reply joined",
                Reply::Waiting { .. } => "reply waiting",
                Reply::Answer { .. } => "reply answer",
                Reply::AdmittedAll { .. } => "reply admittedAll",
                Reply::SurveyKept { .. } => "reply surveyKept",
            }),
            ServerMessage::Response { error, .. } => self.error("refused", error.as_ref()),
            ServerMessage::Goodbye { error } => self.error("goodbye", Some(error)),
            ServerMessage::Event { event, .. } => self.event(event),
            ServerMessage::Rings { .. } => self.count("rings"),
            ServerMessage::RingOver { .. } => self.count("ring over"),
            ServerMessage::Welcome { .. } | ServerMessage::Refreshed { .. } | ServerMessage::Pong {} => {}
        }
    }

    fn error(&mut self, kind: &str, error: Option<&ErrorBody>) {
        if let Some(error) = error {
            self.count(&format!("{kind} {}", error.name));
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Ended { end } => self.error("ended", Some(&end.reason)),
            Event::ParticipantLeft { reason, .. } => self.error("left", Some(reason)),
            Event::Admitted { .. } => self.count("admitted"),
            Event::PutBack { .. } => self.count("put back"),
            Event::MutedByOther { .. } => self.count("muted by other"),
            Event::CapabilitiesChanged { .. } => self.count("capabilities changed"),
            Event::ParticipantJoined { .. } => self.count("participant joined"),
            Event::ParticipantChanged { .. } => self.count("participant changed"),
            Event::Knocked { .. } => self.count("knocked"),
            Event::LobbyLeft { .. } => self.count("lobby left"),
            Event::SpeakingChanged { .. } => self.count("speaking changed"),
            Event::RingingChanged { .. } => self.count("ringing changed"),
            Event::RingEnded { .. } => self.count("ring ended"),
            Event::HandsChanged { .. } => self.count("hands changed"),
            Event::SpotlightChanged { .. } => self.count("spotlight changed"),
            Event::Reacted { .. } => self.count("reacted"),
            Event::DataReceived { .. } => self.count("data received"),
            Event::DataClosed { .. } => self.count("data closed"),
            Event::TextReceived { .. } => self.count("text received"),
            Event::DiagnosticsTold { .. } => self.count("diagnostics told"),
            Event::NoticesChanged { .. } => self.count("notices changed"),
            Event::SlotsChanged { .. } => self.count("slots changed"),
            Event::TransferRequested { .. } => self.count("transfer requested"),
            Event::TransferFailed { reason } => self.error("transfer", Some(reason)),
        }
    }
}
