//! What does YARA-X say of a text, and which of its rules fit some bytes?
//!
//! Setting a compiler up costs more than a rule, so one reads many files, each in a namespace of its own. Includes are off: nothing is read from
//! disk. Files that travel along may use modules that are not built in here and the external variables that common scanners define; what cannot
//! be checked for that reason is said, not guessed. A build without the feature `engine` has `engine_left_out.rs` in this place.

use std::collections::BTreeSet;

use backend::VerifySkipped;
use yara_x::{Compiler, MetaValue, Scanner, SourceCode};

use crate::parts::parts;

/// Modules of classic YARA and YARA-X that are not built in.
const OTHER_MODULES: [&str; 14] =
    ["androguard", "console", "crx", "cuckoo", "dex", "dotnet", "lnk", "macho", "magic", "msi", "olecf", "time", "vt", "zip"];

/// Nothing is skipped: the engine is here.
pub(crate) const SKIPPED: Option<VerifySkipped> = None;

/// What was said about one file: each with the byte that it is about.
#[derive(Debug, Default)]
pub(crate) struct ReadFile {
    /// Why it does not compile.
    pub(crate) errors: Vec<(String, Option<usize>)>,
    /// What is warned about.
    pub(crate) warnings: Vec<(String, Option<usize>)>,
}

/// Reads files, one after the other.
pub(crate) struct Reader(Compiler<'static>);

impl Reader {
    /// A reader that has read nothing.
    pub(crate) fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler.enable_includes(false).max_warnings(usize::MAX);
        for module in OTHER_MODULES {
            compiler.ignore_module(module);
        }
        for name in crate::carried::EXTERNALS {
            // A name that is taken cannot fail: each is defined once.
            let _ = compiler.define_global(name, "");
        }
        Self(compiler)
    }

    /// Reads a file.
    pub(crate) fn read(&mut self, path: &str, text: &str) -> ReadFile {
        let mut sound = |(number, part): (usize, &String)| {
            let said = self.read_whole(&format!("{path}#{number}"), part);
            said.errors.is_empty() && said.warnings.is_empty()
        };
        match parts(text) {
            Some(parts) if parts.iter().enumerate().all(&mut sound) => ReadFile::default(),
            _ => self.read_whole(path, text),
        }
    }

    /// Reads a file in one piece.
    fn read_whole(&mut self, path: &str, text: &str) -> ReadFile {
        let (errors, warnings) = (self.0.errors().len(), self.0.warnings().len());
        let failed = self.0.new_namespace(path).add_source(SourceCode::from(text).with_origin(path)).is_err();
        let errors = self.0.errors().iter().skip(errors);
        let warnings = self.0.warnings().iter().skip(warnings);
        let mut out = ReadFile {
            errors: errors.map(|error| (one_line(&error.to_string()), error.labels().next().map(|label| label.span().start()))).collect(),
            warnings: warnings.map(|warning| (one_line(&warning.to_string()), warning.labels().next().map(|label| label.span().start()))).collect(),
        };
        if failed && out.errors.is_empty() {
            out.errors.push(("it does not compile".to_owned(), None));
        }
        out
    }
}

/// The engine's report in one line: its title, the place, and the words beside it.
fn one_line(report: &str) -> String {
    let words = |line: &str| line.trim_matches(|char: char| char.is_whitespace() || matches!(char, '|' | '^' | '-')).to_owned();
    let mut lines = report.lines();
    let title = lines.next().unwrap_or_default().to_owned();
    let place = report.lines().find_map(|line| line.trim_start().strip_prefix("--> ")).and_then(|place| place.rsplit(':').nth(1));
    let label = lines.filter(|line| line.trim_start().starts_with('|')).map(words).find(|words| !words.is_empty());
    let place = place.map(|line| format!(" in line {line}")).unwrap_or_default();
    label.map_or_else(|| format!("{title}{place}"), |label| format!("{title}{place}: {label}"))
}

/// Files in the form that YARA-X loads without compiling, each in a namespace of its own, and the engine's version: another one may refuse the
/// form. `None` when they do not compile together.
pub(crate) fn compiled(files: &[(&str, &str)]) -> Option<(&'static str, Vec<u8>)> {
    let mut reader = Reader::new();
    for (path, text) in files {
        if !reader.read_whole(path, text).errors.is_empty() {
            return None;
        }
    }
    Some((yara_x::VERSION, reader.0.build().serialize().ok()?))
}

/// Rules that are ready to run.
pub(crate) struct Rules(yara_x::Rules);

