//! How a detection becomes rules: one for each alternative, and one for each value that the engine can look up quickly.
//!
//! A rule is a conjunction, so the predicate is brought into disjunctive normal form first. Each test of a conjunction
//! is a change of the header ([`header`]) or a set of [`Options`]: alternatives with a fast pattern each, and, where it
//! can be said, one regular expression for all of them. One test of the conjunction is spread over rules, the others
//! are written as one expression each, so that the number of rules grows with the values and not with their product.

mod buffer;
mod buffers;
mod change;
mod correlate;
pub(crate) mod dialect;
mod dns;
mod encoded;
mod file;
mod flow;
mod header;
mod list;
mod lowering;
mod mail;
mod merge;
mod native;
mod pattern;
mod quic;
mod regex;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_expressions;
mod uri;
mod url;
mod web;

use backend::{Cx, Refusal};
use ir::{Detection, EventClass, EventRule, FieldTest, Kind, NativeLanguage, Predicate, Role};
use source::{Code, Loss, Span};

use crate::ast::{Alert, Item, Rule, Target};
use crate::print::{Body, MAX_BODY};
use lowering::{BOTH_DIRECTIONS, Choice, FIELD_FORM, Lowering, MISSING_BUFFER, NOT_NEGATED, Options, Part, TOO_LONG, TOO_MANY};

/// The codes that lowering raises.
pub(crate) const CODES: &[&Code] = &[
    &TOO_LONG,
    &TOO_MANY,
    &FIELD_FORM,
    &MISSING_BUFFER,
    &BOTH_DIRECTIONS,
    &NOT_NEGATED,
    &native::CARRIED_ACTS,
    &native::CARRIED_LIST,
    &header::PACKET_DIRECTION,
    &header::HEADER,
    &regex::REGEX,
    &regex::ASCII_CLASSES,
    &dns::ANSWERS,
    &flow::RUNNING_COUNT,
    &uri::ENCRYPTED_URL,
    &uri::NORMALISED_URI,
    &file::FILE_WINDOW,
    &file::ENCODED_NAME,
    &mail::INNER_LINK,
    &mail::MAIL_LINES,
    &mail::ENCODED_MAIL,
    &mail::MAIL_PARTS,
    &mail::MAIL_SCHEMES,
    &correlate::CORRELATION,
    &correlate::WINDOW,
];

/// Turns a legal detection into rules.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    match &detection.kind {
        Kind::Native { language: NativeLanguage::Suricata, file, text, companions } => native::lower(file, text, companions, cx),
        Kind::Native { language: NativeLanguage::Yara, file, .. } => {
            Err(cx.unsupported(&FIELD_FORM, cx.span(), format!("`{file}` holds YARA rules")))
        }
        Kind::Correlation(correlation) => correlate::lower(detection, correlation, cx),
        Kind::Event(rule) => {
            let alerts = Lowering::new(detection, &rule.event, cx).alerts(rule)?;
            Ok(alerts.into_iter().map(|alert| Rule::Alert(Box::new(alert))).collect())
        }
    }
}

impl<'l, 'c> Lowering<'l, 'c> {
    fn alerts(&mut self, rule: &EventRule) -> Result<Vec<Alert>, Refusal> {
        let limit = self.limit();
        let span = self.cx.span();
        let predicate = merge::values(rule.predicate.clone().flat());
        let Some(conjunctions) = predicate.alternatives(limit) else {
            return self.refuse(&TOO_MANY, span, format!("the condition has more than {limit} alternatives, and each needs a rule"));
        };
        let mut conjunctions = merge::addresses(conjunctions);
        if !self.detection.indicators.is_empty() {
            merge::sort(&mut conjunctions);
        }
        let many = conjunctions.len() > 1;
        let mut out = Vec::new();
        let mut refused = None;
        for (at, conjunction) in conjunctions.iter().enumerate() {
            match self.conjunction(conjunction) {
                Ok(alerts) => {
                    let alone = alerts.len() == 1;
                    for mut alert in alerts {
                        if many {
                            let value = alert.part.take().filter(|value| !value.is_empty());
                            alert.part = Some(match value {
                                Some(value) if !self.detection.indicators.is_empty() => value,
                                Some(value) if !alone => format!("{} {value}", at + 1),
                                _ => (at + 1).to_string(),
                            });
                        }
                        out.push(alert);
                    }
                }
                Err(refusal) => refused = refused.or(Some((refusal, at))),
            }
            if out.len() > limit {
                return self.refuse(&TOO_MANY, span, format!("the condition needs more than {limit} rules"));
            }
        }
        match refused {
            Some((refusal, _)) if out.is_empty() => Err(refusal),
            Some((refusal, _)) => {
                self.loss(
                    refusal.code,
                    Loss::Narrower,
                    refusal.span,
                    refusal.message,
                    "this alternative is missed; another one might be said instead",
                );
                Ok(out)
            }
            None if out.is_empty() => self.refuse(&FIELD_FORM, span, "no event can fulfil the condition"),
            None => Ok(out),
        }
    }

