//! Which values of a JSON text are read, and in which order do they come? A walk that holds one value at a time.
//!
//! The text is a document, or one document after another. A visitor says which lists and objects are entered, which values
//! are given whole, and which are passed over; memory follows the largest value given whole, not the text.

use std::io::Read;

use super::MAX_DEPTH;
use super::json::{self, Broken, Node};
use super::window::{Page, Window};

/// What is done with a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// Its members are visited.
    Enter,
    /// Its members are visited when it has a list under this key, otherwise it is given whole.
    EnterWith(&'static str),
    /// Its members are visited when one of them says so: the key, the first byte of the value and the next one in it. `Some(false)`
    /// or none of them: it is given whole.
    EnterIf(fn(&str, u8, u8) -> Option<bool>),
    /// It is given whole.
    Whole,
    /// It is passed over.
    Skip,
}

/// A list or an object that was entered.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The key it stands under; empty in a list and at the top.
    pub(super) key: String,
    /// A list, as opposed to an object.
    pub(super) list: bool,
    /// Counts the entered lists and objects, the same in every walk that enters the same.
    pub(super) number: usize,
}

/// Who is told.
pub(super) trait Visit {
    /// What is done with the value under `key` in the innermost frame; `first` is its first byte.
    fn way(&mut self, frames: &[Frame], key: &str, first: u8) -> Way;
    /// A list or an object is entered; it is the last of the frames.
    fn entered(&mut self, frames: &[Frame]);
    /// A value is given whole.
    fn value(&mut self, frames: &[Frame], key: &str, node: &Node<'_>, page: &Page<'_>);
}

/// Walks over a text; returns where and why it breaks off, when it does.
pub(super) fn walk(reader: Box<dyn Read + '_>, visitor: &mut dyn Visit) -> Option<Broken> {
    run(Window::new(reader), visitor)
}

fn run(window: Window<'_>, visitor: &mut dyn Visit) -> Option<Broken> {
    let mut walk = Walk { window, at: 0, frames: Vec::new(), number: 0, key: String::new() };
    let broken = walk.run(visitor).err();
    match walk.window.fault.take() {
        Some(why) => Some(Broken { at: walk.window.base() + walk.window.text().len(), why: why.into(), deep: false }),
        None => broken,
    }
}

struct Walk<'r> {
    window: Window<'r>,
    at: usize,
    frames: Vec<Frame>,
    number: usize,
    key: String,
}

