//! The keys of a telephone (DTMF, ITU-T Q.23). People in a call press them for the apps whose servers are in it; nobody hears a sound.

use serde::{Deserialize, Serialize};

/// A key, in the words of ACS Call Automation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Tone {
    /// 0
    Zero,
    /// 1
    One,
    /// 2
    Two,
    /// 3
    Three,
    /// 4
    Four,
    /// 5
    Five,
    /// 6
    Six,
    /// 7
    Seven,
    /// 8
    Eight,
    /// 9
    Nine,
    /// A, of the fourth column.
    A,
    /// B, of the fourth column.
    B,
    /// C, of the fourth column.
    C,
    /// D, of the fourth column.
    D,
    /// #
    Pound,
    /// *
    Asterisk,
}

impl Tone {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Zero,
        Self::One,
        Self::Two,
        Self::Three,
        Self::Four,
        Self::Five,
        Self::Six,
        Self::Seven,
        Self::Eight,
        Self::Nine,
        Self::A,
        Self::B,
        Self::C,
        Self::D,
        Self::Pound,
        Self::Asterisk,
    ];

    /// Its name in ACS's API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Three => "three",
            Self::Four => "four",
            Self::Five => "five",
            Self::Six => "six",
            Self::Seven => "seven",
            Self::Eight => "eight",
            Self::Nine => "nine",
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::Pound => "pound",
            Self::Asterisk => "asterisk",
        }
    }

    /// What is on the key.
    pub fn key(self) -> char {
        match self {
            Self::Zero => '0',
            Self::One => '1',
            Self::Two => '2',
            Self::Three => '3',
            Self::Four => '4',
            Self::Five => '5',
            Self::Six => '6',
            Self::Seven => '7',
            Self::Eight => '8',
            Self::Nine => '9',
            Self::A => 'A',
            Self::B => 'B',
            Self::C => 'C',
            Self::D => 'D',
            Self::Pound => '#',
            Self::Asterisk => '*',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_and_a_key_of_its_own() {
        for tone in Tone::ALL {
            assert_eq!(format!("{tone:?}").to_lowercase(), tone.name());
        }
        assert_eq!(Tone::ALL.map(Tone::key).iter().collect::<String>(), "0123456789ABCD#*");
    }
}
