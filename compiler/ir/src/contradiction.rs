//! Which tests of a predicate cannot hold together?
//!
//! **Invariant:** only what is certain is reported: tests that one event would have to pass together, of a field that holds one value,
//! and that leave no value. What is not reported may still be impossible.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use source::Span;

use crate::field::Derivation;
use crate::pattern::fold;
use crate::{Case, Comparison, Decimal, Field, FieldRef, FieldTest, IpNet, NumberTest, Op, Part, Pattern, Predicate, Url};

/// The most tests of one field that are looked at together.
const MAX_TESTS: usize = 50;
/// The most values of a list that are tried one by one.
const MAX_VALUES: usize = 1_000;
/// How many steps are spent on one predicate; what is left then counts as possible.
const MAX_STEPS: usize = 2_000_000;

/// Two tests that leave no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The field of the later test, and where it was written.
    pub later: (FieldRef, Span),
    /// The field of the earlier test; another one where the one is a part of the other.
    pub earlier: (FieldRef, Span),
}

/// The tests that no event can pass together, one pair for each field of each conjunction.
#[must_use]
pub fn contradictions(predicate: &Predicate) -> Vec<Contradiction> {
    let mut search = Search { steps: Cell::new(MAX_STEPS), known: BTreeMap::new(), found: Vec::new() };
    search.conjunction(predicate, true);
    search.found
}

/// A test, or its negation, that must hold.
#[derive(Clone, Debug)]
struct Literal<'p> {
    /// The field that was tested, where the operator is about another that it is a part of.
    written: &'p FieldRef,
    op: Cow<'p, Op>,
    span: Span,
    positive: bool,
}

struct Search<'p> {
    steps: Cell<usize>,
    /// What must hold here, by field, in reading order.
    known: BTreeMap<FieldRef, Vec<Literal<'p>>>,
    found: Vec<Contradiction>,
}

impl<'p> Search<'p> {
    /// Looks at a part that must hold, or must not, on top of what is known. Whether nothing can pass it.
    fn conjunction(&mut self, part: &'p Predicate, wanted: bool) -> bool {
        let (mut tests, mut choices) = (Vec::new(), Vec::new());
        collect(part, wanted, &mut tests, &mut choices);
        let mut added: BTreeMap<FieldRef, usize> = BTreeMap::new();
        let mut impossible = false;
        for (test, positive) in tests {
            for (field, literal) in literals(test, positive) {
                *added.entry(field.clone()).or_default() += 1;
                self.known.entry(field).or_default().push(literal);
            }
        }
        for (field, fresh) in &added {
            let Some(literals) = self.known.get(field) else { continue };
            if let Some((earlier, later)) = self.impossible(field, literals, literals.len() - fresh) {
                let place = |literal: &Literal<'_>| (literal.written.clone(), literal.span);
                let found = Contradiction { later: place(later), earlier: place(earlier) };
                // A name is looked at as part of its path too.
                if self.found.last() != Some(&found) {
                    self.found.push(found);
                }
                impossible = true;
            }
        }
        for (list, wanted) in choices {
            let before = self.found.len();
            let passed = list.iter().filter(|choice| !self.conjunction(choice, wanted)).count();
            impossible |= passed == 0 && !list.is_empty();
            // What is taken away, `not (a and b)`, may be nothing for one of the reasons: that is how filters are written.
            if !wanted && passed > 0 {
                self.found.truncate(before);
            }
        }
        for (field, fresh) in added {
            if let Some(literals) = self.known.get_mut(&field) {
                literals.truncate(literals.len() - fresh);
            }
        }
        impossible
    }

