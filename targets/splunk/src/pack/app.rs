//! What says an app of itself, besides its searches?

use std::collections::BTreeMap;
use std::fmt::Write as _;

use backend::{Label, Packing};

use crate::print::conf_value;
use crate::verify::Settings;

use super::searches::{Runs, Stanza};

/// `default/app.conf` (<https://docs.splunk.com/Documentation/Splunk/latest/Admin/Appconf>).
pub(super) fn app(label: &Label) -> String {
    let Label { name, title, author, version } = label;
    let (title, author) = (conf_value(title), conf_value(author));
    format!(
        "[ui]\nis_visible = 1\nlabel = {title}\n\n\
         [launcher]\nauthor = {author}\ndescription = {title}\nversion = {version}\n\n\
         [package]\nid = {name}\ncheck_for_updates = 0\n\n\
         [id]\nname = {name}\nversion = {version}\n"
    )
}

/// `default/data/ui/nav/default.xml`: what Splunk shows of any app.
pub(super) const NAVIGATION: &str = "<nav search_view=\"search\">
  <view name=\"search\" default=\"true\" />
  <view name=\"reports\" />
  <view name=\"alerts\" />
</nav>
";

/// `metadata/default.meta`: everybody may read, and other apps, such as Enterprise Security, see the searches and what they stand on.
pub(super) const META: &str = "[]
access = read : [ * ], write : [ admin, sc_admin ]

[savedsearches]
export = system

[macros]
export = system

[transforms]
export = system

[lookups]
export = system
";

/// `default/transforms.conf`.
pub(super) fn transforms(tables: &BTreeMap<&str, Settings<'_>>) -> String {
    let mut out = String::from("# Tables that searches look values up in.\n");
    for (name, settings) in tables {
        let _ = writeln!(out, "\n[{name}]");
        for (key, value) in settings {
            let _ = writeln!(out, "{key} = {}", conf_value(value));
        }
    }
    out
}

/// `README.md`.
pub(super) fn readme(packing: &Packing<'_>, stanzas: &[Stanza<'_>], macros: &BTreeMap<String, String>) -> String {
    let label = packing.label;
    let count = |runs: Runs| stanzas.iter().filter(|stanza| stanza.runs == runs).count();
    let mut out = format!("# {}\n\nVersion {} of the app `{}`, made by vigie.\n\n", label.title, label.version, label.name);
    let _ = writeln!(
        out,
        "Of its saved searches, {} run, {} are switched off, {} are hunts that are run once by hand, and {} are retired.\n",
        count(Runs::Scheduled),
        count(Runs::Off),
        count(Runs::ByHand),
        count(Runs::Retired)
    );
    out.push_str(
        "## First\n\nSay where the logs are, in `local/macros.conf` of this app or under Settings, Advanced search, Search macros. Then try a search, and\n\
         switch it on under Settings, Searches, reports, and alerts (in Enterprise Security: Content Management).\n\n## Where the logs are\n\n| Macro | Definition |\n|---|---|\n",
    );
    for (name, definition) in macros.iter().filter(|(name, _)| !name.ends_with("_filter")) {
        let _ = writeln!(out, "| `{name}` | `{definition}` |");
    }
    out.push_str(
        "\nEach search ends in a macro of its own, named after it, with `_filter` at the end: what stands in it is left out of the answers,\n\
         such as `search NOT user=backup`.\n",
    );
    out
}
