//! Of which type is a value, by the feed's word for it or by its looks?

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ir::{Direction, Observable, ObservableKind, Role};

use crate::unknown;

use super::kind_words::{
    BEFORE_COLUMNS, FUZZY, KINDS, MALWARE, NEVER_LAST, NEVER_OF_FILES, NO_FILE, NOT_OF_FILES, OF_CERTIFICATES, OTHER_DIGEST, ROLES,
};
use super::want::{GUESS, Want};
use super::words;

/// Reads a value of the wanted type.
pub(super) fn parse(want: Want, text: &str) -> Result<Observable, String> {
    let kind = match want {
        Want::Kind(ObservableKind::Domain) if text.contains(['/', '@', ':']) => return Err("a domain holds no `/`, `@` or `:`".into()),
        Want::Kind(kind) => kind,
        Want::File if text.contains(['/', '\\']) => ObservableKind::FilePath,
        Want::File => ObservableKind::FileName,
        Want::Certificate => match text.bytes().filter(u8::is_ascii_hexdigit).count() {
            40 => ObservableKind::CertSha1,
            64 => ObservableKind::CertSha256,
            _ => return Err("a certificate is told by its SHA-1 or its SHA-256".into()),
        },
        Want::Guess { file } => guess(text, file).ok_or("its type is not given and cannot be told from its looks")?,
        Want::Nothing(reason) => return Err(reason.into()),
    };
    if kind == ObservableKind::Url && !text.contains("//") && !text.contains(['/', '?']) {
        return Err("it is a host without a path, not a URL".into());
    }
    unknown::read(kind, text)
}

/// A value that is not of the wanted type, but plainly of a related one: an address given as a domain.
pub(super) fn parse_other(want: Want, text: &str) -> Option<Observable> {
    let Want::Kind(wanted) = want else { return None };
    let kind = guess(text, false)?;
    // A digest whose length contradicts its name may be of anything: it is not taken for another.
    let related = family(kind).is_some_and(|family| family != 1) && family(kind) == family(wanted);
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

/// Why a text stands for many values or for a part of one, of which too little is known for an indicator.
pub(super) fn not_one_value(want: Want, text: &str) -> Option<String> {
    let text = text.trim();
    let kind = match want {
        Want::Kind(kind) => kind,
        Want::File if text.contains(['/', '\\']) => ObservableKind::FilePath,
        Want::File => ObservableKind::FileName,
        Want::Guess { file } => match guess(text, file) {
            Some(kind) => kind,
            None => return text.contains('*').then(|| "it holds a wildcard".to_owned()),
        },
        Want::Certificate | Want::Nothing(_) => return None,
    };
    if unknown::is_open(kind, text) {
        return unknown::read(kind, text).err();
    }
    if kind == ObservableKind::Ip && text.contains('*') {
        return Some("it holds a wildcard".to_owned());
    }
    let crossed = |part: &str| part.len() >= 2 && part.bytes().all(|byte| matches!(byte, b'x' | b'X'));
    if kind == ObservableKind::Ip && (text.contains("[REDACTED]") || text.split('.').any(crossed)) {
        return Some("a part of it is not known".to_owned());
    }
    (kind == ObservableKind::FilePath && !absolute(text)).then(|| "it is a part of a path".to_owned())
}

/// A registry key that is written without its hive, with each hive that it may be of. `Software` is in both, `System` in one.
pub fn hives(text: &str) -> Vec<String> {
    let text = text.trim().trim_start_matches('\\');
    let Some((first, _)) = text.split_once('\\') else { return Vec::new() };
    let hives: &[&str] = match &*first.to_ascii_lowercase() {
        "software" => &["HKLM", "HKCU"],
        "system" | "sam" | "security" | "hardware" => &["HKLM"],
        "control panel" | "environment" | "console" | "keyboard layout" => &["HKCU"],
        _ => &[],
    };
    hives.iter().map(|hive| format!("{hive}\\{text}")).collect()
}

/// The most networks that a range of addresses may come to.
const NETWORKS: usize = 64;

/// The networks of a range, `198.51.100.7 - 198.51.100.9`: as few as hold exactly its addresses.
///
/// # Errors
///
/// Says why it cannot be said so; nothing when it is no range.
pub(super) fn range(text: &str) -> Result<Vec<ir::observable::AddressPort>, Option<&'static str>> {
    let clear = ir::observable::refang(text);
    if let Some((address, mask)) = clear.trim().split_once(['/', ' '])
        && mask.contains('.')
        && let Some(network) = masked(address, mask)
    {
        return Ok(vec![network]);
    }
    let (first, last) = clear.split_once(['-', '–']).ok_or(None)?;
    let read = |text: &str| ir::observable::parse_address(text).map_err(|_| None);
    let first = read(first)?;
    let last = match (last.trim().parse::<u8>(), first) {
        // `198.51.100.7-20`
        (Ok(last), std::net::IpAddr::V4(first)) => {
            let [one, two, three, _] = first.octets();
            std::net::IpAddr::V4([one, two, three, last].into())
        }
        _ => read(last)?,
    };
    networks(first, last)
}

