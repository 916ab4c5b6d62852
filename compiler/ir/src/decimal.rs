//! A number with a decimal point, exactly as it was written.

use std::cmp::Ordering;
use std::fmt;

/// The most digits behind the point.
const MAX_PLACES: u32 = 18;

/// A decimal number: `2.5`, `-0.25`, `7`. Exact, unlike a floating-point number.
///
/// **Invariant:** the last digit behind the point is not zero, so equal numbers are equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: i64,
    places: u32,
}

impl Decimal {
    /// Reads digits with a sign or none, and a point or none. Nothing else is a decimal number: no exponents, no signs for thousands.
    ///
    /// ```
    /// # use ir::Decimal;
    /// assert_eq!(Decimal::parse("2.50").map(|read| read.to_string()).as_deref(), Some("2.5"));
    /// assert_eq!(Decimal::parse("7.0"), Some(7.into()));
    /// assert_eq!(Decimal::parse("1e3"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, plain) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = plain.split_once('.').map_or((plain, None), |(whole, part)| (whole, Some(part)));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !part.is_none_or(digits) {
            return None;
        }
        let part = part.unwrap_or_default().trim_end_matches('0');
        let places = u32::try_from(part.len()).ok().filter(|places| *places <= MAX_PLACES)?;
        Some(Self { digits: format!("{sign}{whole}{part}").parse().ok()?, places })
    }

    /// The number, when nothing stands behind the point.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        (self.places == 0).then_some(self.digits)
    }

    /// The greatest whole number that is not greater.
    ///
    /// ```
    /// # use ir::Decimal;
    /// assert_eq!(Decimal::parse("-2.5").map(Decimal::floor), Some(-3));
    /// ```
    #[must_use]
    pub fn floor(self) -> i64 {
        let (digits, by) = self.ratio();
        i64::try_from(digits.div_euclid(by)).unwrap_or_default()
    }

    /// The number as a whole number over a power of ten.
    #[must_use]
    pub fn ratio(self) -> (i128, i128) {
        (i128::from(self.digits), 10_i128.saturating_pow(self.places))
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self { digits: number, places: 0 }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((left, by), (right, other_by)) = (self.ratio(), other.ratio());
        // Both products stay below 10^37.
        left.saturating_mul(other_by).cmp(&right.saturating_mul(by))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (digits, by) = self.ratio();
        let (sign, digits) = if digits < 0 { ("-", -digits) } else { ("", digits) };
        write!(f, "{sign}{}", digits / by)?;
        if self.places == 0 {
            return Ok(());
        }
        write!(f, ".{:0width$}", digits % by, width = usize::try_from(self.places).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in ["0", "7", "-7", "2.5", "-0.25", "0.000000000000000001", "9223372036854775807", "-922337203685477580.8"] {
            assert_eq!(read(text).to_string(), text);
        }
        for (text, is) in [("+1.50", "1.5"), ("007.0", "7"), ("-0.0", "0")] {
            assert_eq!(read(text).to_string(), is, "{text}");
        }
        for text in ["", "-", ".5", "5.", "1.2.3", "1e5", "0x10", "1,5", "--1", "99999999999999999999", "0.0000000000000000001", "é", "1.-5"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_in_order() {
        let sorted = ["-922337203685477580.8", "-3", "-2.5", "-0.1", "0", "0.000000000000000001", "0.1", "2", "2.25", "2.5", "9223372036854775807"];
        for pair in sorted.windows(2) {
            assert!(read(pair[0]) < read(pair[1]), "{pair:?}");
        }
        assert_eq!([read("2.5").floor(), read("-2.5").floor(), read("3").floor()], [2, -3, 3]);
        assert_eq!((read("3.0").whole(), read("3.1").whole()), (Some(3), None));
    }
}
