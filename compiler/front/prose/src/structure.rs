//! What surrounds a value? A light scan for headings, lists, tables and fences that works for Markdown, AsciiDoc, HTML and plain text.

use super::cue::{Cue, cue, is_other};
use super::owner::owned;

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
    /// What the label in front of its values says.
    pub(super) label: Cue,
}

/// The lines of a document.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub(super) lines: Vec<Line>,
    /// What each column of a table is, by table.
    columns: Vec<Vec<Cue>>,
    /// The line that heads each table.
    heads: Vec<std::ops::Range<usize>>,
    /// The text of each heading, by number.
    pub(super) headings: Vec<std::ops::Range<usize>>,
    /// Whether a heading is of another language than English.
    pub(super) foreign: bool,
}

impl Structure {
    /// The line that holds a byte.
    pub(super) fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }

    /// The line that heads a table.
    pub(super) fn head(&self, table: u32) -> Option<std::ops::Range<usize>> {
        self.heads.get(table as usize).cloned()
    }

    /// What the head of a table says of its columns.
    pub(super) fn columns(&self, table: u32) -> &[Cue] {
        self.columns.get(table as usize).map_or(&[], Vec::as_slice)
    }

    /// What the head of a table says of its nth column.
    pub(super) fn column(&self, table: u32, column: usize) -> Cue {
        self.columns.get(table as usize).and_then(|columns| columns.get(column)).copied().unwrap_or_default()
    }
}

/// A heading or label that holds.
#[derive(Clone, Copy, Debug)]
struct Section {
    level: u8,
    cue: Cue,
    /// Its number.
    heading: u32,
    /// Whether it is the label of a list, which ends with the list.
    label: bool,
    /// Whether the list has begun.
    listed: bool,
}

/// Splits a document into lines and tells what each one is.
pub(super) fn read(text: &str) -> Structure {
    let mut reader = Reader::default();
    reader.out.lines.reserve_exact(memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1);
    let mut start = 0;
    let mut iterator = text.split_inclusive('\n').peekable();
    while let Some(raw) = iterator.next() {
        let next = iterator.peek().map_or("", |next| next.trim());
        reader.line(start, raw.trim_end_matches(['\n', '\r']), next);
        start += raw.len();
    }
    reader.out
}

struct Reader {
    out: Structure,
    stack: Vec<Section>,
    fence: Option<&'static str>,
    html_code: bool,
    table_open: bool,
    previous_blank: bool,
    mail: bool,
    /// Whether it reads what a page says of itself: its navigation, its foot.
    aside: bool,
}

impl Default for Reader {
    fn default() -> Self {
        let out = Structure {
            columns: vec![Vec::new()],
            heads: std::iter::once(0..0).collect(),
            headings: std::iter::once(0..0).collect(),
            lines: Vec::new(),
            foreign: false,
        };
        Self { out, stack: Vec::new(), fence: None, html_code: false, table_open: false, previous_blank: true, mail: true, aside: false }
    }
}

