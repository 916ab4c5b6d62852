//! What becomes of a detection? Its indicators' values become lines; what no line can say is refused, or left out and said.

use std::collections::BTreeMap;
use std::sync::Arc;

use backend::{Cx, Refusal, one_line};
use ir::{
    Detection, EventClass, EventRule, Field, FieldTest, Indicator, IpNet, Kind, Observable, Op, Pattern, Predicate, SeverityLevel, Url, Verdict,
};
use source::{Code, Loss, Span};

use crate::ast::{Item, List, Type};
use crate::url::{Travels, holds_url, linked, requested, travels};

static ASCII_CASE: Code = Code::warn("zeek.ascii-case", "letters outside ASCII are compared with their case");
static BEHAVIOR: Code = Code::warn("zeek.behavior", "a line of intelligence is one value, and a behaviour is more");
static CORRELATION: Code = Code::warn("zeek.correlation", "the framework compares single values and counts nothing");
static EITHER_END: Code = Code::warn("zeek.either-end", "a value is compared at both ends");
static ENCRYPTED_URL: Code = Code::warn("zeek.encrypted-url", "a URL with `https` is seen only where traffic is decrypted");
static ESTABLISHED: Code = Code::warn("zeek.established", "addresses are compared in established TCP connections only");
static PATTERN: Code = Code::warn("zeek.pattern", "values are compared whole");
static SUBDOMAINS: Code = Code::warn("zeek.subdomains", "a name is compared without what lies below it");
static URL_FORM: Code = Code::warn("zeek.url", "a URL is compared as Zeek puts it together");

/// Every code of this target.
pub(crate) const CODES: &[&Code] =
    &[&ASCII_CASE, &BEHAVIOR, &CORRELATION, &EITHER_END, &ENCRYPTED_URL, &ESTABLISHED, &PATTERN, &SUBDOMAINS, &URL_FORM];

/// The lines of a detection.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<List>, Refusal> {
    let rule = match &detection.kind {
        Kind::Event(rule) if !detection.indicators.is_empty() => rule,
        Kind::Correlation(_) => {
            return Err(cx.unsupported(&CORRELATION, cx.span(), "Zeek's intelligence has no order, no count and no time between matches"));
        }
        Kind::Event(_) | Kind::Native { .. } => {
            let message = "Zeek's intelligence holds values of indicators; conditions on events are for Zeek's scripts";
            return Err(Refusal {
                help: Some("what it is known by might be an indicator".to_owned()),
                ..cx.unsupported(&BEHAVIOR, cx.span(), message)
            });
        }
    };
    let mut lowering = Lowering { detection, rule, about: About::of(detection), items: Vec::new(), holes: Vec::new(), cased: Vec::new(), cx };
    lowering.predicate(&rule.predicate)?;
    let items = lowering.finish()?;
    let meta = &detection.meta;
    Ok(vec![List {
        id: detection.id,
        title: detection.title.clone(),
        file: meta.folder.clone(),
        source: one_line(&meta.advisory).into(),
        url: meta.references.iter().map(|link| one_line(link)).find(|link| !link.is_empty()).map(Into::into),
        notice: meta.verdict == Verdict::Alert && meta.severity >= SeverityLevel::Medium,
        items,
    }])
}

struct Lowering<'d, 'c, 'a> {
    detection: &'d Detection,
    rule: &'d EventRule,
    about: About<'d>,
    items: Vec<Item>,
    /// Values that have holes, and where.
    holes: Vec<(String, Span)>,
    /// Values with letters outside ASCII that have two cases.
    cased: Vec<(String, Span)>,
    cx: &'c mut Cx<'a>,
}

impl<'d> Lowering<'d, '_, '_> {
    /// The values of a predicate, of which any is enough. What a line cannot hold beside its value was left out before.
    fn predicate(&mut self, predicate: &'d Predicate) -> Result<(), Refusal> {
        match predicate {
            Predicate::Any(list) => list.iter().try_for_each(|inner| self.predicate(inner)),
            Predicate::Test(test) => self.test(test),
            Predicate::All(_) | Predicate::Not(_) | Predicate::Bytes(_) => {
                Err(self.cx.unsupported(&BEHAVIOR, self.detection.span, "Zeek's intelligence has no second condition beside a value"))
            }
        }
    }

