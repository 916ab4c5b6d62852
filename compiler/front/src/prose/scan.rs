//! Which values stand in the text? One pass over its words; what a value is for is decided elsewhere ([`super::judge`]).

use super::normal::{Defang, Normal};
use super::{Kind, hosts, local};

/// A value that was seen.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) kind: Kind,
    /// Its bytes in the new text.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: String,
    /// How the value, or its host, was spelled.
    pub(super) defang: Defang,
    /// What its own shape says.
    pub(super) form: Form,
    /// For URLs and mail addresses: the host.
    pub(super) host: String,
}

/// What a value's own shape says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing against it.
    Plain,
    /// A URL without a scheme.
    Bare,
    /// A name with dots that more likely is a file's.
    File,
    /// A name that an antivirus gives.
    Detection,
    /// A part of a program's text or a product's name.
    Code,
    /// It belongs to a URL that is listed itself.
    Derived,
}

impl Candidate {
    fn new(kind: Kind, start: usize, end: usize, value: impl Into<String>, normal: &Normal) -> Self {
        Self { kind, start, end, value: value.into(), defang: normal.defanged(start..end), form: Form::Plain, host: String::new() }
    }
}

/// The longest word that is looked at whole; longer runs hold no value but digests.
const MAX_WORD: usize = 4096;

/// Bytes of a word: letters, digits, dots, dashes, underscores, anything beyond ASCII that is no punctuation.
fn word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || byte >= 0x80
}

/// Finds every value, in reading order.
pub(super) fn scan(normal: &Normal) -> Vec<Candidate> {
    let text = normal.text.as_str();
    let mut scanner = Scanner { normal, text, bytes: text.as_bytes(), out: Vec::new() };
    let mut at = 0;
    while at < scanner.bytes.len() {
        at = scanner.step(at).max(at + 1);
    }
    scanner.out
}

struct Scanner<'n> {
    normal: &'n Normal,
    text: &'n str,
    bytes: &'n [u8],
    out: Vec<Candidate>,
}

