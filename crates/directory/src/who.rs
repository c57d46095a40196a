//! As what somebody enters a meeting.

use convene_model::{Affiliation, IdentifierKind, RawId, Role, record::Meeting};
use std::collections::BTreeSet;

/// How somebody stands to a meeting that they want to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The role that their verified identity gives them.
    pub role: Role,
    /// Their relation to the meeting's organization.
    pub affiliation: Affiliation,
    /// Whether the organizer listed them. Meetings have no such list yet: always false.
    pub invited: bool,
}

/// How `user` stands to the server's organization. `federated` are the ids of the resources that it trusts.
pub fn affiliation(user: &RawId, federated: &BTreeSet<String>) -> Affiliation {
    match user.kind() {
        IdentifierKind::OrganizationUser => Affiliation::Organization,
        IdentifierKind::CommunicationUser => match user.resource() {
            Some(resource) if federated.contains(resource) => Affiliation::Federated,
            Some(_) | None => Affiliation::Outside,
        },
        IdentifierKind::Visitor => Affiliation::Outside,
    }
}

/// As what `user` enters `meeting`: its organizer as organizer, the organization's other users as presenters, everybody
/// else as attendee.
pub fn entry(meeting: &Meeting, user: &RawId, federated: &BTreeSet<String>) -> Entry {
    let affiliation = affiliation(user, federated);
    let role = match affiliation {
        Affiliation::Organization if meeting.organizer == *user => Role::Organizer,
        Affiliation::Organization => Role::Presenter,
        Affiliation::Federated | Affiliation::Outside => Role::Attendee,
    };
    Entry { role, affiliation, invited: false }
}
