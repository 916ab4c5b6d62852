//! What does a STIX pattern say? The grammar of STIX 2.1, part 9, which also reads 2.0.
//!
//! <https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_e8slinrhxcc9>. Functions are named after the rules of the
//! grammar. A literal keeps the slice it was read from, so its place in the file is known.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{map, opt, recognize, value, verify};
use nom::error::{Error, ErrorKind};
use nom::multi::{many0_count, separated_list0};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{Err, IResult, Parser};

use super::MAX_DEPTH;

/// How a property is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// `=`, or one of an `IN` set.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`, `<=`, `>`, `>=`.
    Order,
    /// `LIKE`.
    Like,
    /// `MATCHES`.
    Matches,
    /// `ISSUBSET`: the address lies in a network.
    Inside,
    /// `ISSUPERSET`.
    Around,
    /// `EXISTS`.
    Exists,
}

/// A literal: its words, and the slice of the pattern they stand in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal<'p> {
    pub(super) words: Cow<'p, str>,
    pub(super) raw: &'p str,
    pub(super) text: bool,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison<'p> {
    /// The object's type: `file`.
    pub(super) object: &'p str,
    /// The path's steps, unquoted: `hashes`, `SHA-256`; an index is `[*]`.
    pub(super) steps: Vec<Cow<'p, str>>,
    pub(super) negated: bool,
    pub(super) op: Op,
    pub(super) values: Vec<Literal<'p>>,
    /// The path, as written.
    pub(super) raw: &'p str,
}

/// What one observed object must fulfil.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression<'p> {
    /// A comparison.
    Test(Comparison<'p>),
    /// All of them.
    And(Vec<Expression<'p>>),
    /// One of them.
    Or(Vec<Expression<'p>>),
}

/// What is observed, once or several times.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Observation<'p> {
    /// One observation.
    One(Expression<'p>),
    /// All of them, at any time.
    And(Vec<Observation<'p>>),
    /// One of them.
    Or(Vec<Observation<'p>>),
    /// One after the other.
    FollowedBy(Vec<Observation<'p>>),
    /// In a time, or so many times.
    Qualified {
        /// What is observed.
        of: Box<Observation<'p>>,
        /// The words of the first qualifier.
        words: &'p str,
        /// The words of the first qualifier whose kind stood before it already.
        repeated: Option<&'p str>,
    },
}

/// Reads a pattern.
///
/// # Errors
///
/// The offset at which the grammar does not continue.
pub(super) fn parse(pattern: &str) -> Result<Observation<'_>, usize> {
    let offset = |rest: &str| pattern.len() - rest.len();
    match terminated(|input| observation_expressions(input, 0), space).parse(pattern) {
        Ok(("", observation)) => Ok(observation),
        Ok((rest, _)) => Err(offset(rest)),
        Err(Err::Error(error) | Err::Failure(error)) => Err(offset(error.input)),
        Err(Err::Incomplete(_)) => Err(pattern.len()),
    }
}

type Parsed<'p, T> = IResult<&'p str, T>;

fn deeper(input: &str, depth: usize) -> Result<usize, Err<Error<&str>>> {
    if depth >= MAX_DEPTH { Err(Err::Failure(Error::new(input, ErrorKind::TooLarge))) } else { Ok(depth + 1) }
}

/// White space and comments.
fn space(input: &str) -> Parsed<'_, ()> {
    let comment = |input| -> Parsed<'_, ()> {
        let (rest, _) = tag("/*")(input)?;
        let end = rest.find("*/").ok_or(Err::Error(Error::new(input, ErrorKind::Tag)))?;
        Ok((rest.get(end + 2..).unwrap_or_default(), ()))
    };
    let line = value((), pair(tag("//"), take_while(|char| char != '\n' && char != '\r')));
    value((), many0_count(alt((value((), take_while1(char::is_whitespace)), comment, line)))).parse(input)
}

/// A sign, with space before it.
fn sign<'p>(sign: &'static str) -> impl Parser<&'p str, Output = &'p str, Error = Error<&'p str>> {
    preceded(space, tag(sign))
}

/// A keyword, with space before it and no letter behind it.
fn keyword<'p>(word: &'static str) -> impl Parser<&'p str, Output = &'p str, Error = Error<&'p str>> {
    move |input: &'p str| {
        let (rest, found) = preceded(space, tag(word)).parse(input)?;
        if rest.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-') {
            return Err(Err::Error(Error::new(input, ErrorKind::Tag)));
        }
        Ok((rest, found))
    }
}

