//! Does an installed Suricata load the rules? What is laid out for it, what is called, and which rule its answer is about.
//!
//! `suricata -T` reads all rules in one go. Its log is one JSON object on each line; an error about a rule is followed by a line that ends
//! in `from file F at line N`, a warning names the rule's sid or nothing (`detect-engine-loader.c`, `detect-parse.c`). What names no
//! rule is looked for by asking file by file.

use std::collections::BTreeMap;

use backend::{Answer, Artefact, ArtefactKind, Asked, Call, Fault, Printed, Profile, Programs};

use crate::profiles::Version;
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
                (0, 0) => format!("{} loaded without error or warning", source::count(printed.rules.len(), "rule")),
                (0, warnings) => format!(
                    "{} loaded, {} about rules that travel along",
                    source::count(printed.rules.len(), "rule"),
                    source::count(warnings, "warning")
                ),
                (faults, _) => format!("{faults} errors or warnings"),
            };
            Asked { faults, warnings, ..line(said) }
        }
    }
}

/// The version of the engine that is there, when it is new enough for the profile.
pub(crate) fn version(profile: &Profile, programs: &dyn Programs) -> Result<String, String> {
    let answer = programs.run(Call { program: "suricata", arguments: &["-V"], files: &[], leaves: None })?;
    let whole = answer.output.split("version ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    let number = whole.split('.').next().and_then(|number| number.parse::<u32>().ok());
    let wanted = Version::of(profile) as u32;
    match number {
        Some(number) if answer.success && number >= wanted => Ok(whole.to_owned()),
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
        let mut files: Vec<(&str, &[u8])> = vec![
            (RULES, rules.as_bytes()),
            (settings::FILE, settings.as_bytes()),
            ("classification.config", settings::CLASSES.as_bytes()),
            ("reference.config", settings::REFERENCES.as_bytes()),
        ];
        let lists = self.printed.artefacts.iter().filter(|artefact| artefact.kind != ArtefactKind::Rules);
        files.extend(lists.map(|list| (list.path.as_str(), list.text.as_bytes())));
        let arguments = ["-T", "-c", settings::FILE, "-S", RULES, "-l", ".", "--data-dir", "."];
        self.programs.run(Call { program: "suricata", arguments: &arguments, files: &files, leaves: None })
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
            let why = if open.is_empty() { "the rule cannot be parsed".to_owned() } else { open.join("; ") };
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
pub(crate) fn last(answer: &Answer) -> String {
    let said: Vec<String> = answer.output.lines().filter_map(complaint).map(|(_, message)| message).collect();
    said.last().cloned().or_else(|| answer.output.lines().last().map(str::to_owned)).unwrap_or_else(|| "it ended with an error".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use backend::PrintedRule;

    use super::*;

    /// An engine that answers what a test says, in turn.
    #[derive(Debug)]
    struct Said {
        version: &'static str,
        answers: Mutex<Vec<(bool, String)>>,
        calls: Mutex<Vec<String>>,
    }

    impl Said {
        fn new(version: &'static str, answers: &[(bool, &[(&str, &str)])]) -> Self {
            let line = |(level, message): &(&str, &str)| serde_json::json!({ "log_level": level, "engine": { "message": message } }).to_string();
            let answers = answers.iter().rev().map(|(success, lines)| (*success, lines.iter().map(line).collect::<Vec<_>>().join("\n"))).collect();
            Self { version, answers: Mutex::new(answers), calls: Mutex::default() }
        }
    }

    impl Programs for Said {
        fn run(&self, call: Call<'_>) -> Result<Answer, String> {
            assert_eq!(call.program, "suricata");
            if call.arguments == ["-V"] {
                return Ok(Answer { success: true, output: format!("This is Suricata version {} RELEASE\n", self.version), left: None });
            }
            let bytes = |wanted: &str| call.files.iter().find(|(name, _)| *name == wanted).map(|(_, bytes)| bytes.to_vec()).unwrap();
            let text = |wanted: &str| String::from_utf8(bytes(wanted)).unwrap();
            assert!(text("suricata.yaml").contains("    HTTP_SERVERS: \"$HOME_NET\"\n") && text("classification.config").contains("trojan-activity"));
            self.calls.lock().unwrap().push(text(RULES));
            let (success, output) = self.answers.lock().unwrap().pop().expect("an answer for each call");
            Ok(Answer { success, output, left: None })
        }
    }

    fn printed() -> Printed {
        let rule = |id: &str, artefact: &str, carried| PrintedRule {
            detection: 0,
            item: 0,
            id: id.to_owned(),
            title: String::new(),
            artefact: artefact.to_owned(),
            text: String::new(),
            revision: None,
            carried,
        };
        let file = |path: &str, text: &str| Artefact { path: path.to_owned(), kind: ArtefactKind::Rules, text: text.to_owned() };
        Printed {
            artefacts: vec![
                file(
                    "a.rules",
                    "# head\nalert ip any any -> any any (msg:\"a\"; sid:1000001;)\n\nalert ip any any -> any any (msg:\"b\"; sid:1000002;)\n",
                ),
                file("b.rules", "alert ip any any -> any any (msg:\"c\"; \\\n  sid:3;)\nalert ip any any -> any any (msg:\"d\"; sid:4;)"),
                Artefact { path: "a-x.lst".to_owned(), kind: ArtefactKind::List, text: "YQ==\n".to_owned() },
            ],
            rules: vec![rule("1000001", "a.rules", false), rule("1000002", "a.rules", false), rule("3", "b.rules", true), rule("4", "b.rules", true)],
            ..Printed::default()
        }
    }

    fn asked(version: &'static str, profile: usize, answers: &[(bool, &[(&str, &str)])]) -> (Asked, Vec<String>) {
        let said = Said::new(version, answers);
        let asked = ask(&printed(), &crate::profiles::PROFILES[profile], &said);
        assert!(said.answers.lock().unwrap().is_empty(), "fewer calls than answers");
        (asked, said.calls.into_inner().unwrap())
    }

    fn faults(list: &[Fault]) -> Vec<(&str, Option<usize>, &str)> {
        list.iter().map(|fault| (fault.artefact.as_str(), fault.rule, fault.why.as_str())).collect()
    }

    #[test]
    fn what_loads_is_counted_and_an_engine_that_is_too_old_is_passed_over() {
        let (good, calls) = asked("7.0.10", 0, &[(true, &[("Notice", "configuration was loaded")])]);
        assert_eq!((faults(&good.faults), good.line.as_deref()), (vec![], Some("suricata -T: 4 rules loaded without error or warning")));
        assert_eq!(calls[0].lines().count(), 8, "{calls:?}");
        let (old, _) = asked("7.0.10", 1, &[]);
        assert_eq!(old.line.as_deref(), Some("suricata -T: skipped: the installed suricata is version 7, older than 8"));
        assert!(asked("6.0.1", 0, &[]).0.line.unwrap().contains("skipped"));
        assert_eq!(asked("8.0.8", 0, &[(true, &[])]).0.faults, []);
    }

    #[test]
    fn errors_are_those_of_the_rule_on_the_line_or_with_the_number_or_the_text() {
        let lines: &[(&str, &str)] = &[
            ("Error", "first reason"),
            ("Error", "second reason"),
            ("Error", "error parsing signature \"alert ip\" from file all.rules at line 4"),
            ("Error", "third reason"),
            // Cut before the line's number.
            ("Error", "error parsing signature \"alert ip any any -> any any (msg:\"d\"; si"),
            ("Warning", "rule 1000001: something"),
            ("Warning", "signature sid:3 uses unknown classtype"),
            ("Error", "Loading signatures failed."),
        ];
        let (said, _) = asked("7.0.10", 0, &[(false, lines)]);
        let wanted = [
            ("a.rules", Some(1), "suricata: first reason; second reason"),
            ("b.rules", Some(3), "suricata: third reason"),
            ("a.rules", Some(0), "suricata: rule 1000001: something"),
        ];
        assert_eq!(faults(&said.faults), wanted);
        assert_eq!(faults(&said.warnings), [("b.rules", Some(2), "suricata: signature sid:3 uses unknown classtype")]);
        assert_eq!(said.line.as_deref(), Some("suricata -T: 3 errors or warnings"));
    }

    #[test]
    fn what_names_no_rule_is_looked_for_file_by_file() {
        let odd: &[(&str, &str)] = &[("Error", "something odd")];
        // All, the harmless rule, then each file.
        let (said, calls) = asked("7.0.10", 0, &[(false, odd), (true, &[]), (true, &[]), (false, odd)]);
        assert_eq!(faults(&said.faults), [("b.rules", None, "suricata: something odd")]);
        assert_eq!(calls.len(), 4);
        // Only together: all of them.
        let (said, _) = asked("7.0.10", 0, &[(false, odd), (true, &[]), (true, &[]), (true, &[])]);
        assert_eq!(faults(&said.faults), [("a.rules", None, "suricata: something odd"), ("b.rules", None, "suricata: something odd")]);
        // A warning about rules that travel along is no refusal.
        let warning: &[(&str, &str)] = &[("Warning", "unknown reference key \"x\"")];
        let (said, _) = asked("7.0.10", 0, &[(true, warning), (true, &[]), (true, &[]), (true, warning)]);
        assert_eq!((faults(&said.faults).len(), faults(&said.warnings)), (0, vec![("b.rules", None, "suricata: unknown reference key \"x\"")]));
    }

    #[test]
    fn an_engine_in_trouble_of_its_own_refuses_nothing() {
        let trouble: &[(&str, &str)] = &[("Error", "the disk is full")];
        let (said, _) = asked("7.0.10", 0, &[(false, trouble), (false, trouble)]);
        assert_eq!((said.faults, said.line.as_deref()), (vec![], Some("suricata -T: skipped: it cannot be used here: the disk is full")));
        // It ends without a word, and only with these rules.
        let (said, _) = asked("7.0.10", 0, &[(false, &[]), (true, &[]), (false, &[]), (true, &[])]);
        assert_eq!(said.faults.len(), 2);
    }
}
