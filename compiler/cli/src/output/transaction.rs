//! How do all files of a build come to stand together? First all under other names, then a journal of what is to happen, then renames.
//!
//! Until the journal is there, nothing of the folder has changed, and what is on its way is cleared. From then on everything that is to
//! come is on the disk, and whoever comes next carries it out: this build, or the one after it.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::{Disk, flush_names};
use super::stale;

/// How much of a file is compared or written at once, in bytes.
const BLOCK: usize = 64 << 10;
/// What is to happen, and the name under which it is written.
const JOURNAL: &str = "journal";
const JOURNAL_PART: &str = "journal.part";
/// The numbers on their way, and the name under which they are written.
const LOCK: &str = "lock";
const LOCK_PART: &str = "lock.part";

/// What is to happen.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Journal {
    /// Files that wait, by number, and the paths they get.
    new: Vec<(usize, String)>,
    /// Files that go, each with the digest it has to have.
    old: Vec<(String, String)>,
    /// Where the lock waits, and where it goes.
    lock: Option<(PathBuf, PathBuf)>,
}

/// The files of one build, on their way to a folder.
pub(super) struct Transaction<'d> {
    disk: &'d dyn Disk,
    folder: PathBuf,
    stage: PathBuf,
    journal: Journal,
    /// Files that have to be on the disk before the journal.
    waiting: Vec<PathBuf>,
    /// Folders made for files.
    made: Vec<PathBuf>,
}

impl<'d> Transaction<'d> {
    pub(super) fn new(disk: &'d dyn Disk, folder: &Path, stage: &Path) -> Self {
        let (folder, stage) = (folder.to_path_buf(), stage.to_path_buf());
        Self { disk, folder, stage, journal: Journal::default(), waiting: Vec::new(), made: Vec::new() }
    }

    /// Puts a file on its way, unless it stands there already as it is to be: sensors do not reload for nothing.
    pub(super) fn put(&mut self, path: &str, text: &[u8]) -> Result<(), String> {
        let to = self.folder.join(path);
        if let Some(length) = self.length(&to)?
            && length == text.len() as u64
            && std::fs::read(&to).is_ok_and(|old| old == text)
        {
            return Ok(());
        }
        let (number, from) = self.next();
        written(self.disk, &from, |out| out.write_all(text)).map_err(|error| unwritable(&to, &error))?;
        self.wait(number, from, path);
        Ok(())
    }

    /// Puts a file on its way as its text is made.
    pub(super) fn stream(&mut self, path: &str, make: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        let to = self.folder.join(path);
        self.length(&to)?;
        let (number, from) = self.next();
        written(self.disk, &from, make).map_err(|error| unwritable(&to, &error))?;
        if alike(&from, &to) {
            return self.disk.remove_file(&from).map_err(|error| unwritable(&to, &error));
        }
        self.wait(number, from, path);
        Ok(())
    }

    /// Puts a file on its way whose text waits in the stage already.
    pub(super) fn take(&mut self, path: &str, waiting: &Path) -> Result<(), String> {
        let to = self.folder.join(path);
        self.length(&to)?;
        if alike(waiting, &to) {
            return self.disk.remove_file(waiting).map_err(|error| unwritable(&to, &error));
        }
        let (number, from) = self.next();
        self.disk.rename(waiting, &from).map_err(|error| unwritable(&to, &error))?;
        self.wait(number, from, path);
        Ok(())
    }

    /// The number of the next file, and where it waits.
    fn next(&self) -> (usize, PathBuf) {
        let number = self.journal.new.len();
        (number, self.stage.join(number.to_string()))
    }

    fn wait(&mut self, number: usize, from: PathBuf, path: &str) {
        self.waiting.push(from);
        self.journal.new.push((number, path.to_owned()));
    }

    /// Lets a file go that an earlier build wrote, as long as it is what that build wrote.
    pub(super) fn remove(&mut self, path: &str, digest: &str) {
        self.journal.old.push((path.to_owned(), digest.to_owned()));
    }

    /// Puts the lock on its way, which waits in `stage`, a folder of the same file system.
    pub(super) fn lock(&mut self, path: &Path, stage: &Path, text: &str) -> Result<(), String> {
        if same(path, text.as_bytes()) {
            return Ok(());
        }
        if !stage.is_dir() {
            return Err(unwritable(path, &io::Error::other("its folder cannot be written to")));
        }
        let (part, whole) = (stage.join(LOCK_PART), stage.join(LOCK));
        let put = || {
            if part.symlink_metadata().is_ok() {
                self.disk.remove_file(&part)?;
            }
            written(self.disk, &part, |out| out.write_all(text.as_bytes()))?;
            self.disk.flush(stage, std::slice::from_ref(&part))?;
            self.disk.rename(&part, &whole)
        };
        put().map_err(|error| unwritable(path, &error))?;
        self.journal.lock = Some((whole, path.to_path_buf()));
        Ok(())
    }

