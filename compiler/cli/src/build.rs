//! The main job: read, compile, write, report.

use std::collections::BTreeMap;
use std::path::Path;

use backend::For;
use serde_json::json;
use source::{count, legible_json};

use crate::args::{Build, Detail, Emit};
use crate::exit::{CONFIGURATION, FINDINGS, USAGE, refuse};
use crate::run::{Run, Texts, compile, settings, status};
use crate::show::{Terminal, counted};
use crate::{inputs, numbers, publish};

/// `vigie build`.
pub(crate) fn run(args: &Build, terminal: &mut Terminal<'_>) -> u8 {
    job(args, terminal).unwrap_or_else(|status| status)
}

fn job(args: &Build, terminal: &mut Terminal<'_>) -> Result<u8, u8> {
    let settings = settings(&args.common, terminal)?;
    let output = settings.site.output(args.output.as_deref());
    let place = settings.lock(&args.common, Some(&output));
    let ready = match args.emit {
        Emit::Jsonl => None,
        Emit::Files => Some(publish::prepare(&output, args.wait, &place, terminal).map_err(|(why, status)| refuse(terminal, &why, status))?),
    };
    let numbers = place.read().map_err(|why| refuse(terminal, &why, CONFIGURATION))?;
    let spill = ready.as_ref().map(publish::Ready::spill);
    let run = compile(&args.common, settings, &numbers.lock, Texts { files_only: args.emit == Emit::Files, made_for: For::Folder }, spill);
    terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
    let nothing = run.inputs.read == 0;
    if args.common.locked && !nothing {
        numbers::as_it_is(&place, &numbers, &run.compilation.lock).map_err(|why| refuse(terminal, &why, FINDINGS))?;
    }
    match ready {
        None => lines(&run, terminal),
        Some(_) if nothing => {}
        Some(ready) => {
            let outcome = publish::write(&run, args, &numbers, ready).map_err(|why| refuse(terminal, &why, USAGE))?;
            publish::tell(&outcome, args.common.verbose != Detail::Codes, terminal);
            numbers.remark.iter().for_each(|remark| terminal.tell(remark));
        }
    }
    summary(&run, args.emit, &output, terminal);
    let status = status(&run, args.common.deny, terminal);
    // The process ends here: giving back the memory of a large run piece by piece would take longer than printing it.
    std::mem::forget(run);
    Ok(status)
}

/// One JSON line for each rule, and one for each (detection, target) that has none.
fn lines(run: &Run, terminal: &mut Terminal<'_>) {
    let compilation = &run.compilation;
    let mut rules: BTreeMap<(&str, &str, usize), Vec<&backend::PrintedRule>> = BTreeMap::new();
    for output in &compilation.outputs {
        for rule in &output.rules {
            rules.entry((output.target, output.profile, rule.detection)).or_default().push(rule);
        }
    }
    for row in &compilation.rows {
        let detection = &compilation.detections[row.detection];
        let codes: std::collections::BTreeSet<&str> = row.diagnostics.iter().map(|said| said.code.slug).collect();
        let line = |id: &str, title: &str, text: Option<&str>| {
            json!({
                "key": detection.key,
                "id": id,
                "title": title,
                "source": run.inputs.sources.file(detection.span.file).name,
                "target": row.target,
                "profile": row.profile,
                "outcome": row.outcome.name(),
                "logs": row.logs,
                "codes": codes,
                "text": text,
            })
        };
        match rules.get(&(row.target, row.profile, row.detection)) {
            Some(list) => list.iter().for_each(|rule| terminal.say(&legible_json(&line(&rule.id, &rule.title, Some(&rule.text)).to_string()))),
            None => terminal.say(&legible_json(&line(&detection.id.to_string(), &detection.title, None).to_string())),
        }
    }
}

fn summary(run: &Run, emit: Emit, output_folder: &Path, terminal: &mut Terminal<'_>) {
    let compilation = &run.compilation;
    for output in &compilation.outputs {
        let rows: Vec<_> = compilation.rows.iter().filter(|row| row.target == output.target && row.profile == output.profile).collect();
        let rows_of = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
        use backend::Outcome as O;
        terminal.tell(&format!(
            "{:<18} {:>5} {:<5}   {:>4} exact  {:>3} wider  {:>3} narrower  {:>4} not seen there  {:>3} withheld",
            output.folder,
            output.rules.len(),
            if output.rules.len() == 1 { "rule" } else { "rules" },
            rows_of(O::Exact),
            rows_of(O::Wider),
            rows_of(O::Narrower),
            rows_of(O::Unsupported),
            rows_of(O::Withheld)
        ));
    }
    let wrote = match emit {
        Emit::Files if run.inputs.read == 0 => "; nothing was read, so nothing is written".to_owned(),
        Emit::Files => format!("; written to {}", inputs::shown(output_folder)),
        Emit::Jsonl => String::new(),
    };
    terminal.tell(&format!(
        "{}, {}, {} withheld; {}{wrote}",
        count(run.inputs.read, "input"),
        count(compilation.detections.len(), "detection"),
        count(compilation.withheld.len(), "value"),
        counted(&run.diagnostics),
    ));
    compilation.outputs.iter().filter_map(|output| output.engine.as_deref()).for_each(|line| terminal.tell(line));
}
