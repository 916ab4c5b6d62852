//! What does a detection look like as YARA rules?

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use backend::{Cx, Refusal};
use ir::record::file_type;
use ir::{BytesTest, Case, Detection, Field, FieldTest, HexToken, Kind, Need, NumberTest, Op, Part, Pattern, Predicate, Regex, Verdict};
use source::{Code, Loss, Span};

use crate::ast::{Algorithm, Body, Compare, Condition, Item, Place, Rule, SizeIs, Text, Value};
use crate::carried::Carried;
use crate::pattern::{self, PATTERN, Search};
use crate::{name, regex, shard, verify};

pub(crate) static CONSTANT: Code = Code::warn("yara.constant", "a condition holds for every file, or for none");
pub(crate) static CORRELATION: Code = Code::warn("yara.correlation", "YARA sees one file at a time");
pub(crate) static NATIVE_WARNING: Code = Code::note("yara.native-warning", "the engine warns about a rule that travels along");
pub(crate) static MANY_STRINGS: Code = Code::warn("yara.many-strings", "a rule would have more strings than classic YARA takes");

pub(crate) static CARRIED_GLOBAL: Code = Code::warn("yara.carried-global", "a global rule that travels along gates others");

/// Classic YARA refuses a rule with more strings, and with it the whole file (`DEFAULT_MAX_STRINGS_PER_RULE`, libyara/include/yara/limits.h).
const MAX_STRINGS: usize = 10_000;
/// Up to so many members of a count are written out where YARA cannot count them itself.
const MAX_SPELLED: usize = 6;
/// Scanners show the description in one line.
const MAX_DESCRIPTION: usize = 250;
/// Classic YARA reads a value into a buffer of 8,192 bytes.
const MAX_VALUE: usize = 1_000;

/// Makes the items of a detection.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Item>, Refusal> {
    let meta = &detection.meta;
    let block = detection.key.strip_prefix(&meta.advisory).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&detection.key);
    // Every rule of YARA is about the content of files: the part that indicators get for it says nothing here.
    let block = block.strip_suffix(".file-content").unwrap_or(block);
    let place = Place { advisory: meta.advisory.clone(), block: block.to_owned(), id: detection.id, title: detection.title.clone() };
    match &detection.kind {
        Kind::Event(rule) => {
            let parts = shard::split(&rule.predicate, &place, cx);
            let mut out: Vec<Item> = parts.lists.into_iter().map(Item::List).collect();
            let many = parts.rules.len() > 1;
            let mut refused = Vec::new();
            for (at, predicate) in parts.rules.iter().enumerate() {
                let part = if many { at + 1 } else { 0 };
                let id = if many { ir::id::part(detection.id, &part.to_string()) } else { detection.id };
                let (strings, condition) = match body(predicate, !detection.indicators.is_empty(), cx) {
                    Ok(body) => body,
                    Err(refusal) => {
                        refused.push(refusal);
                        continue;
                    }
                };
                let name = name::rule(detection, block, id, part);
                let place = Place { id, ..place.clone() };
                out.push(Item::Rule(Box::new(Rule { place, name, tags: name::tags(detection), meta: about(detection, id), strings, condition })));
            }
            if out.is_empty() && !refused.is_empty() {
                return Err(refused.swap_remove(0));
            }
            left_out(refused, cx);
            Ok(out)
        }
        Kind::Correlation(_) => Err(Refusal {
            help: Some("a facet on `file.content` for one of the files might be enough".to_owned()),
            ..cx.unsupported(&CORRELATION, cx.span(), "YARA sees one file at a time: it counts no events and knows no order")
        }),
        Kind::Native { file, text, .. } => {
            let carried = Arc::new(Carried::read(text));
            if carried.rules.is_empty() {
                return Err(cx.unsupported(&backend::CARRIED, cx.span(), format!("`{file}` holds no rule")));
            }
            for name in verify::globals(text) {
                let message =
                    format!("`{file}`: `{name}` is a global rule: where it does not hold, no other rule of its namespace is tried, ours included");
                cx.note(&CARRIED_GLOBAL, message, "a `private` rule that is named in conditions gates those alone; a namespace of its own does too");
            }
            for warning in verify::warnings(text) {
                cx.note(&NATIVE_WARNING, format!("`{file}`: {warning}"), "the rule travels along as it is");
            }
            Ok((0..carried.rules.len()).map(|rule| Item::Native { place: place.clone(), file: carried.clone(), rule }).collect())
        }
    }
}

