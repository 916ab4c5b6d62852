//! What does a table hold? The header says, typing mistakes forgiven; a mapping says it instead.

use std::collections::BTreeSet;

use ir::ObservableKind;
use source::Diagnostic;

use super::collect::{Collector, Facts};
use super::column::{self, Column};
use super::kind::{self, GUESS, Want};
use super::table::{self, Row};
use super::text::{Piece, Text};
use super::verdict::Version;
use super::{Defaults, cell, codes, misp_type, stix, tags, words};

/// The columns of one table.
struct Layout {
    columns: Vec<Option<Column>>,
    names: Vec<String>,
    /// Whether the roles of columns were given by name.
    mapped: bool,
    /// Whether the digests are those of certificates.
    certificates: bool,
    /// Whether a column is there that is surer to hold values than one called `name`.
    named: bool,
}

impl Layout {
    fn new(columns: Vec<Option<Column>>, names: Vec<String>, mapped: bool) -> Self {
        let named = columns.iter().flatten().any(|column| column::holds_values(*column) && *column != Column::Name);
        Self { columns, names, mapped, certificates: false, named }
    }

    fn has(&self, wanted: Column) -> bool {
        self.columns.contains(&Some(wanted))
    }
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
    Layout::new(columns, names, false)
}

/// Whether a row could be one of names: several short cells of letters, digits and blanks.
fn could_name(cells: &[Text<'_>]) -> bool {
    let sign = |char: char| char.is_alphanumeric() || matches!(char, ' ' | '_' | '-' | '.' | '/' | '#' | '(' | ')');
    cells.len() > 1 && cells.iter().all(|cell| cell.as_str().chars().all(sign) && cell.as_str().chars().count() <= 60)
}

/// The layout that a mapping gives; a column that is not there is said, with the nearest name. A file whose first row names nothing is
/// no table, and none of its words is shown as a name.
fn mapped(cells: &[Text<'_>], defaults: &Defaults, out: &mut Collector<'_>) -> Option<Layout> {
    let names: Vec<String> = cells.iter().map(|cell| cell.as_str().trim().to_owned()).collect();
    let mut columns: Vec<Option<Column>> = vec![None; names.len()];
    let mut complete = true;
    if !could_name(cells) && !names_columns(cells) {
        let place = cells.first().map_or(out.place(0, 0), |first| out.span(first.trimmed()));
        out.say(Diagnostic::new(&codes::BROKEN, "the first row names no columns, which a mapping needs").at(place, "the first row"));
        return None;
    }
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
    complete.then(|| Layout::new(columns, names, true))
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
    let kind = Kind::of(&kinds);
    let port = first(Column::Port).and_then(|piece| piece.value.parse::<u16>().ok()).filter(|port| *port != 0);
    let filled = Filled::of(layout, row);
    let mut done = BTreeSet::new();
    let mut any = false;
    for (at, column) in layout.columns.iter().enumerate() {
        let (Some(column), Some(cell)) = (column, row.cell(at)) else { continue };
        let piece = cell.trimmed();
        let fallback = *column == Column::Name && layout.named;
        if !column::holds_values(*column) || fallback || piece.value.is_empty() || !done.insert(piece.value) {
            continue;
        }
        any = true;
        let name = match column {
            Column::Typed(..) => layout.names.get(at).map_or("", String::as_str),
            _ => kind.name,
        };
        if let Some(reason) = refused {
            misp_type::list(name, cell, reason, out);
        } else if let Column::Typed(want, direction) = column {
            match filled.beside(*want) {
                Some(reason) => out.list(name, piece, reason),
                None => {
                    let certificate = layout.certificates && *want == Want::Kind(ObservableKind::Sha1);
                    let want = if certificate { Want::Kind(ObservableKind::CertSha1) } else { *want };
                    cell::read(name, want, cell, port, &facts.towards(*direction), out);
                }
            }
        } else if *column == Column::Pattern {
            stix::pattern(cell, Version::V20, &facts, out);
        } else {
            read_value(&kind, cell, port, &facts, out);
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

/// The type that a row names.
struct Kind<'r> {
    name: &'r str,
    /// Whether it is one of MISP's.
    misp: bool,
    want: Want,
}

impl<'r> Kind<'r> {
    /// Of several words the first that is understood counts: `indicator` names no type, `domain-name` beside it does.
    fn of(words: &[&'r str]) -> Self {
        if let Some(name) = words.iter().find(|word| misp_type::known(word)) {
            return Self { name, misp: true, want: kind::of_word(name).unwrap_or(GUESS) };
        }
        match words.iter().find_map(|word| Some((*word, kind::of_word(word)?))) {
            Some((name, want)) => Self { name, misp: false, want },
            None => Self { name: words.first().copied().unwrap_or_default(), misp: false, want: GUESS },
        }
    }
}

/// Reads the cell of a value with the type that its row names.
fn read_value(kind: &Kind<'_>, cell: &Text<'_>, port: Option<u16>, facts: &Facts, out: &mut Collector<'_>) {
    let address = kind.want == Want::Kind(ObservableKind::Ip);
    let facts = &facts.towards(if address { words::direction(kind.name) } else { None });
    // One of MISP's types, written as MISP writes it; otherwise the cell may hold a label or several values.
    let plain = kind.name.contains('|') || !matches!(kind.want, Want::Kind(_)) || out.reads(kind.want, cell.as_str().trim());
    if kind.misp && plain && !(address && port.is_some()) {
        misp_type::add(kind.name, cell, facts, out);
    } else {
        cell::read(kind.name, kind.want, cell, port, facts, out);
    }
}

/// Which kinds of column have words in a row.
struct Filled {
    url: bool,
    digest: bool,
    value: bool,
}

impl Filled {
    fn of(layout: &Layout, row: &Row<'_>) -> Self {
        let mut filled = Self { url: false, digest: false, value: false };
        for (column, cell) in layout.columns.iter().zip(&row.cells) {
            let Some(column) = column.filter(|_| !cell.as_str().trim().is_empty()) else { continue };
            match column {
                Column::Typed(Want::Kind(ObservableKind::Url), _) => filled.url = true,
                Column::Typed(Want::Kind(kind), _) if kind::is_a(kind, ObservableKind::Hash) => filled.digest = true,
                Column::Value | Column::Pattern => filled.value = true,
                _ => {}
            }
        }
        filled
    }

    /// Why a typed cell says something about another cell of its row instead of being a value of its own.
    fn beside(&self, want: Want) -> Option<&'static str> {
        let network = matches!(want, Want::Kind(ObservableKind::Ip | ObservableKind::Domain | ObservableKind::Host));
        let digest = matches!(want, Want::Kind(kind) if kind::is_a(kind, ObservableKind::Hash));
        if network && self.url {
            Some("it is the host of the URL in its row")
        } else if want == Want::File && self.digest {
            Some("the digest beside it tells the file; the name alone would also match others")
        } else if self.value && !digest {
            Some("it describes the value in its row")
        } else {
            None
        }
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
        .or_else(|| remarks.iter().find_map(|words| words::role_in_remark(words)))
        .or_else(|| layout.has(Column::C2).then_some(ir::Role::C2));
    facts.role_mapped = layout.mapped && facts.role.is_some();
    let direction = first(Column::Direction);
    facts.direction = direction.and_then(|piece| {
        out.understood(words::direction(piece.value), piece, "a direction", "it might be written as source, destination or either")
    });
    if facts.direction.is_none() {
        // Some tables use their role column for the end of a connection.
        facts.direction =
            role_words.iter().filter(|words| matches!(**words, "src" | "dst" | "source" | "destination")).find_map(|words| words::direction(words));
    }
    facts.direction_mapped = layout.mapped && direction.is_some();
    facts.valid.from = first(Column::ValidFrom).and_then(|piece| out.day(piece));
    facts.valid.until = first(Column::ValidUntil).and_then(|piece| out.last_day(piece));
    facts.tlp =
        first(Column::Tlp).and_then(|piece| out.tlp(piece)).or_else(|| first(Column::Tags).and_then(|piece| tags::read_cell(piece.value).tlp));
    facts.confidence = first(Column::Confidence).filter(|piece| piece.value != "0").and_then(|piece| {
        out.understood(
            words::confidence(piece.value),
            piece,
            "a degree of confidence",
            "it might be written as low, medium, high or a number up to 100",
        )
    });
    facts.techniques = first(Column::Attack).map(|piece| words::techniques(piece.value)).unwrap_or_default();
    remarks.extend(malware);
    remarks.dedup();
    facts.note = Some(words::remark(&remarks.join("; "))).filter(|note| !note.is_empty());
    facts
}

fn no(word: &str) -> bool {
    ["0", "false", "no", "f", "n"].iter().any(|no| word.eq_ignore_ascii_case(no))
}

fn yes(word: &str) -> bool {
    ["1", "true", "yes", "t", "y"].iter().any(|yes| word.eq_ignore_ascii_case(yes))
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
            let found = tags::read_cell(&words);
            out.header.actors.extend(found.actors);
            out.header.malware.extend(found.malware);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{listed, try_out, try_with};
    use super::super::{Defaults, Format, Mapping};

    #[test]
    fn ansi_and_typed_columns_are_read() {
        let (lines, read) = try_out(
            Format::Csv,
            "event.uuid,event.tlp,event.title.desensitized,event.date,event.apts,signature.type,siganture.value,signature_component.type,signature_component.value\n\
             00000000-0000-4000-8000-000000000004,white,Relays,2021-07-20,['APT0'],ip-dst,,ip-dst,198.51.100.7\n\
             00000000-0000-4000-8000-000000000004,white,Relays,2021-07-20,['APT0'],domain,,domain,evil.example\n",
        );
        assert_eq!(lines, ["ip 198.51.100.7 unknown destination", "domain evil.example unknown either"]);
        assert_eq!(read.diagnostics, []);
        assert_eq!((read.header.title.as_deref(), read.header.tlp), (Some("Relays"), Some(ir::Tlp::Clear)));
        assert_eq!(read.header.actors, ["APT0"]);
    }

    #[test]
    fn a_header_may_stand_in_a_comment_and_cells_may_hold_several_values() {
        let (lines, _) =
            try_out(Format::Csv, "# Example tracker\n#\n# id,url,threat,tags\n\"1\", \"http://198.51.100.7/a,b\", \"malware_download\", \"x\"\n");
        assert_eq!(lines, Vec::<String>::new(), "a comma inside quotes that follow a space cuts the cell, and the cut value is said");
        let (lines, _) =
            try_out(Format::Csv, "# id,url,threat\n\"1\",\"http://198.51.100.7/a,b\",\"malware_download\"\n\"2\", \"http://198.51.100.8/\", \"x\"\n");
        assert_eq!(lines, ["url http://198.51.100.7/a,b delivery either", "url http://198.51.100.8/ unknown either"]);
        let (lines, _) = try_out(
            Format::Csv,
            "\u{feff}value;entity_type;description\n\"d41d8cd98f00b204e9800998ecf8427e,da39a3ee5e6b4b0d3255bfef95601890afd80709\";file;x\n\
             SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709;sha1;x\nNetwork traffic to 198.51.100.7 on port 80;;C2\nevil[.]example:8080;;\n",
        );
        assert_eq!(
            lines,
            [
                "md5 d41d8cd98f00b204e9800998ecf8427e unknown either",
                "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 unknown either",
                "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 unknown either",
                "ip 198.51.100.7:80 c2 destination",
                "domain evil.example unknown either",
            ]
        );
    }

    #[test]
    fn rows_that_are_not_meant_for_detection_are_listed() {
        let (lines, read) = try_out(
            Format::Csv,
            "type,value,to_ids\nip-src,198.51.100.7,1\nip-src,198.51.100.8,0\nfilename|md5,a.exe|d41d8cd98f00b204e9800998ecf8427e,1\n",
        );
        assert_eq!(lines, ["ip 198.51.100.7 unknown source", "md5 d41d8cd98f00b204e9800998ecf8427e unknown either"]);
        assert_eq!(listed(&read).len(), 2);
    }

    #[test]
    fn a_mapping_speaks_for_its_columns() {
        let text = "colour,place,side,end\nred,198.51.100.7,relay,source\nblue,198.51.100.8,c2,\n";
        let mapping = Mapping { value: Some("place".into()), role: Some("side".into()), direction: Some("end".into()), ..Mapping::default() };
        let defaults = Defaults { role: ir::Role::Scanner, direction: ir::Direction::Either, mapping, ..Defaults::default() };
        let (lines, _) = try_with(Format::Csv, text, &defaults);
        assert_eq!(lines, ["ip 198.51.100.7 relay source", "ip 198.51.100.8 c2 either"]);
        let (lines, read) =
            try_with(Format::Csv, text, &Defaults { mapping: Mapping { value: Some("plaice".into()), ..Mapping::default() }, ..Defaults::default() });
        assert_eq!(lines, Vec::<String>::new());
        assert_eq!(read.diagnostics.len(), 1);
        assert_eq!((read.diagnostics[0].code.slug, read.diagnostics[0].help.as_deref()), ("feed.unknown-column", Some("`place` might be meant")));
    }

    #[test]
    fn defaults_speak_for_the_whole_feed() {
        let text = "type,value\nip-dst,198.51.100.7\ndomain,evil.example\n";
        let defaults = Defaults { kind: Some(ir::ObservableKind::Ip), role: ir::Role::Relay, ..Defaults::default() };
        let (lines, read) = try_with(Format::Csv, text, &defaults);
        assert_eq!(lines, ["ip 198.51.100.7 relay either"]);
        assert_eq!(listed(&read), ["domain evil.example: it is of type domain, and only ip is asked for"]);
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_place() {
        let (_, read) = try_out(Format::Csv, "ioc,tlp\nnothing to see,clear\n198.51.100.7,blue\n,clear\n\"198.51.100.8,clear\n");
        let said: Vec<_> = read.diagnostics.iter().map(|said| said.code.slug).collect();
        assert_eq!(said, ["feed.not-a-value", "feed.unknown-word", "feed.not-a-value", "feed.broken", "feed.not-a-value"]);
        assert_eq!(read.header.tlp, Some(ir::Tlp::Red), "a marking that is not known is held as the strictest");
    }

    #[test]
    fn a_table_without_header_is_read_by_its_looks() {
        let (lines, read) = try_out(Format::Csv, "198.51.100.7,seen in July\nevil.example,x\n");
        assert_eq!(lines, ["ip 198.51.100.7 unknown either", "domain evil.example unknown either"]);
        assert_eq!(read.diagnostics[0].code.slug, "feed.no-header");
    }
}
