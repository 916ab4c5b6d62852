//! Which files does a repository of Sigma rules take? Names and folders as SigmaHQ's own checks ask for
//! (<https://github.com/SigmaHQ/sigma-specification/blob/main/sigmahq/sigmahq_filename_convention.md>).

mod prefix;
mod stix;
mod stix_pattern;
mod succession;

use std::collections::BTreeMap;

use backend::{Package, Packed, PackedFile, Packing};
use ir::Verdict;
use serde_yaml::Value;

use crate::read;

/// Rules in the layout of SigmaHQ's repository, beside each other and as one archive; and rules among the indicators of a STIX bundle.
pub(crate) static PACKAGES: [Package; 2] = [
    Package {
        id: "sigma",
        title: "Sigma rules, laid out as SigmaHQ does",
        profiles: &["sigma"],
        settings: &[],
        by_title: false,
        rivals: &[],
        codes: &[],
    },
    Package { id: STIX, title: "a STIX 2.1 bundle", profiles: &["sigma"], settings: &[], by_title: false, rivals: &[], codes: &[&stix::BEFORE] },
];

/// The package for platforms of threat intelligence.
const STIX: &str = "stix";

/// How long a file's name may be without its ending, in characters.
const LONGEST: usize = 90;
/// How long it is at least.
const SHORTEST: usize = 10;
/// So many digits of a rule's id tell files of one name apart.
const DIGITS: usize = 8;

/// A log source, as far as it names files.
#[derive(Clone, Debug, Default)]
struct LogSource {
    category: Option<String>,
    product: Option<String>,
    service: Option<String>,
    /// Whether the file holds a rule about several events.
    correlation: bool,
}

/// The files of a package.
pub(crate) fn pack(package: &Package, packing: &Packing<'_>) -> Packed {
    if package.id == STIX { stix::pack(packing) } else { repository(packing) }
}

/// The files of a repository of rules.
fn repository(packing: &Packing<'_>) -> Packed {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut wanted = Vec::new();
    for (part, of) in packing.parts.iter().enumerate() {
        for artefact in of.artefacts {
            let rules: Vec<_> = packing.rules_in(part, &artefact.path).collect();
            let Some(printed) = rules.first().and_then(|rule| of.rules.get(rule.rule)) else { continue };
            let Some(detection) = packing.detections.get(printed.detection) else { continue };
            let source = log_source(&artefact.text);
            let own = detection.meta.sigma.is_some();
            let stem = artefact.path.rsplit('/').next().and_then(|name| name.strip_suffix(".yml")).unwrap_or_default();
            // Whoever puts rules of several advisories side by side tells them by it.
            let words = if own { stem.to_owned() } else { format!("{} {stem}", detection.meta.advisory) };
            let name = name(&prefix(&source), &words, LONGEST - DIGITS - 1);
            let branch = if detection.meta.verdict == Verdict::Lead { "rules-threat-hunting" } else { "rules" };
            *places.entry(name.clone()).or_default() += 1;
            wanted.push((format!("{branch}/{}", folder(&source)), name, printed.id.clone(), artefact.text.as_bytes(), rules));
        }
    }
    // A name stands once in the whole repository: its tests look at names, not at paths.
    let mut files: Vec<PackedFile> = Vec::new();
    for (folder, name, id, text, rules) in wanted {
        let twin = places.get(&name).is_some_and(|count| *count > 1);
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(DIGITS).collect();
        let name = if twin { format!("{name}_{digits}") } else { name };
        files.push(PackedFile::of(format!("{folder}/{name}.yml"), text, rules));
    }
    let all: Vec<(&str, &[u8])> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    let archive = archive::zip(&all);
    files.push(PackedFile::new(format!("{}-{}.zip", packing.label.name, packing.label.version), archive));
    Packed { files, diagnostics: Vec::new() }
}

/// The log source of the first rule in a file that has one.
fn log_source(text: &str) -> LogSource {
    let mut found: Option<LogSource> = None;
    let mut correlation = false;
    // It was read back when it was written.
    let _ = read::documents(text, |document| {
        correlation |= document.get("correlation").is_some();
        let Some(source) = document.get("logsource").filter(|_| found.is_none()) else { return };
        let word = |key: &str| source.get(key).and_then(Value::as_str).map(str::to_lowercase);
        found = Some(LogSource { category: word("category"), product: word("product"), service: word("service"), correlation: false });
    });
    LogSource { correlation, ..found.unwrap_or_default() }
}

/// What the name of a file begins with.
fn prefix(source: &LogSource) -> String {
    if source.correlation {
        return "correlation_".to_owned();
    }
    let (category, product, service) = (source.category.as_deref(), source.product.as_deref(), source.service.as_deref());
    if let Some(known) = prefix::find(product, category, service).or_else(|| prefix::find(product, None, None)) {
        return known.to_owned();
    }
    [product, category, service].into_iter().flatten().map(|word| format!("{word} ")).collect()
}

/// The folder of a log source: its product, and what tells its logs apart.
fn folder(source: &LogSource) -> String {
    let word = |text: &Option<String>| text.as_deref().map(|text| name("", text, LONGEST));
    let branch = match (source.product.as_deref(), source.category.as_deref()) {
        (Some(_), _) => word(&source.product).unwrap_or_default(),
        (None, Some("proxy" | "webserver")) => "web".to_owned(),
        (None, Some("dns" | "firewall" | "network")) => "network".to_owned(),
        (None, _) => "category".to_owned(),
    };
    let below = if source.correlation { Some("correlation".to_owned()) } else { word(&source.category).or_else(|| word(&source.service)) };
    [Some(branch), below].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// A name: lower-case letters, digits and single underscores.
fn name(prefix: &str, words: &str, longest: usize) -> String {
    let mut out = String::new();
    let lower = words.to_lowercase();
    let whole = if !prefix.is_empty() && lower.starts_with(prefix) { lower } else { format!("{prefix} {lower}") };
    for char in whole.chars() {
        if char.is_ascii_alphanumeric() {
            out.push(char);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(longest);
    let mut out = out.trim_matches('_').to_owned();
    if !prefix.is_empty() && (out.len() < SHORTEST || !out.contains('_')) {
        out.push_str("_rule_of_vigie");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_convention_has_them() {
        let source = |category: &str, product: &str, service: &str| {
            let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            LogSource { category: word(category), product: word(product), service: word(service), correlation: false }
        };
        let cases = [
            (source("process_creation", "windows", ""), "proc_creation_win_", "windows/process_creation"),
            (source("process_creation", "linux", ""), "proc_creation_lnx_", "linux/process_creation"),
            (source("", "windows", "security"), "win_security_", "windows/security"),
            (source("", "aws", "cloudtrail"), "aws_", "aws/cloudtrail"),
            (source("proxy", "", ""), "proxy_", "web/proxy"),
            (source("dns", "", ""), "net_dns_", "network/dns"),
            (source("", "windows", "ntlm"), "win_", "windows/ntlm"),
            (source("", "example", "audit-log"), "example audit-log ", "example/audit_log"),
        ];
        for (source, begins, place) in cases {
            assert_eq!((prefix(&source).as_str(), folder(&source).as_str()), (begins, place));
        }
        assert_eq!(name("proc_creation_win_", "ADV-1 drop.exe", 80), "proc_creation_win_adv_1_drop_exe");
        assert_eq!(name("proc_creation_win_", "proc_creation_win_own_name", 80), "proc_creation_win_own_name");
        assert_eq!(name("aws_", "É", 80), "aws_rule_of_vigie");
        assert_eq!(name("aws_", &"x".repeat(200), 80).len(), 80);
    }
}
