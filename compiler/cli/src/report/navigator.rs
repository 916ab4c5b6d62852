//! Which techniques have rules? A layer of the ATT&CK Navigator
//! (<https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md>).
//!
//! The score of a technique is its number of rules: detections that at least one target has a rule for. A sub-technique stands for itself; a detection
//! that names it and its technique counts for the sub-technique alone. `depth` is how many of these rules mean exactly what was written in at least
//! one target.

use std::collections::{BTreeMap, BTreeSet};

use backend::Outcome;
use ir::Technique;
use pipeline::Compilation;
use serde_json::{Value, json};
use source::{count, legible, legible_json};

/// How many rules a comment lists.
const LISTED: usize = 40;
/// The number of rules that is shown in full colour when no technique has more. Readers of layers want more steps than colours, too.
const FULL: usize = 10;
/// From no rule to as many as the best technique has.
const COLOURS: [&str; 3] = ["#ffffff", "#8ec8f0", "#0b5394"];

/// A technique and its rules.
#[derive(Default)]
struct Covered {
    /// Detections with a rule.
    rules: usize,
    /// Of them, those that are exact somewhere.
    depth: usize,
    /// A line for each detection.
    lines: Vec<String>,
}

/// The layer, as JSON.
pub(crate) fn layer(compilation: &Compilation) -> String {
    let mut techniques: BTreeMap<&Technique, Covered> = BTreeMap::new();
    let outcomes = outcomes(compilation);
    for (at, detection) in compilation.detections.iter().enumerate() {
        let named: BTreeSet<&Technique> = detection.meta.techniques.iter().collect();
        let is_parent = |one: &Technique| named.iter().any(|other| *other != one && other.parent() == one.as_str());
        let own = outcomes.get(&at).map(Vec::as_slice).unwrap_or_default();
        for technique in named.iter().filter(|technique| !is_parent(technique)) {
            let covered = techniques.entry(*technique).or_default();
            covered.rules += usize::from(own.iter().any(|(_, outcome)| has_rule(*outcome)));
            covered.depth += usize::from(own.iter().any(|(_, outcome)| *outcome == Outcome::Exact));
            covered.lines.push(line(&detection.key, own));
        }
    }
    let most = techniques.values().map(|covered| covered.rules).max().unwrap_or(0).max(FULL);
    let entries: Vec<Value> = techniques.iter().map(|(technique, covered)| entry(technique, covered)).collect();
    let layer = json!({
        "name": "vigie",
        "versions": { "layer": "4.5", "navigator": "5.1.0" },
        "domain": "enterprise-attack",
        "description": "Detection rules by technique. The score is the number of rules; `depth` is how many of them mean exactly what was described in at least one target.",
        "sorting": 3,
        "layout": { "layout": "side", "showID": true, "showName": true, "expandedSubtechniques": "annotated" },
        "hideDisabled": false,
        "techniques": entries,
        "gradient": { "colors": COLOURS, "minValue": 0, "maxValue": most },
        "legendItems": [
            { "label": "no rule", "color": COLOURS[0] },
            { "label": count(most, "rule"), "color": COLOURS[2] },
        ],
        "showTacticRowBackground": false,
        "selectTechniquesAcrossTactics": true,
        "selectSubtechniquesWithParent": false,
    });
    let text = serde_json::to_string_pretty(&layer).unwrap_or_default();
    format!("{}\n", legible_json(&text))
}

fn has_rule(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Exact | Outcome::Wider | Outcome::Narrower)
}

/// What became of each detection, by the folders of the targets.
fn outcomes(compilation: &Compilation) -> BTreeMap<usize, Vec<(&str, Outcome)>> {
    let folders: BTreeMap<(&str, &str), &str> =
        compilation.outputs.iter().map(|output| ((output.target, output.profile), output.folder.as_str())).collect();
    let mut out: BTreeMap<usize, Vec<(&str, Outcome)>> = BTreeMap::new();
    for row in &compilation.rows {
        let folder = folders.get(&(row.target, row.profile)).copied().unwrap_or(row.target);
        out.entry(row.detection).or_default().push((folder, row.outcome));
    }
    out
}

/// A detection in a comment: where it has rules, and of which kind.
fn line(key: &str, outcomes: &[(&str, Outcome)]) -> String {
    let some: Vec<String> =
        outcomes.iter().filter(|(_, outcome)| has_rule(*outcome)).map(|(folder, outcome)| format!("{folder} {}", outcome.name())).collect();
    let what = if some.is_empty() { "no rule".to_owned() } else { some.join(", ") };
    format!("{}: {what}", legible(key))
}

fn entry(technique: &Technique, covered: &Covered) -> Value {
    let mut comment = covered.lines.iter().take(LISTED).cloned().collect::<Vec<_>>().join("\n");
    if covered.lines.len() > LISTED {
        comment += &format!("\nand {} more", covered.lines.len() - LISTED);
    }
    json!({
        "techniqueID": technique.as_str(),
        "score": covered.rules,
        "comment": comment,
        "enabled": true,
        "metadata": [
            { "name": "rules", "value": covered.rules.to_string() },
            { "name": "depth", "value": covered.depth.to_string() },
        ],
        "showSubtechniques": false,
    })
}
