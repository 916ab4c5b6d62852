//! Does a row say that its value is no indicator, or none any more? Statuses, tags and remarks are read, with what denies them.
//!
//! The words stand in [`super::verdict_words`] and [`super::verdict_clauses`]. A word in a column for it counts by itself; in a remark the clause around it
//! decides: `false positive` counts, `not a false positive` and `false positive rate` do not.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::verdict_clauses::{BEFORE_LISTS, DENIALS, FILLERS, NO_LISTS, NOBODY, NOUNS, PREPOSITIONS, STILL, TURNS};
use super::verdict_words::{LISTS, Stands, VERDICTS};
use super::words;

/// How much of a remark is read; what a rule can carry of it is no longer.
const REMARK: usize = 300;

/// How many words before a phrase may deny it.
const REACH: usize = 4;

/// The phrases as they are compared.
static PHRASES: LazyLock<Vec<(String, Stands)>> =
    LazyLock::new(|| VERDICTS.iter().map(|(phrase, stands)| (words::folded(phrase).trim().to_owned(), *stands)).collect());

static BY_PHRASE: LazyLock<BTreeMap<&str, Stands>> = LazyLock::new(|| PHRASES.iter().map(|(phrase, stands)| (&**phrase, *stands)).collect());

/// Every phrase that counts in a remark, and those that say the contrary.
static IN_REMARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    // Few remarks get as far, so that it is better made soon than searched fast.
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::NoncontiguousNFA));
    builder.build(PHRASES.iter().map(|(phrase, _)| phrase)).ok()
});

/// A word of each phrase that only the phrase is likely to have. A remark in ASCII without any of them is done with.
static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let longest = |phrase: &'static String| phrase.split(' ').max_by_key(|word| word.len()).unwrap_or(phrase);
    let mut stems: Vec<&str> = PHRASES.iter().map(|(phrase, _)| longest(phrase)).filter(|stem| stem.is_ascii()).collect();
    // A stem that begins another is found wherever the other is.
    stems.sort_unstable();
    stems.dedup_by(|longer, stem| longer.starts_with(*stem));
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::ContiguousNFA)).build(stems).ok()
});

/// What lists of harmless values are called; a million comments are looked at quickly.
static LIST_NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(LISTS).ok());

/// Whether a cell of a column for such words takes its row out.
pub(super) fn in_status(cell: &str) -> bool {
    if cell.is_empty() || cell.len() > REMARK {
        return false;
    }
    let known = |words: &str| BY_PHRASE.contains_key(words);
    // `Allow (temporary)`, `Closed - False Positive`
    let parts = || clauses(cell).split('|').any(|clause| known(clause.trim()));
    known(words::folded(cell).trim()) || parts() || languages::english(cell).is_some_and(known) || in_remark(cell)
}

/// Whether a cell takes its row out, whatever its column is called.
pub(super) fn in_any(cell: &str) -> bool {
    // The longest of these phrases has fewer letters, and none has a digit or the signs of a link.
    let words = !cell.is_empty() && cell.len() <= 60 && !cell.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'@'));
    words && BY_PHRASE.get(words::folded(cell).trim()) == Some(&Stands::Anywhere)
}

/// Whether a few words beside a value take it out, where no column's name says what they are: a whole phrase, no remark.
pub fn takes_out(words: &str) -> bool {
    words.len() <= 60 && BY_PHRASE.contains_key(words::folded(words).trim())
}

/// The tag in a cell of tags, or in one tag, that takes its row out.
pub(super) fn in_tags(cell: &str) -> Option<&str> {
    words::tags(cell).find(|tag| in_tag(tag))
}

/// Whether a tag takes its value out: a word, or a machine tag of MISP. In a machine tag `allowed` may be said of anything.
fn in_tag(tag: &str) -> bool {
    let (name, value) = tag.split_once('=').or_else(|| tag.rsplit_once(':')).unwrap_or(("", tag));
    let value = value.trim().trim_matches(['"', '\'']);
    let name = name.trim().to_ascii_lowercase();
    let stands = BY_PHRASE.get(words::folded(value).trim());
    match name.strip_prefix("false-positive:") {
        // https://www.misp-project.org/taxonomies.html#_false_positive
        Some("confirmed") => value.eq_ignore_ascii_case("true"),
        Some(_) => value.eq_ignore_ascii_case("high"),
        None if name.starts_with("misp-galaxy:") => false,
        None if name.is_empty() => stands.is_some_and(|stands| *stands != Stands::Status),
        None => matches!(stands, Some(Stands::Anywhere | Stands::First | Stands::Quality)),
    }
}

