//! Of which type is a value, by the feed's word for it or by its looks?

use ir::{NotAnObservable, Observable, ObservableKind};

/// What a column or a type asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// A value of this type.
    Kind(ObservableKind),
    /// A file's name or path; a separator tells which.
    File,
    /// The value's looks decide.
    Guess {
        /// Whether the words beside it speak of a file.
        file: bool,
    },
    /// No type of ours, with the reason.
    Nothing(&'static str),
}

/// The type is open.
pub(super) const GUESS: Want = Want::Guess { file: false };

/// Reads a value of the wanted type.
pub(super) fn parse(want: Want, text: &str) -> Result<Observable, String> {
    let kind = match want {
        Want::Kind(ObservableKind::Domain) if text.contains(['/', '@', ':']) => return Err("a domain holds no `/`, `@` or `:`".into()),
        Want::Kind(kind) => kind,
        Want::File if text.contains(['/', '\\']) => ObservableKind::FilePath,
        Want::File => ObservableKind::FileName,
        Want::Guess { file } => guess(text, file).ok_or("its type is not given and cannot be told from its looks")?,
        Want::Nothing(reason) => return Err(reason.into()),
    };
    if kind == ObservableKind::Url && !text.contains("//") && !text.contains(['/', '?']) {
        return Err("it is a host without a path, not a URL".into());
    }
    Observable::parse(kind, text).map_err(|NotAnObservable(why)| why)
}

/// A value that is not of the wanted type, but plainly of a related one: an address given as a domain, SHA-256 given as MD5.
pub(super) fn parse_other(want: Want, text: &str) -> Option<Observable> {
    let Want::Kind(wanted) = want else { return None };
    let kind = guess(text, false)?;
    let related = family(kind).is_some() && family(kind) == family(wanted);
    if related { Observable::parse(kind, text).ok() } else { None }
}

/// Types that feeds mix up with each other.
fn family(kind: ObservableKind) -> Option<u8> {
    match kind {
        ObservableKind::Ip | ObservableKind::Domain | ObservableKind::Host | ObservableKind::Url => Some(0),
        ObservableKind::Hash | ObservableKind::Md5 | ObservableKind::Sha1 | ObservableKind::Sha256 | ObservableKind::Sha512 => Some(1),
        ObservableKind::FileName | ObservableKind::FilePath => Some(2),
        _ => None,
    }
}

/// Whether a type is what a block asks for.
pub(super) fn is_a(kind: ObservableKind, wanted: ObservableKind) -> bool {
    kind == wanted || (wanted == ObservableKind::Hash && family(kind) == Some(1))
}

/// Turns a domain into a host and back, a file's name into an attachment's and back.
pub(super) fn convert(observable: Observable, wanted: ObservableKind) -> Result<Observable, Observable> {
    match (observable, wanted) {
        (Observable::Domain(name), ObservableKind::Host) => Ok(Observable::Host(name)),
        (Observable::Host(name), ObservableKind::Domain) => Ok(Observable::Domain(name)),
        (Observable::FileName(name), ObservableKind::Attachment) => Ok(Observable::Attachment(name)),
        (Observable::Attachment(name), ObservableKind::FileName) => Ok(Observable::FileName(name)),
        (other, _) => Err(other),
    }
}

/// Why a text stands for many values or for a part of one, which an indicator cannot.
pub(super) fn not_one_value(want: Want, text: &str) -> Option<&'static str> {
    let text = text.trim();
    let file = matches!(want, Want::File | Want::Kind(ObservableKind::FileName | ObservableKind::FilePath | ObservableKind::Attachment));
    let named = matches!(
        want,
        Want::Kind(
            ObservableKind::Domain
                | ObservableKind::Host
                | ObservableKind::Ip
                | ObservableKind::Url
                | ObservableKind::Email
                | ObservableKind::Registry
        )
    );
    let stars = text.strip_prefix("*.").filter(|_| matches!(want, Want::Kind(ObservableKind::Domain) | Want::Guess { .. })).unwrap_or(text);
    if (file || named || matches!(want, Want::Guess { .. })) && stars.contains('*') || file && text.contains('?') {
        return Some("it holds a wildcard");
    }
    let path = file && text.contains(['\\', '/']);
    if path || matches!(want, Want::Guess { .. }) && text.starts_with('%') {
        if text.split('\\').any(|part| part.len() > 2 && part.starts_with('%') && part.ends_with('%')) {
            return Some("it holds an environment variable, which logs show expanded");
        }
        if path && !absolute(text) {
            return Some("it is a part of a path");
        }
    }
    None
}

/// Whether a path begins at a drive, a share, a device or the root.
fn absolute(text: &str) -> bool {
    let drive = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && text.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    drive || text.starts_with('/') || text.starts_with("\\\\")
}

