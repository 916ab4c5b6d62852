//! How long does it take to read a folder of Sigma rules, and what is said about them?
#![allow(clippy::disallowed_methods, reason = "an example reads the disk and the clock")]

fn main() {
    let Some(folder) = std::env::args().nth(1) else { return println!("usage: sigma FOLDER") };
    let (mut folders, mut files) = (vec![std::path::PathBuf::from(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut sources = source::Sources::default();
    let ids: Vec<source::FileId> =
        files.iter().filter_map(|path| Some(sources.add(path.to_string_lossy(), std::fs::read_to_string(path).ok()?))).collect();
    let start = std::time::Instant::now();
    let mut collection = front::sigma::Collection::default();
    ids.iter().for_each(|id| collection.add(&sources, *id));
    let parsed = collection.finish();
    let took = start.elapsed();
    for said in &parsed.diagnostics {
        print!("{}", source::draw(said, &sources, false));
    }
    println!("{} files, {} rules, {} diagnostics, {took:?}", ids.len(), parsed.advisories.len(), parsed.diagnostics.len());
}
