//! How do the tests of this crate try a feed?

use source::Sources;

use super::{Defaults, Format, Read, read};

/// Reads a text and gives one line for each indicator, after checking that every span covers what it says.
pub(super) fn try_with(format: Format, text: &str, defaults: &Defaults) -> (Vec<String>, Read) {
    let mut sources = Sources::default();
    let file = sources.add("feed", text);
    let read = read(&sources, file, format, defaults);
    let mut lines = Vec::new();
    for indicator in &read.indicators {
        for origin in &indicator.origins {
            assert_eq!(sources.words(origin.span), &*origin.raw);
            assert!(!origin.raw.is_empty(), "{indicator:?}");
        }
        let kind = indicator.observable.kind().name();
        lines.push(format!("{kind} {} {} {}", indicator.observable, indicator.role.name(), indicator.direction.name()));
    }
    for listed in &read.listed {
        assert!(!sources.words(listed.span).is_empty(), "{listed:?}");
    }
    for said in &read.diagnostics {
        let (span, _) = said.label.as_ref().expect("every diagnostic of a feed has a place");
        assert!(text.get(span.range()).is_some(), "{said:?}");
    }
    (lines, read)
}

/// The same without defaults.
pub(super) fn try_out(format: Format, text: &str) -> (Vec<String>, Read) {
    try_with(format, text, &Defaults::default())
}

/// One line for each listed value.
pub(super) fn listed(read: &Read) -> Vec<String> {
    read.listed.iter().map(|listed| format!("{} {}: {}", listed.kind, listed.value, listed.reason)).collect()
}
