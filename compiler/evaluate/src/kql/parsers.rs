//! What do the parameters of a parser let through?
//!
//! The parsers of ASIM filter before they parse. Parameters of all schemas, and of each:
//! <https://learn.microsoft.com/azure/sentinel/normalization-about-parsers#optimized-parsers-using-parameters>. A parameter that is not listed
//! here is a [`Fault`]. Without parameters, a parser gives the rows that the world has for it.

use super::batch::Batch;
use super::bind::Site;
use super::evaluate::Place;
use super::scope::Run;
use super::text;
use super::tree::{Case, Named, TextTest};
use super::value::Value;
use crate::Fault;

/// How a parameter is compared with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    /// Not before it.
    From,
    /// Not behind it.
    Until,
    /// The same text, whatever its case.
    Same,
    /// The same number.
    Number,
    /// One of the texts, whatever its case.
    AnyOf,
    /// Any of the terms.
    HasAny,
    /// All of the terms.
    HasAll,
}

/// Parameters, how they are compared, and with which column.
const PARAMETERS: [(&str, Test, &str); 21] = [
    ("starttime", Test::From, "TimeGenerated"),
    ("endtime", Test::Until, "TimeGenerated"),
    ("eventtype", Test::Same, "EventType"),
    ("eventtype_in", Test::AnyOf, "EventType"),
    ("eventresult", Test::Same, "EventResult"),
    ("eventresultdetails_in", Test::AnyOf, "EventResultDetails"),
    ("eventresultdetails_has_any", Test::HasAny, "EventResultDetails"),
    ("srcipaddr", Test::Same, "SrcIpAddr"),
    ("domain_has_any", Test::HasAny, "DnsQuery"),
    ("dstportnumber", Test::Number, "DstPortNumber"),
    ("dvcaction", Test::AnyOf, "DvcAction"),
    ("url_has_any", Test::HasAny, "Url"),
    ("httpuseragent_has_any", Test::HasAny, "HttpUserAgent"),
    ("commandline_has_any", Test::HasAny, "TargetProcessCommandLine"),
    ("commandline_has_all", Test::HasAll, "TargetProcessCommandLine"),
    ("actingprocess_has_any", Test::HasAny, "ActingProcessName"),
    ("targetprocess_has_any", Test::HasAny, "TargetProcessName"),
    ("parentprocess_has_any", Test::HasAny, "ParentProcessName"),
    ("targetfilepath_has_any", Test::HasAny, "TargetFilePath"),
    ("srcfilepath_has_any", Test::HasAny, "SrcFilePath"),
    ("operation_has_any", Test::HasAny, "Operation"),
];

fn unknown<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unknown(what.into()))
}

/// The rows of a parser that its parameters let through.
pub(super) fn filter<'a>(mut rows: Batch<'a>, parameters: &'a [Named], run: &Run<'a>) -> Result<Batch<'a>, Fault> {
    for Named { name, value } in parameters {
        let Some(name) = name else { return unknown("a parameter of a parser without its name") };
        let Some((_, test, column)) = PARAMETERS.iter().find(|(known, ..)| known == name) else {
            return unknown(format!("the parameter `{name}` of a parser"));
        };
        let (wanted, _) = Site::new(run, &[], false).constant(value)?;
        let all = match &wanted {
            Value::Null => true,
            Value::Text(text) => &**text == "*",
            Value::Dynamic(json) => json.as_array().is_some_and(Vec::is_empty),
            _ => false,
        };
        if all {
            continue;
        }
        let slot = rows.column(column)?.slot;
        let words = words(&wanted);
        rows = rows.filter(|Place { lines, at }| {
            let Some(cell) = lines.get(at).map(|line| line.cell(slot)) else { return Ok(false) };
            passes(*test, cell, &wanted, &words)
        })?;
    }
    Ok(rows)
}

/// The texts that a parameter names.
fn words(wanted: &Value) -> Vec<String> {
    match wanted {
        Value::Text(text) => vec![text.to_string()],
        Value::Dynamic(json) => json.as_array().into_iter().flatten().filter_map(|word| word.as_str().map(ToOwned::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn passes(test: Test, cell: &Value, wanted: &Value, words: &[String]) -> Result<bool, Fault> {
    let has = |word: &String| text::test(TextTest::Has, Case::Insensitive, cell.as_text().unwrap_or_default(), word);
    let any = |test: &dyn Fn(&String) -> Result<bool, Fault>| {
        for word in words {
            if test(word)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    match (test, cell, wanted) {
        (Test::From, Value::Time(at), Value::Time(from)) => Ok(at >= from),
        (Test::Until, Value::Time(at), Value::Time(until)) => Ok(at <= until),
        (Test::Number, Value::Long(number), Value::Long(wanted)) => Ok(number == wanted),
        (Test::Number, Value::Null, Value::Long(_)) => Ok(false),
        (Test::Same, Value::Text(text), Value::Text(wanted)) => text::same(text, wanted, Case::Insensitive),
        (Test::AnyOf, Value::Text(text), Value::Dynamic(_)) => any(&|word| text::same(text, word, Case::Insensitive)),
        (Test::HasAny, Value::Text(_), Value::Dynamic(_)) => any(&has),
        (Test::HasAll, Value::Text(_), Value::Dynamic(_)) => {
            for word in words {
                if !has(word)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        _ => unknown("a parameter of a type that its column does not have"),
    }
}
