//! `source` and `because`: do the quoted words stand in the document?

use std::collections::BTreeMap;

use ir::{Because, SourceDocument};
use source::{Code, Diagnostic, Span};

use super::block::{Quote, Seen};
use super::cursor::{Cursor, Parse};
use crate::Files;
use source::suggest;

/// A citation of a source that is not declared.
pub(crate) static UNKNOWN: Code = Code::error("source.unknown", "a citation names a source that is not declared");
/// A file that cannot be read.
pub(crate) static UNREADABLE: Code = Code::error("source.unreadable", "a file that the description names cannot be read");
/// Words that are not in the document.
pub(crate) static QUOTE_NOT_FOUND: Code = Code::error("source.quote-not-found", "the quoted words do not stand in the source");
/// A source without a file.
pub(crate) static NOT_CHECKED: Code = Code::warn("source.not-checked", "a citation cannot be checked, because its source has no file");

const KEYS: [&str; 2] = ["file", "url"];

/// Reads `NAME { file: "..." url: "..." }`, behind the word `source`.
pub(crate) fn source(cursor: &mut Cursor<'_>) -> Parse<SourceDocument> {
    let name = cursor.name("the name of the source")?;
    let mut document = SourceDocument { name: name.value.to_owned(), file: None, url: None, span: name.span };
    let mut seen = Seen::default();
    let _ = cursor.block(|cursor| {
        let Some(key) = cursor.key()? else { return Err(cursor.expected("a key such as `file:`")) };
        seen.key(cursor, &key);
        match key.value {
            "file" => {
                let file = cursor.string("a file in quotes")?;
                document.file = Some((file.value, file.span));
            }
            "url" => document.url = Some(cursor.string("a URL in quotes")?.value),
            _ => cursor.unknown_key(&key, &KEYS)?,
        }
        Ok(())
    });
    Ok(document)
}

/// The documents of one advisory, read once each.
pub(crate) struct Library<'a> {
    sources: &'a [SourceDocument],
    /// The place of each source by its name.
    names: BTreeMap<&'a str, usize>,
    /// The words of each file that could be read, by its path: many sources may name one file.
    files: BTreeMap<&'a str, Result<Words, String>>,
}

impl<'a> Library<'a> {
    /// Reads the documents.
    pub(crate) fn open(sources: &'a [SourceDocument], files: &dyn Files, say: &mut Vec<Diagnostic>) -> Self {
        let mut texts: BTreeMap<&str, Result<Words, String>> = BTreeMap::new();
        for document in sources {
            let Some((path, span)) = &document.file else { continue };
            let read = || files.read(path).map(|bytes| Words::of(&String::from_utf8_lossy(&bytes)));
            if let Err(why) = texts.entry(path).or_insert_with(read) {
                say.push(unreadable(path, *span, why));
            }
        }
        let names = sources.iter().enumerate().map(|(at, document)| (document.name.as_str(), at)).collect();
        Self { sources, names, files: texts }
    }

    /// The citations with their places; one whose words are not found is reported and left out.
    pub(crate) fn resolve(&self, quotes: &[Quote], say: &mut Vec<Diagnostic>) -> Vec<Because> {
        quotes.iter().filter_map(|quote| self.resolve_one(quote, say)).collect()
    }

    fn resolve_one(&self, quote: &Quote, say: &mut Vec<Diagnostic>) -> Option<Because> {
        let mut because = quote.unresolved();
        let name = because.citation.source.as_str();
        let Some(document) = self.names.get(name).and_then(|at| self.sources.get(*at)) else {
            let mut diagnostic = Diagnostic::new(&UNKNOWN, format!("no source is named `{name}`")).at(quote.source_span(), "not declared");
            diagnostic.help = suggest::help(name, self.sources.iter().map(|document| document.name.as_str()))
                .or_else(|| Some(format!("a block `source {name} {{ file: \"...\" }}` might be added")));
            say.push(diagnostic);
            return None;
        };
        because.citation.url.clone_from(&document.url);
        match document.file.as_ref().and_then(|(path, _)| self.files.get(path.as_str())) {
            None => say.push(
                Diagnostic::new(&NOT_CHECKED, format!("the source `{name}` has no file, so the quote is not checked"))
                    .at(because.span, "not checked")
                    .help("a copy of the document might be kept beside the description and named with `file:`"),
            ),
            // The file's own diagnostic says enough.
            Some(Err(_)) => return None,
            Some(Ok(words)) => match words.find(&because.citation.quote) {
                Ok(line) => {
                    because.citation.file = document.file.as_ref().map(|(path, _)| path.clone());
                    because.citation.line = Some(line);
                }
                Err(help) => {
                    let message = format!("the quoted words do not stand in the source `{name}`");
                    say.push(Diagnostic::new(&QUOTE_NOT_FOUND, message).at(because.span, "not found").help(help));
                    return None;
                }
            },
        }
        Some(because)
    }
}

