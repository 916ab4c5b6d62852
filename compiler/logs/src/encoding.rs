//! How does a log write the value of a field, and which tests of the log's text mean a test of the value?
//!
//! An [`Encoding`] is a closed type: whatever a log does with a value has a name here, and each has a function in both directions. [`of_patterns`]
//! turns patterns for the catalogue's value into patterns for the log's text, and says whether both mean the same; [`write`](crate::write) turns a
//! value into the text that the log would hold.

use ir::{Case, Part, Pattern, Regex, Shape, Tree};

use crate::answers;
use crate::form::Encoding;
use crate::hive::{self, hives};

/// The catalogue's word for what worked.
pub const SUCCESS: &str = "success";
/// The catalogue's word for what did not.
pub const FAILURE: &str = "failure";

/// Patterns for the log's text, and whether they mean the same as those for the catalogue's value.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Any of them is to fit.
    pub patterns: Vec<Pattern>,
    /// Whether the log's text fits exactly where the value does. Otherwise it fits at least there.
    pub exact: bool,
}

/// The log's patterns for text patterns.
#[must_use]
pub fn of_patterns(patterns: &[Pattern], encoding: Encoding) -> Encoded {
    let mut out = Encoded { patterns: Vec::with_capacity(patterns.len()), exact: true };
    for pattern in patterns {
        one(pattern, encoding, &mut out);
    }
    out
}

/// The log's patterns for places and everything below them.
#[must_use]
pub fn of_trees(trees: &[Tree], encoding: Encoding) -> Encoded {
    match encoding {
        Encoding::RegistryKey | Encoding::AnyRegistryKey => {
            // Every value of the key and of the keys below it begins with the key and a backslash.
            let mut out = Encoded { patterns: Vec::new(), exact: true };
            for tree in trees {
                let (hives, sure) = hives(&Pattern::exact(&tree.root), encoding);
                out.exact &= sure;
                out.patterns.extend(hives.iter().map(|hive| hive.before("\\").open_end()));
            }
            out
        }
        _ => of_patterns(&trees.iter().flat_map(Tree::patterns).collect::<Vec<_>>(), encoding),
    }
}

fn one(pattern: &Pattern, encoding: Encoding, out: &mut Encoded) {
    let shape = pattern.shape();
    match encoding {
        // Tests of a part are tests of the whole by now; a part is only grouped by or counted.
        Encoding::Same
        | Encoding::Several
        | Encoding::LastPart
        | Encoding::MailDomain
        | Encoding::Inside
        | Encoding::TaskXml
        | Encoding::RegistryData => out.patterns.push(pattern.clone()),
        Encoding::HostOfUrls => {
            out.patterns.push(pattern.anywhere_before().open_end());
            out.exact = false;
        }
        Encoding::Answers => {
            let (patterns, exact) = answers::of_pattern(pattern);
            out.patterns.extend(patterns);
            out.exact &= exact;
        }
        Encoding::Rooted => out.patterns.push(pattern.after("\\")),
        Encoding::Folder => {
            let open = matches!(pattern.parts().last(), Some(Part::Literal(text)) if !text.ends_with(['\\', '/']));
            let slashes = pattern.literals().any(|text| text.contains('/')) && !pattern.literals().any(|text| text.contains('\\'));
            out.patterns.push(pattern.clone());
            out.patterns.extend(open.then(|| pattern.before(if slashes { "/" } else { "\\" })));
        }
        Encoding::AccountName => {
            out.patterns.extend([pattern.clone(), pattern.after("\\").anywhere_before()]);
            out.exact &= matches!(shape, Shape::Exact(text) if !text.contains('\\'));
        }
        Encoding::AccountDomain => {
            out.patterns.push(pattern.before("\\").open_end());
            out.exact &= matches!(shape, Shape::Exact(text) | Shape::Starts(text) if !text.contains('\\'));
        }
        Encoding::Digest(name) | Encoding::DigestOrAlone(name) => {
            let listed = pattern.after(&format!("{name}=")).anywhere_before().open_end();
            if matches!(encoding, Encoding::DigestOrAlone(_)) {
                out.patterns.push(pattern.clone());
            }
            out.patterns.push(listed);
            // A digest that is written whole begins no other.
            out.exact &= matches!(shape, Shape::Exact(text) if text.len() == digits(name));
        }
        Encoding::RegistryKey | Encoding::AnyRegistryKey => {
            out.patterns.extend(hives(pattern, encoding).0.iter().map(|hive| hive.before("\\").open_end()));
            out.exact = false;
        }
        Encoding::RegistryKeyByKind => {
            out.patterns.extend(hives(pattern, encoding).0.iter().map(Pattern::open_end));
            out.exact = false;
        }
        Encoding::RegistryValueName => {
            out.patterns.push(pattern.after("\\").anywhere_before());
            out.exact &= matches!(shape, Shape::Exact(text) | Shape::Ends(text) if !text.contains('\\'));
        }
        // Without a code there is no text to fit.
        Encoding::ErrorCode => {
            out.patterns.extend(pattern.matches(FAILURE, Case::Insensitive).then(|| Pattern::exact("").open_end()));
            out.exact &= !pattern.matches(SUCCESS, Case::Insensitive);
        }
        Encoding::Implied(value) => out.patterns.extend(pattern.matches(value, Case::Insensitive).then(|| Pattern::exact("").open_end())),
        Encoding::Words(words) => {
            let fits = words.iter().filter(|(word, _)| pattern.matches(word, Case::Insensitive));
            out.patterns.extend(fits.flat_map(|(_, log)| log.iter().map(|word| Pattern::exact(*word))));
        }
    }
}

