//! How is a value of the catalogue written in a log that spells it differently?

use ir::regex::{Class, Look, Node, PartOf};
use ir::{Case, Part, Pattern, Regex, Shape, Tree};

use crate::ast::{Expr, RegexPart, Stage};
use crate::pcre;
use crate::profiles::Spelling;

/// The field that holds the event as it was written.
pub(crate) const RAW: &str = "_raw";

/// Patterns for the log's field, and whether they say the same as those for the catalogue's.
pub(crate) struct Spelled {
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) exact: bool,
}

/// The log's patterns for text patterns.
pub(crate) fn of_patterns(patterns: &[Pattern], spelling: Spelling) -> Spelled {
    let mut out = Spelled { patterns: Vec::with_capacity(patterns.len()), exact: true };
    for pattern in patterns {
        one(pattern, spelling, &mut out);
    }
    out
}

/// The log's patterns for places and everything below them.
pub(crate) fn of_trees(trees: &[Tree], spelling: Spelling) -> Spelled {
    match spelling {
        Spelling::RegistryKey | Spelling::RegistryPath => {
            // Every value of the key and of the keys below it begins with the key and a backslash.
            let mut out = Spelled { patterns: Vec::new(), exact: true };
            for tree in trees {
                let (hives, sure) = hives(&Pattern::exact(&tree.root), spelling);
                out.exact &= sure;
                out.patterns.extend(hives.iter().map(|hive| tail(&hive.before("\\"))));
            }
            out
        }
        _ => of_patterns(&trees.iter().flat_map(Tree::patterns).collect::<Vec<_>>(), spelling),
    }
}

fn one(pattern: &Pattern, spelling: Spelling, out: &mut Spelled) {
    let shape = pattern.shape();
    match spelling {
        // Tests of a part are tests of the whole by now; a part is only grouped by or counted.
        Spelling::Plain | Spelling::Many | Spelling::LastPart | Spelling::MailDomain | Spelling::Inside | Spelling::RegistryData => {
            out.patterns.push(pattern.clone())
        }
        Spelling::HostOfUrls => {
            out.patterns.push(tail(&pattern.anywhere_before()));
            out.exact = false;
        }
        Spelling::Backslash => out.patterns.push(pattern.after("\\")),
        Spelling::Account => {
            out.patterns.extend([pattern.clone(), pattern.after("\\").anywhere_before()]);
            out.exact &= matches!(shape, Shape::Exact(text) if !text.contains('\\'));
        }
        Spelling::AccountDomain => {
            out.patterns.push(tail(&pattern.before("\\")));
            out.exact &= matches!(shape, Shape::Exact(text) | Shape::Starts(text) if !text.contains('\\'));
        }
        Spelling::Digest(name) | Spelling::DigestOrBare(name) => {
            let listed = tail(&pattern.after(&format!("{name}=")).anywhere_before());
            if matches!(spelling, Spelling::DigestOrBare(_)) {
                out.patterns.push(pattern.clone());
            }
            out.patterns.push(listed);
            out.exact &= matches!(shape, Shape::Exact(_));
        }
        Spelling::RegistryKey | Spelling::RegistryPath => {
            out.patterns.extend(hives(pattern, spelling).0.iter().map(|hive| tail(&hive.before("\\"))));
            out.exact = false;
        }
        Spelling::RegistryDeletedKey => {
            out.patterns.extend(hives(pattern, spelling).0.iter().map(tail));
            out.exact = false;
        }
        Spelling::RegistryValueName => {
            out.patterns.push(pattern.after("\\").anywhere_before());
            out.exact &= matches!(shape, Shape::Exact(text) | Shape::Ends(text) if !text.contains('\\'));
        }
        Spelling::Words(words) => {
            let fits = words.iter().filter(|(word, _)| pattern.matches(word, Case::Insensitive));
            out.patterns.extend(fits.flat_map(|(_, log)| log.iter().map(|word| Pattern::exact(*word))));
        }
    }
}

/// The pattern with any run allowed behind it.
fn tail(pattern: &Pattern) -> Pattern {
    Pattern::new(pattern.parts().iter().cloned().chain([Part::Run]))
}

