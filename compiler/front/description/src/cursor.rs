//! Where is the reader in the text, what does it expect next, and where does it go on after an error?

use nom::{Err, Parser};
use source::{Code, Diagnostic, FileId, Severity, Span};

use super::token::{self, Fault, LITERAL};
use source::suggest;

/// Something else was expected.
pub(crate) static EXPECTED: Code = Code::error("parse.expected", "the text is not what the grammar expects here");
/// A bracket without its partner.
pub(crate) static UNCLOSED: Code = Code::error("parse.unclosed", "a block or list has no end");
/// Too many brackets inside each other.
pub(crate) static TOO_DEEP: Code = Code::error("parse.too-deep", "brackets are nested too deeply");
/// A key that the block does not have.
pub(crate) static UNKNOWN_KEY: Code = Code::error("check.unknown-key", "a block does not have this key");
/// A word that is none of the few known ones.
pub(crate) static UNKNOWN_WORD: Code = Code::error("check.unknown-word", "a word is none of those known at its place");
/// A key given twice.
pub(crate) static DUPLICATE_KEY: Code = Code::error("check.duplicate-key", "a key stands twice in one block");

/// The longest piece of text shown in "not `...`".
const MAX_SHOWN: usize = 60;

/// The deepest nesting of brackets.
pub(crate) const MAX_DEPTH: usize = 64;

/// The words that begin a block of a file.
pub(crate) const BLOCKS: [&str; 8] = ["advisory", "source", "iocs", "behavior", "correlate", "native", "test", "accept"];

/// A diagnostic was reported and the text up to here makes no sense; whoever can go on, does.
#[derive(Debug, PartialEq)]
pub(crate) struct Broken;

