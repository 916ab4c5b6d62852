//! What is a value for in its document? Evidence is added up; the strongest of it is the reason.
//!
//! Nothing decides alone but what cannot be otherwise (a private address, the digest of an empty file). A value written
//! defanged begins far in front, a published link far behind; the section, the list, the table, the words around and what
//! is known of the host move it from there.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ir::{Direction, Role, public_suffix};

use super::evidence::{self, Bundle, Link, Place};
use super::normal::{Defang, Normal};
use super::owner::{is_cleared, negated, owned};
use super::scale::Scale;
use super::scan::{Candidate, Form};
use super::structure::{Cue, Line, Shape, Structure, cue};
use super::words::{Hint, Hints};
use super::{DocumentRole, Kind, hosts, port};

/// What was decided.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) kind: Kind,
    pub(super) role: DocumentRole,
    pub(super) indicator_role: Role,
    pub(super) direction: Direction,
    pub(super) said: bool,
    pub(super) note: Option<String>,
    /// The ports that a column of its table gives.
    pub(super) ports: Vec<u16>,
    pub(super) cited: bool,
    pub(super) reason: String,
}

/// How far words count, in bytes, before and behind a value.
const REACH_BEFORE: usize = 90;
const REACH_BEHIND: usize = 60;

/// How far cells of the same row count.
const REACH_ROW: usize = 300;

/// Words; a set.
#[derive(Clone, Copy, Default)]
struct Words(u32);

impl Words {
    fn add(&mut self, hint: Hint) {
        self.0 |= 1 << hint as u32;
    }

    fn has(self, hint: Hint) -> bool {
        self.0 & 1 << hint as u32 != 0
    }
}

/// The words near a value.
#[derive(Clone, Copy, Default)]
struct Near {
    /// In other cells of its row, or in a comment behind it.
    cells: Words,
    /// In its sentence.
    sentence: Words,
    /// In its line, or in the line above.
    wider: Words,
}

/// What a line holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside {
    pub(super) digest: bool,
    /// An address that can be reached.
    pub(super) address: bool,
}

/// Everything that is known around one value.
pub(super) struct Case<'c> {
    pub(super) candidate: &'c Candidate,
    pub(super) place: &'c Place,
    pub(super) line: &'c Line,
    bundle: Bundle,
    hints: Near,
    /// Whose the other cells of its row say that it is.
    cells: Cue,
    /// What else stands in its line.
    pub(super) beside: Beside,
    /// A digest beside it tells the file.
    pub(super) told: bool,
    /// Its heading lists hosts.
    among_hosts: bool,
    /// A name of the same owner is written defanged elsewhere.
    defanged_elsewhere: bool,
}

/// Decides on every candidate.
pub(super) fn judge(normal: &Normal, structure: &Structure, hints: &Hints, candidates: &[Candidate]) -> Vec<Verdict> {
    let places = evidence::places(&normal.text, structure, candidates);
    let bundles = evidence::bundles(structure, candidates, &places);
    let listed = evidence::listed(structure, candidates, &places);
    let owners = defanged_owners(candidates);
    let named = evidence::named(&normal.text, structure, candidates, &places);
    let mut ports = port::Columns::default();
    let mut out: Vec<Verdict> = Vec::with_capacity(candidates.len());
    let mut beside = vec![Beside::default(); structure.lines.len()];
    for (candidate, place) in candidates.iter().zip(&places) {
        let Some(beside) = beside.get_mut(place.line) else { continue };
        beside.digest |= evidence::class(candidate.kind) == 2;
        beside.address |= candidate.kind == Kind::Ipv4 && address_trouble(&candidate.value).is_none();
    }
    for (candidate, place) in candidates.iter().zip(&places) {
        let at = candidate.anchor.map_or(place.line, |anchor| structure.line_at(anchor));
        let Some(line) = structure.lines.get(at) else { continue };
        let bundle = bundles.get(place.line).copied().unwrap_or_default();
        let near = near(&normal.text, hints, structure, candidate, place, line);
        let (hosts, files) = listed.get(line.heading as usize).copied().unwrap_or_default();
        let among_hosts = hosts >= 3 && hosts >= files && (place.alone || place.cell);
        let defanged_elsewhere = candidate.defang != Defang::Strong && owner(&candidate.host).is_some_and(|owner| owners.contains(owner));
        let beside = beside.get(place.line).copied().unwrap_or_default();
        let told = matches!(candidate.kind, Kind::FileName | Kind::Domain)
            && named.tells(normal.text.get(candidate.start..candidate.end).unwrap_or_default());
        let spoken = [Hint::Victim, Hint::Cleared, Hint::Harmless, Hint::State].iter().any(|hint| near.cells.has(*hint));
        let cells = if spoken { owner_cells(&normal.text, line, candidate) } else { Cue::default() };
        let case = Case { candidate, place, line, bundle, hints: near, cells, beside, told, among_hosts, defanged_elsewhere };
        // What belongs to a URL follows it.
        let owner = out.last().filter(|_| candidate.form == Form::Derived && candidate.kind == Kind::Ipv4).map(|last| last.role);
        let verdict = match owner {
            Some(DocumentRole::Indicator) if case.address_trouble(&candidate.value).is_none() => {
                case.verdict(candidate.kind, DocumentRole::Indicator, "it is the host of a URL that is an indicator".to_owned())
            }
            Some(role) => case.verdict(candidate.kind, role, "it is the host of a URL that is no indicator".to_owned()),
            None => case.whose().unwrap_or_else(|| case.decide(&normal.text)),
        };
        let mut verdict = match verdict.role {
            DocumentRole::Indicator if cleared(&normal.text, hints, candidate, line) => {
                case.is(DocumentRole::Benign, "the words beside it clear it of suspicion")
            }
            _ => verdict,
        };
        verdict.cited = candidate.kind == Kind::Url && verdict.role != DocumentRole::Indicator && case.cited(&normal.text, verdict.role);
        if verdict.role == DocumentRole::Indicator && evidence::class(candidate.kind) == 2 {
            verdict.note = named.beside(place.line).map(|name| format!("file name: {name}"));
        }
        if place.cell && matches!(candidate.kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Domain) && candidate.ports.is_empty() {
            verdict.ports = ports.of(&normal.text, structure, line);
        }
        out.push(verdict);
    }
    follow_hosts(candidates, &mut out);
    out
}

