//! Is there a text in all of these languages and in none of those? The automata of all are walked together, the shortest text first.

use indexmap::IndexSet;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

use crate::language::{self, Language};

/// The most places that are looked at.
const MOST_PLACES: usize = 6_000;
/// The most steps between them.
const MOST_STEPS: usize = 150_000;
/// The largest automaton, in bytes.
const LARGEST: usize = 4 << 20;
/// The characters that a text is rather made of.
const FIRST: &[u8] = b"xabcdefghijklmnopqrstuvwyz0123456789.-_/\\: ";

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A text; not the empty one.
    Text(String),
    /// There is none.
    Nothing,
    /// It was not found out.
    Unknown,
}

/// A language, and whether the text is in it.
pub(crate) type Wanted = (Language, bool);

/// A text that is not empty, in every language that is wanted and in none of the others.
pub(crate) fn find(wanted: &[Wanted]) -> Answer {
    // A language inside one that is not wanted leaves nothing, whatever else is asked; walked by themselves, two are few places.
    for (inside, _) in wanted.iter().filter(|(_, holds)| *holds) {
        for (outside, _) in wanted.iter().filter(|(_, holds)| !holds) {
            if walk(&[(inside.clone(), true), (outside.clone(), false)], false) == Answer::Nothing {
                return Answer::Nothing;
            }
        }
    }
    match walk(wanted, true) {
        Answer::Text(text) => Answer::Text(text),
        // Texts of other characters are left.
        Answer::Nothing | Answer::Unknown => walk(wanted, false),
    }
}

struct Automata {
    list: Vec<DFA>,
    caches: Vec<Cache>,
    /// Which automata belong to a language, and whether it is wanted.
    wanted: Vec<(Vec<usize>, bool)>,
}

impl Automata {
    fn new(wanted: &[Wanted], seen: bool) -> Option<Self> {
        let mut out = Self { list: Vec::new(), caches: Vec::new(), wanted: Vec::new() };
        let bounds = (vec![if seen { language::seen() } else { language::any() }], true);
        for (language, holds) in std::iter::once(&bounds).chain(wanted) {
            let mut parts = Vec::with_capacity(language.len());
            for hir in language {
                parts.push(out.list.len());
                let dfa = automaton(hir)?;
                out.caches.push(dfa.create_cache());
                out.list.push(dfa);
            }
            out.wanted.push((parts, *holds));
        }
        Some(out)
    }

    fn start(&mut self) -> Option<Vec<LazyStateID>> {
        let input = Input::new("").anchored(Anchored::Yes);
        self.list.iter().zip(&mut self.caches).map(|(dfa, cache)| dfa.start_state_forward(cache, &input).ok()).collect()
    }

    /// The place behind one byte. The error says that it cannot be known; nothing is there where no wanted text goes on.
    fn step(&mut self, from: &[LazyStateID], byte: u8) -> Result<Option<Vec<LazyStateID>>, ()> {
        let mut out = Vec::with_capacity(from.len());
        for ((dfa, cache), state) in self.list.iter().zip(&mut self.caches).zip(from) {
            let next = dfa.next_state(cache, *state, byte).map_err(|_| ())?;
            if next.is_quit() {
                return Err(());
            }
            out.push(next);
        }
        let dead = |at: &usize| out.get(*at).is_some_and(|state| state.is_dead());
        let lost = self.wanted.iter().any(|(parts, holds)| *holds && parts.iter().any(dead));
        Ok((!lost).then_some(out))
    }

    /// Whether a text that ends here is one.
    fn fits(&mut self, at: &[LazyStateID]) -> Result<bool, ()> {
        let mut ends = Vec::with_capacity(at.len());
        for ((dfa, cache), state) in self.list.iter().zip(&mut self.caches).zip(at) {
            ends.push(dfa.next_eoi_state(cache, *state).map_err(|_| ())?.is_match());
        }
        let inside = |part: &usize| ends.get(*part).copied().unwrap_or(false);
        Ok(self.wanted.iter().all(|(parts, holds)| parts.iter().all(inside) == *holds))
    }

    /// One byte of each kind that some automaton tells from the others.
    fn alphabet(&self, seen: bool) -> Vec<u8> {
        let mut kinds: IndexSet<Vec<u8>> = IndexSet::new();
        let all = FIRST.iter().copied().chain(b' '..=b'~').chain((0..=255).filter(|_| !seen));
        let kind = |byte: u8| self.list.iter().map(|dfa| dfa.byte_classes().get(byte)).collect();
        all.filter(|byte| kinds.insert(kind(*byte))).collect()
    }
}

