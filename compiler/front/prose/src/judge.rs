//! What is a value for in its document? Evidence is added up; the strongest of it is the reason.
//!
//! Nothing decides alone but what cannot be otherwise (a private address, the digest of an empty file). A value written
//! defanged begins far in front, a published link far behind; the section, the list, the table, the words around and what
//! is known of the host move it from there.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ir::{Direction, Role, public_suffix};
use rayon::prelude::*;

use super::candidate::{Candidate, Form};
use super::cue::Cue;
use super::evidence::{self, Bundle, Link, Place};
use super::hosts::address_trouble;
use super::near::{Near, Words, cleared, near, owner_cells};
use super::normal::{Defang, Normal};
use super::rows::Rows;
use super::scale::Scale;
use super::structure::{Line, Shape, Structure, footnote};
use super::words::{Hint, Hints};
use super::{DocumentRole, Kind, hosts};

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
    pub(super) reason: Cow<'static, str>,
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
    pub(super) bundle: Bundle,
    pub(super) hints: Near,
    /// Whose the other cells of its row say that it is.
    cells: Cue,
    /// What else stands in its line.
    pub(super) beside: Beside,
    /// A digest beside it tells the file.
    pub(super) told: bool,
    /// Its heading lists hosts.
    pub(super) among_hosts: bool,
    /// A name of the same owner is written defanged elsewhere.
    pub(super) defanged_elsewhere: bool,
}

/// Decides on every candidate.
pub(super) fn judge(normal: &Normal, structure: &Structure, hints: &Hints, rows: &Rows, candidates: &[Candidate]) -> Vec<Verdict> {
    let places = evidence::places(&normal.text, structure, candidates);
    let lists = || (evidence::bundles(structure, candidates, &places), evidence::listed(structure, candidates, &places), defanged_owners(candidates));
    let lines = || (evidence::named(&normal.text, structure, candidates, &places), beside(structure, candidates, &places));
    let ((bundles, listed, owners), (named, beside)) = rayon::join(lists, lines);
    let verdict = |candidate: &Candidate, place: &Place, before: Option<&Verdict>| -> Option<Verdict> {
        let at = candidate.anchor.map_or(place.line, |anchor| structure.line_at(anchor));
        let line = structure.lines.get(at)?;
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
        let owner = before.filter(|_| candidate.form == Form::Derived && candidate.kind == Kind::Ipv4).map(|last| last.role);
        let verdict = match owner {
            Some(DocumentRole::Indicator) if case.address_trouble(&candidate.value).is_none() => {
                case.verdict(candidate.kind, DocumentRole::Indicator, "it is the host of a URL that is an indicator")
            }
            Some(role) => case.verdict(candidate.kind, role, "it is the host of a URL that is no indicator"),
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
        if matches!(candidate.kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Domain)
            && candidate.ports.is_empty()
            && let Some(row) = rows.get(&place.line).filter(|_| place.cell || line.shape != Shape::Row)
        {
            verdict.ports.clone_from(&row.ports);
        }
        Some(verdict)
    };
    let judged = |(candidates, places): (&[Candidate], &[Place])| {
        let mut out: Vec<Verdict> = Vec::with_capacity(candidates.len());
        for (candidate, place) in candidates.iter().zip(places) {
            out.extend(verdict(candidate, place, out.last()));
        }
        out
    };
    let judged: Vec<Vec<Verdict>> = parts(candidates, &places).into_par_iter().map(judged).collect();
    let mut out = Vec::with_capacity(candidates.len());
    judged.into_iter().for_each(|mut part| out.append(&mut part));
    follow_hosts(candidates, &mut out);
    out
}

/// What each line holds.
fn beside(structure: &Structure, candidates: &[Candidate], places: &[Place]) -> Vec<Beside> {
    let mut out = vec![Beside::default(); structure.lines.len()];
    for (candidate, place) in candidates.iter().zip(places) {
        let Some(beside) = out.get_mut(place.line) else { continue };
        beside.digest |= evidence::class(candidate.kind) == 2;
        beside.address |= candidate.kind == Kind::Ipv4 && address_trouble(&candidate.value).is_none();
    }
    out
}

/// How many values one thread judges.
const SIDE_BY_SIDE: usize = 512;

/// The values in parts that are judged side by side; what belongs to a URL stays behind it.
fn parts<'c>(candidates: &'c [Candidate], places: &'c [Place]) -> Vec<(&'c [Candidate], &'c [Place])> {
    let mut out = Vec::with_capacity(candidates.len() / SIDE_BY_SIDE + 1);
    let (mut candidates, mut places) = (candidates, places);
    while !candidates.is_empty() {
        let apart = |candidate: &Candidate| candidate.form != Form::Derived;
        let rest = candidates.get(SIDE_BY_SIDE..).unwrap_or_default();
        let end = rest.iter().position(apart).map_or(candidates.len(), |at| SIDE_BY_SIDE + at).min(places.len());
        let ((part, behind), (stand, stood)) = (candidates.split_at(end), places.split_at(end));
        if end == 0 {
            break;
        }
        out.push((part, stand));
        (candidates, places) = (behind, stood);
    }
    out
}

