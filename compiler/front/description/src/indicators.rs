//! The `iocs` block: which values point at the attacker, and what were they to him?

use ir::{Direction, Head, Indicator, IndicatorBlock, Observable, ObservableKind, Origin, Role, Technique, Tlp, Validity};
use source::{Code, Diagnostic, Span};

use super::block::{self, Attributes, Quote, Seen};
use super::cursor::{Cursor, Parse, Spanned, UNKNOWN_KEY};
use super::desk::Desk;
use super::document::unreadable;
use super::token;

/// A value that is not of the declared type.
pub(crate) static NOT_A_VALUE: Code = Code::error("check.value", "a value is not of the declared type");
/// A type of indicator that does not exist.
pub(crate) static UNKNOWN_TYPE: Code = Code::error("check.unknown-type", "there is no such type of indicator");
/// A key that must be there.
pub(crate) static MISSING_KEY: Code = Code::error("check.missing-key", "a block lacks a key that it needs");
/// A file that `load` names, and that is something else.
pub(crate) static OTHER_FORM: Code = Code::error("feed.other-form", "a loaded file is not of the form that the description says");
const KEYS: [&str; 11] =
    ["role", "direction", "valid", "title", "attack", "severity", "scope", "confidence", "tlp", "false_positives", "renamed_from"];
const OVERRIDES: [&str; 8] = ["note", "role", "direction", "valid", "confidence", "tlp", "attack", "size"];

/// An `iocs` block with citations that were not looked up yet.
pub(crate) struct Draft {
    pub(crate) block: IndicatorBlock,
    pub(crate) quotes: Vec<Quote>,
    /// The citations of single indicators, by their place in the block.
    pub(crate) own_quotes: Vec<(usize, Vec<Quote>)>,
}

/// A value as it was written, with what was said beside it.
struct Item {
    text: String,
    /// Whether it is written as a glob: a part of it is not known.
    open: bool,
    span: Span,
    raw: Box<str>,
    note: Option<String>,
    role: Option<Role>,
    direction: Option<Direction>,
    valid: Option<Validity>,
    confidence: Option<ir::Confidence>,
    tlp: Option<Tlp>,
    techniques: Option<Vec<Technique>>,
    size: Option<u64>,
    because: Vec<Quote>,
}

/// A feed to take values from.
struct Load {
    format: feed::Format,
    path: Spanned<String>,
    mapping: feed::Mapping,
}

/// What a block says about all its values.
#[derive(Default)]
struct Common {
    role: Option<Role>,
    direction: Option<Direction>,
    valid: Option<Validity>,
    attributes: Attributes,
}

/// Reads `: TYPE { ... }`, behind `iocs NAME`. `None` when what the block says of itself is broken; broken values are left out.
pub(crate) fn iocs(cursor: &mut Cursor<'_>, name: &Spanned<&str>, desk: &mut Desk<'_>) -> Parse<Option<Draft>> {
    let before = cursor.errors();
    let kind = match cursor.eat(":") {
        Some(_) => kind(cursor)?,
        None => None,
    };
    let mut common = Common::default();
    if let Some(title) = cursor.attempt(token::string)? {
        common.attributes.title = Some(title.value);
    }
    let (mut items, mut loads) = (Vec::new(), Vec::new());
    let mut good = cursor.errors() == before;
    let end = cursor.block(|cursor| {
        if cursor.eat("-").is_some() {
            items.extend(item(cursor)?);
        } else if !cursor.peek_key() && cursor.keyword("load").is_some() {
            loads.push(load(cursor)?);
        } else {
            let before = cursor.errors();
            let read = statement(cursor, &mut common);
            good &= cursor.errors() == before;
            read?;
        }
        Ok(())
    });
    let wanted = |cursor: &mut Cursor<'_>, key: &str, missing: bool| {
        if missing && good && !common.attributes.has(key) {
            let message = format!("addresses need a `{key}`, and `{}` has none", name.value);
            let all: Vec<&str> =
                if key == "role" { Role::ALL.iter().map(|row| row.1).collect() } else { Direction::ALL.iter().map(|row| row.1).collect() };
            let help = format!("a line `{key}: ...` might be added with one of {}", source::suggest::list(&all));
            cursor.report(Diagnostic::new(&MISSING_KEY, message).at(name.span, format!("without `{key}`")).help(help));
        }
        missing && !common.attributes.has(key)
    };
    let mut draft = Draft {
        // Techniques, confidence and marking stand with each indicator.
        block: IndicatorBlock {
            head: Head { techniques: Vec::new(), confidence: None, tlp: None, ..common.attributes.head(name) },
            kind,
            indicators: Vec::new(),
        },
        quotes: common.attributes.because.clone(),
        own_quotes: Vec::new(),
    };
    let (mut no_role, mut no_direction) = (false, false);
    let mut note_gaps = |address: bool, role: bool, direction: bool| {
        no_role |= address && !role;
        no_direction |= address && !direction;
    };
    if kind == Some(ObservableKind::Ip) && !loads.is_empty() {
        note_gaps(true, false, false);
    }
    for item in items {
        let Some(observable) = observable(cursor, kind, &item) else { continue };
        note_gaps(matches!(observable, Observable::Ip(_)), item.role.is_some(), item.direction.is_some());
        if !item.because.is_empty() {
            draft.own_quotes.push((draft.block.indicators.len(), item.because.clone()));
        }
        draft.block.indicators.push(indicator(observable, item, &common));
    }
    for load in &loads {
        for indicator in fetch(cursor, load, kind, &common, desk) {
            let address = matches!(indicator.observable, Observable::Ip(_));
            note_gaps(address, load.mapping.role.is_some(), load.mapping.direction.is_some());
            draft.block.indicators.push(indicator);
        }
    }
    let gap = [wanted(cursor, "role", no_role), wanted(cursor, "direction", no_direction)];
    end?;
    // A list without values is said to be empty later on, unless more was said of it already.
    let nothing_left = draft.block.indicators.is_empty() && cursor.errors() != before;
    Ok((good && gap == [false, false] && !nothing_left).then_some(draft))
}

