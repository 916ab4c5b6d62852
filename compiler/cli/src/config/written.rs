//! What can stand in `vigie.toml`? Its tables and keys as types; the schema in the book is made of them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The settings of a site for vigie: what is compiled, for whom, and under which names.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    /// What is built when the command line does not say.
    pub(super) project: Project,
    /// A site's own names for fields: by target or profile, event and field.
    #[cfg_attr(test, schemars(schema_with = "super::schema::profiles"))]
    pub(super) profile: Profiles,
    /// What placeholders of Sigma rules stand for.
    pub(super) placeholders: Placeholders,
    /// What is said about markings.
    pub(super) tlp: Tlp,
    /// What is said about Suricata.
    pub(super) suricata: Suricata,
    /// What packages are called, and a table for each product.
    #[cfg_attr(test, schemars(schema_with = "super::schema::package"))]
    pub(super) package: Package,
    /// Who receives rules, and what may go there.
    pub(super) channel: BTreeMap<String, Channel>,
    /// What differs in one environment, chosen with `--environment`.
    pub(super) environment: BTreeMap<String, Environment>,
    /// Under which licences rules may stand.
    pub(super) licence: Licence,
}

/// Names by profile, event and field.
pub(super) type Profiles = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;
/// Lists by name.
pub(super) type Placeholders = BTreeMap<String, Vec<Item>>;
/// Settings of packages by name.
pub(super) type Package = BTreeMap<String, serde_json::Value>;

/// What is built when the command line does not say.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct Project {
    /// Files and folders that are read when no path is given, relative to this file.
    pub(super) inputs: Vec<String>,
    /// The targets when none is asked for, such as `sigma` or `kql/sentinel`.
    #[cfg_attr(test, schemars(schema_with = "super::schema::targets"))]
    pub(super) targets: Vec<String>,
    /// The folder that `build` writes to, relative to this file.
    pub(super) output: Option<String>,
    /// The least severity that makes the exit code 1.
    pub(super) deny: Option<Deny>,
    /// Codes of findings, or their first words, that make the exit code 1 whatever their severity: `expire.soon`, `legalise`.
    pub(super) deny_codes: Vec<String>,
    /// Codes of findings, or their first words, that leave the exit code alone unless they are errors: `deny = "warnings"` does not mean them, and what a
    /// policy keeps back by them is listed and fine.
    pub(super) allow_codes: Vec<String>,
    /// So many days before its last day, an indicator is a warning.
    pub(super) warn_before_expiry_days: Option<u16>,
    /// Whether a behaviour without a test case is a warning.
    pub(super) require_tests: bool,
}

/// A severity that makes a run fail.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Deny {
    Errors,
    Warnings,
}

/// What is said about markings.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tlp {
    /// What an input without a marking counts as.
    pub(super) unmarked: Option<Marking>,
}

/// A marking of the Traffic Light Protocol.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Marking {
    #[serde(rename = "clear")]
    Clear,
    #[serde(rename = "green")]
    Green,
    #[serde(rename = "amber")]
    Amber,
    #[serde(rename = "amber+strict")]
    AmberStrict,
    #[serde(rename = "red")]
    Red,
}

impl From<Marking> for ir::Tlp {
    fn from(marking: Marking) -> Self {
        match marking {
            Marking::Clear => Self::Clear,
            Marking::Green => Self::Green,
            Marking::Amber => Self::Amber,
            Marking::AmberStrict => Self::AmberStrict,
            Marking::Red => Self::Red,
        }
    }
}

/// What is said about Suricata.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct Suricata {
    /// The numbers of new rules, first and last: `3100000..3199999`.
    pub(super) sid: Option<String>,
}

/// An item of a list.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "each item of this list is a text in quotes or a whole number")]
pub(super) enum Item {
    Text(String),
    Number(i64),
}

/// Somebody who receives rules.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Channel {
    /// The targets whose files go there.
    #[cfg_attr(test, schemars(schema_with = "super::schema::some_targets"))]
    pub(super) targets: Vec<String>,
    /// The most closed marking that may go there.
    pub(super) max_tlp: Marking,
}

/// What differs in one environment.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct Environment {
    /// Names of fields there.
    #[cfg_attr(test, schemars(schema_with = "super::schema::profiles"))]
    pub(super) profile: Profiles,
    /// What placeholders stand for there.
    pub(super) placeholders: Placeholders,
    /// Settings of packages there.
    #[cfg_attr(test, schemars(schema_with = "super::schema::package"))]
    pub(super) package: Package,
    /// The severity of rules there, by their keys or the beginnings of keys: `ADVISORY`, `ADVISORY/name`, `ADVISORY/name.part`.
    pub(super) severity: BTreeMap<String, Severity>,
    /// Keys of rules that are not built there, or the beginnings of keys.
    pub(super) exclude: Vec<String>,
}

/// How bad a hit is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Severity> for ir::SeverityLevel {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Informational => Self::Informational,
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }
}

/// Under which licences rules may stand.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct Licence {
    /// The licences that may be used, as rules state them. Without it every one may.
    pub(super) allow: Option<Vec<String>>,
    /// What becomes of a rule that states none.
    pub(super) unstated: Unstated,
}

/// What becomes of a rule that states no licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Unstated {
    #[default]
    Allow,
    Deny,
}
