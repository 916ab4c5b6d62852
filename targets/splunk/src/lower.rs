//! Which search says what a detection asks?

use backend::{Cx, Refusal};
use ir::{Detection, EventClass, EventRule, EventSelector, Field, FieldRef, Flow, Kind, LogSource, Op};
use source::{Code, Loss};

use crate::ast::{Expr, Query, Rule, Search, SiteMacro, Stage};
use crate::lower_correlation;
use crate::lower_predicate::{Lowering, part_of};
use crate::print::MISSING;
use crate::profiles::{Source, Stream, cim, raw};

pub(crate) static BYTES: Code = Code::warn("splunk.bytes", "a search cannot look into files");
pub(crate) static MORE_EVENTS: Code = Code::warn("splunk.more-events", "the log holds other events besides");
pub(crate) static PLATFORM: Code = Code::warn("splunk.platform", "the logs of this profile do not tell platforms apart");
pub(crate) static TWO_LOGS: Code = Code::warn("splunk.two-logs", "no one log holds all fields of a rule");
pub(crate) static PART_OF_EVENTS: Code = Code::warn("splunk.part-of-events", "the log holds only some of these events");

/// Lowers one detection.
pub(crate) fn run(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let rule = match &detection.kind {
        Kind::Event(rule) => event(detection, rule, cx)?,
        Kind::Correlation(correlation) => lower_correlation::run(detection, correlation, cx)?,
        Kind::Native { file, .. } => {
            return Err(cx.unsupported(&BYTES, detection.span, format!("`{file}` does not hold searches")));
        }
    };
    Ok(vec![rule])
}

/// Where a rule's events come from.
pub(crate) struct Origin {
    /// The log; `None` for a log source that the catalogue does not know.
    pub(crate) stream: Option<&'static Stream>,
    /// The dataset in a data model.
    pub(crate) dataset: Option<&'static str>,
    /// The model and dataset: `Endpoint.Processes`.
    pub(crate) model: Option<&'static str>,
    /// Conditions on the source itself.
    pub(crate) conditions: Vec<Search>,
    /// Macros used.
    pub(crate) macros: Vec<SiteMacro>,
}

/// Whether the profile reads data models.
pub(crate) fn accelerated(cx: &Cx<'_>) -> bool {
    cx.profile.id == "cim"
}

