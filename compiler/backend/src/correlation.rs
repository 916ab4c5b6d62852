//! What does every target have to know of a correlation before it writes one?
//!
//! A correlation may hold others, which may hold others: one plan tells all of them and all their streams, each with what its events have to
//! carry. A target writes its own commands from it. What is asked of a window's events is in [`crate::window`].

use std::time::Duration;

use ir::{Correlation, CorrelationKind, EventRule, Field, FieldRef, Happening, Step, Stream};

/// A correlation and those inside it, with the streams of all of them.
#[derive(Clone, Debug)]
pub struct CorrelationPlan<'d> {
    /// The correlations, the outermost first; one that stands inside another stands behind it.
    pub parts: Vec<PlannedCorrelation<'d>>,
    /// The streams, in the order of their steps; behind one that is a correlation stand the streams of that.
    pub streams: Vec<PlannedStream<'d>>,
}

/// One correlation of a plan.
#[derive(Clone, Debug)]
pub struct PlannedCorrelation<'d> {
    /// What it asks.
    pub correlation: &'d Correlation,
    /// How many correlations stand around it.
    pub depth: usize,
    /// How far its window reaches back, in seconds.
    pub within: u64,
    /// How far apart the first and the last event lie at most, in seconds, when those around it are as long as they may be.
    reach: u64,
    /// What its events carry for the correlations around it, the next one first.
    pub carried: Vec<Key<'d>>,
    /// Its streams: their places in the plan.
    streams: Vec<usize>,
}

/// One stream of a plan.
#[derive(Clone, Debug)]
pub struct PlannedStream<'d> {
    /// Whose it is: the place of its correlation in the plan.
    pub part: usize,
    /// The place of its step.
    pub step: usize,
    /// What its events have for its own correlation: what they are grouped by, then what is counted.
    pub keys: Vec<Key<'d>>,
    /// What it is called.
    pub stream: &'d Stream,
    /// What it is made of.
    pub what: Planned<'d>,
}

/// What a planned stream is made of.
#[derive(Clone, Copy, Debug)]
pub enum Planned<'d> {
    /// Single events.
    Events(&'d EventRule),
    /// The events that complete a correlation, with its place in the plan.
    Completions(usize),
}

/// A value that an event has for a correlation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'d> {
    /// Which correlation wants it: its place in the plan.
    pub part: usize,
    /// Which of the correlation's fields it is: first those it groups by, then those it counts.
    pub at: usize,
    /// What the event's log calls the field.
    pub field: &'d FieldRef,
    /// Its number among all values that are carried out of a correlation; `None` where the correlation has the event itself.
    pub carried: Option<usize>,
}

impl<'d> CorrelationPlan<'d> {
    /// Plans a correlation.
    #[must_use]
    pub fn of(correlation: &'d Correlation) -> Self {
        let mut plan = Self { parts: Vec::new(), streams: Vec::new() };
        plan.add(correlation, None, Vec::new(), &mut 0);
        plan
    }

    /// Adds a correlation, which stands inside another or nowhere; so many values are carried already. How deep they stand is bounded where they
    /// are read.
    fn add(&mut self, correlation: &'d Correlation, around: Option<usize>, carried: Vec<Key<'d>>, count: &mut usize) {
        let part = self.parts.len();
        let (depth, outer) = around.map_or((0, 0), |around| (self.part(around).depth + 1, self.part(around).reach));
        let within = seconds(correlation.within);
        let reach = outer.saturating_add(within);
        self.parts.push(PlannedCorrelation { correlation, depth, within, reach, carried: carried.clone(), streams: Vec::new() });
        let mut own = Vec::new();
        for (step, stream) in correlation.steps().iter().enumerate().flat_map(|(at, step)| step.streams.iter().map(move |stream| (at, stream))) {
            let what = stream.rule().map_or(Planned::Completions(self.parts.len()), Planned::Events);
            let mut keys = Vec::new();
            for (at, field) in correlation.by.iter().chain(correlation.counted()).enumerate() {
                *count += usize::from(stream.rule().is_none());
                keys.push(Key { part, at, field: stream.field(field), carried: stream.rule().is_none().then_some(*count) });
            }
            own.push(self.streams.len());
            self.streams.push(PlannedStream { part, step, keys: keys.clone(), stream, what });
            if let Happening::Correlation(inner) = &stream.what {
                self.add(inner, Some(part), keys.into_iter().chain(carried.iter().cloned()).collect(), count);
            }
        }
        if let Some(part) = self.parts.get_mut(part) {
            part.streams = own;
        }
    }

