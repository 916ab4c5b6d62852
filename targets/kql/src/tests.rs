//! What comes out for small detections, in each profile? Tables, lists, divided rules, refusals.

use std::sync::Arc;
use std::time::Duration;

use backend::{ArtefactKind, Compiled, Job, Outcome, Overlay, Section, Target};
use ir::{
    Case, Correlation, CorrelationKind, Detection, Domain, EventClass, EventRule, EventSelector, Field, Kind, LogSource, Meta, NumberTest, Op,
    Pattern, Platform, Predicate, Step, Times,
};
use proptest::prelude::*;
use source::Span;

use super::{Kql, PROFILES};

fn span() -> Span {
    Span::new(source::Sources::default().add("test", ""), 0, 0)
}

fn detection(kind: Kind) -> Detection {
    let meta = Meta { advisory: "ADV-1".to_owned(), folder: "ADV-1".to_owned(), advisory_title: "Title".to_owned(), ..Meta::default() };
    Detection {
        key: "ADV-1/block".to_owned(),
        id: ir::id::of("ADV-1", "block"),
        title: "A block".to_owned(),
        description: "What it is.".to_owned(),
        meta: Arc::new(meta),
        kind,
        indicators: Arc::new([]),
        span: span(),
    }
}

fn compile(profile: &str, kind: Kind) -> Compiled {
    let profile = PROFILES.iter().find(|known| known.id == profile).unwrap();
    let detection = detection(kind);
    let compiled = Target::compile(
        &Kql,
        Job {
            profile,
            detections: &[&detection],
            overlay: &Overlay::default(),
            numbers: Section::default(),
            rule_texts: true,
            made_for: backend::For::Folder,
            programs: None,
        },
    );
    assert!(compiled.refused().next().is_none(), "{:?}", compiled.entries);
    compiled
}

fn event(profile: &str, class: EventClass, predicate: Predicate) -> Compiled {
    compile(profile, Kind::Event(EventRule { event: EventSelector::of(class), predicate }))
}

fn query(compiled: &Compiled) -> &str {
    // Another log of these events may lack a field; what is asked of this one is exact.
    let lossy = |said: &&source::Diagnostic| said.loss.is_some() && said.code.slug != "kql.log-without-field";
    assert_eq!(compiled.entries[0].diagnostics.iter().find(lossy), None);
    assert_eq!(compiled.rules.len(), 1);
    &compiled.rules[0].text
}

/// A query without the columns that it shows.
fn conditions(compiled: &Compiled) -> &str {
    query(compiled).rsplit_once("\n| project ").map_or("", |(before, _)| before)
}

fn names(count: usize) -> Vec<Pattern> {
    (0..count).map(|number| Pattern::exact(format!("{number:060}"))).collect()
}

