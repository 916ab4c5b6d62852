//! One test as items: the field's name in the log, the modifier, the values.

use backend::Refusal;
use ir::{Case, Comparison, FieldKind, FieldRef, FieldTest, NumberTest, Op, Part, Pattern, Platform, Regex, Tree};
use logs::Encoding;
use source::{Loss, Span};

use super::codes::{COMPARISON, REGEX};
use super::env::Env;
use super::expression::Expression;
use super::regex;
use crate::ast::{Cased, How, Item, Key, Order, Value};

/// A test on a field that stands in the log as it is.
pub(super) fn plain(name: &str, test: &FieldTest, positive: bool, env: &mut Env<'_, '_>) -> Result<Expression, Refusal> {
    let own = env.words.is_some();
    Ok(match &test.op {
        Op::Exists if own => {
            let is = |pattern| Expression::Item(Item::one(name, How::Is(Cased::No), Value::Text(pattern)));
            let sign = env.words.and_then(|words| words.sign(&test.field)).map(|sign| is(Pattern::exact(sign)).negate());
            Expression::all(std::iter::once(is(Pattern::new([Part::Run]))).chain(sign))
        }
        Op::Exists => exists(name, env),
        Op::Missing => Expression::Item(Item::one(name, How::Is(Cased::No), Value::Null)),
        Op::Empty => Expression::Item(Item::one(name, How::Is(Cased::No), Value::Text(Pattern::exact("")))),
        Op::Time { part, number } => Expression::any(
            compared(number).into_iter().map(|(order, number)| Expression::Item(Item::one(name, How::Time(*part, order), Value::Number(number)))),
        ),
        Op::Text { patterns, case } if own => text(name, patterns, *case, env),
        Op::Text { patterns, case } => text(name, &on_platform(&test.field, patterns, env), *case, env),
        Op::Under(trees) => text(name, &trees.iter().flat_map(Tree::patterns).collect::<Vec<_>>(), Case::Insensitive, env),
        Op::Domain(domains) => {
            let patterns = domains.iter().flat_map(|domain| [Pattern::exact(domain.as_str()), Pattern::ends(format!(".{}", domain.as_str()))]);
            text(name, &patterns.collect::<Vec<_>>(), Case::Insensitive, env)
        }
        Op::Url(urls) => {
            let patterns: Vec<Pattern> = urls.iter().map(|url| Pattern::exact(url.to_string())).collect();
            text(name, &patterns, Case::Insensitive, env)
        }
        Op::Regex(list) => {
            let parts: Vec<Expression> = list.iter().map(|one| self::regex(name, one, test.span, env, |re| re)).collect::<Result<_, _>>()?;
            Expression::any(parts)
        }
        Op::Address(nets) => Expression::any(nets.iter().map(|net| {
            // A single IPv4 address has one spelling; IPv6 has many, which only a network comparison covers.
            let single = net.prefix_len() == net.max_prefix_len();
            Expression::Item(match net {
                ir::IpNet::V4(net) if single && (!own || test.field.known().is_some()) => {
                    Item::one(name, How::Is(Cased::No), Value::Text(Pattern::exact(net.addr().to_string())))
                }
                _ => Item::one(name, How::Cidr, Value::Net(*net)),
            })
        })),
        Op::Number(number) => numbers(name, number),
        // Logs of hosts write a flag as text.
        Op::Flag(flag) if test.field.known().is_some() => {
            Expression::Item(Item::one(name, How::Is(Cased::No), Value::Text(Pattern::exact(if *flag { "true" } else { "false" }))))
        }
        Op::Flag(flag) => Expression::Item(Item::one(name, How::Is(Cased::No), Value::Flag(*flag))),
        Op::Same { other, case, place } => {
            if !own && env.encoding(other) != Encoding::Same {
                return Err(env.cx.unsupported(&COMPARISON, test.span, format!("`{other}` stands inside another field of the log")));
            }
            let other = env.name(other, test.span)?;
            if *case == Case::Sensitive && !own {
                let help = "dropping `cased` says what the rule does";
                env.loss(&COMPARISON, Loss::Wider, positive, test.span, "Sigma's tools compare two fields without case", help);
            }
            // A rule that says it keeps its word.
            let cased = if *case == Case::Sensitive && own { Cased::Yes } else { Cased::No };
            Expression::Item(Item::one(name, How::Field(*place, cased), Value::Field(other)))
        }
    })
}

/// A number's test as comparisons, any of which is enough.
fn compared(number: &NumberTest) -> Vec<(Option<Order>, i64)> {
    match number {
        NumberTest::Decimal(..) => number.over_whole().map(|whole| compared(&whole)).unwrap_or_default(),
        NumberTest::In(list) => list.iter().map(|number| (None, *number)).collect(),
        NumberTest::Less(than) => vec![(Some(Order::Less), *than)],
        NumberTest::AtMost(than) => vec![(Some(Order::AtMost), *than)],
        NumberTest::More(than) => vec![(Some(Order::More), *than)],
        NumberTest::AtLeast(than) => vec![(Some(Order::AtLeast), *than)],
    }
}

