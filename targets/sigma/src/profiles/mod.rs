//! Which log source answers which question, and what it calls things.
//!
//! Sigma has one taxonomy, but several log sources may hold the same kind of event: a connection stands in firewall logs
//! and in Sysmon's. Each [`Source`] is a table; [`choose`] takes the first that names every field a rule needs.

mod cloud;
mod endpoint;
mod network;
mod source;

use std::sync::LazyLock;

use backend::{Capabilities, Name, Overlay, Profile};
use ir::{EventClass, EventSelector, Field};

use source::can;
pub(crate) use source::{Base, Product, Source};

/// The one profile: the taxonomy of the Sigma specification.
pub(crate) const SIGMA: Profile = Profile { id: "sigma", title: "Sigma taxonomy, Sysmon field names", default: true };

/// Every log source, for each class in order of preference.
fn sources() -> impl Iterator<Item = &'static Source> {
    endpoint::SOURCES.iter().chain(network::SOURCES.iter()).chain(cloud::SOURCES.iter()).copied()
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

#[cfg(test)]
mod tests {
    use ir::{Flow, Platform};

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