/// Whether a word for a type takes its row out: `sinkhole_ip`.
pub(super) fn in_kind(kind: &str) -> bool {
    let folded = words::folded(kind);
    folded.split(' ').any(|word| {
        matches!(word, "sinkhole" | "sinkholed" | "whitelist" | "allowlist" | "whitelisted" | "allowlisted" | "benign" | "victim" | "falsepos")
    })
}

/// Whether a tag of a whole event takes all its values out. Fewer words count: an event has a victim.
pub(super) fn in_event_tag(tag: &str) -> bool {
    in_tag(tag) && (tag.contains(':') || in_any(tag))
}

/// Whether a title or a heading says that the values below it are harmless: `Whitelist of our SOC`, `Known good`.
pub(super) fn in_title(title: &str) -> bool {
    calls(title, |before| {
        let known = |word: &str| word.is_empty() || FILLERS.contains(&word) || NOUNS.contains(&word) || BEFORE_LISTS.contains(&word);
        before.split(' ').all(known)
    })
}

/// Whether the name of a file says that its values are harmless: `soc-whitelist-2026.txt`.
pub(super) fn in_file_name(name: &str) -> bool {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    // `book.xlsx#Sheet`
    base.split('#').any(|part| calls(part.rsplit_once('.').map_or(part, |(stem, _)| stem), |_| true))
}

/// Whether words call a list one of harmless values, with words before it that may stand there.
fn calls(words: &str, may_precede: fn(&str) -> bool) -> bool {
    if words.is_empty() || words.len() > REMARK {
        return false;
    }
    let folded = words::folded(&words::apart(words));
    let text = folded.trim();
    if LIST_NAMES.as_ref().is_some_and(|names| !names.is_match(text)) {
        return false;
    }
    LISTS.iter().any(|phrase| {
        text.match_indices(phrase).any(|(at, _)| {
            let (before, behind) = (text.get(..at).unwrap_or_default().trim(), text.get(at + phrase.len()..).unwrap_or_default());
            let turned = |part: &str| part.split(' ').any(|word| NO_LISTS.contains(&word));
            // `do not block` behind it says the same once more.
            stands(text, at, phrase) && may_precede(before) && !turned(before) && !turned(&behind.replace(" not block", ""))
        })
    })
}

/// Whether a remark takes its row out.
pub(super) fn in_remark(remark: &str) -> bool {
    let short = remark.char_indices().nth(REMARK).and_then(|(end, _)| remark.get(..end)).unwrap_or(remark);
    if short.is_ascii() && STEMS.as_ref().is_some_and(|stems| !stems.is_match(short)) {
        return false;
    }
    let clauses = clauses(short);
    let Some(phrases) = &*IN_REMARKS else { return false };
    if !phrases.is_match(&clauses) {
        return false;
    }
    if STILL.iter().any(|phrase| {
        clauses.match_indices(phrase).any(|(at, _)| {
            let behind = clauses.get(at + phrase.len()..).unwrap_or_default();
            let nobody = behind.split([' ', '|']).filter(|word| !word.is_empty()).take(2).any(|word| NOBODY.contains(&word));
            stands(&clauses, at, phrase) && !nobody && !denied(clauses.get(..at).unwrap_or_default())
        })
    }) {
        return false;
    }
    clauses.split('|').filter(|clause| !clause.ends_with('?')).any(|clause| {
        phrases.find_iter(clause).any(|found| {
            let Some((phrase, place)) = PHRASES.get(found.pattern().as_usize()) else { return false };
            let (before, behind) = (clause.get(..found.start()).unwrap_or_default(), clause.get(found.end()..).unwrap_or_default());
            stands(clause, found.start(), phrase) && counts(*place, before, behind)
        })
    })
}

