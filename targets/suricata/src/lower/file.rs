//! How tests of files in transit become options: digests as lists, names, sizes, kinds, and bytes.

use backend::Refusal;
use ir::{ByteKind, BytePattern, BytesTest, Field, FieldTest, HexToken, Need, NumberTest, Op, Part as Hole, Pattern, Predicate};
use source::{Code, Loss, Span};
use std::collections::BTreeSet;

use super::buffer::buffer_of;
use super::lowering::{Choice, Lowering, MAX_CONTENT, Options, Part, TOO_LONG, TOO_MANY};
use crate::ast::{Content, Item, Number, Pcre, Re, Sign, Values};

pub(crate) static FILE_WINDOW: Code = Code::note("suricata.file-window", "bytes are looked for in the part of a file that the engine keeps");

pub(crate) static ENCODED_NAME: Code = Code::warn("suricata.encoded-name", "a file name outside ASCII changes on its way");

const DATA: &str = "file.data";
/// More combinations of byte patterns than this are a matter for YARA.
const MAX_COMBINATIONS: usize = 64;

/// Whether the literal asks for digests, which say a file's size as well.
pub(super) fn is_hash(predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Test(FieldTest { field, op: Op::Text { .. }, .. })
        if field.known().is_some_and(|field| matches!(field, Field::FileMd5 | Field::FileSha1 | Field::FileSha256)))
}

/// Whether the test asks for a size.
pub(super) fn is_size(test: &FieldTest) -> bool {
    test.field.known() == Some(Field::FileSize) && matches!(test.op, Op::Number(NumberTest::In(_)))
}

impl Lowering<'_, '_> {
    /// A test of a file.
    pub(super) fn file(&mut self, field: Field, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        match field {
            Field::FileMd5 => self.digests("filemd5", test, negated),
            Field::FileSha1 => self.digests("filesha1", test, negated),
            Field::FileSha256 => self.digests("filesha256", test, negated),
            Field::FileSize => self.size(test, negated),
            Field::FileType => self.kind(test, negated),
            Field::FileExtension => match &test.op {
                Op::Text { patterns, case } => {
                    let patterns = patterns.iter().map(|pattern| pattern.after(".").anywhere_before()).collect();
                    let op = Op::Text { patterns, case: *case };
                    self.file_name(&FieldTest { op, ..test.clone() }, negated)
                }
                _ => self.no_form(test),
            },
            Field::FileName => self.file_name(test, negated),
            _ => self.no_form(test),
        }
    }

    fn file_name(&mut self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let outside = match &test.op {
            Op::Text { patterns, .. } => super::encoded::is_encoded(patterns),
            Op::Regex(list) => list.iter().any(|regex| !regex.is_ascii()),
            _ => false,
        };
        if outside {
            let loss = if negated { Loss::Wider } else { Loss::Narrower };
            let message = "a name outside ASCII is looked for as UTF-8; in a request's path the engine changes it, in mail it is encoded";
            self.loss(&ENCODED_NAME, loss, test.span, message, "the part of the name in ASCII, with `glob`, might be enough");
        }
        match buffer_of(Field::FileName) {
            Some(buffer) => self.in_buffer(buffer, test, negated),
            None => self.no_form(test),
        }
    }

    /// Digests stand in a file beside the rules, one a line.
    pub(super) fn digests(&mut self, keyword: &'static str, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let Op::Text { patterns, .. } = &test.op else { return self.no_form(test) };
        let values: Option<BTreeSet<String>> = patterns.iter().map(|pattern| pattern.as_exact().map(str::to_lowercase)).collect();
        let length = match keyword {
            "filemd5" => 32,
            "filesha1" => 40,
            _ => 64,
        };
        let is_digest = |value: &String| value.len() == length && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        let Some(values) = values.filter(|values| values.iter().all(is_digest) && !values.is_empty()) else { return self.no_form(test) };
        let label = match values.first() {
            Some(value) if values.len() == 1 => value.clone(),
            _ => String::new(),
        };
        if self.class == ir::EventClass::FileContent {
            let message = "a digest is one of the whole file, and the engine keeps 100 kB of an HTTP body as it is shipped";
            let loss = if negated { Loss::Wider } else { Loss::Narrower };
            self.loss(&FILE_WINDOW, loss, test.span, message, "`response-body-limit` and its neighbours in suricata.yaml say how much");
        }
        let values = Values::Digests(values);
        let list = self.list(keyword, values);
        let sign = if negated { Sign::Not } else { Sign::Is };
        let label = if self.detection.indicators.len() == 1 { String::new() } else { label };
        Ok(Part::Options(Options {
            choices: vec![Choice { label, items: vec![Item::FileHash { keyword, sign, list }] }],
            joined: None,
            to_client: false,
        }))
    }

