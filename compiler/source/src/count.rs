//! How is a number of things said?

/// A number and the thing, in the plural where it is not one.
///
/// ```
/// # use source::count;
/// assert_eq!((count(1, "input"), count(0, "hit"), count(2, "broken line")), ("1 input".into(), "0 hits".into(), "2 broken lines".into()));
/// ```
#[must_use]
pub fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}
