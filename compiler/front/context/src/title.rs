//! Which words are the headline? A labelled line, a heading, or in a plain text the first line that is neither masthead nor sentence.

use std::ops::Range;

use super::number;
use languages::dates;
use languages::running_text::{Folded, fold};
use languages::{only_opens, sorts};

/// How much of a document can hold its headline, in bytes and lines.
const HEAD: usize = 6000;
const MAX_LINES: usize = 60;

/// The longest headline, in bytes.
const MAX_TITLE: usize = 300;

/// Words that begin or end the name of an organisation, alone on its line above the headline.
const ORGANISATIONS: [&str; 45] = [
    "cert",
    "csirt",
    "soc",
    "agency",
    "agence",
    "agencia",
    "agenzia",
    "agentschap",
    "bundesamt",
    "ministry",
    "ministere",
    "ministerio",
    "ministero",
    "centre",
    "center",
    "centro",
    "centrum",
    "zentrum",
    "institute",
    "institut",
    "instituto",
    "office",
    "bureau",
    "authority",
    "department",
    "inc",
    "ltd",
    "gmbh",
    "ag",
    "sarl",
    "bv",
    "team",
    "national",
    "nationales",
    "premier",
    "instytut",
    "urzad",
    "державна",
    "служба",
    "центр",
    "министерство",
    "labs",
    "research",
    "llc",
    "s.g.d.s.n",
];

/// Labels of lines that stand above a headline and are none.
const MASTHEAD: [&str; 38] = [
    "classification",
    "distribution",
    "version",
    "source",
    "sources",
    "status",
    "severity",
    "cvss",
    "contact",
    "audience",
    "sector",
    "sectors",
    "link",
    "url",
    "tags",
    "tag",
    "category",
    "categories",
    "type",
    "tlp",
    "from",
    "to",
    "cc",
    "page",
    "author",
    "authors",
    "language",
    "copyright",
    "marking",
    "handling",
    "priority",
    "impact",
    "risk",
    "affaire suivie par",
    "vertraulichkeit",
    "difusion",
    "clasificacion",
    "diffusion",
];

/// A headline: its words, blanks made one, and where they stand.
pub(crate) type Title = (String, Range<usize>);

/// The headline of a text.
pub(crate) fn read(text: &str) -> Option<Title> {
    let mut plain: Option<Title> = None;
    let mut weak: Option<Title> = None;
    let mut headings = 0;
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').take(MAX_LINES).peekable();
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        if start > HEAD {
            break;
        }
        let trimmed = line.trim();
        let next = lines.peek().map_or("", |next| next.trim());
        if let Some(label) = labelled(trimmed) {
            return place(line, start, without_site(label, None, Where::Text));
        }
        let marked = ["# ", "## ", "### ", "= ", "== "].iter().find_map(|mark| trimmed.strip_prefix(mark).map(|rest| (mark.len() - 1, rest)));
        let under = next.len() >= 3 && (next.bytes().all(|byte| byte == b'=') || next.bytes().all(|byte| byte == b'-'));
        let heading = marked.or_else(|| (under && !trimmed.contains('|')).then_some((if next.starts_with('=') { 1 } else { 2 }, trimmed)));
        let candidate = heading.map_or(trimmed, |(_, words)| words).trim().trim_matches(['"', '*', '#', '=', '_', ' ']).trim();
        if !is_title(candidate) {
            continue;
        }
        let candidate = without_site(number::behind(candidate), None, Where::Text);
        match heading {
            Some(_) if only_opens(candidate) => headings += 1,
            Some((level, _)) if level == 1 || headings == 0 && plain.is_none() => return place(line, start, candidate),
            Some(_) => headings += 1,
            None if headings > 0 || only_opens(candidate) => {}
            None if masthead(candidate) => {}
            None => {
                let words = candidate.split_whitespace().count();
                let sentence = candidate.ends_with(['.', '!', '?', ';', ',']);
                // The headline may go on in the next line.
                let goes_on = !next.is_empty() && next.starts_with(char::is_lowercase) && next.len() <= 120 && !next.ends_with(['.', ';']);
                if plain.is_none() && !sentence && words >= 3 && weak.is_none() {
                    let found = if goes_on { joined(text, start, line, candidate) } else { place(line, start, candidate) };
                    plain = found.filter(|_| next.is_empty() || goes_on || under || next.len() < 3 || masthead(next) || words >= 4);
                }
                if weak.is_none() && words >= 4 {
                    weak = place(line, start, candidate);
                }
            }
        }
    }
    plain.or(weak)
}

