//! What is said when something cannot stand in the file? The key, what is wrong with it, and what was probably meant.
//!
//! serde says what does not fit as data, so that no message of another library reaches a person.

use std::fmt;
use std::ops::Range;

use serde::de::{self, Expected, Unexpected};

use super::examples;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The keys from the top of the file to what is wrong.
    pub(super) path: Vec<String>,
    /// The bytes, where they are known without the path.
    pub(super) span: Option<Range<usize>>,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A whole sentence.
    Said(String),
    /// What stands there, and what could.
    Kind { found: String, wanted: String },
    /// A key that is not known, and those that are.
    Key { key: String, known: Vec<&'static str> },
    /// A word that is not known, and those that are.
    Word { word: String, known: Vec<&'static str> },
    /// A key that has to be there.
    Missing(&'static str),
}

impl Wrong {
    /// A sentence about what stands at these keys.
    pub(super) fn at(path: &[&str], why: impl Into<String>) -> Self {
        Self { path: path.iter().map(|key| (*key).to_owned()).collect(), span: None, what: What::Said(why.into()) }
    }

    /// The same below another key.
    pub(super) fn below(mut self, keys: &[&str]) -> Self {
        self.path.splice(0..0, keys.iter().map(|key| (*key).to_owned()));
        self
    }

    pub(super) fn of(what: What) -> Self {
        Self { path: Vec::new(), span: None, what }
    }

    /// The same, as it was found below a key whose value stands there.
    pub(super) fn within(mut self, key: &str, span: Range<usize>) -> Self {
        self.path.insert(0, key.to_owned());
        self.span.get_or_insert(span);
        self
    }

    /// The sentence, with the line in front where the file has one for it.
    pub(super) fn sentence(&self, line: Option<usize>) -> String {
        let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let name = self.path.join(".");
        let example = examples::of(&self.path).map(|example| format!("; an example is `{example}`")).unwrap_or_default();
        let said = match &self.what {
            What::Said(said) => said.clone(),
            What::Kind { found, wanted } if name.is_empty() => format!("{wanted} stands here, not {found}"),
            What::Kind { found, wanted } => format!("`{name}` is {wanted}, not {found}{example}"),
            What::Key { key, known } => unknown(&format!("`{key}` is no key{}", place(&name)), key, known),
            What::Word { word, known } => unknown(&format!("`{word}` cannot stand in `{name}`"), word, known),
            What::Missing(key) => format!("`{key}` is missing in `[{name}]`{example}"),
        };
        format!("{line}{said}")
    }
}

fn place(name: &str) -> String {
    if name.is_empty() { " of the file".to_owned() } else { format!(" of `[{name}]`") }
}

/// A sentence about a word that is not known, and the word that was probably meant.
pub(super) fn unknown(fact: &str, word: &str, known: &[&str]) -> String {
    match source::nearest(word, known.iter().copied()) {
        Some(name) => format!("{fact}; did you mean `{name}`?"),
        None if known.is_empty() => fact.to_owned(),
        None => format!("{fact}; known are {}", source::list(known)),
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.sentence(None))
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(said: T) -> Self {
        Self::of(What::Said(said.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::of(What::Kind { found: what(found), wanted: kind(&wanted.to_string()) })
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::invalid_type(found, wanted)
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::of(What::Key { key: key.to_owned(), known: known.to_vec() })
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::of(What::Word { word: word.to_owned(), known: known.to_vec() })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::of(What::Missing(key))
    }
}

/// What was found, in words.
fn what(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number {value}"),
        Unexpected::Signed(value) => format!("the number {value}"),
        Unexpected::Float(value) => format!("the number {value}"),
        Unexpected::Char(value) => format!("the text `{value}`"),
        Unexpected::Str(value) => format!("the text `{value}`"),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        _ => "a value of another kind".to_owned(),
    }
}

/// What was wanted, in words: serde names types of Rust.
fn kind(wanted: &str) -> String {
    match wanted {
        "a string" => "a text in quotes".to_owned(),
        "a sequence" => "a list in brackets".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a map" => "a table".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        _ if wanted.starts_with("struct ") => "a table".to_owned(),
        _ if wanted.starts_with("enum ") || wanted.contains("variant") => "a word in quotes".to_owned(),
        _ => wanted.to_owned(),
    }
}
