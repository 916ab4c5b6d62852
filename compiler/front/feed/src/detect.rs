//! Which format does a file have, by its name and its first bytes?

use super::format::Format;
use super::{column, kind, table};

impl Format {
    /// Whether a text says in its own signs that it is a list for a program (a filter list, a hosts file, a zone), whatever headings
    /// and remarks stand in it.
    #[must_use]
    pub fn is_program_list(text: &str) -> bool {
        is_program_list(text)
    }

    /// Tells the format from the file's name and its first bytes; `None` when it looks like no feed.
    #[must_use]
    pub fn detect(file_name: &str, text: &str) -> Option<Self> {
        detect(file_name, text)
    }
}

/// How much of a text is looked at.
const LOOK: usize = 64 * 1024;

/// Tells the format; `None` when it looks like no feed.
pub(super) fn detect(file_name: &str, text: &str) -> Option<Format> {
    let head = head(text.trim_start_matches('\u{feff}'));
    let start = head.trim_start();
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let ending = base.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if start.starts_with('<') {
        return xml(start, &ending);
    }
    if start.starts_with(['{', '\u{1e}']) || start.starts_with('[') && !start.starts_with("[.") {
        if let Some(format) = json(start) {
            return Some(format);
        }
        if matches!(&*ending, "json" | "jsonl" | "ndjson" | "stix" | "stix2") || is_json(start) {
            return Some(Format::Json);
        }
    }
    match &*ending {
        "csv" | "tsv" => Some(Format::Csv),
        "list" | "lst" | "rpz" | "zone" | "hosts" | "netset" | "ipset" | "md5" | "sha1" | "sha256" | "sha512" | "ioc" | "iocs" => Some(Format::List),
        "txt" | "" => lines(start),
        _ => None,
    }
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(LOOK);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn xml(start: &str, ending: &str) -> Option<Format> {
    if start.contains("schemas.mandiant.com/2010/ioc") || start.contains("openioc.org/schemas") || start.contains("<OpenIOC") || ending == "ioc" {
        Some(Format::OpenIoc)
    } else if start.contains("STIX_Package") {
        // Read as STIX, which refuses version 1 by name.
        Some(Format::Stix)
    } else {
        None
    }
}

/// MISP and STIX by their keys.
fn json(start: &str) -> Option<Format> {
    let key = |name: &str| {
        start.match_indices(name).any(|(at, _)| {
            let behind = start.get(at + name.len()..).unwrap_or_default().trim_start();
            behind.starts_with(':')
        })
    };
    if key("\"Event\"") || key("\"Attribute\"") {
        Some(Format::Misp)
    } else if key("\"spec_version\"")
        || key("\"pattern_type\"")
        || key("\"pattern\"")
        || key("\"source_ref\"")
        || has_stix_id(start)
        || start.contains("\"bundle\"")
    {
        Some(Format::Stix)
    } else {
        None
    }
}

/// Whether an id of STIX stands in a text: `domain-name--` and a UUID. Other programs have lists called `objects` as well.
fn has_stix_id(start: &str) -> bool {
    start.match_indices("--").any(|(at, _)| {
        let before = start.get(..at).unwrap_or_default().ends_with(|char: char| char.is_ascii_lowercase() || char.is_ascii_digit());
        let mut uuid = start.get(at + 2..).unwrap_or_default().bytes();
        before && uuid.by_ref().take(8).filter(u8::is_ascii_hexdigit).count() == 8 && uuid.next() == Some(b'-')
    })
}

/// Whether a text without a telling name begins as JSON does, and as no list of defanged values or filters.
fn is_json(start: &str) -> bool {
    let mut signs = start.chars().filter(|char| !char.is_whitespace() && *char != '\u{1e}');
    matches!((signs.next(), signs.next()), (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | '"' | ']')))
}

/// Whether a text of lines says in its own signs that it is a list for a program: a filter list, a hosts file, a zone.
pub(super) fn is_program_list(text: &str) -> bool {
    let head = head(text.trim_start_matches('\u{feff}')).trim_start();
    let is_address = |word: &str| kind::guess(word, false) == Some(ir::ObservableKind::Ip) || kind::range(word).is_ok();
    let sign = |line: &str| {
        let mut words = line.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        line.starts_with("||")
            || line.starts_with("@@||")
            || matches!(first, "0.0.0.0" | "127.0.0.1" | "::1" | "$TTL" | "$ORIGIN")
            || second.eq_ignore_ascii_case("CNAME")
            || (first == "add" && words.next().is_some_and(is_address))
            || (first == "create" && line.contains(" hash:"))
            || (matches!(first, "-A" | "-I") && (line.contains(" -s ") || line.contains(" -d ")))
            || line.starts_with("address=/")
            || line.starts_with("local-zone:")
            || line.rsplit_once(':').is_some_and(|(_, range)| kind::range(range).is_ok())
    };
    if head.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("[adblock")) {
        return true;
    }
    let content = head.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '!', ';', '[']));
    let (signs, all) = content.take(200).fold((0, 0), |(signs, all), line| (signs + usize::from(sign(line)), all + 1));
    signs * 2 > all
}

