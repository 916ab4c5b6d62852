//! The main job: read, compile, write, report.

use std::collections::BTreeMap;
use std::path::Path;

use backend::{Lock, Profile, Target};
use pipeline::{Ceiling, Compilation, Options};
use serde_json::json;
use source::{Diagnostic, count, legible_json};

use crate::args::{Build, Common, Deny, Detail, Emit};
use crate::config::Config;
use crate::inputs::{self, Inputs};
use crate::numbers::Place;
use crate::output::{Spill, Waiting};
use crate::programs::Installed;
use crate::show::{Terminal, counted, counts};
use crate::{CLEAN, CONFIGURATION, FINDINGS, POLICY, USAGE, config, publish};

/// A compiled run: what was read, what came out, everything that was said.
pub(crate) struct Run {
    pub(crate) inputs: Inputs,
    pub(crate) options: Options,
    /// Without its diagnostics, which are below.
    pub(crate) compilation: Compilation,
    /// Everything that was said, the front end's findings included, in reading order.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Texts of files that are not in memory, by the files' paths.
    pub(crate) waiting: BTreeMap<String, Waiting>,
}

/// What a run needs besides its inputs.
pub(crate) struct Settings {
    targets: Vec<(&'static dyn Target, &'static Profile)>,
    site: Config,
}

/// Finds out what was asked for, and what the site says.
///
/// # Errors
///
/// The exit code, after the reason was told.
pub(crate) fn settings(common: &Common, terminal: &mut Terminal<'_>) -> Result<Settings, u8> {
    let targets = targets(&common.targets, common.profile.as_deref()).map_err(|why| refuse(terminal, &why, USAGE))?;
    let site = config::read(common.config.as_deref()).map_err(|why| refuse(terminal, &why, CONFIGURATION))?;
    site.remarks.iter().for_each(|remark| terminal.tell(remark));
    Ok(Settings { targets, site })
}

impl Settings {
    /// Where the numbers lie.
    pub(crate) fn lock(&self, common: &Common, output: Option<&Path>) -> Place {
        Place::of(common.lock.as_deref(), self.site.path.as_deref(), output)
    }
}

/// Reads and compiles; `files_only` spares the rules' own texts, and large files go where there is room for them.
pub(crate) fn compile(common: &Common, Settings { targets, site }: Settings, lock: &Lock, files_only: bool, spill: Option<Spill>) -> Run {
    let lock = lock.clone().with_range(site.sids());
    let mut inputs = inputs::read(&common.paths, &site.placeholders);
    let options = Options {
        as_of: common.as_of,
        ceiling: Ceiling { max: common.max_tlp, unmarked: site.unmarked },
        lock,
        overlays: site.overlays,
        files_only,
        programs: if common.no_engine { None } else { Some(&Installed) },
        every_target: common.targets.is_empty() && common.profile.is_none(),
    };
    let advisories = std::mem::take(&mut inputs.advisories);
    let keep = |folder: &str, artefacts: &mut [backend::Artefact]| {
        if let Some(spill) = &spill {
            spill.keep(folder, artefacts);
        }
    };
    let mut compilation = pipeline::compile_and_keep(&inputs.sources, advisories, &targets, &options, &keep);
    let mut diagnostics = std::mem::take(&mut inputs.diagnostics);
    diagnostics.append(&mut compilation.diagnostics);
    diagnostics.sort_by_cached_key(|said| said.order(&inputs.sources));
    let waiting = spill.map(Spill::into_waiting).unwrap_or_default();
    Run { inputs, options, compilation, diagnostics, waiting }
}

pub(crate) fn refuse(terminal: &mut Terminal<'_>, why: &str, status: u8) -> u8 {
    terminal.tell(&format!("error: {why}"));
    status
}

/// The targets and profiles that were asked for; without a wish, every default profile of every target.
pub(crate) fn targets(wishes: &[String], profile: Option<&str>) -> Result<Vec<(&'static dyn Target, &'static Profile)>, String> {
    let mut out: Vec<(&'static dyn Target, &'static Profile)> = Vec::new();
    let everything = ["all".to_owned()];
    let wishes = if wishes.is_empty() { &everything[..] } else { wishes };
    for wish in wishes {
        let wish = match profile {
            Some(profile) if !wish.contains('/') => registry::all()
                .iter()
                .filter(|target| wish == "all" || target.about().id == wish)
                .flat_map(|target| target.about().profiles.iter().filter(|known| known.id == profile).map(|known| (*target, known)))
                .collect(),
            _ => registry::select(wish).map_err(|known| format!("`{wish}` is no target; known are {}", known.join(", ")))?,
        };
        for (target, profile) in wish {
            if !out.iter().any(|(known, of)| known.about().id == target.about().id && of.id == profile.id) {
                out.push((target, profile));
            }
        }
    }
    if out.is_empty() {
        return Err(format!("no target has a profile `{}`; `vigie targets` lists them", profile.unwrap_or_default()));
    }
    Ok(out)
}

/// `vigie build`.
pub(crate) fn run(args: &Build, terminal: &mut Terminal<'_>) -> u8 {
    job(args, terminal).unwrap_or_else(|status| status)
}

fn job(args: &Build, terminal: &mut Terminal<'_>) -> Result<u8, u8> {
    let settings = settings(&args.common, terminal)?;
    let place = settings.lock(&args.common, Some(&args.output));
    let ready = match args.emit {
        Emit::Jsonl => None,
        Emit::Files => Some(publish::prepare(args, &place, terminal).map_err(|(why, status)| refuse(terminal, &why, status))?),
    };
    let numbers = place.read().map_err(|why| refuse(terminal, &why, CONFIGURATION))?;
    let spill = ready.as_ref().map(publish::Ready::spill);
    let run = compile(&args.common, settings, &numbers.lock, args.emit == Emit::Files, spill);
    terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
    let nothing = run.inputs.read == 0;
    match ready {
        None => lines(&run, terminal),
        Some(_) if nothing => {}
        Some(ready) => {
            let outcome = publish::write(&run, args, &numbers, ready).map_err(|why| refuse(terminal, &why, USAGE))?;
            publish::tell(&outcome, args.common.verbose != Detail::Codes, terminal);
            numbers.remark.iter().for_each(|remark| terminal.tell(remark));
        }
    }
    summary(&run, args, terminal);
    let status = status(&run, args.common.deny);
    // The process ends here: giving back the memory of a large run piece by piece would take longer than printing it.
    std::mem::forget(run);
    Ok(status)
}

/// The exit code for what was found.
pub(crate) fn status(run: &Run, deny: Deny) -> u8 {
    let (errors, warnings, _) = counts(&run.diagnostics);
    let policy = ["gate.tlp", "gate.unmarked", "expire.expired"];
    if run.inputs.unreadable > 0 {
        USAGE
    } else if errors > 0 || (deny == Deny::Warnings && warnings > 0) {
        FINDINGS
    } else if run.diagnostics.iter().any(|said| policy.contains(&said.code.slug)) {
        POLICY
    } else {
        CLEAN
    }
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

fn summary(run: &Run, args: &Build, terminal: &mut Terminal<'_>) {
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
    let wrote = match args.emit {
        Emit::Files if run.inputs.read == 0 => "; nothing was read, so nothing is written".to_owned(),
        Emit::Files => format!("; written to {}", inputs::shown(&args.output)),
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
