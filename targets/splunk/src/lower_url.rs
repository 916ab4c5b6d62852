//! How is a URL looked for in a field that logs fill with and without scheme, port and fragment?

use ir::{Part, Pattern, Url, UrlHost};

use crate::ast::{Expr, RegexPart, Stage};

/// A pattern that every spelling of the URL fits, and some others.
pub(crate) fn wider(url: &Url) -> Pattern {
    let tail = if url.path() == "/" { url.query().map(|query| format!("?{query}")).unwrap_or_default() } else { url.path_and_query() };
    let host = match url.host() {
        UrlHost::Domain(domain) => domain.as_str().to_owned(),
        UrlHost::Address(address) => address.to_string(),
    };
    Pattern::new([Part::Run, Part::Literal(host), Part::Run, Part::Literal(tail), Part::Run])
}

/// A regular expression that the spellings of any of the URLs fit, and nothing else.
pub(crate) fn regex(urls: &[Url]) -> Vec<RegexPart> {
    let mut out = vec![RegexPart::syntax("(?i)^(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@]*@)?(?:")];
    for (at, url) in urls.iter().enumerate() {
        if at > 0 {
            out.push(RegexPart::syntax("|"));
        }
        out.push(RegexPart::Literal(url.host().to_header()));
        if matches!(url.host(), UrlHost::Domain(_)) {
            out.push(RegexPart::syntax("[.]?"));
        }
        match url.port() {
            Some(port) => out.push(RegexPart::Literal(format!(":{port}"))),
            None => out.push(RegexPart::syntax("(?::[0-9]*)?")),
        }
        if url.path() == "/" {
            out.push(RegexPart::syntax("/?"));
        } else {
            out.push(RegexPart::Literal(url.path().to_owned()));
        }
        if let Some(query) = url.query() {
            out.push(RegexPart::Literal(format!("?{query}")));
        }
    }
    out.push(RegexPart::syntax(")(?:#.*)?\\z"));
    out
}

/// The key under which tables hold the URL: host, port when one is written, path and query.
pub(crate) fn key(url: &Url) -> String {
    url.without_scheme()
}

fn replace(value: Expr, pattern: &str, with: &str) -> Expr {
    Expr::Call("replace", vec![value, Expr::Regex(vec![RegexPart::syntax(pattern)]), Expr::Regex(vec![RegexPart::syntax(with)])])
}

/// An expression on one value of a field, for each value when it may have several.
fn each(name: &str, many: bool, value: Expr) -> Expr {
    if many { Expr::Call("mvmap", vec![Expr::field(name), value]) } else { value }
}

/// The hosts of URLs, as an expression.
pub(crate) fn hosts(name: &str) -> Expr {
    let bare = replace(Expr::Call("lower", vec![Expr::field(name)]), "^[a-z][a-z0-9+.-]*://", "");
    each(name, true, replace(bare, "(?s)^(?:[^/?#@]*@)?([[][^/?#]*\\x5d|[^/?#:]*).*\\z", "\\1"))
}

/// The field that holds the key of a logged URL, and the commands that make it. `port` keeps the port; `many` says that
/// there may be several URLs.
pub(crate) fn normalise(name: &str, port: bool, many: bool) -> (String, Vec<Stage>) {
    let bare = replace(Expr::Call("lower", vec![Expr::field(name)]), "#.*", "");
    let bare = replace(bare, "^[a-z][a-z0-9+.-]*://", "");
    let bare = replace(bare, "^[^/?@]*@", "");
    let bare = replace(bare, "^([^/?:]+)[.]((?:[/?:].*)?)\\z", "\\1\\2");
    let rooted = replace(bare, "^([^/?]+)((?:[?].*)?)\\z", "\\1/\\2");
    let mut stages = vec![Stage::Eval(vec![("vigie_url".to_owned(), each(name, many, rooted))])];
    if port {
        return ("vigie_url".to_owned(), stages);
    }
    let without = replace(Expr::field("vigie_url"), "^([^/?:]+|[[][^/?]*\\x5d):[0-9]*/", "\\1/");
    stages.push(Stage::Eval(vec![("vigie_url_no_port".to_owned(), each("vigie_url", many, without))]));
    ("vigie_url_no_port".to_owned(), stages)
}
