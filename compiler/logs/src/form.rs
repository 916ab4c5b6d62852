//! In which form does a log write the value of a field?

/// A field of the catalogue, the log's name for it, and how the log writes its values.
pub type Row = (ir::Field, &'static str, Encoding);

/// Classes, fields that none of them has, and why, as a clause.
pub type Absence = (&'static [ir::EventClass], &'static [ir::Field], &'static str);

/// Words of a log for each word of the catalogue.
pub type Words = &'static [(&'static str, &'static [&'static str])];

/// How a log writes the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As the catalogue does.
    Same,
    /// As the catalogue does; an event may hold several values.
    Several,
    /// As whole URLs, of which an event may hold several; their hosts are meant.
    HostOfUrls,
    /// As a full path; its last part is meant.
    LastPart,
    /// As an address; its domain is meant.
    MailDomain,
    /// With a backslash before it.
    Rooted,
    /// With a separator behind it, or without.
    Folder,
    /// As `DOMAIN\name`; the name is meant.
    AccountName,
    /// As `DOMAIN\name`; the domain is meant.
    AccountDomain,
    /// As `MD5=...,SHA256=...`; the named digest is meant.
    Digest(&'static str),
    /// As `MD5=...,SHA256=...` or the digest alone, as add-ons do.
    DigestOrAlone(&'static str),
    /// As `key\value`; the key is meant, under any spelling of its hive.
    RegistryKey,
    /// As the key itself or `key\value`, depending on `EventType`; the key is meant.
    RegistryKeyByKind,
    /// As `key\value`; the key is meant, with a long or a short name of its hive.
    AnyRegistryKey,
    /// As `key\value`; the value's name is meant.
    RegistryValueName,
    /// As Sysmon does: `DWORD (0x00000001)`. Add-ons may leave out the type's name.
    RegistryData,
    /// As Sysmon writes the answers of a resolver: [`answers`](crate::answers).
    Answers,
    /// Within XML or another text.
    Inside,
    /// Within a task's definition: the command and its arguments.
    TaskXml,
    /// In words of the log's own.
    Words(Words),
    /// As an error's code, which is left out where what was asked for succeeded.
    ErrorCode,
    /// Nowhere: each event of the log has this value.
    Implied(&'static str),
}
