//! Does an installed Suricata load the rules? What is laid out for it, what is called, and which rule its answer is about.
//!
//! `suricata -T` reads all rules in one go. Its log is one JSON object on each line; an error about a rule is followed by a line that ends
//! in `from file F at line N`, a warning names the rule's sid or nothing (`detect-engine-loader.c`, `detect-parse.c`). What names no
//! rule is looked for by asking file by file.

use std::collections::BTreeMap;

use backend::{Answer, Artefact, ArtefactKind, Asked, Call, Fault, Printed, Profile, Programs};

use crate::settings;
use crate::verify::reader::{Line, lines};

/// The file that holds all rules.
const RULES: &str = "all.rules";
/// A rule that every engine loads: tells trouble with the engine from trouble with rules.
const HARMLESS: &str = "alert ip any any -> any any (msg:\"x\"; sid:1; rev:1;)\n";
/// Above so many files they are not asked one by one: the engine takes about a second for each.
const MOST_FILES: usize = 40;

/// Asks the engine, when one is installed that knows the profile's version.
pub(crate) fn ask(printed: &Printed, profile: &'static Profile, programs: &dyn Programs) -> Asked {
    if printed.rules.is_empty() {
        return Asked::default();
    }
    let line = |line: String| Asked { line: Some(format!("suricata -T: {line}")), ..Asked::default() };
    if let Err(why) = version(profile, programs) {
        return line(format!("skipped: {why}"));
    }
    let engine = Engine { printed, profile, programs };
    match engine.load() {
        Err(why) => line(format!("skipped: {why}")),
        Ok((faults, warnings)) => {
            let said = match (faults.len(), warnings.len()) {
                (0, 0) => format!("{} rules loaded without error or warning", printed.rules.len()),
                (0, warnings) => format!("{} rules loaded, {warnings} warnings about rules that travel along", printed.rules.len()),
                (faults, _) => format!("{faults} errors or warnings"),
            };
            Asked { faults, warnings, ..line(said) }
        }
    }
}

/// Whether an engine is there, new enough for the profile.
fn version(profile: &Profile, programs: &dyn Programs) -> Result<(), String> {
    let answer = programs.run(Call { program: "suricata", arguments: &["-V"], files: &[] })?;
    let number = answer.output.split("version ").nth(1).and_then(|rest| rest.split('.').next()).and_then(|number| number.trim().parse::<u32>().ok());
    let wanted = profile.id.parse::<u32>().unwrap_or(7);
    match number {
        Some(number) if answer.success && number >= wanted => Ok(()),
        Some(number) if answer.success => Err(format!("the installed suricata is version {number}, older than {wanted}")),
        _ => Err("the installed suricata does not say its version".to_owned()),
    }
}

/// What the engine refuses and what it warns about.
type Said = (Vec<Fault>, Vec<Fault>);

struct Engine<'e> {
    printed: &'e Printed,
    profile: &'static Profile,
    programs: &'e dyn Programs,
}

impl Engine<'_> {
    fn load(&self) -> Result<Said, String> {
        let files: Vec<&Artefact> = self.printed.artefacts.iter().filter(|artefact| artefact.kind == ArtefactKind::Rules).collect();
        let all = Text::of(&files, self.printed);
        let answer = self.run(&all.text)?;
        let (mut faults, mut warnings, untold) = all.read(&answer, self.printed);
        if answer.success && faults.is_empty() && untold.is_empty() {
            return Ok((faults, warnings));
        }
        let ended = untold.is_empty() && faults.is_empty() && warnings.is_empty();
        if !ended && untold.is_empty() {
            return Ok((faults, warnings));
        }
        // The engine may be in trouble of its own.
        let alone = self.run(HARMLESS)?;
        if !alone.success {
            return Err(format!("it cannot be used here: {}", last(&alone)));
        }
        let mut found = false;
        for file in files.iter().filter(|_| files.len() <= MOST_FILES) {
            let text = Text::of(std::slice::from_ref(file), self.printed);
            let answer = self.run(&text.text)?;
            let (_, _, untold) = text.read(&answer, self.printed);
            let carried = text.rules.iter().all(|(_, rule, _)| self.printed.rules.get(*rule).is_some_and(|rule| rule.carried));
            for (level, why) in untold {
                found = true;
                let fault = Fault::of_file(&*file.path, why);
                if carried && level == Level::Warning { warnings.push(fault) } else { faults.push(fault) }
            }
        }
        if !found && faults.is_empty() {
            let why = untold.first().map_or_else(|| last(&answer), |(_, why)| why.clone());
            faults.extend(files.iter().map(|file| Fault::of_file(&*file.path, why.clone())));
        }
        Ok((faults, warnings))
    }

    fn run(&self, rules: &str) -> Result<Answer, String> {
        let settings = settings::text(self.profile);
        let mut files: Vec<(&str, &str)> = vec![
            (RULES, rules),
            ("suricata.yaml", &settings),
            ("classification.config", settings::CLASSES),
            ("reference.config", settings::REFERENCES),
        ];
        let lists = self.printed.artefacts.iter().filter(|artefact| artefact.kind != ArtefactKind::Rules);
        files.extend(lists.map(|list| (list.path.rsplit('/').next().unwrap_or(&list.path), list.text.as_str())));
        let arguments = ["-T", "-c", "suricata.yaml", "-S", RULES, "-l", ".", "--data-dir", "."];
        self.programs.run(Call { program: "suricata", arguments: &arguments, files: &files })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Warning,
    Error,
}