    /// Two literals of one field that leave no value, one of them among the fresh ones, which begin at an index.
    fn impossible<'l>(&self, field: &FieldRef, literals: &'l [Literal<'p>], fresh: usize) -> Option<(&'l Literal<'p>, &'l Literal<'p>)> {
        if literals.len() < 2 || literals.len() > MAX_TESTS {
            return None;
        }
        let one_value = !field.known().is_some_and(Field::holds_many);
        let texts: Vec<Option<Texts<'_>>> = literals.iter().map(|literal| texts(&literal.op)).collect();
        let apart = |(earlier, later): &(usize, usize)| {
            let (Some(one), Some(other)) = (literals.get(*earlier), literals.get(*later)) else { return false };
            match (one.positive, other.positive) {
                (true, true) if one_value => match (texts.get(*earlier), texts.get(*later)) {
                    (Some(Some(left)), Some(Some(right))) => self.texts_apart(left, right),
                    _ => self.apart(&one.op, &other.op),
                },
                (true, false) => implies(&one.op, &other.op),
                (false, true) => implies(&other.op, &one.op),
                (true, true) | (false, false) => false,
            }
        };
        let mut pairs = (fresh.max(1)..literals.len()).flat_map(|later| (0..later).map(move |earlier| (earlier, later)));
        let mut found = pairs.find(apart);
        if one_value {
            found = found.or_else(|| self.no_text_left(literals, &texts, fresh)).or_else(|| no_number_left(field, literals, fresh));
        }
        let (earlier, later) = found?;
        literals.get(earlier).zip(literals.get(later))
    }

    /// Whether no single value fits both.
    fn apart(&self, one: &Op, other: &Op) -> bool {
        match (one, other) {
            (Op::Address(left), Op::Address(right)) => {
                let meet = |one: &IpNet, other: &IpNet| one.contains(other) || other.contains(one);
                self.spend(left.len().saturating_mul(right.len())) && !left.iter().any(|one| right.iter().any(|other| meet(one, other)))
            }
            (Op::Url(left), Op::Url(right)) => {
                let meet = |one: &Url, other: &Url| one.same(other) || other.same(one);
                self.spend(left.len().saturating_mul(right.len())) && !left.iter().any(|one| right.iter().any(|other| meet(one, other)))
            }
            (Op::Flag(left), Op::Flag(right)) => left != right,
            (Op::Time { part, number }, Op::Time { part: of, number: other }) => {
                part == of && no_number(&[(number, true), (other, true)], true).is_some()
            }
            (Op::Missing, other) | (other, Op::Missing) => !matches!(other, Op::Missing),
            (Op::Empty, other) | (other, Op::Empty) => needs_content(other),
            _ => false,
        }
    }

    fn texts_apart(&self, left: &Texts<'_>, right: &Texts<'_>) -> bool {
        let exact = |texts: &Texts<'_>| texts.patterns.iter().all(|pattern| pattern.as_exact().is_some());
        // Values of lists are tried one by one, with every other test.
        if exact(left) && exact(right) && left.patterns.len().max(right.patterns.len()) > 1 {
            return false;
        }
        let exactly = left.case == Case::Sensitive && right.case == Case::Sensitive;
        let size =
            |texts: &Texts<'_>| texts.patterns.iter().flat_map(|pattern| pattern.literals()).map(str::len).sum::<usize>() + texts.patterns.len();
        if !self.spend(size(left).saturating_mul(size(right))) {
            return false;
        }
        let marks = |texts: &Texts<'_>| texts.patterns.iter().map(|pattern| marks(pattern, exactly)).collect::<Vec<_>>();
        let (left, right) = (marks(left), marks(right));
        !left.iter().any(|one| right.iter().any(|other| meet(one, other)))
    }

