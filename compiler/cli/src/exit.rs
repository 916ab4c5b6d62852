//! With which code does the program end?

use crate::show::Terminal;

/// Clean.
pub(crate) const CLEAN: u8 = 0;
/// Findings at the deny level.
pub(crate) const FINDINGS: u8 = 1;
/// Wrong usage, or an input that cannot be read.
pub(crate) const USAGE: u8 = 2;
/// A configuration that cannot be used.
pub(crate) const CONFIGURATION: u8 = 3;
/// A policy kept something back: marking or expiry.
pub(crate) const POLICY: u8 = 4;

/// Says why nothing is done, and gives the code back.
pub(crate) fn refuse(terminal: &mut Terminal<'_>, why: &str, status: u8) -> u8 {
    terminal.tell(&format!("error: {why}"));
    status
}
