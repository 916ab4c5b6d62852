//! Which fields do logs keep in a way of their own?

use ir::{EventClass, Field};
use logs::Encoding;

use super::source::Source;

/// How a field's values stand in the log's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As they are.
    Plain,
    /// After this word and `=`, in upper case, among other digests: Sysmon's `Hashes`.
    Hash(&'static str),
    /// Before the last backslash of `TargetObject`.
    RegistryKey,
    /// After the last backslash of `TargetObject`.
    RegistryValue,
    /// Text as it is; a DWORD as `DWORD (0x00000001)`.
    RegistryData,
    /// After the backslash of `DOMAIN\user`, or alone where there are no domains.
    Account,
    /// Before that backslash.
    AccountDomain,
    /// Behind a backslash.
    Pipe,
    /// With a separator at its end.
    Directory,
    /// As the number of the event: 4624 success, 4625 failure.
    LogonOutcome,
    /// An error code is there, or not.
    ErrorCode,
    /// As the log source itself.
    Provider,
    /// Inside the task's definition in XML.
    TaskXml,
    /// As one of the answers of a resolver in Sysmon's `QueryResults`.
    Answers,
    /// Task paths begin with a backslash.
    TaskPath,
    /// As `TLSv12` for `TLS 1.2`.
    ZeekVersion,
    /// A flag as the text `true` or `false`.
    TextFlag,
}

/// How the log source's field called `name` keeps a field of the catalogue.
pub(crate) fn way(source: &Source, field: Field, name: &str) -> Way {
    match (source.log.map_or(Encoding::Same, |log| log.encoding(field)), field, name) {
        (Encoding::Digest(word), ..) => Way::Hash(word),
        (Encoding::RegistryKey | Encoding::RegistryKeyByKind, ..) => Way::RegistryKey,
        (Encoding::RegistryValueName, ..) => Way::RegistryValue,
        (Encoding::AccountName, ..) => Way::Account,
        (Encoding::AccountDomain, ..) => Way::AccountDomain,
        (Encoding::Rooted, ..) => Way::Pipe,
        (Encoding::Folder, ..) => Way::Directory,
        (Encoding::TaskXml, ..) => Way::TaskXml,
        (Encoding::Answers, ..) => Way::Answers,
        (_, Field::RegistryData, "Details") => Way::RegistryData,
        (_, Field::Outcome, "EventID") => Way::LogonOutcome,
        (_, Field::CloudOutcome, "errorCode") => Way::ErrorCode,
        (_, Field::CloudProvider, "product") if source.class == EventClass::CloudAudit => Way::Provider,
        (_, Field::TaskName, "TaskName") => Way::TaskPath,
        (_, Field::TlsVersion, "version") => Way::ZeekVersion,
        (_, Field::ImageSigned, "Signed") => Way::TextFlag,
        // Events in Sysmon's words that Sysmon does not log.
        (_, Field::UserName, "User") => Way::Account,
        (_, Field::UserDomain, "User") => Way::AccountDomain,
        _ => Way::Plain,
    }
}
