//! What did earlier builds write here? Their report says, and is believed as far as it is ours.

use std::collections::BTreeMap;
use std::path::Path;

use pipeline::WrittenFile;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The report, beside the rules.
pub(super) const REPORT: &str = "report.json";

/// What a folder's report lists.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    /// Files with what proves them, by path.
    pub(super) files: BTreeMap<String, WrittenFile>,
    /// Paths from a report of vigie 0.1, which holds no proof.
    pub(super) unproven: Vec<String>,
}

/// A report, as far as it matters to the next build. It may be large, so the rest is passed over as it is read.
#[derive(Deserialize)]
struct Report {
    tool: Option<String>,
    version: Option<u64>,
    detections: Option<u64>,
    totals: Option<BTreeMap<String, IgnoredAny>>,
    rows: Option<Vec<IgnoredAny>>,
    withheld: Option<Vec<IgnoredAny>>,
    files: Option<Files>,
}

/// Files as they are listed, and as vigie 0.1 listed them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Files {
    Proven(Vec<WrittenFile>),
    Unproven(Vec<String>),
}

impl Earlier {
    /// What the folder's report lists; nothing where there is none.
    ///
    /// # Errors
    ///
    /// What stands there is no report of ours, so it is not to be written over.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(REPORT);
        let foreign = |why: &str| {
            let shown = crate::inputs::shown(&path);
            format!("`{shown}` is not a report of vigie ({why}); nothing is written; another folder, or another name for that file, might help")
        };
        match path.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(foreign(&error.to_string())),
            Ok(about) if !about.is_file() => return Err(foreign("it is no plain file")),
            Ok(_) => {}
        }
        let text = std::fs::read(&path).map_err(|error| foreign(&error.to_string()))?;
        let report: Report = serde_json::from_slice(&text).map_err(|error| foreign(&error.to_string()))?;
        // The first version did not say whose its reports are; they are known by their form.
        let first = report.tool.is_none()
            && report.version == Some(1)
            && report.detections.is_some()
            && report.totals.is_some()
            && report.rows.is_some()
            && report.withheld.is_some();
        match report.files {
            Some(Files::Proven(files)) if report.tool.as_deref() == Some(pipeline::TOOL) => {
                Ok(Self { files: files.into_iter().map(|file| (file.path.clone(), file)).collect(), unproven: Vec::new() })
            }
            // A list without files has either form.
            Some(Files::Proven(files)) if first && files.is_empty() => Ok(Self::default()),
            Some(Files::Unproven(paths)) if first => Ok(Self { files: BTreeMap::new(), unproven: paths }),
            _ => Err(foreign("another program wrote it")),
        }
    }
}
