//! Is the house in order? Layers, codes, sizes of files, the top level.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use source::Code;
use vigie_tests::{imports, report, root, tree};

/// Each crate with the crates of ours that it may use. `targets/*` and the tests are added below.
const MAY_USE: [(&str, &[&str]); 24] = [
    ("source", &[]),
    ("shared", &[]),
    // What a network sees of what happened, and knows nothing of who looks.
    ("packets", &[]),
    // Runs texts of rules, and knows nothing of how they came about.
    ("evaluate", &["packets"]),
    ("ir", &["source"]),
    ("logs", &["source", "ir"]),
    // One crate for each family of inputs, and a door. What reads a format knows the words of languages, not the other way round.
    ("languages", &["ir"]),
    ("document", &[]),
    ("feed", &["source", "ir", "languages"]),
    ("prose", &["source", "ir", "languages", "feed"]),
    ("context", &["source", "ir", "languages", "prose"]),
    ("description", &["source", "ir", "logs", "document", "feed"]),
    ("draft", &["source", "ir", "context", "description"]),
    ("sigma-input", &["source", "ir", "logs"]),
    ("events", &["ir", "logs"]),
    ("front", &["source", "ir", "languages", "document", "feed", "prose", "context", "description", "draft", "sigma-input", "events"]),
    ("backend", &["source", "ir", "logs"]),
    ("pipeline", &["source", "ir", "logs", "backend"]),
    // Which of two detections finds more.
    ("compare", &["ir", "pipeline", "front", "source"]),
    // Several files in one, and what every package has besides its product's files.
    ("archive", &[]),
    ("package", &["source", "ir", "backend", "pipeline"]),
    ("registry", &["source", "backend", "sigma", "suricata", "yara", "kql", "splunk", "zeek"]),
    ("vigie", &["source", "ir", "front", "backend", "pipeline", "compare", "package", "registry"]),
    (
        "vigie-tests",
        &[
            "source", "ir", "logs", "front", "backend", "pipeline", "registry", "packets", "evaluate", "vigie", "sigma", "suricata", "yara", "kql",
            "splunk",
        ],
    ),
];

/// What a rule language may use.
const TARGET_MAY_USE: &[&str] = &["source", "ir", "logs", "backend", "evaluate", "packets", "archive"];

/// The members of the workspace: name, folder, names of what they depend on for normal builds.
fn members() -> Vec<(String, String, BTreeSet<String>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("cargo metadata lists packages");
    let ours: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    packages
        .iter()
        .map(|package| {
            let folder = text(&package["manifest_path"]);
            let folder = folder.strip_prefix(root().to_str().expect("the repository's path is UTF-8")).unwrap_or(&folder);
            let folder = folder.trim_start_matches('/').trim_end_matches("/Cargo.toml").to_owned();
            // Tests of any crate may ask for what stands beside the repository.
            let uses = package["dependencies"].as_array().into_iter().flatten().filter(|uses| uses["name"] != "shared" || uses["kind"] != "dev");
            let uses = uses.map(|uses| text(&uses["name"])).filter(|name| ours.contains(name));
            (text(&package["name"]), folder, uses.collect())
        })
        .collect()
}

#[test]
fn arrows_point_one_way() {
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut crossed = Vec::new();
    for (name, folder, uses) in members() {
        let allowed = match may_use.get(name.as_str()) {
            Some(allowed) => allowed,
            None if folder.starts_with("targets/") => TARGET_MAY_USE,
            None => panic!("`{name}` in {folder} has no place in the house; `MAY_USE` in this test might give it one"),
        };
        crossed.extend(uses.iter().filter(|uses| !allowed.contains(&uses.as_str())).map(|uses| format!("{name} uses {uses}")));
    }
    assert!(crossed.is_empty(), "layers are crossed: {}", crossed.join(", "));
}

