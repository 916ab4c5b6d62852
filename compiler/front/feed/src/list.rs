//! What does a plain list hold? One value a line, with whatever each tool writes around it.
//!
//! `#`, `//`, `;` and `!` begin comments; `value;comment` is LOKI's form and that of Spamhaus; `digest  name` and `SHA256 (name) = digest`
//! are those of the checksum tools; `0.0.0.0 name` is a hosts file; `||name^` a filter list; `name CNAME .` a response policy zone;
//! start, end and netmask between tabs are DShield's. `# Reference: ...` speaks for the lines below.

use ir::ObservableKind;

use super::collect::{Collector, Facts};
use super::kind;
use super::text::{Piece, Text};
use super::want::{GUESS, Want};
use super::{verdict, words};

const HASH: Want = Want::Kind(ObservableKind::Hash);

/// Reads a list.
pub(super) fn read(text: &str, out: &mut Collector<'_>) {
    let mut at = 0;
    let mut reference: Option<String> = None;
    let mut regular = false;
    let mut zone = Zone::default();
    // What the file's name or its first comments say holds for all of it, what a later one says for the lines below it.
    let mut for_all = (out.refused.clone(), out.marking);
    let (mut any, mut in_comments) = (false, false);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words = line.trim_start_matches('\u{feff}').trim();
        if words.is_empty() {
            continue;
        }
        if words.starts_with(['#', ';', '!']) && !words.starts_with("##") && !words.starts_with("#@") || words.starts_with("//") {
            if !in_comments {
                (out.refused, out.marking) = for_all.clone();
            }
            in_comments = true;
            let comment = words.trim_start_matches(['#', ';', '!', '/', '=', '-', '*']).trim();
            out.heading(Text::plain(line, start).slice(comment));
            if !any {
                for_all = (out.refused.clone(), out.marking);
            }
        }
        if words.starts_with([';', '!']) || is_title(words) {
            continue;
        }
        if let Some(comment) = words.strip_prefix('#').filter(|rest| !rest.starts_with(['#', '@'])).or_else(|| words.strip_prefix("//")) {
            // LOKI's list of file names says so in its first lines.
            regular |= comment.contains("treated as REGEX");
            if let Some((_, link)) = comment.split_once("Reference:") {
                reference = Some(words::remark(link));
            }
            continue;
        }
        if words.starts_with('#') {
            continue;
        }
        // A heading without a sign before it.
        if !any && verdict::in_title(words) && !out.reads(GUESS, words) {
            out.heading(Text::plain(line, start).slice(words));
            for_all = (out.refused.clone(), out.marking);
            continue;
        }
        (any, in_comments) = (true, false);
        let line = Text::plain(line, start);
        let facts = Facts { note: reference.clone(), ..Facts::default() };
        if regular {
            let pattern = words.split(';').next().unwrap_or(words);
            out.list("regex", line.slice(pattern), "it is a regular expression");
        } else if !zone.read(words, &line, &facts, out) {
            read_line(words, &line, facts, out);
        }
    }
}

/// `[Adblock Plus 2.0]`
fn is_title(words: &str) -> bool {
    words.starts_with('[') && words.ends_with(']') && words.bytes().any(|byte| byte == b' ') && !words.contains('.')
        || words.to_ascii_lowercase().starts_with("[adblock")
        || words.to_ascii_lowercase().starts_with("[ublock")
}

fn read_line(whole: &str, line: &Text<'_>, mut facts: Facts, out: &mut Collector<'_>) {
    let entry = without_comment(whole, &mut facts);
    if entry.is_empty() {
        return;
    }
    if facts.note.as_deref().is_some_and(verdict::in_remark) {
        let reason = format!("its comment says `{}`", words::short(facts.note.as_deref().unwrap_or_default()));
        out.list("", line.slice(entry), reason);
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
    if filter(entry, line, &facts, out) {
        return;
    }
    let cells: Vec<&str> = entry.split('\t').map(str::trim).collect();
    if let Some(network) = kind::between(&cells) {
        let end = cells.get(1).copied().unwrap_or_default();
        let (first, last) = (line.slice(cells.first().copied().unwrap_or_default()), line.slice(end));
        out.push("network", Piece { end: last.end, ..first }, ir::Observable::Ip(network), &facts);
        return;
    }
    if entry.starts_with("create ") && entry.contains(" hash:") {
        return;
    }
    let entry = resolver(entry);
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
            if others.is_empty() && verdict::in_remark(remark) {
                out.list("", line.slice(head.trim()), format!("its comment says `{}`", words::short(remark)));
                return;
            }
            facts.tlp = facts.tlp.max(words::markings(remark));
            out.add("", GUESS, line.slice(head.trim()), &facts);
            for other in others {
                out.add("", GUESS, line.slice(other), &facts);
            }
            return;
        }
    }
    // PeerGuardian: `name of the owner:198.51.100.0-198.51.100.255`.
    if let Some((owner, range)) = entry.rsplit_once(':').filter(|(_, range)| kind::range(range).is_ok()) {
        out.add("", GUESS, line.slice(range), &facts.remarked(owner));
        return;
    }
    out.add("", GUESS, line.slice(value), &facts);
}

