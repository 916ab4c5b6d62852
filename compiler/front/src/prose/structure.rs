//! What surrounds a value? A light scan for headings, lists, tables and fences that works for Markdown, AsciiDoc, HTML and plain text.

use std::ops::BitOr;

/// What a heading, a label or a table's head says its content is; a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cue(pub(super) u32);

impl Cue {
    pub(super) const INDICATORS: Self = Self(1);
    pub(super) const NETWORK: Self = Self(2);
    pub(super) const HASHES: Self = Self(4);
    pub(super) const FILES: Self = Self(8);
    pub(super) const REGISTRY: Self = Self(16);
    pub(super) const MUTEX: Self = Self(32);
    pub(super) const AGENT: Self = Self(64);
    pub(super) const MAIL: Self = Self(128);
    pub(super) const REFERENCES: Self = Self(256);
    pub(super) const VICTIMS: Self = Self(512);
    pub(super) const DETECTIONS: Self = Self(1024);
    pub(super) const CONTACT: Self = Self(2048);
    pub(super) const ADVICE: Self = Self(4096);
    pub(super) const COMMAND: Self = Self(8192);
    pub(super) const DELIVERY: Self = Self(16384);
    pub(super) const RELAY: Self = Self(32768);
    pub(super) const TOOLS: Self = Self(65536);
    pub(super) const HARMLESS: Self = Self(131_072);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Cue {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const WORDS: [(&str, Cue); 109] = [
    ("indicators of compromise", Cue::INDICATORS),
    ("indicator of compromise", Cue::INDICATORS),
    ("indicators", Cue::INDICATORS),
    ("ioc", Cue::INDICATORS),
    ("iocs", Cue::INDICATORS),
    ("indicateurs", Cue::INDICATORS),
    ("observables", Cue::INDICATORS),
    ("artefacts", Cue::INDICATORS),
    ("artifacts", Cue::INDICATORS),
    ("malicious", Cue::INDICATORS),
    ("network", Cue::NETWORK),
    ("domains", Cue::NETWORK),
    ("domain", Cue::NETWORK),
    ("hostnames", Cue::NETWORK),
    ("hostname", Cue::NETWORK),
    ("ip", Cue::NETWORK),
    ("ips", Cue::NETWORK),
    ("ip addresses", Cue::NETWORK),
    ("ip address", Cue::NETWORK),
    ("ipv4", Cue::NETWORK),
    ("urls", Cue::NETWORK),
    ("url", Cue::NETWORK),
    ("servers", Cue::NETWORK),
    ("server", Cue::NETWORK),
    ("infrastructure", Cue::NETWORK),
    ("traffic", Cue::NETWORK),
    ("sinkhole", Cue::NETWORK),
    ("c2", Cue::COMMAND),
    ("c&c", Cue::COMMAND),
    ("c&cs", Cue::COMMAND),
    ("cnc", Cue::COMMAND),
    ("c2s", Cue::COMMAND),
    ("command and control", Cue::COMMAND),
    ("command & control", Cue::COMMAND),
    ("command-and-control", Cue::COMMAND),
    ("beacon", Cue::COMMAND),
    ("download", Cue::DELIVERY),
    ("downloads", Cue::DELIVERY),
    ("delivery", Cue::DELIVERY),
    ("distribution", Cue::DELIVERY),
    ("drop sites", Cue::DELIVERY),
    ("payload", Cue::DELIVERY),
    ("payloads", Cue::DELIVERY),
    ("proxies", Cue::RELAY),
    ("relays", Cue::RELAY),
    ("proxy", Cue::RELAY),
    ("hashes", Cue::HASHES),
    ("hash", Cue::HASHES),
    ("samples", Cue::HASHES),
    ("sha-1", Cue::HASHES),
    ("sha1", Cue::HASHES),
    ("sha256", Cue::HASHES),
    ("sha-256", Cue::HASHES),
    ("md5", Cue::HASHES),
    ("files", Cue::FILES),
    ("filenames", Cue::FILES),
    ("filename", Cue::FILES),
    ("file names", Cue::FILES),
    ("file name", Cue::FILES),
    ("file", Cue::FILES),
    ("paths", Cue::FILES),
    ("path", Cue::FILES),
    ("dropper", Cue::FILES),
    ("loader", Cue::FILES),
    ("attachments", Cue::FILES),
    ("registry", Cue::REGISTRY),
    ("registry keys", Cue::REGISTRY),
    ("run key", Cue::REGISTRY),
    ("mutex", Cue::MUTEX),
    ("mutexes", Cue::MUTEX),
    ("mutexs", Cue::MUTEX),
    ("user agent", Cue::AGENT),
    ("user-agent", Cue::AGENT),
    ("user agents", Cue::AGENT),
    ("user-agents", Cue::AGENT),
    ("email addresses", Cue::MAIL),
    ("e-mail addresses", Cue::MAIL),
    ("sending addresses", Cue::MAIL),
    ("email address", Cue::MAIL),
    ("senders", Cue::MAIL),
    ("emails", Cue::MAIL),
    ("e-mails", Cue::MAIL),
    ("domaines", Cue::NETWORK),
    ("adresses ip", Cue::NETWORK),
    ("empreintes", Cue::HASHES),
    ("fichiers", Cue::FILES),
    ("références", Cue::REFERENCES),
    ("related posts", Cue::REFERENCES),
    ("related articles", Cue::REFERENCES),
    ("参考", Cue::REFERENCES),
    ("victimes", Cue::VICTIMS),
    ("about us", Cue::CONTACT),
    ("references", Cue::REFERENCES),
    ("reference", Cue::REFERENCES),
    ("links", Cue::REFERENCES),
    ("ref url", Cue::REFERENCES),
    ("sources", Cue::REFERENCES),
    ("further reading", Cue::REFERENCES),
    ("resources", Cue::REFERENCES),
    ("credits", Cue::REFERENCES),
    ("victims", Cue::VICTIMS),
    ("victim", Cue::VICTIMS),
    ("targeted", Cue::VICTIMS),
    ("detection names", Cue::DETECTIONS),
    ("contact", Cue::CONTACT),
    ("contact information", Cue::CONTACT),
    ("mitigations", Cue::ADVICE),
    ("recommendations", Cue::ADVICE),
    ("legitimate", Cue::HARMLESS),
];

/// What a short text, such as a heading, says its content is.
pub(super) fn cue(text: &str) -> Cue {
    static AUTOMATON: std::sync::OnceLock<Option<aho_corasick::AhoCorasick>> = std::sync::OnceLock::new();
    let automaton = AUTOMATON.get_or_init(|| {
        aho_corasick::AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .build(WORDS.iter().map(|(word, _)| word))
            .ok()
    });
    let Some(automaton) = automaton else { return Cue::default() };
    let bytes = text.as_bytes();
    let outside = |at: Option<usize>| !at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let found = automaton.find_iter(text).filter(|found| outside(found.start().checked_sub(1)) && outside(Some(found.end())));
    found.filter_map(|found| WORDS.get(found.pattern().as_usize())).fold(Cue::default(), |all, (_, cue)| all | *cue)
}

/// The shape of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing.
    Blank,
    /// A heading; a value inside it is mentioned.
    Heading,
    /// An item of a list.
    Item,
    /// A row of a table.
    Row,
    /// Anything else.
    Prose,
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Its bytes, without the line break.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where its content begins, behind bullets and indents.
    pub(super) body: usize,
    pub(super) shape: Shape,
    /// Whether it stands in a fence.
    pub(super) code: bool,
    /// What the nearest heading that says anything says.
    pub(super) section: Cue,
    /// The heading that stands above, as a number: lines of one section have the same.
    pub(super) heading: u32,
    /// The table it is a row of, as a number; 0 for none.
    pub(super) table: u32,
    /// Whether it is a header of the mail that the document is.
    pub(super) mail: bool,
}

/// The lines of a document.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub(super) lines: Vec<Line>,
    /// What each column of a table is, by table.
    columns: Vec<Vec<Cue>>,
    /// The text of each heading, by number.
    pub(super) headings: Vec<std::ops::Range<usize>>,
}

