//! What does a person read first? One line for each code; a code with one place, and errors, whole and last.
//!
//! Everything is counted once: in a line, or by being drawn. What `report.json` has under `codes` is the sum.

use std::io::{self, Write};

use source::{Diagnostic, Group, Loss, Severity, Sources, by_code, count, draw, legible};

/// How many errors of one code are drawn.
const ERRORS: usize = 3;
/// How many targets are named by profile; more are named without.
const TARGETS: usize = 3;
const CYAN: &str = "\u{1b}[36m";
const YELLOW: &str = "\u{1b}[33m";
const RED: &str = "\u{1b}[31m";
const PLAIN: &str = "\u{1b}[0m";
/// The longest message and the longest next step in a line, in characters.
const LONGEST: usize = 160;

/// Writes what was said.
pub(crate) fn write(diagnostics: &[Diagnostic], sources: &Sources, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let groups = by_code(diagnostics);
    let (notes, groups): (Vec<&Group<'_>>, Vec<&Group<'_>>) = groups.iter().partition(|group| group.severity == Severity::Note);
    let (lines, whole): (Vec<&Group<'_>>, Vec<&Group<'_>>) = groups.into_iter().partition(|group| is_line(group));
    let shortened = !notes.is_empty() || !lines.is_empty() || whole.iter().any(|group| group.members.len() > drawn(group));
    if !notes.is_empty() {
        writeln!(out, "{}", noted(&notes, colour))?;
    }
    for group in &lines {
        writeln!(out, "{}", line(group, group.members.len(), group.first(), sources, colour))?;
    }
    if !whole.is_empty() && (!notes.is_empty() || !lines.is_empty()) {
        writeln!(out)?;
    }
    for group in whole {
        for member in group.members.iter().take(drawn(group)) {
            write!(out, "{}", draw(member, sources, colour))?;
            let targets = if group.is_one_place() { group.targets() } else { member.target.as_deref().into_iter().collect() };
            if !targets.is_empty() {
                writeln!(out, "  target: {}", targets.into_iter().collect::<Vec<_>>().join(", "))?;
            }
            writeln!(out)?;
        }
        let more = if group.is_one_place() { &[][..] } else { group.members.get(drawn(group)..).unwrap_or_default() };
        if !more.is_empty() {
            writeln!(out, "{}\n", line(group, more.len(), more.first().copied(), sources, colour))?;
        }
    }
    if shortened {
        writeln!(out, "`--verbose` shows each place, `vigie explain CODE` says what a code means.")?;
    }
    Ok(())
}

/// How many of a group are drawn, when it is no line.
fn drawn(group: &Group<'_>) -> usize {
    if group.severity == Severity::Error && !group.is_one_place() { ERRORS } else { 1 }
}

