//! Which ATT&CK techniques does a text name: by id, by name, by a wording that says one?

use std::collections::{BTreeMap, BTreeSet};

use ir::Technique;
use source::{FileId, Span};

use super::found::FoundTechnique;
use super::index::{Hit, Meaning, index};
use languages::running_text::Folded;

/// How near an id stands to the name that it explains, in bytes.
const NEAR: usize = 48;

/// The most techniques that are listed.
const MAX: usize = 2000;

/// Every technique once: those with their ids first, then names and wordings that say another.
pub(crate) fn read(text: &str, file: FileId, folded: &Folded, hits: &[Hit]) -> Vec<FoundTechnique> {
    let ids = explicit(text);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut out: Vec<FoundTechnique> = Vec::new();
    for id in &ids {
        if out.len() < MAX && seen.insert(id.technique.to_string()) {
            out.push(described(id.technique.clone(), Span::new(file, id.start, id.end), text.get(id.start..id.end), Why::Id));
        }
    }
    // What an id says already: itself, what it became, and the technique above it.
    let mut said: BTreeSet<String> = BTreeSet::new();
    for found in &out {
        let technique = found.successor.as_ref().unwrap_or(&found.technique);
        said.extend([technique.to_string(), technique.parent().to_owned(), found.technique.to_string(), found.technique.parent().to_owned()]);
    }
    // A text that gives ids gives them for every technique it means by name.
    let own_list = ids.is_empty() && ["att&ck", "mitre"].iter().any(|word| memchr::memmem::find(folded.text.as_bytes(), word.as_bytes()).is_some());
    let mut implied: BTreeMap<&str, FoundTechnique> = BTreeMap::new();
    for hit in hits {
        let place = folded.place(hit.start, hit.end);
        let Some(written) = text.get(place.clone()).map(str::trim_end) else { continue };
        for meaning in hit.entry.meanings {
            let (id, why) = match meaning {
                Meaning::Name(id) if named(text, place.start, written, hit, id, own_list, &ids) => (*id, Why::Name),
                Meaning::Phrase(id) => (*id, Why::Phrase),
                _ => continue,
            };
            if said.contains(id) || implied.contains_key(id) || implied.len() >= MAX {
                continue;
            }
            if let Some(technique) = Technique::parse(id) {
                let span = Span::new(file, place.start, place.start + written.len());
                implied.insert(id, described(technique, span, Some(written), why));
            }
        }
    }
    // A technique says its parent.
    let parents: BTreeSet<String> =
        implied.values().filter(|found| found.technique.as_str().contains('.')).map(|found| found.technique.parent().to_owned()).collect();
    let mut implied: Vec<FoundTechnique> = implied.into_values().filter(|found| !parents.contains(found.technique.as_str())).collect();
    implied.sort_by_key(|found| (found.span, found.technique.clone()));
    out.extend(implied);
    out
}

/// Why a technique is listed.
enum Why {
    Id,
    Name,
    Phrase,
}

fn described(technique: Technique, span: Span, written: Option<&str>, why: Why) -> FoundTechnique {
    let known = index().known(technique.as_str());
    let successor = known.and_then(|known| known.retired).flatten().and_then(Technique::parse);
    let phrase = written.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let name = known.map(|known| known.name);
    let reason = match (&why, known.map(|known| known.retired)) {
        (Why::Id, None) => "the text gives the id; it is none of Enterprise ATT&CK up to 18.1".to_owned(),
        (Why::Id, Some(None)) => "the text gives the id".to_owned(),
        (Why::Id, Some(Some(Some(successor)))) => format!("the text gives the id, which ATT&CK replaced with {successor}"),
        (Why::Id, Some(Some(None))) => "the text gives the id, which ATT&CK deprecated".to_owned(),
        (Why::Name, _) => "the text gives the technique's name".to_owned(),
        (Why::Phrase, _) => format!("`{phrase}` is how `{}` reads in prose", name.unwrap_or_default()),
    };
    FoundTechnique { explicit: matches!(why, Why::Id), technique, name, successor, span, phrase, reason }
}

/// Whether a technique's name is meant as one.
fn named(text: &str, start: usize, written: &str, hit: &Hit, id: &str, own_list: bool, ids: &[Id]) -> bool {
    let end = start + written.len();
    let titled = written.split_whitespace().filter(|word| word.len() > 3).all(|word| word.starts_with(|char: char| char.is_uppercase()));
    if hit.entry.ordinary && !(titled && own_list) {
        return false;
    }
    // `Command and Scripting Interpreter: PowerShell` is about what follows.
    let tail = text.get(end..).unwrap_or_default();
    if index().has_parts(id) && tail.trim_start().starts_with([':', '\u{2013}']) {
        return false;
    }
    // An id right beside the name says which technique is meant.
    let at = ids.partition_point(|id| id.start < end);
    let behind = ids.get(at).is_some_and(|id| id.start - end <= NEAR);
    let before = at.checked_sub(1).and_then(|at| ids.get(at)).is_some_and(|id| start.saturating_sub(id.end) <= NEAR / 2);
    !(behind || before)
}

