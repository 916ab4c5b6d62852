//! What is asked of the events in a window, in numbers that any target can count or add up?

use ir::{Bounds, Comparison, Decimal, Figure, Times};

/// What is asked of a figure, without dividing and without an estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// The sum of the numbers compares so with a bound.
    Sum {
        /// How.
        comparison: Comparison,
        /// The bound.
        bound: Decimal,
    },
    /// The sum, taken so many times, compares so with the bound for each of the numbers.
    Average {
        /// How often the sum is taken: the bound without its decimal point is as many times too large.
        times: i64,
        /// How.
        comparison: Comparison,
        /// The bound.
        bound: i64,
    },
    /// The number of a rank is told by how many numbers lie below a bound.
    Rank {
        /// The rank: so many of a hundred numbers.
        percent: u8,
        /// The bound.
        bound: Decimal,
        /// Fewer numbers than those of the rank are less than the bound, or less or equal; or it is not so. All of it is asked.
        fewer: &'static [(Comparison, bool)],
        /// Whether the opposite is asked.
        negated: bool,
    },
}

/// How each bound on a figure is asked.
pub fn measured(figure: Figure, bounds: &Bounds) -> impl Iterator<Item = Measured> {
    bounds.0.iter().map(move |(comparison, bound)| {
        let (comparison, bound) = (*comparison, *bound);
        match (figure, figure.rank()) {
            (_, Some(percent)) => {
                let (fewer, negated) = ranked(comparison);
                Measured::Rank { percent, bound, fewer, negated }
            }
            (Figure::Average, None) => {
                let (digits, by) = bound.ratio();
                // Both fit: a bound has no more digits than that.
                let whole = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
                Measured::Average { times: whole(by), comparison, bound: whole(digits) }
            }
            (_, None) => Measured::Sum { comparison, bound },
        }
    })
}

/// The number of a rank is at least the bound when fewer numbers lie below it, and more when fewer are at most as large.
fn ranked(comparison: Comparison) -> (&'static [(Comparison, bool)], bool) {
    const AT_LEAST: (Comparison, bool) = (Comparison::Less, true);
    const AT_MOST: (Comparison, bool) = (Comparison::AtMost, false);
    match comparison {
        Comparison::AtLeast => (&[AT_LEAST], false),
        Comparison::Less => (&[(Comparison::Less, false)], false),
        Comparison::More => (&[(Comparison::AtMost, true)], false),
        Comparison::AtMost => (&[AT_MOST], false),
        Comparison::Equal => (&[AT_LEAST, AT_MOST], false),
        Comparison::NotEqual => (&[AT_LEAST, AT_MOST], true),
    }
}

/// The bounds on how often something happens.
pub fn often(times: Times) -> impl Iterator<Item = (Comparison, u32)> {
    let least = (Comparison::AtLeast, times.min.max(1));
    let most = times.max.map(|max| (Comparison::AtMost, max));
    let except = times.except.map(|except| (Comparison::NotEqual, except));
    std::iter::once(least).chain(most).chain(except)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the plan says of some numbers.
    fn holds(measured: &Measured, numbers: &[i64]) -> bool {
        let sum: i128 = numbers.iter().map(|number| i128::from(*number)).sum();
        let count = numbers.len() as i128;
        match measured {
            Measured::Sum { comparison, bound } => {
                let (digits, by) = bound.ratio();
                comparison.fits((sum * by).cmp(&digits))
            }
            Measured::Average { times, comparison, bound } => comparison.fits((sum * i128::from(*times)).cmp(&(i128::from(*bound) * count))),
            Measured::Rank { percent, bound, fewer, negated } => {
                let (digits, by) = bound.ratio();
                let all = fewer.iter().all(|(comparison, holds)| {
                    let such = numbers.iter().filter(|number| comparison.fits((i128::from(**number) * by).cmp(&digits))).count() as i128;
                    (100 * such < i128::from(*percent) * count) == *holds
                });
                all != *negated
            }
        }
    }

    proptest! {
        /// The figure itself, made as `ir` says it is.
        #[test]
        fn what_is_asked_is_what_the_figure_means(mut numbers in proptest::collection::vec(-20_i64..20, 1..9), tenths in -210_i64..210, percent in 1_u8..=100) {
            let bound = Decimal::parse(&format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10)).unwrap();
            let sum: i128 = numbers.iter().map(|number| i128::from(*number)).sum();
            let count = numbers.len() as i128;
            numbers.sort_unstable();
            for (comparison, _) in Comparison::ALL {
                for figure in [Figure::Sum, Figure::Average, Figure::Median, Figure::Percentile(percent)] {
                    let bounds = Bounds(vec![(comparison, bound)]);
                    let expected = match figure.rank() {
                        None if figure == Figure::Average => bounds.fit(sum, count),
                        None => bounds.fit(sum, 1),
                        Some(rank) => bounds.fit(i128::from(numbers[(usize::from(rank) * numbers.len()).div_ceil(100) - 1]), 1),
                    };
                    prop_assert_eq!(measured(figure, &bounds).all(|measured| holds(&measured, &numbers)), expected, "{:?} {:?}", figure, comparison);
                }
            }
        }

        #[test]
        fn bounds_on_times_are_the_times(min in 1_u32..5, max in proptest::option::of(1_u32..9), except in proptest::option::of(1_u32..9), count in 1_usize..10) {
            let times = Times { min, max, except };
            let all = often(times).all(|(comparison, bound)| comparison.fits((count as u32).cmp(&bound)));
            prop_assert_eq!(all, times.fit(count));
        }
    }
}
