//! Sigma 2.1: rules about log events, in YAML, for any product that reads them.
//!
//! # What it is good at
//!
//! Sigma says what stands in a log and leaves where to the reader: a `logsource` names a category, a product, a service,
//! and the fields of the taxonomy carry Sysmon's names. Text compares without case unless `cased` says otherwise, so what
//! the IR means by default is what Sigma means by default. A test on a missing field is false and its negation true.
//! Correlations refer to rules by name and count events, count values or ask for an order.
//! Specification: <https://github.com/SigmaHQ/sigma-specification>.
//!
//! # What it cannot say
//!
//! - Nothing inside a file, and nothing about mail messages: no log source of the taxonomy holds them.
//! - Parts of paths: a program's name is the end of its path, which `legalise` says.
//! - Registry key and value, digests, domain and account stand inside other fields; `lower` joins them and records where
//!   the joined field is less exact.
//! - Regularity (`jitter`), and a count with two bounds: the specification allows `gte` with `lte`, but pySigma 1.5, which
//!   most converters are made of, reads one criterion only.
//! - Regular expressions beyond plain PCRE: no Unicode properties, no class arithmetic.
//!
//! # How it escapes
//!
//! Two layers, both in `print`: Sigma's own (a backslash before `*` and `?`, and before a backslash where the next
//! character would change its meaning) and YAML's (single quotes; double quotes where a character needs an escape).
//! There is no documented limit on lists, so every detection is one file.

mod ast;
mod judge;
mod lower;
mod pack;
mod print;
mod profiles;
mod read;
pub mod rows;
mod verify;

use backend::{
    About, Capabilities, Cx, Fault, Hearing, Job, Judgement, Language, Lowered, Package, Packed, Packing, Printed, Profile, Refusal, Section,
};
use ir::Detection;

pub use print::Draft;

/// The Sigma writer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sigma;

static PROFILES: &[Profile] = &[profiles::SIGMA];

static ABOUT: About = About {
    id: "sigma",
    title: "Sigma 2.1",
    profiles: PROFILES,
    codes: &[
        &lower::codes::JOINED,
        &lower::codes::CURRENT_USER,
        &lower::codes::PARTIAL,
        &lower::codes::NO_SOURCE,
        &lower::codes::REGEX,
        &lower::codes::FIELD_NAME,
        &lower::codes::NOTHING,
        &lower::codes::COMPARISON,
        &lower::codes::GROUP_BY,
        &lower::codes::COUNT,
        &lower::codes::WINDOW,
    ],
    rule_limit: None,
};

impl Language for Sigma {
    type Tree = ast::File;
    type Text = Draft;

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn capabilities(&self, _: &'static Profile) -> &'static Capabilities {
        &profiles::CAPABILITIES
    }

    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<ast::File>, Refusal> {
        lower::lower(detection, cx)
    }

    fn render(&self, tree: ast::File, _: &Detection, _: &Job<'_>) -> Draft {
        Draft::from(tree)
    }

    fn assemble(&self, rules: Vec<Lowered<Draft>>, job: &Job<'_>, _: &mut Section) -> Printed {
        print::files(rules, job)
    }

    fn verify_native(&self, _: &'static Profile, printed: &Printed) -> Vec<Fault> {
        verify::verify(&printed.artefacts)
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
