//! Which values stand in the text? One pass over its words; what a value is for is decided elsewhere ([`super::judge`]).

use std::ops::Range;

use ir::public_suffix;
use rayon::prelude::*;

use super::candidate::{Candidate, Form};
use super::hosts::host_of;
use super::normal::{Defang, Normal};
use super::{Kind, hosts, local, port};
use crate::pieces::pieces;

/// The longest word that is looked at whole; longer runs hold no value but digests.
const MAX_WORD: usize = 4096;

/// Bytes of a word: letters, digits, dots, dashes, underscores, anything beyond ASCII that is no punctuation.
pub(super) fn word_byte(byte: u8) -> bool {
    WORD_BYTES.get(usize::from(byte)) == Some(&true)
}

static WORD_BYTES: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        bytes[at] = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || byte >= 0x80;
        at += 1;
    }
    bytes
};

/// Finds every value, in reading order, piece by piece of the text.
pub(super) fn scan(normal: &Normal) -> Vec<Vec<Candidate>> {
    let text = normal.text.as_str();
    // No value goes on in the next line.
    let scan = |piece: Range<usize>| {
        let mut scanner = Scanner { normal, text, bytes: text.as_bytes(), out: Vec::new(), block: None };
        scanner.out.reserve(piece.len() / 256);
        let mut at = piece.start;
        while at < piece.end {
            at = scanner.step(at).max(at + 1);
        }
        scanner.out
    };
    pieces(text).into_par_iter().map(scan).collect()
}

pub(super) struct Scanner<'n> {
    pub(super) normal: &'n Normal,
    pub(super) text: &'n str,
    pub(super) bytes: &'n [u8],
    pub(super) out: Vec<Candidate>,
    /// The key whose values the lines of a `.reg` file give, and up to where they were read.
    pub(super) block: Option<(Range<usize>, usize)>,
}