impl Structure {
    /// The line that holds a byte.
    pub(super) fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }

    /// What the head of a table says of its nth column.
    pub(super) fn column(&self, table: u32, column: usize) -> Cue {
        self.columns.get(table as usize).and_then(|columns| columns.get(column)).copied().unwrap_or_default()
    }
}

/// Splits a document into lines and tells what each one is.
pub(super) fn read(text: &str) -> Structure {
    let mut out = Structure { columns: vec![Vec::new()], headings: std::iter::once(0..0).collect(), ..Structure::default() };
    // Sections by level: (level, cue).
    let mut stack: Vec<(u8, Cue)> = Vec::new();
    let mut start = 0;
    let mut fence: Option<&str> = None;
    let mut html_code = false;
    let mut table_open = false;
    let mut previous_blank = true;
    let mut mail = true;
    let mut iterator = text.split_inclusive('\n').peekable();
    while let Some(raw) = iterator.next() {
        let line = raw.trim_end_matches(['\n', '\r']);
        let trimmed = line.trim();
        let next = iterator.peek().map_or("", |next| next.trim());
        let indent = line.len() - line.trim_start().len();
        let mut shape = Shape::Prose;
        let mut body = start + indent;
        let mut code = fence.is_some() || html_code;
        if trimmed.is_empty() {
            shape = Shape::Blank;
        } else if let Some(mark) = fence_mark(trimmed, fence, previous_blank) {
            fence = if fence.is_some() { None } else { Some(mark) };
            code = true;
        } else if let Some((level, title)) = heading(trimmed, next, code, previous_blank) {
            shape = Shape::Heading;
            let cue = cue(title);
            stack.retain(|(other, _)| *other < level);
            stack.push((level, cue));
            out.headings.push(start..start + line.len());
            table_open = false;
        } else if !code || trimmed.starts_with('|') {
            if trimmed.starts_with('|') {
                shape = Shape::Row;
                let marks = trimmed.bytes().all(|byte| matches!(byte, b'|' | b'=' | b'-' | b':' | b' '));
                if trimmed.starts_with("|==") {
                    table_open = false;
                } else if !table_open && !marks {
                    out.columns.push(trimmed.trim_start_matches('|').split('|').take(64).map(cue).collect());
                    table_open = true;
                }
            } else {
                table_open = false;
                let bullet = bullet(trimmed);
                if bullet > 0 {
                    shape = Shape::Item;
                    body += bullet;
                }
            }
        }
        if trimmed.contains("<pre") || trimmed.contains("<code>") && !trimmed.contains("</code>") {
            html_code = true;
        }
        if trimmed.contains("</pre") || trimmed.contains("</code") {
            html_code = false;
        }
        let section = stack.iter().rev().map(|(_, cue)| *cue).find(|cue| !cue.is_empty()).unwrap_or_default();
        // What stands below "Indicators of compromise" is one, unless its own heading says something else.
        let other = Cue::REFERENCES | Cue::VICTIMS | Cue::DETECTIONS | Cue::CONTACT | Cue::ADVICE | Cue::HARMLESS;
        let below = stack.iter().any(|(level, cue)| *level <= 7 && cue.has(Cue::INDICATORS)) && !section.has(other);
        let section = if below { section | Cue::INDICATORS } else { section };
        let table = if shape == Shape::Row { u32::try_from(out.columns.len() - 1).unwrap_or(0) } else { 0 };
        let heading = u32::try_from(out.headings.len() - 1).unwrap_or(u32::MAX);
        mail &= out.lines.is_empty() && header(line).is_some_and(|name| MAIL.contains(&name.to_ascii_lowercase().as_str()))
            || !out.lines.is_empty() && (header(line).is_some() || line.starts_with([' ', '\t']) && !trimmed.is_empty());
        out.lines.push(Line { start, end: start + line.len(), body, shape, code, section, heading, table, mail });
        previous_blank = trimmed.is_empty();
        start += raw.len();
    }
    out
}

