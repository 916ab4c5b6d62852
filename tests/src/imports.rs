//! Which files of a crate use each other?
//!
//! Each file is a module; a path leads from it to the file that declares what the path names, through whatever names that thing on the way: what a
//! module passes on from another file is the other file's. Code of tests does not count, nor do comments and texts.

use std::collections::{BTreeMap, BTreeSet};

/// The place of a module in its crate: `lower`, `lower::regex`; empty for the crate itself.
type Place = Vec<String>;

/// A file as far as its paths go.
struct Module {
    /// Its text without comments, texts, tests, and what it declares with `use` and `mod`.
    body: String,
    /// What its `use` brings in: the name here, the path, and whether it is passed on.
    uses: BTreeMap<String, (Place, bool)>,
}

/// The pairs of files that use each other, by their paths as given, each with one path in either direction.
///
/// ```
/// let files = [
///     ("lib.rs", "mod one;\nmod two;\npub use one::One;\n"),
///     ("one.rs", "use super::two::two;\npub struct One;\n"),
///     ("two.rs", "use crate::One;\npub fn two() -> One {}\n"),
/// ];
/// let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
/// assert_eq!(vigie_tests::imports::circles(&files), ["one.rs uses super::two::two, two.rs uses crate::One"]);
/// ```
#[must_use]
pub fn circles(files: &BTreeMap<String, String>) -> Vec<String> {
    let mut tests: BTreeSet<Place> = BTreeSet::new();
    let mut paths: BTreeMap<Place, &str> = BTreeMap::new();
    for (path, text) in files {
        let place = place(path);
        tests.extend(of_tests(text).map(|name| place.iter().cloned().chain([name]).collect()));
        paths.insert(place, path);
    }
    paths.retain(|place, _| !(0..=place.len()).any(|end| tests.contains(place.get(..end).unwrap_or_default())));
    let modules: BTreeMap<&Place, Module> =
        paths.iter().map(|(place, path)| (place, Module::read(files.get(*path).map_or("", String::as_str)))).collect();
    let mut arrows: BTreeMap<(&Place, Place), String> = BTreeMap::new();
    for (place, module) in &modules {
        for path in module.paths(place, &modules) {
            let Some(absolute) = absolute(place, &path, &modules) else { continue };
            match declared(&absolute, &modules, 0) {
                Some(to) if to != **place => {
                    arrows.entry((place, to)).or_insert_with(|| path.join("::"));
                }
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    for ((from, to), path) in &arrows {
        let back = modules.get_key_value(to).and_then(|(key, _)| arrows.get(&(*key, (*from).clone())));
        if let (true, Some(back), Some(one), Some(other)) = (**from < *to, back, paths.get(*from), paths.get(to)) {
            out.push(format!("{one} uses {path}, {other} uses {back}"));
        }
    }
    out
}

/// The module of a file: `lower/regex.rs` and `lower/regex/mod.rs` are both `lower::regex`.
fn place(path: &str) -> Place {
    let mut parts: Place = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

/// The modules that a file declares for tests alone.
fn of_tests(text: &str) -> impl Iterator<Item = String> {
    text.split("#[cfg(test)]\n").skip(1).filter_map(|rest| {
        let line = rest.lines().next()?.trim();
        Some(line.strip_suffix(';')?.split_once("mod ")?.1.to_owned())
    })
}

impl Module {
    fn read(text: &str) -> Self {
        let text = without_tests(&without_words(text));
        let mut uses = BTreeMap::new();
        let (mut body, mut rest) = (String::new(), text.as_str());
        while !rest.is_empty() {
            let line = rest.split_inclusive('\n').next().unwrap_or(rest);
            let declaration = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").trim_start_matches("pub ");
            if let (true, Some(end)) = (declaration.starts_with("use "), rest.find(';')) {
                let passed_on = line.trim_start().starts_with("pub");
                let tree = rest.get(..end).and_then(|whole| whole.split_once("use ")).map_or("", |(_, tree)| tree);
                for (path, name) in leaves(tree) {
                    uses.insert(name, (path, passed_on));
                }
                rest = rest.get(end + 1..).unwrap_or_default();
                continue;
            }
            if !(declaration.starts_with("mod ") && line.trim_end().ends_with(';')) {
                body.push_str(line);
            }
            rest = rest.get(line.len()..).unwrap_or_default();
        }
        Self { body, uses }
    }

    /// Every path that the file asks for. What it only passes on, it does not use.
    fn paths(&self, place: &Place, modules: &BTreeMap<&Place, Self>) -> Vec<Place> {
        let found = in_body(&self.body);
        let called: BTreeSet<&str> =
            found.iter().filter_map(|(path, called)| if *called || path.len() > 1 { path.first() } else { None }).map(String::as_str).collect();
        let named: BTreeSet<&str> = found.iter().filter_map(|(path, _)| path.first()).map(String::as_str).collect();
        let asked = |name: &str| if name.starts_with(|char: char| char.is_uppercase()) { named.contains(name) } else { called.contains(name) };
        let brought = self.uses.iter().filter(|(name, (_, passed_on))| !passed_on || asked(name)).map(|(_, (path, _))| path.clone());
        let child = |first: &String| modules.contains_key(&place.iter().chain([first]).cloned().collect::<Place>());
        let written = found.iter().filter(|(path, _)| path.len() > 1).map(|(path, _)| path.clone());
        let written = written.filter(|path| path.first().is_some_and(|first| ["crate", "super", "self"].contains(&first.as_str()) || child(first)));
        brought.chain(written).collect()
    }
}

/// The paths in code, and whether each is called: words with `::` between them that do not stand behind a dot.
fn in_body(text: &str) -> Vec<(Place, bool)> {
    let word = |text: &str| text.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(text.len());
    let mut out: Vec<(Place, bool)> = Vec::new();
    let (mut rest, mut before, mut last) = (text, ' ', String::new());
    while let Some(first) = rest.chars().next() {
        let length = word(rest);
        if length == 0 {
            before = first;
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let mut path: Place = Vec::new();
        let mut length = length;
        loop {
            path.push(rest.get(..length).unwrap_or_default().to_owned());
            rest = rest.get(length..).unwrap_or_default();
            length = rest.strip_prefix("::").map_or(0, word);
            if length == 0 {
                break;
            }
            rest = rest.get(2..).unwrap_or_default();
        }
        let called = rest.starts_with('(') && last != "fn";
        last = path.last().cloned().unwrap_or_default();
        if !matches!(before, '.' | ':' | '\'') {
            out.push((path, called));
        }
        before = ' ';
    }
    out
}

/// The paths of a `use`, each with the name that it has here.
fn leaves(tree: &str) -> Vec<(Place, String)> {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name.trim().to_owned())));
        let mut path: Place = path.split("::").map(|part| part.trim().to_owned()).collect();
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
        return vec![(path, name)];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let (mut parts, mut depth) = (vec![String::new()], 0_usize);
    for char in inner.chars() {
        match char {
            ',' if depth == 0 => parts.push(String::new()),
            _ => {
                depth = if char == '{' { depth + 1 } else { depth.saturating_sub(usize::from(char == '}')) };
                parts.last_mut().expect("there is a first part").push(char);
            }
        }
    }
    parts.iter().filter(|part| !part.trim().is_empty()).flat_map(|part| leaves(&format!("{head}{}", part.trim()))).collect()
}

/// The path from the crate on; `None` for what another crate or a local name is asked.
fn absolute(place: &Place, path: &[String], modules: &BTreeMap<&Place, Module>) -> Option<Place> {
    let up = path.iter().take_while(|part| *part == "super").count();
    Some(match path.first()?.as_str() {
        "crate" => path.get(1..)?.to_vec(),
        "super" => place.get(..place.len().checked_sub(up)?)?.iter().chain(path.get(up..)?).cloned().collect(),
        "self" => place.iter().chain(path.get(1..)?).cloned().collect(),
        first => {
            let below: Place = place.iter().cloned().chain([first.to_owned()]).collect();
            modules.contains_key(&below).then(|| below.into_iter().chain(path.iter().skip(1).cloned()).collect())?
        }
    })
}

/// The file that declares what a path leads to.
fn declared(path: &[String], modules: &BTreeMap<&Place, Module>, depth: usize) -> Option<Place> {
    const DEEPEST: usize = 8;
    let end = (0..=path.len()).rev().find(|end| modules.contains_key(&path.get(..*end).unwrap_or_default().to_vec()))?;
    let (place, rest) = (path.get(..end)?.to_vec(), path.get(end..)?);
    let passed = rest.first().and_then(|name| modules.get(&place)?.uses.get(name));
    if let (Some((on, _)), true) = (passed, depth < DEEPEST)
        && let Some(on) = absolute(&place, on, modules)
        && on != path
    {
        let on: Place = on.into_iter().chain(rest.iter().skip(1).cloned()).collect();
        return declared(&on, modules, depth + 1);
    }
    Some(place)
}

/// A text of Rust without its comments, and with nothing in its texts.
fn without_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('/', Some('/')) => {
                while chars.peek().is_some_and(|char| *char != '\n') {
                    chars.next();
                }
            }
            // A character; a lifetime has no quote behind its first letter.
            ('\'', Some(next)) => {
                let next = *next;
                let mut ahead = chars.clone();
                ahead.next();
                if next == '\\' || ahead.peek() == Some(&'\'') {
                    while let Some(inner) = chars.next() {
                        if inner == '\\' {
                            chars.next();
                        } else if inner == '\'' && chars.peek() != Some(&'\'') {
                            break;
                        }
                    }
                } else {
                    out.push('\'');
                }
            }
            ('"', _) => {
                let raw = before == 'r' || before == '#';
                let hashes = out.chars().rev().take_while(|char| *char == '#').count();
                let mut tail = 0;
                let mut open = false;
                for inner in chars.by_ref() {
                    if raw {
                        if inner == '"' {
                            (open, tail) = (true, 0);
                        } else if open && inner == '#' {
                            tail += 1;
                        } else {
                            open = false;
                        }
                        if open && tail == hashes {
                            break;
                        }
                    } else if tail == 1 {
                        tail = 0;
                    } else if inner == '\\' {
                        tail = 1;
                    } else if inner == '"' {
                        break;
                    }
                }
                out.push_str("\"\"");
            }
            _ => out.push(char),
        }
        before = char;
    }
    out
}

