//! How URLs and their parts become options: host and URI have buffers of their own, so a whole URL is never looked for.
//!
//! `http.uri` is normalised: percent-escapes are decoded, `//` and `/../` are resolved, and letters outside ASCII lose their form in the
//! path. What it holds is more than what was asked for, which is said. A value that holds any of these itself is looked for in
//! `http.uri.raw`, which is what was sent; through a proxy that is the whole URL. Browsers percent-encode letters outside ASCII
//! (RFC 3986), so there they are looked for in both forms.

use backend::Refusal;
use ir::{Case, Field, FieldTest, NumberTest, Op, Part as Hole, Pattern, Shape, Tree, Url};
use source::{Code, Loss};

use super::lowering::{Choice, Lowering, MAX_CONTENT, Options, Part, TOO_LONG};
use super::pattern::{either, label, parts};
use crate::ast::{Content, Item, Number, Pcre, Re, Sign, Transform};

pub(crate) static ENCRYPTED_URL: Code = Code::warn("suricata.encrypted-url", "a URL with `https` is seen only where traffic is decrypted");

pub(crate) static NORMALISED_URI: Code = Code::note("suricata.normalised-uri", "the engine decodes and shortens paths before they are compared");

const URI: &str = "http.uri";
const RAW: &str = "http.uri.raw";
/// What a proxy's request has before the path.
const AUTHORITY: Re = Re::Raw("^(?:[a-z][a-z0-9+.-]*:\\/\\/[^\\/?]*)?");

impl Lowering<'_, '_> {
    /// A test of the URL or one of its parts.
    pub(super) fn uri(&mut self, field: Field, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let options = match (field, &test.op) {
            (Field::UrlFull, Op::Url(urls)) if !negated => self.urls(urls, test)?,
            (Field::UrlFull, Op::Text { patterns, case }) if !negated => self.url_texts(patterns, *case, test)?,
            (Field::UrlFull, Op::Exists) | (Field::UrlPath, Op::Exists) => return Ok(if negated { Part::False } else { Part::True }),
            (Field::UrlPath, Op::Text { patterns, case }) => self.pieces(test, negated, patterns, *case, false)?,
            (Field::UrlQuery, Op::Text { patterns, case }) => self.pieces(test, negated, patterns, *case, true)?,
            (Field::UrlPath, Op::Under(trees)) => self.trees(test, negated, trees)?,
            (Field::UrlQuery, Op::Exists) => Options::one(vec![Item::Buffer(URI), pcre(Re::Raw("\\?."), negated, false)]),
            (Field::UrlPath | Field::UrlQuery, Op::Regex(list)) => self.part_expressions(test, list, negated, field == Field::UrlQuery)?,
            (Field::UrlPort, Op::Number(NumberTest::In(ports))) => port(ports, negated),
            _ => return self.no_form(test),
        };
        self.normalised(&options, test, negated);
        Ok(if options.choices.is_empty() { Part::False } else { Part::Options(options) })
    }

