//! Which objects of a system does a sentence name with their kind? `a scheduled task named "X"`, `the mutexes A, B and C`, `User-Agent "X"`.

use super::Kind;
use super::owner::negated;
use super::structure::{Line, Shape};
use super::words::Hint;

/// How far behind its kind a name is looked for, in bytes; how many names one list has.
const REACH: usize = 400;
const MOST: usize = 16;

/// A name that stands in a sentence.
pub(super) struct Name {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the sentence says that it was made by the attacker; else it is only mentioned.
    pub(super) made: bool,
}

/// The kind that a word announces.
fn kind(hint: Hint) -> Option<Kind> {
    Some(match hint {
        Hint::Mutex => Kind::Mutex,
        Hint::Pipe => Kind::Pipe,
        Hint::Service => Kind::Service,
        Hint::Task => Kind::Task,
        Hint::Agent => Kind::UserAgent,
        _ => return None,
    })
}

/// The names behind, or right in front of, the word at `start..end` that announces a kind.
pub(super) fn names(text: &str, line: &Line, (start, end, hint): (usize, usize, Hint)) -> Vec<Name> {
    let Some(kind) = kind(hint) else { return Vec::new() };
    let word = text.get(start..end).unwrap_or_default();
    // `UA` is a country as well: a browser and its version have to follow.
    let short = word.eq_ignore_ascii_case("ua");
    if short && word != "UA" {
        return Vec::new();
    }
    if word.starts_with(['/', '-']) || word.ends_with("create") || word.ends_with("-name") || word.ends_with("-Name") {
        return command(text, line, kind, start, end).into_iter().collect();
    }
    if line.code || line.shape == Shape::Row || line.shape == Shape::Heading {
        return Vec::new();
    }
    let before = text.get(line.body..start).unwrap_or_default();
    let words: Vec<&str> = before.split_whitespace().rev().take(12).collect();
    let made = made(kind, &words);
    if matches!(kind, Kind::Service | Kind::Task) && other_service(&words) {
        return Vec::new();
    }
    let rest = reach(text, end);
    let (skipped, named) = lead(rest);
    let announced = named || !matches!(kind, Kind::Service) && text.get(start..end).is_some_and(|word| word.len() > 4);
    let mut out = Vec::new();
    // `UA = Name/1.2` fills its line.
    if short && before.trim_matches(['-', '*', '+', '•', '`', '>', ' ']).is_empty() {
        let line = text.get(end..line.end).unwrap_or_default().trim_end();
        let value = line.trim_start_matches(['*', '`', ' ', ':', '=', '–', '—', '-']);
        if value.len() < line.len() && value.starts_with(char::is_alphabetic) && is_agent(value) {
            let start = end + line.len() - value.len();
            out.push(Name { kind, start, end: start + value.trim_end_matches(['`', '*']).len(), made });
            return out;
        }
    }
    let service = kind == Kind::Service;
    if announced || made || service {
        list(rest, skipped, kind, named, &mut |from, to| out.push(Name { kind, start: end + from, end: end + to, made }));
    }
    // `The task "X" is created`: the verb may stand behind. Of a service it says that it is one of Windows.
    let behind = !made && out.last().is_some_and(|name| made_behind(text, name.end));
    if behind && matches!(kind, Kind::Service | Kind::Task) {
        out.iter_mut().for_each(|name| name.made = true);
    } else if !(announced || made) {
        out.clear();
    }
    if out.is_empty()
        && let Some((from, to)) = quoted_before(before)
    {
        out.push(Name { kind, start: line.body + from, end: line.body + to, made });
    }
    out.retain(|name| text.get(name.start..name.end).is_some_and(|name| fits(kind, name) && (!short || is_agent(name))));
    out
}

