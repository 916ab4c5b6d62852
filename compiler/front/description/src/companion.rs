//! Which files do the rules of a carried file name? They travel with it.
//!
//! Suricata looks for data sets, hash lists and scripts beside the rules file (<https://docs.suricata.io/en/latest/rules/datasets.html>,
//! <https://docs.suricata.io/en/latest/rules/file-keywords.html#filemd5>), so they are read there and written there again. A path from the
//! root is the site's own. What a list has to hold is for the target to say.

use std::collections::BTreeSet;

use ir::{Companion, NativeLanguage};

use super::Desk;

/// More files than these in one are a mistake, or an attempt to copy a folder.
const MAX_FILES: usize = 100;

/// The files beside `path` that its rules name, read where they can be.
pub(super) fn of(language: NativeLanguage, path: &str, text: &str, desk: &mut Desk<'_>) -> Vec<Companion> {
    if language != NativeLanguage::Suricata {
        return Vec::new();
    }
    let folder = path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or_default());
    names(text)
        .into_iter()
        .take(MAX_FILES)
        .map(|name| {
            let text = desk.open(&format!("{folder}{name}")).map(|file| desk.sources.file(file).text.as_str().into());
            Companion { name, text }
        })
        .collect()
}

/// The relative paths that options of rules name, each once.
fn names(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let rules = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    for option in rules.flat_map(options) {
        let (keyword, value) = option.split_once(':').unwrap_or((option, ""));
        let value = value.trim();
        match keyword.trim() {
            "dataset" | "datarep" => {
                let words = value.split(',').map(str::trim);
                out.extend(
                    words.filter_map(|word| word.strip_prefix("load ").or_else(|| word.strip_prefix("state "))).map(str::trim).map(str::to_owned),
                );
            }
            "filemd5" | "filesha1" | "filesha256" | "lua" | "luaxform" => {
                let file = value.trim_start_matches('!').split(',').next().unwrap_or_default().trim();
                out.insert(file.to_owned());
            }
            _ => {}
        }
    }
    out.retain(|name| !name.is_empty() && !name.starts_with(['/', '\\']) && !name.chars().any(char::is_control));
    out
}

/// What stands between the semicolons of a line, outside quotes; the first piece begins with the header.
fn options(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let body = line.find('(').map_or(0, |at| at + 1);
    let (mut start, mut quoted, mut escaped) = (body, false, false);
    for (at, char) in line.char_indices().filter(|(at, _)| *at >= body) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                out.extend(line.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_files_are_found_and_quoted_ones_are_not() {
        let text = "alert http any any -> any any (msg:\"lua:a.lua; (x)\"; http.host; dataset:isset,a,type string,load lists/a.lst, hashsize 9; \\\n\
                    filemd5:!b.lst; sid:1;)\n# alert ip any any -> any any (filesha1:c.lst; sid:2;)\n\
                    alert tcp any any -> any any (lua:s.lua; filesha256:/etc/d.lst; datarep:r,>,1,type ip,load r.rep; dataset:set,w,type ip,save w.lst; sid:3;)\n";
        assert_eq!(names(text).into_iter().collect::<Vec<_>>(), ["b.lst", "lists/a.lst", "r.rep", "s.lua"]);
        assert!(names("(((;;;:\"\\").is_empty());
    }
}
