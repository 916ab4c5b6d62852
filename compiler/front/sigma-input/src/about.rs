//! What does a Sigma document say of itself: who wrote it, when, how bad is a hit?

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ir::{Date, Head, Header, Plain, Scope, SeverityLevel, SigmaLogSource, SigmaRule, Technique, Tlp};
use source::{Diagnostic, Span};
use uuid::Uuid;

use super::codes::{FORM, MISSING_KEY, RETIRED, UNKNOWN_KEY, UNKNOWN_WORD, WRONG_TYPE};
use super::known;
use super::yaml::{Atom, Entry, Node, Value};
use source::suggest;

/// The keys of the specification.
const KEYS: [&str; 22] = [
    "title",
    "id",
    "name",
    "related",
    "taxonomy",
    "status",
    "description",
    "license",
    "author",
    "references",
    "date",
    "modified",
    "logsource",
    "detection",
    "fields",
    "falsepositives",
    "level",
    "tags",
    "scope",
    "correlation",
    "filter",
    "generate",
];
const STATUSES: [&str; 5] = ["stable", "test", "experimental", "deprecated", "unsupported"];
const RELATIONS: [&str; 6] = ["derived", "obsolete", "merged", "renamed", "similar", "correlation"];
/// The longest name of a block.
const MAX_NAME: usize = 64;

/// The head of a document.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// The id is empty when the document has none.
    pub(super) header: Header,
    pub(super) head: Head,
    /// What the rule says besides; goes into the head when nothing is added any more.
    pub(super) sigma: SigmaRule,
}

impl About {
    /// The parts of an advisory with one block, under this id.
    pub(super) fn finish(self, id: String) -> (Header, Head) {
        (Header { id, ..self.header }, Head { sigma: Some(Arc::new(self.sigma)), ..self.head })
    }
}

/// Where an id that is no UUID is kept: rules have one `id`, and tools ask for a UUID there.
const ORIGINAL_ID: &str = "original_id";

/// What filters and correlations call a rule: its id, also when it was no UUID, and its name.
pub(super) fn names(sigma: &SigmaRule) -> impl Iterator<Item = String> {
    let original = original_id(sigma).map(ToOwned::to_owned);
    sigma.id.map(|id| id.to_string()).into_iter().chain(original).chain(sigma.name.clone())
}

/// What to say where a title stands for a rule: the names of those that have it, up to three.
pub(super) fn titled<'a>(title: &str, documents: impl Iterator<Item = &'a About>) -> Option<String> {
    let wanted = title.trim().to_lowercase();
    let same = documents.filter(|about| about.header.title.trim().to_lowercase() == wanted);
    let called = |about: &About| names(&about.sigma).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
    let called: Vec<String> = same.map(called).take(3).collect();
    let first = called.first()?;
    Some(match called.len() {
        1 if first.is_empty() => "this is the title of a rule that has neither `id` nor `name`; rules are named by one of these".to_owned(),
        1 => format!("this is the title of a rule; its name here is {first}"),
        _ => format!("this is the title of several rules; their names here are {}", called.join(", ")),
    })
}

fn original_id(sigma: &SigmaRule) -> Option<&str> {
    sigma.custom.iter().find_map(|(key, value)| match value {
        Plain::Text(text) if key == ORIGINAL_ID => Some(text.as_str()),
        _ => None,
    })
}

