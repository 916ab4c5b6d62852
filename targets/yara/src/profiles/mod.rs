//! Which fields does YARA have, and under which name?

use backend::{Capabilities, Form, Name, Profile};
use ir::EventClass::FileContent;
use ir::Field;

/// The only profile: the language is the same in every scanner.
pub(crate) const YARA: Profile = Profile { id: "yara", title: "YARA 4.x and YARA-X", default: true };

const EXTERNAL: Name = Name::Absent { why: "names and places of files are external variables, which not every scanner defines" };

/// What YARA can say.
pub(crate) static CAPABILITIES: Capabilities = Capabilities {
    events: &[(FileContent, Name::Is("file"))],
    fields: &[
        (FileContent, Field::FileSize, Name::Is("filesize")),
        (FileContent, Field::FileMd5, Name::Is("hash.md5(0, filesize)")),
        (FileContent, Field::FileSha1, Name::Is("hash.sha1(0, filesize)")),
        (FileContent, Field::FileSha256, Name::Is("hash.sha256(0, filesize)")),
        (FileContent, Field::FileSha512, Name::Absent { why: "the hash module has no SHA-512" }),
        (FileContent, Field::FileImphash, Name::Is("pe.imphash()")),
        (FileContent, Field::FileType, Name::Is("first bytes")),
        (FileContent, Field::FileName, EXTERNAL),
        (FileContent, Field::FilePath, EXTERNAL),
        (FileContent, Field::FileDirectory, EXTERNAL),
        (FileContent, Field::FileExtension, EXTERNAL),
    ],
    absent: &[],
    otherwise: "YARA reads bytes, not logs",
    regex: true,
    negation: true,
    exists: false,
    field_to_field: false,
    under: Form::Text,
    url: Form::Text,
    open_field: backend::no_field,
    open_source: None,
    tells_empty: false,
    time_parts: false,
    bytes: true,
};
