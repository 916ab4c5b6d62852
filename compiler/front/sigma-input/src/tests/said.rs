//! What is said about rules that are not in order, and where it points.

use super::{on, read, rule, slugs};

/// The only thing said about a rule with this detection, and the words it points at.
fn about(detection: &str) -> (String, String) {
    let text = rule(detection);
    let (sources, _, said) = read(&[&text]);
    let [only] = said.as_slice() else { panic!("{text}: {said:?}") };
    let words = only.label.as_ref().map(|(span, _)| sources.words(*span).to_owned()).unwrap_or_default();
    (only.code.slug.to_owned(), words)
}

#[test]
fn each_fault_has_its_code_and_place() {
    let cases = [
        ("s:\n    f|contain: x\ncondition: s", "sigma-in.unknown-modifier", "f|contain"),
        ("s:\n    f|re|cidr: x\ncondition: s", "sigma-in.modifiers", "f|re|cidr"),
        ("s:\n    f|all: x\ncondition: s", "sigma-in.idle-modifier", "f|all"),
        ("s:\n    f|base64offset: x\ncondition: s", "sigma-in.idle-modifier", "f|base64offset"),
        ("s:\n    f|cidr: x/24\ncondition: s", "sigma-in.value", "x/24"),
        ("s:\n    f|gt: x\ncondition: s", "sigma-in.value", "x"),
        ("s:\n    f|base64: 'a*'\ncondition: s", "sigma-in.value", "'a*'"),
        ("s:\n    f|exists: 5\ncondition: s", "sigma-in.value", "5"),
        ("s:\n    - ''\ncondition: s", "sigma-in.value", "''"),
        ("s:\n    f|re: '(?<=a)b'\ncondition: s", "sigma-in.regex", "'(?<=a)b'"),
        ("s:\n    f|expand: '%admins%'\ncondition: s", "sigma-in.placeholder", "'%admins%'"),
        ("s:\n    f: x\ncondition: s and", "sigma-in.condition", ""),
        ("s:\n    f: x\ncondition: s s", "sigma-in.condition", "s"),
        ("s:\n    f: x\ncondition: (s", "sigma-in.condition", ""),
        ("s:\n    f: x\ncondition: s | count() > 5", "sigma-in.aggregation", "|"),
        ("s:\n    f: x\nt:\n    f: y\ncondition: s |near t", "sigma-in.aggregation", "|near"),
        ("s:\n    f|equalsfield: x\ncondition: s", "sigma-in.unknown-modifier", "f|equalsfield"),
        ("s:\n    f: x\ncondition: t", "sigma-in.unknown-selection", "t"),
        ("s:\n    f: x\ncondition: s and all of t*", "sigma-in.unknown-selection", "t*"),
        ("s:\n    f: x\ncondition: s and not 1 of t*", "sigma-in.matches-nothing", "t*"),
        ("s:\n    f: x\nt:\n    f: y\ncondition: s", "sigma-in.unused-selection", "t"),
        ("s:\n    f: x\ntimeframe: 30d\ncondition: s", "sigma-in.unused-selection", "timeframe"),
        ("s:\n    f: x\n    f|contains: y\ncondition: s", "sigma-in.contradiction", "f|contains"),
        ("s:\n    f: []\ncondition: s", "sigma-in.wrong-type", "f"),
        ("s:\n    f:\n        a: b\ncondition: s", "sigma-in.wrong-type", "f"),
        ("s: {}\ncondition: s", "sigma-in.wrong-type", "{}"),
        ("s:\n    f: x", "sigma-in.missing-key", "detection"),
        ("s:\n    f: x\ncondition: [s, 0 of s]", "sigma-in.condition", "s"),
    ];
    for (detection, code, words) in cases {
        assert_eq!(about(detection), (code.to_owned(), words.to_owned()), "{detection}");
    }
}

#[test]
fn places_are_bytes_behind_any_text() {
    let text = format!("# \u{e9}\u{2603}\u{1f600}\nauthor: \u{e9}\n{}", rule("s:\n    \u{e9}|contain: x\ncondition: s"));
    let (sources, _, said) = read(&[&text]);
    let span = said.first().and_then(|said| said.label.as_ref()).map(|(span, _)| *span);
    assert_eq!(span.map(|span| sources.words(span)), Some("\u{e9}|contain"));
}

