//! The whole story on one screen: threat descriptions become detections, detections become rules, and every
//! (detection, target) pair has exactly one outcome.
//!
//! The passes, in order: `validate`, `dedupe`, `guard`, `expire`, `licence`, `gate`, `expand`; then each target legalises,
//! lowers, prints and reads back ([`backend::Target::compile`]); then the `ledger` adds up.
//!
//! What this crate does not do: read files, know the time, name a target. All of these are inputs.
//!
//! **Invariant:** nothing is lost without being listed: a value that no rule holds is in [`Compilation::withheld`] or in a
//! diagnostic, and the ledger balances.
//!
//! Start with [`compile`].

mod accept;
mod attribution;
pub mod cases;
mod compilation;
mod context;
mod dedupe;
mod detections;
mod environment;
mod everyday;
mod expand;
mod expire;
mod folder;
mod gate;
mod guard;
mod ledger;
mod licence;
pub mod matrix;
mod open;
mod place;
mod plan;
mod popular;
mod prove;
mod renamed;
mod report;
#[cfg(test)]
mod tests;
mod trials;
mod untested;
mod validate;

use std::collections::BTreeMap;

use backend::{Artefact, Compiled, Entry, Job, Outcome, Overlay, Profile, Target};
use ir::{Advisory, Detection};
use rayon::prelude::*;
use source::{Code, Sources};

pub use compilation::{Compilation, Options, Output, Tried};
use context::Cx;
pub use context::Withheld;
pub use detections::detections;
pub use environment::Environment;
pub use expand::Planned;
pub use gate::{Ceiling, Channel};
pub use ledger::Row;
pub use licence::Licences;
use plan::Gates;
pub use prove::{Proof, prove};
pub use renamed::renamed;
pub use report::{Report, TOOL, WrittenFile, coverage};

/// Every code this crate can raise.
pub const CODES: &[&Code] = &[
    &accept::UNUSED,
    &accept::UNKNOWN,
    &attribution::ATTRIBUTION,
    &environment::EXCLUDED,
    &environment::UNUSED,
    &expire::EXPIRED,
    &expire::SOON,
    &gate::TLP,
    &gate::UNMARKED,
    &guard::COMMON_NAME,
    &guard::EMPTY_FILE,
    &guard::POPULAR_DOMAIN,
    &guard::COMMON_PATH,
    &guard::COMMON_COMMAND,
    &guard::PUBLIC_SUFFIX,
    &guard::RESERVED_ADDRESS,
    &guard::RESERVED_NAME,
    &guard::SHARED_ADDRESS,
    &guard::WIDE_NETWORK,
    &ledger::NO_RULE,
    &licence::NOT_ALLOWED,
    &licence::UNSTATED,
    &matrix::DISAGREES,
    &prove::FAILED,
    &untested::MISSING,
    &validate::DUPLICATE_ADVISORY,
    &validate::DUPLICATE_RULE,
    &validate::EMPTY_BLOCK,
];

/// With more values than this in all questions together, targets are compiled one after the other: the files of one are made, read back
/// and kept before the next one needs the room.
const MANY_VALUES: usize = 200_000;

