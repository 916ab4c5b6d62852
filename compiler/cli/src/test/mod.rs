//! Can the rules be trusted? `vigie test` runs the descriptions' own tests by the evaluator, and then every case of every detection by the text of
//! every artefact.
//!
//! The table has a line for each rule and a column for each target: how many cases the text judged as it has to. What differs follows in full.
//! Last stands how many of the descriptions' own tests passed.

mod found;
mod junit;
mod logs;
mod pcap;
mod table;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use backend::{Profile, Target};
use ir::Expectation;
use pipeline::matrix::{self, Matrix, Standing, Tally};
use pipeline::{Compilation, Options};
use serde_json::{Value, json};

use found::Run;

use crate::args::{Detail, Format, Test};
use crate::exit::{CLEAN, FINDINGS, USAGE, refuse};
use crate::programs::Installed;
use crate::reader::ReadBack;
use crate::run::{site, targets};
use crate::show::{Terminal, counts, json};
use crate::{check, config, inputs};

/// `vigie test`.
pub(crate) fn run(args: &Test, terminal: &mut Terminal<'_>) -> u8 {
    let site = match site(args.config.as_deref(), args.environment.as_deref(), terminal) {
        Ok(site) => site,
        Err(status) => return status,
    };
    let asked = targets(site.targets(&args.targets), None).and_then(|targets| Ok((targets, site.paths(&args.paths)?)));
    let (targets, paths) = match asked {
        Ok(asked) => asked,
        Err(why) => return refuse(terminal, &why, USAGE),
    };
    let mut inputs = inputs::read(&paths, &site.placeholders);
    let (proofs, failures) = pipeline::prove(&inputs.sources, &inputs.advisories);
    inputs.diagnostics.extend(failures);
    let (compilation, matrix) = match judged(args, &inputs, &targets, site) {
        Ok(judged) => judged,
        Err(why) => return refuse(terminal, &why, USAGE),
    };
    inputs.diagnostics.extend(matrix::disagreements(&compilation, &matrix));
    inputs.diagnostics.sort_by_cached_key(|said| said.order(&inputs.sources));
    let run = Run { sources: &inputs.sources, compilation: &compilation, matrix: &matrix, proofs: &proofs };
    match args.format {
        Format::Human => {
            terminal.draw(&inputs.diagnostics, &inputs.sources, if args.verbose { Detail::Warnings } else { Detail::Codes });
            people(&run, args.verbose, terminal);
        }
        Format::Json => terminal.say(&source::legible_json(&machine(&run, &inputs.diagnostics).to_string())),
    }
    if let Some(path) = &args.junit
        && let Err(why) = write(path, &args.paths, &junit::document(&run))
    {
        return refuse(terminal, &why, USAGE);
    }
    if let Some(folder) = &args.pcap {
        match pcap::write(folder, &run) {
            Ok(count) if args.format == Format::Human => terminal.say(&source::count(count, "capture")),
            Ok(_) => {}
            Err(why) => return refuse(terminal, &why, USAGE),
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

/// Compiles without writing, and judges every case.
fn judged(
    args: &Test,
    inputs: &inputs::Inputs,
    targets: &[(&'static dyn Target, &'static Profile)],
    site: config::Config,
) -> Result<(Compilation, Matrix), String> {
    let options = Options { overlays: site.overlays, environment: site.rules, files_only: true, ..Options::default() };
    let targets: Vec<(&dyn Target, &'static Profile)> = targets.iter().map(|(target, profile)| (*target as &dyn Target, *profile)).collect();
    let compilation = pipeline::compile(&inputs.sources, inputs.advisories.clone(), &targets, &options);
    let mut matrix = matrix::cases_of(&compilation, &inputs.advisories);
    if let Some(path) = &args.against {
        logs::add(path, &compilation, &mut matrix)?;
    }
    matrix.captures = args.pcap.is_some();
    matrix.programs = (matrix.captures && !args.no_engine).then_some(&Installed);
    matrix::judge(&compilation, &mut matrix, &targets, &options.overlays, Some(&ReadBack));
    Ok((compilation, matrix))
}

/// Writes the results whole, over those of an earlier run and never over an input.
fn write(path: &Path, read: &[PathBuf], text: &str) -> Result<(), String> {
    let file = check::begin(Some(path), read, true)?;
    let written = file.map_or(Ok(()), |mut file| file.write_all(text.as_bytes()).and_then(|()| file.finish()));
    written.map_err(|why| format!("`{}` cannot be written: {why}", inputs::shown(path)))
}

fn people(run: &Run<'_>, verbose: bool, terminal: &mut Terminal<'_>) {
    if verbose {
        for proof in run.proofs {
            let (line, _) = run.sources.position(proof.span);
            let expected = match proof.expect {
                Expectation::Match => "match",
                Expectation::NoMatch => "no match",
            };
            let verdict = if proof.passed { "ok" } else { "FAILED" };
            terminal.say(&format!("{verdict:<6} {} ({expected}, line {line})", source::legible(&proof.subject)));
        }
    }
    table::write(run, terminal);
    failures(run, verbose, terminal);
    let reasons = reasons(run);
    for (why, count) in &reasons {
        terminal.say(&format!("not judged: {} ({})", source::count(*count, "case"), source::legible(why)));
    }
    if !run.matrix.uncovered.is_empty() {
        terminal.say(&format!(
            "without a case: {}",
            source::count(run.matrix.uncovered.len(), "part of a rule").replace("part of a rules", "parts of rules")
        ));
        for (detection, uncovered) in run.matrix.uncovered.iter().filter(|_| verbose) {
            let key = run.compilation.detections.get(*detection).map(|detection| detection.key.as_str()).unwrap_or_default();
            let (line, column) = run.sources.position(uncovered.span);
            let file = &run.sources.file(uncovered.span.file).name;
            terminal.say(&source::legible(&format!("  {key} ({file}:{line}:{column}): {}", uncovered.why)));
        }
    }
    for line in engines(run) {
        terminal.say(&line);
    }
    let tally = Tally::of(&run.matrix.cells);
    terminal.say(&format!(
        "{}: {} as they have to be, {} as the outcome says, {} differ, {} of events that the log does not hold, {} not judged",
        source::count(run.matrix.cells.len(), "judgement"),
        tally.agree,
        tally.as_said,
        tally.differ,
        tally.no_such_event,
        tally.unjudged
    ));
    let passed = run.proofs.iter().filter(|proof| proof.passed).count();
    terminal.say(&format!("{passed} passed, {} failed", run.proofs.len() - passed));
}

/// What installed engines say of the captures: for each, how many it finds the same in.
fn engines(run: &Run<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for ((target, profile), engine) in &run.matrix.engines {
        let own = || run.matrix.cells.iter().filter(|cell| cell.target == *target && cell.profile == *profile);
        let asked = own().filter(|cell| cell.engine.is_some()).count();
        let unseen = own().filter(|cell| cell.engine.is_none() && cell.found().is_some()).count();
        let others = own().filter(|cell| cell.is_contradicted()).count();
        out.push(match engine {
            Err(why) => format!("{target}/{profile}: no engine was asked: {why}"),
            Ok(engine) => {
                let unseen = if unseen > 0 { format!(", {unseen} not seen") } else { String::new() };
                format!("{target}/{profile}: {engine} finds the same in {} of {}{unseen}", asked - others, source::count(asked, "capture"))
            }
        });
    }
    out
}

/// How many judgements could not be made, for each reason.
fn reasons(run: &Run<'_>) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for cell in &run.matrix.cells {
        if let Standing::Unjudged(why) = &cell.standing {
            *out.entry(format!("{}: {why}", cell.target)).or_default() += 1;
        }
    }
    out
}

/// How many cases of a rule are shown in full when all are not asked for.
const SHOWN: usize = 3;

fn failures(run: &Run<'_>, verbose: bool, terminal: &mut Terminal<'_>) {
    let mut shown: BTreeMap<(usize, &str, &str), usize> = BTreeMap::new();
    for cell in run.matrix.cells.iter().filter(|cell| cell.standing == Standing::Differs) {
        let (Some(detection), Some(case)) =
            (run.compilation.detections.get(cell.detection), run.matrix.cases.get(cell.detection).and_then(|list| list.get(cell.case)))
        else {
            continue;
        };
        let count = shown.entry((cell.detection, cell.target, cell.profile)).or_default();
        *count += 1;
        if *count > SHOWN && !verbose {
            continue;
        }
        let verb = if cell.wanted { "is missed" } else { "is found" };
        let log = cell.log.as_ref().map(|log| format!(" in {log}")).unwrap_or_default();
        let place = format!("{}/{}{log}", cell.target, cell.profile);
        let mut text = format!("\n{} on {place} ({}): {verb}: {}", detection.key, cell.outcome.name(), case.what);
        if let Some(span) = case.span {
            let (line, column) = run.sources.position(span);
            text.push_str(&format!("\n  written at {}:{line}:{column}", run.sources.file(span.file).name));
        }
        for row in cell.rows.iter().take(6) {
            text.push_str(&format!("\n  event    {}", row.replace('\n', "\u{240a}")));
        }
        if let Some((file, part)) = &cell.decided {
            text.push_str(&format!("\n  decided by {file}:\n    {}", part.replace('\n', "\n    ")));
        }
        terminal.say(&source::legible_lines(&text));
    }
    let hidden: usize = if verbose { 0 } else { shown.values().map(|count| count.saturating_sub(SHOWN)).sum() };
    if hidden > 0 {
        terminal.say(&format!("\n{} more; `--verbose` shows each", source::count(hidden, "case")));
    }
    if !shown.is_empty() {
        terminal.say("");
    }
}

fn machine(run: &Run<'_>, diagnostics: &[source::Diagnostic]) -> Value {
    let rules: Vec<Value> = run
        .compilation
        .detections
        .iter()
        .enumerate()
        .filter_map(|(at, detection)| {
            let cases = run.matrix.cases.get(at)?;
            let cells = run.matrix.cells.iter().filter(|cell| cell.detection == at);
            let judgements: Vec<Value> = cells
                .map(|cell| {
                    let (standing, why) = name(&cell.standing);
                    json!({
                        "case": cell.case, "target": cell.target, "profile": cell.profile, "log": cell.log, "outcome": cell.outcome.name(), "wanted": cell.wanted, "engine": cell.engine,
                        "standing": standing, "why": why, "file": cell.decided.as_ref().map(|(file, _)| file),
                        "decided": cell.decided.as_ref().map(|(_, part)| part), "events": cell.rows,
                    })
                })
                .collect();
            let cases: Vec<Value> = cases.iter().map(|case| json!({ "what": case.what, "found": case.fires, "events": case.events.len() })).collect();
            Some(json!({ "key": detection.key, "source": run.sources.file(detection.span.file).name, "cases": cases, "judgements": judgements }))
        })
        .collect();
    let uncovered: Vec<Value> = run
        .matrix
        .uncovered
        .iter()
        .map(|(at, uncovered)| json!({ "key": run.compilation.detections.get(*at).map(|detection| &detection.key), "why": uncovered.why }))
        .collect();
    let tally = Tally::of(&run.matrix.cells);
    let passed = run.proofs.iter().filter(|proof| proof.passed).count();
    json!({
        "passed": passed,
        "failed": run.proofs.len() - passed,
        "judgements": {
            "agree": tally.agree, "as_said": tally.as_said, "differ": tally.differ, "no_such_event": tally.no_such_event, "unjudged": tally.unjudged,
        },
        "engines": engines(run),
        "rules": rules,
        "uncovered": uncovered,
        "diagnostics": diagnostics.iter().map(|said| json(said, run.sources)).collect::<Vec<_>>(),
    })
}

/// The name of a standing, and why it is so.
fn name(standing: &Standing) -> (&'static str, Option<&str>) {
    match standing {
        Standing::Agrees => ("agrees", None),
        Standing::AsSaid => ("as-said", None),
        Standing::Differs => ("differs", None),
        Standing::NoSuchEvent(why) => ("no-such-event", Some(why)),
        Standing::Unjudged(why) => ("unjudged", Some(why)),
    }
}