/// Whether a text can be an advisory's id as it stands.
fn is_plain_id(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Reads every key of a document that is not about what it detects. `None` without a title.
pub(super) fn read(root: &Node<'_>, said: &mut Vec<Diagnostic>) -> Option<About> {
    let entries = root.entries()?;
    let mut reader = Reader { said, sigma: SigmaRule::default(), head: Head::new("", root.span), header: Header::new("", root.span) };
    entries.iter().for_each(|entry| reader.key(entry));
    let Reader { said, sigma, mut head, mut header } = reader;
    if header.title.is_empty() {
        if !entries.iter().any(|entry| entry.key == "title") {
            let place = entries.first().map_or(root.span, |entry| entry.key_span);
            said.push(Diagnostic::new(&MISSING_KEY, "the document has no `title`").at(place, "in the document that begins here"));
        }
        return None;
    }
    head.name = slug(&header.title);
    head.title = Some(header.title.clone());
    head.description.get_or_insert_with(|| header.title.clone());
    head.scope = Scope::Context;
    let original = || original_id(&sigma).filter(|id| is_plain_id(id)).map(ToOwned::to_owned);
    header.id = sigma.id.map(|id| id.to_string()).or_else(original).unwrap_or_default();
    Some(About { header, head, sigma })
}

/// A title as the name of a block: `Suspicious Use Of X` is `suspicious_use_of_x`.
fn slug(title: &str) -> String {
    let mut out = String::new();
    for char in title.chars() {
        if out.len() >= MAX_NAME {
            break;
        }
        if char.is_ascii_alphanumeric() {
            out.push(char.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    if out.is_empty() { "rule".to_owned() } else { out }
}

struct Reader<'s> {
    said: &'s mut Vec<Diagnostic>,
    sigma: SigmaRule,
    head: Head,
    header: Header,
}

impl Reader<'_> {
    fn key(&mut self, entry: &Entry<'_>) {
        let node = &entry.node;
        match &*entry.key {
            "title" => {
                self.header.title = self.text(entry).unwrap_or_default();
                self.header.span = node.span;
                self.head.span = node.span;
            }
            "id" => self.id(entry),
            "name" => self.sigma.name = self.text(entry),
            "taxonomy" => self.sigma.taxonomy = self.text(entry).filter(|text| text != "sigma"),
            "status" => {
                self.sigma.status = self.text(entry);
                self.word(entry, &STATUSES);
            }
            "description" => self.head.description = self.text(entry).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
            "license" => self.sigma.license = self.text(entry),
            "author" => self.header.author = Some(self.texts(entry).join(", ")).filter(|text| !text.is_empty()),
            "references" => self.header.references = self.texts(entry),
            "date" => self.header.published = self.date(entry),
            "modified" => self.header.modified = self.date(entry),
            "fields" => self.sigma.fields = self.texts(entry),
            "falsepositives" => self.head.false_positives = self.texts(entry),
            "scope" => self.sigma.scope = self.texts(entry),
            "level" => {
                let level = self.text(entry).map(|text| text.to_ascii_lowercase());
                self.head.severity = level.and_then(|word| SeverityLevel::ALL.iter().find(|(_, name)| *name == word).map(|(level, _)| *level));
                self.word(entry, &SeverityLevel::ALL.map(|(_, name)| name));
            }
            "tags" => self.tags(entry),
            "related" => self.related(entry),
            // Read elsewhere.
            "logsource" | "detection" | "correlation" | "filter" | "generate" | "action" => {}
            other => {
                let near = suggest::nearest(other, KEYS).filter(|near| strsim::damerau_levenshtein(near, &other.to_lowercase()) <= 2);
                if let Some(near) = near {
                    let unknown =
                        Diagnostic::new(&UNKNOWN_KEY, format!("`{other}` is kept as a key of the site's own")).at(entry.key_span, "this key");
                    self.said.push(unknown.help(format!("`{near}` might be meant")));
                }
                self.sigma.custom.push((other.to_owned(), plain(node)));
            }
        }
    }

    fn wrong(&mut self, entry: &Entry<'_>, wanted: &str, found: &Node<'_>) {
        let message = format!("`{}` is {wanted}, not {}", entry.key, found.kind());
        let wrong = Diagnostic::new(&WRONG_TYPE, message).at(entry.key_span, "of this key");
        self.said.push(wrong);
    }

    fn text(&mut self, entry: &Entry<'_>) -> Option<String> {
        let text = entry.node.text().map(|text| text.clone().into_owned());
        if text.is_none() && !entry.node.is_null() {
            self.wrong(entry, "a text", &entry.node);
        }
        text
    }

    /// Several texts, or one.
    fn texts(&mut self, entry: &Entry<'_>) -> Vec<String> {
        let list = match &entry.node.value {
            Value::List(list) => list.as_slice(),
            Value::Scalar(_) if entry.node.is_null() => return Vec::new(),
            _ => std::slice::from_ref(&entry.node),
        };
        let mut out = Vec::with_capacity(list.len());
        for node in list {
            match node.text() {
                Some(text) => out.push(text.clone().into_owned()),
                None if node.is_null() => {}
                None => match pair(node) {
                    Some(text) => {
                        self.form(
                            node.span,
                            format!("a colon makes a map of a text of `{}`; it is read as `{text}`", entry.key),
                            "the text might stand in quotes",
                        );
                        out.push(text);
                    }
                    None => self.wrong(entry, "a list of texts", node),
                },
            }
        }
        out
    }

    fn word(&mut self, entry: &Entry<'_>, known: &[&'static str]) {
        let Some(text) = entry.node.text() else { return };
        if !known.iter().any(|word| text.eq_ignore_ascii_case(word)) {
            let mut unknown = Diagnostic::new(&UNKNOWN_WORD, format!("`{text}` is no {}", entry.key)).at(entry.node.span, "this word");
            unknown.help = suggest::help(text, known.iter().copied());
            self.said.push(unknown);
        }
    }

    fn form(&mut self, span: Span, message: String, help: &str) {
        self.said.push(Diagnostic::new(&FORM, message).at(span, "here").help(help));
    }

    fn id(&mut self, entry: &Entry<'_>) {
        let Some(text) = self.text(entry) else { return };
        match Uuid::try_parse(&text) {
            Ok(id) => {
                self.sigma.id = Some(id);
                self.head.id = Some(id);
            }
            Err(_) => {
                let from = if is_plain_id(&text) { "it" } else { "the file's name" };
                self.form(entry.node.span, format!("`{text}` is no UUID"), &format!("the rule gets a UUID that follows from {from}"));
                self.sigma.custom.push((ORIGINAL_ID.to_owned(), Plain::Text(text)));
            }
        }
    }

    fn date(&mut self, entry: &Entry<'_>) -> Option<Date> {
        let text = self.text(entry)?;
        let date = text.trim().replace('/', "-").parse().ok();
        if date.is_none() {
            self.form(entry.node.span, format!("`{text}` is no date"), "dates are written as `2024-02-29`");
        }
        date
    }

    fn tags(&mut self, entry: &Entry<'_>) {
        self.sigma.tags = self.texts(entry);
        let nodes = match &entry.node.value {
            Value::List(list) => list.as_slice(),
            _ => std::slice::from_ref(&entry.node),
        };
        for node in nodes {
            let Some(tag) = node.text() else { continue };
            let Some((space, name)) = tag.split_once('.').filter(|(space, name)| !space.is_empty() && !name.is_empty()) else {
                self.form(
                    node.span,
                    format!("the tag `{tag}` has no namespace"),
                    "tags are written as `attack.t1059`, `cve.2024-0001` or `tlp.amber`",
                );
                continue;
            };
            match space.to_ascii_lowercase().as_str() {
                "tlp" => match Tlp::read(name) {
                    Some(tlp) => self.header.tlp = Some(self.header.tlp.map_or(tlp, |before| before.max(tlp))),
                    None => self.form(node.span, format!("`{name}` is no marking"), "markings are clear, green, amber, amber-strict and red"),
                },
                "cve" => match cve(name) {
                    Some(cve) if !self.header.cves.contains(&cve) => self.header.cves.push(cve),
                    Some(_) => {}
                    None => self.form(node.span, format!("`{name}` is no CVE number"), "numbers are written as `cve.2024-0001`"),
                },
                "attack" => self.technique(name, node.span),
                _ => {}
            }
        }
    }

    fn technique(&mut self, name: &str, span: Span) {
        let Some(technique) = Technique::parse(name) else {
            // Tactics, groups, software and the like are kept as tags.
            if name.starts_with(['t', 'T']) && name.get(1..2).is_some_and(|char| char.bytes().all(|byte| byte.is_ascii_digit())) {
                self.form(span, format!("`{name}` is no technique"), "techniques are written as `attack.t1059` or `attack.t1059.001`");
            }
            return;
        };
        if let Some(successor) = retired().get(technique.as_str()) {
            let (message, help) = match successor {
                Some(successor) => {
                    (format!("ATT&CK replaced {technique} with {successor}"), format!("`attack.{}` might be meant", successor.to_lowercase()))
                }
                None => (format!("ATT&CK deprecated {technique}"), "the tag might go".to_owned()),
            };
            self.said.push(Diagnostic::new(&RETIRED, message).at(span, "this technique").help(help));
        }
        self.head.techniques.push(technique);
    }

    fn related(&mut self, entry: &Entry<'_>) {
        let Value::List(list) = &entry.node.value else {
            if !entry.node.is_null() {
                self.wrong(entry, "a list of maps", &entry.node);
            }
            return;
        };
        for node in list {
            let part = |key: &str| node.get(key).and_then(Node::text).map(|text| text.clone().into_owned());
            match (part("id"), part("type")) {
                (Some(id), Some(kind)) => {
                    if let Some(word) = node.get("type").filter(|_| !RELATIONS.contains(&kind.as_str())) {
                        let unknown = Diagnostic::new(&UNKNOWN_WORD, format!("`{kind}` is no kind of relation")).at(word.span, "this word");
                        self.said.push(unknown.help(format!("the kinds are {}", suggest::list(&RELATIONS))));
                    }
                    self.sigma.related.push((id, kind));
                }
                _ => self.wrong(entry, "a list of maps with `id` and `type`", node),
            }
        }
    }
}

/// The text that YAML reads as a map of one pair, because a colon and a space stand in it without quotes.
fn pair(node: &Node<'_>) -> Option<String> {
    let [entry] = node.entries()? else { return None };
    let value = entry.node.text()?;
    Some(format!("{}: {value}", entry.key))
}

/// `2021-44228`, `2021.44228` or the whole name, as CVE writes it.
fn cve(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("cve-").unwrap_or(&name);
    let (year, number) = name.split_once(['-', '.'])?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (year.len() == 4 && digits(year) && (4..=10).contains(&number.len()) && digits(number)).then(|| format!("CVE-{year}-{number}"))
}

/// The techniques that ATT&CK retired, each with what took its place.
fn retired() -> &'static BTreeMap<&'static str, Option<&'static str>> {
    static TABLE: OnceLock<BTreeMap<&'static str, Option<&'static str>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows = include_str!("../../data/attack.tsv").lines().filter(|line| line.starts_with('T'));
        rows.filter_map(|line| {
            let mut cells = line.split('\t');
            let (id, successor) = (cells.next()?, cells.nth(2)?);
            (!successor.is_empty()).then_some((id, Some(successor).filter(|successor| *successor != "-")))
        })
        .collect()
    })
}

