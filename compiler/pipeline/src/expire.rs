//! Does an indicator still hold on the day the rules are for, and for how long?

use std::time::Duration;

use ir::{Advisory, Date};
use source::{Code, Diagnostic};

use crate::context::Cx;

pub(crate) static EXPIRED: Code = Code::note("expire.expired", "an indicator's validity ended before the day the rules are for");
pub(crate) static SOON: Code = Code::warn("expire.soon", "indicators end soon after the day the rules are for");

/// Withholds indicators that ended before the day, and reports those that end within so many days after it. Without a day, everything holds:
/// the output then is the same on any day.
pub(crate) fn run(mut advisory: Advisory, as_of: Option<Date>, warn_before: Option<u16>, cx: &mut Cx) -> Advisory {
    let Some(day) = as_of else { return advisory };
    cx.withhold_indicators(&mut advisory, true, |indicator| {
        let until = indicator.valid?.until?;
        (until < day).then(|| (&EXPIRED, format!("it held until {until}, before {day}")))
    });
    if let Some(days) = warn_before {
        soon(&advisory, day, days, cx);
    }
    advisory
}

/// Reports each block of which something ends soon, at the value that ends first.
fn soon(advisory: &Advisory, day: Date, days: u16, cx: &mut Cx) {
    let last = day.saturating_add(Duration::from_secs(u64::from(days) * 86_400));
    for block in &advisory.indicators {
        let ends = block.indicators.iter().filter_map(|indicator| Some((indicator.valid?.until?, indicator)));
        // Some may have ended, and are kept because the description says so.
        let ending: Vec<_> = ends.filter(|(until, _)| (day..=last).contains(until)).collect();
        let Some((until, first)) = ending.iter().min_by_key(|(until, _)| *until) else { continue };
        let name = &block.head.name;
        if cx.waived(&advisory.header.id, &advisory.accepts, &SOON, |subject| subject == name) {
            continue;
        }
        let value = &first.observable;
        let message = match ending.len() {
            1 => format!("`{value}` of `{name}` ends soon: {until} is its last day"),
            count => format!("{count} values of `{name}` end by {last}: {until} is the last day of `{value}`"),
        };
        let span = first.origins.first().map_or(block.head.span, |origin| origin.span);
        let help = format!("a later end of `valid` would keep it; a build with `--as-of` after {until} has no rule for it");
        cx.diagnostics.push(Diagnostic::new(&SOON, message).at(span, "ends first").help(help));
    }
}
