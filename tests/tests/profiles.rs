//! Is every cell of every profile decided: a name, a part of a named field, or absent for a reason of its own?
#![allow(clippy::disallowed_methods, reason = "checks print what they found")]

use ir::EventClass;

#[test]
fn every_cell_is_decided() {
    let mut count = 0;
    for target in registry::all() {
        for profile in target.about().profiles {
            let capabilities = target.capabilities(profile);
            for (class, name, _) in EventClass::ALL.iter().filter(|(class, ..)| capabilities.event(*class).is_ok()) {
                for field in class.fields().filter(|field| !capabilities.decides(*class, *field)) {
                    println!("{}/{}: {} of {name}", target.about().id, profile.id, field.name());
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 0, "cells that no table speaks of, so that the profile's common reason is given");
}
