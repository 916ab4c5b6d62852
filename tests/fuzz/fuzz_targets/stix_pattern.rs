//! Does any STIX pattern bring the grammar down, or lose its place behind JSON's escapes?
#![no_main]

use front::feed::{Defaults, Format, read};
use libfuzzer_sys::fuzz_target;
use source::Sources;

fuzz_target!(|pattern: &str| {
    let quoted = serde_json::to_string(pattern).expect("a text is written as JSON");
    for version in ["2.0", "2.1"] {
        let mut sources = Sources::default();
        let text = format!("{{\"type\":\"indicator\",\"spec_version\":\"{version}\",\"pattern\":{quoted}}}");
        let file = sources.add("feed.json", text);
        let found = read(&sources, file, Format::Stix, &Defaults::default());
        for indicator in &found.indicators {
            for origin in &indicator.origins {
                assert!(!origin.raw.is_empty());
                assert_eq!(sources.words(origin.span), &*origin.raw);
            }
        }
        for listed in &found.listed {
            assert!(!sources.words(listed.span).is_empty(), "{listed:?}");
        }
    }
});
