//! Does the extractor see in real advisories what people saw in them?
//!
//! The documents stand beside the repository; where they are not, each test says so and passes. Labels and documents are
//! never copied here: the tests count, as the labels' own scorer does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use source::Sources;

use super::{DocumentRole, Found, Kind, extract};

#[allow(clippy::disallowed_methods)]
fn open(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

fn lines(path: &Path) -> Vec<serde_json::Value> {
    open(path).lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn with<T>(name: &str, text: &str, then: impl FnOnce(&[Found<'_>]) -> T) -> T {
    let mut sources = Sources::default();
    let file = sources.add(name, text);
    then(&extract(&sources, file))
}

/// The form in which the scorer compares two values.
fn canonical(kind: &str, value: &str) -> String {
    let lower = value.trim().to_lowercase();
    match kind {
        "url" => {
            let value = value.trim().trim_end_matches(|char| ".,;'\"`)>]}|".contains(char));
            let rest =
                value.split_once("://").filter(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())).map_or(value, |(_, rest)| rest);
            let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            format!("{}{path}", host.to_lowercase()).trim_end_matches('/').to_owned()
        }
        "domain" | "email" => lower.trim_end_matches('.').to_owned(),
        "cve" => lower.replace('_', "-"),
        "registry" | "path" | "filename" | "mutex" => lower.trim_end_matches('\\').to_owned(),
        "ipv6" => lower.parse::<std::net::Ipv6Addr>().map_or(lower, |address| address.to_string()),
        "md5" | "sha1" | "sha256" | "sha512" | "attack" => lower,
        _ => value.trim().to_owned(),
    }
}

#[derive(Default)]
struct Count {
    right: u32,
    wrong: u32,
    missed: u32,
    traps: u32,
}

impl Count {
    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    fn recall(&self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }
}

type Key = (String, String, String);

fn predictions(folder: &Path, names: &BTreeSet<String>) -> BTreeSet<Key> {
    let mut out = BTreeSet::new();
    for name in names {
        let text = open(&folder.join("docs").join(format!("{name}.txt")));
        with(name, &text, |found| {
            // A name beside its digest is seen, and left to the digest.
            let seen = |value: &Found<'_>| {
                matches!(value.kind, Kind::Cve | Kind::Attack) || value.kind == Kind::FileName && value.role == DocumentRole::FileName
            };
            for value in found.iter().filter(|value| value.role == DocumentRole::Indicator || seen(value)) {
                let mut add = |kind: &str| out.insert((name.clone(), kind.to_owned(), canonical(kind, &value.value)));
                add(value.kind.name());
                // The side lists of these documents hold paths as `filename`, too.
                if value.kind == Kind::FilePath {
                    add("filename");
                }
            }
        });
    }
    out
}

#[test]
fn labelled_advisories_are_read_as_people_read_them() {
    let Some(folder) = shared::path("corpora/advisories") else { return };
    let mut labels: BTreeMap<Key, String> = BTreeMap::new();
    for row in lines(&folder.join("labels.jsonl")) {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let kind = text("type");
        labels.insert((text("doc"), kind.clone(), canonical(&kind, &text("value"))), text("label"));
    }
    let names: BTreeSet<String> = labels.keys().map(|(name, ..)| name.clone()).collect();
    let kinds: BTreeSet<&str> = labels.keys().map(|(_, kind, _)| kind.as_str()).collect();
    let found = predictions(&folder, &names);
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for key in found.iter().filter(|(_, kind, _)| kinds.contains(kind.as_str())) {
        let count = counts.entry(key.1.as_str()).or_default();
        match labels.get(key).map(String::as_str) {
            Some("ioc") => count.right += 1,
            Some("ignore") => {}
            Some(_) => (count.wrong, count.traps) = (count.wrong + 1, count.traps + 1),
            None => count.wrong += 1,
        }
    }
    for (key, label) in &labels {
        if label == "ioc" && !found.contains(key) {
            counts.entry(key.1.as_str()).or_default().missed += 1;
        }
    }
    let core = ["ipv4", "domain", "url", "email", "md5", "sha1", "sha256"];
    let sum = |of: fn(&Count) -> u32| core.iter().filter_map(|kind| counts.get(kind)).map(of).sum::<u32>();
    let all = Count {
        right: sum(|count| count.right),
        wrong: sum(|count| count.wrong),
        missed: sum(|count| count.missed),
        traps: sum(|count| count.traps),
    };
    let f1 = 2.0 * all.precision() * all.recall() / (all.precision() + all.recall());
    for (kind, count) in &counts {
        println!("{kind:10} precision {:.3} recall {:.3} traps {}", count.precision(), count.recall(), count.traps);
    }
    println!("core       precision {:.3} recall {:.3} f1 {f1:.3}", all.precision(), all.recall());
    assert!(f1 >= 0.985, "f1 {f1}");
    for kind in ["domain", "url"] {
        let count = &counts[kind];
        assert!(count.precision() >= 0.96 && count.recall() >= 0.95, "{kind}: {} {}", count.precision(), count.recall());
    }
    let traps: u32 = counts.values().map(|count| count.traps).sum();
    assert!(traps <= 120, "{traps} traps");
    assert!(counts["cidr"].precision() >= 0.8);
    for kind in ["filename", "path", "registry", "mutex"] {
        assert!(counts[kind].recall() >= 0.8, "{kind}: {}", counts[kind].recall());
    }
    assert!(counts["attack"].recall() >= 1.0 && counts["cve"].recall() >= 1.0);
}

#[test]
fn every_listed_spelling_is_undone() {
    let Some(folder) = shared::path("corpora/advisories") else { return };
    let mut wrong = Vec::new();
    for row in lines(&folder.join("defang_cases.jsonl")) {
        let text = |key: &str| row[key].as_str().unwrap();
        let right = with("case", text("text"), |found| {
            found.iter().any(|value| value.kind.name() == text("type") && value.value == text("expected") && value.role == DocumentRole::Indicator)
        });
        if !right {
            wrong.push(text("id").to_owned());
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn an_article_without_indicators_gives_none_and_lists_every_link() {
    let Some(folder) = shared::path("corpora/advisories") else { return };
    let text = open(&folder.join("docs/seed_apt31_anssi.txt"));
    with("seed", &text, |found| {
        assert!(found.iter().all(|value| value.role != DocumentRole::Indicator && !value.reason.is_empty()));
        assert_eq!(found.len(), text.matches("://").count(), "{found:#?}");
        assert!(found.iter().any(|value| value.kind == Kind::Email && value.role == DocumentRole::Contact));
    });
}
