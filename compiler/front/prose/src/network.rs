//! What is an address, a host, a URL or a mailbox for in its document? Its spelling, its surroundings and what is known of its host are weighed.

use std::net::IpAddr;

use super::candidate::Form;
use super::cue::Cue;
use super::evidence::Link;
use super::judge::{Case, Verdict};
use super::normal::Defang;
use super::scale::Scale;
use super::structure::{Shape, footnote};
use super::words::Hint;
use super::{DocumentRole, hosts};

impl Case<'_> {
    /// What section, list, table and words say of a value of the network.
    fn surroundings(&self, scale: &mut Scale) {
        let section = self.line.section;
        let indicators = section.has(Cue::INDICATORS);
        let network = section.has(Cue::NETWORK | Cue::COMMAND | Cue::DELIVERY | Cue::RELAY | Cue::MAIL);
        if indicators && !section.has(Cue::REFERENCES) {
            scale.add(2, "the section lists indicators");
        }
        if network && !section.has(Cue::REFERENCES) {
            scale.add(if indicators { 1 } else { 2 }, "the section lists values of the network");
        }
        if section.has(Cue::REFERENCES) {
            scale.against(4, "the section lists references", DocumentRole::Citation);
        }
        if section.has(Cue::VICTIMS) && !network {
            scale.against(4, "the section is about those who were attacked", DocumentRole::Victim);
        }
        if section.has(Cue::CONTACT) {
            scale.against(3, "the section says where to write to", DocumentRole::Contact);
        }
        if section.has(Cue::ADVICE) {
            scale.against(2, "the section gives advice", DocumentRole::Documentation);
        }
        if section.has(Cue::DETECTIONS) && !indicators && !network {
            scale.against(2, "the section lists names of detections", DocumentRole::DetectionName);
        }
        let column = self.place.column;
        if column.has(Cue::REFERENCES) {
            scale.against(4, "the column lists references", DocumentRole::Citation);
        } else if column.has(Cue::INDICATORS | Cue::NETWORK | Cue::COMMAND | Cue::DELIVERY) {
            scale.add(3, "the table says so");
        }
        if self.place.link == Link::None {
            if self.place.alone || self.place.cell {
                scale.add(1, "it stands alone");
            }
            if self.place.quoted {
                scale.add(1, "it is quoted");
            }
            if self.bundle.count >= 3 && (self.place.alone || self.place.first || self.place.cell) && self.bundle.known * 2 < self.bundle.count {
                scale.add(if self.bundle.count >= 8 { 2 } else { 1 }, "it stands in a list of its like");
            }
            if self.bundle.defanged > 0 && self.candidate.defang != Defang::Strong && (self.place.alone || self.place.first || self.place.cell) {
                scale.add(3, "its neighbours in the list are defanged");
            }
        }
        self.speech(scale);
    }

    /// What the words near the value say.
    fn speech(&self, scale: &mut Scale) {
        if self.has(Hint::Command) {
            scale.add(2, "the words near it speak of command and control");
        }
        if self.has(Hint::Delivery) || self.has(Hint::Exfiltration) || self.has(Hint::Phishing) || self.has(Hint::Relay) {
            scale.add(2, "the words near it speak of an attack's traffic");
        } else if self.has(Hint::Hostile) {
            scale.add(1, "the words near it speak of the attacker");
        }
        if self.has(Hint::Field) {
            scale.add(3, "a rule looks for it");
        }
        if self.has(Hint::Citation) {
            scale.against(3, "the words near it name a text", DocumentRole::Citation);
        }
        if self.has(Hint::Victim) {
            scale.against(4, "the words near it speak of those who were attacked", DocumentRole::Victim);
        }
        if self.has(Hint::Harmless) {
            scale.against(4, "the words near it call it harmless", DocumentRole::Benign);
        }
        if self.has(Hint::Contact) {
            scale.against(4, "the words near it say where to write to", DocumentRole::Contact);
        }
    }

    fn spelling(&self, scale: &mut Scale, strong: i32) {
        match self.candidate.defang {
            Defang::Strong => scale.add(strong, "it is written defanged"),
            Defang::Weak => scale.add(2, "it is written so that no link is made of it"),
            Defang::None => {}
        }
    }

    /// Why an address can point at no one. Examples keep to the ranges of documentation and are meant when they are defanged.
    pub(super) fn address_trouble(&self, text: &str) -> Option<(DocumentRole, &'static str)> {
        hosts::address_trouble(text).filter(|(role, _)| *role != DocumentRole::Documentation || self.candidate.defang != Defang::Strong)
    }

    pub(super) fn address(&self) -> Verdict {
        if let Some((role, why)) = self.address_trouble(&self.candidate.value) {
            return self.is(role, why);
        }
        if self.line.mail && self.candidate.defang == Defang::None {
            return self.is(DocumentRole::Publisher, "a header of the mail that this document is names it");
        }
        let mut scale = Scale::default();
        scale.add(2, "a public address");
        self.spelling(&mut scale, 5);
        self.surroundings(&mut scale);
        let octets: Vec<u16> = self.candidate.value.split('.').filter_map(|octet| octet.parse().ok()).collect();
        if octets.len() == 4 && self.candidate.defang == Defang::None {
            if self.has(Hint::Version) {
                scale.against(6, "the words near it speak of versions", DocumentRole::Version);
            }
            if octets.iter().sum::<u16>() < 40 && !(self.place.alone || self.place.cell || self.place.quoted) {
                scale.against(6, "its numbers are those of a version", DocumentRole::Version);
            } else if octets.iter().sum::<u16>() < 60 || octets.get(1..).is_some_and(|rest| rest.iter().all(|octet| *octet == 0)) {
                scale.against(3, "its numbers are those of a version", DocumentRole::Version);
            }
        }
        self.weighed(scale, DocumentRole::Documentation)
    }

    pub(super) fn network(&self) -> Verdict {
        let mut scale = Scale::default();
        self.spelling(&mut scale, 4);
        let address = self.candidate.value.split('/').next().unwrap_or_default();
        if let Some((role, why)) = self.address_trouble(address) {
            return self.is(role, why);
        }
        let length: u8 = self.candidate.value.rsplit('/').next().and_then(|length| length.parse().ok()).unwrap_or(0);
        if address.contains('.') && length < 12 {
            scale.against(6, "the network is too wide to point at anyone", DocumentRole::Documentation);
        }
        if self.line.section.has(Cue::VICTIMS) {
            scale.against(6, "the section is about those who were attacked", DocumentRole::Victim);
        } else if self.line.section.has(Cue::COMMAND | Cue::RELAY | Cue::INDICATORS) && !self.place.cell {
            scale.add(2, "the section lists indicators");
        }
        self.speech(&mut scale);
        self.weighed(scale, DocumentRole::Documentation)
    }

    pub(super) fn domain(&self, text: &str) -> Verdict {
        let candidate = self.candidate;
        let files = self.place.column.has(Cue::FILES) && !self.place.column.has(Cue::NETWORK);
        let beside =
            self.beside.digest && !self.place.alone && candidate.value.split('.').count() == 2 && !self.line.section.has(Cue::NETWORK | Cue::COMMAND);
        if candidate.defang != Defang::Strong && matches!(candidate.form, Form::Plain | Form::Code) && (files || beside) {
            return self.file_name(text);
        }
        match candidate.form {
            Form::Detection => return self.is(DocumentRole::DetectionName, "it is written as an antivirus writes names"),
            Form::Code => return self.is(DocumentRole::Documentation, "it is written as a program's text or a product's name"),
            Form::File if !self.among_hosts => return self.file_name(text),
            _ => {}
        }
        let mut scale = Scale::default();
        self.spelling(&mut scale, 5);
        self.surroundings(&mut scale);
        if candidate.defang != Defang::Strong {
            scale.against(1, "it is written as an ordinary name", DocumentRole::Documentation);
            if candidate.form == Form::File && self.among_hosts {
                scale.add(3, "hosts are listed around it");
            }
            if self.defanged_elsewhere {
                scale.add(3, "it is written defanged elsewhere");
            }
            // `198.51.100.7 port 443 - evil.example - GET /`: a list of connections.
            if self.beside.address && self.line.shape == Shape::Item && self.place.link == Link::None {
                scale.add(2, "an address stands beside it in a list");
            }
            let written = text.get(candidate.start..candidate.end).unwrap_or_default();
            if !written.bytes().any(|byte| byte.is_ascii_lowercase()) {
                scale.against(4, "it is written in capitals", DocumentRole::Documentation);
            }
            if self.line.code && text.as_bytes().get(candidate.end) == Some(&b'(') {
                scale.against(4, "it is called in a program's text", DocumentRole::Documentation);
            }
        }
        if self.place.link == Link::Target {
            scale.against(4, "it is the target of a link", DocumentRole::Citation);
        } else if self.place.link == Link::Auto && candidate.defang == Defang::None {
            scale.against(4, "it is the text of a link", DocumentRole::Citation);
        }
        if hosts::is_dynamic(&candidate.host) {
            scale.add(2, "anyone can take a name there");
        }
        if let Some((role, why)) = hosts::known(&candidate.host) {
            let own = hosts::is_apex(&candidate.host);
            let weight = match (own, role) {
                (true, _) => 20,
                (false, _) if hosts::is_dynamic(&candidate.host) => 1,
                (false, DocumentRole::Benign) => 3,
                (false, _) => 6,
            };
            scale.against(weight, why, role);
        } else if let Some((role, why)) = hosts::listed(&candidate.host).filter(|_| candidate.defang != Defang::Strong) {
            scale.against(if role == DocumentRole::Publisher { 6 } else { 3 }, why, role);
        }
        if string_of_rule(text, candidate.start) {
            scale.add(2, "a rule looks for it");
        }
        self.weighed(scale, DocumentRole::Documentation)
    }

    pub(super) fn url(&self, text: &str) -> Verdict {
        let candidate = self.candidate;
        if candidate.form == Form::Cut {
            return self.is(DocumentRole::Documentation, "it ends its line and may go on in the next");
        }
        if !candidate.host.contains('.') || candidate.host.starts_with(['*', '+']) {
            return self.is(DocumentRole::Documentation, "its host is not one that can be reached from elsewhere");
        }
        if let Some((role, why)) = self.address_trouble(&candidate.host) {
            return self.is(role, why);
        }
        if is_profile(&candidate.value) && self.candidate.host.parse::<IpAddr>().is_err() {
            return self.is(DocumentRole::SocialMedia, "a profile on a social network");
        }
        if hosts::is_login(&candidate.host)
            && let Some((role, why)) = hosts::known(&candidate.host)
        {
            return self.is(role, why);
        }
        let mut scale = Scale::default();
        self.spelling(&mut scale, 7);
        self.surroundings(&mut scale);
        let strong = candidate.defang == Defang::Strong;
        if !strong {
            scale.against(1, "it is a link that works", DocumentRole::Citation);
            if self.defanged_elsewhere {
                scale.add(3, "its host is written defanged elsewhere");
            }
            if self.line.code && self.place.link == Link::None && hosts::known(&candidate.host).is_none() {
                scale.add(3, "a program's text uses it");
            }
            // A bot's token or a hook's belongs to one owner, however common the host.
            if candidate.value.contains("://api.telegram.org/bot") || candidate.value.contains("/api/webhooks/") {
                scale.add(6, "it holds a token of its owner");
            }
            if candidate.host.parse::<IpAddr>().is_ok() {
                scale.add(3, "its host is a bare address");
            }
            match self.place.link {
                Link::Target => scale.against(5, "it is the target of a link", DocumentRole::Citation),
                Link::Auto => scale.against(3, "it is a link", DocumentRole::Citation),
                Link::None => {}
            }
        }
        if !strong && footnote(text, self.line) {
            scale.against(5, "a footnote names it", DocumentRole::Citation);
        }
        if hosts::is_dynamic(&candidate.host) {
            scale.add(2, "anyone can take a name there");
        }
        if let Some((role, why)) = hosts::known(&candidate.host) {
            let weight = match (strong, role) {
                // Publishers and vendors hold no pages of others, unless they are known for that.
                (true, DocumentRole::Publisher | DocumentRole::Vendor) if !hosts::is_shared(&candidate.host) => 9,
                (true, _) => 2,
                (false, _) if hosts::is_dynamic(&candidate.host) => 3,
                (false, DocumentRole::Benign)
                    if self.has(Hint::Delivery) && candidate.value.splitn(4, '/').nth(3).is_some_and(|path| !path.is_empty()) =>
                {
                    0
                }
                (false, DocumentRole::Benign) => 3,
                (false, _) => 9,
            };
            scale.against(weight, why, role);
        } else if let Some((role, why)) = hosts::listed(&candidate.host).filter(|_| !strong) {
            scale.against(if role == DocumentRole::Publisher { 9 } else { 2 }, why, role);
        }
        if !self.line.code && string_of_rule(text, candidate.start) {
            scale.add(3, "a program's text uses it");
        }
        self.weighed(scale, DocumentRole::Citation)
    }

    pub(super) fn email(&self) -> Verdict {
        let candidate = self.candidate;
        let mut scale = Scale::default();
        if self.line.mail && candidate.defang == Defang::None {
            return self.is(DocumentRole::Contact, "a header of the mail that this document is names it");
        }
        let sender = self.has(Hint::Sender) || (self.line.section | self.line.label | self.place.column).has(Cue::MAIL);
        let listed = self.place.cell || self.line.shape == Shape::Item;
        let mailbox = candidate.value.split('@').next().unwrap_or_default();
        if !sender && (mailbox == "abuse" || !listed && is_office(mailbox)) {
            return self.is(DocumentRole::Contact, "a mailbox that is there to be written to");
        }
        if !sender && self.hints.sentence.has(Hint::Contact) && !self.hints.sentence.has(Hint::Hostile) {
            return self.is(DocumentRole::Contact, "the words near it say where to write to");
        }
        // `cert(at)agency.example`: the sign alone is how addresses are kept from collectors of addresses.
        let shielded = candidate.form == Form::Bare;
        self.spelling(&mut scale, if shielded { 3 } else { 6 });
        if shielded && !sender && self.line.shape == Shape::Prose && !self.has(Hint::Hostile) {
            scale.against(3, "only its sign is written otherwise, as those do who want mail but no spam", DocumentRole::Contact);
        }
        if self.line.section.has(Cue::MAIL) {
            scale.add(3, "the section lists addresses of mail");
        }
        self.surroundings(&mut scale);
        if self.has(Hint::Sender) {
            scale.add(3, "mail came from it");
        }
        if let Some((role, why)) = hosts::known(&candidate.host).filter(|(role, _)| *role != DocumentRole::Benign && *role != DocumentRole::Vendor) {
            let role = if role == DocumentRole::Publisher { DocumentRole::Contact } else { role };
            scale.against(6, why, role);
        }
        self.weighed(scale, DocumentRole::Contact)
    }
}

