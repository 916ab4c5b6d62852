//! Values with an unknown part: a user's folder, a random name, what the author blacked out.
//!
//! What is known of such a value has to tell it from what everybody has. A glob that would not is refused here, whoever wrote it.

use super::kind::ObservableKind;
use super::refused::{NotAnObservable, not};
use crate::{Pattern, public_suffix};

/// How many letters and digits a part needs to tell something on its own.
const TELLING: usize = 4;

/// Parts of paths and keys that every machine has, in lower case. They tell nothing.
const EVERYWHERE: [&str; 96] = [
    "users",
    "user",
    "public",
    "default",
    "home",
    "root",
    "appdata",
    "local",
    "locallow",
    "roaming",
    "temp",
    "tmp",
    "documents",
    "downloads",
    "download",
    "desktop",
    "pictures",
    "music",
    "videos",
    "favorites",
    "start menu",
    "programs",
    "startup",
    "application data",
    "local settings",
    "documents and settings",
    "all users",
    "windows",
    "winnt",
    "system",
    "system32",
    "syswow64",
    "sysnative",
    "drivers",
    "tasks",
    "prefetch",
    "fonts",
    "winsxs",
    "assembly",
    "program files",
    "program files (x86)",
    "programdata",
    "common files",
    "microsoft",
    "google",
    "mozilla",
    "intel",
    "internet explorer",
    "inetcache",
    "temporary internet files",
    "packages",
    "recycle.bin",
    "$recycle.bin",
    "recycler",
    "perflogs",
    "inetpub",
    "wwwroot",
    "software",
    "classes",
    "clsid",
    "interface",
    "typelib",
    "policies",
    "wow6432node",
    "windows nt",
    "currentversion",
    "run",
    "runonce",
    "runservices",
    "explorer",
    "winlogon",
    "services",
    "parameters",
    "control",
    "enum",
    "hardware",
    "currentcontrolset",
    "controlset001",
    "controlset002",
    "session manager",
    "environment",
    "uninstall",
    "shell",
    "open",
    "command",
    "usr",
    "var",
    "etc",
    "opt",
    "bin",
    "sbin",
    "lib",
    "share",
    "library",
    "applications",
    "data",
];

/// Whether a part of a path or key is one that every machine has: `AppData`, `Temp`, `Software`.
#[must_use]
pub fn is_everyday_part(part: &str) -> bool {
    EVERYWHERE.contains(&&*part.to_lowercase())
}

/// Words of command lines that every machine starts, in lower case.
const PROGRAMS: [&str; 44] = [
    "cmd",
    "powershell",
    "pwsh",
    "rundll32",
    "regsvr32",
    "mshta",
    "wscript",
    "cscript",
    "schtasks",
    "net",
    "net1",
    "netsh",
    "wmic",
    "reg",
    "sc",
    "bitsadmin",
    "certutil",
    "msiexec",
    "curl",
    "wget",
    "bash",
    "sudo",
    "chmod",
    "echo",
    "start",
    "copy",
    "move",
    "windows",
    "system32",
    "syswow64",
    "users",
    "appdata",
    "local",
    "roaming",
    "temp",
    "public",
    "programdata",
    "create",
    "delete",
    "http",
    "https",
    "exec",
    "bypass",
    "hidden",
];

/// Whether a value of this type can have an unknown part. A mutex is looked for among a file's bytes, where nothing says how far an
/// unknown part goes.
pub(super) fn can_be_open(kind: ObservableKind) -> bool {
    use ObservableKind as K;
    matches!(
        kind,
        K::Domain
            | K::Host
            | K::Url
            | K::Email
            | K::EmailSubject
            | K::Attachment
            | K::FileName
            | K::FilePath
            | K::Registry
            | K::Pipe
            | K::Service
            | K::Task
            | K::Process
            | K::UserAgent
            | K::CommandLine
    )
}

