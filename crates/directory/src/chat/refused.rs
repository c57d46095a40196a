//! Why a request about chat is not carried out.

use crate::json_body::BodyRefused;
use convene_model::limits::{CHAT_MEMBERS_MAX, CHAT_MESSAGE_MAX};

/// Why a request about chat is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatRefused {
    /// The asker is not in the thread, or there is none: both are told alike.
    NotAParticipant,
    /// The token does not allow it; names the scopes that would.
    Scope(&'static str),
    /// A message that is somebody else's, or the thread's own.
    NotTheSender,
    /// Only users of a resource make threads.
    NotOfAResource,
    /// No such message in the thread, or none that this participant may see.
    NoMessage,
    /// The request's body is no JSON object; says what is wrong.
    NotJson(String),
    /// A property that may not be set, or not to this.
    BadProperty {
        /// Which, as a path in the body.
        property: String,
        /// What it may be instead, without a final stop.
        why: String,
    },
    /// The thread is a meeting's: it changes with that.
    OfAMeeting,
    /// The thread is a call's: it changes and ends with that.
    OfACall,
    /// The meeting has no chat.
    ChatDisabled,
    /// The meeting has a chat only while its call goes on.
    ChatLimited,
    /// The message is too long.
    MessageTooLarge,
    /// More people than may be in one thread.
    TooManyParticipants,
}

impl ChatRefused {
    /// The property that the refusal is about, as a path in the body.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::BadProperty { property, .. } => Some(property),
            Self::MessageTooLarge => Some("content"),
            Self::TooManyParticipants => Some("participants"),
            Self::NotAParticipant
            | Self::Scope(_)
            | Self::NotTheSender
            | Self::NotOfAResource
            | Self::OfAMeeting
            | Self::OfACall
            | Self::ChatDisabled
            | Self::ChatLimited
            | Self::NoMessage
            | Self::NotJson(_) => None,
        }
    }
}

impl BodyRefused for ChatRefused {
    fn not_json(why: String) -> Self {
        Self::NotJson(why)
    }

    fn bad(property: &str, why: String) -> Self {
        Self::BadProperty { property: property.to_owned(), why }
    }
}

/// What is wrong and what to do, in a sentence.
impl std::fmt::Display for ChatRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAParticipant => f.write_str(
                "The initiator doesn't have the permission to perform the requested operation: there is no such chat thread, or this \
                 user is not in it. Ask somebody who is in it to add the user.",
            ),
            Self::Scope(scopes) => {
                write!(f, "This access token does not allow it. Issue one with the scope {scopes}.")
            }
            Self::NotTheSender => f.write_str("Only the sender of a message changes or deletes it."),
            Self::NotOfAResource => f.write_str(
                "Only users of an app (8:acs:...) make chat threads: a thread belongs to their resource. Use a token of such a user.",
            ),
            Self::OfAMeeting => f.write_str(
                "This is a meeting's chat thread: who is in it is who is in the meeting, and its topic is the meeting's subject. Change the \
                 meeting, or remove people from its call.",
            ),
            Self::OfACall => f.write_str(
                "This is a call's chat thread: who is in it is who is in the call, and it ends with that. Join or leave the call, or make a \
                 thread of the app's own.",
            ),
            Self::ChatDisabled => {
                f.write_str("Chat is disabled in this meeting. Its organizer may allow it (allowMeetingChat).")
            }
            Self::ChatLimited => f.write_str(
                "In this meeting people write only while its call goes on. Join the call first, or ask the organizer to allow it always \
                 (allowMeetingChat).",
            ),
            Self::NoMessage => f.write_str("The chat thread has no message with this id that this user may see."),
            Self::NotJson(why) => write!(f, "The body cannot be used: {why}. Send a JSON object."),
            Self::BadProperty { property, why } => write!(f, "{property} cannot be set so: {why}."),
            Self::MessageTooLarge => {
                write!(f, "The message is too long: {CHAT_MESSAGE_MAX} bytes are the limit. Send less, or several messages.")
            }
            Self::TooManyParticipants => {
                write!(f, "Too many participants: at most {CHAT_MEMBERS_MAX} can be in one chat thread.")
            }
        }
    }
}

impl std::error::Error for ChatRefused {}
