//! How does one test become a condition on the columns of one table?
//!
//! Operators without case know ASCII only (<https://learn.microsoft.com/kusto/query/datatypes-string-operators>), so other
//! letters are compared after `tolower`. Text is never null, numbers are: `isnotnull` keeps the negation of a test on a
//! missing number true. <https://learn.microsoft.com/kusto/query/scalar-data-types/null-values>.

use std::collections::BTreeSet;

use backend::{Cx, Overlay, Refusal};
use ir::pattern::fold;
use ir::{Case, EventClass, FieldRef, FieldTest, IpNet, Op, Part, Pattern, Predicate, Regex, Shape, Url};
use source::{Code, Loss};

use crate::ast::{Condition, From, List, Rows, Step, Value};
use crate::columns::Holds;
use crate::lower_any;
use crate::lower_compare::{compare, fixed, part_of, same};
use crate::lower_regex::foreign;
use crate::print::regex_literal;
use crate::profiles::open::{self, Found};
use crate::profiles::{Answer, Column, Schema, Source};

pub(crate) static REGEX: Code = Code::error("kql.regex", "a regular expression uses what the product's engine does not know");
pub(crate) static HIVE: Code = Code::warn("kql.hive", "a registry key is written under a hive that the logs spell otherwise");
pub(crate) static JOINED: Code = Code::warn("kql.joined-values", "a column holds several values in one text");

/// Values in one list before it gets a name of its own.
const INLINE: usize = 8;
/// Domains that are compared one by one; longer lists are looked up by parent domain.
const DOMAINS: usize = 20;

/// Lists that a query names, in order of first use.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(crate) named: Vec<NamedList>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct NamedList {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
    /// Whether a function wants them as one array.
    pub(crate) array: bool,
}

impl Lists {
    /// The name of a list; the same values have the same name.
    fn name(&mut self, values: Vec<String>, array: bool) -> String {
        if let Some(list) = self.named.iter().find(|list| list.values == values && list.array == array) {
            return list.name.clone();
        }
        let name = match self.named.len() {
            0 => "indicators".to_owned(),
            before => format!("indicators{}", before + 1),
        };
        self.named.push(NamedList { name: name.clone(), values, array });
        name
    }
}

/// One table, and what has been asked of it so far.
#[derive(Debug)]
pub(crate) struct Leg<'a> {
    pub(crate) schema: &'static Schema,
    pub(crate) source: Source,
    pub(crate) overlay: &'a Overlay,
    /// Computed columns in use, in order of first use.
    pub(crate) computed: Vec<(&'static str, &'static str)>,
    /// A negated test asks for a column that the table lacks.
    pub(crate) blind: bool,
    /// The last condition uses a computed column.
    touched: bool,
}

/// A column as a value, with how it answers.
struct Asked {
    value: Value,
    answer: Answer,
}

