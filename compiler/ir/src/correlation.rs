//! Which events belong together, and what must be true of them?
//!
//! A [`Correlation`] looks at windows of time that end with each event and reach back as far as `within` says. A [`Step`] is a
//! kind of thing that happens; it has one or more [`Stream`]s, and a stream is either single events or a correlation of its own.
//!
//! Events stand in groups: those whose values of the `by` fields are equal. A stream may call such a field differently
//! ([`Stream::aliases`]). An event that several streams of a step fit counts once; one that stands in a group through
//! different fields counts once for each list of fields.
//!
//! A correlation inside another one happens at each event that completes it, right behind that event, whose fields stand for it:
//! the outer correlation groups and measures the completing event.

use std::sync::Arc;
use std::time::Duration;

use source::Span;

use crate::{Decimal, EventRule, FieldRef, SigmaRule};

/// Several events that agree in some fields and lie close in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    /// What is counted or in which order.
    pub kind: CorrelationKind,
    /// The fields that all events must have and agree in, without case. Empty: no grouping.
    pub by: Vec<FieldRef>,
    /// First and last event lie at most this far apart. The window slides.
    pub within: Duration,
    /// Only for counts: how regular the events are. The sample standard deviation of the times between neighbours,
    /// divided by their mean, is at most this many percent. Fewer than two intervals fit any.
    pub jitter: Option<u32>,
}

/// What a correlation counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorrelationKind {
    /// Each step happens, in this order. A step with `x 10..` happens that often before the next one starts. It is complete at
    /// each event of the last step that some beginning reaches in time.
    Sequence(Vec<Step>),
    /// The steps happen in one window, in any order, as far as [`Needs`] asks. One event may be several steps.
    Together {
        /// What may happen.
        steps: Vec<Step>,
        /// What of it must.
        needs: Needs,
    },
    /// The step happens this often.
    Count(Step),
    /// The step happens with this many different values of a field, or combinations of the values of several (see [`Step::times`]);
    /// events without one of them do not count.
    Distinct {
        /// The events.
        step: Step,
        /// The fields whose values are counted, without case. **Invariant:** at least one.
        fields: Vec<FieldRef>,
    },
    /// A figure made of a field's numbers lies within bounds; events without a whole number in it do not count.
    Measure {
        /// The events; [`Step::times`] says nothing here.
        step: Step,
        /// The field with the numbers.
        field: FieldRef,
        /// How the figure is made.
        figure: Figure,
        /// What is asked of it.
        bounds: Bounds,
    },
}

/// Which steps must have happened in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The step with this index, as often as it says.
    Step(usize),
    /// This has not happened.
    Not(Box<Needs>),
    /// All of it. Empty is true.
    All(Vec<Needs>),
    /// Any of it. Empty is false.
    Any(Vec<Needs>),
    /// So many of the steps.
    Steps(Times),
}

/// A figure made of many numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// The middle one in order; of two middle ones, the lower. The same as the 50th percentile.
    Median,
    /// The least one that at least so many percent (1 to 100) of the numbers do not exceed: the nearest rank.
    Percentile(u8),
}

/// How a figure is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// It is less.
    Less,
    /// It is less or equal.
    AtMost,
    /// It is more.
    More,
    /// It is more or equal.
    AtLeast,
    /// It is equal.
    Equal,
    /// It is not equal.
    NotEqual,
}

/// Comparisons that all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bounds(pub Vec<(Comparison, Decimal)>);

/// One kind of thing that happens in a correlation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name in the block.
    pub name: String,
    /// Which events; any of these. **Invariant:** at least one.
    pub streams: Vec<Stream>,
    /// How often.
    pub times: Times,
    /// Where it was written.
    pub span: Span,
}

/// Where the events of a step come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its name, unique in the correlation; what other documents call it.
    pub name: String,
    /// A line for people.
    pub title: String,
    /// What happens.
    pub what: Happening,
    /// What this stream calls fields of the correlation, where it is not the same: the correlation's field, the stream's.
    pub aliases: Vec<(FieldRef, FieldRef)>,
    /// What a Sigma rule says of itself besides, when the stream is one.
    pub sigma: Option<Arc<SigmaRule>>,
}

