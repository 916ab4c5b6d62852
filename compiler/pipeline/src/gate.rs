//! May it leave? The Traffic Light Protocol gate.

use ir::{Advisory, Tlp};
use source::{Code, Diagnostic, Span};

use crate::context::Cx;

pub(crate) static TLP: Code = Code::warn("gate.tlp", "something is marked more closed than what may leave");
pub(crate) static UNMARKED: Code = Code::warn("gate.unmarked", "something carries no marking, and a ceiling is set");

/// What may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ceiling {
    /// The most closed marking that may leave. `None` lets everything out.
    pub max: Option<Tlp>,
    /// What a thing without any marking counts as. `None` when the site does not say: then it leaves only where everything may.
    pub unmarked: Option<Tlp>,
}

impl Ceiling {
    /// Why something with this marking may not leave.
    fn refuses(self, marked: Option<Tlp>) -> Option<(&'static Code, String)> {
        let upper = |tlp: Tlp| tlp.name().to_uppercase();
        let max = self.max?;
        match (marked, self.unmarked) {
            (Some(tlp), _) => (tlp > max).then(|| (&TLP, format!("it is TLP:{}, and at most TLP:{} may leave", upper(tlp), upper(max)))),
            (None, Some(tlp)) => {
                (tlp > max).then(|| (&TLP, format!("without a marking it counts as TLP:{}, and at most TLP:{} may leave", upper(tlp), upper(max))))
            }
            (None, None) => (max < Tlp::Red).then(|| (&UNMARKED, format!("it carries no marking, and at most TLP:{} may leave", upper(max)))),
        }
    }
}

/// Withholds what is marked more closed than what may leave, and what carries no marking where the site does not say what that counts
/// as. A block is as closed as its own marking or the advisory's, whichever is stricter.
pub(crate) fn run(mut advisory: Advisory, ceiling: Ceiling, cx: &mut Cx) -> Advisory {
    if ceiling.max.is_none() {
        return advisory;
    }
    let own = advisory.header.tlp;
    cx.withhold_indicators(&mut advisory, false, |indicator| ceiling.refuses(indicator.tlp.max(own)));
    let blocks = advisory
        .behaviors
        .iter()
        .map(|block| (&block.head.name, block.head.tlp, block.head.span))
        .chain(advisory.correlations.iter().map(|block| (&block.head.name, block.head.tlp, block.head.span)))
        .chain(advisory.natives.iter().map(|block| (&block.name, None, block.span)));
    for (name, tlp, span) in blocks {
        if let Some((code, reason)) = ceiling.refuses(tlp.max(own)) {
            hold(&advisory.header.id, name, span, code, reason, cx);
        }
    }
    advisory
}

fn hold(advisory: &str, name: &str, span: Span, code: &'static Code, reason: String, cx: &mut Cx) {
    let said = Diagnostic::new(code, format!("`{name}` is withheld: {reason}")).at(span, "withheld");
    cx.diagnostics.push(said.help(help(code).unwrap_or_default()));
    cx.held_blocks.insert((advisory.to_owned(), name.to_owned()), (code, reason));
}

/// What to do about something that may not leave; `None` for another code.
pub(crate) fn help(code: &Code) -> Option<&'static str> {
    match code.slug {
        "gate.unmarked" => Some("`[tlp]` with `unmarked = \"green\"` in `vigie.toml` would say what counts for inputs without a marking"),
        "gate.tlp" => Some("`--max-tlp` sets what may leave; the marking itself is the author's to change"),
        _ => None,
    }
}
