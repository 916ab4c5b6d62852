//! When are two spellings of a word the same? Case, accents, full-width forms and composed letters do not count.

/// The letter that stands for a character when words are compared; `None` for a mark that only dresses the letter before it.
///
/// `É`, `é`, `e` with a combining accent and `e` are the same letter, as are `：` and `:`, `Ａ` and `a`, `が` and `か`. One character stands
/// for one, so that places in a text are not lost.
pub fn plain(char: char) -> Option<char> {
    if char.is_ascii() {
        return Some(char.to_ascii_lowercase());
    }
    let char = match char {
        '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' => return None,
        '’' | '‘' => return Some('\''),
        '“' | '”' | '«' | '»' | '„' => return Some('"'),
        '\u{ff01}'..='\u{ff5e}' => u32::from(char).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(char),
        other => other,
    };
    // Small letters of Latin and Cyrillic, and letters without case, are most of what is asked for.
    let small = matches!(char, 'ß'..='ÿ' | 'а'..='џ' | '\u{3040}'..='\u{9fff}');
    Some(bare(if small { char } else { char.to_lowercase().next().unwrap_or(char) }))
}

/// A small letter without its marks.
fn bare(char: char) -> char {
    match char {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'į' | 'ı' => 'i',
        'ł' | 'ľ' | 'ĺ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ŕ' | 'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'й' => 'и',
        'ё' => 'е',
        'ї' => 'і',
        'ў' => 'у',
        '\u{3040}'..='\u{309f}' => voiceless(char, 0),
        '\u{30a0}'..='\u{30ff}' => voiceless(char, 0x60),
        other => other,
    }
}

/// A letter of kana without the two small strokes or the ring.
fn voiceless(char: char, shift: u32) -> char {
    let code = u32::from(char) - shift;
    let base = match code {
        0x304c..=0x3062 if code.is_multiple_of(2) => code - 1,
        0x3065 | 0x3067 | 0x3069 => code - 1,
        0x3070..=0x307d => code - (code - 0x306f) % 3,
        0x3094 => 0x3046,
        other => other,
    };
    char::from_u32(base + shift).unwrap_or(char)
}

/// Words as they are compared: plain letters, one blank for whatever parts words.
pub fn folded(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    if words.is_ascii() {
        if single(words.as_bytes()) {
            out.push_str(words);
            out.make_ascii_lowercase();
            return out;
        }
        for byte in words.bytes() {
            if byte.is_ascii_whitespace() || matches!(byte, 0x0b | b'-' | b'_' | b'/') {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            } else {
                out.push(char::from(byte.to_ascii_lowercase()));
            }
        }
        out.truncate(out.trim_end().len());
        return out;
    }
    for char in words.chars() {
        if char.is_whitespace() || matches!(char, '-' | '_' | '/' | '‐' | '‑' | '–' | '—') {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if let Some(letter) = plain(char) {
            out.push(letter);
        }
    }
    out.trim().to_owned()
}

/// Whether single blanks alone part the words of a text in ASCII, as most do.
fn single(words: &[u8]) -> bool {
    let mut before = b' ';
    let apart = words.iter().all(|byte| {
        let double = *byte == b' ' && before == b' ';
        before = *byte;
        !double && !matches!(byte, 0x09..=0x0d | b'-' | b'_' | b'/')
    });
    apart && before != b' '
}

/// Whether a word may begin or end at this place of a folded text. Japanese and Chinese write words without blanks between them.
pub fn edge(text: &str, at: usize) -> bool {
    let letter = |char: char| char.is_alphanumeric() && !unspaced(char);
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at..).and_then(|text| text.chars().next());
    !(before.is_some_and(letter) && after.is_some_and(letter))
}

/// Whether words of this letter's script stand without blanks.
pub fn unspaced(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_are_the_same() {
        for (one, other) in [
            ("Première observation", "premie\u{300}re  OBSERVATION"),
            ("Références\u{a0}：", "references :"),
            ("commande-et-contrôle", "Commande et controle"),
            ("ＩＯＣ", "ioc"),
            ("Войти", "воити"),
            ("ガイド", "カ\u{3099}イド"),
            ("パス", "ハ\u{309a}ス"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        assert_ne!(folded("Haus"), folded("Maus"));
        assert!(edge("侵害指標", 6) && !edge("ioc", 1) && edge("ioc", 3));
    }
}
