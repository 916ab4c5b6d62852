//! What changed in meaning between two states of the same descriptions? `vigie diff OLD NEW`.

mod differences;
mod events;
mod human;
mod markdown;
mod packages;
mod side;

use std::io::Write as _;
use std::path::PathBuf;

use crate::args::{Common, Detail, Diff, DiffFormat};
use crate::exit::{CLEAN, CONFIGURATION, FINDINGS, USAGE, refuse};
use crate::run::{Run, Texts, compile, settings};
use crate::show::{SeenJson, Terminal};
use crate::whole::Whole;
use crate::{check, inputs};
use backend::For;
use differences::Differences;
use side::Side;

/// `vigie diff`.
pub(crate) fn run(args: &Diff, terminal: &mut Terminal<'_>) -> u8 {
    job(args, terminal).unwrap_or_else(|status| status)
}

fn job(args: &Diff, terminal: &mut Terminal<'_>) -> Result<u8, u8> {
    let file = check::begin(args.output.as_deref(), &[PathBuf::from(&args.old), PathBuf::from(&args.new)], args.force);
    let file = file.map_err(|why| refuse(terminal, &why, USAGE))?;
    let differences = match packages::both(&args.old, &args.new).map_err(|why| refuse(terminal, &why, USAGE))? {
        Some(differences) => differences,
        None => of_inputs(args, terminal)?,
    };
    write(&differences, args, file, terminal).map_err(|why| refuse(terminal, &why, USAGE))?;
    let denied = args.fail_on.iter().any(|kind| differences.counts().get(kind.name()).is_some_and(|count| *count > 0));
    Ok(if denied || differences.incomplete { FINDINGS } else { CLEAN })
}

/// Compiles both sides, each with the settings that belong to it, and compares them.
fn of_inputs(args: &Diff, terminal: &mut Terminal<'_>) -> Result<Differences, u8> {
    let [old, new] = side::both(&args.old, &args.new).map_err(|why| refuse(terminal, &why, USAGE))?;
    let (old, new) = (compiled(args, old, terminal)?, compiled(args, new, terminal)?);
    let mut out = differences::between(&old, &new);
    out.old = args.old.clone();
    out.new = args.new.clone();
    // A run is large, and the process ends soon.
    std::mem::forget((old, new));
    Ok(out)
}

fn compiled(args: &Diff, side: Side, terminal: &mut Terminal<'_>) -> Result<Run, u8> {
    let common = Common {
        paths: vec![side.path.clone()],
        targets: args.targets.clone(),
        profile: args.profile.clone(),
        as_of: args.as_of,
        max_tlp: args.max_tlp,
        deny: None,
        config: args.config.clone().or_else(|| side.config.clone()),
        lock: None,
        locked: false,
        environment: args.environment.clone(),
        verbose: Detail::Codes,
        no_engine: true,
    };
    let settings = settings(&common, terminal)?;
    let numbers = settings.lock(&common, None).read().map_err(|why| refuse(terminal, &why, CONFIGURATION))?;
    let run = compile(&common, settings, &numbers.lock, Texts { files_only: false, made_for: For::Folder }, None);
    if run.inputs.unreadable > 0 {
        terminal.draw(&run.diagnostics, &run.inputs.sources, Detail::Codes);
        let why = format!("`{}` cannot be read as a whole, and what is missing there would look as if it were gone", side.name);
        return Err(refuse(terminal, &why, USAGE));
    }
    let errors: Vec<_> = run.diagnostics.iter().filter(|said| differences::not_understood(said)).cloned().collect();
    if !errors.is_empty() {
        terminal.draw(&errors, &run.inputs.sources, Detail::Codes);
        terminal.tell(&format!("warning: in `{}`, what was not understood is missing from the comparison", side.name));
    }
    Ok(run)
}

/// Writes the differences in the form that was asked for.
fn write(differences: &Differences, args: &Diff, file: Option<Whole>, terminal: &mut Terminal<'_>) -> Result<(), String> {
    let mut text = Vec::new();
    match args.format {
        DiffFormat::Human => text.extend(human::text(differences).into_bytes()),
        DiffFormat::Markdown => text.extend(markdown::text(differences).into_bytes()),
        DiffFormat::Json => {
            let written = serde_json::to_writer_pretty(SeenJson(&mut text), differences).map_err(|error| error.to_string());
            written?;
            text.push(b'\n');
        }
    }
    // The stream itself is watched.
    let Some(mut file) = file else {
        let _ = terminal.out.write_all(&text);
        return Ok(());
    };
    let shown = args.output.as_deref().map(inputs::shown).unwrap_or_default();
    file.write_all(&text).and_then(|()| file.finish()).map_err(|error| format!("`{shown}` cannot be written: {error}"))
}
