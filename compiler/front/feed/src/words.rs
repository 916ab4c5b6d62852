//! What do the words beside a value say: a role, a direction, a day, a degree of confidence, a technique?

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use ir::{Confidence, Date, Direction, ObservableKind, Role, Technique, Tlp};

use languages::{self, fold};

/// Phrases that tell a role, most telling first. Both sides are compared in lower case with single spaces for punctuation.
const ROLES: [(&str, Role); 30] = [
    ("c2", Role::C2),
    ("c c", Role::C2),
    ("cnc", Role::C2),
    ("botnet cc", Role::C2),
    ("command and control", Role::C2),
    ("command control", Role::C2),
    ("exfiltration", Role::Exfiltration),
    ("exfil", Role::Exfiltration),
    ("phishing", Role::Phishing),
    ("phish", Role::Phishing),
    ("credential harvesting", Role::Phishing),
    ("sender", Role::Sender),
    ("scanner", Role::Scanner),
    ("scanning", Role::Scanner),
    ("brute force", Role::Scanner),
    ("relay", Role::Relay),
    ("operational relay box", Role::Relay),
    ("anonymization", Role::Relay),
    ("persistence mechanism", Role::Persistence),
    ("persistence", Role::Persistence),
    ("data staging", Role::Exfiltration),
    ("staging server", Role::Delivery),
    ("staging servers", Role::Delivery),
    ("malware download", Role::Delivery),
    ("payload delivery", Role::Delivery),
    ("delivery", Role::Delivery),
    ("distribution", Role::Delivery),
    ("payload installation", Role::Payload),
    ("artifacts dropped", Role::Payload),
    ("payload", Role::Payload),
];

/// The phrases, each with blanks around it.
static PHRASES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(ROLES.iter().map(|(phrase, _)| format!(" {phrase} "))).ok());

/// A word of each phrase, in every language. A text in ASCII without any of them tells no role, which a million remarks show quickly.
static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let phrases = languages::LANGUAGES.iter().flat_map(|language| language.roles).flat_map(|(_, phrases)| phrases.iter());
    let phrases = phrases.map(|phrase| fold::folded(phrase)).chain(ROLES.iter().map(|(phrase, _)| (*phrase).to_owned()));
    let longest = |phrase: String| phrase.split(|char: char| !char.is_alphanumeric()).max_by_key(|word| word.len()).unwrap_or_default().to_owned();
    let stems = phrases.map(longest).filter(|stem| stem.len() > 1 && stem.is_ascii());
    // Of `C&C` no word is long enough.
    let signs = [" ", "&", " & ", "/", "-", "_", "+", "."].map(|sign| format!("c{sign}c"));
    let mut stems: Vec<String> = stems.chain(signs).collect();
    // A stem that begins another is found wherever the other is.
    stems.sort_unstable();
    stems.dedup_by(|longer, stem| longer.starts_with(stem.as_str()));
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::ContiguousNFA)).build(stems).ok()
});

/// The role that words from a controlled vocabulary tell: a kill-chain phase, a MISP category, a threat type.
pub(super) fn role(words: &str) -> Option<Role> {
    if words.is_ascii() && STEMS.as_ref().is_some_and(|stems| !stems.is_match(words)) {
        return None;
    }
    let padded = spaced(&apart(words));
    let first = PHRASES.as_ref().and_then(|phrases| phrases.find_overlapping_iter(&padded).map(|found| found.pattern().as_usize()).min());
    first.and_then(|at| ROLES.get(at)).map(|(_, role)| *role).or_else(|| languages::role(words))
}

/// The role that a remark in free text tells. Fewer phrases count: `payload` in a sentence says little.
pub(super) fn role_in_remark(words: &str) -> Option<Role> {
    role(words).filter(|role| tells_in_remark(*role))
}

/// Whether a role is believed when free text tells it.
pub(super) fn tells_in_remark(role: Role) -> bool {
    matches!(role, Role::C2 | Role::Exfiltration | Role::Phishing | Role::Sender)
}

/// What a role means for a value of this type: a file near a delivery is the payload, an address near a payload delivers it.
pub(super) fn role_of(kind: ObservableKind, role: Role) -> Role {
    use ObservableKind as K;
    let file = matches!(kind, K::Hash | K::Md5 | K::Sha1 | K::Sha256 | K::Sha512 | K::Imphash | K::FileName | K::FilePath);
    let network = matches!(kind, K::Ip | K::Domain | K::Host | K::Url | K::Asn);
    match role {
        Role::C2 | Role::Delivery | Role::Phishing | Role::Relay | Role::Exfiltration | Role::Scanner | Role::Sender if file => Role::Payload,
        Role::Payload if matches!(kind, K::Registry | K::Mutex | K::Service | K::Task | K::Pipe) => Role::Persistence,
        Role::Payload if network => Role::Delivery,
        Role::Persistence if network => Role::Unknown,
        Role::Sender if network && kind != K::Ip => Role::Unknown,
        Role::Delivery if kind == K::Email => Role::Sender,
        other => other,
    }
}

