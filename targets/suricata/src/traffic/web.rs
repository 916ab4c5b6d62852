//! What is sent when a name is asked for, a page is, or a session of TLS begins?

use ir::{Field, Url};
use packets::What;
use packets::certificate::{Attribute, Certificate, Name};
use packets::dns::{Data, Dns, Kind, Over};
use packets::http::{Exchange, Request, Response};
use packets::tls::{Answer, Hello, Tls, Version};
use packets::{fingerprint, usual_port};

use super::told::{Sent, Telling, in_a_line, none, open};

/// Codes of responses, <https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6>.
const CODES: [(&str, u8); 11] = [
    ("NOERROR", 0),
    ("FORMERR", 1),
    ("SERVFAIL", 2),
    ("NXDOMAIN", 3),
    ("NOTIMP", 4),
    ("REFUSED", 5),
    ("YXDOMAIN", 6),
    ("YXRRSET", 7),
    ("NXRRSET", 8),
    ("NOTAUTH", 9),
    ("NOTZONE", 10),
];

/// Types of questions, <https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-4>.
const TYPES: [(&str, Kind); 22] = [
    ("A", Kind::A),
    ("NS", Kind::Ns),
    ("MD", Kind::Other(3)),
    ("MF", Kind::Other(4)),
    ("CNAME", Kind::Cname),
    ("SOA", Kind::Other(6)),
    ("NULL", Kind::Other(10)),
    ("WKS", Kind::Other(11)),
    ("PTR", Kind::Ptr),
    ("HINFO", Kind::Other(13)),
    ("MX", Kind::Mx),
    ("TXT", Kind::Txt),
    ("AAAA", Kind::Aaaa),
    ("SRV", Kind::Other(33)),
    ("NAPTR", Kind::Other(35)),
    ("DS", Kind::Other(43)),
    ("DNSKEY", Kind::Other(48)),
    ("SVCB", Kind::Other(64)),
    ("HTTPS", Kind::Other(65)),
    ("AXFR", Kind::Other(252)),
    ("ANY", Kind::Other(255)),
    ("CAA", Kind::Other(257)),
];

/// Methods by which the engine knows HTTP; with another one it has to see an answer.
const METHODS: [&str; 8] = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE"];

/// A question for a name, and the answer.
pub(super) fn name(event: &mut Telling<'_>) -> Sent<What> {
    let Some(name) = event.text(Field::DnsName)? else { return none("a question for a name has one") };
    if !is_name(&name) {
        return none(format!("`{name}` cannot be asked for"));
    }
    let kind = match event.text(Field::DnsType)? {
        None => Kind::A,
        Some(text) => match TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
            Some((_, kind)) => *kind,
            None => return none(format!("no question has the type `{text}`")),
        },
    };
    event.tell(Field::DnsType, "A");
    let code = match event.text(Field::DnsRcode)? {
        None => None,
        Some(text) => match CODES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
            Some((_, code)) => Some(*code),
            None => return none(format!("no response has the code `{text}`")),
        },
    };
    let mut answers = Vec::new();
    for answer in event.all(Field::DnsAnswer) {
        answers.push(match answer.parse() {
            Ok(std::net::IpAddr::V4(address)) => Data::A(address),
            Ok(std::net::IpAddr::V6(address)) => Data::Aaaa(address),
            Err(_) if matches!(kind, Kind::Txt) => Data::Txt(answer.into_bytes()),
            Err(_) if !is_name(&answer) => return none(format!("`{answer}` is no answer to a question of this type")),
            Err(_) if matches!(kind, Kind::Ns) => Data::Ns(answer),
            Err(_) if matches!(kind, Kind::Ptr) => Data::Ptr(answer),
            Err(_) if matches!(kind, Kind::Mx) => Data::Mx(10, answer),
            Err(_) => Data::Cname(answer),
        });
    }
    let question = Dns { name, kind, reply: None, over: Over::Udp };
    if code.is_none() && answers.is_empty() {
        return Ok(What::Dns(question));
    }
    event.tell(Field::DnsRcode, "NOERROR");
    Ok(What::Dns(question.answered(code.unwrap_or_default(), answers)))
}

/// Whether a text is labels of up to 63 bytes.
fn is_name(text: &str) -> bool {
    let labels = text.strip_suffix('.').unwrap_or(text);
    text.len() < 254 && labels.split('.').all(|label| (1..64).contains(&label.len()))
}

