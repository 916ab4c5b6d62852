//! Which events belong together? One stream of rows, each with its groups and the steps it fits.
//!
//! [`crate::lower_window`] asks at each row whether it completes a window. A correlation inside another one reads rows of its own;
//! those that complete it are marked, and the mark is a step of the outer one. Its rows stand behind rows of the same moment.

use std::time::Duration;

use backend::{Cx, Refusal};
use ir::{Correlation, CorrelationKind, Detection, EventRule, EventSelector, FieldRef, Happening, Times};
use source::{Code, Loss, Span};

use crate::ast::{Expr, Query, Rule, Search, SiteMacro, Stage};
use crate::lower_fields::{dedupe, fields, missing_again};
use crate::lower_values::{is_marked, there};
use crate::lower_window::{FARTHEST, Window};
use crate::lowering::Lowering;
use crate::origin::{Origin, origin};
use crate::profiles::{accelerated, cim};

pub(crate) static WINDOW: Code = Code::warn("splunk.window", "a count is larger than the events Splunk looks back over");
pub(crate) static SECONDS: Code = Code::warn("splunk.whole-seconds", "times are known to the second only");
pub(crate) static TWO_MODELS: Code = Code::warn("splunk.two-models", "one search reads one data model");

/// Lowers one correlation.
pub(crate) fn run(detection: &Detection, correlation: &Correlation, cx: &mut Cx<'_>) -> Result<Rule, Refusal> {
    let mut work = Work { detection, leaves: Vec::new(), nodes: Vec::new(), macros: Vec::new(), lookups: Vec::new(), shown: Vec::new() };
    work.plan(correlation, 0, &[], cx)?;
    let nested = work.nodes.len() > 1;
    let mut stages = work.gather(cx)?;
    let by = work.node(0).by(correlation);
    if !nested && !by.is_empty() {
        stages.push(Stage::Where(Expr::all(by.iter().map(|name| there(name)).collect())));
    }
    if accelerated(cx) {
        // `tstats` gives one row for each second; each row stands for `count` events.
        let rows = Expr::Call("mvrange", vec![Expr::Number(0), Expr::field("count")]);
        stages.push(Stage::Eval(vec![("vigie_row".to_owned(), rows)]));
        stages.push(Stage::Expand("vigie_row".to_owned()));
        let help = "the profile `raw` keeps the times of events";
        let message = "`tstats` gives whole seconds, so events of one second have no order and a window is up to a second longer";
        cx.loss(&SECONDS, Loss::Wider, detection.span, message, help);
        // Rounded times change both ways how regular events look, and larger windows both ways what a figure is.
        if correlation.jitter.is_some() || matches!(correlation.kind, CorrelationKind::Measure { .. } | CorrelationKind::Together { .. }) {
            let message = "`tstats` gives whole seconds, so how regular events look, and what is counted in a window, may come out otherwise";
            cx.loss(&SECONDS, Loss::Narrower, detection.span, message, help);
        }
    }
    let sort = ["_time", "vigie_depth"].into_iter().take(1 + usize::from(nested)).map(str::to_owned).collect();
    stages.push(Stage::Sort(sort));
    work.complete(correlation, 0, accelerated(cx), &mut stages);
    let mut columns = vec!["_time".to_owned(), "vigie_first_time".to_owned()];
    columns.extend(by.iter().cloned());
    columns.extend(work.shown.iter().cloned());
    dedupe(&mut columns);
    stages.push(Stage::Table(columns));
    work.macros.sort();
    work.macros.dedup();
    Ok(Rule { query: Query(stages), lookups: work.lookups, macros: work.macros, span_seconds: reach(correlation), same: by })
}

/// How far apart the first and the last event may lie, in seconds, those of correlations inside included.
fn reach(correlation: &Correlation) -> u64 {
    let inside = correlation.streams().map(|stream| match &stream.what {
        Happening::Event(_) => 0,
        Happening::Correlation(inner) => reach(inner),
    });
    seconds(correlation.within).saturating_add(inside.max().unwrap_or(0))
}

/// Whole seconds, at least one: windows shorter than a second are rounded up.
fn seconds(within: Duration) -> u64 {
    (within.as_secs() + u64::from(within.subsec_nanos() > 0)).max(1)
}

fn mark(when: Expr) -> Expr {
    Expr::Call("if", vec![when, Expr::Number(1), Expr::Call("null", Vec::new())])
}

