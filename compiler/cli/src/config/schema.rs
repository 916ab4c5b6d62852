//! What does an editor know of `vigie.toml`? The schema in the book, made of the types that read the file, and of the names that can stand in it.
//!
//! `INSTA_UPDATE=always` writes it anew.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use backend::SettingForm;
use ir::{EventClass, Field};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::packages::LABEL;
use super::parse;
use super::written::Written;

/// `[package]`, with a table for each product.
struct Package;

impl JsonSchema for Package {
    fn schema_name() -> Cow<'static, str> {
        "Package".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut properties: BTreeMap<&str, Value> = LABEL.into_iter().map(|key| (key, json!({ "type": "string" }))).collect();
        for (_, package) in registry::packages() {
            let form = |form: SettingForm| match form {
                SettingForm::Text => json!({ "type": "string" }),
                SettingForm::Texts => json!({ "type": "array", "items": { "type": "string" } }),
                SettingForm::Switch => json!({ "type": "boolean" }),
                SettingForm::SwitchOrTexts => json!({ "anyOf": [{ "type": "boolean" }, { "type": "array", "items": { "type": "string" } }] }),
                SettingForm::Number => json!({ "type": "integer", "minimum": 0 }),
                SettingForm::Word(words) => json!({ "type": "string", "enum": words }),
                SettingForm::TextByName => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
                SettingForm::NumberByWord(words) => {
                    json!({ "type": "object", "propertyNames": { "enum": words }, "additionalProperties": { "type": "integer", "minimum": 0 } })
                }
            };
            let settings: BTreeMap<&str, Value> = package
                .settings
                .iter()
                .map(|setting| {
                    let mut value = form(setting.form);
                    value["description"] = format!("{} Such as `{}`.", setting.about, setting.example).into();
                    (setting.name, value)
                })
                .collect();
            let title = format!("What is said of packages for {}.", package.title);
            properties.insert(package.id, json!({ "type": "object", "description": title, "properties": settings, "additionalProperties": false }));
        }
        json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
    }
}

pub(super) fn package(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Package>()
}

/// Names of fields by event.
struct Rows;

impl JsonSchema for Rows {
    fn schema_name() -> Cow<'static, str> {
        "Rows".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let fields = |class: EventClass| class.fields().map(Field::name).map(|name| (name, json!({ "type": "string" }))).collect::<BTreeMap<_, _>>();
        let events: BTreeMap<&str, Value> = EventClass::ALL
            .iter()
            .map(|(class, name, _)| (*name, json!({ "type": "object", "properties": fields(*class), "additionalProperties": false })))
            .collect();
        json_schema!({ "type": "object", "description": "A site's own names for fields, by event.", "properties": events, "additionalProperties": false })
    }
}

/// Rows by profile.
pub(super) fn profiles(generator: &mut SchemaGenerator) -> Schema {
    let named = |name: &String| registry::select(name).is_ok_and(|selected| selected.iter().any(|(target, _)| target.has_field_names()));
    let names: Vec<String> = registry::names().into_iter().filter(named).collect();
    let rows = generator.subschema_for::<Rows>();
    json_schema!({ "type": "object", "propertyNames": { "enum": names }, "additionalProperties": rows })
}

/// Names of targets.
pub(super) fn targets(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "string", "enum": registry::names() } })
}

/// Targets of which there is one at least.
pub(super) fn some_targets(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = targets(generator);
    schema.insert("minItems".to_owned(), 1.into());
    schema
}

fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Written>().to_value();
    schema["title"] = "vigie.toml".into();
    schema
}

/// What does not fit, by a schema of ours. A keyword that it does not know is one too: nothing is passed over.
fn faults(value: &Value, schema: &Value, root: &Value, at: &str, out: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else { return };
    let mut say = |what: String| out.push(format!("{at}: {what}"));
    let mut deeper: Vec<(String, &Value, &Value)> = Vec::new();
    for (keyword, rule) in keywords {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "default" | "format" | "$defs" => {}
            "$ref" => {
                let target = rule.as_str().and_then(|path| root.pointer(path.trim_start_matches('#'))).expect("a reference leads somewhere");
                deeper.push((at.to_owned(), value, target));
            }
            "type" => {
                let kinds: BTreeSet<&str> =
                    rule.as_array().map_or_else(|| rule.as_str().into_iter().collect(), |list| list.iter().filter_map(Value::as_str).collect());
                let fits = |kind: &str| match kind {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "null" => value.is_null(),
                    other => panic!("the type {other} is not known here"),
                };
                if !kinds.iter().any(|kind| fits(kind)) {
                    say(format!("{value} is none of {kinds:?}"));
                }
            }
            "enum" if !rule.as_array().is_some_and(|words| words.contains(value)) => say(format!("{value} is no word of the list")),
            "const" if rule != value => say(format!("{value} is not {rule}")),
            "minimum" if value.as_i64() < rule.as_i64() => say(format!("{value} is too small")),
            "maximum" if value.as_i64() > rule.as_i64() => say(format!("{value} is too large")),
            "minItems" if value.as_array().is_some_and(|list| list.is_empty()) => say("it is empty".to_owned()),
            "enum" | "const" | "minimum" | "maximum" | "minItems" => {}
            "required" => {
                let missing = rule.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|key| value.get(key).is_none());
                missing.for_each(|key| say(format!("`{key}` is missing")));
            }
            "items" => value.as_array().into_iter().flatten().for_each(|item| deeper.push((format!("{at}[]"), item, rule))),
            "properties" => {
                let known = rule.as_object().into_iter().flatten().filter_map(|(key, rule)| Some((key, value.get(key)?, rule)));
                deeper.extend(known.map(|(key, value, rule)| (format!("{at}/{key}"), value, rule)));
            }
            "additionalProperties" => {
                let known = keywords.get("properties").and_then(Value::as_object);
                for (key, value) in value.as_object().into_iter().flatten().filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key))) {
                    match rule {
                        Value::Bool(false) => say(format!("`{key}` is not known")),
                        rule => deeper.push((format!("{at}/{key}"), value, rule)),
                    }
                }
            }
            "propertyNames" => {
                let words = rule.get("enum").and_then(Value::as_array).expect("names are a list of words");
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(key, _)| !words.contains(&json!(key)))
                    .for_each(|(key, _)| say(format!("`{key}` is no name")));
            }
            "anyOf" => {
                let fits = |rule: &Value| {
                    let mut inner = Vec::new();
                    faults(value, rule, root, at, &mut inner);
                    inner.is_empty()
                };
                if !rule.as_array().is_some_and(|rules| rules.iter().any(fits)) {
                    say(format!("{value} fits none"));
                }
            }
            other => panic!("the keyword {other} is not known here"),
        }
    }
    for (at, value, schema) in deeper {
        faults(value, schema, root, &at, out);
    }
}

