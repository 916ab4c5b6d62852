//! As which texts does Zeek see a URL?
//!
//! A request is seen as `HTTP::build_url` puts it together (`base/protocols/http/utils.zeek`): the `Host` header as sent, `:` and the port of
//! the connection unless that is 80, then path and query with percent-escapes decoded (`unescaped_URI` in `base/protocols/http/main.zeek`).
//! A client names a port other than 80 in the `Host` header too (RFC 9110, section 7.2), so the port stands there twice:
//! `localhost:8080:8080/zeek.txt` in Zeek's own tests (`scripts.base.frameworks.notice.file-info-multiple-conns`). A path or query that holds
//! `://` once it is decoded is taken for a whole URL, and the host is left out. So is that of a request to a proxy, which has the scheme in its
//! request line (RFC 9112, section 3.2.2): it is seen with the scheme. No line is written for these, because `Intel::URL` is documented as a URL
//! without one (`base/frameworks/intel/main.zeek`).
//!
//! A `Referer` header and a link in a mail are seen as they are written, without the scheme (`seen/http-headers.zeek`,
//! `seen/smtp-url-extraction.zeek`).

use ir::Url;

/// Whether requests for it travel in the clear, inside TLS, or are none of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Travels {
    Clear,
    Encrypted,
    Otherwise,
}

/// How requests for a URL travel.
pub(crate) fn travels(url: &Url) -> Travels {
    match url.scheme() {
        "http" | "ws" => Travels::Clear,
        "https" | "wss" => Travels::Encrypted,
        _ => Travels::Otherwise,
    }
}

/// Whether a request for it is seen without its host.
pub(crate) fn holds_url(url: &Url) -> bool {
    decoded(&url.path_and_query()).windows(3).any(|bytes| bytes == b"://")
}

/// The texts that a request for it is seen as, and those of a `Referer` header.
pub(crate) fn requested(url: &Url) -> Vec<Vec<u8>> {
    let host = url.host().to_header();
    let hosts = match (url.port(), travels(url)) {
        // Where TLS is taken off before Zeek, the connection may keep its port.
        (None, Travels::Encrypted) => vec![host.clone(), format!("{host}:443")],
        (None, Travels::Clear | Travels::Otherwise) => vec![host],
        (Some(80), _) => vec![format!("{host}:80"), host],
        (Some(port), _) => vec![format!("{host}:{port}"), format!("{host}:{port}:{port}")],
    };
    let target = url.path_and_query();
    let mut targets = vec![target.as_bytes().to_vec()];
    let plain = decoded(&target);
    if plain != target.as_bytes() && !holds_url(url) {
        targets.push(plain);
    }
    hosts.iter().flat_map(|host| targets.iter().map(move |target| [host.as_bytes(), target].concat())).collect()
}

/// The texts that a link in a mail is seen as.
pub(crate) fn linked(url: &Url) -> Vec<Vec<u8>> {
    let text = url.without_scheme();
    let bare = (url.path() == "/" && url.query().is_none()).then(|| text.trim_end_matches('/').as_bytes().to_vec());
    std::iter::once(text.clone().into_bytes()).chain(bare).collect()
}

/// Path and query as `unescape_URI` in `src/analyzer/protocol/http/HTTP.cc` reads them: of two percent signs the first goes, `%u` takes four
/// digits, whose first two are dropped when they are zeros, and what is no escape stays.
fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let byte = |high: u8, low: u8| Some(digit(high)? << 4 | digit(low)?);
    loop {
        rest = match rest {
            [] => return out,
            [b'%', rest @ ..] if matches!(rest, [b'%', _, ..]) => rest,
            [b'%', high, low, rest @ ..] if byte(*high, *low).is_some() => {
                out.extend(byte(*high, *low));
                rest
            }
            [b'%', b'u', a, b, c, d, rest @ ..] if byte(*a, *b).is_some() && byte(*c, *d).is_some() => {
                out.extend(byte(*a, *b).filter(|_| [*a, *b] != *b"00"));
                out.extend(byte(*c, *d));
                rest
            }
            [b'%', other, rest @ ..] => {
                out.extend([b'%', *other]);
                rest
            }
            [other, rest @ ..] => {
                out.push(*other);
                rest
            }
        };
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[Vec<u8>]) -> Vec<String> {
        list.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    fn seen(url: &str) -> Vec<String> {
        texts(&requested(&Url::parse(url).unwrap()))
    }

    #[test]
    fn escapes_are_decoded_as_zeek_decodes_them() {
        for (text, plain) in [
            ("/a%20b", "/a b"),
            ("/%61%2Fb", "/a/b"),
            ("/a%", "/a%"),
            ("/a%2", "/a%2"),
            ("/a%%20b", "/a b"),
            ("/a%%", "/a%%"),
            ("/a%zzb", "/a%zzb"),
            ("/%u0041%u00e", "/A%u00e"),
            ("/%u4142", "/AB"),
            ("/%%%41", "/A"),
        ] {
            assert_eq!(String::from_utf8(decoded(text)).unwrap(), plain, "{text}");
        }
        assert_eq!(decoded("/%ff%u00fe"), b"/\xff\xfe");
    }

    #[test]
    fn a_request_is_seen_without_scheme_and_with_the_port_of_the_connection() {
        assert_eq!(seen("http://Evil.example/Gate?x=1#y"), ["evil.example/Gate?x=1"]);
        assert_eq!(seen("http://evil.example"), ["evil.example/"]);
        assert_eq!(seen("http://evil.example:8080/a"), ["evil.example:8080/a", "evil.example:8080:8080/a"]);
        assert_eq!(seen("https://evil.example/a"), ["evil.example/a", "evil.example:443/a"]);
        assert_eq!(seen("https://evil.example:80/a"), ["evil.example:80/a", "evil.example/a"]);
        assert_eq!(seen("http://[2001:db8::1]/a%20b"), ["[2001:db8::1]/a%20b", "[2001:db8::1]/a b"]);
        assert_eq!(seen("http://evil.example/?to=http%3A%2F%2Fa.example"), ["evil.example/?to=http%3A%2F%2Fa.example"]);
    }

    #[test]
    fn a_link_may_end_without_its_slash() {
        let links = |url: &str| texts(&linked(&Url::parse(url).unwrap()));
        assert_eq!(links("https://evil.example/"), ["evil.example/", "evil.example"]);
        assert_eq!(links("https://evil.example/a/"), ["evil.example/a/"]);
    }
}
