//! What does Splunk import? One app: saved searches that are switched off, the tables they look values up in, the macros in which a site says where
//! its logs are, and hunts that are run once by hand.
//!
//! The layout is that of Splunk's own inspection of apps (AppInspect 4.3.1): everything below `default`, nothing below `local`, which is the
//! site's and outlives every version of the app.

mod app;
mod escu;
mod icon;
mod intelligence;
mod searches;
mod site;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use backend::{Packed, PackedFile, PackedRule, Packing};
use source::{Code, Diagnostic};

use crate::verify;
use searches::Stanza;
pub(crate) use site::SETTINGS;
use site::Site;

pub(crate) static SETTING: Code = Code::error("splunk.setting", "a setting of Splunk's packages cannot be followed");
pub(crate) static TWICE: Code = Code::error("splunk.twice", "two things of an app have one name");
pub(crate) static NO_DAY: Code = Code::note("splunk.no-day", "Enterprise Security does not know a search whose advisory has no day");

pub(crate) static LARGE_TABLE: Code = Code::note("splunk.large-table", "a table is larger than what Splunk keeps in memory");

/// The largest table that is held in memory; a larger one is indexed on disk and read from there (`max_memtable_bytes`,
/// <https://docs.splunk.com/Documentation/Splunk/latest/Admin/Limitsconf>).
const IN_MEMORY: usize = 26_214_400;

/// Makes the app, as a folder and as the archive that is uploaded.
pub(crate) fn pack(packing: &Packing<'_>) -> Packed {
    let site = match Site::read(packing.settings) {
        Ok(site) => site,
        Err(why) => return Packed { files: Vec::new(), diagnostics: vec![Diagnostic::new(&SETTING, why)] },
    };
    let mut diagnostics = Vec::new();
    let mut app = App::default();
    for artefact in packing.parts.iter().flat_map(|part| part.artefacts) {
        app.take(&artefact.path, &artefact.text, &mut diagnostics);
    }
    app.macros = match site.macros(std::mem::take(&mut app.macros)) {
        Ok(macros) => macros,
        Err(why) => return Packed { files: Vec::new(), diagnostics: vec![Diagnostic::new(&SETTING, why)] },
    };
    let shared = app.share();
    let intelligence = if site.threat_intelligence { intelligence::tables(packing, &site.policy) } else { BTreeMap::new() };
    for (name, text) in &intelligence {
        app.intelligence(name, text);
    }
    let stanzas = searches::stanzas(packing, &site, &shared);
    let mut names = BTreeSet::new();
    for stanza in &stanzas {
        if !names.insert(&stanza.name) {
            diagnostics.push(Diagnostic::new(&TWICE, format!("two saved searches are called `{}`", stanza.name)));
        }
    }
    let undated = packing.rules().filter(|(_, _, detection)| crate::security::day(&detection.meta).is_none()).count();
    if (site.enterprise_security || site.escu) && undated > 0 {
        let who = match (site.enterprise_security, site.escu) {
            (true, false) => "Enterprise Security is told nothing of",
            (true, true) => "Enterprise Security is told nothing of, and the folder `escu` does not have,",
            (false, _) => "the folder `escu` does not have",
        };
        let message = format!("{who} {}, because no day of publication is known", source::count(undated, "rule"));
        diagnostics.push(Diagnostic::new(&NO_DAY, message).help("an advisory with `published:` has one"));
    }
    for wanted in site.unused(packing) {
        // A slip would leave a search switched off.
        let said = Diagnostic::new(&SETTING, format!("`enable` names `{wanted}`, and no rule of the package is called so"));
        diagnostics.push(said.help("an entry is an advisory, a rule's key, or the beginning of one"));
    }
    let mut files = app.files(packing, &stanzas, &shared);
    if site.escu {
        let table = |file: &str| app.tables.get(file).copied();
        let ground = escu::Ground {
            macros: &app.macros,
            transforms: &app.transforms,
            table: &table,
            versions: &searches::versions(packing),
            stanzas: &stanzas,
        };
        files.extend(escu::files(packing, &site.policy, &shared, &ground));
    }
    Packed { files, diagnostics }
}

/// The parts of an app that hold no searches.
#[derive(Default)]
struct App<'t> {
    /// Definitions of macros.
    macros: BTreeMap<String, String>,
    /// Definitions of tables.
    transforms: BTreeMap<&'t str, verify::Settings<'t>>,
    /// Tables, by file name.
    tables: BTreeMap<Cow<'t, str>, &'t str>,
}

