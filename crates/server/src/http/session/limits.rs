//! How often somebody may try a password: counted by address and by account, and the work bounded.

use convene_node::Attempts;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Tries of one address within five minutes. Larger: passwords are guessed faster. Smaller: an office behind one address locks
/// itself out.
const OF_ADDRESS_MAX: u32 = 50;
/// Tries at one account within five minutes, right ones too. Larger: its password is guessed faster. Smaller: others keep its owner
/// out more easily.
const AT_ACCOUNT_MAX: u32 = 10;
/// Passwords that are hashed at the same time; each takes 19 MiB and a core for tens of milliseconds.
const HASHING_MAX: usize = 2;
/// Requests that wait for it. Larger: more of them wait for longer. Smaller: a crowd is sent away sooner.
const WAITING_MAX: usize = 32;

/// The counters.
pub struct Limits {
    addresses: Mutex<Attempts<IpAddr>>,
    accounts: Mutex<Attempts<String>>,
    hashing: Semaphore,
    waiting: Semaphore,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            addresses: Mutex::new(Attempts::at_most(OF_ADDRESS_MAX)),
            accounts: Mutex::new(Attempts::at_most(AT_ACCOUNT_MAX)),
            hashing: Semaphore::new(HASHING_MAX),
            waiting: Semaphore::new(WAITING_MAX),
        }
    }
}

impl Limits {
    /// Counts a try; how long to wait, if there were too many. Who is behind a loopback address (a reverse proxy's) is not known:
    /// there only the account counts.
    pub fn count(&self, address: IpAddr, account: &str, now: Duration) -> Option<Duration> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = if address.is_loopback() { None } else { addresses.wait(address, now) };
        let wait = of_address.or_else(|| accounts.wait(account.to_owned(), now));
        if wait.is_none() {
            if !address.is_loopback() {
                addresses.failed(address, now);
            }
            accounts.failed(account.to_owned(), now);
        }
        wait
    }

    /// Counts a sign-in by the provider; how long to wait, if there were too many of one address.
    pub fn count_address(&self, address: IpAddr, now: Duration) -> Option<Duration> {
        if address.is_loopback() {
            return None;
        }
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = addresses.wait(address, now);
        if wait.is_none() {
            addresses.failed(address, now);
        }
        wait
    }

    /// Does work on a password beside the runtime. `None` if too many wait already.
    pub async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _waits = self.waiting.try_acquire().ok()?;
        let _works = self.hashing.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_tries_too_often_has_to_wait_by_address_and_by_account() {
        let limits = Limits::default();
        let (guesser, other) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        for number in 0..OF_ADDRESS_MAX {
            assert_eq!(limits.count(guesser, &format!("{number}"), Duration::ZERO), None);
        }
        assert!(limits.count(guesser, "x", Duration::ZERO).is_some());
        for _ in 0..AT_ACCOUNT_MAX {
            assert_eq!(limits.count(other, "olga", Duration::ZERO), None);
        }
        assert!(limits.count(other, "olga", Duration::ZERO).is_some());
        assert_eq!(limits.count(other, "otto", Duration::ZERO), None);
    }
}
