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
        "hxxp:/\\evil.example/a",
        "hxxp:\\evil.example/a",
        "hxxp:/evil.example/a",
        "hxxp:\\/\\/evil.example\\/a",
        "http:\\/\\/evil[.]example\\/a",
        "hxxp[:]/\\evil[.]example/a",
        "[http]://evil.example/a",
        "meow://evil.example/a",
        "<hxxp://evil[.]example/a>",
        "`++hxxp://evil.example/a++`",
    ] {
        assert_eq!(indicators(&format!("It fetched {spelled} twice")), ["url http://evil.example/a"], "{spelled}");
    }
    assert_eq!(indicators("It spoke to 2001[:]db8[::]5 twice"), ["ipv6 2001:db8::5"]);
    // A slash alone behind a scheme that is none, or is not defanged, is left.
    for spelled in ["see http:/a/b", "news:\\\\server\\share", "x:/a", "C:\\http\\a"] {
        assert_eq!(indicators(&format!("It fetched {spelled} twice")), Vec::<String>::new(), "{spelled}");
    }
    assert_eq!(indicators("It fetched hxxps://[REDACTED].evil[.]example/a twice"), ["url https://[redacted].evil.example/a"]);
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

/// What was found as `type value role`, with what the attacker used it for.
fn used(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("case.md", text);
    let rows = extract(&sources, file);
    rows.iter()
        .filter(|found| found.role == DocumentRole::Indicator)
        .map(|found| format!("{} {}", found.value, found.indicator_role.name()))
        .collect()
}

const HALF: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

#[test]
fn digests_on_several_lines_are_one() {
    let digest = format!("sha256 {HALF}{HALF}");
    for (text, wanted) in [
        (format!("SHA256   {HALF}   Loader\n         {HALF}   goes on\n"), vec![digest.clone()]),
        (format!("SHA-256:\n{HALF}\n{HALF}\n"), vec![digest.clone()]),
        (format!("| SHA-256 | {HALF} |\n|  | {HALF} |\n"), vec![digest.clone()]),
        (format!("  Name    SHA-256      What\n  x       {HALF}  y\n          {HALF}  z\n"), vec![digest]),
        (format!("SHA-1  {}\n       {}{}\n", &HALF[..20], &HALF[20..], &HALF[..8]), vec![format!("sha1 {HALF}{}", &HALF[..8])]),
        // Two below each other stay two.
        (format!("MD5   {HALF}\n      {}0\n", &HALF[1..]), vec![format!("md5 {HALF}"), format!("md5 {}0", &HALF[1..])]),
        (format!("{HALF}\n{}0\n", &HALF[1..]), vec![format!("md5 {HALF}"), format!("md5 {}0", &HALF[1..])]),
        // The length contradicts the label.
        (format!("SHA256: {HALF}\n\nDone.\n"), vec![]),
        (format!("MD5: {HALF}{}\n", &HALF[..8]), vec![]),
    ] {
        assert_eq!(indicators(&text), wanted, "{text}");
    }
}

#[test]
fn a_run_of_digits_is_what_its_label_says() {
    for label in ["AES key: ", "vhash ", "Rich header hash: ", "icon hash: ", "Authentihash: ", "GUID ", "commit "] {
        assert_eq!(indicators(&format!("{label}{HALF}")), Vec::<String>::new(), "{label}");
    }
    let forty = format!("{HALF}{}", &HALF[..8]);
    for (text, wanted) in [
        (format!("The certificate has the thumbprint {forty}."), format!("cert-sha1 {forty}")),
        (format!("Certificate\n\n[Thumbprint]\n  {}\n", forty.to_uppercase()), format!("cert-sha1 {forty}")),
        (format!("Certificate serial number: {HALF}"), format!("cert-serial {HALF}")),
        (format!("| File | Imphash |\n|---|---|\n| x | {HALF} |\n"), format!("imphash {HALF}")),
        (format!("{HALF} (JA3S)"), format!("ja3s {HALF}")),
        (format!("MD5 of the dropper: {HALF}"), format!("md5 {HALF}")),
    ] {
        assert_eq!(indicators(&text), [wanted], "{text}");
    }
}

