//! How does one test become a condition on the columns of one table?
//!
//! Operators without case know ASCII only (<https://learn.microsoft.com/kusto/query/datatypes-string-operators>), so other
//! letters are compared after `tolower`. Text is never null, numbers are: `isnotnull` keeps the negation of a test on a
//! missing number true. <https://learn.microsoft.com/kusto/query/scalar-data-types/null-values>.

use std::collections::BTreeSet;

use backend::{Cx, Refusal};
use ir::{Case, FieldRef, FieldTest, NumberTest, Op, Pattern, Predicate};
use source::Loss;

use crate::ast::{Condition, From, List, Rows, Step, Value};
use crate::lower_any;
use crate::lower_codes::{HIVE, JOINED, NO_TABLE};
use crate::lower_column;
use crate::lower_compare::{fixed, part_of, same};
use crate::lower_leg::Leg;
use crate::lower_lists::Lists;
use crate::lower_regex::regular;
use crate::lower_rows;
use crate::lower_terms;
use crate::lower_text::{addresses, below, compare, is, joined, present, same_url, spaced, text, unmapped, unnamed, whole_numbers};
use crate::print::{self, regex_literal};
use logs::tables::columns::{self, Holds};
use logs::tables::made::Made;
use logs::tables::open::{self, Found, OpenFields};
use logs::tables::spelled;
use logs::tables::{Answer, Column, Others, Product, Told};

/// A column as a value, with how it answers.
struct Asked {
    value: Value,
    answer: Answer,
    /// The profile's row, when there is one.
    column: Option<Column>,
}