    /// Says that a path which was sent in another spelling counts too: the rule finds an evasion that the description does not name.
    fn normalised(&mut self, options: &Options, test: &FieldTest, negated: bool) {
        let decoded = |item: &Item| match item {
            Item::Buffer(name) => *name == URI,
            Item::Pcre(pcre) => has_two_forms(&pcre.expression),
            _ => false,
        };
        if !matches!(test.op, Op::Exists) && options.choices.iter().any(|choice| choice.items.iter().any(decoded)) {
            let loss = if negated { Loss::Narrower } else { Loss::Wider };
            let message = format!("`{}` is compared decoded: percent-escapes, `//` and `/../` in a request count as what they stand for", test.field);
            self.loss(&NORMALISED_URI, loss, test.span, message, "what is sent in disguise is most often what was meant; `accept` settles it");
        }
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
                let before = authority.map_or(AUTHORITY, |text| Re::Seq(vec![Re::Raw("^[a-z][a-z0-9+.-]*:\\/\\/(?:[^\\/?@]*@)?"), Re::Text(text)]));
                let expression = Re::Seq(vec![before, sent(&target, true), Re::Raw("$")]);
                let mut items = vec![Item::Buffer(RAW)];
                if target.is_ascii() {
                    items.push(Item::Content(Content { ends: true, ..whole(&target, true) }));
                } else {
                    items.extend(longest_ascii([target.as_str()].into_iter()).map(|text| Item::Content(whole(text, true))));
                }
                items.push(pcre(expression, false, true));
                items
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
        let expression = |pattern: &Pattern| if query { query_expression(pattern, normal, nocase) } else { path_expression(pattern, normal, nocase) };
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
                        items.extend(longest_ascii(pattern.literals()).map(|text| Item::Content(Content { starts, ..content(text) })));
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
                    if let Some(text) = trees.first().and_then(|tree| longest_ascii([tree.root.as_str()].into_iter())) {
                        let content = Content { bytes: text.as_bytes().to_vec(), nocase: true, ..Content::default() };
                        items.insert(1, Item::Content(content));
                    }
                    Options { to_client, ..Options::one(items) }
                }
                other => other,
            }
        })
    }

    /// Expressions for the path or the query alone. One for escapes finds none where they are decoded, and letters outside ASCII are not
    /// kept there, so these are compared with what was sent.
    fn part_expressions(&mut self, test: &FieldTest, list: &[ir::Regex], negated: bool, query: bool) -> Result<Options, Refusal> {
        let outside = list.iter().any(|regex| !regex.is_ascii());
        if outside {
            let loss = if negated { Loss::Wider } else { Loss::Narrower };
            let message = "letters outside ASCII are percent-encoded in most requests, and an expression is compared with what was sent";
            self.loss(&NORMALISED_URI, loss, test.span, message, "`contains`, `starts` or `ends` finds both forms");
        }
        let as_sent = outside || list.iter().any(|regex| regex.may_hold('%'));
        let cut = match (query, as_sent) {
            (true, _) => Transform::Query,
            (false, false) => Transform::Path,
            (false, true) => Transform::SentPath,
        };
        self.on_part_of_uri(if as_sent { RAW } else { URI }, cut, list, negated, test.span)
    }
}

fn pcre(expression: Re, negated: bool, nocase: bool) -> Item {
    Item::Pcre(Pcre { sign: if negated { Sign::Not } else { Sign::Is }, expression, nocase, lines: false })
}

/// Which ends of a text are ends of the path with its query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    None,
    Start,
    End,
    Both,
}

/// A text in the path with its query.
pub(super) fn target(text: &str, end: Edge, case: Case) -> Vec<Item> {
    let nocase = case == Case::Insensitive;
    let (starts, ends) = (matches!(end, Edge::Start | Edge::Both), matches!(end, Edge::End | Edge::Both));
    let content = |text: &str| Content { bytes: text.as_bytes().to_vec(), nocase, ..Content::default() };
    // A text that begins in the middle of a path cannot tell whether `//` was there.
    if is_normal(text) {
        return match end {
            Edge::Both => vec![Item::Buffer(URI), Item::Content(content(text)), Item::Size(Number::Is(text.len() as u64))],
            _ => vec![Item::Buffer(URI), Item::Content(Content { starts, ends, ..content(text) })],
        };
    }
    let expression = Re::Seq(vec![if starts { AUTHORITY } else { Re::Raw("") }, sent(text, nocase), Re::Raw(if ends { "$" } else { "" })]);
    let mut items = vec![Item::Buffer(RAW)];
    items.extend(longest_ascii([text].into_iter()).map(|text| Item::Content(content(text))));
    items.push(pcre(expression, false, nocase));
    items
}

/// Whether `http.uri` holds the text, in whatever way it was sent.
fn is_normal(text: &str) -> bool {
    let (path, _) = text.split_once('?').unwrap_or((text, ""));
    let dots = |part: &str| part == "." || part == "..";
    !text.contains(['%', '\\'])
        && text.is_ascii()
        && !text.bytes().any(|byte| byte < b' ' || byte == 0x7f)
        && !path.contains("//")
        && !path.split('/').any(dots)
}

