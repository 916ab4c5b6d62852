//! Events that belong together: base rules, and the correlation that refers to them.
//!
//! Specification: <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md>.
//! A step of a sequence that must happen several times is a correlation of its own, to which the sequence refers.

use std::time::Duration;

use backend::correlation::{CorrelationPlan, Planned, PlannedStream, seconds};
use backend::{Cx, Refusal};
use ir::{Comparison, Correlation, CorrelationKind, Decimal, Detection, EventRule, Field, FieldRef, Needs, Op, Pattern, Predicate, Step, Times};
use logs::Encoding;
use source::{Loss, Span};

use super::about;
use super::codes::{COUNT, GROUP_BY, NOTHING, WINDOW};
use super::env::Env;
use super::event::event;
use super::expression::Expression;
use super::lowered::nothing;
use super::select::snake;
use crate::ast::{self, Asked, Body, Cased, Document, How, Item, Value};

/// A rule that a correlation refers to, and what the log calls the fields that the correlation needs.
struct Base {
    name: String,
    title: String,
    /// For each field its name, where the log has one: first those that events are grouped by, then what is counted.
    fields: Vec<Option<String>>,
}

/// Base rules first, the correlation last.
pub(super) fn documents(detection: &Detection, correlation: &Correlation, cx: &mut Cx<'_>) -> Result<Vec<Document>, Refusal> {
    let plan = CorrelationPlan::of(correlation);
    let mut writer = Writer { detection, plan: &plan, documents: Vec::new() };
    let (body, _) = writer.correlation(0, "", cx)?;
    let mut documents = writer.documents;
    let sigma = detection.meta.sigma.as_deref();
    documents.push(Document {
        title: about::title(&detection.title),
        id: detection.id,
        name: sigma.and_then(|sigma| sigma.name.clone()),
        taxonomy: sigma.and_then(|sigma| sigma.taxonomy.clone()),
        head: Some(about::head(detection)),
        body: Body::Correlation(body),
    });
    Ok(documents)
}

struct Writer<'d> {
    detection: &'d Detection,
    plan: &'d CorrelationPlan<'d>,
    documents: Vec<Document>,
}

