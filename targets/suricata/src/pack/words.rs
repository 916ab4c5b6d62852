//! What stands beside the rules for those who run sensors: an index for `suricata-update`, and examples of its settings.

use std::fmt::Write as _;

use backend::{Packing, one_line};
use ir::Verdict;

use super::settings::Settings;
use crate::profiles::Version;

/// The index of the package's sources (<https://github.com/OISF/suricata-intel-index/blob/master/README.md>).
pub(super) fn index(packing: &Packing<'_>, settings: &Settings) -> String {
    let label = packing.label;
    let mut out = String::from("version: 1\nsources:\n");
    for part in packing.parts {
        let (base, parameters) = match &settings.url {
            Some(url) => (url.as_str(), ""),
            None => ("%(base-url)s", "    parameters:\n      base-url:\n        prompt: \"Address of the folder that holds this package\"\n"),
        };
        let vendor = settings.vendor.as_deref().unwrap_or(&label.author);
        let license = settings.license.as_deref().unwrap_or("not stated");
        let _ = write!(
            out,
            "  {}/suricata-{}:\n    summary: {}\n    description: {}\n    vendor: {}\n    license: {}\n    url: {}\n{parameters}",
            label.name.to_lowercase(),
            part.profile.id,
            quoted(&label.title),
            quoted(&format!("{}, version {}, for Suricata {}", label.title, label.version, part.profile.id)),
            quoted(vendor),
            quoted(license),
            quoted(&format!("{base}/suricata-{}/rules.tar.gz", part.profile.id)),
        );
        if Version::of(part.profile) == Version::Eight {
            out.push_str("    min-version: 8.0.0\n");
        }
    }
    out
}

/// A scalar of YAML in double quotes, as JSON has it.
fn quoted(text: &str) -> String {
    source::legible_json(&serde_json::Value::from(one_line(text)).to_string()).into_owned()
}

/// Rules that a site may not want to be told by, each as a line to take the comment from.
pub(super) fn disable(packing: &Packing<'_>) -> String {
    let mut out = String::from(
        "# For suricata-update: each line without a comment in front switches a rule off.\n\
         # These rules start an investigation and prove nothing; a site that wants incidents alone may switch them off.\n",
    );
    let mut rows: Vec<(u64, String)> = packing
        .rules()
        .filter(|(_, _, detection)| detection.meta.verdict == Verdict::Lead)
        .filter_map(|(_, rule, _)| Some((rule.id.parse().ok()?, one_line(&rule.title))))
        .collect();
    rows.sort();
    rows.dedup();
    for (sid, title) in rows {
        let _ = writeln!(out, "# 1:{sid}  # {title}");
    }
    out
}

/// How a rule that fires often is made quieter.
pub(super) fn thresholds(packing: &Packing<'_>) -> String {
    let first = packing.rules().filter_map(|(_, rule, _)| rule.id.parse::<u64>().ok()).min().unwrap_or(1_000_000);
    format!(
        "# For Suricata (`threshold-file` of suricata.yaml): once an hour for each host, and never for a scanner of one's own.\n\
         # threshold gen_id 1, sig_id {first}, type limit, track by_src, count 1, seconds 3600\n\
         # suppress gen_id 1, sig_id {first}, track by_src, ip 192.0.2.10\n"
    )
}
