//! What does a site say of the rule source? `[package.suricata]` in `vigie.toml`.

use backend::{Setting, SettingForm, one_line};
use serde::Deserialize;
use serde_json::Value;

/// What a site may say.
pub(super) static SETTINGS: [Setting; 3] = [
    Setting { name: "vendor", form: SettingForm::Text, about: "Who publishes the rules, as the index names it.", example: "\"Example\"" },
    Setting { name: "license", form: SettingForm::Text, about: "The rules' licence, as the index names it.", example: "\"MIT\"" },
    Setting {
        name: "url",
        form: SettingForm::Text,
        about: "Where the package is served: an address without a slash at its end.",
        example: "\"https://rules.example/suricata\"",
    },
];

/// What a site says of the package.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Who publishes the rules, as the index names it.
    pub(super) vendor: Option<String>,
    /// The rules' licence, as the index names it.
    pub(super) license: Option<String>,
    /// Where the package is served: an address without a slash at its end. Without one, `suricata-update` asks for it.
    pub(super) url: Option<String>,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    ///
    /// A key that is not known, or a value that cannot stand there.
    pub(super) fn read(table: &Value) -> Result<Self, String> {
        Self::deserialize(table).map_err(|error| error.to_string()).and_then(Self::plain)
    }

    fn plain(self) -> Result<Self, String> {
        let texts = [&self.vendor, &self.license, &self.url].into_iter().flatten();
        if let Some(odd) = texts.into_iter().find(|text| one_line(text) != **text || text.is_empty()) {
            return Err(format!("`{}` is no text on one line", one_line(odd)));
        }
        match &self.url {
            Some(url)
                if !["https://", "http://", "file://"].iter().any(|scheme| url.starts_with(scheme))
                    || url.ends_with('/')
                    || url.contains(['"', ' ', '%']) =>
            {
                Err(format!("`{url}` is no address of a folder: one has a scheme, and no slash at its end"))
            }
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_is_read_is_listed() {
        let said = Settings::read(&serde_json::json!({ "?": 1 })).unwrap_err();
        let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
        assert_eq!(known, SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>(), "{said}");
    }
}
