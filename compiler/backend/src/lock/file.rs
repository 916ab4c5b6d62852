//! What does the file hold? One line for each rule, `target number revision digest key`, sorted by target and key.
//!
//! A key is the end of its line, so blanks may stand in it. What would break the line, or look like something else to a person who
//! reads it, is escaped. Rows that vigie 0.1 wrote are known by their short digest; their keys hold no escapes.

use std::fmt::{self, Write as _};

use super::{DIGITS, Lock, Number, OLD_DIGITS, Row, Section};

/// The first line.
const HEAD: &str = "# vigie.lock: target, number, revision, digest of the meaning and key of each rule. Keep it under version control; a number is \
                    never given twice.\n";

/// Why a text is no lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong with it, as a clause.
    pub why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.why)
    }
}

impl Lock {
    /// Reads a lock file; `#` starts a comment. A row that stands there twice, as after a merge of two branches, counts once.
    ///
    /// # Errors
    ///
    /// The first line that is no row, or that gives a number or a key a second time.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut lock = Self::default();
        for (at, line) in lines(text)? {
            let wrong = |why: String| Unreadable { line: at, why };
            let (target, key, row) = row(line).map_err(wrong)?;
            let Number { sid, .. } = row.number;
            let section = lock.sections.entry(target.to_owned()).or_insert_with(|| Section::within(lock.range.clone()));
            let twice = section.rows.contains_key(&key);
            if !section.put(key, row) {
                let why = if twice { "its key has another row".to_owned() } else { format!("the number {sid} has another row") };
                return Err(wrong(format!("{why}; `vigie lock --settle` settles what a merge left")));
            }
        }
        Ok(lock)
    }

    /// Writes the lock file, sorted by target and key.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::from(HEAD);
        for (target, section) in &self.sections {
            for (key, Row { number, meaning }) in &section.rows {
                // What an older row says is not touched: its key stands there as it was read.
                let key = if meaning.len() == OLD_DIGITS { key.clone() } else { escaped(key) };
                let _ = writeln!(out, "{target} {} {} {meaning} {key}", number.sid, number.rev);
            }
        }
        out
    }
}

/// A line that a merge leaves where two sides differ (<https://git-scm.com/docs/git-merge#_how_conflicts_are_presented>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// One side begins.
    Ours,
    /// What both sides came from begins.
    Base,
    /// The other side begins.
    Theirs,
    /// What is the same begins again.
    End,
}

impl Mark {
    /// The mark that a line is.
    pub(super) fn of(line: &str) -> Option<Self> {
        let marks = [("<<<<<<<", Self::Ours), ("|||||||", Self::Base), ("=======", Self::Theirs), (">>>>>>>", Self::End)];
        marks.into_iter().find(|(start, _)| line.starts_with(start)).map(|(_, mark)| mark)
    }
}

/// The lines of a lock that say something, with their numbers.
///
/// # Errors
///
/// The last line is cut off, or there is none.
pub(super) fn lines(text: &str) -> Result<Vec<(usize, &str)>, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.is_empty() {
        return Err(Unreadable { line: 1, why: "it is empty, and a lock never is; deleting it begins with new numbers".to_owned() });
    }
    let mut out = Vec::new();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let Some(line) = line.strip_suffix('\n') else {
            return Err(Unreadable { line: at + 1, why: "it ends without a line feed, so something may be missing".to_owned() });
        };
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.trim().is_empty() && !line.starts_with('#') {
            out.push((at + 1, line));
        }
    }
    Ok(out)
}

/// Reads one row.
pub(super) fn row(line: &str) -> Result<(&str, String, Row), String> {
    if Mark::of(line).is_some() {
        return Err("a merge was not finished here; `vigie lock --settle` keeps the rows of both sides".to_owned());
    }
    if line.chars().any(breaks) {
        return Err("a control character stands in it".to_owned());
    }
    let mut words = line.splitn(5, ' ');
    let mut word = || words.next().filter(|word| !word.is_empty()).ok_or_else(|| "it is not of the form `target sid rev digest key`".to_owned());
    let (target, sid, rev, meaning, key) = (word()?, word()?, word()?, word()?, word()?);
    if !target.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_')) {
        return Err(format!("`{}` is no target", target.escape_default()));
    }
    let number = |text: &str, what: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        let number = text.parse::<u32>().ok().filter(|number| digits && (1..=Number::LAST).contains(number));
        number.ok_or_else(|| format!("`{}` is no {what}: 1 to {} are", text.escape_debug(), Number::LAST))
    };
    let number = Number { sid: number(sid, "number")?, rev: number(rev, "revision")? };
    let hex = meaning.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let key = match meaning.len() {
        OLD_DIGITS if hex => key.to_owned(),
        DIGITS if hex => read_back(key).ok_or_else(|| "an escape in its key cannot be read".to_owned())?,
        _ => return Err(format!("`{}` is no digest", meaning.escape_debug())),
    };
    Ok((target, key, Row { number, meaning: meaning.to_owned() }))
}

/// Whether a character would end a line for some reader.
fn breaks(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}')
}

/// Whether a character changes how the line is read without being seen: marks of direction, joiners, noncharacters, other blanks.
fn deceives(char: char) -> bool {
    breaks(char)
        || char != ' ' && char.is_whitespace()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(char, '\u{fdd0}'..='\u{fdef}')
        || u32::from(char) & 0xfffe == 0xfffe
}

