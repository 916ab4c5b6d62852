//! What is a query, read?

use super::value::{Type, Value};

/// One `let` statement.
#[derive(Clone, Debug)]
pub(super) struct Let {
    pub(super) name: String,
    pub(super) is: Definition,
}

/// What a `let` names.
#[derive(Clone, Debug)]
pub(super) enum Definition {
    /// A value or rows.
    Value(Expression),
    /// A function of values.
    Function {
        /// Names and types, in order.
        parameters: Vec<(String, Type)>,
        body: Expression,
    },
}

/// Rows, and what happens to them.
#[derive(Clone, Debug)]
pub(super) struct Pipe {
    pub(super) from: Source,
    pub(super) steps: Vec<Step>,
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A table, a parser, a name or rows in parentheses.
    Expression(Expression),
    /// Several, one after the other.
    Union(Union),
    /// Rows that stand in the query: columns, and their cells.
    Table(Vec<(String, Type)>, Vec<Expression>),
    /// One row of values.
    Print(Vec<Named>),
}

/// The operands of `union`.
#[derive(Clone, Debug)]
pub(super) struct Union {
    /// Whether tables that are not there are left out.
    pub(super) fuzzy: bool,
    /// Whether only the columns stay that all have.
    pub(super) inner: bool,
    pub(super) legs: Vec<Expression>,
}

/// A value with the name that it gets.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: Option<String>,
    pub(super) value: Expression,
}

/// By what rows are sorted.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) by: Expression,
    pub(super) ascending: bool,
    /// Whether those without a value come first.
    pub(super) nulls_first: bool,
}

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    InnerUnique,
    Inner,
    LeftOuter,
    RightOuter,
    FullOuter,
    LeftSemi,
    LeftAnti,
    RightSemi,
    RightAnti,
    /// `lookup`: the columns of the right side that are keys are left out.
    LookupInner,
    LookupLeftOuter,
}

/// What happens to rows.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Where(Expression),
    Extend(Vec<Named>),
    Project(Vec<Named>),
    ProjectAway(Vec<String>),
    ProjectKeep(Vec<String>),
    ProjectRename(Vec<(String, String)>),
    /// Distinct rows of these columns; of all columns when there are none.
    Distinct(Vec<Named>),
    Summarize {
        figures: Vec<Named>,
        by: Vec<Named>,
    },
    Sort(Vec<Order>),
    Top(Expression, Order),
    Take(Expression),
    Count,
    Serialize(Vec<Named>),
    Join {
        kind: Join,
        right: Expression,
        /// The column of the left side, that of the right.
        on: Vec<(String, String)>,
    },
    Union(Union),
    MvExpand(Vec<Expansion>),
    MvApply(Vec<Expansion>, Vec<Step>),
}

/// An array of which each element becomes a row.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    pub(super) name: String,
    pub(super) value: Expression,
    pub(super) kind: Type,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What a text is asked about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextTest {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Has,
    HasPrefix,
    HasSuffix,
}

/// Whether letters of both cases are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Sensitive,
    Insensitive,
}

/// An operator between numbers and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// A value, or rows.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Name(String),
    /// Every column.
    Star,
    Constant(Value, Type),
    Call(String, Vec<Named>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Compare(Box<Expression>, Comparison, Box<Expression>),
    Text {
        left: Box<Expression>,
        test: TextTest,
        case: Case,
        negated: bool,
        right: Box<Expression>,
    },
    Matches(Box<Expression>, Box<Expression>),
    In {
        left: Box<Expression>,
        case: Case,
        negated: bool,
        list: Vec<Expression>,
    },
    /// `has_any` and `has_all`.
    Terms {
        left: Box<Expression>,
        all: bool,
        list: Vec<Expression>,
    },
    Between {
        value: Box<Expression>,
        negated: bool,
        low: Box<Expression>,
        high: Box<Expression>,
    },
    Arithmetic(Box<Expression>, Vec<(Operator, Expression)>),
    Minus(Box<Expression>),
    /// Members of a JSON value.
    Path(Box<Expression>, Vec<Expression>),
    Rows(Box<Pipe>),
}