    fn size(&self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let Op::Number(number) = &test.op else { return self.no_form(test) };
        let Some(number) = number.over_whole() else { return Ok(if negated { Part::False } else { Part::True }) };
        let at = |value: i64| u64::try_from(value).ok();
        let flipped = match (number, negated) {
            (NumberTest::Less(than), true) => NumberTest::AtLeast(than),
            (NumberTest::AtMost(than), true) => NumberTest::More(than),
            (NumberTest::More(than), true) => NumberTest::AtMost(than),
            (NumberTest::AtLeast(than), true) => NumberTest::Less(than),
            (NumberTest::In(_) | NumberTest::Decimal(..), true) => return self.no_form(test),
            (number, false) => number,
        };
        let one = |number: Number| Ok(Part::Options(Options::one(vec![Item::FileSize(number)])));
        match flipped {
            NumberTest::In(list) => {
                let choices: Vec<Choice> = list
                    .iter()
                    .filter_map(|value| at(*value))
                    .map(|value| Choice { label: format!("{value} bytes"), items: vec![Item::FileSize(Number::Is(value))] })
                    .collect();
                Ok(if choices.is_empty() { Part::False } else { Part::Options(Options { choices, joined: None, to_client: false }) })
            }
            NumberTest::Less(than) => at(than).filter(|than| *than > 0).map_or(Ok(Part::False), |than| one(Number::Less(than))),
            NumberTest::AtMost(than) => at(than).map_or(Ok(Part::False), |than| one(Number::Less(than.saturating_add(1)))),
            NumberTest::More(than) => at(than).map_or(Ok(Part::True), |than| one(Number::More(than))),
            NumberTest::AtLeast(than) => at(than).filter(|than| *than > 0).map_or(Ok(Part::True), |than| one(Number::More(than - 1))),
            // Worked out above.
            NumberTest::Decimal(..) => self.no_form(test),
        }
    }

    /// The kind of a file by its first bytes, as the catalogue defines it.
    fn kind(&self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        const MAGIC: [(&str, &[u8]); 11] = [
            ("pe", b"MZ"),
            ("elf", b"\x7fELF"),
            ("macho", b"\xfe\xed\xfa\xce"),
            ("macho", b"\xfe\xed\xfa\xcf"),
            ("macho", b"\xce\xfa\xed\xfe"),
            ("macho", b"\xcf\xfa\xed\xfe"),
            ("macho", b"\xca\xfe\xba\xbe"),
            ("zip", b"PK\x03\x04"),
            ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            ("pdf", b"%PDF-"),
            ("script", b"#!"),
        ];
        let Op::Text { patterns, case } = &test.op else { return self.no_form(test) };
        let fits = |name: &str| patterns.iter().any(|pattern| pattern.matches(name, *case));
        if fits("text") || negated {
            return self.no_form(test);
        }
        let magics: Vec<&(&str, &[u8])> = MAGIC.iter().filter(|(name, _)| fits(name)).collect();
        let content = |bytes: &[u8]| Item::Content(Content { bytes: bytes.to_vec(), starts: true, ..Content::default() });
        let choices =
            magics.iter().map(|(name, bytes)| Choice { label: (*name).to_owned(), items: vec![Item::Buffer(DATA), content(bytes)] }).collect();
        let any = super::pattern::either(magics.iter().map(|(_, bytes)| Re::Bytes(bytes.to_vec())).collect());
        let joined = Item::Pcre(Pcre { sign: Sign::Is, expression: Re::Seq(vec![Re::Raw("^"), any]), nocase: false, lines: false });
        let options = Options { choices, joined: (magics.len() > 1).then(|| vec![Item::Buffer(DATA), joined]), to_client: false };
        Ok(if magics.is_empty() { Part::False } else { Part::Options(options) })
    }

