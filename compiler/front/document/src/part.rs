//! What is a part of a file, and how large may it become?

/// The most bytes that all files of an archive may have together.
pub(super) const MAX_UNPACKED: u64 = 256 << 20;

/// How a part is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The file's name and the text itself tell.
    Text,
    /// It is a table, as CSV.
    Table,
    /// It is prose.
    Prose,
}

/// A text that a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called within the file: a sheet's name. `None` for the whole file.
    pub name: Option<String>,
    /// The text.
    pub text: String,
    /// How it is to be read.
    pub form: Form,
}

impl Part {
    pub(super) fn whole(text: String, form: Form) -> Self {
        Self { name: None, text, form }
    }
}
