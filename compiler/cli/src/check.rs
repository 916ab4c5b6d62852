//! Is everything in order? `check` compiles without writing.

use backend::For;
use source::count;

use crate::args::{Check, Format};
use crate::exit::{CONFIGURATION, FINDINGS, USAGE, refuse};
use crate::numbers;
use crate::run::{Texts, compile, settings, status};
use crate::show::{Terminal, counted, json};

/// `vigie check`.
pub(crate) fn run(args: &Check, terminal: &mut Terminal<'_>) -> u8 {
    let settings = match settings(&args.common, terminal) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let place = settings.lock(&args.common, None);
    let numbers = match place.read() {
        Ok(numbers) => numbers,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    let run = compile(&args.common, settings, &numbers.lock, Texts { files_only: true, made_for: For::Folder }, None);
    match args.format {
        Format::Human => {
            terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
            let (inputs, detections) = (count(run.inputs.read, "input"), count(run.compilation.detections.len(), "detection"));
            terminal.say(&format!("{inputs}, {detections}: {}", counted(&run.diagnostics)));
            run.compilation.outputs.iter().filter_map(|output| output.engine.as_deref()).for_each(|line| terminal.say(line));
        }
        Format::Json => run.diagnostics.iter().for_each(|said| terminal.say(&source::legible_json(&json(said, &run.inputs.sources).to_string()))),
    }
    let status = status(&run, args.common.deny);
    match numbers::as_it_is(&place, &numbers, &run.compilation.lock) {
        Err(why) if args.common.locked && status != USAGE => refuse(terminal, &why, FINDINGS),
        _ => status,
    }
}
