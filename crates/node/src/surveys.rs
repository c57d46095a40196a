//! What somebody thought of a call. It is told when the call is over, as a rule, so it goes by the session and not by a call.

use crate::io::{Found, Lookup};
use crate::node::Node;
use crate::session::Session;
use convene_directory::check_survey;
use convene_model::survey::{Survey, SurveyRecord};
use convene_model::{ErrorCode, Now, ParticipantId, SessionId, uuid_v4};
use convene_protocol::{ErrorBody, Reply};

/// A survey that the store is asked to keep.
#[derive(Debug)]
pub(crate) struct PendingSurvey {
    request: u32,
    id: String,
}

impl Node {
    pub(crate) fn submit_survey(
        &mut self,
        session: SessionId,
        request: u32,
        participant: ParticipantId,
        survey: Survey,
        now: Now,
    ) {
        if let Err(wrong) = check_survey(&survey) {
            self.respond_error(session, request, ErrorBody::with_message(ErrorCode::BadRequest, wrong));
            return;
        }
        let Some(Session::Active(active)) = self.sessions.get(&session) else { return };
        let user = active.user.id.clone();
        let id = uuid_v4(&mut *self.random);
        let record = SurveyRecord { id: id.clone(), participant, user, survey, at: now.wall };
        let lookup = self.ask(Lookup::KeepSurvey(Box::new(record)), session, None);
        self.surveys.insert(lookup, PendingSurvey { request, id });
    }

    /// The store kept the survey, or knows of no such leg.
    pub(crate) fn survey_kept(&mut self, session: SessionId, survey: PendingSurvey, found: &Found) {
        if !self.sessions.contains_key(&session) {
            return;
        }
        let result = match found {
            Found::Kept(true) => Ok(Reply::SurveyKept { id: survey.id }),
            Found::Kept(false) => Err(ErrorCode::NotFound),
            Found::User(_)
            | Found::Meeting(_)
            | Found::Room(_)
            | Found::GroupCall(_)
            | Found::Woken { .. }
            | Found::Failed => Err(ErrorCode::ServerFailed),
        };
        self.respond(session, survey.request, result);
    }
}
