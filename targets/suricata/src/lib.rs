//! Suricata rules, for the engine's versions 7 and 8.
//!
//! # What the language is good at
//!
//! One line is one conjunction over one packet, one transaction or one file: a header with addresses and ports, then
//! options. Sticky buffers hold the parts of a protocol, so `http.host` needs no parsing and `dns.query` holds the name
//! alone. Thousands of rules are cheap as long as each has a content of some length, which the engine looks for all at once:
//! that is why values become rules of their own, and why a regular expression has a content in front of it.
//! Values by the thousand go into data sets and hash lists beside the rules.
//! The rules' language is described in <https://docs.suricata.io/en/latest/rules/>.
//!
//! # What it cannot say
//!
//! - Nothing on a machine is seen: no process, registry or log. Nothing inside TLS is seen but names, certificates and
//!   fingerprints, so a URL with `https` is found only where traffic is decrypted.
//! - There is no OR; alternatives are rules. There are no two directions in one rule; the weaker half is left out, and said.
//! - A negated test does not hold where the buffer is missing. Version 8 has `absent:or_else`, version 7 has a stated loss. A header
//!   without a value is there for the engine and missing for a description, so missing headers are looked for among the lines as sent.
//! - `http.uri` is decoded, `file.name` of HTTP is a path, `email.subject` is not decoded: see `lower/uri.rs`, `file.rs`, `encoded.rs`.
//! - An address rule sees packets, so the direction of the connection is lost: it must have neither `flow` nor `flags`, or
//!   the engine takes it out of its tree of addresses (`ip_only`), which made 10,000 addresses twenty times slower.
//! - Version 7 has no buffers for mail: its session is read line by line.
//! - Version 7 accepts `match subdomain` for data sets and ignores it, so names are cut to a number of labels there.
//!
//! # Who stands where
//!
//! A rule about a name keeps `any` as destination, because resolvers and proxies are inside `$HOME_NET`; it looks at
//! packets from `$HOME_NET` when it comes from indicators. Addresses as destinations are `$HOME_NET -> [..]`, as sources
//! `[..] -> $HOME_NET`. `$HTTP_PORTS` is never used: protocols are found on any port.
//!
//! # Expressions
//!
//! An expression is printed from its tree (`lower/dialect.rs`), behind a text that every match holds (`lower/regex.rs`). PCRE compares bytes
//! here, so a character outside ASCII is a sequence of bytes and `.` takes a whole one; `\d`, `\w` and `\b` are those of ASCII, with a note.
//! The engine holds `http.host`, JA3 and JA4 in lower case and refuses capitals and flags for case there. It gives a match up after 3,500
//! steps (`pcre.match-limit`), so what is one class is printed as one.
//!
//! # How it escapes
//!
//! Bytes in `content` that mean something there (`" ; \ | :`), control bytes and all outside ASCII are written in hex between pipes.
//! `msg` has a backslash before `" ; \`. Expressions write `"` and `;` in hex. `metadata` and keys have no escapes, so
//! everything but letters, digits and `_.+-` becomes `_`. Links are percent-escaped. See `print.rs`, the only place that writes.
//!
//! # Limits
//!
//! A line has 8,191 bytes (`DETECT_MAX_RULE_SIZE`), a content 4,000 here; 100 addresses stand in one rule, more than 5,000
//! in a data set with a threshold; above 500 values of one buffer a data set takes over. Names of classes are those of the
//! stock `classification.config`, keys of metadata those of Emerging Threats.
//!
//! Start with [`Suricata`], then `lower.rs`.

pub mod ast;
pub mod carried;
mod engine;
mod judge;
mod lower;
mod pack;
mod print;
mod profiles;
mod replay;
mod settings;
mod traffic;
mod variables;
mod verify;

use backend::{
    About, Asked, Capabilities, Cx, Fault, Hearing, Job, Judgement, Language, Lowered, Package, Packed, Packing, Printed, Profile, Programs, Refusal,
    Section,
};
use ir::Detection;

/// Rules for Suricata.
#[derive(Clone, Copy, Debug, Default)]
pub struct Suricata;

static ABOUT: About = About {
    id: "suricata",
    title: "Suricata",
    profiles: &profiles::PROFILES,
    codes: lower::CODES,
    rule_limit: Some(backend::RuleLimit::Bytes(print::MAX_LINE)),
};

impl Language for Suricata {
    type Tree = ast::Rule;
    // A line needs its number, and the name of a list that several rules share.
    type Text = ast::Rule;

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities {
        profiles::capabilities(profile)
    }

    fn tries_everything(&self) -> bool {
        true
    }

    fn has_field_names(&self) -> bool {
        false
    }

    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<ast::Rule>, Refusal> {
        lower::lower(detection, cx)
    }

    fn render(&self, tree: ast::Rule, _: &Detection, _: &Job<'_>) -> ast::Rule {
        tree
    }

    fn assemble(&self, rules: Vec<Lowered<ast::Rule>>, job: &Job<'_>, numbers: &mut Section) -> Printed {
        print::print(rules, job, numbers)
    }

    fn verify_native(&self, profile: &'static Profile, printed: &Printed) -> Vec<Fault> {
        verify::verify(printed, profile)
    }

    fn ask(&self, printed: &Printed, profile: &'static Profile, programs: &dyn Programs) -> Asked {
        engine::ask(printed, profile, programs)
    }

    fn packages(&self) -> &'static [Package] {
        &pack::PACKAGES
    }

    fn pack(&self, _: &'static Package, packing: &Packing<'_>) -> Packed {
        pack::pack(packing)
    }

    fn judge(&self, hearing: &Hearing<'_>) -> Vec<Judgement> {
        judge::run(hearing)
    }

    fn replay(&self, hearing: &Hearing<'_>, judgements: &mut [Judgement], programs: &dyn Programs) -> Option<Result<String, String>> {
        Some(replay::run(hearing, judgements, programs))
    }
}
