//! What is there to say of a detection and of the rules that it became, in whatever form it is shown?

use ir::Detection;

use crate::manifest::Rule;

/// A detection, and the rules that it became.
pub(crate) struct Page<'a> {
    pub(crate) detection: &'a Detection,
    pub(crate) rules: Vec<(&'a Rule, &'a str)>,
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
        out.push("Compare the event with the sentences above: what they do not say, the rule does not prove.".to_owned());
        if let Some(address) = &meta.report {
            out.push(format!("Report hits to {address}."));
        }
        out
    }
}

/// Where a sentence stands, in words.
pub(crate) fn place(citation: &ir::Citation) -> String {
    let line = citation.line.map(|line| format!("line {line}"));
    let parts = [Some(citation.source.clone()), citation.file.clone(), line, citation.url.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