/// A table says of a host what it was: that holds for URLs on it whose role was guessed.
fn follow_hosts(candidates: &[Candidate], verdicts: &mut [Verdict]) {
    fn host(candidate: &Candidate) -> &str {
        if candidate.kind == Kind::Ipv4 { &candidate.value } else { &candidate.host }
    }
    let said: BTreeMap<&str, (Role, Direction)> = candidates
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
        if let Some((role, direction)) = said.get(host(candidate)) {
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

impl Case<'_> {
    pub(super) fn has(&self, hint: Hint) -> bool {
        self.hints.wider.has(hint)
    }

    pub(super) fn verdict(&self, kind: Kind, role: DocumentRole, reason: impl Into<Cow<'static, str>>) -> Verdict {
        let indicator = role == DocumentRole::Indicator;
        let (indicator_role, direction, said) = if indicator { self.purpose(kind) } else { (Role::Unknown, Direction::Either, false) };
        Verdict { kind, role, indicator_role, direction, said, note: None, ports: Vec::new(), cited: false, reason: reason.into() }
    }

    pub(super) fn weighed(&self, scale: Scale, otherwise: DocumentRole) -> Verdict {
        let (role, reason) = scale.weigh(otherwise);
        self.verdict(self.candidate.kind, role, reason)
    }

    pub(super) fn is(&self, role: DocumentRole, reason: impl Into<Cow<'static, str>>) -> Verdict {
        self.verdict(self.candidate.kind, role, reason)
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
        let cue = if near.has(Cue::CONTACT) { near } else { cue };
        let contact = cue.has(Cue::CONTACT) && !cue.has(roles | Cue::NETWORK | Cue::MAIL) && !hostile && !self.has(Hint::Sender);
        if contact && (near.has(Cue::CONTACT) || !(self.line.section.has(Cue::INDICATORS) && listed)) {
            return Some(self.is(DocumentRole::Contact, "its heading or label says where to write to"));
        }
        let asked = self.hints.sentence.has(Hint::Contact) && !hostile && self.line.shape == Shape::Prose && !self.place.alone;
        if asked && network && matches!(kind, Kind::Url | Kind::Domain) {
            return Some(self.is(DocumentRole::Contact, "the words near it say where to write to"));
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
        let linked = self.place.link != Link::None && self.candidate.anchor.is_none() && !is_bad_link(text, self.candidate.start);
        linked || published || self.hints.sentence.has(Hint::Citation)
    }

    fn decide(&self, text: &str) -> Verdict {
        let packages = (self.line.section | self.line.label | self.place.column).has(Cue::PACKAGES);
        if self.candidate.form == Form::Package || packages && matches!(self.candidate.kind, Kind::Domain | Kind::FileName) {
            return self.is(DocumentRole::Documentation, "the name of a package of an app, no host and no file");
        }
        if self.candidate.form == Form::Told && !self.beside.digest && !self.has(Hint::Harmless) {
            return self.is(DocumentRole::Indicator, "the row of its table names its type");
        }
        if self.candidate.form == Form::Cut && self.candidate.kind == Kind::Ipv4 {
            return self.is(DocumentRole::Documentation, "it is an end of a range of addresses that is no network");
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
            Kind::Process => self.is(DocumentRole::Indicator, "the row of its table names its type"),
        }
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
            Kind::CertSha1 | Kind::CertSha256 | Kind::CertSerial | Kind::CommandLine | Kind::Process => Role::Unknown,
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

/// Whether the text of a link says that it leads to the attacker: `[the fake page](…)`.
fn is_bad_link(text: &str, target: usize) -> bool {
    const LONGEST: usize = 80;
    const BAD: [&str; 12] =
        ["fake", "phishing", "malicious", "fraudulent", "bogus", "rogue", "scam", "spoofed", "payload", "dropper", "lookalike", "look-alike"];
    let mut from = target.saturating_sub(LONGEST);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let words = text.get(from..target).and_then(|head| head.trim_end_matches(['(', '<']).strip_suffix(']')).and_then(|head| head.rsplit('[').next());
    let words = words.unwrap_or_default().to_lowercase();
    // `Analysis of a fake page` is a text about it.
    words.split_whitespace().take(4).any(|word| BAD.contains(&word)) && !words.contains(" of ") && !words.contains("analysis")
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
