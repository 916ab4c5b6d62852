//! What does a table hold? The header says, typing mistakes forgiven; a mapping says it instead.

use std::collections::BTreeSet;

use ir::{ObservableKind, Tlp};
use source::Diagnostic;

use super::collect::{Collector, Facts};
use super::column::{self, Column};
use super::kind::{self, GUESS, Want};
use super::table::{self, Row};
use super::text::{Piece, Text};
use super::{Defaults, codes, misp_type, stix, words};

/// The columns of one table.
struct Layout {
    columns: Vec<Option<Column>>,
    names: Vec<String>,
    /// Whether the roles of columns were given by name.
    mapped: bool,
    /// Whether the digests are those of certificates.
    certificates: bool,
}

/// Words that are the same in every row, and so belong to the whole feed.
#[derive(Default)]
struct Constants {
    title: Constant,
    id: Constant,
    date: Constant,
    actors: Constant,
    malware: Constant,
    cves: Constant,
    tags: Constant,
}

/// A column's one value, until a second one appears.
#[derive(Default)]
struct Constant {
    value: Option<String>,
    differs: bool,
}

impl Constant {
    fn see(&mut self, words: &str) {
        match &self.value {
            None => self.value = Some(words.to_owned()),
            Some(value) if value != words => self.differs = true,
            Some(_) => {}
        }
    }

    fn take(self) -> Option<String> {
        self.value.filter(|value| !self.differs && !value.is_empty())
    }
}

/// Reads a table.
pub(super) fn read(text: &str, defaults: &Defaults, out: &mut Collector<'_>) {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = text.get(mark..).unwrap_or_default();
    let preamble = preamble(body, mark);
    let separator = table::separator(preamble.first_line);
    let mut rows = table::rows(body, mark, separator).peekable();
    let first = match rows.peek() {
        Some(Ok(row)) => row,
        Some(Err(_)) | None => return,
    };
    let mapping_given = defaults.mapping.entries().iter().any(|(_, column)| column.is_some());
    let commented = preamble.header.map(|(line, start)| cells_of_line(line, start, separator));
    let has_header = if mapping_given { commented.is_none() } else { is_header(first) };
    let header = if has_header { Some(first.cells.clone()) } else { commented };
    let layout = match &header {
        Some(cells) if mapping_given => mapped(cells, defaults, out),
        Some(cells) => Some(inferred(cells)),
        None => None,
    };
    if has_header {
        rows.next();
    }
    if mapping_given && layout.is_none() {
        return;
    }
    let Some(mut layout) = layout else {
        headless(rows, out);
        return;
    };
    layout.certificates = preamble.certificates;
    let mut constants = Constants::default();
    for row in rows {
        match row {
            Ok(row) => read_row(&row, &layout, &mut constants, out),
            Err(why) => {
                let place = out.place(mark, mark);
                out.say(Diagnostic::new(&codes::BROKEN, format!("a row is not read: {why}")).at(place, "this table"));
            }
        }
    }
    constants.tell(out);
}

/// What stands before the first row.
struct Preamble<'a> {
    first_line: &'a str,
    /// A header inside a comment, as abuse.ch writes it.
    header: Option<(&'a str, usize)>,
    certificates: bool,
}

fn preamble(body: &str, base: usize) -> Preamble<'_> {
    let mut found = Preamble { first_line: "", header: None, certificates: false };
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let words = line.trim();
        if let Some(comment) = words.strip_prefix('#') {
            found.certificates |= comment.contains("SSL Certificate");
            let comment = comment.trim_matches(['#', ' ']);
            let cells = cells_of_line(comment, 0, table::separator(comment));
            if cells.len() > 1 && names_columns(&cells) {
                let start = base + at + line.find(comment).unwrap_or(0);
                found.header = Some((comment, start));
            }
        } else if !words.is_empty() {
            found.first_line = line;
            break;
        }
        at += line.len();
    }
    found
}

