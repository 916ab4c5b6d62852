//! What is a digest, a file, a path or a registry key for in its document?

use super::evidence::Link;
use super::judge::{Case, Verdict};
use super::scale::Scale;
use super::scan::Form;
use super::structure::{Cue, Shape};
use super::words::Hint;
use super::{DocumentRole, Kind, hosts, local};

impl Case<'_> {
    pub(super) fn digest(&self, text: &str) -> Verdict {
        const EMPTY: [&str; 3] = [
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ];
        if EMPTY.contains(&&*self.candidate.value) {
            return self.is(DocumentRole::Benign, "the digest of an empty file");
        }
        // The nearest label in front of it names its kind.
        let label = label_before(text, self.candidate.start);
        let cell = if self.line.shape == Shape::Row { self.first_cell(text) } else { String::new() };
        let says = |word: &str| label.contains(word) || cell.contains(word);
        let md5 = self.candidate.kind == Kind::Md5;
        if md5 && (says("imphash") || says("import hash")) {
            return self.verdict(Kind::Imphash, DocumentRole::Indicator, "an import hash by its label".to_owned());
        }
        if md5 && says("ja3s") {
            return self.verdict(Kind::Ja3s, DocumentRole::Indicator, "a fingerprint by its label".to_owned());
        }
        if md5 && says("ja3") {
            return self.verdict(Kind::Ja3, DocumentRole::Indicator, "a fingerprint by its label".to_owned());
        }
        let mut scale = Scale::default();
        scale.add(3, "a digest");
        let other = [
            "serial",
            "hwid",
            "commit",
            "key *",
            "key:",
            "key is",
            "hardcoded key",
            "of string",
            "of md5",
            "thumbprint",
            "ssdeep",
            "authentihash",
            "guid",
            "build id",
            "token",
        ];
        if other.iter().any(|word| says(word)) {
            scale.against(5, "its label names something other than a file", DocumentRole::Documentation);
        }
        if self.line.section.has(Cue::INDICATORS | Cue::HASHES | Cue::FILES) {
            scale.add(2, "the section lists files");
        }
        if self.has(Hint::Harmless) {
            scale.against(5, "the words near it call it harmless", DocumentRole::Benign);
        }
        self.weighed(scale, DocumentRole::Documentation)
    }

    fn first_cell(&self, text: &str) -> String {
        let line = text.get(self.line.body..self.line.end.min(self.candidate.start)).unwrap_or_default();
        line.trim_start_matches('|').split('|').next().unwrap_or_default().chars().take(40).collect::<String>().to_ascii_lowercase()
    }

    pub(super) fn file_name(&self, text: &str) -> Verdict {
        let name = self.candidate.value.to_ascii_lowercase();
        let tabled = self.beside.digest && (self.place.cell || self.place.alone);
        if !tabled && local::is_common_file(&name) {
            return self.is(DocumentRole::Benign, "a program that is on every machine");
        }
        let mut scale = Scale::default();
        let extension = name.rsplit('.').next().unwrap_or_default();
        if hosts::is_program(extension) {
            scale.add(1, "a file so named can run");
        }
        let section = self.line.section;
        if section.has(Cue::INDICATORS | Cue::HASHES | Cue::FILES) {
            scale.add(1, "the section lists files");
        }
        if self.place.column.has(Cue::FILES) {
            scale.add(1, "the table says so");
        }
        let label = label_before(text, self.candidate.start);
        if ["file name", "filename", "nom de fichier", "dropped as", "saved as"].iter().any(|word| label.contains(word)) {
            scale.add(2, "its label says so");
        }
        if self.line.shape == Shape::Heading && section.has(Cue::HASHES | Cue::FILES | Cue::INDICATORS) {
            scale.add(2, "it is the title of a list of digests");
        }
        if self.beside.digest {
            scale.add(3, "a digest stands beside it");
        }
        if self.candidate.form == Form::Odd && !self.beside.digest {
            scale.against(2, "its ending is not known", DocumentRole::FileName);
        }
        if self.place.alone || self.place.cell {
            scale.add(1, "it stands alone");
        }
        if self.place.quoted && self.line.shape == Shape::Item {
            scale.add(1, "it is quoted");
        }
        if self.has(Hint::Harmless) {
            scale.against(3, "the words near it call it harmless", DocumentRole::Benign);
        }
        if self.place.link == Link::Target || section.has(Cue::REFERENCES) {
            scale.against(4, "it is the target of a link", DocumentRole::Citation);
        }
        // A name alone needs more than other values: it matches elsewhere, too.
        scale.sum -= 1;
        let (role, reason) = scale.weigh(DocumentRole::FileName);
        self.verdict(Kind::FileName, role, reason)
    }

    pub(super) fn path(&self) -> Verdict {
        let value = self.candidate.value.to_ascii_lowercase();
        let mut scale = Scale::default();
        scale.add(1, "a path on a machine");
        let extension = value.rsplit(['\\', '/']).next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, extension)| extension);
        if hosts::is_program(extension) {
            scale.add(1, "a file so named can run");
        }
        if self.line.section.has(Cue::INDICATORS | Cue::FILES | Cue::HASHES) || self.place.column.has(Cue::FILES) {
            scale.add(1, "the section lists files");
        }
        if self.place.alone || self.place.cell {
            scale.add(1, "it stands alone");
        }
        if local::is_common_file(&value) {
            scale.against(3, "a program that is on every machine", DocumentRole::Benign);
        }
        self.weighed(scale, DocumentRole::Documentation)
    }

    pub(super) fn registry(&self) -> Verdict {
        let mut scale = Scale::default();
        scale.add(2, "a key of the registry");
        if self.line.section.has(Cue::ADVICE) || self.has(Hint::Harmless) {
            scale.against(2, "the section gives advice", DocumentRole::Documentation);
        }
        self.weighed(scale, DocumentRole::Documentation)
    }
}

/// The words in front of a value in its line, in lower case, as far as the last separator of cells.
fn label_before(text: &str, at: usize) -> String {
    let mut start = at.saturating_sub(36);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let head = text.get(start..at).unwrap_or_default();
    let head = head.rsplit(['\n', '|', ';']).next().unwrap_or_default();
    head.to_ascii_lowercase()
}
