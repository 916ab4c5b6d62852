//! Which words near a value say what it is for? One pass over the text finds them all.

use std::ops::Range;
use std::sync::LazyLock;

use ir::Role;
use rayon::prelude::*;

use crate::pieces::pieces;
use languages::{self, Lookup, Near, Said};

/// What a word says of the values near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hint {
    /// The attacker uses it.
    Hostile,
    /// Implants talk to it.
    Command,
    /// Malware comes from it.
    Delivery,
    /// The attacker goes through it.
    Relay,
    /// Data leaves to it.
    Exfiltration,
    /// People are lured to it.
    Phishing,
    /// Mail comes from it.
    Sender,
    /// Another text is named.
    Citation,
    /// Someone to write to is named.
    Contact,
    /// Those who were attacked are named.
    Victim,
    /// A version is named.
    Version,
    /// Something ordinary is named.
    Harmless,
    /// A value is cleared: it points at no attacker, or no longer.
    Cleared,
    /// A state of a value, when a cell holds nothing else.
    State,
    /// A mutex is announced.
    Mutex,
    /// A pipe is announced.
    Pipe,
    /// A service is announced.
    Service,
    /// A task is announced.
    Task,
    /// A User-Agent header is announced.
    Agent,
    /// A rule or a program's text gives a host a name.
    Field,
}

impl Hint {
    /// Whether it only announces an object of a system.
    pub(super) fn announces(self) -> bool {
        matches!(self, Self::Mutex | Self::Pipe | Self::Service | Self::Task | Self::Agent)
    }

    /// Whether it speaks against a value.
    pub(super) fn against(self) -> bool {
        matches!(self, Self::Citation | Self::Contact | Self::Victim | Self::Version | Self::Harmless | Self::Cleared)
    }
}

