//! What text does a file hold? Plain text in whatever letters it was saved, the sheets of a workbook, the words of a text document, of a
//! mail, of a PDF.
//!
//! Everything behind this crate reads text. A place in what was read is a place in the text that stands here; where a file is no text of
//! its own, its parts say which sheet they are.

mod encoding;
mod mail;
mod part;
mod pdf;
mod word;
mod workbook;

#[cfg(test)]
mod tests;

pub use part::{Form, Part};
pub use pdf::{is_pdf, pdf_text};

use part::MAX_UNPACKED;

/// The largest archive that is unpacked.
const MAX_ARCHIVE: usize = 64 << 20;

/// The texts of a file, in reading order; at least one.
///
/// # Errors
///
/// Says in a few words why the file has none.
pub fn read(name: &str, bytes: Vec<u8>) -> Result<Vec<Part>, String> {
    if is_pdf(&bytes) {
        return Ok(vec![Part::whole(pdf_text(&bytes)?, Form::Prose)]);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return archive(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Err("it is a file of an older office program; saved as .xlsx, .docx or .csv it can be read".to_owned());
    }
    if bytes.starts_with(b"{\\rtf") {
        return Err("it is rich text; saved as .docx or plain text it can be read".to_owned());
    }
    let ending = name.rsplit(['/', '\\']).next().and_then(|base| base.rsplit_once('.')).map_or("", |(_, ending)| ending);
    if ending.eq_ignore_ascii_case("eml") {
        return Ok(vec![Part::whole(mail::text(&bytes)?, Form::Prose)]);
    }
    Ok(vec![Part::whole(encoding::text(bytes)?, Form::Text)])
}

/// A workbook or a text document: an archive of XML.
fn archive(bytes: Vec<u8>) -> Result<Vec<Part>, String> {
    if bytes.len() > MAX_ARCHIVE {
        return Err(format!("it is an archive of more than {} MiB", MAX_ARCHIVE >> 20));
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&*bytes)).map_err(|why| format!("it is an archive that cannot be read ({why})"))?;
    bounded(&mut archive)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        workbook::sheets(bytes)
    } else if has("word/document.xml") {
        Ok(vec![Part::whole(word::text(&mut archive)?, Form::Prose)])
    } else {
        Err("it is an archive, and neither a workbook (.xlsx) nor a text document (.docx); unpacked, its files can be read".to_owned())
    }
}

/// Unpacks everything once to see how large it is: what the archive says of itself may be untrue.
fn bounded(archive: &mut zip::ZipArchive<std::io::Cursor<&[u8]>>) -> Result<(), String> {
    use std::io::Read as _;
    let too_large = || format!("it unpacks to more than {} MiB", MAX_UNPACKED >> 20);
    let mut left = MAX_UNPACKED;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|why| format!("it is an archive that cannot be read ({why})"))?;
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(|why| format!("it cannot be unpacked ({why})"))?;
        left = left.checked_sub(read).ok_or_else(too_large)?;
    }
    Ok(())
}

/// Text in whatever letters it was saved: what files beside a description are read with.
///
/// # Errors
///
/// Says why it is no text.
pub fn decode(bytes: Vec<u8>) -> Result<String, String> {
    encoding::text(bytes)
}
