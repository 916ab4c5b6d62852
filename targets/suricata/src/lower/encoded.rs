//! How text outside ASCII is found in a mail's header, where it travels as an encoded word.
//!
//! An encoded word names its charset and holds the bytes in base64 (`B`) or as escapes (`Q`), <https://www.rfc-editor.org/rfc/rfc2047>. Neither
//! version of the engine decodes it. The form that mail programs write today, UTF-8 in one word, is looked for; another charset, or a
//! text that is cut into several words, is missed, which is said.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ir::{Case, Part as Hole, Pattern, Shape};

use super::lowering::{Choice, Options};
use crate::ast::{Content, Item, Pcre, Re, Sign};

/// Whether any of the texts is encoded on its way.
pub(super) fn is_encoded(patterns: &[Pattern]) -> bool {
    patterns.iter().flat_map(Pattern::literals).any(|text| !text.is_ascii())
}

/// The encoded forms of the patterns outside ASCII: what can be looked for quickly, and an expression for the rest of the line.
pub(super) fn forms(patterns: &[Pattern]) -> Vec<(String, Option<String>, Re)> {
    let mut out = Vec::new();
    for pattern in patterns.iter().filter(|pattern| is_encoded(std::slice::from_ref(pattern))) {
        let label = super::pattern::label(pattern);
        let ends = !matches!(pattern.parts().last(), Some(Hole::Run));
        let end = Re::Raw(if ends { "\\?=[ \\t]*\\r?$" } else { "" });
        if let Shape::Exact(text) | Shape::Starts(text) = pattern.shape() {
            // Three bytes are four letters; what is left of the last three depends on what follows.
            let whole = if ends { text.len() } else { text.len() / 3 * 3 };
            let base64 = STANDARD.encode(text.as_bytes().get(..whole).unwrap_or_default());
            if !base64.is_empty() {
                let word = [Re::Raw("=\\?(?i:utf-8)\\?[Bb]\\?(?-i:"), Re::Text(base64.clone()), Re::Raw(")"), end.clone()];
                out.push((format!("{label}, in base64"), Some(base64), Re::Seq(word.into())));
            }
        }
        let starts = !matches!(pattern.parts().first(), Some(Hole::Run));
        let mut pieces = vec![Re::Raw(if starts { "=\\?(?i:utf-8)\\?[Qq]\\?" } else { "=\\?(?i:utf-8)\\?[Qq]\\?[^\\r\\n]*" })];
        for part in pattern.parts() {
            match part {
                Hole::Literal(text) => pieces.extend(text.bytes().map(escaped)),
                Hole::Run => pieces.push(Re::Raw("[^\\r\\n]*")),
                Hole::One => pieces.push(Re::Raw("(?:=[0-9A-Fa-f]{2}){1,4}")),
            }
        }
        pieces.push(end);
        let letters = pattern.literals().flat_map(|text| text.split(|char: char| !char.is_ascii_alphanumeric()));
        let word = letters.filter(|word| !word.is_empty()).max_by_key(|word| word.len()).map(ToOwned::to_owned);
        out.push((format!("{label}, in quoted words"), word, Re::Seq(pieces)));
    }
    out
}

/// The encoded forms in a buffer that holds them as they were sent, beside what stands there unencoded.
pub(super) fn beside(mut options: Options, buffer: &'static str, patterns: &[Pattern], case: Case) -> Options {
    for (label, text, expression) in forms(patterns) {
        let mut items = vec![Item::Buffer(buffer)];
        items.extend(text.map(|text| Item::Content(Content { bytes: text.into_bytes(), nocase: true, ..Content::default() })));
        let nocase = case == Case::Insensitive;
        items.push(Item::Pcre(Pcre { sign: Sign::Is, expression: Re::Seq(vec![Re::Raw("^"), expression]), nocase, lines: false }));
        options.choices.push(Choice { label, items });
        options.joined = None;
    }
    options
}

/// A byte in a `Q` word: a letter or digit as it is, a blank as `_`, everything as `=` and two hex digits.
fn escaped(byte: u8) -> Re {
    let escape = super::uri::hex_escape(b'=', byte);
    match byte {
        b' ' => Re::Either(vec![Re::Raw("_"), escape]),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => Re::Bytes(vec![byte]),
        b'!'..=b'~' => Re::Either(vec![Re::Bytes(vec![byte]), escape]),
        _ => escape,
    }
}
