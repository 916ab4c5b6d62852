//! What do rules say about some traffic?

use std::time::Duration;

use crate::Fault;

/// A rule's word about some traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The rule's number.
    pub sid: u64,
    /// The place of the traffic in what was given.
    pub traffic: usize,
    /// When.
    pub at: Duration,
}

/// What rules said about some traffic.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// In order of time.
    pub alerts: Vec<Alert>,
    /// What has no verdict: such a rule has no alerts on such traffic, and leaves no counts and marks from it.
    pub open: Vec<Open>,
}

/// A rule that has no verdict on some traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The rule's number.
    pub sid: u64,
    /// The place of the traffic in what was given.
    pub traffic: usize,
    /// Why.
    pub fault: Fault,
}