#[test]
fn urls_go_on_below_and_ports_stay() {
    assert_eq!(
        indicators("URL    hxxps://a[.]example/long/path/\n       more/x.php?id=1\nHost   b[.]example\n"),
        ["url https://a.example/long/path/more/x.php?id=1", "domain b.example"]
    );
    assert_eq!(seen("URL    hxxps://a[.]example/long/pa\n       th\n"), ["url https://a.example/long/pa documentation"]);
    assert_eq!(indicators("- hxxps://a[.]example/x/\n- b[.]example\n"), ["url https://a.example/x/", "domain b.example"]);
    for text in
        ["198.51.100[.]7:8443", "198.51.100[.]7 on port 8443", "tcp://198.51.100[.]7:8443", "| IP | Port |\n|---|---|\n| 198.51.100[.]7 | 8443 |"]
    {
        let mut sources = Sources::default();
        let file = sources.add("case.md", text);
        let found = extract(&sources, file);
        let values: Vec<String> = found.iter().filter_map(|found| found.observable().ok()).map(|value| value.to_string()).collect();
        assert_eq!(values, ["198.51.100.7:8443"], "{text}");
        assert!(found.iter().all(|found| found.value == "198.51.100.7"), "{text}");
    }
    assert_eq!(indicators("hxxp:\\\\a[.]example\\b.php"), ["url http://a.example/b.php"]);
    assert_eq!(indicators("a[.]example/wp/login.php"), ["url http://a.example/wp/login.php"]);
    assert_eq!(indicators("_sip._tls.a[.]example and _b[.]example_"), ["domain _sip._tls.a.example", "domain b.example"]);
    assert_eq!(
        indicators("hxxp://a[.]example/g?id=<victim>&x=1 and hxxp://a[.]example/[REDACTED]/g"),
        ["url http://a.example/g?id=<victim>&x=1", "url http://a.example/[REDACTED]/g"]
    );
}

#[test]
fn whose_a_value_is_decides() {
    for text in [
        "## Victims\n\n- a[.]example\n",
        "## Indicators of compromise\n\nSinkholed:\n\n- a[.]example\n",
        "Compromised organisations: a[.]example",
        "| Host | Note |\n|---|---|\n| a[.]example | victim |\n",
        "The host a[.]example is a false positive.",
        "a[.]example was sinkholed",
        "Contact: cert(at)a.example",
        "Report it to soc [at] a [.] example, please.",
        "Complaints go to abuse[@]a[.]example",
        "## About us\n\nWe are at www[.]a[.]example\n",
        "(c) 2026 Someone, a[.]example",
        "<html><body><p>x</p><footer>a[.]example</footer></body></html>",
        "<html><body><p>x</p><div class='site-footer'><div>y</div>a[.]example</div></body></html>",
    ] {
        assert_eq!(indicators(text), Vec::<String>::new(), "{text}");
    }
    for text in [
        "## Indicators of compromise seen at victims\n\n- a[.]example\n",
        "Pages that victims are sent to:\n\n- a[.]example\n",
        "The host a[.]example is not a false positive.",
        "a[.]example was not sinkholed",
        "The legitimate site is imitated by a[.]example.",
        "| Host | Note |\n|---|---|\n| a[.]example | victims are sent to it |\n",
        "<html><body><footer>x</footer><p>a[.]example</p></body></html>",
    ] {
        assert_eq!(indicators(text), ["domain a.example"], "{text}");
    }
    assert_eq!(indicators("## Indicators\n\nSender of the mails:\n\n- bill[@]a[.]example\n"), ["email bill@a.example"]);
}

#[test]
fn a_label_ends_with_its_list_and_tables_say_most() {
    let text = "C2 servers:\n\n- a[.]example\n- b[.]example\n\nPages that collect passwords: c[.]example\n";
    assert_eq!(used(text), ["a.example c2", "b.example c2", "c.example phishing"]);
    let text = "The script downloads it. Data goes out to hxxp://198.51.100[.]7/up.\n\n  IPv4   198.51.100[.]7   exfiltration\n";
    assert_eq!(used(text), ["http://198.51.100.7/up exfiltration", "198.51.100.7 exfiltration", "198.51.100.7 exfiltration"]);
    let text = "It downloads from a[.]example.\n\n| Host | Use |\n|---|---|\n| a[.]example | command and control |\n";
    let mut sources = Sources::default();
    let file = sources.add("case.md", text);
    let out = advisory(&sources, file, &extract(&sources, file), Context::default());
    assert_eq!(out.indicators.iter().map(|block| block.head.name.as_str()).collect::<Vec<_>>(), ["domain-c2-destination"]);
}

