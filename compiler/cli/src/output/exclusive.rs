//! Who writes here? A folder belongs to one build at a time, by the kernel's lock on a file in it.
//!
//! The kernel lets go of the lock when a process ends, however it ends: a file that is left behind blocks nothing.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use same_file::Handle;

use super::transaction::clear;

/// The folder for what is on its way, in each folder that is written to.
const STAGE: &str = ".vigie-build";
/// The file in it that is locked.
const BUSY: &str = "busy";
/// How often a folder is made that others take away.
const TRIES: usize = 1_000;
/// How often a taken folder is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// A folder that no other build writes to as long as this lives.
#[derive(Debug)]
pub(crate) struct Exclusive {
    folder: PathBuf,
    /// Folders that were made for it, outermost first.
    made: Vec<PathBuf>,
    /// Closing it gives the lock back.
    busy: Option<File>,
}

impl Exclusive {
    /// Takes folders, which are made where they are not there; waits for other builds, but not longer than `wait`. Only the first has to
    /// be one that can be written to: where numbers lie that nobody can change, nobody has to be kept from changing them.
    ///
    /// # Errors
    ///
    /// A folder that cannot be used, or that another build holds.
    pub(crate) fn take(folders: &[&Path], wait: Duration, say: &mut dyn FnMut(&str)) -> Result<Vec<Self>, String> {
        let mut known: Vec<Self> = Vec::new();
        for folder in folders {
            let folder = named(folder);
            let unusable = |error: io::Error| format!("`{}` cannot be written to: {error}", folder.display());
            // From here on, what was made goes again when nothing comes to stand in it.
            let mut one = Self { folder: folder.to_path_buf(), made: Vec::new(), busy: None };
            one.make().map_err(unusable)?;
            known.push(one);
        }
        // Two builds that need the same two folders take them in the same order.
        known.sort_by(|a, b| a.folder.cmp(&b.folder));
        known.dedup_by(|again, kept| {
            let same = again.folder == kept.folder;
            if same {
                kept.made.append(&mut again.made);
            }
            same
        });
        let until = Instant::now() + wait;
        let output = folders.first().and_then(|folder| named(folder).canonicalize().ok());
        for one in &mut known {
            let needed = output.as_ref() == Some(&one.folder);
            one.lock(until, wait, needed, say)?;
        }
        Ok(known)
    }

    /// The folder without links in its path.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where files wait until all are there.
    pub(crate) fn stage(&self) -> PathBuf {
        self.folder.join(STAGE)
    }

    /// Makes the folder and those above it, and keeps in mind which it made.
    fn make(&mut self) -> io::Result<()> {
        // Another build may take away at the same time what it made itself.
        for _ in 0..TRIES {
            let missing: Vec<&Path> = self.folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
            for path in missing.into_iter().rev() {
                match std::fs::create_dir(path) {
                    Ok(()) => self.made.push(path.to_path_buf()),
                    Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            match self.folder.canonicalize() {
                Ok(folder) if folder.is_dir() => {
                    self.folder = folder;
                    return Ok(());
                }
                Ok(_) => return Err(io::Error::other("it is no folder")),
                Err(error) if error.kind() == io::ErrorKind::NotFound && self.folder.symlink_metadata().is_err() => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn lock(&mut self, until: Instant, wait: Duration, needed: bool, say: &mut dyn FnMut(&str)) -> Result<(), String> {
        let shown = crate::inputs::shown(&self.folder);
        let mut said = false;
        loop {
            match self.try_lock() {
                Ok(Some(file)) => {
                    self.busy = Some(file);
                    return Ok(());
                }
                Ok(None) if Instant::now() >= until => {
                    return Err(format!(
                        "another build writes to `{shown}`, and did not end in {} s; nothing is written (`--wait` sets how long to wait)",
                        wait.as_secs()
                    ));
                }
                Ok(None) => {
                    if !said {
                        say(&format!("another build writes to `{shown}`; waiting for it to end"));
                        said = true;
                    }
                    std::thread::sleep(PAUSE);
                }
                Err(error) if !needed && matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => return Ok(()),
                Err(error) => return Err(format!("`{shown}` cannot be written to: {error}")),
            }
        }
    }

    /// Tries once; `None` while another build holds the folder.
    fn try_lock(&mut self) -> io::Result<Option<File>> {
        let stage = self.stage();
        match std::fs::create_dir(&stage) {
            // A build that made the folder, and had nothing to write, has taken it away again.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.make().map(|()| None),
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let path = stage.join(BUSY);
        let plain = |path: &Path, is: fn(&std::fs::Metadata) -> bool| match path.symlink_metadata() {
            Ok(about) if !is(&about) => Err(io::Error::other(format!("`{}` is not what a build makes", path.display()))),
            _ => Ok(()),
        };
        plain(&stage, |about| about.is_dir())?;
        plain(&path, |about| about.is_file())?;
        let file = match File::options().read(true).write(true).create(true).truncate(false).open(&path) {
            Ok(file) => file,
            // Another build has just ended and taken its folder away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks: builds one after another are as safe as elsewhere.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The file may have been removed by the build that held it, between opening and locking.
        let still = Handle::from_path(&path).is_ok_and(|there| file.try_clone().and_then(Handle::from_file).is_ok_and(|mine| mine == there));
        Ok(still.then_some(file))
    }
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        if self.busy.is_some() {
            let stage = self.stage();
            clear(&super::disk::Machine, &stage);
            let _ = std::fs::remove_file(stage.join(BUSY));
            // It stays when a journal is in it, for the next build.
            let _ = std::fs::remove_dir(stage);
        }
        for folder in self.made.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// A folder by a name that it can be opened with.
fn named(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}
