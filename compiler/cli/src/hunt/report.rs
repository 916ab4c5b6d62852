//! How are hits shown to a person? By rule, worst first, with the events that were kept.

use std::io::Write;

use front::events::Stated;
use ir::Detection;
use source::{count, legible, legible_lines, unseen};

use super::rules::Rules;
use super::search::{Found, Hit};
use super::why;
use crate::args::HuntFormat;

/// How many events of a rule a terminal shows.
const ON_TERMINAL: usize = 3;
/// How much of an event a terminal shows, in characters.
const WIDTH: usize = 160;

/// Writes what was found; JSON lines were written on the way.
pub(crate) fn write(found: &Found<'_>, rules: &Rules<'_>, format: HuntFormat, stated: Option<&Stated>, out: &mut dyn Write) {
    let mut sorted: Vec<Row<'_>> = found
        .rules
        .iter()
        .filter_map(|(at, (count, hits))| {
            let place = found.places.get(at).map(String::as_str).unwrap_or_default();
            Some(Row { rule: rules.detections.get(*at)?, count: *count, hits, place })
        })
        .collect();
    sorted.sort_by(|a, b| (b.rule.meta.severity, &a.rule.key).cmp(&(a.rule.meta.severity, &b.rule.key)));
    let text = match format {
        HuntFormat::Jsonl => return,
        HuntFormat::Human => human(&sorted, found, stated),
        HuntFormat::Md => markdown(&sorted, found, stated, &found.summary(rules)),
        HuntFormat::Html => html(&sorted, found, stated, &found.summary(rules)),
    };
    let _ = out.write_all(text.as_bytes());
}

struct Row<'a> {
    rule: &'a Detection,
    count: usize,
    hits: &'a [Hit],
    place: &'a str,
}

fn log<'a>(found: &'a Found<'_>, hit: &Hit) -> &'a str {
    found.logs.get(hit.log).map(String::as_str).unwrap_or_default()
}

fn when(hit: &Hit) -> String {
    hit.time.map_or_else(|| "no time".to_owned(), |time| time.to_string())
}

fn human(rows: &[Row<'_>], found: &Found<'_>, stated: Option<&Stated>) -> String {
    let mut out = String::new();
    for row in rows {
        out += &format!("{:<13} {:>6}  {}\n", row.rule.meta.severity.name(), row.count, legible(&row.rule.title));
        out += &format!("{:21}  {} ({})\n", "", legible(row.place), row.rule.id);
        for hit in row.hits.iter().take(ON_TERMINAL) {
            out += &format!("{:21}  {}:{} {}\n", "", legible(log(found, hit)), hit.line, when(hit));
            let values = why::tested(row.rule, &hit.event, stated);
            for (field, value) in &values {
                out += &format!("{:21}    {}: {}\n", "", legible(field), legible(value));
            }
            if values.is_empty() {
                // Only what the event lacks was asked for.
                let event = legible(&hit.event);
                let short: String = event.chars().take(WIDTH).collect();
                let dots = if short.len() < event.len() { "..." } else { "" };
                out += &format!("{:21}    {short}{dots}\n", "");
            }
        }
        if row.count > ON_TERMINAL {
            out += &format!("{:21}  and {} more\n", "", row.count - ON_TERMINAL);
        }
    }
    out
}

/// Text inside a line of Markdown: nothing in it is markup.
fn marked(text: &str) -> String {
    let mut out = String::new();
    for char in legible(text).chars() {
        match char {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            char if char.is_ascii_punctuation() => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    out
}

/// A block of code whose fence is longer than any in it.
fn fenced(text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}json\n{}\n{fence}\n", legible_lines(text))
}

fn markdown(rows: &[Row<'_>], found: &Found<'_>, stated: Option<&Stated>, summary: &str) -> String {
    let mut out = format!("# Hunt\n\n{}\n", marked(summary));
    if !rows.is_empty() {
        out += "\n| Severity | Hits | Rule |\n|---|---|---|\n";
    }
    for row in rows {
        out += &format!("| {} | {} | {} |\n", row.rule.meta.severity.name(), row.count, marked(&row.rule.title));
    }
    for row in rows {
        out += &format!("\n## {}\n\n", marked(&row.rule.title));
        out += &format!("{}, {}, rule {}, from {}\n", row.rule.meta.severity.name(), count(row.count, "hit"), row.rule.id, marked(row.place));
        if !row.rule.description.is_empty() {
            out += &format!("\n{}\n", marked(&row.rule.description));
        }
        for hit in row.hits {
            out += &format!("\n{}, line {}, {}\n\n", marked(log(found, hit)), hit.line, marked(&when(hit)));
            for (field, value) in why::tested(row.rule, &hit.event, stated) {
                out += &format!("- {}: {}\n", marked(&field), marked(&value));
            }
            out += &format!("\n{}", fenced(&pretty(&hit.event)));
        }
        if row.count > row.hits.len() {
            out += &format!("\nand {} more\n", row.count - row.hits.len());
        }
    }
    out
}

/// JSON over several lines. Control characters are escapes in JSON already.
fn pretty(event: &str) -> String {
    serde_json::from_str::<serde_json::Value>(event)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| event.to_owned())
}

/// Text inside an element or a quoted attribute of HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            char if unseen(char) && char != '\n' => out.extend(char.escape_unicode()),
            char => out.push(char),
        }
    }
    out
}

/// The whole style; the page asks for nothing else, and runs no script.
const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ccc;text-align:left}\
pre{background:#f4f4f4;padding:.6rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}\
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}pre{background:#222}td,th{border-color:#444}a{color:#9cf}}";

fn html(rows: &[Row<'_>], found: &Found<'_>, stated: Option<&Stated>, summary: &str) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>Hunt</title><style>{STYLE}</style></head><body>\n<h1>Hunt</h1>\n<p>{}</p>\n",
        escaped(summary)
    );
    if !rows.is_empty() {
        out += "<table><thead><tr><th scope=\"col\">Severity</th><th scope=\"col\">Hits</th><th scope=\"col\">Rule</th></tr></thead><tbody>\n";
        for (at, row) in rows.iter().enumerate() {
            let title = escaped(&row.rule.title);
            out += &format!("<tr><td>{}</td><td>{}</td><td><a href=\"#rule{at}\">{title}</a></td></tr>\n", row.rule.meta.severity.name(), row.count);
        }
        out += "</tbody></table>\n";
    }
    for (at, row) in rows.iter().enumerate() {
        out += &format!("<h2 id=\"rule{at}\">{}</h2>\n", escaped(&row.rule.title));
        let place = escaped(row.place);
        out += &format!("<p>{}, {}, rule <code>{}</code>, from {place}</p>\n", row.rule.meta.severity.name(), count(row.count, "hit"), row.rule.id);
        if !row.rule.description.is_empty() {
            out += &format!("<p>{}</p>\n", escaped(&row.rule.description));
        }
        for hit in row.hits {
            let (name, event) = (escaped(log(found, hit)), escaped(&pretty(&hit.event)));
            let values = why::tested(row.rule, &hit.event, stated);
            let values: String = values.iter().map(|(field, value)| format!("<br>{}: {}", escaped(field), escaped(value))).collect();
            out += &format!("<details><summary>{name}, line {}, {}{values}</summary><pre>{event}</pre></details>\n", hit.line, when(hit));
        }
        if row.count > row.hits.len() {
            out += &format!("<p>and {} more</p>\n", row.count - row.hits.len());
        }
    }
    out + "</body></html>\n"
}
