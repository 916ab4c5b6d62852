//! May it leave? The Traffic Light Protocol gate.

use std::collections::BTreeSet;

use ir::{Advisory, Tlp};
use source::Code;

use crate::context::Cx;

pub(crate) static TLP: Code = Code::warn("gate.tlp", "something is marked more closed than what may leave");
pub(crate) static UNMARKED: Code = Code::warn("gate.unmarked", "something carries no marking, and a ceiling is set");

/// What may leave in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ceiling {
    /// The most closed marking that may leave. `None` lets everything out.
    pub max: Option<Tlp>,
    /// What a thing without any marking counts as. `None` when the site does not say: then it leaves only where everything may.
    pub unmarked: Option<Tlp>,
}

/// Somebody who receives the rules of some targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// The most closed marking that may go there.
    pub max: Tlp,
}

/// What may leave with one target's files: the strictest of what holds for the run and for the channels of the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limit {
    /// The most closed marking. `None` lets everything out.
    max: Option<Tlp>,
    /// The channels that set it; none where it holds for the whole run.
    channels: BTreeSet<String>,
}

impl Limit {
    /// The limit of one target.
    fn of(ceiling: Ceiling, channels: &[Channel]) -> Self {
        match channels.iter().map(|channel| channel.max).min() {
            Some(max) if ceiling.max.is_none_or(|run| max < run) => {
                let names = channels.iter().filter(|channel| channel.max == max).map(|channel| channel.name.clone());
                Self { max: Some(max), channels: names.collect() }
            }
            _ => Self { max: ceiling.max, channels: BTreeSet::new() },
        }
    }

    /// As words behind what may not leave.
    fn words(&self, verb: &str) -> String {
        let Some(max) = self.max else { return String::new() };
        let names: Vec<&str> = self.channels.iter().map(String::as_str).collect();
        let through = match names.len() {
            0 => String::new(),
            1 => format!(" through the channel {}", source::suggest::list(&names)),
            _ => format!(" through the channels {}", source::suggest::list(&names)),
        };
        format!("TLP:{}{verb}{through}", max.name().to_uppercase())
    }
}

/// The limits of a run, from the widest to the strictest, and which of them each target has. Something that one limit refuses is refused by
/// those behind it.
#[derive(Debug)]
pub(crate) struct Limits {
    limits: Vec<Limit>,
    /// The place of each target's limit.
    pub(crate) of_target: Vec<usize>,
    unmarked: Option<Tlp>,
}

impl Limits {
    /// The limits of targets, each told by its channels.
    pub(crate) fn new<'c>(ceiling: Ceiling, targets: impl Iterator<Item = &'c [Channel]>) -> Self {
        let each: Vec<Limit> = targets.map(|channels| Limit::of(ceiling, channels)).collect();
        let mut limits: Vec<Limit> = Vec::new();
        for limit in &each {
            match limits.iter_mut().find(|known| known.max == limit.max) {
                Some(known) => known.channels.extend(limit.channels.iter().cloned()),
                None => limits.push(limit.clone()),
            }
        }
        if limits.is_empty() {
            limits.push(Limit::of(ceiling, &[]));
        }
        let openness = |limit: &Limit| limit.max.map_or(usize::MAX, |max| max as usize);
        limits.sort_by_key(|limit| std::cmp::Reverse(openness(limit)));
        let of_target = each.iter().map(|limit| limits.iter().position(|known| known.max == limit.max).unwrap_or(0)).collect();
        Self { limits, of_target, unmarked: ceiling.unmarked }
    }

    /// How many there are; at least one.
    pub(crate) fn len(&self) -> usize {
        self.limits.len()
    }

    /// Why something with this marking may not leave by a limit, and by those behind it.
    fn refuses(&self, at: usize, marked: Option<Tlp>) -> Option<(&'static Code, String)> {
        let max = self.limits.get(at)?.max?;
        let upper = |tlp: Tlp| tlp.name().to_uppercase();
        let (code, fact) = match (marked, self.unmarked) {
            (Some(tlp), _) => (tlp > max).then(|| (&TLP, format!("it is TLP:{}", upper(tlp)))),
            (None, Some(tlp)) => (tlp > max).then(|| (&TLP, format!("without a marking it counts as TLP:{}", upper(tlp)))),
            (None, None) => (max < Tlp::Red).then(|| (&UNMARKED, "it carries no marking".to_owned())),
        }?;
        // What holds for the whole run needs no more words.
        let (first, behind) = self.limits.get(at..)?.split_first()?;
        let stricter = behind.iter().filter(|_| !first.channels.is_empty()).map(|limit| limit.words(""));
        let refusing: Vec<String> = std::iter::once(first.words(" may leave")).chain(stricter).collect();
        Some((code, format!("{fact}, and at most {}", refusing.join(", "))))
    }
}

