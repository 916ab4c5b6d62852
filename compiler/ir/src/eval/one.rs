//! Does one event fit a rule?

use memchr::memmem;

use crate::observable::{Url, parse_address};
use crate::{
    ByteKind, BytePattern, BytesTest, Case, EventRule, EventSelector, FieldRef, FieldTest, FieldValue, HexToken, Need, NumberTest, Op, Pattern,
    Place, Predicate, Record,
};

/// Whether one event fits a rule: its log source, and its predicate.
#[must_use]
pub fn matches(rule: &EventRule, record: &Record) -> bool {
    fits(&rule.event, &record.event) && holds(&rule.predicate, record)
}

fn fits(wanted: &EventSelector, is: &EventSelector) -> bool {
    fn agrees<T: PartialEq>(wanted: Option<T>, is: Option<T>) -> bool {
        wanted.is_none() || is.is_none() || wanted == is
    }
    wanted.source.covers(&is.source) && agrees(wanted.platform, is.platform) && agrees(wanted.flow, is.flow) && agrees(wanted.sensor, is.sensor)
}

/// Whether a predicate holds for an event, whatever its log source.
#[must_use]
pub fn holds(predicate: &Predicate, record: &Record) -> bool {
    match predicate {
        Predicate::All(list) => list.iter().all(|inner| holds(inner, record)),
        Predicate::Any(list) => list.iter().any(|inner| holds(inner, record)),
        Predicate::Not(inner) => !holds(inner, record),
        Predicate::Test(test) => tests(test, record),
        Predicate::Bytes(test) => record.bytes.as_deref().is_some_and(|bytes| finds(test, bytes)),
    }
}

fn tests(test: &FieldTest, record: &Record) -> bool {
    if test.field == FieldRef::Any {
        let whole = record.message.as_deref().map(|text| FieldValue::Text(text.to_owned()));
        return record.fields.values().chain(whole.as_ref()).any(|value| fits_op(&test.op, value, record));
    }
    match &test.op {
        Op::Missing => record.written(&test.field).is_none(),
        Op::Empty => {
            record.written(&test.field).is_some_and(|value| value.any(&mut |value| matches!(value, FieldValue::Text(text) if text.is_empty())))
        }
        op => record.get(&test.field).is_some_and(|value| fits_op(op, &value, record)),
    }
}

/// Whether a value that is there fits an operator.
fn fits_op(op: &Op, value: &FieldValue, record: &Record) -> bool {
    let on_text = |check: &dyn Fn(&str) -> bool| value.any(&mut |value| value.text().is_some_and(|text| check(&text)));
    match op {
        Op::Exists => true,
        // Asked before there is a value.
        Op::Empty | Op::Missing => false,
        Op::Text { patterns, case } => on_text(&|text| patterns.iter().any(|pattern| pattern.matches(text, *case))),
        Op::Regex(list) => on_text(&|text| list.iter().any(|regex| regex.is_match(text.as_bytes()))),
        Op::Address(nets) => on_text(&|text| parse_address(text).is_ok_and(|address| nets.iter().any(|net| net.contains(&address)))),
        Op::Domain(domains) => on_text(&|text| domains.iter().any(|domain| domain.covers(text))),
        Op::Under(trees) => on_text(&|text| trees.iter().flat_map(crate::Tree::patterns).any(|pattern| pattern.matches(text, Case::Insensitive))),
        Op::Url(urls) => on_text(&|text| Url::parse(text).is_ok_and(|url| urls.iter().any(|wanted| wanted.same(&url)))),
        Op::Number(test @ NumberTest::Decimal(..)) => value.any(&mut |value| value.decimal().is_some_and(|is| test.fits(is))),
        Op::Number(number) => value.any(&mut |value| value.number().is_some_and(|is| number.fits(is.into()))),
        Op::Flag(flag) => value.any(&mut |value| match value {
            FieldValue::Flag(is) => is == flag,
            other => other.text().is_some_and(|text| text.eq_ignore_ascii_case(if *flag { "true" } else { "false" })),
        }),
        Op::Time { part, number } => on_text(&|text| crate::time::part_of(text, *part).is_some_and(|is| number.fits(is.into()))),
        Op::Same { other, place, case } => record.get(other).is_some_and(|other| {
            on_text(&|text| other.any(&mut |value| value.text().is_some_and(|other| stands(&other, *place).matches(text, *case))))
        }),
    }
}

/// What a text fits in which another stands at a place.
fn stands(other: &str, place: Place) -> Pattern {
    match place {
        Place::Whole => Pattern::exact(other),
        Place::Start => Pattern::starts(other),
        Place::End => Pattern::ends(other),
        Place::Anywhere => Pattern::contains(other),
    }
}

