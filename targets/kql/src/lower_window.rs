//! Which rows complete a window: counts, values, figures, steps together or in order?
//!
//! Windows slide: they end with each event and reach back as far as the description says, as [`ir::eval`] has it. A count
//! compares an event with the n-th before it in its group (`prev`). Everything that needs the whole window joins each event with
//! those of its group that lie in its window. A sequence joins runs of steps, each later run with the runs that end before it.
//! Rows are numbered once, so events of the same moment have one order.

use backend::window::{self, Measured};
use ir::{Bounds, Comparison, Decimal, Figure, Needs, Times};

use crate::ast::{Condition, From, Let, List, Rows, Step, Value};

/// The columns that a window is about.
pub(crate) struct Window {
    /// The column of time.
    pub(crate) time: &'static str,
    /// The columns that tell groups apart.
    pub(crate) keys: Vec<String>,
    /// Whether the column `After` puts completions behind their events.
    pub(crate) nested: bool,
    /// How far it reaches back, in seconds.
    pub(crate) within: u64,
    /// What the stream is called when it is used more than once.
    pub(crate) events: String,
}

fn prev(column: &str, back: u32) -> Value {
    Value::Call("prev", vec![Value::name(column), Value::Number(i64::from(back))])
}

/// What is needed of the steps, each of which has its condition.
fn needed(needs: &Needs, happened: &[Condition]) -> Condition {
    match needs {
        Needs::Step(at) => happened.get(*at).cloned().unwrap_or(Condition::Always(false)),
        Needs::Not(inner) => needed(inner, happened).negate(),
        Needs::All(list) => Condition::all(list.iter().map(|inner| needed(inner, happened))),
        Needs::Any(list) => Condition::any(list.iter().map(|inner| needed(inner, happened))),
        Needs::Steps(times) => {
            let each = happened.iter().map(|condition| Value::Call("toint", vec![Value::Condition(Box::new(condition.clone()))]));
            let sum = each.reduce(|left, right| Value::Operator(Box::new(left), "+", Box::new(right))).unwrap_or(Value::Number(0));
            fits(&sum, *times)
        }
    }
}

/// Whether a count is as often as is asked.
fn fits(count: &Value, times: Times) -> Condition {
    let bound = |(comparison, many)| Condition::Compare(count.clone(), operator(comparison), Value::Number(i64::from(many)));
    Condition::all(window::often(times).map(bound))
}

/// A number as a value.
fn decimal(number: Decimal) -> Value {
    number.whole().map_or(Value::Decimal(number), Value::Number)
}

pub(crate) fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
    }
}

fn table(name: &str, steps: Vec<Step>) -> Rows {
    Rows { from: From::Table(name.to_owned()), steps }
}

impl Window {
    /// `later - earlier <= within`.
    fn close(&self, later: &str, earlier: &str) -> Condition {
        let apart = Value::Operator(Box::new(Value::name(later)), "-", Box::new(Value::name(earlier)));
        Condition::Compare(apart, "<=", Value::Seconds(self.within))
    }

    fn ordered(&self) -> Step {
        let after = self.nested.then(|| "After".to_owned());
        Step::Sort(self.keys.iter().cloned().chain([self.time.to_owned()]).chain(after).collect())
    }

    /// The keys of the row `back` rows before, under names with a prefix, and that they are this row's.
    fn behind(&self, prefix: &str, back: u32) -> (Vec<(String, Value)>, Condition) {
        let names: Vec<String> = self.keys.iter().map(|key| format!("{prefix}{key}")).collect();
        let same = self.keys.iter().zip(&names).map(|(key, name)| Condition::Compare(Value::name(name.as_str()), "==", Value::name(key.as_str())));
        let same = Condition::all(same.collect::<Vec<_>>());
        (names.iter().cloned().zip(self.keys.iter().map(|key| prev(key, back))).collect(), same)
    }