/// A text of the description in what was sent: letters outside ASCII as they are, and percent-encoded as browsers do it.
fn sent(text: &str, nocase: bool) -> Re {
    let mut out = Vec::new();
    let mut plain = String::new();
    for char in text.chars() {
        if char.is_ascii() {
            plain.push(char);
            continue;
        }
        if !plain.is_empty() {
            out.push(Re::Text(std::mem::take(&mut plain)));
        }
        let mut forms: Vec<String> = vec![char.to_string()];
        if nocase {
            forms.extend([char.to_lowercase().collect(), char.to_uppercase().collect()]);
            forms.sort_unstable();
            forms.dedup();
        }
        let escaped = forms.iter().map(|form| Re::Seq(form.bytes().map(|byte| hex_escape(b'%', byte)).collect()));
        out.push(Re::Either(std::iter::once(Re::Text(char.to_string())).chain(escaped).collect()));
    }
    out.push(Re::Text(plain));
    Re::Seq(out)
}

/// A byte as a sign and two hex digits in either case.
pub(super) fn hex_escape(sign: u8, byte: u8) -> Re {
    let digit = |value: u8| {
        let upper = char::from_digit(u32::from(value), 16).map_or(b'0', |digit| digit.to_ascii_uppercase() as u8);
        let lower = upper.to_ascii_lowercase();
        if lower == upper { Re::Bytes(vec![upper]) } else { Re::Class(vec![(upper, upper), (lower, lower)]) }
    };
    Re::Seq(vec![Re::Bytes(vec![sign]), digit(byte >> 4), digit(byte & 0x0f)])
}

/// Whether the expression fits an encoded form as well: only [`sent`] has alternatives that begin with a letter outside ASCII.
fn has_two_forms(re: &Re) -> bool {
    match re {
        Re::Either(list) => matches!(list.first(), Some(Re::Text(text)) if !text.is_ascii()) || list.iter().any(has_two_forms),
        Re::Seq(list) => list.iter().any(has_two_forms),
        _ => false,
    }
}

/// The longest piece of the literals that is the same in either form.
fn longest_ascii<'t>(literals: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    literals.flat_map(|text| text.split(|char: char| !char.is_ascii())).filter(|text| !text.is_empty()).max_by_key(|text| text.len())
}

/// The parts of a pattern in the buffer that holds what was sent or, where it is normal, what that stands for.
fn written(pattern: &Pattern, normal: bool, nocase: bool, run: impl Fn() -> Re) -> Re {
    if normal {
        return parts(pattern, run);
    }
    Re::Seq(
        pattern
            .parts()
            .iter()
            .map(|part| match part {
                Hole::Literal(text) => sent(text, nocase),
                Hole::Run => run(),
                Hole::One => Re::One,
            })
            .collect(),
    )
}

fn path_expression(pattern: &Pattern, normal: bool, nocase: bool) -> Re {
    let start = if normal { Re::Raw("^") } else { AUTHORITY };
    let open = matches!(pattern.parts().last(), Some(Hole::Run));
    let inner = written(pattern, normal, nocase, || Re::Raw("[^?]*"));
    Re::Seq(if open { vec![start, inner] } else { vec![start, inner, Re::Raw("(?:\\?|$)")] })
}

fn query_expression(pattern: &Pattern, normal: bool, nocase: bool) -> Re {
    let open = matches!(pattern.parts().last(), Some(Hole::Run));
    let inner = written(pattern, normal, nocase, || Re::Run);
    Re::Seq(if open { vec![Re::Raw("^[^?]*\\?"), inner] } else { vec![Re::Raw("^[^?]*\\?"), inner, Re::Raw("$")] })
}

/// A port in the Host header. It stands there when it is not the scheme's own.
fn port(ports: &[i64], negated: bool) -> Options {
    let list = ports.iter().map(|port| Re::Text(port.to_string())).collect();
    let expression = Re::Seq(vec![Re::Raw(":"), either(list), Re::Raw("$")]);
    Options::one(vec![Item::Buffer("http.host.raw"), pcre(expression, negated, false)])
}
