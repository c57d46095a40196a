//! What the CLI can ask for about meetings.

use crate::admin::{Admin, AdminCommand, AdminError};
use crate::clock::{OsRandom, wall_now};
use crate::drive::Arrival;
use crate::live::changes::delete_meeting;
use convene_directory::{MeetingBody, online_meeting};
use convene_model::record::{CallTarget, LobbyScope, Meeting};
use convene_model::{IdentifierKind, MeetingId, RawId, rfc3339};
use convene_node::Input;
use convene_store::{MeetingCursor, Store};
use serde_json::{Value, json};

/// Meetings that are read at once.
const PAGE: u32 = 100;

/// Meetings that are listed. Larger: an answer too long for the time that the CLI waits. Smaller: old meetings are not seen.
const LISTED_MAX: usize = 10_000;

impl<S: Store> Admin<'_, S> {
    /// Carries out a command about meetings.
    pub(crate) async fn meetings(&self, command: AdminCommand) -> Result<Value, AdminError> {
        match command {
            AdminCommand::CreateMeeting { organizer, subject, lobby, guests_allowed, guests_may_start, locked } => {
                if LobbyScope::parse(&lobby).is_none() {
                    let names: Vec<&str> = LobbyScope::ALL.iter().map(|scope| scope.as_str()).collect();
                    return Err(AdminError(format!("{lobby:?} is no lobby scope. Use one of {}.", names.join(", "))));
                }
                let body = json!({
                    "subject": subject, "lobbyBypassSettings": { "scope": lobby }, "isGuestsAllowed": guests_allowed,
                    "guestsMayStart": guests_may_start, "isLocked": locked,
                });
                self.create_meeting(&organizer, &body).await
            }
            AdminCommand::ListMeetings { organizer } => self.list_meetings(organizer.as_deref()).await,
            AdminCommand::ShowMeeting { id } => self.show(&self.meeting(&id).await?).await,
            AdminCommand::EndMeeting { id } => self.end_meeting(&self.meeting(&id).await?).await,
            AdminCommand::DeleteMeeting { id } => {
                let meeting = self.meeting(&id).await?;
                delete_meeting(self.store, self.listeners, &meeting, wall_now()).await?;
                self.tell(Input::MeetingDeleted(meeting.id.clone())).await;
                Ok(json!({ "id": meeting.id, "deleted": true }))
            }
            other => Err(AdminError(format!("{other:?} is no command about meetings."))),
        }
    }

    async fn create_meeting(&self, organizer: &str, body: &Value) -> Result<Value, AdminError> {
        let organizer = self.user(organizer).await?;
        if organizer.id.kind() != IdentifierKind::OrganizationUser {
            return Err(AdminError(format!(
                "{} is an app's user; only a user of the organization can organize a meeting. Make one with \
                 `convene user create --organizer`.",
                organizer.id
            )));
        }
        let refused = |error: convene_directory::MeetingRefused| AdminError(error.to_string());
        let body = MeetingBody::of_new(body.to_string().as_bytes()).map_err(refused)?;
        let meeting = body.create(&organizer.id, &self.settings.organization, &mut OsRandom, wall_now());
        let meeting = meeting.map_err(refused)?;
        self.store.insert_meeting(&meeting).await?;
        self.show(&meeting).await
    }

    async fn meeting(&self, id: &str) -> Result<Meeting, AdminError> {
        let meeting = self.store.meeting(&MeetingId(id.to_owned())).await?;
        meeting.ok_or_else(|| {
            AdminError(format!("there is no meeting {id:?}. `convene meeting list` prints the ids of all meetings."))
        })
    }

    async fn show(&self, meeting: &Meeting) -> Result<Value, AdminError> {
        let organizer = self.store.user(&meeting.organizer).await?;
        let name = organizer.and_then(|organizer| organizer.display_name);
        let shaped = online_meeting(self.public_url, meeting, name.as_deref());
        serde_json::to_value(shaped).map_err(|error| AdminError(error.to_string()))
    }

    async fn list_meetings(&self, organizer: Option<&str>) -> Result<Value, AdminError> {
        let organizer = organizer.map(RawId::parse).transpose().map_err(|error| AdminError(format!("{error}.")))?;
        let open = self.store.open_calls().await?;
        let (mut lines, mut after) = (Vec::new(), None);
        loop {
            let page = match &organizer {
                Some(organizer) => self.store.meetings_of(organizer, after.as_ref(), PAGE).await?,
                None => self.store.meetings(after.as_ref(), PAGE).await?,
            };
            lines.extend(page.iter().map(|meeting| {
                let live = open.iter().any(|call| call.target == CallTarget::Meeting(meeting.id.clone()));
                json!({
                    "id": meeting.id, "subject": meeting.subject, "organizer": meeting.organizer,
                    "startDateTime": rfc3339(meeting.starts_at), "isLive": live,
                })
            }));
            after = page.last().map(MeetingCursor::of);
            if page.len() < PAGE as usize || lines.len() >= LISTED_MAX {
                return Ok(Value::Array(lines));
            }
        }
    }

    async fn end_meeting(&self, meeting: &Meeting) -> Result<Value, AdminError> {
        if self.live.is_none() {
            return Err(AdminError(
                "no server runs on this data folder, so there is no live call to end. Start one with `convene serve`."
                    .to_owned(),
            ));
        }
        let open = self.store.open_calls().await?;
        if !open.iter().any(|call| call.target == CallTarget::Meeting(meeting.id.clone())) {
            return Err(AdminError(format!(
                "nobody is in the meeting {:?} at the moment; nothing was ended.",
                meeting.subject
            )));
        }
        self.tell(Input::EndMeeting(meeting.id.clone())).await;
        Ok(json!({ "id": meeting.id, "ended": true }))
    }

    async fn tell(&self, input: Input) {
        if let Some(live) = self.live {
            // A control task that is gone has no calls left.
            let _stopping = live.send(Arrival::Changed(input)).await;
        }
    }
}