impl<'d> Writer<'d> {
    /// A correlation behind the rules it refers to, and what the log calls fields that those around it need.
    fn correlation(&mut self, part: usize, within: &str, cx: &mut Cx<'_>) -> Result<(ast::Correlation, Vec<Option<String>>), Refusal> {
        let plan = self.plan;
        let correlation = plan.part(part).correlation;
        let mut steps: Vec<Vec<Base>> = correlation.steps().iter().map(|_| Vec::new()).collect();
        for stream in plan.streams_of(part) {
            let base = self.base(stream, within, cx)?;
            if let Some(bases) = steps.get_mut(stream.step) {
                bases.push(base);
            }
        }
        let all: Vec<&Base> = steps.iter().flatten().collect();
        let by = &correlation.by;
        let grouped = |at: usize| all.iter().all(|base| base.fields.get(at).is_some_and(Option::is_some));
        let kept: Vec<usize> = (0..by.len()).filter(|at| grouped(*at)).collect();
        for (at, field) in by.iter().enumerate() {
            if !grouped(at) {
                let message = format!("a log source of this rule has no name for `{field}`; the events are not grouped by it");
                cx.loss(&GROUP_BY, Loss::Wider, cx.span(), message, "a field that the log source has would group the events");
            }
        }
        let own = by.len() + correlation.counted().len();
        let outwards =
            (0..plan.part(part).carried.len()).map(|at| all.first().and_then(|base| base.fields.get(own + at).cloned().flatten())).collect();
        let timespan = timespan(correlation, cx);
        if correlation.jitter.is_some() {
            let help = "the rule might be reviewed together with the times of its events";
            cx.loss(&WINDOW, Loss::Wider, cx.span(), "Sigma's correlations cannot say how regular events are; `jitter` is left out", help);
        }
        let counted = || -> Option<Vec<String>> {
            let named = |base: &Base| base.fields.get(by.len()..own)?.iter().cloned().collect::<Option<Vec<String>>>();
            let mut names = all.iter().map(|base| named(base));
            let first = names.next()??;
            names.all(|name| name.as_ref() == Some(&first)).then_some(first)
        };
        let several = |cx: &Cx<'_>| cx.unsupported(&GROUP_BY, cx.span(), "the rules have several names for the field whose values are counted");
        let temporal = matches!(correlation.kind, CorrelationKind::Sequence(_) | CorrelationKind::Together { .. });
        let (kind, condition) = match &correlation.kind {
            CorrelationKind::Count(step) => (ast::CorrelationKind::EventCount, count(step.times, cx)),
            CorrelationKind::Distinct { step, .. } => {
                (ast::CorrelationKind::ValueCount(counted().ok_or_else(|| several(cx))?), count(step.times, cx))
            }
            CorrelationKind::Measure { figure, bounds, .. } => {
                let field = counted().and_then(|mut names| names.pop()).ok_or_else(|| several(cx))?;
                one_bound(bounds.0.len(), cx);
                (ast::CorrelationKind::Figure(*figure, field), Asked::Bounds(bounds.0.clone()))
            }
            CorrelationKind::Together { steps: parts, needs } => {
                let condition = rules(needs, parts).ok_or_else(|| unsayable(cx))?;
                (ast::CorrelationKind::Temporal, condition)
            }
            CorrelationKind::Sequence(parts) => {
                let condition = rules(&Needs::every(parts.len()), parts).ok_or_else(|| unsayable(cx))?;
                (ast::CorrelationKind::TemporalOrdered, condition)
            }
        };
        let (group_by, mut aliases) = aliases(by, &kept, &all);
        let mut names: Vec<String> = Vec::new();
        let mut counts = Vec::new();
        for (step, bases) in correlation.steps().iter().zip(&steps) {
            for base in bases {
                if !temporal || (step.times.min <= 1 && step.times.max.is_none() && step.times.except.is_none()) {
                    names.push(base.name.clone());
                    continue;
                }
                let message = format!("`{}` is counted in a window of its own, so the whole may take longer than `within`", step.name);
                cx.loss(&WINDOW, Loss::Wider, step.span, message, "a shorter `within` would narrow both windows");
                let name = format!("{}_many", base.name);
                let group: Vec<String> = kept.iter().filter_map(|at| base.fields.get(*at).cloned().flatten()).collect();
                counts.push(Document {
                    title: about::title(&format!("{} x {}", base.title, step.times.min)),
                    id: ir::id::part(self.detection.id, &format!("count/{within}{}", if bases.len() == 1 { &step.name } else { &base.name })),
                    name: Some(name.clone()),
                    taxonomy: None,
                    head: None,
                    body: Body::Correlation(ast::Correlation {
                        kind: ast::CorrelationKind::EventCount,
                        condition: count(step.times, cx),
                        rules: vec![base.name.clone()],
                        group_by: group,
                        timespan,
                        aliases: Vec::new(),
                    }),
                });
                for (_, fields) in &mut aliases {
                    fields.iter_mut().filter(|(rule, _)| *rule == base.name).for_each(|(rule, _)| rule.clone_from(&name));
                }
                names.push(name);
            }
        }
        self.documents.extend(counts);
        Ok((ast::Correlation { kind, condition, rules: names, group_by, timespan, aliases }, outwards))
    }

