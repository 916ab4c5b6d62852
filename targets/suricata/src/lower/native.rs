//! What do carried rules do besides raising an alert, and do the files that they name travel with them?

use std::sync::Arc;

use backend::{Cx, Refusal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ir::Companion;
use source::{Code, Loss};

use crate::ast;
use crate::carried::Carried;
use crate::verify::names;
use crate::verify::reader::{self, Reading, Rule, RuleOption};

pub(crate) static CARRIED_ACTS: Code = Code::warn("suricata.carried-acts", "a rule that travels along silences or changes others");
pub(crate) static CARRIED_LIST: Code = Code::error("suricata.carried-list", "a file that a carried rule names cannot travel with it");

/// Options that decide nothing about which packets a rule fits.
const ABOUT: [&str; 16] = [
    "classtype",
    "config",
    "gid",
    "metadata",
    "msg",
    "noalert",
    "priority",
    "reference",
    "rev",
    "sid",
    "tag",
    "target",
    "threshold",
    "requires",
    "bypass",
    "alert",
];

/// The rules of a file, each with the files that it names; one whose files cannot travel is left out, and said.
pub(super) fn lower(file: &str, text: &Arc<str>, companions: &[Companion], cx: &mut Cx<'_>) -> Result<Vec<ast::Rule>, Refusal> {
    let carried = Arc::new(Carried::read(file, text));
    if carried.rules.is_empty() {
        return Err(cx.unsupported(&backend::CARRIED, cx.span(), format!("`{file}` holds no rule")));
    }
    let help = "it is looked for beside the rules, below the description's folder";
    let mut out = Vec::with_capacity(carried.rules.len());
    let mut refused = Vec::new();
    for (at, line) in reader::lines(text).into_iter().filter(reader::Line::is_rule).enumerate() {
        // What cannot be read is for `verify` to refuse.
        let rule = reader::rule(&line.text, Reading::Carried).ok();
        if let Some((what, help)) = rule.as_ref().and_then(acts) {
            cx.note(&CARRIED_ACTS, format!("`{file}`: the rule with sid {} {what}", sid(rule.as_ref())), help);
        }
        match files(rule.as_ref(), companions) {
            Ok(companions) => out.push(ast::Rule::Native { file: carried.clone(), rule: at, companions }),
            Err(why) => refused.push(format!("`{file}`: the rule with sid {} names {why}", sid(rule.as_ref()))),
        }
    }
    if out.is_empty() {
        let message = refused.into_iter().next().unwrap_or_default();
        return Err(Refusal { help: Some(help.to_owned()), ..cx.unsupported(&CARRIED_LIST, cx.span(), message) });
    }
    for message in refused {
        cx.loss(&CARRIED_LIST, Loss::Narrower, cx.span(), message, help);
    }
    Ok(out)
}

fn sid(rule: Option<&Rule>) -> &str {
    rule.and_then(|rule| rule.value("sid")).unwrap_or("none")
}

/// The files that a rule names, or why one cannot travel. Nothing of a file is quoted, and what is no list is not copied: a rule could
/// name any file.
fn files(rule: Option<&Rule>, companions: &[Companion]) -> Result<Vec<(String, Arc<str>)>, String> {
    let Some(rule) = rule else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for Companion { name, text } in companions {
        let mut options = rule.options.iter().filter(|option| names(option, name)).peekable();
        if options.peek().is_none() {
            continue;
        }
        if !is_plain_path(name) {
            return Err(format!("`{name}`, whose path leads out of the folder"));
        }
        let text = text.as_ref().map_err(|why| format!("`{name}`, which cannot be read: {why}"))?;
        if let Some(why) = options.find_map(|option| unfit(option, name, text)) {
            return Err(format!("`{name}`, {why}"));
        }
        out.push((name.clone(), text.clone()));
    }
    Ok(out)
}

/// What a rule does to what others see, and the next step.
fn acts(rule: &Rule) -> Option<(String, &'static str)> {
    let [action, _, source, source_ports, _, destination, destination_ports] = rule.header.as_slice() else { return None };
    let anything = [source, source_ports, destination, destination_ports].iter().all(|word| *word == "any");
    let decides = |option: &&RuleOption| !ABOUT.contains(&option.name.as_str());
    let has = |name: &str| rule.options.iter().any(|option| option.name == name);
    Some(match action.as_str() {
        "pass" if anything && !rule.options.iter().any(|option| decides(&option)) => (
            "is a `pass` rule that fits everything: no other rule of the sensor fires beside it".to_owned(),
            "it might be left out, or be given a condition",
        ),
        "pass" => {
            let help = "a `threshold` or a condition in the other rules silences less";
            ("is a `pass` rule: on what it fits, no other rule of the sensor fires, those of this pack included".to_owned(), help)
        }
        "config" => ("is a `config` rule: it changes what the sensor records".to_owned(), "the site's own configuration might be the place for it"),
        _ if has("bypass") => {
            ("has `bypass`: what follows in the connection is looked at by no rule".to_owned(), "without `bypass` the others see it")
        }
        "drop" | "reject" | "rejectsrc" | "rejectdst" | "rejectboth" => {
            (format!("is a `{action}` rule: where the sensor is inline it stops the connection"), "`alert` only tells of it")
        }
        _ => return None,
    })
}

/// Whether a path stays below its folder on every system.
fn is_plain_path(path: &str) -> bool {
    let part = |part: &str| {
        !matches!(part, "" | "." | "..") && part.chars().all(|char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-' | '+' | ' '))
    };
    path.split('/').all(part)
}

/// Why a file cannot be what an option takes it for.
fn unfit(option: &RuleOption, name: &str, text: &str) -> Option<String> {
    let value = option.value.as_deref().unwrap_or_default();
    let hex = |line: &str, digits: usize| line.len() == digits && line.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digest = |line: &str, digits: usize| line.split([' ', ',', '\t']).next().is_some_and(|word| hex(word, digits));
    let fits = |line: &str| match option.name.as_str() {
        "filemd5" => digest(line, 32),
        "filesha1" => digest(line, 40),
        "filesha256" => digest(line, 64),
        // Suricata 8 also reads values with what belongs to them, as JSON.
        "dataset" if value.split(',').any(|word| word.trim().starts_with("format ")) => name.to_ascii_lowercase().contains(".json"),
        "lua" | "luaxform" => name.to_ascii_lowercase().ends_with(".lua"),
        _ => {
            let kind = value.split(',').find_map(|word| word.trim().strip_prefix("type ")).unwrap_or_default().trim();
            let value = line.split(',').next().unwrap_or_default().trim();
            match kind {
                "md5" => hex(value, 32),
                "sha256" => hex(value, 64),
                "ip" | "ipv4" | "ipv6" => value.split('/').next().is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok()),
                _ => STANDARD.decode(value).is_ok_and(|bytes| !bytes.is_empty()),
            }
        }
    };
    // Hash lists may have comments (`detect-file-hash-common.c`).
    let comment = |line: &str| option.name.starts_with("file") && line.starts_with('#');
    if !text.lines().any(|line| fits(line.trim())) {
        return Some(format!("which holds nothing that `{}` takes", option.name));
    }
    let odd = text.lines().position(|line| !line.trim().is_empty() && !comment(line) && !fits(line.trim()))?;
    Some(format!("whose line {} is not what `{}` takes", odd + 1, option.name))
}
