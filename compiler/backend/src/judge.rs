//! What does the text of a rule find? The step by which a language judges what it printed on events that may happen.
//!
//! A language is handed the files as they would be shipped, and events as the IR has them. It writes each event down as its logs would hold it,
//! reads its own text from its letters, and runs it. So a fault of a table, of a printer or of an escape shows as an event that is found or
//! missed against what [`ir::eval`] says, which is the referee and is not asked here.
//!
//! Where a language reads several logs, it gives a judgement for each. A log that holds no such event answers [`Finding::NoSuchEvent`]: that is no
//! miss of the rule. A field that a log does not hold is left out of the row, as the product leaves it out; when the rule asks for it, the
//! outcome of that log says that it was lost, or the judgement contradicts the outcome. Only platform and way of a connection are no fields:
//! a log that does not say them holds events of any.

use std::time::Duration;

use ir::{Detection, Record};

use crate::{Artefact, Overlay, PrintedRule, Profile};

/// Events with their times since any fixed moment, in order.
pub type Trial = Vec<(Duration, Record)>;

/// What is asked about the rules of one detection.
#[derive(Debug)]
pub struct Question<'a> {
    /// The detection.
    pub detection: &'a Detection,
    /// Its rules, in the order of the files; at least one.
    pub rules: Vec<&'a PrintedRule>,
    /// What may happen.
    pub trials: Vec<&'a Trial>,
}

/// What a language judges at once: its files, and questions about rules in them.
pub struct Hearing<'a> {
    /// The profile.
    pub profile: &'static Profile,
    /// The site's rows over the profile's tables.
    pub overlay: &'a Overlay,
    /// Every file of the profile.
    pub artefacts: &'a [Artefact],
    /// The questions.
    pub questions: Vec<Question<'a>>,
    /// Reads rules of a language that is also an input format back; `None` when nobody can.
    pub reader: Option<&'a dyn Reader>,
    /// What events look like on a network is wanted as files.
    pub captures: bool,
}

/// Reads rules back into detections: the front end, which no target knows.
pub trait Reader: Sync {
    /// The detections of files, each with the id that its rule has in its text.
    ///
    /// # Errors
    ///
    /// Says which file cannot be read, and why.
    fn read(&self, files: &[(&str, &str)]) -> Result<Vec<(String, Detection)>, String>;
}

/// What a text says about events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It finds them.
    Finds,
    /// It does not.
    Misses,
    /// The log does not hold such events; why, as a clause.
    NoSuchEvent(String),
    /// Nobody can tell; why, as a clause.
    Unjudged(String),
}

/// What a log does not say of an event although the event does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgets {
    /// Which way a connection was opened.
    pub way: bool,
    /// The platform.
    pub platform: bool,
}

/// The judgement of one trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Index in [`Hearing::questions`].
    pub question: usize,
    /// Index in [`Question::trials`].
    pub trial: usize,
    /// The log, where the rules read several.
    pub log: Option<String>,
    /// What was found.
    pub finding: Finding,
    /// The events as the log tells them, where it says more of them than they do: a request on a network has a method. What has to be found is
    /// asked about these.
    pub told: Option<Trial>,
    /// What was found is an event of a log that does not say its platform or which way connections were opened. Such an event fits any, as it
    /// does in [`ir::eval`]; so it has to be found when it would be without them.
    pub forgets: Forgets,
    /// The file, as in [`Artefact::path`], and the part of its text that decided.
    pub decided: Option<(String, String)>,
    /// The events as the log holds them, for people.
    pub rows: Vec<String>,
    /// The events as a capture of their packets, where the language reads a network and [`Hearing::captures`] asks for it.
    pub capture: Option<Vec<u8>>,
    /// Whether an installed engine finds them; nothing where none was asked, or it saw nothing of them.
    pub engine: Option<bool>,
}

impl Judgement {
    /// The judgement of a trial without a log of its own.
    #[must_use]
    pub fn new(question: usize, trial: usize, finding: Finding) -> Self {
        Self {
            question,
            trial,
            log: None,
            finding,
            told: None,
            forgets: Forgets::default(),
            decided: None,
            rows: Vec::new(),
            capture: None,
            engine: None,
        }
    }
}

/// The same answer to every trial.
pub(crate) fn unjudged(hearing: &Hearing<'_>, why: &str) -> Vec<Judgement> {
    let trials = hearing.questions.iter().enumerate().flat_map(|(at, question)| (0..question.trials.len()).map(move |trial| (at, trial)));
    trials.map(|(question, trial)| Judgement::new(question, trial, Finding::Unjudged(why.to_owned()))).collect()
}
