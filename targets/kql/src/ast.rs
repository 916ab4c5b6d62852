//! The part of KQL that vigie writes, as a tree: queries, tables of rows, conditions, values.

use ir::SeverityLevel;
use logs::tables::made::Made;

/// A rule: a query and everything the product wants to know beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Stable id.
    pub(crate) id: uuid::Uuid,
    /// One line.
    pub(crate) title: String,
    /// For the person who gets the alert.
    pub(crate) description: String,
    /// How bad a hit is.
    pub(crate) severity: SeverityLevel,
    /// File name without folder and ending.
    pub(crate) file: String,
    /// The folder.
    pub(crate) folder: String,
    /// The question, written: its length decides what a rule is, so that it is written before it is one.
    pub(crate) query: String,
    /// Lists that the query looks up.
    pub(crate) watchlists: Vec<Watchlist>,
    /// How far back the query must see, in seconds; zero for single events.
    pub(crate) reach: u64,
    /// What an alert names: type, and pairs of identifier and column.
    pub(crate) entities: Vec<(&'static str, Vec<(&'static str, String)>)>,
    /// The columns of the answer that tell what was found.
    pub(crate) columns: Columns,
    /// Data connectors and their tables.
    pub(crate) connectors: Vec<(&'static str, Vec<&'static str>)>,
    /// Comment lines that only a person reads.
    pub(crate) remarks: Vec<String>,
    /// ATT&CK techniques.
    pub(crate) techniques: Vec<ir::Technique>,
    /// Labels, such as the marking.
    pub(crate) tags: Vec<String>,
}

/// Columns of a query's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    /// Those that an alert may show: what the rule asked for, and what the product wants to act upon.
    pub(crate) shown: Vec<String>,
    /// Those of them that the rule asked for, in its order.
    pub(crate) asked: Vec<String>,
}

/// A list that stands in the workspace, not in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watchlist {
    /// Its alias: letters, digits and dashes.
    pub(crate) alias: String,
    /// Its values, sorted, each with the number of its context.
    pub(crate) values: Vec<(String, usize)>,
    /// What is known of the values: few differ in it.
    pub(crate) contexts: Vec<ListContext>,
}

/// What is known of a value of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListContext {
    /// The advisory that names it.
    pub(crate) advisory: String,
    /// What is said of it there.
    pub(crate) quote: String,
    /// The last day on which it holds; empty when nobody said.
    pub(crate) expires: String,
}

/// Definitions, then rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    /// `let` statements, in order.
    pub(crate) lets: Vec<Let>,
    /// The answer.
    pub(crate) rows: Rows,
}

/// One `let` statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Let {
    /// Texts.
    Texts {
        /// The name.
        name: String,
        /// The texts.
        values: Vec<String>,
        /// Whether a function wants them as one array.
        array: bool,
    },
    /// Texts that stand in watchlists.
    Watched {
        /// The name.
        name: String,
        /// The lists' aliases.
        aliases: Vec<String>,
        /// Whether a function wants them as one array.
        array: bool,
    },
    /// Rows; `kept` when they are used more than once and must be the same each time.
    Rows {
        /// The name.
        name: String,
        /// The rows.
        rows: Rows,
        /// Whether they are computed once.
        kept: bool,
    },
}

/// Where rows come from, and what happens to them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rows {
    /// Where they come from.
    pub(crate) from: From,
    /// What happens to them, in order.
    pub(crate) steps: Vec<Step>,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum From {
    /// A table, or rows named by a `let`.
    Table(String),
    /// A parser with arguments.
    Parser(&'static str, Vec<(&'static str, Value)>),
    /// Several rows, one after the other; a table that a workspace lacks is empty.
    Union(Vec<Rows>),
}

/// What happens to rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Only those for which a condition holds.
    Where(Condition),
    /// More columns.
    Extend(Vec<(String, Value)>),
    /// Only these columns.
    Project(Vec<(String, Value)>),
    /// In this order, ascending.
    Sort(Vec<String>),
    /// One row for each combination of keys.
    Summarize(Vec<(String, Value)>, Vec<String>),
    /// The latest row for each combination of keys, whole: the column of time, the keys.
    Latest(String, Vec<String>),
    /// Each row with each row of another that agrees in the keys.
    Join(Rows, Vec<String>),
    /// Each row with what these watchlists know of its [`INDICATOR`].
    Lookup(Vec<String>),
}

