//! Files for Zeek's Intelligence Framework: one value to a line, with its type and what is known about it.
//!
//! # What the language is good at
//!
//! A line names a value and its type, and Zeek compares it with everything of that type that its scripts see on the wire: addresses, names,
//! URLs, digests. A million lines cost a table in memory. <https://docs.zeek.org/en/master/frameworks/intel.html>
//!
//! # What it cannot say
//!
//! - A line is one value. It has no second condition (a port, a size, an end of the connection), no order, no count and no negation, so only
//!   indicators become lines; behaviours, correlations and bytes are refused.
//! - Values are compared whole and without the case of ASCII letters (`find` and `insert_meta_data` in `base/frameworks/intel/main.zeek`):
//!   there are no holes, and a domain is that name alone, not what lies below it.
//! - Addresses are compared in established TCP connections, at both ends (`policy/frameworks/intel/seen/conn-established.zeek`), and in a few
//!   headers. An attempt, UDP and the end they stand at cannot be asked for. `meta.if_in` restricts notices, not matches.
//! - A URL has no scheme. HTTP is seen in the clear alone, as `HTTP::build_url` puts it together: see [`url`].
//! - Digests are MD5, SHA-1 and SHA-256 (`policy/frameworks/files/hash-all-files.zeek`), of certificates SHA-1 as `Intel::CERT_HASH`
//!   (`seen/x509.zeek`); a certificate is a file too, so its SHA-256 is a `Intel::FILE_HASH` (`base/files/x509/main.zeek` hashes it).
//! - The scripts that Zeek comes with know no JA3 and no JA4.
//!
//! # Who overwrites whom
//!
//! The source is the key of what is known about a value: a second line with the same value, type and source takes the place of the first
//! (`MetaData` in `main.zeek`). The source is the advisory's id, and a file holds each value of a type once.
//!
//! # How it escapes
//!
//! Columns are parted by tabs, lines by line feeds. The reader takes `\xNN` for a byte, `-` for nothing and a line that begins with `#` for a
//! comment (`src/input/readers/ascii/Ascii.cc`, `src/threading/formatters/Ascii.cc`, `get_unescaped_string` in `src/util.cc`); there is no
//! other escape. See `print.rs`, the only place that writes.
//!
//! Start with [`Zeek`], then `lower.rs`.

pub mod ast;
mod lower;
mod print;
mod profiles;
mod url;
mod verify;

use backend::{About, Capabilities, Cx, Fault, Job, Language, Lowered, Printed, Profile, Refusal, Section};
use ir::Detection;

/// Zeek's Intelligence Framework.
#[derive(Clone, Copy, Debug, Default)]
pub struct Zeek;

static ABOUT: About = About { id: "zeek", title: "Zeek Intelligence Framework", profiles: &[profiles::ZEEK], codes: lower::CODES, rule_limit: None };

impl Language for Zeek {
    type Tree = ast::List;
    type Text = print::Lines;

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn capabilities(&self, _: &'static Profile) -> &'static Capabilities {
        &profiles::CAPABILITIES
    }

    fn has_field_names(&self) -> bool {
        false
    }

    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<ast::List>, Refusal> {
        lower::lower(detection, cx)
    }

    fn render(&self, tree: ast::List, _: &Detection, job: &Job<'_>) -> print::Lines {
        print::lines(tree, job)
    }

    fn assemble(&self, rules: Vec<Lowered<print::Lines>>, _: &Job<'_>, _: &mut Section) -> Printed {
        print::files(rules)
    }

    fn verify_native(&self, _: &'static Profile, printed: &Printed) -> Vec<Fault> {
        verify::verify(printed)
    }
}
