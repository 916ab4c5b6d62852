//! How are moments and lengths of time read and written?
//!
//! Both count ticks of 100 nanoseconds: <https://learn.microsoft.com/kusto/query/scalar-data-types/datetime> and
//! <https://learn.microsoft.com/kusto/query/scalar-data-types/timespan>.

/// Ticks in a second.
pub(super) const SECOND: i64 = 10_000_000;
/// Ticks in a day.
pub(super) const DAY: i64 = 86_400 * SECOND;

/// A moment in the forms of ISO 8601; others are not read.
pub(super) fn moment(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let days = days(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    let start = days * DAY;
    if rest.is_empty() {
        return Some(start);
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let offset = match zone {
        "" | "Z" => 0,
        _ => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let minutes = digits(hours, 2)? * 60 + digits(minutes, 2)?;
            minutes * 60 * SECOND * if zone.starts_with('-') { -1 } else { 1 }
        }
    };
    Some(start + hours(clock)? - offset)
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fffffff`.
fn hours(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let mut ticks = (hour * 60 + minute) * 60 * SECOND;
    if let Some(seconds) = parts.next() {
        let (seconds, fraction) = seconds.split_once('.').map_or((seconds, None), |(seconds, fraction)| (seconds, Some(fraction)));
        let second = digits(seconds, 2).filter(|second| *second < 60)?;
        ticks += second * SECOND;
        if let Some(fraction) = fraction {
            if fraction.is_empty() || fraction.len() > 9 {
                return None;
            }
            let padded = format!("{fraction:0<9}");
            ticks += digits(&padded, 9)? / 100;
        }
    }
    (parts.next().is_none() && hour < 24 && minute < 60).then_some(ticks)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Days since 1970 of a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of so many days since 1970.
pub(super) fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// A moment as the engine writes it: seven digits behind the second.
pub(super) fn moment_text(ticks: i64) -> String {
    let (year, month, day) = date(ticks.div_euclid(DAY));
    let of_day = ticks.rem_euclid(DAY);
    let (seconds, fraction) = (of_day / SECOND, of_day % SECOND);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{fraction:07}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A length of time in the engine's own form: `d.hh:mm:ss.fffffff`.
pub(super) fn span(text: &str) -> Option<i64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (days, clock) = match text.split_once('.') {
        Some((days, clock)) if clock.contains(':') => (days.parse::<u32>().ok()?, clock),
        _ => (0, text),
    };
    let ticks = i64::from(days).checked_mul(DAY)?.checked_add(hours(clock)?)?;
    Some(if negative { -ticks } else { ticks })
}

/// A length of time as the engine writes it.
pub(super) fn span_text(ticks: i64) -> String {
    let whole = ticks.unsigned_abs();
    let (day, second) = (DAY.unsigned_abs(), SECOND.unsigned_abs());
    let (days, of_day) = (whole / day, whole % day);
    let (seconds, fraction) = (of_day / second, of_day % second);
    let sign = if ticks < 0 { "-" } else { "" };
    let days = if days > 0 { format!("{days}.") } else { String::new() };
    let fraction = if fraction > 0 { format!(".{fraction:07}") } else { String::new() };
    format!("{sign}{days}{:02}:{:02}:{:02}{fraction}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Ticks in one of a unit, as it stands behind a number.
pub(super) fn unit(name: &str) -> Option<i64> {
    Some(match name {
        "d" | "day" | "days" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600 * SECOND,
        "m" | "min" | "minute" | "minutes" => 60 * SECOND,
        "s" | "sec" | "second" | "seconds" => SECOND,
        "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => SECOND / 1_000,
        "micro" | "micros" | "microsecond" | "microseconds" => 10,
        "tick" | "ticks" => 1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back() {
        for (text, full) in [
            ("2026-01-02", "2026-01-02T00:00:00.0000000Z"),
            ("2024-02-29T23:59:59.1234567Z", "2024-02-29T23:59:59.1234567Z"),
            ("1969-12-31T23:00:00Z", "1969-12-31T23:00:00.0000000Z"),
            ("2026-01-02T01:30:00+02:00", "2026-01-01T23:30:00.0000000Z"),
        ] {
            assert_eq!(moment_text(moment(text).unwrap()), full);
        }
        for not in ["", "2026", "2026-02-30", "2026-01-02T25:00", "2026-01-02x", "Jan 2 2026", "2026-01-02T00:00:00+2"] {
            assert_eq!(moment(not), None, "{not}");
        }
    }

    #[test]
    fn lengths_read_back() {
        for text in ["00:00:00", "1.02:03:04", "-00:00:01.5000000"] {
            assert_eq!(span_text(span(text).unwrap()), text);
        }
    }
}