/// A table says of a host what it was: that holds for URLs on it whose role was guessed.
fn follow_hosts(candidates: &[Candidate], verdicts: &mut [Verdict]) {
    let host = |candidate: &Candidate| if candidate.kind == Kind::Ipv4 { candidate.value.clone() } else { candidate.host.clone() };
    let said: std::collections::BTreeMap<String, (Role, Direction)> = candidates
        .iter()
        .zip(verdicts.iter())
        .filter(|(candidate, verdict)| verdict.said && matches!(candidate.kind, Kind::Ipv4 | Kind::Domain) && verdict.indicator_role != Role::Unknown)
        .map(|(candidate, verdict)| (host(candidate), (verdict.indicator_role, verdict.direction)))
        .collect();
    if said.is_empty() {
        return;
    }
    let guessed = |verdict: &Verdict| verdict.role == DocumentRole::Indicator && !verdict.said;
    let network = |kind: Kind| matches!(kind, Kind::Ipv4 | Kind::Domain | Kind::Url);
    for (candidate, verdict) in candidates.iter().zip(verdicts).filter(|(candidate, verdict)| guessed(verdict) && network(candidate.kind)) {
        if let Some((role, direction)) = said.get(&host(candidate)) {
            (verdict.indicator_role, verdict.direction) = (*role, *direction);
        }
    }
}

/// Registered names that are written defanged somewhere; names of services are not their owner's alone.
fn defanged_owners(candidates: &[Candidate]) -> BTreeSet<&str> {
    let defanged = candidates.iter().filter(|candidate| candidate.defang == Defang::Strong && matches!(candidate.kind, Kind::Domain | Kind::Url));
    defanged.filter(|candidate| hosts::known(&candidate.host).is_none()).filter_map(|candidate| owner(&candidate.host)).collect()
}

fn owner(host: &str) -> Option<&str> {
    public_suffix::registrable(host).map(|(name, _)| name)
}

/// The words that speak of a value: in its line, near it, and in the line that introduces its list.
fn near(text: &str, hints: &Hints, structure: &Structure, candidate: &Candidate, place: &Place, line: &Line) -> Near {
    let mut near = Near::default();
    // The target of a page's link is spoken of where the link stands.
    let moved = candidate.anchor.map(|anchor| Candidate { start: anchor, end: anchor, ..candidate.clone() });
    let candidate = moved.as_ref().unwrap_or(candidate);
    let from = candidate.start.saturating_sub(REACH_BEFORE).max(line.start);
    let until = (candidate.end + REACH_BEHIND).min(line.end);
    let outside = |(start, end, _): &(usize, usize, Hint)| *end <= candidate.start || *start >= candidate.end;
    // What speaks against a value speaks in its sentence; what speaks of an attack goes on over the next.
    let sentence = sentence(text, from, candidate, until);
    for (start, end, hint) in hints.between(from, until).filter(outside) {
        let inside = start >= sentence.start && end <= sentence.end;
        if hint.against() && (!inside || matches!(hint, Hint::Harmless | Hint::Cleared) && denied(text, line.start, start)) {
            continue;
        }
        // `the legitimate bank.example is imitated by evil.example`: the word is the first one's.
        if hint == Hint::Harmless && candidate.defang == Defang::Strong && other(text, candidate, start, end) {
            continue;
        }
        near.wider.add(hint);
        if inside {
            near.sentence.add(hint);
        }
    }
    if line.shape == Shape::Row || place.first || gapped(text, line, candidate) {
        let from = candidate.start.saturating_sub(REACH_ROW).max(line.start);
        let until = (candidate.end + REACH_ROW).min(line.end);
        for (start, end, hint) in hints.between(from, until).filter(outside).filter(|(start, end, _)| apart(text, candidate, *start, *end)) {
            let path = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(|byte| matches!(byte, b'/' | b'\\' | b'=' | b'@'));
            if !path(start.checked_sub(1)) && !path(Some(end)) && !(hint.against() && denied(text, line.start, start)) {
                near.cells.add(hint);
            }
        }
    }
    if near.wider.0 == 0 && (place.alone || line.start == candidate.start) {
        let above = place.line.checked_sub(1).and_then(|above| structure.lines.get(above)).filter(|above| above.shape != Shape::Blank);
        if let Some(above) = above {
            hints.between(above.end.saturating_sub(REACH_BEFORE).max(above.start), above.end).for_each(|(.., hint)| near.wider.add(hint));
        }
    }
    near
}

/// Whether a value stands in a column of a text table: a gap parts it from the words around.
fn gapped(text: &str, line: &Line, candidate: &Candidate) -> bool {
    let head = text.get(line.body..candidate.start).unwrap_or_default();
    let tail = text.get(candidate.end..line.end).unwrap_or_default();
    (head.ends_with("  ") || head.ends_with('\t')) || (tail.starts_with("  ") || tail.starts_with('\t')) && !tail.trim().is_empty()
}

