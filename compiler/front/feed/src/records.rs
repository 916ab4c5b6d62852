//! What does a feed in JSON hold that is neither MISP nor STIX? Its objects are read like the rows of a table, by their keys.
//!
//! Pulses of OTX, exports of ThreatFox and URLhaus, answers of vendors' interfaces, one object a line, lists of plain values. What
//! stands around the list (a title, a marking, an actor) speaks for all of it. MISP's warning lists are refused: they name what is harmless.

use std::collections::BTreeMap;

use ir::{ObservableKind, Technique, Tlp};
use source::Diagnostic;

use super::collect::{Collector, Facts, TECHNIQUES};
use super::column;
use super::column_kind::Column;
use super::json::Node;
use super::row::{self, Constants, Layout};
use super::table::Row;
use super::tags;
use super::text::Text;
use super::walk::{Frame, Visit, Way};
use super::want::{GUESS, Want};
use super::window::Page;
use super::{Input, codes, kind, misp, verdict, words};

/// Keys of lists whose members are rows or values, whatever tool wrote them.
const LISTS: &[&str] = &[
    "indicators",
    "iocs",
    "ioc",
    "objects",
    "data",
    "results",
    "result",
    "list",
    "values",
    "value",
    "items",
    "observables",
    "entries",
    "rows",
    "records",
    "attributes",
    "resources",
    "response",
    "threats",
    "artifacts",
    "feed",
    "hits",
    "events",
    "detections",
    "blocklist",
    "blacklist",
    "denylist",
    "block",
    "blocked",
    "deny",
    "hostile",
    "suspicious",
    "vulnerabilities",
    "pulses",
    "malicious",
    "indicators_of_compromise",
    "network",
    "files",
];

/// Keys of lists that tell where things were read, or about others.
const ASIDE: &[&str] = &[
    "sources",
    "reports",
    "related",
    "similar",
    "authors",
    "author",
    "links",
    "media",
    "comments",
    "targets",
    "victims",
    "relations",
    "metrics",
    "targeted_countries",
    "industries",
    "groups",
    "subscribers",
    "matching_attributes",
    "links_to",
];

/// Keys of a value: an object that has one is a row.
const VALUES: &[&str] =
    &["indicator", "ioc", "ioc_value", "value", "observable", "indicatorvalue", "cidr", "ip_address", "dst_ip", "sha256_hash", "cveid"];

/// Reads a text: first what it says of all its values, which may stand behind them, then the values.
pub(super) fn read(input: &dyn Input, out: &mut Collector<'_>) {
    let mut about = About { documents: BTreeMap::new(), warning_list: (false, false, false), out };
    let broken = misp::walk_input(input, &mut about);
    let About { mut documents, warning_list, .. } = about;
    let cut = broken.is_some();
    misp::say_broken(broken, out);
    if warning_list.0 && (warning_list.1 || warning_list.2) {
        let name = documents.values().find_map(|document| document.title.clone()).unwrap_or_default();
        let place = out.place(0, 0);
        out.say(
            Diagnostic::new(
                &codes::NOT_READ,
                format!("the file is a MISP warning list (`{}`), whose values are not to be alarmed on", words::short(&name)),
            )
            .at(place, "begins here")
            .help("its values might be allowed in `vigie.toml`"),
        );
        return;
    }
    numbers(&mut documents, out);
    header(&documents, out);
    let mut values = Values {
        documents: &documents,
        columns: BTreeMap::new(),
        allowing: BTreeMap::new(),
        constants: Constants::default(),
        any: false,
        empty: true,
        out,
    };
    let broken = misp::walk_input(input, &mut values);
    let Values { any, empty, .. } = values;
    if !cut {
        misp::say_broken(broken, out);
    }
    if !any && !empty {
        let place = out.place(0, 0);
        out.say(
            Diagnostic::new(&codes::NOT_READ, "the file is JSON in which no list of values is recognised")
                .at(place, "begins here")
                .help("objects are read by keys such as `type` and `value`; MISP and STIX are read as such"),
        );
    }
}

