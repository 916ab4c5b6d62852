//! Where are the inputs that stand beside the repository? A test that needs them and does not find them says so and is counted.
//!
//! The folder `../shared` holds what is not ours to publish: feeds, advisories, public collections of rules, checkers. A test asks for its part with
//! [`path`] and returns when it is not there. libtest swallows what a passing test prints, so the line is written past it; `.ci/run` counts
//! these lines, and with the folder in place none may be there.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file or folder of `../shared`; `None` when it is not there, which is said.
#[must_use]
pub fn path(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(part);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("../shared/{part}"));
    None
}

/// Says that the running test is skipped, because something is not on this machine.
pub fn skip(needs: &str) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("a test");
    // Where nobody can be told, the test is skipped all the same.
    let _ = writeln!(std::io::stderr(), "skipped: {name} needs {needs}");
}
