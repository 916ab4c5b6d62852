//! What do MISP's machine tags and galaxies tell: a marking, actors, malware?

use ir::Tlp;

use super::words;

/// What tags tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags {
    pub(super) tlp: Option<Tlp>,
    /// A marking that is not known.
    pub(super) unknown: Option<String>,
    pub(super) actors: Vec<String>,
    pub(super) malware: Vec<String>,
}

/// Reads a cell of tags: `tlp:clear`, `x:TLP="white"`, `misp-galaxy:threat-actor="APT31"`.
pub(super) fn read_cell(cell: &str) -> Tags {
    let mut found = Tags::default();
    for tag in words::tags(cell) {
        read_tag(tag, &mut found);
    }
    found
}

/// The marking that TheHive writes as a number. Version 4 has red at 3 and version 5 at 4, with `amber+strict` at 3: the stricter counts.
pub(super) fn numbered(number: &str) -> Option<Tlp> {
    Some(match number {
        "0" => Tlp::Clear,
        "1" => Tlp::Green,
        "2" => Tlp::Amber,
        "3" | "4" => Tlp::Red,
        _ => return None,
    })
}

/// Reads one machine tag.
pub(super) fn read_tag(tag: &str, found: &mut Tags) {
    let (name, value) = match tag.split_once('=') {
        Some((name, value)) => (name.trim(), value.trim().trim_matches('"')),
        None if words::begins_with_tlp(tag) => tag.split_at(3),
        None => match tag.rsplit_once(':') {
            Some((name, value)) => (name, value),
            None => return,
        },
    };
    let last = name.rsplit(':').next().unwrap_or(name);
    if last.eq_ignore_ascii_case("tlp") {
        match Tlp::read(value) {
            None => found.unknown = Some(tag.to_owned()),
            tlp => found.tlp = found.tlp.max(tlp),
        }
    } else if let Some(kind) = name.strip_prefix("misp-galaxy:") {
        read_cluster(kind, value, found);
    }
}

/// A galaxy's cluster: an actor or a malware family; ATT&CK's own id behind the name is cut off.
pub(super) fn read_cluster(kind: &str, value: &str, found: &mut Tags) {
    let name = || match value.rsplit_once(" - ") {
        Some((name, id)) if id.len() == 5 && id.starts_with(['G', 'S']) => name.to_owned(),
        _ => value.to_owned(),
    };
    let kind = ["mitre-", "enterprise-attack-", "mobile-attack-"].iter().fold(kind, |kind, prefix| kind.strip_prefix(prefix).unwrap_or(kind));
    match kind {
        "threat-actor" | "intrusion-set" | "microsoft-activity-group" | "360net-threat-actor" => found.actors.push(name()),
        "malware" | "tool" | "malpedia" | "rat" | "ransomware" | "banker" | "botnet" | "stealer" | "backdoor" | "exploit-kit" | "android"
        | "cryptominers" => {
            found.malware.push(name());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_marking_actor_and_malware() {
        let found = read_cell(
            "cossi:TLP=\"white\", misp-galaxy:threat-actor=\"APT0\", misp-galaxy:mitre-malware=\"Evil - S0000\", misp-galaxy:mitre-intrusion-set=\"Bad - G0000\"",
        );
        assert_eq!((found.tlp, found.actors, found.malware), (Some(Tlp::Clear), vec!["APT0".to_owned(), "Bad".to_owned()], vec!["Evil".to_owned()]));
    }
}
