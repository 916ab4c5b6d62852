//! How do files reach the disk? All of a build's together, and of an earlier build's only those go that it can be proven to have written.
//!
//! `exclusive` keeps two builds apart, `transaction` makes the files stand together whatever happens, `earlier` reads what was written
//! before, `stale` proves it, `carry` shares files between inputs. All changes go through `disk`.

mod carry;
mod disk;
mod earlier;
mod exclusive;
#[cfg(test)]
mod faults;
mod spill;
mod stale;
mod transaction;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pipeline::WrittenFile;

use carry::Form;
use disk::{Disk, Machine};
use earlier::{Earlier, REPORT};
use exclusive::Exclusive;
pub(crate) use spill::{Spill, Text, Waiting};
use stale::Standing;
use transaction::{Left, Transaction};

/// The name of the file that keeps rules' numbers.
pub(crate) const LOCK: &str = "vigie.lock";

/// A folder that this build alone writes to.
pub(crate) struct Folder {
    /// The output's folder, and that of the lock when it lies elsewhere.
    taken: Vec<Exclusive>,
    /// Which of them is the output's.
    output: usize,
    lock: Lock,
}

/// Where the lock lies.
struct Lock {
    path: PathBuf,
    stage: PathBuf,
}

/// A file of this run.
pub(crate) struct Fresh<'r> {
    /// Its path below the folder.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: Text<'r>,
    /// The target and profile, as their folder.
    pub(crate) target: &'r str,
    /// What it was made of.
    pub(crate) inputs: BTreeSet<String>,
    /// The ids of its rules and the input of each; none for a file that holds no rules.
    pub(crate) rules: BTreeMap<String, String>,
}

/// What a run is about, for what may go and what has to stay. Inputs are named by their paths from the output's folder, so that they
/// are the same from wherever a build is started.
pub(crate) struct Scope<'r> {
    /// The inputs that were read.
    pub(crate) read: BTreeSet<String>,
    /// The folders whose inputs were read.
    pub(crate) folders: Vec<String>,
    /// The targets and profiles that were built, as their folders.
    pub(crate) targets: BTreeSet<&'r str>,
    /// Whether that is all there is.
    pub(crate) every_target: bool,
    /// Whether every input was read and understood.
    pub(crate) complete: bool,
    /// Whether what other inputs made is to go too.
    pub(crate) prune: bool,
}

/// What became of files that this run did not make.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Removed: their inputs make them no longer.
    pub(crate) removed: Vec<String>,
    /// Kept: they were changed since they were written.
    pub(crate) changed: Vec<String>,
    /// Kept, because an input could not be read or understood.
    pub(crate) unsure: Vec<String>,
    /// Kept: made of inputs that are not in this run.
    pub(crate) others: Vec<String>,
    /// Kept: a report of vigie 0.1 lists them without a proof.
    pub(crate) unproven: Vec<String>,
    /// Written over: they had been changed since they were written.
    pub(crate) overwritten: Vec<String>,
    /// Written over: other inputs, which are not in this run, made files of these names.
    pub(crate) replaced: Vec<String>,
    /// Written, with rules of inputs that are not in this run.
    pub(crate) shared: Vec<String>,
}

impl Folder {
    /// Takes the output's folder and the lock's, and finishes or undoes what a build that was stopped had begun.
    ///
    /// # Errors
    ///
    /// A folder that cannot be used, or that another build holds.
    pub(crate) fn take(output: &Path, lock: &Path, wait: Duration, say: &mut dyn FnMut(&str)) -> Result<Self, String> {
        // A lock that is a link stays one: what it leads to is replaced.
        let lock = lock.canonicalize().unwrap_or_else(|_| lock.to_path_buf());
        let beside = lock.parent().unwrap_or(Path::new(""));
        let taken = Exclusive::take(&[output, beside], wait, say)?;
        let place = |folder: &Path| {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
            taken.iter().position(|one| one.folder() == folder).ok_or_else(|| format!("`{}` was taken away", crate::inputs::shown(&folder)))
        };
        let (at, of_lock) = (place(output)?, place(beside)?);
        for (index, one) in taken.iter().enumerate() {
            if index != at {
                transaction::clear(&Machine, &one.stage());
                continue;
            }
            match transaction::recover(&Machine, one.folder(), &one.stage()) {
                Left::Nothing => {}
                Left::Undone => say("a build into this folder was stopped before it changed anything; what it left is cleared"),
                Left::Finished(failed) => {
                    say("a build into this folder was stopped while its files were put in place; that is finished now");
                    failed.iter().for_each(|why| say(why));
                }
            }
        }
        let stage = taken[of_lock].stage();
        Ok(Self { taken, output: at, lock: Lock { path: lock, stage } })
    }