impl Walk<'_> {
    fn run(&mut self, visitor: &mut dyn Visit) -> Result<(), Broken> {
        if self.peek() == Some(0xef) {
            self.at += '\u{feff}'.len_utf8();
        }
        // Whether a value may follow without a comma.
        let mut first = true;
        loop {
            let Some(byte) = self.next_byte() else {
                return if self.frames.is_empty() { Ok(()) } else { Err(self.broken("the text ends inside a list or an object")) };
            };
            let Some(frame) = self.frames.last() else {
                // RFC 7464: a record separator may stand before each text.
                if byte == 0x1e {
                    self.at += 1;
                    continue;
                }
                self.key.clear();
                first = self.value(byte, visitor)?;
                continue;
            };
            let list = frame.list;
            let close = if list { b']' } else { b'}' };
            if byte == close {
                self.at += 1;
                self.frames.pop();
                first = false;
                continue;
            }
            if !first {
                if byte != b',' {
                    return Err(self.broken("a comma or a closing bracket is expected here"));
                }
                self.at += 1;
            }
            self.key.clear();
            if !list {
                self.member_key()?;
            }
            let Some(byte) = self.next_byte() else { return Err(self.broken("the text ends where a value is expected")) };
            first = self.value(byte, visitor)?;
        }
    }

    /// Reads the key of a member and its colon.
    fn member_key(&mut self) -> Result<(), Broken> {
        if self.next_byte() != Some(b'"') {
            return Err(self.broken("a key in quotes is expected here"));
        }
        self.whole(|walk, node, _| {
            walk.key.clear();
            walk.key.push_str(node.as_text().map_or("", |text| text.as_str()));
        })?;
        if self.next_byte() != Some(b':') {
            return Err(self.broken("a colon is expected here"));
        }
        self.at += 1;
        Ok(())
    }

    /// Reads or enters a value; returns whether it was entered.
    fn value(&mut self, byte: u8, visitor: &mut dyn Visit) -> Result<bool, Broken> {
        let container = matches!(byte, b'{' | b'[');
        let mut way = visitor.way(&self.frames, &self.key, byte);
        if let Way::EnterWith(key) = way {
            way = if byte == b'[' || self.has_list(key) { Way::Enter } else { Way::Whole };
        }
        if let Way::EnterIf(decide) = way {
            way = if byte == b'[' || byte == b'{' && self.decides(decide) { Way::Enter } else { Way::Whole };
        }
        match way {
            Way::Enter | Way::EnterWith(_) | Way::EnterIf(_) if container => {
                if self.frames.len() >= MAX_DEPTH {
                    return Err(Broken { deep: true, ..self.broken(json::DEEP) });
                }
                self.at += 1;
                self.number += 1;
                self.frames.push(Frame { key: self.key.clone(), list: byte == b'[', number: self.number });
                visitor.entered(&self.frames);
                Ok(true)
            }
            Way::Skip => self.skip().map(|()| false),
            _ => {
                self.whole(|walk, node, page| visitor.value(walk.frames, walk.key, node, page))?;
                Ok(false)
            }
        }
    }

    /// Gives the value that begins here. What stands before a break is given too.
    fn whole(&mut self, mut give: impl FnMut(&mut Shown<'_>, &Node<'_>, &Page<'_>)) -> Result<(), Broken> {
        loop {
            let (depth, done) = (self.frames.len(), self.window.done());
            let length = self.window.text().len();
            let page = self.window.page(self.at, length);
            let (node, end, broken) = json::one(page.text, page.base, depth);
            // A number may go on behind the window, anything else has an end of its own.
            let ran_out = end >= page.text.len() && (broken.is_some() || !matches!(page.text.as_bytes().last(), Some(b'}' | b']' | b'"')));
            if ran_out && !done {
                if let Some(moved) = self.window.more(self.at) {
                    self.at -= moved;
                }
                continue;
            }
            if let Some(node) = node {
                let page = Page { text: page.text.get(..end).unwrap_or(page.text), ..page };
                give(&mut Shown { frames: &self.frames, key: &mut self.key }, &node, &page);
            }
            self.at += end;
            return broken.map_or(Ok(()), Err);
        }
    }

    /// Passes over a value. Only its strings and brackets are looked at.
    fn skip(&mut self) -> Result<(), Broken> {
        if !matches!(self.peek(), Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')) {
            return Err(self.broken("a value is expected here"));
        }
        let mut depth = 0_usize;
        loop {
            let bytes = self.window.bytes().get(self.at..).unwrap_or_default();
            let mut passed = 0;
            let mut ended = false;
            while let Some(byte) = bytes.get(passed) {
                match byte {
                    b'"' => match string_end(bytes, passed) {
                        Some(end) => passed = end,
                        None => break,
                    },
                    b'{' | b'[' => {
                        depth += 1;
                        passed += 1;
                        if depth + self.frames.len() > MAX_DEPTH {
                            self.at += passed;
                            return Err(Broken { deep: true, ..self.broken(json::DEEP) });
                        }
                        continue;
                    }
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        passed += 1;
                    }
                    b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => {
                        ended = true;
                        break;
                    }
                    _ => {
                        passed += 1;
                        continue;
                    }
                }
                if depth == 0 {
                    ended = true;
                    break;
                }
            }
            self.at += passed;
            if ended {
                return Ok(());
            }
            match self.window.more(self.at) {
                Some(moved) => self.at -= moved,
                None if depth == 0 && self.window.bytes().get(self.at).is_none() => return Ok(()),
                None => {
                    let open = self.window.bytes().get(self.at) == Some(&b'"');
                    return Err(self.broken(if open { "this string is never closed" } else { "the text ends inside a list or an object" }));
                }
            }
        }
    }

    /// Whether the object that begins here has a list under a key. What is looked at is held.
    fn has_list(&mut self, key: &str) -> bool {
        loop {
            let bytes = self.window.bytes().get(self.at..).unwrap_or_default();
            match look(bytes, key) {
                Some(found) => return found,
                None => match self.window.more(self.at) {
                    Some(moved) => self.at -= moved,
                    None => return false,
                },
            }
        }
    }

    /// Whether a member of the object that begins here decides that it is entered. What is looked at is held.
    fn decides(&mut self, decide: fn(&str, u8, u8) -> Option<bool>) -> bool {
        loop {
            let bytes = self.window.bytes().get(self.at..).unwrap_or_default();
            match ask(bytes, decide) {
                Some(found) => return found,
                None => match self.window.more(self.at) {
                    Some(moved) => self.at -= moved,
                    None => return false,
                },
            }
        }
    }

    fn peek(&mut self) -> Option<u8> {
        loop {
            if let Some(byte) = self.window.bytes().get(self.at) {
                return Some(*byte);
            }
            let moved = self.window.more(self.at)?;
            self.at -= moved;
        }
    }

    /// The next byte that is no white space.
    fn next_byte(&mut self) -> Option<u8> {
        while let Some(byte) = self.peek() {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn broken(&self, why: &'static str) -> Broken {
        Broken { at: self.window.base() + self.at.min(self.window.text().len()), why: why.into(), deep: false }
    }
}

/// What a value is given with.
struct Shown<'w> {
    frames: &'w [Frame],
    key: &'w mut String,
}

/// One past the closing quote of the string that opens at `open`.
fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Whether an object has a list under a key; `None` when it does not end in these bytes.
fn look(bytes: &[u8], key: &str) -> Option<bool> {
    let mut depth = 0_usize;
    let mut at = 0;
    // The string before, when only white space and a colon follow it.
    let mut named = false;
    let mut colon = false;
    loop {
        match bytes.get(at)? {
            b'"' => {
                let end = string_end(bytes, at)?;
                named = depth == 1 && bytes.get(at + 1..end - 1) == Some(key.as_bytes());
                colon = false;
                at = end;
                continue;
            }
            b':' => colon = true,
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'[' if named && colon => return Some(true),
            b'{' | b'[' => {
                depth += 1;
                named = false;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                named = false;
                if depth == 0 {
                    return Some(false);
                }
            }
            _ => named = false,
        }
        at += 1;
    }
}

