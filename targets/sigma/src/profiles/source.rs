//! What is a log source in Sigma's words?

use backend::{Absence, Capabilities, Form, Name, Overlay};
use ir::EventClass as E;
use ir::{EventClass, Field, Flow, Platform};
use logs::{Encoding, Log};

/// Why a field that no table lists has no name.
const OTHERWISE: &str = "the Sigma taxonomy has no name for it";

/// What no log source of the taxonomy has.
const ABSENT: &[Absence] = &[
    (
        &[E::FileRename, E::FileAccess],
        &[Field::FileSize, Field::FileMd5, Field::FileSha1, Field::FileSha256, Field::FileSha512],
        "the kernel's events of files have neither sizes nor digests",
    ),
    (&[E::FileRename, E::FileAccess], &[Field::ProcessCommandLine], "the kernel's events of files name the program alone"),
    (&[E::RegistryCreate], &[Field::RegistryValueName, Field::RegistryData], "a new key has no value"),
    (&[E::ServiceInstall], &[Field::UserAccount], "event 7045 does not say who installed the service"),
    (&[E::TaskCreate], &[Field::ProcessCommandLine, Field::ProcessPid], "event 4698 names no program"),
    (&[E::TaskCreate, E::AuthLogon], &[Field::UserAccount], "the audit has an account's name and domain in two fields"),
    (&[E::ScriptBlock], &[Field::ProcessCommandLine, Field::ProcessPid], "event 4104 names no program"),
    (&[E::ScriptBlock], &[Field::UserDomain, Field::UserAccount], "event 4104 has the account's number only"),
    (&[E::HttpRequest], &[Field::ProcessCommandLine, Field::ProcessPid], "access logs do not name programs"),
    (&[E::HttpRequest], &[Field::SourcePort, Field::UserDomain, Field::UserAccount], "access logs have no word for it"),
    (&[E::TlsHandshake], &[Field::TlsAlpn, Field::TlsCertSan], "the taxonomy has no word for it"),
    (&[E::TlsHandshake], &[Field::ProcessCommandLine, Field::ProcessPid], "Zeek sees packets, not programs"),
    (&[E::TlsHandshake], &[Field::HostName], "Zeek sees addresses, not the names of machines"),
    (
        &[E::CloudAudit],
        &[Field::UserDomain, Field::UserAccount, Field::SourcePort, Field::DestinationIp, Field::DestinationPort],
        "audit trails say who called and from which address alone",
    ),
];

/// Which operating system a log source belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    /// Always this product.
    Is(&'static str),
    /// The rule's own platform, when it has one.
    Platform,
    /// None: a sensor on the network.
    None,
}

/// A test that selects the log source's events among others of the same service.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base {
    /// The field is any of these numbers.
    Numbers(&'static str, &'static [i64]),
    /// The field is this text.
    Text(&'static str, &'static str),
}

/// One log source.
#[derive(Debug)]
pub(crate) struct Source {
    /// The kind of event it holds.
    pub(crate) class: EventClass,
    /// Sigma's `category`.
    pub(crate) category: Option<&'static str>,
    /// Sigma's `product`.
    pub(crate) product: Product,
    /// Sigma's `service`.
    pub(crate) service: Option<&'static str>,
    /// What must be configured for the events to be there.
    pub(crate) definition: Option<&'static str>,
    /// Tests that select its events.
    pub(crate) base: &'static [Base],
    /// The only way connections go in this log; it is a later choice for the other way.
    pub(crate) flow: Option<Flow>,
    /// The field that says which side opened a connection: `true` when the host did.
    pub(crate) opened: Option<&'static str>,
    /// What the log writes where there is no value, in any field.
    pub(crate) nothing: Option<&'static str>,
    /// How the log holds fewer events than the class means.
    pub(crate) partial: Option<&'static str>,
    /// The log that it is, where [`logs`] has it.
    pub(crate) log: Option<&'static Log>,
    /// How it writes fields, where it is no declared log or Sigma's tools see more of the text than the log's declaration says.
    pub(crate) encodings: &'static [(Field, Encoding)],
    /// What it can say.
    pub(crate) capabilities: Capabilities,
}

impl Source {
    pub(super) const fn new(class: EventClass, events: &'static [(EventClass, Name)], fields: &'static [(EventClass, Field, Name)]) -> Self {
        Self {
            class,
            category: None,
            product: Product::None,
            service: None,
            definition: None,
            base: &[],
            flow: None,
            opened: None,
            nothing: None,
            partial: None,
            log: None,
            encodings: &[],
            capabilities: Capabilities { url: Form::Text, ..can(events, fields) },
        }
    }