const WORDS: [(&str, Hint); 340] = [
    ("c2", Hint::Command),
    ("c&c", Hint::Command),
    ("c&c server", Hint::Command),
    ("command and control", Hint::Command),
    ("command-and-control", Hint::Command),
    ("command & control", Hint::Command),
    ("beacon", Hint::Command),
    ("beacons", Hint::Command),
    ("beaconing", Hint::Command),
    ("callback", Hint::Command),
    ("call back", Hint::Command),
    ("calls back", Hint::Command),
    ("communicates with", Hint::Command),
    ("communicated with", Hint::Command),
    ("communicating with", Hint::Command),
    ("connects to", Hint::Command),
    ("connected to", Hint::Command),
    ("connections to", Hint::Command),
    ("connection to", Hint::Command),
    ("contacts", Hint::Command),
    ("contacted", Hint::Command),
    ("controller", Hint::Command),
    ("falls back to", Hint::Command),
    ("reverse shell", Hint::Command),
    ("implant", Hint::Hostile),
    ("malicious", Hint::Hostile),
    ("malware", Hint::Hostile),
    ("attacker", Hint::Hostile),
    ("attackers", Hint::Hostile),
    ("actor", Hint::Hostile),
    ("actor-operated", Hint::Hostile),
    ("actor-controlled", Hint::Hostile),
    ("attacker-controlled", Hint::Hostile),
    ("infrastructure", Hint::Hostile),
    ("operators", Hint::Hostile),
    ("lookalike", Hint::Hostile),
    ("typosquat", Hint::Hostile),
    ("impersonating", Hint::Hostile),
    ("registered", Hint::Hostile),
    ("indicator", Hint::Hostile),
    ("ioc", Hint::Hostile),
    ("iocs", Hint::Hostile),
    ("cobalt strike", Hint::Hostile),
    ("ransom", Hint::Hostile),
    ("downloaded from", Hint::Delivery),
    ("download", Hint::Delivery),
    ("downloads", Hint::Delivery),
    ("downloader", Hint::Delivery),
    ("downloading", Hint::Delivery),
    ("downloaded", Hint::Delivery),
    ("downloadstring", Hint::Delivery),
    ("downloadfile", Hint::Delivery),
    ("urlcache", Hint::Delivery),
    ("payload", Hint::Delivery),
    ("payloads", Hint::Delivery),
    ("hosted on", Hint::Delivery),
    ("hosted at", Hint::Delivery),
    ("hosting", Hint::Delivery),
    ("served from", Hint::Delivery),
    ("redirects to", Hint::Delivery),
    ("redirected to", Hint::Delivery),
    ("second stage", Hint::Delivery),
    ("came from", Hint::Delivery),
    ("retrieved from", Hint::Delivery),
    ("dropped from", Hint::Delivery),
    ("wget", Hint::Delivery),
    ("curl", Hint::Delivery),
    ("iex", Hint::Delivery),
    ("webclient", Hint::Delivery),
    ("net.webclient", Hint::Delivery),
    ("xmlhttp", Hint::Delivery),
    ("shell(", Hint::Delivery),
    ("mshta", Hint::Delivery),
    ("msiexec", Hint::Delivery),
    ("proxy", Hint::Relay),
    ("relay", Hint::Relay),
    ("vpn exit", Hint::Relay),
    ("exfiltrate", Hint::Exfiltration),
    ("exfiltrated", Hint::Exfiltration),
    ("exfiltration", Hint::Exfiltration),
    ("exfiltrating", Hint::Exfiltration),
    ("uploads to", Hint::Exfiltration),
    ("uploaded to", Hint::Exfiltration),
    ("phishing", Hint::Phishing),
    ("landing page", Hint::Phishing),
    ("credential harvesting", Hint::Phishing),
    ("sender", Hint::Sender),
    ("from:", Hint::Sender),
    ("sent from", Hint::Sender),
    ("reply-to", Hint::Sender),
    ("sender address", Hint::Sender),
    ("blog", Hint::Citation),
    ("blogpost", Hint::Citation),
    ("article", Hint::Citation),
    ("white paper", Hint::Citation),
    ("whitepaper", Hint::Citation),
    ("available at", Hint::Citation),
    ("available on", Hint::Citation),
    ("according to", Hint::Citation),
    ("reported by", Hint::Citation),
    ("source:", Hint::Citation),
    ("reference", Hint::Citation),
    ("references", Hint::Citation),
    ("read more", Hint::Citation),
    ("more info", Hint::Citation),
    ("more information", Hint::Citation),
    ("see also", Hint::Citation),
    ("documentation", Hint::Citation),
    ("vendor blog", Hint::Citation),
    ("published", Hint::Citation),
    ("tweet", Hint::Citation),
    ("sample page", Hint::Citation),
    ("advisory", Hint::Citation),
    ("github", Hint::Citation),
    ("xmlns", Hint::Harmless),
    ("contact us", Hint::Contact),
    ("contact:", Hint::Contact),
    ("report incidents", Hint::Contact),
    ("report to", Hint::Contact),
    ("reported to", Hint::Contact),
    ("media:", Hint::Contact),
    ("inquiries", Hint::Contact),
    ("by email", Hint::Contact),
    ("email us", Hint::Contact),
    ("reach out", Hint::Contact),
    ("victim", Hint::Victim),
    ("victims", Hint::Victim),
    ("victim network", Hint::Victim),
    ("version", Hint::Version),
    ("versions", Hint::Version),
    ("build", Hint::Version),
    ("builds", Hint::Version),
    ("activex", Hint::Version),
    ("multilingual", Hint::Version),
    ("affected", Hint::Version),
    ("connectivity check", Hint::Harmless),
    ("connectivity checks", Hint::Harmless),
    ("legitimate", Hint::Harmless),
    ("legit", Hint::Harmless),
    ("not malicious", Hint::Cleared),
    ("we took over", Hint::Cleared),
    ("we have taken over", Hint::Cleared),
    ("we sinkholed", Hint::Cleared),
    ("we registered", Hint::Cleared),
    ("researchers took over", Hint::Cleared),
    ("the police took over", Hint::Cleared),
    ("taken over by us", Hint::Cleared),
    ("site of the victim", Hint::Cleared),
    ("website of the victim", Hint::Cleared),
    ("domain of the victim", Hint::Cleared),
    ("server of the victim", Hint::Cleared),
    ("site of a victim", Hint::Cleared),
    ("website of a victim", Hint::Cleared),
    ("the victim's site", Hint::Cleared),
    ("the victim's website", Hint::Cleared),
    ("the victim's domain", Hint::Cleared),
    ("was impersonated", Hint::Cleared),
    ("were impersonated", Hint::Cleared),
    ("is impersonated", Hint::Cleared),
    ("was imitated", Hint::Cleared),
    ("were imitated", Hint::Cleared),
    ("was spoofed", Hint::Cleared),
    ("were spoofed", Hint::Cleared),
    ("was cloned", Hint::Cleared),
    ("false positive", Hint::Cleared),
    ("false positives", Hint::Cleared),
    ("sinkhole", Hint::Cleared),
    ("sinkholed", Hint::Cleared),
    ("dns query for", Hint::Command),
    ("dns queries for", Hint::Command),
    ("resolved to", Hint::Command),
    ("resolves to", Hint::Command),
    ("serveur de commande", Hint::Command),
    ("commande et de contrôle", Hint::Command),
    ("c2サーバ", Hint::Command),
    ("通信先", Hint::Command),
    ("接続先", Hint::Command),
    ("télécharge", Hint::Delivery),
    ("téléchargé", Hint::Delivery),
    ("malveillant", Hint::Hostile),
    ("malveillants", Hint::Hostile),
    ("attaquant", Hint::Hostile),
    ("attaquants", Hint::Hostile),
    ("victime", Hint::Victim),
    ("victimes", Hint::Victim),
    ("légitime", Hint::Harmless),
    ("public dns", Hint::Harmless),
    ("benign", Hint::Cleared),
    ("must not be blocked", Hint::Cleared),
    ("/tn", Hint::Task),
    ("-taskname", Hint::Task),
    ("sc create", Hint::Service),
    ("sc.exe create", Hint::Service),
    ("new-service -name", Hint::Service),
    ("mutex", Hint::Mutex),
    ("mutexes", Hint::Mutex),
    ("mutant", Hint::Mutex),
    ("mutants", Hint::Mutex),
    ("mutexe", Hint::Mutex),
    ("pipe", Hint::Pipe),
    ("pipes", Hint::Pipe),
    ("named pipe", Hint::Pipe),
    ("named pipes", Hint::Pipe),
    ("service", Hint::Service),
    ("services", Hint::Service),
    ("windows service", Hint::Service),
    ("task", Hint::Task),
    ("tasks", Hint::Task),
    ("scheduled task", Hint::Task),
    ("scheduled tasks", Hint::Task),
    ("user-agent", Hint::Agent),
    ("user-agents", Hint::Agent),
    ("user agent", Hint::Agent),
    ("user agents", Hint::Agent),
    ("useragent", Hint::Agent),
    ("mails come from", Hint::Sender),
    ("mail comes from", Hint::Sender),
    ("mails came from", Hint::Sender),
    ("mail came from", Hint::Sender),
    ("emails come from", Hint::Sender),
    ("emails came from", Hint::Sender),
    ("mails from", Hint::Sender),
    ("emails from", Hint::Sender),
    ("e-mails from", Hint::Sender),
    ("sent by", Hint::Sender),
    ("sent the mail", Hint::Sender),
    ("ransom note", Hint::Hostile),
    ("for questions", Hint::Contact),
    ("any questions", Hint::Contact),
    ("have questions", Hint::Contact),
    ("download the list", Hint::Citation),
    ("download the indicators", Hint::Citation),
    ("download the iocs", Hint::Citation),
    ("download the report", Hint::Citation),
    ("download the full", Hint::Citation),
    ("download the pdf", Hint::Citation),
    ("download this report", Hint::Citation),
    ("available for download", Hint::Citation),
    ("inactive", Hint::State),
    ("expired", Hint::State),
    ("allowed", Hint::State),
    ("clean", Hint::State),
    ("fp", Hint::State),
    ("removed", Hint::State),
    ("no longer malicious", Hint::Cleared),
    ("controlled by researchers", Hint::Cleared),
    ("under our control", Hint::Cleared),
    ("not indicators", Hint::Cleared),
    ("not an indicator", Hint::Cleared),
    ("no indicator", Hint::Cleared),
    ("no indicators", Hint::Cleared),
    ("not an ioc", Hint::Cleared),
    ("not iocs", Hint::Cleared),
    ("harmless", Hint::Cleared),
    ("known good", Hint::Cleared),
    ("should not be blocked", Hint::Cleared),
    ("not be blocked", Hint::Cleared),
    ("do not block", Hint::Cleared),
    ("removed from this list", Hint::Cleared),
    ("removed from the list", Hint::Cleared),
    ("removed from the indicators", Hint::Cleared),
    ("whitelisted", Hint::Cleared),
    ("allowlisted", Hint::Cleared),
    ("allow-listed", Hint::Cleared),
    ("revoked", Hint::Cleared),
    ("retracted", Hint::Cleared),
    ("withdrawn", Hint::Cleared),
    ("seized", Hint::Cleared),
    ("taken over by researchers", Hint::Cleared),
    ("belongs to a victim", Hint::Cleared),
    ("belongs to researchers", Hint::Cleared),
    ("goes out", Hint::Exfiltration),
    ("go out", Hint::Exfiltration),
    ("sends the data", Hint::Exfiltration),
    ("sends data", Hint::Exfiltration),
    ("sent the data", Hint::Exfiltration),
    ("stolen data", Hint::Exfiltration),
    ("data theft", Hint::Exfiltration),
    ("exfil", Hint::Exfiltration),
    ("exfiltrates", Hint::Exfiltration),
    ("uploads", Hint::Exfiltration),
    ("collect passwords", Hint::Phishing),
    ("collects passwords", Hint::Phishing),
    ("collect credentials", Hint::Phishing),
    ("collects credentials", Hint::Phishing),
    ("steal credentials", Hint::Phishing),
    ("credential phishing", Hint::Phishing),
    ("offered at", Hint::Delivery),
    ("offered on", Hint::Delivery),
    ("delivered from", Hint::Delivery),
    ("distributed from", Hint::Delivery),
    ("distributed via", Hint::Delivery),
    ("fetched from", Hint::Delivery),
    ("fetches", Hint::Delivery),
    ("installed from", Hint::Delivery),
    ("contacts:", Hint::Contact),
    ("contact at", Hint::Contact),
    ("e-mail us", Hint::Contact),
    ("mail us", Hint::Contact),
    ("write to us", Hint::Contact),
    ("report it to", Hint::Contact),
    ("reports to", Hint::Contact),
    ("press office", Hint::Contact),
    ("press contact", Hint::Contact),
    ("media contact", Hint::Contact),
    ("press:", Hint::Contact),
    ("feedback", Hint::Contact),
    ("hotline", Hint::Contact),
    ("get in touch", Hint::Contact),
    ("kontakt", Hint::Contact),
    ("contacto", Hint::Contact),
    ("contatto", Hint::Contact),
    ("contato", Hint::Contact),
    ("contactez", Hint::Contact),
    ("learn more", Hint::Citation),
    ("full report", Hint::Citation),
    ("our report", Hint::Citation),
    ("report by", Hint::Citation),
    ("described by", Hint::Citation),
    ("described in", Hint::Citation),
    ("write-up", Hint::Citation),
    ("writeup", Hint::Citation),
    ("analysis by", Hint::Citation),
    ("ua", Hint::Agent),
    ("tâche planifiée", Hint::Task),
    ("tâches planifiées", Hint::Task),
    ("geplante aufgabe", Hint::Task),
    ("geplanten aufgabe", Hint::Task),
    ("tarea programada", Hint::Task),
    ("attività pianificata", Hint::Task),
    ("tarefa agendada", Hint::Task),
    ("geplande taak", Hint::Task),
    ("canal nommé", Hint::Pipe),
    ("canal nomme", Hint::Pipe),
    ("tube nommé", Hint::Pipe),
    ("dienst", Hint::Service),
    ("staging server", Hint::Delivery),
    ("staging servers", Hint::Delivery),
    ("staged on", Hint::Delivery),
    ("staged at", Hint::Delivery),
];

