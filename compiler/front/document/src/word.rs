//! What does a text document say? Its paragraphs, headings and tables as Markdown has them, which prose is read from.

use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// The most bytes of the text.
const MAX_TEXT: usize = 32 << 20;

/// The words of `word/document.xml` (ECMA-376, part 1, section 17).
pub(super) fn text(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<String, String> {
    let mut xml = Vec::new();
    let file = archive.by_name("word/document.xml").map_err(|why| format!("it is a text document that cannot be read ({why})"))?;
    file.take(super::part::MAX_UNPACKED).read_to_end(&mut xml).map_err(|why| format!("it is a text document that cannot be unpacked ({why})"))?;
    let mut reader = Reader::from_reader(&*xml);
    let mut out = Page::default();
    loop {
        match reader.read_event().map_err(|why| format!("it is a text document that cannot be read ({why})"))? {
            Event::Eof => break,
            Event::Start(tag) => out.opens(&tag),
            Event::Empty(tag) => {
                out.opens(&tag);
                out.closes(tag.local_name().as_ref());
            }
            Event::End(tag) => out.closes(tag.local_name().as_ref()),
            Event::Text(words) if out.in_words => {
                let words = words.decode().map_err(|why| why.to_string())?;
                out.line.push_str(&words);
            }
            Event::GeneralRef(entity) if out.in_words => {
                let name = entity.decode().map_err(|why| why.to_string())?;
                let char = match &*name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => entity.resolve_char_ref().ok().flatten(),
                };
                out.line.extend(char);
            }
            _ => {}
        }
        if out.text.len() + out.line.len() > MAX_TEXT {
            return Err(format!("it is a text document of more than {} MiB", MAX_TEXT >> 20));
        }
    }
    if out.text.trim().is_empty() { Err("it is a text document without a word in it".to_owned()) } else { Ok(out.text) }
}

/// The text so far.
#[derive(Default)]
struct Page {
    text: String,
    /// The paragraph in work.
    line: String,
    /// How deep its heading is; none when it is no heading.
    heading: usize,
    /// Whether it stands in a list.
    item: bool,
    /// How many tables are open, and the cells of the row in work.
    tables: usize,
    row: Vec<String>,
    /// Rows of the table in work.
    rows: usize,
    in_words: bool,
}

impl Page {
    fn opens(&mut self, tag: &BytesStart<'_>) {
        let value = || tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == b"val").map(|attribute| attribute.value);
        match tag.local_name().as_ref() {
            b"t" => self.in_words = true,
            b"tab" => self.line.push('\t'),
            b"br" | b"cr" => self.line.push(if self.tables > 0 { ' ' } else { '\n' }),
            b"noBreakHyphen" => self.line.push('-'),
            b"pStyle" => {
                let style = value().map(|value| String::from_utf8_lossy(&value).to_lowercase()).unwrap_or_default();
                // The names of styles are translated; their ids mostly keep the English word.
                let level = style.chars().rfind(char::is_ascii_digit).and_then(|digit| digit.to_digit(10)).unwrap_or(1);
                let named =
                    ["heading", "titre", "berschrift", "titulo", "ttulo", "titolo", "kop", "nagwek", "title"].iter().any(|word| style.contains(word));
                if named && !style.contains("sub") {
                    self.heading = if style == "title" { 1 } else { (level as usize).clamp(1, 6) };
                }
            }
            b"outlineLvl" => {
                let level = value().and_then(|value| String::from_utf8_lossy(&value).parse::<usize>().ok());
                if let Some(level) = level.filter(|level| *level < 6) {
                    self.heading = level + 1;
                }
            }
            b"numPr" => self.item = true,
            b"tbl" => {
                self.tables += 1;
                self.rows = 0;
            }
            b"tr" if self.tables == 1 => self.row.clear(),
            b"tc" if self.tables == 1 => self.row.push(String::new()),
            _ => {}
        }
    }

    fn closes(&mut self, name: &[u8]) {
        match name {
            b"t" => self.in_words = false,
            b"p" => self.paragraph(),
            b"tr" if self.tables == 1 => {
                let cells: Vec<String> = self.row.drain(..).map(|cell| cell.replace('|', "\\|")).collect();
                self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
                if self.rows == 0 {
                    self.text.push_str(&format!("|{}\n", "---|".repeat(cells.len())));
                }
                self.rows += 1;
            }
            b"tbl" => {
                self.tables = self.tables.saturating_sub(1);
                self.text.push('\n');
            }
            _ => {}
        }
    }

    fn paragraph(&mut self) {
        let line = std::mem::take(&mut self.line);
        let (heading, item) = (std::mem::take(&mut self.heading), std::mem::take(&mut self.item));
        if self.tables > 0 {
            if let Some(cell) = self.row.last_mut() {
                let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
                if !cell.is_empty() && !words.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(&words);
            }
            return;
        }
        let words = line.trim_end();
        if words.trim().is_empty() {
            self.text.push('\n');
        } else if heading > 0 {
            self.text.push_str(&format!("\n{} {}\n\n", "#".repeat(heading), words.trim()));
        } else if item {
            self.text.push_str(&format!("- {}\n", words.trim()));
        } else {
            self.text.push_str(words);
            self.text.push_str("\n\n");
        }
    }
}
