//! Where the time of a call goes.

use serde::Serialize;

/// The phases of a leg's start, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// TCP, the WebSocket's upgrade, the token, and the join.
    Signal,
    /// Making the offer, and the server's answer.
    Offer,
    /// From the answer until ICE has found a path.
    Ice,
    /// From the path until DTLS is done.
    Dtls,
    /// From there until a packet of the other's microphone and one of the other's camera are decrypted.
    FirstPacket,
}

impl Phase {
    /// As it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Offer => "offer/answer",
            Self::Ice => "ICE",
            Self::Dtls => "DTLS",
            Self::FirstPacket => "first packet",
        }
    }
}

/// One leg's milliseconds in each phase.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LegTimes {
    /// [`Phase::Signal`].
    pub signal_ms: f64,
    /// [`Phase::Offer`].
    pub offer_ms: f64,
    /// [`Phase::Ice`].
    pub ice_ms: f64,
    /// [`Phase::Dtls`].
    pub dtls_ms: f64,
    /// [`Phase::FirstPacket`]. For the leg that came first: since the other was connected.
    pub first_packet_ms: f64,
}

/// A call of two.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// The server that carried it.
    pub server: String,
    /// The leg that came first.
    pub first: LegTimes,
    /// The leg that joined it.
    pub second: LegTimes,
}

impl LegTimes {
    /// The phases in order.
    pub fn phases(&self) -> [(Phase, f64); 5] {
        [
            (Phase::Signal, self.signal_ms),
            (Phase::Offer, self.offer_ms),
            (Phase::Ice, self.ice_ms),
            (Phase::Dtls, self.dtls_ms),
            (Phase::FirstPacket, self.first_packet_ms),
        ]
    }
}

impl Timeline {
    /// For people.
    pub fn table(&self) -> String {
        let mut text = format!("Where the time of a call through {} goes, in ms:\n\n", self.server);
        text += &format!("{:<14} {:>9} {:>9}\n", "", "first leg", "second");
        for ((phase, first), (_, second)) in self.first.phases().into_iter().zip(self.second.phases()) {
            text += &format!("{:<14} {first:>9.1} {second:>9.1}\n", phase.name());
        }
        let total = |leg: &LegTimes| leg.phases().iter().map(|(_, ms)| ms).sum::<f64>();
        text += &format!("{:<14} {:>9.1} {:>9.1}\n", "together", total(&self.first), total(&self.second));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_phase_of_both_legs() {
        let leg = |ms| LegTimes { signal_ms: ms, offer_ms: 2.0, ice_ms: 3.0, dtls_ms: 4.0, first_packet_ms: 5.0 };
        let text = Timeline { server: "127.0.0.1:8080".into(), first: leg(1.0), second: leg(11.0) }.table();
        let names = ["signal", "offer/answer", "ICE", "DTLS", "first packet", "together"];
        let lines: Vec<&str> = text.lines().skip(3).collect();
        assert_eq!(lines.len(), names.len());
        assert!(lines.iter().zip(names).all(|(line, name)| line.starts_with(name)), "{text}");
        assert!(lines[0].ends_with("  1.0      11.0") && lines[5].ends_with(" 15.0      25.0"), "{text}");
    }
}