/// The name that a command gives to a task or a service: `schtasks /create /tn "X"`, `sc create X`.
fn command(text: &str, line: &Line, kind: Kind, start: usize, end: usize) -> Option<Name> {
    let rest = text.get(end..line.end)?;
    let tail = rest.trim_start();
    let at = end + (rest.len() - tail.len());
    let (from, to) = match tail.chars().next()? {
        quote @ ('"' | '\'' | '`') => (1, 1 + tail.get(1..)?.find(quote)?),
        _ => (0, tail.find([' ', '`', '"', '\'', '|', ')']).unwrap_or(tail.len())),
    };
    let name = Name { kind, start: at + from, end: at + to, made: true };
    let before = text.get(line.body..start)?.to_ascii_lowercase();
    let made = !["/delete", "/query", "/end", "/run"].iter().any(|verb| before.contains(verb));
    (rest.len() > tail.len() && text.get(name.start..name.end).is_some_and(|words| fits(kind, words) && !words.starts_with(['%', '$', '/', '-'])))
        .then_some(Name { made, ..name })
}

/// Whether the words in front, last first, say that the attacker made it.
fn made(kind: Kind, words: &[&str]) -> bool {
    const MAKES: [&str; 20] = [
        "creat",
        "install",
        "register",
        "add",
        "set",
        "establish",
        "persist",
        "new",
        "malicious",
        "schedul",
        "us",
        "deploy",
        "cré",
        "enregistr",
        "ajout",
        "erstell",
        "leg",
        "crea",
        "cria",
        "malveillant",
    ];
    const STOPS: [&str; 15] = [
        "stop",
        "disabl",
        "kill",
        "terminat",
        "delet",
        "remov",
        "enumerat",
        "check",
        "legitimate",
        "quer",
        "supprim",
        "désactiv",
        "arrêt",
        "gelöscht",
        "elimin",
    ];
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let has = |list: &[&str]| lower.iter().any(|word| list.iter().any(|head| word.starts_with(head)));
    !matches!(kind, Kind::Service | Kind::Task) || has(&MAKES) && !has(&STOPS) && !negated(words)
}

/// Whether the words behind a name say that it was made: `is created`, `est créée`, `wird angelegt`.
fn made_behind(text: &str, end: usize) -> bool {
    const IS: [&str; 20] = [
        "is", "was", "are", "were", "gets", "est", "sont", "a", "ont", "fut", "wird", "wurde", "werden", "es", "fue", "è", "é", "foi", "wordt",
        "werd",
    ];
    const MADE: [&str; 26] = [
        "created",
        "installed",
        "registered",
        "added",
        "established",
        "deployed",
        "scheduled",
        "set",
        "créé",
        "installé",
        "enregistré",
        "ajouté",
        "erstellt",
        "angelegt",
        "eingerichtet",
        "installiert",
        "creado",
        "creada",
        "instalado",
        "instalada",
        "creato",
        "creata",
        "criado",
        "criada",
        "aangemaakt",
        "geïnstalleerd",
    ];
    let rest = reach(text, end);
    let stop = rest.find([',', '.', ';', '\n', ':']).unwrap_or(rest.len());
    let mut words = rest.get(..stop).unwrap_or_default().split_whitespace().filter(|word| word.contains(char::is_alphabetic)).take(5);
    words.next().is_some_and(|first| IS.contains(&first)) && words.any(|word| MADE.iter().any(|made| word.starts_with(made)))
}

/// Whether a text reads like the header of a client: `Name/1.2`.
fn is_agent(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    first.split_once('/').is_some_and(|(name, version)| name.len() >= 2 && version.starts_with(|char: char| char.is_ascii_digit()))
}

/// `cloud service`, `DNS service`: no service of Windows.
fn other_service(words: &[&str]) -> bool {
    const OTHER: [&str; 22] = [
        "cloud",
        "web",
        "online",
        "hosting",
        "file",
        "sharing",
        "storage",
        "messaging",
        "vpn",
        "mail",
        "email",
        "dns",
        "proxy",
        "security",
        "secret",
        "intelligence",
        "customer",
        "shortening",
        "public",
        "as-a",
        "legitimate",
        "ip",
    ];
    words.first().is_some_and(|word| OTHER.iter().any(|other| word.eq_ignore_ascii_case(other) || word.to_ascii_lowercase().ends_with("-as-a")))
}

