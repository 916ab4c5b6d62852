//! Is a loss known and fine? Reviewed waivers.

use std::collections::BTreeMap;

use backend::{Outcome, Target};
use ir::{Accept, Advisory};
use source::{Code, Diagnostic, Severity};

use crate::context::Cx;
use crate::expand::Planned;
use crate::ledger::Row;

pub(crate) static UNUSED: Code = Code::warn("accept.unused", "a waiver has nothing to waive");
pub(crate) static UNKNOWN: Code = Code::error("accept.unknown-target", "a waiver names a target that is not known");

/// The waivers of one advisory.
pub(crate) struct Waivers {
    advisory: String,
    accepts: Vec<Accept>,
}

/// The waivers of every advisory that has some.
pub(crate) fn of(advisories: &[Advisory]) -> Vec<Waivers> {
    let some = advisories.iter().filter(|advisory| !advisory.accepts.is_empty());
    some.map(|advisory| Waivers { advisory: advisory.header.id.clone(), accepts: advisory.accepts.clone() }).collect()
}

/// Whether a run builds everything that a waiver is about.
fn covered(waived: &str, targets: &[(&dyn Target, &'static backend::Profile)], every_target: bool) -> bool {
    let built = |id: &str, profile: &str| targets.iter().any(|(target, of)| target.about().id == id && of.id == profile);
    match waived.split_once('/') {
        Some((id, profile)) => built(id, profile),
        None if waived == "all" => every_target,
        None => targets
            .iter()
            .map(|(target, _)| target.about())
            .any(|about| about.id == waived && about.profiles.iter().filter(|profile| profile.default).all(|profile| built(about.id, profile.id))),
    }
}

/// Turns waived findings into notes, and reports waivers that waived nothing. A waiver for what this run does not build is left alone.
pub(crate) fn run(
    waivers: &[Waivers],
    planned: &[Planned],
    rows: &mut [Row],
    targets: &[(&dyn Target, &'static backend::Profile)],
    every_target: bool,
    cx: &mut Cx,
) {
    if waivers.is_empty() {
        return;
    }
    // The rows of each block: there may be a waiver for each of thousands.
    let mut of_block: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let about = &planned[row.detection];
        of_block.entry((&about.advisory, &about.block)).or_default().push(at);
    }
    for Waivers { advisory, accepts } in waivers {
        for (at, accept) in accepts.iter().enumerate() {
            let mut used = cx.used_accepts.contains(&(advisory.clone(), at));
            let mut held = false;
            let for_target =
                |target: &str, profile: &str| accept.target == "all" || accept.target == target || accept.target == format!("{target}/{profile}");
            let block = accept.subject.split_once('.').map_or(accept.subject.as_str(), |(block, _)| block);
            for &at in of_block.get(&(advisory.as_str(), block)).into_iter().flatten() {
                let row = &mut rows[at];
                if !planned[row.detection].is(&accept.subject) || !for_target(row.target, row.profile) {
                    continue;
                }
                held |= row.outcome == Outcome::Withheld;
                for said in row.diagnostics.iter_mut().filter(|said| said.code.slug == accept.code) {
                    used = true;
                    said.severity = Severity::Note;
                    said.help = Some(format!("accepted: {}", accept.because));
                }
            }
            let known = targets.iter().any(|(target, _)| {
                let about = target.about();
                let (id, profile) = accept.target.split_once('/').unwrap_or((&accept.target, ""));
                id == about.id && (profile.is_empty() || about.profiles.iter().any(|known| known.id == profile))
            });
            if every_target && !known && accept.target != "all" {
                cx.diagnostics.push(
                    Diagnostic::new(&UNKNOWN, format!("`{}` is no target", accept.target))
                        .at(accept.span, "this waiver")
                        .help("`vigie targets` lists them; `all` stands for every one"),
                );
                continue;
            }
            // What is kept back today may be there tomorrow, and its loss with it.
            if !used && !held && covered(&accept.target, targets, every_target) {
                cx.diagnostics.push(
                    Diagnostic::new(&UNUSED, format!("`{}` does not occur for `{}` on {}", accept.code, accept.subject, accept.target))
                        .at(accept.span, "nothing to waive")
                        .help("the loss might be gone, or the code or the name might be another"),
                );
            }
        }
    }
}