    /// Whether there are steps left for this.
    fn spend(&self, steps: usize) -> bool {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Of a list of whole texts that one test allows, none passes the others: the places of it and of one that stands against it.
    fn no_text_left(&self, literals: &[Literal<'p>], texts: &[Option<Texts<'_>>], fresh: usize) -> Option<(usize, usize)> {
        let others: usize = texts.iter().flatten().map(|texts| texts.patterns.len()).sum::<usize>() + literals.len();
        for (at, own) in texts.iter().enumerate() {
            let Some(own) = own.as_ref().filter(|_| literals.get(at).is_some_and(|literal| literal.positive)) else { continue };
            if own.patterns.len() > MAX_VALUES || !self.spend(own.patterns.len().saturating_mul(others).saturating_mul(16)) {
                continue;
            }
            let Some(values) = own.patterns.iter().map(Pattern::as_exact).collect::<Option<Vec<&str>>>() else { continue };
            let mut last = None;
            let left = values.iter().any(|value| {
                let mut pairs = literals.iter().zip(texts).enumerate().filter(|(other, _)| *other != at);
                let against = pairs.find(|(_, (literal, texts))| !may_pass(value, own.case, literal, texts.as_ref()));
                last = against.as_ref().map(|(other, _)| *other).max(last);
                against.is_none()
            });
            if let Some(other) = last.filter(|other| !left && at.max(*other) >= fresh) {
                return Some((at.min(other), at.max(other)));
            }
        }
        None
    }
}

/// The tests in what must hold, and the alternatives beside them.
fn collect<'p>(part: &'p Predicate, wanted: bool, tests: &mut Vec<(&'p FieldTest, bool)>, choices: &mut Vec<(&'p [Predicate], bool)>) {
    match (part, wanted) {
        (Predicate::All(list), true) | (Predicate::Any(list), false) => list.iter().for_each(|inner| collect(inner, wanted, tests, choices)),
        (Predicate::Any(list), true) | (Predicate::All(list), false) => choices.push((list, wanted)),
        (Predicate::Not(inner), _) => collect(inner, !wanted, tests, choices),
        (Predicate::Test(test), _) => tests.push((test, wanted)),
        (Predicate::Bytes(_), _) => {}
    }
}

/// What a test says of its field, and of the field that its own is a part of.
fn literals(test: &FieldTest, positive: bool) -> Vec<(FieldRef, Literal<'_>)> {
    if test.field == FieldRef::Any {
        return Vec::new();
    }
    let literal = Literal { written: &test.field, op: Cow::Borrowed(&test.op), span: test.span, positive };
    let mut out = Vec::with_capacity(2);
    if positive
        && let Some((whole, how)) = test.field.known().and_then(Field::derived_from)
        && let Op::Text { patterns, case } = &test.op
        && patterns.len() <= MAX_VALUES
        && let Some(patterns) = on_whole(patterns, how)
    {
        out.push((whole.into(), Literal { op: Cow::Owned(Op::Text { patterns, case: *case }), ..literal.clone() }));
    }
    out.push((test.field.clone(), literal));
    out
}

/// What must be true of a path when its part fits patterns; rather too much than too little.
fn on_whole(patterns: &[Pattern], how: Derivation) -> Option<Vec<Pattern>> {
    let each = |make: &dyn Fn(&Pattern) -> Vec<Pattern>| Some(patterns.iter().flat_map(make).collect());
    match how {
        Derivation::LastPart => each(&|name| vec![name.clone(), name.after("\\").anywhere_before(), name.after("/").anywhere_before()]),
        Derivation::Extension => each(&|ending| vec![ending.after(".").anywhere_before()]),
        Derivation::Directory => each(&|folder| ["\\", "/"].map(|separator| below(folder, separator)).into()),
        Derivation::MailDomain | Derivation::UrlHost | Derivation::UrlPort | Derivation::UrlPath | Derivation::UrlQuery => None,
    }
}

/// A folder's pattern, then a separator and anything.
fn below(folder: &Pattern, separator: &str) -> Pattern {
    Pattern::new(folder.before(separator).parts().iter().cloned().chain(std::iter::once(Part::Run)))
}

/// What an operator on text says in patterns.
struct Texts<'l> {
    patterns: Cow<'l, [Pattern]>,
    case: Case,
}