/// A rule's strings and condition.
fn body(predicate: &Predicate, sorted: bool, cx: &mut Cx<'_>) -> Result<(Vec<Text>, Condition), Refusal> {
    let mut body = BodyMaker { strings: Vec::new(), known: BTreeMap::new(), tests: 0, groups: BTreeMap::new(), sorted, cx };
    let condition = body.condition(predicate, true)?.simple();
    if condition == Condition::TRUE || condition == Condition::FALSE {
        let which = if condition == Condition::TRUE { "every file" } else { "no file" };
        return Err(cx.unsupported(&CONSTANT, cx.span(), format!("the condition holds for {which}")));
    }
    let strings = body.strings;
    let mut used = Vec::new();
    condition.visit(&mut |inner| match inner {
        Condition::Found(string, _) => used.push(*string),
        Condition::Count(_, list) => used.extend(list),
        _ => {}
    });
    used.sort_unstable();
    used.dedup();
    let condition = condition.renumbered(&|old| used.binary_search(&old).unwrap_or(0));
    let mut kept: Vec<Text> = strings.into_iter().enumerate().filter(|(at, _)| used.binary_search(at).is_ok()).map(|(_, text)| text).collect();
    if kept.len() > MAX_STRINGS {
        let message = format!("the condition looks for {} strings, and a rule of classic YARA holds {MAX_STRINGS}", kept.len());
        let help = "several behaviours with a part of the strings each might say it";
        return Err(Refusal { help: Some(help.to_owned()), ..cx.unsupported(&MANY_STRINGS, cx.span(), message) });
    }
    let mut numbers = BTreeMap::new();
    for text in &mut kept {
        let number = numbers.entry(text.name.prefix).or_insert(0);
        *number += 1;
        text.name.number = *number;
    }
    Ok((kept, condition))
}

struct BodyMaker<'a, 'c> {
    strings: Vec<Text>,
    /// Where each of the strings is.
    known: BTreeMap<Likeness, usize>,
    /// How many tests on bytes there were.
    tests: usize,
    /// Those of them that look for text, with their place among these: each has a letter of its own for its strings.
    groups: BTreeMap<usize, usize>,
    /// Whether the order of the strings says nothing, because they come from a list.
    sorted: bool,
    cx: &'a mut Cx<'c>,
}

impl BodyMaker<'_, '_> {
    fn condition(&mut self, predicate: &Predicate, positive: bool) -> Result<Condition, Refusal> {
        match predicate {
            Predicate::All(list) => Ok(Condition::All(list.iter().map(|inner| self.condition(inner, positive)).collect::<Result<_, _>>()?)),
            Predicate::Any(list) => {
                let each = list.iter().map(|inner| self.condition(inner, positive)).collect();
                self.any(each, positive)
            }
            Predicate::Not(inner) => Ok(Condition::Not(Box::new(self.condition(inner, !positive)?))),
            Predicate::Test(test) => self.test(test, positive),
            Predicate::Bytes(test) => self.bytes(test, positive),
        }
    }

    /// Alternatives: one that cannot be said is left out and named, as long as another is left.
    fn any(&mut self, each: Vec<Result<Condition, Refusal>>, positive: bool) -> Result<Condition, Refusal> {
        let mut out = Vec::with_capacity(each.len());
        let mut refused = Vec::new();
        for one in each {
            match one {
                Ok(condition) => out.push(condition),
                Err(refusal) if positive => refused.push(refusal),
                Err(refusal) => return Err(refusal),
            }
        }
        if out.is_empty() && !refused.is_empty() {
            return Err(refused.swap_remove(0));
        }
        left_out(refused, self.cx);
        Ok(Condition::Any(out))
    }

