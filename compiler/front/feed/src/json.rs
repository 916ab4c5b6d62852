//! What does one JSON value hold, and where does each of its strings stand?
//!
//! RFC 8259, bounded in depth; `walk.rs` finds the values. A text that breaks off gives what stands before the break, and the place of the break.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::text::Text;

pub(super) const DEEP: &str = "it is nested too deep";

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Node<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(Text<'a>),
    /// A string, without its quotes.
    String(Text<'a>),
    /// A list.
    Array(Vec<Node<'a>>),
    /// Keys and values, in reading order, with the place of the opening brace.
    Object(Vec<(Text<'a>, Node<'a>)>, usize),
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) why: Cow<'static, str>,
    /// Whether the nesting is too deep, as opposed to a broken text.
    pub(super) deep: bool,
}

impl<'a> Node<'a> {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        match self {
            Self::Object(pairs, _) => pairs.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a key's string or number.
    pub(super) fn text(&self, key: &str) -> Option<&Text<'a>> {
        self.get(key).and_then(Node::as_text)
    }

    /// The words of a key's string or number.
    pub(super) fn str(&self, key: &str) -> Option<&str> {
        self.text(key).map(Text::as_str)
    }

    /// The items of a key's list; one value alone counts as a list of one.
    pub(super) fn items(&self, key: &str) -> &[Node<'a>] {
        self.get(key).map_or(&[], Node::list)
    }

    /// The items of a list; one value alone counts as a list of one.
    pub(super) fn list(&self) -> &[Node<'a>] {
        match self {
            Self::Array(items) => items,
            Self::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// Whether a key is true, as a truth value, a number or a word.
    pub(super) fn truth(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            Self::Bool(truth) => Some(*truth),
            Self::Number(text) | Self::String(text) => match text.as_str() {
                "1" | "true" | "True" => Some(true),
                "0" | "false" | "False" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The text of a string or number.
    pub(super) fn as_text(&self) -> Option<&Text<'a>> {
        match self {
            Self::String(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads the value at the beginning of a text that stands at `base` in the file, inside `depth` lists and objects. Gives
/// what was read of it, how much of the text that is, and where and why it breaks off.
pub(super) fn one(text: &str, base: usize, depth: usize) -> (Option<Node<'_>>, usize, Option<Broken>) {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, base, broken: None };
    let node = reader.value(depth);
    (node, reader.at, reader.broken)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    base: usize,
    broken: Option<Broken>,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fail<T>(&mut self, why: &'static str) -> Option<T> {
        self.broken.get_or_insert(Broken { at: self.base + self.at.min(self.bytes.len()), why: why.into(), deep: false });
        None
    }

    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > MAX_DEPTH {
            self.broken.get_or_insert(Broken { at: self.base + self.at, why: DEEP.into(), deep: true });
            return None;
        }
        self.space();
        match self.bytes.get(self.at) {
            Some(b'{') => Some(self.object(depth)),
            Some(b'[') => Some(self.array(depth)),
            Some(b'"') => self.string().map(Node::String),
            Some(b'-' | b'0'..=b'9') => Some(Node::Number(self.number())),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            Some(_) => self.fail("a value is expected here"),
            None => self.fail("the text ends where a value is expected"),
        }
    }

    fn word(&mut self, word: &str, node: Node<'a>) -> Option<Node<'a>> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            return Some(node);
        }
        if self.bytes.get(self.at..).is_some_and(|rest| word.as_bytes().starts_with(rest)) {
            self.fail::<()>("a value is expected here");
            self.at = self.bytes.len();
            return None;
        }
        self.fail("a value is expected here")
    }

    fn number(&mut self) -> Text<'a> {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        Text::plain(self.text.get(start..self.at).unwrap_or_default(), self.base + start)
    }

    fn array(&mut self, depth: usize) -> Node<'a> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return Node::Array(items);
        }
        while self.broken.is_none() {
            let Some(item) = self.value(depth + 1) else { break };
            items.push(item);
            if !self.more(b']') {
                break;
            }
        }
        Node::Array(items)
    }

    fn object(&mut self, depth: usize) -> Node<'a> {
        let start = self.at;
        self.at += 1;
        self.space();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
            return Node::Object(Vec::new(), self.base + start);
        }
        let mut pairs = Vec::with_capacity(8);
        while self.broken.is_none() {
            self.space();
            if self.bytes.get(self.at) != Some(&b'"') {
                self.fail::<()>("a key in quotes is expected here");
                break;
            }
            let Some(key) = self.string() else { break };
            self.space();
            if self.bytes.get(self.at) != Some(&b':') {
                self.fail::<()>("a colon is expected here");
                break;
            }
            self.at += 1;
            let Some(value) = self.value(depth + 1) else { break };
            pairs.push((key, value));
            if !self.more(b'}') {
                break;
            }
        }
        Node::Object(pairs, self.base + start)
    }

    /// After an item: whether another follows. Consumes the comma or the closing bracket.
    fn more(&mut self, close: u8) -> bool {
        if self.broken.is_some() {
            return false;
        }
        self.space();
        match self.bytes.get(self.at) {
            Some(b',') => {
                self.at += 1;
                true
            }
            Some(byte) if *byte == close => {
                self.at += 1;
                false
            }
            Some(_) => self.fail::<()>("a comma or a closing bracket is expected here").is_some(),
            None => self.fail::<()>("the text ends inside a list or an object").is_some(),
        }
    }

    /// Where the next quote or backslash stands.
    fn run_end(&self, from: usize) -> Option<usize> {
        memchr::memchr2(b'"', b'\\', self.bytes.get(from..)?).map(|end| from + end)
    }

    fn never_closed<T>(&mut self, opened: usize) -> Option<T> {
        self.at = opened;
        self.fail::<T>("this string is never closed");
        // Nothing can be read behind it.
        self.at = self.bytes.len();
        None
    }

    fn string(&mut self) -> Option<Text<'a>> {
        let opened = self.at;
        self.at += 1;
        let start = self.at;
        let Some(end) = self.run_end(start) else { return self.never_closed(opened) };
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Some(Text::plain(self.text.get(start..end).unwrap_or_default(), self.base + start));
        }
        let mut text = Text::empty(self.base + start);
        let mut run = start;
        loop {
            let Some(end) = self.run_end(run) else { return self.never_closed(opened) };
            text.push(self.text.get(run..end).unwrap_or_default(), self.base + run, end - run);
            if self.bytes.get(end) == Some(&b'"') {
                self.at = end + 1;
                return Some(text);
            }
            let Some((char, length)) = self.escape(end) else {
                self.at = end;
                self.fail::<()>("this escape is not one of JSON's");
                if self.bytes.len() - end < 12 {
                    // It may be cut.
                    self.at = self.bytes.len();
                }
                return None;
            };
            text.push(char.encode_utf8(&mut [0; 4]), self.base + end, length);
            run = end + length;
        }
    }

    /// The character behind a backslash, and how long the escape is. A lone surrogate becomes U+FFFD.
    fn escape(&self, at: usize) -> Option<(char, usize)> {
        let simple = match self.bytes.get(at + 1)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex(at + 2)?;
                if (0xd800..0xdc00).contains(&high) && self.bytes.get(at + 6) == Some(&b'\\') && self.bytes.get(at + 7) == Some(&b'u') {
                    let low = self.hex(at + 8)?;
                    if (0xdc00..0xe000).contains(&low) {
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        return Some((char::from_u32(code)?, 12));
                    }
                }
                return Some((char::from_u32(high).unwrap_or('\u{fffd}'), 6));
            }
            _ => return None,
        };
        Some((simple, 2))
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 4)?;
        if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { u32::from_str_radix(digits, 16).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Vec<Node<'_>>, Option<Broken>) {
        let (node, _, broken) = one(text, 0, 0);
        (node.into_iter().collect(), broken)
    }

    #[test]
    fn strings_keep_their_place() {
        let text = r#"{"a": ["x\\y\u00e9\ud83d\ude00z", 7]}"#;
        let (nodes, broken) = read(text);
        assert_eq!(broken, None);
        let Some(Node::Array(items)) = nodes[0].get("a") else { panic!("a list") };
        let word = items[0].as_text().unwrap();
        assert_eq!(word.as_str(), "x\\yé😀z");
        let piece = word.piece(2..5);
        assert_eq!((piece.value, &text[piece.start..piece.end]), ("yé", "y\\u00e9"));
    }

    #[test]
    fn a_broken_text_gives_what_stands_before() {
        let (nodes, broken) = read(r#"{"a": [{"v": "x"}, {"v": "#);
        let items = nodes[0].items("a");
        assert_eq!((items.len(), items[0].str("v")), (2, Some("x")));
        assert_eq!(broken.unwrap().why, "the text ends where a value is expected");
        assert!(read(&"[".repeat(100_000)).1.unwrap().deep);
    }

    proptest! {
        #[test]
        fn what_serde_writes_is_read_back(words in proptest::collection::vec(".{0,12}", 0..6)) {
            let text = serde_json::to_string_pretty(&words).unwrap();
            let (nodes, broken) = read(&text);
            prop_assert_eq!(broken, None);
            let Some(Node::Array(items)) = nodes.first() else { panic!("a list") };
            let back: Vec<String> = items.iter().map(|item| item.as_text().unwrap().as_str().to_owned()).collect();
            prop_assert_eq!(back, words);
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}\",:\\\\u0-9a-e \n]{0,60}") {
            let (_, end, broken) = one(&text, 7, 0);
            prop_assert!(end <= text.len());
            prop_assert!(broken.is_none_or(|broken| (7..=7 + text.len()).contains(&broken.at)));
        }
    }
}
