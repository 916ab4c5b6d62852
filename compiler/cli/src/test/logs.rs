//! Which events of real logs are cases too? Those that a detection reads: what it finds, and a few that it does not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ir::{EventRule, Kind, Record, eval};
use pipeline::Compilation;
use pipeline::cases::Case;
use pipeline::matrix::Matrix;

use crate::below::{Links, below};
use crate::inputs;

/// How many events of a detection become cases: those that it finds, and those that it does not.
const MOST: usize = 50;

/// Adds a case for events of logs, to each detection that reads events of their kind.
pub(super) fn add(path: &Path, compilation: &Compilation, matrix: &mut Matrix) -> Result<(), String> {
    let files: Vec<PathBuf> = if path.is_dir() { below(path, Links::Inside, |_| true).files } else { vec![path.to_path_buf()] };
    let mut counts: Vec<[usize; 2]> = vec![[0, 0]; compilation.detections.len()];
    for file in files {
        let bytes = std::fs::read(&file).map_err(|why| format!("`{}` cannot be read: {why}", inputs::shown(&file)))?;
        let name = inputs::shown(&file).to_string();
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let records = front::events::records(value.get("event").unwrap_or(&value));
            for (at, detection) in compilation.detections.iter().enumerate() {
                let Kind::Event(rule) = &detection.kind else { continue };
                let own: Vec<(Duration, Record)> =
                    records.iter().filter(|record| reads(rule, record)).map(|record| (Duration::ZERO, record.clone())).collect();
                if own.is_empty() {
                    continue;
                }
                let fires = own.iter().any(|(_, record)| eval::matches(rule, record));
                let (Some(count), Some(cases)) = (counts.get_mut(at), matrix.cases.get_mut(at)) else { continue };
                let Some(count) = count.get_mut(usize::from(fires)) else { continue };
                if *count < MOST {
                    *count += 1;
                    cases.push(Case { what: format!("the event in line {} of `{name}`", number + 1), span: None, events: own, fires });
                }
            }
        }
    }
    Ok(())
}

fn reads(rule: &EventRule, record: &Record) -> bool {
    rule.event.source.covers(&record.event.source)
}
