//! What do the results look like to a build server? JUnit's XML: a suite for each target, a case for each judgement, a failure for each one that
//! differs (<https://github.com/testmoapp/junitxml>).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use ir::Expectation;
use pipeline::matrix::{Cell, Standing};

use super::found::{Run, columns};

/// One test case of a suite.
struct TestCase {
    class: String,
    name: String,
    result: Result<Option<String>, String>,
}

/// The whole document.
pub(super) fn document(run: &Run<'_>) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory does not fail.
    let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let _ = writer.write_event(Event::Start(BytesStart::new("testsuites").with_attributes([("name", "vigie")])));
    suite(
        &mut writer,
        "description",
        run.proofs
            .iter()
            .map(|proof| {
                let (line, _) = run.sources.position(proof.span);
                let expected = if proof.expect == Expectation::Match { "match" } else { "no match" };
                let result = if proof.passed { Ok(None) } else { Err(format!("expected {expected}")) };
                TestCase { class: proof.subject.clone(), name: format!("line {line}: {expected}"), result }
            })
            .collect(),
    );
    for (target, profile, folder) in columns(run) {
        let own = run.matrix.cells.iter().filter(|cell| cell.target == target && cell.profile == profile);
        suite(&mut writer, &folder, own.filter_map(|cell| case(run, cell)).collect());
    }
    let _ = writer.write_event(Event::End(BytesEnd::new("testsuites")));
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

fn case(run: &Run<'_>, cell: &Cell) -> Option<TestCase> {
    let detection = run.compilation.detections.get(cell.detection)?;
    let case = run.matrix.cases.get(cell.detection)?.get(cell.case)?;
    let log = cell.log.as_ref().map(|log| format!(" in {log}")).unwrap_or_default();
    let wanted = if cell.wanted { "found" } else { "not found" };
    let result = match &cell.standing {
        Standing::Agrees | Standing::AsSaid => Ok(None),
        Standing::NoSuchEvent(why) | Standing::Unjudged(why) => Ok(Some(why.clone())),
        Standing::Differs => {
            let part = cell.decided.as_ref().map(|(file, part)| format!("{file}:\n{part}")).unwrap_or_default();
            Err(format!("has to be {wanted}\n{}\n{part}", cell.rows.join("\n")))
        }
    };
    Some(TestCase { class: detection.key.clone(), name: format!("{}: {}{log} is {wanted}", cell.case + 1, case.what), result })
}

fn suite(writer: &mut Writer<Vec<u8>>, name: &str, cases: Vec<TestCase>) {
    let count = |wanted: fn(&TestCase) -> bool| cases.iter().filter(|case| wanted(case)).count().to_string();
    let (failures, skipped) = (count(|case| case.result.is_err()), count(|case| matches!(case.result, Ok(Some(_)))));
    let tests = cases.len().to_string();
    let start = BytesStart::new("testsuite").with_attributes([
        ("name", name),
        ("tests", &*tests),
        ("failures", &*failures),
        ("errors", "0"),
        ("skipped", &*skipped),
    ]);
    let _ = writer.write_event(Event::Start(start));
    for case in &cases {
        let (class, name) = (plain(&case.class), plain(&case.name));
        let start = BytesStart::new("testcase").with_attributes([("classname", &*class), ("name", &*name)]);
        match &case.result {
            Ok(None) => {
                let _ = writer.write_event(Event::Empty(start));
            }
            Ok(Some(why)) => {
                let _ = writer.write_event(Event::Start(start));
                let _ = writer.write_event(Event::Empty(BytesStart::new("skipped").with_attributes([("message", &*plain(why))])));
                let _ = writer.write_event(Event::End(BytesEnd::new("testcase")));
            }
            Err(why) => {
                let message = plain(why.lines().next().unwrap_or_default());
                let _ = writer.write_event(Event::Start(start));
                let _ = writer.write_event(Event::Start(BytesStart::new("failure").with_attributes([("message", &*message)])));
                let _ = writer.write_event(Event::Text(BytesText::new(&plain(why))));
                let _ = writer.write_event(Event::End(BytesEnd::new("failure")));
                let _ = writer.write_event(Event::End(BytesEnd::new("testcase")));
            }
        }
    }
    let _ = writer.write_event(Event::End(BytesEnd::new("testsuite")));
}

/// Text without the characters that XML 1.0 cannot hold (<https://www.w3.org/TR/xml/#charsets>).
fn plain(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}' => char,
            _ => '\u{fffd}',
        })
        .collect()
}
