//! Which value of a registry key does a command or a sentence set? `reg add KEY /v NAME`, `-Path KEY -Name NAME`, ``KEY, value `NAME` ``.

/// How far behind its key a value's name is looked for, in bytes.
const REACH: usize = 160;

/// Whether what starts by itself is kept there: a value below `Run` and its like, a service.
pub(super) fn persists(key: &str) -> bool {
    let named = key.rsplit_once(':').is_some_and(|(key, name)| key.contains('\\') && !name.contains('\\'));
    let services = ["hklm\\system\\currentcontrolset\\services\\", "hklm\\system\\controlset001\\services\\"];
    let service = services.iter().any(|head| key.get(..head.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(head)));
    named || service || ir::observable::RegistryKey::parse(key).is_ok_and(|key| key.as_value().is_some())
}

/// The name and the data of a line of a `.reg` file.
pub(super) fn named_entry(line: &str) -> Option<(&str, &str)> {
    const LONGEST: usize = 200;
    let (name, rest) = line.strip_prefix('"')?.split_once('"')?;
    let data = rest.strip_prefix('=')?;
    (name.len() <= LONGEST && !name.contains('\n')).then_some((name, data))
}

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
        let trimmed = rest.trim_start_matches(['`', '"', '\'', ',', ';', '(', ' ', '*', '-', '–', '—']);
        let word = WORDS.iter().find(|word| trimmed.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))?;
        let at = rest.len() - trimmed.len() + word.len();
        rest.get(at..)?.starts_with(['"', '`', '\'', '“']).then_some(at)
    };
    let tail = rest.get(option.or_else(said).or_else(|| listed(key, rest))?..)?.trim_start();
    let name = match tail.chars().next()? {
        quote @ ('"' | '\'' | '`') => tail.get(1..)?.split(quote).next()?,
        '“' => tail.get('“'.len_utf8()..)?.split('”').next()?,
        _ => tail.split([' ', '\t', '`', '"', ')', ',', ';']).next()?,
    };
    (!name.is_empty() && !name.contains(['\\', ':'])).then_some((start + key.len(), name))
}

/// Where the name of a value begins that a list gives behind a key whose values are what counts: `HKCU\…\Run: Tide`, `…\Run → "Tide"`.
fn listed(key: &str, rest: &str) -> Option<usize> {
    const MARKS: [&str; 7] = [":", "=", "->", "→", "»", "|", "("];
    let holds =
        |key: &str| ir::observable::RegistryKey::parse(&format!("{}\\x", key.trim_end_matches('\\'))).is_ok_and(|key| key.as_value().is_some());
    if !(holds(key) || feed::hives(key).iter().any(|key| holds(key))) {
        return None;
    }
    // A quote right behind the key closes it.
    let trimmed = rest.trim_start_matches(['`', '"', '\'', '*']).trim_start_matches(' ');
    let mark = MARKS.iter().find(|mark| trimmed.starts_with(**mark));
    let behind = mark.map_or(trimmed, |mark| trimmed.get(mark.len()..).unwrap_or_default());
    let name = behind.trim_start();
    let quoted = name.starts_with(['"', '`', '\'', '“']);
    let at = rest.len() - name.len();
    // A mark of its own: without one only quotes part the name from the key.
    let parted = mark.is_some() || at > 0 && rest.get(..at).is_some_and(|gap| gap.ends_with(' '));
    let word = name.split([' ', '\t', '`', ')', ',', ';', '|']).next().unwrap_or_default();
    let behind = name.get(word.len()..).unwrap_or_default().trim_start_matches(['`', ' ', ')']);
    let alone = behind.is_empty() || behind.starts_with([',', ';', '|', '=']);
    let plain = word.len() >= 2 && !word.contains(['\\', '/', '%', ':', '.', '<']) && alone && mark.is_some();
    (parted && (quoted || plain)).then_some(at)
}

/// Where a word stands, whatever its case.
fn find(text: &str, word: &str) -> Option<usize> {
    text.as_bytes().windows(word.len()).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn the_value_that_a_command_sets_is_named() {
        for (text, wanted) in [
            (r"HKCU\Software\X\Run /v Tide /d C:\a.exe", Some((r"HKCU\Software\X\Run", "Tide"))),
            (r#"HKCU\Software\X\Run" /t REG_SZ /v "Tide Sync" /f"#, Some((r"HKCU\Software\X\Run", "Tide Sync"))),
            (r"HKCU:\Software\X\Run' -Name 'Tide' -Value 1", Some((r"HKCU:\Software\X\Run", "Tide"))),
            (r"HKCU\Software\X\Run`, value `Tide`", Some((r"HKCU\Software\X\Run", "Tide"))),
            (r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run: Tide", Some((r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run", "Tide"))),
            (r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run = Tide", Some((r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run", "Tide"))),
            (r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run: C:\a.exe", None),
            (r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run: it starts the loader", None),
            (r"HKCU\Software\X: Tide", None),
            (r"HKCU\Software\X\Run /ve /d 1", None),
            (r"HKCU\Software\X\Run and its value", None),
        ] {
            let end = text.find([' ', '"', '\'', '`']).unwrap();
            let end = text.get(..end).unwrap().trim_end_matches(':').len();
            let found = value(text, 0, end).map(|(end, name)| (text.get(..end).unwrap(), name));
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn keys_without_a_hive_and_blocks_of_reg_files_are_read() {
        let values = |text: &str| {
            let mut sources = source::Sources::default();
            let file = sources.add("a.md", format!("# T\n\n## Indicators of compromise\n\n{text}\n"));
            let found = super::super::extract(&sources, file).into_iter();
            found.filter(|found| found.kind == Kind::Registry).map(|found| found.value).collect::<Vec<_>>()
        };
        for (text, wanted) in [
            (r"- Software\Tide9\Run", &[r"HKLM\Software\Tide9\Run", r"HKCU\Software\Tide9\Run"][..]),
            (r"It writes to `SYSTEM\CurrentControlSet\Services\TideSvc`.", &[r"HKLM\SYSTEM\CurrentControlSet\Services\TideSvc"]),
            (r"- C:\Software\Tide9\a.exe", &[]),
            (r"- x\Software\Tide9\a", &[]),
            ("Software and its uses", &[]),
            (
                "[HKEY_CURRENT_USER\\Software\\Tide9]\n\"Tide\"=\"C:\\\\x\\\\t9.exe\"\n\"Gate\"=dword:00000001\n\"Old\"=-\n",
                &[r"HKEY_CURRENT_USER\Software\Tide9:Tide", r"HKEY_CURRENT_USER\Software\Tide9:Gate"],
            ),
            ("```\n[HKEY_CURRENT_USER\\Software\\Tide9]\n@=\"x\"\n\n\"Tide\"=\"x\"\n```", &[r"HKEY_CURRENT_USER\Software\Tide9"]),
            (r"- HKCU\Software\Microsoft\Windows\CurrentVersion\Run: Tide", &[r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run:Tide"]),
            (r"- HKCU\Software\Tide9\x: C:\ProgramData\t9.exe", &[r"HKCU\Software\Tide9\x"]),
        ] {
            assert_eq!(values(text), wanted, "{text}");
        }
    }
}
