//! Rewrites a predicate into what a profile can say: exactly, or with the difference named.

use std::borrow::Cow;

use ir::{Case, EventClass, EventRule, EventSelector, Field, FieldRef, FieldTest, LogSource, Op, Pattern, Predicate, Shape};
use source::{Code, Diagnostic, Loss, Span};

use crate::derive;
use crate::refusal::Refusal;
use crate::{Capabilities, Form, Overlay};

pub(crate) static ABSENT_EVENT: Code = Code::warn("legalise.absent-event", "the target does not see this kind of event");
/// Shared by all languages: see [`crate::Cx::other_platforms`].
pub static PLATFORM: Code = Code::warn("legalise.platform", "a log does not tell platforms apart, or there is none for a platform");
pub(crate) static ABSENT_FIELD: Code = Code::warn("legalise.absent-field", "the target has no name for a field");
pub(crate) static PART_OF_PATH: Code = Code::warn("legalise.part-of-path", "a name is looked for in the whole path");
pub(crate) static REGEX: Code = Code::warn("legalise.regex", "the target has no regular expressions for this field");
pub(crate) static TOO_WIDE: Code = Code::warn("legalise.too-wide", "what the target can say would match ordinary activity");
/// For what a table refuses before a language is asked, should it come there all the same.
pub static OPERATOR: Code = Code::warn("legalise.operator", "the target cannot say an operator");
pub(crate) static EMPTY: Code = Code::warn("legalise.empty", "the target does not tell an empty field from one that is not there");
pub(crate) static OPEN_SOURCE: Code = Code::warn("legalise.open-source", "the target has no table for this log source");

/// A predicate the profile can say, and how it differs from what was written.
#[derive(Clone, Debug)]
pub struct Legal<'r> {
    /// The predicate, flat; borrowed where the profile can say it as it was written, which is most often so.
    pub predicate: Cow<'r, Predicate>,
    /// One diagnostic for each difference, with its direction.
    pub losses: Vec<Diagnostic>,
}

/// Rewrites a rule's predicate for one profile.
///
/// A part that cannot be said is left out: out of a conjunction that makes the rule wider, out of alternatives narrower,
/// and the other way round under a negation. A rule that would be left with nothing selective is refused.
///
/// # Errors
///
/// What is missing, when there can be no rule.
pub fn legalise<'r>(rule: &'r EventRule, target: &str, capabilities: &Capabilities, overlay: &Overlay, span: Span) -> Result<Legal<'r>, Refusal> {
    let class = match &rule.event.source {
        LogSource::Known(class) => {
            capabilities.event(*class).map_err(|why| Refusal {
                code: &ABSENT_EVENT,
                message: format!("{target} does not see `{}`: {why}", class.name()),
                span,
                help: None,
            })?;
            Some(*class)
        }
        LogSource::Open { .. } => {
            let read = match capabilities.open_source {
                Some(read) => read(&rule.event).map_err(|why| (&OPEN_SOURCE, why)),
                None => Err((&ABSENT_EVENT, capabilities.otherwise)),
            };
            read.map_err(|(code, why)| Refusal { code, message: format!("{target} does not read `{}`: {why}", rule.event), span, help: None })?;
            None
        }
    };
    let mut pass = Pass { target, capabilities, overlay, event: &rule.event, class, span, losses: Vec::new(), dropped: None };
    let predicate = pass.rewrite(&rule.predicate, true);
    let Pass { losses, dropped, .. } = pass;
    let flat = |predicate: Cow<'r, Predicate>| if predicate.is_flat() { predicate } else { Cow::Owned(predicate.into_owned().flat()) };
    let Some(predicate) = predicate.map(flat) else {
        let (code, message, at) = dropped.unwrap_or((&OPERATOR, format!("{target} can say no part of this"), span));
        return Err(Refusal { code, message, span: at, help: Some("a facet on another kind of event might be sayable there".to_owned()) });
    };
    if losses.iter().any(|loss| loss.loss == Some(Loss::Wider) && drops_part(loss)) && !selective(&predicate) {
        let (_, message, at) = dropped.unwrap_or((&OPERATOR, format!("{target} can say too little of this"), span));
        return Err(Refusal {
            code: &TOO_WIDE,
            message: format!("{message}; what is left would match ordinary activity"),
            span: at,
            help: Some("another condition on a field that the target has would make a rule possible".to_owned()),
        });
    }
    Ok(Legal { predicate, losses })
}

