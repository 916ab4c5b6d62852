//! How does a predicate become a search, and what is left for `where`?
//!
//! `search` compares without case and knows no hole but `*`. What it cannot say exactly it says wider, and a `where` behind it
//! says the rest, so both together are exact.

use backend::Refusal;
use ir::{Case, EventClass, Field, FieldRef, FieldTest, IpNet, Op, Pattern, Predicate, Tree};
use source::{Code, Loss, Span};

use crate::ast::{Compare, Expr, Piece, RegexPart, Search, Stage, Value};
use crate::lower_lists;
use crate::lower_special;
use crate::lower_terms;
use crate::lower_url;
use crate::lower_values::{dedupe, is_not, number_expression, numbers, texts};
use crate::lowering::{INLINE, Lowering};
use crate::pcre;
use crate::print;
use crate::profiles::raw::sources;
use crate::profiles::{Encoding, Written, cim};
use crate::spelling::{self, RAW, part_of};
use logs::{encoding, hive};

pub(crate) static FIELD_NAME: Code = Code::warn("splunk.field-name", "a field's name cannot be written in a search");
pub(crate) static MANY_VALUES: Code = Code::warn("splunk.many-values", "a data model gives one row for each of several values");
pub(crate) static REGEX: Code = Code::warn("splunk.regex", "PCRE has no word for a part of a regular expression");

