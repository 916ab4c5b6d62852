//! Which files does a scanner import? Every file of rules by itself, all of our own in one, and all of them compiled: for YARA-X by the engine that is
//! built in, for classic YARA by an installed `yarac`.
//!
//! Rules that travel along stay in files of their own: a `global` rule of theirs would decide over every other rule of its namespace
//! (<https://yara.readthedocs.io/en/stable/writingrules.html#global-rules>), and a name of theirs may be another's.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use backend::{ArtefactKind, Call, Package, Packed, PackedFile, PackedRule, Packing, Programs, one_line};
use source::{Code, Diagnostic};

use crate::{engine, print};

pub(crate) static NOT_COMPILED: Code = Code::note("yara.not-compiled", "a package has no compiled form for classic YARA");

/// The one package.
pub(crate) static PACKAGES: [Package; 1] = [Package {
    id: "yara",
    title: "rules for YARA and YARA-X",
    profiles: &["yara"],
    settings: &[],
    by_title: false,
    rivals: &[],
    codes: &[&NOT_COMPILED],
}];

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
    let mut diagnostics = Vec::new();
    match packing.programs.map(|programs| classic(programs, &compiled)) {
        Some(Ok((version, bytes))) => files.push(PackedFile::new(format!("{}.yara-{version}.yarc", label.name), bytes)),
        Some(Err(why)) => diagnostics.push(
            Diagnostic::new(&NOT_COMPILED, format!("the package has no compiled form for classic YARA: {why}"))
                .help("`yarac` comes with YARA; a form that it compiled is read by its own version alone, and the files of rules by every version"),
        ),
        None => {}
    }
    Packed { files, diagnostics }
}

/// The version of the installed compiler of classic YARA, and what it makes of files, each in a namespace of its own
/// (<https://yara.readthedocs.io/en/stable/commandline.html>).
///
/// # Errors
///
/// Why there is nothing, as a clause.
fn classic(programs: &dyn Programs, texts: &[(&str, &str)]) -> Result<(String, Vec<u8>), String> {
    const MADE: &str = "rules.yarc";
    let ask = |arguments: &[&str], files: &[(&str, &[u8])], leaves| programs.run(Call { program: "yarac", arguments, files, leaves });
    let told = ask(&["--version"], &[], None)?;
    let version = told.output.trim();
    if !told.success || version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err("`yarac --version` names no version".to_owned());
    }
    let names: Vec<String> = (0..texts.len()).map(|at| format!("{at}.yar")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().zip(texts).map(|(name, (_, text))| (name.as_str(), text.as_bytes())).collect();
    let sources = names.iter().enumerate().map(|(at, name)| format!("n{at}:{name}"));
    let externals = crate::carried::EXTERNALS.iter().flat_map(|name| ["-d".to_owned(), format!("{name}=")]);
    let arguments: Vec<String> = externals.chain(sources).chain([MADE.to_owned()]).collect();
    let answer = ask(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &files, Some(MADE))?;
    match answer.left {
        Some(bytes) if answer.success => Ok((version.to_owned(), bytes)),
        _ => Err(format!("yarac {version} refuses it: {}", one_line(answer.output.lines().next().unwrap_or("it says nothing")))),
    }
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

    /// A compiler that answers what a test says.
    #[derive(Debug)]
    struct Said(bool);

    impl Programs for Said {
        fn run(&self, call: Call<'_>) -> Result<backend::Answer, String> {
            assert_eq!(call.program, "yarac");
            if call.arguments == ["--version"] {
                return Ok(backend::Answer { success: true, output: "4.5.0\n".to_owned(), left: None });
            }
            assert_eq!((call.arguments.last(), call.leaves), (Some(&"rules.yarc"), Some("rules.yarc")));
            assert!(call.arguments.contains(&"n1:1.yar") && call.files.len() == 2, "{call:?}");
            let output = if self.0 { String::new() } else { "error: rule \"A\" in 0.yar(1): syntax\n".to_owned() };
            Ok(backend::Answer { success: self.0, output, left: self.0.then(|| b"YARA".to_vec()) })
        }
    }

    #[test]
    fn an_installed_compiler_makes_the_classic_form() {
        let texts = [("a.yar", "rule A { condition: true }"), ("b.yar", "rule A { condition: false }")];
        assert_eq!(classic(&Said(true), &texts), Ok(("4.5.0".to_owned(), b"YARA".to_vec())));
        assert_eq!(classic(&Said(false), &texts), Err("yarac 4.5.0 refuses it: error: rule \"A\" in 0.yar(1): syntax".to_owned()));
    }

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
