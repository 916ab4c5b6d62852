//! Which formats, columns, types and verdicts are read, as tables for the book?

use super::Format;
use super::column_kind::Column;
use super::column_words::{ENDS, NAMES, SERVERS};
use super::kind_words::KINDS;
use super::verdict_words::{Stands, VERDICTS};
use super::want::Want;

/// A row of a table: what words stand for, and the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What they stand for.
    pub meaning: String,
    /// The words, folded: lower case, without accents and signs.
    pub words: Vec<&'static str>,
}

/// Every format with its name for `--from` and `load`, and what is read of it.
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    Format::ALL.into_iter().map(|(format, name)| {
        let what = match format {
            Format::Csv => "tables separated by comma, semicolon, tab or bar, with Excel's `sep=` line, headers in comments, or none",
            Format::List => {
                "one value a line; digests of checksum tools; hosts files, AdBlock filters, response policy zones, dnsmasq, unbound, Spamhaus DROP, \
                 DShield, ranges of addresses"
            }
            Format::Misp => "events with objects, tags, galaxies, sightings and hits on warning lists",
            Format::Stix => "STIX 2.0 and 2.1: bundles, TAXII envelopes, one object a line; STIX 1 is refused by name",
            Format::OpenIoc => "OpenIOC 1.0 and 1.1",
            Format::Json => {
                "pulses of OTX, ThreatFox, URLhaus, Feodo, MalwareBazaar, Spamhaus DROP, Defender, CrowdStrike, the KEV catalogue, lists of values, objects by \
                 their keys; MISP's warning lists are refused by name"
            }
        };
        (name, what)
    })
}

/// The names of columns and keys, by what they hold.
pub fn columns() -> impl Iterator<Item = Words> {
    let named = NAMES.iter().map(|(column, names)| Words { meaning: column_meaning(*column).to_owned(), words: names.to_vec() });
    let ends =
        Words { meaning: "a value on one end of a connection, or of a sender".to_owned(), words: ENDS.iter().map(|(name, ..)| *name).collect() };
    named.chain([ends, Words { meaning: "command-and-control servers".to_owned(), words: SERVERS.to_vec() }])
}

/// The words for types; a value whose word has no type is listed with its reason.
pub fn kinds() -> impl Iterator<Item = Words> {
    KINDS.iter().map(|(want, names)| {
        let meaning = match want {
            Want::Kind(kind) => kind.name().to_owned(),
            Want::File => "filename or path".to_owned(),
            Want::Certificate => "cert-sha1 or cert-sha256".to_owned(),
            Want::Guess { .. } => "told by its looks".to_owned(),
            Want::Nothing(reason) => format!("listed: {reason}"),
        };
        Words { meaning, words: names.to_vec() }
    })
}

/// The words that take a value out, by where they have to stand.
pub fn verdicts() -> impl Iterator<Item = Words> {
    let places = [
        (Stands::Anywhere, "anywhere in a remark, unless denied"),
        (Stands::First, "at the beginning of a clause"),
        (Stands::Quality, "at the beginning of a clause, also before a noun"),
        (Stands::Alone, "as a whole clause"),
        (Stands::Status, "alone in a status"),
    ];
    places.into_iter().map(|(place, meaning)| Words {
        meaning: meaning.to_owned(),
        words: VERDICTS.iter().filter(|(_, stands)| *stands == place).map(|(phrase, _)| *phrase).collect(),
    })
}

/// What a column holds, in a few words.
fn column_meaning(column: Column) -> &'static str {
    match column {
        Column::Value => "the value",
        Column::Pattern => "a STIX pattern",
        Column::RangeStart => "the first address of a range",
        Column::RangeEnd => "the last address of a range",
        Column::Typed(..) => "a value of one type",
        Column::Name => "the value, where no other column is",
        Column::Kind => "the value's type",
        Column::Note => "a remark",
        Column::Role => "the role",
        Column::Direction => "the end of a connection",
        Column::ValidFrom => "when it began to hold",
        Column::ValidUntil => "when it ceases to hold",
        Column::Tlp => "a marking",
        Column::Netmask => "the mask of the network in its row",
        Column::Confidence => "a degree of confidence",
        Column::ToIds => "whether it is meant for detection",
        Column::Attack => "ATT&CK techniques",
        Column::Port => "a port",
        Column::Title => "the feed's title",
        Column::Id => "the feed's id",
        Column::Date => "the feed's date",
        Column::Actors => "names of actors",
        Column::Malware => "names of malware",
        Column::Tags => "tags",
        Column::Reference => "a link",
        Column::Cve => "CVE ids",
        Column::Status => "a status, an action or a verdict",
        Column::Active => "whether it counts",
        Column::Revoked => "whether it was taken back",
        Column::RevokedOn => "the day on which it was taken back",
        Column::Marking => "a marking or a verdict",
        Column::C2 => "anything that only command-and-control servers have",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::words::folded;

    #[test]
    fn every_word_stands_once_and_folded() {
        let mut seen = BTreeSet::new();
        for row in columns() {
            for word in row.words {
                assert_eq!(folded(word).trim(), word);
                assert!(seen.insert(word), "`{word}` names two columns");
            }
        }
        let mut seen = BTreeSet::new();
        for word in kinds().flat_map(|row| row.words) {
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{word}");
            assert!(seen.insert(word), "`{word}` names two types");
        }
        let mut seen = BTreeSet::new();
        for word in verdicts().flat_map(|row| row.words) {
            assert!(seen.insert(folded(word)), "`{word}` stands twice");
        }
        assert_eq!(formats().count(), Format::ALL.len());
    }
}
