//! What is known about a detection besides what it matches: who says so, how sure, who may read it.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::{SigmaRule, Technique};

/// Traffic Light Protocol 2.0 marking (FIRST, <https://www.first.org/tlp/>), from most open to most closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Tlp {
    /// `TLP:CLEAR` (`WHITE` in TLP 1.0).
    #[serde(rename = "clear")]
    Clear,
    /// `TLP:GREEN`.
    #[serde(rename = "green")]
    Green,
    /// `TLP:AMBER`.
    #[serde(rename = "amber")]
    Amber,
    /// `TLP:AMBER+STRICT`.
    #[serde(rename = "amber+strict")]
    AmberStrict,
    /// `TLP:RED`.
    #[serde(rename = "red")]
    Red,
}

/// Words for markings, without what parts them. TLP 1.0 (first.org/tlp/v1) had `white`; translations of TLP name the same colours.
const MARKINGS: [(&str, Tlp); 75] = [
    ("clear", Tlp::Clear),
    ("white", Tlp::Clear),
    ("blanc", Tlp::Clear),
    ("blanche", Tlp::Clear),
    ("clair", Tlp::Clear),
    ("weiß", Tlp::Clear),
    ("weiss", Tlp::Clear),
    ("blanco", Tlp::Clear),
    ("bianco", Tlp::Clear),
    ("branco", Tlp::Clear),
    ("wit", Tlp::Clear),
    ("white20", Tlp::Clear),
    ("biały", Tlp::Clear),
    ("белый", Tlp::Clear),
    ("білий", Tlp::Clear),
    ("green", Tlp::Green),
    ("vert", Tlp::Green),
    ("verte", Tlp::Green),
    ("grün", Tlp::Green),
    ("gruen", Tlp::Green),
    ("verde", Tlp::Green),
    ("groen", Tlp::Green),
    ("zielony", Tlp::Green),
    ("зелёный", Tlp::Green),
    ("зеленый", Tlp::Green),
    ("зелений", Tlp::Green),
    ("amber", Tlp::Amber),
    ("ambre", Tlp::Amber),
    ("orange", Tlp::Amber),
    ("ámbar", Tlp::Amber),
    ("ambar", Tlp::Amber),
    ("âmbar", Tlp::Amber),
    ("ambra", Tlp::Amber),
    ("yellow", Tlp::Amber),
    ("amberstrict", Tlp::AmberStrict),
    ("ambrestrict", Tlp::AmberStrict),
    ("red", Tlp::Red),
    ("rouge", Tlp::Red),
    ("rot", Tlp::Red),
    ("rojo", Tlp::Red),
    ("rosso", Tlp::Red),
    ("vermelho", Tlp::Red),
    ("rood", Tlp::Red),
    ("czerwony", Tlp::Red),
    ("красный", Tlp::Red),
    ("червоний", Tlp::Red),
    ("赤", Tlp::Red),
    ("红", Tlp::Red),
    ("紅", Tlp::Red),
    ("红色", Tlp::Red),
    ("gelb", Tlp::Amber),
    ("bernstein", Tlp::Amber),
    ("jaune", Tlp::Amber),
    ("amarillo", Tlp::Amber),
    ("amarelo", Tlp::Amber),
    ("giallo", Tlp::Amber),
    ("geel", Tlp::Amber),
    ("oranje", Tlp::Amber),
    ("bursztynowy", Tlp::Amber),
    ("pomarańczowy", Tlp::Amber),
    ("żółty", Tlp::Amber),
    ("янтарный", Tlp::Amber),
    ("жёлтый", Tlp::Amber),
    ("желтый", Tlp::Amber),
    ("бурштиновий", Tlp::Amber),
    ("жовтий", Tlp::Amber),
    ("琥珀", Tlp::Amber),
    ("琥珀色", Tlp::Amber),
    ("黄", Tlp::Amber),
    ("緑", Tlp::Green),
    ("绿", Tlp::Green),
    ("绿色", Tlp::Green),
    ("白", Tlp::Clear),
    ("白色", Tlp::Clear),
    ("claro", Tlp::Clear),
];

impl Tlp {
    /// Every marking with its name, from most open to most closed.
    pub const ALL: [(Self, &'static str); 5] =
        [(Self::Clear, "clear"), (Self::Green, "green"), (Self::Amber, "amber"), (Self::AmberStrict, "amber+strict"), (Self::Red, "red")];

    /// Reads a marking in any case, with or without `TLP:`; `white` is TLP 1.0's word for clear.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let name = text.strip_prefix("tlp:").unwrap_or(&text);
        if name == "white" {
            return Some(Self::Clear);
        }
        Self::ALL.iter().find(|(_, word)| *word == name).map(|(tlp, _)| *tlp)
    }

    /// Reads a marking as documents write it: in the colours of other languages, with or without `TLP` and what parts it from its word,
    /// and with a slip of one letter. Of two markings that a slip may have meant it is the more closed one.
    ///
    /// ```
    /// # use ir::Tlp;
    /// assert_eq!(Tlp::read("TLP : Ambre"), Some(Tlp::Amber));
    /// assert_eq!(Tlp::read("tlp-amber strict"), Some(Tlp::AmberStrict));
    /// assert_eq!(Tlp::read("TLP:GREN"), Some(Tlp::Green));
    /// assert_eq!(Tlp::read("TLP"), None);
    /// ```
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // No marking is longer; a slip is looked for in short words only.
        const LONGEST: usize = 24;
        let word: String = text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).take(LONGEST + 1).collect();
        let word = word.strip_prefix("tlp").unwrap_or(&word);
        if word.chars().count() > LONGEST {
            return None;
        }
        let said = |(written, tlp): &(&str, Self)| (*written == word).then_some(*tlp);
        MARKINGS.iter().find_map(said).or_else(|| {
            let slip = |written: &str| written.len() >= 4 && written.len() < 12 && strsim::osa_distance(written, word) == 1;
            MARKINGS.iter().filter(|(written, _)| slip(written)).map(|(_, tlp)| *tlp).max()
        })
    }

    /// The marking in lower case: `amber+strict`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(tlp, _)| *tlp == self).map_or("clear", |(_, name)| name)
    }
}