fn texts(op: &Op) -> Option<Texts<'_>> {
    let spelt = |patterns: Vec<Pattern>| Some(Texts { patterns: Cow::Owned(patterns), case: Case::Insensitive });
    match op {
        Op::Text { patterns, case } => Some(Texts { patterns: Cow::Borrowed(patterns), case: *case }),
        Op::Under(trees) => spelt(trees.iter().flat_map(crate::Tree::patterns).collect()),
        Op::Domain(domains) => {
            let forms = |domain: &crate::Domain| [Pattern::exact(domain.as_str()), Pattern::ends(format!(".{}", domain.as_str()))];
            spelt(domains.iter().flat_map(forms).collect())
        }
        _ => None,
    }
}

/// Whether an operator holds only for a field that is there and not empty.
fn needs_content(op: &Op) -> bool {
    match op {
        Op::Exists | Op::Number(_) | Op::Address(_) | Op::Url(_) | Op::Domain(_) | Op::Under(_) | Op::Flag(_) | Op::Time { .. } => true,
        Op::Text { patterns, .. } => !patterns.iter().any(|pattern| pattern.matches("", Case::Insensitive)),
        Op::Regex(_) | Op::Same { .. } | Op::Empty | Op::Missing => false,
    }
}

/// Whether every value that fits the one fits the other.
fn implies(one: &Op, other: &Op) -> bool {
    one == other || (matches!(other, Op::Exists) && needs_content(one))
}

/// Whether a text that another test allows, in whatever case that test allows, may pass this one.
fn may_pass(value: &str, value_case: Case, literal: &Literal<'_>, texts: Option<&Texts<'_>>) -> bool {
    // Where it is certain, what a test says of one spelling it says of all that are allowed.
    let certain = |case: Case| case == Case::Insensitive || value_case == Case::Sensitive;
    match (&*literal.op, texts, literal.positive) {
        (Op::Regex(list), _, positive) => {
            !list.iter().all(|regex| certain(regex.case())) || list.iter().any(|regex| regex.is_match(value.as_bytes())) == positive
        }
        (Op::Exists, _, positive) => positive || value.is_empty(),
        (_, Some(Texts { patterns, case }), true) => {
            let case = if certain(*case) { *case } else { Case::Insensitive };
            patterns.iter().any(|pattern| pattern.matches(value, case))
        }
        (_, Some(Texts { patterns, case }), false) => !certain(*case) || !patterns.iter().any(|pattern| pattern.matches(value, *case)),
        (_, None, _) => true,
    }
}

