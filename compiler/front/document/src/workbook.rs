//! What do the sheets of a workbook hold? Each is a table, written here as CSV; `calamine` reads the file cell by cell.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};

use super::part::{Form, Part};

/// The most sheets, and the most rows and columns of one.
const MAX_SHEETS: usize = 200;
const MAX_ROWS: u32 = 1 << 20;
const MAX_COLUMNS: u32 = 512;
/// The most bytes that all sheets may have together as text.
const MAX_TEXT: usize = 256 << 20;

/// The sheets that hold something, in the workbook's order.
pub(super) fn sheets(bytes: Vec<u8>) -> Result<Vec<Part>, String> {
    let broken = |why: calamine::XlsxError| format!("it is a workbook that cannot be read ({why})");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let names: Vec<String> = book.sheet_names().into_iter().take(MAX_SHEETS).collect();
    let mut parts = Vec::new();
    let mut room = MAX_TEXT;
    for name in names {
        // A chart is a sheet without cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut rows: Vec<(u32, Vec<(u32, String)>)> = Vec::new();
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            let (row, column) = cell.get_position();
            let text = shown(cell.get_value());
            if text.is_empty() || row >= MAX_ROWS || column >= MAX_COLUMNS {
                continue;
            }
            room = room.checked_sub(text.len() + 8).ok_or_else(|| format!("it is a workbook of more than {} MiB", MAX_TEXT >> 20))?;
            match rows.last_mut() {
                Some((last, cells)) if *last == row => cells.push((column, text)),
                _ => rows.push((row, vec![(column, text)])),
            }
        }
        if !rows.is_empty() {
            parts.push(Part { name: Some(name), text: csv(rows)?, form: Form::Table });
        }
    }
    if parts.is_empty() { Err("it is a workbook without a word in it".to_owned()) } else { Ok(parts) }
}

/// A cell as it is read in a table. Days are written as days.
fn shown(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"),
            }
        }
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
    }
}

/// Rows as CSV; a row begins with its first column, so that cells keep their columns.
fn csv(rows: Vec<(u32, Vec<(u32, String)>)>) -> Result<String, String> {
    let first = rows.iter().flat_map(|(_, cells)| cells.iter().map(|(column, _)| *column)).min().unwrap_or(0);
    let last = rows.iter().flat_map(|(_, cells)| cells.iter().map(|(column, _)| *column)).max().unwrap_or(0);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let failed = |why: csv::Error| why.to_string();
    for (_, cells) in rows {
        let mut at = first;
        for (column, text) in cells {
            while at < column {
                writer.write_field("").map_err(failed)?;
                at += 1;
            }
            writer.write_field(text).map_err(failed)?;
            at += 1;
        }
        while at <= last {
            writer.write_field("").map_err(failed)?;
            at += 1;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|why| why.to_string())?;
    String::from_utf8(bytes).map_err(|why| why.to_string())
}