    fn folder(&self) -> &Path {
        self.taken[self.output].folder()
    }

    /// The output's folder, without links in its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder()
    }

    /// Where large files can wait until all are made.
    pub(crate) fn spill(&self) -> Spill {
        Spill::new(self.taken[self.output].stage())
    }

    /// The lock that a build that was stopped was about to write.
    pub(crate) fn waiting_lock(&self) -> Option<String> {
        transaction::waiting_lock(&self.lock.stage)
    }

    /// Puts a lock in place, alone.
    ///
    /// # Errors
    ///
    /// The system's reason.
    pub(crate) fn replace_lock(&self, text: &str) -> Result<(), String> {
        transaction::replace_lock(&Machine, &self.lock.stage, &self.lock.path, text)
    }

    /// What earlier builds wrote.
    ///
    /// # Errors
    ///
    /// The folder holds a report that is not ours.
    pub(crate) fn earlier(&self) -> Result<Known, String> {
        Earlier::read(self.folder()).map(Known)
    }

    /// Writes the files of a run, its report and its lock. `old_lock` is one that was taken over, with the text it had.
    ///
    /// # Errors
    ///
    /// What could not be written. Either nothing has changed then, or the next build finishes.
    pub(crate) fn write(
        &self,
        fresh: &[Fresh<'_>],
        earlier: Known,
        scope: &Scope<'_>,
        report: impl FnOnce(&[WrittenFile], &[String], &mut dyn Write) -> io::Result<()>,
        lock: &str,
        old_lock: Option<&str>,
    ) -> Result<Outcome, String> {
        let stage = self.taken[self.output].stage();
        put_all(&Machine, (self.folder(), &stage), fresh, earlier.0, scope, report, Numbers { text: lock, old: old_lock, place: &self.lock })
    }
}

/// What earlier builds wrote.
pub(crate) struct Known(Earlier);

/// The lock, and where it goes.
struct Numbers<'r> {
    text: &'r str,
    old: Option<&'r str>,
    place: &'r Lock,
}

impl Scope<'_> {
    /// Whether an input was built; also one that is not there any more, where its folder was.
    fn built(&self, output: &Path, input: &str) -> bool {
        let below = |folder: &String| Path::new(input).starts_with(folder) && output.join(input).symlink_metadata().is_err();
        // Standard input is another input each time.
        input != "-" && (self.read.contains(input) || self.folders.iter().any(below))
    }
}

