//! Hands the keys of a DTLS handshake to our own egress: the library's DTLS with an ear at its output.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;
use str0m::crypto::dtls::{DtlsCert, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion};
use str0m::crypto::dtls::{DtlsImplError, ProtocolVersion, SrtpProfile};
use str0m::crypto::{CryptoError, CryptoProvider};

use crate::egress::srtp::{Profile, Protector};

/// Where a handshake leaves its keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySlot(Arc<Mutex<Option<Exported>>>);

/// What a handshake exported (RFC 5764 §4.2). The bytes are never shown.
struct Exported {
    profile: Profile,
    material: Vec<u8>,
    is_client: bool,
}

impl std::fmt::Debug for Exported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exported").field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl KeySlot {
    /// What protects outgoing packets, once for each handshake.
    pub fn take(&self) -> Option<Protector> {
        let exported = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Protector::new(exported.profile, &exported.material, exported.is_client)
    }
}

#[cfg(test)]
impl KeySlot {
    /// A slot after a handshake that exported these bytes to the server's side.
    pub fn filled(profile: Profile, material: Vec<u8>) -> KeySlot {
        KeySlot(Arc::new(Mutex::new(Some(Exported { profile, material, is_client: false }))))
    }
}

thread_local! {
    /// The slot of the DTLS instance that this thread made last: the library makes it where nothing of ours can be passed along.
    static LAST_MADE: RefCell<Option<KeySlot>> = const { RefCell::new(None) };
}

/// The slot of the DTLS instance that this thread made since it was last asked.
pub(crate) fn slot_of_last_made() -> Option<KeySlot> {
    LAST_MADE.take()
}

/// The library's cryptography, listened to.
pub(crate) fn listened(provider: CryptoProvider) -> CryptoProvider {
    static TAP: OnceLock<Tap> = OnceLock::new();
    let tap = TAP.get_or_init(|| Tap { inner: provider.dtls_provider });
    CryptoProvider { dtls_provider: tap, ..provider }
}

#[derive(Debug)]
struct Tap {
    inner: &'static dyn DtlsProvider,
}

impl DtlsProvider for Tap {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        self.inner.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        dtls_version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let inner = self.inner.new_dtls(cert, now, dtls_version, mtu)?;
        let slot = KeySlot::default();
        LAST_MADE.set(Some(slot.clone()));
        Ok(Box::new(Listened { inner, slot }))
    }

    fn is_test(&self) -> bool {
        self.inner.is_test()
    }
}

#[derive(Debug)]
struct Listened {
    inner: Box<dyn DtlsInstance>,
    slot: KeySlot,
}

impl DtlsInstance for Listened {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        let is_client = self.inner.is_active();
        let output = self.inner.poll_output(buf);
        if let DtlsOutput::KeyingMaterial(material, profile) = &output
            && let Some(profile) = own_profile(*profile)
        {
            let exported = Exported { profile, material: material.as_ref().to_vec(), is_client };
            *self.slot.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(exported);
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}

fn own_profile(profile: SrtpProfile) -> Option<Profile> {
    match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Some(Profile::Aes128CmSha1),
        SrtpProfile::AEAD_AES_128_GCM => Some(Profile::Aes128Gcm),
        SrtpProfile::AEAD_AES_256_GCM => Some(Profile::Aes256Gcm),
        _ => None,
    }
}
