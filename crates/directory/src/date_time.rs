//! Reading the times of requests. They are written by `convene_model::rfc3339`.

use convene_model::WallMs;

/// Reads an RFC 3339 date and time (§5.6), with `Z` or an offset; digits beyond milliseconds are cut off. Without any offset it is
/// read as UTC, as Microsoft Graph does. `None` if it is no such text, or names a day that does not exist.
pub fn parse_date_time(text: &str) -> Option<WallMs> {
    let text = text.trim();
    if !text.is_ascii() || text.len() > 40 {
        return None;
    }
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let date: Vec<&str> = date.split('-').collect();
    let [year, month, day] = date[..] else { return None };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let (time, offset_minutes) = split_offset(rest)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let time: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = time[..] else { return None };
    let (hour, minute, second) = (number(hour, 2)?, number(minute, 2)?, number(second, 2)?);
    // A leap second (RFC 3339 §5.7) is the second after it.
    if hour > 23 || minute > 59 || second > 60 || fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let ms: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
    let minutes = (days_since_1970(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
    Some((minutes * 60 + second) * 1000 + ms)
}

/// Splits `09:30:00+02:00` into the time and the offset in minutes.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, 0)) };
    let (time, offset) = text.split_at(at);
    let (hours, minutes) = offset[1..].split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let minutes = hours * 60 + minutes;
    Some((time, if offset.starts_with('-') { -minutes } else { minutes }))
}

fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn days_of(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// After Howard Hinnant's public-domain algorithm `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse_date_time;
    use convene_model::rfc3339;

    #[test]
    fn what_is_written_is_read_back() {
        for at in [0, -1, 951_782_400_000, 1_790_000_000_123, 4_107_542_399_999, -62_135_596_800_000] {
            assert_eq!(parse_date_time(&rfc3339(at)), Some(at));
        }
    }

    #[test]
    fn offsets_and_fractions_are_understood() {
        let utc = parse_date_time("2026-09-21T14:13:20.123Z");
        assert_eq!(parse_date_time("2026-09-21T16:13:20.1239999+02:00"), utc);
        assert_eq!(parse_date_time("2026-09-21t08:43:20.123-05:30"), utc);
        assert_eq!(parse_date_time("2026-09-21T14:13:20.123"), utc);
        assert_eq!(parse_date_time("1970-01-01T00:00:00.5z"), Some(500));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "T",
            "now",
            "2026-09-21",
            "2026-9-21T14:13:20Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-09-21T24:00:00Z",
            "2026-09-21T14:60:00Z",
            "2026-09-21T14:13Z",
            "2026-09-21T14:13:20.Z",
            "2026-09-21T14:13:20+2:00",
            "2026-09-21T14:13:20+02:60",
            "+026-09-21T14:13:20Z",
            "2026-09-21T14:13:2ö",
        ] {
            assert_eq!(parse_date_time(text), None, "{text}");
        }
    }
}
