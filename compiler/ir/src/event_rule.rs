//! Which events of one kind are meant?

use crate::{EventSelector, Field, FieldKind, FieldTest, Op, Part, Pattern, Platform, Predicate};

/// Events of one kind for which a predicate holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRule {
    /// The stream.
    pub event: EventSelector,
    /// What must hold.
    pub predicate: Predicate,
}

/// Endings of programs, libraries and scripts that Windows alone runs.
const OF_WINDOWS: &[&str] = &[
    ".exe", ".dll", ".sys", ".com", ".scr", ".cpl", ".ocx", ".msi", ".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".vbe", ".wsf", ".hta", ".lnk", ".evtx",
];

impl EventRule {
    /// Whether what the rule asks for is found on Windows alone: a path with backslashes, a name that ends as only programs and scripts of
    /// Windows do, a key of the registry, what a program's version resource says.
    #[must_use]
    pub fn tells_windows(&self) -> bool {
        tells(&self.predicate, &of_windows)
    }
}

/// The platform that the paths of a predicate are written for.
#[must_use]
pub fn implied_platform(predicate: &Predicate) -> Option<Platform> {
    tells(predicate, &|test| is_path(test) && has_backslashes(&test.op)).then_some(Platform::Windows)
}

/// Whether every way to fulfil a predicate fulfils such a test.
fn tells(predicate: &Predicate, told: &impl Fn(&FieldTest) -> bool) -> bool {
    match predicate {
        Predicate::All(list) => list.iter().any(|inner| tells(inner, told)),
        Predicate::Any(list) => !list.is_empty() && list.iter().all(|inner| tells(inner, told)),
        Predicate::Test(test) => told(test),
        Predicate::Not(_) | Predicate::Bytes(_) => false,
    }
}

fn is_path(test: &FieldTest) -> bool {
    test.field.known().is_some_and(|field| field.kind() == FieldKind::Path)
}

fn has_backslashes(op: &Op) -> bool {
    match op {
        Op::Text { patterns, .. } => !patterns.is_empty() && patterns.iter().all(|pattern| pattern.literals().any(|text| text.contains('\\'))),
        Op::Under(trees) => !trees.is_empty() && trees.iter().all(|tree| tree.separator == '\\'),
        _ => false,
    }
}

fn of_windows(test: &FieldTest) -> bool {
    use Field as F;
    let Some(field) = test.field.known() else { return false };
    match field {
        F::ProcessOriginalName | F::ProcessCompany | F::ProcessProduct | F::ProcessDescription | F::ProcessImphash => {
            !matches!(test.op, Op::Missing | Op::Empty)
        }
        F::RegistryPath | F::RegistryKey | F::RegistryValueName | F::RegistryData | F::RegistryType => true,
        _ if field.kind() != FieldKind::Path && field.derived_from().is_none_or(|(whole, _)| whole.kind() != FieldKind::Path) => false,
        _ => {
            let ends = |pattern: &Pattern| match pattern.parts() {
                [.., Part::Literal(text)] => OF_WINDOWS.iter().any(|ending| {
                    let start = text.len().saturating_sub(ending.len());
                    text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(ending))
                }),
                _ => false,
            };
            let named = |patterns: &[Pattern]| {
                !patterns.is_empty() && patterns.iter().all(|pattern| ends(pattern) || pattern.literals().any(|text| text.contains('\\')))
            };
            has_backslashes(&test.op) || matches!(&test.op, Op::Text { patterns, .. } if named(patterns))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, EventClass};

    fn rule(field: Field, patterns: &[&str]) -> EventRule {
        let span = source::Sources::default().add("a", "b");
        let patterns = patterns.iter().map(|text| Pattern::ends(*text)).collect();
        let predicate = Predicate::text(field, patterns, Case::Insensitive, source::Span::new(span, 0, 1));
        EventRule { event: EventSelector::of(EventClass::ProcessStart), predicate }
    }

    #[test]
    fn names_and_paths_tell_windows_when_each_does() {
        assert!(rule(Field::ProcessPath, &["\\a", "b.EXE"]).tells_windows());
        assert!(!rule(Field::ProcessPath, &["\\a", "/b"]).tells_windows());
        assert!(!rule(Field::ProcessName, &["exe"]).tells_windows());
        assert!(rule(Field::ProcessCompany, &["a"]).tells_windows());
        assert!(!rule(Field::ProcessCommandLine, &["b.exe"]).tells_windows(), "a command may name anything");
        let both = |negated: bool| {
            let (one, other) = (rule(Field::ProcessPath, &["b.exe"]).predicate, rule(Field::ProcessCommandLine, &["x"]).predicate);
            let one = if negated { one.negate() } else { one };
            EventRule { predicate: Predicate::All(vec![one, other]), ..rule(Field::ProcessPath, &["x"]) }
        };
        assert!(both(false).tells_windows() && !both(true).tells_windows());
    }
}
