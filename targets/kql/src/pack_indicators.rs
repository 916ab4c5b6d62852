//! How does Defender take indicators? As a file that the portal imports: <https://learn.microsoft.com/defender-endpoint/indicator-manage>.

use std::collections::BTreeMap;

use backend::{PackedFile, Packing};
use ir::{Detection, Indicator, Observable, Role, SeverityLevel, Tactic, Technique};
use source::{Diagnostic, count};

use crate::limits::severity;
use crate::lower_context::free;
use crate::pack_codes::{MANY_INDICATORS, NO_INDICATOR};
use crate::pack_parts;
use crate::pack_settings::Action;
use crate::pack_stix;

/// The columns of the portal's sample.
const COLUMNS: [&str; 12] = [
    "IndicatorType",
    "IndicatorValue",
    "ExpirationTime",
    "Action",
    "Severity",
    "Title",
    "Description",
    "RecommendedActions",
    "RbacGroups",
    "Category",
    "MitreTechniques",
    "GenerateAlert",
];
/// Indicators of one file.
const FILE: usize = 500;
/// Indicators of a tenant (<https://learn.microsoft.com/defender-endpoint/api/import-ti-indicators>).
const TENANT: usize = 15_000;

type Line = [String; COLUMNS.len()];

/// The files, one kind of indicator in each, and what there is to say.
pub(crate) fn files(packing: &Packing<'_>, action: Action) -> (Vec<PackedFile>, Vec<Diagnostic>) {
    let mut kinds: BTreeMap<&str, BTreeMap<String, (uuid::Uuid, Line)>> = BTreeMap::new();
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for ((advisory, observable), (detection, indicator)) in pack_stix::indicators(packing) {
        match value(observable) {
            Some((kind, value)) => {
                let line = line((kind, &value), action, detection, indicator);
                // What two advisories name is one indicator of the tenant.
                kinds.entry(kind).or_default().entry(value).or_insert_with(|| (pack_stix::id(advisory, observable), line));
            }
            None => *left.entry(observable.kind().name()).or_default() += 1,
        }
    }
    let total: usize = kinds.values().map(BTreeMap::len).sum();
    let mut said = Vec::new();
    if total > TENANT {
        said.push(
            Diagnostic::new(&MANY_INDICATORS, format!("there are {total} indicators, and a tenant keeps {TENANT}"))
                .help("the files of one kind, or of one advisory, might be imported"),
        );
    }
    if !left.is_empty() {
        let kinds: Vec<String> = left.iter().map(|(kind, count)| format!("{count} of type `{kind}`")).collect();
        said.push(
            Diagnostic::new(&NO_INDICATOR, format!("{} cannot be imported: {}", count(left.values().sum(), "value"), kinds.join(", ")))
                .help("Defender takes single addresses, domains, URLs and digests of files; the rules look for the others"),
        );
    }
    let mut files = Vec::new();
    for (kind, lines) in kinds {
        for (name, lines) in pack_parts::parts(lines.into_values().collect(), FILE) {
            files.push(PackedFile::new(format!("indicators/{kind}-{name}.csv"), text(&lines)));
        }
    }
    (files, said)
}

/// The kind of an indicator and its value; `None` for what the portal does not take.
fn value(observable: &Observable) -> Option<(&'static str, String)> {
    match observable {
        Observable::Ip(address) if address.is_single() => Some(("IpAddress", address.net.addr().to_string())),
        Observable::Domain(name) | Observable::Host(name) => Some(("DomainName", name.as_str().to_owned())),
        Observable::Url(url) => Some(("Url", url.to_string())),
        Observable::Hash(hash) => match hash.algorithm().name() {
            "md5" => Some(("FileMd5", hash.hex().to_owned())),
            "sha1" => Some(("FileSha1", hash.hex().to_owned())),
            "sha256" => Some(("FileSha256", hash.hex().to_owned())),
            _ => None,
        },
        _ => None,
    }
}

fn line((kind, value): (&str, &str), action: Action, detection: &Detection, indicator: &Indicator) -> Line {
    let meta = &detection.meta;
    let until = indicator.valid.or(meta.valid).and_then(|window| window.until).and_then(|day| day.tomorrow().ok());
    let quote = indicator.citation(meta).map(|citation| citation.quote.as_str()).or(indicator.note.as_deref());
    let techniques: Vec<&str> = meta.techniques.iter().map(Technique::as_str).collect();
    let level = if meta.severity == SeverityLevel::Critical { SeverityLevel::High } else { meta.severity };
    [
        kind.to_owned(),
        value.to_owned(),
        until.map(|day| format!("{day}T00:00:00.0Z")).unwrap_or_default(),
        word(action, kind).to_owned(),
        severity(level).to_owned(),
        free(&format!("{}: {} {kind}", meta.advisory, indicator.role.name())),
        free(quote.unwrap_or(&detection.description)),
        String::new(),
        String::new(),
        category(indicator.role).to_owned(),
        techniques.join(","),
        if action == Action::Allowed { "FALSE" } else { "TRUE" }.to_owned(),
    ]
}

/// The portal's word for what is done about an indicator.
fn word(action: Action, kind: &str) -> &'static str {
    match action {
        Action::Allowed => "Allowed",
        Action::Audit => "Audit",
        Action::Warn => "Warn",
        Action::BlockAndRemediate if kind.starts_with("File") => "BlockAndRemediate",
        Action::Block | Action::BlockAndRemediate => "Block",
    }
}

/// The portal's categories, as far as a role tells.
fn category(role: Role) -> &'static str {
    match role {
        Role::Payload | Role::Tool => "Malware",
        _ => tactic(role).map_or("SuspiciousActivity", Tactic::word),
    }
}

/// What an attacker does with something in a role, where the role says it.
pub(crate) const fn tactic(role: Role) -> Option<Tactic> {
    Some(match role {
        Role::C2 | Role::Relay => Tactic::CommandAndControl,
        Role::Payload | Role::Tool => Tactic::Execution,
        Role::Delivery | Role::Phishing | Role::Sender => Tactic::InitialAccess,
        Role::Exfiltration => Tactic::Exfiltration,
        Role::Scanner => Tactic::Reconnaissance,
        Role::Persistence => Tactic::Persistence,
        Role::Unknown => return None,
    })
}

fn text(lines: &[Line]) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = out.write_record(COLUMNS);
    for line in lines {
        let _ = out.write_record(line);
    }
    out.into_inner().unwrap_or_default()
}
