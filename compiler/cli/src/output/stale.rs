//! Which file may go? One that an earlier build wrote, as it wrote it, and that stands in the folder itself.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

/// The digest of a text, as reports hold it.
pub(super) use package::digest;
use sha2::{Digest, Sha256};

use super::disk::Disk;

/// What stands where an earlier build wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing.
    Gone,
    /// The file, as it was written.
    AsWritten,
    /// Something else: it was edited, or is a link, or is reached through one.
    Changed,
}

/// Whether a path is plainly below a folder.
pub(super) fn plain(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// What stands below a folder where an earlier build wrote a file with this digest.
pub(super) fn standing(folder: &Path, path: &str, digest: &str) -> Standing {
    if !plain(path) {
        return Standing::Changed;
    }
    let mut here = folder.to_path_buf();
    let mut parts = Path::new(path).components().peekable();
    while let Some(part) = parts.next() {
        here.push(part);
        match here.symlink_metadata() {
            Err(_) => return Standing::Gone,
            Ok(about) if parts.peek().is_some() && about.is_dir() => {}
            Ok(about) if parts.peek().is_none() && about.is_file() => {}
            Ok(_) => return Standing::Changed,
        }
    }
    let of_file = || {
        let mut hasher = Sha256::new();
        io::copy(&mut File::open(&here)?, &mut hasher)?;
        Ok::<_, io::Error>(hex::encode(hasher.finalize()))
    };
    if of_file().is_ok_and(|found| found == digest) { Standing::AsWritten } else { Standing::Changed }
}

/// Removes a file if it is as it was written, and the folders that become empty with it.
pub(super) fn remove(disk: &dyn Disk, folder: &Path, path: &str, digest: &str) -> io::Result<()> {
    if !plain(path) {
        return Ok(());
    }
    if standing(folder, path, digest) == Standing::AsWritten {
        disk.remove_file(&folder.join(path))?;
    }
    // A folder that is not empty, or not there, ends it.
    for parent in Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
        let parent = folder.join(parent);
        if parent.symlink_metadata().is_ok_and(|about| !about.is_dir()) || disk.remove_folder(&parent).is_err() {
            break;
        }
    }
    Ok(())
}
