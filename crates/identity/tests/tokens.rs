//! Access tokens as a server and its clients see them: minted, shown around, tampered with, expired, revoked.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_identity::{
    AccessToken, Claims, KeyRing, KeyRingError, MintError, NewUser, TokenRefused, TokenRequest, new_signing_key,
    new_user, still_valid,
};
use convene_model::{MeetingId, Random, RawId, Scopes, WallMs, record::SigningKeyRecord, record::User};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const NOW: WallMs = 1_790_000_000_123;
const URL: &str = "https://meet.example.com";

/// Different bytes at every call, the same ones in every run.
struct Counting(u8);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(141).wrapping_add(57);
            *byte = self.0;
        }
    }
}

fn key(seed: u8, created_at: WallMs) -> SigningKeyRecord {
    new_signing_key(&mut Counting(seed), created_at)
}

fn ring() -> KeyRing {
    KeyRing::new(vec![key(1, NOW)]).unwrap()
}

fn guest() -> User {
    new_user(NewUser::Communication { resource: "11aa-22".into() }, Some("Guest"), &mut Counting(9), NOW)
}

fn organizer() -> User {
    new_user(NewUser::Organization, Some("Organizer"), &mut Counting(8), NOW)
}

fn try_mint(user: &User, scopes: &str, lifetime_minutes: u32) -> Result<AccessToken, MintError> {
    let scopes = Scopes::parse(scopes).unwrap();
    ring().mint(
        &TokenRequest { user, scopes: &scopes, lifetime_minutes, issuer: URL, resource_id: "11aa-22", meeting: None },
        NOW,
    )
}

fn mint(user: &User, scopes: &str) -> AccessToken {
    try_mint(user, scopes, 60).unwrap()
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn with_part(token: &str, index: usize, value: &Value) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[index] = URL_SAFE_NO_PAD.encode(value.to_string());
    parts.join(".")
}

#[test]
fn a_minted_token_verifies_to_what_was_asked_for() {
    let mut user = guest();
    user.generation = 3;
    let token = mint(&user, "voip,chat");
    let claims = ring().verify(&token.token, NOW).unwrap();
    assert_eq!(
        claims,
        Claims {
            user: user.id,
            scopes: Scopes::parse("chat,voip").unwrap(),
            generation: 3,
            issued_at: 1_790_000_000_000,
            expires_at: token.expires_at,
            issuer: URL.into(),
            resource_id: "11aa-22".into(),
            meeting: None,
        }
    );
    assert_eq!(token.expires_at, 1_790_000_000_000 + 3_600_000);
}

#[test]
fn the_claims_and_the_header_are_those_that_clients_read() {
    let user = guest();
    let token = mint(&user, "voip,chat").token;
    assert_eq!(part(&token, 0), json!({ "typ": "JWT", "alg": "EdDSA", "kid": key(1, NOW).kid }));
    assert_eq!(
        part(&token, 1),
        json!({
            "iss": URL, "skypeid": user.id.as_str().strip_prefix("8:").unwrap(), "scp": 1792, "csi": "1790000000",
            "iat": 1_790_000_000, "exp": 1_790_003_600, "acsScope": "chat,voip", "resourceId": "11aa-22", "gen": 0,
        })
    );
    assert!(part(&mint(&user, "voip").token, 1).get("scp").is_none());
    let orgid = part(&mint(&organizer(), "voip").token, 1)["skypeid"].as_str().unwrap().to_owned();
    assert!(orgid.starts_with("orgid:"), "{orgid}");
}

#[test]
fn a_changed_token_is_refused() {
    let token = mint(&guest(), "voip").token;
    let mut claims = part(&token, 1);
    claims["skypeid"] = json!("orgid:somebody-else");
    assert_eq!(ring().verify(&with_part(&token, 1, &claims), NOW), Err(TokenRefused::BadSignature));
    let mut header = part(&token, 0);
    header["typ"] = json!("other");
    assert_eq!(ring().verify(&with_part(&token, 0, &header), NOW), Err(TokenRefused::BadSignature));
}

#[test]
fn no_single_changed_character_goes_unnoticed() {
    let token = mint(&guest(), "voip").token;
    let ring = ring();
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(ring.verify(&changed, NOW).is_err(), "the character at {at}");
    }
}

#[test]
fn a_token_of_another_server_is_refused() {
    let other = KeyRing::new(vec![key(2, NOW)]).unwrap();
    let token = mint(&guest(), "voip").token;
    assert_eq!(other.verify(&token, NOW), Err(TokenRefused::UnknownKey));

    let same_name = SigningKeyRecord { kid: key(1, NOW).kid, ..key(2, NOW) };
    assert_eq!(KeyRing::new(vec![same_name]).unwrap().verify(&token, NOW), Err(TokenRefused::BadSignature));
}

