//! What does a heading, a label or the head of a column say of the values below it?

use std::ops::BitOr;
use std::sync::LazyLock;

use ir::Role;

use languages::{self, Lookup, Meaning, Topic};

/// What a heading, a label or a table's head says its content is; a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cue(pub(super) u32);

impl Cue {
    pub(super) const INDICATORS: Self = Self(1);
    pub(super) const NETWORK: Self = Self(2);
    pub(super) const HASHES: Self = Self(4);
    pub(super) const FILES: Self = Self(8);
    pub(super) const REGISTRY: Self = Self(16);
    pub(super) const MUTEX: Self = Self(32);
    pub(super) const AGENT: Self = Self(64);
    pub(super) const MAIL: Self = Self(128);
    pub(super) const REFERENCES: Self = Self(256);
    pub(super) const VICTIMS: Self = Self(512);
    pub(super) const DETECTIONS: Self = Self(1024);
    pub(super) const CONTACT: Self = Self(2048);
    pub(super) const ADVICE: Self = Self(4096);
    pub(super) const COMMAND: Self = Self(8192);
    pub(super) const DELIVERY: Self = Self(16384);
    pub(super) const RELAY: Self = Self(32768);
    pub(super) const TOOLS: Self = Self(65536);
    pub(super) const HARMLESS: Self = Self(131_072);
    pub(super) const SINKHOLE: Self = Self(262_144);
    pub(super) const PACKAGES: Self = Self(524_288);
    pub(super) const ASIDE: Self = Self(1_048_576);
    pub(super) const EXFILTRATION: Self = Self(2_097_152);
    pub(super) const PHISHING: Self = Self(4_194_304);
    pub(super) const SERVICE: Self = Self(8_388_608);
    pub(super) const TASK: Self = Self(16_777_216);
    pub(super) const PIPE: Self = Self(33_554_432);
    pub(super) const CLEARED: Self = Self(67_108_864);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Cue {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const WORDS: [(&str, Cue); 186] = [
    ("indicators of compromise", Cue::INDICATORS),
    ("indicator of compromise", Cue::INDICATORS),
    ("indicators", Cue::INDICATORS),
    ("ioc", Cue::INDICATORS),
    ("iocs", Cue::INDICATORS),
    ("indicateurs", Cue::INDICATORS),
    ("observables", Cue::INDICATORS),
    ("artefacts", Cue::INDICATORS),
    ("artifacts", Cue::INDICATORS),
    ("malicious", Cue::INDICATORS),
    ("network", Cue::NETWORK),
    ("domains", Cue::NETWORK),
    ("domain", Cue::NETWORK),
    ("hostnames", Cue::NETWORK),
    ("hostname", Cue::NETWORK),
    ("ip", Cue::NETWORK),
    ("ips", Cue::NETWORK),
    ("ip addresses", Cue::NETWORK),
    ("ip address", Cue::NETWORK),
    ("ipv4", Cue::NETWORK),
    ("urls", Cue::NETWORK),
    ("url", Cue::NETWORK),
    ("servers", Cue::NETWORK),
    ("server", Cue::NETWORK),
    ("infrastructure", Cue::NETWORK),
    ("traffic", Cue::NETWORK),
    ("c2", Cue::COMMAND),
    ("c&c", Cue::COMMAND),
    ("c&cs", Cue::COMMAND),
    ("cnc", Cue::COMMAND),
    ("c2s", Cue::COMMAND),
    ("command and control", Cue::COMMAND),
    ("command & control", Cue::COMMAND),
    ("command-and-control", Cue::COMMAND),
    ("beacon", Cue::COMMAND),
    ("download", Cue::DELIVERY),
    ("downloads", Cue::DELIVERY),
    ("delivery", Cue::DELIVERY),
    ("distribution", Cue::DELIVERY),
    ("drop sites", Cue::DELIVERY),
    ("payload", Cue::DELIVERY),
    ("payloads", Cue::DELIVERY),
    ("proxies", Cue::RELAY),
    ("relays", Cue::RELAY),
    ("proxy", Cue::RELAY),
    ("hashes", Cue::HASHES),
    ("hash", Cue::HASHES),
    ("samples", Cue::HASHES),
    ("sha-1", Cue::HASHES),
    ("sha1", Cue::HASHES),
    ("sha256", Cue::HASHES),
    ("sha-256", Cue::HASHES),
    ("md5", Cue::HASHES),
    ("files", Cue::FILES),
    ("filenames", Cue::FILES),
    ("filename", Cue::FILES),
    ("file names", Cue::FILES),
    ("file name", Cue::FILES),
    ("file", Cue::FILES),
    ("paths", Cue::FILES),
    ("path", Cue::FILES),
    ("dropper", Cue::FILES),
    ("loader", Cue::FILES),
    ("attachments", Cue::FILES),
    ("registry", Cue::REGISTRY),
    ("registry keys", Cue::REGISTRY),
    ("run key", Cue::REGISTRY),
    ("mutex", Cue::MUTEX),
    ("mutexes", Cue::MUTEX),
    ("mutexs", Cue::MUTEX),
    ("user agent", Cue::AGENT),
    ("user-agent", Cue::AGENT),
    ("user agents", Cue::AGENT),
    ("user-agents", Cue::AGENT),
    ("email addresses", Cue::MAIL),
    ("e-mail addresses", Cue::MAIL),
    ("sending addresses", Cue::MAIL),
    ("email address", Cue::MAIL),
    ("senders", Cue::MAIL),
    ("emails", Cue::MAIL),
    ("e-mails", Cue::MAIL),
    ("domaines", Cue::NETWORK),
    ("adresses ip", Cue::NETWORK),
    ("empreintes", Cue::HASHES),
    ("fichiers", Cue::FILES),
    ("références", Cue::REFERENCES),
    ("related posts", Cue::REFERENCES),
    ("related articles", Cue::REFERENCES),
    ("参考", Cue::REFERENCES),
    ("victimes", Cue::VICTIMS),
    ("about us", Cue::CONTACT),
    ("references", Cue::REFERENCES),
    ("reference", Cue::REFERENCES),
    ("links", Cue::REFERENCES),
    ("ref url", Cue::REFERENCES),
    ("sources", Cue::REFERENCES),
    ("further reading", Cue::REFERENCES),
    ("resources", Cue::REFERENCES),
    ("credits", Cue::REFERENCES),
    ("victims", Cue::VICTIMS),
    ("victim", Cue::VICTIMS),
    ("targeted", Cue::VICTIMS),
    ("detection names", Cue::DETECTIONS),
    ("contact", Cue::CONTACT),
    ("contact information", Cue::CONTACT),
    ("mitigations", Cue::ADVICE),
    ("recommendations", Cue::ADVICE),
    ("legitimate", Cue::HARMLESS),
    ("contact us", Cue::CONTACT),
    ("contact details", Cue::CONTACT),
    ("contacts", Cue::CONTACT),
    ("press office", Cue::CONTACT),
    ("press contact", Cue::CONTACT),
    ("media contact", Cue::CONTACT),
    ("press inquiries", Cue::CONTACT),
    ("get in touch", Cue::CONTACT),
    ("about the author", Cue::CONTACT),
    ("about the authors", Cue::CONTACT),
    ("imprint", Cue::CONTACT),
    ("legal notice", Cue::CONTACT),
    ("reporting incidents", Cue::CONTACT),
    ("report an incident", Cue::CONTACT),
    ("report incidents", Cue::CONTACT),
    ("bibliography", Cue::REFERENCES),
    ("footnotes", Cue::REFERENCES),
    ("read more", Cue::REFERENCES),
    ("see also", Cue::REFERENCES),
    ("related reading", Cue::REFERENCES),
    ("related work", Cue::REFERENCES),
    ("external links", Cue::REFERENCES),
    ("exfiltration", Cue::EXFILTRATION),
    ("exfil", Cue::EXFILTRATION),
    ("phishing", Cue::PHISHING),
    ("phishing pages", Cue::PHISHING),
    ("package", Cue::PACKAGES),
    ("packages", Cue::PACKAGES),
    ("package name", Cue::PACKAGES),
    ("package names", Cue::PACKAGES),
    ("package id", Cue::PACKAGES),
    ("package ids", Cue::PACKAGES),
    ("application id", Cue::PACKAGES),
    ("application ids", Cue::PACKAGES),
    ("app id", Cue::PACKAGES),
    ("app ids", Cue::PACKAGES),
    ("bundle id", Cue::PACKAGES),
    ("bundle ids", Cue::PACKAGES),
    ("bundle identifier", Cue::PACKAGES),
    ("bundle identifiers", Cue::PACKAGES),
    ("service names", Cue::SERVICE),
    ("service name", Cue::SERVICE),
    ("services", Cue::SERVICE),
    ("service", Cue::SERVICE),
    ("scheduled task", Cue::TASK),
    ("scheduled tasks", Cue::TASK),
    ("task name", Cue::TASK),
    ("task names", Cue::TASK),
    ("tasks", Cue::TASK),
    ("named pipe", Cue::PIPE),
    ("named pipes", Cue::PIPE),
    ("pipe", Cue::PIPE),
    ("pipes", Cue::PIPE),
    ("pipe name", Cue::PIPE),
    ("pipe names", Cue::PIPE),
    ("mutant", Cue::MUTEX),
    ("mutants", Cue::MUTEX),
    ("ua string", Cue::AGENT),
    ("ua strings", Cue::AGENT),
    ("http ua", Cue::AGENT),
    ("tâche planifiée", Cue::TASK),
    ("tâches planifiées", Cue::TASK),
    ("geplante aufgabe", Cue::TASK),
    ("geplante aufgaben", Cue::TASK),
    ("tarea programada", Cue::TASK),
    ("tareas programadas", Cue::TASK),
    ("attività pianificata", Cue::TASK),
    ("attività pianificate", Cue::TASK),
    ("tarefa agendada", Cue::TASK),
    ("tarefas agendadas", Cue::TASK),
    ("geplande taak", Cue::TASK),
    ("geplande taken", Cue::TASK),
    ("canal nommé", Cue::PIPE),
    ("canaux nommés", Cue::PIPE),
    ("tube nommé", Cue::PIPE),
    ("tubes nommés", Cue::PIPE),
    ("servicio", Cue::SERVICE),
    ("servicios", Cue::SERVICE),
];

/// What a short text, such as a heading, says its content is.
pub(super) fn cue(text: &str) -> Cue {
    english(text) | foreign(text)
}

/// What a short text says in English.
fn english(text: &str) -> Cue {
    static LOOKUP: LazyLock<Lookup<Cue>> = LazyLock::new(|| Lookup::of(WORDS.iter().map(|(word, cue)| ((*word).to_owned(), *cue))));
    LOOKUP.all(&text.to_ascii_lowercase()).fold(Cue::default(), |all, (.., cue)| all | cue)
}

/// The longest text whose words of other languages are looked for, in bytes.
const LONGEST: usize = 240;

/// Whether a heading has words of another language than English.
pub(super) fn is_other(text: &str) -> bool {
    text.len() <= LONGEST && languages::speaks_other(&languages::fold::folded(text))
}

/// What a short text says in any language.
fn foreign(text: &str) -> Cue {
    if text.len() > LONGEST {
        return Cue::default();
    }
    let folded = languages::fold::folded(text);
    languages::meanings(&folded).fold(Cue::default(), |all, (.., meaning)| all | of_meaning(meaning))
}

fn of_meaning(meaning: Meaning) -> Cue {
    match meaning {
        Meaning::Topic(Topic::Indicators) => Cue::INDICATORS,
        Meaning::Topic(Topic::Network) => Cue::NETWORK,
        Meaning::Topic(Topic::Hashes) => Cue::HASHES,
        Meaning::Topic(Topic::Files) => Cue::FILES,
        Meaning::Topic(Topic::Registry) => Cue::REGISTRY,
        Meaning::Topic(Topic::Mutex) => Cue::MUTEX,
        Meaning::Topic(Topic::Agent) => Cue::AGENT,
        Meaning::Topic(Topic::Mail) => Cue::MAIL,
        Meaning::Topic(Topic::References) => Cue::REFERENCES,
        Meaning::Topic(Topic::Victims) => Cue::VICTIMS,
        Meaning::Topic(Topic::Contact) => Cue::CONTACT,
        Meaning::Topic(Topic::Advice) => Cue::ADVICE,
        Meaning::Topic(Topic::Tools) => Cue::TOOLS,
        Meaning::Topic(Topic::Harmless) => Cue::HARMLESS,
        Meaning::Role(Role::C2) => Cue::COMMAND,
        Meaning::Role(Role::Relay) => Cue::RELAY,
        Meaning::Role(Role::Delivery | Role::Payload) => Cue::DELIVERY,
        Meaning::Role(Role::Phishing) => Cue::PHISHING,
        Meaning::Role(Role::Exfiltration) => Cue::EXFILTRATION,
        Meaning::Role(Role::Sender) => Cue::MAIL,
        Meaning::Role(Role::Scanner | Role::Persistence | Role::Tool | Role::Unknown) => Cue::default(),
    }
}
