//! How does a text look once it is encoded, or once a dash is written in another way?

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ir::{Part, Pattern};

use super::modifier::Change;

/// The characters that Windows programs take for the dash before an option.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];
/// The most spellings of one value.
pub(super) const MAX_SPELLINGS: usize = 625;

/// What becomes of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Text(Vec<Part>),
    Bytes(Vec<u8>),
}

/// Rewrites a text with wildcards by changes, in order. Several texts are alternatives.
///
/// # Errors
///
/// Says why the value cannot be rewritten, as a clause.
pub(super) fn apply(pattern: Pattern, changes: &[Change]) -> Result<Vec<Pattern>, String> {
    if changes.is_empty() {
        return Ok(vec![pattern]);
    }
    let mut states = vec![State::Text(pattern.parts().to_vec())];
    for change in changes {
        let mut next = Vec::new();
        for state in states {
            match change {
                Change::Placeholders => next.push(state),
                Change::Dashes => next.extend(dashes(state)?),
                Change::Utf16Little => next.push(utf16(state, &[], u16::to_le_bytes)?),
                Change::Utf16Big => next.push(utf16(state, &[], u16::to_be_bytes)?),
                Change::Utf16Marked => next.push(utf16(state, &[0xff, 0xfe], u16::to_le_bytes)?),
                Change::Base64 => next.push(literal(STANDARD.encode(bytes(state)?))),
                Change::Base64Offset => next.extend(offsets(&bytes(state)?).into_iter().map(literal)),
            }
        }
        states = next;
    }
    states.into_iter().map(text).collect()
}

fn literal(text: String) -> State {
    State::Text(vec![Part::Literal(text)])
}

/// Every spelling of the dashes that stand before a word and not behind one: `-a`, `/a`, `–a`, ...; the dash in `a-b` is kept.
fn dashes(state: State) -> Result<Vec<State>, String> {
    let State::Text(parts) = state else { return Ok(vec![state]) };
    let word = |char: Option<&char>| char.is_some_and(|char| char.is_alphanumeric() || *char == '_');
    let mut spellings: Vec<Vec<Part>> = vec![Vec::new()];
    for part in parts {
        let Part::Literal(text) = part else {
            spellings.iter_mut().for_each(|spelling| spelling.push(part.clone()));
            continue;
        };
        let chars: Vec<char> = text.chars().collect();
        let mut texts = vec![String::new()];
        for (at, char) in chars.iter().enumerate() {
            let option = DASHES.contains(char) && !word(at.checked_sub(1).and_then(|at| chars.get(at))) && word(chars.get(at + 1));
            if !option {
                texts.iter_mut().for_each(|text| text.push(*char));
                continue;
            }
            if texts.len() * spellings.len() * DASHES.len() > MAX_SPELLINGS {
                return Err(format!("its dashes can be spelt in more than {MAX_SPELLINGS} ways"));
            }
            texts = texts.iter().flat_map(|text| DASHES.map(|dash| format!("{text}{dash}"))).collect();
        }
        spellings = spellings
            .iter()
            .flat_map(|spelling| texts.iter().map(move |text| spelling.iter().cloned().chain([Part::Literal(text.clone())]).collect()))
            .collect();
    }
    Ok(spellings.into_iter().map(State::Text).collect())
}

fn utf16(state: State, mark: &[u8], order: fn(u16) -> [u8; 2]) -> Result<State, String> {
    match state {
        State::Text(parts) if parts.iter().all(|part| matches!(part, Part::Literal(_))) => {
            let units = parts.iter().flat_map(|part| match part {
                Part::Literal(text) => text.encode_utf16().collect::<Vec<u16>>(),
                Part::Run | Part::One => Vec::new(),
            });
            Ok(State::Bytes(mark.iter().copied().chain(units.flat_map(order)).collect()))
        }
        // With wildcards, the text must still be one afterwards; a value that goes on to Base64 is refused there.
        State::Text(parts) => {
            let mut out = Vec::new();
            if !mark.is_empty() {
                out.push(Part::Literal('\u{feff}'.to_string()));
            }
            for part in parts {
                out.push(match part {
                    Part::Literal(text) => Part::Literal(as_text(&text.encode_utf16().flat_map(order).collect::<Vec<u8>>())?),
                    hole => hole,
                });
            }
            Ok(State::Text(out))
        }
        State::Bytes(_) => Err("it is encoded already".to_owned()),
    }
}

/// The bytes that an encoding works on.
fn bytes(state: State) -> Result<Vec<u8>, String> {
    match state {
        State::Bytes(bytes) => Ok(bytes),
        State::Text(parts) => {
            let mut out = Vec::new();
            for part in parts {
                match part {
                    Part::Literal(text) => out.extend_from_slice(text.as_bytes()),
                    Part::Run | Part::One => return Err("a value with wildcards cannot be encoded; `\\*` and `\\?` are the characters".to_owned()),
                }
            }
            Ok(out)
        }
    }
}

