//! Which formats do feeds have?

/// A feed's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A table: ANSSI, MISP export, abuse.ch, vendors.
    Csv,
    /// One value a line: domains, addresses, `md5sum` output, hosts files.
    List,
    /// MISP events as JSON.
    Misp,
    /// STIX 2.0 and 2.1: bundle, envelope or one object a line.
    Stix,
    /// OpenIOC 1.0 and 1.1.
    OpenIoc,
    /// JSON of other kinds, read by its keys: OTX, ThreatFox, answers of vendors, lists of values.
    Json,
}

impl Format {
    /// Every format with its name.
    pub const ALL: [(Self, &'static str); 6] =
        [(Self::Csv, "csv"), (Self::List, "list"), (Self::Misp, "misp"), (Self::Stix, "stix"), (Self::OpenIoc, "openioc"), (Self::Json, "json")];

    /// The format with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(format, _)| *format)
    }

    /// The format's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, name)| name)
    }
}