/// Whether an object is a list's wrapper or a row, by one of its members: the key, the first byte of the value and the next.
fn wraps(key: &str, first: u8, next: u8) -> Option<bool> {
    let lower = key.to_ascii_lowercase();
    let list = first == b'[' && matches!(next, b'{' | b'[' | b'"');
    if list && (LISTS.contains(&&*lower) || key.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(true);
    }
    (first == b'"' && VALUES.contains(&&*lower)).then_some(false)
}

/// The same at the top of a text, where a list under any name counts.
fn wraps_at_top(key: &str, first: u8, next: u8) -> Option<bool> {
    wraps(key, first, next).or_else(|| {
        let nested = matches!((first, next), (b'[', b'{' | b'['))
            || first == b'{' && LISTS.contains(&&*key.to_ascii_lowercase())
            || (first, next) == (b'[', b'"') && kind::role_of_word(key).is_some();
        (nested && !aside(key)).then_some(true)
    })
}

/// Whether what stands under a key is no list of values.
fn aside(key: &str) -> bool {
    let about = |column| {
        matches!(column, Column::Reference | Column::Tags | Column::Actors | Column::Malware | Column::Attack | Column::Marking | Column::Role)
    };
    ASIDE.contains(&&*key.to_ascii_lowercase()) || column::by_name(key).is_some_and(about)
}

/// The same way for both walks.
fn way(frames: &[Frame], key: &str, first: u8) -> Way {
    match (frames.last(), first) {
        (None, b'[') => Way::Enter,
        (None, b'{') => Way::EnterIf(wraps_at_top),
        (Some(frame), b'{') if frame.list => Way::EnterIf(wraps),
        (Some(_), b'{') if LISTS.contains(&&*key.to_ascii_lowercase()) => Way::EnterIf(wraps_at_top),
        (Some(frame), b'[') if frame.list || !aside(key) => Way::Enter,
        _ => Way::Whole,
    }
}

/// The key that a member's list stands under; of lists in lists the nearest that has one.
fn list_key(frames: &[Frame]) -> &str {
    frames.iter().rev().map(|frame| &*frame.key).find(|key| !key.is_empty()).unwrap_or_default()
}

/// What is said of all values of an object that wraps them.
#[derive(Default)]
struct Document {
    title: Option<String>,
    id: Option<String>,
    published: Option<ir::Date>,
    modified: Option<ir::Date>,
    author: Option<String>,
    tlp: Option<Tlp>,
    actors: Vec<String>,
    malware: Vec<String>,
    references: Vec<String>,
    cves: Vec<String>,
    techniques: Vec<Technique>,
    /// A marking as a number, which only TheHive writes.
    number: Option<(String, usize, usize)>,
    /// Whether a key is there that only TheHive has.
    hive: bool,
    /// Why none of its values is an indicator.
    refused: Option<String>,
}

struct About<'o, 'c> {
    documents: BTreeMap<usize, Document>,
    /// Whether a list, a key of MISP's warning lists and the two others of them are there.
    warning_list: (bool, bool, bool),
    out: &'o mut Collector<'c>,
}

impl Visit for About<'_, '_> {
    fn way(&mut self, frames: &[Frame], key: &str, first: u8) -> Way {
        if frames.len() == 1 {
            self.warning_list.0 |= key == "list" && first == b'[';
            self.warning_list.1 |= key == "matching_attributes";
        }
        match way(frames, key, first) {
            Way::Whole if frames.last().is_none_or(|frame| frame.list) => Way::Skip,
            way => way,
        }
    }

    fn entered(&mut self, frames: &[Frame]) {
        if let Some(frame) = frames.last().filter(|frame| !frame.list) {
            self.documents.insert(frame.number, Document::default());
        }
    }

