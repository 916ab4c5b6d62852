//! What can be said of a text in a build without YARA-X? Whether it is well formed; nothing is compiled, and nothing is run.

use std::collections::BTreeSet;

use backend::VerifySkipped;
use yara_x_parser::ast::{AST, Error, Item, WithSpan as _};

/// What a build without the engine cannot tell.
pub(crate) const SKIPPED: Option<VerifySkipped> = Some(VerifySkipped {
    why: "this program was built without the YARA engine, so the rules were read but not compiled",
    help: "a program that is built with the feature `yara-engine`, as it is by default, compiles them",
});

/// Why nothing is run.
const NO_ENGINE: &str = "this program was built without the YARA engine (the feature `yara-engine`)";

/// What was said about one file: each with the byte that it is about.
#[derive(Debug, Default)]
pub(crate) struct ReadFile {
    /// Why it is not well formed.
    pub(crate) errors: Vec<(String, Option<usize>)>,
    /// Nothing: only the engine warns.
    pub(crate) warnings: Vec<(String, Option<usize>)>,
}

/// Reads files, one after the other.
pub(crate) struct Reader;

impl Reader {
    /// A reader that has read nothing.
    pub(crate) fn new() -> Self {
        Self
    }

    /// Reads a file.
    #[expect(clippy::unused_self, reason = "the engine's reader, in whose place this one stands, keeps what it has read")]
    pub(crate) fn read(&mut self, _path: &str, text: &str) -> ReadFile {
        let tree = AST::from(text);
        let mut errors: Vec<(String, Option<usize>)> = tree.errors().iter().map(refused).collect();
        errors.extend(tree.items.iter().filter_map(|item| match item {
            Item::Include(include) => Some(("nothing is included from disk".to_owned(), Some(include.span().start()))),
            Item::Import(_) | Item::Rule(_) => None,
        }));
        ReadFile { errors, warnings: Vec::new() }
    }
}

/// Nothing is compiled here.
pub(crate) fn compiled(_: &[(&str, &str)]) -> Option<(&'static str, Vec<u8>)> {
    None
}

fn refused(error: &Error) -> (String, Option<usize>) {
    let (what, span) = match error {
        Error::SyntaxError { message, span }
        | Error::InvalidInteger { message, span }
        | Error::InvalidFloat { message, span }
        | Error::InvalidRegexpModifier { message, span }
        | Error::InvalidEscapeSequence { message, span } => (message.as_str(), span),
        Error::InvalidUTF8(span) => ("the text is no UTF-8", span),
        Error::UnexpectedEscapeSequence(span) => ("an escape is not possible here", span),
    };
    (what.to_owned(), Some(span.start()))
}

/// Rules that are ready to run: there are none.
pub(crate) enum Rules {}

impl Rules {
    /// Says that nothing is run.
    pub(crate) fn compile(_text: &str) -> Result<Self, String> {
        Err(NO_ENGINE.to_owned())
    }

    /// The ids of the rules that fit.
    pub(crate) fn scan(&self, _bytes: &[u8]) -> Result<BTreeSet<String>, String> {
        match *self {}
    }
}