/// Reads `logsource`. `None` when it says nothing; the reason is reported.
pub(super) fn log_source(root: &Node<'_>, said: &mut Vec<Diagnostic>) -> Option<SigmaLogSource> {
    let Some(entry) = root.entries()?.iter().find(|entry| entry.key == "logsource") else {
        let place = root.entries().and_then(|entries| entries.first()).map_or(root.span, |entry| entry.key_span);
        said.push(Diagnostic::new(&MISSING_KEY, "the document has no `logsource`").at(place, "in the document that begins here"));
        return None;
    };
    let Some(entries) = entry.node.entries() else {
        let message = format!("`logsource` is a map, not {}", entry.node.kind());
        said.push(Diagnostic::new(&WRONG_TYPE, message).at(entry.key_span, "of this key").help("its keys are `category`, `product` and `service`"));
        return None;
    };
    let mut out = SigmaLogSource::default();
    for inner in entries {
        let text = inner.node.text().map(|text| text.clone().into_owned());
        match &*inner.key {
            "category" | "product" | "service" | "definition" if text.is_none() && !inner.node.is_null() => {
                let message = format!("`{}` is a text, not {}", inner.key, inner.node.kind());
                said.push(Diagnostic::new(&WRONG_TYPE, message).at(inner.key_span, "of this key"));
                return None;
            }
            "category" => out.category = text,
            "product" => out.product = text,
            "service" => out.service = text,
            "definition" => out.definition = text,
            other => out.custom.push((other.to_owned(), plain(&inner.node))),
        }
    }
    if out.category.is_none() && out.product.is_none() && out.service.is_none() {
        let missing = Diagnostic::new(&MISSING_KEY, "the log source names no logs").at(entry.key_span, "in this map");
        said.push(missing.help("at least one of `category`, `product` and `service` says which events are read"));
        return None;
    }
    // A taxonomy of its own has words of its own.
    if root.get("taxonomy").and_then(Node::text).is_none_or(|name| name == "sigma") {
        known::log_source(entries, &out, said);
    }
    Some(out)
}