fn cells_of_line(line: &str, start: usize, separator: u8) -> Vec<Text<'_>> {
    table::rows(line, start, separator).next().and_then(Result::ok).map(|row| row.cells).unwrap_or_default()
}

/// Whether most of the cells are names of columns, and one of them is a column of values.
fn names_columns(cells: &[Text<'_>]) -> bool {
    let columns: Vec<Column> = cells.iter().filter_map(|cell| column::by_name(cell.as_str())).collect();
    // `event.date` is a column, and also a host name under a top-level domain that exists.
    let values = cells.iter().filter(|cell| column::by_name(cell.as_str()).is_none() && kind::guess(cell.as_str(), false).is_some()).count();
    columns.iter().any(|column| column::holds_values(*column)) && values * 2 < columns.len()
}

fn is_header(row: &Row<'_>) -> bool {
    names_columns(&row.cells)
}

fn inferred(cells: &[Text<'_>]) -> Layout {
    let names: Vec<String> = cells.iter().map(|cell| cell.as_str().trim().to_owned()).collect();
    let columns = names.iter().map(|name| column::by_name(name)).collect();
    Layout { columns, names, mapped: false, certificates: false }
}

/// The layout that a mapping gives; a column that is not there is said, with the nearest name.
fn mapped(cells: &[Text<'_>], defaults: &Defaults, out: &mut Collector<'_>) -> Option<Layout> {
    let names: Vec<String> = cells.iter().map(|cell| cell.as_str().trim().to_owned()).collect();
    let mut columns: Vec<Option<Column>> = vec![None; names.len()];
    let mut complete = true;
    for (key, wanted) in defaults.mapping.entries() {
        let Some(wanted) = wanted else { continue };
        let found = names.iter().position(|name| name == wanted).or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(wanted.trim())));
        let column = match key {
            "value" => Column::Value,
            "kind" => Column::Kind,
            "note" => Column::Note,
            "role" => Column::Role,
            "direction" => Column::Direction,
            "valid_from" => Column::ValidFrom,
            "valid_until" => Column::ValidUntil,
            "confidence" => Column::Confidence,
            "tlp" => Column::Tlp,
            "attack" => Column::Attack,
            _ => Column::Port,
        };
        match found.and_then(|at| columns.get_mut(at)) {
            Some(place) => *place = Some(column),
            None => {
                complete = false;
                let nearest = names.iter().min_by_key(|name| strsim::damerau_levenshtein(name, wanted));
                let place = cells.first().map_or(out.place(0, 0), |first| out.span(first.trimmed()));
                let help = nearest.map_or_else(|| "the file has no columns".to_owned(), |name| format!("`{name}` might be meant"));
                out.say(Diagnostic::new(&codes::UNKNOWN_COLUMN, format!("the table has no column `{wanted}`")).at(place, "its header").help(help));
            }
        }
    }
    // A mapping may only add a type or a role; the value's column is then found as usual.
    if !columns.contains(&Some(Column::Value)) {
        for (place, name) in columns.iter_mut().zip(&names) {
            if place.is_none() {
                *place = column::by_name(name).filter(|column| column::holds_values(*column));
            }
        }
    }
    complete.then_some(Layout { columns, names, mapped: true, certificates: false })
}

/// A table without a header: whatever looks like a value is one.
fn headless<'a>(rows: impl Iterator<Item = Result<Row<'a>, String>>, out: &mut Collector<'_>) {
    let mut said = false;
    for row in rows.filter_map(Result::ok) {
        if !said {
            let place = out.place(row.start, row.end);
            out.say(
                Diagnostic::new(&codes::NO_HEADER, "the table has no header row; whatever looks like a value is read")
                    .at(place, "the first row")
                    .help("a mapping needs a header: the first row might name the columns"),
            );
            said = true;
        }
        broken_quote(&row, out);
        let before = out.count();
        for cell in &row.cells {
            let piece = cell.trimmed();
            if kind::guess(piece.value, false).is_some() {
                out.add("", GUESS, piece, &Facts::default());
            }
        }
        if out.count() == before
            && let Some(first) = row.cells.iter().map(Text::trimmed).find(|piece| !piece.value.is_empty())
        {
            out.not_a_value("", first, "no cell of this row looks like a value");
        }
    }
}

