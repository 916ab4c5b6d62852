//! Whose are the values below a heading or behind a label? Those of victims and of researchers point at no attacker.

use std::sync::LazyLock;

use super::cue::Cue;
use languages::{Lookup, only_victims};

/// Who was attacked.
const VICTIMS: [&str; 59] = [
    "victimology",
    "viktimologie",
    "victimologie",
    "ziele",
    "impersonated brands",
    "impersonated organisations",
    "impersonated organizations",
    "impersonated companies",
    "impersonated sites",
    "impersonated services",
    "impersonated domains",
    "spoofed brands",
    "spoofed organisations",
    "spoofed organizations",
    "spoofed companies",
    "imitated brands",
    "imitated organisations",
    "imitated organizations",
    "imitated companies",
    "brands impersonated",
    "organisations impersonated",
    "organizations impersonated",
    "targeted brands",
    "targeted sites",
    "targeted sectors",
    "victim",
    "victims",
    "victim's",
    "victims'",
    "victim’s",
    "victims’",
    "victime",
    "victimes",
    "opfer",
    "víctimas",
    "vítimas",
    "vittime",
    "slachtoffers",
    "ofiary",
    "compromised organisations",
    "compromised organizations",
    "compromised companies",
    "compromised customers",
    "compromised entities",
    "compromised institutions",
    "affected organisations",
    "affected organizations",
    "affected companies",
    "affected customers",
    "affected entities",
    "impacted organisations",
    "impacted organizations",
    "impacted customers",
    "breached organisations",
    "breached organizations",
    "targeted organisations",
    "targeted organizations",
    "targeted companies",
    "targeted entities",
];

/// A name that researchers or the police hold.
const SINKHOLES: [&str; 29] = [
    "taken down",
    "taken over by researchers",
    "taken over by us",
    "takedown",
    "takedowns",
    "under our control",
    "in our hands",
    "controlled by us",
    "controlled by researchers",
    "researcher-controlled",
    "researcher controlled",
    "registered by us",
    "bought by us",
    "beschlagnahmt",
    "beschlagnahmte",
    "saisis",
    "saisies",
    "incautados",
    "sequestrati",
    "sinkhole",
    "sinkholes",
    "sinkholed",
    "sinkholing",
    "seized",
    "seized by",
    "now controlled by researchers",
    "under control of researchers",
    "held by researchers",
    "registered by researchers",
];

/// Values that a report clears, as headings and labels say it.
const CLEARED: [&str; 42] = [
    "expired indicators",
    "expired iocs",
    "expired",
    "retired indicators",
    "retired iocs",
    "outdated indicators",
    "no longer malicious",
    "no longer active",
    "keine indikatoren",
    "fehlalarme",
    "faux positifs",
    "falsos positivos",
    "not malicious",
    "not indicators",
    "no indicators",
    "non-malicious",
    "benign",
    "harmless",
    "legitimate",
    "legitimate domains",
    "legitimate hosts",
    "legitimate sites",
    "legitimate services",
    "legitimate infrastructure",
    "false positive",
    "false positives",
    "removed",
    "removed from this list",
    "removed indicators",
    "removed iocs",
    "withdrawn",
    "revoked",
    "retracted",
    "allowlist",
    "allow-list",
    "whitelist",
    "allowlisted",
    "whitelisted",
    "known good",
    "do not block",
    "excluded",
    "exclusions",
];

/// What somebody owns: `sites of victims`.
const THINGS: [&str; 24] = [
    "sites",
    "site",
    "websites",
    "website",
    "domains",
    "domain",
    "hosts",
    "host",
    "names",
    "addresses",
    "address",
    "networks",
    "network",
    "systems",
    "servers",
    "infrastructure",
    "list",
    "ips",
    "accounts",
    "mailboxes",
    "pages",
    "machines",
    "organisations",
    "organizations",
];

/// Words behind which the values are the attacker's: `pages that victims are sent to`, `compromised sites that host the page`.
const ATTACKERS: [&str; 30] = [
    "sent",
    "send",
    "redirected",
    "redirect",
    "lured",
    "led",
    "contact",
    "contacts",
    "contacted",
    "connect",
    "connected",
    "visit",
    "visited",
    "download",
    "downloaded",
    "received",
    "receive",
    "see",
    "saw",
    "host",
    "hosts",
    "hosting",
    "serve",
    "serving",
    "used",
    "abused",
    "indicators",
    "iocs",
    "malicious",
    "c2",
];

