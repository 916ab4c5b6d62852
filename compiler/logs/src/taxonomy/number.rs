//! Which events does a rule mean that names them by their numbers?
//!
//! Sigma says one event in two ways: `category: process_creation`, or `service: security` and `EventID: 4688`
//! (<https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md>). Each way has names of its own for
//! the fields: those of the category, or those of the log.

use std::collections::BTreeSet;

use super::{Category, EVENT_IDS, PROVIDERS, channels, reading};
use ir::{Case, EventClass, EventRule, EventSelector, FieldRef, FieldTest, LogSource, NumberTest, Op, Part, Platform, Predicate};

/// Sigma's name for the number of an event.
pub const EVENT_ID: &str = "EventID";
/// What rules call the channel of an event.
pub const CHANNEL_FIELDS: [&str; 3] = ["Channel", "LogName", "winlog.channel"];
/// What rules call the program that wrote an event.
pub const PROVIDER_FIELDS: [&str; 4] = ["Provider_Name", "ProviderName", "SourceName", "winlog.provider_name"];

/// The events that Windows audits of a category, by number in its `Security` log, beside those of [`EVENT_IDS`]. They have other fields than
/// the category: <https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4657>.
const AUDITED: &[(&str, i64)] = &[("registry_set", 4657), ("registry_event", 4657), ("network_connection", 5156)];

/// The numbers that an event must have one of to fit a predicate; `None` when it may have any.
#[must_use]
pub fn numbers(predicate: &Predicate) -> Option<BTreeSet<i64>> {
    match predicate {
        Predicate::All(list) => list.iter().filter_map(numbers).reduce(|left, right| left.intersection(&right).copied().collect()),
        Predicate::Any(list) => list.iter().map(numbers).try_fold(BTreeSet::new(), |mut all, some| {
            all.extend(some?);
            Some(all)
        }),
        Predicate::Test(test) if test.field.name() == EVENT_ID => asked(&test.op),
        Predicate::Not(_) | Predicate::Test(_) | Predicate::Bytes(_) => None,
    }
}

/// The numbers that a test of [`EVENT_ID`] asks for; `None` for any other test of it.
#[must_use]
pub fn asked(op: &Op) -> Option<BTreeSet<i64>> {
    match op {
        Op::Number(NumberTest::In(list)) => Some(list.iter().copied().collect()),
        Op::Text { patterns, .. } => patterns.iter().map(|pattern| pattern.as_exact()?.parse().ok()).collect(),
        _ => None,
    }
}

/// The log that holds the events of a category which a predicate asks for by number or channel: a service of Windows, and the numbers.
/// `None` where neither is asked for, or both logs of the category fit.
#[must_use]
pub fn own_log(category: &str, predicate: &Predicate) -> Option<(&'static str, BTreeSet<i64>)> {
    let asked = numbers(predicate);
    // Most rules ask for neither.
    if asked.is_none() && in_channel(predicate, "security").is_none() {
        return None;
    }
    let listed = EVENT_IDS.iter().filter(|(name, ..)| name.eq_ignore_ascii_case(category)).map(|(_, service, ids)| (*service, ids.to_vec()));
    let audited = audited(category).map(|id| ("security", vec![id]));
    let mut fits = listed.chain(audited).filter_map(|(service, ids)| {
        let ids: BTreeSet<i64> = ids.into_iter().filter(|id| asked.as_ref().is_none_or(|asked| asked.contains(id))).collect();
        (!ids.is_empty() && in_channel(predicate, service) != Some(false)).then_some((service, ids))
    });
    let first = fits.next()?;
    // A number or a channel has to be asked for, and has to settle it.
    let settles = asked.as_ref().is_some_and(|asked| *asked == first.1) || asked.is_none() && in_channel(predicate, first.0) == Some(true);
    (settles && fits.next().is_none()).then_some(first)
}

/// The class of the events of a service with these numbers; `None` where no category has them all, or several have.
#[must_use]
pub fn class(service: &str, numbers: &BTreeSet<i64>) -> Option<EventClass> {
    category_of(service, numbers).map(|(category, ..)| category.class)
}

/// The category that says most of the events of a service with these numbers, the service as the tables call it, and the category's numbers
/// there. Of `registry_add` and `registry_delete`, which share a number, it is neither.
fn category_of(service: &str, numbers: &BTreeSet<i64>) -> Option<(&'static Category, &'static str, &'static [i64])> {
    let of_service = EVENT_IDS.iter().filter(|(_, of, ids)| of.eq_ignore_ascii_case(service) && numbers.iter().all(|id| ids.contains(id)));
    let holding: Vec<_> = of_service.filter_map(|(name, service, ids)| Some((Category::find(name)?, *service, *ids))).collect();
    let alone = |ids: &[i64]| holding.iter().filter(|(.., other)| other.len() == ids.len()).count() == 1;
    holding.iter().filter(|(.., ids)| alone(ids)).min_by_key(|(.., ids)| ids.len()).copied().filter(|_| !numbers.is_empty())
}

