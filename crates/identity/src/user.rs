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
}

/// Makes a user with a random id. A display name with nothing visible in it is none.
pub fn new_user(kind: NewUser, display_name: Option<&str>, random: &mut dyn Random, now: WallMs) -> User {
    let uuid = uuid_v4(random);
    let id = match kind {
        NewUser::Communication { resource } => RawId::communication_user(&resource, &uuid),
        NewUser::Organization => RawId::organization_user(&uuid),
    };
    let display_name = display_name.map(clean_display_name).filter(|name| !name.is_empty());
    User { id, display_name, generation: 0, created_at: now }
}

/// A display name made fit to be shown: see [`clean_text`]; at most [`DISPLAY_NAME_MAX`] characters. May be empty.
pub fn clean_display_name(text: &str) -> String {
    clean_text(text, DISPLAY_NAME_MAX)
}
