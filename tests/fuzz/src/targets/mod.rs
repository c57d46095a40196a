//! The targets, by name. Each corpus is the folder of that name in `corpus/`.

mod chat;
mod links;
mod media;
mod meetings;
mod offers;
mod signaling;
mod signatures;
mod sounds;
mod tokens;

/// One format.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// Panics if something does not hold for these bytes.
    pub run: fn(&[u8]),
    /// What stands in inputs of this format.
    pub words: &'static [&'static [u8]],
}

/// All of them.
pub const TARGETS: [Target; 11] = [
    Target { name: "signaling", run: signaling::run, words: signaling::WORDS },
    Target { name: "links", run: links::run, words: links::WORDS },
    Target { name: "signatures", run: signatures::run, words: signatures::WORDS },
    Target { name: "tokens", run: tokens::run, words: tokens::WORDS },
    Target { name: "meetings", run: meetings::run, words: meetings::WORDS },
    Target { name: "chat", run: chat::run, words: chat::WORDS },
    Target { name: "payloads", run: media::payloads, words: &[] },
    Target { name: "demux", run: media::demux, words: media::WORDS },
    Target { name: "datagrams", run: media::datagrams, words: media::WORDS },
    Target { name: "sounds", run: sounds::run, words: sounds::WORDS },
    Target { name: "offers", run: offers::run, words: offers::WORDS },
];

/// The target of a name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}
