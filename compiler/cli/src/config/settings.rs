//! What does the site say? Everything that `vigie.toml` means, with what the command line goes before.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use backend::{Lock, Overlay};
use front::sigma::Placeholders;
use ir::{SeverityLevel, Tlp};
use source::{Diagnostic, Severity};

use super::packages::Packages;
use super::wrong;
use crate::args::Deny;

/// The name of the file.
pub(crate) const FILE: &str = "vigie.toml";
/// The folder that rules go to when nobody says another.
const OUTPUT: &str = "dist";

/// What a site says.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// Rows over the tables of profiles, by profile.
    pub(crate) overlays: BTreeMap<String, Overlay>,
    /// Lists for Sigma rules.
    pub(crate) placeholders: Placeholders,
    /// What an input without a marking counts as, where something may not leave.
    pub(crate) unmarked: Option<Tlp>,
    /// The file, where there is one.
    pub(crate) path: Option<PathBuf>,
    /// What packages are called, and what is said of those of one product.
    pub(crate) packages: Packages,
    /// What is built when the command line does not say.
    pub(crate) project: Project,
    /// What may go to whom, by profile: `kql/sentinel`.
    pub(crate) channels: BTreeMap<String, Vec<pipeline::Channel>>,
    /// What is said of single rules in the environment that was chosen.
    pub(crate) rules: Option<pipeline::Environment>,
    /// Under which licences rules may stand.
    pub(crate) licences: Option<pipeline::Licences>,
    /// The numbers of new rules, where the site has a range of its own.
    pub(super) sids: Option<RangeInclusive<u32>>,
    /// The lists that are in `placeholders`.
    pub(super) lists: BTreeMap<String, Vec<String>>,
    /// What differs in each environment.
    pub(super) environments: BTreeMap<String, Environment>,
}

/// What is built when the command line does not say. Paths are as they reach the place from the current folder.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) targets: Vec<String>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) deny: Denied,
    pub(crate) warn_before_expiry_days: Option<u16>,
    pub(crate) require_tests: bool,
}

/// What makes the exit code 1.
#[derive(Debug, Default)]
pub(crate) struct Denied {
    /// The least severity that does.
    pub(crate) least: Option<Deny>,
    /// Codes, or areas of codes, that do with any severity.
    pub(super) codes: Vec<String>,
    /// Codes, or areas of codes, that do not, unless they are errors.
    pub(super) allowed: Vec<String>,
}

impl Denied {
    /// Whether a finding is denied, at the level that was asked for or that of the site. An error is.
    pub(crate) fn denies(&self, said: &Diagnostic, asked: Option<Deny>) -> bool {
        match said.severity {
            Severity::Error => true,
            _ if self.codes.iter().any(|code| of_area(said.code.slug, code)) => true,
            Severity::Warning => asked.or(self.least) == Some(Deny::Warnings) && !self.allows(said),
            _ => false,
        }
    }

    /// Whether the site is content with what a finding says.
    pub(crate) fn allows(&self, said: &Diagnostic) -> bool {
        self.allowed.iter().any(|code| of_area(said.code.slug, code))
    }
}

/// Whether a code is this one, or one of this area: `legalise.regex` is of `legalise`.
pub(super) fn of_area(slug: &str, code: &str) -> bool {
    slug.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What differs in an environment.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub(super) overlays: BTreeMap<String, Overlay>,
    pub(super) lists: BTreeMap<String, Vec<String>>,
    pub(super) packages: Packages,
    pub(super) severity: BTreeMap<String, SeverityLevel>,
    pub(super) exclude: Vec<String>,
}

impl Config {
    /// The numbers that new rules get.
    pub(crate) fn sids(&self) -> RangeInclusive<u32> {
        self.sids.clone().unwrap_or(Lock::LOCAL)
    }

    /// The targets that were asked for, or those of the project.
    pub(crate) fn targets<'w>(&'w self, given: &'w [String]) -> &'w [String] {
        if given.is_empty() { &self.project.targets } else { given }
    }

    /// The folder to write to that was asked for, or that of the project.
    pub(crate) fn output(&self, given: Option<&Path>) -> PathBuf {
        given.or(self.project.output.as_deref()).unwrap_or(Path::new(OUTPUT)).to_path_buf()
    }

    /// The paths that were given, or those of the project.
    ///
    /// # Errors
    ///
    /// There are none.
    pub(crate) fn paths(&self, given: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
        let paths = if given.is_empty() { &self.project.inputs } else { given };
        if !paths.is_empty() {
            return Ok(paths.to_vec());
        }
        Err(match &self.path {
            Some(file) => format!("there is no PATH, and `{}` has no `inputs` below `[project]`", file.display()),
            None => format!("there is no PATH, and no `{FILE}` in this folder or above it whose `[project]` has `inputs`"),
        })
    }

    /// The settings as they are in an environment; without a name, as they are.
    ///
    /// # Errors
    ///
    /// There is no such environment.
    pub(crate) fn in_environment(mut self, name: Option<&str>) -> Result<Self, String> {
        let Some(name) = name else { return Ok(self) };
        let Some(environment) = self.environments.remove(name) else {
            let place = self.path.as_deref().map_or_else(|| format!("any `{FILE}`"), |path| format!("`{}`", path.display()));
            let known: Vec<&str> = self.environments.keys().map(String::as_str).collect();
            return Err(wrong::unknown(&format!("`{name}` is no environment of {place}"), name, &known));
        };
        for (profile, overlay) in environment.overlays {
            self.overlays.entry(profile).or_default().fields.extend(overlay.fields);
        }
        self.lists.extend(environment.lists);
        self.placeholders = Placeholders::new(self.lists.clone());
        self.packages = environment.packages;
        self.rules = Some(pipeline::Environment { name: name.to_owned(), severity: environment.severity, exclude: environment.exclude });
        Ok(self)
    }
}
