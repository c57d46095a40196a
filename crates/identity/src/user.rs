//! New users.

use convene_model::{Random, RawId, WallMs, clean_text, limits::DISPLAY_NAME_MAX, record::User, uuid_v4};

/// Which kind of user to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewUser {
    /// An app's user: `8:acs:<resource>_<uuid>`.
    Communication {
        /// The app's resource.
        resource: String,
    },
    /// A user of the organization, who may organize meetings: `8:orgid:<uuid>`.
    Organization,
    /// An anonymous guest from the web: `8:teamsvisitor:<uuid>`.
    Visitor,
}

/// Makes a user with a random id. A display name with nothing visible in it is none.
pub fn new_user(kind: NewUser, display_name: Option<&str>, random: &mut dyn Random, now: WallMs) -> User {
    let uuid = uuid_v4(random);
    let id = match kind {
        NewUser::Communication { resource } => RawId::communication_user(&resource, &uuid),
        NewUser::Organization => RawId::organization_user(&uuid),
        NewUser::Visitor => RawId::visitor(&uuid),
    };
    let display_name = display_name.map(clean_display_name).filter(|name| !name.is_empty());
    User { id, display_name, generation: 0, created_at: now }
}

/// A display name made fit to be shown: see [`clean_text`]; at most [`DISPLAY_NAME_MAX`] characters. May be empty.
pub fn clean_display_name(text: &str) -> String {
    clean_text(text, DISPLAY_NAME_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::IdentifierKind;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_new_users_id_can_be_read_back_and_names_its_kind() {
        let app = new_user(NewUser::Communication { resource: "11aa-22".into() }, None, &mut Fixed(7), 5);
        assert_eq!(RawId::parse(app.id.as_str()), Ok(app.id.clone()));
        assert_eq!((app.id.kind(), app.id.resource()), (IdentifierKind::CommunicationUser, Some("11aa-22")));
        assert_eq!((app.display_name, app.generation, app.created_at), (None, 0, 5));
        let own = new_user(NewUser::Organization, Some(" Organizer "), &mut Fixed(7), 5);
        assert_eq!(RawId::parse(own.id.as_str()).map(|id| id.kind()), Ok(IdentifierKind::OrganizationUser));
        assert_eq!(own.display_name.as_deref(), Some("Organizer"));
    }

    #[test]
    fn a_name_with_nothing_visible_is_no_name() {
        let named = |name| new_user(NewUser::Organization, Some(name), &mut Fixed(7), 5).display_name;
        assert_eq!(named("\u{202e}\u{200b} \n"), None);
        assert_eq!(clean_display_name(&"x".repeat(DISPLAY_NAME_MAX + 1)).len(), DISPLAY_NAME_MAX);
    }
}
