//! What does a site say of its app? The table `[package.splunk]` of `vigie.toml`.

use std::collections::BTreeMap;

use backend::{Packing, Setting, SettingForm};
use ir::{Detection, SeverityLevel};
use serde::Deserialize;

use crate::profiles::{PROFILES, raw};
use crate::security::Policy;
use crate::stanza::Timing;

const LEVELS: &[&str] = &["informational", "low", "medium", "high", "critical"];

const fn setting(name: &'static str, form: SettingForm, about: &'static str, example: &'static str) -> Setting {
    Setting { name, form, about, example }
}

/// What a site may say.
pub(crate) static SETTINGS: [Setting; 12] = [
    setting("indexes", SettingForm::Texts, "The indexes that searches of raw events read.", "[\"main\"]"),
    setting("macros", SettingForm::TextByName, "Definitions of the package's macros, by their names.", "{ vigie_indexes = \"index=main\" }"),
    setting("enable", SettingForm::Texts, "Which searches run: advisories, keys of rules, or `all`.", "[\"EXAMPLE-2024-01\"]"),
    setting("prefer", SettingForm::Word(&["raw", "cim"]), "The profile whose searches run where both could.", "\"cim\""),
    setting("every_minutes", SettingForm::Number, "How often searches run, in minutes.", "15"),
    setting("delay_minutes", SettingForm::Number, "How old events are when they are searched, in minutes.", "5"),
    setting("enterprise_security", SettingForm::Switch, "Whether Enterprise Security is told of searches.", "false"),
    setting("findings_from", SettingForm::Word(LEVELS), "The mildest severity that makes a finding.", "\"high\""),
    setting("scores", SettingForm::NumberByWord(LEVELS), "The risk of a hit by severity, 100 at most.", "{ high = 70 }"),
    setting("hunts", SettingForm::Switch, "Whether searches through the past are in the app.", "false"),
    setting("threat_intelligence", SettingForm::Switch, "Whether indicators are in the app for Enterprise Security's threat intelligence.", "true"),
    setting("escu", SettingForm::Switch, "Whether the rules stand beside the app as Splunk's own content is kept.", "true"),
];

/// The table as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    indexes: Vec<String>,
    macros: BTreeMap<String, String>,
    enable: Vec<String>,
    prefer: Option<String>,
    every_minutes: Option<u64>,
    delay_minutes: Option<u64>,
    enterprise_security: Option<bool>,
    findings_from: Option<String>,
    scores: BTreeMap<String, u8>,
    hunts: Option<bool>,
    threat_intelligence: bool,
    escu: bool,
}

/// What a site says, or what holds where it says nothing.
#[derive(Debug)]
pub(super) struct Site {
    indexes: Vec<String>,
    macros: BTreeMap<String, String>,
    enable: Vec<String>,
    prefer: Option<String>,
    /// When searches run.
    pub(super) timing: Timing,
    /// Whether Enterprise Security is told of searches.
    pub(super) enterprise_security: bool,
    /// What becomes of hits.
    pub(super) policy: Policy,
    /// Whether searches through the past are in the app.
    pub(super) hunts: bool,
    /// Whether indicators are in the app for the threat intelligence of Enterprise Security.
    pub(super) threat_intelligence: bool,
    /// Whether the rules stand beside the app as Splunk's own content is kept.
    pub(super) escu: bool,
}