    /// The document of a stream.
    fn base(&mut self, planned: &PlannedStream<'d>, within: &str, cx: &mut Cx<'_>) -> Result<Base, Refusal> {
        let (detection, plan) = (self.detection, self.plan);
        let (stream, step, correlation) = (planned.stream, plan.step(planned), plan.part(planned.part).correlation);
        let sigma = stream.sigma.as_deref();
        let block = about::own_name(detection);
        let own = step.streams.len() == 1;
        let part = if own { step.name.clone() } else { format!("{} {}", step.name, stream.name) };
        let name = sigma
            .and_then(|sigma| sigma.name.clone())
            .unwrap_or_else(|| snake_case(&format!("{} {block} {}{part}", detection.meta.advisory, within.replace('/', " "))));
        let title = if stream.title.is_empty() { about::title(&format!("{} - {part}", detection.title)) } else { about::title(&stream.title) };
        let id = sigma.and_then(|sigma| sigma.id).unwrap_or_else(|| ir::id::part(detection.id, &format!("step/{within}{part}")));
        let (body, fields) = match planned.what {
            Planned::Events(rule) => {
                let wanted: Vec<FieldRef> = plan.wanted(planned).map(|key| key.field.clone()).collect();
                let mut lowered = event(rule, &wanted, sigma, cx, step.span)?;
                let counts = correlation.by.len();
                let mut env = Env { cx, source: lowered.source, platform: lowered.platform, words: lowered.words };
                let mut names: Vec<Option<String>> = Vec::new();
                for (at, field) in wanted.iter().enumerate() {
                    let counted = (counts..counts + correlation.counted().len()).contains(&at);
                    let name = grouping(field, if counted { Loss::Wider } else { Loss::Narrower }, step.span, &mut env);
                    if counted && name.is_none() {
                        let message = format!("the log source has no name for `{field}`, whose values are counted");
                        return Err(env.cx.unsupported(&GROUP_BY, step.span, message));
                    }
                    names.push(name);
                }
                let names_of_own = names.iter().take(counts + correlation.counted().len()).zip(&wanted);
                let signed: Vec<Expression> = names_of_own.filter_map(|(name, field)| not_nothing(name.as_deref()?, field, rule, &env)).collect();
                lowered.expression = Expression::all(std::iter::once(lowered.expression).chain(signed));
                // Events without what is counted, or without a grouping field, do not count, so asking for it changes nothing.
                let anchor = names.get(counts).filter(|_| !correlation.counted().is_empty()).into_iter().chain(&names).flatten().next();
                let always = anchor.map(|field| Item::one(field, How::Exists, Value::Flag(true)));
                let Some(body) = lowered.body(always) else { return Err(nothing(cx)) };
                (body, names)
            }
            Planned::Completions(inner) => {
                let (inner, names) = self.correlation(inner, &format!("{within}{part}/"), cx)?;
                (Body::Correlation(inner), names)
            }
        };
        let taxonomy = sigma.and_then(|sigma| sigma.taxonomy.clone());
        self.documents.push(Document { title: title.clone(), id, name: Some(name.clone()), taxonomy, head: None, body });
        Ok(Base { name, title, fields })
    }
}