impl Reader {
    fn line(&mut self, start: usize, line: &str, next: &str) {
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        let mut shape = Shape::Prose;
        let mut body = start + indent;
        let mut code = self.fence.is_some() || self.html_code;
        let mut label = Cue::default();
        if trimmed.is_empty() {
            shape = Shape::Blank;
        } else if matches!(trimmed, ASIDE | ASIDE_END | TABLE) {
            shape = Shape::Blank;
            self.table_open = false;
            self.aside = trimmed == ASIDE || self.aside && trimmed != ASIDE_END;
        } else if let Some(mark) = fence_mark(trimmed, self.fence, self.previous_blank) {
            self.fence = if self.fence.is_some() { None } else { Some(mark) };
            code = true;
        } else if let Some((level, title)) = heading(trimmed, next, code, self.previous_blank) {
            shape = Shape::Heading;
            self.open(level, title, start..start + line.len());
        } else if !code || trimmed.starts_with('|') {
            if trimmed.starts_with('|') {
                shape = Shape::Row;
                self.row(trimmed, next, start..start + line.len());
            } else {
                self.table_open = false;
                let bullet = bullet(trimmed);
                if bullet > 0 {
                    shape = Shape::Item;
                    body += bullet;
                }
                label = own_label(trimmed.get(bullet..).unwrap_or_default());
            }
            self.end_of_list(trimmed, shape, indent > 0, label);
        } else if let Some(top) = self.stack.last_mut() {
            top.listed = true;
        }
        if memchr::memchr(b'<', trimmed.as_bytes()).is_some() {
            if trimmed.contains("<pre") || trimmed.contains("<code>") && !trimmed.contains("</code>") {
                self.html_code = true;
            }
            if trimmed.contains("</pre") || trimmed.contains("</code") {
                self.html_code = false;
            }
        }
        let table = if shape == Shape::Row { u32::try_from(self.out.columns.len() - 1).unwrap_or(0) } else { 0 };
        let first = self.out.lines.is_empty();
        self.mail = self.mail
            && (first && header(line).is_some_and(|name| MAIL.contains(&name.to_ascii_lowercase().as_str()))
                || !first && (header(line).is_some() || line.starts_with([' ', '\t']) && !trimmed.is_empty()));
        let (section, heading) = self.section(trimmed);
        self.out.lines.push(Line { start, end: start + line.len(), body, shape, code, section, heading, table, mail: self.mail, label });
        self.previous_blank = trimmed.is_empty();
    }

    fn open(&mut self, level: u8, title: &str, range: std::ops::Range<usize>) {
        self.stack.retain(|section| section.level < level);
        let heading = u32::try_from(self.out.headings.len()).unwrap_or(u32::MAX);
        let label = level >= 7;
        self.out.foreign |= is_other(title);
        self.stack.push(Section { level, cue: owned(title, cue(title)), heading, label, listed: false });
        self.out.headings.push(range);
        self.table_open = false;
    }

    fn row(&mut self, trimmed: &str, next: &str, range: std::ops::Range<usize>) {
        let rule = |row: &str| row.bytes().all(|byte| matches!(byte, b'|' | b'=' | b'-' | b':' | b' '));
        let marks = rule(trimmed);
        // Markdown's rule below a row begins a table.
        self.table_open &= marks || !(next.starts_with('|') && next.contains("--") && rule(next));
        if trimmed.starts_with("|==") {
            self.table_open = false;
        } else if !self.table_open && !marks {
            self.out.heads.push(range);
            self.out.columns.push(columns(trimmed));
            self.table_open = true;
        }
    }

    /// A label holds for its list. Words of their own behind the list end it.
    fn end_of_list(&mut self, trimmed: &str, shape: Shape, indented: bool, label: Cue) {
        let own = !label.is_empty() && !label.has(TYPES)
            || label.is_empty() && !trimmed.starts_with('[') && trimmed.split_whitespace().next().is_some_and(|word| word.ends_with(':'));
        let listed = matches!(shape, Shape::Item | Shape::Row) || indented || !(own || sentence(trimmed));
        if listed {
            if let Some(top) = self.stack.last_mut() {
                top.listed = true;
            }
            return;
        }
        let begins = self.previous_blank || trimmed.starts_with(char::is_uppercase) && trimmed.split_whitespace().nth(4).is_some();
        while begins && self.stack.last().is_some_and(|top| top.label && top.listed) {
            self.stack.pop();
        }
    }

