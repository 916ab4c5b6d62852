//! What is a run? What was asked for, what was read, what was compiled, and how it ends.

use std::collections::BTreeMap;
use std::path::Path;

use backend::{For, Lock, Profile, Target};
use pipeline::{Ceiling, Compilation, Options};
use source::Diagnostic;

use crate::args::{Common, Deny};
use crate::config::{self, Config};
use crate::exit::{CLEAN, CONFIGURATION, FINDINGS, POLICY, USAGE, refuse};
use crate::inputs::{self, Inputs};
use crate::numbers::Place;
use crate::output::{Spill, Waiting};
use crate::programs::Installed;
use crate::show::{Terminal, counts};

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
    pub(crate) site: Config,
}

/// Which texts a run is to make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts {
    /// Whether the rules' own texts can be spared, which stand in the files too.
    pub(crate) files_only: bool,
    /// What the rules are for.
    pub(crate) made_for: For,
}

/// Finds out what was asked for, and what the site says.
///
/// # Errors
///
/// The exit code, after the reason was told.
pub(crate) fn settings(common: &Common, terminal: &mut Terminal<'_>) -> Result<Settings, u8> {
    let targets = targets(&common.targets, common.profile.as_deref()).map_err(|why| refuse(terminal, &why, USAGE))?;
    settings_for(targets, common, terminal)
}

/// The same for targets that are known.
///
/// # Errors
///
/// The exit code, after the reason was told.
pub(crate) fn settings_for(
    targets: Vec<(&'static dyn Target, &'static Profile)>,
    common: &Common,
    terminal: &mut Terminal<'_>,
) -> Result<Settings, u8> {
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

/// Reads and compiles; large files go where there is room for them.
pub(crate) fn compile(common: &Common, settings: Settings, lock: &Lock, texts: Texts, spill: Option<Spill>) -> Run {
    let inputs = inputs::read(&common.paths, &settings.site.placeholders);
    compile_read(inputs, common, settings, lock, texts, spill)
}

/// Compiles what was read.
pub(crate) fn compile_read(
    mut inputs: Inputs,
    common: &Common,
    Settings { targets, site }: Settings,
    lock: &Lock,
    texts: Texts,
    spill: Option<Spill>,
) -> Run {
    let lock = lock.clone().with_range(site.sids());
    let options = Options {
        as_of: common.as_of,
        ceiling: Ceiling { max: common.max_tlp, unmarked: site.unmarked },
        lock,
        overlays: site.overlays,
        files_only: texts.files_only,
        made_for: texts.made_for,
        programs: if common.no_engine { None } else { Some(&Installed) },
        every_target: texts.made_for == For::Folder && common.targets.is_empty() && common.profile.is_none(),
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
