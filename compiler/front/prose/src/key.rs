//! Which registry keys does the scan add? A key in each hive that it may be of, and each value that a `.reg` file lists below it.

use super::Kind;
use super::candidate::{Candidate, Form};
use super::local;
use super::registry::named_entry;
use super::scan::Scanner;

impl Scanner<'_> {
    /// Adds a key; one that is written without its hive may be of more than one.
    pub(super) fn key(&mut self, from: usize, to: usize, key: &str) {
        let keys = feed::hives(key);
        if keys.is_empty() {
            self.push(Kind::Registry, from, to, key);
        }
        for key in keys {
            let mut candidate = Candidate::new(Kind::Registry, from, to, key, self.normal);
            candidate.form = Form::Bare;
            self.out.push(candidate);
        }
    }

    /// Whether a key heads the values of a `.reg` file: `[HKEY_CURRENT_USER\Software\X]`, and `"Name"="…"` in the next line.
    pub(super) fn opens_block(&mut self, from: usize, to: usize) -> bool {
        let next = self.text.get(to..).and_then(|rest| rest.strip_prefix(']')).map(|rest| rest.trim_start_matches([' ', '\t', '\r', '`', '*', '\\']));
        let named =
            next.and_then(|rest| rest.strip_prefix('\n')).is_some_and(|rest| named_entry(rest.trim_start_matches([' ', '\t', '>'])).is_some());
        let opens = named && self.before(from) == b'[';
        self.block = opens.then_some((from..to, to));
        opens
    }

    /// The name of a value at the beginning of a line below its key; where to go on.
    pub(super) fn entry(&mut self, at: usize) -> usize {
        const FAR: usize = 4096;
        let Some((key, until)) = self.block.clone() else { return at + 1 };
        if at - until > FAR {
            self.block = None;
            return at + 1;
        }
        let gap = self.slice(until, at);
        let line = gap.rsplit('\n').next().unwrap_or_default();
        if !gap.contains('\n') || !line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>')) {
            return at + 1;
        }
        if gap.contains("\n\n") || gap.contains("\n\r\n") {
            self.block = None;
            return at + 1;
        }
        let Some((name, data)) = self.text.get(at..).and_then(named_entry) else {
            self.block = None;
            return at + 1;
        };
        let end = at + name.len() + 2;
        self.block = Some((key.clone(), end));
        // `"Name"=-` takes the value away.
        if !data.starts_with('-') && !name.is_empty() && !name.contains([':', '\\']) {
            let value = format!("{}:{name}", local::unescaped(self.slice(key.start, key.end)));
            self.key(at + 1, end - 1, &value);
        }
        end
    }
}
