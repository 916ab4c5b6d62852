//! Writes one rule file for each case of a near-miss corpus: `nearmiss CASES.json DIR`.
//!
//! The corpus holds one indicator a case; each becomes the detection that the same indicator has in a description, and goes
//! through the target as any other.

#![expect(clippy::disallowed_methods, reason = "it hands files to another engine")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use backend::{Job, Overlay, Section, Target};
use ir::{
    ByteKind, BytePattern, BytesTest, Case, Detection, EventClass, EventRule, EventSelector, Field, HexToken, Kind, Meta, Need, NumberTest, Op,
    Pattern, Predicate, Regex,
};
use serde_json::Value;
use source::{Sources, Span};
use yara::Yara;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(cases), Some(directory)) = (arguments.next(), arguments.next()) else { return Err("nearmiss CASES.json DIR".into()) };
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(cases)?)?;
    let span = Span::new(Sources::default().add("cases", ""), 0, 0);
    for case in cases["cases"].as_array().ok_or("no cases")? {
        let name = case["name"].as_str().ok_or("a case has no name")?;
        let predicate = predicate(&case["ioc"], span)?;
        let meta = Meta { advisory: name.to_owned(), ..Meta::default() };
        let detection = Detection {
            key: format!("{name}/indicator"),
            id: ir::id::of(name, "indicator"),
            title: "Test file of the near-miss corpus".to_owned(),
            description: String::new(),
            meta: Arc::new(meta),
            kind: Kind::Event(EventRule { event: EventSelector::of(EventClass::FileContent), predicate }),
            indicators: Arc::from([]),
            span,
        };
        let overlay = Overlay::default();
        let profile = Target::about(&Yara).profiles.first().ok_or("no profile")?;
        let compiled = Yara.compile(Job { profile, detections: &[detection], overlay: &overlay, numbers: Section::default() });
        for said in compiled.entries.iter().flat_map(|entry| &entry.diagnostics).chain(&compiled.findings) {
            eprintln!("{name}: {}: {}", said.code.slug, said.message);
        }
        let text: String = compiled.artefacts.iter().map(|artefact| artefact.text.as_str()).collect();
        std::fs::write(Path::new(&directory).join(format!("{name}.yar")), text)?;
    }
    Ok(())
}

fn predicate(ioc: &Value, span: Span) -> Result<Predicate, Box<dyn Error>> {
    let value = ioc["value"].as_str().unwrap_or_default();
    let values: Vec<&str> = ioc["values"].as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let text = |text: &str, wide: bool| BytePattern { wide, nocase: ioc["nocase"] == true, ..BytePattern::text(text) };
    let bytes = |need, patterns| Predicate::Bytes(BytesTest { need, patterns, span });
    let one = |pattern| bytes(Need::Any, vec![pattern]);
    let mut all = vec![match ioc["type"].as_str().unwrap_or_default() {
        "md5" => Predicate::is(Field::FileMd5, value, span),
        "sha1" => Predicate::is(Field::FileSha1, value, span),
        "sha256" => Predicate::is(Field::FileSha256, value, span),
        "sha256-set" => Predicate::text(Field::FileSha256, values.into_iter().map(Pattern::exact).collect(), Case::Insensitive, span),
        "string" | "mutex" => one(text(value, true)),
        "pdb" => one(text(value, false)),
        "string-set" => {
            let need = ioc["need"].as_u64().and_then(|need| u32::try_from(need).ok()).unwrap_or(1);
            bytes(Need::AtLeast(need), values.into_iter().map(|value| text(value, true)).collect())
        }
        "hex" => one(BytePattern { kind: ByteKind::Hex(hex(value)?), ..BytePattern::text("") }),
        "regex" => one(BytePattern { kind: ByteKind::Regex(Regex::parse(value, Case::Sensitive)?), ..BytePattern::text("") }),
        other => return Err(format!("the type `{other}` is unknown").into()),
    }];
    if let Some(kind) = ioc["file_type"].as_str() {
        all.push(Predicate::is(Field::FileType, kind, span));
    }
    if let Some(size) = ioc["max_size"].as_i64() {
        all.push(Predicate::test(Field::FileSize, Op::Number(NumberTest::AtMost(size)), span));
    }
    Ok(Predicate::All(all))
}

fn hex(text: &str) -> Result<Vec<HexToken>, std::num::ParseIntError> {
    text.split_whitespace()
        .map(|word| match word {
            "??" => Ok(HexToken::Byte { value: 0, mask: 0 }),
            word => u8::from_str_radix(word, 16).map(|value| HexToken::Byte { value, mask: 0xFF }),
        })
        .collect()
}