/// The network in cells of start, end and netmask, as DShield writes them.
pub(super) fn between(cells: &[&str]) -> Option<ir::observable::AddressPort> {
    let [first, last, bits, ..] = cells else { return None };
    let (first, last) = (ir::observable::parse_address(first).ok()?, ir::observable::parse_address(last).ok()?);
    let net = ipnet::IpNet::new(first, bits.trim_start_matches('/').parse().ok()?).ok()?;
    (net.addr() == net.network() && net.broadcast() == last).then_some(ir::observable::AddressPort { net, port: None })
}

/// The network of an address and its mask: `255.255.255.0`, a wildcard mask `0.0.0.255`, or a length.
pub(super) fn masked(address: &str, mask: &str) -> Option<ir::observable::AddressPort> {
    let address = ir::observable::parse_address(address.trim()).ok()?;
    let mask = mask.trim().trim_start_matches('/').trim();
    let bits = match (mask.parse::<std::net::Ipv4Addr>(), address) {
        (Ok(mask), std::net::IpAddr::V4(_)) => {
            let wildcard = std::net::Ipv4Addr::from(!u32::from(mask));
            ipnet::ipv4_mask_to_prefix(mask).or_else(|_| ipnet::ipv4_mask_to_prefix(wildcard)).ok()?
        }
        _ => mask.parse().ok()?,
    };
    // A mask of nothing would be every address.
    let net = ipnet::IpNet::new(address, bits).ok().filter(|_| bits > 0)?;
    Some(ir::observable::AddressPort { net: net.trunc(), port: None })
}

/// The networks from one address to another.
///
/// # Errors
///
/// As [`range`].
pub(super) fn networks(first: std::net::IpAddr, last: std::net::IpAddr) -> Result<Vec<ir::observable::AddressPort>, Option<&'static str>> {
    use std::net::IpAddr;
    let subnets = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => ipnet::IpSubnets::from(ipnet::Ipv4Subnets::new(first, last, 0)),
        (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => ipnet::IpSubnets::from(ipnet::Ipv6Subnets::new(first, last, 0)),
        _ => return Err(Some("the range ends before it begins")),
    };
    let found: Vec<ir::observable::AddressPort> = subnets.take(NETWORKS + 1).map(|net| ir::observable::AddressPort { net, port: None }).collect();
    if found.len() > NETWORKS { Err(Some("the range comes to more networks than one value can stand for")) } else { Ok(found) }
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
        return (is(ObservableKind::Url) || unknown::is_open(ObservableKind::Url, text)).then_some(ObservableKind::Url);
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
    } else if text.contains('\\') || text.starts_with("~/") || ROOTS.iter().any(|root| text.starts_with(root)) {
        let open = text.starts_with(['%', '$', '<', '~', '\\']) || text.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("CSIDL_"));
        return (absolute(text) || open && unknown::is_open(ObservableKind::FilePath, text)).then_some(ObservableKind::FilePath);
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
    // `203.0.113.XXX` is an address with a part that is not known, though there is a domain `xxx`.
    if let Some((numbers, _)) = domain.as_str().rsplit_once('.')
        && numbers.matches('.').count() == 2
        && numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return false;
    }
    let last = domain.as_str().rsplit('.').next().unwrap_or_default();
    domain.as_str().contains('.') && (MORE_TLDS.contains(&last) || ir::public_suffix::is_listed(domain.as_str()))
}

