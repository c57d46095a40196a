//! What a client says on its socket: packets of socket.io 0.9, `type:id:endpoint:data`.

use super::hub::LiveRefused;
use serde::Deserialize;

/// What a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It got the frame of that number. Whatever status it answers with: it has it.
    Got(u64),
    /// It wants to hear this back: pings, and what it says of its user's activity, which nothing here needs.
    Echo(String),
    /// It leaves.
    Left,
    /// It lives.
    Nothing,
}

#[derive(Deserialize)]
struct Answer {
    id: u64,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Reads a packet.
///
/// # Errors
/// [`LiveRefused::NotAPacket`].
pub fn hear(text: &str) -> Result<Heard, LiveRefused> {
    let mut parts = text.splitn(4, ':');
    let (kind, id, endpoint) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let (Some(id), Some("")) = (id, endpoint) else { return Err(LiveRefused::NotAPacket) };
    let data = parts.next().unwrap_or_default();
    match kind {
        "0" => Ok(Heard::Left),
        "1" | "2" | "6" | "7" | "8" => Ok(Heard::Nothing),
        "3" | "4" => {
            let answer: Answer = serde_json::from_str(data).map_err(|_| LiveRefused::NotAPacket)?;
            Ok(Heard::Got(answer.id))
        }
        "5" => {
            let event: Named = serde_json::from_str(data).map_err(|_| LiveRefused::NotAPacket)?;
            acknowledgement(id, &event.name)
        }
        _ => Err(LiveRefused::NotAPacket),
    }
}

/// `6:::<id>+<arguments>` for a packet `<id>+`, which waits for arguments; `6:::<id>` for `<id>`.
fn acknowledgement(id: &str, event: &str) -> Result<Heard, LiveRefused> {
    let digits = id.strip_suffix('+').unwrap_or(id);
    if digits.len() > 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(LiveRefused::NotAPacket);
    }
    Ok(match (digits.is_empty(), id.ends_with('+')) {
        (true, _) => Heard::Nothing,
        (false, false) => Heard::Echo(format!("6:::{digits}")),
        (false, true) if event == "ping" => Heard::Echo(format!("6:::{digits}+[\"pong\"]")),
        (false, true) => Heard::Echo(format!("6:::{digits}+[]")),
    })
}

#[cfg(test)]
mod tests {
    use super::{Heard, hear};
    use crate::chat::live::LiveRefused;

    #[test]
    fn what_the_published_client_says_is_understood() {
        for (text, heard) in [
            ("5:1+::{\"name\":\"user.activity\",\"args\":[{\"state\":\"active\",\"cv\":\"x.0.1\"}]}", echo("6:::1+[]")),
            ("5:2+::{\"name\":\"ping\"}", echo("6:::2+[\"pong\"]")),
            ("5:3::{\"name\":\"trouter.processed_message_loss\"}", echo("6:::3")),
            ("5:::{\"name\":\"x\"}", Heard::Nothing),
            (
                "3:::{\"id\":7,\"status\":200,\"headers\":{\"trouter-client\":\"{\\\"cd\\\":1}\"},\"body\":\"a:b\"}",
                Heard::Got(7),
            ),
            ("3:::{\"id\":8,\"status\":504}", Heard::Got(8)),
            ("2::", Heard::Nothing),
            ("2:::", Heard::Nothing),
            ("0::", Heard::Left),
        ] {
            assert_eq!(hear(text), Ok(heard), "{text}");
        }
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for text in [
            "",
            "x",
            "5",
            "5:1",
            "9::",
            "3:::",
            "3:::{}",
            "3:::{\"id\":-1}",
            "3:::{\"id\":\"1\"}",
            "5:1+::",
            "5:1+::{}",
            "5:x+::{\"name\":\"ping\"}",
            "5:12345678901+::{\"name\":\"ping\"}",
            "5:1++::{\"name\":\"ping\"}",
            "3::/chat:{\"id\":1}",
            "\u{fffd}4\u{fffd}2::",
        ] {
            assert_eq!(hear(text), Err(LiveRefused::NotAPacket), "{text}");
        }
    }

    fn echo(text: &str) -> Heard {
        Heard::Echo(text.to_owned())
    }
}
