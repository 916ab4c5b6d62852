//! How is one file written that was asked for by name? Never over an input, over another file only when that was asked for, and whole:
//! it gets its name when all of it is there.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file on its way.
#[derive(Debug)]
pub(crate) struct Whole {
    out: BufWriter<File>,
    /// The name it has until it is whole, and the one it gets; none for a pipe or a device, which is written to as it is.
    names: Option<(PathBuf, PathBuf)>,
}

impl Whole {
    /// Begins a file. `inputs` are files that it may not be, by whatever name.
    ///
    /// # Errors
    ///
    /// Why it is not to be written, or cannot be.
    pub(crate) fn begin<'p>(path: &Path, inputs: impl IntoIterator<Item = &'p Path>, force: bool) -> Result<Self, String> {
        let shown = crate::inputs::shown(path);
        let unwritable = |error: io::Error| format!("`{shown}` cannot be written: {error}");
        // Pipes are not opened to look: whoever writes to one would take it for a reader.
        let plain = |path: &Path| path.metadata().is_ok_and(|about| about.is_file());
        if plain(path) && inputs.into_iter().any(|input| plain(input) && same_file::is_same_file(input, path).unwrap_or(false)) {
            return Err(format!("`{shown}` is an input of this run; another name would keep it"));
        }
        // What a link leads to is replaced, not the link.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let permissions = match path.metadata() {
            Ok(about) if about.is_dir() => return Err(format!("`{shown}` is a folder")),
            Ok(about) if !about.is_file() => {
                let file = File::options().write(true).open(&path).map_err(unwritable)?;
                return Ok(Self { out: BufWriter::new(file), names: None });
            }
            Ok(_) if !force => return Err(format!("`{shown}` is there already, and may have been edited; `--force` writes over it")),
            Ok(about) => Some(about.permissions()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => None,
            Err(error) => return Err(unwritable(error)),
        };
        let name = path.file_name().ok_or_else(|| unwritable(io::ErrorKind::InvalidInput.into()))?;
        let part = path.with_file_name(format!(".{}.vigie-part", name.to_string_lossy()));
        // A run that was stopped may have left one.
        if part.symlink_metadata().is_ok_and(|about| !about.is_dir()) {
            std::fs::remove_file(&part).map_err(unwritable)?;
        }
        let file = File::create_new(&part).map_err(unwritable)?;
        let out = Self { out: BufWriter::new(file), names: Some((part, path)) };
        if let Some(permissions) = permissions {
            out.out.get_ref().set_permissions(permissions).map_err(unwritable)?;
        }
        Ok(out)
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// The system's reason; what stood there stays.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        if let Some((part, path)) = &self.names {
            self.out.get_ref().sync_all()?;
            std::fs::rename(part, path)?;
            self.names = None;
        }
        Ok(())
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if let Some((part, _)) = &self.names {
            let _ = std::fs::remove_file(part);
        }
    }
}

impl Write for Whole {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.out.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all_and_never_in_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let (input, path) = (folder.path().join("input"), folder.path().join("output"));
        std::fs::write(&input, "in").unwrap();
        let begin = |force| Whole::begin(&path, [input.as_path()], force);
        let mut out = begin(false).unwrap();
        out.write_all(b"new").unwrap();
        out.flush().unwrap();
        assert!(!path.exists());
        drop(out);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "what was begun is cleared");
        let mut out = begin(false).unwrap();
        out.write_all(b"new").unwrap();
        out.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert!(begin(false).unwrap_err().contains("--force"));
        begin(true).unwrap().finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"");
        assert!(Whole::begin(folder.path(), [], true).unwrap_err().contains("folder"));
        // By another name of the same file.
        for link in [std::fs::hard_link, |from: &Path, to: &Path| std::os::unix::fs::symlink(from, to)] {
            std::fs::remove_file(&path).unwrap();
            link(&input, &path).unwrap();
            assert!(begin(true).unwrap_err().contains("input"));
        }
        assert_eq!(std::fs::read(&input).unwrap(), b"in");
    }
}