/// Whether a bar, a gap or the dash of a comment parts words from a value.
fn apart(text: &str, candidate: &Candidate, start: usize, end: usize) -> bool {
    if start >= candidate.end {
        let gap = text.get(candidate.end..start).unwrap_or_default();
        let comment = gap.trim_start_matches(['`', '*', '"', '\'']).trim_start();
        return gap.contains(['|', '\t'])
            || gap.contains("  ")
            || comment.starts_with(['(', '-', '–', '—', ';', '#', '/'])
            || comment.starts_with(": ");
    }
    let gap = text.get(end..candidate.start).unwrap_or_default();
    gap.contains(['|', '\t']) || gap.contains("  ")
}

/// Whose the cells beside a value say that it is: `| school.example | victim |`.
fn owner_cells(text: &str, line: &Line, candidate: &Candidate) -> Cue {
    const MOST: usize = 600;
    let from = candidate.start.saturating_sub(MOST).max(line.start);
    let until = (candidate.end + MOST).min(line.end);
    let parts = [text.get(from..candidate.start), text.get(candidate.end..until)];
    let cells = parts.into_iter().flatten().flat_map(|part| part.split(['|', '\t']).flat_map(|cell| cell.split("  ")));
    let short = cells.map(|cell| cell.trim_matches([' ', '`', '*', '(', ')', '-', '–', '—'])).filter(|cell| (2..=48).contains(&cell.len()));
    let owners = Cue(Cue::VICTIMS.0 | Cue::SINKHOLE.0);
    let says = |cell: &str| if is_cleared(cell) { Cue::CLEARED } else { Cue(owned(cell, cue(cell)).0 & owners.0) };
    short.map(says).fold(Cue::default(), |all, cue| all | cue)
}

/// Whether the words between a word and a value say that the value is another one than the word speaks of.
fn other(text: &str, candidate: &Candidate, start: usize, end: usize) -> bool {
    const TURNS: [&str; 22] = [
        "by",
        "imitate",
        "imitates",
        "imitated",
        "imitating",
        "impersonate",
        "impersonates",
        "impersonated",
        "impersonating",
        "mimic",
        "mimics",
        "mimicking",
        "spoof",
        "spoofs",
        "spoofing",
        "instead",
        "like",
        "looks",
        "resembles",
        "abuses",
        "poses",
        "posing",
    ];
    let gap = if start >= candidate.end { text.get(candidate.end..start) } else { text.get(end..candidate.start) };
    gap.unwrap_or_default().split(|char: char| !char.is_alphanumeric()).any(|word| TURNS.iter().any(|turn| turn.eq_ignore_ascii_case(word)))
}

/// Whether the words in front of a word deny it: `is not a false positive`.
fn denied(text: &str, from: usize, at: usize) -> bool {
    const REACH: usize = 32;
    let mut start = at.saturating_sub(REACH).max(from);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let head = text.get(start..at).unwrap_or_default().to_lowercase();
    let head = head.rsplit(['.', ';', '|', ':', ',']).next().unwrap_or_default();
    negated(&head.split_whitespace().collect::<Vec<_>>())
}

/// Whether the words near a value clear it: `evil.example is a false positive`, `sinkholed: evil.example`, `… | benign |`.
fn cleared(text: &str, hints: &Hints, candidate: &Candidate, line: &Line) -> bool {
    const BEFORE: usize = 48;
    const BEHIND: usize = 90;
    const VERBS: [&str; 14] = ["is", "was", "are", "were", "has", "have", "had", "now", "turned", "proved", "belongs", "belong", "since", "being"];
    const BREAKS: [&str; 8] = ["but", "while", "whereas", "instead", "and", "unlike", "whose", "because"];
    const LINKS: [&str; 14] = ["of", "for", "by", "from", "to", "as", "like", "with", "that", "and", "but", "impersonating", "imitating", "looking"];
    let from = candidate.start.saturating_sub(BEFORE).max(line.start);
    let until = (candidate.end + BEHIND).min(line.end);
    hints.between(from, until).filter(|(.., hint)| *hint == Hint::Cleared).any(|(start, end, _)| {
        if denied(text, line.start, start) || text.get(end..).is_some_and(|rest| rest.starts_with('-')) {
            return false;
        }
        if start >= candidate.end {
            let gap = text.get(candidate.end..start).unwrap_or_default();
            if gap.contains(". ") {
                return false;
            }
            let lower = gap.to_lowercase();
            let mut words = lower.split(|char: char| !(char.is_alphanumeric() || matches!(char, '\'' | '’'))).filter(|word| !word.is_empty());
            return !words.clone().any(|word| BREAKS.contains(&word))
                && (words.clone().any(|word| VERBS.contains(&word)) || words.next().is_none() || apart(text, candidate, start, end));
        }
        if end > candidate.start {
            return false;
        }
        let gap = text.get(end..candidate.start).unwrap_or_default();
        let lower = gap.to_lowercase();
        let words = lower.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
        gap.contains(['|']) || !gap.contains(['.', ';']) && words.clone().count() <= 3 && !words.clone().any(|word| LINKS.contains(&word))
    })
}

/// The sentence around a value, between two places: a full stop, a blank and a capital end one.
fn sentence(text: &str, from: usize, candidate: &Candidate, until: usize) -> std::ops::Range<usize> {
    let ends = |window: &[u8]| matches!(window, [b'.' | b'!' | b'?', b' ', next] if next.is_ascii_uppercase());
    let head = text.as_bytes().get(from..candidate.start).unwrap_or_default();
    let start = head.windows(3).rposition(ends).map_or(from, |at| from + at + 1);
    let tail = text.as_bytes().get(candidate.end..until).unwrap_or_default();
    let end = tail.windows(3).position(ends).map_or(until, |at| candidate.end + at + 1);
    start..end
}

