//! Events that belong together: base rules, and the correlation that refers to them.
//!
//! Specification: <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md>.
//! A step of a sequence that must happen several times is a correlation of its own, to which the sequence refers.

use backend::{Cx, Refusal};
use ir::{Correlation, CorrelationKind, Detection, Field, FieldRef, Step, Times};
use source::{Loss, Span};

use super::select::snake;
use super::{COUNT, Env, GROUP_BY, WINDOW, about, event, nothing};
use crate::ast::{self, Body, Count, Document, How, Item, Value};
use crate::profiles::Way;

/// A step's base rule, and what the log calls the fields that the correlation needs.
struct Base {
    name: String,
    title: String,
    /// For each grouping field its name, where the log has one.
    by: Vec<Option<String>>,
    distinct: Option<String>,
}

/// Base rules first, the correlation last.
pub(super) fn documents(
    detection: &Detection,
    correlation: &Correlation,
    distinct: Option<&FieldRef>,
    cx: &mut Cx<'_>,
) -> Result<Vec<Document>, Refusal> {
    let steps = correlation.steps();
    if matches!(correlation.kind, CorrelationKind::Together { .. } | CorrelationKind::Measure { .. }) {
        return Err(nothing(cx));
    }
    let mut documents = Vec::new();
    let mut bases: Vec<Base> = Vec::new();
    for step in steps {
        let (base, body) = base(detection, step, &correlation.by, distinct, cx)?;
        let id = ir::id::part(detection.id, &format!("step/{}", step.name));
        documents.push(Document { title: base.title.clone(), id, name: Some(base.name.clone()), head: None, body });
        bases.push(base);
    }
    let grouped = |at: usize| bases.iter().all(|base| base.by.get(at).is_some_and(Option::is_some));
    let kept: Vec<usize> = (0..correlation.by.len()).filter(|at| grouped(*at)).collect();
    for (at, field) in correlation.by.iter().enumerate() {
        if !grouped(at) {
            let message = format!("a log source of this rule has no name for `{field}`; the events are not grouped by it");
            cx.loss(&GROUP_BY, Loss::Wider, cx.span(), message, "a field that the log source has would group the events");
        }
    }
    let timespan = timespan(correlation, cx);
    if correlation.jitter.is_some() {
        let help = "the rule might be reviewed together with the times of its events";
        cx.loss(&WINDOW, Loss::Wider, cx.span(), "Sigma's correlations cannot say how regular events are; `jitter` is left out", help);
    }
    let group = |base: &Base| kept.iter().filter_map(|at| base.by.get(*at).cloned().flatten()).collect::<Vec<String>>();
    let last = match (&correlation.kind, steps, bases.as_slice()) {
        (CorrelationKind::Distinct { step, .. }, _, [base]) => {
            let Some(field) = base.distinct.clone() else { return Err(nothing(cx)) };
            let count = count(step.times, step.span, cx);
            let kind = ast::CorrelationKind::ValueCount(field, count);
            ast::Correlation { kind, rules: vec![base.name.clone()], group_by: group(base), timespan, aliases: Vec::new() }
        }
        (_, [step], [base]) => {
            let kind = ast::CorrelationKind::EventCount(count(step.times, step.span, cx));
            ast::Correlation { kind, rules: vec![base.name.clone()], group_by: group(base), timespan, aliases: Vec::new() }
        }
        _ => {
            let mut rules = Vec::with_capacity(bases.len());
            for (step, base) in steps.iter().zip(&bases) {
                if step.times.min <= 1 {
                    rules.push(base.name.clone());
                    continue;
                }
                let message = format!("`{}` is counted in a window of its own, so the whole may take longer than `within`", step.name);
                cx.loss(&WINDOW, Loss::Wider, step.span, message, "a shorter `within` would narrow both windows");
                let name = format!("{}_many", base.name);
                let kind = ast::CorrelationKind::EventCount(Count::AtLeast(step.times.min));
                documents.push(Document {
                    title: about::title(&format!("{} x {}", base.title, step.times.min)),
                    id: ir::id::part(detection.id, &format!("count/{}", step.name)),
                    name: Some(name.clone()),
                    head: None,
                    body: Body::Correlation(ast::Correlation {
                        kind,
                        rules: vec![base.name.clone()],
                        group_by: group(base),
                        timespan,
                        aliases: Vec::new(),
                    }),
                });
                rules.push(name);
            }
            let (group_by, aliases) = aliases(&correlation.by, &kept, &bases, &rules);
            ast::Correlation { kind: ast::CorrelationKind::TemporalOrdered, rules, group_by, timespan, aliases }
        }
    };
    documents.push(Document {
        title: about::title(&detection.title),
        id: detection.id,
        name: None,
        head: Some(about::head(detection)),
        body: Body::Correlation(last),
    });
    Ok(documents)
}

