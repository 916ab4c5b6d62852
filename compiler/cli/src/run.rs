//! What is a run? What was asked for, what was read, what was compiled, and how it ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use backend::{For, Lock, Profile, Target};
use pipeline::{Ceiling, Channel, Compilation, Options};
use source::{Diagnostic, Severity};

use crate::args::{Common, Deny};
use crate::config::{self, Config, Denied};
use crate::exit::{CLEAN, CONFIGURATION, FINDINGS, POLICY, USAGE, refuse};
use crate::inputs::{self, Inputs};
use crate::numbers::Place;
use crate::output::{Spill, Waiting};
use crate::programs::Installed;
use crate::show::Terminal;

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
    /// The paths that were read.
    pub(crate) paths: Vec<PathBuf>,
    /// What the site lets fail.
    deny: Denied,
}

/// What a run needs besides its inputs.
pub(crate) struct Settings {
    targets: Vec<(&'static dyn Target, &'static Profile)>,
    /// Whether only some targets were asked for.
    only_some: bool,
    pub(crate) paths: Vec<PathBuf>,
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
    let site = site(common.config.as_deref(), common.environment.as_deref(), terminal)?;
    let wishes = site.targets(&common.targets);
    let targets = targets(wishes, common.profile.as_deref()).map_err(|why| refuse(terminal, &why, USAGE))?;
    let paths = site.paths(&common.paths).map_err(|why| refuse(terminal, &why, USAGE))?;
    Ok(Settings { targets, only_some: !wishes.is_empty() || common.profile.is_some(), paths, site })
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
    let site = site(common.config.as_deref(), common.environment.as_deref(), terminal)?;
    let paths = site.paths(&common.paths).map_err(|why| refuse(terminal, &why, USAGE))?;
    Ok(Settings { targets, only_some: true, paths, site })
}

/// What the site says, in an environment.
///
/// # Errors
///
/// The exit code, after the reason was told.
pub(crate) fn site(file: Option<&Path>, environment: Option<&str>, terminal: &mut Terminal<'_>) -> Result<Config, u8> {
    let site = config::read(file).and_then(|site| site.in_environment(environment));
    site.map_err(|why| refuse(terminal, &why, CONFIGURATION))
}

impl Settings {
    /// Where the numbers lie.
    pub(crate) fn lock(&self, common: &Common, output: Option<&Path>) -> Place {
        Place::of(common.lock.as_deref(), self.site.path.as_deref(), output)
    }
}

/// Reads and compiles; large files go where there is room for them.
pub(crate) fn compile(common: &Common, settings: Settings, lock: &Lock, texts: Texts, spill: Option<Spill>) -> Run {
    let inputs = inputs::read(&settings.paths, &settings.site.placeholders);
    compile_read(inputs, common, settings, lock, texts, spill)
}

/// Compiles what was read.
pub(crate) fn compile_read(
    mut inputs: Inputs,
    common: &Common,
    Settings { targets, only_some, paths, site }: Settings,
    lock: &Lock,
    texts: Texts,
    spill: Option<Spill>,
) -> Run {
    let lock = lock.clone().with_range(site.sids());
    let options = Options {
        as_of: common.as_of,
        warn_before_expiry: site.project.warn_before_expiry_days,
        ceiling: Ceiling { max: common.max_tlp, unmarked: site.unmarked },
        channels: channels(&site, &targets, texts.made_for),
        licences: site.licences,
        require_tests: site.project.require_tests,
        environment: site.rules,
        lock,
        overlays: site.overlays,
        files_only: texts.files_only,
        made_for: texts.made_for,
        programs: if common.no_engine { None } else { Some(&Installed) },
        every_target: texts.made_for == For::Folder && !only_some,
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
    Run { inputs, options, compilation, diagnostics, waiting, paths, deny: site.project.deny }
}

/// The channels of each profile. A package has several profiles' rules, and goes where the strictest channel of any of them lets it.
fn channels(site: &Config, targets: &[(&'static dyn Target, &'static Profile)], made_for: For) -> BTreeMap<String, Vec<Channel>> {
    let name = |(target, profile): &(&'static dyn Target, &'static Profile)| format!("{}/{}", target.about().id, profile.id);
    let of = |profile: &String| site.channels.get(profile).map(Vec::as_slice).unwrap_or_default();
    let all: Vec<String> = targets.iter().map(name).collect();
    let mut out = BTreeMap::new();
    for profile in &all {
        let held = if made_for == For::Package { all.iter().flat_map(of).cloned().collect() } else { of(profile).to_vec() };
        if !held.is_empty() {
            out.insert(profile.clone(), held);
        }
    }
    out
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
            _ => registry::select(wish).map_err(|known| unknown_target(wish, &known))?,
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

fn unknown_target(wish: &str, known: &[String]) -> String {
    let near = source::nearest(wish, known.iter().map(String::as_str)).map(|name| format!("; did you mean `{name}`?"));
    format!("`{wish}` is no target{}", near.unwrap_or_else(|| format!("; known are {}", known.join(", "))))
}

/// The exit code for what was found. What was denied without being an error is told.
pub(crate) fn status(run: &Run, deny: Option<Deny>, terminal: &mut Terminal<'_>) -> u8 {
    let mut denied: BTreeMap<&str, usize> = BTreeMap::new();
    for said in run.diagnostics.iter().filter(|said| said.severity != Severity::Error && run.deny.denies(said, deny)) {
        *denied.entry(said.code.slug).or_default() += 1;
    }
    if !denied.is_empty() {
        let codes: Vec<String> = denied.iter().map(|(code, number)| format!("{number} {code}")).collect();
        terminal.tell(&format!("denied here: {}", codes.join(", ")));
    }
    let policy = ["gate.tlp", "gate.unmarked", "expire.expired", "licence.not-allowed", "licence.unstated"];
    if run.inputs.unreadable > 0 {
        USAGE
    } else if !denied.is_empty() || run.diagnostics.iter().any(|said| said.severity == Severity::Error) {
        FINDINGS
    } else if run.diagnostics.iter().any(|said| policy.contains(&said.code.slug) && !run.deny.allows(said)) {
        POLICY
    } else {
        CLEAN
    }
}
