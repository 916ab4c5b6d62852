//! What does a search look like before it is text?
//!
//! **Invariant:** nothing here is escaped. Values are plain text, holes are pieces of their own, regular expressions keep
//! the letters they look for apart from their syntax.

/// One scheduled search with what it looks up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The search.
    pub query: Query,
    /// Tables that the search looks values up in.
    pub lookups: Vec<Lookup>,
    /// Macros that the search uses, with the definition that a site may replace.
    pub macros: Vec<SiteMacro>,
    /// How many seconds of events one answer can span; zero when one event is enough.
    pub span_seconds: u64,
    /// The fields that make two answers the same, for throttling.
    pub same: Vec<String>,
}

/// A macro that stands for a site's own sources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SiteMacro {
    /// Its name.
    pub name: String,
    /// What it stands for when the site says nothing.
    pub definition: String,
}

/// A table of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Its name, unique in an app.
    pub name: String,
    /// How values are compared with rows.
    pub matching: Matching,
    /// Whether case counts.
    pub cased: bool,
    /// The advisory that names the values.
    pub advisory: String,
    /// The sentence that a value rests on which has none of its own.
    pub quote: String,
    /// The rows, sorted by value.
    pub rows: Vec<Row>,
}

/// How values are compared with the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matching {
    /// As they are.
    Exact,
    /// `*` in a row is any run of characters.
    Wildcard,
    /// A row is a network.
    Network,
}

/// One row of a table. Tables are long, so a row holds nothing twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The value that is compared.
    pub value: Cell,
    /// A remark.
    pub note: Box<str>,
    /// What the value was to the attacker; empty when nobody said.
    pub role: &'static str,
    /// Until when it held.
    pub valid_until: Option<ir::Date>,
    /// The sentence that names it, where that is not the detection's.
    pub quote: Box<str>,
}

/// The value of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// This text.
    Whole(Box<str>),
    /// Any text, then this one.
    Ending(Box<str>),
    /// A text with holes.
    Pattern(Vec<Piece>),
}

/// Commands, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(pub Vec<Stage>);

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// `search`, implied at the start.
    Search(Search),
    /// `multisearch`: several streams side by side.
    Multisearch(Vec<Query>),
    /// `tstats` over an accelerated data model.
    Tstats {
        /// Model and dataset: `Endpoint.Processes`.
        model: String,
        /// Which rows; all without it.
        filter: Option<Search>,
        /// Fields that rows are told apart by; qualified.
        by: Vec<String>,
        /// One row for each second as well.
        seconds: bool,
    },
    /// `rename "X.*" AS "*"`: drops a dataset's name from field names.
    DropPrefix(String),
    /// `rex field=F "..."`: captures into the fields that the expression names.
    Extract {
        /// The field read.
        field: String,
        /// The field made.
        into: String,
        /// The expression around the capture.
        before: Vec<RegexPart>,
        /// The capture.
        capture: Vec<RegexPart>,
    },
    /// `eval a=..., b=...`.
    Eval(Vec<(String, Expr)>),
    /// `lookup T value AS F OUTPUT ...`.
    Lookup {
        /// The table.
        table: String,
        /// The field whose values are looked up.
        field: String,
        /// Where a found row's value goes.
        into: String,
        /// Whether note, role and the other columns are wanted too.
        columns: bool,
    },
    /// `where`.
    Where(Expr),
    /// `sort 0 ...`.
    Sort(Vec<String>),
    /// `mvexpand F limit=0`.
    Expand(String),
    /// `streamstats`.
    Streamstats {
        /// Whether the event itself counts.
        current: bool,
        /// Only so many events back in the same group.
        window: Option<u32>,
        /// Only so many seconds back.
        seconds: Option<u64>,
        /// What is computed: function, field, name.
        what: Vec<(Aggregate, Option<String>, String)>,
        /// Groups.
        by: Vec<String>,
    },
    /// A macro as a command: what a site leaves out of the answers of one rule.
    Filter(String),
    /// `table`.
    Table(Vec<String>),
}

/// A function over several events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aggregate {
    /// How many.
    Count,
    /// How many different.
    Distinct,
    /// The least.
    Min,
    /// The first seen.
    First,
    /// The last seen.
    Last,
    /// Sum.
    Sum,
    /// Sum of squares.
    SumOfSquares,
}

impl Aggregate {
    /// Every function with its name in SPL.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Count, "count"),
        (Self::Sum, "sum"),
        (Self::Distinct, "dc"),
        (Self::Min, "min"),
        (Self::First, "first"),
        (Self::Last, "last"),
        (Self::SumOfSquares, "sumsq"),
    ];

    /// The function's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(known, _)| *known == self).map_or("count", |(_, name)| name)
    }
}

/// A condition in the language of `search`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Every one holds; at least one.
    All(Vec<Search>),
    /// One holds; at least one.
    Any(Vec<Search>),
    /// It does not hold.
    Not(Box<Search>),
    /// A field against values.
    Term {
        /// The field.
        field: String,
        /// How.
        compare: Compare,
        /// Any of these; more than one only with [`Compare::Equal`].
        values: Vec<Value>,
    },
    /// A macro.
    Macro(String),
    /// The events of a log. [`crate::place`] says it in words or by its macro before anything is printed.
    Log(Box<Log>),
    /// The event holds this term of the index, whole: `TERM(...)`.
    Indexed(String),
    /// No event.
    Nothing,
}

