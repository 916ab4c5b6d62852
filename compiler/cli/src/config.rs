//! What does the site say? `vigie.toml`: rows over the profiles' tables of fields.
//!
//! ```toml
//! [profile."splunk/raw"."http.request"]
//! "url.full" = "cs_uri"
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use backend::Overlay;
use ir::{EventClass, Field};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    profile: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

/// Reads the site's settings; without a path, `vigie.toml` of the current folder where there is one.
///
/// # Errors
///
/// What is wrong with the file, in one line or as the TOML reader draws it.
pub(crate) fn read(path: Option<&Path>) -> Result<BTreeMap<String, Overlay>, String> {
    let standard = Path::new("vigie.toml");
    let path = match path {
        Some(path) => path,
        None if standard.is_file() => standard,
        None => return Ok(BTreeMap::new()),
    };
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    parse(&text).map_err(|why| format!("`{}`: {why}", path.display()))
}

fn parse(text: &str) -> Result<BTreeMap<String, Overlay>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut overlays = BTreeMap::new();
    for (profile, events) in file.profile {
        registry::select(&profile).map_err(|known| format!("`{profile}` is no profile; known are {}", known.join(", ")))?;
        let mut overlay = Overlay::default();
        for (event, fields) in events {
            let class = EventClass::parse(&event).ok_or_else(|| format!("`{event}` is no event; `vigie fields` lists them"))?;
            for (field, name) in fields {
                let known = Field::parse(&field).filter(|known| class.fields().any(|of| of == *known));
                let known = known.ok_or_else(|| format!("`{field}` is no field of `{event}`; `vigie fields {event}` lists them"))?;
                if name.is_empty() || !name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-' | '{' | '}')) {
                    return Err(format!("`{name}` is no field name: letters, digits, `_`, `.`, `-`, `{{` and `}}` can stand in one"));
                }
                overlay.fields.insert((class, known), name);
            }
        }
        overlays.insert(profile, overlay);
    }
    Ok(overlays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_checked_against_the_catalogue() {
        let good = parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"cs_uri\"\n").unwrap();
        assert_eq!(good["splunk/raw"].fields[&(EventClass::HttpRequest, Field::UrlFull)], "cs_uri");
        assert!(parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.ful\" = \"x\"\n").unwrap_err().contains("no field"));
        assert!(parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"x | delete\"\n").unwrap_err().contains("no field name"));
        assert!(parse("[profil]\n").is_err());
    }
}