impl Case<'_> {
    pub(super) fn has(&self, hint: Hint) -> bool {
        self.hints.wider.has(hint)
    }

    pub(super) fn verdict(&self, kind: Kind, role: DocumentRole, reason: String) -> Verdict {
        let indicator = role == DocumentRole::Indicator;
        let (indicator_role, direction, said) = if indicator { self.purpose(kind) } else { (Role::Unknown, Direction::Either, false) };
        Verdict { kind, role, indicator_role, direction, said, note: None, ports: Vec::new(), cited: false, reason }
    }

    pub(super) fn weighed(&self, scale: Scale, otherwise: DocumentRole) -> Verdict {
        let (role, reason) = scale.weigh(otherwise);
        self.verdict(self.candidate.kind, role, reason)
    }

    pub(super) fn is(&self, role: DocumentRole, reason: impl Into<String>) -> Verdict {
        self.verdict(self.candidate.kind, role, reason.into())
    }

    /// What is plain from whose the value is: the page's own foot, a victim's site, a name that researchers hold.
    fn whose(&self) -> Option<Verdict> {
        let kind = self.candidate.kind;
        let network = matches!(kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr | Kind::Domain | Kind::Url);
        if !network && kind != Kind::Email {
            return None;
        }
        let own = if kind == Kind::Email { DocumentRole::Contact } else { DocumentRole::Publisher };
        if self.line.section.has(Cue::ASIDE) {
            return Some(self.is(own, "the page says it of itself, in its navigation or foot"));
        }
        // A label of the line's own says more than the heading above.
        let roles = Cue::COMMAND | Cue::DELIVERY | Cue::RELAY | Cue::PHISHING | Cue::EXFILTRATION | Cue::INDICATORS;
        let near = self.line.label | self.place.column | self.cells;
        let cue = if near.has(roles) || near.has(Cue::VICTIMS) { near } else { near | self.line.section };
        if cue.has(Cue::SINKHOLE) {
            return Some(self.is(DocumentRole::Benign, "researchers or the police hold it: its heading or label says so"));
        }
        let listed = self.place.alone || self.place.cell || self.place.first || !self.line.label.is_empty() || self.line.shape == Shape::Item;
        if cue.has(Cue::CLEARED) && listed {
            return Some(self.is(DocumentRole::Benign, "its heading, its label or a cell of its row clears it"));
        }
        let hostile =
            [Hint::Command, Hint::Delivery, Hint::Phishing, Hint::Exfiltration, Hint::Hostile].iter().any(|hint| self.hints.sentence.has(*hint));
        if cue.has(Cue::VICTIMS) && !cue.has(roles) && (listed || !hostile) {
            return Some(self.is(DocumentRole::Victim, "its heading or label says that it belongs to those who were attacked"));
        }
        let contact = cue.has(Cue::CONTACT) && !cue.has(roles | Cue::NETWORK | Cue::MAIL) && !hostile && !self.has(Hint::Sender);
        if contact && (self.line.label.has(Cue::CONTACT) || !(self.line.section.has(Cue::INDICATORS) && listed)) {
            return Some(self.is(DocumentRole::Contact, "its heading or label says where to write to"));
        }
        None
    }

    /// Whether the text cites a link as a source: in a list of sources, as a link, in words that name a text. A link in a sentence
    /// about an attack is none.
    fn cited(&self, text: &str, role: DocumentRole) -> bool {
        if self.line.section.has(Cue::ASIDE) || matches!(role, DocumentRole::Victim | DocumentRole::Contact | DocumentRole::Documentation) {
            return false;
        }
        let listed = (self.line.section | self.place.column | self.line.label).has(Cue::REFERENCES);
        let published = matches!(role, DocumentRole::Publisher | DocumentRole::SocialMedia | DocumentRole::Vendor);
        let attack = [Hint::Command, Hint::Delivery, Hint::Phishing, Hint::Exfiltration, Hint::Relay];
        let attacked = attack.iter().any(|hint| self.hints.sentence.has(*hint));
        let alone = self.place.alone || self.place.first || self.place.cell || self.place.link != Link::None;
        if listed && (alone || !attacked) || role == DocumentRole::Publisher || footnote(text, self.line) {
            return true;
        }
        if attacked && !published {
            return false;
        }
        let linked = self.place.link != Link::None && self.candidate.anchor.is_none();
        linked || published || self.hints.sentence.has(Hint::Citation)
    }

    fn decide(&self, text: &str) -> Verdict {
        let packages = (self.line.section | self.line.label | self.place.column).has(Cue::PACKAGES);
        if self.candidate.form == Form::Package || packages && matches!(self.candidate.kind, Kind::Domain | Kind::FileName) {
            return self.is(DocumentRole::Documentation, "the name of a package of an app, no host and no file");
        }
        match self.candidate.kind {
            Kind::Ipv4 | Kind::Ipv6 => self.address(),
            Kind::Cidr => self.network(),
            Kind::Domain => self.domain(text),
            Kind::Url => self.url(text),
            Kind::Email => self.email(),
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 => self.digest(text),
            Kind::Imphash | Kind::Ja3 | Kind::Ja3s | Kind::CertSha1 | Kind::CertSha256 | Kind::CertSerial => self.digest(text),
            Kind::Cve => self.is(DocumentRole::Documentation, "the number of a vulnerability"),
            Kind::Attack => self.is(DocumentRole::Documentation, "the id of a technique"),
            Kind::Btc => self.is(DocumentRole::Indicator, "a wallet whose checksum holds"),
            Kind::FileName => self.file_name(text),
            Kind::FilePath => self.path(),
            Kind::Registry => self.registry(),
            Kind::Mutex | Kind::Pipe => self.is(DocumentRole::Indicator, "a named object of the system"),
            Kind::UserAgent if self.candidate.form == Form::Code => self.is(DocumentRole::Documentation, "it reads like that of an ordinary browser"),
            Kind::UserAgent => self.is(DocumentRole::Indicator, "a header under a label of its own"),
            Kind::Service | Kind::Task if self.candidate.form == Form::Code => {
                self.is(DocumentRole::Documentation, "it is mentioned, and nothing says that the attacker made it")
            }
            Kind::Service | Kind::Task => self.is(DocumentRole::Indicator, "the text gives it its name"),
            Kind::CommandLine => self.command(),
        }
    }

    /// What section, list, table and words say of a value of the network.
    fn surroundings(&self, scale: &mut Scale) {
        let section = self.line.section;
        let indicators = section.has(Cue::INDICATORS);
        let network = section.has(Cue::NETWORK | Cue::COMMAND | Cue::DELIVERY | Cue::RELAY | Cue::MAIL);
        if indicators && !section.has(Cue::REFERENCES) {
            scale.add(2, "the section lists indicators");
        }
        if network && !section.has(Cue::REFERENCES) {
            scale.add(if indicators { 1 } else { 2 }, "the section lists values of the network");
        }
        if section.has(Cue::REFERENCES) {
            scale.against(4, "the section lists references", DocumentRole::Citation);
        }
        if section.has(Cue::VICTIMS) && !network {
            scale.against(4, "the section is about those who were attacked", DocumentRole::Victim);
        }
        if section.has(Cue::CONTACT) {
            scale.against(3, "the section says where to write to", DocumentRole::Contact);
        }
        if section.has(Cue::ADVICE) {
            scale.against(2, "the section gives advice", DocumentRole::Documentation);
        }
        if section.has(Cue::DETECTIONS) && !indicators && !network {
            scale.against(2, "the section lists names of detections", DocumentRole::DetectionName);
        }
        let column = self.place.column;
        if column.has(Cue::REFERENCES) {
            scale.against(4, "the column lists references", DocumentRole::Citation);
        } else if column.has(Cue::INDICATORS | Cue::NETWORK | Cue::COMMAND | Cue::DELIVERY) {
            scale.add(3, "the table says so");
        }
        if self.place.link == Link::None {
            if self.place.alone || self.place.cell {
                scale.add(1, "it stands alone");
            }
            if self.place.quoted {
                scale.add(1, "it is quoted");
            }
            if self.bundle.count >= 3 && (self.place.alone || self.place.first || self.place.cell) && self.bundle.known * 2 < self.bundle.count {
                scale.add(if self.bundle.count >= 8 { 2 } else { 1 }, "it stands in a list of its like");
            }
            if self.bundle.defanged > 0 && self.candidate.defang != Defang::Strong && (self.place.alone || self.place.first || self.place.cell) {
                scale.add(3, "its neighbours in the list are defanged");
            }
        }
        self.speech(scale);
    }

    /// What the words near the value say.
    fn speech(&self, scale: &mut Scale) {
        if self.has(Hint::Command) {
            scale.add(2, "the words near it speak of command and control");
        }
        if self.has(Hint::Delivery) || self.has(Hint::Exfiltration) || self.has(Hint::Phishing) || self.has(Hint::Relay) {
            scale.add(2, "the words near it speak of an attack's traffic");
        } else if self.has(Hint::Hostile) {
            scale.add(1, "the words near it speak of the attacker");
        }
        if self.has(Hint::Field) {
            scale.add(3, "a rule looks for it");
        }
        if self.has(Hint::Citation) {
            scale.against(3, "the words near it name a text", DocumentRole::Citation);
        }
        if self.has(Hint::Victim) {
            scale.against(4, "the words near it speak of those who were attacked", DocumentRole::Victim);
        }
        if self.has(Hint::Harmless) {
            scale.against(4, "the words near it call it harmless", DocumentRole::Benign);
        }
        if self.has(Hint::Contact) {
            scale.against(4, "the words near it say where to write to", DocumentRole::Contact);
        }
    }

    fn spelling(&self, scale: &mut Scale, strong: i32) {
        match self.candidate.defang {
            Defang::Strong => scale.add(strong, "it is written defanged"),
            Defang::Weak => scale.add(2, "it is written so that no link is made of it"),
            Defang::None => {}
        }
    }

    /// Why an address can point at no one. Examples keep to the ranges of documentation and are meant when they are defanged.
    fn address_trouble(&self, text: &str) -> Option<(DocumentRole, &'static str)> {
        address_trouble(text).filter(|(role, _)| *role != DocumentRole::Documentation || self.candidate.defang != Defang::Strong)
    }

    fn address(&self) -> Verdict {
        if let Some((role, why)) = self.address_trouble(&self.candidate.value) {
            return self.is(role, why);
        }
        if self.line.mail && self.candidate.defang == Defang::None {
            return self.is(DocumentRole::Publisher, "a header of the mail that this document is names it");
        }
        let mut scale = Scale::default();
        scale.add(2, "a public address");
        self.spelling(&mut scale, 5);
        self.surroundings(&mut scale);
        let octets: Vec<u16> = self.candidate.value.split('.').filter_map(|octet| octet.parse().ok()).collect();
        if octets.len() == 4 && self.candidate.defang == Defang::None {
            if self.has(Hint::Version) {
                scale.against(6, "the words near it speak of versions", DocumentRole::Version);
            }
            if octets.iter().sum::<u16>() < 40 && !(self.place.alone || self.place.cell || self.place.quoted) {
                scale.against(6, "its numbers are those of a version", DocumentRole::Version);
            } else if octets.iter().sum::<u16>() < 60 || octets.get(1..).is_some_and(|rest| rest.iter().all(|octet| *octet == 0)) {
                scale.against(3, "its numbers are those of a version", DocumentRole::Version);
            }
        }
        self.weighed(scale, DocumentRole::Documentation)
    }

    fn network(&self) -> Verdict {
        let mut scale = Scale::default();
        self.spelling(&mut scale, 4);
        let address = self.candidate.value.split('/').next().unwrap_or_default();
        if let Some((role, why)) = self.address_trouble(address) {
            return self.is(role, why);
        }
        let length: u8 = self.candidate.value.rsplit('/').next().and_then(|length| length.parse().ok()).unwrap_or(0);
        if address.contains('.') && length < 12 {
            scale.against(6, "the network is too wide to point at anyone", DocumentRole::Documentation);
        }
        if self.line.section.has(Cue::VICTIMS) {
            scale.against(6, "the section is about those who were attacked", DocumentRole::Victim);
        } else if self.line.section.has(Cue::COMMAND | Cue::RELAY | Cue::INDICATORS) && !self.place.cell {
            scale.add(2, "the section lists indicators");
        }
        self.speech(&mut scale);
        self.weighed(scale, DocumentRole::Documentation)
    }

    fn domain(&self, text: &str) -> Verdict {
        let candidate = self.candidate;
        let files = self.place.column.has(Cue::FILES) && !self.place.column.has(Cue::NETWORK);
        let beside =
            self.beside.digest && !self.place.alone && candidate.value.split('.').count() == 2 && !self.line.section.has(Cue::NETWORK | Cue::COMMAND);
        if candidate.defang != Defang::Strong && matches!(candidate.form, Form::Plain | Form::Code) && (files || beside) {
            return self.file_name(text);
        }
        match candidate.form {
            Form::Detection => return self.is(DocumentRole::DetectionName, "it is written as an antivirus writes names"),
            Form::Code => return self.is(DocumentRole::Documentation, "it is written as a program's text or a product's name"),
            Form::File if !self.among_hosts => return self.file_name(text),
            _ => {}
        }
        let mut scale = Scale::default();
        self.spelling(&mut scale, 5);
        self.surroundings(&mut scale);
        if candidate.defang != Defang::Strong {
            scale.against(1, "it is written as an ordinary name", DocumentRole::Documentation);
            if candidate.form == Form::File && self.among_hosts {
                scale.add(3, "hosts are listed around it");
            }
            if self.defanged_elsewhere {
                scale.add(3, "it is written defanged elsewhere");
            }
            // `198.51.100.7 port 443 - evil.example - GET /`: a list of connections.
            if self.beside.address && self.line.shape == Shape::Item && self.place.link == Link::None {
                scale.add(2, "an address stands beside it in a list");
            }
            let written = text.get(candidate.start..candidate.end).unwrap_or_default();
            if !written.bytes().any(|byte| byte.is_ascii_lowercase()) {
                scale.against(4, "it is written in capitals", DocumentRole::Documentation);
            }
            if self.line.code && text.as_bytes().get(candidate.end) == Some(&b'(') {
                scale.against(4, "it is called in a program's text", DocumentRole::Documentation);
            }
        }
        if self.place.link == Link::Target {
            scale.against(4, "it is the target of a link", DocumentRole::Citation);
        } else if self.place.link == Link::Auto && candidate.defang == Defang::None {
            scale.against(4, "it is the text of a link", DocumentRole::Citation);
        }
        if hosts::is_dynamic(&candidate.host) {
            scale.add(2, "anyone can take a name there");
        }
        if let Some((role, why)) = hosts::known(&candidate.host) {
            let own = hosts::is_apex(&candidate.host);
            let weight = match (own, role) {
                (true, _) => 20,
                (false, _) if hosts::is_dynamic(&candidate.host) => 1,
                (false, DocumentRole::Benign) => 3,
                (false, _) => 6,
            };
            scale.against(weight, why, role);
        } else if let Some((role, why)) = hosts::listed(&candidate.host).filter(|_| candidate.defang != Defang::Strong) {
            scale.against(if role == DocumentRole::Publisher { 6 } else { 3 }, why, role);
        }
        if string_of_rule(text, candidate.start) {
            scale.add(2, "a rule looks for it");
        }
        self.weighed(scale, DocumentRole::Documentation)
    }

    fn url(&self, text: &str) -> Verdict {
        let candidate = self.candidate;
        if candidate.form == Form::Cut {
            return self.is(DocumentRole::Documentation, "it ends its line and may go on in the next");
        }
        if !candidate.host.contains('.') || candidate.host.starts_with(['*', '+']) {
            return self.is(DocumentRole::Documentation, "its host is not one that can be reached from elsewhere");
        }
        if let Some((role, why)) = self.address_trouble(&candidate.host) {
            return self.is(role, why);
        }
        if is_profile(&candidate.value) && !self.candidate.host.parse::<IpAddr>().is_ok() {
            return self.is(DocumentRole::SocialMedia, "a profile on a social network");
        }
        if hosts::is_login(&candidate.host)
            && let Some((role, why)) = hosts::known(&candidate.host)
        {
            return self.is(role, why);
        }
        let mut scale = Scale::default();
        self.spelling(&mut scale, 7);
        self.surroundings(&mut scale);
        let strong = candidate.defang == Defang::Strong;
        if !strong {
            scale.against(1, "it is a link that works", DocumentRole::Citation);
            if self.defanged_elsewhere {
                scale.add(3, "its host is written defanged elsewhere");
            }
            if self.line.code && self.place.link == Link::None && hosts::known(&candidate.host).is_none() {
                scale.add(3, "a program's text uses it");
            }
            // A bot's token or a hook's belongs to one owner, however common the host.
            if candidate.value.contains("://api.telegram.org/bot") || candidate.value.contains("/api/webhooks/") {
                scale.add(6, "it holds a token of its owner");
            }
            if candidate.host.parse::<IpAddr>().is_ok() {
                scale.add(3, "its host is a bare address");
            }
            match self.place.link {
                Link::Target => scale.against(5, "it is the target of a link", DocumentRole::Citation),
                Link::Auto => scale.against(3, "it is a link", DocumentRole::Citation),
                Link::None => {}
            }
        }
        if !strong && footnote(text, self.line) {
            scale.against(5, "a footnote names it", DocumentRole::Citation);
        }
        if hosts::is_dynamic(&candidate.host) {
            scale.add(2, "anyone can take a name there");
        }
        if let Some((role, why)) = hosts::known(&candidate.host) {
            let weight = match (strong, role) {
                // Publishers and vendors hold no pages of others, unless they are known for that.
                (true, DocumentRole::Publisher | DocumentRole::Vendor) if !hosts::is_shared(&candidate.host) => 9,
                (true, _) => 2,
                (false, _) if hosts::is_dynamic(&candidate.host) => 3,
                (false, DocumentRole::Benign)
                    if self.has(Hint::Delivery) && candidate.value.splitn(4, '/').nth(3).is_some_and(|path| !path.is_empty()) =>
                {
                    0
                }
                (false, DocumentRole::Benign) => 3,
                (false, _) => 9,
            };
            scale.against(weight, why, role);
        } else if let Some((role, why)) = hosts::listed(&candidate.host).filter(|_| !strong) {
            scale.against(if role == DocumentRole::Publisher { 9 } else { 2 }, why, role);
        }
        if !self.line.code && string_of_rule(text, candidate.start) {
            scale.add(3, "a program's text uses it");
        }
        self.weighed(scale, DocumentRole::Citation)
    }

    fn email(&self) -> Verdict {
        let candidate = self.candidate;
        let mut scale = Scale::default();
        if self.line.mail && candidate.defang == Defang::None {
            return self.is(DocumentRole::Contact, "a header of the mail that this document is names it");
        }
        let sender = self.has(Hint::Sender) || (self.line.section | self.line.label | self.place.column).has(Cue::MAIL);
        let listed = self.place.cell || self.line.shape == Shape::Item;
        let mailbox = candidate.value.split('@').next().unwrap_or_default();
        if !sender && (mailbox == "abuse" || !listed && is_office(mailbox)) {
            return self.is(DocumentRole::Contact, "a mailbox that is there to be written to");
        }
        if !sender && self.hints.sentence.has(Hint::Contact) && !self.hints.sentence.has(Hint::Hostile) {
            return self.is(DocumentRole::Contact, "the words near it say where to write to");
        }
        // `cert(at)agency.example`: the sign alone is how addresses are kept from collectors of addresses.
        let shielded = candidate.form == Form::Bare;
        self.spelling(&mut scale, if shielded { 3 } else { 6 });
        if shielded && !sender && self.line.shape == Shape::Prose && !self.has(Hint::Hostile) {
            scale.against(3, "only its sign is written otherwise, as those do who want mail but no spam", DocumentRole::Contact);
        }
        if self.line.section.has(Cue::MAIL) {
            scale.add(3, "the section lists addresses of mail");
        }
        self.surroundings(&mut scale);
        if self.has(Hint::Sender) {
            scale.add(3, "mail came from it");
        }
        if let Some((role, why)) = hosts::known(&candidate.host).filter(|(role, _)| *role != DocumentRole::Benign && *role != DocumentRole::Vendor) {
            let role = if role == DocumentRole::Publisher { DocumentRole::Contact } else { role };
            scale.against(6, why, role);
        }
        self.weighed(scale, DocumentRole::Contact)
    }

    /// What the value was to the attacker, as heading, table and words have it.
    fn purpose(&self, kind: Kind) -> (Role, Direction, bool) {
        let cue = self.line.section | self.place.column;
        let role = match kind {
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 | Kind::Imphash | Kind::FileName | Kind::FilePath => {
                if cue.has(Cue::TOOLS) {
                    Role::Tool
                } else {
                    Role::Payload
                }
            }
            Kind::Registry | Kind::Mutex | Kind::Pipe | Kind::Service | Kind::Task => Role::Persistence,
            Kind::CertSha1 | Kind::CertSha256 | Kind::CertSerial | Kind::CommandLine => Role::Unknown,
            Kind::Btc | Kind::Cve | Kind::Attack | Kind::UserAgent => Role::Unknown,
            Kind::Email => {
                if self.has(Hint::Exfiltration) {
                    Role::Exfiltration
                } else {
                    Role::Sender
                }
            }
            _ => {
                let (role, said) = self.traffic();
                let network = matches!(kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr | Kind::Domain | Kind::Url);
                let out = matches!(role, Role::C2 | Role::Delivery | Role::Phishing | Role::Exfiltration);
                return (role, if out && network { Direction::Destination } else { Direction::Either }, said);
            }
        };
        (role, Direction::Either, false)
    }

    /// What a value of the network was to the attacker. Cells, labels and comments say it; headings say it of their list; else the
    /// words of its sentence are taken for it, and at last the words near.
    fn traffic(&self) -> (Role, bool) {
        let listed = self.place.alone || self.place.first || self.place.cell || self.line.shape == Shape::Item;
        let tiers = [
            (of_words(self.hints.cells), true),
            (of_cue(self.place.column | self.line.label), true),
            (of_words(self.hints.sentence), false),
            (of_cue(self.line.section), listed),
            (of_words(self.hints.wider), false),
        ];
        tiers.into_iter().find(|(role, _)| *role != Role::Unknown).unwrap_or((Role::Unknown, false))
    }
}

