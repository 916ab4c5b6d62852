//! How tests of names, requests and TLS sessions become options.

use backend::Refusal;
use ir::{Case, Domain, Field, FieldTest, Op, Pattern, Shape};
use source::{Loss, Span};

use super::buffer::{Buffer, Fold, buffer_of};
use super::lowering::{Choice, FIELD_FORM, Lowering, MISSING_BUFFER, NOT_NEGATED, Options, Part};
use super::pattern::either;
use super::regex::{ranges_of, whole_number};
use crate::ast::{Item, Number, Pcre, Re, Sign};

/// The last status code: they have three digits (RFC 9110).
pub(super) const LAST_CODE: i64 = 999;

impl Lowering<'_, '_> {
    /// A test of DNS, HTTP or TLS.
    pub(super) fn web(&mut self, field: Field, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        match field {
            Field::UrlFull | Field::UrlPath | Field::UrlQuery | Field::UrlPort => return self.uri(field, test, negated),
            Field::DnsType => return self.dns_type(test, negated),
            Field::DnsRcode => return self.dns_code(test, negated),
            Field::DnsAnswer => return self.dns_answer(test, negated),
            Field::BytesOut | Field::BytesIn => return self.counted(field, test, negated),
            Field::TlsVersion => return self.tls_version(test, negated),
            _ => {}
        }
        let Some(buffer) = buffer_of(field) else { return self.no_form(test) };
        match field {
            Field::TlsCertSha1 => self.fingerprint(buffer, test, negated, &|text| colons(&text.to_lowercase())),
            Field::TlsCertSerial => self.fingerprint(buffer, test, negated, &|text| colons(&unsigned(text.to_uppercase()))),
            Field::TlsJa3 | Field::TlsJa3s | Field::TlsJa4 => self.fingerprint(buffer, test, negated, &|text| text.to_lowercase()),
            Field::HttpStatus => self.status(buffer, test, negated),
            Field::HttpBody => self.body(buffer, test, negated),
            _ => self.in_buffer(buffer, test, negated),
        }
    }

    /// A field that one buffer holds whole, with any operator for text.
    pub(super) fn in_buffer(&mut self, buffer: Buffer, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        if buffer.fold == Fold::Lower
            && let Op::Text { patterns, case: Case::Sensitive } = &test.op
            && patterns.iter().any(|pattern| pattern.literals().any(|text| text.chars().any(char::is_alphabetic)))
        {
            let loss = if negated { Loss::Narrower } else { Loss::Wider };
            let message = format!("`{}` is compared in lower case", buffer.name);
            self.loss(&FIELD_FORM, loss, test.span, message, "dropping `cased` says what the rule does");
        }
        let part = if negated { self.not_in_buffer(buffer, test) } else { self.found_in_buffer(buffer, test) };
        part.map(|part| match part {
            Part::Options(options) if !matches!(test.op, Op::Exists) => Part::Options(cut(options, buffer)),
            other => other,
        })
    }

    fn found_in_buffer(&mut self, buffer: Buffer, test: &FieldTest) -> Result<Part, Refusal> {
        let options = match &test.op {
            Op::Exists if buffer.cut.is_some() => Options::one(vec![Item::Buffer(buffer.name), raw(Sign::Is, "[^\\/\\x5C]$")]),
            Op::Exists => Options::one(vec![Item::Buffer(buffer.name), Item::Size(Number::More(0))]),
            Op::Text { patterns, case } => self.whole(buffer.name, buffer.fold, patterns, *case, test.span)?,
            Op::Domain(domains) => self.domains(buffer.name, buffer.fold, domains, test.span),
            Op::Regex(list) => self.matches(buffer, list, test.span)?,
            _ => return self.no_form(test),
        };
        Ok(if options.choices.is_empty() { Part::False } else { Part::Options(options.seen_in(buffer.to_client)) })
    }

    fn not_in_buffer(&mut self, buffer: Buffer, test: &FieldTest) -> Result<Part, Refusal> {
        if buffer.many && !matches!(test.op, Op::Exists) {
            let message = format!("`{}` cannot be excluded: an event has several, and one that does not fit would be enough", test.field);
            return self.refuse(&NOT_NEGATED, test.span, message);
        }
        let items = match &test.op {
            Op::Exists => return self.is_missing(buffer, test),
            Op::Text { patterns, case } => self.none_of(buffer, patterns, *case),
            Op::Domain(domains) => self.not_below(buffer, domains),
            Op::Regex(list) => self.matches_not(buffer, list, test.span)?,
            _ => return self.no_form(test),
        };
        self.missing(buffer, &items, test.span);
        Ok(Part::Options(Options::one(items).seen_in(buffer.to_client)))
    }

