//! How rules, lists and file heads are written: the only place where text is made.
//!
//! One function for each kind of literal: [`content`] for bytes to find, [`quoted`] for messages, [`word`] for
//! metadata, [`link`] for references, [`comment`] for comments, [`pcre::expression`] for regular expressions. Each has a property
//! test that reads back what it wrote with the reader of `verify`.

mod metadata;
pub(crate) mod pcre;
mod plain;
#[cfg(test)]
mod properties;
mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use backend::{Artefact, ArtefactKind, Job, Lowered, Printed, PrintedRule, Section, slug};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ir::{Detection, Meta};

use crate::ast::{Address, Alert, Content, Item, List, Number, Ports, Rule, Side, Sign, Target, Transform, Values};
use crate::carried::{Carried, CarriedRule};

/// The longest line the engine reads, without its line feed (`DETECT_MAX_RULE_SIZE` is 8,192 with the closing zero byte).
pub(crate) const MAX_LINE: usize = 8191;
/// The longest header and deciding options; what is left of the line is for the words around them.
pub(crate) const MAX_BODY: usize = 5600;
/// The longest message; alerts are read in narrow columns.
const MAX_MESSAGE: usize = 200;

/// Writes rules and lists; one rules file for each advisory. A detection that a number is missing for has no rule at all.
pub(crate) fn print(mut rules: Vec<Lowered<Rule>>, job: &Job<'_>, numbers: &mut Section) -> Printed {
    shared::settle(&mut rules, job);
    let mut unnumbered = BTreeMap::new();
    loop {
        let printed = numbered(&rules, job, numbers);
        if printed.unnumbered.is_empty() {
            return Printed { unnumbered: unnumbered.into_iter().collect(), ..printed };
        }
        unnumbered.extend(printed.unnumbered);
        rules.retain(|lowered| !unnumbered.contains_key(&lowered.detection));
    }
}

/// A file that travels along, and which of its rules do.
type Kept = (Arc<Carried>, Vec<usize>);

fn numbered(rules: &[Lowered<Rule>], job: &Job<'_>, numbers: &mut Section) -> Printed {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut lists: BTreeMap<String, String> = BTreeMap::new();
    let keys = keys(rules, job);
    numbers.take_over(&keys, |at| {
        let Some(Lowered { detection, rule: Rule::Alert(alert), .. }) = rules.get(at) else { return String::new() };
        let Some(detection) = job.detections.get(*detection) else { return String::new() };
        meaning(&Body::of(alert, &detection.meta.folder), alert, |list, out| *out += &values(list))
    });
    let closed = markings(rules, job);
    let mut headed = BTreeSet::new();
    let mut last = None;
    let natives: BTreeSet<String> = rules.iter().filter_map(|lowered| carried(&lowered.rule)).map(|rule| rule.sid.clone()).collect();
    let mut travelling: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    let mut out = Printed::default();
    for (&Lowered { detection: index, item, ref rule }, mut key) in rules.iter().zip(keys) {
        let Some(detection) = job.detections.get(index) else { continue };
        let slug = detection.meta.folder.clone();
        match rule {
            Rule::Native { file, rule, companions } => {
                let path = format!("{slug}-native-{}.rules", slug_of_file(&file.file));
                let of = file.rules.get(*rule);
                out.rules.push(PrintedRule {
                    detection: index,
                    item,
                    id: of.map(|rule| rule.sid.clone()).unwrap_or_default(),
                    title: of.and_then(|rule| rule.message.clone()).unwrap_or_else(|| detection.title.clone()),
                    artefact: path.clone(),
                    text: job.rule_text(file.text_of(*rule)),
                    revision: None,
                    carried: true,
                });
                let files = travelling.entry(path).or_default();
                match files.last_mut() {
                    Some((last, kept)) if Arc::ptr_eq(last, file) => kept.push(*rule),
                    _ => files.push((file.clone(), vec![*rule])),
                }
                for (name, text) in companions {
                    let kind = if name.to_ascii_lowercase().ends_with(".lua") { ArtefactKind::Support } else { ArtefactKind::List };
                    let artefact = Artefact::new(name.clone(), kind, text.to_string());
                    if !out.artefacts.contains(&artefact) {
                        out.artefacts.push(artefact);
                    }
                }
            }
            Rule::Alert(alert) => {
                let path = format!("{slug}.rules");
                let file = files.entry(path.clone()).or_default();
                if detection.meta.sigma.is_none() && headed.insert(detection.meta.advisory.clone()) {
                    head(file, &detection.meta, closed.get(detection.meta.advisory.as_str()).copied().flatten());
                }
                if last.replace(index) != Some(index) {
                    heading(file, detection);
                }
                let body = Body::of(alert, &slug);
                let meaning = meaning(&body, alert, |list, out| *out += lists.entry(list_path(&slug, list)).or_insert_with(|| values(list)));
                let mut number = numbers.number(&key, &meaning);
                // Rules that travel along keep their numbers; ours gives way.
                while number.as_ref().is_ok_and(|number| natives.contains(&number.sid.to_string())) {
                    key.push('~');
                    number = numbers.number(&key, &meaning);
                }
                let number = match number {
                    Ok(number) => number,
                    Err(why) => {
                        out.unnumbered.push((index, why));
                        continue;
                    }
                };
                let title = message(detection, alert);
                let text = line(&body, &title, number, detection, alert);
                file.push_str(&text);
                file.push('\n');
                let (id, revision, text) = (number.sid.to_string(), numbers.revision(&key), job.rule_text(text));
                out.rules.push(PrintedRule { detection: index, item, id, title, artefact: path, text, revision, carried: false });
            }
        }
    }
    out.artefacts.extend(files.into_iter().map(|(path, text)| Artefact::new(path, ArtefactKind::Rules, text)));
    out.artefacts.extend(travelling.into_iter().map(|(path, files)| {
        let text = files.iter().map(|(file, kept)| file.with(kept)).collect();
        Artefact::new(path, ArtefactKind::Rules, text)
    }));
    out.artefacts.extend(lists.into_iter().map(|(path, text)| Artefact::new(path, ArtefactKind::List, text)));
    out
}