    /// What the nearest heading that says anything says, and which heading holds.
    fn section(&self, trimmed: &str) -> (Cue, u32) {
        let section = self.stack.iter().rev().map(|section| section.cue).find(|cue| !cue.is_empty()).unwrap_or_default();
        // What stands below "Indicators of compromise" is one, unless its own heading says something else.
        let below = self.stack.iter().any(|section| section.level <= 7 && section.cue.has(Cue::INDICATORS)) && !section.has(OTHERS);
        let section = if below { section | Cue::INDICATORS } else { section };
        let section = if self.aside || is_notice(trimmed) { section | Cue::ASIDE } else { section };
        (section, self.stack.last().map_or(0, |section| section.heading))
    }
}

/// Lines that a reader of pages sets around their navigation and foot.
pub(super) const ASIDE: &str = "\u{E000}";
pub(super) const ASIDE_END: &str = "\u{E001}";
/// A line that a reader of pages sets in front of each table.
pub(super) const TABLE: &str = "\u{E002}";

/// What a heading can say instead of listing indicators.
const OTHERS: Cue = Cue(Cue::REFERENCES.0
    | Cue::VICTIMS.0
    | Cue::DETECTIONS.0
    | Cue::CONTACT.0
    | Cue::ADVICE.0
    | Cue::HARMLESS.0
    | Cue::SINKHOLE.0
    | Cue::CLEARED.0
    | Cue::PACKAGES.0);

/// What only names a type: such a label is a part of its list.
const TYPES: Cue = Cue(Cue::NETWORK.0
    | Cue::HASHES.0
    | Cue::FILES.0
    | Cue::REGISTRY.0
    | Cue::MUTEX.0
    | Cue::AGENT.0
    | Cue::MAIL.0
    | Cue::PACKAGES.0
    | Cue::SERVICE.0
    | Cue::TASK.0
    | Cue::PIPE.0);

/// What the label in front of a line's values says: `Sinkholed: …`.
fn own_label(line: &str) -> Cue {
    const LONGEST: usize = 64;
    let head = line.as_bytes().get(..line.len().min(LONGEST)).unwrap_or_default();
    let colon = memchr::memchr(b':', head);
    // The colon of scripts whose letters are as wide as high.
    let wide = memchr::memchr(0xEF, head).and_then(|_| memchr::memmem::find(line.as_bytes(), "：".as_bytes())).filter(|at| *at < LONGEST);
    let end = colon.into_iter().map(|at| (at, 1)).chain(wide.map(|at| (at, 3))).min();
    let Some((label, rest)) = end.and_then(|(end, mark)| Some((line.get(..end)?, line.get(end + mark..)?))) else { return Cue::default() };
    if label.trim_matches(['*', '_', ' ']).eq_ignore_ascii_case("name") {
        return Cue::FILES;
    }
    if rest.starts_with(['/', '\\']) || label.len() < 2 { Cue::default() } else { owned(label, cue(label)) }
}

/// Whether a line is words rather than a value: some of them, the first without the marks of a value.
fn sentence(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let inside = first.get(1..first.len().saturating_sub(1)).unwrap_or_default().contains(['.', ':', '@', '\\', '/']);
    let value = inside || first.len() >= 16 && first.bytes().any(|byte| byte.is_ascii_digit());
    // Three more.
    !value && words.nth(2).is_some()
}

/// Whether a line says whose a page is: `© 2026 …`, `All rights reserved`.
fn is_notice(line: &str) -> bool {
    const BEGINS: [&str; 4] = ["copyright ", "(c) 20", "&copy;", "all rights reserved"];
    let head = line.trim_start_matches(['*', '_', '#', '-', ' ']);
    let begins = |word: &&str| head.as_bytes().get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    let short = head.len() < 400;
    let sign = || memchr::memchr(0xC2, head.as_bytes()).is_some() && (head.starts_with('©') || head.contains(" ©"));
    BEGINS.iter().any(begins) || short && (sign() || head.trim_end_matches('.').ends_with("ights reserved"))
}

