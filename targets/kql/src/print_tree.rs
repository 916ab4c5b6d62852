//! How does a tree become lines: what stands on one, what is broken, how far it is indented?

use std::fmt::Write as _;

use crate::ast::{CONTEXT, Condition, From, INDICATOR, Let, List, Query, Rows, Step, Value};
use crate::print::{duration, identifier_into, literal_into, quoted};
use crate::print_made;

/// Terms in one flat `or` or `and`; the language service refuses some 500.
pub(crate) const FLAT: usize = 100;
/// The widest line before a list is broken.
const WIDTH: usize = 140;

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Indented, for people.
    Wide,
    /// With lines, without what only stands before and between them: for queries near a limit.
    Tight,
}

/// The text of a query, without a line end behind it.
pub(crate) fn query(query: &Query, layout: Layout) -> String {
    let mut printer = Printer { unxml: false, out: String::with_capacity(512), layout, only_counted: None };
    printer.query(query);
    if printer.unxml { format!("{}\n{}", print_made::UNXML, printer.out) } else { printer.out }
}

/// The characters of a query's text, without making the text of its lists.
pub(crate) fn size(query: &Query, layout: Layout) -> usize {
    let mut printer = Printer { unxml: false, out: String::with_capacity(512), layout, only_counted: Some(0) };
    printer.query(query);
    let defined = if printer.unxml { print_made::UNXML.len() + 1 } else { 0 };
    defined + characters(&printer.out) + printer.only_counted.unwrap_or_default()
}

/// The text of a condition.
pub(crate) fn condition(condition: &Condition) -> String {
    let mut printer = Printer { unxml: false, out: String::new(), layout: Layout::Tight, only_counted: None };
    printer.condition(condition, 0);
    printer.out
}

