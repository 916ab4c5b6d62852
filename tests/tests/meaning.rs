//! Does it mean what the description says? Every `test` block of `rules/` and of the golden inputs, judged by the evaluator.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::sync::Arc;

use ir::{Advisory, Expectation};
use source::{Severity, Sources};
use vigie_tests::{case, root, tree};

/// Runs the program in this process: exit code, standard output, standard error.
fn vigie(arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("vigie").chain(arguments.iter().copied()).map(OsString::from);
    let exit = vigie::run(arguments, &mut out, &mut err, false);
    (exit, String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&err).into_owned())
}

/// Files beside a description that is kept in memory.
struct Beside<'a>(&'a BTreeMap<String, Vec<u8>>, String);

impl front::Files for Beside<'_> {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        self.0.get(&format!("{}{path}", self.1)).map(|bytes| bytes.as_slice().into()).ok_or_else(|| "it is not there".to_owned())
    }
}

/// Every description among these files, with what was said about them.
fn parse(files: &BTreeMap<String, Vec<u8>>) -> (Sources, Vec<Advisory>, Vec<String>) {
    let mut sources = Sources::default();
    let (mut advisories, mut said) = (Vec::new(), Vec::new());
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".vigie")) {
        let file = sources.add(path.clone(), String::from_utf8_lossy(bytes).into_owned());
        let folder = path.rfind('/').map_or("", |end| &path[..=end]).to_owned();
        let parsed = front::parse(&mut sources, file, &Beside(files, folder));
        advisories.extend(parsed.advisories);
        said.extend(parsed.diagnostics.iter().filter(|said| said.severity > Severity::Note).map(|said| source::draw(said, &sources, false)));
    }
    (sources, advisories, said)
}

#[test]
fn shipped_descriptions_are_read_without_a_word() {
    let (_, advisories, said) = parse(&tree::read(&root().join("rules")));
    assert!(advisories.len() >= 8, "{} descriptions are shipped", advisories.len());
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn shipped_descriptions_do_what_their_tests_say() {
    let rules = root().join("rules");
    let (exit, out, err) = vigie(&["test", rules.to_str().expect("the repository's path is UTF-8"), "-v"]);
    assert_eq!(exit, 0, "{out}\n{err}");
}

#[test]
fn every_shipped_block_has_a_hit_and_a_miss() {
    let (_, advisories, _) = parse(&tree::read(&root().join("rules")));
    let mut missing = Vec::new();
    for advisory in &advisories {
        let mut tried: BTreeSet<(&str, bool)> = BTreeSet::new();
        for test in &advisory.tests {
            tried.extend(test.cases.iter().map(|case| (test.subject.as_str(), case.expect == Expectation::Match)));
        }
        let facets = advisory.behaviors.iter().flat_map(|block| block.facets.iter().map(move |facet| format!("{}.{}", block.head.name, facet.name)));
        let blocks =
            advisory.indicators.iter().map(|block| block.head.name.clone()).chain(advisory.correlations.iter().map(|block| block.head.name.clone()));
        for subject in facets.chain(blocks) {
            for (expect, words) in [(true, "`match`"), (false, "`no_match`")] {
                if !tried.contains(&(subject.as_str(), expect)) {
                    missing.push(format!("{}/{subject} has no {words}", advisory.header.id));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn golden_inputs_do_what_their_tests_say() {
    // The one case that is about a test that does not hold.
    const FAILS: &str = "broken/test-fails";
    let mut failed = Vec::new();
    let mut tried = 0;
    for case in case::all().into_iter().filter(|case| case.settings.command == case::Command::Build) {
        if case.name.starts_with("broken/") && case.name != FAILS {
            continue;
        }
        let (sources, advisories, _) = parse(&case.input);
        let (proofs, diagnostics) = pipeline::prove(&sources, &advisories);
        tried += proofs.len();
        let wrong = proofs.iter().filter(|proof| !proof.passed).count();
        assert_eq!(wrong, diagnostics.len(), "{}: each test that does not hold is said", case.name);
        if case.name == FAILS {
            assert_eq!(wrong, 1, "{FAILS} is about one test that does not hold");
        } else {
            failed.extend(diagnostics.iter().map(|said| format!("{}\n{}", case.name, source::draw(said, &sources, false))));
        }
    }
    assert!(tried > 20, "{tried} examples were tried");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_is_shipped_is_about_nobody_real() {
    // Documentation names and addresses only: RFC 2606, RFC 5737, RFC 3849.
    let reserved: Vec<ir::IpNet> =
        ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"].map(|net| net.parse().expect("a network")).to_vec();
    let (_, advisories, _) = parse(&tree::read(&root().join("rules")));
    for advisory in &advisories {
        for indicator in advisory.indicators.iter().flat_map(|block| &block.indicators) {
            let name = match &indicator.observable {
                ir::Observable::Ip(address) => {
                    assert!(reserved.iter().any(|net| net.contains(&address.net)), "{address} is somebody's");
                    continue;
                }
                ir::Observable::Domain(domain) | ir::Observable::Host(domain) => domain.as_str().to_owned(),
                ir::Observable::Email(address) => address.as_str().to_owned(),
                _ => continue,
            };
            assert!(name.ends_with(".example"), "{name} is somebody's");
        }
    }
}
