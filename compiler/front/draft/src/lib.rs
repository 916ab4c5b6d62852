//! What would an analyst write for this advisory? A `.vigie` draft, with everything withheld as a comment and its reason.
//!
//! [`print`] writes what import makes: the head, the source, the indicator blocks with their citations. Whatever a block cannot say
//! in the language becomes a comment with the reason, never a broken block: the draft reads back without a diagnostic.
//!
//! What this does not do: decide which values are indicators, read files, write behaviours (import makes none; they are named in a
//! comment).

mod block;

use std::collections::BTreeMap;

use ir::{Advisory, Header, Verdict};

use context::Context;
use description::quote::{self, comment, string};

/// Writes an advisory as a description in the language. `withheld` are values that do not become rules, each with its reason.
///
/// A `because` is written for a citation that was looked up (it has a line) in a source with a file; [`description::parse`] looks it up
/// again.
#[must_use]
pub fn print(advisory: &Advisory, context: &Context, withheld: &[(String, String)]) -> String {
    let mut out = String::from("vigie 1\n\n");
    notes(&mut out, context);
    header(&mut out, &advisory.header, context);
    let quoted = sources(&mut out, advisory);
    let mut names = block::Names::default();
    for block in &advisory.indicators {
        block::print(&mut out, block, &quoted, &mut names);
    }
    if advisory.indicators.iter().all(|block| block.indicators.is_empty()) {
        nothing_here(&mut out, context);
    }
    for native in &advisory.natives {
        let language = match native.language {
            ir::NativeLanguage::Yara => "yara",
            ir::NativeLanguage::Suricata => "suricata",
        };
        line(&mut out, &format!("native {} {language} {}\n", names.take(&native.name), string(&native.file)));
    }
    unsaid(&mut out, advisory);
    techniques(&mut out, context);
    list_withheld(&mut out, withheld);
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

/// The most mentions that are listed.
const MAX_MENTIONS: usize = 20;

fn line(out: &mut String, words: &str) {
    out.push_str(words);
    out.push('\n');
}

/// What a person should look at before the draft is used.
fn notes(out: &mut String, context: &Context) {
    line(out, "# Draft made by import: to be read and completed by an analyst.");
    for said in &context.diagnostics {
        line(out, &comment(&format!("Notice: {}.", said.message)));
    }
    for named in &context.actors {
        for slip in &named.misspelled {
            let name = named.names.first().map_or("", String::as_str);
            line(out, &comment(&format!("Notice: `{}` is probably a slip for `{name}`.", slip.written)));
        }
    }
    for named in context.mentioned().take(MAX_MENTIONS) {
        let name = named.names.first().map_or("", String::as_str);
        line(out, &comment(&format!("The text also names {name}, in: \"{}\"", named.sentence)));
    }
    out.push('\n');
}

fn key(out: &mut String, name: &str, value: &str) {
    line(out, &format!("  {:<11} {value}", format!("{name}:")));
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().filter(|value| fits(value)).map(|value| string(value)).collect();
    format!("[{}]", values.join(", "))
}

/// Whether the language takes a string of this length.
fn fits(text: &str) -> bool {
    text.len() <= quote::MAX
}

/// The head; what the advisory leaves open is taken from the text.
fn header(out: &mut String, header: &Header, context: &Context) {
    let id = if header.id.trim().is_empty() || !fits(&header.id) { "DRAFT" } else { &header.id };
    line(out, &format!("advisory {} {{", string(id)));
    let title = context.title.as_ref().map(|(title, _)| title.as_str()).filter(|_| header.title.trim().is_empty() || header.title == header.id);
    let title = title.unwrap_or(&header.title);
    if !title.is_empty() && fits(title) {
        key(out, "title", &string(title));
    }
    // The stricter marking of the two: a draft never opens what the text closes.
    if let Some(tlp) = header.tlp.max(context.tlp.map(|(tlp, _)| tlp)) {
        key(out, "tlp", tlp.name());
    }
    if let Some(date) = header.published.or(context.published.map(|(date, _)| date)) {
        day(out, "published", date);
    }
    if let Some(date) = header.modified.or(context.modified.map(|(date, _)| date)) {
        day(out, "modified", date);
    }
    let actors = match header.actors.is_empty() {
        true => context.actor().map(|named| named.names.clone()).unwrap_or_default(),
        false => header.actors.clone(),
    };
    let malware = match header.malware.is_empty() {
        true => context.malware().filter_map(|named| named.names.first().cloned()).collect(),
        false => header.malware.clone(),
    };
    let cves = if header.cves.is_empty() { context.cves.iter().map(|(id, _)| id.clone()).collect() } else { header.cves.clone() };
    let cves: Vec<String> = cves.into_iter().filter(|id| is_cve(id)).collect();
    for (name, values) in [("actor", actors), ("malware", malware), ("cve", cves)] {
        if !values.is_empty() {
            key(out, name, &list(&values));
        }
    }
    if let Some(window) = header.hunt.or(context.hunt.map(|(window, _)| window)) {
        match block::window(window) {
            Some(written) => key(out, "hunt", &written),
            None => line(out, &format!("  {}", comment("The hunt window has no end that the language can write."))),
        }
    }
    if header.verdict == Verdict::Lead || context.verdict.is_some_and(|(verdict, _)| verdict == Verdict::Lead) {
        key(out, "verdict", "lead");
    }
    let report = header.report.clone().or_else(|| context.report.as_ref().map(|(address, _)| address.clone()));
    if let Some(report) = report.filter(|report| fits(report)) {
        let kind = if report.contains("://") || !report.contains('@') { "url" } else { "email" };
        key(out, "report", &format!("{kind} {}", string(&report)));
    }
    if !header.references.is_empty() {
        key(out, "references", &list(&header.references));
    }
    if let Some(author) = header.author.as_ref().filter(|author| fits(author)) {
        key(out, "author", &string(author));
    }
    line(out, "}\n");
}

/// A day; the language writes years of four digits.
fn day(out: &mut String, name: &str, date: ir::Date) {
    if (0..=9999).contains(&date.year()) {
        key(out, name, &date.to_string());
    }
}

fn is_cve(id: &str) -> bool {
    let digits = |text: &str, least: usize| (least..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    id.to_ascii_uppercase()
        .strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(year, number)| digits(year, 4) && digits(number, 4))
}

/// The documents that are quoted: the name that each has in the draft, when quotes can be looked up in it.
fn sources<'a>(out: &mut String, advisory: &'a Advisory) -> BTreeMap<&'a str, String> {
    let (mut names, mut quoted) = (block::Names::default(), BTreeMap::new());
    for document in &advisory.sources {
        if quoted.contains_key(document.name.as_str()) {
            continue;
        }
        let name = names.take(&document.name);
        let mut keys = Vec::new();
        if let Some((file, _)) = document.file.as_ref().filter(|(file, _)| fits(file)) {
            keys.push(format!("file: {}", string(file)));
            quoted.insert(document.name.as_str(), name.clone());
        }
        if let Some(url) = document.url.as_ref().filter(|url| fits(url)) {
            keys.push(format!("url: {}", string(url)));
        }
        line(out, &format!("source {name} {{ {} }}\n", keys.join("  ")));
    }
    quoted
}

