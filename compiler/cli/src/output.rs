//! How do files reach the disk? All of a run's, and none of an earlier run's that this one no longer makes.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use serde_json::Value;

/// Writes files below a folder and removes those that the folder's old report lists and this run did not make.
///
/// # Errors
///
/// The first file that could not be written, with the system's reason.
pub(crate) fn write(folder: &Path, files: &[(String, &str)]) -> Result<(), String> {
    let fresh: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    for stale in listed(folder).into_iter().filter(|path| !fresh.contains(path.as_str())) {
        let path = folder.join(&stale);
        if path.is_file() {
            std::fs::remove_file(&path).map_err(|error| format!("`{}` cannot be removed: {error}", path.display()))?;
        }
        // Folders that have become empty go too; the call fails on those that have not, which is what is wanted.
        for parent in path.ancestors().skip(1).take_while(|parent| *parent != folder) {
            if std::fs::remove_dir(parent).is_err() {
                break;
            }
        }
    }
    for (path, text) in files {
        let path = folder.join(path);
        let failed = |error: std::io::Error| format!("`{}` cannot be written: {error}", path.display());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        // An unchanged file keeps its time stamp, so that sensors do not reload for nothing.
        if std::fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        std::fs::write(&path, text).map_err(failed)?;
    }
    Ok(())
}

/// The files that an earlier run's report lists, as far as they lie below the folder.
fn listed(folder: &Path) -> Vec<String> {
    let Ok(text) = std::fs::read_to_string(folder.join("report.json")) else { return Vec::new() };
    let Ok(report) = serde_json::from_str::<Value>(&text) else { return Vec::new() };
    let files = report.get("files").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    files
        .iter()
        .filter_map(Value::as_str)
        .filter(|path| !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_))))
        .map(ToOwned::to_owned)
        .collect()
}