/// The tactics of Enterprise ATT&CK: <https://attack.mitre.org/tactics/enterprise/>.
const TACTICS: [(&str, &str); 14] = [
    ("TA0001", "Initial Access"),
    ("TA0002", "Execution"),
    ("TA0003", "Persistence"),
    ("TA0004", "Privilege Escalation"),
    ("TA0005", "Defense Evasion"),
    ("TA0006", "Credential Access"),
    ("TA0007", "Discovery"),
    ("TA0008", "Lateral Movement"),
    ("TA0009", "Collection"),
    ("TA0010", "Exfiltration"),
    ("TA0011", "Command and Control"),
    ("TA0040", "Impact"),
    ("TA0042", "Resource Development"),
    ("TA0043", "Reconnaissance"),
];

/// The tactics that a text gives by id, each once.
pub(crate) fn tactics(text: &str, file: FileId) -> Vec<(String, &'static str, Span)> {
    let mut out: Vec<(String, &'static str, Span)> = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), "TA00") {
        let alone = |at: Option<usize>| !at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_alphanumeric);
        let Some(id) = text.get(at..at + 6).filter(|_| alone(at.checked_sub(1)) && alone(Some(at + 6))) else { continue };
        if let Some((id, name)) = TACTICS.iter().find(|(known, _)| *known == id)
            && !out.iter().any(|(seen, ..)| seen == id)
        {
            out.push(((*id).to_owned(), name, Span::new(file, at, at + 6)));
        }
    }
    out
}

/// A technique's id in the text.
struct Id {
    technique: Technique,
    start: usize,
    end: usize,
}

/// Every id in a text, also glued to a word, as text taken from pages has it, and in a link or a tag.
fn explicit(text: &str) -> Vec<Id> {
    let bytes = text.as_bytes();
    let digits = |from: usize, count: usize| bytes.get(from..from + count).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut out = Vec::new();
    for at in memchr::memchr2_iter(b'T', b't', bytes) {
        let letter = bytes.get(at);
        if !digit(at + 1) || !digits(at + 1, 4) || digit(at + 5) {
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        let apart = match before {
            None => true,
            Some(b'/' | b'.') => true,
            // `DiscoveryT1083File`: glued, but a code such as `KBT1083` is not.
            Some(before) if before.is_ascii_lowercase() => letter == Some(&b'T') && !bytes.get(at + 5).is_some_and(u8::is_ascii_lowercase),
            Some(before) => letter == Some(&b'T') && !before.is_ascii_alphanumeric() && before != b'_',
        };
        let number: u16 = text.get(at + 1..at + 5).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        if !apart || !((1001..1700).contains(&number) || (800..900).contains(&number)) {
            continue;
        }
        let mut end = at + 5;
        let mut id = text.get(at + 1..end).unwrap_or_default().to_owned();
        let in_link = text.get(at.saturating_sub(11)..at).is_some_and(|head| head.ends_with("techniques/"));
        let separated = bytes.get(end) == Some(&b'.') || (in_link && bytes.get(end) == Some(&b'/'));
        if separated && digits(end + 1, 3) && !digit(end + 4) {
            id = format!("{id}.{}", text.get(end + 1..end + 4).unwrap_or_default());
            end += 4;
        }
        // A part number goes on: `T1000-55`.
        let goes_on = bytes.get(end) == Some(&b'-') && digit(end + 1) || bytes.get(end) == Some(&b'_');
        if let Some(technique) = Technique::parse(&format!("T{id}")).filter(|_| !goes_on) {
            out.push(Id { technique, start: at, end });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tactics_are_given_by_id() {
        let file = source::Sources::default().add("a.md", "");
        let ids: Vec<String> = tactics("Reconnaissance (TA0043), TA0001; TA0043, TA00431, TA0099", file).into_iter().map(|(id, ..)| id).collect();
        assert_eq!(ids, ["TA0043", "TA0001"]);
    }

    #[test]
    fn ids_in_prose_links_tags_and_glue() {
        let ids = |text: &str| explicit(text).iter().map(|id| id.technique.to_string()).collect::<Vec<_>>();
        assert_eq!(ids("Web Protocols - T1071.001; T1190, [T1059.001]."), ["T1071.001", "T1190", "T1059.001"]);
        assert_eq!(ids("https://attack.mitre.org/techniques/T1059/001/ attack.t1055"), ["T1059.001", "T1055"]);
        assert_eq!(ids("DiscoveryT1083File and Directory Discovery[T1082]System"), ["T1083", "T1082"]);
        assert_eq!(ids("T9999, part number T1000-55, T1083-12, KBT1083, T10830, 2aT1083b, T1071.0015"), ["T1071"]);
    }
}