#[test]
fn the_header_cannot_choose_how_a_token_is_verified() {
    let token = mint(&guest(), "voip").token;
    let (header, claims) = (part(&token, 0), part(&token, 1));

    let with_alg = |alg: &str| {
        let mut header = header.clone();
        header["alg"] = json!(alg);
        with_part(&token, 0, &header)
    };
    for alg in ["none", "None", "", "HS256", "HS512", "ES256", "RS256", "PS256"] {
        let changed = with_alg(alg);
        assert!(ring().verify(&changed, NOW).is_err(), "{alg}");
        let unsigned = format!("{}.", changed.rsplit_once('.').unwrap().0);
        assert!(ring().verify(&unsigned, NOW).is_err(), "{alg} without a signature");
    }

    // The classic confusion: the public key, known to everybody, taken as an HMAC secret.
    let x = serde_json::from_str::<Value>(&ring().jwks()).unwrap()["keys"][0]["x"].as_str().unwrap().to_owned();
    for secret in [URL_SAFE_NO_PAD.decode(&x).unwrap(), x.into_bytes()] {
        let mut hmac = Header::new(Algorithm::HS256);
        hmac.kid = Some(key(1, NOW).kid);
        let forged = jsonwebtoken::encode(&hmac, &claims, &EncodingKey::from_secret(&secret)).unwrap();
        assert_eq!(ring().verify(&forged, NOW), Err(TokenRefused::BadSignature));
    }
}

#[test]
fn a_token_without_a_known_kid_is_refused() {
    let token = mint(&guest(), "voip").token;
    let mut header = part(&token, 0);
    header["kid"] = json!("another");
    assert_eq!(ring().verify(&with_part(&token, 0, &header), NOW), Err(TokenRefused::UnknownKey));
    header.as_object_mut().unwrap().remove("kid");
    assert_eq!(ring().verify(&with_part(&token, 0, &header), NOW), Err(TokenRefused::UnknownKey));
}

#[test]
fn what_is_no_token_is_refused_without_a_panic() {
    let token = mint(&guest(), "voip").token;
    let long = format!("{token}{}", "A".repeat(5000));
    for text in ["", ".", "..", "a.b.c", "....", "\u{0}", "é.é.é", "e30.e30.", "bnVsbA.bnVsbA.bnVsbA", &long] {
        assert!(ring().verify(text, NOW).is_err(), "{text:?}");
    }
    for cut in 0..token.len() {
        assert!(ring().verify(&token[..cut], NOW).is_err(), "cut at {cut}");
    }
    assert_eq!(ring().verify("a.b.c", NOW), Err(TokenRefused::Malformed));
}

#[test]
fn a_signed_token_with_other_contents_is_malformed() {
    let record = key(1, NOW);
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&record.seed).unwrap();
    let private = EncodingKey::from_ed_der(pair.to_pkcs8().unwrap().as_ref());
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(record.kid);
    let good = part(&mint(&guest(), "voip").token, 1);
    let signed = |claims: &Value| jsonwebtoken::encode(&header, claims, &private).unwrap();
    assert!(ring().verify(&signed(&good), NOW).is_ok());

    let changes = [
        ("skypeid", json!("acs:a_b_c")),
        ("skypeid", json!("")),
        ("acsScope", json!("voip,fly")),
        ("gen", json!(-1)),
        ("exp", json!(i64::MAX)),
        ("exp", json!("soon")),
        ("iat", json!(i64::MIN)),
        ("iss", Value::Null),
    ];
    for (name, value) in changes {
        let mut claims = good.clone();
        claims[name] = value;
        assert_eq!(ring().verify(&signed(&claims), NOW), Err(TokenRefused::Malformed), "{name}: {}", claims[name]);
    }
}

#[test]
fn a_token_expires_at_its_time_and_not_before() {
    let token = mint(&guest(), "voip");
    assert!(ring().verify(&token.token, token.expires_at - 1).is_ok());
    assert_eq!(ring().verify(&token.token, token.expires_at), Err(TokenRefused::Expired));
    assert_eq!(ring().verify(&token.token, WallMs::MAX), Err(TokenRefused::Expired));
}

#[test]
fn a_revoked_token_is_refused_at_once_and_one_issued_in_the_same_second_is_not() {
    let mut user = guest();
    let before = ring().verify(&mint(&user, "voip").token, NOW).unwrap();
    assert_eq!(still_valid(&before, Some(&user)), Ok(()));
    user.generation += 1;
    let after = ring().verify(&mint(&user, "voip").token, NOW).unwrap();
    assert_eq!(before.issued_at, after.issued_at);
    assert_eq!(still_valid(&before, Some(&user)), Err(TokenRefused::Revoked));
    assert_eq!(still_valid(&after, Some(&user)), Ok(()));
}

#[test]
fn a_token_of_a_deleted_or_of_another_user_is_refused() {
    let claims = ring().verify(&mint(&guest(), "voip").token, NOW).unwrap();
    assert_eq!(still_valid(&claims, None), Err(TokenRefused::Revoked));
    assert_eq!(still_valid(&claims, Some(&organizer())), Err(TokenRefused::Revoked));
}

