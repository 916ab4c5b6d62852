//! What does somebody else's document hold? A feed or an advisory in prose becomes a draft, or one JSON line for each value.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::path::{Path, PathBuf};

use front::context::{self, Context, FoundTechnique};
use front::document::Form;
use front::prose::{DocumentRole, Found, Kind, Printed};
use front::text::{self, Text};
use front::{draft, feed};
use ir::{Advisory, Because, Citation, Direction, SourceDocument};
use rayon::prelude::*;
use source::{Diagnostic, FileId, Sources, Span, legible_json};

use crate::args::{Import, ImportFormat};
use crate::exit::{CLEAN, FINDINGS, USAGE};
use crate::foreign::{advisory, is_empty, natives};
use crate::inputs::{self, Inputs};
use crate::show::{Terminal, counts};
use crate::whole::Whole;

/// One document, read.
struct Document {
    file: FileId,
    advisory: Advisory,
    context: Context,
    /// Values that become no rule, each with its reason.
    withheld: Vec<(String, String)>,
    /// The rules that it prints.
    printed: Option<Printed>,
}

/// `vigie import`.
pub(crate) fn run(args: &Import, terminal: &mut Terminal<'_>) -> u8 {
    if let Some(from) = &args.from
        && from != "prose"
        && feed::Format::parse(from).is_none()
    {
        terminal.tell(&format!("error: `{from}` is no format; known are csv, list, misp, stix, openioc, json and prose"));
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
    } else if errors > 0 || inputs.empty > 0 {
        FINDINGS
    } else {
        CLEAN
    }
}

/// Writes what every document holds, as soon as it is read.
fn write(args: &Import, paths: &[PathBuf], inputs: &mut Inputs, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    // How many documents had rules of their own.
    let mut carried = 0;
    // Documents in prose whose values are listed together; what comes behind them waits for them.
    let mut waiting = Vec::new();
    let mut prepared = false;
    for path in paths {
        if args.format == ImportFormat::Jsonl
            && let Some((file, format)) = stream(path, args.from.as_deref(), inputs)
        {
            list(&mut waiting, inputs, &mut out)?;
            let name = inputs.sources.file(file).name.clone();
            let passed = pass(&Disk(path, &name), file, format, inputs, &mut out)?;
            passed.tell(file, inputs);
            continue;
        }
        // The tables that prose is read with are made while the first document is fetched.
        if args.format == ImportFormat::Jsonl && !prepared && as_prose(path, args.from.as_deref()) {
            text::prepare();
            prepared = true;
        }
        let opened = inputs.open(path);
        let Some((file, form)) = opened.first().copied() else { continue };
        let text = inputs.sources.file(file).text.clone();
        let format = match form {
            Form::Text => format_of(path, &text, args.from.as_deref()),
            Form::Table => Some(feed::Format::Csv),
            Form::Prose => None,
        };
        match (args.format, format) {
            (ImportFormat::Jsonl, Some(format)) => {
                list(&mut waiting, inputs, &mut out)?;
                let mut all = Passed::default();
                for (sheet, _) in opened {
                    let source = inputs.sources.file(sheet);
                    let (name, text) = (source.name.clone(), source.text.clone());
                    all.join(pass(&feed::Named { name: &name, text: &text }, sheet, format, inputs, &mut out)?);
                }
                all.tell(file, inputs);
            }
            (ImportFormat::Jsonl, None) => {
                waiting.push(file);
                let size: usize = waiting.iter().map(|file| inputs.sources.file(*file).text.len()).sum();
                if waiting.len() >= MOST_TOGETHER || size >= TOGETHER {
                    list(&mut waiting, inputs, &mut out)?;
                }
            }
            (ImportFormat::Vigie, format) => {
                let mut document = match format {
                    Some(format) => from_feed(file, &opened, format, inputs),
                    None => from_prose(file, inputs),
                };
                inputs.diagnostics.append(&mut document.context.diagnostics);
                if let Some(printed) = document.printed.take() {
                    carry(&mut document, &printed, args, paths, &mut carried)?;
                }
                cite(&mut document, &inputs.sources, args.output.as_deref());
                out.write_all(draft::print(&document.advisory, &document.context, &document.withheld).as_bytes())?;
            }
        }
    }
    list(&mut waiting, inputs, &mut out)?;
    out.flush()
}

/// How much text of documents in prose is read at once, in bytes, and how many documents.
const TOGETHER: usize = 16 << 20;
const MOST_TOGETHER: usize = 256;

/// How many values of a document one thread writes.
const SIDE_BY_SIDE: usize = 1024;

/// What a document in prose gives to be written.
struct Lines {
    lines: Vec<Vec<u8>>,
    diagnostics: Vec<Diagnostic>,
    /// Whether nothing of it can be used.
    empty: bool,
}

