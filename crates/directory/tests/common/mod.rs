//! What the tests of this crate share.

#![allow(dead_code, reason = "each test file uses its own part")]

use convene_directory::{NewMeeting, create_meeting};
use convene_model::{
    Random, RawId, WallMs,
    record::{LobbyScope, Meeting},
};

pub const NOW: WallMs = 1_790_000_000_123;
pub const PUBLIC_URL: &str = "https://meet.example.com:8443";

/// Different bytes at every call, the same ones in every run (SplitMix64).
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
    }
}

pub fn organizer() -> RawId {
    RawId::organization_user("0e1f-44")
}

pub fn request() -> NewMeeting {
    NewMeeting {
        organizer: organizer(),
        organization: "aa-bb".into(),
        subject: "Loan advice".into(),
        lobby: LobbyScope::OrganizationAndFederated,
        starts_at: None,
        ends_at: None,
        guests_allowed: true,
        guests_may_start: false,
    }
}

pub fn meeting(seed: u64) -> Meeting {
    create_meeting(request(), &mut Seeded(seed), NOW).unwrap()
}
