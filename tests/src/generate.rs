//! How is a huge input made, so that no megabytes of it are kept?

use std::fmt::Write as _;

use md5::Digest as _;
use serde::Deserialize;

/// A file that is made before a case runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Generate {
    /// Where it is written, below `input/`.
    pub file: String,
    /// The first lines, as they are.
    #[serde(default)]
    pub head: String,
    /// One line for each number from 0: `{n}` is the number, `{hex}` the number in hex, `{md5}`, `{sha1}` and `{sha256}` are
    /// digests of the number in decimal.
    pub line: String,
    /// The last lines, as they are.
    #[serde(default)]
    pub tail: String,
    /// How many lines.
    pub count: u32,
}

impl Generate {
    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = self.head.clone();
        for number in 0..self.count {
            let decimal = number.to_string();
            let mut line = self.line.replace("{n}", &decimal).replace("{hex}", &format!("{number:x}"));
            if line.contains("{md5}") {
                line = line.replace("{md5}", &hex::encode(md5::Md5::digest(&decimal)));
            }
            if line.contains("{sha1}") {
                line = line.replace("{sha1}", &hex::encode(sha1::Sha1::digest(&decimal)));
            }
            if line.contains("{sha256}") {
                line = line.replace("{sha256}", &hex::encode(sha2::Sha256::digest(&decimal)));
            }
            let _ = writeln!(out, "{line}");
        }
        out.push_str(&self.tail);
        out
    }
}
