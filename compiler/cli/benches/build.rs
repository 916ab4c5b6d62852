//! How long does the main job take? 10,000 indicators of mixed types through every target, and the parts of that.

use std::fmt::Write as _;
use std::sync::Arc;

use divan::Bencher;
use ir::Advisory;
use pipeline::Options;
use source::Sources;

fn main() {
    divan::main();
}

/// No description of this benchmark reads another file.
struct NoFiles;

impl front::Files for NoFiles {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        Err(format!("`{path}` is not there"))
    }
}

/// A description with `count` indicators: a third addresses, and domains, URLs and digests in equal parts.
fn description(count: usize) -> String {
    let mut out = String::from("vigie 1\n\nadvisory \"BENCH-1\" {\n  title: \"Many indicators\"\n  tlp: clear\n}\n");
    let mut block = |head: &str, lines: &mut dyn Iterator<Item = String>| {
        let _ = writeln!(out, "\niocs {head} {{\n  role: c2\n  direction: destination");
        for line in lines {
            let _ = writeln!(out, "  - {line}");
        }
        out.push_str("}\n");
    };
    let part = count / 6;
    block("addresses : ip", &mut (0..part * 2).map(|at| format!("198.{}.{}.{}", 51 + at / 65_536, at / 256 % 256, at % 256)));
    block("domains : domain", &mut (0..part).map(|at| format!("host-{at}.bench.example")));
    block("urls : url", &mut (0..part).map(|at| format!("\"http://host-{at}.bench.example/gate/{at}.php?id={at}\"")));
    block("files : sha256", &mut (0..part).map(|at| format!("{at:064x}")));
    block("samples : md5", &mut (0..count - part * 5).map(|at| format!("{:032x}", at + 1)));
    out
}

fn parsed(text: &str) -> (Sources, Vec<Advisory>) {
    let mut sources = Sources::default();
    let file = sources.add("bench.vigie", text);
    let parsed = front::parse(&mut sources, file, &NoFiles);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics.first());
    (sources, parsed.advisories)
}

#[divan::bench(args = [1_000, 10_000])]
fn parse(bencher: Bencher<'_, '_>, count: usize) {
    let text = description(count);
    bencher.counter(divan::counter::ItemsCount::new(count)).bench(|| parsed(&text));
}

#[divan::bench(args = [1_000, 10_000])]
fn build(bencher: Bencher<'_, '_>, count: usize) {
    let text = description(count);
    let targets = registry::select("all").expect("`all` is always known");
    bencher.counter(divan::counter::ItemsCount::new(count)).bench(|| {
        let (sources, advisories) = parsed(&text);
        let compilation = pipeline::compile(&sources, advisories, &targets, &Options { every_target: true, ..Options::default() });
        assert!(!compilation.outputs.is_empty());
        compilation
    });
}

#[divan::bench(args = ["sigma", "suricata", "yara", "kql/defender-xdr", "kql/sentinel", "kql/asim", "splunk/raw", "splunk/cim"])]
fn one_target(bencher: Bencher<'_, '_>, target: &str) {
    let (sources, advisories) = parsed(&description(10_000));
    let targets = registry::select(target).expect("the list above names real targets");
    bencher.bench(|| pipeline::compile(&sources, advisories.clone(), &targets, &Options::default()));
}