/// `https://host/@name`: how social networks name their members.
fn is_profile(url: &str) -> bool {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default().trim_end_matches('/');
    path.strip_prefix('@').is_some_and(|name| !name.is_empty() && !name.contains(['/', '?', '@']))
}

/// Whether a mailbox is one of an office: people are asked to write there.
fn is_office(mailbox: &str) -> bool {
    const OFFICES: [&str; 34] = [
        "abuse",
        "cert",
        "csirt",
        "cirt",
        "soc",
        "noc",
        "psirt",
        "security",
        "incident",
        "incidents",
        "report",
        "reports",
        "reporting",
        "press",
        "presse",
        "media",
        "pr",
        "info",
        "contact",
        "contacts",
        "kontakt",
        "hello",
        "feedback",
        "help",
        "helpdesk",
        "intel",
        "threatintel",
        "threat-intel",
        "cti",
        "research",
        "newsletter",
        "privacy",
        "legal",
        "disclosure",
    ];
    OFFICES.contains(&mailbox)
}

/// Whether a line is a footnote: `[1] https://…`, `[^2]: https://…`.
fn footnote(text: &str, line: &Line) -> bool {
    let body = text.get(line.start..line.end).unwrap_or_default().trim_start();
    let Some(rest) = body.strip_prefix('[') else { return false };
    let number = rest.trim_start_matches('^');
    let digits = number.bytes().take(4).take_while(u8::is_ascii_digit).count();
    digits > 0 && number.get(digits..).is_some_and(|rest| rest.starts_with(']'))
}