/// A value that is carried along.
fn plain(node: &Node<'_>) -> Plain {
    match &node.value {
        Value::Scalar(scalar) => match scalar.atom() {
            Atom::Null => Plain::Null,
            Atom::Flag(flag) => Plain::Flag(flag),
            Atom::Number(number) => Plain::Number(number),
            Atom::Text => Plain::Text(scalar.text.clone().into_owned()),
        },
        Value::List(list) => Plain::List(list.iter().map(plain).collect()),
        Value::Map(entries) => Plain::Map(entries.iter().map(|entry| (entry.key.clone().into_owned(), plain(&entry.node))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names() {
        assert_eq!(slug("Suspicious Use Of X.EXE (via Y)"), "suspicious_use_of_x_exe_via_y");
        assert_eq!(slug("---"), "rule");
        assert_eq!(slug("é"), "rule");
        assert!(slug(&"a ".repeat(200)).len() <= MAX_NAME);
    }

    #[test]
    fn cve_numbers_have_several_spellings() {
        for name in ["2021-44228", "2021.44228", "CVE-2021-44228", "cve-2021-44228"] {
            assert_eq!(cve(name).as_deref(), Some("CVE-2021-44228"));
        }
        assert_eq!(cve("2021"), None);
        assert_eq!(cve("2021-1"), None);
    }
}
