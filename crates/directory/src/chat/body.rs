//! The bodies of requests about chat (ACS Chat REST).

use super::html::clean_html;
use super::identifier::read_identifier;
use super::refused::ChatRefused;
use super::version::ChatVersion;
use crate::date_time::parse_date_time;
use crate::json_body::{BodyRefused, member, object};
use convene_model::chat::{ChatContent, ChatMember, Metadata, Retention};
use convene_model::limits::{
    CHAT_MEMBERS_MAX, CHAT_MESSAGE_MAX, CHAT_METADATA_MAX, CHAT_RETENTION_DAYS, CHAT_TOPIC_MAX, DISPLAY_NAME_MAX,
};
use convene_model::{RawId, clean_text};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// What a request says about a new thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewThreadBody {
    pub(super) topic: String,
    pub(super) participants: Vec<ChatMember>,
    pub(super) metadata: Metadata,
    pub(super) retention: Option<Retention>,
}

/// What a request says about a thread that there is. What it does not say is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadBody {
    pub(super) topic: Option<String>,
    pub(super) metadata: Option<MetadataPatch>,
    pub(super) retention: Option<Retention>,
}

/// What a request says about a new message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageBody {
    pub(super) content: ChatContent,
    pub(super) sender_display_name: Option<String>,
    pub(super) metadata: Metadata,
}

/// What a request says about a message that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditBody {
    pub(super) content: Option<String>,
    pub(super) metadata: Option<MetadataPatch>,
}

/// A change of metadata: a merge patch (RFC 7396), which takes away what it names with `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataPatch(Vec<(String, Option<String>)>);

impl MetadataPatch {
    pub(super) fn apply(self, metadata: &mut Metadata) {
        for (name, value) in self.0 {
            match value {
                Some(value) => metadata.insert(name, value),
                None => metadata.remove(&name),
            };
        }
    }
}

impl NewThreadBody {
    /// Reads it.
    ///
    /// # Errors
    /// [`ChatRefused`] names the property and says what it may be.
    pub fn read(json: &[u8], version: ChatVersion) -> Result<Self, ChatRefused> {
        let body = object(json)?;
        let topic = topic(&body)?.ok_or_else(|| bad("topic", "it is required"))?;
        let (metadata, retention) = if version.knows_thread_metadata() {
            (metadata(&body, "metadata")?, retention(&body)?)
        } else {
            (Metadata::new(), None)
        };
        Ok(Self { topic, participants: participants(&body, version)?, metadata, retention })
    }
}

impl ThreadBody {
    /// Reads it.
    ///
    /// # Errors
    /// [`ChatRefused`] names the property and says what it may be.
    pub fn read(json: &[u8], version: ChatVersion) -> Result<Self, ChatRefused> {
        let body = object(json)?;
        let (metadata, retention) =
            if version.knows_thread_metadata() { (metadata_patch(&body)?, retention(&body)?) } else { (None, None) };
        Ok(Self { topic: topic(&body)?, metadata, retention })
    }
}

impl MessageBody {
    /// Reads it.
    ///
    /// # Errors
    /// [`ChatRefused`] names the property and says what it may be.
    pub fn read(json: &[u8], version: ChatVersion) -> Result<Self, ChatRefused> {
        let body = object(json)?;
        let kind = member(&body, "type", "text or html; the other types are written by the thread itself", |value| {
            value.as_str().filter(|kind| ["text", "html"].contains(kind))
        })?;
        let content = content(&body)?.ok_or_else(|| bad("content", "it is required"))?;
        Ok(Self {
            content: content_of(content, kind == Some("html"))?,
            sender_display_name: display_name(&body, "senderDisplayName")?,
            metadata: if version.knows_message_metadata() { metadata(&body, "metadata")? } else { Metadata::new() },
        })
    }
}

impl EditBody {
    /// Reads it.
    ///
    /// # Errors
    /// [`ChatRefused`] names the property and says what it may be.
    pub fn read(json: &[u8], version: ChatVersion) -> Result<Self, ChatRefused> {
        let body = object(json)?;
        let metadata = if version.knows_message_metadata() { metadata_patch(&body)? } else { None };
        Ok(Self { content: content(&body)?, metadata })
    }
}

/// Reads whom a request adds.
///
/// # Errors
/// [`ChatRefused`] names the property and says what it may be.
pub fn participants_body(json: &[u8], version: ChatVersion) -> Result<Vec<ChatMember>, ChatRefused> {
    let body = object(json)?;
    if !body.get("participants").is_some_and(Value::is_array) {
        return Err(bad("participants", "send a list of them"));
    }
    participants(&body, version)
}

/// Reads whom a request removes.
///
/// # Errors
/// [`ChatRefused`] if it is no identifier.
pub fn removal_body(json: &[u8]) -> Result<RawId, ChatRefused> {
    read_identifier(&object(json)?, "rawId")
}

/// Reads up to which message somebody has read.
///
/// # Errors
/// [`ChatRefused`] if it does not say.
pub fn receipt_body(json: &[u8]) -> Result<String, ChatRefused> {
    let id = member(&object(json)?, "chatMessageId", "the id of a message", |id| id.as_str().map(str::to_owned))?;
    id.ok_or_else(|| bad("chatMessageId", "it is required"))
}

/// Reads under which name somebody is typing; no body at all is one that says nothing.
///
/// # Errors
/// [`ChatRefused`] names the property and says what it may be.
pub fn typing_body(json: &[u8]) -> Result<Option<String>, ChatRefused> {
    if json.is_empty() { Ok(None) } else { display_name(&object(json)?, "senderDisplayName") }
}

