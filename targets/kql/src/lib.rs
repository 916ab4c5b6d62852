//! KQL: the query language of Microsoft Defender XDR and Microsoft Sentinel.
//!
//! What it is good at: typed columns, exact and partial comparison with and without case, addresses in networks, JSON and
//! XML inside columns, joins, windows over ordered rows. Nearly every predicate of the IR has a form of equal meaning.
//! What it cannot say: anything about the bytes of files; anything the tables do not record.
//!
//! Three profiles. `defender-xdr` writes queries over the tables of advanced hunting, one table each, with the
//! columns that a custom detection needs. `sentinel` writes scheduled analytics rules over native tables: several tables of
//! one kind of event become one `union`. `asim` writes the same over the unifying parsers of ASIM.
//!
//! Meaning, where it needs care:
//!
//! - Text is never null; a missing text is empty, and every operator is false on it. Numbers can be null, so a negated test
//!   on a number asks `isnotnull` first (<https://learn.microsoft.com/kusto/query/scalar-data-types/null-values>).
//! - Operators without case know ASCII only; other letters are compared after `tolower`
//!   (<https://learn.microsoft.com/kusto/query/datatypes-string-operators>).
//! - `has` and its kin match terms, not text: they stand in front of a comparison that holds only where the term is, and never for one.
//! - A table that lacks a field answers like an event without it: a test is false there. A table that lacks a field under a
//!   negation is left out rather than alarmed on.
//! - Defender keeps a registry key, a value's name, its type and its data apart. A pattern that names key and value is asked of
//!   both columns, split at its last backslash; a value's name with backslashes in it is found by the other patterns only.
//! - Where a table has a path and its last part, `*\name` is asked of the last part.
//!
//! [`rows()`] is the way back, from an event to the rows that the tables would hold; checks run the queries on them.
//!
//! Limits: 10,000 characters in a rule, 3.8 MB in a watchlist
//! (<https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>), 1,000,000 values from a subquery in `in`
//! (<https://learn.microsoft.com/kusto/query/in-operator>), some 450 terms in a flat `or` (measured in the language service;
//! longer chains are grouped). A query that is too long is written without indentation; its lists become watchlists in Sentinel;
//! then its values or its tables are divided among several rules, each of which keeps every negation and says which part it is.
//!
//! For a package every rule is a [`card::Card`] instead of a file, and [`pack`] makes of cards what Sentinel and Defender import: templates, the
//! layout of Azure-Sentinel, a solution, custom detections, watchlists, indicators. What they take of a rule stands in `limits.rs`.
//!
//! Escapes stand in `print.rs` alone, one function for each kind of literal; `verify` reads everything back.
//!
//! Start with `lower.rs`, then one file of `logs::tables`.

mod ast;
mod card;
mod judge;
mod limits;
mod logged;
mod logged_sentinel;
mod logged_values;
mod lower;
mod lower_any;
mod lower_codes;
mod lower_column;
mod lower_compare;
mod lower_context;
mod lower_correlation;
mod lower_draft;
mod lower_events;
mod lower_leg;
mod lower_lists;
mod lower_logs;
mod lower_regex;
mod lower_rows;
mod lower_shown;
mod lower_sources;
mod lower_split;
mod lower_terms;
mod lower_test;
mod lower_text;
mod lower_window;
mod pack;
mod pack_arm;
mod pack_codes;
mod pack_defender;
mod pack_hunts;
mod pack_indicators;
mod pack_parts;
mod pack_sentinel;
mod pack_settings;
mod pack_solution;
mod pack_stix;
mod pack_versions;
mod pack_words;
mod pack_yaml;
mod print;
mod print_files;
mod print_made;
mod print_regex;
mod print_tree;
mod profiles;
mod rows;
mod verify;
mod verify_template;

#[cfg(test)]
mod correlation_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_pack;

pub use rows::{Row, rows};

use backend::{
    About, Capabilities, Cx, Fault, Hearing, Job, Judgement, Language, Lowered, Package, Packed, Packing, Printed, Profile, Refusal, Section,
};
use ir::Detection;
use logs::tables::Product;
use source::Code;

/// The KQL back end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kql;

static PROFILES: [Profile; 3] = [profiles::of(Product::DefenderXdr), profiles::of(Product::Sentinel), profiles::of(Product::Asim)];

static CODES: [&Code; 8] = [
    &lower_codes::NO_TABLE,
    &lower_codes::TOO_LONG,
    &lower_codes::HUNTING_ONLY,
    &lower_correlation::WINDOW,
    &lower_logs::LOG_WITHOUT,
    &lower_codes::REGEX,
    &lower_codes::HIVE,
    &lower_codes::JOINED,
];

static ABOUT: About = About {
    id: "kql",
    title: "KQL for Microsoft Sentinel and Defender XDR",
    profiles: &PROFILES,
    codes: &CODES,
    rule_limit: Some(backend::RuleLimit::Characters(lower_draft::RULE)),
};

impl Language for Kql {
    type Tree = ast::Rule;
    type Text = print_files::Written;

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities {
        profiles::capabilities(profiles::product(profile.id))
    }

    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<ast::Rule>, Refusal> {
        lower::lower(detection, cx)
    }

    fn render(&self, tree: ast::Rule, _: &Detection, job: &Job<'_>) -> print_files::Written {
        print_files::written(tree, job)
    }

    fn assemble(&self, rules: Vec<Lowered<print_files::Written>>, job: &Job<'_>, _numbers: &mut Section) -> Printed {
        print_files::files(rules, profiles::product(job.profile.id), job.made_for)
    }

    fn verify_native(&self, profile: &'static Profile, printed: &Printed) -> Vec<Fault> {
        verify::verify(profiles::product(profile.id), &printed.artefacts)
    }

    fn packages(&self) -> &'static [Package] {
        &pack::PACKAGES
    }

    fn pack(&self, package: &'static Package, packing: &Packing<'_>) -> Packed {
        pack::pack(package, packing)
    }

    fn judge(&self, hearing: &Hearing<'_>) -> Vec<Judgement> {
        judge::run(hearing)
    }
}
