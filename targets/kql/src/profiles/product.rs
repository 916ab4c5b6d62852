//! For which product's tables does a profile write?

use std::fmt;

use backend::Profile;

/// The product whose tables a profile writes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    /// Advanced hunting in Defender XDR.
    DefenderXdr,
    /// Native tables of Sentinel.
    Sentinel,
    /// Sentinel's information model.
    Asim,
}

impl Product {
    /// Every product, in the order of the profiles.
    pub(crate) const ALL: [Self; 3] = [Self::DefenderXdr, Self::Sentinel, Self::Asim];

    /// The product's profile.
    pub(crate) const fn profile(self) -> Profile {
        match self {
            Self::DefenderXdr => Profile { id: "defender-xdr", title: "Microsoft Defender XDR, advanced hunting", default: true },
            Self::Sentinel => Profile { id: "sentinel", title: "Microsoft Sentinel, native tables", default: true },
            Self::Asim => Profile { id: "asim", title: "Microsoft Sentinel, Advanced Security Information Model", default: true },
        }
    }

    /// The product with this id. Whoever asks has one of the profiles of this target.
    pub(crate) fn of(id: &str) -> Self {
        Self::ALL.into_iter().find(|product| product.profile().id == id).unwrap_or(Self::Sentinel)
    }
}

impl fmt::Display for Product {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.profile().id)
    }
}