fn automaton(hir: &Hir) -> Option<DFA> {
    let config = thompson::Config::new().utf8(false).which_captures(thompson::WhichCaptures::None).nfa_size_limit(Some(LARGEST));
    let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir).ok()?;
    // Places are remembered by their numbers, which hold only as long as nothing is forgotten.
    let config = DFA::config()
        .match_kind(MatchKind::All)
        .unicode_word_boundary(true)
        .cache_capacity(LARGEST)
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(Some(0));
    DFA::builder().configure(config).build_from_nfa(nfa).ok()
}

/// Walks all automata together; `seen` looks for texts of visible characters only.
fn walk(wanted: &[Wanted], seen: bool) -> Answer {
    let Some(mut automata) = Automata::new(wanted, seen) else { return Answer::Unknown };
    let Some(start) = automata.start() else { return Answer::Unknown };
    let alphabet = automata.alphabet(seen);
    let mut places = IndexSet::from([start]);
    // How each place was reached: from which one, over which byte.
    let mut reached: Vec<(usize, u8)> = vec![(0, 0)];
    let (mut at, mut steps, mut sure) = (0, 0, true);
    while let Some(here) = places.get_index(at).cloned() {
        for byte in &alphabet {
            steps += 1;
            if steps > MOST_STEPS || places.len() > MOST_PLACES {
                return Answer::Unknown;
            }
            let next = match automata.step(&here, *byte) {
                Ok(Some(next)) => next,
                Ok(None) => continue,
                Err(()) => {
                    sure = false;
                    continue;
                }
            };
            let fits = automata.fits(&next);
            sure &= fits.is_ok();
            if fits == Ok(true) {
                return spelled(&reached, at, *byte).map_or(Answer::Unknown, Answer::Text);
            }
            if places.insert(next) {
                reached.push((at, *byte));
            }
        }
        at += 1;
    }
    if sure { Answer::Nothing } else { Answer::Unknown }
}

/// The text that leads to a place and one byte on.
fn spelled(reached: &[(usize, u8)], from: usize, last: u8) -> Option<String> {
    let mut bytes = vec![last];
    let mut at = from;
    while at != 0 {
        let (before, byte) = reached.get(at)?;
        bytes.push(*byte);
        at = *before;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::{Case, Op, Pattern, Regex};

    fn text(patterns: &[Pattern], case: Case, holds: bool) -> Wanted {
        (vec![language::of(&Op::Text { patterns: patterns.to_vec(), case }).expect("text")], holds)
    }

    fn regex(text: &str, holds: bool) -> Wanted {
        (vec![language::of(&Op::Regex(vec![Regex::parse(text, Case::Sensitive).expect("it parses")])).expect("text")], holds)
    }

    #[test]
    fn a_text_between_two_tests_is_found() {
        let contains = |word: &str| [Pattern::contains(word)];
        assert_eq!(find(&[text(&contains("ab"), Case::Insensitive, true)]), Answer::Text("ab".to_owned()));
        let found = find(&[text(&contains("ab"), Case::Insensitive, true), text(&contains("ab"), Case::Sensitive, false)]);
        assert!(matches!(&found, Answer::Text(text) if text.eq_ignore_ascii_case("ab") && text != "ab"), "{found:?}");
        let starts = text(&[Pattern::starts("a")], Case::Insensitive, true);
        assert_eq!(find(&[starts.clone(), text(&contains("A"), Case::Insensitive, false)]), Answer::Nothing);
        assert!(matches!(find(&[starts, regex("^[^b]*$", false)]), Answer::Text(text) if text.starts_with('a') && text.contains('b')));
    }

    #[test]
    fn other_spellings_of_one_test_leave_nothing() {
        let two = [(regex("^(?:ab|ac)$", true), regex("^a[bc]$", false)), (regex("a.*b", true), regex("a(?s:.)*b", false))];
        for (one, other) in two {
            assert_eq!(find(&[one, other]), Answer::Nothing);
        }
        let globs = text(&[Pattern::glob("*.exe"), Pattern::glob("*.EXE")], Case::Insensitive, true);
        assert_eq!(find(&[globs.clone(), regex("(?i)\\.exe$", false)]), Answer::Nothing);
        assert!(matches!(find(&[regex("(?i)\\.[eE]xe$", true), text(&[Pattern::ends(".exe")], Case::Sensitive, false)]), Answer::Text(_)));
        assert_eq!(find(&[regex("\\.exe$", true), (globs.0, false)]), Answer::Nothing);
    }

    #[test]
    fn what_lies_outside_of_ascii_is_found_too() {
        // The Kelvin sign is folded to `k`.
        let found = find(&[text(&[Pattern::exact("k")], Case::Insensitive, true), regex("^[kK]$", false)]);
        assert_eq!(found, Answer::Text("\u{212a}".to_owned()));
        assert_eq!(find(&[regex("^.$", true), regex("^[\\x00-\\x7f]$", false), regex("^[^\\x00-\\x7f]$", false)]), Answer::Nothing);
    }
}