    fn test(&self, test: &FieldTest, positive: bool) -> Result<Condition, Refusal> {
        let condition = match (test.field.known(), &test.op) {
            (Some(Field::FileSize), Op::Number(number)) => Some(size(number)),
            (Some(Field::FileType), Op::Text { patterns, case }) => {
                Some(kinds(positive, |kind| patterns.iter().any(|pattern| pattern.matches(kind, *case))))
            }
            (Some(Field::FileType), Op::Regex(list)) => Some(kinds(positive, |kind| list.iter().any(|regex| regex.is_match(kind.as_bytes())))),
            (_, Op::Text { patterns, case }) => match shard::algorithm(&test.field) {
                Some(algorithm) => Some(self.digests(algorithm, patterns, *case, positive, test.span)?),
                None => None,
            },
            (_, Op::Regex(list)) => match shard::algorithm(&test.field) {
                Some(algorithm) => Some(self.matching(algorithm, list, positive, test.span)?),
                None => None,
            },
            _ => None,
        };
        condition.ok_or_else(|| self.cx.unsupported(&backend::OPERATOR, test.span, format!("YARA has no form for this test of `{}`", test.field)))
    }

    fn digests(&self, algorithm: Algorithm, patterns: &[Pattern], case: Case, positive: bool, span: Span) -> Result<Condition, Refusal> {
        if patterns.len() > shard::PER_RULE {
            let message = format!("{} digests stand beside other conditions, and a rule holds {}", patterns.len(), shard::PER_RULE);
            return Err(self.cx.unsupported(&shard::HASH_LIST, span, message));
        }
        let mut patterns = patterns.to_vec();
        patterns.sort();
        patterns.dedup();
        let mut out = Vec::with_capacity(patterns.len());
        for pattern in &patterns {
            // Digests are hex in lower case: another text never fits, and YARA-X warns about it.
            let possible =
                |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f') || (case == Case::Insensitive && matches!(byte, b'A'..=b'F'));
            let length: usize = pattern.literals().map(str::len).sum();
            let whole = pattern.as_exact().is_none() || length == digits(algorithm);
            if !whole || length > digits(algorithm) || !pattern.literals().all(|text| text.bytes().all(possible)) {
                continue;
            }
            if empty(algorithm).is_some_and(|digest| pattern.matches(digest, case)) {
                // Classic YARA computes no digest of nothing.
                out.push(Condition::Size(SizeIs::Equal, 0));
            }
            let lower = |text: &str| text.to_ascii_lowercase();
            let compare = match pattern.parts() {
                [Part::Literal(text)] => {
                    let digest = lower(text);
                    if Some(digest.as_str()) == empty(algorithm) {
                        continue;
                    }
                    Compare::Is(digest)
                }
                [Part::Literal(text), Part::Run] => Compare::Starts(lower(text)),
                [Part::Run, Part::Literal(text)] => Compare::Ends(lower(text)),
                [Part::Run, Part::Literal(text), Part::Run] => Compare::Contains(lower(text)),
                parts => {
                    let mut text = String::from("^");
                    for part in parts {
                        match part {
                            Part::Literal(literal) => text.push_str(&regex_syntax::escape(&lower(literal))),
                            Part::Run => text.push_str(".*"),
                            Part::One => text.push('.'),
                        }
                    }
                    text.push('$');
                    let regex = Regex::parse(&text, Case::Sensitive).map_err(|why| self.cx.unsupported(&backend::OPERATOR, span, why))?;
                    out.push(self.matching(algorithm, &[regex], positive, span)?);
                    continue;
                }
            };
            out.push(defined(Condition::Digest(algorithm, compare), positive));
        }
        Ok(Condition::Any(out))
    }

    fn matching(&self, algorithm: Algorithm, list: &[Regex], positive: bool, span: Span) -> Result<Condition, Refusal> {
        let each = list.iter().map(|expression| {
            let tree = regex::said(expression, false, regex::Ends::Placed)
                .and_then(|said| if said.nocase { expression.bytes_tree(true) } else { Ok(said.tree) })
                .map_err(|why| self.cx.unsupported(&regex::REGEX, span, format!("YARA cannot say `/{}/`: {why}", expression.written())))?;
            Ok(defined(Condition::Digest(algorithm, Compare::Matches(tree)), positive))
        });
        let mut out = each.collect::<Result<Vec<_>, Refusal>>()?;
        if empty(algorithm).is_some_and(|digest| list.iter().any(|expression| expression.is_match(digest.as_bytes()))) {
            out.push(Condition::Size(SizeIs::Equal, 0));
        }
        Ok(Condition::Any(out))
    }

