//! A predicate as an expression: each test of it in the way in which the log keeps its field.

use backend::Refusal;
use ir::{FieldTest, Op, Pattern, Predicate};
use logs::Encoding;

use super::codes::NO_SOURCE;
use super::env::Env;
use super::expression::Expression;
use super::test::plain;
use super::{joined, words};
use crate::ast::{Cased, How, Item, Key, Value};

/// A predicate as an expression. `positive` is false under a negation.
pub(super) fn predicate(asked: &Predicate, positive: bool, env: &mut Env<'_, '_>) -> Result<Expression, Refusal> {
    Ok(match asked {
        Predicate::All(list) => joined::conjunction(list, positive, env, predicate)?,
        Predicate::Any(list) => {
            let parts: Vec<Expression> = list.iter().map(|part| predicate(part, positive, env)).collect::<Result<_, _>>()?;
            Expression::any(parts)
        }
        Predicate::Not(inner) => match &**inner {
            Predicate::Test(exists) if exists.op == Op::Exists && env.words.and_then(|words| words.sign(&exists.field)).is_some() => {
                let values = [Value::Null].into_iter().chain(["", logs::NOTHING].map(|text| Value::Text(Pattern::exact(text)))).collect();
                let field = env.name(&exists.field, exists.span)?;
                Expression::Item(Item { key: Key { field, how: How::Is(Cased::No), all: false }, values })
            }
            inner => predicate(inner, !positive, env)?.negate(),
        },
        Predicate::Test(test) => self::test(test, positive, env)?,
        Predicate::Bytes(bytes) => return Err(env.cx.unsupported(&NO_SOURCE, bytes.span, "Sigma rules read logs, not files")),
    })
}

fn test(test: &FieldTest, positive: bool, env: &mut Env<'_, '_>) -> Result<Expression, Refusal> {
    let encoding = if env.words.is_some() { words::encoding(test) } else { env.encoding(&test.field) };
    if encoding != Encoding::Same {
        return joined::test(test, encoding, positive, env);
    }
    let name = env.name(&test.field, test.span)?;
    plain(&name, test, positive, env)
}
