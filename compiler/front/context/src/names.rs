//! Who and what does a text name? Groups, malware and tools; an ordinary word counts only where the text says what it is.

use std::collections::BTreeMap;

use source::{FileId, Span};

use super::cues::Cue;
use super::found::{Misspelled, Named, Place};
use super::index::{Hit, Meaning, index};
use super::standing::{Sentences, Sort, Standing};
use languages::dates;
use languages::running_text::Folded;

/// How far from an ordinary word the words may stand that say what it is, in bytes.
const NEAR: usize = 48;

/// The most names that are listed.
const MAX_NAMES: usize = 500;

const GROUP_WORDS: [&str; 25] = [
    "group",
    "groups",
    "actor",
    "actors",
    "apt",
    "gang",
    "hackers",
    "crew",
    "team",
    "adversary",
    "cyberespionage",
    "espionage",
    "aka",
    "a.k.a",
    "alias",
    "tracked",
    "known",
    "attributed",
    "intrusion",
    "threat",
    "operators",
    "linked",
    "dubbed",
    "affiliates",
    "associated",
];

const SOFTWARE_WORDS: [&str; 32] = [
    "malware",
    "ransomware",
    "trojan",
    "backdoor",
    "rat",
    "loader",
    "botnet",
    "implant",
    "infostealer",
    "stealer",
    "worm",
    "wiper",
    "rootkit",
    "webshell",
    "dropper",
    "downloader",
    "variant",
    "variants",
    "family",
    "payload",
    "payloads",
    "spyware",
    "keylogger",
    "bot",
    "infection",
    "infections",
    "c2",
    "framework",
    "beacon",
    "samples",
    "sample",
    "bootkit",
];

/// A name's mention that was judged.
struct Mention<'h> {
    hit: &'h Hit,
    id: &'static str,
    written: &'h str,
    /// What makes an ordinary word a name; `Some("")` when the name is no ordinary word.
    cue: Option<String>,
    standing: Standing,
    titled: bool,
}

/// What was found.
pub(crate) struct Found {
    pub(crate) actors: Vec<Named>,
    pub(crate) software: Vec<Named>,
}

/// What every mention is judged by.
pub(crate) struct Reading<'r> {
    pub(crate) text: &'r str,
    pub(crate) file: FileId,
    pub(crate) sentences: Sentences<'r>,
    pub(crate) title: Option<Span>,
}

impl Reading<'_> {
    fn titled(&self, start: usize) -> bool {
        self.title.is_some_and(|title| title.range().contains(&start))
    }

    /// The sentence around a place of the folded text, as a comment can quote it.
    fn sentence(&self, start: usize, end: usize) -> String {
        let (from, to) = self.sentences.bounds(start, end);
        let place = self.sentences.folded.place(from, to);
        let written = self.text.get(place).unwrap_or_default();
        written.split_whitespace().collect::<Vec<_>>().join(" ").trim_start_matches(['#', '*', '-', '>', '|', ' ']).to_owned()
    }

    /// A name that no list has, at its first mention.
    pub(super) fn unlisted(&self, names: Vec<String>, place: (usize, usize), span: Span, reason: &str) -> Named {
        let mut named = Named {
            id: None,
            known_as: None,
            names,
            mentions: 0,
            span,
            reason: reason.to_owned(),
            place: Place::Mentioned,
            misspelled: Vec::new(),
            sentence: self.sentence(place.0, place.1),
        };
        self.mention(&mut named, place, span);
        named
    }

    fn mention(&self, named: &mut Named, place: (usize, usize), span: Span) {
        named.mentions += 1;
        named.place = named.place.max(place_of(self.sentences.standing(place.0, place.1, Sort::Group), self.titled(span.range().start)));
    }
}

pub(super) fn place_of(standing: Standing, titled: bool) -> Place {
    match (standing, titled) {
        (Standing::Aside, _) | (Standing::Mention, false) => Place::Mentioned,
        (Standing::Subject, false) => Place::Subject,
        (Standing::Subject | Standing::Mention, true) => Place::Headline,
    }
}

