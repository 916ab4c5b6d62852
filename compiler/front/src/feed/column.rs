//! What does a column hold, by its name?

use ir::{Direction, ObservableKind};

use super::kind::{self, Want};
use super::words::spaced;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The value.
    Value,
    /// A STIX pattern.
    Pattern,
    /// A value of one type, and its end of a connection.
    Typed(Want, Option<Direction>),
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
    /// Whether the author took the value back.
    Revoked,
    /// Anything that only command-and-control servers have.
    C2,
}

/// Names as [`spaced`] writes them, trimmed.
const NAMES: [(&str, Column); 105] = [
    ("value", Column::Value),
    ("ioc", Column::Value),
    ("iocs", Column::Value),
    ("ioc value", Column::Value),
    ("indicator", Column::Value),
    ("indicators", Column::Value),
    ("indicator value", Column::Value),
    ("indicator of compromise", Column::Value),
    ("observable", Column::Value),
    ("observables", Column::Value),
    ("observable value", Column::Value),
    ("attribute value", Column::Value),
    ("artifact", Column::Value),
    ("data", Column::Value),
    ("signature value", Column::Value),
    ("signature component value", Column::Value),
    ("pattern", Column::Pattern),
    ("stix pattern", Column::Pattern),
    ("name", Column::Name),
    ("type", Column::Kind),
    ("kind", Column::Kind),
    ("ioc type", Column::Kind),
    ("indicator type", Column::Kind),
    ("entity type", Column::Kind),
    ("observable type", Column::Kind),
    ("observable types", Column::Kind),
    ("attribute type", Column::Kind),
    ("data type", Column::Kind),
    ("signature type", Column::Kind),
    ("signature component type", Column::Kind),
    ("note", Column::Note),
    ("notes", Column::Note),
    ("comment", Column::Note),
    ("comments", Column::Note),
    ("description", Column::Note),
    ("context", Column::Note),
    ("remark", Column::Note),
    ("remarks", Column::Note),
    ("details", Column::Note),
    ("listingreason", Column::Note),
    ("signature description", Column::Note),
    ("signature component description", Column::Note),
    ("role", Column::Role),
    ("kill chain", Column::Role),
    ("kill chain phase", Column::Role),
    ("kill chain phases", Column::Role),
    ("category", Column::Role),
    ("threat", Column::Role),
    ("threat type", Column::Role),
    ("direction", Column::Direction),
    ("valid from", Column::ValidFrom),
    ("start of validity", Column::ValidFrom),
    ("valid until", Column::ValidUntil),
    ("valid to", Column::ValidUntil),
    ("end of validity", Column::ValidUntil),
    ("expires", Column::ValidUntil),
    ("expiration", Column::ValidUntil),
    ("expiration date", Column::ValidUntil),
    ("expiry date", Column::ValidUntil),
    ("tlp", Column::Tlp),
    ("event tlp", Column::Tlp),
    ("confidence", Column::Confidence),
    ("confidence level", Column::Confidence),
    ("confidence score", Column::Confidence),
    ("to ids", Column::ToIds),
    ("attack", Column::Attack),
    ("att ck", Column::Attack),
    ("mitre", Column::Attack),
    ("mitre attack", Column::Attack),
    ("mitre att ck", Column::Attack),
    ("technique", Column::Attack),
    ("techniques", Column::Attack),
    ("ttp", Column::Attack),
    ("ttps", Column::Attack),
    ("port", Column::Port),
    ("dst port", Column::Port),
    ("dstport", Column::Port),
    ("dest port", Column::Port),
    ("destination port", Column::Port),
    ("title", Column::Title),
    ("event title", Column::Title),
    ("event title desensitized", Column::Title),
    ("event info", Column::Title),
    ("event uuid", Column::Id),
    ("event date", Column::Date),
    ("event apts", Column::Actors),
    ("actor", Column::Actors),
    ("actors", Column::Actors),
    ("threat actor", Column::Actors),
    ("threat actors", Column::Actors),
    ("malware", Column::Malware),
    ("malware family", Column::Malware),
    ("malware printable", Column::Malware),
    ("event metadata", Column::Tags),
    ("event tag", Column::Tags),
    ("attribute tag", Column::Tags),
    ("tags", Column::Tags),
    ("reference", Column::Reference),
    ("references", Column::Reference),
    ("link", Column::Reference),
    ("cve", Column::Cve),
    ("cves", Column::Cve),
    ("revoked", Column::Revoked),
    ("c2 status", Column::C2),
    ("c2 type", Column::C2),
];

