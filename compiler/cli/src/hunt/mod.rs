//! Which events of a log do rules find? `vigie hunt` searches local logs back.
//!
//! `rules` prepares the questions, `logs` brings the events in order and `other` names what is no log in JSON, `search` puts the ones to
//! the others, `report` shows what was found, and `why` which values were asked for.
//!
//! Hits are what was asked for, so they leave the exit code alone unless `--fail-on-hit` is given.

pub(crate) mod codes;
mod logs;
mod other;
mod report;
mod rules;
mod search;
mod why;

use std::io::Write;
use std::path::PathBuf;

use source::Diagnostic;

use crate::args::Hunt;
use crate::exit::{CLEAN, FINDINGS, USAGE, refuse};
use crate::run::site;
use crate::show::{Terminal, counts};
use crate::whole::Whole;
use crate::{below, inputs};

/// `vigie hunt`.
pub(crate) fn run(args: &Hunt, terminal: &mut Terminal<'_>) -> u8 {
    let stated = match args.source.as_deref().map(|text| front::events::Stated::parse(text).ok_or(text)) {
        None => None,
        Some(Ok(stated)) => Some(stated),
        Some(Err(text)) => {
            terminal.tell(&format!(
                "error: `{text}` is no log source; one is written `product/category/service`, such as `windows/process_creation` or `aws//cloudtrail`"
            ));
            return USAGE;
        }
    };
    let site = match site(args.config.as_deref(), args.environment.as_deref(), terminal) {
        Ok(site) => site,
        Err(status) => return status,
    };
    let paths = match site.paths(&args.paths) {
        Ok(paths) => paths,
        Err(why) => return refuse(terminal, &why, USAGE),
    };
    let mut inputs = inputs::read(&paths, &site.placeholders);
    let (planned, more) = pipeline::detections(&inputs.sources, std::mem::take(&mut inputs.advisories));
    inputs.diagnostics.extend(more);
    let rules = rules::Rules::new(&planned, args.any_time);
    if rules.is_empty() && inputs.unreadable == 0 {
        terminal.draw(&inputs.diagnostics, &inputs.sources, args.verbose);
        terminal.tell("error: there is no rule to search with; a PATH is a file or folder of descriptions, Sigma rules or feeds");
        return USAGE;
    }

    // The hits are no log that is searched, and no rule that it is searched with.
    let read = args.logs.iter().chain(&paths).flat_map(|path| below::below(path, below::Links::Anywhere, |_| true).files).collect::<Vec<_>>();
    let begun = args.output.as_deref().map(|path| Whole::begin(path, read.iter().map(PathBuf::as_path), args.force)).transpose();
    let mut file = match begun {
        Ok(file) => file,
        Err(why) => return refuse(terminal, &why, USAGE),
    };
    let mut found = {
        let out: &mut dyn Write = match &mut file {
            Some(file) => file,
            None => terminal.out,
        };
        let mut search = search::Search::new(&rules, &inputs.sources, stated.as_ref(), args.format, out);
        let progress = logs::Progress::new(&args.logs, terminal.colour);
        for path in logs::files(&args.logs, &mut search.found) {
            logs::read(&path, &progress, &mut search);
        }
        search.finish()
    };
    report::write(&found, &rules, args.format, stated.as_ref(), file.as_mut().map_or(&mut *terminal.out as &mut dyn Write, |file| file));
    if let Some(file) = file
        && let Err(error) = file.finish()
    {
        terminal.tell(&format!("error: the report cannot be written: {error}"));
        return USAGE;
    }

    let unread = inputs.unreadable + found.unreadable;
    inputs.diagnostics.append(&mut found.diagnostics);
    inputs.diagnostics.sort_by_cached_key(|said: &Diagnostic| said.order(&inputs.sources));
    terminal.draw(&inputs.diagnostics, &inputs.sources, args.verbose);
    terminal.tell(&found.summary(&rules));
    let (errors, ..) = counts(&inputs.diagnostics);
    if unread > 0 {
        USAGE
    } else if errors > 0 || (args.fail_on_hit && found.hits > 0) {
        FINDINGS
    } else {
        CLEAN
    }
}
