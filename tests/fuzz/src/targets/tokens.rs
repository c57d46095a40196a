//! Access tokens: only what was issued is taken, to the letter.

use convene_identity::{KeyRing, NewUser, TokenRequest, new_signing_key, new_user};
use convene_model::{Random, Scopes, WallMs};
use std::cell::OnceCell;

pub const WORDS: &[&[u8]] = &[b".", b"eyJhbGciOiJub25lIn0", b"eyJhbGciOiJIUzI1NiJ9", b"=", b"..", b"e30"];

const NOW: WallMs = 1_800_000_000_000;

struct Fixed;

impl Random for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(5);
    }
}

thread_local! {
    static ISSUED: OnceCell<(KeyRing, String)> = const { OnceCell::new() };
}

/// A key ring that is the same in every run, and a token of its own: the corpus has it, too.
fn issue() -> (KeyRing, String) {
    let keys = KeyRing::new(vec![new_signing_key(&mut Fixed, NOW)]).expect("one good key");
    let user = new_user(NewUser::Organization, None, &mut Fixed, NOW);
    let scopes = Scopes::parse("voip,chat").expect("known scopes");
    let request = TokenRequest {
        user: &user,
        scopes: &scopes,
        lifetime_minutes: 60,
        issuer: "http://localhost:8080",
        resource_id: "r",
        meeting: None,
    };
    let token = keys.mint(&request, NOW).expect("a good request").token;
    (keys, token)
}

pub fn run(data: &[u8]) {
    ISSUED.with(|issued| {
        let (keys, token) = issued.get_or_init(issue);
        let text = String::from_utf8_lossy(data);
        // The first byte says where the issued token is changed.
        let mut near = token.clone().into_bytes();
        if let [place, put, ..] = data {
            let at = usize::from(*place) * near.len() / 256;
            near[at] = put & 0x7f;
        }
        let near = String::from_utf8_lossy(&near);
        for text in [&text, &near] {
            let taken = keys.verify(text, NOW).is_ok();
            assert_eq!(taken, text.as_ref() == token, "{text}");
            assert!(keys.verify_app(text, NOW).is_err(), "a user's token is no application's: {text}");
        }
    });
}
