//! What does somebody else's document hold? A feed or an advisory in prose becomes a draft, or one JSON line for each value.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::path::{Path, PathBuf};

use front::context::{self, Context};
use front::prose::{self, DocumentRole, Found, Kind};
use front::{draft, feed};
use ir::{Advisory, Because, Citation, Direction, SourceDocument};
use serde::Serialize;
use source::{FileId, Sources, Span};

use crate::args::{Import, ImportFormat};
use crate::inputs::{self, Inputs};
use crate::show::{Terminal, counts};
use crate::whole::Whole;
use crate::{CLEAN, FINDINGS, USAGE};

/// One document, read.
struct Document {
    file: FileId,
    advisory: Advisory,
    context: Context,
    /// Values that become no rule, each with its reason.
    withheld: Vec<(String, String)>,
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
    let paths = inputs::files(&args.paths, &mut inputs);
    let begun = args.output.as_deref().map(|path| Whole::begin(path, paths.iter().map(PathBuf::as_path), args.force)).transpose();
    let written = match begun {
        Ok(None) => write(args, &paths, &mut inputs, &mut *terminal.out),
        Ok(Some(mut file)) => write(args, &paths, &mut inputs, &mut file).and_then(|()| if inputs.read > 0 { file.finish() } else { Ok(()) }),
        Err(why) => {
            terminal.tell(&format!("error: {why}"));
            return USAGE;
        }
    };
    inputs.diagnostics.sort_by_cached_key(|said| said.order(&inputs.sources));
    terminal.draw(&inputs.diagnostics, &inputs.sources, args.verbose);
    // A reader of standard output that closes it has seen enough.
    if let (Err(error), Some(path)) = (written, &args.output) {
        terminal.tell(&format!("error: `{}` cannot be written: {error}", path.display()));
        return USAGE;
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

/// Writes what every document holds, as soon as it is read.
fn write(args: &Import, paths: &[PathBuf], inputs: &mut Inputs, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    for path in paths {
        if args.format == ImportFormat::Jsonl
            && let Some((file, format)) = stream(path, args.from.as_deref(), inputs)
        {
            pass(&Disk(path), file, format, inputs, &mut out)?;
            continue;
        }
        let Some(file) = inputs.open(path) else { continue };
        let text = inputs.sources.file(file).text.clone();
        match (args.format, format_of(path, &text, args.from.as_deref())) {
            (ImportFormat::Jsonl, Some(format)) => pass(&&*text, file, format, inputs, &mut out)?,
            (ImportFormat::Jsonl, None) => {
                let mut context = context::read(&inputs.sources, file);
                inputs.diagnostics.append(&mut context.diagnostics);
                for found in prose::extract(&inputs.sources, file) {
                    found_line(&inputs.sources, &found).write(&mut out)?;
                }
                write_named(&inputs.sources, &context, &mut out)?;
            }
            (ImportFormat::Vigie, format) => {
                let mut document = match format {
                    Some(format) => from_feed(file, format, inputs),
                    None => from_prose(file, &inputs.sources),
                };
                inputs.diagnostics.append(&mut document.context.diagnostics);
                cite(&mut document, &inputs.sources, args.output.as_deref());
                out.write_all(draft::print(&document.advisory, &document.context, &document.withheld).as_bytes())?;
            }
        }
    }
    out.flush()
}

/// The format of a document; none when it is prose.
fn format_of(path: &Path, text: &str, from: Option<&str>) -> Option<feed::Format> {
    let as_prose = from == Some("prose") || (from.is_none() && inputs::is_prose(path));
    from.and_then(feed::Format::parse).or_else(|| if as_prose { None } else { inputs::format(path, text) })
}

/// How much of a file tells its format, in bytes.
const HEAD: u64 = 64 * 1024;

/// The largest file that is read without being held, in bytes; places in a file have 32 bits.
const MAX_STREAM: u64 = u32::MAX as u64;

/// A file on the disk whose format allows to read it without holding it.
fn stream(path: &Path, from: Option<&str>, inputs: &mut Inputs) -> Option<(FileId, feed::Format)> {
    let about = std::fs::metadata(path).ok()?;
    if path.as_os_str() == "-" || !about.is_file() || about.len() > MAX_STREAM {
        return None;
    }
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    let format = format_of(path, &String::from_utf8_lossy(&head), from)?;
    if !matches!(format, feed::Format::Misp | feed::Format::Stix) {
        return None;
    }
    inputs.read += 1;
    Some((inputs.sources.add(inputs::shown(path), ""), format))
}

/// A file that is read from its beginning more than once.
struct Disk<'p>(&'p Path);

impl feed::Input for Disk<'_> {
    fn open(&self) -> Result<Box<dyn Read + '_>, String> {
        let open = || {
            let mut file = File::open(self.0)?;
            let mut mark = [0; 3];
            let marked = file.read_exact(&mut mark).is_ok() && mark == *b"\xef\xbb\xbf";
            if !marked {
                file.rewind()?;
            }
            Ok::<_, io::Error>(file)
        };
        open().map(|file| Box::new(file) as Box<dyn Read>).map_err(|error| error.to_string())
    }
}

