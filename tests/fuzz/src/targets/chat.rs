//! What people say in chat: bodies of requests, HTML, and packets of the real-time socket. What is taken holds what it must: HTML that is
//! kept runs nothing and fetches nothing, and what is told in real time comes back out of the client's reading as it was.
//!
//! The input is read as a body, as HTML, and as a packet.

use convene_directory::chat::live::{Heard, hear, of_change, of_creation};
use convene_directory::chat::{
    ChatVersion, EditBody, MessageBody, NewThreadBody, ThreadBody, change_thread, create_thread, edit_message,
    participants_body, receipt_body, removal_body, send_message, typing_body,
};
use convene_model::chat::{ChatCommitted, ChatContent, ChatDraft, ChatMember, ChatMessage, ChatThread, Metadata};
use convene_model::limits::{
    CHAT_MEMBERS_MAX, CHAT_MESSAGE_MAX, CHAT_METADATA_MAX, CHAT_RETENTION_DAYS, CHAT_TOPIC_MAX, DISPLAY_NAME_MAX,
};
use convene_model::{Random, RawId, WallMs};
use serde_json::{Value, json};

pub const WORDS: &[&[u8]] = &[
    b"\"content\":\"",
    b"\"type\":\"html\"",
    b"\"metadata\":{\"k\":null}",
    b"\"retentionPolicy\":{\"kind\":\"threadCreationDate\",\"deleteThreadAfterDays\":30}",
    b"\"shareHistoryTime\":\"2026-10-01T12:00:00Z\"",
    b"{\"communicationIdentifier\":{\"communicationUser\":{\"id\":\"8:acs:r_b\"}}}",
    b"\\u0000",
    b"\\ud800",
    b"%u0041",
    b"%",
    b"<script>",
    b"</style>",
    b"<svg>",
    b"<math>",
    b"<noscript>",
    b"<template>",
    b"<table>",
    b"<img src=x onerror=alert(1)>",
    b"<a href=\"javascript:",
    b"style=\"",
    b"onload=",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"&lt;",
    b"&#x3c;",
    b"\"",
    b"3:::",
    b"5:1+::{\"name\":\"ping\"}",
];

const NOW: WallMs = 1_800_000_000_000;

/// What is left of HTML. Everything else is gone when it is kept.
const TAGS: &str = " a abbr acronym aside article b bdi bdo blockquote br caption center cite code col colgroup data dd del details dfn \
    div dl dt em footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd li mark nav ol p pre q rp rt rtc ruby s samp small span strike strong \
    sub summary sup table tbody td th thead time tr tt u ul var wbr ";

/// What is left of their attributes.
const ATTRIBUTES: &str = " align char charoff cite colspan datetime dir headers href hreflang lang rel rowspan scope size span start summary \
    title width ";

/// Attributes whose value is an address.
const ADDRESSES: [&str; 2] = ["href", "cite"];

struct Zero;

