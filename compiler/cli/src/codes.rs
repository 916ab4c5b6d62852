//! What can be said at all? Every code of the program.

use source::Code;

use crate::hunt::codes::CODES as HUNT;
use crate::inputs;

/// Every code of the program, sorted by slug.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let own: [&'static Code; 5] = [&inputs::EMPTY, &inputs::UNREADABLE, &inputs::UNKNOWN, &inputs::OTHER_YAML, &inputs::NOTHING];
    let mut codes: Vec<&'static Code> = own.to_vec();
    codes.extend(HUNT);
    codes.extend(front::codes().chain(backend::CODES.iter().chain(pipeline::CODES).copied()));
    codes.extend(registry::codes());
    codes.extend(package::CODES);
    codes.sort_by_key(|code| code.slug);
    codes.dedup_by_key(|code| code.slug);
    codes
}
