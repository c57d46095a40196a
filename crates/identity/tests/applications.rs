//! Applications: their secrets, their tokens, and the requests for them.

use convene_identity::{
    APP_TOKEN_SECONDS, AppClaims, AppTokenRequest, ClientCredentials, KeyRing, NewUser, OauthRefused, TokenRefused,
    TokenRequest, app_still_valid, matching_secret, new_app_secret, new_application, new_signing_key, new_user,
};
use convene_model::{
    AppPermission, Random, Scopes, WallMs,
    record::{AppSecret, Application},
};
use std::collections::BTreeSet;

const NOW: WallMs = 1_790_000_000_123;

struct Counting(u8);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

fn keys() -> KeyRing {
    KeyRing::new(vec![new_signing_key(&mut Counting(0), NOW)]).unwrap()
}

/// An application with one secret, and the secret.
fn application() -> (Application, String) {
    let permissions = BTreeSet::from([AppPermission::WriteMeetings]);
    let mut application = new_application(" Back\u{202e} end ", permissions, &mut Counting(7), NOW);
    let (secret, text) = new_app_secret(&application, &mut Counting(50), NOW).unwrap();
    application.secrets.push(secret);
    (application, text)
}

fn mint(keys: &KeyRing, application: &Application, secret: &AppSecret) -> String {
    let request = AppTokenRequest {
        application,
        secret,
        issuer: "https://meet.example.com/org/v2.0",
        audience: "https://meet.example.com",
        organization: "org",
    };
    keys.mint_app(&request, NOW).unwrap().token
}

#[test]
fn an_application_has_at_most_two_secrets_in_places_of_their_own() {
    let (mut application, first) = application();
    assert_eq!((application.name.as_str(), application.secrets[0].slot), ("Back end", 0));
    assert_eq!(first.len(), 43, "256 bits");
    assert!(!application.secrets[0].hash.contains(&first));
    let (second, text) = new_app_secret(&application, &mut Counting(90), NOW).unwrap();
    assert_eq!(second.slot, 1);
    application.secrets.push(second.clone());
    assert!(new_app_secret(&application, &mut Counting(1), NOW).is_none());
    assert_eq!(matching_secret(&application, &text), Some(&second));
    application.secrets.remove(0);
    assert_eq!(matching_secret(&application, &first), None);
    assert_eq!(new_app_secret(&application, &mut Counting(1), NOW).unwrap().0.slot, 0);
    for wrong in ["", &text[1..], &application.secrets[0].hash] {
        assert_eq!(matching_secret(&application, wrong), None, "{wrong}");
    }
}

#[test]
fn a_token_is_good_for_an_hour_and_as_long_as_its_secret_is_there() {
    let (keys, (application, _)) = (keys(), application());
    let secret = application.secrets[0].clone();
    let token = mint(&keys, &application, &secret);
    let claims = keys.verify_app(&token, NOW).unwrap();
    assert_eq!(claims, AppClaims { application: application.id.clone(), secret: secret.id });
    assert_eq!(keys.verify_app(&token, NOW + APP_TOKEN_SECONDS * 1000 - 1000), Ok(claims.clone()));
    assert_eq!(keys.verify_app(&token, NOW + APP_TOKEN_SECONDS * 1000), Err(TokenRefused::Expired));
    assert_eq!(app_still_valid(&claims, Some(&application)), Ok(()));
    assert_eq!(app_still_valid(&claims, None), Err(TokenRefused::Revoked));
    let without = Application { secrets: vec![], ..application.clone() };
    assert_eq!(app_still_valid(&claims, Some(&without)), Err(TokenRefused::Revoked));
    let other = Application { id: "other".into(), ..application };
    assert_eq!(app_still_valid(&claims, Some(&other)), Err(TokenRefused::Revoked));
}