    /// The names to write, of those that a log has for fields of a class.
    pub(super) fn first_names(class: EventClass, names: &'static [(&'static str, Field)]) -> Vec<(EventClass, Field, Name)> {
        let first = |at: usize, field: &Field| !names.iter().take(at).any(|(_, known)| known == field);
        let names = names.iter().enumerate().filter(|(at, (_, field))| first(*at, field));
        names.map(|(_, (name, field))| (class, *field, Name::Is(name))).collect()
    }

    /// The names of a log.
    pub(super) fn of_log(log: &'static Log) -> Self {
        let mut fields: Vec<(EventClass, Field, Name)> = Vec::new();
        for (field, name, _) in log.rows() {
            fields.push((log.class, *field, Name::Is(name)));
        }
        fields.extend(log.absent.iter().map(|(field, why)| (log.class, *field, Name::Absent { why })));
        Self::new(log.class, vec![(log.class, Name::Is(log.category.unwrap_or(log.service)))].leak(), fields.leak())
    }

    /// Whether events of this platform can be in the log.
    pub(super) fn holds(&self, platform: Option<Platform>) -> bool {
        match (self.product, platform) {
            (Product::Is(product), Some(platform)) => product == platform.name() || Platform::ALL.iter().all(|(_, name)| *name != product),
            _ => true,
        }
    }

    /// The log's own name for a field, unless the site has one.
    pub(crate) fn name(&self, field: Field, overlay: &Overlay) -> Option<String> {
        let own = overlay.fields.get(&(self.class, field)).cloned();
        own.or_else(|| self.capabilities.field(self.class, field).ok().map(ToOwned::to_owned))
    }

    /// How the log writes the values of a field.
    pub(crate) fn encoding(&self, field: Field) -> Encoding {
        let own = self.encodings.iter().find(|(known, _)| *known == field).map(|(_, encoding)| *encoding);
        own.or_else(|| self.log.map(|log| log.encoding(field))).unwrap_or(Encoding::Same)
    }

    /// What the log writes under a name of its own where an event has nothing there.
    pub(crate) fn sign(&self, name: &str) -> Option<&'static str> {
        let declared = self.log.is_some_and(|log| log.rows().any(|(field, own, _)| *own == name && log.signs(*field)));
        self.nothing.or(declared.then_some(logs::NOTHING))
    }

    /// How many of the fields it has no name for.
    pub(super) fn missing(&self, fields: &[Field], overlay: &Overlay) -> usize {
        let named = |field: Field| self.name(field, overlay).is_some();
        fields.iter().filter(|field| !named(**field) && !field.derived_from().is_some_and(|(whole, _)| named(whole))).count()
    }
}

/// Everything that Sigma can say, with the given names.
pub(super) const fn can(events: &'static [(EventClass, Name)], fields: &'static [(EventClass, Field, Name)]) -> Capabilities {
    Capabilities {
        events,
        fields,
        absent: ABSENT,
        otherwise: OTHERWISE,
        regex: true,
        negation: true,
        exists: true,
        field_to_field: true,
        under: Form::Native,
        url: Form::Native,
        open_field: backend::every_field,
        open_source: Some(backend::every_source),
        tells_empty: true,
        time_parts: true,
        bytes: false,
    }
}

/// Rows of a table: the class once, then each field with its name, or the reason why it has none.
macro_rules! rows {
    ($class:ident; $($field:ident $name:literal)*; $($absent:ident: $why:literal)*) => {
        &[
            $((ir::EventClass::$class, ir::Field::$field, backend::Name::Is($name)),)*
            $((ir::EventClass::$class, ir::Field::$absent, backend::Name::Absent { why: $why }),)*
        ]
    };
}

/// A log source: class, name, fields, and what differs from the usual.
macro_rules! source {
    ($class:ident $name:literal, $rows:expr, $($field:ident: $value:expr),* $(,)?) => {
        const {
            &$crate::profiles::source::Source {
            $($field: $value,)*
            ..$crate::profiles::source::Source::new(
                ir::EventClass::$class,
                &[(ir::EventClass::$class, backend::Name::Is($name))],
                $rows,
            )
        }
        }
    };
}

pub(super) use {rows, source};
