//! Whose account a provider's word means: a known one, or a new one for whom the rules let in.

use super::provider::Provider;
use crate::app::AppState;
use crate::clock::{OsRandom, wall_now};
use crate::drive::Arrival;
use convene_identity::oidc::{NotAdmitted, Proven, ProviderClaims, raw_id_of};
use convene_identity::{NewUser, new_user};
use convene_model::account::{Account, AccountRole};
use convene_model::record::User;
use convene_store::{Store, StoreError};

/// Why there is no account for somebody.
#[derive(Debug, thiserror::Error)]
pub enum NotKnown {
    /// The rules.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    /// Its account is shut.
    #[error("Your account on this server is shut. Ask whoever runs the server to open it.")]
    Shut,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotKnown {
    /// Its name, for the log: the sentence may have an address in it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotAdmitted(NotAdmitted::NoSubject(_)) => "no subject",
            Self::NotAdmitted(NotAdmitted::NoEmail) => "no e-mail address",
            Self::NotAdmitted(NotAdmitted::EmailNotVerified(_)) => "address not verified",
            Self::NotAdmitted(NotAdmitted::DomainNotAllowed(_)) => "domain not allowed",
            Self::NotAdmitted(NotAdmitted::NoRole) => "no role",
            Self::Shut => "shut",
            Self::Store(_) => "the store failed",
        }
    }
}

/// The account of somebody whom the provider proves. With `follows` a known account takes over what the provider says now, and
/// one that the rules no longer let in loses its role, its sessions and its calls.
///
/// # Errors
/// [`NotKnown`].
pub async fn person_of<S: Store>(
    app: &AppState<S>,
    provider: &Provider,
    claims: &ProviderClaims,
    follows: bool,
) -> Result<Account, NotKnown> {
    let (rules, issuer) = (&provider.config.rules, &provider.config.issuer);
    let subject = rules.subject(claims, issuer)?;
    let Some(account) = app.store.account_by_subject(&subject).await? else {
        let proven = rules.admit(claims, issuer)?;
        return match add(app, &proven).await {
            // Somebody else was faster: the same person in another tab.
            Err(StoreError::Conflict { .. }) => {
                open(app.store.account_by_subject(&subject).await?.ok_or(NotKnown::Shut)?)
            }
            added => Ok(added?),
        };
    };
    let mut account = open(account)?;
    if !follows {
        return Ok(account);
    }
    let verdict = rules.admit(claims, issuer);
    let (email, role, name) = match &verdict {
        Ok(proven) => (proven.email.clone(), proven.role, proven.name.as_deref()),
        Err(_) => (account.email.clone(), AccountRole::Member, None),
    };
    app.store.follow_provider(&account.user, email.as_deref(), role, name).await?;
    if account.role.may_sign_in() && !role.may_sign_in() {
        let generation = app.store.end_sessions(&account.user).await?;
        tracing::info!(user = %account.user, "an account lost its role");
        // A control task that is gone has no sessions left.
        let _stopping = app.arrivals.send(Arrival::UserChanged { user: account.user.clone(), generation }).await;
    }
    verdict?;
    (account.email, account.role) = (email, role);
    Ok(account)
}

fn open(account: Account) -> Result<Account, NotKnown> {
    if account.disabled { Err(NotKnown::Shut) } else { Ok(account) }
}

/// A new account. Its raw id is the provider's own, if nobody who signs in has it already: then a user that was imported with it gets
/// the account.
async fn add<S: Store>(app: &AppState<S>, proven: &Proven) -> Result<Account, StoreError> {
    let now = wall_now();
    let mut id = raw_id_of(&proven.subject, &mut OsRandom);
    let mut is_there = app.store.user(&id).await?.is_some();
    if is_there && app.store.account(&id).await?.is_some() {
        id = new_user(NewUser::Organization, None, &mut OsRandom, now).id;
        is_there = false;
    }
    let account = Account {
        user: id.clone(),
        email: proven.email.clone(),
        local: false,
        role: proven.role,
        password: None,
        disabled: false,
        created_at: now,
    };
    if is_there {
        app.store.add_account(&account, Some(&proven.subject)).await?;
        let (email, name) = (proven.email.as_deref(), proven.name.as_deref());
        app.store.follow_provider(&account.user, email, proven.role, name).await?;
    } else {
        let user = User { id, display_name: proven.name.clone(), generation: 0, created_at: now };
        app.store.insert_account(&user, &account, Some(&proven.subject)).await?;
    }
    tracing::info!(user = %account.user, role = account.role.as_str(), "account made for somebody of the provider");
    Ok(account)
}