fn finds(test: &BytesTest, bytes: &[u8]) -> bool {
    let need = match test.need {
        Need::Any => 1,
        Need::All => test.patterns.len(),
        Need::AtLeast(count) => count as usize,
    };
    test.patterns.iter().filter(|pattern| found(pattern, bytes)).take(need).count() >= need
}

fn found(pattern: &BytePattern, bytes: &[u8]) -> bool {
    let literal = |narrow: &[u8], wide: &[u8]| {
        let ascii = pattern.ascii || !pattern.wide;
        (ascii && literal_found(pattern, bytes, narrow, 1)) || (pattern.wide && literal_found(pattern, bytes, wide, 2))
    };
    match &pattern.kind {
        ByteKind::Text(text) => literal(text.as_bytes(), &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
        ByteKind::Bytes(wanted) => literal(wanted, &wanted.iter().flat_map(|byte| [*byte, 0]).collect::<Vec<u8>>()),
        ByteKind::Hex(tokens) => match pattern.at {
            Some(at) => usize::try_from(at).ok().and_then(|at| bytes.get(at..)).is_some_and(|rest| hex_here(tokens, rest)),
            None => (0..=bytes.len()).any(|at| hex_here(tokens, &bytes[at..])),
        },
        ByteKind::Regex(regex) => {
            let Some(search) = regex.over_bytes(pattern.nocase) else { return false };
            let ascii = pattern.ascii || !pattern.wide;
            (ascii && regex_found(pattern, search, bytes, (0, bytes, 0), 1))
                || (pattern.wide && wide_runs(bytes).iter().any(|(at, run, before)| regex_found(pattern, search, bytes, (*at, run, *before), 2)))
        }
    }
}

/// Looks for an expression in a run of characters, `width` bytes each, that begins at an offset of the file; so many
/// characters of the run only stand before it.
fn regex_found(pattern: &BytePattern, search: &::regex::bytes::Regex, bytes: &[u8], (at, run, before): (usize, &[u8], usize), width: usize) -> bool {
    let place = |index: usize| at + (index - before) * width;
    let mut from = before;
    while from <= run.len() {
        let Some(found) = search.find_at(run, from) else { return false };
        let (start, end) = (place(found.start()), place(found.end()));
        if pattern.at.is_none_or(|at| at == start as u64) && alone(pattern, bytes, start, end, width) {
            return true;
        }
        from = found.start() + 1;
    }
    false
}

/// The runs of wide characters below 256 in a file, as one byte each, with their offsets. A run that does not begin with the
/// file has one zero before it, so that `^` does not fit there.
fn wide_runs(bytes: &[u8]) -> Vec<(usize, Vec<u8>, usize)> {
    let mut out: Vec<(usize, Vec<u8>, usize)> = Vec::new();
    for first in 0..2 {
        let mut open = false;
        for (index, pair) in bytes.get(first..).unwrap_or_default().chunks_exact(2).enumerate() {
            match (pair, out.last_mut()) {
                ([char, 0], Some((_, run, _))) if open => run.push(*char),
                ([char, 0], _) => {
                    let at = first + index * 2;
                    out.push(if at == 0 { (0, vec![*char], 0) } else { (at, vec![0, *char], 1) });
                    open = true;
                }
                _ => open = false,
            }
        }
    }
    out
}

/// Looks for a literal whose characters are `width` bytes wide. Without case, a byte of a wide character folds only when
/// the character is an ASCII letter.
fn literal_found(pattern: &BytePattern, bytes: &[u8], wanted: &[u8], width: usize) -> bool {
    let folds = |at: usize| width == 1 || (at.is_multiple_of(2) && wanted.get(at + 1) == Some(&0));
    let here = |at: usize| {
        at.checked_add(wanted.len()).and_then(|end| bytes.get(at..end)).is_some_and(|is| {
            let same = if pattern.nocase {
                is.iter().zip(wanted).enumerate().all(|(at, (is, wanted))| is == wanted || (folds(at) && is.eq_ignore_ascii_case(wanted)))
            } else {
                is == wanted
            };
            same && alone(pattern, bytes, at, at + wanted.len(), width)
        })
    };
    match pattern.at {
        Some(at) => usize::try_from(at).is_ok_and(here),
        None if !pattern.nocase && !pattern.fullword => memmem::find(bytes, wanted).is_some(),
        None => (0..=bytes.len().saturating_sub(wanted.len())).any(here),
    }
}

/// Whether no letter or digit stands next to a find, when the pattern asks for that.
fn alone(pattern: &BytePattern, bytes: &[u8], start: usize, end: usize, width: usize) -> bool {
    let word = |at: Option<usize>| {
        let Some(at) = at else { return false };
        bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) && (width == 1 || bytes.get(at + 1) == Some(&0))
    };
    !pattern.fullword || (!word(start.checked_sub(width)) && !word(Some(end)))
}