#[test]
fn a_token_lives_between_an_hour_and_a_day() {
    let user = guest();
    for minutes in [60, 61, 1440] {
        let token = try_mint(&user, "voip", minutes).unwrap();
        assert_eq!(token.expires_at, 1_790_000_000_000 + i64::from(minutes) * 60_000);
    }
    for minutes in [0, 59, 1441, u32::MAX] {
        assert_eq!(try_mint(&user, "voip", minutes), Err(MintError::LifetimeOutOfRange { minutes }));
    }
}

#[test]
fn a_token_needs_a_scope_and_meetings_stands_alone_for_the_organizations_users() {
    assert_eq!(try_mint(&guest(), "", 60), Err(MintError::NoScopes));
    assert_eq!(try_mint(&guest(), "meetings", 60), Err(MintError::MeetingsForOutsider));
    let visitor = User { id: RawId::visitor("1"), ..guest() };
    assert_eq!(try_mint(&visitor, "meetings", 60), Err(MintError::MeetingsForOutsider));
    for scopes in ["meetings,voip", "meetings,chat", "meetings,voip.join", "meetings,chat.join.limited"] {
        assert_eq!(try_mint(&organizer(), scopes, 60), Err(MintError::MeetingsNotAlone), "{scopes}");
    }
    let claims = ring().verify(&mint(&organizer(), "meetings").token, NOW).unwrap();
    assert!(!claims.scopes.may_join_calls());
}

#[test]
fn the_newest_key_signs_and_the_former_ones_still_verify() {
    let (old, new) = (key(1, NOW), key(2, NOW + 1));
    let before = mint(&guest(), "voip").token;
    for records in [vec![old.clone(), new.clone()], vec![new.clone(), old.clone()]] {
        let ring = KeyRing::new(records).unwrap();
        assert!(ring.verify(&before, NOW).is_ok());
        let (user, scopes) = (guest(), Scopes::parse("voip").unwrap());
        let request = TokenRequest {
            user: &user,
            scopes: &scopes,
            lifetime_minutes: 60,
            issuer: URL,
            resource_id: "r",
            meeting: None,
        };
        assert_eq!(part(&ring.mint(&request, NOW).unwrap().token, 0)["kid"], json!(new.kid));
    }
}

#[test]
fn a_key_ring_needs_keys_with_names_of_their_own() {
    assert_eq!(KeyRing::new(vec![]).unwrap_err(), KeyRingError::Empty);
    let twin = SigningKeyRecord { kid: key(1, NOW).kid, ..key(2, NOW) };
    let kid = twin.kid.clone();
    assert_eq!(KeyRing::new(vec![key(1, NOW), twin]).unwrap_err(), KeyRingError::DuplicateKid { kid });
}

#[test]
fn others_can_verify_a_token_with_the_published_keys_alone() {
    let token = mint(&guest(), "voip").token;
    let jwks: Value = serde_json::from_str(&ring().jwks()).unwrap();
    let kid = part(&token, 0)["kid"].clone();
    let jwk = jwks["keys"].as_array().unwrap().iter().find(|jwk| jwk["kid"] == kid).unwrap();
    let x = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
    assert_eq!(
        *jwk,
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": jwk["x"], "use": "sig", "alg": "EdDSA" })
    );

    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let public = UnparsedPublicKey::new(&ED25519, x);
    assert!(public.verify(message.as_bytes(), &signature).is_ok());
    assert!(public.verify(&message.as_bytes()[1..], &signature).is_err());
}

#[test]
fn neither_seeds_nor_tokens_are_in_what_debug_and_the_key_set_show() {
    let record = key(1, NOW);
    let hex: String = record.seed.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{:?}", record.seed);
    let base64 = URL_SAFE_NO_PAD.encode(record.seed);
    let token = mint(&guest(), "voip");
    let shown = [format!("{:?}", ring()), format!("{token:?}"), ring().jwks()];
    let signature = token.token.rsplit_once('.').unwrap().1;
    for text in shown {
        for secret in [&hex, &base64, list.trim_matches(['[', ']']), signature] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn the_token_of_an_anonymous_guest_names_its_one_meeting_and_there_is_none_without() {
    let visitor = new_user(NewUser::Visitor, None, &mut Counting(5), NOW);
    assert!(visitor.id.as_str().starts_with("8:teamsvisitor:"), "{}", visitor.id);
    assert_eq!(try_mint(&visitor, "voip", 60), Err(MintError::VisitorUnbound));
    let (meeting, scopes) = (MeetingId("3f".into()), Scopes::parse("voip").unwrap());
    let request = TokenRequest {
        user: &visitor,
        scopes: &scopes,
        lifetime_minutes: 60,
        issuer: URL,
        resource_id: "11aa-22",
        meeting: Some(&meeting),
    };
    let token = ring().mint(&request, NOW).unwrap().token;
    assert_eq!(part(&token, 1)["meeting"], json!("3f"));
    assert_eq!(ring().verify(&token, NOW).unwrap().meeting, Some(meeting));
    let mut claims = part(&token, 1);
    claims["meeting"] = json!("4e");
    assert_eq!(ring().verify(&with_part(&token, 1, &claims), NOW), Err(TokenRefused::BadSignature));
}
