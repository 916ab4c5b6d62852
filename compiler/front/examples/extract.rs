//! Which indicators does the extractor see? Reads documents, writes one JSON object a line: `extract DOC... > predictions.jsonl`.
//!
//! With `--all` every value is written with its role and the reason.

use front::prose::{DocumentRole, Kind, extract};
use source::Sources;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut all = false;
    for path in std::env::args().skip(1) {
        if path == "--all" {
            all = true;
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        let stem = std::path::Path::new(&path).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let mut sources = Sources::default();
        let file = sources.add(&path, text);
        for found in extract(&sources, file) {
            // Vulnerabilities and techniques are facts of the document, not things that become rules.
            let fact = matches!(found.kind, Kind::Cve | Kind::Attack);
            if all {
                let (line, _) = sources.file(file).position(found.span.start);
                let row = serde_json::json!({"doc": stem, "line": line, "type": found.kind.name(), "value": found.value, "raw": found.raw, "role": found.role.name(), "was": found.indicator_role.name(), "reason": found.reason});
                println!("{row}");
            } else if fact || found.role == DocumentRole::Indicator {
                println!("{}", serde_json::json!({"doc": stem, "type": found.kind.name(), "value": found.value}));
                // Side lists of the MISP kind hold paths as `filename`, too.
                if found.kind == Kind::FilePath {
                    println!("{}", serde_json::json!({"doc": stem, "type": "filename", "value": found.value}));
                }
            }
        }
    }
    Ok(())
}
