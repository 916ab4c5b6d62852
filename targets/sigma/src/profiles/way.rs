//! Which fields do logs keep in a way of their own?

use ir::{EventClass, Field};

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
    /// Task paths begin with a backslash.
    TaskPath,
    /// As `TLSv12` for `TLS 1.2`.
    ZeekVersion,
    /// A flag as the text `true` or `false`.
    TextFlag,
}

/// How the log source's field called `name` keeps a field of the catalogue.
pub(crate) fn way(class: EventClass, field: Field, name: &str) -> Way {
    match (field, name) {
        (Field::ProcessMd5 | Field::FileMd5 | Field::ImageMd5, "Hashes") => Way::Hash("MD5"),
        (Field::ProcessSha1 | Field::FileSha1 | Field::ImageSha1, "Hashes") => Way::Hash("SHA1"),
        (Field::ProcessSha256 | Field::FileSha256 | Field::ImageSha256, "Hashes") => Way::Hash("SHA256"),
        (Field::ProcessImphash | Field::ImageImphash, "Hashes") => Way::Hash("IMPHASH"),
        (Field::RegistryKey, "TargetObject") => Way::RegistryKey,
        (Field::RegistryValueName, "TargetObject") => Way::RegistryValue,
        (Field::RegistryData, "Details") => Way::RegistryData,
        (Field::UserName, "User" | "SourceUser") => Way::Account,
        (Field::UserDomain, "User" | "SourceUser") => Way::AccountDomain,
        (Field::PipeName, "PipeName") => Way::Pipe,
        (Field::ProcessDirectory, "CurrentDirectory") => Way::Directory,
        (Field::Outcome, "EventID") => Way::LogonOutcome,
        (Field::CloudOutcome, "errorCode") => Way::ErrorCode,
        (Field::CloudProvider, "product") if class == EventClass::CloudAudit => Way::Provider,
        (Field::TaskCommand, "TaskContent") => Way::TaskXml,
        (Field::TaskName, "TaskName") => Way::TaskPath,
        (Field::TlsVersion, "version") => Way::ZeekVersion,
        (Field::ImageSigned, "Signed") => Way::TextFlag,
        _ => Way::Plain,
    }
}
