//! How is a file written? The only place with tabs and escapes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use backend::{Artefact, ArtefactKind, Job, Lowered, Printed, PrintedRule};

use crate::ast::{Item, List, Type};

/// The columns, in the words of `Intel::Item`; `meta.do_notice` is that of `policy/frameworks/intel/do_notice.zeek`, and without that script
/// no column anybody asks for.
pub(crate) const COLUMNS: [&str; 6] = ["indicator", "indicator_type", "meta.source", "meta.desc", "meta.url", "meta.do_notice"];
/// What stands for nothing (`Input::unset_field`).
pub(crate) const UNSET: &str = "-";
/// What stands for an empty list (`Input::empty_field`).
const EMPTY: &str = "(empty)";

/// What makes two lines the same for the framework, which knows no case: type, value in lower case, source.
type Key = (Type, Vec<u8>, Arc<str>);

/// What is known about a value, from all lists that hold it.
struct Known {
    value: Box<[u8]>,
    about: BTreeSet<Arc<str>>,
    url: Option<Arc<str>>,
    notice: bool,
}

/// The lines of a detection.
pub struct Lines {
    list: List,
    /// As a file of their own; empty when nobody asks for it.
    text: String,
}

/// Writes the lines of a detection.
pub(crate) fn lines(list: List, job: &Job<'_>) -> Lines {
    let mut text = String::new();
    if job.rule_texts {
        let mut own = BTreeMap::new();
        gather(&mut own, &list);
        text = file(&own);
    }
    Lines { list, text }
}

/// Writes one file for each advisory. A value that several lists hold has one line.
pub(crate) fn files(lists: Vec<Lowered<Lines>>) -> Printed {
    let mut files: BTreeMap<String, BTreeMap<Key, Known>> = BTreeMap::new();
    let mut out = Printed::default();
    for Lowered { detection, item, rule: Lines { list, text } } in lists {
        let artefact = format!("{}.intel", list.file);
        gather(files.entry(artefact.clone()).or_default(), &list);
        out.rules.push(PrintedRule { detection, item, id: list.id.to_string(), title: list.title, artefact, text, revision: None, carried: false });
    }
    out.artefacts.extend(files.into_iter().map(|(path, lines)| Artefact::new(path, ArtefactKind::Rules, file(&lines))));
    out
}

/// Puts a list's values among others.
fn gather(into: &mut BTreeMap<Key, Known>, list: &List) {
    for Item { of, value, about } in &list.items {
        let known = into.entry((*of, value.to_ascii_lowercase(), Arc::clone(&list.source))).or_insert_with(|| Known {
            value: value.clone(),
            about: BTreeSet::new(),
            url: None,
            notice: false,
        });
        // Two spellings are one value; which is written must not depend on their order.
        if *value < known.value {
            known.value = value.clone();
        }
        known.about.insert(Arc::clone(about));
        known.notice |= list.notice;
        known.url = known.url.take().or_else(|| list.url.clone());
    }
}

/// A file: the names of the columns, then one line for each value.
fn file(lines: &BTreeMap<Key, Known>) -> String {
    let mut out = format!("{}\n", header());
    for ((of, _, source), known) in lines {
        let about: Vec<&str> = known.about.iter().map(AsRef::as_ref).collect();
        let about = about.join("; ");
        let cells = [
            cell(&known.value),
            of.name().to_owned(),
            cell(source.as_bytes()),
            optional(Some(&about)),
            optional(known.url.as_deref()),
            if known.notice { "T" } else { "F" }.to_owned(),
        ];
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    out
}

/// The line that names the columns.
pub(crate) fn header() -> String {
    format!("#fields\t{}", COLUMNS.join("\t"))
}

fn optional(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).map_or_else(|| UNSET.to_owned(), |text| cell(text.as_bytes()))
}