/// A text of lines: a table when its first line names columns, a list when most of its lines hold one value each.
fn lines(start: &str) -> Option<Format> {
    let content = || {
        start
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with(['#', '!', ';']) && !line.starts_with("//") && !line.starts_with("sep="))
    };
    if is_program_list(start) {
        return Some(Format::List);
    }
    let first = content().next()?;
    let separator = char::from(table::separator(first));
    let names: Vec<_> = first.split(separator).map(|cell| column::by_name(cell.trim().trim_matches('"'))).collect();
    if names.len() > 1 && names.iter().flatten().any(|column| column::holds_values(*column)) {
        return Some(Format::Csv);
    }
    let (mut values, mut all) = (0, 0);
    for line in content().take(200) {
        let value = line.split([' ', '\t', ';', ',']).find(|word| !matches!(*word, "0.0.0.0" | "127.0.0.1" | "" | "::1")).unwrap_or_default();
        let rest = line.len() - value.len();
        // What filter lists write around a name.
        let value = value.trim_start_matches("@@").trim_start_matches('|').split('^').next().unwrap_or(value);
        all += 1;
        // Prose begins with a word, seldom with a value.
        values += usize::from((kind::guess(value, false).is_some() || kind::range(value).is_ok()) && (rest < 200));
    }
    (values * 2 > all).then_some(Format::List)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_name_and_content() {
        let cases = [
            ("a.csv", "value\n", Some(Format::Csv)),
            ("-", "ioc,type\nevil.example,domain\n", Some(Format::Csv)),
            ("a.txt", "# c\nevil.example\n198.51.100.1\n", Some(Format::List)),
            ("a.sha256", "", Some(Format::List)),
            ("a.json", "{\"response\": [{\"Event\" : {}}]}", Some(Format::Misp)),
            ("a.json", "{\"type\":\"bundle\",\"objects\":[]}", Some(Format::Stix)),
            ("a.jsonl", "{\"type\":\"relationship\",\"source_ref\":\"x\"}\n", Some(Format::Stix)),
            ("a.ioc", "<?xml version=\"1.0\"?><ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\"/>", Some(Format::OpenIoc)),
            ("a.xml", "<stix:STIX_Package/>", Some(Format::Stix)),
            ("a.txt", "[Adblock Plus]\n! c\n||evil.example^\n", Some(Format::List)),
            ("a.txt", "! c\n||evil.example^$all\n||b.example^\n", Some(Format::List)),
            ("a.txt", "; c\n198.51.100.0/24 ; SBL1\n", Some(Format::List)),
            ("a.txt", "$TTL 60\nevil.example CNAME .\n*.evil.example CNAME .\n", Some(Format::List)),
            ("a.txt", "# Title\n127.0.0.1 localhost\n::1 localhost\n0.0.0.0 0.0.0.0\n0.0.0.0 evil.example\n", Some(Format::List)),
            ("a.txt", "# ipset\ncreate block hash:net\nadd block 198.51.100.0/24\n", Some(Format::List)),
            ("a.txt", "-A INPUT -s 198.51.100.0/24 -j DROP\n", Some(Format::List)),
            ("a.txt", "Network\nadd your own hosts to this list\n", None),
            ("a.md", "evil.example\n", None),
            ("a.txt", "The actor used evil.example.\nIt was seen in July.\n", None),
            ("a.vigie", "vigie 1\n", None),
            ("a.json", "{\"name\": 1}", Some(Format::Json)),
            ("-", "[{\"ioc\": \"a.example\"}]", Some(Format::Json)),
            ("a.jsonl", "{\"cidr\": \"198.51.100.0/24\"}\n", Some(Format::Json)),
            ("a.json", "{\"objects\": [{\"value\": \"a.example\", \"itype\": \"c2_domain\"}]}", Some(Format::Json)),
            ("a.json", "{\"objects\": [{\"id\": \"url--00000000-0000-4000-8000-000000000001\"}]}", Some(Format::Stix)),
            ("a.txt", "[.]evil.example\n", Some(Format::List)),
            ("a.html", "<html></html>", None),
        ];
        for (name, text, want) in cases {
            assert_eq!(detect(name, text), want, "{name} {text}");
        }
    }
}
