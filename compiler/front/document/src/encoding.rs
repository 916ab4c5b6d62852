//! In which letters was a text saved? UTF-8, UTF-16 as PowerShell and Excel write it, or a code page of Windows.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much of a text tells its letters, in bytes.
const LOOK: usize = 64 << 10;

/// The text, without a mark at its beginning.
pub(super) fn text(mut bytes: Vec<u8>) -> Result<String, String> {
    if let Some((encoding, length)) = Encoding::for_bom(&bytes) {
        if encoding != UTF_8 {
            return Ok(decoded(encoding, bytes.get(length..).unwrap_or_default()));
        }
        bytes.drain(..length);
    }
    if let Some(encoding) = wide(&bytes) {
        return Ok(decoded(encoding, &bytes));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            // Pictures, programs and archives have bytes that no text has.
            if bytes.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a | 0x1b | 0x1e)) {
                return Err(format!("it is not UTF-8 text (byte {at})"));
            }
            Ok(decoded(code_page(&bytes), &bytes))
        }
    }
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-16 without a mark: every other byte of ordinary text is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(LOOK)).unwrap_or_default();
    if !bytes.len().is_multiple_of(2) || head.len() < 4 || memchr::memchr(0, head).is_none() {
        return None;
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match (even * 3 > half * 2 && odd == 0, odd * 3 > half * 2 && even == 0) {
        (true, _) => Some(UTF_16BE),
        (_, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// The code page by the letters. What Western Europe writes is Windows-1252, and so is what could be several.
fn code_page(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    // The words around the first foreign letter tell most.
    let first = bytes.iter().position(|byte| *byte >= 0x80).unwrap_or(0);
    let from = first.saturating_sub(LOOK / 2);
    detector.feed(bytes.get(from..bytes.len().min(from + LOOK)).unwrap_or_default(), true);
    let guessed = detector.guess(None, chardetng::Utf8Detection::Deny);
    let foreign = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let eastern = [
        "windows-1251",
        "KOI8-U",
        "IBM866",
        "ISO-8859-5",
        "Shift_JIS",
        "EUC-JP",
        "EUC-KR",
        "GBK",
        "gb18030",
        "Big5",
        "windows-1253",
        "windows-1255",
        "windows-1256",
    ];
    let central = ["windows-1250", "ISO-8859-2", "windows-1254"];
    match guessed.name() {
        // One accent alone looks like anything.
        name if eastern.contains(&name) && foreign >= 8 => guessed,
        name if central.contains(&name) && foreign >= 3 => guessed,
        _ => WINDOWS_1252,
    }
}