impl Rules {
    /// Makes the rules of a text ready.
    pub(crate) fn compile(text: &str) -> Result<Self, String> {
        let mut compiler = Compiler::new();
        compiler.enable_includes(false);
        compiler.add_source(text).map_err(|why| why.to_string().lines().next().unwrap_or_default().to_owned())?;
        Ok(Self(compiler.build()))
    }

    /// The ids of the rules that fit.
    pub(crate) fn scan(&self, bytes: &[u8]) -> Result<BTreeSet<String>, String> {
        let mut scanner = Scanner::new(&self.0);
        let found = scanner.scan(bytes).map_err(|why| why.to_string())?;
        let id = |(name, value): (&str, MetaValue<'_>)| match value {
            MetaValue::String(text) if name == "id" => Some(text.to_owned()),
            _ => None,
        };
        Ok(found.matching_rules().filter_map(|rule| rule.metadata().find_map(id)).collect())
    }
}

#[cfg(test)]
mod tests {
    use backend::{Artefact, ArtefactKind, Printed, PrintedRule};

    use super::*;
    use crate::verify::{verify, warnings};

    fn native(text: &str) -> Vec<String> {
        Reader::new().read("native", text).errors.into_iter().map(|(what, _)| what).collect()
    }

    #[test]
    fn errors_and_warnings_are_found() {
        let slow = "rule a { strings: $a = \"x\" condition: $a }";
        assert_eq!(warnings(slow), ["warning[slow_pattern]: slow pattern in line 1: this pattern may slow down the scan"]);
        assert!(native("rule a { condition: nothing }").concat().starts_with("error[E009]"));
        assert!(native("include \"/etc/passwd\"").concat().starts_with("error[E044]"));
        assert!(native("rule a { condition: filename == \"x\" }").is_empty());
    }

    #[test]
    fn a_rule_of_many_strings_is_read_in_parts_and_no_fault_of_it_is_missed() {
        let text = |last: &str, condition: &str| {
            let strings: String = (0..1_500).map(|at| format!("$s{at} = \"kestrel-{at}\"\n")).collect();
            format!("rule a {{ strings:\n{strings}{last}\ncondition: {condition} }}")
        };
        let said = |last: &str, condition: &str| -> Vec<String> {
            let ReadFile { errors, warnings } = Reader::new().read("a.yar", &text(last, condition));
            errors.into_iter().chain(warnings).map(|(what, _)| what.split([' ', ':']).next().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(said("", "5 of ($s*)"), [""; 0]);
        assert_eq!(said("", "1200 of them"), [""; 0]);
        assert_eq!(said("", "$s1499 and any of them"), [""; 0]);
        assert_eq!(said("$slow = \"x\"", "any of them"), ["warning[slow_pattern]"]);
        assert_eq!(said("$s0 = \"heron\"", "any of them"), ["error[E023]"]);
        assert_eq!(said("$other = \"kestrel-0\"", "any of them"), ["warning[duplicate_pattern_value]"]);
        assert_eq!(said("", "any of them and nothing"), ["error[E009]"]);
    }

    #[test]
    fn a_fault_is_that_of_the_rule_it_stands_in() {
        let file = |path: &str, kind, text: &str| Artefact { path: path.to_owned(), kind, text: text.to_owned() };
        let rule = |artefact: &str, carried| PrintedRule {
            detection: 0,
            item: 0,
            id: String::new(),
            title: String::new(),
            artefact: artefact.to_owned(),
            text: String::new(),
            revision: None,
            carried,
        };
        let slow = "rule a { strings: $a = \"x\" condition: $a }";
        let three = "rule a { condition: filesize < 5 }\nrule b { condition: $b }\nrule c { condition: b }\n";
        let printed = Printed {
            artefacts: vec![
                file("a.yar", ArtefactKind::Rules, slow),
                file("b.yar", ArtefactKind::Rules, slow),
                file("c.txt", ArtefactKind::List, "aa\nAA\naa\n"),
                file("d.yar", ArtefactKind::Rules, three),
                file("e.yar", ArtefactKind::Rules, "import \"nothing\"\nrule a { condition: filesize < 5 }"),
            ],
            rules: [("a.yar", false), ("b.yar", true), ("c.txt", false), ("d.yar", true), ("d.yar", true), ("d.yar", true), ("e.yar", true)]
                .map(|(path, carried)| rule(path, carried))
                .into(),
            ..Printed::default()
        };
        let faults: Vec<(String, Option<usize>)> = verify(&printed).into_iter().map(|fault| (fault.artefact, fault.rule)).collect();
        let wanted = [("a.yar", Some(0)), ("c.txt", None), ("c.txt", None), ("d.yar", Some(4)), ("d.yar", Some(5)), ("e.yar", None)];
        assert_eq!(faults, wanted.map(|(path, rule)| (path.to_owned(), rule)));
    }
}
