//! Time as an argument. Pure code never asks a clock; whoever drives it says what time it is.

use std::fmt::Write as _;
use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type WallMs = i64;

/// The time at which something is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Time since the process started; never goes back. For timers.
    pub mono: Duration,
    /// The time of day in milliseconds since 1970. For validity windows, expiry and journals.
    pub wall: WallMs,
}

/// `wall` as RFC 3339 in UTC with milliseconds, for example `2026-01-31T09:30:00.000Z`.
pub fn rfc3339(wall: WallMs) -> String {
    let (days, ms) = (wall.div_euclid(86_400_000), wall.rem_euclid(86_400_000));
    // Civil date from days since the epoch, after Howard Hinnant's public-domain algorithm `civil_from_days`.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let mut text = String::with_capacity(24);
    let _ = write!(
        text,
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1_000 % 60,
        ms % 1_000
    );
    text
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn dates_are_written_in_utc() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(rfc3339(1_790_000_000_123), "2026-09-21T14:13:20.123Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999Z");
    }
}