pub(crate) fn characters(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Text in the making. Whatever may stand on one line is written on one, and broken when it proves too wide.
struct Printer {
    out: String,
    layout: Layout,
    /// The characters of defined lists that were counted instead of written, when that is all that is asked for.
    only_counted: Option<usize>,
    /// Whether a value takes escapes of XML out, so that the function for it is to be defined before the query.
    unxml: bool,
}

impl Printer {
    fn query(&mut self, query: &Query) {
        for definition in &query.lets {
            self.definition(definition);
        }
        self.rows(&query.rows, 0);
    }

    fn definition(&mut self, of: &Let) {
        match of {
            Let::Texts { name, values, array: _ } => {
                self.assign(name, "");
                self.texts(values, 4, true);
            }
            Let::Watched { name, aliases, array } => {
                self.assign(name, if *array { "toscalar(" } else { "" });
                self.watchlists(aliases);
                self.out.push_str(" | project SearchKey");
                if *array {
                    self.out.push_str(" | summarize make_list(SearchKey, 1000000))");
                }
            }
            Let::Rows { name, rows, kept: true } => {
                self.assign(name, "materialize(");
                self.line(4);
                self.rows(rows, 4);
                self.out.push_str("\n)");
            }
            Let::Rows { name, rows, kept: false } => {
                self.out.push_str("let ");
                identifier_into(&mut self.out, name);
                self.out.push_str(" =\n");
                self.rows(rows, 0);
            }
        }
        self.out.push_str(";\n");
    }

    fn assign(&mut self, name: &str, open: &str) {
        self.out.push_str("let ");
        identifier_into(&mut self.out, name);
        self.out.push_str(" = ");
        self.out.push_str(open);
    }

    /// The rows of watchlists, one after the other.
    fn watchlists(&mut self, aliases: &[String]) {
        let several = aliases.len() > 1;
        for (at, alias) in aliases.iter().enumerate() {
            self.out.push_str(match at {
                0 if several => "union (",
                0 => "",
                _ => "), (",
            });
            self.out.push_str("_GetWatchlist(");
            literal_into(&mut self.out, alias);
            self.out.push(')');
        }
        self.out.push_str(if several { ")" } else { "" });
    }

    /// A new line.
    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.pad(indent);
    }

    fn pad(&mut self, indent: usize) {
        if self.layout == Layout::Wide {
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
    }

    /// Items with `separator` between them, on one line; where each of them ends.
    fn row<T>(&mut self, list: &[T], separator: &str, each: &mut impl FnMut(&mut Self, &T)) -> Vec<usize> {
        let mut ends = Vec::with_capacity(list.len());
        for (at, item) in list.iter().enumerate() {
            if at > 0 {
                self.out.push_str(separator);
            }
            each(self, item);
            ends.push(self.out.len());
        }
        ends
    }

    /// Items with `separator` between them, on one line when they fit, else each on its own behind `word`.
    fn items<T>(&mut self, list: &[T], separator: &str, (end, indent, word): (&str, usize, &str), mut each: impl FnMut(&mut Self, &T)) {
        let start = self.out.len();
        let ends = self.row(list, separator, &mut each);
        let line = self.out.get(start..).unwrap_or_default();
        if list.len() < 2 || (line.len() <= WIDTH && !line.contains('\n')) {
            return;
        }
        let flat = self.out.split_off(start);
        let mut from = 0;
        for (at, to) in ends.into_iter().enumerate() {
            if at > 0 {
                self.out.push_str(end);
                self.line(indent);
                self.out.push_str(word);
            }
            self.out.push_str(flat.get(from..to - start).unwrap_or_default());
            from = to - start + separator.len();
        }
    }

    fn rows(&mut self, of: &Rows, indent: usize) {
        match &of.from {
            From::Table(name) => identifier_into(&mut self.out, name),
            From::Parser(name, arguments) => {
                self.out.push_str(name);
                self.out.push('(');
                for (at, (name, argument)) in arguments.iter().enumerate() {
                    self.out.push_str(if at == 0 { "" } else { ", " });
                    self.out.push_str(name);
                    self.out.push('=');
                    self.value(argument);
                }
                self.out.push(')');
            }
            From::Union(legs) => {
                self.out.push_str("union isfuzzy=true");
                for (at, leg) in legs.iter().enumerate() {
                    self.out.push_str(if at == 0 { "" } else { "," });
                    self.line(indent + 4);
                    self.out.push('(');
                    self.rows(leg, indent + 8);
                    self.out.push(')');
                }
            }
        }
        for step in &of.steps {
            self.line(indent);
            self.out.push_str("| ");
            self.step(step, indent);
        }
    }

    fn columns(&mut self, list: &[(String, Value)], indent: usize) {
        self.items(list, ", ", (",", indent + 4, ""), |printer, (name, of)| {
            identifier_into(&mut printer.out, name);
            if !matches!(of, Value::Name(same) if same == name) {
                printer.out.push_str(" = ");
                printer.value(of);
            }
        });
    }

    /// Columns, as many on each line as fit.
    fn filled(&mut self, list: &[(String, Value)], indent: usize) {
        let mut start = self.out.rfind('\n').map_or(0, |at| at + 1);
        for (at, (name, of)) in list.iter().enumerate() {
            let before = self.out.len();
            identifier_into(&mut self.out, name);
            if !matches!(of, Value::Name(same) if same == name) {
                self.out.push_str(" = ");
                self.value(of);
            }
            let last = at + 1 == list.len();
            if at > 0 && self.out.len() - start + usize::from(!last) > WIDTH {
                let column = self.out.split_off(before);
                self.out.truncate(self.out.trim_end_matches(' ').len());
                self.line(indent);
                start = self.out.rfind('\n').map_or(0, |at| at + 1);
                self.out.push_str(&column);
            }
            self.out.push_str(if last { "" } else { ", " });
        }
    }

    fn names(&mut self, list: &[String], behind: &str) {
        for (at, name) in list.iter().enumerate() {
            self.out.push_str(if at == 0 { "" } else { ", " });
            identifier_into(&mut self.out, name);
            self.out.push_str(behind);
        }
    }

    fn step(&mut self, of: &Step, indent: usize) {
        match of {
            Step::Where(of) => {
                self.out.push_str("where ");
                self.condition(of, indent + 4);
            }
            Step::Extend(list) => {
                self.out.push_str("extend ");
                self.columns(list, indent);
            }
            Step::Project(list) => {
                self.out.push_str("project ");
                self.filled(list, indent + 4);
            }
            Step::Sort(list) => {
                self.out.push_str("sort by ");
                self.names(list, " asc");
            }
            Step::Summarize(list, keys) if list.is_empty() => {
                self.out.push_str("distinct ");
                self.names(keys, "");
            }
            Step::Summarize(list, keys) => {
                self.out.push_str("summarize ");
                self.columns(list, indent);
                self.out.push_str(" by ");
                self.names(keys, "");
            }
            Step::Latest(time, keys) if keys.is_empty() => {
                self.out.push_str("top 1 by ");
                identifier_into(&mut self.out, time);
                self.out.push_str(" desc");
            }
            Step::Latest(time, keys) => {
                self.out.push_str("summarize arg_max(");
                identifier_into(&mut self.out, time);
                self.out.push_str(", *) by ");
                self.names(keys, "");
            }
            Step::Join(other, keys) => {
                self.out.push_str("join kind=inner (");
                self.line(indent + 4);
                self.rows(other, indent + 4);
                self.line(indent);
                self.out.push_str(") on ");
                self.names(keys, "");
            }
            Step::Lookup(aliases) => {
                self.out.push_str("lookup kind=leftouter (");
                self.watchlists(aliases);
                let _ = write!(self.out, " | project {INDICATOR} = tolower(SearchKey)");
                for name in CONTEXT {
                    // A list that somebody else keeps may lack the column.
                    let _ = write!(self.out, ", {name} = column_ifexists(\"{name}\", \"\")");
                }
                let _ = write!(self.out, " | distinct {INDICATOR}, {}) on {INDICATOR}", CONTEXT.join(", "));
            }
        }
    }

    /// A condition; what needs parentheses inside another condition has them.
    fn condition(&mut self, of: &Condition, indent: usize) {
        match of {
            Condition::All(list) => self.chain(list, " and ", indent),
            Condition::Any(list) => self.chain(list, " or ", indent),
            Condition::Not(inner) => {
                self.out.push_str("not(");
                self.condition(inner, indent);
                self.out.push(')');
            }
            Condition::Always(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Condition::Compare(left, operator, right) => self.operator(left, operator, right),
            Condition::In(left, case, list) | Condition::NotIn(left, case, list) => {
                self.value(left);
                self.out.push_str(if matches!(of, Condition::NotIn(..)) { " !in" } else { " in" });
                self.out.push_str(if *case == ir::Case::Insensitive { "~ (" } else { " (" });
                match list {
                    List::Values(values) => self.wrapped(values, indent, false, Self::value),
                    List::Named(name) => identifier_into(&mut self.out, name),
                    List::Rows(list) => {
                        self.out.push('(');
                        self.rows(list, indent);
                        self.out.push(')');
                    }
                }
                self.out.push(')');
            }
            Condition::Has(left, terms) => {
                self.value(left);
                match terms.as_slice() {
                    [term] => {
                        self.out.push_str(" has ");
                        literal_into(&mut self.out, term);
                    }
                    terms => {
                        self.out.push_str(" has_any (");
                        self.wrapped(terms, indent, false, |tree, term| literal_into(&mut tree.out, term));
                        self.out.push(')');
                    }
                }
            }
            Condition::Is(of) => self.value(of),
        }
    }

    /// Conditions joined by a word with a space on each side.
    fn chain(&mut self, list: &[Condition], word: &str, indent: usize) {
        if list.len() > FLAT {
            // Parentheses keep the parser's recursion shallow.
            for (at, group) in list.chunks(FLAT).enumerate() {
                if at > 0 {
                    self.line(indent);
                    self.out.push_str(word.trim_start());
                }
                self.out.push('(');
                self.chain(group, word, indent);
                self.out.push(')');
            }
            return;
        }
        self.items(list, word, ("", indent, word.trim_start()), |printer, inner| match inner {
            Condition::All(_) | Condition::Any(_) => {
                printer.out.push('(');
                printer.condition(inner, indent + 4);
                printer.out.push(')');
            }
            other => printer.condition(other, indent),
        });
    }

    fn operator(&mut self, left: &Value, operator: &str, right: &Value) {
        self.value(left);
        self.out.push(' ');
        self.out.push_str(operator);
        self.out.push(' ');
        self.value(right);
    }

    fn value(&mut self, of: &Value) {
        match of {
            Value::Name(name) => identifier_into(&mut self.out, name),
            Value::AnyColumn => self.out.push('*'),
            Value::Text(text) => literal_into(&mut self.out, text),
            Value::Number(number) => {
                let _ = write!(self.out, "{number}");
            }
            Value::Decimal(number) => {
                let _ = write!(self.out, "{number}");
            }
            Value::NoNumber => self.out.push_str("real(null)"),
            Value::Flag(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Seconds(seconds) => self.out.push_str(&duration(*seconds)),
            Value::Texts(list) => self.texts(list, 8, false),
            Value::Call(name, arguments) => {
                self.unxml |= *name == print_made::UNESCAPES;
                self.out.push_str(name);
                self.out.push('(');
                for (at, argument) in arguments.iter().enumerate() {
                    self.out.push_str(if at == 0 { "" } else { ", " });
                    self.value(argument);
                }
                self.out.push(')');
            }
            Value::Operator(left, operator, right) => {
                self.out.push('(');
                self.operator(left, operator, right);
                self.out.push(')');
            }
            Value::Condition(inner) => self.condition(inner, 8),
            Value::Member(of, path) => {
                self.value(of);
                for part in path {
                    self.out.push('[');
                    literal_into(&mut self.out, part);
                    self.out.push(']');
                }
            }
            Value::Quoted(text) => self.out.push_str(&quoted(text)),
            Value::Made(made) => {
                let text = print_made::made(made);
                self.unxml |= text.contains(print_made::UNESCAPES);
                self.out.push_str(&text);
            }
        }
    }

    /// `dynamic([...])`, broken into lines when it is long.
    fn texts(&mut self, list: &[String], indent: usize, counted: bool) {
        self.out.push_str("dynamic([");
        self.wrapped(list, indent, counted, |printer, text| literal_into(&mut printer.out, text));
        self.out.push_str("])");
    }

    /// Items separated by commas, on one line when they fit, else as many on each line as fit. `counted` is for what need not be measured
    /// any more, and may be counted alone.
    fn wrapped<T>(&mut self, list: &[T], indent: usize, counted: bool, mut each: impl FnMut(&mut Self, &T)) {
        let separator = if self.layout == Layout::Wide { ", " } else { "," };
        let start = self.out.len();
        for (at, item) in list.iter().enumerate() {
            if at > 0 {
                self.out.push_str(separator);
            }
            each(self, item);
            if self.out.len() - start > WIDTH {
                break;
            }
        }
        if self.out.len() - start <= WIDTH {
            return;
        }
        self.out.truncate(start);
        let pad = if self.layout == Layout::Wide { indent } else { 0 };
        let (mut width, mut text) = (pad, String::new());
        self.line(indent);
        let last = list.len().saturating_sub(1);
        for (at, item) in list.iter().enumerate() {
            text.clear();
            std::mem::swap(&mut self.out, &mut text);
            each(self, item);
            std::mem::swap(&mut self.out, &mut text);
            if width > pad && width + text.len() > WIDTH {
                self.out.truncate(self.out.trim_end_matches(' ').len());
                self.count(counted.then_some(start));
                self.line(indent);
                width = pad;
            }
            self.out.push_str(&text);
            width += text.len();
            if at < last {
                self.out.push_str(separator);
                width += separator.len();
            }
        }
        self.line(indent.saturating_sub(4));
        self.count(counted.then_some(start));
    }

    /// Counts what stands behind a place instead of keeping it, where that is asked for.
    fn count(&mut self, from: Option<usize>) {
        if let (Some(count), Some(from)) = (&mut self.only_counted, from) {
            *count += characters(self.out.get(from..).unwrap_or_default());
            self.out.truncate(from);
        }
    }
}
