//! What can a value be for in its document?

/// What a value is for in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentRole {
    /// It points at the attacker.
    Indicator,
    /// A link to another text.
    Citation,
    /// The publisher of this document, or of another about threats.
    Publisher,
    /// A vendor of software, or a place for its documentation.
    Vendor,
    /// An account or a post on social media.
    SocialMedia,
    /// Where to write to.
    Contact,
    /// It belongs to those who were attacked.
    Victim,
    /// Ordinary traffic reaches it.
    Benign,
    /// It is the name of a file, although it reads like a host.
    FileName,
    /// It is the name that an antivirus gives.
    DetectionName,
    /// It is the version of a program.
    Version,
    /// It is mentioned, and nothing says that it is the attacker's.
    Documentation,
}

impl DocumentRole {
    /// Every role with its name.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::Indicator, "indicator"),
        (Self::Citation, "citation"),
        (Self::Publisher, "publisher"),
        (Self::Vendor, "vendor"),
        (Self::SocialMedia, "social-media"),
        (Self::Contact, "contact"),
        (Self::Victim, "victim"),
        (Self::Benign, "benign"),
        (Self::FileName, "file-name"),
        (Self::DetectionName, "detection-name"),
        (Self::Version, "version"),
        (Self::Documentation, "documentation"),
    ];

    /// The role's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }
}