/// Ways to spell a hive, each in pieces; an empty piece is a gap.
type Spellings = &'static [&'static [&'static str]];

/// How logs spell the hives: short name, then what Sysmon writes, then what add-ons may write. The gap is a user's identifier.
const HIVES: [(&str, Spellings, Spellings); 5] = [
    ("HKLM", &[&["HKLM"]], &[&["HKLM"], &["HKEY_LOCAL_MACHINE"]]),
    ("HKCU", &[&["HKU\\", ""]], &[&["HKU\\", ""], &["HKEY_USERS\\", ""], &["HKCU"], &["HKEY_CURRENT_USER"]]),
    ("HKU", &[&["HKU"]], &[&["HKU"], &["HKEY_USERS"]]),
    ("HKCR", &[&["HKCR"]], &[&["HKCR"], &["HKEY_CLASSES_ROOT"]]),
    ("HKCC", &[&["HKCC"]], &[&["HKCC"], &["HKEY_CURRENT_CONFIG"]]),
];

/// The hive that a pattern begins with: its spellings, and the pattern behind it.
fn hive(pattern: &Pattern, spelling: Spelling) -> Option<(Spellings, Pattern)> {
    let Some(Part::Literal(first)) = pattern.parts().first() else { return None };
    HIVES.iter().find_map(|(short, sysmon, addons)| {
        let head = first.get(..short.len())?;
        let rest = first.get(short.len()..)?;
        let ends = rest.starts_with('\\') || (rest.is_empty() && pattern.parts().len() == 1);
        if !head.eq_ignore_ascii_case(short) || !ends {
            return None;
        }
        let behind = Pattern::new(std::iter::once(Part::Literal(rest.to_owned())).chain(pattern.parts().iter().skip(1).cloned()));
        Some((if spelling == Spelling::RegistryPath { *addons } else { *sysmon }, behind))
    })
}

/// A key's pattern under each spelling of its hive, and whether those are exact: a user's hive leaves a gap that may
/// also span a backslash.
pub(crate) fn hives(pattern: &Pattern, spelling: Spelling) -> (Vec<Pattern>, bool) {
    let Some((spellings, behind)) = hive(pattern, spelling) else {
        return (vec![pattern.clone()], true);
    };
    let out = spellings
        .iter()
        .map(|words| {
            let head = words.iter().map(|word| if word.is_empty() { Part::Run } else { Part::Literal((*word).to_owned()) });
            Pattern::new(head.chain(behind.parts().iter().cloned()))
        })
        .collect();
    (out, spellings.iter().all(|words| words.len() == 1))
}

/// Expressions on a key for keys as the log spells their hives; those on anything else stay as they are.
///
/// # Errors
///
/// Says which cannot be said of these spellings.
pub(crate) fn expressions(list: &[Regex], spelling: Spelling) -> Result<Vec<Regex>, String> {
    if !matches!(spelling, Spelling::RegistryKey | Spelling::RegistryPath | Spelling::RegistryDeletedKey) {
        return Ok(list.to_vec());
    }
    list.iter().map(|regex| on_hives(regex, spelling)).collect()
}

fn on_hives(regex: &Regex, spelling: Spelling) -> Result<Regex, String> {
    let node = regex.node()?;
    let gap = || Node::repeat(Node::Class(Class::Unicode(PartOf::last(&['\\']).inside)), 1, None, true);
    let word = |word: &&str| if word.is_empty() { gap() } else { Node::literal(word, Case::Insensitive) };
    let mut all = vec![node.clone()];
    for (short, sysmon, addons) in HIVES {
        let behind = node.behind(short).ok_or("boundaries of words where a key may begin")?;
        for words in if spelling == Spelling::RegistryPath { addons } else { sysmon } {
            if *words != [short] && !behind.is_never() && !node.matches_everything() {
                all.push(Node::concat(std::iter::once(Node::Look(Look::Start)).chain(words.iter().map(word)).chain([behind.clone()])));
            }
        }
    }
    if all.len() == 1 { Ok(regex.clone()) } else { Regex::of(&Node::either(all)) }
}

/// An alternative of a regular expression for a key, or for a key and the value behind it.
pub(crate) fn key_regex(key: &Pattern, spelling: Spelling, value: Option<&Pattern>) -> Vec<RegexPart> {
    let mut out = Vec::new();
    let rest = match hive(key, spelling) {
        None => {
            if value.is_none() {
                return pcre::of_pattern(key, "^");
            }
            out.push(RegexPart::syntax("^"));
            key.clone()
        }
        Some((spellings, rest)) => {
            out.push(RegexPart::syntax("^(?:"));
            for (at, words) in spellings.iter().enumerate() {
                if at > 0 {
                    out.push(RegexPart::syntax("|"));
                }
                out.extend(
                    words.iter().map(|word| if word.is_empty() { RegexPart::syntax("[^\\x5c]+") } else { RegexPart::Literal((*word).to_owned()) }),
                );
            }
            out.push(RegexPart::syntax(")"));
            rest
        }
    };
    let whole = match value {
        Some(value) => Pattern::new(rest.parts().iter().chain(value.after("\\").parts()).cloned()),
        None => rest,
    };
    out.extend(pcre::of_pattern(&whole, ""));
    out
}

/// A regular expression on the value that [`extraction`] makes, which any of the patterns fits.
pub(crate) fn regex(patterns: &[Pattern], case: Case, spelling: Spelling) -> Vec<RegexPart> {
    if !matches!(spelling, Spelling::RegistryKey | Spelling::RegistryPath | Spelling::RegistryDeletedKey) {
        return pcre::of_patterns(patterns, case);
    }
    let mut out = vec![RegexPart::syntax(if case == Case::Insensitive { "(?is)" } else { "(?s)" })];
    for (at, pattern) in patterns.iter().enumerate() {
        if at > 0 {
            out.push(RegexPart::syntax("|"));
        }
        out.extend(key_regex(pattern, spelling, None));
    }
    out
}

/// The field that holds the value as the catalogue spells it, and the command that makes it; `None` when the log's own does.
pub(crate) fn extraction(name: &str, spelling: Spelling) -> Option<(String, Stage)> {
    let field = || Expr::field(name);
    let replace = |pattern: &str| Expr::Call("replace", vec![field(), Expr::Regex(vec![RegexPart::syntax(pattern)]), Expr::Text(String::new())]);
    let fits = |pattern: &str| Expr::Call("match", vec![field(), Expr::Regex(vec![RegexPart::syntax(pattern)])]);
    let eval = |made: &str, value: Expr| Some((made.to_owned(), Stage::Eval(vec![(made.to_owned(), value)])));
    match spelling {
        Spelling::Plain | Spelling::Many | Spelling::Inside | Spelling::RegistryData => None,
        Spelling::LastPart => eval(&format!("vigie_{}_name", name.to_ascii_lowercase()), replace("(?s)^.*[\\x5c/]")),
        Spelling::MailDomain => eval("vigie_mail_domain", replace("(?s)^.*@")),
        Spelling::HostOfUrls => eval("vigie_url_host", crate::lower_url::hosts(name)),
        Spelling::Backslash => eval("vigie_name", replace("^\\x5c")),
        Spelling::Account => eval("vigie_account", replace("(?s)^.*\\x5c")),
        Spelling::AccountDomain => {
            let nothing = Expr::Call("null", Vec::new());
            eval("vigie_account_domain", Expr::Call("if", vec![fits("\\x5c"), replace("(?s)\\x5c.*"), nothing]))
        }
        Spelling::Digest(digest) | Spelling::DigestOrBare(digest) => {
            let made = format!("vigie_{}", digest.to_ascii_lowercase());
            let length = match digest {
                "SHA1" => 40,
                "SHA256" => 64,
                _ => 32,
            };
            let before = if matches!(spelling, Spelling::Digest(_)) { format!("(?i)\\b{digest}=") } else { format!("(?i)(?:^|\\b{digest}=)") };
            let stage = Stage::Extract {
                field: name.to_owned(),
                into: made.clone(),
                before: vec![RegexPart::syntax(before)],
                capture: vec![RegexPart::syntax(format!("[0-9a-f]{{{length}}}\\b"))],
            };
            Some((made, stage))
        }
        Spelling::RegistryKey | Spelling::RegistryPath => eval("vigie_registry_key", replace("(?s)\\x5c[^\\x5c]*\\z")),
        Spelling::RegistryDeletedKey => {
            let whole = Expr::compare(Expr::field("EventType"), crate::ast::Compare::Equal, Expr::Text("DeleteKey".to_owned()));
            eval("vigie_registry_key", Expr::Call("if", vec![whole, field(), replace("(?s)\\x5c[^\\x5c]*\\z")]))
        }
        Spelling::RegistryValueName => eval("vigie_registry_value", replace("(?s)^.*\\x5c")),
        Spelling::Words(words) => {
            let mut arguments = Vec::new();
            for (word, log) in words {
                let patterns: Vec<Pattern> = log.iter().map(|word| Pattern::exact(*word)).collect();
                arguments.push(Expr::Call("match", vec![field(), Expr::Regex(pcre::of_patterns(&patterns, Case::Insensitive))]));
                arguments.push(Expr::Text((*word).to_owned()));
            }
            let made = format!("vigie_{}_word", name.to_ascii_lowercase());
            Some((made.clone(), Stage::Eval(vec![(made, Expr::Call("case", arguments))])))
        }
    }
}