/// The pattern in the spelling that events have: hives by their short names, pipes without their folder, hosts without brackets.
pub(super) fn canonical(kind: ObservableKind, pattern: Pattern) -> Pattern {
    use ObservableKind as K;
    let spelled = |text: &str| -> Option<String> {
        Some(match kind {
            K::Domain | K::Host | K::Email => super::spelling::refang(text).to_lowercase(),
            K::Url => {
                let end = text.find("://").map_or(0, |at| at + 3);
                let end = text.get(end..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(text.len(), |at| end + at);
                let (authority, rest) = text.split_at_checked(end)?;
                format!("{}{}", super::spelling::refang(authority).to_lowercase(), rest.replace("[.]", "."))
            }
            K::Registry => super::registry::short(text)?,
            K::Pipe => super::spelling::pipe(text).to_owned(),
            _ => return None,
        })
    };
    let first = match pattern.parts().first() {
        Some(crate::Part::Literal(text)) => spelled(text),
        _ => None,
    };
    match first {
        Some(text) => Pattern::new(std::iter::once(crate::Part::Literal(text)).chain(pattern.parts().iter().skip(1).cloned())),
        None => pattern,
    }
}

/// Checks that what is known tells the value from what everybody has.
pub(super) fn check(kind: ObservableKind, pattern: &Pattern) -> Result<(), NotAnObservable> {
    use ObservableKind as K;
    let glob = pattern.to_glob();
    // A hole, as one sign that no value holds; what was escaped stands for itself.
    let text = holes(pattern);
    let told = match kind {
        K::FilePath | K::Registry => path(&text),
        K::FileName | K::Attachment | K::Process => signs(stem(&text)) >= TELLING,
        K::Domain | K::Host => host(&text),
        K::Url => url(&text),
        K::Email => text.rsplit_once('@').is_some_and(|(name, domain)| signs(name) >= 3 && !domain.contains(HOLE) && host(domain)),
        K::CommandLine | K::UserAgent => text.split(|char: char| !char.is_alphanumeric() && char != HOLE).any(|word| {
            let word = word.trim_matches(HOLE);
            signs(word) >= TELLING && !PROGRAMS.contains(&&*word.to_lowercase())
        }),
        _ => signs(&text) >= TELLING,
    };
    if told { Ok(()) } else { Err(not(format!("what is known of `{glob}` tells it from nothing that every machine has"))) }
}

/// Stands for what is not known.
const HOLE: char = '\u{0}';

/// A pattern's text with a sign for each hole.
fn holes(pattern: &Pattern) -> String {
    pattern.parts().iter().fold(String::new(), |mut out, part| {
        match part {
            crate::Part::Literal(text) => out.push_str(text),
            crate::Part::Run | crate::Part::One => out.push(HOLE),
        }
        out
    })
}

/// How many letters and digits a text has.
fn signs(text: &str) -> usize {
    text.chars().filter(|char| char.is_alphanumeric()).count()
}

/// A file's name without its ending.
fn stem(name: &str) -> &str {
    // `.profile` has no ending.
    name.rsplit_once('.').map(|(stem, _)| stem).filter(|stem| !stem.is_empty()).unwrap_or(name)
}

fn path(text: &str) -> bool {
    let parts = || text.split(['\\', '/']);
    let everywhere = |part: &str| EVERYWHERE.contains(&&*part.to_lowercase());
    let last = parts().next_back().unwrap_or_default();
    let whole = !last.contains(HOLE) && signs(last) > 0 && !everywhere(last);
    // Behind the drive or the hive.
    whole || parts().skip(1).any(|part| !everywhere(part) && part.split(HOLE).any(|known| signs(stem(known)) >= TELLING))
}

/// A host of which at least the name that somebody registered is known, or much of it.
fn host(text: &str) -> bool {
    let mut labels = text.rsplit('.');
    let known = |label: Option<&str>| label.is_some_and(|label| !label.is_empty() && !label.contains(HOLE));
    if !known(labels.next()) {
        return false;
    }
    let tail = text.rsplit(HOLE).next().unwrap_or(text).trim_start_matches(|char| char != '.').trim_start_matches('.');
    let registered = public_suffix::registrable(tail).is_some();
    registered || labels.next().is_some_and(|label| label.split(HOLE).any(|known| signs(known) >= TELLING))
}

fn url(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let name = authority.split(':').next().unwrap_or_default();
    let address = name.parse::<std::net::IpAddr>().is_ok();
    let whole = address || !name.contains(HOLE);
    // Part of a path on a known host, or a name that was registered for it in front of any path.
    (whole && path.split(HOLE).any(|known| signs(known) > 0)) || (!whole && host(name))
}

#[cfg(test)]
mod tests {
    use super::super::Observable;
    use super::*;

    #[test]
    fn what_is_known_has_to_tell() {
        use ObservableKind as K;
        let cases = [
            (K::FilePath, r"*\\AppData\\Roaming\\x.exe", true),
            (K::FilePath, r"C:\\Users\\*\\Downloads\\tide-pack.exe", true),
            (K::FilePath, r"*\\TideSync\\*.exe", true),
            (K::FilePath, r"C:\\Users\\*\\AppData\\Local\\Temp\\*.exe", false),
            (K::FilePath, r"*\\Temp\\*", false),
            (K::FilePath, "/home/*/.tide/*", true),
            (K::FilePath, "/tmp/*", false),
            (K::FileName, "tide-setup-*.exe", true),
            (K::FileName, "*.exe", false),
            (K::Registry, r"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\*", false),
            (K::Registry, r"HKCU\\Software\\*\\TideSpy", true),
            (K::Url, "https://portal-one.example/readme/VJICARU?*", true),
            (K::Url, "http://portal-one.example/*", false),
            (K::Url, "http://*/gate.php", false),
            (K::Url, "http://*.portal-one.example/gate", true),
            (K::Domain, "*.portal-one.example", true),
            (K::Domain, "*.example", false),
            (K::Domain, "portal-*.com", true),
            (K::Email, "billing-*@portal-one.example", true),
            (K::Email, "*@portal-one.example", false),
            (K::CommandLine, r"rundll32.exe *\\tidehelper.dll,Start", true),
            (K::CommandLine, "cmd /c *", false),
            (K::Pipe, r"\\\\.\\pipe\\tide_*", true),
            (K::Mutex, r"Global\\Tide*", false),
            (K::Md5, "5d7c*", false),
        ];
        for (kind, glob, good) in cases {
            let read = Observable::glob(kind, glob);
            assert_eq!(read.is_ok(), good, "{glob}: {read:?}");
            if let Ok(value) = read {
                assert_eq!(value.kind(), kind);
                assert_eq!(Observable::glob(kind, &value.to_string()), Ok(value), "{glob} is canonical");
            }
        }
    }
}