/// The direction that a word tells: `dst`, `ip-src`, `inbound`.
pub(super) fn direction(words: &str) -> Option<Direction> {
    let padded = spaced(words);
    let says = |words: &[&str]| words.iter().any(|word| padded.contains(&format!(" {word} ")));
    match (says(&["src", "source", "inbound", "from"]), says(&["dst", "dest", "destination", "outbound", "to"])) {
        (true, false) => Some(Direction::Source),
        (false, true) => Some(Direction::Destination),
        (true, true) => Some(Direction::Either),
        (false, false) => says(&["either", "both", "any"]).then_some(Direction::Either),
    }
}

/// Lower case, single spaces for whatever is neither letter nor digit, a space at both ends.
pub(super) fn spaced(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 2);
    out.push(' ');
    for char in words.chars() {
        if char.is_alphanumeric() {
            out.extend(char.to_lowercase());
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Like [`spaced`], with letters without their accents: `Inactif`, `Désactivé`, `false_positive`.
pub(super) fn folded(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 2);
    out.push(' ');
    words.chars().for_each(|char| fold_into(char, &mut out));
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// A name with a blank before each word that begins with a capital letter: `IndicatorType`, `networkIPv4`, `cveID`; not `IPv4`, `SHA256`.
pub(super) fn apart(name: &str) -> std::borrow::Cow<'_, str> {
    let begins = |(one, other): (char, char)| one.is_lowercase() && other.is_uppercase();
    if name.contains(' ') || !name.chars().zip(name.chars().skip(1)).any(begins) {
        return name.into();
    }
    let mut out = String::with_capacity(name.len() + 4);
    let mut chars = name.chars().peekable();
    while let Some(char) = chars.next() {
        out.push(char);
        if let Some(next) = chars.peek()
            && begins((char, *next))
        {
            out.push(' ');
        }
    }
    out.into()
}

/// Appends a letter in lower case without its accent; anything else is a blank, never two in a row.
pub(super) fn fold_into(char: char, out: &mut String) {
    if char == 'ß' {
        return out.push_str("ss");
    }
    match fold::plain(char) {
        Some(letter) if letter.is_alphanumeric() => out.push(letter),
        Some(_) if !out.ends_with(' ') => out.push(' '),
        Some(_) | None => {}
    }
}

/// The tags of a cell: `a, b`, `a;b`, `["a", "b"]`. A separator inside the quotes of a machine tag belongs to it.
pub(super) fn tags(cell: &str) -> impl Iterator<Item = &str> {
    let list = cell.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(cell);
    // In a list of quoted words the quotes enclose tags; otherwise they enclose the value of a machine tag.
    let quoted = list.trim_start().starts_with(['"', '\'']);
    let mut inside = false;
    list.split(move |char: char| {
        inside ^= char == '"' && !quoted;
        !inside && matches!(char, ',' | ';' | '|' | '\n')
    })
    .map(move |tag| if quoted { tag.trim().trim_matches(['"', '\'']) } else { tag.trim() })
    .filter(|tag| !tag.is_empty())
}

/// Whether a cell begins with the name of the protocol.
pub(super) fn begins_with_tlp(text: &str) -> bool {
    let text = text.trim_start().as_bytes();
    text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(b"tlp")) && text.get(3).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// The strictest of the markings that stand in a text: `shared under TLP:AMBER+STRICT`.
pub(super) fn markings(text: &str) -> Option<Tlp> {
    let bytes = text.as_bytes();
    let mut found = None;
    for at in memchr::memchr2_iter(b't', b'T', bytes) {
        let apart = at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if !apart || !bytes.get(at..at + 3).is_some_and(|head| head.eq_ignore_ascii_case(b"tlp")) {
            continue;
        }
        let Some(rest) = text.get(at + 3..) else { continue };
        let word = rest.trim_start_matches([' ', ':', '-', '_', '=', '"', '\u{a0}']);
        if word.len() == rest.len() {
            continue;
        }
        let end = |text: &str| text.find(|char: char| !char.is_alphabetic()).unwrap_or(text.len());
        let colour = word.get(..end(word)).unwrap_or_default();
        let behind = word.get(colour.len()..).unwrap_or_default().trim_start_matches([' ', '+', '-', '_']);
        let strict = behind.get(..end(behind)).is_some_and(|word| word.eq_ignore_ascii_case("strict"));
        let tlp = Tlp::read(colour).map(|tlp| if tlp == Tlp::Amber && strict { Tlp::AmberStrict } else { tlp });
        found = found.max(tlp);
    }
    found
}

/// The day that a date or a time stamp names: `2021-07-21`, `2021-07-21T10:00:00Z`, `20210721`.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(head) = text.get(..10).filter(|head| head.as_bytes().get(4) == Some(&b'-')) {
        return head.parse().ok();
    }
    let digits = text.get(..8).filter(|head| text.len() == 8 && head.bytes().all(|byte| byte.is_ascii_digit()))?;
    format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?).parse().ok()
}