fn kind(cursor: &mut Cursor<'_>) -> Parse<Option<ObservableKind>> {
    let word = cursor.name("a type of indicator")?;
    let kind = ObservableKind::parse(word.value);
    if kind.is_none() {
        cursor.unknown(&UNKNOWN_TYPE, "a type of indicator", word.value, word.span, ObservableKind::ALL.iter().map(|(_, name, _)| *name));
    }
    Ok(kind)
}

fn role(cursor: &mut Cursor<'_>) -> Parse<Option<Role>> {
    cursor.choice("a role", &Role::ALL.map(|(role, name, _)| (role, name)))
}

fn direction(cursor: &mut Cursor<'_>) -> Parse<Option<Direction>> {
    cursor.choice("a direction", &Direction::ALL)
}

fn valid(cursor: &mut Cursor<'_>) -> Parse<Option<Validity>> {
    Ok(Some(cursor.need("a window such as `2021-01-01 .. 2021-12-31`", token::window)?.value))
}

fn statement(cursor: &mut Cursor<'_>, common: &mut Common) -> Parse<()> {
    if common.attributes.read(cursor)? {
        return Ok(());
    }
    let Some(key) = cursor.key()? else { return Err(cursor.expected("`- value`, `load`, `because` or a key such as `role:`")) };
    if common.attributes.key(cursor, &key)? {
        return Ok(());
    }
    if !KEYS.contains(&key.value) {
        return cursor.unknown_key(&key, &KEYS);
    }
    common.attributes.seen(cursor, &key);
    match key.value {
        "role" => common.role = role(cursor)?,
        "direction" => common.direction = direction(cursor)?,
        _ => common.valid = valid(cursor)?,
    }
    Ok(())
}

/// Reads a value and what stands in braces behind it; `None` when it is broken.
fn item(cursor: &mut Cursor<'_>) -> Parse<Option<Item>> {
    let open = opens_glob(cursor);
    let value = match cursor.attempt(token::string)? {
        Some(text) => text,
        None => {
            let bare = cursor.need("a value", token::indicator)?;
            Spanned { value: bare.value.to_owned(), span: bare.span }
        }
    };
    let raw = cursor.words(value.span).trim_matches(['"', '\'']).into();
    let mut item = Item {
        text: value.value,
        open,
        span: value.span,
        raw,
        note: None,
        role: None,
        direction: None,
        valid: None,
        confidence: None,
        tlp: None,
        techniques: None,
        size: None,
        because: Vec::new(),
    };
    let before = cursor.errors();
    if cursor.sees("{") {
        let mut seen = Seen::default();
        cursor.block(|cursor| {
            if let Some(quote) = block::because(cursor)? {
                item.because.push(quote);
                return Ok(());
            }
            let Some(key) = cursor.key()? else { return Err(cursor.expected("a key such as `note:`")) };
            seen.key(cursor, &key);
            beside(cursor, &key, &mut item)
        })?;
    } else if cursor.on_same_line() && !cursor.sees("}") && !cursor.sees("- ") && !cursor.peek_key() {
        let span = cursor.next_span();
        cursor.report(
            Diagnostic::new(&super::cursor::EXPECTED, "a value without quotes ends at a blank")
                .at(span, "not part of the value")
                .help("a value with blanks is written in quotes"),
        );
        return Err(super::cursor::Broken);
    }
    Ok((cursor.errors() == before).then_some(item))
}

