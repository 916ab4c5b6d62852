//! What is there to show of a run on one page? `vigie report` compiles like `check` and writes a comment for a pull request, a web page, or a layer of
//! the ATT&CK Navigator.
//!
//! `overview` gathers what there is to say; `markdown`, `html` and `navigator` say it. What is not known is left out.

mod html;
mod markdown;
mod navigator;
mod overview;
#[cfg(test)]
mod tests;

use std::io::Write as _;

use backend::For;

use crate::args::{Report, ReportFormat};
use crate::exit::{CONFIGURATION, USAGE, refuse};
use crate::run::{Texts, compile_read, settings, status};
use crate::show::Terminal;
use crate::{check, diff, inputs};

/// `vigie report`.
pub(crate) fn run(args: &Report, terminal: &mut Terminal<'_>) -> u8 {
    if args.against.is_some() && args.format != ReportFormat::Markdown {
        return refuse(terminal, "`--against` is for a comment: it needs `--format markdown`", USAGE);
    }
    let settings = match settings(&args.common, terminal) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let numbers = match settings.lock(&args.common, None).read() {
        Ok(numbers) => numbers,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    let file = match check::begin(args.output.as_deref(), &settings.paths, args.force) {
        Ok(file) => file,
        Err(why) => return refuse(terminal, &why, USAGE),
    };
    let inputs = inputs::read(&settings.paths, &settings.site.placeholders);
    let (proofs, failures) = pipeline::prove(&inputs.sources, &inputs.advisories);
    // The rules' own texts are measured.
    let mut run = compile_read(inputs, &args.common, settings, &numbers.lock, Texts { files_only: false, made_for: For::Folder }, None);
    run.diagnostics.extend(failures);
    run.diagnostics.sort_by_cached_key(|diagnostic| diagnostic.order(&run.inputs.sources));
    let overview = overview::of(&run, &proofs, args.expiring_within);
    let changes = match args.against.as_deref().map(|before| diff::comment(before, &args.common, &run, markdown::SHARE_OF_CHANGES, terminal)) {
        Some(Err(status)) => return status,
        Some(Ok(changes)) => Some(changes),
        None => None,
    };
    let text = match args.format {
        ReportFormat::Markdown => markdown::page(&overview, changes.as_deref()),
        ReportFormat::Html => html::page(&overview),
        ReportFormat::Navigator => navigator::layer(&run.compilation),
    };
    terminal.draw(&run.diagnostics, &run.inputs.sources, args.common.verbose);
    if let Some(mut file) = file {
        if let Err(why) = file.write_all(text.as_bytes()).and_then(|()| file.finish()) {
            let shown = args.output.as_deref().map(inputs::shown).unwrap_or_default();
            return refuse(terminal, &format!("`{shown}` cannot be written: {why}"), USAGE);
        }
    } else {
        let _ = terminal.out.write_all(text.as_bytes());
    }
    status(&run, args.common.deny, terminal)
}