/// The places of two tests of numbers, where all of them together leave none.
fn no_number_left(field: &FieldRef, literals: &[Literal<'_>], fresh: usize) -> Option<(usize, usize)> {
    let numbers = literals.iter().enumerate();
    let numbers = numbers.filter_map(|(at, literal)| if let Op::Number(test) = &*literal.op { Some((at, test, literal.positive)) } else { None });
    let (places, tests): (Vec<usize>, Vec<(&NumberTest, bool)>) = numbers.map(|(at, test, positive)| (at, (test, positive))).unzip();
    // A negation alone also holds where there is no value.
    if tests.len() < 2 || !tests.iter().any(|(_, positive)| *positive) || places.last().is_none_or(|at| *at < fresh) {
        return None;
    }
    let (earlier, later) = no_number(&tests, field.known().is_some())?;
    places.get(earlier).copied().zip(places.get(later).copied())
}

/// Whether tests, each wanted or unwanted, leave no number: the places of two that say so. Numbers may all be whole.
fn no_number(tests: &[(&NumberTest, bool)], whole: bool) -> Option<(usize, usize)> {
    for (at, (test, wanted)) in tests.iter().enumerate() {
        let values: Vec<Decimal> = match test {
            NumberTest::In(list) if *wanted && list.len() <= MAX_VALUES => list.iter().map(|number| Decimal::from(*number)).collect(),
            NumberTest::Decimal(Comparison::Equal, number) if *wanted => vec![*number],
            _ => continue,
        };
        let against = |value: &Decimal| tests.iter().position(|(test, wanted)| test.fits(*value) != *wanted);
        if let Some(against) = values.iter().map(against).collect::<Option<Vec<usize>>>()
            && let Some(other) = against.into_iter().max()
        {
            return Some((at.min(other), at.max(other)));
        }
    }
    // The greatest lower and the least upper bound, each with whether the bound itself is left out.
    let mut low: Option<(Decimal, bool, usize)> = None;
    let mut high: Option<(Decimal, bool, usize)> = None;
    for (at, (test, wanted)) in tests.iter().enumerate() {
        let Some((lower, bound, open)) = bound(test, *wanted, whole) else { continue };
        if lower {
            if low.is_none_or(|(best, best_open, _)| (bound, open) > (best, best_open)) {
                low = Some((bound, open, at));
            }
        } else if high.is_none_or(|(best, best_open, _)| bound < best || (bound == best && open && !best_open)) {
            high = Some((bound, open, at));
        }
    }
    let ((low, low_open, low_at), (high, high_open, high_at)) = (low?, high?);
    (low > high || (low == high && (low_open || high_open))).then_some((low_at.min(high_at), low_at.max(high_at)))
}

/// Whether a test is a lower bound, the bound, and whether the bound itself is left out.
fn bound(test: &NumberTest, wanted: bool, whole: bool) -> Option<(bool, Decimal, bool)> {
    let (comparison, number) = match test {
        NumberTest::In(_) => return None,
        NumberTest::Less(number) => (Comparison::Less, Decimal::from(*number)),
        NumberTest::AtMost(number) => (Comparison::AtMost, Decimal::from(*number)),
        NumberTest::More(number) => (Comparison::More, Decimal::from(*number)),
        NumberTest::AtLeast(number) => (Comparison::AtLeast, Decimal::from(*number)),
        NumberTest::Decimal(comparison, number) => (*comparison, *number),
    };
    let (lower, open) = match (comparison, wanted) {
        (Comparison::Less, true) | (Comparison::AtLeast, false) => (false, true),
        (Comparison::AtMost, true) | (Comparison::More, false) => (false, false),
        (Comparison::More, true) | (Comparison::AtMost, false) => (true, true),
        (Comparison::AtLeast, true) | (Comparison::Less, false) => (true, false),
        (Comparison::Equal | Comparison::NotEqual, _) => return None,
    };
    // Between two whole numbers in a row there is none.
    match number.whole().filter(|_| whole && open) {
        Some(number) => Some((lower, Decimal::from(if lower { number.saturating_add(1) } else { number.saturating_sub(1) }), false)),
        None => Some((lower, number, open)),
    }
}

/// One character of a pattern, or a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Char(char),
    One,
    Run,
}

fn marks(pattern: &Pattern, exactly: bool) -> Vec<Mark> {
    let mut out = Vec::new();
    for part in pattern.parts() {
        match part {
            Part::Literal(text) if exactly => out.extend(text.chars().map(Mark::Char)),
            Part::Literal(text) => out.extend(fold(text).map(Mark::Char)),
            Part::Run => out.push(Mark::Run),
            Part::One => out.push(Mark::One),
        }
    }
    out
}

