//! What is sent when a mail passes, or a file?

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ir::{EventClass, EventSelector, Field, FieldRef, Record};
use packets::What;
use packets::http::{Exchange, Request, Response};
use packets::smtp::{Attachment, Session};

use super::told::{Sent, Telling, in_a_line, none, open};

/// Bytes that stand for a file of which only a digest is known.
const STAND_IN: &str = "plain bytes that stand for a file of which only a digest is known";
/// So many bytes are sent at most.
const LARGE: u64 = 4 << 20;

/// A mail that is handed over.
pub(super) fn mail(event: &mut Telling<'_>) -> Sent<What> {
    let from = event.text(Field::EmailFrom)?;
    let from = match (from, event.text(Field::EmailFromDomain)?) {
        (Some(from), _) => from,
        (None, Some(domain)) => format!("sender@{domain}"),
        (None, None) => "sender@mail.example".to_owned(),
    };
    event.tell(Field::EmailFrom, from.as_str());
    let mut to = event.all(Field::EmailTo);
    if to.is_empty() {
        to.push("receiver@home.example".to_owned());
        event.tell(Field::EmailTo, "receiver@home.example");
    }
    if let Some(address) = std::iter::once(&from).chain(&to).find(|address| address.contains(['<', '>', ' ', ',']) || !address.is_ascii()) {
        return none(format!("`{address}` is no address on an envelope"));
    }
    in_a_line(Field::EmailFrom, &from)?;
    let mut text = "Hello\r\n".to_owned();
    let mut links = event.all(Field::EmailUrl);
    if links.is_empty() {
        links = event.all(Field::EmailUrlHost).into_iter().map(|host| format!("http://{host}/")).collect();
    }
    for link in links {
        if link.contains(|char: char| char.is_whitespace() || matches!(char, '"' | '<' | '>')) {
            return none(format!("the link `{link}` ends before its end"));
        }
        text.push_str(&format!("see {link}\r\n"));
    }
    let mut session = Session::of(&from, to.first().map_or("", String::as_str), "", &text);
    session.mail.headers.retain(|(name, _)| name == "From");
    session.mail.headers.push(("To".to_owned(), to.iter().map(|to| format!("<{to}>")).collect::<Vec<_>>().join(", ")));
    session.to = to;
    if let Some(subject) = event.written(Field::EmailSubject)? {
        in_a_line(Field::EmailSubject, &subject)?;
        let sent = if subject.is_ascii() { subject } else { format!("=?UTF-8?B?{}?=", STANDARD.encode(subject)) };
        session.mail.headers.push(("Subject".to_owned(), sent));
    }
    session.mail.attachments = attachments(event)?;
    Ok(What::Smtp(session))
}

fn attachments(event: &mut Telling<'_>) -> Sent<Vec<Attachment>> {
    const DIGESTS: [(Field, Field); 3] = [
        (Field::EmailAttachmentMd5, Field::FileMd5),
        (Field::EmailAttachmentSha1, Field::FileSha1),
        (Field::EmailAttachmentSha256, Field::FileSha256),
    ];
    let names = event.all(Field::EmailAttachmentName);
    let asked: Vec<Vec<String>> = DIGESTS.iter().map(|(field, _)| event.all(*field)).collect();
    let count = asked.iter().map(Vec::len).chain([names.len()]).max().unwrap_or_default();
    let mut out = Vec::new();
    for at in 0..count {
        let name = names.get(at).cloned().unwrap_or_else(|| format!("attachment-{at}.bin"));
        in_a_line(Field::EmailAttachmentName, &name)?;
        if !name.is_ascii() {
            return open("a name outside ASCII travels in many forms");
        }
        let bytes = format!("{STAND_IN}, the {at} of a mail").into_bytes();
        let own = of_bytes(&bytes);
        for ((field, of_file), asked) in DIGESTS.iter().zip(&asked) {
            let digest = digest(&own, *of_file);
            match asked.get(at) {
                Some(asked) => event.swaps.push((asked.to_ascii_lowercase(), digest)),
                None => event.tell(*field, digest),
            }
        }
        event.tell(Field::EmailAttachmentName, name.as_str());
        out.push(Attachment { name, bytes });
    }
    Ok(out)
}

