//! Who says what? Bytes of one of two sides.

/// Who of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The one that began.
    Client,
    /// The one that answered.
    Server,
}

impl Side {
    /// The one that is spoken to.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Bytes that one side said at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// By whom.
    pub from: Side,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Said {
    /// What the client said.
    #[must_use]
    pub fn client(bytes: impl Into<Vec<u8>>) -> Self {
        Self { from: Side::Client, bytes: bytes.into() }
    }

    /// What the server said.
    #[must_use]
    pub fn server(bytes: impl Into<Vec<u8>>) -> Self {
        Self { from: Side::Server, bytes: bytes.into() }
    }
}
