//! What does somebody else's document hold? A feed or an advisory in prose becomes a draft, or one JSON line for each value.

use std::path::{Path, PathBuf};

use front::context::{self, Context, Named};
use front::prose::{self, DocumentRole, Found, Kind};
use front::{draft, feed};
use ir::{Advisory, Because, Citation, Direction, SourceDocument};
use serde_json::{Value, json};
use source::{FileId, Sources, Span};

use crate::args::{Import, ImportFormat};
use crate::inputs::{self, Inputs};
use crate::show::{Terminal, counts};
use crate::{CLEAN, FINDINGS, USAGE};

/// One document, read.
struct Document {
    file: FileId,
    advisory: Advisory,
    context: Context,
    /// Values that become no rule, each with its reason.
    withheld: Vec<(String, String)>,
    /// One line for each value.
    lines: Vec<Value>,
}

/// `vigie import`.
pub(crate) fn run(args: &Import, terminal: &mut Terminal<'_>) -> u8 {
    if let Some(from) = &args.from
        && from != "prose"
        && feed::Format::parse(from).is_none()
    {
        terminal.tell(&format!("error: `{from}` is no format; known are csv, list, misp, stix, openioc and prose"));
        return USAGE;
    }
    let mut inputs = Inputs::default();
    let mut documents = Vec::new();
    for path in inputs::files(&args.paths, &mut inputs) {
        if let Some(file) = inputs.open(&path) {
            documents.push(document(&path, file, args.from.as_deref(), &mut inputs));
        }
    }
    let mut out = String::new();
    for mut document in documents {
        inputs.diagnostics.append(&mut document.context.diagnostics);
        match args.format {
            ImportFormat::Jsonl => document.lines.iter().for_each(|line| out.push_str(&format!("{line}\n"))),
            ImportFormat::Vigie => {
                cite(&mut document, &inputs.sources, args.output.as_deref());
                out.push_str(&draft::print(&document.advisory, &document.context, &document.withheld));
            }
        }
    }
    inputs.diagnostics.sort_by_cached_key(|said| said.order(&inputs.sources));
    terminal.draw(&inputs.diagnostics, &inputs.sources, false);
    match &args.output {
        None => terminal.say(out.trim_end()),
        Some(path) => {
            if let Err(error) = std::fs::write(path, &out) {
                terminal.tell(&format!("error: `{}` cannot be written: {error}", path.display()));
                return USAGE;
            }
        }
    }
    let (errors, ..) = counts(&inputs.diagnostics);
    if inputs.unreadable > 0 {
        USAGE
    } else if errors > 0 {
        FINDINGS
    } else {
        CLEAN
    }
}

fn document(path: &Path, file: FileId, from: Option<&str>, inputs: &mut Inputs) -> Document {
    let text = &inputs.sources.file(file).text;
    let as_prose = from == Some("prose") || (from.is_none() && inputs::is_prose(path));
    let format = from.and_then(feed::Format::parse).or_else(|| if as_prose { None } else { inputs::format(path, text) });
    match format {
        Some(format) => from_feed(file, format, inputs),
        None => from_prose(file, &inputs.sources),
    }
}

fn from_feed(file: FileId, format: feed::Format, inputs: &mut Inputs) -> Document {
    let mut read = feed::read(&inputs.sources, file, format, &feed::Defaults::default());
    inputs.diagnostics.append(&mut read.diagnostics);
    let sources = &inputs.sources;
    let mut lines = Vec::new();
    for indicator in &read.indicators {
        for origin in &indicator.origins {
            let (kind, value) = (indicator.observable.kind().name(), indicator.observable.to_string());
            lines.push(line(
                sources,
                origin.span,
                kind,
                &value,
                &origin.raw,
                indicator.role.name(),
                indicator.direction.name(),
                "listed by the feed",
            ));
        }
    }
    for listed in &read.listed {
        lines.push(line(sources, listed.span, &listed.kind, &listed.value, sources.words(listed.span), "benign", "either", &listed.reason));
    }
    let withheld = read.listed.iter().map(|listed| (listed.value.clone(), listed.reason.clone())).collect();
    let advisory = feed::advisory(sources, file, read);
    Document { file, advisory, context: Context::default(), withheld, lines }
}

fn from_prose(file: FileId, sources: &Sources) -> Document {
    let context = context::read(sources, file);
    let found = prose::extract(sources, file);
    let mut lines: Vec<Value> = found.iter().map(|found| found_line(sources, found)).collect();
    lines.extend(named_lines(sources, &context));
    let withheld = found
        .iter()
        .filter(|found| found.role != DocumentRole::Indicator || found.observable().is_err())
        .map(|found| (found.value.clone(), format!("{}: {}", found.role.name(), found.reason)))
        .collect();
    let advisory = advisory(sources, file, &found, &context);
    Document { file, advisory, context, withheld, lines }
}

