//! As what somebody enters a meeting.

use convene_model::{
    Affiliation, IdentifierKind, RawId, Role,
    record::{AllowedPresenters, Meeting},
};
use std::collections::BTreeSet;

/// How somebody stands to a meeting that they want to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The role that their verified identity gives them.
    pub role: Role,
    /// Their relation to the meeting's organization.
    pub affiliation: Affiliation,
    /// Whether the organizer listed them.
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

/// As what `user` enters `meeting`: its organizer as organizer, whom the organizer listed as what they are listed, everybody else
/// as presenter or attendee by the meeting's option.
pub fn entry(meeting: &Meeting, user: &RawId, federated: &BTreeSet<String>) -> Entry {
    let affiliation = affiliation(user, federated);
    let listed = meeting.attendees.iter().find(|(listed, _)| listed == user).map(|(_, role)| *role);
    let invited = listed.is_some();
    let role = match listed {
        _ if meeting.organizer == *user => Role::Organizer,
        Some(Role::CoOrganizer) if affiliation == Affiliation::Organization => Role::CoOrganizer,
        Some(Role::Presenter | Role::CoOrganizer) if meeting.allowed_presenters != AllowedPresenters::Organizer => {
            Role::Presenter
        }
        Some(_) | None => match (meeting.allowed_presenters, affiliation) {
            (AllowedPresenters::Everyone, _) => Role::Presenter,
            (AllowedPresenters::Organization, Affiliation::Organization) => Role::Presenter,
            (AllowedPresenters::Organization, Affiliation::Federated | Affiliation::Outside)
            | (AllowedPresenters::RoleIsPresenter | AllowedPresenters::Organizer, _) => Role::Attendee,
        },
    };
    Entry { role, affiliation, invited }
}