/// A request and what was answered, and the port that it goes to. What is asked for with `https` is sent as a decrypting proxy hands it on.
pub(super) fn request(event: &mut Telling<'_>) -> Sent<(What, u16)> {
    let full = match event.text(Field::UrlFull)? {
        None => None,
        Some(text) => match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => return open(format!("nothing is sent here for `{}`", url.scheme())),
            Ok(url) => Some(url),
            Err(_) => return none(format!("`{text}` is no URL")),
        },
    };
    let host = event.written(Field::UrlHost)?;
    let path = event.text(Field::UrlPath)?;
    let query = event.text(Field::UrlQuery)?;
    let port = event.number(Field::UrlPort, 65_535)?.and_then(|port| u16::try_from(port).ok());
    if let Some(url) = &full {
        let same = host.as_deref() == Some(url.host().to_header().as_str())
            && path.as_deref().unwrap_or_default() == url.path()
            && query.as_deref() == url.query()
            && port == url.port();
        if !same {
            return none("the URL and its parts say different things");
        }
    }
    let usual = if full.as_ref().is_some_and(|url| url.scheme() == "https") { 443 } else { 80 };
    let asked = target(path.as_deref(), query.as_deref())?;
    let body = event.text(Field::HttpBody)?.unwrap_or_default();
    let method = event.text(Field::HttpMethod)?;
    let method = method.unwrap_or_else(|| if body.is_empty() { "GET" } else { "POST" }.to_owned());
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_graphic()) {
        return none(format!("`{method}` is no method"));
    }
    event.tell(Field::HttpMethod, method.as_str());
    event.tell(Field::UrlPath, "/");
    let mut headers = Vec::new();
    if let Some(host) = &host {
        in_a_line(Field::UrlHost, host)?;
        let with_port = port.filter(|port| *port != usual).map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        headers.push(("Host".to_owned(), with_port));
        // An event that names a host and no URL means one all the same.
        let place = port.filter(|port| *port != usual).map(|port| format!(":{port}")).unwrap_or_default();
        event.tell(Field::UrlFull, format!("http://{host}{place}{asked}"));
    }
    for (name, field) in [("User-Agent", Field::UserAgent), ("Referer", Field::HttpReferrer)] {
        if let Some(value) = event.written(field)? {
            in_a_line(field, &value)?;
            headers.push((name.to_owned(), value));
        }
    }
    let known = METHODS.contains(&method.as_str());
    let request = Request { method, target: asked, headers, body: body.into_bytes() };
    let status = event.number(Field::HttpStatus, 999)?;
    let kind = event.written(Field::HttpContentType)?;
    let response = match (status, kind) {
        (None, None) if known => None,
        (status, kind) => {
            let status = status.unwrap_or(200);
            if status < 100 {
                return none(format!("no answer has the status `{status}`"));
            }
            event.tell_number(Field::HttpStatus, status);
            let mut response = Response { status: u16::try_from(status).unwrap_or(200), reason: "Status".to_owned(), ..Response::ok("answered") };
            if let Some(kind) = kind {
                in_a_line(Field::HttpContentType, &kind)?;
                response = response.with("Content-Type", &kind);
            }
            Some(response)
        }
    };
    let what = What::Http(vec![Exchange { request, response }]);
    let port = port.unwrap_or_else(|| usual_port(&what));
    event.tell_number(Field::UrlPort, u64::from(port));
    Ok((what, port))
}

/// What is asked for, with the escapes that a client writes.
fn target(path: Option<&str>, query: Option<&str>) -> Sent<String> {
    let path = path.unwrap_or("/");
    if !path.starts_with('/') {
        return none(format!("the path `{path}` does not begin with a slash"));
    }
    if path.contains(['?', '#']) || query.is_some_and(|query| query.contains('#')) {
        return none("a path ends where a query or a fragment begins");
    }
    let query = query.map(|query| format!("?{}", escaped(query))).unwrap_or_default();
    Ok(format!("{}{query}", escaped(path)))
}

/// Blanks, control bytes and what is not ASCII in hex.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A handshake of TLS.
pub(super) fn handshake(event: &mut Telling<'_>) -> Sent<What> {
    if event.says(Field::TlsCertSha256) {
        return open(format!("nobody finds a certificate with a given `{}`", Field::TlsCertSha256.name()));
    }
    let version = match event.text(Field::TlsVersion)? {
        None => Version::OneTwo,
        Some(text) => match text.to_ascii_uppercase().trim_start_matches("TLS").trim_start_matches([' ', 'V']) {
            "1" | "1.0" => Version::One,
            "1.1" => Version::OneOne,
            "1.2" => Version::OneTwo,
            "1.3" => Version::OneThree,
            _ => return open(format!("no handshake of `{text}` is made here")),
        },
    };
    event.tell(Field::TlsVersion, "TLS 1.2");
    let name = event.text(Field::TlsSni)?;
    let mut hello = Hello { name: name.clone(), version: Version::OneTwo, ..Hello::to("") };
    if version == Version::OneThree {
        hello = hello.modern();
    }
    hello.version = version;
    hello.protocols = event.all(Field::TlsAlpn);
    let mut certificates = Vec::new();
    if let Some(certificate) = certificate(event)? {
        if version == Version::OneThree {
            return none("a certificate is encrypted in TLS 1.3");
        }
        certificates.push(certificate);
    }
    let answer = Answer { protocol: None, cipher: if version == Version::OneThree { 0x1301 } else { 0xc02f }, certificates };
    prints(event, Field::TlsJa3, fingerprint::ja3(&hello))?;
    prints(event, Field::TlsJa4, fingerprint::ja4(&hello, false))?;
    prints(event, Field::TlsJa3s, fingerprint::ja3s(&answer, version))?;
    Ok(What::Tls(Tls { hello, server: Some(answer) }))
}

