//! Which part of a point in time?

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::TimePart;

/// A part of the point in time that a text holds, in UTC; `None` when it holds none. Reads ISO 8601 with a `T` or a space, with or
/// without an offset; without one the text is UTC.
///
/// ```
/// # use ir::TimePart;
/// assert_eq!(ir::time::part_of("2024-03-01T23:30:00-02:00", TimePart::Hour), Some(1));
/// assert_eq!(ir::time::part_of("2024-03-01 23:30:00", TimePart::Hour), Some(23));
/// assert_eq!(ir::time::part_of("yesterday", TimePart::Hour), None);
/// ```
#[must_use]
pub fn part_of(text: &str, part: TimePart) -> Option<i64> {
    let text = text.trim();
    let time: DateTime = match text.parse::<jiff::Timestamp>() {
        Ok(stamp) => stamp.to_zoned(TimeZone::UTC).datetime(),
        Err(_) => text.parse().ok()?,
    };
    Some(match part {
        TimePart::Minute => i64::from(time.minute()),
        TimePart::Hour => i64::from(time.hour()),
        TimePart::Day => i64::from(time.day()),
        TimePart::Week => i64::from(time.date().iso_week_date().week()),
        TimePart::Month => i64::from(time.month()),
        TimePart::Year => i64::from(time.year()),
    })
}
