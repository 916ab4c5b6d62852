//! What is there to ask? Indicators by role and direction become detections; behaviours and correlations are some already.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ir::{
    Advisory, BytePattern, BytesTest, Case, Citation, Detection, EventClass, EventRule, EventSelector, Field, Flow, Head, Header, Indicator,
    IndicatorBlock, IpNet, Kind, Meta, Need, NumberTest, Observable, ObservableKind, Op, Part, Pattern, Predicate, Role, Scope, SeverityLevel,
    Technique, Tree, Verdict, Window,
};
use source::{Code, Span};

use crate::context::{Cx, Withheld};
use crate::folder::Folders;
use crate::open::{glob_places, open_registry, task};
use crate::place::Place;

/// A detection, the block it comes from, and whether a policy keeps it back.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The question.
    pub detection: Detection,
    /// The advisory's id.
    pub advisory: String,
    /// The block's name.
    pub block: String,
    /// The part of the block: a facet's name, an event's name.
    pub part: Option<String>,
    /// The block's own span.
    pub block_span: Span,
    /// The policy that keeps it back, with its reason.
    pub withheld: Option<(&'static Code, String)>,
}

impl Planned {
    /// Whether a name in a `test` or `accept` means this detection: the block's name, or block and part.
    #[must_use]
    pub fn is(&self, subject: &str) -> bool {
        match subject.split_once('.') {
            None => self.block == subject,
            Some((block, part)) => self.block == block && self.part.as_deref() == Some(part),
        }
    }
}

/// Every detection of every advisory, sorted by key.
pub(crate) fn run(advisories: Vec<Advisory>, cx: &Cx) -> Vec<Planned> {
    let mut out = Vec::with_capacity(advisories.len());
    let folders = Folders::of(&advisories);
    let mut withheld = HeldValues::new();
    for held in &cx.withheld {
        withheld.entry((held.advisory.as_str(), held.block.as_str())).or_default().push(held);
    }
    for advisory in advisories {
        expand(advisory, &withheld, cx, &folders, &mut out);
    }
    out.sort_by(|a, b| a.detection.key.cmp(&b.detection.key));
    out
}

/// The values that a policy keeps back, by advisory and block.
type HeldValues<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Withheld>>;

fn expand(advisory: Advisory, withheld: &HeldValues<'_>, cx: &Cx, folders: &Folders, out: &mut Vec<Planned>) {
    let Advisory { header, indicators, behaviors, correlations, natives, .. } = advisory;
    let mut maker = Maker { header: &header, cx, folders, out };
    for IndicatorBlock { head, indicators, .. } in indicators {
        let kept = Lists::new(indicators);
        let asked = asks(&kept.all, head.span);
        let held = withheld.get(&(header.id.as_str(), head.name.as_str())).map(Vec::as_slice).unwrap_or_default();
        if let Some(policy) = held.first() {
            let mut lists = Lists::new(held.iter().map(|held| held.indicator.clone()).collect());
            for (part, ask) in asks(&lists.all.clone(), head.span) {
                if !asked.contains_key(&part) {
                    let list = lists.list(ask.indicators);
                    maker.indicators(&head, &part, ask.rule, list, Some((policy.code, policy.reason.clone())));
                }
            }
        }
        let mut lists = kept;
        for (part, ask) in asked {
            let list = lists.list(ask.indicators);
            maker.indicators(&head, &part, ask.rule, list, None);
        }
    }
    for behavior in behaviors {
        let head = &behavior.head;
        let meta = maker.meta(head, None);
        let title = title(head);
        let many = behavior.facets.len() > 1;
        for facet in behavior.facets {
            let kind = Kind::Event(EventRule { event: facet.event, predicate: facet.predicate });
            let title = if many { format!("{title} ({})", words(&facet.name)) } else { title.clone() };
            // A Sigma rule is one question; its facet needs no name of its own.
            let part = (head.sigma.is_none() || many).then_some(facet.name.as_str());
            maker.push(head, part, title, kind, meta.clone(), facet.span, [].into(), None);
        }
    }
    for block in correlations {
        let meta = maker.meta(&block.head, None);
        maker.push(&block.head, None, title(&block.head), Kind::Correlation(block.correlation), meta, block.head.span, [].into(), None);
    }
    for native in natives {
        let head = Head { because: native.because, ..Head::new(native.name.as_str(), native.span) };
        let meta = maker.meta(&head, None);
        let kind = Kind::Native { language: native.language, file: native.file, text: native.text, companions: native.companions };
        maker.push(&head, None, title(&head), kind, meta, native.span, [].into(), None);
    }
}