/// One correlation among those that a search answers; the outermost is the first.
struct Node {
    /// What its fields begin with.
    prefix: String,
    /// How many correlations are around it.
    depth: usize,
    /// Its steps that hold correlations: the step, and the correlation's place.
    inside: Vec<(usize, usize)>,
}

impl Node {
    fn by(&self, correlation: &Correlation) -> Vec<String> {
        (1..=correlation.by.len()).map(|at| format!("{}by_{at}", self.prefix)).collect()
    }

    /// What is counted: one field, or each of several.
    fn counted(&self, correlation: &Correlation) -> Vec<String> {
        let whole = format!("{}counted", self.prefix);
        match correlation.counted().len() {
            0 => Vec::new(),
            1 => vec![whole],
            many => (1..=many).map(|at| format!("{whole}_{at}")).collect(),
        }
    }

    fn step(&self, at: usize) -> String {
        format!("{}step_{}", self.prefix, at + 1)
    }

    /// The field that marks rows that complete it.
    fn done(&self) -> String {
        format!("{}done", self.prefix)
    }

    /// The field that marks rows that stand in one of its groups.
    fn own(&self) -> String {
        format!("{}own", self.prefix)
    }
}

/// A stream of single events, and whose step it is.
struct Leaf<'a> {
    node: usize,
    step: usize,
    rule: &'a EventRule,
    /// The fields it fills: name, what the log's field is, and whether it is a number that is measured.
    fills: Vec<(String, FieldRef)>,
    span: Span,
}

struct Work<'a> {
    detection: &'a Detection,
    leaves: Vec<Leaf<'a>>,
    nodes: Vec<Node>,
    macros: Vec<SiteMacro>,
    lookups: Vec<crate::ast::Lookup>,
    shown: Vec<String>,
}

impl<'a> Work<'a> {
    fn node(&self, at: usize) -> &Node {
        self.nodes.get(at).expect("nodes are planned before they are asked for")
    }

    /// Names the correlation, those inside it, and their streams; `around` is what outer correlations read of the same rows.
    fn plan(&mut self, correlation: &'a Correlation, depth: usize, around: &[(String, FieldRef)], cx: &mut Cx<'_>) -> Result<usize, Refusal> {
        let at = self.nodes.len();
        let prefix = if at == 0 { "vigie_".to_owned() } else { format!("vigie_in_{at}_") };
        self.nodes.push(Node { prefix, depth, inside: Vec::new() });
        for (place, step) in correlation.steps().iter().enumerate() {
            let Times { min, max, except } = step.times;
            if min > FARTHEST || except.is_some_and(|except| except >= FARTHEST) {
                let message = format!("`{}` is asked for {min} times; `streamstats` looks back over {FARTHEST} events", step.name);
                return Err(cx.unsupported(&WINDOW, step.span, message));
            }
            if max.is_some_and(|max| max >= FARTHEST) && at > 0 {
                return Err(cx.unsupported(&WINDOW, step.span, format!("`streamstats` looks back over {FARTHEST} events")));
            }
            for stream in &step.streams {
                let node = self.node(at);
                let mut fills: Vec<(String, FieldRef)> =
                    node.by(correlation).into_iter().zip(correlation.by.iter().map(|field| stream.field(field).clone())).collect();
                fills.extend(node.counted(correlation).into_iter().zip(correlation.counted().iter().map(|field| stream.field(field).clone())));
                fills.extend(around.iter().cloned());
                match &stream.what {
                    Happening::Event(rule) => self.leaves.push(Leaf { node: at, step: place, rule, fills, span: step.span }),
                    Happening::Correlation(inner) => {
                        let inner = self.plan(inner, depth + 1, &fills, cx)?;
                        if let Some(node) = self.nodes.get_mut(at) {
                            node.inside.push((place, inner));
                        }
                    }
                }
            }
        }
        Ok(at)
    }

