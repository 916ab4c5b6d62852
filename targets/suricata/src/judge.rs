//! What do the rules find, as they stand in the files? Each is read from its line and run on the packets that events become, with the lists
//! beside it.

use std::collections::{BTreeMap, BTreeSet};

use backend::{Artefact, ArtefactKind, Finding, Forgets, Hearing, Judgement, PrintedRule, Question, Trial};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evaluate::suricata::{Rule, Rules, Site, Traffic, seen};

use ir::{Correlation, EventRule, Field, FieldRef, Happening, Kind, Op, Record};

use crate::profiles::Version;
use crate::traffic::{self, Carrier, Sight};

/// A line of a file.
pub(crate) struct Line<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

/// Every rule that is ours, by its file and number.
pub(crate) type Lines<'a> = BTreeMap<(&'a str, &'a str), Line<'a>>;

/// Judges every question.
pub(crate) fn run(hearing: &Hearing<'_>) -> Vec<Judgement> {
    let lines = lines(hearing.artefacts);
    let mut site = Site::stock();
    for list in hearing.artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::List) {
        site.lists.insert(list.path.clone(), list.text.clone());
    }
    let mut out = Vec::new();
    for (at, question) in hearing.questions.iter().enumerate() {
        let asked = asked(&question.detection.kind);
        let own = own(&lines, question).and_then(|own| Ok((read(own.iter().map(|line| line.text))?, own)));
        let carriers: Vec<Carrier> = match &own {
            Ok((_, lines)) => Carrier::ALL.into_iter().filter(|carrier| carrier.is_read(lines.iter().map(|line| line.text))).collect(),
            Err(_) => vec![Carrier::Usual],
        };
        let trials = question.trials.iter().enumerate().flat_map(|trial| carriers.iter().map(move |carrier| (trial, *carrier)));
        for ((number, trial), carrier) in trials {
            let mut judgement = Judgement { log: carrier.name().map(str::to_owned), ..Judgement::new(at, number, Finding::Misses) };
            judgement.forgets = Forgets { platform: true, way: false };
            match &own {
                Ok((rules, lines)) => {
                    judgement.finding =
                        judged(hearing, (question, &asked), (trial, carrier), (rules, lines), &mut site, &mut judgement).unwrap_or_else(|why| why);
                }
                Err(why) => judgement.finding = Finding::Unjudged(why.clone()),
            }
            out.push(judgement);
        }
    }
    out
}

pub(crate) fn lines(artefacts: &[Artefact]) -> Lines<'_> {
    let mut out = BTreeMap::new();
    for artefact in artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::Rules) {
        for text in artefact.text.lines().filter(|line| !line.starts_with('#')) {
            // Behind it stand words without a colon.
            let number = text.rsplit_once(" sid:").and_then(|(_, rest)| rest.split_once(';'));
            if let Some((number, _)) = number {
                out.insert((artefact.path.as_str(), number), Line { file: &artefact.path, text });
            }
        }
    }
    out
}

/// The lines of a detection's rules.
pub(crate) fn own<'l>(lines: &'l Lines<'l>, question: &'l Question<'l>) -> Result<Vec<&'l Line<'l>>, String> {
    let line = |rule: &&'l PrintedRule| {
        let line = lines.get(&(rule.artefact.as_str(), rule.id.as_str()));
        line.ok_or_else(|| format!("no rule of the file has the number {}", rule.id))
    };
    question.rules.iter().map(line).collect()
}

fn read<'t>(lines: impl Iterator<Item = &'t str>) -> Result<Rules, String> {
    lines.map(|line| Rule::read(line).map_err(|why| format!("the rule cannot be read: {why}"))).collect()
}

