//! Which rows complete a window: counts, values, figures, steps together or in order?
//!
//! Every answer is found at the event that completes it: `streamstats` looks back from each event over as many events of its
//! group as are asked for, or over the time of the window. That is the sliding window itself, not an approximation by fixed
//! buckets.

use backend::window::{self, Measured};
use ir::{Bounds, Comparison, Figure, Needs, Step, Times};

use crate::ast::{Aggregate, Compare, Expr, RegexPart, Stage};
use crate::lower_values::{compared, decimal, is_marked, there};

/// `max_stream_window` (<https://docs.splunk.com/Documentation/Splunk/latest/Admin/Limitsconf>).
pub(crate) const FARTHEST: u32 = 10_000;

/// What a window is about.
pub(crate) struct Window<'a> {
    /// What the fields of the correlation begin with.
    pub(crate) prefix: &'a str,
    /// The fields that tell groups apart.
    pub(crate) by: &'a [String],
    /// How far it reaches back, in seconds.
    pub(crate) within: u64,
    /// How far it surely reaches back.
    pub(crate) sure: u64,
}

type What = (Aggregate, Option<String>, String);

fn number(value: u64) -> Expr {
    Expr::Number(i64::try_from(value).unwrap_or(i64::MAX))
}

fn close(start: &str, within: u64) -> Expr {
    let apart = Expr::arithmetic(Expr::field("_time"), '-', Expr::field(start));
    Expr::compare(apart, Compare::AtMost, number(within))
}

fn times(left: Expr, right: Expr) -> Expr {
    Expr::arithmetic(left, '*', right)
}

