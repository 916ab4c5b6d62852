//! Puts the book's pages on codes into the binary, for `vigie explain`.

#![allow(clippy::disallowed_methods, reason = "a build script lives on the disk")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../book/src/codes");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut pages: Vec<(String, String)> = fs::read_dir(&folder)
        .map(|entries| {
            let files = entries.filter_map(Result::ok).map(|entry| entry.path());
            files
                .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
                .filter_map(|path| {
                    let slug = path.file_stem()?.to_str()?.to_owned();
                    Some((slug, fs::read_to_string(&path).ok()?))
                })
                .collect()
        })
        .unwrap_or_default();
    pages.sort();
    let mut code = String::from("static PAGES: &[(&str, &str)] = &[\n");
    for (slug, text) in pages {
        writeln!(code, "    ({slug:?}, {text:?}),").expect("a string takes everything");
    }
    code.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("pages.rs"), code).expect("cargo's own folder can be written to");
}
