//! What comes out for this input? Every folder below `golden/` is a case; `INSTA_UPDATE=always` writes what comes out today.
//!
//! `CASE=area/name` runs some cases only, `KEEP=folder` leaves the outputs there for other judges.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use vigie_tests::case::{self, Case, Command, Keep};
use vigie_tests::{blessing, report, run, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

/// Files of a case that are not rule files.
const OWN: [&str; 2] = ["case.toml", "report.snap"];

#[test]
fn every_case_comes_out_as_it_was() {
    let wanted = std::env::var("CASE").unwrap_or_default();
    let cases: Vec<Case> = case::all().into_iter().filter(|case| case.name.contains(&wanted)).collect();
    assert!(!cases.is_empty(), "no case is called `{wanted}`");
    let failures = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    // A snapshot that differs panics; the panic's words go into the list, not to the terminal one by one.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = catch_unwind(AssertUnwindSafe(|| judge(case))).unwrap_or_else(|panic| vec![words(&*panic)]);
                    if !found.is_empty() {
                        failures.lock().expect("no worker panics with the list").insert(case.name.clone(), found);
                    }
                }
            });
        }
    });
    std::panic::set_hook(hook);
    let failures = failures.into_inner().expect("no worker panics with the list");
    let list: String = failures.iter().map(|(case, found)| format!("\n{case}\n    {}", found.join("\n    "))).collect();
    assert!(failures.is_empty(), "{} of {} cases differ (INSTA_UPDATE=always writes them):{list}", failures.len(), cases.len());
    println!("{} cases", cases.len());
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// Everything that is wrong with a case, in words.
fn judge(case: &Case) -> Vec<String> {
    let within = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    let (ran, files) = run::case(VIGIE, &within, case);
    if let Ok(keep) = std::env::var("KEEP") {
        let folder = Path::new(&keep).join(&case.name);
        tree::write(&folder, &files);
        if case.settings.command == Command::Build {
            tree::write(&folder, &run::lines(VIGIE, &within, case));
        }
    }
    let mut found = Vec::new();
    if ran.exit != case.settings.exit {
        found.push(format!("it exits with {}, and case.toml says {}", ran.exit, case.settings.exit));
    }
    found.extend(balance(&files));
    let kept: BTreeMap<String, Vec<u8>> = match case.settings.keep {
        Keep::Files => report::artefacts(&files).map(|(path, bytes)| (path.clone(), bytes.clone())).collect(),
        Keep::Digests => BTreeMap::new(),
    };
    found.extend(compare(case, &kept));
    found.extend(snapshot(case, &report::text(case, &ran, &files)));
    found
}

/// The ledger adds up: one row for each detection and profile, every file a row names is there, every file is named.
fn balance(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    if !files.contains_key("report.json") {
        return Vec::new();
    }
    let report = report::read(files);
    let mut found = Vec::new();
    let profiles = report.totals.len();
    if report.rows.len() != report.detections * profiles {
        found.push(format!("report.json has {} rows for {} detections and {profiles} profiles", report.rows.len(), report.detections));
    }
    let counted: usize = report.totals.values().flat_map(BTreeMap::values).sum();
    if counted != report.rows.len() {
        found.push(format!("the totals of report.json count {counted} rows, there are {}", report.rows.len()));
    }
    for row in &report.rows {
        if row.files.is_empty() == matches!(row.outcome.as_str(), "exact" | "wider" | "narrower") {
            found.push(format!("{} is {} on {}/{} and stands in {} files", row.key, row.outcome, row.target, row.profile, row.files.len()));
        }
        found
            .extend(row.files.iter().filter(|file| !files.contains_key(*file)).map(|file| format!("`{file}` is named in report.json and not there")));
    }
    found
}

/// The rule files of a case, against those that came out.
fn compare(case: &Case, kept: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut wanted = tree::read(&case.folder);
    wanted.retain(|path, _| !OWN.contains(&path.as_str()) && !path.starts_with("input/") && !path.ends_with(".snap.new"));
    if blessing() {
        for path in wanted.keys().filter(|path| !kept.contains_key(*path)) {
            let _ = std::fs::remove_file(case.folder.join(path));
        }
        tree::write(&case.folder, kept);
        return Vec::new();
    }
    let mut found = Vec::new();
    for (path, bytes) in &wanted {
        match kept.get(path) {
            None => found.push(format!("`{path}` did not come out")),
            Some(is) if is != bytes => found.push(format!("`{path}` differs: {}", tree::difference(bytes, is))),
            Some(_) => {}
        }
    }
    found.extend(kept.keys().filter(|path| !wanted.contains_key(*path)).map(|path| format!("`{path}` came out and is not kept")));
    found
}

fn snapshot(case: &Case, text: &str) -> Vec<String> {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&case.folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(&case.settings.title);
    let result = catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!("report", text))));
    if result.is_ok() {
        return Vec::new();
    }
    let kept = std::fs::read_to_string(case.folder.join("report.snap")).unwrap_or_default();
    let kept = kept.splitn(3, "---\n").nth(2).unwrap_or_default();
    vec![format!("report.snap differs: {}", tree::difference(kept.trim().as_bytes(), text.trim().as_bytes()))]
}