    fn value(&mut self, frames: &[Frame], key: &str, node: &Node<'_>, page: &Page<'_>) {
        let Some(frame) = frames.last().filter(|frame| !frame.list) else { return };
        let Some(document) = self.documents.get_mut(&frame.number) else { return };
        let text = node.as_text().map(Text::trimmed).filter(|piece| !piece.value.is_empty());
        let word = || text.map(|piece| piece.value.to_owned());
        if frames.len() == 1 && key == "type" {
            self.warning_list.2 = text.is_some_and(|piece| matches!(piece.value, "cidr" | "hostname" | "string" | "substring" | "regex"));
        }
        match key.to_ascii_lowercase().as_str() {
            "id" | "uuid" => document.id = word(),
            "pap" | "sourceref" | "caseid" | "datatype" => document.hive = true,
            "created" | "published" | "date" | "datereleased" | "publish_date" => {
                document.published = document.published.or(text.and_then(|piece| words::day(piece.value)));
            }
            "modified" | "updated" | "last_modified" => document.modified = document.modified.or(text.and_then(|piece| words::day(piece.value))),
            "author_name" | "publisher" | "author" => document.author = document.author.take().or_else(word),
            _ => {}
        }
        self.out.turn(page);
        match column::by_name(key) {
            Some(Column::Title | Column::Name) => document.title = word(),
            Some(Column::Tlp) if text.is_some_and(|piece| tags::numbered(piece.value).is_some()) => {
                document.number = text.map(|piece| (piece.value.to_owned(), piece.start, piece.end));
            }
            Some(Column::Tlp) => document.tlp = text.and_then(|piece| self.out.tlp(piece)).max(document.tlp),
            Some(Column::Tags) => {
                for tag in names(node) {
                    let found = tags::read_cell(tag.as_str());
                    let unknown = found.unknown.is_some().then_some(Tlp::Red);
                    document.tlp = document.tlp.max(found.tlp).max(unknown);
                    document.actors.extend(found.actors);
                    document.malware.extend(found.malware);
                }
            }
            Some(Column::Actors) => document.actors.extend(names(node).iter().flat_map(|name| words::items(name.as_str()))),
            Some(Column::Malware) => document.malware.extend(names(node).iter().map(|name| name.as_str().trim().to_owned())),
            Some(Column::Reference) => {
                document.references.extend(names(node).iter().map(|name| name.as_str().trim().to_owned()).filter(|link| link.contains("://")));
            }
            Some(Column::Cve) => document.cves.extend(names(node).iter().filter_map(|name| words::cve(name.as_str()))),
            Some(Column::Attack) => document.techniques.extend(names(node).iter().flat_map(|name| words::techniques(name.as_str()))),
            _ => {
                document.tlp =
                    document.tlp.max(text.and_then(|piece| words::markings(piece.value).or(words::begins_with_tlp(piece.value).then_some(Tlp::Red))))
            }
        }
        if document.title.as_deref().is_some_and(|title| verdict::in_kind(title) || verdict::in_title(title)) {
            document.refused = document.title.as_deref().map(|title| format!("its list is called `{}`", words::short(title)));
        }
    }
}

/// Reads the markings that are numbers; those of an unknown program are held as red.
fn numbers(documents: &mut BTreeMap<usize, Document>, out: &mut Collector<'_>) {
    for document in documents.values_mut() {
        let Some((number, start, end)) = document.number.take() else { continue };
        let tlp = if document.hive { tags::numbered(&number) } else { out.tlp(super::text::Piece { value: &number, start, end }) };
        document.tlp = document.tlp.max(tlp);
    }
}

/// The texts of a value: itself, the members of a list, or what objects in it are called.
fn names<'n, 'a>(node: &'n Node<'a>) -> Vec<&'n Text<'a>> {
    let named = |one: &'n Node<'a>| {
        one.as_text().or_else(|| ["display_name", "name", "value", "id", "external_id", "url", "label"].iter().find_map(|key| one.text(key)))
    };
    node.list().iter().filter_map(named).filter(|text| !text.as_str().trim().is_empty()).collect()
}

fn header(documents: &BTreeMap<usize, Document>, out: &mut Collector<'_>) {
    let mut named = documents.values().filter(|document| document.title.is_some() || document.id.is_some());
    if let (Some(one), None) = (named.next(), named.next()) {
        out.header.title.clone_from(&one.title);
        out.header.id.clone_from(&one.id);
        out.header.author.clone_from(&one.author);
    }
    // The strictest marking holds for a file with several documents.
    out.header.tlp = documents.values().filter_map(|document| document.tlp).max();
    for document in documents.values() {
        out.header.published = out.header.published.max(document.published);
        out.header.modified = out.header.modified.max(document.modified);
        out.header.actors.extend(document.actors.iter().cloned());
        out.header.malware.extend(document.malware.iter().cloned());
        out.header.references.extend(document.references.iter().cloned());
        out.header.cves.extend(document.cves.iter().cloned());
        out.header.techniques.extend(document.techniques.iter().cloned());
    }
    out.header.techniques.sort();
    out.header.techniques.dedup();
    out.header.techniques.truncate(TECHNIQUES);
}