impl Random for Zero {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn ana() -> ChatMember {
    let user = RawId::communication_user("r", "ana");
    ChatMember { user, display_name: Some("Ana".into()), history_from: 0, metadata: Metadata::new() }
}

fn thread() -> ChatThread {
    let body = NewThreadBody::read(br#"{"topic":"x"}"#, ChatVersion::V2025_03_15).expect("a good body");
    create_thread(body, &ana().user, &mut Zero, NOW).expect("a good thread").thread
}

/// What holds of metadata, however it came about.
fn check_metadata(metadata: &Metadata) {
    let size: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!(size <= CHAT_METADATA_MAX, "{size} bytes of metadata");
}

fn check_name(name: Option<&str>) {
    let fits = |name: &str| !name.is_empty() && name.chars().count() <= DISPLAY_NAME_MAX && !name.contains('\0');
    assert!(name.is_none_or(fits), "{name:?}");
}

fn check_members(members: &[ChatMember]) {
    assert!(members.len() <= CHAT_MEMBERS_MAX);
    for member in members {
        check_name(member.display_name.as_deref());
        check_metadata(&member.metadata);
        assert!(member.history_from >= 0);
    }
}

fn check_thread(thread: &ChatThread) {
    assert!(!thread.topic.is_empty() && thread.topic.chars().count() <= CHAT_TOPIC_MAX, "{}", thread.topic);
    check_metadata(&thread.metadata);
    let day = 24 * 60 * 60 * 1000;
    let days = thread.ends_at().map(|ends_at| (ends_at - thread.created_at) / day);
    assert!(days.is_none_or(|days| u32::try_from(days).is_ok_and(|days| CHAT_RETENTION_DAYS.contains(&days))));
}

fn check_content(content: &ChatContent) {
    match content {
        ChatContent::Text(text) => assert!(!text.is_empty() && text.len() <= CHAT_MESSAGE_MAX && !text.contains('\0')),
        ChatContent::Html(html) => {
            assert!(!html.is_empty() && html.len() <= CHAT_MESSAGE_MAX && !html.contains('\0'));
            check_html(html);
        }
        other => panic!("nobody writes {other:?}"),
    }
}

/// Reads what the cleaner wrote, tag by tag: it writes every tag in one form, and all other `<` as `&lt;`.
fn check_html(html: &str) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let tag = rest.strip_prefix('/').unwrap_or(rest);
        let end = tag.find([' ', '>']).unwrap_or_else(|| panic!("a tag without an end in {html}"));
        assert!(!tag[..end].is_empty() && TAGS.contains(&format!(" {} ", &tag[..end])), "<{}> in {html}", &tag[..end]);
        rest = &tag[end..];
        while let Some(attribute) = rest.strip_prefix(' ') {
            let (name, value) = attribute.split_once("=\"").unwrap_or_else(|| panic!("a bare attribute in {html}"));
            let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("an open attribute in {html}"));
            check_attribute(name, value, html);
            rest = after;
        }
        rest = rest.strip_prefix('>').unwrap_or_else(|| panic!("a tag that goes on in {html}"));
    }
}

fn check_attribute(name: &str, value: &str, html: &str) {
    assert!(!name.is_empty() && ATTRIBUTES.contains(&format!(" {name} ")), "{name} in {html}");
    if ADDRESSES.contains(&name)
        && let Some(scheme) = scheme_of(value)
    {
        assert!(["http", "https", "mailto", "tel"].contains(&scheme.as_str()), "{name}={value} in {html}");
    }
}

/// What a browser takes for the scheme of an address (WHATWG URL: leading controls and spaces, and tabs and line ends anywhere, are
/// nothing); `None`: it is a place at the page's own origin. A scheme has no letters that stand as references in HTML.
fn scheme_of(value: &str) -> Option<String> {
    let address = value.replace(['\t', '\n', '\r'], "");
    let (scheme, _) = address.trim_start_matches(|letter| letter <= ' ').split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let is_one = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic()) && scheme.bytes().all(plain);
    is_one.then(|| scheme.to_ascii_lowercase())
}

/// What a browser makes of a text by `unescape` (ECMA-262, B.2.1.2).
fn unescaped(text: &str) -> String {
    let (mut units, mut rest): (Vec<u16>, &str) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let code = |from: usize, to: usize| {
            let digits = rest.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            u16::from_str_radix(digits, 16).ok()
        };
        let (unit, length) = match first {
            '%' if rest.starts_with("%u") && code(2, 6).is_some() => (code(2, 6), 6),
            '%' => (code(1, 3), 3),
            _ => (None, 0),
        };
        match unit {
            Some(unit) => units.push(unit),
            None => units.extend(first.encode_utf16(&mut [0; 2]).iter()),
        }
        rest = &rest[if unit.is_some() { length } else { first.len_utf8() }..];
    }
    String::from_utf16(&units).expect("nobody writes half a character")
}

