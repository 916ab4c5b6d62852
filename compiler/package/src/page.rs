//! What is there to say of a detection and of the rules that it became, in whatever form it is shown?

use ir::Detection;

use crate::manifest::Rule;

/// What a description tries on a detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried<'a> {
    /// Whether the detection has to find it, or has to stay quiet.
    pub finds: bool,
    /// The test as it was written.
    pub text: &'a str,
}

/// A detection, and the rules that it became.
pub(crate) struct Page<'a> {
    pub(crate) detection: &'a Detection,
    pub(crate) rules: Vec<(&'a Rule, &'a str)>,
    /// What its description tries on it.
    pub(crate) tests: &'a [Tried<'a>],
    /// Its name without folder and ending.
    pub(crate) name: String,
}

impl Page<'_> {
    /// The worst outcome of its rules.
    pub(crate) fn outcome(&self) -> &str {
        let worst = |wanted: &str| self.rules.iter().any(|(rule, _)| rule.outcome == wanted);
        ["narrower", "wider"].into_iter().find(|outcome| worst(outcome)).unwrap_or("exact")
    }

    /// The first of its rules: what is said of all of them is the same in each.
    pub(crate) fn first(&self) -> Option<&Rule> {
        self.rules.first().map(|(rule, _)| *rule)
    }

    /// What somebody does who gets an alert, step by step.
    pub(crate) fn triage(&self) -> Vec<String> {
        let meta = &self.detection.meta;
        let mut out = Vec::new();
        if meta.verdict == ir::Verdict::Lead {
            out.push("A hit opens an investigation; it proves nothing by itself.".to_owned());
        }
        if meta.scope == ir::Scope::Context {
            out.push("This is background: a hit says nothing about who did it.".to_owned());
        }
        if let Some(window) = meta.hunt {
            let day = |day: Option<ir::Date>, open: &str| day.map_or_else(|| open.to_owned(), |day| day.to_string());
            out.push(format!("Search back from {} to {}.", day(window.from, "any time"), day(window.until, "now")));
        }
        if !meta.citations.is_empty() {
            out.push("Compare the event with the sentences above: what they do not say, the rule does not prove.".to_owned());
        }
        if self.tests.iter().any(|test| test.finds) {
            out.push("Compare it with the events below that the description was tested with.".to_owned());
        }
        if out.is_empty() {
            out.push(format!("Read {}, and compare the event with what it describes.", meta.origin()));
        }
        if let Some(address) = &meta.report {
            out.push(format!("Report hits to {address}."));
        }
        out
    }
}

/// The two kinds of tests, and what a page calls them.
pub(crate) const TESTED: [(bool, &str); 2] = [(true, "It was tested to find"), (false, "It was tested to stay quiet on")];
/// How many tests a page shows.
const MOST_TESTS: usize = 12;

impl Page<'_> {
    /// The tests of one kind that a page shows, and how many more there are.
    pub(crate) fn tests(&self, finds: bool) -> (Vec<String>, usize) {
        let all = self.tests.iter().filter(|test| test.finds == finds).map(|test| test.text);
        let shown: Vec<String> = all.clone().take(MOST_TESTS).map(at_the_margin).collect();
        let more = all.count() - shown.len();
        (shown, more)
    }
}

/// A piece of a text whose first line begins where the piece does, with the other lines moved to the left as far.
fn at_the_margin(text: &str) -> String {
    let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
    let lines: Vec<&str> = text.lines().enumerate().map(|(at, line)| if at == 0 { line } else { line.get(least..).unwrap_or_default() }).collect();
    lines.join("\n")
}

/// Where a sentence stands, in words.
pub(crate) fn place(citation: &ir::Citation) -> String {
    let line = citation.line.map(|line| format!("line {line}"));
    let parts = [Some(citation.source.clone()), citation.file.clone(), line, citation.url.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