/// A predicate as it stands, with what belongs together joined.
pub(crate) enum Node<'a> {
    All(Vec<Node<'a>>),
    Any(Vec<Node<'a>>),
    Not(Box<Node<'a>>),
    Test(&'a FieldTest),
    /// Key and value of the registry at once: exact patterns of `key\value`.
    Value {
        key: &'a FieldTest,
        paths: Vec<(Pattern, Pattern)>,
    },
}

/// What came out.
pub(crate) struct Parts {
    /// For `search`.
    pub(crate) search: Vec<Search>,
    /// Behind it, in order; a `where` last when one is needed.
    pub(crate) stages: Vec<Stage>,
    /// Fields that the stages read, unqualified.
    pub(crate) read: Vec<String>,
    /// Tables.
    pub(crate) lookups: Vec<crate::ast::Lookup>,
}

impl Lowering<'_, '_> {
    /// The whole predicate: what `search` says, and what stands behind it.
    pub(crate) fn parts(mut self, predicate: &Predicate) -> Result<Parts, Refusal> {
        let (search, rest) = self.split(predicate)?;
        let mut stages = std::mem::take(&mut self.made);
        stages.extend(rest.map(Stage::Where));
        Ok(Parts { search, stages, read: self.read, lookups: self.lookups })
    }

    /// What `search` says of a predicate, and what must hold besides.
    pub(crate) fn split(&mut self, predicate: &Predicate) -> Result<(Vec<Search>, Option<Expr>), Refusal> {
        self.weigh(predicate, true);
        // Many lists that are not long each are long together.
        if predicate.tests().iter().map(|test| lower_lists::values(&test.op)).sum::<usize>() > INLINE * 10 {
            self.inline = INLINE / 10;
        }
        let conjuncts = match self.node(predicate)? {
            Node::All(list) => list,
            other => vec![other],
        };
        let (mut search, mut rest) = (Vec::new(), Vec::new());
        for conjunct in &conjuncts {
            match self.exact(conjunct)? {
                Some(exact) => search.push(exact),
                None => {
                    search.extend(self.wider(conjunct)?.filter(|wider| !search.contains(wider)));
                    rest.push(self.expression(conjunct, false)?);
                }
            }
        }
        if let Some(stream) = self.stream.filter(|_| self.delimited) {
            search.splice(0..0, lower_terms::indexed(&search, stream));
        }
        Ok((search, (!rest.is_empty()).then(|| Expr::all(rest))))
    }

    /// What must hold, as an expression alone, and the conditions that at least must hold in `search`.
    pub(crate) fn flag(&mut self, predicate: &Predicate) -> Result<(Option<Search>, Expr), Refusal> {
        self.weigh(predicate, true);
        let node = self.node(predicate)?;
        let search = match self.exact(&node)? {
            Some(exact) => Some(exact),
            None => self.wider(&node)?,
        };
        Ok((search, self.expression(&node, false)?))
    }

    fn class(&self) -> Option<EventClass> {
        self.stream.map(|stream| stream.class)
    }

    /// The log's name for a field, and how it spells values.
    pub(crate) fn name(&self, field: &FieldRef, span: Span) -> Result<(String, Encoding), Refusal> {
        match (field, self.class()) {
            (FieldRef::Known(known), Some(class)) => {
                if let Some(part) = self.part(class, *known) {
                    return Ok(part);
                }
                let name = self.cx.field(class, *known, span)?;
                let row = self.stream.and_then(|stream| stream.row(*known));
                match (row, self.cx.overlay.fields.get(&(class, *known))) {
                    (Some((_, name, spelling)), None) => Ok((name.to_owned(), spelling)),
                    (row, _) => {
                        let many = row.is_some_and(|(.., spelling)| spelling == Encoding::Several);
                        Ok((self.usable(name, span)?, if many { Encoding::Several } else { Encoding::Same }))
                    }
                }
            }
            (FieldRef::Any, _) => Ok((RAW.to_owned(), Encoding::Inside)),
            // The time of an event of Windows, which no add-on has in a field of its own.
            (FieldRef::Open(name), _) if &**name == "TimeCreated" && self.dataset.is_none() => Ok(("_time".to_owned(), Encoding::Same)),
            (field, _) => {
                let renamed = self.names.iter().find(|(known, ..)| *known == field.name());
                let (name, spelling) = renamed.map_or((field.name(), Encoding::Same), |(_, name, spelling)| (*name, *spelling));
                let name = self.usable(name, span)?;
                Ok((if self.written == Written::Json { sources::in_arrays(&name) } else { name }, spelling))
            }
        }
    }

    /// A field that the log only has as a part of another, with the other's name.
    fn part(&self, class: EventClass, field: Field) -> Option<(String, Encoding)> {
        let stream = self.stream?;
        if stream.row(field).is_some() || self.cx.overlay.fields.contains_key(&(class, field)) {
            return None;
        }
        let (whole, spelling) = part_of(field)?;
        let (_, name, _) = stream.row(whole)?;
        Some((name.to_owned(), spelling))
    }

    fn usable(&self, name: &str, span: Span) -> Result<String, Refusal> {
        if print::is_field_name(name) {
            return Ok(name.to_owned());
        }
        Err(self.cx.unsupported(&FIELD_NAME, span, format!("`{}` cannot be written as a field of a search", name.escape_debug())))
    }

    /// The name in `search`: qualified in a data model.
    pub(crate) fn qualified(&self, name: &str) -> String {
        self.dataset.map_or_else(|| name.to_owned(), |dataset| cim::qualified(dataset, name))
    }

    fn node<'p>(&self, predicate: &'p Predicate) -> Result<Node<'p>, Refusal> {
        Ok(match predicate {
            Predicate::All(list) => {
                if let Some(value) = self.registry_value(list) {
                    return Ok(value);
                }
                let mut nodes = Vec::with_capacity(list.len());
                for inner in list {
                    match self.node(inner)? {
                        Node::All(more) => nodes.extend(more),
                        other => nodes.push(other),
                    }
                }
                Node::All(nodes)
            }
            Predicate::Any(list) => {
                let mut nodes: Vec<Node<'p>> = Vec::with_capacity(list.len());
                for inner in list {
                    match (nodes.last_mut(), self.node(inner)?) {
                        // Keys with values stand in one list.
                        (Some(Node::Value { paths, .. }), Node::Value { paths: more, .. }) => paths.extend(more),
                        (_, other) => nodes.push(other),
                    }
                }
                Node::Any(nodes)
            }
            Predicate::Not(inner) => Node::Not(Box::new(self.node(inner)?)),
            Predicate::Test(test) => Node::Test(test),
            Predicate::Bytes(test) => return Err(self.cx.unsupported(&backend::OPERATOR, test.span, "searches do not look into files")),
        })
    }

    /// Key and value tested for one text each: the log holds both in one field.
    fn registry_value<'p>(&self, list: &'p [Predicate]) -> Option<Node<'p>> {
        let [Predicate::Test(key), Predicate::Test(value)] = list else { return None };
        let spelled = |test: &FieldTest| self.name(&test.field, test.span).ok().map(|(_, spelling)| spelling);
        if !matches!(spelled(key), Some(Encoding::RegistryKey)) || spelled(value) != Some(Encoding::RegistryValueName) {
            return None;
        }
        let exact = |test: &'p FieldTest| match &test.op {
            Op::Text { patterns, case: Case::Insensitive } if patterns.iter().all(|pattern| pattern.as_exact().is_some()) => Some(patterns),
            _ => None,
        };
        let (keys, values) = (exact(key)?, exact(value)?);
        if keys.len().saturating_mul(values.len()) > INLINE {
            return None;
        }
        let paths = keys.iter().flat_map(|key| values.iter().map(|value| (key.clone(), value.clone()))).collect();
        Some(Node::Value { key, paths })
    }

    /// The condition in the language of `search`, when it can be said exactly.
    fn exact(&self, node: &Node<'_>) -> Result<Option<Search>, Refusal> {
        Ok(match node {
            Node::All(list) | Node::Any(list) => {
                let mut out = Vec::with_capacity(list.len());
                for inner in list {
                    match self.exact(inner)? {
                        Some(search) => out.push(search),
                        None => return Ok(None),
                    }
                }
                Some(if matches!(node, Node::All(_)) { Search::all(out) } else { Search::any(out) })
            }
            Node::Not(inner) => self.exact(inner)?.map(|search| match search {
                Search::Not(search) => *search,
                search => Search::Not(Box::new(search)),
            }),
            Node::Test(test) => {
                let (search, exact) = self.test(test)?;
                search.filter(|_| exact)
            }
            Node::Value { key, paths } => {
                let (search, exact) = self.paths(key, paths)?;
                Some(search).filter(|_| exact)
            }
        })
    }

    /// A condition in the language of `search` that holds at least where the node does; `None` when there is none.
    fn wider(&self, node: &Node<'_>) -> Result<Option<Search>, Refusal> {
        if let Some(exact) = self.exact(node)? {
            return Ok(Some(exact));
        }
        Ok(match node {
            Node::All(list) => {
                let mut out = Vec::new();
                for inner in list {
                    out.extend(self.wider(inner)?);
                }
                (!out.is_empty()).then(|| Search::all(out))
            }
            Node::Any(list) => {
                let mut out = Vec::with_capacity(list.len());
                for inner in list {
                    match self.wider(inner)? {
                        Some(search) => out.push(search),
                        None => return Ok(None),
                    }
                }
                Some(Search::any(out))
            }
            Node::Not(_) => None,
            Node::Test(test) => self.test(test)?.0,
            Node::Value { key, paths } => Some(self.paths(key, paths)?.0),
        })
    }

    /// One test in the language of `search`, and whether it is exact.
    fn test(&self, test: &FieldTest) -> Result<(Option<Search>, bool), Refusal> {
        let (name, spelling) = self.name(&test.field, test.span)?;
        let filled = self.dataset.is_some_and(|dataset| cim::is_filled(dataset, &name));
        let name = self.qualified(&name);
        if lower_lists::values(&test.op) > self.inline && !matches!(spelling, Encoding::Words(_) | Encoding::Answers) {
            return Ok((Some(Search::term(name, vec![Value::Text(vec![Piece::Any])])), false));
        }
        let texts = |patterns: Vec<Pattern>, exact: bool| texts(&name, &patterns, exact);
        Ok(match &test.op {
            // The model leaves no such field out.
            Op::Exists if filled => {
                let sign = self.has_sign_of_nothing(&test.field).then(|| is_not(name.clone(), logs::NOTHING));
                (Some(Search::all(std::iter::once(unfilled(name)).chain(sign).collect())), true)
            }
            Op::Exists => (
                Some(self.given(name, &test.field)),
                matches!(spelling, Encoding::Same | Encoding::Several | Encoding::Answers | Encoding::Rooted | Encoding::Folder),
            ),
            Op::Text { patterns, case } => {
                let spelled = encoding::of_patterns(&self.written(patterns, spelling), spelling);
                let insensitive = *case == Case::Insensitive || !patterns.iter().any(has_letters);
                let (search, exact) = texts(spelled.patterns, spelled.exact && insensitive);
                let fill = filled && patterns.iter().any(|pattern| pattern.as_exact().is_none() && pattern.matches(cim::FILL, Case::Insensitive));
                // What the model wrote is no text of the event.
                let own = |search| if fill { Search::all(vec![search, unfilled(&name)]) } else { search };
                (search.map(own), exact)
            }
            Op::Under(trees) => {
                let spelled = encoding::of_trees(trees, spelling);
                texts(spelled.patterns, spelled.exact)
            }
            Op::Domain(domains) => {
                if spelling == Encoding::HostOfUrls {
                    return Ok(texts(domains.iter().map(|domain| Pattern::contains(domain.as_str())).collect(), false));
                }
                // A name may be written with the dot of the root at its end.
                let patterns = domains
                    .iter()
                    .flat_map(|domain| {
                        let name = domain.as_str();
                        [
                            Pattern::exact(name),
                            Pattern::ends(format!(".{name}")),
                            Pattern::exact(format!("{name}.")),
                            Pattern::ends(format!(".{name}.")),
                        ]
                    })
                    .collect::<Vec<_>>();
                let spelled = encoding::of_patterns(&patterns, spelling);
                texts(spelled.patterns, spelled.exact)
            }
            Op::Url(urls) => texts(urls.iter().map(lower_url::wider).collect(), false),
            Op::Address(nets) => self.addresses(&name, nets),
            Op::Number(number) => (Some(numbers(name, number)), true),
            Op::Flag(flag) => (Some(Search::word(name, if *flag { "true" } else { "false" })), true),
            // Every event has a time.
            Op::Time { .. } if name == "_time" => (None, false),
            // The last two are legalised away.
            Op::Regex(_) | Op::Same { .. } | Op::Time { .. } | Op::Empty | Op::Missing => {
                (Some(Search::term(name, vec![Value::Text(vec![Piece::Any])])), false)
            }
        })
    }

    /// A field has a value. The data models fill what is missing with a word
    /// (<https://docs.splunk.com/Documentation/CIM/latest/User/Howtousethesereferencetables>).
    fn given(&self, name: String, field: &FieldRef) -> Search {
        if self.dataset.is_some() { Search::all(vec![self.there(name.clone(), field), unfilled(name)]) } else { self.there(name, field) }
    }

    fn addresses(&self, name: &str, nets: &[IpNet]) -> (Option<Search>, bool) {
        let mut exact = true;
        let values = nets
            .iter()
            .map(|net| {
                let single = net.prefix_len() == net.max_prefix_len();
                match net {
                    IpNet::V4(net) if single => Value::Text(vec![Piece::Literal(net.addr().to_string())]),
                    // `search` reads networks of both families, and an IPv6 address in any of its spellings
                    // (<https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Search>).
                    net if self.dataset.is_none() => Value::Text(vec![Piece::Literal(net.to_string())]),
                    // `tstats` compares indexed text.
                    IpNet::V4(net) => {
                        exact = false;
                        let octets = net.network().octets();
                        let whole = usize::from(net.prefix_len() / 8).min(octets.len());
                        let head: String = octets.iter().take(whole).map(|octet| format!("{octet}.")).collect();
                        Value::Text(if head.is_empty() { vec![Piece::Any] } else { vec![Piece::Literal(head), Piece::Any] })
                    }
                    IpNet::V6(_) => {
                        exact = false;
                        Value::Text(vec![Piece::Any, Piece::Literal(":".to_owned()), Piece::Any])
                    }
                }
            })
            .collect();
        (Some(Search::term(name, dedupe(values))), exact)
    }

    fn paths(&self, key: &FieldTest, paths: &[(Pattern, Pattern)]) -> Result<(Search, bool), Refusal> {
        let (name, spelling) = self.name(&key.field, key.span)?;
        let (mut patterns, mut exact) = (Vec::new(), true);
        for (key, value) in paths {
            let (hives, sure) = hive::hives(key, spelling);
            exact &= sure;
            let tail = value.after("\\");
            patterns.extend(hives.into_iter().map(|hive| Pattern::new(hive.parts().iter().chain(tail.parts()).cloned())));
        }
        let (search, sayable) = texts(&self.qualified(&name), &patterns, exact);
        Ok((search.unwrap_or(Search::Nothing), sayable))
    }

    /// The node as an expression; `negated` asks for its opposite. Comparisons with a missing field are null in SPL, so
    /// every opposite says first that a missing field fits.
    fn expression(&mut self, node: &Node<'_>, negated: bool) -> Result<Expr, Refusal> {
        Ok(match node {
            Node::Not(inner) => self.expression(inner, !negated)?,
            Node::All(list) | Node::Any(list) => {
                let list = list.iter().map(|inner| self.expression(inner, negated)).collect::<Result<Vec<_>, _>>()?;
                if matches!(node, Node::All(_)) != negated { Expr::all(list) } else { Expr::any(list) }
            }
            Node::Test(test) => self.test_expression(test, negated)?,
            Node::Value { key, paths } => {
                let (name, spelling) = self.name(&key.field, key.span)?;
                self.reads(&name);
                let mut regex = vec![RegexPart::syntax("(?is)")];
                for (at, (key, value)) in paths.iter().enumerate() {
                    if at > 0 {
                        regex.push(RegexPart::syntax("|"));
                    }
                    regex.extend(spelling::key_regex(key, spelling, Some(value)));
                }
                guarded(&name, Expr::Call("match", vec![Expr::field(&name), Expr::Regex(regex)]), negated)
            }
        })
    }

    fn test_expression(&mut self, test: &FieldTest, negated: bool) -> Result<Expr, Refusal> {
        let (name, spelling) = self.name(&test.field, test.span)?;
        if lower_lists::values(&test.op) > self.inline && !matches!(spelling, Encoding::Words(_) | Encoding::Answers) {
            return lower_lists::expression(self, test, &name, spelling, negated);
        }
        self.inline(test, &test.op, &name, spelling, negated)
    }

    /// One test as an expression, its values written out.
    pub(crate) fn inline(&mut self, test: &FieldTest, op: &Op, name: &str, spelling: Encoding, negated: bool) -> Result<Expr, Refusal> {
        let field = self.value(name, spelling);
        let many = matches!(spelling, Encoding::Several | Encoding::HostOfUrls);
        if many && self.dataset.is_some() {
            // Behind `tstats` each row holds one value, so tests of several values no longer see the same event.
            let again = self.many.replace(name.to_owned()).is_some();
            let message = || format!("`{name}` may hold several values, and `tstats` gives a row for each");
            let help = "the profile `raw` sees all values of an event together";
            if negated {
                self.cx.loss(&MANY_VALUES, Loss::Wider, test.span, message(), help);
            }
            if again {
                self.cx.loss(&MANY_VALUES, Loss::Narrower, test.span, message(), help);
            }
        }
        let regex = |parts: Vec<RegexPart>| matches(&field, parts, many, negated);
        Ok(match op {
            Op::Exists if self.dataset.is_some() => {
                let some = regex(vec![RegexPart::syntax("(?s).")]);
                let filled = matches(&field, vec![RegexPart::syntax("(?i)^unknown\\z")], many, !negated);
                if negated { Expr::any(vec![some, filled]) } else { Expr::All(vec![some, filled]) }
            }
            Op::Exists => regex(vec![RegexPart::syntax(self.any_value(&test.field))]),
            Op::Text { patterns, case } => regex(spelling::regex(&self.written(patterns, spelling), *case, spelling)),
            Op::Under(trees) => {
                let patterns: Vec<Pattern> = trees.iter().flat_map(Tree::patterns).collect();
                regex(spelling::regex(&patterns, Case::Insensitive, spelling))
            }
            Op::Regex(list) => {
                let spelled = match spelling {
                    Encoding::Inside => lower_special::without_ends(list),
                    spelling => encoding::of_expressions(list, spelling),
                };
                let parts = spelled
                    .and_then(|list| pcre::of_regexes(&list))
                    .map_err(|what| self.cx.unsupported(&REGEX, test.span, format!("{what} in a regular expression cannot be said in PCRE")))?;
                regex(parts)
            }
            Op::Domain(domains) => {
                let mut parts = vec![RegexPart::syntax("(?i)^(?:.*[.])?(?:")];
                for (at, domain) in domains.iter().enumerate() {
                    if at > 0 {
                        parts.push(RegexPart::syntax("|"));
                    }
                    parts.push(RegexPart::Literal(domain.as_str().to_owned()));
                }
                parts.push(RegexPart::syntax(")[.]?\\z"));
                regex(parts)
            }
            Op::Url(urls) => regex(lower_url::regex(urls)),
            Op::Address(nets) => {
                let one = |net: &IpNet| Expr::Call("cidrmatch", vec![Expr::Text(net.to_string()), Expr::field(&field)]);
                guarded(&field, Expr::any(nets.iter().map(one).collect()), negated)
            }
            Op::Number(number) => {
                let value = Expr::Call("tonumber", vec![Expr::field(&field)]);
                let holds = number_expression(value.clone(), number);
                if negated { Expr::Any(vec![Expr::Call("isnull", vec![value]), Expr::Not(Box::new(holds))]) } else { holds }
            }
            Op::Flag(flag) => {
                let lower = Expr::Call("lower", vec![Expr::field(&field)]);
                guarded(&field, Expr::compare(lower, Compare::Equal, Expr::Text(flag.to_string())), negated)
            }
            Op::Empty | Op::Missing => {
                return Err(self.cx.unsupported(&FIELD_NAME, test.span, format!("`{}` cannot be tested in this way", test.field)));
            }
            Op::Time { part, number } => {
                let (value, stages) = lower_special::time(&field, *part);
                for stage in stages {
                    if !self.made.contains(&stage) {
                        self.made.push(stage);
                    }
                }
                let holds = number_expression(value, number);
                // A text that holds no time makes the comparison null.
                if negated {
                    let flag = Expr::Call("if", vec![holds, Expr::Number(1), Expr::Number(0)]);
                    Expr::compare(flag, Compare::Equal, Expr::Number(0))
                } else {
                    holds
                }
            }
            Op::Same { other, place, case } => {
                let (other_name, other_spelling) = self.name(other, test.span)?;
                let other = self.value(&other_name, other_spelling);
                lower_special::same(&field, &other, *place, *case, negated)
            }
        })
    }

    /// The patterns as they stand in the text that the field holds.
    fn written(&self, patterns: &[Pattern], spelling: Encoding) -> Vec<Pattern> {
        match spelling {
            Encoding::Inside => patterns.iter().flat_map(|pattern| lower_special::inside(pattern, self.written)).collect(),
            Encoding::RegistryData => patterns.iter().flat_map(lower_special::data).collect(),
            _ => patterns.to_vec(),
        }
    }

    /// The field that holds a value as the catalogue spells it; made from the log's when it must be.
    pub(crate) fn value(&mut self, name: &str, spelling: Encoding) -> String {
        self.reads(name);
        match spelling::extraction(name, spelling) {
            None => name.to_owned(),
            Some((made, stage)) => {
                if !self.made.contains(&stage) {
                    self.made.push(stage);
                }
                made
            }
        }
    }

    pub(crate) fn reads(&mut self, name: &str) {
        if !self.read.iter().any(|known| known == name) {
            self.read.push(name.to_owned());
        }
    }
}

/// A comparison, or its opposite with a missing field allowed.
pub(crate) fn guarded(field: &str, holds: Expr, negated: bool) -> Expr {
    if negated { Expr::Any(vec![Expr::Call("isnull", vec![Expr::field(field)]), Expr::Not(Box::new(holds))]) } else { holds }
}

fn matches(field: &str, regex: Vec<RegexPart>, many: bool, negated: bool) -> Expr {
    let holds = Expr::Call("match", vec![Expr::field(field), Expr::Regex(regex)]);
    if many {
        // `match` on several values at once is not documented; `mvfilter` tries each, and none left is null.
        let left = Expr::Call("mvfilter", vec![holds]);
        return Expr::Call(if negated { "isnull" } else { "isnotnull" }, vec![left]);
    }
    guarded(field, holds, negated)
}

/// A field holds something else than what the model fills it with.
fn unfilled(name: impl Into<String>) -> Search {
    is_not(name, cim::FILL)
}

fn has_letters(pattern: &Pattern) -> bool {
    pattern.literals().any(|text| text.chars().any(char::is_alphabetic))
}
