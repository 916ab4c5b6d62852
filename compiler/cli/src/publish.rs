//! What of a run comes to stand in the folder, what goes, and what is there to say of it?

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use backend::PackedFile;
use source::Severity;

use crate::args::Build;
use crate::exit::{CONFIGURATION, USAGE};
use crate::inputs::shown;
use crate::numbers::{self, Numbers, Place};
use crate::output::{Folder, Fresh, Known, Outcome, Scope, Spill, Text};
use crate::run::Run;
use crate::show::{SeenJson, Terminal};

/// How much of the report is made at once, in bytes.
const BLOCK: usize = 64 << 10;
/// How many paths a line names; `--verbose` names all.
const NAMED: usize = 3;

/// A folder that is ready to be written to.
pub(crate) struct Ready {
    folder: Folder,
    earlier: Known,
}

impl Ready {
    /// Where large files can wait until all are made.
    pub(crate) fn spill(&self) -> Spill {
        self.folder.spill()
    }
}

/// Takes the folder, finishes what a build that was stopped had begun, and looks at what is there. Nothing is compiled before.
///
/// # Errors
///
/// The reason, and the exit code.
pub(crate) fn prepare(output: &Path, wait: u64, place: &Place, terminal: &mut Terminal<'_>) -> Result<Ready, (String, u8)> {
    let wait = Duration::from_secs(wait);
    let mut say = |line: &str| {
        terminal.tell(line);
        // Who waits wants to know it now.
        let _ = terminal.err.flush();
    };
    let folder = Folder::take(output, &place.path, wait, &mut say).map_err(|why| (why, USAGE))?;
    let earlier = folder.earlier().map_err(|why| (why, CONFIGURATION))?;
    numbers::finish(place, &folder).map_err(|why| (why, CONFIGURATION))?;
    Ok(Ready { folder, earlier })
}

/// Writes everything that a run made.
///
/// # Errors
///
/// What cannot be written, and why.
pub(crate) fn write(run: &Run, args: &Build, numbers: &Numbers, ready: Ready) -> Result<Outcome, String> {
    let names = Names::from(ready.folder.path());
    let fresh = one_name_each(fresh(run, &names))?;
    over_no_input(run, &fresh, ready.folder.path())?;
    let report = |files: &[pipeline::WrittenFile], removed: &[String], out: &mut dyn std::io::Write| {
        let report = pipeline::Report {
            compilation: &run.compilation,
            sources: &run.inputs.sources,
            options: &run.options,
            diagnostics: &run.diagnostics,
            files,
            removed,
        };
        let mut blocks = BufWriter::with_capacity(BLOCK, SeenJson(out));
        serde_json::to_writer_pretty(&mut blocks, &report)?;
        blocks.write_all(b"\n")?;
        blocks.flush()
    };
    let not_understood: BTreeSet<&str> = front::codes().map(|code| code.slug).chain(["validate.duplicate-advisory"]).collect();
    let lost = |said: &source::Diagnostic| said.severity == Severity::Error && not_understood.contains(said.code.slug);
    let scope = Scope {
        read: run.inputs.sources.iter().map(|(_, file)| names.of(&file.name)).collect(),
        folders: run.paths.iter().filter(|path| path.is_dir()).map(|path| names.of(&shown(path))).collect(),
        targets: run.compilation.outputs.iter().map(|output| output.folder.as_str()).collect(),
        every_target: run.options.every_target,
        complete: run.inputs.unreadable == 0 && !run.diagnostics.iter().any(lost),
        prune: args.prune,
    };
    ready.folder.write(&fresh, ready.earlier, &scope, report, &run.compilation.lock.print(), numbers.former.as_deref())
}

/// Writes a package: nothing else is to stand in its folder, but what was edited stays.
///
/// # Errors
///
/// What cannot be written, and why.
pub(crate) fn write_package(run: &Run, kind: &str, files: &[PackedFile], numbers: &Numbers, ready: Ready) -> Result<Outcome, String> {
    let names = Names::from(ready.folder.path());
    let target = format!("package/{kind}");
    let read: BTreeSet<String> = run.inputs.sources.iter().map(|(_, file)| names.of(&file.name)).collect();
    let fresh = files.iter().map(|file| Fresh {
        path: file.path.clone(),
        text: Text::Held(&file.bytes),
        target: &target,
        inputs: BTreeSet::new(),
        rules: BTreeMap::new(),
    });
    let fresh = one_name_each(fresh.collect())?;
    over_no_input(run, &fresh, ready.folder.path())?;
    let report = |files: &[pipeline::WrittenFile], removed: &[String], out: &mut dyn std::io::Write| {
        let report = serde_json::json!({ "tool": pipeline::TOOL, "version": 2, "files": files, "removed": removed });
        let mut blocks = BufWriter::with_capacity(BLOCK, SeenJson(out));
        serde_json::to_writer_pretty(&mut blocks, &report)?;
        blocks.write_all(b"\n")?;
        blocks.flush()
    };
    let scope = Scope { read, folders: Vec::new(), targets: BTreeSet::from([target.as_str()]), every_target: true, complete: true, prune: true };
    ready.folder.write(&fresh, ready.earlier, &scope, report, &run.compilation.lock.print(), numbers.former.as_deref())
}

