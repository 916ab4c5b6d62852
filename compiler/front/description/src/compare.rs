//! One field, one operator, its values: do they fit each other?

use ir::{Case, EventClass, Field, FieldKind, FieldRef, FieldTest, Op, Predicate, Regex};
use source::{Code, Diagnostic, Span};

use super::cursor::{Broken, Cursor, Parse, Spanned};
use super::operator::{Operator, Value, Written};
use super::{field, foreign, literal, token, wildcard};
use source::suggest;

/// An operator that does not exist.
pub(crate) static UNKNOWN_OPERATOR: Code = Code::error("check.unknown-operator", "there is no such operator");
/// An operator on a field that it does not fit.
pub(crate) static OPERATOR: Code = Code::error("check.operator", "an operator does not fit the kind of the field");
/// A regular expression that cannot be read.
pub(crate) static REGEX: Code = Code::error("check.regex", "a regular expression cannot be read");

/// Reads `field operator values cased`. `None` when it was read and means nothing.
pub(crate) fn test(cursor: &mut Cursor<'_>, class: Option<EventClass>) -> Parse<Option<Predicate>> {
    let start = cursor.at();
    let field = match cursor.attempt(token::string)? {
        Some(open) => field::open(cursor, class, &open.value, open.span),
        None => {
            let name = cursor.need("a field such as `process.name`", token::path)?;
            field::known(cursor, class, name.value, name.span)
        }
    };
    let operator = operator(cursor)?;
    let values = match operator.value {
        Operator::Exists | Operator::Absent => Vec::new(),
        Operator::In => cursor.list(|cursor| value(cursor).map(Some))?,
        Operator::Contains | Operator::Starts | Operator::Ends | Operator::Glob | Operator::Matches | Operator::Under => {
            cursor.list_or_one(|cursor| value(cursor).map(Some))?
        }
        _ if cursor.sees("[") => {
            let name = operator.value.name();
            cursor.report(
                Diagnostic::new(&OPERATOR, format!("`{name}` takes one value"))
                    .at(operator.span, "before a list")
                    .help("alternatives are written as `in [...]`"),
            );
            cursor.list(|cursor| value(cursor).map(Some))?;
            return Ok(None);
        }
        _ => vec![value(cursor)?],
    };
    let cased = cursor.keyword("cased");
    let Some(field) = field else { return Ok(None) };
    let span = cursor.since(start);
    let kind = field.known().map(Field::kind);
    if !operator.value.fits(kind) {
        unfit(cursor, &field, operator.value, operator.span);
        return Ok(None);
    }
    let needs_values = !matches!(operator.value, Operator::Exists | Operator::Absent);
    if needs_values && values.is_empty() {
        let message = format!("`{}` needs at least one value", operator.value.name());
        cursor.report(Diagnostic::new(&literal::LITERAL, message).at(operator.span, "no value"));
        return Ok(None);
    }
    let Some(op) = op(cursor, class, &field, &operator, &values, cased) else { return Ok(None) };
    wildcard::check(cursor, &field, operator.value, &values);
    let test = Predicate::Test(FieldTest { field, op, span });
    Ok(Some(match operator.value {
        Operator::NotEqual | Operator::Absent => test.negate(),
        _ => test,
    }))
}

fn value<'a>(cursor: &mut Cursor<'a>) -> Parse<Value<'a>> {
    if let Some(text) = cursor.attempt(token::string)? {
        return Ok(Spanned { value: Written::Quoted(text.value), span: text.span });
    }
    if cursor.sees("/")
        && let Some(regex) = cursor.attempt(token::regex)?
    {
        return Ok(Spanned { value: Written::Regex(regex.value), span: regex.span });
    }
    if let Some(dollar) = cursor.eat("$") {
        let name = cursor.need("the other field's name", token::path)?;
        return Ok(Spanned { value: Written::Field(name.value), span: dollar.to(name.span) });
    }
    if cursor.at_block() || cursor.peek_word().is_some_and(|word| matches!(word, "and" | "or" | "not" | "cased")) {
        return Err(cursor.expected("a value"));
    }
    let bare = cursor.need("a value", token::bare)?;
    Ok(Spanned { value: Written::Bare(bare.value), span: bare.span })
}

