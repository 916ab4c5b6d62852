//! How can a field be compared, and with what?

use ir::FieldKind;

use super::cursor::Spanned;

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    In,
    Contains,
    Starts,
    Ends,
    Glob,
    Matches,
    Under,
    Less,
    AtMost,
    More,
    AtLeast,
    Exists,
    Absent,
}

impl Operator {
    pub(crate) const ALL: [(Self, &'static str); 15] = [
        (Self::Equal, "=="),
        (Self::NotEqual, "!="),
        (Self::In, "in"),
        (Self::Contains, "contains"),
        (Self::Starts, "starts"),
        (Self::Ends, "ends"),
        (Self::Glob, "glob"),
        (Self::Matches, "matches"),
        (Self::Under, "under"),
        (Self::Less, "<"),
        (Self::AtMost, "<="),
        (Self::More, ">"),
        (Self::AtLeast, ">="),
        (Self::Exists, "exists"),
        (Self::Absent, "absent"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(operator, _)| *operator == self).map_or("", |(_, name)| name)
    }

    /// Whether the operator says something about a field of this kind; every operator may about a field only the log knows.
    pub(crate) fn fits(self, kind: Option<FieldKind>) -> bool {
        use FieldKind as K;
        let Some(kind) = kind else { return true };
        match self {
            Self::Exists | Self::Absent | Self::Equal | Self::NotEqual => true,
            Self::In => kind != K::Flag,
            Self::Contains | Self::Starts | Self::Ends | Self::Glob | Self::Matches => {
                matches!(kind, K::Text | K::Path | K::UrlPath | K::Domain | K::Url)
            }
            Self::Under => matches!(kind, K::Path | K::UrlPath | K::Domain | K::Address),
            Self::Less | Self::AtMost | Self::More | Self::AtLeast => kind == K::Number,
        }
    }
}

/// A value as it was written.
#[derive(Clone, Debug)]
pub(crate) enum Written<'a> {
    /// In quotes.
    Quoted(String),
    /// Without quotes.
    Bare(&'a str),
    /// Between slashes.
    Regex(String),
    /// Another field, behind `$`.
    Field(&'a str),
}

/// A value and where it was written.
pub(crate) type Value<'a> = Spanned<Written<'a>>;
