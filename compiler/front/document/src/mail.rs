//! What does a mail say? Its subject as the headline, its day, its words. `mail-parser` reads the message.

use mail_parser::{MessageParser, MimeHeaders as _};

/// The largest message, in bytes.
const MAX_MESSAGE: usize = 64 << 20;

/// The subject, the day, and the words of a message; what is attached as text stands behind them.
///
/// Who sent it and who got it is left out: a CERT's own address is no indicator.
pub(super) fn text(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > MAX_MESSAGE {
        return Err(format!("it is a mail of more than {} MiB", MAX_MESSAGE >> 20));
    }
    let message = MessageParser::default().parse(bytes).ok_or("it is no mail that can be read")?;
    let mut out = String::new();
    if let Some(subject) = message.subject() {
        out.push_str(&format!("# {}\n\n", subject.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    if let Some(date) = message.date() {
        out.push_str(&format!("Published: {:04}-{:02}-{:02}\n\n", date.year, date.month, date.day));
    }
    for at in 0..message.text_body.len() {
        if let Some(body) = message.body_text(at) {
            out.push_str(&body.replace("\r\n", "\n"));
            out.push_str("\n\n");
        }
    }
    for part in message.attachments() {
        let name = part.attachment_name().unwrap_or_default();
        match part.text_contents() {
            Some(text) if part.is_text() => out.push_str(&format!("\n{name}\n\n{}\n", text.replace("\r\n", "\n"))),
            _ => out.push_str(&format!("\nAttached and not read here: {name}\n")),
        }
    }
    if out.trim().is_empty() { Err("it is a mail without a word in it".to_owned()) } else { Ok(out) }
}
