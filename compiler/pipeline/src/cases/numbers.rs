//! Which whole numbers lie at the bounds of a test?

use ir::NumberTest;

/// Whole numbers at, below and above the bounds of a test.
pub(super) fn numbers(test: &NumberTest) -> Vec<i64> {
    let around = |bound: i64| [bound, bound.saturating_add(1), bound.saturating_sub(1)];
    match test {
        NumberTest::In(list) => {
            let mut out: Vec<i64> = list.iter().copied().take(3).collect();
            out.extend(list.last());
            out.extend(list.iter().take(3).flat_map(|bound| around(*bound)));
            out
        }
        NumberTest::Less(bound) | NumberTest::AtMost(bound) | NumberTest::More(bound) | NumberTest::AtLeast(bound) => around(*bound).into(),
        NumberTest::Decimal(_, bound) => around(bound.floor()).into(),
    }
}
