//! What becomes of values that a feed ties together with AND?
//!
//! A digest tells the file whatever stands beside it, so the rest is context. An address and a port, a key and a value's
//! name, a folder and a file are one value. Addresses, names and URLs are strong enough to be looked for on their own,
//! which is said. Anything weaker alone (a file's name, a mutex) would fire elsewhere and is listed.

use ir::{Direction, Observable, ObservableKind, Role};

use super::collect::{Collector, Facts};
use super::kind;
use super::text::Piece;
use super::want::Want;
use super::words;

/// What a member of a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A value.
    Value(Want),
    /// The port of the address in its group.
    Port,
    /// The size of the file in its group.
    Size,
    /// The folder of the file in its group.
    Folder,
    /// The name of a value of the key in its group.
    ValueName,
    /// It only repeats the type of a value in its group.
    Tag,
    /// It cannot be looked for.
    Nothing(&'static str),
}

/// One value of a group, with what its path says.
#[derive(Clone, Debug)]
pub(super) struct Member<'t> {
    pub(super) part: Part,
    /// The type's name in the feed.
    pub(super) name: &'t str,
    pub(super) piece: Piece<'t>,
    pub(super) direction: Option<Direction>,
    pub(super) role: Option<Role>,
}

/// Why a protocol is listed.
pub(super) const PROTOCOL: &str = "a protocol alone is no indicator";
const DIGEST: &str = "the digest beside it tells the file; alone it would also match others";
const TIED: &str = "it only counts together with other values, and alone it would also match what is harmless";

impl Member<'_> {
    fn facts(&self, facts: &Facts) -> Facts {
        Facts { direction: facts.direction.or(self.direction), role: facts.role.or(self.role), ..facts.clone() }
    }

    fn is_digest(&self) -> bool {
        matches!(self.part, Part::Value(Want::Kind(kind)) if kind == ObservableKind::Imphash || kind::is_a(kind, ObservableKind::Hash))
            && kind::parse(self.want(), self.piece.value).is_ok()
    }

    fn is_strong(&self) -> bool {
        use ObservableKind as K;
        let strong = |kind| matches!(kind, K::Ip | K::Domain | K::Host | K::Url | K::Email | K::CertSha1 | K::CertSha256 | K::Ja4);
        matches!(self.part, Part::Value(Want::Kind(kind)) if strong(kind))
    }

    fn want(&self) -> Want {
        match self.part {
            Part::Value(want) => want,
            Part::Port => Want::Nothing("a port alone is no indicator"),
            Part::Size => Want::Nothing("a size alone is no indicator"),
            Part::Folder => Want::Nothing("a folder alone is no indicator"),
            Part::ValueName => Want::Nothing("the name of a registry value without its key is no indicator"),
            Part::Tag => Want::Nothing("it repeats the type of the value beside it"),
            Part::Nothing(reason) => Want::Nothing(reason),
        }
    }
}