/// A line of a filter list: `||name^`, `||name^$all`, `@@||name^`. Returns whether it is one.
fn filter(entry: &str, line: &Text<'_>, facts: &Facts, out: &mut Collector<'_>) -> bool {
    let piece = line.slice(entry);
    if entry.starts_with("@@") {
        out.list("filter", piece, "it is an exception of the filter list");
        return true;
    }
    if ["##", "#@#", "#?#", "#$#"].iter().any(|sign| entry.contains(sign)) {
        out.list("filter", piece, "it hides a part of a page");
        return true;
    }
    if entry.len() > 2 && entry.starts_with('/') && entry.ends_with('/') && entry.contains(['\\', '^', '(', '[', '*']) {
        out.list("filter", piece, "it is a regular expression");
        return true;
    }
    let Some(rest) = entry.strip_prefix("||").or_else(|| entry.strip_prefix('|')) else { return false };
    let (value, options) = rest.split_once('$').unwrap_or((rest, ""));
    let undone = |option: &str| {
        ["badfilter", "removeparam", "csp", "redirect-rule", "generichide", "elemhide"].iter().any(|word| option.trim().starts_with(word))
    };
    if options.split(',').any(undone) {
        out.list("filter", piece, "it blocks nothing (an option of the filter)");
        return true;
    }
    let value = value.trim_end_matches(['|', '*']).trim_end_matches('^').trim_end_matches(['|', '*']);
    let host = !value.contains(['/', ':', '^']) && !out.reads(Want::Kind(ObservableKind::Ip), value);
    let want = if host { Want::Kind(ObservableKind::Domain) } else { GUESS };
    if value.contains(['^', '*']) {
        out.list("filter", piece, "it holds a wildcard");
    } else {
        out.add("", want, line.slice(value), facts);
    }
    true
}

/// The value in a line of a resolver's or a packet filter's own words.
fn resolver(entry: &str) -> &str {
    if let Some(rest) = ["address=/", "server=/", "local=/"].iter().find_map(|head| entry.strip_prefix(head)) {
        return rest.split('/').next().unwrap_or(rest);
    }
    if let Some(rest) = ["local-zone:", "zone "].iter().find_map(|head| entry.strip_prefix(head)).map(str::trim_start)
        && let Some(quoted) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next())
    {
        return quoted.trim_end_matches('.');
    }
    if let Some(rest) = entry.strip_prefix("deny ").and_then(|rest| rest.strip_suffix(';')) {
        return rest.trim_start_matches("from ").trim();
    }
    if let Some(rest) = entry.strip_prefix("-A ").or_else(|| entry.strip_prefix("-I ")) {
        let behind = [" -s ", " -d "].iter().find_map(|sign| rest.split_once(sign));
        return behind.and_then(|(_, value)| value.split(' ').next()).unwrap_or(entry);
    }
    match entry.split_once(' ').filter(|(head, _)| *head == "add").and_then(|(_, rest)| rest.split_once(' ')) {
        Some((_, value)) => value.split(' ').next().unwrap_or(value),
        None => entry,
    }
}

/// What a response policy zone has said so far (draft-vixie-dnsop-dns-rpz).
#[derive(Default)]
struct Zone {
    /// The zone's own name, which absolute names end with.
    origin: String,
    /// Whether the parentheses of its first record are open.
    open: bool,
}

