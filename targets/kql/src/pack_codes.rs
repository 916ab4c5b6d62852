//! What can be said of a package for Sentinel or Defender?

use source::Code;

pub(crate) static SETTING: Code = Code::error("kql.package-setting", "a setting of a package is not known, or its value cannot stand there");
pub(crate) static MANY_RULES: Code = Code::error("kql.many-rules", "more rules would be switched on than a workspace runs");
pub(crate) static MANY_DEPLOYMENTS: Code =
    Code::note("kql.many-deployments", "rules share a template, because a resource group keeps few deployments");
pub(crate) static LIST_BY_HAND: Code = Code::note("kql.list-by-hand", "a watchlist is too large for a template, and is imported as a file");
pub(crate) static SHORTENED: Code = Code::note("kql.shortened", "a rule says more than the product keeps");
pub(crate) static HUNT_WINDOW: Code = Code::warn("kql.hunt-window", "an advisory asks for older events than the product keeps");
pub(crate) static NO_ENTITY: Code = Code::warn("kql.no-entity", "a query names no device, account or mailbox, so that it cannot run by itself");
pub(crate) static MANY_INDICATORS: Code = Code::warn("kql.many-indicators", "there are more indicators than a tenant keeps");
pub(crate) static NO_INDICATOR: Code = Code::note("kql.no-indicator", "a value is none that the product takes as an indicator");

/// What a package for Sentinel can raise.
pub(crate) static SENTINEL: [&Code; 5] = [&SETTING, &MANY_RULES, &MANY_DEPLOYMENTS, &LIST_BY_HAND, &SHORTENED];
/// What a package for Defender can raise.
pub(crate) static DEFENDER: [&Code; 6] = [&SETTING, &SHORTENED, &HUNT_WINDOW, &NO_ENTITY, &MANY_INDICATORS, &NO_INDICATOR];
