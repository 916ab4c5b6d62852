//! What does a table in a text of another kind say of its values? Its rows are read with the words that feeds are read with.

use ir::{ObservableKind, Tlp};

use super::collect::Collector;
use super::column;
use super::column_kind::Column;
use super::row::{Kind, Layout, marking, refused};
use super::table::Row;
use super::text::Text;
use super::want::Want;

/// The head of a table that stands in a text of another kind, as far as it says something of the values in its rows.
pub struct Head {
    layout: Layout,
    /// Where verdicts are kept; nothing is collected.
    out: Collector<'static>,
}

/// The longest name of a column, in bytes.
const LONGEST: usize = 64;

/// What a row says of its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Why they are no indicators.
    pub refused: Option<String>,
    /// Who may read them.
    pub tlp: Option<Tlp>,
    /// The type that the row names, with the number of the cell that holds a value of it.
    pub kind: Option<(ObservableKind, usize)>,
    /// The cell of ports.
    pub port: Option<usize>,
}

impl Head {
    /// The head with these names; `None` where no name is one of a column, or none of the columns says something of another.
    pub fn of(names: &[&str], file: source::FileId) -> Option<Self> {
        if names.len() < 2 {
            return None;
        }
        // What is longer is a sentence.
        let columns: Vec<Option<Column>> = names.iter().map(|name| if name.len() <= LONGEST { column::by_exact_name(name) } else { None }).collect();
        let known = columns.iter().flatten().count();
        let values = columns.iter().flatten().any(|column| column::holds_values(*column) || *column == Column::Kind);
        if known < 1 || !values {
            return None;
        }
        let layout = Layout::new(columns, names.iter().map(|name| (*name).to_owned()).collect(), false);
        static NOTHING: std::sync::LazyLock<super::Defaults> = std::sync::LazyLock::new(super::Defaults::default);
        Some(Self { layout, out: Collector::new(file, "", &NOTHING, None) })
    }

    /// What a row says.
    pub fn says(&mut self, cells: &[&str]) -> Said {
        let row = Row { cells: cells.iter().map(|cell| Text::plain(cell, 0)).collect(), start: 0, end: 0, open_quote: None };
        let kind = self.kind(cells);
        let port = self
            .layout
            .columns
            .iter()
            .position(|column| *column == Some(Column::Port))
            .filter(|at| cells.get(*at).is_some_and(|cell| !cell.is_empty()));
        Said { refused: refused(&self.layout, &row, &mut self.out), tlp: marking(&self.layout, &row, &mut self.out), kind, port }
    }

    /// The type that a row names: in a column for it, or in the first of two columns of values.
    fn kind(&mut self, cells: &[&str]) -> Option<(ObservableKind, usize)> {
        let filled = |wanted: Column| {
            let columns = self.layout.columns.iter().enumerate().filter(move |(_, column)| **column == Some(wanted));
            columns.map(|(at, _)| at).filter(|at| cells.get(*at).is_some_and(|cell| !cell.is_empty()))
        };
        let mut values = filled(Column::Value);
        let (kind, value) = match filled(Column::Kind).next() {
            Some(kind) => (kind, values.next().or_else(|| filled(Column::Name).next())?),
            None => (values.next()?, values.next()?),
        };
        match Kind::of(&[cells.get(kind)?], &mut self.out).want {
            Want::Kind(kind) => Some((kind, value)),
            Want::File => Some((if cells.get(value)?.contains(['/', '\\']) { ObservableKind::FilePath } else { ObservableKind::FileName }, value)),
            _ => None,
        }
    }
}
