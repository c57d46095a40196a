//! Handing over: from the call of two in which somebody wants it to the call that whoever is handed over has instead.

use crate::join::Arrival;
use crate::node::{Expected, Node};
use crate::rings::may_call;
use crate::session::Session;
use convene_call::Call;
use convene_model::limits::RINGS_BY_USER_MAX;
use convene_model::{CallId, ConnectionId, ErrorCode, IdentifierKind, Now, ParticipantId, RawId, TransferId, uuid_v4};
use convene_protocol::{ErrorBody, TransferTarget, Transferor};
use std::collections::{BTreeMap, BTreeSet};

/// The transfers of this node, and what is still to be told of them.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    entries: BTreeMap<TransferId, Transfer>,
    /// Those that are over, and why they failed, for their calls to know.
    over: Vec<(TransferId, Option<ErrorCode>)>,
}

#[derive(Debug)]
struct Transfer {
    /// Where it was asked for.
    call: CallId,
    by: Transferor,
    target: TransferTarget,
    /// The call that whoever is handed over is in, and who that is, if an app has them come into another one of its own.
    from: Option<(CallId, RawId)>,
    /// Whether whoever is handed over is on the way.
    followed: bool,
}

impl Transfers {
    /// A ring that belongs to a transfer is over.
    pub fn ring_over(&mut self, transfer: TransferId, reason: ErrorCode) {
        self.over.push((transfer, (reason != ErrorCode::AnsweredElsewhere).then_some(reason)));
    }
}

impl Node {
    /// Somebody in a call of two, as the leg `participant`, hands the other one over.
    pub(crate) fn transfer(
        &mut self,
        asked: Expected,
        call: &CallId,
        participant: &ParticipantId,
        target: TransferTarget,
        now: Now,
    ) {
        let Expected { session, id, .. } = asked;
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        if !may_call(active) {
            self.respond(session, id, Err(ErrorCode::ScopeMissing));
            return;
        }
        let by = active.user.id.clone();
        let user = match &target {
            TransferTarget::User { user } => Some(user.clone()),
            TransferTarget::Call { call_id } if call_id != call && self.may_leave_place(call_id, &by) => None,
            TransferTarget::Call { .. } => {
                self.respond(session, id, Err(ErrorCode::NotFound));
                return;
            }
        };
        let Some(entry) = self.calls.get(call) else { return };
        let display_name = entry.call.name_of(&by).unwrap_or_default().to_owned();
        let transfer = TransferId(uuid_v4(&mut *self.random));
        let by = Transferor { user: by, display_name };
        self.forget_old_transfers();
        let known = Transfer { call: call.clone(), by, target, from: None, followed: false };
        self.transfers.entries.insert(transfer.clone(), known);
        let (request, wait) = (self.expect(asked), self.config.ring_wait);
        self.with_call(call, now, |call| call.handle_transfer(participant, request, transfer, user, wait, now));
    }

    fn forget_old_transfers(&mut self) {
        let calls = &self.calls;
        self.transfers
            .entries
            .retain(|id, known| calls.get(&known.call).is_some_and(|entry| entry.call.transferee(id).is_some()));
    }

    /// An app hands somebody of its call over. False if it asked for this already.
    pub(crate) fn expect_transfer(
        &mut self,
        transfer: &TransferId,
        (call, connection): (&CallId, &ConnectionId),
        user: &RawId,
    ) -> bool {
        self.forget_old_transfers();
        let target = TransferTarget::User { user: user.clone() };
        self.expect_handing_over(transfer, (call, connection), target, None)
    }

    /// An app has people come into its call. False if it asked for this already.
    pub(crate) fn expect_moves(
        &mut self,
        users: &[(TransferId, RawId)],
        (call, connection): (&CallId, &ConnectionId),
        from: &CallId,
    ) -> bool {
        self.forget_old_transfers();
        let target = || TransferTarget::Call { call_id: call.clone() };
        let comes = |user: &RawId| Some((from.clone(), user.clone()));
        users.iter().all(|(id, user)| self.expect_handing_over(id, (call, connection), target(), comes(user)))
    }

    fn expect_handing_over(
        &mut self,
        transfer: &TransferId,
        (call, connection): (&CallId, &ConnectionId),
        target: TransferTarget,
        from: Option<(CallId, RawId)>,
    ) -> bool {
        let named = self.calls.get(call).and_then(|entry| entry.call.name_of_connection(connection));
        let Some((user, display_name)) = named.filter(|_| !self.transfers.entries.contains_key(transfer)) else {
            return false;
        };
        let by = Transferor { user, display_name };
        let known = Transfer { call: call.clone(), by, target, from, followed: false };
        self.transfers.entries.insert(transfer.clone(), known);
        true
    }

