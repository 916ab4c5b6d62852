//! Which number is free? Taken numbers are kept as runs, so that a range that is nearly full costs no more than an empty one.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The numbers that are taken: the first of each run, and its last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken(BTreeMap<u32, u32>);

impl Taken {
    /// The end of the run that holds a number.
    fn end(&self, number: u32) -> Option<u32> {
        self.0.range(..=number).next_back().map(|(_, end)| *end).filter(|end| *end >= number)
    }

    /// The first number of a range that is not taken.
    pub(super) fn free(&self, range: RangeInclusive<u32>) -> Option<u32> {
        let first = match self.end(*range.start()) {
            Some(end) => end.checked_add(1)?,
            None => *range.start(),
        };
        (first <= *range.end()).then_some(first)
    }

    /// Takes a number; `false` when it is taken already.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        if self.end(number).is_some() {
            return false;
        }
        let before = self.0.range(..number).next_back().map(|(start, end)| (*start, *end));
        let start = before.filter(|(_, end)| end.checked_add(1) == Some(number)).map_or(number, |(start, _)| start);
        let end = number.checked_add(1).and_then(|next| self.0.remove(&next)).unwrap_or(number);
        self.0.insert(start, end);
        true
    }
}

impl FromIterator<u32> for Taken {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut taken = Self::default();
        for number in numbers {
            taken.insert(number);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set_of_numbers(numbers in proptest::collection::vec(prop_oneof![0..40_u32, (u32::MAX - 9)..=u32::MAX], 0..80), first in 0..40_u32) {
            let mut taken = Taken::default();
            let mut set = BTreeSet::new();
            for number in numbers {
                prop_assert_eq!(taken.insert(number), set.insert(number));
            }
            for last in [first, first + 5, 45, u32::MAX] {
                let free = (first..=last.min(100)).chain(last..=last).find(|number| !set.contains(number) && *number <= last);
                prop_assert_eq!(taken.free(first..=last), free);
            }
        }
    }
}
