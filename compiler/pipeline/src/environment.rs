//! What is other in one environment? Severities of its own, and rules that are not built there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ir::{SeverityLevel, is_about};
use source::{Code, Diagnostic};

use crate::context::Cx;
use crate::expand::Planned;

pub(crate) static EXCLUDED: Code = Code::note("environment.excluded", "a rule is not built in the environment that was chosen");
pub(crate) static UNUSED: Code = Code::warn("environment.unused", "a setting of the environment is about no rule");

/// What a site says of rules in one environment. Keys are those of detections, or their beginnings: `ADVISORY`, `ADVISORY/name`, `ADVISORY/name.part`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// How bad a hit is there.
    pub severity: BTreeMap<String, SeverityLevel>,
    /// What is not built there.
    pub exclude: Vec<String>,
}

/// Changes what is planned, and says which entries are about nothing.
pub(crate) fn run(planned: &mut [Planned], environment: Option<&Environment>, cx: &mut Cx) {
    let Some(Environment { name, severity, exclude }) = environment else { return };
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for planned in planned.iter_mut() {
        let key = planned.detection.key.clone();
        // Of several entries the longest is about the least.
        let own: Vec<_> = severity.iter().filter(|(entry, _)| is_about(entry, &key)).collect();
        used.extend(own.iter().map(|(entry, _)| entry.as_str()));
        if let Some((_, level)) = own.iter().max_by_key(|(entry, _)| entry.len()) {
            Arc::make_mut(&mut planned.detection.meta).severity = **level;
        }
        let out: Vec<&String> = exclude.iter().filter(|entry| is_about(entry, &key)).collect();
        used.extend(out.iter().map(|entry| entry.as_str()));
        if !out.is_empty() {
            planned.withheld = Some((&EXCLUDED, format!("the environment `{name}` leaves it out")));
        }
    }
    let entries: BTreeSet<&str> = severity.keys().chain(exclude).map(String::as_str).collect();
    for entry in entries.difference(&used) {
        let keys = planned.iter().map(|planned| planned.detection.key.as_str());
        let near = source::nearest(entry, keys).map(|key| format!("a similar key is `{key}`"));
        let help = near.unwrap_or_else(|| "`report.json` has the key of each rule; rules of inputs that were not read are none".to_owned());
        cx.diagnostics.push(Diagnostic::new(&UNUSED, format!("the environment `{name}` names `{entry}`, and no rule has this key")).help(help));
    }
}

/// Why a rule is left out, for its row in the report.
pub(crate) fn reason(planned: &Planned) -> Option<Diagnostic> {
    let (code, reason) = planned.withheld.as_ref().filter(|(code, _)| code.slug == EXCLUDED.slug)?;
    let mut said = Diagnostic::new(code, format!("`{}` is withheld: {reason}", planned.detection.key)).at(planned.detection.span, "withheld");
    said.detection = Some(planned.detection.key.clone());
    Some(said)
}