fn broken_quote(row: &Row<'_>, out: &mut Collector<'_>) {
    if let Some(at) = row.open_quote {
        let place = out.place(at, at + 1);
        out.say(
            Diagnostic::new(&codes::BROKEN, "a quote is opened here and never closed; the rest of the file is one cell")
                .at(place, "opened here")
                .help("a closing quote might be missing in this row"),
        );
    }
}

fn read_row(row: &Row<'_>, layout: &Layout, constants: &mut Constants, out: &mut Collector<'_>) {
    broken_quote(row, out);
    let of = |wanted: fn(Column) -> bool| {
        layout.columns.iter().enumerate().filter(move |(_, column)| column.is_some_and(wanted)).filter_map(|(at, _)| row.cell(at))
    };
    let first = |wanted: Column| {
        let at = layout.columns.iter().position(|column| *column == Some(wanted))?;
        row.cell(at).map(Text::trimmed).filter(|piece| !piece.value.is_empty())
    };
    constants.see(layout, row);
    let refused = if first(Column::ToIds).is_some_and(|piece| no(piece.value)) {
        Some("it is not marked for detection (`to_ids`)")
    } else if first(Column::Revoked).is_some_and(|piece| yes(piece.value)) {
        Some("its author took it back (`revoked`)")
    } else {
        None
    };
    let facts = facts(layout, &first, of(|column| column == Column::Note), of(|column| column == Column::Role), out);
    let kinds: Vec<&str> = of(|column| column == Column::Kind).map(|cell| cell.as_str().trim()).filter(|word| !word.is_empty()).collect();
    let port = first(Column::Port).and_then(|piece| piece.value.parse::<u16>().ok()).filter(|port| *port != 0);
    let mut done = BTreeSet::new();
    let mut any = false;
    for (at, column) in layout.columns.iter().enumerate() {
        let (Some(column), Some(cell)) = (column, row.cell(at)) else { continue };
        let piece = cell.trimmed();
        let read = match column {
            Column::Value => true,
            Column::Pattern => true,
            Column::Name => !layout.has(|column| matches!(column, Column::Value | Column::Pattern | Column::Typed(..))),
            Column::Typed(..) => true,
            _ => false,
        };
        if !read || piece.value.is_empty() || !done.insert(piece.value.to_owned()) {
            continue;
        }
        any = true;
        let name = match column {
            Column::Typed(..) => layout.names.get(at).map_or("", String::as_str),
            _ => kinds.first().copied().unwrap_or_default(),
        };
        if let Some(reason) = refused {
            misp_type::list(name, cell, reason, out);
            continue;
        }
        if let Column::Typed(want, direction) = column {
            if let Some(reason) = beside(layout, *want, row) {
                out.list(name, piece, reason);
                continue;
            }
            let facts = Facts { direction: facts.direction.or(*direction), ..facts.clone() };
            let want = if layout.certificates && *want == Want::Kind(ObservableKind::Sha1) { Want::Kind(ObservableKind::CertSha1) } else { *want };
            read_cell(name, want, cell, port, &facts, out);
        } else if *column == Column::Pattern {
            stix::pattern(cell, &facts, out);
        } else if let Some(known) = kinds.iter().find(|word| misp_type::known(&word.to_ascii_lowercase())) {
            let known = known.to_ascii_lowercase();
            match port.filter(|_| matches!(&*known, "ip-dst" | "ip-src" | "ip")) {
                None => {
                    if !composite_or_plain(&known, cell, &facts, out) {
                        read_cell(&known, GUESS, cell, None, &facts, out);
                    }
                }
                Some(port) => read_cell(&known, Want::Kind(ObservableKind::Ip), cell, Some(port), &Facts { direction: facts.direction.or(words::direction(&known)), ..facts.clone() }, out),
            }
        } else {
            let want = kinds.iter().find_map(|word| kind::of_word(word)).unwrap_or(GUESS);
            read_cell(name, want, cell, port, &facts, out);
        }
    }
    if !any {
        if row.cells.iter().all(|cell| cell.as_str().trim().is_empty()) {
            return;
        }
        let whole = Piece { value: "", start: row.start, end: row.end };
        let place = out.span(whole);
        out.say(
            Diagnostic::new(&codes::NOT_A_VALUE, "a row has no value in the columns that hold values")
                .at(place, "this row")
                .help("a mapping might name another column"),
        );
    }
}

