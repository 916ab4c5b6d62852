//! What can a test change in the header of a rule?

use ir::IpNet;

use crate::ast::{Ports, Sign};

/// A test that the header says.
pub(super) enum Change {
    Addresses { source: bool, nets: Vec<IpNet>, sign: Sign },
    Ports { source: bool, ports: Vec<Ports> },
    Transport(Vec<&'static str>),
}
