//! What does a condition say? The whole grammar, and how names become one question.
//!
//! ```text
//! condition = or
//! or        = and { "or" and }
//! and       = not { "and" not }
//! not       = "not" not | part
//! part      = "(" or ")" | quantity "of" names | name
//! quantity  = number | "any" | "all"
//! names     = "them" | name with wildcards
//! ```
//!
//! Words of the grammar are read in any case. <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md#condition>

use ir::{Case, Pattern};
use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{cut, map, not, peek};
use nom::error::{Error, ErrorKind};
use nom::sequence::{delimited, preceded, terminated};
use nom::{Err, IResult, Parser};

/// The longest condition, in bytes.
pub(super) const MAX_LENGTH: usize = 16 << 10;
/// The deepest nesting of brackets and `not`.
pub(super) const MAX_DEPTH: usize = 48;

/// A condition. Names are slices of its text, so their places are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition<'c> {
    /// Every part.
    And(Vec<Condition<'c>>),
    /// Any part.
    Or(Vec<Condition<'c>>),
    /// The opposite.
    Not(Box<Condition<'c>>),
    /// One selection.
    Name(&'c str),
    /// So many of the selections with such names.
    Of { quantity: Quantity, names: &'c str },
}

/// How many of several selections must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// Every one.
    All,
    /// This many or more.
    AtLeast(u32),
}

/// Where and why a condition cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault<'c> {
    /// The rest of the text, from the place of the fault.
    pub(super) at: &'c str,
    pub(super) why: Why,
}

/// Why a condition cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// A name, `not` or a bracket is expected.
    Part,
    /// An operator or the end is expected.
    Operator,
    /// `)` is expected.
    Close,
    /// A name or `them` is expected behind `of`.
    Names,
    /// Everything from here on counts events, as Sigma 1 did.
    Aggregation,
    /// The limit on length or depth.
    TooLarge,
}

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<Condition<'_>, Fault<'_>> {
    if text.len() > MAX_LENGTH {
        return Err(Fault { at: text, why: Why::TooLarge });
    }
    match terminated(or(0), multispace0).parse(text) {
        Ok(("", condition)) => Ok(condition),
        Ok((rest, _)) => Err(Fault { at: rest, why: if rest.starts_with('|') { Why::Aggregation } else { Why::Operator } }),
        Err(Err::Error(error) | Err::Failure(error)) => {
            let rest = error.input.trim_start();
            let why = match error.code {
                ErrorKind::TooLarge => Why::TooLarge,
                ErrorKind::Char => Why::Close,
                ErrorKind::Tag => Why::Names,
                _ => Why::Part,
            };
            Err(Fault { at: rest, why: if rest.starts_with('|') { Why::Aggregation } else { why } })
        }
        Err(Err::Incomplete(_)) => Err(Fault { at: "", why: Why::Part }),
    }
}

type Parsed<'c, T = Condition<'c>> = IResult<&'c str, T>;

fn of_name(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | '.')
}

/// A word of the grammar: not the beginning of a longer name.
fn word<'c>(text: &'static str) -> impl Parser<&'c str, Output = &'c str, Error = Error<&'c str>> {
    delimited(multispace0, tag_no_case(text), not(peek(nom::character::complete::satisfy(|char| of_name(char) || char == '*'))))
}

fn or<'c>(depth: usize) -> impl Fn(&'c str) -> Parsed<'c> {
    move |input| joined("or", and(depth), Condition::Or)(input)
}

fn and<'c>(depth: usize) -> impl Fn(&'c str) -> Parsed<'c> {
    move |input| joined("and", negation(depth), Condition::And)(input)
}

/// Parts with a word between them. Behind the word a part must follow.
fn joined<'c>(
    between: &'static str,
    part: impl Fn(&'c str) -> Parsed<'c>,
    many: fn(Vec<Condition<'c>>) -> Condition<'c>,
) -> impl FnOnce(&'c str) -> Parsed<'c> {
    move |input| {
        let (mut rest, first) = part(input)?;
        let mut list = vec![first];
        while let Ok((after, _)) = word(between).parse(rest) {
            let (after, next) = cut(&part).parse(after)?;
            list.push(next);
            rest = after;
        }
        Ok((rest, one_or(list, many)))
    }
}

fn one_or<'c>(mut list: Vec<Condition<'c>>, many: fn(Vec<Condition<'c>>) -> Condition<'c>) -> Condition<'c> {
    match list.len() {
        1 => list.swap_remove(0),
        _ => many(list),
    }
}

fn negation<'c>(depth: usize) -> impl Fn(&'c str) -> Parsed<'c> {
    move |input| {
        if depth > MAX_DEPTH {
            return Err(Err::Failure(Error::new(input, ErrorKind::TooLarge)));
        }
        match word("not").parse(input) {
            // What follows `not` is part of it: a fault there is not a name called `not`.
            Ok((rest, _)) => cut(map(negation(depth + 1), |inner| Condition::Not(Box::new(inner)))).parse(rest),
            Err(_) => part(depth)(input),
        }
    }
}

fn part<'c>(depth: usize) -> impl Fn(&'c str) -> Parsed<'c> {
    move |input| alt((brackets(depth), of, name)).parse(input)
}

fn brackets<'c>(depth: usize) -> impl Fn(&'c str) -> Parsed<'c> {
    move |input| {
        let (rest, _) = preceded(multispace0, char('(')).parse(input).map_err(|_: Err<Error<&str>>| Err::Error(Error::new(input, ErrorKind::Alt)))?;
        let (rest, inner) = cut(or(depth + 1)).parse(rest)?;
        match preceded(multispace0, char(')')).parse(rest) {
            Ok((rest, _)) => Ok((rest, inner)),
            Err(error) => {
                let _: Err<Error<&str>> = error;
                Err(Err::Failure(Error::new(rest, ErrorKind::Char)))
            }
        }
    }
}

