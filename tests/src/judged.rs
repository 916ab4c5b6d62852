//! How do checks judge what comes out? Descriptions are compiled for every default target, and cases are put to the text of chosen rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use backend::{Profile, Target};
use ir::Advisory;
use pipeline::matrix::{self, Cell, Matrix};
use pipeline::{Compilation, Options, Output};
use source::Sources;
use vigie::ReadBack;

/// Descriptions, what became of them, and the cases that they have to be judged by.
pub struct Judged {
    /// The texts.
    pub sources: Sources,
    /// What came out.
    pub compilation: Compilation,
    /// The cases.
    pub matrix: Matrix,
    targets: Vec<(&'static dyn Target, &'static Profile)>,
}

struct Beside<'a>(&'a BTreeMap<String, Vec<u8>>, String);

impl front::Files for Beside<'_> {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        self.0.get(&format!("{}{path}", self.1)).map(|bytes| bytes.as_slice().into()).ok_or_else(|| "it is not there".to_owned())
    }
}

/// Reads every description among these files.
#[must_use]
pub fn descriptions(files: &BTreeMap<String, Vec<u8>>) -> (Sources, Vec<Advisory>) {
    let mut sources = Sources::default();
    let mut advisories = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".vigie")) {
        let file = sources.add(path.clone(), String::from_utf8_lossy(bytes).into_owned());
        let folder = path.rfind('/').map_or("", |end| &path[..=end]).to_owned();
        advisories.extend(front::parse(&mut sources, file, &Beside(files, folder)).advisories);
    }
    (sources, advisories)
}

/// Compiles advisories for what is wished.
///
/// # Panics
///
/// When a wish is no target.
#[must_use]
pub fn compile(sources: Sources, advisories: Vec<Advisory>, wishes: &[&str]) -> Judged {
    let targets: Vec<(&'static dyn Target, &'static Profile)> =
        wishes.iter().flat_map(|wish| registry::select(wish).unwrap_or_else(|_| panic!("`{wish}` is a target"))).collect();
    let compilation = pipeline::compile(&sources, advisories.clone(), &targets, &Options { files_only: true, ..Options::default() });
    let matrix = matrix::cases_of(&compilation, &advisories);
    Judged { sources, compilation, matrix, targets }
}

impl Judged {
    /// Judges everything.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell> {
        self.cells_of(self.compilation.outputs.clone())
    }

    /// Judges these outputs instead of those that came out.
    #[must_use]
    pub fn cells_of(&self, outputs: Vec<Output>) -> Vec<Cell> {
        let compilation = Compilation { outputs, ..self.compilation.clone() };
        let mut matrix = self.matrix.clone();
        matrix::judge(&compilation, &mut matrix, &self.targets, &BTreeMap::new(), Some(&ReadBack));
        matrix.cells
    }

    /// What came out for one detection in one folder of a target; nothing when there is no such rule.
    #[must_use]
    pub fn output_of(&self, folder: &str, key: &str) -> Option<Output> {
        let detection = self.compilation.detections.iter().position(|detection| detection.key == key)?;
        let mut output = self.compilation.outputs.iter().find(|output| output.folder == folder)?.clone();
        output.rules.retain(|rule| rule.detection == detection);
        (!output.rules.is_empty()).then_some(output)
    }

    /// A disagreement in a few lines.
    #[must_use]
    pub fn shown(&self, cell: &Cell) -> String {
        let key = self.compilation.detections.get(cell.detection).map(|detection| detection.key.as_str()).unwrap_or_default();
        let case = self.matrix.cases.get(cell.detection).and_then(|list| list.get(cell.case));
        let what = if cell.wanted { "misses" } else { "finds" };
        let log = cell.log.as_ref().map(|log| format!(" in {log}")).unwrap_or_default();
        let (file, part) = cell.decided.clone().unwrap_or_default();
        format!(
            "{}/{}{log} ({}) {key} {what}: {}\n  {}\n  {file}: {part}",
            cell.target,
            cell.profile,
            cell.outcome.name(),
            case.map_or("", |case| &case.what),
            cell.rows.join("\n  ")
        )
    }
}
