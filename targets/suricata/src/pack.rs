//! Which files does a sensor's rule source hold? What `suricata-update` takes: an archive for each version of the engine with its digest, and an
//! index of both (<https://suricata-update.readthedocs.io/en/latest/update.html>,
//! <https://github.com/OISF/suricata-intel-index>).

mod context;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backend::{ArtefactKind, Package, Packed, PackedFile, PackedRule, Packing, Part, one_line};
use md5::{Digest as _, Md5};
use serde::Deserialize;
use source::{Code, Diagnostic};

use context::Contexts;

static SETTINGS: Code = Code::error("suricata.package-settings", "the settings of a package are not understood");

/// The one package: a rule source for each version.
pub(crate) static PACKAGES: [Package; 1] =
    [Package { id: "suricata", title: "a rule source for suricata-update", profiles: &["7", "8"], codes: &[&SETTINGS] }];

/// What a site says of the package.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Who publishes the rules, as the index names it.
    vendor: Option<String>,
    /// The rules' licence, as the index names it.
    license: Option<String>,
    /// Where the package is served: an address without a slash at its end. Without one, `suricata-update` asks for it.
    url: Option<String>,
}

/// The files of the package.
pub(crate) fn pack(packing: &Packing<'_>) -> Packed {
    let settings = match Settings::deserialize(packing.settings).map_err(|error| error.to_string()).and_then(Settings::plain) {
        Ok(settings) => settings,
        Err(error) => {
            let said = Diagnostic::new(&SETTINGS, format!("`package.suricata`: {error}"))
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

impl Settings {
    fn plain(self) -> Result<Self, String> {
        let texts = [&self.vendor, &self.license, &self.url].into_iter().flatten();
        if let Some(odd) = texts.into_iter().find(|text| one_line(text) != **text || text.is_empty()) {
            return Err(format!("`{}` is no text on one line", one_line(odd)));
        }
        match &self.url {
            Some(url)
                if !["https://", "http://", "file://"].iter().any(|scheme| url.starts_with(scheme))
                    || url.ends_with('/')
                    || url.contains(['"', ' ', '%']) =>
            {
                Err(format!("`{url}` is no address of a folder"))
            }
            _ => Ok(self),
        }
    }
}

/// The folder of one version: the rules and lists as a sensor has them, and the archive of both.
fn source(packing: &Packing<'_>, at: usize, part: &Part<'_>, files: &mut Vec<PackedFile>) {
    let folder = format!("suricata-{}", part.profile);
    let eight = part.profile == "8";
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
