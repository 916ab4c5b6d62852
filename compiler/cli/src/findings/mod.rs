//! In which form does a machine read what was found? `check --format` writes lines for editors, SARIF for code scanners, and what GitHub and GitLab show
//! beside a change.
//!
//! `finding` says where a diagnostic is shown and what it is known by; each form is a file. Whatever a name or a text holds stays in its place.

mod concise;
mod finding;
mod github;
mod gitlab;
mod sarif;
#[cfg(test)]
mod tests;
mod uri;

use std::io::{self, Write};
use std::path::PathBuf;

use crate::args::CheckFormat;
use crate::run::Run;
use crate::show::json;

/// Writes what was found. `paths` are the inputs as they were given, `status` is the exit code. A person is shown it elsewhere.
///
/// # Errors
///
/// When it cannot be written.
pub(crate) fn write(format: CheckFormat, run: &Run, paths: &[PathBuf], status: u8, out: &mut dyn Write) -> io::Result<()> {
    let sources = &run.inputs.sources;
    let folder = std::env::current_dir().ok();
    let findings = || finding::of(&run.diagnostics, sources, &run.compilation.detections, paths, folder.as_deref());
    match format {
        CheckFormat::Human => Ok(()),
        CheckFormat::Json => run.diagnostics.iter().try_for_each(|said| writeln!(out, "{}", source::legible_json(&json(said, sources).to_string()))),
        CheckFormat::Concise => concise::write(&findings(), out),
        CheckFormat::Sarif => sarif::write(&findings(), run.inputs.unreadable == 0, status, out),
        CheckFormat::Github => github::write(&findings(), out),
        CheckFormat::Gitlab => gitlab::write(&findings(), out),
    }
}