/// A file that comes as an answer of HTTP, or is sent to a server; the bytes are what it is told to hold, or stand for it.
pub(super) fn file(event: &mut Telling<'_>, upload: bool) -> Sent<(What, Arc<[u8]>)> {
    const DIGESTS: [Field; 3] = [Field::FileMd5, Field::FileSha1, Field::FileSha256];
    let bytes: Arc<[u8]> = match &event.record.bytes {
        Some(bytes) => Arc::clone(bytes),
        None => {
            let bytes = stand_in(event)?;
            let own = of_bytes(&bytes);
            for field in DIGESTS {
                if let Some(asked) = event.text(field)? {
                    event.swaps.push((asked.to_ascii_lowercase(), digest(&own, field)));
                }
            }
            bytes.into()
        }
    };
    if bytes.is_empty() {
        return none("nothing is sent of an empty file");
    }
    if bytes.len() as u64 > LARGE {
        return open("the file is larger than what is sent here");
    }
    let name = event.text(Field::FileName)?.unwrap_or_default();
    in_a_line(Field::FileName, &name)?;
    if name.contains('/') {
        return none("a name has no separators");
    }
    // Where the path cannot carry a name, a header does.
    let in_path = !name.contains(['\\', '?', '#']);
    let mut target = "/".to_owned();
    for byte in name.bytes().filter(|_| in_path) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' => target.push(char::from(byte)),
            _ => target.push_str(&format!("%{byte:02X}")),
        }
    }
    if upload {
        if !in_path {
            return none(format!("no path carries the name `{name}`"));
        }
        let request = Request::post("files.example", &target, bytes.to_vec()).with("Content-Type", "application/octet-stream");
        return Ok((What::Http(vec![Exchange { request, response: Some(Response::ok("")) }]), bytes));
    }
    let mut response = Response::ok(bytes.to_vec()).with("Content-Type", "application/octet-stream");
    if !in_path {
        if name.contains(['"', '\\']) {
            return open(format!("how the engine reads the name `{name}` is not known"));
        }
        response = response.with("Content-Disposition", &format!("attachment; filename=\"{name}\""));
    }
    let request = Request::get("files.example", &target);
    Ok((What::Http(vec![Exchange { request, response: Some(response) }]), bytes))
}

/// Bytes that stand for a file, of the kind and size that the event says.
fn stand_in(event: &Telling<'_>) -> Sent<Vec<u8>> {
    const MAGIC: [(&str, &[u8]); 8] = [
        ("pe", b"MZ"),
        ("elf", b"\x7fELF"),
        ("macho", b"\xfe\xed\xfa\xcf"),
        ("zip", b"PK\x03\x04"),
        ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("pdf", b"%PDF-"),
        ("script", b"#!"),
        ("text", b""),
    ];
    let kind = event.text(Field::FileType)?.unwrap_or_else(|| "text".to_owned());
    let Some((_, magic)) = MAGIC.iter().find(|(name, _)| name.eq_ignore_ascii_case(&kind)) else {
        return none(format!("no file is of the kind `{kind}`"));
    };
    let mut out = [*magic, STAND_IN.as_bytes()].concat();
    if let Some(size) = event.number(Field::FileSize, u64::MAX)? {
        match usize::try_from(size).ok().filter(|_| size <= LARGE) {
            Some(size) => out.resize(size, b'.'),
            None => return open("the file is larger than what is sent here"),
        }
    }
    Ok(out)
}

fn of_bytes(bytes: &[u8]) -> Record {
    Record { bytes: Some(bytes.into()), ..Record::new(EventSelector::of(EventClass::FileContent)) }
}

fn digest(own: &Record, field: Field) -> String {
    own.get(&FieldRef::Known(field)).and_then(|value| value.text().map(std::borrow::Cow::into_owned)).unwrap_or_default()
}