impl Zone {
    /// Reads a record; returns whether the line belongs to a zone.
    fn read(&mut self, words: &str, line: &Text<'_>, facts: &Facts, out: &mut Collector<'_>) -> bool {
        let record = words.split(';').next().unwrap_or(words).trim_end();
        if self.open {
            self.open = !record.contains(')');
            return true;
        }
        if let Some(origin) = record.strip_prefix("$ORIGIN") {
            self.origin = format!(".{}", origin.trim().trim_end_matches('.'));
            return true;
        }
        let mut fields = record.split_whitespace();
        let owner = if words_begin_with_blank(line, words) { "" } else { fields.next().unwrap_or_default() };
        let class =
            |field: &&str| field.eq_ignore_ascii_case("IN") || field.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) && field.len() < 9;
        let kind = fields.find(|field| !class(field)).unwrap_or_default();
        let is = |wanted: &[&str]| wanted.iter().any(|wanted| kind.eq_ignore_ascii_case(wanted));
        if owner.starts_with("$TTL") || is(&["SOA"]) || is(&["NS"]) && fields.next().is_some_and(|name| name.ends_with('.')) {
            self.open = record.contains('(') && !record.contains(')');
            return true;
        }
        if !is(&["CNAME"]) || owner.is_empty() {
            return false;
        }
        let target = fields.next().unwrap_or_default();
        let name = owner.strip_suffix('.').map_or(owner, |absolute| absolute.strip_suffix(&*self.origin).unwrap_or(absolute));
        let piece = line.slice(name);
        match target {
            "rpz-passthru." | "rpz-passthru" => out.list("rpz", piece, "it is an exception of the zone (`rpz-passthru`)"),
            _ => match name.rsplit_once(".rpz-") {
                Some((reversed, "ip")) => match reversed_address(reversed) {
                    Some(address) => {
                        out.push("rpz-ip", piece, address, facts);
                    }
                    None => out.list("rpz-ip", piece, "its address cannot be read"),
                },
                Some(_) => out.list("rpz", piece, "no sensor that rules are made for shows this trigger"),
                None => {
                    out.add("rpz", Want::Kind(ObservableKind::Domain), line.slice(name.strip_prefix("*.").unwrap_or(name)), facts);
                }
            },
        }
        true
    }
}

/// Whether white space stands before a line's first word, as before a record of the name above it.
fn words_begin_with_blank(line: &Text<'_>, words: &str) -> bool {
    line.as_str().starts_with([' ', '\t']) && !words.is_empty()
}

/// `24.0.113.0.203` is 203.0.113.0/24; of IPv6, `zz` stands for `::`.
fn reversed_address(text: &str) -> Option<ir::Observable> {
    let (bits, rest) = text.split_once('.')?;
    let parts: Vec<&str> = rest.split('.').rev().collect();
    let separator = if parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok()) { "." } else { ":" };
    let address = parts.join(separator).replace("zz", "").replace(":::", "::");
    ir::Observable::parse(ObservableKind::Ip, &format!("{address}/{bits}")).ok()
}

