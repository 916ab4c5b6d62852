//! Does any table bring the reader of tables down, with and without a mapping?
#![no_main]

use front::feed::{Defaults, Format, Mapping, read};
use libfuzzer_sys::fuzz_target;
use source::Sources;

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let file = sources.add("feed.csv", text);
    let column = |name: &str| Some(name.to_owned());
    let mapping = Mapping { value: column("a"), role: column("b"), valid_until: column("c"), ..Mapping::default() };
    for defaults in [Defaults::default(), Defaults { mapping, ..Defaults::default() }] {
        let found = read(&sources, file, Format::Csv, &defaults);
        for indicator in &found.indicators {
            for origin in &indicator.origins {
                assert_eq!(sources.words(origin.span), &*origin.raw);
            }
        }
    }
});