/// Matches hex tokens at the start of `bytes`; every reachable position is tried once for each token.
fn hex_here(tokens: &[HexToken], bytes: &[u8]) -> bool {
    fn step(tokens: &[HexToken], bytes: &[u8], starts: &std::collections::BTreeSet<usize>) -> std::collections::BTreeSet<usize> {
        let mut at = starts.clone();
        for token in tokens {
            at = match token {
                HexToken::Byte { value, mask } => {
                    at.into_iter().filter(|at| bytes.get(*at).is_some_and(|byte| byte & mask == *value)).map(|at| at + 1).collect()
                }
                HexToken::Jump { min, max } => {
                    let last = bytes.len();
                    at.iter()
                        .flat_map(|from| (from + *min as usize).min(last + 1)..=max.map_or(last, |max| (from + max as usize).min(last)))
                        .collect()
                }
                HexToken::Either(alternatives) => alternatives.iter().flat_map(|tokens| step(tokens, bytes, &at)).collect(),
            };
            if at.is_empty() {
                break;
            }
        }
        at
    }
    !step(tokens, bytes, &std::iter::once(0).collect()).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventClass, Field, FieldRef};
    use source::{Sources, Span};

    fn span() -> Span {
        Span::new(Sources::default().add("test", ""), 0, 0)
    }

    fn record(class: EventClass, fields: &[(Field, &str)]) -> Record {
        let mut record = Record::new(EventSelector::of(class));
        record.fields = fields.iter().map(|(field, value)| (FieldRef::Known(*field), FieldValue::Text((*value).to_owned()))).collect();
        record
    }

    #[test]
    fn a_missing_field_is_false_and_its_negation_true() {
        let empty = record(EventClass::ProcessStart, &[(Field::ProcessPath, "")]);
        let test = Predicate::is(Field::ProcessName, "cmd.exe", span());
        assert!(!holds(&test, &empty));
        assert!(holds(&test.negate(), &empty));
    }

    #[test]
    fn parts_follow_from_the_whole() {
        let event = record(EventClass::ProcessStart, &[(Field::ProcessPath, r"C:\Windows\CMD.exe")]);
        assert!(holds(&Predicate::is(Field::ProcessName, "cmd.exe", span()), &event));
        let request = record(EventClass::HttpRequest, &[(Field::UrlFull, "https://Evil.example/a?b=1")]);
        let domain = crate::Domain::parse("example").unwrap();
        assert!(holds(&Predicate::test(Field::UrlHost, Op::Domain(vec![domain]), span()), &request));
        assert!(holds(&Predicate::is(Field::UrlQuery, "b=1", span()), &request));
    }

    #[test]
    fn hex_strings_match_with_jumps_and_alternatives() {
        let byte = |value| HexToken::Byte { value, mask: 0xff };
        let tokens = vec![byte(1), HexToken::Jump { min: 1, max: Some(2) }, HexToken::Either(vec![vec![byte(9)], vec![byte(8), byte(7)]])];
        let pattern = BytePattern { kind: ByteKind::Hex(tokens), ..BytePattern::text("") };
        assert!(found(&pattern, &[0, 1, 5, 5, 8, 7]));
        assert!(!found(&pattern, &[1, 9]));
        assert!(!found(&pattern, &[1, 5, 5, 5, 9]));
    }

    #[test]
    fn wide_text_is_utf16_and_regexes_read_bytes() {
        let wide = |text: &str| BytePattern { ascii: false, wide: true, ..BytePattern::text(text) };
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        assert!(found(&wide("é☃x"), &utf16("--é☃x--")));
        assert!(!found(&wide("é☃x"), "é☃x".as_bytes()));
        assert!(found(&BytePattern { nocase: true, ..wide("ŁA") }, &utf16("Ła")));
        assert!(!found(&BytePattern { nocase: true, ..wide("ŁA") }, &utf16("šA")), "0x41 in U+0141 is no letter");
        let word = BytePattern { fullword: true, ..BytePattern::text("a.a") };
        assert!(found(&word, b"xa.a.a") && !found(&word, b"xa.ax"));
        let regex = |text: &str| BytePattern { kind: ByteKind::Regex(crate::Regex::parse(text, Case::Sensitive).unwrap()), ..BytePattern::text("") };
        assert!(found(&regex("a.b"), b"a\xffb") && !found(&regex("a.b"), "aéb".as_bytes()), "a dot is one byte");
        assert!(found(&BytePattern { wide: true, ascii: false, ..regex(r"\ba[0-9]+b") }, b"\x01a\x001\x002\x00b\x00"));
        assert!(
            found(&BytePattern { nocase: true, at: Some(1), ..regex("AB") }, b"xab") && !found(&BytePattern { at: Some(2), ..regex("ab") }, b"xab")
        );
        assert!(
            found(&BytePattern { fullword: true, ..regex("a[0-9]") }, b"a1x a2")
                && !found(&BytePattern { fullword: true, ..regex("a[0-9]") }, b"a1x")
        );
    }
}
