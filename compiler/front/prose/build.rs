//! Makes the bundled list of known hosts into a table, in the order in which it is searched.
//!
//! The data and where they come from: `../data/NOTICE.md`. `src/hosts.rs` reads what is written here.

// A build reads its environment and writes where it says.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

static HOSTS: &str = include_str!("../data/hosts.txt");

/// The lists of hosts, the surest last.
const LISTS: [&str; 3] = ["[publisher]", "[service]", "[popular]"];

fn rows(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn main() -> Result<(), Box<dyn Error>> {
    for path in ["build.rs", "../data/hosts.txt"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let (mut list, mut hosts) = (None, BTreeMap::new());
    for line in rows(HOSTS) {
        match LISTS.iter().position(|name| *name == line) {
            Some(number) => list = Some(number),
            // A host in several lists is what the surest says.
            None => drop(hosts.insert(line, list.ok_or("a host stands in no list")?)),
        }
    }
    let words: String = hosts.keys().copied().collect();
    let mut places = String::new();
    let mut start = 0;
    for (host, list) in &hosts {
        write!(places, "({start}, {}, {list}), ", host.len())?;
        start += host.len();
    }
    let folder = std::env::var_os("OUT_DIR").ok_or("no folder to write to")?;
    std::fs::write(Path::new(&folder).join("hosts.rs"), format!("({words:?}, &[{places}])"))?;
    Ok(())
}
