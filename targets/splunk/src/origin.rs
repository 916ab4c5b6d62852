//! Where do the events of a rule come from?

use std::collections::BTreeSet;

use backend::{Cx, PLATFORM, Refusal};
use ir::{EventClass, EventRule, EventSelector, Field, FieldRef, Flow, LogSource, Platform, Sensor};
use source::{Code, Loss};

use crate::ast::{Search, SiteMacro};
use crate::lower_values::is_not;
use crate::profiles::open;
use crate::profiles::{Named, Read, Source, Stream, Told, Written, accelerated, cim, raw, shown, view};
use crate::spelling::part_of;

pub(crate) static MORE_EVENTS: Code = Code::warn("splunk.more-events", "the log holds other events besides");
pub(crate) static TWO_LOGS: Code = Code::warn("splunk.two-logs", "no one log holds all fields of a rule");
pub(crate) static PART_OF_EVENTS: Code = Code::warn("splunk.part-of-events", "the log holds only some of these events");
pub(crate) static UNKNOWN_SOURCE: Code = Code::note("splunk.unknown-source", "a site has to say where a log is");

/// Where a rule's events come from, and what they call things.
#[derive(Default)]
pub(crate) struct Origin {
    /// The log; `None` for a log source that the catalogue does not know.
    pub(crate) stream: Option<&'static Stream>,
    /// The dataset in a data model.
    pub(crate) dataset: Option<&'static str>,
    /// The model and dataset: `Endpoint.Processes`.
    pub(crate) model: Option<&'static str>,
    /// Conditions on the source itself.
    pub(crate) conditions: Vec<Search>,
    /// What the logs are called in outcomes: the dataset, or the macro of each source and the word that tells it.
    pub(crate) logs: Vec<String>,
    /// Macros used.
    pub(crate) macros: Vec<SiteMacro>,
    /// What the log calls fields that the catalogue has no name for; the others keep their names.
    pub(crate) names: Vec<Named>,
    /// How whole events are written.
    pub(crate) written: Written,
    /// Whether each of the sources is known to write a value between major breakers of the index.
    pub(crate) delimited: bool,
    /// Fields shown besides those that are tested.
    pub(crate) shown: Vec<&'static str>,
    /// The number of every Windows event of the source, where there is no field for it.
    pub(crate) number: Option<i64>,
    /// The platform that is asked for, where the log has events of others and does not say which.
    pub(crate) untold: Option<Platform>,
}

impl Origin {
    /// Says that events of other platforms are found, unless each of the rules asks for what the platform alone has.
    pub(crate) fn say_platform<'r>(&self, mut rules: impl Iterator<Item = &'r EventRule>, cx: &mut Cx<'_>) {
        if let Some(platform) = self.untold
            && !(platform == Platform::Windows && rules.all(EventRule::tells_windows))
        {
            cx.other_platforms(&format!("the data model {}", self.model.unwrap_or_default()), platform, "other platforms");
        }
    }
}

/// Picks the log that holds all fields. `numbers` are those of the Windows events that can fit.
pub(crate) fn origin(event: &EventSelector, needed: &[FieldRef], numbers: Option<&BTreeSet<i64>>, cx: &mut Cx<'_>) -> Result<Origin, Refusal> {
    match &event.source {
        LogSource::Known(class) => known(*class, event, needed, numbers, cx),
        LogSource::Open { .. } if accelerated(cx) => match view::view(event, numbers) {
            Some(view) => {
                if let Some(why) = view.only {
                    cx.loss(&PART_OF_EVENTS, Loss::Narrower, cx.span(), why.to_owned(), "the profile `raw` reads the log itself");
                }
                if let Some(why) = view.also {
                    cx.loss(&MORE_EVENTS, Loss::Wider, cx.span(), why.to_owned(), "the profile `raw` reads the event itself");
                }
                if let Some(field) = needed.iter().find(|field| !view.fields.iter().any(|(known, ..)| *known == field.name())) {
                    return Err(cx.unsupported(&TWO_LOGS, cx.span(), format!("the dataset `{}` has no field for `{field}`", view.model)));
                }
                // The fields that every event has are not qualified.
                let conditions = (!view.kinds.is_empty()).then(|| Search::words("sourcetype", view.kinds)).into_iter().collect();
                Ok(Origin {
                    dataset: view.model.rsplit('.').next(),
                    model: Some(view.model),
                    logs: vec![view.model.to_owned()],
                    conditions,
                    macros: summaries(),
                    names: view.fields.to_vec(),
                    shown: view.shown.to_vec(),
                    number: view.number,
                    ..Origin::default()
                })
            }
            None => Err(cx.unsupported(&TWO_LOGS, cx.span(), format!("the data models do not hold `{event}`"))),
        },
        LogSource::Open { category, product, service } => {
            let found = open::find(category.as_deref(), product.as_deref(), service.as_deref());
            if !found.known {
                unknown(&found.site, cx);
            }
            let site = raw::site_macro(&found.site);
            let logs = vec![log_name(&site.name, found.told.iter().find_map(Search::first_word))];
            // A channel that nobody knows is named by the rule alone, and so it stands in the search.
            let conditions = if found.known {
                raw::log(&site, &found.word, found.told)
            } else {
                std::iter::once(Search::Macro(site.name.clone())).chain(found.told).collect()
            };
            Ok(Origin { conditions, logs, macros: vec![site], names: found.names, written: found.written, ..Origin::default() })
        }
    }
}

