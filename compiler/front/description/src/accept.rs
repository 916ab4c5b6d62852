//! The `accept` block: which known loss was reviewed and is fine?

use ir::Accept;
use nom::Parser;
use nom::bytes::complete::take_while1;
use nom::character::complete::char;
use nom::combinator::{opt, recognize};
use nom::sequence::pair;

use super::cursor::{Cursor, Parse};
use super::token::{self, Token};

/// A target, with a profile behind a slash when only that is meant: `kql`, `kql/asim`, `suricata/7`.
fn target(input: &str) -> Token<'_, &str> {
    let profile = take_while1(|char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.'));
    recognize(pair(token::path, opt(pair(char('/'), profile)))).parse(input)
}

/// Reads `CODE for SUBJECT on TARGET because "..."`, behind the word `accept`.
pub(crate) fn accept(cursor: &mut Cursor<'_>) -> Parse<Accept> {
    let code = cursor.need("a code such as `kql.no-request-body`", token::path)?;
    cursor.expect_keyword("for")?;
    let subject = cursor.need("the name of a block or facet", token::path)?;
    cursor.expect_keyword("on")?;
    let target = cursor.need("a target such as `kql` or `kql/asim`", target)?;
    cursor.expect_keyword("because")?;
    let because = cursor.string("the reason in quotes")?;
    Ok(Accept {
        code: code.value.to_owned(),
        subject: subject.value.to_owned(),
        target: target.value.to_owned(),
        because: because.value,
        span: subject.span,
    })
}
