//! Does the book say what is so? Its examples are read and judged, its tables are those of the catalogues.
//!
//! `INSTA_UPDATE=always` writes the tables.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use ir::EventClass;
use source::{Severity, Sources};
use vigie_tests::{blessing, root, tree};

/// Nothing lies beside an example.
struct Nothing;

impl front::Files for Nothing {
    fn read(&self, _: &str) -> Result<Arc<[u8]>, String> {
        Err("an example in the book has no files beside it".to_owned())
    }
}

/// The pages of the book, by path below `src`.
fn pages() -> BTreeMap<String, String> {
    tree::read(&root().join("book/src")).into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).expect("pages are UTF-8"))).collect()
}

/// The fenced blocks of a page in one language, each with the line it begins on.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut open: Option<(usize, Vec<&'a str>)> = None;
    for (at, line) in page.lines().enumerate() {
        match &mut open {
            Some((start, lines)) if line.starts_with("```") => {
                out.push((*start, lines.join("\n") + "\n"));
                open = None;
            }
            Some((_, lines)) => lines.push(line),
            None if line.strip_prefix("```") == Some(language) => open = Some((at + 1, Vec::new())),
            None => {}
        }
    }
    out
}

#[test]
fn examples_are_descriptions_that_do_what_they_say() {
    let mut pages = pages();
    pages.insert("../../README.md".to_owned(), std::fs::read_to_string(root().join("README.md")).expect("there is a readme"));
    let (mut examples, mut tried) = (0, 0);
    for (path, page) in pages.iter().filter(|(path, _)| !path.starts_with("codes/")) {
        let fenced = blocks(page, "vigie").into_iter().chain(blocks(page, "").into_iter().filter(|(_, text)| text.starts_with("vigie 1\n")));
        for (line, text) in fenced {
            let mut sources = Sources::default();
            let file = sources.add(format!("{path}, line {line}"), text);
            let parsed = front::parse(&mut sources, file, &Nothing);
            let said: Vec<String> =
                parsed.diagnostics.iter().filter(|said| said.severity > Severity::Note).map(|said| source::draw(said, &sources, false)).collect();
            assert!(said.is_empty(), "{}", said.join("\n"));
            let (proofs, failures) = pipeline::prove(&sources, &parsed.advisories);
            let said: Vec<String> = failures.iter().map(|said| source::draw(said, &sources, false)).collect();
            assert!(said.is_empty(), "{}", said.join("\n"));
            examples += 1;
            tried += proofs.len();
        }
    }
    assert!(examples >= 5 && tried >= 6, "{examples} examples with {tried} tests were found");
}

