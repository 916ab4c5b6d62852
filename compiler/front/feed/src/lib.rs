//! What do other people's feeds hold? CSV, plain lists, MISP, STIX and OpenIOC become indicators.
//!
//! A reader never fails and never guesses in silence: a row becomes an [`ir::Indicator`], or it is in [`Read::listed`] with
//! a reason, and what could not be understood is a diagnostic at its exact bytes. Whatever quoting a format uses, an
//! origin's span covers the value as it stands in the file.
//!
//! **Who decides the role.** A `role` or `direction` column named in a [`Mapping`] speaks for its row. Otherwise
//! [`Defaults`] speak for the whole feed when they say anything (a role other than unknown, or a direction other than either).
//! Otherwise the feed's own words do: `ip-dst`, a kill-chain phase, `C2` in a comment.
//!
//! Start with [`read`]; each format has its file.

mod advisory;
pub mod blocks;
mod cell;
mod codes;
mod collect;
mod column;
mod column_kind;
mod column_words;
mod csv;
mod defaults;
mod detect;
mod fit;
mod format;
mod group;
mod head;
mod index;
mod input;
mod json;
mod kind;
mod kind_words;
mod list;
pub mod listing;
mod misp;
mod misp_type;
mod openioc;
mod outcome;
mod path;
mod pattern;
mod records;
mod row;
mod stix;
mod stix_rules;
mod table;
mod tags;
mod text;
pub mod unknown;
mod verdict;
mod verdict_clauses;
mod verdict_words;
mod walk;
mod want;
mod window;
mod words;

#[cfg(test)]
mod corpora;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod records_tests;
#[cfg(test)]
mod trial;

pub use advisory::advisory;
pub use codes::{CODES, NO_VALUES};
pub use defaults::{Defaults, Mapping};
pub use format::Format;
pub use head::Head;
pub use input::{Input, MAX_DEPTH, Named};
pub use kind::hives;
pub use outcome::{Entry, Header, Listed, Read, Sink, Value};
pub use verdict::takes_out;

use std::borrow::Cow;
use std::io::Read as _;

use source::{Diagnostic, FileId, Sources, Span};

/// The largest feed that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// Reads a feed.
#[must_use]
pub fn read(sources: &Sources, file: FileId, format: Format, defaults: &Defaults) -> Read {
    let source = sources.file(file);
    run(&Named { name: &source.name, text: &source.text }, file, format, defaults, None)
}

/// Reads a feed and passes each value on as soon as it is read. JSON is read from the input as it comes and
/// never held as a whole; the other formats are held while they are read. The header's marking is the one that the feed
/// gives itself: one that merely all values have in common is known only to [`read`].
#[must_use]
pub fn pass(input: &dyn Input, file: FileId, format: Format, defaults: &Defaults, sink: &mut Sink<'_>) -> Read {
    run(input, file, format, defaults, Some(sink))
}

/// Reads a feed, into memory when its format asks for that.
fn run(input: &dyn Input, file: FileId, format: Format, defaults: &Defaults, sink: Option<&mut Sink<'_>>) -> Read {
    let streamed = matches!(format, Format::Misp | Format::Stix | Format::Json);
    let (text, refused) = match if streamed { Ok(Cow::Borrowed("")) } else { whole(input, file) } {
        Ok(text) => (text, None),
        Err(said) => (Cow::Borrowed(""), Some(said)),
    };
    let sink = sink.map(|sink| -> &mut Sink<'_> { sink });
    let mut out = collect::Collector::new(file, &text, defaults, sink);
    if let Some(said) = refused {
        out.say(*said);
        return out.finish();
    }
    if verdict::in_file_name(input.name()) {
        let base = input.name().rsplit(['/', '\\']).next().unwrap_or_default();
        out.refused = Some(format!("its list is called `{}`", words::short(base)));
    }
    match format {
        Format::Csv => csv::read(&text, defaults, &mut out),
        Format::List => list::read(&text, &mut out),
        Format::Misp => misp::read(input, &mut out),
        Format::Stix => stix::read(input, &mut out),
        Format::OpenIoc => openioc::read(&text, &mut out),
        Format::Json => records::read(input, &mut out),
    }
    out.finish()
}

/// The whole text.
fn whole(input: &dyn Input, file: FileId) -> Result<Cow<'_, str>, Box<Diagnostic>> {
    let too_large = || {
        Diagnostic::new(&codes::TOO_LARGE, format!("the feed has more than {MAX_BYTES} bytes"))
            .at(Span::new(file, 0, 0), "not read")
            .help("it might be split into several files")
    };
    let unread = |why| Diagnostic::new(&codes::BROKEN, format!("the feed cannot be read: {why}")).at(Span::new(file, 0, 0), "this feed");
    if let Some(text) = input.text() {
        return if text.len() > MAX_BYTES { Err(too_large().into()) } else { Ok(text.into()) };
    }
    let mut text = String::new();
    let reader = input.open().map_err(unread)?;
    reader.take(MAX_BYTES as u64 + 1).read_to_string(&mut text).map_err(|error| unread(error.to_string()))?;
    if text.len() > MAX_BYTES { Err(too_large().into()) } else { Ok(text.into()) }
}