/// Writes one line for each value of the documents that wait, in their order; they are read side by side.
fn list(waiting: &mut Vec<FileId>, inputs: &mut Inputs, out: &mut dyn Write) -> io::Result<()> {
    let sources = &inputs.sources;
    let one = |file: &FileId| -> io::Result<Lines> {
        let Text { mut context, found, printed } = text::read(sources, *file);
        let source = named(sources, *file)?;
        let some = |found: &[Found<'_>]| -> io::Result<Vec<u8>> {
            let mut lines = Vec::with_capacity(found.len() * (source.len() + 256));
            found.iter().try_for_each(|found| found_line(&source, sources, found).write(&mut lines))?;
            Ok(lines)
        };
        let mut all = found.par_chunks(SIDE_BY_SIDE).map(some).collect::<io::Result<Vec<_>>>()?;
        let mut lines = Vec::new();
        write_named(&source, sources, &context, &mut lines)?;
        for (kind, value) in &printed.names {
            let (line, column) = printed.span.map_or((1, 1), |span| sources.position(span));
            let reason = "a rule that the text prints";
            Line { source: &source, kind, value, role: "unknown", direction: "either", line, column, reason, ..Line::default() }.write(&mut lines)?;
        }
        all.push(lines);
        let empty = printed.is_empty() && is_empty(&found, &context);
        Ok(Lines { lines: all, diagnostics: std::mem::take(&mut context.diagnostics), empty })
    };
    let read: Vec<io::Result<Lines>> = waiting.par_iter().with_max_len(1).map(one).collect();
    for (file, read) in waiting.drain(..).zip(read) {
        let mut read = read?;
        read.lines.iter().try_for_each(|lines| out.write_all(lines))?;
        inputs.diagnostics.append(&mut read.diagnostics);
        if read.empty {
            inputs.empty(file);
        }
    }
    Ok(())
}

/// The format of a document; none when it is prose.
fn format_of(path: &Path, text: &str, from: Option<&str>) -> Option<feed::Format> {
    from.and_then(feed::Format::parse).or_else(|| if as_prose(path, from) { None } else { inputs::format(path, text) })
}

/// Whether a document is prose by what was asked for, or by its name.
fn as_prose(path: &Path, from: Option<&str>) -> bool {
    from == Some("prose") || (from.is_none() && inputs::is_prose(path))
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
    let text = std::str::from_utf8(&head).map_or_else(|_| String::from_utf8_lossy(&head), Cow::Borrowed);
    let format = format_of(path, &text, from)?;
    if !matches!(format, feed::Format::Misp | feed::Format::Stix | feed::Format::Json) {
        return None;
    }
    inputs.read += 1;
    Some((inputs.sources.add(inputs::shown(path), ""), format))
}

/// A file that is read from its beginning more than once, and what it is called.
struct Disk<'p>(&'p Path, &'p str);

impl feed::Input for Disk<'_> {
    fn name(&self) -> &str {
        self.1
    }

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

/// What came of a feed, or of several sheets of one.
#[derive(Default)]
struct Passed {
    indicators: usize,
    /// Whether anything in it can be used.
    used: bool,
    diagnostics: Vec<source::Diagnostic>,
}

impl Passed {
    fn join(&mut self, other: Self) {
        self.indicators += other.indicators;
        self.used |= other.used;
        self.diagnostics.extend(other.diagnostics);
    }

    /// Says what was found. A sheet without values is no fault beside one that has some.
    fn tell(mut self, file: FileId, inputs: &mut Inputs) {
        if self.indicators > 0 {
            self.diagnostics.retain(|said| said.code.slug != feed::NO_VALUES.slug);
        }
        inputs.diagnostics.append(&mut self.diagnostics);
        if !self.used {
            inputs.empty(file);
        }
    }
}

/// Writes one line for each value of a feed.
fn pass(input: &dyn feed::Input, file: FileId, format: feed::Format, inputs: &mut Inputs, out: &mut dyn Write) -> io::Result<Passed> {
    let name = named(&inputs.sources, file)?;
    let mut written = Ok(());
    let mut value = String::new();
    let (mut indicators, mut listed) = (0_usize, 0_usize);
    let mut read = feed::pass(input, file, format, &feed::Defaults::default(), &mut |entry| {
        if written.is_err() {
            return;
        }
        let line = Line { source: &name, raw: entry.raw, line: entry.line, column: entry.column, ..Line::default() };
        let line = match entry.value {
            feed::Value::Indicator(indicator) => {
                indicators += 1;
                value.clear();
                let _ = write!(value, "{}", indicator.observable);
                let (kind, role, direction) = (indicator.observable.kind().name(), indicator.role.name(), indicator.direction.name());
                Line { kind, value: &value, role, direction, reason: "listed by the feed", ..line }
            }
            feed::Value::Listed(value) => {
                listed += 1;
                Line { kind: &value.kind, value: &value.value, role: "benign", direction: "either", reason: &value.reason, ..line }
            }
        };
        written = line.write(out);
    });
    for kept in std::mem::take(&mut read.kept) {
        if inputs.sources.file(file).text.is_empty() {
            inputs.sources.keep(file, kept);
        }
    }
    let used = indicators > 0 || listed > read.not_values || !read.header.is_empty();
    written.map(|()| Passed { indicators, used, diagnostics: read.diagnostics })
}