/// Eats the word `glob` where a string follows it; a value may begin with the same letters.
fn opens_glob(cursor: &mut Cursor<'_>) -> bool {
    let string = ["glob \"", "glob '", "glob\"", "glob'"].iter().any(|head| cursor.sees(head));
    string && cursor.keyword("glob").is_some()
}

fn beside(cursor: &mut Cursor<'_>, key: &Spanned<&str>, item: &mut Item) -> Parse<()> {
    match key.value {
        "note" => item.note = Some(cursor.string("a remark in quotes")?.value),
        "role" => item.role = role(cursor)?,
        "direction" => item.direction = direction(cursor)?,
        "valid" => item.valid = valid(cursor)?,
        "confidence" => item.confidence = cursor.choice("a confidence", &ir::Confidence::ALL)?,
        "tlp" => item.tlp = block::tlp(cursor)?,
        "attack" => item.techniques = Some(block::techniques(cursor)?),
        "size" => {
            let word = cursor.need("a size such as `204800` or `200KB`", token::bare)?;
            let size = token::quantity(word.value).and_then(|size| u64::try_from(size).ok());
            if size.is_none() {
                let message = format!("`{}` is not a size", word.value);
                cursor.report(Diagnostic::new(&token::LITERAL, message).at(word.span, "here").help("a size is written as `204800` or `200KB`"));
            }
            item.size = size;
        }
        _ => cursor.unknown_key(key, &OVERRIDES)?,
    }
    Ok(())
}

/// Reads `FORMAT "file" { value: "column" }`, behind the word `load`.
fn load(cursor: &mut Cursor<'_>) -> Parse<Load> {
    let format = cursor.choice("a feed's format", &feed::Format::ALL)?;
    let path = cursor.string("a file in quotes")?;
    let mut mapping = feed::Mapping::default();
    if cursor.sees("{") {
        let mut seen = Seen::default();
        let keys = feed::Mapping::default().entries().map(|(key, _)| key);
        cursor.block(|cursor| {
            let Some(key) = cursor.key()? else { return Err(cursor.expected("a key such as `value:`")) };
            seen.key(cursor, &key);
            let place = match key.value {
                "value" => &mut mapping.value,
                "kind" => &mut mapping.kind,
                "note" => &mut mapping.note,
                "role" => &mut mapping.role,
                "direction" => &mut mapping.direction,
                "valid_from" => &mut mapping.valid_from,
                "valid_until" => &mut mapping.valid_until,
                "confidence" => &mut mapping.confidence,
                "tlp" => &mut mapping.tlp,
                "attack" => &mut mapping.attack,
                "port" => &mut mapping.port,
                _ => return cursor.unknown_key(&key, &keys),
            };
            *place = Some(cursor.string("the name of a column in quotes")?.value);
            if let Some(format) = format.filter(|format| *format != feed::Format::Csv) {
                let message = format!("a feed in the format `{}` has no columns", format.name());
                cursor.report(Diagnostic::new(&UNKNOWN_KEY, message).at(key.span, "names a column").help("only `load csv` takes columns"));
            }
            Ok(())
        })?;
    }
    Ok(Load { format: format.ok_or(super::cursor::Broken)?, path, mapping })
}

/// Reads a feed; what the block says of its values goes for those that the feed says nothing about, and the role and the
/// direction go for all, unless a column was named for them.
fn fetch(cursor: &mut Cursor<'_>, load: &Load, kind: Option<ObservableKind>, common: &Common, desk: &mut Desk<'_>) -> Vec<Indicator> {
    let file = match desk.open(&load.path.value) {
        Ok(file) => file,
        Err(why) => {
            cursor.report(unreadable(&load.path.value, load.path.span, &why));
            return Vec::new();
        }
    };
    let defaults = feed::Defaults {
        kind,
        role: common.role.unwrap_or(Role::Unknown),
        direction: common.direction.unwrap_or(Direction::Either),
        mapping: load.mapping.clone(),
    };
    let read = feed::read(desk.sources, file, load.format, &defaults);
    if let Some(diagnostic) = other_form(load, &read) {
        cursor.report(diagnostic);
    } else {
        for diagnostic in read.diagnostics {
            cursor.report(diagnostic);
        }
    }
    let (marking, techniques) = (read.header.tlp, &common.attributes.techniques);
    let mut indicators = read.indicators;
    for indicator in &mut indicators {
        if let Some(role) = common.role.filter(|_| load.mapping.role.is_none()) {
            indicator.role = role;
        }
        if let Some(direction) = common.direction.filter(|_| load.mapping.direction.is_none()) {
            indicator.direction = direction;
        }
        indicator.valid = indicator.valid.or(common.valid);
        indicator.confidence = indicator.confidence.or(common.attributes.confidence);
        // A marking never gets more open on the way.
        indicator.tlp = indicator.tlp.max(common.attributes.tlp).max(marking);
        if indicator.techniques.is_empty() {
            indicator.techniques.clone_from(techniques);
        }
    }
    indicators
}