fn operator(cursor: &mut Cursor<'_>) -> Parse<Spanned<Operator>> {
    let symbol = nom::bytes::complete::take_while1(|char: char| matches!(char, '=' | '!' | '<' | '>' | '~' | ':' | '&' | '|'));
    let found = match cursor.attempt(symbol)? {
        Some(symbol) => symbol,
        None if cursor.sees("}") || cursor.sees(")") || cursor.done() => return Err(cursor.expected("an operator such as `==`")),
        None => cursor.need("an operator such as `==`", token::word)?,
    };
    if let Some((operator, _)) = Operator::ALL.iter().find(|(_, name)| *name == found.value) {
        return Ok(Spanned { value: *operator, span: found.span });
    }
    // Sigma's modifiers stand behind a bar.
    let modifier = if found.value == "|" { cursor.peek_word() } else { None };
    let help = foreign::operator(modifier.unwrap_or(found.value))
        .or_else(|| suggest::help(modifier.unwrap_or(found.value), Operator::ALL.iter().map(|(_, name)| *name)));
    let span = match modifier {
        Some(word) => cursor.span(found.span.range().start, cursor.at() + word.len()),
        None => found.span,
    };
    let message = format!("`{}` is not an operator", cursor.words(span));
    let mut diagnostic = Diagnostic::new(&UNKNOWN_OPERATOR, message).at(span, "not known here");
    diagnostic.help = help;
    cursor.report(diagnostic);
    Err(Broken)
}

fn unfit(cursor: &mut Cursor<'_>, field: &FieldRef, operator: Operator, span: Span) {
    let kind = field.known().map(Field::kind);
    let fitting: Vec<&str> = Operator::ALL.iter().filter(|(operator, _)| operator.fits(kind)).map(|(_, name)| *name).collect();
    let what = kind.map_or("anything", literal::kind_words);
    let message = format!("`{}` does not fit `{field}`, which holds {what}", operator.name());
    cursor
        .report(Diagnostic::new(&OPERATOR, message).at(span, "does not fit").help(format!("the operators that fit are {}", suggest::list(&fitting))));
}

/// The operator with its values read as the field's kind wants them.
fn op(
    cursor: &mut Cursor<'_>,
    class: Option<EventClass>,
    field: &FieldRef,
    operator: &Spanned<Operator>,
    values: &[Value<'_>],
    cased: Option<Span>,
) -> Option<Op> {
    let case = if cased.is_some() { Case::Sensitive } else { Case::Insensitive };
    let op = match (operator.value, values) {
        (Operator::Exists | Operator::Absent, _) => Op::Exists,
        (Operator::Matches, _) => Op::Regex(regexes(cursor, field, values, case)?),
        (Operator::Equal | Operator::NotEqual, [Spanned { value: Written::Field(other), span }]) => {
            Op::Same { other: field::known(cursor, class, other, *span)?, place: ir::Place::Whole, case }
        }
        _ => literal::op(cursor, field, operator.value, values, case)?,
    };
    let counts = matches!(op, Op::Text { .. } | Op::Regex(_) | Op::Same { .. }) && field.known().is_none_or(|field| field.kind() != FieldKind::Hash);
    match cased {
        Some(span) if !counts => {
            let message = format!("case does not count in `{field}` with `{}`", operator.value.name());
            cursor.report(Diagnostic::new(&OPERATOR, message).at(span, "says nothing here").help("`cased` might be left out"));
            None
        }
        _ => Some(op),
    }
}

fn regexes(cursor: &mut Cursor<'_>, field: &FieldRef, values: &[Value<'_>], case: Case) -> Option<Vec<Regex>> {
    let mut out = Vec::new();
    for value in values {
        let Written::Regex(text) = &value.value else {
            let message = "`matches` takes an expression between slashes";
            cursor.report(Diagnostic::new(&literal::LITERAL, message).at(value.span, "not an expression").help("an expression is written as `/a+/`"));
            continue;
        };
        let Some(regex) = regex(cursor, text, value.span, case) else { continue };
        match field.known().and_then(|field| Some((field, field.never_holds()?))) {
            Some((field, (chars, other))) if regex.asks_for(chars) => {
                let written = cursor.words(value.span);
                let message = format!("`{}` never holds what `{written}` asks for: {}", field.name(), literal::never(chars));
                let help = format!("`{} matches {written}` might be meant", other.name());
                cursor.report(Diagnostic::new(&literal::LITERAL, message).at(value.span, "never found").help(help));
            }
            _ => out.push(regex),
        }
    }
    (out.len() == values.len()).then_some(out)
}

/// Reads an expression; one that is not well formed is reported.
pub(crate) fn regex(cursor: &mut Cursor<'_>, text: &str, span: Span, case: Case) -> Option<Regex> {
    match Regex::parse(text, case) {
        Ok(regex) => Some(regex),
        Err(why) => {
            let message = format!("the expression cannot be read: {why}");
            let help = "look-around and back-references are left out, so that every target can run it in linear time";
            cursor.report(Diagnostic::new(&REGEX, message).at(span, "here").help(help));
            None
        }
    }
}