/// Whether some text fits both patterns.
fn meet(one: &[Mark], other: &[Mark]) -> bool {
    // A row says for each rest of `other` whether it meets the rest of `one`; filled from the ends.
    let mut row = vec![false; other.len() + 1];
    for at in (0..=one.len()).rev() {
        let below = row.clone();
        for with in (0..=other.len()).rev() {
            let right = with < other.len() && row.get(with + 1).copied().unwrap_or(false);
            let down = at < one.len() && below.get(with).copied().unwrap_or(false);
            let both = below.get(with + 1).copied().unwrap_or(false);
            let meets = match (one.get(at), other.get(with)) {
                (None, None) => true,
                // A run ends here, or takes what stands on the other side.
                (Some(Mark::Run), _) | (_, Some(Mark::Run)) => down || right,
                (Some(Mark::Char(left)), Some(Mark::Char(right))) => left == right && both,
                (Some(_), Some(_)) => both,
                (None, Some(_)) | (Some(_), None) => false,
            };
            if let Some(cell) = row.get_mut(with) {
                *cell = meets;
            }
        }
    }
    row.first().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{EventClass, EventSelector, FieldValue, Record, Regex, eval};

    fn test(field: impl Into<FieldRef>, op: Op) -> Predicate {
        let mut sources = source::Sources::default();
        Predicate::test(field, op, Span::new(sources.add("a", "0123456789"), 0, 1))
    }

    fn text(field: Field, patterns: &[&str]) -> Predicate {
        test(field, Op::Text { patterns: patterns.iter().map(|pattern| Pattern::glob(pattern)).collect(), case: Case::Insensitive })
    }

    fn found(list: Vec<Predicate>) -> usize {
        contradictions(&Predicate::All(list)).len()
    }

    #[test]
    fn what_leaves_no_value_is_found() {
        let (name, path, extension) = (Field::ProcessName, Field::ProcessPath, Field::FileExtension);
        let number = |test_of| test(Field::ProcessPid, Op::Number(test_of));
        let nets = |nets: &[&str]| test(Field::SourceIp, Op::Address(nets.iter().map(|net| net.parse().expect("a network")).collect()));
        for (list, why) in [
            (vec![text(name, &["a.exe"]), text(name, &["b.exe"])], "two names"),
            (vec![text(name, &["a.exe"]), text(name, &["b.exe", "c.exe"])], "beside a list"),
            (vec![text(name, &["a*"]), text(name, &["b*"])], "two beginnings"),
            (vec![text(name, &["*.exe"]), text(name, &["*.dll"])], "two ends"),
            (vec![text(name, &["a.exe"]), text(path, &[r"*\b.exe"])], "a name and another path"),
            (vec![text(name, &["a.exe", "b.exe"]), text(name, &["b*", "c*"]), text(name, &["b.exe"]).negate()], "three together"),
            (vec![text(name, &["a.exe"]), text(name, &["A.EXE", "b"]).negate()], "what it is not"),
            (vec![text(name, &["a.exe"]), test(name, Op::Exists).negate()], "absent"),
            (vec![text(name, &["a.exe"]), test(name, Op::Regex(vec![Regex::parse("^b", Case::Insensitive).expect("it parses")]))], "expression"),
            (vec![number(NumberTest::Less(5)), number(NumberTest::More(4))], "a range without a number"),
            (vec![number(NumberTest::In(vec![1, 5])), number(NumberTest::More(1)), number(NumberTest::Less(5))], "a list outside a range"),
            (vec![number(NumberTest::AtLeast(5)), number(NumberTest::More(4)).negate()], "a bound and its negation"),
            (vec![nets(&["192.0.2.0/24"]), nets(&["198.51.100.7/32"])], "two networks"),
            (vec![text(extension, &["exe"]), text(Field::FileName, &["*.dll"])], "an extension and another name"),
            (vec![test(Field::ImageSigned, Op::Flag(true)), test(Field::ImageSigned, Op::Flag(false))], "yes and no"),
            (vec![text(name, &["a"]), Predicate::Any(vec![text(name, &["b"]), text(path, &["x"])]), text(path, &["*a"])], "in an alternative"),
        ] {
            assert!(found(list) >= 1, "{why}");
        }
    }

    #[test]
    fn what_leaves_a_value_is_not() {
        let (name, path) = (Field::ProcessName, Field::ProcessPath);
        let cased = |patterns: &[&str]| {
            test(name, Op::Text { patterns: patterns.iter().map(|pattern| Pattern::exact(*pattern)).collect(), case: Case::Sensitive })
        };
        for (list, why) in [
            (vec![text(name, &["a.exe"]), text(name, &["a*"])], "its beginning"),
            (vec![text(name, &["a.exe"]), text(path, &[r"C:\x\a.exe"])], "its path"),
            (vec![text(name, &["a.exe"]), Predicate::Any(vec![text(name, &["a.exe"]), text(path, &["*x*"])])], "an alternative"),
            (vec![Predicate::Any(vec![text(name, &["a"]), text(name, &["b"])])], "alternatives"),
            (vec![text(name, &["a.exe"]), cased(&["A.EXE"])], "one spelling"),
            (vec![text(name, &["a.exe"]), cased(&["a.exe"]).negate()], "another spelling"),
            (vec![text(Field::DnsAnswer, &["a"]), text(Field::DnsAnswer, &["b"])], "a field of several values"),
            (vec![text(name, &["a"]).negate(), text(name, &["b"]).negate()], "neither"),
            (vec![text(name, &["a"]), Predicate::All(vec![text(name, &["a"]), text(path, &["*x*"])]).negate()], "a filter"),
            (vec![test(FieldRef::Any, Op::Exists), test(FieldRef::Any, Op::Exists).negate()], "any field"),
        ] {
            assert_eq!(found(list), 0, "{why}");
        }
    }

    #[test]
    fn long_lists_cost_little() {
        let names: Vec<Pattern> = (0..100_000).map(|at| Pattern::exact(format!("name-{at}.exe"))).collect();
        let list = || test(Field::ProcessName, Op::Text { patterns: names.clone(), case: Case::Insensitive });
        assert_eq!(found((0..10).map(|_| list()).collect()), 0);
    }

    fn predicate() -> impl Strategy<Value = Predicate> {
        let pattern = "[ab*?]{1,3}".prop_map(|text| Pattern::glob(&text));
        let op = prop_oneof![
            (prop::collection::vec(pattern, 1..3), any::<bool>())
                .prop_map(|(patterns, cased)| Op::Text { patterns, case: if cased { Case::Sensitive } else { Case::Insensitive } }),
            Just(Op::Exists),
            "[abAB]{1,2}".prop_map(|text| Op::Regex(vec![Regex::parse(&text, Case::Sensitive).expect("letters parse")])),
        ];
        let number = prop_oneof![
            prop::collection::vec(0..6_i64, 1..3).prop_map(NumberTest::In),
            (0..6_i64).prop_map(NumberTest::Less),
            (0..6_i64).prop_map(NumberTest::AtMost),
            (0..6_i64).prop_map(NumberTest::More),
            (0..6_i64).prop_map(NumberTest::AtLeast),
        ];
        let leaf = prop_oneof![
            (op, any::<bool>()).prop_map(|(op, name)| test(if name { Field::ProcessName } else { Field::ProcessPath }, op)),
            number.prop_map(|number| test(Field::ProcessPid, Op::Number(number))),
        ];
        let leaf = (leaf, any::<bool>()).prop_map(|(leaf, negated)| if negated { leaf.negate() } else { leaf });
        prop::collection::vec(leaf, 2..5).prop_map(Predicate::All)
    }

    proptest! {
        #[test]
        fn no_event_passes_what_is_called_impossible(
            predicate in predicate(),
            path in "([abAB]{0,2}[\\\\/])?[abAB]{0,3}",
            pid in 0..6_i64,
            has in any::<bool>(),
        ) {
            let mut record = Record::new(EventSelector::of(EventClass::ProcessStart));
            if has {
                record.fields.insert(Field::ProcessPath.into(), FieldValue::Text(path));
                record.fields.insert(Field::ProcessPid.into(), FieldValue::Number(pid));
            }
            prop_assert!(!eval::holds(&predicate, &record) || contradictions(&predicate).is_empty(), "{:?}", predicate);
        }
    }
}
