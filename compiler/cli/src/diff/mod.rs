//! What changed in meaning between two states of the same descriptions? `vigie diff OLD NEW`.

mod differences;
mod events;
mod human;
mod markdown;
mod packages;
mod side;
mod unchanged;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use crate::args::{Common, Detail, Diff, DiffFormat};
use crate::exit::{CLEAN, CONFIGURATION, FINDINGS, USAGE, refuse};
use crate::run::{Run, Settings, Texts, compile_read, settings, site};
use crate::show::{SeenJson, Terminal};
use crate::whole::Whole;
use crate::{check, inputs};
use backend::{For, Lock};
use differences::Differences;
use side::{Beside, Side};
use unchanged::Unchanged;

/// `vigie diff`.
pub(crate) fn run(args: &Diff, terminal: &mut Terminal<'_>) -> u8 {
    job(args, terminal).unwrap_or_else(|status| status)
}

fn job(args: &Diff, terminal: &mut Terminal<'_>) -> Result<u8, u8> {
    // The other side is what the project reads.
    let now = match &args.new {
        Some(new) => vec![PathBuf::from(new)],
        None => {
            let site = site(args.config.as_deref(), args.environment.as_deref(), terminal)?;
            site.paths(&[]).map_err(|why| refuse(terminal, &format!("{why}; `vigie diff OLD NEW` names both sides"), USAGE))?
        }
    };
    let read: Vec<PathBuf> = now.iter().cloned().chain([PathBuf::from(&args.old)]).collect();
    let file = check::begin(args.output.as_deref(), &read, args.force).map_err(|why| refuse(terminal, &why, USAGE))?;
    let packages = match &args.new {
        Some(new) => packages::both(&args.old, new).map_err(|why| refuse(terminal, &why, USAGE))?,
        None => None,
    };
    let differences = match packages {
        Some(differences) => differences,
        None => of_inputs(args, now, terminal)?,
    };
    write(&differences, args, file, terminal).map_err(|why| refuse(terminal, &why, USAGE))?;
    let denied = args.fail_on.iter().any(|kind| differences.counts().get(kind.name()).is_some_and(|count| *count > 0));
    Ok(if denied || differences.incomplete { FINDINGS } else { CLEAN })
}

/// Compiles both sides, each with the settings that belong to it, and compares them.
fn of_inputs(args: &Diff, now: Vec<PathBuf>, terminal: &mut Terminal<'_>) -> Result<Differences, u8> {
    let here = |paths: &[PathBuf]| paths.iter().all(|path| path.exists());
    let beside = match &args.new {
        None if args.config.is_none() => Beside::Project(&now),
        Some(_) if !here(&now) => Beside::Project(&[]),
        _ => Beside::Paths(&now),
    };
    let old = Side::of(&args.old, beside).map_err(|why| refuse(terminal, &why, USAGE))?;
    let new = match &args.new {
        Some(new) => {
            let before = [PathBuf::from(&args.old)];
            let beside = if here(&before) { Beside::Paths(&before) } else { Beside::Project(&[]) };
            Side::of(new, beside).map_err(|why| refuse(terminal, &why, USAGE))?
        }
        None => Side::here(now.iter().map(|path| inputs::shown(path)).collect::<Vec<_>>().join(", "), now),
    };
    let common = Common {
        paths: Vec::new(),
        targets: args.targets.clone(),
        profile: args.profile.clone(),
        as_of: args.as_of,
        max_tlp: args.max_tlp,
        deny: None,
        config: args.config.clone(),
        lock: None,
        locked: false,
        environment: args.environment.clone(),
        verbose: Detail::Codes,
        no_engine: true,
    };
    let (old, new) = (Prepared::of(&common, old, terminal)?, Prepared::of(&common, new, terminal)?);
    let left_out = old.unchanged(&new);
    let names = [old.side.name.clone(), new.side.name.clone()];
    let (old, new) = (old.compiled(&left_out.old, terminal)?, new.compiled(&left_out.new, terminal)?);
    let mut out = differences::between(&old, &new, &left_out);
    [out.old, out.new] = names;
    // A run is large, and the process ends soon.
    std::mem::forget((old, new));
    Ok(out)
}

/// What differs between a state before and a run that is there, as a part of a comment of at most so many bytes. Without paths of its own, the run read
/// what the project reads.
///
/// # Errors
///
/// The exit code, after the reason was told.
pub(crate) fn comment(before: &str, common: &Common, run: &Run, room: usize, terminal: &mut Terminal<'_>) -> Result<String, u8> {
    let project = common.paths.is_empty() && common.config.is_none();
    let beside = if project { Beside::Project(&run.paths) } else { Beside::Paths(&run.paths) };
    let old = Side::of(before, beside).map_err(|why| refuse(terminal, &why, USAGE))?;
    let old = Prepared::of(&Common { lock: None, ..common.clone() }, old, terminal)?;
    let new = Prepared::of(common, Side::here(String::new(), run.paths.clone()), terminal)?;
    let left_out = old.unchanged(&new);
    let old = old.compiled(&left_out.old, terminal)?;
    Ok(markdown::text(&differences::between(&old, run, &left_out), room))
}

/// A side with the settings and the numbers that belong to it.
struct Prepared {
    side: Side,
    common: Common,
    settings: Settings,
    lock: Lock,
}

impl Prepared {
    fn of(common: &Common, side: Side, terminal: &mut Terminal<'_>) -> Result<Self, u8> {
        let config = common.config.clone().or_else(|| side.config.clone());
        let common = Common { paths: side.paths.clone(), config, locked: false, no_engine: true, ..common.clone() };
        let settings = settings(&common, terminal)?;
        let lock = settings.lock(&common, None).read().map_err(|why| refuse(terminal, &why, CONFIGURATION))?.lock;
        Ok(Self { side, common, settings, lock })
    }

    /// The inputs that need not be compiled; none where another setting could make another rule of the same input.
    fn unchanged(&self, new: &Self) -> Unchanged {
        let text = |side: &Self| side.settings.site.path.as_deref().map(std::fs::read).transpose().ok();
        if text(self).is_none_or(|old| Some(old) != text(new)) {
            return Unchanged::default();
        }
        // The key of a Sigma rule begins with its id.
        let head = |key: &str| ir::advisory_of(key).to_lowercase();
        unchanged::find(&self.settings.paths, &new.settings.paths, self.lock.differing(&new.lock).into_iter().map(head).collect())
    }

    /// Compiles it but for what is left out.
    fn compiled(self, left_out: &BTreeSet<PathBuf>, terminal: &mut Terminal<'_>) -> Result<Run, u8> {
        let Self { side, common, settings, lock } = self;
        let inputs = inputs::read_but(&settings.paths, &settings.site.placeholders, left_out);
        let run = compile_read(inputs, &common, settings, &lock, Texts { files_only: false, made_for: For::Folder }, None);
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
}

/// Writes the differences in the form that was asked for.
fn write(differences: &Differences, args: &Diff, file: Option<Whole>, terminal: &mut Terminal<'_>) -> Result<(), String> {
    let mut text = Vec::new();
    match args.format {
        DiffFormat::Human => text.extend(human::text(differences).into_bytes()),
        DiffFormat::Markdown => text.extend(markdown::text(differences, markdown::LONGEST).into_bytes()),
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
