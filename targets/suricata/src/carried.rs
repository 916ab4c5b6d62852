//! What is in a rule file that travels along? Its rules, each with its place, so that one can be left out and the rest stays byte for byte.

use std::ops::Range;
use std::sync::Arc;

use crate::verify::reader::{self, Reading};

/// A rule file of the description's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The file it came from.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
    /// Its rules, in order; also those that cannot be read.
    pub rules: Vec<CarriedRule>,
}

/// One rule of such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedRule {
    /// Its bytes, with its line feed.
    pub place: Range<usize>,
    /// Its number; empty when it has none that can be read.
    pub sid: String,
    /// Its message.
    pub message: Option<String>,
}

impl Carried {
    /// Reads a file. Whether each rule is one is the business of `verify`.
    #[must_use]
    pub fn read(file: &str, text: &Arc<str>) -> Self {
        let lines = reader::lines(text).into_iter().filter(reader::Line::is_rule);
        let rules = lines.map(|line| {
            let rule = reader::rule(&line.text, Reading::Carried).ok();
            let sid = rule.as_ref().and_then(|rule| rule.value("sid")).unwrap_or_default().to_owned();
            CarriedRule { place: line.place, sid, message: rule.and_then(|rule| rule.message()) }
        });
        Self { file: file.to_owned(), text: text.clone(), rules: rules.collect() }
    }

    /// The file without the rules that are not kept; what is left stays on its lines. `kept` holds indices, in order.
    #[must_use]
    pub fn with(&self, kept: &[usize]) -> String {
        let gone = self.rules.iter().enumerate().filter(|(at, _)| kept.binary_search(at).is_err());
        let mut out = backend::without(&self.text, gone.map(|(_, rule)| rule.place.clone()));
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out
    }

    /// A rule's own text.
    #[must_use]
    pub fn text_of(&self, rule: usize) -> &str {
        self.rules.get(rule).and_then(|rule| self.text.get(rule.place.clone())).unwrap_or_default().trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_left_out_and_the_rest_stays_as_it_was() {
        let text = "# head\n\nalert ip any any -> any any (msg:\"a\"; sid:1;)\r\n# on b\nalert ip any any -> any any ( \\\n  msg:\"b\"; sid:2;)\n  # c\nnonsense";
        let carried = Carried::read("x.rules", &text.into());
        assert_eq!(carried.rules.iter().map(|rule| rule.sid.as_str()).collect::<Vec<_>>(), ["1", "2", ""]);
        assert_eq!(carried.with(&[0, 1, 2]), format!("{text}\n"));
        assert_eq!(carried.with(&[0, 2]), text.replace("alert ip any any -> any any ( \\\n  msg:\"b\"; sid:2;)\n", "\n\n") + "\n");
        assert_eq!(carried.with(&[0, 1]), text.replace("nonsense", ""));
        assert_eq!(carried.with(&[]), "# head\n\n\n# on b\n\n\n  # c\n");
        assert_eq!(carried.text_of(1), "alert ip any any -> any any ( \\\n  msg:\"b\"; sid:2;)");
    }
}