/// A test of a whole number.
pub(super) fn numbers(name: &str, number: &NumberTest) -> Expression {
    let one = |how, value| Expression::Item(Item::one(name, how, Value::Number(value)));
    match number {
        NumberTest::In(list) => Expression::any(list.iter().map(|value| one(How::Is(Cased::No), *value))),
        NumberTest::Less(than) => one(How::Less, *than),
        NumberTest::AtMost(than) => one(How::AtMost, *than),
        NumberTest::More(than) => one(How::More, *than),
        NumberTest::AtLeast(than) => one(How::AtLeast, *than),
        NumberTest::Decimal(comparison, than) => {
            let one = |how| Expression::Item(Item::one(name, how, Value::Decimal(*than)));
            match comparison {
                Comparison::Less => one(How::Less),
                Comparison::AtMost => one(How::AtMost),
                Comparison::More => one(How::More),
                Comparison::AtLeast => one(How::AtLeast),
                Comparison::Equal => one(How::Is(Cased::No)),
                Comparison::NotEqual => one(How::Is(Cased::No)).negate(),
            }
        }
    }
}

/// The field is there and not empty. `exists` alone would also take an empty value.
pub(super) fn exists(name: &str, env: &Env<'_, '_>) -> Expression {
    let mut empty = vec![Value::Text(Pattern::exact(""))];
    let dash = env.source.and_then(|source| source.sign(name));
    empty.extend(dash.map(|dash| Value::Text(Pattern::exact(dash))));
    let empty = Item { key: Key { field: name.to_owned(), how: How::Is(Cased::No), all: false }, values: empty };
    Expression::all([Expression::Item(Item::one(name, How::Exists, Value::Flag(true))), Expression::Item(empty).negate()])
}

/// The field's text fits any of the patterns.
pub(super) fn text(name: &str, patterns: &[Pattern], case: Case, env: &Env<'_, '_>) -> Expression {
    // One item for each way of comparing, as they come: lists are long.
    let (mut items, mut anything): (Vec<Item>, bool) = (Vec::new(), false);
    for pattern in patterns {
        match one(pattern, case) {
            None => {}
            Some((_, None)) => anything = true,
            Some((how, Some(value))) => match items.iter_mut().find(|item| item.key.how == how) {
                Some(item) => item.values.push(Value::Text(value)),
                None => items.push(Item::one(name, how, Value::Text(value))),
            },
        }
    }
    Expression::any(items.into_iter().map(Expression::Item).chain(anything.then(|| exists(name, env))))
}

/// How a pattern is compared, and what with: nothing when any text fits. `None` when no text does.
fn one(pattern: &Pattern, case: Case) -> Option<(How, Option<Pattern>)> {
    let cased = match case {
        Case::Sensitive if pattern.literals().any(|text| text.chars().any(char::is_alphabetic)) => Cased::Yes,
        _ => Cased::No,
    };
    let (how, inner) = match pattern.parts() {
        // An empty value counts as missing, so nothing equals the empty text.
        [Part::Literal(text)] if text.is_empty() => return None,
        [Part::Run] => return Some((How::Exists, None)),
        [Part::Run, inner @ .., Part::Run] => (How::Contains(cased), inner),
        [Part::Run, inner @ ..] => (How::Ends(cased), inner),
        [inner @ .., Part::Run] => (How::Starts(cased), inner),
        _ => return Some((How::Is(cased), Some(pattern.clone()))),
    };
    Some((how, Some(Pattern::new(inner.iter().cloned()))))
}

/// The field's text holds a match of the expression, after `change`.
pub(super) fn regex(
    name: &str,
    expression: &Regex,
    span: Span,
    env: &Env<'_, '_>,
    change: impl FnOnce(crate::ast::Re) -> crate::ast::Re,
) -> Result<Expression, Refusal> {
    let (re, flags) = regex::convert(expression).map_err(|why| env.cx.unsupported(&REGEX, span, format!("{expression:?} {why}")))?;
    Ok(Expression::Item(Item::one(name, How::Regex(flags), Value::Regex(change(re)))))
}

/// Without the forward-slash twins of paths that come from Windows, where logs write backslashes.
fn on_platform(field: &FieldRef, patterns: &[Pattern], env: &Env<'_, '_>) -> Vec<Pattern> {
    let path = field.known().is_some_and(|field| field.kind() == FieldKind::Path);
    if !path || env.platform != Some(Platform::Windows) {
        return patterns.to_vec();
    }
    let known: std::collections::BTreeSet<&Pattern> = patterns.iter().collect();
    let twin = |pattern: &Pattern| match pattern.parts() {
        [Part::Run, Part::Literal(text), rest @ ..] => text.strip_prefix('/').map(|name| {
            let head = [Part::Run, Part::Literal(format!("\\{name}"))];
            Pattern::new(head.into_iter().chain(rest.iter().cloned()))
        }),
        _ => None,
    };
    patterns.iter().filter(|pattern| !twin(pattern).is_some_and(|twin| known.contains(&twin))).cloned().collect()
}
