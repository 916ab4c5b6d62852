//! What do Sentinel and Defender take of a rule?
//!
//! Limits: <https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation>,
//! <https://learn.microsoft.com/azure/sentinel/sentinel-service-limits>.

use ir::SeverityLevel;

/// Characters in a rule's name and description.
pub(crate) const NAME: usize = 256;
pub(crate) const DESCRIPTION: usize = 5_000;
/// Entities that an alert names (<https://learn.microsoft.com/azure/sentinel/map-data-fields-to-entities>).
pub(crate) const ENTITIES: usize = 10;
/// How often a Sentinel rule runs, in seconds.
pub(crate) const HOUR: u64 = 3_600;

/// Sentinel and Defender know four levels.
pub(crate) fn severity(level: SeverityLevel) -> &'static str {
    match level {
        SeverityLevel::Informational => "Informational",
        SeverityLevel::Low => "Low",
        SeverityLevel::Medium => "Medium",
        SeverityLevel::High | SeverityLevel::Critical => "High",
    }
}
