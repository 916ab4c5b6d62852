//! How does `search` say a value, and how does an expression say a number, or that a field is there?

use ir::{Comparison, Decimal, NumberTest, Part, Pattern, Shape};

use crate::ast::{Compare, Expr, Piece, Search, Value};

/// A field against patterns in the language of `search`, and whether that is exact.
pub(crate) fn texts(name: &str, patterns: &[Pattern], mut exact: bool) -> (Option<Search>, bool) {
    let mut values = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        match pattern.shape() {
            // An empty value counts as a missing one, so nothing equals it.
            Shape::Exact("") => continue,
            Shape::Anything => return (Some(Search::exists(name)), exact),
            _ => {}
        }
        let (value, sure) = text(pattern);
        exact &= sure;
        values.push(value);
    }
    if values.is_empty() { (Some(Search::Nothing), true) } else { (Some(Search::term(name, dedupe(values))), exact) }
}

pub(crate) fn dedupe(values: Vec<Value>) -> Vec<Value> {
    let mut seen = std::collections::BTreeSet::new();
    values.into_iter().filter(|value| seen.insert(value.clone())).collect()
}

/// A pattern as a value of `search`, and whether it is exact: `*` cannot be escaped, one character cannot be left open, and a
/// backtick or a control character is kept out of searches altogether.
pub(crate) fn text(pattern: &Pattern) -> (Value, bool) {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut exact = true;
    let mut push = |piece: Piece| match (pieces.last_mut(), piece) {
        (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(&text),
        (Some(Piece::Any), Piece::Any) => {}
        (_, piece) => pieces.push(piece),
    };
    for part in pattern.parts() {
        match part {
            Part::Run => push(Piece::Any),
            Part::One => {
                exact = false;
                push(Piece::Any);
            }
            Part::Literal(literal) => {
                let blanks = blanks_of_commands(literal);
                for (at, char) in literal.char_indices() {
                    if sayable(char) && !blanks.iter().any(|blank| blank.contains(&at)) {
                        push(Piece::Literal(char.to_string()));
                    } else {
                        exact = false;
                        push(Piece::Any);
                    }
                }
            }
        }
    }
    (Value::Text(pieces), exact)
}

/// Where blanks stand in a text that Splunk's inspection of apps refuses in a configuration file, whatever it is there for: `rm -rf`
/// (<https://dev.splunk.com/enterprise/reference/appinspect/appinspectcheck>). Searches leave the blank open and `where` says it.
pub(crate) fn blanks_of_commands(text: &str) -> Vec<std::ops::Range<usize>> {
    let blank = |(at, word): (usize, &str)| {
        let start = at + word.len();
        let rest = text.get(start..)?;
        let option = rest.trim_start();
        let end = start + (rest.len() - option.len());
        (end > start && (option.starts_with("-r") || option.starts_with("-f"))).then_some(start..end)
    };
    text.match_indices("rm").filter_map(blank).collect()
}

/// Whether `search` can say a character and mean it.
pub(crate) fn sayable(char: char) -> bool {
    char != '*' && char != '`' && !char.is_control() && !matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// A field has another value than this word, or none.
pub(crate) fn is_not(name: impl Into<String>, word: &str) -> Search {
    Search::Not(Box::new(Search::word(name, word)))
}

pub(crate) fn numbers(name: String, test: &NumberTest) -> Search {
    let one = |compare, number: &i64| Search::Term { field: name.clone(), compare, values: vec![Value::Number(*number)] };
    match test {
        NumberTest::In(list) if list.is_empty() => Search::Nothing,
        NumberTest::In(list) => Search::term(name, dedupe(list.iter().map(|number| Value::Number(*number)).collect())),
        NumberTest::Less(number) => one(Compare::Less, number),
        NumberTest::AtMost(number) => one(Compare::AtMost, number),
        NumberTest::More(number) => one(Compare::More, number),
        NumberTest::AtLeast(number) => one(Compare::AtLeast, number),
        NumberTest::Decimal(comparison, number) => decimal_term(name, *comparison, *number),
    }
}

pub(crate) fn number_expression(value: Expr, test: &NumberTest) -> Expr {
    let one = |compare, number: &i64| Expr::compare(value.clone(), compare, Expr::Number(*number));
    match test {
        NumberTest::In(list) => Expr::any(list.iter().map(|number| one(Compare::Equal, number)).collect()),
        NumberTest::Less(number) => one(Compare::Less, number),
        NumberTest::AtMost(number) => one(Compare::AtMost, number),
        NumberTest::More(number) => one(Compare::More, number),
        NumberTest::AtLeast(number) => one(Compare::AtLeast, number),
        NumberTest::Decimal(comparison, number) => compared(value, *comparison, decimal(*number)),
    }
}

/// A number as an expression.
pub(crate) fn decimal(number: Decimal) -> Expr {
    number.whole().map_or(Expr::Decimal(number), Expr::Number)
}

/// A comparison with a number that is not whole, as a term. Not equal holds where the field is, as every comparison does.
fn decimal_term(field: String, comparison: Comparison, number: Decimal) -> Search {
    let term = |compare| Search::Term { field: field.clone(), compare, values: vec![Value::Decimal(number)] };
    match comparison {
        Comparison::Less => term(Compare::Less),
        Comparison::AtMost => term(Compare::AtMost),
        Comparison::More => term(Compare::More),
        Comparison::AtLeast => term(Compare::AtLeast),
        Comparison::Equal => term(Compare::Equal),
        Comparison::NotEqual => Search::Any(vec![term(Compare::Less), term(Compare::More)]),
    }
}

pub(crate) fn compared(left: Expr, comparison: Comparison, right: Expr) -> Expr {
    let compare = match comparison {
        Comparison::Less => Compare::Less,
        Comparison::AtMost => Compare::AtMost,
        Comparison::More => Compare::More,
        Comparison::AtLeast => Compare::AtLeast,
        Comparison::Equal | Comparison::NotEqual => Compare::Equal,
    };
    let is = Expr::compare(left, compare, right);
    if comparison == Comparison::NotEqual { Expr::Not(Box::new(is)) } else { is }
}

/// Whether a field holds something.
pub(crate) fn there(name: &str) -> Expr {
    // An empty text is a missing field.
    Expr::compare(Expr::Call("len", vec![Expr::field(name)]), Compare::More, Expr::Number(0))
}

pub(crate) fn is_marked(name: &str) -> Expr {
    Expr::Call("isnotnull", vec![Expr::field(name)])
}