/// The first-class result of an article without indicators.
fn nothing_here(out: &mut String, context: &Context) {
    let elsewhere: Vec<&str> = context.elsewhere().map(|bulletin| bulletin.number.as_str()).collect();
    if elsewhere.is_empty() {
        line(out, "# There is no indicator here.");
        for bulletin in context.bulletins.iter().filter(|bulletin| !bulletin.own) {
            let doubt = if bulletin.fits { String::new() } else { format!(": {}", bulletin.note) };
            line(out, &comment(&format!("The text cites {}{doubt}.", bulletin.number)));
        }
    } else {
        line(out, &comment(&format!("There is no indicator here; they are in {}.", elsewhere.join(", "))));
    }
    out.push('\n');
}

/// Blocks that a draft does not write.
fn unsaid(out: &mut String, advisory: &Advisory) {
    let names = advisory.behaviors.iter().map(|block| ("behaviour", &block.head.name));
    let names = names.chain(advisory.correlations.iter().map(|block| ("correlation", &block.head.name)));
    for (kind, name) in names {
        line(out, &comment(&format!("Not in this draft: the {kind} `{name}`.")));
    }
}

/// The techniques that the text gives, for the analyst to put beside blocks.
fn techniques(out: &mut String, context: &Context) {
    if context.techniques.is_empty() {
        return;
    }
    line(out, "# Techniques in the text, for `attack:` of a block:");
    for found in &context.techniques {
        let name = found.name.map(|name| format!(" {name}")).unwrap_or_default();
        line(out, &comment(&format!("  {}{name}: {}", found.technique, found.reason)).replacen("# ", "#   ", 1));
    }
    out.push('\n');
}

/// The values that make no rule, each with its reason.
fn list_withheld(out: &mut String, withheld: &[(String, String)]) {
    if withheld.is_empty() {
        return;
    }
    line(out, &format!("# Withheld, {} in all:", withheld.len()));
    for (value, reason) in withheld {
        line(out, &comment(&format!("{}: {reason}", quote::defanged(value))).replacen("# ", "#   - ", 1));
    }
}

#[cfg(test)]
mod round_trip;