/// Several files as one, and which rule stands on which line.
struct Text {
    text: String,
    /// Line, rule, and what it says, in order.
    rules: Vec<(usize, usize, String)>,
}

impl Text {
    fn of(files: &[&Artefact], printed: &Printed) -> Self {
        let by_artefact = printed.by_artefact();
        let mut out = Self { text: String::new(), rules: Vec::new() };
        let mut before = 0;
        for file in files {
            let rules = by_artefact.get(file.path.as_str()).map(Vec::as_slice).unwrap_or_default();
            let written = lines(&file.text).into_iter().filter(Line::is_rule).zip(rules);
            out.rules.extend(written.map(|(line, rule)| (before + line.number, *rule, line.text)));
            out.text.push_str(&file.text);
            out.text.push('\n');
            before += file.text.matches('\n').count() + 1;
        }
        out
    }

    /// What is said of each rule, and what is said of none that can be told.
    fn read(&self, answer: &Answer, printed: &Printed) -> (Vec<Fault>, Vec<Fault>, Vec<(Level, String)>) {
        let by_sid: BTreeMap<&str, usize> =
            self.rules.iter().filter_map(|(_, rule, _)| Some((printed.rules.get(*rule)?.id.as_str(), *rule))).collect();
        let fault = |rule: usize, why: &str| {
            let artefact = printed.rules.get(rule).map(|rule| rule.artefact.clone()).unwrap_or_default();
            Fault::of_rule(artefact, Some(rule), format!("suricata: {why}"))
        };
        let (mut faults, mut warnings, mut untold) = (Vec::new(), Vec::new(), Vec::new());
        // Errors whose rule is named behind them.
        let mut open: Vec<String> = Vec::new();
        for (level, message) in answer.output.lines().filter_map(complaint) {
            if level == Level::Warning {
                match sid(&message).and_then(|sid| by_sid.get(sid)).copied().or_else(|| self.quoted(&message).first().copied()) {
                    Some(rule) if printed.rules.get(rule).is_some_and(|rule| rule.carried) => warnings.push(fault(rule, &message)),
                    Some(rule) => faults.push(fault(rule, &message)),
                    None => untold.push((level, format!("suricata: {message}"))),
                }
                continue;
            }
            if message == "Loading signatures failed." {
                continue;
            }
            let Some(words) = message.strip_prefix("error parsing signature \"") else {
                open.push(message);
                continue;
            };
            let line = words.rsplit_once(" at line ").and_then(|(_, line)| line.trim().parse::<usize>().ok());
            let of_line = line.and_then(|line| self.rules.binary_search_by_key(&line, |(at, ..)| *at).ok()).and_then(|at| self.rules.get(at));
            let of_line = of_line.map(|(_, rule, _)| vec![*rule]);
            let why = open.pop().unwrap_or_else(|| "the rule cannot be parsed".to_owned());
            let rules = of_line.unwrap_or_else(|| self.quoted(&message));
            if rules.is_empty() {
                untold.push((level, format!("suricata: {why}")));
            }
            faults.extend(rules.into_iter().map(|rule| fault(rule, &why)));
            open.clear();
        }
        for message in open {
            match sid(&message).and_then(|sid| by_sid.get(sid)) {
                Some(rule) => faults.push(fault(*rule, &message)),
                None => untold.push((Level::Error, format!("suricata: {message}"))),
            }
        }
        (faults, warnings, untold)
    }

    /// The rules that a message quotes. A long message is cut, so the beginning counts.
    fn quoted(&self, message: &str) -> Vec<usize> {
        let Some((_, words)) = message.split_once("ignature \"") else { return Vec::new() };
        let words = words.rsplit_once("\" from file").map_or_else(|| words.trim_end_matches('"'), |(words, _)| words);
        if words.is_empty() {
            return Vec::new();
        }
        self.rules.iter().filter(|(.., text)| text.starts_with(words)).map(|(_, rule, _)| *rule).collect()
    }
}

/// The number that a message gives a rule.
fn sid(message: &str) -> Option<&str> {
    const BEFORE: [&str; 6] = ["sid:", "sid ", "rule ", "signature ", "sig ", "Checked in "];
    BEFORE.iter().find_map(|word| {
        let (_, rest) = message.split_once(word)?;
        let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end).filter(|digits| !digits.is_empty())
    })
}

/// An error or warning in the engine's log.
fn complaint(line: &str) -> Option<(Level, String)> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let level = match value.get("log_level")?.as_str()? {
        "Error" => Level::Error,
        "Warning" => Level::Warning,
        _ => return None,
    };
    Some((level, value.pointer("/engine/message")?.as_str()?.to_owned()))
}

/// The last words of a program that said nothing else.
fn last(answer: &Answer) -> String {
    let said: Vec<String> = answer.output.lines().filter_map(complaint).map(|(_, message)| message).collect();
    said.last().cloned().or_else(|| answer.output.lines().last().map(str::to_owned)).unwrap_or_else(|| "it ended with an error".to_owned())
}
