//! SRTP and SRTCP for what is sent (RFC 3711, RFC 7714): in place, into the datagram's own buffer.
//!
//! Whoever calls this must never protect two different packets under one SSRC and index: with GCM that gives away the key's secrets
//! (RFC 7714 §9.1). `sent.rs` keeps that for RTP; the index of SRTCP is counted here, and its sender's SSRC is one that the library never
//! sends from.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY};
use aws_lc_rs::iv::FixedLength;

/// Bytes that the largest of the tags takes.
pub(crate) const TAG_MAX: usize = 16;
/// Bytes of the truncated tag of AES-CM with HMAC-SHA1-80 (RFC 3711 §4.2).
const SHA1_TAG: usize = 10;
/// What of an RTCP packet stays readable: the first header and its SSRC (RFC 3711 §3.4).
const RTCP_CLEAR: usize = 8;
/// Says that an SRTCP packet is encrypted (RFC 3711 §3.4).
const SRTCP_ENCRYPTED: u32 = 1 << 31;

/// What two sides agreed on (RFC 5764 §4.1.2, RFC 7714 §14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Aes128CmSha1,
    Aes128Gcm,
    Aes256Gcm,
}

/// Protects what one side of a session sends.
pub(crate) struct Protector {
    rtp: Cipher,
    rtcp: Cipher,
    /// The index of the next SRTCP packet.
    rtcp_index: u32,
}

enum Cipher {
    Gcm { key: LessSafeKey, salt: [u8; 12] },
    Cm(Box<Cm>),
}

/// AES in counter mode, with HMAC-SHA1.
struct Cm {
    key: EncryptingKey,
    salt: [u8; 14],
    authentication: hmac::Key,
}

impl Profile {
    fn key_len(self) -> usize {
        if self == Profile::Aes256Gcm { 32 } else { 16 }
    }

    fn salt_len(self) -> usize {
        if self == Profile::Aes128CmSha1 { 14 } else { 12 }
    }
}

impl Protector {
    /// From what DTLS exports: the keys of client and server, then their salts (RFC 5764 §4.2). `None` if it is too short.
    pub fn new(profile: Profile, material: &[u8], is_client: bool) -> Option<Protector> {
        let (key, salt) = (profile.key_len(), profile.salt_len());
        let side = usize::from(!is_client);
        let master_key = material.get(side * key..(side + 1) * key)?;
        let master_salt = material.get(2 * key + side * salt..2 * key + (side + 1) * salt)?;
        let cipher = |label| Cipher::derive(profile, master_key, master_salt, label);
        Some(Protector { rtp: cipher(0)?, rtcp: cipher(3)?, rtcp_index: 0 })
    }

    /// Protects a packet of `header` bytes of header and the rest payload. `index`: its sequence number, extended by the rollover counter.
    /// `None`: it could not be, and nothing may be sent.
    pub fn protect_rtp(&self, packet: &mut Vec<u8>, header: usize, ssrc: u32, index: u64) -> Option<()> {
        match &self.rtp {
            Cipher::Gcm { key, salt } => {
                let mut nonce = *salt;
                mix(&mut nonce[2..], &ssrc.to_be_bytes());
                mix(&mut nonce[6..], &index.to_be_bytes()[2..]);
                let (clear, secret) = packet.split_at_mut(header);
                let tag = seal(key, nonce, clear, secret)?;
                packet.extend_from_slice(tag.as_ref());
            }
            Cipher::Cm(cm) => {
                cm.encrypt(ssrc, index, packet.get_mut(header..)?)?;
                let mut signing = hmac::Context::with_key(&cm.authentication);
                signing.update(packet);
                signing.update(&((index >> 16) as u32).to_be_bytes());
                packet.extend_from_slice(signing.sign().as_ref().get(..SHA1_TAG)?);
            }
        }
        Some(())
    }

