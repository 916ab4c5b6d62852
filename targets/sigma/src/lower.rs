//! Which Sigma rules ask a detection's question?

pub(crate) mod about;
mod correlate;
mod expression;
mod joined;
mod regex;
mod select;
mod test;
mod written;

use backend::{Cx, Refusal, legalise};
use ir::{Detection, EventRule, EventSelector, Field, FieldRef, FieldTest, Kind, LogSource, Op, Platform, Predicate, SigmaRule};
use source::{Code, Loss, Span};

use crate::ast::{self, Body, Document, File, How, Item, Value};
use crate::profiles::{self, Base, Product, Source};
use expression::Expression;

pub(crate) static JOINED: Code = Code::warn("sigma.joined-field", "logs keep a field inside another one");
pub(crate) static CURRENT_USER: Code = Code::warn("sigma.current-user", "logs name the user's hive by a SID");
pub(crate) static PARTIAL: Code = Code::warn("sigma.log-source", "the log source holds only a part of such events");
pub(crate) static NO_SOURCE: Code = Code::warn("sigma.no-log-source", "Sigma has no log source for such events of this platform");
pub(crate) static REGEX: Code = Code::warn("sigma.regex", "Sigma's regular expressions cannot say this");
pub(crate) static FIELD_NAME: Code = Code::warn("sigma.field-name", "a field's name cannot be written in Sigma");
pub(crate) static NOTHING: Code = Code::warn("sigma.nothing-to-find", "nothing is left to look for");
pub(crate) static COMPARISON: Code = Code::warn("sigma.comparison", "Sigma cannot compare two fields in this way");
pub(crate) static GROUP_BY: Code = Code::warn("sigma.group-by", "the log source groups events differently");
pub(crate) static COUNT: Code = Code::note("sigma.count", "some readers of Sigma know one bound of a count only");
pub(crate) static WINDOW: Code = Code::warn("sigma.window", "Sigma's correlations measure time differently");

/// What lowering one rule knows.
pub(super) struct Env<'e, 'a> {
    pub(super) cx: &'e mut Cx<'a>,
    /// The log source; `None` for one that the catalogue does not know.
    pub(super) source: Option<&'static Source>,
    /// The operating system, as written or as the paths show.
    pub(super) platform: Option<Platform>,
    /// The rule's own words, when it was read as Sigma.
    pub(super) words: Option<written::Words>,
}

impl Env<'_, '_> {
    /// The log's name for a field.
    pub(super) fn name(&self, field: &FieldRef, span: Span) -> Result<String, Refusal> {
        if let (FieldRef::Known(known), Some(words)) = (field, self.words) {
            let named = words.name(*known).ok_or_else(|| {
                self.cx.unsupported(&NO_SOURCE, span, format!("`{}` has no name in the log source that this rule reads", known.name()))
            })?;
            return self.writable(named.to_owned(), span);
        }
        match (field, self.source) {
            (FieldRef::Any, _) => Ok(String::new()),
            (FieldRef::Known(known), Some(source)) => match source.name(*known, self.cx.overlay) {
                Some(name) => self.writable(name, span),
                None => Err(self.cx.field(source.class, *known, span).err().unwrap_or_else(|| {
                    self.cx.unsupported(&NO_SOURCE, span, format!("`{}` has no name in the log source that this rule reads", known.name()))
                })),
            },
            (other, _) => self.writable(other.name().to_owned(), span),
        }
    }

    /// A pipe begins a modifier; an empty name searches everywhere.
    fn writable(&self, name: String, span: Span) -> Result<String, Refusal> {
        const LONGEST: usize = 200;
        if name.is_empty() || name.contains('|') || name.chars().count() > LONGEST {
            return Err(self.cx.unsupported(&FIELD_NAME, span, format!("`{name}` cannot be written as a field's name in Sigma")));
        }
        Ok(name)
    }

