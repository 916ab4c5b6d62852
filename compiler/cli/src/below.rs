//! Which files lie below a folder? One walk for descriptions, feeds, rules and logs.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// The deepest folder looked into.
const MAX_DEPTH: usize = 32;

/// What lies below a folder.
#[derive(Debug, Default)]
pub(crate) struct Below {
    /// The files that are wanted, in order.
    pub(crate) files: Vec<PathBuf>,
    /// What could not be looked into, and why.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
}

/// Which links to files are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// Every one: rotated logs are often links.
    Anywhere,
    /// Those to files below the folder. Descriptions and feeds are shared, and a link in a stranger's folder may lead to any file.
    Inside,
}

/// Looks into a folder and those below it. What is hidden is passed over; a link to a folder is not followed: it may lead back up.
pub(crate) fn below(folder: &Path, links: Links, wanted: impl Fn(&Path) -> bool) -> Below {
    let root = std::fs::canonicalize(folder);
    let leads_out = |entry: &DirEntry| {
        let real = || Some(std::fs::canonicalize(entry.path()).ok()?.starts_with(root.as_ref().ok()?));
        links == Links::Inside && entry.path_is_symlink() && real() != Some(true)
    };
    let mut out = Below::default();
    let seen = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    for entry in WalkDir::new(folder).max_depth(MAX_DEPTH + 1).sort_by_file_name().into_iter().filter_entry(seen) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {
                if entry.depth() > MAX_DEPTH {
                    out.unreadable.push((entry.into_path(), format!("it lies deeper than {MAX_DEPTH} folders")));
                }
            }
            Ok(entry) if wanted(entry.path()) && leads_out(&entry) => {
                out.unreadable.push((entry.into_path(), "it is a link out of the folder; a file that is named itself is read".to_owned()));
            }
            Ok(entry) => {
                if wanted(entry.path()) && entry.path().is_file() {
                    out.files.push(entry.into_path());
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_path_buf();
                out.unreadable.push((path, error.io_error().map_or_else(|| error.to_string(), ToString::to_string)));
            }
        }
    }
    out
}
