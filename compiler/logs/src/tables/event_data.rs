//! Where is what Windows' logs hold, when they reach the `Event` table as XML?
//!
//! [`logs`] has the names of the events' data; here each becomes the column that a query makes of it. Values are XML, so `&` and `<` stand as
//! escapes; `unxml` takes them out.

use std::sync::LazyLock;

use crate::{Encoding, Log};
use ir::field::Derivation;
use ir::{EventClass as E, Field as F, FieldKind};

use super::column::{Answer, Column, Fields, computed, computed_number, text};
use super::made::Made::{self, Data, Pieces, Vendor};
use super::made::Part::{AccountDomain, AccountName, Digest, Directory, Extension, LastName, Number, Unrooted};

/// What the column is called that is made for a field; fields that are not here give it the log's own name.
const NAMES: &[(F, &str)] = &[
    (F::ProcessPath, "ProcessPath"),
    (F::ProcessName, "ProcessFile"),
    (F::ProcessPid, "ProcessNumber"),
    (F::ProcessCommandLine, "ProcessCommandLine"),
    (F::ProcessDirectory, "ProcessDirectory"),
    (F::ProcessOriginalName, "ProcessOriginalName"),
    (F::ProcessCompany, "ProcessCompany"),
    (F::ProcessProduct, "ProcessProduct"),
    (F::ProcessDescription, "ProcessDescription"),
    (F::ProcessIntegrity, "ProcessIntegrity"),
    (F::ProcessMd5, "ProcessMD5"),
    (F::ProcessSha1, "ProcessSHA1"),
    (F::ProcessSha256, "ProcessSHA256"),
    (F::ProcessImphash, "ProcessIMPHASH"),
    (F::ParentPath, "ParentPath"),
    (F::ParentName, "ParentFile"),
    (F::ParentCommandLine, "ParentCommandLine"),
    (F::ParentPid, "ParentNumber"),
    (F::TargetProcessPath, "TargetPath"),
    (F::TargetProcessName, "TargetFile"),
    (F::AccessMask, "AccessMask"),
    (F::UserName, "ActorName"),
    (F::UserDomain, "ActorDomain"),
    (F::FilePath, "FilePath"),
    (F::FileName, "FileName"),
    (F::FileDirectory, "FileDirectory"),
    (F::FileExtension, "FileExtension"),
    (F::FileMd5, "FileMD5"),
    (F::FileSha1, "FileSHA1"),
    (F::FileSha256, "FileSHA256"),
    (F::RegistryKey, "RegistryPath"),
    (F::RegistryValueName, "RegistryValue"),
    (F::RegistryData, "RegistryData"),
    (F::ImagePath, "ImagePath"),
    (F::ImageName, "ImageFile"),
    (F::ImageMd5, "ImageMD5"),
    (F::ImageSha1, "ImageSHA1"),
    (F::ImageSha256, "ImageSHA256"),
    (F::ImageImphash, "ImageIMPHASH"),
    (F::ImageSigned, "ImageSigned"),
    (F::ImageSigner, "ImageSigner"),
    (F::SourceIp, "SourceAddress"),
    (F::DestinationIp, "DestinationAddress"),
    (F::DestinationDomain, "DestinationHostName"),
    (F::Transport, "Transport"),
    (F::DnsName, "DnsName"),
    (F::DnsAnswer, "DnsAnswer"),
    (F::ServiceName, "InstalledName"),
    (F::ServicePath, "InstalledPath"),
    (F::ServiceStart, "InstalledStart"),
    (F::ServiceAccount, "InstalledAccount"),
    (F::ScriptText, "ScriptText"),
    (F::ScriptPath, "ScriptPath"),
];

/// A key with the hive of whoever is logged on, which Sysmon names by the user's number.
const SHORT: &str = ", @\"(?i)^HKU\\\\S-1-5-21-[0-9-]+(\\\\|$)\", @\"HKCU\\1\")";

/// Data that live as long as the program: each is made once.
fn kept(made: Made) -> &'static Made {
    Box::leak(Box::new(made))
}

fn pieces(list: Vec<Made>) -> Made {
    Pieces(list.leak())
}

/// What tells the events of a key from those of a value.
fn of_keys(class: E) -> &'static str {
    if class == E::RegistryDelete { "EventData has \"DeleteKey\"" } else { "EventData has_any (\"CreateKey\", \"DeleteKey\", \"RenameKey\")" }
}