    /// Protects a compound packet from `ssrc`.
    pub fn protect_rtcp(&mut self, packet: &mut Vec<u8>, ssrc: u32) -> Option<()> {
        let index = self.rtcp_index;
        self.rtcp_index = index.checked_add(1).filter(|next| *next < SRTCP_ENCRYPTED)?;
        let trailer = (SRTCP_ENCRYPTED | index).to_be_bytes();
        match &self.rtcp {
            Cipher::Gcm { key, salt } => {
                let mut nonce = *salt;
                mix(&mut nonce[2..], &ssrc.to_be_bytes());
                mix(&mut nonce[8..], &index.to_be_bytes());
                let mut clear = [0; RTCP_CLEAR + 4];
                clear[..RTCP_CLEAR].copy_from_slice(packet.get(..RTCP_CLEAR)?);
                clear[RTCP_CLEAR..].copy_from_slice(&trailer);
                let tag = seal(key, nonce, &clear, packet.get_mut(RTCP_CLEAR..)?)?;
                packet.extend_from_slice(tag.as_ref());
                packet.extend_from_slice(&trailer);
            }
            Cipher::Cm(cm) => {
                cm.encrypt(ssrc, u64::from(index), packet.get_mut(RTCP_CLEAR..)?)?;
                packet.extend_from_slice(&trailer);
                let tag = hmac::sign(&cm.authentication, packet);
                packet.extend_from_slice(tag.as_ref().get(..SHA1_TAG)?);
            }
        }
        Some(())
    }
}

impl Cipher {
    /// Derives session keys (RFC 3711 §4.3.1, without a key derivation rate). `label`: 0 for RTP, 3 for RTCP.
    fn derive(profile: Profile, master_key: &[u8], master_salt: &[u8], label: u8) -> Option<Cipher> {
        let mut key = [0; 32];
        let key = key.get_mut(..profile.key_len())?;
        derive(master_key, master_salt, label, key)?;
        match profile {
            Profile::Aes128CmSha1 => {
                let mut salt = [0; 14];
                let mut authentication = [0; 20];
                derive(master_key, master_salt, label + 1, &mut authentication)?;
                derive(master_key, master_salt, label + 2, &mut salt)?;
                let authentication = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &authentication);
                let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_128, key).ok()?).ok()?;
                Some(Cipher::Cm(Box::new(Cm { key, salt, authentication })))
            }
            Profile::Aes128Gcm | Profile::Aes256Gcm => {
                let mut salt = [0; 12];
                derive(master_key, master_salt, label + 2, &mut salt)?;
                let algorithm = if profile == Profile::Aes128Gcm { &AES_128_GCM } else { &AES_256_GCM };
                Some(Cipher::Gcm { key: LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?), salt })
            }
        }
    }
}

/// The pseudo-random function of RFC 3711 §4.3.3: the key stream of AES in counter mode. A salt of 96 bits is taken times 2^16 (RFC 7714 §11).
fn derive(master_key: &[u8], master_salt: &[u8], label: u8, out: &mut [u8]) -> Option<()> {
    let mut counter = [0; 16];
    counter.get_mut(..master_salt.len())?.copy_from_slice(master_salt);
    counter[7] ^= label;
    let algorithm = if master_key.len() == 32 { &AES_256 } else { &AES_128 };
    let key = EncryptingKey::ctr(UnboundCipherKey::new(algorithm, master_key).ok()?).ok()?;
    out.fill(0);
    key.less_safe_encrypt(out, EncryptionContext::Iv128(FixedLength::from(counter))).ok().map(|_| ())
}

fn seal(key: &LessSafeKey, nonce: [u8; 12], clear: &[u8], secret: &mut [u8]) -> Option<impl AsRef<[u8]> + use<>> {
    key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(clear), secret).ok()
}

impl Cm {
    /// RFC 3711 §4.1.1.
    fn encrypt(&self, ssrc: u32, index: u64, secret: &mut [u8]) -> Option<()> {
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&self.salt);
        mix(&mut counter[4..], &ssrc.to_be_bytes());
        mix(&mut counter[8..], &index.to_be_bytes()[2..]);
        self.key.less_safe_encrypt(secret, EncryptionContext::Iv128(FixedLength::from(counter))).ok().map(|_| ())
    }
}

fn mix(into: &mut [u8], bytes: &[u8]) {
    into.iter_mut().zip(bytes).for_each(|(into, byte)| *into ^= byte);
}