struct Values<'d, 'o, 'c> {
    documents: &'d BTreeMap<usize, Document>,
    /// What keys mean; feeds repeat few of them very often.
    columns: BTreeMap<String, Option<Column>>,
    /// Whether keys of lists say that they allow.
    allowing: BTreeMap<String, bool>,
    constants: Constants,
    /// Whether anything was a row or a value.
    any: bool,
    /// Whether nothing stands in the text.
    empty: bool,
    out: &'o mut Collector<'c>,
}

impl Visit for Values<'_, '_, '_> {
    fn way(&mut self, frames: &[Frame], key: &str, first: u8) -> Way {
        way(frames, key, first)
    }

    fn entered(&mut self, _: &[Frame]) {}

    fn value(&mut self, frames: &[Frame], key: &str, node: &Node<'_>, page: &Page<'_>) {
        self.empty = false;
        let row = frames.last().is_none_or(|frame| frame.list);
        // An object that stands alone under a key of lists is a row as well.
        let typed = || matches!(kind::of_word(key), Some(Want::Kind(_) | Want::File));
        let alone = !row && matches!(node, Node::Object(..)) && (LISTS.contains(&key) || typed());
        if !row && !alone {
            return;
        }
        self.out.turn(page);
        let document = frames.iter().rev().find_map(|frame| self.documents.get(&frame.number));
        let facts = Facts { tlp: document.and_then(|document| document.tlp), ..Facts::default() };
        let refused = frames.iter().rev().filter_map(|frame| self.documents.get(&frame.number)).find_map(|document| document.refused.as_deref());
        // `{"allow": [...], "block": [...]}`
        let key_refuses = frames.iter().rev().map(|frame| &*frame.key).find(|key| self.allows(key));
        let named = key_refuses.map(|key| format!("its list is called `{}`", words::short(key)));
        let refused = refused.or(named.as_deref());
        match node {
            Node::Object(pairs, at) => self.row(if row { list_key(frames) } else { key }, pairs, *at, page, &facts, refused),
            Node::String(text) => self.plain(frames, text, &facts, refused),
            Node::Array(items) => items.iter().filter_map(Node::as_text).for_each(|text| self.plain(frames, text, &facts, refused)),
            Node::Null | Node::Bool(_) | Node::Number(_) => {}
        }
    }
}

