//! From where does the text of a feed come, and how deep may it nest?

use std::io;

/// A feed's text, which can be read from its beginning more than once.
pub trait Input {
    /// Opens the text at its beginning.
    ///
    /// # Errors
    ///
    /// Says in a few words why it cannot be read.
    fn open(&self) -> Result<Box<dyn io::Read + '_>, String>;

    /// The whole text, where it is in memory.
    fn text(&self) -> Option<&str> {
        None
    }

    /// What the file is called: a list may say by its name that its values are harmless.
    fn name(&self) -> &str {
        ""
    }
}

/// A text in memory with the name of its file.
#[derive(Clone, Copy, Debug)]
pub struct Named<'t> {
    /// The name.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
}

impl Input for Named<'_> {
    fn open(&self) -> Result<Box<dyn io::Read + '_>, String> {
        self.text.open()
    }

    fn text(&self) -> Option<&str> {
        Some(self.text)
    }

    fn name(&self) -> &str {
        self.name
    }
}

impl Input for &str {
    fn open(&self) -> Result<Box<dyn io::Read + '_>, String> {
        Ok(Box::new(self.as_bytes()))
    }

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

/// The deepest nesting that is read, in JSON, XML and patterns.
pub const MAX_DEPTH: usize = 64;
