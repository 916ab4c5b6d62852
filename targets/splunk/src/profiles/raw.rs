//! What can searches of the logs themselves say? What add-ons extract is in [`logs::streams`].

use std::sync::LazyLock;

use backend::Capabilities;
use logs::streams::raw::{ABSENT_EVENTS, ABSENT_FIELDS};
pub(crate) use logs::streams::raw::{sensor, streams};
pub(crate) use logs::streams::sources;

use crate::ast::{Search, SiteMacro};
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