/// What a stream is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Single events.
    Event(EventRule),
    /// The events that complete a correlation.
    Correlation(Box<Correlation>),
}

/// How often something happens; both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// At least this often, 1 or more.
    pub min: u32,
    /// At most this often in the window; `None` is without bound. Not in sequences.
    pub max: Option<u32>,
    /// Not exactly this often. Not in sequences.
    pub except: Option<u32>,
}

impl Correlation {
    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        match &self.kind {
            CorrelationKind::Sequence(steps) | CorrelationKind::Together { steps, .. } => steps,
            CorrelationKind::Count(step) | CorrelationKind::Distinct { step, .. } | CorrelationKind::Measure { step, .. } => {
                std::slice::from_ref(step)
            }
        }
    }

    /// The streams of all steps, in order; those inside other correlations are not among them.
    pub fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.steps().iter().flat_map(|step| &step.streams)
    }

    /// The fields whose values are counted or measured.
    #[must_use]
    pub fn counted(&self) -> &[FieldRef] {
        match &self.kind {
            CorrelationKind::Distinct { fields, .. } => fields,
            CorrelationKind::Measure { field, .. } => std::slice::from_ref(field),
            CorrelationKind::Sequence(_) | CorrelationKind::Together { .. } | CorrelationKind::Count(_) => &[],
        }
    }

    /// The same correlation with each step made anew; the first error stops.
    ///
    /// # Errors
    /// What `change` returns.
    pub fn map<E>(&self, mut change: impl FnMut(&Step) -> Result<Step, E>) -> Result<Self, E> {
        let mut all = |steps: &[Step]| steps.iter().map(&mut change).collect::<Result<Vec<Step>, E>>();
        let kind = match &self.kind {
            CorrelationKind::Sequence(steps) => CorrelationKind::Sequence(all(steps)?),
            CorrelationKind::Together { steps, needs } => CorrelationKind::Together { steps: all(steps)?, needs: needs.clone() },
            CorrelationKind::Count(step) => CorrelationKind::Count(change(step)?),
            CorrelationKind::Distinct { step, fields } => CorrelationKind::Distinct { step: change(step)?, fields: fields.clone() },
            CorrelationKind::Measure { step, field, figure, bounds } => {
                CorrelationKind::Measure { step: change(step)?, field: field.clone(), figure: *figure, bounds: bounds.clone() }
            }
        };
        Ok(Self { kind, by: self.by.clone(), within: self.within, jitter: self.jitter })
    }
}

impl Needs {
    /// Every one of so many steps.
    #[must_use]
    pub fn every(count: usize) -> Self {
        Self::All((0..count).map(Self::Step).collect())
    }

    /// Whether it holds, out of `count` steps, when `happened` says which of them did.
    pub fn hold(&self, count: usize, happened: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::Step(at) => happened(*at),
            Self::Not(inner) => !inner.hold(count, happened),
            Self::All(list) => list.iter().all(|inner| inner.hold(count, happened)),
            Self::Any(list) => list.iter().any(|inner| inner.hold(count, happened)),
            Self::Steps(times) => times.fit((0..count).filter(|at| happened(*at)).count()),
        }
    }
}

impl Figure {
    /// The rank of a figure that is one of the numbers, in percent.
    #[must_use]
    pub fn rank(self) -> Option<u8> {
        match self {
            Self::Sum | Self::Average => None,
            Self::Median => Some(50),
            Self::Percentile(percent) => Some(percent),
        }
    }
}

impl Comparison {
    /// Every comparison with its name in Sigma.
    pub const ALL: [(Self, &'static str); 6] =
        [(Self::More, "gt"), (Self::AtLeast, "gte"), (Self::Less, "lt"), (Self::AtMost, "lte"), (Self::Equal, "eq"), (Self::NotEqual, "neq")];

    /// Whether numbers in this order fit.
    #[must_use]
    pub fn fits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
        }
    }
}

impl Bounds {
    /// Bounds that are whole numbers.
    #[must_use]
    pub fn whole(list: impl IntoIterator<Item = (Comparison, i64)>) -> Self {
        Self(list.into_iter().map(|(comparison, bound)| (comparison, bound.into())).collect())
    }

