//! What does a site say of its packages?
//!
//! ```toml
//! [package.sentinel]
//! enabled = ["EXAMPLE-2024-01", "EXAMPLE-2024-02/webshell.use"]
//! near_real_time = "high"
//!
//! [package.defender]
//! enabled = false
//! action = "Audit"
//! ```

use backend::{Packing, Setting, SettingForm};
use ir::Detection;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use source::Diagnostic;

use crate::pack_codes::SETTING;

const fn setting(name: &'static str, form: SettingForm, about: &'static str, example: &'static str) -> Setting {
    Setting { name, form, about, example }
}

const ENABLED: Setting = setting(
    "enabled",
    SettingForm::SwitchOrTexts,
    "Which rules are switched on: all, none, or those of advisories and keys.",
    "[\"EXAMPLE-2024-01\"]",
);
const NEAR_REAL_TIME: Setting =
    setting("near_real_time", SettingForm::Word(&["none", "high", "all"]), "Which rules run continuously, of those that can.", "\"high\"");

/// What a site may say of packages for Sentinel.
pub(crate) static SENTINEL: [Setting; 4] = [
    ENABLED,
    NEAR_REAL_TIME,
    setting("incidents", SettingForm::Switch, "Whether alerts become incidents.", "false"),
    setting("dedicated_cluster", SettingForm::Switch, "Whether the workspace stands on a dedicated cluster.", "true"),
];

/// What a site may say of packages for Defender XDR.
pub(crate) static DEFENDER: [Setting; 3] = [
    ENABLED,
    NEAR_REAL_TIME,
    setting(
        "action",
        SettingForm::Word(&["Allowed", "Audit", "Warn", "Block", "BlockAndRemediate"]),
        "What Defender does about an indicator.",
        "\"Audit\"",
    ),
];

/// Which rules are switched on when they are imported.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "true, false, or a list of advisories and detections in brackets")]
pub(crate) enum Enabled {
    /// All or none.
    All(bool),
    /// Those whose keys these are, or begin with: an advisory, a block of it, a part of that.
    Of(Vec<String>),
}

impl Default for Enabled {
    fn default() -> Self {
        Self::All(false)
    }
}

impl Enabled {
    /// Whether a detection's rules are switched on.
    pub(crate) fn holds(&self, detection: &Detection) -> bool {
        match self {
            Self::All(all) => *all,
            Self::Of(names) => names.iter().any(|name| ir::is_about(name, &detection.key)),
        }
    }

    /// What it names that is not there: a slip would leave a rule switched off.
    fn unknown(&self, detections: &[Detection]) -> Vec<Diagnostic> {
        let Self::Of(names) = self else { return Vec::new() };
        let known = |name: &&String| detections.iter().any(|detection| ir::is_about(name, &detection.key));
        let missing = names.iter().filter(|name| !known(name));
        missing.map(|name| wrong(format!("`enabled` names `{name}`, which is no advisory and no detection of this run"))).collect()
    }
}

/// Which rules run every minute instead of every hour, of those that can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NearRealTime {
    /// None.
    #[default]
    None,
    /// Those of high severity.
    High,
    /// All.
    All,
}

/// `[package.sentinel]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sentinel {
    /// Which rules are switched on.
    pub(crate) enabled: Enabled,
    /// Which run every minute.
    pub(crate) near_real_time: NearRealTime,
    /// Whether alerts become incidents; those of leads never do.
    pub(crate) incidents: bool,
    /// Whether the workspace stands on a dedicated cluster, which runs twice as many rules.
    pub(crate) dedicated_cluster: bool,
}

impl Default for Sentinel {
    fn default() -> Self {
        Self { enabled: Enabled::default(), near_real_time: NearRealTime::None, incidents: true, dedicated_cluster: false }
    }
}

/// What Defender does about an indicator: <https://learn.microsoft.com/defender-endpoint/indicator-manage>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Action {
    /// Nothing: it is left alone.
    Allowed,
    /// An alert.
    #[default]
    Audit,
    /// A warning that people can pass.
    Warn,
    /// It is stopped.
    Block,
    /// A file is stopped and put into quarantine; what is no file is blocked.
    BlockAndRemediate,
}

/// `[package.defender]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Defender {
    /// Which rules are switched on.
    pub(crate) enabled: Enabled,
    /// Which run continuously.
    pub(crate) near_real_time: NearRealTime,
    /// What is done about indicators.
    pub(crate) action: Action,
}

/// Reads what a site says, with what is wrong with it.
pub(crate) fn read<S: DeserializeOwned + Default>(packing: &Packing<'_>, enabled: fn(&S) -> &Enabled) -> (S, Vec<Diagnostic>) {
    match serde_json::from_value::<S>(packing.settings.clone()) {
        Ok(settings) => {
            let unknown = enabled(&settings).unknown(packing.detections);
            (settings, unknown)
        }
        Err(why) => (S::default(), vec![wrong(why.to_string())]),
    }
}

fn wrong(what: String) -> Diagnostic {
    Diagnostic::new(&SETTING, what).help("the book's page on the product has every setting")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words in backticks behind the first, which is the wrong one.
    fn known<S: DeserializeOwned + std::fmt::Debug>(value: serde_json::Value) -> Vec<String> {
        let said = serde_json::from_value::<S>(value).unwrap_err().to_string();
        said.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    }

    fn words(list: &'static [Setting], name: &str) -> &'static [&'static str] {
        list.iter()
            .find(|setting| setting.name == name)
            .and_then(|setting| if let SettingForm::Word(words) = setting.form { Some(words) } else { None })
            .unwrap()
    }

    #[test]
    fn every_key_and_word_that_is_read_is_listed() {
        let odd = serde_json::json!({ "?": 1 });
        assert_eq!(known::<Sentinel>(odd.clone()), SENTINEL.iter().map(|setting| setting.name).collect::<Vec<_>>());
        assert_eq!(known::<Defender>(odd), DEFENDER.iter().map(|setting| setting.name).collect::<Vec<_>>());
        assert_eq!(known::<NearRealTime>("?".into()), words(&SENTINEL, "near_real_time"));
        assert_eq!(known::<Action>("?".into()), words(&DEFENDER, "action"));
    }
}