/// What a part of the grammar gives.
pub(crate) type Parse<T> = Result<T, Broken>;

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// The place in the text and what was said so far.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    file: FileId,
    /// The next byte to read; never inside white space or a comment, except at the end.
    at: usize,
    /// One past the last byte of the last token.
    end: usize,
    depth: usize,
    errors: usize,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, file: FileId) -> Self {
        let mut cursor = Self { text, file, at: 0, end: 0, depth: 0, errors: 0, diagnostics: Vec::new() };
        cursor.skip_trivia();
        cursor
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// The offset of the next token.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The span from `start` to the end of the last token.
    pub(crate) fn since(&self, start: usize) -> Span {
        self.span(start, self.end.max(start))
    }

    fn skip_trivia(&mut self) {
        if let Ok((rest, ())) = token::trivia(self.rest()) {
            self.at = self.text.len() - rest.len();
        }
    }

    fn advance(&mut self, length: usize) -> Span {
        let start = self.at;
        self.end = (start + length).min(self.text.len());
        self.at = self.end;
        self.skip_trivia();
        self.span(start, self.end)
    }

    // What was said.

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.diagnostics.push(diagnostic);
    }

    /// How many errors were reported so far; a part is good when the number did not change.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Reports that something else was expected at the next token.
    pub(crate) fn expected(&mut self, what: &str) -> Broken {
        self.expected_with(what, None)
    }

    /// The same, with the next step where what stands there is known from elsewhere.
    pub(crate) fn expected_with(&mut self, what: &str, help: Option<&str>) -> Broken {
        let span = self.next_span();
        let found = self.text.get(span.range()).unwrap_or_default();
        let message = match found {
            "" => format!("the text ends where {what} is expected"),
            found => format!("{what} is expected, not `{found}`"),
        };
        let mut diagnostic = Diagnostic::new(&EXPECTED, message).at(span, format!("{what} is expected here"));
        diagnostic.help = help.map(str::to_owned);
        self.report(diagnostic);
        Broken
    }

    /// The span of the next token, for messages; at the end of the text, the last token's end.
    pub(crate) fn next_span(&self) -> Span {
        let rest = self.rest();
        if rest.is_empty() {
            return self.span(self.end, self.end);
        }
        let length = token::path(rest)
            .map(|(_, word)| word.len())
            .or_else(|_| token::string(rest).map(|(after, _)| rest.len() - after.len()))
            .or_else(|_| token::bare(rest).map(|(_, word)| word.len()))
            .unwrap_or_else(|_| rest.chars().next().map_or(0, char::len_utf8));
        self.span(self.at, self.at + floor(rest, length.min(MAX_SHOWN)).max(1))
    }

    // Tokens.

    /// Reads one token when the text begins with one. A broken token is reported.
    pub(crate) fn attempt<T>(&mut self, mut parser: impl Parser<&'a str, Output = T, Error = Fault<'a>>) -> Parse<Option<Spanned<T>>> {
        let rest = self.rest();
        match parser.parse(rest) {
            Ok((after, value)) => {
                let span = self.advance(rest.len() - after.len());
                Ok(Some(Spanned { value, span }))
            }
            Err(Err::Error(_) | Err::Incomplete(_)) => Ok(None),
            Err(Err::Failure(fault)) => {
                let start = self.text.len() - fault.at.len();
                let span = self.span(start, start + fault.length);
                self.report(Diagnostic::new(&LITERAL, fault.message).at(span, "here").help(fault.help));
                Err(Broken)
            }
        }
    }

    /// Reads one token or reports what was expected.
    pub(crate) fn need<T>(&mut self, what: &str, parser: impl Parser<&'a str, Output = T, Error = Fault<'a>>) -> Parse<Spanned<T>> {
        match self.attempt(parser)? {
            Some(found) => Ok(found),
            None => Err(self.expected(what)),
        }
    }

    /// The words under a span of this text.
    pub(crate) fn words(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Whether the next token stands on the line of the last one.
    pub(crate) fn on_same_line(&self) -> bool {
        !self.done() && self.text.get(self.end..self.at).is_some_and(|between| !between.contains('\n'))
    }

    /// Whether the text goes on with these characters.
    pub(crate) fn sees(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(crate) fn done(&self) -> bool {
        self.rest().is_empty()
    }

    /// Reads punctuation when it is there.
    pub(crate) fn eat(&mut self, text: &str) -> Option<Span> {
        self.sees(text).then(|| self.advance(text.len()))
    }

    pub(crate) fn expect(&mut self, text: &str) -> Parse<Span> {
        self.eat(text).ok_or_else(|| self.expected(&format!("`{text}`")))
    }

    /// The next word, without reading it.
    pub(crate) fn peek_word(&self) -> Option<&'a str> {
        token::word(self.rest()).ok().map(|(_, word)| word)
    }

    pub(crate) fn peek_key(&self) -> bool {
        token::key(self.rest()).is_ok()
    }

    /// Whether a key stands here that no value looks like: its colon has a blank behind it, as in no IPv6 address.
    fn peek_spaced_key(&self) -> bool {
        token::key(self.rest()).is_ok_and(|(after, _)| after.starts_with(char::is_whitespace))
    }

    /// Reads this word when it is next.
    pub(crate) fn keyword(&mut self, wanted: &str) -> Option<Span> {
        (self.peek_word() == Some(wanted)).then(|| self.advance(wanted.len()))
    }

    pub(crate) fn expect_keyword(&mut self, wanted: &str) -> Parse<Span> {
        self.keyword(wanted).ok_or_else(|| self.expected(&format!("`{wanted}`")))
    }

    pub(crate) fn name(&mut self, what: &str) -> Parse<Spanned<&'a str>> {
        self.need(what, token::word)
    }

    pub(crate) fn string(&mut self, what: &str) -> Parse<Spanned<String>> {
        self.need(what, token::string)
    }

    /// Reads a key and its colon when one is next; the span is the key's alone.
    pub(crate) fn key(&mut self) -> Parse<Option<Spanned<&'a str>>> {
        Ok(self.attempt(token::key)?.map(|found| {
            let start = found.span.range().start;
            Spanned { value: found.value, span: self.span(start, start + found.value.len()) }
        }))
    }

    /// Reads one of a few words, bare or quoted. An unknown word is reported and gives `None`.
    pub(crate) fn choice<T: Copy>(&mut self, what: &str, all: &[(T, &'static str)]) -> Parse<Option<T>> {
        let word = match self.attempt(token::string)? {
            Some(text) => text,
            None if self.peek_key() => return Err(self.expected(what)),
            None => {
                let bare = self.need(what, token::bare)?;
                Spanned { value: bare.value.to_owned(), span: bare.span }
            }
        };
        if let Some((value, _)) = all.iter().find(|(_, name)| *name == word.value) {
            return Ok(Some(*value));
        }
        self.unknown(&UNKNOWN_WORD, what, &word.value, word.span, all.iter().map(|(_, name)| *name));
        Ok(None)
    }

    /// Reports an unknown name with the nearest known one.
    pub(crate) fn unknown<'n>(&mut self, code: &'static Code, what: &str, name: &str, span: Span, known: impl IntoIterator<Item = &'n str> + Clone) {
        let near = suggest::nearest(name, known.clone());
        let mut diagnostic = Diagnostic::new(code, format!("`{name}` is not {what}")).at(span, "not known here").instead(name, near);
        diagnostic.help = suggest::help(name, known);
        self.report(diagnostic);
    }

    /// Reports a key that the block does not have, and skips its value.
    pub(crate) fn unknown_key(&mut self, key: &Spanned<&str>, known: &[&str]) -> Parse<()> {
        self.unknown(&UNKNOWN_KEY, "a key of this block", key.value, key.span, known.iter().copied());
        self.skip_value();
        Ok(())
    }

    /// Reports a key that stands in the block for the second time.
    pub(crate) fn duplicate_key(&mut self, key: &Spanned<&str>, first: Span) {
        let message = format!("`{}` stands twice in this block", key.value);
        self.report(
            Diagnostic::new(&DUPLICATE_KEY, message).at(key.span, "again here").also(first, "first here").help("one of the two might be removed"),
        );
    }

    /// Reads `item`, or `[item, item]`. A broken item is skipped; the others are kept.
    pub(crate) fn list_or_one<T>(&mut self, item: impl FnMut(&mut Self) -> Parse<Option<T>>) -> Parse<Vec<T>> {
        if self.sees("[") { self.list(item) } else { self.one(item) }
    }

    fn one<T>(&mut self, mut item: impl FnMut(&mut Self) -> Parse<Option<T>>) -> Parse<Vec<T>> {
        Ok(item(self)?.into_iter().collect())
    }

    /// Reads `[item, item]`; a comma before the closing bracket is fine.
    pub(crate) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Parse<Option<T>>) -> Parse<Vec<T>> {
        if self.sees("(") || self.sees("{") {
            return Err(self.expected_with("`[`", Some("a list stands between `[` and `]`")));
        }
        let open = self.expect("[")?;
        let mut out = Vec::new();
        loop {
            if self.eat("]").is_some() {
                return Ok(out);
            }
            if self.done() || self.sees("}") || self.peek_spaced_key() || self.at_block() {
                self.report(Diagnostic::new(&UNCLOSED, "the list has no `]`").at(open, "opened here").help("a `]` might be missing"));
                return Err(Broken);
            }
            let start = self.at;
            match item(self) {
                Ok(value) => out.extend(value),
                Err(Broken) => self.skip_item(),
            }
            if self.eat(",").is_none() && !self.sees("]") && !self.done() && !self.sees("}") && !self.peek_spaced_key() {
                self.expected("`,` or `]`");
                self.skip_item();
                self.eat(",");
            }
            if self.at == start {
                return Err(Broken);
            }
        }
    }

    /// Goes one level deeper, or reports that it is too deep.
    pub(crate) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= MAX_DEPTH {
            let span = self.next_span();
            self.report(
                Diagnostic::new(&TOO_DEEP, format!("brackets are nested more than {MAX_DEPTH} deep"))
                    .at(span, "too deep here")
                    .help("a part might become a facet of its own"),
            );
            return Err(Broken);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Reads `{ statement statement }` up to its end, going on behind a broken statement. `Broken` when the block has no end.
    pub(crate) fn block(&mut self, mut statement: impl FnMut(&mut Self) -> Parse<()>) -> Parse<()> {
        let open = self.expect("{")?;
        loop {
            if self.eat("}").is_some() {
                return Ok(());
            }
            if self.done() || self.at_block() {
                self.report(Diagnostic::new(&UNCLOSED, "the block has no `}`").at(open, "opened here").help("a `}` might be missing"));
                return Err(Broken);
            }
            let start = self.at;
            if statement(self).is_err() {
                self.skip_statement(start);
            }
            if self.at == start && !self.sees("}") {
                // Whatever stands here ends no block and begins no statement.
                self.skip_char();
            }
        }
    }

    // Going on after an error.

    /// Moves over one character that fits nowhere.
    pub(crate) fn skip_char(&mut self) {
        if let Some(char) = self.rest().chars().next() {
            self.advance(char.len_utf8());
        }
    }

    /// Whether a line begins here, without indentation, with a word that begins a block.
    pub(crate) fn at_block(&self) -> bool {
        let line_start = self.at == 0 || self.text.as_bytes().get(self.at - 1) == Some(&b'\n');
        line_start && begins_block(self.rest())
    }

    /// Moves behind the next value: a string, a list, a block, a window of days, a word.
    fn skip_value(&mut self) {
        if self.sees("[") || self.sees("{") {
            self.skip_brackets(self.at);
        } else if !self.peek_key()
            && !matches!(self.attempt(token::string), Ok(Some(_)) | Err(Broken))
            && !matches!(self.attempt(token::window), Ok(Some(_)) | Err(Broken))
        {
            let _ = self.attempt(token::bare);
        }
    }

    /// Moves behind the bracket that closes the one at `open`.
    pub(crate) fn skip_brackets(&mut self, open: usize) {
        let mut depth = 0_usize;
        self.skip(open, |lump| {
            depth = match lump.kind {
                Kind::Open => depth + 1,
                Kind::Close => depth.saturating_sub(1),
                _ => depth,
            };
            if depth == 0 { Step::Behind } else { Step::On }
        });
    }

    /// Moves to the next `,` or closing bracket of a list, or to the end of the line.
    fn skip_item(&mut self) {
        let mut depth = 0_usize;
        self.skip(self.at, |lump| match lump.kind {
            Kind::Open => {
                depth += 1;
                Step::On
            }
            Kind::Close if depth == 0 => Step::Here,
            Kind::Close => {
                depth -= 1;
                Step::On
            }
            Kind::Comma | Kind::Line if depth == 0 => Step::Here,
            _ => Step::On,
        });
    }

    /// Moves behind the statement that began at `start`: to the end of the line, or of the block, that was reached in it.
    /// Only braces count: a list that has no end must not swallow the block it stands in.
    pub(crate) fn skip_statement(&mut self, start: usize) {
        let reached = self.end.max(start);
        let mut depth = 0_usize;
        self.skip(start, |lump| {
            let beyond = lump.start >= reached;
            match lump.kind {
                Kind::Open if lump.char == '{' => depth += 1,
                Kind::Close if lump.char == '}' && depth == 0 && beyond => return Step::Here,
                Kind::Close if lump.char == '}' => depth = depth.saturating_sub(1),
                Kind::Line if depth == 0 && beyond => return Step::Here,
                _ => {}
            }
            Step::On
        });
    }

    /// Moves to the next `and` or `or` of an expression that is broken here, or to the bracket that ends it.
    pub(crate) fn skip_operand(&mut self) {
        let mut depth = 0_usize;
        self.skip(self.at, |lump| match lump.kind {
            Kind::Open => {
                depth += 1;
                Step::On
            }
            Kind::Close if depth == 0 => Step::Here,
            Kind::Close => {
                depth -= 1;
                Step::On
            }
            Kind::Word if depth == 0 && matches!(lump.text, "and" | "or") => Step::Here,
            _ => Step::On,
        });
    }

    /// Moves forward from `from`, over strings and comments as wholes, until `step` says so or a block begins.
    fn skip(&mut self, from: usize, mut step: impl FnMut(&Lump<'a>) -> Step) {
        let mut at = from;
        while let Some(lump) = lump(self.text, at) {
            match step(&lump) {
                Step::Here => break,
                Step::On => at = lump.start + lump.text.len(),
                Step::Behind => {
                    at = lump.start + lump.text.len();
                    break;
                }
            }
            if lump.kind == Kind::Line && self.text.get(at..).is_some_and(begins_block) {
                break;
            }
        }
        // A step never goes back: what was read stays read.
        self.at = at.max(self.end).min(self.text.len());
        self.end = self.at;
        self.skip_trivia();
    }
}

/// What to do at a lump.
enum Step {
    On,
    Here,
    Behind,
}

/// What a lump is to somebody who looks for a place to go on.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Open,
    Close,
    Comma,
    Line,
    Word,
    Other,
}