/// Whether the loss left out a condition, rather than loosening one.
fn drops_part(loss: &Diagnostic) -> bool {
    std::ptr::eq(loss.code, &raw const ABSENT_FIELD) || std::ptr::eq(loss.code, &raw const REGEX) || std::ptr::eq(loss.code, &raw const OPERATOR)
}

/// Whether the predicate asks for something that ordinary events rarely have.
fn selective(predicate: &Predicate) -> bool {
    const SHORTEST: usize = 4;
    const PROGRAMS: usize = 2;
    match predicate {
        Predicate::All(list) => list.iter().any(selective),
        Predicate::Any(list) => !list.is_empty() && list.iter().all(selective),
        Predicate::Not(_) => false,
        Predicate::Bytes(_) => true,
        Predicate::Test(test) => {
            let few_words = test.field.known().is_some_and(|field| {
                field.words().is_some() || matches!(field, Field::HttpMethod | Field::FileExtension | Field::Transport | Field::AccessMask)
            });
            let program = test.field.known().is_some_and(|field| {
                matches!(field, Field::ProcessPath | Field::ProcessName | Field::ProcessOriginalName | Field::ParentPath | Field::ParentName)
            });
            match &test.op {
                _ if few_words => false,
                // Several programs by their names alone are what every system runs.
                Op::Text { patterns, .. } if program && patterns.iter().filter(|pattern| names_a_file(pattern)).count() > PROGRAMS => false,
                Op::Text { patterns, .. } => patterns.iter().all(|pattern| pattern.literals().any(|text| text.chars().count() >= SHORTEST)),
                Op::Regex(list) => list.iter().all(|regex| regex.node().is_ok_and(|node| node.longest_word() >= SHORTEST)),
                Op::Address(_) | Op::Domain(_) | Op::Under(_) | Op::Url(_) => true,
                Op::Exists | Op::Empty | Op::Missing | Op::Number(_) | Op::Flag(_) | Op::Time { .. } | Op::Same { .. } => false,
            }
        }
    }
}

/// Whether a pattern is a file's name and says nothing of its folder.
fn names_a_file(pattern: &Pattern) -> bool {
    match pattern.shape() {
        Shape::Exact(text) => !text.contains(['\\', '/']),
        Shape::Ends(text) => !text.trim_start_matches(['\\', '/']).contains(['\\', '/']),
        _ => false,
    }
}

struct Pass<'a> {
    target: &'a str,
    capabilities: &'a Capabilities,
    overlay: &'a Overlay,
    event: &'a EventSelector,
    class: Option<EventClass>,
    /// The detection's own span.
    span: Span,
    losses: Vec<Diagnostic>,
    /// The first part that was left out, for the refusal.
    dropped: Option<(&'static Code, String, Span)>,
}

