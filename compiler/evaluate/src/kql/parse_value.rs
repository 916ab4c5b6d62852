//! How do words become a value: operators, calls, literals?
//!
//! From the weakest to the strongest: `or`, `and`, equality and lists, order, sums, products, tests of text, members.
//! <https://learn.microsoft.com/kusto/query/scalar-operators> has a page for each of them.

use std::sync::Arc;

use serde_json::Value as Json;

use super::expressions::{self, Readings};
use super::parse::Parser;
use super::time;
use super::tokens::Token;
use super::tree::{Case, Comparison, Expression, Named, Operator, TextTest};
use super::value::{Type, Value, flag};
use crate::Fault;

/// A test of text by its word without `!` and `_cs`.
fn text_test(word: &str) -> Option<TextTest> {
    Some(match word {
        "contains" => TextTest::Contains,
        "startswith" => TextTest::StartsWith,
        "endswith" => TextTest::EndsWith,
        "has" => TextTest::Has,
        "hasprefix" => TextTest::HasPrefix,
        "hassuffix" => TextTest::HasSuffix,
        _ => return None,
    })
}

impl Parser<'_> {
    /// A value.
    pub(super) fn expression(&mut self) -> Result<Expression, Fault> {
        self.deeper(|parser| {
            let first = parser.conjunction()?;
            if !parser.is_word("or") {
                return Ok(first);
            }
            let mut list = vec![first];
            while parser.word("or") {
                list.push(parser.conjunction()?);
            }
            Ok(Expression::Any(list))
        })
    }

    fn conjunction(&mut self) -> Result<Expression, Fault> {
        let first = self.comparison()?;
        if !self.is_word("and") {
            return Ok(first);
        }
        let mut list = vec![first];
        while self.word("and") {
            list.push(self.comparison()?);
        }
        Ok(Expression::All(list))
    }

    /// One comparison; they do not chain.
    fn comparison(&mut self) -> Result<Expression, Fault> {
        let left = if self.is_sign("*") { self.star()? } else { self.sum()? };
        let compared = match self.peek() {
            Some(Token::Sign("==")) => Some(Comparison::Equal),
            Some(Token::Sign("!=")) => Some(Comparison::NotEqual),
            Some(Token::Sign("<")) => Some(Comparison::Less),
            Some(Token::Sign("<=")) => Some(Comparison::AtMost),
            Some(Token::Sign(">")) => Some(Comparison::More),
            Some(Token::Sign(">=")) => Some(Comparison::AtLeast),
            _ => None,
        };
        if let Some(comparison) = compared {
            self.next();
            let right = self.sum()?;
            return Ok(Expression::Compare(Box::new(left), comparison, Box::new(right)));
        }
        let Some(Token::Word(word)) = self.peek() else { return Ok(left) };
        let (negated, word) = word.strip_prefix('!').map_or((false, *word), |word| (true, word));
        match word {
            "in" | "in~" => {
                let case = if word == "in" { Case::Sensitive } else { Case::Insensitive };
                self.next();
                Ok(Expression::In { left: Box::new(left), case, negated, list: self.operands()? })
            }
            "has_any" | "has_all" if !negated => {
                let all = word == "has_all";
                self.next();
                Ok(Expression::Terms { left: Box::new(left), all, list: self.operands()? })
            }
            "between" => {
                self.next();
                self.expect("(")?;
                let low = self.deeper(Self::sum)?;
                self.expect("..")?;
                let high = self.deeper(Self::sum)?;
                self.expect(")")?;
                Ok(Expression::Between { value: Box::new(left), negated, low: Box::new(low), high: Box::new(high) })
            }
            _ => Ok(left),
        }
    }

    /// The right side of `in` and `has_any`.
    fn operands(&mut self) -> Result<Vec<Expression>, Fault> {
        self.expect("(")?;
        if self.sign(")") {
            return Ok(Vec::new());
        }
        let list = self.deeper(|parser| parser.list(Self::tabular))?;
        self.expect(")")?;
        Ok(list)
    }

    /// `*` on the left of a test of text.
    fn star(&mut self) -> Result<Expression, Fault> {
        self.expect("*")?;
        if matches!(self.peek(), Some(Token::Sign("==" | "," | ")"))) {
            return Ok(Expression::Star);
        }
        self.tested(Expression::Star)
    }

    fn sum(&mut self) -> Result<Expression, Fault> {
        self.chain(Self::product, &[("+", Operator::Add), ("-", Operator::Subtract)])
    }

    fn product(&mut self) -> Result<Expression, Fault> {
        let signs = [("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)];
        self.chain(
            |parser| {
                let left = parser.signed()?;
                parser.tested(left)
            },
            &signs,
        )
    }

    fn chain(&mut self, operand: impl Fn(&mut Self) -> Result<Expression, Fault>, signs: &[(&'static str, Operator)]) -> Result<Expression, Fault> {
        let first = operand(self)?;
        let mut more = Vec::new();
        while let Some((sign, operator)) = signs.iter().find(|(sign, _)| self.is_sign(sign)) {
            self.expect(sign)?;
            more.push((*operator, operand(self)?));
        }
        Ok(if more.is_empty() { first } else { Expression::Arithmetic(Box::new(first), more) })
    }

    /// A value, and a test of text that may follow.
    fn tested(&mut self, left: Expression) -> Result<Expression, Fault> {
        let (test, case, negated) = match self.peek() {
            Some(Token::Sign("=~")) => (TextTest::Equals, Case::Insensitive, false),
            Some(Token::Sign("!~")) => (TextTest::Equals, Case::Insensitive, true),
            Some(Token::Word("matches")) => {
                self.next();
                if !self.word("regex") {
                    return Err(self.unread("`regex` should stand here"));
                }
                let right = self.signed()?;
                self.keep(&right)?;
                return Ok(Expression::Matches(Box::new(left), Box::new(right)));
            }
            Some(Token::Word(word)) => {
                let (negated, word) = word.strip_prefix('!').map_or((false, *word), |word| (true, word));
                let (case, word) = word.strip_suffix("_cs").map_or((Case::Insensitive, word), |word| (Case::Sensitive, word));
                match text_test(word) {
                    Some(test) => (test, case, negated),
                    None => return Ok(left),
                }
            }
            _ => return Ok(left),
        };
        self.next();
        let right = self.signed()?;
        Ok(Expression::Text { left: Box::new(left), test, case, negated, right: Box::new(right) })
    }

    fn signed(&mut self) -> Result<Expression, Fault> {
        if self.sign("-") {
            return self.deeper(|parser| Ok(Expression::Minus(Box::new(parser.signed()?))));
        }
        self.member()
    }

    fn member(&mut self) -> Result<Expression, Fault> {
        let base = self.primary()?;
        let mut path = Vec::new();
        loop {
            if self.sign(".") {
                path.push(Expression::Constant(Value::text(self.name()?), Type::String));
            } else if self.sign("[") {
                path.push(self.expression()?);
                self.expect("]")?;
            } else {
                break;
            }
        }
        Ok(if path.is_empty() { base } else { Expression::Path(Box::new(base), path) })
    }

    fn primary(&mut self) -> Result<Expression, Fault> {
        match self.peek() {
            Some(Token::Text(text)) => {
                let text = Expression::Constant(Value::text(&**text), Type::String);
                self.next();
                Ok(text)
            }
            Some(Token::Long(number)) => {
                let number = Expression::Constant(Value::Long(*number), Type::Long);
                self.next();
                Ok(number)
            }
            Some(Token::Real(number)) => {
                let number = Expression::Constant(Value::Real(*number), Type::Real);
                self.next();
                Ok(number)
            }
            Some(Token::Span(ticks)) => {
                let span = Expression::Constant(Value::Span(*ticks), Type::Timespan);
                self.next();
                Ok(span)
            }
            Some(Token::Typed(kind, inside)) => {
                let literal = typed(kind, inside).ok_or_else(|| self.unread("a literal that is not read here"))?;
                self.next();
                Ok(literal)
            }
            Some(Token::Sign("(")) => {
                self.next();
                let inside = self.deeper(Self::tabular)?;
                self.expect(")")?;
                Ok(inside)
            }
            Some(Token::Sign("[")) => Ok(Expression::Name(self.name()?)),
            Some(Token::Word(word)) => {
                let word = *word;
                self.named_value(word)
            }
            _ => Err(self.unread("a value should stand here")),
        }
    }

    /// A name, a call, `true` or `false`.
    fn named_value(&mut self, word: &str) -> Result<Expression, Fault> {
        const WORDS: [&str; 11] = ["and", "or", "in", "by", "on", "asc", "desc", "let", "between", "to", "null"];
        if let "true" | "false" = word {
            self.next();
            return Ok(Expression::Constant(Value::Bool(word == "true"), Type::Bool));
        }
        let operator = word.strip_suffix("_cs").unwrap_or(word);
        if WORDS.contains(&word) || text_test(operator).is_some() {
            return Err(self.unread("a value should stand here"));
        }
        let name = self.name()?;
        if !self.sign("(") {
            return Ok(Expression::Name(name));
        }
        if name == "dynamic" {
            let json = self.deeper(Self::json)?;
            self.expect(")")?;
            return Ok(Expression::Constant(Value::json(json), Type::Dynamic));
        }
        let arguments = if self.is_sign(")") { Vec::new() } else { self.deeper(|parser| parser.list(Self::argument))? };
        self.expect(")")?;
        if let Some(at) = expressions::argument(&name)
            && let Some(Named { value: Expression::Constant(Value::Text(pattern), _), .. }) = arguments.get(at)
        {
            for pattern in expressions::compiled(&name, pattern) {
                self.keep_text(&pattern)?;
            }
        }
        Ok(Expression::Call(name, arguments))
    }

    /// An argument of a call: a value, a named one, rows, or every column.
    fn argument(&mut self) -> Result<Named, Fault> {
        if self.is_sign("*") && matches!(self.peek_behind(1), Some(Token::Sign(")"))) {
            self.next();
            return Ok(Named { name: None, value: Expression::Star });
        }
        if matches!((self.peek(), self.peek_behind(1)), (Some(Token::Word(_)), Some(Token::Sign("=")))) {
            return self.named();
        }
        Ok(Named { name: None, value: self.tabular()? })
    }

    /// Keeps a regular expression that stands as a literal.
    fn keep(&mut self, of: &Expression) -> Result<(), Fault> {
        if let Expression::Constant(Value::Text(text), _) = of { self.keep_text(text) } else { Ok(()) }
    }

    fn keep_text(&mut self, text: &str) -> Result<(), Fault> {
        if self.expressions.contains_key(text) {
            return Ok(());
        }
        let readings = match self.shared.get(text) {
            Some(readings) => readings.clone(),
            None => {
                let readings = Arc::new(Readings::new(text)?);
                self.shared.insert(text.to_owned(), readings.clone());
                readings
            }
        };
        self.expressions.insert(text.to_owned(), readings);
        Ok(())
    }

    /// What stands in `dynamic(...)`: <https://learn.microsoft.com/kusto/query/scalar-data-types/dynamic>.
    fn json(&mut self) -> Result<Json, Fault> {
        let negative = self.sign("-");
        let wrong = "a JSON value should stand here";
        match self.next() {
            Some(Token::Long(number)) => Ok(Json::from(if negative { -number } else { number })),
            Some(Token::Real(number)) => Ok(Json::from(if negative { -number } else { number })),
            Some(Token::Text(text)) if !negative => Ok(Json::String(text.into_owned())),
            Some(Token::Word("true")) if !negative => Ok(Json::Bool(true)),
            Some(Token::Word("false")) if !negative => Ok(Json::Bool(false)),
            Some(Token::Word("null")) if !negative => Ok(Json::Null),
            Some(Token::Sign("[")) if !negative => {
                let mut out = Vec::new();
                while !self.is_sign("]") {
                    out.push(self.deeper(Self::json)?);
                    if !self.sign(",") {
                        break;
                    }
                }
                self.expect("]")?;
                Ok(Json::Array(out))
            }
            Some(Token::Sign("{")) if !negative => {
                let mut out = serde_json::Map::new();
                while !self.is_sign("}") {
                    let Some(Token::Text(name)) = self.next() else { return Err(self.unread("the name of a member should stand here")) };
                    self.expect(":")?;
                    let value = self.deeper(Self::json)?;
                    out.insert(name.into_owned(), value);
                    if !self.sign(",") {
                        break;
                    }
                }
                self.expect("}")?;
                Ok(Json::Object(out))
            }
            _ => Err(self.unread(wrong)),
        }
    }
}

/// A literal with its type.
fn typed(kind: &str, inside: &str) -> Option<Expression> {
    let of = Type::named(kind)?;
    let inside = inside.trim();
    if inside == "null" {
        return (of != Type::String).then_some(Expression::Constant(Value::Null, of));
    }
    let unquoted = inside.strip_prefix(['"', '\'']).and_then(|inside| inside.strip_suffix(['"', '\''])).unwrap_or(inside);
    let value = match of {
        Type::Long | Type::Int => Value::Long(inside.parse().ok()?),
        Type::Real => Value::Real(inside.parse::<f64>().ok().filter(|number| number.is_finite())?),
        Type::Bool => Value::Bool(flag(inside)?),
        Type::DateTime => Value::Time(time::moment(unquoted)?),
        Type::Timespan => Value::Span(time::span(unquoted)?),
        Type::Guid => Value::Guid(Arc::from(unquoted.to_ascii_lowercase())),
        Type::String | Type::Dynamic | Type::Decimal => return None,
    };
    Some(Expression::Constant(value, of))
}
