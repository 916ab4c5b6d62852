//! How tests of mail become options.
//!
//! Suricata 8 has buffers for the envelope and for headers. Suricata 7 has neither, so there the lines of the session are
//! looked at as they pass: `MAIL FROM:` and `From:` at the start of a line. Attachments are files in both.

use backend::Refusal;
use ir::{Case, Domain, Field, FieldTest, Op, Part as Hole, Pattern, Url};
use source::{Code, Loss, Span};

use super::buffer::buffer_of;
use super::encoded;
use super::file::address_parts;
use super::lowering::{Choice, Lowering, Options, Part};
use super::pattern::{anchor, label};
use crate::ast::{Content, Item, Pcre, Re, Sign};

pub(crate) static MAIL_LINES: Code = Code::note("suricata.mail-lines", "mail is read line by line, so a quoted header counts too");
pub(crate) static ENCODED_MAIL: Code = Code::warn("suricata.encoded-mail", "text in base64 or quoted-printable is not decoded");
pub(crate) static INNER_LINK: Code = Code::note("suricata.inner-link", "a link inside of another link counts too");
pub(crate) static MAIL_SCHEMES: Code = Code::note("suricata.mail-schemes", "links with `https` are taken out of mails where the engine is told to");
pub(crate) static MAIL_PARTS: Code = Code::warn("suricata.mail-parts", "parts of a mail that Suricata 7 sees at different times");

/// What may stand right before an address, and right after it.
const BEFORE: Re = Re::Raw("(?:^|(?<=[\\s<:,\\x22'\\(\\x3B]))");
const AFTER: Re = Re::Raw("(?=[\\s>,\\x22'\\)\\x3B]|$)");

/// Where a part of a mail is found.
struct Place {
    /// A sticky buffer; `None` is the session's bytes.
    buffer: Option<&'static str>,
    /// What the line begins with, for the session's bytes.
    start: Option<&'static str>,
}

impl Lowering<'_, '_> {
    /// A test of a mail.
    pub(super) fn mail(&mut self, field: Field, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        match field {
            Field::EmailAttachmentMd5 if !negated => return self.digests("filemd5", test, negated),
            Field::EmailAttachmentSha1 if !negated => return self.digests("filesha1", test, negated),
            Field::EmailAttachmentSha256 if !negated => return self.digests("filesha256", test, negated),
            Field::EmailAttachmentName if !negated || matches!(test.op, Op::Exists) => return self.header_text(field, test, negated),
            Field::EmailSubject if self.eight => return self.header_text(field, test, negated),
            _ => {}
        }
        if negated {
            return self.refuse(
                &super::lowering::NOT_NEGATED,
                test.span,
                format!("`{}` cannot be excluded: a mail can hold more than one, and one that does not fit would be enough", test.field),
            );
        }
        let found = match (field, &test.op) {
            (Field::EmailFrom | Field::EmailTo, Op::Text { patterns, case }) => self.addresses(field, patterns, *case, test.span),
            (Field::EmailFromDomain, Op::Text { patterns, case }) => {
                let patterns: Vec<Pattern> = patterns.iter().map(|pattern| pattern.after("@").anywhere_before()).collect();
                self.addresses(Field::EmailFrom, &patterns, *case, test.span)
            }
            (Field::EmailFromDomain, Op::Domain(domains)) => self.senders(domains, test.span),
            (Field::EmailSubject, Op::Text { patterns, case }) => self.subjects(patterns, *case, test.span),
            (Field::EmailUrlHost, Op::Text { patterns, .. }) => self.link_hosts(patterns, test.span),
            (Field::EmailUrlHost, Op::Domain(domains)) => self.link_domains(domains, test.span),
            (Field::EmailUrl, Op::Url(urls)) => self.links(urls, test.span),
            (Field::EmailUrl, Op::Text { patterns, case }) if patterns.iter().all(is_for_links) => self.link_texts(patterns, *case, test.span),
            _ => return self.no_form(test),
        };
        Ok(if found.choices.is_empty() { Part::False } else { Part::Options(found) })
    }

