//! What does a field with its modifiers and values ask of an event?

use std::net::IpAddr;

use ir::{Case, Comparison, Decimal, Field, FieldKind, FieldRef, FieldTest, IpNet, NumberTest, Op, Part, Pattern, Place, Predicate};
use logs::taxonomy::{Category, reading};
use source::{Diagnostic, Span};

use super::codes::{IDLE_MODIFIER, PLACEHOLDER, REGEX, TOO_LARGE, VALUE};
use super::growth::{self, Growth};
use super::meaning::Meaning;
use super::modifier::{Change, Form, Modifiers};
use super::placeholder::{self, Placeholders, Unfilled};
use super::selection::{Item, Literal};
use super::stream::Stream;
use super::yaml::Atom;
use super::{encode, pcre, special, star};

/// The test that an item asks for. `None` when it cannot be used; the reason is reported.
pub(super) fn lower(item: &Item<'_>, stream: &Stream, growth: &mut Growth, said: &mut Vec<Diagnostic>) -> Option<Predicate> {
    let case = if item.modifiers.cased { Case::Sensitive } else { Case::Insensitive };
    let reader = Reader { item, stream, case, field: item.field.as_deref().map_or(FieldRef::Any, |name| stream.field(name)) };
    let mut meanings = Vec::with_capacity(item.values.len());
    for value in &item.values {
        match reader.read(value) {
            Ok(meaning) if growth.take(meaning.spellings() - 1) => {
                said.extend(star::slip(item, value, stream));
                meanings.push(meaning);
            }
            Ok(_) => {
                let message = format!("the values of this file have more than {} spellings", growth::MAX_OF_FILE);
                said.push(Diagnostic::new(&TOO_LARGE, message).at(value.span, "this value is one too many"));
                return None;
            }
            Err(refused) => {
                let Refused { code, message, help } = *refused;
                let mut diagnostic = Diagnostic::new(code, message).at(value.span, "this value");
                diagnostic.help = help;
                said.push(diagnostic);
            }
        }
    }
    if meanings.len() < item.values.len() {
        return None;
    }
    idle(item, said);
    let span = item.span;
    let one = |meanings| or_nothing(any(meanings, case, span), stream, span);
    let predicate = if item.modifiers.all && meanings.len() > 1 {
        Predicate::All(meanings.into_iter().map(|meaning| one(vec![meaning])).collect())
    } else {
        one(meanings)
    };
    Some(if item.modifiers.not { predicate.negate() } else { predicate })
}

/// A text that fits the log's sign for nothing finds events that have nothing there: the sign itself is no value.
fn or_nothing(predicate: Predicate, stream: &Stream, span: Span) -> Predicate {
    let Some(class) = stream.selector.class() else { return predicate };
    let signed = |test: &FieldTest| test.field.known().filter(|field| logs::signs(class, *field));
    let mut list = match predicate {
        Predicate::Any(list) => list,
        other => vec![other],
    };
    let mut nothing: Vec<Field> = Vec::new();
    for inner in &mut list {
        let Predicate::Test(test) = inner else { continue };
        let Some(field) = signed(test) else { continue };
        let Op::Text { patterns, case } = &mut test.op else { continue };
        if patterns.iter().any(|pattern| pattern.matches(logs::NOTHING, *case)) {
            patterns.retain(|pattern| pattern.as_exact() != Some(logs::NOTHING));
            nothing.push(field);
        }
    }
    let asks_less = |inner: &Predicate| match inner {
        Predicate::Test(test) => match &test.op {
            Op::Text { patterns, .. } => patterns.is_empty(),
            Op::Missing | Op::Empty => signed(test).is_some_and(|field| nothing.contains(&field)),
            _ => false,
        },
        _ => false,
    };
    list.retain(|inner| !asks_less(inner));
    for field in nothing {
        let missing = Predicate::test(field, Op::Exists, span).negate();
        if !list.contains(&missing) {
            list.push(missing);
        }
    }
    if list.len() == 1 { list.swap_remove(0) } else { Predicate::Any(list) }
}