/// What the cells of a table's head say. A column of links beside a source or a date of a report lists references.
fn columns(head: &str) -> Vec<Cue> {
    const SOURCES: [&str; 16] = [
        "source",
        "sources",
        "vendor",
        "publisher",
        "author",
        "report",
        "article",
        "title",
        "headline",
        "publication",
        "reference",
        "published by",
        "blog",
        "outlet",
        "organisation",
        "organization",
    ];
    const LINKS: [&str; 7] = ["url", "urls", "link", "links", "report url", "source url", "web"];
    let cells: Vec<String> =
        head.trim_start_matches('|').split('|').take(64).map(|cell| cell.trim_matches([' ', '*', '_', '`', '=', '^', '.']).to_lowercase()).collect();
    let mut columns: Vec<Cue> = cells.iter().map(|cell| owned(cell, cue(cell))).collect();
    let typed = Cue::INDICATORS | Cue::HASHES | Cue::COMMAND | Cue::FILES | Cue::DELIVERY;
    let sourced = cells.iter().any(|cell| SOURCES.contains(&cell.as_str())) && !columns.iter().any(|column| column.has(typed));
    for (cell, column) in cells.iter().zip(&mut columns).filter(|(cell, _)| sourced && LINKS.contains(&cell.as_str())) {
        let _ = cell;
        *column = Cue::REFERENCES;
    }
    columns
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
    if let Some(at) = line.as_bytes().get(..line.len().min(10)).and_then(|head| head.windows(2).position(|pair| pair == b"<h")) {
        let level = *line.as_bytes().get(at + 2)?;
        if (b'1'..=b'4').contains(&level) && at < 8 && line.len() <= 400 {
            return Some((level - b'0', line.get(at + 3..)?));
        }
    }
    if line.len() > 100 || code {
        return None;
    }
    let bold = line.trim_end_matches([':', '：']).trim_end();
    if bold.len() > 4 && (bold.starts_with("**") && bold.ends_with("**") || bold.starts_with("__") && bold.ends_with("__")) && bullet(line) == 0 {
        return Some((7, bold));
    }
    if line.starts_with('|') || bullet(line) > 0 {
        return None;
    }
    let words = || line.split_whitespace().take(11).count();
    let plain = || !line.bytes().any(|byte| matches!(byte, b'/' | b'\\' | b'[' | b'`' | b'"' | b'=' | b'{'));
    if line.ends_with([':', '：']) && words() <= 10 && plain() {
        return Some((8, line));
    }
    let capitals = || {
        let letters = line.bytes().filter(u8::is_ascii_alphabetic).count();
        letters >= 4
            && !line.bytes().any(|byte| byte.is_ascii_digit() && letters < 8)
            && !line.contains('.')
            && (1..=8).contains(&words())
            && !hex(line)
    };
    let capitals = line.bytes().all(|byte| !byte.is_ascii_lowercase()) && capitals();
    let title = || {
        line.starts_with(|char: char| char.is_uppercase() || languages::fold::unspaced(char))
            && !line.bytes().any(|byte| matches!(byte, b'.' | b',' | b';' | b':' | b'_' | b'@' | b'(' | b'<'))
            && !line.contains("  ")
            && (words() <= 5 || words() <= 8 && languages::only_opens(line))
            && Cue(cue(line).0 & !(Cue::SERVICE.0 | Cue::TASK.0 | Cue::PIPE.0)) != Cue::default()
    };
    ((capitals || title()) && plain()).then_some((8, line))
}

fn hex(line: &str) -> bool {
    line.len() >= 16 && line.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a line is a footnote: `[1] https://…`, `[^2]: https://…`.
pub(super) fn footnote(text: &str, line: &Line) -> bool {
    let body = text.get(line.start..line.end).unwrap_or_default().trim_start();
    let Some(rest) = body.strip_prefix('[') else { return false };
    let number = rest.trim_start_matches('^');
    let digits = number.bytes().take(4).take_while(u8::is_ascii_digit).count();
    digits > 0 && number.get(digits..).is_some_and(|rest| rest.starts_with(']'))
}
