//! What do audit trails of cloud services call things? [`logs::trails`] says; the provider decides which trail is read.

use std::sync::LazyLock;

use ir::{EventClass, Field};
use logs::Encoding;
use logs::trails::{self, Trail};

use super::endpoint::leaked;
use super::source::{Product, Source};
use backend::Name;

/// A trail in Sigma's words: where it has no word for the provider, Sigma's `product` is it. `outcome` is the trail's name for whether a call
/// worked, or why it has none; `absent` are fields that not every collector of the trail keeps.
fn of(trail: &'static Trail, outcome: Name, absent: &[(Field, &'static str)]) -> &'static Source {
    let class = EventClass::CloudAudit;
    let fixed = [(class, Field::CloudProvider, Name::Is("product")), (class, Field::CloudOutcome, outcome)];
    let absent = absent.iter().map(|(field, why)| (class, *field, Name::Absent { why }));
    let fields: Vec<_> = absent.chain(Source::first_names(class, trail.names)).chain(fixed).collect();
    let source = Source::new(class, vec![(class, Name::Is(trail.service))].leak(), fields.leak());
    // CloudTrail leaves the code out where a call succeeded; it is never empty.
    let failed = |name: Name| if name == Name::Is("errorCode") { Encoding::ErrorCode } else { Encoding::Same };
    let encodings = vec![(Field::CloudProvider, Encoding::Implied(trail.product)), (Field::CloudOutcome, failed(outcome))].leak();
    leaked(Source { product: Product::Is(trail.product), service: Some(trail.service), encodings, ..source })
}

pub(super) static SOURCES: LazyLock<Vec<&'static Source>> = LazyLock::new(|| {
    vec![
        of(&trails::AWS, Name::Is("errorCode"), &[]),
        of(
            &trails::AZURE,
            Name::Absent { why: "activity logs spell outcomes differently for each service" },
            &[
                (Field::CloudService, "what is streamed of the activity log names the provider inside the operation alone"),
                (Field::CloudUserAgent, "the activity log has no user agent"),
            ],
        ),
        of(&trails::GOOGLE, Name::Absent { why: "the status of a call is a number that is left out where it worked" }, &[]),
        of(&trails::M365, Name::Absent { why: "the audit log spells outcomes differently for each workload" }, &[]),
        of(&trails::OKTA, Name::Is("outcome.result"), &[]),
        of(&trails::GITHUB, Name::Absent { why: "the audit log holds what succeeded" }, &[]),
    ]
});

/// The provider whose trail a log source is.
pub(super) fn provider(source: &Source) -> &'static str {
    match source.product {
        Product::Is(product) => product,
        Product::Platform | Product::None => "",
    }
}
