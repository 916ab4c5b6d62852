//! May it be used? What a rule states as its licence, against those that the site allows.

use ir::Advisory;
use source::{Code, Span};

use crate::context::Cx;

pub(crate) static NOT_ALLOWED: Code = Code::warn("licence.not-allowed", "a rule stands under a licence that the site does not allow");
pub(crate) static UNSTATED: Code = Code::warn("licence.unstated", "an input states no licence, and the site asks for one");

/// Under which licences rules may stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Licences {
    /// Those that may be used, in the spelling of SPDX, whose case is of no matter
    /// (<https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/#case-sensitivity>). `None` allows every one.
    pub allow: Option<Vec<String>>,
    /// Whether what states none may be used.
    pub unstated: bool,
}

impl Licences {
    /// Why something with this licence may not be used.
    fn refuses(&self, stated: Option<&str>) -> Option<(&'static Code, String)> {
        let Some(stated) = stated.map(str::trim).filter(|stated| !stated.is_empty()) else {
            return (!self.unstated).then(|| (&UNSTATED, "it states no licence".to_owned()));
        };
        let allow = self.allow.as_ref()?;
        let allowed = allow.iter().any(|known| known.trim().eq_ignore_ascii_case(stated));
        (!allowed).then(|| {
            let known: Vec<&str> = allow.iter().map(String::as_str).collect();
            let known = match known.len() {
                0 => "none is allowed".to_owned(),
                1 => format!("{} alone is allowed", source::list(&known)),
                _ => format!("allowed are {}", source::list(&known)),
            };
            (&NOT_ALLOWED, format!("its licence is `{stated}`, and {known}"))
        })
    }
}

/// Withholds what may not be used.
pub(crate) fn run(mut advisory: Advisory, licences: Option<&Licences>, cx: &mut Cx) -> Advisory {
    let Some(licences) = licences else { return advisory };
    // Lists of values and rules that travel along have no place for a licence.
    let none = licences.refuses(None);
    cx.withhold_indicators(&mut advisory, false, |_| none.clone());
    let heads = advisory.behaviors.iter().map(|block| &block.head).chain(advisory.correlations.iter().map(|block| &block.head));
    let stated = |head: &ir::Head| head.sigma.as_ref().and_then(|rule| rule.license.clone());
    let blocks: Vec<(String, Option<String>, Span)> = heads
        .map(|head| (head.name.clone(), stated(head), head.span))
        .chain(advisory.natives.iter().map(|block| (block.name.clone(), None, block.span)))
        .collect();
    for (name, stated, span) in blocks {
        if let Some((code, reason)) = licences.refuses(stated.as_deref()) {
            cx.hold(&advisory.header.id, &name, span, code, reason);
        }
    }
    advisory
}

/// What to do about something that may not be used; `None` for another code.
pub(crate) fn help(code: &Code) -> Option<&'static str> {
    match code.slug {
        "licence.not-allowed" => Some("`[licence]` with `allow` in `vigie.toml` lists what may be used"),
        "licence.unstated" => Some("`[licence]` with `unstated = \"allow\"` in `vigie.toml` would let it through"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_one_of_those_that_are_allowed() {
        let some = Licences { allow: Some(vec!["DRL-1.1".to_owned(), "MIT".to_owned()]), unstated: true };
        let slug = |licences: &Licences, stated| licences.refuses(stated).map(|(code, _)| code.slug);
        assert_eq!(slug(&some, Some("mit")), None);
        assert_eq!(slug(&some, Some("MIT OR Apache-2.0")), Some("licence.not-allowed"));
        assert_eq!(slug(&some, None), None);
        let strict = Licences { allow: None, unstated: false };
        assert_eq!((slug(&strict, Some("X")), slug(&strict, Some(" "))), (None, Some("licence.unstated")));
    }
}