fn unknown(site: &str, cx: &mut Cx<'_>) {
    let message = format!("no add-on is known for this log; the macro `{site}` stands for it");
    cx.note(&UNKNOWN_SOURCE, message, "a definition of the macro in `local/macros.conf` might name the index and the source type");
}

/// The logs of a class that a kind of sensor writes.
fn streams(sensor: Option<Sensor>, class: EventClass, cx: &Cx<'_>) -> Vec<&'static Stream> {
    if accelerated(cx) {
        return cim::STREAMS.iter().filter(|stream| stream.class == class).collect();
    }
    let seen = |stream: &&'static Stream| class.on_network() && sensor.is_some_and(|sensor| raw::sensor(stream) != sensor);
    raw::streams().filter(|stream| stream.class == class && !seen(stream)).collect()
}

/// Whether a log holds events of a number.
fn holds(stream: &Stream, number: i64) -> bool {
    stream.numbers.is_empty() || stream.numbers.contains(&number)
}

/// Whether a log holds events of one of the numbers that a rule asks for.
fn numbered(stream: &Stream, numbers: Option<&BTreeSet<i64>>) -> bool {
    numbers.is_none_or(|numbers| numbers.iter().any(|number| holds(stream, *number)))
}

fn known(class: EventClass, event: &EventSelector, needed: &[FieldRef], numbers: Option<&BTreeSet<i64>>, cx: &mut Cx<'_>) -> Result<Origin, Refusal> {
    let here = |source: &&Source| {
        (source.platform.is_none() || event.platform.is_none() || source.platform == event.platform)
            && (source.flow.is_none() || event.flow.is_none() || source.flow == event.flow)
    };
    let names = |stream: &&&'static Stream| {
        needed.iter().all(|field| match field {
            FieldRef::Open(_) | FieldRef::Any => true,
            FieldRef::Known(known) => {
                let has = |wanted: &Field| stream.row(*wanted).is_some() || cx.overlay.fields.contains_key(&(class, *wanted));
                has(known) || part_of(*known).is_some_and(|(whole, _)| has(&whole))
            }
        })
    };
    let of_class = streams(event.sensor, class, cx);
    let on_platform: Vec<&'static Stream> = of_class.iter().copied().filter(|stream| stream.sources.iter().any(|source| here(&source))).collect();
    if on_platform.is_empty() {
        let whose = event.platform.map_or("this kind", ir::Platform::name);
        let code = if of_class.is_empty() { &TWO_LOGS } else { &PLATFORM };
        return Err(cx.unsupported(code, cx.span(), format!("the profile `{}` has no log of `{}` on {whose}", cx.profile.id, class.name())));
    }
    let of_number: Vec<&'static Stream> = on_platform.into_iter().filter(|stream| numbered(stream, numbers)).collect();
    if let (true, Some(numbers)) = (of_number.is_empty(), numbers) {
        let list: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let message = format!("no known log of `{}` has events numbered {}", class.name(), list.join(", "));
        let help = Some("a log source with `service` instead of `category` might name the log".to_owned());
        return Err(Refusal { help, ..cx.unsupported(&TWO_LOGS, cx.span(), message) });
    }
    let Some(stream) = of_number.iter().find(names).copied() else {
        let list: Vec<String> = needed.iter().map(|field| format!("`{field}`")).collect();
        let message = format!("no one log of `{}` holds all of {}", class.name(), list.join(", "));
        return Err(Refusal { help: Some("one facet for each log might be sayable".to_owned()), ..cx.unsupported(&TWO_LOGS, cx.span(), message) });
    };
    let elsewhere = |number: &&i64| !holds(stream, **number) && of_number.iter().any(|other| holds(other, **number));
    let elsewhere: Vec<String> = numbers.into_iter().flatten().filter(elsewhere).map(i64::to_string).collect();
    if !elsewhere.is_empty() {
        let message = format!("events numbered {} are in another log than the one that is searched", elsewhere.join(", "));
        cx.loss(&PART_OF_EVENTS, Loss::Narrower, cx.span(), message, "a rule for each of the numbers would find both");
    }
    if let Some(why) = stream.also {
        cx.loss(&MORE_EVENTS, Loss::Wider, cx.span(), why.to_owned(), "the profile `raw` reads the event itself");
    }
    if let Some(why) = stream.only {
        cx.loss(&PART_OF_EVENTS, Loss::Narrower, cx.span(), why.to_owned(), "another facet of the same behaviour might see the rest");
    }
    let mut sources: Vec<&Source> = stream.sources.iter().filter(here).collect();
    if !accelerated(cx) {
        // A log that nothing tells from others counts only where it is the only one.
        let told = |source: &&Source| !source.told.is_empty();
        if sources.iter().any(told) {
            sources.retain(told);
        }
    }
    Ok(if accelerated(cx) { dataset(stream, &sources, event) } else { logs(stream, &sources, event, cx) })
}