    fn bytes(&mut self, test: &BytesTest, positive: bool) -> Result<Condition, Refusal> {
        let own = self.tests;
        self.tests += 1;
        let mut patterns = test.patterns.clone();
        if self.sorted {
            patterns.sort();
            patterns.dedup();
        }
        let count = patterns.len();
        let need = match test.need {
            Need::Any => 1,
            Need::All => count,
            Need::AtLeast(need) => need as usize,
        };
        let each: Vec<Result<Condition, Refusal>> = patterns
            .iter()
            .map(|pattern| {
                let search = pattern::lower(pattern, positive, test.span, self.cx)?;
                Ok(self.found(search, own, positive))
            })
            .collect();
        match need {
            0 => Ok(Condition::TRUE),
            _ if need > count => Ok(Condition::FALSE),
            1 => self.any(each, positive).map(gather_any),
            _ => {
                let members: Vec<Condition> = each.into_iter().collect::<Result<_, _>>()?;
                if need == count {
                    return Ok(gather_all(members));
                }
                at_least(need, members).ok_or_else(|| {
                    let message =
                        format!("{need} of {count} patterns cannot be counted: more than {MAX_SPELLED} of them have offsets, several forms or twins");
                    self.cx.unsupported(&PATTERN, test.span, message)
                })
            }
        }
    }

    fn found(&mut self, search: Search, test: usize, positive: bool) -> Condition {
        match search {
            Search::Magic(at, bytes) => magic(at, &bytes, positive),
            Search::Strings(texts, at) => {
                let mut each: Vec<Condition> = texts.into_iter().map(|text| Condition::Found(self.string(text, test, positive), at)).collect();
                if each.len() == 1 { each.swap_remove(0) } else { Condition::Any(each) }
            }
        }
    }

    /// The index of a string; one that is there already is shared, because YARA-X warns about twins.
    fn string(&mut self, mut text: Text, test: usize, positive: bool) -> usize {
        // The guide's letters: `$s` for strings, `$x` and so on for further groups, `$fp` for what must be absent.
        const GROUPS: [&str; 8] = ["s", "x", "a", "b", "c", "d", "e", "g"];
        let at = match self.known.entry(Likeness::of(&text)) {
            Entry::Occupied(twin) => return *twin.get(),
            Entry::Vacant(place) => *place.insert(self.strings.len()),
        };
        let prefix = match text.body {
            _ if !positive => "fp",
            Body::Hex(_) => "h",
            Body::Regex(_) => "re",
            Body::Text(_) => {
                let next = self.groups.len();
                let group = *self.groups.entry(test).or_insert(next);
                GROUPS.get(group).copied().unwrap_or("z")
            }
        };
        text.name.prefix = prefix;
        self.strings.push(text);
        at
    }
}

/// What makes two strings find the same, whatever they are called.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    body: BodyLikeness,
    flags: [bool; 4],
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum BodyLikeness {
    Text(Vec<u8>),
    Hex(Vec<HexToken>),
    /// As the parser prints its tree, which has no order of its own.
    Regex(String),
}

impl Likeness {
    fn of(text: &Text) -> Self {
        let body = match &text.body {
            Body::Text(bytes) => BodyLikeness::Text(bytes.clone()),
            Body::Hex(tokens) => BodyLikeness::Hex(tokens.clone()),
            Body::Regex(tree) => BodyLikeness::Regex(tree.to_string()),
        };
        Self { body, flags: [text.ascii, text.wide, text.nocase, text.fullword] }
    }
}

/// Names alternatives that cannot be said.
fn left_out(refused: Vec<Refusal>, cx: &mut Cx<'_>) {
    for Refusal { code, message, span, help } in refused {
        cx.loss(code, Loss::Narrower, span, message, help.unwrap_or_else(|| "this alternative is left out".to_owned()));
    }
}

/// Alternatives with all plain strings in one set.
fn gather_any(condition: Condition) -> Condition {
    let Condition::Any(list) = condition else { return condition };
    let (plain, mut rest) = plain(list.into_iter().flat_map(|inner| if let Condition::Any(more) = inner { more } else { vec![inner] }).collect());
    rest.extend(set(1, plain));
    Condition::Any(rest)
}

/// A conjunction with all plain strings in one set.
fn gather_all(list: Vec<Condition>) -> Condition {
    let (plain, mut rest) = plain(list);
    rest.extend(set(plain.len(), plain));
    Condition::All(rest)
}

