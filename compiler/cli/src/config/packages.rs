//! What does the site say of packages? `[package]` in `vigie.toml`: their names, and a table for each product.
//!
//! ```toml
//! [package]
//! name = "example-detections"
//! title = "Detections of Example"
//! author = "Detection team"
//! version = "1.2.0"
//!
//! [package.splunk]
//! index = "main"
//! ```

use std::collections::BTreeMap;

use backend::{Label, Setting, SettingForm};

use super::written::Package as Table;
use super::wrong::{Wrong, unknown};

/// The keys of what a package is called.
pub(super) const LABEL: [&str; 4] = ["name", "title", "author", "version"];

/// What a package is called.
#[derive(Debug)]
pub(crate) struct Labels {
    /// When it is the package before, file by file; or when there was none.
    pub(crate) same: Label,
    /// When it differs from the package before. `None` where no version is left to say so.
    pub(crate) next: Option<Label>,
}

/// What the site says of packages.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    name: Option<String>,
    title: Option<String>,
    author: Option<String>,
    version: Option<String>,
    /// The settings of each product.
    products: BTreeMap<String, serde_json::Value>,
}

impl Packages {
    /// Reads the table.
    ///
    /// # Errors
    ///
    /// A key that is not known, or a value that cannot stand there.
    pub(super) fn read(table: Table) -> Result<Self, Wrong> {
        let products: BTreeMap<&str, &[Setting]> = registry::packages().map(|(_, package)| (package.id, package.settings)).collect();
        let mut out = Self::default();
        for (key, value) in table {
            let at = |why: String| Wrong::at(&["package", &key], why);
            if let Some(known) = products.get(key.as_str()) {
                settings(&key, known, &value)?;
                out.products.insert(key, value);
                continue;
            }
            let place = match key.as_str() {
                "name" => &mut out.name,
                "title" => &mut out.title,
                "author" => &mut out.author,
                "version" => &mut out.version,
                other => {
                    let known: Vec<&str> = LABEL.into_iter().chain(products.keys().copied()).collect();
                    return Err(at(unknown(&format!("`{other}` is no key of `[package]`"), other, &known)));
                }
            };
            let serde_json::Value::String(text) = value else {
                return Err(at(format!(
                    "`package.{key}` is a text in quotes; an example is `{key} = \"{}\"`",
                    if key == "version" { "1.2.0" } else { "example-detections" }
                )));
            };
            match key.as_str() {
                "name" => drop(name(&text).map_err(at)?),
                "version" => drop(version(&text).map_err(at)?),
                _ if source::legible(&text) != text || text.trim().is_empty() => return Err(at(format!("`package.{key}` is text on one line"))),
                _ => {}
            }
            *place = Some(text);
        }
        out.one_place().map_err(|why| Wrong::at(&["package"], why))?;
        Ok(out)
    }

    /// Whether each rule is switched on in one product at most, of those that see the same events.
    fn one_place(&self) -> Result<(), String> {
        for (_, package) in registry::packages() {
            for other in package.rivals.iter().filter(|other| package.id < **other) {
                let on = |product: &str| self.products.get(product).and_then(|settings| settings.get("enabled"));
                if let (Some(one), Some(two)) = (on(package.id), on(other))
                    && let Some(what) = both(one, two)
                {
                    return Err(format!(
                        "`enabled` switches {what} on in `package.{}` and in `package.{other}`: each hit would be two alerts",
                        package.id
                    ));
                }
            }
        }
        Ok(())
    }

    /// What a package is called. `asked` is the version of the command line, `before` that of the package before.
    ///
    /// # Errors
    ///
    /// A version that is none, or that lies before the one before.
    pub(crate) fn labels(&self, asked: Option<&str>, before: Option<&str>) -> Result<Labels, String> {
        let chosen = asked.or(self.version.as_deref());
        let (same, next) = match (chosen, before) {
            (Some(chosen), Some(before)) => {
                let (now, then) = (version(chosen)?, version(before)?);
                if now < then {
                    return Err(format!("version {chosen} lies before {before}, the version of the package before"));
                }
                (chosen.to_owned(), (now > then).then(|| chosen.to_owned()))
            }
            (None, Some(before)) => {
                let [major, minor, patch] = version(before)?;
                (before.to_owned(), patch.checked_add(1).map(|patch| format!("{major}.{minor}.{patch}")))
            }
            (chosen, None) => {
                let chosen = chosen.unwrap_or("1.0.0");
                version(chosen)?;
                (chosen.to_owned(), None)
            }
        };
        let label = |version| Label {
            name: self.name.clone().unwrap_or_else(|| "vigie-detections".to_owned()),
            title: self.title.clone().unwrap_or_else(|| "Detections made by vigie".to_owned()),
            author: self.author.clone().unwrap_or_else(|| "vigie".to_owned()),
            version,
        };
        Ok(Labels { same: label(same), next: next.map(label) })
    }

    /// What is said of a product's packages.
    pub(crate) fn of(&self, product: &str) -> serde_json::Value {
        self.products.get(product).cloned().unwrap_or_else(|| serde_json::Value::Object(serde_json::Map::new()))
    }
}

