//! Accounts, as the CLI makes and ends them.

use crate::admin::{Admin, AdminCommand, AdminError};
use crate::clock::{OsRandom, wall_now};
use crate::drive::Arrival;
use convene_identity::{LINK_MS, NewUser, clean_email, new_secret, new_user, secret_hash};
use convene_model::account::{Account, AccountRole, PasswordLink};
use convene_model::record::User;
use convene_model::{RawId, rfc3339};
use convene_store::{Store, StoreError};
use serde_json::{Value, json};

impl<S: Store> Admin<'_, S> {
    /// Carries out what concerns accounts.
    ///
    /// # Errors
    /// [`AdminError`] says what is wrong and what to write instead.
    pub(crate) async fn accounts(&self, command: AdminCommand) -> Result<Value, AdminError> {
        match command {
            AdminCommand::CreateAccount { email, name, role } => {
                self.create_account(&email, name.as_deref(), &role).await
            }
            AdminCommand::ResetAccount { email } => {
                let account = self.account(&email).await?;
                if !account.local {
                    return Err(AdminError(format!(
                        "{email} is signed into by the organization's provider and has no password here."
                    )));
                }
                self.link(&account).await
            }
            AdminCommand::ListAccounts {} => {
                let all = self.store.accounts().await?;
                Ok(all.iter().map(|(account, user)| view(account, user)).collect())
            }
            AdminCommand::DisableAccount { email, disabled } => {
                let account = self.account(&email).await?;
                self.store.disable_account(&account.user, disabled).await?;
                if disabled {
                    self.end_sessions(&account).await?;
                }
                Ok(json!({ "id": account.user, "disabled": disabled }))
            }
            AdminCommand::SignOutAccount { email } => {
                let account = self.account(&email).await?;
                self.end_sessions(&account).await?;
                Ok(json!({ "id": account.user, "signedOut": true }))
            }
            other => Err(AdminError(format!("{other:?} is not about accounts."))),
        }
    }

    async fn create_account(&self, email: &str, name: Option<&str>, role: &str) -> Result<Value, AdminError> {
        let email = clean_email(email)
            .ok_or_else(|| AdminError(format!("{email:?} is no e-mail address. Write it as olga@example.org.")))?;
        let role = AccountRole::parse(role)
            .filter(|role| role.may_sign_in())
            .ok_or_else(|| AdminError(format!("there is no role {role:?}. Use organizer or admin.")))?;
        let now = wall_now();
        let user = new_user(NewUser::Organization, Some(name.unwrap_or(&email)), &mut OsRandom, now);
        let account = Account {
            user: user.id.clone(),
            email: Some(email.clone()),
            local: true,
            role,
            password: None,
            disabled: false,
            created_at: now,
        };
        match self.store.insert_account(&user, &account, None).await {
            Ok(()) => self.link(&account).await,
            Err(StoreError::Conflict { .. }) => Err(AdminError(format!(
                "there is an account with {email} already. `convene account reset --email {email}` prints a link for a new password."
            ))),
            Err(error) => Err(error.into()),
        }
    }

    async fn account(&self, email: &str) -> Result<Account, AdminError> {
        let found = match (RawId::parse(email), clean_email(email)) {
            (Ok(id), _) => self.store.account(&id).await?,
            (Err(_), Some(email)) => self.store.account_by_email(&email).await?,
            (Err(_), None) => None,
        };
        found.ok_or_else(|| {
            AdminError(format!("there is no account with {email}. `convene account list` prints those that there are."))
        })
    }

    async fn link(&self, account: &Account) -> Result<Value, AdminError> {
        let secret = new_secret(&mut OsRandom);
        let link =
            PasswordLink { hash: secret_hash(&secret), user: account.user.clone(), expires_at: wall_now() + LINK_MS };
        self.store.insert_password_link(&link).await?;
        // After the `#`, where neither logs nor referrers see it.
        let url = format!("{}/sign-in/password#{secret}", self.public_url);
        let until = rfc3339(link.expires_at);
        Ok(
            json!({ "id": account.user, "email": account.email, "role": account.role.as_str(), "link": url, "expiresOn": until }),
        )
    }

    async fn end_sessions(&self, account: &Account) -> Result<(), AdminError> {
        let generation = self.store.end_sessions(&account.user).await?;
        if let Some(live) = self.live {
            // A control task that is gone has no sessions left.
            let _stopping = live.send(Arrival::UserChanged { user: account.user.clone(), generation }).await;
        }
        Ok(())
    }
}

fn view(account: &Account, user: &User) -> Value {
    json!({
        "id": account.user,
        "email": account.email,
        "displayName": user.display_name,
        "role": account.role.as_str(),
        "byProvider": !account.local,
        "hasPassword": account.password.is_some(),
        "disabled": account.disabled,
        "createdAt": rfc3339(account.created_at),
    })
}
