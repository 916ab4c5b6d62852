//! Which engine looks?

/// The engine that looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Suricata 7.
    Seven,
    /// Suricata 8.
    Eight,
}