impl Leg<'_> {
    /// The rows that fit a predicate; `None` when none of the table's can.
    pub(crate) fn rows(&mut self, predicate: &Predicate, lists: &mut Lists, cx: &mut Cx<'_>) -> Result<Option<Rows>, Refusal> {
        let conjuncts = match predicate {
            Predicate::All(list) => list.as_slice(),
            other => std::slice::from_ref(other),
        };
        let (mut plain, mut on_computed) = (Vec::new(), Vec::new());
        for conjunct in conjuncts {
            self.touched = false;
            match self.condition(conjunct, false, lists, cx)? {
                Condition::Always(true) => {}
                Condition::Always(false) => return Ok(None),
                condition if self.touched => on_computed.push(condition),
                condition => plain.push(condition),
            }
        }
        if self.blind {
            return Ok(None);
        }
        let mut steps = Vec::new();
        let Told { rows, others } = self.source.beside;
        let meant =
            [self.source.rows, rows].into_iter().map(|rows| lower_rows::condition(&rows)).filter(|condition| *condition != Condition::Always(true));
        steps.extend(meant.map(Step::Where));
        if let Some((platform, others)) = others {
            cx.other_platforms(self.source.table, platform, others);
        }
        let xml = if self.source.data.is_empty() { "EventData" } else { self.source.data };
        steps.extend(lower_terms::in_data(on_computed.iter(), &self.from_data, xml).map(|terms| Step::Where(terms.condition())));
        if !self.source.data.is_empty() {
            steps.push(Step::Extend(vec![("EventData".to_owned(), Value::name(self.source.data))]));
        }
        steps.extend(lower_terms::best(plain.iter(), &BTreeSet::new()).map(|terms| Step::Where(terms.condition())));
        steps.extend(plain.into_iter().map(Step::Where));
        if !self.computed.is_empty() {
            steps.push(Step::Extend(self.computed.iter().map(|(name, from)| (name.to_string(), from.clone())).collect()));
        }
        steps.extend(on_computed.into_iter().map(Step::Where));
        let from = if self.source.table.starts_with("_Im_") {
            From::Parser(self.source.table, Vec::new())
        } else {
            From::Table(self.source.table.to_owned())
        };
        Ok(Some(Rows { from, steps }))
    }

    /// Whether a row fits a predicate, as one condition.
    pub(crate) fn alone(&mut self, predicate: &Predicate, lists: &mut Lists, cx: &mut Cx<'_>) -> Result<Condition, Refusal> {
        self.condition(predicate, false, lists, cx)
    }

    fn condition(&mut self, predicate: &Predicate, negated: bool, lists: &mut Lists, cx: &mut Cx<'_>) -> Result<Condition, Refusal> {
        Ok(match predicate {
            Predicate::All(list) => {
                Condition::all(list.iter().map(|inner| self.condition(inner, negated, lists, cx)).collect::<Result<Vec<_>, _>>()?)
            }
            Predicate::Any(list) => {
                Condition::any(list.iter().map(|inner| self.condition(inner, negated, lists, cx)).collect::<Result<Vec<_>, _>>()?)
            }
            Predicate::Not(inner) => self.condition(inner, true, lists, cx)?.negate(),
            Predicate::Bytes(_) => Condition::Always(false),
            Predicate::Test(test) => self.test(test, negated, lists, cx)?,
        })
    }

    /// The columns that answer for a field. A site's own column stands for the first table of the class.
    fn columns(&mut self, field: &FieldRef) -> Option<Vec<Asked>> {
        match field {
            FieldRef::Known(known) => {
                if let Some(name) = self.overlay.fields.get(&(self.source.class, *known)) {
                    let first = self.schema.sources.iter().find(|source| source.class == self.source.class);
                    if first.is_none_or(|first| first.table == self.source.table) {
                        let answer = self.source.columns(*known).and_then(<[_]>::first).map_or(Answer::Text, |column| column.answer);
                        return Some(vec![Asked { value: Value::name(name.as_str()), answer: plain(answer), column: None }]);
                    }
                }
                let columns = self.source.columns(*known)?;
                Some(columns.iter().map(|column| self.ask(column)).collect())
            }
            FieldRef::Open(name) => match self.source.open_columns(name) {
                Some(columns) => Some(columns.iter().map(|column| self.ask(column)).collect()),
                None => match self.source.others {
                    Others::Open(fields) => self.named(fields, name),
                    _ => self.open(name).map(|asked| vec![asked]),
                },
            },
            FieldRef::Any => match self.source.others {
                Others::Open(fields) if !fields.text.is_empty() => Some(fields.text.iter().map(|column| self.ask(column)).collect()),
                _ => Some(vec![Asked { value: Value::AnyColumn, answer: Answer::Text, column: None }]),
            },
        }
    }

    fn ask(&mut self, column: &Column) -> Asked {
        // Two columns are joined only where they cannot be tested apart.
        if !column.from.is_own() && !matches!(column.answer, Answer::Pair { .. } | Answer::Key) {
            self.make(column);
        }
        Asked { value: Value::name(column.name), answer: column.answer, column: Some(*column) }
    }

    /// A field that the profile does not name, where the table keeps such fields.
    fn open(&mut self, name: &str) -> Option<Asked> {
        match self.source.others {
            Others::Nowhere | Others::Open(_) => None,
            Others::Named(names) if !names.contains(&name) => None,
            Others::Columns => self.column(name),
            Others::ColumnsOrData if columns::find(self.schema.product, self.source.table, name).is_some() => self.column(name),
            others => {
                let tag = match others {
                    Others::Elements => print::element(&regex_literal(name)),
                    Others::SpacedData => print::data(&spaced(name)),
                    _ => print::data(&regex_literal(name)),
                };
                let inside = Value::Call("extract", vec![Value::Quoted(tag), Value::Number(1), Value::name("EventData")]);
                self.compute(name.to_owned().into(), Value::Call("unxml", vec![inside]));
                Some(Asked { value: Value::name(name), answer: Answer::Text, column: None })
            }
        }
    }

    /// What answers for a product's own name of a field.
    fn named(&mut self, fields: &'static OpenFields, name: &str) -> Option<Vec<Asked>> {
        let asked = |value, answer| Asked { value, answer, column: None };
        let text = |value| asked(Value::Call("tostring", vec![value]), Answer::Text);
        let member = |value, path: Vec<String>| if path.is_empty() { value } else { Value::Member(Box::new(value), path) };
        Some(match open::found(self.schema.product, self.source.table, fields, name)? {
            Found::Columns(columns) => columns.iter().map(|column| self.ask(column)).collect(),
            Found::Member(root, path) => vec![text(member(Value::Made(Made::Vendor(root)), path))],
            Found::Pair(column, key) => vec![asked(lower_any::pair(&Value::name(column), &key), Answer::Text)],
            Found::MemberOf(column, true, path) => vec![text(member(Value::name(column), path))],
            Found::MemberOf(column, false, path) => vec![text(member(Value::Call("parse_json", vec![Value::name(column)]), path))],
            Found::Column(column, holds) => {
                let value = Value::name(column);
                vec![match holds {
                    Holds::Text => asked(value, Answer::Text),
                    Holds::Number => asked(value, Answer::Number),
                    Holds::Flag => asked(value, Answer::Flag),
                    Holds::Time => asked(value, Answer::Time),
                    Holds::Json => text(value),
                }]
            }
        })
    }

    /// A column by the name the log gives it, or a member of a JSON column by its path.
    fn column(&self, name: &str) -> Option<Asked> {
        let (head, path) = name.split_once('.').map_or((name, None), |(head, path)| (head, Some(path)));
        let named = |name: &str| columns::find(self.schema.product, self.source.table, name);
        let Some((column, holds)) = named(name).or_else(|| named(head)) else {
            // What a cloud service itself calls a member stands in the raw event.
            let (raw, _) = named("RawEventData")?;
            let path = name.split('.').map(ToOwned::to_owned).collect();
            return Some(Asked {
                value: Value::Call("tostring", vec![Value::Member(Box::new(Value::name(raw)), path)]),
                answer: Answer::Text,
                column: None,
            });
        };
        let value = Value::name(column);
        Some(match (path, holds) {
            (Some(path), Holds::Json) if column != name => {
                Asked { value: Value::Call("tostring", vec![member(value, path)]), answer: Answer::Text, column: None }
            }
            (Some(path), _) if column != name => Asked {
                value: Value::Call("tostring", vec![member(Value::Call("parse_json", vec![value]), path)]),
                answer: Answer::Text,
                column: None,
            },
            (_, Holds::Text) => Asked { value, answer: Answer::Text, column: None },
            (_, Holds::Number) => Asked { value, answer: Answer::Number, column: None },
            (_, Holds::Flag) => Asked { value, answer: Answer::Flag, column: None },
            (_, Holds::Time) => Asked { value, answer: Answer::Time, column: None },
            (_, Holds::Json) => Asked { value: Value::Call("tostring", vec![value]), answer: Answer::Text, column: None },
        })
    }

    fn test(&mut self, test: &FieldTest, negated: bool, lists: &mut Lists, cx: &mut Cx<'_>) -> Result<Condition, Refusal> {
        let test = &*spelled::spelled(test, self.source.table);
        if let (Op::Time { part, number }, FieldRef::Open(name)) = (&test.op, &test.field)
            && logs::tables::EVENT_TIMES.contains(&&**name)
        {
            let part = part_of(Value::name(self.schema.time), *part);
            return Ok(present(&part, negated, compare(&part, number)));
        }
        let Some(columns) = self.columns(&test.field) else {
            self.lacks.push((test.span, test.field.clone()));
            self.blind |= negated;
            return Ok(Condition::Always(false));
        };
        let others = match &test.op {
            Op::Same { other, .. } => match self.columns(other) {
                Some(columns) => columns,
                None => {
                    self.blind |= negated;
                    return Ok(Condition::Always(false));
                }
            },
            _ => Vec::new(),
        };
        if matches!(test.field, FieldRef::Known(ir::Field::RegistryKey)) {
            odd_hives(test, negated, cx);
        }
        let mut any = Vec::new();
        let several = columns.len() > 1;
        for Asked { value, answer, column } in columns {
            let condition = match (&test.op, answer) {
                // What stands in two columns is joined to be compared.
                (Op::Same { case, place, .. }, _) => {
                    let columns = others.iter().map(|other| other.column).chain([column]).flatten();
                    for joined in columns.filter(|column| !column.from.is_own()) {
                        self.make(&joined);
                    }
                    Condition::any(others.iter().map(|other| same((&value, answer), (&other.value, other.answer), *place, *case)))
                }
                (_, Answer::Words(words)) => lower_column::words(&value, &test.op, words, lists),
                (op, Answer::LastPart) => match lower_column::last_parts(op) {
                    Some(names) => text(&value, &names, Case::Insensitive, lists),
                    None if several => {
                        self.some_last_part(test, negated, cx);
                        continue;
                    }
                    None => return Err(self.only_last_part(test, cx)),
                },
                (Op::Exists, Answer::Pair { parts: [head, _], .. }) => is("isnotempty", &Value::name(head)),
                (Op::Text { patterns, case }, Answer::Pair { parts, hives }) if column.is_some() => {
                    let Some(column) = column else { continue };
                    self.pair(&column, parts, hives, patterns, *case, lists)
                }
                (Op::Text { patterns, case }, Answer::Key) if column.is_some() => {
                    let Some(column) = column else { continue };
                    self.key_path(&column, patterns, *case, lists)
                }
                (_, Answer::Pair { .. } | Answer::Key) => {
                    if let Some(column) = &column {
                        self.make(column);
                    }
                    self.ask_value(&value, Answer::Text, test, negated, lists, cx)?
                }
                (Op::Text { patterns, case }, Answer::MappedAddress) => text(&value, &spelled::mapped(patterns), *case, lists),
                (_, Answer::Always(word)) => Condition::Always(fixed(&test.op, word)),
                // None of the few words that the column holds fits.
                (op, Answer::Among(words)) if !words.iter().any(|word| fixed(op, word)) => Condition::Always(false),
                (op, Answer::Within(key)) => lower_any::within(&value, key, op, test, cx)?,
                (op, _) if value == Value::AnyColumn => lower_any::anywhere(op, test, cx)?,
                (_, Answer::Other { table, key }) => {
                    let inner = self.ask_value(&value, Answer::Text, test, negated, lists, cx)?;
                    let steps = vec![Step::Where(inner), Step::Project(vec![(key.to_owned(), Value::name(key))])];
                    let rows = Rows { from: From::Table(table.to_owned()), steps };
                    Condition::In(Value::name(key), Case::Sensitive, List::Rows(Box::new(rows)))
                }
                _ => self.ask_value(&value, answer, test, negated, lists, cx)?,
            };
            // Columns that answer in different ways often answer the same.
            if !any.contains(&condition) {
                any.push(condition);
            }
            if spelled::means_system(test) {
                any.extend(spelled::system(&self.source).map(|rows| lower_rows::condition(&rows)));
            }
            // Windows writes a dash where there is no value, and Defender nothing.
            if let Op::Text { patterns, .. } = &test.op
                && self.schema.product == Product::DefenderXdr
                && spelled::asks_for_nothing(patterns)
                && matches!(answer, Answer::Text | Answer::MappedAddress | Answer::Path(_))
            {
                any.push(is("isempty", &value));
            }
        }
        Ok(Condition::any(any))
    }

    /// Some rows of the table have only the last part of a path, and a pattern asks for more.
    fn some_last_part(&self, test: &FieldTest, negated: bool, cx: &mut Cx<'_>) {
        let loss = if negated { Loss::Wider } else { Loss::Narrower };
        let message = format!("some rows of {} keep only the file name of `{}`", self.source.table, test.field);
        cx.loss(&NO_TABLE, loss, test.span, message, "a pattern that ends in `\\` and a file name finds those too");
    }

    /// The table has only the last part of a path, and a pattern asks for more.
    fn only_last_part(&self, test: &FieldTest, cx: &Cx<'_>) -> Refusal {
        let message = format!("{} keeps only the file name of `{}`", self.source.table, test.field);
        Refusal { help: Some("a pattern that ends in `\\` and a file name might do".to_owned()), ..cx.unsupported(&NO_TABLE, test.span, message) }
    }

    fn ask_value(
        &self,
        value: &Value,
        answer: Answer,
        test: &FieldTest,
        negated: bool,
        lists: &mut Lists,
        cx: &mut Cx<'_>,
    ) -> Result<Condition, Refusal> {
        let as_text = match answer {
            Answer::Number | Answer::Flag | Answer::Time => Value::Call("tostring", vec![value.clone()]),
            _ => value.clone(),
        };
        Ok(match (&test.op, answer) {
            (Op::Exists, Answer::Number | Answer::Flag | Answer::Time) => is("isnotnull", value),
            (Op::Exists, _) if self.has_sign_of_nothing(&test.field) => {
                let nothing = ["", logs::NOTHING].map(|text| Value::Text(text.to_owned())).to_vec();
                Condition::In(value.clone(), Case::Sensitive, List::Values(nothing)).negate()
            }
            (Op::Exists, _) => is("isnotempty", value),
            (Op::Text { patterns, case }, Answer::Joined) => joined(value, patterns, *case),
            (Op::Domain(domains), Answer::Joined) => {
                let patterns: Vec<Pattern> =
                    domains.iter().flat_map(|domain| [Pattern::exact(domain.as_str()), Pattern::ends(format!(".{}", domain.as_str()))]).collect();
                joined(value, &patterns, Case::Insensitive)
            }
            (Op::Address(nets), Answer::Joined) => {
                if nets.iter().any(|net| net.prefix_len() != net.max_prefix_len()) {
                    return Err(cx.unsupported(
                        &JOINED,
                        test.span,
                        format!("`{}` holds several addresses in one text, which cannot be compared with a network", test.field),
                    ));
                }
                let patterns: Vec<Pattern> = nets.iter().map(|net| Pattern::exact(net.addr().to_string())).collect();
                joined(value, &patterns, Case::Insensitive)
            }
            (Op::Regex(_), Answer::Joined) => {
                return Err(cx.unsupported(
                    &JOINED,
                    test.span,
                    format!("`{}` holds several values in one text, which an expression cannot tell apart", test.field),
                ));
            }
            (Op::Text { patterns, case }, Answer::Path(name)) => lower_column::path(value, name, patterns, *case, lists),
            (Op::Text { patterns, case }, Answer::Registry { kind, numbers }) => {
                lower_column::registry_data(value, kind, &numbers, patterns, *case, lists)
            }
            (Op::Text { patterns, case }, Answer::Texts) => unnamed(value, patterns, *case),
            (Op::Text { patterns, .. }, Answer::Number) if let Some(numbers) = whole_numbers(patterns) => {
                present(value, negated, compare(value, &NumberTest::In(numbers)))
            }
            (Op::Text { patterns, case }, _) => text(&as_text, patterns, *case, lists),
            (Op::Regex(list), _) => {
                let each: Result<Vec<Condition>, Refusal> = list.iter().map(|regex| regular(&as_text, regex, test, cx)).collect();
                Condition::any(each?)
            }
            (Op::Address(nets), answer) => addresses(&as_text, answer == Answer::MappedAddress, nets, negated, lists),
            (Op::Domain(domains), _) => {
                let names: Vec<String> = domains.iter().map(|domain| domain.as_str().to_owned()).collect();
                below(&as_text, names, lists)
            }
            (Op::Url(urls), _) => same_url(&as_text, urls, lists),
            (Op::Number(number), answer) => {
                let number_of = if matches!(number, NumberTest::Decimal(..)) { "toreal" } else { "tolong" };
                let value = if answer == Answer::Number { value.clone() } else { Value::Call(number_of, vec![as_text]) };
                present(&value, negated, compare(&value, number))
            }
            (Op::Flag(flag), Answer::Flag) => present(value, negated, Condition::Compare(value.clone(), "==", Value::Flag(*flag))),
            (Op::Flag(flag), _) => Condition::Compare(as_text, "=~", Value::text(flag.to_string())),
            // Legalised into text already.
            (Op::Under(trees), _) => text(&as_text, &trees.iter().flat_map(ir::Tree::patterns).collect::<Vec<_>>(), Case::Insensitive, lists),
            (Op::Time { part, number }, answer) => {
                let time = if answer == Answer::Time { value.clone() } else { Value::Call("todatetime", vec![as_text]) };
                let part = part_of(time, *part);
                present(&part, negated, compare(&part, number))
            }
            // Said above, or legalised away.
            (Op::Same { .. } | Op::Empty | Op::Missing, _) => Condition::Always(false),
        })
    }

    /// The value of a field as text without case, for grouping; `None` when the table has no column for it.
    pub(crate) fn key(&mut self, field: &FieldRef) -> Option<Value> {
        let columns = self.columns(field)?;
        // The names of the other products' columns are their own, and hold no sign of a log.
        let raw = field.known().is_some() || self.schema.product == Product::Sentinel;
        let sign = raw && backend::correlation::has_sign_of_nothing(field, |field| self.source.signs(field));
        // The first of the columns that is filled.
        let mut values: Vec<Value> = columns.into_iter().map_while(|asked| Self::key_of(asked, sign)).collect();
        if values.len() > 1 {
            return Some(Value::Call("coalesce", values));
        }
        values.pop()
    }

    /// Whether the table writes a sign where an event has nothing in a field.
    fn has_sign_of_nothing(&self, field: &FieldRef) -> bool {
        field.known().is_some_and(|field| self.source.signs(field))
    }

    /// One column's value as text without case; empty where it is a sign of nothing.
    fn key_of(asked: Asked, sign: bool) -> Option<Value> {
        let Asked { value, answer, .. } = asked;
        let is_nothing = Condition::Compare(value.clone(), "==", Value::text(logs::NOTHING));
        let key = Self::text_of(value, answer)?;
        Some(if sign { Value::Call("iff", vec![Value::Condition(Box::new(is_nothing)), Value::text(""), key]) } else { key })
    }

    fn text_of(value: Value, answer: Answer) -> Option<Value> {
        Some(match answer {
            Answer::Always(word) => Value::text(word),
            Answer::Number | Answer::Flag | Answer::Time => Value::Call("tostring", vec![value]),
            Answer::Other { .. } | Answer::Within(_) => return None,
            _ if value == Value::AnyColumn => return None,
            Answer::MappedAddress => Value::Call("tolower", vec![unmapped(&value)]),
            Answer::Pair { parts: [head, tail], .. } => {
                Value::Call("tolower", vec![Value::Call("strcat", vec![Value::name(head), Value::text("\\"), Value::name(tail)])])
            }
            Answer::Text
            | Answer::Texts
            | Answer::Joined
            | Answer::Among(_)
            | Answer::Path(_)
            | Answer::LastPart
            | Answer::Key
            | Answer::Words(_)
            | Answer::Registry { .. } => Value::Call("tolower", vec![value]),
        })
    }
}