/// A text in a body that is JSON behind `unescape`.
fn inner(body: &Value, name: &str) -> Value {
    let text = body[name].as_str().unwrap_or_else(|| panic!("{name} in {body}"));
    serde_json::from_str(&unescaped(text)).unwrap_or_else(|error| panic!("{error}: {name} in {body}"))
}

fn placed(draft: ChatDraft) -> ChatMessage {
    ChatMessage {
        id: NOW,
        sequence: 1,
        content: draft.content,
        sender: draft.sender,
        sender_display_name: draft.sender_display_name,
        metadata: draft.metadata,
        created_at: NOW,
        edited_at: None,
        deleted_at: None,
        version: NOW,
    }
}

/// Writes the message, tells it, and changes it to what it became: that changes nothing.
fn written(body: MessageBody) {
    let (thread, me) = (thread(), ana());
    let change = send_message(&thread, &me, body, NOW);
    let message = placed(change.messages[0].clone());
    check_content(&message.content);
    check_name(message.sender_display_name.as_deref());
    check_metadata(&message.metadata);
    let committed = ChatCommitted { messages: vec![message.clone()], members: vec![me.clone()], read_further: false };
    let notices = of_change(&thread, &me, &change, &committed, NOW);
    let told: Value = serde_json::from_str(&notices[0].body).expect("a body is JSON");
    let text = match &message.content {
        ChatContent::Text(text) | ChatContent::Html(text) => text.clone(),
        other => panic!("nobody writes {other:?}"),
    };
    assert_eq!(told["messageBody"], json!(text));
    let again = EditBody::read(json!({ "content": text }).to_string().as_bytes(), ChatVersion::V2025_03_15);
    if let Ok(Some(change)) = edit_message(&thread, &me, message, again.expect("a good body"), NOW) {
        check_content(&change.changed.expect("a change").0.content);
    }
}

fn bodies(data: &[u8], version: ChatVersion) {
    let (thread, me) = (thread(), ana());
    if let Ok(body) = NewThreadBody::read(data, version)
        && let Ok(made) = create_thread(body, &me.user, &mut Zero, NOW)
    {
        check_thread(&made.thread);
        check_members(&made.members);
        assert!(made.members.iter().all(|member| member.user.resource() == Some("r")), "others' users came in");
        let notices = of_creation(&made.thread, &made.members);
        assert_eq!(notices.len(), made.members.len());
        let told: Value = serde_json::from_str(&notices[0].body).expect("a body is JSON");
        assert_eq!(inner(&told, "properties")["topic"], json!(made.thread.topic));
        assert_eq!(inner(&told, "createdBy")["participantId"], json!(me.user.as_str()));
        for (shown, member) in inner(&told, "members").as_array().expect("people").iter().zip(&made.members) {
            assert_eq!(shown["displayName"], json!(member.display_name.as_deref().unwrap_or_default()));
        }
    }
    if let Ok(body) = ThreadBody::read(data, version)
        && let Some(change) = change_thread(&thread, &me, body, NOW)
    {
        check_thread(&change.properties.expect("other properties"));
    }
    if let Ok(body) = MessageBody::read(data, version) {
        written(body);
    }
    if let Ok(members) = participants_body(data, version) {
        check_members(&members);
    }
}

pub fn run(data: &[u8]) {
    for version in [ChatVersion::V2021_03_07, ChatVersion::V2025_03_15] {
        bodies(data, version);
    }
    if let Ok(name) = typing_body(data) {
        check_name(name.as_deref());
    }
    let _read = (receipt_body(data), removal_body(data));
    let text = String::from_utf8_lossy(data);
    let html = json!({ "type": "html", "content": text }).to_string();
    if let Ok(body) = MessageBody::read(html.as_bytes(), ChatVersion::V2025_03_15) {
        written(body);
    }
    if let Ok(Heard::Echo(answer)) = hear(&text) {
        assert!(answer.starts_with("6:::") && answer.len() < 32, "{answer}");
    }
}
