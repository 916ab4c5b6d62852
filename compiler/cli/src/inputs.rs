//! What is there to read? Paths become advisories; an input that cannot be read costs that input alone.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use front::document::{self, Form};
use front::text::{self, Text};
use front::{feed, sigma};
use ir::Advisory;
use rayon::prelude::*;
use source::{Code, Diagnostic, FileId, Sources};

use crate::below::{Below, Links, below};
use crate::beside::Beside;
use crate::foreign;

pub(crate) static UNREADABLE: Code = Code::error("input.unreadable", "an input cannot be read");
pub(crate) static UNKNOWN: Code = Code::error("input.unknown-format", "an input is in no known format");
pub(crate) static OTHER_YAML: Code = Code::note("input.other-yaml", "a YAML file in a folder is no Sigma rule");
pub(crate) static EMPTY: Code = Code::warn("input.empty", "an input says nothing that can be used");
pub(crate) static NOTHING: Code = Code::error("input.nothing", "no input was found");

/// The largest file read, in bytes.
pub(crate) const MAX_FILE: u64 = 1 << 30;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) sources: Sources,
    pub(crate) advisories: Vec<Advisory>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many inputs could not be read.
    pub(crate) unreadable: usize,
    /// How many inputs were read.
    pub(crate) read: usize,
    /// How many of them said nothing that can be used.
    pub(crate) empty: usize,
    /// What placeholders in Sigma rules stand for.
    placeholders: sigma::Placeholders,
}

/// Reads every path.
pub(crate) fn read(paths: &[PathBuf], placeholders: &sigma::Placeholders) -> Inputs {
    read_but(paths, placeholders, &BTreeSet::new())
}

/// Reads every path but some files below.
pub(crate) fn read_but(paths: &[PathBuf], placeholders: &sigma::Placeholders, left_out: &BTreeSet<PathBuf>) -> Inputs {
    let mut inputs = Inputs { placeholders: placeholders.clone(), ..Inputs::default() };
    let mut files = files(paths, &mut inputs);
    files.retain(|file| !left_out.contains(file));
    let (rules, others): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|file| is_sigma(file));
    for file in others {
        inputs.add(&file);
    }
    inputs.add_sigma(&rules, paths);
    inputs
}

/// The files behind paths, sorted. A folder that holds descriptions gives only those; any other gives its feeds and Sigma rules.
pub(crate) fn files(paths: &[PathBuf], inputs: &mut Inputs) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" || !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        let Below { files: found, unreadable } = below(path, Links::Inside, |file| is_description(file) || is_feed(file) || is_sigma(file));
        let described = found.iter().any(|file| is_description(file));
        // What would not have been read is not missed: a list that a description names is the description's.
        let missed = |path: &Path| !described || is_description(path) || !(is_feed(path) || is_sigma(path));
        for (path, why) in unreadable.iter().filter(|(path, _)| missed(path)) {
            inputs.refuse(&UNREADABLE, format!("`{}` cannot be read: {why}", shown(path)), "the rest is built without it");
        }
        files.extend(found.into_iter().filter(|file| if described { is_description(file) } else { is_feed(file) || is_sigma(file) }));
        if files.len() == before {
            inputs.refuse(
                &NOTHING,
                format!("`{}` holds no description, no feed and no Sigma rule", shown(path)),
                "descriptions end in `.vigie`, Sigma rules in `.yml`",
            );
        }
    }
    files.sort();
    files.dedup();
    files
}

fn is_description(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "vigie")
}

/// Endings of feeds; what is in them is found out when they are read.
fn is_feed(path: &Path) -> bool {
    const ENDINGS: [&str; 20] = [
        "xlsx", "csv", "tsv", "json", "jsonl", "txt", "ioc", "iocs", "stix", "stix2", "xml", "list", "lst", "hosts", "netset", "ipset", "md5",
        "sha1", "sha256", "sha512",
    ];
    path.extension().is_some_and(|extension| ENDINGS.iter().any(|known| extension == *known))
}

/// Endings of Sigma rules.
pub(crate) fn is_sigma(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml")
}

/// Endings of advisories in prose.
pub(crate) fn is_prose(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["md", "markdown", "html", "htm", "adoc", "asciidoc", "rst", "pdf", "docx", "eml"].iter().any(|known| extension == *known)
    })
}

/// Whether a file is plain text by its name: a list or an advisory.
fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "txt")
}