    fn test(&mut self, test: &'d FieldTest) -> Result<(), Refusal> {
        let (Some(class), Some(field)) = (self.rule.event.class(), test.field.known()) else { return Err(self.no_form(test)) };
        let Some(of) = Type::parse(self.cx.field(class, field, test.span)?) else { return Err(self.no_form(test)) };
        match &test.op {
            Op::Address(nets) => self.addresses(nets, field, test.span),
            Op::Domain(domains) => {
                domains.iter().for_each(|domain| self.push(of, domain.as_str().as_bytes(), domain.as_str()));
                let message = format!("{}: Zeek compares the name alone, not what lies below it", first(domains.iter().map(ir::Domain::as_str)));
                let help = "names below it that are known might be written as further indicators";
                self.cx.loss(&SUBDOMAINS, Loss::Narrower, test.span, message, help);
            }
            Op::Url(urls) => self.urls(urls, class, test.span),
            Op::Text { patterns, .. } => {
                patterns.iter().for_each(|pattern| self.text(of, pattern, test.span));
                if of == Type::Email {
                    self.either_end("an address of mail is compared with senders and recipients", test.span);
                }
            }
            _ => return Err(self.no_form(test)),
        }
        Ok(())
    }

    fn addresses(&mut self, nets: &[IpNet], field: Field, span: Span) {
        for net in nets {
            let single = net.prefix_len() == net.max_prefix_len();
            let (of, text) = if single { (Type::Addr, net.addr().to_string()) } else { (Type::Subnet, net.trunc().to_string()) };
            self.push(of, text.as_bytes(), &net.to_string());
        }
        let message = "Zeek compares addresses when a TCP connection is established: attempts, UDP and ICMP are not seen";
        self.cx.loss(&ESTABLISHED, Loss::Narrower, span, message, "a rule of another target might see them");
        let other_end =
            |indicator: &Indicator| if field == Field::SourceIp { indicator.direction.destination() } else { indicator.direction.source() };
        if !self.detection.indicators.iter().all(other_end) {
            self.either_end("an address is compared with both ends of a connection", span);
        }
    }

    fn either_end(&mut self, what: &str, span: Span) {
        let message = format!("{what}; a line does not say which is meant");
        self.cx.loss(&EITHER_END, Loss::Wider, span, message, "the field `seen.where` of `intel.log` tells them apart");
    }

    fn urls(&mut self, urls: &'d [Url], class: EventClass, span: Span) {
        let mail = class == EventClass::EmailMessage;
        for url in urls {
            let key = url.to_string();
            let forms = if mail { linked(url) } else { requested(url) };
            forms.iter().for_each(|form| self.push(Type::Url, form, &key));
        }
        let help = "the host's name is also seen in DNS and TLS: an indicator of type `domain` or `host` would find it there";
        if mail {
            let message = "a link in a mail is compared up to the next blank: signs right behind it, as in HTML, hide it";
            return self.cx.loss(&URL_FORM, Loss::Narrower, span, message, help);
        }
        let of = |wanted: Travels| urls.iter().filter(move |url| travels(url) == wanted).map(Url::to_string);
        if of(Travels::Encrypted).next().is_some() {
            let message = format!("{}: inside TLS Zeek sees the request only where it is decrypted", first(of(Travels::Encrypted)));
            self.cx.loss(&ENCRYPTED_URL, Loss::Narrower, span, message, help);
        }
        if of(Travels::Otherwise).next().is_some() {
            let message = format!("{}: without HTTP Zeek sees it in a link alone", first(of(Travels::Otherwise)));
            self.cx.loss(&URL_FORM, Loss::Narrower, span, message, help);
        }
        if urls.iter().any(holds_url) {
            let inside = first(urls.iter().filter(|url| holds_url(url)).map(Url::to_string));
            let message =
                format!("{inside}: it holds a second URL, and Zeek leaves the host of such a request out, so that only a link to it is seen");
            self.cx.loss(&URL_FORM, Loss::Narrower, span, message, help);
        }
        if of(Travels::Clear).next().is_some() {
            let clear = first(of(Travels::Clear));
            let message =
                format!("{clear}: requests to a proxy, or to a port that a URL does not name, have another text for Zeek and are not found");
            self.cx.loss(&URL_FORM, Loss::Narrower, span, message, "a URL with its port might be written as a further indicator");
        }
    }

