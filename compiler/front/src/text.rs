//! What does a document in prose say as a whole? Its values, what its words say besides, and the rules that it prints, read side by side.

use context::Context;
use prose::{Flat, Found, Printed, Seen};
use source::{FileId, Sources};

/// A document in prose.
#[derive(Clone, Debug, Default)]
pub struct Text<'s> {
    /// What it says besides its values.
    pub context: Context,
    /// Its values, in reading order.
    pub found: Vec<Found<'s>>,
    /// The rules that it prints.
    pub printed: Printed,
}

/// Reads a document in prose. Never fails; the time grows with its length alone.
#[must_use]
pub fn read(sources: &Sources, file: FileId) -> Text<'_> {
    let page = Flat::of(&sources.file(file).text);
    let page = page.as_ref();
    let (seen, context) = rayon::join(|| Seen::of(sources, file, page), || context::of_page(sources, file, page));
    let (found, printed) = rayon::join(|| seen.judged(), || prose::printed(sources, file));
    Text { context, found, printed }
}

/// Makes the tables that are made when a document is read first, on another thread: by reading a document that asks for those that
/// nearly every document asks for.
pub fn prepare() {
    const ASKS: &str = "# Report\n\nThe group was seen on 4 March 2026 at a.example.net.\n\nMutex: abc\n";
    rayon::spawn(|| {
        let mut sources = Sources::default();
        let file = sources.add("", ASKS);
        let _ = read(&sources, file);
    });
}