/// Reports modifiers that do nothing.
fn idle(item: &Item<'_>, said: &mut Vec<Diagnostic>) {
    let Modifiers { all, changes, place, .. } = &item.modifiers;
    if changes.contains(&Change::Base64Offset) && *place != Some(Place::Anywhere) {
        let message = "`base64offset` finds a text inside an encoding, and nothing says that the value may stand inside";
        said.push(Diagnostic::new(&IDLE_MODIFIER, message).at(item.span, "in this key").help("`base64offset|contains` might be meant"));
    }
    if *all && item.values.len() == 1 {
        let message = "`all` joins several values, and there is one";
        said.push(Diagnostic::new(&IDLE_MODIFIER, message).at(item.span, "in this key").help("the modifier might go"));
    }
}

/// Several meanings as one predicate: any is enough. What is alike becomes one test.
fn any(meanings: Vec<Meaning>, case: Case, span: Span) -> Predicate {
    let mut tests: Vec<FieldTest> = Vec::new();
    let mut present: Vec<FieldRef> = Vec::new();
    let mut gather = |field: FieldRef, op: Op| {
        let same = tests.iter_mut().filter(|test| test.field == field).map(|test| &mut test.op);
        let apart = Op::join(same, op);
        tests.extend(apart.map(|op| FieldTest { field, op, span }));
    };
    fn each(meaning: Meaning, case: Case, present: &mut Vec<FieldRef>, gather: &mut impl FnMut(FieldRef, Op)) {
        match meaning {
            Meaning::Present(field) => present.push(field),
            // Any text is a text that is there.
            Meaning::Text(field, patterns) if patterns.iter().any(|pattern| pattern.parts() == [Part::Run]) => gather(field, Op::Exists),
            Meaning::Text(field, patterns) => gather(field, Op::Text { patterns, case }),
            Meaning::Regex(field, regex) => gather(field, Op::Regex(vec![regex])),
            Meaning::Number(field, number) => gather(field, Op::Number(NumberTest::In(vec![number]))),
            Meaning::Address(field, net) => gather(field, Op::Address(vec![net])),
            Meaning::Missing(field) => gather(field, Op::Missing),
            Meaning::Empty(field) => gather(field, Op::Empty),
            Meaning::Other(field, op) => gather(field, op),
            Meaning::Any(list) => list.into_iter().for_each(|meaning| each(meaning, case, present, gather)),
        }
    }
    meanings.into_iter().for_each(|meaning| each(meaning, case, &mut present, &mut gather));
    // Missing or empty is the opposite of being there with something in it.
    let has = |tests: &[FieldTest], field: &FieldRef, op: &Op| tests.iter().any(|test| test.field == *field && test.op == *op);
    let both = |field: &FieldRef| has(&tests, field, &Op::Missing) && has(&tests, field, &Op::Empty);
    let doubled: Vec<FieldRef> = tests.iter().filter(|test| test.op == Op::Missing && both(&test.field)).map(|test| test.field.clone()).collect();
    let mut out: Vec<Predicate> = doubled.iter().map(|field| Predicate::test(field.clone(), Op::Exists, span).negate()).collect();
    out.extend(tests.into_iter().filter(|test| !(matches!(test.op, Op::Missing | Op::Empty) && doubled.contains(&test.field))).map(Predicate::Test));
    // There, even when it is empty.
    out.extend(present.into_iter().map(|field| Predicate::test(field, Op::Missing, span).negate()));
    if out.len() == 1 { out.swap_remove(0) } else { Predicate::Any(out) }
}

/// Why a value cannot be used.
struct Refused {
    code: &'static source::Code,
    message: String,
    help: Option<String>,
}

type Read<T> = Result<T, Box<Refused>>;

fn refuse<T>(message: impl Into<String>, help: Option<&str>) -> Read<T> {
    Err(Box::new(Refused { code: &VALUE, message: message.into(), help: help.map(ToOwned::to_owned) }))
}

struct Reader<'r, 't> {
    item: &'r Item<'t>,
    stream: &'r Stream,
    case: Case,
    /// Any field for keywords.
    field: FieldRef,
}

impl Reader<'_, '_> {
    fn field(&self) -> FieldRef {
        self.field.clone()
    }

