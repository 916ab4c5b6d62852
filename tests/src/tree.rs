//! What is in this folder? Files by their path, with forward slashes.

use std::collections::BTreeMap;
use std::path::Path;

/// Every file below a folder, by its path relative to it. A folder that is not there holds nothing.
///
/// # Panics
///
/// When a file cannot be read: a check that cannot see its input has no answer.
#[must_use]
pub fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, prefix: &str, out: &mut BTreeMap<String, Vec<u8>>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries {
            let entry = entry.expect("a folder can be listed");
            let name = entry.file_name();
            let name = name.to_str().expect("file names in the repository are UTF-8");
            let path = entry.path();
            if path.is_dir() {
                walk(&path, &format!("{prefix}{name}/"), out);
            } else {
                out.insert(format!("{prefix}{name}"), std::fs::read(&path).expect("a file can be read"));
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(folder, "", &mut out);
    out
}

/// Writes files into a folder, making what is missing on the way.
///
/// # Panics
///
/// When the disk refuses.
pub fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).expect("a folder can be made");
        std::fs::write(&path, bytes).expect("a file can be written");
    }
}

/// The files below `prefix/`, without the prefix.
#[must_use]
pub fn below(files: &BTreeMap<String, Vec<u8>>, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let start = format!("{prefix}/");
    files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&start)?.to_owned(), bytes.clone()))).collect()
}

/// The first difference between two files, as lines a person can read.
#[must_use]
pub fn difference(wanted: &[u8], is: &[u8]) -> String {
    let (wanted, is) = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(is));
    let mut lines = wanted.lines().zip(is.lines()).enumerate();
    match lines.find(|(_, (wanted, is))| wanted != is) {
        Some((at, (wanted, is))) => format!("line {}\n      - {wanted}\n      + {is}", at + 1),
        None => format!("{} lines were expected, there are {}", wanted.lines().count(), is.lines().count()),
    }
}
