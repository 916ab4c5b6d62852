//! Which log source does an event rule read, and what does it ask there?

use backend::{Cx, Refusal, legalise};
use ir::{EventRule, EventSelector, Field, FieldRef, FieldTest, LogSource, Op, Platform, Predicate, SigmaRule};
use source::{Loss, Span};

use super::codes::{NO_SOURCE, PARTIAL};
use super::env::Env;
use super::expression::Expression;
use super::lowered::{Lowered, nothing};
use super::{predicate, written};
use crate::ast::{self, How, Item, Value};
use crate::profiles::{self, Base, Product, Source};

/// Chooses the log source of an event rule and lowers its predicate. `also` are fields that are needed besides.
pub(super) fn event(rule: &EventRule, also: &[FieldRef], sigma: Option<&SigmaRule>, cx: &mut Cx<'_>, span: Span) -> Result<Lowered, Refusal> {
    if let Some(source) = sigma.and_then(|sigma| sigma.log_source.as_ref()) {
        return written::event(rule, source, cx, span);
    }
    let LogSource::Known(class) = rule.event.source else {
        return open(rule, cx);
    };
    let mut fields: Vec<Field> = rule.predicate.tests().iter().filter_map(|test| test.field.known()).collect();
    fields.extend(also.iter().filter_map(FieldRef::known));
    fields.sort_unstable();
    fields.dedup();
    let chosen =
        if class == ir::EventClass::CloudAudit { provider(rule, &fields, cx, span) } else { profiles::choose(&rule.event, &fields, cx.overlay) };
    let Some(source) = chosen else {
        return Err(cx.unsupported(&NO_SOURCE, span, format!("the Sigma taxonomy has no log source for `{}`", rule.event)));
    };
    if let Some(why) = source.partial {
        let help = "the same might also be looked for in other kinds of events";
        cx.loss(&PARTIAL, Loss::Narrower, span, format!("{why}; `{class}` means more"), help);
    }
    let legal = legalise(rule, cx.target, &source.capabilities, cx.overlay, span)?;
    cx.extend(legal.losses);
    let platform = match source.product {
        Product::Is(name) => Platform::ALL.iter().find(|(_, known)| *known == name).map(|(platform, _)| *platform),
        Product::Platform => rule.event.platform.or_else(|| ir::implied_platform(&legal.predicate)),
        Product::None => None,
    };
    let mut env = Env { cx, source: Some(source), platform, words: None };
    let expression = predicate::predicate(&legal.predicate, true, &mut env)?;
    let logsource = ast::LogSource {
        category: source.category.map(ToOwned::to_owned),
        product: match source.product {
            Product::Is(name) => Some(name.to_owned()),
            Product::Platform => platform.map(|platform| platform.name().to_owned()),
            Product::None => None,
        },
        service: source.service.map(ToOwned::to_owned),
        definition: source.definition.map(ToOwned::to_owned),
        custom: Vec::new(),
    };
    let base = base(source, &rule.event, &expression);
    Ok(Lowered { source: Some(source), platform, words: None, logsource, base, expression })
}

/// A log source in Sigma's own words.
fn open(rule: &EventRule, cx: &mut Cx<'_>) -> Result<Lowered, Refusal> {
    let LogSource::Open { category, product, service } = &rule.event.source else {
        return Err(nothing(cx));
    };
    let logsource = ast::LogSource {
        category: category.clone(),
        product: product.clone().or_else(|| rule.event.platform.map(|platform| platform.name().to_owned())),
        service: service.clone(),
        definition: None,
        custom: Vec::new(),
    };
    let mut env = Env { cx, source: None, platform: rule.event.platform, words: None };
    let expression = predicate::predicate(&rule.predicate, true, &mut env)?;
    Ok(Lowered { source: None, platform: rule.event.platform, words: None, logsource, base: Vec::new(), expression })
}

/// The audit trail of the provider that the rule names. Without one, the trail that has the most of the fields.
fn provider(rule: &EventRule, fields: &[Field], cx: &mut Cx<'_>, span: Span) -> Option<&'static Source> {
    let conjuncts = match &rule.predicate {
        Predicate::All(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    for conjunct in conjuncts {
        if let Predicate::Test(FieldTest { field: FieldRef::Known(Field::CloudProvider), op: Op::Text { patterns, .. }, .. }) = conjunct
            && let [pattern] = patterns.as_slice()
            && let Some(name) = pattern.as_exact()
        {
            return profiles::cloud(name);
        }
    }
    let source = profiles::choose(&rule.event, fields, cx.overlay)?;
    let name = profiles::provider(source);
    let help = format!("`cloud.provider == \"{name}\"` says which trail is meant; other providers might get a rule each");
    cx.loss(&PARTIAL, Loss::Narrower, span, format!("no provider is named; the rule reads the audit trail of `{name}` only"), help);
    Some(source)
}

/// The tests that select the log source's events, where the rule's own do not.
fn base(source: &Source, event: &EventSelector, expression: &Expression) -> Vec<Item> {
    let mut out = Vec::new();
    for base in source.base {
        match base {
            Base::Text(field, text) => out.push(Item::one(*field, How::Is(ast::Cased::No), Value::Text(ir::Pattern::exact(*text)))),
            Base::Numbers(field, _) if expression.requires(field) => {}
            Base::Numbers(field, numbers) => {
                let values = numbers.iter().map(|number| Value::Number(*number)).collect();
                out.push(Item { key: ast::Key { field: (*field).to_owned(), how: How::Is(ast::Cased::No), all: false }, values });
            }
        }
    }
    if let (Some(field), Some(flow)) = (source.opened, event.flow) {
        let text = if flow == ir::Flow::Outbound { "true" } else { "false" };
        out.push(Item::one(field, How::Is(ast::Cased::No), Value::Text(ir::Pattern::exact(text))));
    }
    out
}
