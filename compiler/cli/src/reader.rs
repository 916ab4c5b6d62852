//! How are Sigma rules that we wrote read back? By the front end, as anybody's Sigma rules are.

use ir::Detection;
use source::{Severity, Sources};

/// Reads Sigma rules back into detections.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadBack;

impl backend::Reader for ReadBack {
    fn read(&self, files: &[(&str, &str)]) -> Result<Vec<(String, Detection)>, String> {
        let mut sources = Sources::default();
        let mut collection = front::sigma::Collection::default();
        for (path, text) in files {
            let file = sources.add(*path, *text);
            collection.add(&sources, file);
        }
        let parsed = collection.finish();
        if let Some(said) = parsed.diagnostics.iter().find(|said| said.severity == Severity::Error) {
            let file = said.label.as_ref().map(|(span, _)| sources.file(span.file).name.clone()).unwrap_or_default();
            return Err(format!("`{file}`: {}", said.message));
        }
        let (planned, _) = pipeline::detections(&sources, parsed.advisories);
        Ok(planned.into_iter().map(|planned| (planned.detection.id.to_string(), planned.detection)).collect())
    }
}
