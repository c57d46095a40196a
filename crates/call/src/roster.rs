//! Who is in the call: participants and their legs.
//!
//! Everybody who receives media is here, always: a leg's peer exists only while the leg is in the roster.

use crate::call::Core;
use crate::lobby::NewLeg;
use crate::{Output, Person};
use convene_model::happened::What;
use convene_model::media::{MaySend, MediaCommand, Source};
use convene_model::record::JournalRow;
use convene_model::{Affiliation, Capability, ErrorCode, ParticipantId, PeerId, RawId, capabilities_of, limits};
use convene_protocol::{CallView, Event, LegView, ParticipantView, WaiterView};
use std::collections::{BTreeMap, BTreeSet};

/// One leg that is in the call.
#[derive(Debug)]
pub(crate) struct Leg {
    /// Its place in the media plane.
    pub peer: PeerId,
    /// Whether its media is open in the media plane.
    pub media_open: bool,
    /// Whether media ever flowed.
    pub media_connected: bool,
    /// Muted by its owner.
    pub muted: bool,
    /// What it says that it sends: camera, screen.
    pub videos: BTreeSet<Source>,
    /// The commit that made it visible.
    joined_commit: u64,
}

/// One participant: a user with at least one leg.
#[derive(Debug)]
pub(crate) struct Member {
    pub display_name: String,
    pub person: Person,
    pub legs: BTreeMap<ParticipantId, Leg>,
}

impl Member {
    pub fn may(&self, meeting: bool, capability: Capability) -> bool {
        capabilities_of(self.person.role, meeting).contains(&capability)
    }

