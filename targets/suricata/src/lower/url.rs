//! How texts for whole URLs become options: the engine has host and path in buffers of their own, so a text is divided where a path begins.
//!
//! A text that may begin anywhere can lie in the path alone, or reach from the host into it; each way is a choice.

use backend::Refusal;
use ir::{Case, FieldTest, Pattern, Shape};
use source::Loss;

use super::lowering::{Choice, Lowering, MAX_CONTENT, Options, TOO_LONG};
use super::pattern::label;
use super::uri::{self, Edge};
use crate::ast::{Content, Item, Number};

/// How a host is asked for.
#[derive(Clone, Copy)]
enum Host<'t> {
    Any,
    Is(&'t str),
    Starts(&'t str),
    Contains(&'t str),
    Ends(&'t str),
}

/// What a text asks of the path with its query.
#[derive(Clone, Copy)]
enum Target<'t> {
    Any,
    Text(&'t str, Edge),
}

impl Lowering<'_, '_> {
    /// Any of the texts in a whole URL; a pattern with holes inside is not divided.
    pub(super) fn url_texts(&mut self, patterns: &[Pattern], case: Case, test: &FieldTest) -> Result<Options, Refusal> {
        let mut choices: Vec<Choice> = Vec::new();
        for pattern in patterns {
            if let Some(long) = pattern.literals().find(|text| text.len() > MAX_CONTENT) {
                return self.refuse(&TOO_LONG, test.span, format!("the value has {} bytes, and a content {MAX_CONTENT} at most", long.len()));
            }
            let Some(ways) = ways(pattern) else { return self.no_form(test) };
            if pattern.literals().next().is_some_and(|text| text.starts_with("https://")) {
                let message = "a URL with `https` is asked for inside TLS; the rule sees it only where traffic is decrypted";
                self.loss(&uri::ENCRYPTED_URL, Loss::Narrower, test.span, message, "the host's name is also seen in DNS and TLS");
            }
            for (at, (host, target)) in ways.iter().enumerate() {
                let mut items = host_items(*host);
                if let Target::Text(text, end) = target {
                    items.extend(uri::target(text, *end, case));
                }
                let label = if ways.len() > 1 { format!("{}, {}", label(pattern), at + 1) } else { label(pattern) };
                choices.push(Choice { label, items });
            }
        }
        Ok(Options { choices, joined: None, to_client: false })
    }
}

/// The ways in which a text can lie in a URL; `None` when it cannot be divided.
fn ways(pattern: &Pattern) -> Option<Vec<(Host<'_>, Target<'_>)>> {
    let after_scheme = |text: &str| text.find("://").map(|at| at + 3);
    // Where a path or a query begins.
    let divide = |text: &str| text.find(['/', '?']);
    Some(match pattern.shape() {
        Shape::Exact(text) => {
            let rest = text.get(after_scheme(text)?..)?;
            let at = divide(rest)?;
            vec![(Host::Is(rest.get(..at)?), Target::Text(rest.get(at..)?, Edge::Both))]
        }
        Shape::Starts(text) => {
            let rest = text.get(after_scheme(text)?..)?;
            match divide(rest) {
                Some(at) => vec![(Host::Is(rest.get(..at)?), Target::Text(rest.get(at..)?, Edge::Start))],
                None => vec![(Host::Starts(rest), Target::Any)],
            }
        }
        Shape::Contains(text) => match (after_scheme(text), divide(text)) {
            // In the URL's own beginning, or in one that its query names.
            (Some(scheme), _) => {
                let rest = text.get(scheme..)?;
                let own = match divide(rest) {
                    Some(at) => (Host::Is(rest.get(..at)?), Target::Text(rest.get(at..)?, Edge::Start)),
                    None => (Host::Starts(rest), Target::Any),
                };
                vec![own, (Host::Any, Target::Text(text, Edge::None))]
            }
            (None, None) => vec![(Host::Contains(text), Target::Any), (Host::Any, Target::Text(text, Edge::None))],
            (None, Some(0)) => vec![(Host::Any, Target::Text(text, Edge::None))],
            (None, Some(at)) => {
                vec![(Host::Ends(text.get(..at)?), Target::Text(text.get(at..)?, Edge::Start)), (Host::Any, Target::Text(text, Edge::None))]
            }
        },
        Shape::Ends(text) => match divide(text) {
            _ if text.contains("://") => return None,
            None | Some(0) => vec![(Host::Any, Target::Text(text, Edge::End))],
            Some(at) => {
                vec![(Host::Ends(text.get(..at)?), Target::Text(text.get(at..)?, Edge::Both)), (Host::Any, Target::Text(text, Edge::End))]
            }
        },
        Shape::Anything | Shape::General(_) => return None,
    })
}

fn host_items(host: Host<'_>) -> Vec<Item> {
    let content = |text: &str| Content { bytes: text.to_lowercase().into_bytes(), ..Content::default() };
    let with_port = |text: &str| text.contains(':');
    let raw = |text: &str, content: Content| vec![Item::Buffer(if with_port(text) { "http.host.raw" } else { "http.host" }), Item::Content(content)];
    match host {
        Host::Any => Vec::new(),
        Host::Is(text) => {
            let mut items = raw(text, Content { nocase: with_port(text), ..content(text) });
            items.push(Item::Size(Number::Is(text.len() as u64)));
            items
        }
        Host::Starts(text) => raw(text, Content { starts: true, nocase: with_port(text), ..content(text) }),
        Host::Contains(text) => raw(text, Content { nocase: with_port(text), ..content(text) }),
        Host::Ends(text) => raw(text, Content { ends: true, nocase: with_port(text), ..content(text) }),
    }
}
