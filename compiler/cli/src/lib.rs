//! The command line. The only crate with disk, clock and terminal.
//!
//! [`run`] is the whole program: arguments and streams in, exit code out; the binary and the tests both call it.
//!
//! What this crate does not do: decide anything about rules.
//!
//! Start with `args.rs` for what can be asked, `build.rs` for the main job.

#![allow(clippy::disallowed_methods, reason = "disk and environment belong here")]

mod args;
mod below;
mod beside;
mod build;
mod check;
mod codes;
mod config;
mod diff;
mod earlier;
mod exit;
mod explain;
mod findings;
mod foreign;
mod hunt;
mod import;
mod init;
mod inputs;
mod markdown;
mod numbers;
mod output;
mod package;
mod programs;
mod publish;
mod reader;
mod report;
mod run;
mod show;
mod stream;
mod summary;
mod test;
mod whole;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

pub use codes::codes;
pub use config::check_settings;
pub use explain::page;
pub use reader::ReadBack;

use exit::{CLEAN, USAGE};

/// Runs the program and returns its exit code. `colour` allows terminal escapes in what goes to `err`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write, colour: bool) -> u8 {
    let mut out = stream::Watched::new(out);
    let status = command(arguments, &mut out, err, colour);
    // A reader that closed its end early, such as `head`, is no failure of ours; output that could not be written is one.
    match out.finish() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let _ = writeln!(err, "error: standard output cannot be written: {error}");
            USAGE
        }
        _ => status,
    }
}

fn command(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write, colour: bool) -> u8 {
    let parsed = match args::Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            let help = !error.use_stderr();
            // What was asked for stands in it.
            let text = error.render().to_string();
            let text = source::legible_lines(&text);
            let _ = if help { write!(out, "{text}") } else { write!(err, "{text}") };
            return if help { CLEAN } else { USAGE };
        }
    };
    let mut terminal = show::Terminal { out, err, colour };
    match parsed.command {
        args::Command::Build(build) => build::run(&build, &mut terminal),
        args::Command::Package(package) => package::run(&package, &mut terminal),
        args::Command::Check(check) => check::run(&check, &mut terminal),
        args::Command::Report(report) => report::run(&report, &mut terminal),
        args::Command::Import(import) => import::run(&import, &mut terminal),
        args::Command::Test(test) => test::run(&test, &mut terminal),
        args::Command::Hunt(hunt) => hunt::run(&hunt, &mut terminal),
        args::Command::Diff(diff) => diff::run(&diff, &mut terminal),
        args::Command::Init(init) => init::run(&init, &mut terminal),
        args::Command::Lock(lock) => numbers::run(&lock, &mut terminal),
        args::Command::Explain { code } => explain::explain(&code, &mut terminal),
        args::Command::Targets => explain::targets(&mut terminal),
        args::Command::Fields { event } => explain::fields(event.as_deref(), &mut terminal),
    }
}

/// Makes a file that grows beyond the process's limit (`ulimit -f`) an error like a full disk, not the end of the process.
#[cfg(unix)]
pub fn stay_when_a_file_is_too_large() {
    // Where no handler can be set, a build that is ended is finished or undone by the next one.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
}

/// There is no such limit here.
#[cfg(not(unix))]
pub fn stay_when_a_file_is_too_large() {}
