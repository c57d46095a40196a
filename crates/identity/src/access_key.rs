//! Access keys: the secrets that an app's server signs its requests with. How it signs: `hmac.rs`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use convene_model::{Random, WallMs, record::AccessKey, record::Resource, uuid_v4};
use std::collections::BTreeSet;

/// Bytes of a new key: one block of SHA-256, the longest that HMAC uses unhashed (RFC 2104 §2).
const KEY_BYTES: usize = 64;

/// Makes an access key.
pub fn new_access_key(random: &mut dyn Random) -> AccessKey {
    let mut bytes = vec![0u8; KEY_BYTES];
    random.fill(&mut bytes);
    AccessKey(bytes)
}

/// Makes a resource with a random id and two new keys, which requests to `hosts` mean.
pub fn new_resource(hosts: BTreeSet<String>, random: &mut dyn Random, now: WallMs) -> Resource {
    resource_with_id(uuid_v4(random), hosts, random, now)
}

/// Makes a resource under an id that is fixed already.
pub fn resource_with_id(id: String, hosts: BTreeSet<String>, random: &mut dyn Random, now: WallMs) -> Resource {
    let access_keys = [new_access_key(random), new_access_key(random)];
    Resource { id, access_keys, hosts, created_at: now }
}

/// What clients of Azure Communication Services take: `endpoint=<url>/;accesskey=<base64>`, in this order.
pub fn connection_string(endpoint: &str, key: &AccessKey) -> String {
    format!("endpoint={}/;accesskey={}", endpoint.trim_end_matches('/'), STANDARD.encode(&key.0))
}

/// The host name of a `Host` header: lower case, without the port, an IPv6 address without its brackets.
pub fn host_name(host: &str) -> String {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);
    impl Random for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
        }
    }

    #[test]
    fn a_new_resource_has_two_different_keys() {
        let resource = new_resource(BTreeSet::new(), &mut Counting(0), 5);
        let [primary, secondary] = &resource.access_keys;
        assert!(primary != secondary);
        assert_eq!((primary.0.len(), secondary.0.len(), resource.created_at), (64, 64, 5));
    }

    #[test]
    fn a_connection_string_names_the_endpoint_first_and_ends_it_with_one_slash() {
        let key = AccessKey(b"secret".to_vec());
        for endpoint in ["https://localhost:8080", "https://localhost:8080/"] {
            let expected = "endpoint=https://localhost:8080/;accesskey=c2VjcmV0";
            assert_eq!(connection_string(endpoint, &key), expected);
        }
    }

    #[test]
    fn a_host_is_known_by_its_name_alone() {
        for (host, name) in [
            ("Meet.Example.org", "meet.example.org"),
            ("meet.example.org:8443", "meet.example.org"),
            ("meet.example.org.", "meet.example.org"),
            ("[::1]:8080", "::1"),
            ("[::1]", "::1"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("", ""),
            ("[", "["),
        ] {
            assert_eq!(host_name(host), name, "{host}");
        }
    }
}
