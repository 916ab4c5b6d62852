//! How does a run look on a web page of its own? The same as in the comment, with every line; a table is sorted by a click on its head.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use source::{count, legible};

use super::overview::{OUTCOMES, Overview};

/// The looks; nothing is loaded.
const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:90rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ccc;padding:.2rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{cursor:pointer}.number{text-align:right}.error,.narrower,.withheld{color:#a00000}.warning,.wider{color:#8a4b00}.unsupported,.note{color:#666}\
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}td,th{border-color:#444}.error,.narrower,.withheld{color:#ff8080}\
.warning,.wider{color:#f0b060}.unsupported,.note{color:#999}}";
/// Sorts the lines of a table by a column, by number where both are one; a second click turns it.
const SORT: &str = "document.querySelectorAll('th').forEach(function(h){h.addEventListener('click',function(){\
var t=h.closest('table'),b=t.tBodies[0],i=h.cellIndex,d=h.dataset.up==='1'?-1:1;\
t.querySelectorAll('th').forEach(function(o){delete o.dataset.up});if(d===1)h.dataset.up='1';\
Array.from(b.rows).sort(function(x,y){var p=x.cells[i].textContent,q=y.cells[i].textContent,n=Number(p),m=Number(q);\
return d*(p!==''&&q!==''&&!isNaN(n)&&!isNaN(m)?n-m:p<q?-1:p>q?1:0)}).forEach(function(r){b.appendChild(r)})})});";
/// How many values that stop to hold are listed: a browser has to lay out the table.
const MOST_EXPIRING: usize = 10_000;
/// What the page may do: show itself and sort itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The page.
pub(crate) fn page(overview: &Overview) -> String {
    let (errors, warnings, notes) = overview.found;
    let (passed, failed) = overview.tests;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "vigie" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "vigie: " (count(errors, "error")) ", " (count(warnings, "warning")) ", " (count(notes, "note")) }
                p {
                    (count(overview.inputs, "input")) ", " (count(overview.rules.len(), "detection"))
                    @if overview.withheld > 0 { ", " (count(overview.withheld, "value")) " withheld" }
                    @if passed + failed > 0 { "; tests: " (passed) " passed, " (failed) " failed" }
                }
                (targets(overview))
                (codes(overview))
                (soon(overview))
                (rules(overview))
                script { (PreEscaped(SORT)) }
            }
        }
    };
    let mut out = markup.into_string();
    out.push('\n');
    out
}

fn targets(overview: &Overview) -> Markup {
    html! {
        @if !overview.columns.is_empty() {
            table {
                thead { tr {
                    th { "Target" } th { "Rules" } th { "Files" }
                    @for (outcome, _) in OUTCOMES { th { (outcome.name()) } }
                    th { "Longest rule" } th { "Limit" }
                } }
                tbody {
                    @for column in &overview.columns {
                        tr {
                            td { (column.name) } td class="number" { (column.rules) } td class="number" { (column.files) }
                            @for total in column.totals { td class="number" { (total) } }
                            @if let Some(size) = &column.size {
                                td class="number" { (size.largest) }
                                td { (size.most) " " (size.unit) @if size.longer > 0 { "; " (size.longer) " longer, for searches alone" } }
                            } @else { td {} td {} }
                        }
                    }
                }
            }
            ul { @for (outcome, meaning) in OUTCOMES { li { span class=(outcome.name()) { (outcome.name()) } ": " (meaning) } } }
        }
    }
}

fn codes(overview: &Overview) -> Markup {
    html! {
        @if !overview.codes.is_empty() {
            h2 { "Found" }
            table {
                thead { tr { th { "Severity" } th { "Code" } th { "Number" } th { "Targets" } th { "First place" } th { "What" } th { "Next step" } } }
                tbody {
                    @for line in &overview.codes {
                        tr {
                            td class=(line.severity.name()) { (line.severity.name()) }
                            td { code { (line.code) } }
                            td class="number" { (line.count) }
                            td { (line.targets.join(", ")) }
                            td { (legible(line.place.as_deref().unwrap_or_default())) }
                            td { (legible(&line.message)) }
                            td { (legible(line.help.as_deref().unwrap_or_default())) }
                        }
                    }
                }
            }
        }
    }
}

fn soon(overview: &Overview) -> Markup {
    html! {
        @if let Some(expiring) = &overview.expiring {
            h2 { "Stop to hold within " (count(usize::from(expiring.days), "day")) " of " (expiring.from.to_string()) }
            @if expiring.values.is_empty() { p { "No value does." } } @else {
                table {
                    thead { tr { th { "Last day" } th { "Value" } th { "Written at" } } }
                    tbody {
                        @for (day, value, place) in expiring.values.iter().take(MOST_EXPIRING) {
                            tr { td { (day.to_string()) } td { (legible(value)) } td { (legible(place)) } }
                        }
                    }
                }
                @if expiring.values.len() > MOST_EXPIRING { p { (expiring.values.len() - MOST_EXPIRING) " more." } }
            }
        }
    }
}

fn rules(overview: &Overview) -> Markup {
    html! {
        @if !overview.rules.is_empty() {
            h2 { "What became of each rule" }
            table {
                thead { tr { th { "Rule" } th { "Key" } th { "Written at" } @for column in &overview.columns { th { (column.name) } } } }
                tbody {
                    @for rule in &overview.rules {
                        tr {
                            td { (legible(&rule.title)) } td { (legible(&rule.key)) } td { (legible(&rule.place)) }
                            @for outcome in &rule.outcomes { td class=(outcome.name()) { (outcome.name()) } }
                        }
                    }
                }
            }
        }
    }
}
