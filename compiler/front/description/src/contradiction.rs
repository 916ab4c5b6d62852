//! Which tests of a facet can never hold together?

use ir::Predicate;
use source::{Code, Diagnostic};

use super::cursor::Cursor;

/// Tests that no event passes together.
pub(crate) static CONTRADICTION: Code = Code::warn("check.contradiction", "two tests cannot hold together, so nothing is found");

/// Reports what no event can pass.
pub(crate) fn check(cursor: &mut Cursor<'_>, predicate: &Predicate) {
    for found in ir::contradictions(predicate) {
        let ((later, place), (earlier, before)) = (&found.later, &found.earlier);
        let message = if later == earlier {
            format!("no event passes both tests of `{later}`")
        } else {
            format!("no event passes both the test of `{earlier}` and the one of `{later}`")
        };
        let said = Diagnostic::new(&CONTRADICTION, message).at(*place, "this one").also(*before, "and this one");
        cursor.report(said.help("`or` or a list might be meant, or a facet for each"));
    }
}
