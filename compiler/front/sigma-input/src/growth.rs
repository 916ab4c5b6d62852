//! How much may a text grow into?
//!
//! Few words can ask for much: a value with several dashes has hundreds of spellings, a condition can name one selection a thousand
//! times, a filter goes into every rule. What is made beyond what was written is counted, and has an end.

use ir::{NumberTest, Op, Predicate};

/// The most values that one file's words are multiplied into.
pub(super) const MAX_OF_FILE: usize = 200_000;
/// The most values that filters add to the rules of one run.
pub(super) const MAX_OF_FILTERS: usize = 2_000_000;

/// What may still be made.
#[derive(Clone, Debug)]
pub(super) struct Growth(usize);

impl Default for Growth {
    fn default() -> Self {
        Self(MAX_OF_FILE)
    }
}

impl Growth {
    /// The allowance of all filters of one run.
    pub(super) fn of_filters() -> Self {
        Self(MAX_OF_FILTERS)
    }

    /// Takes from what is left; whether there was enough.
    pub(super) fn take(&mut self, count: usize) -> bool {
        let enough = count <= self.0;
        self.0 = self.0.saturating_sub(count);
        enough
    }
}

/// How many values a predicate holds; a test without any counts as one.
pub(super) fn values(predicate: &Predicate) -> usize {
    let mut count: usize = 0;
    predicate.visit(&mut |node| {
        count += match node {
            Predicate::Test(test) => match &test.op {
                Op::Text { patterns, .. } => patterns.len(),
                Op::Regex(list) => list.len(),
                Op::Address(list) => list.len(),
                Op::Number(NumberTest::In(list)) => list.len(),
                _ => 1,
            },
            _ => 1,
        }
    });
    count
}
