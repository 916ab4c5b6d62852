//! In which order options stand: everything about one buffer together, behind what needs no buffer.
//!
//! The engine warns when a rule opens a buffer twice, and every content behind a buffer's name looks at that buffer.

use crate::ast::{Item, Number, Transform};

/// What is said about one buffer.
struct Block {
    buffer: &'static str,
    /// The transformations, as one word; each is a buffer of its own to the engine.
    transforms: String,
    head: Vec<Item>,
    optional: bool,
    tests: Vec<Item>,
}

/// Puts the options of each buffer together, in the order in which buffers were first named.
pub(super) fn grouped(items: impl IntoIterator<Item = Item>) -> Vec<Item> {
    let mut bare = Vec::new();
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for item in items {
        match (item, &mut open) {
            (Item::Buffer(buffer), _) => {
                close(open.take(), &mut blocks);
                open = Some(Block { buffer, transforms: String::new(), head: Vec::new(), optional: false, tests: Vec::new() });
            }
            (item @ Item::Transform(_), Some(block)) => {
                block.transforms.push_str(&format!("{item:?} "));
                block.head.push(item);
            }
            (Item::AbsentOrElse, Some(block)) => block.optional = true,
            (item @ (Item::Content(_) | Item::Pcre(_) | Item::Size(_) | Item::Dataset { .. }), Some(block)) => block.tests.push(item),
            (item, _) => bare.push(item),
        }
    }
    close(open, &mut blocks);
    // What only informs the engine, such as thresholds, stands last.
    let (late, mut out): (Vec<Item>, Vec<Item>) =
        bare.into_iter().partition(|item| matches!(item, Item::Threshold { .. } | Item::Xbits { .. } | Item::NoAlert));
    for block in blocks {
        out.push(Item::Buffer(block.buffer));
        out.extend(block.head);
        out.extend(block.optional.then_some(Item::AbsentOrElse));
        // That the buffer is not empty goes without saying where something is found in it; an expression may find nothing.
        let told = block.tests.iter().any(|item| !matches!(item, Item::Size(Number::More(0)) | Item::Pcre(_)));
        let mut told = told;
        out.extend(block.tests.into_iter().filter(|item| match item {
            Item::Size(Number::More(0)) => !std::mem::replace(&mut told, true),
            _ => true,
        }));
    }
    out.extend(late);
    out
}

/// Hosts in lower case whatever was sent: Suricata 7 keeps capitals before a port and inside brackets.
pub(super) fn in_lower_case(items: impl IntoIterator<Item = Item>) -> impl Iterator<Item = Item> {
    items.into_iter().flat_map(|item| {
        let lower = matches!(item, Item::Buffer("http.host")).then_some(Item::Transform(Transform::ToLowercase));
        std::iter::once(item).chain(lower)
    })
}

fn close(block: Option<Block>, blocks: &mut Vec<Block>) {
    let Some(block) = block else { return };
    match blocks.iter_mut().find(|known| known.buffer == block.buffer && known.transforms == block.transforms) {
        Some(known) => {
            // A test that needs the buffer decides for all.
            known.optional &= block.optional;
            known.tests.extend(block.tests);
        }
        None => blocks.push(block),
    }
}