/// Where a headline stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Where {
    /// In the head of a page, where the name of the site nearly always stands behind it.
    Page,
    /// In the text.
    Text,
}

/// Last words of the names of sites and of those who write there.
const SITES: [&str; 24] = [
    "blog",
    "blogs",
    "weblog",
    "labs",
    "lab",
    "security",
    "research",
    "news",
    "newsroom",
    "intelligence",
    "insights",
    "advisories",
    "bulletins",
    "cert",
    "csirt",
    "team",
    "resources",
    "actualites",
    "noticias",
    "nachrichten",
    "aktuelles",
    "nieuws",
    "notizie",
    "center",
];

/// A headline without the name of the site before or behind it: `Vendor blog | Loader that comes by mail`, `Loader … | Vendor`.
pub(super) fn without_site<'t>(title: &'t str, site: Option<&str>, place: Where) -> &'t str {
    const MOST: usize = 4;
    let mut title = title.trim();
    // What parts them is one of these, or no letter of ASCII.
    if !title.bytes().any(|byte| matches!(byte, b'|' | b':' | b'-') || !byte.is_ascii()) {
        return title;
    }
    for _ in 0..MOST {
        let Some(rest) = without_one(title, site, place) else { break };
        title = rest;
    }
    title
}

fn without_one<'t>(title: &'t str, site: Option<&str>, place: Where) -> Option<&'t str> {
    const NAME: usize = 5;
    let count = |words: &str| words.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
    let capital = |words: &str| words.starts_with(|char: char| char.is_uppercase());
    let named = |words: &str| site.is_some_and(|site| fold(site) == fold(words));
    let of_site = |words: &str| {
        let folded = fold(words);
        named(words) || count(words) <= NAME && capital(words) && folded.split(' ').next_back().is_some_and(|word| SITES.contains(&word))
    };
    let both = |(head, tail): (&'t str, &'t str)| {
        let (head, tail) = (head.trim(), tail.trim());
        (!head.is_empty() && !tail.is_empty()).then_some((head, tail))
    };
    for mark in [" | ", " :: ", " » ", " · ", " • ", " « "] {
        if let Some((head, tail)) = title.split_once(mark).and_then(both)
            && count(tail) > count(head)
            && (of_site(head) && !of_site(tail) || capital(head) && count(head) <= 2 && count(tail) >= 4 && !of_site(tail) && !tail.contains(mark))
        {
            return Some(tail);
        }
        if let Some((head, tail)) = title.rsplit_once(mark).and_then(both)
            && (place == Where::Page || of_site(tail) || capital(tail) && count(tail) <= 3 && count(head) >= 3)
        {
            return Some(head);
        }
    }
    for mark in [" - ", " – ", " — "] {
        if let Some((head, tail)) = title.split_once(mark).and_then(both)
            && of_site(head)
            && !of_site(tail)
            && count(tail) > count(head)
        {
            return Some(tail);
        }
        if let Some((head, tail)) = title.rsplit_once(mark).and_then(both) {
            let (before, behind) = (count(head), count(tail));
            let short = capital(tail) && behind <= 3 && before >= 3 && before > behind;
            if named(tail) || of_site(tail) && before >= 3 || place == Where::Page && short {
                return Some(head);
            }
        }
    }
    None
}

fn place(line: &str, start: usize, words: &str) -> Option<Title> {
    let words = words.trim();
    let from = start + line.find(words)?;
    (!words.is_empty() && words.len() <= MAX_TITLE).then(|| (words.split_whitespace().collect::<Vec<_>>().join(" "), from..from + words.len()))
}

/// A headline on two lines.
fn joined(text: &str, start: usize, line: &str, candidate: &str) -> Option<Title> {
    let from = start + line.find(candidate)?;
    let next = text.get(start + line.len()..)?.lines().next()?;
    let end = start + line.len() + next.trim_end().len();
    let words: Vec<&str> = text.get(from..end)?.split_whitespace().collect();
    (end - from <= MAX_TITLE).then(|| (words.join(" "), from..end))
}

