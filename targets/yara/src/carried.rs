//! What is in a YARA file that travels along? Its rules, each with its place, so that one can be left out and the rest stays byte for byte.

use std::ops::Range;
use std::sync::Arc;

use yara_x_parser::Parser;
use yara_x_parser::cst::{Event, SyntaxKind};

/// External variables that common scanners define (LOKI, THOR, VirusTotal), as text.
pub(crate) const EXTERNALS: [&str; 6] = ["extension", "filename", "filepath", "filetype", "md5", "owner"];

/// A YARA file of the description's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its text.
    pub text: Arc<str>,
    /// Its rules, in order; also what cannot be read as one, and what it includes.
    pub rules: Vec<CarriedRule>,
    /// The statements that import modules.
    imports: String,
}

/// One rule of such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedRule {
    /// Its bytes.
    pub place: Range<usize>,
    /// Its name; empty when it has none that can be read.
    pub name: String,
}

impl Carried {
    /// Finds the rules. Whether each compiles is the business of `verify`.
    #[must_use]
    pub fn read(text: &Arc<str>) -> Self {
        let mut rules = Vec::new();
        let mut imports = String::new();
        for (kind, place, name) in items(text) {
            if kind == SyntaxKind::IMPORT_STMT {
                imports.push_str(text.get(place).unwrap_or_default());
                imports.push('\n');
            } else {
                rules.push(CarriedRule { place, name });
            }
        }
        Self { text: text.clone(), rules, imports }
    }

    /// The file without the rules that are not kept; what is left stays on its lines. `kept` holds indices, in order.
    #[must_use]
    pub fn with(&self, kept: &[usize]) -> String {
        let gone = self.rules.iter().enumerate().filter(|(at, _)| kept.binary_search(at).is_err());
        backend::without(&self.text, gone.map(|(_, rule)| rule.place.clone()))
    }

    /// A rule's own text, with the modules that the file imports.
    #[must_use]
    pub fn text_of(&self, rule: usize) -> String {
        let own = self.rules.get(rule).and_then(|rule| self.text.get(rule.place.clone())).unwrap_or_default();
        format!("{}{own}", self.imports)
    }
}

/// Where the rules of a file stand, and what else could be one: in order.
pub(crate) fn rules(text: &str) -> Vec<Range<usize>> {
    items(text).into_iter().filter(|(kind, ..)| *kind != SyntaxKind::IMPORT_STMT).map(|(_, place, _)| place).collect()
}

/// The names of the rules of a file.
pub(crate) fn names(text: &str) -> Vec<String> {
    items(text).into_iter().filter(|(kind, ..)| *kind == SyntaxKind::RULE_DECL).map(|(.., name)| name).filter(|name| !name.is_empty()).collect()
}

/// What stands in a file at the top: its kind, its place and, for a rule, its name.
fn items(text: &str) -> Vec<(SyntaxKind, Range<usize>, String)> {
    let mut out: Vec<(SyntaxKind, Range<usize>, String)> = Vec::new();
    let mut depth = 0_usize;
    for event in Parser::new(text.as_bytes()) {
        match event {
            Event::Begin { kind, span } => {
                if depth == 1 {
                    out.push((kind, span.range(), String::new()));
                }
                depth += 1;
            }
            Event::End { span, .. } => {
                depth = depth.saturating_sub(1);
                if let (1, Some((_, place, _))) = (depth, out.last_mut()) {
                    place.end = place.end.max(span.end());
                }
            }
            Event::Token { kind: SyntaxKind::IDENT, span } => {
                if let (2, Some((_, _, name))) = (depth, out.last_mut())
                    && name.is_empty()
                {
                    text.get(span.range()).unwrap_or_default().clone_into(name);
                }
            }
            Event::Token { .. } | Event::Error { .. } => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_left_out_and_the_rest_stays_as_it_was() {
        let text = "import \"pe\"\n// on a\nprivate rule a { condition: filesize < 9 }\nrule b : x {\n  condition: a\n} rule c { condition: nonsense( }\n\n// end";
        let carried = Carried::read(&text.into());
        assert_eq!(carried.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"], "{carried:?}");
        assert_eq!(carried.with(&[0, 1, 2]), text);
        assert_eq!(carried.with(&[0, 2]), text.replace("rule b : x {\n  condition: a\n}", "\n\n"));
        assert_eq!(carried.with(&[1]), "import \"pe\"\n// on a\n\nrule b : x {\n  condition: a\n} \n\n// end");
        assert_eq!(carried.text_of(0), "import \"pe\"\nprivate rule a { condition: filesize < 9 }");
    }

    #[test]
    fn what_is_no_rule_has_a_place_too() {
        let texts = [
            "not yara",
            "rule a { condition: true } }{ rule b { condition: true }",
            "include \"x\"\nrule a { condition: true }",
            "rule {",
            "rule a {",
        ];
        for text in texts {
            let carried = Carried::read(&text.into());
            assert!(!carried.rules.is_empty(), "{text}: {carried:?}");
            let all: Vec<usize> = (0..carried.rules.len()).collect();
            assert_eq!(carried.with(&all), text);
        }
        assert!(Carried::read(&"// nothing\nimport \"pe\"\n".into()).rules.is_empty());
    }
}
