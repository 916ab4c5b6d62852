//! What does it look like when a mail is handed over? <https://www.rfc-editor.org/rfc/rfc5321>, <https://www.rfc-editor.org/rfc/rfc2045>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Said;

/// So many letters of base64 stand on a line.
const LINE: usize = 76;
/// What stands between the parts of a mail.
const BOUNDARY: &str = "=_part_0001";

/// A session that hands over one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// How the client calls itself.
    pub hello: String,
    /// The sender on the envelope, without brackets.
    pub from: String,
    /// The receivers on the envelope, without brackets.
    pub to: Vec<String>,
    /// The mail.
    pub mail: Mail,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Names and values in their order, `From`, `To` and `Subject` among them, as they are sent.
    pub headers: Vec<(String, String)>,
    /// The text. Lines end in a carriage return and a line feed.
    pub text: String,
    /// The files that come with it.
    pub attachments: Vec<Attachment>,
}

/// A file that comes with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Session {
    /// A mail without attachment, whose headers name whom the envelope names.
    #[must_use]
    pub fn of(from: &str, to: &str, subject: &str, text: &str) -> Self {
        let header = |name: &str, value: String| (name.to_owned(), value);
        let headers = vec![header("From", format!("<{from}>")), header("To", format!("<{to}>")), header("Subject", subject.to_owned())];
        let mail = Mail { headers, text: text.to_owned(), attachments: Vec::new() };
        Self { hello: "client.example".to_owned(), from: from.to_owned(), to: vec![to.to_owned()], mail }
    }

    /// The same with a file more.
    #[must_use]
    pub fn attach(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.mail.attachments.push(Attachment { name: name.to_owned(), bytes: bytes.into() });
        self
    }

    pub(crate) fn said(&self) -> Vec<Said> {
        let mut out = vec![
            Said::server("220 mail.example ESMTP\r\n"),
            Said::client(format!("EHLO {}\r\n", self.hello)),
            Said::server("250-mail.example\r\n250 8BITMIME\r\n"),
            Said::client(format!("MAIL FROM:<{}>\r\n", self.from)),
            Said::server("250 2.1.0 good\r\n"),
        ];
        for to in &self.to {
            out.push(Said::client(format!("RCPT TO:<{to}>\r\n")));
            out.push(Said::server("250 2.1.5 good\r\n"));
        }
        out.push(Said::client("DATA\r\n"));
        out.push(Said::server("354 go on, end with a dot\r\n"));
        out.push(Said::client(self.mail.sent()));
        out.push(Said::server("250 2.0.0 taken\r\n"));
        out.push(Said::client("QUIT\r\n"));
        out.push(Said::server("221 2.0.0 bye\r\n"));
        out
    }
}

impl Mail {
    /// The mail with the dot that ends it; a dot at a line's start is doubled on the way.
    #[must_use]
    pub fn sent(&self) -> Vec<u8> {
        let mut out = String::new();
        for line in self.message().split_inclusive("\r\n") {
            if line.starts_with('.') {
                out.push('.');
            }
            out.push_str(line);
        }
        if !out.ends_with("\r\n") {
            out.push_str("\r\n");
        }
        out.push_str(".\r\n");
        out.into_bytes()
    }

    /// The mail as it is read.
    #[must_use]
    pub fn message(&self) -> String {
        let mut out = String::new();
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("MIME-Version: 1.0\r\n");
        if self.attachments.is_empty() {
            out.push_str("Content-Type: text/plain; charset=utf-8\r\n\r\n");
            out.push_str(&self.text);
            return out;
        }
        out.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n"));
        out.push_str(&format!("--{BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", self.text));
        for attachment in &self.attachments {
            out.push_str(&format!("--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"));
            out.push_str(&format!("Content-Disposition: attachment; filename=\"{}\"\r\n\r\n", attachment.name));
            let letters = STANDARD.encode(&attachment.bytes);
            let mut rest = letters.as_str();
            while !rest.is_empty() {
                // Letters of base64 are one byte each.
                let (line, after) = rest.split_at(rest.len().min(LINE));
                out.push_str(line);
                out.push_str("\r\n");
                rest = after;
            }
        }
        out.push_str(&format!("--{BOUNDARY}--\r\n"));
        out
    }
}