/// Folders at the root of Unix systems; other words that begin with `/` are rather parts of URLs.
const ROOTS: [&str; 20] = [
    "/etc/",
    "/usr/",
    "/tmp/",
    "/var/",
    "/bin/",
    "/sbin/",
    "/lib/",
    "/lib64/",
    "/opt/",
    "/home/",
    "/root/",
    "/dev/",
    "/proc/",
    "/boot/",
    "/private/",
    "/System/",
    "/Library/",
    "/Applications/",
    "/Users/",
    "/data/",
];

/// Endings that name files.
const FILE_ENDINGS: [&str; 44] = [
    "exe", "dll", "sys", "scr", "cpl", "ocx", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "lnk", "jar", "apk", "dmg", "elf",
    "bin", "dat", "tmp", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "xlsb", "ppt", "pptx", "pdf", "rtf", "zip", "rar", "7z", "iso", "img", "cab",
    "txt", "nexe", "chm",
];

/// Top-level domains that are not in the list of public suffixes: RFC 2606, RFC 7686, and others that malware uses.
const MORE_TLDS: [&str; 6] = ["example", "test", "invalid", "onion", "bit", "i2p"];

/// The type that a text plainly has; `None` when it could be several things or none.
pub(super) fn guess(text: &str, file: bool) -> Option<ObservableKind> {
    let text = text.trim();
    let is = |kind| Observable::parse(kind, text).is_ok();
    if text.is_empty() || text.len() > ir::observable::MAX_VALUE {
        return None;
    }
    let clear = ir::observable::refang(text);
    if clear.contains("://") {
        return is(ObservableKind::Url).then_some(ObservableKind::Url);
    }
    if is(ObservableKind::Hash) {
        return Some(ObservableKind::Hash);
    }
    if is(ObservableKind::Ip) {
        return Some(ObservableKind::Ip);
    }
    if is(ObservableKind::Registry) {
        return Some(ObservableKind::Registry);
    }
    if is(ObservableKind::Ja4) {
        return Some(ObservableKind::Ja4);
    }
    let autonomous = text.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("as"));
    if autonomous && text.len() > 2 && text.bytes().skip(2).all(|byte| byte.is_ascii_digit()) && is(ObservableKind::Asn) {
        return Some(ObservableKind::Asn);
    }
    if text.contains('\\') && !clear.contains('\\') {
        // Only a defanged dot: `evil\.example`.
    } else if text.contains('\\') || ROOTS.iter().any(|root| text.starts_with(root)) {
        return (absolute(text) && not_one_value(Want::File, text).is_none()).then_some(ObservableKind::FilePath);
    }
    if clear.contains('@') && is(ObservableKind::Email) && plausible(clear.rsplit('@').next().unwrap_or_default()) {
        return Some(ObservableKind::Email);
    }
    let host = clear.split(['/', '?']).next().unwrap_or_default();
    if host.len() < clear.len() && plausible(host.split(':').next().unwrap_or_default()) && is(ObservableKind::Url) {
        return Some(ObservableKind::Url);
    }
    let ending = clear.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let names_file = FILE_ENDINGS.contains(&&*ending) && !clear.contains(['/', '@']) && !clear.starts_with('.');
    let domain = is(ObservableKind::Domain) && plausible(&clear);
    match (domain, names_file) {
        // `form.zip`: both a domain and a file; the words beside it decide.
        (true, true) if clear.matches('.').count() == 1 => file.then_some(ObservableKind::FileName),
        (true, _) => Some(ObservableKind::Domain),
        (false, true) => Some(ObservableKind::FileName),
        (false, false) => None,
    }
}

/// Whether a name ends with a top-level domain that exists.
fn plausible(name: &str) -> bool {
    let name = name.trim_start_matches("*.").trim_matches('.');
    let Ok(domain) = ir::Domain::parse(name) else { return false };
    let last = domain.as_str().rsplit('.').next().unwrap_or_default();
    domain.as_str().contains('.') && (MORE_TLDS.contains(&last) || ir::public_suffix::is_listed(domain.as_str()))
}

const NO_OBSERVABLE: &str = "no sensor that rules are made for shows this type";
const A_RULE: &str = "it is a rule or a pattern of another tool, not a value";
const CONTEXT: &str = "it describes the feed's subject and is no indicator";