/// Whether a phrase begins and ends with its words; scripts without blanks between words know no such thing.
fn stands(text: &str, at: usize, phrase: &str) -> bool {
    let ideograms = phrase.chars().all(|char| char >= '\u{3000}');
    let edge = |part: &str, last: fn(&str) -> Option<char>| ideograms || last(part).is_none_or(|char| matches!(char, ' ' | '|'));
    edge(text.get(..at).unwrap_or_default(), |part| part.chars().next_back())
        && edge(text.get(at + phrase.len()..).unwrap_or_default(), |part| part.chars().next())
}

fn counts(place: Stands, before: &str, behind: &str) -> bool {
    let filler = |word: &str| FILLERS.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit());
    let only_fillers = |part: &str| part.split(' ').all(filler);
    match place {
        Stands::Anywhere => !denied(before) && !behind.split(' ').filter(|word| !word.is_empty()).take(2).any(|word| TURNS.contains(&word)),
        Stands::First | Stands::Quality => {
            let mut next = behind.split(' ').filter(|word| !(word.is_empty() || place == Stands::Quality && NOUNS.contains(word)));
            only_fillers(before) && next.next().is_none_or(|word| PREPOSITIONS.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit()))
        }
        Stands::Alone => only_fillers(before) && only_fillers(behind),
        Stands::Status => false,
    }
}

/// Whether the words before a phrase deny it.
fn denied(before: &str) -> bool {
    let clause = before.rsplit('|').next().unwrap_or(before);
    clause.rsplit(' ').filter(|word| !word.is_empty()).take(REACH).any(|word| DENIALS.contains(&word))
}

