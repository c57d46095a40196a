//! What subscribers know of people in the call beyond their coming and going: role, and whether muted.

use crate::common::Core;
use crate::roster::{Member, Roster};
use convene_model::happened::What;
use convene_model::{RawId, Role};

impl Member {
    /// The role, and whether muted with all legs.
    pub fn reportable(&self) -> (Role, bool) {
        (self.person.role, self.legs.values().all(|leg| leg.muted))
    }
}

impl Roster {
    /// Tells subscribers of a role, or of muting, that is another than they know.
    pub fn report(&mut self, core: &mut Core, user: &RawId, by: Option<&RawId>) {
        let Some(member) = self.member_mut(user) else { return };
        let (role, muted) = member.reportable();
        let known = std::mem::replace(&mut member.reported, (role, muted));
        let by = by.filter(|by| *by != user);
        if known.0 != role {
            core.tell(What::RoleChanged { user: user.clone(), role, by: by.cloned() });
        }
        if known.1 != muted {
            core.tell(What::MutedChanged { user: user.clone(), muted, by: by.cloned() });
        }
    }
}
