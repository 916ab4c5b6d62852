//! What do placeholders (`%name%`, under `expand`) stand for?
//!
//! The lists are a site's own: names of administrators, of servers, of tools. A value with a placeholder becomes one value for each item
//! of its list, or for each combination when it has several, and any of them is enough. An item is read as a value of a rule is: `*` and
//! `?` are wildcards, `\` escapes them. In a regular expression an item is its own characters.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The most values that one value becomes.
const MAX_COMBINATIONS: usize = 10_000;
/// The most bytes that these have together.
const MAX_SIZE: usize = 4 << 20;

/// Lists of values by the name of their placeholder. The empty collection knows none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placeholders(Arc<BTreeMap<String, Vec<String>>>);

impl Placeholders {
    /// Takes lists by their names, without the percent signs.
    #[must_use]
    pub fn new(lists: BTreeMap<String, Vec<String>>) -> Self {
        Self(Arc::new(lists))
    }
}

/// Why a value cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// No list has this name.
    Unknown(String),
    /// There are more combinations than may be.
    TooMany,
}

/// The values that a value with placeholders stands for; `None` when it has none. `\%` becomes `%` in the others.
pub(super) fn fill(text: &str, expression: bool, lists: &Placeholders) -> Result<Option<Vec<String>>, Unfilled> {
    let mut values = Values { texts: vec![String::new()], size: 0 };
    let mut filled = false;
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let before = rest.get(..at).unwrap_or_default();
        let after = rest.get(at + 1..).unwrap_or_default();
        if let Some(before) = before.strip_suffix('\\').filter(|_| open(before)) {
            values.push(before)?;
            values.push("%")?;
            (filled, rest) = (true, after);
            continue;
        }
        values.push(before)?;
        match after.split_once('%').filter(|(name, _)| !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || char == '_')) {
            None => {
                values.push("%")?;
                rest = after;
            }
            Some((name, after)) => {
                let list = lists.0.get(name).ok_or_else(|| Unfilled::Unknown(name.to_owned()))?;
                values.choose(list, expression)?;
                (filled, rest) = (true, after);
            }
        }
    }
    values.push(rest)?;
    Ok(filled.then_some(values.texts))
}

/// What a value has become so far.
struct Values {
    texts: Vec<String>,
    /// Of all texts, in bytes.
    size: usize,
}

impl Values {
    fn grow(&mut self, by: usize) -> Result<(), Unfilled> {
        self.size = self.size.saturating_add(by);
        if self.size > MAX_SIZE { Err(Unfilled::TooMany) } else { Ok(()) }
    }

    /// The same text behind each.
    fn push(&mut self, text: &str) -> Result<(), Unfilled> {
        self.grow(self.texts.len().saturating_mul(text.len()))?;
        self.texts.iter_mut().for_each(|value| value.push_str(text));
        Ok(())
    }

    /// Each item of a list behind each.
    fn choose(&mut self, list: &[String], expression: bool) -> Result<(), Unfilled> {
        if let [item] = list {
            return self.push(&written(item, expression));
        }
        if self.texts.len().saturating_mul(list.len()) > MAX_COMBINATIONS {
            return Err(Unfilled::TooMany);
        }
        let items: Vec<String> = list.iter().map(|item| written(item, expression)).collect();
        let more = self.size.saturating_mul(list.len()).saturating_add(items.iter().map(String::len).sum::<usize>().saturating_mul(self.texts.len()));
        self.size = 0;
        self.grow(more)?;
        self.texts = self.texts.iter().flat_map(|text| items.iter().map(move |item| format!("{text}{item}"))).collect();
        Ok(())
    }
}

/// An item as it stands inside a value.
fn written(item: &str, expression: bool) -> String {
    if expression {
        return regex_syntax::escape(item);
    }
    // A backslash at the end is the item's own, whatever stands behind it.
    if open(item) { format!("{item}\\") } else { item.to_owned() }
}

/// Whether a text ends in a backslash that escapes what stands behind it.
fn open(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists() -> Placeholders {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        Placeholders::new(BTreeMap::from([
            ("Admins".to_owned(), list(&["adm-*", "root"])),
            ("Folders".to_owned(), list(&[r"C:\a\", r"D:\b"])),
            ("One".to_owned(), list(&["x"])),
            ("Two".to_owned(), list(&["", ""])),
            ("Many".to_owned(), (0..101).map(|at| at.to_string()).collect()),
        ]))
    }

    fn filled(text: &str) -> Result<Vec<String>, Unfilled> {
        fill(text, false, &lists()).map(Option::unwrap_or_default)
    }

    #[test]
    fn each_item_of_a_list_is_a_value() {
        assert_eq!(filled("%Admins%"), Ok(vec!["adm-*".to_owned(), "root".to_owned()]));
        assert_eq!(filled("%Folders%*"), Ok(vec![r"C:\a\\*".to_owned(), r"D:\b*".to_owned()]), "the backslash escapes no wildcard");
        assert_eq!(filled("%Admins%@%Admins%").map(|list| list.len()), Ok(4));
        assert_eq!(fill("^%Admins%$", true, &lists()).ok().flatten().as_deref(), Some(&[r"^adm\-\*$".to_owned(), "^root$".to_owned()][..]));
    }

    #[test]
    fn percent_signs_that_name_nothing_are_characters() {
        assert_eq!(filled("100%"), Ok(vec![]));
        assert_eq!(filled("%a b%"), Ok(vec![]));
        assert_eq!(filled(r"\%Admins\%"), Ok(vec!["%Admins%".to_owned()]));
        assert_eq!(filled(r"A\\%Admins%").map(|list| list.len()), Ok(2), "the backslash is a character");
        assert_eq!(filled("%Nobody%"), Err(Unfilled::Unknown("Nobody".to_owned())));
    }

    #[test]
    fn combinations_have_an_end() {
        assert_eq!(filled("%Many%%Many%"), Err(Unfilled::TooMany));
        assert_eq!(filled(&"%Many%".repeat(40)), Err(Unfilled::TooMany));
        assert_eq!(filled(&format!("%Many%{}", "x".repeat(1 << 20))), Err(Unfilled::TooMany));
        // A list of one item makes a text longer, in time that grows with the text.
        assert_eq!(filled(&"%One%".repeat(100_000)).map(|list| list.len()), Ok(1));
        assert_eq!(filled(&"%Two%".repeat(100_000)), Err(Unfilled::TooMany));
    }
}
