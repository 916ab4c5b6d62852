//! Where are rules' numbers kept? `vigie.lock` is a source file: it lies beside `vigie.toml`, and in the output's folder only without one.

use std::path::{Path, PathBuf};

use backend::{Lock, Settled};

use crate::args::{Detail, LockCommand};
use crate::config;
use crate::exit::{CLEAN, CONFIGURATION, USAGE, refuse};
use crate::inputs::{self, shown};
use crate::output::{Folder, LOCK};
use crate::show::Terminal;

/// Where the numbers lie, and where they may have lain before.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// The place in the output's folder, when the lock's is another.
    former: Option<PathBuf>,
}

/// Numbers, as they were found.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) lock: Lock,
    /// The text of a lock in the output's folder that has no reason to stay there.
    pub(crate) former: Option<String>,
    /// What there is to say of it.
    pub(crate) remark: Option<String>,
}

impl Place {
    /// The place that was asked for, else beside the settings, else in the output's folder.
    pub(crate) fn of(asked: Option<&Path>, settings: Option<&Path>, output: Option<&Path>) -> Self {
        let in_output = output.map(|folder| folder.join(LOCK));
        let beside = settings.map(|settings| settings.with_file_name(LOCK));
        let path = asked.map(Path::to_path_buf).or(beside).or_else(|| in_output.clone()).unwrap_or_else(|| PathBuf::from(LOCK));
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let former = in_output.filter(|former| *former != path && real(former) != real(&path));
        Self { path, former }
    }

    /// Reads the numbers; where there is no lock, those of a package before, which is where the numbers of its rules are.
    ///
    /// # Errors
    ///
    /// As [`Place::read`] has them.
    pub(crate) fn read_or(&self, before: Option<&Path>) -> Result<Numbers, String> {
        let numbers = self.read()?;
        if numbers.former.is_some() || self.path.symlink_metadata().is_ok() {
            return Ok(numbers);
        }
        match before.map(|folder| read(&folder.join(LOCK))).transpose()?.flatten() {
            Some((lock, _)) => Ok(Numbers { lock, ..numbers }),
            None => Ok(numbers),
        }
    }

    /// Reads the numbers. Only a lock that is not there is a new one.
    ///
    /// # Errors
    ///
    /// A lock that cannot be read, or two that disagree.
    pub(crate) fn read(&self) -> Result<Numbers, String> {
        let now = read(&self.path)?;
        let former = self.former.as_deref().map(read).transpose()?.flatten();
        let from = shown(self.former.as_deref().unwrap_or(&self.path));
        Ok(match (now, former) {
            (now, None) => Numbers { lock: now.map(|(lock, _)| lock).unwrap_or_default(), former: None, remark: None },
            (None, Some((lock, text))) => {
                let remark = format!("the numbers in `{from}` are taken over; from now on they are kept in `{}`", shown(&self.path));
                Numbers { lock, former: Some(text), remark: Some(remark) }
            }
            (Some((lock, _)), Some((old, text))) if old.is_part_of(&lock) => {
                let remark = format!("`{from}` goes: `{}` holds all its numbers", shown(&self.path));
                Numbers { lock, former: Some(text), remark: Some(remark) }
            }
            (Some(_), Some(_)) => {
                return Err(format!(
                    "`{}` and `{from}` disagree about rules' numbers; the one that sensors do not have has to go",
                    shown(&self.path)
                ));
            }
        })
    }
}

/// A lock and its text; none where there is no file.
fn read(path: &Path) -> Result<Option<(Lock, String)>, String> {
    let Some(text) = text(path)? else { return Ok(None) };
    let lock = Lock::parse(&text).map_err(|why| unusable(path, &why.to_string()))?;
    Ok(Some((lock, text)))
}

fn unusable(path: &Path, why: &str) -> String {
    format!("`{}` cannot be used: {why}", shown(path))
}

