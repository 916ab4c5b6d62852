//! The `advisory` block: who says what, when, and who may read it?

use ir::{Header, Tlp, Verdict};
use source::{Code, Diagnostic};

use super::block::{self, Seen};
use super::cursor::{Broken, Cursor, Parse, Spanned};
use super::token;

/// A CVE id that is not one.
pub(crate) static NOT_A_CVE: Code = Code::error("check.cve", "a CVE id is written as `CVE-2021-26855`");

const KEYS: [&str; 12] = ["title", "tlp", "published", "modified", "actor", "malware", "cve", "hunt", "verdict", "report", "references", "author"];
const VERDICTS: [(Verdict, &str); 2] = [(Verdict::Alert, "alert"), (Verdict::Lead, "lead")];

/// Reads `"ID" { key: value ... }`, behind the word `advisory`.
pub(crate) fn advisory(cursor: &mut Cursor<'_>) -> Parse<Header> {
    let what = "the advisory's id in quotes";
    let id = match cursor.attempt(token::string)? {
        Some(id) if !id.value.trim().is_empty() => id,
        Some(id) => {
            cursor.report(Diagnostic::new(&super::cursor::EXPECTED, "the advisory's id is empty").at(id.span, "an id is expected here"));
            return Err(Broken);
        }
        None => {
            // Without its quotes the id is still an id: the blocks behind it can be read.
            cursor.expected(what);
            let word = cursor.need(what, token::bare)?;
            Spanned { value: word.value.to_owned(), span: word.span }
        }
    };
    let mut header = Header { title: id.value.clone(), ..Header::new(id.value, id.span) };
    let mut seen = Seen::default();
    // A block without an end still has an id.
    let _ = cursor.block(|cursor| match cursor.key()? {
        Some(key) => {
            seen.key(cursor, &key);
            value(cursor, &key, &mut header)
        }
        None => Err(cursor.expected("a key such as `title:`")),
    });
    Ok(header)
}

fn value(cursor: &mut Cursor<'_>, key: &Spanned<&str>, header: &mut Header) -> Parse<()> {
    match key.value {
        "title" => header.title = cursor.string("a title in quotes")?.value,
        "tlp" => {
            // A marking that cannot be read must not let the text out.
            header.tlp = Some(Tlp::Red);
            header.tlp = block::tlp(cursor)?.or(Some(Tlp::Red));
        }
        "published" => header.published = Some(cursor.need("a day such as `2021-07-21`", token::date)?.value),
        "modified" => header.modified = Some(cursor.need("a day such as `2021-07-21`", token::date)?.value),
        "actor" => header.actors = block::strings(cursor, "the actor's name in quotes")?,
        "malware" => header.malware = block::strings(cursor, "the malware's name in quotes")?,
        "cve" => header.cves = cves(cursor)?,
        "hunt" => header.hunt = Some(cursor.need("a window such as `2021-01-01 .. now`", token::window)?.value),
        "verdict" => header.verdict = cursor.choice("a verdict", &VERDICTS)?.unwrap_or_default(),
        "report" => {
            if cursor.keyword("email").is_none() && cursor.keyword("url").is_none() {
                return Err(cursor.expected("`email \"...\"` or `url \"...\"`"));
            }
            header.report = Some(cursor.string("an address in quotes")?.value);
        }
        "references" => header.references = block::strings(cursor, "a link in quotes")?,
        "author" => header.author = Some(cursor.string("a name in quotes")?.value),
        _ => cursor.unknown_key(key, &KEYS)?,
    }
    Ok(())
}

fn cves(cursor: &mut Cursor<'_>) -> Parse<Vec<String>> {
    cursor.list_or_one(|cursor| {
        let found = match cursor.attempt(token::string)? {
            Some(text) => text,
            None => {
                let word = cursor.need("a CVE id", token::bare)?;
                Spanned { value: word.value.to_owned(), span: word.span }
            }
        };
        let id = found.value.to_ascii_uppercase();
        let digits = |text: &str, least: usize| text.len() >= least && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = id.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).is_some_and(|(year, number)| digits(year, 4) && digits(number, 4));
        if !fits {
            let message = format!("`{}` is not a CVE id", found.value);
            cursor.report(Diagnostic::new(&NOT_A_CVE, message).at(found.span, "not a CVE id").help("an id is written as `CVE-2021-26855`"));
        }
        Ok(fits.then_some(id))
    })
}
