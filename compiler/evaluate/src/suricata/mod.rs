//! Which traffic does the text of a Suricata rule find? A reader of rules, and a judge of what an engine sees.
//!
//! A [`Rule`] is read from its letters and asked about [`Traffic`]; what the site adds, its networks and lists, stands in a [`Site`]. The meaning of
//! each option is that of <https://docs.suricata.io/en/latest/rules/index.html>, as the engines of versions 7 and 8 have it.
//!
//! [`seen::traffic`] makes traffic of a description from `packets`. It stands here, not there: what a host's name or a path becomes in a buffer is
//! the engine's doing, so whoever reads a rule's `http.uri` finds beside it how one is filled, and `packets` stays a matter of wires alone.
//!
//! What has no verdict is a [`Fault`]: an option that is not in the tables of `options`, a variable or a list that the site does not have, an
//! expression that takes too much work, a payload that only matches across a break in what a side says, because where the engine cuts a
//! stream is not written in any manual.
//!
//! Read on in `options` for what each option asks, in `content` for how bytes are searched, in `traffic` for what there is to search.

mod alert;
mod content;
mod count;
mod header;
mod lists;
mod number;
mod options;
mod pcre;
mod read;
mod rule;
mod run;
pub mod seen;
mod site;
#[cfg(test)]
mod tests;
pub mod traffic;
mod transform;

use crate::Fault;
pub use alert::{Alert, Open, Run};
pub use header::Action;
pub use rule::Rule;
pub use site::Site;
pub use traffic::{Side, Traffic};

impl Rule {
    /// Reads one rule from its text.
    ///
    /// # Errors
    ///
    /// When it is not of the language, or holds what has no meaning here.
    pub fn read(text: &str) -> Result<Self, Fault> {
        options::rule(text)
    }

    /// Whether the rule, alone and with nothing seen before, finds the traffic.
    ///
    /// # Errors
    ///
    /// When the site lacks what the rule names, or the traffic asks for what has no meaning here.
    pub fn fires(&self, traffic: &Traffic, site: &Site) -> Result<bool, Fault> {
        let run = run::run(std::slice::from_ref(self), std::slice::from_ref(traffic), site);
        run.open.into_iter().next().map_or(Ok(!run.alerts.is_empty()), |open| Err(open.fault))
    }
}

/// Rules that are loaded together.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

impl Rules {
    /// Rules from the text of a file.
    ///
    /// # Errors
    ///
    /// When a rule is not read.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let rules = read::lines(text).into_iter().map(|(_, line)| Rule::read(&line));
        Ok(Self { rules: rules.collect::<Result<_, _>>()? })
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// All alerts about the traffic in order of time, with the counts and marks that it leaves.
    ///
    /// # Errors
    ///
    /// When one rule lets traffic pass the others, which has no meaning here.
    pub fn run(&self, traffic: &[Traffic], site: &Site) -> Result<Run, Fault> {
        if self.rules.len() > 1 && self.rules.iter().any(|rule| rule.action() == Action::Pass) {
            return Err(Fault::Unknown("a rule that lets traffic pass other rules".to_owned()));
        }
        Ok(run::run(&self.rules, traffic, site))
    }
}

impl FromIterator<Rule> for Rules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self { rules: rules.into_iter().collect() }
    }
}