/// The last day before an end of validity: one that ends at midnight ends with the day before.
pub(super) fn last_day(text: &str) -> Option<Date> {
    let date = day(text)?;
    let time = text.trim().get(10..).unwrap_or_default().trim_start_matches(['T', 't', ' ']);
    let midnight = time.starts_with("00:00:00") && time.get(8..).unwrap_or_default().chars().all(|char| matches!(char, '.' | '0' | 'Z' | 'z'));
    if midnight { date.yesterday().ok() } else { Some(date) }
}

/// A degree of confidence: a word, or a number up to 100 on the scale of STIX 2.1, appendix A (None, Low, Medium, High).
pub(super) fn confidence(text: &str) -> Option<Confidence> {
    let text = text.trim().trim_end_matches('%');
    if let Ok(number) = text.parse::<f64>() {
        return match number {
            number if (1.0..30.0).contains(&number) => Some(Confidence::Low),
            number if (30.0..70.0).contains(&number) => Some(Confidence::Medium),
            number if (70.0..=100.0).contains(&number) => Some(Confidence::High),
            _ => None,
        };
    }
    Confidence::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)).map(|(degree, _)| *degree).or_else(|| languages::confidence(text))
}

/// Every ATT&CK technique named in a text.
pub(super) fn techniques(text: &str) -> Vec<Technique> {
    text.split(|char: char| !char.is_ascii_alphanumeric() && char != '.').filter_map(|word| Technique::parse(word.trim_matches('.'))).collect()
}

/// A CVE id in upper case.
pub(super) fn cve(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_uppercase();
    let (year, number) = text.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |part: &str, least| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(year, 4) && digits(number, 4)).then_some(text)
}

/// The words of a list as Python, JSON or a spreadsheet writes it: `['APT31', 'X']`, `a; b`.
pub(super) fn items(text: &str) -> Vec<String> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    text.split([',', ';']).map(|word| word.trim().trim_matches(['\'', '"']).trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// Two remarks as one, cut to what a rule can carry.
pub(super) fn joined(one: Option<&str>, other: &str) -> String {
    let other = other.trim();
    match one {
        Some(one) if !one.is_empty() && one != other => remark(&format!("{one}; {}", remark(other))),
        _ => remark(other),
    }
}

/// A remark on one line, cut to what a rule can carry.
pub(super) fn remark(text: &str) -> String {
    cut(text, 300)
}

/// A text cut to what fits in a message.
pub(super) fn short(text: &str) -> String {
    cut(text, 80)
}

fn cut(text: &str, fits: usize) -> String {
    let mut chars = text.trim().chars();
    let mut out: String = chars.by_ref().take(fits).map(|char| if char.is_control() { ' ' } else { char }).collect();
    if chars.next().is_some() {
        out.push_str("...");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_roles() {
        assert_eq!(role("command-and-control (mitre-attack)"), Some(Role::C2));
        assert_eq!(role("Command & Control"), Some(Role::C2));
        assert_eq!(role("botnet_cc"), Some(Role::C2));
        assert_eq!(role("malware_download"), Some(Role::Delivery));
        assert_eq!(role("CommandAndControl"), Some(Role::C2));
        assert_eq!((role("C&C"), role("c/c server"), role("Serveur de commande et contrôle")), (Some(Role::C2), Some(Role::C2), Some(Role::C2)));
        assert_eq!(role("phishing page that leads to the C2"), Some(Role::C2), "the first of the table counts");
        assert_eq!((role("tidec2x"), role("Loader seen in May")), (None, None));
        assert_eq!(role("Network activity"), None);
        assert_eq!(role_in_remark("Backdoor C2 address"), Some(Role::C2));
        assert_eq!(role_in_remark("downloads the payload"), None);
        assert_eq!(role_of(ObservableKind::Sha256, Role::Delivery), Role::Payload);
        assert_eq!(role_of(ObservableKind::Url, Role::Payload), Role::Delivery);
    }

    #[test]
    fn days_are_read_as_the_author_meant_them() {
        let date = |text: &str| text.parse::<Date>().ok();
        assert_eq!(day("2021-07-20T11:00:00Z"), date("2021-07-20"));
        assert_eq!(day("20161107"), date("2016-11-07"));
        assert_eq!(day("Jun-22"), None);
        assert_eq!(last_day("2022-01-01T00:00:00Z"), date("2021-12-31"));
        assert_eq!(last_day("2022-01-01T00:00:00.000Z"), date("2021-12-31"));
        assert_eq!(last_day("2022-01-01T11:00:00Z"), date("2022-01-01"));
        assert_eq!(last_day("2022-01-01"), date("2022-01-01"));
    }

    #[test]
    fn lists_and_numbers_are_read() {
        assert_eq!(items("['APT31', 'X']"), ["APT31", "X"]);
        assert_eq!(
            techniques("Spearphishing Link - T1566.002, t1105"),
            [Technique::parse("T1566.002"), Technique::parse("T1105")].map(Option::unwrap)
        );
        assert_eq!(confidence("100"), Some(Confidence::High));
        assert_eq!(confidence("Medium"), Some(Confidence::Medium));
        assert_eq!(confidence("0"), None);
        assert_eq!(cve("cve-2021-44228").as_deref(), Some("CVE-2021-44228"));
    }
}
