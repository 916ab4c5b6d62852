//! What can a column hold?

use ir::{Direction, Role};

use super::want::Want;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The value.
    Value,
    /// A STIX pattern.
    Pattern,
    /// The first address of a range.
    RangeStart,
    /// The last address of a range.
    RangeEnd,
    /// The mask of the network in its row.
    Netmask,
    /// A value of one type, its end of a connection, and its role.
    Typed(Want, Option<Direction>, Option<Role>),
    /// A name that is the value where no other column is.
    Name,
    /// The value's type.
    Kind,
    /// A remark.
    Note,
    /// Words that tell the role.
    Role,
    /// The end of a connection.
    Direction,
    /// When the value began to hold.
    ValidFrom,
    /// When it ceased to hold.
    ValidUntil,
    /// A marking.
    Tlp,
    /// A degree of confidence.
    Confidence,
    /// Whether the value is meant for detection.
    ToIds,
    /// ATT&CK techniques.
    Attack,
    /// A port.
    Port,
    /// The feed's title.
    Title,
    /// The feed's id.
    Id,
    /// The feed's date.
    Date,
    /// Names of actors.
    Actors,
    /// Names of malware.
    Malware,
    /// Tags such as `tlp:clear`.
    Tags,
    /// A link.
    Reference,
    /// CVE ids.
    Cve,
    /// Words of a verdict or a status: `active`, `Allowed`, `falsepos`.
    Status,
    /// Whether the value counts.
    Active,
    /// Whether the author took the value back, or never meant it.
    Revoked,
    /// The day on which the author took the value back.
    RevokedOn,
    /// A marking or a verdict, such as a column called `classification` has.
    Marking,
    /// Anything that only command-and-control servers have.
    C2,
}
