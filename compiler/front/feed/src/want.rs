//! What can a column or a type ask of its values?

use ir::ObservableKind;

/// What a column or a type asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// A value of this type.
    Kind(ObservableKind),
    /// A file's name or path; a separator tells which.
    File,
    /// A digest of a certificate; its length tells which.
    Certificate,
    /// The value's looks decide.
    Guess {
        /// Whether the words beside it speak of a file.
        file: bool,
    },
    /// No type of ours, with the reason.
    Nothing(&'static str),
}

/// The type is open.
pub(super) const GUESS: Want = Want::Guess { file: false };
