//! What does the site say? `vigie.toml`: what is built for whom, rows over the profiles' tables of fields, what placeholders of Sigma rules
//! stand for, and which numbers are its own.
//!
//! `written` has its tables and keys, `document` reads them with their places, `wrong` says what cannot stand there, `meaning` knows what is
//! meant, and `settings` holds it.

mod document;
mod examples;
mod meaning;
mod packages;
#[cfg(test)]
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod written;
mod wrong;

use std::path::{Path, PathBuf};

use document::Document;
pub(crate) use settings::{Config, Denied, FILE};

/// Reads the site's settings; without a path, `vigie.toml` of the current folder or of the nearest one above, up to the one that holds `.git`.
///
/// # Errors
///
/// What is wrong with the file, in one line or as the TOML reader draws it.
pub(crate) fn read(path: Option<&Path>) -> Result<Config, String> {
    let Some(path) = path.map(Path::to_path_buf).or_else(find) else { return Ok(Config::default()) };
    let text = std::fs::read_to_string(&path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    let mut config = parse(&text).map_err(|why| format!("`{}`: {why}", path.display()))?;
    let beside = path.parent().unwrap_or(Path::new(""));
    config.project.inputs.iter_mut().for_each(|input| *input = beside.join(&*input));
    config.project.output = config.project.output.map(|output| beside.join(output));
    Ok(Config { path: Some(path), ..config })
}

/// The nearest file, as a path from the current folder.
fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(FILE).is_file() {
            return Some(up.join(FILE));
        }
        if folder.join(".git").exists() {
            return None;
        }
        up.push("..");
    }
    None
}

/// Whether a text holds a site's settings: what tests with any text ask.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_settings(text: &str) -> Result<(), String> {
    parse(text).map(|_| ())
}

fn parse(text: &str) -> Result<Config, String> {
    let document = Document::parse(text)?;
    document.read().and_then(meaning::understand).map_err(|wrong| document.sentence(&wrong))
}