fn of(input: &str) -> Parsed<'_> {
    let number = map(preceded(multispace0, nom::character::complete::u32), Quantity::AtLeast);
    let any = map(word("any"), |_| Quantity::AtLeast(1));
    let all = map(word("all"), |_| Quantity::All);
    let (rest, quantity) = terminated(alt((number, any, all)), word("of")).parse(input)?;
    match preceded(multispace0, take_while1(|char| of_name(char) || matches!(char, '*' | '?'))).parse(rest) {
        Ok((rest, names)) => Ok((rest, Condition::Of { quantity, names })),
        Err(error) => {
            let _: Err<Error<&str>> = error;
            Err(Err::Failure(Error::new(rest, ErrorKind::Tag)))
        }
    }
}

/// A name; the words that join names are none.
fn name(input: &str) -> Parsed<'_> {
    let (rest, found) = preceded(multispace0, take_while1(of_name)).parse(input)?;
    if ["and", "or", "not", "of"].iter().any(|word| found.eq_ignore_ascii_case(word)) {
        return Err(Err::Error(Error::new(input, ErrorKind::Verify)));
    }
    Ok((rest, Condition::Name(found)))
}

/// Which names a pattern of a condition means: `them`, or a name with wildcards. Names that begin with an underscore are
/// meant only by a pattern that does too.
pub(super) fn meant<'n>(pattern: &str, names: impl Iterator<Item = &'n str>) -> Vec<usize> {
    let glob = if pattern.eq_ignore_ascii_case("them") { Pattern::glob("*") } else { Pattern::glob(pattern) };
    let hidden = pattern.starts_with('_');
    names.enumerate().filter(|(_, name)| (hidden || !name.starts_with('_')) && glob.matches(name, Case::Sensitive)).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(condition: &Condition<'_>) -> String {
        let join = |list: &[Condition<'_>], word: &str| format!("({})", list.iter().map(shape).collect::<Vec<_>>().join(word));
        match condition {
            Condition::And(list) => join(list, " & "),
            Condition::Or(list) => join(list, " | "),
            Condition::Not(inner) => format!("!{}", shape(inner)),
            Condition::Name(name) => (*name).to_owned(),
            Condition::Of { quantity: Quantity::All, names } => format!("all:{names}"),
            Condition::Of { quantity: Quantity::AtLeast(count), names } => format!("{count}:{names}"),
        }
    }

    #[test]
    fn not_binds_closest_then_and_then_or() {
        let cases = [
            ("selection", "selection"),
            ("a and not b", "(a & !b)"),
            ("a or b and c", "(a | (b & c))"),
            ("(a or b) and c", "((a | b) & c)"),
            ("not a or b", "(!a | b)"),
            ("not (a or b)", "!(a | b)"),
            ("not not a", "!!a"),
            ("a AND NOT 1 OF filter_*", "(a & !1:filter_*)"),
            ("  a  and\n  b ", "(a & b)"),
            ("(a)", "a"),
            ("((a)and(b))", "(a & b)"),
            ("1 of them", "1:them"),
            ("any of them", "1:them"),
            ("all of sel*_x", "all:sel*_x"),
            ("2 of them or x", "(2:them | x)"),
            ("notes and order", "(notes & order)"),
            ("all and any", "(all & any)"),
            ("not_a and of_b", "(not_a & of_b)"),
            ("allof", "allof"),
            ("not(a)", "!a"),
            ("1 of x and y", "(1:x & y)"),
        ];
        for (text, want) in cases {
            assert_eq!(parse(text).map(|condition| shape(&condition)).as_deref(), Ok(want), "{text}");
        }
    }

    #[test]
    fn faults_say_where() {
        let deep = format!("{}a{}", "(".repeat(100), ")".repeat(100));
        let nots = format!("{}a", "not ".repeat(100));
        let cases = [
            ("", "", Why::Part),
            ("a and", "", Why::Part),
            ("a b", "b", Why::Operator),
            ("(a or b", "", Why::Close),
            ("a or or b", "or b", Why::Part),
            ("not", "", Why::Part),
            ("1 of", "", Why::Names),
            ("1 of (a, b)", "(a, b)", Why::Names),
            ("selection | count() by user > 5", "| count() by user > 5", Why::Aggregation),
            ("a*", "*", Why::Operator),
            ("a)", ")", Why::Operator),
            ("()", ")", Why::Part),
        ];
        for (text, at, why) in cases {
            assert_eq!(parse(text), Err(Fault { at, why }), "{text}");
        }
        assert_eq!(parse(&deep).map_err(|fault| fault.why), Err(Why::TooLarge));
        assert_eq!(parse(&nots).map_err(|fault| fault.why), Err(Why::TooLarge));
    }

    #[test]
    fn patterns_leave_out_names_with_an_underscore() {
        let names = ["selection_a", "_hidden", "selection_b", "filter"];
        let meant = |pattern| meant(pattern, names.into_iter());
        assert_eq!(meant("them"), [0, 2, 3]);
        assert_eq!(meant("selection_*"), [0, 2]);
        assert_eq!(meant("*_b"), [2]);
        assert_eq!(meant("_*"), [1]);
        assert_eq!(meant("x*"), [] as [usize; 0]);
        assert_eq!(meant("filter"), [3]);
    }
}