impl<'a> Leg<'a> {
    pub(crate) fn new(schema: &'static Schema, source: Source, overlay: &'a Overlay) -> Self {
        Self { schema, source, overlay, computed: Vec::new(), blind: false, touched: false }
    }

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
                condition if self.touched => on_computed.push(Step::Where(condition)),
                condition => plain.push(Step::Where(condition)),
            }
        }
        if self.blind {
            return Ok(None);
        }
        let mut steps = Vec::new();
        if !self.source.rows.is_empty() {
            steps.push(Step::Where(Condition::Vendor(self.source.rows)));
        }
        if !self.source.data.is_empty() {
            steps.push(Step::Extend(vec![("EventData".to_owned(), Value::name(self.source.data))]));
        }
        steps.extend(plain);
        if !self.computed.is_empty() {
            steps.push(Step::Extend(self.computed.iter().map(|(name, from)| ((*name).to_owned(), Value::Vendor(from))).collect()));
        }
        steps.extend(on_computed);
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
                        return Some(vec![Asked { value: Value::name(name.as_str()), answer }]);
                    }
                }
                let columns = self.source.columns(*known)?;
                Some(columns.iter().map(|column| self.ask(column)).collect())
            }
            FieldRef::Open(name) => self.open(name),
            FieldRef::Any if self.source.open.text.is_empty() => Some(vec![Asked { value: Value::AnyColumn, answer: Answer::Text }]),
            FieldRef::Any => Some(self.source.open.text.iter().map(|column| self.ask(column)).collect()),
        }
    }

    fn ask(&mut self, column: &Column) -> Asked {
        if !column.from.is_empty() {
            self.touched = true;
            if !self.computed.iter().any(|(name, _)| *name == column.name) {
                self.computed.push((column.name, column.from));
            }
        }
        Asked { value: Value::name(column.name), answer: column.answer }
    }

    /// What answers for the name that the log gives to a field.
    fn open(&mut self, name: &str) -> Option<Vec<Asked>> {
        let text = |value| Asked { value: Value::Call("tostring", vec![value]), answer: Answer::Text };
        let member = |value, path: Vec<String>| if path.is_empty() { value } else { Value::Member(Box::new(value), path) };
        Some(match open::found(self.schema, &self.source, name)? {
            Found::Columns(columns) => columns.iter().map(|column| self.ask(column)).collect(),
            Found::Member(root, path) => vec![text(member(Value::Vendor(root), path))],
            Found::Pair(column, key) => vec![Asked { value: lower_any::pair(&Value::name(column), &key), answer: Answer::Text }],
            Found::MemberOf(column, true, path) => vec![text(member(Value::name(column), path))],
            Found::MemberOf(column, false, path) => vec![text(member(Value::Call("parse_json", vec![Value::name(column)]), path))],
            Found::Column(column, holds) => {
                let value = Value::name(column);
                vec![match holds {
                    Holds::Text => Asked { value, answer: Answer::Text },
                    Holds::Number => Asked { value, answer: Answer::Number },
                    Holds::Flag => Asked { value, answer: Answer::Flag },
                    Holds::Time => Asked { value, answer: Answer::Time },
                    Holds::Json => text(value),
                }]
            }
        })
    }

    fn test(&mut self, test: &FieldTest, negated: bool, lists: &mut Lists, cx: &mut Cx<'_>) -> Result<Condition, Refusal> {
        let Some(columns) = self.columns(&test.field) else {
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
        for Asked { value, answer } in columns {
            let condition = match (&test.op, answer) {
                (Op::Same { case, place, .. }, _) => {
                    Condition::any(others.iter().map(|other| same((&value, answer), (&other.value, other.answer), *place, *case)))
                }
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
            any.push(condition);
        }
        Ok(Condition::any(any))
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
                let value = if answer == Answer::Number { value.clone() } else { Value::Call("tolong", vec![as_text]) };
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
        let mut columns = self.columns(field)?.into_iter();
        let Asked { value, answer } = columns.next()?;
        Some(match answer {
            Answer::Always(word) => Value::text(word),
            Answer::Number | Answer::Flag | Answer::Time => Value::Call("tostring", vec![value]),
            Answer::Other { .. } | Answer::Within(_) => return None,
            _ if value == Value::AnyColumn => return None,
            Answer::MappedAddress => Value::Call("tolower", vec![unmapped(&value)]),
            Answer::Text | Answer::Joined | Answer::Among(_) => Value::Call("tolower", vec![value]),
        })
    }

    /// Whether the leg may hold events of this class.
    pub(crate) fn fits(source: &Source, event: &ir::EventSelector, class: EventClass) -> bool {
        source.class == class
            && (source.platform.is_none() || event.platform.is_none() || source.platform == event.platform)
            && (source.flow.is_none() || event.flow.is_none() || source.flow == event.flow)
    }
}

fn is(function: &'static str, value: &Value) -> Condition {
    Condition::Is(Value::Call(function, vec![value.clone()]))
}

/// A condition that is false, not null, when the value is missing; only a negation can tell.
fn present(value: &Value, negated: bool, condition: Condition) -> Condition {
    if negated { Condition::all([is("isnotnull", value), condition]) } else { condition }
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

/// Text against patterns.
fn text(value: &Value, patterns: &[Pattern], case: Case, lists: &mut Lists) -> Condition {
    let lower = |text: &str| fold(text).collect::<String>();
    let plain = |pattern: &Pattern| case == Case::Sensitive || pattern.literals().all(str::is_ascii);
    let folded = Value::Call("tolower", vec![value.clone()]);
    let (mut exact, mut exact_folded, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for pattern in patterns {
        let plain = plain(pattern);
        let mut say = |operator: [&'static str; 2], text: &str| {
            others.push(match (case, plain) {
                (Case::Sensitive, _) => Condition::Compare(value.clone(), operator[1], Value::text(text)),
                (Case::Insensitive, true) => Condition::Compare(value.clone(), operator[0], Value::text(text)),
                (Case::Insensitive, false) => Condition::Compare(folded.clone(), operator[1], Value::text(lower(text))),
            });
        };
        match pattern.shape() {
            // A missing value is an empty one, and a test on a missing value is false.
            Shape::Exact("") => {}
            Shape::Exact(text) if plain => exact.push(text.to_owned()),
            Shape::Exact(text) => exact_folded.push(lower(text)),
            Shape::Starts(text) => say(["startswith", "startswith_cs"], text),
            Shape::Ends(text) => say(["endswith", "endswith_cs"], text),
            Shape::Contains(text) => say(["contains", "contains_cs"], text),
            Shape::Anything => others.push(is("isnotempty", value)),
            Shape::General(parts) => {
                others.push(Condition::Compare(value.clone(), "matches regex", Value::Text(general(parts, case, ".", "^", "$"))));
            }
        }
    }
    let exact = one_of(value, case, exact, lists);
    let exact_folded = one_of(&folded, Case::Sensitive, exact_folded, lists);
    Condition::any([exact, exact_folded].into_iter().chain(others))
}

/// The value is one of these.
fn one_of(value: &Value, case: Case, mut list: Vec<String>, lists: &mut Lists) -> Condition {
    list.sort_unstable();
    list.dedup();
    match list.len() {
        0 => Condition::Always(false),
        1 => Condition::Compare(value.clone(), if case == Case::Insensitive { "=~" } else { "==" }, Value::Text(list.swap_remove(0))),
        2..=INLINE => Condition::In(value.clone(), case, List::Values(list.into_iter().map(Value::Text).collect())),
        _ => Condition::In(value.clone(), case, List::Named(lists.name(list, false))),
    }
}

/// A pattern as a regular expression; `hole` is what a hole may hold.
pub(crate) fn general(parts: &[Part], case: Case, hole: &str, before: &str, behind: &str) -> String {
    let flags = if case == Case::Insensitive { "(?is)" } else { "(?s)" };
    let inner: String = parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) => regex_literal(text),
            Part::Run => format!("{hole}*"),
            Part::One => hole.to_owned(),
        })
        .collect();
    format!("{flags}{before}{inner}{behind}")
}

