//! What does one cell of a table hold? One value, several, a labelled one, a pattern, or a sentence.

use ir::{Direction, Observable, ObservableKind};

use super::collect::{Collector, Facts};
use super::kind;
use super::stix_rules::Version;
use super::text::Text;
use super::want::{GUESS, Want};
use super::{stix, words};

/// Reads a cell: one value, several, a labelled one, a pattern, or a sentence that tells an address and a port.
pub(super) fn read(name: &str, want: Want, cell: &Text<'_>, port: Option<u16>, facts: &Facts, out: &mut Collector<'_>) {
    let mut piece = cell.trimmed();
    if piece.value.starts_with('[') && piece.value.ends_with(']') && piece.value.contains(':') && piece.value.contains('=') {
        stix::pattern(cell, Version::V20, facts, out);
        return;
    }
    let want = match want {
        Want::Guess { .. } if facts.note.as_deref().is_some_and(speaks_of_files) => Want::Guess { file: true },
        other => other,
    };
    let mut want = kind::beside(name, want, piece.value);
    // A digest of no kind beside `JA3 of the client` is that.
    if matches!(want, Want::Guess { .. } | Want::Kind(ObservableKind::Hash))
        && let Some(named) = facts.note.as_deref().and_then(digest_of)
        && out.reads(Want::Kind(ObservableKind::Hash), piece.value)
    {
        want = named;
    }
    if let Some((label, rest)) = piece.value.split_once(':')
        && label.len() <= 40
        && !rest.starts_with("//")
        && !out.reads(want, piece.value)
        && let Some(named) = kind::of_word(label)
    {
        piece = cell.slice(rest.trim());
        if matches!(want, Want::Guess { .. }) {
            want = named;
        }
    }
    if let Some((host, port)) = sentence(piece.value) {
        traffic(name, cell, host, port, facts, out);
        return;
    }
    if out.reads(want, piece.value) {
        if let (Some(port), Ok(Observable::Ip(mut address))) = (port, kind::parse(want, piece.value))
            && address.port.is_none()
            && address.is_single()
            && kind::not_one_value(want, piece.value).is_none()
        {
            address.port = Some(port);
            out.push(name, piece, Observable::Ip(address), facts);
            return;
        }
        let want = attachment(want, piece.value, facts);
        match port.filter(|_| kind::parse(want, piece.value).is_ok_and(|value| has_port_beside(&value))) {
            Some(port) => out.add(name, want, piece, &facts.remarked(&format!("port {port}"))),
            None => out.add(name, want, piece, facts),
        };
        return;
    }
    let several: Vec<&str> = piece.value.split([';', ',', '\n', '|', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let hash = Want::Kind(ObservableKind::Hash);
    let readable = |part: &str| out.reads(GUESS, part) || out.reads(hash, part);
    if several.len() > 1 && several.iter().filter(|part| readable(part)).count() * 2 > several.len() {
        for part in several {
            out.add(name, if out.reads(want, part) { want } else { GUESS }, cell.slice(part), facts);
        }
    } else {
        out.add(name, want, piece, facts);
    }
}

/// Beginnings of remarks that say of what a digest is, when it is not of a file.
const DIGESTS: [&str; 14] = [
    "ja3s",
    "ja3",
    "imphash",
    "import hash",
    "icon hash",
    "favicon hash",
    "rich header hash",
    "public key hash",
    "tls public key",
    "ssl public key",
    "jarm",
    "certificate thumbprint",
    "certificate fingerprint",
    "certificate serial",
];

fn digest_of(note: &str) -> Option<Want> {
    let folded = words::folded(note.get(..60).unwrap_or(note));
    let phrase = DIGESTS.iter().find(|phrase| folded.trim_start().strip_prefix(**phrase).is_some_and(|rest| rest.starts_with(' ')))?;
    kind::of_word(phrase)
}

/// Whether a port beside a value says something that the value itself does not.
fn has_port_beside(value: &Observable) -> bool {
    match value {
        Observable::Url(url) => url.port().is_none(),
        Observable::Domain(_) | Observable::Host(_) => true,
        _ => false,
    }
}

/// A file's name beside words that speak of an attachment is one.
fn attachment(want: Want, value: &str, facts: &Facts) -> Want {
    let attached = facts.note.as_deref().is_some_and(|note| words::spaced(note).contains(" attachment "));
    match want {
        Want::Guess { file } if attached && kind::guess(value, file) == Some(ObservableKind::FileName) => Want::Kind(ObservableKind::Attachment),
        other => other,
    }
}

fn speaks_of_files(note: &str) -> bool {
    let note = words::spaced(note);
    ["attachment", "file", "sample", "dropper", "archive"].iter().any(|word| note.contains(&format!(" {word} ")))
}

/// `Network traffic to 198.51.100.7 on port 443`.
fn sentence(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.strip_prefix("Network traffic to ")?.split_once(" on port ")?;
    Some((host.trim(), port.trim().parse().ok()?))
}

fn traffic(name: &str, cell: &Text<'_>, host: &str, port: u16, facts: &Facts, out: &mut Collector<'_>) {
    let piece = cell.slice(host);
    let facts = facts.towards(Some(Direction::Destination));
    match kind::parse(Want::Kind(ObservableKind::Ip), host) {
        Ok(Observable::Ip(mut address)) if address.is_single() && address.port.is_none() => {
            address.port = Some(port);
            out.push(name, piece, Observable::Ip(address), &facts);
        }
        _ => {
            if out.add(name, GUESS, piece, &facts.remarked(&format!("port {port}"))) {
                out.taken_apart(piece, format!("`{}` is looked for on every port, not only {port}", words::short(host)));
            }
        }
    }
}