impl Values<'_, '_, '_> {
    /// Whether the key of a list says that it allows.
    fn allows(&mut self, key: &str) -> bool {
        if key.is_empty() {
            return false;
        }
        if let Some(known) = self.allowing.get(key) {
            return *known;
        }
        let says = verdict::in_title(key) || verdict::in_status(key);
        if self.allowing.len() < 1000 && key.len() < 100 {
            self.allowing.insert(key.to_owned(), says);
        }
        says
    }

    fn column(&mut self, key: &str) -> Option<Column> {
        if let Some(known) = self.columns.get(key) {
            return *known;
        }
        let column = column::by_name(key);
        if self.columns.len() < 1000 && key.len() < 100 {
            self.columns.insert(key.to_owned(), column);
        }
        column
    }

    /// A string in a list.
    fn plain(&mut self, frames: &[Frame], text: &Text<'_>, facts: &Facts, refused: Option<&str>) {
        let key = list_key(frames);
        let want = match self.column(key) {
            Some(Column::Typed(want, ..)) => want,
            Some(Column::Cve) => {
                self.any = true;
                self.out.header.cves.extend(words::cve(text.as_str()));
                return self.out.list("cve", text.trimmed(), "it names a vulnerability and is no indicator");
            }
            Some(Column::Value) => GUESS,
            _ if key.is_empty() || LISTS.contains(&&*key.to_ascii_lowercase()) || key.bytes().all(|byte| byte.is_ascii_digit()) => GUESS,
            _ => match kind::of_word(key) {
                Some(want @ (Want::Kind(_) | Want::File)) => want,
                // `{"c2": [...]}`
                _ if kind::role_of_word(key).is_some() || refused.is_some() => GUESS,
                _ => return,
            },
        };
        self.any = true;
        let facts = &Facts { role: kind::role_of_word(key), ..facts.clone() };
        match refused {
            Some(reason) => self.out.list(key, text.trimmed(), reason),
            None => super::cell::read(key, want, text, None, facts, self.out),
        }
    }

    /// An object.
    fn row(&mut self, key: &str, pairs: &[(Text<'_>, Node<'_>)], at: usize, page: &Page<'_>, facts: &Facts, refused: Option<&str>) {
        let objects = pairs.iter().all(|(_, node)| matches!(node, Node::Object(..)));
        if objects && self.keyed(pairs, at, page, facts, refused) {
            return;
        }
        let mut cells: Vec<Cell<'_>> = Vec::new();
        gather(pairs, "", at, 0, &mut cells);
        if !self.cells(key, cells, at, page, facts, refused) && !self.keyed(pairs, at, page, facts, refused) {
            // `{"ip": {"203.0.113.9": ...}, "domain": {...}}`
            for (_, node) in pairs {
                if let Node::Object(inner, at) = node {
                    self.keyed(inner, *at, page, facts, refused);
                }
            }
        }
    }

    /// An object whose keys are values: `{"203.0.113.9": {"malware": "x"}}`. Returns whether it is one.
    fn keyed(&mut self, pairs: &[(Text<'_>, Node<'_>)], at: usize, page: &Page<'_>, facts: &Facts, refused: Option<&str>) -> bool {
        let is_value = |key: &Text<'_>| kind::guess(key.as_str(), false).is_some_and(|kind| kind != ObservableKind::FileName);
        if pairs.iter().filter(|(key, _)| is_value(key)).count() * 2 <= pairs.len() {
            return false;
        }
        for (key, node) in pairs.iter().filter(|(key, _)| is_value(key)) {
            let mut cells = vec![Cell { name: "value".to_owned(), text: key.clone(), listed: false }];
            match node {
                Node::Object(inner, at) => gather(inner, "", *at, 1, &mut cells),
                Node::String(text) => cells.push(Cell { name: "note".to_owned(), text: text.clone(), listed: false }),
                Node::Bool(false) => cells.push(Cell { name: "active".to_owned(), text: Text::plain("false", at), listed: false }),
                Node::Array(_) => {
                    cells.extend(names(node).into_iter().map(|text| Cell { name: "tags".to_owned(), text: text.clone(), listed: true }))
                }
                Node::Bool(true) | Node::Number(_) | Node::Null => {}
            }
            self.cells("", cells, at, page, facts, refused);
        }
        true
    }

    /// The cells of an object, as those of a row. Returns whether any of them holds a value.
    fn cells(&mut self, key: &str, cells: Vec<Cell<'_>>, at: usize, page: &Page<'_>, facts: &Facts, refused: Option<&str>) -> bool {
        let mut columns: Vec<Option<Column>> = cells.iter().map(|cell| self.column(&cell.name)).collect();
        for (column, cell) in columns.iter_mut().zip(&cells) {
            match column {
                // A name is a value only where it looks like one: `{"id": 1, "name": "Loader"}` is none.
                Some(Column::Name) if kind::guess(cell.text.as_str(), false).is_none() => *column = None,
                // `{"address": ["203.0.113.9"]}`
                None if cell.listed && !aside(&cell.name) && kind::guess(cell.text.as_str(), true).is_some() => {
                    if let Some(want @ (Want::Kind(_) | Want::File | Want::Guess { .. })) = kind::of_word(&cell.name) {
                        *column = Some(Column::Typed(want, None, kind::role_of_word(&cell.name)));
                    }
                }
                // ThreatConnect's `hostName` holds the names of domains.
                Some(Column::Typed(Want::Kind(ObservableKind::Host), to, role)) if cell.name == "hostName" && is_domain(cell.text.as_str()) => {
                    *column = Some(Column::Typed(Want::Kind(ObservableKind::Domain), *to, *role));
                }
                // `"ioc": false`
                Some(Column::Value) if matches!(cell.text.as_str(), "true" | "false") => *column = Some(Column::Active),
                _ => {}
            }
        }
        let values = |columns: &[Option<Column>]| columns.iter().flatten().any(|column| matches!(column, Column::Value | Column::Pattern));
        // Objects of VirusTotal and ThreatConnect have their value as their id or summary.
        if columns.contains(&Some(Column::Kind)) && !values(&columns) {
            for (column, cell) in columns.iter_mut().zip(&cells) {
                if matches!(&*cell.name, "id" | "summary" | "text") && kind::guess(cell.text.as_str(), false).is_some() {
                    *column = Some(Column::Value);
                }
            }
        }
        // What a mask belongs to is a network.
        if columns.contains(&Some(Column::Netmask)) {
            for (column, cell) in columns.iter_mut().zip(&cells) {
                if column.is_none() && ir::observable::parse_address(cell.text.as_str().trim()).is_ok() {
                    *column = Some(Column::Typed(Want::Kind(ObservableKind::Ip), None, None));
                }
            }
        }
        let holds = |column: &Column| column::holds_values(*column) || matches!(column, Column::RangeStart | Column::Cve);
        // `{"url": [{"text": "http://..."}]}`: the key of the list tells the type.
        if !columns.iter().flatten().any(holds)
            && let Some(want @ (Want::Kind(_) | Want::File)) = kind::of_word(key)
        {
            let reads =
                |place: &&str| cells.iter().position(|cell| cell.name.eq_ignore_ascii_case(place) && self.out.reads(want, cell.text.as_str()));
            if let Some(column) = MEMBERS.iter().find_map(reads).and_then(|at| columns.get_mut(at)) {
                *column = Some(Column::Typed(want, None, kind::role_of_word(key)));
            }
        }
        if !columns.iter().flatten().any(holds) {
            return false;
        }
        self.any = true;
        let mut typed = columns.iter().zip(&cells).filter(|(column, _)| column.is_some_and(column::holds_values));
        let apart = typed.all(|(_, cell)| cell.listed);
        let (names, cells) = cells.into_iter().map(|cell| (cell.name, cell.text)).unzip();
        let mut layout = Layout::new(columns, names, false);
        layout.apart = apart;
        let row = Row { cells, start: at, end: (page.base + page.text.len()).max(at), open_quote: None };
        row::read_within(&row, &layout, facts, refused, &mut self.constants, self.out);
        true
    }
}

