//! How is a value said where a table spells it otherwise than the event of the catalogue?
//!
//! A test is rewritten before its columns are asked, so that each way of a product to spell a machine, a level, a key or nothing at all
//! stands in one place.

use std::borrow::Cow;

use ir::pattern::fold;
use ir::{Case, EventClass, Field, FieldRef, FieldTest, Op, Part, Pattern, Shape};

use super::rows::Rows;
use super::source::Source;
use crate::windows::LEVELS;
use crate::{Encoding, NOTHING, encoding};

/// The control sets that `CurrentControlSet` may lead to.
const CONTROL_SETS: [&str; 3] = ["ControlSet001", "ControlSet002", "ControlSet003"];

/// The parsers that leave the entities of XML in the texts of Sysmon's events.
const WITH_ENTITIES: [&str; 4] = ["_Im_ProcessCreate", "_Im_FileEvent", "_Im_RegistryEvent", "_Im_NetworkSession"];

/// The test as a table spells its values; as it is, where the table spells them so.
#[must_use]
pub fn spelled<'t>(test: &'t FieldTest, table: &str) -> Cow<'t, FieldTest> {
    let test = named(test, table);
    let Op::Text { patterns, case } = &test.op else { return test };
    if !WITH_ENTITIES.contains(&table) {
        return test;
    }
    let more: Vec<Pattern> = patterns.iter().filter_map(escaped).collect();
    if more.is_empty() {
        return test;
    }
    let patterns = patterns.iter().cloned().chain(more).collect();
    Cow::Owned(FieldTest { op: Op::Text { patterns, case: *case }, field: test.field.clone(), span: test.span })
}

/// The test with the names that a table has for machines, levels, keys and files.
fn named<'t>(test: &'t FieldTest, table: &str) -> Cow<'t, FieldTest> {
    let with = |patterns: Vec<Pattern>, case: Case| Cow::Owned(FieldTest { op: Op::Text { patterns, case }, ..test.clone() });
    let links = LINKS.iter().find(|links| links.table == table);
    let known = match &test.field {
        FieldRef::Known(field) => Some(*field),
        FieldRef::Open(_) | FieldRef::Any => None,
    };
    match (&test.op, known) {
        (Op::Text { patterns, case }, Some(Field::HostName)) => {
            let short = patterns.iter().filter_map(Pattern::as_exact).filter(|name| !name.is_empty() && !name.contains('.'));
            let full: Vec<Pattern> = short.map(|name| Pattern::starts(format!("{name}."))).collect();
            if full.is_empty() { Cow::Borrowed(test) } else { with(patterns.iter().cloned().chain(full).collect(), *case) }
        }
        (Op::Text { patterns, case }, Some(Field::ProcessDirectory)) => {
            let more = encoding::of_patterns(patterns, Encoding::Folder).patterns;
            if more.len() == patterns.len() { Cow::Borrowed(test) } else { with(more, *case) }
        }
        (Op::Text { patterns, case }, Some(Field::ProcessIntegrity)) => {
            let level = |pattern: &Pattern| {
                let label = pattern.as_exact()?;
                let of_label = |(_, labels): &&(&str, &[&str])| labels.iter().any(|sid| sid.eq_ignore_ascii_case(label));
                LEVELS.iter().find(of_label).map(|(level, _)| Pattern::exact(*level))
            };
            if patterns.iter().all(|pattern| level(pattern).is_none()) {
                return Cow::Borrowed(test);
            }
            let mut out: Vec<Pattern> = Vec::with_capacity(patterns.len());
            for pattern in patterns.iter().map(|pattern| level(pattern).unwrap_or_else(|| pattern.clone())) {
                if !out.contains(&pattern) {
                    out.push(pattern);
                }
            }
            with(out, *case)
        }
        (Op::Text { patterns, case }, Some(Field::RegistryKey | Field::RegistryPath)) if let Some(links) = links => {
            let more: Vec<Pattern> = patterns.iter().flat_map(|pattern| links.of(pattern)).collect();
            if more.is_empty() { Cow::Borrowed(test) } else { with(patterns.iter().cloned().chain(more).collect(), *case) }
        }
        (Op::Under(trees), Some(Field::RegistryKey)) if let Some(links) = links => {
            let patterns: Vec<Pattern> = trees.iter().flat_map(ir::Tree::patterns).collect();
            let more: Vec<Pattern> = patterns.iter().flat_map(|pattern| links.of(pattern)).collect();
            if more.is_empty() { Cow::Borrowed(test) } else { with(patterns.into_iter().chain(more).collect(), Case::Insensitive) }
        }
        (Op::Text { patterns, case }, Some(Field::FilePath)) if table == "_Im_FileEvent" => {
            let more: Vec<Pattern> = patterns.iter().filter_map(repeated).collect();
            if more.is_empty() { Cow::Borrowed(test) } else { with(patterns.iter().cloned().chain(more).collect(), *case) }
        }
        _ => Cow::Borrowed(test),
    }
}