    /// The field by the name the log gives it, for tests that the catalogue's form of the value does not allow.
    fn open(&self) -> FieldRef {
        self.item.field.as_deref().map_or(FieldRef::Any, |name| FieldRef::Open(name.into()))
    }

    fn category(&self) -> Option<&'static Category> {
        self.stream.category()
    }

    fn read(&self, value: &Literal<'_>) -> Read<Meaning> {
        let text = &*value.scalar.text;
        let filled = match &self.item.placeholders {
            Some(lists) if text.contains('%') => self.fill(text, lists)?,
            _ => None,
        };
        match filled {
            None => self.spelled(value.scalar.atom(), text),
            Some(list) => Ok(Meaning::Any(list.iter().map(|text| self.spelled(Atom::Text, text)).collect::<Read<_>>()?)),
        }
    }

    /// A value without placeholders.
    fn spelled(&self, atom: Atom, text: &str) -> Read<Meaning> {
        let modifiers = &self.item.modifiers;
        match modifiers.form {
            Form::Plain => self.plain(atom, text),
            Form::Regex { ignore_case, lines, dot_all } => {
                let case = if ignore_case { Case::Insensitive } else { Case::Sensitive };
                let flags = match (lines, dot_all) {
                    (true, true) => "ms",
                    (true, false) => "m",
                    (false, true) => "s",
                    (false, false) => "",
                };
                let field = self.field();
                let regex = |text: &str| {
                    pcre::parse(text, case, flags)
                        .map_err(|why| Box::new(Refused { code: &REGEX, message: format!("the expression cannot be used: {why}"), help: None }))
                };
                match field {
                    FieldRef::Known(Field::PipeName) => match reading::pipe_expression(text).map(|text| regex(&text)) {
                        Some(Ok(regex)) => Ok(Meaning::Regex(field, regex)),
                        _ => Ok(Meaning::Regex(self.open(), regex(text)?)),
                    },
                    field => Ok(Meaning::Regex(field, regex(text)?)),
                }
            }
            Form::Network => match network(text) {
                Some(net) => Ok(Meaning::Address(self.field(), net)),
                None => refuse(format!("`{text}` is no network"), Some("networks are written as `192.0.2.0/24` or `2001:db8::/32`")),
            },
            Form::Field => {
                if self.item.field.is_none() {
                    return refuse("`fieldref` compares two fields, and the first has no name", None);
                }
                let Some(name) = Pattern::glob(text).as_exact().map(ToOwned::to_owned) else {
                    return refuse("the name of a field has no wildcards", None);
                };
                let (mut field, mut other) = (self.field(), self.stream.field(&name));
                let changed = |field: &FieldRef| field.known() == Some(Field::PipeName);
                if changed(&field) || changed(&other) {
                    (field, other) = (self.open(), FieldRef::Open(name.into()));
                }
                Ok(Meaning::Other(field, Op::Same { other, place: modifiers.place.unwrap_or(Place::Whole), case: self.case }))
            }
            Form::Exists => {
                if self.item.field.is_none() {
                    return refuse("`exists` asks for a field, and there is no name", None);
                }
                match (atom, text) {
                    (Atom::Flag(true), _) | (Atom::Text, "true") => Ok(Meaning::Present(self.field())),
                    (Atom::Flag(false), _) | (Atom::Text, "false") => Ok(Meaning::Missing(self.field())),
                    _ => refuse("`exists` is true or false", None),
                }
            }
            Form::Compare(compare) => {
                let field = self.field();
                let number = compared(compare, self.number(atom, text)?);
                // The catalogue's numbers are whole: ports, sizes, process ids.
                let number = if field.known().is_some() { number.over_whole().unwrap_or(number) } else { number };
                Ok(Meaning::Other(field, Op::Number(number)))
            }
            Form::Time(part, compare) => {
                let number = self.number(atom, text)?;
                let number = match (compare, number.whole()) {
                    (Some(compare), _) => compared(compare, number),
                    (None, Some(number)) => NumberTest::In(vec![number]),
                    (None, None) => return refuse(format!("`{text}` is no whole number, as every part of a time is"), None),
                };
                let number = number.over_whole().unwrap_or(number);
                Ok(Meaning::Other(self.field(), Op::Time { part, number }))
            }
        }
    }

    fn number(&self, atom: Atom, text: &str) -> Read<Decimal> {
        if self.item.field.is_none() {
            return refuse("a number is compared with a field, and there is no name", None);
        }
        match atom {
            Atom::Number(number) => Ok(number.into()),
            _ => match Decimal::parse(text) {
                Some(number) => Ok(number),
                None => refuse(format!("`{text}` is no number"), Some("numbers are written as `42` or `2.5`")),
            },
        }
    }

    /// What stands for a value's placeholders.
    fn fill(&self, text: &str, lists: &Placeholders) -> Read<Option<Vec<String>>> {
        placeholder::fill(text, matches!(self.item.modifiers.form, Form::Regex { .. }), lists).map_err(|why| {
            Box::new(match why {
                Unfilled::Unknown(name) => Refused {
                    code: &PLACEHOLDER,
                    message: format!("`%{name}%` stands for a list that each site has of its own, and none is given"),
                    help: Some(format!(
                        "`{name} = [\"..\"]` might stand below `[placeholders]` in `vigie.toml`, or in the file that `--config` names"
                    )),
                },
                Unfilled::TooMany => Refused {
                    code: &TOO_LARGE,
                    message: "the lists behind this value have too many combinations".to_owned(),
                    help: Some("one list might hold the combinations that are meant".to_owned()),
                },
            })
        })
    }

    /// A value that is compared as it stands.
    fn plain(&self, atom: Atom, text: &str) -> Read<Meaning> {
        let Modifiers { place, changes, .. } = &self.item.modifiers;
        let untouched = place.is_none() && changes.iter().all(|change| *change == Change::Placeholders);
        let field = self.field();
        let kind = field.known().map(Field::kind);
        match atom {
            Atom::Null if field == FieldRef::Any => return refuse("a keyword is empty", Some("`''` and `null` belong to a field")),
            Atom::Null if untouched => return Ok(Meaning::Missing(field)),
            Atom::Null => return refuse("nothing is no text that a modifier could be applied to", None),
            Atom::Number(number) if untouched && field != FieldRef::Any && kind.is_none_or(|kind| kind == FieldKind::Number) => {
                return Ok(Meaning::Number(field, number));
            }
            Atom::Flag(flag) if untouched && kind == Some(FieldKind::Flag) => return Ok(Meaning::Other(field, Op::Flag(flag))),
            Atom::Text if text.is_empty() && field == FieldRef::Any => {
                return refuse("a keyword is empty", Some("`''` and `null` belong to a field"));
            }
            Atom::Text if text.is_empty() && untouched => return Ok(Meaning::Empty(field)),
            Atom::Number(_) | Atom::Flag(_) | Atom::Text => {}
        }
        let patterns = encode::apply(Pattern::glob(text), changes).or_else(|why| refuse(format!("the value cannot be encoded: {why}"), None))?;
        let place = place.unwrap_or(if field == FieldRef::Any { Place::Anywhere } else { Place::Whole });
        if let Some(meaning) = special::digest(self.item.field.as_deref(), self.category(), place, &patterns, self.case) {
            return Ok(meaning);
        }
        let patterns: Vec<Pattern> = patterns.into_iter().map(|pattern| placed(pattern, place)).collect();
        Ok(special::text(field, patterns, self.case))
    }
}

/// The comparison, without a decimal point where the number has none.
fn compared(comparison: Comparison, number: Decimal) -> NumberTest {
    let test = NumberTest::Decimal(comparison, number);
    if number.whole().is_some() { test.over_whole().unwrap_or(test) } else { test }
}

fn placed(pattern: Pattern, place: Place) -> Pattern {
    let (before, after) = match place {
        Place::Whole => return pattern,
        Place::Start => (false, true),
        Place::End => (true, false),
        Place::Anywhere => (true, true),
    };
    let run = |wanted: bool| wanted.then_some(Part::Run);
    Pattern::new(run(before).into_iter().chain(pattern.parts().iter().cloned()).chain(run(after)))
}

/// A network, or an address as a network of one.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().map(|net| net.trunc()).or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