/// The type behind a vendor's word for it: `Hostname`, `FileHash-SHA256`, `ip:port`, `c2_domain`, `Icon hash`.
pub(super) fn of_word(word: &str) -> Option<Want> {
    of_english(word).or_else(|| languages::english(word).and_then(of_english))
}

fn of_english(word: &str) -> Option<Want> {
    let words = parts(word);
    let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
    if let Some(want) = known(&words).or_else(|| known(&[languages::english(word)?.replace(' ', "").as_str()])) {
        return Some(want);
    }
    if words.len() > 6 {
        return None;
    }
    let digest = |want: &Want| matches!(want, Want::Kind(kind) if family(*kind) == Some(1)) || *want == Want::Certificate;
    let within = (1..words.len())
        .filter_map(|from| words.get(from..))
        .chain((1..words.len()).rev().filter_map(|to| words.get(..to)))
        .filter(|rest| !matches!(rest, [one] if NEVER_LAST.contains(one)))
        .filter_map(known)
        .find(|want| *want != Want::Nothing(MALWARE));
    let says = |list: &[&str]| words.iter().any(|word| list.contains(word));
    match within {
        Some(want) if !digest(&want) => Some(want),
        // What is said of a certificate or a key is no digest of a file.
        within if says(OF_CERTIFICATES) => Some(match () {
            () if says(&["serial", "serialnumber"]) => Want::Kind(ObservableKind::CertSerial),
            () if says(&["subject", "issuer", "cn", "md5", "name", "key", "public"]) => Want::Nothing(NO_FILE),
            () if within.is_some() || says(&["cert", "certificate", "thumbprint", "fingerprint"]) => Want::Certificate,
            () => return None,
        }),
        within
            if says(NOT_OF_FILES)
                && (within.is_some() || says(&["hash", "key", "digest", "fingerprint", "id", "guid", "uuid", "token", "watermark"])) =>
        {
            Some(Want::Nothing(NO_FILE))
        }
        within => within.or_else(|| {
            says(NOT_OF_FILES).then_some(Want::Nothing(NO_FILE)).filter(|_| says(&["favicon", "icon", "dhash", "phash", "mmh3", "jarm", "hassh"]))
        }),
    }
}

/// The type of a value beside the word for one, where the value says more than the word.
pub(super) fn beside(word: &str, want: Want, text: &str) -> Want {
    let looks = || guess(text, false);
    match want {
        // `Malware` beside a digest is no name.
        Want::Nothing(reason) if reason == MALWARE && guess(text, true).is_some() => Want::Guess { file: true },
        // `PowerShell` beside a script's digest is no command.
        Want::Kind(ObservableKind::CommandLine) if !text.contains(char::is_whitespace) => match looks() {
            Some(ObservableKind::Hash | ObservableKind::Url | ObservableKind::Ip | ObservableKind::Domain | ObservableKind::Registry) => GUESS,
            _ => want,
        },
        Want::Guess { .. } if looks() == Some(ObservableKind::Hash) && is_of_no_file(word) => Want::Nothing(NO_FILE),
        _ => want,
    }
}

