//! When did an event happen?

use ir::FieldValue;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::flat::Flat;

/// Names of the time in the order of trust: when it happened before when it was written down.
const NAMES: [&str; 33] = [
    "UtcTime",
    "TimeCreated",
    "SystemTime",
    "eventTime",
    "EventTime",
    "published",
    "requestReceivedTimestamp",
    "activityDateTime",
    "createdDateTime",
    "CreationTime",
    "protoPayload.metadata.event.time",
    "@timestamp",
    "timestamp",
    "Timestamp",
    "ts",
    "TimeGenerated",
    "time",
    "Time",
    "_time",
    "created_at",
    "event_time",
    "receiveTimestamp",
    "__REALTIME_TIMESTAMP",
    "_SOURCE_REALTIME_TIMESTAMP",
    "utc_time",
    "local_time_adjusted",
    "date_time",
    "datetime",
    "eventTimestamp",
    "created",
    "logged",
    "stageTimestamp",
    "date",
];

/// The time of an event; `None` where no field holds one.
pub(super) fn of(fields: &Flat) -> Option<Timestamp> {
    NAMES.iter().find_map(|name| read(fields.get(*name)?))
}

fn read(value: &FieldValue) -> Option<Timestamp> {
    match value {
        FieldValue::Number(number) => whole(*number),
        FieldValue::Text(text) => {
            let text = text.trim();
            if let Ok(time) = text.parse::<Timestamp>() {
                return Some(time);
            }
            if let Ok(time) = text.parse::<DateTime>() {
                return time.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
            }
            if let Ok(number) = text.parse::<i64>() {
                return whole(number);
            }
            seconds(text)
        }
        FieldValue::Flag(_) | FieldValue::List(_) => None,
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told by size. A number of a year before 1973 is no time.
fn whole(number: i64) -> Option<Timestamp> {
    match number {
        100_000_000..100_000_000_000 => Timestamp::from_second(number).ok(),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(number).ok(),
        100_000_000_000_000_000.. => Timestamp::from_nanosecond(i128::from(number)).ok(),
        _ => None,
    }
}

/// Seconds with a fraction, as Zeek writes them.
fn seconds(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.')?;
    let digits: String = fraction.chars().take(9).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos: i32 = format!("{digits:0<9}").parse().ok()?;
    let seconds: i64 = seconds.parse().ok().filter(|seconds| (100_000_000..100_000_000_000).contains(seconds))?;
    Timestamp::new(seconds, nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_spellings_of_logs() {
        let time = |value: FieldValue| read(&value).map(|time| time.to_string()).unwrap_or_default();
        let text = |text: &str| time(FieldValue::Text(text.to_owned()));
        assert_eq!(text("2024-03-01 12:00:00.125"), "2024-03-01T12:00:00.125Z");
        assert_eq!(text("2024-03-01T14:00:00+02:00"), "2024-03-01T12:00:00Z");
        assert_eq!(text("1709294400.5"), "2024-03-01T12:00:00.5Z");
        assert_eq!(time(FieldValue::Number(1_709_294_400_000)), "2024-03-01T12:00:00Z");
        assert_eq!(text("1709294400000000"), "2024-03-01T12:00:00Z");
        for none in ["yesterday", "", "12", "1.x", "99999999999999999999"] {
            assert_eq!(text(none), "", "{none}");
        }
        assert_eq!(time(FieldValue::Number(i64::MIN)), "");
    }
}
