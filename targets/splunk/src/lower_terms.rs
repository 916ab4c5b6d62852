//! Which whole terms must an event hold, so that the index finds it before its fields are extracted?
//!
//! What stands between major breakers is one term of the index, whatever minor breakers it has inside
//! (<https://docs.splunk.com/Documentation/Splunk/latest/Search/UseCASEandTERMtomatchphrases>). `search` asks the index for the pieces of a value
//! instead, and for nothing at all where the value begins with a hole: `TERM` is much fewer events. It is sound only where the log is known
//! to write the value between major breakers. Sysmon and the Security log do, in all of their forms: `>192.0.2.1<` and
//! `>SHA1=...,SHA256=...<` as XML, `Hashes: SHA1=...,SHA256=...` and a line end as text. Firewalls and proxies write
//! `src=192.0.2.1` or `192.0.2.1:443`, where the term is longer, so that nothing is asked of them.

use std::net::Ipv4Addr;

use ir::Field;

use crate::ast::{Compare, Piece, Search, Value};
use crate::profiles::{Encoding, Stream};

/// Terms that are asked for at once.
const MOST: usize = 16;

/// The condition that asks for the terms of the conjunct that tells the most; `None` where none has any.
pub(crate) fn indexed(conjuncts: &[Search], stream: &Stream) -> Option<Search> {
    let all = conjuncts.iter().filter_map(|conjunct| implied(conjunct, stream)).filter(|terms| terms.len() <= MOST);
    let terms = all.min_by_key(Vec::len)?;
    Some(Search::any(terms.into_iter().map(Search::Indexed).collect()))
}

/// Terms of which every event has one that fits a condition.
fn implied(search: &Search, stream: &Stream) -> Option<Vec<String>> {
    match search {
        Search::All(list) => list.iter().filter_map(|inner| implied(inner, stream)).min_by_key(Vec::len),
        Search::Any(list) => {
            let each = list.iter().map(|inner| implied(inner, stream)).collect::<Option<Vec<_>>>()?;
            Some(each.concat()).filter(|all| !all.is_empty())
        }
        Search::Term { field, compare: Compare::Equal, values } if !values.is_empty() => {
            values.iter().map(|value| of_value(stream, field, value)).collect()
        }
        Search::Term { .. } | Search::Not(_) | Search::Macro(_) | Search::Log(_) | Search::Indexed(_) | Search::Nothing => None,
    }
}

/// The term that a log writes for a value of one of its fields.
fn of_value(stream: &Stream, field: &str, value: &Value) -> Option<String> {
    let Value::Text(pieces) = value else { return None };
    let mut rows = stream.rows().filter(|(_, name, _)| *name == field);
    match pieces.as_slice() {
        // IPv6 has several spellings.
        [Piece::Literal(address)] => {
            let is_address = rows.any(|(known, _, encoding)| matches!(known, Field::SourceIp | Field::DestinationIp) && encoding == Encoding::Same);
            (is_address && address.parse::<Ipv4Addr>().is_ok()).then(|| address.clone())
        }
        [Piece::Any, Piece::Literal(digest), Piece::Any] => {
            let (name, digits) = digest.split_once('=')?;
            let is_digest = rows.any(|(.., encoding)| matches!(encoding, Encoding::Digest(known) if known.eq_ignore_ascii_case(name)));
            let is_whole = digits.len() == logs::encoding::digits(name) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            (is_digest && is_whole).then(|| digest.clone())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::EventClass;

    fn of(class: EventClass) -> &'static Stream {
        crate::profiles::raw::streams().find(|stream| stream.class == class && stream.log.is_some()).unwrap()
    }

    #[test]
    fn whole_values_are_terms() {
        let flow = of(EventClass::NetworkFlow);
        let is = |field: &str, text: &str| Search::globs(field, &[text.to_owned()]);
        assert_eq!(indexed(&[is("DestinationIp", "192.0.2.1")], flow), Some(Search::Indexed("192.0.2.1".to_owned())));
        for (field, text) in
            [("DestinationIp", "192.0.2.0/24"), ("DestinationIp", "192.0.2.*"), ("DestinationIp", "2001:db8::1"), ("User", "192.0.2.1")]
        {
            assert_eq!(indexed(&[is(field, text)], flow), None, "{field} {text}");
        }
        let start = of(EventClass::ProcessStart);
        let digest = "*MD5=00112233445566778899aabbccddeeff*";
        assert_eq!(indexed(&[is("Hashes", digest)], start), Some(Search::Indexed(digest.trim_matches('*').to_owned())));
        assert_eq!(indexed(&[is("Hashes", "*MD5=0011*")], start), None);
        assert_eq!(indexed(&[Search::any(vec![is("Hashes", digest), is("User", "x")])], start), None);
    }
}