/// What stands behind the label of a headline: `Title: ...`, `Objet : ...`, `| Titre | ... |`.
fn labelled(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['|', '*', '+', '-', '_', ' ']);
    let end = line
        .char_indices()
        .take(48)
        .find(|(at, char)| matches!(char, ':' | '：' | '|' | '\t') || line.get(*at..).is_some_and(|rest| rest.starts_with("  ")));
    let (at, _) = end?;
    let label = fold(line.get(..at)?.trim_matches(['*', '_', ' ']));
    let rest = line.get(at..)?.trim_start_matches([':', '：', '|', '*', '_', '\t', ' ', '\u{a0}']).trim_end_matches(['|', ' ', '*']);
    let rest = rest.trim_matches(['"', ' ']);
    (sorts().title.has(&label) && is_title(rest)).then_some(rest)
}

/// A title has words; a list of indicators, a directive or a rule of dashes is none.
fn is_title(line: &str) -> bool {
    let long = |word: &&str| word.chars().filter(|char| char.is_alphabetic()).count() >= 2;
    let words = || line.split_whitespace().any(|word| long(&word));
    let directive = line.starts_with([':', '<', '[', '!', '|', '-', '+', '*', '>']) || line.ends_with([':', '：']);
    let indicator = || ["[.]", "://", "hxxp", "(.)"].iter().any(|mark| line.contains(mark));
    let digest = || line.len() >= 32 && line.split_whitespace().any(|word| word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit()));
    line.len() <= MAX_TITLE && !directive && words() && !indicator() && !digest()
}

/// Whether a line belongs to the masthead: publisher, number, dates, marking.
fn masthead(line: &str) -> bool {
    let folded = Folded::of(line);
    let text = folded.text.trim();
    let columns = line.contains("   ") || line.contains('\t');
    let label = text.split([':', '|']).next().unwrap_or_default().trim();
    let labelled =
        text.contains(':') && (MASTHEAD.contains(&label) || sorts().published.has(label) || sorts().modified.has(label) || sorts().number.has(label));
    let words: Vec<&str> = text.split(' ').collect();
    let ends = [words.first(), words.last()];
    let organisation = words.len() <= 9 && ends.iter().flatten().any(|word| ORGANISATIONS.contains(&word.trim_matches(['.', ',', '(', ')'])));
    let byline = sorts().byline.begins(text).is_some() && words.len() <= 12;
    let version = matches!(words.first(), Some(&"version" | &"page" | &"v")) && words.len() <= 6;
    columns
        || text.starts_with("tlp")
        || labelled
        || organisation && !text.contains(':')
        || byline
        || version
        || text.contains('@')
        || !dates::days(&folded, 0, folded.text.len()).is_empty() && words.len() <= 14
        || number::alone(line)
        || number::read(line).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_stand_without_the_name_of_the_site() {
        for (line, wanted) in [
            ("Vendor Labs Blog | Loader that comes by mail", "Loader that comes by mail"),
            ("Loader that comes by mail | Vendor", "Loader that comes by mail"),
            ("Loader that comes by mail | Vendor Labs", "Loader that comes by mail"),
            ("Vendor | Loader that comes by mail", "Loader that comes by mail"),
            ("Vendor Security Blog – Loader that comes by mail", "Loader that comes by mail"),
            ("Loader that comes by mail - Vendor Blog", "Loader that comes by mail"),
            // What parts two halves of a headline parts nothing else.
            ("Loader that comes by mail - Part Two", "Loader that comes by mail - Part Two"),
            ("TideGate – a loader that comes by mail", "TideGate – a loader that comes by mail"),
            ("TideGate | Salt Tide", "TideGate | Salt Tide"),
            ("Loader that comes by mail | and how to find it", "Loader that comes by mail | and how to find it"),
        ] {
            for text in [format!("# {line}\n\nText of it.\n"), format!("{line}\n\nText of it.\n")] {
                assert_eq!(read(&text).map(|(title, _)| title).as_deref(), Some(wanted), "{text}");
            }
        }
    }
}