/// Judges every mention of a group or of software.
pub(crate) fn read(reading: &Reading<'_>) -> Found {
    let (text, folded, title) = (reading.text, reading.sentences.folded, reading.title);
    let mut groups: Vec<Mention<'_>> = Vec::new();
    let mut software: Vec<Mention<'_>> = Vec::new();
    for hit in reading.sentences.hits {
        let place = folded.place(hit.start, hit.end);
        let Some(written) = text.get(place.clone()).map(str::trim_end) else { continue };
        if !spelled(hit, written) || in_link(text, place.start, place.end) {
            continue;
        }
        let titled = reading.titled(place.start);
        let judge = |ordinary: bool, words: &[&str]| match ordinary {
            false => Some(String::new()),
            true if goes_on(text, place.start + written.len(), words) || goes_before(text, place.start, written) => None,
            true if titled && about_indicators(text, title) => Some("the title names it".to_owned()),
            true => cue(folded, hit, words),
        };
        let both = hit.entry.meanings.iter().any(|meaning| matches!(meaning, Meaning::Group(_)))
            && hit.entry.meanings.iter().any(|meaning| matches!(meaning, Meaning::Software(_)));
        let mention = |id, cue: Option<String>, sort: Sort| {
            // A word that means other things as well is the subject only where a word right beside it says what it is.
            let sure = !hit.entry.ordinary || beside(folded, hit, if sort == Sort::Group { &GROUP_WORDS } else { &SOFTWARE_WORDS });
            let standing = reading.sentences.standing(hit.start, hit.end, sort);
            let standing = if sure || standing == Standing::Aside { standing } else { Standing::Mention };
            let about = titled && (sure || about_indicators(text, title));
            Mention { hit, id, written, cue, standing, titled: about }
        };
        for meaning in hit.entry.meanings {
            match meaning {
                Meaning::Group(id) => groups.push(mention(id, judge(hit.entry.ordinary || both, &GROUP_WORDS), Sort::Group)),
                Meaning::Software(id) => software.push(mention(id, judge(hit.entry.ordinary, &SOFTWARE_WORDS), Sort::Software)),
                Meaning::Name(_) | Meaning::Phrase(_) => {}
            }
        }
    }
    Found { actors: gather(reading, &groups), software: gather(reading, &software) }
}

/// Whether the spelling is the name's: short names and ordinary words need their capitals, and hyphens where the name has them.
fn spelled(hit: &Hit, written: &str) -> bool {
    let name = hit.entry.name;
    let begins_upper = written.starts_with(|char: char| char.is_uppercase() || char.is_ascii_digit());
    let same_length = written.eq_ignore_ascii_case(name);
    let numbered = name.ends_with(|char: char| char.is_ascii_digit()) && written.split_whitespace().collect::<String>().eq_ignore_ascii_case(name);
    let loose = name.len() >= 7 || same_length || numbered;
    match (hit.entry.ordinary, name.len()) {
        (true, _) => begins_upper && loose,
        (false, 0..=4) => written == name || (same_length && begins_upper && name.chars().any(|char| char.is_ascii_digit())),
        (false, 5..=6) => {
            loose && (begins_upper || !name.starts_with(|char: char| char.is_uppercase()) || name.chars().any(|char| char.is_ascii_digit()))
        }
        _ => loose,
    }
}

/// Whether the title says that the document lists indicators of what it names.
fn about_indicators(text: &str, title: Option<Span>) -> bool {
    let title = title.and_then(|title| text.get(title.range())).unwrap_or_default().to_ascii_lowercase();
    ["indicator", "ioc"].iter().any(|word| title.contains(word))
}

/// Whether an ordinary word is the beginning of a longer name: `Royal Road`, but `Royal Ransomware`.
fn goes_on(text: &str, end: usize, words: &[&str]) -> bool {
    let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix(' ')) else { return false };
    let next: String = rest.chars().take(24).take_while(|char| char.is_alphanumeric()).collect();
    let upper = next.starts_with(|char: char| char.is_uppercase());
    upper && next.len() > 1 && !words.contains(&next.to_lowercase().as_str()) && !next.eq_ignore_ascii_case("indicators")
}

/// Words before a name that are no part of it, although they begin a sentence or stand in a headline.
const OPENERS: [&str; 31] = [
    "the", "a", "an", "this", "new", "and", "or", "of", "with", "by", "how", "in", "on", "from", "via", "using", "le", "la", "les", "un", "une",
    "der", "die", "das", "el", "los", "il", "o", "de", "het", "both",
];

/// Makers and things whose products have ordinary words for names: `Google Play`, `Apache Hive`.
const MAKERS: [&str; 24] = [
    "google",
    "apache",
    "microsoft",
    "windows",
    "registry",
    "apple",
    "android",
    "samsung",
    "sony",
    "amazon",
    "nintendo",
    "adobe",
    "oracle",
    "cisco",
    "media",
    "fair",
    "foul",
    "auto",
    "aws",
    "azure",
    "hadoop",
    "meta",
    "facebook",
    "system",
];

