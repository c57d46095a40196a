//! Tests of what settings may be.

use super::*;

fn check(settings: ServeSettings) -> Result<Config, String> {
    settings.check("data".into()).map_err(|error| error.0)
}

#[test]
fn wrong_settings_end_with_a_sentence_that_says_what_to_write() {
    let listen = check(ServeSettings { listen: Some("8080".into()), ..Default::default() });
    assert_eq!(
        listen.unwrap_err(),
        "--listen \"8080\" is no address with a port. Write it as 0.0.0.0:8080 or [::]:8080."
    );
    let url = check(ServeSettings { public_url: Some("meet.example.org".into()), ..Default::default() });
    assert!(url.unwrap_err().contains("https://meet.example.org"));
    let address = check(ServeSettings { public_address: vec!["0.0.0.0".parse().unwrap()], ..Default::default() });
    assert!(address.unwrap_err().contains("no address that a browser could reach"));
    for seconds in [0, 86_401] {
        let wait = check(ServeSettings { lobby_wait: Some(seconds), ..Default::default() });
        assert!(wait.unwrap_err().contains("Write 1800 for half an hour"));
    }
    for seconds in [0, 601] {
        let wait = check(ServeSettings { ring_wait: Some(seconds), ..Default::default() });
        assert!(wait.unwrap_err().contains("Write 120 for two minutes"));
    }
}

#[test]
fn a_certificate_comes_with_its_key_and_an_address_has_at_least_one_connection() {
    let file = || Some(PathBuf::from("a.pem"));
    let alone = check(ServeSettings { tls_cert: file(), ..Default::default() });
    assert!(alone.unwrap_err().contains("--tls-key"));
    let alone = check(ServeSettings { tls_key: file(), ..Default::default() });
    assert!(alone.unwrap_err().contains("--tls-cert"));
    let both = check(ServeSettings { tls_cert: file(), tls_key: file(), ..Default::default() }).unwrap();
    assert_eq!(both.own_certificate.unwrap().key, PathBuf::from("a.pem"));
    let none = check(ServeSettings { connections_per_address: Some(0), ..Default::default() });
    assert!(none.unwrap_err().contains("Write 1000 for the default"));
}

#[test]
fn a_wait_in_the_lobby_lasts_half_an_hour_unless_it_is_set() {
    let wait = |lobby_wait| check(ServeSettings { lobby_wait, ..Default::default() }).unwrap().lobby_wait;
    assert_eq!((wait(None).as_secs(), wait(Some(5)).as_secs()), (1800, 5));
    let ring = |ring_wait| check(ServeSettings { ring_wait, ..Default::default() }).unwrap().ring_wait;
    assert_eq!((ring(None).as_secs(), ring(Some(5)).as_secs()), (120, 5));
}

#[test]
fn calls_from_apps_ring_unless_something_else_is_said() {
    let calls = |text: Option<&str>| {
        let calls_from_apps = text.map(str::to_owned);
        check(ServeSettings { calls_from_apps, ..Default::default() }).map(|config| config.calls_from_apps)
    };
    assert_eq!(calls(None), Ok(CallsFromApps::Ring));
    for (value, name) in CallsFromApps::ALL {
        assert_eq!(calls(Some(name)), Ok(value));
    }
    let wrong = "--calls-from-apps \"on\" is not one of ring, lobby, off. Write lobby if callers are to wait.";
    assert_eq!(calls(Some("on")).unwrap_err(), wrong);
}

#[test]
fn ended_calls_are_kept_for_a_year_unless_it_is_set() {
    let keep = |keep_days| check(ServeSettings { keep_days, ..Default::default() }).map(|config| config.keep_days);
    assert_eq!((keep(None), keep(Some(7))), (Ok(365), Ok(7)));
    for days in [0, 36_501] {
        assert!(keep(Some(days)).unwrap_err().contains("Write 365 for the default"));
    }
}

#[test]
fn media_goes_over_tcp_unless_that_is_turned_off() {
    let over_tcp = |settings: ServeSettings| check(settings).unwrap().media_tcp;
    assert!(over_tcp(ServeSettings::default()));
    assert!(!over_tcp(ServeSettings { no_media_tcp: true, ..Default::default() }));
    let file: ServeSettings = toml::from_str("no_media_tcp = true").unwrap();
    assert!(!over_tcp(ServeSettings::default().or(file)));
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file: ServeSettings =
        toml::from_str("listen = \"0.0.0.0:1\"\npublic_url = \"https://a.example\"\ndev = true").unwrap();
    let line = ServeSettings { listen: Some("0.0.0.0:2".into()), ..Default::default() };
    let config = check(line.or(file)).unwrap();
    assert_eq!((config.listen.port(), config.public_url.as_deref(), config.dev), (2, Some("https://a.example"), true));
    assert!(toml::from_str::<ServeSettings>("listne = 1").is_err());
}
