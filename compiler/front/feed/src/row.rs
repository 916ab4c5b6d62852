//! What does one row of a table hold, whatever format the table has? Its values, and what its other cells say of them.

use std::collections::BTreeSet;

use ir::{ObservableKind, Tlp};
use source::Diagnostic;

use super::collect::{Collector, Facts};
use super::column;
use super::column_kind::Column;
use super::kind;
use super::stix_rules::Version;
use super::table::Row;
use super::text::{Piece, Text};
use super::want::{GUESS, Want};
use super::{cell, codes, misp_type, stix, tags, verdict, words};

/// The columns of one table.
pub(super) struct Layout {
    pub(super) columns: Vec<Option<Column>>,
    names: Vec<String>,
    /// Whether the roles of columns were given by name.
    mapped: bool,
    /// Whether the digests are those of certificates.
    pub(super) certificates: bool,
    /// Whether days of two numbers begin with the day: the header is not English, or a cell can be read in no other way.
    pub(super) day_first: bool,
    /// Whether a column is there that is surer to hold values than one called `name`.
    named: bool,
    /// Whether markings are TheHive's numbers, which its `dataType` tells.
    numbered: bool,
    /// Whether each column is a list of its own, so that no cell speaks of another.
    pub(super) apart: bool,
}

impl Layout {
    pub(super) fn new(columns: Vec<Option<Column>>, names: Vec<String>, mapped: bool) -> Self {
        let named = columns.iter().flatten().any(|column| column::holds_values(*column) && *column != Column::Name);
        let day_first = names.iter().any(|name| languages::is_foreign(name));
        let numbered = names.iter().any(|name| name.eq_ignore_ascii_case("dataType"));
        Self { columns, names, mapped, certificates: false, day_first, named, numbered, apart: false }
    }

    /// Whether a day in these rows can only begin with the day: `23/02/2026`.
    pub(super) fn says_day_first(&self, rows: &[&Row<'_>]) -> bool {
        let columns = || self.columns.iter().enumerate().filter(|(_, column)| matches!(column, Some(Column::ValidFrom | Column::ValidUntil)));
        let day = |cell: &Text<'_>| {
            let mut parts = cell.as_str().trim().split('/').map(|part| part.parse::<u16>().unwrap_or(0));
            matches!((parts.next(), parts.next(), parts.next()), (Some(13..=31), Some(1..=12), Some(1000..)))
        };
        rows.iter().any(|row| columns().any(|(at, _)| row.cell(at).is_some_and(day)))
    }

    fn has(&self, wanted: Column) -> bool {
        self.columns.contains(&Some(wanted))
    }
}