/// What the members of an object decide, in reading order; `None` when the bytes end before one does.
fn ask(bytes: &[u8], decide: fn(&str, u8, u8) -> Option<bool>) -> Option<bool> {
    let space = |mut at: usize| {
        while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            at += 1;
        }
        at
    };
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => {
                let end = string_end(bytes, at)?;
                let colon = space(end);
                if depth == 1 && *bytes.get(colon)? == b':' {
                    let value = space(colon + 1);
                    let first = *bytes.get(value)?;
                    let next = if matches!(first, b'[' | b'{') { *bytes.get(space(value + 1))? } else { 0 };
                    let key = std::str::from_utf8(bytes.get(at + 1..end - 1)?).unwrap_or_default();
                    if let Some(decided) = decide(key, first, next) {
                        return Some(decided);
                    }
                    at = value;
                    continue;
                }
                at = end;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(false);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Enters what is called `in`, skips what is called `no`, writes down the rest.
    #[derive(Default)]
    struct Writer(Vec<String>);

    impl Visit for Writer {
        fn way(&mut self, frames: &[Frame], key: &str, _: u8) -> Way {
            match key {
                "in" => Way::Enter,
                "no" => Way::Skip,
                "" if frames.is_empty() => Way::EnterWith("in"),
                _ => Way::Whole,
            }
        }

        fn entered(&mut self, frames: &[Frame]) {
            self.0.push(format!("{} {}", frames.len(), frames.last().unwrap().number));
        }

        fn value(&mut self, _: &[Frame], key: &str, node: &Node<'_>, page: &Page<'_>) {
            let words = node.as_text().map(|text| (text.trimmed().value.to_owned(), text.trimmed().start, text.trimmed().end));
            self.0.push(format!("{key} {words:?} {}:{} {} {}", page.line, page.column, page.base, page.text));
        }
    }

    fn walked(text: &str, chunk: usize) -> (Vec<String>, Option<Broken>) {
        let mut writer = Writer::default();
        let broken = run(Window::with_chunk(Box::new(text.as_bytes()), chunk), &mut writer);
        (writer.0, broken)
    }

    #[test]
    fn a_walk_does_not_depend_on_where_the_window_ends() {
        let text = "\u{feff}{\"a\": 12, \"no\": [\"]\", {\"x\": \"\\\"}\"}], \"in\": [1, \"é\\u0041\", {\"b\": null}, -1.5e3],\n \"no\": 7, \"z\": true}\n{\"one\": [1]}\u{1e}[2] 33";
        let (whole, broken) = walked(text, 4096);
        assert_eq!(broken, None);
        assert_eq!(
            whole,
            [
                "1 1",
                "a Some((\"12\", 9, 11)) 1:8 9 12",
                "2 2",
                " Some((\"1\", 47, 48)) 1:46 47 1",
                " Some((\"éA\", 51, 59)) 1:49 50 \"é\\u0041\"",
                " None 1:60 62 {\"b\": null}",
                " Some((\"-1.5e3\", 75, 81)) 1:73 75 -1.5e3",
                "z None 2:16 99 true",
                " None 3:1 105 {\"one\": [1]}",
                "1 3",
                " Some((\"2\", 119, 120)) 3:15 119 2",
                " Some((\"33\", 122, 124)) 3:18 122 33",
            ]
        );
        for chunk in 1..40 {
            assert_eq!(walked(text, chunk), (whole.clone(), None), "{chunk}");
        }
    }

    #[test]
    fn breaks_are_told_with_their_place() {
        let why = |text: &str| walked(text, 3).1.map(|broken| (broken.at, broken.why.into_owned()));
        assert_eq!(why("{\"in\": [1 2]}"), Some((10, "a comma or a closing bracket is expected here".to_owned())));
        assert_eq!(why("{\"in\": {1}}"), Some((8, "a key in quotes is expected here".to_owned())));
        assert_eq!(why("{\"in\": [1"), Some((9, "the text ends inside a list or an object".to_owned())));
        assert_eq!(why("{\"no\": [\"1"), Some((8, "this string is never closed".to_owned())));
        assert!(walked(&"{\"in\":".repeat(1000), 100).1.unwrap().deep);
        assert!(walked(&format!("{{\"no\":{}", "[".repeat(1000)), 100).1.unwrap().deep);
    }

    proptest! {
        #[test]
        fn no_text_brings_the_walk_down(text in "([\\[\\]{}\",:\\\\u0-9a é\n]|\"in\":|\"no\":){0,40}", chunk in 1_usize..20) {
            let (values, broken) = walked(&text, 10_000);
            prop_assert_eq!(walked(&text, chunk), (values, broken));
        }
    }
}