    /// How the log keeps a field. A name that the site gave is plain.
    pub(super) fn way(&self, field: &FieldRef) -> profiles::Way {
        match (field, self.source) {
            (FieldRef::Known(known), Some(source)) if !self.cx.overlay.fields.contains_key(&(source.class, *known)) => {
                let name = source.capabilities.field(source.class, *known).unwrap_or_default();
                profiles::way(source, *known, name)
            }
            _ => profiles::Way::Plain,
        }
    }

    /// Records a loss seen from the outside of `positive` negations.
    pub(super) fn loss(&mut self, code: &'static Code, loss: Loss, positive: bool, span: Span, message: impl Into<String>, help: &str) {
        let loss = if positive { loss } else { loss.flipped() };
        self.cx.loss(code, loss, span, message, help);
    }
}

/// Turns a detection into the file that asks its question.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<File>, Refusal> {
    let documents = match &detection.kind {
        Kind::Event(rule) => {
            let sigma = detection.meta.sigma.as_deref();
            let lowered = event(rule, &[], sigma, cx, cx.span())?;
            let Some(body) = lowered.body(None) else { return Err(nothing(cx)) };
            vec![Document {
                title: about::title(&detection.title),
                id: detection.id,
                name: sigma.and_then(|sigma| sigma.name.clone()),
                taxonomy: sigma.and_then(|sigma| sigma.taxonomy.clone()),
                head: Some(about::head(detection)),
                body,
            }]
        }
        Kind::Correlation(correlation) => correlate::documents(detection, correlation, cx)?,
        Kind::Native { file, .. } => {
            return Err(cx.unsupported(&NO_SOURCE, cx.span(), format!("`{file}` holds rules of another language")));
        }
    };
    Ok(vec![File { path: about::path(detection), documents }])
}

pub(super) fn nothing(cx: &Cx<'_>) -> Refusal {
    Refusal {
        help: Some("a condition on a field might be added".to_owned()),
        ..cx.unsupported(&NOTHING, cx.span(), "no condition is left that a Sigma rule could look for")
    }
}

/// One event rule on its way.
pub(super) struct Lowered {
    pub(super) source: Option<&'static Source>,
    pub(super) platform: Option<Platform>,
    pub(super) words: Option<written::Words>,
    logsource: ast::LogSource,
    base: Vec<Item>,
    expression: Expression,
}

impl Lowered {
    /// The rule's body; `always` is the item that stands for a rule that every event fits.
    pub(super) fn body(self, always: Option<Item>) -> Option<Body> {
        let mut base = self.base;
        match self.expression {
            Expression::Never => return None,
            Expression::Always if base.is_empty() => base.push(always?),
            _ => {}
        }
        Some(Body::Detection(self.logsource, select::detection(base, self.expression)))
    }
}

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
        Product::Platform => rule.event.platform.or_else(|| implied(&legal.predicate)),
        Product::None => None,
    };
    let mut env = Env { cx, source: Some(source), platform, words: None };
    let expression = test::predicate(&legal.predicate, true, &mut env)?;
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
    let expression = test::predicate(&rule.predicate, true, &mut env)?;
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

/// Windows, when something that must hold is a path with backslashes.
fn implied(predicate: &Predicate) -> Option<Platform> {
    match predicate {
        Predicate::All(list) => list.iter().find_map(implied),
        Predicate::Any(list) => {
            let mut all = list.iter().map(implied);
            let first = all.next().flatten()?;
            all.all(|other| other == Some(first)).then_some(first)
        }
        Predicate::Test(FieldTest { field: FieldRef::Known(field), op, .. }) if field.kind() == ir::FieldKind::Path => {
            let windows = match op {
                Op::Text { patterns, .. } => {
                    !patterns.is_empty() && patterns.iter().all(|pattern| pattern.literals().any(|text| text.contains('\\')))
                }
                Op::Under(trees) => !trees.is_empty() && trees.iter().all(|tree| tree.separator == '\\'),
                _ => false,
            };
            windows.then_some(Platform::Windows)
        }
        _ => None,
    }
}

#[cfg(test)]
mod meaning;
#[cfg(test)]
mod tests;