#[test]
fn names_are_whole_and_left_to_their_digest() {
    let digest = format!("{HALF}{HALF}");
    for (text, wanted) in [
        (format!("- {digest}  official paper 07.23.doc\n"), "filename official paper 07.23.doc file-name"),
        (format!("- {digest}  decree,07.20.doc\n"), "filename decree,07.20.doc file-name"),
        (format!("setup.exe\n{digest}\n"), "filename setup.exe file-name"),
        (format!("File name: setup.exe\nSize: 7\nSHA-256: {digest}\n"), "filename setup.exe file-name"),
        (format!("### setup.exe\n\n- {digest}\n"), "filename setup.exe file-name"),
        ("File names:\n\n- own-loader.exe\n".to_owned(), "filename own-loader.exe indicator"),
    ] {
        assert_eq!(seen(&text).into_iter().filter(|row| row.starts_with("filename")).collect::<Vec<_>>(), [wanted], "{text}");
    }
    assert_eq!(indicators("## Indicators\n\nPackage names:\n\n- com.tide.bank.app\n- com[.]tide[.]x\n"), Vec::<String>::new());
    assert_eq!(indicators("## Indicators\n\n- com.tide[.]example\n"), ["domain com.tide.example"]);
}

#[test]
fn objects_are_found_with_their_kind() {
    for (text, wanted) in [
        ("It uses the mutexes Global\\A1, Local\\B2 and Global\\C3.", vec!["mutex Global\\A1", "mutex Local\\B2", "mutex Global\\C3"]),
        ("It creates the mutexes \"one1\", \"two2\" and \"three3\".", vec!["mutex one1", "mutex two2", "mutex three3"]),
        ("It creates a scheduled task named \"Tide Updater\" for that.", vec!["task Tide Updater"]),
        ("It installs a service named `TideSvc`.", vec!["service TideSvc"]),
        ("It sends the User-Agent \"Tide/1.4 (X)\" always.", vec!["useragent Tide/1.4 (X)"]),
        ("The service \"WinDefend\" is stopped, and the cloud service \"Box\" is used.", vec![]),
        ("A task was hard, and the service was good.", vec![]),
        ("```\nschtasks /create /tn \"Tide\" /tr x\nsc create TideSvc binPath= x\n```\n", vec!["task Tide", "service TideSvc"]),
        ("`reg add HKCU\\Software\\Run /v Tide /d x`", vec!["registry HKCU\\Software\\Run:Tide"]),
        ("It ran C:\\Tide\\a.exe -k HKLM\\Software\\Tide there", vec!["path C:\\Tide\\a.exe", "registry HKLM\\Software\\Tide"]),
        ("- `C:\\Tide\\a.exe -k HKLM\\SAM`", vec![]),
        ("```json\n{\"a\": \"C:\\\\Users\\\\tide.exe\"}\n```\n", vec!["path C:\\Users\\tide.exe"]),
        ("- C:\\Users\\<username>\\tide.exe\n", vec!["path C:\\Users\\<username>\\tide.exe"]),
    ] {
        assert_eq!(indicators(text), wanted, "{text}");
    }
}

#[test]
fn only_what_the_text_cites_is_a_reference() {
    let cited = |text: &str| {
        let mut sources = Sources::default();
        let file = sources.add("case.md", text);
        advisory(&sources, file, &extract(&sources, file), Context::default()).header.references
    };
    for text in [
        "The app was offered at http://portal-store.com/pkg/ until May.",
        "It was seen on http://portal-store.com/pkg/ in May.",
        "<html><body><p>It was offered at <a href='http://portal-store.com/pkg/'>a store</a>.</p></body></html>",
        "<html><body><nav><a href='https://www.portal-store.com/x'>x</a></nav></body></html>",
    ] {
        assert_eq!(cited(text), Vec::<String>::new(), "{text}");
    }
    for text in [
        "## References\n\n- https://www.vendor-story.com/a\n",
        "According to https://www.vendor-story.com/a it is new.",
        "See [the story](https://www.vendor-story.com/a).",
        "[1] https://www.vendor-story.com/a",
        "<html><body><h2>References</h2><a href='https://www.vendor-story.com/a'>x</a></body></html>",
    ] {
        assert_eq!(cited(text), ["https://www.vendor-story.com/a"], "{text}");
    }
}
