//! Is everything in order? `check` compiles without writing; `test` runs the descriptions' own tests.

use ir::Expectation;
use source::count;

use crate::args::{Check, Detail, Format, Test};
use crate::exit::{CLEAN, CONFIGURATION, FINDINGS, USAGE, refuse};
use crate::run::{compile, settings, status};
use crate::show::{Terminal, counted, counts, json};
use crate::{config, inputs};

/// `vigie check`.
pub(crate) fn run(args: &Check, terminal: &mut Terminal<'_>) -> u8 {
    let settings = match settings(&args.common, terminal) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let numbers = match settings.lock(&args.common, None).read() {
        Ok(numbers) => numbers,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    let run = compile(&args.common, settings, &numbers.lock, true, None);
    match args.format {
        Format::Human => {
            terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
            let (inputs, detections) = (count(run.inputs.read, "input"), count(run.compilation.detections.len(), "detection"));
            terminal.say(&format!("{inputs}, {detections}: {}", counted(&run.diagnostics)));
            run.compilation.outputs.iter().filter_map(|output| output.engine.as_deref()).for_each(|line| terminal.say(line));
        }
        Format::Json => run.diagnostics.iter().for_each(|said| terminal.say(&source::legible_json(&json(said, &run.inputs.sources).to_string()))),
    }
    status(&run, args.common.deny)
}

/// `vigie test`.
pub(crate) fn test(args: &Test, terminal: &mut Terminal<'_>) -> u8 {
    let site = match config::read(args.config.as_deref()) {
        Ok(site) => site,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    let mut inputs = inputs::read(&args.paths, &site.placeholders);
    let (proofs, failures) = pipeline::prove(&inputs.sources, &inputs.advisories);
    inputs.diagnostics.extend(failures);
    inputs.diagnostics.sort_by_cached_key(|said| said.order(&inputs.sources));
    terminal.draw(&inputs.diagnostics, &inputs.sources, if args.verbose { Detail::Warnings } else { Detail::Codes });
    if args.verbose {
        for proof in &proofs {
            let (line, _) = inputs.sources.position(proof.span);
            let expected = match proof.expect {
                Expectation::Match => "match",
                Expectation::NoMatch => "no match",
            };
            let verdict = if proof.passed { "ok" } else { "FAILED" };
            terminal.say(&format!("{verdict:<6} {} ({expected}, line {line})", source::legible(&proof.subject)));
        }
    }
    let passed = proofs.iter().filter(|proof| proof.passed).count();
    terminal.say(&format!("{passed} passed, {} failed", proofs.len() - passed));
    let (errors, ..) = counts(&inputs.diagnostics);
    if inputs.unreadable > 0 {
        USAGE
    } else if errors > 0 {
        FINDINGS
    } else {
        CLEAN
    }
}