fn is_domain(name: &str) -> bool {
    kind::guess(name, false) == Some(ObservableKind::Domain)
}

/// Keys of the value in an object of a list whose own key tells the type.
const MEMBERS: &[&str] = &["text", "address", "summary", "value", "name", "ip", "id", "title", "key", "data"];

/// A cell of an object.
struct Cell<'a> {
    name: String,
    text: Text<'a>,
    /// Whether it is one of a list.
    listed: bool,
}

/// How deep the objects inside a row are read: Elastic has a marking at `_source.threat.indicator.marking.tlp`.
const DEPTH: usize = 6;

/// The cells of an object: its texts, the members of its lists, what its objects hold.
fn gather<'a>(pairs: &[(Text<'a>, Node<'a>)], before: &str, at: usize, depth: usize, cells: &mut Vec<Cell<'a>>) {
    for (key, node) in pairs {
        // `{"ioc": {"value": ...}}`: the inner key speaks when it is known.
        let name =
            if before.is_empty() || column::by_name(key.as_str()).is_some() { key.as_str().to_owned() } else { format!("{before} {}", key.as_str()) };
        let mut push = |name: String, text: Text<'a>, listed: bool| cells.push(Cell { name, text, listed });
        match node {
            Node::String(text) | Node::Number(text) => push(name, text.clone(), false),
            Node::Bool(true) => push(name, Text::plain("true", at), false),
            Node::Bool(false) => push(name, Text::plain("false", at), false),
            Node::Array(_) => names(node).into_iter().for_each(|text| push(name.clone(), text.clone(), true)),
            Node::Object(inner, _) if depth < DEPTH => gather(inner, key.as_str(), at, depth + 1, cells),
            Node::Object(..) | Node::Null => {}
        }
    }
}
