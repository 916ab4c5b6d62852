//! Does any text, page or PDF make the reader of prose panic, or give a value whose place is not in the text?
#![no_main]

use libfuzzer_sys::fuzz_target;
use source::Sources;

fuzz_target!(|data: &[u8]| {
    let text = match front::document::pdf_text(data) {
        Ok(text) if front::document::is_pdf(data) => text,
        _ => String::from_utf8_lossy(data).into_owned(),
    };
    let mut sources = Sources::default();
    let file = sources.add("fuzz", text);
    for value in front::prose::extract(&sources, file) {
        assert_eq!(sources.words(value.span), value.raw);
    }
});
