//! Does an indicator still hold on the day the rules are for?

use ir::{Advisory, Date};
use source::Code;

use crate::context::Cx;

pub(crate) static EXPIRED: Code = Code::note("expire.expired", "an indicator's validity ended before the day the rules are for");

/// Withholds indicators that ended before the day. Without a day, everything holds: the output then is the same on any day.
pub(crate) fn run(mut advisory: Advisory, as_of: Option<Date>, cx: &mut Cx) -> Advisory {
    let Some(day) = as_of else { return advisory };
    cx.withhold_indicators(&mut advisory, true, |indicator| {
        let until = indicator.valid?.until?;
        (until < day).then(|| (&EXPIRED, format!("it held until {until}, before {day}")))
    });
    advisory
}
