//! Calls from apps to the organization's users: whether there are any, and who hosts them. It is the operator's word.

use crate::groups::is_hosted_by_organization;
use crate::node::Node;
use convene_model::group_call::CallsFromApps;
use convene_model::{CallId, IdentifierKind, RawId};
use std::collections::BTreeSet;

const OFF: &str = "This organization takes no calls from apps. Send its user the link of a meeting, or let them call.";
const ALONE: &str =
    "A user of this organization is called alone: they decide whom they let in. Start a call to them only.";
const NOT_ADDED: &str =
    "A user of this organization is not added to a call of an app. Start a call to them: they let the caller in.";

fn is_organizations(user: &RawId) -> bool {
    user.kind() == IdentifierKind::OrganizationUser
}

impl Node {
    /// Who hosts a call that `caller` starts, if it is to have a lobby. `lobby`: whether the caller wants one.
    ///
    /// # Errors
    /// Why there is no such call.
    pub(crate) fn host_of_start(
        &self,
        caller: &RawId,
        called: &BTreeSet<RawId>,
        lobby: bool,
    ) -> Result<Option<RawId>, &'static str> {
        let callee = called.iter().find(|user| is_organizations(user)).filter(|_| !is_organizations(caller));
        match (callee, self.config.calls_from_apps) {
            (Some(_), CallsFromApps::Off) => Err(OFF),
            (Some(_), CallsFromApps::Lobby) if called.len() > 1 => Err(ALONE),
            (Some(callee), CallsFromApps::Lobby) => Ok(Some(callee.clone())),
            (Some(_), CallsFromApps::Ring) | (None, _) => Ok(lobby.then(|| caller.clone())),
        }
    }

    /// Whether `by`, who is in `call`, may call `user` into it.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check_added(&self, call: &CallId, by: &RawId, user: &RawId) -> Result<(), &'static str> {
        if is_organizations(by) || !is_organizations(user) {
            return Ok(());
        }
        let group = self.calls.get(call).and_then(|entry| entry.group.as_ref());
        match self.config.calls_from_apps {
            CallsFromApps::Ring => Ok(()),
            CallsFromApps::Lobby if group.is_some_and(is_hosted_by_organization) => Ok(()),
            CallsFromApps::Lobby => Err(NOT_ADDED),
            CallsFromApps::Off => Err(OFF),
        }
    }

    /// Whether it rings at `user` when the server of an app calls, as `by`: it cannot wait in a lobby.
    pub(crate) fn takes_call_of(&self, by: &RawId, user: &RawId) -> bool {
        let is_server = by.resource().is_some_and(|resource| RawId::app_server(resource) == *by);
        !is_server || !is_organizations(user) || self.config.calls_from_apps == CallsFromApps::Ring
    }
}
