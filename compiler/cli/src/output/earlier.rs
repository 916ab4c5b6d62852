//! What did earlier builds write here? Their report says, and is believed as far as it is ours.

use std::collections::BTreeMap;
use std::path::Path;

use pipeline::WrittenFile;
use serde::Deserialize;
use serde_json::Value;

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

/// The report of a build, as far as it matters to the next.
#[derive(Deserialize)]
struct Ours {
    files: Vec<WrittenFile>,
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
        let value: Value = serde_json::from_slice(&text).map_err(|error| foreign(&error.to_string()))?;
        if value.get("tool").and_then(Value::as_str) == Some(pipeline::TOOL) {
            let ours: Ours = serde_json::from_value(value).map_err(|error| foreign(&error.to_string()))?;
            return Ok(Self { files: ours.files.into_iter().map(|file| (file.path.clone(), file)).collect(), unproven: Vec::new() });
        }
        let paths = first_version(&value).ok_or_else(|| foreign("another program wrote it"))?;
        Ok(Self { files: BTreeMap::new(), unproven: paths })
    }
}

/// The paths in a report of vigie 0.1, which did not say whose it is: it is known by its form.
fn first_version(value: &Value) -> Option<Vec<String>> {
    let form = value.get("version") == Some(&Value::from(1))
        && value.get("detections").is_some_and(Value::is_u64)
        && value.get("totals").is_some_and(Value::is_object)
        && ["rows", "withheld"].iter().all(|list| value.get(list).is_some_and(Value::is_array))
        && ["as_of", "max_tlp"].iter().all(|key| value.get(key).is_some());
    let files = value.get("files")?.as_array()?;
    if !form {
        return None;
    }
    files.iter().map(|file| file.as_str().map(str::to_owned)).collect()
}