/// The type of a value in a column of digests, by the word for a type in its row: `imphash` is no digest of a whole file.
pub(super) fn digest_beside(word: &str, said: Want, want: Want) -> Want {
    let digest = |want: Want| matches!(want, Want::Kind(kind) if family(kind) == Some(1) || matches!(kind, ObservableKind::Imphash | ObservableKind::Ja3 | ObservableKind::Ja3s));
    match said {
        _ if want != Want::Kind(ObservableKind::Hash) => want,
        Want::Kind(_) if digest(said) => said,
        Want::Certificate => said,
        Want::Nothing(reason) if [NO_FILE, OTHER_DIGEST, FUZZY].contains(&reason) => said,
        Want::Guess { .. } if is_of_no_file(word) => Want::Nothing(NO_FILE),
        _ => want,
    }
}

/// Whether a word for a type says that its digests are not of files.
fn is_of_no_file(word: &str) -> bool {
    let says = |word: &str| parts(word).split(' ').any(|part| NEVER_OF_FILES.contains(&part));
    says(word) || languages::english(word).is_some_and(says)
}

/// What a column of this name holds when its cells are values: a type, the end of a connection, a role.
pub(super) fn of_column(name: &str) -> Option<(Want, Option<Direction>, Option<Role>)> {
    let words = parts(name);
    let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
    if let Some(want) = known(&words) {
        return Some((want, None, None));
    }
    let (from, want) = (1..words.len()).find_map(|from| {
        let rest = words.get(from..).filter(|rest| !matches!(rest, [one] if NEVER_LAST.contains(one)))?;
        Some((from, known(rest)?))
    })?;
    let before = words.get(..from)?;
    before.iter().all(|word| BEFORE_COLUMNS.contains(word)).then(|| {
        let direction = words::direction(&before.join(" ")).or(before.contains(&"remote").then_some(Direction::Destination));
        (want, direction, role_of_word(name))
    })
}

/// The role that the words before a type tell.
pub(super) fn role_of_word(word: &str) -> Option<Role> {
    let parts = parts(word);
    words::role(&parts).or_else(|| parts.split(' ').find_map(|part| ROLES.iter().find(|(name, _)| *name == part).map(|(_, role)| *role)))
}

/// The type that words name together.
fn known(words: &[&str]) -> Option<Want> {
    let word = words.concat();
    BY_NAME.get(&*word).copied()
}

/// The types by their names.
static BY_NAME: LazyLock<BTreeMap<&str, Want>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for (want, names) in KINDS {
        for name in *names {
            all.entry(*name).or_insert(*want);
        }
    }
    all
});

