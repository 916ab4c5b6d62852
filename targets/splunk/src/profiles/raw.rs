//! What can searches of the logs themselves say? What add-ons extract is in [`logs::streams`].

use std::sync::LazyLock;

use backend::Capabilities;
use logs::streams::raw::{ABSENT_EVENTS, ABSENT_FIELDS};
pub(crate) use logs::streams::raw::{sensor, streams};
pub(crate) use logs::streams::sources;

use crate::ast::{Log, Search, SiteMacro};
use crate::print::top;

use super::{Open, capabilities};

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let open = Open { source: backend::named_source, field: backend::every_field };
    capabilities(streams(), ABSENT_EVENTS, ABSENT_FIELDS, "the logs of this profile do not hold it", &open)
});

/// What this profile can say.
pub(crate) fn table() -> &'static Capabilities {
    &CAPABILITIES
}

/// The macro of a site's index. What an index is called is a site's own, so without a definition it is where everything else is.
pub(crate) fn site_macro(name: &str) -> SiteMacro {
    let indexes = Search::Macro(INDEXES.to_owned());
    let definition = match name.strip_prefix(UNKNOWN).filter(|_| !sources::SITES.contains(&name)) {
        Some(words) => Search::All(vec![indexes, Search::words("sourcetype", &[format!("{}*", words.replace('_', "*"))])]),
        None => indexes,
    };
    SiteMacro { name: name.to_owned(), definition: top(&definition) }
}

/// How a search reads one log: its index with the sources or source types that tell it there, and what else tells it.
pub(crate) fn log(site: &SiteMacro, word: &str, told: Vec<Search>) -> Vec<Search> {
    let names_the_log = |search: &Search| matches!(search, Search::Term { field, .. } if field == "source" || field == "sourcetype");
    let (told, rest): (Vec<_>, Vec<_>) = told.into_iter().partition(names_the_log);
    let index = Search::Macro(site.name.clone());
    let place = if told.is_empty() {
        index
    } else {
        let definition = top(&Search::All(std::iter::once(index).chain(told.iter().cloned()).collect()));
        Search::Log(Box::new(Log { index: site.name.clone(), told, own: SiteMacro { name: log_name(&site.name, word), definition } }))
    };
    std::iter::once(place).chain(rest).collect()
}

/// `vigie_windows_sysmon` of `vigie_windows` and `XmlWinEventLog:Microsoft-Windows-Sysmon/Operational`.
fn log_name(site: &str, word: &str) -> String {
    let word = word.rsplit_once("EventLog:").map_or(word, |(_, channel)| channel);
    let word = word.strip_prefix("Syslog:").unwrap_or(word);
    let word = word.strip_prefix("Microsoft-Windows-").unwrap_or(word);
    let word = word.strip_suffix("/Operational").unwrap_or(word);
    let parts = word.split(|char: char| !char.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
    let word = parts.join("_");
    let own = site.rsplit('_').next().unwrap_or_default();
    let word = if own == "windows" { word.as_str() } else { word.strip_prefix(own).unwrap_or(&word).trim_start_matches('_') };
    format!("{site}_{}", if word.is_empty() { "all" } else { word })
}

/// The macro of all indexes that searches read, unless a log's own macro says otherwise.
pub(crate) const INDEXES: &str = "vigie_indexes";

/// The indexes that are read until a site names its own: the one that Splunk writes to where nobody chose
/// (<https://docs.splunk.com/Documentation/Splunk/latest/Indexer/Aboutmanagingindexes>). Never every index.
pub(crate) fn indexes(names: &[&str]) -> SiteMacro {
    SiteMacro { name: INDEXES.to_owned(), definition: top(&Search::words("index", names)) }
}

/// The index of [`indexes`] where a site says nothing.
pub(crate) const MAIN: &str = "main";

/// How the macros of logs begin that no add-on is known for.
pub(crate) const UNKNOWN: &str = "vigie_source_";