/// What words say that a value was to the attacker.
fn of_words(words: Words) -> Role {
    const SAY: [(Hint, Role); 5] = [
        (Hint::Command, Role::C2),
        (Hint::Exfiltration, Role::Exfiltration),
        (Hint::Phishing, Role::Phishing),
        (Hint::Relay, Role::Relay),
        (Hint::Delivery, Role::Delivery),
    ];
    SAY.iter().find(|(hint, _)| words.has(*hint)).map_or(Role::Unknown, |(_, role)| *role)
}

/// What a heading, a label or the head of a column says that its values were to the attacker.
fn of_cue(cue: Cue) -> Role {
    const SAY: [(Cue, Role); 5] = [
        (Cue::COMMAND, Role::C2),
        (Cue::EXFILTRATION, Role::Exfiltration),
        (Cue::PHISHING, Role::Phishing),
        (Cue::RELAY, Role::Relay),
        (Cue::DELIVERY, Role::Delivery),
    ];
    SAY.iter().find(|(wanted, _)| cue.has(*wanted)).map_or(Role::Unknown, |(_, role)| *role)
}

/// `$a = "evil.example"`: a string of a rule.
fn string_of_rule(text: &str, at: usize) -> bool {
    let mut start = at.saturating_sub(24);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let head = text.get(start..at).unwrap_or_default();
    head.strip_suffix('"').is_some_and(|head| head.trim_end().ends_with('=') && head.contains('$'))
}