const FIELDS: [&str; 14] = [
    "commonname=",
    "commonname:",
    "content:",
    "hostname",
    "destinationhostname",
    "$c2",
    "\"host\"",
    "dns.query",
    "dns_query",
    "queryname",
    "domain:",
    "host:",
    "remoteaddress",
    "targetip",
];

/// Where each word stands.
#[derive(Debug, Default)]
pub(super) struct Hints {
    places: Vec<(usize, usize, Hint)>,
}

impl Hints {
    /// The words that announce objects of a system.
    pub(super) fn announced(&self) -> impl Iterator<Item = (usize, usize, Hint)> + '_ {
        self.places.iter().copied().filter(|(.., hint)| hint.announces())
    }

    /// The hints that begin between two places.
    pub(super) fn between(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, usize, Hint)> + '_ {
        let first = self.places.partition_point(|(at, ..)| *at < start);
        self.places.iter().skip(first).take_while(move |(_, until, _)| *until <= end).copied().filter(|(.., hint)| !hint.announces()).take(48)
    }
}

/// Finds every word; `foreign` asks for the words of other languages than English as well.
pub(super) fn hints(text: &str, foreign: bool) -> Hints {
    let foreign = foreign || languages::may_be_other(text);
    let read = |piece: Range<usize>| {
        let lower = text.get(piece.clone()).unwrap_or_default().to_ascii_lowercase();
        let mut places = english(&lower);
        if foreign {
            places.extend(others(&lower));
            places.sort_unstable();
        }
        places.into_iter().map(move |(start, end, hint)| (piece.start + start, piece.start + end, hint))
    };
    Hints { places: pieces(text).into_par_iter().flat_map_iter(read).collect() }
}