#[test]
fn a_token_of_one_kind_is_refused_where_the_other_is_asked_for() {
    let (keys, (application, _)) = (keys(), application());
    let of_application = mint(&keys, &application, &application.secrets[0]);
    assert_eq!(keys.verify(&of_application, NOW), Err(TokenRefused::Malformed));
    let user = new_user(NewUser::Organization, None, &mut Counting(3), NOW);
    let request = TokenRequest {
        user: &user,
        scopes: &Scopes::parse("meetings").unwrap(),
        lifetime_minutes: 60,
        issuer: "https://meet.example.com",
        resource_id: "r",
        meeting: None,
    };
    let of_user = keys.mint(&request, NOW).unwrap().token;
    assert_eq!(keys.verify_app(&of_user, NOW), Err(TokenRefused::Malformed));
    assert!(keys.verify(&of_user, NOW).is_ok());
}

#[test]
fn a_changed_or_foreign_token_of_an_application_is_refused() {
    let (keys, (application, _)) = (keys(), application());
    let token = mint(&keys, &application, &application.secrets[0]);
    let foreign = KeyRing::new(vec![new_signing_key(&mut Counting(100), NOW)]).unwrap();
    assert_eq!(foreign.verify_app(&token, NOW), Err(TokenRefused::UnknownKey));
    let parts: Vec<&str> = token.split('.').collect();
    let forged = format!("{}.{}.{}", parts[0], parts[1], "A".repeat(parts[2].len()));
    assert_eq!(keys.verify_app(&forged, NOW), Err(TokenRefused::BadSignature));
    for rubbish in ["", "a.b.c", &"x".repeat(5000)] {
        assert_eq!(keys.verify_app(rubbish, NOW), Err(TokenRefused::Malformed));
    }
}

fn read(authorization: Option<&str>, body: &str) -> Result<(String, String), OauthRefused> {
    let is_ours = |url: &str| url == "https://meet.example.com";
    let read = ClientCredentials::read(authorization, body.as_bytes(), &is_ours)?;
    Ok((read.client_id, read.client_secret))
}

#[test]
fn the_secret_may_stand_in_the_body_or_in_the_header() {
    let expected = Ok(("id".to_owned(), "a b+c".to_owned()));
    let scope = "scope=https%3A%2F%2Fmeet.example.com%2F.default";
    assert_eq!(
        read(None, &format!("grant_type=client_credentials&client_id=id&client_secret=a+b%2Bc&{scope}&x=1")),
        expected
    );
    // `id:a+b%2Bc`
    let header = Some("basic aWQ6YStiJTJCYw==");
    assert_eq!(read(header, "grant_type=client_credentials"), expected);
    assert_eq!(read(header, "client_id=id&grant_type=client_credentials&client_secret="), expected);
}

#[test]
fn what_cannot_be_answered_is_refused_by_the_name_that_the_standard_gives_it() {
    let basic = Some("Basic aWQ6c2VjcmV0");
    let good = "grant_type=client_credentials&client_id=id&client_secret=s";
    for (authorization, body, name) in [
        (None, "", "invalid_request"),
        (None, "{\"grant_type\":\"client_credentials\"}", "invalid_request"),
        (None, "grant_type=password&client_id=id&client_secret=s", "unsupported_grant_type"),
        (None, "grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (None, "grant_type=client_credentials", "invalid_client"),
        (None, "grant_type=client_credentials&client_id=id", "invalid_client"),
        (None, "grant_type=client_credentials&client_id=id&client_assertion=x", "invalid_client"),
        (basic, good, "invalid_request"),
        (basic, "grant_type=client_credentials&client_id=other", "invalid_request"),
        (Some("Bearer x"), "grant_type=client_credentials", "invalid_client"),
        (Some("Basic !"), "grant_type=client_credentials", "invalid_client"),
        (Some("Basic aWQ="), "grant_type=client_credentials", "invalid_client"),
        (None, &format!("{good}&scope=https%3A%2F%2Fother.example%2F.default"), "invalid_scope"),
        (None, &format!("{good}&scope=https%3A%2F%2Fmeet.example.com"), "invalid_scope"),
        (None, &format!("{good}&scope=.default+openid"), "invalid_scope"),
    ] {
        let refused = read(authorization, body).unwrap_err();
        assert_eq!(refused.name(), name, "{body}");
        assert!(refused.to_string().contains("Send"), "{refused}");
    }
    assert!(read(None, &format!("{good}&scope=.default")).is_ok());
}
