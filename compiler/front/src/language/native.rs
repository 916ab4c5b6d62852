//! The `native` block: which existing rule file travels along?

use ir::{Native, NativeLanguage};

use super::Desk;
use super::block::{self, Quote};
use super::companion;
use super::cursor::{Cursor, Parse, Spanned};
use super::document::unreadable;

const LANGUAGES: [(NativeLanguage, &str); 2] = [(NativeLanguage::Yara, "yara"), (NativeLanguage::Suricata, "suricata")];

/// A rule file with citations that were not looked up yet.
pub(crate) struct Draft {
    pub(crate) native: Native,
    pub(crate) quotes: Vec<Quote>,
}

/// Reads `yara "file" { because ... }`, behind `native NAME`. `None` when it is broken or the file cannot be read.
pub(crate) fn native(cursor: &mut Cursor<'_>, name: &Spanned<&str>, desk: &mut Desk<'_>) -> Parse<Option<Draft>> {
    let before = cursor.errors();
    let language = cursor.choice("a rule language", &LANGUAGES)?;
    let path = cursor.string("a file in quotes")?;
    let mut quotes = Vec::new();
    if cursor.sees("{") {
        cursor.block(|cursor| match block::because(cursor)? {
            Some(quote) => {
                quotes.push(quote);
                Ok(())
            }
            None => Err(cursor.expected("`because`")),
        })?;
    }
    let text = match desk.open(&path.value) {
        Ok(file) => desk.sources.file(file).text.clone(),
        Err(why) => {
            cursor.report(unreadable(&path.value, path.span, &why));
            return Ok(None);
        }
    };
    let Some(language) = language.filter(|_| cursor.errors() == before) else { return Ok(None) };
    let companions = companion::of(language, &path.value, &text, desk);
    let native = Native { name: name.value.to_owned(), language, file: path.value, text, companions, because: Vec::new(), span: name.span };
    Ok(Some(Draft { native, quotes }))
}
