//! What does the text say once the spellings that keep a value from being clicked are undone? One pass over the bytes.
//!
//! The result is a second text with a list of edits, so that every place in it can be traced back to the words as written
//! and every value knows how it was spelled. Nothing is undone unless it stands between characters of a name: `[...]` and
//! "the dot com boom" stay what they are.

use std::ops::Range;

use ir::public_suffix;

use super::mark::{Token, entity, token};

/// How a value was kept from being clicked; the later, the stronger the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Defang {
    /// It was not.
    None,
    /// A spelling that also has other reasons: an escape of the markup, a stray space, a hidden character.
    Weak,
    /// A spelling that has no other reason.
    Strong,
}

/// One replacement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    /// Where the replacement begins in the new text, and where it ends.
    pub(super) at: usize,
    pub(super) until: usize,
    /// The words that were replaced.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) how: Defang,
}

/// The text with every spelling undone.
#[derive(Debug, Default)]
pub(super) struct Normal {
    /// The text.
    pub(super) text: String,
    pub(super) edits: Vec<Edit>,
}

impl Normal {
    /// The bytes of the original text that a range came from.
    pub(super) fn origin(&self, range: Range<usize>) -> Range<usize> {
        let start = self.place(range.start, false);
        start..self.place(range.end, true).max(start)
    }

    fn place(&self, at: usize, end: bool) -> usize {
        let next = self.edits.partition_point(|edit| edit.at < at || (edit.at == at && !end));
        match next.checked_sub(1).and_then(|index| self.edits.get(index)) {
            None => at,
            Some(edit) if at < edit.until => {
                if end {
                    edit.to
                } else {
                    edit.from
                }
            }
            Some(edit) => edit.to + (at - edit.until),
        }
    }

    /// Where a byte of the original text is found in the new one; edits have to be in order up to it.
    pub(super) fn destination(&self, at: usize) -> usize {
        let next = self.edits.partition_point(|edit| edit.from <= at);
        match next.checked_sub(1).and_then(|index| self.edits.get(index)) {
            None => at,
            Some(edit) if at < edit.to => edit.at,
            Some(edit) => edit.until + (at - edit.to),
        }
    }

    /// The strongest spelling inside a range.
    pub(super) fn defanged(&self, range: Range<usize>) -> Defang {
        let first = self.edits.partition_point(|edit| edit.until <= range.start);
        let inside = self.edits.iter().skip(first).take_while(|edit| edit.at < range.end).take(64);
        inside.map(|edit| edit.how).max().unwrap_or(Defang::None)
    }
}

/// Undoes every spelling.
pub(super) fn normalise(text: &str) -> Normal {
    let mut writer = Writer { bytes: text.as_bytes(), text, out: String::with_capacity(text.len() + 16), edits: Vec::new(), copied: 0, slashes: 0 };
    let mut at = 0;
    while let Some(byte) = writer.bytes.get(at).copied() {
        at = if wanted(byte) { writer.step(at, byte) } else { at + 1 };
        at += writer.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| !wanted(**byte)).count();
    }
    writer.flush(text.len());
    Normal { text: writer.out, edits: writer.edits }
}

/// Whether a spelling may begin with this byte.
fn wanted(byte: u8) -> bool {
    TRIGGER.get(usize::from(byte)) == Some(&true)
}

static TRIGGER: [bool; 256] = {
    let mut table = [false; 256];
    let wanted = b"[({<\\& :.\"_\n\xE2\xE3\xEF\xC2";
    let mut at = 0;
    while at < wanted.len() {
        table[wanted[at] as usize] = true;
        at += 1;
    }
    table
};

/// Scheme spellings, longest first where one ends another, with what they mean.
const SCHEMES: [(&str, &str); 33] = [
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("hxxxps", "https"),
    ("hxxxp", "http"),
    ("hxxpx", "https"),
    ("h**ps", "https"),
    ("h**p", "http"),
    ("h__ps", "https"),
    ("h__p", "http"),
    ("htxps", "https"),
    ("htxp", "http"),
    ("hxtps", "https"),
    ("hxtp", "http"),
    ("htxxps", "https"),
    ("htxxp", "http"),
    ("htpps", "https"),
    ("htps", "https"),
    ("htp", "http"),
    ("hyyps", "https"),
    ("hyyp", "http"),
    ("httx", "http"),
    ("httxs", "https"),
    ("meows", "https"),
    ("meow", "http"),
    ("fxps", "ftps"),
    ("fxp", "ftp"),
    ("sfxp", "sftp"),
    ("xxxps", "https"),
    ("xxxp", "http"),
    ("ttps", "https"),
    ("ttp", "http"),
    ("wxs", "ws"),
    ("txp", "tcp"),
];

