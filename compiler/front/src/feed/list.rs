//! What does a plain list hold? One value a line, with whatever each tool writes around it.
//!
//! `#` and `//` begin comments; `value;comment` is LOKI's form; `digest  name` and `SHA256 (name) = digest` are those of the
//! checksum tools; `0.0.0.0 name` is a hosts file; `||name^` a filter list. `# Reference: ...` speaks for the lines below.

use ir::ObservableKind;

use super::collect::{Collector, Facts};
use super::kind::{self, GUESS, Want};
use super::text::Text;
use super::words;

const HASH: Want = Want::Kind(ObservableKind::Hash);

/// Reads a list.
pub(super) fn read(text: &str, out: &mut Collector<'_>) {
    let mut at = 0;
    let mut reference: Option<String> = None;
    let mut regular = false;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words = line.trim_start_matches('\u{feff}').trim();
        if words.is_empty() {
            continue;
        }
        if let Some(comment) = words.strip_prefix('#').or_else(|| words.strip_prefix("//")) {
            // LOKI's list of file names says so in its first lines.
            regular |= comment.contains("treated as REGEX");
            if let Some((_, link)) = comment.split_once("Reference:") {
                reference = Some(words::remark(link));
            }
            continue;
        }
        let line = Text::plain(line, start);
        let facts = Facts { note: reference.clone(), ..Facts::default() };
        if regular {
            let pattern = words.split(';').next().unwrap_or(words);
            out.list("regex", line.slice(pattern), "it is a regular expression");
        } else {
            read_line(words, &line, facts, out);
        }
    }
}

fn read_line(whole: &str, line: &Text<'_>, mut facts: Facts, out: &mut Collector<'_>) {
    let entry = without_comment(whole, &mut facts);
    if entry.is_empty() {
        return;
    }
    if let Some((digest, name)) = checksum(entry) {
        facts.note = Some(words::remark(name)).filter(|name| !name.is_empty()).or(facts.note);
        out.add("", HASH, line.slice(digest), &facts);
        return;
    }
    if let Some(name) = hosts(entry) {
        for name in name.split_whitespace() {
            if matches!(name, "localhost" | "localhost.localdomain" | "local" | "broadcasthost" | "ip6-localhost" | "ip6-loopback" | "0.0.0.0") {
                out.list("hosts", line.slice(name), "it is a name of the machine itself");
            } else {
                out.add("hosts", Want::Kind(ObservableKind::Domain), line.slice(name), &facts);
            }
        }
        return;
    }
    if let Some(name) = entry.strip_prefix("||").and_then(|rest| rest.strip_suffix('^')) {
        out.add("", Want::Kind(ObservableKind::Domain), line.slice(name), &facts);
        return;
    }
    // A leading dot means the name and everything below it, which a domain does anyhow.
    let value = entry.strip_prefix('.').filter(|rest| !rest.is_empty()).unwrap_or(entry);
    if out.reads(GUESS, value) {
        out.add("", GUESS, line.slice(value), &facts);
        return;
    }
    // `value;comment`, `value,comment`, `value<tab>comment`: only when the value is one and the whole is none.
    for separator in [';', '\t', ','] {
        if let Some((head, tail)) = entry.split_once(separator)
            && out.reads(GUESS, head.trim())
        {
            let others: Vec<&str> = tail.split(separator).map(str::trim).filter(|part| out.reads(GUESS, part)).collect();
            let remark = tail.trim();
            if others.is_empty() && !remark.is_empty() {
                facts.role = words::role_in_remark(remark);
                facts.note = Some(words::remark(remark));
            }
            out.add("", GUESS, line.slice(head.trim()), &facts);
            for other in others {
                out.add("", GUESS, line.slice(other), &facts);
            }
            return;
        }
    }
    out.add("", GUESS, line.slice(value), &facts);
}

