//! Which files does a sensor's rule source hold? What `suricata-update` takes: an archive for each version of the engine with its digest, and an
//! index of both (<https://suricata-update.readthedocs.io/en/latest/update.html>,
//! <https://github.com/OISF/suricata-intel-index>).

mod context;
mod settings;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backend::{ArtefactKind, Package, Packed, PackedFile, PackedRule, Packing, Part, one_line};
use md5::{Digest as _, Md5};
use source::{Code, Diagnostic};

use crate::profiles::Version;
use context::Contexts;
use settings::Settings;

static WRONG_SETTINGS: Code = Code::error("suricata.package-settings", "the settings of a package are not understood");

/// The one package: a rule source for each version.
pub(crate) static PACKAGES: [Package; 1] = [Package {
    id: "suricata",
    title: "a rule source for suricata-update",
    profiles: &["7", "8"],
    settings: &settings::SETTINGS,
    by_title: false,
    rivals: &[],
    codes: &[&WRONG_SETTINGS],
}];

/// The files of the package.
pub(crate) fn pack(packing: &Packing<'_>) -> Packed {
    let settings = match Settings::read(packing.settings) {
        Ok(settings) => settings,
        Err(error) => {
            let said = Diagnostic::new(&WRONG_SETTINGS, format!("`package.suricata`: {error}"))
                .help("`vendor` and `license` are texts on one line, `url` is an address that begins with https://, http:// or file://");
            return Packed { files: Vec::new(), diagnostics: vec![said] };
        }
    };
    let mut files = Vec::new();
    for (at, part) in packing.parts.iter().enumerate() {
        source(packing, at, part, &mut files);
    }
    files.push(PackedFile::new("index.yaml", words::index(packing, &settings)));
    files.push(PackedFile::new("disable.conf", words::disable(packing)));
    files.push(PackedFile::new("threshold.config", words::thresholds(packing)));
    Packed { files, diagnostics: Vec::new() }
}

/// The folder of one version: the rules and lists as a sensor has them, and the archive of both.
fn source(packing: &Packing<'_>, at: usize, part: &Part<'_>, files: &mut Vec<PackedFile>) {
    let folder = format!("suricata-{}", part.profile.id);
    let eight = Version::of(part.profile) == Version::Eight;
    let lists = part.artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::List);
    let contexts = if eight { Contexts::of(packing.sent(), lists) } else { Contexts::default() };
    let mut inside: Vec<(String, Vec<u8>, Vec<PackedRule>)> = Vec::new();
    for artefact in part.artefacts {
        let name = artefact.path.as_str();
        let (path, text) = match artefact.kind {
            ArtefactKind::Rules => (name.to_owned(), contexts.in_rules(&artefact.text)),
            ArtefactKind::List | ArtefactKind::Support => contexts.in_list(name).unwrap_or_else(|| (name.to_owned(), artefact.text.clone())),
        };
        inside.push((format!("rules/{path}"), text.into_bytes(), packing.rules_in(at, name).collect()));
    }
    inside.push(("rules/sid-msg.map".to_owned(), messages(part).into_bytes(), Vec::new()));
    let all: Vec<(&str, &[u8])> = inside.iter().map(|(path, bytes, _)| (path.as_str(), bytes.as_slice())).collect();
    let archive = archive::tgz(&all);
    files.push(PackedFile::new(format!("{folder}/rules.tar.gz.md5"), hex::encode(Md5::digest(&archive))));
    files.push(PackedFile::new(format!("{folder}/rules.tar.gz"), archive));
    files.extend(inside.into_iter().map(|(path, bytes, rules)| PackedFile::of(format!("{folder}/{path}"), bytes, rules)));
}

/// Which message a number has, for tools that see numbers alone.
fn messages(part: &Part<'_>) -> String {
    let mut rows: BTreeMap<u64, String> = BTreeMap::new();
    for rule in part.rules {
        if let Ok(sid) = rule.id.parse() {
            rows.entry(sid).or_insert_with(|| one_line(&rule.title).replace("||", "|"));
        }
    }
    let mut out = String::new();
    for (sid, title) in rows {
        let _ = writeln!(out, "{sid} || {title}");
    }
    out
}
