//! What a rule says about itself.

use ir::{Detection, Meta, Verdict};

use crate::ast::Head;

/// Longest title, in characters (Sigma rules specification 2.1, title).
const TITLE: usize = 256;
/// Longest description, in characters (Sigma rules specification 2.1, description).
const DESCRIPTION: usize = 65_535;

/// Folder and file name: the advisory, and the detection's name in it.
pub(super) fn path(detection: &Detection) -> String {
    format!("{}/{}", detection.meta.folder, backend::slug(own_name(detection)))
}

/// The detection's key without the advisory's id.
pub(super) fn own_name(detection: &Detection) -> &str {
    let rest = detection.key.strip_prefix(&detection.meta.advisory).and_then(|rest| rest.strip_prefix('/'));
    rest.unwrap_or(&detection.key)
}

/// The title, shortened where it is too long.
pub(super) fn title(text: &str) -> String {
    shortened(text, TITLE)
}

/// The title with the detection's key behind it, where another rule has the same title.
pub(crate) fn told_apart(text: &str, detection: &Detection) -> String {
    let key = shortened(&detection.key, TITLE / 2);
    let room = TITLE - key.chars().count() - 3;
    format!("{} ({key})", shortened(text, room))
}

fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(longest - 1).collect();
    out.push('…');
    out
}

/// Everything else.
pub(super) fn head(detection: &Detection) -> Head {
    let meta = &detection.meta;
    let mut references = Vec::with_capacity(meta.references.len());
    for reference in &meta.references {
        if !references.contains(reference) {
            references.push(reference.clone());
        }
    }
    let sigma = meta.sigma.as_deref();
    let mut false_positives: Vec<String> = meta.false_positives.iter().filter(|text| text.chars().count() > 1).cloned().collect();
    if false_positives.is_empty() && sigma.is_none() {
        false_positives.push("Unknown".to_owned());
    }
    let tags = match sigma {
        // The specification knows tags in lower case with a namespace; others were said to be none when they were read.
        Some(sigma) => unique(&sigma.tags.iter().map(|tag| tag.to_lowercase()).filter(|tag| is_tag(tag)).collect::<Vec<_>>()),
        None => tags(meta),
    };
    Head {
        status: sigma
            .and_then(|sigma| sigma.status.clone())
            .filter(|word| STATUSES.contains(&word.as_str()))
            .unwrap_or_else(|| "experimental".to_owned()),
        related: sigma.map(|sigma| sigma.related.clone()).unwrap_or_default(),
        license: sigma.and_then(|sigma| sigma.license.clone()),
        fields: sigma.map(|sigma| unique(&sigma.fields)).unwrap_or_default(),
        scope: sigma.map(|sigma| unique(&sigma.scope)).unwrap_or_default(),
        custom: sigma.map(|sigma| sigma.custom.clone()).unwrap_or_default(),
        description: shortened(&detection.description, DESCRIPTION),
        references,
        author: meta.author.clone(),
        date: meta.published,
        modified: meta.modified,
        tags,
        false_positives,
        level: meta.severity,
    }
}

/// What the specification calls a rule's status.
const STATUSES: [&str; 5] = ["stable", "test", "experimental", "deprecated", "unsupported"];

fn is_tag(tag: &str) -> bool {
    let fits = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char);
    tag.chars().all(fits) && tag.split_once('.').is_some_and(|(space, name)| !space.is_empty() && !name.is_empty())
}

/// The texts in order, each once.
fn unique(list: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(list.len());
    for text in list {
        if !out.contains(text) {
            out.push(text.clone());
        }
    }
    out
}

/// Tags in the namespaces of the specification's tags appendix, without duplicates.
fn tags(meta: &Meta) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut put = |tag: String| {
        if !out.contains(&tag) {
            out.push(tag);
        }
    };
    for technique in &meta.techniques {
        // Where a technique serves several tactics, it does not say which one was meant, and a tag would guess.
        if let [tactic] = technique.tactics()[..] {
            put(format!("attack.{}", tactic.name()));
        }
    }
    for technique in &meta.techniques {
        put(format!("attack.{}", technique.as_str().to_ascii_lowercase()));
    }
    for cve in &meta.cves {
        // `CVE-2021-26855` is `cve.2021-26855`; anything else is no CVE id.
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((year, number)) = cve.get(4..).and_then(|rest| rest.split_once('-'))
            && digits(year)
            && digits(number)
        {
            put(format!("cve.{year}-{number}"));
        }
    }
    if meta.verdict == Verdict::Lead {
        put("detection.threat-hunting".to_owned());
    }
    if let Some(tlp) = meta.tlp {
        put(format!("tlp.{}", tlp.name().replace('+', "-")));
    }
    out
}