/// A fingerprint of what is sent. Nobody finds a hello with a given one, so the rules ask for that of this one.
fn prints(event: &mut Telling<'_>, field: Field, print: Result<String, packets::Unsendable>) -> Sent<()> {
    match (print, event.text(field)?) {
        (Err(why), _) => return none(why.to_string()),
        (Ok(print), None) => event.tell(field, print),
        (Ok(print), Some(asked)) => event.swaps.push((asked.to_ascii_lowercase(), print)),
    }
    Ok(())
}

/// The first packet of QUIC.
pub(super) fn first_packet(event: &mut Telling<'_>) -> Sent<What> {
    const ENCRYPTED: [Field; 7] = [
        Field::TlsJa3s,
        Field::TlsCertSha1,
        Field::TlsCertSha256,
        Field::TlsCertSerial,
        Field::TlsCertSubject,
        Field::TlsCertIssuer,
        Field::TlsCertSan,
    ];
    if let Some(field) = ENCRYPTED.into_iter().find(|field| event.says(*field)) {
        return none(format!("`{}` is encrypted in QUIC", field.name()));
    }
    if event.text(Field::TlsVersion)?.is_some_and(|version| !version.ends_with("1.3")) {
        return none("QUIC speaks TLS 1.3");
    }
    event.tell(Field::TlsVersion, "TLS 1.3");
    let mut hello = Hello { name: event.text(Field::TlsSni)?, ..Hello::to("") }.modern();
    hello.protocols = event.all(Field::TlsAlpn);
    let sent = packets::quic::with_parameters(&hello);
    prints(event, Field::TlsJa3, fingerprint::ja3(&sent))?;
    prints(event, Field::TlsJa4, fingerprint::ja4(&sent, true))?;
    Ok(What::Quic(hello))
}

/// The certificate that an event speaks of; what it does not say of it is something ordinary.
fn certificate(event: &mut Telling<'_>) -> Sent<Option<Certificate>> {
    const SAID: [Field; 5] = [Field::TlsCertSha1, Field::TlsCertSerial, Field::TlsCertSubject, Field::TlsCertIssuer, Field::TlsCertSan];
    if !SAID.iter().any(|field| event.says(*field)) {
        return Ok(None);
    }
    let mut out = Certificate::of("host.example");
    for (field, part) in [(Field::TlsCertSubject, &mut out.subject), (Field::TlsCertIssuer, &mut out.issuer)] {
        match event.text(field)? {
            None => event.tell(field, "CN=host.example"),
            Some(text) => match parts(&text) {
                Some(parts) => *part = parts,
                None => return none(format!("no certificate has the name `{text}`: a name is parts such as `CN=host.example`")),
            },
        }
    }
    match event.text(Field::TlsCertSerial)? {
        None => event.tell(Field::TlsCertSerial, "01020304"),
        Some(text) => match bytes_of(&text) {
            Some(bytes) => out.serial = bytes,
            None => return none(format!("no certificate has the serial number `{text}`")),
        },
    }
    out.names = event.all(Field::TlsCertSan);
    let digest = fingerprint_of(&out);
    match event.text(Field::TlsCertSha1)? {
        None => event.tell(Field::TlsCertSha1, digest),
        Some(asked) => event.swaps.push((colons(&asked.to_lowercase()), colons(&digest))),
    }
    Ok(Some(out))
}

fn fingerprint_of(certificate: &Certificate) -> String {
    let record = ir::Record { bytes: Some(certificate.der().into()), ..ir::Record::new(ir::EventSelector::of(ir::EventClass::FileContent)) };
    record.get(&ir::FieldRef::Known(Field::FileSha1)).and_then(|value| value.text().map(std::borrow::Cow::into_owned)).unwrap_or_default()
}

fn colons(hex: &str) -> String {
    let mut out = String::new();
    for (at, char) in hex.chars().enumerate() {
        if at > 0 && at % 2 == 0 {
            out.push(':');
        }
        out.push(char);
    }
    out
}

/// The number that digits in hex stand for, without zeros in front.
fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if digits.is_empty() || digits.len() % 2 == 1 {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        digits.chunks(2).map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect();
    bytes.filter(|bytes| bytes.first().is_some_and(|first| *first != 0))
}

/// A name in its parts, as the engine spells it.
fn parts(text: &str) -> Option<Name> {
    const KNOWN: [Attribute; 6] =
        [Attribute::Country, Attribute::State, Attribute::Place, Attribute::Organisation, Attribute::Unit, Attribute::Common];
    let mut out: Name = Vec::new();
    for piece in text.split(", ") {
        let known = piece.split_once('=').and_then(|(short, value)| Some((*KNOWN.iter().find(|known| known.short() == short)?, value)));
        match (known, out.last_mut()) {
            (Some((attribute, value)), _) => out.push((attribute, value.to_owned())),
            (None, Some((_, before))) => {
                before.push_str(", ");
                before.push_str(piece);
            }
            (None, None) => return None,
        }
    }
    Some(out)
}