/// How bad a hit is, in Sigma's words for levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SeverityLevel {
    /// For information.
    Informational,
    /// Rarely urgent on its own.
    Low,
    /// Should be looked at.
    #[default]
    Medium,
    /// Should be looked at now.
    High,
    /// Should wake somebody.
    Critical,
}

impl SeverityLevel {
    /// Every level with its name, from mildest to worst.
    pub const ALL: [(Self, &'static str); 5] =
        [(Self::Informational, "informational"), (Self::Low, "low"), (Self::Medium, "medium"), (Self::High, "high"), (Self::Critical, "critical")];

    /// The level's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(level, _)| *level == self).map_or("medium", |(_, name)| name)
    }
}

/// How sure the author is that a hit means what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Might be.
    Low,
    /// Likely.
    Medium,
    /// Near certain.
    High,
}

impl Confidence {
    /// Every degree with its name.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Low, "low"), (Self::Medium, "medium"), (Self::High, "high")];

    /// The degree's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(degree, _)| *degree == self).map_or("medium", |(_, name)| name)
    }
}

/// What a hit is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// An incident.
    #[default]
    Alert,
    /// The start of an investigation, not a proof: severities are capped at medium and the rule text says so.
    Lead,
}

/// How far a detection's meaning reaches. Only `Campaign` and `Actor` become attribution tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Seen in this campaign.
    #[default]
    Campaign,
    /// A habit of the actor.
    Actor,
    /// Background; says nothing about who did it.
    Context,
}

/// A window of days, both ends included; an open end has no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Window {
    /// First day.
    pub from: Option<Date>,
    /// Last day; `None` is "until now".
    pub until: Option<Date>,
}

/// A quoted sentence and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Citation {
    /// The words, as quoted.
    pub quote: String,
    /// The name of the source block.
    pub source: String,
    /// The file the words stand in.
    pub file: Option<String>,
    /// One-based line of the words in that file.
    pub line: Option<usize>,
    /// Where the source is published.
    pub url: Option<String>,
}

/// Everything a rule says about itself besides what it matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Meta {
    /// The advisory's id, as written.
    pub advisory: String,
    /// The advisory's title.
    pub advisory_title: String,
    /// The folder that rule files are kept in: the advisory's id, or a Sigma rule's log source, as a file name.
    pub folder: String,
    /// Who may read the rule; `None` when nobody marked it, and then no rule says anything of it.
    pub tlp: Option<Tlp>,
    /// When the advisory was published.
    pub published: Option<Date>,
    /// When it was last changed.
    pub modified: Option<Date>,
    /// Names of the actor, aliases included.
    pub actors: Vec<String>,
    /// Names of the malware.
    pub malware: Vec<String>,
    /// CVE ids, upper case.
    pub cves: Vec<String>,
    /// ATT&CK techniques, sorted.
    pub techniques: Vec<Technique>,
    /// How bad a hit is; already capped by the verdict.
    pub severity: SeverityLevel,
    /// How sure the author is.
    pub confidence: Option<Confidence>,
    /// What a hit is worth.
    pub verdict: Verdict,
    /// How far the meaning reaches.
    pub scope: Scope,
    /// The window to search back through.
    pub hunt: Option<Window>,
    /// Until when the indicators hold.
    pub valid: Option<Window>,
    /// Who wants to hear of a hit: an e-mail address or a URL.
    pub report: Option<String>,
    /// Links, in the order written, without duplicates.
    pub references: Vec<String>,
    /// The sentences the detection rests on.
    pub citations: Vec<Citation>,
    /// What ordinary activity also matches, when the author says so.
    pub false_positives: Vec<String>,
    /// Who wrote the description.
    pub author: Option<String>,
    /// What a Sigma rule says of itself besides; `None` for everything that was not read from one.
    #[serde(skip)]
    pub sigma: Option<Arc<SigmaRule>>,
}

impl Meta {
    /// Where the detection comes from, in a line: the advisory, or the Sigma rule and who wrote it.
    #[must_use]
    pub fn origin(&self) -> String {
        let author = self.author.as_deref().map(|author| format!(" by {author}")).unwrap_or_default();
        match &self.sigma {
            Some(rule) => format!("Sigma rule {}{author}", rule.id.map_or_else(|| self.advisory.clone(), |id| id.to_string())),
            None if self.advisory_title.is_empty() => format!("Advisory: {}", self.advisory),
            None => format!("Advisory: {} {}", self.advisory, self.advisory_title),
        }
    }
}