/// A MISP type's value; when a lone digest or address is written with a label or several at once, the cell is cut first.
fn composite_or_plain(known: &str, cell: &Text<'_>, facts: &Facts, out: &mut Collector<'_>) -> bool {
    let simple = kind::of_word(known);
    match simple {
        Some(want @ Want::Kind(_)) if !known.contains('|') && !out.reads(want, cell.as_str().trim()) && kind::not_one_value(want, cell.as_str()).is_none() => {
            read_cell(known, want, cell, None, &Facts { direction: facts.direction.or(words::direction(known)), ..facts.clone() }, out);
            true
        }
        _ => misp_type::add(known, cell, facts, out),
    }
}

impl Layout {
    fn has(&self, wanted: impl Fn(Column) -> bool) -> bool {
        self.columns.iter().flatten().any(|column| wanted(*column))
    }
}

/// Why a typed cell says something about another cell of its row instead of being a value of its own.
fn beside(layout: &Layout, want: Want, row: &Row<'_>) -> Option<&'static str> {
    let network = matches!(want, Want::Kind(ObservableKind::Ip | ObservableKind::Domain | ObservableKind::Host));
    let name = want == Want::File;
    let filled = |wanted: &dyn Fn(Column) -> bool| {
        layout.columns.iter().enumerate().any(|(at, column)| {
            column.is_some_and(wanted) && row.cell(at).is_some_and(|cell| !cell.as_str().trim().is_empty())
        })
    };
    let digest = |column| {
        matches!(column, Column::Typed(Want::Kind(ObservableKind::Hash | ObservableKind::Md5 | ObservableKind::Sha1 | ObservableKind::Sha256 | ObservableKind::Sha512), _))
    };
    if network && filled(&|column| column == Column::Typed(Want::Kind(ObservableKind::Url), None)) {
        Some("it is the host of the URL in its row")
    } else if name && filled(&digest) {
        Some("the digest beside it tells the file; the name alone would also match others")
    } else if !matches!(want, Want::Kind(kind) if kind::is_a(kind, ObservableKind::Hash) && kind != ObservableKind::Hash)
        && filled(&|column| matches!(column, Column::Value | Column::Pattern))
    {
        Some("it describes the value in its row")
    } else {
        None
    }
}

/// What a row says beside its value.
fn facts<'t>(
    layout: &Layout,
    first: &dyn Fn(Column) -> Option<Piece<'t>>,
    notes: impl Iterator<Item = &'t Text<'t>>,
    roles: impl Iterator<Item = &'t Text<'t>>,
    out: &mut Collector<'_>,
) -> Facts {
    let mut facts = Facts::default();
    let mut remarks: Vec<&str> = notes.map(|cell| cell.as_str().trim()).filter(|words| !words.is_empty()).collect();
    let malware = first(Column::Malware).map(|piece| piece.value);
    let role_words: Vec<&str> = roles.map(|cell| cell.as_str().trim()).collect();
    facts.role = role_words
        .iter()
        .find_map(|words| ir::Role::parse(&words.to_ascii_lowercase()).or_else(|| words::role(words)))
        .or_else(|| remarks.iter().find_map(|words| words::role_in_remark(words)));
    facts.role_mapped = layout.mapped && facts.role.is_some();
    let direction = first(Column::Direction);
    facts.direction = direction.and_then(|piece| out.understood(words::direction(piece.value), piece, "a direction", "it might be written as source, destination or either"));
    if facts.direction.is_none() {
        // Some tables use their role column for the end of a connection.
        facts.direction = role_words.iter().filter(|words| matches!(**words, "src" | "dst" | "source" | "destination")).find_map(|words| words::direction(words));
    }
    facts.direction_mapped = layout.mapped && direction.is_some();
    facts.valid.from = first(Column::ValidFrom).and_then(|piece| out.day(piece));
    facts.valid.until = first(Column::ValidUntil).and_then(|piece| out.last_day(piece));
    facts.tlp = first(Column::Tlp).and_then(|piece| out.tlp(piece)).or_else(|| first(Column::Tags).and_then(|piece| tags(piece.value).tlp));
    facts.confidence = first(Column::Confidence).filter(|piece| piece.value != "0").and_then(|piece| {
        out.understood(words::confidence(piece.value), piece, "a degree of confidence", "it might be written as low, medium, high or a number up to 100")
    });
    facts.techniques = first(Column::Attack).map(|piece| words::techniques(piece.value)).unwrap_or_default();
    remarks.extend(malware);
    remarks.dedup();
    facts.note = Some(remarks.join("; ")).filter(|note| !note.is_empty());
    facts
}