/// A text as XML has it, with entities for what has to be one; `None` where it is the same.
fn escaped(pattern: &Pattern) -> Option<Pattern> {
    let literal = |text: &String| Part::Literal(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    let parts = pattern.parts().iter().map(|part| if let Part::Literal(text) = part { literal(text) } else { part.clone() });
    Some(Pattern::new(parts)).filter(|escaped| escaped != pattern)
}

/// A table of registry events, and where it has a key under the name that a link leads to.
struct Links {
    table: &'static str,
    /// What is logged for a value without a name, which Sysmon calls `(Default)`.
    default: Option<&'static str>,
    /// Where the classes of the machine stand.
    classes: &'static [&'static str],
}

/// Keys by the kernel's names stand under the names that links lead to. The sensor and the parsers keep the number of a control set; the parser
/// of Sysmon has `Classes` directly below the hive.
const LINKS: [Links; 3] = [
    Links { table: "SecurityEvent", default: Some(""), classes: &["HKLM\\SOFTWARE\\Classes"] },
    Links { table: "DeviceRegistryEvents", default: None, classes: &["HKLM\\SOFTWARE\\Classes"] },
    Links { table: "_Im_RegistryEvent", default: None, classes: &["HKLM\\SOFTWARE\\Classes", "HKLM\\Classes"] },
];

/// A path whose last name is said twice, as Defender's parser of file events has it: `C:\\a\\b.dll\\b.dll`.
fn repeated(pattern: &Pattern) -> Option<Pattern> {
    let Some(Part::Literal(last)) = pattern.parts().last() else { return None };
    let name = last.get(last.rfind('\\')?..).filter(|name| name.len() > 1)?.to_owned();
    Some(Pattern::new(pattern.parts().iter().cloned().chain([Part::Literal(name)])))
}

impl Links {
    /// The other names of a key and of a value in it: where `CurrentControlSet` leads, no name at all for Sysmon's `(Default)`, and the classes of
    /// the machine and of users that `HKCR` shows (<https://learn.microsoft.com/windows/win32/sysinfo/hkey-classes-root-key>).
    fn of(&self, pattern: &Pattern) -> Vec<Pattern> {
        let mut out: Vec<Pattern> = CONTROL_SETS.iter().filter_map(|set| replaced(pattern, "CurrentControlSet", set)).collect();
        out.extend(self.default.and_then(|default| replaced(pattern, "(Default)", default)));
        if let Some(Part::Literal(first)) = pattern.parts().first()
            && let Some(behind) = first.get(..5).filter(|hive| hive.eq_ignore_ascii_case("HKCR\\")).and_then(|_| first.get(4..))
        {
            let rest = || pattern.parts().iter().skip(1).cloned();
            let head = |parts: Vec<Part>| Pattern::new(parts.into_iter().chain(rest()));
            out.extend(self.classes.iter().map(|classes| head(vec![Part::Literal(format!("{classes}{behind}"))])));
            out.push(head(vec![Part::Literal("HKU\\".to_owned()), Part::Run, Part::Literal(format!("_Classes{behind}"))]));
        }
        out
    }
}

/// A pattern with one name of its path in place of another; `None` where it does not have it.
fn replaced(pattern: &Pattern, name: &str, with: &str) -> Option<Pattern> {
    let mut found = false;
    let parts: Vec<Part> = pattern
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) => {
                let words = text.split('\\').map(|word| if word.eq_ignore_ascii_case(name) { with } else { word });
                let changed = words.collect::<Vec<_>>().join("\\");
                found |= changed != *text;
                Part::Literal(changed)
            }
            other => other.clone(),
        })
        .collect();
    found.then(|| Pattern::new(parts))
}

/// Texts for a column that may hold an IPv4 address as one of IPv6 (RFC 4291, section 2.5.5.2).
#[must_use]
pub fn mapped(patterns: &[Pattern]) -> Vec<Pattern> {
    let address =
        |pattern: &Pattern| pattern.as_exact().filter(|text| text.parse::<std::net::Ipv4Addr>().is_ok()).map(|text| format!("::ffff:{text}"));
    patterns.iter().cloned().chain(patterns.iter().filter_map(address).map(Pattern::exact)).collect()
}

/// Whether a test holds for the local system, as Sysmon names it.
#[must_use]
pub fn means_system(test: &FieldTest) -> bool {
    let FieldRef::Known(field) = test.field else { return false };
    let name = match field {
        Field::UserName => "SYSTEM",
        Field::UserDomain => "NT AUTHORITY",
        Field::UserAccount => "NT AUTHORITY\\SYSTEM",
        _ => return false,
    };
    matches!(&test.op, Op::Text { patterns, case } if patterns.iter().any(|pattern| pattern.matches(name, *case)))
}