#[test]
fn metadata_is_checked_and_never_costs_the_rule() {
    let good = rule("s:\n    f: x\ncondition: s");
    let cases = [
        ("id: 5", "sigma-in.form"),
        ("date: yesterday", "sigma-in.form"),
        ("tags: [execution]", "sigma-in.form"),
        ("tags: [tlp.pink]", "sigma-in.form"),
        ("tags: [cve.1]", "sigma-in.form"),
        ("tags: [attack.t99]", "sigma-in.form"),
        ("tags: [attack.t1086]", "sigma-in.retired-technique"),
        ("level: bad", "sigma-in.unknown-word"),
        ("status: new", "sigma-in.unknown-word"),
        ("refrences: [x]", "sigma-in.unknown-key"),
        ("falsepositives: ['Backups', Tools: the ones of administrators]", "sigma-in.form"),
    ];
    for (line, code) in cases {
        let text = format!("{line}\n{good}");
        assert_eq!(slugs(&[&text]), [code], "{line}");
        assert_eq!(read(&[&text]).1.len(), 1, "{line}");
    }
    assert_eq!(slugs(&[&format!("owner: us\n{good}")]), [] as [&str; 0], "keys of one's own are allowed");
}

#[test]
fn what_every_rule_needs_is_asked_for() {
    assert_eq!(slugs(&["title: T\ndetection:\n    s: x\n    condition: s\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["logsource:\n    product: p\ndetection:\n    s: x\n    condition: s\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["title: T\nlogsource:\n    product: p\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["title: T\nlogsource: {}\ndetection:\n    s: x\n    condition: s\n"]), ["sigma-in.missing-key"]);
    assert_eq!(slugs(&["title: T\nlogsource: p\ndetection: x\n"]), ["sigma-in.wrong-type", "sigma-in.wrong-type"]);
    assert_eq!(slugs(&["- a\n"]), ["sigma-in.wrong-type"]);
    assert_eq!(slugs(&["name: Of another product\nquery: x\n"]), ["sigma-in.missing-key"], "said once");
    let repeats = format!("action: repeat\n{}", rule("s:\n    f: x\ncondition: s"));
    assert_eq!(slugs(&[&repeats]), ["sigma-in.unknown-word"]);
    assert_eq!(read(&[&repeats]).1.len(), 1, "the rule itself is complete");
}

#[test]
fn a_number_that_no_log_has_for_a_category_is_said() {
    let asks =
        |number: &str| on("product: windows\n    category: process_creation", &format!("s:\n    EventID: {number}\n    Image: x\ncondition: s"));
    assert_eq!(slugs(&[&asks("4624")]), ["sigma-in.contradiction"]);
    for known in ["1", "4688", "[4624, 4688]"] {
        assert_eq!(slugs(&[&asks(known)]), [] as [&str; 0], "{known}");
    }
}

#[test]
fn a_channel_of_another_service_is_said() {
    let asks = |service: &str, detection: &str| on(&format!("product: windows\n    service: {service}"), detection);
    let cases = [
        ("system", "s:\n    Channel: Security\n    ServiceName: x\ncondition: s", true),
        ("system", "s:\n    ServiceName: x\nt:\n    Channel: [Security, Setup]\ncondition: s and t", true),
        ("sysmon", "s:\n    Channel: Security\n    EventID: 1\ncondition: s", true),
        ("security", "s:\n    Provider_Name: Microsoft-Windows-Sysmon\n    EventID: 1\ncondition: s", true),
        ("vhdmp", "s:\n    Channel: Microsoft-Windows-VHDMP/Operational\ncondition: s", true),
        ("system", "s:\n    Channel: system\n    ServiceName: x\ncondition: s", false),
        ("system", "s:\n    Channel: [Security, System]\n    ServiceName: x\ncondition: s", false),
        ("system", "s:\n    Provider_Name: Service Control Manager\ncondition: s", false),
        ("system", "s:\n    Provider_Name: Of our own\ncondition: s", false),
        ("system", "s:\n    EventID: 104\nf:\n    Channel: [System, Security]\ncondition: s and not 1 of f*", false),
        ("powershell", "s:\n    Channel|startswith: PowerShellCore\ncondition: s", false),
        ("of-our-own", "s:\n    Channel: Security\ncondition: s", false),
    ];
    for (service, detection, is_said) in cases {
        let want: &[&str] = if is_said { &["sigma-in.contradiction"] } else { &[] };
        assert_eq!(slugs(&[&asks(service, detection)]), want, "{service}: {detection}");
    }
    for (category, channel, is_said) in [
        ("registry_set", "System", true),
        ("registry_set", "Security", false),
        ("process_creation", "Microsoft-Windows-Sysmon/Operational", false),
        ("ps_script", "Windows PowerShell", true),
        ("file_access", "System", false),
    ] {
        let detection = format!("s:\n    Channel: {channel}\ncondition: s");
        let want: &[&str] = if is_said { &["sigma-in.contradiction"] } else { &[] };
        assert_eq!(slugs(&[&on(&format!("product: windows\n    category: {category}"), &detection)]), want, "{category}: {channel}");
    }
}

#[test]
fn a_field_that_is_nearly_known_is_said_where_fields_are_known() {
    let windows = |source: &str, field: &str| on(&format!("product: windows\n    {source}"), &format!("s:\n    {field}: x\ncondition: s"));
    let cases = [
        ("category: process_creation", "Commandline|contains", true),
        ("category: process_creation", "ParentImage:endswith", true),
        ("category: process_creation", "'CommandLine:contains|all'", true),
        ("category: process_creation", "Image.endswith", true),
        ("category: process_creation", "parentimage;contains;all", true),
        ("category: process_creation", "site.contains", false),
        ("category: process_creation", "Image:of", false),
        ("service: security", "Commandline", true),
        ("service: security", "SubjectUserName:contains", true),
        ("service: security", "Site", false),
        ("service: sysmon", "TargetFileName|endswith", true),
        ("service: of-our-own", "commandline", false),
        ("service: of-our-own", "CommandLine:contains", false),
    ];
    for (source, field, is_said) in cases {
        let found = slugs(&[&windows(source, field)]);
        assert_eq!(found.contains(&"sigma-in.unknown-field"), is_said, "{source}: {field}: {found:?}");
    }
    assert_eq!(slugs(&[&on("product: acme\n    service: gateway", "s:\n    commandline: x\n    Image.contains: y\ncondition: s")]), [] as [&str; 0]);
}

#[test]
fn what_matches_nothing_is_no_part_of_a_rule() {
    let two = |condition: &str| rule(&format!("s:\n    f: x\nt:\n    f: y\ncondition: {condition}"));
    let same = [
        ("s or t or 1 of z_*", "s or t"),
        ("(s or t) and not 1 of z_*", "s or t"),
        ("(s or t) and not (1 of z_* or 2 of y_*)", "s or t"),
        ("(s or t) and not all of z_*", "s or t"),
        ("s or (t and 1 of z_*)", "s"),
        ("s and not (t and 1 of z_*)", "s"),
    ];
    for (condition, plain) in same {
        let asked = |text: &str| {
            let (_, advisories, _) = read(&[text]);
            format!("{:?}", advisories[0].behaviors[0].facets[0].predicate)
                .split("span: ")
                .map(|part| part.split_once('}').map_or(part, |(_, rest)| rest))
                .collect::<String>()
        };
        assert_eq!(asked(&two(condition)), asked(&two(plain)), "{condition}");
    }
    for condition in ["s and 1 of z_*", "1 of z_*", "s and t and (1 of z_* or 3 of y_*)", "not (s or not 1 of z_*)", "s and all of z_*"] {
        let (_, advisories, said) = read(&[&two(condition)]);
        let error = said.iter().any(|said| said.severity == source::Severity::Error);
        assert!(advisories.is_empty() && error, "{condition}: {said:?}");
    }
    let (_, advisories, said) = read(&[&two("not 1 of z_*")]);
    assert!(advisories.is_empty() && said.iter().any(|said| said.code.slug == "sigma-in.condition"), "{said:?}");
}

#[test]
fn a_title_where_a_name_belongs_gives_the_name() {
    let rules = "title: Door opened\nid: 7d3f1c01-5b7e-4d24-8ace-013579000001\nname: door_opened\nlogsource: {product: p}\ndetection: {s: {f: x}, condition: s}\n---\n\
        title: Door shut\nid: 7d3f1c01-5b7e-4d24-8ace-013579000002\nlogsource: {product: p}\ndetection: {s: {f: x}, condition: s}\n";
    let names = |name: &str| {
        let text = format!("title: Many\ncorrelation: {{type: event_count, rules: [{name}], group-by: [f], timespan: 5m, condition: {{gte: 9}}}}\n");
        let (.., said) = read(&[rules, &text]);
        said.into_iter().find(|said| said.code.slug == "sigma-in.unknown-rule").and_then(|said| said.help).unwrap_or_default()
    };
    assert_eq!(names("door opened"), "this is the title of a rule; its name here is `7d3f1c01-5b7e-4d24-8ace-013579000001` or `door_opened`");
    assert_eq!(names("Door shut"), "this is the title of a rule; its name here is `7d3f1c01-5b7e-4d24-8ace-013579000002`");
    assert!(names("door_opend").contains("door_opened"), "{}", names("door_opend"));
    let filter = "title: F\nlogsource: {product: p}\nfilter: {rules: [Door shut], s: {f: y}, condition: not s}\n";
    let (.., said) = read(&[rules, filter]);
    assert!(said.iter().any(|said| said.help.as_deref().is_some_and(|help| help.contains("000002"))), "{said:?}");
}

#[test]
fn a_star_in_a_path_is_said_with_the_other_spelling() {
    let text = on("product: windows\n    category: file_event", "s:\n    TargetFilename: 'C:\\Users\\*\\a.exe'\ncondition: s");
    let (.., said) = read(&[&text]);
    let [only] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(only.code.slug, "sigma-in.literal-star");
    assert!(only.help.as_deref().is_some_and(|help| help.starts_with("`C:\\Users\\\\*\\a.exe`")), "{only:?}");
    let fine = [
        ("product: windows\n    category: file_event", "TargetFilename: 'C:\\Users\\\\*\\a.exe'"),
        ("product: windows\n    category: file_event", "TargetFilename|re: 'C:\\.*\\*'"),
        ("product: windows\n    service: security", "ShareName: '\\\\\\*\\IPC$'"),
        ("product: windows\n    service: security", "ShareName|endswith: '\\*\\IPC$'"),
        ("product: linux\n    category: process_creation", "CommandLine|contains: 'a\\b\\*'"),
    ];
    for (source, line) in fine {
        assert_eq!(slugs(&[&on(source, &format!("s:\n    {line}\ncondition: s"))]), [] as [&str; 0], "{line}");
    }
}

#[test]
fn a_text_with_a_colon_stays_a_text() {
    let good = rule("s:\n    f: x\ncondition: s");
    let (_, advisories, _) = read(&[&format!("falsepositives:\n    - Backups\n    - Tools: the ones of administrators\n{good}")]);
    let said: Vec<&String> = advisories.iter().flat_map(|advisory| &advisory.behaviors).flat_map(|behavior| &behavior.head.false_positives).collect();
    assert_eq!(said, ["Backups", "Tools: the ones of administrators"]);
}

#[test]
fn a_rule_is_found_by_an_id_that_is_no_uuid() {
    let base = rule("s:\n    f: x\ncondition: s").replace("title: A title", "title: A title\nid: site-0001");
    let chained =
        "title: C\nid: site-0002\ncorrelation:\n    type: event_count\n    rules: [site-0001]\n    timespan: 5m\n    condition:\n        gte: 5\n";
    let whole = "title: D\ncorrelation:\n    type: event_count\n    rules: [SITE-0002]\n    timespan: 1h\n    condition:\n        gte: 2\n";
    let (_, advisories, said) = read(&[&base, chained, whole]);
    assert_eq!(said.iter().map(|said| said.code.slug).collect::<Vec<_>>(), ["sigma-in.form", "sigma-in.form"]);
    let [only] = advisories.as_slice() else { panic!("{advisories:?}") };
    assert_eq!(only.header.title, "D");
}

#[test]
fn filters_say_what_they_do_not_reach() {
    let good = format!("name: ours\n{}", rule("s:\n    f: x\ncondition: s"));
    let filter = |source: &str, rules: &str| {
        format!("title: F\nlogsource:\n    {source}\nfilter:\n    rules: {rules}\n    selection:\n        f: y\n    condition: not selection\n")
    };
    assert_eq!(slugs(&[&good, &filter("product: example", "[ours]")]), [] as [&str; 0]);
    assert_eq!(slugs(&[&good, &filter("product: example", "[theirs]")]), ["sigma-in.unknown-rule"]);
    assert_eq!(slugs(&[&good, &filter("product: other", "[ours]")]), ["sigma-in.other-source"]);
    assert_eq!(
        slugs(&[&good, "title: F\nlogsource:\n    product: p\nfilter:\n    selection:\n        f: y\n    condition: selection\n"]),
        ["sigma-in.missing-key"]
    );
}

#[test]
fn one_broken_rule_does_not_hide_the_others() {
    let (bad, good) = (rule("s:\n    f|contain: x\ncondition: s"), on("service: auth", "s:\n    f: x\ncondition: s"));
    let (_, advisories, said) = read(&[&format!("{bad}---\n{good}")]);
    assert_eq!((advisories.len(), said.len()), (1, 1));
}
