//! What do the modifiers behind a field's name ask for?
//!
//! <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md>. The words are read in the order
//! they stand in; a combination that has no meaning is refused with the words that clash.

use ir::{Comparison, Place, TimePart};

use source::suggest;

/// What the modifiers of one field ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Modifiers {
    /// `contains`, `startswith`, `endswith`.
    pub(super) place: Option<Place>,
    /// `all`.
    pub(super) all: bool,
    /// `cased`.
    pub(super) cased: bool,
    /// `neq`.
    pub(super) not: bool,
    /// What the value is, unless it is a text with wildcards.
    pub(super) form: Form,
    /// What happens to the value before it is looked for, in order.
    pub(super) changes: Vec<Change>,
}

/// What a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// A text with wildcards, a number, a flag or nothing.
    #[default]
    Plain,
    /// `re`, with its flags.
    Regex { ignore_case: bool, lines: bool, dot_all: bool },
    /// `cidr`.
    Network,
    /// `fieldref`.
    Field,
    /// `exists`.
    Exists,
    /// `lt`, `lte`, `gt`, `gte`.
    Compare(Comparison),
    /// `minute` to `year`, alone or compared.
    Time(TimePart, Option<Comparison>),
}

/// How a value is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// `windash`.
    Dashes,
    /// `utf16le`, `wide`.
    Utf16Little,
    /// `utf16be`.
    Utf16Big,
    /// `utf16`.
    Utf16Marked,
    /// `base64`.
    Base64,
    /// `base64offset`.
    Base64Offset,
    /// `expand`.
    Placeholders,
}

/// Why modifiers cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// No modifier has this name; what might be meant.
    Unknown(String, Option<String>),
    /// These do not go together, and why.
    Together(String, &'static str),
}

/// Every modifier, for suggestions.
pub(super) const NAMES: [&str; 35] = [
    "contains",
    "startswith",
    "endswith",
    "all",
    "cased",
    "neq",
    "exists",
    "re",
    "i",
    "ignorecase",
    "m",
    "multiline",
    "s",
    "dotall",
    "cidr",
    "fieldref",
    "windash",
    "base64",
    "base64offset",
    "utf16le",
    "utf16be",
    "utf16",
    "wide",
    "expand",
    "lt",
    "lte",
    "gt",
    "gte",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "singleline",
];

/// Those that write a value in UTF-16.
const UTF16: [&str; 4] = ["utf16le", "utf16be", "utf16", "wide"];

/// What other tools' modifiers are in Sigma.
const ELSEWHERE: [(&str, &str); 4] =
    [("equalsfield", "fieldref"), ("endswithfield", "fieldref|endswith"), ("containsfield", "fieldref|contains"), ("not", "neq")];

/// Reads the modifiers of a field, without its name: `contains|all`.
pub(super) fn parse<'k>(words: impl Iterator<Item = &'k str>) -> Result<Modifiers, Clash> {
    let mut out = Modifiers::default();
    let mut before: Vec<&str> = Vec::new();
    for word in words {
        if before.contains(&word) {
            return Err(Clash::Together(word.to_owned(), "it is given twice"));
        }
        out.add(word, &before)?;
        before.push(word);
    }
    out.check(&before)?;
    Ok(out)
}

