//! What the CLI can do with applications: make, list and delete them, add and remove their secrets.

use crate::admin::{Admin, AdminCommand, AdminError};
use crate::clock::{OsRandom, wall_now};
use convene_identity::{SECRET_SLOTS, new_app_secret, new_application};
use convene_model::record::Application;
use convene_model::{AppPermission, rfc3339};
use convene_store::{Store, StoreError};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl<S: Store> Admin<'_, S> {
    /// Carries out a command about applications.
    pub(crate) async fn applications(&self, command: AdminCommand) -> Result<Value, AdminError> {
        match command {
            AdminCommand::CreateApplication { name, permissions } => self.create_application(&name, &permissions).await,
            AdminCommand::ListApplications {} => {
                let applications = self.store.applications().await?;
                Ok(applications.iter().map(view).collect())
            }
            AdminCommand::AddSecret { application } => self.add_secret(&application).await,
            AdminCommand::RemoveSecret { application, secret } => {
                self.application(&application).await?;
                if !self.store.remove_application_secret(&application, &secret).await? {
                    return Err(AdminError(format!(
                        "the application has no secret {secret:?}. `convene app list` prints the ids of its secrets."
                    )));
                }
                Ok(json!({ "id": application, "removed": secret }))
            }
            AdminCommand::DeleteApplication { application } => {
                self.application(&application).await?;
                let deleted = self.store.delete_application(&application).await?;
                Ok(json!({ "id": application, "deleted": deleted }))
            }
            other => Err(AdminError(format!("{other:?} is no command about applications."))),
        }
    }

    async fn create_application(&self, name: &str, permissions: &[String]) -> Result<Value, AdminError> {
        let permissions = permissions.iter().map(|name| AppPermission::parse(name)).collect::<Result<BTreeSet<_>, _>>();
        let permissions = permissions.map_err(|error| AdminError(format!("{error}.")))?;
        if permissions.is_empty() {
            return Err(AdminError(
                "an application without a permission can do nothing. Give one with --permission.".to_owned(),
            ));
        }
        let mut application = new_application(name, permissions, &mut OsRandom, wall_now());
        if application.name.is_empty() {
            return Err(AdminError("the name has nothing visible in it. Give one that tells the back end.".to_owned()));
        }
        let (secret, text) =
            new_app_secret(&application, &mut OsRandom, wall_now()).ok_or_else(|| AdminError(FULL.to_owned()))?;
        let id = secret.id.clone();
        application.secrets.push(secret);
        self.store.insert_application(&application).await?;
        Ok(json!({
            "clientId": application.id,
            "clientSecret": text,
            "secretId": id,
            "tenantId": self.settings.organization,
            "name": application.name,
            "permissions": names(&application),
        }))
    }

    async fn add_secret(&self, id: &str) -> Result<Value, AdminError> {
        let application = self.application(id).await?;
        let full = || AdminError(FULL.to_owned());
        let (secret, text) = new_app_secret(&application, &mut OsRandom, wall_now()).ok_or_else(full)?;
        match self.store.add_application_secret(id, &secret).await {
            Ok(true) => Ok(json!({ "clientId": id, "clientSecret": text, "secretId": secret.id })),
            Ok(false) => Err(none(id)),
            Err(StoreError::Conflict { .. }) => Err(AdminError(
                "somebody else added a secret at the same time; nothing was added. Look with `convene app list`."
                    .to_owned(),
            )),
            Err(error) => Err(error.into()),
        }
    }

    async fn application(&self, id: &str) -> Result<Application, AdminError> {
        self.store.application(id).await?.ok_or_else(|| none(id))
    }
}

const FULL: &str = "the application has two secrets already. Remove the one that is no longer in use with `convene app \
                    remove-secret`, and add one then.";

const _: () = assert!(SECRET_SLOTS == 2, "the sentence above says two");

fn none(id: &str) -> AdminError {
    AdminError(format!("there is no application {id:?}. `convene app list` prints those that there are."))
}

fn names(application: &Application) -> Vec<&'static str> {
    application.permissions.iter().map(|permission| permission.as_str()).collect()
}

fn view(application: &Application) -> Value {
    let secrets: Vec<Value> = application
        .secrets
        .iter()
        .map(|secret| json!({ "id": secret.id, "createdAt": rfc3339(secret.created_at) }))
        .collect();
    json!({
        "clientId": application.id,
        "name": application.name,
        "permissions": names(application),
        "secrets": secrets,
        "createdAt": rfc3339(application.created_at),
    })
}
