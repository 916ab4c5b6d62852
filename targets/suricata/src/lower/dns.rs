//! How tests of DNS become options: types of records, response codes, names in answers.
//!
//! A response holds the question once more, so Suricata 8 can ask for the name, the code and the answer in one rule about responses
//! ([`over_response`]). `dns.rrtype` looks at the records that a message holds, which in a response are the answers.

use backend::Refusal;
use ir::{Case, FieldTest, Op, Pattern};
use source::{Code, Loss};

use super::buffer::buffer_of;
use super::lowering::{Choice, Lowering, MISSING_BUFFER, Options, Part};
use crate::ast::Item;

pub(crate) static ANSWERS: Code = Code::warn("suricata.answers", "Suricata sees the names of a DNS response, and no other data of it");

/// IANA's numbers, <https://www.iana.org/assignments/dns-parameters/>.
const CODES: [(&str, u16); 11] = [
    ("NOERROR", 0),
    ("FORMERR", 1),
    ("SERVFAIL", 2),
    ("NXDOMAIN", 3),
    ("NOTIMP", 4),
    ("REFUSED", 5),
    ("YXDOMAIN", 6),
    ("YXRRSET", 7),
    ("NXRRSET", 8),
    ("NOTAUTH", 9),
    ("NOTZONE", 10),
];

impl Lowering<'_, '_> {
    /// The type of record asked for.
    pub(super) fn dns_type(&mut self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        // IANA's numbers, <https://www.iana.org/assignments/dns-parameters/>.
        const TYPES: [(&str, u16); 20] = [
            ("A", 1),
            ("NS", 2),
            ("CNAME", 5),
            ("SOA", 6),
            ("NULL", 10),
            ("PTR", 12),
            ("HINFO", 13),
            ("MX", 15),
            ("TXT", 16),
            ("AAAA", 28),
            ("SRV", 33),
            ("NAPTR", 35),
            ("DS", 43),
            ("RRSIG", 46),
            ("NSEC", 47),
            ("DNSKEY", 48),
            ("SVCB", 64),
            ("HTTPS", 65),
            ("ANY", 255),
            ("CAA", 257),
        ];
        let Op::Text { patterns, .. } = &test.op else { return self.no_form(test) };
        if patterns.iter().any(|pattern| pattern.as_exact().is_none_or(|text| !TYPES.iter().any(|(name, _)| name.eq_ignore_ascii_case(text)))) {
            return self.no_form(test);
        }
        let wanted = TYPES.iter().filter(|(name, _)| patterns.iter().any(|pattern| pattern.matches(name, Case::Insensitive)));
        let word = |sign: &str, number: &u16| Item::Word { name: "dns.rrtype", value: format!("{sign}{number}") };
        let options = if negated {
            Options::one(wanted.map(|(_, number)| word("!", number)).collect())
        } else {
            let choices = wanted.map(|(name, number)| Choice { label: (*name).to_owned(), items: vec![word("", number)] }).collect();
            Options { choices, joined: None, to_client: false }
        };
        Ok(Part::Options(options))
    }

    /// The code of a response.
    pub(super) fn dns_code(&mut self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let word = |value: String| Item::Word { name: "dns.rcode", value };
        let Op::Text { patterns, case } = &test.op else {
            return match test.op {
                Op::Exists if !negated => Ok(Part::Options(Options::one(vec![word(">=0".to_owned())]).seen_in(true))),
                _ => self.no_form(test),
            };
        };
        let wanted: Vec<&(&str, u16)> = CODES.iter().filter(|(name, _)| patterns.iter().any(|pattern| pattern.matches(name, *case))).collect();
        let unknown = |pattern: &Pattern| pattern.as_exact().is_some_and(|text| !CODES.iter().any(|(name, _)| name.eq_ignore_ascii_case(text)));
        if wanted.is_empty() || patterns.iter().any(unknown) {
            return self.no_form(test);
        }
        let options = if negated {
            let message = "without a response the rule stays quiet, although the description holds";
            self.loss(&MISSING_BUFFER, Loss::Narrower, test.span, message, "queries without a response are in the engine's own log");
            Options::one(wanted.iter().map(|(_, number)| word(format!("!{number}"))).collect())
        } else {
            let choices = wanted.iter().map(|(name, number)| Choice { label: (*name).to_owned(), items: vec![word(number.to_string())] });
            Options { choices: choices.collect(), joined: None, to_client: false }
        };
        Ok(Part::Options(options.seen_in(true)))
    }

    /// Names in a response: Suricata 8 has a buffer for all of them, the name asked for included.
    pub(super) fn dns_answer(&mut self, test: &FieldTest, negated: bool) -> Result<Part, Refusal> {
        let address = |pattern: &Pattern| !pattern.literals().any(|text| text.bytes().any(|byte| byte.is_ascii_alphabetic()));
        let names = match &test.op {
            Op::Text { patterns, .. } => !patterns.iter().any(address),
            Op::Domain(_) | Op::Regex(_) => true,
            _ => false,
        };
        let Some(buffer) = buffer_of(ir::Field::DnsAnswer).filter(|_| names) else {
            return self.refuse(&ANSWERS, test.span, "Suricata sees the names in an answer, not its addresses or other data");
        };
        if !negated {
            let message = "names in an answer are looked for among all names of the response, which holds the name asked for too";
            self.loss(&ANSWERS, Loss::Wider, test.span, message, "texts of TXT records are not seen");
        }
        self.in_buffer(buffer, test, negated)
    }
}

/// Options about a query that say the same of its response; `None` when one cannot.
pub(super) fn over_response(options: &Options) -> Option<Options> {
    let convert = |items: &[Item]| -> Option<Vec<Item>> {
        items
            .iter()
            .map(|item| match item {
                Item::Buffer("dns.query") => Some(Item::Buffer("dns.queries.rrname")),
                Item::Word { name: "dns.rrtype", .. } => None,
                other => Some(other.clone()),
            })
            .collect()
    };
    let choices = options.choices.iter().map(|choice| Some(Choice { label: choice.label.clone(), items: convert(&choice.items)? }));
    let joined = options.joined.as_ref().map(|items| convert(items));
    Some(Options { choices: choices.collect::<Option<_>>()?, joined: joined.flatten(), to_client: true })
}
