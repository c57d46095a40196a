//! How a call that nobody will go on with is brought to its end.

use convene_model::{
    CallId, ErrorCode, ParticipantId, RawId, WallMs,
    record::JournalRow::{
        self, AccessChanged, BarLifted, Barred, CallEnded, CallStarted, ChatOpened, Joined, Kept, Knocked, Left,
        LegMeasured, LobbyLeft, MutedChanged, PutBack, RoleChanged,
    },
};

/// Where a leg is that has not left.
enum Place {
    Lobby,
    Call,
}

/// The rows that end the call with this journal: one for each leg that still waits or is in the call, in the order in
/// which they came, and [`CallEnded`] last. Empty if the journal is, or if the call has ended already.
pub fn closing_rows(journal: &[JournalRow], reason: ErrorCode, at: WallMs) -> Vec<JournalRow> {
    let mut open: Option<CallId> = None;
    let mut legs: Vec<(ParticipantId, RawId, Place)> = Vec::new();
    for row in journal {
        match row {
            CallStarted { call, .. } => open = Some(call.clone()),
            Knocked { participant, user, .. } => {
                legs.retain(|(leg, ..)| leg != participant);
                legs.push((participant.clone(), user.clone(), Place::Lobby));
            }
            Joined { participant, user, .. } => {
                legs.retain(|(leg, ..)| leg != participant);
                legs.push((participant.clone(), user.clone(), Place::Call));
            }
            LobbyLeft { participant, .. } | Left { participant, .. } => legs.retain(|(leg, ..)| leg != participant),
            PutBack { participant, user, .. } => {
                legs.retain(|(leg, ..)| leg != participant);
                legs.push((participant.clone(), user.clone(), Place::Lobby));
            }
            ChatOpened { .. }
            | MutedChanged { .. }
            | RoleChanged { .. }
            | AccessChanged { .. }
            | Barred { .. }
            | BarLifted { .. }
            | Kept { .. }
            | LegMeasured(_) => {}
            CallEnded { .. } => return Vec::new(),
        }
    }
    let Some(call) = open else { return Vec::new() };
    let left = legs.into_iter().map(|(participant, user, place)| match place {
        Place::Lobby => LobbyLeft { call: call.clone(), participant, user, reason, at },
        Place::Call => Left { call: call.clone(), participant, user, reason, at },
    });
    let mut rows: Vec<JournalRow> = left.collect();
    rows.push(CallEnded { call, reason, at });
    rows
}
