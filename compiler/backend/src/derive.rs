//! Tests of a part of a value as tests of the whole: `file.name` by `file.path`, `url.host` by `url.full`.

use ir::field::Derivation;
use ir::{Case, EventSelector, Field, FieldRef, FieldTest, Op, Part, Pattern, Platform, Predicate, Regex, Shape, Url};

/// A test on the whole value, and whether it is wider than the test on the part.
pub(crate) struct OnWhole {
    pub(crate) predicate: Predicate,
    pub(crate) wider: bool,
}

/// Rewrites a test of a part into a test of the whole; `None` when it cannot be said.
///
/// Paths are full paths (that is what the catalogue's path fields mean), so a name always has a separator before it.
pub(crate) fn on_whole(test: &FieldTest, whole: ir::Field, how: Derivation, event: &EventSelector, regex: bool) -> Option<OnWhole> {
    let text =
        |patterns: Vec<Pattern>, case, wider| Some(OnWhole { predicate: Predicate::test(whole, Op::Text { patterns, case }, test.span), wider });
    match (&test.op, how) {
        (Op::Text { patterns, case }, Derivation::LastPart) => {
            let mut wider = false;
            let mut out = Vec::new();
            for pattern in patterns {
                match pattern.shape() {
                    Shape::Ends(_) => out.push(pattern.clone()),
                    _ => {
                        // A run in a name must not cross a separator; said of the path, it may.
                        wider |= pattern.parts().contains(&Part::Run);
                        out.extend(separators(event).iter().map(|separator| pattern.after(separator).anywhere_before()));
                    }
                }
            }
            text(out, *case, wider)
        }
        (Op::Text { patterns, case }, Derivation::Extension) => {
            let wider = patterns.iter().any(|pattern| pattern.as_exact().is_none());
            text(patterns.iter().map(|pattern| pattern.after(".").anywhere_before()).collect(), *case, wider)
        }
        (Op::Text { patterns, case }, Derivation::Directory) => {
            let out = patterns
                .iter()
                .flat_map(|pattern| {
                    separators(event).iter().map(move |separator| Pattern::new(pattern.before(separator).parts().iter().cloned().chain([Part::Run])))
                })
                .collect();
            text(out, *case, true)
        }
        (Op::Under(trees), Derivation::Directory) => {
            let out = trees.iter().map(|tree| Pattern::starts(tree.below())).collect();
            text(out, Case::Insensitive, false)
        }
        (Op::Domain(domains), Derivation::MailDomain) => {
            let out = domains
                .iter()
                .flat_map(|domain| {
                    let name = domain.as_str();
                    [
                        Pattern::ends(format!("@{name}")),
                        Pattern::new([Part::Run, Part::Literal("@".into()), Part::Run, Part::Literal(format!(".{name}"))]),
                    ]
                })
                .collect();
            text(out, Case::Insensitive, false)
        }
        (Op::Text { patterns, case }, Derivation::MailDomain) => text(
            patterns.iter().map(|pattern| pattern.after("@").anywhere_before()).collect(),
            *case,
            patterns.iter().any(|pattern| pattern.as_exact().is_none()),
        ),
        (Op::Regex(list), Derivation::LastPart) if regex => {
            let list: Option<Vec<Regex>> = list.iter().map(in_last_part).collect();
            Some(OnWhole { predicate: Predicate::test(whole, Op::Regex(list?), test.span), wider: false })
        }
        (op, Derivation::UrlHost | Derivation::UrlPath | Derivation::UrlQuery | Derivation::UrlPort) if regex => {
            let expressions: Option<Vec<Regex>> = url_part(op, how)?.iter().map(|text| Regex::parse(text, case_of(op)).ok()).collect();
            Some(OnWhole { predicate: Predicate::test(whole, Op::Regex(expressions?), test.span), wider: false })
        }
        _ => None,
    }
}

/// A test of `DOMAIN\name` as tests of the domain and of the name, for logs that keep the two apart. `None` where a text does not say which part
/// is which.
pub(crate) fn parts_of_account(test: &FieldTest) -> Option<Predicate> {
    let Op::Text { patterns, case } = &test.op else { return None };
    let is = |field: Field, pattern: Pattern| Predicate::test(field, Op::Text { patterns: vec![pattern], case: *case }, test.span);
    let one = |pattern: &Pattern| match pattern.shape() {
        Shape::Exact(text) => {
            let (domain, name) = text.split_once('\\')?;
            Some(Predicate::All(vec![is(Field::UserDomain, Pattern::exact(domain)), is(Field::UserName, Pattern::exact(name))]))
        }
        Shape::Ends(text) => text.strip_prefix('\\').filter(|name| !name.contains('\\')).map(|name| is(Field::UserName, Pattern::exact(name))),
        Shape::Starts(text) => {
            text.strip_suffix('\\').filter(|domain| !domain.contains('\\')).map(|domain| is(Field::UserDomain, Pattern::exact(domain)))
        }
        _ => None,
    };
    Some(Predicate::Any(patterns.iter().map(one).collect::<Option<_>>()?).flat())
}

/// An expression on the last part of a path as one on the whole path. `None` where its anchors stand too deep for that, or where it asks
/// for a separator, which no last part holds.
fn in_last_part(regex: &Regex) -> Option<Regex> {
    let node = regex.node().ok()?.as_last_part(&['\\', '/']).filter(|node| !node.is_never())?;
    Regex::of(&node).ok()
}

fn case_of(op: &Op) -> Case {
    match op {
        Op::Text { case, .. } => *case,
        _ => Case::Insensitive,
    }
}