/// Splits off the plain strings, each once, in order.
fn plain(list: Vec<Condition>) -> (Vec<usize>, Vec<Condition>) {
    let (mut plain, mut rest, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for inner in list {
        match inner {
            Condition::Found(string, None) => plain.extend(seen.insert(string).then_some(string)),
            other => rest.push(other),
        }
    }
    (plain, rest)
}

fn set(need: usize, strings: Vec<usize>) -> Option<Condition> {
    match strings.as_slice() {
        [] => None,
        [only] => Some(Condition::Found(*only, None)),
        _ => Some(Condition::Count(need, strings)),
    }
}

/// So many of these: YARA counts plain strings, everything else is spelled out.
fn at_least(need: usize, members: Vec<Condition>) -> Option<Condition> {
    // A string that is there twice counts twice, which no set of YARA does.
    let mut times: BTreeMap<usize, usize> = BTreeMap::new();
    for member in &members {
        if let Condition::Found(string, None) = member {
            *times.entry(*string).or_default() += 1;
        }
    }
    let mut special: Vec<(Condition, usize)> = Vec::new();
    let mut strings = Vec::new();
    for member in members {
        match member {
            Condition::Found(string, None) if times.get(&string) == Some(&1) => strings.push(string),
            member => {
                if let Some((_, weight)) = special.iter_mut().find(|(known, _)| *known == member) {
                    *weight += 1;
                } else if special.len() == MAX_SPELLED {
                    return None;
                } else {
                    special.push((member, 1));
                }
            }
        }
    }
    let ways = (0..1_u32 << special.len()).filter_map(|chosen| {
        let picked: Vec<&(Condition, usize)> = special.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, member)| member).collect();
        let left = need.saturating_sub(picked.iter().map(|(_, weight)| weight).sum());
        // One member fewer would do as well: that way is there already.
        let spare = picked.iter().any(|(_, weight)| picked.iter().map(|(_, weight)| weight).sum::<usize>() - weight >= need);
        let mut all: Vec<Condition> = picked.into_iter().map(|(condition, _)| condition.clone()).collect();
        match left {
            _ if spare || left > strings.len() => return None,
            0 => {}
            _ if strings.len() == 1 => all.extend(set(1, strings.clone())),
            _ => all.push(Condition::Count(left, strings.clone())),
        }
        Some(Condition::All(all))
    });
    Some(Condition::Any(ways.collect()))
}

/// A digest or an import hash that is defined also where classic YARA has none, for the inside of a `not`.
fn defined(condition: Condition, positive: bool) -> Condition {
    match condition {
        Condition::Digest(Algorithm::Imphash, _) if !positive => Condition::All(vec![Condition::IsPe, condition]),
        Condition::Digest(..) if !positive => Condition::All(vec![Condition::Size(SizeIs::More, 0), condition]),
        other => other,
    }
}

/// Bytes at an offset; under a `not` only where the file is long enough to have them.
fn magic(at: u64, bytes: &[u8], positive: bool) -> Condition {
    let read = Condition::Magic(at, bytes.to_vec());
    if positive { read } else { Condition::All(vec![Condition::Size(SizeIs::AtLeast, at.saturating_add(bytes.len() as u64)), read]) }
}

fn size(test: &NumberTest) -> Condition {
    // Sizes begin at zero: what is asked below is known.
    let compare = |is, than: i64, below: Condition| u64::try_from(than).map_or(below, |than| Condition::Size(is, than));
    match test {
        NumberTest::In(list) => Condition::Any(list.iter().map(|size| compare(SizeIs::Equal, *size, Condition::FALSE)).collect()),
        NumberTest::Less(than) if *than <= 0 => Condition::FALSE,
        NumberTest::Less(than) => compare(SizeIs::Less, *than, Condition::FALSE),
        NumberTest::AtMost(than) => compare(SizeIs::AtMost, *than, Condition::FALSE),
        NumberTest::More(than) => compare(SizeIs::More, *than, Condition::TRUE),
        NumberTest::AtLeast(than) if *than <= 0 => Condition::TRUE,
        NumberTest::AtLeast(than) => compare(SizeIs::AtLeast, *than, Condition::TRUE),
        NumberTest::Decimal(..) => test.over_whole().map_or(Condition::TRUE, |whole| size(&whole)),
    }
}

