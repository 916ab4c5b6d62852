//! Does the real engine find what is found here? It reads the packets of all cases, one case behind the other, with the rules that they are put to.
//!
//! A case has days of its own, so that nothing which the engine counts or remembers reaches from one to the next. Cases that need another
//! `$HOME_NET`, or rules with other digests in them, are read in a run of their own. A rule about any packet tells whether a case was seen at all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use backend::{ArtefactKind, Call, Finding, Hearing, Judgement, Programs};
use packets::Flow;
use serde_json::Value;

use crate::traffic::Carrier;
use crate::{engine, judge, settings};

const RULES: &str = "all.rules";
const CAPTURE: &str = "all.pcap";
/// From the end of a case to the next one.
const PAUSE: Duration = Duration::from_secs(2 * 86_400);
/// So many cases are read in one run: the times of a capture have an end.
const CASES: usize = 4_000;
/// The number of the rule about any packet.
const ANY: u64 = i32::MAX as u64;

/// Rules, and the lists beside them.
type Ruleset = (String, BTreeMap<String, String>);

/// With what an engine is started: the site's network, and rules of the cases' own where they are not those that are written.
type Setup = (String, Option<Ruleset>);

/// What is read in one run.
#[derive(Default)]
struct Load {
    flows: Vec<Flow>,
    cases: Vec<Case>,
    next: Duration,
}

/// A case, and its time in the capture.
struct Case {
    judgement: usize,
    from: Duration,
    sids: BTreeSet<u64>,
}

/// Asks the engine about every judgement that found or missed something; says which engine it was.
pub(crate) fn run(hearing: &Hearing<'_>, judgements: &mut [Judgement], programs: &dyn Programs) -> Result<String, String> {
    let version = engine::version(hearing.profile, programs)?;
    let lines = judge::lines(hearing.artefacts);
    let written = written(hearing, &lines);
    for ((home, own), load) in loads(hearing, &lines, judgements) {
        let alerts = load.alerts(hearing, &home, own.as_ref().unwrap_or(&written), programs)?;
        for (number, case) in load.cases.iter().enumerate() {
            let to = load.cases.get(number + 1).map_or(Duration::MAX, |next| next.from);
            let own: BTreeSet<u64> = alerts.range((case.from, 0)..(to, 0)).map(|(_, sid)| *sid).collect();
            if let (Some(judgement), true) = (judgements.get_mut(case.judgement), own.contains(&ANY)) {
                judgement.engine = Some(!own.is_disjoint(&case.sids));
            }
        }
    }
    Ok(format!("suricata {version}"))
}

/// The rules of all questions as they stand in the files.
fn written(hearing: &Hearing<'_>, lines: &judge::Lines<'_>) -> Ruleset {
    let own = hearing.questions.iter().filter_map(|question| judge::own(lines, question).ok()).flatten();
    let lists = hearing.artefacts.iter().filter(|artefact| artefact.kind != ArtefactKind::Rules);
    (own.map(|line| format!("{}\n", line.text)).collect(), lists.map(|list| (list.path.clone(), list.text.clone())).collect())
}

/// The cases that have packets, by what they need.
fn loads(hearing: &Hearing<'_>, lines: &judge::Lines<'_>, judgements: &[Judgement]) -> Vec<(Setup, Load)> {
    let mut open: BTreeMap<Setup, Load> = BTreeMap::new();
    let mut out = Vec::new();
    for (at, judgement) in judgements.iter().enumerate().filter(|(_, one)| matches!(one.finding, Finding::Finds | Finding::Misses)) {
        let Some(question) = hearing.questions.get(judgement.question) else { continue };
        let Some(trial) = question.trials.get(judgement.trial) else { continue };
        let Some(carrier) = Carrier::ALL.into_iter().find(|carrier| carrier.name() == judgement.log.as_deref()) else { continue };
        let Ok(sight) = judge::on_wire(question, &judge::asked(&question.detection.kind), trial, carrier) else { continue };
        let Ok(own) = judge::own(lines, question) else { continue };
        let sids = question.rules.iter().filter_map(|rule| rule.id.parse().ok()).collect();
        let swapped = (!sight.swaps.is_empty()).then(|| {
            let (texts, lists) = judge::swapped(&sight, &own, hearing.artefacts);
            (texts.iter().map(|text| format!("{text}\n")).collect(), lists)
        });
        let setup = (sight.home(), swapped);
        let load = open.entry(setup.clone()).or_default();
        load.add(at, sids, &sight.flows);
        if load.cases.len() >= CASES {
            out.extend(open.remove_entry(&setup));
        }
    }
    out.extend(open);
    out
}