#[test]
fn one_test_is_one_line() {
    let predicate = Predicate::All(vec![
        Predicate::is(Field::ParentName, "w3wp.exe", span()),
        Predicate::text(Field::ProcessPath, vec![Pattern::starts(r"C:\Temp\")], Case::Insensitive, span()).negate(),
        Predicate::test(Field::ProcessPid, Op::Number(NumberTest::Less(4)), span()).negate(),
    ]);
    assert_eq!(
        conditions(&event("defender-xdr", EventClass::ProcessStart, predicate)),
        "DeviceProcessEvents\n\
         | where ActionType == \"ProcessCreated\"\n\
         | where InitiatingProcessFileName =~ \"w3wp.exe\"\n\
         | where not(FolderPath startswith @\"C:\\Temp\\\")\n\
         | where not(isnotnull(ProcessId) and ProcessId < 4)"
    );
}

#[test]
fn letters_beyond_ascii_are_folded() {
    let predicate = Predicate::is(Field::EmailSubject, "Été", span());
    assert_eq!(conditions(&event("sentinel", EventClass::EmailMessage, predicate)), "EmailEvents\n| where tolower(Subject) == \"été\"");
}

#[test]
fn attachments_are_asked_of_their_own_table() {
    let predicate = Predicate::is(Field::EmailAttachmentName, "a.iso", span());
    assert_eq!(
        conditions(&event("defender-xdr", EventClass::EmailMessage, predicate)),
        "EmailEvents\n| where NetworkMessageId in ((EmailAttachmentInfo\n    | where FileName =~ \"a.iso\"\n    | project NetworkMessageId))"
    );
}

#[test]
fn only_tables_with_the_fields_are_asked() {
    let hash = Predicate::is(Field::ProcessSha256, "00", span());
    let everywhere = event("sentinel", EventClass::ProcessStart, hash.clone());
    assert!(query(&everywhere).contains("(Syslog"));
    let logs: Vec<(&str, Outcome)> = everywhere.entries[0].logs.iter().map(|(log, outcome)| (log.as_str(), *outcome)).collect();
    assert_eq!(logs, [("Event (sysmon)", Outcome::Exact), ("SecurityEvent", Outcome::Unsupported), ("Syslog", Outcome::Exact)]);
    assert_eq!(everywhere.entries[0].outcome, Outcome::Narrower);
    let linux = EventSelector { source: LogSource::Known(EventClass::ProcessStart), platform: Some(Platform::Linux), flow: None, sensor: None };
    let linux = compile("sentinel", Kind::Event(EventRule { event: linux, predicate: hash }));
    assert!(query(&linux).starts_with("let unxml") || query(&linux).starts_with("Syslog"));
    let nowhere = event("asim", EventClass::ImageLoad, Predicate::is(Field::ImageName, "a.dll", span()));
    assert_eq!(nowhere.entries[0].outcome, Outcome::Unsupported);
}

#[test]
fn each_log_of_a_correlation_has_its_outcome() {
    let logs = |compiled: &Compiled| compiled.entries[0].logs.iter().map(|(log, outcome)| (log.clone(), *outcome)).collect::<Vec<_>>();
    let count = |by: Field, predicate| {
        let rule = EventRule { event: EventSelector::of(EventClass::ProcessStart), predicate };
        let kind = CorrelationKind::Count(Step::new("start", rule, Times::at_least(3), span()));
        Kind::Correlation(Correlation { kind, by: vec![by.into()], within: Duration::from_secs(60), jitter: None })
    };
    let named = Predicate::is(Field::ProcessName, "a.exe", span());
    // Windows' own audit has no digests: nothing of it stands in a group, and the rule says so.
    let digests = compile("sentinel", count(Field::ProcessSha256, named.clone()));
    let unsupported = ("SecurityEvent".to_owned(), Outcome::Unsupported);
    assert_eq!(logs(&digests), [("Event (sysmon)".to_owned(), Outcome::Exact), unsupported, ("Syslog".to_owned(), Outcome::Exact)]);
    assert_eq!(digests.entries[0].outcome, Outcome::Narrower);
    // What the rule loses before a log is asked, it loses in each.
    let users = compile("defender-xdr", count(Field::UserName, named));
    assert_eq!((logs(&users), users.entries[0].outcome), (vec![("DeviceProcessEvents".to_owned(), Outcome::Exact)], Outcome::Exact));
}

#[test]
fn long_domain_lists_are_looked_up_by_parent() {
    let domains = (0..21).map(|number| Domain::parse(&format!("h{number}.evil.example")).unwrap()).collect();
    let compiled = event("asim", EventClass::DnsQuery, Predicate::test(Field::DnsName, Op::Domain(domains), span()));
    assert!(conditions(&compiled).ends_with(r#"| where extract(@"((?:[^.]+\.){2}[^.]+)\.?$", 1, DnsName) in~ (indicators)"#), "{}", query(&compiled));
}

#[test]
fn long_lists_become_watchlists_or_several_rules() {
    let list = |count| Predicate::text(Field::ProcessSha256, names(count), Case::Insensitive, span());
    let watched = event("sentinel", EventClass::ProcessStart, list(300));
    assert!(query(&watched).contains("let indicators = _GetWatchlist(\"vigie-block-"), "{}", query(&watched));
    let csv = watched.artefacts.iter().find(|artefact| artefact.kind == ArtefactKind::List).unwrap();
    assert_eq!(csv.text.lines().count(), 301);
    let divided = event("defender-xdr", EventClass::ProcessStart, list(300));
    assert_eq!(divided.rules.len(), 3);
    assert!(divided.rules.iter().all(|rule| rule.text.len() <= 10_000));
    assert_eq!((0..300).filter(|number| divided.rules.iter().filter(|rule| rule.text.contains(&format!("{number:060}"))).count() == 1).count(), 300);
    let by_hand = event("defender-xdr", EventClass::ProcessStart, list(5_000));
    assert_eq!((by_hand.rules.len(), by_hand.entries[0].diagnostics[0].code.slug), (1, "kql.hunting-only"));
}

#[test]
fn what_cannot_be_divided_is_refused() {
    let many = (0..600).map(|number| Pattern::contains(format!("needle {number}"))).collect();
    let predicate = Predicate::text(Field::ProcessCommandLine, many, Case::Insensitive, span()).negate();
    let compiled = event("sentinel", EventClass::ProcessStart, predicate);
    assert_eq!(compiled.entries[0].outcome, Outcome::Unsupported);
    assert_eq!(compiled.entries[0].diagnostics[0].code.slug, "kql.too-long");
}

#[test]
fn a_filter_that_every_part_repeats_divides_by_table() {
    let filter = (0..110).map(|number| Pattern::contains(format!("filter {number:03}"))).collect();
    let text = |patterns| Predicate::text(Field::ProcessCommandLine, patterns, Case::Insensitive, span());
    let predicate = Predicate::All(vec![text(vec![Pattern::contains("wanted")]), text(filter).negate()]);
    let compiled = event("sentinel", EventClass::ProcessStart, predicate);
    assert_eq!(compiled.entries[0].outcome, Outcome::Exact);
    let count = compiled.rules.len();
    assert!(count > 1);
    for (at, rule) in compiled.rules.iter().enumerate() {
        assert!(rule.text.len() <= 10_000 && !rule.text.contains("union"), "{}", rule.text);
        assert!(rule.title.ends_with(&format!("(part {} of {count})", at + 1)), "{}", rule.title);
        assert!(rule.text.contains("wanted") && (0..110).all(|number| rule.text.contains(&format!("filter {number:03}"))));
    }
    let ids: std::collections::BTreeSet<&str> = compiled.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), count);
}

#[test]
fn a_query_that_indentation_makes_too_long_is_written_without() {
    let words = (0..225).map(|number| Pattern::contains(format!("word {number:03}"))).collect();
    let predicate = Predicate::text(Field::ProcessCommandLine, words, Case::Insensitive, span());
    let compiled = event("defender-xdr", EventClass::ProcessStart, predicate);
    let text = query(&compiled);
    assert!(text.len() <= 10_000 && !text.contains("\n "), "{text}");
    assert_eq!(compiled.rules.len(), 1);
}

#[test]
fn missing_and_empty_text_are_asked_once() {
    let column = |op| Predicate::test(Field::ProcessCommandLine, op, span());
    let predicate = Predicate::Any(vec![column(Op::Empty), column(Op::Missing), Predicate::is(Field::ProcessName, "a.exe", span())]).negate();
    let compiled = event("defender-xdr", EventClass::ProcessStart, predicate);
    let text = &compiled.rules[0].text;
    assert_eq!(text.matches("isempty(").count(), 1, "{text}");
}

#[test]
fn a_count_compares_with_the_nth_event_before() {
    let step = Step::new(
        "fail",
        EventRule { event: EventSelector::of(EventClass::AuthLogon), predicate: Predicate::is(Field::LogonProcess, "ssh", span()) },
        Times::at_least(10),
        span(),
    );
    let correlation = |within| {
        let kind = CorrelationKind::Count(step.clone());
        Kind::Correlation(Correlation { kind, by: vec![Field::SourceIp.into()], within: Duration::from_secs(within), jitter: None })
    };
    let compiled = compile("asim", correlation(600));
    assert!(
        query(&compiled).ends_with(
            "| sort by Key1 asc, TimeGenerated asc\n\
             | extend FirstTime = prev(TimeGenerated, 9), FirstKey1 = prev(Key1, 9)\n\
             | where FirstKey1 == Key1 and (TimeGenerated - FirstTime) <= 10m\n\
             | summarize arg_max(TimeGenerated, *) by Key1"
        ),
        "{}",
        query(&compiled)
    );
    assert!(compiled.artefacts[0].text.contains("\nqueryPeriod: 70m\n"));
    let slow = compile("asim", correlation(30 * 86_400));
    assert_eq!((slow.entries[0].outcome, slow.entries[0].diagnostics[0].code.slug), (Outcome::Narrower, "kql.window"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a value holds, the files read back, and the query holds the value as one text.
    #[test]
    fn no_value_breaks_out(text in ".{1,40}", title in ".{0,40}") {
        for profile in &PROFILES {
            let predicate = Predicate::text(Field::ProcessCommandLine, vec![Pattern::contains(text.clone())], Case::Sensitive, span());
            let mut detection = detection(Kind::Event(EventRule { event: EventSelector::of(EventClass::ProcessStart), predicate }));
            detection.title = title.clone();
            detection.description = format!("{text}\n{title}");
            let job = Job { profile, detections: &[&detection], overlay: &Overlay::default(), numbers: Section::default(), rule_texts: true, made_for: backend::For::Folder, programs: None };
            let compiled = Target::compile(&Kql, job);
            prop_assert_eq!(compiled.refused().collect::<Vec<_>>(), Vec::<&source::Diagnostic>::new());
            let tokens = crate::verify::tokens(&compiled.rules[0].text).unwrap();
            prop_assert!(tokens.contains(&crate::verify::Token::Text(text.as_str().into())));
        }
    }
}

#[test]
fn a_sign_of_nothing_is_no_address() {
    let there = Predicate::test(Field::SourceIp, Op::Exists, span());
    let compiled = event("sentinel", EventClass::AuthLogon, Predicate::All(vec![there, Predicate::is(Field::UserName, "admin", span())]));
    assert!(query(&compiled).contains("where not(IpAddress in (\"\", \"-\"))"), "{}", query(&compiled));
}

/// What a custom detection needs stands in the answer, with what the event is about and what the rule asked for.
#[test]
fn a_device_is_named_with_its_report() {
    let hash = Predicate::is(Field::ProcessSha256, "00", span());
    let compiled = event("defender-xdr", EventClass::ProcessStart, hash.clone());
    let (_, shown) = query(&compiled).rsplit_once("| project ").unwrap();
    let shown: Vec<&str> = shown.split([',', ' ', '\n']).filter(|word| !word.is_empty()).collect();
    assert_eq!(shown[..5], ["Timestamp", "DeviceId", "DeviceName", "ReportId", "ActionType"]);
    for column in ["AccountName", "FolderPath", "ProcessCommandLine", "InitiatingProcessFolderPath", "SHA256", "AccountSid"] {
        assert!(shown.contains(&column), "{column} of {shown:?}");
    }
    assert_eq!(shown.iter().collect::<std::collections::BTreeSet<_>>().len(), shown.len());
}

/// Sysmon's rows have the names of the audit's, so that an alert finds its entities in both.
#[test]
fn tables_beside_each_other_have_the_same_names() {
    let compiled = event("sentinel", EventClass::ProcessStart, Predicate::is(Field::ProcessName, "a.exe", span()));
    let legs: Vec<&str> = query(&compiled).split("| project ").skip(1).collect();
    assert_eq!(legs.len(), 3);
    for leg in &legs[1..] {
        for name in ["Computer", "SubjectUserName = ", "NewProcessName = ", "CommandLine = ", "ParentProcessName = "] {
            assert!(leg.contains(name), "{name} in {leg}");
        }
    }
    let template = &compiled.artefacts[0].text;
    assert!(template.contains("columnName: SubjectUserName") && template.contains("columnName: CommandLine"), "{template}");
    // A port is a small number in one table and a large one in the other.
    let compiled =
        event("sentinel", EventClass::NetworkFlow, Predicate::test(Field::DestinationPort, Op::Number(NumberTest::In(vec![4444])), span()));
    assert_eq!(query(&compiled).matches("DestinationPort = tolong(DestinationPort)").count(), query(&compiled).matches("| project ").count());
}

/// Whoever asks for a word in any column gets the row that has it.
#[test]
fn a_row_is_whole_where_nobody_knows_what_matters() {
    let anywhere = Predicate::test(ir::FieldRef::Any, Op::Text { patterns: vec![Pattern::contains("kestrel")], case: Case::Insensitive }, span());
    assert!(!query(&event("sentinel", EventClass::ScriptBlock, anywhere)).contains("| project "));
    let cloud = Predicate::is(Field::CloudOperation, "ConsoleLogin", span());
    assert!(
        !compile("sentinel", Kind::Event(EventRule { event: EventSelector::of(EventClass::CloudAudit), predicate: cloud })).rules[0]
            .text
            .contains("| project ")
    );
}

/// A site's own column stands for the profile's, in what is shown as in what is asked.
#[test]
fn a_column_of_the_site_is_shown() {
    let predicate = Predicate::is(Field::UserAgent, "odd", span());
    let detection = detection(Kind::Event(EventRule { event: EventSelector::of(EventClass::HttpRequest), predicate }));
    let overlay = Overlay { fields: [((EventClass::HttpRequest, Field::UserAgent), "Agent_s".to_owned())].into_iter().collect() };
    let profile = &PROFILES[2];
    let job = Job {
        profile,
        detections: &[&detection],
        overlay: &overlay,
        numbers: Section::default(),
        rule_texts: true,
        made_for: backend::For::Folder,
        programs: None,
    };
    let compiled = Target::compile(&Kql, job);
    let (asked, shown) = query(&compiled).rsplit_once("| project ").unwrap();
    assert!(asked.contains("Agent_s =~ \"odd\"") && shown.contains("Agent_s") && !shown.contains("HttpUserAgent"), "{}", query(&compiled));
}
