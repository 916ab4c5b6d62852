//! Which value of a registry key does a command or a sentence set? `reg add KEY /v NAME`, `-Path KEY -Name NAME`, ``KEY, value `NAME` ``.

/// How far behind its key a value's name is looked for, in bytes.
const REACH: usize = 160;

/// Where the key ends, and the name of the value that the words behind it give.
pub(super) fn value(text: &str, start: usize, end: usize) -> Option<(usize, &str)> {
    let mut until = (end + REACH).min(text.len());
    while !text.is_char_boundary(until) {
        until -= 1;
    }
    let line = text.get(start..until)?.lines().next()?;
    let key = line.get(..(end - start).min(line.len()))?;
    // The arguments of a command may have been taken for a part of the key.
    let key = find(key, " /v ").or_else(|| find(key, " -name ")).and_then(|at| key.get(..at)).unwrap_or(key);
    let key = key.trim_end_matches(['"', '\'', ' ']);
    let rest = line.get(key.len()..)?;
    let option = ["/v ", "-name "].iter().filter_map(|option| find(rest, &format!(" {option}")).map(|at| at + option.len() + 1)).min();
    let said = || {
        const WORDS: [&str; 7] = ["value name ", "value: ", "value named ", "value ", "entry named ", "entry ", "named "];
        let trimmed = rest.trim_start_matches(['`', '"', '\'', ',', ';', '(', ' ', '*']);
        let word = WORDS.iter().find(|word| trimmed.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))?;
        let at = rest.len() - trimmed.len() + word.len();
        rest.get(at..)?.starts_with(['"', '`', '\'', '“']).then_some(at)
    };
    let tail = rest.get(option.or_else(said)?..)?.trim_start();
    let name = match tail.chars().next()? {
        quote @ ('"' | '\'' | '`') => tail.get(1..)?.split(quote).next()?,
        '“' => tail.get('“'.len_utf8()..)?.split('”').next()?,
        _ => tail.split([' ', '\t', '`', '"', ')', ',', ';']).next()?,
    };
    (!name.is_empty() && !name.contains(['\\', ':'])).then_some((start + key.len(), name))
}

/// Where a word stands, whatever its case.
fn find(text: &str, word: &str) -> Option<usize> {
    text.as_bytes().windows(word.len()).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_that_a_command_sets_is_named() {
        for (text, wanted) in [
            (r"HKCU\Software\X\Run /v Tide /d C:\a.exe", Some((r"HKCU\Software\X\Run", "Tide"))),
            (r#"HKCU\Software\X\Run" /t REG_SZ /v "Tide Sync" /f"#, Some((r"HKCU\Software\X\Run", "Tide Sync"))),
            (r"HKCU:\Software\X\Run' -Name 'Tide' -Value 1", Some((r"HKCU:\Software\X\Run", "Tide"))),
            (r"HKCU\Software\X\Run`, value `Tide`", Some((r"HKCU\Software\X\Run", "Tide"))),
            (r"HKCU\Software\X\Run /ve /d 1", None),
            (r"HKCU\Software\X\Run and its value", None),
        ] {
            let end = text.find([' ', '"', '\'', '`']).unwrap();
            let found = value(text, 0, end).map(|(end, name)| (text.get(..end).unwrap(), name));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