/// That a field holds more than the log's sign for nothing, which no group is made of; `None` where the log has none, or the rule asks already.
fn not_nothing(name: &str, field: &FieldRef, rule: &EventRule, env: &Env<'_, '_>) -> Option<Expression> {
    let sign = env.source.filter(|_| env.words.is_none())?.sign(name)?;
    let conjuncts = match &rule.predicate {
        Predicate::All(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let asked = conjuncts.iter().any(|inner| matches!(inner, Predicate::Test(test) if test.field == *field && test.op == Op::Exists));
    (!asked).then(|| Expression::Item(Item::one(name, How::Is(Cased::No), Value::Text(Pattern::exact(sign)))).negate())
}

fn unsayable(cx: &Cx<'_>) -> Refusal {
    cx.unsupported(&NOTHING, cx.span(), "Sigma's correlations cannot say which of the rules have to match")
}

/// What is asked of the rules: a number where every one is, else an expression over them.
fn rules(needs: &Needs, steps: &[Step]) -> Option<Asked> {
    let streams: usize = steps.iter().map(|step| step.streams.len()).sum();
    if streams == steps.len() {
        if *needs == Needs::every(steps.len()) {
            return Some(Asked::Bounds(vec![(Comparison::AtLeast, i64::try_from(steps.len()).ok()?.into())]));
        }
        if let Needs::Steps(times) = needs {
            return Some(Asked::Bounds(bounds(*times)));
        }
    }
    let mut first = 0;
    let places: Vec<Vec<Needs>> = steps
        .iter()
        .map(|step| {
            let here = first..first + step.streams.len();
            first = here.end;
            here.map(Needs::Step).collect()
        })
        .collect();
    over(needs, &places).map(Asked::Rules)
}

/// The same over streams instead of steps.
fn over(needs: &Needs, places: &[Vec<Needs>]) -> Option<Needs> {
    let list = |list: &[Needs]| list.iter().map(|inner| over(inner, places)).collect::<Option<Vec<_>>>().filter(|list| !list.is_empty());
    Some(match needs {
        Needs::Step(at) => match places.get(*at)?.as_slice() {
            [one] => one.clone(),
            several => Needs::Any(several.to_vec()),
        },
        Needs::Not(inner) => Needs::Not(Box::new(over(inner, places)?)),
        Needs::All(all) => Needs::All(list(all)?),
        Needs::Any(any) => Needs::Any(list(any)?),
        Needs::Steps(times) if *times == Times::at_least(times.min) && places.iter().all(|step| step.len() == 1) => needs.clone(),
        Needs::Steps(_) => return None,
    })
}

/// The log's field whose values tell apart what the field's do. Where it tells more apart, the meaning moves by `loss`.
fn grouping(field: &FieldRef, loss: Loss, span: Span, env: &mut Env<'_, '_>) -> Option<String> {
    let help = "a field that the log keeps by itself would be exact";
    if env.words.is_some() {
        return env.name(field, span).ok().filter(|name| !name.is_empty());
    }
    if let Ok(name) = env.name(field, span) {
        match env.encoding(field) {
            Encoding::RegistryKey
            | Encoding::RegistryKeyByKind
            | Encoding::RegistryValueName
            | Encoding::AccountName
            | Encoding::AccountDomain
            | Encoding::Digest(_)
            | Encoding::TaskXml
            | Encoding::Answers => {
                let message = format!("`{name}` holds more than `{field}` and tells more events apart");
                env.loss(&GROUP_BY, loss, true, span, message, help);
            }
            Encoding::ErrorCode | Encoding::Implied(_) => return None,
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
fn aliases(by: &[FieldRef], kept: &[usize], bases: &[&Base]) -> (Vec<String>, Vec<ast::Alias>) {
    let (mut group_by, mut aliases) = (Vec::new(), Vec::new());
    for at in kept {
        let names: Vec<(&String, &String)> = bases.iter().filter_map(|base| Some((&base.name, base.fields.get(*at)?.as_ref()?))).collect();
        match names.split_first() {
            Some(((_, first), rest)) if rest.iter().all(|(_, name)| name == first) => group_by.push((*first).clone()),
            _ => {
                let alias = match by.get(*at) {
                    Some(FieldRef::Open(name)) => name.to_string(),
                    Some(field) => snake(field.name()),
                    None => String::new(),
                };
                aliases.push((alias.clone(), names.into_iter().map(|(rule, name)| (rule.clone(), name.clone())).collect()));
                group_by.push(alias);
            }
        }
    }
    group_by.dedup();
    (group_by, aliases)
}

/// Bounds on a number of events, values or rules.
fn bounds(times: Times) -> Vec<(Comparison, Decimal)> {
    let mut out = Vec::new();
    match times.max {
        Some(max) if max == times.min => out.push((Comparison::Equal, i64::from(max).into())),
        max => {
            if times.min > 1 || (max.is_none() && times.except.is_none()) {
                out.push((Comparison::AtLeast, i64::from(times.min).into()));
            }
            out.extend(max.map(|max| (Comparison::AtMost, i64::from(max).into())));
        }
    }
    out.extend(times.except.map(|except| (Comparison::NotEqual, i64::from(except).into())));
    out
}

fn count(times: Times, cx: &mut Cx<'_>) -> Asked {
    let bounds = bounds(times);
    one_bound(bounds.len(), cx);
    Asked::Bounds(bounds)
}

/// Says who cannot read several bounds.
fn one_bound(bounds: usize, cx: &mut Cx<'_>) {
    if bounds > 1 {
        let help = "where pySigma reads the rule, two correlations with a bound each might say the same";
        cx.note(&COUNT, "the condition has several bounds, which the specification allows and pySigma 1.5 does not read", help);
    }
}

/// The window in whole seconds, at least one.
fn timespan(correlation: &Correlation, cx: &mut Cx<'_>) -> u64 {
    let seconds = seconds(correlation.within);
    if correlation.within != Duration::from_secs(seconds) {
        cx.loss(&WINDOW, Loss::Wider, cx.span(), "Sigma's correlations measure time in whole seconds", "a `within` of whole seconds is exact");
    }
    seconds
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
