//! One order: account, authorizations by TLS-ALPN-01 (RFC 8737), certificate.

use super::client::HttpsClient;
use super::kept::{Kept, KeptAccount};
use super::settings::AcmeSettings;
use crate::tls::{Challenge, Identity, Served, TlsError, parse};
use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use std::sync::Arc;
use std::time::Duration;

/// How long an authority may take to look at the names, and then to sign. Larger: one that hangs is noticed later. Smaller: busy
/// ones are given up.
const PATIENCE: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(180));

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The authority, or the way to it.
    #[error("{0}")]
    Acme(#[from] Error),
    /// A file.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Anything else, in words.
    #[error("{0}")]
    Told(String),
}

/// Gets a certificate, keeps it, and returns it.
pub async fn place(
    settings: &AcmeSettings,
    client: &HttpsClient,
    kept: &Kept,
    served: &Arc<Served>,
) -> Result<Identity, OrderError> {
    let account = account(settings, client, kept).await?;
    let names: Vec<Identifier> = settings.domains.iter().cloned().map(Identifier::Dns).collect();
    let mut order = match account.new_order(&NewOrder::new(&names)).await {
        Err(error) if is_of_type(&error, "accountDoesNotExist") => {
            kept.forget_account(&settings.directory)?;
            return Err(OrderError::Told(
                "the authority does not know the account any more; the next attempt makes a new one".into(),
            ));
        }
        order => order?,
    };
    let challenges = answer_challenges(&mut order, served).await?;
    let ready = order.poll_ready(&PATIENCE).await;
    drop(challenges);
    if !matches!(ready, Ok(OrderStatus::Ready)) {
        return Err(why_not(&mut order, ready).await);
    }
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&PATIENCE).await?;
    let read =
        parse(&format!("{key}{chain}")).ok_or_else(|| OrderError::Told("the authority sent no certificate".into()))?;
    let identity = Identity::new(read.chain, read.key)?;
    if let Some(missing) = settings.domains.iter().find(|name| !identity.is_for(name)) {
        return Err(OrderError::Told(format!("the authority sent a certificate that is not for {missing}")));
    }
    kept.keep_certificate(settings, &key, &chain)?;
    Ok(identity)
}

/// The kept account, or a new one.
async fn account(settings: &AcmeSettings, client: &HttpsClient, kept: &Kept) -> Result<Account, OrderError> {
    let builder = Account::builder_with_http(Box::new(client.clone()));
    let contact = settings.email.as_ref().map(|email| format!("mailto:{email}"));
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let account = kept.account(&settings.directory)?;
    let (account, known_email) = match account {
        Some(account) => {
            // The credentials cannot be copied, and are wanted twice.
            let again = kept.account(&settings.directory)?;
            let is_new_email = account.email != settings.email;
            let restored = builder.from_credentials(account.credentials).await?;
            (restored, if is_new_email { again } else { None })
        }
        None => {
            let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
            let (account, credentials) = builder.create(&new, settings.directory.clone(), None).await?;
            let (directory, email) = (settings.directory.clone(), settings.email.clone());
            kept.keep_account(&KeptAccount { directory, email, credentials })?;
            tracing::info!(directory = settings.directory, "an account was made with the authority");
            (account, None)
        }
    };
    if let Some(known) = known_email {
        account.update_contacts(&contact).await?;
        kept.keep_account(&KeptAccount { email: settings.email.clone(), ..known })?;
    }
    Ok(account)
}

/// Shows the authority what it wants to see under each name that it does not know as ours yet.
async fn answer_challenges(order: &mut Order, served: &Arc<Served>) -> Result<Vec<Challenge>, OrderError> {
    let mut shown = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let name = authorization.identifier().to_string();
        let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
            return Err(OrderError::Told(format!(
                "the authority does not look at {name} by tls-alpn-01, which is all that this server answers"
            )));
        };
        shown.push(Served::challenge(served, &name, challenge.key_authorization().digest().as_ref())?);
        challenge.set_ready().await?;
    }
    Ok(shown)
}

/// Says what the authority found wrong with the names.
async fn why_not(order: &mut Order, ready: Result<OrderStatus, Error>) -> OrderError {
    let mut reasons = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        if authorization.refresh().await.is_err() {
            break;
        }
        let name = authorization.identifier().to_string();
        let errors = authorization.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
        reasons.extend(errors.map(|error| format!("{name}: {}", error.detail.as_deref().unwrap_or("no reason given"))));
    }
    match ready {
        _ if !reasons.is_empty() => {
            OrderError::Told(format!("the authority did not find this server: {}", reasons.join("; ")))
        }
        Ok(status) => OrderError::Told(format!("the order ended as {status:?}, without a reason")),
        Err(error) => error.into(),
    }
}

fn is_of_type(error: &Error, kind: &str) -> bool {
    matches!(error, Error::Api(problem) if problem.r#type.as_deref().is_some_and(|of| of.ends_with(kind)))
}