fn put_all(
    disk: &dyn Disk,
    (folder, stage): (&Path, &Path),
    fresh: &[Fresh<'_>],
    earlier: Earlier,
    scope: &Scope<'_>,
    report: impl FnOnce(&[WrittenFile], &[String], &mut dyn Write) -> io::Result<()>,
    lock: Numbers<'_>,
) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    let mut transaction = Transaction::new(disk, folder, stage);
    let mut files: Vec<WrittenFile> = Vec::with_capacity(fresh.len());
    let mut listed = earlier.files;
    let unproven: BTreeSet<&str> = earlier.unproven.iter().map(String::as_str).collect();
    for file in fresh {
        let before = listed.remove(&file.path);
        let (written, text) = shared(folder, file, before.as_ref(), scope, &mut outcome);
        // An older report does not say what was written.
        let known = before.as_ref().map(|before| before.sha256.as_str()).or(unproven.contains(file.path.as_str()).then_some(""));
        let changed = |digest: &str| stale::standing(folder, &file.path, digest) == Standing::Changed;
        if known != Some("") && known != Some(&written.sha256) && known.is_none_or(changed) && changed(&written.sha256) {
            outcome.overwritten.push(file.path.clone());
        }
        match (text, file.text) {
            (Some(text), waiting) => {
                transaction.put(&file.path, text.as_bytes())?;
                if let Text::Waiting(waiting) = waiting {
                    // With it, memory is all that is saved.
                    let _ = disk.remove_file(waiting.place());
                }
            }
            (None, Text::Held(text)) => transaction.put(&file.path, text)?,
            (None, Text::Waiting(waiting)) => transaction.take(&file.path, waiting.place())?,
        }
        files.push(written);
    }
    let lower: BTreeMap<String, &str> = fresh.iter().map(|file| (file.path.to_lowercase(), file.path.as_str())).collect();
    for (path, file) in listed {
        let may_go = may_go(folder, &file, scope);
        match stale::standing(folder, &path, &file.sha256) {
            Standing::Gone => continue,
            Standing::Changed if may_go => outcome.changed.push(path),
            Standing::AsWritten if may_go && scope.complete => {
                transaction.remove(&path, &file.sha256);
                outcome.removed.push(path);
                continue;
            }
            Standing::AsWritten if may_go => outcome.unsure.push(path),
            _ => {
                let fresh = lower.get(&path.to_lowercase());
                if let Some(fresh) = fresh {
                    return Err(format!(
                        "`{fresh}` and `{path}`, which an earlier build made of other inputs, would be one file on some systems; nothing is written; \
                         built in one run, they are told apart"
                    ));
                }
                if scope.targets.contains(file.target.as_str()) {
                    outcome.others.push(path);
                }
            }
        }
        files.push(WrittenFile { earlier: true, ..file });
    }
    let made: BTreeSet<&str> = fresh.iter().map(|file| file.path.as_str()).collect();
    let left = |path: &String| !made.contains(path.as_str()) && stale::plain(path) && folder.join(path).is_file();
    outcome.unproven = earlier.unproven.iter().filter(|path| left(path)).cloned().collect();
    transaction.stream(REPORT, |out| report(&files, &outcome.removed, out))?;
    if let Some(old) = lock.old {
        transaction.remove(LOCK, &stale::digest(old.as_bytes()));
    }
    transaction.lock(&lock.place.path, &lock.place.stage, lock.text)?;
    transaction.commit()?;
    Ok(outcome)
}

/// Whether what a file was made of was built, and makes it no longer.
fn may_go(folder: &Path, file: &WrittenFile, scope: &Scope<'_>) -> bool {
    let of_target = scope.targets.contains(file.target.as_str());
    if scope.prune {
        return of_target || scope.every_target;
    }
    of_target && !file.inputs.is_empty() && file.inputs.iter().all(|input| scope.built(folder, input))
}

/// What a file is made of, and its text where rules of inputs that are not in this run are carried over.
fn shared(folder: &Path, file: &Fresh<'_>, before: Option<&WrittenFile>, scope: &Scope<'_>, outcome: &mut Outcome) -> (WrittenFile, Option<String>) {
    let mut written = WrittenFile {
        path: file.path.clone(),
        sha256: String::new(),
        target: file.target.to_owned(),
        inputs: file.inputs.iter().cloned().collect(),
        rules: if file.inputs.len() > 1 { file.rules.clone() } else { BTreeMap::new() },
        earlier: false,
    };
    let absent: BTreeSet<&String> =
        before.filter(|_| !scope.prune).map(|before| before.inputs.iter().filter(|input| !scope.built(folder, input)).collect()).unwrap_or_default();
    let form = Form::of(&file.path).filter(|_| !absent.is_empty());
    let mut text = None;
    if let (Some(form), Some(before)) = (form, before)
        && let Ok(old) = std::fs::read_to_string(folder.join(&file.path))
        && let Ok(fresh) = file.text.load()
    {
        // Settings without rules are shared by all; rules go with their inputs.
        let wanted = |id: &str| match before.rules.get(id) {
            Some(input) => absent.contains(input),
            None => before.rules.is_empty(),
        };
        let (whole, ids) = form.carried(&fresh, &old, wanted);
        if !ids.is_empty() {
            written.inputs.extend(absent.iter().map(|input| (*input).clone()));
            written.inputs.sort();
            written.inputs.dedup();
            if !file.rules.is_empty() {
                written.rules = file.rules.clone();
                for id in ids {
                    let input = before.rules.get(&id).or_else(|| before.inputs.first()).cloned();
                    written.rules.extend(input.map(|input| (id, input)));
                }
                outcome.shared.push(file.path.clone());
            }
            text = Some(whole);
        }
    }
    written.sha256 = text.as_deref().map_or_else(|| file.text.digest(), |text| stale::digest(text.as_bytes()));
    let alone = before.is_some_and(|before| before.sha256 != written.sha256 && before.inputs.iter().all(|input| absent.contains(input)));
    if text.is_none() && alone && !absent.is_empty() {
        outcome.replaced.push(file.path.clone());
    }
    (written, text)
}
