//! How are differences shown in a terminal?

use std::fmt::Write as _;

use source::{count, legible, legible_lines};

use super::differences::{Differences, Indicator, OnTarget, REWORDED, Rule, SAME, Shown};

/// Most values of one list that are shown.
const VALUES: usize = 10;

pub(super) fn text(differences: &Differences) -> String {
    let mut out = String::new();
    for rule in &differences.rules {
        of_rule(rule, &mut out);
    }
    for (what, list) in [("new", &differences.indicators_added), ("gone", &differences.indicators_removed)] {
        of_values(what, list, &mut out);
    }
    let _ = writeln!(out, "{}", headline(differences));
    out
}

/// All of it in a line.
pub(super) fn headline(differences: &Differences) -> String {
    let counts = differences.counts();
    let words = ["added", "removed", "wider", "narrower", "changed", "undecided", REWORDED];
    let said: Vec<String> = words.into_iter().filter_map(|word| Some(format!("{} {word}", counts.get(word)?))).collect();
    let said = if said.is_empty() { "none differs in what it finds".to_owned() } else { said.join(", ") };
    let part = if differences.incomplete { "; parts were not understood, and are missing here" } else { "" };
    let rest = match differences.inputs_left_out {
        0 => String::new(),
        1 => "; 1 input is the same on both sides".to_owned(),
        number => format!("; {number} inputs are the same on both sides"),
    };
    format!("{}: {said}{rest}{part}", count(differences.compared, "rule"))
}

fn of_rule(rule: &Rule, out: &mut String) {
    let word = if rule.meaning == SAME && rule.targets.values().any(|on| on.change == REWORDED) { REWORDED } else { rule.meaning };
    let _ = writeln!(out, "{word:<9}  {}  {}", legible(&rule.key), legible(&rule.title));
    for (what, shown) in [("finds now", &rule.gained), ("finds no more", &rule.lost)] {
        if let Some(Shown { words, .. }) = shown {
            let _ = writeln!(out, "{:11}{what}: {}", "", legible_lines(&words.join(&format!("\n{:11}", ""))));
        }
    }
    for side in &rule.unknown {
        let what = if *side == "gained" { "finds more" } else { "finds less" };
        let _ = writeln!(out, "{:11}whether it {what} was not found out", "");
    }
    for said in &rule.said {
        let line = match (said.old.as_str(), said.new.as_str()) {
            ("", "") => another(said.what),
            (old, new) => format!("{}: {} -> {}", said.what, legible(old), legible(new)),
        };
        let _ = writeln!(out, "{:11}{line}", "");
    }
    for (target, on) in &rule.targets {
        let _ = writeln!(out, "{:11}{target}: {}", "", of_target(on));
    }
}

/// Something that is said otherwise, of which the words are not known.
pub(super) fn another(what: &str) -> String {
    match what {
        "artefacts" => "other files".to_owned(),
        "expires" => "another last day".to_owned(),
        many if many.ends_with('s') => format!("other {many}"),
        one => format!("another {one}"),
    }
}

/// What became of a rule on a target, in words.
pub(super) fn of_target(on: &OnTarget) -> String {
    if on.old == on.new { format!("{} ({})", on.change, on.new) } else { format!("{} ({} -> {})", on.change, on.old, on.new) }
}

fn of_values(what: &str, list: &[Indicator], out: &mut String) {
    for value in list.iter().take(VALUES) {
        let why = value.withheld.map(|code| format!(", {code}")).unwrap_or_default();
        let _ = writeln!(out, "{what:<9}  {}  {} {}{why}", legible(&value.advisory), value.kind, legible(&value.value));
    }
    if list.len() > VALUES {
        let _ = writeln!(out, "{what:<9}  and {} more", count(list.len() - VALUES, "value"));
    }
}