/// The keys of rules in the lock, each once. A rule that travels along has none.
fn keys(rules: &[Lowered<Rule>], job: &Job<'_>) -> Vec<String> {
    let mut given = BTreeSet::new();
    let key = |lowered: &Lowered<Rule>| {
        let (Some(detection), Rule::Alert(alert)) = (job.detections.get(lowered.detection), &lowered.rule) else { return String::new() };
        let mut key = match &alert.part {
            Some(part) => format!("{} {}", detection.key, word_of_key(part)),
            None => detection.key.clone(),
        };
        while !given.insert(key.clone()) {
            key.push('~');
        }
        key
    };
    rules.iter().map(key).collect()
}

/// What a rule asks for: its body, and what stands in its lists, which are written behind it.
fn meaning(body: &Body, alert: &Alert, mut write: impl FnMut(&List, &mut String)) -> String {
    let mut out = body.to_string();
    lists_of(alert).for_each(|list| write(list, &mut out));
    out
}

/// The most closed marking of an advisory's rules: its file is as closed as they are.
fn markings<'j>(rules: &[Lowered<Rule>], job: &Job<'j>) -> BTreeMap<&'j str, Option<ir::Tlp>> {
    let mut out = BTreeMap::new();
    for detection in rules.iter().filter_map(|lowered| job.detections.get(lowered.detection)) {
        let marking = out.entry(detection.meta.advisory.as_str()).or_default();
        *marking = detection.meta.tlp.max(*marking);
    }
    out
}

/// A rule that travels along.
fn carried(rule: &Rule) -> Option<&CarriedRule> {
    match rule {
        Rule::Native { file, rule, .. } => file.rules.get(*rule),
        Rule::Alert(_) => None,
    }
}

fn slug_of_file(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    slug(name.strip_suffix(".rules").unwrap_or(name))
}

/// Who says what, at the top of a file.
fn head(file: &mut String, meta: &Meta, tlp: Option<ir::Tlp>) {
    let mut say = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(file, "# {}", comment(&format!("{name}: {value}")));
        }
    };
    say("advisory", &meta.advisory);
    say("title", &meta.advisory_title);
    say("tlp", tlp.map_or("", ir::Tlp::name));
    if let Some(hunt) = meta.hunt {
        let day = |day: Option<ir::Date>, open: &str| day.map_or_else(|| open.to_owned(), |day| day.to_string());
        say("hunt", &format!("{} .. {}", day(hunt.from, "ever"), day(hunt.until, "now")));
    }
    if meta.verdict == ir::Verdict::Lead {
        say("verdict", "a hit opens an investigation; it is not proof");
    }
    say("report", meta.report.as_deref().unwrap_or_default());
}

/// The sentences a detection rests on, above its rules.
fn heading(file: &mut String, detection: &Detection) {
    let _ = writeln!(file, "\n# {}", comment(&detection.title));
    for citation in &detection.meta.citations {
        let _ = writeln!(file, "# {}", comment(&format!("because {}: \"{}\"", citation.source, citation.quote)));
    }
}

/// Text in a comment: one line that fits into one block of the engine's reader, and never a backslash at its end.
pub(crate) fn comment(text: &str) -> String {
    let line = backend::comment(text);
    if line.ends_with('\\') { format!("{line} .") } else { line }
}

fn word_of_key(part: &str) -> String {
    part.chars().map(|char| if char.is_control() || char.is_whitespace() { '_' } else { char }).collect()
}