#[test]
fn every_target_has_the_same_files_and_a_row_in_the_registry() {
    let known: BTreeSet<&str> = registry::all().iter().map(|target| target.about().id).collect();
    for (name, folder, _) in members().iter().filter(|(name, folder, _)| folder.starts_with("targets/") && name != "registry") {
        for file in ["lib.rs", "lower.rs", "ast.rs", "print.rs", "verify.rs"] {
            assert!(
                root().join(folder).join("src").join(file).is_file(),
                "{folder}/src/{file} is missing: who has read one target has read them all"
            );
        }
        assert!(known.contains(name.as_str()), "`{name}` has no row in the registry");
    }
}

#[test]
fn the_top_level_is_the_card_s() {
    const CARD: [&str; 6] = ["Cargo.toml", "compiler", "rules", "targets", "tests", "book"];
    // GitHub looks for `action.yml` there, and an installer of Python for `pyproject.toml`; the rest of what they need is in `kit`.
    const BESIDE: [&str; 13] = [
        "Cargo.lock",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "action.yml",
        "clippy.toml",
        "deny.toml",
        "kit",
        "pyproject.toml",
        "rustfmt.toml",
        "vigie.lock",
    ];
    let output = Command::new("git").args(["ls-tree", "--name-only", "HEAD"]).current_dir(root()).output().expect("git can be started");
    let names = String::from_utf8(output.stdout).expect("names are UTF-8");
    let strangers: Vec<&str> = names.lines().filter(|name| !name.starts_with('.') && !CARD.contains(name) && !BESIDE.contains(name)).collect();
    assert!(strangers.is_empty(), "these do not belong at the top level: {strangers:?}");
    for name in CARD {
        assert!(root().join(name).exists(), "`{name}` is missing");
    }
}

/// Every Rust file of ours, by its path.
fn rust_files() -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (_, folder, _) in members() {
        for part in ["src", "tests", "benches"] {
            for (path, bytes) in tree::read(&root().join(&folder).join(part)) {
                if path.ends_with(".rs") {
                    out.insert(format!("{folder}/{part}/{path}"), String::from_utf8(bytes).expect("Rust files are UTF-8"));
                }
            }
        }
    }
    out
}