    /// One of the correlations.
    ///
    /// # Panics
    ///
    /// When a place is asked for that the plan has not told.
    #[must_use]
    pub fn part(&self, at: usize) -> &PlannedCorrelation<'d> {
        self.parts.get(at).expect("a plan has the parts that it tells of")
    }

    /// The step that a stream is of.
    ///
    /// # Panics
    ///
    /// When the stream is none of the plan's.
    #[must_use]
    pub fn step(&self, stream: &PlannedStream<'d>) -> &'d Step {
        self.part(stream.part).correlation.steps().get(stream.step).expect("a plan has the steps of its streams")
    }

    /// How far apart the first and the last event may lie, in seconds, those of correlations inside included.
    #[must_use]
    pub fn reach(&self) -> u64 {
        self.parts.iter().map(|part| part.reach).max().unwrap_or(1)
    }

    /// Whether correlations stand inside the outermost one.
    #[must_use]
    pub fn nested(&self) -> bool {
        self.parts.len() > 1
    }

    /// The streams of one of the correlations.
    pub fn streams_of(&self, part: usize) -> impl Iterator<Item = &PlannedStream<'d>> {
        self.part(part).streams.iter().filter_map(|at| self.streams.get(*at))
    }

    /// Everything that the events of a stream carry: for its own correlation, then for those around it.
    pub fn wanted<'p>(&'p self, stream: &'p PlannedStream<'d>) -> impl Iterator<Item = &'p Key<'d>> {
        stream.keys.iter().chain(&self.part(stream.part).carried)
    }
}

impl PlannedCorrelation<'_> {
    /// Whether it matters which step an event is.
    #[must_use]
    pub fn tells_steps(&self) -> bool {
        matches!(self.correlation.kind, CorrelationKind::Sequence(_) | CorrelationKind::Together { .. })
    }
}

impl<'d> PlannedStream<'d> {
    /// What single events have to fit.
    #[must_use]
    pub fn rule(&self) -> Option<&'d EventRule> {
        self.stream.rule()
    }
}

