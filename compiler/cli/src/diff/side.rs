//! Where is a state of descriptions? In a folder, or in a revision of the repository that one works in.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::config;
use crate::inputs::shown;

/// A state of descriptions, on disk.
pub(crate) struct Side {
    /// As it was asked for.
    pub(crate) name: String,
    /// The files and folders; without any, those of its settings.
    pub(crate) paths: Vec<PathBuf>,
    /// The settings that belong to it, where they are not those of the current folder.
    pub(crate) config: Option<PathBuf>,
    /// The files of a revision, which go when the comparison is done.
    _files: Option<TempDir>,
}

/// What one side is looked for by, where a word alone does not say it.
#[derive(Clone, Copy)]
pub(crate) enum Beside<'p> {
    /// These paths, as they were in a revision.
    Paths(&'p [PathBuf]),
    /// What the settings of a revision name; in one that has no settings, these paths as they were then.
    Project(&'p [PathBuf]),
}

impl Side {
    /// What is in the current folder, by its paths.
    pub(super) fn here(name: String, paths: Vec<PathBuf>) -> Self {
        Self { name, paths, config: None, _files: None }
    }

    /// The state that a word names: a path, `REVISION:PATH`, or a revision.
    ///
    /// # Errors
    ///
    /// A word that is neither a path nor a revision, or a repository that cannot be read.
    pub(crate) fn of(word: &str, beside: Beside<'_>) -> Result<Self, String> {
        if Path::new(word).exists() {
            return Ok(Self::here(word.to_owned(), vec![PathBuf::from(word)]));
        }
        let (revision, path) = match word.split_once(':') {
            Some((revision, path)) => (revision, Some(path)),
            None => (word, None),
        };
        let unknown = |why: &str| format!("`{word}` is no file, no folder and no revision: {why}");
        // What looks like an option would be one to git.
        if revision.is_empty() || revision.starts_with('-') {
            return Err(unknown("a revision is written `main` or `v1.2:rules`"));
        }
        // As git has it: where the present branch left another one, which may have gone on.
        let (revision, left) = revision.strip_suffix("...").map_or((revision, false), |revision| (revision, true));
        let mut commit = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")], None)
            .map_err(|why| unknown(if why.is_empty() { "git knows none of that name" } else { &why }))?;
        if left {
            commit = git(&["merge-base", commit.trim(), "HEAD"], None)
                .map_err(|why| unknown(if why.is_empty() { "it has no commit in common with the present branch" } else { &why }))?;
        }
        let written = Written::of(commit.trim())?;
        let config = written.settings();
        let paths = match (path, beside) {
            (Some(path), _) => vec![written.named(path, revision)?],
            (None, Beside::Project(_)) if config.as_deref().is_some_and(names_inputs) => Vec::new(),
            (None, Beside::Project([])) => vec![written.here()],
            (None, Beside::Paths(paths) | Beside::Project(paths)) => written.same(paths, revision)?,
        };
        Ok(Self { name: word.to_owned(), paths, config, _files: Some(written.files) })
    }
}

/// Whether settings name inputs; what cannot be read is refused where it is used.
fn names_inputs(config: &Path) -> bool {
    config::read(Some(config)).map_or(true, |site| !site.project.inputs.is_empty())
}

/// The files of a revision, written out.
struct Written {
    files: TempDir,
    /// The repository's top, as it is now.
    top: PathBuf,
    /// The current folder, from the top.
    prefix: PathBuf,
}

impl Written {
    fn of(commit: &str) -> Result<Self, String> {
        let files = tempfile::Builder::new().prefix("vigie-").tempdir().map_err(|error| format!("the temporary folder cannot be used: {error}"))?;
        let prefix = PathBuf::from(git(&["rev-parse", "--show-prefix"], None)?);
        let top = PathBuf::from(git(&["rev-parse", "--show-toplevel"], None)?);
        // An index of its own: that of the repository, and its files, stay as they are.
        let index = files.path().join("index");
        git(&["read-tree", commit], Some(&index))?;
        let out = Self { files, top, prefix };
        let mut place = std::ffi::OsString::from("--prefix=");
        place.push(out.tree());
        place.push("/");
        // The whole tree is written from its top, and links in it as files that hold a path.
        git(
            &[
                OsStr::new("-C"),
                out.top.as_os_str(),
                OsStr::new("-c"),
                OsStr::new("core.symlinks=false"),
                OsStr::new("checkout-index"),
                OsStr::new("--all"),
                &place,
            ],
            Some(&index),
        )?;
        Ok(out)
    }

    fn tree(&self) -> PathBuf {
        self.files.path().join("tree")
    }

    fn here(&self) -> PathBuf {
        self.tree().join(&self.prefix)
    }

    /// The settings of the current folder as they were: its own, or the nearest above.
    fn settings(&self) -> Option<PathBuf> {
        let tree = self.tree();
        let place = |folder: &Path| tree.join(folder).join(config::FILE);
        self.prefix.ancestors().map(place).find(|config| config.is_file())
    }

    /// A path from the top.
    fn named(&self, path: &str, revision: &str) -> Result<PathBuf, String> {
        let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside {
            return Err(format!("`{path}` is no path below the top of the repository; `{revision}:PATH` names one"));
        }
        let at = self.tree().join(path);
        if at.exists() { Ok(at) } else { Err(format!("`{revision}` has no `{path}`; `{revision}:PATH` names another")) }
    }

    /// Paths of now, as they were then. What lies outside of the repository is what it is.
    fn same(&self, paths: &[PathBuf], revision: &str) -> Result<Vec<PathBuf>, String> {
        let top = self.top.canonicalize().unwrap_or_else(|_| self.top.clone());
        let then = |path: &PathBuf| match path.canonicalize() {
            Ok(whole) => whole.strip_prefix(&top).map_or_else(|_| path.clone(), |below| self.tree().join(below)),
            Err(_) => self.here().join(path),
        };
        let known: Vec<PathBuf> = paths.iter().map(then).filter(|path| path.exists()).collect();
        if known.is_empty() && !paths.is_empty() {
            let names: Vec<String> = paths.iter().map(|path| format!("`{}`", shown(path))).collect();
            return Err(format!("`{revision}` has no {}; `{revision}:PATH` names another", names.join(", ")));
        }
        Ok(known)
    }
}

/// Asks git; the error is its last line.
fn git<S: AsRef<OsStr>>(arguments: &[S], index: Option<&Path>) -> Result<String, String> {
    let mut command = Command::new("git");
    command.args(arguments).stdin(Stdio::null());
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "git is not installed".to_owned(),
        _ => format!("git cannot be started: {error}"),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout).trim_end_matches('\n').to_owned());
    }
    Err(text(&output.stderr).lines().last().unwrap_or_default().to_owned())
}
