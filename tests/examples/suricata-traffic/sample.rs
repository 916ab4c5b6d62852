//! What would an expression match? A short text for expressions as our printer writes them.
//!
//! Of alternatives the first or the last is taken, of repetitions as few as may be or one more; what only looks around is passed over. It need not
//! be right: whether the text matches is what the engine is asked.

/// Which way is taken where there are several.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The first alternative, as few as may be.
    First,
    /// The last alternative, one more than must be.
    Last,
}

/// Bytes that an expression may match.
pub(crate) fn sample(expression: &str, way: Way) -> Vec<u8> {
    let mut sampler = Sampler { text: expression.as_bytes(), at: 0, way };
    sampler.alternatives()
}

struct Sampler<'t> {
    text: &'t [u8],
    at: usize,
    way: Way,
}

impl Sampler<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn eats(&mut self, word: &[u8]) -> bool {
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Up to the parenthesis that ends them, or the end.
    fn alternatives(&mut self) -> Vec<u8> {
        let mut all = vec![Vec::new()];
        while let Some(byte) = self.peek() {
            match byte {
                b')' => break,
                b'|' => {
                    self.at += 1;
                    all.push(Vec::new());
                }
                _ => {
                    let piece = self.repeated();
                    all.last_mut().expect("there is always one").extend(piece);
                }
            }
        }
        if self.way == Way::First { all.swap_remove(0) } else { all.pop().expect("there is always one") }
    }

    fn repeated(&mut self) -> Vec<u8> {
        let piece = self.piece();
        let (least, most) = match self.peek() {
            Some(b'*') => (0, 1),
            Some(b'+') => (1, 2),
            Some(b'?') => (0, 1),
            Some(b'{') if self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit) => {
                let end = self.text.iter().skip(self.at).position(|byte| *byte == b'}').map_or(self.text.len(), |end| self.at + end);
                let inner = String::from_utf8_lossy(&self.text[self.at + 1..end]).into_owned();
                self.at = end;
                let (least, most) = inner.split_once(',').unwrap_or((&inner, &inner));
                let least: usize = least.parse().unwrap_or(0);
                (least, most.parse().unwrap_or(least + 1))
            }
            _ => return piece,
        };
        self.at += 1;
        if matches!(self.peek(), Some(b'?' | b'+')) {
            self.at += 1;
        }
        piece.repeat(if self.way == Way::First { least } else { most.min(least + 1) })
    }

    fn piece(&mut self) -> Vec<u8> {
        match self.next() {
            Some(b'(') => {
                let around = [b"?=".as_slice(), b"?!", b"?<=", b"?<!"].iter().any(|word| self.eats(word));
                if !around && self.eats(b"?") {
                    while !matches!(self.next(), Some(b':' | b'>') | None) {}
                }
                let inner = self.alternatives();
                self.at += 1;
                if around { Vec::new() } else { inner }
            }
            Some(b'[') => self.class(),
            Some(b'^' | b'$') | None => Vec::new(),
            Some(b'.') => b"q".to_vec(),
            Some(b'\\') => match self.next() {
                Some(b'A' | b'z' | b'b' | b'Z') | None => Vec::new(),
                Some(escape) => vec![self.escaped(escape)],
            },
            Some(byte) => vec![byte],
        }
    }

    fn escaped(&mut self, escape: u8) -> u8 {
        match escape {
            b'x' => {
                let digits = String::from_utf8_lossy(self.text.get(self.at..self.at + 2).unwrap_or(b"78")).into_owned();
                self.at += 2;
                u8::from_str_radix(&digits, 16).unwrap_or(b'x')
            }
            b'd' => b'7',
            b's' => b' ',
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            other => other,
        }
    }

    fn class(&mut self) -> Vec<u8> {
        let except = self.eats(b"^");
        let mut ranges: Vec<(u8, u8)> = Vec::new();
        while let Some(byte) = self.next() {
            if byte == b']' && !ranges.is_empty() {
                break;
            }
            let from = if byte == b'\\' { self.next().map_or(b'\\', |escape| self.escaped(escape)) } else { byte };
            let mut to = from;
            if self.peek() == Some(b'-') && self.text.get(self.at + 1) != Some(&b']') {
                self.at += 1;
                to = match self.next() {
                    Some(b'\\') => self.next().map_or(b'\\', |escape| self.escaped(escape)),
                    Some(byte) => byte,
                    None => from,
                };
            }
            ranges.push((from, to));
        }
        let holds = |byte: u8| ranges.iter().any(|(from, to)| (*from..=*to).contains(&byte));
        let one = if except {
            b"q7 /\xc3".iter().copied().find(|byte| !holds(*byte))
        } else if self.way == Way::First {
            ranges.first().map(|(from, _)| *from)
        } else {
            ranges.last().map(|(_, to)| *to)
        };
        one.into_iter().collect()
    }
}
