//! How do logs spell the hives of the registry?
//!
//! The catalogue has the short names, and `HKCU` for the hive of whoever is logged on. Sysmon writes `HKU` with the user's number for that
//! (<https://learn.microsoft.com/sysinternals/downloads/sysmon>); what add-ons rewrite may have the long names too.

use ir::regex::{Class, Look, Node, PartOf};
use ir::{Case, Part, Pattern, Regex};

use crate::Encoding;

/// Ways to spell a hive, each in pieces; an empty piece is a gap: a user's number.
pub type Spellings = &'static [&'static [&'static str]];

/// Short name, then what Sysmon writes, then what add-ons may write.
const HIVES: [(&str, Spellings, Spellings); 5] = [
    ("HKLM", &[&["HKLM"]], &[&["HKLM"], &["HKEY_LOCAL_MACHINE"]]),
    ("HKCU", &[&["HKU\\", ""]], &[&["HKU\\", ""], &["HKEY_USERS\\", ""], &["HKCU"], &["HKEY_CURRENT_USER"]]),
    ("HKU", &[&["HKU"]], &[&["HKU"], &["HKEY_USERS"]]),
    ("HKCR", &[&["HKCR"]], &[&["HKCR"], &["HKEY_CLASSES_ROOT"]]),
    ("HKCC", &[&["HKCC"]], &[&["HKCC"], &["HKEY_CURRENT_CONFIG"]]),
];

const fn spellings(encoding: Encoding, sysmon: Spellings, addons: Spellings) -> Spellings {
    if matches!(encoding, Encoding::AnyRegistryKey) { addons } else { sysmon }
}

/// The hive that a pattern begins with: its spellings, and the pattern behind it.
#[must_use]
pub fn hive(pattern: &Pattern, encoding: Encoding) -> Option<(Spellings, Pattern)> {
    let Some(Part::Literal(first)) = pattern.parts().first() else { return None };
    HIVES.iter().find_map(|(short, sysmon, addons)| {
        let head = first.get(..short.len())?;
        let rest = first.get(short.len()..)?;
        let ends = rest.starts_with('\\') || (rest.is_empty() && pattern.parts().len() == 1);
        if !head.eq_ignore_ascii_case(short) || !ends {
            return None;
        }
        let behind = Pattern::new(std::iter::once(Part::Literal(rest.to_owned())).chain(pattern.parts().iter().skip(1).cloned()));
        Some((spellings(encoding, sysmon, addons), behind))
    })
}

/// A key's pattern under each spelling of its hive, and whether those are exact: a user's hive leaves a gap that may
/// also span a backslash.
#[must_use]
pub fn hives(pattern: &Pattern, encoding: Encoding) -> (Vec<Pattern>, bool) {
    let Some((spellings, behind)) = hive(pattern, encoding) else {
        return (vec![pattern.clone()], true);
    };
    let out = spellings
        .iter()
        .map(|words| {
            let head = words.iter().map(|word| if word.is_empty() { Part::Run } else { Part::Literal((*word).to_owned()) });
            Pattern::new(head.chain(behind.parts().iter().cloned()))
        })
        .collect();
    (out, spellings.iter().all(|words| words.len() == 1))
}

/// Expressions on a key for keys as the log spells their hives; those on anything else stay as they are.
///
/// # Errors
///
/// Says which cannot be said of these spellings.
pub fn expressions(list: &[Regex], encoding: Encoding) -> Result<Vec<Regex>, String> {
    if !matches!(encoding, Encoding::RegistryKey | Encoding::AnyRegistryKey | Encoding::RegistryKeyByKind) {
        return Ok(list.to_vec());
    }
    list.iter().map(|regex| on_hives(regex, encoding)).collect()
}

fn on_hives(regex: &Regex, encoding: Encoding) -> Result<Regex, String> {
    let node = regex.node()?;
    let gap = || Node::repeat(Node::Class(Class::Unicode(PartOf::last(&['\\']).inside)), 1, None, true);
    let word = |word: &&str| if word.is_empty() { gap() } else { Node::literal(word, Case::Insensitive) };
    let mut all = vec![node.clone()];
    for (short, sysmon, addons) in HIVES {
        let behind = node.behind(short).ok_or("boundaries of words where a key may begin")?;
        for words in spellings(encoding, sysmon, addons) {
            if *words != [short] && !behind.is_never() && !node.matches_everything() {
                all.push(Node::concat(std::iter::once(Node::Look(Look::Start)).chain(words.iter().map(word)).chain([behind.clone()])));
            }
        }
    }
    if all.len() == 1 { Ok(regex.clone()) } else { Regex::of(&Node::either(all)) }
}