#[test]
fn bad_examples_raise_their_code_and_good_ones_do_not() {
    let mut wrong = Vec::new();
    for (path, page) in &pages() {
        let Some(slug) = path.strip_prefix("codes/").and_then(|path| path.strip_suffix(".md")) else { continue };
        let good = page.lines().position(|line| line == "## Good").map_or(usize::MAX, |at| at + 1);
        let whole = blocks(page, "vigie").into_iter().chain(blocks(page, "")).filter(|(_, text)| text.starts_with("vigie 1\n"));
        for (line, text) in whole {
            let mut sources = Sources::default();
            let file = sources.add(path.clone(), text);
            let parsed = front::parse(&mut sources, file, &Nothing);
            let raised = parsed.diagnostics.iter().any(|said| said.code.slug == slug);
            let of_front = front::codes().any(|code| code.slug == slug);
            if of_front && raised == (line > good) {
                wrong.push(format!(
                    "{path}, line {line}: `{slug}` is {}",
                    if raised { "raised by the good example" } else { "not raised by the bad example" }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn tables_are_those_of_the_catalogues() {
    let mut stale = Vec::new();
    for (path, text) in [("formats.md", formats()), ("catalogue.md", catalogue()), ("codes/index.md", index()), ("SUMMARY.md", summary())] {
        let file = root().join("book/src").join(path);
        if blessing() {
            std::fs::write(&file, &text).expect("the book can be written");
        } else if std::fs::read_to_string(&file).unwrap_or_default() != text {
            stale.push(path);
        }
    }
    assert!(stale.is_empty(), "these pages are not up to date (INSTA_UPDATE=always writes them): {stale:?}");
}

#[test]
fn every_target_and_operator_is_described() {
    let pages = pages();
    for target in registry::all() {
        let about = target.about();
        assert!(pages["targets.md"].contains(&format!("| `{}` |", about.id)), "targets.md has no row for {}", about.id);
        for profile in about.profiles.iter().filter(|_| about.profiles.len() > 1) {
            assert!(pages["targets.md"].contains(&format!("`{}`", profile.id)), "targets.md does not name {}/{}", about.id, profile.id);
        }
    }
    for (_, kind, _) in ir::ObservableKind::ALL {
        assert!(pages["language.md"].contains(&format!("`{kind}`")), "language.md does not name the type {kind}");
    }
    for (_, role, _) in ir::Role::ALL {
        assert!(pages["language.md"].contains(&format!("| `{role}` |")), "language.md does not name the role {role}");
    }
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for (path, page) in &pages {
        let folder = path.rfind('/').map_or("", |end| &path[..=end]);
        for piece in page.split("](").skip(1) {
            let link = piece.split([')', '#']).next().unwrap_or_default();
            if !link.is_empty()
                && !link.contains("://")
                && !link.contains('\n')
                && link.ends_with(".md")
                && !pages.contains_key(&link.strip_prefix("../").map_or_else(|| format!("{folder}{link}"), ToOwned::to_owned))
            {
                broken.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn catalogue() -> String {
    let mut out = String::from(
        "# The catalogue\n\nEvents, and the fields that they can carry. `vigie fields EVENT` prints the same. A field that a log lacks but that follows\n\
         from another (`file.name` from `file.path`, `url.host` from `url.full`) is derived.\n",
    );
    for (class, name, about) in EventClass::ALL {
        let _ = write!(out, "\n## {name}\n\n{}.\n\n| Field | Kind | Meaning |\n|---|---|---|\n", capital(about));
        for field in class.fields() {
            let kind = field.kind().name();
            let _ = writeln!(out, "| `{}` | {kind} | {} |", field.name(), cell(field.about()));
        }
    }
    out
}

fn index() -> String {
    let mut out = String::from("# Codes\n\nEverything that vigie can report, by where it comes from. `vigie explain CODE` prints a page.\n");
    let mut last = "";
    for code in vigie::codes() {
        let place = code.slug.split('.').next().unwrap_or_default();
        if place != last {
            let _ = write!(out, "\n## {place}\n\n| Code | Severity | About |\n|---|---|---|\n");
            last = place;
        }
        let severity = match code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let _ = writeln!(out, "| [{0}]({0}.md) | {severity} | {1} |", code.slug, cell(code.summary));
    }
    out
}

fn summary() -> String {
    let mut out = String::from(
        "# Summary\n\n[Introduction](introduction.md)\n\n- [Quick start](quick-start.md)\n- [The language](language.md)\n- [The catalogue](catalogue.md)\n- [What is read](formats.md)\n- [Sigma rules](sigma-rules.md)\n\
         - [Targets](targets.md)\n- [The project file](project.md)\n- [Files and the lock](files.md)\n- [Rules in a team](team.md)\n- [What changed in meaning](diff.md)\n- [Packages](packages.md)\n  - [Splunk](products/splunk.md)\n  - [Microsoft Sentinel](products/sentinel.md)\n\
         \x20 - [Defender XDR](products/defender.md)\n  - [Suricata](products/suricata.md)\n  - [YARA](products/yara.md)\n  - [Sigma](products/sigma.md)\n\
         \x20 - [STIX](products/stix.md)\n- [Hunting](hunting.md)\n- [In CI](ci.md)\n- [A release](release.md)\n- [Log sources](log-sources.md)\n- [Splunk's sources](splunk.md)\n- [Codes](codes/index.md)\n",
    );
    for code in vigie::codes() {
        let _ = writeln!(out, "  - [{0}](codes/{0}.md)", code.slug);
    }
    out.push_str("- [Inside](inside.md)\n");
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Text that may stand in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What is read: formats, the words of tables, the languages. Made of the tables that the readers use.
fn formats() -> String {
    use front::feed::listing;
    let mut out = String::from(
        "# What is read\n\nA file is told by its name and its first bytes; `import --from` and `load` name the format. What a reader does not understand it\n\
         says; what becomes no rule is listed with the words that decided. This page is made of the tables that the readers use.\n\n\
         ## Files\n\n| File | Read as |\n|---|---|\n\
         | `.vigie` | a description |\n\
         | `.yml`, `.yaml` | Sigma rules, filters and correlations |\n\
         | `.md`, `.html`, `.adoc`, `.rst`, `.txt` with words of its own | an advisory in prose |\n\
         | `.pdf`, `.docx`, `.eml` | an advisory in prose: pages, paragraphs with headings and tables, a mail's subject and words |\n\
         | `.xlsx` | a table for each sheet, one feed |\n\
         | anything else | a feed, by its content |\n\n\
         Text is read as UTF-8, as UTF-16 with or without a mark at its beginning, or else in the code page of Windows that its letters tell.\n\
         YARA and Suricata rules that a document prints are carried (`native`), its Sigma rules are read as such; `import -o` writes each to a file.\n\n\
         ## Feeds\n\n| Name | What is read |\n|---|---|\n",
    );
    for (name, what) in listing::formats() {
        let _ = writeln!(out, "| `{name}` | {} |", cell(what));
    }
    out.push_str("\n## Columns\n\nNames of columns and of keys in JSON, by what they hold; case, accents and signs do not count, nor does a slip of one letter.\n\n| Holds | Names |\n|---|---|\n");
    let table = |rows: &mut dyn Iterator<Item = listing::Words>, out: &mut String| {
        for row in rows {
            let _ = writeln!(out, "| {} | {} |", cell(&row.meaning), cell(&row.words.join(", ")));
        }
    };
    table(&mut listing::columns(), &mut out);
    out.push_str("\n## Types\n\n| Type | Words |\n|---|---|\n");
    table(&mut listing::kinds(), &mut out);
    out.push_str("\n## What takes a value out\n\nWords of a status, an action, a tag or a remark that a feed uses for values that are none, or none any more. A denial before them counts.\n\n| Where | Words |\n|---|---|\n");
    table(&mut listing::verdicts(), &mut out);
    let names: Vec<&str> = front::languages::names().collect();
    let _ = write!(
        out,
        "\n## Languages\n\nHeadings, labels, dates, roles, verdicts and columns are read in {}. Wordings of sentences are too many for a table.\n",
        names.join(", ")
    );
    for language in names {
        let _ = write!(out, "\n### {}\n\n| Meaning | Words |\n|---|---|\n", capital(language));
        for row in front::languages::listing().filter(|row| row.language == language) {
            let _ = writeln!(out, "| {} | {} |", cell(row.meaning), cell(&row.words.join(", ")));
        }
    }
    out
}