/// All notes in one line: they ask for nothing.
fn noted(groups: &[&Group<'_>], colour: bool) -> String {
    let (paint, plain) = if colour { (CYAN, PLAIN) } else { ("", "") };
    let all: usize = groups.iter().map(|group| group.members.len()).sum();
    let each = groups.iter().map(|group| format!("{} {}", group.members.len(), group.code.slug)).collect::<Vec<_>>();
    format!("{paint}☞{plain} {all:>5} {}: {}", if all == 1 { "note" } else { "notes" }, each.join(", "))
}

/// Whether a group is one line: warnings when they have several places, errors never.
fn is_line(group: &Group<'_>) -> bool {
    group.severity < Severity::Error && !group.is_one_place()
}

/// The sign, how many, the code, where, what, and what might be done. `shown` is the one whose words stand for the others.
fn line(group: &Group<'_>, number: usize, shown: Option<&Diagnostic>, sources: &Sources, colour: bool) -> String {
    let (sign, paint) = match group.severity {
        Severity::Note => ("☞", CYAN),
        Severity::Warning => ("⚠", YELLOW),
        Severity::Error => ("×", RED),
    };
    let (paint, plain) = if colour { (paint, PLAIN) } else { ("", "") };
    let more = if group.severity == Severity::Error { " more" } else { "" };
    let mut out = format!("{paint}{sign}{plain} {number:>5}{more} {paint}{}{plain}", group.code.slug);
    let targets = targets(group);
    if !targets.is_empty() {
        out += &format!(" on {targets}");
    }
    let moved = |loss: Loss| group.members.iter().filter(|member| member.loss == Some(loss)).count();
    let directions = [(moved(Loss::Wider), "wider"), (moved(Loss::Narrower), "narrower")];
    let directions: Vec<String> = directions.iter().filter(|(number, _)| *number > 0).map(|(number, way)| format!("{number} {way}")).collect();
    if !directions.is_empty() {
        out += &format!(" ({})", directions.join(", "));
    }
    let Some(shown) = shown else { return out };
    if let Some((span, _)) = &shown.label {
        let (line, column) = sources.position(*span);
        out += &format!(" from {}:{line}:{column}", legible(&sources.file(span.file).name));
    }
    out += &format!(": {}", short(&shown.message));
    if let Some(help) = shown.help.as_deref().filter(|help| !help.is_empty()) {
        out += &format!("; {}", short(help));
    }
    out
}

/// The targets of a group: by profile where they are few, else each with the number of its profiles.
fn targets(group: &Group<'_>) -> String {
    let all = group.targets();
    if all.len() <= TARGETS {
        return all.into_iter().collect::<Vec<_>>().join(", ");
    }
    let mut ids: Vec<(&str, usize)> = Vec::new();
    for target in all {
        let id = target.split('/').next().unwrap_or(target);
        match ids.last_mut() {
            Some((last, profiles)) if *last == id => *profiles += 1,
            _ => ids.push((id, 1)),
        }
    }
    let named = |(id, profiles): &(&str, usize)| if *profiles == 1 { (*id).to_owned() } else { format!("{id} ({})", count(*profiles, "profile")) };
    ids.iter().map(named).collect::<Vec<_>>().join(", ")
}

/// Text on a line, cut where it is long.
fn short(text: &str) -> String {
    let text = legible(text).into_owned();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default().trim_end()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use source::{Code, Span};

    static MANY: Code = Code::warn("test.many", "a code for this test");
    static ONE: Code = Code::warn("test.one", "a code for this test");
    static BAD: Code = Code::error("test.bad", "a code for this test");

    #[test]
    fn every_diagnostic_is_in_a_line_or_drawn() {
        let mut sources = Sources::default();
        let file = sources.add("a.vigie", "one two three four five six");
        let at = |code, start: usize| Diagnostic::new(code, "a `fact`").at(Span::new(file, start, start + 3), "here").help("a step");
        let mut said: Vec<Diagnostic> = (0..20).map(|start| at(&MANY, start)).collect();
        said.extend((0..9).map(|start| at(&BAD, start)));
        said.extend(["kql/a", "kql/b"].map(|target| Diagnostic { target: Some(target.to_owned()), ..at(&ONE, 4) }));
        said.push(Diagnostic { severity: Severity::Note, ..at(&ONE, 4) });
        let mut out = Vec::new();
        write(&said, &sources, false, &mut out).expect("a list takes everything");
        let out = String::from_utf8(out).expect("what is printed is UTF-8");
        assert!(out.starts_with("☞     1 note: 1 test.one\n⚠    20 test.many from a.vigie:1:1: a `fact`; a step\n\n"), "{out}");
        assert!(out.contains("  target: kql/a, kql/b\n"), "{out}");
        assert_eq!(out.matches("a.vigie:1:").count(), 1 + 1 + ERRORS + 1, "{out}");
        assert!(out.contains("×     6 more test.bad from a.vigie:1:4: a `fact`; a step\n"), "{out}");
        assert!(!out.contains('\u{1b}'), "{out}");
    }
}