impl<'t> App<'t> {
    /// Takes a file of a profile.
    fn take(&mut self, path: &'t str, text: &'t str, diagnostics: &mut Vec<Diagnostic>) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let twice = |name: &str| Diagnostic::new(&TWICE, format!("two tables are called `{name}`"));
        if name.ends_with(".csv") {
            if text.len() > IN_MEMORY {
                let message = format!("the table `{name}` has {} bytes; above {IN_MEMORY} it is read from disk", text.len());
                let help = "the limit is `max_memtable_bytes` in limits.conf of the site; a shorter list might do as well";
                diagnostics.push(Diagnostic::new(&LARGE_TABLE, message).help(help));
            }
            if self.tables.insert(name.into(), text).is_some_and(|other| other != text) {
                diagnostics.push(twice(name));
            }
            return;
        }
        let Ok(conf) = verify::conf(text) else { return };
        match name {
            "macros.conf" => {
                self.macros.extend(conf.into_iter().filter_map(|(name, settings)| Some((name.to_owned(), settings.get("definition")?.to_string()))));
            }
            "transforms.conf" => {
                for (name, settings) in conf {
                    if self.transforms.get(name).is_some_and(|other| *other != settings) {
                        diagnostics.push(twice(name));
                    }
                    self.transforms.insert(name, settings);
                }
            }
            _ => {}
        }
    }

    /// Keeps one of the tables that hold the same and are compared in the same way, as those of the two profiles often are. Says which table
    /// stands for which other one.
    fn share(&mut self) -> BTreeMap<String, String> {
        // How a table is compared, and what it holds.
        type Same<'t> = (Vec<(&'t str, Cow<'t, str>)>, &'t str);
        let mut kept: BTreeMap<Same<'t>, &str> = BTreeMap::new();
        let mut out = BTreeMap::new();
        for (name, settings) in &self.transforms {
            let Some(text) = settings.get("filename").and_then(|file| self.tables.get(file.as_ref())) else { continue };
            let how = settings.iter().filter(|(key, _)| **key != "filename").map(|(key, value)| (*key, value.clone())).collect();
            let first = *kept.entry((how, text)).or_insert(name);
            if first != *name {
                out.insert((*name).to_owned(), first.to_owned());
            }
        }
        for name in out.keys() {
            if let Some(file) = self.transforms.remove(name.as_str()).and_then(|settings| settings.get("filename").cloned()) {
                self.tables.remove(file.as_ref());
            }
        }
        out
    }

    /// Takes a table of indicators.
    fn intelligence(&mut self, name: &'t str, text: &'t str) {
        let file = format!("{name}.csv");
        self.transforms.insert(name, verify::Settings::from([("filename", Cow::from(file.clone())), ("case_sensitive_match", "false".into())]));
        self.tables.insert(file.into(), text);
    }

    /// Every file, and all of them as an archive.
    fn files(&self, packing: &Packing<'_>, stanzas: &[Stanza<'_>], shared: &BTreeMap<String, String>) -> Vec<PackedFile> {
        let label = packing.label;
        let all: Vec<PackedRule> = packing.rules().map(|(at, ..)| at).collect();
        let of_tables = searches::users(packing, shared);
        let mut files = vec![
            PackedFile::new("default/app.conf", app::app(label)),
            PackedFile::new("default/data/ui/nav/default.xml", app::NAVIGATION),
            PackedFile::new("metadata/default.meta", app::META),
            PackedFile::new("README.md", app::readme(packing, stanzas, &self.macros)),
        ];
        if !stanzas.is_empty() {
            files.push(PackedFile::of("default/savedsearches.conf", searches::text(stanzas), all));
        }
        if !self.macros.is_empty() {
            files.push(PackedFile::new("default/macros.conf", crate::conf::site_macros(&self.macros)));
        }
        if !self.transforms.is_empty() {
            files.push(PackedFile::new("default/transforms.conf", app::transforms(&self.transforms)));
        }
        for (name, text) in &self.tables {
            let users = of_tables.get(name.trim_end_matches(".csv")).into_iter().flatten().copied();
            files.push(PackedFile::of(format!("lookups/{name}"), *text, users));
        }
        for (name, size) in [("appIcon", 36), ("appIcon_2x", 72), ("appIconAlt", 36), ("appIconAlt_2x", 72)] {
            files.push(PackedFile::new(format!("static/{name}.png"), icon::png(size)));
        }
        for file in &mut files {
            file.path = format!("{}/{}", label.name, file.path);
        }
        let held: Vec<(&str, &[u8])> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
        let archive = archive::tgz(&held);
        files.push(PackedFile::new(format!("{}-{}.tgz", label.name, label.version), archive));
        files
    }
}