fn judged(
    hearing: &Hearing<'_>,
    (question, asked): (&Question<'_>, &BTreeSet<FieldRef>),
    (trial, carrier): (&Trial, Carrier),
    (rules, lines): (&Rules, &[&Line<'_>]),
    site: &mut Site,
    judgement: &mut Judgement,
) -> Result<Finding, Finding> {
    let sight = on_wire(question, asked, trial, carrier)?;
    judgement.told = Some(sight.told.clone());
    let engine = match Version::of(hearing.profile) {
        Version::Seven => seen::Version::Seven,
        Version::Eight => seen::Version::Eight,
    };
    let traffic: Result<Vec<Traffic>, _> = sight.flows.iter().map(|flow| seen::traffic(flow, engine)).collect();
    let traffic = traffic.map_err(|why| Finding::Unjudged(why.to_string()))?;
    judgement.rows = traffic.iter().map(shown).collect();
    if hearing.captures {
        judgement.capture = packets::capture(&sight.flows).ok();
    }
    site.addresses.insert("HOME_NET".to_owned(), sight.home());
    let run = if sight.swaps.is_empty() {
        rules.run(&traffic, site)
    } else {
        let (texts, lists) = swapped(&sight, lines, hearing.artefacts);
        let rules = read(texts.iter().map(String::as_str)).map_err(Finding::Unjudged)?;
        rules.run(&traffic, &Site { lists, ..site.clone() })
    };
    let run = run.map_err(|why| Finding::Unjudged(why.to_string()))?;
    let line = |sid: u64| lines.iter().find(|line| line.text.contains(&format!(" sid:{sid};")));
    let alert = run.alerts.first();
    let decided = alert.and_then(|alert| line(alert.sid)).or(lines.first());
    judgement.decided = decided.map(|line| (line.file.to_owned(), deciding(line.text)));
    match (alert, run.open.first()) {
        (Some(_), _) => Ok(Finding::Finds),
        (None, Some(open)) => Err(Finding::Unjudged(open.fault.to_string())),
        (None, None) => Ok(Finding::Misses),
    }
}

/// What is sent for a trial.
///
/// # Errors
///
/// Says why nothing is.
pub(crate) fn on_wire(question: &Question<'_>, asked: &BTreeSet<FieldRef>, trial: &Trial, carrier: Carrier) -> Result<Sight, Finding> {
    let mut rules_of = Vec::new();
    events_of(&question.detection.kind, &mut rules_of);
    if trial.iter().any(|(_, record)| !rules_of.iter().any(|rule| rule.event.source.covers(&record.event.source))) {
        return Err(Finding::NoSuchEvent("it is an event of another kind".to_owned()));
    }
    let trial: &Trial = &trial.iter().map(|(at, record)| (*at, narrowed(record, asked))).collect();
    let sight = traffic::of(trial, carrier)?;
    let size = FieldRef::Known(Field::FileSize);
    if !sight.swaps.is_empty() && asked.contains(&size) && trial.iter().any(|(_, record)| record.get(&size).is_none()) {
        return Err(Finding::NoSuchEvent("a file on a network has a size".to_owned()));
    }
    if !sight.swaps.is_empty() && rules_of.iter().any(|rule| asks_for_parts(rule)) {
        return Err(Finding::Unjudged("nobody finds a hello whose fingerprint has a given form".to_owned()));
    }
    Ok(sight)
}

/// The rules about single events of which a detection is made.
fn events_of<'d>(kind: &'d Kind, out: &mut Vec<&'d EventRule>) {
    fn of<'d>(correlation: &'d Correlation, out: &mut Vec<&'d EventRule>) {
        for stream in correlation.streams() {
            match &stream.what {
                Happening::Event(rule) => out.push(rule),
                Happening::Correlation(inner) => of(inner, out),
            }
        }
    }
    match kind {
        Kind::Event(rule) => out.push(rule),
        Kind::Correlation(correlation) => of(correlation, out),
        Kind::Native { .. } => {}
    }
}

/// Whether a fingerprint is asked for by less than all of it.
fn asks_for_parts(rule: &EventRule) -> bool {
    const PRINTS: [Field; 3] = [Field::TlsJa3, Field::TlsJa3s, Field::TlsJa4];
    let in_part = |op: &Op| match op {
        Op::Text { patterns, .. } => patterns.iter().any(|pattern| pattern.as_exact().is_none()),
        op => matches!(op, Op::Regex(_)),
    };
    rule.predicate.tests().iter().any(|test| test.field.known().is_some_and(|field| PRINTS.contains(&field)) && in_part(&test.op))
}

/// The fields that decide.
pub(crate) fn asked(kind: &Kind) -> BTreeSet<FieldRef> {
    let mut rules = Vec::new();
    events_of(kind, &mut rules);
    let mut out = BTreeSet::new();
    for test in rules.iter().flat_map(|rule| rule.predicate.tests()) {
        out.insert(test.field.clone());
        if let Op::Same { other, .. } = &test.op {
            out.insert(other.clone());
        }
    }
    if let Kind::Correlation(correlation) = kind {
        out.extend(correlation.by.iter().cloned());
        out.extend(correlation.counted().iter().cloned());
        out.extend(correlation.streams().flat_map(|stream| stream.aliases.iter().map(|(_, own)| own.clone())));
    }
    out
}

/// An event with what decides alone. What else a case says makes it whole for logs, and need not be sent: no hello has a fingerprint that
/// somebody made up.
fn narrowed(record: &Record, asked: &BTreeSet<FieldRef>) -> Record {
    let mut kept: BTreeSet<FieldRef> = asked.clone();
    // It stands behind the host that is sent.
    kept.insert(FieldRef::Known(Field::UrlPort));
    for field in asked {
        let mut part = field.clone();
        while let Some((whole, _)) = part.known().filter(|_| !record.fields.contains_key(&part)).and_then(Field::derived_from) {
            part = FieldRef::Known(whole);
            kept.insert(part.clone());
        }
    }
    let mut out = record.clone();
    out.fields.retain(|field, _| kept.contains(field));
    out
}

/// The rules and lists with digests of bytes that were sent in the place of those that nobody finds bytes for.
pub(crate) fn swapped(sight: &Sight, lines: &[&Line<'_>], artefacts: &[Artefact]) -> (Vec<String>, BTreeMap<String, String>) {
    let swap = |text: &str| {
        sight.swaps.iter().fold(text.to_owned(), |text, (from, to)| {
            // In a content, colons are in hex.
            text.replace(from, to).replace(&from.replace(':', "|3A|"), &to.replace(':', "|3A|"))
        })
    };
    let texts: Vec<String> = lines.iter().map(|line| swap(line.text)).collect();
    let of_list = |line: &str| {
        let coded = |(from, to): &(String, String)| {
            let plain = (line == from).then(|| to.clone());
            plain.or_else(|| (line == STANDARD.encode(from)).then(|| STANDARD.encode(to)))
        };
        sight.swaps.iter().find_map(coded).unwrap_or_else(|| line.to_owned())
    };
    let named = |list: &&Artefact| list.kind == ArtefactKind::List && texts.iter().any(|text| text.contains(&list.path));
    let lists =
        artefacts.iter().filter(named).map(|list| (list.path.clone(), list.text.lines().map(|line| of_list(line) + "\n").collect())).collect();
    (texts, lists)
}

/// The part of a rule that decides: without its message and what stands behind its number.
fn deciding(text: &str) -> String {
    let (head, rest) = text.split_once("(msg:\"").unwrap_or((text, ""));
    let options = rest.split_once("\"; ").map_or(rest, |(_, options)| options);
    let end = options.find(" classtype:").unwrap_or(options.len());
    format!("{head}({})", options.get(..end).unwrap_or(options))
}

/// What both sides said first.
fn shown(traffic: &Traffic) -> String {
    let mut out = format!("{} -> {}, protocol {}", traffic.client, traffic.server, traffic.protocol);
    for packet in traffic.packets.iter().filter(|packet| !packet.payload.is_empty()).take(4) {
        let start: String = packet.payload.iter().take(240).flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
        out.push_str(&format!("\n{:?}: {start}", packet.from));
    }
    out
}