/// The type behind a vendor's word for it: `Hostname`, `FileHash-SHA256`, `ip:port`, `domain-name`.
pub(super) fn of_word(word: &str) -> Option<Want> {
    use ObservableKind as K;
    let word: String = word.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect();
    Some(Want::Kind(match &*word {
        "ip" | "ips" | "ipv4" | "ipv6" | "ipaddress" | "ipaddr" | "ipv4addr" | "ipv6addr" | "ipv4address" | "ipv6address" | "ipport" | "cidr"
        | "ipv4cidr" | "ipv4port" | "ipv6port" | "network" | "address" | "ipdst" | "ipsrc" => K::Ip,
        "domain" | "domains" | "domainname" => K::Domain,
        "host" | "hostname" | "fqdn" => K::Host,
        "url" | "urls" => K::Url,
        "email" | "emailaddr" | "emailaddress" | "sender" | "emailsender" | "emailsrc" => K::Email,
        "emailsubject" | "subject" => K::EmailSubject,
        "attachment" | "emailattachment" => K::Attachment,
        "hash" | "filehash" | "hashes" => K::Hash,
        "md5" | "md5hash" | "filehashmd5" | "hashmd5" => K::Md5,
        "sha1" | "sha1hash" | "filehashsha1" | "hashsha1" => K::Sha1,
        "sha256" | "sha256hash" | "filehashsha256" | "hashsha256" => K::Sha256,
        "sha512" | "sha512hash" | "filehashsha512" | "hashsha512" => K::Sha512,
        "imphash" | "filehashimphash" | "filehashpehash" => K::Imphash,
        "mutex" | "mutexes" => K::Mutex,
        "pipe" | "namedpipe" => K::Pipe,
        "service" | "servicename" | "windowsservicename" => K::Service,
        "task" | "scheduledtask" | "windowsscheduledtask" => K::Task,
        "useragent" | "httpuseragent" => K::UserAgent,
        "registry" | "registrykey" | "regkey" | "windowsregistrykey" => K::Registry,
        "ja3" | "ja3hash" | "ja3md5" | "ja3fingerprint" | "ja3fingerprintmd5" => K::Ja3,
        "ja3s" | "ja3shash" => K::Ja3s,
        "ja4" => K::Ja4,
        "asn" | "as" | "autonomoussystem" => K::Asn,
        "commandline" | "cmdline" => K::CommandLine,
        "sslcertsha1" | "certsha1" | "x509fingerprintsha1" => K::CertSha1,
        "certsha256" | "x509fingerprintsha256" => K::CertSha256,
        "certserial" | "certificateserial" => K::CertSerial,
        "filename" | "filepath" | "path" | "filefullpath" => return Some(Want::File),
        "file" => return Some(Want::Guess { file: true }),
        "yara" | "sigma" | "snort" | "suricata" | "pcre" | "regex" | "query" => return Some(Want::Nothing(A_RULE)),
        "cve" | "vulnerability" | "malware" | "malwarefamily" | "campaign" | "threatactor" | "actor" => return Some(Want::Nothing(CONTEXT)),
        "ssdeep" | "tlsh" | "pehash" | "authentihash" | "sha224" | "sha384" | "btc" | "bitcoin" | "monero" | "xmr" | "phone" | "phonenumber"
        | "pdb" | "jarm" | "mac" | "macaddress" | "uripath" | "user" | "account" => return Some(Want::Nothing(NO_OBSERVABLE)),
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_tell_the_type() {
        let cases = [
            ("198.51.100.7", Some(ObservableKind::Ip)),
            ("198.51.100[.]7:443", Some(ObservableKind::Ip)),
            ("2001:db8::7", Some(ObservableKind::Ip)),
            ("evil[.]example", Some(ObservableKind::Domain)),
            ("*.evil.example", Some(ObservableKind::Domain)),
            ("hxxps[:]//evil.example/a", Some(ObservableKind::Url)),
            ("evil.example/gate.php?x=1", Some(ObservableKind::Url)),
            ("someone@evil.example", Some(ObservableKind::Email)),
            ("d41d8cd98f00b204e9800998ecf8427e", Some(ObservableKind::Hash)),
            ("HKCU\\Software\\Evil", Some(ObservableKind::Registry)),
            ("C:\\Users\\Public\\evil.exe", Some(ObservableKind::FilePath)),
            ("/tmp/evil", Some(ObservableKind::FilePath)),
            ("/gate.php", None),
            ("evil.exe", Some(ObservableKind::FileName)),
            ("invoice 7.doc", Some(ObservableKind::FileName)),
            ("form.zip", None),
            ("siganture.value", None),
            ("WCE SERVICE", None),
            ("Temp\\evil.exe", None),
        ];
        for (text, want) in cases {
            assert_eq!(guess(text, false), want, "{text}");
        }
        assert_eq!(guess("form.zip", true), Some(ObservableKind::FileName));
    }

    #[test]
    fn words_tell_the_type() {
        assert_eq!(of_word("FileHash-SHA256"), Some(Want::Kind(ObservableKind::Sha256)));
        assert_eq!(of_word("ip:port"), Some(Want::Kind(ObservableKind::Ip)));
        assert_eq!(of_word("indicator"), None);
    }
}