fn member(value: Value, path: &str) -> Value {
    Value::Member(Box::new(value), path.split('.').map(ToOwned::to_owned).collect())
}

/// Keys under hives that logs spell otherwise are missed.
fn odd_hives(test: &FieldTest, negated: bool, cx: &mut Cx<'_>) {
    let Op::Text { patterns, .. } = &test.op else { return };
    let odd = |text: &str| {
        let upper = text.to_ascii_uppercase();
        upper.starts_with("HKU\\S-1-5-21-") || upper == "HKCR" || upper.starts_with("HKCR\\")
    };
    if let Some(key) = patterns.iter().filter_map(|pattern| pattern.literals().next()).find(|text| odd(text)) {
        let loss = if negated { Loss::Wider } else { Loss::Narrower };
        cx.loss(
            &HIVE,
            loss,
            test.span,
            format!("`{key}` stands under another hive in the logs"),
            "`HKCU`, or `HKLM\\Software\\Classes`, is what the logs say",
        );
    }
}

/// A column's answer where a site has a column of its own.
fn plain(answer: Answer) -> Answer {
    match answer {
        Answer::Path(_) | Answer::LastPart | Answer::Key | Answer::Pair { .. } | Answer::Words(_) | Answer::Registry { .. } => Answer::Text,
        other => other,
    }
}
