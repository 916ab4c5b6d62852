//! May it leave? The Traffic Light Protocol gate.

use ir::{Advisory, Tlp};
use source::{Code, Span};

use crate::{Cx, Diagnostic};

pub(crate) static TLP: Code = Code::warn("gate.tlp", "something is marked more closed than what may leave");

/// Withholds what is marked more closed than `max`. A block is as closed as its own marking or the advisory's,
/// whichever is stricter.
pub(crate) fn run(mut advisory: Advisory, max: Option<Tlp>, cx: &mut Cx) -> Advisory {
    let Some(max) = max else { return advisory };
    let own = advisory.header.tlp.unwrap_or_default();
    let too_closed = |tlp: Option<Tlp>| {
        let marked = tlp.unwrap_or_default().max(own);
        (marked > max).then(|| format!("it is TLP:{}, and at most TLP:{} may leave", marked.name().to_uppercase(), max.name().to_uppercase()))
    };
    cx.withhold_indicators(&mut advisory, |indicator| too_closed(indicator.tlp).map(|reason| (&TLP, reason)));
    let blocks = advisory
        .behaviors
        .iter()
        .map(|block| (&block.head.name, block.head.tlp, block.head.span))
        .chain(advisory.correlations.iter().map(|block| (&block.head.name, block.head.tlp, block.head.span)))
        .chain(advisory.natives.iter().map(|block| (&block.name, None, block.span)));
    for (name, tlp, span) in blocks {
        if let Some(reason) = too_closed(tlp) {
            hold(&advisory.header.id, name, span, reason, cx);
        }
    }
    advisory
}

fn hold(advisory: &str, name: &str, span: Span, reason: String, cx: &mut Cx) {
    cx.diagnostics.push(
        Diagnostic::new(&TLP, format!("`{name}` is withheld: {reason}"))
            .at(span, "withheld")
            .help("`--max-tlp` sets what may leave; the marking itself is the author's to change"),
    );
    cx.held_blocks.insert((advisory.to_owned(), name.to_owned()), (&TLP, reason));
}
