//! Where do large files wait until all are made? Beside the output already, so that memory holds those of one target at a time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use backend::Artefact;

use super::disk::{Disk, Machine};
use super::stale;

/// Smaller files stay in memory, in bytes: a run has thousands of them.
const LARGE: usize = 1 << 20;

/// What names of waiting files begin with; a number follows.
pub(super) const WAITING: &str = "waiting-";

/// A file's text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text<'r> {
    /// In memory.
    Held(&'r [u8]),
    /// On the disk.
    Waiting(&'r Waiting),
}

/// A text that waits on the disk.
#[derive(Debug)]
pub(crate) struct Waiting {
    path: PathBuf,
    sha256: String,
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Held(one), Self::Held(other)) => one == other,
            _ => self.digest() == other.digest(),
        }
    }
}

impl<'r> Text<'r> {
    /// The text itself.
    pub(super) fn load(self) -> io::Result<Cow<'r, str>> {
        match self {
            Self::Held(text) => std::str::from_utf8(text).map(Cow::Borrowed).map_err(|_| io::ErrorKind::InvalidData.into()),
            Self::Waiting(waiting) => std::fs::read_to_string(&waiting.path).map(Cow::Owned),
        }
    }

    /// Its digest.
    pub(super) fn digest(self) -> String {
        match self {
            Self::Held(text) => stale::digest(text),
            Self::Waiting(waiting) => waiting.sha256.clone(),
        }
    }
}

impl Waiting {
    /// Where it waits.
    pub(super) fn place(&self) -> &Path {
        &self.path
    }
}

/// The texts of one run that wait on the disk, by the paths they get.
#[derive(Debug)]
pub(crate) struct Spill {
    stage: PathBuf,
    waiting: Mutex<BTreeMap<String, Waiting>>,
}

impl Spill {
    pub(super) fn new(stage: PathBuf) -> Self {
        Self { stage, waiting: Mutex::default() }
    }

    /// Takes the large texts of a target's files. One that cannot be written stays in memory: the transaction says what is wrong.
    pub(crate) fn keep(&self, folder: &str, artefacts: &mut [Artefact]) {
        for artefact in artefacts.iter_mut().filter(|artefact| artefact.text.len() >= LARGE) {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let place = format!("{folder}/{}", artefact.path);
            // Of two files with one name, the second stays in memory: whether they are one is asked later.
            if waiting.contains_key(&place) {
                continue;
            }
            let path = self.stage.join(format!("{WAITING}{}", waiting.len()));
            let written = || Machine.create(&path)?.write_all(artefact.text.as_bytes());
            if written().is_ok() {
                let text = std::mem::take(&mut artefact.text);
                waiting.insert(place, Waiting { path, sha256: stale::digest(text.as_bytes()) });
            }
        }
    }

    /// The texts, by the paths they get.
    pub(crate) fn into_waiting(self) -> BTreeMap<String, Waiting> {
        self.waiting.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
