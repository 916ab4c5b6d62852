//! Which blocks had another name? Their rules keep the numbers they have.

use backend::Lock;
use ir::Advisory;

/// Moves the rows of rules whose blocks were renamed to their keys of today. A row that is there under the new name stays, and the old one too.
pub fn renamed(advisories: &[Advisory], lock: &mut Lock) {
    for advisory in advisories {
        let id = &advisory.header.id;
        let indicators = advisory.indicators.iter().map(|block| &block.head);
        let behaviors = advisory.behaviors.iter().map(|block| &block.head);
        for head in indicators.chain(behaviors).chain(advisory.correlations.iter().map(|block| &block.head)) {
            for former in &head.renamed_from {
                lock.rename(&format!("{id}/{former}"), &format!("{id}/{}", head.name));
            }
        }
    }
}
