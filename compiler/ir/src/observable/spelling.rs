//! Which spellings of a value are undone before it is read?

/// A pipe's name without the folder that programs (`\\.\pipe\`), the kernel (`\Device\NamedPipe\`) and Sysmon (`\`) write before it.
#[must_use]
pub fn pipe(text: &str) -> &str {
    ["\\\\.\\pipe\\", "\\\\?\\pipe\\", "\\\\*\\pipe\\", "pipe\\", "\\??\\pipe\\", "\\pipe\\", "\\Device\\NamedPipe\\"]
        .iter()
        .find_map(|prefix| text.split_at_checked(prefix.len()).filter(|(head, _)| head.eq_ignore_ascii_case(prefix)).map(|(_, name)| name))
        .unwrap_or(text)
        .trim_start_matches('\\')
}

/// Undoes the spellings that keep a value from being clicked: `[.]`, `(.)`, `{.}`, `[dot]`, `(dot)`, `[d]`, `[:]`,
/// `[://]`, `[at]`, `[@]`, `hxxp`, full-width and ideographic dots, zero-width characters.
///
/// Only for a text that is already known to be one value; prose needs more care.
///
/// ```
/// assert_eq!(ir::observable::refang("hxxps[://]evil[.]example/a[.]b"), "https://evil.example/a.b");
/// ```
#[must_use]
pub fn refang(text: &str) -> std::borrow::Cow<'_, str> {
    const SPELLINGS: &[(&str, &str)] = &[
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[.", "."),
        (".]", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("{dot}", "."),
        // German, French, Spanish and Italian, Portuguese, Dutch and Polish.
        ("[punkt]", "."),
        ("(punkt)", "."),
        ("[point]", "."),
        ("(point)", "."),
        ("[punto]", "."),
        ("(punto)", "."),
        ("[ponto]", "."),
        ("(ponto)", "."),
        ("[punt]", "."),
        ("[kropka]", "."),
        ("[точка]", "."),
        ("[点]", "."),
        ("[ドット]", "."),
        ("[arobase]", "@"),
        ("[arroba]", "@"),
        ("[chiocciola]", "@"),
        ("[d]", "."),
        ("[://]", "://"),
        ("[:]", ":"),
        ("(:)", ":"),
        ("[/]", "/"),
        ("[@]", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("(@)", "@"),
        ("\\.", "."),
        ("[//]", "//"),
    ];
    let suspicious = text.contains(['[', '(', '{', '\\'])
        || !text.is_ascii()
        || text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("hxx"))
        || text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("fxp"));
    if !suspicious {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // An IPv6 host in a URL keeps its brackets: `[2001:db8::1]`.
    'next: while let Some(char) = rest.chars().next() {
        for (spelling, meaning) in SPELLINGS {
            if rest.get(..spelling.len()).is_some_and(|head| head.eq_ignore_ascii_case(spelling)) {
                out.push_str(meaning);
                rest = &rest[spelling.len()..];
                continue 'next;
            }
        }
        match char {
            '\u{ff0e}' | '\u{3002}' | '\u{ff61}' => out.push('.'),
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            other => out.push(other),
        }
        rest = &rest[char.len_utf8()..];
    }
    for (spelling, meaning) in [("hxxps", "https"), ("hxxp", "http"), ("hxtps", "https"), ("fxp", "ftp")] {
        if out.get(..spelling.len()).is_some_and(|head| head.eq_ignore_ascii_case(spelling)) {
            out.replace_range(..spelling.len(), meaning);
            break;
        }
    }
    out.into()
}