/// `item (word item)*`, flattened.
fn chain<'p, T>(input: &'p str, word: &'static str, item: impl Fn(&'p str) -> Parsed<'p, T>, join: fn(Vec<T>) -> T) -> Parsed<'p, T> {
    let (mut rest, first) = item(input)?;
    let mut items = vec![first];
    while let Ok((after, _)) = keyword(word).parse(rest) {
        let (after, next) = item(after)?;
        items.push(next);
        rest = after;
    }
    let one = items.len() == 1;
    match items.pop() {
        Some(only) if one => Ok((rest, only)),
        Some(last) => {
            items.push(last);
            Ok((rest, join(items)))
        }
        None => Err(Err::Error(Error::new(input, ErrorKind::Many1))),
    }
}

fn observation_expressions(input: &str, depth: usize) -> Parsed<'_, Observation<'_>> {
    let and = |input| chain(input, "AND", |input| observation_expression(input, depth), Observation::And);
    let or = |input| chain(input, "OR", and, Observation::Or);
    chain(input, "FOLLOWEDBY", or, Observation::FollowedBy)
}

/// `[file:name = 'x']`, `(...)`, either with qualifiers behind it.
fn observation_expression(input: &str, depth: usize) -> Parsed<'_, Observation<'_>> {
    let depth = deeper(input, depth)?;
    let one = map(delimited(sign("["), |input| comparison_expression(input, depth), sign("]")), Observation::One);
    let group = delimited(sign("("), |input| observation_expressions(input, depth), sign(")"));
    let (mut one, mut group) = (one, group);
    // By its first sign, so that an error stands where the grammar really stops.
    let (mut rest, mut observation) = if sign("(").parse(input).is_ok() { group.parse(input)? } else { one.parse(input)? };
    // Nested no deeper than it must be, however many qualifiers follow: the first one and the first repeated one tell enough.
    let mut kinds: Vec<&str> = Vec::new();
    let (mut first, mut repeated) = (None, None);
    while let Ok((after, words)) = qualifier(rest) {
        let kind = words.get(..5).unwrap_or_default();
        if kinds.contains(&kind) {
            repeated = repeated.or(Some(words));
        } else {
            kinds.push(kind);
        }
        first = first.or(Some(words));
        rest = after;
    }
    if let Some(words) = first {
        observation = Observation::Qualified { of: Box::new(observation), words, repeated };
    }
    Ok((rest, observation))
}

/// `WITHIN 5 SECONDS`, `REPEATS 2 TIMES`, `START t'...' STOP t'...'`.
fn qualifier(input: &str) -> Parsed<'_, &str> {
    let (input, ()) = space(input)?;
    let within = recognize((keyword("WITHIN"), preceded(space, number), keyword("SECONDS")));
    let repeats = recognize((keyword("REPEATS"), preceded(space, number), keyword("TIMES")));
    let start = recognize((keyword("START"), preceded(space, timestamp), keyword("STOP"), preceded(space, timestamp)));
    alt((within, repeats, start)).parse(input)
}

fn comparison_expression(input: &str, depth: usize) -> Parsed<'_, Expression<'_>> {
    let and = |input| chain(input, "AND", |input| prop_test(input, depth), Expression::And);
    chain(input, "OR", and, Expression::Or)
}

/// `file:name = 'x'`, `EXISTS file:name`, `(...)`.
fn prop_test(input: &str, depth: usize) -> Parsed<'_, Expression<'_>> {
    let depth = deeper(input, depth)?;
    let group = delimited(sign("("), |input| comparison_expression(input, depth), sign(")"));
    let mut group = group;
    if sign("(").parse(input).is_ok() {
        return group.parse(input);
    }
    if preceded(opt(keyword("NOT")), keyword("EXISTS")).parse(input).is_ok() {
        return map(exists, Expression::Test).parse(input);
    }
    map(comparison, Expression::Test).parse(input)
}

fn exists(input: &str) -> Parsed<'_, Comparison<'_>> {
    let (rest, not) = opt(keyword("NOT")).parse(input)?;
    let (rest, (object, steps, raw)) = preceded(keyword("EXISTS"), object_path).parse(rest)?;
    Ok((rest, Comparison { object, steps, negated: not.is_some(), op: Op::Exists, values: Vec::new(), raw }))
}

