//! What is done to the disk? Every change of a build goes through [`Disk`], so that tests can stop at each.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

/// Changes to files and folders.
pub(super) trait Disk {
    /// Makes a folder whose parent is there.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes a file that is not there yet.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Write + '_>>;
    /// Waits until files are on the disk; all lie below `folder`.
    fn flush(&self, folder: &Path, files: &[PathBuf]) -> io::Result<()>;
    /// Gives a file another name; what had that name is gone.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file, or a link itself.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The machine's own.
pub(super) struct Machine;

/// From so many files on, one flush of the whole file system is no slower than one for each. Measured on ext4 with 426 files: 8 ms against
/// 80 ms on a quiet disk, 0.2 s to 1 s against 0.2 s to 2.5 s on one that others write to.
const MANY: usize = 16;

impl Disk for Machine {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(File::create_new(path)?))
    }

    fn flush(&self, folder: &Path, files: &[PathBuf]) -> io::Result<()> {
        if files.len() > MANY && whole(folder)? {
            return Ok(());
        }
        files.par_iter().try_for_each(|path| File::options().read(true).write(true).open(path)?.sync_all())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir(path)
    }
}

/// Flushes the file system of a folder, where the system can.
#[cfg(target_os = "linux")]
fn whole(folder: &Path) -> io::Result<bool> {
    rustix::fs::syncfs(File::open(folder)?)?;
    Ok(true)
}

#[cfg(not(target_os = "linux"))]
fn whole(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Flushes the names in folders, so that renames are on the disk before the journal goes. Where a folder cannot be opened as a file,
/// the system keeps the order itself.
pub(super) fn flush_names(output: &Path, folders: &[&Path]) {
    if folders.len() > MANY && whole(output).is_ok_and(|done| done) {
        return;
    }
    for folder in folders {
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
    }
}
