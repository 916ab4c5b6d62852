//! Splunk: scheduled searches in SPL, over logs themselves (`raw`) or over accelerated data models (`cim`).
//!
//! # What the language is good at
//!
//! Anything that a log holds as text; long lists, through lookups; sliding windows, through `streamstats`.
//!
//! # Two languages in one
//!
//! A search begins in the language of [`search`](https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Search):
//! fast, because the indexes answer it, without case, with `*` for any run and no escape for it. It goes on in the language of
//! [`where`](https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Where): with case, with regular expressions
//! (PCRE), one event at a time. What the first cannot say exactly it says wider, and the second says the rest, so both
//! together are exact ([`lower_predicate`]):
//!
//! - a literal `*`, a hole for exactly one character, and case go to `where`;
//! - `?` means itself in `search`;
//! - `NOT field=value` is true for events without the field, as in the IR (`field!=value` is not); in `where`, comparisons
//!   with a missing field are null, so each opposite allows for it with `isnull`.
//!
//! AND, OR and NOT always stand in parentheses: their order of precedence differs between `search` and `where`.
//!
//! # Escapes
//!
//! Strings know `\\` and `\"`. Regular expressions stand in strings, and the manual asks for two or four backslashes depending
//! on the command ([SPL and regular expressions](https://docs.splunk.com/Documentation/Splunk/latest/Search/SPLandregularexpressions)).
//! So what we print there reads the same either way: literal backslashes, quotes, backticks and control characters are
//! written by their number (`\x5c`). A string of `search` holds no backtick and no control character at all: macros are not
//! expanded inside quotes, but nothing depends on that.
//!
//! # Limits
//!
//! - Lists above 100 values go into lookups ([`lower_lists`]): exact tables where values are whole, `WILDCARD` and `CIDR`
//!   tables where they are not; those are compared row by row, so a list of 100,000 domains is slow as `_below`.
//! - Events of one instant have no order: a sequence takes them as Splunk returns them.
//! - `tstats` reads one data model, compares text only and keeps whole seconds.
//! - `streamstats` looks back over 10,000 events (`max_stream_window`,
//!   [limits.conf](https://docs.splunk.com/Documentation/Splunk/latest/Admin/Limitsconf)).
//! - `\d`, `\w` and `\s` mean ASCII characters in PCRE.
//!
//! # What a site sets
//!
//! Where its logs are: each log is a macro whose name begins with `vigie_`, and each of these rests on one macro of all indexes
//! (`macros.conf`). What it leaves out: one macro for each rule. Which searches run: all are switched off. What its fields are called: rows of
//! an overlay.
//!
//! Start with [`lower`], then [`lower_predicate`].

mod ast;
mod conf;
mod description;
mod judge;
mod lower;
mod lower_correlation;
mod lower_fields;
mod lower_lists;
mod lower_predicate;
mod lower_special;
mod lower_terms;
mod lower_url;
mod lower_values;
mod lower_window;
mod lowering;
pub mod meaning;
#[cfg(test)]
mod meaning_tests;
mod naming;
mod origin;
mod pack;
mod pcre;
mod place;
mod print;
mod profiles;
pub mod rows;
mod security;
mod spelling;
mod stanza;
#[cfg(test)]
mod tests;
mod verify;
mod verify_spl;

use backend::{
    About, Capabilities, Cx, Fault, Hearing, Job, Judgement, Language, Lowered, Package, Packed, Packing, Printed, Profile, Refusal, Section,
};
use ir::Detection;

use profiles::Read;

static ABOUT: About = About {
    id: "splunk",
    title: "Splunk",
    profiles: &profiles::PROFILES,
    codes: &[
        &origin::MORE_EVENTS,
        &origin::PART_OF_EVENTS,
        &origin::TWO_LOGS,
        &origin::UNKNOWN_SOURCE,
        &lower_correlation::SECONDS,
        &lower_correlation::TWO_MODELS,
        &lower_correlation::WINDOW,
        &lower_predicate::FIELD_NAME,
        &lower_predicate::MANY_VALUES,
        &lower_predicate::REGEX,
        &lower_special::WHOLE_EVENT,
    ],
    rule_limit: None,
};

static PACKAGES: [Package; 1] = [Package {
    id: "splunk",
    title: "an app for Splunk",
    profiles: &["raw", "cim"],
    settings: &pack::SETTINGS,
    by_title: true,
    rivals: &[],
    codes: &[&pack::LARGE_TABLE, &pack::NO_DAY, &pack::SETTING, &pack::TWICE],
}];

/// Splunk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Splunk;

impl Language for Splunk {
    type Tree = ast::Rule;
    type Text = conf::Draft;

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities {
        match Read::of(profile) {
            Read::Models => profiles::cim::table(),
            Read::Logs => profiles::raw::table(),
        }
    }

    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<ast::Rule>, Refusal> {
        lower::run(detection, cx)
    }

    fn render(&self, tree: ast::Rule, detection: &Detection, job: &Job<'_>) -> conf::Draft {
        conf::Draft::of(tree, detection, job)
    }

    fn assemble(&self, rules: Vec<Lowered<conf::Draft>>, job: &Job<'_>, numbers: &mut Section) -> Printed {
        conf::files(rules, job, numbers)
    }

    fn verify_native(&self, _profile: &'static Profile, printed: &Printed) -> Vec<Fault> {
        verify::files(printed)
    }

    fn packages(&self) -> &'static [Package] {
        &PACKAGES
    }

    fn pack(&self, _package: &'static Package, packing: &Packing<'_>) -> Packed {
        pack::pack(packing)
    }

    fn judge(&self, hearing: &Hearing<'_>) -> Vec<Judgement> {
        judge::run(hearing)
    }
}
