//! Publications and subscriptions of cameras and screens.
//!
//! A leg says what it sends (`publish`) and what it wants to receive (`subscribe`). Only what is published is forwarded:
//! wishes for what is not sent yet, or by nobody in the call, wait here until it is.

use crate::Output;
use crate::common::Core;
use crate::roster::Roster;
use convene_model::media::{MediaCommand, Shown, SlotState, Source, Wish};
use convene_model::{Capability, ErrorCode, ParticipantId, PeerId, limits};
use convene_protocol::{Event, SlotView, VideoWish};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct Videos {
    wished: BTreeMap<ParticipantId, Vec<VideoWish>>,
    /// What the media plane was told last, by subscriber.
    told: BTreeMap<ParticipantId, Told>,
}

/// What the media plane knows of a subscriber.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    /// As which peer.
    peer: PeerId,
    wishes: Vec<Wish>,
    shown: Vec<Shown>,
}

impl Videos {
    /// Says that a leg sends its camera or screen, or no longer does.
    ///
    /// # Errors
    /// [`ErrorCode::BadRequest`] for a microphone, [`ErrorCode::Forbidden`] if the role may not send it.
    pub fn publish(
        &mut self,
        core: &mut Core,
        roster: &mut Roster,
        leg: &ParticipantId,
        source: Source,
        on: bool,
    ) -> Result<(), ErrorCode> {
        let capability = match source {
            Source::Microphone => return Err(ErrorCode::BadRequest),
            Source::Camera => Capability::TurnVideoOn,
            Source::Screen => Capability::ShareScreen,
        };
        if on && !roster.may(core, leg, capability) {
            return Err(ErrorCode::Forbidden);
        }
        let videos = &mut roster.leg_mut(leg).ok_or(ErrorCode::BadRequest)?.videos;
        let changed = if on { videos.insert(source) } else { videos.remove(&source) };
        if changed {
            let user = roster.user_of(leg).expect("the leg was just seen").clone();
            roster.tell_changed(core, &user, None);
            self.refresh(core, roster);
        }
        Ok(())
    }

    /// Replaces a leg's wishes, and how large it shows what it wishes for.
    ///
    /// # Errors
    /// [`ErrorCode::BadRequest`] for more than [`limits::SUBSCRIPTIONS_MAX`] wishes, or one for a microphone.
    pub fn subscribe(
        &mut self,
        core: &mut Core,
        roster: &Roster,
        leg: &ParticipantId,
        wishes: Vec<VideoWish>,
    ) -> Result<(), ErrorCode> {
        let audio = wishes.iter().any(|wish| wish.source == Source::Microphone);
        if wishes.len() > limits::SUBSCRIPTIONS_MAX || audio {
            return Err(ErrorCode::BadRequest);
        }
        self.wished.insert(leg.clone(), wishes);
        self.refresh_one(core, roster, leg);
        Ok(())
    }

    pub fn forget(&mut self, leg: &ParticipantId) {
        self.wished.remove(leg);
        self.told.remove(leg);
    }

    /// Tells the media plane of every leg whose effective wishes changed.
    pub fn refresh(&mut self, core: &mut Core, roster: &Roster) {
        let legs: Vec<ParticipantId> = self.wished.keys().cloned().collect();
        for leg in &legs {
            self.refresh_one(core, roster, leg);
        }
    }

    /// Tells the media plane of one leg, if its effective wishes changed, or how large it shows them.
    fn refresh_one(&mut self, core: &mut Core, roster: &Roster, leg: &ParticipantId) {
        let (Some(wished), Some(state)) = (self.wished.get(leg), roster.leg(leg)) else { return };
        if !state.media_open {
            return;
        }
        let peer = state.peer;
        let (mut wishes, mut shown) = (vec![], vec![]);
        for wish in wished.iter().filter(|wish| wish.participant_id != *leg && !state.held) {
            let Some(sender) = roster.leg(&wish.participant_id) else { continue };
            if !sender.media_open || sender.held || !sender.videos.contains(&wish.source) {
                continue;
            }
            let size = wish.shown;
            let wish = Wish { publisher: sender.peer, source: wish.source };
            wishes.push(wish);
            shown.extend(size.map(|size| Shown { wish, size }));
        }
        let before = self.told.get(leg).filter(|told| told.peer == peer);
        let (was_wished, was_shown) = before.map_or((&[][..], &[][..]), |told| (&told.wishes, &told.shown));
        let (new_wishes, newly_shown) = (wishes != was_wished, shown != was_shown);
        if new_wishes || newly_shown {
            self.told.insert(leg.clone(), Told { peer, wishes: wishes.clone(), shown: shown.clone() });
        }
        // Sizes first: what is wished for anew begins with the layer that fits.
        if newly_shown {
            core.effect(Output::Media(MediaCommand::Show { peer, shown }));
        }
        if new_wishes {
            core.effect(Output::Media(MediaCommand::Subscribe { peer, wishes }));
        }
    }

    /// Tells a leg what its slots carry.
    pub fn slots_changed(&self, core: &mut Core, roster: &Roster, peer: PeerId, slots: Vec<SlotState>) {
        let Some((leg, _)) = roster.by_peer(peer) else { return };
        let slots = slots
            .into_iter()
            .filter_map(|slot| {
                let wish = slot.wish?;
                let (participant_id, _) = roster.by_peer(wish.publisher)?;
                Some(SlotView { mid: slot.mid, participant_id: participant_id.clone(), source: wish.source })
            })
            .collect();
        core.effect(Output::Send { leg: leg.clone(), event: Event::SlotsChanged { slots } });
    }
}