/// The words behind a place, to the end of the paragraph.
fn reach(text: &str, at: usize) -> &str {
    let mut until = (at + REACH).min(text.len());
    while !text.is_char_boundary(until) {
        until -= 1;
    }
    let rest = text.get(at..until).unwrap_or_default();
    rest.split("\n\n").next().unwrap_or_default()
}

/// How many bytes lead from the kind to its names, and whether they say that names follow.
fn lead(rest: &str) -> (usize, bool) {
    // Words that stand between, and those that say that a name follows.
    const BETWEEN: [&str; 24] = [
        "windows",
        "dite",
        "mit",
        "with",
        "the",
        "following",
        "header",
        "headers",
        "string",
        "strings",
        "value",
        "values",
        "as",
        "is",
        "are",
        "was",
        "were",
        "of",
        "such",
        "like",
        "objects",
        "object",
        "entitled",
        "field",
    ];
    const SAYS: [&str; 17] = [
        "named",
        "called",
        "name",
        "names",
        "titled",
        "nommé",
        "nommée",
        "nommées",
        "intitulé",
        "intitulée",
        "appelé",
        "appelée",
        "namens",
        "llamada",
        "denominata",
        "chamada",
        "genaamd",
    ];
    let mut at = 0;
    let mut named = false;
    for _ in 0..6 {
        let tail = rest.get(at..).unwrap_or_default();
        let trimmed = tail.trim_start_matches([' ', ':', '=', '(', '\n', '\r', ',']);
        let word = trimmed.split(|char: char| !char.is_alphabetic()).next().unwrap_or_default();
        named |= tail.trim_start_matches(' ').starts_with([':', '=']);
        at += tail.len() - trimmed.len();
        let among = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        let says = among(&SAYS);
        if !says && !among(&BETWEEN) {
            break;
        }
        named |= says;
        at += word.len();
    }
    (at, named)
}

/// Tells the names of a list: quoted ones, and such that no ordinary word looks like.
fn list(rest: &str, from: usize, kind: Kind, named: bool, found: &mut impl FnMut(usize, usize)) {
    let mut at = from;
    for index in 0..MOST {
        let Some(tail) = rest.get(at..) else { return };
        let Some((open, close, gap)) = item(tail, kind, named, index > 0) else { return };
        found(at + open, at + close);
        at += gap;
        let Some(tail) = rest.get(at..) else { return };
        let separators = [", and ", ", or ", " and ", " or ", " & ", ", ", "; ", ",\n", " et ", " und ", " y ", " e ", " / "];
        let Some(separator) = separators.iter().find(|separator| tail.starts_with(**separator)) else { return };
        at += separator.len();
    }
}

/// One name at the beginning of a text: where it begins and ends, and where the text goes on.
fn item(text: &str, kind: Kind, named: bool, later: bool) -> Option<(usize, usize, usize)> {
    const QUOTES: [(&str, &str); 9] =
        [("\"", "\""), ("“", "”"), ("„", "“"), ("«", "»"), ("``", "``"), ("`", "`"), ("'", "'"), ("‘", "’"), ("**", "**")];
    if let Some((open, close)) = QUOTES.iter().find(|(open, _)| text.starts_with(open)) {
        let inner = text.get(open.len()..)?;
        let length = inner.find(close)?;
        let blanks = inner.get(..length)?.len() - inner.get(..length)?.trim_start().len();
        // American quotes hold the comma of the sentence.
        let name = inner.get(..length)?.trim_end_matches([' ', ',', '.']);
        return Some((open.len() + blanks, open.len() + name.len(), open.len() + length + close.len()));
    }
    if kind == Kind::UserAgent {
        return None;
    }
    let length = text.find([' ', ',', ';', '\n', '"', '`', ')', '|', '<', '>']).unwrap_or(text.len());
    let word = text.get(..length)?.trim_end_matches(['.', ':', '!', '?']);
    let odd = word.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'\\' | b'{' | b'-'))
        || word.as_bytes().windows(2).any(|pair| matches!(pair, [left, right] if left.is_ascii_lowercase() && right.is_ascii_uppercase()));
    // A plain word is a name only when the sentence says so, or in a list that began with names.
    let name =
        odd && (matches!(kind, Kind::Mutex | Kind::Pipe) || named) || named && later && word.starts_with(|char: char| char.is_ascii_uppercase());
    (name && word.len() >= 3).then_some((0, word.len(), word.len()))
}

