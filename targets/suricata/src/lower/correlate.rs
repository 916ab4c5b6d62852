//! How correlations become thresholds and marks on hosts.
//!
//! A count is `threshold:type both`: one alert when the number is reached, again in the next window. A sequence of two or more
//! kinds of event leaves a mark (`xbits`) on the host for each step that the next one asks for.
//! <https://docs.suricata.io/en/latest/rules/thresholding.html>, <https://docs.suricata.io/en/latest/rules/xbits.html>

use backend::{Cx, Refusal};
use ir::{Correlation, CorrelationKind, Detection, EventRule, Field, FieldRef, Happening, Step};
use source::{Code, Loss};

use super::lowering::Lowering;
use crate::ast::{Alert, Item, Rule};

pub(crate) static CORRELATION: Code = Code::warn("suricata.correlation", "Suricata has no words for this correlation");
pub(crate) static WINDOW: Code = Code::warn("suricata.window", "a count runs in fixed windows, or loses a bound");

/// Sides of a connection that the events have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Track {
    Source,
    Destination,
    Both,
    Rule,
}

/// The rules of a correlation.
pub(super) fn lower(detection: &Detection, correlation: &Correlation, cx: &mut Cx<'_>) -> Result<Vec<Rule>, Refusal> {
    let track = track(correlation, cx)?;
    let alerts = match &correlation.kind {
        CorrelationKind::Count(step) => count(detection, correlation, step, track, cx)?,
        CorrelationKind::Sequence(steps) => sequence(detection, correlation, steps, track, cx)?,
        CorrelationKind::Together { .. } => {
            return Err(cx.unsupported(&CORRELATION, cx.span(), "marks on hosts have an order, and these events have none"));
        }
        CorrelationKind::Measure { field, .. } => {
            return Err(cx.unsupported(&CORRELATION, cx.span(), format!("Suricata counts events and does not compute with `{field}`")));
        }
        CorrelationKind::Distinct { fields, .. } => {
            let names: Vec<&str> = fields.iter().map(FieldRef::name).collect();
            let message = format!("Suricata counts events, not different values of `{}`", names.join("`, `"));
            return Err(cx.unsupported(&CORRELATION, cx.span(), message));
        }
    };
    Ok(alerts.into_iter().map(|alert| Rule::Alert(Box::new(alert))).collect())
}

/// What the events must agree in; agreement in anything but addresses is left out.
fn track(correlation: &Correlation, cx: &mut Cx<'_>) -> Result<Track, Refusal> {
    let has = |wanted: Field| correlation.by.contains(&FieldRef::Known(wanted));
    let source = has(Field::SourceIp) || has(Field::EmailSourceIp);
    let destination = has(Field::DestinationIp);
    let others: Vec<String> = correlation
        .by
        .iter()
        .filter(|field| !matches!(field.known(), Some(Field::SourceIp | Field::DestinationIp | Field::EmailSourceIp)))
        .map(|field| format!("`{field}`"))
        .collect();
    let track = match (source, destination) {
        (true, true) => Track::Both,
        (true, false) => Track::Source,
        (false, true) => Track::Destination,
        (false, false) if correlation.by.is_empty() => Track::Rule,
        (false, false) => {
            let fields = others.join(", ");
            return Err(cx.unsupported(&CORRELATION, cx.span(), format!("Suricata keeps counts for addresses, not for {fields}")));
        }
    };
    if !others.is_empty() {
        let message = format!("events are counted for addresses; that they agree in {} is not asked", others.join(", "));
        cx.loss(&CORRELATION, Loss::Wider, cx.span(), message, "`by` with addresses alone says what the rule does");
    }
    Ok(track)
}

fn step_alerts(detection: &Detection, step: &Step, cx: &mut Cx<'_>) -> Result<Vec<Alert>, Refusal> {
    let mut out = Vec::new();
    for stream in &step.streams {
        let Happening::Event(rule) = &stream.what else {
            return Err(cx.unsupported(&CORRELATION, step.span, "Suricata cannot correlate what is a correlation already"));
        };
        if let Some((field, _)) = stream.aliases.iter().find(|(field, own)| field != own) {
            return Err(cx.unsupported(
                &CORRELATION,
                step.span,
                format!("`{field}` is another field in each kind of event; marks and counts know one"),
            ));
        }
        out.extend(stream_alerts(detection, step, rule, cx)?);
    }
    Ok(out)
}

