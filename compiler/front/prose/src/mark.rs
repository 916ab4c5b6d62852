//! What does a bracketed mark stand for? A dot, a colon, a slash, an at sign, however the markup escapes it.

/// What a mark stands for.
pub(super) enum Token {
    Dot,
    Colon,
    ColonSlashes,
    Slashes,
    Slash,
    At,
}

/// The character that an HTML entity stands for, with the entity's length.
pub(super) fn entity(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = bytes.get(at + 1..)?;
    let end = rest.iter().take(10).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(rest.get(..end)?).ok()?;
    let byte = match name {
        "period" => b'.',
        "colon" => b':',
        "sol" => b'/',
        "commat" => b'@',
        "lowbar" => b'_',
        "lsqb" | "lbrack" => b'[',
        "rsqb" | "rbrack" => b']',
        "lpar" => b'(',
        "rpar" => b')',
        "amp" => b'&',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            u8::try_from(code).ok().filter(u8::is_ascii_graphic)?
        }
    };
    Some((byte, end + 2))
}

/// One character, an escape or an entity read as what it stands for.
fn unit(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    match bytes.get(at)? {
        b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => Some((*bytes.get(at + 1)?, 2)),
        b'&' => entity(bytes, at).or(Some((b'&', 1))),
        byte => Some((*byte, 1)),
    }
}

/// Reads `[.]`, `(dot)`, `[[.]]`, `\[.\]`, `[:]`, `[://]`, `[at]`, or `[.` without its end.
pub(super) fn token(bytes: &[u8], start: usize) -> Option<(usize, Token)> {
    let (open, mut len) = unit(bytes, start)?;
    let close = match open {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        b'<' => b'>',
        _ => return None,
    };
    let mut depth = 1;
    if let Some((byte, more)) = unit(bytes, start + len)
        && byte == open
        && open != b'<'
    {
        depth = 2;
        len += more;
    }
    let gap = usize::from(bytes.get(start + len) == Some(&b' '));
    len += gap;
    let inner = bytes.get(start + len..)?;
    let starts = |word: &str| inner.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    let (token, inner_len) = if starts("://") {
        (Token::ColonSlashes, 3)
    } else if starts("//") {
        (Token::Slashes, 2)
    } else if starts(":") {
        (Token::Colon, 1)
    } else if starts(".") || starts(",") && open == b'[' {
        (Token::Dot, 1)
    } else if starts("dot") || starts("dit") {
        (Token::Dot, 3)
    } else if starts("d") && open == b'[' {
        (Token::Dot, 1)
    } else if starts("at") {
        (Token::At, 2)
    } else if starts("@") {
        (Token::At, 1)
    } else if starts("/") && open != b'<' {
        (Token::Slash, 1)
    } else if let Some((byte @ (b'.' | b':' | b'@' | b'/'), more)) = unit(bytes, start + len) {
        let token = match byte {
            b'.' => Token::Dot,
            b':' => Token::Colon,
            b'@' => Token::At,
            _ => Token::Slash,
        };
        (token, more)
    } else {
        return None;
    };
    let open_end = len + inner_len;
    len = open_end + gap;
    for _ in 0..depth {
        match unit(bytes, start + len) {
            Some((byte, more)) if byte == close => len += more,
            // `evil[.example`: the closing half was forgotten.
            _ => {
                return if matches!(token, Token::Dot) && inner_len == 1 && inner.first() == Some(&b'.') && matches!(open, b'[' | b'{') && gap == 0 {
                    Some((open_end, token))
                } else {
                    None
                };
            }
        }
    }
    Some((len, token))
}
