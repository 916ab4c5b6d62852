//! Which functions decide what of their arguments is read, hold a regular expression, or look beyond their row?
//!
//! Every function has its page below <https://learn.microsoft.com/kusto/query/scalar-functions>, named after it.

use super::bind::{Site, Typed};
use super::evaluate::Bound;
use super::expressions::{at_end, rewrite};
use super::functions;
use super::tree::Expression;
use super::value::{Type, Value};
use crate::Fault;

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
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

impl<'a> Site<'_, 'a> {
    /// A call of one of these functions; `None` when it is another one, or has other arguments.
    pub(super) fn special(&self, name: &str, arguments: &[&'a Expression]) -> Result<Option<Typed>, Fault> {
        Ok(Some(match (name, arguments) {
            ("not", [inner]) => (Bound::Not(Box::new(self.condition(inner)?)), Type::Bool),
            ("now", []) => (Bound::Constant(Value::Time(self.run.now)), Type::DateTime),
            ("ago", [span]) => self.ago(span)?,
            ("iff" | "iif", [_, _, last]) => self.cases(arguments.get(..2).unwrap_or_default(), last)?,
            ("case", [pairs @ .., last]) if pairs.len() >= 2 && pairs.len().is_multiple_of(2) => self.cases(pairs, last)?,
            ("coalesce", [first, more @ ..]) if !more.is_empty() => self.coalesced(first, more)?,
            ("extract", [pattern, group, text]) => self.extracted(pattern, group, text)?,
            ("extract_all", [pattern, text]) => self.extracted_all(pattern, text)?,
            ("replace_regex", [text, pattern, with]) => self.replaced(text, pattern, with)?,
            ("trim" | "trim_start" | "trim_end", [pattern, text]) => self.trimmed(name, pattern, text)?,
            ("prev" | "next", [column, more @ ..]) if more.len() < 2 => self.neighbour(name, column, more.first().copied())?,
            ("bin", [value, size]) => self.binned(value, size)?,
            ("row_number", []) => {
                self.needs_order(name)?;
                (Bound::RowNumber, Type::Long)
            }
            ("toscalar", [inner]) => self.scalar(inner)?,
            ("column_ifexists", [wanted, other]) => self.column_or(wanted, other)?,
            _ => return Ok(None),
        }))
    }

    fn ago(&self, span: &'a Expression) -> Result<Typed, Fault> {
        let (Value::Span(ticks), _) = self.constant(span)? else { return unknown("`ago` of what is no length of time") };
        let Some(then) = self.run.now.checked_sub(ticks) else { return unknown("a time so long ago") };
        Ok((Bound::Constant(Value::Time(then)), Type::DateTime))
    }

    /// Conditions with their values, and the value when none of them holds.
    fn cases(&self, pairs: &[&'a Expression], last: &'a Expression) -> Result<Typed, Fault> {
        let (last, mut kind) = self.bind(last)?;
        let mut cases = Vec::with_capacity(pairs.len() / 2);
        for pair in pairs.chunks_exact(2) {
            let [condition, value] = pair else { continue };
            let (value, own) = self.bind(value)?;
            kind = either(kind, own)?;
            cases.push([self.condition(condition)?, value]);
        }
        Ok((Bound::Case(cases, Box::new(last)), kind))
    }

    fn coalesced(&self, first: &'a Expression, more: &[&'a Expression]) -> Result<Typed, Fault> {
        let (first, mut kind) = self.bind(first)?;
        let mut list = vec![first];
        for item in more {
            let (item, own) = self.bind(item)?;
            kind = either(kind, own)?;
            list.push(item);
        }
        Ok((Bound::Coalesce(list), kind))
    }

    fn extracted(&self, pattern: &'a Expression, group: &'a Expression, text: &'a Expression) -> Result<Typed, Fault> {
        let readings = self.readings(pattern)?;
        let group = self.constant(group)?.0.as_long().and_then(|group| usize::try_from(group).ok()).filter(|group| *group < readings.groups());
        let Some(group) = group else { return unknown("`extract` of a group that is not there") };
        Ok((Bound::Extract { readings, group, text: Box::new(self.text(text)?) }, Type::String))
    }

    fn extracted_all(&self, pattern: &'a Expression, text: &'a Expression) -> Result<Typed, Fault> {
        let readings = self.readings(pattern)?;
        if readings.groups() != 2 {
            return unknown("`extract_all` of other than one group");
        }
        Ok((Bound::ExtractAll(readings, Box::new(self.text(text)?)), Type::Dynamic))
    }

    fn replaced(&self, text: &'a Expression, pattern: &'a Expression, with: &'a Expression) -> Result<Typed, Fault> {
        let readings = self.readings(pattern)?;
        let (with, _) = self.constant(with)?;
        let Some(with) = with.as_text() else { return unknown("a replacement that is no text") };
        let rewrite = rewrite(with, readings.groups())?;
        Ok((Bound::Replace { text: Box::new(self.text(text)?), readings, rewrite }, Type::String))
    }

    fn trimmed(&self, name: &str, pattern: &'a Expression, text: &'a Expression) -> Result<Typed, Fault> {
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
        Ok((bound, Type::String))
    }

    fn neighbour(&self, name: &str, column: &'a Expression, many: Option<&'a Expression>) -> Result<Typed, Fault> {
        self.needs_order(name)?;
        let (Bound::Slot(slot), kind) = self.bind(column)? else { return unknown(format!("`{name}` of what is no column")) };
        let many = many.map(|many| self.constant(many)).transpose()?.map_or(Some(1), |(many, _)| many.as_long());
        let Some(many) = many.filter(|many| *many >= 0) else { return unknown(format!("`{name}` by such a number of rows")) };
        Ok((Bound::Neighbour { slot, behind: if name == "prev" { many } else { -many }, missing: kind.missing() }, kind))
    }

    fn binned(&self, value: &'a Expression, size: &'a Expression) -> Result<Typed, Fault> {
        let ((value, kind), (size, of)) = (self.bind(value)?, self.bind(size)?);
        let fits = (kind.is_whole() && of.is_whole()) || (matches!(kind, Type::DateTime | Type::Timespan) && of == Type::Timespan);
        match functions::find("bin") {
            Some(function) if fits => Ok((Bound::Call(function, vec![value, size]), kind)),
            _ => unknown(format!("a bin of {} by {}", kind.name(), of.name())),
        }
    }

    /// The first cell of rows: <https://learn.microsoft.com/kusto/query/toscalar-function>.
    fn scalar(&self, inner: &'a Expression) -> Result<Typed, Fault> {
        if !self.run.is_rows(inner) {
            let (value, kind) = self.constant(inner)?;
            return Ok((Bound::Constant(value), kind));
        }
        let rows = self.run.table(inner)?;
        let Some(column) = rows.columns.first() else { return unknown("rows without columns") };
        let value = rows.lines.first().map_or_else(|| column.kind.missing(), |line| line.cell(column.slot).clone());
        Ok((Bound::Constant(value), column.kind))
    }

    fn column_or(&self, wanted: &'a Expression, other: &'a Expression) -> Result<Typed, Fault> {
        let (wanted, _) = self.constant(wanted)?;
        match self.columns.iter().find(|column| Some(&*column.name) == wanted.as_text()) {
            Some(column) => Ok((Bound::Slot(column.slot), column.kind)),
            None => self.bind(other),
        }
    }

    fn needs_order(&self, name: &str) -> Result<(), Fault> {
        if self.ordered { Ok(()) } else { unknown(format!("`{name}` of rows without an order")) }
    }
}