/// Cuts a comment behind the value; only where white space stands before its sign.
fn without_comment<'w>(words: &'w str, facts: &mut Facts) -> &'w str {
    for sign in [" #", "\t#", " //", "\t//"] {
        if let Some((value, comment)) = words.split_once(sign) {
            let comment = comment.trim();
            if !comment.is_empty() {
                facts.role = words::role_in_remark(comment);
                facts.note = Some(words::remark(comment));
            }
            return value.trim_end();
        }
    }
    words
}

/// `digest  name`, `digest *name`, `SHA256 (name) = digest`.
fn checksum(words: &str) -> Option<(&str, &str)> {
    let is = |text: &str| kind::parse(HASH, text).is_ok();
    if let Some((head, digest)) = words.rsplit_once(") = ")
        && let Some((algorithm, name)) = head.split_once(" (")
        && kind::of_word(algorithm).is_some()
        && is(digest)
    {
        return Some((digest, name));
    }
    let (digest, name) = words.split_once([' ', '\t'])?;
    is(digest).then(|| (digest, name.trim().trim_start_matches('*')))
}

/// The names behind the address of a hosts file that leads nowhere.
fn hosts(words: &str) -> Option<&str> {
    let (address, names) = words.split_once([' ', '\t'])?;
    matches!(address, "0.0.0.0" | "127.0.0.1" | "::" | "::1").then_some(names.trim())
}

#[cfg(test)]
mod tests {
    use super::super::{Defaults, Format, Read, read};
    use source::Sources;

    fn list(text: &str) -> (Sources, Read) {
        let mut sources = Sources::default();
        let file = sources.add("list.txt", text);
        let read = read(&sources, file, Format::List, &Defaults::default());
        (sources, read)
    }

    fn values(text: &str) -> Vec<String> {
        let (sources, read) = list(text);
        read.indicators
            .iter()
            .map(|indicator| {
                assert_eq!(sources.words(indicator.origins[0].span), &*indicator.origins[0].raw);
                format!("{} {}", indicator.observable.kind().name(), indicator.observable)
            })
            .collect()
    }

    #[test]
    fn every_tool_writes_its_own_list() {
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        assert_eq!(values("# c\nevil[.]example\r\n\n198.51.100.7:443 # C2\n"), ["domain evil.example", "ip 198.51.100.7:443"]);
        assert_eq!(values(&format!("{md5}  evil.exe\n{md5} *evil.dll\nMD5 (evil.sys) = {md5}\n")), vec![format!("md5 {md5}"); 3]);
        assert_eq!(values(&format!("{md5};Sample of Evil, with remark\n")), [format!("md5 {md5}")]);
        assert_eq!(values("0.0.0.0 evil.example ads.evil.example\n127.0.0.1 localhost\n"), ["domain evil.example", "domain ads.evil.example"]);
        assert_eq!(values("||evil.example^\n.evil.example\n*.evil.example\n"), ["domain evil.example"; 3]);
    }

    #[test]
    fn remarks_tell_the_role_and_references_stay_with_their_lines() {
        let (_, read) = list("# Reference: https://blog.example/1\n198.51.100.7 # C2 of Evil\nevil.example\n");
        assert_eq!(read.indicators[0].role, ir::Role::C2);
        assert_eq!(read.indicators[0].direction, ir::Direction::Destination);
        assert_eq!(read.indicators[0].note.as_deref(), Some("C2 of Evil"));
        assert_eq!(read.indicators[1].note.as_deref(), Some("https://blog.example/1"));
    }

    #[test]
    fn what_is_no_value_is_said() {
        let (sources, read) = list("evil.example\nWCE SERVICE\n/gate.php\n198.51.100.*\n");
        assert_eq!(read.indicators.len(), 1);
        let listed: Vec<_> = read.listed.iter().map(|listed| (&*listed.value, sources.position(listed.span).0)).collect();
        assert_eq!(listed, [("WCE SERVICE", 2), ("/gate.php", 3), ("198.51.100.*", 4)]);
        assert_eq!(read.diagnostics.len(), 2, "a wildcard is listed, not misread");
    }
}