    /// Carries out everything.
    pub(super) fn commit(mut self) -> Result<(), String> {
        if self.journal.new.is_empty() && self.journal.old.is_empty() && self.journal.lock.is_none() {
            return Ok(());
        }
        if let Err(why) = self.prepare() {
            for folder in self.made.iter().rev() {
                let _ = self.disk.remove_folder(folder);
            }
            if let Some((waiting, _)) = &self.journal.lock {
                let _ = self.disk.remove_file(waiting);
            }
            return Err(why);
        }
        let failed = carry_out(self.disk, &self.folder, &self.stage, &self.journal);
        if let Some(why) = failed.into_iter().next() {
            return Err(format!("{why}; the next build into this folder finishes what was begun"));
        }
        self.close().map_err(|error| unwritable(&self.folder, &error))
    }

    /// Everything that can fail for want of room or rights happens here, before anything has changed.
    fn prepare(&mut self) -> Result<(), String> {
        let mut there = BTreeSet::new();
        for (_, path) in &self.journal.new {
            let to = self.folder.join(path);
            if let Some(parent) = to.parent()
                && !there.contains(parent)
            {
                parents(self.disk, &self.folder, &to, &mut self.made).map_err(|error| unwritable(&to, &error))?;
                there.insert(parent.to_path_buf());
            }
        }
        let part = self.stage.join(JOURNAL_PART);
        let text = serde_json::to_vec(&self.journal).map_err(|error| unwritable(&self.folder, &error.into()))?;
        let put = || {
            self.disk.flush(&self.folder, &self.waiting)?;
            written(self.disk, &part, |out| out.write_all(&text))?;
            self.disk.flush(&self.folder, std::slice::from_ref(&part))?;
            self.disk.rename(&part, &self.stage.join(JOURNAL))
        };
        put().map_err(|error| unwritable(&self.folder, &error))
    }

    fn close(&self) -> io::Result<()> {
        let files: Vec<PathBuf> = self.journal.new.iter().map(|(_, path)| self.folder.join(path)).collect();
        let parents: BTreeSet<&Path> = files.iter().filter_map(|path| path.parent()).collect();
        flush_names(&self.folder, &parents.into_iter().collect::<Vec<_>>());
        let of_lock = self.journal.lock.as_ref().and_then(|(_, to)| to.parent());
        flush_names(&self.folder, &of_lock.into_iter().collect::<Vec<_>>());
        self.disk.remove_file(&self.stage.join(JOURNAL))
    }

    /// The length of a plain file that stands at a place where a file may stand.
    fn length(&self, path: &Path) -> Result<Option<u64>, String> {
        match path.symlink_metadata() {
            Ok(about) if about.is_dir() => Err(unwritable(path, &io::Error::other("a folder stands there"))),
            about => Ok(about.ok().filter(std::fs::Metadata::is_file).map(|about| about.len())),
        }
    }
}

/// Makes the folders above a file, as far as `folder`, and says which were made.
fn parents(disk: &dyn Disk, folder: &Path, path: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().skip(1).take_while(|parent| *parent != folder && !parent.exists()).collect();
    for parent in missing.into_iter().rev() {
        disk.make_folder(parent)?;
        made.push(parent.to_path_buf());
    }
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("`{}` cannot be written: {error}", crate::inputs::shown(path))
}

fn written(disk: &dyn Disk, path: &Path, make: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BLOCK, disk.create(path)?);
    make(&mut out)?;
    out.flush()
}

/// Whether a plain file holds this text and no more.
fn same(path: &Path, text: &[u8]) -> bool {
    let plain = path.symlink_metadata().is_ok_and(|about| about.is_file() && about.len() == text.len() as u64);
    plain && std::fs::read(path).is_ok_and(|old| old == text)
}

/// Whether two plain files hold the same.
fn alike(one: &Path, other: &Path) -> bool {
    let length = |path: &Path| path.symlink_metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len());
    if length(one).is_none() || length(one) != length(other) {
        return false;
    }
    let (Ok(one), Ok(other)) = (std::fs::File::open(one), std::fs::File::open(other)) else { return false };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        let read = (&one).take(BLOCK as u64).read_to_end(&mut left).and_then(|_| (&other).take(BLOCK as u64).read_to_end(&mut right));
        if read.is_err() || left != right {
            return false;
        }
        if left.is_empty() {
            return true;
        }
    }
}

