//! What does a table hold? The header says, typing mistakes forgiven; a mapping says it instead.

use source::Diagnostic;

use super::collect::Collector;
use super::column;
use super::column_kind::Column;
use super::kind;
use super::row::{self, Constants, Layout};
use super::table::{self, Row};
use super::text::Text;
use super::{Defaults, codes, fit, verdict, words};

/// How many rows are looked at before the columns are known.
const LOOK: usize = 50;

/// Reads a table.
pub(super) fn read(text: &str, defaults: &Defaults, out: &mut Collector<'_>) {
    let mut mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let named = table::separator_line(text.get(mark..).unwrap_or_default());
    mark += named.map_or(0, |(_, length)| length);
    let body = text.get(mark..).unwrap_or_default();
    let preamble = preamble(body, mark, out);
    let separator = named.map_or_else(|| table::separator(preamble.first_line), |(separator, _)| separator);
    let mut rows = table::rows(body, mark, separator);
    let mut look: Vec<Result<Row<'_>, String>> = rows.by_ref().take(LOOK).collect();
    let above: Vec<Row<'_>> = look.drain(..titles(&look)).filter_map(Result::ok).collect();
    let title = read_titles(&above, out);
    let Some(Ok(first)) = look.first() else { return };
    let below: Vec<&Row<'_>> = look.iter().skip(1).filter_map(|row| row.as_ref().ok()).collect();
    let mapping_given = defaults.mapping.entries().iter().any(|(_, column)| column.is_some());
    let commented = preamble.header.map(|(line, start)| cells_of_line(line, start, separator));
    let has_header = if mapping_given { commented.is_none() } else { is_header(&first.cells, &below) };
    let header = if has_header { Some(first.cells.clone()) } else { commented };
    let sample: Vec<&Row<'_>> = if has_header { below } else { look.iter().filter_map(|row| row.as_ref().ok()).collect() };
    let layout = match &header {
        Some(cells) if mapping_given => match mapped(cells, defaults, out) {
            None => return,
            layout => layout,
        },
        Some(cells) => Some(fit::named(cells, &sample)),
        None => fit::by_content(&sample),
    };
    if header.is_none() {
        say_no_header(first, out);
    }
    out.day_first = layout.as_ref().is_some_and(|layout| layout.day_first || layout.says_day_first(&sample));
    if has_header {
        drop(look.remove(0));
    }
    let rows = look.into_iter().chain(rows);
    let Some(mut layout) = layout else {
        headless(rows, out);
        return;
    };
    layout.certificates = preamble.certificates;
    let mut constants = Constants::default();
    for row in rows {
        match row {
            Ok(row) => {
                broken_quote(&row, out);
                row::read(&row, &layout, &mut constants, out);
            }
            Err(why) => {
                let place = out.place(mark, mark);
                out.say(Diagnostic::new(&codes::BROKEN, format!("a row is not read: {why}")).at(place, "this table"));
            }
        }
    }
    constants.tell(out);
    out.header.title = out.header.title.take().or(title);
}

/// What stands before the first row.
struct Preamble<'a> {
    first_line: &'a str,
    /// A header inside a comment, as abuse.ch writes it.
    header: Option<(&'a str, usize)>,
    certificates: bool,
}

fn preamble<'a>(body: &'a str, base: usize, out: &mut Collector<'_>) -> Preamble<'a> {
    let mut found = Preamble { first_line: "", header: None, certificates: false };
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let words = line.trim();
        if let Some(comment) = words.strip_prefix('#') {
            found.certificates |= comment.contains("SSL Certificate");
            let comment = comment.trim_matches(['#', ' ']);
            out.heading(Text::plain(line, base + at).slice(comment));
            let cells = cells_of_line(comment, 0, table::separator(comment));
            if cells.len() > 1 && names_columns(&cells) {
                let start = base + at + line.find(comment).unwrap_or(0);
                found.header = Some((comment, start));
            }
        } else if !words.is_empty() {
            found.first_line = first_line(body.get(at..).unwrap_or_default());
            break;
        }
        at += line.len();
    }
    found
}

/// How many rows of a title, a day or a marking may stand above the names of the columns.
const TITLES: usize = 10;

/// The line that tells the separator: the one that names the columns, or the first that has any.
fn first_line(text: &str) -> &str {
    let lines = || text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).take(TITLES + 1);
    let several = |line: &&str| cells_of_line(line, 0, table::separator(line)).len() > 1;
    let names = |line: &&str| several(line) && names_columns(&cells_of_line(line, 0, table::separator(line)));
    lines().find(names).or_else(|| lines().find(several)).or_else(|| lines().next()).unwrap_or_default()
}