impl Load {
    fn add(&mut self, judgement: usize, sids: BTreeSet<u64>, flows: &[Flow]) {
        let from = self.next;
        let last = flows.iter().map(|flow| flow.at).max().unwrap_or_default();
        self.flows.extend(flows.iter().map(|flow| Flow { at: from.saturating_add(flow.at), ..flow.clone() }));
        self.cases.push(Case { judgement, from, sids });
        self.next = from.saturating_add(last).saturating_add(PAUSE);
    }

    /// The engine's alerts: the time from the capture's beginning at which their connection began, and the rule.
    fn alerts(
        &self,
        hearing: &Hearing<'_>,
        home: &str,
        (rules, lists): &Ruleset,
        programs: &dyn Programs,
    ) -> Result<BTreeSet<(Duration, u64)>, String> {
        let rules = format!("{rules}alert ip any any -> any any (msg:\"any\"; sid:{ANY}; rev:1;)\n");
        let settings = settings::of_site(hearing.profile, home);
        let capture = packets::capture(&self.flows).map_err(|why| why.to_string())?;
        let mut files: Vec<(&str, &[u8])> = vec![
            (RULES, rules.as_bytes()),
            (CAPTURE, &capture),
            (settings::FILE, settings.as_bytes()),
            ("classification.config", settings::CLASSES.as_bytes()),
            ("reference.config", settings::REFERENCES.as_bytes()),
        ];
        files.extend(lists.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
        let arguments = ["-r", CAPTURE, "-c", settings::FILE, "-S", RULES, "-l", ".", "--data-dir", ".", "--runmode", "single"];
        let answer = programs.run(Call { program: "suricata", arguments: &arguments, files: &files, leaves: None })?;
        if !answer.success {
            return Err(format!("it cannot be used here: {}", engine::last(&answer)));
        }
        Ok(answer.output.lines().filter_map(alert).collect())
    }
}

/// An alert in the engine's words.
fn alert(line: &str) -> Option<(Duration, u64)> {
    let value: Value = serde_json::from_str(line).ok()?;
    let sid = value.pointer("/alert/signature_id")?.as_u64()?;
    // What the engine looks at when it gives a connection up has the time of the giving up.
    let time = value.pointer("/flow/start").or_else(|| value.get("timestamp"))?.as_str()?;
    let time: jiff::Timestamp = time.parse().ok()?;
    let since = Duration::try_from(time.as_duration()).ok()?.checked_sub(packets::BEGIN)?;
    Some((since, sid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_has_the_time_at_which_its_connection_began() {
        let line = |flow: &str| format!(r#"{{"timestamp":"2024-01-01T02:00:09.5+0200"{flow},"event_type":"alert","alert":{{"signature_id":7}}}}"#);
        assert_eq!(alert(&line("")), Some((Duration::from_millis(9_500), 7)));
        assert_eq!(alert(&line(r#","flow":{"start":"2024-01-01T00:00:01.250000+0000"}"#)), Some((Duration::from_millis(1_250), 7)));
        assert_eq!(alert(r#"{"event_type":"engine","engine":{"message":"Threads created"}}"#), None);
        assert_eq!(alert("no JSON"), None);
    }
}
