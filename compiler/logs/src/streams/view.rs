//! Which dataset of the Common Information Model holds the events of a log source that the catalogue has no class for?

use std::collections::BTreeSet;

use crate::taxonomy::EVENT_ID;
use ir::{EventSelector, FieldTest, LogSource, Predicate};

use super::{Named, REPLY_CODES};
use crate::Encoding::{Same, Several};

/// A log source that the catalogue has no class for and a dataset holds.
#[derive(Debug)]
pub struct View {
    category: Option<&'static str>,
    product: Option<&'static str>,
    service: Option<&'static str>,
    /// The data model and dataset.
    pub model: &'static str,
    /// The numbers of the log's events that the dataset holds; all where there are none.
    numbers: &'static [i64],
    /// The number of every event of the dataset that comes from the log, where the dataset has no field for it.
    pub number: Option<i64>,
    /// Source types that tell the log from others in the dataset; every dataset has them.
    pub kinds: &'static [&'static str],
    /// What the dataset calls the log's fields.
    pub fields: &'static [Named],
    /// Fields shown besides those that are tested.
    pub shown: &'static [&'static str],
    /// Why the dataset also holds other events, as a clause.
    pub also: Option<&'static str>,
    /// Why the dataset holds only some of the events, as a clause.
    pub only: Option<&'static str>,
}

impl View {
    /// Whether the dataset holds an event with this number, when the event has one.
    pub fn holds(&self, number: Option<i64>) -> bool {
        self.numbers.is_empty() || number.is_none_or(|number| self.numbers.contains(&number))
    }
}

/// A view in which everything is still to be said.
const NOTHING: View = View {
    category: None,
    product: None,
    service: None,
    model: "",
    numbers: &[],
    number: None,
    kinds: &[],
    fields: &[],
    shown: &[],
    also: None,
    only: None,
};

/// The number of a Windows event; it chooses the view, and is dropped where the dataset has no field for it.
const NUMBER: Named = (EVENT_ID, "signature_id", Same);
const EVERY_STATE: &str = "the dataset holds every state of a service, not only its installation";

const fn zeek(service: &'static str, model: &'static str, kinds: &'static [&'static str], fields: &'static [Named]) -> View {
    View { product: Some("zeek"), service: Some(service), model, kinds, fields, shown: &["src", "dest"], ..NOTHING }
}

