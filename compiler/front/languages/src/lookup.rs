//! Which of many words stand in a text? Only where a word begins, so that most of a text is passed over without asking.

use super::fold::edge;

/// Words, and what each of them means.
pub struct Lookup<T> {
    /// The words in the order of their bytes, each once, one behind the other; where each ends; what each means.
    words: String,
    ends: Vec<u32>,
    meanings: Vec<T>,
    /// The first eight bytes of each word, by which most words are told from a text at once.
    heads: Vec<Head>,
    /// The longest other word that begins a word, by its place; the word's own place where there is none.
    shorter: Vec<u32>,
    /// The words that have four bytes and begin with the same, and the places of those that have fewer.
    groups: Vec<Group>,
    short: Vec<u32>,
    /// The groups by a hash of their bytes: the number of each, or of the next one behind it, counted from one; a power of two of them.
    slots: Vec<u32>,
    /// Whether a word begins with a byte.
    begins: [bool; 256],
    /// One bit for each hash of a group, and for each two bytes that begin a short word: most places of a text are passed over by these.
    long_bits: Box<[u64; 1024]>,
    short_bits: Box<[u64; 1024]>,
}

/// The words that begin with the same four bytes.
struct Group {
    begin: [u8; 4],
    from: u32,
    to: u32,
}

/// The first bytes of a word as a number, and which bits of the number are the word's.
#[derive(Clone, Copy)]
struct Head {
    bytes: u64,
    mask: u64,
}

impl Head {
    fn of(word: &[u8]) -> Self {
        Self { bytes: head(word), mask: u64::MAX.checked_shr(64 - 8 * u32::try_from(word.len().min(8)).unwrap_or(8)).unwrap_or(0) }
    }
}

/// The first eight bytes of a text as a number, the first in its lowest bits; zeros behind a shorter text.
fn head(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(head) => u64::from_le_bytes(*head),
        None => text.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    }
}