/// The advisory of a document in prose, with what its words say besides its values.
pub(crate) fn advisory(sources: &Sources, file: FileId, found: &[Found<'_>], context: &Context) -> Advisory {
    let about = prose::Context {
        id: None,
        title: context.title.as_ref().map(|(title, _)| title.clone()),
        tlp: context.tlp.map(|(tlp, _)| tlp),
        published: context.published.map(|(date, _)| date),
        actors: context.actor().map(|actor| actor.names.clone()).unwrap_or_default(),
        malware: context.software.iter().filter_map(|named| named.names.first().cloned()).collect(),
        hunt: context.hunt.map(|(window, _)| window),
        report: context.report.as_ref().map(|(report, _)| report.clone()),
        author: None,
    };
    prose::advisory(sources, file, found, about)
}

fn found_line(sources: &Sources, found: &Found<'_>) -> Value {
    let role = match (found.kind, found.role) {
        // Numbers of vulnerabilities and techniques are facts that somebody looks for; no sensor does.
        (Kind::Cve | Kind::Attack, _) => "unknown",
        (_, DocumentRole::Indicator) => found.indicator_role.name(),
        (_, DocumentRole::SocialMedia) => DocumentRole::Citation.name(),
        (_, DocumentRole::Documentation) => DocumentRole::Benign.name(),
        (_, role) => role.name(),
    };
    line(sources, found.span, found.kind.name(), &found.value, found.raw, role, found.direction.name(), &found.reason)
}

/// What the words of a document name: groups and software by their ids in ATT&CK, actors without one by their names, tactics,
/// and techniques that are named or described. Ids of techniques are values of the text already.
fn named_lines(sources: &Sources, context: &Context) -> Vec<Value> {
    let fact = |kind: &str, value: &str, span: Span, reason: &str| {
        line(sources, span, kind, value, sources.words(span), "unknown", Direction::Either.name(), reason)
    };
    let named = |named: &Named| match (named.id, named.names.first()) {
        (Some(id), _) => {
            let known = named.known_as.map_or(String::new(), |name| format!("{name}: "));
            Some(fact("attack", id, named.span, &format!("{known}{}", named.reason)))
        }
        (None, Some(name)) => Some(fact("actor", name, named.span, &named.reason)),
        (None, None) => None,
    };
    let mut out: Vec<Value> = context.actors.iter().chain(&context.software).filter_map(named).collect();
    out.extend(context.tactics.iter().map(|(id, name, span)| fact("attack", id, *span, &format!("{name}: the text gives the tactic's id"))));
    let implied = context.techniques.iter().filter(|found| !found.explicit);
    out.extend(implied.map(|found| {
        let name = found.name.map_or(String::new(), |name| format!("{name}: "));
        fact("attack", found.technique.as_str(), found.span, &format!("{name}{}", found.reason))
    }));
    out
}

#[expect(clippy::too_many_arguments, reason = "the columns of a line")]
fn line(sources: &Sources, span: Span, kind: &str, value: &str, raw: &str, role: &str, direction: &str, reason: &str) -> Value {
    let (line, column) = sources.position(span);
    json!({
        "source": sources.file(span.file).name,
        "type": kind,
        "value": value,
        "raw": raw,
        "role": role,
        "direction": direction,
        "line": line,
        "column": column,
        "reason": reason,
    })
}

/// Lets each block cite the sentence that its first value stands in, when the draft is written where it can name the document.
fn cite(document: &mut Document, sources: &Sources, output: Option<&Path>) {
    let name = PathBuf::from(&sources.file(document.file).name);
    let folder = output.and_then(Path::parent);
    let Some(relative) = folder.and_then(|folder| name.strip_prefix(folder).ok()).map(inputs::shown) else { return };
    let span = Span::new(document.file, 0, 0);
    document.advisory.sources.push(SourceDocument { name: "document".to_owned(), file: Some((relative.clone(), span)), url: None, span });
    for block in &mut document.advisory.indicators {
        let Some(origin) = block.indicators.first().and_then(|indicator| indicator.origins.first()) else { continue };
        let quote = context::sentence(sources, origin.span).trim();
        let (line, _) = sources.position(origin.span);
        if !quote.is_empty() && quote.len() <= 200 && !quote.contains('\n') {
            let citation =
                Citation { quote: quote.to_owned(), source: "document".to_owned(), file: Some(relative.clone()), line: Some(line), url: None };
            block.head.because.push(Because { citation, span: origin.span });
        }
    }
}