impl Modifiers {
    fn add(&mut self, word: &str, before: &[&str]) -> Result<(), Clash> {
        let clash = |why: &'static str| Err(Clash::Together(word.to_owned(), why));
        let form = |out: &mut Self, form: Form| {
            if out.form != Form::Plain {
                return Err(Clash::Together(word.to_owned(), "the value is already read in another way"));
            }
            out.form = form;
            Ok(())
        };
        match word {
            "contains" | "startswith" | "endswith" => {
                if self.place.is_some() {
                    return clash("the value can stand in one place only; `contains` finds it anywhere");
                }
                self.place = Some(match word {
                    "contains" => Place::Anywhere,
                    "startswith" => Place::Start,
                    _ => Place::End,
                });
            }
            "all" => self.all = true,
            "cased" => self.cased = true,
            "neq" => self.not = true,
            "exists" => form(self, Form::Exists)?,
            "re" => form(self, Form::Regex { ignore_case: false, lines: false, dot_all: false })?,
            "i" | "ignorecase" | "m" | "multiline" | "s" | "dotall" | "singleline" => match &mut self.form {
                Form::Regex { ignore_case, .. } if word.starts_with('i') => *ignore_case = true,
                Form::Regex { lines, .. } if word.starts_with('m') => *lines = true,
                Form::Regex { dot_all, .. } => *dot_all = true,
                _ => return clash("it is a flag of `re`, which stands before it"),
            },
            "cidr" => form(self, Form::Network)?,
            "fieldref" => form(self, Form::Field)?,
            "lt" | "lte" | "gt" | "gte" => {
                let compare = match word {
                    "lt" => Comparison::Less,
                    "lte" => Comparison::AtMost,
                    "gt" => Comparison::More,
                    _ => Comparison::AtLeast,
                };
                match &mut self.form {
                    Form::Time(_, open @ None) => *open = Some(compare),
                    _ => form(self, Form::Compare(compare))?,
                }
            }
            "minute" => form(self, Form::Time(TimePart::Minute, None))?,
            "hour" => form(self, Form::Time(TimePart::Hour, None))?,
            "day" => form(self, Form::Time(TimePart::Day, None))?,
            "week" => form(self, Form::Time(TimePart::Week, None))?,
            "month" => form(self, Form::Time(TimePart::Month, None))?,
            "year" => form(self, Form::Time(TimePart::Year, None))?,
            "windash" => self.change(word, Change::Dashes)?,
            "utf16le" | "wide" => self.change(word, Change::Utf16Little)?,
            "utf16be" => self.change(word, Change::Utf16Big)?,
            "utf16" => self.change(word, Change::Utf16Marked)?,
            "base64" | "base64offset" => {
                if before.iter().any(|before| ["contains", "startswith", "endswith"].contains(before)) {
                    return clash("what is encoded cannot hold wildcards; `contains` stands behind it");
                }
                self.change(word, if word == "base64" { Change::Base64 } else { Change::Base64Offset })?;
            }
            "expand" => self.change(word, Change::Placeholders)?,
            other => {
                let elsewhere = ELSEWHERE.iter().find(|(word, _)| *word == other).map(|(_, here)| format!("Sigma has `{here}` for it"));
                let near = || suggest::nearest(other, NAMES).map(|near| format!("a similar modifier is `{near}`"));
                return Err(Clash::Unknown(other.to_owned(), elsewhere.or_else(near)));
            }
        }
        Ok(())
    }

    fn change(&mut self, word: &str, change: Change) -> Result<(), Clash> {
        let encodes = |change: &Change| !matches!(change, Change::Dashes | Change::Placeholders);
        let clash = |why: &'static str| Err(Clash::Together(word.to_owned(), why));
        if self.changes.iter().any(|before| matches!(before, Change::Base64 | Change::Base64Offset)) {
            return clash("nothing can follow an encoding in Base64");
        }
        let utf16 = |change: &Change| matches!(change, Change::Utf16Little | Change::Utf16Big | Change::Utf16Marked);
        if utf16(&change) && self.changes.iter().any(utf16) {
            return clash("the value is already in UTF-16");
        }
        if !encodes(&change) && self.changes.iter().any(encodes) {
            return clash("it changes the text, so it stands before an encoding");
        }
        self.changes.push(change);
        Ok(())
    }

