//! How URLs and their parts become options: host and URI have buffers of their own, so a whole URL is never looked for.
//!
//! `http.uri` is normalised: percent-escapes are decoded, `//` and `/../` are resolved. A value that holds any of these is looked
//! for in `http.uri.raw`, which is what was sent; through a proxy that is the whole URL.

use backend::Refusal;
use ir::{Case, Field, FieldTest, NumberTest, Op, Part as Hole, Pattern, Shape, Tree, Url};
use source::{Code, Loss};

use super::pattern::{anchor, either, label, parts};
use super::{Choice, Lowering, MAX_CONTENT, Options, Part, TOO_LONG};
use crate::ast::{Content, Item, Number, Pcre, Re, Sign, Transform};

pub(crate) static ENCRYPTED_URL: Code = Code::warn("suricata.encrypted-url", "a URL with `https` is seen only where traffic is decrypted");

const URI: &str = "http.uri";
const RAW: &str = "http.uri.raw";
/// What a proxy's request has before the path.
const AUTHORITY: Re = Re::Raw("^(?:[a-z][a-z0-9+.-]*:\\/\\/[^\\/?]*)?");

impl Lowering<'_, '_> {
    /// A test of the URL or one of its parts.
    pub(super) fn uri(&mut self, field: Field, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let options = match (field, &test.op) {
            (Field::UrlFull, Op::Url(urls)) if !negated => self.urls(urls, test)?,
            (Field::UrlFull, Op::Exists) | (Field::UrlPath, Op::Exists) => return Ok(if negated { Part::False } else { Part::True }),
            (Field::UrlPath, Op::Text { patterns, case }) => self.pieces(test, negated, patterns, *case, false)?,
            (Field::UrlQuery, Op::Text { patterns, case }) => self.pieces(test, negated, patterns, *case, true)?,
            (Field::UrlPath, Op::Under(trees)) => self.trees(test, negated, trees)?,
            (Field::UrlQuery, Op::Exists) => Options::one(vec![Item::Buffer(URI), pcre(Re::Raw("\\?."), negated, false)]),
            (Field::UrlPath | Field::UrlQuery, Op::Regex(list)) => self.part_matches(test, negated, list, field == Field::UrlQuery)?,
            (Field::UrlPort, Op::Number(NumberTest::In(ports))) => port(ports, negated),
            _ => return self.no_form(test),
        };
        Ok(if options.choices.is_empty() { Part::False } else { Part::Options(options) })
    }

    /// Whole URLs, each as host and URI.
    fn urls(&mut self, urls: &[Url], test: &FieldTest) -> Result<Options, Refusal> {
        let mut choices = Vec::with_capacity(urls.len());
        let mut sorted: Vec<&Url> = urls.iter().collect();
        sorted.sort();
        sorted.dedup();
        for url in sorted {
            if matches!(url.scheme(), "https" | "wss") {
                let message = format!("`{}` is asked for inside TLS; the rule sees it only where traffic is decrypted", url.host().to_header());
                let help = "the host's name is also seen in DNS and TLS: an indicator of type `domain` or `host` would find it there";
                self.loss(&ENCRYPTED_URL, Loss::Narrower, test.span, message, help);
            }
            let target = url.path_and_query();
            if target.len() > MAX_CONTENT {
                return self.refuse(&TOO_LONG, test.span, format!("the URL has {} bytes, and a content {MAX_CONTENT} at most", target.len()));
            }
            let host = url.host().to_header();
            let whole = |bytes: &str, nocase: bool| Content { bytes: bytes.as_bytes().to_vec(), nocase, ..Content::default() };
            let exact =
                |buffer, text: &str, nocase| [Item::Buffer(buffer), Item::Content(whole(text, nocase)), Item::Size(Number::Is(text.len() as u64))];
            let uri = |authority: Option<String>| -> Vec<Item> {
                if is_normal(&target) && authority.is_none() {
                    return exact(URI, &target, true).to_vec();
                }
                let content = Content { ends: true, ..whole(&target, true) };
                let before = authority.map_or(AUTHORITY, |text| Re::Seq(vec![Re::Raw("^[a-z][a-z0-9+.-]*:\\/\\/(?:[^\\/?@]*@)?"), Re::Text(text)]));
                let expression = Re::Seq(vec![before, Re::Text(target.clone()), Re::Raw("$")]);
                vec![Item::Buffer(RAW), Item::Content(content), pcre(expression, false, true)]
            };
            match url.port() {
                None => {
                    let items = exact("http.host", &host, false).into_iter().chain(uri(None)).collect();
                    choices.push(Choice { label: url.without_scheme(), items });
                }
                // A port that is not the scheme's own stands in the Host header, or in the URL that a proxy is asked for.
                Some(port) => {
                    let with_port = format!("{host}:{port}");
                    let items = exact("http.host.raw", &with_port, true).into_iter().chain(uri(None)).collect();
                    choices.push(Choice { label: url.without_scheme(), items });
                    let items = exact("http.host", &host, false).into_iter().chain(uri(Some(with_port))).collect();
                    choices.push(Choice { label: format!("{}, through a proxy", url.without_scheme()), items });
                }
            }
        }
        Ok(Options { choices, joined: None, to_client: false })
    }