#[test]
fn a_file_answers_one_question() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        let lines = text.lines().count();
        if lines > 600 {
            found.push(format!("{path} has {lines} lines; a second question might be in it"));
        }
        if !text.starts_with("//!") {
            found.push(format!("{path} does not say in its first line which question it answers"));
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if ["utils.rs", "util.rs", "helpers.rs", "helper.rs", "common.rs", "manager.rs"].contains(&name) {
            found.push(format!("{path} is named after nothing"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Every code that `vigie explain` knows.
fn listed() -> BTreeMap<&'static str, &'static Code> {
    vigie::codes().into_iter().map(|code| (code.slug, code)).collect()
}

/// Every `static NAME: Code = Code::kind("slug", ..)` outside tests: file, name, slug.
fn declared() -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    for (path, text) in rust_files().into_iter().filter(|(path, _)| path.contains("/src/")) {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for piece in text.split("static ").skip(1) {
            let Some((name, rest)) = piece.split_once(':') else { continue };
            let rest = rest.trim_start();
            let Some(rest) = rest.strip_prefix("Code").or_else(|| rest.strip_prefix("source::Code")) else { continue };
            let Some(rest) = rest.trim_start().strip_prefix('=') else { continue };
            if !rest.trim_start().contains("Code::") {
                continue;
            }
            let slug = rest.split('"').nth(1).unwrap_or_default();
            out.push((path.clone(), name.trim().to_owned(), slug.to_owned()));
        }
    }
    out
}

#[test]
fn every_code_is_listed_once() {
    let listed = listed();
    let mut slugs: BTreeMap<String, String> = BTreeMap::new();
    for (path, name, slug) in declared() {
        if let Some(before) = slugs.insert(slug.clone(), path.clone()) {
            panic!("`{slug}` is declared in {before} and in {path}");
        }
        assert!(listed.contains_key(slug.as_str()), "`{slug}` ({path}, `{name}`) is in no list of codes, so `vigie explain` does not know it");
    }
    for slug in listed.keys() {
        assert!(slugs.contains_key(*slug), "`{slug}` is listed, and its declaration was not found");
        let (place, what) = slug.split_once('.').unwrap_or_default();
        let fine = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(fine(place) && fine(what), "`{slug}` does not read as where.what");
    }
}

#[test]
fn every_code_has_a_page() {
    let pages: BTreeSet<String> =
        tree::read(&root().join("book/src/codes")).into_keys().filter_map(|path| path.strip_suffix(".md").map(str::to_owned)).collect();
    let slugs: BTreeSet<String> = declared().into_iter().map(|(_, _, slug)| slug).collect();
    let missing: Vec<&String> = slugs.difference(&pages).collect();
    let strangers: Vec<&String> = pages.difference(&slugs).filter(|page| *page != "index").collect();
    assert!(missing.is_empty(), "these codes have no page in book/src/codes: {missing:?}");
    assert!(strangers.is_empty(), "these pages are about no code: {strangers:?}");
    let summary = std::fs::read_to_string(root().join("book/src/SUMMARY.md")).expect("the book has a summary");
    let unlisted: Vec<&String> = slugs.iter().filter(|slug| !summary.contains(&format!("(codes/{slug}.md)"))).collect();
    assert!(unlisted.is_empty(), "these pages are not in book/src/SUMMARY.md: {unlisted:?}");
    for slug in &slugs {
        let page = std::fs::read_to_string(root().join(format!("book/src/codes/{slug}.md"))).expect("a page can be read");
        assert!(page.starts_with(&format!("# {slug}\n")), "book/src/codes/{slug}.md does not begin with its slug");
    }
}

#[test]
fn every_code_has_a_case_that_raises_it() {
    let mut raised: BTreeSet<String> = BTreeSet::new();
    for (path, bytes) in tree::read(&root().join("tests/golden")) {
        if path.ends_with("report.snap") {
            let text = String::from_utf8(bytes).expect("snapshots are UTF-8");
            raised.extend(report::raised(&text).into_iter().map(str::to_owned));
        }
    }
    let list = std::fs::read_to_string(root().join("tests/codes-without-case.txt")).unwrap_or_default();
    let excepted: BTreeSet<&str> = list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_whitespace().next()).collect();
    let mut missing = Vec::new();
    for (_, _, slug) in declared() {
        match (raised.contains(&slug), excepted.contains(slug.as_str())) {
            (false, false) => missing.push(slug),
            (true, true) => panic!("`{slug}` has a case now; it can leave tests/codes-without-case.txt"),
            _ => {}
        }
    }
    assert!(missing.is_empty(), "no golden case raises these codes: {missing:?}");
    let slugs: BTreeSet<String> = declared().into_iter().map(|(_, _, slug)| slug).collect();
    let gone: Vec<&&str> = excepted.iter().filter(|slug| !slugs.contains(**slug)).collect();
    assert!(gone.is_empty(), "tests/codes-without-case.txt names codes that are no more: {gone:?}");
}

#[test]
fn no_two_files_of_a_crate_import_each_other() {
    let mut found = Vec::new();
    for (_, folder, _) in members() {
        let files = rust_files_below(&format!("{folder}/src"));
        found.extend(imports::circles(&files).into_iter().map(|circle| format!("{folder}: {circle}")));
    }
    assert!(found.is_empty(), "two files that import each other are one file, or miss a third:\n{}", found.join("\n"));
}

/// The Rust files below a folder, by their paths in it.
fn rust_files_below(folder: &str) -> BTreeMap<String, String> {
    let files = tree::read(&root().join(folder)).into_iter().filter(|(path, _)| path.ends_with(".rs"));
    files.map(|(path, bytes)| (path, String::from_utf8(bytes).expect("Rust files are UTF-8"))).collect()
}

/// The files that write an expression out: printers, and what tells people of one. Everything else asks its tree.
const WRITE_EXPRESSIONS: [&str; 5] = [
    "targets/kql/src/lower_regex.rs",
    "targets/sigma/src/lower/joined.rs",
    "targets/suricata/src/lower/regex.rs",
    "targets/yara/src/lower.rs",
    "targets/yara/src/pattern.rs",
];

#[test]
fn no_code_reads_an_expression_s_letters() {
    let code = rust_files().into_iter().filter(|(path, _)| path.contains("/src/") && !path.starts_with("compiler/ir/src/regex"));
    let readers: BTreeSet<String> = code.filter(|(_, text)| outside_tests(text).contains(".written()")).map(|(path, _)| path).collect();
    let strangers: Vec<&String> = readers.iter().filter(|path| !WRITE_EXPRESSIONS.contains(&path.as_str())).collect();
    assert!(strangers.is_empty(), "these files read the text of an expression; its tree might be asked (`ir::regex`): {strangers:?}");
    let gone: Vec<&&str> = WRITE_EXPRESSIONS.iter().filter(|path| !readers.contains(**path)).collect();
    assert!(gone.is_empty(), "these files no longer write expressions, and can leave `WRITE_EXPRESSIONS`: {gone:?}");
}

/// Files of targets that write quotation marks into text and print no rule: what they write is for people.
const FOR_PEOPLE: [&str; 3] = ["targets/kql/src/lower_draft.rs", "targets/sigma/src/lower/event.rs", "targets/splunk/src/description.rs"];

/// Files that read rules back, or lay out the events that rules are tried on.
const READERS: [&str; 10] = ["verify", "judge", "read", "rows", "logged", "meaning", "traffic", "replay", "engine", "settings"];

#[test]
fn text_of_a_rule_is_made_by_printers() {
    let quotes = |line: &str| ["format!(", "write!(", "writeln!(", "push_str("].iter().any(|call| line.contains(call)) && line.contains("\\\"");
    let mut writers = BTreeSet::new();
    for (path, text) in rust_files().into_iter().filter(|(path, _)| path.starts_with("targets/") && path.contains("/src/")) {
        let parts: Vec<&str> = path.split('/').skip(3).collect();
        let is = |names: &[&str]| parts.iter().any(|part| names.iter().any(|name| part.starts_with(name)));
        if is(&READERS) || is(&["print", "tests", "properties", "profiles/book", "book"]) {
            continue;
        }
        if outside_tests(&text).lines().any(|line| !line.trim_start().starts_with("//") && quotes(line)) {
            writers.insert(path);
        }
    }
    let strangers: Vec<&String> = writers.iter().filter(|path| !FOR_PEOPLE.contains(&path.as_str())).collect();
    assert!(strangers.is_empty(), "these files put quotation marks around text; a printer has a function for each kind of literal: {strangers:?}");
    let gone: Vec<&&str> = FOR_PEOPLE.iter().filter(|path| !writers.contains(**path)).collect();
    assert!(gone.is_empty(), "these files no longer write quotation marks, and can leave `FOR_PEOPLE`: {gone:?}");
}

#[test]
fn a_profile_s_id_is_read_in_one_place() {
    let code = rust_files().into_iter().filter(|(path, _)| path.starts_with("targets/") && path.contains("/src/"));
    let code = code.filter(|(path, _)| !path.starts_with("targets/registry/") && !path.contains("/src/profiles"));
    let mut found = Vec::new();
    for (path, text) in code.filter(|(path, _)| !path.ends_with("tests.rs")) {
        for words in [".id == \"", ".id != \"", "profile == \"", "profile != \""] {
            if outside_tests(&text).contains(words) {
                found.push(format!("{path} has `{words}`"));
            }
        }
    }
    assert!(found.is_empty(), "a profile is told by a type that its target's `profiles` makes of the id:\n{}", found.join("\n"));
}

/// What a file says before its module of tests.
fn outside_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}