    /// Text of a header that a buffer holds as it was sent: outside ASCII, the usual encoded forms are looked for too.
    fn header_text(&mut self, field: Field, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let Some(buffer) = buffer_of(field) else { return self.no_form(test) };
        let part = match (self.in_buffer(buffer, test, negated)?, &test.op) {
            (Part::Options(options), Op::Text { patterns, case }) if field == Field::EmailSubject && !negated => {
                Part::Options(unfold(options, buffer.name, patterns, *case))
            }
            (part, _) => part,
        };
        let outside = match &test.op {
            Op::Text { patterns, .. } => encoded::is_encoded(patterns),
            Op::Regex(list) => list.iter().any(|regex| !regex.is_ascii()),
            _ => false,
        };
        if outside {
            let loss = if negated { Loss::Wider } else { Loss::Narrower };
            let message = format!("`{}` outside ASCII travels encoded; of many forms the rule knows UTF-8 in one word", test.field);
            self.loss(&ENCODED_MAIL, loss, test.span, message, "a part in ASCII, looked for with `contains`, might be enough");
        }
        Ok(match (part, &test.op) {
            (Part::Options(options), Op::Text { patterns, case }) if !negated => {
                Part::Options(encoded::beside(options, buffer.name, patterns, *case))
            }
            (part, _) => part,
        })
    }

    /// Suricata 7 sees the lines of a session as they pass and attachments when they are complete, so one rule cannot ask
    /// for both; and two lines count only when they pass together.
    pub(super) fn mail_parts(&mut self, options: &[(Options, Span, bool)]) -> Result<(), Refusal> {
        if self.class != ir::EventClass::EmailMessage || self.eight {
            return Ok(());
        }
        let on_lines =
            |options: &Options| options.choices.iter().any(|choice| matches!(choice.items.first(), Some(Item::Content(_) | Item::Pcre(_))));
        let lines: Vec<Span> = options.iter().filter(|(one, ..)| on_lines(one)).map(|(_, span, _)| *span).collect();
        let Some(span) = lines.first() else { return Ok(()) };
        if lines.len() < options.len() {
            return self.refuse(&MAIL_PARTS, *span, "Suricata 7 cannot ask for a line of the session and for an attachment in one rule");
        }
        if lines.len() > 1 {
            let message = "both lines must pass together: the envelope passes before the headers";
            self.loss(&MAIL_PARTS, Loss::Narrower, *span, message, "the profile `8` reads the parts of a mail together");
        }
        Ok(())
    }