fn stream_alerts(detection: &Detection, step: &Step, rule: &EventRule, cx: &mut Cx<'_>) -> Result<Vec<Alert>, Refusal> {
    let mut lowering = Lowering::new(detection, &rule.event, cx);
    lowering.scope = &step.name;
    // What is counted is connections, so the packets of one must not count again.
    let mut alerts = lowering.alerts(rule)?;
    if alerts.iter().any(super::flow::counts) {
        return Err(cx.unsupported(&CORRELATION, step.span, "each packet past a bound of bytes would count as an event of its own"));
    }
    if rule.event.class() == Some(ir::EventClass::NetworkFlow) {
        let mut narrowed = false;
        for alert in &mut alerts {
            alert.items.retain(|item| !matches!(item, Item::Threshold { .. } | Item::Flow(_)));
            if alert.protocol == "ip" {
                alert.protocol = "tcp";
                narrowed = true;
            }
            if alert.protocol == "tcp" {
                alert.items.splice(0..0, [Item::Flow("to_server"), Item::Word { name: "flags", value: "S,CE".to_owned() }]);
            }
        }
        if narrowed {
            let message = "connections are counted by their first TCP packet; other protocols have none";
            cx.loss(&WINDOW, Loss::Narrower, step.span, message, "`network.transport == \"tcp\"` says what the rule does");
        }
    }
    Ok(alerts)
}

fn count(detection: &Detection, correlation: &Correlation, step: &Step, track: Track, cx: &mut Cx<'_>) -> Result<Vec<Alert>, Refusal> {
    let mut alerts = step_alerts(detection, step, cx)?;
    let message = "counts run in fixed windows, so events that lie across the end of one can be missed";
    cx.loss(&WINDOW, Loss::Narrower, step.span, message, "a smaller number in half the time finds them");
    if step.times.max.is_some() || step.times.except.is_some() {
        cx.loss(
            &WINDOW,
            Loss::Wider,
            step.span,
            "Suricata counts up to a number; that there are no more is not asked",
            "`x N..` says what the rule does",
        );
    }
    if correlation.jitter.is_some() {
        cx.loss(&WINDOW, Loss::Wider, step.span, "Suricata does not measure how regular events are", "without `jitter` the rule means what it says");
    }
    if alerts.len() > 1 {
        let message = format!("{} rules count their own alternatives only", alerts.len());
        cx.loss(&WINDOW, Loss::Narrower, step.span, message, "fewer alternatives, or a higher number each, would count together");
    }
    let track = match track {
        Track::Source => "by_src",
        Track::Destination => "by_dst",
        Track::Both => "by_both",
        Track::Rule => "by_rule",
    };
    let seconds = correlation.within.as_secs().max(1);
    for alert in &mut alerts {
        alert.items.push(Item::Threshold { kind: "both", track, count: step.times.min.max(1), seconds });
    }
    Ok(alerts)
}

fn sequence(detection: &Detection, correlation: &Correlation, steps: &[Step], track: Track, cx: &mut Cx<'_>) -> Result<Vec<Alert>, Refusal> {
    let on = match track {
        Track::Source => "ip_src",
        Track::Destination => "ip_dst",
        Track::Both => "ip_pair",
        Track::Rule => return Err(cx.unsupported(&CORRELATION, cx.span(), "marks stand on hosts, and `by` names none")),
    };
    if let Some(step) = steps.iter().find(|step| step.times.min > 1) {
        let message = format!("`{}` happens {} times; a mark cannot count", step.name, step.times.min);
        return Err(cx.unsupported(&CORRELATION, step.span, message));
    }
    if steps.len() < 2 {
        return Err(cx.unsupported(&CORRELATION, cx.span(), "a sequence has at least two steps"));
    }
    let message = "marks stay for the whole window after each step, and one event that fits two steps counts for both";
    cx.loss(&WINDOW, Loss::Wider, cx.span(), message, "");
    let expire = Some(correlation.within.as_secs().max(1));
    let id = detection.id.simple().to_string();
    let mark = |at: usize| format!("vigie.{}.{}", id.get(..12).unwrap_or(&id), at + 1);
    let mut out = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        for mut alert in step_alerts(detection, step, cx)? {
            if let Some(before) = at.checked_sub(1) {
                alert.items.push(Item::Xbits { action: "isset", name: mark(before), track: on, expire: None });
            }
            if at + 1 < steps.len() {
                alert.items.push(Item::Xbits { action: "set", name: mark(at), track: on, expire });
                alert.items.push(Item::NoAlert);
            }
            let part = alert.part.take().map(|part| format!("{}, {part}", step.name));
            alert.part = Some(part.unwrap_or_else(|| step.name.clone()));
            out.push(alert);
        }
    }
    Ok(out)
}