/// How many rows stand above the one that names the columns: a title, a day, a marking.
fn titles(look: &[Result<Row<'_>, String>]) -> usize {
    let rows: Vec<&Row<'_>> = look.iter().take(TITLES + 1).map_while(|row| row.as_ref().ok()).collect();
    let words = |row: &Row<'_>| row.cells.iter().filter(|cell| !cell.as_str().trim().is_empty()).count();
    // A title may hold a link.
    let value = |cell: &Text<'_>| {
        column::by_name(cell.as_str()).is_none() && kind::guess(cell.as_str(), false).is_some_and(|kind| kind != ir::ObservableKind::Url)
    };
    let above = |at: usize| rows.iter().take(at).all(|row| !row.cells.iter().any(value));
    let wide = rows.iter().any(|row| words(row) > 1);
    let named = rows.iter().enumerate().find(|(_, row)| (words(row) > 1 || !wide) && names_columns(&row.cells));
    if let Some((at, header)) = named
        && above(at)
        && rows.iter().take(at).all(|row| words(row) <= words(header).max(2))
    {
        return at;
    }
    match rows.iter().position(|row| words(row) > 1) {
        Some(at) if above(at) => at,
        _ => rows
            .iter()
            .take_while(|row| {
                row.cells.iter().any(|cell| words::markings(cell.as_str()).is_some() || verdict::in_title(cell.as_str())) && words(row) == 1
            })
            .count(),
    }
}

