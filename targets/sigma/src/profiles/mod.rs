//! Which log source answers which question, and what it calls things.
//!
//! Sigma has one taxonomy, but several log sources may hold the same kind of event: a connection stands in firewall logs
//! and in Sysmon's. Each [`Source`] is a table; [`choose`] takes the first that names every field a rule needs.

mod cloud;
mod endpoint;
mod network;
mod way;

use std::sync::LazyLock;

use backend::{Absence, Capabilities, Form, Name, Overlay, Profile};
use ir::EventClass as E;
use ir::{EventClass, EventSelector, Field, Flow, Platform};
use logs::Log;

pub(crate) use way::{Way, way};

/// The one profile: the taxonomy of the Sigma specification.
pub(crate) const SIGMA: Profile = Profile { id: "sigma", title: "Sigma taxonomy, Sysmon field names", default: true };

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
    /// What the log writes where there is no value.
    pub(crate) nothing: Option<&'static str>,
    /// How the log holds fewer events than the class means.
    pub(crate) partial: Option<&'static str>,
    /// The log that it is, where [`logs`] has it.
    pub(crate) log: Option<&'static Log>,
    /// What it can say.
    pub(crate) capabilities: Capabilities,
}

impl Source {
    const fn new(class: EventClass, events: &'static [(EventClass, Name)], fields: &'static [(EventClass, Field, Name)]) -> Self {
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
            capabilities: Capabilities { url: Form::Text, ..can(events, fields) },
        }
    }

    /// The names of a log.
    fn of_log(log: &'static Log) -> Self {
        let mut fields: Vec<(EventClass, Field, Name)> = Vec::new();
        for (field, name, _) in log.rows() {
            fields.push((log.class, *field, Name::Is(name)));
        }
        fields.extend(log.absent.iter().map(|(field, why)| (log.class, *field, Name::Absent { why })));
        Self::new(log.class, vec![(log.class, Name::Is(log.category.unwrap_or(log.service)))].leak(), fields.leak())
    }

    /// Whether events of this platform can be in the log.
    fn holds(&self, platform: Option<Platform>) -> bool {
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

    /// How many of the fields it has no name for.
    fn missing(&self, fields: &[Field], overlay: &Overlay) -> usize {
        let named = |field: Field| self.name(field, overlay).is_some();
        fields.iter().filter(|field| !named(**field) && !field.derived_from().is_some_and(|(whole, _)| named(whole))).count()
    }
}

/// Everything that Sigma can say, with the given names.
const fn can(events: &'static [(EventClass, Name)], fields: &'static [(EventClass, Field, Name)]) -> Capabilities {
    Capabilities {
        events,
        fields,
        absent: ABSENT,
        otherwise: OTHERWISE,
        case_sensitive: true,
        regex: true,
        single_character: true,
        negation: true,
        exists: true,
        field_to_field: true,
        field_in_field: true,
        domain: Form::Native,
        under: Form::Native,
        url: Form::Native,
        open_field: backend::every_field,
        open_source: Some(backend::every_source),
        tells_empty: true,
        time_parts: true,
        bytes: false,
    }
}

/// Every log source, for each class in order of preference.
fn sources() -> impl Iterator<Item = &'static Source> {
    endpoint::SOURCES.iter().chain(network::SOURCES.iter()).chain(cloud::SOURCES).copied()
}

/// The log sources of a class.
pub(crate) fn of_class(class: EventClass) -> impl Iterator<Item = &'static Source> {
    sources().filter(move |source| source.class == class)
}

/// The log source for a kind of event: the first that names the most of the fields.
pub(crate) fn choose(event: &EventSelector, fields: &[Field], overlay: &Overlay) -> Option<&'static Source> {
    let class = event.class()?;
    let on_host = |source: &Source| source.product == Product::Platform || source.product == Product::Is("windows");
    sources().filter(|source| source.class == class && source.holds(event.platform)).min_by_key(|source| {
        let way = match source.flow {
            Some(flow) if event.flow == Some(flow) => 0,
            None => 1,
            Some(_) => 2,
        };
        let elsewhere = event.platform.is_some() && !on_host(source);
        (way, source.missing(fields, overlay), elsewhere)
    })
}