fn comparison(input: &str) -> Parsed<'_, Comparison<'_>> {
    let (rest, (object, steps, raw)) = object_path(input)?;
    let (rest, not) = opt(keyword("NOT")).parse(rest)?;
    let one = |literal| vec![literal];
    let equal = map(
        pair(
            alt((value(Op::Equal, sign("==")), value(Op::Equal, sign("=")), value(Op::NotEqual, sign("!=")), value(Op::NotEqual, sign("<>")))),
            literal,
        ),
        |(op, literal)| (op, one(literal)),
    );
    let order = map(pair(alt((sign("<="), sign(">="), sign("<"), sign(">"))), literal), |(_, literal)| (Op::Order, one(literal)));
    let set = delimited(sign("("), separated_list0(sign(","), literal), sign(")"));
    let within = map(preceded(keyword("IN"), set), |values| (Op::Equal, values));
    let text = |word, op| map(preceded(keyword(word), preceded(space, string)), move |literal| (op, one(literal)));
    let (rest, (op, values)) = alt((
        equal,
        order,
        within,
        text("LIKE", Op::Like),
        text("MATCHES", Op::Matches),
        text("ISSUBSET", Op::Inside),
        text("ISSUPERSET", Op::Around),
    ))
    .parse(rest)?;
    Ok((rest, Comparison { object, steps, negated: not.is_some(), op, values, raw }))
}

/// `network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'`.
#[allow(clippy::type_complexity)]
fn object_path(input: &str) -> Parsed<'_, (&str, Vec<Cow<'_, str>>, &str)> {
    let (input, ()) = space(input)?;
    let name = |hyphen: bool| {
        recognize(pair(
            take_while1(|char: char| char.is_ascii_alphabetic() || char == '_'),
            take_while(move |char: char| char.is_ascii_alphanumeric() || char == '_' || (hyphen && char == '-')),
        ))
    };
    let step = |input| alt((map(name(false), Cow::Borrowed), map(string, |literal: Literal<'_>| literal.words))).parse(input);
    let index = map(
        delimited(
            sign("["),
            preceded(space, alt((tag("*"), recognize(pair(opt(char('-')), take_while1(|char: char| char.is_ascii_digit())))))),
            sign("]"),
        ),
        |_| Cow::Borrowed("[*]"),
    );
    let (mut rest, object) = name(true).parse(input)?;
    let (after, first) = preceded(sign(":"), preceded(space, step)).parse(rest)?;
    rest = after;
    let mut steps = vec![first];
    let mut next = alt((index, preceded(char('.'), step)));
    while let Ok((after, step)) = next.parse(rest) {
        steps.push(step);
        rest = after;
    }
    let raw = input.get(..input.len() - rest.len()).unwrap_or_default();
    Ok((rest, (object, steps, raw)))
}

fn literal(input: &str) -> Parsed<'_, Literal<'_>> {
    let plain = |words: &'_ str| Literal { words: Cow::Owned(words.to_owned()), raw: "", text: false };
    let (input, ()) = space(input)?;
    let (rest, mut found) = alt((
        string,
        map(timestamp, plain),
        map(binary, plain),
        map(hex, plain),
        map(alt((keyword("true"), keyword("false"))), plain),
        map(number, plain),
    ))
    .parse(input)?;
    if !found.text {
        found.raw = input.get(..input.len() - rest.len()).unwrap_or_default();
        found.words = Cow::Borrowed(found.raw);
    }
    Ok((rest, found))
}

/// `'it\'s'`: a quote and a backslash are escaped, nothing else is.
fn string(input: &str) -> Parsed<'_, Literal<'_>> {
    let (body, _) = char('\'')(input)?;
    let mut words = String::new();
    let mut escaped = false;
    let mut chars = body.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\'' => {
                let raw = body.get(..at).unwrap_or_default();
                let words = if escaped { Cow::Owned(words) } else { Cow::Borrowed(raw) };
                return Ok((body.get(at + 1..).unwrap_or_default(), Literal { words, raw, text: true }));
            }
            '\\' => match chars.next() {
                Some((_, char @ ('\'' | '\\'))) => {
                    escaped = true;
                    words.push(char);
                }
                _ => return Err(Err::Failure(Error::new(body.get(at..).unwrap_or_default(), ErrorKind::Escaped))),
            },
            other => words.push(other),
        }
    }
    Err(Err::Error(Error::new(input, ErrorKind::Char)))
}

/// An integer or a fraction, with a sign.
fn number(input: &str) -> Parsed<'_, &str> {
    let digits = |input| take_while(|char: char| char.is_ascii_digit())(input);
    let number = recognize((opt(one_of("+-")), digits, opt(pair(char('.'), take_while1(|char: char| char.is_ascii_digit())))));
    let mut number = verify(number, |text: &str| text.ends_with(|char: char| char.is_ascii_digit()));
    let (rest, found) = number.parse(input)?;
    if rest.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_') {
        return Err(Err::Error(Error::new(input, ErrorKind::Digit)));
    }
    Ok((rest, found))
}

