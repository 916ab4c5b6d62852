//! Which of a rule's hits are alerts? Thresholds and marks, over all traffic in order of time.
//!
//! <https://docs.suricata.io/en/latest/rules/thresholding.html>: a window begins with the first hit of whom is tracked, and the first hit after
//! its end begins the next. `limit` lets the first hits of a window pass, `threshold` each so manieth, `both` the so manieth alone, and
//! `detection_filter` all after so many. A hit is one message that fulfils a rule about messages, and one packet of a rule about packets; a rule
//! about addresses alone is asked once for each direction of a conversation.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// A count in a window of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Threshold {
    pub(crate) kind: ThresholdKind,
    pub(crate) track: Track,
    pub(crate) count: u64,
    pub(crate) seconds: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThresholdKind {
    Limit,
    Threshold,
    Both,
    Filter,
}

/// Whom a count or a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Track {
    Source,
    Destination,
    Both,
    Rule,
    Flow,
}

/// A mark on a host, a pair of hosts or a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) action: MarkAction,
    pub(crate) name: String,
    pub(crate) track: Track,
    pub(crate) expire: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkAction {
    Set,
    Unset,
    Toggle,
    IsSet,
    IsNotSet,
}

impl MarkAction {
    /// It changes the mark.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Set | Self::Unset | Self::Toggle)
    }
}

/// Where a rule was fulfilled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) at: Duration,
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
}

/// Whom a count or a mark is about, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whom {
    One(IpAddr),
    Two(IpAddr, IpAddr),
    All,
    Flow(usize),
}

impl Whom {
    fn of(track: Track, hit: &Hit, traffic: usize) -> Self {
        match track {
            Track::Source => Self::One(hit.source),
            Track::Destination => Self::One(hit.destination),
            // Either may be the source.
            Track::Both => Self::Two(hit.source.min(hit.destination), hit.source.max(hit.destination)),
            Track::Rule => Self::All,
            Track::Flow => Self::Flow(traffic),
        }
    }
}

/// What counts and marks have come to.
#[derive(Debug, Default)]
pub(crate) struct State {
    windows: BTreeMap<(usize, Whom), (Duration, u64)>,
    marks: BTreeMap<(String, Whom), Option<Duration>>,
}

impl State {
    /// Whether a hit of a rule passes its count.
    pub(crate) fn passes(&mut self, rule: usize, threshold: &Threshold, hit: &Hit, traffic: usize) -> bool {
        let key = (rule, Whom::of(threshold.track, hit, traffic));
        let window = self.windows.entry(key).or_insert((hit.at, 0));
        // An event at the very end of a window is in it, which the manual leaves open and engines of versions 7 and 8 have so.
        if hit.at.saturating_sub(window.0) > Duration::from_secs(threshold.seconds) {
            *window = (hit.at, 0);
        }
        window.1 = window.1.saturating_add(1);
        match threshold.kind {
            ThresholdKind::Limit => window.1 <= threshold.count,
            ThresholdKind::Both => window.1 == threshold.count,
            ThresholdKind::Filter => window.1 > threshold.count,
            ThresholdKind::Threshold => {
                let reached = window.1 >= threshold.count;
                if reached {
                    window.1 = 0;
                }
                reached
            }
        }
    }

    /// Whether the marks that a rule asks for are there, or not there.
    pub(crate) fn allows(&self, marks: &[Mark], hit: &Hit, traffic: usize) -> bool {
        marks.iter().all(|mark| match mark.action {
            MarkAction::IsSet => self.has(mark, hit, traffic),
            MarkAction::IsNotSet => !self.has(mark, hit, traffic),
            MarkAction::Set | MarkAction::Unset | MarkAction::Toggle => true,
        })
    }

    fn has(&self, mark: &Mark, hit: &Hit, traffic: usize) -> bool {
        let until = self.marks.get(&(mark.name.clone(), Whom::of(mark.track, hit, traffic)));
        until.is_some_and(|until| until.is_none_or(|until| hit.at < until))
    }

    /// Leaves the marks of a rule.
    pub(crate) fn leave(&mut self, marks: &[Mark], hit: &Hit, traffic: usize) {
        for mark in marks {
            let key = (mark.name.clone(), Whom::of(mark.track, hit, traffic));
            let until = mark.expire.map(|seconds| hit.at.saturating_add(Duration::from_secs(seconds)));
            match mark.action {
                MarkAction::Set => drop(self.marks.insert(key, until)),
                MarkAction::Unset => drop(self.marks.remove(&key)),
                MarkAction::Toggle if self.has(mark, hit, traffic) => drop(self.marks.remove(&key)),
                MarkAction::Toggle => drop(self.marks.insert(key, until)),
                MarkAction::IsSet | MarkAction::IsNotSet => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(kind: ThresholdKind, count: u64) -> Vec<u64> {
        let threshold = Threshold { kind, track: Track::Source, count, seconds: 60 };
        let mut state = State::default();
        let hit = |second| Hit { at: Duration::from_secs(second), source: [192, 0, 2, 1].into(), destination: [192, 0, 2, 2].into() };
        (0..140).step_by(10).filter(|second| state.passes(0, &threshold, &hit(*second), 0)).collect()
    }

    /// <https://docs.suricata.io/en/latest/rules/thresholding.html>
    #[test]
    fn counts_run_in_windows() {
        assert_eq!(passed(ThresholdKind::Limit, 1), [0, 70]);
        assert_eq!(passed(ThresholdKind::Both, 3), [20, 90]);
        assert_eq!(passed(ThresholdKind::Threshold, 3), [20, 50, 90, 120]);
        assert_eq!(passed(ThresholdKind::Filter, 4), [40, 50, 60, 110, 120, 130]);
    }
}