/// The format of a feed, told by its name and its content; a text with headings and sentences between its values is no list.
pub(crate) fn format(path: &Path, text: &str) -> Option<feed::Format> {
    let plain = path.extension().is_none_or(|extension| extension == "txt");
    feed::Format::detect(&shown(path), text)
        .filter(|format| !(plain && *format == feed::Format::List && !feed::Format::is_program_list(text) && front::prose::is_document(text)))
}

/// A path with forward slashes, as reports show it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

impl Inputs {
    fn refuse(&mut self, code: &'static Code, message: String, help: &str) {
        self.unreadable += 1;
        self.diagnostics.push(Diagnostic::new(code, message).help(help));
    }

    /// Reads one file; what stands in the way is reported, and costs that file alone. A workbook has a text for each sheet.
    pub(crate) fn open(&mut self, path: &Path) -> Vec<(FileId, Form)> {
        let parts = bytes(path).and_then(|bytes| document::read(&shown(path), bytes));
        match parts {
            Ok(parts) => {
                self.read += 1;
                let name = |part: &document::Part| match &part.name {
                    Some(sheet) => format!("{}#{sheet}", shown(path)),
                    None => shown(path),
                };
                parts.into_iter().map(|part| (self.sources.add(name(&part), part.text), part.form)).collect()
            }
            Err(why) => {
                self.refuse(&UNREADABLE, format!("`{}` cannot be read: {why}", shown(path)), "the rest is built without it");
                Vec::new()
            }
        }
    }

    /// Says that a file was read, and that nothing came of it.
    pub(crate) fn empty(&mut self, file: FileId) {
        self.empty += 1;
        let message = format!("`{}` says nothing that can be used: no value, no name, no technique, no cited source", self.sources.file(file).name);
        self.diagnostics.push(
            Diagnostic::new(&EMPTY, message)
                .at(source::Span::new(file, 0, 0), "nothing was found")
                .help("the book has every format that is read; a table might need a column mapping"),
        );
    }

    /// Reads the texts of one feed: a workbook has one for each sheet.
    pub(crate) fn read_feed(&mut self, file: FileId, opened: &[(FileId, Form)], format: feed::Format) -> feed::Read {
        let reads = opened.iter().map(|(file, _)| feed::read(&self.sources, *file, format, &feed::Defaults::default()));
        let mut read = feed::Read::join(reads);
        self.diagnostics.append(&mut read.diagnostics);
        if read.is_empty() {
            self.empty(file);
        }
        read
    }

    fn add(&mut self, path: &Path) {
        let opened = self.open(path);
        match opened.as_slice() {
            [] => {}
            [(file, Form::Text)] => self.add_text(path, *file),
            [(file, Form::Prose)] => self.add_prose(*file),
            [(first, _), ..] => {
                let read = self.read_feed(*first, &opened, feed::Format::Csv);
                let advisory = feed::advisory(&self.sources, *first, read);
                self.advisories.push(advisory);
            }
        }
    }

