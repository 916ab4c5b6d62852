//! Which traffic hits a rule, and which nearly does? Flows made of the contents that rules look for.
//!
//! Every content goes where its buffer is filled, all of a rule at once, and then with a letter more, a letter less or in the other case in one
//! of the places. What an expression looks for is made up by `sample.rs`.

use std::collections::BTreeMap;

use packets::What;
use packets::certificate::Certificate;
use packets::dns::{Data, Dns};
use packets::http::{Exchange, Request, Response};
use packets::smtp::Session;
use packets::tls::{Answer, Hello, Tls};

use super::Named;
use super::flows::{FAR, flow};
use super::sample::{Way, sample};

/// A place in traffic, by the buffer that it fills.
type Values = BTreeMap<&'static str, Vec<u8>>;

const PLACES: [&str; 22] = [
    "http.host",
    "http.host.raw",
    "http.uri",
    "http.uri.raw",
    "http.user_agent",
    "http.referer",
    "http.method",
    "http.request_body",
    "http.stat_code",
    "http.content_type",
    "file.data",
    "file.name",
    "dns.query",
    "dns.queries.rrname",
    "dns.response.rrname",
    "tls.sni",
    "tls.alpn",
    "tls.cert_serial",
    "tls.subjectaltname",
    "quic.sni",
    "email.subject",
    "payload",
];

/// Flows for the rules.
pub(crate) fn from<'r>(rules: impl Iterator<Item = &'r str>) -> Vec<Named> {
    let mut out: BTreeMap<String, Named> = BTreeMap::new();
    for rule in rules {
        let mut all_values: Vec<Values> = [Way::First, Way::Last].into_iter().flat_map(|way| variants(&contents(rule, way))).collect();
        all_values.sort();
        all_values.dedup();
        for values in all_values {
            for named in all(rule, &values) {
                out.entry(format!("{:?}", named.flow)).or_insert(named);
            }
        }
    }
    out.into_values().collect()
}

/// What a rule looks for in each place.
fn contents(rule: &str, way: Way) -> Values {
    let mut out = Values::new();
    let mut excluded = Vec::new();
    let mut place = "payload";
    for option in super::split(rule.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')'))) {
        let (name, value) = option.split_once(':').unwrap_or((option.as_str(), ""));
        let found = match name {
            "content" if !value.starts_with('!') => bytes(value.trim_matches('"')),
            "pcre" if !value.starts_with('!') => {
                let (expression, flags) = value.trim_matches('"').trim_start_matches('/').rsplit_once('/').unwrap_or_default();
                let found = sample(expression, way);
                if flags.contains('i') && way == Way::Last { found.to_ascii_uppercase() } else { found }
            }
            // What is excluded in a place needs something else there.
            "content" | "pcre" => {
                excluded.push(place);
                continue;
            }
            _ => {
                match PLACES.iter().find(|known| **known == name) {
                    Some(known) => place = known,
                    // A place that no flow here fills.
                    None if value.is_empty() && name.contains('.') => return Values::new(),
                    None => {}
                }
                continue;
            }
        };
        let known = out.entry(place).or_default();
        let holds = |text: &[u8], part: &[u8]| part.is_empty() || text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part));
        if holds(&found, known) {
            *known = found;
        } else if !holds(known, &found) {
            known.extend(found);
        }
    }
    for place in excluded {
        out.entry(place).or_insert_with(|| b"neutral".to_vec());
    }
    out
}

fn bytes(content: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, part) in content.split('|').enumerate() {
        if at % 2 == 0 {
            bytes.extend(part.replace('\\', "").bytes());
        } else {
            bytes.extend(part.split(' ').filter_map(|digits| u8::from_str_radix(digits, 16).ok()));
        }
    }
    bytes
}

/// The values themselves, and with one change in one of them.
fn variants(values: &Values) -> Vec<Values> {
    let mut out = vec![values.clone()];
    for (place, value) in values {
        let with = |changed: Vec<u8>| {
            values.clone().into_iter().map(|(name, old)| if name == *place { (name, changed.clone()) } else { (name, old) }).collect::<Values>()
        };
        let other = value.iter().map(|byte| if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }).collect();
        let less = value.get(1..).unwrap_or_default().to_vec();
        let shorter = value.get(..value.len().saturating_sub(1)).unwrap_or_default().to_vec();
        let around = |before: &str, after: &str| [before.as_bytes(), value, after.as_bytes()].concat();
        out.extend([other, around("", "x"), around("x", ""), less, shorter, around("www", ""), around("/a", "?b=c")].map(with));
    }
    out
}