/// The separators a path on this platform can have.
fn separators(event: &EventSelector) -> &'static [&'static str] {
    use ir::EventClass as E;
    match (event.platform, event.class()) {
        (Some(Platform::Windows), _)
        | (
            None,
            Some(
                E::RegistrySet
                | E::RegistryDelete
                | E::ImageLoad
                | E::DriverLoad
                | E::Pipe
                | E::ServiceInstall
                | E::TaskCreate
                | E::ProcessAccess
                | E::ScriptBlock,
            ),
        ) => &["\\"],
        (Some(Platform::Linux | Platform::Macos), _) => &["/"],
        (None, _) => &["\\", "/"],
    }
}

/// Regular expressions on a whole URL for a test of one part.
fn url_part(op: &Op, how: Derivation) -> Option<Vec<String>> {
    const AUTHORITY: &str = "^[A-Za-z][A-Za-z0-9+.-]*://";
    let fragments: Vec<String> = match op {
        Op::Text { patterns, .. } => patterns.iter().map(|pattern| pattern_fragment(pattern, how)).collect(),
        Op::Domain(domains) => domains.iter().map(|domain| format!("(?:[^/?#:]*\\.)?{}", escape(domain.as_str()))).collect(),
        Op::Under(trees) => trees.iter().map(|tree| format!("{}(?:/[^?#]*)?", escape(&tree.root))).collect(),
        Op::Number(ir::NumberTest::In(list)) => list.iter().map(ToString::to_string).collect(),
        _ => return None,
    };
    Some(
        fragments
            .into_iter()
            .map(|part| match how {
                Derivation::UrlHost => format!("{AUTHORITY}(?:[^/?#@]*@)?{part}(?::[0-9]*)?(?:[/?#]|$)"),
                Derivation::UrlPort => format!("{AUTHORITY}[^/?#]*:{part}(?:[/?#]|$)"),
                Derivation::UrlPath => format!("{AUTHORITY}[^/?#]*{part}(?:[?#]|$)"),
                _ => format!("{AUTHORITY}[^?#]*\\?{part}(?:#|$)"),
            })
            .collect(),
    )
}

fn pattern_fragment(pattern: &Pattern, how: Derivation) -> String {
    let inside = match how {
        Derivation::UrlHost => "[^/?#:@]",
        Derivation::UrlPath => "[^?#]",
        _ => "[^#]",
    };
    pattern
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) => escape(text),
            Part::Run => format!("{inside}*"),
            Part::One => inside.to_owned(),
        })
        .collect()
}

/// A literal in a regular expression of the common subset.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if "\\.+*?()|[]{}^$/#-".contains(char) && !matches!(char, '/' | '#' | '-') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// A test of a whole URL as a test of its parts.
pub(crate) fn parts_of(urls: &[Url], span: source::Span) -> Predicate {
    let one = |url: &Url| {
        let mut all = vec![Predicate::is(ir::Field::UrlHost, url.host().to_header(), span), Predicate::is(ir::Field::UrlPath, url.path(), span)];
        all.push(match url.query() {
            Some("") | None => Predicate::test(ir::Field::UrlQuery, Op::Exists, span).negate(),
            Some(query) => Predicate::is(ir::Field::UrlQuery, query, span),
        });
        if let Some(port) = url.port() {
            all.push(Predicate::test(ir::Field::UrlPort, Op::Number(ir::NumberTest::In(vec![i64::from(port)])), span));
        }
        Predicate::All(all)
    };
    Predicate::Any(urls.iter().map(one).collect()).flat()
}

/// The spellings under which logs hold a URL: with `http` and `https`, and without a scheme; with the port where one is written.
pub(crate) fn spellings(urls: &[Url]) -> Vec<Pattern> {
    let mut out = Vec::new();
    for url in urls {
        let rest = url.without_scheme();
        out.push(Pattern::exact(format!("{}://{rest}", url.scheme())));
        for scheme in ["http", "https"] {
            if url.scheme() != scheme {
                out.push(Pattern::exact(format!("{scheme}://{rest}")));
            }
        }
        out.push(Pattern::exact(rest));
    }
    out
}

/// Whether the field is one of those that hold a whole URL.
pub(crate) fn holds_url(field: &FieldRef) -> bool {
    matches!(field, FieldRef::Known(ir::Field::UrlFull | ir::Field::EmailUrl))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_on_a_name_is_found_in_the_path() {
        let on = |text: &str| in_last_part(&Regex::parse(text, Case::Insensitive).expect("it parses"));
        let regex = on(r"^kworker-[a-z]+\.service$").expect("it has anchors at its ends only");
        assert!(regex.is_match(b"/etc/kworker-ab.service"));
        assert!(!regex.is_match(b"/etc/kworker-ab.service/x") && !regex.is_match(b"/etc/xkworker-ab.service"));
        let regex = on("dump[0-9]").expect("it has no anchors");
        assert!(regex.is_match(br"C:\a\mydump1.txt") && !regex.is_match(br"C:\dump1\a.txt"));
        // What could reach over a separator no longer does, and each alternative has anchors of its own.
        let regex = on("^a.*b$|c").expect("each alternative has its anchors at its ends");
        assert!(regex.is_match(b"/x/a1b") && regex.is_match(b"/x/1c1") && !regex.is_match(b"/a1/b") && !regex.is_match(b"/c/x"));
        assert!(on("(?i)a").is_some_and(|regex| regex.is_match(b"/x/A")));
        assert!(on("a^").is_none() && on(r"a/b").is_none());
    }
}