    /// A size is known when a file has ended, and bytes are looked for as it passes.
    pub(super) fn size_of_bytes(&mut self, options: &[(Options, Span, bool)]) {
        let asks = |options: &Options, wanted: fn(&Item) -> bool| options.choices.iter().any(|choice| choice.items.iter().any(wanted));
        let bytes = options.iter().any(|(one, _, negated)| !negated && asks(one, |item| matches!(item, Item::Buffer(DATA))));
        let size = options.iter().find(|(one, ..)| asks(one, |item| matches!(item, Item::FileSize(_))));
        if let (true, Some((_, span, _))) = (bytes, size) {
            let message = "a file's size is known at its end, when the engine holds the beginning of a short file alone (about 40 kB)";
            self.loss(&FILE_WINDOW, Loss::Narrower, *span, message, "without the size, the bytes are found in the beginning of any file");
        }
    }

    /// Byte patterns in a file's data.
    pub(super) fn bytes(&mut self, test: &BytesTest) -> Result<Options, Refusal> {
        let message = "the engine keeps the first part of a file only: 100 kB of an HTTP body as it is shipped";
        self.loss(&FILE_WINDOW, Loss::Narrower, test.span, message, "`response-body-limit` and its neighbours in suricata.yaml say how much");
        let mut forms: Vec<Vec<Vec<Item>>> = Vec::with_capacity(test.patterns.len());
        for pattern in &test.patterns {
            forms.push(self.byte_forms(pattern, test)?);
        }
        let need = match test.need {
            Need::Any => 1,
            Need::All => forms.len(),
            Need::AtLeast(count) => usize::try_from(count).unwrap_or(usize::MAX),
        };
        let Some(rows) = combinations(&forms, need, MAX_COMBINATIONS.max(if need == 1 { forms.len() * 2 } else { 0 })) else {
            return self.refuse(&TOO_MANY, test.span, format!("the patterns have more than {MAX_COMBINATIONS} combinations, and each needs a rule"));
        };
        let many = rows.len() > 1;
        let choices = rows
            .into_iter()
            .enumerate()
            .map(|(at, row)| {
                let items = std::iter::once(Item::Buffer(DATA)).chain(row).collect();
                Choice { label: if many { format!("bytes {}", at + 1) } else { String::new() }, items }
            })
            .collect();
        Ok(Options { choices, joined: None, to_client: false })
    }

    /// Each form in which a pattern can stand in a file: as it is, or as UTF-16LE.
    fn byte_forms(&mut self, pattern: &BytePattern, test: &BytesTest) -> Result<Vec<Vec<Item>>, Refusal> {
        let position = match pattern.at.map(u16::try_from) {
            None => None,
            Some(Ok(at)) => Some(at),
            Some(Err(_)) => return self.refuse(&TOO_LONG, test.span, "an offset is 65,535 at most"),
        };
        let literal = |bytes: &[u8]| -> Result<Vec<Vec<Item>>, Refusal> {
            let wide: Vec<u8> = bytes.iter().flat_map(|byte| [*byte, 0]).collect();
            let mut out = Vec::new();
            if pattern.ascii || !pattern.wide {
                out.push(self.bytes_here(bytes, pattern, position, 1, test)?);
            }
            if pattern.wide {
                out.push(self.bytes_here(&wide, pattern, position, 2, test)?);
            }
            Ok(out)
        };
        let anchored = |re: Re| match position {
            None => re,
            Some(at) => Re::Seq(vec![
                Re::Raw("\\A"),
                Re::Repeat { inner: Box::new(Re::Class(vec![(0, 255)])), min: u32::from(at), max: Some(u32::from(at)), greedy: true },
                Re::Either(vec![re]),
            ]),
        };
        let expression = |re: Re, nocase: bool| Item::Pcre(Pcre { sign: Sign::Is, expression: anchored(re), nocase, lines: false });
        match &pattern.kind {
            ByteKind::Text(text) => literal(text.as_bytes()),
            ByteKind::Bytes(bytes) => literal(bytes),
            ByteKind::Regex(regex) => {
                let placed = pattern.fullword || position.is_some();
                let mut out = Vec::new();
                for wide in [false, true] {
                    if !(if wide { pattern.wide } else { pattern.ascii || !pattern.wide }) {
                        continue;
                    }
                    let around = |re: Re| {
                        let word = |re| Re::Seq(vec![not_behind_letter(wide), Re::Either(vec![re]), NO_LETTER_NEXT]);
                        anchored(if pattern.fullword { word(re) } else { re })
                    };
                    let around: Option<&dyn Fn(Re) -> Re> = if placed { Some(&around) } else { None };
                    out.push(self.in_bytes(regex, pattern.nocase, wide, test.span, around)?);
                }
                Ok(out)
            }
            ByteKind::Hex(tokens) => {
                let plain: Option<Vec<u8>> =
                    tokens.iter().map(|token| if let HexToken::Byte { value, mask: 0xff } = token { Some(*value) } else { None }).collect();
                if let Some(bytes) = plain {
                    return Ok(vec![self.bytes_here(&bytes, pattern, position, 1, test)?]);
                }
                let Some(re) = hex(tokens) else { return self.refuse(&TOO_LONG, test.span, "a jump is 65,535 bytes at most") };
                let mut items: Vec<Item> =
                    longest_run(tokens).map(|bytes| Item::Content(Content { bytes, ..Content::default() })).into_iter().collect();
                items.push(expression(re, false));
                Ok(vec![items])
            }
        }
    }

