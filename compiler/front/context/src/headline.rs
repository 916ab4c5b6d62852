//! Which name does a headline give to what it tells of? `Harbour Finch: phishing leads to a backdoor`, `Operation Quiet Harbour`.

use languages::running_text::fold;
use languages::{Wording, english_wordings as wordings, meanings, sorts};

/// Words that begin the name of a campaign.
const OPERATIONS: [&str; 12] = [
    "operation",
    "campaign",
    "operación",
    "opération",
    "campagne",
    "campaña",
    "campagna",
    "campanha",
    "kampagne",
    "operacja",
    "operazione",
    "operação",
];

/// The most words of a name.
const MAX_WORDS: usize = 3;

/// Words that headlines begin with and that name nobody: kinds of attacks, makers, products, peoples, trades.
static ORDINARY: &str = "\
 advanced persistent threat threats actor actors group groups alert update updates analysis deep dive case study part spotlight research weekly monthly\
 annual quarterly cyber security national critical high zero day supply chain banking mobile phishing spear social engineering password spray brute force\
 fake malicious new ongoing recent active state sponsored backed microsoft exchange office outlook teams sharepoint windows linux macos apple google\
 chrome cisco ivanti fortinet palo alto citrix vmware sap oracle juniper sonicwall progress moveit atlassian confluence jira github gitlab wordpress\
 apache telegram discord slack zoom adobe android ios chinese russian iranian north south korean korea china russia iran french german american european\
 ukrainian japanese israeli indian turkish spanish italian polish dutch portuguese energy health healthcare logistics finance financial government firms\
 companies industry education telecom telecommunications defence defense maritime retail hotel hotels banks ministries universities joint technical\
 public private early warning flash note bulletin report advisory incident response threat intelligence remote access data theft identity cloud network\
 edge devices router routers vpn web server servers browser browsers email business compromise mail crypto wallet software hardware firmware open source\
 north american middle east asia africa europe united states kingdom quick facts frequently asked questions stealer in games indicators summary\
 situation overview guidance mitigation detection hunting hunt tools tactics techniques procedures ";

/// Verbs that a headline in capitals has behind a name.
const VERBS: [&str; 16] = [
    "targets",
    "target",
    "hits",
    "uses",
    "attacks",
    "strikes",
    "returns",
    "exploits",
    "against",
    "targeting",
    "leads",
    "delivers",
    "spreads",
    "and",
    "in",
    "abuses",
];

/// The name that a headline gives, as a place in it.
pub(super) fn name(title: &str) -> Option<std::ops::Range<usize>> {
    let words = words(title);
    operation(title, &words).or_else(|| leading(title, &words))
}

fn words(title: &str) -> Vec<(usize, &str)> {
    let base = title.as_ptr() as usize;
    title.split_whitespace().take(24).map(|word| (word.as_ptr() as usize - base, word)).collect()
}

/// `Operation Quiet Harbour`, with the word itself.
fn operation(title: &str, words: &[(usize, &str)]) -> Option<std::ops::Range<usize>> {
    let at = words.iter().position(|(_, word)| OPERATIONS.contains(&word.trim_matches(quote).to_lowercase().as_str()))?;
    let (start, first) = words.get(at)?;
    let mut end = start + first.len();
    let mut taken = 0;
    for (from, word) in words.iter().skip(at + 1).take(MAX_WORDS - 1) {
        let bare = word.trim_matches(quote);
        if !named(bare) || ordinary(bare) {
            break;
        }
        taken += 1;
        end = from + word.trim_end_matches(quote).len();
        if word.ends_with(quote) {
            break;
        }
    }
    let lead = first.len() - first.trim_start_matches(quote).len();
    (taken > 0 && title.is_char_boundary(end)).then_some(start + lead..end)
}

/// `Harbour Finch: phishing leads to ...`, `Harbour Finch campaign hits ...`.
fn leading(title: &str, words: &[(usize, &str)]) -> Option<std::ops::Range<usize>> {
    let mut end = 0;
    let mut taken = 0;
    for (from, word) in words.iter().take(MAX_WORDS + 1) {
        let bare = word.trim_matches(quote);
        if !named(bare) || ordinary(bare) || taken == MAX_WORDS {
            break;
        }
        taken += 1;
        end = from + word.trim_end_matches(quote).len();
        if word.ends_with(quote) {
            break;
        }
    }
    let rest = title.get(end..)?;
    let colon = rest.trim_start_matches(['"', '”', '’', '»', ' ']).starts_with([':', '：']);
    let tail = rest.trim_start_matches(quote).trim_start();
    let lower = tail.chars().find(|char| char.is_alphabetic()).is_some_and(char::is_lowercase);
    let folded = fold(tail);
    let team = wordings(&folded).next().is_some_and(|(at, _, wording)| at == 0 && matches!(wording, Wording::Team | Wording::Group));
    let attack = || {
        wordings(&folded).any(|(.., wording)| matches!(wording, Wording::Program | Wording::Spread | Wording::Team | Wording::Group))
            || meanings(&folded).any(|(.., meaning)| matches!(meaning, languages::Meaning::Role(_)))
            || ["target", "attack", "espionage", "exploit", "steal", "intrusion", "compromise"].iter().any(|word| folded.contains(word))
    };
    (taken >= 2 && lower && (team || colon && attack())).then_some(0..end)
}

fn quote(char: char) -> bool {
    matches!(char, '"' | '\'' | '“' | '”' | '‘' | '’' | '«' | '»' | ':' | '：' | ',' | '(' | ')' | '.')
}

/// Whether a word is written as a name.
fn named(word: &str) -> bool {
    word.chars().count() >= 3 && word.starts_with(char::is_uppercase) && word.chars().all(|char| char.is_alphabetic() || char == '-')
}

/// Whether a word of a headline names nobody.
pub(super) fn ordinary(word: &str) -> bool {
    let word = fold(word);
    ORDINARY.split_whitespace().any(|known| known == word)
        || VERBS.contains(&word.as_str())
        || sorts().plain_headings.has(&word)
        || sorts().months_have(&word)
        || meanings(&word).next().is_some()
        || wordings(&word).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_campaigns_in_headlines() {
        for (title, wanted) in [
            ("Harbour Finch: phishing leads to the TideGate backdoor in logistics firms", Some("Harbour Finch")),
            ("Quiet Otter campaign hits freight forwarders", Some("Quiet Otter")),
            ("Operation Quiet Harbour: spies in ministries", Some("Operation Quiet Harbour")),
            ("Inside Operation “Salt Tide”", Some("Operation “Salt Tide")),
            ("OPERATION Salt Tide Targets Ministries", Some("OPERATION Salt Tide")),
            ("Opération Marée : hameçonnage de ministères", Some("Opération Marée")),
            ("Microsoft Exchange: flaws are exploited to deploy malware", None),
            ("Banking Trojan: new wave of phishing", None),
            ("Threat Advisory: malware in games", None),
            ("TideGate backdoor in logistics firms", None),
            ("New campaign against firms", None),
            ("Loader that comes by mail", None),
            ("Campaign against firms", None),
            ("Russian Hackers: attacks on firms", None),
            ("", None),
        ] {
            assert_eq!(name(title).map(|range| &title[range]), wanted, "{title}");
        }
    }
}