    /// Patterns for the path or the query.
    fn pieces(&mut self, test: &FieldTest, negated: bool, patterns: &[Pattern], case: Case, query: bool) -> Result<Options, Refusal> {
        let mut patterns: Vec<Pattern> = patterns.iter().filter(|pattern| pattern.as_exact() != Some("")).cloned().collect();
        patterns.sort();
        patterns.dedup();
        if let Some(long) = patterns.iter().flat_map(Pattern::literals).find(|text| text.len() > MAX_CONTENT) {
            return self.refuse(&TOO_LONG, test.span, format!("the value has {} bytes, and a content {MAX_CONTENT} at most", long.len()));
        }
        let nocase = case == Case::Insensitive;
        let normal = patterns.iter().flat_map(Pattern::literals).all(is_normal);
        let buffer = if normal { URI } else { RAW };
        let expression = |pattern: &Pattern| if query { query_expression(pattern) } else { path_expression(pattern, normal) };
        if negated {
            let all = either(patterns.iter().map(expression).collect());
            return Ok(Options::one(vec![Item::Buffer(buffer), pcre(all, true, nocase)]));
        }
        let choices = patterns
            .iter()
            .map(|pattern| {
                let mut items = vec![Item::Buffer(buffer)];
                let simple = !query && normal && super::pattern::is_plain(pattern, case) && !pattern.literals().any(|text| text.contains('?'));
                let content = |text: &str| Content { bytes: text.as_bytes().to_vec(), nocase, ..Content::default() };
                match pattern.shape() {
                    Shape::Starts(text) if simple => items.push(Item::Content(Content { starts: true, ..content(text) })),
                    Shape::Anything => items.push(if query { pcre(Re::Raw("\\?."), false, false) } else { Item::Size(Number::More(0)) }),
                    shape => {
                        let starts = simple && matches!(shape, Shape::Exact(_));
                        items.extend(anchor(pattern, case).map(|text| Item::Content(Content { starts, ..content(text) })));
                        items.push(pcre(expression(pattern), false, nocase));
                    }
                }
                Choice { label: label(pattern), items }
            })
            .collect();
        let joined = (patterns.len() > 1).then(|| vec![Item::Buffer(buffer), pcre(either(patterns.iter().map(expression).collect()), false, nocase)]);
        Ok(Options { choices, joined, to_client: false })
    }

    /// Places on a web server and everything below them.
    fn trees(&mut self, test: &FieldTest, negated: bool, trees: &[Tree]) -> Result<Options, Refusal> {
        let patterns: Vec<Pattern> = trees.iter().flat_map(Tree::patterns).collect();
        self.pieces(test, negated, &patterns, Case::Insensitive, false).map(|options| {
            // Both patterns of a tree are one question; where it is the only one, one rule is enough.
            match options {
                Options { choices, joined: Some(mut items), to_client } if trees.len() == 1 && choices.len() > 1 => {
                    if let Some(tree) = trees.first() {
                        let content = Content { bytes: tree.root.clone().into_bytes(), nocase: true, ..Content::default() };
                        items.insert(1, Item::Content(content));
                    }
                    Options { to_client, ..Options::one(items) }
                }
                other => other,
            }
        })
    }

    /// Expressions for the path or the query alone.
    fn part_matches(&mut self, test: &FieldTest, negated: bool, list: &[ir::Regex], query: bool) -> Result<Options, Refusal> {
        let cut = if query { Transform::Query } else { Transform::Path };
        self.on_part_of_uri(URI, cut, list, negated, test.span)
    }
}

fn pcre(expression: Re, negated: bool, nocase: bool) -> Item {
    Item::Pcre(Pcre { sign: if negated { Sign::Not } else { Sign::Is }, expression, nocase, lines: false })
}

/// Whether `http.uri` holds the text as it was sent.
fn is_normal(text: &str) -> bool {
    let (path, _) = text.split_once('?').unwrap_or((text, ""));
    let dots = |part: &str| part == "." || part == "..";
    !text.contains(['%', '\\', '+'])
        && text.is_ascii()
        && !text.bytes().any(|byte| byte <= b' ' || byte == 0x7f)
        && !path.contains("//")
        && !path.split('/').any(dots)
}

fn path_expression(pattern: &Pattern, normal: bool) -> Re {
    let start = if normal { Re::Raw("^") } else { AUTHORITY };
    let open = matches!(pattern.parts().last(), Some(Hole::Run));
    let inner = parts(pattern, || Re::Raw("[^?]*"));
    Re::Seq(if open { vec![start, inner] } else { vec![start, inner, Re::Raw("(?:\\?|$)")] })
}

fn query_expression(pattern: &Pattern) -> Re {
    let open = matches!(pattern.parts().last(), Some(Hole::Run));
    let inner = parts(pattern, || Re::Run);
    Re::Seq(if open { vec![Re::Raw("^[^?]*\\?"), inner] } else { vec![Re::Raw("^[^?]*\\?"), inner, Re::Raw("$")] })
}

/// A port in the Host header. It stands there when it is not the scheme's own.
fn port(ports: &[i64], negated: bool) -> Options {
    let list = ports.iter().map(|port| Re::Text(port.to_string())).collect();
    let expression = Re::Seq(vec![Re::Raw(":"), either(list), Re::Raw("$")]);
    Options::one(vec![Item::Buffer("http.host.raw"), pcre(expression, negated, false)])
}