/// The files of a run, each with what it was made of.
fn fresh<'r>(run: &'r Run, names: &Names) -> Vec<Fresh<'r>> {
    let compilation = &run.compilation;
    let mut out = Vec::new();
    for output in &compilation.outputs {
        let mut rules: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
        let mut named: BTreeMap<source::FileId, String> = BTreeMap::new();
        for rule in &output.rules {
            let file = compilation.detections[rule.detection].span.file;
            let input = named.entry(file).or_insert_with(|| names.of(&run.inputs.sources.file(file).name));
            rules.entry(rule.artefact.as_str()).or_default().insert(rule.id.clone(), input.clone());
        }
        // What rules need belongs to all that stand in its folder or below it, or else in the next folder above that holds rules.
        let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, list) in &rules {
            for folder in Path::new(path).ancestors().skip(1).filter_map(Path::to_str) {
                needed.entry(folder.to_owned()).or_default().extend(list.values().cloned());
            }
        }
        for artefact in &output.artefacts {
            let own = rules.remove(artefact.path.as_str()).unwrap_or_default();
            let mut above = Path::new(&artefact.path).ancestors().skip(1).filter_map(Path::to_str);
            let inputs = if own.is_empty() {
                above.find_map(|folder| needed.get(folder)).cloned().unwrap_or_default()
            } else {
                own.values().cloned().collect()
            };
            let path = format!("{}/{}", output.folder, artefact.path);
            let waiting = run.waiting.get(&path).filter(|_| artefact.text.is_empty());
            let text = waiting.map_or(Text::Held(artefact.text.as_bytes()), Text::Waiting);
            out.push(Fresh { path, text, target: &output.folder, inputs, rules: own });
        }
    }
    out
}

/// Two files with one name, if only where a disk knows no case, would be one file: better none. A list that two rules share is one.
fn one_name_each(fresh: Vec<Fresh<'_>>) -> Result<Vec<Fresh<'_>>, String> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<Fresh<'_>> = Vec::with_capacity(fresh.len());
    for mut file in fresh {
        match places.get(&file.path.to_lowercase()).and_then(|at| out.get_mut(*at)) {
            None => {
                places.insert(file.path.to_lowercase(), out.len());
                out.push(file);
            }
            Some(other) if other.path == file.path && other.text == file.text => {
                other.inputs.append(&mut file.inputs);
                other.rules.append(&mut file.rules);
            }
            Some(other) => {
                return Err(format!(
                    "`{}` and `{}` would be one file on some systems; nothing is written; other ids would tell them apart",
                    other.path, file.path
                ));
            }
        }
    }
    Ok(out)
}

/// An output's folder may hold inputs; none of them is written over.
fn over_no_input(run: &Run, fresh: &[Fresh<'_>], folder: &Path) -> Result<(), String> {
    let made = fresh.iter().map(|file| folder.join(&file.path)).chain([folder.join("report.json")]);
    // What is not there is no input.
    let made: Vec<PathBuf> = made.filter(|path| path.symlink_metadata().is_ok()).collect();
    if made.is_empty() {
        return Ok(());
    }
    let mut folders: BTreeMap<&Path, Option<PathBuf>> = BTreeMap::new();
    let mut inputs = BTreeSet::new();
    for (_, file) in run.inputs.sources.iter() {
        let path = Path::new(&file.name);
        // Many inputs lie in one folder, whose links are followed once.
        let real = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) if path.symlink_metadata().is_ok_and(|about| about.is_file()) => {
                let here = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
                folders.entry(here).or_insert_with(|| here.canonicalize().ok()).as_ref().map(|parent| parent.join(name))
            }
            _ => path.canonicalize().ok(),
        };
        inputs.extend(real.filter(|path| path.starts_with(folder)));
    }
    match made.into_iter().find(|path| inputs.contains(path)) {
        Some(path) => Err(format!("`{}` is an input of this run; nothing is written; another folder would keep it", shown(&path))),
        None => Ok(()),
    }
}

/// Names of inputs, as paths from the output's folder.
struct Names {
    here: PathBuf,
    output: PathBuf,
}

impl Names {
    fn from(output: &Path) -> Self {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        Self { here, output: output.to_path_buf() }
    }

    fn of(&self, name: &str) -> String {
        if name == "-" {
            return name.to_owned();
        }
        let mut path = PathBuf::new();
        for part in self.here.join(name).components() {
            match part {
                Component::ParentDir => {
                    path.pop();
                }
                Component::CurDir => {}
                part => path.push(part),
            }
        }
        let alike = path.components().zip(self.output.components()).take_while(|(one, other)| one == other).count();
        let up = self.output.components().skip(alike).map(|_| Component::ParentDir);
        let relative: PathBuf = up.chain(path.components().skip(alike)).collect();
        shown(&relative)
    }
}

/// Says what became of files that this run did not make.
pub(crate) fn tell(outcome: &Outcome, verbose: bool, terminal: &mut Terminal<'_>) {
    let lines: [(&[String], &str, &str); 8] = [
        (&outcome.removed, "removed", "no rule of this run stands there any more"),
        (&outcome.unsure, "not removed", "an input could not be read or understood, so nothing is removed"),
        (&outcome.changed, "not removed", "changed since they were written; no rule of this run stands there any more"),
        (&outcome.others, "kept", "rules of inputs that are not in this run; `--prune` removes them"),
        (&outcome.shared, "shared", "they hold rules of inputs that are not in this run, too; `--prune` removes those"),
        (&outcome.replaced, "replaced", "other inputs, which are not in this run, made files of these names"),
        (&outcome.overwritten, "written anew", "they had been changed since the last build, or another program wrote them"),
        (&outcome.unproven, "kept", "a report of vigie 0.1 lists them, and nothing proves that they are as it wrote them"),
    ];
    for (list, what, why) in lines {
        if list.is_empty() {
            continue;
        }
        let named = if verbose { list.len() } else { NAMED };
        let mut names: Vec<String> = list.iter().take(named).map(|path| format!("`{path}`")).collect();
        if list.len() > named {
            names.push(format!("{} more", list.len() - named));
        }
        let files = if list.len() == 1 { "file" } else { "files" };
        terminal.tell(&format!("{} {files} {what} ({why}): {}", list.len(), names.join(", ")));
    }
}
