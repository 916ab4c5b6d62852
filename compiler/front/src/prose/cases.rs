//! What is seen in small texts of our own, one for each kind of trap.

use source::Sources;

use super::{Context, DocumentRole, Kind, advisory, extract};

/// What was found as `type value role`.
fn seen(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("case.md", text);
    extract(&sources, file).iter().map(|found| format!("{} {} {}", found.kind.name(), found.value, found.role.name())).collect()
}

fn indicators(text: &str) -> Vec<String> {
    let suffix = format!(" {}", DocumentRole::Indicator.name());
    seen(text).iter().filter_map(|row| row.strip_suffix(&suffix)).map(str::to_owned).collect()
}

#[test]
fn spellings_are_undone() {
    for spelled in [
        "evil[.]example",
        "evil(.)example",
        "evil{.}example",
        "evil<.>example",
        "evil[dot]example",
        "evil(DOT)example",
        "evil[[.]]example",
        "evil[.example",
        "evil.]example",
        "evil [.] example",
        "evil[d]example",
        "evil_dot_example",
        "evil\u{3002}example",
        "evil\u{FF0E}example",
        "evil\\[.\\]example",
        "`evil[.]example`",
        "*.evil[.]example",
        "evil&#91;.&#93;example",
        "evil[.]example.",
    ] {
        assert_eq!(indicators(&format!("It resolved {spelled} twice")), ["domain evil.example"], "{spelled}");
    }
    for spelled in [
        "hxxp://evil.example/a",
        "http[:]//evil.example/a",
        "hxxp[://]evil[.]example/a",
        "h**p://evil.example/a",
        "hxxp:\\\\evil.example/a",
        "[http]://evil.example/a",
        "meow://evil.example/a",
        "<hxxp://evil[.]example/a>",
        "`++hxxp://evil.example/a++`",
    ] {
        assert_eq!(indicators(&format!("It fetched {spelled} twice")), ["url http://evil.example/a"], "{spelled}");
    }
    for spelled in ["198.51.100[.]7", "198[.]51[.]100[.]7", "198 . 51 . 100 . 7", "198.51.100[.7", "198.51.100[.]7[:]443"] {
        assert_eq!(indicators(&format!("It spoke to {spelled} twice")), ["ipv4 198.51.100.7"], "{spelled}");
    }
    assert_eq!(indicators("Mail came from ops[at]evil[.]example today"), ["email ops@evil.example"]);
    assert_eq!(indicators("Mail came from ops at bad-host dot net today"), ["email ops@bad-host.net"]);
}