    /// One row for each group: the latest.
    pub(crate) fn latest(&self) -> Step {
        Step::Latest(self.time.to_owned(), self.keys.clone())
    }

    /// So many rows in the window: the one that many places back lies in it, and the one behind its end does not.
    pub(crate) fn count(&self, mut rows: Rows, times: Times) -> Rows {
        let mut columns = Vec::new();
        let mut there = |prefix: &str, many: u32| {
            if many <= 1 {
                return Condition::Always(true);
            }
            let (keys, same) = self.behind(prefix, many - 1);
            let time = format!("{prefix}Time");
            columns.push((time.clone(), prev(self.time, many - 1)));
            columns.extend(keys);
            let known = Condition::Is(Value::Call("isnotnull", vec![Value::name(time.as_str())]));
            let known = if prefix == "First" { Condition::Always(true) } else { known };
            Condition::all([same, known, self.close(self.time, &time)])
        };
        let mut conditions = vec![there("First", times.min)];
        conditions.extend(times.max.map(|max| there("Over", max.saturating_add(1)).negate()));
        if let Some(except) = times.except {
            let exactly = Condition::all([there("Just", except), there("Beyond", except.saturating_add(1)).negate()]);
            conditions.push(exactly.negate());
        }
        if !columns.is_empty() {
            rows.steps.extend([self.ordered(), Step::Extend(columns)]);
            rows.steps.extend(conditions.into_iter().filter(|condition| *condition != Condition::Always(true)).map(Step::Where));
        }
        rows
    }

    /// Keeps the stream under a name, in order and numbered.
    fn keep(&self, mut rows: Rows, more: Vec<(String, Value)>, lets: &mut Vec<Let>) {
        rows.steps.push(self.ordered());
        let number = ("Row".to_owned(), Value::Call("row_number", vec![]));
        rows.steps.push(Step::Extend(std::iter::once(number).chain(more).collect()));
        lets.push(Let::Rows { name: self.events.clone(), rows, kept: true });
    }

    /// Each event with every event of the window that ends with it.
    fn windows(&self) -> Rows {
        let mut columns: Vec<(String, Value)> = self.keys.iter().map(|key| (key.clone(), Value::name(key.as_str()))).collect();
        columns.extend([("EndRow".to_owned(), Value::name("Row")), ("End".to_owned(), Value::name(self.time))]);
        let ends = table(&self.events, vec![Step::Project(columns)]);
        let before = Condition::Compare(Value::name("Row"), "<=", Value::name("EndRow"));
        table(&self.events, vec![Step::Join(ends, self.keys.clone()), Step::Where(before), Step::Where(self.close("End", self.time))])
    }

    /// The events with which a window ends that fits.
    fn ending(&self, mut windows: Rows, column: &str) -> Rows {
        windows.steps.push(Step::Project(vec![(column.to_owned(), Value::name(column))]));
        let hit = Condition::In(Value::name("Row"), ir::Case::Sensitive, List::Rows(Box::new(windows)));
        table(&self.events, vec![Step::Where(hit)])
    }