    /// The rules for tests that must all hold.
    fn conjunction(&mut self, literals: &[Predicate]) -> Result<Vec<Alert>, Refusal> {
        let mut header = header::Header::default();
        let mut options: Vec<(usize, (Options, Span, bool))> = Vec::new();
        let mut left_out: Option<Refusal> = None;
        let hashed = literals.iter().any(file::is_hash);
        let joined = merge::codes(literals);
        let literals = joined.as_deref().unwrap_or(literals);
        self.needed.clear();
        // What must hold comes first: it says which buffers are there when something must not hold.
        let (wanted, unwanted): (Vec<_>, Vec<_>) = literals.iter().enumerate().partition(|(_, literal)| !matches!(literal, Predicate::Not(_)));
        for (at, literal) in wanted.into_iter().chain(unwanted) {
            let (negated, inner) = match literal {
                Predicate::Not(inner) => (true, &**inner),
                other => (false, other),
            };
            let part = match inner {
                // A digest says the size as well.
                Predicate::Test(test) if hashed && !negated && file::is_size(test) => Ok(Part::True),
                Predicate::Test(test) => self.test(test, negated).map(|part| {
                    if let Part::Options(found) = part {
                        if !negated {
                            self.needed.extend(found.buffers());
                        }
                        options.push((at, (found, test.span, negated)));
                        Part::True
                    } else {
                        part
                    }
                }),
                Predicate::Bytes(test) if negated => {
                    self.refuse(&NOT_NEGATED, test.span, "bytes that must not be in a file cannot be looked for while it passes")
                }
                Predicate::Bytes(test) => {
                    let found = self.bytes(test)?;
                    options.push((at, (found, test.span, false)));
                    Ok(Part::True)
                }
                // Normal form leaves nothing else.
                Predicate::All(_) | Predicate::Any(_) | Predicate::Not(_) => Ok(Part::True),
            };
            match part {
                Ok(Part::True | Part::Options(_)) => {}
                Ok(Part::False) => return Ok(Vec::new()),
                Ok(Part::Header(change)) => header.add(change, self)?,
                Err(refusal) if negated || can_be_left_out(refusal.code) => left_out = left_out.or(Some(refusal)),
                Err(refusal) => return Err(refusal),
            }
        }
        options.sort_by_key(|(at, _)| *at);
        let mut options: Vec<(Options, Span, bool)> = options.into_iter().map(|(_, options)| options).collect();
        if let Some(refusal) = left_out {
            // What cannot be asked is let in, as long as something worth asking is left.
            if options.iter().all(|(options, _, negated)| *negated || options.strength() < 4) && header.is_open() {
                return Err(refusal);
            }
            self.loss(
                refusal.code,
                Loss::Wider,
                refusal.span,
                refusal.message,
                "the condition is left out; without it the rule is the same everywhere",
            );
        }
        self.one_direction(&mut options)?;
        self.mail_parts(&options)?;
        self.size_of_bytes(&options);
        self.spread(&header, options)
    }

    /// A rule looks at a request or at its answer. Suricata accepts both in one rule only as a transaction, and only
    /// for some protocols, so the weaker side is left out or the rule refused.
    fn one_direction(&mut self, options: &mut Vec<(Options, Span, bool)>) -> Result<(), Refusal> {
        let strength = |to_client: bool| options.iter().filter(|(one, ..)| one.to_client == to_client).map(|(one, ..)| one.strength()).max();
        let (Some(request), Some(answer)) = (strength(false), strength(true)) else { return Ok(()) };
        if self.class == EventClass::DnsQuery {
            // A response holds the question once more.
            let message = "the type asked for stands in the query and not in its response";
            let mut dropped = None;
            options.retain_mut(|(one, span, _)| match if one.to_client { None } else { Some(dns::over_response(one)) } {
                None => true,
                Some(Some(response)) => {
                    *one = response;
                    true
                }
                Some(None) => {
                    dropped = Some(*span);
                    false
                }
            });
            if let Some(span) = dropped {
                if options.iter().all(|(one, _, negated)| *negated || one.strength() < 4) {
                    return self.refuse(&BOTH_DIRECTIONS, span, message);
                }
                self.loss(&BOTH_DIRECTIONS, Loss::Wider, span, message, "two facets, one for each side, would say which matters more");
            }
            return Ok(());
        }
        let keep_answer = answer > request;
        let dropped = options.iter().find(|(one, ..)| one.to_client != keep_answer).map_or(self.cx.span(), |(_, span, _)| *span);
        let message = "a rule looks at the request or at the answer, not at both";
        if request.max(answer) < 4 {
            return self.refuse(&BOTH_DIRECTIONS, dropped, message);
        }
        options.retain(|(one, ..)| one.to_client == keep_answer);
        self.loss(&BOTH_DIRECTIONS, Loss::Wider, dropped, message, "two facets, one for each side, would say which matters more");
        Ok(())
    }