    fn view(&self, user: &RawId) -> ParticipantView {
        ParticipantView {
            user: user.clone(),
            display_name: self.display_name.clone(),
            role: self.person.role,
            legs: self
                .legs
                .iter()
                .map(|(id, leg)| LegView {
                    participant_id: id.clone(),
                    muted: leg.muted,
                    videos: leg.videos.iter().copied().collect(),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Roster {
    members: BTreeMap<RawId, Member>,
    users: BTreeMap<ParticipantId, RawId>,
    /// When the first leg came in, wall time.
    pub started_at: Option<i64>,
}

impl Roster {
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.users.len() >= limits::CALL_LEGS_MAX
    }

    pub fn organization_in(&self) -> bool {
        self.members.values().any(|member| member.person.affiliation == Affiliation::Organization)
    }

    pub fn member(&self, user: &RawId) -> Option<&Member> {
        self.members.get(user)
    }

    pub fn user_of(&self, leg: &ParticipantId) -> Option<&RawId> {
        self.users.get(leg)
    }

    pub fn leg(&self, leg: &ParticipantId) -> Option<&Leg> {
        self.members.get(self.users.get(leg)?)?.legs.get(leg)
    }

    pub fn leg_mut(&mut self, leg: &ParticipantId) -> Option<&mut Leg> {
        self.members.get_mut(self.users.get(leg)?)?.legs.get_mut(leg)
    }

    /// The leg whose media this peer is, and its user.
    pub fn by_peer(&self, peer: PeerId) -> Option<(&ParticipantId, &RawId)> {
        self.members
            .iter()
            .find_map(|(user, member)| member.legs.iter().find(|(_, leg)| leg.peer == peer).map(|(id, _)| (id, user)))
    }

    pub fn legs(&self) -> impl Iterator<Item = (&ParticipantId, &Leg)> {
        self.members.values().flat_map(|member| member.legs.iter())
    }

    pub fn leg_ids(&self) -> Vec<ParticipantId> {
        self.users.keys().cloned().collect()
    }

    pub fn may(&self, core: &Core, leg: &ParticipantId, capability: Capability) -> bool {
        self.users
            .get(leg)
            .and_then(|user| self.members.get(user))
            .is_some_and(|member| member.may(core.is_meeting(), capability))
    }

    /// What a leg may send now: what its role may, less what it muted.
    pub fn may_send(&self, core: &Core, leg: &ParticipantId) -> MaySend {
        let may = |capability| self.may(core, leg, capability);
        let muted = self.leg(leg).is_none_or(|leg| leg.muted);
        MaySend {
            microphone: may(Capability::UnmuteMic) && !muted,
            camera: may(Capability::TurnVideoOn),
            screen: may(Capability::ShareScreen),
        }
    }

    /// The call as `user`'s leg may see it.
    pub fn view(&self, core: &Core, leg: &ParticipantId, lobby: Vec<WaiterView>) -> CallView {
        let user = self.users.get(leg).expect("only legs in the roster get a view");
        let role = self.members[user].person.role;
        CallView {
            call_id: core.id.clone(),
            participant_id: leg.clone(),
            thread_id: core.kind.thread_id().cloned(),
            subject: core.kind.subject().map(str::to_owned),
            role,
            capabilities: capabilities_of(role, core.is_meeting()),
            participants: self
                .members
                .iter()
                .filter(|(other, _)| *other != user)
                .map(|(other, member)| member.view(other))
                .collect(),
            lobby,
        }
    }

    /// Takes a leg in and tells the others. The caller answers the leg itself, with [`Roster::view`].
    pub fn enter(&mut self, core: &mut Core, new: NewLeg, admitted_by: Option<RawId>) {
        let NewLeg { participant, user, display_name, person, peer, muted } = new;
        let first_leg = !self.members.contains_key(&user);
        let member = self.members.entry(user.clone()).or_insert_with(|| Member {
            display_name: display_name.clone(),
            person,
            legs: BTreeMap::new(),
        });
        let role = member.person.role;
        let display_name = member.display_name.clone();
        let joined_commit = core.gate.step_commit();
        let leg =
            Leg { peer, media_open: false, media_connected: false, muted, videos: BTreeSet::new(), joined_commit };
        member.legs.insert(participant.clone(), leg);
        self.users.insert(participant.clone(), user.clone());
        core.journal(JournalRow::Joined {
            call: core.id.clone(),
            participant: participant.clone(),
            user: user.clone(),
            display_name: display_name.clone(),
            role,
            admitted_by,
            at: core.now.wall,
        });
        if self.started_at.is_none() {
            self.started_at = Some(core.now.wall);
            core.tell(What::CallStarted { by: user.clone(), role });
        }
        if first_leg {
            core.tell(What::ParticipantAdded { user: user.clone(), participant, display_name, role });
        }
        let participant = self.members[&user].view(&user);
        let event = if first_leg {
            Event::ParticipantJoined { participant }
        } else {
            Event::ParticipantChanged { participant }
        };
        self.tell_others(core, &user, event);
    }

    /// Takes a leg out, closes its media and tells everybody. False if it is not here.
    pub fn leave(&mut self, core: &mut Core, leg: &ParticipantId, reason: ErrorCode) -> bool {
        let Some(user) = self.users.remove(leg) else { return false };
        let member = self.members.get_mut(&user).expect("a leg's user is a member");
        let gone = member.legs.remove(leg).expect("a listed leg is there");
        if gone.media_open {
            core.effect(Output::Media(MediaCommand::Close { peer: gone.peer }));
        }
        core.journal(JournalRow::Left {
            call: core.id.clone(),
            participant: leg.clone(),
            user: user.clone(),
            reason,
            at: core.now.wall,
        });
        core.effect(Output::LegOver { leg: leg.clone(), reason });
        if member.legs.is_empty() {
            let member = self.members.remove(&user).expect("just seen");
            core.tell(What::ParticipantRemoved {
                user: user.clone(),
                participant: leg.clone(),
                display_name: member.display_name,
                role: member.person.role,
                reason,
            });
            self.tell_others(core, &user, Event::ParticipantLeft { user: user.clone(), reason: reason.into() });
        } else {
            self.tell_changed(core, &user);
        }
        true
    }

    /// Tells everybody but `user` how `user` is now.
    pub fn tell_changed(&self, core: &mut Core, user: &RawId) {
        if let Some(member) = self.members.get(user) {
            self.tell_others(core, user, Event::ParticipantChanged { participant: member.view(user) });
        }
    }

    fn tell_others(&self, core: &mut Core, user: &RawId, event: Event) {
        for (leg, owner) in &self.users {
            if owner != user {
                core.effect(Output::Send { leg: leg.clone(), event: event.clone() });
            }
        }
    }

    /// Tells those who manage the lobby.
    pub fn tell_lobby_managers(&self, core: &mut Core, event: &Event) {
        for member in self.members.values() {
            if member.may(core.is_meeting(), Capability::ManageLobby) {
                for leg in member.legs.keys() {
                    core.effect(Output::Send { leg: leg.clone(), event: event.clone() });
                }
            }
        }
    }

    /// True if others know of this leg already: its joining is committed.
    pub fn is_visible(&self, core: &Core, leg: &ParticipantId) -> bool {
        self.leg(leg).is_some_and(|leg| core.gate.is_committed(leg.joined_commit))
    }
}
