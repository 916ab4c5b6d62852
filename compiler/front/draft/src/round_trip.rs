//! Does a draft read back as what was printed, whatever the values hold?

use std::sync::Arc;

use ir::{
    Advisory, Because, Citation, Confidence, Direction, Head, Header, Indicator, IndicatorBlock, Observable, ObservableKind, Origin, Role, Scope,
    SeverityLevel, SourceDocument, Technique, Tlp, Window,
};
use proptest::prelude::*;
use source::{FileId, Sources, Span};

use super::*;

/// The article that the drafts of these tests quote.
const ARTICLE: &str = "The relays are \"compromised home routers\";\n  they end in C:\\Temp\\ and cost $5 {each}. It's all # that is said.";

struct Beside;

impl description::Files for Beside {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        if path == "a.md" { Ok(ARTICLE.as_bytes().into()) } else { Err("not there".to_owned()) }
    }
}

fn place() -> (FileId, Span) {
    let file = Sources::default().add("feed", "");
    (file, Span::new(file, 0, 0))
}

fn header(id: &str, title: &str) -> Header {
    Header { title: title.to_owned(), ..Header::new(id, place().1) }
}

fn advisory(header: Header, indicators: Vec<IndicatorBlock>) -> Advisory {
    let span = place().1;
    let sources = vec![SourceDocument { name: "the article".to_owned(), file: Some(("a.md".to_owned(), span)), url: None, span }];
    Advisory { header, sources, indicators, behaviors: vec![], correlations: vec![], natives: vec![], tests: vec![], accepts: vec![] }
}

fn parsed(draft: &str) -> ir::Parsed {
    let mut sources = Sources::default();
    let file = sources.add("draft.vigie", draft);
    description::parse(&mut sources, file, &Beside)
}

/// Words with everything that could break a literal, a comment or a block.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9 ._-]{1,8}",
        "[\"'\\\\{}\\[\\]#,:;/$()\n\r\t\u{0}\u{1b}\u{202e}\u{2028}\u{feff}\u{85}é中]{1,4}",
        Just("\"}\niocs x : ip {".to_owned()),
        Just("# } advisory \"X\" {".to_owned()),
        Just("because a \"b\"".to_owned()),
        Just("\nvigie 2\n".to_owned()),
    ];
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

fn observable() -> impl Strategy<Value = Observable> {
    let kinds = proptest::sample::select(ObservableKind::ALL.map(|row| row.0).to_vec());
    let text = prop_oneof![
        words(),
        "([0-9]{1,3}\\.){3}[0-9]{1,3}(:[0-9]{1,5})?(/[0-9]{1,2})?",
        "2001:db8::[0-9a-f]{1,4}",
        "[a-z0-9-]{1,8}\\.(example|test)",
        "https?://[a-z]{1,6}\\.example(:[0-9]{2,4})?/[ -~é]{0,12}",
        "[a-z.]{1,6}@[a-z]{1,5}\\.example",
        "[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}",
        "HKLM\\\\[ -~]{1,12}(:[ -~]{1,6})?",
        "AS[0-9]{1,6}",
        "t13d[0-9]{4}h2_[0-9a-f]{12}_[0-9a-f]{12}",
    ];
    (kinds, text).prop_filter_map("no value of this type", |(kind, text)| Observable::parse(kind, &text).ok())
}

fn day() -> impl Strategy<Value = ir::Date> {
    (1990_i16..2100, 1_i8..=12, 1_i8..=28).prop_filter_map("no day", |(year, month, day)| ir::Date::new(year, month, day).ok())
}

fn windows() -> impl Strategy<Value = Option<Window>> {
    prop_oneof![
        Just(None),
        day().prop_map(|from| Some(Window { from: Some(from), until: None })),
        day().prop_map(|until| Some(Window { from: None, until: Some(until) })),
        (day(), day()).prop_map(|(one, two)| Some(Window { from: Some(one.min(two)), until: Some(one.max(two)) })),
    ]
}

fn techniques() -> impl Strategy<Value = Vec<Technique>> {
    proptest::sample::subsequence(vec!["T1059", "T1059.001", "T1584.008"], 0..=3)
        .prop_map(|ids| ids.into_iter().filter_map(Technique::parse).collect())
}

fn cited() -> impl Strategy<Value = Vec<Citation>> {
    let quotes = ["\"compromised home routers\"", "they end in C:\\Temp\\", "cost $5 {each}. It's all # that"];
    proptest::sample::subsequence(quotes.to_vec(), 0..=2).prop_map(|quotes| {
        let citation = |quote: &str| Citation { quote: quote.to_owned(), source: "the article".to_owned(), file: None, line: Some(1), url: None };
        quotes.into_iter().map(citation).collect()
    })
}

fn indicator() -> impl Strategy<Value = Indicator> {
    let role = proptest::sample::select(Role::ALL.map(|row| row.0).to_vec());
    let direction = proptest::sample::select(Direction::ALL.map(|row| row.0).to_vec());
    let confidence = proptest::option::of(proptest::sample::select(Confidence::ALL.map(|row| row.0).to_vec()));
    let tlp = proptest::option::of(proptest::sample::select(Tlp::ALL.map(|row| row.0).to_vec()));
    let size = proptest::option::of(0_u64..1 << 40);
    (observable(), role, direction, windows(), confidence, tlp, techniques(), size, proptest::option::of(words()), cited()).prop_map(
        |(observable, role, direction, valid, confidence, tlp, techniques, size, note, citations)| Indicator {
            origins: vec![Origin { span: place().1, raw: observable.to_string().into() }],
            observable,
            role,
            direction,
            valid,
            confidence,
            tlp,
            techniques,
            size,
            note,
            citations,
        },
    )
}