    fn bytes_here(&self, bytes: &[u8], pattern: &BytePattern, at: Option<u16>, width: usize, test: &BytesTest) -> Result<Vec<Item>, Refusal> {
        if bytes.is_empty() || bytes.len() > MAX_CONTENT {
            return self.refuse(&TOO_LONG, test.span, format!("a pattern of {} bytes; a content has 1 to {MAX_CONTENT}", bytes.len()));
        }
        let mut items = vec![Item::Content(Content { bytes: bytes.to_vec(), nocase: pattern.nocase, at, ..Content::default() })];
        if pattern.fullword {
            let expression = Re::Seq(vec![not_behind_letter(width == 2), Re::Bytes(bytes.to_vec()), NO_LETTER_NEXT]);
            items.push(Item::Pcre(Pcre { sign: Sign::Is, expression, nocase: pattern.nocase, lines: false }));
        }
        Ok(items)
    }
}

/// No letter or digit stands right behind.
const NO_LETTER_NEXT: Re = Re::Raw("(?![A-Za-z0-9])");

/// No letter or digit stands right before.
fn not_behind_letter(wide: bool) -> Re {
    Re::Raw(if wide { "(?<![A-Za-z0-9][\\x00-\\xFF])" } else { "(?<![A-Za-z0-9])" })
}

/// Rows of options, each of which fulfils `need` of the patterns, in the order of the patterns; `None` when there are more than `limit`.
fn combinations(forms: &[Vec<Vec<Item>>], need: usize, limit: usize) -> Option<Vec<Vec<Item>>> {
    if need == 0 {
        return Some(vec![Vec::new()]);
    }
    if forms.len() < need {
        return Some(Vec::new());
    }
    if need == 1 {
        let rows: Vec<Vec<Item>> = forms.iter().flatten().cloned().collect();
        return (rows.len() <= limit).then_some(rows);
    }
    if need == forms.len() {
        let mut rows = vec![Vec::new()];
        for pattern in forms {
            if let [only] = pattern.as_slice() {
                rows.iter_mut().for_each(|row| row.extend(only.iter().cloned()));
                continue;
            }
            if rows.len().saturating_mul(pattern.len()) > limit {
                return None;
            }
            rows = rows.iter().flat_map(|row| pattern.iter().map(move |form| row.iter().chain(form).cloned().collect())).collect();
        }
        return Some(rows);
    }
    // Some of many patterns are more rows than patterns.
    if forms.len() > limit {
        return None;
    }
    // For each number of patterns up to `need`, the rows that fulfil so many of those looked at so far, from the last to the first.
    let mut rows: Vec<Vec<Vec<Item>>> = vec![Vec::new(); need + 1];
    if let Some(none) = rows.first_mut() {
        none.push(Vec::new());
    }
    for (at, pattern) in forms.iter().enumerate().rev() {
        // Fewer than this cannot become enough with the patterns that are left.
        let least = need.saturating_sub(at).max(1);
        for count in (least..=need.min(forms.len() - at)).rev() {
            let Some(tails) = rows.get(count - 1) else { continue };
            if tails.len().saturating_mul(pattern.len()) > limit {
                return None;
            }
            let mut with: Vec<Vec<Item>> =
                pattern.iter().flat_map(|form| tails.iter().map(move |tail| form.iter().chain(tail).cloned().collect())).collect();
            let Some(known) = rows.get_mut(count) else { continue };
            with.append(known);
            if with.len() > limit {
                return None;
            }
            *known = with;
        }
    }
    rows.pop()
}

