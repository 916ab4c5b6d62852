//! Does the book say which tables hold each log source? Its page is this table, written out.
#![allow(clippy::disallowed_methods, reason = "the page lies on the disk")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use crate::tables::{Product, schema};

/// A log source's words, for a table.
fn name([category, product, service]: [&str; 3]) -> String {
    let said: Vec<String> = [("product", product), ("service", service), ("category", category)]
        .into_iter()
        .filter(|(_, word)| !word.is_empty() && *word != "*")
        .map(|(key, word)| format!("{key}: `{word}`"))
        .collect();
    said.join(", ")
}

fn page() -> String {
    let mut rows: BTreeMap<String, [String; 3]> = BTreeMap::new();
    for (at, product) in Product::ALL.into_iter().enumerate() {
        let schema = schema(product);
        let mut tables: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for open in schema.open.iter().copied().flatten() {
            tables.entry(name([open.category, open.product, open.service])).or_default().insert(open.table);
        }
        for (source, tables) in tables {
            let list: Vec<String> = tables.into_iter().map(|table| format!("`{table}`")).collect();
            rows.entry(source).or_default()[at] = list.join(", ");
        }
        for (words, why) in schema.no_source {
            rows.entry(name(*words)).or_default()[at] = (*why).to_owned();
        }
    }
    let mut out = String::from(
        "# Log sources\n\nSigma names log sources by category, product and service. Those that the [catalogue](catalogue.md) has events for are \
         in its table; here are\nthe others, with the tables of `kql` that hold them, or why none does. Windows' own logs stand in `SecurityEvent` and \
         `Event`\n(`sentinel`), and in Defender's tables event by event. An empty cell is a source that the profile does not read.\n\nEach source \
         keeps the names that its product gives to fields. A name is a column, a member of a JSON column by its path, or a pair\ninside a text; one \
         that the tables lack is left out with `legalise.absent-field`, and a source that they lack is\n`legalise.open-source`. Keywords are looked \
         for in the column that holds the whole line, else in every column.\n\n| Log source | `defender-xdr` | `sentinel` | `asim` |\n|---|---|---|---|\n",
    );
    for (source, cells) in rows {
        let _ = writeln!(out, "| {source} | {} | {} | {} |", cells[0], cells[1], cells[2]);
    }
    out
}

#[test]
fn the_page_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src/log-sources.md");
    let text = page();
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        std::fs::write(&file, &text).unwrap();
    }
    let is = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(is == text, "book/src/log-sources.md is not up to date (INSTA_UPDATE=always writes it)");
}