/// The message, unescaped: what the alert is called.
fn message(detection: &Detection, alert: &Alert) -> String {
    let actor = detection.meta.actors.first().filter(|actor| detection.meta.scope != ir::Scope::Context && !detection.title.contains(actor.as_str()));
    let mut out = format!("VIGIE {} ", alert.category);
    if let Some(actor) = actor {
        out.push_str(actor);
        out.push(' ');
    }
    out.push_str(&detection.title);
    if let Some(part) = alert.part.as_deref().filter(|part| !detection.title.contains(*part)) {
        let _ = write!(out, " ({part})");
    }
    let line = metadata::defanged(&comment(&out));
    if line.chars().count() <= MAX_MESSAGE { line } else { line.chars().take(MAX_MESSAGE - 3).chain("...".chars()).collect() }
}

/// A whole rule. Words that only inform are left out, from the last, where the line would be too long.
fn line(body: &Body, title: &str, number: backend::Number, detection: &Detection, alert: &Alert) -> String {
    let gap = if body.options.is_empty() { "" } else { " " };
    let start = format!("{} (msg:\"{}\";{gap}{}", body.header, quoted(title), body.options);
    let target = match alert.target {
        Some(Target::Source) => " target:src_ip;",
        Some(Target::Destination) => " target:dest_ip;",
        None => "",
    };
    let fixed = format!(" classtype:{};{target} sid:{}; rev:{};", alert.class, number.sid, number.rev);
    let mut room = MAX_LINE.saturating_sub(start.len() + fixed.len() + 1);
    let mut references = String::new();
    for option in metadata::references(&detection.meta) {
        if option.len() < room {
            room -= option.len() + 1;
            references.push(' ');
            references.push_str(&option);
        }
    }
    let mut pairs = String::new();
    for pair in metadata::pairs(detection, alert) {
        if pair.len() + " metadata:, ;".len() < room {
            room -= pair.len() + 2;
            pairs.push_str(if pairs.is_empty() { "" } else { ", " });
            pairs.push_str(&pair);
        }
    }
    let pairs = if pairs.is_empty() { String::new() } else { format!(" metadata:{pairs};") };
    format!("{start}{references}{fixed}{pairs})")
}

/// What decides: the header and the options, without the words around them.
pub(crate) struct Body {
    header: String,
    options: String,
}

impl std::fmt::Display for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.header, self.options)
    }
}

impl Body {
    pub(crate) fn of(alert: &Alert, slug: &str) -> Self {
        let header = format!("alert {} {} -> {}", alert.protocol, side(&alert.source), side(&alert.destination));
        let options = alert.items.iter().map(|item| self::item(item, slug)).collect::<Vec<_>>().join(" ");
        Self { header, options }
    }

    /// Size in bytes.
    pub(crate) fn len(&self) -> usize {
        self.header.len() + self.options.len()
    }
}

fn side(side: &Side) -> String {
    let addresses = side.addresses.iter().map(address).collect();
    let ports = side.ports.iter().map(ports).collect();
    format!("{} {}", group(addresses), group(ports))
}

fn group(list: Vec<String>) -> String {
    match list.as_slice() {
        [] => "any".to_owned(),
        [one] => one.clone(),
        more => format!("[{}]", more.join(",")),
    }
}

fn address(address: &Address) -> String {
    match address {
        Address::Home => "$HOME_NET".to_owned(),
        Address::External => "$EXTERNAL_NET".to_owned(),
        Address::Any => "any".to_owned(),
        Address::Net(net, sign) => {
            let single = net.prefix_len() == net.max_prefix_len();
            let text = if single { net.addr().to_string() } else { net.to_string() };
            format!("{}{text}", bang(*sign))
        }
    }
}

fn ports(ports: &Ports) -> String {
    let range = match (ports.from, ports.to) {
        (from, to) if from == to => from.to_string(),
        (from, u16::MAX) => format!("{from}:"),
        (from, to) => format!("{from}:{to}"),
    };
    format!("{}{range}", bang(ports.sign))
}

fn bang(sign: Sign) -> &'static str {
    match sign {
        Sign::Is => "",
        Sign::Not => "!",
    }
}