/// Headers that a mail begins with.
const MAIL: [&str; 9] = ["from", "to", "date", "subject", "return-path", "received", "delivered-to", "message-id", "mime-version"];

/// The name of a mail's header, when a line is one.
fn header(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(':')?;
    let named = !name.is_empty() && name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (named && rest.starts_with(' ')).then_some(name)
}

fn fence_mark(line: &str, open: Option<&'static str>, previous_blank: bool) -> Option<&'static str> {
    const MARKS: [&str; 5] = ["```", "~~~", "----", "....", "++++"];
    let mark = *MARKS.iter().find(|mark| line.starts_with(**mark))?;
    match open {
        Some(open) => (open == mark && line.trim_end_matches(|char| mark.starts_with(char)).is_empty()).then_some(mark),
        None if matches!(mark, "```" | "~~~") => (!line.get(3..)?.contains(mark)).then_some(mark),
        // AsciiDoc's fences are bare; under a line of text the same dashes underline a heading.
        None => (previous_blank && line.len() <= 12 && line.trim_end_matches(|char| mark.starts_with(char)).is_empty()).then_some(mark),
    }
}

/// How many bytes a bullet or a number takes.
fn bullet(line: &str) -> usize {
    let mut at = 0;
    let rest = line.trim_start_matches(['*', '-', '+', '•', '·', '>', '–', '◦', '●', '\u{F0B7}', '\u{F0A7}']);
    let taken = line.len() - rest.len();
    if taken > 0 && taken <= 8 && rest.starts_with([' ', '\t', '\u{A0}']) {
        at = taken + (rest.len() - rest.trim_start().len());
    } else if taken > 0 && line.starts_with(['•', '·', '●', '\u{F0B7}', '\u{F0A7}']) {
        at = taken;
    } else {
        let digits = line.bytes().take(4).take_while(u8::is_ascii_digit).count();
        let rest = line.get(digits..).unwrap_or_default();
        if digits > 0 && (rest.starts_with(". ") || rest.starts_with(") ")) {
            at = digits + 2;
        }
    }
    at
}

/// The level and the title of a heading. Marked headings have 1 to 6; a bold line 7; a line that ends with a colon, or stands alone in capitals, 8.
fn heading<'t>(line: &'t str, next: &str, code: bool, previous_blank: bool) -> Option<(u8, &'t str)> {
    let marks = |mark: u8| line.bytes().take_while(|byte| *byte == mark).count();
    if !code {
        for mark in [b'#', b'='] {
            let count = marks(mark);
            if (1..=6).contains(&count) && line.as_bytes().get(count) == Some(&b' ') {
                return Some((u8::try_from(count).unwrap_or(6), line.get(count..)?.trim()));
            }
        }
        if line.len() <= 160
            && next.len() >= 3
            && (next.bytes().all(|byte| byte == b'=') || next.bytes().all(|byte| byte == b'-') && previous_blank && !line.starts_with('.'))
            && !line.contains('|')
        {
            return Some((if next.starts_with('=') { 1 } else { 2 }, line));
        }
        // AsciiDoc's block title: `.bhctrl32.exe`.
        if let Some(title) = line.strip_prefix('.')
            && title.starts_with(|char: char| char.is_alphanumeric() || char == '`')
            && title.len() <= 100
            && !title.ends_with('.')
        {
            return Some((9, title));
        }
    }
    if let Some(at) = line.find("<h") {
        let level = *line.as_bytes().get(at + 2)?;
        if (b'1'..=b'4').contains(&level) && at < 8 && line.len() <= 400 {
            return Some((level - b'0', line.get(at + 3..)?));
        }
    }
    if line.len() > 100 || code {
        return None;
    }
    let bold = line.trim_end_matches(':').trim_end();
    if bold.len() > 4 && (bold.starts_with("**") && bold.ends_with("**") || bold.starts_with("__") && bold.ends_with("__")) && bullet(line) == 0 {
        return Some((7, bold));
    }
    if line.starts_with('|') || bullet(line) > 0 {
        return None;
    }
    let words = line.split_whitespace().count();
    let named = words <= 10 && !line.contains(['/', '\\', '[', '`', '"', '=', '{']);
    if named && line.ends_with(':') {
        return Some((8, line));
    }
    let letters = line.bytes().filter(u8::is_ascii_alphabetic).count();
    let capitals = letters >= 4
        && line.bytes().all(|byte| !byte.is_ascii_lowercase())
        && !line.bytes().any(|byte| byte.is_ascii_digit() && letters < 8)
        && words >= 1
        && !line.contains('.');
    let title = words <= 5
        && !line.contains(['.', ',', ';', ':', '_', '@', '(', '<'])
        && line.starts_with(|char: char| char.is_uppercase())
        && !cue(line).is_empty();
    (named && (capitals && words <= 8 && !hex(line) || title)).then_some((8, line))
}

fn hex(line: &str) -> bool {
    line.len() >= 16 && line.bytes().all(|byte| byte.is_ascii_hexdigit())
}