/// Words that never are a label of a host name written with ` dot `.
const PLAIN_WORDS: [&str; 44] = [
    "the", "a", "an", "of", "in", "on", "at", "to", "and", "or", "for", "from", "with", "by", "is", "was", "this", "that", "its", "it", "your",
    "our", "their", "first", "second", "dot", "each", "every", "one", "any", "no", "not", "early", "late", "after", "before", "during", "red",
    "black", "look", "big", "old", "new", "slash",
];

struct Writer<'t> {
    bytes: &'t [u8],
    text: &'t str,
    out: String,
    edits: Vec<Edit>,
    copied: usize,
    /// Up to where a backslash is a slash: in a URL that is written with them.
    slashes: usize,
}

impl Writer<'_> {
    fn get(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    /// The last byte of the new text, as it would be at `at`.
    fn before(&self, at: usize) -> u8 {
        if at > self.copied { self.get(at - 1) } else { self.out.as_bytes().last().copied().unwrap_or(b'\n') }
    }

    fn flush(&mut self, until: usize) {
        if let Some(part) = self.text.get(self.copied..until) {
            self.out.push_str(part);
            self.copied = until;
        }
    }

    /// Replaces `at..at + len` and returns where to go on.
    fn replace(&mut self, at: usize, len: usize, with: &str, how: Defang) -> usize {
        self.flush(at);
        let start = self.out.len();
        self.out.push_str(with);
        self.edits.push(Edit { at: start, until: self.out.len(), from: at, to: at + len, how });
        self.copied = at + len;
        at + len
    }

    fn step(&mut self, at: usize, byte: u8) -> usize {
        match byte {
            b':' => self.colon(at),
            b' ' => self.space(at),
            b'\n' => self.broken(at),
            b'.' => self.dot(at),
            b'"' if self.bytes.get(at..at + 3) == Some(b"\".\"") && label(self.before(at)) && label(self.get(at + 3)) && self.short_quote(at) => {
                self.replace(at, 3, ".", Defang::Weak)
            }
            b'_' => {
                let dot = self.bytes.get(at..at + 5).is_some_and(|word| word.eq_ignore_ascii_case(b"_dot_"));
                if dot && label(self.before(at)) && label(self.get(at + 5)) { self.replace(at, 5, ".", Defang::Strong) } else { at + 1 }
            }
            0xE2 | 0xE3 | 0xEF | 0xC2 => self.unicode(at),
            _ => self.bracket(at),
        }
    }

    /// `update"."badcdn"."example`: the pieces are not quoted strings of a program.
    fn short_quote(&self, at: usize) -> bool {
        let word = |byte: u8| label(byte) || byte == b'.';
        let left = (1..=64).find(|back| !at.checked_sub(*back).is_some_and(|place| word(self.get(place)))).unwrap_or(64);
        !matches!(at.checked_sub(left).map(|place| self.get(place)), Some(b'"' | b'\'' | b'('))
            || self.edits.last().is_some_and(|edit| edit.to + 64 > at)
    }

    fn unicode(&mut self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        for hidden in ["\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{AD}"] {
            if rest.starts_with(hidden.as_bytes()) {
                let inside = self.before(at).is_ascii_graphic() && self.get(at + hidden.len()).is_ascii_graphic();
                return if inside { self.replace(at, hidden.len(), "", Defang::Weak) } else { at + hidden.len() };
            }
        }
        for dot in ["\u{3002}", "\u{FF0E}", "\u{FF61}", "\u{2024}"] {
            if rest.starts_with(dot.as_bytes()) {
                let name = self.before(at).is_ascii_alphanumeric() && self.get(at + dot.len()).is_ascii_alphanumeric();
                return if name { self.replace(at, dot.len(), ".", Defang::Strong) } else { at + dot.len() };
            }
        }
        at + 1
    }

    fn dot(&mut self, at: usize) -> usize {
        let closes = matches!(self.get(at + 1), b']' | b'}');
        if closes && label(self.before(at)) && label(self.get(at + 2)) { self.replace(at, 2, ".", Defang::Strong) } else { at + 1 }
    }

    fn colon(&mut self, at: usize) -> usize {
        let rest = self.bytes.get(at + 1..).unwrap_or_default();
        if rest.starts_with(b"//") {
            self.flush(at);
            self.scheme(at);
            // `hxxp://host\page`: browsers read such a backslash as a slash.
            if self.edits.last().is_some_and(|edit| edit.to == at && edit.how == Defang::Strong) {
                self.slashed(at + 3);
            }
            let glued = rest.get(2) == Some(&b' ') && rest.get(3).is_some_and(|byte| label(*byte)) && self.known_scheme() && self.dotted(at + 4);
            return if glued { self.replace(at, 4, "://", Defang::Weak) } else { at + 3 };
        }
        // Slips of the two slashes: `hxxp:\\host`, `hxxp:/\host`, `hxxp:/host`, `hxxp:\/\/host`.
        let slashes = rest.iter().take(5).take_while(|byte| matches!(byte, b'/' | b'\\')).count();
        if (1..=4).contains(&slashes) && rest.get(slashes).is_some_and(|byte| label(*byte)) {
            self.flush(at);
            let edits = self.edits.len();
            self.scheme(at);
            // One alone is a slip only behind a scheme that is one itself.
            let defanged = self.edits.len() > edits || self.edits.last().is_some_and(|edit| edit.to == at && edit.how == Defang::Strong);
            if self.known_scheme() && (slashes > 1 || defanged) {
                self.slashed(at + 1 + slashes);
                return self.replace(at, 1 + slashes, "://", Defang::Strong);
            }
        }
        at + 1
    }

    /// Takes backslashes for slashes to the end of the word that begins here.
    fn slashed(&mut self, at: usize) {
        if at >= self.slashes {
            let stops = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'`' | b'|' | b'<' | b'>' | b'\'');
            let rest = self.bytes.get(at..).unwrap_or_default();
            self.slashes = at + rest.iter().take(4096).position(stops).unwrap_or(rest.len().min(4096));
        }
    }

    /// Whether a backslash parts two names of a URL's path: letters follow it, and no escape of a program's text.
    fn parts_names(&self, at: usize) -> bool {
        let rest = self.bytes.get(at + 1..).unwrap_or_default();
        let name = rest.iter().take(8).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
        name >= 2
            && rest.first().is_some_and(u8::is_ascii_alphanumeric)
            && !matches!(rest, [b'x' | b'u', hex, ..] if hex.is_ascii_hexdigit() && name < 3)
    }

    /// Whether the word that begins here holds a dot, however it is written.
    fn dotted(&self, at: usize) -> bool {
        let word = self.bytes.get(at..).unwrap_or_default().iter().take(128).take_while(|byte| !byte.is_ascii_whitespace());
        let mut last = b' ';
        for byte in word {
            if last == b'.' && (label(*byte) || *byte == b']') {
                return true;
            }
            last = *byte;
        }
        false
    }

    fn known_scheme(&self) -> bool {
        let tail = tail_word(&self.out);
        ["http", "https", "ftp", "ftps", "sftp", "ws", "tcp"].iter().any(|scheme| tail.ends_with(scheme))
    }

    /// Rewrites the scheme at the end of the new text; what follows it begins at `at`.
    fn scheme(&mut self, at: usize) {
        let boxed = self.out.ends_with(']');
        let body = self.out.strip_suffix(']').unwrap_or(&self.out);
        let tail = tail_word(body);
        let lower = tail.to_ascii_lowercase();
        let found = SCHEMES.iter().filter(|(spelling, _)| lower.ends_with(spelling)).max_by_key(|(spelling, _)| spelling.len());
        let (spelled, meaning) = match found {
            Some((spelling, meaning)) if !["http", "https"].iter().any(|real| lower.ends_with(real)) => (spelling.len(), *meaning),
            _ if boxed && ["http", "https", "ftp"].contains(&&*lower) => (
                lower.len(),
                if lower == "https" {
                    "https"
                } else if lower == "ftp" {
                    "ftp"
                } else {
                    "http"
                },
            ),
            _ => return,
        };
        let start = body.len() - spelled;
        let start = if boxed { start.saturating_sub(1) } else { start };
        if (boxed && self.out.as_bytes().get(start) != Some(&b'[')) || self.edits.last().is_some_and(|edit| edit.until > start) {
            return;
        }
        let from = at.saturating_sub(self.out.len() - start);
        self.out.truncate(start);
        self.out.push_str(meaning);
        self.edits.push(Edit { at: start, until: self.out.len(), from, to: at, how: Defang::Strong });
    }

    /// A bracketed dot, colon, slash or at sign, escaped or not.
    fn bracket(&mut self, at: usize) -> usize {
        // `\/`: a slash in the text of a program.
        if at < self.slashes && self.get(at) == b'\\' && self.get(at + 1) == b'/' && label(self.get(at + 2)) {
            return self.replace(at, 2, "/", Defang::Weak);
        }
        if at < self.slashes && self.get(at) == b'\\' && self.before(at) != b'\\' && self.parts_names(at) {
            return self.replace(at, 1, "/", Defang::Weak);
        }
        if self.get(at) == b'\\' && self.get(at + 1) == b'.' {
            let name = label(self.before(at)) && label(self.get(at + 2)) && !self.in_path(at);
            return if name { self.replace(at, 2, ".", Defang::Weak) } else { at + 1 };
        }
        if self.get(at) == b'&'
            && let Some((byte @ (b'.' | b':' | b'/' | b'@' | b'-' | b'_' | b'&'), len)) = entity(self.bytes, at)
        {
            let with = match byte {
                b'.' => ".",
                b':' => ":",
                b'/' => "/",
                b'@' => "@",
                b'-' => "-",
                b'_' => "_",
                _ => "&",
            };
            return self.replace(at, len, with, Defang::Weak);
        }
        let before = self.before(at);
        // `2001[:]db8[::]5`
        if self.bytes.get(at..at + 4) == Some(b"[::]") && before.is_ascii_hexdigit() && self.get(at + 4).is_ascii_hexdigit() {
            return self.replace(at, 4, "::", Defang::Strong);
        }
        let Some((len, token)) = token(self.bytes, at) else { return at + 1 };
        let after = self.get(at + len);
        let high = |byte: u8| label(byte) || byte >= 0x80;
        if matches!(token, Token::Dot) && label(before) {
            let gap = self.line_break(at + len);
            if gap > 0 {
                return self.replace(at, len + gap, ".", Defang::Strong);
            }
        }
        let bracket_after = matches!(after, b'[' | b'(' | b'{');
        match token {
            Token::Dot if high(before) && high(after) => self.replace(at, len, ".", Defang::Strong),
            Token::At if (label(before) || before == b'.') && high(after) => self.replace(at, len, "@", Defang::Strong),
            Token::Slash if label(before) => self.replace(at, len, "/", Defang::Strong),
            Token::Slashes if before == b':' => self.replace(at, len, "//", Defang::Strong),
            Token::ColonSlashes if high(before) || before == b']' => {
                self.flush(at);
                self.scheme(at);
                self.slashed(at + len);
                self.replace(at, len, "://", Defang::Strong)
            }
            Token::Colon if high(before) || matches!(before, b':' | b']') => {
                self.flush(at);
                if matches!(after, b'/' | b'\\') || bracket_after {
                    self.scheme(at);
                }
                let slashes = self.bytes.get(at + len..at + len + 2) == Some(b"\\\\") && self.known_scheme();
                if matches!(after, b'/' | b'\\') && self.known_scheme() {
                    self.slashed(at + len + 2);
                }
                if slashes { self.replace(at, len + 2, "://", Defang::Strong) } else { self.replace(at, len, ":", Defang::Strong) }
            }
            _ => at + 1,
        }
    }

    /// Whether `at` lies in something that looks like a Windows path.
    fn in_path(&self, at: usize) -> bool {
        (1..=200)
            .map_while(|back| at.checked_sub(back))
            .map(|place| self.get(place))
            .take_while(|byte| !byte.is_ascii_whitespace())
            .any(|byte| matches!(byte, b'\\' | b'%' | b'|'))
            && self.edits.last().is_none_or(|edit| edit.to + 64 <= at)
    }

    /// Forms with spaces: ` dot `, ` at `, ` [.] `, ` .`, ` . `.
    fn space(&mut self, at: usize) -> usize {
        let before = self.before(at);
        if !label(before) {
            return at + 1;
        }
        match self.get(at + 1) {
            b'[' | b'(' | b'{' => {
                let Some((len, token)) = token(self.bytes, at + 1) else { return at + 1 };
                if matches!(token, Token::At) {
                    // `cert [at] agency [.] example`: a host has to follow.
                    let gap = usize::from(self.get(at + 1 + len) == b' ');
                    let next = at + 1 + len + gap;
                    return if label(self.get(next)) && self.host_follows(next) { self.replace(at, next - at, "@", Defang::Strong) } else { at + 1 };
                }
                if !matches!(token, Token::Dot) {
                    return at + 1;
                }
                let gap = usize::from(self.get(at + 1 + len) == b' ');
                let closed = matches!(self.get(at + len), b']' | b')' | b'}');
                let next = at + 1 + len + gap;
                // "The point (.) is": with blanks on both sides, the words around it must be able to be a name.
                let named = gap == 0 || self.spaced_name(at, next);
                if closed && label(self.get(next)) && named { self.replace(at, next - at, ".", Defang::Strong) } else { at + 1 }
            }
            b'.' if before.is_ascii_digit() && self.get(at + 2) == b' ' => self.spaced_address(at),
            b'.' if label(self.get(at + 2)) => self.spaced_dots(at),
            b'd' | b'D' => self.words(at, false),
            b'a' | b'A' => self.words(at, true),
            _ => at + 1,
        }
    }

    /// Whether the word at `at` is a host's: a dot stands in it or right behind it, however it is written.
    fn host_follows(&self, at: usize) -> bool {
        let word = at + self.text.get(at..).map_or(0, word_len);
        let dot = |at: usize| matches!(token(self.bytes, at), Some((_, Token::Dot))) || self.get(at) == b'.' && label(self.get(at + 1));
        dot(word) || self.get(word) == b' ' && dot(word + 1)
    }

    /// Whether the words around a spaced dot can be labels of one name: none an ordinary word, and a suffix behind it or another dot.
    fn spaced_name(&self, at: usize, next: usize) -> bool {
        let head = tail_word(self.text.get(self.copied..at).unwrap_or_default());
        let rest = self.text.get(next..).unwrap_or_default();
        let word = rest.get(..word_len(rest)).unwrap_or_default();
        let plain = |label: &str| PLAIN_WORDS.iter().any(|word| word.eq_ignore_ascii_case(label));
        let dot = |at: usize| matches!(token(self.bytes, at), Some((_, Token::Dot))) || self.get(at) == b'.' && label(self.get(at + 1));
        let end = next + word.len();
        let more = dot(end) || self.get(end) == b' ' && dot(end + 1);
        let joined = self.edits.last().is_some_and(|edit| edit.to + head.len() >= at);
        let number = |label: &str| label.parse::<u8>().is_ok();
        (joined || !plain(head))
            && !plain(word)
            && (more || is_suffix(word) || matches!(word, "example" | "test" | "invalid") || number(word) && (joined || number(head)))
    }

    /// A name that the end of a line breaks: `grey-` with `lock[.]example` below. Typesetters break names at a hyphen or a dot.
    fn broken(&mut self, at: usize) -> usize {
        let hyphen = self.before(at) == b'-' && label(self.get(at + 1));
        if !hyphen || !self.text.get(self.copied..at).unwrap_or_default().ends_with('-') {
            return at + 1;
        }
        let head = tail_word(self.text.get(self.copied..at).unwrap_or_default());
        let next = self.bytes.get(at + 1..).unwrap_or_default();
        let word = next.iter().take(64).take_while(|byte| label(**byte)).count();
        let dotted = matches!(token(self.bytes, at + 1 + word), Some((_, Token::Dot)));
        if head.len() > 1 && !head.starts_with('-') && dotted { self.replace(at, 1, "", Defang::Weak) } else { at + 1 }
    }

    /// How many bytes a line break takes that stands right behind a defanged dot, in front of the rest of the name.
    fn line_break(&self, at: usize) -> usize {
        let length = usize::from(self.get(at) == b'\r') + 1;
        if self.get(at + length - 1) == b'\n' && at + length < self.bytes.len() && label(self.get(at + length)) { length } else { 0 }
    }

    /// `185 . 220 . 101 . 34`, from its first space.
    fn spaced_address(&mut self, at: usize) -> usize {
        let head = tail_word(self.text.get(self.copied..at).unwrap_or_default());
        if head.parse::<u8>().is_err() {
            return at + 1;
        }
        let mut to = at;
        let mut out = String::new();
        for _ in 0..3 {
            let Some(rest) = self.text.get(to..).and_then(|rest| rest.strip_prefix(" . ")) else { return at + 1 };
            let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
            let Some(number) = rest.get(..digits).filter(|number| number.parse::<u8>().is_ok()) else { return at + 1 };
            out.push('.');
            out.push_str(number);
            to += 3 + digits;
        }
        self.replace(at, to - at, &out, Defang::Strong)
    }

    /// `update .badcdn-host .com`, from its first space; one such dot alone is too common in prose.
    fn spaced_dots(&mut self, at: usize) -> usize {
        let mut to = at;
        let mut out = String::new();
        let mut count = 0;
        while let Some(rest) = self.text.get(to..).and_then(|rest| rest.strip_prefix(" .")) {
            let len = word_len(rest);
            let Some(word) = rest.get(..len).filter(|word| !word.is_empty() && count < 8) else { break };
            out.push('.');
            out.push_str(word);
            to += 2 + len;
            count += 1;
        }
        let first = out.split('.').nth(1).unwrap_or_default();
        let last = out.rsplit('.').next().unwrap_or_default();
        let name = count >= 2 && first.len() > 4 && !super::hosts::is_extension(&first.to_ascii_lowercase()) && is_suffix(last);
        if name { self.replace(at, to - at, &out, Defang::Strong) } else { at + 1 }
    }

    /// `update dot badcdn-host dot com` and `ops at badmail-host dot net`, from the first space.
    fn words(&mut self, at: usize, mail: bool) -> usize {
        let Some(rest) = self.text.get(at + 1..) else { return at + 1 };
        let word = if mail { "at " } else { "dot " };
        if !rest.as_bytes().get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes())) {
            return at + 1;
        }
        let mut to = at;
        let mut labels: Vec<&str> = Vec::new();
        let mut expected = word;
        while labels.len() < 8 {
            let Some(rest) = self.text.get(to + 1..) else { break };
            if self.get(to) != b' ' || !rest.as_bytes().get(..expected.len()).is_some_and(|head| head.eq_ignore_ascii_case(expected.as_bytes())) {
                break;
            }
            let rest = rest.get(expected.len()..).unwrap_or_default();
            let len = word_len(rest);
            let Some(label) = rest.get(..len).filter(|label| !label.is_empty()) else { break };
            labels.push(label);
            to += 1 + expected.len() + len;
            expected = "dot ";
        }
        let head = tail_word(self.text.get(self.copied..at).unwrap_or_default());
        let odd = |label: &str| label.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-');
        let plain = |label: &str| PLAIN_WORDS.iter().any(|word| word.eq_ignore_ascii_case(label));
        let suffix = labels.last().is_some_and(|last| is_suffix(last));
        let strange = labels.iter().rev().skip(1).any(|label| odd(label)) || odd(head);
        let enough = labels.len() >= 2 && suffix && (strange || !mail && labels.len() >= 2);
        let enough = enough || (!mail && labels.len() == 1 && suffix && odd(head));
        let numbers = !mail && labels.len() == 3 && labels.iter().all(|label| label.parse::<u8>().is_ok()) && head.parse::<u8>().is_ok();
        if head.is_empty() || plain(head) || labels.iter().any(|label| plain(label)) || !(enough || numbers) {
            return at + 1;
        }
        let out =
            labels.iter().enumerate().map(|(index, label)| format!("{}{label}", if mail && index == 0 { "@" } else { "." })).collect::<String>();
        self.replace(at, to - at, &out, Defang::Strong)
    }
}

/// A byte of a label of a host name.
fn label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn word_len(text: &str) -> usize {
    text.bytes().take(64).take_while(|byte| label(*byte)).count()
}

fn is_suffix(label: &str) -> bool {
    public_suffix::is_listed(&label.to_ascii_lowercase())
}

/// The letters, digits, `*`, `_` and `-` at the end, at most a scheme or a label's worth.
fn tail_word(text: &str) -> &str {
    let count = text.bytes().rev().take(63).take_while(|byte| label(*byte) || matches!(byte, b'*' | b'_')).count();
    text.get(text.len() - count..).unwrap_or_default()
}
