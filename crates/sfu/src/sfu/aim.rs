//! Which layer goes to whom, and the keyframes that changes need.

use super::Sfu;
use crate::member::{Admitted, LayerOf};
use convene_model::PeerId;
use convene_model::media::Wish;

impl Sfu {
    /// Chooses the layers for a member's slots, or for those that carry `only`, and asks for the keyframes that they need.
    pub(super) fn aim(&mut self, id: PeerId, only: Option<Wish>) {
        let Some(mut member) = self.members.remove(&id) else { return };
        let members = &self.members;
        let leader = self.calls.get(&member.call).and_then(|call| call.speakers.leader());
        let aimed = member.aim(only, leader, self.now, |wish| members.get(&wish.publisher)?.layers(wish.source));
        let waiting = member.waits_for();
        self.members.insert(id, member);
        if aimed {
            self.arm(id);
        }
        for waiting in waiting.into_iter().filter(|waiting| only.is_none_or(|only| only == waiting.wish)) {
            self.request_layer(waiting);
        }
    }

    /// Chooses anew for all who receive a publication: by a packet its layers came, stopped, or changed their size. Who is to have the
    /// layer of a keyframe that arrives needs no other one.
    pub(super) fn aim_at_arrival(&mut self, publisher: PeerId, admitted: Admitted, is_entry_point: bool) {
        let Admitted { source, layer, .. } = admitted;
        for other in self.others(publisher) {
            self.aim(other, Some(Wish { publisher, source }));
        }
        if let Some(publisher) = self.members.get_mut(&publisher).filter(|_| is_entry_point) {
            publisher.keyframe_passes(source, layer);
        }
    }

    /// Asks for the keyframes for which the slots wait that carry a publication.
    pub(super) fn request_keyframe(&mut self, wish: Wish) {
        let others = self.others(wish.publisher);
        let waiting = others.iter().filter_map(|other| self.members.get(other)).flat_map(|other| other.waits_for());
        for waiting in waiting.filter(|waiting| waiting.wish == wish).collect::<Vec<_>>() {
            self.request_layer(waiting);
        }
    }

    /// Asks a publisher for a keyframe of a layer, at once if one was not asked for just before.
    pub(super) fn request_layer(&mut self, LayerOf { wish, layer }: LayerOf) {
        let Some(publisher) = self.members.get_mut(&wish.publisher) else { return };
        publisher.request_keyframe(wish.source, layer);
        match publisher.send_due_requests(self.now) {
            Ok(true) => self.stale.push(wish.publisher),
            Ok(false) => self.arm(wish.publisher),
            Err(reason) => self.lose(wish.publisher, reason),
        }
    }
}