    /// Says that a negated test stays quiet where the buffer is missing, unless the rule has words for that or asks for the
    /// buffer anyway.
    fn missing(&mut self, buffer: Buffer, items: &[Item], span: Span) {
        if buffer.optional && !self.needed.contains(buffer.name) && !items.iter().any(|item| matches!(item, Item::AbsentOrElse)) {
            let message = format!("without a `{}` the rule stays quiet, although the description holds", buffer.name);
            self.loss(&MISSING_BUFFER, Loss::Narrower, span, message, "the profile `8` has words for it");
        }
    }

    fn not_below(&self, buffer: Buffer, domains: &[Domain]) -> Vec<Item> {
        let names = domains.iter().map(|domain| Re::Text(domain.as_str().to_owned())).collect();
        let expression = Re::Seq(vec![Re::Raw("(?:^|\\.)"), either(names), Re::Raw("$")]);
        let mut items = vec![Item::Buffer(buffer.name)];
        items.extend(self.absent_or_else(buffer.optional));
        items.push(Item::Pcre(Pcre { sign: Sign::Not, expression, nocase: buffer.fold == Fold::AsSent, lines: false }));
        items
    }

    /// A field that is missing or empty. A header is looked for among the lines as they were sent, which are there even where
    /// the engine has no buffer; what has no line is asked for in the words of Suricata 8.
    fn is_missing(&mut self, buffer: Buffer, test: &FieldTest) -> Result<Part, Refusal> {
        let line = match buffer.name {
            "http.user_agent" => "^User-Agent:[ \\t]*[^ \\t\\r\\n]",
            "http.referer" => "^Referer:[ \\t]*[^ \\t\\r\\n]",
            "http.content_type" => "^Content-Type:[ \\t]*[^ \\t\\r\\n]",
            "http.host" => "^Host:[ \\t]*[^ \\t\\r\\n]",
            _ => "",
        };
        let items = if !line.is_empty() {
            let expression = Re::Raw(line);
            let mut items = vec![Item::Buffer("http.header.raw"), Item::Pcre(Pcre { sign: Sign::Not, expression, nocase: true, lines: true })];
            if buffer.name == "http.host" {
                // A proxy is asked for the whole URL, which names the host.
                items.extend([Item::Buffer("http.uri.raw"), raw(Sign::Not, "^[A-Za-z][A-Za-z0-9+.-]*:\\/\\/")]);
            }
            items
        } else if !buffer.optional {
            return Ok(Part::False);
        } else if buffer.cut.is_some() {
            let mut items = vec![Item::Buffer(buffer.name)];
            items.extend(self.absent_or_else(true));
            items.push(raw(Sign::Is, "(?:^|[\\/\\x5C])$"));
            self.missing(buffer, &items, test.span);
            items
        } else if self.eight && !matches!(buffer.name, "http.stat_code" | "dns.response.rrname") {
            vec![Item::Buffer(buffer.name), Item::AbsentOrElse, Item::Size(Number::Is(0))]
        } else {
            let which = if self.eight { "Suricata" } else { "Suricata 7" };
            return self.refuse(&NOT_NEGATED, test.span, format!("{which} cannot ask whether `{}` is missing", test.field));
        };
        Ok(Part::Options(Options::one(items).seen_in(buffer.to_client)))
    }

    /// Digests of a session: whole values only, in the spelling that the buffer has.
    fn fingerprint(&mut self, buffer: Buffer, test: &FieldTest, negated: bool, spell: &dyn Fn(&str) -> String) -> Result<Part, Refusal> {
        let Op::Text { patterns, .. } = &test.op else {
            let as_sent = matches!(test.op, Op::Regex(_)) && buffer.fold == Fold::Lower && !buffer.name.starts_with("tls.");
            return if as_sent || matches!(test.op, Op::Exists) { self.in_buffer(buffer, test, negated) } else { self.no_form(test) };
        };
        let spelled: Option<Vec<Pattern>> = patterns.iter().map(|pattern| Some(Pattern::exact(spell(pattern.as_exact()?)))).collect();
        let Some(patterns) = spelled else { return self.no_form(test) };
        // The spelling is fixed, and the engine warns of `nocase` beside it.
        let op = Op::Text { patterns, case: Case::Sensitive };
        let fixed = Buffer { fold: Fold::AsSent, ..buffer };
        self.in_buffer(fixed, &FieldTest { op, ..test.clone() }, negated)
    }