impl Window<'_> {
    /// A field of this correlation.
    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn field(&self, name: &str) -> Expr {
        Expr::Field(self.name(name))
    }

    /// Over so many events back, the event itself among them.
    fn looking_back(&self, window: u32, what: Vec<What>) -> Stage {
        Stage::Streamstats { current: true, window: Some(window), seconds: None, what, by: self.by.to_vec() }
    }

    /// Over the window's time.
    fn in_time(&self, mut what: Vec<What>) -> Stage {
        what.push((Aggregate::Min, Some("_time".to_owned()), self.name("first_time")));
        Stage::Streamstats { current: true, window: None, seconds: Some(self.within), what, by: self.by.to_vec() }
    }

    fn fits(&self, field: &str, times: Times) -> Expr {
        fits(&self.field(field), times)
    }

    /// So many events: the one that many places back lies in the window. With an upper bound, one more place back does not.
    pub(crate) fn count(&self, times: Times, stages: &mut Vec<Stage>) -> Expr {
        let mut reached = |many: u32, count: &str, time: &str, within: u64| {
            let what = vec![(Aggregate::Count, None, self.name(count)), (Aggregate::Min, Some("_time".to_owned()), self.name(time))];
            stages.push(self.looking_back(many, what));
            (Expr::compare(self.field(count), Compare::AtLeast, Expr::Number(i64::from(many))), close(&self.name(time), within), many)
        };
        let (enough, near, _) = reached(times.min.max(1), "count", "first_time", self.within);
        let mut all = vec![enough, near];
        let not = |(_, near, many): (Expr, Expr, u32), count: &str| {
            let fewer = Expr::compare(self.field(count), Compare::Less, Expr::Number(i64::from(many)));
            Expr::any(vec![fewer, Expr::Not(Box::new(near))])
        };
        if let Some(most) = times.max.filter(|most| *most < FARTHEST) {
            all.push(not(reached(most.saturating_add(1), "over_count", "over_time", self.sure), "over_count"));
        }
        if let Some(except) = times.except {
            let fewer = not(reached(except, "just_count", "just_time", self.sure), "just_count");
            let (enough, near, _) = reached(except.saturating_add(1), "beyond_count", "beyond_time", self.within);
            all.push(Expr::any(vec![fewer, Expr::All(vec![enough, near])]));
        }
        Expr::All(all)
    }

    /// So many different values, or combinations of them, in the window that ends with each event.
    pub(crate) fn distinct(&self, times: Times, fields: &[String], drop: bool, stages: &mut Vec<Stage>) -> Expr {
        let counted = self.name("counted");
        if let [first @ .., last] = fields
            && !first.is_empty()
        {
            // With its length before each, no two combinations are one text.
            let mut parts: Vec<Expr> = first.iter().flat_map(|name| [Expr::Call("len", vec![Expr::field(name)]), Expr::field(name)]).collect();
            parts.push(Expr::field(last));
            let text = Expr::Call("mvjoin", vec![Expr::Call("mvappend", parts), Expr::Text(":".to_owned())]);
            let all = Expr::All(fields.iter().map(|name| there(name)).collect());
            stages.push(Stage::Eval(vec![(counted.clone(), Expr::Call("if", vec![all, text, Expr::Call("null", Vec::new())]))]));
        }
        if drop {
            stages.push(Stage::Where(there(&counted)));
        }
        stages.push(self.in_time(vec![(Aggregate::Distinct, Some(counted), self.name("count"))]));
        self.fits("count", times)
    }

    /// A figure made of numbers within bounds. A rank is compared by counting the numbers below the bound, which is exact where
    /// `perc` is an estimate (<https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Aggregatefunctions>).
    pub(crate) fn measure(&self, figure: Figure, bounds: &Bounds, drop: bool, stages: &mut Vec<Stage>) -> Expr {
        let counted = self.name("counted");
        let whole = Expr::Call("match", vec![Expr::field(&counted), Expr::Regex(vec![RegexPart::syntax("^[-+]?[0-9]+$")])]);
        if drop {
            stages.push(Stage::Where(whole.clone()));
        }
        let value = Expr::Call("if", vec![whole, Expr::Call("tonumber", vec![Expr::field(&counted)]), Expr::Call("null", Vec::new())]);
        let mut made = vec![(self.name("number"), value)];
        let mut what = vec![(Aggregate::Count, Some(self.name("number")), self.name("count"))];
        let mut all = Vec::new();
        if figure.rank().is_none() {
            what.push((Aggregate::Sum, Some(self.name("number")), self.name("sum")));
        }
        for (at, asked) in window::measured(figure, bounds).enumerate() {
            all.push(match asked {
                Measured::Sum { comparison, bound } => compared(self.field("sum"), comparison, decimal(bound)),
                Measured::Average { times: by, comparison, bound } => {
                    let sum = if by == 1 { self.field("sum") } else { times(self.field("sum"), Expr::Number(by)) };
                    compared(sum, comparison, times(Expr::Number(bound), self.field("count")))
                }
                Measured::Rank { percent, bound, fewer, negated } => {
                    let mut list = Vec::new();
                    for (comparison, holds) in fewer {
                        let name = if *comparison == Comparison::Less { "below" } else { "within" };
                        let (one, sum) = (self.name(&format!("{name}_{}", at + 1)), self.name(&format!("{name}_sum_{}", at + 1)));
                        let is = compared(self.field("number"), *comparison, decimal(bound));
                        made.push((one.clone(), Expr::Call("if", vec![is, Expr::Number(1), Expr::Number(0)])));
                        what.push((Aggregate::Sum, Some(one), sum.clone()));
                        let share = times(Expr::Number(i64::from(percent)), self.field("count"));
                        let fewer = Expr::compare(times(Expr::Number(100), Expr::Field(sum)), Compare::Less, share);
                        list.push(if *holds { fewer } else { Expr::Not(Box::new(fewer)) });
                    }
                    let all = Expr::all(list);
                    if negated { Expr::Not(Box::new(all)) } else { all }
                }
            });
        }
        stages.push(Stage::Eval(made));
        stages.push(self.in_time(what));
        all.insert(0, is_marked(&self.name("number")));
        Expr::All(all)
    }

    /// Steps in any order.
    pub(crate) fn together(&self, steps: &[Step], needs: &Needs, stages: &mut Vec<Stage>) -> Expr {
        let count = |at: usize| format!("count_{}", at + 1);
        let what = (0..steps.len()).map(|at| (Aggregate::Count, Some(self.name(&format!("step_{}", at + 1))), self.name(&count(at)))).collect();
        stages.push(self.in_time(what));
        let happened: Vec<Expr> = steps.iter().enumerate().map(|(at, step)| self.fits(&count(at), step.times)).collect();
        needed(needs, &happened)
    }

    /// So many events at regular times. The intervals of a window are the gaps before each of its events but the first; their
    /// squares are summed over the window and the first one's taken away again.
    pub(crate) fn regular(&self, times_: Times, percent: u32, stages: &mut Vec<Stage>) -> Expr {
        let before = vec![(Aggregate::Last, Some("_time".to_owned()), self.name("before"))];
        stages.push(Stage::Streamstats { current: false, window: Some(1), seconds: None, what: before, by: self.by.to_vec() });
        let gap = Expr::Call("coalesce", vec![Expr::arithmetic(Expr::field("_time"), '-', self.field("before")), Expr::Number(0)]);
        stages.push(Stage::Eval(vec![(self.name("gap"), gap)]));
        let what = vec![
            (Aggregate::Count, None, self.name("count")),
            (Aggregate::Min, Some("_time".to_owned()), self.name("first_time")),
            (Aggregate::First, Some(self.name("gap")), self.name("first_gap")),
            (Aggregate::SumOfSquares, Some(self.name("gap")), self.name("squares")),
        ];
        stages.push(Stage::Streamstats { current: true, window: None, seconds: Some(self.within), what, by: self.by.to_vec() });
        let intervals = Expr::arithmetic(self.field("count"), '-', Expr::Number(1));
        let mean = Expr::arithmetic(Expr::arithmetic(Expr::field("_time"), '-', self.field("first_time")), '/', self.field("intervals"));
        let squares = Expr::arithmetic(self.field("squares"), '-', times(self.field("first_gap"), self.field("first_gap")));
        let spread = Expr::arithmetic(squares, '-', times(self.field("intervals"), times(self.field("mean"), self.field("mean"))));
        let degrees = Expr::arithmetic(self.field("intervals"), '-', Expr::Number(1));
        let variance = Expr::arithmetic(Expr::Call("max", vec![spread, Expr::Number(0)]), '/', degrees);
        stages.push(Stage::Eval(vec![
            (self.name("intervals"), intervals),
            (self.name("mean"), mean),
            (self.name("deviation"), Expr::Call("sqrt", vec![variance])),
        ]));
        let few = Expr::compare(self.field("intervals"), Compare::Less, Expr::Number(2));
        let limit = times(Expr::Number(i64::from(percent)), self.field("mean"));
        let steady = Expr::compare(times(self.field("deviation"), Expr::Number(100)), Compare::AtMost, limit);
        Expr::All(vec![self.fits("count", times_), Expr::any(vec![few, steady])])
    }

    /// Steps in order. At each event of a step, `start_N` is the latest time at which the steps up to it can have begun; the
    /// latest start leaves the most room, so the rule fires exactly when some start does.
    pub(crate) fn sequence(&self, steps: &[Step], stages: &mut Vec<Stage>) -> Expr {
        let last = steps.len().saturating_sub(1);
        for (at, step) in steps.iter().enumerate() {
            let mark = self.name(&format!("step_{}", at + 1));
            let need = step.times.min.max(1);
            let start = self.name(&if at == last { "first_time".to_owned() } else { format!("start_{}", at + 1) });
            let from = if at == 0 {
                "_time".to_owned()
            } else {
                let begun = self.name(&format!("begun_{}", at + 1));
                let what = vec![(Aggregate::Last, Some(self.name(&format!("start_{at}"))), begun.clone())];
                stages.push(Stage::Streamstats { current: false, window: None, seconds: None, what, by: self.by.to_vec() });
                begun
            };
            let null = || Expr::Call("null", Vec::new());
            if need == 1 {
                stages.push(Stage::Eval(vec![(start, Expr::Call("if", vec![is_marked(&mark), Expr::field(&from), null()]))]));
                continue;
            }
            // Only events of the step have its mark, so grouping by it counts them alone. Starts never fall, so the oldest of
            // the last `need` is the least, and it is there when all of them are.
            let (count, oldest) = (self.name(&format!("count_{}", at + 1)), self.name(&format!("oldest_{}", at + 1)));
            let what = vec![(Aggregate::Count, Some(from.clone()), count.clone()), (Aggregate::Min, Some(from), oldest.clone())];
            let mut by = self.by.to_vec();
            by.push(mark.clone());
            stages.push(Stage::Streamstats { current: true, window: Some(need), seconds: None, what, by });
            let enough = Expr::compare(Expr::field(&count), Compare::AtLeast, Expr::Number(i64::from(need)));
            let value = Expr::Call("if", vec![Expr::All(vec![is_marked(&mark), enough]), Expr::field(&oldest), null()]);
            stages.push(Stage::Eval(vec![(start, value)]));
        }
        let first = self.name("first_time");
        Expr::All(vec![is_marked(&first), close(&first, self.within)])
    }
}

