//! Which search says what a detection asks?

use backend::{Cx, Outcome, Refusal};
use ir::{Detection, EventRule, Kind};

use crate::ast::{Query, Rule, Search, Stage};
use crate::lower_correlation;
use crate::lower_fields::{dedupe, fields, missing_again};
use crate::lowering::Lowering;
use crate::naming::own_filter;
use crate::origin::{TWO_LOGS, origin};
use crate::profiles::{cim, view};
use crate::spelling::RAW;

/// Lowers one detection.
pub(crate) fn run(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let rule = match &detection.kind {
        Kind::Event(rule) => event(detection, rule, cx)?,
        Kind::Correlation(correlation) => lower_correlation::run(detection, correlation, cx)?,
        Kind::Native { file, .. } => {
            return Err(cx.unsupported(&backend::OPERATOR, detection.span, format!("`{file}` does not hold searches")));
        }
    };
    Ok(vec![rule])
}

fn event(detection: &Detection, rule: &EventRule, cx: &mut Cx<'_>) -> Result<Rule, Refusal> {
    let origin = origin(&rule.event, &fields(rule), logs::taxonomy::numbers(&rule.predicate).as_ref(), cx)?;
    origin.say_platform(std::iter::once(rule), cx);
    // They are one log to the search: what is lost in one is lost in all.
    origin.logs.iter().for_each(|log| cx.log(log, Outcome::Exact));
    let bare;
    let rule = match origin.number {
        None => rule,
        Some(number) => {
            bare = EventRule { event: rule.event.clone(), predicate: view::unnumbered(&rule.predicate, number).flat() };
            if bare.predicate.tests().is_empty() {
                return Err(cx.unsupported(
                    &TWO_LOGS,
                    detection.span,
                    "nothing but the event's number is asked for, which the data model does not hold",
                ));
            }
            &bare
        }
    };
    let mut tested = Vec::new();
    let lowering = Lowering::new(cx, &origin, detection);
    for field in fields(rule) {
        let (name, _) = lowering.name(&field, detection.span)?;
        if !tested.contains(&name) {
            tested.push(name);
        }
    }
    let parts = lowering.parts(&rule.predicate)?;
    let mut search = origin.conditions;
    search.extend(parts.search);
    let mut kept: Vec<String> = origin.shown.iter().map(|name| (*name).to_owned()).collect();
    kept.extend(tested.into_iter().filter(|name| name != "host" && name != RAW));
    if kept.is_empty() && origin.model.is_none() {
        // A search for words alone shows what it found.
        kept.push(RAW.to_owned());
    }
    dedupe(&mut kept);
    let mut stages = Vec::new();
    let mut columns: Vec<String>;
    if let Some(model) = origin.model {
        let dataset = origin.dataset.unwrap_or(model);
        let by = kept.iter().map(|name| cim::qualified(dataset, name)).collect();
        let filter = (!search.is_empty()).then(|| Search::all(search));
        stages.push(Stage::Tstats { model: model.to_owned(), filter, by, seconds: false });
        stages.extend(cim::prefixes(dataset).map(Stage::DropPrefix));
        stages.extend(missing_again(dataset, &parts.read));
        columns = vec!["first_time".to_owned(), "last_time".to_owned(), "count".to_owned()];
    } else {
        stages.push(Stage::Search(Search::all(search)));
        columns = vec!["_time".to_owned(), "host".to_owned()];
    }
    stages.extend(parts.stages);
    columns.extend(kept);
    if !parts.lookups.is_empty() {
        columns.extend(["vigie_value", "vigie_note", "vigie_role", "vigie_valid_until", "vigie_advisory", "vigie_quote"].map(str::to_owned));
    }
    dedupe(&mut columns);
    let filter = own_filter(detection, cx.profile);
    stages.push(Stage::Filter(filter.name.clone()));
    stages.push(Stage::Table(columns));
    let macros = origin.macros.into_iter().chain([filter]).collect();
    Ok(Rule { query: Query(stages), lookups: parts.lookups, macros, span_seconds: 0, same: Vec::new() })
}