/// Words that English has as well, with a meaning that says less.
const ENGLISH_TOO: [&str; 12] = [
    "distribution",
    "anonymisation",
    "scans",
    "scanner",
    "scanners",
    "proxies",
    "relays",
    "brute force",
    "payload",
    "exfiltration",
    "phishing",
    "delivery",
];

/// The words of other languages, as they are written in small letters, with a capital, in capitals and without accents.
fn others(lower: &str) -> impl Iterator<Item = (usize, usize, Hint)> + '_ {
    static WORDS: LazyLock<Lookup<Hint>> = LazyLock::new(|| {
        let said = languages::near_words().filter(|(word, _)| !ENGLISH_TOO.contains(word)).filter_map(|(word, said)| Some((word, of(said)?)));
        Lookup::of(said.flat_map(|(word, hint)| {
            let small = word.to_lowercase();
            let mut letters = small.chars();
            let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
            let spellings = [word.to_owned(), capital, small.to_uppercase(), languages::fold::folded(word), small];
            spellings.map(|spelling| (spelling.to_ascii_lowercase(), hint))
        }))
    });
    WORDS.all(lower)
}

fn of(said: Said) -> Option<Hint> {
    Some(match said {
        Said::Role(Role::C2) => Hint::Command,
        Said::Role(Role::Delivery) => Hint::Delivery,
        Said::Role(Role::Phishing) => Hint::Phishing,
        Said::Role(Role::Relay) => Hint::Relay,
        Said::Role(Role::Exfiltration) => Hint::Exfiltration,
        Said::Role(Role::Sender) => Hint::Sender,
        Said::Role(Role::Payload | Role::Scanner | Role::Persistence | Role::Tool | Role::Unknown) => return None,
        Said::Near(Near::Hostile) => Hint::Hostile,
        Said::Near(Near::Citation) => Hint::Citation,
        Said::Near(Near::Contact) => Hint::Contact,
        Said::Near(Near::Victim) => Hint::Victim,
        Said::Near(Near::Harmless) => Hint::Harmless,
    })
}

