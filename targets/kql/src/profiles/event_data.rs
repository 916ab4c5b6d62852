//! Where is what Windows' logs hold, when they reach the `Event` table as XML?
//!
//! [`logs`] has the names of the events' data; here each becomes the column that a query makes of it. Values are XML, so `&` and `<` stand as
//! escapes; `unxml` takes them out.

use std::sync::LazyLock;

use ir::field::Derivation;
use ir::{EventClass as E, Field as F, FieldKind, Platform};
use logs::{Encoding, Log, sysmon, windows};

use super::{Answer, Column, Entity, Fields, Others, Source, computed, computed_number, number, text};
use crate::made::Made::{self, Data, Pieces, Vendor};
use crate::made::Part::{AccountDomain, AccountName, Digest, Directory, Extension, LastName, Number, Unrooted};

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
            let from = pieces(vec![Vendor("replace_string("), *data, Vendor(", \"::ffff:\", \"\")")]);
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
    static MADE: LazyLock<Vec<(&'static Log, Fields)>> =
        LazyLock::new(|| sysmon::ALL.into_iter().chain(windows::ALL).map(|log| (log, columns(log))).collect());
    MADE.iter().find(|(known, _)| *known == log).map_or(&[], |(_, fields)| *fields)
}

const ENTITIES: &[Entity] = &[("Host", "FullName", "Computer")];

/// What every row of Sysmon's says of its log.
const LOG: &[(&str, &[Column])] = &[("EventID", &[number("EventID")]), ("Provider_Name", &[text("Source")]), ("Channel", &[text("EventLog")])];

/// A log whose events are rows of `Event`.
const fn event(log: &'static Log, label: &'static str, rows: &'static str) -> Source {
    Source {
        class: log.class,
        label,
        table: "Event",
        rows,
        ways: None,
        data: "",
        platform: Some(Platform::Windows),
        flow: None,
        connector: "",
        fields: &[],
        log: Some(log),
        open: &[],
        beside: "",
        others: Others::Named(log.beyond),
        entities: ENTITIES,
    }
}

const fn of_sysmon(log: &'static Log, rows: &'static str) -> Source {
    Source { open: LOG, ..event(log, "sysmon", rows) }
}

/// One for each kind of event that Sysmon writes.
pub(super) const PROCESS_START: Source = of_sysmon(&sysmon::PROCESS_START, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 1");
pub(super) const PROCESS_ACCESS: Source = of_sysmon(&sysmon::PROCESS_ACCESS, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 10");
pub(super) const FILE_CREATE: Source = of_sysmon(&sysmon::FILE_CREATE, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 11");
pub(super) const FILE_CHANGE: Source = of_sysmon(&sysmon::FILE_MODIFY, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 2");
pub(super) const FILE_STREAM: Source = of_sysmon(&sysmon::FILE_STREAM, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 15");
pub(super) const REMOTE_THREADS: Source = of_sysmon(&sysmon::REMOTE_THREAD, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 8");
pub(super) const REGISTRY_CREATE: Source =
    of_sysmon(&sysmon::REGISTRY_CREATE, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 12 and EventData has \"CreateKey\"");
pub(super) const REGISTRY_CHANGE: Source = of_sysmon(&sysmon::REGISTRY_CHANGE, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (12, 13, 14)");
pub(super) const FILE_REMOVE: Source = of_sysmon(&sysmon::FILE_DELETE, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (23, 26)");
pub(super) const REGISTRY_SET: Source = of_sysmon(&sysmon::REGISTRY_SET, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 13");
pub(super) const REGISTRY_REMOVE: Source = of_sysmon(
    &sysmon::REGISTRY_DELETE,
    "Source == \"Microsoft-Windows-Sysmon\" and EventID == 12 and EventData has_any (\"DeleteKey\", \"DeleteValue\")",
);
pub(super) const IMAGE_LOAD: Source = of_sysmon(&sysmon::IMAGE_LOAD, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 7");
pub(super) const DRIVER_LOAD: Source = of_sysmon(&sysmon::DRIVER_LOAD, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 6");
pub(super) const PIPE_CREATE: Source = of_sysmon(&sysmon::PIPE, "Source == \"Microsoft-Windows-Sysmon\" and EventID in (17, 18)");
pub(super) const NETWORK_FLOW: Source = of_sysmon(&sysmon::NETWORK_FLOW, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 3");
pub(super) const DNS_QUERY: Source = of_sysmon(&sysmon::DNS_QUERY, "Source == \"Microsoft-Windows-Sysmon\" and EventID == 22");

/// What the channels hold that the agent does not parse.
pub(super) const SERVICE_LOG: Source = event(&windows::SERVICE_INSTALL, "system", "Source == \"Service Control Manager\" and EventID == 7045");
pub(super) const SCRIPT_BLOCK: Source = event(&windows::SCRIPT_BLOCK, "powershell", "Source == \"Microsoft-Windows-PowerShell\" and EventID == 4104");

pub(super) const TASK_REGISTERED: Source =
    event(&windows::TASK_REGISTERED, "taskscheduler", "Source == \"Microsoft-Windows-TaskScheduler\" and EventID == 106");

/// Sysmon for Linux writes the same XML to syslog (<https://github.com/microsoft/SysmonForLinux>).
const fn linux(log: &'static Log, rows: &'static str) -> Source {
    Source { label: "linux", table: "Syslog", data: "SyslogMessage", platform: Some(Platform::Linux), connector: "Syslog", ..event(log, "", rows) }
}

pub(super) const LINUX_PROCESS_START: Source =
    linux(&sysmon::PROCESS_START, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>1</EventID>\"");
pub(super) const LINUX_FILE_CREATE: Source =
    linux(&sysmon::FILE_CREATE, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>11</EventID>\"");
pub(super) const LINUX_FILE_REMOVE: Source =
    linux(&sysmon::FILE_DELETE, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>23</EventID>\"");
pub(super) const LINUX_NETWORK_FLOW: Source =
    linux(&sysmon::NETWORK_FLOW, "ProcessName =~ \"sysmon\" and SyslogMessage contains \"<EventID>3</EventID>\"");