/// The words of a name, also of one like `IndicatorType`.
fn parts(name: &str) -> String {
    words::folded(&words::apart(name))
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
            ("203.0.113.XXX", None),
            ("WCE SERVICE", None),
            ("Temp\\evil.exe", None),
        ];
        for (text, want) in cases {
            assert_eq!(guess(text, false), want, "{text}");
        }
        assert_eq!(guess("form.zip", true), Some(ObservableKind::FileName));
    }

    #[test]
    fn a_value_may_say_more_than_the_word_beside_it() {
        let md5 = "5d7c1a9e3b2f4086c8d1e7a4b09f3265";
        let of = |word: &str, text: &str| beside(word, of_word(word).unwrap_or(GUESS), text);
        for word in ["Rich header", "MVID", "Schlüssel", "Clé publique", "SSH key"] {
            assert_eq!(of(word, md5), Want::Nothing(NO_FILE), "{word}");
        }
        assert_eq!(of("Cobalt Strike", md5), GUESS);
        assert_eq!(of("Malware", md5), Want::Guess { file: true });
        assert_eq!(of("Malware", "TideGate"), Want::Nothing(MALWARE));
        assert_eq!(of("PowerShell", "powershell -nop -w hidden"), Want::Kind(ObservableKind::CommandLine));
        assert_eq!(of("PowerShell", md5), GUESS);
    }

    #[test]
    fn words_tell_the_type() {
        assert_eq!(of_word("FileHash-SHA256"), Some(Want::Kind(ObservableKind::Sha256)));
        assert_eq!(of_word("ip:port"), Some(Want::Kind(ObservableKind::Ip)));
        assert_eq!(of_word("indicator"), None);
        use ObservableKind as K;
        let cases = [
            ("FileSha256", Some(Want::Kind(K::Sha256))),
            ("c2_domain", Some(Want::Kind(K::Domain))),
            ("mal_md5", Some(Want::Kind(K::Md5))),
            ("phish_url", Some(Want::Kind(K::Url))),
            ("mal_sslcert_sh1", Some(Want::Kind(K::CertSha1))),
            ("C2 IP address", Some(Want::Kind(K::Ip))),
            ("Payload SHA-256", Some(Want::Kind(K::Sha256))),
            ("SHA-256 of the loader", Some(Want::Kind(K::Sha256))),
            ("URL (phishing)", Some(Want::Kind(K::Url))),
            ("Command", Some(Want::Kind(K::CommandLine))),
            ("Malware sample", Some(Want::Guess { file: true })),
            ("File hash", Some(Want::Kind(K::Hash))),
            ("Public Key", Some(Want::Nothing(NO_FILE))),
            ("TLS public key", Some(Want::Nothing(NO_FILE))),
            ("Icon hash", Some(Want::Nothing(NO_FILE))),
            ("Icon dhash", Some(Want::Nothing(NO_FILE))),
            ("favicon MD5", Some(Want::Nothing(NO_FILE))),
            ("Rich header hash", Some(Want::Nothing(NO_FILE))),
            ("Rich PE header MD5", Some(Want::Nothing(NO_FILE))),
            ("NTLM hash", Some(Want::Nothing(NO_FILE))),
            ("AES key", Some(Want::Nothing(NO_FILE))),
            ("Import hash", Some(Want::Kind(K::Imphash))),
            ("Certificate serial number", Some(Want::Kind(K::CertSerial))),
            ("Serial of the TLS certificate", Some(Want::Kind(K::CertSerial))),
            ("Certificate thumbprint (SHA-1)", Some(Want::Certificate)),
            ("SSL certificate SHA-256", Some(Want::Kind(K::CertSha256))),
            ("CertificateThumbprint", Some(Want::Certificate)),
            ("TLS certificate MD5", Some(Want::Nothing(NO_FILE))),
            ("Registry path", Some(Want::Kind(K::Registry))),
            ("Malware", Some(Want::Nothing(MALWARE))),
            ("Malware hash", Some(Want::Kind(K::Hash))),
            ("TypeRefHash", Some(Want::Nothing(NO_FILE))),
            ("Screenshot hash", Some(Want::Nothing(NO_FILE))),
            ("PGP fingerprint", Some(Want::Nothing(NO_FILE))),
            ("Serial number", Some(Want::Kind(K::CertSerial))),
            ("Kommandozeile", Some(Want::Kind(K::CommandLine))),
            ("Ligne de commande", Some(Want::Kind(K::CommandLine))),
            ("Línea de comandos", Some(Want::Kind(K::CommandLine))),
            ("Command executed", Some(Want::Kind(K::CommandLine))),
            ("Nom du processus", Some(Want::Kind(K::Process))),
            ("Prozessname", Some(Want::Kind(K::Process))),
            ("billing address", None),
            ("first seen", None),
            ("Type", None),
        ];
        for (word, want) in cases {
            assert_eq!(of_word(word), want, "{word}");
        }
        assert_eq!(role_of_word("c2_domain"), Some(Role::C2));
        assert_eq!(role_of_word("scan_ip"), Some(Role::Scanner));
        assert_eq!(of_column("C2 Domain"), Some((Want::Kind(K::Domain), None, Some(Role::C2))));
        assert_eq!(of_column("NetworkDestinationIPv4").map(|(want, ..)| want), Some(Want::Kind(K::Ip)));
        for name in ["victim ip", "registrant email", "reference url", "abuse_email"] {
            assert_eq!(of_column(name), None, "{name}");
        }
    }
}