/// What a log is called in outcomes.
fn log_name(site: &str, word: Option<String>) -> String {
    word.map_or_else(|| site.to_owned(), |word| format!("{site} ({word})"))
}

fn told<'t>(told: Told, name: impl Fn(&str) -> String + 't) -> impl Iterator<Item = Search> + 't {
    told.iter().map(move |(field, words)| Search::words(name(field), words))
}

fn logs(stream: &'static Stream, sources: &[&Source], event: &EventSelector, cx: &mut Cx<'_>) -> Origin {
    let mut macros: Vec<SiteMacro> = Vec::new();
    let mut places = Vec::with_capacity(sources.len());
    let mut named = Vec::with_capacity(sources.len());
    for source in sources {
        // What Sysmon sees on macOS, or a file under a new name: only a site knows where it is logged.
        let site = match (source.told.is_empty(), event.platform) {
            (true, platform) => {
                let words = [platform.map(ir::Platform::name), Some(stream.class.name())].into_iter().flatten().collect::<Vec<_>>().join("_");
                let site = format!("{}{}", raw::UNKNOWN, words.replace('.', "_"));
                unknown(&site, cx);
                raw::site_macro(&site)
            }
            (false, _) => raw::site_macro(source.name),
        };
        let word = source.told.iter().find_map(|(_, words)| words.first()).copied();
        let mut place = raw::log(&site, word.unwrap_or_default(), told(source.told, ToOwned::to_owned).collect());
        place.extend(source.never.map(|(field, word)| is_not(field, word)));
        places.push(Search::all(place));
        named.push(log_name(&site.name, word.map(ToOwned::to_owned)));
        macros.push(site);
    }
    macros.sort();
    macros.dedup();
    let mut conditions = vec![Search::any(places)];
    // Without a word that tells the log, its numbers mean nothing.
    if sources.iter().any(|source| !source.told.is_empty()) {
        conditions.extend(stream.told().map(|(field, words)| Search::words(field, &words)));
    }
    conditions.extend(way(stream, event, ToOwned::to_owned));
    let written = if raw::sensor(stream) == Sensor::Host { Written::Xml } else { Written::Text };
    let mut origin = Origin {
        stream: Some(stream),
        conditions: Vec::new(),
        logs: named,
        macros,
        names: stream.open.to_vec(),
        written,
        delimited: stream.log.is_some() && sources.iter().all(|source| !source.told.is_empty()),
        shown: shown(stream, Read::Logs),
        ..Origin::default()
    };
    // One conjunction, so that macro and words stand side by side.
    match Search::all(conditions) {
        Search::All(list) => origin.conditions = list,
        other => origin.conditions.push(other),
    }
    origin
}

fn dataset(stream: &'static Stream, sources: &[&Source], event: &EventSelector) -> Origin {
    let model = sources.first().map_or("", |source| source.name);
    let dataset = model.rsplit('.').next().unwrap_or(model);
    let qualified = |name: &str| cim::qualified(dataset, name);
    let mut conditions: Vec<Search> = stream.told().map(|(field, words)| Search::words(qualified(field), &words)).collect();
    conditions.extend(way(stream, event, qualified));
    let untold = !event.class().is_some_and(EventClass::on_network) && sources.iter().all(|source| source.platform.is_none());
    Origin {
        stream: Some(stream),
        dataset: Some(dataset),
        model: Some(model),
        logs: vec![model.to_owned()],
        untold: event.platform.filter(|_| untold),
        conditions,
        macros: summaries(),
        names: stream.open.to_vec(),
        shown: shown(stream, Read::Models),
        ..Origin::default()
    }
}

fn summaries() -> Vec<SiteMacro> {
    vec![SiteMacro { name: crate::print::SUMMARIES.to_owned(), definition: cim::SUMMARIES.to_owned() }]
}

/// Which way connections were opened. An event that does not say fits any way.
fn way(stream: &Stream, event: &EventSelector, name: impl Fn(&str) -> String) -> Option<Search> {
    let (field, inbound, outbound) = stream.direction?;
    let other = match event.flow? {
        Flow::Inbound => outbound,
        Flow::Outbound => inbound,
    };
    Some(is_not(name(field), other))
}