/// Corrects what a heading's single words say by whom the whole heading names as the owner of what stands below it.
pub(super) fn owned(title: &str, cue: Cue) -> Cue {
    // Most titles and labels name no owner.
    if !cue.has(Cue::VICTIMS) && !speaks(title) {
        return cue;
    }
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower
        .split(|char: char| !(char.is_alphanumeric() || matches!(char, '\'' | '’' | '&' | '-')))
        .filter(|word| !word.is_empty())
        .take(24)
        .collect();
    if spoken(&words, &SINKHOLES).is_some_and(|(at, _)| !negated(words.get(..at).unwrap_or_default())) {
        return Cue::SINKHOLE;
    }
    let cleared = spoken(&words, &CLEARED).is_some_and(|(at, _)| {
        let list = words.len() <= 6
            && words
                .get(..at)
                .unwrap_or_default()
                .iter()
                .all(|word| matches!(*word, "known" | "the" | "list" | "of" | "these" | "are" | "as" | "some" | "other"));
        list && !words.iter().any(|word| {
            ATTACKERS.contains(word)
                && !matches!(*word, "malicious" | "indicators" | "iocs" | "hosts")
                && !(*word == "abused" && words.last() == Some(word))
        })
    });
    if cleared {
        return Cue::CLEARED;
    }
    if matches!(words.as_slice(), ["targets"] | ["known", "targets"] | ["list", "of", "targets"]) {
        return Cue::VICTIMS;
    }
    match spoken(&words, &VICTIMS) {
        Some((at, end)) if victims(&words, at, end) => Cue::VICTIMS,
        None if cue.has(Cue::VICTIMS) && only_victims(title) => Cue::VICTIMS,
        _ => Cue(cue.0 & !(Cue::VICTIMS.0 | Cue::SINKHOLE.0)),
    }
}

/// Whether any word of an owner begins a word of a title.
fn speaks(title: &str) -> bool {
    static LOOKUP: LazyLock<Lookup<()>> = LazyLock::new(|| {
        let heads = VICTIMS.iter().chain(&SINKHOLES).chain(&CLEARED).chain(&["target", "victim"]);
        Lookup::of(heads.map(|phrase| (phrase.split(' ').max_by_key(|word| word.len()).unwrap_or(phrase).to_owned(), ())))
    });
    LOOKUP.found(&title.to_ascii_lowercase(), |()| true).next().is_some()
}

/// Whether the victims at these words are the owners, not those who met what stands below.
fn victims(words: &[&str], at: usize, end: usize) -> bool {
    let before = words.get(..at).unwrap_or_default();
    let after = words.get(end..).unwrap_or_default();
    let theirs = match before.last() {
        Some(&"of") => before.iter().rev().nth(1).is_none_or(|word| THINGS.contains(word)),
        Some(&"to") => before.ends_with(&["belonging", "to"]) || before.ends_with(&["belong", "to"]),
        Some(word) => !matches!(*word, "at" | "on" | "by" | "in" | "from" | "against" | "for" | "with" | "no" | "infect" | "attack"),
        None => true,
    };
    theirs && !before.iter().chain(after).any(|word| ATTACKERS.contains(word) && !(THINGS.contains(word) && after.first() == Some(word)))
}

/// Where one of these phrases stands among the words: its first and the one behind its last.
fn spoken(words: &[&str], phrases: &[&str]) -> Option<(usize, usize)> {
    (0..words.len()).find_map(|at| {
        let rest = words.get(at..)?;
        let first = *rest.first()?;
        let length = |phrase: &&str| {
            // Most phrases are passed over by their first letter.
            let begins = phrase.as_bytes().first() == first.as_bytes().first() && phrase.starts_with(first);
            let parts = begins.then(|| phrase.split(' '))?;
            let count = parts.clone().count();
            (rest.len() >= count && parts.zip(rest).all(|(part, word)| part == *word)).then_some(count)
        };
        phrases.iter().filter_map(length).max().map(|count| (at, at + count))
    })
}

/// Whether the words in front deny what follows.
pub(super) fn negated(before: &[&str]) -> bool {
    let words = before.iter().rev().take(4).map(|word| word.trim_matches(|char: char| !char.is_alphanumeric()));
    words.into_iter().any(|word| {
        matches!(word, "not" | "never" | "no" | "nor" | "neither" | "without" | "cannot") || word.ends_with("n't") || word.ends_with("n’t")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cue::cue;

    #[test]
    fn victims_own_what_their_heading_lists() {
        for title in [
            "Victims",
            "Victims:",
            "Known victims",
            "Domains of victims",
            "Victims' sites",
            "Compromised organisations",
            "List of victims",
            "Victim hosts",
            "Victimology",
            "Impersonated brands",
            "Spoofed organisations",
            "Ziele",
        ] {
            assert_eq!(owned(title, cue(title)), Cue::VICTIMS, "{title}");
        }
        for title in [
            "Not malicious",
            "False positives:",
            "Legitimate services",
            "Removed from this list",
            "Benign domains",
            "Expired indicators",
            "Legitimate domains abused",
        ] {
            assert_eq!(owned(title, cue(title)), Cue::CLEARED, "{title}");
        }
        for title in [
            "Sinkholed:",
            "Sinkholed domains",
            "Sinkholes",
            "Domains seized by the police",
            "Taken down",
            "Domains under our control",
            "Researcher-controlled:",
            "Beschlagnahmt",
        ] {
            assert_eq!(owned(title, cue(title)), Cue::SINKHOLE, "{title}");
        }
        for title in [
            "Indicators of compromise seen at victims",
            "Pages that victims are sent to",
            "Compromised sites that host the page:",
            "Servers contacted by victims",
            "Domains not yet sinkholed",
            "Files found on victims",
            "Malware targets banks",
            "Legitimate services abused by the actor",
            "Indicators removed from memory",
            "Domains that impersonate brands",
            "Phishing pages that targets were sent to",
            "Sites taken over by the actor",
            "Domains not yet taken down",
        ] {
            assert!(!owned(title, cue(title)).has(Cue(Cue::VICTIMS.0 | Cue::SINKHOLE.0 | Cue::CLEARED.0)), "{title}");
        }
    }
}