    /// So many rows at regular times.
    pub(crate) fn regular(&self, rows: Rows, times: Times, jitter: Option<u32>, lets: &mut Vec<Let>) -> Rows {
        let (keys, same) = self.behind("Previous", 1);
        let mut more = vec![("PreviousTime".to_owned(), prev(self.time, 1))];
        more.extend(keys);
        self.keep(rows, more, lets);
        // An interval counts when both its ends lie in the window.
        let apart = Value::Operator(Box::new(Value::name(self.time)), "-", Box::new(Value::name("PreviousTime")));
        let seconds = Value::Operator(Box::new(apart), "/", Box::new(Value::Seconds(1)));
        let inside = Condition::all([same, self.close("End", "PreviousTime")]);
        let interval = Value::Call("iff", vec![Value::Condition(Box::new(inside)), seconds, Value::NoNumber]);
        let mut windows = self.windows();
        windows.steps.push(Step::Extend(vec![("Interval".to_owned(), interval)]));
        let keys: Vec<String> = self.keys.iter().cloned().chain(["EndRow".to_owned()]).collect();
        windows.steps.push(Step::Summarize(
            vec![
                ("Events".to_owned(), Value::Call("count", vec![])),
                ("Intervals".to_owned(), Value::Call("countif", vec![Value::Call("isnotnull", vec![Value::name("Interval")])])),
                ("Spread".to_owned(), Value::Call("stdev", vec![Value::name("Interval")])),
                ("Mean".to_owned(), Value::Call("avg", vec![Value::name("Interval")])),
            ],
            keys,
        ));
        windows.steps.push(Step::Where(fits(&Value::name("Events"), times)));
        if let Some(percent) = jitter {
            let few = Condition::Compare(Value::name("Intervals"), "<", Value::Number(2));
            let spread = Value::Operator(Box::new(Value::name("Spread")), "*", Box::new(Value::Number(100)));
            let mean = Value::Operator(Box::new(Value::Number(i64::from(percent))), "*", Box::new(Value::name("Mean")));
            windows.steps.push(Step::Where(Condition::any([few, Condition::Compare(spread, "<=", mean)])));
        }
        self.ending(windows, "EndRow")
    }

    /// So many different values.
    pub(crate) fn distinct(&self, rows: Rows, times: Times, lets: &mut Vec<Let>) -> Rows {
        self.keep(rows, Vec::new(), lets);
        let mut windows = self.windows();
        let keys: Vec<String> = self.keys.iter().cloned().chain(["EndRow".to_owned()]).collect();
        windows.steps.push(Step::Summarize(vec![("Values".to_owned(), Value::Call("count_distinct", vec![Value::name("Distinct")]))], keys));
        windows.steps.push(Step::Where(fits(&Value::name("Values"), times)));
        self.ending(windows, "EndRow")
    }

    /// For each window, figures made of its rows; those windows that fit.
    fn summary(&self, figures: Vec<(String, Value)>, fits: Condition) -> Rows {
        let mut windows = self.windows();
        let keys: Vec<String> = self.keys.iter().cloned().chain(["EndRow".to_owned()]).collect();
        windows.steps.push(Step::Summarize(figures, keys));
        windows.steps.push(Step::Where(fits));
        self.ending(windows, "EndRow")
    }

    /// Steps in any order.
    pub(crate) fn together(&self, rows: Rows, times: &[Times], needs: &Needs, lets: &mut Vec<Let>) -> Rows {
        self.keep(rows, Vec::new(), lets);
        let count = |at: usize| format!("Count{}", at + 1);
        let figures = (0..times.len()).map(|at| (count(at), Value::Call("countif", vec![Value::name(format!("Step{}", at + 1))]))).collect();
        let happened: Vec<Condition> = times.iter().enumerate().map(|(at, times)| fits(&Value::Name(count(at)), *times)).collect();
        self.summary(figures, needed(needs, &happened))
    }