/// The column for a field of a log.
fn column(log: &Log, field: F, name: &'static str, encoding: Encoding) -> Option<Column> {
    let title = NAMES.iter().find(|(known, _)| *known == field).map_or(name, |(_, title)| *title);
    let data = kept(Data(name));
    // A pair of quotes ends the data's name; what stands in front of its last backslash, and behind.
    let quoted = |rest: &str| -> Made { Vendor(format!("extract(@'<Data Name=\"{name}\">{rest}', 1, EventData)").leak()) };
    let (before, behind, whole) = (quoted("([^<]*)\\\\[^<\\\\]*<"), quoted("[^<]*\\\\([^<\\\\]*)<"), quoted("([^<]*)<"));
    let made = match (encoding, field) {
        (_, F::HostName) => return Some(text(name)),
        (_, F::DnsName) => Unrooted.of(data),
        (_, F::DnsAnswer) => {
            let from = pieces(vec![Vendor("replace_regex("), *data, Vendor(", @\"type: +[0-9]+ +|::ffff:\", \"\")")]);
            return Some(Column { name: title, from, answer: Answer::Joined });
        }
        (Encoding::RegistryKey, _) => pieces(vec![Vendor("replace_regex(unxml("), before, Vendor(")"), Vendor(SHORT)]),
        (Encoding::RegistryKeyByKind, _) => pieces(vec![
            Vendor("replace_regex(unxml(iff("),
            Vendor(of_keys(log.class)),
            Vendor(", "),
            whole,
            Vendor(", "),
            before,
            Vendor("))"),
            Vendor(SHORT),
        ]),
        (Encoding::Same, F::RegistryKey) => pieces(vec![Vendor("replace_regex(unxml("), whole, Vendor(")"), Vendor(SHORT)]),
        (Encoding::RegistryValueName, _) if log.encoding(F::RegistryKey) == Encoding::RegistryKeyByKind => {
            pieces(vec![Vendor("unxml(iff("), Vendor(of_keys(log.class)), Vendor(", \"\", "), behind, Vendor("))")])
        }
        (Encoding::RegistryValueName, _) => pieces(vec![Vendor("unxml("), behind, Vendor(")")]),
        (Encoding::Rooted, _) => pieces(vec![Vendor("trim_start(@\"\\\\\", "), *data, Vendor(")")]),
        (Encoding::AccountName, _) => AccountName.of(data),
        (Encoding::AccountDomain, _) => AccountDomain.of(data),
        (Encoding::Digest(digest), _) => Digest(digest).of(data),
        (Encoding::Same | Encoding::Folder, _) if field.kind() == FieldKind::Number => return Some(computed_number(title, Number.of(data))),
        (Encoding::Same | Encoding::Folder, _) => *data,
        _ => return None,
    };
    Some(computed(title, made))
}

/// The columns for the fields of a log, and for those that are parts of them.
fn columns(log: &'static Log) -> Fields {
    let mut out: Vec<(F, &'static [Column])> = Vec::new();
    for (field, name, encoding) in log.rows() {
        out.extend(column(log, *field, name, *encoding).map(|column| (*field, &*vec![column].leak())));
    }
    for field in log.class.fields().filter(|field| log.row(*field).is_none()) {
        let Some((whole, how)) = field.derived_from() else { continue };
        let part = match how {
            Derivation::LastPart => LastName,
            Derivation::Directory => Directory,
            Derivation::Extension => Extension,
            _ => continue,
        };
        let (Some((_, name, Encoding::Same)), Some((_, title))) = (log.row(whole), NAMES.iter().find(|(known, _)| *known == field)) else { continue };
        out.push((field, vec![computed(title, part.of(kept(Data(name))))].leak()));
    }
    out.leak()
}

/// The columns of a log's events.
pub(super) fn fields(log: &'static Log) -> Fields {
    static MADE: LazyLock<Vec<(&'static Log, Fields)>> = LazyLock::new(|| crate::all().map(|log| (log, columns(log))).collect());
    // What tells logs apart, and shortly: a declaration has no address of its own.
    let same = |known: &Log| (known.class, known.service, known.numbers) == (log.class, log.service, log.numbers);
    MADE.iter().find(|(known, _)| same(known)).map_or(&[], |(_, fields)| *fields)
}