/// Whether a word is a maker or a thing of one.
pub(super) fn is_maker(word: &str) -> bool {
    MAKERS.iter().any(|maker| word.eq_ignore_ascii_case(maker))
}

/// Whether an ordinary word is the end of a longer name: `Google Play`, but `The Play ransomware`.
fn goes_before(text: &str, start: usize, written: &str) -> bool {
    let Some(head) = text.get(..start).and_then(|head| head.strip_suffix(' ')) else { return false };
    let last: String = head.chars().rev().take(24).take_while(|char| char.is_alphanumeric()).collect();
    let previous: String = last.chars().rev().collect();
    let lower = previous.to_lowercase();
    if is_maker(&lower) {
        return true;
    }
    // In a headline every word may have a capital; there the word behind the name has one as well.
    let rest = text.get(start + written.len()..).unwrap_or_default();
    let headline = rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(|char: char| char.is_uppercase()));
    let known = |words: &[&str]| words.contains(&lower.as_str());
    let upper = previous.chars().count() > 1 && previous.starts_with(|char: char| char.is_uppercase());
    upper && !headline && !known(&OPENERS) && !known(&SOFTWARE_WORDS) && !known(&GROUP_WORDS)
}

/// Whether a word that says what a name is stands right beside it.
fn beside(folded: &Folded, hit: &Hit, words: &[&str]) -> bool {
    let (before, after) = folded.around(hit.start, hit.end, NEAR, NEAR);
    let next = after.strip_prefix(' ').map(|after| after.split(|char: char| !char.is_alphanumeric()).next().unwrap_or_default());
    let last = before.strip_suffix(' ').or_else(|| before.strip_suffix('"')).map(|head| head.trim_end_matches([' ', '"']));
    let last = last.and_then(|head| head.rsplit(|char: char| !char.is_alphanumeric()).next());
    [next, last].into_iter().flatten().any(|word| words.contains(&word) || matches!(word, "called" | "dubbed" | "named"))
}

/// Whether the words are part of a link or an address.
fn in_link(text: &str, start: usize, end: usize) -> bool {
    const LIMIT: usize = 256;
    let stops = |char: char| char.is_whitespace() || matches!(char, '(' | ')' | '<' | '>' | '"' | '[' | ']' | '|' | '`');
    let head = text.get(..start).unwrap_or_default();
    let before: usize = head.chars().rev().take(LIMIT).take_while(|char| !stops(*char)).map(char::len_utf8).sum();
    let token = text.get(start - before..end).unwrap_or_default();
    let after: usize = text.get(end..).unwrap_or_default().chars().take(LIMIT).take_while(|char| !stops(*char)).map(char::len_utf8).sum();
    let tail = text.get(end..end + after).unwrap_or_default();
    token.contains("://")
        || token.starts_with("www.")
        || token.starts_with('#') && head.ends_with("(#")
        || tail.starts_with('@')
        || token.contains('@')
}

/// The word beside an ordinary word that says what it is.
fn cue(folded: &Folded, hit: &Hit, words: &[&str]) -> Option<String> {
    let (before, after) = folded.around(hit.start, hit.end, NEAR, NEAR);
    let sentence_before = before.rsplit(". ").next().unwrap_or(before);
    let sentence_after = after.split(". ").next().unwrap_or(after);
    let word = |text: &str| {
        text.split(|char: char| !char.is_alphanumeric() && char != '.')
            .find(|word| words.contains(word))
            .map(|word| format!("`{word}` stands beside it"))
    };
    word(sentence_after).or_else(|| word(sentence_before))
}

/// One entry for each id, in the order of the first mention.
fn gather(reading: &Reading<'_>, mentions: &[Mention<'_>]) -> Vec<Named> {
    // A name that is sure makes the other names of the same id sure.
    let mut reasons: BTreeMap<&str, String> = BTreeMap::new();
    for mention in mentions {
        if let Some(cue) = &mention.cue {
            let reason = if cue.is_empty() { format!("`{}` is a name of {}", mention.written, mention.id) } else { cue.clone() };
            reasons.entry(mention.id).or_insert(reason);
        }
    }
    let mut out: Vec<Named> = Vec::new();
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for mention in mentions {
        let Some(reason) = reasons.get(mention.id) else { continue };
        let place = reading.sentences.folded.place(mention.hit.start, mention.hit.end);
        let stands = if mention.cue.is_some() { place_of(mention.standing, mention.titled) } else { Place::Mentioned };
        let written: String = mention.written.split_whitespace().collect::<Vec<_>>().join(" ");
        let full = out.len() >= MAX_NAMES;
        match at.get(mention.id).and_then(|at| out.get_mut(*at)) {
            Some(named) => {
                named.mentions += 1;
                named.place = named.place.max(stands);
                let bare = |name: &str| languages::running_text::fold(name).replace(' ', "");
                let known = named.names.contains(&written) || {
                    let written = bare(&written);
                    named.names.iter().any(|name| bare(name) == written)
                };
                if named.names.len() < 64 && !known {
                    named.names.push(written);
                }
            }
            None if !full => {
                at.insert(mention.id, out.len());
                out.push(Named {
                    id: Some(mention.id),
                    known_as: index().known(mention.id).map(|known| known.name),
                    names: vec![written],
                    mentions: 1,
                    span: Span::new(reading.file, place.start, place.start + mention.written.len()),
                    reason: reason.clone(),
                    place: stands,
                    sentence: reading.sentence(mention.hit.start, mention.hit.end),
                    misspelled: Vec::new(),
                });
            }
            None => {}
        }
    }
    out
}

