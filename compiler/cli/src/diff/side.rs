//! Where is a state of descriptions? In a folder, or in a revision of the repository that one works in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A state of descriptions, on disk.
pub(super) struct Side {
    /// As it was asked for.
    pub(super) name: String,
    /// The folder or the file.
    pub(super) path: PathBuf,
    /// The settings that belong to it, where they are not those of the current folder.
    pub(super) config: Option<PathBuf>,
    /// The files of a revision, which go when the comparison is done.
    _files: Option<TempDir>,
}

/// The two states. A revision without a path of its own means the path of the other side, as it was then.
///
/// # Errors
///
/// A word that is neither a path nor a revision, or a repository that cannot be read.
pub(super) fn both(old: &str, new: &str) -> Result<[Side; 2], String> {
    Ok([side(old, new)?, side(new, old)?])
}

fn side(word: &str, other: &str) -> Result<Side, String> {
    if Path::new(word).exists() {
        return Ok(Side { name: word.to_owned(), path: PathBuf::from(word), config: None, _files: None });
    }
    let (revision, path) = match word.split_once(':') {
        Some((revision, path)) => (revision, Some(path.to_owned())),
        None => (word, None),
    };
    let unknown = |why: &str| format!("`{word}` is no file, no folder and no revision: {why}");
    // What looks like an option would be one to git.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(unknown("a revision is written `main` or `v1.2:rules`"));
    }
    let commit = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")], None)
        .map_err(|why| unknown(if why.is_empty() { "git knows none of that name" } else { &why }))?;
    let here = git(&["rev-parse", "--show-prefix"], None)?;
    let path = match path {
        Some(path) => path,
        None if Path::new(other).is_relative() && Path::new(other).exists() => format!("{here}{other}"),
        None => here.clone(),
    };
    let inside = Path::new(&path).components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if !inside {
        return Err(format!("`{path}` is no path below the top of the repository; `{revision}:PATH` names one"));
    }
    let files = tempfile::Builder::new().prefix("vigie-").tempdir().map_err(|error| format!("the temporary folder cannot be used: {error}"))?;
    // An index of its own: that of the repository, and its files, stay as they are.
    let index = files.path().join("index");
    let tree = files.path().join("tree");
    git(&["read-tree", commit.trim()], Some(&index))?;
    let mut prefix = std::ffi::OsString::from("--prefix=");
    prefix.push(&tree);
    prefix.push("/");
    // The whole tree is written from its top, and links in it as files that hold a path.
    let top = git(&["rev-parse", "--show-toplevel"], None)?;
    git(
        &[
            OsStr::new("-C"),
            OsStr::new(top.trim_end_matches('\n')),
            OsStr::new("-c"),
            OsStr::new("core.symlinks=false"),
            OsStr::new("checkout-index"),
            OsStr::new("--all"),
            &prefix,
        ],
        Some(&index),
    )?;
    let at = tree.join(&path);
    if !at.exists() {
        return Err(format!("`{revision}` has no `{path}`; `{revision}:PATH` names another"));
    }
    let config = Some(tree.join(&here).join("vigie.toml")).filter(|config| config.is_file());
    Ok(Side { name: word.to_owned(), path: at, config, _files: Some(files) })
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