impl<'n> Scanner<'n> {
    fn get(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b'\n', |at| self.get(at))
    }

    fn slice(&self, start: usize, end: usize) -> &'n str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize, value: impl Into<String>) {
        self.out.push(Candidate::new(kind, start, end, value, self.normal));
    }

    /// Looks at what begins at `at` and returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        let byte = self.get(at);
        if byte == b'%' || byte == b'/' || byte == b'\\' || byte == b'<' || byte == b'~' {
            if let Some((kind, start, end)) = local::path(self.text, at) {
                self.push(kind, start, end, self.slice(start, end).to_owned());
                return end;
            }
            return at + 1;
        }
        if byte == b'[' || byte == b':' {
            return self.ipv6(at).unwrap_or(at + 1);
        }
        if !word_byte(byte) {
            return at + 1;
        }
        let end = self.word_end(at);
        self.word(at, end)
    }

    fn word_end(&self, at: usize) -> usize {
        let mut end = at;
        while word_byte(self.get(end)) {
            if self.get(end) >= 0xC2 {
                let rest = self.bytes.get(end..end + 3).unwrap_or_default();
                // General punctuation, ideographic punctuation, no-break space, guillemets, bullets.
                if matches!(
                    rest,
                    [0xE2, 0x80 | 0x81 | 0x86 | 0x96 | 0x97 | 0x99, _]
                        | [0xE3, 0x80, _]
                        | [0xC2, 0xA0 | 0xAB | 0xBB | 0xB7, _]
                        | [0xEF, 0xBC | 0xBD | 0xBF, _]
                ) {
                    return if end == at { at + char_len(self.get(at)) } else { end };
                }
            }
            end += char_len(self.get(end));
        }
        end.min(self.bytes.len())
    }

    fn word(&mut self, start: usize, end: usize) -> usize {
        let word = self.slice(start, end);
        // Digests first: they are the longest runs and the cheapest to know.
        if let Some(next) = self.digest(start, end) {
            return next;
        }
        if end - start > MAX_WORD {
            return end;
        }
        let after = self.get(end);
        if after == b':'
            && self.bytes.get(end..end + 3) == Some(b"://")
            && let Some(next) = self.url(start, end)
        {
            return next;
        }
        if let Some((kind, from, to)) = local::path(self.text, start) {
            self.push(kind, from, to, self.slice(from, to).to_owned());
            return to;
        }
        if after == b'@'
            && self.get(end + 1) != b'@'
            && let Some(next) = self.email(start, end)
        {
            return next;
        }
        if after == b':'
            && let Some(next) = self.ipv6(start)
        {
            return next;
        }
        if let Some(next) = self.identifier(start, end) {
            return next;
        }
        if word.as_bytes().contains(&b'.') {
            return self.dotted(start, end);
        }
        if let Some(value) = local::wallet(word) {
            self.push(Kind::Btc, start, end, value);
        }
        end
    }

    /// A run of hex digits of the right length, alone or in front of a file's ending.
    fn digest(&mut self, start: usize, end: usize) -> Option<usize> {
        let run = self.bytes.get(start..end)?.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let kind = match run {
            32 => Kind::Md5,
            40 => Kind::Sha1,
            64 => Kind::Sha256,
            128 => Kind::Sha512,
            _ => return None,
        };
        let digits = self.bytes.get(start..start + run)?;
        let before = self.before(start);
        let after = self.get(start + run);
        let lone = !matches!(before, b'/' | b'\\' | b'=' | b'%' | b'{' | b'$' | b'@' | b'-')
            || (before == b'=' || before == b'/') && self.before(start.saturating_sub(1)) != b'x';
        // One digit over and over, or nothing but digits of one kind, is a filler or a number.
        let first = *digits.first()?;
        if !lone || digits.iter().all(|byte| *byte == first) || digits.iter().all(u8::is_ascii_digit) && run < 64 {
            return None;
        }
        if start + run < end && (after.is_ascii_alphanumeric() || after == b'-' && self.get(start + run + 1).is_ascii_hexdigit() || after >= 0x80) {
            return None;
        }
        let value = self.slice(start, start + run).to_ascii_lowercase();
        self.push(kind, start, start + run, value);
        Some(start + run)
    }

    /// `T1059.001`, `CVE-2021-44228`.
    fn identifier(&mut self, start: usize, end: usize) -> Option<usize> {
        let word = self.slice(start, end);
        let first = *word.as_bytes().first()?;
        if first == b'C' || first == b'c' {
            let digits = word.get(..4)?.eq_ignore_ascii_case("cve-").then(|| word.get(4..))??;
            return self.cve(start, digits);
        }
        local::technique(word).map(|(from, to)| {
            let value = self.slice(start + from, start + to).replace('_', ".");
            self.push(Kind::Attack, start + from, start + to, value);
            start + to
        })
    }

    fn cve(&mut self, start: usize, digits: &str) -> Option<usize> {
        let (year, rest) = digits.split_once(['-', '_'])?;
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        let year_ok = year.len() == 4 && (1999..2100).contains(&year.parse::<u16>().ok()?);
        if !year_ok || !(4..=7).contains(&count) {
            return None;
        }
        let to = start + 4 + 5 + count;
        self.push(Kind::Cve, start, to, format!("CVE-{year}-{}", rest.get(..count)?));
        Some(to)
    }

    fn ipv6(&mut self, at: usize) -> Option<usize> {
        let from = if self.get(at) == b'[' { at + 1 } else { at };
        let run = self.bytes.get(from..)?.iter().take(46).take_while(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')).count();
        let body = self.slice(from, from + run).trim_end_matches(['.', ':']);
        let full = self.slice(from, from + run);
        let text = if full.ends_with("::") { full } else { body };
        let end = from + text.len();
        if text.bytes().filter(|byte| *byte == b':').count() < 2
            || self.before(at).is_ascii_alphanumeric()
            || self.before(at) == b':'
            || self.get(end).is_ascii_alphanumeric()
        {
            return None;
        }
        let address: std::net::Ipv6Addr = text.parse().ok()?;
        // `::` alone, and C++ names such as `a::b`, are no addresses.
        if address.segments().iter().filter(|segment| **segment != 0).count() < 2 && !text.starts_with("fe80") {
            return None;
        }
        if self.get(end) == b'/' {
            let digits = self.bytes.get(end + 1..)?.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
            let length = self.slice(end + 1, end + 1 + digits);
            if length.parse::<u8>().is_ok_and(|length| length <= 128) {
                self.push(Kind::Cidr, from, end + 1 + digits, format!("{address}/{length}"));
                return Some(end + 1 + digits);
            }
        }
        self.push(Kind::Ipv6, from, end, address.to_string());
        Some(end)
    }

    fn url(&mut self, start: usize, colon: usize) -> Option<usize> {
        let word = self.slice(start, colon);
        let lower = word.get(word.len().saturating_sub(8)..).unwrap_or(word).to_ascii_lowercase();
        const SCHEMES: [&str; 22] = [
            "https", "http", "ftps", "sftp", "ftp", "wss", "ws", "tcp", "udp", "ldaps", "ldap", "rmi", "smb", "ssh", "socks5", "socks4", "socks",
            "tls", "ssl", "stratum", "dns", "telnet",
        ];
        let scheme = SCHEMES.iter().find(|scheme| lower.ends_with(**scheme))?;
        let from = colon - scheme.len();
        let (end, path) = self.url_tail(colon + 3, false);
        let host_end = self.authority_end(colon + 3, end);
        let authority = self.slice(colon + 3, host_end);
        let Some(host) = host_of(authority) else {
            return Some(colon + 3);
        };
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
            derived.form = Form::Derived;
            derived
        });
        candidate.host = host;
        self.out.push(candidate);
        self.out.extend(derived);
        Some(end)
    }

    fn authority_end(&self, start: usize, end: usize) -> usize {
        self.bytes.get(start..end).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'))).map_or(end, |at| start + at)
    }

    /// Where a URL ends whose host begins at `start`, and its path as meant: without the escapes of the markup.
    fn url_tail(&self, start: usize, bare: bool) -> (usize, String) {
        let mut at = start;
        let mut round = 0_i32;
        let mut square = 0_i32;
        let limit = (start + 4096).min(self.bytes.len());
        let mut host_done = None;
        while at < limit {
            let byte = self.get(at);
            match byte {
                b'<' if self.placeholder(at).is_some() => {
                    at = self.placeholder(at).unwrap_or(at + 1);
                    continue;
                }
                b'<' | b'>' | b'"' | b'`' | b'|' | b'^' | b' ' => break,
                0..=0x20 | 0x7F => break,
                b'\'' if !self.get(at + 1).is_ascii_alphanumeric() => break,
                b'\\' if !matches!(self.get(at + 1), b'_' | b'*' | b'#' | b'~' | b'-' | b'&' | b'=' | b'+' | b'!') => break,
                b'(' => round += 1,
                b')' => {
                    round -= 1;
                    if round < 0 {
                        break;
                    }
                }
                b'{' | b'}' if host_done.is_none() => break,
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
                b':' if host_done.is_some() && self.bytes.get(at..at + 3) == Some(b"://") && self.glued(at) => {
                    at -= if self.slice(at - 5, at).eq_ignore_ascii_case("https") { 5 } else { 4 };
                    break;
                }
                0x80.. => {
                    let rest = self.bytes.get(at..at + 3).unwrap_or_default();
                    if matches!(rest, [0xE2, 0x80 | 0x81, _] | [0xE3, 0x80, _] | [0xC2, 0xA0 | 0xAB | 0xBB, _]) {
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
        let path = if path.contains('\\') { path.replace('\\', "") } else { path.to_owned() };
        (end, path)
    }

    /// `<random_string>` inside a URL stands for something; what follows it belongs to the URL.
    fn placeholder(&self, at: usize) -> Option<usize> {
        let len =
            self.bytes.get(at + 1..)?.iter().take(24).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte == b'-').count();
        let next = self.get(at + 2 + len);
        (len > 2
            && self.get(at + 1 + len) == b'>'
            && (next.is_ascii_alphanumeric() || matches!(next, b'.' | b'=' | b'/' | b'&'))
            && self.get(at + 1) != b'b')
            .then_some(at + 2 + len)
    }

    /// Whether a `[` begins the text of a link: more than one word, or nothing but letters until its end.
    fn link_text(&self, at: usize) -> bool {
        let rest = self.bytes.get(at + 1..).unwrap_or_default();
        let len = rest.iter().take(200).take_while(|byte| !matches!(byte, b']' | b'\n')).count();
        let inner = rest.get(..len).unwrap_or_default();
        let numbers = len <= 3 && inner.iter().all(u8::is_ascii_digit);
        !numbers
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

    fn email(&mut self, start: usize, at: usize) -> Option<usize> {
        // `+` and a few more are fine in a mailbox's name.
        let mut from = start;
        while from > 0
            && matches!(self.before(from), b'+' | b'=' | b'~' | b'\'' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_')
            && start - from < 64
        {
            from -= 1;
        }
        let local = self.slice(from, at).trim_start_matches(['.', '-', '\'', '=', '_']);
        let end = self.word_end(at + 1);
        let domain = self.slice(at + 1, end).trim_end_matches(['.', '-', '_']);
        if local.is_empty() || local.len() > 64 || !domain.contains('.') || matches!(self.before(from), b'/' | b':') && self.before(from) == b'/' {
            return None;
        }
        let name = host_of(domain)?;
        if !name.contains('.') || name.parse::<std::net::IpAddr>().is_ok() {
            return None;
        }
        let to = at + 1 + domain.len();
        let mut candidate = Candidate::new(Kind::Email, at - local.len(), to, format!("{}@{name}", local.to_lowercase()), self.normal);
        candidate.host = name;
        self.out.push(candidate);
        Some(to)
    }

    /// A word with dots: an address, a host, a URL without a scheme, a file, a version, a name.
    fn dotted(&mut self, start: usize, end: usize) -> usize {
        let whole = self.slice(start, end);
        let left = whole.len() - whole.trim_start_matches(['.', '-', '_']).len();
        let from = start + left;
        let word = whole.trim_matches(['.', '-', '_']);
        let to = from + word.len();
        if word.is_empty() {
            return end;
        }
        if let Some(next) = self.ipv4(from, to) {
            return next;
        }
        if word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return end;
        }
        self.name(from, to);
        // A URL without a scheme was taken whole.
        self.out.last().filter(|last| last.start == from && last.form == Form::Bare).map_or(end, |last| last.end)
    }

    fn ipv4(&mut self, from: usize, to: usize) -> Option<usize> {
        let word = self.slice(from, to);
        let run = word.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let digits = word.get(..run)?.trim_end_matches('.');
        let rest = word.get(digits.len()..)?;
        let octets: Vec<&str> = digits.split('.').collect();
        let octet = |text: &&str| (1..=3).contains(&text.len()) && text.parse::<u8>().is_ok() && (text.len() == 1 || !text.starts_with('0'));
        if octets.len() != 4 || !octets.iter().all(octet) {
            return None;
        }
        // `1.2.3.4.in-addr`, `1.2.3.4-5`: a name; `1.2.3.4text`: a sentence that lost its space, fine.
        if rest.starts_with('.')
            && rest.len() > 1
            && rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphanumeric)
            && self.normal.defanged(from..to) != Defang::Strong
        {
            return None;
        }
        if rest.starts_with(['-', '_']) {
            return None;
        }
        let end = from + digits.len();
        let after = self.get(end);
        let length = (after == b'/').then(|| {
            let count = self.bytes.get(end + 1..).unwrap_or_default().iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
            self.slice(end + 1, end + 1 + count)
        });
        if let Some(length) = length.filter(|length| {
            length.parse::<u8>().is_ok_and(|length| (1..=32).contains(&length))
                && !self.get(end + 1 + length.len()).is_ascii_alphanumeric()
                && self.get(end + 1 + length.len()) != b'/'
        }) {
            let to = end + 1 + length.len();
            self.push(Kind::Cidr, from, to, format!("{digits}/{length}"));
            return Some(to);
        }
        let mut candidate = Candidate::new(Kind::Ipv4, from, end, digits, self.normal);
        let (tail, port) = self.port(end);
        if self.get(tail) == b'/'
            && self.get(tail + 1) != b'/'
            && (self.get(tail + 1).is_ascii_alphanumeric() || matches!(self.get(tail + 1), b'_' | b'~' | b'%' | b'.' | b'?'))
            && rest.is_empty()
        {
            let (url_end, path) = self.url_tail(from, true);
            if path.len() > 1 && !slashed_address(&path) {
                let mut url = Candidate::new(Kind::Url, from, url_end, format!("http://{digits}{port}{path}"), self.normal);
                digits.clone_into(&mut url.host);
                url.form = Form::Bare;
                candidate.form = Form::Derived;
                candidate.defang = url.defang;
                self.out.push(url);
                self.out.push(candidate);
                return Some(url_end);
            }
        }
        self.out.push(candidate);
        Some(end.max(tail))
    }

    /// The port behind a host: `:443`, `:80:` as ESET writes it.
    fn port(&self, at: usize) -> (usize, String) {
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

    /// A name with dots and letters.
    fn name(&mut self, from: usize, to: usize) {
        let word = self.slice(from, to);
        let defang = self.normal.defanged(from..to);
        let lower = word.to_lowercase();
        let extension = lower.rsplit('.').next().unwrap_or_default();
        let known_suffix =
            word.is_ascii() && psl::suffix(lower.as_bytes()).is_some_and(|suffix| suffix.is_known()) && psl::domain(lower.as_bytes()).is_some();
        let host = if known_suffix || !word.is_ascii() {
            host_of(word).filter(|host| psl::domain(host.as_bytes()).is_some_and(|name| name.suffix().is_known()))
        } else {
            None
        };
        let before = self.before(from);
        let after = self.get(to);
        let detection = is_detection(word)
            || before == b'/'
                && !matches!(self.before(from - 1), b'/' | b':' | b'<')
                && self.before(from - 1).is_ascii_alphanumeric()
                && is_family(word);
        let file = hosts::is_extension(extension);
        let strong = defang == Defang::Strong;
        if let Some(host) = &host {
            let code = !strong && is_code(word, before, after);
            let form = if strong {
                Form::Plain
            } else if detection {
                Form::Detection
            } else if file && (extension != "com" || hosts::is_system_file(&lower)) && (hosts::is_rare_suffix(extension) || !known_suffix) {
                Form::File
            } else if code || before == b'@' {
                Form::Code
            } else {
                Form::Plain
            };
            if form == Form::Plain && before != b'\\' {
                let (tail, port) = self.port(to);
                if self.get(tail) == b'/' && self.get(tail + 1) != b'/'
                    || tail == to && after == b'?' && self.get(to + 1).is_ascii_alphanumeric() && strong
                {
                    let (end, path) = self.url_tail(from, true);
                    let listed = path.len() > 1 && !path.starts_with("/24");
                    // `kernel/user.com/net`, `and/or`: a path needs something behind its slash.
                    if listed || path == "/" {
                        let mut url = Candidate::new(Kind::Url, from, end, format!("http://{host}{port}{path}"), self.normal);
                        url.defang = defang.max(url.defang.min(Defang::Weak));
                        url.host.clone_from(host);
                        url.form = Form::Bare;
                        self.out.push(url);
                        let mut derived = Candidate::new(Kind::Domain, from, to, host.clone(), self.normal);
                        derived.form = Form::Derived;
                        derived.host.clone_from(host);
                        self.out.push(derived);
                        // The loop goes on behind the URL.
                        if let Some(last) = self.out.len().checked_sub(2) {
                            self.out.swap(last, last + 1);
                        }
                        return;
                    }
                }
            }
            if form != Form::File {
                let mut candidate = Candidate::new(Kind::Domain, from, to, host.clone(), self.normal);
                candidate.form = form;
                candidate.host.clone_from(host);
                self.out.push(candidate);
                return;
            }
        }
        if file && !detection {
            let stem = word.len() - extension.len() - 1;
            if stem > 0 && !word.ends_with(char::is_whitespace) {
                let (start, end) = local::file_name(self.text, from, to);
                let mut candidate = Candidate::new(Kind::FileName, start, end, self.slice(start, end), self.normal);
                candidate.form = Form::File;
                self.out.push(candidate);
            }
        }
    }
}

fn slashed_address(path: &str) -> bool {
    path.bytes().skip(1).all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'.'))
}

/// A host's canonical name, without user and port; `None` when it is none.
pub(super) fn host_of(authority: &str) -> Option<String> {
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    let name = authority.split(':').next().unwrap_or(authority).trim_start_matches("*.").trim_end_matches('.');
    if let Ok(address) = name.parse::<std::net::Ipv4Addr>() {
        return Some(address.to_string());
    }
    // Most names need no more than this; the constructor is asked for the rest.
    let simple = !name.is_empty()
        && name.len() <= 253
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.'));
    let labels = simple && name.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    if labels && !name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(name.to_owned());
    }
    ir::Domain::parse(name).ok().map(|domain| domain.as_str().to_owned())
}

