//! What does a `.vigie` file say? The reader of the language, one file for each part of its grammar.
//!
//! [`parse`] walks over the blocks of a file. Tokens are nom parsers ([`token`]); a [`cursor`] drives them, keeps spans and
//! diagnostics, and goes on behind whatever is broken, so that one run reports every error and every good block is kept.
//! What needs the whole file (citations, names that tests mention) is done at the end, in [`finish`].

mod accept;
mod behavior;
mod block;
mod bytes;
mod companion;
mod compare;
mod contradiction;
mod correlate;
mod cursor;
mod desk;
mod document;
mod expression;
mod field;
mod files;
mod finish;
mod foreign;
mod header;
mod indicators;
mod literal;
mod native;
mod operator;
pub mod quote;
mod test;
mod token;
mod wildcard;

pub use files::Files;

use std::sync::Arc;

use source::{Code, Diagnostic, FileId, Sources, Span};

use self::cursor::{BLOCKS, Broken, Cursor, Parse, Spanned, UNKNOWN_WORD};
use self::desk::Desk;
use self::finish::{Block, Draft};
use ir::Parsed;

/// A file of a version that is not known.
static VERSION: Code = Code::error("parse.version", "a description begins with the version of the language");
/// A file that is too large.
static TOO_LARGE: Code = Code::error("parse.too-large", "a description is larger than the limit");
/// Blocks without an advisory.
static NO_ADVISORY: Code = Code::error("parse.no-advisory", "blocks stand before the advisory that they belong to");

/// The largest description, in bytes.
pub const MAX_FILE: usize = 64 << 20;

/// Every code of the language.
pub static CODES: &[&Code] = &[
    &VERSION,
    &TOO_LARGE,
    &NO_ADVISORY,
    &token::LITERAL,
    &cursor::EXPECTED,
    &cursor::UNCLOSED,
    &cursor::TOO_DEEP,
    &cursor::UNKNOWN_KEY,
    &cursor::UNKNOWN_WORD,
    &cursor::DUPLICATE_KEY,
    &header::NOT_A_CVE,
    &block::NOT_A_TECHNIQUE,
    &document::UNKNOWN,
    &document::UNREADABLE,
    &document::QUOTE_NOT_FOUND,
    &document::NOT_CHECKED,
    &indicators::NOT_A_VALUE,
    &indicators::UNKNOWN_TYPE,
    &indicators::MISSING_KEY,
    &indicators::OTHER_FORM,
    &behavior::UNKNOWN_EVENT,
    &behavior::QUALIFIER,
    &behavior::EMPTY,
    &behavior::DUPLICATE_NAME,
    &field::UNKNOWN_FIELD,
    &field::FOREIGN,
    &field::NOT_IN_EVENT,
    &field::AMBIGUOUS,
    &compare::UNKNOWN_OPERATOR,
    &compare::OPERATOR,
    &compare::REGEX,
    &literal::LITERAL,
    &wildcard::WILDCARD,
    &contradiction::CONTRADICTION,
    &bytes::PATTERN,
    &bytes::NO_BYTES,
    &correlate::TIMES,
    &correlate::QUESTION,
    &test::TOO_MANY,
    &finish::UNKNOWN_SUBJECT,
    &finish::RENAMED,
    &finish::OTHER_EVENT,
];

/// Reads one `.vigie` file. Never fails, reports.
#[must_use]
pub fn parse(sources: &mut Sources, file: FileId, files: &dyn Files) -> Parsed {
    let (text, name) = (Arc::clone(&sources.file(file).text), sources.file(file).name.clone());
    if text.len() > MAX_FILE {
        let diagnostic = Diagnostic::new(&TOO_LARGE, format!("the description has {} bytes; the limit is {MAX_FILE}", text.len()))
            .at(Span::new(file, 0, 0), "not read")
            .help("long lists might be kept in a file of their own and taken in with `load`");
        return Parsed { advisories: Vec::new(), diagnostics: vec![diagnostic] };
    }
    let mut desk = Desk::new(sources, files, &name);
    let mut cursor = Cursor::new(&text, file);
    version(&mut cursor);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut homeless = Draft::new(None);
    while !cursor.done() {
        let start = cursor.at();
        let home = match drafts.last_mut() {
            Some(draft) => draft,
            None => &mut homeless,
        };
        match block(&mut cursor, &mut desk, home) {
            Ok(Some(draft)) => drafts.push(draft),
            Ok(None) => {}
            Err(Broken) => cursor.skip_statement(start),
        }
        if cursor.at() == start {
            cursor.skip_char();
        }
    }
    let mut diagnostics = std::mem::take(&mut cursor.diagnostics);
    let mut advisories = Vec::new();
    for draft in drafts {
        advisories.extend(draft.finish(files, &mut diagnostics));
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.label.as_ref().map(|(span, _)| *span));
    Parsed { advisories, diagnostics }
}