fn fits(count: &Expr, times: Times) -> Expr {
    let bound = |(comparison, many)| compared(count.clone(), comparison, Expr::Number(i64::from(many)));
    Expr::all(window::often(times).map(bound).collect())
}

/// What is needed of the steps, each of which has its condition.
fn needed(needs: &Needs, happened: &[Expr]) -> Expr {
    let constant = |holds: bool| Expr::compare(Expr::Number(i64::from(holds)), Compare::Equal, Expr::Number(1));
    let list = |list: &[Needs]| list.iter().map(|inner| needed(inner, happened)).collect::<Vec<_>>();
    match needs {
        Needs::Step(at) => happened.get(*at).cloned().unwrap_or_else(|| constant(false)),
        Needs::Not(inner) => Expr::Not(Box::new(needed(inner, happened))),
        Needs::All(all) if all.is_empty() => constant(true),
        Needs::Any(any) if any.is_empty() => constant(false),
        Needs::All(all) => Expr::all(list(all)),
        Needs::Any(any) => Expr::any(list(any)),
        Needs::Steps(times) => {
            let one = |holds: &Expr| Expr::Call("if", vec![holds.clone(), Expr::Number(1), Expr::Number(0)]);
            let sum = happened.iter().map(one).reduce(|left, right| Expr::arithmetic(left, '+', right)).unwrap_or(Expr::Number(0));
            fits(&sum, *times)
        }
    }
}