/// Any value of several in one text fits a pattern.
fn joined(value: &Value, patterns: &[Pattern], case: Case) -> Condition {
    let fits = |pattern: &Pattern| {
        let regex = general(pattern.parts(), case, "[^\\s,;|\"\\[\\]]", "(?:^|[\\s,;|\"\\[\\]])", "(?:$|[\\s,;|\"\\[\\]])");
        Condition::Compare(value.clone(), "matches regex", Value::Text(regex))
    };
    Condition::any(patterns.iter().filter(|pattern| pattern.as_exact() != Some("")).map(fits))
}

/// Some part of the value fits an expression.
pub(crate) fn regular(value: &Value, regex: &Regex, test: &FieldTest, cx: &Cx<'_>) -> Result<Condition, Refusal> {
    if let Some(what) = foreign(regex) {
        return Err(cx.unsupported(&REGEX, test.span, format!("the product's engine does not know {what} in `{}`", regex.as_str())));
    }
    let flags = if regex.case() == Case::Insensitive { "(?i)" } else { "" };
    let condition = Condition::Compare(value.clone(), "matches regex", Value::Text(format!("{flags}{}", regex.as_str())));
    Ok(if regex.is_match(b"") { Condition::all([is("isnotempty", value), condition]) } else { condition })
}

/// The address without the prefix that makes IPv4 look like IPv6.
fn unmapped(value: &Value) -> Value {
    let prefixed = Condition::Compare(value.clone(), "startswith", Value::text("::ffff:"));
    let rest = Value::Call("substring", vec![value.clone(), Value::Number(7)]);
    Value::Call("iff", vec![Value::Condition(Box::new(prefixed)), rest, value.clone()])
}