/// A hex string as an expression; `None` when a jump is longer than PCRE can count.
fn hex(tokens: &[HexToken]) -> Option<Re> {
    let pieces: Option<Vec<Re>> = tokens
        .iter()
        .map(|token| {
            Some(match token {
                HexToken::Byte { value, mask: 0xff } => Re::Bytes(vec![*value]),
                HexToken::Byte { value, mask } => {
                    Re::Class((0..=255u8).filter(|byte| byte & mask == *value).map(|byte| (byte, byte)).fold(Vec::new(), join))
                }
                HexToken::Jump { min, max } if *min <= 65_535 && max.is_none_or(|max| max <= 65_535) => {
                    Re::Repeat { inner: Box::new(Re::Class(vec![(0, 255)])), min: *min, max: *max, greedy: false }
                }
                HexToken::Jump { .. } => return None,
                HexToken::Either(list) => Re::Either(list.iter().map(|tokens| hex(tokens)).collect::<Option<_>>()?),
            })
        })
        .collect();
    Some(Re::Seq(pieces?))
}

fn join(mut ranges: Vec<(u8, u8)>, next: (u8, u8)) -> Vec<(u8, u8)> {
    match ranges.last_mut() {
        Some(last) if last.1.checked_add(1) == Some(next.0) => last.1 = next.1,
        _ => ranges.push(next),
    }
    ranges
}

/// The longest run of whole bytes in a hex string, outside alternatives.
fn longest_run(tokens: &[HexToken]) -> Option<Vec<u8>> {
    let runs = tokens.split(|token| !matches!(token, HexToken::Byte { mask: 0xff, .. }));
    let bytes = runs
        .map(|run| run.iter().filter_map(|token| if let HexToken::Byte { value, .. } = token { Some(*value) } else { None }).collect::<Vec<u8>>());
    bytes.filter(|run| run.len() > 1).max_by_key(Vec::len)
}

/// The pattern's literals with any run inside an address's limits.
pub(super) fn address_parts(pattern: &Pattern) -> Re {
    Re::Seq(
        pattern
            .parts()
            .iter()
            .map(|part| match part {
                Hole::Literal(text) => Re::Text(text.clone()),
                Hole::Run => Re::Raw("[^\\s<>,\\x3B]*"),
                Hole::One => Re::Raw("[^\\s<>,\\x3B]"),
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Vec<Item> {
        vec![Item::Content(Content { bytes: text.as_bytes().to_vec(), ..Content::default() })]
    }

    fn words(rows: &[Vec<Item>]) -> Vec<String> {
        let byte = |item: &Item| if let Item::Content(content) = item { String::from_utf8_lossy(&content.bytes).into_owned() } else { String::new() };
        rows.iter().map(|row| row.iter().map(byte).collect()).collect()
    }

    #[test]
    fn rows_stand_in_the_order_of_the_patterns() {
        let forms: Vec<Vec<Vec<Item>>> = vec![vec![form("a"), form("A")], vec![form("b")], vec![form("c")], vec![form("d")]];
        let rows = |need, limit| combinations(&forms, need, limit).map(|rows| words(&rows));
        let expected = |text: &str| Some(text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(rows(0, 64), Some(vec![String::new()]));
        assert_eq!(rows(1, 64), expected("a A b c d"));
        assert_eq!(rows(2, 64), expected("ab ac ad Ab Ac Ad bc bd cd"));
        assert_eq!(rows(3, 64), expected("abc abd acd Abc Abd Acd bcd"));
        assert_eq!(rows(4, 64), expected("abcd Abcd"));
        assert_eq!((rows(5, 64), rows(2, 8), rows(4, 1)), (Some(Vec::new()), None, None));
    }

    #[test]
    fn long_lists_are_walked_not_climbed() {
        let forms: Vec<Vec<Vec<Item>>> = (0..200_000).map(|at| vec![form(&at.to_string())]).collect();
        assert_eq!(combinations(&forms, 1, 400_000).map(|rows| rows.len()), Some(200_000));
        assert_eq!(combinations(&forms, forms.len(), 64).map(|rows| rows.iter().map(Vec::len).collect()), Some(vec![200_000]));
        assert!(combinations(&forms, 5, 64).is_none() && combinations(&forms, 199_999, 64).is_none());
    }
}
