//! How does a search say which log it reads? Where it is read by people, with the words that tell the log beside the macro of its index; in a package with
//! a macro of its own, so that a site whose forwarders use other words says so once, in one place.

use crate::ast::{Log, Query, Rule, Search, SiteMacro, Stage};

/// Says of each log of a rule which one it is: by its macro, or in words.
pub(crate) fn say(rule: &mut Rule, by_macro: bool) {
    let Rule { query: Query(stages), macros, .. } = rule;
    stages.iter_mut().for_each(|stage| of_stage(stage, by_macro, macros));
    macros.sort();
    macros.dedup();
}

fn of_stage(stage: &mut Stage, by_macro: bool, macros: &mut Vec<SiteMacro>) {
    match stage {
        Stage::Search(search) => of_search(search, by_macro, macros),
        Stage::Multisearch(queries) => queries.iter_mut().flat_map(|query| &mut query.0).for_each(|stage| of_stage(stage, by_macro, macros)),
        Stage::Tstats { filter: Some(search), .. } => of_search(search, by_macro, macros),
        _ => {}
    }
}

fn of_search(search: &mut Search, by_macro: bool, macros: &mut Vec<SiteMacro>) {
    match search {
        Search::Log(log) => {
            let mut said = said(log, by_macro, macros);
            *search = if said.len() == 1 { said.swap_remove(0) } else { Search::All(said) };
        }
        Search::All(list) => {
            // Macro and words stand beside what else is asked.
            let mut out = Vec::with_capacity(list.len() + 2);
            for mut one in std::mem::take(list) {
                if let Search::Log(log) = &one {
                    out.extend(said(log, by_macro, macros));
                } else {
                    of_search(&mut one, by_macro, macros);
                    out.push(one);
                }
            }
            *list = out;
        }
        Search::Any(list) => list.iter_mut().for_each(|one| of_search(one, by_macro, macros)),
        Search::Not(inner) => of_search(inner, by_macro, macros),
        Search::Term { .. } | Search::Macro(_) | Search::Indexed(_) | Search::Nothing => {}
    }
}

fn said(log: &Log, by_macro: bool, macros: &mut Vec<SiteMacro>) -> Vec<Search> {
    if by_macro {
        macros.push(log.own.clone());
        return vec![Search::Macro(log.own.name.clone())];
    }
    std::iter::once(Search::Macro(log.index.clone())).chain(log.told.iter().cloned()).collect()
}