impl<T> Lookup<T> {
    /// Looks for these words; of equal ones the first counts.
    pub fn of<W: AsRef<str>>(words: impl IntoIterator<Item = (W, T)>) -> Self {
        let words = words.into_iter().filter(|(word, _)| !word.as_ref().is_empty());
        // Most words differ in their first eight bytes.
        let mut words: Vec<(u64, W, T)> = words.map(|(word, meaning)| (head(word.as_ref().as_bytes()).swap_bytes(), word, meaning)).collect();
        words.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.as_ref().cmp(other.1.as_ref())));
        words.dedup_by(|later, first| later.0 == first.0 && later.1.as_ref() == first.1.as_ref());
        let (long_bits, short_bits) = (Box::new([0; 1024]), Box::new([0; 1024]));
        let mut out = Self {
            words: String::with_capacity(words.iter().map(|(_, word, _)| word.as_ref().len()).sum()),
            ends: Vec::with_capacity(words.len()),
            meanings: Vec::with_capacity(words.len()),
            heads: Vec::with_capacity(words.len()),
            shorter: Vec::with_capacity(words.len()),
            groups: Vec::new(),
            short: Vec::new(),
            slots: Vec::new(),
            begins: [false; 256],
            long_bits,
            short_bits,
        };
        // The words that begin the one before, the longest last.
        let mut open: Vec<u32> = Vec::new();
        for (place, (_, word, meaning)) in (0..).zip(words) {
            let word = word.as_ref();
            while open.last().is_some_and(|begin| !word.as_bytes().starts_with(out.word(*begin))) {
                open.pop();
            }
            out.words.push_str(word);
            out.ends.push(u32::try_from(out.words.len()).unwrap_or(u32::MAX));
            out.meanings.push(meaning);
            out.heads.push(Head::of(word.as_bytes()));
            out.shorter.push(open.last().copied().unwrap_or(place));
            open.push(place);
            if let Some(begins) = word.bytes().next().and_then(|byte| out.begins.get_mut(usize::from(byte))) {
                *begins = true;
            }
            match *word.as_bytes() {
                [one, two, three, four, ..] => {
                    let begin = [one, two, three, four];
                    match out.groups.last_mut().filter(|group| group.begin == begin) {
                        Some(group) => group.to = place + 1,
                        None => out.groups.push(Group { begin, from: place, to: place + 1 }),
                    }
                    continue;
                }
                [one, two, ..] => set(&mut out.short_bits, pair(one, two)),
                [one] => (0..=u8::MAX).for_each(|two| set(&mut out.short_bits, pair(one, two))),
                [] => {}
            }
            out.short.push(place);
        }
        out.slots = vec![0; (2 * out.groups.len()).next_power_of_two()];
        for (number, group) in (1..).zip(&out.groups) {
            set(&mut out.long_bits, hash(group.begin) >> 16);
            let mut at = hash(group.begin) & (out.slots.len() - 1);
            while out.slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (out.slots.len() - 1);
            }
            if let Some(slot) = out.slots.get_mut(at) {
                *slot = number;
            }
        }
        out
    }

    /// The bytes of a word.
    fn word(&self, place: u32) -> &[u8] {
        let end = |place: usize| self.ends.get(place).copied().unwrap_or_default() as usize;
        let start = (place as usize).checked_sub(1).map_or(0, end);
        self.words.as_bytes().get(start..end(place as usize)).unwrap_or_default()
    }

    /// The group of words that begin with these bytes.
    fn group(&self, begin: [u8; 4], mixed: usize) -> Option<&Group> {
        let mut at = mixed & (self.slots.len() - 1);
        loop {
            let group = self.groups.get(self.slots.get(at)?.checked_sub(1)? as usize)?;
            if group.begin == begin {
                return Some(group);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The lengths of the words that begin a text, the longest first.
    pub fn begin(&self, text: &[u8]) -> impl Iterator<Item = usize> + use<'_, T> {
        let mut next = self.longest(text);
        std::iter::from_fn(move || {
            let at = next?;
            next = self.shorter.get(at as usize).copied().filter(|shorter| *shorter != at);
            Some(self.word(at).len())
        })
    }

    /// What a text means that is one of the words.
    pub fn get(&self, text: &str) -> Option<&T> {
        // No other word that begins the text is as long.
        let place = self.longest(text.as_bytes()).filter(|place| self.word(*place).len() == text.len())?;
        self.meanings.get(place as usize)
    }

    /// The longest word that begins a text, by its place.
    fn longest(&self, text: &[u8]) -> Option<u32> {
        let start = head(text);
        if let [one, two, three, four, ..] = *text {
            let mixed = hash([one, two, three, four]);
            if has(&self.long_bits, mixed >> 16)
                && let Some(group) = self.group([one, two, three, four], mixed)
            {
                // Longer words stand behind what begins them.
                let few = group.to - group.from <= FEW;
                let ahead = if few { group.to } else { self.ahead(group, text) };
                if let Some(found) = (group.from..ahead).rev().find(|place| self.begins_with(text, start, *place)) {
                    return Some(found);
                }
            }
        }
        if !self.may_begin_short(text) {
            return None;
        }
        self.short.iter().rev().find(|place| self.begins_with(text, start, **place)).copied()
    }

    /// Whether a text, whose first bytes are these, begins with a word.
    fn begins_with(&self, text: &[u8], start: u64, place: u32) -> bool {
        let same = self.heads.get(place as usize).is_some_and(|head| (start ^ head.bytes) & head.mask == 0);
        same && text.starts_with(self.word(place))
    }

    /// The first word of a group that stands behind a text.
    fn ahead(&self, group: &Group, text: &[u8]) -> u32 {
        let (mut from, mut to) = (group.from, group.to);
        while from < to {
            let middle = from + (to - from) / 2;
            if self.word(middle) <= text { from = middle + 1 } else { to = middle }
        }
        from
    }

    /// The words in a text, none inside another, in reading order: where each begins and ends, and what it means. A word begins where no
    /// other goes on, and ends so unless it is `open`; of the words that begin at one place, the longest is asked.
    pub fn found<'l, 't>(&'l self, text: &'t str, open: fn(&T) -> bool) -> impl Iterator<Item = (usize, usize, &'l T)> + use<'l, 't, T> {
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let start = self.next(text, at)?;
                at = start + 1;
                let longest = text.as_bytes().get(start..).and_then(|rest| self.longest(rest));
                if let Some(place) = longest
                    && let Some(meaning) = self.meanings.get(place as usize)
                {
                    let end = start + self.word(place).len();
                    if open(meaning) || edge(text, end) {
                        at = end;
                        return Some((start, end, meaning));
                    }
                }
            }
        })
    }

    /// The words that stand alone in a text, as [`Self::found`] tells them.
    pub fn all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize, T)> + use<'t, T>
    where
        T: Copy,
    {
        self.found(text, |_| false).map(|(start, end, meaning)| (start, end, *meaning))
    }

    /// The next place from `at` on where one of the words may begin.
    fn next(&self, text: &str, mut at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut inside = at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(|byte| letter(*byte));
        loop {
            // Inside a word none begins.
            if inside {
                at += bytes.get(at..)?.iter().position(|byte| !letter(*byte))?;
            }
            let rest = bytes.get(at..)?;
            let byte = *rest.first()?;
            if self.begins.get(usize::from(byte)) == Some(&true) && self.may_begin(rest) {
                let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
                if before.is_ascii() && byte.is_ascii() || text.is_char_boundary(at) && edge(text, at) {
                    return Some(at);
                }
            }
            inside = letter(byte);
            at += 1;
        }
    }

    /// Whether a word may begin with these bytes.
    fn may_begin(&self, rest: &[u8]) -> bool {
        let long = rest.first_chunk().is_some_and(|begin: &[u8; 4]| has(&self.long_bits, hash(*begin) >> 16));
        long || self.may_begin_short(rest)
    }

    /// Whether a word of up to three bytes may begin a text.
    fn may_begin_short(&self, text: &[u8]) -> bool {
        match text {
            [one, two, ..] => has(&self.short_bits, pair(*one, *two)),
            [one] => has(&self.short_bits, pair(*one, 0)),
            [] => false,
        }
    }
}

