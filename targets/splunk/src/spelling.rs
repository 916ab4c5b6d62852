//! How is a value of the catalogue written in a log that spells it differently?

use ir::field::Derivation;
use ir::{Case, Field, Pattern};
use logs::hive::hive;

use crate::ast::{Expr, RegexPart, Stage};
use crate::pcre;
use crate::profiles::Encoding;

/// The field that holds the event as it was written.
pub(crate) const RAW: &str = "_raw";

/// An alternative of a regular expression for a key, or for a key and the value behind it.
pub(crate) fn key_regex(key: &Pattern, encoding: Encoding, value: Option<&Pattern>) -> Vec<RegexPart> {
    let mut out = Vec::new();
    let rest = match hive(key, encoding) {
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
pub(crate) fn regex(patterns: &[Pattern], case: Case, encoding: Encoding) -> Vec<RegexPart> {
    if !matches!(encoding, Encoding::RegistryKey | Encoding::AnyRegistryKey | Encoding::RegistryKeyByKind) {
        let spelled = matches!(encoding, Encoding::Folder | Encoding::Answers).then(|| logs::encoding::of_patterns(patterns, encoding).patterns);
        return pcre::of_patterns(spelled.as_deref().unwrap_or(patterns), case);
    }
    let mut out = vec![RegexPart::syntax(if case == Case::Insensitive { "(?is)" } else { "(?s)" })];
    for (at, pattern) in patterns.iter().enumerate() {
        if at > 0 {
            out.push(RegexPart::syntax("|"));
        }
        out.extend(key_regex(pattern, encoding, None));
    }
    out
}

/// The field that holds the value as the catalogue spells it, and the command that makes it; `None` when the log's own does.
pub(crate) fn extraction(name: &str, encoding: Encoding) -> Option<(String, Stage)> {
    let field = || Expr::field(name);
    let replace = |pattern: &str| Expr::Call("replace", vec![field(), Expr::Regex(vec![RegexPart::syntax(pattern)]), Expr::Text(String::new())]);
    let fits = |pattern: &str| Expr::Call("match", vec![field(), Expr::Regex(vec![RegexPart::syntax(pattern)])]);
    let eval = |made: &str, value: Expr| Some((made.to_owned(), Stage::Eval(vec![(made.to_owned(), value)])));
    match encoding {
        Encoding::Same | Encoding::Several | Encoding::Answers | Encoding::Inside | Encoding::TaskXml | Encoding::RegistryData | Encoding::Folder => {
            None
        }
        Encoding::LastPart => eval(&format!("vigie_{}_name", name.to_ascii_lowercase()), replace("(?s)^.*[\\x5c/]")),
        Encoding::MailDomain => eval("vigie_mail_domain", replace("(?s)^.*@")),
        Encoding::HostOfUrls => eval("vigie_url_host", crate::lower_url::hosts(name)),
        Encoding::Rooted => eval("vigie_name", replace("^\\x5c")),
        Encoding::AccountName => eval("vigie_account", replace("(?s)^.*\\x5c")),
        Encoding::AccountDomain => {
            let nothing = Expr::Call("null", Vec::new());
            eval("vigie_account_domain", Expr::Call("if", vec![fits("\\x5c"), replace("(?s)\\x5c.*"), nothing]))
        }
        Encoding::Digest(digest) | Encoding::DigestOrAlone(digest) => {
            let made = format!("vigie_{}", digest.to_ascii_lowercase());
            let length = logs::encoding::digits(digest);
            let before = if matches!(encoding, Encoding::Digest(_)) { format!("(?i)\\b{digest}=") } else { format!("(?i)(?:^|\\b{digest}=)") };
            let stage = Stage::Extract {
                field: name.to_owned(),
                into: made.clone(),
                before: vec![RegexPart::syntax(before)],
                capture: vec![RegexPart::syntax(format!("[0-9a-f]{{{length}}}\\b"))],
            };
            Some((made, stage))
        }
        Encoding::RegistryKey | Encoding::AnyRegistryKey => eval("vigie_registry_key", replace("(?s)\\x5c[^\\x5c]*\\z")),
        Encoding::RegistryKeyByKind => {
            let whole = Expr::Call("match", vec![Expr::field("EventType"), Expr::Regex(vec![RegexPart::syntax("Key\\z")])]);
            eval("vigie_registry_key", Expr::Call("if", vec![whole, field(), replace("(?s)\\x5c[^\\x5c]*\\z")]))
        }
        Encoding::RegistryValueName => eval("vigie_registry_value", replace("(?s)^.*\\x5c")),
        Encoding::ErrorCode => {
            let word = |text: &str| Expr::Text(text.to_owned());
            let failed = Expr::Call("isnotnull", vec![field()]);
            eval("vigie_outcome", Expr::Call("if", vec![failed, word(logs::encoding::FAILURE), word(logs::encoding::SUCCESS)]))
        }
        Encoding::Implied(word) => eval("vigie_implied", Expr::Text(word.to_owned())),
        Encoding::Words(words) => {
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

/// The field that a field is a part of, and how to cut it out.
pub(crate) fn part_of(field: Field) -> Option<(Field, Encoding)> {
    let (whole, how) = field.derived_from()?;
    match how {
        Derivation::LastPart => Some((whole, Encoding::LastPart)),
        Derivation::MailDomain => Some((whole, Encoding::MailDomain)),
        Derivation::Directory | Derivation::Extension | Derivation::UrlHost | Derivation::UrlPort | Derivation::UrlPath | Derivation::UrlQuery => {
            None
        }
    }
}