    fn text(&mut self, of: Type, pattern: &Pattern, span: Span) {
        match pattern.as_exact() {
            Some(text) => {
                let cased = |char: char| !char.is_ascii() && (char.is_lowercase() || char.is_uppercase());
                self.cased.extend(text.contains(cased).then(|| (text.to_owned(), span)));
                self.push(of, text.as_bytes(), text);
            }
            None => self.holes.push((pattern.to_glob(), span)),
        }
    }

    fn push(&mut self, of: Type, value: &[u8], key: &str) {
        let about = self.about.text(key);
        self.items.push(Item { of, value: value.into(), about });
    }

    fn no_form(&self, test: &FieldTest) -> Refusal {
        self.cx.unsupported(&BEHAVIOR, test.span, format!("Zeek's intelligence has no form for this test of `{}`", test.field))
    }

    /// Says what was left out. When nothing else is there, there is no list.
    fn finish(self) -> Result<Vec<Item>, Refusal> {
        if let Some((_, span)) = self.cased.first() {
            let message = format!("{}: Zeek compares letters outside ASCII with their case", first(self.cased.iter().map(|(text, _)| text)));
            self.cx.loss(&ASCII_CASE, Loss::Narrower, *span, message, "the other spelling might be written as a further indicator");
        }
        let Some((_, span)) = self.holes.first() else { return Ok(self.items) };
        let message = format!("{}: Zeek compares whole values, and this has holes", first(self.holes.iter().map(|(glob, _)| glob)));
        if self.items.is_empty() {
            return Err(self.cx.unsupported(&PATTERN, *span, message));
        }
        self.cx.loss(&PATTERN, Loss::Narrower, *span, message, "a value without holes might be written beside it");
        Ok(self.items)
    }
}

/// The first of several in words, and how many more there are.
fn first(mut list: impl Iterator<Item = impl AsRef<str>>) -> String {
    let first = list.next().map(|text| text.as_ref().to_owned()).unwrap_or_default();
    match list.count() {
        0 => format!("`{first}`"),
        more => format!("`{first}` and {more} more"),
    }
}

/// What is said of each value, from the indicator that it comes from.
struct About<'d> {
    detection: &'d Detection,
    indicators: BTreeMap<String, &'d Indicator>,
    /// A text that many values share is held once.
    texts: BTreeMap<String, Arc<str>>,
}

impl<'d> About<'d> {
    fn of(detection: &'d Detection) -> Self {
        let mut indicators = BTreeMap::new();
        for indicator in detection.indicators.iter() {
            let key = match &indicator.observable {
                Observable::Ip(address) => address.net.to_string(),
                other => other.to_string(),
            };
            indicators.entry(key).or_insert(indicator);
        }
        Self { detection, indicators, texts: BTreeMap::new() }
    }

    fn text(&mut self, key: &str) -> Arc<str> {
        let meta = &self.detection.meta;
        let mut text = if meta.advisory_title.is_empty() { self.detection.title.clone() } else { meta.advisory_title.clone() };
        if let Some(indicator) = self.indicators.get(key) {
            let role = if indicator.role == ir::Role::Unknown { String::new() } else { format!("{} ", indicator.role.name()) };
            text = format!("{text}: {role}{}", indicator.observable.kind().name());
            if let Some(note) = &indicator.note {
                text = format!("{text} ({note})");
            }
            if let Some(until) = indicator.valid.and_then(|valid| valid.until) {
                text = format!("{text}, valid until {until}");
            }
        }
        if let Some(tlp) = meta.tlp {
            text = format!("{text}, TLP:{}", tlp.name().to_ascii_uppercase());
        }
        if meta.verdict == Verdict::Lead {
            text.push_str(", a lead");
        }
        let text = backend::comment(&text);
        if let Some(known) = self.texts.get(&text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.as_str().into();
        self.texts.insert(text, Arc::clone(&shared));
        shared
    }
}
