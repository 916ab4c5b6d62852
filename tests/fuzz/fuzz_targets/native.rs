//! Does any rule file that travels along break a build, or get into it without being said to be sound?
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use pipeline::Options;
use source::Sources;

const DESCRIPTION: &str = "vigie 1\nadvisory \"FUZZ-1\" {\n  title: \"t\"\n  tlp: clear\n}\nnative one suricata \"rules\"\nnative two yara \"rules\"\n";

/// The one file beside the description.
struct Beside<'t>(&'t [u8]);

impl front::Files for Beside<'_> {
    fn read(&self, _: &str) -> Result<Arc<[u8]>, String> {
        Ok(self.0.into())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut sources = Sources::default();
    let file = sources.add("in.vigie", DESCRIPTION);
    let parsed = front::parse(&mut sources, file, &Beside(bytes));
    let mut targets = registry::select("suricata").unwrap_or_default();
    targets.extend(registry::select("yara").unwrap_or_default());
    let compilation = pipeline::compile(&sources, parsed.advisories, &targets, &Options::default());
    for said in parsed.diagnostics.iter().chain(&compilation.diagnostics).take(3) {
        let _ = source::draw(said, &sources, false);
    }
});
