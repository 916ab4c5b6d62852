//! `vigie package`: rules in the form that a product imports.

use std::collections::BTreeSet;

use backend::{For, Label, Packing, Part, Profile, Target};
use source::{Diagnostic, Severity, count};

use crate::args::{Detail, Package};
use crate::earlier::{self, Earlier};
use crate::exit::{CONFIGURATION, FINDINGS, USAGE, refuse};
use crate::inputs::{EMPTY, shown};
use crate::run::{Texts, compile, settings_for, status};
use crate::show::{Terminal, counted};
use crate::{numbers, publish, show};

/// `vigie package`.
pub(crate) fn run(args: &Package, terminal: &mut Terminal<'_>) -> u8 {
    job(args, terminal).unwrap_or_else(|status| status)
}

fn job(args: &Package, terminal: &mut Terminal<'_>) -> Result<u8, u8> {
    let (target, kind) = product(args).map_err(|why| refuse(terminal, &why, USAGE))?;
    let profiles = profiles(args, target, kind).map_err(|why| refuse(terminal, &why, USAGE))?;
    let settings = settings_for(profiles.iter().map(|profile| (target, *profile)).collect(), &args.common, terminal)?;
    let previous =
        args.previous.as_deref().map(|folder| earlier::before(folder, kind.id)).transpose().map_err(|why| refuse(terminal, &why, CONFIGURATION))?;
    earlier::over_no_other(&args.output, kind.id).map_err(|why| refuse(terminal, &why, CONFIGURATION))?;
    let version = previous.as_ref().map(|manifest| manifest.package.version.as_str());
    let labels = settings.site.packages.labels(args.version.as_deref(), version).map_err(|why| refuse(terminal, &why, USAGE))?;
    let said = settings.site.packages.of(kind.id);
    let place = settings.lock(&args.common, Some(&args.output));
    let ready = publish::prepare(&args.output, args.wait, &place, terminal).map_err(|(why, status)| refuse(terminal, &why, status))?;
    let numbers = place.read_or(args.previous.as_deref()).map_err(|why| refuse(terminal, &why, CONFIGURATION))?;
    let mut run = compile(&args.common, settings, &numbers.lock, Texts { files_only: false, made_for: For::Package }, None);
    if args.common.locked && run.inputs.read > 0 {
        numbers::as_it_is(&place, &numbers, &run.compilation.lock).map_err(|why| {
            terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
            refuse(terminal, &why, FINDINGS)
        })?;
    }

    // What was compiled has the order of the profiles that were asked for.
    let outputs = profiles.iter().zip(&run.compilation.outputs);
    let parts: Vec<Part<'_>> = outputs.map(|(profile, output)| Part { profile, artefacts: &output.artefacts, rules: &output.rules }).collect();
    let retired = previous.as_ref().map(|manifest| earlier::retired(manifest, &parts)).unwrap_or_default();
    let withheld = withheld(&run.compilation);
    let sources = &run.inputs.sources;
    let tried = |tried: &pipeline::Tried| package::Tried { finds: tried.expect == ir::Expectation::Match, text: sources.words(tried.span) };
    let tests = run.compilation.tests.iter().map(|(at, tests)| (*at, tests.iter().map(tried).collect())).collect();
    let folder = args.previous.as_deref().map(Earlier);
    let make = |label: &Label| {
        let packing = Packing {
            label,
            detections: &run.compilation.detections,
            withheld: &withheld,
            parts: &parts,
            retired: &retired,
            before: folder.as_ref().map(|folder| folder as &dyn backend::Before),
            programs: run.options.programs,
            settings: &said,
        };
        let packed = target.pack(kind, &packing);
        let files = package::finish(kind.id, &packing, &run.compilation.rows, &tests, packed.files, previous.as_ref());
        (files, packed.diagnostics)
    };
    let (mut label, (mut files, mut told)) = (&labels.same, make(&labels.same));
    let differs = previous.as_ref().is_some_and(|before| package::differs(before, &files));
    match &labels.next {
        _ if !differs => {}
        Some(next) if *next == labels.same => {}
        Some(next) => (label, (files, told)) = (next, make(next)),
        None => {
            let help = "`version` in `vigie.toml` or `--package-version` might say a higher one";
            let why = format!("the package before is version {} too, and this one differs; {help}", label.version);
            return Err(refuse(terminal, &why, USAGE));
        }
    }
    let rules: usize = parts.iter().map(|part| part.rules.len()).sum();
    let older = earlier::older_numbers(previous.as_ref(), &parts, &run.compilation.detections);
    let falls = !older.is_empty();
    told.extend(older);
    if kind.by_title {
        told.extend(earlier::renamed(previous.as_ref(), &parts, &run.compilation.detections, &retired));
    }

    let says_nothing = |said: &Diagnostic| [&front::feed::NO_VALUES, &EMPTY].iter().any(|code| code.slug == said.code.slug);
    if rules == 0 && retired.is_empty() {
        let message = format!("the package for {} holds no rule: no detection of the inputs is one for it", kind.id);
        told.push(
            Diagnostic::new(&package::EMPTY, message).help("`vigie build` says of each detection in `report.json` why a target has no rule for it"),
        );
    }

    let emptied = !retired.is_empty() && run.diagnostics.iter().any(says_nothing);
    let hinders = |said: &Diagnostic| earlier::hinders(said, previous.as_ref());
    let hindered = run.inputs.read == 0 || told.iter().any(|said| said.severity == Severity::Error) || run.diagnostics.iter().any(hinders);
    let (label, retired) = (label.clone(), retired.len());
    run.diagnostics.extend(told);
    run.diagnostics.sort_by_cached_key(|said| said.order(&run.inputs.sources));
    terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
    let wrote = if falls {
        "nothing is written: sensors know these numbers from the package before".to_owned()
    } else if hindered {
        "nothing is written: a package without these rules would switch them off where they run".to_owned()
    } else if emptied {
        format!(
            "nothing is written: an input says nothing any more, and {} would go with it; without that input they are retired",
            count(retired, "rule")
        )
    } else {
        let outcome = publish::write_package(&run, kind.id, &files, &numbers, ready).map_err(|why| refuse(terminal, &why, USAGE))?;
        publish::tell(&outcome, args.common.verbose != Detail::Codes, terminal);
        numbers.remark.iter().for_each(|remark| terminal.tell(remark));
        format!("{} {} written to {}", kind.title, label.version, shown(&args.output))
    };
    let off = if retired == 0 || hindered || emptied { String::new() } else { format!(", {} retired", count(retired, "rule")) };
    terminal.tell(&format!(
        "{}, {}{off}{}, {}; {}; {wrote}",
        count(run.inputs.read, "input"),
        count(rules, "rule"),
        show::withheld(run.compilation.withheld.len()),
        count(files.len(), "file"),
        counted(&run.diagnostics)
    ));
    let status = if run.inputs.read == 0 || emptied { FINDINGS } else { status(&run, args.common.deny, terminal) };
    std::mem::forget(run);
    Ok(status)
}