/// Whether a byte is a letter or a digit of ASCII.
fn letter(byte: u8) -> bool {
    LETTERS.get(usize::from(byte)) == Some(&true)
}

static LETTERS: [bool; 256] = {
    let mut letters = [false; 256];
    let mut at = 0;
    while at < 128 {
        letters[at] = (at as u8).is_ascii_alphanumeric();
        at += 1;
    }
    letters
};

/// Of so many words the one that begins a text is found by asking all of them.
const FEW: u32 = 8;

/// A multiplicative hash (Knuth, The Art of Computer Programming, volume 3, 6.4), of 32 bits.
fn hash(bytes: [u8; 4]) -> usize {
    let mixed = u32::from_le_bytes(bytes).wrapping_mul(0x9E37_79B1);
    (mixed ^ mixed >> 15) as usize
}

fn pair(one: u8, two: u8) -> usize {
    usize::from(one) << 8 | usize::from(two)
}

fn set(bits: &mut [u64; 1024], bit: usize) {
    if let Some(part) = bits.get_mut(bit >> 6) {
        *part |= 1 << (bit & 63);
    }
}

fn has(bits: &[u64; 1024], bit: usize) -> bool {
    bits.get(bit >> 6).is_some_and(|part| part >> (bit & 63) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_found_where_they_begin_and_the_longest_counts() {
        let words = [("group", 1), ("group of", 2), ("gru", 3), ("c2", 4), ("été", 5), ("侵害", 6), ("x", 7), ("group", 8)];
        let lookup = Lookup::of(words.map(|(word, meaning)| (word.to_owned(), meaning)));
        let all = |text: &str| lookup.all(text).map(|(start, end, meaning)| (text.get(start..end).unwrap().to_owned(), meaning)).collect::<Vec<_>>();
        let owned = |all: &[(&str, i32)]| all.iter().map(|(word, meaning)| ((*word).to_owned(), *meaning)).collect::<Vec<_>>();
        assert_eq!(all("group of c2, regroup groups c2"), owned(&[("group of", 2), ("c2", 4), ("c2", 4)]));
        assert_eq!(all("en été, l'été x"), owned(&[("été", 5), ("été", 5), ("x", 7)]));
        // No blanks stand between words there.
        assert_eq!(all("の侵害指標 é侵害"), owned(&[("侵害", 6), ("侵害", 6)]));
        assert_eq!(all("éx xé"), owned(&[]));
        // Of the words at one place the longest is asked: `group of` goes on, so none is found.
        assert_eq!(all("group often"), owned(&[]));
        assert_eq!((lookup.get("group"), lookup.get("group o"), lookup.get("x"), lookup.get("")), (Some(&1), None, Some(&7), None));
        let open: Vec<usize> = lookup.found("regroup grunt", |meaning| *meaning == 3).map(|(start, ..)| start).collect();
        assert_eq!(open, [8]);
    }

    proptest! {
        /// The same as asking every word at every place.
        #[test]
        fn nothing_is_missed(words in prop::collection::vec("[ab é-]{1,7}", 1..30), text in "[ab é-]{0,40}") {
            let lookup = Lookup::of(words.iter().map(|word| (word.clone(), ())));
            let found: Vec<(usize, usize)> = lookup.all(&text).map(|(start, end, ())| (start, end)).collect();
            let (mut slow, mut at) = (Vec::new(), 0);
            while at < text.len() {
                let rest = text.get(at..).filter(|_| edge(&text, at));
                let longest = rest.and_then(|rest| words.iter().filter(|word| rest.starts_with(word.as_str())).map(String::len).max());
                at = match longest.filter(|length| edge(&text, at + length)) {
                    Some(length) => { slow.push((at, at + length)); at + length }
                    None => at + 1,
                };
            }
            prop_assert_eq!(found, slow);
        }
    }
}
