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

use backend::Label;

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
    pub(super) fn read(table: BTreeMap<String, toml::Value>) -> Result<Self, String> {
        let products = registry::packages().map(|(_, package)| package.id).collect::<Vec<_>>();
        let mut out = Self::default();
        for (key, value) in table {
            let place = match key.as_str() {
                "name" => &mut out.name,
                "title" => &mut out.title,
                "author" => &mut out.author,
                "version" => &mut out.version,
                product if products.contains(&product) && value.is_table() => {
                    let settings = serde_json::to_value(&value).map_err(|error| format!("`package.{product}`: {error}"))?;
                    out.products.insert(key, settings);
                    continue;
                }
                product if products.contains(&product) => return Err(format!("`package.{product}` is a table of settings")),
                other => {
                    let known = ["name", "title", "author", "version"].into_iter().chain(products.iter().copied()).collect::<Vec<_>>();
                    return Err(format!("`package.{other}` is no setting; known are {}", known.join(", ")));
                }
            };
            let toml::Value::String(text) = value else { return Err(format!("`package.{key}` is a text in quotes")) };
            match key.as_str() {
                "name" => drop(name(&text)?),
                "version" => drop(version(&text)?),
                _ if source::legible(&text) != text || text.trim().is_empty() => return Err(format!("`package.{key}` is text on one line")),
                _ => {}
            }
            *place = Some(text);
        }
        Ok(out)
    }

    /// What a package is called. `asked` is the version of the command line, `before` that of the package before.
    ///
    /// # Errors
    ///
    /// A version that is none.
    pub(crate) fn label(&self, asked: Option<&str>, before: Option<&str>) -> Result<Label, String> {
        let next = before.and_then(|before| {
            let [major, minor, patch] = version(before).ok()?;
            Some(format!("{major}.{minor}.{}", patch.checked_add(1)?))
        });
        let chosen = asked.map(str::to_owned).or_else(|| self.version.clone()).or(next).unwrap_or_else(|| "1.0.0".to_owned());
        version(&chosen)?;
        Ok(Label {
            name: self.name.clone().unwrap_or_else(|| "vigie-detections".to_owned()),
            title: self.title.clone().unwrap_or_else(|| "Detections made by vigie".to_owned()),
            author: self.author.clone().unwrap_or_else(|| "vigie".to_owned()),
            version: chosen,
        })
    }

    /// What is said of a product's packages.
    pub(crate) fn of(&self, product: &str) -> serde_json::Value {
        self.products.get(product).cloned().unwrap_or_else(|| serde_json::Value::Object(serde_json::Map::new()))
    }
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
        Packages::read(toml::from_str(text).expect("it is TOML"))
    }

    #[test]
    fn versions_follow_each_other() {
        let site = read("name = \"a-b\"\ntitle = \"A\"\nauthor = \"B\"").unwrap();
        let version = |asked, before| site.label(asked, before).map(|label| label.version);
        assert_eq!(version(None, None), Ok("1.0.0".to_owned()));
        assert_eq!(version(None, Some("2.3.9")), Ok("2.3.10".to_owned()));
        assert_eq!(version(Some("4.0.0"), Some("2.3.9")), Ok("4.0.0".to_owned()));
        assert_eq!(read("version = \"7.0.1\"").unwrap().label(None, Some("2.3.9")).unwrap().version, "7.0.1");
        for wrong in ["1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "1.2.+3", ""] {
            assert!(version(Some(wrong), None).unwrap_err().contains("no version"), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for wrong in
            ["nam = \"x\"", "name = 7", "name = \"a b\"", "name = \"../x\"", "name = \"con\"", "title = \"a\\nb\"", "splunk = 1", "author = \" \""]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