    /// Spreads one test over rules and writes the others as one expression each, or spreads them too.
    fn spread(&mut self, header: &header::Header, mut options: Vec<(Options, Span, bool)>) -> Result<Vec<Alert>, Refusal> {
        let limit = self.limit();
        let span = self.cx.span();
        let to_client = options.iter().any(|(one, ..)| one.to_client);
        // The most selective test leads; order is otherwise as written.
        let pivot =
            (0..options.len()).filter(|at| options[*at].0.choices.len() > 1).max_by_key(|at| (options[*at].0.strength(), std::cmp::Reverse(*at)));
        let mut rows: Vec<Choice> = vec![Choice::default()];
        for (at, (one, ..)) in options.drain(..).enumerate() {
            let choices = match one.joined {
                Some(items) if Some(at) != pivot && one.choices.len() > 1 => vec![Choice { label: String::new(), items }],
                _ => one.choices,
            };
            if rows.len().saturating_mul(choices.len()) > limit {
                return self.refuse(&TOO_MANY, span, format!("the condition needs more than {limit} rules"));
            }
            let several = choices.len() > 1 || Some(at) == pivot || !self.detection.indicators.is_empty();
            let add = |row: &mut Choice, choice: &Choice| {
                if several && !choice.label.is_empty() {
                    row.label.push_str(if row.label.is_empty() { "" } else { ", " });
                    row.label.push_str(&choice.label);
                }
                row.items.extend(choice.items.iter().cloned());
            };
            match choices.as_slice() {
                // A condition may have thousands of parts that can hold in one way alone.
                [only] => rows.iter_mut().for_each(|row| add(row, only)),
                several => {
                    let with = |row: &Choice, choice: &Choice| {
                        let mut row = row.clone();
                        add(&mut row, choice);
                        row
                    };
                    rows = rows.iter().flat_map(|row| several.iter().map(move |choice| with(row, choice))).collect();
                }
            }
        }
        let shapes = self.shapes(to_client);
        let headers = header.sides(self, to_client, rows.iter().any(|row| !row.items.is_empty()))?;
        // Asked of every indicator, so once for all rules.
        let (attacked, class, category, encrypted) = (self.attacked(), self.classtype(), self.category(), self.encrypted());
        let mut out = Vec::new();
        for row in rows {
            for shape in &shapes {
                let on_quic = if shape.quic { quic::over_quic(&row.items) } else { None };
                if shape.quic && on_quic.is_none() {
                    continue;
                }
                let row_items = on_quic.as_ref().unwrap_or(&row.items).iter().cloned();
                let row_items: Vec<Item> = if self.eight { row_items.collect() } else { buffers::in_lower_case(row_items).collect() };
                for side in &headers {
                    let labels = [&row.label, shape.label, &side.label];
                    let part = labels.iter().filter(|label| !label.is_empty()).map(|label| (**label).to_owned()).collect::<Vec<_>>().join(", ");
                    let flow = shape.flow.map(Item::Flow);
                    let alert = Alert {
                        part: (!part.is_empty()).then_some(part),
                        protocol: side.protocol.unwrap_or(shape.protocol),
                        source: side.source.clone(),
                        destination: side.destination.clone(),
                        items: buffers::grouped(flow.into_iter().chain(row_items.iter().cloned()).chain(side.items.iter().cloned())),
                        target: shape.target.or(side.target),
                        attacked,
                        class,
                        category,
                        encrypted,
                    };
                    let slug = self.detection.meta.folder.clone();
                    if Body::of(&alert, &slug).len() > MAX_BODY {
                        let what = match row.label.chars().take(60).collect::<String>() {
                            none if none.is_empty() => "the condition".to_owned(),
                            value => format!("`{value}`"),
                        };
                        return self.refuse(
                            &TOO_LONG,
                            span,
                            format!("{what} does not fit into a rule, which has {} bytes at most", crate::print::MAX_LINE),
                        );
                    }
                    out.push(alert);
                }
            }
        }
        Ok(out)
    }