/// What stands in quotes behind a letter.
fn quoted<'p>(letter: char) -> impl Fn(&'p str) -> Parsed<'p, &'p str> {
    move |input| delimited(pair(char(letter), char('\'')), take_while(|char| char != '\''), char('\'')).parse(input)
}

/// `h'0a1b'`.
fn hex(input: &str) -> Parsed<'_, &str> {
    verify(quoted('h'), |text: &str| text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())).parse(input)
}

/// `b'YWJj'`.
fn binary(input: &str) -> Parsed<'_, &str> {
    verify(quoted('b'), |text: &str| {
        let body = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
        text.len().is_multiple_of(4)
            && text.len() - body.len() <= 2
            && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
            && (!body.len().is_multiple_of(4) || body.len() == text.len())
    })
    .parse(input)
}

/// `t'2021-07-21T10:00:00.5Z'`; the day must exist in some month.
fn timestamp(input: &str) -> Parsed<'_, &str> {
    verify(quoted('t'), |text: &str| {
        let number = |from: usize, to: usize| {
            text.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).and_then(|digits| digits.parse::<u32>().ok())
        };
        let signs = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")].iter().all(|(at, sign)| text.get(*at..at + 1) == Some(sign));
        let fields = [
            (number(0, 4), 0, 9999),
            (number(5, 7), 1, 12),
            (number(8, 10), 1, 31),
            (number(11, 13), 0, 23),
            (number(14, 16), 0, 59),
            (number(17, 19), 0, 60),
        ]
        .iter()
        .all(|(number, low, high)| number.is_some_and(|number| (*low..=*high).contains(&number)));
        let end = match text.get(19..) {
            Some("Z") => true,
            Some(rest) => rest
                .strip_prefix('.')
                .and_then(|rest| rest.strip_suffix('Z'))
                .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())),
            None => false,
        };
        signs && fields && end
    })
    .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_and_its_literals_are_read() {
        let Ok(Observation::One(Expression::And(tests))) = parse(r"[file:hashes.'SHA-256' = 'ab' AND file:name IN ('it\'s', 'C:\\x')]") else {
            panic!("two tests")
        };
        let Expression::Test(hash) = &tests[0] else { panic!("a test") };
        assert_eq!((hash.object, hash.steps.as_slice()), ("file", [Cow::from("hashes"), Cow::from("SHA-256")].as_slice()));
        let Expression::Test(name) = &tests[1] else { panic!("a test") };
        assert_eq!(name.values.iter().map(|value| &*value.words).collect::<Vec<_>>(), ["it's", "C:\\x"]);
        assert_eq!(name.values[0].raw, r"it\'s");
    }

    #[test]
    fn and_binds_closer_than_or_and_qualifiers_are_seen() {
        assert!(matches!(parse("[a:b = 1 OR a:c = 2 AND a:d = 3]"), Ok(Observation::One(Expression::Or(two))) if two.len() == 2));
        assert!(matches!(parse("[a:b = 1] AND [a:c = 2] OR [a:d = 3]"), Ok(Observation::Or(two)) if two.len() == 2));
        assert!(matches!(parse("([a:b = 1]) REPEATS 2 TIMES"), Ok(Observation::Qualified { words: "REPEATS 2 TIMES", .. })));
        assert!(matches!(parse("[a:b = 1] FOLLOWEDBY [a:b = 2]"), Ok(Observation::FollowedBy(_))));
        assert_eq!(parse("[a:b = 1"), Err(8));
        assert_eq!(parse("a:b = 1"), Err(0));
        assert!(parse(&"(".repeat(10_000)).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[\\[\\]()a:.='\\\\ 1<tbhAND!*é-]{0,60}") {
            if let Err(at) = parse(&text) {
                prop_assert!(at <= text.len());
            }
        }

        #[test]
        fn any_text_is_a_literal(words in ".{0,20}") {
            let pattern = format!("[a:b = '{}']", words.replace('\\', "\\\\").replace('\'', "\\'"));
            match parse(&pattern) {
                Ok(Observation::One(Expression::Test(test))) => prop_assert_eq!(&*test.values[0].words, words),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
