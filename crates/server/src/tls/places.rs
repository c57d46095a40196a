//! How many connections one address may have open.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The connections that are open, counted by address.
pub struct Places {
    at_most: u32,
    not_counted: Vec<IpAddr>,
    taken: Arc<Mutex<BTreeMap<IpAddr, u32>>>,
}

/// One open connection; given back when it ends.
pub struct Place {
    of: IpAddr,
    taken: Arc<Mutex<BTreeMap<IpAddr, u32>>>,
}

/// The address has all its places.
#[derive(Debug)]
pub struct Full;

impl Places {
    /// So many for each address, and without end for `not_counted`.
    pub fn new(at_most: u32, not_counted: Vec<IpAddr>) -> Self {
        Self { at_most, not_counted, taken: Arc::default() }
    }

    /// One more for this address; `None` if it is not counted.
    ///
    /// # Errors
    /// [`Full`].
    pub fn take(&self, address: IpAddr) -> Result<Option<Place>, Full> {
        let address = address.to_canonical();
        if self.not_counted.contains(&address) {
            return Ok(None);
        }
        let of = network_of(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(of).or_insert(0);
        if *count >= self.at_most {
            tracing::debug!(address = %of, at_most = self.at_most, "a connection of an address that has too many was closed");
            return Err(Full);
        }
        *count += 1;
        if *count == self.at_most {
            tracing::warn!(address = %of, at_most = self.at_most, "an address has all connections that it may have; further ones are closed");
        }
        Ok(Some(Place { of, taken: self.taken.clone() }))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

/// Whom an address stands for: a household or a machine has a whole /64 of IPv6.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_counted_apart_and_a_network_of_ipv6_is_one() {
        let places = Places::new(1, vec!["10.0.0.1".parse().unwrap()]);
        let take = |address: &str| places.take(address.parse().unwrap());
        let first = take("192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_err() && take("::ffff:192.0.2.1").is_err());
        let _others = [take("192.0.2.2").unwrap(), take("2001:db8::1").unwrap(), take("2001:db8:0:1::1").unwrap()];
        assert!(take("2001:db8::2").is_err());
        assert!(take("10.0.0.1").unwrap().is_none() && take("::ffff:10.0.0.1").unwrap().is_none());
        drop(first);
        assert!(take("192.0.2.1").is_ok());
        assert!(places.taken.lock().unwrap().len() == 3, "who has none is forgotten");
    }
}
