//! What is known about a feed before it is read?

use ir::{Direction, ObservableKind, Role};

/// Names of columns, for tables whose header does not speak for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The value.
    pub value: Option<String>,
    /// Its type.
    pub kind: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// What the value was to the attacker.
    pub role: Option<String>,
    /// On which end of a connection it stands.
    pub direction: Option<String>,
    /// When it began to hold.
    pub valid_from: Option<String>,
    /// When it ceased to hold.
    pub valid_until: Option<String>,
    /// How sure the author is: `low`, `medium`, `high`, or a number up to 100.
    pub confidence: Option<String>,
    /// Who may read it.
    pub tlp: Option<String>,
    /// ATT&CK techniques.
    pub attack: Option<String>,
    /// A port that belongs to the address.
    pub port: Option<String>,
}

impl Mapping {
    /// Every key with the column it names, in the order of the fields.
    #[must_use]
    pub fn entries(&self) -> [(&'static str, Option<&str>); 11] {
        [
            ("value", self.value.as_deref()),
            ("kind", self.kind.as_deref()),
            ("note", self.note.as_deref()),
            ("role", self.role.as_deref()),
            ("direction", self.direction.as_deref()),
            ("valid_from", self.valid_from.as_deref()),
            ("valid_until", self.valid_until.as_deref()),
            ("confidence", self.confidence.as_deref()),
            ("tlp", self.tlp.as_deref()),
            ("attack", self.attack.as_deref()),
            ("port", self.port.as_deref()),
        ]
    }
}

/// What is known about a feed before it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The type of every value; rows of another type are listed.
    pub kind: Option<ObservableKind>,
    /// What the values were to the attacker.
    pub role: Role,
    /// On which end of a connection they stand.
    pub direction: Direction,
    /// Which columns to read.
    pub mapping: Mapping,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { kind: None, role: Role::Unknown, direction: Direction::Either, mapping: Mapping::default() }
    }
}