/// Reads `vigie 1`.
fn version(cursor: &mut Cursor<'_>) {
    let help = "the first line might be `vigie 1`";
    if cursor.keyword("vigie").is_none() {
        let span = cursor.next_span();
        cursor.report(Diagnostic::new(&VERSION, "the description does not say its version").at(span, "before this").help(help));
        return;
    }
    match cursor.need("the version `1`", token::number) {
        Ok(number) if number.value != 1 => {
            let message = format!("version {} of the language is not known", number.value);
            cursor.report(Diagnostic::new(&VERSION, message).at(number.span, "not known").help("version 1 is known"));
        }
        Ok(_) | Err(Broken) => {}
    }
}

/// Reads one block into the advisory that it belongs to, or the head of a new one.
fn block(cursor: &mut Cursor<'_>, desk: &mut Desk<'_>, home: &mut Draft) -> Parse<Option<Draft>> {
    let Some(word) = cursor.peek_word() else {
        return Err(cursor.expected("a block such as `iocs` or `behavior`"));
    };
    let span = cursor.next_span();
    if !BLOCKS.contains(&word) {
        cursor.unknown(&UNKNOWN_WORD, "a block of the language", word, span, BLOCKS);
        return Err(Broken);
    }
    let span = cursor.expect_keyword(word).unwrap_or(span);
    if word == "advisory" {
        return header::advisory(cursor).map(|header| Some(Draft::new(Some(header))));
    }
    if home.has_no_header() && !std::mem::replace(&mut home.complained, true) {
        cursor.report(
            Diagnostic::new(&NO_ADVISORY, format!("`{word}` stands before any advisory"))
                .at(span, "belongs to no advisory")
                .help("a block `advisory \"ID\" { ... }` might stand at the top of the file"),
        );
    }
    match word {
        "source" => {
            let document = document::source(cursor)?;
            home.source(cursor, document);
        }
        "test" => {
            let test = test::test(cursor)?;
            home.tests.push(test);
        }
        "accept" => {
            let accept = accept::accept(cursor)?;
            home.accepts.push(accept);
        }
        _ => named(cursor, desk, home, word)?,
    }
    Ok(None)
}

/// Reads a block with a name; its name is known to tests even when it is broken.
fn named(cursor: &mut Cursor<'_>, desk: &mut Desk<'_>, home: &mut Draft, word: &str) -> Parse<()> {
    let name = match cursor.name("the name of the block") {
        Ok(name) => name,
        // Without its name the block makes no rule, and what stands in it is still read.
        Err(Broken) if cursor.sees("{") || cursor.sees("\"") || cursor.sees(":") => Spanned { value: "", span: cursor.next_span() },
        Err(Broken) => return Err(Broken),
    };
    let read = match word {
        "iocs" => indicators::iocs(cursor, &name, desk).map(|draft| Block::Indicators(draft.map(Box::new))),
        "behavior" => behavior::behavior(cursor, &name).map(|draft| Block::Behavior(Box::new(draft))),
        "correlate" => correlate::correlate(cursor, &name).map(|draft| Block::Correlation(draft.map(Box::new))),
        _ => native::native(cursor, &name, desk).map(|draft| Block::Native(draft.map(Box::new))),
    };
    let (block, result) = match read {
        Ok(block) => (block, Ok(())),
        Err(Broken) => (Block::Broken, Err(Broken)),
    };
    home.add(cursor, &name, block);
    result
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod meaning;
