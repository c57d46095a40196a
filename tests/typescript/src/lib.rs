//! Writes the signaling protocol's types as TypeScript, for the SDK. `make generate` writes the file; a test fails when the
//! file and the Rust types have drifted apart.

use ts_rs::{Config, TS};

/// Where the SDK keeps the generated types, from the repository's root.
pub const TARGET: &str = "sdk/calling/src/signaling/protocol.gen.ts";

macro_rules! declarations {
    ($($kind:ty),+ $(,)?) => {{
        let config = Config::default();
        let mut text = String::new();
        $(
            if let Some(docs) = <$kind as TS>::docs() {
                text.push_str(docs.trim_end());
                text.push('\n');
            }
            text.push_str("export ");
            text.push_str(&<$kind as TS>::decl(&config));
            text.push_str("\n\n");
        )+
        text
    }};
}

/// The whole file.
pub fn typescript() -> String {
    use convene_model::{Capability, Role, Tone, media, survey};
    use convene_protocol as protocol;
    let mut text = String::from(
        "// Generated from crates/protocol and crates/model by `make generate`. Do not edit.\n\n\
         /** The protocol's versions that the server of this build speaks, newest first. */\n",
    );
    text.push_str(&format!("export const PROTOCOL_VERSIONS: readonly number[] = {:?};\n\n", protocol::VERSIONS));
    text.push_str(
        "type RawId = string;\ntype CallId = string;\ntype ParticipantId = string;\ntype ThreadId = string;\ntype RingId = string;\ntype TransferId = string;\n\n",
    );
    text.push_str(&declarations!(
        Role,
        Capability,
        Tone,
        media::Source,
        media::TrackUse,
        media::TrackPlan,
        media::ShownSize,
        protocol::Hello,
        protocol::JoinTarget,
        protocol::TransferTarget,
        protocol::VideoWish,
        protocol::NoticeKind,
        protocol::Reaction,
        protocol::AnnouncedState,
        protocol::NoticeState,
        protocol::Notice,
        protocol::DataChannel,
        protocol::DiagnosticValue,
        protocol::Diagnostic,
        survey::RatingScale,
        survey::Rating,
        survey::Survey,
        protocol::Request,
        protocol::ClientMessage,
        protocol::ErrorBody,
        protocol::Relay,
        protocol::Transferor,
        protocol::RingView,
        protocol::LegView,
        protocol::ParticipantView,
        protocol::WaiterView,
        protocol::WaitingView,
        protocol::CallView,
        protocol::SlotView,
        protocol::LobbyOutcome,
        protocol::CapabilitiesReason,
        protocol::EndView,
        protocol::Reply,
        protocol::Event,
        protocol::ServerMessage,
    ));
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_sdk_has_the_types_of_this_build() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(super::TARGET);
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(there == super::typescript(), "{} has drifted: run `make generate`", super::TARGET);
    }
}
