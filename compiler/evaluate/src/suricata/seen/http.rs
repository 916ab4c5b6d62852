//! What do the buffers of HTTP hold? <https://docs.suricata.io/en/latest/rules/http-keywords.html>
//!
//! Hosts are in lower case without their port, paths are decoded, values of headers stand without the blanks around them. A body is a file that
//! is called by the path, or by what `Content-Disposition` says (<https://docs.suricata.io/en/latest/rules/file-keywords.html>).

use packets::Side;
use packets::http::{Exchange, Request, Response};

use super::super::traffic::{File, Part, Transaction};
use super::super::transform::decoded;
use super::clock::Clock;
use super::version::Version;
use crate::Fault;

/// Headers that have a buffer of their own.
const BUFFERS: [(&str, &str); 9] = [
    ("User-Agent", "http.user_agent"),
    ("Referer", "http.referer"),
    ("Accept", "http.accept"),
    ("Accept-Encoding", "http.accept_enc"),
    ("Accept-Language", "http.accept_lang"),
    ("Content-Type", "http.content_type"),
    ("Content-Length", "http.content_len"),
    ("Connection", "http.connection"),
    ("Cookie", "http.cookie"),
];
const OF_RESPONSES: [(&str, &str); 6] = [
    ("Content-Type", "http.content_type"),
    ("Content-Length", "http.content_len"),
    ("Connection", "http.connection"),
    ("Location", "http.location"),
    ("Server", "http.server"),
    ("Set-Cookie", "http.cookie"),
];

pub(super) fn transactions(exchanges: &[Exchange], clock: &Clock<'_>, version: Version) -> Result<Vec<Transaction>, Fault> {
    let (mut asked, mut answered) = (0, 0);
    let mut out = Vec::new();
    for exchange in exchanges {
        asked += exchange.request.bytes().len();
        let path = path_of(&exchange.request.target)?;
        let mut client = request(&exchange.request, &path, version)?;
        client.at = clock.after(Side::Client, asked);
        let mut server = Part::default();
        if let Some(response) = &exchange.response {
            answered += response.bytes().len();
            server = self::response(response, &path)?;
            server.at = clock.after(Side::Server, answered);
        }
        out.push(Transaction { client, server });
    }
    Ok(out)
}

fn request(request: &Request, path: &Path, version: Version) -> Result<Part, Fault> {
    let headers = request.sent_headers();
    decodable(&headers)?;
    let mut part = Part::default();
    part.put("http.method", request.method.as_str());
    part.put("http.request_line", format!("{} {} HTTP/1.1", request.method, request.target));
    part.put("http.uri.raw", request.target.as_str());
    match path.uri() {
        Ok(uri) => {
            part.count("urilen", uri.len() as u64);
            part.put("http.uri", uri);
        }
        Err(why) => {
            part.leave_open("http.uri", &why);
            part.leave_open("urilen", &why);
        }
    }
    let host = value(&headers, "Host");
    match (&path.authority, host) {
        (Some(authority), _) => {
            let host = normal_host(authority, version);
            put_host(&mut part, "http.host", host.clone());
            put_host(&mut part, "http.host.raw", host);
        }
        (None, Some(host)) => {
            put_host(&mut part, "http.host", normal_host(&host, version));
            part.put("http.host.raw", host);
        }
        (None, None) => {}
    }
    headers_of(&mut part, &headers, &BUFFERS);
    if !request.body.is_empty() {
        part.put("http.request_body", request.body.clone());
        if matches!(request.method.as_str(), "POST" | "PUT") {
            carry(&mut part, None, path, &request.body);
        }
    }
    Ok(part)
}

fn response(response: &Response, path: &Path) -> Result<Part, Fault> {
    let headers = response.sent_headers();
    decodable(&headers)?;
    let mut part = Part::default();
    part.put("http.stat_code", response.status.to_string());
    part.put("http.stat_msg", response.reason.as_str());
    part.put("http.response_line", format!("HTTP/1.1 {} {}", response.status, response.reason));
    headers_of(&mut part, &headers, &OF_RESPONSES);
    if !response.body.is_empty() {
        part.put("http.response_body", response.body.clone());
        let name = value(&headers, "Content-Disposition").and_then(|value| file_name(&value));
        carry(&mut part, name, path, &response.body);
    }
    Ok(part)
}

fn put_host(part: &mut Part, buffer: &'static str, host: Result<String, String>) {
    match host {
        Ok(host) => part.put(buffer, host),
        Err(why) => part.leave_open(buffer, &why),
    }
}

/// A body is a file that is called by a header or by the path.
fn carry(part: &mut Part, name: Option<String>, path: &Path, body: &[u8]) {
    if path.is_empty && name.is_none() {
        // Whether there is a file depends on the version.
        part.leave_open("file.name", "a body without a path");
        part.leave_open("file.data", "a body without a path");
        return;
    }
    let name = name.map_or_else(|| path.path.clone(), |name| Ok(name.into_bytes()));
    if let Err(why) = &name {
        part.leave_open("file.name", why);
    }
    part.carry(File { name: name.unwrap_or_default(), bytes: body.to_vec() });
}