/// Carries out a journal, also one that was begun, and says what did not work. One step that fails does not keep the others.
fn carry_out(disk: &dyn Disk, folder: &Path, stage: &Path, journal: &Journal) -> Vec<String> {
    let mut failed = Vec::new();
    for (number, path) in &journal.new {
        let (from, to) = (stage.join(number.to_string()), folder.join(path));
        if let Err(error) = place(disk, &from, &to) {
            failed.push(unwritable(&to, &error));
        }
    }
    let fresh: BTreeSet<String> = journal.new.iter().map(|(_, path)| path.to_lowercase()).collect();
    for (path, digest) in &journal.old {
        // On a disk without case the old name may be the new file's.
        let renewed = fresh.contains(&path.to_lowercase()) && journal.new.iter().any(|(_, new)| same_file(&folder.join(new), &folder.join(path)));
        if !renewed && let Err(error) = stale::remove(disk, folder, path, digest) {
            failed.push(format!("`{}` cannot be removed: {error}", crate::inputs::shown(&folder.join(path))));
        }
    }
    // The numbers come last: a folder with new rules and old numbers is finished by the next build, which finds both.
    if let Some((from, to)) = &journal.lock
        && let Err(error) = place(disk, from, to)
    {
        failed.push(unwritable(to, &error));
    }
    failed
}

fn same_file(one: &Path, other: &Path) -> bool {
    same_file::is_same_file(one, other).unwrap_or(false)
}

/// Gives a file that waits its name; one that waits no longer has it.
fn place(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    match disk.rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && from.symlink_metadata().is_err() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => across(disk, from, to),
        done => done,
    }
}

/// A folder of the output may be another file system: the file goes beside its place first.
fn across(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    let name = format!(".vigie-build-{}", from.file_name().unwrap_or_default().to_string_lossy());
    let beside = to.with_file_name(name);
    if beside.symlink_metadata().is_ok() {
        disk.remove_file(&beside)?;
    }
    written(disk, &beside, |out| io::copy(&mut std::fs::File::open(from)?, out).map(drop))?;
    disk.flush(to.parent().unwrap_or(to), std::slice::from_ref(&beside))?;
    disk.rename(&beside, to)?;
    disk.remove_file(from)
}

/// What a build that was stopped left behind in a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing.
    Nothing,
    /// Files that had not come to stand anywhere; they are cleared.
    Undone,
    /// A journal, which was carried out as far as it could be; with what could not.
    Finished(Vec<String>),
}

/// Finishes or undoes what a build that was stopped had begun. The lock is left to [`waiting_lock`].
pub(super) fn recover(disk: &dyn Disk, folder: &Path, stage: &Path) -> Left {
    let path = stage.join(JOURNAL);
    let journal = match std::fs::read(&path).ok().map(|text| serde_json::from_slice::<Journal>(&text)) {
        None => {
            let any = staged(stage).next().is_some();
            clear(disk, stage);
            return if any { Left::Undone } else { Left::Nothing };
        }
        // A journal comes to be whole or not at all; this is none of ours.
        Some(Err(_)) => Journal::default(),
        Some(Ok(journal)) => journal,
    };
    // The lock that waits is merged into the one that may have been written since.
    let mut journal = Journal { lock: None, ..journal };
    journal.new.retain(|(_, path)| stale::plain(path));
    let failed = carry_out(disk, folder, stage, &journal);
    let _ = disk.remove_file(&path);
    clear(disk, stage);
    Left::Finished(failed)
}

/// The lock that a build that was stopped was about to write.
pub(super) fn waiting_lock(stage: &Path) -> Option<String> {
    std::fs::read_to_string(stage.join(LOCK)).ok()
}

/// Puts a merged lock in its place, and takes the one that waited away.
pub(super) fn replace_lock(disk: &dyn Disk, stage: &Path, path: &Path, text: &str) -> Result<(), String> {
    let (part, whole) = (stage.join(LOCK_PART), stage.join(LOCK));
    let put = || {
        if part.symlink_metadata().is_ok() {
            disk.remove_file(&part)?;
        }
        if !same(path, text.as_bytes()) {
            written(disk, &part, |out| out.write_all(text.as_bytes()))?;
            disk.flush(stage, std::slice::from_ref(&part))?;
            disk.rename(&part, path)?;
        }
        if whole.symlink_metadata().is_ok() { disk.remove_file(&whole) } else { Ok(()) }
    };
    put().map_err(|error| unwritable(path, &error))
}

/// Files that wait, as far as they are a build's.
fn staged(stage: &Path) -> impl Iterator<Item = PathBuf> {
    let ours = |name: &str| {
        let number = name.strip_prefix(super::spill::WAITING).unwrap_or(name);
        [JOURNAL_PART, LOCK_PART].contains(&name) || number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let entries = std::fs::read_dir(stage).into_iter().flatten().filter_map(Result::ok);
    entries.filter(move |entry| entry.file_name().to_str().is_some_and(ours)).map(|entry| entry.path())
}

/// Clears what waits, unless a journal says that it is to come.
pub(super) fn clear(disk: &dyn Disk, stage: &Path) {
    if stage.join(JOURNAL).symlink_metadata().is_ok() {
        return;
    }
    for path in staged(stage) {
        let _ = disk.remove_file(&path);
    }
}
