//! Which files may a description name? Those that its caller opens.

use std::sync::Arc;

/// Files next to a description, as the caller sees them: this crate has no disk.
pub trait Files {
    /// Reads a file by its path relative to the description.
    ///
    /// # Errors
    ///
    /// Says in a few words why the file cannot be read.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String>;
}
