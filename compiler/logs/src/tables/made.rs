//! How is a column made that a table does not have as it is asked for?

/// A value that is computed from a table's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// By nobody: the table has the column.
    Own,
    /// A column of the table.
    Column(&'static str),
    /// A member of the JSON in `AdditionalFields`, as text.
    Additional(&'static str),
    /// The text under a name in the XML of `EventData`.
    Data(&'static str),
    /// A part of another value.
    Part(Part, &'static Made),
    /// The first of several that is not empty.
    First(&'static [Made]),
    /// Two values with a backslash between them.
    Path(&'static [Made; 2]),
    /// Pieces of the vendor's language around values.
    Pieces(&'static [Made]),
    /// The vendor's language.
    Vendor(&'static str),
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The number that it is.
    Number,
    /// A path's last part.
    LastName,
    /// What stands before a path's last separator.
    Directory,
    /// What follows the last dot of a path's last part.
    Extension,
    /// A digest in Sysmon's list of digests.
    Digest(&'static str),
    /// The host of a URL, or of text that may be a URL without a scheme.
    UrlHost,
    /// The port of a URL, when it is not the scheme's own.
    UrlPort,
    /// The path of a URL; `/` when it has none.
    UrlPath,
    /// The query of a URL.
    UrlQuery,
    /// An account's name without the domain before or behind it.
    AccountName,
    /// An account's domain: before a backslash, or behind an `@`.
    AccountDomain,
    /// A registry key with a short name of its hive; a user's own hive is `HKCU`, whoever the user is.
    ShortHive,
    /// A name without the dot of the root at its end.
    Unrooted,
}

impl Part {
    /// That part of a value.
    pub const fn of(self, made: &'static Made) -> Made {
        Made::Part(self, made)
    }
}

impl Made {
    /// Whether the table has the column itself.
    pub const fn is_own(&self) -> bool {
        matches!(self, Self::Own)
    }

    /// Whether the value stands in the XML of an event as a whole term or several.
    pub const fn is_in_data(&self) -> bool {
        matches!(self, Self::Data(_) | Self::Part(_, Self::Data(_)))
    }

    /// What the value is read from first, when it holds all of it.
    pub fn whole(&self) -> Option<&Self> {
        match self {
            Self::Column(_) | Self::Additional(_) | Self::Data(_) => Some(self),
            Self::Part(Part::Number | Part::Unrooted, of) => of.whole(),
            Self::First(list) => list.first()?.whole(),
            Self::Pieces(list) => list.iter().find_map(Self::whole),
            Self::Own | Self::Part(..) | Self::Path(_) | Self::Vendor(_) => None,
        }
    }
}