/// A piece of broken text.
struct Lump<'a> {
    start: usize,
    text: &'a str,
    char: char,
    kind: Kind,
}

fn lump(text: &str, start: usize) -> Option<Lump<'_>> {
    let rest = text.get(start..)?;
    let char = rest.chars().next()?;
    let (kind, length) = match char {
        '"' | '\'' => (Kind::Other, token::string(rest).map_or(1, |(after, _)| rest.len() - after.len())),
        '#' if start == 0 || text.as_bytes().get(start - 1).is_some_and(u8::is_ascii_whitespace) => {
            (Kind::Other, rest.find('\n').unwrap_or(rest.len()))
        }
        '{' | '[' | '(' => (Kind::Open, 1),
        '}' | ']' | ')' => (Kind::Close, 1),
        ',' => (Kind::Comma, 1),
        '\n' => (Kind::Line, 1),
        _ => match token::path(rest) {
            Ok((_, word)) => (Kind::Word, word.len()),
            Err(_) => (Kind::Other, char.len_utf8()),
        },
    };
    Some(Lump { start, text: rest.get(..length)?, char, kind })
}

fn begins_block(rest: &str) -> bool {
    BLOCKS.iter().any(|word| {
        let name = rest.strip_prefix(word).filter(|after| after.starts_with([' ', '\t'])).map(|after| after.trim_start_matches([' ', '\t']));
        name.is_some_and(|name| name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_' || char == '"'))
    })
}

/// The largest character boundary up to `length`.
fn floor(text: &str, length: usize) -> usize {
    (0..=length.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
