//! What text does a PDF hold? Its pages in order, one line for each line that is drawn; lopdf reads the file.
//!
//! A place in what was read is a place in this text: a PDF has no lines of its own.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Document, Encoding, Object, ObjectId};

/// The largest file, the most pages, and the most bytes that one page and the whole text may unpack to.
const MAX_FILE: usize = 64 << 20;
const MAX_PAGES: usize = 5_000;
const MAX_PAGE: usize = 16 << 20;
const MAX_TEXT: usize = 32 << 20;

/// Whether a file is a PDF: its first kibibyte says so.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..bytes.len().min(1024)).is_some_and(|head| head.windows(5).any(|window| window == b"%PDF-"))
}

/// The text of a PDF.
///
/// # Errors
///
/// Says why there is none, and what might be done.
pub fn pdf_text(bytes: &[u8]) -> Result<String, String> {
    const NEXT: &str = "its text, as a reader of PDF copies it, might be given instead";
    if bytes.len() > MAX_FILE {
        return Err(format!("it is a PDF of more than {} MiB; {NEXT}", MAX_FILE >> 20));
    }
    let document = Document::load_mem(bytes).map_err(|why| format!("it is a PDF that cannot be read ({why}); {NEXT}"))?;
    if document.is_encrypted() {
        return Err(format!("it is a PDF that needs a password; {NEXT}"));
    }
    let pages: Vec<ObjectId> = document.get_pages().values().copied().take(MAX_PAGES).collect();
    let mut text = String::new();
    for page in pages {
        // A page that cannot be read costs its own words.
        if let Ok(written) = page_text(&document, page) {
            text.push_str(&written);
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        if text.len() > MAX_TEXT {
            return Err(format!("it is a PDF with more than {} MiB of text; {NEXT}", MAX_TEXT >> 20));
        }
    }
    if text.trim().is_empty() {
        return Err("it is a PDF without text: pictures of pages need a program that recognises letters first".to_owned());
    }
    Ok(text)
}

/// The text of one page. What moves the pen down begins a line, what moves it on parts words.
fn page_text(document: &Document, page: ObjectId) -> Result<String, lopdf::Error> {
    let fonts = document.get_page_fonts(page)?;
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> =
        fonts.into_iter().filter_map(|(name, font)| Some((name, font.get_font_encoding_with_limit(document, MAX_PAGE).ok()?))).collect();
    let content = Content::decode(&document.get_page_content_with_limit(page, MAX_PAGE)?)?;
    let mut pen = Pen::default();
    for operation in &content.operations {
        let number = |at: usize| operation.operands.get(at).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0);
        match operation.operator.as_str() {
            "Tf" => {
                pen.font = operation.operands.first().and_then(|name| encodings.get(name.as_name().ok()?));
                pen.size = number(1);
            }
            "Td" | "TD" => pen.moved(number(0), number(1)),
            "Tm" => {
                pen.scale = number(3);
                let (x, y) = (number(4), number(5));
                let (from_x, from_y) = std::mem::replace(&mut pen.origin, (x, y));
                pen.moved(x - from_x, y - from_y);
            }
            "T*" | "ET" => pen.line(),
            "Tj" | "TJ" => pen.show(&operation.operands),
            "'" | "\"" => {
                pen.line();
                pen.show(operation.operands.last().map(std::slice::from_ref).unwrap_or_default());
            }
            _ => {}
        }
    }
    Ok(pen.text)
}

/// What was written so far, and with what.
#[derive(Default)]
struct Pen<'d> {
    text: String,
    font: Option<&'d Encoding<'d>>,
    size: f32,
    scale: f32,
    origin: (f32, f32),
    /// How many characters were written since the pen was moved.
    since: f32,
}

impl Pen<'_> {
    fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.since = 0.0;
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }

    fn moved(&mut self, right: f32, up: f32) {
        let size = (self.size * if self.scale == 0.0 { 1.0 } else { self.scale }).abs().max(1.0);
        if up.abs() > size * 0.3 {
            return self.line();
        }
        // A letter is about half as wide as it is high; a move beyond what was written leaves a gap.
        if right < 0.0 || right > (self.since * 0.62 + 0.4) * size {
            self.space();
        }
        self.since = 0.0;
    }

    fn show(&mut self, operands: &[Object]) {
        let Some(font) = self.font else { return };
        for operand in operands {
            match operand {
                Object::String(bytes, _) => {
                    if let Ok(words) = Document::decode_text(font, bytes) {
                        self.since += f32::from(u16::try_from(words.chars().count()).unwrap_or(u16::MAX));
                        self.text.push_str(&words);
                    }
                }
                Object::Array(parts) => {
                    for part in parts {
                        match part {
                            Object::String(..) => self.show(std::slice::from_ref(part)),
                            // Thousandths of the size, to the left: most are kerning, a fifth is a blank.
                            _ if part.as_float().is_ok_and(|gap| gap < -200.0) => self.space(),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lopdf::content::Operation;
    use lopdf::{Dictionary, Stream, dictionary};

    use super::*;

    /// A PDF with these lines on one page.
    fn pdf(lines: &[&str]) -> Vec<u8> {
        let mut document = Document::with_version("1.5");
        let pages = document.new_object_id();
        let font =
            document.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "Encoding" => "WinAnsiEncoding" });
        let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
        let mut operations = vec![Operation::new("BT", vec![]), Operation::new("Tf", vec!["F1".into(), 12.into()])];
        // As typesetters write it: a move for each line, a gap in thousandths for each blank.
        for line in lines {
            let parts = line.split(' ').flat_map(|word| [Object::string_literal(word), Object::Integer(-333)]);
            operations.push(Operation::new("TJ", vec![Object::Array(parts.collect())]));
            operations.push(Operation::new("Td", vec![0.into(), (-14).into()]));
        }
        operations.push(Operation::new("ET", vec![]));
        let content = document.add_object(Stream::new(Dictionary::new(), Content { operations }.encode().unwrap()));
        let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content });
        let tree = dictionary! {
            "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        };
        document.objects.insert(pages, Object::Dictionary(tree));
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_page_is_read_line_by_line() {
        let bytes = pdf(&["Indicators of compromise", "relay[.]example", "198.51.100[.]7"]);
        assert!(is_pdf(&bytes));
        let text = pdf_text(&bytes).unwrap();
        assert_eq!(
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>(),
            ["Indicators of compromise", "relay[.]example", "198.51.100[.]7"]
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let whole = pdf(&["relay[.]example"]);
        for cut in (0..whole.len()).step_by(37) {
            if let Err(why) = pdf_text(whole.get(..cut).unwrap()) {
                assert!(why.starts_with("it is a PDF"), "{why}");
            }
        }
        let why = pdf_text(b"%PDF-1.7\nnothing").unwrap_err();
        assert!(why.contains("cannot be read") && why.contains("might be given instead"), "{why}");
        let why = pdf_text(&pdf(&[])).unwrap_err();
        assert!(why.contains("without text"), "{why}");
        // Nesting costs no stack.
        let nested = format!("%PDF-1.4\n1 0 obj\n{}\nendobj\ntrailer<</Root 1 0 R>>\n", "[".repeat(200_000));
        assert!(pdf_text(nested.as_bytes()).is_err());
    }
}
