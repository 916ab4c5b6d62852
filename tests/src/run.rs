//! What does the compiler do with this? Runs the binary as a person would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::case::{self, Case};
use crate::tree;

/// What came out of a run.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 when a signal ended it.
    pub exit: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error: diagnostics as printed.
    pub stderr: String,
}

/// A folder of its own for one run, empty.
///
/// # Panics
///
/// When the disk refuses.
#[must_use]
pub fn scratch(within: &Path, name: &str) -> PathBuf {
    let path = within.join(name.replace('/', "-"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder can be made");
    path
}

/// Runs the binary in a folder, without colours and with nothing of the environment that could change its words.
///
/// # Panics
///
/// When it cannot be started.
#[must_use]
pub fn vigie(binary: &str, folder: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(binary)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .output()
        .unwrap_or_else(|error| panic!("{binary} cannot be started: {error}"));
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("what is printed is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("what is printed is UTF-8"),
    }
}

/// Builds a golden case in a folder of its own and returns what was said and every file that was written.
#[must_use]
pub fn case(binary: &str, within: &Path, case: &Case) -> (Ran, BTreeMap<String, Vec<u8>>) {
    match case.settings.command {
        case::Command::Build => build(binary, within, case, &[]),
        case::Command::Import => import(binary, within, case),
        case::Command::Test => said(binary, within, case, &["test", "input"]),
        case::Command::Hunt => said(binary, within, case, &["hunt", "input/rules", "--logs", "input/logs"]),
    }
}

/// Every rule of a golden case as a JSON line with its bare text, in a file `rules.jsonl`.
#[must_use]
pub fn lines(binary: &str, within: &Path, case: &Case) -> BTreeMap<String, Vec<u8>> {
    let (ran, _) = build(binary, within, case, &["--emit", "jsonl"]);
    [("rules.jsonl".to_owned(), ran.stdout.into_bytes())].into()
}

/// Imports every input in both forms. What the draft's check has to say is added to what was said.
fn import(binary: &str, within: &Path, case: &Case) -> (Ran, BTreeMap<String, Vec<u8>>) {
    let folder = scratch(within, &case.name);
    tree::write(&folder.join("input"), &case.input);
    let paths: Vec<String> = case.input.keys().map(|path| format!("input/{path}")).collect();
    let run = |more: &[&str]| {
        let arguments: Vec<&str> = std::iter::once("import").chain(paths.iter().map(String::as_str)).chain(more.iter().copied()).collect();
        vigie(binary, &folder, &arguments)
    };
    let mut ran = run(&["--verbose=warnings", "-o", "draft.vigie"]);
    run(&["--format", "jsonl", "-o", "values.jsonl"]);
    let mut files = BTreeMap::new();
    for name in ["draft.vigie", "values.jsonl"] {
        if let Ok(bytes) = std::fs::read(folder.join(name)) {
            files.insert(name.to_owned(), bytes);
        }
    }
    if files.contains_key("draft.vigie") {
        let checked = vigie(binary, &folder, &["check", "draft.vigie", "--no-engine", "--verbose=warnings"]);
        ran.exit = ran.exit.max(checked.exit);
        ran.stderr = format!("{}\ncheck: {}", ran.stderr.trim_end(), if checked.stderr.is_empty() { &checked.stdout } else { &checked.stderr });
    }
    let _ = std::fs::remove_dir_all(&folder);
    (ran, files)
}

/// Runs a command that writes no file.
fn said(binary: &str, within: &Path, case: &Case, arguments: &[&str]) -> (Ran, BTreeMap<String, Vec<u8>>) {
    let folder = scratch(within, &case.name);
    tree::write(&folder.join("input"), &case.input);
    let targets = case.settings.targets.join(",");
    let mut arguments = [arguments, &["--verbose"]].concat();
    if !targets.is_empty() {
        arguments.extend(["-t", &targets]);
    }
    let ran = vigie(binary, &folder, &arguments);
    let _ = std::fs::remove_dir_all(&folder);
    (ran, BTreeMap::new())
}

fn build(binary: &str, within: &Path, case: &Case, more: &[&str]) -> (Ran, BTreeMap<String, Vec<u8>>) {
    let folder = scratch(within, &case.name);
    tree::write(&folder.join("input"), &case.input);
    let settings = &case.settings;
    if !settings.site.is_empty() {
        tree::write(&folder, &[("vigie.toml".to_owned(), settings.site.to_string().into_bytes())].into());
    }
    if let Some(lock) = &settings.lock {
        tree::write(&folder, &[("dist/vigie.lock".to_owned(), lock.clone().into_bytes())].into());
    }
    let targets = settings.targets.join(",");
    let mut arguments = vec!["build", "-o", "dist", "--no-engine"];
    if settings.paths.is_empty() {
        arguments.push("input");
    }
    arguments.extend(settings.paths.iter().map(String::as_str));
    for (flag, value) in
        [("--as-of", &settings.as_of), ("--max-tlp", &settings.max_tlp), ("--profile", &settings.profile), ("--environment", &settings.environment)]
    {
        if let Some(value) = value {
            arguments.extend([flag, value.as_str()]);
        }
    }
    if !targets.is_empty() {
        arguments.extend(["-t", &targets]);
    }
    // Each place is drawn, so that a case shows every diagnostic as a person can see it.
    arguments.push(if settings.verbose { "--verbose" } else { "--verbose=warnings" });
    arguments.extend(more);
    let ran = vigie(binary, &folder, &arguments);
    let files = tree::read(&folder.join("dist"));
    let _ = std::fs::remove_dir_all(&folder);
    (ran, files)
}
