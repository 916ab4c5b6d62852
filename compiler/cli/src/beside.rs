//! Which files may a description read? Ordinary ones below its own folder, whatever links say.
//!
//! A description may come from a stranger, and so may links and pipes beside it. The folder is opened once for each file, and names are
//! looked up below that handle, which no link and no exchange of a file in between leads out of. A file outside is refused in the same
//! words whether it is there or not.

use std::cell::Cell;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

const OUTSIDE: &str = "only files below the description's own folder are read";

/// The files beside one description.
pub(crate) struct Beside {
    folder: PathBuf,
    /// How many bytes all files together may have.
    most: u64,
    /// How many bytes may still be read, of all files together.
    left: Cell<u64>,
}

impl Beside {
    /// Those beside a description; all of them together may have so many bytes.
    pub(crate) fn of(description: &Path, most: u64) -> Self {
        let folder = description.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self { folder: folder.to_path_buf(), most, left: Cell::new(most) }
    }

    /// Opens a file. One that only a link with a full path leads to is looked for again at its own place.
    fn open(&self, path: &Path) -> Result<File, String> {
        let own = |error: io::Error| if escaped(&error) { OUTSIDE.to_owned() } else { error.to_string() };
        let below = Dir::open_ambient_dir(&self.folder, ambient_authority()).map_err(|error| error.to_string())?;
        match ordinary(&below, path) {
            Ok(opened) => opened.map_err(ToOwned::to_owned),
            Err(error) if escaped(&error) => {
                let place = || {
                    Some(
                        std::fs::canonicalize(self.folder.join(path))
                            .ok()?
                            .strip_prefix(std::fs::canonicalize(&self.folder).ok()?)
                            .ok()?
                            .to_path_buf(),
                    )
                };
                let place = place().ok_or(OUTSIDE)?;
                ordinary(&below, &place).map_err(own)?.map_err(ToOwned::to_owned)
            }
            Err(error) => Err(own(error)),
        }
    }
}

impl front::Files for Beside {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        let relative = Path::new(if path.is_empty() { "." } else { path });
        if relative.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(OUTSIDE.to_owned());
        }
        let file = self.open(relative)?;
        let (mut bytes, left) = (Vec::new(), self.left.get());
        file.take(left.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        match left.checked_sub(bytes.len() as u64) {
            Some(left) => self.left.set(left),
            None => return Err(format!("the files that a description names have more than {} MiB together", self.most >> 20)),
        }
        Ok(bytes.into())
    }
}

/// Whether a name led out of the folder; the system's own refusals have a number.
fn escaped(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// Opens a file that holds bytes of its own: neither a pipe, which would be waited for, nor a device nor a folder.
fn ordinary(below: &Dir, path: &Path) -> io::Result<Result<File, &'static str>> {
    if let Err(what) = kind(&below.metadata(path)?) {
        return Ok(Err(what));
    }
    let mut options = OpenOptions::new();
    options.read(true);
    // Should it have become a pipe since, opening it does not wait.
    #[cfg(unix)]
    cap_fs_ext::OpenOptionsSyncExt::nonblock(&mut options, true);
    let file = below.open_with(path, &options)?;
    Ok(kind(&file.metadata()?).map(|()| file))
}

fn kind(about: &Metadata) -> Result<(), &'static str> {
    if about.is_dir() {
        Err("it is a folder")
    } else if about.is_file() {
        Ok(())
    } else {
        Err("it is no ordinary file: pipes and devices are not read")
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use front::Files as _;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("vigie-beside-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("desc/sub")).unwrap();
        std::fs::write(folder.join("outside.txt"), "outside").unwrap();
        std::fs::write(folder.join("desc/sub/in.txt"), "inside").unwrap();
        folder
    }

    #[test]
    fn only_what_lies_below_the_folder_is_read_and_links_are_followed_there() {
        use std::os::unix::fs::symlink;
        let folder = folder("links");
        let at = |name: &str| folder.join("desc").join(name);
        symlink("sub/in.txt", at("near")).unwrap();
        symlink(at("sub/in.txt"), at("full")).unwrap();
        symlink("sub/../sub", at("way")).unwrap();
        symlink("../outside.txt", at("out")).unwrap();
        symlink(folder.join("outside.txt"), at("out-full")).unwrap();
        symlink("..", at("up")).unwrap();
        symlink("/nowhere/at/all", at("none")).unwrap();
        symlink("out", at("twice")).unwrap();
        symlink("loop", at("loop")).unwrap();
        let beside = Beside::of(&at("in.vigie"), 100);
        for name in ["sub/in.txt", "./sub/./in.txt", "near", "full", "way/in.txt"] {
            assert_eq!(beside.read(name).as_deref(), Ok(&b"inside"[..]), "{name}");
        }
        for name in ["out", "out-full", "up/outside.txt", "none", "twice", "../outside.txt", "sub/../../outside.txt", "/etc/hostname"] {
            assert_eq!(beside.read(name), Err(OUTSIDE.to_owned()), "{name}");
        }
        assert!(beside.read("loop").is_err());
        assert_eq!(beside.read("sub"), Err("it is a folder".to_owned()));
        assert_eq!(beside.read(""), Err("it is a folder".to_owned()));
        assert!(beside.read("nothing.txt").is_err_and(|why| why != OUTSIDE));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn pipes_are_not_waited_for_and_sizes_add_up() {
        let folder = folder("pipes");
        let pipe = folder.join("desc/pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let beside = Beside::of(&folder.join("desc/in.vigie"), 11);
        assert!(beside.read("pipe").is_err_and(|why| why.contains("no ordinary file")));
        assert!(beside.read("sub/in.txt").is_ok());
        assert!(beside.read("sub/in.txt").is_err_and(|why| why.contains("together")));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