/// A log at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The macro of its index.
    pub index: String,
    /// The sources or source types that tell it there.
    pub told: Vec<Search>,
    /// The macro of the log: its index and what tells it.
    pub own: SiteMacro,
}

/// How two things compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compare {
    /// `=` in `search`, `==` in expressions.
    Equal,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    More,
    /// `>=`.
    AtLeast,
}

/// A value in the language of `search`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text with holes, compared without case.
    Text(Vec<Piece>),
    /// A number.
    Number(i64),
    /// A number that is not whole.
    Decimal(ir::Decimal),
}

/// One piece of a value with holes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// These characters. In [`Value::Text`] there is no `*` among them, because `search` cannot say one.
    Literal(String),
    /// Any run of characters.
    Any,
}

/// An expression of `eval` and `where`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// Every one holds; at least one.
    All(Vec<Expr>),
    /// One holds; at least one.
    Any(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// A comparison.
    Compare(Box<Expr>, Compare, Box<Expr>),
    /// `+`, `-`, `*` or `/`.
    Arithmetic(Box<Expr>, char, Box<Expr>),
    /// A function.
    Call(&'static str, Vec<Expr>),
    /// A field.
    Field(String),
    /// Text.
    Text(String),
    /// A regular expression, or the replacement that belongs to one.
    Regex(Vec<RegexPart>),
    /// A number.
    Number(i64),
    /// A number that is not whole.
    Decimal(ir::Decimal),
}

/// One part of a regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegexPart {
    /// These characters, whatever they are.
    Literal(String),
    /// PCRE syntax without a quote, a backtick or a doubled backslash.
    Syntax(String),
}

impl RegexPart {
    /// A piece of syntax.
    #[must_use]
    pub fn syntax(text: impl Into<String>) -> Self {
        Self::Syntax(text.into())
    }
}

impl Expr {
    /// A field.
    #[must_use]
    pub fn field(name: impl Into<String>) -> Self {
        Self::Field(name.into())
    }

    /// Whether the first expression compares so with the second.
    #[must_use]
    pub fn compare(left: Self, compare: Compare, right: Self) -> Self {
        Self::Compare(Box::new(left), compare, Box::new(right))
    }

    /// An arithmetic expression.
    #[must_use]
    pub fn arithmetic(left: Self, operator: char, right: Self) -> Self {
        Self::Arithmetic(Box::new(left), operator, Box::new(right))
    }

    /// One expression out of several that must all hold.
    #[must_use]
    pub fn all(mut list: Vec<Self>) -> Self {
        if list.len() == 1 { list.swap_remove(0) } else { Self::All(list) }
    }

    /// One expression out of several of which one must hold.
    #[must_use]
    pub fn any(mut list: Vec<Self>) -> Self {
        if list.len() == 1 { list.swap_remove(0) } else { Self::Any(list) }
    }
}

impl Search {
    /// The first word that is asked for, with `*` for what is left open.
    pub(crate) fn first_word(&self) -> Option<String> {
        match self {
            Self::Term { values, .. } => values.iter().find_map(|value| match value {
                Value::Text(pieces) => Some(pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text.as_str() } else { "*" }).collect()),
                _ => None,
            }),
            _ => None,
        }
    }

    /// A field that equals one of some values.
    #[must_use]
    pub fn term(field: impl Into<String>, values: Vec<Value>) -> Self {
        Self::Term { field: field.into(), compare: Compare::Equal, values }
    }

    /// A field that equals a plain word.
    #[must_use]
    pub fn word(field: impl Into<String>, word: &str) -> Self {
        Self::term(field, vec![Value::Text(vec![Piece::Literal(word.to_owned())])])
    }

    /// A field that equals one of some words, in which `*` is any run.
    #[must_use]
    pub fn words(field: impl Into<String>, words: &[impl AsRef<str>]) -> Self {
        Self::globs(field, &words.iter().map(|word| word.as_ref().to_owned()).collect::<Vec<_>>())
    }

    /// A field that equals one of some texts, in which `*` is any run.
    #[must_use]
    pub fn globs(field: impl Into<String>, texts: &[String]) -> Self {
        let pieces = |text: &String| {
            let literals = text.split('*').enumerate();
            let pieces = literals.flat_map(|(at, literal)| {
                let hole = (at > 0).then_some(Piece::Any);
                hole.into_iter().chain((!literal.is_empty()).then(|| Piece::Literal(literal.to_owned())))
            });
            Value::Text(pieces.collect())
        };
        Self::term(field, texts.iter().map(pieces).collect())
    }

    /// A field that is there.
    #[must_use]
    pub fn exists(field: impl Into<String>) -> Self {
        let field = field.into();
        Self::All(vec![Self::term(field.clone(), vec![Value::Text(vec![Piece::Any])]), Self::Not(Box::new(Self::word(field, "")))])
    }

    /// One condition out of several that must all hold.
    #[must_use]
    pub fn all(list: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(list.len());
        for one in list {
            match one {
                Self::All(more) => flat.extend(more),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.swap_remove(0) } else { Self::All(flat) }
    }

    /// One condition out of several of which one must hold.
    #[must_use]
    pub fn any(list: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(list.len());
        for one in list {
            match one {
                Self::Any(more) => flat.extend(more),
                Self::Nothing => {}
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Self::Nothing,
            1 => flat.swap_remove(0),
            _ => Self::Any(flat),
        }
    }
}