/// The rows of a table of new processes that the local system started, where it names somebody else: the audit names the machine's own account
/// and tells the system by its SID (<https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4688>), and the parser
/// of the audit has a name of its own for the system as the target.
#[must_use]
pub fn system(source: &Source) -> Option<Rows> {
    match (source.table, source.class) {
        ("SecurityEvent", EventClass::ProcessStart) => {
            Some(Rows::Every(&[Rows::Is("SubjectUserSid", &["S-1-5-18"]), Rows::Is("TargetUserName", &[NOTHING, ""])]))
        }
        ("_Im_ProcessCreate", EventClass::ProcessStart) => Some(Rows::Either(&[
            Rows::Alike("TargetUsername", &["Local System"]),
            Rows::Every(&[Rows::Is("TargetUsername", &[""]), Rows::Is("ActorUserId", &["S-1-5-18"])]),
        ])),
        _ => None,
    }
}

/// Whether a value that Windows writes where there is none is among the patterns.
#[must_use]
pub fn asks_for_nothing(patterns: &[Pattern]) -> bool {
    patterns.iter().any(|pattern| matches!(pattern.shape(), Shape::Exact(NOTHING)))
}

/// What the table calls the hives that Sysmon gives short names.
const HIVES: [(&str, &[&str]); 4] = [
    ("HKLM\\", &["HKEY_LOCAL_MACHINE\\"]),
    ("HKU\\", &["HKEY_USERS\\", "HKEY_CURRENT_USER\\"]),
    ("HKCR\\", &["HKEY_CLASSES_ROOT\\", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\"]),
    ("HKCU\\", &["HKEY_CURRENT_USER\\"]),
];

/// The short name of a hive that a pattern begins with, and what stands behind it.
fn hive(pattern: &Pattern) -> Option<(&'static [&'static str], String)> {
    let first = pattern.literals().next()?;
    HIVES.iter().find_map(|(short, long)| {
        let begins = first.get(..short.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(short));
        begins.then(|| (*long, first[short.len()..].to_owned()))
    })
}

/// The pattern for a table that spells hives in full.
#[must_use]
pub fn long_hives(pattern: &Pattern) -> Vec<Pattern> {
    let Some((long, rest)) = hive(pattern) else { return vec![pattern.clone()] };
    let mut out = Vec::new();
    for hive in long {
        let mut first = true;
        let parts = pattern.parts().iter().map(|part| match part {
            Part::Literal(_) if first => {
                first = false;
                Part::Literal(format!("{hive}{rest}"))
            }
            other => other.clone(),
        });
        out.push(Pattern::new(parts.collect::<Vec<_>>()));
    }
    out
}

/// Whether a pattern may fit in the name of a hive, where table and log differ.
#[must_use]
pub fn touches_hive(pattern: &Pattern) -> bool {
    const LONG: [&str; 4] = ["hkey_local_machine\\", "hkey_users\\", "hkey_current_user\\", "hkey_classes_root\\"];
    const SHORT: [&str; 4] = ["hklm\\", "hku\\", "hkcr\\", "hkcu\\"];
    if hive(pattern).is_some() {
        return false;
    }
    pattern.literals().any(|text| {
        let text: String = fold(text).collect();
        LONG.iter().chain(&SHORT).any(|name| {
            (0..name.len()).any(|at| name.get(at..).is_some_and(|rest| rest.starts_with(&text) || text.starts_with(rest) && rest.len() > 1))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(field: Field, text: &[&str], table: &str) -> Vec<String> {
        let span = source::Span::new(source::Sources::default().add("test", ""), 0, 0);
        let patterns = text.iter().map(|text| Pattern::exact(*text)).collect();
        let test = FieldTest { field: field.into(), op: Op::Text { patterns, case: Case::Insensitive }, span };
        let part = |part: &Part| match part {
            Part::Literal(text) => text.clone(),
            Part::Run => "*".to_owned(),
            Part::One => "?".to_owned(),
        };
        match &spelled(&test, table).op {
            Op::Text { patterns, .. } => patterns.iter().map(|pattern| pattern.parts().iter().map(part).collect()).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn machines_levels_and_keys_have_other_names() {
        assert_eq!(of(Field::HostName, &["WS042", "a.b.example"], "DeviceProcessEvents"), ["WS042", "a.b.example", "WS042.*"]);
        assert_eq!(of(Field::ProcessIntegrity, &["s-1-16-12288", "High", "x"], "SecurityEvent"), ["High", "x"]);
        let key = r"HKLM\System\CurrentControlSet\Services\x";
        assert_eq!(of(Field::RegistryKey, &[key], "Event"), [key]);
        assert_eq!(of(Field::RegistryKey, &[key], "SecurityEvent").len(), 4);
        assert_eq!(of(Field::RegistryKey, &[r"HKLM\System\ControlSet001\x"], "SecurityEvent").len(), 1);
        assert_eq!(of(Field::RegistryKey, &[r"HKCR\x"], "SecurityEvent")[1..], [r"HKLM\SOFTWARE\Classes\x", r"HKU\*_Classes\x"]);
    }
}
