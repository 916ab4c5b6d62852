//! Does any text make the reader of Sigma rules panic, or point outside the text?
#![no_main]

use libfuzzer_sys::fuzz_target;
use source::Sources;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = front::sigma::looks_like(text);
    let mut sources = Sources::default();
    let file = sources.add("fuzz.yml", text);
    let mut collection = front::sigma::Collection::default();
    collection.add(&sources, file);
    let parsed = collection.finish();
    for said in &parsed.diagnostics {
        let (span, _) = said.label.as_ref().expect("everything that is said has a place");
        assert!(text.get(span.range()).is_some(), "{said:?}");
    }
});