/// Reads the rows above the names of the columns; the first of them without a marking is the title.
fn read_titles(above: &[Row<'_>], out: &mut Collector<'_>) -> Option<String> {
    let mut title = None;
    for row in above {
        let cells: Vec<_> = row.cells.iter().map(Text::trimmed).filter(|piece| !piece.value.is_empty()).collect();
        match cells.as_slice() {
            // `Marking: | AMBER`
            [label, word] if matches!(column::by_name(label.value.trim_end_matches(':')), Some(Column::Tlp | Column::Marking)) => {
                let tlp = if ir::Tlp::parse(word.value).is_some() { ir::Tlp::parse(word.value) } else { words::markings(word.value) };
                out.marking = out.marking.max(tlp);
                if tlp.is_some() {
                    continue;
                }
            }
            [one] if title.is_none() && !words::begins_with_tlp(one.value) => title = Some(one.value.to_owned()),
            _ => {}
        }
        cells.into_iter().for_each(|piece| out.heading(piece));
    }
    title
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

/// Whether the first row names the columns of the rows below it.
fn is_header(cells: &[Text<'_>], below: &[&Row<'_>]) -> bool {
    let known = |cell: &Text<'_>| column::by_name(cell.as_str()).is_some();
    let value = |cell: &Text<'_>| !known(cell) && fit::is_value(cell.as_str().trim());
    // A word for a type above words for types is one of them.
    let typed = |at: usize, cell: &Text<'_>| fit::names_type(cell.as_str()) && fit::column_of_types(at, below);
    if cells.iter().any(value) && !names_columns(cells) || cells.iter().enumerate().any(|(at, cell)| typed(at, cell)) {
        return false;
    }
    let values_below = || below.iter().any(|row| row.cells.iter().any(|cell| fit::is_value(cell.as_str().trim())));
    names_columns(cells) || cells.iter().filter(|cell| known(cell)).count() >= 2 || could_name(cells) && values_below()
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

/// Says that a table has no header row.
fn say_no_header(row: &Row<'_>, out: &mut Collector<'_>) {
    let place = out.place(row.start, row.end);
    out.say(
        Diagnostic::new(&codes::NO_HEADER, "the table has no header row; whatever looks like a value is read")
            .at(place, "the first row")
            .help("a mapping needs a header: the first row might name the columns"),
    );
}

/// A table without a header: whatever looks like a value is one.
fn headless<'a>(rows: impl Iterator<Item = Result<Row<'a>, String>>, out: &mut Collector<'_>) {
    for row in rows.filter_map(Result::ok) {
        broken_quote(&row, out);
        row::read_unnamed(&row, out);
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
    fn words_of_columns_and_cells_tell_types_roles_and_states() {
        for (text, wanted) in [
            ("value,type\nportal.example,Staging server\n", &["domain portal.example delivery either"][..]),
            ("value,role\nportal.example,Staging server\n", &["domain portal.example delivery either"]),
            ("Staging server,Comment\nportal.example,x\n", &["domain portal.example delivery either"]),
            ("value,type\nportal.example,Exfiltration server\n", &["domain portal.example exfiltration either"]),
            ("type,value\nUA,TideClient/2.1\n", &["useragent TideClient/2.1 unknown either"]),
            ("type,value\nLigne de commande,tide9.exe -s 1\n", &["command-line tide9.exe -s 1 unknown either"]),
            ("type,value\nOpdrachtregel,tide9.exe -s 1\n", &["command-line tide9.exe -s 1 unknown either"]),
            ("type,value\nNom du processus,quilld9\n", &["process quilld9 unknown either"]),
            ("network,netmask\n203.0.113.0,255.255.255.0\n", &["ip 203.0.113.0/24 unknown either"]),
            ("from,to\n203.0.113.0,203.0.113.127\n", &["ip 203.0.113.0/25 unknown either"]),
            ("type,value,action\ndomain,portal.example,no_action\n", &[]),
            ("value,List\nportal.example,allowlist\n", &[]),
            ("value,notes\nportal.example,\"test entry, ignore\"\n", &[]),
            ("value,notes\nportal.example,dummy\n", &[]),
            ("value,notes\nportal.example,tests the login of victims\n", &["domain portal.example unknown either"]),
        ] {
            let (lines, _) = try_out(Format::Csv, text);
            assert_eq!(lines, wanted, "{text}");
        }
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
    fn a_title_and_a_marking_may_stand_above_the_names_of_the_columns() {
        let rows = "type;value;note\ndomain;portal.example;a, b\n";
        for above in [
            "Indicators of the loader, 2026;;\nTLP:AMBER;;\n;;\n",
            "TLP:AMBER\n",
            "# TLP:AMBER\n",
            "Classification:;TLP:AMBER\nDate;2026-02-03;\n",
            "TLP;amber\n",
            "Indicators of compromise;;\nVersion 1;;\nTLP: AMBER;;\n",
        ] {
            let (lines, read) = try_out(Format::Csv, &format!("{above}{rows}"));
            assert_eq!(
                (lines.as_slice(), read.header.tlp, read.listed.len()),
                (["domain portal.example unknown either".to_owned()].as_slice(), Some(ir::Tlp::Amber), 0),
                "{above}"
            );
            assert_eq!(read.diagnostics, [], "{above}");
        }
        let (_, read) = try_out(Format::Csv, "Indicators of the loader;;\ntype;value;note\ndomain;portal.example;x\n");
        assert_eq!(read.header.title.as_deref(), Some("Indicators of the loader"));
        let (lines, read) = try_out(Format::Csv, "TLP:AMBER\nindicator\nportal.example\n203.0.113.72\n");
        assert_eq!((lines.len(), read.header.tlp), (2, Some(ir::Tlp::Amber)));
        let (lines, read) = try_out(Format::Csv, "# Allowlist: known good domains\ndomain,reason\nown.example,office\n");
        assert_eq!((lines.len(), read.listed.len()), (0, 1));
        assert_eq!(try_out(Format::Csv, "Whitelist\nown.example\n").0.len(), 0);
        // Values above a row that names columns are values.
        let (lines, _) = try_out(Format::Csv, "portal.example,a\nvalue,note\nc2.example,b\n");
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn the_marking_of_a_cover_goes_for_the_whole_workbook() {
        let sheet = |text: &str| try_out(Format::Csv, text).1;
        let cover = || sheet("Read me\nIndicators of the loader\nTLP:AMBER\n");
        let read = super::super::Read::join([cover(), sheet("value,tlp\nportal.example,red\nb.example,\n")]);
        assert_eq!((read.header.tlp, read.indicators[0].tlp, read.indicators[1].tlp), (Some(ir::Tlp::Amber), Some(ir::Tlp::Red), None));
        let read = super::super::Read::join([sheet("value,tlp\nportal.example,red\n"), sheet("value,tlp\nb.example,green\n")]);
        assert_eq!((read.header.tlp, read.indicators[0].tlp), (Some(ir::Tlp::Green), Some(ir::Tlp::Red)));
        assert!(cover().is_empty());
    }

    #[test]
    fn ranges_stand_in_two_columns() {
        for text in [
            "from\tto\tasn\n198.51.100.0\t198.51.100.255\tAS64500\n",
            "network,netmask,asn\n198.51.100.0,255.255.255.0,AS64500\n",
            "Network;Mask\n198.51.100.0;24\n",
            "ip,prefix length,note\n198.51.100.0,/24,x\n",
        ] {
            assert_eq!(try_out(Format::Csv, text).0, ["ip 198.51.100.0/24 unknown either"], "{text}");
        }
        assert_eq!(
            try_out(Format::Csv, "from,to,url\n2026-01-01,2026-02-01,http://portal.example/a\n").0,
            ["url http://portal.example/a unknown either"]
        );
    }

    #[test]
    fn a_table_without_header_is_read_by_its_looks() {
        let (lines, read) = try_out(Format::Csv, "198.51.100.7,seen in July\nevil.example,x\n");
        assert_eq!(lines, ["ip 198.51.100.7 unknown either", "domain evil.example unknown either"]);
        assert_eq!(read.diagnostics[0].code.slug, "feed.no-header");
    }
}