impl<'n> Scanner<'n> {
    pub(super) fn get(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    pub(super) fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b'\n', |at| self.get(at))
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'n str {
        self.text.get(start..end).unwrap_or_default()
    }

    pub(super) fn push(&mut self, kind: Kind, start: usize, end: usize, value: impl Into<String>) {
        self.out.push(Candidate::new(kind, start, end, value, self.normal));
    }

    /// Looks at what begins at `at` and returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        let byte = self.get(at);
        if byte == b'%' || byte == b'/' || byte == b'\\' || byte == b'<' || byte == b'~' {
            if let Some((kind, start, end)) = local::path(self.text, at) {
                return self.local(kind, start, end);
            }
            return at + 1;
        }
        if byte == b'[' || byte == b':' {
            return self.ipv6(at).unwrap_or(at + 1);
        }
        if byte == b'"' && self.block.is_some() {
            return self.entry(at);
        }
        if !word_byte(byte) {
            return at + 1;
        }
        if let Some(end) = self.plain_end(at) {
            return end;
        }
        let end = self.word_end(at);
        self.word(at, end)
    }

    /// Where a word ends that is no value and begins none: a few letters, with nothing behind them that goes on.
    fn plain_end(&self, at: usize) -> Option<usize> {
        // The shortest digest of letters alone.
        const FEWEST: usize = 16;
        let letters = self.bytes.get(at..)?.iter().take(FEWEST).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let behind = self.get(at + letters);
        let goes_on = word_byte(behind) || matches!(behind, b':' | b'/' | b'\\' | b'@');
        ((1..FEWEST).contains(&letters) && !goes_on).then_some(at + letters)
    }

    pub(super) fn word_end(&self, at: usize) -> usize {
        let mut end = at + self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii() && word_byte(**byte)).count();
        while word_byte(self.get(end)) {
            if self.get(end).is_ascii() && (end == at || self.get(end - 1).is_ascii()) {
                end += 1;
                continue;
            }
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
                // Japanese, Chinese and Korean put no blank between a sentence and a name.
                if end > at && ideograph(rest) && self.get(end - 1).is_ascii_alphanumeric() {
                    return end;
                }
            } else if end > at && self.get(end - 1) >= 0x80 && self.ideograph_before(end) {
                return end;
            }
            end += char_len(self.get(end));
        }
        end.min(self.bytes.len())
    }

    /// Whether an ideograph ends here, with a letter or a digit behind it.
    fn ideograph_before(&self, at: usize) -> bool {
        self.get(at).is_ascii_alphanumeric() && at.checked_sub(3).and_then(|from| self.bytes.get(from..at)).is_some_and(ideograph)
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
            return self.local(kind, from, to);
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
        let bare = word.trim_end_matches('.');
        if bare.as_bytes().contains(&b'.') {
            return self.dotted(start, end);
        }
        if let Some(value) = local::wallet(bare) {
            self.push(Kind::Btc, start, start + bare.len(), value);
        }
        end
    }

    /// A path, a key, a mutex or a pipe, without the escapes of the text around it.
    fn local(&mut self, kind: Kind, from: usize, to: usize) -> usize {
        if kind == Kind::Registry
            && let Some((end, name)) = super::registry::value(self.text, from, to)
        {
            let value = format!("{}:{name}", local::unescaped(self.slice(from, end)));
            self.key(from, end, &value);
            return to;
        }
        if kind == Kind::Registry && self.opens_block(from, to) {
            return to;
        }
        let value = self.slice(from, to);
        let value = match kind {
            // Markdown escapes underscores; a mutex holds no backslash behind its folder.
            Kind::Mutex => value.replace("\\_", "_").replace("\\\\", "\\"),
            Kind::FilePath | Kind::Registry | Kind::Pipe => local::unescaped(value),
            _ => value.to_owned(),
        };
        if kind == Kind::Registry {
            self.key(from, to, &value);
        } else {
            self.push(kind, from, to, value);
        }
        to
    }

    /// A run of hex digits of the right length, alone or in front of a file's ending.
    fn digest(&mut self, start: usize, end: usize) -> Option<usize> {
        let run = self.bytes.get(start..end)?.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let kind = match run {
            32 => Kind::Md5,
            40 => Kind::Sha1,
            64 => Kind::Sha256,
            128 => Kind::Sha512,
            16..=127 if start + run == end => Kind::Sha256,
            _ => return None,
        };
        let piece = super::label::of_length(run).is_none();
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
        let mixed = digits.iter().any(u8::is_ascii_digit) && !digits.iter().all(u8::is_ascii_digit);
        if piece && (!mixed || matches!(after, b'@' | b'\\' | b'/' | b':' | b'=')) {
            return None;
        }
        let mut candidate = Candidate::new(kind, start, start + run, self.slice(start, start + run).to_ascii_lowercase(), self.normal);
        if piece {
            candidate.form = Form::Piece;
        }
        self.out.push(candidate);
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
        // `Exploit.CVE-2017-11882.BU`: a detection named after a vulnerability.
        let long = word.len() > "CVE-2017-11882".len();
        if let Some(at) = long
            .then(|| word.find("CVE-"))
            .flatten()
            .filter(|at| word.as_bytes().get(at.wrapping_sub(1)).is_some_and(|byte| !byte.is_ascii_alphanumeric()))
        {
            return self.cve(start + at, word.get(at + 4..)?).map(|_| end);
        }
        local::technique(word).map(|(from, to)| {
            let value = self.slice(start + from, start + to).replace('_', ".");
            self.push(Kind::Attack, start + from, start + to, value);
            start + to
        })
    }

    pub(super) fn cve(&mut self, start: usize, digits: &str) -> Option<usize> {
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
        let mut candidate = Candidate::new(Kind::Ipv6, from, end, address.to_string(), self.normal);
        let boxed = from > at && self.get(end) == b']';
        candidate.ports = port::of(self.text, from, end + usize::from(boxed));
        self.out.push(candidate);
        Some(end)
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
        let known = public_suffix::is_listed(&name) || name.ends_with(".example") || name.ends_with(".test");
        if !name.contains('.') || !known || name.parse::<std::net::IpAddr>().is_ok() {
            return None;
        }
        let to = at + 1 + domain.len();
        let mut candidate = Candidate::new(Kind::Email, at - local.len(), to, format!("{}@{name}", local.to_lowercase()), self.normal);
        candidate.host = name;
        if self.normal.defanged(at + 1..to) != Defang::Strong {
            candidate.form = Form::Bare;
        }
        self.out.push(candidate);
        Some(to)
    }

    /// The address behind `mailto:`.
    pub(super) fn email_at(&mut self, start: usize, address: &str) -> Option<usize> {
        let (local, _) = address.split_once('@')?;
        self.email(start, start + local.len())
    }

    /// A word with dots: an address, a host, a URL without a scheme, a file, a version, a name.
    fn dotted(&mut self, start: usize, end: usize) -> usize {
        let whole = self.slice(start, end);
        let left = whole.len() - whole.trim_start_matches(['.', '-', '_']).len();
        // `_sip._tls.host`: names of services begin with an underscore (RFC 8552); `_host_` is emphasis.
        let service = left == 1 && whole.starts_with('_') && is_service(whole);
        let left = if service { 0 } else { left };
        let from = start + left;
        let word = if service { whole.trim_end_matches(['.', '-', '_']) } else { whole.trim_matches(['.', '-', '_']) };
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

    /// `198.51.100.0 - 198.51.100.255`: the network that has these ends. The ends of a range that is no network are no values alone.
    fn range(&mut self, from: usize, end: usize) -> Option<usize> {
        const GAPS: [&str; 6] = [" - ", " – ", "-", "–", " to ", " — "];
        let rest = self.bytes.get(end..(end + 24).min(self.bytes.len()))?;
        let rest = std::str::from_utf8(rest).or_else(|error| std::str::from_utf8(rest.get(..error.valid_up_to()).unwrap_or_default())).ok()?;
        let gap = GAPS.iter().find(|gap| rest.strip_prefix(**gap).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit())))?;
        let last = rest.get(gap.len()..)?;
        let last = last.get(..last.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count())?.trim_end_matches('.');
        let until = end + gap.len() + last.len();
        let first: std::net::Ipv4Addr = self.slice(from, end).parse().ok()?;
        let last: std::net::Ipv4Addr = last.parse().ok()?;
        let (low, high) = (u32::from(first), u32::from(last));
        // Two addresses far from each other are no range: one speaks to the other.
        if low >= high || low >> 16 != high >> 16 || self.get(until).is_ascii_alphanumeric() || matches!(self.get(until), b':' | b'/') {
            return None;
        }
        let count = u64::from(high - low) + 1;
        if count.is_power_of_two() && u64::from(low) % count == 0 {
            self.push(Kind::Cidr, from, until, format!("{first}/{}", 32 - count.trailing_zeros()));
            return Some(until);
        }
        for (start, stop, address) in [(from, end, first), (end + gap.len(), until, last)] {
            let mut candidate = Candidate::new(Kind::Ipv4, start, stop, address.to_string(), self.normal);
            candidate.form = Form::Cut;
            self.out.push(candidate);
        }
        Some(until)
    }

    fn ipv4(&mut self, from: usize, to: usize) -> Option<usize> {
        let word = self.slice(from, to);
        if !word.starts_with(|char: char| char.is_ascii_digit()) {
            return None;
        }
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
        let end = from + digits.len();
        if let Some(end) = self.range(from, end) {
            return Some(end);
        }
        if rest.starts_with(['-', '_']) {
            return None;
        }
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
        candidate.ports = port::of(self.text, from, end);
        let (tail, port) = self.port(end);
        if self.get(tail) == b'/'
            && self.get(tail + 1) != b'/'
            && (self.get(tail + 1).is_ascii_alphanumeric() || matches!(self.get(tail + 1), b'_' | b'~' | b'%' | b'.' | b'?'))
            && rest.is_empty()
        {
            let (url_end, path) = self.url_tail(from, true);
            let remains = self.get(url_end) == b'>' && path.bytes().skip(1).all(|byte| byte.is_ascii_alphabetic());
            if path.len() > 1 && !remains && !slashed_address(&path) && !slashed_host(&path) {
                let mut url = Candidate::new(Kind::Url, from, url_end, format!("{}{path}", schemeless(digits, &port)), self.normal);
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
}

/// Whether a name begins with the label of a service.
fn is_service(name: &str) -> bool {
    const ALONE: [&str; 8] = ["_dmarc", "_domainkey", "_acme-challenge", "_mta-sts", "_ldap", "_kerberos", "_sip", "_tcp"];
    let mut labels = name.split('.');
    let first = labels.next().unwrap_or_default();
    labels.next().is_some_and(|second| second.starts_with('_') && second.len() > 1) || ALONE.contains(&first)
}

/// The beginning of a URL that is written without its scheme; the port says which it is, and is left out where the scheme implies it.
pub(super) fn schemeless(host: &str, port: &str) -> String {
    match port.trim_end_matches(':') {
        ":443" => format!("https://{host}"),
        ":80" => format!("http://{host}"),
        port => format!("http://{host}{port}"),
    }
}

/// Kana, Han and Hangul; U+3040 to U+9FFF and U+AC00 to U+D7AF.
fn ideograph(bytes: &[u8]) -> bool {
    matches!(bytes, [0xE3, 0x81..=0xBF, _] | [0xE4..=0xE9, ..] | [0xEA, 0xB0..=0xBF, _] | [0xEB..=0xED, ..])
}

pub(super) fn slashed_address(path: &str) -> bool {
    path.bytes().skip(1).all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'.'))
}

pub(super) fn char_len(byte: u8) -> usize {
    match byte {
        0..=0xBF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

/// `/evil.example` behind an address: two values with a bar between them.
fn slashed_host(path: &str) -> bool {
    let name = path.trim_start_matches('/');
    let ending = name.rsplit('.').next().unwrap_or_default();
    !name.contains(['/', '?'])
        && name.contains('.')
        && ending.len() > 1
        && !hosts::is_extension(&ending.to_ascii_lowercase()) | (ending == "com")
        && public_suffix::is_registrable(name)
}