/// A key as it stands in the file.
fn escaped(key: &str) -> String {
    let last = key.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(key.len());
    for (at, char) in key.chars().enumerate() {
        // Editors take away blanks at the end of a line.
        let edge = char == ' ' && (at == 0 || at == last);
        if char == '\\' {
            out.push_str("\\\\");
        } else if edge || deceives(char) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
        } else {
            out.push(char);
        }
    }
    out
}

/// The key that was escaped so; `None` for anything that [`escaped`] does not write.
fn read_back(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('\\') {
            out.push('\\');
            rest = after;
        } else {
            let (digits, after) = rest.strip_prefix("u{")?.split_once('}')?;
            out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
            rest = after;
        }
    }
    out.push_str(rest);
    (escaped(&out) == text).then_some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(sid: &str, rev: &str, key: &str) -> String {
        format!("suricata {sid} {rev} {} {key}\n", "0a".repeat(DIGITS / 2))
    }

    #[test]
    fn rows_of_the_first_version_keep_their_numbers_and_revisions() {
        let text = "# Numbers of generated rules.\nsuricata 1013135 4 e58ef3c170834767 FIRST\\n/d.dns-query control-one.example\n";
        let lock = Lock::parse(text).unwrap();
        assert_eq!(lock.print().lines().last(), text.lines().last(), "what is not built stays as it was");
        let mut section = lock.section("suricata");
        let mut other = section.clone();
        assert_eq!(section.number("FIRST\\n/d.dns-query control-one.example", "another meaning"), Ok(Number { sid: 1_013_135, rev: 5 }));
        // The meaning that 0.1 saw: the same digest, only shorter.
        let known = super::super::short("x");
        other.put("A".to_owned(), Row { number: Number { sid: 7, rev: 3 }, meaning: known[..OLD_DIGITS].to_owned() });
        assert_eq!(other.number("A", "x"), Ok(Number { sid: 7, rev: 3 }));
        let mut lock = Lock::default();
        lock.replace("suricata", other);
        assert!(lock.print().contains(&format!("suricata 7 3 {known} A\n")));
    }

    #[test]
    fn what_is_no_row_is_said_with_its_line() {
        let refused = |text: &str| Lock::parse(text).unwrap_err();
        assert_eq!(refused(&("# x\n".to_owned() + &line("0", "1", "a"))).line, 2);
        for (sid, rev) in
            [("1", "0"), ("4294967295", "1"), ("1", "4294967295"), ("4294967296", "1"), ("-1", "1"), ("+1", "1"), ("01", "1"), ("", "1"), ("x", "1")]
        {
            assert_eq!(refused(&line(sid, rev, "a")).line, 1, "{sid} {rev}");
        }
        assert!(Lock::parse(&line("4294967294", "4294967294", "a")).is_ok());
        assert!(refused(&(line("1", "1", "a") + &line("1", "1", "b"))).why.contains("the number 1"));
        assert!(refused(&(line("1", "1", "a") + &line("2", "1", "a"))).why.contains("its key"));
        assert!(refused(&(line("1", "1", "a") + &line("1", "2", "a"))).why.contains("its key"));
        assert!(refused(&line("1", "1", "a\u{1b}[31m")).why.contains("control"));
        assert!(refused(&line("1", "1", "a\rsuricata")).why.contains("control"));
        assert!(refused(&line("1", "1", "a\\n")).why.contains("escape"));
        assert!(refused(&line("1", "1", "a\\u{61}")).why.contains("escape"));
        assert!(refused("<<<<<<< ours\n").why.contains("merge"));
        assert!(refused(&line("1", "1", "a").replace("suricata", "suri\u{202e}cata")).why.contains("target"));
        assert!(refused("suricata 1 1 abc a\n").why.contains("digest"));
        assert!(refused("suricata 1 nonsense\n").why.contains("form"));
        assert!(refused(line("1", "1", "a").trim_end()).why.contains("line feed"));
        assert!(refused("").why.contains("empty"));
    }

    #[test]
    fn a_row_that_a_merge_doubled_counts_once_and_other_line_ends_are_read() {
        let once = Lock::parse(&line("1", "1", "a")).unwrap();
        assert_eq!(Lock::parse(&(line("1", "1", "a") + &line("1", "1", "a"))), Ok(once.clone()));
        assert_eq!(Lock::parse(&("\u{feff}# x\r\n\r\n".to_owned() + &line("1", "1", "a").replace('\n', "\r\n"))), Ok(once));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(keys in proptest::collection::btree_set(r"(?s)([ \\u{}a-c/~\r\n\t\x{0}\x{85}\x{2028}\x{202e}\x{feff}\x{ffff}]|.){1,12}", 0..6)) {
            let mut section = Section::default();
            for key in &keys {
                section.number(key, key).unwrap();
            }
            let mut lock = Lock::default();
            lock.replace("kql/sentinel", section);
            let text = lock.print();
            prop_assert_eq!(text.lines().count(), keys.len() + 1);
            prop_assert!(text.chars().all(|char| char == '\n' || !deceives(char)));
            prop_assert_eq!(Lock::parse(&text), Ok(lock));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "(?s)(suricata |1 |1 |[0-9a-f]{32} |\\\\u\\{|\\}|\n|.){0,20}") {
            if let Ok(lock) = Lock::parse(&text) {
                prop_assert_eq!(Lock::parse(&lock.print()), Ok(lock));
            }
        }
    }
}