    fn add_prose(&mut self, file: FileId) {
        let Text { mut context, found, printed } = text::read(&self.sources, file);
        self.diagnostics.append(&mut context.diagnostics);
        let mut advisory = foreign::advisory(&self.sources, file, &found, &context);
        // Two forms of one advisory, a page and its text, give the same number: the second is known by its file.
        if context.number.is_some() && self.advisories.iter().any(|other| other.header.id == advisory.header.id) {
            context.number = None;
            advisory = foreign::advisory(&self.sources, file, &found, &context);
        }
        let nothing = foreign::is_empty(&found, &context);
        let name = self.sources.file(file).name.clone();
        let stem = Path::new(&*name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        advisory.natives = foreign::natives(&printed, &stem, file);
        let mut collection = sigma::Collection::default();
        for (number, rule) in (1..).zip(&printed.sigma) {
            let rule = self.sources.add(format!("{name}#sigma-{number}"), rule.as_str());
            let source = self.sources.file(rule);
            collection.push(sigma::read(&source.name, rule, &source.text, &self.placeholders));
        }
        let mut parsed = collection.finish();
        // A rule is no more open than the document that prints it.
        let marking = advisory.header.tlp;
        parsed.advisories.iter_mut().for_each(|rule| rule.header.tlp = rule.header.tlp.max(marking));
        self.advisories.extend(parsed.advisories);
        self.diagnostics.extend(parsed.diagnostics);
        if printed.is_empty() && nothing {
            self.empty(file);
        }
        self.advisories.push(advisory);
    }

    fn add_text(&mut self, path: &Path, file: FileId) {
        let first = self.sources.file(file).text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        if is_description(path) || (path.as_os_str() == "-" && first.is_some_and(|line| line.starts_with("vigie "))) {
            let beside = Beside::of(path, MAX_FILE);
            let parsed = front::parse(&mut self.sources, file, &beside);
            self.advisories.extend(parsed.advisories);
            self.diagnostics.extend(parsed.diagnostics);
        } else if is_prose(path) || is_text(path) && self.is_document(path, file) {
            self.add_prose(file);
        } else if sigma::looks_like(&self.sources.file(file).text) {
            let mut collection = sigma::Collection::default();
            let source = self.sources.file(file);
            collection.push(sigma::read(&source.name, file, &source.text, &self.placeholders));
            self.join(collection);
        } else {
            self.add_feed(&shown(path), file);
        }
    }

    /// Whether a plain text is an advisory in prose and no feed.
    fn is_document(&self, path: &Path, file: FileId) -> bool {
        let text = &self.sources.file(file).text;
        format(path, text).is_none() && front::prose::is_document(text)
    }

    /// Reads Sigma rules side by side, and joins them: rules, filters and correlations name each other across files. Other YAML that
    /// happens to lie in a folder is passed over; a file that was asked for by name is read as it is.
    fn add_sigma(&mut self, paths: &[PathBuf], named: &[PathBuf]) {
        let named: BTreeSet<&PathBuf> = named.iter().collect();
        let texts: Vec<Result<String, String>> = paths.par_iter().map(|path| text(path)).collect();
        let mut files = Vec::with_capacity(paths.len());
        for (path, text) in paths.iter().zip(texts) {
            match text {
                Ok(text) if named.contains(path) || sigma::looks_like(&text) => files.push(self.sources.add(shown(path), text)),
                Ok(_) => {
                    let message = format!("`{}` is YAML and no Sigma rule, filter or correlation", shown(path));
                    self.diagnostics.push(Diagnostic::new(&OTHER_YAML, message).help("it is passed over"));
                }
                Err(why) => self.refuse(&UNREADABLE, format!("`{}` cannot be read: {why}", shown(path)), "the rest is built without it"),
            }
        }
        self.read += files.len();
        let (sources, placeholders) = (&self.sources, &self.placeholders);
        let read = |file: &FileId| sigma::read(&sources.file(*file).name, *file, &sources.file(*file).text, placeholders);
        let documents: Vec<sigma::Documents> = files.par_iter().map(read).collect();
        let mut collection = sigma::Collection::default();
        documents.into_iter().for_each(|documents| collection.push(documents));
        self.join(collection);
    }

    fn join(&mut self, collection: sigma::Collection) {
        let parsed = collection.finish();
        self.advisories.extend(parsed.advisories);
        self.diagnostics.extend(parsed.diagnostics);
    }

    fn add_feed(&mut self, name: &str, file: FileId) {
        let text = &self.sources.file(file).text;
        let Some(format) = feed::Format::detect(name, text) else {
            let help = "descriptions end in `.vigie`; feeds are CSV, plain lists, MISP JSON, STIX 2 and OpenIOC; Sigma rules end in `.yml`";
            self.read -= 1;
            return self.refuse(&UNKNOWN, format!("`{name}` is in no format that can be read"), help);
        };
        let mut read = feed::read(&self.sources, file, format, &feed::Defaults::default());
        self.diagnostics.append(&mut read.diagnostics);
        let advisory = feed::advisory(&self.sources, file, read);
        self.advisories.push(advisory);
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let limited = |reader: &mut dyn Read, bytes: &mut Vec<u8>| reader.take(MAX_FILE + 1).read_to_end(bytes).map_err(|error| error.to_string());
    if path.as_os_str() == "-" {
        limited(&mut std::io::stdin().lock(), &mut bytes)?;
    } else {
        let mut file = std::fs::File::open(path).map_err(|error| error.to_string())?;
        // Room for what the file says it has and one byte more, so that its end is seen without growing.
        let length = file.metadata().map_or(0, |about| about.len().min(MAX_FILE));
        bytes.reserve_exact(usize::try_from(length).unwrap_or(0) + 1);
        limited(&mut file, &mut bytes)?;
    }
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!("it has more than {} MiB", MAX_FILE >> 20));
    }
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
///
/// Why it cannot be read.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    document::decode(bytes(path)?)
}
