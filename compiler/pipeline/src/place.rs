//! In which way does an event hold a value?

use ir::Field;

/// How a value is looked for in a class of events.
pub(crate) enum Place {
    Exact(Field),
    Contains(Field),
    Address(Field, Option<Field>),
    Domain(Field),
    Url(Field),
    Number(Field),
    Registry,
    /// With the folder that events write before a task's name, or without it.
    Task,
    /// Among the file's bytes, as text in both widths.
    Strings,
}