    /// The call that people are in is asked to let them go to where an app wants them.
    pub(crate) fn ask_to_move(
        &mut self,
        users: Vec<(TransferId, RawId)>,
        from: &ConnectionId,
        call: &CallId,
        now: Now,
    ) {
        for (transfer, user) in users {
            let mut asked = Err(ErrorCode::NotFound);
            self.with_call(call, now, |call| asked = call.handle_move_away(from, &transfer, &user, now));
            if let Err(code) = asked {
                self.transfers.over.push((transfer, Some(code)));
            }
        }
        self.tell_transfers(now);
    }

    /// Whether `user` is in this call and may leave the place in it to somebody else.
    fn may_leave_place(&self, call: &CallId, user: &RawId) -> bool {
        self.calls.get(call).is_some_and(|entry| entry.call.takes_called() && entry.call.name_of(user).is_some())
    }

    /// Somebody who is handed over comes into the call that this leads to.
    pub(crate) fn follow(&mut self, arrival: Arrival, transfer: &TransferId, now: Now) {
        let (session, request) = (arrival.session, arrival.request);
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        let (user, may_call) = (active.user.id.clone(), may_call(active));
        let calls = &self.calls;
        let goes_on = |entry: &&mut Transfer| {
            let transferee = calls.get(&entry.call).and_then(|call| call.call.transferee(transfer));
            !entry.followed && transferee == Some(&user)
        };
        let Some(entry) = self.transfers.entries.get_mut(transfer).filter(goes_on) else {
            self.respond(session, request, Err(ErrorCode::NotFound));
            return;
        };
        entry.followed = true;
        let (by, target) = (entry.by.clone(), entry.target.clone());
        // Whom an app moves takes nobody's place.
        let replaced = entry.from.is_none().then(|| by.user.clone());
        let failure = match target {
            _ if !may_call => Some(ErrorCode::ScopeMissing),
            TransferTarget::User { .. } if self.rings_by(&user) >= RINGS_BY_USER_MAX => {
                Some(ErrorCode::TooManyRequests)
            }
            TransferTarget::Call { ref call_id }
                if replaced.as_ref().is_some_and(|user| !self.may_leave_place(call_id, user)) =>
            {
                Some(ErrorCode::NotFound)
            }
            TransferTarget::User { .. } | TransferTarget::Call { .. } => None,
        };
        let called = match &target {
            // Whom one of the organization hands over, they vouch for.
            TransferTarget::User { user: called } if by.user.kind() != IdentifierKind::OrganizationUser => {
                self.host_of_start(&user, &BTreeSet::from([called.clone()]), false)
            }
            TransferTarget::User { .. } | TransferTarget::Call { .. } => Ok(None),
        };
        let (host, refused) = match called {
            Ok(host) => (host, None),
            Err(why) => (None, Some(why)),
        };
        let failure = failure.or(refused.map(|_| ErrorCode::Forbidden));
        if let Some(code) = failure {
            let message = refused.unwrap_or(code.message());
            self.respond_error(session, request, ErrorBody::with_message(code, message));
            self.transfers.over.push((transfer.clone(), Some(code)));
            self.tell_transfers(now);
            return;
        }
        match target {
            TransferTarget::User { user: called } => {
                let call = self.ringing_call(&user, host, now);
                self.with_call(&call, now, Call::expect_two);
                let person = self.person_in_call(&call, &user);
                let Some(leg) = self.enter_call(arrival, call.clone(), person, None, now) else { return };
                let ring = self.new_ring(&call, called, &user, Some((transfer.clone(), by)));
                let wait = self.config.ring_wait;
                self.with_call(&call, now, |call| call.handle_start(&leg, vec![ring], wait, now));
            }
            TransferTarget::Call { call_id } => {
                let person = self.person_in_call(&call_id, &user);
                let came_in = self.enter_call(arrival, call_id, person, replaced.as_ref(), now).is_some();
                let failure = (!came_in).then_some(ErrorCode::Forbidden);
                self.transfers.over.push((transfer.clone(), failure));
                self.tell_transfers(now);
            }
        }
    }

    /// Tells calls how their transfers ended.
    pub(crate) fn tell_transfers(&mut self, now: Now) {
        while let Some((transfer, failure)) = self.transfers.over.pop() {
            if let Some(Transfer { call, from, .. }) = self.transfers.entries.remove(&transfer) {
                self.with_call(&call, now, |call| call.handle_transfer_over(&transfer, failure, now));
                if let Some((from, user)) = from.filter(|_| failure.is_none()) {
                    self.with_call(&from, now, |call| call.handle_moved_away(&user, now));
                }
            }
        }
    }

    /// A call is gone, and with it what was to be handed over.
    pub(crate) fn forget_transfers(&mut self, call: &CallId) {
        self.transfers.entries.retain(|_, transfer| transfer.call != *call);
    }
}
