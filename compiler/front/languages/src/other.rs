//! Could a text be of another language than English? Then the words of all languages are looked for in it.

use std::sync::LazyLock;

/// The longest word that is asked for, in bytes.
const LONGEST: usize = 6;

/// In a text of fewer bytes one letter or one word is enough.
const SHORT: usize = 3000;

/// How much of a text is looked at, in bytes.
const LOOK: usize = 16 << 10;

/// How much of a text is looked at in one step for letters that are no ASCII, in bytes.
const PIECE: usize = 64;

/// How many letters that English lacks, and how many words, are needed.
const LETTERS: usize = 12;
const WORDS: usize = 6;

/// Small words that are in every text of a language and in none of English.
static SMALL: [&str; 52] = [
    "und", "der", "das", "den", "dem", "nicht", "mit", "eine", "wird", "auf", "les", "des", "une", "est", "dans", "pour", "avec", "sont", "los",
    "las", "una", "por", "para", "con", "del", "como", "gli", "che", "della", "nel", "sono", "dei", "het", "een", "van", "niet", "voor", "zijn",
    "oraz", "nie", "jest", "przez", "dla", "się", "uma", "dos", "não", "com", "è", "на", "що", "что",
];

/// Small words of other languages that an English text may have in a name.
static IN_NAMES: [&str; 76] = [
    "de", "el", "la", "le", "du", "il", "di", "da", "se", "im", "zu", "ist", "op", "te", "en", "et", "un", "al", "w", "z", "na", "em", "ao", "si",
    "od", "o", "au", "ou", "sur", "qui", "que", "non", "dal", "depuis", "dès", "lo", "aan", "bij", "uit", "ook", "naar", "sinds", "vanaf", "seit",
    "ab", "nach", "bei", "zur", "zum", "von", "vom", "aus", "sich", "sind", "wurde", "auch", "oder", "nur", "desde", "até", "pelo", "pela", "nos",
    "sus", "su", "esta", "este", "più", "alla", "dopo", "tra", "po", "ze", "jak", "ta", "za",
];

/// Words of up to eight bytes, to be asked for often.
struct Short {
    /// The bytes of each as one number, in order.
    numbers: Vec<u64>,
    /// By the first byte of a word in ASCII, in either case: one bit for each length.
    lengths: [u8; 128],
}

static SMALL_WORDS: LazyLock<Short> = LazyLock::new(|| {
    let mut numbers: Vec<u64> = SMALL.iter().filter_map(|word| Short::number(word)).collect();
    numbers.sort_unstable();
    let mut lengths = [0; 128];
    for word in SMALL {
        for first in word.bytes().take(1).flat_map(|first| [first, first.to_ascii_uppercase()]) {
            if let Some(lengths) = lengths.get_mut(usize::from(first)) {
                *lengths |= 1 << word.len().min(7);
            }
        }
    }
    Short { numbers, lengths }
});

impl Short {
    /// A word in lower case as one number; none for longer words.
    fn number(word: &str) -> Option<u64> {
        let mut bytes = [0; 8];
        if word.is_ascii() {
            bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
            bytes.make_ascii_lowercase();
        } else {
            let lower = word.to_lowercase();
            bytes.get_mut(..lower.len())?.copy_from_slice(lower.as_bytes());
        }
        Some(u64::from_be_bytes(bytes))
    }

    /// Whether one of the words begins and is as long as these bytes.
    fn may_have(&self, word: &[u8]) -> bool {
        let first = word.first().map_or(0, |first| usize::from(*first));
        self.lengths.get(first).is_none_or(|lengths| lengths >> word.len().min(7) & 1 == 1)
    }

    fn has(&self, word: &str) -> bool {
        self.may_have(word.as_bytes()) && Self::number(word).is_some_and(|number| self.numbers.binary_search(&number).is_ok())
    }
}

/// Whether a text is rather not English.
pub fn may_be_other(text: &str) -> bool {
    let short = text.len() < SHORT;
    let (letters, words) = if short { (1, 1) } else { (LETTERS, WORDS) };
    let mut end = text.len().min(LOOK);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or_default();
    let small = |word: &&str| {
        SMALL_WORDS.has(word)
            || short && IN_NAMES.iter().any(|known| known.eq_ignore_ascii_case(word) || !word.is_ascii() && *known == word.to_lowercase())
    };
    // Where a character begins that is no ASCII.
    let pieces = head.as_bytes().chunks(PIECE).enumerate().filter(|(_, piece)| !piece.is_ascii());
    let places = pieces.flat_map(|(number, piece)| (number * PIECE..).zip(piece)).filter(|(_, byte)| **byte >= 0xC0);
    let wide = places.filter_map(|(at, _)| head.get(at..)?.chars().next());
    if wide.filter(|char| char.is_alphabetic()).nth(letters - 1).is_some() {
        return true;
    }
    let known = &*SMALL_WORDS;
    let few = head.as_bytes().split(u8::is_ascii_whitespace).filter(|word| (1..=LONGEST).contains(&word.len()) && (short || known.may_have(word)));
    few.filter_map(|word| std::str::from_utf8(word).ok()).filter(small).nth(words - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_are_told_in_any_case() {
        assert!(SMALL.iter().all(|word| word.len() <= LONGEST && SMALL_WORDS.has(word) && SMALL_WORDS.has(&word.to_uppercase())));
        assert!(IN_NAMES.iter().all(|word| word.len() <= LONGEST));
        assert!(!["un", "underneath", "", "unde"].iter().any(|word| SMALL_WORDS.has(word)));
    }

    #[test]
    fn english_is_told_from_others() {
        let long = |sentence: &str| sentence.repeat(1 + SHORT / sentence.len());
        let english =
            format!("The Agence nationale de la sécurité des systèmes and Müller from São Paulo know. {}", long("The operators were seen – twice. "));
        assert!(!may_be_other(&english));
        for sentence in [
            "Die Gruppe wird mit dem Server und der Seite verbunden. ",
            "Il gruppo che usa i server della rete, con una pagina. ",
            "攻撃者が使うサーバです。",
        ] {
            assert!(may_be_other(&long(sentence)), "{sentence}");
        }
        assert!(!may_be_other("Look for connections since 1 January 2026."));
        assert!(may_be_other("Se recomienda buscar actividad desde el 15 de enero de 2026."));
    }
}
