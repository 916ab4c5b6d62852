//! Which detections does each target get? What may leave is not the same for every target where a site has channels, so there is a plan for each
//! limit, made in the same pass: from the widest to the strictest, each with what the one before lets through.

use std::collections::BTreeMap;

use backend::{Profile, Target};
use ir::{Advisory, Detection};

use crate::compilation::Options;
use crate::context::{Cx, Withheld};
use crate::expand::Planned;
use crate::gate::Limits;
use crate::{environment, expand, gate};

/// Advisories on their way to the plans.
pub(crate) struct Gates {
    limits: Limits,
    /// The advisories that each limit lets through.
    ready: Vec<Vec<Advisory>>,
    /// What passes said of the advisories of each limit but the first.
    behind: Vec<Cx>,
    /// What the first limit lets through, and another one does not.
    later: Vec<Withheld>,
}

/// The detections of a run, and which of them each target gets.
pub(crate) struct Plans {
    /// Those of the widest limit, sorted by key. The others have the same keys.
    pub(crate) planned: Vec<Planned>,
    others: Vec<Vec<Planned>>,
    /// For each plan, the places in `planned` of what may leave.
    sent: Vec<Vec<usize>>,
    of_target: Vec<usize>,
}

impl Gates {
    /// The gates of targets.
    pub(crate) fn new(targets: &[(&dyn Target, &'static Profile)], options: &Options) -> Self {
        let channels = |target: &dyn Target, profile: &Profile| options.channels.get(&format!("{}/{}", target.about().id, profile.id));
        let each = targets.iter().map(|(target, profile)| channels(*target, profile).map(Vec::as_slice).unwrap_or_default());
        let limits = Limits::new(options.ceiling, each);
        let count = limits.len();
        Self { limits, ready: vec![Vec::new(); count], behind: vec![Cx::default(); count - 1], later: Vec::new() }
    }

    /// Takes in an advisory. The passes before have withheld what stands in the list from `before` on.
    pub(crate) fn pass(&mut self, advisory: Advisory, before: usize, cx: &mut Cx) {
        let mut advisory = gate::run(advisory, &self.limits, 0, cx);
        if !self.behind.is_empty() {
            let id = advisory.header.id.clone();
            let mut withheld = cx.withheld.get(before..).unwrap_or_default().to_vec();
            let of_advisory = cx.held_blocks.range((id.clone(), String::new())..).take_while(|((advisory, _), _)| *advisory == id);
            let mut held: BTreeMap<_, _> = of_advisory.map(|(block, why)| (block.clone(), why.clone())).collect();
            for (at, behind) in self.behind.iter_mut().enumerate() {
                self.ready[at].push(advisory.clone());
                let mut own = Cx { held_blocks: held, ..Cx::default() };
                advisory = gate::run(advisory, &self.limits, at + 1, &mut own);
                cx.diagnostics.append(&mut own.diagnostics);
                withheld.extend(own.withheld.iter().cloned());
                self.later.append(&mut own.withheld);
                behind.withheld.extend(withheld.iter().cloned());
                behind.held_blocks.extend(own.held_blocks.clone());
                held = own.held_blocks;
            }
        }
        self.ready[self.behind.len()].push(advisory);
    }

    /// The advisories that the widest limit lets through.
    pub(crate) fn advisories(&self) -> &[Advisory] {
        self.ready.first().map(Vec::as_slice).unwrap_or_default()
    }

    /// The plans. What only some targets may not have is listed as withheld, too.
    pub(crate) fn plan(self, options: &Options, cx: &mut Cx) -> Plans {
        let Self { limits, ready, behind, later } = self;
        let mut plans = ready.into_iter().enumerate().map(|(at, ready)| expand::run(ready, if at == 0 { &*cx } else { &behind[at - 1] }));
        let mut planned = plans.next().unwrap_or_default();
        let mut others: Vec<Vec<Planned>> = plans.collect();
        cx.withheld.extend(later);
        environment::run(&mut planned, options.environment.as_ref(), cx);
        // The same keys have the same entries, which are said once.
        others.iter_mut().for_each(|plan| environment::run(plan, options.environment.as_ref(), &mut Cx::default()));
        let first = (0..planned.len()).filter(|at| planned[*at].withheld.is_none()).collect();
        let places: BTreeMap<&str, usize> = if others.is_empty() {
            BTreeMap::new()
        } else {
            planned.iter().enumerate().map(|(at, planned)| (planned.detection.key.as_str(), at)).collect()
        };
        let leaving = |plan: &Vec<Planned>| -> Vec<usize> {
            plan.iter()
                .filter(|planned| planned.withheld.is_none())
                .filter_map(|planned| places.get(planned.detection.key.as_str()).copied())
                .collect()
        };
        let sent = std::iter::once(first).chain(others.iter().map(leaving)).collect();
        Plans { planned, others, sent, of_target: limits.of_target }
    }
}

impl Plans {
    /// How many plans there are.
    pub(crate) fn count(&self) -> usize {
        self.sent.len()
    }

    /// The plan of a target, by their places.
    pub(crate) fn of(&self, target: usize) -> usize {
        self.of_target.get(target).copied().unwrap_or(0)
    }

    /// The detections that a plan lets out.
    pub(crate) fn detections(&self, plan: usize) -> Vec<&Detection> {
        let planned = plan.checked_sub(1).map_or(&self.planned, |at| &self.others[at]);
        planned.iter().filter(|planned| planned.withheld.is_none()).map(|planned| &planned.detection).collect()
    }

    /// The detections of a plan that ask for fewer values than the widest one's, by their places in `planned`.
    pub(crate) fn narrowed(&self, plan: usize) -> BTreeMap<usize, Detection> {
        let detections = self.detections(plan).into_iter();
        let pairs = self.sent(plan).iter().zip(detections).filter(|_| plan > 0);
        pairs
            .filter(|(at, detection)| self.planned[**at].detection.indicators.len() != detection.indicators.len())
            .map(|(at, detection)| (*at, detection.clone()))
            .collect()
    }

    /// The places in `planned` of what a plan lets out.
    pub(crate) fn sent(&self, plan: usize) -> &[usize] {
        &self.sent[plan]
    }

    /// The places in `planned` of what a plan keeps back.
    pub(crate) fn held(&self, plan: usize) -> impl Iterator<Item = usize> {
        let sent = self.sent(plan);
        (0..self.planned.len()).filter(move |at| sent.binary_search(at).is_err())
    }
}