impl Pass<'_> {
    /// The predicate in legal form, borrowed when it is that already; `None` when no part of it can be said. `positive` is false under
    /// a negation.
    fn rewrite<'p>(&mut self, predicate: &'p Predicate, positive: bool) -> Option<Cow<'p, Predicate>> {
        match predicate {
            Predicate::All(list) => Some(match self.rewrite_list(list, positive, true)? {
                None => Cow::Borrowed(predicate),
                Some(list) => Cow::Owned(Predicate::All(list)),
            }),
            Predicate::Any(list) => Some(match self.rewrite_list(list, positive, false)? {
                None => Cow::Borrowed(predicate),
                Some(list) => Cow::Owned(Predicate::Any(list)),
            }),
            Predicate::Not(inner) => {
                if !self.capabilities.negation {
                    return self.leave_out(&OPERATOR, format!("{} has no negation", self.target), first_span(inner).unwrap_or(self.span));
                }
                Some(match self.rewrite(inner, !positive)? {
                    Cow::Borrowed(_) => Cow::Borrowed(predicate),
                    Cow::Owned(inner) => Cow::Owned(inner.negate()),
                })
            }
            Predicate::Bytes(test) => {
                if self.capabilities.bytes {
                    Some(Cow::Borrowed(predicate))
                } else {
                    self.leave_out(&OPERATOR, format!("{} does not look into files", self.target), test.span)
                }
            }
            Predicate::Test(test) => Some(match self.rewrite_test(test, positive)? {
                None => Cow::Borrowed(predicate),
                Some(legal) => Cow::Owned(legal),
            }),
        }
    }

    /// What is left of a list: `Some(None)` is the list as it is.
    #[expect(clippy::option_option, reason = "nothing can be said, all of it as it is, or another list")]
    fn rewrite_list(&mut self, list: &[Predicate], positive: bool, all: bool) -> Option<Option<Vec<Predicate>>> {
        // Begins with the first element that is not left as it is.
        let mut kept: Option<Vec<Predicate>> = None;
        let mut missing = Vec::new();
        for (at, inner) in list.iter().enumerate() {
            let before = || list.get(..at).unwrap_or_default().to_vec();
            let dropped = self.dropped.take();
            match self.rewrite(inner, positive) {
                Some(Cow::Borrowed(same)) => kept.iter_mut().for_each(|kept| kept.push(same.clone())),
                Some(Cow::Owned(legal)) => kept.get_or_insert_with(before).push(legal),
                None => {
                    kept.get_or_insert_with(before);
                    missing.extend(self.dropped.clone());
                }
            }
            self.dropped = dropped.or_else(|| self.dropped.take());
        }
        if kept.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        let loss = if all == positive { Loss::Wider } else { Loss::Narrower };
        for (code, message, span) in missing {
            let help = match loss {
                Loss::Wider => "the rule might fire on more than was meant; another condition, or `accept` with a reason, settles it",
                Loss::Narrower => "this alternative is missed there; another alternative, or `accept` with a reason, settles it",
            };
            self.losses.push(Diagnostic::new(code, message).at(span, "left out").loss(loss).help(help));
        }
        Some(kept)
    }

    fn leave_out<T>(&mut self, code: &'static Code, message: String, span: Span) -> Option<T> {
        if self.dropped.is_none() {
            self.dropped = Some((code, message, span));
        }
        None
    }

    fn named(&self, field: &FieldRef) -> Result<(), String> {
        match (field, self.class) {
            (FieldRef::Known(known), Some(class)) => {
                if self.overlay.fields.contains_key(&(class, *known)) {
                    return Ok(());
                }
                self.capabilities.field(class, *known).map(|_| ()).map_err(ToOwned::to_owned)
            }
            _ => (self.capabilities.open_field)(self.event, field).map_err(ToOwned::to_owned),
        }
    }

    /// What is left of a test: `Some(None)` is the test as it is.
    #[expect(clippy::option_option, reason = "nothing can be said, the test as it is, or another predicate")]
    fn rewrite_test(&mut self, test: &FieldTest, positive: bool) -> Option<Option<Predicate>> {
        if let (Op::Url(urls), Form::Parts) = (&test.op, self.capabilities.url)
            && derive::holds_url(&test.field)
        {
            return self.rewrite(&derive::parts_of(urls, test.span), positive).map(|legal| Some(legal.into_owned()));
        }
        if let Err(why) = self.named(&test.field) {
            if let Some((whole, how)) = test.field.known().and_then(Field::derived_from)
                && self.named(&FieldRef::Known(whole)).is_ok()
                && let Some(on_whole) = derive::on_whole(test, whole, how, self.event, self.capabilities.regex)
            {
                if on_whole.wider {
                    self.loosened(
                        &PART_OF_PATH,
                        positive,
                        test.span,
                        format!("{} has no `{}`; `{}` is searched instead", self.target, test.field, whole.name()),
                        "",
                    );
                }
                return self.rewrite(&on_whole.predicate, positive).map(|legal| Some(legal.into_owned()));
            }
            if test.field.known() == Some(Field::UserAccount)
                && self.named(&FieldRef::Known(Field::UserName)).is_ok()
                && let Some(parts) = derive::parts_of_account(test)
            {
                return self.rewrite(&parts, positive).map(|legal| Some(legal.into_owned()));
            }
            return self.leave_out(&ABSENT_FIELD, format!("{} has no name for `{}` of {}: {why}", self.target, test.field, self.event), test.span);
        }
        if let Op::Text { patterns, case } = &test.op
            && !self.capabilities.tells_empty
            && patterns.iter().any(|pattern| pattern.as_exact() == Some(""))
        {
            let rest: Vec<Pattern> = patterns.iter().filter(|pattern| pattern.as_exact() != Some("")).cloned().collect();
            let empty = Predicate::test(test.field.clone(), Op::Empty, test.span);
            let text = (!rest.is_empty()).then(|| Predicate::text(test.field.clone(), rest, *case, test.span));
            let any = Predicate::Any(text.into_iter().chain([empty]).collect()).flat();
            return self.rewrite(&any, positive).map(|legal| Some(legal.into_owned()));
        }
        let op = match &test.op {
            Op::Exists if !self.capabilities.exists => {
                return self.leave_out(&OPERATOR, format!("{} cannot test whether a field is there", self.target), test.span);
            }
            Op::Empty | Op::Missing if !self.capabilities.tells_empty => return self.absent(test, positive).map(Some),
            Op::Time { .. } if !self.capabilities.time_parts => {
                return self.leave_out(&OPERATOR, format!("{} cannot look at a part of a time", self.target), test.span);
            }
            Op::Same { .. } if !self.capabilities.field_to_field => {
                return self.leave_out(&OPERATOR, format!("{} cannot compare two fields", self.target), test.span);
            }
            Op::Same { other, .. } => {
                if let Err(why) = self.named(other) {
                    return self.leave_out(&ABSENT_FIELD, format!("{} has no name for `{other}` of {}: {why}", self.target, self.event), test.span);
                }
                return Some(None);
            }
            Op::Regex(_) if !self.capabilities.regex => {
                return self.leave_out(&REGEX, format!("{} has no regular expressions for `{}`", self.target, test.field), test.span);
            }
            Op::Under(trees) if self.capabilities.under == Form::Text => {
                Op::Text { patterns: trees.iter().flat_map(ir::Tree::patterns).collect(), case: Case::Insensitive }
            }
            Op::Url(urls) if self.capabilities.url == Form::Text => Op::Text { patterns: derive::spellings(urls), case: Case::Insensitive },
            _ => return Some(None),
        };
        Some(Some(Predicate::Test(FieldTest { field: test.field.clone(), op, span: test.span })))
    }

    /// A field that is empty, or not there: where the two look the same, the test holds for both.
    fn absent(&mut self, test: &FieldTest, positive: bool) -> Option<Predicate> {
        if !self.capabilities.exists || !self.capabilities.negation {
            return self.leave_out(&OPERATOR, format!("{} cannot test whether a field is there", self.target), test.span);
        }
        let message = format!("{} does not tell an empty `{}` from one that is not there", self.target, test.field);
        self.loosened(&EMPTY, positive, test.span, message, "a test for both says what the rule does");
        Some(Predicate::test(test.field.clone(), Op::Exists, test.span).negate())
    }

    /// A test was replaced by a wider one.
    fn loosened(&mut self, code: &'static Code, positive: bool, span: Span, message: String, help: &str) {
        let loss = if positive { Loss::Wider } else { Loss::Narrower };
        let mut said = Diagnostic::new(code, message).at(span, "this part").loss(loss);
        if !help.is_empty() {
            said = said.help(help);
        }
        self.losses.push(said);
    }
}

/// The span of the first leaf; an empty list has none.
fn first_span(predicate: &Predicate) -> Option<Span> {
    match predicate {
        Predicate::All(list) | Predicate::Any(list) => list.iter().find_map(first_span),
        Predicate::Not(inner) => first_span(inner),
        Predicate::Test(test) => Some(test.span),
        Predicate::Bytes(test) => Some(test.span),
    }
}
