//! What are things called that belong to one rule? No two rules of an app share a name, and no two profiles of one rule.

use backend::Profile;
use ir::Detection;

use crate::ast::SiteMacro;
use crate::print::stanza_name;
use crate::profiles::Read;

/// The longest name of a saved search. Enterprise Security calls a clone `Endpoint - NAME - Rule` and edits names of 99 characters at most
/// (contentctl-ng 1.1.1, `objects/searches/search.py`).
pub(crate) const LONGEST_NAME: usize = 81;

/// The word that tells rules of one profile from those of the other, where it needs one.
fn word(profile: &str) -> Option<&str> {
    (Read::named(profile) == Read::Models).then_some(profile)
}

/// The saved search's name, which is the rule's id: the title, made unique by a part of the detection's id and the profile.
pub(crate) fn saved_search(detection: &Detection, profile: &str) -> String {
    let id = detection.id.simple().to_string();
    let mut short = id.get(..8).unwrap_or_default().to_owned();
    if let Some(word) = word(profile) {
        short = format!("{short} {word}");
    }
    let title = stanza_name(&detection.title, LONGEST_NAME - short.len() - 3);
    if title.is_empty() { short } else { format!("{title} - {short}") }
}

/// The id by which Enterprise Security knows a rule in every version.
pub(crate) fn detection_id(detection: &Detection, profile: &str) -> String {
    word(profile).map_or(detection.id, |word| ir::id::part(detection.id, &format!("splunk {word}"))).to_string()
}

/// A name of letters, digits and underscores for something that belongs to one rule.
pub(crate) fn own_name(detection: &Detection, profile: &str, what: &str) -> String {
    let block = detection.key.rsplit('/').next().unwrap_or_default();
    let mut words = String::new();
    for char in block.chars().take(40) {
        let char = if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' };
        if !(char == '_' && (words.is_empty() || words.ends_with('_'))) {
            words.push(char);
        }
    }
    let of = word(profile).map_or_else(|| what.to_owned(), |word| format!("{what} {word}"));
    let id = ir::id::part(detection.id, &of).simple().to_string();
    let short = id.get(..8).unwrap_or_default();
    format!("vigie_{}_{short}", words.trim_end_matches('_'))
}

/// The macro in which a site says what it leaves out of the answers of one rule; nothing, until it says something.
pub(crate) fn own_filter(detection: &Detection, profile: &'static Profile) -> SiteMacro {
    SiteMacro { name: format!("{}_filter", own_name(detection, profile.id, "splunk filter")), definition: "search *".to_owned() }
}