/// A body that is not sent as it is holds something else than the description says.
fn decodable(headers: &[(String, String)]) -> Result<(), Fault> {
    for (name, value) in headers {
        let coded = name.eq_ignore_ascii_case("Content-Encoding") || name.eq_ignore_ascii_case("Transfer-Encoding");
        let parts = name.eq_ignore_ascii_case("Content-Type") && value.to_ascii_lowercase().starts_with("multipart/");
        if coded || parts {
            return Err(Fault::Unknown(format!("a body with `{name}: {value}`")));
        }
    }
    Ok(())
}

fn headers_of(part: &mut Part, headers: &[(String, String)], buffers: &[(&str, &'static str)]) {
    let (mut raw, mut normal) = (String::new(), String::new());
    for (name, value) in headers {
        raw.push_str(&format!("{name}: {value}\r\n"));
        if !name.eq_ignore_ascii_case("Cookie") && !name.eq_ignore_ascii_case("Set-Cookie") {
            normal.push_str(&format!("{name}: {}\r\n", trimmed(value)));
        }
    }
    raw.push_str("\r\n");
    part.put("http.header.raw", raw);
    if !normal.is_empty() {
        part.put("http.header", normal);
    }
    for (name, buffer) in buffers {
        if let Some(value) = value(headers, name) {
            part.put(buffer, value);
        }
    }
}

/// The value of a header; several of one name are joined.
fn value(headers: &[(String, String)], wanted: &str) -> Option<String> {
    let values: Vec<&str> = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| trimmed(value)).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn trimmed(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// A host in lower case, without its port. Version 7 keeps capitals beside a port and inside brackets; what is no port or no name is read in ways
/// of its own.
fn normal_host(host: &str, version: Version) -> Result<String, String> {
    let fault = || format!("the host `{host}`");
    let (name, port) = match host.rsplit_once(']') {
        Some((_, "")) => (host, None),
        Some((name, rest)) => (host.get(..=name.len()).ok_or_else(fault)?, Some(rest.strip_prefix(':').ok_or_else(fault)?)),
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte);
    if name.is_empty() || !name.bytes().all(plain) || port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Err(fault());
    }
    let kept = version == Version::Seven && (port.is_some() || name.starts_with('['));
    Ok(if kept { name.to_owned() } else { name.to_ascii_lowercase() })
}

/// What `filename` says.
fn file_name(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("filename=")?;
    match rest.trim().strip_prefix('"') {
        Some(rest) => rest.split('"').next().map(str::to_owned),
        None => rest.split(';').next().map(|name| name.trim().to_owned()),
    }
}

/// What was asked for, in parts.
struct Path {
    /// Nothing stands where the path should.
    is_empty: bool,
    authority: Option<String>,
    /// Decoded, or why it is not known what becomes of it.
    path: Result<Vec<u8>, String>,
    /// As it was sent, behind the question mark.
    query: Option<Vec<u8>>,
}

impl Path {
    fn uri(&self) -> Result<Vec<u8>, String> {
        let path = self.path.clone()?;
        Ok(match &self.query {
            Some(query) => [path.as_slice(), b"?", query].concat(),
            None => path,
        })
    }
}

fn path_of(target: &str) -> Result<Path, Fault> {
    if target.contains('#') || target.bytes().any(|byte| byte <= b' ') {
        return Err(Fault::Unknown(format!("the target `{target}`")));
    }
    let (authority, rest) = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            let (authority, rest) = rest.split_at(end);
            (Some(authority.to_owned()), rest)
        }
        _ => (None, target),
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    Ok(Path { is_empty: path.is_empty(), authority, path: normal_path(path), query: query.map(|query| decoded(query.as_bytes(), false)) })
}

/// A path with its escapes decoded, backslashes as slashes, slashes behind each other as one, and without `.` and `..`.
fn normal_path(path: &str) -> Result<Vec<u8>, String> {
    let bytes: Vec<u8> = decoded(path.as_bytes(), false).into_iter().map(|byte| if byte == b'\\' { b'/' } else { byte }).collect();
    if bytes.contains(&0) || !bytes.is_ascii() {
        return Err(format!("the path `{path}`"));
    }
    let mut one: Vec<u8> = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if !(byte == b'/' && one.last() == Some(&b'/')) {
            one.push(byte);
        }
    }
    // Nothing where a path should be, and dots at its end, are not what the manual speaks of.
    let parts: Vec<&[u8]> = one.split(|byte| *byte == b'/').skip(1).collect();
    if one.is_empty() || matches!(parts.last(), Some(&(b"." | b".."))) {
        return Err(format!("the path `{path}`"));
    }
    if !one.starts_with(b"/") {
        return Ok(one);
    }
    let mut out: Vec<&[u8]> = Vec::new();
    for part in parts {
        match part {
            b"." => {}
            b".." => drop(out.pop()),
            part => out.push(part),
        }
    }
    Ok([b"/".as_slice(), &out.join(&b'/')].concat())
}
