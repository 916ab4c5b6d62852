//! What do the names in an expression stand for, and is every value of a type that fits?
//!
//! The language has fixed types: what does not fit is an error of the service, and a [`Fault`] here, whatever rows there are.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::evaluate::{Bound, Item, Place, arithmetic_type};
use super::expressions::{Readings, at_end, rewrite};
use super::functions::{self, Kind};
use super::run::{Entry, Run};
use super::summarize::Figure;
use super::tree::{Case, Comparison, Definition, Expression, Named, TextTest};
use super::value::{Type, Value};
use crate::Fault;

/// How deep functions may be put into each other, those of the query included.
const DEPTH: usize = 150;

/// A column: its name, its type, and where rows have it.
#[derive(Clone, Debug)]
pub(super) struct Column<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) kind: Type,
    pub(super) slot: usize,
}

/// Where an expression stands.
pub(super) struct Site<'s, 'a> {
    pub(super) run: &'s Run<'a>,
    pub(super) columns: &'s [Column<'a>],
    /// Whether the rows have an order.
    pub(super) ordered: bool,
    /// Where figures are collected, in `summarize`; the slot of the first.
    pub(super) figures: Option<(usize, RefCell<Vec<Figure>>)>,
    /// Arguments, inside a function of the query.
    arguments: Option<Vec<(&'a str, Rc<Bound>, Type)>>,
    depth: Cell<usize>,
}

type Typed = (Bound, Type);

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

/// Whether two types are compared as they are, or through a JSON value.
fn comparable(left: Type, right: Type) -> bool {
    left == right || (left.is_number() && right.is_number()) || left == Type::Dynamic || right == Type::Dynamic
}

/// The type of a value that is one of two.
fn either(left: Type, right: Type) -> Result<Type, Fault> {
    match (left, right) {
        (left, right) if left == right => Ok(left),
        (left, right) if left.is_whole() && right.is_whole() => Ok(Type::Long),
        (left, right) if left.is_number() && right.is_number() => Ok(Type::Real),
        _ => unknown(format!("a value that is {} or {}", left.name(), right.name())),
    }
}