/// The address lies in one of the networks.
fn addresses(value: &Value, mapped: bool, nets: &[IpNet], negated: bool, lists: &mut Lists) -> Condition {
    let mut single = Vec::new();
    let (mut four, mut six): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for net in nets {
        match net {
            IpNet::V4(net) if net.prefix_len() == 32 => single.push(net.addr().to_string()),
            IpNet::V4(net) => four.push(net.to_string()),
            IpNet::V6(net) => six.push(net.to_string()),
        }
    }
    let mut in_range = |function: &'static str, value: Value, mut list: Vec<String>| {
        list.sort_unstable();
        list.dedup();
        if list.is_empty() {
            return Condition::Always(false);
        }
        let list = if list.len() > INLINE { Value::Name(lists.name(list, true)) } else { Value::Texts(list) };
        let call = Value::Call(function, vec![value, list]);
        // On what is no address of this family the functions answer null.
        Condition::Is(if negated { Value::Call("coalesce", vec![call, Value::Flag(false)]) } else { call })
    };
    let four = in_range("ipv4_is_in_any_range", if mapped { unmapped(value) } else { value.clone() }, four);
    let six = in_range("ipv6_is_in_any_range", value.clone(), six);
    // The function for IPv6 also takes IPv4, as `::ffff:`, which would lie in `::/0`.
    let six = Condition::all([
        six.clone(),
        if six == Condition::Always(false) { six } else { Condition::Compare(value.clone(), "contains", Value::text(":")) },
    ]);
    let plain = one_of(value, Case::Sensitive, single.clone(), lists);
    let behind_prefix = if mapped && !single.is_empty() {
        let rest = Value::Call("substring", vec![value.clone(), Value::Number(7)]);
        Condition::all([Condition::Compare(value.clone(), "startswith", Value::text("::ffff:")), one_of(&rest, Case::Sensitive, single, lists)])
    } else {
        Condition::Always(false)
    };
    Condition::any([plain, behind_prefix, four, six])
}

/// The host is one of these domains or lies below one.
fn below(value: &Value, mut names: Vec<String>, lists: &mut Lists) -> Condition {
    names.sort_unstable();
    names.dedup();
    if names.len() <= DOMAINS {
        let under: Vec<Condition> = names.iter().map(|name| Condition::Compare(value.clone(), "endswith", Value::Text(format!(".{name}")))).collect();
        return Condition::any(std::iter::once(one_of(value, Case::Insensitive, names, lists)).chain(under));
    }
    // A name lies below a domain of n labels exactly when its last n labels are the domain.
    let labels: BTreeSet<usize> = names.iter().map(|name| name.split('.').count()).collect();
    let list = lists.name(names, false);
    Condition::any(labels.into_iter().map(|count| {
        let parent = format!("((?:[^.]+\\.){{{}}}[^.]+)\\.?$", count - 1);
        let parent = Value::Call("extract", vec![Value::Text(parent), Value::Number(1), value.clone()]);
        Condition::In(parent, Case::Insensitive, List::Named(list.clone()))
    }))
}

/// The URL asks for the same: see [`Url::same`]. The column is brought into the form of the list: no scheme, no user, no
/// fragment; the port stays where the list has one.
fn same_url(value: &Value, urls: &[Url], lists: &mut Lists) -> Condition {
    const WITHOUT_PORT: &str = r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*?)\.?(?::[0-9]*)?(/[^?#]*)?(\?[^#]*)?(?:#.*)?$";
    const WITH_PORT: &str = r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*?)\.?(:[0-9]+)(/[^?#]*)?(\?[^#]*)?(?:#.*)?$";
    let spellings = |url: &Url| {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let host = url.host().to_header();
        let mut out = vec![format!("{host}{port}{}{query}", url.path())];
        if url.path() == "/" {
            out.push(format!("{host}{port}{query}"));
        }
        out
    };
    let mut asked = |with_port: bool| {
        let list: Vec<String> = urls.iter().filter(|url| url.port().is_some() == with_port).flat_map(spellings).collect();
        if list.is_empty() {
            return Condition::Always(false);
        }
        let (pattern, parts) = if with_port { (WITH_PORT, r"\1\2\3\4") } else { (WITHOUT_PORT, r"\1\2\3") };
        let value = Value::Call("replace_regex", vec![value.clone(), Value::text(pattern), Value::text(parts)]);
        text(&value, &list.iter().map(Pattern::exact).collect::<Vec<_>>(), Case::Insensitive, lists)
    };
    let (without, with) = (asked(false), asked(true));
    Condition::any([without, with])
}