/// What a log calls the fields that a category calls otherwise: a rule may name the log by its number, and the field as Sigma does.
#[must_use]
pub fn own_name<'n>(service: &str, name: &'n str) -> &'n str {
    match name {
        "Image" if service.eq_ignore_ascii_case("security") => "NewProcessName",
        "ParentImage" if service.eq_ignore_ascii_case("security") => "ParentProcessName",
        other => other,
    }
}

/// The numbers of events that Windows audits of a category.
pub fn audited(category: &str) -> impl Iterator<Item = i64> {
    AUDITED.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(category)).map(|(_, id)| *id)
}

/// Whether a field of a category's rule has its name from the service's log, so that the rule can be read as one of that log.
#[must_use]
pub fn is_own(category: &Category, service: &str, name: &str) -> bool {
    if service.eq_ignore_ascii_case("security") {
        OF_AUDIT.contains(&name) || category.field(name, Some(Platform::Windows)).is_none()
    } else {
        name == "CommandLine" || name == "Computer" || !OF_AUDIT.contains(&name)
    }
}

/// Whether a predicate asks for the channels of a service, or for others; `None` when it asks for none.
fn in_channel(predicate: &Predicate, service: &str) -> Option<bool> {
    match predicate {
        Predicate::All(list) => list.iter().filter_map(|inner| in_channel(inner, service)).reduce(|one, other| one && other),
        Predicate::Test(test) if is_named(test, &CHANNEL_FIELDS) => {
            let names = channels(service);
            Some(names.iter().any(|name| holds_for(&test.op, name)))
        }
        _ => None,
    }
}

fn is_named(test: &FieldTest, names: &[&str]) -> bool {
    matches!(&test.field, FieldRef::Open(name) if names.contains(&&**name))
}

/// Whether a test of a text holds for this one.
fn holds_for(op: &Op, text: &str) -> bool {
    match op {
        Op::Text { patterns, case } => patterns.iter().any(|pattern| pattern.matches(text, *case)),
        Op::Exists => true,
        _ => false,
    }
}

/// A question in the words of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categorised {
    /// The question.
    pub rule: EventRule,
    /// The category's name.
    pub category: &'static str,
    /// The numbers that were asked for, where the category has events of others besides.
    pub among: BTreeSet<i64>,
}

/// The same events in the words of a category: for targets that do not hold the log, and hold the category. `None` where no category has the
/// numbers, or nothing is left to ask.
#[must_use]
pub fn categorised(rule: &EventRule) -> Option<Categorised> {
    let LogSource::Open { category: None, product: Some(product), service: Some(service) } = &rule.event.source else { return None };
    if !product.eq_ignore_ascii_case("windows") {
        return None;
    }
    let asked = numbers(&rule.predicate)?;
    let (category, service, ids) = category_of(service, &asked)?;
    let event = EventSelector { platform: rule.event.platform.or(Some(Platform::Windows)), ..category.selector(Some("windows"))? };
    let words = Words { category, service, numbers: &asked };
    let predicate = words.of(&rule.predicate)?;
    let nothing = [true, false].map(Predicate::always).contains(&predicate);
    // `file_delete` has two numbers for one thing: with and without a copy of what was removed.
    let whole = ids.len() == asked.len() || category.name == "file_delete";
    let among = if whole { BTreeSet::new() } else { asked };
    (!nothing).then_some(Categorised { rule: EventRule { event, predicate }, category: category.name, among })
}

/// What the `Security` log's event 4688 calls the fields of a process that have the same form there; its `ProcessId` is the parent's.
const OF_AUDIT: [&str; 6] = ["NewProcessName", "ParentProcessName", "CommandLine", "SubjectUserName", "SubjectDomainName", "Computer"];

/// The words of a category for those of a log.
struct Words<'w> {
    category: &'static Category,
    service: &'static str,
    numbers: &'w BTreeSet<i64>,
}

