//! How is a text asked for an expression, and which expressions does the product's engine not know?

use backend::{Cx, Refusal};
use ir::{Case, FieldTest, Regex};
use regex_syntax::ast::{AssertionKind, Ast, ClassSetBinaryOp, ClassSetItem, Flag, FlagsItemKind, Visitor};

use crate::ast::{Condition, Value};
use crate::lower_codes::REGEX;
use crate::lower_text::is;

/// Some part of the value fits an expression.
pub(crate) fn regular(value: &Value, regex: &Regex, test: &FieldTest, cx: &Cx<'_>) -> Result<Condition, Refusal> {
    if let Some(what) = foreign(regex) {
        return Err(cx.unsupported(&REGEX, test.span, format!("the product's engine does not know {what} in `{}`", regex.written())));
    }
    let flags = if regex.case() == Case::Insensitive { "(?i)" } else { "" };
    let condition = Condition::Compare(value.clone(), "matches regex", Value::Text(format!("{flags}{}", regex.written())));
    Ok(if regex.is_match(b"") { Condition::all([is("isnotempty", value), condition]) } else { condition })
}

/// What RE2, which the product documents, lacks (<https://learn.microsoft.com/kusto/query/regex>).
fn foreign(regex: &Regex) -> Option<&'static str> {
    regex_syntax::ast::visit(regex.ast(), Foreign).err()
}

/// Stops at the first part of an expression that RE2 does not know.
struct Foreign;

impl Visitor for Foreign {
    type Output = ();
    type Err = &'static str;

    fn finish(self) -> Result<(), Self::Err> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        let flags = match ast {
            Ast::Flags(set) => Some(&set.flags),
            Ast::Group(group) => group.flags(),
            Ast::Assertion(assertion) => {
                return match assertion.kind {
                    AssertionKind::StartLine
                    | AssertionKind::EndLine
                    | AssertionKind::StartText
                    | AssertionKind::EndText
                    | AssertionKind::WordBoundary
                    | AssertionKind::NotWordBoundary => Ok(()),
                    _ => Err("this form of a word boundary"),
                };
            }
            _ => None,
        };
        let odd = |flag: &FlagsItemKind| matches!(flag, FlagsItemKind::Flag(Flag::IgnoreWhitespace | Flag::CRLF | Flag::Unicode));
        if flags.is_some_and(|flags| flags.items.iter().any(|item| odd(&item.kind))) { Err("the flags `x`, `u` and `R`") } else { Ok(()) }
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Self::Err> {
        if matches!(item, ClassSetItem::Bracketed(_)) { Err("a set of characters inside another") } else { Ok(()) }
    }

    fn visit_class_set_binary_op_pre(&mut self, _: &ClassSetBinaryOp) -> Result<(), Self::Err> {
        Err("operators between sets of characters")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::Case;

    #[test]
    fn what_re2_lacks_is_found_and_nothing_else() {
        let foreign = |text: &str| foreign(&Regex::parse(text, Case::Sensitive).unwrap());
        for fine in [r"enable\s+(--now\s+)?x-[a-z0-9]+", r"(?i)a(?:b|c)\b", "[[:alpha:]_]", "^a$"] {
            assert_eq!(foreign(fine), None, "{fine}");
        }
        for odd in ["[a-z&&[^x]]", "(?x) a", r"\b{start}a", "[a[bc]]"] {
            assert!(foreign(odd).is_some(), "{odd}");
        }
    }
}