/// A text of Rust without what is for tests alone: the module of tests that ends a file, and single lines.
fn without_tests(text: &str) -> String {
    const MARK: &str = "#[cfg(test)]\n";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once(MARK) {
        out.push_str(head);
        let line = tail.split_inclusive('\n').next().unwrap_or_default();
        // A block ends where its brace closes at the same depth.
        let indent = line.len() - line.trim_start().len();
        let close = format!("\n{}}}\n", " ".repeat(indent));
        let end = if line.trim_end().ends_with('{') { tail.find(&close).map_or(tail.len(), |at| at + close.len()) } else { line.len() };
        rest = tail.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_parent_and_its_child_are_files_too() {
        let with = |child: &str| {
            files(&[
                ("lib.rs", "mod lower;\n"),
                ("lower.rs", "mod test;\n\nfn lower() {\n    test::one();\n}\n\npub(crate) const MAX: u8 = 1;\n"),
                ("lower/test.rs", child),
            ])
        };
        assert_eq!(circles(&with("use super::MAX;\n")), ["lower.rs uses test::one, lower/test.rs uses super::MAX"]);
        assert_eq!(circles(&with("fn one() -> u8 {\n    crate::lower::MAX\n}\n")), ["lower.rs uses test::one, lower/test.rs uses crate::lower::MAX"]);
        assert!(circles(&with("fn one() -> u8 {\n    1\n}\n")).is_empty());
    }

    #[test]
    fn what_is_passed_on_is_the_other_file_s() {
        let parent = "mod kind;\nmod read;\n\npub use kind::{Kind, other as renamed};\npub use read::read;\n\npub struct Read;\n";
        let child = "use super::Kind;\n\npub fn read() -> Kind {}\n";
        assert!(
            circles(&files(&[("feed/mod.rs", parent), ("feed/kind.rs", "pub enum Kind {}\npub fn other() {}\n"), ("feed/read.rs", child)]))
                .is_empty()
        );
        let asks = format!("{parent}\nfn all() {{\n    read();\n}}\n");
        let back = "use super::Read;\n\npub fn read() {}\n";
        let found = circles(&files(&[("feed/mod.rs", &asks), ("feed/kind.rs", "pub enum Kind {}\n"), ("feed/read.rs", back)]));
        assert_eq!(found, ["feed/mod.rs uses read::read, feed/read.rs uses super::Read"]);
    }

    #[test]
    fn tests_comments_and_texts_do_not_count() {
        let one = "//! See [`super::two`].\n\nconst A: &str = \"crate::two::B\";\nconst C: char = '\"';\nconst D: &str = r#\"crate::two::\"B\"\"#;\n\n#[cfg(test)]\nmod tests {\n    use crate::two::B;\n}\n";
        let two = "use crate::one::A;\n\npub const B: &str = A;\n\n#[cfg(test)]\nuse crate::three;\n";
        assert!(circles(&files(&[("one.rs", one), ("two.rs", two), ("three.rs", "use crate::two::B;\n")])).is_empty());
        let whole = files(&[
            ("lib.rs", "#[cfg(test)]\nmod tests;\n\npub fn one() {}\nfn two() {\n    tests::three();\n}\n"),
            ("tests.rs", "use super::one;\n"),
        ]);
        assert!(circles(&whole).is_empty());
    }
}
