//! `/.well-known/jwks.json`.

use crate::client::Server;

#[tokio::test]
async fn the_public_keys_are_there_and_no_private_part_of_them() {
    let server = Server::dev().await;
    let answer = server.get("/.well-known/jwks.json", &[]).await;
    let key = answer.json()["keys"][0].clone();
    assert_eq!((answer.status, &key["alg"], &key["crv"]), (200, &"EdDSA".into(), &"Ed25519".into()));
    assert!(key.get("d").is_none(), "{key}");
}
