//! How fast are feeds read? Generated ones of each format, the same for every run.

use divan::counter::{BytesCount, ItemsCount};
use front::feed::{Defaults, Format, pass, read};
use source::Sources;

const ROWS: usize = 10_000;

fn main() {
    divan::main();
}

/// A value of each kind in turn, with the words of MISP and STIX for it. Ranges and names are those for documentation.
fn value(row: usize) -> (&'static str, &'static str, String) {
    let mixed = row.wrapping_mul(2_654_435_761) % 1_000_003;
    match row % 4 {
        0 => ("ip-dst", "ipv4-addr:value", format!("198.51.{}.{}", 100 + mixed % 2, mixed / 2 % 256)),
        1 => ("domain", "domain-name:value", format!("host-{mixed}.evil-corp.example")),
        2 => ("url", "url:value", format!("http://evil-corp.example/{mixed}/gate.php?id={row}")),
        _ => ("sha256", "file:hashes.'SHA-256'", format!("{mixed:016x}").repeat(4)),
    }
}

fn feed(format: Format) -> String {
    let rows = (0..ROWS).map(|row| {
        let (misp, stix, value) = value(row);
        let uuid = format!("{row:08x}-1111-4111-8111-111111111111");
        match format {
            Format::Csv => format!("{value},{misp},2024-01-10,85,tlp:green,\"row {row}, generated\"\n"),
            Format::List => format!("{value}\n"),
            Format::Misp => format!(
                "{}{{\"uuid\":\"{uuid}\",\"type\":\"{misp}\",\"category\":\"Network activity\",\"to_ids\":true,\"value\":\"{value}\",\
                 \"comment\":\"row {row}\",\"Tag\":[{{\"name\":\"tlp:green\"}}]}}",
                if row == 0 { "{\"Event\":{\"info\":\"generated\",\"Attribute\":[" } else { "," }
            ),
            _ => format!(
                "{}{{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--{uuid}\",\"modified\":\"2024-01-10T00:00:00Z\",\
                 \"pattern\":\"[{stix} = '{value}']\",\"pattern_type\":\"stix\",\"valid_from\":\"2024-01-10T00:00:00Z\"}}",
                if row == 0 { "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[" } else { "," }
            ),
        }
    });
    let body: String = rows.collect();
    match format {
        Format::Csv => format!("value,type,first_seen,confidence,tlp,comment\n{body}"),
        Format::Misp => body + "]}}",
        Format::Stix => body + "]}",
        _ => body,
    }
}

const FORMATS: [&str; 4] = ["misp", "stix", "csv", "list"];

#[divan::bench(args = FORMATS)]
fn passed_on(bencher: divan::Bencher, name: &str) {
    let format = Format::parse(name).expect("the benchmark names a format");
    let text = feed(format);
    let file = Sources::default().add("feed", "");
    bencher.counter(BytesCount::of_str(&text)).counter(ItemsCount::new(ROWS)).bench(|| {
        let mut count = 0;
        let _ = pass(&&*text, file, format, &Defaults::default(), &mut |_| count += 1);
        assert_eq!(count, ROWS);
    });
}

#[divan::bench(args = FORMATS)]
fn gathered(bencher: divan::Bencher, name: &str) {
    let format = Format::parse(name).expect("the benchmark names a format");
    let text = feed(format);
    let mut sources = Sources::default();
    let file = sources.add("feed", &*text);
    bencher.counter(BytesCount::of_str(&text)).counter(ItemsCount::new(ROWS)).bench(|| read(&sources, file, format, &Defaults::default()));
}