/// The words of English in a text whose ASCII is in lower case.
fn english(lower: &str) -> Vec<(usize, usize, Hint)> {
    static LOOKUP: LazyLock<Lookup<Hint>> = LazyLock::new(|| {
        let fields = FIELDS.iter().map(|field| ((*field).to_owned(), Hint::Field));
        Lookup::of(WORDS.iter().map(|(word, hint)| ((*word).to_owned(), *hint)).chain(fields))
    });
    let bytes = lower.as_bytes();
    let inside = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let alone = |start: usize, end: usize, hint: Hint| {
        let last = bytes.get(end.saturating_sub(1)).is_some_and(u8::is_ascii_alphanumeric);
        // `c2.tide.example`, `x.download`: a part of a name.
        let part = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| matches!(byte, b'.' | b'_' | b'@' | b'\\'));
        let named = hint != Hint::Field
            && (part(start.checked_sub(1)) && inside(start.checked_sub(2))
                || part(Some(end)) && inside(Some(end + 1)) && !lower.get(end..).is_some_and(|rest| rest.starts_with(".exe")));
        !(inside(start.checked_sub(1)) || last && inside(Some(end)) || named)
    };
    let found = LOOKUP.found(lower, |_| true).map(|(start, end, hint)| (start, end, *hint));
    found.filter(|(start, end, hint)| alone(*start, *end, *hint)).collect()
}