/// A text in a column. `\xNN` is the only escape that Zeek reads (`get_unescaped_string` in `src/util.cc`): for backslashes, bytes that are no
/// UTF-8, whatever ends a column or a line or is not seen, and the first byte of what would be a comment or stand for nothing.
pub(crate) fn cell(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let escape = |out: &mut String, byte: u8| {
        // Writing to a text does not fail.
        let _ = write!(out, "\\x{byte:02x}");
    };
    let taken = bytes == UNSET.as_bytes() || bytes == EMPTY.as_bytes() || bytes.starts_with(b"#");
    let first = bytes.first().filter(|_| taken);
    first.iter().for_each(|byte| escape(&mut out, **byte));
    for chunk in bytes.get(usize::from(taken)..).unwrap_or_default().utf8_chunks() {
        for char in chunk.valid().chars() {
            if char == '\\' || source::unseen(char) {
                char.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| escape(&mut out, byte));
            } else {
                out.push(char);
            }
        }
        chunk.invalid().iter().for_each(|byte| escape(&mut out, *byte));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::verify::{plain, read};

    fn list(items: Vec<Item>, notice: bool) -> List {
        List {
            id: uuid::Uuid::nil(),
            title: "t".to_owned(),
            file: "A-1".to_owned(),
            source: "A-1".into(),
            url: notice.then(|| "https://cert.example/1".into()),
            notice,
            items,
        }
    }

    fn lines(lists: &[List]) -> String {
        let mut lines = BTreeMap::new();
        lists.iter().for_each(|list| gather(&mut lines, list));
        file(&lines)
    }

    fn item(of: Type, value: impl AsRef<[u8]>, about: &str) -> Item {
        Item { of, value: value.as_ref().into(), about: about.into() }
    }

    #[test]
    fn hostile_texts_are_escaped() {
        for (text, written) in [
            (&b"a\tb\nc\r"[..], r"a\x09b\x0ac\x0d"),
            (b"-", r"\x2d"),
            (b"--", "--"),
            (b"(empty)", r"\x28empty)"),
            (b"#fields", r"\x23fields"),
            (b"a#b", "a#b"),
            (br"\x41\", r"\x5cx41\x5c"),
            (b"\xff\xc3\xa9", "\\xff\u{e9}"),
            ("\u{202e}x".as_bytes(), r"\xe2\x80\xaex"),
        ] {
            assert_eq!(cell(text), written);
            assert_eq!(plain(written).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_value_stands_once_and_keeps_what_is_known_from_both() {
        let first = list(vec![item(Type::Domain, "evil.example", "a"), item(Type::Addr, "192.0.2.1", "a")], false);
        let second = list(vec![item(Type::Domain, "EVIL.example", "b"), item(Type::Domain, "evil.example", "a")], true);
        let text = lines(&[first.clone(), second.clone()]);
        assert_eq!(
            text,
            "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\tmeta.do_notice\n\
             192.0.2.1\tIntel::ADDR\tA-1\ta\t-\tF\n\
             EVIL.example\tIntel::DOMAIN\tA-1\ta; b\thttps://cert.example/1\tT\n"
        );
        assert_eq!(lines(&[second, first]), text);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in prop::collection::vec(any::<u8>(), 0..12), text in "(-|#|\\(empty\\)|\\\\x[0-9a-f]{0,2}|\\PC|\\t|\\n|.){0,8}") {
            for value in [bytes.as_slice(), text.as_bytes()] {
                let written = cell(value);
                prop_assert!(!written.contains(['\t', '\n', '\r']) && !written.starts_with('#') && written != UNSET);
                let read = plain(&written);
                prop_assert_eq!(read.as_deref(), Ok(value));
            }
        }

        #[test]
        fn a_file_is_read_back(values in prop::collection::vec("(?s)-|#|\\(empty\\)|.{1,6}", 1..5), abouts in prop::collection::vec("\\PC{0,6}", 5)) {
            let items: Vec<Item> = values.iter().zip(&abouts).map(|(value, about)| item(Type::Software, value, about)).collect();
            let text = lines(&[list(items.clone(), true)]);
            let read = read(&text).map_err(|(line, why)| TestCaseError::fail(format!("{line}: {why}\n{text}")))?;
            let wanted: BTreeSet<Vec<u8>> = items.iter().map(|item| item.value.to_ascii_lowercase()).collect();
            let found: BTreeSet<Vec<u8>> = read.iter().map(|line| line.value.to_ascii_lowercase()).collect();
            prop_assert_eq!(found, wanted);
            for line in read {
                prop_assert!(line.of == Type::Software && line.source == b"A-1");
                let about = String::from_utf8(line.about).unwrap_or_default();
                prop_assert!(items.iter().filter(|item| item.value.eq_ignore_ascii_case(&line.value)).all(|item| about.contains(&*item.about)));
            }
        }
    }
}