/// A remark in folded words, with `|` between its clauses; a question keeps its sign.
fn clauses(remark: &str) -> String {
    let mut out = String::with_capacity(remark.len() + 8);
    let mut chars = remark.chars().peekable();
    while let Some(char) = chars.next() {
        let inside = out.ends_with(|before: char| before.is_alphanumeric()) && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match char {
            '?' | '？' => out.push_str("?|"),
            '.' | ':' if inside => out.push(' '),
            '.' | ',' | ';' | '!' | ':' | '(' | ')' | '[' | ']' | '/' | '\n' | '–' | '—' | '。' | '、' | '，' | '；' | '（' | '）' => {
                out.push('|')
            }
            '-' if !inside => out.push('|'),
            _ => words::fold_into(char, &mut out),
        }
    }
    // Blanks beside the signs would count as words.
    let mut tidy = String::with_capacity(out.len());
    for char in out.chars() {
        if char == ' ' && (tidy.is_empty() || tidy.ends_with([' ', '|'])) {
            continue;
        }
        if matches!(char, '|' | '?') && tidy.ends_with(' ') {
            tidy.pop();
        }
        tidy.push(char);
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_that_take_a_value_out() {
        for remark in [
            "False positive, removed",
            "FALSE-POSITIVE",
            "Confirmed FP",
            "likely a false positive",
            "Victim",
            "Victim's mail server",
            "compromised victim host",
            "Sinkholed since May",
            "C2 (now a sinkhole of a registrar)",
            "Whitelisted by SOC team on 2026-01-02",
            "allow-listed, CDN",
            "removed",
            "Removed from the feed on 3 March",
            "Revoked on 2026-02-01 by the author",
            "benign",
            "turned out to be benign",
            "Legitimate service",
            "legitimate site of a partner",
            "No longer malicious",
            "Not malicious: own scanner",
            "added by mistake",
            "Inactive since 2025",
            "benign scanner (a research project)",
            "Legitimate Microsoft domain",
            "IP of the victim",
            "Belongs to a victim",
            "Test entry, ignore",
            "Legitimate service abused by nobody",
            "C2, taken down in May",
            "Taken down by the registrar",
            "domain seized by the police",
            "please ignore",
            "seized domain",
            "Whitelisted - CDN",
            "removed from the list; legit",
            "sinkholed by a registrar",
            "victim infrastructure, do not block",
            "Faux positif confirmé",
            "Fehlalarm laut Hersteller",
            "Falso positivo",
            "Abgelaufen",
            "inactif depuis mars",
            "誤検知のため削除",
            "误报",
            "ложное срабатывание",
        ] {
            assert!(in_remark(remark), "{remark}: {}", clauses(remark));
        }
    }

    #[test]
    fn remarks_that_leave_a_value_in() {
        for remark in [
            "Active again; not a false positive",
            "isn't a false positive",
            "no false positives seen",
            "low false positive rate",
            "False positive ruled out",
            "false positive?",
            "still malicious, was sinkholed in May",
            "C2, blocked at our proxy since May",
            "Page that victims are sent to",
            "Sends data of the victim to this server",
            "signed with a revoked certificate",
            "expired domain, registered anew by the actor",
            "abuses a legitimate service",
            "legitimate site that was taken over",
            "legitimate, but compromised website",
            "harmless looking lure",
            "legitimate looking site",
            "tool sent to the victim",
            "malware that removes itself",
            "used against a victim in France",
            "deletes shadow copies, then removes itself",
            "Removed from the app store after our report",
            "Defender disabled by the loader",
            "whitelisting bypass",
            "detects sinkholes",
            "avoids sinkhole addresses",
            "clean-up script",
            "Allowed the actor to move on",
            "kein Fehlalarm",
            "pas un faux positif",
            "no es un falso positivo",
            "C2 of the loader",
            "page of a test bank, used to steal cards",
            "data seized from the victim",
            "offline",
            "down since May",
            "Taken down, but registered again by the actor",
            "Legitimate website, compromised",
            "legitimate service abused by the actor",
            "",
        ] {
            assert!(!in_remark(remark), "{remark}: {}", clauses(remark));
        }
    }

    #[test]
    fn names_and_headings_of_lists_of_harmless_values() {
        for title in [
            "Whitelist",
            "# Whitelist of our SOC, do not block",
            "Allowlist: known good domains",
            "Known good",
            "False positives",
            "Title: Liste blanche",
            "Corporate WhiteList (2026)",
            "白名单",
        ] {
            assert!(in_title(title), "{title}");
        }
        for title in [
            "Report false positives to soc@own.example",
            "False positives removed",
            "Whitelist bypass of the loader",
            "No false positives",
            "Blocklist",
            "Servers used by the group that bypassed the allow list",
            "Domains of the campaign against victims in France",
            "whitelist applied, malicious only",
            "",
        ] {
            assert!(!in_title(title), "{title}");
        }
        for name in ["/a/whitelist.txt", "soc-allow_list-2026.csv", "FalsePositives.csv", "benign.json", "victims.csv"] {
            assert!(in_file_name(name), "{name}");
        }
        for name in ["whitelist/iocs.csv", "iocs-without-false-positives.txt", "whitelist_bypass.csv", "blocklist.txt", "non-whitelisted-bad.txt"] {
            assert!(!in_file_name(name), "{name}");
        }
        assert!(
            in_event_tag("false-positive:confirmed=\"true\"")
                && in_event_tag("sinkholed")
                && !in_event_tag("victim")
                && !in_event_tag("false-positive:risk=\"low\"")
        );
    }

    #[test]
    fn statuses_and_tags() {
        for word in [
            "Allowed",
            "falsepos",
            "False_Positive",
            "INACTIVE",
            "benign",
            "Clean",
            "whitelisted",
            "Closed - False Positive",
            "Désactivé",
            "erlaubt",
            "autorisé",
            "BenignPositive",
            "no_action",
            "taken down",
            "Retired",
            "seized",
        ] {
            assert!(in_status(word), "{word}");
        }
        for word in [
            "Block",
            "Warn",
            "Audit",
            "BlockAndRemediate",
            "active",
            "malicious",
            "online",
            "offline",
            "unknown",
            "True positive",
            "TruePositive",
            "suspicious",
            "",
        ] {
            assert!(!in_status(word), "{word}");
        }
        assert_eq!(in_tags("tlp:amber,false-positive:confirmed=\"true\""), Some("false-positive:confirmed=\"true\""));
        assert_eq!(in_tags("loader; sinkholed"), Some("sinkholed"));
        assert_eq!(in_tags("adversary:infrastructure-action=\"sinkholed\""), Some("adversary:infrastructure-action=\"sinkholed\""));
        for tags in
            ["false-positive:risk=\"low\"", "false-positive:confirmed=\"false\"", "loader, phishing", "misp-galaxy:tool=\"Clean\"", "type:OSINT"]
        {
            assert_eq!(in_tags(tags), None, "{tags}");
        }
        assert!(in_any("false positive") && !in_any("removed") && !in_any("Victim"));
        assert!(in_kind("sinkhole_ip") && !in_kind("c2_ip"));
    }
}