fn base(detection: &Detection, step: &Step, by: &[FieldRef], distinct: Option<&FieldRef>, cx: &mut Cx<'_>) -> Result<(Base, Body), Refusal> {
    let also: Vec<FieldRef> = by.iter().chain(distinct).cloned().collect();
    let Some(rule) = step.rule() else { return Err(nothing(cx)) };
    let lowered = event(rule, &also, cx, step.span)?;
    let mut env = Env { cx, source: lowered.source, platform: lowered.platform };
    let names: Vec<Option<String>> = by.iter().map(|field| grouping(field, Loss::Narrower, step.span, &mut env)).collect();
    let counted = match distinct {
        Some(field) => {
            let name = grouping(field, Loss::Wider, step.span, &mut env);
            if name.is_none() {
                return Err(env.cx.unsupported(&GROUP_BY, step.span, format!("the log source has no name for `{field}`, whose values are counted")));
            }
            name
        }
        None => None,
    };
    // Events without a grouping field do not count, so asking for it changes nothing.
    let anchor = counted.iter().chain(names.iter().flatten()).next();
    let always = anchor.map(|field| Item::one(field, How::Exists, Value::Flag(true)));
    let body = match lowered.body(always) {
        Some(body) => body,
        None => return Err(nothing(cx)),
    };
    let block = about::own_name(detection);
    let name = snake_case(&format!("{} {block} {}", detection.meta.advisory, step.name));
    let title = about::title(&format!("{} - {}", detection.title, step.name));
    Ok((Base { name, title, by: names, distinct: counted }, body))
}

/// The log's field whose values tell apart what the field's do. Where it tells more apart, the meaning moves by `loss`.
fn grouping(field: &FieldRef, loss: Loss, span: Span, env: &mut Env<'_, '_>) -> Option<String> {
    let help = "a field that the log keeps by itself would be exact";
    if let Ok(name) = env.name(field, span) {
        match env.way(field) {
            Way::RegistryKey | Way::RegistryValue | Way::Account | Way::AccountDomain | Way::Hash(_) | Way::TaskXml => {
                let message = format!("`{name}` holds more than `{field}` and tells more events apart");
                env.loss(&GROUP_BY, loss, true, span, message, help);
            }
            Way::ErrorCode | Way::Provider => return None,
            _ => {}
        }
        return Some(name);
    }
    let (whole, _) = field.known().and_then(Field::derived_from)?;
    let name = env.name(&FieldRef::Known(whole), span).ok()?;
    env.loss(&GROUP_BY, loss, true, span, format!("`{name}` stands for `{field}` and tells more events apart"), help);
    Some(name)
}

/// The grouping fields; where the rules call one differently, an alias with its name in each rule.
fn aliases(by: &[FieldRef], kept: &[usize], bases: &[Base], rules: &[String]) -> (Vec<String>, Vec<ast::Alias>) {
    let (mut group_by, mut aliases) = (Vec::new(), Vec::new());
    for at in kept {
        let names: Vec<&String> = bases.iter().filter_map(|base| base.by.get(*at)?.as_ref()).collect();
        match names.split_first() {
            Some((first, rest)) if rest.iter().all(|name| name == first) => group_by.push((*first).clone()),
            _ => {
                let alias = by.get(*at).map(|field| snake(field.name())).unwrap_or_default();
                aliases.push((alias.clone(), rules.iter().cloned().zip(names.into_iter().cloned()).collect()));
                group_by.push(alias);
            }
        }
    }
    group_by.dedup();
    (group_by, aliases)
}

/// A bound that the specification and its tools can say: one criterion.
fn count(times: Times, span: Span, cx: &mut Cx<'_>) -> Count {
    match times.max {
        Some(max) if max == times.min => Count::Exactly(times.min),
        Some(max) => {
            let message = format!("pySigma reads one bound for a count; `at most {max}` is left out");
            cx.loss(&COUNT, Loss::Wider, span, message, "the lower bound alone says what the rule does");
            Count::AtLeast(times.min)
        }
        None => Count::AtLeast(times.min),
    }
}

/// The window in whole seconds, at least one.
fn timespan(correlation: &Correlation, cx: &mut Cx<'_>) -> u64 {
    let within = correlation.within;
    let seconds = within.as_secs() + u64::from(within.subsec_nanos() > 0);
    if within.subsec_nanos() > 0 || seconds == 0 {
        cx.loss(&WINDOW, Loss::Wider, cx.span(), "Sigma's correlations measure time in whole seconds", "a `within` of whole seconds is exact");
    }
    seconds.max(1)
}

fn snake_case(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        if char.is_ascii_alphanumeric() {
            out.push(char.to_ascii_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_matches('_').to_owned()
}
