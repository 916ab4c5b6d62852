//! What do all blocks say about themselves: title, techniques, severity, confidence, marking, scope, citations?

use std::collections::BTreeMap;

use ir::{Because, Citation, Confidence, Head, Scope, SeverityLevel, Technique, Tlp};
use source::{Code, Diagnostic, Span};

use super::cursor::{Cursor, Parse, Spanned};
use super::token;

/// A technique id that is not one.
pub(crate) static NOT_A_TECHNIQUE: Code = Code::error("check.technique", "an ATT&CK technique is written as `T1584` or `T1584.008`");

/// The words of `scope`.
const SCOPES: [(Scope, &str); 3] = [(Scope::Campaign, "campaign"), (Scope::Actor, "actor"), (Scope::Context, "context")];

/// The keys that [`Attributes::read`] knows.
pub(crate) const KEYS: [&str; 8] = ["title", "attack", "severity", "scope", "confidence", "tlp", "false_positives", "renamed_from"];

/// What a block says about itself.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) title: Option<String>,
    pub(crate) techniques: Vec<Technique>,
    pub(crate) severity: Option<SeverityLevel>,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) tlp: Option<Tlp>,
    pub(crate) scope: Scope,
    pub(crate) because: Vec<Quote>,
    pub(crate) false_positives: Vec<String>,
    pub(crate) renamed_from: Vec<String>,
    seen: Seen,
}

/// The keys that a block has already, and where.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeMap<String, Span>);

impl Seen {
    /// Remembers a key; reports one that was there before.
    pub(crate) fn key(&mut self, cursor: &mut Cursor<'_>, key: &Spanned<&str>) {
        match self.0.get(key.value) {
            Some(first) => cursor.duplicate_key(key, *first),
            None => {
                self.0.insert(key.value.to_owned(), key.span);
            }
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

/// A quote that was not looked up yet.
#[derive(Clone, Debug)]
pub(crate) struct Quote {
    source: Spanned<String>,
    quote: Spanned<String>,
}

impl Quote {
    /// Where the source's name stands.
    pub(crate) fn source_span(&self) -> Span {
        self.source.span
    }

    /// The citation, without the place in the source.
    pub(crate) fn unresolved(&self) -> Because {
        let citation = Citation { quote: self.quote.value.clone(), source: self.source.value.clone(), file: None, line: None, url: None };
        Because { citation, span: self.quote.span }
    }
}

impl Attributes {
    /// Reads `because NAME "quote"`, or a key that every block has; `false` when the statement is something else.
    /// Keys of `more` belong to the block as well.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Parse<bool> {
        if let Some(quote) = because(cursor)? {
            self.because.push(quote);
            return Ok(true);
        }
        Ok(false)
    }

    /// Reads the value of a key; `false` when the key is none of [`KEYS`].
    pub(crate) fn key(&mut self, cursor: &mut Cursor<'_>, key: &Spanned<&str>) -> Parse<bool> {
        if !KEYS.contains(&key.value) {
            return Ok(false);
        }
        self.seen(cursor, key);
        match key.value {
            "title" => self.title = Some(cursor.string("a title in quotes")?.value),
            "attack" => self.techniques = techniques(cursor)?,
            "severity" => self.severity = cursor.choice("a severity", &SeverityLevel::ALL)?,
            "scope" => self.scope = cursor.choice("a scope", &SCOPES)?.unwrap_or_default(),
            "confidence" => self.confidence = cursor.choice("a confidence", &Confidence::ALL)?,
            "tlp" => self.tlp = tlp(cursor)?,
            "renamed_from" => self.renamed_from = strings(cursor, "a name that the block had, in quotes")?,
            _ => self.false_positives = strings(cursor, "a false positive in quotes")?,
        }
        Ok(true)
    }

    /// What the block says of itself, without its citations.
    pub(crate) fn head(&self, name: &Spanned<&str>) -> Head {
        Head {
            title: self.title.clone(),
            techniques: self.techniques.clone(),
            severity: self.severity,
            confidence: self.confidence,
            tlp: self.tlp,
            scope: self.scope,
            false_positives: self.false_positives.clone(),
            renamed_from: self.renamed_from.clone(),
            ..Head::new(name.value, name.span)
        }
    }

    /// Remembers a key of the block itself.
    pub(crate) fn seen(&mut self, cursor: &mut Cursor<'_>, key: &Spanned<&str>) {
        self.seen.key(cursor, key);
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.seen.has(key)
    }
}

/// Reads `because NAME "quote"` when it is next.
pub(crate) fn because(cursor: &mut Cursor<'_>) -> Parse<Option<Quote>> {
    if cursor.peek_key() || cursor.keyword("because").is_none() {
        return Ok(None);
    }
    let source = cursor.name("the name of a source")?;
    let quote = cursor.string("the quoted words")?;
    Ok(Some(Quote { source: Spanned { value: source.value.to_owned(), span: source.span }, quote }))
}

/// Reads one marking, with or without `TLP:`, in any case.
pub(crate) fn tlp(cursor: &mut Cursor<'_>) -> Parse<Option<Tlp>> {
    if let Ok((_, word)) = token::bare(cursor.rest())
        && let Some(tlp) = Tlp::parse(word)
    {
        cursor.need("a TLP marking", token::bare)?;
        return Ok(Some(tlp));
    }
    cursor.choice("a TLP marking", &Tlp::ALL)
}

/// Reads one technique or a list of them, sorted and without repetition.
pub(crate) fn techniques(cursor: &mut Cursor<'_>) -> Parse<Vec<Technique>> {
    let mut out = cursor.list_or_one(|cursor| {
        let word = cursor.need("an ATT&CK technique", token::bare)?;
        let technique = Technique::parse(word.value);
        if technique.is_none() {
            let message = format!("`{}` is not an ATT&CK technique", word.value);
            cursor.report(
                Diagnostic::new(&NOT_A_TECHNIQUE, message).at(word.span, "not a technique id").help("an id is written as `T1584` or `T1584.008`"),
            );
        }
        Ok(technique)
    })?;
    out.sort();
    out.dedup();
    Ok(out)
}

/// Reads one string or a list of them.
pub(crate) fn strings(cursor: &mut Cursor<'_>, what: &str) -> Parse<Vec<String>> {
    cursor.list_or_one(|cursor| cursor.string(what).map(|text| Some(text.value)))
}