/// Codes that vendors give to groups without a name: `UNC9981`, `TA413`, `Storm-0558`.
const CODES: [(&str, usize, usize); 8] =
    [("unc", 3, 5), ("ta", 3, 4), ("dev", 4, 4), ("storm", 4, 4), ("uac", 4, 4), ("apt", 1, 3), ("fin", 1, 2), ("tag", 2, 3)];

/// Adds groups that no list knows, by the words of the text that hold a digit, and spellings that differ from a known name in one letter.
pub(crate) fn unlisted(reading: &Reading<'_>, numbers: &[dates::Word<'_>], actors: &mut Vec<Named>) {
    let (text, file, Sentences { folded, said, hits }) = (reading.text, reading.file, &reading.sentences);
    let mut new: Vec<Named> = Vec::new();
    let mut doubtful: BTreeMap<String, Span> = BTreeMap::new();
    let mut ahead = hits.iter().peekable();
    for word in numbers {
        while ahead.peek().is_some_and(|hit| hit.end <= word.start) {
            ahead.next();
        }
        if ahead.peek().is_some_and(|hit| hit.start <= word.start) {
            continue;
        }
        let Some(digits) = word.text.find(|char: char| char.is_ascii_digit()) else { continue };
        let Some((letters, number)) = word.text.split_at_checked(digits) else { continue };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        // `Storm-0558` is two words of the folded text.
        let before = if letters.is_empty() { dates::before(&folded.text, word).next() } else { None };
        let (letters, start) = match before {
            Some(before) if before.start + before.text.len() + 1 == word.start => (before.text, before.start),
            _ => (letters, word.start),
        };
        let place = folded.place(start, word.start + word.text.len());
        let Some(written) = text.get(place.clone()).map(str::trim_end) else { continue };
        // `TA0043` is a tactic of ATT&CK.
        let tactic = letters == "ta" && number.starts_with('0');
        let code = !tactic && CODES.iter().any(|(prefix, least, most)| (*least..=*most).contains(&number.len()) && *prefix == letters);
        let upper = written.starts_with(|char: char| char.is_ascii_uppercase());
        let joined = start == word.start || (written.contains('-') && matches!(letters, "storm" | "dev" | "uac" | "tag"));
        if code && upper && joined && !in_link(text, place.start, place.end) {
            let span = Span::new(file, place.start, place.start + written.len());
            add(reading, &mut new, written, (start, word.start + word.text.len()), span, "a vendor's code for a group");
        } else if start == word.start && (2..=4).contains(&letters.len()) && doubtful.len() < 1000 && upper {
            doubtful.entry(word.text.to_owned()).or_insert_with(|| Span::new(file, place.start, place.start + written.len()));
        }
    }
    let known = coded(actors);
    new.retain(|named| !named.names.iter().any(|name| slip_of(name, &known).is_some()));
    for said in said.iter().filter(|said| said.cue == Cue::Group).take(1000) {
        let Some((written, span, start)) = capitals_before(text, file, folded, said.start) else { continue };
        let at = hits.partition_point(|hit| hit.end <= said.start);
        let listed = at.checked_sub(1).and_then(|at| hits.get(at)).is_some_and(|hit| said.start - hit.end <= 2);
        if !listed {
            let end = start + folded.text.get(start..said.start).unwrap_or_default().trim_end().len();
            add(reading, &mut new, written, (start, end), span, "written in capitals before what it is");
        }
    }
    if let Some(title) = reading.title
        && let Some(written) = text.get(title.range())
        && let Some(name) = super::headline::name(written)
    {
        let range = title.range().start + name.start..title.range().start + name.end;
        let known = actors.iter().any(|named| range.contains(&named.span.range().start));
        let words: String = written.get(name).unwrap_or_default().chars().filter(|char| !matches!(char, '"' | '“' | '”' | '«' | '»')).collect();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if !known && !new.iter().any(|named| named.names.contains(&words)) {
            new.push(Named {
                place: Place::Headline,
                mentions: 1,
                sentence: written.to_owned(),
                id: None,
                known_as: None,
                names: vec![words],
                span: Span::new(file, range.start, range.end),
                reason: "the headline calls it so".to_owned(),
                misspelled: Vec::new(),
            });
        }
    }
    merge_aliases(text, &mut new);
    actors.extend(new);
    for (word, span) in doubtful {
        if let Some(named) = slip_of(&word, &known).and_then(|at| actors.get_mut(at)) {
            let written = text.get(span.range()).unwrap_or(&word).to_owned();
            named.misspelled.push(Misspelled { written, span });
        }
    }
}

