//! How do words become a query: its statements, and the operators on rows?
//!
//! Statements: <https://learn.microsoft.com/kusto/query/tabular-expression-statements> and
//! <https://learn.microsoft.com/kusto/query/let-statement>. Every operator has its page beside these. A parameter or a form that is not read
//! here is a [`Fault`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expressions::Readings;
use super::tokens::{Token, tokens};
use super::tree::{Definition, Expansion, Expression, Join, Let, Named, Order, Pipe, Source, Step, Union};
use super::value::Type;
use crate::Fault;

/// How deep parentheses, calls and lists may stand in each other.
const DEPTH: usize = 80;

/// A query, read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) lets: Vec<Let>,
    pub(super) pipe: Pipe,
    pub(super) expressions: BTreeMap<String, Arc<Readings>>,
    pub(super) sources: BTreeSet<String>,
}

/// Reads a query whole.
pub(super) fn read(text: &str, shared: &mut BTreeMap<String, Arc<Readings>>) -> Result<Read, Fault> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.len(),
        depth: 0,
        expressions: BTreeMap::new(),
        shared: std::mem::take(shared),
        sources: BTreeSet::new(),
        names: BTreeSet::new(),
    };
    let out = parser.query();
    *shared = std::mem::take(&mut parser.shared);
    let (lets, pipe) = out?;
    Ok(Read { lets, pipe, expressions: parser.expressions, sources: parser.sources })
}

/// Words, and how far they are read.
pub(super) struct Parser<'t> {
    tokens: Vec<(usize, Token<'t>)>,
    at: usize,
    end: usize,
    depth: usize,
    pub(super) expressions: BTreeMap<String, Arc<Readings>>,
    /// Expressions of other queries.
    pub(super) shared: BTreeMap<String, Arc<Readings>>,
    sources: BTreeSet<String>,
    /// What `let` statements name.
    names: BTreeSet<String>,
}

impl<'t> Parser<'t> {
    fn query(&mut self) -> Result<(Vec<Let>, Pipe), Fault> {
        let mut lets = Vec::new();
        loop {
            while self.sign(";") {}
            if self.word("let") {
                lets.push(self.definition()?);
                if !self.is_end() {
                    self.expect(";")?;
                }
                continue;
            }
            let pipe = self.pipe()?;
            while self.sign(";") {}
            if !self.is_end() {
                return Err(self.unread("the query goes on behind its answer"));
            }
            if let Source::Expression(of) = &pipe.from {
                self.source(of);
            }
            return Ok((lets, pipe));
        }
    }