impl<'s, 'a> Site<'s, 'a> {
    pub(super) fn new(run: &'s Run<'a>, columns: &'s [Column<'a>], ordered: bool) -> Self {
        Self { run, columns, ordered, figures: None, arguments: None, depth: Cell::new(0) }
    }

    /// A condition.
    pub(super) fn condition(&self, of: &'a Expression) -> Result<Bound, Fault> {
        let (bound, kind) = self.bind(of)?;
        if kind == Type::Bool { Ok(bound) } else { unknown(format!("a condition of type {}", kind.name())) }
    }

    fn text(&self, of: &'a Expression) -> Result<Bound, Fault> {
        let (bound, kind) = self.bind(of)?;
        if kind == Type::String { Ok(bound) } else { unknown(format!("a value of type {} where a text should stand", kind.name())) }
    }

    /// A text, or a JSON value that is asked as one.
    fn texted(&self, of: &'a Expression) -> Result<Bound, Fault> {
        let (bound, kind) = self.bind(of)?;
        if matches!(kind, Type::String | Type::Dynamic) { Ok(bound) } else { unknown(format!("a test of text on type {}", kind.name())) }
    }

    /// The value of an expression that reads no row.
    pub(super) fn constant(&self, of: &'a Expression) -> Result<(Value, Type), Fault> {
        let (bound, kind) = self.bind(of)?;
        if !fixed(&bound) {
            return unknown("a column where a fixed value should stand");
        }
        let value = bound.value(Place::NONE)?.into_owned();
        Ok((value, kind))
    }

    /// An expression, and its type.
    pub(super) fn bind(&self, of: &'a Expression) -> Result<Typed, Fault> {
        self.run.spend()?;
        let depth = self.depth.get();
        if depth > DEPTH {
            return unknown("a value made of so many functions in each other");
        }
        self.depth.set(depth + 1);
        let out = self.expression(of);
        self.depth.set(depth);
        out
    }

    fn expression(&self, of: &'a Expression) -> Result<Typed, Fault> {
        let list = |list: &'a [Expression]| list.iter().map(|item| self.condition(item)).collect::<Result<Vec<_>, _>>();
        Ok(match of {
            Expression::Name(name) => self.name(name)?,
            Expression::Constant(value, kind) => (Bound::Constant(value.clone()), *kind),
            Expression::Call(name, arguments) => self.call(name, arguments)?,
            Expression::All(items) => (Bound::All(list(items)?), Type::Bool),
            Expression::Any(items) => (Bound::Any(list(items)?), Type::Bool),
            Expression::Compare(left, comparison, right) if matches!(**left, Expression::Star) => {
                if *comparison != Comparison::Equal {
                    return unknown("this comparison of `*`");
                }
                (self.any_column(TextTest::Equals, Case::Sensitive, right)?, Type::Bool)
            }
            Expression::Compare(left, comparison, right) => {
                let ((left, one), (right, two)) = (self.bind(left)?, self.bind(right)?);
                let ordered = matches!(comparison, Comparison::Equal | Comparison::NotEqual) || ![one, two].contains(&Type::String);
                if !comparable(one, two) || !ordered {
                    return unknown(format!("this comparison of {} and {}", one.name(), two.name()));
                }
                (Bound::Compare(*comparison, Box::new([left, right])), Type::Bool)
            }
            Expression::Text { left, test, case, negated, right } if matches!(**left, Expression::Star) => {
                if *negated {
                    return unknown("a negated test of `*`");
                }
                (self.any_column(*test, *case, right)?, Type::Bool)
            }
            Expression::Text { left, test, case, negated, right } => {
                let sides = Box::new([self.texted(left)?, self.text(right)?]);
                (Bound::Text { test: *test, case: *case, negated: *negated, sides }, Type::Bool)
            }
            Expression::Matches(left, right) => (Bound::Matches(Box::new(self.texted(left)?), self.readings(right)?), Type::Bool),
            Expression::In { left, case, negated, list } => {
                let (left, kind) = self.bind(left)?;
                let list = self.items(list, kind)?;
                (Bound::In { left: Box::new(left), case: *case, negated: *negated, list }, Type::Bool)
            }
            Expression::Terms { left, all, list } => {
                (Bound::Terms { left: Box::new(self.texted(left)?), all: *all, list: self.items(list, Type::String)? }, Type::Bool)
            }
            Expression::Between { value, negated, low, high } => {
                let ((value, kind), (low, from), (high, to)) = (self.bind(value)?, self.bind(low)?, self.bind(high)?);
                let numbers = [kind, from, to].iter().all(|kind| kind.is_number());
                let times = kind == from && (kind == to || (kind == Type::DateTime && to == Type::Timespan)) && kind != Type::String;
                if !numbers && !times {
                    return unknown(format!("{} between {} and {}", kind.name(), from.name(), to.name()));
                }
                (Bound::Between { negated: *negated, parts: Box::new([value, low, high]) }, Type::Bool)
            }
            Expression::Arithmetic(first, more) => {
                let (first, mut kind) = self.bind(first)?;
                let mut bound = Vec::with_capacity(more.len());
                for (operator, right) in more {
                    let (right, right_kind) = self.bind(right)?;
                    kind = arithmetic_type(kind, *operator, right_kind)?;
                    bound.push((*operator, right));
                }
                (Bound::Arithmetic(Box::new(first), bound), kind)
            }
            Expression::Minus(inner) => {
                let (inner, kind) = self.bind(inner)?;
                if !kind.is_number() && kind != Type::Timespan {
                    return unknown(format!("a minus before {}", kind.name()));
                }
                (Bound::Minus(Box::new(inner)), kind)
            }
            Expression::Path(base, path) => {
                let (base, kind) = self.bind(base)?;
                if kind != Type::Dynamic {
                    return unknown(format!("a member of a value of type {}", kind.name()));
                }
                let path = path.iter().map(|part| Ok(self.bind(part)?.0)).collect::<Result<Vec<_>, Fault>>()?;
                (Bound::Path(Box::new(base), path), Type::Dynamic)
            }
            Expression::Star => return unknown("`*` in this place"),
            Expression::Rows(_) => return unknown("rows where a value should stand"),
        })
    }

    fn name(&self, name: &'a str) -> Result<Typed, Fault> {
        if let Some(arguments) = &self.arguments {
            if let Some((_, bound, kind)) = arguments.iter().find(|(known, ..)| *known == name) {
                return Ok((Bound::Shared(bound.clone()), *kind));
            }
        } else if let Some(column) = self.columns.iter().find(|column| column.name == name) {
            return Ok((Bound::Slot(column.slot), column.kind));
        }
        match self.run.entry(name) {
            Some(Entry::Value(value, kind)) => Ok((Bound::Constant(value.clone()), *kind)),
            Some(Entry::Rows(_) | Entry::Function(..)) => unknown(format!("`{name}` where a value should stand")),
            None => unknown(format!("the name `{name}`")),
        }
    }

    fn any_column(&self, test: TextTest, case: Case, right: &'a Expression) -> Result<Bound, Fault> {
        let right = Box::new(self.text(right)?);
        let (texts, others): (Vec<&Column<'_>>, Vec<&Column<'_>>) = self.columns.iter().partition(|column| column.kind == Type::String);
        let slots = |columns: Vec<&Column<'_>>| columns.into_iter().map(|column| column.slot).collect();
        Ok(Bound::AnyColumn { test, case, texts: slots(texts), others: slots(others), right })
    }

    /// The values on the right of `in` and `has_any`: values, arrays, and the first column of rows.
    fn items(&self, list: &'a [Expression], left: Type) -> Result<Vec<Item>, Fault> {
        let mut out = Vec::with_capacity(list.len());
        for item in list {
            if self.run.is_rows(item) {
                let rows = self.run.table(item)?;
                let Some(column) = rows.columns.first() else { return unknown("rows without columns") };
                if !comparable(left, column.kind) {
                    return unknown(format!("{} among {}", left.name(), column.kind.name()));
                }
                out.extend(rows.lines.iter().map(|line| Item::One(line.cell(column.slot).clone())));
                continue;
            }
            let (value, kind) = self.constant(item)?;
            match &value {
                Value::Dynamic(json) if json.is_array() => out.push(Item::Each(Arc::clone(json))),
                _ if !comparable(left, kind) => return unknown(format!("{} among {}", left.name(), kind.name())),
                _ => out.push(Item::One(value)),
            }
        }
        Ok(out)
    }

    /// A regular expression, compiled.
    fn readings(&self, of: &'a Expression) -> Result<Arc<Readings>, Fault> {
        let (value, kind) = self.constant(of)?;
        match (value.as_text(), kind) {
            (Some(text), Type::String) => self.run.readings(text),
            _ => unknown("a regular expression that is no text"),
        }
    }

    /// A call of a function of the query or of the language.
    fn call(&self, name: &'a str, named: &'a [Named]) -> Result<Typed, Fault> {
        if let Some(Entry::Function(Definition::Function { parameters, body })) = self.run.entry(name) {
            return self.own(name, parameters, body, named);
        }
        if let Some((first, figures)) = &self.figures
            && Figure::is(name)
        {
            let inner = Site::new(self.run, self.columns, self.ordered);
            let (figure, kind) = Figure::bind(name, named, &inner)?;
            let mut figures = figures.borrow_mut();
            figures.push(figure);
            return Ok((Bound::Slot(first + figures.len() - 1), kind));
        }
        if named.iter().any(|argument| argument.name.is_some()) {
            return unknown(format!("a named argument of `{name}`"));
        }
        let arguments: Vec<&'a Expression> = named.iter().map(|argument| &argument.value).collect();
        if let Some(out) = self.special(name, &arguments)? {
            return Ok(out);
        }
        let Some(function) = functions::find(name) else { return unknown(format!("the function `{name}`")) };
        let fits = arguments.len() >= function.least && (arguments.len() <= function.takes.len() || function.more.is_some());
        if !fits {
            return unknown(format!("`{name}` with {} arguments", arguments.len()));
        }
        let mut bound = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.into_iter().enumerate() {
            let (value, kind) = self.bind(argument)?;
            let wanted = function.takes.get(at).copied().or(function.more).unwrap_or(Kind::Any);
            if !wanted.fits(kind) {
                return unknown(format!("`{name}` of a value of type {}", kind.name()));
            }
            bound.push(value);
        }
        Ok((Bound::Call(function, bound), function.gives))
    }

    /// A function of the query: its body, with the arguments where its parameters stand.
    fn own(&self, name: &str, parameters: &'a [(String, Type)], body: &'a Expression, named: &'a [Named]) -> Result<Typed, Fault> {
        if parameters.len() != named.len() || named.iter().any(|argument| argument.name.is_some()) {
            return unknown(format!("`{name}` with {} arguments", named.len()));
        }
        let mut arguments = Vec::with_capacity(named.len());
        for ((parameter, wanted), argument) in parameters.iter().zip(named) {
            let (bound, kind) = self.bind(&argument.value)?;
            if kind != *wanted {
                return unknown(format!("`{name}` of a value of type {}", kind.name()));
            }
            arguments.push((parameter.as_str(), Rc::new(bound), kind));
        }
        let inner = Site { run: self.run, columns: &[], ordered: false, figures: None, arguments: Some(arguments), depth: self.depth.clone() };
        inner.bind(body)
    }

    /// Functions that decide which argument is read, that hold a regular expression, or that look beyond their row.
    fn special(&self, name: &str, arguments: &[&'a Expression]) -> Result<Option<Typed>, Fault> {
        Ok(Some(match (name, arguments) {
            ("not", [inner]) => (Bound::Not(Box::new(self.condition(inner)?)), Type::Bool),
            ("now", []) => (Bound::Constant(Value::Time(self.run.now)), Type::DateTime),
            ("ago", [span]) => {
                let (Value::Span(ticks), _) = self.constant(span)? else { return unknown("`ago` of what is no length of time") };
                let Some(then) = self.run.now.checked_sub(ticks) else { return unknown("a time so long ago") };
                (Bound::Constant(Value::Time(then)), Type::DateTime)
            }
            ("iff" | "iif", [condition, yes, no]) => {
                let condition = self.condition(condition)?;
                let ((yes, one), (no, two)) = (self.bind(yes)?, self.bind(no)?);
                (Bound::Case(vec![[condition, yes]], Box::new(no)), either(one, two)?)
            }
            ("case", [pairs @ .., last]) if pairs.len() >= 2 && pairs.len() % 2 == 0 => {
                let (last, mut kind) = self.bind(last)?;
                let mut cases = Vec::with_capacity(pairs.len() / 2);
                for pair in pairs.chunks_exact(2) {
                    let [condition, value] = pair else { continue };
                    let (value, own) = self.bind(value)?;
                    kind = either(kind, own)?;
                    cases.push([self.condition(condition)?, value]);
                }
                (Bound::Case(cases, Box::new(last)), kind)
            }
            ("coalesce", [first, more @ ..]) if !more.is_empty() => {
                let (first, mut kind) = self.bind(first)?;
                let mut list = vec![first];
                for item in more {
                    let (item, own) = self.bind(item)?;
                    kind = either(kind, own)?;
                    list.push(item);
                }
                (Bound::Coalesce(list), kind)
            }
            ("extract", [pattern, group, text]) => {
                let readings = self.readings(pattern)?;
                let group =
                    self.constant(group)?.0.as_long().and_then(|group| usize::try_from(group).ok()).filter(|group| *group < readings.groups());
                let Some(group) = group else { return unknown("`extract` of a group that is not there") };
                (Bound::Extract { readings, group, text: Box::new(self.text(text)?) }, Type::String)
            }
            ("extract_all", [pattern, text]) => {
                let readings = self.readings(pattern)?;
                if readings.groups() != 2 {
                    return unknown("`extract_all` of other than one group");
                }
                (Bound::ExtractAll(readings, Box::new(self.text(text)?)), Type::Dynamic)
            }
            ("replace_regex", [text, pattern, with]) => {
                let readings = self.readings(pattern)?;
                let (with, _) = self.constant(with)?;
                let Some(with) = with.as_text() else { return unknown("a replacement that is no text") };
                let rewrite = rewrite(with, readings.groups())?;
                (Bound::Replace { text: Box::new(self.text(text)?), readings, rewrite }, Type::String)
            }
            ("trim" | "trim_start" | "trim_end", [pattern, text]) => {
                let (pattern, _) = self.constant(pattern)?;
                let Some(pattern) = pattern.as_text() else { return unknown("a trim by what is no text") };
                let mut bound = self.text(text)?;
                for (start, word) in [(true, "trim_start"), (false, "trim_end")] {
                    if name == "trim" || name == word {
                        let [once, repeatedly] = at_end(pattern, start);
                        let readings = [self.run.readings(&once)?, self.run.readings(&repeatedly)?];
                        bound = Bound::Trim { readings, text: Box::new(bound) };
                    }
                }
                (bound, Type::String)
            }
            ("prev" | "next", [column, more @ ..]) if more.len() < 2 => {
                self.needs_order(name)?;
                let (Bound::Slot(slot), kind) = self.bind(column)? else { return unknown(format!("`{name}` of what is no column")) };
                let many = more.first().map(|many| self.constant(many)).transpose()?.map_or(Some(1), |(many, _)| many.as_long());
                let Some(many) = many.filter(|many| *many >= 0) else { return unknown(format!("`{name}` by such a number of rows")) };
                (Bound::Neighbour { slot, behind: if name == "prev" { many } else { -many }, missing: kind.missing() }, kind)
            }
            ("row_number", []) => {
                self.needs_order(name)?;
                (Bound::RowNumber, Type::Long)
            }
            ("toscalar", [inner]) => {
                if !self.run.is_rows(inner) {
                    let (value, kind) = self.constant(inner)?;
                    return Ok(Some((Bound::Constant(value), kind)));
                }
                let rows = self.run.table(inner)?;
                let Some(column) = rows.columns.first() else { return unknown("rows without columns") };
                let value = rows.lines.first().map_or(Value::Null, |line| line.cell(column.slot).clone());
                (Bound::Constant(value), column.kind)
            }
            ("column_ifexists", [wanted, other]) => {
                let (wanted, _) = self.constant(wanted)?;
                match self.columns.iter().find(|column| Some(&*column.name) == wanted.as_text()) {
                    Some(column) => (Bound::Slot(column.slot), column.kind),
                    None => self.bind(other)?,
                }
            }
            _ => return Ok(None),
        }))
    }

    fn needs_order(&self, name: &str) -> Result<(), Fault> {
        if self.ordered { Ok(()) } else { unknown(format!("`{name}` of rows without an order")) }
    }
}

