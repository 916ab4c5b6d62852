//! What does a golden case say? Its folder, and `case.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::generate::Generate;
use crate::{root, tree};

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What the case shows, in one line.
    pub title: String,
    /// Where the behaviour was asked for or a fault was reported.
    #[serde(default)]
    pub links: Vec<String>,
    /// What is run: `build`, `import` of every input, `test`, or `hunt`.
    #[serde(default)]
    pub command: Command,
    /// What is given to `build` instead of the folder `input`.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The numbers given so far: `vigie.lock` in the folder that is written to.
    #[serde(default)]
    pub lock: Option<String>,
    /// The day the rules are for (`--as-of`).
    #[serde(default)]
    pub as_of: Option<String>,
    /// The most closed marking that may leave (`--max-tlp`).
    #[serde(default)]
    pub max_tlp: Option<String>,
    /// The environment whose settings hold (`--environment`).
    #[serde(default)]
    pub environment: Option<String>,
    /// Only these targets (`-t`).
    #[serde(default)]
    pub targets: Vec<String>,
    /// Only this profile (`--profile`).
    #[serde(default)]
    pub profile: Option<String>,
    /// Notes are shown too (`-v`).
    #[serde(default)]
    pub verbose: bool,
    /// The exit code that is expected.
    #[serde(default)]
    pub exit: i32,
    /// How rule files are kept.
    #[serde(default)]
    pub keep: Keep,
    /// What the site says: `vigie.toml` in the folder where the case runs.
    #[serde(default)]
    pub site: toml::Table,
    /// Files that are made before the case runs.
    #[serde(default)]
    pub generate: Vec<Generate>,
}

/// What a case runs.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// `vigie build`: rule files, `report.json`.
    #[default]
    Build,
    /// `vigie test`: what it says.
    Test,
    /// `vigie hunt` with the rules in `input/rules` through the logs in `input/logs`: what it says and finds.
    Hunt,
    /// `vigie import`, once for each form: `draft.vigie`, which has to pass `vigie check`, and `values.jsonl`.
    Import,
}

/// How a case keeps the rule files that come out.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// As files, compared byte for byte.
    #[default]
    Files,
    /// As a digest of each in `report.snap`, for outputs of megabytes.
    Digests,
}

/// One golden case.
#[derive(Debug)]
pub struct Case {
    /// `area/name`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What `case.toml` says.
    pub settings: Settings,
    /// Its inputs, generated ones included, by path below `input/`.
    pub input: BTreeMap<String, Vec<u8>>,
}

/// Every case, in the order of their names. A folder in an area that has no `case.toml` is a failure, not a case.
///
/// # Panics
///
/// When a case cannot be read, with its name.
#[must_use]
pub fn all() -> Vec<Case> {
    let golden = root().join("tests/golden");
    let mut out = Vec::new();
    for area in folders(&golden) {
        for folder in folders(&golden.join(&area)) {
            let name = format!("{area}/{folder}");
            out.push(read(name, golden.join(&area).join(folder)));
        }
    }
    out
}

fn folders(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(path).expect("a folder of cases can be listed");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a folder can be listed"))
        .inspect(|entry| assert!(entry.path().is_dir(), "{} does not belong here: cases are folders", entry.path().display()))
        .map(|entry| entry.file_name().into_string().expect("names of cases are UTF-8"))
        .collect();
    names.sort();
    names
}

fn read(name: String, folder: PathBuf) -> Case {
    let text = std::fs::read_to_string(folder.join("case.toml")).unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
    let settings: Settings = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
    let mut input = tree::read(&folder.join("input"));
    for file in &settings.generate {
        let before = input.insert(file.file.clone(), file.text().into_bytes());
        assert!(before.is_none(), "{name}: `{}` is there and generated", file.file);
    }
    assert!(!input.is_empty(), "{name} has no input");
    Case { name, folder, settings, input }
}