    fn check(&self, words: &[&str]) -> Result<(), Clash> {
        let clash = |word: &str, why: &'static str| Err(Clash::Together(word.to_owned(), why));
        let form = words.iter().find(|word| ["re", "cidr", "fieldref", "exists", "lt", "lte", "gt", "gte"].contains(*word));
        let form = form.or_else(|| words.iter().find(|word| ["minute", "hour", "day", "week", "month", "year"].contains(*word))).copied();
        let changed = self.changes.iter().any(|change| *change != Change::Placeholders);
        if matches!(self.changes.last(), Some(Change::Utf16Little | Change::Utf16Big | Change::Utf16Marked)) {
            let word = words.iter().rev().find(|word| UTF16.contains(word)).copied();
            return clash(word.unwrap_or_default(), "no log keeps a text in UTF-16; `base64` or `base64offset` stands behind it");
        }
        match self.form {
            Form::Plain => Ok(()),
            _ if changed => clash(form.unwrap_or_default(), "the value is not a text that can be rewritten"),
            Form::Regex { ignore_case: true, .. } if self.cased => clash("cased", "`re` with `i` ignores case"),
            Form::Regex { .. } if matches!(self.place, Some(Place::Start | Place::End)) => {
                clash(form.unwrap_or_default(), "an expression is anchored with `^` and `$`")
            }
            Form::Regex { .. } | Form::Field => Ok(()),
            _ if self.place.is_some() => clash(form.unwrap_or_default(), "the value is not looked for inside a text"),
            _ if self.cased => clash("cased", "the value has no letters whose case could count"),
            Form::Exists if self.all => clash("all", "a field is there or it is not"),
            Form::Network | Form::Exists | Form::Compare(_) | Form::Time(..) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Modifiers, Clash> {
        parse(words.split('|'))
    }

    #[test]
    fn words_become_what_they_ask_for() {
        let wanted = Modifiers { place: Some(Place::Anywhere), all: true, changes: vec![Change::Dashes], ..Modifiers::default() };
        assert_eq!(read("contains|all|windash"), Ok(wanted.clone()));
        assert_eq!(read("windash|contains|all"), Ok(wanted));
        let regex = Form::Regex { ignore_case: true, lines: false, dot_all: true };
        assert_eq!(read("re|i|s").map(|read| read.form), Ok(regex));
        assert_eq!(read("hour|gte").map(|read| read.form), Ok(Form::Time(TimePart::Hour, Some(Comparison::AtLeast))));
        assert_eq!(read("wide|base64offset|contains").map(|read| read.changes), Ok(vec![Change::Utf16Little, Change::Base64Offset]));
        for chain in ["utf16|base64|contains", "utf16be|base64offset|contains", "utf16le|base64"] {
            assert_eq!(read(chain).map(|read| read.changes.len()), Ok(2), "{chain}");
        }
        assert_eq!(read("fieldref|endswith|neq").map(|read| (read.form, read.place, read.not)), Ok((Form::Field, Some(Place::End), true)));
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for words in [
            "contains|base64",
            "base64|wide",
            "base64|windash",
            "base64|base64offset",
            "wide|utf16be",
            "startswith|endswith",
            "contains|contains",
            "i|re",
            "i",
            "re|cidr",
            "re|i|cased",
            "re|startswith",
            "cidr|contains",
            "exists|contains",
            "exists|all",
            "gt|contains",
            "gt|cased",
            "re|windash",
            "gt|lt",
            "exists|windash",
            "re|base64",
            "wide",
            "wide|contains",
            "contains|utf16",
            "utf16le|startswith|cased",
            "utf16be|endswith",
            "windash|wide|contains|all",
        ] {
            assert!(matches!(read(words), Err(Clash::Together(..))), "{words}: {:?}", read(words));
        }
        assert_eq!(read("contain"), Err(Clash::Unknown("contain".to_owned(), Some("a similar modifier is `contains`".to_owned()))));
        assert_eq!(read("zzzzzz"), Err(Clash::Unknown("zzzzzz".to_owned(), None)));
        assert_eq!(read("endswithfield"), Err(Clash::Unknown("endswithfield".to_owned(), Some("Sigma has `fieldref|endswith` for it".to_owned()))));
    }
}
