//! How fast are Sigma rules read? Three thousand rules of the usual kinds, and one file of the worst.

use divan::counter::{BytesCount, ItemsCount};
use source::{FileId, Sources};

const RULES: usize = 3000;

fn main() {
    divan::main();
}

/// A rule as people write them: a head of some length, three selections with lists, a filter, a condition with patterns.
fn rule(at: usize) -> String {
    let names: String = (0..8).map(|name| format!("            - '\\tool_{at}_{name}.exe'\n")).collect();
    let words: String = (0..6).map(|word| format!("            - ' --option{word}={at} '\n")).collect();
    format!(
        "title: Use of tool {at}\nid: 6a5b7c1e-0d2f-4a3b-8c9d-{at:012x}\nstatus: test\ndescription: |\n    Detects the use of tool {at}, which reads what \
         it should not.\n    Each line of this text is about as long as those of other rules.\nreferences:\n    - https://docs.example/tools/{at}\n    \
         - https://docs.example/other/{at}\nauthor: The team of example.example\ndate: 2024-05-03\nmodified: 2024-06-01\ntags:\n    - attack.execution\n    \
         - attack.t1059.001\nlogsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection_image:\n        \
         Image|endswith:\n{names}    selection_line:\n        CommandLine|contains:\n{words}        ParentImage|startswith: 'C:\\Users\\'\n    \
         filter_main_system:\n        User|contains:\n            - 'AUTHORI'\n            - 'AUTORI'\n    condition: all of selection_* and not 1 of \
         filter_main_*\nfalsepositives:\n    - Administrators who use the tool\nlevel: high\n"
    )
}

fn read(sources: &Sources, files: &[FileId]) -> front::Parsed {
    let mut collection = front::sigma::Collection::default();
    files.iter().for_each(|file| collection.add(sources, *file));
    collection.finish()
}

#[divan::bench]
fn folder(bencher: divan::Bencher) {
    let mut sources = Sources::default();
    let files: Vec<FileId> = (0..RULES).map(|at| sources.add(format!("rule-{at}.yml"), rule(at))).collect();
    bencher.counter(ItemsCount::new(RULES)).bench(|| read(&sources, &files));
}

#[divan::bench(args = ["documents", "one list", "keys", "brackets", "dashes", "non-ascii"])]
fn one_file(bencher: divan::Bencher, kind: &str) {
    let text = match kind {
        "documents" => (0..500).map(rule).collect::<Vec<_>>().join("---\n"),
        "one list" => format!("detection:\n  s:\n    f:\n{}", "      - 'a*b'\n".repeat(50_000)),
        "keys" => format!("detection:\n  s:\n{}", (0..50_000).map(|at| format!("    k{at}: v\n")).collect::<String>()),
        "brackets" => format!("a: {}", "[[],".repeat(50_000)),
        "dashes" => format!("detection:\n  s:\n    f|windash: '{}'\n", "-a ".repeat(20_000)),
        _ => format!("detection:\n  s:\n    f:\n{}", "      - '\u{e9}\u{2603}'\n".repeat(50_000)),
    };
    let mut sources = Sources::default();
    let file = sources.add("bench.yml", text.as_str());
    bencher.counter(BytesCount::new(text.len())).bench(|| read(&sources, &[file]));
}
