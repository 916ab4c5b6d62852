//! What is a word with dots? A host, a file, the name of a detection, a part of a program's text.

use ir::public_suffix;

use super::candidate::{Candidate, Form};
use super::hosts::host_of;
use super::normal::Defang;
use super::scan::{Scanner, schemeless};
use super::{Kind, hosts, local, port};

impl Scanner<'_> {
    /// A name with dots and letters.
    pub(super) fn name(&mut self, from: usize, to: usize) {
        let word = self.slice(from, to);
        if word.len() > 253 || !word.contains('.') {
            return;
        }
        let defang = self.normal.defanged(from..to);
        let lower = word.to_lowercase();
        let extension = lower.rsplit('.').next().unwrap_or_default();
        if defang == Defang::None && is_package(word) {
            let mut candidate = Candidate::new(Kind::Domain, from, to, word, self.normal);
            candidate.form = Form::Package;
            self.out.push(candidate);
            return;
        }
        let registered = if word.is_ascii() { public_suffix::registrable(&lower) } else { None };
        let known_suffix = registered.is_some_and(|(_, suffix)| suffix.register.is_some());
        // RFC 2606: names for examples, which an author means when they are defanged.
        let reserved = defang == Defang::Strong && matches!(extension, "example" | "test" | "invalid");
        let host = if reserved {
            host_of(word)
        } else if known_suffix {
            host_of(&lower)
        } else if !word.is_ascii() {
            host_of(word).filter(|host| public_suffix::is_registrable(host))
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
        // `\\folder\\name.com`: a part of a path.
        let segment = before == b'\\' && from.checked_sub(2).is_some_and(|at| self.get(at).is_ascii_alphanumeric() || self.get(at) == b'\\');
        let strong = defang == Defang::Strong;
        if let Some(host) = &host {
            let code = !strong && is_code(word, before, after);
            let form = if strong {
                Form::Plain
            } else if detection {
                Form::Detection
            } else if segment || file && (extension != "com" || hosts::is_system_file(&lower)) && hosts::is_rare_suffix(extension) {
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
                    let remains = self.get(end) == b'>' && path.bytes().skip(1).all(|byte| byte.is_ascii_alphabetic());
                    let listed = path.len() > 1 && !remains && !path.starts_with("/24");
                    // `kernel/user.com/net`, `and/or`: a path needs something behind its slash.
                    if listed || path == "/" {
                        let mut url = Candidate::new(Kind::Url, from, end, format!("{}{path}", schemeless(host, &port)), self.normal);
                        url.defang = defang.max(url.defang.min(Defang::Weak));
                        url.host.clone_from(host);
                        url.form = Form::Bare;
                        self.out.push(url);
                        return;
                    }
                }
            }
            let mut candidate = Candidate::new(Kind::Domain, from, to, host.clone(), self.normal);
            candidate.form = form;
            candidate.host.clone_from(host);
            if form == Form::Plain {
                candidate.ports = port::of(self.text, from, to);
            }
            self.out.push(candidate);
            return;
        }
        if file && !detection {
            let (start, end) = local::file_name(self.text, from, to);
            let mut candidate = Candidate::new(Kind::FileName, start, end, self.slice(start, end), self.normal);
            candidate.form = Form::File;
            self.out.push(candidate);
        } else if !detection && defang == Defang::None && odd_file(word) {
            let (start, end) = local::file_name(self.text, from, to);
            let mut candidate = Candidate::new(Kind::FileName, start, end, self.slice(start, end), self.normal);
            candidate.form = Form::Odd;
            self.out.push(candidate);
        }
    }
}

/// `com.vendor.app`: the reverse name of a host, as packages of apps have it. Names that end as most hosts do are hosts.
fn is_package(word: &str) -> bool {
    const HEADS: [&str; 14] = ["com", "org", "net", "io", "ru", "cn", "de", "br", "tr", "me", "eu", "in", "app", "dev"];
    const HOSTS: [&str; 14] = ["com", "net", "org", "info", "biz", "top", "xyz", "online", "site", "club", "io", "example", "test", "onion"];
    let mut labels = word.split('.');
    let head = labels.next().unwrap_or_default();
    let last = word.rsplit('.').next().unwrap_or_default();
    if !HEADS.contains(&head) || labels.count() < 2 || word.contains('-') {
        return false;
    }
    match head {
        "com" | "org" => last.len() > 2 && !HOSTS.contains(&last),
        _ => matches!(last, "app" | "apk" | "client" | "service" | "android" | "mobile"),
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
    if !word.bytes().any(|byte| byte.is_ascii_uppercase()) || word.starts_with("System.") || word.starts_with("Microsoft.") {
        return false;
    }
    let head = word.split('.').next().unwrap_or_default();
    let last = word.rsplit('.').next().unwrap_or_default();
    let family = head.bytes().any(|byte| byte.is_ascii_lowercase()) && head.starts_with(|char: char| char.is_ascii_uppercase());
    let variant = (1..=4).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_uppercase());
    let upper_family = head.len() > 1 && word.bytes().any(|byte| byte.is_ascii_lowercase());
    HEADS.iter().any(|known| known.eq_ignore_ascii_case(head)) || family && variant || variant && upper_family && last.len() <= 3
}

/// `Foo.AG` or `Agent.gen` behind `Win32/`.
fn is_family(word: &str) -> bool {
    word.starts_with(|char: char| char.is_ascii_uppercase())
        || word.split('.').any(|label| label.eq_ignore_ascii_case("agent") || label.eq_ignore_ascii_case("gen"))
}

/// `System.Net.Sockets`, `document.location`, `WScript.Shell`, `end.In`: letters of both cases, calls, members.
fn is_code(word: &str, before: u8, after: u8) -> bool {
    const MEMBERS: [&str; 8] = ["document", "window", "this", "self", "system", "zeek", "winlog", "console"];
    // Names of fields of logs and rules: `http.host`, `tls.server.name`.
    const FIELDS: [&str; 16] = [
        "http",
        "https",
        "dns",
        "tls",
        "ssl",
        "file",
        "process",
        "event",
        "host",
        "url",
        "user",
        "network",
        "source",
        "destination",
        "email",
        "registry",
    ];
    let last = word.rsplit('.').next().unwrap_or_default();
    let upper = word.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = word.bytes().any(|byte| byte.is_ascii_lowercase());
    let mixed = upper && lower && (last.bytes().any(|byte| byte.is_ascii_uppercase()) || word.split('.').any(camel));
    let mut labels = word.split('.');
    let first = labels.next().unwrap_or_default();
    let second = labels.next().unwrap_or_default();
    let field = FIELDS.contains(&first) && (labels.next().is_none() || FIELDS.contains(&second) || matches!(second, "server" | "client"));
    let member = MEMBERS.contains(&first) || word.starts_with("document.") || field;
    mixed || member || before == b'$' || before == b')' || after == b'(' && word.contains('_') || word.starts_with('_')
}

fn camel(label: &str) -> bool {
    let bytes = label.as_bytes();
    bytes.windows(2).any(|pair| matches!(pair, [left, right] if left.is_ascii_lowercase() && right.is_ascii_uppercase()))
}

/// `go.oo`, `finaser.aes`: one dot, a short ending, nothing but the letters of a name.
fn odd_file(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(stem, ending)| {
        stem.len() > 1
            && !stem.contains('.')
            && (1..=5).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
            && !ending.starts_with(|char: char| char.is_ascii_uppercase())
    })
}
