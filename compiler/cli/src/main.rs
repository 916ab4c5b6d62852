//! The `vigie` binary: hands the process's arguments and streams to the library.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Compiling makes and drops a great many small pieces of text, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let stderr = std::io::stderr();
    #[expect(clippy::disallowed_methods, reason = "the binary is where the environment enters")]
    let colour = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut err = std::io::BufWriter::new(stderr.lock());
    vigie::stay_when_a_file_is_too_large();
    let status = vigie::run(std::env::args_os(), &mut out, &mut err, colour);
    let _ = err.flush();
    ExitCode::from(status)
}