/// The other side's half, for tests.
#[cfg(test)]
pub(crate) fn opened(protector: &Protector, datagram: &[u8], header: usize, index: u64) -> Option<Vec<u8>> {
    let Cipher::Gcm { key, salt } = &protector.rtp else { return None };
    let mut nonce = *salt;
    mix(&mut nonce[2..], &datagram[8..12]);
    mix(&mut nonce[6..], &index.to_be_bytes()[2..]);
    let mut secret = datagram[header..].to_vec();
    let clear = Aad::from(&datagram[..header]);
    key.open_in_place(Nonce::assume_unique_for_key(nonce), clear, &mut secret).ok().map(|plain| plain.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    fn gcm(algorithm: &'static aws_lc_rs::aead::Algorithm, key: &[u8]) -> Cipher {
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key).unwrap());
        Cipher::Gcm { key, salt: *b"Quid pro quo" }
    }

    /// The packet of RFC 7714 §16.1, protected under session keys.
    fn example(rtp: Cipher) -> Vec<u8> {
        let mut packet = hex("8040f17b8041f8d35501a0b2");
        packet.extend_from_slice(b"Gallia est omnis divisa in partes tres");
        let rtcp = gcm(&AES_128_GCM, &[0; 16]);
        let protector = Protector { rtp, rtcp, rtcp_index: 0 };
        protector.protect_rtp(&mut packet, 12, 0x5501_a0b2, 0xf17b).unwrap();
        packet
    }

    #[test]
    fn packets_are_protected_as_in_the_examples_of_rfc_7714() {
        let key: Vec<u8> = (0..32).collect();
        assert_eq!(
            example(gcm(&AES_128_GCM, &key[..16])),
            hex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b
                 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce")
        );
        assert_eq!(
            example(gcm(&AES_256_GCM, &key)),
            hex("8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f
                 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13")
        );
    }

    #[test]
    fn session_keys_are_derived_as_in_the_examples_of_rfc_3711() {
        let (key, salt) = (hex("E1F97A0D3E018BE0D64FA32C06DE4139"), hex("0EC675AD498AFEEBB6960B3AABE6"));
        let derived = |label, length| {
            let mut out = vec![0; length];
            derive(&key, &salt, label, &mut out).unwrap();
            out
        };
        assert_eq!(derived(0, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derived(2, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(derived(1, 20), hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
    }

    #[test]
    fn counter_mode_encrypts_as_in_the_example_of_rfc_3711() {
        let key = UnboundCipherKey::new(&AES_128, &hex("2B7E151628AED2A6ABF7158809CF4F3C")).unwrap();
        let salt = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
        let authentication = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &[]);
        let cm = Cm { key: EncryptingKey::ctr(key).unwrap(), salt, authentication };
        let mut stream = vec![0; 48];
        cm.encrypt(0, 0, &mut stream).unwrap();
        let expected =
            "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0";
        assert_eq!(stream, hex(expected));
    }

    #[test]
    fn a_packet_in_counter_mode_is_what_other_implementations_make_of_it() {
        let material = hex("00000000000000000000000000000000 E1F97A0D3E018BE0D64FA32C06DE4139
             0000000000000000000000000000 0EC675AD498AFEEBB6960B3AABE6");
        let protector = Protector::new(Profile::Aes128CmSha1, &material, false).unwrap();
        let mut packet = hex("800f1234decafbadcafebabe abababababababababababababababab");
        protector.protect_rtp(&mut packet, 12, 0xcafe_babe, 0x1234).unwrap();
        let expected = "800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb";
        assert_eq!(packet, hex(expected));
    }

    #[test]
    fn too_little_of_keys_protects_nothing() {
        for (profile, length) in [(Profile::Aes128CmSha1, 60), (Profile::Aes128Gcm, 56), (Profile::Aes256Gcm, 88)] {
            assert!(Protector::new(profile, &vec![7; length], false).is_some(), "{profile:?}");
            assert!(Protector::new(profile, &vec![7; length - 1], false).is_none(), "{profile:?}");
        }
    }

    #[test]
    fn each_side_has_keys_of_its_own() {
        let material: Vec<u8> = (0..88).collect();
        let protected = |is_client| {
            let mut packet = vec![0x80; 40];
            Protector::new(Profile::Aes256Gcm, &material, is_client)
                .unwrap()
                .protect_rtp(&mut packet, 12, 1, 1)
                .unwrap();
            packet
        };
        assert_ne!(protected(true), protected(false));
    }

    #[test]
    fn no_two_reports_have_the_same_index() {
        let mut protector = Protector::new(Profile::Aes128Gcm, &[7; 56], false).unwrap();
        let mut next = || {
            let mut packet = vec![0x80; 28];
            protector.protect_rtcp(&mut packet, 1).unwrap();
            packet.split_off(packet.len() - 4)
        };
        assert_eq!((next(), next()), (hex("80000000"), hex("80000001")));
        protector.rtcp_index = SRTCP_ENCRYPTED - 1;
        assert!(protector.protect_rtcp(&mut vec![0x80; 28], 1).is_none());
    }
}
