//! The one list of codes: why a call ended, or why a request was refused.
//!
//! Codes and sub codes are ACS's where ACS has one (`callEndReason`, and the troubleshooting pages "call end codes").

/// Why a leg's call ended, or why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// The user hung up.
    HungUp,
    /// The organizer ended the meeting, or somebody ended the call, for everybody.
    EndedForEveryone,
    /// The client vanished: tab closed, network gone.
    Vanished,
    /// Somebody removed the user.
    Removed,
    /// The user was removed from this call before, and may not come back.
    Barred,
    /// The meeting is locked: nobody new comes in.
    MeetingLocked,
    /// Somebody who manages the lobby put the user back into it.
    PutBack,
    /// Somebody who manages the lobby said no.
    LobbyRejected,
    /// Nobody admitted the user in time.
    LobbyExpired,
    /// Guests may not join this meeting; somebody is in it.
    GuestsNotAllowed,
    /// Guests may not join this meeting; nobody is in it.
    GuestsMayNotStart,
    /// The link, or the meeting id and passcode, names no meeting.
    MeetingNotFound,
    /// The link belongs to another server.
    ForeignMeeting,
    /// There is no room with this id that the user may know of.
    RoomNotFound,
    /// The user is not invited to the room.
    NotInvited,
    /// The room's time has not begun.
    RoomNotOpen,
    /// The room's time is over: nobody comes in any more.
    RoomOver,
    /// The room's time ended while the user was in it.
    RoomEnded,
    /// Only users of the room's app may join it.
    RoomForAppsUsers,
    /// The user's invitation to the room was taken back.
    InviteRemoved,
    /// The caller hung up before anybody answered.
    RingCanceled,
    /// Who was called declined.
    RingDeclined,
    /// The app of who was called says that they are busy.
    RingBusy,
    /// The app of who was called does not let this call through.
    RingForbidden,
    /// Another device of the same user answered, or the user's app did.
    AnsweredElsewhere,
    /// Nobody answered in time.
    NotAnswered,
    /// Who was called has no device that is connected; somebody who may not be called, and nobody at all, are the same.
    Unreachable,
    /// Too many calls ring at who was called.
    Busy,
    /// The other one of two left: the call is over.
    OtherLeft,
    /// The token is missing, invalid, expired or revoked.
    Unauthenticated,
    /// The token's scopes do not allow calling.
    ScopeMissing,
    /// No network path for media.
    MediaUnreachable,
    /// The network path for media was lost.
    MediaLost,
    /// The offer could not be answered.
    OfferRefused,
    /// A place that a bound guards is full: the call.
    CallFull,
    /// A place that a bound guards is full: the lobby.
    LobbyFull,
    /// Too many requests in a short time.
    TooManyRequests,
    /// The request cannot be read, or is not allowed in this state.
    BadRequest,
    /// The role does not allow it.
    Forbidden,
    /// Nobody and nothing by that id that the asker may know of.
    NotFound,
    /// No version of the protocol that both sides speak.
    VersionNotSupported,
    /// The same user opened the call once more with the same handle, or another leg took over.
    Superseded,
    /// What the client would resume is not there any more.
    SessionLost,
    /// The server could not do its part; nothing was changed.
    ServerFailed,
    /// The server is shutting down.
    ServerStopping,
    /// The call was handed over: it goes on between others, or as another call.
    Transferred,
    /// An app's server ended the call.
    EndedByApp,
    /// A connection of an app's server was alone in the call for too long.
    NobodyJoined,
}

impl ErrorCode {
    /// Every code, for tables and tests.
    pub const ALL: [ErrorCode; 48] = {
        use ErrorCode::*;
        [
            HungUp,
            EndedForEveryone,
            Vanished,
            Removed,
            Barred,
            MeetingLocked,
            PutBack,
            SessionLost,
            LobbyRejected,
            LobbyExpired,
            GuestsNotAllowed,
            GuestsMayNotStart,
            MeetingNotFound,
            ForeignMeeting,
            RoomNotFound,
            NotInvited,
            RoomNotOpen,
            RoomOver,
            RoomEnded,
            RoomForAppsUsers,
            InviteRemoved,
            RingCanceled,
            RingDeclined,
            RingBusy,
            RingForbidden,
            AnsweredElsewhere,
            NotAnswered,
            Unreachable,
            Busy,
            OtherLeft,
            Unauthenticated,
            ScopeMissing,
            MediaUnreachable,
            MediaLost,
            OfferRefused,
            CallFull,
            LobbyFull,
            TooManyRequests,
            BadRequest,
            Forbidden,
            NotFound,
            VersionNotSupported,
            Superseded,
            ServerFailed,
            ServerStopping,
            Transferred,
            EndedByApp,
            NobodyJoined,
        ]
    };

