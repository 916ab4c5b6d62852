//! Is the book's page on Splunk's sources the tables of the profiles?

use std::fmt::Write as _;
use std::path::Path;

use ir::EventClass;
use logs::taxonomy::CHANNELS;

use super::open;
use super::{Stream, Told, cim, raw, view};
use crate::print::top;

const HEAD: &str = "# Splunk's sources

Where the searches of `splunk` look. A search of `raw` names the macro of a site's index (`vigie_windows`, `vigie_cloud`, ...), and the sources,
source types or tags that the usual add-ons give to a log. Without a definition in `local/macros.conf` a macro stands for `vigie_indexes`, which is the
index `main` until a site names its own. A log that no add-on is known for has a macro of its own (`vigie_source_...`), and the rule says
`splunk.unknown-source`. Every search is written switched off (`disabled = 1`).

In a package the index and what tells the log stand together in one macro, `vigie_windows_sysmon` for instance: a site whose forwarders use other
sources or source types defines that macro, and no search changes.

Windows' event log is read as XML (`renderXml = true`), as its add-on asks for: only then do fields have the names that events give to their data.
`EventID` is `EventCode` there, `Provider_Name` is `Name`, and data without a name stand in `EventData_Xml`. Every other field of a log keeps
its name. An add-on makes no field of an empty value, so an empty field and a missing one look the same (`legalise.empty`).

A search of `cim` reads accelerated data models, which hold fewer fields: what is left out is said, with `legalise.absent-field`.

## Events of the catalogue

| Event | `raw` | `cim` |
|---|---|---|
";

/// The page as the tables say it.
fn page() -> String {
    let mut out = HEAD.to_owned();
    for (class, name, _) in EventClass::ALL {
        let raw: Vec<String> = raw::streams().filter(|stream| stream.class == class).flat_map(places).collect();
        let cim = cim::STREAMS.iter().find(|stream| stream.class == class).and_then(|stream| stream.sources.first());
        let why = cim::table().event(class).err().unwrap_or_default();
        let cim = cim.map_or_else(|| why.to_owned(), |source| format!("`{}`", source.name));
        let raw = if raw.is_empty() { raw::table().event(class).err().unwrap_or_default().to_owned() } else { unique(raw).join("<br>") };
        let _ = writeln!(out, "| `{name}` | {raw} | {cim} |");
    }
    out.push_str("\n## Other log sources\n\n| Log source | `raw` | `cim` |\n|---|---|---|\n");
    for (words, category, product, service) in rows() {
        let found = open::find(category, product, service);
        let told: Vec<String> = std::iter::once(format!("`{}`", found.site)).chain(found.told.iter().map(code)).collect();
        let models = unique(view::of(category, product, service).map(|view| format!("`{}`", view.model)).collect());
        let _ = writeln!(out, "| {words} | {} | {} |", told.join(" "), models.join(", "));
    }
    out.push_str("\n## Channels of Windows\n\nEach is the source `XmlWinEventLog:` and the channel's name.\n\n| Service | Channels |\n|---|---|\n");
    for (service, channels) in CHANNELS {
        let list: Vec<String> = channels.iter().map(|channel| format!("`{channel}`")).collect();
        let _ = writeln!(out, "| `{service}` | {} |", list.join(", "));
    }
    out
}

fn unique(list: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    list.into_iter().filter(|text| seen.insert(text.clone())).collect()
}

fn code(search: &crate::ast::Search) -> String {
    format!("`{}`", top(search))
}

/// The places of a stream, each with what tells its events.
fn places(stream: &'static Stream) -> impl Iterator<Item = String> {
    let words = |told: Told| told.iter().map(|(field, words)| code(&crate::ast::Search::words(*field, words))).collect::<Vec<_>>();
    stream.sources.iter().map(move |source| {
        let mut all = vec![format!("`{}`", source.name)];
        all.extend(words(source.told));
        if !source.told.is_empty() {
            all.extend(stream.told().map(|(field, words)| code(&crate::ast::Search::words(field, &words))));
        }
        all.join(" ")
    })
}

type Words = (String, Option<&'static str>, Option<&'static str>, Option<&'static str>);

/// Every log source of the tables, once.
fn rows() -> Vec<Words> {
    let mut out: Vec<Words> = open::known()
        .map(|(category, product, service)| {
            let words = [("product", product), ("service", service), ("category", category)];
            let words: Vec<String> = words.into_iter().filter_map(|(key, word)| Some(format!("{key}: `{}`", word?))).collect();
            (words.join(", "), category, product, service)
        })
        .collect();
    out.sort();
    out.dedup();
    out
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a check reads the disk and the environment")]
fn the_page_is_the_tables() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src/splunk.md");
    let text = page();
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(&file, &text).expect("the page can be written");
    }
    let is = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(is == text, "book/src/splunk.md is not up to date (INSTA_UPDATE=always writes it)");
}
