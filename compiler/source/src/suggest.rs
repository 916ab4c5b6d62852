//! Which known name was probably meant?

/// Longer names are no slips of the pen, in bytes.
const LONGEST: usize = 100;
/// Among so many names one is looked for: a file may have thousands of names, and thousands of wrong ones.
const MOST: usize = 256;

/// So many names at most are told when none is near.
const FEW: usize = 30;

/// Finds the name nearest to a misspelt one: first a dotted name that ends in it, then the fewest changed letters.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > LONGEST {
        return None;
    }
    let wrong = wrong.to_ascii_lowercase();
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
    }
    let length = wrong.chars().count();
    let mut best: Option<(f64, &'a str)> = None;
    for name in names.into_iter().filter(|name| name.len() <= LONGEST).take(MOST) {
        let ends = name.strip_suffix(wrong.as_str()).is_some_and(|head| head.ends_with(['.', '-', '_']));
        let score = if ends {
            0.95
        } else if letters(&wrong).next().is_some() && letters(&wrong).eq(letters(name)) {
            0.98
        } else {
            // Each letter more or less is a change: names of other lengths need no comparing.
            let (shorter, longer) = {
                let other = name.chars().count();
                (length.min(other), length.max(other))
            };
            if 10 * shorter < 6 * longer {
                continue;
            }
            strsim::normalized_damerau_levenshtein(&wrong, &name.to_ascii_lowercase())
        };
        if score >= 0.6 && best.is_none_or(|(before, _)| score > before) {
            best = Some((score, name));
        }
    }
    best.map(|(_, name)| name)
}

/// The help for an unknown name: the nearest one, else all of them when they are few.
pub fn help<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = nearest(wrong, names.clone()) {
        return Some(format!("a similar name is `{name}`"));
    }
    let all: Vec<&str> = names.into_iter().take(FEW + 1).collect();
    match all.as_slice() {
        [] => None,
        [only] => Some(format!("the only name known here is `{only}`")),
        [..] if all.len() <= FEW => Some(format!("the names known here are {}", list(&all))),
        [..] => None,
    }
}

/// Names in a sentence: `` `a`, `b` and `c` ``.
pub fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [head @ .., last] => format!("{} and `{last}`", head.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        let names = ["process.command_line", "process.parent.command_line", "process.name"];
        assert_eq!(nearest("process.commandline", names), Some("process.command_line"));
        assert_eq!(nearest("command_line", names), Some("process.command_line"));
        assert_eq!(nearest("zzz", names), None);
        assert_eq!(nearest("|", ["==", "!="]), None);
        assert_eq!(help("zzz", ["a", "b"]).as_deref(), Some("the names known here are `a` and `b`"));
    }
}