/// The column of an answer, and of a watchlist, that holds the value that was found.
pub(crate) const INDICATOR: &str = "Indicator";
/// The other columns of a watchlist, in the order of [`ListContext`].
pub(crate) const CONTEXT: [&str; 3] = ["Advisory", "Quote", "Expires"];

/// What holds or does not hold for a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    /// Every one.
    All(Vec<Condition>),
    /// At least one.
    Any(Vec<Condition>),
    /// It does not.
    Not(Box<Condition>),
    /// Always or never.
    Always(bool),
    /// `left operator right`.
    Compare(Value, &'static str, Value),
    /// `left in (list)`, or `in~` without case.
    In(Value, ir::Case, List),
    /// `left !in (list)`, or `!in~` without case.
    NotIn(Value, ir::Case, List),
    /// The value has one of these whole terms.
    Has(Value, Vec<String>),
    /// A function that answers yes or no.
    Is(Value),
}

/// The right side of `in`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum List {
    /// These values.
    Values(Vec<Value>),
    /// What a `let` names.
    Named(String),
    /// One column of rows.
    Rows(Box<Rows>),
}

/// A value in a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A column, or what a `let` names.
    Name(String),
    /// Whichever column; only on the left of an operator.
    AnyColumn,
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A number that is not whole.
    Decimal(ir::Decimal),
    /// A number that is missing.
    NoNumber,
    /// True or false.
    Flag(bool),
    /// A length of time, in seconds.
    Seconds(u64),
    /// A fixed list of texts.
    Texts(Vec<String>),
    /// A function.
    Call(&'static str, Vec<Value>),
    /// `left operator right`, in parentheses.
    Operator(Box<Value>, &'static str, Box<Value>),
    /// A condition as a value.
    Condition(Box<Condition>),
    /// A member of a JSON value, by its path.
    Member(Box<Value>, Vec<String>),
    /// A text that holds double quotes.
    Quoted(String),
    /// What the tables make of a row.
    Made(Made),
}

impl Condition {
    /// All of several, with constants folded and nesting joined.
    pub(crate) fn all(list: impl IntoIterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        for item in list {
            match item {
                Self::Always(true) => {}
                Self::Always(false) => return Self::Always(false),
                Self::All(more) => out.extend(more),
                other => out.push(other),
            }
        }
        once(&mut out);
        match out.len() {
            0 => Self::Always(true),
            1 => out.swap_remove(0),
            _ => Self::All(out),
        }
    }

    /// Any of several, with constants folded and nesting joined.
    pub(crate) fn any(list: impl IntoIterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        for item in list {
            match item {
                Self::Always(false) => {}
                Self::Always(true) => return Self::Always(true),
                Self::Any(more) => out.extend(more),
                other => out.push(other),
            }
        }
        once(&mut out);
        match out.len() {
            0 => Self::Always(false),
            1 => out.swap_remove(0),
            _ => Self::Any(out),
        }
    }

    /// The opposite.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Always(flag) => Self::Always(!flag),
            Self::Not(inner) => *inner,
            Self::Is(Value::Call("isnotempty", of)) => Self::Is(Value::Call("isempty", of)),
            Self::Any(list) if list.iter().all(|one| matches!(one, Self::Not(_))) => Self::All(list.into_iter().map(Self::negate).collect()),
            other => Self::Not(Box::new(other)),
        }
    }
}

/// Whether two conditions are the same: most of a list are on one column, and their values differ.
fn same(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Compare(left, operator, right), Condition::Compare(column, compared, value)) => {
            right == value && operator == compared && left == column
        }
        _ => one == other,
    }
}

/// Says everything once: what differs in an event can be the same in a table, as a missing text and an empty one are. Long lists
/// come from lists of values, which hold nothing twice.
fn once(list: &mut Vec<Condition>) {
    const SHORT: usize = 64;
    if list.len() > SHORT {
        return;
    }
    let mut at = 1;
    while at < list.len() {
        let (before, behind) = list.split_at(at);
        if behind.first().is_some_and(|this| before.iter().any(|other| same(this, other))) {
            list.remove(at);
        } else {
            at += 1;
        }
    }
}

impl Value {
    /// A column.
    pub(crate) fn name(name: impl Into<String>) -> Self {
        Self::Name(name.into())
    }

    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}
