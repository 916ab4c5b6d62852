//! Does any text bring a feed reader down? Every format reads it, whatever it is, and every place it tells is in the text.
#![no_main]

use front::feed::{Defaults, Format, Value, pass, read};
use libfuzzer_sys::fuzz_target;
use source::Sources;

fuzz_target!(|text: &str| {
    for name in ["-", "a.txt", "a.json", "a.xml", "a.csv"] {
        let _ = Format::detect(name, text);
    }
    let mut sources = Sources::default();
    let file = sources.add("feed", text);
    for (format, _) in Format::ALL {
        let gathered = read(&sources, file, format, &Defaults::default());
        for indicator in &gathered.indicators {
            for origin in &indicator.origins {
                assert_eq!(sources.words(origin.span), &*origin.raw);
            }
        }
        let mut passed = (0, 0);
        let again = pass(&text, file, format, &Defaults::default(), &mut |entry| match entry.value {
            Value::Indicator(one) => {
                passed.0 += 1;
                assert_eq!((entry.line, entry.column), sources.position(one.origins[0].span));
            }
            Value::Listed(listed) => {
                passed.1 += 1;
                assert_eq!(entry.raw, sources.words(listed.span));
            }
        });
        assert_eq!(passed, (gathered.indicators.len(), gathered.listed.len()));
        assert_eq!(again.diagnostics, gathered.diagnostics);
        // Drawing is the slow part; the first two of each format are drawn.
        for said in gathered.diagnostics.iter().take(2) {
            let _ = source::draw(said, &sources, false);
        }
    }
});
