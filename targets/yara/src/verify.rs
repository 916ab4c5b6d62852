//! Does what was written compile? Every file is read back by YARA-X.
//!
//! One compiler reads all files, each in a namespace of its own, because setting a compiler up costs more than a rule.
//! Includes are off: nothing is read from disk. Files that travel along may use modules that are not built in here and the
//! external variables that common scanners define; what cannot be checked for that reason is said, not guessed.

use std::collections::BTreeSet;

use backend::{Artefact, ArtefactKind};
use yara_x::{Compiler, SourceCode};
use yara_x_parser::ast::{AST, Item, RuleFlags};

use crate::print::HEADER;

/// Modules of classic YARA and YARA-X that are not built in.
const OTHER_MODULES: [&str; 14] =
    ["androguard", "console", "crx", "cuckoo", "dex", "dotnet", "lnk", "macho", "magic", "msi", "olecf", "time", "vt", "zip"];
/// External variables that common scanners define (LOKI, THOR, VirusTotal), as text.
const EXTERNALS: [&str; 6] = ["extension", "filename", "filepath", "filetype", "md5", "owner"];

/// What the engine said about one file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Why it does not compile.
    pub(crate) errors: Vec<String>,
    /// What it warns about.
    pub(crate) warnings: Vec<String>,
}

/// Reads all files back: warnings count for those that we wrote, errors for all.
pub(crate) fn verify(artefacts: &[Artefact]) -> Vec<String> {
    let mut out = Vec::new();
    let mut compiler = compiler();
    for Artefact { path, kind, text } in artefacts {
        match kind {
            ArtefactKind::Rules => {
                let found = read(&mut compiler, path, text);
                let ours = text.starts_with(HEADER);
                out.extend(found.errors.into_iter().chain(found.warnings.into_iter().filter(|_| ours)).map(|what| format!("`{path}`: {what}")));
            }
            ArtefactKind::List => {
                let digest = |line: &&str| !line.is_empty() && line.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let lines: Vec<&str> = text.lines().collect();
                if let Some(line) = lines.iter().find(|line| !digest(line)) {
                    out.push(format!("`{path}`: `{line}` is no digest in lower case"));
                }
                if lines.iter().collect::<BTreeSet<_>>().len() != lines.len() {
                    out.push(format!("`{path}`: a digest stands there twice"));
                }
            }
            ArtefactKind::Support => {}
        }
    }
    out
}

/// Reads one file that travels along.
pub(crate) fn native(text: &str) -> Found {
    read(&mut compiler(), "native", text)
}

/// The global rules of a file.
pub(crate) fn globals(text: &str) -> Vec<String> {
    let global = |item: &Item<'_>| match item {
        Item::Rule(rule) if rule.flags.contains(RuleFlags::Global) => Some(rule.identifier.name.to_owned()),
        _ => None,
    };
    AST::from(text).items.iter().filter_map(global).collect()
}

fn compiler() -> Compiler<'static> {
    let mut compiler = Compiler::new();
    compiler.enable_includes(false).max_warnings(usize::MAX);
    for module in OTHER_MODULES {
        compiler.ignore_module(module);
    }
    for name in EXTERNALS {
        // A name that is taken cannot fail: each is defined once.
        let _ = compiler.define_global(name, "");
    }
    compiler
}

fn read(compiler: &mut Compiler<'static>, path: &str, text: &str) -> Found {
    let (errors, warnings) = (compiler.errors().len(), compiler.warnings().len());
    let failed = compiler.new_namespace(path).add_source(SourceCode::from(text).with_origin(path)).is_err();
    let mut found = Found {
        errors: compiler.errors().iter().skip(errors).map(|error| said(&error.to_string())).collect(),
        warnings: compiler.warnings().iter().skip(warnings).map(|warning| said(&warning.to_string())).collect(),
    };
    if failed && found.errors.is_empty() {
        found.errors.push("it does not compile".to_owned());
    }
    found
}

/// The engine's report in one line: its title, the place, and the words beside it.
fn said(report: &str) -> String {
    let words = |line: &str| line.trim_matches(|char: char| char.is_whitespace() || matches!(char, '|' | '^' | '-')).to_owned();
    let mut lines = report.lines();
    let title = lines.next().unwrap_or_default().to_owned();
    let place = report.lines().find_map(|line| line.trim_start().strip_prefix("--> ")).and_then(|place| place.rsplit(':').nth(1));
    let label = lines.filter(|line| line.trim_start().starts_with('|')).map(words).find(|words| !words.is_empty());
    let place = place.map(|line| format!(" in line {line}")).unwrap_or_default();
    label.map_or_else(|| format!("{title}{place}"), |label| format!("{title}{place}: {label}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_warnings_are_found() {
        let found = native("rule a { strings: $a = \"x\" condition: $a }");
        assert_eq!(found.warnings, ["warning[slow_pattern]: slow pattern in line 1: this pattern may slow down the scan"]);
        assert!(native("rule a { condition: nothing }").errors.concat().starts_with("error[E009]"));
        assert!(native("include \"/etc/passwd\"").errors.concat().starts_with("error[E044]"));
        assert!(native("rule a { condition: filename == \"x\" }").errors.is_empty());
        let file = |path: &str, kind, text: String| Artefact { path: path.to_owned(), kind, text };
        let slow = "rule a { strings: $a = \"x\" condition: $a }";
        let all = [
            file("a.yar", ArtefactKind::Rules, format!("{HEADER}\n{slow}")),
            file("b.yar", ArtefactKind::Rules, slow.to_owned()),
            file("c.txt", ArtefactKind::List, "aa\nAA\naa\n".to_owned()),
        ];
        let said = verify(&all);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("`a.yar`: warning[slow_pattern]"), "{said:?}");
    }
}