#[test]
fn ordinary_prose_stays_prose() {
    for text in [
        "After the dot com boom, look at the dot com bust and the dot net years.",
        "He looked at pets dot com stock [...] and left. It rained.",
        "The function f(a.b) returns [d] when done, and arr[i] otherwise.",
        "We met at noon . It was cold .",
        "Use the .NET runtime, .exe files and ASP.NET pages.",
        "This ends a sentence.It lost its space. So did this.And this.",
    ] {
        assert_eq!(indicators(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn each_trap_has_its_role() {
    let rows = [
        ("see [the report](https://news.example.org/story)", "url https://news.example.org/story vendor"),
        ("detected as Win32/Foo.AG here", "domain foo.ag detection-name"),
        ("run install.zip first", "filename install.zip file-name"),
        ("affected versions are 12.2.1.3 and older", "ipv4 12.2.1.3 version"),
        ("the gateway 192.168.1.1 is ours", "ipv4 192.168.1.1 benign"),
        ("the range 203.0.113.0/24 is an example", "cidr 203.0.113.0/24 documentation"),
        ("contact: soc@agency.gov for help", "email soc@agency.gov contact"),
        ("posted on https://twitter.com/someone", "url https://twitter.com/someone social-media"),
        ("calls System.Net.Sockets.Close here", ""),
        ("imphash: 0123456789abcdef0123456789abcdef", "imphash 0123456789abcdef0123456789abcdef indicator"),
        ("serial: 0123456789abcdef0123456789abcdef", "md5 0123456789abcdef0123456789abcdef documentation"),
        ("the empty file d41d8cd98f00b204e9800998ecf8427e", "md5 d41d8cd98f00b204e9800998ecf8427e benign"),
        ("resolves via 8.8.8.8 first", "ipv4 8.8.8.8 benign"),
        ("MAC 00:1b:44:11:3a:b7 at 12:34:56", ""),
    ];
    for (text, expected) in rows {
        let expected: Vec<&str> = if expected.is_empty() { Vec::new() } else { vec![expected] };
        assert_eq!(seen(text), expected, "{text}");
    }
}

#[test]
fn plain_names_need_evidence() {
    assert_eq!(indicators("We like widgets.com a lot."), Vec::<String>::new());
    assert_eq!(
        indicators("## Indicators of compromise\n\n* widgets.com\n* gadgets.net\n* 8f14e45fceea167a5a36dedd4bea2543\n"),
        ["domain widgets.com", "domain gadgets.net", "md5 8f14e45fceea167a5a36dedd4bea2543"]
    );
    assert_eq!(indicators("## References\n\n* https://widgets.com/story\n* https://gadgets.net/other\n"), Vec::<String>::new());
    assert_eq!(indicators("a.ddns.net\nb.ddns.net\nc.ddns.net\n"), ["domain a.ddns.net", "domain b.ddns.net", "domain c.ddns.net"]);
}

#[test]
fn popular_hosts_lose_their_name_but_not_their_urls() {
    assert_eq!(seen("It fetched hxxps://www.dropbox[.]com/s/abc/a.zip"), ["url https://www.dropbox.com/s/abc/a.zip indicator"]);
    assert_eq!(seen("It used dropbox[.]com"), ["domain dropbox.com benign"]);
}

#[test]
fn what_is_on_a_machine_is_seen() {
    let text = "## Indicators\n\n| Artefact | Value |\n|---|---|\n| Dropper | C:\\ProgramData\\Foo Bar\\a.exe |\n| Run key | HKCU\\Software\\Foo\\Run |\n| Mutex | foo-1 |\n| User agent | Foo/2.4 (x) |\n";
    assert_eq!(
        indicators(text),
        ["path C:\\ProgramData\\Foo Bar\\a.exe", "registry HKCU\\Software\\Foo\\Run", "mutex foo-1", "useragent Foo/2.4 (x)"]
    );
}

#[test]
fn techniques_and_vulnerabilities_are_values_however_glued() {
    let text = "Malicious FileT1204.002Windows; https://attack.mitre.org/techniques/T1059/001/ and cve-2021-44228, part T1000-55, T9999";
    let facts: Vec<String> = seen(text).into_iter().filter(|row| row.starts_with("attack") || row.starts_with("cve")).collect();
    assert_eq!(facts, ["attack T1204.002 documentation", "attack T1059.001 documentation", "cve CVE-2021-44228 documentation"]);
}

#[test]
fn every_place_of_a_value_is_kept() {
    let text = "# C2 servers\n\nevil[.]example\n\nIt beacons to EVIL[.]example daily.\n";
    let mut sources = Sources::default();
    let file = sources.add("a/report 1.md", text);
    let found = extract(&sources, file);
    let out = advisory(&sources, file, &found, Context::default());
    assert_eq!(out.header.id, "report-1");
    let [block] = out.indicators.as_slice() else { panic!("{:#?}", out.indicators) };
    assert_eq!(block.head.name, "domain-c2-destination");
    let [indicator] = block.indicators.as_slice() else { panic!() };
    let raw: Vec<&str> = indicator.origins.iter().map(|origin| &*origin.raw).collect();
    assert_eq!(raw, ["evil[.]example", "EVIL[.]example"]);
    assert!(indicator.origins.iter().all(|origin| text[origin.span.range()] == *origin.raw));
    assert_eq!(found.iter().filter(|found| found.kind == Kind::Domain).count(), 2);
}

#[test]
fn a_list_is_no_document() {
    assert!(!super::is_document("# comment\n\nioc\n198.51.100.7\nrelay.example ; seen in July\n0123456789abcdef0123456789abcdef  a.exe\n"));
    assert!(super::is_document("Indicators\n\nDomains:\nrelay.example\nother.example\n"));
    assert!(super::is_document("# Title\n\n## Hashes\n\n```\n0123456789abcdef0123456789abcdef\n```\n"));
}