/// Reads a cell: one value, several, a labelled one, a pattern, or a sentence that tells an address and a port.
fn read_cell(name: &str, want: Want, cell: &Text<'_>, port: Option<u16>, facts: &Facts, out: &mut Collector<'_>) {
    let mut piece = cell.trimmed();
    if piece.value.starts_with('[') && piece.value.ends_with(']') && piece.value.contains(':') && piece.value.contains('=') {
        stix::pattern(cell, facts, out);
        return;
    }
    let want = match want {
        Want::Guess { .. } if facts.note.as_deref().is_some_and(speaks_of_files) => Want::Guess { file: true },
        other => other,
    };
    if let Some((label, rest)) = piece.value.split_once(':')
        && kind::of_word(label).is_some()
        && !rest.starts_with("//")
        && !out.reads(want, piece.value)
    {
        piece = cell.slice(rest.trim());
    }
    if let Some((host, port)) = sentence(piece.value) {
        traffic(name, cell, host, port, facts, out);
        return;
    }
    if out.reads(want, piece.value) {
        if let (Some(port), Ok(ir::Observable::Ip(mut address))) = (port, kind::parse(want, piece.value))
            && address.port.is_none()
            && address.is_single()
            && kind::not_one_value(want, piece.value).is_none()
        {
            address.port = Some(port);
            add_address(address, piece, facts, out);
            return;
        }
        out.add(name, attachment(want, piece.value, facts), piece, facts);
        return;
    }
    let several: Vec<&str> = piece.value.split([';', ',', '\n', '|', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let hash = Want::Kind(ObservableKind::Hash);
    let readable = |part: &str| out.reads(GUESS, part) || out.reads(hash, part);
    if several.len() > 1 && several.iter().filter(|part| readable(part)).count() * 2 > several.len() {
        for part in several {
            out.add(name, if out.reads(want, part) { want } else { GUESS }, cell.slice(part), facts);
        }
    } else {
        out.add(name, want, piece, facts);
    }
}

fn add_address(address: ir::observable::AddressPort, piece: Piece<'_>, facts: &Facts, out: &mut Collector<'_>) {
    let span = out.span(piece);
    out.push(ir::Observable::Ip(address), span, facts);
}

/// A file's name beside words that speak of an attachment is one.
fn attachment(want: Want, value: &str, facts: &Facts) -> Want {
    let attached = facts.note.as_deref().is_some_and(|note| words::spaced(note).contains(" attachment "));
    match want {
        Want::Guess { file } if attached && kind::guess(value, file) == Some(ObservableKind::FileName) => Want::Kind(ObservableKind::Attachment),
        other => other,
    }
}

fn speaks_of_files(note: &str) -> bool {
    let note = words::spaced(note);
    ["attachment", "file", "sample", "dropper", "archive"].iter().any(|word| note.contains(&format!(" {word} ")))
}

/// `Network traffic to 198.51.100.7 on port 443`.
fn sentence(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.strip_prefix("Network traffic to ")?.split_once(" on port ")?;
    Some((host.trim(), port.trim().parse().ok()?))
}

fn traffic(name: &str, cell: &Text<'_>, host: &str, port: u16, facts: &Facts, out: &mut Collector<'_>) {
    let piece = cell.slice(host);
    let facts = Facts { direction: facts.direction.or(Some(ir::Direction::Destination)), ..facts.clone() };
    match kind::parse(Want::Kind(ObservableKind::Ip), host) {
        Ok(ir::Observable::Ip(mut address)) if address.is_single() && address.port.is_none() => {
            address.port = Some(port);
            add_address(address, piece, &facts, out);
        }
        _ => {
            let note = misp_type::joined(facts.note.as_deref(), &format!("port {port}"));
            if out.add(name, GUESS, piece, &Facts { note: Some(note), ..facts }) {
                misp_type::taken_apart(piece, format!("`{}` is looked for on every port, not only {port}", words::short(host)), out);
            }
        }
    }
}

fn no(word: &str) -> bool {
    ["0", "false", "no", "f", "n"].iter().any(|no| word.eq_ignore_ascii_case(no))
}

fn yes(word: &str) -> bool {
    ["1", "true", "yes", "t", "y"].iter().any(|yes| word.eq_ignore_ascii_case(yes))
}

/// What MISP's tags tell.
#[derive(Default)]
pub(super) struct Tags {
    pub(super) tlp: Option<Tlp>,
    pub(super) actors: Vec<String>,
    pub(super) malware: Vec<String>,
}

/// Reads a cell of tags: `tlp:clear`, `x:TLP="white"`, `misp-galaxy:threat-actor="APT31"`.
fn tags(words: &str) -> Tags {
    let mut found = Tags::default();
    for tag in words.split(',').map(str::trim) {
        super::misp::read_tag(tag, &mut found);
    }
    found
}

impl Constants {
    fn see(&mut self, layout: &Layout, row: &Row<'_>) {
        for (at, column) in layout.columns.iter().enumerate() {
            let words = row.cell(at).map(|cell| cell.as_str().trim()).unwrap_or_default();
            match column {
                Some(Column::Title) => self.title.see(words),
                Some(Column::Id) => self.id.see(words),
                Some(Column::Date) => self.date.see(words),
                Some(Column::Actors) => self.actors.see(words),
                Some(Column::Malware) => self.malware.see(words),
                Some(Column::Cve) => self.cves.see(words),
                Some(Column::Tags) => self.tags.see(words),
                _ => {}
            }
        }
    }

    /// Puts what is the same everywhere into the header.
    fn tell(self, out: &mut Collector<'_>) {
        out.header.title = self.title.take();
        out.header.id = self.id.take();
        out.header.published = self.date.take().and_then(|date| words::day(&date));
        out.header.actors.extend(self.actors.take().map(|list| words::items(&list)).unwrap_or_default());
        out.header.malware.extend(self.malware.take().map(|list| words::items(&list)).unwrap_or_default());
        out.header.cves.extend(self.cves.take().map(|list| words::items(&list)).unwrap_or_default().iter().filter_map(|id| words::cve(id)));
        if let Some(words) = self.tags.take() {
            let found = tags(&words);
            out.header.actors.extend(found.actors);
            out.header.malware.extend(found.malware);
        }
    }
}