/// The part of an encoding in Base64 that does not depend on what stands before and behind, for each of the three places the
/// text can have in a group of three bytes.
fn offsets(bytes: &[u8]) -> Vec<String> {
    (0..3)
        .map(|shift: usize| {
            let padded: Vec<u8> = std::iter::repeat_n(b' ', shift).chain(bytes.iter().copied()).collect();
            let encoded = STANDARD.encode(&padded);
            let start = [0, 2, 3][shift];
            let cut = [0, 3, 2][padded.len() % 3];
            encoded.get(start..encoded.len().saturating_sub(cut)).unwrap_or_default().to_owned()
        })
        .collect()
}

fn text(state: State) -> Result<Pattern, String> {
    match state {
        State::Text(parts) => Ok(Pattern::new(parts)),
        State::Bytes(bytes) => match bytes.strip_prefix(&[0xff, 0xfe]) {
            Some(rest) => Ok(Pattern::new([Part::Literal(format!("\u{feff}{}", as_text(rest)?))])),
            None => Ok(Pattern::new([Part::Literal(as_text(&bytes)?)])),
        },
    }
}

/// Bytes of UTF-16 as a text: each ASCII letter beside a zero. Other letters have bytes that no text holds.
fn as_text(bytes: &[u8]) -> Result<String, String> {
    if bytes.is_ascii() {
        return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
    }
    Err("beyond ASCII, UTF-16 is text only once it is encoded; `base64` or `base64offset` might follow".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, changes: &[Change]) -> Vec<String> {
        let patterns = apply(Pattern::glob(text), changes).unwrap_or_else(|why| panic!("{text}: {why}"));
        patterns.iter().map(|pattern| pattern.as_exact().map_or_else(|| format!("{:?}", pattern.parts()), ToOwned::to_owned)).collect()
    }

    #[test]
    fn dashes_before_words_have_five_spellings() {
        assert_eq!(texts("-f", &[Change::Dashes]), ["-f", "/f", "\u{2013}f", "\u{2014}f", "\u{2015}f"]);
        assert_eq!(texts("/q a-b", &[Change::Dashes]).len(), 5, "a dash inside a word is kept");
        assert_eq!(texts("-a -b", &[Change::Dashes]).len(), 25);
        assert_eq!(texts("--a", &[Change::Dashes]).len(), 5, "only the dash beside the word");
        assert_eq!(texts("- ", &[Change::Dashes]), ["- "]);
        assert!(apply(Pattern::glob("-a -b -c -d -e -f"), &[Change::Dashes]).is_err());
        assert_eq!(apply(Pattern::glob("*-f*"), &[Change::Dashes]).map(|list| list.len()), Ok(5));
    }

    #[test]
    fn encodings_are_those_of_the_bytes() {
        assert_eq!(texts("cmd", &[Change::Base64]), ["Y21k"]);
        assert_eq!(texts("cmd", &[Change::Utf16Little, Change::Base64]), ["YwBtAGQA"]);
        assert_eq!(texts("cmd", &[Change::Utf16Big, Change::Base64]), ["AGMAbQBk"]);
        assert_eq!(texts("cmd", &[Change::Utf16Marked, Change::Base64]), ["//5jAG0AZAA="]);
        assert_eq!(texts("é", &[Change::Utf16Little, Change::Base64]), ["6QA="]);
        assert_eq!(texts("ab", &[Change::Utf16Little]), ["a\0b\0"]);
        assert_eq!(texts("ab", &[Change::Utf16Big]), ["\0a\0b"]);
        assert_eq!(texts("ab", &[Change::Utf16Marked]), ["\u{feff}a\0b\0"]);
        assert!(apply(Pattern::glob("é"), &[Change::Utf16Little]).is_err());
        assert!(apply(Pattern::glob("a*"), &[Change::Base64]).is_err());
        assert_eq!(texts(r"a\*", &[Change::Base64]), ["YSo="]);
    }

    /// Whatever stands around a text, one of the three is in the encoding.
    #[test]
    fn offsets_are_found_wherever_the_text_stands() {
        for text in ["http://", "é☃", "a", "ab", "abc"] {
            for wide in [false, true] {
                let changes: &[Change] = if wide { &[Change::Utf16Little, Change::Base64Offset] } else { &[Change::Base64Offset] };
                let found = texts(text, changes);
                let inner: Vec<u8> = if wide { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.as_bytes().to_vec() };
                for before in 0..7_usize {
                    for after in 0..4_usize {
                        let whole: Vec<u8> = [vec![b'x'; before], inner.clone(), vec![b'y'; after]].concat();
                        let encoded = STANDARD.encode(whole);
                        let offset = &found[before % 3];
                        assert!(encoded.contains(offset.as_str()), "{text} {before} {after}: {encoded} lacks {offset}");
                    }
                }
            }
        }
        assert_eq!(texts("http://", &[Change::Base64Offset]), ["aHR0cDovL", "h0dHA6Ly", "odHRwOi8v"]);
    }
}