/// Words that are the same in every row, and so belong to the whole feed.
#[derive(Default)]
pub(super) struct Constants {
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

/// Reads a row.
pub(super) fn read(row: &Row<'_>, layout: &Layout, constants: &mut Constants, out: &mut Collector<'_>) {
    read_within(row, layout, &Facts::default(), None, constants, out);
}

/// Reads a row of a list of which something is said already: a marking, or why none of its values is an indicator.
pub(super) fn read_within(row: &Row<'_>, layout: &Layout, around: &Facts, refused: Option<&str>, constants: &mut Constants, out: &mut Collector<'_>) {
    let of = |wanted: fn(Column) -> bool| {
        layout.columns.iter().enumerate().filter(move |(_, column)| column.is_some_and(wanted)).filter_map(|(at, _)| row.cell(at))
    };
    let first = |wanted: Column| {
        let at = layout.columns.iter().position(|column| *column == Some(wanted))?;
        row.cell(at).map(Text::trimmed).filter(|piece| !piece.value.is_empty())
    };
    constants.see(layout, row);
    let refused = refused.map(str::to_owned).or_else(|| self::refused(layout, row, out));
    let mut facts = facts(layout, &first, of(|column| column == Column::Note), of(|column| column == Column::Role), out);
    facts.tlp = marking(layout, row, out).max(around.tlp);
    facts.techniques = of(|column| column == Column::Attack).flat_map(|cell| words::techniques(cell.as_str())).collect();
    let kinds: Vec<&str> = of(|column| column == Column::Kind).map(|cell| cell.as_str().trim()).filter(|word| !word.is_empty()).collect();
    let kind = Kind::of(&kinds, out);
    facts.role = facts.role.or(kind.role);
    let port = first(Column::Port).and_then(|piece| facts.port(piece.value));
    let filled = Filled::of(layout, row);
    let mask = first(Column::Netmask);
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
        if let (Some(mask), None) = (mask, &refused)
            && let Some(network) = kind::masked(piece.value, mask.value)
        {
            out.push("network", piece, ir::Observable::Ip(network), &facts);
            continue;
        }
        let name = match column {
            Column::Typed(..) => layout.names.get(at).map_or("", String::as_str),
            _ => kind.name,
        };
        if let Some(reason) = &refused {
            misp_type::list(name, cell, reason, out);
        } else if let Column::Typed(want, direction, role) = column {
            // `yes` and the name of a framework stand in columns called `C2` as well.
            let told = !matches!(want, Want::Guess { .. }) || piece.value.contains(['.', ':']);
            match filled.beside(*want).filter(|_| !layout.apart) {
                _ if !told => {}
                Some(reason) => out.list(name, piece, reason),
                None => {
                    let certificate = layout.certificates && *want == Want::Kind(ObservableKind::Sha1);
                    let want = if certificate { Want::Kind(ObservableKind::CertSha1) } else { kind::digest_beside(kind.name, kind.want, *want) };
                    let facts = facts.towards(*direction);
                    cell::read(name, want, cell, port, &Facts { role: facts.role.or(*role), ..facts }, out);
                }
            }
        } else if *column == Column::Pattern {
            stix::pattern(cell, Version::V20, &facts, out);
        } else {
            read_value(&kind, cell, port, &facts, out);
        }
    }
    if let (Some(start), Some(end)) = (first(Column::RangeStart), first(Column::RangeEnd))
        && let (Ok(one), Ok(last)) = (ir::observable::parse_address(start.value), ir::observable::parse_address(end.value))
    {
        any = true;
        let piece = if start.start < end.start { Piece { end: end.end, ..start } } else { start };
        match (&refused, kind::networks(one, last)) {
            (Some(reason), _) => out.list("range", piece, &**reason),
            (None, Err(why)) => out.list("range", piece, why.unwrap_or("it is no range")),
            (None, Ok(networks)) => networks.into_iter().for_each(|network| {
                out.push("range", piece, ir::Observable::Ip(network), &facts);
            }),
        }
    }
    if !any && layout.has(Column::Cve) && !layout.named {
        // A catalogue of vulnerabilities: what it links to is no indicator.
        for cell in of(|column| column == Column::Cve) {
            out.header.cves.extend(words::items(cell.as_str()).iter().filter_map(|id| words::cve(id)));
            out.list("cve", cell.trimmed(), "it names a vulnerability and is no indicator");
        }
        return;
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

/// Reads a row of a table that names no columns: whatever looks like a value is one.
pub(super) fn read_unnamed(row: &Row<'_>, out: &mut Collector<'_>) {
    let layout = Layout::new(vec![None; row.cells.len()], vec![String::new(); row.cells.len()], false);
    let refused = refused(&layout, row, out);
    let facts = Facts { tlp: marking(&layout, row, out), ..Facts::default() };
    if row.cells.iter().filter(|cell| !cell.as_str().trim().is_empty()).count() == 1 {
        // A line that says nothing else marks what stands below it.
        out.marking = out.marking.max(facts.tlp);
    }
    let mut any = false;
    let words: Vec<&str> = row.cells.iter().map(|cell| cell.as_str().trim()).collect();
    if let (Some(network), Some(start), Some(end), None) = (kind::between(&words), row.cell(0), row.cell(1), &refused) {
        let piece = Piece { end: end.trimmed().end, ..start.trimmed() };
        out.push("network", piece, ir::Observable::Ip(network), &facts);
        return;
    }
    for cell in &row.cells {
        let piece = cell.trimmed();
        if kind::guess(piece.value, false).is_some() {
            any = true;
            match &refused {
                Some(reason) => out.list("", piece, &**reason),
                None => {
                    out.add("", GUESS, piece, &facts);
                }
            }
        }
    }
    if !any && let Some(first) = row.cells.iter().map(Text::trimmed).find(|piece| !piece.value.is_empty()) {
        out.not_a_value("", first, "no cell of this row looks like a value");
    }
}

/// The type that a row names.
pub(super) struct Kind<'r> {
    name: &'r str,
    /// Whether it is one of MISP's.
    misp: bool,
    pub(super) want: Want,
    /// What the word says of the value's role.
    role: Option<ir::Role>,
}

impl<'r> Kind<'r> {
    /// Of several words the first that is understood counts: `indicator` names no type, `domain-name` beside it does.
    pub(super) fn of(words: &[&'r str], out: &mut Collector<'_>) -> Self {
        if let Some(name) = words.iter().find(|word| misp_type::known(word)) {
            return Self { name, misp: true, want: out.kind(name).0.unwrap_or(GUESS), role: None };
        }
        for name in words {
            if let (Some(want), role) = out.kind(name) {
                return Self { name, misp: false, want, role };
            }
        }
        // `Staging server` names no type, but what the value was for.
        let role = words.iter().find_map(|word| out.kind(word).1);
        Self { name: words.first().copied().unwrap_or_default(), misp: false, want: GUESS, role }
    }
}

/// Reads the cell of a value with the type that its row names.
fn read_value(kind: &Kind<'_>, cell: &Text<'_>, port: Option<u16>, facts: &Facts, out: &mut Collector<'_>) {
    let address = kind.want == Want::Kind(ObservableKind::Ip);
    let facts = &facts.towards(if address { words::direction(kind.name) } else { None });
    // One of MISP's types, written as MISP writes it; otherwise the cell may hold a label or several values.
    let plain = kind.name.contains('|') || !matches!(kind.want, Want::Kind(_)) || out.reads(kind.want, cell.as_str().trim());
    if kind.misp && plain && !(address && port.is_some()) {
        let network = matches!(kind.want, Want::Kind(ObservableKind::Domain | ObservableKind::Host | ObservableKind::Url));
        let told = port.filter(|_| network).map(|port| facts.remarked(&format!("port {port}")));
        misp_type::add(kind.name, cell, told.as_ref().unwrap_or(facts), out);
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
                Column::Typed(Want::Kind(ObservableKind::Url), ..) => filled.url = true,
                Column::Typed(Want::Kind(kind), ..) if kind::is_a(kind, ObservableKind::Hash) => filled.digest = true,
                Column::Value | Column::Pattern | Column::RangeStart => filled.value = true,
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
    facts.confidence = first(Column::Confidence).filter(|piece| piece.value != "0").and_then(|piece| {
        out.understood(
            words::confidence(piece.value),
            piece,
            "a degree of confidence",
            "it might be written as low, medium, high or a number up to 100",
        )
    });
    remarks.extend(malware);
    remarks.dedup();
    facts.note = Some(words::remark(&remarks.join("; "))).filter(|note| !note.is_empty());
    facts
}

/// Why a row says that its value is no indicator, or none any more, with the words that say it.
pub(super) fn refused(layout: &Layout, row: &Row<'_>, out: &mut Collector<'_>) -> Option<String> {
    layout.columns.iter().zip(&layout.names).zip(&row.cells).find_map(|((column, name), cell)| {
        let cell = cell.as_str().trim();
        if cell.is_empty() {
            return None;
        }
        let says = match column {
            Some(Column::ToIds) if no(cell) => return Some("it is not marked for detection (`to_ids`)".to_owned()),
            Some(Column::Revoked) if words::folded(name) == " revoked " && yes(cell) => {
                return Some("its author took it back (`revoked`)".to_owned());
            }
            Some(Column::Active | Column::ToIds) => no(cell) || out.in_status(cell),
            Some(Column::Revoked) => yes(cell) || out.in_status(cell),
            Some(Column::RevokedOn) => !absent(cell) && !no(cell),
            Some(Column::Status | Column::Role | Column::Marking) => out.in_status(cell),
            Some(Column::Kind) => verdict::in_kind(cell) || verdict::in_any(cell),
            Some(Column::Tags) => return verdict::in_tags(cell).map(|tag| format!("its tags say `{}`", words::short(tag))),
            Some(Column::Note | Column::Title) => verdict::in_remark(cell),
            Some(Column::Name) if layout.named => verdict::in_any(cell),
            Some(column) if column::holds_values(*column) => false,
            Some(_) | None => verdict::in_any(cell),
        };
        says.then(|| {
            if name.is_empty() {
                format!("its row says `{}`", words::short(cell))
            } else {
                format!("its `{}` says `{}`", words::short(name), words::short(cell))
            }
        })
    })
}

/// The strictest marking that a row has in any of its cells. A cell that begins with `TLP` and is not understood is held as red.
pub(super) fn marking(layout: &Layout, row: &Row<'_>, out: &mut Collector<'_>) -> Option<Tlp> {
    let mut found: Option<Tlp> = None;
    for (column, cell) in layout.columns.iter().zip(&row.cells) {
        let piece = cell.trimmed();
        if piece.value.is_empty() || column.is_some_and(|column| column::holds_values(column) && column != Column::Name) {
            continue;
        }
        let tlp = match column {
            Some(Column::Tlp) if layout.numbered && tags::numbered(piece.value).is_some() => tags::numbered(piece.value),
            Some(Column::Tlp) => out.tlp(piece),
            Some(Column::Tags) => {
                let tags = tags::read_cell(piece.value);
                tags.unknown.and_then(|tag| out.tlp(Piece { value: &tag, ..piece })).max(tags.tlp)
            }
            // A slip of the pen is no marking here: `clean`, `greed`.
            Some(Column::Marking) if Tlp::parse(piece.value).is_some() => Tlp::parse(piece.value),
            _ => match words::markings(piece.value) {
                None if words::begins_with_tlp(piece.value) => out.tlp(piece),
                found => found,
            },
        };
        found = found.max(tlp);
    }
    found
}

/// Whether a word denies.
pub(super) fn no(word: &str) -> bool {
    NO.iter().any(|no| word.eq_ignore_ascii_case(no))
}

/// Whether a word affirms or denies.
pub(super) fn is_truth(word: &str) -> bool {
    yes(word) || no(word)
}

/// Whether a word affirms.
fn yes(word: &str) -> bool {
    YES.iter().any(|yes| word.eq_ignore_ascii_case(yes))
}

/// Whether a word stands for nothing.
fn absent(word: &str) -> bool {
    ["null", "none", "n/a", "na", "-", "nil", "never", "nan"].iter().any(|absent| word.eq_ignore_ascii_case(absent))
}

/// Words of truth values, as spreadsheets and databases of several languages write them.
const NO: [&str; 14] = ["0", "false", "no", "f", "n", "off", "non", "faux", "nein", "falsch", "nee", "não", "falso", "nie"];
const YES: [&str; 17] = ["1", "true", "yes", "t", "y", "on", "x", "oui", "vrai", "ja", "wahr", "si", "sí", "sì", "sim", "verdadero", "tak"];

impl Constants {
    pub(super) fn see(&mut self, layout: &Layout, row: &Row<'_>) {
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
    pub(super) fn tell(self, out: &mut Collector<'_>) {
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
    use super::super::Format;
    use super::super::trial::{listed, try_out};

    #[test]
    fn what_a_row_says_of_itself_decides() {
        let table = |column: &str, word: &str| format!("value,{column}\nportal.example,{word}\n");
        for (column, word) in [
            ("Action", "Allowed"),
            ("status", "falsepos"),
            ("Status", "INACTIVE"),
            ("is_active", "0"),
            ("enabled", "false"),
            ("Verdict", "Benign"),
            ("Disposition", "clean"),
            ("Classification", "legitimate"),
            ("Threat type", "Sinkhole"),
            ("category", "Compromised victim"),
            ("Notes", "\"False positive, removed\""),
            ("tags", "\"loader,false-positive\""),
            ("event_tag", "\"tlp:green,false-positive:confirmed=\"\"true\"\"\""),
            ("revoked_at", "2026-02-01"),
            ("whitelisted", "yes"),
            ("itype", "sinkhole_domain"),
            ("What we think", "False positive"),
            ("Statut", "Désactivé"),
            ("Bewertung", "Fehlalarm"),
            ("Estado", "inactivo"),
            ("Malicious", "no"),
        ] {
            let (lines, read) = try_out(Format::Csv, &table(column, word));
            assert_eq!(lines, Vec::<String>::new(), "{column}: {word}");
            assert_eq!(read.listed.len(), 1, "{column}: {word}");
        }
        let (_, read) = try_out(Format::Csv, &table("Action", "Allowed"));
        assert_eq!(listed(&read), [" portal.example: its `Action` says `Allowed`"]);
        for (column, word) in [
            ("Action", "Warn"),
            ("Action", "Block"),
            ("status", "active"),
            ("c2_status", "offline"),
            ("url_status", "offline"),
            ("is_active", "1"),
            ("Verdict", "Malicious"),
            ("Classification", "TruePositive"),
            ("Notes", "not a false positive"),
            ("tags", "\"false-positive:risk=\"\"low\"\"\""),
            ("revoked_at", ""),
            ("revoked_at", "null"),
            ("Detail of the case", "removed"),
        ] {
            assert_eq!(try_out(Format::Csv, &table(column, word)).0.len(), 1, "{column}: {word}");
        }
    }

    #[test]
    fn a_cell_that_reads_as_a_marking_is_one() {
        use ir::Tlp;
        for (column, word, tlp) in [
            ("tlp", "amber", Some(Tlp::Amber)),
            ("Marquage", "TLP:AMBER", Some(Tlp::Amber)),
            ("Anything", "TLP:AMBER+STRICT", Some(Tlp::AmberStrict)),
            ("Anything", "tlp amber-strict", Some(Tlp::AmberStrict)),
            ("Anything", "TLP-GREEN", Some(Tlp::Green)),
            ("Anything", "TLP:mauve", Some(Tlp::Red)),
            ("Anything", "TLP", Some(Tlp::Red)),
            ("Notes", "loader; shared under TLP:RED", Some(Tlp::Red)),
            ("Classification", "AMBER", Some(Tlp::Amber)),
            ("Classification", "internal use", None),
            ("Severity", "amber", None),
            ("event_tag", "\"tlp:amber,type:OSINT\"", Some(Tlp::Amber)),
            ("attribute_tag", "\"x:TLP=\"\"red\"\"\"", Some(Tlp::Red)),
            ("tags", "loader tlp", None),
            ("tags", "tlp:mauve", Some(Tlp::Red)),
            ("Notes", "tlpsvc.dll", None),
        ] {
            let (lines, read) = try_out(Format::Csv, &format!("value,{column}\nportal.example,{word}\n"));
            assert_eq!((lines.len(), read.header.tlp), (1, tlp), "{column}: {word}");
        }
        let (_, read) = try_out(Format::Csv, "value,event_tag,attribute_tag\na.example,tlp:green,tlp:red\nb.example,tlp:green,\n");
        assert_eq!((read.header.tlp, read.indicators[0].tlp), (Some(Tlp::Green), Some(Tlp::Red)));
        let (_, read) = try_out(Format::Csv, "value,Marquage\na.example,TLP:AMBER\nb.example,\n");
        assert_eq!((read.header.tlp, read.indicators[0].tlp, read.indicators[1].tlp), (None, Some(Tlp::Amber), None));
    }
}