/// Names of columns whose cells are values of one type on one end of a connection; others are read by [`kind::of_word`].
const ENDS: [(&str, ObservableKind, Direction); 14] = [
    ("dst ip", ObservableKind::Ip, Direction::Destination),
    ("dstip", ObservableKind::Ip, Direction::Destination),
    ("ip dst", ObservableKind::Ip, Direction::Destination),
    ("dest ip", ObservableKind::Ip, Direction::Destination),
    ("destination ip", ObservableKind::Ip, Direction::Destination),
    ("remote ip", ObservableKind::Ip, Direction::Destination),
    ("c2 ip", ObservableKind::Ip, Direction::Destination),
    ("src ip", ObservableKind::Ip, Direction::Source),
    ("srcip", ObservableKind::Ip, Direction::Source),
    ("ip src", ObservableKind::Ip, Direction::Source),
    ("source ip", ObservableKind::Ip, Direction::Source),
    ("attacker ip", ObservableKind::Ip, Direction::Source),
    ("sender email", ObservableKind::Email, Direction::Either),
    ("sender address", ObservableKind::Email, Direction::Either),
];

/// What a column of this name holds. Typing mistakes in longer names are forgiven: ANSSI's own header says `siganture.value`.
pub(super) fn by_name(name: &str) -> Option<Column> {
    let name = spaced(name);
    let name = name.trim();
    if let Some((_, column)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*column);
    }
    if let Some((_, kind, direction)) = ENDS.iter().find(|(known, ..)| *known == name) {
        let direction = Some(*direction).filter(|direction| *direction != Direction::Either);
        return Some(Column::Typed(Want::Kind(*kind), direction));
    }
    // `asn`, `path` or `user` beside a value are remarks on it, not values of their own.
    if let Some(want @ (Want::Kind(_) | Want::File)) = kind::of_word(name)
        && !matches!(want, Want::Kind(ObservableKind::Asn | ObservableKind::EmailSubject | ObservableKind::Service | ObservableKind::Task))
        && !matches!(name, "as" | "path" | "address" | "network")
    {
        return Some(Column::Typed(want, None));
    }
    let allowed = match name.len() {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    };
    if allowed == 0 {
        return None;
    }
    NAMES
        .iter()
        .filter(|(known, _)| known.len() >= 6 && known.len().abs_diff(name.len()) <= allowed)
        .map(|(known, column)| (strsim::damerau_levenshtein(known, name), *column))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, column)| column)
}

/// Whether a column can hold values.
pub(super) fn holds_values(column: Column) -> bool {
    matches!(column, Column::Value | Column::Pattern | Column::Typed(..) | Column::Name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood_with_their_typing_mistakes() {
        assert_eq!(by_name("siganture.value"), Some(Column::Value));
        assert_eq!(by_name(" Valid From"), Some(Column::ValidFrom));
        assert_eq!(by_name("Indicator_type"), Some(Column::Kind));
        assert_eq!(by_name("Destcription"), Some(Column::Note));
        assert_eq!(by_name("dst_ip"), Some(Column::Typed(Want::Kind(ObservableKind::Ip), Some(Direction::Destination))));
        assert_eq!(by_name("sha256_hash"), Some(Column::Typed(Want::Kind(ObservableKind::Sha256), None)));
        assert_eq!(by_name("domain creation"), None);
        assert_eq!(by_name("event.classification"), None);
        assert_eq!(by_name("signature_component.metedata"), None);
        assert_eq!(by_name("date"), None);
    }
}
