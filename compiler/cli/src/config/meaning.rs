//! What is meant by what stands in the file? Names become profiles, fields and markings, or are refused with the name that was probably meant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Component, Path, PathBuf};

use backend::{Number, Overlay};
use front::sigma::Placeholders;
use ir::{EventClass, Field};
use pipeline::Channel;

use super::packages::Packages;
use super::settings::{Config, Denied, Environment, Project, of_area};
use super::written::{self, Written};
use super::wrong::{Wrong, unknown};
use crate::args::Deny;
use crate::codes::codes;

/// What the site says.
///
/// # Errors
///
/// The first thing that cannot be meant.
pub(super) fn understand(written: Written) -> Result<Config, Wrong> {
    let lists = lists(written.placeholders)?;
    let mut environments = BTreeMap::new();
    for (name, environment) in written.environment {
        plain_name("environment", &name)?;
        let inner = environment_of(environment, &written.package).map_err(|wrong| wrong.below(&["environment", &name]))?;
        environments.insert(name, inner);
    }
    Ok(Config {
        overlays: overlays(written.profile)?,
        placeholders: Placeholders::new(lists.clone()),
        unmarked: written.tlp.unmarked.map(Into::into),
        path: None,
        packages: Packages::read(written.package)?,
        project: project(written.project)?,
        channels: channels(written.channel)?,
        rules: None,
        licences: licences(written.licence)?,
        sids: written.suricata.sid.as_deref().map(range).transpose().map_err(|why| Wrong::at(&["suricata", "sid"], why))?,
        lists,
        environments,
    })
}

fn project(written: written::Project) -> Result<Project, Wrong> {
    for input in &written.inputs {
        if input.is_empty() || input == "-" {
            return Err(Wrong::at(
                &["project", "inputs"],
                "an input of `[project]` is a file or a folder; an empty name is none, and `-` is for a command line",
            ));
        }
    }
    for wish in &written.targets {
        target(wish).map_err(|why| Wrong::at(&["project", "targets"], why))?;
    }
    let names_folder =
        |text: &str| Path::new(text).components().any(|part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir));
    if let Some(output) = written.output.as_deref().filter(|output| !names_folder(output)) {
        return Err(Wrong::at(&["project", "output"], format!("`{output}` names no folder to write to")));
    }
    for (key, codes) in [("deny_codes", &written.deny_codes), ("allow_codes", &written.allow_codes)] {
        for code in codes {
            self::code(code).map_err(|why| Wrong::at(&["project", key], why))?;
        }
    }
    if let Some(code) = written.deny_codes.iter().find(|code| written.allow_codes.contains(code)) {
        return Err(Wrong::at(&["project", "allow_codes"], format!("`{code}` is denied and allowed")));
    }
    Ok(Project {
        inputs: written.inputs.into_iter().map(PathBuf::from).collect(),
        targets: written.targets,
        output: written.output.map(PathBuf::from),
        deny: Denied {
            least: written.deny.map(|deny| match deny {
                written::Deny::Errors => Deny::Errors,
                written::Deny::Warnings => Deny::Warnings,
            }),
            codes: written.deny_codes,
            allowed: written.allow_codes,
        },
        warn_before_expiry_days: written.warn_before_expiry_days,
        require_tests: written.require_tests,
    })
}

/// Whether there is such a code, or a code of such an area.
fn code(name: &str) -> Result<(), String> {
    let known: Vec<&str> = codes().into_iter().map(|code| code.slug).collect();
    if known.iter().any(|slug| of_area(slug, name)) {
        return Ok(());
    }
    let near = source::nearest(name, known.iter().copied()).map(|code| format!("; did you mean `{code}`?"));
    Err(format!("`{name}` is no code{}", near.unwrap_or_else(|| "; `vigie explain all` lists every code".to_owned())))
}

/// Whether a name selects targets.
fn target(wish: &str) -> Result<(), String> {
    registry::select(wish).map(drop).map_err(|known| {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        unknown(&format!("`{wish}` is no target"), wish, &known)
    })
}

/// What may go where, by profile.
fn channels(written: BTreeMap<String, written::Channel>) -> Result<BTreeMap<String, Vec<Channel>>, Wrong> {
    let mut out: BTreeMap<String, Vec<Channel>> = BTreeMap::new();
    for (name, channel) in written {
        plain_name("channel", &name)?;
        if channel.targets.is_empty() {
            return Err(Wrong::at(&["channel", &name, "targets"], format!("the channel `{name}` holds no target")));
        }
        let mut profiles = BTreeSet::new();
        for wish in &channel.targets {
            target(wish).map_err(|why| Wrong::at(&["channel", &name, "targets"], why))?;
            let (id, profile) = wish.split_once('/').map_or((wish.as_str(), None), |(id, profile)| (id, Some(profile)));
            // A target means every profile of it, those too that are only built when asked for: nothing leaves by another name.
            for about in registry::all().iter().map(|target| target.about()).filter(|about| id == "all" || about.id == id) {
                let meant = about.profiles.iter().filter(|known| profile.is_none_or(|profile| profile == known.id));
                profiles.extend(meant.map(|known| format!("{}/{}", about.id, known.id)));
            }
        }
        for profile in profiles {
            out.entry(profile).or_default().push(Channel { name: name.clone(), max: channel.max_tlp.into() });
        }
    }
    Ok(out)
}