/// Says that a file named in the description cannot be read.
pub(crate) fn unreadable(path: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&UNREADABLE, format!("`{path}` cannot be read: {why}")).at(span, "named here").help("the path is relative to the description")
}

/// A document's words with one space between them, and the line of each.
struct Words {
    text: String,
    /// Byte offset in `text` of each line's first word, and the line's number.
    lines: Vec<(usize, usize)>,
}

impl Words {
    fn of(document: &str) -> Self {
        let mut text = String::with_capacity(document.len());
        let mut lines = Vec::new();
        for (number, line) in document.lines().enumerate() {
            let mut first = true;
            for word in line.split_whitespace() {
                if !text.is_empty() {
                    text.push(' ');
                }
                if std::mem::take(&mut first) {
                    lines.push((text.len(), number + 1));
                }
                text.push_str(word);
            }
        }
        Self { text, lines }
    }

    fn line(&self, offset: usize) -> usize {
        let at = self.lines.partition_point(|(start, _)| *start <= offset);
        at.checked_sub(1).and_then(|at| self.lines.get(at)).map_or(1, |(_, line)| *line)
    }

    /// The line on which the words begin, or what might be meant instead.
    fn find(&self, quote: &str) -> Result<usize, String> {
        let quote = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        if quote.is_empty() {
            return Err("a quote has at least one word".to_owned());
        }
        if let Some(at) = self.text.find(&quote) {
            return Ok(self.line(at));
        }
        let (folded, wanted) = (self.text.to_ascii_lowercase(), quote.to_ascii_lowercase());
        if let Some(at) = folded.find(&wanted) {
            let same = self.text.get(at..at + quote.len()).unwrap_or_default();
            return Err(format!("line {} has the words in another case: `{same}`", self.line(at)));
        }
        Err(self.longest_beginning(&quote).unwrap_or_else(|| "the words of the document might be copied as they stand there".to_owned()))
    }

    /// The longest run of the quote's first words that does stand in the document, and how the document goes on.
    fn longest_beginning(&self, quote: &str) -> Option<String> {
        let ends: Vec<usize> = quote.match_indices(' ').map(|(at, _)| at).collect();
        // More first words are found in fewer places, so the longest can be found by halving.
        let found = |end: &usize| quote.get(..*end).is_some_and(|head| self.text.contains(head));
        let end = *ends.get(ends.partition_point(found).checked_sub(1)?)?;
        let head = quote.get(..end)?;
        // One or two words stand in any document.
        if head.split(' ').count() < 3 {
            return None;
        }
        let at = self.text.find(head)?;
        let there: Vec<&str> = self.text.get(at..)?.split(' ').take(head.split(' ').count() + 4).collect();
        Some(format!("line {} begins alike and goes on as `{}`", self.line(at), there.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_found_across_lines_and_blanks() {
        let words = Words::of("Title\n\n  compromised home\n\trouters as  relays\nend\n");
        assert_eq!(words.find("home routers  as relays"), Ok(3));
        assert_eq!(words.find("Title compromised"), Ok(1));
        assert_eq!(words.find("Home Routers"), Err("line 3 has the words in another case: `home routers`".to_owned()));
        assert_eq!(
            words.find("compromised home routers were relays"),
            Err("line 3 begins alike and goes on as `compromised home routers as relays end`".to_owned())
        );
    }
}
