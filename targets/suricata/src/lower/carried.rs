//! What do carried rules do besides raising an alert, and do the files that they name travel with them?

use backend::{Cx, Refusal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ir::Companion;
use source::Code;

use crate::verify::reader::{self, Rule, RuleOption};

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

/// Says what the rules of a file do to others, and refuses a file whose lists are missing.
pub(super) fn check(file: &str, text: &str, companions: &[Companion], cx: &mut Cx<'_>) -> Result<(), Refusal> {
    let rules: Vec<Rule> = reader::lines(text).iter().filter_map(|line| reader::rule(&line.text).ok().flatten()).collect();
    for rule in &rules {
        if let Some((what, help)) = acts(rule) {
            let sid = rule.value("sid").unwrap_or("none");
            cx.note(&CARRIED_ACTS, format!("`{file}`: the rule with sid {sid} {what}"), help);
        }
    }
    for companion in companions {
        let refuse = |why: String| Refusal {
            help: Some("it is looked for beside the rules, below the description's folder".to_owned()),
            ..cx.unsupported(&CARRIED_LIST, cx.span(), format!("`{file}` names `{}`, {why}; without it the rule does not load", companion.name))
        };
        let text = companion.text.as_ref().map_err(|why| refuse(format!("which cannot be read: {why}")))?;
        if !is_plain_path(&companion.name) {
            return Err(refuse("whose path leads out of the folder".to_owned()));
        }
        // What is not a list is not copied: a rule could name any file.
        if let Some(why) = rules.iter().flat_map(|rule| &rule.options).find_map(|option| unfit(option, &companion.name, text)) {
            return Err(refuse(why));
        }
    }
    Ok(())
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

/// Why a file cannot be what an option takes it for; `None` for an option about something else. Nothing of the file is quoted.
fn unfit(option: &RuleOption, name: &str, text: &str) -> Option<String> {
    let value = option.value.as_deref().unwrap_or_default();
    let words = || value.split(',').map(str::trim);
    let hex = |line: &str, digits: usize| line.len() == digits && line.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digests = |digits: usize| move |line: &str| line.len() >= digits && line.split([' ', ',', '\t']).next().is_some_and(|word| hex(word, digits));
    let fits: Box<dyn Fn(&str) -> bool> = match option.name.as_str() {
        "dataset" | "datarep"
            if words().any(|word| word.strip_prefix("load ").or_else(|| word.strip_prefix("state ")).map(str::trim) == Some(name)) =>
        {
            let kind = words().find_map(|word| word.strip_prefix("type ")).unwrap_or_default().trim().to_owned();
            Box::new(move |line| {
                let value = line.split(',').next().unwrap_or_default().trim();
                match kind.as_str() {
                    "md5" => hex(value, 32),
                    "sha256" => hex(value, 64),
                    "ip" | "ipv4" | "ipv6" => value.split('/').next().is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok()),
                    _ => STANDARD.decode(value).is_ok_and(|bytes| !bytes.is_empty()),
                }
            })
        }
        "filemd5" if value.trim_start_matches('!').trim() == name => Box::new(digests(32)),
        "filesha1" if value.trim_start_matches('!').trim() == name => Box::new(digests(40)),
        "filesha256" if value.trim_start_matches('!').trim() == name => Box::new(digests(64)),
        "lua" | "luaxform" if value.trim_start_matches('!').split(',').next().map(str::trim) == Some(name) => {
            return (!name.to_ascii_lowercase().ends_with(".lua")).then(|| "which does not end in `.lua`".to_owned());
        }
        _ => return None,
    };
    let odd = text.lines().position(|line| !line.trim().is_empty() && !line.starts_with('#') && !fits(line.trim()))?;
    Some(format!("whose line {} is not what `{}` takes", odd + 1, option.name))
}
