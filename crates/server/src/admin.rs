//! What the CLI can ask for. A running server carries it out for the CLI over its control socket; without one the CLI does
//! it itself on the same store.

use crate::clock::{OsRandom, wall_now};
use crate::drive::Arrival;
use crate::live::{Live, changes::delete_user};
use crate::resources::WhichKey;
use convene_identity::{KeyRing, NewUser, TokenRequest, new_user, read_import};
use convene_model::record::User;
use convene_model::survey::{KeptSurvey, SurveyRecord};
use convene_model::{CallId, RawId, Scopes, rfc3339};
use convene_store::{Settings, Store};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tokio::sync::mpsc;

/// Surveys that are listed. Larger: an answer too long for the time that the CLI waits. Smaller: old surveys are not seen.
const SURVEYS_MAX: u32 = 10_000;

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
    /// Add users that have their ids from elsewhere; those that are there already stay as they are.
    ImportUsers {
        /// Who: lines that [`convene_identity::read_import`] reads.
        lines: String,
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
    /// Delete a user, and end its live sessions.
    DeleteUser {
        /// Who.
        user: String,
    },
    /// Make a meeting.
    CreateMeeting {
        /// Whose.
        organizer: String,
        /// What it is about.
        subject: String,
        /// Who need not wait.
        lobby: String,
        /// Whether people from outside the organization may come.
        guests_allowed: bool,
        /// Whether they may come first.
        guests_may_start: bool,
        /// Whether it is locked.
        locked: bool,
    },
    /// List meetings, the newest first.
    ListMeetings {
        /// Whose; everybody's if `None`.
        organizer: Option<String>,
    },
    /// Show a meeting.
    ShowMeeting {
        /// Its id.
        id: String,
    },
    /// End a meeting's live call for everybody.
    EndMeeting {
        /// Its id.
        id: String,
    },
    /// Delete a meeting, and end its live call.
    DeleteMeeting {
        /// Its id.
        id: String,
    },
    /// List calls, the newest first.
    ListCalls {
        /// Those that began then, or later.
        from: Option<String>,
        /// Those that began before.
        to: Option<String>,
        /// Those of the group calls and rooms of this resource.
        resource: Option<String>,
        /// Those of this meeting.
        meeting: Option<String>,
    },
    /// Show what is known of a call.
    ShowCall {
        /// Its id.
        id: String,
    },
    /// List what people thought of calls, the newest first.
    ListSurveys {
        /// Of which call; of all if `None`.
        call: Option<String>,
    },
    /// Make an account, with a one-time link for its password.
    CreateAccount {
        /// Its address.
        email: String,
        /// The display name.
        name: Option<String>,
        /// `organizer` or `admin`.
        role: String,
    },
    /// Make a one-time link for a new password.
    ResetAccount {
        /// Whose.
        email: String,
    },
    /// List the accounts.
    ListAccounts {},
    /// Shut an account, or open it again.
    DisableAccount {
        /// Whose.
        email: String,
        /// Whether to shut it.
        disabled: bool,
    },
    /// End all sessions of an account.
    SignOutAccount {
        /// Whose.
        email: String,
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
        /// The id that it has elsewhere already; a random one if `None`.
        id: Option<String>,
        /// Its host names.
        hosts: Vec<String>,
        /// Whether it takes the place of the default one.
        default: bool,
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
    /// Make an application.
    CreateApplication {
        /// What people call it.
        name: String,
        /// What it may do.
        permissions: Vec<String>,
    },
    /// List the applications.
    ListApplications {},
    /// Add a secret to an application.
    AddSecret {
        /// Its client id.
        application: String,
    },
    /// Remove a secret of an application.
    RemoveSecret {
        /// Its client id.
        application: String,
        /// The secret's id.
        secret: String,
    },
    /// Delete an application.
    DeleteApplication {
        /// Its client id.
        application: String,
    },
    /// Deliver events to an endpoint.
    CreateSubscription {
        /// Of which resource; of the default one if `None`.
        resource: Option<String>,
        /// Where to.
        endpoint: String,
        /// `cloudEvents` or `eventGrid`.
        schema: String,
        /// Which types; all if empty.
        types: Vec<String>,
        /// Those of meetings, too.
        meetings: bool,
    },
    /// List the subscriptions.
    ListSubscriptions {},
    /// Delete a subscription.
    DeleteSubscription {
        /// Its id.
        id: String,
    },
    /// List a subscription's dead letters.
    ListDeadLetters {
        /// Its id.
        subscription: String,
    },
    /// Send dead letters again.
    ReplayDeadLetters {
        /// The subscription's id.
        subscription: String,
        /// Of which event; all if `None`.
        event: Option<String>,
    },
    /// Say what the running server is: [`crate::app::Facts`].
    Describe {},
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
    /// The way to the calls that go on; `None` if no server runs.
    pub live: Option<&'a mpsc::Sender<Arrival>>,
    /// Who listens to chat; `None` if no server runs.
    pub listeners: Option<&'a Live>,
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
            AdminCommand::DeleteUser { user } => self.delete_user(&user).await,
            AdminCommand::CreateMeeting { .. }
            | AdminCommand::ListMeetings { .. }
            | AdminCommand::ShowMeeting { .. }
            | AdminCommand::EndMeeting { .. }
            | AdminCommand::DeleteMeeting { .. } => self.meetings(command).await,
            AdminCommand::ListCalls { from, to, resource, meeting } => {
                self.list_calls(from, to, resource, meeting).await
            }
            AdminCommand::ShowCall { id } => self.show_call(id).await,
            AdminCommand::ListSurveys { call } => self.list_surveys(call).await,
            AdminCommand::CreateAccount { .. }
            | AdminCommand::ResetAccount { .. }
            | AdminCommand::ListAccounts {}
            | AdminCommand::DisableAccount { .. }
            | AdminCommand::SignOutAccount { .. } => self.accounts(command).await,
            AdminCommand::CreateApplication { .. }
            | AdminCommand::ListApplications {}
            | AdminCommand::AddSecret { .. }
            | AdminCommand::RemoveSecret { .. }
            | AdminCommand::DeleteApplication { .. } => self.applications(command).await,
            AdminCommand::CreateSubscription { .. }
            | AdminCommand::ListSubscriptions {}
            | AdminCommand::DeleteSubscription { .. }
            | AdminCommand::ListDeadLetters { .. }
            | AdminCommand::ReplayDeadLetters { .. } => self.subscriptions(command).await,
            AdminCommand::ConnectionString { resource, key } => {
                self.connection_string(resource.as_deref(), key).await.map(Value::String)
            }
            AdminCommand::CreateResource { id, hosts, default } => {
                self.create_resource(id.as_deref(), &hosts, default).await
            }
            AdminCommand::ImportUsers { lines } => self.import_users(&lines).await,
            AdminCommand::ListResources {} => self.list_resources().await,
            AdminCommand::RegenerateKey { resource, key } => {
                self.regenerate_key(resource.as_deref(), key).await.map(Value::String)
            }
            // A running server answers this before it comes here.
            AdminCommand::Describe {} => Err(AdminError("no server runs on this data folder.".to_owned())),
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

    /// Adds users; says how many of them are new.
    async fn import_users(&self, lines: &str) -> Result<Value, AdminError> {
        let users = read_import(lines, wall_now()).map_err(|error| AdminError(format!("{error}.")))?;
        let resources: BTreeSet<&str> = users.iter().filter_map(|user| user.id.resource()).collect();
        for resource in resources {
            if self.store.resource(resource).await?.is_none() {
                return Err(AdminError(format!(
                    "there is no resource {resource} here, whose users some of these are. Make it with `convene resource create \
                     --id {resource} --host <its host name>`, or with --default instead of --host."
                )));
            }
        }
        let added = self.store.import_users(&users).await?;
        Ok(json!({ "added": added, "known": users.len() as u64 - added }))
    }

    async fn list_surveys(&self, call: Option<String>) -> Result<Value, AdminError> {
        let surveys = self.store.surveys(call.map(CallId).as_ref(), SURVEYS_MAX).await?;
        let lines = surveys.into_iter().map(|KeptSurvey { call, record }| {
            let SurveyRecord { id, participant, user, survey, at } = record;
            json!({
                "id": id, "callId": call, "participantId": participant, "user": user, "submittedOn": rfc3339(at),
                "survey": survey,
            })
        });
        Ok(Value::Array(lines.collect()))
    }

    async fn delete_user(&self, id: &str) -> Result<Value, AdminError> {
        let user = self.user(id).await?;
        let deleted = delete_user(self.store, self.listeners, &user.id, wall_now()).await?;
        if let Some(live) = self.live {
            // A control task that is gone has no sessions left.
            let _stopping = live.send(Arrival::UserChanged { user: user.id.clone(), generation: None }).await;
        }
        Ok(json!({ "id": user.id, "deleted": deleted }))
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
            meeting: None,
        };
        let token = self.keys.mint(&request, wall_now()).map_err(|error| AdminError(error.to_string()))?;
        Ok((token.token, rfc3339(token.expires_at)))
    }

    pub(crate) async fn user(&self, id: &str) -> Result<User, AdminError> {
        let id = RawId::parse(id).map_err(|error| AdminError(format!("{id:?} is {error}.")))?;
        self.store.user(&id).await?.ok_or_else(|| {
            AdminError(format!(
                "there is no user {id}. Make one with `convene user create`, and use the id that it prints."
            ))
        })
    }
}
