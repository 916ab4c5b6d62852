//! YARA rules for files: what is in them, how large they are, which digest they have.
//!
//! YARA is good at bytes: text, wide text, hex strings with holes, regular expressions, counted and placed, combined by
//! any condition. It sees nothing else. A rule knows no name or path of a file (the external variables `filename` and
//! `filepath` are there in some scanners only, and an undefined one stops the whole file from compiling), no log, no
//! order of events; those detections are refused here and live in other languages.
//!
//! **Two engines.** Every file compiles without error or warning in YARA-X, which reads each one back in [`verify`], and in
//! classic YARA 4.x. Where they differ, only what both accept is printed:
//! - classic YARA's regular expressions have no inline flags, no classes of Unicode, no empty alternative, at most 128
//!   branching points and repeats below 32,767 (<https://yara.readthedocs.io/en/stable/writingrules.html#regular-expressions>);
//!   expressions are re-printed from the tree over bytes, so a flag becomes a class or `nocase`, and `.*`, which classic
//!   YARA warns about, becomes `[^\n]*`, which means the same;
//! - YARA-X wants printable hex strings as text (`text_as_hex`) and no value twice (`duplicate_pattern_value`);
//! - both warn about patterns without two or more rare bytes in a row, see [`quality`]; such a pattern becomes a read at
//!   its offset when it has one, and is refused when it has none;
//! - a read beyond the end of the file, `pe.imphash()` of another kind of file and (classic only) the digest of an empty
//!   file are *undefined*, and classic YARA's `not` keeps undefined undefined: under a `not` each of them stands behind a
//!   test that makes it defined.
//!
//! **Escapes.** A text string and a meta value are the same literal: `\"`, `\\`, `\t`, `\n` and `\xNN`; every byte outside
//! printable ASCII is an escape in a string. A regular expression escapes its own signs and `/`. Nothing that comes from a
//! description is ever printed into a comment.
//!
//! **Wide text.** YARA's `wide` puts a zero byte behind each byte, which is UTF-16 for ASCII only. Other text is looked for
//! as the bytes of its UTF-16LE form.
//!
//! **Digests.** An or-chain of `hash.sha256(0, filesize) == "..."` costs one digest of the file: both engines keep it.
//! 1,000 digests make one rule, up to 10,000 make rules of 1,000, more make a hash list and no rule. The `hash` module has
//! no SHA-512 (<https://yara.readthedocs.io/en/stable/modules/hash.html>).
//!
//! **Without the engine.** The feature `engine` can be left out. Then files are read for their form only, each detection that has a rule says
//! `verify.skipped`, and nothing is judged.
//!
//! **Style.** Names, order of meta values, names of strings and cheap conditions first follow the community's guide
//! (<https://github.com/Neo23x0/YARA-Style-Guide>).
//!
//! Start with [`lower`], then [`pattern`].

pub mod ast;
pub mod carried;
#[cfg_attr(not(feature = "engine"), path = "engine_left_out.rs")]
mod engine;
mod judge;
mod lower;
mod name;
mod pack;
#[cfg(feature = "engine")]
mod parts;
mod pattern;
mod print;
mod profiles;
mod quality;
mod regex;
mod shard;
mod verify;

use backend::{
    About, Capabilities, Cx, Fault, Hearing, Job, Judgement, Lowered, Package, Packed, Packing, Printed, Profile, Refusal, Section, VerifySkipped,
};
use ir::Detection;

/// YARA, classic 4.x and YARA-X.
#[derive(Clone, Copy, Debug, Default)]
pub struct Yara;

static ABOUT: About = About {
    id: "yara",
    title: "YARA",
    profiles: &[profiles::YARA],
    codes: &[
        &lower::CARRIED_GLOBAL,
        &lower::CONSTANT,
        &lower::CORRELATION,
        &lower::MANY_STRINGS,
        &lower::NATIVE_WARNING,
        &pattern::FULLWORD,
        &pattern::PATTERN,
        &pattern::SHORT,
        &pattern::SLOW,
        &regex::REGEX,
        &shard::HASH_LIST,
    ],
    rule_limit: None,
};

impl backend::Language for Yara {
    type Tree = ast::Item;
    type Text = print::Written;

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn capabilities(&self, _: &'static Profile) -> &'static Capabilities {
        &profiles::CAPABILITIES
    }

    fn tries_everything(&self) -> bool {
        true
    }

    fn has_field_names(&self) -> bool {
        false
    }

    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<ast::Item>, Refusal> {
        lower::lower(detection, cx)
    }

    fn render(&self, tree: ast::Item, _: &Detection, _: &Job<'_>) -> print::Written {
        print::written(tree)
    }

    fn assemble(&self, rules: Vec<Lowered<print::Written>>, job: &Job<'_>, _: &mut Section) -> Printed {
        print::files(rules, job)
    }

    fn verify_native(&self, _: &'static Profile, printed: &Printed) -> Vec<Fault> {
        verify::verify(printed)
    }

    fn verify_skipped(&self) -> Option<VerifySkipped> {
        engine::SKIPPED
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
}