fn add(reading: &Reading<'_>, new: &mut Vec<Named>, written: &str, place: (usize, usize), span: Span, reason: &str) {
    if let Some(named) = new.iter_mut().find(|named| named.names.iter().any(|name| name == written)) {
        reading.mention(named, place, span);
    } else if new.len() < 64 {
        new.push(reading.unlisted(vec![written.to_owned()], place, span, reason));
    }
}

/// A name of letters and digits: `apt` and `31`.
fn code(name: &str) -> Option<(String, String)> {
    let name = languages::running_text::fold(name);
    let at = name.find(|char: char| char.is_ascii_digit())?;
    let (letters, digits) = name.split_at_checked(at)?;
    (letters.len() >= 3 && digits.len() >= 2).then(|| (letters.to_owned(), digits.to_owned()))
}

/// The codes among the names of listed groups, with each group's place.
fn coded(actors: &[Named]) -> Vec<(usize, String, String)> {
    let listed = actors.iter().enumerate().filter(|(_, named)| named.id.is_some());
    listed
        .flat_map(|(at, named)| named.names.iter().filter_map(move |name| code(name).map(|(letters, digits)| (at, letters, digits))))
        .take(100)
        .collect()
}

/// The group with a code that differs from this word in one letter: `APP31` beside `APT31`. The digits must agree.
fn slip_of(word: &str, known: &[(usize, String, String)]) -> Option<usize> {
    let (letters, digits) = code(word)?;
    known.iter().find(|(_, other, number)| *number == digits && strsim::levenshtein(other, &letters) == 1).map(|(at, ..)| *at)
}

/// A name of two or three words in capitals that ends right before this offset.
fn capitals_before<'t>(text: &'t str, file: FileId, folded: &Folded, at: usize) -> Option<(&'t str, Span, usize)> {
    let (before, _) = folded.around(at, at, 64, 0);
    let (mut start, mut words) = (at, 0);
    for word in before.trim_end().rsplit(' ').take(3) {
        let from = start.checked_sub(word.len() + 1)?;
        let place = folded.place(from, from + word.len());
        let written = text.get(place)?.trim();
        if written.len() < 4 || !written.chars().all(|char| char.is_ascii_uppercase()) {
            break;
        }
        (start, words) = (from, words + 1);
    }
    let place = folded.place(start, at);
    let written = text.get(place.clone())?.trim_end();
    (words >= 2).then(|| (written, Span::new(file, place.start, place.start + written.len()), start))
}

/// `The actor, also tracked as UNC9981`: when the text has one unlisted name in words and calls it by a code, both are one.
fn merge_aliases(text: &str, new: &mut Vec<Named>) {
    let in_words = |named: &Named| named.names.iter().any(|name| name.contains(' '));
    if new.iter().filter(|named| in_words(named)).count() != 1 {
        return;
    }
    let aliased = |named: &Named| {
        let head = text.get(..named.span.range().start).unwrap_or_default();
        let words: Vec<String> = head.split_whitespace().rev().take(2).map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(|word| word.trim_start_matches('(')).collect();
        matches!(words.as_slice(), ["as", "tracked" | "known", ..] | ["aka" | "a.k.a.", ..])
    };
    let (aliases, mut others): (Vec<Named>, Vec<Named>) = std::mem::take(new).into_iter().partition(|named| !in_words(named) && aliased(named));
    if let Some(named) = others.iter_mut().find(|named| in_words(named)) {
        for alias in aliases {
            named.mentions += alias.mentions;
            named.place = named.place.max(alias.place);
            named.names.extend(alias.names);
        }
    }
    *new = others;
}