/// What two settings of `enabled` switch on both.
fn both(one: &serde_json::Value, two: &serde_json::Value) -> Option<String> {
    let all = |value: &serde_json::Value| value.as_bool() == Some(true);
    let list = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
    };
    let (first, second) = (list(one), list(two));
    match (all(one), all(two)) {
        (true, true) => Some("every rule".to_owned()),
        (true, false) => second.first().map(|key| format!("`{key}`")),
        (false, true) => first.first().map(|key| format!("`{key}`")),
        (false, false) => {
            // An entry is an advisory, a block of it, or a part of that.
            let mut shared = first.iter().flat_map(|key| second.iter().map(move |other| (key, other)));
            shared.find(|(key, other)| ir::is_about(key, other) || ir::is_about(other, key)).map(|(key, _)| format!("`{key}`"))
        }
    }
}

/// Whether the settings of a product are known, and of the kind that each has. What they say, the product's own code reads.
fn settings(product: &str, known: &[Setting], value: &serde_json::Value) -> Result<(), Wrong> {
    let Some(table) = value.as_object() else {
        return Err(Wrong::at(
            &["package", product],
            format!("`package.{product}` is a table of settings; one begins with the line `[package.{product}]`"),
        ));
    };
    for (key, value) in table {
        let at = |why: String| Wrong::at(&["package", product, key], why);
        let Some(setting) = known.iter().find(|setting| setting.name == key) else {
            if known.is_empty() {
                return Err(at(format!("`package.{product}` says nothing: a package for {product} has no settings")));
            }
            let names: Vec<&str> = known.iter().map(|setting| setting.name).collect();
            return Err(at(unknown(&format!("`{key}` is no key of `[package.{product}]`"), key, &names)));
        };
        if let SettingForm::Word(words) = setting.form
            && let Some(word) = value.as_str().filter(|word| !words.contains(word))
        {
            return Err(at(unknown(&format!("`{word}` cannot stand in `package.{product}.{key}`"), word, words)));
        }
        if !setting.form.holds(value) {
            return Err(at(format!("`package.{product}.{key}` is {}; an example is `{key} = {}`", setting.form.title(), setting.example)));
        }
    }
    Ok(())
}

/// A name of files, folders and stanzas.
fn name(text: &str) -> Result<&str, String> {
    const LONGEST: usize = 60;
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain && text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.len() <= LONGEST && backend::portable(text) {
        Ok(text)
    } else {
        Err(format!("`{text}` is no name of a package: letters, digits, `-` and `_` after a first letter, {LONGEST} at most"))
    }
}

/// Three numbers.
fn version(text: &str) -> Result<[u32; 3], String> {
    let wrong = || format!("`{text}` is no version: three numbers with dots between them, such as 1.2.0");
    let plain = |part: &str| part.len() <= 9 && (part == "0" || !part.starts_with('0')) && part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = text.split('.').map(|part| part.parse().ok().filter(|_| plain(part))).collect::<Option<Vec<u32>>>();
    numbers.and_then(|numbers| numbers.try_into().ok()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Packages, String> {
        Packages::read(toml::from_str(text).expect("it is TOML")).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn versions_follow_each_other() {
        let site = read("name = \"a-b\"\ntitle = \"A\"\nauthor = \"B\"").unwrap();
        let versions = |site: &Packages, asked, before| {
            let Labels { same, next } = site.labels(asked, before)?;
            Ok::<_, String>((same.version, next.map(|next| next.version)))
        };
        let version = |asked, before| versions(&site, asked, before);
        let pair = |same: &str, next: Option<&str>| Ok((same.to_owned(), next.map(str::to_owned)));
        assert_eq!(version(None, None), pair("1.0.0", None));
        assert_eq!(version(None, Some("2.3.9")), pair("2.3.9", Some("2.3.10")));
        assert_eq!(version(Some("4.0.0"), Some("2.3.9")), pair("4.0.0", Some("4.0.0")));
        assert_eq!(version(Some("2.3.9"), Some("2.3.9")), pair("2.3.9", None));
        assert!(version(Some("2.3.8"), Some("2.3.9")).unwrap_err().contains("lies before"));
        let fixed = read("version = \"7.0.1\"").unwrap();
        assert_eq!(versions(&fixed, None, Some("2.3.9")), pair("7.0.1", Some("7.0.1")));
        assert!(versions(&fixed, None, Some("7.0.2")).is_err());
        for wrong in ["1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "1.2.+3", ""] {
            assert!(version(Some(wrong), None).unwrap_err().contains("no version"), "{wrong}");
        }
    }

    #[test]
    fn a_rule_is_switched_on_in_one_product() {
        let two = |one: &str, other: &str| read(&format!("[sentinel]\nenabled = {one}\n[defender]\nenabled = {other}\n"));
        for (one, other) in [("true", "true"), ("true", "[\"A-1\"]"), ("[\"A-1\"]", "[\"A-1/b.c\"]"), ("[\"A-1/b\"]", "[\"A-1\", \"B-1\"]")] {
            assert!(two(one, other).unwrap_err().contains("two alerts"), "{one} {other}");
        }
        for (one, other) in [("true", "false"), ("true", "[]"), ("[\"A-1\"]", "[\"A-10\"]"), ("[\"A-1/b\"]", "[\"A-1/c\"]")] {
            assert!(two(one, other).is_ok(), "{one} {other}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for wrong in [
            "nam = \"x\"",
            "name = 7",
            "name = \"a b\"",
            "name = \"../x\"",
            "name = \"con\"",
            "title = \"a\\nb\"",
            "splunk = 1",
            "yara = { foo = 1 }",
            "author = \" \"",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