fn item(item: &Item, slug: &str) -> String {
    match item {
        Item::Flow(words) => format!("flow:{words};"),
        Item::Buffer(name) => format!("{name};"),
        Item::AbsentOrElse => "absent:or_else;".to_owned(),
        Item::Transform(Transform::DotPrefix) => "dotprefix;".to_owned(),
        Item::Transform(Transform::ToLowercase) => "to_lowercase;".to_owned(),
        Item::Transform(Transform::LastLabels(count)) => format!("pcrexform:\"((?:[^.]+\\.){{{}}}[^.]+)$\";", count.saturating_sub(1)),
        Item::Transform(Transform::SentPath) => "pcrexform:\"^(?:[A-Za-z][A-Za-z0-9+.-]*:\\/\\/[^\\/?]*)?([^?]*)\";".to_owned(),
        Item::Transform(Transform::Path) => "pcrexform:\"^([^?]*)\";".to_owned(),
        Item::Transform(Transform::Query) => "pcrexform:\"^[^?]*\\??(.*)$\";".to_owned(),
        // Without a match the engine leaves a buffer as it is, so a path that ends in a separator has that as its last part.
        Item::Transform(Transform::LastPart) => "pcrexform:\"([\\/\\x5C]|[^\\/\\x5C]+)$\";".to_owned(),
        Item::Content(wanted) => content_option(wanted),
        Item::Size(size) => format!("bsize:{};", number(*size)),
        Item::Pcre(wanted) => pcre::option(wanted),
        Item::Dataset { sign, list } => {
            let (kind, count) = match &list.values {
                Values::Strings(values) => ("string", values.len()),
                Values::Addresses(values) => ("ip", values.len()),
                Values::Digests(values) => ("string", values.len()),
            };
            let command = if *sign == Sign::Is { "isset" } else { "isnotset" };
            // Room for every value without long chains: the engine's own default is 4,096 rows, and it refuses more than 65,536
            // (`datasets.limits.single-hashsize`).
            let rows = count.clamp(4096, 65_536).next_power_of_two();
            format!("dataset:{command},{},type {kind},load {},hashsize {rows};", list.name, list_path(slug, list))
        }
        Item::FileHash { keyword, sign, list } => format!("{keyword}:{}{};", bang(*sign), list_path(slug, list)),
        Item::FileSize(size) => format!("filesize:{};", number(*size)),
        Item::Word { name, value } => format!("{name}:{value};"),
        Item::Threshold { kind, track, count, seconds } => format!("threshold:type {kind}, track {track}, count {count}, seconds {seconds};"),
        Item::Xbits { action, name, track, expire } => {
            let expire = expire.map(|seconds| format!(",expire {seconds}")).unwrap_or_default();
            format!("xbits:{action},{name},track {track}{expire};")
        }
        Item::NoAlert => "noalert;".to_owned(),
    }
}

fn number(number: Number) -> String {
    match number {
        Number::Is(value) => value.to_string(),
        Number::More(value) => format!(">{value}"),
        Number::Less(value) => format!("<{value}"),
    }
}

fn content_option(wanted: &Content) -> String {
    let mut out = format!("content:{}\"{}\";", if wanted.negated { "!" } else { "" }, content(&wanted.bytes));
    if let Some(at) = wanted.at {
        let _ = write!(out, " offset:{at}; depth:{};", wanted.bytes.len());
    }
    for (on, word) in [(wanted.starts, " startswith;"), (wanted.ends, " endswith;"), (wanted.nocase, " nocase;")] {
        if on {
            out.push_str(word);
        }
    }
    out
}

/// Bytes between the quotes of `content`: hex between pipes for what means something there, for control bytes and for all
/// that is not ASCII. `:` is written in hex too, as Emerging Threats does; a `!` at the front would negate.
pub(crate) fn content(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut hex = false;
    for (at, byte) in bytes.iter().enumerate() {
        let plain = matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b';' | b'\\' | b'|' | b':') && !(at == 0 && *byte == b'!');
        match (plain, hex) {
            (true, true) | (false, false) => out.push('|'),
            (false, true) => out.push(' '),
            (true, false) => {}
        }
        hex = !plain;
        if plain {
            out.push(char::from(*byte));
        } else {
            let _ = write!(out, "{byte:02X}");
        }
    }
    if hex {
        out.push('|');
    }
    out
}

/// Text between the quotes of `msg`: one line, with `\` before `"`, `;` and `\`.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | ';' | '\\' => {
                out.push('\\');
                out.push(char);
            }
            unseen if source::unseen(unseen) => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

fn lists_of(alert: &Alert) -> impl Iterator<Item = &List> {
    alert.items.iter().filter_map(|item| match item {
        Item::Dataset { list, .. } | Item::FileHash { list, .. } => Some(&**list),
        _ => None,
    })
}

fn list_path(slug: &str, list: &List) -> String {
    format!("{slug}-{}.lst", list.name)
}

fn values(list: &List) -> String {
    let mut out = String::new();
    match &list.values {
        Values::Strings(values) => values.iter().for_each(|value| {
            STANDARD.encode_string(value, &mut out);
            out.push('\n');
        }),
        Values::Addresses(values) => values.iter().for_each(|value| {
            let _ = writeln!(out, "{value}");
        }),
        Values::Digests(values) => values.iter().for_each(|value| {
            let _ = writeln!(out, "{value}");
        }),
    }
    out
}
