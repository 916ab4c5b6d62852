//! Which files stand beside a description, and what do they hold?

use std::collections::BTreeMap;

use source::{FileId, Sources};

use crate::Files;

/// The files beside a description, each opened once.
pub(crate) struct Desk<'a> {
    pub(crate) sources: &'a mut Sources,
    files: &'a dyn Files,
    /// The description's folder as the reader sees it, with a separator at its end.
    folder: String,
    opened: BTreeMap<String, FileId>,
}

impl<'a> Desk<'a> {
    /// The desk of the description of this name.
    pub(crate) fn new(sources: &'a mut Sources, files: &'a dyn Files, name: &str) -> Self {
        let folder = name.rfind(['/', '\\']).map_or(String::new(), |at| name.get(..=at).unwrap_or_default().to_owned());
        Self { sources, files, folder, opened: BTreeMap::new() }
    }

    /// Reads a file beside the description, once however it is spelled and in whatever letters it was saved; what no text holds is refused.
    pub(crate) fn open(&mut self, path: &str) -> Result<FileId, String> {
        let place = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/");
        let place = if path.starts_with('/') { format!("/{place}") } else { place };
        if let Some(file) = self.opened.get(&place) {
            return Ok(*file);
        }
        let text = document::decode(self.files.read(path)?.to_vec())?;
        if let Some(at) = memchr::memchr(0, text.as_bytes()) {
            return Err(format!("it is no text (byte {at} is zero)"));
        }
        let file = self.sources.add(format!("{}{path}", self.folder), text);
        self.opened.insert(place, file);
        Ok(file)
    }
}
