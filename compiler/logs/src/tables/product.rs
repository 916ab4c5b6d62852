//! Whose tables are meant?

use std::fmt;

/// A product of Microsoft's whose tables keep events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Advanced hunting in Defender XDR.
    DefenderXdr,
    /// Native tables of Sentinel.
    Sentinel,
    /// Sentinel's information model.
    Asim,
}

impl Product {
    /// Every product, in a fixed order.
    pub const ALL: [Self; 3] = [Self::DefenderXdr, Self::Sentinel, Self::Asim];

    /// Its short name.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::DefenderXdr => "defender-xdr",
            Self::Sentinel => "sentinel",
            Self::Asim => "asim",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.id())
    }
}
