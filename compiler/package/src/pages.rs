//! What does a person read of a package? A page for each detection and an index with a search, as web pages that need no server and as Markdown.

use std::collections::BTreeMap;

use backend::{PackedFile, Packing, slug};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::manifest::Rule;
use crate::markdown;
use crate::page::{Page, TESTED, Tried, place};

/// Where the pages lie.
const FOLDER: &str = "docs";
/// The looks of every page, which nothing is loaded for.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}\
pre{background:#f4f4f4;padding:.8rem;overflow-x:auto}blockquote{border-left:.3rem solid #ccc;margin:0;padding-left:1rem}\
input{font:inherit;width:100%;padding:.4rem}.narrower,.wider{color:#8a4b00}";
/// Hides the rows of the index that do not hold every word that was typed.
const SEARCH: &str = "document.getElementById('q').addEventListener('input',function(e){var w=e.target.value.toLowerCase().split(/\\s+/);\
document.querySelectorAll('tbody tr').forEach(function(r){var t=r.textContent.toLowerCase();\
r.hidden=!w.every(function(x){return t.indexOf(x)>=0})})});";

/// Every page. `rules` are those of the manifest.
pub(crate) fn of(packing: &Packing<'_>, rules: &[Rule], tests: &BTreeMap<usize, Vec<Tried<'_>>>) -> Vec<PackedFile> {
    let known: BTreeMap<(&str, &str), &Rule> = rules.iter().map(|rule| ((rule.profile.as_str(), rule.id.as_str()), rule)).collect();
    let mut pages: BTreeMap<&str, Page<'_>> = BTreeMap::new();
    for (at, printed, detection) in packing.rules() {
        let profile = packing.parts.get(at.part).map(|part| part.profile.id).unwrap_or_default();
        let Some(rule) = known.get(&(profile, printed.id.as_str())) else { continue };
        let page = pages.entry(&detection.key).or_insert_with(|| Page {
            detection,
            rules: Vec::new(),
            tests: tests.get(&printed.detection).map(Vec::as_slice).unwrap_or_default(),
            name: String::new(),
        });
        page.rules.push((rule, &printed.text));
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for (key, page) in &mut pages {
        let name = slug(key);
        let count = taken.entry(name.to_lowercase()).or_default();
        *count += 1;
        page.name = if *count == 1 { name } else { format!("{name}-{count}") };
    }
    let mut out = vec![
        PackedFile::new(format!("{FOLDER}/index.html"), index(packing, &pages).into_string()),
        PackedFile::new(format!("{FOLDER}/index.md"), markdown::index(&packing.label.title, &packing.label.version, pages.values())),
    ];
    for page in pages.values() {
        out.push(PackedFile::new(format!("{FOLDER}/rules/{}.html", page.name), whole(page).into_string()));
        out.push(PackedFile::new(format!("{FOLDER}/rules/{}.md", page.name), markdown::page(page)));
    }
    out
}

fn frame(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
}

fn index(packing: &Packing<'_>, pages: &BTreeMap<&str, Page<'_>>) -> Markup {
    let label = packing.label;
    let body = html! {
        h1 { (label.title) " " (label.version) }
        p { "By " (label.author) ". " (pages.len()) " detections. Type words to search." }
        input id="q" type="search" placeholder="word, technique, advisory, severity" autofocus;
        table {
            thead { tr { th { "Detection" } th { "Advisory" } th { "Severity" } th { "Techniques" } th { "Means what is written" } } }
            tbody {
                @for page in pages.values() {
                    tr {
                        td { a href=(format!("rules/{}.html", page.name)) { (page.detection.title) } }
                        td { (page.detection.meta.advisory) }
                        td { (page.detection.meta.severity.name()) }
                        td { (page.first().map(|rule| rule.techniques.join(", ")).unwrap_or_default()) }
                        td class=(page.outcome()) { (page.outcome()) }
                    }
                }
            }
        }
        script { (PreEscaped(SEARCH)) }
    };
    frame(&label.title, &body)
}

fn whole(page: &Page<'_>) -> Markup {
    let detection = page.detection;
    let meta = &detection.meta;
    let first = page.first();
    let body = html! {
        p { a href="../index.html" { "All detections" } }
        h1 { (detection.title) }
        @if !detection.description.trim().is_empty() { p { (detection.description) } }
        table {
            tr { th { "Key" } td { code { (detection.key) } } }
            tr { th { "Advisory" } td { (meta.origin()) } }
            tr { th { "Severity" } td { (meta.severity.name()) } }
            @if let Some(tlp) = meta.tlp { tr { th { "Marking" } td { "TLP:" (tlp.name().to_uppercase()) } } }
            @if let Some(rule) = first.filter(|rule| !rule.techniques.is_empty()) { tr { th { "Techniques" } td { (rule.techniques.join(", ")) } } }
            @if let Some(day) = first.and_then(|rule| rule.expires.as_deref()) { tr { th { "Holds until" } td { (day) } } }
        }
        @if !meta.citations.is_empty() {
            h2 { "Where it comes from" }
            @for citation in &meta.citations {
                blockquote { (citation.quote) }
                p { (place(citation)) }
            }
        }
        @if !meta.references.is_empty() {
            ul { @for link in &meta.references { li { (link) } } }
        }
        h2 { "When it fires" }
        ol { @for step in page.triage() { li { (step) } } }
        @if !meta.false_positives.is_empty() {
            h2 { "Ordinary activity that also matches" }
            ul { @for activity in &meta.false_positives { li { (activity) } } }
        }
        @for (finds, title) in TESTED {
            @let (shown, more) = page.tests(finds);
            @if !shown.is_empty() {
                h2 { (title) }
                @for text in shown { pre { code { (source::legible_lines(&text)) } } }
                @if more > 0 { p { (more) " more stand in the description." } }
            }
        }
        @for (rule, text) in &page.rules {
            h2 { (rule.profile) ": " (rule.title) }
            p { "Id " code { (rule.id) } ". Meaning: " span class=(rule.outcome) { (rule.outcome) } "." }
            @if !rule.logs.is_empty() {
                table { @for (log, outcome) in &rule.logs { tr { td { (log) } td class=(outcome) { (outcome) } } } }
            }
            @if !rule.losses.is_empty() {
                ul { @for loss in &rule.losses { li { span class=(loss.direction) { (loss.direction) } ": " (loss.message) " (" code { (loss.code) } ")" } } }
            }
            pre { code { (text) } }
            @if !rule.artefacts.is_empty() {
                p { "In " @for (at, path) in rule.artefacts.iter().enumerate() { @if at > 0 { ", " } code { (path) } } "." }
            }
        }
    };
    frame(&detection.title, &body)
}