impl Words<'_> {
    /// The predicate without what every event of the category fulfils; `None` where that cannot be told.
    fn of(&self, predicate: &Predicate) -> Option<Predicate> {
        predicate.with_tests(true, &mut |test, positive| self.test(test, positive)).map(Predicate::settled)
    }

    /// What a test asks of the category; `positive` is false under a negation.
    fn test(&self, test: &FieldTest, positive: bool) -> Option<Predicate> {
        if test.field.name() == EVENT_ID {
            let asked = asked(&test.op)?;
            let held = self.numbers.is_subset(&asked);
            // One of the category's numbers alone is not told from the others.
            return (held || self.numbers.is_disjoint(&asked)).then(|| Predicate::always(held));
        }
        if is_named(test, &CHANNEL_FIELDS) {
            return told(&test.op, channels(self.service).iter().copied(), positive).map(Predicate::always);
        }
        if is_named(test, &PROVIDER_FIELDS) {
            let own = PROVIDERS.iter().filter(|(_, channel)| channels(self.service).contains(channel)).map(|(provider, _)| *provider);
            return told(&test.op, own, positive).map(Predicate::always);
        }
        Some(self.renamed(test))
    }

    fn field(&self, name: &str) -> Option<ir::Field> {
        let same = !self.service.eq_ignore_ascii_case("security") || OF_AUDIT.contains(&name);
        self.category.field(name, Some(Platform::Windows)).filter(|_| same)
    }

    fn renamed(&self, test: &FieldTest) -> Predicate {
        let FieldTest { field, op, span } = test;
        let FieldRef::Open(name) = field else { return Predicate::Test(test.clone()) };
        if let (Op::Text { patterns, case: Case::Insensitive }, "Hashes") = (op, &**name) {
            return Predicate::Any(patterns.iter().map(|pattern| self.digest(test, pattern)).collect()).flat();
        }
        let Some(known) = self.field(name) else { return Predicate::Test(test.clone()) };
        match op {
            Op::Text { patterns, case } => joined(known, patterns.iter().map(|pattern| reading::text(known, vec![pattern.clone()], *case)), *span),
            // A number that stands for the text of one.
            Op::Number(NumberTest::In(list)) if known.kind() != ir::FieldKind::Number => {
                let each = list.iter().map(|number| reading::text(known, vec![ir::Pattern::exact(number.to_string())], Case::Insensitive));
                joined(known, each, *span)
            }
            Op::Number(number) => Predicate::test(known, Op::Number(number.clone().over_whole().unwrap_or(number.clone())), *span),
            Op::Regex(_) if known == ir::Field::PipeName => Predicate::Test(test.clone()),
            Op::Same { other: FieldRef::Open(other), place, case } => match self.field(other) {
                Some(other) => Predicate::test(known, Op::Same { other: other.into(), place: *place, case: *case }, *span),
                None => Predicate::Test(test.clone()),
            },
            op => Predicate::test(known, op.clone(), *span),
        }
    }

    /// A text that is looked for in Sysmon's `Hashes`.
    fn digest(&self, test: &FieldTest, pattern: &ir::Pattern) -> Predicate {
        let sought = match pattern.parts() {
            [Part::Run, Part::Literal(text), Part::Run] => reading::digest(self.category, text),
            _ => None,
        };
        let Some((fields, hex)) = sought else {
            return Predicate::test(test.field.clone(), Op::Text { patterns: vec![pattern.clone()], case: Case::Insensitive }, test.span);
        };
        let op = Op::Text { patterns: vec![ir::Pattern::exact(hex)], case: Case::Insensitive };
        Predicate::Any(fields.into_iter().map(|field| Predicate::test(field, op.clone(), test.span)).collect()).flat()
    }
}

/// Whether a test picks one of a log's channels or programs: that says no more than which log is read. `None` where it leaves one out.
fn told<'t>(op: &Op, texts: impl Iterator<Item = &'t str>, positive: bool) -> Option<bool> {
    let (held, all) = texts.fold((0, 0), |(held, all), text| (held + usize::from(holds_for(op, text)), all + 1));
    (all > 0 && (positive || held == 0 || held == all)).then_some(held > 0)
}