/// Whether an expression reads no row.
fn fixed(of: &Bound) -> bool {
    match of {
        Bound::Constant(_) => true,
        Bound::Slot(_) | Bound::AnyColumn { .. } | Bound::Neighbour { .. } | Bound::RowNumber => false,
        Bound::Shared(inner) => fixed(inner),
        Bound::All(list) | Bound::Any(list) | Bound::Call(_, list) | Bound::Coalesce(list) => list.iter().all(fixed),
        Bound::Not(inner) | Bound::Minus(inner) => fixed(inner),
        Bound::Compare(_, sides) | Bound::Text { sides, .. } => sides.iter().all(fixed),
        Bound::Matches(inner, _) | Bound::ExtractAll(_, inner) => fixed(inner),
        Bound::In { left, .. } | Bound::Terms { left, .. } => fixed(left),
        Bound::Between { parts, .. } => parts.iter().all(fixed),
        Bound::Arithmetic(first, more) => fixed(first) && more.iter().all(|(_, item)| fixed(item)),
        Bound::Path(base, path) => fixed(base) && path.iter().all(fixed),
        Bound::Case(cases, last) => fixed(last) && cases.iter().flatten().all(fixed),
        Bound::Extract { text, .. } | Bound::Replace { text, .. } | Bound::Trim { text, .. } => fixed(text),
    }
}
