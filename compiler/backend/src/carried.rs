//! What is left of a file that travels along when some of its rules do not?

use std::ops::Range;

/// A text without some places of it, which are given in order; what is left stays on its lines.
///
/// ```
/// assert_eq!(backend::without("one\ntwo {\n}\nthree\n", [4..11]), "one\n\n\nthree\n");
/// ```
#[must_use]
pub fn without(text: &str, places: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut from = 0;
    for place in places {
        out.push_str(text.get(from..place.start).unwrap_or_default());
        let feeds = text.get(place.clone()).unwrap_or_default().matches('\n').count();
        out.extend(std::iter::repeat_n('\n', feeds));
        from = place.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}
