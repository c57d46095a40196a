//! What the CLI can ask for. A running server carries it out for the CLI over its control socket; without one the CLI does
//! it itself on the same store.

use crate::clock::{OsRandom, wall_now};
use crate::resources::WhichKey;
use convene_directory::{NewMeeting, create_meeting, online_meeting};
use convene_identity::{KeyRing, NewUser, TokenRequest, new_user};
use convene_model::record::{LobbyScope, User};
use convene_model::{IdentifierKind, RawId, Scopes, rfc3339};
use convene_store::{Settings, Store};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AdminCommand {
    /// Make a user.
    CreateUser {
        /// A user of the organization, who may organize meetings; otherwise an app's user.
        organizer: bool,
        /// The display name.
        name: String,
    },
    /// Issue an access token.
    IssueToken {
        /// For whom.
        user: String,
        /// A list of scopes, with commas.
        scope: String,
        /// Minutes.
        expires_in: u32,
    },
    /// Make a meeting.
    CreateMeeting {
        /// Whose.
        organizer: String,
        /// What it is about.
        subject: String,
        /// Who need not wait.
        lobby: String,
    },
    /// Print a connection string.
    ConnectionString {
        /// Of which resource; the default one if `None`.
        resource: Option<String>,
        /// With which key.
        key: WhichKey,
    },
    /// Make a resource.
    CreateResource {
        /// Its host names.
        hosts: Vec<String>,
    },
    /// List the resources.
    ListResources {},
    /// Replace an access key.
    RegenerateKey {
        /// Of which resource; the default one if `None`.
        resource: Option<String>,
        /// Which.
        key: WhichKey,
    },
}

/// Why it was not done, in a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AdminError(pub String);

impl From<convene_store::StoreError> for AdminError {
    fn from(error: convene_store::StoreError) -> Self {
        Self(format!("the store failed: {error}"))
    }
}

/// What commands work on.
pub struct Admin<'a, S> {
    /// The store.
    pub store: &'a S,
    /// The signing keys.
    pub keys: &'a KeyRing,
    /// The organization and the default resource.
    pub settings: &'a Settings,
    /// The public URL, for links and tokens.
    pub public_url: &'a str,
}

impl<S: Store> Admin<'_, S> {
    /// Carries a command out; the result is what the CLI prints.
    ///
    /// # Errors
    /// [`AdminError`] says what is wrong and what to write instead.
    pub async fn execute(&self, command: AdminCommand) -> Result<Value, AdminError> {
        match command {
            AdminCommand::CreateUser { organizer, name } => {
                let user = self.create_user(organizer, &name).await?;
                Ok(json!({ "id": user.id, "displayName": user.display_name }))
            }
            AdminCommand::IssueToken { user, scope, expires_in } => {
                let user = self.user(&user).await?;
                let (token, expires_on) = self.issue(&user, &scope, expires_in)?;
                Ok(json!({ "token": token, "expiresOn": expires_on }))
            }
            AdminCommand::CreateMeeting { organizer, subject, lobby } => {
                let scope = LobbyScope::parse(&lobby).ok_or_else(|| {
                    let names: Vec<&str> = LobbyScope::ALL.iter().map(|scope| scope.as_str()).collect();
                    AdminError(format!("{lobby:?} is no lobby scope. Use one of {}.", names.join(", ")))
                })?;
                let organizer = self.user(&organizer).await?;
                self.create_meeting(&organizer, subject, scope).await
            }
            AdminCommand::ConnectionString { resource, key } => {
                self.connection_string(resource.as_deref(), key).await.map(Value::String)
            }
            AdminCommand::CreateResource { hosts } => self.create_resource(&hosts).await,
            AdminCommand::ListResources {} => self.list_resources().await,
            AdminCommand::RegenerateKey { resource, key } => {
                self.regenerate_key(resource.as_deref(), key).await.map(Value::String)
            }
        }
    }

    /// Makes a user.
    ///
    /// # Errors
    /// [`AdminError`] if the store fails.
    pub async fn create_user(&self, organizer: bool, name: &str) -> Result<User, AdminError> {
        let kind = if organizer {
            NewUser::Organization
        } else {
            NewUser::Communication { resource: self.settings.resource_id.clone() }
        };
        let user = new_user(kind, Some(name), &mut OsRandom, wall_now());
        self.store.insert_user(&user).await?;
        Ok(user)
    }

    /// Issues a token; gives it with its expiry in RFC 3339.
    ///
    /// # Errors
    /// [`AdminError`] if a scope is unknown, or the token may not be issued.
    pub fn issue(&self, user: &User, scope: &str, minutes: u32) -> Result<(String, String), AdminError> {
        let scopes = Scopes::parse(scope).map_err(|error| AdminError(error.to_string()))?;
        let request = TokenRequest {
            user,
            scopes: &scopes,
            lifetime_minutes: minutes,
            issuer: self.public_url,
            resource_id: user.id.resource().unwrap_or(&self.settings.resource_id),
        };
        let token = self.keys.mint(&request, wall_now()).map_err(|error| AdminError(error.to_string()))?;
        Ok((token.token, rfc3339(token.expires_at)))
    }

    async fn user(&self, id: &str) -> Result<User, AdminError> {
        let id = RawId::parse(id).map_err(|error| AdminError(format!("{id:?} is {error}.")))?;
        self.store.user(&id).await?.ok_or_else(|| {
            AdminError(format!(
                "there is no user {id}. Make one with `convene user create`, and use the id that it prints."
            ))
        })
    }

    async fn create_meeting(&self, organizer: &User, subject: String, lobby: LobbyScope) -> Result<Value, AdminError> {
        if organizer.id.kind() != IdentifierKind::OrganizationUser {
            return Err(AdminError(format!(
                "{} is an app's user; only a user of the organization can organize a meeting. Make one with \
                 `convene user create --organizer`.",
                organizer.id
            )));
        }
        let new = NewMeeting {
            organizer: organizer.id.clone(),
            organization: self.settings.organization.clone(),
            subject,
            lobby,
            starts_at: None,
            ends_at: None,
            guests_allowed: true,
            guests_may_start: true,
        };
        let meeting = create_meeting(new, &mut OsRandom, wall_now()).map_err(|error| AdminError(error.to_string()))?;
        self.store.insert_meeting(&meeting).await?;
        let shaped = online_meeting(self.public_url, &meeting, organizer.display_name.as_deref());
        serde_json::to_value(shaped).map_err(|error| AdminError(error.to_string()))
    }
}
