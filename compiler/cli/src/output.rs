//! How do files reach the disk? All of a run's, and none of an earlier run's that this one no longer makes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write};
use std::path::{Component, Path};

use serde::Deserialize;

/// How much of a file is compared or written at once, in bytes; more when it comes at once.
const BLOCK: usize = 64 << 10;

/// The files of an earlier run below a folder.
pub(crate) struct Earlier {
    listed: BTreeSet<String>,
}

impl Earlier {
    /// Those that the folder's report lists, as far as they lie below the folder.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("report.json")).unwrap_or_default();
        let listed = serde_json::from_str::<Listed>(&text).map(|report| report.files).unwrap_or_default();
        let below = |path: &String| !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        Self { listed: listed.into_iter().filter(below).collect() }
    }

    /// Removes those that this run did not make.
    ///
    /// # Errors
    ///
    /// The first file that could not be removed, with the system's reason.
    pub(crate) fn remove(mut self, folder: &Path, fresh: &[&str]) -> Result<(), String> {
        for path in fresh {
            self.listed.remove(*path);
        }
        for stale in self.listed {
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
        Ok(())
    }
}

/// Writes files below a folder, which is made when it is not there.
///
/// # Errors
///
/// The first file that could not be written, with the system's reason.
pub(crate) fn write(folder: &Path, files: &[(String, &str)]) -> Result<(), String> {
    let mut parents: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| Path::new(path).parent()).collect();
    // A run without rules has a report all the same.
    parents.insert(Path::new(""));
    for parent in parents {
        let parent = folder.join(parent);
        std::fs::create_dir_all(&parent).map_err(|error| format!("`{}` cannot be written: {error}", parent.display()))?;
    }
    files.iter().try_for_each(|(path, text)| stream(&folder.join(path), |out| out.write_all(text.as_bytes())))
}

/// Writes one file as its text is made.
///
/// # Errors
///
/// The system's reason.
pub(crate) fn stream(path: &Path, make: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let written = Unchanged::open(path).and_then(|file| {
        let mut out = BufWriter::with_capacity(BLOCK, file);
        make(&mut out)?;
        out.into_inner()?.finish()
    });
    written.map_err(|error| format!("`{}` cannot be written: {error}", path.display()))
}

/// A file that is compared with what is written to it, and only touched from the first difference on. One that stays as it was keeps
/// its time stamp, so that sensors do not reload for nothing.
struct Unchanged {
    file: File,
    /// What the file holds where the next piece goes.
    old: Vec<u8>,
    /// How many bytes are alike.
    same: u64,
    differs: bool,
}

impl Unchanged {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let differs = file.metadata()?.len() == 0;
        Ok(Self { file, old: Vec::new(), same: 0, differs })
    }

    fn finish(self) -> io::Result<()> {
        if !self.differs && self.file.metadata()?.len() > self.same {
            self.file.set_len(self.same)?;
        }
        Ok(())
    }
}

impl Write for Unchanged {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if !self.differs {
            self.old.clear();
            (&self.file).take(text.len() as u64).read_to_end(&mut self.old)?;
            if self.old == text {
                self.same += text.len() as u64;
                return Ok(text.len());
            }
            self.differs = true;
            self.file.seek(io::SeekFrom::Start(self.same))?;
            self.file.set_len(self.same)?;
        }
        self.file.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What is looked for in an earlier run's report.
#[derive(Deserialize)]
struct Listed {
    files: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_what_was_written_last_and_is_touched_only_when_that_is_new() {
        let folder = std::env::temp_dir().join(format!("vigie-output-{}", std::process::id()));
        let path = folder.join("a/b.txt");
        let long = "0123456789abcdef".repeat(BLOCK / 8);
        let texts = ["", "one", "one", "one and two", "on", "an", &long, &format!("{long}!"), &long, &long.replace('f', "g"), ""];
        let day = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(86_400);
        for (at, text) in texts.iter().enumerate() {
            write(&folder, &[("a/b.txt".to_owned(), text)]).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), *text);
            let unchanged = at > 0 && texts[at - 1] == *text;
            let file = File::options().write(true).open(&path).unwrap();
            assert_eq!(at > 0 && file.metadata().unwrap().modified().unwrap() == day, unchanged, "{at}");
            file.set_modified(day).unwrap();
        }
        // In pieces, as a report comes.
        stream(&path, |out| long.as_bytes().chunks(1000).try_for_each(|piece| out.write_all(piece))).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), long);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_folder_without_files_is_made_and_a_folder_in_place_of_a_file_is_an_error() {
        let folder = std::env::temp_dir().join(format!("vigie-output-none-{}", std::process::id()));
        write(&folder, &[]).unwrap();
        assert!(folder.is_dir());
        std::fs::create_dir(folder.join("x")).unwrap();
        let why = write(&folder, &[("x".to_owned(), "text")]).unwrap_err();
        assert!(why.contains("cannot be written"), "{why}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
