//! Which native tables of Microsoft Sentinel hold the channels of Windows' event log?
//!
//! The `Security` channel and AppLocker's stand in `SecurityEvent`, parsed into columns as far as these exist; every other
//! channel stands in `Event`, its data as XML (<https://learn.microsoft.com/azure/azure-monitor/vm/data-collection-windows-events>).
//! Which channel a service means, and which event numbers a category, is in [`crate::taxonomy`].

use super::made::Made::{Own, Vendor};
use super::rows::Rows;
use std::sync::LazyLock;

use crate::taxonomy::{self, CHANNELS, EVENT_IDS};
use ir::{EventClass, Platform};

use super::event_sources::EVENT_LOGS;
use super::platform::Told;
use super::{Answer, Column, Entity, Others, Source, number, text, time};

type Open = &'static [(&'static str, &'static [Column])];

/// What every row of `Event` says beside the event's data.
const EVENT: Open = &[
    ("EventID", &[number("EventID")]),
    ("Channel", &[text("EventLog")]),
    ("Provider_Name", &[text("Source")]),
    ("Computer", &[text("Computer")]),
    // Of the event's `System` part, which no table keeps.
    ("TimeCreated", &[time("TimeGenerated")]),
    ("Level", &[number("EventLevel")]),
    ("Message", &[text("RenderedDescription")]),
    // Older programs write texts without names.
    (
        "Data",
        &[Column { name: "Data", from: Vendor("unxml(strcat_array(extract_all(@\"<Data>([^<]*)\", EventData), \"\\n\"))"), answer: Answer::Texts }],
    ),
];

/// The same of `SecurityEvent`; its other columns carry the names that the events give their data.
const SECURITY: Open = &[
    ("Provider_Name", &[text("EventSourceName")]),
    ("TimeCreated", &[time("TimeGenerated")]),
    // Kerberos writes IPv4 as `::ffff:192.0.2.1` (https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4769).
    ("IpAddress", &[Column { name: "IpAddress", from: Own, answer: Answer::MappedAddress }]),
];

const HOST: &[Entity] = &[("Host", "FullName", "Computer")];

/// Services whose events stand in `SecurityEvent`.
const SECURITY_SERVICES: [&str; 2] = ["security", "applocker"];

/// Services whose events name their data by elements of their own, in `UserData`.
const ELEMENTS: [&str; 5] =
    ["printservice-admin", "printservice-operational", "smbserver-connectivity", "terminalservices-localsessionmanager", "wmi"];

/// One way to say a log source, and the table that holds it.
struct Known {
    category: Option<&'static str>,
    service: &'static str,
    source: Source,
}

/// The tables that hold a log source of Windows, in Sigma's words; empty for one that is not known. Without category and
/// service that is the whole event log.
pub(super) fn sources(category: Option<&str>, service: Option<&str>) -> Vec<Source> {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(known);
    let same = |is: Option<&str>, wanted: &str| is.is_some_and(|is| is.eq_ignore_ascii_case(wanted));
    match (category, service) {
        (None, None) => vec![security(Rows::All), event("", Rows::All)],
        (None, Some(_)) => KNOWN.iter().filter(|known| known.category.is_none() && same(service, known.service)).map(|known| known.source).collect(),
        (Some(_), _) => KNOWN
            .iter()
            .filter(|known| known.category.is_some_and(|wanted| same(category, wanted)) && (service.is_none() || same(service, known.service)))
            .map(|known| known.source)
            .collect(),
    }
}

/// The taxonomy's channels and event numbers as tables. They live as long as the program: they are made once.
fn known() -> Vec<Known> {
    let mut out = Vec::new();
    for (service, channels) in CHANNELS {
        let source = match *service {
            "security" => security(Rows::All),
            service if SECURITY_SERVICES.contains(&service) => security(Rows::Alike("Channel", channels)),
            service => event(service, Rows::Alike("EventLog", channels)),
        };
        out.push(Known { category: None, service, source });
    }
    for (category, service, numbers) in EVENT_IDS {
        let numbers = Rows::Number("EventID", numbers);
        let both = |rows: Rows| Rows::Every(vec![rows, numbers].leak());
        let source = match *service {
            "security" => security(numbers),
            "sysmon" => event(service, both(Rows::Is("Source", &["Microsoft-Windows-Sysmon"]))),
            other => event(other, both(Rows::Alike("EventLog", taxonomy::channels(other)))),
        };
        out.push(Known { category: Some(category), service, source });
    }
    out
}

const fn security(rows: Rows) -> Source {
    Source {
        class: EventClass::CloudAudit,
        label: "windows",
        table: "SecurityEvent",
        rows,
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector: "SecurityEvents",
        fields: &[],
        log: None,
        open: SECURITY,
        beside: Told::ALL,
        others: Others::ColumnsOrData,
        entities: HOST,
    }
}

fn event(service: &'static str, rows: Rows) -> Source {
    let others = if ELEMENTS.contains(&service) {
        Others::Elements
    } else if service == "windefend" {
        Others::SpacedData
    } else {
        Others::Data
    };
    Source { label: service, table: "Event", rows, connector: EVENT_LOGS, open: EVENT, others, ..security(Rows::All) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_and_category_has_a_table() {
        for (service, _) in CHANNELS {
            assert_eq!(sources(None, Some(service)).len(), 1, "{service}");
        }
        for (category, ..) in EVENT_IDS {
            assert!(!sources(Some(category), None).is_empty(), "{category}");
        }
        assert!(sources(None, Some("nothing")).is_empty());
    }

    #[test]
    fn channels_are_named_as_the_tables_spell_them() {
        let rows = |category, service| sources(category, service)[0].rows;
        assert_eq!(rows(None, Some("Security")), Rows::All);
        assert_eq!(rows(None, Some("system")), Rows::Alike("EventLog", &["System"]));
        const SYSMON: [Rows; 2] = [Rows::Is("Source", &["Microsoft-Windows-Sysmon"]), Rows::Number("EventID", &[9])];
        assert_eq!(rows(Some("raw_access_thread"), None), Rows::Every(&SYSMON));
        const CHANNELS: Rows = Rows::Alike("EventLog", &["Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"]);
        assert_eq!(rows(Some("ps_module"), None), Rows::Every(&[CHANNELS, Rows::Number("EventID", &[4103])]));
    }
}