/// The block's title; its name in words when it has none.
fn title(head: &Head) -> String {
    head.title.clone().unwrap_or_else(|| words(&head.name))
}

struct Maker<'a> {
    header: &'a Header,
    cx: &'a Cx,
    folders: &'a Folders,
    out: &'a mut Vec<Planned>,
}

impl Maker<'_> {
    fn meta(&self, about: &Head, valid: Option<Window>) -> Arc<Meta> {
        let header = self.header;
        let mut techniques = about.techniques.clone();
        techniques.sort();
        techniques.dedup();
        let severity = about.severity.unwrap_or_default();
        let severity = if header.verdict == Verdict::Lead { severity.min(SeverityLevel::Medium) } else { severity };
        let citations: Vec<Citation> = about.because.iter().map(|because| because.citation.clone()).collect();
        let mut references = header.references.clone();
        for url in citations.iter().filter_map(|citation| citation.url.clone()) {
            if !references.contains(&url) {
                references.push(url);
            }
        }
        Arc::new(Meta {
            advisory: header.id.clone(),
            advisory_title: header.title.clone(),
            folder: self.folders.name(header, about),
            tlp: about.tlp.max(header.tlp),
            published: header.published,
            modified: header.modified,
            actors: named(&header.actors),
            malware: named(&header.malware),
            cves: header.cves.clone(),
            techniques,
            severity,
            confidence: about.confidence,
            verdict: header.verdict,
            scope: about.scope,
            hunt: header.hunt,
            valid,
            report: header.report.clone(),
            references,
            citations,
            false_positives: about.false_positives.clone(),
            author: header.author.clone(),
            sigma: about.sigma.clone(),
        })
    }

    fn indicators(&mut self, block: &Head, part: &str, rule: EventRule, indicators: Arc<[Indicator]>, withheld: Option<(&'static Code, String)>) {
        let techniques: BTreeSet<&Technique> = indicators.iter().flat_map(|indicator| &indicator.techniques).collect();
        let from = indicators.iter().filter_map(|indicator| indicator.valid.and_then(|valid| valid.from)).min();
        let until = indicators.iter().map(|indicator| indicator.valid.and_then(|valid| valid.until)).collect::<Option<Vec<_>>>();
        let valid = Window { from, until: until.and_then(|all| all.into_iter().max()) };
        let head = Head {
            techniques: techniques.into_iter().cloned().collect(),
            confidence: indicators.iter().map(|indicator| indicator.confidence).min().flatten(),
            tlp: indicators.iter().filter_map(|indicator| indicator.tlp).max(),
            ..block.clone()
        };
        let meta = self.meta(&head, (valid != Window::default()).then_some(valid));
        let what = block.title.clone().unwrap_or_else(|| noun(&indicators));
        let title = format!("{what} {}", seen(part));
        self.push(block, Some(part), title, Kind::Event(rule), meta, block.span, indicators, withheld);
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where a detection is put together")]
    fn push(
        &mut self,
        head: &Head,
        part: Option<&str>,
        title: String,
        kind: Kind,
        meta: Arc<Meta>,
        span: Span,
        indicators: Arc<[Indicator]>,
        withheld: Option<(&'static Code, String)>,
    ) {
        let block = head.name.as_str();
        let name = part.map_or_else(|| block.to_owned(), |part| format!("{block}.{part}"));
        let subject = match meta.scope {
            Scope::Campaign | Scope::Actor => meta.actors.first().or(meta.malware.first()).unwrap_or(&meta.advisory),
            Scope::Context => &meta.advisory,
        };
        // A Sigma rule's own title is what people know it by.
        let description = head.description.clone().unwrap_or_else(|| describe(&title, &meta, &indicators));
        let title = if head.sigma.is_some() { title } else { format!("{subject}: {title}") };
        let id = match (head.id, part) {
            (Some(id), None) => id,
            (Some(id), Some(part)) => ir::id::part(id, part),
            (None, part) => {
                // A block that was renamed stays who it was under its first name.
                let first = head.renamed_from.last().map_or(block, String::as_str);
                ir::id::of(&self.header.id, &part.map_or_else(|| first.to_owned(), |part| format!("{first}.{part}")))
            }
        };
        let held = if self.cx.held_blocks.is_empty() { None } else { self.cx.held_blocks.get(&(self.header.id.clone(), block.to_owned())).cloned() };
        self.out.push(Planned {
            detection: Detection { key: format!("{}/{name}", self.header.id), id, title, description, meta, kind, indicators, span },
            advisory: self.header.id.clone(),
            block: block.to_owned(),
            part: part.map(ToOwned::to_owned),
            block_span: head.span,
            withheld: withheld.or(held),
        });
    }
}

/// The names that say something: a blank one would be a key without a value.
fn named(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| name.chars().any(char::is_alphanumeric)).cloned().collect()
}

/// A name as words: `exchange_webshell` reads "exchange webshell".
fn words(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

fn noun(indicators: &[Indicator]) -> String {
    let kinds: BTreeSet<ObservableKind> = indicators.iter().map(|indicator| indicator.observable.kind()).collect();
    let roles: BTreeSet<Role> = indicators.iter().map(|indicator| indicator.role).filter(|role| *role != Role::Unknown).collect();
    let kind = match kinds.first() {
        Some(kind) if kinds.len() == 1 => match kind {
            ObservableKind::Ip => "address",
            ObservableKind::FileName => "file name",
            ObservableKind::FilePath => "file path",
            ObservableKind::Registry => "registry entry",
            ObservableKind::Md5 | ObservableKind::Sha1 | ObservableKind::Sha256 | ObservableKind::Sha512 => "file",
            ObservableKind::UserAgent => "user agent",
            ObservableKind::CertSha1 | ObservableKind::CertSha256 | ObservableKind::CertSerial => "certificate",
            other => other.name(),
        },
        _ => "indicator",
    };
    match roles.first() {
        Some(role) if roles.len() == 1 => format!("{} {kind}", role.name()),
        _ => kind.to_owned(),
    }
}

/// How an indicator shows, from the part of the key that names event and direction.
fn seen(part: &str) -> &'static str {
    match part {
        "network-flow-destination" => "as destination of a connection",
        "network-flow-source" => "as source of a connection",
        "network-flow" => "in a connection",
        "auth-logon-source" => "as source of a logon",
        "dns-query" => "in a DNS query",
        "tls-handshake" => "in a TLS handshake",
        "http-request" => "in an HTTP request",
        "email-message" => "in an e-mail",
        "file-content" => "in the content of a file",
        "file-create" => "in a new file",
        "process-start" => "in a started process",
        "image-load" => "in a loaded library",
        "registry-set" => "in a registry change",
        "pipe-create" => "in a named pipe",
        "service-install" => "in an installed service",
        "task-create" => "in a scheduled task",
        _ => "in an event",
    }
}

/// The text for the person who gets the alert: first what was seen, then who says so.
fn describe(what: &str, meta: &Meta, indicators: &[Indicator]) -> String {
    use std::fmt::Write as _;
    let mut out = match indicators.len() {
        0 => {
            let end = if what.ends_with(['.', '!', '?']) { "" } else { "." };
            format!("{what}{end} Described in {} ({}).", meta.advisory, meta.advisory_title)
        }
        1 => format!("Matches an indicator listed in {} ({}).", meta.advisory, meta.advisory_title),
        count => format!("Matches any of {count} indicators listed in {} ({}).", meta.advisory, meta.advisory_title),
    };
    for citation in &meta.citations {
        let _ = write!(out, " Because: \"{}\" ({}", citation.quote, citation.source);
        let _ = citation.line.map_or(Ok(()), |line| write!(out, ", line {line}"));
        out.push_str(").");
    }
    if meta.scope == Scope::Context {
        out.push_str(" This is context: a hit says nothing about who did it.");
    }
    if meta.verdict == Verdict::Lead {
        out.push_str(" A hit is a lead that opens an investigation; it is no proof.");
    }
    if let Some(from) = meta.hunt.and_then(|hunt| hunt.from) {
        let until = meta.hunt.and_then(|hunt| hunt.until).map_or_else(|| "now".to_owned(), |until| until.to_string());
        let _ = write!(out, " Search back from {from} to {until}.");
    }
    if let Some(report) = &meta.report {
        let _ = write!(out, " Hits are reported to {report}.");
    }
    out
}

/// A block's indicators, and the lists of some of them that questions are about. Most questions of a block are about all, and share one.
struct Lists {
    all: Arc<[Indicator]>,
    some: BTreeMap<Vec<usize>, Arc<[Indicator]>>,
}

impl Lists {
    fn new(indicators: Vec<Indicator>) -> Self {
        Self { all: indicators.into(), some: BTreeMap::new() }
    }

    /// Those at these places, which rise.
    fn list(&mut self, places: Vec<usize>) -> Arc<[Indicator]> {
        if places.len() == self.all.len() {
            return Arc::clone(&self.all);
        }
        let all = &self.all;
        let list = self.some.entry(places).or_insert_with_key(|places| places.iter().filter_map(|at| all.get(*at).cloned()).collect());
        Arc::clone(list)
    }
}

/// One question on one class of events.
struct Ask {
    rule: EventRule,
    /// The places of the indicators it is about, rising.
    indicators: Vec<usize>,
}

/// A port that goes with an address, and the field it stands in.
type Port = (Field, u16);

/// The values of one test, before they are one.
#[derive(Default)]
struct Values {
    patterns: BTreeMap<Field, Vec<Pattern>>,
    nets: BTreeMap<(Field, Option<Port>), Vec<IpNet>>,
    domains: BTreeMap<Field, Vec<ir::Domain>>,
    urls: BTreeMap<Field, Vec<ir::Url>>,
    trees: BTreeMap<Field, Vec<Tree>>,
    numbers: BTreeMap<Field, Vec<i64>>,
    strings: Vec<BytePattern>,
    others: Vec<Predicate>,
    indicators: Vec<usize>,
}

/// The questions a list of indicators asks, by the part of the key that names event and direction.
fn asks(indicators: &[Indicator], span: Span) -> BTreeMap<String, Ask> {
    let mut table: BTreeMap<(EventClass, Option<&str>), Values> = BTreeMap::new();
    for (at, indicator) in indicators.iter().enumerate() {
        // The value as one text, which all its places share.
        let mut text = None;
        for (class, direction, place) in places(indicator) {
            let values = table.entry((class, direction)).or_default();
            if values.indicators.last() != Some(&at) {
                values.indicators.push(at);
            }
            put(values, place, indicator, &mut text, span);
        }
    }
    table
        .into_iter()
        .map(|((class, direction), mut values)| {
            let flow = (class == EventClass::NetworkFlow && direction == Some("source")).then_some(Flow::Inbound);
            let name = class.name().replace('.', "-");
            let part = direction.map_or_else(|| name.clone(), |direction| format!("{name}-{direction}"));
            let event = EventSelector { flow, ..EventSelector::of(class) };
            let indicators = std::mem::take(&mut values.indicators);
            let rule = EventRule { event, predicate: Predicate::Any(predicates(values, span)).flat() };
            (part, Ask { rule, indicators })
        })
        .collect()
}

/// Where an indicator shows: classes of events, with the end of the connection where that matters.
fn places(indicator: &Indicator) -> Vec<(EventClass, Option<&'static str>, Place)> {
    use EventClass as E;
    use Field as F;
    let lure = matches!(indicator.role, Role::Phishing | Role::Delivery);
    let mail = matches!(indicator.role, Role::Phishing | Role::Sender);
    let executable = |name: &str| {
        let extension = name.rsplit(['.', '\\', '/']).next().unwrap_or_default().to_ascii_lowercase();
        ["exe", "com", "scr", "pif", "elf", "bin", "sh"].contains(&extension.as_str()) || (!name.contains('.') && name.contains('/'))
    };
    match &indicator.observable {
        Observable::Ip(_) => {
            let mut out = Vec::new();
            if indicator.direction.destination() {
                out.push((E::NetworkFlow, Some("destination"), Place::Address(F::DestinationIp, Some(F::DestinationPort))));
            }
            if indicator.direction.source() {
                out.push((E::NetworkFlow, Some("source"), Place::Address(F::SourceIp, Some(F::SourcePort))));
                out.push((E::AuthLogon, Some("source"), Place::Address(F::SourceIp, None)));
            }
            out
        }
        Observable::Asn(_) => {
            let mut out = Vec::new();
            if indicator.direction.destination() {
                out.push((E::NetworkFlow, Some("destination"), Place::Number(F::DestinationAs)));
            }
            if indicator.direction.source() {
                out.push((E::NetworkFlow, Some("source"), Place::Number(F::SourceAs)));
            }
            out
        }
        Observable::Domain(_) | Observable::Host(_) => {
            let mut out = vec![
                (E::DnsQuery, None, Place::Domain(F::DnsName)),
                (E::TlsHandshake, None, Place::Domain(F::TlsSni)),
                (E::HttpRequest, None, Place::Domain(F::UrlHost)),
                (E::NetworkFlow, None, Place::Domain(F::DestinationDomain)),
            ];
            if mail {
                out.push((E::EmailMessage, None, Place::Domain(F::EmailFromDomain)));
            }
            if lure {
                out.push((E::EmailMessage, None, Place::Domain(F::EmailUrlHost)));
            }
            out
        }
        Observable::Url(_) => {
            let mut out = vec![(E::HttpRequest, None, Place::Url(F::UrlFull))];
            if lure {
                out.push((E::EmailMessage, None, Place::Url(F::EmailUrl)));
            }
            out
        }
        Observable::Email(_) => {
            vec![(E::EmailMessage, None, Place::Exact(if indicator.role == Role::Exfiltration { F::EmailTo } else { F::EmailFrom }))]
        }
        Observable::EmailSubject(_) => vec![(E::EmailMessage, None, Place::Exact(F::EmailSubject))],
        Observable::Attachment(_) => vec![(E::EmailMessage, None, Place::Exact(F::EmailAttachmentName))],
        Observable::Hash(hash) => {
            use ir::observable::HashAlgorithm as H;
            let (content, process, file, image, mail) = match hash.algorithm() {
                H::Md5 => (F::FileMd5, Some(F::ProcessMd5), Some(F::FileMd5), Some(F::ImageMd5), Some(F::EmailAttachmentMd5)),
                H::Sha1 => (F::FileSha1, Some(F::ProcessSha1), Some(F::FileSha1), Some(F::ImageSha1), Some(F::EmailAttachmentSha1)),
                H::Sha256 => (F::FileSha256, Some(F::ProcessSha256), Some(F::FileSha256), Some(F::ImageSha256), Some(F::EmailAttachmentSha256)),
                H::Sha512 => (F::FileSha512, None, None, None, None),
            };
            let others = [(E::ProcessStart, process), (E::FileCreate, file), (E::ImageLoad, image), (E::EmailMessage, mail)];
            std::iter::once((E::FileContent, None, Place::Exact(content)))
                .chain(others.into_iter().filter_map(|(class, field)| Some((class, None, Place::Exact(field?)))))
                .collect()
        }
        Observable::Imphash(_) => vec![
            (E::FileContent, None, Place::Exact(F::FileImphash)),
            (E::ProcessStart, None, Place::Exact(F::ProcessImphash)),
            (E::ImageLoad, None, Place::Exact(F::ImageImphash)),
        ],
        Observable::FileName(name) => {
            let mut out = vec![(E::FileCreate, None, Place::Exact(F::FileName)), (E::FileContent, None, Place::Exact(F::FileName))];
            if executable(name) {
                out.push((E::ProcessStart, None, Place::Exact(F::ProcessName)));
            }
            out
        }
        Observable::FilePath(path) => {
            let mut out = vec![(E::FileCreate, None, Place::Exact(F::FilePath))];
            if executable(path) {
                out.push((E::ProcessStart, None, Place::Exact(F::ProcessPath)));
            }
            out
        }
        Observable::Glob { kind, pattern } => glob_places(*kind, pattern, indicator, &executable),
        Observable::Process(_) => vec![(E::ProcessStart, None, Place::Exact(F::ProcessName))],
        Observable::Registry { .. } => vec![(E::RegistrySet, None, Place::Registry)],
        Observable::Mutex(_) => vec![(E::FileContent, None, Place::Strings)],
        Observable::Pipe(_) => vec![(E::Pipe, None, Place::Exact(F::PipeName))],
        Observable::Service(_) => vec![(E::ServiceInstall, None, Place::Exact(F::ServiceName))],
        Observable::Task(_) => vec![(E::TaskCreate, None, Place::Task)],
        Observable::UserAgent(_) => vec![(E::HttpRequest, None, Place::Exact(F::UserAgent))],
        Observable::Ja3(_) => vec![(E::TlsHandshake, None, Place::Exact(F::TlsJa3))],
        Observable::Ja3s(_) => vec![(E::TlsHandshake, None, Place::Exact(F::TlsJa3s))],
        Observable::Ja4(_) => vec![(E::TlsHandshake, None, Place::Exact(F::TlsJa4))],
        Observable::CertSha1(_) => vec![(E::TlsHandshake, None, Place::Exact(F::TlsCertSha1))],
        Observable::CertSha256(_) => vec![(E::TlsHandshake, None, Place::Exact(F::TlsCertSha256))],
        Observable::CertSerial(_) => vec![(E::TlsHandshake, None, Place::Exact(F::TlsCertSerial))],
        Observable::CommandLine(_) => vec![(E::ProcessStart, None, Place::Contains(F::ProcessCommandLine))],
    }
}

fn put(values: &mut Values, place: Place, indicator: &Indicator, text: &mut Option<Pattern>, span: Span) {
    let mut exact = || {
        text.get_or_insert_with(|| match &indicator.observable {
            Observable::Glob { pattern, .. } => pattern.clone(),
            known => Pattern::exact(known.to_string()),
        })
        .clone()
    };
    match (place, &indicator.observable) {
        (Place::Address(field, port_field), Observable::Ip(address)) => {
            let port = address.port.and_then(|port| Some((port_field?, port)));
            values.nets.entry((field, port)).or_default().push(address.net);
        }
        (Place::Domain(field), Observable::Domain(domain)) => values.domains.entry(field).or_default().push(domain.clone()),
        (Place::Domain(field), Observable::Host(_)) => values.patterns.entry(field).or_default().push(exact()),
        (Place::Url(field), Observable::Url(url)) => values.urls.entry(field).or_default().push(url.clone()),
        (Place::Number(field), Observable::Asn(number)) => values.numbers.entry(field).or_default().push(i64::from(*number)),
        (Place::Registry, Observable::Registry { key, value: None }) => {
            if let Some(tree) = Tree::parse(key.as_str()) {
                values.trees.entry(Field::RegistryKey).or_default().push(Tree { separator: '\\', ..tree });
            }
            if let Some((key, value)) = key.maybe_value() {
                values.others.push(Predicate::All(vec![
                    Predicate::is(Field::RegistryKey, key.as_str(), span),
                    Predicate::is(Field::RegistryValueName, value, span),
                ]));
            }
        }
        (Place::Registry, Observable::Registry { key, value: Some(value) }) => values.others.push(Predicate::All(vec![
            Predicate::is(Field::RegistryKey, key.as_str(), span),
            Predicate::is(Field::RegistryValueName, value.as_str(), span),
        ])),
        (Place::Registry, Observable::Glob { pattern, .. }) => values.others.push(open_registry(pattern, span)),
        (Place::Task, _) => values.patterns.entry(Field::TaskName).or_default().extend(task(&exact())),
        (Place::Strings, observable) => values.strings.push(BytePattern { wide: true, ..BytePattern::text(observable.to_string()) }),
        (Place::Exact(field), Observable::Hash(_))
            if indicator.size.is_some() && matches!(field, Field::FileMd5 | Field::FileSha1 | Field::FileSha256) =>
        {
            let size = indicator.size.and_then(|size| i64::try_from(size).ok()).unwrap_or(i64::MAX);
            values.others.push(Predicate::All(vec![
                Predicate::test(Field::FileSize, Op::Number(NumberTest::In(vec![size])), span),
                Predicate::text(field, vec![exact()], Case::Insensitive, span),
            ]));
        }
        (Place::Contains(field), Observable::Glob { pattern, .. }) => {
            let anywhere = Pattern::new(pattern.anywhere_before().parts().iter().cloned().chain([Part::Run]));
            values.patterns.entry(field).or_default().push(anywhere);
        }
        (Place::Contains(field), observable) => values.patterns.entry(field).or_default().push(Pattern::contains(observable.to_string())),
        (Place::Exact(field) | Place::Address(field, _) | Place::Domain(field) | Place::Url(field) | Place::Number(field), _) => {
            values.patterns.entry(field).or_default().push(exact());
        }
        (Place::Registry, _) => {}
    }
}

fn predicates(values: Values, span: Span) -> Vec<Predicate> {
    let mut out = Vec::new();
    for ((field, port), mut nets) in values.nets {
        nets.sort();
        nets.dedup();
        let address = Predicate::test(field, Op::Address(nets), span);
        out.push(match port {
            None => address,
            Some((field, port)) => Predicate::All(vec![address, Predicate::test(field, Op::Number(NumberTest::In(vec![i64::from(port)])), span)]),
        });
    }
    for (field, domains) in values.domains {
        out.push(Predicate::test(field, Op::Domain(domains), span));
    }
    for (field, urls) in values.urls {
        out.push(Predicate::test(field, Op::Url(urls), span));
    }
    for (field, trees) in values.trees {
        out.push(Predicate::test(field, Op::Under(trees), span));
    }
    for (field, numbers) in values.numbers {
        out.push(Predicate::test(field, Op::Number(NumberTest::In(numbers)), span));
    }
    for (field, patterns) in values.patterns {
        out.push(Predicate::text(field, patterns, Case::Insensitive, span));
    }
    if !values.strings.is_empty() {
        out.push(Predicate::Bytes(BytesTest { need: Need::Any, patterns: values.strings, span }));
    }
    out.extend(values.others);
    out
}
