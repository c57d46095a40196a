//! The commands that the control plane gives the media plane, and the events that come back.
//!
//! This is all that the two planes know of each other: `node` never names a media library, and a simulation answers
//! these commands without one. Commands for one peer are carried out in order.

use crate::quality::PeerMeasure;
use crate::{CallId, PeerId};
use serde::{Deserialize, Serialize};

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Source {
    /// The microphone.
    Microphone,
    /// The camera.
    Camera,
    /// The shared screen.
    Screen,
}

/// What one m-line of a leg's offer is for (RFC 8829 §5; one `mid` each).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum TrackUse {
    /// The client sends its microphone.
    Microphone,
    /// The client sends its camera.
    Camera,
    /// The client sends its screen.
    Screen,
    /// The client receives one of the loudest speakers.
    AudioSlot,
    /// The client receives somebody's camera.
    VideoSlot,
    /// The client receives somebody's screen.
    ScreenSlot,
}

/// One m-line of an offer and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrackPlan {
    /// The m-line's `a=mid`.
    pub mid: String,
    /// What the m-line is for.
    #[serde(rename = "use")]
    pub track_use: TrackUse,
}

/// What a peer may send. What it may not send and sends all the same is dropped on arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MaySend {
    /// The microphone.
    pub microphone: bool,
    /// The camera.
    pub camera: bool,
    /// The screen.
    pub screen: bool,
}

/// A wish to receive one camera or screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wish {
    /// Whose track.
    pub publisher: PeerId,
    /// Which of its tracks: [`Source::Camera`] or [`Source::Screen`].
    pub source: Source,
}

/// How large one video is shown at a subscriber, in pixels of its screen. Nothing of it is seen if one of them is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ShownSize {
    /// Of the whole picture, also of what is cut off.
    pub width: u16,
    /// Of the whole picture, also of what is cut off.
    pub height: u16,
}

impl ShownSize {
    /// Whether nothing is seen of the video.
    pub fn is_hidden(self) -> bool {
        self.width == 0 || self.height == 0
    }
}

/// How large a subscriber shows one of the videos that it wishes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub wish: Wish,
    /// How large.
    pub size: ShownSize,
}

/// What a receiving m-line carries now. A slot that is not listed, or has no `wish`, carries nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotState {
    /// The m-line's `a=mid`.
    pub mid: String,
    /// What it carries.
    pub wish: Option<Wish>,
}

/// What the control plane tells the media plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaCommand {
    /// Make a peer of a call and answer its offer. Answered by [`MediaEvent::Answered`] or [`MediaEvent::OfferRefused`].
    /// All audio of a call goes to all of its peers (the loudest, as far as slots go); video only as wished.
    Open {
        /// The new peer; never used before.
        peer: PeerId,
        /// Peers hear and see each other only within one call.
        call: CallId,
        /// Returned with the answer.
        negotiation: u32,
        /// The SDP offer.
        offer: String,
        /// What the offer's m-lines are for.
        tracks: Vec<TrackPlan>,
        /// What it may send.
        may_send: MaySend,
    },
    /// Answer a further offer of an open peer: new slots, or an ICE restart. `tracks` lists all m-lines again.
    Negotiate {
        /// Whose offer.
        peer: PeerId,
        /// Returned with the answer.
        negotiation: u32,
        /// The SDP offer.
        offer: String,
        /// What the offer's m-lines are for.
        tracks: Vec<TrackPlan>,
    },
    /// Change what a peer may send; holds from the next packet on.
    SetMaySend {
        /// Whose.
        peer: PeerId,
        /// The whole new set.
        may_send: MaySend,
    },
    /// Replace all of a peer's wishes. Answered by [`MediaEvent::SlotsChanged`] if slots change. A wish keeps its slot as
    /// long as it is wished for; wishes beyond the number of slots wait for a slot in the order given.
    Subscribe {
        /// Who wishes.
        peer: PeerId,
        /// What it wishes for, most wanted first.
        wishes: Vec<Wish>,
    },
    /// Replace all of what a peer said of how large it shows what it wishes for, in any order with its wishes. The smallest layer that is
    /// large enough goes to it; the largest, if it says nothing; nothing at all of what is hidden.
    Show {
        /// Who.
        peer: PeerId,
        /// How large; what it shows without a size, or does not wish for, is not listed.
        shown: Vec<Shown>,
    },
    /// Forget a peer. Answered by [`MediaEvent::Measured`] if it was open; slots of others that carried it are emptied and reported.
    Close {
        /// Which.
        peer: PeerId,
    },
    /// Play back to a peer's call what the peer says, a second later, as if `echo` said it. Ends with the peer.
    Echo {
        /// Whose microphone.
        peer: PeerId,
        /// As whose; never opened, and nobody else's.
        echo: PeerId,
    },
    /// Make a peer of a call that has no network of its own: the server itself codes its sound. What it hears comes out as
    /// [`Heard`](crate::audio::Heard), all audio of the call; it hears nothing until [`MediaCommand::SetHears`].
    Agent {
        /// The new peer; never used before.
        peer: PeerId,
        /// Whom it hears, and who hears it.
        call: CallId,
        /// Whether what it says is forwarded; only the microphone counts.
        may_send: MaySend,
    },
    /// Let a peer hear the others, or not. A new peer with a network hears them.
    SetHears {
        /// Who.
        peer: PeerId,
        /// Whether audio goes to it.
        hears: bool,
    },
}

/// Why a peer's media ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostReason {
    /// No valid network path any more, or none at all within the time allowed.
    NoPath,
    /// The secure channel failed.
    Dtls,
    /// A defect met in this peer's handling; the others go on.
    Defect,
}

/// What the media plane tells the control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// An offer's answer.
    Answered {
        /// Whose.
        peer: PeerId,
        /// As in the command.
        negotiation: u32,
        /// The SDP answer.
        answer: String,
    },
    /// An offer that cannot be answered. A peer that was to be opened does not exist; an open peer is as before.
    OfferRefused {
        /// Whose.
        peer: PeerId,
        /// As in the command.
        negotiation: u32,
        /// Why, in a sentence for a developer.
        reason: String,
    },
    /// ICE and DTLS are up: media can flow. Comes once in a peer's life.
    Connected {
        /// Whose.
        peer: PeerId,
    },
    /// The whole new state of a peer's video and screen slots.
    SlotsChanged {
        /// Whose.
        peer: PeerId,
        /// Every slot that carries something.
        slots: Vec<SlotState>,
    },
    /// Who speaks in a call now: the whole set, loudest first. Never more often than every 100 ms for one call.
    SpeakingChanged {
        /// Which call.
        call: CallId,
        /// Who.
        speaking: Vec<PeerId>,
    },
    /// What was measured of a peer that is no more. Comes once in a peer's life, at its end; if that came by itself, just before
    /// [`MediaEvent::Lost`]. Whose whole media thread met a defect was lost without it.
    Measured {
        /// Whose.
        peer: PeerId,
        /// What.
        measure: Box<PeerMeasure>,
    },
    /// A peer's media ended by itself; the peer is forgotten already, as after [`MediaCommand::Close`].
    Lost {
        /// Whose.
        peer: PeerId,
        /// Why.
        reason: LostReason,
    },
}