/// Every such log source. Zeek's add-on: <https://splunkbase.splunk.com/app/1617>; for AWS: <https://splunkbase.splunk.com/app/1876>.
const VIEWS: &[View] = &[
    View {
        category: Some("antivirus"),
        model: "Malware.Malware_Attacks",
        fields: &[
            ("Signature", "signature", Same),
            ("Filename", "file_name", Same),
            ("FileName", "file_name", Same),
            ("Hash", "file_hash", Same),
            ("Action", "action", Same),
            ("Computer", "dest", Same),
            ("User", "user", Same),
        ],
        shown: &["dest", "user", "signature", "file_name", "action"],
        ..NOTHING
    },
    View {
        product: Some("aws"),
        service: Some("cloudtrail"),
        model: "Change.All_Changes",
        kinds: &["aws:cloudtrail"],
        fields: &[
            ("eventName", "command", Same),
            ("userAgent", "user_agent", Same),
            ("sourceIPAddress", "src", Same),
            ("awsRegion", "vendor_region", Same),
            ("recipientAccountId", "vendor_account", Same),
        ],
        shown: &["src", "user", "command", "object", "status"],
        only: Some("the add-on puts only calls that change something into the model"),
        ..NOTHING
    },
    View {
        product: Some("okta"),
        service: Some("okta"),
        model: "Change.All_Changes",
        kinds: &["OktaIM2:log"],
        fields: &[("eventType", "command", Same), ("actor.alternateId", "user", Same), ("outcome.result", "result", Same)],
        shown: &["src", "user", "command", "object", "result"],
        only: Some("the add-on puts only events that change something into the model"),
        ..NOTHING
    },
    View {
        product: Some("windows"),
        service: Some("system"),
        model: "Endpoint.Services",
        numbers: &[7045],
        number: Some(7045),
        fields: &[("ServiceName", "service_name", Same), ("ImagePath", "service_path", Same), NUMBER],
        shown: &["dest", "service_name", "service_path"],
        also: Some(EVERY_STATE),
        ..NOTHING
    },
    View {
        product: Some("windows"),
        service: Some("security"),
        model: "Endpoint.Services",
        numbers: &[4697],
        number: Some(4697),
        fields: &[("ServiceName", "service_name", Same), ("ServiceFileName", "service_path", Same), NUMBER],
        shown: &["dest", "service_name", "service_path"],
        also: Some(EVERY_STATE),
        ..NOTHING
    },
    View {
        product: Some("windows"),
        service: Some("security"),
        model: "Authentication.Authentication",
        numbers: &[4624, 4625, 4634, 4648, 4768, 4769, 4771, 4776],
        fields: &[("EventID", "signature_id", Same), ("TargetUserName", "user", Same), ("IpAddress", "src", Same)],
        shown: &["src", "dest", "user", "app", "action", "signature_id"],
        ..NOTHING
    },
    zeek(
        "dns",
        "Network_Resolution.DNS",
        &["bro:dns:json", "zeek:dns:json", "corelight_dns"],
        &[
            ("query", "query", Same),
            ("answers", "answer", Several),
            ("qtype_name", "record_type", Same),
            ("rcode_name", "reply_code", REPLY_CODES),
            ("id.resp_p", "dest_port", Same),
        ],
    ),
    zeek(
        "http",
        "Web.Web",
        &["bro:http:json", "zeek:http:json", "corelight_http"],
        &[
            ("method", "http_method", Same),
            ("user_agent", "http_user_agent", Same),
            ("c-useragent", "http_user_agent", Same),
            ("status_code", "status", Same),
            ("referrer", "http_referrer", Same),
            ("resp_mime_types", "http_content_type", Several),
        ],
    ),
    zeek(
        "x509",
        "Certificates.All_Certificates",
        &["bro:x509:json", "zeek:x509:json", "corelight_x509"],
        &[("certificate.serial", "ssl_serial", Same), ("certificate.subject", "ssl_subject", Same), ("certificate.issuer", "ssl_issuer", Same)],
    ),
];

/// The datasets that hold events of a log source.
pub fn views(event: &EventSelector) -> impl Iterator<Item = &'static View> {
    let words = match &event.source {
        LogSource::Open { category, product, service } => Some((category.as_deref(), product.as_deref(), service.as_deref())),
        LogSource::Known(_) => None,
    };
    words.into_iter().flat_map(|(category, product, service)| of(category, product, service))
}

/// The datasets that hold events of a log source in Sigma's words.
pub fn of<'w>(category: Option<&'w str>, product: Option<&'w str>, service: Option<&'w str>) -> impl Iterator<Item = &'static View> + 'w {
    let fits = |wanted: Option<&str>, is: Option<&str>| wanted.is_none() || wanted == is;
    VIEWS.iter().filter(move |view| fits(view.category, category) && fits(view.product, product) && fits(view.service, service))
}

/// The dataset that holds every event with one of these numbers; without numbers, one that holds all events of the log.
pub fn view(event: &EventSelector, numbers: Option<&BTreeSet<i64>>) -> Option<&'static View> {
    views(event).find(|view| view.numbers.is_empty() || numbers.is_some_and(|list| list.iter().all(|number| view.numbers.contains(number))))
}

/// The predicate of an event with this number, without the tests of it.
pub fn unnumbered(predicate: &Predicate, number: i64) -> Predicate {
    let told = |test: &FieldTest| match crate::taxonomy::asked(&test.op) {
        asked if test.field.name() == EVENT_ID => Predicate::always(asked.is_some_and(|list| list.contains(&number))),
        _ => Predicate::Test(test.clone()),
    };
    predicate.with_tests(true, &mut |test, _| Some(told(test))).map_or_else(|| predicate.clone(), Predicate::settled)
}