    /// Commands that bring the events of all steps together, each with its step marked and its groups named.
    fn gather(&mut self, cx: &mut Cx<'_>) -> Result<Vec<Stage>, Refusal> {
        // Steps that read one log and group it alike share one search, so that an event that fits two steps is still one event.
        let mut groups: Vec<(&EventSelector, Vec<Leaf<'a>>)> = Vec::new();
        for leaf in std::mem::take(&mut self.leaves) {
            let alike = groups.iter_mut().find(|(event, list)| {
                *event == &leaf.rule.event && list.first().is_some_and(|first| first.node == leaf.node && first.fills == leaf.fills)
            });
            match alike {
                Some((_, list)) => list.push(leaf),
                None => groups.push((&leaf.rule.event, vec![leaf])),
            }
        }
        if groups.len() > 1 && accelerated(cx) {
            let alike = groups.iter().all(|(event, _)| Some(event) == groups.first().map(|(first, _)| first));
            let message = if alike {
                "the events of one data model are read in several ways, which one `tstats` cannot"
            } else {
                "the steps read different data models, which one `tstats` cannot"
            };
            return Err(Refusal {
                help: Some("the profile `raw` reads them side by side".to_owned()),
                ..cx.unsupported(&TWO_MODELS, cx.span(), message)
            });
        }
        let mut searches = Vec::with_capacity(groups.len());
        for (event, list) in groups {
            let mut needed: Vec<FieldRef> = list.iter().flat_map(|leaf| fields(leaf.rule)).collect();
            needed.extend(list.iter().take(1).flat_map(|leaf| leaf.fills.iter().map(|(_, field)| field.clone())));
            let origin = origin(event, &needed, None, cx)?;
            origin.say_platform(list.iter().map(|leaf| leaf.rule), cx);
            searches.push(Query(self.stream(&origin, &list, &needed, cx)?));
        }
        Ok(if searches.len() == 1 { searches.swap_remove(0).0 } else { vec![Stage::Multisearch(searches)] })
    }

    /// The events of some steps, out of one stream.
    fn stream(&mut self, origin: &Origin, leaves: &[Leaf<'a>], needed: &[FieldRef], cx: &mut Cx<'_>) -> Result<Vec<Stage>, Refusal> {
        self.macros.extend(origin.macros.iter().cloned());
        let nested = self.nodes.len() > 1;
        let flags = nested || matches!(&self.detection.kind, ir::Kind::Correlation(whole) if flagged(whole));
        let mut lowering = Lowering::new(cx, origin, self.detection);
        let mut names = Vec::new();
        for field in needed {
            let (name, _) = lowering.name(field, self.detection.span)?;
            names.push(name);
        }
        dedupe(&mut names);
        let mut conditions = origin.conditions.clone();
        let mut marks: Vec<(String, Expr)> = Vec::new();
        let mut kept = None;
        let name_of = |leaf: &Leaf<'_>| self.nodes.get(leaf.node).map(|node| node.step(leaf.step)).unwrap_or_default();
        if let [leaf] = leaves {
            let (search, rest) = lowering.split(&leaf.rule.predicate)?;
            conditions.extend(search);
            kept = rest;
            if flags {
                marks.push((name_of(leaf), Expr::Number(1)));
            }
        } else {
            let mut alternatives = Some(Vec::new());
            let mut fits: Vec<(String, Vec<Expr>)> = Vec::new();
            for leaf in leaves {
                let (search, holds) = lowering.flag(&leaf.rule.predicate)?;
                alternatives = alternatives.zip(search).map(|(mut list, search): (Vec<Search>, Search)| {
                    list.push(search);
                    list
                });
                match fits.iter_mut().find(|(name, _)| *name == name_of(leaf)) {
                    Some((_, list)) => list.push(holds),
                    None => fits.push((name_of(leaf), vec![holds])),
                }
            }
            marks.extend(fits.into_iter().map(|(name, list)| (name, mark(Expr::any(list)))));
            conditions.extend(alternatives.map(Search::any));
            kept = kept.or_else(|| Some(Expr::any(marks.iter().map(|(name, _)| is_marked(name)).collect())));
        }
        let mut groups = Vec::new();
        for (into, field) in leaves.first().map(|leaf| leaf.fills.as_slice()).unwrap_or_default() {
            let (name, spelling) = lowering.name(field, leaves.first().map_or(self.detection.span, |leaf| leaf.span))?;
            let value = lowering.value(&name, spelling);
            groups.push((into.clone(), lowering.group(Expr::field(value), field)));
        }
        if nested {
            let depth = leaves.first().and_then(|leaf| self.nodes.get(leaf.node)).map_or(0, |node| node.depth);
            groups.push(("vigie_depth".to_owned(), Expr::Number(i64::try_from(depth).unwrap_or(i64::MAX))));
        }
        let Lowering { made, read, lookups, .. } = lowering;
        self.lookups.extend(lookups);
        let mut stages = Vec::new();
        if let (Some(model), Some(dataset)) = (origin.model, origin.dataset) {
            let filter = (!conditions.is_empty()).then(|| Search::all(conditions));
            let by = names.iter().map(|name| cim::qualified(dataset, name)).collect();
            stages.push(Stage::Tstats { model: model.to_owned(), filter, by, seconds: true });
            stages.extend(cim::prefixes(dataset).map(Stage::DropPrefix));
            stages.extend(missing_again(dataset, &read));
        } else {
            stages.push(Stage::Search(Search::all(conditions)));
        }
        stages.extend(made);
        let marked = leaves.len() > 1;
        let marks = (!marks.is_empty()).then_some(Stage::Eval(marks));
        let kept = kept.map(Stage::Where);
        // With several steps the `where` reads the marks; with one it stands alone.
        stages.extend(if marked { [marks, kept] } else { [kept, marks] }.into_iter().flatten());
        if !groups.is_empty() {
            stages.push(Stage::Eval(groups));
        }
        self.shown.extend(names.into_iter().filter(|name| name != "_time"));
        Ok(stages)
    }

    /// Keeps or marks the rows that complete a correlation.
    fn complete(&self, correlation: &Correlation, at: usize, rounded: bool, stages: &mut Vec<Stage>) {
        let node = self.node(at);
        let steps = correlation.steps();
        let mut marks: Vec<(usize, Vec<Expr>)> = Vec::new();
        let inner = steps.iter().enumerate().flat_map(|(place, step)| step.streams.iter().map(move |stream| (place, stream)));
        let inner = inner.filter_map(|(place, stream)| match &stream.what {
            Happening::Correlation(inner) => Some((place, inner)),
            Happening::Event(_) => None,
        });
        for ((place, inner), (_, child)) in inner.zip(&node.inside) {
            self.complete(inner, *child, rounded, stages);
            let done = is_marked(&self.node(*child).done());
            match marks.iter_mut().find(|(known, _)| *known == place) {
                Some((_, list)) => list.push(done),
                None => marks.push((place, vec![is_marked(&node.step(place)), done])),
            }
        }
        let by = node.by(correlation);
        let mut there: Vec<Expr> = by.iter().map(|name| self::there(name)).collect();
        let mut groups = by;
        if self.nodes.len() > 1 {
            if !marks.is_empty() {
                stages.push(Stage::Eval(marks.into_iter().map(|(place, list)| (node.step(place), mark(Expr::any(list)))).collect()));
            }
            there.push(Expr::any((0..steps.len()).map(|place| is_marked(&node.step(place))).collect()));
            there.extend(node.counted(correlation).iter().map(|name| self::there(name)));
            if at == 0 {
                stages.push(Stage::Where(Expr::all(there)));
            } else {
                stages.push(Stage::Eval(vec![(node.own(), mark(Expr::all(there)))]));
                groups.push(node.own());
            }
        }
        let within = seconds(correlation.within);
        let window = Window {
            prefix: &node.prefix,
            by: &groups,
            // Where times are whole seconds, an event surely lies in the window when it seems a second nearer.
            within: within + u64::from(rounded),
            sure: within - u64::from(rounded),
        };
        let complete = match &correlation.kind {
            CorrelationKind::Sequence(steps) => window.sequence(steps, stages),
            CorrelationKind::Together { steps, needs } => window.together(steps, needs, stages),
            CorrelationKind::Count(step) if correlation.jitter.is_some() => window.regular(step.times, correlation.jitter.unwrap_or(0), stages),
            CorrelationKind::Count(step) => window.count(step.times, stages),
            CorrelationKind::Distinct { step, .. } => window.distinct(step.times, &node.counted(correlation), at == 0, stages),
            CorrelationKind::Measure { figure, bounds, .. } => window.measure(*figure, bounds, at == 0, stages),
        };
        if at == 0 {
            stages.push(Stage::Where(complete));
        } else {
            // Rows of other correlations have no value here, and nothing that is compared with it holds.
            let complete = Expr::all(vec![is_marked(&node.own()), complete]);
            stages.push(Stage::Eval(vec![(node.done(), mark(complete))]));
        }
    }
}

/// Whether a correlation asks which step a row is.
fn flagged(correlation: &Correlation) -> bool {
    matches!(correlation.kind, CorrelationKind::Sequence(_) | CorrelationKind::Together { .. })
}
