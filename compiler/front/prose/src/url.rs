//! Where does a URL end, and what is it once the markup's escapes are gone?

use super::candidate::{Candidate, Form};
use super::hosts::host_of;
use super::normal::Defang;
use super::scan::{Scanner, char_len};
use super::{Kind, local, port};

/// The longest user, host and port, in bytes.
const MAX_AUTHORITY: usize = 320;

/// Schemes of connections: what follows is an address and a port.
const CONNECTIONS: [&str; 15] =
    ["tcp", "udp", "tls", "ssl", "ssh", "telnet", "socks5", "socks4", "socks", "stratum", "dns", "ldaps", "ldap", "rmi", "smb"];

/// The longest URL, in bytes.
const MAX_URL: usize = 4096;

impl Scanner<'_> {
    pub(super) fn url(&mut self, start: usize, colon: usize) -> Option<usize> {
        let word = self.slice(start, colon);
        let lower = word.get(word.len().saturating_sub(8)..).unwrap_or(word).to_ascii_lowercase();
        const SCHEMES: [&str; 22] = [
            "https", "http", "ftps", "sftp", "ftp", "wss", "ws", "tcp", "udp", "ldaps", "ldap", "rmi", "smb", "ssh", "socks5", "socks4", "socks",
            "tls", "ssl", "stratum", "dns", "telnet",
        ];
        let scheme = SCHEMES.iter().find(|scheme| lower.ends_with(**scheme))?;
        let from = colon - scheme.len();
        // A host is short; where none follows, nothing more is read.
        let rest = self.bytes.get(colon + 3..)?;
        // `hxxps://<random>.host/`: an unknown label is a part of the host.
        let open = if rest.first() == Some(&b'<') { local::placeholder(self.bytes, colon + 3).unwrap_or(0) } else { 0 };
        let authority = rest
            .iter()
            .skip(open)
            .take(MAX_AUTHORITY + 1)
            .take_while(|byte| !matches!(byte, 0..=0x20 | b'/' | b'?' | b'#' | b'<' | b'>' | b'"' | b'`' | b'|'));
        let length = authority.count();
        if length == 0 || length > MAX_AUTHORITY {
            return Some(colon + 3);
        }
        let (mut end, mut path) = self.url_tail(colon + 3, false);
        // AsciiDoc's `+https://host/path+` shows a link as text.
        if self.before(from) == b'+' && path.ends_with('+') {
            path.pop();
            end -= 1;
        }
        let host_end = self.authority_end(colon + 3, end);
        let authority = self.slice(colon + 3, host_end);
        if let Some(address) = authority.strip_prefix("mailto:").filter(|address| address.contains('@')) {
            let at = colon + 3 + "mailto:".len();
            return self.email_at(at, address);
        }
        // `hxxps://[REDACTED].host/`, too.
        let boxed = authority.starts_with('[') && feed::unknown::begins_open(authority);
        let known = authority.rsplit(if boxed { ']' } else { '>' }).next().unwrap_or(authority).trim_start_matches('.');
        let Some(host) = host_of(known) else {
            return Some(colon + 3);
        };
        // `tcp://198.51.100.7:9001` names a connection, no page.
        if CONNECTIONS.contains(scheme) && (path.len() <= 1 || matches!(*scheme, "tcp" | "udp" | "tls" | "ssl")) {
            return Some(self.connection(from, colon + 3, host_end, host));
        }
        let mut candidate = Candidate::new(Kind::Url, from, end, format!("{scheme}://{}{path}", authority.to_lowercase()), self.normal);
        candidate.defang = self.normal.defanged(from..host_end).max(candidate.defang.min(Defang::Weak));
        // `+\https://…+` and `\https://…`: the author kept the markup from making it a link.
        if self.before(from) == b'\\' {
            candidate.defang = candidate.defang.max(Defang::Weak);
        }
        let derived = (host.parse::<std::net::Ipv4Addr>().is_ok()).then(|| {
            let at = self.slice(colon + 3, host_end).find(&*host).map_or(colon + 3, |found| colon + 3 + found);
            let mut derived = Candidate::new(Kind::Ipv4, at, at + host.len(), host.clone(), self.normal);
            derived.defang = candidate.defang;
            derived.ports = port::behind(self.text, derived.end);
            derived.form = Form::Derived;
            derived
        });
        candidate.host = host;
        self.out.push(candidate);
        self.out.extend(derived);
        self.identifiers(host_end, end);
        Some(end)
    }

    /// The address or the host of a connection, with its port.
    fn connection(&mut self, from: usize, start: usize, end: usize, host: String) -> usize {
        let authority = self.slice(start, end).to_ascii_lowercase();
        let at = start + authority.find(&*host).unwrap_or(0);
        let until = (at + host.len()).min(end);
        let kind = if host.parse::<std::net::Ipv4Addr>().is_ok() { Kind::Ipv4 } else { Kind::Domain };
        let mut candidate = Candidate::new(kind, at, until, host.clone(), self.normal);
        candidate.defang = self.normal.defanged(from..end);
        candidate.ports = port::behind(self.text, until);
        if kind == Kind::Domain {
            candidate.host = host;
        }
        self.out.push(candidate);
        end
    }

    /// Techniques and vulnerabilities that a URL names: `https://attack.mitre.org/techniques/T1059/001`.
    fn identifiers(&mut self, start: usize, end: usize) {
        let path = self.slice(start, end);
        let mut at = 0;
        while let Some(found) = path.get(at..).and_then(|rest| rest.find(['T', 'C', 'c'])).map(|found| at + found) {
            at = found + 1;
            if !matches!(path.as_bytes().get(found.wrapping_sub(1)), Some(b'/' | b'=' | b'-' | b'_')) {
                continue;
            }
            let rest = path.get(found..).unwrap_or_default();
            let word = rest.split(['/', '?', '&', '#']).next().unwrap_or_default();
            if let Some((0, length)) = local::technique(word).filter(|_| path.starts_with("/techniques/")) {
                let sub = rest
                    .get(length..)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .and_then(|rest| rest.get(..3))
                    .filter(|sub| sub.bytes().all(|byte| byte.is_ascii_digit()));
                let value = format!("{}{}", word.get(..length).unwrap_or_default(), sub.map_or(String::new(), |sub| format!(".{sub}")));
                let length = length + sub.map_or(0, |sub| sub.len() + 1);
                self.push(Kind::Attack, start + found, start + found + length, value);
            } else if word.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("cve-")) {
                self.cve(start + found, word.get(4..).unwrap_or_default());
            }
        }
    }

    fn authority_end(&self, start: usize, end: usize) -> usize {
        self.bytes.get(start..end).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'))).map_or(end, |at| start + at)
    }

    /// Where a URL ends whose host begins at `start`, and its path as meant: without the escapes of the markup.
    pub(super) fn url_tail(&self, start: usize, bare: bool) -> (usize, String) {
        let mut at = start;
        let mut round = 0_i32;
        let mut square = 0_i32;
        let limit = (start + MAX_URL).min(self.bytes.len());
        let mut host_done = None;
        while at < limit {
            let byte = self.get(at);
            match byte {
                b'<' if local::placeholder(self.bytes, at).is_some_and(|length| self.goes_on(at + length)) => {
                    at += local::placeholder(self.bytes, at).unwrap_or(1);
                    continue;
                }
                b'<' | b'>' | b'"' | b'`' | b'|' | b'^' | b' ' => break,
                0..=0x20 | 0x7F => break,
                b'\'' if !self.get(at + 1).is_ascii_alphanumeric() => break,
                // A doubled backslash in a path is left as it is written.
                b'\\'
                    if host_done.is_some()
                        && self.get(at + 1) == b'\\'
                        && self.get(at + 2).is_ascii_alphanumeric()
                        && self.is_defanged(start, at) =>
                {
                    at += 1
                }
                b'\\' if !matches!(self.get(at + 1), b'_' | b'*' | b'#' | b'~' | b'-' | b'&' | b'=' | b'+' | b'!') => break,
                b'(' => round += 1,
                b')' => {
                    round -= 1;
                    if round < 0 {
                        break;
                    }
                }
                b'{' | b'}' if host_done.is_none() => break,
                b'[' if host_done.is_some() && matches!(self.before(at), b'/' | b'=' | b'-' | b'_' | b'&') && !self.link_text(at) => {
                    let inner = self.bytes.get(at..).unwrap_or_default().iter().take(200).position(|byte| *byte == b']').unwrap_or(0);
                    at += inner + 1;
                    continue;
                }
                b'[' if host_done.is_none() && at > start
                    || byte == b'[' && !self.bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b']') =>
                {
                    break;
                }
                b'[' => {
                    // AsciiDoc: `https://host/path[text]`. A bracket in a path closes within the word.
                    if self.link_text(at) {
                        break;
                    }
                    square += 1;
                }
                b']' => {
                    square -= 1;
                    if square < 0 {
                        break;
                    }
                }
                b',' | b';' if self.next_value(at) => break,
                b'/' | b'?' | b'#' => host_done = host_done.or(Some(at)),
                b':' if at > start && self.bytes.get(at..at + 3) == Some(b"://") && self.glued(at) => {
                    at -= if self.slice(at - 5, at).eq_ignore_ascii_case("https") { 5 } else { 4 };
                    break;
                }
                0x80.. => {
                    let rest = self.bytes.get(at..at + 3).unwrap_or_default();
                    if matches!(rest, [0xE2, 0x80 | 0x81, _] | [0xE3, 0x80..=0x83, _] | [0xEF, 0xBC | 0xBD, _] | [0xC2, 0xA0 | 0xAB | 0xBB, _]) {
                        break;
                    }
                }
                _ => {}
            }
            at += if byte >= 0xC2 { char_len(byte) } else { 1 };
        }
        let mut end = at.min(self.bytes.len());
        loop {
            let body = self.slice(start, end);
            let shorter = body.trim_end_matches(['.', ',', ';', ':', '!', '\'', '*', '"', '…', '\\']);
            let shorter = shorter.strip_suffix("++").unwrap_or(shorter);
            let shorter = if bare { shorter.trim_end_matches('_') } else { shorter };
            let shorter = shorter.strip_suffix("&gt").or_else(|| shorter.strip_suffix("&quot")).unwrap_or(shorter);
            let shorter = shorter
                .find("&gt;")
                .or_else(|| shorter.find("&lt;"))
                .or_else(|| shorter.find("&quot;"))
                .and_then(|at| shorter.get(..at))
                .unwrap_or(shorter);
            if shorter.len() == body.len() {
                break;
            }
            end = start + shorter.len();
        }
        let path_start = self.authority_end(start, end);
        let path = self.slice(path_start, end);
        let path = if path.contains('\\') { path.replace("\\\\", "\0").replace('\\', "").replace('\0', "\\\\") } else { path.to_owned() };
        (end, path)
    }

    fn is_defanged(&self, start: usize, end: usize) -> bool {
        self.normal.defanged(start.saturating_sub(3)..end) == Defang::Strong
    }

    /// Whether a URL goes on behind a placeholder, or ends there as a value does.
    fn goes_on(&self, at: usize) -> bool {
        let next = self.get(at);
        next.is_ascii_alphanumeric()
            || matches!(next, b'/' | b'.' | b'?' | b'&' | b'=' | b'-' | b'_' | b'#' | b':' | b'%' | b' ' | b'`' | b'"' | b'|' | b'\n' | b'\r')
    }

    /// Whether a `[` begins the text of a link: more than one word, or nothing but letters until its end.
    fn link_text(&self, at: usize) -> bool {
        let rest = self.bytes.get(at + 1..).unwrap_or_default();
        let len = rest.iter().take(200).take_while(|byte| !matches!(byte, b']' | b'\n')).count();
        let inner = rest.get(..len).unwrap_or_default();
        let numbers = len <= 3 && inner.iter().all(u8::is_ascii_digit);
        // `/[REDACTED]/`, `?id=[victim id]`: an unknown part of the path.
        let before = self.before(at);
        let placed = matches!(before, b'/' | b'=' | b'-' | b'_' | b'&')
            && rest.get(len) == Some(&b']')
            && !inner.contains(&b'.')
            && feed::unknown::begins_open(self.slice(at, at + len + 2));
        !(numbers || placed)
    }

    fn next_value(&self, at: usize) -> bool {
        let rest = self.bytes.get(at + 1..).unwrap_or_default();
        rest.starts_with(b"http") || rest.starts_with(b"ftp:") || rest.first().is_none_or(u8::is_ascii_whitespace)
    }

    /// Whether the scheme in front of `at` begins a new URL: nothing in front of it asks for a URL as a value.
    fn glued(&self, at: usize) -> bool {
        let https = at >= 5 && self.slice(at - 5, at).eq_ignore_ascii_case("https");
        let http = at >= 4 && self.slice(at - 4, at).eq_ignore_ascii_case("http");
        let before = self.before(at - if https { 5 } else { 4 });
        (https || http) && !matches!(before, b'=' | b'/' | b'?' | b'&' | b':' | b'%' | b'#' | b'_' | b'-' | b'!')
    }

    /// The port behind a host: `:443`, `:80:` as ESET writes it.
    pub(super) fn port(&self, at: usize) -> (usize, String) {
        if self.get(at) != b':' {
            return (at, String::new());
        }
        let count = self.bytes.get(at + 1..).unwrap_or_default().iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
        let port = self.slice(at + 1, at + 1 + count);
        if port.parse::<u16>().is_err() {
            return (at, String::new());
        }
        let end = at + 1 + count;
        let colon = usize::from(self.get(end) == b':' && self.get(end + 1) == b'/');
        (end + colon, format!(":{port}{}", if colon == 1 { ":" } else { "" }))
    }
}
