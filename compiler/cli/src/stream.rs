//! Did everything reach its reader? A list that was cut looks like a short one, so what cannot be written is remembered.

use std::io::{self, Write};

/// A stream whose first failure is kept.
pub(crate) struct Watched<'w> {
    out: &'w mut dyn Write,
    failed: Option<io::Error>,
}

impl<'w> Watched<'w> {
    pub(crate) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, failed: None }
    }

    /// Writes what is left, and says whether all of it was written.
    ///
    /// # Errors
    ///
    /// The first failure.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let _ = self.flush();
        self.failed.map_or(Ok(()), Err)
    }

    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            if self.failed.is_none() && error.kind() != io::ErrorKind::Interrupted {
                self.failed = Some(error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error));
            }
        })
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let written = self.out.write(text);
        self.keep(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.keep(flushed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(text.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failure_is_not_forgotten() {
        for (room, kept) in [(3, None), (9, None), (2, Some(io::ErrorKind::StorageFull))] {
            let mut full = Full(room);
            let mut out = Watched::new(&mut full);
            let _ = out.write_all(b"abc");
            let _ = out.flush();
            assert_eq!(out.finish().err().map(|error| error.kind()), kept);
        }
    }
}
