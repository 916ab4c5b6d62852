//! How is an installed program asked to read rules back? In a folder of its own that nobody else can have laid ready.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Component, Path};
use std::process::{Command, Stdio};

use backend::{Answer, Call, Programs};

/// The programs of this machine.
#[derive(Debug)]
pub(crate) struct Installed;

impl Programs for Installed {
    fn run(&self, call: Call<'_>) -> Result<Answer, String> {
        let unusable = |error: io::Error| format!("the temporary folder cannot be used: {error}");
        // Made new under a name that nobody can guess; one that is there already, also as a link, is passed over. Removed when dropped.
        let folder = private_folder().map_err(unusable)?;
        for (name, bytes) in call.files {
            write(folder.path(), name, bytes).map_err(unusable)?;
        }
        let result = Command::new(call.program).args(call.arguments).current_dir(folder.path()).stdin(Stdio::null()).output();
        let output = result.map_err(|error| match error.kind() {
            ErrorKind::NotFound => format!("{} is not installed", call.program),
            _ => format!("{} cannot be started: {error}", call.program),
        })?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let left = call.leaves.map(|name| left(folder.path(), name)).transpose().map_err(unusable)?.flatten();
        Ok(Answer { success: output.status.success(), output: printed, left })
    }
}

/// The largest file that is taken from a program, in bytes.
const LARGEST: u64 = 1 << 30;

/// A file that a program left: a file itself, and none that stands elsewhere.
fn left(folder: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
    let path = folder.join(name);
    let about = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        about => about?,
    };
    if !about.is_file() || about.len() > LARGEST {
        return Err(io::Error::new(ErrorKind::InvalidData, format!("`{name}` is no file of at most {LARGEST} bytes")));
    }
    std::fs::read(path).map(Some)
}

fn private_folder() -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("vigie-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

/// Writes a file that is not there yet below the folder, which is fresh: no link can stand in a path.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let parts: Vec<Component<'_>> = Path::new(name).components().collect();
    let plain = !parts.is_empty() && parts.iter().all(|part| matches!(part, Component::Normal(_)));
    // What was read as parts has to be the name again: no part was passed over.
    let same = parts.iter().map(|part| part.as_os_str()).collect::<Vec<&OsStr>>().join(OsStr::new("/")) == OsStr::new(name);
    if !plain || !same {
        return Err(io::Error::new(ErrorKind::InvalidInput, format!("`{name}` is no plain name of a file")));
    }
    if let Some(parent) = Path::new(name).parent() {
        std::fs::create_dir_all(folder.join(parent))?;
    }
    OpenOptions::new().write(true).create_new(true).open(folder.join(name))?.write_all(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_program_runs_in_a_folder_that_is_private_and_gone_afterwards() {
        let call = Call { program: "sh", arguments: &["-c", "pwd; cat a.txt; ls -ld . | cut -c1-10"], files: &[("a.txt", b"one\n")], leaves: None };
        let answer = Installed.run(call).unwrap();
        let lines: Vec<&str> = answer.output.lines().collect();
        assert!(answer.success && lines[1..] == ["one", "drwx------"], "{answer:?}");
        assert!(!Path::new(lines[0]).exists(), "{answer:?}");
        assert!(!Installed.run(Call { arguments: &["-c", "exit 3"], ..call }).unwrap().success);
    }

    #[test]
    fn nothing_is_written_elsewhere_and_what_is_not_there_is_said() {
        for name in ["../a", "/tmp/a", "a/../b", "a//b", "a/./b", "a/", "", "."] {
            let why = Installed.run(Call { program: "sh", arguments: &["-c", "true"], files: &[(name, b"")], leaves: None }).unwrap_err();
            assert!(why.contains("no plain name"), "{name}: {why}");
        }
        let why = Installed.run(Call { program: "no-such-program-anywhere", arguments: &[], files: &[], leaves: None }).unwrap_err();
        assert_eq!(why, "no-such-program-anywhere is not installed");
        let call = Call { program: "cat", arguments: &["lists/a.lst"], files: &[("lists/a.lst", b"one\n"), ("lists/b.lst", b"two\n")], leaves: None };
        assert_eq!(Installed.run(call).unwrap().output, "one\n", "lists that rules name may lie in a folder");
        let folder = private_folder().unwrap();
        let leaves = |script: &'static str| Installed.run(Call { program: "sh", arguments: &["-c", script], files: &[], leaves: Some("made") });
        assert_eq!(leaves("printf abc > made").unwrap().left.as_deref(), Some(&b"abc"[..]));
        assert_eq!(leaves("true").unwrap().left, None);
        assert!(leaves("ln -s /etc/hostname made").is_err(), "what stands elsewhere is not taken");
        assert_eq!(folder.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        write(folder.path(), "a", b"1").unwrap();
        assert_eq!(write(folder.path(), "a", b"2").unwrap_err().kind(), ErrorKind::AlreadyExists);
    }
}