fn from_feed(file: FileId, opened: &[(FileId, Form)], format: feed::Format, inputs: &mut Inputs) -> Document {
    let read = inputs.read_feed(file, opened, format);
    let withheld = read.listed.iter().map(|listed| (listed.value.clone(), listed.reason.clone())).collect();
    let techniques = read.header.techniques.iter().map(|technique| FoundTechnique {
        technique: technique.clone(),
        name: None,
        successor: None,
        explicit: true,
        span: Span::new(file, 0, 0),
        phrase: String::new(),
        reason: "the feed gives it to all of its values".to_owned(),
    });
    let context = Context { techniques: techniques.collect(), ..Context::default() };
    let advisory = feed::advisory(&inputs.sources, file, read);
    Document { file, advisory, context, withheld, printed: None }
}

/// Writes the rules that a document prints beside the draft, which carries those of YARA and Suricata. A draft on standard output has
/// no files beside it, and lists them.
fn carry(document: &mut Document, printed: &Printed, args: &Import, paths: &[PathBuf], carried: &mut usize) -> io::Result<()> {
    let Some(output) = &args.output else {
        let reason = |kind: &str| format!("a rule of {kind} that the text prints; with `-o FILE` it comes out as a file");
        document.withheld.extend(printed.names.iter().map(|(kind, name)| (name.clone(), reason(kind))));
        return Ok(());
    };
    *carried += 1;
    let stem = output.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = if *carried == 1 { stem } else { format!("{stem}-{carried}") };
    let write = |name: &str, text: &str| {
        let begun = Whole::begin(&output.with_file_name(name), paths.iter().map(PathBuf::as_path), args.force);
        let mut file = begun.map_err(io::Error::other)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    };
    for native in natives(printed, &stem, document.file) {
        write(&native.file, &native.text)?;
        document.advisory.natives.push(native);
    }
    for (number, rule) in (1..).zip(&printed.sigma) {
        let name = format!("{stem}-sigma-{number}.yml");
        write(&name, rule)?;
        document.withheld.push((name, "a Sigma rule that the text prints, written beside this draft; it is an input of its own".to_owned()));
    }
    Ok(())
}

fn from_prose(file: FileId, inputs: &mut Inputs) -> Document {
    let sources = &inputs.sources;
    let Text { context, found, printed } = text::read(sources, file);
    let withheld = found
        .iter()
        .filter(|found| found.role != DocumentRole::Indicator || found.observable().is_err())
        .map(|found| (found.value.clone(), format!("{}: {}", role(found), found.reason)))
        .collect();
    let advisory = advisory(sources, file, &found, &context);
    let printed = Some(printed).filter(|printed| !printed.is_empty());
    if printed.is_none() && is_empty(&found, &context) {
        inputs.empty(file);
    }
    Document { file, advisory, context, withheld, printed }
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

/// The name of a file as lines have it: as JSON.
fn named(sources: &Sources, file: FileId) -> io::Result<String> {
    let mut name = String::new();
    push_json(&mut name, &sources.file(file).name)?;
    Ok(name)
}

fn found_line<'f>(source: &'f str, sources: &'f Sources, found: &'f Found<'f>) -> Line<'f> {
    let (line, column) = sources.position(found.span);
    Line {
        source,
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
fn write_named(source: &str, sources: &Sources, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let mut fact = |kind: &str, value: &str, span: Span, reason: &str| {
        let (line, column) = sources.position(span);
        let raw = sources.words(span);
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

/// Appends a text as JSON. Most need no escape, which is seen at once.
fn push_json(line: &mut String, text: &str) -> io::Result<()> {
    if text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~') & (byte != b'"') & (byte != b'\\')) {
        line.extend(["\"", text, "\""]);
    } else {
        line.push_str(&legible_json(&serde_json::to_string(text)?));
    }
    Ok(())
}

/// One line of output.
#[derive(Debug, Default)]
struct Line<'l> {
    /// The file, as JSON: it is the same in many lines.
    source: &'l str,
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
        let mut line = String::with_capacity(self.source.len() + 256);
        line.extend(["{\"source\":", self.source, ",\"type\":"]);
        push_json(&mut line, self.kind)?;
        line.push_str(",\"value\":");
        push_json(&mut line, self.value)?;
        line.push_str(",\"raw\":");
        push_json(&mut line, self.raw)?;
        // Names of roles and directions are ours: words that need no escape.
        line.extend([",\"role\":\"", self.role, "\",\"direction\":\"", self.direction, "\""]);
        let (mut number, mut column) = (itoa::Buffer::new(), itoa::Buffer::new());
        line.extend([",\"line\":", number.format(self.line), ",\"column\":", column.format(self.column), ",\"reason\":"]);
        push_json(&mut line, self.reason)?;
        line.push_str("}\n");
        out.write_all(line.as_bytes())
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
