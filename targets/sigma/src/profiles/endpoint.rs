//! What do logs of hosts call things? Sysmon's names, as the Sigma taxonomy asks for, and the Windows event log's own: [`logs`] has them.
//!
//! Taxonomy: <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md>.

use std::sync::LazyLock;

use ir::Field;
use logs::{Encoding, Log, sysmon, windows};

use super::source::{Base, Product, Source, rows, source};

/// A log in Sigma's words. They live as long as the program: each is made once.
pub(super) fn of(log: &'static Log) -> Source {
    let product = if log.platforms.len() > 1 { Product::Platform } else { Product::Is("windows") };
    let source = Source { product, partial: log.partial, log: Some(log), ..Source::of_log(log) };
    match log.category {
        Some(category) => Source { category: Some(category), encodings: &[(Field::RegistryData, Encoding::RegistryData)], ..source },
        None => Source { service: Some(log.service), base: vec![Base::Numbers("EventID", log.numbers)].leak(), ..source },
    }
}

/// How events in Sysmon's words that Sysmon does not log name who acted.
const ACTOR: &[(Field, Encoding)] = &[(Field::UserName, Encoding::AccountName), (Field::UserDomain, Encoding::AccountDomain)];

/// A log source that lives as long as the program.
pub(super) fn leaked(source: Source) -> &'static Source {
    Box::leak(Box::new(source))
}

pub(super) static SOURCES: LazyLock<Vec<&'static Source>> = LazyLock::new(|| {
    let mut out: Vec<&Source> = vec![
        // Who renames and opens files is in events of the kernel's provider, in Sysmon's words.
        source!(FileRename "file_rename", rows!(FileRename;
            FilePath "TargetFilename" FileSource "SourceFilename" ProcessPath "Image" ProcessPid "ProcessId"
            UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        ), category: Some("file_rename"), product: Product::Is("windows"), encodings: ACTOR),
        source!(FileAccess "file_access", rows!(FileAccess;
            FilePath "FileName" ProcessPath "Image" ProcessPid "ProcessId"
            UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        ), category: Some("file_access"), product: Product::Is("windows"), encodings: ACTOR),
    ];
    // What Sysmon sees of the network stands among the logs of the network.
    let on_host = sysmon::ALL.into_iter().filter(|log| !log.class.on_network());
    out.extend(on_host.map(|log| leaked(of(log))));
    out.extend(
        [
            Source {
                base: const {
                    &[Base::Text("Provider_Name", windows::SERVICE_INSTALL.provider), Base::Numbers("EventID", windows::SERVICE_INSTALL.numbers)]
                },
                ..of(&windows::SERVICE_INSTALL)
            },
            Source {
                definition: Some("Requirements: the audit subcategory Other Object Access Events logs success"),
                // Paths of tasks begin with a backslash.
                encodings: const { &[(Field::TaskName, Encoding::Rooted)] },
                ..of(&windows::TASK_CREATE)
            },
            Source { definition: Some("Requirements: PowerShell script block logging is on"), ..of(&windows::SCRIPT_BLOCK) },
            of(&windows::LOGON),
        ]
        .map(leaked),
    );
    out
});
