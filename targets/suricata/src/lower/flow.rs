//! How the bytes of a connection become options: Suricata 8 counts them while it runs.
//!
//! <https://docs.suricata.io/en/latest/rules/flow-keywords.html>. A count only grows, so that it has passed a bound can be asked for, and
//! that it stays below one cannot.

use backend::Refusal;
use ir::{Field, FieldTest, NumberTest, Op};
use source::Code;

use super::lowering::{Lowering, Options, Part};
use crate::ast::{Alert, Item};

pub(crate) static RUNNING_COUNT: Code =
    Code::warn("suricata.running-count", "a connection's bytes are counted while it runs, so only that a bound is passed can be asked");

impl Lowering<'_, '_> {
    /// More bytes than a number, in one direction.
    pub(super) fn counted(&mut self, field: Field, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let name = if field == Field::BytesOut { "flow.bytes_toserver" } else { "flow.bytes_toclient" };
        let Op::Number(number) = &test.op else {
            return match test.op {
                Op::Exists => Ok(if negated { Part::False } else { Part::True }),
                _ => self.no_form(test),
            };
        };
        let bound = match (number.over_whole(), negated) {
            (Some(NumberTest::More(than)), false) | (Some(NumberTest::AtMost(than)), true) => Some(than),
            (Some(NumberTest::AtLeast(than)), false) | (Some(NumberTest::Less(than)), true) => Some(than.saturating_sub(1)),
            _ => None,
        };
        match bound {
            Some(bound) if bound < 0 => Ok(Part::True),
            Some(bound) => Ok(Part::Options(Options::one(vec![Item::Word { name, value: format!(">{bound}") }]))),
            None => {
                let message = format!("`{}` is counted while a connection runs; that it stays below a bound is known only at its end", test.field);
                self.refuse(&RUNNING_COUNT, test.span, message)
            }
        }
    }
}

/// Whether the rule asks for a running count.
pub(super) fn counts(alert: &Alert) -> bool {
    alert.items.iter().any(is_count)
}

pub(super) fn is_count(item: &Item) -> bool {
    matches!(item, Item::Word { name: "flow.bytes_toserver" | "flow.bytes_toclient", .. })
}
