//! What is a digest, a file, a path or a registry key for in its document?

use super::candidate::Form;
use super::cue::Cue;
use super::evidence::Link;
use super::judge::{Case, Verdict};
use super::label::Label;
use super::scale::Scale;
use super::structure::Shape;
use super::words::Hint;
use super::{DocumentRole, Kind, hosts, local, registry};

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
        let digits = self.candidate.value.len();
        if let Some(said) = self.candidate.label {
            if !said.fits(digits) {
                let name = said.name();
                return self.is(DocumentRole::Documentation, format!("it has {digits} hex digits, which contradicts its label: {name}"));
            }
            let otherwise = |name: &str| self.is(DocumentRole::Documentation, format!("by its label it is no digest of a file: {name}"));
            let kind = match said {
                Label::File(_) => None,
                Label::Imphash => Some(Kind::Imphash),
                Label::Ja3 => Some(Kind::Ja3),
                Label::Ja3s => Some(Kind::Ja3s),
                Label::Certificate if digits == 40 => Some(Kind::CertSha1),
                Label::Certificate if digits == 64 => Some(Kind::CertSha256),
                Label::Serial if certified(text, self.candidate.start) => Some(Kind::CertSerial),
                Label::Certificate | Label::Serial | Label::Other(_) => return otherwise(&said.name()),
            };
            if let Some(kind) = kind {
                return self.verdict(kind, DocumentRole::Indicator, format!("{} by its label", said.name()));
            }
        }
        let mut scale = Scale::default();
        scale.add(3, "a digest");
        if self.line.section.has(Cue::INDICATORS | Cue::HASHES | Cue::FILES) {
            scale.add(2, "the section lists files");
        }
        if self.has(Hint::Harmless) {
            scale.against(5, "the words near it call it harmless", DocumentRole::Benign);
        }
        self.weighed(scale, DocumentRole::Documentation)
    }

    pub(super) fn file_name(&self, text: &str) -> Verdict {
        let name = self.candidate.value.to_ascii_lowercase();
        let tabled = self.beside.digest && (self.place.cell || self.place.alone);
        if !tabled && local::is_common_file(&name) {
            return self.is(DocumentRole::Benign, "a program that is on every machine");
        }
        if self.told {
            let why = "a digest beside it tells the file; the name alone is that of other files, too";
            return self.verdict(Kind::FileName, DocumentRole::FileName, why);
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

    /// A command with its arguments: a list of indicators may name it whole.
    pub(super) fn command(&self) -> Verdict {
        let listed = self.line.section.has(Cue::INDICATORS) && (self.place.alone || self.place.cell);
        if listed && !self.has(Hint::Harmless) {
            return self.is(DocumentRole::Indicator, "a command in a list of indicators");
        }
        self.is(DocumentRole::Documentation, "a command with its arguments, no path of a file")
    }

    pub(super) fn registry(&self) -> Verdict {
        let listed = self.line.section.has(Cue::INDICATORS | Cue::REGISTRY) && (self.place.alone || self.place.cell);
        if !listed && is_setting(&self.candidate.value) {
            return self.is(DocumentRole::Documentation, "a setting of the system that administrators change, too");
        }
        // Texts name keys without their hive that a program only reads: settings of mailers, of virtual machines.
        let item = self.line.section.has(Cue::INDICATORS) && self.place.first;
        if self.candidate.form == Form::Bare && !listed && !item && !registry::persists(&self.candidate.value) {
            return self.is(DocumentRole::Documentation, "a key without its hive, outside a list of indicators");
        }
        let mut scale = Scale::default();
        scale.add(2, "a key of the registry");
        if self.line.section.has(Cue::ADVICE) || self.has(Hint::Harmless) {
            scale.against(2, "the section gives advice", DocumentRole::Documentation);
        }
        self.weighed(scale, DocumentRole::Documentation)
    }
}

/// Whether a key holds settings of the system, or is a hive whole: attackers change and copy them, administrators as well.
fn is_setting(key: &str) -> bool {
    const SETTINGS: [&str; 9] = [
        "system\\currentcontrolset\\control\\",
        "system\\controlset001\\control\\",
        "software\\policies\\microsoft\\",
        "software\\microsoft\\windows\\currentversion\\policies\\system",
        "software\\microsoft\\windows defender",
        "software\\microsoft\\windows\\currentversion\\internet settings",
        "software\\microsoft\\windows\\currentversion\\explorer\\advanced",
        "software\\microsoft\\windows script host\\settings",
        "software\\microsoft\\powershell",
    ];
    let key = key.to_ascii_lowercase();
    let Some((_, path)) = key.split_once('\\') else { return true };
    matches!(path.trim_end_matches('\\'), "sam" | "security" | "system" | "software") || SETTINGS.iter().any(|setting| path.starts_with(setting))
}

/// Whether the words around a serial number speak of a certificate.
fn certified(text: &str, at: usize) -> bool {
    const REACH: usize = 400;
    let near = text.as_bytes().get(at.saturating_sub(REACH)..(at + REACH).min(text.len())).unwrap_or_default().to_ascii_lowercase();
    let words: [&[u8]; 7] = [b"certificate", b"thumbprint", b"issuer", b"code signing", b"signed by", b"x.509", b"x509"];
    words.iter().any(|word| near.windows(word.len()).any(|window| window == *word))
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
