//! Does any text make the reader of names, days and techniques panic, or give a fact whose place is not in the text?
#![no_main]

use libfuzzer_sys::fuzz_target;
use source::Sources;

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let file = sources.add("fuzz", text);
    let context = front::context::read(&sources, file);
    for named in context.actors.iter().chain(&context.software) {
        assert!(!sources.words(named.span).is_empty());
    }
    for found in &context.techniques {
        assert!(!sources.words(found.span).is_empty());
    }
});
