//! Which column answers for a field, and how?

use ir::Field;

use super::made::Made;

/// How a column answers tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A point in time.
    Time,
    /// Text; one of these words and nothing else.
    Among(&'static [&'static str]),
    /// Any member with this key, wherever it stands in a JSON text.
    Within(&'static str),
    /// An address; IPv4 may be written as `::ffff:192.0.2.1`.
    MappedAddress,
    /// The texts without names of an event's XML in `EventData`, one on each line.
    Texts,
    /// Several values in one text, separated by commas, semicolons, bars, brackets or quotes.
    Joined,
    /// A path; another column holds its last part.
    Path(&'static str),
    /// The last part of a path, and nothing of the rest.
    LastPart,
    /// What stands in two columns, with a backslash between them; the column's own computation joins them.
    Pair {
        /// The two columns. The second may be empty only where the first is the whole.
        parts: [&'static str; 2],
        /// Whether the first is a registry key whose hive has its long name.
        hives: bool,
    },
    /// A registry key, or a key and a value's name, whose hive has its long name.
    Key,
    /// A word for each word of the log.
    Words(&'static [(&'static str, &'static str)]),
    /// What a registry value holds: a number is in decimal, and another column says that it is one.
    Registry {
        /// The column that says the type.
        kind: &'static str,
        /// What it says.
        numbers: Numbers,
    },
    /// Always this text.
    Always(&'static str),
    /// Any row of another table that shares a key with this one.
    Other {
        /// The other table.
        table: &'static str,
        /// The key, named the same in both.
        key: &'static str,
    },
}

/// What a table calls the types of registry values that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// `REG_DWORD`.
    pub dword: &'static str,
    /// `REG_QWORD`.
    pub qword: &'static str,
    /// `REG_BINARY`.
    pub binary: &'static str,
}

/// The columns that answer for each field; any of them is enough.
pub type Fields = &'static [(Field, &'static [Column])];

/// One column that answers for a field.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the query.
    pub name: &'static str,
    /// How it is made.
    pub from: Made,
    /// How it answers.
    pub answer: Answer,
}

/// A column of the table.
pub const fn text(name: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Text }
}

/// A column that holds a path, and the one that holds its last part.
pub const fn path(name: &'static str, last: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Path(last) }
}

/// A column that has a word for each word of the log.
pub const fn words(name: &'static str, words: &'static [(&'static str, &'static str)]) -> Column {
    Column { name, from: Made::Own, answer: Answer::Words(words) }
}

/// A computed text.
pub const fn computed(name: &'static str, from: Made) -> Column {
    Column { name, from, answer: Answer::Text }
}

/// A column that holds a number.
pub const fn number(name: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Number }
}

/// A column that holds a point in time.
pub const fn time(name: &'static str) -> Column {
    Column { name, from: Made::Own, answer: Answer::Time }
}

/// A computed number.
pub const fn computed_number(name: &'static str, from: Made) -> Column {
    Column { name, from, answer: Answer::Number }
}

/// A fixed text.
pub const fn always(word: &'static str) -> Column {
    Column { name: "", from: Made::Own, answer: Answer::Always(word) }
}

/// Text that holds one of a few words.
pub const fn among(name: &'static str, words: &'static [&'static str]) -> Column {
    Column { name, from: Made::Own, answer: Answer::Among(words) }
}

/// Any member with a key in a column of JSON.
pub const fn within(name: &'static str, from: Made, key: &'static str) -> Column {
    Column { name, from, answer: Answer::Within(key) }
}

/// A registry key by the kernel's name of its hive, as Windows' audit has it
/// (<https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4657>).
pub const OBJECT_NAME: Column = computed(
    "ObjectName",
    Made::Vendor(
        "case(RegistryKey startswith \"HKEY_LOCAL_MACHINE\", strcat(@\"\\REGISTRY\\MACHINE\", substring(RegistryKey, 18)), \
RegistryKey startswith \"HKEY_USERS\", strcat(@\"\\REGISTRY\\USER\", substring(RegistryKey, 10)), RegistryKey)",
    ),
);

/// An entity that an alert can name: Sentinel's type, its identifier, and the column.
pub type Entity = (&'static str, &'static str, &'static str);

/// What Windows' log and Sysmon call the time of an event, which every table has in a column of its own.
pub const EVENT_TIMES: [&str; 2] = ["TimeCreated", "UtcTime"];