/// The cloud provider's log source.
pub(crate) fn cloud(provider: &str) -> Option<&'static Source> {
    cloud::SOURCES.iter().copied().find(|source| cloud::provider(source).eq_ignore_ascii_case(provider))
}

/// The provider whose log a source is.
pub(crate) fn provider(source: &Source) -> &'static str {
    cloud::provider(source)
}

/// What the profile can say: all log sources together, so that a rule is cut only where none of them has a name.
pub(crate) static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let mut events: Vec<(EventClass, Name)> = vec![
        (EventClass::FileContent, Name::Absent { why: "Sigma rules read logs, not files" }),
        (EventClass::EmailMessage, Name::Absent { why: "the Sigma taxonomy has no log source for mail messages" }),
    ];
    let mut fields: Vec<(EventClass, Field, Name)> = Vec::new();
    for source in sources() {
        for (class, name) in source.capabilities.events {
            if !events.iter().any(|(known, _)| known == class) {
                events.push((*class, *name));
            }
        }
        for (class, field, name) in source.capabilities.fields {
            match fields.iter_mut().find(|(known, of, _)| known == class && of == field) {
                Some((.., known @ Name::Absent { .. })) => *known = *name,
                Some(_) => {}
                None => fields.push((*class, *field, *name)),
            }
        }
    }
    // What the taxonomy names can be said of rules that were read as Sigma, also where no log source here has it.
    for category in logs::taxonomy::CATEGORIES {
        let user = [Field::UserAccount, Field::UserName].map(|field| ("User", field));
        for (name, field) in category.fields.iter().chain(&user).filter(|(_, field)| category.class.fields().any(|known| known == *field)) {
            match fields.iter_mut().find(|(known, of, _)| *known == category.class && of == field) {
                Some((.., known @ Name::Absent { .. })) => *known = Name::Is(name),
                Some(_) => {}
                None => fields.push((category.class, *field, Name::Is(name))),
            }
        }
    }
    Capabilities { ..can(Vec::leak(events), Vec::leak(fields)) }
});

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
            &$crate::profiles::Source {
            $($field: $value,)*
            ..$crate::profiles::Source::new(
                ir::EventClass::$class,
                &[(ir::EventClass::$class, backend::Name::Is($name))],
                $rows,
            )
        }
        }
    };
}

use {rows, source};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_log_source_or_a_reason() {
        for (class, name, _) in EventClass::ALL {
            let known = sources().any(|source| source.class == class);
            assert_eq!(known, CAPABILITIES.event(class).is_ok(), "{name}");
        }
    }

    #[test]
    fn tables_name_only_fields_that_events_carry() {
        for source in sources() {
            for (class, field, _) in source.capabilities.fields {
                assert_eq!(*class, source.class);
                assert!(class.fields().any(|known| known == *field), "{} has no {}", class.name(), field.name());
            }
        }
    }

    #[test]
    fn the_fields_decide_the_log_source() {
        let none = Overlay::default();
        let flow = EventSelector::of(EventClass::NetworkFlow);
        let category = |fields: &[Field]| choose(&flow, fields, &none).and_then(|source| source.category);
        assert_eq!(category(&[Field::DestinationIp]), Some("firewall"));
        assert_eq!(category(&[Field::DestinationIp, Field::ProcessPath]), Some("network_connection"));
        assert_eq!(category(&[Field::DestinationIp, Field::BytesOut]), Some("network"));
        let windows = EventSelector { platform: Some(Platform::Windows), ..flow.clone() };
        assert_eq!(choose(&windows, &[Field::DestinationIp], &none).and_then(|source| source.category), Some("network_connection"));
        let inbound = EventSelector { flow: Some(Flow::Inbound), ..EventSelector::of(EventClass::HttpRequest) };
        assert_eq!(choose(&inbound, &[Field::UrlPath], &none).and_then(|source| source.category), Some("webserver"));
        let linux = EventSelector { platform: Some(Platform::Linux), ..EventSelector::of(EventClass::AuthLogon) };
        assert!(choose(&linux, &[], &none).is_none());
    }
}
