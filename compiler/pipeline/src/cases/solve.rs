//! Which event fulfils tests that must all hold, and none of those that must not?
//!
//! Fields are solved one group at a time, a whole with its parts; each group tries a few values, made of what its tests ask for, and keeps the
//! first that the evaluator agrees with. What is not solved is said by the caller.

use std::collections::BTreeMap;

use ir::{
    EventClass, EventRule, Field, FieldKind, FieldRef, FieldTest, FieldValue, LogSource, NumberTest, Op, Place, Platform, Record, TimePart, eval,
};

use super::expression::Piece;
use super::numbers::numbers;
use super::piece;
use super::ways::Goal;
use super::{bytes, sound, whole};

/// An event of the rule's kind that fulfils the goals; `pick` turns among the values of a test.
pub(super) fn event(rule: &EventRule, goals: &[Goal<'_>], pick: usize) -> Option<Record> {
    let asked = fields(goals);
    let mut record = Record::new(rule.event.clone());
    record.event.platform = record.event.platform.or_else(|| platform(rule, goals));
    if record.event.class() == Some(EventClass::FileContent) {
        record = bytes::file(record, goals)?;
    }
    let mut groups: BTreeMap<FieldRef, Vec<Goal<'_>>> = BTreeMap::new();
    for goal in goals {
        let Some(test) = goal.test() else { continue };
        groups.entry(group(&test.field)).or_default().push(*goal);
    }
    // A field that is compared with another one is solved after it.
    let mut order: Vec<(&FieldRef, &Vec<Goal<'_>>)> = groups.iter().collect();
    order.sort_by_key(|(_, goals)| goals.iter().any(|goal| goal.holds && matches!(goal.test().map(|test| &test.op), Some(Op::Same { .. }))));
    for (field, own) in order {
        record = solve(record, field, own, pick)?;
    }
    if !holds(&record, goals) {
        return None;
    }
    let mut full = record.clone();
    whole::fill(&mut full, &asked);
    let fits = |record: &Record| holds(record, goals) && eval::matches(rule, record);
    if fits(&full) { Some(full) } else { fits(&record).then_some(record) }
}

/// Every field that goals read.
pub(super) fn fields(goals: &[Goal<'_>]) -> Vec<FieldRef> {
    let mut out = Vec::new();
    for test in goals.iter().filter_map(Goal::test) {
        out.push(test.field.clone());
        if let Op::Same { other, .. } = &test.op {
            out.push(other.clone());
        }
    }
    out
}

fn holds(record: &Record, goals: &[Goal<'_>]) -> bool {
    goals.iter().all(|goal| eval::holds(goal.leaf, record) == goal.holds)
}

fn group(field: &FieldRef) -> FieldRef {
    field.known().map_or_else(|| field.clone(), |known| FieldRef::Known(whole::root(known)))
}

/// The platform of an event whose rule names none: by the separators of the paths that it asks for.
fn platform(rule: &EventRule, goals: &[Goal<'_>]) -> Option<Platform> {
    let class = rule.event.class()?;
    if class.on_network() || matches!(class, EventClass::FileContent | EventClass::CloudAudit) {
        return None;
    }
    let path =
        |goal: &&Goal<'_>| goal.holds && goal.test().is_some_and(|test| test.field.known().is_some_and(|field| field.kind() == FieldKind::Path));
    let texts: Vec<Piece> = goals.iter().filter(path).filter_map(|goal| piece::of(&goal.test()?.op, 0)).collect();
    let unix = texts.iter().any(|piece| piece.text.starts_with('/')) && !texts.iter().any(|piece| piece.text.contains('\\'));
    let only_windows = matches!(
        class,
        EventClass::RegistrySet
            | EventClass::RegistryCreate
            | EventClass::RegistryDelete
            | EventClass::RegistryChange
            | EventClass::Pipe
            | EventClass::AuthLogon
    );
    Some(if unix && !only_windows { Platform::Linux } else { Platform::Windows })
}

/// The record with values for one group of fields.
fn solve(record: Record, field: &FieldRef, goals: &[Goal<'_>], pick: usize) -> Option<Record> {
    if holds(&record, goals) {
        return Some(record);
    }
    let wanted: Vec<&FieldTest> = goals.iter().filter(|goal| goal.holds).filter_map(Goal::test).collect();
    if *field == FieldRef::Any {
        return anywhere(record, &wanted, goals, pick);
    }
    for list in assignments(&record, field, &wanted, pick) {
        let mut tried = record.clone();
        for (field, value) in list {
            whole::put(&mut tried, &field, Some(value));
        }
        if holds(&tried, goals) && sound::is_sound(&tried) {
            return Some(tried);
        }
    }
    None
}

/// A whole event that holds the words that are looked for anywhere.
fn anywhere(mut record: Record, wanted: &[&FieldTest], goals: &[Goal<'_>], pick: usize) -> Option<Record> {
    let pieces: Vec<Piece> = wanted.iter().filter_map(|test| piece::of(&test.op, pick)).collect();
    for text in piece::join(&pieces, "plain: ", " plain") {
        record.message = Some(text.as_str().into());
        if holds(&record, goals) {
            return Some(record);
        }
    }
    None
}

type Assignment = Vec<(FieldRef, FieldValue)>;

/// Values to try for a group of fields, the likely ones first.
fn assignments(record: &Record, field: &FieldRef, wanted: &[&FieldTest], pick: usize) -> Vec<Assignment> {
    let mut out: Vec<Assignment> = Vec::new();
    let on: Vec<&FieldRef> = {
        let mut list: Vec<&FieldRef> = wanted.iter().map(|test| &test.field).collect();
        list.dedup();
        list
    };
    let single = on.len() == 1;
    // Numbers, flags and times, each on its own field.
    for test in wanted {
        out.extend(plain(test).into_iter().map(|value| vec![(test.field.clone(), value)]));
    }
    for test in wanted {
        if let Op::Same { other, place, .. } = &test.op {
            out.extend(same(record, test, other, *place));
        }
    }
    match field.known() {
        Some(Field::UrlFull) if record.event.class() == Some(EventClass::HttpRequest) => out.extend(urls(wanted, pick)),
        Some(Field::EmailUrl) if on.len() > 1 => out.extend(links(wanted, pick)),
        Some(Field::RegistryPath) => out.extend(keys(wanted, pick)),
        Some(Field::UserAccount) => out.extend(each(wanted, pick)),
        Some(known) => {
            let separator = wanted.iter().find_map(|test| piece::of(&test.op, pick)).map_or(whole::separator(record), |piece| {
                if piece.text.contains('\\') {
                    '\\'
                } else if piece.text.contains('/') && known.kind() == FieldKind::Path {
                    '/'
                } else {
                    whole::separator(record)
                }
            });
            let pieces: Vec<Piece> = wanted
                .iter()
                .filter_map(|test| {
                    let piece = piece::of(&test.op, pick)?;
                    let how = test.field.known().filter(|field| *field != known).and_then(Field::derived_from);
                    Some(how.map_or(piece.clone(), |(_, how)| piece::of_part(piece, how, separator)))
                })
                .collect();
            let folder = if separator == '/' { "/opt/plain" } else { "C:\\Plain" };
            let (before, behind) = match known.kind() {
                FieldKind::Path => (folder, ""),
                FieldKind::Url => ("http://www.plain.example/", ""),
                FieldKind::Domain => ("www.", "plain.example"),
                _ if known == Field::EmailFrom => ("someone", ""),
                _ => ("", ""),
            };
            let many = known.holds_many() && pieces.len() > 1;
            if !pieces.is_empty() {
                let name = FieldRef::Known(known);
                if many {
                    let values = pieces.iter().flat_map(|piece| piece::join(std::slice::from_ref(piece), before, behind).into_iter().next());
                    out.push(vec![(name.clone(), FieldValue::List(values.map(FieldValue::Text).collect()))]);
                }
                out.extend(piece::join(&pieces, before, behind).into_iter().map(|text| vec![(name.clone(), FieldValue::Text(text))]));
                out.extend(
                    piece::join(&pieces, &format!("{before}{separator}"), behind)
                        .into_iter()
                        .map(|text| vec![(name.clone(), FieldValue::Text(text))]),
                );
                if known.kind() != FieldKind::Path {
                    out.extend(piece::join(&pieces, "k ", " k").into_iter().map(|text| vec![(name.clone(), FieldValue::Text(text))]));
                }
            }
        }
        None => {
            // A channel is one of those that the log source means.
            if let LogSource::Open { service: Some(service), .. } = &record.event.source
                && logs::taxonomy::CHANNEL_FIELDS.contains(&field.name())
            {
                let channels = logs::taxonomy::channels(service).iter();
                out.extend(channels.map(|channel| vec![(field.clone(), FieldValue::Text((*channel).to_owned()))]));
            }
            let pieces: Vec<Piece> = wanted.iter().filter_map(|test| piece::of(&test.op, pick)).collect();
            if !pieces.is_empty() {
                for (before, behind) in [("", ""), ("k", "k"), ("C:\\Plain", ""), ("k ", " k")] {
                    out.extend(piece::join(&pieces, before, behind).into_iter().map(|text| vec![(field.clone(), FieldValue::Text(text))]));
                }
            }
        }
    }
    // What only has to be there.
    if single || out.is_empty() {
        for field in &on {
            let value = field.known().map_or_else(|| FieldValue::Text("plain".to_owned()), |known| whole::ordinary(known, record));
            out.push(vec![((*field).clone(), value)]);
            out.push(vec![((*field).clone(), FieldValue::Text(String::new()))]);
        }
    }
    out
}

/// Each test on its own field.
fn each(wanted: &[&FieldTest], pick: usize) -> Vec<Assignment> {
    let mut fields: BTreeMap<&FieldRef, Vec<Piece>> = BTreeMap::new();
    for test in wanted {
        if let Some(piece) = piece::of(&test.op, pick) {
            fields.entry(&test.field).or_default().push(piece);
        }
    }
    let ordinary = |field: &FieldRef| match field {
        FieldRef::Known(Field::UserAccount) => ("EXAMPLE\\", ""),
        _ => ("", ""),
    };
    let joined: Vec<(FieldRef, Vec<String>)> = fields
        .into_iter()
        .map(|(field, pieces)| {
            let (before, behind) = ordinary(field);
            (field.clone(), piece::join(&pieces, before, behind))
        })
        .collect();
    (0..4)
        .map(|at| {
            joined.iter().filter_map(|(field, texts)| Some((field.clone(), FieldValue::Text(texts.get(at).or(texts.first())?.clone())))).collect()
        })
        .collect()
}

/// Keys and values of the registry.
fn keys(wanted: &[&FieldTest], pick: usize) -> Vec<Assignment> {
    let of = |field: Field| -> Vec<Piece> {
        wanted.iter().filter(|test| test.field == FieldRef::Known(field)).filter_map(|test| piece::of(&test.op, pick)).collect()
    };
    let (path, key, name) = (of(Field::RegistryPath), of(Field::RegistryKey), of(Field::RegistryValueName));
    let mut out = Vec::new();
    let texts = |pieces: &[Piece], before: &str| if pieces.is_empty() { Vec::new() } else { piece::join(pieces, before, "") };
    for before in ["HKLM\\Software", "HKLM\\Software\\", "HKCU\\Software"] {
        let (paths, keys, names) = (texts(&path, before), texts(&key, before), texts(&name, ""));
        for at in 0..6 {
            let take = |list: &[String]| list.get(at).or(list.first()).map(|text| FieldValue::Text(text.trim_end_matches('\\').to_owned()));
            let raw = |list: &[String]| list.get(at).or(list.first()).map(|text| FieldValue::Text(text.clone()));
            let mut list: Assignment = Vec::new();
            list.extend(raw(&paths).map(|value| (FieldRef::Known(Field::RegistryPath), value)));
            list.extend(take(&keys).map(|value| (FieldRef::Known(Field::RegistryKey), value)));
            list.extend(raw(&names).map(|value| (FieldRef::Known(Field::RegistryValueName), value)));
            if !list.is_empty() && !out.contains(&list) {
                out.push(list);
            }
        }
    }
    out
}

/// A link with a host, and with what is asked of the whole link behind it.
fn links(wanted: &[&FieldTest], pick: usize) -> Vec<Assignment> {
    let of = |field: Field| -> Vec<Piece> {
        wanted.iter().filter(|test| test.field == FieldRef::Known(field)).filter_map(|test| piece::of(&test.op, pick)).collect()
    };
    let hosts = piece::join(&of(Field::EmailUrlHost), "www.", "plain.example");
    let mut out = Vec::new();
    for host in &hosts {
        let slash = if of(Field::EmailUrl).iter().any(|piece| piece.text.starts_with('/')) { "" } else { "/" };
        for text in piece::join(&of(Field::EmailUrl), &format!("http://{host}{slash}"), "") {
            out.push(vec![(FieldRef::Known(Field::EmailUrl), FieldValue::Text(text))]);
        }
        let whole: String = of(Field::EmailUrl).iter().map(|piece| piece.text.as_str()).collect();
        out.push(vec![(FieldRef::Known(Field::EmailUrl), FieldValue::Text(format!("http://{host}{slash}{whole}")))]);
    }
    out
}

/// A request's URL and its parts.
fn urls(wanted: &[&FieldTest], pick: usize) -> Vec<Assignment> {
    let mut parts: BTreeMap<Field, Vec<Piece>> = BTreeMap::new();
    for test in wanted {
        if let (Some(field), Some(piece)) = (test.field.known(), piece::of(&test.op, pick)) {
            parts.entry(field).or_default().push(piece);
        }
    }
    let full = parts.remove(&Field::UrlFull);
    let mut out = Vec::new();
    for at in 0..6 {
        let mut list: Assignment = Vec::new();
        if let Some(full) = &full {
            let texts = piece::join(full, "http://www.plain.example/", "");
            list.extend(texts.get(at).or(texts.first()).map(|text| (FieldRef::Known(Field::UrlFull), FieldValue::Text(text.clone()))));
        }
        for (field, pieces) in &parts {
            let (before, behind) = match field {
                Field::UrlPath => ("/plain", ""),
                Field::UrlHost => ("www.", ".plain.example"),
                _ => ("", ""),
            };
            let texts = piece::join(pieces, before, behind);
            list.extend(texts.get(at).or(texts.first()).map(|text| (FieldRef::Known(*field), FieldValue::Text(text.clone()))));
        }
        if !list.is_empty() && !out.contains(&list) {
            out.push(list);
        }
    }
    out
}

/// Numbers, flags and points in time that a test might ask for.
pub(super) fn plain(test: &FieldTest) -> Vec<FieldValue> {
    match &test.op {
        Op::Number(number) => numbers(number).into_iter().map(FieldValue::Number).chain(decimals(number)).collect(),
        Op::Flag(flag) => vec![FieldValue::Flag(*flag), FieldValue::Text(if *flag { "true" } else { "false" }.to_owned())],
        Op::Time { part, number } => numbers(number).into_iter().filter_map(|number| time(*part, number)).collect(),
        Op::Empty => vec![FieldValue::Text(String::new())],
        _ => Vec::new(),
    }
}

/// A number that is not whole, as text.
fn decimals(test: &NumberTest) -> Option<FieldValue> {
    let NumberTest::Decimal(_, bound) = test else { return None };
    Some(FieldValue::Text(bound.to_string()))
}

/// A point in time whose part is so.
fn time(part: TimePart, number: i64) -> Option<FieldValue> {
    let text = match part {
        TimePart::Minute => format!("2024-03-05T10:{number:02}:30Z"),
        TimePart::Hour => format!("2024-03-05T{number:02}:10:30Z"),
        TimePart::Day => format!("2024-03-{number:02}T10:10:30Z"),
        TimePart::Month => format!("2024-{number:02}-05T10:10:30Z"),
        TimePart::Year => format!("{number:04}-03-05T10:10:30Z"),
        TimePart::Week => {
            let week = |day: i64| {
                let (month, day) = (1 + (day - 1) / 28, 1 + (day - 1) % 28);
                format!("2024-{month:02}-{day:02}T10:10:30Z")
            };
            (1..=336).map(week).find(|text| ir::time::part_of(text, TimePart::Week) == Some(number))?
        }
    };
    ir::time::part_of(&text, part).filter(|is| *is == number).map(|_| FieldValue::Text(text))
}

/// A field that holds another one at a place.
fn same(record: &Record, test: &FieldTest, other: &FieldRef, place: Place) -> Vec<Assignment> {
    let of_other = whole::text(record, other);
    let other_value = of_other.clone().unwrap_or_else(|| match other.known() {
        Some(known) => whole::ordinary(known, record).text().unwrap_or_default().into_owned(),
        None => "plain".to_owned(),
    });
    let own = match place {
        Place::Whole => other_value.clone(),
        Place::Start => format!("{other_value}k"),
        Place::End => format!("k{other_value}"),
        Place::Anywhere => format!("k{other_value}k"),
    };
    let number = other.known().is_some_and(|known| known.kind() == FieldKind::Number);
    let value = |text: String| if number { text.parse().map_or(FieldValue::Text(text), FieldValue::Number) } else { FieldValue::Text(text) };
    let mut both = vec![(test.field.clone(), FieldValue::Text(own))];
    if of_other.is_none() {
        both.insert(0, (other.clone(), value(other_value)));
    }
    vec![both]
}
