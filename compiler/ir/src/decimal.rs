//! A number with a decimal point, exactly as it was written.

use std::fmt;

use rust_decimal::Decimal as Number;
use rust_decimal::prelude::ToPrimitive as _;

/// The most digits behind the point.
const MAX_PLACES: u32 = 18;

/// A decimal number: `2.5`, `-0.25`, `7`. Exact, unlike a floating-point number.
///
/// **Invariant:** the last digit behind the point is not zero, and the digits without the point are a whole number of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(Number);

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
        let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !plain.split_once('.').map_or_else(|| digits(plain), |(whole, part)| digits(whole) && digits(part)) {
            return None;
        }
        let number = Number::from_str_exact(text).ok()?.normalize();
        (number.scale() <= MAX_PLACES && i64::try_from(number.mantissa()).is_ok()).then_some(Self(number))
    }

    /// The number, when nothing stands behind the point.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        if self.0.is_integer() { self.0.to_i64() } else { None }
    }

    /// The greatest whole number that is not greater.
    ///
    /// ```
    /// # use ir::Decimal;
    /// assert_eq!(Decimal::parse("-2.5").map(Decimal::floor), Some(-3));
    /// ```
    #[must_use]
    pub fn floor(self) -> i64 {
        self.0.floor().to_i64().unwrap_or_default()
    }

    /// The number as a whole number over a power of ten.
    #[must_use]
    pub fn ratio(self) -> (i128, i128) {
        (self.0.mantissa(), 10_i128.saturating_pow(self.0.scale()))
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