    /// Whether `over / under` fits; `under` is more than zero.
    #[must_use]
    pub fn fit(&self, over: i128, under: i128) -> bool {
        self.0.iter().all(|(comparison, bound)| {
            let (digits, by) = bound.ratio();
            comparison.fits(over.saturating_mul(by).cmp(&digits.saturating_mul(under)))
        })
    }

    /// The same bounds on a number of events, which is one or more. `None` when no number fits.
    ///
    /// ```
    /// # use ir::{Bounds, Comparison, Times};
    /// let bounds = Bounds::whole([(Comparison::More, 10), (Comparison::AtMost, 20)]);
    /// assert_eq!(bounds.times(), Some(Times { min: 11, max: Some(20), except: None }));
    /// assert_eq!(Bounds::whole([(Comparison::Less, 1)]).times(), None);
    /// ```
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        let (mut min, mut max, mut except) = (1_i64, i64::MAX, Vec::new());
        for (comparison, bound) in &self.0 {
            // Between two whole numbers, the next ones are the ends.
            let (below, whole) = (bound.floor(), bound.whole());
            let above = whole.unwrap_or(below.saturating_add(1));
            match comparison {
                Comparison::Less => max = max.min(above.saturating_sub(1)),
                Comparison::AtMost => max = max.min(below),
                Comparison::More => min = min.max(below.saturating_add(1)),
                Comparison::AtLeast => min = min.max(above),
                Comparison::Equal => (min, max) = (min.max(above), max.min(below)),
                Comparison::NotEqual => except.extend(whole),
            }
        }
        // A bound that is left out moves the ends first.
        while except.contains(&min) && min <= max {
            min += 1;
        }
        while except.contains(&max) && min <= max {
            max -= 1;
        }
        except.retain(|bound| (min..=max).contains(bound));
        let max = if max == i64::MAX { None } else { Some(u32::try_from(max).ok()?) };
        let min = u32::try_from(min).ok()?;
        let fits = max.is_none_or(|max| min <= max) && except.len() <= 1;
        fits.then(|| Times { min, max, except: except.first().and_then(|bound| u32::try_from(*bound).ok()) })
    }
}

impl Step {
    /// A step with one kind of single events.
    #[must_use]
    pub fn new(name: impl Into<String>, rule: EventRule, times: Times, span: Span) -> Self {
        let name = name.into();
        let stream = Stream { name: name.clone(), title: String::new(), what: Happening::Event(rule), aliases: Vec::new(), sigma: None };
        Self { name, streams: vec![stream], times, span }
    }

    /// The event rules of the step's own streams; correlations inside it have none here.
    pub fn rules(&self) -> impl Iterator<Item = &EventRule> {
        self.streams.iter().filter_map(Stream::rule)
    }

    /// The event rule, when the step is a single stream of events.
    #[must_use]
    pub fn rule(&self) -> Option<&EventRule> {
        match self.streams.as_slice() {
            [stream] if stream.aliases.is_empty() => stream.rule(),
            _ => None,
        }
    }
}

impl Stream {
    /// What the stream calls a field of the correlation.
    #[must_use]
    pub fn field<'a>(&'a self, field: &'a FieldRef) -> &'a FieldRef {
        self.aliases.iter().find(|(known, _)| known == field).map_or(field, |(_, own)| own)
    }

    /// The event rule, when the stream is single events.
    #[must_use]
    pub fn rule(&self) -> Option<&EventRule> {
        match &self.what {
            Happening::Event(rule) => Some(rule),
            Happening::Correlation(_) => None,
        }
    }
}

impl Times {
    /// So often or more.
    #[must_use]
    pub fn at_least(min: u32) -> Self {
        Self { min, max: None, except: None }
    }

    /// From so often to so often.
    #[must_use]
    pub fn between(min: u32, max: u32) -> Self {
        Self { min, max: Some(max), except: None }
    }

    /// Whether a number fits.
    #[must_use]
    pub fn fit(self, count: usize) -> bool {
        count >= self.min as usize && self.max.is_none_or(|max| count <= max as usize) && self.except.is_none_or(|except| count != except as usize)
    }
}
