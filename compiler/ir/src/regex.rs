//! Regular expressions as trees.

use std::fmt;

use regex_syntax::ast::Ast;
use regex_syntax::hir::Hir;

use crate::Case;

/// The longest regular expression accepted, in bytes.
pub const MAX_REGEX: usize = 4096;
/// The deepest nesting accepted.
const MAX_DEPTH: u32 = 64;
/// The largest compiled form accepted, in bytes.
const MAX_COMPILED: usize = 4 << 20;

/// A regular expression in the common subset of RE2 and PCRE (the syntax of the `regex` crate), searched for anywhere
/// in a value unless it is anchored.
#[derive(Clone)]
pub struct Regex {
    text: Box<str>,
    ast: Ast,
    case: Case,
    compiled: ::regex::bytes::Regex,
}

impl Regex {
    /// Parses a regular expression.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, in one line, when it does not parse or is too large.
    pub fn parse(text: &str, case: Case) -> Result<Self, String> {
        if text.len() > MAX_REGEX {
            return Err(format!("the expression has {} bytes, more than {MAX_REGEX}", text.len()));
        }
        let ast =
            regex_syntax::ast::parse::ParserBuilder::new().nest_limit(MAX_DEPTH).build().parse(text).map_err(|error| error.kind().to_string())?;
        let compiled = ::regex::bytes::RegexBuilder::new(text)
            .case_insensitive(case == Case::Insensitive)
            .nest_limit(MAX_DEPTH)
            .size_limit(MAX_COMPILED)
            .build()
            .map_err(|error| error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())?;
        Ok(Self { text: text.into(), ast, case, compiled })
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The tree, for printers that re-print it in another dialect.
    #[must_use]
    pub fn ast(&self) -> &Ast {
        &self.ast
    }

    /// Whether case counts.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// Whether it matches anywhere in `text`.
    #[must_use]
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.compiled.is_match(text)
    }

    /// The expression as it is searched for in the bytes of a file: `.` is one byte, `\w` and case are ASCII's. `None` when
    /// it cannot be said of bytes.
    #[must_use]
    pub fn over_bytes(&self, nocase: bool) -> Option<::regex::bytes::Regex> {
        let tree = self.bytes_tree(nocase || self.case == Case::Insensitive).ok()?;
        ::regex::bytes::RegexBuilder::new(&tree.to_string()).unicode(false).size_limit(MAX_COMPILED).build().ok()
    }

    /// The expression as a tree over bytes, with every flag of its own worked in; `nocase` is taken instead of its case.
    ///
    /// # Errors
    ///
    /// Says in one line what cannot be said of bytes: a class of characters beyond ASCII, for instance.
    pub fn bytes_tree(&self, nocase: bool) -> Result<Hir, String> {
        regex_syntax::hir::translate::TranslatorBuilder::new()
            .unicode(false)
            .utf8(false)
            .case_insensitive(nocase)
            .build()
            .translate(&self.text, &self.ast)
            .map_err(|error| error.kind().to_string())
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}", self.text, if self.case == Case::Insensitive { "i" } else { "" })
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.case == other.case
    }
}

impl Eq for Regex {}

impl PartialOrd for Regex {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Regex {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.text, self.case).cmp(&(&other.text, other.case))
    }
}

impl std::hash::Hash for Regex {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.text, self.case).hash(state);
    }
}