    /// A figure made of numbers within bounds. A rank is compared by counting the numbers below the bound, which is exact where
    /// `percentile` is an estimate (<https://learn.microsoft.com/kusto/query/percentiles-aggregation-function>).
    pub(crate) fn measure(&self, rows: Rows, figure: Figure, bounds: &Bounds, lets: &mut Vec<Let>) -> Rows {
        self.keep(rows, Vec::new(), lets);
        let mut figures = vec![("Events".to_owned(), Value::Call("count", vec![]))];
        let times = |left: Value, right: Value| Value::Operator(Box::new(left), "*", Box::new(right));
        let mut all = Vec::new();
        if figure.rank().is_none() {
            figures.push(("Sum".to_owned(), Value::Call("sum", vec![Value::name("Number")])));
        }
        for (at, asked) in window::measured(figure, bounds).enumerate() {
            all.push(match asked {
                Measured::Sum { comparison, bound } => Condition::Compare(Value::name("Sum"), operator(comparison), decimal(bound)),
                Measured::Average { times: by, comparison, bound } => {
                    let sum = if by == 1 { Value::name("Sum") } else { times(Value::name("Sum"), Value::Number(by)) };
                    Condition::Compare(sum, operator(comparison), times(Value::Number(bound), Value::name("Events")))
                }
                Measured::Rank { percent, bound, fewer, negated } => {
                    let all = Condition::all(fewer.iter().map(|(comparison, holds)| {
                        let name = format!("{}{}", if *comparison == Comparison::Less { "Below" } else { "Within" }, at + 1);
                        let is = Condition::Compare(Value::name("Number"), operator(*comparison), decimal(bound));
                        figures.push((name.clone(), Value::Call("countif", vec![Value::Condition(Box::new(is))])));
                        let share = times(Value::Number(i64::from(percent)), Value::name("Events"));
                        let fewer = Condition::Compare(times(Value::Number(100), Value::Name(name)), "<", share);
                        if *holds { fewer } else { fewer.negate() }
                    }));
                    if negated { all.negate() } else { all }
                }
            });
        }
        self.summary(figures, Condition::all(all))
    }

    /// Runs of a step: `need` of its events next to each other, among its own events.
    fn runs(&self, step: usize, need: u32) -> Rows {
        let mut steps = vec![Step::Where(Condition::Is(Value::name(format!("Step{step}"))))];
        let (first_row, first_time, conditions) = if need > 1 {
            let (keys, same) = self.behind("First", need - 1);
            let mut columns = vec![("FirstRow".to_owned(), prev("Row", need - 1)), ("FirstTime".to_owned(), prev(self.time, need - 1))];
            columns.extend(keys);
            steps.extend([Step::Sort(vec!["Row".to_owned()]), Step::Extend(columns)]);
            ("FirstRow", "FirstTime", vec![same, self.close(self.time, "FirstTime")])
        } else {
            ("Row", self.time, Vec::new())
        };
        steps.extend(conditions.into_iter().map(Step::Where));
        let mut columns: Vec<(String, Value)> = self.keys.iter().map(|key| (key.clone(), Value::name(key.as_str()))).collect();
        if step == 1 {
            columns.push(("Start".to_owned(), Value::name(first_time)));
        } else {
            columns.push((format!("First{step}"), Value::name(first_row)));
            columns.push((format!("End{step}"), Value::name(self.time)));
        }
        columns.push((format!("Last{step}"), Value::name("Row")));
        steps.push(Step::Project(columns));
        table(&self.events, steps)
    }

    /// Steps in order, each as often as `needs` says. `first` asks for the earliest end of each beginning only.
    pub(crate) fn sequence(&self, rows: Rows, needs: &[u32], first: bool, lets: &mut Vec<Let>) -> Rows {
        self.keep(rows, Vec::new(), lets);
        let mut chain = self.runs(1, needs.first().copied().unwrap_or(1));
        for (at, need) in needs.iter().enumerate().skip(1) {
            let step = at + 1;
            chain.steps.push(Step::Join(self.runs(step, *need), self.keys.clone()));
            let after = Condition::Compare(Value::name(format!("First{step}")), ">", Value::name(format!("Last{at}")));
            chain.steps.extend([Step::Where(after), Step::Where(self.close(&format!("End{step}"), "Start"))]);
            if step == needs.len() && !first {
                continue;
            }
            // The run that ends first leaves the most room for the next step.
            let keys = self.keys.iter().cloned().chain(["Start".to_owned()]).collect();
            let last = format!("Last{step}");
            chain.steps.push(Step::Summarize(vec![(last.clone(), Value::Call("min", vec![Value::Name(last)]))], keys));
        }
        self.ending(chain, &format!("Last{}", needs.len()))
    }
}