/// The text of a lock; none where there is no file.
fn text(path: &Path) -> Result<Option<String>, String> {
    let unreadable = |why: &str| unusable(path, why);
    match path.metadata() {
        Ok(about) if about.is_file() => {}
        Ok(_) => return Err(unreadable("it is no plain file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && path.symlink_metadata().is_err() => return Ok(None),
        Err(error) => return Err(unreadable(&error.to_string())),
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| unreadable(&format!("byte {} is not UTF-8 text", error.utf8_error().valid_up_to())))?;
    Ok(Some(text))
}

/// How many rows a line for each are shown of a lock that is not up to date.
const SHOWN: usize = 20;

/// Whether a run leaves the lock as it is, where that was asked for.
///
/// # Errors
///
/// The rows that would be new or change.
pub(crate) fn as_it_is(place: &Place, numbers: &Numbers, after: &Lock) -> Result<(), String> {
    let changes = numbers.lock.changes(after);
    if changes.is_empty() {
        return Ok(());
    }
    let mut out = format!("`{}` is not up to date, and `--locked` leaves it as it is: {}", shown(&place.path), source::count(changes.len(), "row"));
    changes.iter().take(SHOWN).for_each(|change| out.push_str(&format!("\n  {change}")));
    if changes.len() > SHOWN {
        out.push_str(&format!("\n  {} more", changes.len() - SHOWN));
    }
    out.push_str("\na build without `--locked` writes them; the lock belongs into the same commit as the rules");
    Err(out)
}

/// Merges the numbers that a build which was stopped was about to write.
///
/// # Errors
///
/// The lock cannot be read or written.
pub(crate) fn finish(place: &Place, folder: &Folder) -> Result<(), String> {
    let Some(waiting) = folder.waiting_lock() else { return Ok(()) };
    let mut lock = read(&place.path)?.map(|(lock, _)| lock).unwrap_or_default();
    // It came to be whole or not at all; what cannot be read is none of ours.
    if let Ok(waiting) = Lock::parse(&waiting) {
        lock.adopt(waiting);
    }
    folder.replace_lock(&lock.print())
}

/// `vigie lock`.
pub(crate) fn run(args: &LockCommand, terminal: &mut Terminal<'_>) -> u8 {
    let site = match config::read(args.config.as_deref()) {
        Ok(site) => site,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    let output = site.output(args.output.as_deref());
    let place = Place::of(args.lock.as_deref(), site.path.as_deref(), Some(&output));
    if args.settle {
        return settle(args, &place, terminal);
    }
    if args.prune {
        return prune(args, site, &place, terminal);
    }
    match place.read() {
        Ok(numbers) => {
            list(&numbers.lock.with_range(site.sids()), &place, terminal);
            CLEAN
        }
        Err(why) => refuse(terminal, &why, CONFIGURATION),
    }
}

/// Makes one lock of two that were merged, and lists what was decided.
fn settle(args: &LockCommand, place: &Place, terminal: &mut Terminal<'_>) -> u8 {
    let taken = match take(args, place, terminal) {
        Ok(taken) => taken,
        Err(status) => return status,
    };
    let settled = text(&place.path).and_then(|text| {
        let settled = Lock::settle(text.as_deref().unwrap_or_default()).map_err(|why| unusable(&place.path, &why.to_string()))?;
        Ok((text, settled))
    });
    let (text, Settled { mut lock, changes }) = match settled {
        Ok(settled) => settled,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    // What a stopped build was about to write.
    if let Some(waiting) = taken.waiting_lock().and_then(|waiting| Lock::parse(&waiting).ok()) {
        lock.adopt(waiting);
    }
    let printed = lock.print();
    if text.as_deref() != Some(printed.as_str())
        && let Err(why) = taken.replace_lock(&printed)
    {
        return refuse(terminal, &why, USAGE);
    }
    changes.iter().for_each(|change| terminal.say(&source::legible_lines(change)));
    match changes.len() {
        0 => terminal.say(&format!("{}: there is nothing to settle", shown(&place.path))),
        count => terminal.say(&format!("{} is settled: {}", shown(&place.path), source::count(count, "change"))),
    }
    CLEAN
}

/// Takes the folder of a lock that is there, so that no build writes to it meanwhile; the error is the exit code, after the reason was told.
fn take(args: &LockCommand, place: &Place, terminal: &mut Terminal<'_>) -> Result<Folder, u8> {
    if !place.path.is_file() {
        return Err(refuse(terminal, &format!("`{}` is not there", shown(&place.path)), CONFIGURATION));
    }
    let wait = std::time::Duration::from_secs(args.wait);
    let folder = place.path.parent().unwrap_or(Path::new(""));
    let taken = Folder::take(folder, &place.path, wait, &mut |line| terminal.tell(line));
    taken.map_err(|why| refuse(terminal, &why, USAGE))
}

fn list(lock: &Lock, place: &Place, terminal: &mut Terminal<'_>) {
    let rows: usize = lock.counts().map(|(_, rows)| rows).sum();
    terminal.say(&format!("{}: {}", shown(&place.path), source::count(rows, "rule")));
    for (target, rows) in lock.counts() {
        terminal.say(&format!("{target:<18} {rows:>7} rules"));
    }
    let outside = lock.outside();
    if outside > 0 {
        terminal.say(&format!("{outside} numbers are from an earlier range; their rules keep them"));
    }
}

/// Takes away the rows of rules that no description makes any more.
fn prune(args: &LockCommand, site: config::Config, place: &Place, terminal: &mut Terminal<'_>) -> u8 {
    let Ok(paths) = site.paths(&args.paths) else {
        let why = "`--prune` needs the paths of all descriptions: rows of rules that none of them makes go";
        return refuse(terminal, why, USAGE);
    };
    let taken = match take(args, place, terminal) {
        Ok(taken) => taken,
        Err(status) => return status,
    };
    let numbers = match finish(place, &taken).and_then(|()| place.read()) {
        Ok(numbers) => numbers,
        Err(why) => return refuse(terminal, &why, CONFIGURATION),
    };
    let mut inputs = inputs::read(&paths, &site.placeholders);
    let mut lock = numbers.lock;
    pipeline::renamed(&inputs.advisories, &mut lock);
    let (planned, more) = pipeline::detections(&inputs.sources, std::mem::take(&mut inputs.advisories));
    inputs.diagnostics.extend(more);
    let errors = inputs.diagnostics.iter().any(|said| said.severity == source::Severity::Error);
    if errors || inputs.unreadable > 0 {
        terminal.draw(&inputs.diagnostics, &inputs.sources, Detail::Codes);
        return refuse(terminal, "no row goes as long as an input cannot be read or understood", USAGE);
    }
    let keys: Vec<&str> = planned.iter().map(|planned| planned.detection.key.as_str()).collect();
    let targets: Vec<String> = lock.counts().map(|(target, _)| target.to_owned()).collect();
    let gone = lock.prune(&targets.iter().map(String::as_str).collect::<Vec<_>>(), &keys);
    if let Err(why) = taken.replace_lock(&lock.print()) {
        return refuse(terminal, &why, USAGE);
    }
    terminal.say(&format!("{gone} rows removed from {}", shown(&place.path)));
    CLEAN
}