/// `https://host/@name`: how social networks name their members.
fn is_profile(url: &str) -> bool {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default().trim_end_matches('/');
    path.strip_prefix('@').is_some_and(|name| !name.is_empty() && !name.contains(['/', '?', '@']))
}

/// Whether a mailbox is one of an office: people are asked to write there.
fn is_office(mailbox: &str) -> bool {
    const OFFICES: [&str; 34] = [
        "abuse",
        "cert",
        "csirt",
        "cirt",
        "soc",
        "noc",
        "psirt",
        "security",
        "incident",
        "incidents",
        "report",
        "reports",
        "reporting",
        "press",
        "presse",
        "media",
        "pr",
        "info",
        "contact",
        "contacts",
        "kontakt",
        "hello",
        "feedback",
        "help",
        "helpdesk",
        "intel",
        "threatintel",
        "threat-intel",
        "cti",
        "research",
        "newsletter",
        "privacy",
        "legal",
        "disclosure",
    ];
    OFFICES.contains(&mailbox)
}

/// `$a = "evil.example"`: a string of a rule.
fn string_of_rule(text: &str, at: usize) -> bool {
    let mut start = at.saturating_sub(24);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let head = text.get(start..at).unwrap_or_default();
    head.strip_suffix('"').is_some_and(|head| head.trim_end().ends_with('=') && head.contains('$'))
}
