//! Where do captures go? A folder for each advisory, a file for each case, named after the rule and the case's number; what one event is for
//! several profiles is the same capture, and is written once.

use std::collections::BTreeMap;
use std::path::Path;

use backend::slug;

use super::found::Run;
use crate::inputs;

/// Writes the captures; says how many there are.
pub(super) fn write(folder: &Path, run: &Run<'_>) -> Result<usize, String> {
    let unwritable = |path: &Path, why: std::io::Error| format!("`{}` cannot be written: {why}", inputs::shown(path));
    let mut files: BTreeMap<(String, String), &[u8]> = BTreeMap::new();
    for cell in &run.matrix.cells {
        let (Some(capture), Some(detection)) = (&cell.capture, run.compilation.detections.get(cell.detection)) else { continue };
        let rule = detection.key.rsplit('/').next().unwrap_or(&detection.key);
        let kind = if cell.wanted { "found" } else { "not-found" };
        // The detection's place keeps two apart that have the same name once it is safe.
        let log = cell.log.as_deref().map(|log| format!("{}-", slug(log))).unwrap_or_default();
        let name = format!("{}-{}-{}-{log}{kind}.pcap", slug(rule), cell.detection + 1, cell.case + 1);
        files.insert((slug(&detection.meta.folder), name), capture);
    }
    for ((advisory, name), bytes) in &files {
        let folder = folder.join(advisory);
        std::fs::create_dir_all(&folder).map_err(|why| unwritable(&folder, why))?;
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|why| unwritable(&path, why))?;
    }
    Ok(files.len())
}
