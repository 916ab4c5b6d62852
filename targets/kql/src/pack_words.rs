//! In which words does a product speak of a rule: its name, its description, the columns that an alert shows?

use source::Diagnostic;

use crate::ast::{CONTEXT, INDICATOR};
use crate::card::Card;
use crate::limits::{DESCRIPTION, ENTITIES, NAME};
use crate::pack_codes::SHORTENED;
use crate::pack_parts::Packable;

/// Columns that an alert names in its details (<https://learn.microsoft.com/azure/sentinel/surface-custom-details-in-alerts>).
const DETAILS: usize = 20;
/// Characters in the name of a detail.
const DETAIL: usize = 20;
/// Values that an alert's name shows, of the three that it may.
const IN_NAME: usize = 2;

/// A text that is cut where the product would cut it, or refuse it.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The name of a rule.
pub(crate) fn name(card: &Card) -> String {
    cut(&card.title, NAME)
}

/// What a person reads of a rule: what it finds, and then where it comes from, said once.
pub(crate) fn description(rule: &Packable<'_>) -> String {
    cut(&whole_description(rule), DESCRIPTION)
}

fn whole_description(rule: &Packable<'_>) -> String {
    let card = &rule.card;
    let text = &uncounted(card);
    let notes: Vec<String> = card.notes.iter().filter_map(|note| unsaid(note, text)).collect();
    let text = [text.as_str(), &notes.join("\n")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    if text.is_empty() { card.title.clone() } else { text }
}

/// A description that stays as it is when a watchlist grows: the list is what is counted, and changes without its rules.
fn uncounted(card: &Card) -> String {
    let counted = card.description.strip_prefix("Matches any of ").and_then(|rest| rest.split_once(" indicators"));
    match counted {
        Some((count, rest)) if !card.watchlists.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("Matches any of the indicators{rest}")
        }
        _ => card.description.clone(),
    }
}

/// What of a note the description does not say: an advisory's name, a sentence, an address to report to stand there already.
fn unsaid(note: &str, description: &str) -> Option<String> {
    if let Some((id, title)) = note.strip_prefix("Advisory: ").and_then(|about| about.split_once(' ')) {
        return (!(description.contains(id) && description.contains(title))).then(|| note.to_owned());
    }
    if let Some(address) = note.strip_prefix("Report hits to ") {
        return (!description.contains(address)).then(|| note.to_owned());
    }
    if let Some(((source, quote), place)) =
        note.strip_prefix("Cites ").and_then(|cited| cited.rsplit_once("\" (")).and_then(|(cited, place)| Some((cited.split_once(": \"")?, place)))
        && description.contains(quote)
    {
        let place = place.trim_end_matches(')');
        return (!place.is_empty()).then(|| format!("Source {source}: {place}"));
    }
    Some(note.to_owned())
}

/// What an alert is called, with the value that was found; `None` where the rule looks for no single values.
pub(crate) fn alert_name(rule: &Packable<'_>) -> Option<String> {
    let columns = hit(rule);
    if columns.is_empty() {
        return None;
    }
    let values: Vec<String> = columns.iter().map(|column| format!("{{{{{column}}}}}")).collect();
    let values = values.join(" ");
    Some(format!("{}: {values}", cut(&literal(&rule.card.title), NAME.saturating_sub(values.chars().count() + 2))))
}

/// A rule's name where columns could be named.
pub(crate) fn literal_name(card: &Card) -> String {
    cut(&literal(&card.title), NAME)
}

/// A rule's description where columns could be named.
pub(crate) fn literal_description(rule: &Packable<'_>) -> String {
    cut(&literal(&whole_description(rule)), DESCRIPTION)
}

/// What an alert says, with what a watchlist knows of the value; `None` where no watchlist was asked.
pub(crate) fn alert_description(rule: &Packable<'_>) -> Option<String> {
    let [advisory, quote, expires] = CONTEXT;
    if !has_context(&rule.card) {
        return None;
    }
    let known = format!("\n\nAdvisory: {{{{{advisory}}}}}\nExpires: {{{{{expires}}}}}\nQuote: {{{{{quote}}}}}");
    Some(format!("{}{known}", cut(&literal(&whole_description(rule)), DESCRIPTION.saturating_sub(known.chars().count()))))
}

/// Whether the answer has the columns of a watchlist.
fn has_context(card: &Card) -> bool {
    card.asked.first().is_some_and(|first| first == INDICATOR)
}

/// The columns that hold the value that was found.
fn hit<'c>(rule: &'c Packable<'_>) -> Vec<&'c str> {
    if has_context(&rule.card) {
        return vec![INDICATOR];
    }
    if rule.detection.indicators.is_empty() {
        return Vec::new();
    }
    // A mail's number says which mail it was, not what was found in it.
    let tells = |column: &&str| *column != "NetworkMessageId" && rule.card.shown.iter().any(|shown| shown == column);
    columns(&rule.card).filter(tells).take(IN_NAME).collect()
}

/// Columns that hold whole records: an alert's details have 2 KB in all.
const RECORDS: [&str; 5] = ["EventData", "SyslogMessage", "AdditionalFields", "RawEventData", "RenderedDescription"];

/// The columns that a rule asked for, by names that can stand in an alert.
fn columns(card: &Card) -> impl Iterator<Item = &str> {
    card.asked.iter().map(String::as_str).filter(|column| is_name(column) && !RECORDS.contains(column))
}

/// The details of an alert: name and column.
pub(crate) fn details(card: &Card) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for column in columns(card) {
        let key: String = column.trim_start_matches('_').chars().filter(char::is_ascii_alphanumeric).take(DETAIL).collect();
        if key.starts_with(|first: char| first.is_ascii_alphabetic()) && !out.iter().any(|(known, _)| *known == key) {
            out.push((key, column.to_owned()));
        }
    }
    out.truncate(DETAILS);
    out
}

/// The entities that an alert names, of the first so many.
pub(crate) fn entities(card: &Card) -> &[(String, Vec<(String, String)>)] {
    card.entities.get(..ENTITIES).unwrap_or(&card.entities)
}

/// What a product does not keep of a rule.
pub(crate) fn shortened(rule: &Packable<'_>) -> Option<Diagnostic> {
    let card = &rule.card;
    let (title, text) = (card.title.chars().count(), whole_description(rule).chars().count());
    let mut what = Vec::new();
    if title > NAME {
        what.push(format!("{NAME} of {title} characters of its name"));
    }
    if text > DESCRIPTION {
        what.push(format!("{DESCRIPTION} of {text} characters of its description"));
    }
    if card.entities.len() > ENTITIES {
        what.push(format!("{ENTITIES} of {} entities", card.entities.len()));
    }
    let asked = columns(card).count();
    if asked > DETAILS {
        what.push(format!("{DETAILS} of {asked} details"));
    }
    (!what.is_empty()).then(|| {
        Diagnostic::new(&SHORTENED, format!("the product keeps {}", what.join(", ")))
            .at(rule.detection.span, "this rule")
            .help("the manifest has the whole of it")
    })
}

/// Text in which nothing is taken for the name of a column.
pub(crate) fn literal(text: &str) -> String {
    text.replace("{{", "{ {").replace("}}", "} }")
}

fn is_name(column: &str) -> bool {
    column.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && column.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
