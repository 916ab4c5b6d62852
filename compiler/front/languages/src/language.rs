//! What does one language have words for?

use ir::{Confidence, Direction, Role};

/// Several spellings of one meaning.
pub type Words = &'static [&'static str];

/// What one language calls the things that advisories and tables hold.
pub struct Language {
    /// Its name in English.
    pub name: &'static str,
    /// Whether a day of two numbers begins with the day: `03/02/2026` is in February.
    pub day_first: bool,
    /// Names of the months, from January.
    pub months: [Words; 12],
    /// Words around a day that say nothing: names of weekdays, articles.
    pub around_days: Words,
    /// What stands right before the day of publication.
    pub published: Words,
    /// What stands right before the day of the last change.
    pub modified: Words,
    /// What stands right before a day to search back to.
    pub since: Words,
    /// What stands right behind a day to search back to.
    pub onwards: Words,
    /// What stands between the first and the last day of a window.
    pub until: Words,
    /// `beginning`, before a month or a year.
    pub beginning: Words,
    /// Labels of the title.
    pub title: Words,
    /// Labels of the advisory's own number.
    pub number: Words,
    /// Words that begin a line with the author's name.
    pub byline: Words,
    /// Parts of words that ask for a report.
    pub report: Words,
    /// Headings that every report has, and what they are joined with.
    pub plain_headings: Words,
    /// What begins another clause behind a comma.
    pub clauses: Words,
    /// Small words between what is named and its name: `a backdoor that we have dubbed TideGate`.
    pub naming: Words,
    /// Wordings of sentences.
    pub wordings: &'static [(Wording, Words)],
    /// What headings, labels and columns of tables say of the values below them.
    pub topics: &'static [(Topic, Words)],
    /// What a value is for, in labels, cells and sentences.
    pub roles: &'static [(Role, Words)],
    /// What words near a value say of it.
    pub near: &'static [(Near, Words)],
    /// Degrees of confidence in cells.
    pub confidence: &'static [(Confidence, Words)],
    /// Words of tables, names of columns and cells, by the English word.
    pub cells: &'static [(&'static str, Words)],
}

/// What a wording of a sentence says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wording {
    /// A day to search back to follows.
    Hunt,
    /// Its sentence asks for a search; a day may stand anywhere in it.
    Search,
    /// How sure the authors are.
    Confidence(Confidence),
    /// Who connects to whom.
    Direction(Direction),
    /// What stands before it is a group.
    Group,
    /// What stands beside it is a group, or a campaign.
    Team,
    /// What stands beside it is malware.
    Program,
    /// Who did it follows.
    Attributed,
    /// A name follows.
    Called,
    /// What was brought follows.
    Spread,
    /// What stands right before it did it.
    Behind,
    /// What follows is only compared.
    Compared,
    /// The sentence denies.
    Denied,
    /// The sentence tells of another time.
    Past,
    /// The sentence names somebody's customers, victims, texts.
    Others,
    /// The sentence turns.
    But,
    /// A hit, a detection.
    Hit,
    /// It is no proof.
    NoProof,
    /// Of a compromise.
    Compromise,
    /// It is to be looked at before anything is done.
    Investigate,
    /// It is to be acted on at once.
    Urgent,
    /// Somebody is or was active.
    Active,
    /// Words that hold others and mean nothing here.
    Nothing,
}

/// What a heading, a label or a column says that the values below it are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Indicators of compromise.
    Indicators,
    /// Hosts, addresses, URLs.
    Network,
    /// Digests of files.
    Hashes,
    /// Files and paths.
    Files,
    /// Registry keys.
    Registry,
    /// Mutexes.
    Mutex,
    /// User agents.
    Agent,
    /// Addresses of mail.
    Mail,
    /// Other texts.
    References,
    /// Those who were attacked.
    Victims,
    /// Whom to write to.
    Contact,
    /// What to do.
    Advice,
    /// Programs.
    Tools,
    /// What is not hostile.
    Harmless,
}

impl Topic {
    /// What it is, in English.
    pub fn name(self) -> &'static str {
        match self {
            Self::Indicators => "indicators",
            Self::Network => "values of the network",
            Self::Hashes => "digests of files",
            Self::Files => "files and paths",
            Self::Registry => "registry keys",
            Self::Mutex => "mutexes",
            Self::Agent => "user agents",
            Self::Mail => "addresses of mail",
            Self::References => "references",
            Self::Victims => "victims",
            Self::Contact => "contacts",
            Self::Advice => "advice",
            Self::Tools => "tools",
            Self::Harmless => "harmless values",
        }
    }
}

/// What words near a value say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    /// The attacker's.
    Hostile,
    /// Another text.
    Citation,
    /// Somebody to write to.
    Contact,
    /// Those who were attacked.
    Victim,
    /// Ordinary.
    Harmless,
}