/// Cuts a comment behind the value; only where white space stands before its sign.
fn without_comment<'w>(words: &'w str, facts: &mut Facts) -> &'w str {
    for sign in [" #", "\t#", " //", "\t//"] {
        if let Some((value, comment)) = words.split_once(sign) {
            let comment = comment.trim();
            if !comment.is_empty() {
                facts.tlp = words::markings(comment);
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
    fn block_lists_are_read_as_their_programs_mean_them() {
        let adblock = "[Adblock Plus]\n! Title: Block list\n||portal.example^\n||c2.portal.example^$all\n@@||own.example^\n||198.51.100.7^$third-party\n||portal.example/gate^\nown.example##.banner\n|https://portal.example/x|\n";
        assert_eq!(
            values(adblock),
            [
                "domain portal.example",
                "domain c2.portal.example",
                "ip 198.51.100.7",
                "url http://portal.example/gate",
                "url https://portal.example/x"
            ]
        );
        let zone = "$TTL 60\n$ORIGIN rpz.own.example.\n@ IN SOA localhost. root.localhost. (\n  1 ; serial\n  1h )\n  IN NS localhost.\nportal.example CNAME .\n*.portal.example IN CNAME .\nc2.example 60 IN CNAME *. ; C2\nabsolute.example.rpz.own.example. CNAME .\nown.example CNAME rpz-passthru.\n32.7.100.51.198.rpz-ip CNAME .\n24.0.113.0.203.rpz-ip CNAME rpz-drop.\nns.example.rpz-nsdname CNAME .\n";
        assert_eq!(
            values(zone),
            [
                "domain portal.example",
                "domain portal.example",
                "domain c2.example",
                "domain absolute.example",
                "ip 198.51.100.7",
                "ip 203.0.113.0/24"
            ]
        );
        let (_, read) = list(zone);
        assert_eq!((read.listed.len(), read.diagnostics.len()), (2, 0));
        assert_eq!(values("; Spamhaus DROP List\n198.51.100.0/24 ; SBL1\n"), ["ip 198.51.100.0/24"]);
        let dshield =
            "#  Recommended Block List\n# columns: Start\tEnd\tNetmask\n203.0.113.0\t203.0.113.255\t24\t2345\tEXAMPLE\tXX\tabuse@provider.example\n";
        assert_eq!(values(dshield), ["ip 203.0.113.0/24"]);
        assert_eq!(
            values("198.51.100.8-198.51.100.11\n198.51.100.1 - 198.51.100.3\nBad host:203.0.113.0-203.0.113.1\n"),
            ["ip 198.51.100.8/30", "ip 198.51.100.1", "ip 198.51.100.2/31", "ip 203.0.113.0/31"]
        );
        assert_eq!(
            values("address=/portal.example/0.0.0.0\nlocal-zone: \"c2.example\" always_nxdomain\ndeny 198.51.100.7;\nadd bad 198.51.100.8\n"),
            ["domain portal.example", "domain c2.example", "ip 198.51.100.7", "ip 198.51.100.8"]
        );
        assert_eq!(values("portal[punto]example\nportal[punkt]example\n"), ["domain portal.example"; 2]);
        let (_, read) = list("portal.example # false positive\n198.51.100.7;sinkholed\nc2.example # not a false positive\n");
        assert_eq!((read.indicators.len(), read.listed.len()), (1, 2));
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
    fn a_list_that_allows_has_no_indicators() {
        let (_, read) = list("# Whitelist of our SOC\n# 2026-02-03\nown.example\n# partners\npartner.example\n");
        assert_eq!((read.indicators.len(), read.listed.len(), read.diagnostics.len()), (0, 2, 1));
        assert_eq!(read.listed[0].reason, "its list says `Whitelist of our SOC`");
        let (_, read) = list("Whitelist\nown.example\n");
        assert_eq!((read.indicators.len(), read.listed.len()), (0, 1));
        let (_, read) = list("# C2\nportal.example\n\n# Known good\nown.example\n# Delivery\nc2.example\n");
        assert_eq!((read.indicators.len(), read.listed.len()), (2, 1));
        let (_, read) = list("# Report false positives to soc@own.example\n# whitelist applied\nportal.example\n");
        assert_eq!((read.indicators.len(), read.listed.len()), (1, 0));
        let (_, read) = list("# List of the loader, TLP:AMBER\n# 2026\nportal.example\n# C2\nc2.example\n");
        assert_eq!((read.header.tlp, read.indicators.len()), (Some(ir::Tlp::Amber), 2));
        for (name, count) in
            [("whitelist.txt", 0), ("folder/allow-list_2026.txt", 0), ("whitelist/iocs.txt", 1), ("iocs-without-false-positives.txt", 1)]
        {
            let mut sources = Sources::default();
            let file = sources.add(name, "portal.example\n");
            assert_eq!(read_feed(&sources, file).indicators.len(), count, "{name}");
        }
    }

    fn read_feed(sources: &Sources, file: source::FileId) -> Read {
        read(sources, file, Format::List, &Defaults::default())
    }

    #[test]
    fn networks_are_read_with_their_masks() {
        assert_eq!(
            values(
                "create block hash:net\nadd block 198.51.100.0/24\n203.0.113.0 255.255.255.0\n203.0.113.0/255.255.255.128\n192.0.2.7 22\n-A INPUT -s 192.0.2.0/24 -j DROP\n"
            ),
            ["ip 198.51.100.0/24", "ip 203.0.113.0/24", "ip 203.0.113.0/25", "ip 192.0.2.0/24"]
        );
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
