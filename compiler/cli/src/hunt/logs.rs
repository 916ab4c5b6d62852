//! Where do the events come from? Files, folders and standard input become batches of lines, in order.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use front::events::MAX_LINE;
use indicatif::{ProgressBar, ProgressStyle};
use source::Diagnostic;

use super::other;
use super::search::{Found, Search};
use crate::below::{Links, below};
use crate::inputs::{self, shown};

/// How many bytes of lines are searched at a time.
const BATCH: usize = 8 << 20;
/// The largest file read as one document, in bytes.
const MAX_DOCUMENT: u64 = 512 << 20;

/// How far the search is, on a terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(logs: &[PathBuf], visible: bool) -> Self {
        if !visible {
            return Self(ProgressBar::hidden());
        }
        let total = logs.iter().filter_map(|path| std::fs::metadata(path).ok()).filter(std::fs::Metadata::is_file).map(|meta| meta.len()).sum();
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes} {bytes_per_sec} {msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn more(&self, bytes: usize, found: &Found<'_>) {
        self.0.inc(bytes as u64);
        self.0.set_message(source::count(found.hits, "hit"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// The logs behind paths, sorted; of a folder, the files that are logs by their ending, those that cannot be read too: what was not
/// searched is said.
pub(crate) fn files(paths: &[PathBuf], found: &mut Found<'_>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" || !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        let below = below(path, Links::Anywhere, |path| is_log(path) || other::is_log(path));
        files.extend(below.files);
        for (path, why) in below.unreadable {
            found.refuse(&inputs::UNREADABLE, format!("`{}` cannot be read: {why}", shown(&path)), "the rest is searched without it");
        }
        if files.len() == before {
            found.refuse(
                &inputs::NOTHING,
                format!("`{}` holds no log", shown(path)),
                "logs in a folder end in `.jsonl`, `.ndjson`, `.json` or `.log`, and in `.gz` behind these",
            );
        }
    }
    files.sort();
    files.dedup();
    files
}

fn is_log(path: &Path) -> bool {
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let ending = if packed { path.file_stem().map(Path::new).and_then(Path::extension) } else { path.extension() };
    ending.is_some_and(|ending| ["jsonl", "ndjson", "json", "log"].iter().any(|known| ending == *known))
}

/// Searches one log; what stands in the way is reported, and costs that log alone.
pub(crate) fn read(path: &Path, progress: &Progress, search: &mut Search<'_, '_>) {
    let name = shown(path);
    let opened: std::io::Result<Box<dyn Read>> = if path.as_os_str() == "-" {
        Ok(Box::new(std::io::stdin().lock()))
    } else {
        std::fs::File::open(path).map(|file| Box::new(file) as Box<dyn Read>)
    };
    if let Err(error) = opened.and_then(|file| unpacked(file, &name, progress, search)) {
        search.found.refuse(&inputs::UNREADABLE, format!("`{name}` cannot be read: {error}"), "the rest is searched without it");
    }
}

/// Searches a file, or what is packed in it. One that holds no lines is named.
fn unpacked(file: Box<dyn Read + '_>, name: &str, progress: &Progress, search: &mut Search<'_, '_>) -> std::io::Result<()> {
    let mut file = BufReader::with_capacity(BATCH, file);
    let packed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut file: Box<dyn BufRead> = if packed { Box::new(BufReader::with_capacity(BATCH, MultiGzDecoder::new(file))) } else { Box::new(file) };
    if let Some(format) = other::binary(file.fill_buf()?) {
        search.found.refuse(&inputs::UNREADABLE, format!("`{name}` cannot be read: it is {}", format.is), format.help);
        return Ok(());
    }
    batches(file, name, progress, search)
}

fn batches(mut file: impl BufRead, name: &str, progress: &Progress, search: &mut Search<'_, '_>) -> std::io::Result<()> {
    let mut start = Vec::new();
    file.by_ref().take(BATCH as u64).read_to_end(&mut start)?;
    search.open(name, &start);
    let endless = start.len() == BATCH && !start.contains(&b'\n');
    if endless || front::events::is_spread(&start) {
        file.take(MAX_DOCUMENT + 1 - start.len() as u64).read_to_end(&mut start)?;
        if start.len() as u64 > MAX_DOCUMENT {
            return Err(std::io::Error::other(format!("its events do not stand one a line, and it has more than {} MiB", MAX_DOCUMENT >> 20)));
        }
        search.lines(front::events::document(&start));
        progress.more(start.len(), &search.found);
        return Ok(());
    }
    let mut file = std::io::Cursor::new(start).chain(file);
    let mut line = 1;
    loop {
        let mut batch = Vec::with_capacity(BATCH);
        file.by_ref().take(BATCH as u64).read_to_end(&mut batch)?;
        let full = batch.len() == BATCH;
        if full {
            // To the end of the line; of one that is too long only as much as says so is kept.
            let last = batch.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let room = (MAX_LINE + 2).saturating_sub(batch.len() - last);
            file.by_ref().take(room as u64).read_until(b'\n', &mut batch)?;
            if batch.last() != Some(&b'\n') && !skip_line(&mut file)? {
                batch.push(b'\n');
            }
        }
        if batch.is_empty() {
            return Ok(());
        }
        search.batch(&batch, &mut line);
        progress.more(batch.len(), &search.found);
        if !full {
            return Ok(());
        }
    }
}

/// Leaves out the rest of a line. Whether the file ended instead.
fn skip_line(file: &mut impl BufRead) -> std::io::Result<bool> {
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Ok(true);
        }
        let (used, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        file.consume(used);
        if ended {
            return Ok(false);
        }
    }
}

impl Found<'_> {
    /// Reports a log that cannot be searched.
    pub(super) fn refuse(&mut self, code: &'static source::Code, message: String, help: &str) {
        self.unreadable += 1;
        self.diagnostics.push(Diagnostic::new(code, message).help(help));
    }
}