    /// `callEndReason.code`: 0 for an expected end, otherwise a status of HTTP's and SIP's kind.
    pub fn code(self) -> u16 {
        self.entry().0
    }

    /// `callEndReason.subCode`. Those of 90000 and more are Convene's own.
    pub fn sub_code(self) -> u32 {
        self.entry().1
    }

    /// The name on the wire, for logs and for programs.
    pub fn name(self) -> &'static str {
        self.entry().2
    }

    /// What happened and what to do next, in words that an app may show.
    pub fn message(self) -> &'static str {
        self.entry().3
    }

    fn entry(self) -> (u16, u32, &'static str, &'static str) {
        match self {
            Self::HungUp => (0, 0, "hungUp", "You left the call."),
            Self::EndedForEveryone => (0, 4097, "endedForEveryone", "The meeting was ended for everybody."),
            Self::Vanished => (0, 4521, "vanished", "The connection was lost and did not come back. Join again."),
            Self::Removed => (0, 5300, "removed", "You were removed from the call by another participant."),
            Self::Barred => (
                403,
                5300,
                "barred",
                "You were removed from this call and cannot come back. Ask the organizer to let you return.",
            ),
            Self::MeetingLocked => (
                403,
                8560,
                "meetingLocked",
                "The meeting is locked: nobody new comes in. Ask the organizer to unlock it.",
            ),
            Self::PutBack => {
                (0, 90_001, "putBack", "You were put back into the lobby. Wait until somebody lets you in.")
            }
            Self::SessionLost => (
                404,
                90_410,
                "sessionLost",
                "Your place in the call is gone: you were away for too long, or it ended meanwhile. Join again.",
            ),
            Self::LobbyRejected => {
                (0, 5854, "lobbyRejected", "Your request to join was declined. Ask the organizer to let you in.")
            }
            Self::LobbyExpired => {
                (0, 5855, "lobbyExpired", "Nobody let you in from the lobby in time. Join again to ask once more.")
            }
            Self::GuestsNotAllowed => (
                403,
                5221,
                "guestsNotAllowed",
                "This meeting does not admit guests. Ask the organizer to allow guests in the meeting's options.",
            ),
            Self::GuestsMayNotStart => (
                403,
                5222,
                "guestsMayNotStart",
                "This meeting does not admit guests, and nobody is in it yet. Ask the organizer to allow guests in the \
                 meeting's options.",
            ),
            Self::MeetingNotFound => (
                404,
                5751,
                "meetingNotFound",
                "There is no meeting with this link, or with this id and passcode. Check that the link was copied whole.",
            ),
            Self::ForeignMeeting => (
                404,
                5751,
                "foreignMeeting",
                "This link belongs to another service. Convene joins meetings that were made on this server; meetings \
                 hosted by Microsoft Teams use a closed protocol and cannot be joined.",
            ),
            Self::RoomNotFound => (
                404,
                5732,
                "roomNotFound",
                "There is no room with this id. Check the id, and that the access token is of the same app as the room.",
            ),
            Self::NotInvited => {
                (403, 5828, "notInvited", "You are not invited to this room. Ask whoever runs the app to invite you.")
            }
            Self::RoomNotOpen => {
                (403, 5829, "roomNotOpen", "The room is not open yet. Join again when its time has begun.")
            }
            Self::RoomOver => {
                (403, 5829, "roomOver", "The room's time is over. Ask whoever runs the app for another time or room.")
            }
            Self::RoomEnded => (0, 5829, "roomEnded", "The room's time is over; the call was ended for everybody."),
            Self::RoomForAppsUsers => (
                403,
                5830,
                "roomForAppsUsers",
                "Only users of the room's app may join it. Join with an access token that the app's server issued.",
            ),
            Self::InviteRemoved => {
                (0, 5317, "inviteRemoved", "Your invitation to this room was taken back. Ask whoever runs the app.")
            }
            Self::RingCanceled => (487, 0, "ringCanceled", "The call was cancelled before anybody answered."),
            Self::RingDeclined => (603, 0, "ringDeclined", "The call was declined."),
            Self::RingBusy => (486, 0, "ringBusy", "Who was called is busy. Try again later."),
            Self::RingForbidden => (403, 0, "ringForbidden", "Who was called does not take this call."),
            Self::AnsweredElsewhere => (487, 10003, "answeredElsewhere", "The call was answered on another device."),
            Self::NotAnswered => (487, 10004, "notAnswered", "Nobody answered in time. Try again later."),
            Self::Unreachable => (
                480,
                10037,
                "unreachable",
                "There is nobody to be reached by that id: no device of theirs is connected. Try again later.",
            ),
            Self::Busy => (486, 90_488, "busy", "Too many calls ring there already. Try again later."),
            Self::OtherLeft => (0, 5003, "otherLeft", "The other participant left; the call is over."),
            Self::Unauthenticated => (
                401,
                10009,
                "unauthenticated",
                "The access token is invalid, expired or revoked. Get a new token from the app's server and try again.",
            ),
            Self::ScopeMissing => (
                403,
                10009,
                "scopeMissing",
                "The access token does not allow this. Issue a token with the scope voip to call, voip.join to join.",
            ),
            Self::MediaUnreachable => (
                410,
                301_004,
                "mediaUnreachable",
                "No media could be exchanged with the server. Check that UDP to the server's media port is allowed.",
            ),
            Self::MediaLost => {
                (410, 301_005, "mediaLost", "The media connection was lost. Check the network and join again.")
            }
            Self::OfferRefused => {
                (488, 90_488, "offerRefused", "The browser's media offer could not be used by the server.")
            }
            Self::CallFull => (486, 90_486, "callFull", "The call is full. Try again when somebody has left."),
            Self::LobbyFull => {
                (486, 90_487, "lobbyFull", "Too many people wait in the lobby already. Try again in a few minutes.")
            }
            Self::TooManyRequests => {
                (429, 90_429, "tooManyRequests", "Too many requests in a short time. Wait a moment and try again.")
            }
            Self::BadRequest => {
                (400, 90_400, "badRequest", "The request cannot be read, or does not fit the call's state.")
            }
            Self::Forbidden => (403, 90_403, "forbidden", "Your role in this call does not allow this."),
            Self::NotFound => (404, 90_404, "notFound", "There is nobody and nothing here by that id."),
            Self::VersionNotSupported => (
                426,
                90_426,
                "versionNotSupported",
                "The client and the server speak no common version of the protocol. Update the older of the two.",
            ),
            Self::Superseded => (0, 90_409, "superseded", "The call was opened again elsewhere."),
            Self::ServerFailed => (500, 90_500, "serverFailed", "The server could not carry this out. Try again."),
            Self::EndedByApp => (0, 7000, "endedByApp", "The app ended the call."),
            Self::NobodyJoined => (0, 5013, "nobodyJoined", "Nobody else was in the call for some time, so it ended."),
            Self::Transferred => (0, 7015, "transferred", "The call was transferred."),
            Self::ServerStopping => (503, 90_503, "serverStopping", "The server is shutting down. Try again shortly."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_messages_are_sentences() {
        let names: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(code.message().ends_with('.') && !code.message().contains("  "), "{}", code.name());
        }
    }

    #[test]
    fn the_codes_of_acs_are_kept() {
        let pair = |code: ErrorCode| (code.code(), code.sub_code());
        assert_eq!(pair(ErrorCode::HungUp), (0, 0));
        assert_eq!(pair(ErrorCode::EndedForEveryone), (0, 4097));
        assert_eq!(pair(ErrorCode::Vanished), (0, 4521));
        assert_eq!(pair(ErrorCode::Removed), (0, 5300));
        assert_eq!(pair(ErrorCode::LobbyRejected), (0, 5854));
        assert_eq!(pair(ErrorCode::LobbyExpired), (0, 5855));
        assert_eq!(pair(ErrorCode::GuestsNotAllowed), (403, 5221));
        assert_eq!(pair(ErrorCode::GuestsMayNotStart), (403, 5222));
        assert_eq!(pair(ErrorCode::MeetingNotFound), (404, 5751));
        assert_eq!(pair(ErrorCode::RoomNotFound), (404, 5732));
        assert_eq!(pair(ErrorCode::NotInvited), (403, 5828));
        assert_eq!(pair(ErrorCode::RoomNotOpen), (403, 5829));
        assert_eq!(pair(ErrorCode::RoomOver), (403, 5829));
        assert_eq!(pair(ErrorCode::RoomForAppsUsers), (403, 5830));
        assert_eq!(pair(ErrorCode::InviteRemoved), (0, 5317));
        assert_eq!(pair(ErrorCode::Unauthenticated), (401, 10009));
        assert_eq!(pair(ErrorCode::RingCanceled), (487, 0));
        assert_eq!(pair(ErrorCode::RingDeclined), (603, 0));
        assert_eq!(pair(ErrorCode::RingBusy), (486, 0));
        assert_eq!(pair(ErrorCode::RingForbidden), (403, 0));
        assert_eq!(pair(ErrorCode::AnsweredElsewhere), (487, 10003));
        assert_eq!(pair(ErrorCode::NotAnswered), (487, 10004));
        assert_eq!(pair(ErrorCode::Unreachable), (480, 10037));
        assert_eq!(pair(ErrorCode::OtherLeft), (0, 5003));
        assert_eq!(pair(ErrorCode::Transferred), (0, 7015));
        assert_eq!(pair(ErrorCode::EndedByApp), (0, 7000));
        assert_eq!(pair(ErrorCode::NobodyJoined), (0, 5013));
    }
}
