//! How many cases does each rule of each target judge as it has to? A line for each detection, a column for each target.

use std::collections::BTreeMap;

use backend::Outcome;
use pipeline::matrix::{Cell, Tally};

use super::found::{Run, columns};
use crate::show::Terminal;

/// Writes the table; nothing where there is no detection.
pub(super) fn write(run: &Run<'_>, terminal: &mut Terminal<'_>) {
    let columns = columns(run);
    if run.compilation.detections.is_empty() || columns.is_empty() {
        return;
    }
    let mut cells: BTreeMap<(usize, &str, &str), Vec<&Cell>> = BTreeMap::new();
    for cell in &run.matrix.cells {
        cells.entry((cell.detection, cell.target, cell.profile)).or_default().push(cell);
    }
    let outcomes: BTreeMap<(usize, &str, &str), Outcome> =
        run.compilation.rows.iter().map(|row| ((row.detection, row.target, row.profile), row.outcome)).collect();
    let key = |at: usize| run.compilation.detections.get(at).map(|detection| source::legible(&detection.key).into_owned()).unwrap_or_default();
    let longest = (0..run.compilation.detections.len()).map(|at| key(at).chars().count()).max().unwrap_or_default().clamp(4, 100);
    let mut lines: Vec<Vec<String>> = Vec::new();
    for at in 0..run.compilation.detections.len() {
        let cases = run.matrix.cases.get(at).map_or(0, Vec::len);
        let mut line = vec![key(at), cases.to_string()];
        for (target, profile, _) in &columns {
            let of = (at, *target, *profile);
            line.push(match (cells.get(&of), outcomes.get(&of)) {
                (Some(cells), outcome) => shown(&Tally::of(cells.iter().copied()), outcome.copied()),
                (None, Some(Outcome::Withheld)) => "withheld".to_owned(),
                (None, _) => "-".to_owned(),
            });
        }
        lines.push(line);
    }
    let heads: Vec<String> = ["rule", "cases"].map(str::to_owned).into_iter().chain(columns.iter().map(|(.., folder)| folder.clone())).collect();
    let widths: Vec<usize> = (0..heads.len())
        .map(|at| {
            if at == 0 {
                longest
            } else {
                lines.iter().chain([&heads]).filter_map(|line| line.get(at)).map(|text| text.chars().count()).max().unwrap_or_default()
            }
        })
        .collect();
    for line in std::iter::once(&heads).chain(&lines) {
        let mut text = String::new();
        for (at, (cell, width)) in line.iter().zip(&widths).enumerate() {
            text.push_str(&if at == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") });
        }
        terminal.say(text.trim_end());
    }
    terminal.say("(judged as it has to be; +n finds or misses as the outcome says; !n differs; ?n not judged; a log that does not hold the event is not counted)");
}

fn shown(tally: &Tally, outcome: Option<Outcome>) -> String {
    let mut out = tally.agree.to_string();
    for (sign, count) in [('+', tally.as_said), ('!', tally.differ), ('?', tally.unjudged)] {
        if count > 0 {
            out.push_str(&format!(" {sign}{count}"));
        }
    }
    match outcome {
        Some(Outcome::Wider) => out.push_str(" wider"),
        Some(Outcome::Narrower) => out.push_str(" narrower"),
        _ => {}
    }
    out
}