fn streams(cx: &Cx<'_>) -> &'static [Stream] {
    if accelerated(cx) { cim::STREAMS } else { raw::STREAMS }
}

/// The fields a rule reads.
pub(crate) fn fields(rule: &EventRule) -> Vec<FieldRef> {
    let mut out = Vec::new();
    for test in rule.predicate.tests() {
        out.push(test.field.clone());
        if let Op::Same { other, .. } = &test.op {
            out.push(other.clone());
        }
    }
    out
}

/// Picks the log that holds all fields.
pub(crate) fn origin(event: &EventSelector, needed: &[FieldRef], cx: &mut Cx<'_>) -> Result<Origin, Refusal> {
    let class = match &event.source {
        LogSource::Known(class) => *class,
        LogSource::Open { category, product, service } => {
            let words: Vec<&str> = [product, service, category].into_iter().filter_map(Option::as_deref).collect();
            let site = raw::open_source(&words);
            return Ok(Origin { stream: None, dataset: None, model: None, conditions: vec![Search::Macro(site.name.clone())], macros: vec![site] });
        }
    };
    let here = |source: &&Source| {
        (source.platform.is_none() || event.platform.is_none() || source.platform == event.platform)
            && (source.flow.is_none() || event.flow.is_none() || source.flow == event.flow)
    };
    let names = |stream: &Stream| {
        needed.iter().all(|field| match field {
            FieldRef::Open(_) | FieldRef::Any => true,
            FieldRef::Known(known) => {
                let has =
                    |wanted: &Field| stream.fields.iter().any(|(field, ..)| field == wanted) || cx.overlay.fields.contains_key(&(class, *wanted));
                has(known) || part_of(*known).is_some_and(|(whole, _)| has(&whole))
            }
        })
    };
    let mut of_class = streams(cx).iter().filter(|stream| stream.class == class).peekable();
    let mut on_platform = of_class.clone().filter(|stream| stream.sources.iter().any(|source| here(&source))).peekable();
    if on_platform.peek().is_none() {
        let whose = event.platform.map_or("this kind", ir::Platform::name);
        let code = if of_class.peek().is_none() { &TWO_LOGS } else { &PLATFORM };
        return Err(cx.unsupported(code, cx.span(), format!("the profile `{}` has no log of `{}` on {whose}", cx.profile.id, class.name())));
    }
    let Some(stream) = on_platform.find(|stream| names(stream)) else {
        let list: Vec<String> = needed.iter().map(|field| format!("`{field}`")).collect();
        let message = format!("no one log of `{}` holds all of {}", class.name(), list.join(", "));
        return Err(Refusal { help: Some("one facet for each log might be sayable".to_owned()), ..cx.unsupported(&TWO_LOGS, cx.span(), message) });
    };
    if let Some(why) = stream.also {
        cx.loss(&MORE_EVENTS, Loss::Wider, cx.span(), why.to_owned(), "the profile `raw` reads the event itself");
    }
    if let Some(why) = stream.only {
        cx.loss(&PART_OF_EVENTS, Loss::Narrower, cx.span(), why.to_owned(), "another facet of the same behaviour might see the rest");
    }
    let sources: Vec<&Source> = stream.sources.iter().filter(here).collect();
    Ok(if accelerated(cx) { dataset(stream, &sources, event, cx) } else { logs(stream, &sources, event) })
}

fn logs(stream: &'static Stream, sources: &[&Source], event: &EventSelector) -> Origin {
    let macros: Vec<SiteMacro> = sources.iter().filter_map(|source| raw::site_macro(source.name)).collect();
    let mut conditions = vec![Search::any(macros.iter().map(|site| Search::Macro(site.name.clone())).collect())];
    conditions.extend(stream.condition.iter().map(|(field, words)| Search::words(*field, words)));
    conditions.extend(way(stream, event, |name| name.to_owned()));
    Origin { stream: Some(stream), dataset: None, model: None, conditions, macros }
}

fn dataset(stream: &'static Stream, sources: &[&Source], event: &EventSelector, cx: &mut Cx<'_>) -> Origin {
    let model = sources.first().map_or("", |source| source.name);
    let dataset = model.rsplit('.').next().unwrap_or(model);
    let qualified = |name: &str| format!("{dataset}.{name}");
    let mut conditions: Vec<Search> = stream.condition.iter().map(|(field, words)| Search::words(qualified(field), words)).collect();
    conditions.extend(way(stream, event, qualified));
    if let Some(platform) = event.platform
        && !event.class().is_some_and(EventClass::on_network)
        && sources.iter().all(|source| source.platform.is_none())
    {
        let message = format!("the data model does not tell `{}` from other platforms", platform.name());
        cx.loss(&PLATFORM, Loss::Wider, cx.span(), message, "paths and names in the rule usually tell the platform");
    }
    let macros = vec![SiteMacro { name: crate::print::SUMMARIES.to_owned(), definition: cim::SUMMARIES.to_owned() }];
    Origin { stream: Some(stream), dataset: Some(dataset), model: Some(model), conditions, macros }
}

/// Which way connections were opened. An event that does not say fits any way.
fn way(stream: &Stream, event: &EventSelector, name: impl Fn(&str) -> String) -> Option<Search> {
    let (field, inbound, outbound) = stream.direction?;
    let other = match event.flow? {
        Flow::Inbound => outbound,
        Flow::Outbound => inbound,
    };
    Some(Search::Not(Box::new(Search::word(name(field), other))))
}

fn event(detection: &Detection, rule: &EventRule, cx: &mut Cx<'_>) -> Result<Rule, Refusal> {
    let origin = origin(&rule.event, &fields(rule), cx)?;
    let mut tested = Vec::new();
    let lowering = Lowering::new(cx, origin.stream, origin.dataset, detection);
    for field in fields(rule) {
        let (name, _) = lowering.name(&field, detection.span)?;
        if !tested.contains(&name) {
            tested.push(name);
        }
    }
    let parts = lowering.parts(&rule.predicate)?;
    let mut search = origin.conditions;
    search.extend(parts.search);
    let shown: Vec<String> = origin.stream.map(|stream| stream.shown).unwrap_or_default().iter().map(|name| (*name).to_owned()).collect();
    let mut kept = shown;
    kept.extend(tested.into_iter().filter(|name| name != "host"));
    dedupe(&mut kept);
    let mut stages = Vec::new();
    let mut columns: Vec<String>;
    if let Some(model) = origin.model {
        let dataset = origin.dataset.unwrap_or(model);
        let by = kept.iter().map(|name| format!("{dataset}.{name}")).collect();
        let filter = (!search.is_empty()).then(|| Search::all(search));
        stages.push(Stage::Tstats { model: model.to_owned(), filter, by, seconds: false });
        stages.push(Stage::DropPrefix(dataset.to_owned()));
        stages.extend(missing_again(&parts.read));
        columns = vec!["first_time".to_owned(), "last_time".to_owned(), "count".to_owned()];
    } else {
        stages.push(Stage::Search(Search::all(search)));
        columns = vec!["_time".to_owned(), "host".to_owned()];
    }
    stages.extend(parts.stages);
    columns.extend(kept);
    if !parts.lookups.is_empty() {
        columns.extend(["vigie_value", "vigie_note", "vigie_role", "vigie_valid_until", "vigie_advisory"].map(str::to_owned));
    }
    dedupe(&mut columns);
    stages.push(Stage::Table(columns));
    Ok(Rule { query: Query(stages), lookups: parts.lookups, macros: origin.macros, span_seconds: 0, same: Vec::new() })
}

/// Takes the mark that `tstats` put for a missing field out again, for fields that are tested behind it.
pub(crate) fn missing_again(read: &[String]) -> Option<Stage> {
    let back = |name: &String| (name.clone(), Expr::Call("nullif", vec![Expr::field(name), Expr::Text(MISSING.to_owned())]));
    (!read.is_empty()).then(|| Stage::Eval(read.iter().map(back).collect()))
}

pub(crate) fn dedupe(names: &mut Vec<String>) {
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
}