/// Adds a group of values; one alone is simply added.
pub(super) fn add(members: &[Member<'_>], facts: &Facts, out: &mut Collector<'_>) {
    let members: Vec<&Member<'_>> = members.iter().filter(|member| member.part != Part::Tag).collect();
    if let [one] = members.as_slice() {
        out.add(one.name, one.want(), one.piece, &one.facts(facts));
        return;
    }
    if members.iter().any(|member| member.is_digest()) {
        return digests(&members, facts, out);
    }
    let (protocols, rest): (Vec<&Member<'_>>, Vec<&Member<'_>>) = members.iter().partition(|member| member.part == Part::Nothing(PROTOCOL));
    if as_one(&rest, facts, out) {
        return protocols.iter().for_each(|member| out.list(member.name, member.piece, PROTOCOL));
    }
    let ports: Vec<&str> = members.iter().filter(|member| member.part == Part::Port).map(|member| member.piece.value).collect();
    let strong = members.iter().filter(|member| member.is_strong()).count();
    for member in members {
        if member.is_strong() {
            let mut facts = member.facts(facts);
            if !ports.is_empty() {
                facts = facts.remarked(&format!("port {}", ports.join(", ")));
            }
            if out.add(member.name, member.want(), member.piece, &facts) {
                let rest = if strong > 1 { "the other values of its pattern" } else { "the rest of its pattern" };
                out.taken_apart(member.piece, format!("`{}` is looked for without {rest}", words::short(member.piece.value)));
            }
        } else {
            let reason = match member.want() {
                Want::Nothing(reason) => reason,
                _ => TIED,
            };
            out.list(member.name, member.piece, reason);
        }
    }
}

/// Values that are one: two of them, or an address and any of several ports.
fn as_one(members: &[&Member<'_>], facts: &Facts, out: &mut Collector<'_>) -> bool {
    if let [one, other] = members {
        return pair(one, other, facts, out) || pair(other, one, facts, out);
    }
    let (ports, others): (Vec<&Member<'_>>, Vec<&Member<'_>>) = members.iter().partition(|member| member.part == Part::Port);
    let [address] = others.as_slice() else { return false };
    // None is added unless each of them can be: an address has a port or it has none.
    let whole = ports.iter().all(|port| port.piece.value.parse::<u16>().is_ok_and(|port| port != 0));
    !ports.is_empty() && whole && ports.iter().all(|port| pair(address, port, facts, out))
}

/// The digests of a file stand for it; its size makes a rule cheaper, its name is a remark.
fn digests(members: &[&Member<'_>], facts: &Facts, out: &mut Collector<'_>) {
    let mut sizes = members.iter().filter(|member| member.part == Part::Size).filter_map(|member| member.piece.value.parse().ok());
    let size = sizes.next().filter(|_| sizes.next().is_none());
    let mut names = members.iter().filter(|member| matches!(member.part, Part::Value(Want::File))).map(|member| member.piece.value);
    let name = names.next().filter(|_| names.next().is_none());
    let note = match name {
        Some(name) => Some(words::joined(facts.note.as_deref(), name)),
        None => facts.note.clone(),
    };
    for member in members {
        if member.is_digest() {
            out.add(member.name, member.want(), member.piece, &Facts { size, note: note.clone(), ..member.facts(facts) });
        } else {
            out.list(member.name, member.piece, DIGEST);
        }
    }
}

/// Two values that are one: address and port, folder and file, key and value's name.
fn pair(one: &Member<'_>, other: &Member<'_>, facts: &Facts, out: &mut Collector<'_>) -> bool {
    let facts = one.facts(facts);
    let observable = match (one.part, other.part) {
        (Part::Value(want @ Want::Kind(ObservableKind::Ip)), Part::Port) => match (kind::parse(want, one.piece.value), other.piece.value.parse()) {
            (Ok(Observable::Ip(mut address)), Ok(port)) if address.is_single() && address.port.is_none() && port != 0 => {
                address.port = Some(port);
                Observable::Ip(address)
            }
            _ => return false,
        },
        (Part::Value(Want::File), Part::Folder) if !one.piece.value.contains(['/', '\\']) => {
            let folder = other.piece.value.trim_end_matches(['/', '\\']);
            let separator = if folder.contains('\\') || folder.ends_with(':') { '\\' } else { '/' };
            let path = format!("{folder}{separator}{}", one.piece.value);
            match kind::parse(Want::File, &path) {
                Ok(path_read) if kind::not_one_value(Want::File, &path).is_none() => path_read,
                _ => return false,
            }
        }
        (Part::Value(want @ Want::Kind(ObservableKind::Registry)), Part::ValueName) => match kind::parse(want, one.piece.value) {
            Err(_) if !other.piece.value.contains('*') => {
                let keys = kind::hives(one.piece.value);
                for key in &keys {
                    if let Ok(Observable::Registry { key, value: None }) = kind::parse(want, key) {
                        out.push(one.name, one.piece, Observable::Registry { key, value: Some(other.piece.value.to_owned()) }, &facts);
                    }
                }
                return !keys.is_empty();
            }
            Ok(Observable::Registry { key, value: None }) if !other.piece.value.contains('*') && !one.piece.value.contains('*') => {
                Observable::Registry { key, value: Some(other.piece.value.to_owned()) }
            }
            _ => return false,
        },
        _ => return false,
    };
    out.push(one.name, one.piece, observable, &facts);
    true
}