/// `the "X" service`: the quotes right in front of the kind.
fn quoted_before(before: &str) -> Option<(usize, usize)> {
    let trimmed = before.trim_end_matches([' ', '*']);
    let (open, close) = [('"', '"'), ('“', '”'), ('`', '`'), ('\'', '\'')].into_iter().find(|(_, close)| trimmed.ends_with(*close))?;
    let inner = trimmed.get(..trimmed.len() - close.len_utf8())?;
    let start = inner.rfind(open)? + open.len_utf8();
    (inner.len() - start <= 120).then_some((start, inner.len()))
}

fn fits(kind: Kind, name: &str) -> bool {
    let words = name.split_whitespace().count();
    let plain = !name.contains(['\n', '|', '<', '>']) && !name.contains("://") && name.len() >= 3;
    plain
        && match kind {
            Kind::UserAgent => name.len() <= 400 && (name.contains('/') || words == 1),
            Kind::Service | Kind::Task => name.len() <= 120 && words <= 8,
            _ => name.len() <= 120 && words <= 4,
        }
}

#[cfg(test)]
mod tests {
    use source::Sources;

    use super::super::{DocumentRole, extract};

    #[test]
    fn names_behind_labels_and_in_sentences() {
        let values = |text: &str| {
            let mut sources = Sources::default();
            let file = sources.add("a.md", format!("# T\n\n## Indicators of compromise\n\n{text}\n"));
            let good = extract(&sources, file).into_iter().filter(|found| found.role == DocumentRole::Indicator);
            good.map(|found| format!("{} {}", found.kind.name(), found.value)).collect::<Vec<_>>()
        };
        for (text, wanted) in [
            ("- UA \"TideClient/2.1\"", &["useragent TideClient/2.1"][..]),
            ("- UA: Mozilla/5.0 (Tide; 9.1)", &["useragent Mozilla/5.0 (Tide; 9.1)"]),
            ("| Type | Value |\n|---|---|\n| UA | TideClient/2.1 |", &["useragent TideClient/2.1"]),
            ("It attacked firms in the EU and UA \"Energo\" in winter.", &[]),
            ("- Mutexes: TideA9; GateB7.", &["mutex TideA9", "mutex GateB7"]),
            ("- Mutexes – TideA9; GateB7.", &["mutex TideA9", "mutex GateB7"]),
            ("- Mutex - prevents two instances", &[]),
            ("- Mutex: `TideA9`; `GateB7`; `SaltC1`", &["mutex TideA9", "mutex GateB7", "mutex SaltC1"]),
            ("- Scheduled tasks: Tide Sync; Gate Sync.", &["task Tide Sync", "task Gate Sync"]),
            ("Une tâche planifiée nommée « Tide Sync » est créée.", &["task Tide Sync"]),
            ("La tâche planifiée « Tide Sync » est créée.", &["task Tide Sync"]),
            ("- Tâche planifiée : « Tide Sync »", &["task Tide Sync"]),
            ("Le service Windows « TideSvc » est installé.", &["service TideSvc"]),
            ("Le mutex « Tide-9x » est créé.", &["mutex Tide-9x"]),
            ("The service \"TideSvc\" was installed.", &["service TideSvc"]),
            ("The service \"TideSvc\" was stopped.", &[]),
            ("The service uses \"TideSvc\" to start.", &[]),
            ("The task \"Tide Sync\" was deleted.", &[]),
        ] {
            assert_eq!(values(text), wanted, "{text}");
        }
    }
}
