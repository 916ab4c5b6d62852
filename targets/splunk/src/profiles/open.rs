//! Which search finds the events of a log source that the catalogue has no class for?

use logs::taxonomy::{self, Category, EVENT_IDS};

use super::raw::UNKNOWN;
use crate::ast::Search;
use crate::profiles::{Named, Written};
use logs::streams::network;
use logs::streams::sources::{CLOUD, LOGS, Log, NETWORK, TAGGED, WINDOWS, WINDOWS_NAMES};

/// Where the events of a log source are.
#[derive(Debug)]
pub(crate) struct Found {
    /// The macro of the site's index, or of the log where no add-on is known.
    pub(crate) site: String,
    /// What the log is called in the name of its macro.
    pub(crate) word: String,
    /// Conditions that tell the log from others.
    pub(crate) told: Vec<Search>,
    /// What the log calls fields.
    pub(crate) names: Vec<Named>,
    /// How whole events are written.
    pub(crate) written: Written,
    /// Whether an add-on is known.
    pub(crate) known: bool,
}

/// Finds a log source by Sigma's words.
pub(crate) fn find(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> Found {
    if product == Some("windows")
        && let Some(found) = windows(category, service)
    {
        return found;
    }
    if let Some((_, tags, names)) = TAGGED.iter().find(|(name, ..)| category == Some(name)) {
        let told = tags.iter().map(|tag| Search::word("tag", tag)).collect();
        return Found { site: NETWORK.to_owned(), word: String::new(), told, names: names.to_vec(), written: Written::Text, known: true };
    }
    let fits = |wanted: Option<&str>, is: Option<&str>| wanted.is_none() || wanted == is;
    let exactness = |log: &Log| [log.category, log.product, log.service].iter().flatten().count();
    let rows = LOGS.iter().filter(|log| fits(log.category, category) && fits(log.product, product) && fits(log.service, service));
    // `max_by_key` takes the last of several; the first is meant.
    let Some(log) = rows.rev().max_by_key(|log| exactness(log)) else {
        return unknown(category, product, service);
    };
    let told = if log.kinds.is_empty() { Search::words("source", log.sources) } else { Search::words("sourcetype", log.kinds) };
    let written = match (log.kinds, log.site) {
        ([], _) => Written::Xml,
        (_, CLOUD) => Written::Json,
        _ if log.product == Some("zeek") => Written::Json,
        _ => Written::Text,
    };
    let mut names = log.names.to_vec();
    names.extend(of_category(category));
    let word = match (log.category, log.product, log.service) {
        (None, Some(only), None) | (None, None, Some(only)) => only,
        _ => log.kinds.iter().chain(log.sources).next().copied().unwrap_or_default(),
    };
    Found { site: log.site.to_owned(), word: word.to_owned(), told: vec![told], names, written, known: true }
}

/// Every log source of the tables: category, product, service.
#[cfg(test)]
pub(crate) fn known() -> impl Iterator<Item = (Option<&'static str>, Option<&'static str>, Option<&'static str>)> {
    let logs = LOGS.iter().map(|log| (log.category, log.product, log.service));
    logs.chain(TAGGED.iter().map(|(category, ..)| (Some(*category), None, None))).chain([
        (None, Some("windows"), Some("security")),
        (None, Some("windows"), Some("system")),
        (None, Some("windows"), None),
    ])
}

/// The fields of a category on the network that has a product besides: the add-ons extract the same names.
fn of_category(category: Option<&str>) -> Vec<Named> {
    let Some(category) = category.and_then(Category::find) else { return Vec::new() };
    let stream = network::STREAMS.iter().find(|stream| stream.class == category.class);
    let name = |(sigma, field): &(&'static str, ir::Field)| stream?.row(*field).map(|(_, name, spelling)| (*sigma, name, spelling));
    category.fields.iter().filter_map(name).collect()
}

/// A channel of Windows' event log; `None` when neither category nor service names one.
fn windows(category: Option<&str>, service: Option<&str>) -> Option<Found> {
    let event = match category {
        None => None,
        Some(category) => Some(EVENT_IDS.iter().find(|(name, of, _)| *name == category && service.is_none_or(|service| *of == service))?),
    };
    let service = service.or(event.map(|(_, service, _)| *service));
    let channels: Vec<String> = match service.map(taxonomy::channels) {
        None => vec!["*".to_owned()],
        Some([]) => vec![format!("*{}*", service.unwrap_or_default())],
        Some(list) => list.iter().map(|channel| (*channel).to_owned()).collect(),
    };
    let known = !channels.iter().any(|channel| channel.len() > 1 && channel.starts_with('*'));
    let mut sources: Vec<String> = channels.iter().map(|channel| format!("XmlWinEventLog:{channel}")).collect();
    if service == Some("sysmon") {
        // Rendered as text, Sysmon's events have the same names.
        sources.extend(channels.iter().map(|channel| format!("WinEventLog:{channel}")));
    }
    let mut told = vec![Search::globs("source", &sources)];
    if let Some((_, _, numbers)) = event {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        told.push(Search::globs("EventCode", &numbers));
    }
    let word = sources.swap_remove(0);
    Some(Found { site: WINDOWS.to_owned(), word, told, names: WINDOWS_NAMES.to_vec(), written: Written::Xml, known })
}

/// A log that no add-on is known for: a macro of its own, which a site points to its events.
fn unknown(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> Found {
    let words: Vec<String> = [product, service, category].into_iter().flatten().map(word).filter(|word| !word.is_empty()).collect();
    let name = if words.is_empty() { "any".to_owned() } else { words.join("_") };
    Found {
        site: format!("{UNKNOWN}{name}"),
        word: String::new(),
        told: Vec::new(),
        names: of_category(category),
        written: Written::Text,
        known: false,
    }
}

/// A word as a part of a macro's name.
fn word(text: &str) -> String {
    let mapped: String = text.chars().take(40).map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' }).collect();
    mapped.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::top;

    fn shown(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> (String, String) {
        let found = find(category, product, service);
        (found.site, found.told.iter().map(top).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn windows_has_channels_and_numbers() {
        let (site, told) = shown(None, Some("windows"), Some("security"));
        assert_eq!((site.as_str(), told.as_str()), ("vigie_windows", r#"source="XmlWinEventLog:Security""#));
        let (_, told) = shown(Some("ps_module"), Some("windows"), None);
        assert_eq!(
            told,
            r#"source IN ("XmlWinEventLog:Microsoft-Windows-PowerShell/Operational", "XmlWinEventLog:PowerShellCore/Operational") EventCode="4103""#
        );
        let (_, told) = shown(None, Some("windows"), None);
        assert_eq!(told, r#"source="XmlWinEventLog:*""#);
    }

    #[test]
    fn the_most_exact_row_counts() {
        assert_eq!(shown(None, Some("linux"), Some("auditd")).1, r#"sourcetype IN ("linux:audit", "linux_audit", "auditd")"#);
        assert!(shown(None, Some("linux"), Some("newthing")).1.contains("bash_history"));
        assert_eq!(shown(Some("application"), Some("kubernetes"), Some("audit")).0, "vigie_cloud");
        assert!(shown(Some("antivirus"), None, None).1.contains(r#"tag="malware""#));
    }

    /// What stands for several logs under one name would be whichever was met last.
    #[test]
    fn a_macro_is_the_name_of_one_log() {
        use crate::profiles::raw;
        let mut names = std::collections::BTreeMap::new();
        let mut seen = |site: &str, word: &str, told: Vec<Search>| {
            for made in raw::log(&raw::site_macro(site), word, told) {
                let Search::Log(log) = made else { continue };
                let before = names.entry(log.own.name.clone()).or_insert_with(|| log.own.definition.clone());
                assert_eq!(*before, log.own.definition, "{}", log.own.name);
            }
        };
        for (category, product, service) in known().chain(taxonomy::CHANNELS.iter().map(|(service, _)| (None, Some("windows"), Some(*service)))) {
            let found = find(category, product, service);
            seen(&found.site, &found.word, found.told);
        }
        for source in raw::streams().flat_map(|stream| stream.sources) {
            let word = source.told.iter().find_map(|(_, words)| words.first()).copied().unwrap_or_default();
            seen(source.name, word, source.told.iter().map(|(field, words)| Search::words(*field, words)).collect());
        }
        assert_eq!(names["vigie_linux_all"].matches("bash_history").count(), 1);
        assert!(names["vigie_windows_security"].contains("XmlWinEventLog:Security"));
    }

    #[test]
    fn what_nobody_knows_has_a_macro_of_its_own() {
        let found = find(Some("application"), Some("open canary!"), None);
        assert_eq!((found.site.as_str(), found.known), ("vigie_source_open_canary_application", false));
        assert_eq!(super::super::raw::site_macro(&found.site).definition, "`vigie_indexes` sourcetype=\"open*canary*application*\"");
        assert_eq!(find(None, None, None).site, "vigie_source_any");
    }
}
