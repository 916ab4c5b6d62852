//! Which STIX pattern means an indicator? (STIX 2.1, part 9: <https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html>)
//!
//! A pattern names the value, as feeds and platforms do: that a domain means everything below it, or that letters of a path have no case, is the
//! reader's business there.

use ir::observable::{AddressPort, HashAlgorithm};
use ir::{Direction, Observable, Role};

/// The pattern of a value; `None` for one that no object of STIX has a property for, or that has an unknown part.
pub(super) fn of(observable: &Observable, direction: Direction, role: Role) -> Option<String> {
    let one = |path: &str, value: &str| Some(format!("[{path} = {}]", quoted(value)));
    match observable {
        Observable::Ip(address) => Some(address_pattern(address, direction)),
        Observable::Domain(name) | Observable::Host(name) => one("domain-name:value", name.as_str()),
        Observable::Url(url) => one("url:value", &url.to_string()),
        Observable::Email(address) if role == Role::Sender => one("email-message:from_ref.value", address.as_str()),
        Observable::Email(address) => one("email-addr:value", address.as_str()),
        Observable::EmailSubject(text) => one("email-message:subject", text),
        Observable::Attachment(name) => one("email-message:body_multipart[*].body_raw_ref.name", name),
        Observable::Hash(hash) => {
            let algorithm = match hash.algorithm() {
                HashAlgorithm::Md5 => "MD5",
                HashAlgorithm::Sha1 => "'SHA-1'",
                HashAlgorithm::Sha256 => "'SHA-256'",
                HashAlgorithm::Sha512 => "'SHA-512'",
            };
            one(&format!("file:hashes.{algorithm}"), hash.hex())
        }
        Observable::Imphash(digest) => one("file:extensions.'windows-pebinary-ext'.imphash", digest),
        Observable::FileName(name) => one("file:name", name),
        Observable::FilePath(path) => Some(match path.rsplit_once(['\\', '/']) {
            Some((folder, name)) if !folder.is_empty() && !name.is_empty() => {
                format!("[file:name = {} AND file:parent_directory_ref.path = {}]", quoted(name), quoted(folder))
            }
            _ => format!("[file:name = {}]", quoted(path)),
        }),
        Observable::Registry { key, value: None } => one("windows-registry-key:key", &long(key.as_str())),
        Observable::Registry { key, value: Some(value) } => {
            Some(format!("[windows-registry-key:key = {} AND windows-registry-key:values[*].name = {}]", quoted(&long(key.as_str())), quoted(value)))
        }
        Observable::Mutex(name) => one("mutex:name", name),
        Observable::Service(name) => one("process:extensions.'windows-service-ext'.service_name", name),
        Observable::UserAgent(text) => one("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'", text),
        Observable::CertSha1(digest) => one("x509-certificate:hashes.'SHA-1'", digest),
        Observable::CertSha256(digest) => one("x509-certificate:hashes.'SHA-256'", digest),
        Observable::CertSerial(serial) => one("x509-certificate:serial_number", serial),
        Observable::Asn(number) => Some(format!("[autonomous-system:number = {number}]")),
        Observable::CommandLine(text) => one("process:command_line", text),
        Observable::Process(name) => one("process:image_ref.name", name),
        Observable::Pipe(_) | Observable::Task(_) | Observable::Ja3(_) | Observable::Ja3s(_) | Observable::Ja4(_) | Observable::Glob { .. } => None,
    }
}

fn address_pattern(address: &AddressPort, direction: Direction) -> String {
    let AddressPort { net, port } = address;
    let kind = if net.addr().is_ipv4() { "ipv4-addr" } else { "ipv6-addr" };
    let (compare, value) = if address.is_single() { ("=", net.addr().to_string()) } else { ("ISSUBSET", net.to_string()) };
    let value = quoted(&value);
    match port {
        None => format!("[{kind}:value {compare} {value}]"),
        Some(port) => {
            let end = if direction == Direction::Source { "src" } else { "dst" };
            format!(
                "[network-traffic:{end}_ref.type = '{kind}' AND network-traffic:{end}_ref.value {compare} {value} AND network-traffic:{end}_port = {port}]"
            )
        }
    }
}

/// A key by the long name of its hive, as the standard asks for.
fn long(key: &str) -> String {
    const HIVES: [(&str, &str); 5] = [
        ("HKLM", "HKEY_LOCAL_MACHINE"),
        ("HKCU", "HKEY_CURRENT_USER"),
        ("HKU", "HKEY_USERS"),
        ("HKCR", "HKEY_CLASSES_ROOT"),
        ("HKCC", "HKEY_CURRENT_CONFIG"),
    ];
    let (hive, rest) = key.split_once('\\').map_or((key, ""), |(hive, _)| (hive, key.get(hive.len()..).unwrap_or_default()));
    HIVES.iter().find(|(short, _)| short.eq_ignore_ascii_case(hive)).map_or_else(|| key.to_owned(), |(_, long)| format!("{long}{rest}"))
}

/// A string literal of the pattern language.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for char in text.chars() {
        if matches!(char, '\'' | '\\') {
            out.push('\\');
        }
        out.push(char);
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::ObservableKind as K;

    #[test]
    fn values_have_patterns() {
        let pattern = |kind, text: &str, direction, role| of(&Observable::parse(kind, text).unwrap(), direction, role).unwrap_or_default();
        let cases = [
            (K::Ip, "192.0.2.7", "[ipv4-addr:value = '192.0.2.7']"),
            (K::Ip, "192.0.2.0/28", "[ipv4-addr:value ISSUBSET '192.0.2.0/28']"),
            (K::Domain, "a.example", "[domain-name:value = 'a.example']"),
            (K::FileName, "it's.exe", "[file:name = 'it\\'s.exe']"),
            (K::FilePath, r"C:\Temp\a.exe", r"[file:name = 'a.exe' AND file:parent_directory_ref.path = 'C:\\Temp']"),
            (K::Registry, r"HKLM\Software\X", r"[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Software\\X']"),
            (K::Pipe, "odd", ""),
        ];
        for (kind, text, want) in cases {
            assert_eq!(pattern(kind, text, Direction::Destination, Role::C2), want, "{text}");
        }
        let with_port =
            "[network-traffic:dst_ref.type = 'ipv6-addr' AND network-traffic:dst_ref.value = '2001:db8::1' AND network-traffic:dst_port = 443]";
        assert_eq!(pattern(K::Ip, "[2001:db8::1]:443", Direction::Destination, Role::C2), with_port);
        assert_eq!(pattern(K::Email, "a@evil.example", Direction::Either, Role::Sender), "[email-message:from_ref.value = 'a@evil.example']");
    }
}