fn char_len(byte: u8) -> usize {
    match byte {
        0..=0xBF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

/// `Trojan.Foo.AG`, `Win32.Agent.xyz`: a name that an antivirus gives.
fn is_detection(word: &str) -> bool {
    const HEADS: [&str; 44] = [
        "trojan",
        "win32",
        "win64",
        "w32",
        "w64",
        "backdoor",
        "heur",
        "pua",
        "pup",
        "gen",
        "generic",
        "worm",
        "virus",
        "exploit",
        "malware",
        "ransom",
        "trojanspy",
        "trojandropper",
        "trojandownloader",
        "msil",
        "vbs",
        "js",
        "html",
        "doc",
        "linux",
        "android",
        "osx",
        "macos",
        "elf",
        "python",
        "powershell",
        "bat",
        "lnk",
        "riskware",
        "adware",
        "hacktool",
        "spyware",
        "uds",
        "pdf",
        "o97m",
        "w97m",
        "xf",
        "coinminer",
        "downloader",
    ];
    let mut labels = word.split('.');
    let head = labels.next().unwrap_or_default();
    let last = word.rsplit('.').next().unwrap_or_default();
    let family = head.bytes().any(|byte| byte.is_ascii_lowercase()) && head.starts_with(|char: char| char.is_ascii_uppercase());
    let variant = (1..=4).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_uppercase());
    let upper_family = head.len() > 1 && word.bytes().any(|byte| byte.is_ascii_lowercase());
    HEADS.iter().any(|known| known.eq_ignore_ascii_case(head)) && word.bytes().any(|byte| byte.is_ascii_uppercase())
        || family && variant
        || variant && upper_family && last.len() <= 3
}

/// `Foo.AG` or `Agent.gen` behind `Win32/`.
fn is_family(word: &str) -> bool {
    word.starts_with(|char: char| char.is_ascii_uppercase())
        || word.split('.').any(|label| label.eq_ignore_ascii_case("agent") || label.eq_ignore_ascii_case("gen"))
}

/// `System.Net.Sockets`, `document.location`, `WScript.Shell`, `end.In`: letters of both cases, calls, members.
fn is_code(word: &str, before: u8, after: u8) -> bool {
    let last = word.rsplit('.').next().unwrap_or_default();
    let upper = word.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = word.bytes().any(|byte| byte.is_ascii_lowercase());
    let mixed = upper && lower && (last.bytes().any(|byte| byte.is_ascii_uppercase()) || word.split('.').any(|label| camel(label)));
    let member = word.split('.').any(|label| {
        matches!(
            label,
            "document"
                | "window"
                | "this"
                | "self"
                | "system"
                | "zeek"
                | "source"
                | "destination"
                | "tls"
                | "dns"
                | "process"
                | "winlog"
                | "console"
                | "math"
        )
    }) && !word.starts_with("www.");
    mixed
        || member
        || matches!(before, b'$' | b'(' | b')') && after == b'('
        || after == b'(' && word.contains('_')
        || before == b'$'
        || word.starts_with('_')
}

fn camel(label: &str) -> bool {
    let bytes = label.as_bytes();
    bytes.windows(2).any(|pair| matches!(pair, [left, right] if left.is_ascii_lowercase() && right.is_ascii_uppercase()))
}