/// Compiles descriptions for targets.
#[must_use]
pub fn compile(sources: &Sources, advisories: Vec<Advisory>, targets: &[(&dyn Target, &'static Profile)], options: &Options) -> Compilation {
    compile_and_keep(sources, advisories, targets, options, &|_, _| ())
}

/// Compiles descriptions for targets. `keep` is shown the files of each target as soon as they are read back, with the target's folder,
/// and may take their texts away to keep them elsewhere.
#[must_use]
pub fn compile_and_keep(
    sources: &Sources,
    advisories: Vec<Advisory>,
    targets: &[(&dyn Target, &'static Profile)],
    options: &Options,
    keep: &(dyn Fn(&str, &mut [Artefact]) + Sync),
) -> Compilation {
    let mut cx = Cx::default();
    let advisories = validate::run(sources, advisories, &mut cx);
    let mut gates = Gates::new(targets, options);
    for advisory in advisories {
        let before = cx.withheld.len();
        let advisory = dedupe::run(advisory);
        let advisory = guard::run(advisory, &mut cx);
        let advisory = expire::run(advisory, options.as_of, options.warn_before_expiry, &mut cx);
        let advisory = licence::run(advisory, options.licences.as_ref(), &mut cx);
        attribution::run(&advisory, &mut cx);
        if options.require_tests {
            untested::run(&advisory, &mut cx);
        }
        gates.pass(advisory, before, &mut cx);
    }
    let waivers = accept::of(gates.advisories());
    let trials = trials::of(gates.advisories());
    let mut lock = options.lock.clone();
    renamed(gates.advisories(), &mut lock);
    let plans = gates.plan(options, &mut cx);
    let tests = trials::run(trials, &plans.planned);

    let wanted: Vec<Vec<&Detection>> = (0..plans.count()).map(|plan| plans.detections(plan)).collect();
    let none = Overlay::default();
    let one = |(at, (target, profile)): (usize, &(&dyn Target, &'static Profile))| {
        let overlay = options.overlays.get(&format!("{}/{}", target.about().id, profile.id)).unwrap_or(&none);
        let folder = folder(*target, profile);
        let numbers = lock.section(&folder);
        let mut compiled = target.compile(Job {
            profile,
            detections: &wanted[plans.of(at)],
            overlay,
            numbers,
            rule_texts: !options.files_only,
            made_for: options.made_for,
            programs: options.programs,
        });
        keep(&folder, &mut compiled.artefacts);
        compiled
    };
    let values = |detections: &Vec<&Detection>| detections.iter().map(|detection| detection.indicators.len()).sum::<usize>();
    let many = wanted.iter().any(|detections| values(detections) > MANY_VALUES);
    let each = targets.iter().enumerate();
    let compiled: Vec<_> = if many { each.map(one).collect() } else { targets.par_iter().enumerate().map(one).collect() };

    let mut outputs = Vec::new();
    let mut rows = Vec::new();
    for (at, ((target, profile), mut compiled)) in targets.iter().zip(compiled).enumerate() {
        let about = target.about();
        let plan = plans.of(at);
        let sent = plans.sent(plan);
        lock.replace(&folder(*target, profile), std::mem::take(&mut compiled.numbers));
        cx.diagnostics.append(&mut compiled.findings);
        for rule in &mut compiled.rules {
            rule.detection = sent[rule.detection];
        }
        let mut files: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for rule in &compiled.rules {
            let list = files.entry(rule.detection).or_default();
            if list.last() != Some(&rule.artefact) {
                list.push(rule.artefact.clone());
            }
        }
        for entry in std::mem::take(&mut compiled.entries) {
            let detection = sent[entry.detection];
            let files = files.remove(&detection).unwrap_or_default();
            let Entry { outcome, logs, diagnostics, .. } = entry;
            rows.push(Row { detection, target: about.id, profile: profile.id, outcome, logs, files, diagnostics });
        }
        for detection in plans.held(plan) {
            rows.push(Row {
                detection,
                target: about.id,
                profile: profile.id,
                outcome: Outcome::Withheld,
                logs: BTreeMap::new(),
                files: Vec::new(),
                diagnostics: environment::reason(&plans.planned[detection]).into_iter().collect(),
            });
        }
        let folder = folder(*target, profile);
        let Compiled { artefacts, rules, engine, .. } = compiled;
        let narrowed = if options.files_only { BTreeMap::new() } else { plans.narrowed(plan) };
        outputs.push(Output { target: about.id, profile: profile.id, folder, artefacts, rules, narrowed, engine });
    }
    rows.sort_by_key(|row| row.detection);
    let planned = plans.planned;
    accept::run(&waivers, &planned, &mut rows, targets, options.every_target, &mut cx);
    let rows = ledger::run(&planned, rows, targets.len(), options.every_target, &mut cx);

    let mut diagnostics = cx.diagnostics;
    diagnostics.extend(rows.iter().flat_map(|row| row.diagnostics.iter().cloned()));
    diagnostics.sort_by_cached_key(|said| said.order(sources));
    diagnostics.dedup();
    let detections = planned.into_iter().map(|planned| planned.detection).collect();
    Compilation { detections, tests, outputs, rows, withheld: cx.withheld, diagnostics, lock }
}

/// The folder of a profile, which is also its section in the lock file: `sigma` where nobody has to choose, because the
/// target has one profile or this is the only one built by default; else `kql/sentinel` among several defaults, or
/// `suricata-8` for one that is only built when asked for.
fn folder(target: &dyn Target, profile: &Profile) -> String {
    let about = target.about();
    let defaults = about.profiles.iter().filter(|profile| profile.default).count();
    match (defaults, profile.default) {
        (0 | 1, _) if profile.default || about.profiles.len() == 1 => about.id.to_owned(),
        (_, true) => format!("{}/{}", about.id, profile.id),
        (_, false) => format!("{}-{}", about.id, profile.id),
    }
}