    /// Codes are three digits (RFC 9110), too few to be worth a rule each.
    fn status(&mut self, buffer: Buffer, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let Op::Number(number) = &test.op else { return self.in_buffer(buffer, test, negated) };
        let ranges = ranges_of(number, 100, LAST_CODE.unsigned_abs());
        match ranges.as_slice() {
            [] => return Ok(if negated { Part::True } else { Part::False }),
            [code] if code.start() == code.end() => {
                let op = Op::Text { patterns: vec![Pattern::exact(code.start().to_string())], case: Case::Sensitive };
                return self.in_buffer(buffer, &FieldTest { op, ..test.clone() }, negated);
            }
            _ => {}
        }
        let Some(expression) = whole_number(ranges) else { return self.no_form(test) };
        let sign = if negated { Sign::Not } else { Sign::Is };
        let mut items = vec![Item::Buffer(buffer.name)];
        if negated {
            items.extend(self.absent_or_else(buffer.optional));
        }
        items.push(Item::Pcre(Pcre { sign, expression, nocase: false, lines: false }));
        if negated {
            self.missing(buffer, &items, test.span);
        }
        Ok(Part::Options(Options::one(items).seen_in(buffer.to_client)))
    }

    /// A body is looked through as it streams by: its start and what it holds can be asked for, its end and size not.
    fn body(&mut self, buffer: Buffer, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let Op::Text { patterns, case } = &test.op else { return self.in_buffer(buffer, test, negated) };
        let mut loosened = false;
        let patterns = patterns
            .iter()
            .map(|pattern| match pattern.shape() {
                Shape::Exact(text) => {
                    loosened = true;
                    Pattern::starts(text)
                }
                Shape::Ends(text) => {
                    loosened = true;
                    Pattern::contains(text)
                }
                _ => pattern.clone(),
            })
            .collect();
        if loosened {
            let loss = if negated { Loss::Narrower } else { Loss::Wider };
            self.loss(&FIELD_FORM, loss, test.span, "the end of a body is not known while it streams by", "`contains` says what the rule does");
        }
        let op = Op::Text { patterns, case: *case };
        self.in_buffer(buffer, &FieldTest { op, ..test.clone() }, negated)
    }

    fn tls_version(&mut self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        const VERSIONS: [(&str, &str); 4] = [("TLS 1.0", "1.0"), ("TLS 1.1", "1.1"), ("TLS 1.2", "1.2"), ("TLS 1.3", "1.3")];
        let Op::Text { patterns, case } = &test.op else { return self.no_form(test) };
        let fits = |name: &str| patterns.iter().any(|pattern| pattern.matches(name, *case));
        let choices: Vec<Choice> = VERSIONS
            .iter()
            .filter(|(name, _)| fits(name) != negated)
            .map(|(name, version)| Choice {
                label: (*name).to_owned(),
                items: vec![Item::Word { name: "tls.version", value: (*version).to_owned() }],
            })
            .collect();
        if choices.is_empty() {
            return self.no_form(test);
        }
        Ok(Part::Options(Options { choices, joined: None, to_client: false }))
    }
}

/// Options that look at the part of the buffer which is the field.
fn cut(mut options: Options, buffer: Buffer) -> Options {
    let Some(transform) = buffer.cut else { return options };
    for items in options.choices.iter_mut().map(|choice| &mut choice.items).chain(&mut options.joined) {
        *items = std::mem::take(items)
            .into_iter()
            .flat_map(|item| {
                let transform = matches!(item, Item::Buffer(_)).then_some(Item::Transform(transform));
                std::iter::once(item).chain(transform)
            })
            .collect();
    }
    options
}

fn raw(sign: Sign, expression: &'static str) -> Item {
    Item::Pcre(Pcre { sign, expression: Re::Raw(expression), nocase: false, lines: false })
}

/// A number whose first bit is set has a zero byte in front, as DER writes a number without sign (<https://www.itu.int/rec/T-REC-X.690>).
fn unsigned(hex: String) -> String {
    if hex.starts_with(['8', '9', 'A', 'B', 'C', 'D', 'E', 'F']) && hex.chars().filter(|char| *char != ':').count() % 2 == 0 {
        format!("00{hex}")
    } else {
        hex
    }
}

/// Hex digits with a colon after each byte.
fn colons(hex: &str) -> String {
    let mut out = String::with_capacity(hex.len() * 3 / 2);
    for (at, char) in hex.chars().filter(|char| *char != ':').enumerate() {
        if at > 0 && at % 2 == 0 {
            out.push(':');
        }
        out.push(char);
    }
    out
}