fn environment_of(written: written::Environment, package: &written::Package) -> Result<Environment, Wrong> {
    let keys = written.severity.keys().map(|key| ("severity", key)).chain(written.exclude.iter().map(|key| ("exclude", key)));
    for (place, key) in keys {
        if key.trim() != key || key.is_empty() {
            return Err(Wrong::at(&[place], format!("`{key}` is no key of a rule: one is written `ADVISORY/name`")));
        }
    }
    Ok(Environment {
        overlays: overlays(written.profile)?,
        lists: lists(written.placeholders)?,
        packages: Packages::read(over(package, written.package))?,
        severity: written.severity.into_iter().map(|(key, severity)| (key, severity.into())).collect(),
        exclude: written.exclude,
    })
}

/// One table of settings over another: a product's settings one by one.
fn over(below: &written::Package, above: written::Package) -> written::Package {
    let mut out = below.clone();
    for (key, value) in above {
        match (out.get_mut(&key), value) {
            (Some(serde_json::Value::Object(known)), serde_json::Value::Object(own)) => known.extend(own),
            (_, value) => drop(out.insert(key, value)),
        }
    }
    out
}

fn licences(written: written::Licence) -> Result<Option<pipeline::Licences>, Wrong> {
    if let Some(odd) = written.allow.iter().flatten().find(|licence| licence.trim().is_empty()) {
        return Err(Wrong::at(&["licence", "allow"], format!("`{odd}` is no licence")));
    }
    let deny = written.unstated == written::Unstated::Deny;
    if written.allow.is_none() && !deny {
        return Ok(None);
    }
    Ok(Some(pipeline::Licences { allow: written.allow, unstated: !deny }))
}

/// A name that stands in messages and on command lines.
fn plain_name(what: &str, name: &str) -> Result<(), Wrong> {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Ok(());
    }
    let article = if what.starts_with('e') { "an" } else { "a" };
    Err(Wrong::at(&[what, name], format!("`{name}` is no name of {article} {what}: letters, digits, `-` and `_` can stand in one")))
}

/// Reads a range of numbers: its first and its last, with two dots between them.
fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let number = |word: &str| word.trim().replace('_', "").parse::<u32>().ok().filter(|number| (1..=Number::LAST).contains(number));
    let ends = text.split_once("..").map(|(first, last)| (number(first), number(last.strip_prefix('=').unwrap_or(last))));
    match ends {
        Some((Some(first), Some(last))) if first <= last => Ok(first..=last),
        _ => Err(format!("`{text}` is no range of numbers; one is written `3100000..3199999`, its first and its last, from 1 to {}", Number::LAST)),
    }
}

fn overlays(profiles: written::Profiles) -> Result<BTreeMap<String, Overlay>, Wrong> {
    let mut overlays: BTreeMap<String, Overlay> = BTreeMap::new();
    for (profile, events) in profiles {
        let at = |keys: &[&str], why: String| Wrong::at(&[&["profile", &profile], keys].concat(), why);
        let selected = registry::select(&profile).map_err(|known| {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            at(&[], unknown(&format!("`{profile}` is no profile"), &profile, &known))
        })?;
        let (named, nameless): (Vec<_>, Vec<_>) = selected.into_iter().partition(|(target, _)| target.has_field_names());
        if let (true, Some((target, _))) = (named.is_empty(), nameless.first()) {
            let title = target.about().title;
            return Err(at(
                &[],
                format!("`{profile}` has no names of fields that a site could change: {title} reads packets or files; its rows can go"),
            ));
        }
        let mut overlay = Overlay::default();
        for (event, fields) in events {
            let class = EventClass::parse(&event).ok_or_else(|| {
                let known: Vec<&str> = EventClass::ALL.iter().map(|(_, name, _)| *name).collect();
                at(&[&event], format!("{}; `vigie fields` lists them", near(&format!("`{event}` is no event"), &event, &known)))
            })?;
            for (field, name) in fields {
                let known = Field::parse(&field).filter(|known| class.fields().any(|of| of == *known));
                let known = known.ok_or_else(|| {
                    let known: Vec<&str> = class.fields().map(Field::name).collect();
                    let fact = near(&format!("`{field}` is no field of `{event}`"), &field, &known);
                    at(&[&event, &field], format!("{fact}; `vigie fields {event}` lists them"))
                })?;
                if name.is_empty() || !name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-' | '{' | '}')) {
                    let why = format!("`{name}` is no field name: letters, digits, `_`, `.`, `-`, `{{` and `}}` can stand in one");
                    return Err(at(&[&event, &field], why));
                }
                overlay.fields.insert((class, known), name);
            }
        }
        // A target without a profile means each of its profiles; what is said of one of them goes over it, and comes later in order.
        for (target, one) in named {
            overlays.entry(format!("{}/{}", target.about().id, one.id)).or_default().fields.extend(overlay.fields.clone());
        }
    }
    Ok(overlays)
}

/// A fact, and the name that was probably meant where one is near.
fn near(fact: &str, word: &str, known: &[&str]) -> String {
    source::nearest(word, known.iter().copied()).map_or_else(|| fact.to_owned(), |name| format!("{fact}; did you mean `{name}`?"))
}

fn lists(written: written::Placeholders) -> Result<BTreeMap<String, Vec<String>>, Wrong> {
    let mut lists = BTreeMap::new();
    for (name, items) in written {
        let at = |why: String| Wrong::at(&["placeholders", &name], why);
        if name.is_empty() || !name.chars().all(|char| char.is_alphanumeric() || char == '_') {
            return Err(at(format!("`{name}` is no name of a placeholder: letters, digits and `_` can stand in one")));
        }
        if items.is_empty() {
            return Err(at(format!("the list of `%{name}%` is empty; a value in a rule stands for something")));
        }
        let items = items.into_iter().map(|item| match item {
            written::Item::Text(text) => text,
            written::Item::Number(number) => number.to_string(),
        });
        lists.insert(name, items.collect());
    }
    Ok(lists)
}