impl Site {
    /// Reads the settings.
    ///
    /// # Errors
    ///
    /// A key that is not known, or a value that cannot stand there.
    pub(super) fn read(settings: &serde_json::Value) -> Result<Self, String> {
        let written = Written::deserialize(settings).map_err(|error| error.to_string())?;
        for index in &written.indexes {
            let plain = index.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'*'));
            if !plain || index.trim_matches(['*', '_']).is_empty() {
                return Err(format!(
                    "`{index}` is no index that searches might read: lower case letters, digits, `-`, `_`, and `*` behind some of them"
                ));
            }
        }
        if let Some(profile) = written.prefer.as_deref()
            && !PROFILES.iter().any(|known| known.id == profile)
        {
            return Err(format!("`prefer` is the profile whose searches run where both could: raw or cim, not `{profile}`"));
        }
        let level = |word: &str| {
            let known = SeverityLevel::ALL.iter().find(|(_, name)| *name == word).map(|(level, _)| *level);
            known.ok_or_else(|| format!("`{word}` is no severity; known are {}", SeverityLevel::ALL.map(|(_, name)| name).join(", ")))
        };
        let mut policy = Policy::default();
        if let Some(word) = &written.findings_from {
            policy.findings_from = level(word)?;
        }
        for (word, score) in &written.scores {
            if *score > 100 {
                return Err(format!("a risk is at most 100, not {score}"));
            }
            policy.scores[level(word)? as usize] = *score;
        }
        let usual = Timing::default();
        let timing = Timing { every: written.every_minutes.unwrap_or(usual.every), delay: written.delay_minutes.unwrap_or(usual.delay) };
        if !Timing::EVERY.contains(&timing.every) {
            return Err(format!("`every_minutes` is one of {}", Timing::EVERY.map(|minutes| minutes.to_string()).join(", ")));
        }
        if timing.delay > 24 * 60 {
            return Err("`delay_minutes` is a day at most".to_owned());
        }
        Ok(Self {
            indexes: written.indexes,
            macros: written.macros,
            enable: written.enable,
            prefer: written.prefer,
            timing,
            enterprise_security: written.enterprise_security.unwrap_or(true),
            policy,
            hunts: written.hunts.unwrap_or(true),
            threat_intelligence: written.threat_intelligence,
            escu: written.escu,
        })
    }

    /// The definitions that hold.
    ///
    /// # Errors
    ///
    /// A macro that no search uses, or a definition that would break out of its line.
    pub(super) fn macros(&self, made: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
        let mut out = made;
        if let (false, Some(definition)) = (self.indexes.is_empty(), out.get_mut(raw::INDEXES)) {
            *definition = raw::indexes(&self.indexes.iter().map(String::as_str).collect::<Vec<_>>()).definition;
        }
        for (name, own) in &self.macros {
            if own.trim().is_empty() || own.chars().any(char::is_control) {
                return Err(format!("the definition of the macro `{name}` is text on one line"));
            }
            match out.get_mut(name) {
                Some(definition) => own.clone_into(definition),
                None => return Err(format!("no search of the package uses the macro `{name}`; `macros.conf` in a package names each")),
            }
        }
        Ok(out)
    }

    /// Whether the search of a profile runs: it is named, and no other profile is preferred that has one too.
    pub(super) fn runs(&self, detection: &Detection, profile: &str, all: &[&str]) -> bool {
        let named = self.enable.iter().any(|wanted| names(wanted, detection));
        let preferred = self.prefer.as_deref().filter(|preferred| all.contains(preferred));
        named && preferred.or_else(|| all.first().copied()).is_none_or(|first| first == profile)
    }

    /// What is to run and names nothing.
    pub(super) fn unused<'s>(&'s self, packing: &Packing<'_>) -> Vec<&'s str> {
        let named = |wanted: &&String| packing.rules().any(|(_, _, detection)| names(wanted, detection));
        self.enable.iter().filter(|wanted| !named(wanted)).map(String::as_str).collect()
    }
}

/// Whether an entry names a detection: its key, or the beginning of it up to a stroke, or everything.
fn names(wanted: &str, detection: &Detection) -> bool {
    wanted == "all" || ir::is_about(wanted, &detection.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_is_read_is_listed() {
        let said = Site::read(&serde_json::json!({ "?": 1 })).unwrap_err();
        let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
        assert_eq!(known, SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>(), "{said}");
        assert_eq!(LEVELS, SeverityLevel::ALL.map(|(_, name)| name));
    }
}