    fn places(&mut self, field: Field, span: Span) -> Vec<Place> {
        if self.eight {
            let names: &[&'static str] = if field == Field::EmailTo { &["smtp.rcpt_to", "email.to"] } else { &["smtp.mail_from", "email.from"] };
            return names.iter().map(|name| Place { buffer: Some(name), start: None }).collect();
        }
        let start = match field {
            Field::EmailTo => "^(?:RCPT TO:|To:|Cc:)[^\\r\\n]*",
            Field::EmailSubject => "^Subject:[ \\t]*",
            _ => "^(?:MAIL FROM:|From:)[^\\r\\n]*",
        };
        self.loss(
            &MAIL_LINES,
            Loss::Wider,
            span,
            "the session is read line by line, so a header that a mail quotes counts too",
            "the profile `8` reads headers",
        );
        vec![Place { buffer: None, start: Some(start) }]
    }

    /// One choice for each pattern and place: a content in front, and an expression for the whole address.
    fn in_places(&mut self, field: Field, entries: Vec<(String, Option<String>, Re)>, case: Case, span: Span) -> Options {
        let places = self.places(field, span);
        let nocase = case == Case::Insensitive;
        let mut choices = Vec::new();
        for (name, text, expression) in entries {
            for place in &places {
                let mut items: Vec<Item> = place.buffer.map(Item::Buffer).into_iter().collect();
                items.extend(text.as_ref().map(|text| Item::Content(Content { bytes: text.clone().into_bytes(), nocase, ..Content::default() })));
                let lines = place.start.is_some();
                let expression = Re::Seq(place.start.map(Re::Raw).into_iter().chain([expression.clone()]).collect());
                items.push(Item::Pcre(Pcre { sign: Sign::Is, expression, nocase: nocase || lines, lines }));
                let name = match place.buffer {
                    Some(buffer) => format!("{name} in {buffer}"),
                    None => name.clone(),
                };
                choices.push(Choice { label: name, items });
            }
        }
        Options { choices, joined: None, to_client: false }
    }

    /// Addresses, whole or in part.
    fn addresses(&mut self, field: Field, patterns: &[Pattern], case: Case, span: Span) -> Options {
        let entries = patterns.iter().filter(|pattern| pattern.as_exact() != Some("")).map(|pattern| {
            // Without an `@` in the pattern, a display name could fit.
            let is_address = Re::Raw(if pattern.literals().any(|text| text.contains('@')) { "" } else { "(?=[^\\s<>,]*@)" });
            let expression = Re::Seq(vec![BEFORE, is_address, address_parts(pattern), AFTER]);
            (label(pattern), anchor(pattern, case).map(ToOwned::to_owned), expression)
        });
        self.in_places(field, entries.collect(), case, span)
    }

    /// Senders of a domain or below one.
    fn senders(&mut self, domains: &[Domain], span: Span) -> Options {
        let entries = domains.iter().map(|domain| {
            let name = domain.as_str().to_owned();
            let expression = Re::Seq(vec![Re::Raw("@(?:[^\\s<>,@]*\\.)?"), Re::Text(name.clone()), AFTER]);
            (name.clone(), Some(name), expression)
        });
        self.in_places(Field::EmailFrom, entries.collect(), Case::Insensitive, span)
    }

    /// Subject lines, as they stand in the session; a line break with a blank after it is a blank.
    fn subjects(&mut self, patterns: &[Pattern], case: Case, span: Span) -> Options {
        let mut entries: Vec<(String, Option<String>, Re)> = patterns
            .iter()
            .filter(|pattern| pattern.as_exact() != Some(""))
            .map(|pattern| {
                let mut pieces = unfolded(pattern, "(?:\\r?\\n)?[ \\t]", &Re::Raw("[^\\r\\n]*"));
                pieces.push(Re::Raw("[ \\t]*\\r?$"));
                let word = longest_word(pattern);
                (label(pattern), word.map(ToOwned::to_owned), Re::Seq(pieces))
            })
            .collect();
        if encoded::is_encoded(patterns) {
            let message = "a subject outside ASCII travels encoded; of many forms the rule knows UTF-8 in one word";
            self.loss(&ENCODED_MAIL, Loss::Narrower, span, message, "a part in ASCII, looked for with `contains`, might be enough");
            entries.extend(encoded::forms(patterns));
        }
        self.in_places(Field::EmailSubject, entries, case, span)
    }

    fn encoded(&mut self, span: Span, message: &str) {
        self.loss(&ENCODED_MAIL, Loss::Narrower, span, message, "the profile `8` reads decoded mail");
    }

    /// Links: Suricata 8 extracts them, without their scheme; Suricata 7 sees those in bodies that are not encoded.
    fn in_links(&mut self, entries: Vec<(String, Option<String>, Re)>, nocase: bool, span: Span) -> Options {
        let eight = self.eight;
        if !eight {
            self.encoded(span, "links in base64 or quoted-printable text are not seen");
        }
        let message = "the engine takes what looks like a link inside of another link for one as well";
        self.loss(&INNER_LINK, Loss::Wider, span, message, "links that carry others are most often redirects; `accept` settles it");
        if eight {
            let message = "the engine takes links with `http` alone out of mails as it is shipped";
            self.loss(&MAIL_SCHEMES, Loss::Narrower, span, message, "`extract-urls-schemes: [http, https]` in suricata.yaml finds the others too");
        }
        let start = if eight { Re::Raw("^(?:[^\\/?@]*@)?") } else { Re::Raw(":\\/\\/(?:[^\\s\\/?@]*@)?") };
        let choices = entries
            .into_iter()
            .map(|(label, text, expression)| {
                let mut items: Vec<Item> = eight.then_some(Item::Buffer("email.url")).into_iter().collect();
                items.extend(text.map(|text| Item::Content(Content { bytes: text.into_bytes(), nocase, ..Content::default() })));
                let expression = Re::Seq(vec![start.clone(), expression]);
                items.push(Item::Pcre(Pcre { sign: Sign::Is, expression, nocase, lines: false }));
                Choice { label, items }
            })
            .collect();
        Options { choices, joined: None, to_client: false }
    }

    fn link_hosts(&mut self, patterns: &[Pattern], span: Span) -> Options {
        let entries = patterns
            .iter()
            .filter(|pattern| pattern.as_exact() != Some(""))
            .map(|pattern| {
                let host = super::pattern::parts(pattern, || Re::Raw("[^\\s\\/?#:@]*"));
                (label(pattern), anchor(pattern, Case::Insensitive).map(ToOwned::to_owned), Re::Seq(vec![host, END_OF_HOST]))
            })
            .collect();
        self.in_links(entries, true, span)
    }

    fn link_domains(&mut self, domains: &[Domain], span: Span) -> Options {
        let entries = domains
            .iter()
            .map(|domain| {
                let name = domain.as_str().to_owned();
                let expression = Re::Seq(vec![Re::Raw("(?:[^\\s\\/?#:@]*\\.)?"), Re::Text(name.clone()), END_OF_HOST]);
                (name.clone(), Some(name), expression)
            })
            .collect();
        self.in_links(entries, true, span)
    }

    fn links(&mut self, urls: &[Url], span: Span) -> Options {
        let entries = urls
            .iter()
            .map(|url| {
                let port = match url.port() {
                    Some(port) => Re::Text(format!(":{port}")),
                    None => Re::Raw("(?::\\d+)?"),
                };
                let target = url.path_and_query();
                let path = if target == "/" { Re::Raw("\\/?") } else { Re::Text(target) };
                let expression = Re::Seq(vec![Re::Text(url.host().to_header()), port, path, Re::Raw("(?:#|[\\s<>\\x22'\\)]|$)")]);
                (url.without_scheme(), Some(url.host().to_header()), expression)
            })
            .collect();
        self.in_links(entries, true, span)
    }

    /// Links that fit a pattern. A scheme at the pattern's start is where the search starts anyway.
    fn link_texts(&mut self, patterns: &[Pattern], case: Case, span: Span) -> Options {
        let entries = patterns
            .iter()
            .map(|pattern| {
                let rest = without_scheme(pattern);
                let mut expression = super::pattern::parts(&rest, || Re::Raw("[^\\s<>\\x22]*"));
                if rest.parts().last() != Some(&Hole::Run) {
                    expression = Re::Seq(vec![expression, Re::Raw("(?=[\\s<>\\x22'\\)]|$)")]);
                }
                (label(pattern), anchor(&rest, case).map(ToOwned::to_owned), expression)
            })
            .collect();
        self.in_links(entries, case == Case::Insensitive, span)
    }
}

/// Suricata 8 joins the lines of a folded subject without the blank between them, so a blank may be missing there.
fn unfold(mut options: Options, buffer: &'static str, patterns: &[Pattern], case: Case) -> Options {
    let nocase = case == Case::Insensitive;
    for choice in &mut options.choices {
        let pattern = patterns.iter().find(|pattern| label(pattern) == choice.label && pattern.literals().any(|text| text.contains(' ')));
        let Some(pattern) = pattern else { continue };
        let pieces = unfolded(pattern, "[ \\t]?", &Re::Run);
        let expression = Re::Seq([Re::Raw("^")].into_iter().chain(pieces).chain([Re::Raw("$")]).collect());
        choice.items = vec![Item::Buffer(buffer)];
        choice
            .items
            .extend(longest_word(pattern).map(|word| Item::Content(Content { bytes: word.as_bytes().to_vec(), nocase, ..Content::default() })));
        choice.items.push(Item::Pcre(Pcre { sign: Sign::Is, expression, nocase, lines: false }));
        options.joined = None;
    }
    options
}

/// A pattern for a header whose line may be folded at a blank.
fn unfolded(pattern: &Pattern, blank: &'static str, run: &Re) -> Vec<Re> {
    let mut pieces: Vec<Re> = Vec::new();
    for part in pattern.parts() {
        match part {
            Hole::Literal(text) => {
                for (at, word) in text.split(' ').enumerate() {
                    if at > 0 {
                        pieces.push(Re::Raw(blank));
                    }
                    pieces.push(Re::Text(word.to_owned()));
                }
            }
            Hole::Run => pieces.push(run.clone()),
            Hole::One => pieces.push(Re::One),
        }
    }
    pieces
}

/// What can be looked for although a folded line splits the text at a blank.
fn longest_word(pattern: &Pattern) -> Option<&str> {
    let words = pattern.literals().flat_map(|text| text.split(|char: char| char == ' ' || !char.is_ascii()));
    words.filter(|word| !word.is_empty()).max_by_key(|word| word.len())
}

/// Whether the pattern leaves the scheme open or begins with one.
fn is_for_links(pattern: &Pattern) -> bool {
    match pattern.parts().first() {
        Some(Hole::Literal(text)) => text.contains("://"),
        Some(Hole::Run) => !pattern.literals().any(|text| text.contains("://")),
        _ => false,
    }
}

fn without_scheme(pattern: &Pattern) -> Pattern {
    Pattern::new(pattern.parts().iter().enumerate().map(|(at, part)| match part {
        Hole::Literal(text) if at == 0 => Hole::Literal(text.split_once("://").map_or(text.as_str(), |(_, rest)| rest).to_owned()),
        other => other.clone(),
    }))
}

/// A host in a link ends here.
const END_OF_HOST: Re = Re::Raw("(?=[:\\/?#\\s<>\\x22'\\)]|$)");
