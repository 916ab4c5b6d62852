//! What is a rule called, and which tags does it carry?
//!
//! Names go from general to special as the community's guide says: `APT_MAL_Actor_Malware_Block_Facet_Jul21_1a2b3c`. The last
//! part comes from the rule's id and keeps names apart that read the same.

use ir::{Detection, Role, Scope, SeverityLevel, Verdict};
use uuid::Uuid;

/// Identifiers have at most 128 characters in classic YARA.
const MAX_PART: usize = 24;
/// A tag is shown in lists of hits.
const MAX_TAG: usize = 40;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The words of both engines, classic YARA's and YARA-X's.
const KEYWORDS: [&str; 48] = [
    "all",
    "and",
    "any",
    "ascii",
    "at",
    "base64",
    "base64wide",
    "condition",
    "contains",
    "defined",
    "endswith",
    "entrypoint",
    "false",
    "filesize",
    "for",
    "fullword",
    "global",
    "icontains",
    "iendswith",
    "iequals",
    "import",
    "in",
    "include",
    "int16",
    "int32",
    "int8",
    "istartswith",
    "matches",
    "meta",
    "nocase",
    "none",
    "not",
    "of",
    "or",
    "private",
    "rule",
    "startswith",
    "strings",
    "them",
    "true",
    "uint16",
    "uint32",
    "uint8",
    "wide",
    "with",
    "xor",
    "uint16be",
    "uint32be",
];

/// The identifier of a detection's rule; `part` counts the rules of one detection from 1, 0 when there is only one.
pub(crate) fn rule(detection: &Detection, block: &str, id: Uuid, part: usize) -> String {
    let meta = &detection.meta;
    let attributed = meta.scope != Scope::Context;
    let web_shell = meta.techniques.iter().any(|technique| technique.as_str() == "T1505.003");
    let tool = !detection.indicators.is_empty() && detection.indicators.iter().all(|indicator| indicator.role == Role::Tool);
    let doubtful = meta.verdict == Verdict::Lead || !attributed || meta.severity <= SeverityLevel::Low;
    let apt = (attributed && !meta.actors.is_empty()).then_some("APT");
    let mut parts: Vec<String> = match (web_shell, tool, doubtful) {
        (true, ..) => [Some("WEBSHELL"), apt],
        (_, true, _) => [Some("HKTL"), apt],
        (_, _, true) => [Some("SUSP"), apt],
        _ => [apt, Some("MAL")],
    }
    .into_iter()
    .flatten()
    .map(ToOwned::to_owned)
    .collect();
    let mut subjects: Vec<String> = if attributed {
        meta.actors.iter().take(1).chain(meta.malware.iter().take(1)).map(|name| word(name, MAX_PART)).collect()
    } else {
        Vec::new()
    };
    subjects.retain(|subject| !subject.is_empty());
    if subjects.is_empty() {
        subjects.push(word(&meta.advisory, MAX_PART));
    }
    parts.extend(subjects);
    parts.extend(block.split(['.', '/']).map(|part| word(part, MAX_PART)));
    if let Some(date) = meta.published {
        let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
        parts.push(format!("{month}{:02}", date.year().rem_euclid(100)));
    }
    parts.push(id.simple().to_string().chars().take(6).collect());
    if part > 0 {
        parts.push(part.to_string());
    }
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    parts.join("_")
}

/// Tags: who and what, in the order of the description.
pub(crate) fn tags(detection: &Detection) -> Vec<String> {
    let meta = &detection.meta;
    let names: &[String] = if meta.scope == Scope::Context { &[] } else { &meta.actors };
    let techniques = meta.techniques.iter().map(|technique| technique.as_str().replace('.', "_"));
    let mut out: Vec<String> = Vec::new();
    for tag in
        names.iter().chain(&meta.malware).map(|name| word(name, MAX_TAG)).chain(meta.cves.iter().map(|cve| cve.replace('-', "_"))).chain(techniques)
    {
        let tag = identifier(&tag);
        if !tag.is_empty() && !out.contains(&tag) {
            out.push(tag);
        }
    }
    out
}

/// The letters and digits of a text, each word with a capital: `judgment panda` reads `JudgmentPanda`.
fn word(text: &str, most: usize) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    };
    text.split(|char: char| !char.is_ascii_alphanumeric()).map(capital).collect::<String>().chars().take(most).collect()
}

/// The text as an identifier that is no keyword; empty when nothing of it is left.
fn identifier(text: &str) -> String {
    let text: String = text.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '_').collect();
    if text.is_empty() {
        text
    } else if text.starts_with(|char: char| char.is_ascii_digit()) || KEYWORDS.contains(&text.as_str()) {
        format!("_{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_identifiers() {
        assert_eq!(word("judgment panda", 40), "JudgmentPanda");
        assert_eq!(word("CERTFR-2021-IOC-003", 40), "CERTFR2021IOC003");
        assert_eq!(word("É*/ rule x {", 40), "RuleX");
        assert_eq!(identifier("rule"), "_rule");
        assert_eq!(identifier("8Base"), "_8Base");
        assert_eq!(identifier("\"\n"), "");
    }
}
