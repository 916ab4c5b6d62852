//! The one list of targets.
//!
//! What this crate does not do: anything else. A new target is one crate and one row in [`all`].

use backend::{Package, Profile, Target};

/// Every target, in the order of the coverage table.
#[must_use]
pub fn all() -> &'static [&'static dyn Target] {
    &[&sigma::Sigma, &suricata::Suricata, &yara::Yara, &kql::Kql, &splunk::Splunk, &zeek::Zeek]
}

/// What to build for a wish such as `kql`, `kql/sentinel` or, with `all`, everything that is built by default. A target that has no default
/// profile is built whole when it is named.
///
/// # Errors
///
/// The known names, when the wish is none of them.
pub fn select(wish: &str) -> Result<Vec<(&'static dyn Target, &'static Profile)>, Vec<String>> {
    let (id, profile) = wish.split_once('/').map_or((wish, None), |(id, profile)| (id, Some(profile)));
    let mut out = Vec::new();
    for target in all().iter().filter(|target| id == "all" || target.about().id == id) {
        let profiles = target.about().profiles;
        let named = id != "all" && !profiles.iter().any(|known| known.default);
        let wanted = |known: &&Profile| profile.map_or(known.default || named, |wanted| wanted == known.id);
        out.extend(profiles.iter().filter(wanted).map(|known| (*target, known)));
    }
    if out.is_empty() { Err(names()) } else { Ok(out) }
}

/// Every name that [`select`] knows.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names = vec!["all".to_owned()];
    for target in all() {
        let about = target.about();
        names.push(about.id.to_owned());
        if about.profiles.len() > 1 {
            names.extend(about.profiles.iter().map(|profile| format!("{}/{}", about.id, profile.id)));
        }
    }
    names
}

/// Every package that a target makes, and the target.
pub fn packages() -> impl Iterator<Item = (&'static dyn Target, &'static Package)> {
    all().iter().flat_map(|target| target.packages().iter().map(|package| (*target, package)))
}

/// Every code that any target can raise itself.
#[must_use]
pub fn codes() -> Vec<&'static source::Code> {
    let packing = packages().flat_map(|(_, package)| package.codes);
    all().iter().flat_map(|target| target.about().codes).chain(packing).copied().collect()
}