    pub(super) fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    pub(super) fn peek_behind(&self, many: usize) -> Option<&Token<'t>> {
        self.tokens.get(self.at + many).map(|(_, token)| token)
    }

    pub(super) fn next(&mut self) -> Option<Token<'t>> {
        let token = self.tokens.get(self.at).map(|(_, token)| token.clone());
        self.at += usize::from(token.is_some());
        token
    }

    fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn unread(&self, why: &str) -> Fault {
        Fault::Unread { at: self.tokens.get(self.at).map_or(self.end, |(at, _)| *at), why: why.to_owned() }
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if *found == sign)
    }

    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.sign(sign) { Ok(()) } else { Err(self.unread(&format!("`{sign}` should stand here"))) }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(found)) if *found == word)
    }

    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    /// Reads what stands one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= DEPTH {
            return Err(self.unread("the query is nested too deep"));
        }
        self.depth += 1;
        let out = read(self);
        self.depth -= 1;
        out
    }

    /// A name, bare or in brackets and quotes.
    pub(super) fn name(&mut self) -> Result<String, Fault> {
        match self.peek() {
            Some(Token::Word(word)) if !word.starts_with('!') && !word.ends_with('~') => {
                let name = (*word).to_owned();
                self.at += 1;
                Ok(name)
            }
            Some(Token::Sign("[")) => match (self.peek_behind(1), self.peek_behind(2)) {
                (Some(Token::Text(name)), Some(Token::Sign("]"))) => {
                    let name = name.to_string();
                    self.at += 3;
                    Ok(name)
                }
                _ => Err(self.unread("a name should stand here")),
            },
            _ => Err(self.unread("a name should stand here")),
        }
    }

    /// Items with commas between them.
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let mut out = vec![item(self)?];
        while self.sign(",") {
            out.push(item(self)?);
        }
        Ok(out)
    }

    fn definition(&mut self) -> Result<Let, Fault> {
        let name = self.name()?;
        self.expect("=")?;
        let function = self.is_sign("(")
            && matches!(
                (self.peek_behind(1), self.peek_behind(2)),
                (Some(Token::Sign(")")), Some(Token::Sign("{"))) | (Some(Token::Word(_)), Some(Token::Sign(":")))
            );
        let is = if function {
            self.expect("(")?;
            let parameters = if self.is_sign(")") { Vec::new() } else { self.list(Self::column)? };
            self.expect(")")?;
            self.expect("{")?;
            let body = self.deeper(Self::tabular)?;
            self.expect("}")?;
            Definition::Function { parameters, body }
        } else {
            let value = self.tabular()?;
            // `let rows = Table`, `let rows = _Parser()`.
            match &value {
                Expression::Name(_) => self.source(&value),
                Expression::Call(name, _) if name.starts_with('_') => self.source(&value),
                _ => {}
            }
            Definition::Value(value)
        };
        self.names.insert(name.clone());
        Ok(Let { name, is })
    }

    /// `name: type`.
    fn column(&mut self) -> Result<(String, Type), Fault> {
        let name = self.name()?;
        self.expect(":")?;
        let kind = match self.peek() {
            Some(Token::Word(word)) => Type::named(word),
            _ => None,
        };
        let kind = kind.ok_or_else(|| self.unread("a type should stand here"))?;
        self.at += 1;
        Ok((name, kind))
    }

    /// Remembers a table that is read.
    fn source(&mut self, of: &Expression) {
        if let Expression::Name(name) | Expression::Call(name, _) = of
            && !self.names.contains(name)
            && !matches!(name.as_str(), "materialize" | "toscalar" | "_GetWatchlist")
        {
            self.sources.insert(name.clone());
        }
    }

    /// A value, or rows when operators follow.
    pub(super) fn tabular(&mut self) -> Result<Expression, Fault> {
        let pipe = self.pipe()?;
        match pipe {
            Pipe { from: Source::Expression(value), steps } if steps.is_empty() => Ok(value),
            pipe => {
                if let Source::Expression(of) = &pipe.from {
                    self.source(of);
                }
                Ok(Expression::Rows(Box::new(pipe)))
            }
        }
    }

    /// Rows that stand where nothing but rows may stand.
    fn rows(&mut self) -> Result<Expression, Fault> {
        let out = self.expression()?;
        self.source(&out);
        Ok(out)
    }

    fn pipe(&mut self) -> Result<Pipe, Fault> {
        let from = if self.word("union") {
            Source::Union(self.union()?)
        } else if self.is_word("datatable") && matches!(self.peek_behind(1), Some(Token::Sign("("))) {
            self.at += 1;
            self.data()?
        } else if self.is_word("print") && !matches!(self.peek_behind(1), Some(Token::Sign("("))) {
            self.at += 1;
            Source::Print(self.list(Self::named)?)
        } else {
            Source::Expression(self.expression()?)
        };
        let mut steps = Vec::new();
        while self.sign("|") {
            steps.push(self.step()?);
        }
        Ok(Pipe { from, steps })
    }

    /// `(name: type, ...) [value, ...]`.
    fn data(&mut self) -> Result<Source, Fault> {
        self.expect("(")?;
        let columns = self.list(Self::column)?;
        self.expect(")")?;
        self.expect("[")?;
        let mut cells = Vec::new();
        while !self.is_sign("]") {
            cells.push(self.expression()?);
            if !self.sign(",") {
                break;
            }
        }
        self.expect("]")?;
        if cells.len() % columns.len() != 0 {
            return Err(self.unread("the last row of a table lacks cells"));
        }
        Ok(Source::Table(columns, cells))
    }

    fn union(&mut self) -> Result<Union, Fault> {
        let (mut fuzzy, mut inner) = (false, false);
        while matches!(self.peek_behind(1), Some(Token::Sign("="))) {
            let name = self.name()?;
            self.expect("=")?;
            match (name.as_str(), self.next()) {
                ("isfuzzy", Some(Token::Word(word @ ("true" | "false")))) => fuzzy = word == "true",
                ("kind", Some(Token::Word(word @ ("inner" | "outer")))) => inner = word == "inner",
                _ => return Err(self.unread("a parameter of `union` that is not read here")),
            }
        }
        Ok(Union { fuzzy, inner, legs: self.list(Self::rows)? })
    }

    /// `value` or `name = value`.
    pub(super) fn named(&mut self) -> Result<Named, Fault> {
        let ahead = if self.is_sign("[") { 3 } else { 1 };
        if matches!(self.peek_behind(ahead), Some(Token::Sign("="))) {
            let name = self.name()?;
            self.expect("=")?;
            return Ok(Named { name: Some(name), value: self.expression()? });
        }
        Ok(Named { name: None, value: self.expression()? })
    }

    fn step(&mut self) -> Result<Step, Fault> {
        let Some(Token::Word(word)) = self.next() else {
            self.at = self.at.saturating_sub(1);
            return Err(self.unread("an operator should stand here"));
        };
        match word {
            "where" | "filter" => Ok(Step::Where(self.expression()?)),
            "extend" => Ok(Step::Extend(self.list(Self::named)?)),
            "project" if self.sign("-") => match self.next() {
                Some(Token::Word("away")) => Ok(Step::ProjectAway(self.list(Self::name)?)),
                Some(Token::Word("keep")) => Ok(Step::ProjectKeep(self.list(Self::name)?)),
                Some(Token::Word("rename")) => Ok(Step::ProjectRename(self.list(|parser| {
                    let name = parser.name()?;
                    parser.expect("=")?;
                    Ok((name, parser.name()?))
                })?)),
                _ => Err(self.unread("an operator that is not read here")),
            },
            "project" => Ok(Step::Project(self.list(Self::named)?)),
            "distinct" if self.sign("*") => Ok(Step::Distinct(Vec::new())),
            "distinct" => Ok(Step::Distinct(self.list(Self::named)?)),
            "summarize" => {
                let figures = if self.is_word("by") { Vec::new() } else { self.list(Self::named)? };
                let by = if self.word("by") { self.list(Self::named)? } else { Vec::new() };
                Ok(Step::Summarize { figures, by })
            }
            "sort" | "order" => {
                if !self.word("by") {
                    return Err(self.unread("`by` should stand here"));
                }
                Ok(Step::Sort(self.list(Self::order)?))
            }
            "top" => {
                let many = self.expression()?;
                if !self.word("by") {
                    return Err(self.unread("`by` should stand here"));
                }
                Ok(Step::Top(many, self.order()?))
            }
            "take" | "limit" => Ok(Step::Take(self.expression()?)),
            "count" => Ok(Step::Count),
            "serialize" => {
                let bare = matches!(self.peek(), None | Some(Token::Sign("|" | ")" | ";" | "}")));
                Ok(Step::Serialize(if bare { Vec::new() } else { self.list(Self::named)? }))
            }
            "join" => self.join(false),
            "lookup" => self.join(true),
            "union" => Ok(Step::Union(self.union()?)),
            "mv" if self.sign("-") => match self.next() {
                Some(Token::Word("expand")) => Ok(Step::MvExpand(self.list(Self::expansion)?)),
                Some(Token::Word("apply")) => {
                    let expansions = self.list(Self::expansion)?;
                    if !self.word("on") {
                        return Err(self.unread("`on` should stand here"));
                    }
                    self.expect("(")?;
                    let steps = self.deeper(|parser| {
                        let mut steps = vec![parser.step()?];
                        while parser.sign("|") {
                            steps.push(parser.step()?);
                        }
                        Ok(steps)
                    })?;
                    self.expect(")")?;
                    Ok(Step::MvApply(expansions, steps))
                }
                _ => Err(self.unread("an operator that is not read here")),
            },
            _ => {
                self.at -= 1;
                Err(self.unread(&format!("the operator `{word}` is not read here")))
            }
        }
    }

    /// Sorted from the largest when nothing is said; those without a value come last then, and first when sorted from the smallest.
    fn order(&mut self) -> Result<Order, Fault> {
        let by = self.expression()?;
        let ascending = self.word("asc");
        if !ascending {
            self.word("desc");
        }
        let mut nulls_first = ascending;
        if self.word("nulls") {
            nulls_first = match self.next() {
                Some(Token::Word("first")) => true,
                Some(Token::Word("last")) => false,
                _ => return Err(self.unread("`first` or `last` should stand here")),
            };
        }
        Ok(Order { by, ascending, nulls_first })
    }

    fn join(&mut self, lookup: bool) -> Result<Step, Fault> {
        let mut kind = if lookup { Join::LookupLeftOuter } else { Join::InnerUnique };
        while matches!(self.peek_behind(1), Some(Token::Sign("="))) {
            let name = self.name()?;
            self.expect("=")?;
            let Some(Token::Word(word)) = self.next() else { return Err(self.unread("a kind of join should stand here")) };
            kind = match (name.as_str(), lookup, word) {
                ("kind", true, "leftouter") => Join::LookupLeftOuter,
                ("kind", true, "inner") => Join::LookupInner,
                ("kind", false, "innerunique") => Join::InnerUnique,
                ("kind", false, "inner") => Join::Inner,
                ("kind", false, "leftouter") => Join::LeftOuter,
                ("kind", false, "rightouter") => Join::RightOuter,
                ("kind", false, "fullouter") => Join::FullOuter,
                ("kind", false, "leftsemi") => Join::LeftSemi,
                ("kind", false, "leftanti" | "anti" | "leftantisemi") => Join::LeftAnti,
                ("kind", false, "rightsemi") => Join::RightSemi,
                ("kind", false, "rightanti" | "rightantisemi") => Join::RightAnti,
                _ => return Err(self.unread("a parameter of a join that is not read here")),
            };
        }
        let right = self.rows()?;
        if !self.word("on") {
            return Err(self.unread("`on` should stand here"));
        }
        let on = self.list(|parser| {
            if !parser.is_sign("$") {
                let name = parser.name()?;
                return Ok((name.clone(), name));
            }
            let (left, first) = parser.side()?;
            parser.expect("==")?;
            let (right, second) = parser.side()?;
            match (left, right) {
                (true, false) => Ok((first, second)),
                (false, true) => Ok((second, first)),
                _ => Err(parser.unread("a key of a join compares one column of each side")),
            }
        })?;
        Ok(Step::Join { kind, right, on })
    }

    /// `$left.name` or `$right.name`: whether it is the left side, and the name.
    fn side(&mut self) -> Result<(bool, String), Fault> {
        self.expect("$")?;
        let left = self.word("left");
        if !left && !self.word("right") {
            return Err(self.unread("`left` or `right` should stand here"));
        }
        self.expect(".")?;
        Ok((left, self.name()?))
    }

    /// `name = value to typeof(type)`.
    fn expansion(&mut self) -> Result<Expansion, Fault> {
        let Named { name, value } = self.named()?;
        let name = match (name, &value) {
            (Some(name), _) => name,
            (None, Expression::Name(name)) => name.clone(),
            _ => return Err(self.unread("an array that is expanded has no name")),
        };
        let kind = if self.word("to") {
            match self.next() {
                Some(Token::Typed("typeof", kind)) => Type::named(kind.trim()),
                _ => None,
            }
            .ok_or_else(|| self.unread("a type should stand here"))?
        } else {
            Type::Dynamic
        };
        Ok(Expansion { name, value, kind })
    }
}
