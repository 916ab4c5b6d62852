//! What do the buffers of a mail hold? <https://docs.suricata.io/en/latest/rules/smtp-keywords.html>,
//! <https://docs.suricata.io/en/latest/rules/email-keywords.html>

use packets::Side;
use packets::smtp::{Mail, Session};

use super::super::traffic::{File, Part, Transaction};
use super::clock::Clock;

pub(super) fn session(session: &Session, clock: &Clock<'_>) -> Transaction {
    let mut client = Part::default();
    // All but the farewell.
    let said = ["EHLO \r\n".len() + session.hello.len(), "MAIL FROM:<>\r\n".len() + session.from.len()].iter().sum::<usize>()
        + session.to.iter().map(|to| "RCPT TO:<>\r\n".len() + to.len()).sum::<usize>()
        + "DATA\r\n".len()
        + session.mail.sent().len();
    client.at = clock.after(Side::Client, said);
    client.put("smtp.helo", session.hello.as_str());
    client.put("smtp.mail_from", format!("<{}>", session.from));
    session.to.iter().for_each(|to| client.put("smtp.rcpt_to", format!("<{to}>")));
    for (name, buffer) in [("From", "email.from"), ("To", "email.to"), ("Subject", "email.subject")] {
        if let Some((_, value)) = session.mail.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)) {
            client.put(buffer, value.as_str());
        }
    }
    for link in links(&session.mail) {
        client.put("email.url", link);
    }
    for attachment in &session.mail.attachments {
        // In quotes, a backslash means something else to each version.
        if attachment.name.contains(['"', '\\']) {
            client.leave_open("file.name", &format!("an attachment called `{}`", attachment.name));
        }
        client.carry(File { name: attachment.name.clone().into_bytes(), bytes: attachment.bytes.clone() });
    }
    Transaction { client, server: Part::default() }
}

/// Links in the text, without their scheme. A link is over before the next one with the same scheme begins.
fn links(mail: &Mail) -> Vec<String> {
    let mut out = Vec::new();
    for line in mail.text.lines() {
        let lower = line.to_ascii_lowercase();
        for scheme in ["http://", "https://", "ftp://"] {
            let mut from = 0;
            while let Some(at) = lower.get(from..).and_then(|rest| rest.find(scheme)) {
                from += at + scheme.len();
                let rest = line.get(from..).unwrap_or_default();
                let end = rest.find(|char: char| char.is_whitespace() || matches!(char, '"' | '<' | '>')).unwrap_or(rest.len());
                out.extend(rest.get(..end).filter(|link| !link.is_empty()).map(str::to_owned));
                from += end;
            }
        }
    }
    out
}
