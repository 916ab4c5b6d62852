//! Does any condition make the grammar panic, or give a rule whose condition was also refused?
#![no_main]

use libfuzzer_sys::fuzz_target;
use source::Sources;

const RULE: &str = "title: T\nlogsource:\n    product: p\ndetection:\n    selection_a:\n        f: 1\n    selection_b:\n        g: 2\n    _c:\n        h: 3\n    a:\n        \
                    i: 4\n    condition: ";

fuzz_target!(|data: &[u8]| {
    let Ok(condition) = std::str::from_utf8(data) else { return };
    let quoted = serde_json::Value::from(condition).to_string();
    let mut sources = Sources::default();
    let file = sources.add("fuzz.yml", format!("{RULE}{quoted}\n"));
    let mut collection = front::sigma::Collection::default();
    collection.add(&sources, file);
    let parsed = collection.finish();
    let refused = parsed.diagnostics.iter().any(|said| said.severity == source::Severity::Error);
    // What never holds is said, and no rule.
    let never = parsed.diagnostics.iter().any(|said| said.code.slug == "sigma-in.contradiction");
    assert!(refused || never || parsed.advisories.len() == 1, "neither read nor refused: {condition}");
    assert!(!refused || parsed.advisories.is_empty(), "read and refused: {condition}");
});
