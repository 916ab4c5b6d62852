//! The `native` block: which existing rule file travels along?

use std::sync::Arc;

use ir::{Native, NativeLanguage};

use super::block::{self, Quote};
use super::companion;
use super::cursor::{Cursor, Parse, Spanned};
use super::desk::Desk;
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
        Ok(file) => Arc::<str>::from(desk.sources.file(file).text.as_str()),
        Err(why) => {
            cursor.report(unreadable(&path.value, path.span, &why));
            return Ok(None);
        }
    };
    let Some(language) = language.filter(|_| cursor.errors() == before) else { return Ok(None) };
    if !holds_rules(language, &text) {
        // No reader of rules sees it, so that none can say a word of it.
        let name = LANGUAGES.iter().find(|(known, _)| *known == language).map_or("", |(_, name)| name);
        cursor.report(unreadable(&path.value, path.span, &format!("it holds no rule of the language `{name}`")));
        return Ok(None);
    }
    let companions = companion::of(language, &path.value, &text, desk);
    let native = Native { name: name.value.to_owned(), language, file: path.value, text, companions, because: Vec::new(), span: name.span };
    Ok(Some(Draft { native, quotes }))
}

/// Whether a text has a rule of the language, as far as its first words tell. Whether the rules are sound is not asked here.
fn holds_rules(language: NativeLanguage, text: &str) -> bool {
    match language {
        NativeLanguage::Yara => {
            text.match_indices("rule").any(|(at, word)| {
                let before = text.get(..at).and_then(|before| before.chars().next_back());
                let name = text.get(at + word.len()..).unwrap_or_default();
                let name_begins = |char: char| char.is_ascii_alphabetic() || char == '_';
                before.is_none_or(|char| char.is_whitespace() || matches!(char, '}' | '/'))
                    && name.starts_with(char::is_whitespace)
                    && name.trim_start().starts_with(name_begins)
            }) && text.contains('{')
                && text.contains("condition")
        }
        NativeLanguage::Suricata => {
            text.lines().any(|line| {
                let mut words = line.split_whitespace();
                words.next().is_some_and(|action| NativeLanguage::SURICATA_ACTIONS.contains(&action)) && words.next().is_some()
            }) && text.contains('(')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_told_from_other_texts() {
        use NativeLanguage::{Suricata, Yara};
        for (language, text, is) in [
            (Yara, "rule a { condition: true }", true),
            (Yara, "/* c */rule a\n{\n condition: nothing\n}", true),
            (Yara, "import \"pe\"\nprivate global rule\n a:t{strings:$a=\"x\" condition:$a}", true),
            (Yara, "Ground rule number one\n", false),
            (Yara, "-----BEGIN PRIVATE KEY-----\nrules\n", false),
            (Suricata, "# c\n  alert ip any any -> any any (sid:1;)\n", true),
            (Suricata, "pass http any any -> any any \\\n (sid:1;)", true),
            (Suricata, "account word of the machine\n", false),
            (Suricata, "alert\nroot:x:0:0:(root)\n", false),
        ] {
            assert_eq!(holds_rules(language, text), is, "{text}");
        }
    }
}