    /// Protocol and flow of the rules; a file passes in either direction, with a rule for each.
    fn shapes(&self, to_client: bool) -> Vec<Shape> {
        let flow = if to_client { "established,to_client" } else { "established,to_server" };
        let shape = |protocol, flow| Shape { protocol, flow, label: "", target: None, quic: false };
        match self.class {
            EventClass::HttpRequest => vec![shape("http", Some(flow))],
            // A session of UDP is established only when an answer was seen, and the first packet decides.
            EventClass::TlsHandshake => {
                let quic = Shape { label: "QUIC", quic: true, ..shape("quic", Some(if to_client { "to_client" } else { "to_server" })) };
                vec![shape("tls", Some(flow)), quic]
            }
            EventClass::DnsQuery => vec![shape("dns", to_client.then_some("to_client"))],
            EventClass::EmailMessage => vec![Shape { target: Some(Target::Destination), ..shape("smtp", Some("established,to_server")) }],
            EventClass::FileContent => vec![
                Shape { label: "received", target: Some(Target::Destination), ..shape("tcp", Some("established,to_client")) },
                Shape { label: "sent", ..shape("tcp", Some("established,to_server")) },
            ],
            _ => vec![shape("ip", None)],
        }
    }

    /// One test, as a part of a rule.
    fn test(&mut self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let Some(field) = test.field.known() else {
            return self.refuse(&FIELD_FORM, test.span, format!("Suricata has no field `{}`", test.field));
        };
        if let Some(part) = header::test(self, field, test, negated)? {
            return Ok(part);
        }
        match self.class {
            EventClass::EmailMessage => self.mail(field, test, negated),
            EventClass::FileContent => self.file(field, test, negated),
            _ => self.web(field, test, negated),
        }
    }

    fn roles(&self) -> impl Iterator<Item = Role> {
        self.detection.indicators.iter().map(|indicator| indicator.role)
    }

    /// A class of the stock `classification.config`.
    fn classtype(&self) -> &'static str {
        let inbound = self.event.flow == Some(ir::Flow::Inbound);
        match self.roles().min() {
            None if inbound && self.class == EventClass::HttpRequest => "web-application-attack",
            None | Some(Role::Delivery | Role::Payload | Role::Persistence) => "trojan-activity",
            Some(Role::C2) if self.class == EventClass::DnsQuery => "domain-c2",
            Some(Role::C2) => "command-and-control",
            Some(Role::Relay) => "misc-attack",
            Some(Role::Phishing | Role::Sender) => "social-engineering",
            Some(Role::Exfiltration) => "targeted-activity",
            Some(Role::Scanner) => "attempted-recon",
            Some(Role::Tool | Role::Unknown) => "bad-unknown",
        }
    }

    /// The category of the rule in Emerging Threats' words.
    fn category(&self) -> &'static str {
        let inbound = self.event.flow == Some(ir::Flow::Inbound);
        match self.roles().min() {
            _ if self.detection.meta.verdict == ir::Verdict::Lead => "HUNTING",
            None if inbound && self.class == EventClass::HttpRequest => "WEB_SERVER",
            None if inbound => "EXPLOIT",
            None | Some(Role::C2 | Role::Delivery | Role::Payload | Role::Persistence | Role::Exfiltration) => "MALWARE",
            Some(Role::Relay) => "COMPROMISED",
            Some(Role::Phishing | Role::Sender) => "PHISHING",
            Some(Role::Scanner) => "SCAN",
            Some(Role::Tool | Role::Unknown) => "HUNTING",
        }
    }

    fn encrypted(&self) -> bool {
        let hidden = |observable: &ir::Observable| matches!(observable, ir::Observable::Url(url) if matches!(url.scheme(), "https" | "wss"));
        self.detection.indicators.iter().any(|indicator| hidden(&indicator.observable))
    }

    /// The attacked machine in Emerging Threats' words.
    fn attacked(&self) -> &'static str {
        match (self.class, self.event.flow) {
            (EventClass::EmailMessage, _) => "SMTP_Server",
            (EventClass::HttpRequest, Some(ir::Flow::Inbound)) => "Web_Server",
            (_, Some(ir::Flow::Inbound)) => "Server",
            (EventClass::NetworkFlow, None) if self.detection.indicators.is_empty() => "Client_and_Server",
            _ => "Client_Endpoint",
        }
    }
}

/// Whether a condition that is refused with this code may be left out where enough is left to ask.
fn can_be_left_out(code: &'static Code) -> bool {
    [&dns::ANSWERS, &flow::RUNNING_COUNT].into_iter().any(|known| std::ptr::eq(known, code))
}

/// What all rules of a class have in common.
struct Shape {
    protocol: &'static str,
    flow: Option<&'static str>,
    label: &'static str,
    target: Option<Target>,
    /// The rule is the one for QUIC, beside that for TLS.
    quic: bool,
}
