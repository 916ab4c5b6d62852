//! Which events and fields Suricata has words for, one table for each version.

mod both;
mod eight;
mod seven;

use backend::{Capabilities, Profile};

pub(crate) static PROFILES: [Profile; 2] =
    [Profile { id: "7", title: "Suricata 7, also good for 8", default: true }, Profile { id: "8", title: "Suricata 8", default: false }];

/// The oldest engine that loads the rules of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// Version 7.
    Seven = 7,
    /// Version 8.
    Eight = 8,
}

impl Version {
    /// The version of a profile.
    pub(crate) fn of(profile: &Profile) -> Self {
        if profile.id == PROFILES[1].id { Self::Eight } else { Self::Seven }
    }
}

/// The capabilities of a profile.
pub(crate) fn capabilities(profile: &Profile) -> &'static Capabilities {
    match Version::of(profile) {
        Version::Eight => &eight::CAPABILITIES,
        Version::Seven => &seven::CAPABILITIES,
    }
}