/// Puts together the streams of a correlation that read one log and group its events alike: an event that several of them fit is still one
/// event. `same` says whether two logs are one.
pub fn alike<'p, 'd, L>(
    streams: impl IntoIterator<Item = (L, &'p PlannedStream<'d>)>,
    same: impl Fn(&L, &L) -> bool,
) -> Vec<(L, Vec<&'p PlannedStream<'d>>)>
where
    'd: 'p,
{
    let mut out: Vec<(L, Vec<&'p PlannedStream<'d>>)> = Vec::new();
    for (log, stream) in streams {
        let of_one = |list: &[&PlannedStream<'d>]| list.first().is_some_and(|first| first.part == stream.part && first.keys == stream.keys);
        match out.iter_mut().find(|(known, list)| same(known, &log) && of_one(list)) {
            Some((_, list)) => list.push(stream),
            None => out.push((log, vec![stream])),
        }
    }
    out
}

/// Whether a log writes a sign where an event has nothing in a field: such an event stands in no group. `signs` says so of a field of the
/// catalogue; an event that names nobody makes no group, whatever a rule's own words call the name.
pub fn has_sign_of_nothing(field: &FieldRef, signs: impl FnOnce(Field) -> bool) -> bool {
    match field {
        FieldRef::Known(known) => signs(*known),
        FieldRef::Open(name) => logs::signs_name(name),
        FieldRef::Any => false,
    }
}

/// Whole seconds, at least one: a shorter window is rounded up.
#[must_use]
pub fn seconds(within: Duration) -> u64 {
    (within.as_secs() + u64::from(within.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use ir::{Case, EventClass, EventSelector, Pattern, Predicate, Times};
    use source::{Sources, Span};

    use super::*;

    fn span() -> Span {
        Span::new(Sources::default().add("test", ""), 0, 0)
    }

    fn rule(name: &str) -> EventRule {
        let predicate = Predicate::text(Field::ProcessName, vec![Pattern::exact(name)], Case::Insensitive, span());
        EventRule { event: EventSelector::of(EventClass::ProcessStart), predicate }
    }

    fn stream(name: &str, what: Happening, aliases: Vec<(FieldRef, FieldRef)>) -> Stream {
        Stream { name: name.to_owned(), title: String::new(), what, aliases, sigma: None }
    }

    fn step(name: &str, streams: Vec<Stream>) -> Step {
        Step { name: name.to_owned(), streams, times: Times::at_least(1), span: span() }
    }

    fn correlation(kind: CorrelationKind, by: Field, seconds: u64) -> Correlation {
        Correlation { kind, by: vec![by.into()], within: Duration::from_secs(seconds), jitter: None }
    }

    /// Two steps, the first of which is a count by the user; it calls the host that the whole is grouped by its parent's name.
    fn nested() -> Correlation {
        let inner =
            correlation(CorrelationKind::Count(step("a", vec![stream("a", Happening::Event(rule("a.exe")), Vec::new())])), Field::UserName, 60);
        let renamed = vec![(Field::HostName.into(), Field::ParentName.into())];
        let first = step("many", vec![stream("many", Happening::Correlation(Box::new(inner)), renamed)]);
        let second = step("then", ["b.exe", "c.exe"].map(|name| stream(name, Happening::Event(rule(name)), Vec::new())).into());
        correlation(CorrelationKind::Sequence(vec![first, second]), Field::HostName, 600)
    }

    #[test]
    fn what_is_inside_stands_behind_and_carries_what_is_wanted_outside() {
        let correlation = nested();
        let plan = CorrelationPlan::of(&correlation);
        assert_eq!(plan.parts.iter().map(|part| (part.depth, part.within, part.tells_steps())).collect::<Vec<_>>(), [(0, 600, true), (1, 60, false)]);
        assert_eq!((plan.reach(), plan.nested()), (660, true));
        assert_eq!(plan.streams.iter().map(|stream| (stream.part, stream.step)).collect::<Vec<_>>(), [(0, 0), (1, 0), (0, 1), (0, 1)]);
        assert_eq!(plan.streams_of(0).map(|stream| stream.stream.name.as_str()).collect::<Vec<_>>(), ["many", "b.exe", "c.exe"]);
        let wanted = |at: usize| plan.wanted(&plan.streams[at]).map(|key| (key.part, key.field.name(), key.carried)).collect::<Vec<_>>();
        assert_eq!(wanted(0), [(0, "process.parent.name", Some(1))]);
        assert_eq!(wanted(1), [(1, "user.name", None), (0, "process.parent.name", Some(1))]);
        assert_eq!(wanted(2), [(0, "host.name", None)]);
    }

    #[test]
    fn streams_of_one_log_are_together_where_they_are_grouped_alike() {
        let correlation = nested();
        let plan = CorrelationPlan::of(&correlation);
        let events = plan.streams.iter().filter_map(|stream| Some((&stream.rule()?.event, stream)));
        let names = |(_, list): (_, Vec<&PlannedStream<'_>>)| list.iter().map(|stream| stream.stream.name.clone()).collect::<Vec<_>>();
        assert_eq!(alike(events, |one, other| one == other).into_iter().map(names).collect::<Vec<_>>(), [vec!["a"], vec!["b.exe", "c.exe"]]);
    }

    #[test]
    fn windows_are_whole_seconds() {
        assert_eq!([0, 1, 1_000, 1_001].map(|millis| seconds(Duration::from_millis(millis))), [1, 1, 1, 2]);
    }
}
