//! Which files does a scanner import? Every file of rules by itself, all of our own in one, and all of them compiled for YARA-X.
//!
//! Rules that travel along stay in files of their own: a `global` rule of theirs would decide over every other rule of its namespace
//! (<https://yara.readthedocs.io/en/stable/writingrules.html#global-rules>), and a name of theirs may be another's.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use backend::{ArtefactKind, Package, Packed, PackedFile, PackedRule, Packing, one_line};

use crate::{engine, print};

/// The one package.
pub(crate) static PACKAGES: [Package; 1] = [Package { id: "yara", title: "rules for YARA and YARA-X", profiles: &["yara"], codes: &[] }];

/// The files of the package.
pub(crate) fn pack(packing: &Packing<'_>) -> Packed {
    let label = packing.label;
    let mut files = Vec::new();
    let mut whole = Whole::default();
    let mut compiled: Vec<(&str, &str)> = Vec::new();
    let mut index =
        format!("// {}, version {}. Each file by itself; one of them is loaded with all that it includes.\n", one_line(&label.title), label.version);
    for (part, of) in packing.parts.iter().enumerate() {
        for artefact in of.artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::Rules) {
            let rules: Vec<PackedRule> = packing.rules_in(part, &artefact.path).collect();
            let carried = rules.iter().any(|rule| of.rules.get(rule.rule).is_some_and(|rule| rule.carried));
            let path = format!("rules/{}", artefact.path);
            compiled.push((&artefact.path, &artefact.text));
            if carried {
                let _ = writeln!(index, "// {path} is somebody else's, and is loaded by itself.");
            } else {
                index.push_str(&print::include(&path));
                whole.add(&artefact.text, &rules);
            }
            files.push(PackedFile::of(path, artefact.text.as_str(), rules));
        }
    }
    files.push(PackedFile::new("index.yar", index));
    let (text, rules) = whole.text(&format!("{}, version {}", one_line(&label.title), label.version));
    files.push(PackedFile::of(format!("{}.yar", label.name), text, rules));
    if let Some((version, bytes)) = engine::compiled(&compiled) {
        files.push(PackedFile::new(format!("{}.yara-x-{version}.yarx", label.name), bytes));
    }
    Packed { files, diagnostics: Vec::new() }
}

/// Files put one behind the other: what they import first, once.
#[derive(Default)]
struct Whole {
    imports: BTreeSet<String>,
    rules: String,
    held: Vec<PackedRule>,
}

impl Whole {
    fn add(&mut self, text: &str, rules: &[PackedRule]) {
        let mut head = true;
        for line in text.split_inclusive('\n') {
            // A file of ours begins with a comment and what it imports; its rules hold no such line.
            head &= line.starts_with("//") || line.starts_with("import ") || line.trim().is_empty();
            match line.trim_end() {
                import if head && import.starts_with("import ") => {
                    self.imports.insert(import.to_owned());
                }
                _ if head => {}
                _ => self.rules.push_str(line),
            }
        }
        self.rules.push('\n');
        self.held.extend_from_slice(rules);
    }

    fn text(self, title: &str) -> (String, Vec<PackedRule>) {
        let mut out = format!("// {title}. Made by vigie from threat descriptions; changes belong there.\n");
        for import in &self.imports {
            let _ = writeln!(out, "{import}");
        }
        out.push('\n');
        out.push_str(self.rules.trim_end());
        out.push('\n');
        (out, self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_become_one_that_imports_everything_once() {
        let mut whole = Whole::default();
        whole.add("// a\nimport \"hash\"\nimport \"pe\"\n\nrule A {\n   condition:\n      true\n}\n", &[]);
        whole.add("// b\nimport \"pe\"\n\nrule B {\n   condition:\n      true\n}\n", &[]);
        let (text, _) = whole.text("T");
        let want = "// T. Made by vigie from threat descriptions; changes belong there.\nimport \"hash\"\nimport \"pe\"\n\n\
                    rule A {\n   condition:\n      true\n}\n\nrule B {\n   condition:\n      true\n}\n";
        assert_eq!(text, want);
    }
}