/// Alternatives on one field, in one test where their operators are alike.
fn joined(field: ir::Field, each: impl Iterator<Item = Op>, span: source::Span) -> Predicate {
    let mut ops: Vec<Op> = Vec::new();
    for op in each {
        let apart = Op::join(ops.iter_mut(), op);
        ops.extend(apart);
    }
    Predicate::Any(ops.into_iter().map(|op| Predicate::test(field, op, span)).collect()).flat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::Pattern;

    fn span() -> source::Span {
        source::Span::new(source::Sources::default().add("test", ""), 0, 0)
    }

    fn id(list: &[i64]) -> Predicate {
        Predicate::test(FieldRef::Open(EVENT_ID.into()), Op::Number(NumberTest::In(list.to_vec())), span())
    }

    fn text(name: &str, value: &str) -> Predicate {
        let op = Op::Text { patterns: vec![Pattern::exact(value)], case: Case::Insensitive };
        Predicate::test(FieldRef::Open(name.into()), op, span())
    }

    fn of_service(service: &str, list: Vec<Predicate>) -> EventRule {
        let source = LogSource::Open { category: None, product: Some("windows".to_owned()), service: Some(service.to_owned()) };
        EventRule { event: EventSelector { source, platform: None, flow: None, sensor: None }, predicate: Predicate::All(list) }
    }

    #[test]
    fn numbers_are_found_where_they_must_hold() {
        let name = text("ServiceName", "x");
        let set = |list: &[i64]| Some(list.iter().copied().collect::<BTreeSet<i64>>());
        assert_eq!(numbers(&Predicate::All(vec![id(&[7045]), name.clone()])), set(&[7045]));
        assert_eq!(numbers(&Predicate::Any(vec![id(&[1]), Predicate::All(vec![id(&[2, 3]), name.clone()])])), set(&[1, 2, 3]));
        assert_eq!(numbers(&Predicate::Any(vec![id(&[1]), name])), None);
        assert_eq!(numbers(&id(&[1]).negate()), None);
    }

    #[test]
    fn a_number_is_a_category_with_its_names() {
        let rule = of_service("security", vec![id(&[4688]), text("Channel", "Security"), text("NewProcessName", "a"), text("ProcessId", "7")]);
        let found = categorised(&rule).expect("4688 is process_creation");
        assert_eq!((found.rule.event.source, found.among.len()), (LogSource::Known(ir::EventClass::ProcessStart), 0));
        let Predicate::All(list) = &found.rule.predicate else { panic!("no conjunction") };
        // `ProcessId` of 4688 is the parent's.
        let names: Vec<String> =
            list.iter().map(|test| if let Predicate::Test(test) = test { test.field.to_string() } else { String::new() }).collect();
        assert_eq!(names, ["process.path", "ProcessId"]);
        let flow = of_service("sysmon", vec![id(&[3]), text("DestinationIp", "192.0.2.7")]);
        let Predicate::Test(test) = categorised(&flow).expect("3 is network_connection").rule.predicate.flat() else { panic!() };
        assert!(matches!(test.op, Op::Address(_)), "{test:?}");
        // `registry_add` and `registry_delete` share a number: it is one of those of `registry_event`.
        let key = categorised(&of_service("sysmon", vec![id(&[12]), text("TargetObject", "a")])).expect("12 is of registry_event");
        assert_eq!((key.category, key.among.into_iter().collect::<Vec<_>>()), ("registry_event", vec![12]));
        // One of two channels is one of the logs.
        let script = of_service("powershell", vec![id(&[4104]), text("Channel", "PowerShellCore/Operational"), text("ScriptBlockText", "a")]);
        assert_eq!(categorised(&script).map(|found| found.category), Some("ps_script"));
    }

    #[test]
    fn what_is_no_category_stays() {
        for rule in [
            of_service("security", vec![id(&[4688]), text("Channel", "System"), text("NewProcessName", "a")]),
            of_service("security", vec![id(&[4688])]),
            of_service("security", vec![id(&[4688, 4689]), text("NewProcessName", "a")]),
            of_service("security", vec![text("NewProcessName", "a")]),
            of_service("powershell", vec![id(&[4104]), text("Channel", "PowerShellCore/Operational").negate(), text("ScriptBlockText", "a")]),
        ] {
            assert_eq!(categorised(&rule), None, "{rule:?}");
        }
    }

    #[test]
    fn a_number_or_a_channel_picks_one_log_of_a_category() {
        let of = |category, list| own_log(category, &Predicate::All(list)).map(|(service, ids)| (service, ids.into_iter().collect::<Vec<_>>()));
        assert_eq!(of("process_creation", vec![id(&[1])]), Some(("sysmon", vec![1])));
        assert_eq!(of("process_creation", vec![text("Channel", "Security")]), Some(("security", vec![4688])));
        assert_eq!(of("registry_set", vec![id(&[4657]), text("Channel", "Security")]), Some(("security", vec![4657])));
        assert_eq!(of("registry_event", vec![id(&[13])]), Some(("sysmon", vec![13])));
        assert_eq!(of("process_creation", vec![id(&[1, 4688])]), None);
        assert_eq!(of("process_creation", vec![text("Image", "a")]), None);
        assert_eq!(of("process_creation", vec![id(&[1]), text("Channel", "Security")]), None);
    }
}