fn all(rule: &str, values: &Values) -> Vec<Named> {
    let protocol = rule.split(' ').nth(1).unwrap_or_default();
    let port: u16 = rule.split(' ').nth(6).and_then(|port| port.parse().ok()).unwrap_or(0);
    let get = |name: &str| values.get(name);
    let line = |name: &str| get(name).and_then(|value| std::str::from_utf8(value).ok()).filter(|value| !value.contains(['\r', '\n', '\0']));
    let name = values.iter().map(|(place, value)| format!("{place} `{}`", value.escape_ascii())).collect::<Vec<_>>().join(", ");
    let mut out = Vec::new();
    let mut push = |what: What| {
        let port = if port == 0 { packets::usual_port(&what) } else { port };
        out.push(Named { name: name.clone(), flow: flow(FAR, port, what) });
    };
    let is = |wanted: &str| protocol == wanted;
    if is("http") || is("tcp") {
        let host = line("http.host.raw").or(line("http.host")).unwrap_or("www.example").trim_start_matches('.');
        let host = if host.starts_with(':') { format!("www.example{host}") } else { host.to_owned() };
        let uri = line("http.uri.raw").or(line("http.uri")).unwrap_or("/index.html").replace(' ', "%20");
        let uri = if uri.starts_with('/') || uri.contains("://") { uri } else { format!("/{uri}") };
        let mut request = Request::get(&host, &uri);
        let method = line("http.method").filter(|method| method.bytes().all(|byte| byte.is_ascii_uppercase()));
        request.method = method.unwrap_or("GET").to_owned();
        for (buffer, header) in [("http.user_agent", "User-Agent"), ("http.referer", "Referer")] {
            if let Some(value) = line(buffer) {
                request = request.with(header, value);
            }
        }
        let mut response = Response::ok(get("file.data").cloned().unwrap_or_else(|| b"nothing here".to_vec()));
        response.status = line("http.stat_code").and_then(|code| code.parse().ok()).unwrap_or(200);
        response = response.with("Content-Type", line("http.content_type").unwrap_or("text/plain"));
        if let Some(file) = line("file.name").filter(|file| !file.contains('"')) {
            response = response.with("Content-Disposition", &format!("attachment; filename=\"{file}\""));
        }
        if let Some(body) = get("http.request_body").or(get("file.data")).filter(|body| !body.is_empty()) {
            let mut with_body = request.clone();
            with_body.body.clone_from(body);
            if method.is_none() {
                "POST".clone_into(&mut with_body.method);
            }
            push(What::Http(vec![Exchange { request: with_body, response: Some(Response::ok("ok")) }]));
        }
        push(What::Http(vec![Exchange { request, response: Some(response) }]));
    }
    if is("dns") {
        let asked = line("dns.query").or(line("dns.queries.rrname")).or(line("dns.response.rrname")).unwrap_or("www.example");
        let asked = asked.trim_start_matches('.');
        push(What::Dns(Dns::query(asked)));
        push(What::Dns(Dns::query(asked).answered(0, [Data::A([192, 0, 2, 77].into())])));
        push(What::Dns(Dns::query(asked).answered(3, [])));
        push(What::Dns(Dns::query("other.example").answered(0, [Data::Cname(asked.to_owned())])));
    }
    if is("tls") {
        let name = line("tls.sni").unwrap_or("www.example").trim_start_matches('.');
        let mut hello = Hello::to(name);
        hello.protocols = line("tls.alpn").filter(|name| name.len() < 256).map(str::to_owned).into_iter().collect();
        let mut certificate = Certificate::of("www.example");
        if let Some(serial) = line("tls.cert_serial") {
            certificate.serial = serial.split(':').filter_map(|digits| u8::from_str_radix(digits, 16).ok()).collect();
        }
        certificate.names = line("tls.subjectaltname").map(|name| name.trim_start_matches('.').to_owned()).into_iter().collect();
        push(What::Tls(Tls { hello: hello.clone(), server: Some(Answer::with(certificate)) }));
        push(What::Tls(Tls { hello: hello.clone(), server: None }));
        push(What::Tls(Tls { hello: hello.modern(), server: Some(Answer { cipher: 0x1301, protocol: None, certificates: Vec::new() }) }));
    }
    if let (true, Some(name)) = (is("quic"), line("quic.sni")) {
        push(What::Quic(Hello::to(name.trim_start_matches('.')).modern()));
    }
    if is("smtp") || is("tcp") && values.contains_key("file.name") {
        let payload = get("payload").map(|payload| String::from_utf8_lossy(payload).into_owned()).unwrap_or_default();
        let payload = payload.as_str();
        let said = payload.replace(['\r', '\n', '\0'], " ");
        let from = if payload.contains('@') { payload.trim_start_matches('@') } else { "a@client.example" };
        let from = if from.contains('@') { from.to_owned() } else { format!("a@{from}") };
        let subject = line("email.subject").unwrap_or(if said.is_empty() { "hello" } else { &said });
        let mut session = Session::of(&from, "b@home.example", subject, &format!("see https://{payload}\r\n"));
        if let Some(file) = line("file.name").filter(|file| !file.contains('"')) {
            session = session.attach(file, get("file.data").cloned().unwrap_or_else(|| b"attached".to_vec()));
        } else if let Some(data) = get("file.data").filter(|data| !data.is_empty()) {
            session = session.attach("a.bin", data.clone());
        }
        if values.contains_key("payload") {
            // The line itself, among the headers.
            let mut lines = session.clone();
            let header = |line: &str| line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim_start().to_owned()));
            lines.mail.headers = payload.split("\r\n").filter_map(header).collect();
            push(What::Smtp(lines));
        }
        push(What::Smtp(session));
    }
    out
}