/// Why an address can point at no one.
fn address_trouble(text: &str) -> Option<(DocumentRole, &'static str)> {
    let address: IpAddr = text.parse().ok()?;
    const RESOLVERS: [&str; 14] = [
        "8.8.8.8",
        "8.8.4.4",
        "1.1.1.1",
        "1.0.0.1",
        "9.9.9.9",
        "208.67.222.222",
        "208.67.220.220",
        "4.2.2.1",
        "4.2.2.2",
        "114.114.114.114",
        "223.5.5.5",
        "77.88.8.8",
        "149.112.112.112",
        "64.6.64.6",
    ];
    if RESOLVERS.contains(&text) {
        return Some((DocumentRole::Benign, "a public resolver"));
    }
    match address {
        IpAddr::V4(address) => {
            let [first, second, third, last] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            let documentation =
                address.is_documentation() || first == 198 && (second == 18 || second == 19) || first == 192 && second == 0 && third == 0;
            if documentation {
                Some((DocumentRole::Documentation, "an address of documentation and tests"))
            } else if address.is_private() || address.is_loopback() || address.is_link_local() || shared {
                Some((DocumentRole::Benign, "an address that is not routed"))
            } else if first == 0 || first >= 224 || first == 127 || (first, second, third, last) == (255, 255, 255, 255) {
                Some((DocumentRole::Version, "no host can have this address"))
            } else {
                None
            }
        }
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            if first == 0x2001 && second == 0xDB8 {
                Some((DocumentRole::Documentation, "an address of documentation"))
            } else if first & 0xE000 != 0x2000 {
                Some((DocumentRole::Benign, "an address that is not routed"))
            } else {
                None
            }
        }
    }
}
