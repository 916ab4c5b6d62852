//! How are words and links written where nothing can be escaped?

use std::fmt::Write as _;

/// A value of `metadata`: letters, digits and `_.+-`; everything else becomes `_`, because the option has no escapes.
pub(crate) fn word(text: &str) -> String {
    text.chars().take(100).map(|char| if char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '+' | '-') { char } else { '_' }).collect()
}

/// The value of `reference:url`: the address without its scheme, as the stock `reference.config` puts `http://` before
/// it, with percent-escapes for what means something to the engine and for all that a URL does not hold raw.
pub(crate) fn link(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let mut out = String::with_capacity(rest.len());
    for byte in rest.bytes() {
        if matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b';' | b'\\' | b'|' | b'<' | b'>' | b'`' | b'{' | b'}' | b'^' | b',') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