/// Says that a file is not what the description takes it for, and shows no word of it: a description from elsewhere may name any file
/// beside it. Where at least as much can be read as not, the file is what it is said to be, and each problem is shown at its place.
fn other_form(load: &Load, read: &feed::Read) -> Option<Diagnostic> {
    let (values, unread) = (read.indicators.len(), read.unread);
    if values >= unread {
        return None;
    }
    let (path, format) = (&load.path.value, load.format.name());
    let message = match values {
        0 => format!("`{path}` is not of the form `{format}`: nothing in it can be read as a value"),
        _ => format!("`{path}` is hardly of the form `{format}`: {values} values can be read in it, and {unread} places cannot"),
    };
    let help = format!("`vigie import {path}` shows what stands in it and why it is not read; no word of it is shown here");
    let mut said = Diagnostic::new(&OTHER_FORM, message).at(load.path.span, "named here").help(help);
    if values > 0 {
        said.severity = source::Severity::Warning;
    }
    Some(said)
}

fn observable(cursor: &mut Cursor<'_>, kind: Option<ObservableKind>, item: &Item) -> Option<Observable> {
    let Some(kind) = kind else {
        if item.open {
            cursor.report(
                Diagnostic::new(&NOT_A_VALUE, "a value with an unknown part needs a type")
                    .at(item.span, "of which type?")
                    .help("a type might be declared: `iocs NAME : path { ... }`"),
            );
            return None;
        }
        let found = guess(&item.text);
        if found.is_none() {
            cursor.report(
                Diagnostic::new(&NOT_A_VALUE, format!("the type of `{}` cannot be told", item.text))
                    .at(item.span, "of which type?")
                    .help("a type might be declared: `iocs NAME : mutex { ... }`"),
            );
        }
        return found;
    };
    let read = if item.open { Observable::glob(kind, &item.text) } else { Observable::parse(kind, &item.text) };
    match read {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!("`{}` is not a value of the type `{}`: {why}", item.text, kind.name());
            let mut diagnostic = Diagnostic::new(&NOT_A_VALUE, message).at(item.span, format!("not of the type `{}`", kind.name()));
            diagnostic.help = guess(&item.text)
                .filter(|found| found.kind() != kind)
                .map(|found| format!("it reads as a value of the type `{}`, which might have a block of its own", found.kind().name()));
            if item.open && (item.text.contains("\\*") || item.text.contains("\\?")) && !item.text.contains("\\\\") {
                diagnostic.help = Some(r"behind `glob`, `\*` is a star itself; a backslash and an unknown part are `\\*`".to_owned());
            }
            cursor.report(diagnostic);
            None
        }
    }
}

/// The types that a value shows by its form, the most particular first.
fn guess(text: &str) -> Option<Observable> {
    let refanged = ir::observable::refang(text);
    let order: &[ObservableKind] = if refanged.contains("://") {
        &[ObservableKind::Url]
    } else if refanged.contains('@') {
        &[ObservableKind::Email]
    } else {
        &[ObservableKind::Ip, ObservableKind::Hash, ObservableKind::Registry, ObservableKind::Domain]
    };
    let dotted = |value: &Observable| !matches!(value, Observable::Domain(domain) if !domain.as_str().contains('.'));
    order.iter().find_map(|kind| Observable::parse(*kind, text).ok().filter(dotted))
}

fn indicator(observable: Observable, item: Item, common: &Common) -> Indicator {
    Indicator {
        observable,
        role: item.role.or(common.role).unwrap_or(Role::Unknown),
        direction: item.direction.or(common.direction).unwrap_or(Direction::Either),
        valid: item.valid.or(common.valid),
        confidence: item.confidence.or(common.attributes.confidence),
        tlp: item.tlp.or(common.attributes.tlp),
        techniques: item.techniques.unwrap_or_else(|| common.attributes.techniques.clone()),
        size: item.size,
        note: item.note,
        origins: vec![Origin { span: item.span, raw: item.raw }],
        citations: Vec::new(),
    }
}