fn judged(text: &str) -> Vec<String> {
    let value: Value = toml::from_str(text).expect("it is TOML");
    let (schema, mut out) = (schema(), Vec::new());
    faults(&value, &schema, &schema, "", &mut out);
    out
}

fn book() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../book/src")
}

#[test]
fn the_schema_in_the_book_is_that_of_the_types() {
    let file = book().join("vigie.schema.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&schema()).expect("a schema is JSON"));
    if std::env::var("INSTA_UPDATE").is_ok_and(|wish| wish == "always") {
        std::fs::write(&file, &text).expect("the book can be written");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "`INSTA_UPDATE=always` writes book/src/vigie.schema.json");
}

/// Blocks of TOML on the pages of the book that are about the file.
fn blocks() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for folder in ["", "products", "codes"] {
        for entry in std::fs::read_dir(book().join(folder)).expect("the book can be listed") {
            let path = entry.expect("the book can be listed").path();
            let Some(page) = path.extension().filter(|end| *end == "md").and_then(|_| std::fs::read_to_string(&path).ok()) else { continue };
            // The page of a code shows first what is wrong.
            let page = if folder == "codes" { page.split_once("\n## Good\n").map_or("", |(_, good)| good) } else { &page };
            let pieces = page.split("\n```toml\n").skip(1).filter_map(|piece| piece.split("\n```").next());
            out.extend(pieces.map(|piece| (path.display().to_string(), format!("{piece}\n"))));
        }
    }
    out
}

#[test]
fn what_the_book_shows_is_read_and_fits_the_schema() {
    let blocks = blocks();
    assert!(blocks.len() > 15, "{}", blocks.len());
    for (page, text) in blocks {
        assert_eq!(parse(&text).err(), None, "{page}\n{text}");
        assert_eq!(judged(&text), Vec::<String>::new(), "{page}\n{text}");
    }
}

#[test]
fn the_first_file_of_a_project_is_read_and_fits_the_schema() {
    // What stands there as a comment is meant to be used, too.
    let text = crate::init::SETTINGS;
    let uncommented: String = text
        .lines()
        .map(|line| if line.starts_with("# [") || line.contains(" = ") { line.trim_start_matches("# ") } else { line })
        .map(|line| format!("{line}\n"))
        .collect();
    for text in [text, &uncommented] {
        assert_eq!((parse(text).err(), judged(text)), (None, Vec::new()), "{text}");
    }
    assert!(uncommented.contains("\n[channel.partners]\n"));
}

#[test]
fn what_is_wrong_is_refused_by_the_reader_and_by_the_schema() {
    for text in [
        "[projet]\n",
        "[project]\ninputs = \"rules\"\n",
        "[project]\nas_of = \"2024-01-01\"\n",
        "[project]\ntargets = [\"sigmaa\"]\n",
        "[project]\ndeny = \"warning\"\n",
        "[project]\nrequire_tests = 1\n",
        "[project]\nwarn_before_expiry_days = -1\n",
        "[project]\nwarn_before_expiry_days = 70000\n",
        "[tlp]\nunmarked = \"GREEN\"\n",
        "[suricata]\nsids = \"1..2\"\n",
        "[placeholders]\nPorts = [true]\n",
        "[channel.a]\ntargets = [\"sigma\"]\n",
        "[channel.a]\ntargets = []\nmax_tlp = \"green\"\n",
        "[profile.suricata.\"dns.query\"]\n\"dns.name\" = \"q\"\n",
        "[profile.splunk.\"dns.qery\"]\n\"dns.name\" = \"q\"\n",
        "[profile.splunk.\"dns.query\"]\n\"url.full\" = \"q\"\n",
        "[package]\nnmae = \"x\"\n",
        "[package]\nversion = 1\n",
        "[package.splunk]\nindexes = \"main\"\n",
        "[package.splunk]\nscores = { hihg = 3 }\n",
        "[package.yara]\nx = 1\n",
        "[package.defender]\naction = \"audit\"\n",
        "[environment.lab]\nproject = {}\n",
        "[environment.lab.severity]\n\"A/b\" = \"hihg\"\n",
        "[licence]\nunstated = true\n",
    ] {
        assert!(parse(text).is_err(), "read: {text}");
        assert!(!judged(text).is_empty(), "fits the schema: {text}");
    }
}
