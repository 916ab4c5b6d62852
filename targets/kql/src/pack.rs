//! How do rules become what Sentinel and Defender import? Cards ([`crate::card`]) are read, sorted by their files, and handed to the product.

use std::collections::BTreeMap;

use backend::{Artefact, ArtefactKind, Package, Packed, Packing};
use logs::tables::Product;
use source::Diagnostic;

use crate::card::Card;
use crate::pack_parts::{List, Packable};
use crate::{pack_codes, pack_defender, pack_sentinel, print, profiles};

/// The packages that this language makes. The parsers of ASIM have a package of their own: its rules have the ids of the other's, so that a
/// workspace holds one of the two.
pub(crate) static PACKAGES: [Package; 3] = [
    Package {
        id: "sentinel",
        title: "Microsoft Sentinel",
        profiles: &["sentinel"],
        settings: &crate::pack_settings::SENTINEL,
        by_title: false,
        rivals: &["sentinel-asim", "defender"],
        codes: &pack_codes::SENTINEL,
    },
    Package {
        id: "sentinel-asim",
        title: "Microsoft Sentinel, over the parsers of ASIM",
        profiles: &["asim"],
        settings: &crate::pack_settings::SENTINEL,
        by_title: false,
        rivals: &["sentinel", "defender"],
        codes: &pack_codes::SENTINEL,
    },
    Package {
        id: "defender",
        title: "Microsoft Defender XDR",
        profiles: &["defender-xdr"],
        settings: &crate::pack_settings::DEFENDER,
        by_title: false,
        rivals: &["sentinel", "sentinel-asim"],
        codes: &pack_codes::DEFENDER,
    },
];

/// Packs what was compiled.
pub(crate) fn pack(package: &'static Package, packing: &Packing<'_>) -> Packed {
    let mut rules = match packables(packing) {
        Ok(rules) => rules,
        // What is read here was written a moment ago.
        Err(why) => return Packed { files: Vec::new(), diagnostics: vec![Diagnostic::new(&pack_codes::SETTING, why)] },
    };
    if package.profiles.first().map(|profile| profiles::product(profile)) == Some(Product::DefenderXdr) {
        return pack_defender::pack(&rules, packing);
    }
    let lists = lists(packing, &mut rules);
    pack_sentinel::pack(&rules, &lists, packing)
}

/// The rules, in the order of their files.
fn packables<'a>(packing: &Packing<'a>) -> Result<Vec<Packable<'a>>, String> {
    let texts: Vec<BTreeMap<&str, &Artefact>> =
        packing.parts.iter().map(|part| part.artefacts.iter().map(|artefact| (artefact.path.as_str(), artefact)).collect()).collect();
    let mut out = Vec::new();
    for (at, rule, detection) in packing.rules() {
        let Some(artefact) = texts.get(at.part).and_then(|texts| texts.get(rule.artefact.as_str())) else { continue };
        let stem = artefact.path.strip_suffix(".json").unwrap_or(&artefact.path);
        out.push(Packable { at, card: Card::read(&artefact.text)?, detection, stem });
    }
    out.sort_by_key(|rule| rule.stem);
    Ok(out)
}

/// How a query asks a watchlist.
fn asked(alias: &str) -> String {
    format!("_GetWatchlist({})", print::literal(alias))
}

/// The watchlists, each once: rules that look for the same values in several logs share the list with the shortest alias.
fn lists<'a>(packing: &Packing<'a>, rules: &mut [Packable<'a>]) -> Vec<List<'a>> {
    let artefacts = packing.parts.iter().flat_map(|part| part.artefacts).filter(|artefact| artefact.kind == ArtefactKind::List);
    let named: BTreeMap<&str, &str> =
        artefacts.filter_map(|artefact| Some((artefact.path.rsplit('/').next()?.strip_suffix(".csv")?, artefact.text.as_str()))).collect();
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (alias, text) in &named {
        let known = first.entry(text).or_insert(alias);
        if (alias.len(), *alias) < (known.len(), *known) {
            *known = alias;
        }
    }
    for rule in rules {
        for alias in &mut rule.card.watchlists {
            let Some(shared) = named.get(alias.as_str()).and_then(|text| first.get(text)).filter(|shared| *shared != alias) else { continue };
            // An alias is letters, digits and dashes: its literal stands nowhere else.
            rule.card.query = rule.card.query.replace(&asked(alias), &asked(shared));
            *alias = (*shared).to_owned();
        }
    }
    let shared: BTreeMap<&str, &str> = first.into_iter().map(|(text, alias)| (alias, text)).collect();
    shared.into_iter().map(|(alias, text)| List { alias, text }).collect()
}