/// Detections that no profile has because they may not leave.
fn withheld(compilation: &pipeline::Compilation) -> BTreeSet<usize> {
    let left: BTreeSet<usize> = compilation.rows.iter().filter(|row| row.outcome != backend::Outcome::Withheld).map(|row| row.detection).collect();
    (0..compilation.detections.len()).filter(|at| !left.contains(at)).collect()
}

/// The target that makes packages for a product.
fn product(args: &Package) -> Result<(&'static dyn Target, &'static backend::Package), String> {
    if !args.common.targets.is_empty() {
        return Err("a package has the targets of its product; `--profile` leaves out all but one of its profiles".to_owned());
    }
    registry::packages().find(|(_, package)| package.id == args.product).ok_or_else(|| {
        let known: Vec<&str> = registry::packages().map(|(_, package)| package.id).collect();
        format!("`{}` is no product that packages are made for; known are {}", args.product, known.join(", "))
    })
}

fn profiles(args: &Package, target: &'static dyn Target, kind: &backend::Package) -> Result<Vec<&'static Profile>, String> {
    let known = |id: &str| target.about().profiles.iter().find(|profile| profile.id == id);
    let wanted = |id: &str| args.common.profile.as_deref().is_none_or(|wanted| wanted == id);
    let out: Vec<&Profile> = kind.profiles.iter().filter(|id| wanted(id)).filter_map(|id| known(id)).collect();
    if out.is_empty() {
        let asked = args.common.profile.as_deref().unwrap_or_default();
        return Err(format!("a package for {} has no profile `{asked}`; it has {}", kind.id, kind.profiles.join(", ")));
    }
    Ok(out)
}