/// Writes one line for each value of a feed.
fn pass(input: &dyn feed::Input, file: FileId, format: feed::Format, inputs: &mut Inputs, out: &mut dyn Write) -> io::Result<()> {
    let name = inputs.sources.file(file).name.clone();
    let mut written = Ok(());
    let mut value = String::new();
    let mut read = feed::pass(input, file, format, &feed::Defaults::default(), &mut |entry| {
        if written.is_err() {
            return;
        }
        let line = Line { source: &name, raw: entry.raw, line: entry.line, column: entry.column, ..Line::default() };
        let line = match entry.value {
            feed::Value::Indicator(indicator) => {
                value.clear();
                let _ = write!(value, "{}", indicator.observable);
                let (kind, role, direction) = (indicator.observable.kind().name(), indicator.role.name(), indicator.direction.name());
                Line { kind, value: &value, role, direction, reason: "listed by the feed", ..line }
            }
            feed::Value::Listed(listed) => {
                Line { kind: &listed.kind, value: &listed.value, role: "benign", direction: "either", reason: &listed.reason, ..line }
            }
        };
        written = line.write(out);
    });
    for kept in std::mem::take(&mut read.kept) {
        if inputs.sources.file(file).text.is_empty() {
            inputs.sources.keep(file, kept);
        }
    }
    inputs.diagnostics.append(&mut read.diagnostics);
    written
}

fn from_feed(file: FileId, format: feed::Format, inputs: &mut Inputs) -> Document {
    let mut read = feed::read(&inputs.sources, file, format, &feed::Defaults::default());
    inputs.diagnostics.append(&mut read.diagnostics);
    let sources = &inputs.sources;
    let withheld = read.listed.iter().map(|listed| (listed.value.clone(), listed.reason.clone())).collect();
    let advisory = feed::advisory(sources, file, read);
    Document { file, advisory, context: Context::default(), withheld }
}

fn from_prose(file: FileId, sources: &Sources) -> Document {
    let context = context::read(sources, file);
    let found = prose::extract(sources, file);
    let withheld = found
        .iter()
        .filter(|found| found.role != DocumentRole::Indicator || found.observable().is_err())
        .map(|found| (found.value.clone(), format!("{}: {}", role(found), found.reason)))
        .collect();
    let advisory = advisory(sources, file, &found, &context);
    Document { file, advisory, context, withheld }
}

/// The advisory of a document in prose, with what its words say besides its values.
pub(crate) fn advisory(sources: &Sources, file: FileId, found: &[Found<'_>], context: &Context) -> Advisory {
    let about = prose::Context {
        id: context.number.as_ref().map(|(number, _)| number.clone()),
        title: context.title.as_ref().map(|(title, _)| title.clone()),
        tlp: context.tlp.map(|(tlp, _)| tlp),
        published: context.published.map(|(date, _)| date),
        modified: context.modified.map(|(date, _)| date),
        verdict: context.verdict.map(|(verdict, _)| verdict).unwrap_or_default(),
        actors: context.actor().map(|actor| actor.names.clone()).unwrap_or_default(),
        malware: context.malware().filter_map(|named| named.names.first().cloned()).collect(),
        hunt: context.hunt.map(|(window, _)| window),
        report: context.report.as_ref().map(|(report, _)| report.clone()),
        author: None,
    };
    prose::advisory(sources, file, found, about)
}

/// What a value is in its document, in a word: the same in a draft and in a line.
fn role(found: &Found<'_>) -> &'static str {
    match (found.kind, found.role) {
        // Numbers of vulnerabilities and techniques are facts that somebody looks for; no sensor does.
        (Kind::Cve | Kind::Attack, _) => "unknown",
        (_, DocumentRole::Indicator) => found.indicator_role.name(),
        (_, DocumentRole::SocialMedia) => DocumentRole::Citation.name(),
        (_, DocumentRole::Documentation) => DocumentRole::Benign.name(),
        (_, role) => role.name(),
    }
}

fn found_line<'f>(sources: &'f Sources, found: &'f Found<'f>) -> Line<'f> {
    let (line, column) = sources.position(found.span);
    Line {
        source: &sources.file(found.span.file).name,
        kind: found.kind.name(),
        value: &found.value,
        raw: found.raw,
        role: role(found),
        direction: found.direction.name(),
        line,
        column,
        reason: &found.reason,
    }
}

/// What the words of a document name: groups and software by their ids in ATT&CK, actors without one by their names, tactics,
/// and techniques that are named or described. Ids of techniques are values of the text already.
fn write_named(sources: &Sources, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let mut fact = |kind: &str, value: &str, span: Span, reason: &str| {
        let (line, column) = sources.position(span);
        let (source, raw) = (&*sources.file(span.file).name, sources.words(span));
        Line { source, kind, value, raw, role: "unknown", direction: Direction::Either.name(), line, column, reason }.write(out)
    };
    for named in context.actors.iter().chain(&context.software) {
        match (named.id, named.names.first()) {
            (Some(id), _) => {
                let known = named.known_as.map_or(String::new(), |name| format!("{name}: "));
                fact("attack", id, named.span, &format!("{known}{}", named.reason))?;
            }
            (None, Some(name)) => fact("actor", name, named.span, &named.reason)?,
            (None, None) => {}
        }
    }
    for (id, name, span) in &context.tactics {
        fact("attack", id, *span, &format!("{name}: the text gives the tactic's id"))?;
    }
    for found in context.techniques.iter().filter(|found| !found.explicit) {
        let name = found.name.map_or(String::new(), |name| format!("{name}: "));
        fact("attack", found.technique.as_str(), found.span, &format!("{name}{}", found.reason))?;
    }
    Ok(())
}

/// One line of output.
#[derive(Debug, Default, Serialize)]
struct Line<'l> {
    source: &'l str,
    #[serde(rename = "type")]
    kind: &'l str,
    value: &'l str,
    raw: &'l str,
    role: &'l str,
    direction: &'l str,
    line: usize,
    column: usize,
    reason: &'l str,
}

impl Line<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(crate::show::SeenJson(&mut *out), self)?;
        out.write_all(b"\n")
    }
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