/// Expressions on the log's text for those on the catalogue's value.
///
/// # Errors
///
/// Says which cannot be said of the log's text.
pub fn of_expressions(list: &[Regex], encoding: Encoding) -> Result<Vec<Regex>, String> {
    if encoding == Encoding::Answers { answers::expressions(list) } else { hive::expressions(list, encoding) }
}

/// The hexadecimal digits of a digest.
#[must_use]
pub fn digits(name: &str) -> usize {
    match name {
        "SHA1" => 40,
        "SHA256" => 64,
        _ => 32,
    }
}

#[cfg(test)]
mod tests {
    use ir::{EventClass, EventSelector, Field, FieldRef, FieldValue, Record};

    use super::*;
    use crate::form::Words;
    use crate::write;

    /// Whether the log's text for a value fits what a pattern for the value becomes.
    fn finds(pattern: &Pattern, encoding: Encoding, field: Field, value: &str) -> bool {
        let mut record = Record::new(EventSelector::of(EventClass::ProcessStart));
        record.fields.insert(FieldRef::Known(field), FieldValue::Text(value.to_owned()));
        let texts = write::texts(&record, &(field, "Name", encoding)).expect("the log has a text");
        let patterns = of_patterns(std::slice::from_ref(pattern), encoding).patterns;
        texts.iter().any(|text| patterns.iter().any(|pattern| pattern.matches(text, Case::Insensitive)))
    }

    #[test]
    fn what_is_written_is_found_and_its_neighbour_is_not() {
        const LEVELS: Words = &[("High", &["S-1-16-12288"]), ("System", &["S-1-16-16384"])];
        let cases = [
            (Encoding::Same, Field::ProcessPath, r"C:\a.exe", r"C:\b.exe"),
            (Encoding::Folder, Field::ProcessDirectory, r"C:\Temp", r"C:\Tem"),
            (Encoding::Rooted, Field::PipeName, "odd", "dd"),
            (Encoding::Digest("MD5"), Field::ProcessMd5, "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427f"),
            (Encoding::DigestOrAlone("MD5"), Field::ProcessMd5, "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427f"),
            (Encoding::AccountName, Field::UserName, "alice", "lice"),
            (Encoding::Words(LEVELS), Field::ProcessIntegrity, "High", "System"),
        ];
        for (encoding, field, value, other) in cases {
            assert!(finds(&Pattern::exact(value), encoding, field, value), "{encoding:?}");
            assert!(!finds(&Pattern::exact(other), encoding, field, value), "{encoding:?}");
        }
    }

    #[test]
    fn a_folder_is_the_same_with_and_without_its_separator() {
        let texts = |pattern: &Pattern| -> Vec<String> {
            of_patterns(std::slice::from_ref(pattern), Encoding::Folder).patterns.iter().filter_map(|one| one.as_exact().map(str::to_owned)).collect()
        };
        assert_eq!(texts(&Pattern::exact(r"C:\Temp")), [r"C:\Temp", r"C:\Temp\"]);
        assert_eq!(texts(&Pattern::exact(r"C:\Temp\")), [r"C:\Temp\"]);
        assert_eq!(texts(&Pattern::exact("/var/tmp")), ["/var/tmp", "/var/tmp/"]);
        assert_eq!(of_patterns(&[Pattern::contains(r"\Temp\")], Encoding::Folder).patterns.len(), 1);
    }
}