fn block() -> impl Strategy<Value = IndicatorBlock> {
    let severity = proptest::option::of(proptest::sample::select(SeverityLevel::ALL.map(|row| row.0).to_vec()));
    let scope = proptest::sample::select(vec![Scope::Campaign, Scope::Actor, Scope::Context]);
    let indicators = proptest::collection::vec(indicator(), 1..5);
    (words(), proptest::option::of(words()), indicators, severity, scope, cited(), proptest::collection::vec(words(), 0..2)).prop_map(
        |(name, title, indicators, severity, scope, cited, false_positives)| {
            let because = cited.into_iter().map(|citation| Because { citation, span: place().1 }).collect();
            let head = Head { title, severity, scope, because, false_positives, ..Head::new(name, place().1) };
            IndicatorBlock { head, kind: None, indicators }
        },
    )
}

/// What must be the same after reading back, in an order of its own.
fn facts(advisory: &Advisory) -> Vec<String> {
    let mut facts = Vec::new();
    for block in &advisory.indicators {
        for one in &block.indicators {
            let cited: Vec<String> =
                one.citations.iter().chain(block.head.because.iter().map(|because| &because.citation)).map(|cited| cited.quote.clone()).collect();
            let text = one.observable.to_string();
            // A value that the language would read as another is a comment.
            if Observable::parse(one.observable.kind(), &text).as_ref() == Ok(&one.observable) {
                facts.push(format!(
                    "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {cited:?} {:?} {:?} {:?} {:?}",
                    one.observable,
                    one.role,
                    one.direction,
                    one.valid,
                    one.confidence,
                    one.tlp,
                    one.techniques,
                    one.size,
                    one.note,
                    block.head.title,
                    block.head.severity,
                    block.head.scope,
                    block.head.false_positives,
                ));
            }
        }
    }
    facts.sort();
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn a_draft_reads_back(
        id in words(), title in words(), actors in proptest::collection::vec(words(), 0..3), report in proptest::option::of(words()),
        hunt in windows(), published in proptest::option::of(day()), text in words(), withheld in proptest::collection::vec((words(), words()), 0..3),
        blocks in proptest::collection::vec(block(), 0..3),
    ) {
        let head = Header { actors, report, hunt, published, ..header(&id, &title) };
        let advisory = advisory(head, blocks);
        let mut sources = Sources::default();
        let file = sources.add("a.md", text);
        let draft = print(&advisory, &context::read(&sources, file), &withheld);
        let back = parsed(&draft);
        prop_assert!(back.diagnostics.is_empty(), "{draft}\n{:?}", back.diagnostics);
        prop_assert_eq!(back.advisories.len(), 1, "{}", draft);
        prop_assert_eq!(facts(&back.advisories[0]), facts(&advisory), "{}", draft);
        let read = &back.advisories[0].header;
        prop_assert_eq!((&read.actors, &read.hunt), (&advisory.header.actors, &advisory.header.hunt));
        if !id.trim().is_empty() {
            prop_assert_eq!(&read.id, &id);
        }
    }
}

#[test]
fn an_article_without_indicators_says_where_they_are() {
    let text = "# Agency warns\n\nDate: July 21, 2021\n\nThe indicators are in CERTFR-2021-IOC-003. We track Zirconium as APT31.\n";
    let mut sources = Sources::default();
    let file = sources.add("a.md", text);
    let withheld = [("https://cert.example/alert".to_owned(), "a reference".to_owned())];
    let draft = print(&advisory(header("AGENCY-1", "AGENCY-1"), Vec::new()), &context::read(&sources, file), &withheld);
    let wanted = "\
vigie 1

# Draft made by import: to be read and completed by an analyst.

advisory \"AGENCY-1\" {
  title:      \"Agency warns\"
  published:  2021-07-21
  actor:      [\"Zirconium\", \"APT31\"]
}

source the-article { file: \"a.md\" }

# There is no indicator here; they are in CERTFR-2021-IOC-003.

# Withheld, 1 in all:
#   - https[:]//cert[.]example/alert: a reference
";
    assert_eq!(draft, wanted);
    assert!(parsed(&draft).diagnostics.is_empty());
}

#[test]
fn a_block_says_what_its_values_share_once() {
    let value = |kind, text: &str, note: Option<&str>| Indicator {
        observable: Observable::parse(kind, text).unwrap(),
        role: Role::Relay,
        direction: Direction::Either,
        valid: None,
        confidence: Some(Confidence::High),
        tlp: None,
        techniques: vec![Technique::parse("T1584.008").unwrap()],
        size: None,
        note: note.map(str::to_owned),
        origins: Vec::new(),
        citations: Vec::new(),
    };
    let citation = Citation { quote: "compromised home routers".to_owned(), source: "the article".to_owned(), file: None, line: Some(1), url: None };
    let block = IndicatorBlock {
        head: Head { because: vec![Because { citation, span: place().1 }], ..Head::new("relays", place().1) },
        kind: None,
        indicators: vec![value(ObservableKind::Ip, "198.51.100.23", None), value(ObservableKind::Ip, "203.0.113.0/28", Some("whole \"range\""))],
    };
    let draft = print(&advisory(header("A-1", "Relays"), vec![block]), &Context::default(), &[]);
    let wanted = "\
iocs relays : ip {
  role: relay   direction: either
  confidence: high   attack: [T1584.008]
  because the-article \"compromised home routers\"
  - 198[.]51[.]100[.]23
  - 203[.]0[.]113[.]0/28 { note: \"whole \\\"range\\\"\" }
}
";
    assert!(draft.ends_with(wanted), "{draft}");
    assert!(parsed(&draft).diagnostics.is_empty());
}
