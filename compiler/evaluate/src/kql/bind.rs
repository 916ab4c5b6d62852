//! What do the names in an expression stand for, and is every value of a type that fits?
//!
//! The language has fixed types: what does not fit is an error of the service, and a [`Fault`] here, whatever rows there are.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::batch::Column;
use super::evaluate::{AnyTest, Bound, Item, Place, arithmetic_type};
use super::expressions::Readings;
use super::figure::Figure;
use super::functions::{self, Kind};
use super::scope::{Entry, Run};
use super::tree::{Case, Comparison, Definition, Expression, Named, Operator, TextTest};
use super::value::{Type, Value};
use crate::Fault;

/// How deep functions may be put into each other, those of the query included.
const DEPTH: usize = 60;

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

/// An expression and its type.
pub(super) type Typed = (Bound, Type);

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

/// Whether two types are compared as they are, or through a JSON value.
fn comparable(left: Type, right: Type) -> bool {
    left == right || (left.is_number() && right.is_number()) || left == Type::Dynamic || right == Type::Dynamic
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

    /// A text.
    pub(super) fn text(&self, of: &'a Expression) -> Result<Bound, Fault> {
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
        match of {
            Expression::Name(name) => self.name(name),
            Expression::Constant(value, kind) => Ok((Bound::Constant(value.clone()), *kind)),
            Expression::Call(name, arguments) => self.call(name, arguments),
            Expression::All(list) => Ok((Bound::All(self.conditions(list)?), Type::Bool)),
            Expression::Any(list) => Ok((Bound::Any(self.conditions(list)?), Type::Bool)),
            Expression::Compare(left, comparison, right) => self.compared(left, *comparison, right),
            Expression::Text { left, test, case, negated, right } => self.tested(left, (*test, *case), *negated, right),
            Expression::Matches(left, right) => self.matched(left, right),
            Expression::In { left, case, negated, list } => self.listed(left, *case, *negated, list),
            Expression::Terms { left, all, list } => self.termed(left, *all, list),
            Expression::Between { value, negated, low, high } => self.between([value, low, high], *negated),
            Expression::Arithmetic(first, more) => self.computed(first, more),
            Expression::Minus(inner) => self.negative(inner),
            Expression::Path(base, path) => self.member(base, path),
            Expression::Star => unknown("`*` in this place"),
            Expression::Rows(_) => unknown("rows where a value should stand"),
        }
    }

    fn conditions(&self, list: &'a [Expression]) -> Result<Vec<Bound>, Fault> {
        list.iter().map(|item| self.condition(item)).collect()
    }

    fn compared(&self, left: &'a Expression, comparison: Comparison, right: &'a Expression) -> Result<Typed, Fault> {
        if matches!(left, Expression::Star) {
            return if comparison == Comparison::Equal {
                self.any_text(TextTest::Equals, Case::Sensitive, right)
            } else {
                unknown("this comparison of `*`")
            };
        }
        let ((left, one), (right, two)) = (self.bind(left)?, self.bind(right)?);
        let ordered = matches!(comparison, Comparison::Equal | Comparison::NotEqual) || ![one, two].contains(&Type::String);
        if !comparable(one, two) || !ordered {
            return unknown(format!("this comparison of {} and {}", one.name(), two.name()));
        }
        Ok((Bound::Compare(comparison, Box::new([left, right])), Type::Bool))
    }

    fn tested(&self, left: &'a Expression, (test, case): (TextTest, Case), negated: bool, right: &'a Expression) -> Result<Typed, Fault> {
        if matches!(left, Expression::Star) {
            return if negated { unknown("a negated test of `*`") } else { self.any_text(test, case, right) };
        }
        let sides = Box::new([self.texted(left)?, self.text(right)?]);
        Ok((Bound::Text { test, case, negated, sides }, Type::Bool))
    }

    fn matched(&self, left: &'a Expression, right: &'a Expression) -> Result<Typed, Fault> {
        let readings = self.readings(right)?;
        if matches!(left, Expression::Star) {
            return Ok(self.any_column(AnyTest::Matches(readings)));
        }
        Ok((Bound::Matches(Box::new(self.texted(left)?), readings), Type::Bool))
    }

    fn listed(&self, left: &'a Expression, case: Case, negated: bool, list: &'a [Expression]) -> Result<Typed, Fault> {
        let (left, kind) = self.bind(left)?;
        let list = self.items(list, kind)?;
        Ok((Bound::In { left: Box::new(left), case, negated, list }, Type::Bool))
    }

    fn termed(&self, left: &'a Expression, all: bool, list: &'a [Expression]) -> Result<Typed, Fault> {
        let left = Box::new(self.texted(left)?);
        Ok((Bound::Terms { left, all, list: self.items(list, Type::String)? }, Type::Bool))
    }

    fn between(&self, [value, low, high]: [&'a Expression; 3], negated: bool) -> Result<Typed, Fault> {
        let ((value, kind), (low, from), (high, to)) = (self.bind(value)?, self.bind(low)?, self.bind(high)?);
        let numbers = [kind, from, to].iter().all(|kind| kind.is_number());
        let times = kind == from && (kind == to || (kind == Type::DateTime && to == Type::Timespan)) && kind != Type::String;
        if !numbers && !times {
            return unknown(format!("{} between {} and {}", kind.name(), from.name(), to.name()));
        }
        Ok((Bound::Between { negated, parts: Box::new([value, low, high]) }, Type::Bool))
    }

    fn computed(&self, first: &'a Expression, more: &'a [(Operator, Expression)]) -> Result<Typed, Fault> {
        let (first, mut kind) = self.bind(first)?;
        let mut bound = Vec::with_capacity(more.len());
        for (operator, right) in more {
            let (right, right_kind) = self.bind(right)?;
            kind = arithmetic_type(kind, *operator, right_kind)?;
            bound.push((*operator, right));
        }
        Ok((Bound::Arithmetic(Box::new(first), bound), kind))
    }

    fn negative(&self, inner: &'a Expression) -> Result<Typed, Fault> {
        let (inner, kind) = self.bind(inner)?;
        if !kind.is_number() && kind != Type::Timespan {
            return unknown(format!("a minus before {}", kind.name()));
        }
        Ok((Bound::Minus(Box::new(inner)), kind))
    }

    fn member(&self, base: &'a Expression, path: &'a [Expression]) -> Result<Typed, Fault> {
        let (base, kind) = self.bind(base)?;
        if kind != Type::Dynamic {
            return unknown(format!("a member of a value of type {}", kind.name()));
        }
        let path = path.iter().map(|part| Ok(self.bind(part)?.0)).collect::<Result<Vec<_>, Fault>>()?;
        Ok((Bound::Path(Box::new(base), path), Type::Dynamic))
    }

    fn name(&self, name: &'a str) -> Result<Typed, Fault> {
        if let Some(arguments) = &self.arguments {
            if let Some((_, bound, kind)) = arguments.iter().find(|(known, ..)| *known == name) {
                return Ok((Bound::Shared(bound.clone()), *kind));
            }
        } else if let Some(column) = self.columns.iter().find(|column| column.is(name)) {
            return Ok((Bound::Slot(column.slot), column.kind));
        }
        match self.run.entry(name) {
            Some(Entry::Value(value, kind)) => Ok((Bound::Constant(value.clone()), *kind)),
            Some(Entry::Rows(_) | Entry::Function(..)) => unknown(format!("`{name}` where a value should stand")),
            None => Err(Fault::Unnamed(name.to_owned())),
        }
    }

    /// A test of every column.
    fn any_column(&self, test: AnyTest) -> Typed {
        let (texts, others): (Vec<&Column<'_>>, Vec<&Column<'_>>) = self.columns.iter().partition(|column| column.kind == Type::String);
        let slots = |columns: Vec<&Column<'_>>| columns.into_iter().map(|column| column.slot).collect();
        (Bound::AnyColumn { texts: slots(texts), others: slots(others), test }, Type::Bool)
    }

    fn any_text(&self, test: TextTest, case: Case, right: &'a Expression) -> Result<Typed, Fault> {
        match self.constant(right)? {
            (Value::Text(wanted), _) => Ok(self.any_column(AnyTest::Text(test, case, wanted))),
            _ => unknown("a test of `*` with what is no text"),
        }
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
    pub(super) fn readings(&self, of: &'a Expression) -> Result<Arc<Readings>, Fault> {
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
            let (figure, kind) = inner.figure(name, named)?;
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
