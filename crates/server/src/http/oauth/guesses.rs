//! How often wrong secrets may be shown: counted by the address that they come from, and by the application that they are for.

use convene_node::Attempts;
use std::net::IpAddr;
use std::time::Duration;

/// Wrong secrets of one address within five minutes. Larger: more work for whoever guesses at this server. Smaller: back ends behind one
/// address lock each other out by one wrong setting.
const OF_ADDRESS_MAX: u32 = 30;

/// Wrong secrets for one application within five minutes, from everywhere. From then on an address has one. Larger: many addresses
/// together guess faster. Smaller: they sooner hold up those of the application's own addresses that have made a mistake.
const FOR_APPLICATION_MAX: u32 = 300;

/// The count. Bounded as [`Attempts`] is.
#[derive(Debug)]
pub struct Guesses {
    of_address: Attempts<IpAddr>,
    any_of_address: Attempts<IpAddr>,
    for_application: Attempts<String>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            of_address: Attempts::at_most(OF_ADDRESS_MAX),
            any_of_address: Attempts::at_most(1),
            for_application: Attempts::at_most(FOR_APPLICATION_MAX),
        }
    }
}

impl Guesses {
    /// For how long nothing from this address is looked at; `None` if it need not wait. An address that showed no wrong secret never
    /// waits: strangers cannot lock an application out.
    pub fn wait(&self, address: IpAddr, application: &str, now: Duration) -> Option<Duration> {
        let attacked = self.for_application.wait(application.to_owned(), now);
        self.of_address.wait(address, now).or_else(|| attacked.and(self.any_of_address.wait(address, now)))
    }

    /// One more wrong secret. `application` is what it was said to be for, cut to the length of a client id.
    pub fn wrong(&mut self, address: IpAddr, application: &str, now: Duration) {
        self.of_address.failed(address, now);
        self.any_of_address.failed(address, now);
        self.for_application.failed(application.to_owned(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    #[test]
    fn an_address_waits_after_its_wrong_secrets_whatever_application_they_were_for() {
        let (mut guesses, now) = (Guesses::default(), Duration::from_secs(7));
        for number in 0..OF_ADDRESS_MAX {
            assert_eq!(guesses.wait(address(1), "a", now), None);
            guesses.wrong(address(1), &format!("app {number}"), now);
        }
        assert_eq!(guesses.wait(address(1), "a", now), Some(Duration::from_secs(300)));
        assert_eq!(guesses.wait(address(2), "a", now), None);
        assert_eq!(guesses.wait(address(1), "a", now + Duration::from_secs(300)), None);
    }

    #[test]
    fn many_addresses_that_guess_at_one_application_have_one_try_each_and_its_own_back_end_goes_on() {
        let (mut guesses, now) = (Guesses::default(), Duration::ZERO);
        for number in 0..FOR_APPLICATION_MAX {
            guesses.wrong(address(number), "attacked", now);
        }
        assert!(guesses.wait(address(0), "attacked", now).is_some());
        assert_eq!(guesses.wait(address(0), "other", now), None);
        assert_eq!(guesses.wait(address(9999), "attacked", now), None, "its own back end");
        guesses.wrong(address(9999), "attacked", now);
        assert!(guesses.wait(address(9999), "attacked", now).is_some());
    }
}