/// The content of a message, fit to be kept and shown.
///
/// # Errors
/// [`ChatRefused`] if it is too long, or nothing is left of it.
pub(super) fn content_of(text: String, html: bool) -> Result<ChatContent, ChatRefused> {
    if text.len() > CHAT_MESSAGE_MAX {
        return Err(ChatRefused::MessageTooLarge);
    }
    // A database of text has no place for NUL.
    let text = text.replace('\0', "");
    let content = if html { ChatContent::Html(clean_html(&text)) } else { ChatContent::Text(text) };
    match &content {
        ChatContent::Html(left) if left.is_empty() => {
            Err(bad("content", "nothing is left of it without scripts, styles, images and what is unknown"))
        }
        ChatContent::Html(left) if left.len() > CHAT_MESSAGE_MAX => Err(ChatRefused::MessageTooLarge),
        ChatContent::Text(text) if text.is_empty() => Err(bad("content", "it is empty")),
        _ => Ok(content),
    }
}

fn content(body: &Object) -> Result<Option<String>, ChatRefused> {
    member(body, "content", "a text", |value| value.as_str().map(str::to_owned))
}

fn topic(body: &Object) -> Result<Option<String>, ChatRefused> {
    let expected = format!("a text of 1 to {CHAT_TOPIC_MAX} characters");
    member(body, "topic", &expected, |value| {
        let text = value.as_str().filter(|text| text.chars().count() <= CHAT_TOPIC_MAX)?;
        Some(clean_text(text, CHAT_TOPIC_MAX)).filter(|topic| !topic.is_empty())
    })
}

fn display_name(body: &Object, name: &str) -> Result<Option<String>, ChatRefused> {
    let given = member(body, name, "a text", |value| value.as_str().map(|text| clean_text(text, DISPLAY_NAME_MAX)))?;
    Ok(given.filter(|given| !given.is_empty()))
}

fn retention(body: &Object) -> Result<Option<Retention>, ChatRefused> {
    let (least, most) = (CHAT_RETENTION_DAYS.start(), CHAT_RETENTION_DAYS.end());
    let expected = format!(
        "{{\"kind\":\"none\"}}, or {{\"kind\":\"threadCreationDate\",\"deleteThreadAfterDays\":…}} with {least} to {most} days"
    );
    member(body, "retentionPolicy", &expected, |policy| match policy.get("kind")?.as_str()? {
        "none" => Some(Retention::Forever),
        "threadCreationDate" => {
            let days = u32::try_from(policy.get("deleteThreadAfterDays")?.as_u64()?).ok()?;
            CHAT_RETENTION_DAYS.contains(&days).then_some(Retention::Days(days))
        }
        _ => None,
    })
}

fn participants(body: &Object, version: ChatVersion) -> Result<Vec<ChatMember>, ChatRefused> {
    let expected = "a list of objects, each with a communicationIdentifier";
    let Some(list) = member(body, "participants", expected, Value::as_array)? else { return Ok(Vec::new()) };
    if list.len() > CHAT_MEMBERS_MAX {
        return Err(ChatRefused::TooManyParticipants);
    }
    list.iter().enumerate().map(|(at, entry)| participant(at, entry, version)).collect()
}

fn participant(at: usize, entry: &Value, version: ChatVersion) -> Result<ChatMember, ChatRefused> {
    let path = |name: &str| format!("participants[{at}].{name}");
    let of_entry = |refused| match refused {
        ChatRefused::BadProperty { property, why } => bad(&path(&property), why),
        other => other,
    };
    let Some(entry) = entry.as_object() else { return Err(bad(&format!("participants[{at}]"), "use an object")) };
    let id = entry.get("communicationIdentifier").and_then(Value::as_object);
    let id = id.ok_or_else(|| bad(&path("communicationIdentifier"), "it is required"))?;
    let expected = "a date and time such as 2026-09-21T14:00:00Z";
    let from = member(entry, "shareHistoryTime", expected, |value| value.as_str().and_then(parse_date_time));
    Ok(ChatMember {
        user: read_identifier(id, &path("communicationIdentifier"))?,
        display_name: display_name(entry, "displayName").map_err(of_entry)?,
        history_from: from.map_err(of_entry)?.unwrap_or(0).max(0),
        metadata: if version.knows_thread_metadata() {
            metadata(entry, "metadata").map_err(of_entry)?
        } else {
            Metadata::new()
        },
    })
}

fn metadata(body: &Object, name: &str) -> Result<Metadata, ChatRefused> {
    let mut read = Metadata::new();
    if let Some(patch) = metadata_patch_of(body, name)? {
        patch.apply(&mut read);
    }
    Ok(read)
}

fn metadata_patch(body: &Object) -> Result<Option<MetadataPatch>, ChatRefused> {
    metadata_patch_of(body, "metadata")
}

fn metadata_patch_of(body: &Object, name: &str) -> Result<Option<MetadataPatch>, ChatRefused> {
    let expected = format!("an object with a text for each name, {CHAT_METADATA_MAX} bytes in all");
    member(body, name, &expected, |value| {
        let mut size = 0;
        let mut entries = Vec::new();
        for (name, value) in value.as_object()? {
            let value = if value.is_null() { None } else { Some(value.as_str()?.to_owned()) };
            size += name.len() + value.as_ref().map_or(0, String::len);
            entries.push((name.clone(), value));
        }
        (size <= CHAT_METADATA_MAX).then_some(MetadataPatch(entries))
    })
}

fn bad(property: &str, why: impl Into<String>) -> ChatRefused {
    ChatRefused::bad(property, why.into())
}