/// Withholds what is marked more closed than what may leave, and what carries no marking where the site does not say what that counts
/// as. A block is as closed as its own marking or the advisory's, whichever is stricter. The limits before this one have been applied.
pub(crate) fn run(mut advisory: Advisory, limits: &Limits, at: usize, cx: &mut Cx) -> Advisory {
    if limits.limits.get(at).is_none_or(|limit| limit.max.is_none()) {
        return advisory;
    }
    let own = advisory.header.tlp;
    cx.withhold_indicators(&mut advisory, false, |indicator| limits.refuses(at, indicator.tlp.max(own)));
    let blocks = advisory
        .behaviors
        .iter()
        .map(|block| (&block.head.name, block.head.tlp, block.head.span))
        .chain(advisory.correlations.iter().map(|block| (&block.head.name, block.head.tlp, block.head.span)))
        .chain(advisory.natives.iter().map(|block| (&block.name, None, block.span)));
    for (name, tlp, span) in blocks {
        if let Some((code, reason)) = limits.refuses(at, tlp.max(own)) {
            cx.hold(&advisory.header.id, name, span, code, reason);
        }
    }
    advisory
}

/// What to do about something that may not leave; `None` for another code.
pub(crate) fn help(code: &Code) -> Option<&'static str> {
    match code.slug {
        "gate.unmarked" => Some("`[tlp]` with `unmarked = \"green\"` in `vigie.toml` would say what counts for inputs without a marking"),
        "gate.tlp" => Some("`--max-tlp` and the channels of `vigie.toml` set what may leave; the marking itself is the author's to change"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(name: &str, max: Tlp) -> Channel {
        Channel { name: name.to_owned(), max }
    }

    fn limits(max: Option<Tlp>, targets: &[&[Channel]]) -> Limits {
        Limits::new(Ceiling { max, unmarked: None }, targets.iter().copied())
    }

    #[test]
    fn the_strictest_channel_of_a_target_holds_and_is_named() {
        let (partners, public) = (channel("partners", Tlp::Green), channel("public", Tlp::Clear));
        let both = [partners.clone(), public.clone()];
        let limits = limits(None, &[&[], &[partners], &both]);
        assert_eq!(limits.of_target, [0, 1, 2]);
        let why = |at, tlp| limits.refuses(at, Some(tlp)).map(|(_, why)| why);
        assert_eq!(why(0, Tlp::Red), None);
        assert_eq!(
            why(1, Tlp::Amber).as_deref(),
            Some("it is TLP:AMBER, and at most TLP:GREEN may leave through the channel `partners`, TLP:CLEAR through the channel `public`")
        );
        assert_eq!((why(1, Tlp::Green), why(2, Tlp::Clear)), (None, None));
        assert!(why(2, Tlp::Green).unwrap().ends_with("at most TLP:CLEAR may leave through the channel `public`"));
    }

    #[test]
    fn what_holds_for_the_run_names_no_channel() {
        let wide = [channel("wide", Tlp::Red)];
        let limits = limits(Some(Tlp::Amber), &[&[], &wide]);
        assert_eq!((limits.len(), &*limits.of_target), (1, &[0, 0][..]));
        assert_eq!(limits.refuses(0, Some(Tlp::Red)).unwrap().1, "it is TLP:RED, and at most TLP:AMBER may leave");
        assert_eq!(limits.refuses(0, None).unwrap().0.slug, "gate.unmarked");
    }
}
