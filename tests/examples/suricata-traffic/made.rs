//! Which traffic hits a rule, and which nearly does? Flows made of the contents that rules look for.
//!
//! Every content goes where its buffer is filled, all of a rule at once, and then with a letter more, a letter less or in the other case in one
//! of the places. Rules that only hold expressions are met by the flows of `flows.rs`.

use std::collections::BTreeMap;

use packets::What;
use packets::dns::{Data, Dns};
use packets::http::{Exchange, Request, Response};
use packets::smtp::Session;
use packets::tls::{Answer, Hello, Tls};

use super::Named;
use super::flows::{FAR, flow};

/// A place in traffic, by the buffer that it fills.
type Values = BTreeMap<&'static str, String>;

const PLACES: [&str; 19] = [
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
    "quic.sni",
    "email.subject",
    "payload",
];

/// Flows for the rules.
pub fn from<'r>(rules: impl Iterator<Item = &'r str>) -> Vec<Named> {
    let mut out: BTreeMap<String, Named> = BTreeMap::new();
    for rule in rules {
        let values = contents(rule);
        for values in variants(&values) {
            for named in all(rule, &values) {
                out.entry(format!("{:?}", named.flow)).or_insert(named);
            }
        }
    }
    out.into_values().collect()
}

/// What a rule looks for in each place, as far as it is text.
fn contents(rule: &str) -> Values {
    let mut out = Values::new();
    let mut place = "payload";
    for option in super::split(rule.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')'))) {
        let (name, value) = option.split_once(':').unwrap_or((option.as_str(), ""));
        if let Some(known) = PLACES.iter().find(|known| **known == name) {
            place = known;
        } else if name == "content" && !value.starts_with('!') {
            if let Some(text) = text(value.trim_matches('"')) {
                let known = out.entry(place).or_default();
                if !known.contains(&text) {
                    known.push_str(&text);
                }
            }
        } else if value.is_empty() && name.contains('.') {
            // A place that no flow here fills.
            return Values::new();
        }
    }
    out
}

fn text(content: &str) -> Option<String> {
    let mut bytes = Vec::new();
    for (at, part) in content.split('|').enumerate() {
        if at % 2 == 0 {
            bytes.extend(part.replace('\\', "").bytes());
        } else {
            bytes.extend(part.split(' ').filter_map(|digits| u8::from_str_radix(digits, 16).ok()));
        }
    }
    String::from_utf8(bytes).ok()
}

/// The values themselves, and with one change in one of them.
fn variants(values: &Values) -> Vec<Values> {
    let mut out = vec![values.clone()];
    for (place, value) in values {
        let with = |changed: String| {
            values.clone().into_iter().map(|(name, old)| if name == *place { (name, changed.clone()) } else { (name, old) }).collect::<Values>()
        };
        let other: String =
            value.chars().map(|char| if char.is_ascii_lowercase() { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() }).collect();
        let less: String = value.chars().skip(1).collect();
        let shorter: String = value.chars().take(value.chars().count().saturating_sub(1)).collect();
        out.extend([other, format!("{value}x"), format!("x{value}"), less, shorter, format!("www{value}"), format!("/a{value}?b=c")].map(with));
    }
    out
}

fn all(rule: &str, values: &Values) -> Vec<Named> {
    let protocol = rule.split(' ').nth(1).unwrap_or_default();
    let port: u16 = rule.split(' ').nth(6).and_then(|port| port.parse().ok()).unwrap_or(0);
    let get = |name: &str| values.get(name).map(String::as_str);
    let line = |name: &str| get(name).filter(|value| !value.contains(['\r', '\n', '\0']));
    let name = format!("{values:?}");
    let mut out = Vec::new();
    let mut push = |what: What| {
        let port = if port == 0 { packets::usual_port(&what) } else { port };
        out.push(Named { name: name.clone(), flow: flow(FAR, port, what) });
    };
    let is = |wanted: &str| protocol == wanted;
    if is("http") || is("tcp") {
        let host = line("http.host.raw").or(line("http.host")).unwrap_or("www.example").trim_start_matches('.');
        let uri = line("http.uri.raw").or(line("http.uri")).unwrap_or("/index.html").replace(' ', "%20");
        let uri = if uri.starts_with('/') || uri.contains("://") { uri } else { format!("/{uri}") };
        let mut request = Request::get(host, &uri);
        let method = line("http.method").filter(|method| method.bytes().all(|byte| byte.is_ascii_uppercase()));
        request.method = method.unwrap_or("GET").to_owned();
        for (buffer, header) in [("http.user_agent", "User-Agent"), ("http.referer", "Referer")] {
            if let Some(value) = line(buffer) {
                request = request.with(header, value);
            }
        }
        let mut response = Response::ok(get("file.data").unwrap_or("nothing here"));
        response.status = get("http.stat_code").and_then(|code| code.parse().ok()).unwrap_or(200);
        response = response.with("Content-Type", line("http.content_type").unwrap_or("text/plain"));
        if let Some(file) = line("file.name").filter(|file| !file.contains('"')) {
            response = response.with("Content-Disposition", &format!("attachment; filename=\"{file}\""));
        }
        if let Some(body) = get("http.request_body").or(get("file.data")).filter(|body| !body.is_empty()) {
            let mut with_body = request.clone();
            body.clone_into_bytes(&mut with_body.body);
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
    if let (true, Some(name)) = (is("tls"), line("tls.sni")) {
        let hello = Hello::to(name.trim_start_matches('.'));
        push(What::Tls(Tls { hello: hello.clone(), server: Some(Answer::with(packets::certificate::Certificate::of("www.example"))) }));
        push(What::Tls(Tls { hello: hello.modern(), server: Some(Answer { cipher: 0x1301, protocol: None, certificates: Vec::new() }) }));
    }
    if let (true, Some(name)) = (is("quic"), line("quic.sni")) {
        push(What::Quic(Hello::to(name.trim_start_matches('.')).modern()));
    }
    if is("smtp") || is("tcp") && values.contains_key("file.name") {
        let payload = line("payload").unwrap_or_default();
        let from = if payload.contains('@') { payload.trim_start_matches('@') } else { "a@client.example" };
        let from = if from.contains('@') { from.to_owned() } else { format!("a@{from}") };
        let subject = line("email.subject").or(line("payload")).unwrap_or("hello");
        let mut session = Session::of(&from, "b@home.example", subject, &format!("see https://{payload}\r\n"));
        if let Some(file) = line("file.name").filter(|file| !file.contains('"')) {
            session = session.attach(file, get("file.data").unwrap_or("attached"));
        } else if let Some(data) = get("file.data").filter(|data| !data.is_empty()) {
            session = session.attach("a.bin", data);
        }
        push(What::Smtp(session));
    }
    out
}

/// Text as the bytes of a body.
trait IntoBody {
    fn clone_into_bytes(&self, body: &mut Vec<u8>);
}

impl IntoBody for &str {
    fn clone_into_bytes(&self, body: &mut Vec<u8>) {
        *body = self.as_bytes().to_vec();
    }
}
