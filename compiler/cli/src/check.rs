//! Is everything in order? `check` compiles without writing rules.

use std::path::{Path, PathBuf};

use backend::For;
use source::count;

use crate::args::{Check, CheckFormat};
use crate::exit::{CONFIGURATION, FINDINGS, USAGE, refuse};
use crate::run::{Run, Texts, compile, settings, status};
use crate::show::{Terminal, counted, withheld};
use crate::whole::Whole;
use crate::{below, findings, numbers};

/// `vigie check`.
pub(crate) fn run(args: &Check, terminal: &mut Terminal<'_>) -> u8 {
    if args.format == CheckFormat::Human && args.output.is_some() {
        return refuse(
            terminal,
            "`--output` is for formats that machines read; `--format sarif` is one, `vigie report` writes pages for people",
            USAGE,
        );
    }
    let settings = match settings(&args.common, terminal) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let place = settings.lock(&args.common, None);
    let numbers = match place.read() {
        Ok(numbers) => numbers,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    let file = match begin(args.output.as_deref(), &settings.paths, args.force) {
        Ok(file) => file,
        Err(why) => return refuse(terminal, &why, USAGE),
    };
    let run = compile(&args.common, settings, &numbers.lock, Texts { files_only: true, made_for: For::Folder }, None);
    let status = status(&run, args.common.deny, terminal);
    // A person sees what a file holds for machines.
    if args.format == CheckFormat::Human || file.is_some() {
        people(&run, args, terminal);
    }
    let written = match file {
        None => findings::write(args.format, &run, &run.paths, status, terminal.out),
        Some(mut file) => findings::write(args.format, &run, &run.paths, status, &mut file).and_then(|()| file.finish()),
    };
    match (written, &args.output) {
        (Err(why), Some(path)) => refuse(terminal, &format!("`{}` cannot be written: {why}", crate::inputs::shown(path)), USAGE),
        // The stream itself is watched.
        _ => match numbers::as_it_is(&place, &numbers, &run.compilation.lock) {
            Err(why) if args.common.locked && status != USAGE => refuse(terminal, &why, FINDINGS),
            _ => status,
        },
    }
}

/// Begins the file that was asked for; it is none of the inputs.
///
/// # Errors
///
/// Why it is not to be written, or cannot be.
pub(crate) fn begin(output: Option<&Path>, paths: &[PathBuf], force: bool) -> Result<Option<Whole>, String> {
    let Some(output) = output else { return Ok(None) };
    let read: Vec<PathBuf> = paths.iter().flat_map(|path| below::below(path, below::Links::Anywhere, |_| true).files).collect();
    Whole::begin(output, read.iter().map(PathBuf::as_path), force).map(Some)
}

fn people(run: &Run, args: &Check, terminal: &mut Terminal<'_>) {
    terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
    let (inputs, detections) = (count(run.inputs.read, "input"), count(run.compilation.detections.len(), "detection"));
    terminal.say(&format!("{inputs}, {detections}{}: {}", withheld(run.compilation.withheld.len()), counted(&run.diagnostics)));
    run.compilation.outputs.iter().filter_map(|output| output.engine.as_deref()).for_each(|line| terminal.say(line));
}