/// The kinds of file that a test means, by first bytes, exactly as the evaluator tells them.
fn kinds(positive: bool, wanted: impl Fn(&str) -> bool) -> Condition {
    const MAGIC: [&[u8]; 11] = [
        b"MZ",
        b"\x7fELF",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-",
        b"#!",
    ];
    let (meant, others): (Vec<&[u8]>, Vec<&[u8]>) = MAGIC.into_iter().partition(|magic| file_type(magic).is_some_and(&wanted));
    let mut out: Vec<Condition> = meant.into_iter().map(|bytes| magic(0, bytes, positive)).collect();
    if wanted("text") {
        // First bytes without a control character would pass for text otherwise.
        let others = others.into_iter().filter(|magic| magic.iter().all(|byte| *byte >= b' '));
        let other = Condition::Any(others.map(|bytes| magic(0, bytes, false)).collect());
        out.push(Condition::All(vec![Condition::Size(SizeIs::More, 0), Condition::Not(Box::new(other)), Condition::Printable]));
    }
    Condition::Any(out)
}

/// How many digits a digest has.
fn digits(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::Md5 | Algorithm::Imphash => 32,
        Algorithm::Sha1 => 40,
        Algorithm::Sha256 => 64,
    }
}

/// The digest of an empty file.
fn empty(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Md5 => Some("d41d8cd98f00b204e9800998ecf8427e"),
        Algorithm::Sha1 => Some("da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Algorithm::Sha256 => Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Algorithm::Imphash => None,
    }
}

/// What a rule says about itself, in the order of the guide.
fn about(detection: &Detection, id: uuid::Uuid) -> Vec<(&'static str, Value)> {
    let meta = &detection.meta;
    let text = |text: &str| Value::Text(line(text, MAX_VALUE));
    let mut out = vec![
        ("description", Value::Text(line(&format!("Detects {}", detection.title), MAX_DESCRIPTION))),
        ("author", text(meta.author.as_deref().unwrap_or("vigie"))),
    ];
    out.extend(meta.references.iter().map(|link| ("reference", text(link))));
    if meta.references.is_empty() {
        out.push(("reference", text(&meta.advisory)));
    }
    out.extend(meta.published.map(|date| ("date", text(&date.to_string()))));
    out.extend(meta.modified.map(|date| ("modified", text(&date.to_string()))));
    let score = match meta.severity {
        ir::SeverityLevel::Informational => 30,
        ir::SeverityLevel::Low => 45,
        ir::SeverityLevel::Medium => 60,
        ir::SeverityLevel::High => 75,
        ir::SeverityLevel::Critical => 90,
    };
    out.push(("score", Value::Number(score)));
    out.push(("id", text(&id.to_string())));
    out.push(("advisory", text(&meta.advisory)));
    out.push(("detection", text(&detection.key)));
    out.extend(meta.tlp.map(|tlp| ("tlp", text(&format!("TLP:{}", tlp.name().to_ascii_uppercase())))));
    if meta.scope != ir::Scope::Context {
        out.extend(meta.actors.iter().map(|actor| ("actor", text(actor))));
    }
    out.extend(meta.malware.iter().map(|malware| ("malware", text(malware))));
    out.extend(meta.cves.iter().map(|cve| ("cve", text(cve))));
    out.extend(meta.techniques.iter().map(|technique| ("mitre_attack", text(technique.as_str()))));
    out.extend(meta.confidence.map(|confidence| ("confidence", text(confidence.name()))));
    if meta.verdict == Verdict::Lead {
        out.push(("verdict", text("lead")));
    }
    out.extend(meta.valid.and_then(|valid| valid.until).map(|date| ("valid_until", text(&date.to_string()))));
    out.extend(meta.report.as_deref().map(|report| ("report", text(report))));
    out.extend(meta.false_positives.iter().map(|known| ("falsepositive", text(known))));
    if !detection.description.is_empty() {
        out.push(("comment", text(&detection.description)));
    }
    out
}

/// A text in one line: control characters and runs of spaces become one space, what is too long ends with an ellipsis.
fn line(text: &str, most: usize) -> String {
    let words = text.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most { line } else { line.chars().take(most.saturating_sub(1)).chain(['…']).collect() }
}
