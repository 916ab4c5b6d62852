//! How does a value in a feed become an indicator, a listed value or a diagnostic?

use std::collections::BTreeMap;

use ir::{Confidence, Date, Direction, Indicator, Observable, ObservableKind, Origin, Role, Technique, Tlp, Window};
use source::{Code, Diagnostic, FileId, Kept, Loss, Severity, Span};

use super::kind;
use super::text::Piece;
use super::want::Want;
use super::window::{Held, Page};
use super::{Defaults, Entry, Header, Listed, Read, Sink, Value, codes, verdict, words};

/// How many diagnostics of one kind are shown for one feed; the rest are counted.
const SHOWN: usize = 20;

/// How many techniques one value can have; more would multiply with the values of a hostile feed.
pub(super) const TECHNIQUES: usize = 64;

/// What a feed says beside a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// What it was to the attacker, in the feed's words.
    pub(super) role: Option<Role>,
    /// Whether a mapped column said so, which beats the defaults.
    pub(super) role_mapped: bool,
    pub(super) direction: Option<Direction>,
    pub(super) direction_mapped: bool,
    pub(super) valid: Window,
    pub(super) confidence: Option<Confidence>,
    pub(super) tlp: Option<Tlp>,
    pub(super) techniques: Vec<Technique>,
    pub(super) size: Option<u64>,
    pub(super) note: Option<String>,
}

impl Facts {
    /// The same with one more remark.
    pub(super) fn remarked(&self, words: &str) -> Self {
        Self { note: Some(words::joined(self.note.as_deref(), words)), ..self.clone() }
    }

    /// The port that a cell of ports names; several, or a part of a range, become a remark.
    pub(super) fn port(&mut self, cell: &str) -> Option<u16> {
        let mut numbers = cell.split(|char: char| !char.is_ascii_digit()).filter(|digits| !digits.is_empty());
        let port = numbers.next()?.parse().ok().filter(|port| *port != 0);
        if numbers.next().is_none() && !cell.contains(['-', '<', '>', '+', '*']) {
            return port;
        }
        if port.is_some() {
            self.note = Some(words::joined(self.note.as_deref(), &format!("ports {}", cell.trim())));
        }
        None
    }

    /// The same with a direction, where none is said.
    pub(super) fn towards(&self, direction: Option<Direction>) -> Self {
        Self { direction: self.direction.or(direction), ..self.clone() }
    }
}

/// How many bytes of a file that is not held are kept on each side of a diagnostic.
const AROUND: usize = 400;

/// Reasons why values become no indicators are counted up to this many different ones.
const REASONS: usize = 1000;

/// Gathers what a reader finds, or passes it on.
pub(super) struct Collector<'a> {
    pub(super) header: Header,
    indicators: Vec<Indicator>,
    listed: Vec<Listed>,
    diagnostics: Vec<Diagnostic>,
    hidden: BTreeMap<&'static str, (&'static Code, usize, Span)>,
    shown: BTreeMap<&'static str, usize>,
    /// How many indicators and how many other values there are.
    counts: (usize, usize),
    /// How many of the other values are no values at all.
    not_values: usize,
    /// Why values became no indicators, as long as there are none.
    reasons: BTreeMap<String, usize>,
    roles: BTreeMap<String, Option<Role>>,
    kinds: BTreeMap<String, (Option<Want>, Option<Role>)>,
    statuses: BTreeMap<String, bool>,
    file: FileId,
    page: Held<'a>,
    /// Who takes the values, when they are not gathered.
    sink: Option<&'a mut Sink<'a>>,
    kept: Vec<Kept>,
    defaults: &'a Defaults,
    /// Whether days of two numbers begin with the day.
    pub(super) day_first: bool,
    /// Why none of the values is an indicator: the list says so of itself.
    pub(super) refused: Option<String>,
    /// The marking that the list gives itself, in a comment or a title.
    pub(super) marking: Option<Tlp>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(file: FileId, text: &'a str, defaults: &'a Defaults, sink: Option<&'a mut Sink<'a>>) -> Self {
        Self {
            header: Header::default(),
            indicators: Vec::new(),
            listed: Vec::new(),
            diagnostics: Vec::new(),
            hidden: BTreeMap::new(),
            shown: BTreeMap::new(),
            counts: (0, 0),
            not_values: 0,
            reasons: BTreeMap::new(),
            roles: BTreeMap::new(),
            kinds: BTreeMap::new(),
            statuses: BTreeMap::new(),
            file,
            page: Held::whole_file(text),
            sink,
            kept: Vec::new(),
            defaults,
            day_first: false,
            refused: None,
            marking: None,
        }
    }

    /// Turns to the page that the next pieces stand on.
    pub(super) fn turn(&mut self, page: &Page<'_>) {
        self.page.turn(page);
    }

    /// The role that words of a controlled vocabulary tell. Feeds repeat few words very often.
    pub(super) fn role(&mut self, words: &str) -> Option<Role> {
        if let Some(known) = self.roles.get(words) {
            return *known;
        }
        let role = words::role(words);
        if self.roles.len() < REASONS && words.len() < 100 {
            self.roles.insert(words.to_owned(), role);
        }
        role
    }

    /// The type and the role behind a vendor's word for a type. Feeds repeat few of them very often.
    pub(super) fn kind(&mut self, word: &str) -> (Option<Want>, Option<Role>) {
        if let Some(known) = self.kinds.get(word) {
            return *known;
        }
        let kind = (kind::of_word(word), kind::role_of_word(word));
        if self.kinds.len() < REASONS && word.len() < 100 {
            self.kinds.insert(word.to_owned(), kind);
        }
        kind
    }

    /// Whether a status takes its row out. Feeds repeat few of them very often.
    pub(super) fn in_status(&mut self, words: &str) -> bool {
        if let Some(known) = self.statuses.get(words) {
            return *known;
        }
        let says = verdict::in_status(words);
        if self.statuses.len() < REASONS && words.len() < 100 {
            self.statuses.insert(words.to_owned(), says);
        }
        says
    }

    /// The role that a remark in free text tells.
    pub(super) fn role_in_remark(&mut self, words: &str) -> Option<Role> {
        self.role(words).filter(|role| words::tells_in_remark(*role))
    }

    /// The span of a piece.
    pub(super) fn span(&self, piece: Piece<'_>) -> Span {
        Span::new(self.file, piece.start, piece.end)
    }

    /// The span of bytes of the file, moved to the beginning of characters where a parser reports one inside.
    pub(super) fn place(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.page.whole(start), self.page.whole(end))
    }

    /// Says something about the feed.
    pub(super) fn say(&mut self, diagnostic: Diagnostic) {
        let code = diagnostic.code;
        let shown = self.shown.entry(code.slug).or_default();
        *shown += 1;
        if *shown <= SHOWN {
            if self.sink.is_some()
                && let Some((span, _)) = &diagnostic.label
            {
                self.kept.extend(self.page.around(span.start as usize, AROUND));
            }
            self.diagnostics.push(diagnostic);
        } else {
            let place = diagnostic.label.map_or(Span::new(self.file, 0, 0), |(span, _)| span);
            self.hidden.entry(code.slug).or_insert((code, 0, place)).1 += 1;
        }
    }

    /// Lists a value that becomes no indicator.
    pub(super) fn list(&mut self, kind: &str, piece: Piece<'_>, reason: impl Into<String>) {
        if !piece.value.trim().is_empty() {
            let span = self.span(piece);
            let listed = Listed { value: piece.value.to_owned(), kind: words::short(kind), span, reason: reason.into() };
            self.counts.1 += 1;
            if self.counts.0 == 0 {
                let room = self.reasons.len() < REASONS;
                match self.reasons.get_mut(&listed.reason) {
                    Some(count) => *count += 1,
                    None if room => {
                        self.reasons.insert(listed.reason.clone(), 1);
                    }
                    None => {}
                }
            }
            match &mut self.sink {
                Some(sink) => {
                    let (line, column) = self.page.position(piece.start);
                    sink(&Entry { value: Value::Listed(&listed), raw: self.page.words(span.range()), line, column });
                }
                None => self.listed.push(listed),
            }
        }
    }

    /// Whether the words are a value of the wanted type, or of any when the type is open.
    pub(super) fn reads(&self, want: Want, words: &str) -> bool {
        let want = self.settle(want);
        kind::parse(want, words).is_ok() || ranges(want) && kind::range(words).is_ok()
    }

    /// The type that the block asks for stands in for one that the feed does not name.
    fn settle(&self, want: Want) -> Want {
        match (want, self.defaults.kind) {
            (Want::Guess { .. }, Some(kind)) => Want::Kind(kind),
            _ => want,
        }
    }

    /// Reads a value; returns whether it became an indicator.
    pub(super) fn add(&mut self, name: &str, want: Want, piece: Piece<'_>, facts: &Facts) -> bool {
        if piece.value.trim().is_empty() {
            return false;
        }
        if let Want::Nothing(reason) = want {
            self.list(name, piece, reason);
            return false;
        }
        let want = self.settle(want);
        if let Some(reason) = kind::not_one_value(want, piece.value) {
            self.list(name, piece, reason);
            return false;
        }
        let span = self.span(piece);
        if ranges(want) && kind::parse(want, piece.value).is_err() {
            match kind::range(piece.value) {
                Ok(networks) => {
                    let facts = if networks.len() > 1 { &facts.remarked(&format!("range {}", piece.value)) } else { facts };
                    return networks.into_iter().fold(false, |any, network| self.push(name, piece, Observable::Ip(network), facts) | any);
                }
                Err(Some(why)) => {
                    self.list(name, piece, why);
                    return false;
                }
                Err(None) => {}
            }
        }
        if want == Want::Kind(ObservableKind::Registry) && kind::parse(want, piece.value).is_err() {
            let keys: Vec<Observable> = kind::hives(piece.value).iter().filter_map(|key| kind::parse(want, key).ok()).collect();
            if !keys.is_empty() {
                return keys.into_iter().fold(false, |any, key| self.push(name, piece, key, facts) | any);
            }
        }
        let observable = match kind::parse(want, piece.value) {
            Ok(observable) => observable,
            Err(why) => match kind::parse_other(want, piece.value) {
                Some(other) => {
                    let is = other.kind().name();
                    self.say(
                        Diagnostic::new(
                            &codes::OTHER_TYPE,
                            format!("`{}` is of type {is}, though the feed says `{}`", words::short(piece.value), words::short(name)),
                        )
                        .at(span, format!("read as {is}")),
                    );
                    other
                }
                None => {
                    if let Some((host, port, observable)) = host_and_port(want, piece.value) {
                        let part = Piece { value: host, ..piece };
                        let added = self.push(name, piece, observable, &facts.remarked(&format!("port {port}")));
                        if added {
                            self.taken_apart(part, format!("`{}` is looked for on every port, not only {port}", words::short(host)));
                        }
                        return added;
                    }
                    self.not_a_value(name, piece, &why);
                    return false;
                }
            },
        };
        self.push(name, piece, observable, facts)
    }

    /// Says that a piece holds no value, and lists it.
    pub(super) fn not_a_value(&mut self, name: &str, piece: Piece<'_>, why: &str) {
        self.say(
            Diagnostic::new(&codes::NOT_A_VALUE, format!("`{}` is not read: {why}", words::short(piece.value)))
                .at(self.span(piece), if name.is_empty() { "not a value".to_owned() } else { format!("given as `{}`", words::short(name)) })
                .help("it is listed with this reason and becomes no rule; a `.vigie` description might say what it means"),
        );
        if !piece.value.trim().is_empty() {
            self.not_values += 1;
        }
        self.list(name, piece, why);
    }

    /// Says that values are looked for apart from what they are tied to.
    pub(super) fn taken_apart(&mut self, piece: Piece<'_>, message: String) {
        let span = self.span(piece);
        self.say(
            Diagnostic::new(&codes::TAKEN_APART, message)
                .at(span, "looked for on its own")
                .loss(Loss::Wider)
                .help("a `behavior` might say both in one expression"),
        );
    }

    /// Adds an observable with what is known about it; lists it when another type is asked for.
    pub(super) fn push(&mut self, name: &str, piece: Piece<'_>, observable: Observable, facts: &Facts) -> bool {
        if let Some(reason) = self.refused.clone() {
            self.list(name, piece, reason);
            return false;
        }
        let span = self.span(piece);
        let observable = match self.defaults.kind {
            Some(wanted) if !kind::is_a(observable.kind(), wanted) => match kind::convert(observable, wanted) {
                Ok(converted) => converted,
                Err(other) => {
                    self.list(name, piece, format!("it is of type {}, and only {} is asked for", other.kind().name(), wanted.name()));
                    return false;
                }
            },
            _ => observable,
        };
        let kind = observable.kind();
        let spoken = self.defaults.role != Role::Unknown || self.defaults.direction != Direction::Either;
        let role = match facts.role {
            Some(role) if facts.role_mapped || !spoken => words::role_of(kind, role),
            _ => self.defaults.role,
        };
        let direction = match facts.direction {
            Some(direction) if facts.direction_mapped || !spoken => direction,
            None if !spoken => usual_direction(kind, role),
            _ => self.defaults.direction,
        };
        // Only addresses stand on an end of a connection; a name is looked up, whichever end it is on.
        let ends = matches!(kind, ObservableKind::Ip | ObservableKind::Asn) || spoken || facts.direction_mapped;
        let direction = if ends { direction } else { Direction::Either };
        let mut techniques = facts.techniques.clone();
        techniques.sort();
        techniques.dedup();
        techniques.truncate(TECHNIQUES);
        let raw = self.page.words(span.range()).into();
        let hash = matches!(observable, Observable::Hash(_));
        let indicator = Indicator {
            observable,
            role,
            direction,
            valid: Some(facts.valid).filter(|window| *window != Window::default()),
            confidence: facts.confidence,
            tlp: facts.tlp.max(self.marking),
            techniques,
            size: facts.size.filter(|_| hash),
            note: facts.note.clone().filter(|note| !note.is_empty()),
            origins: vec![Origin { span, raw }],
            citations: Vec::new(),
        };
        self.counts.0 += 1;
        match &mut self.sink {
            Some(sink) => {
                let (line, column) = self.page.position(piece.start);
                sink(&Entry { value: Value::Indicator(&indicator), raw: self.page.words(span.range()), line, column });
            }
            None => self.indicators.push(indicator),
        }
        true
    }

    /// Reads a day; what is no day is said.
    pub(super) fn day(&mut self, piece: Piece<'_>) -> Option<Date> {
        let day = words::day(piece.value).or_else(|| languages::dates::day(piece.value, self.day_first));
        self.understood(day, piece, "a date", "it might be written as `2021-07-21`")
    }

    /// Reads the last day on which a value holds; what is no day is said.
    pub(super) fn last_day(&mut self, piece: Piece<'_>) -> Option<Date> {
        let day = words::last_day(piece.value).or_else(|| languages::dates::day(piece.value, self.day_first));
        self.understood(day, piece, "a date", "it might be written as `2021-12-31`")
    }

    /// Reads a marking. One that is not known is kept as red, the strictest.
    pub(super) fn tlp(&mut self, piece: Piece<'_>) -> Option<Tlp> {
        let tlp = Tlp::read(piece.value);
        match self.understood(
            tlp,
            piece,
            "a TLP marking",
            "it is held as red until it is known; TLP 2.0 has clear, green, amber, amber+strict and red",
        ) {
            None if !piece.value.is_empty() => Some(Tlp::Red),
            tlp => tlp,
        }
    }

    /// Reads a comment or a title above values: a marking holds for all of them, and a list that allows has no indicators.
    pub(super) fn heading(&mut self, piece: Piece<'_>) {
        let tlp = match words::markings(piece.value) {
            None if words::begins_with_tlp(piece.value) => self.tlp(piece),
            found => found,
        };
        self.marking = self.marking.max(tlp);
        if verdict::in_title(piece.value) {
            self.refused = Some(format!("its list says `{}`", words::short(piece.value)));
        }
    }

    /// Passes a word on, or says that it is not understood. An empty word is fine.
    pub(super) fn understood<T>(&mut self, value: Option<T>, piece: Piece<'_>, what: &str, help: &str) -> Option<T> {
        if value.is_none() && !piece.value.is_empty() {
            let span = self.span(piece);
            self.say(
                Diagnostic::new(&codes::UNKNOWN_WORD, format!("`{}` is not {what}", words::short(piece.value))).at(span, "not understood").help(help),
            );
        }
        value
    }

    /// How many indicators there are so far.
    pub(super) fn count(&self) -> usize {
        self.counts.0
    }

    /// The header's marking from those of the indicators, when every one of them has one.
    pub(super) fn common_tlp(&mut self) {
        if self.header.tlp.is_none() && !self.indicators.is_empty() {
            let all: Option<Vec<Tlp>> = self.indicators.iter().map(|indicator| indicator.tlp).collect();
            self.header.tlp = all.and_then(|all| all.into_iter().min());
        }
        let header = self.header.tlp;
        for indicator in &mut self.indicators {
            indicator.tlp = indicator.tlp.filter(|tlp| header.is_none_or(|header| *tlp > header));
        }
    }

    /// Closes the reading: counts what was not shown, and says when nothing came out.
    pub(super) fn finish(mut self) -> Read {
        self.common_tlp();
        for (code, count, place) in std::mem::take(&mut self.hidden).into_values() {
            let message = format!("{count} more of `{}` in this feed", code.slug);
            self.diagnostics.push(
                Diagnostic::new(code, message).at(place, "the first of them").help("`vigie import --format jsonl` lists every value with its reason"),
            );
        }
        if self.counts.0 == 0 {
            self.header.tlp = self.header.tlp.max(self.marking);
        }
        let failed = self.diagnostics.iter().any(|said| said.severity == Severity::Error);
        if self.counts.0 == 0 && !failed {
            self.diagnostics.push(self.nothing());
        }
        for list in [&mut self.header.actors, &mut self.header.malware, &mut self.header.cves, &mut self.header.references] {
            let mut seen = std::collections::BTreeSet::new();
            list.retain(|word| !word.is_empty() && seen.insert(word.to_lowercase()));
        }
        let foreign = [&codes::NOT_A_VALUE, &codes::BROKEN, &codes::TOO_DEEP, &codes::NOT_READ, &codes::PATTERN];
        let unread = foreign.iter().filter_map(|code| self.shown.get(code.slug)).sum();
        let Self { header, indicators, listed, diagnostics, kept, not_values, .. } = self;
        Read { indicators, listed, header, diagnostics, unread, not_values, kept }
    }

    /// Nothing came out: how many values there were, and the most frequent reason.
    fn nothing(&self) -> Diagnostic {
        let place = Span::new(self.file, 0, 0);
        match self.reasons.iter().max_by_key(|(reason, count)| (**count, std::cmp::Reverse(*reason))) {
            None => Diagnostic::new(&codes::NO_VALUES, "the feed holds no values")
                .at(place, "nothing was found")
                .help("a table might need a column mapping: `load csv \"file\" { value: \"column\" }`"),
            Some((reason, count)) => {
                let all = self.counts.1;
                Diagnostic::new(&codes::NO_VALUES, format!("none of the {all} values becomes an indicator; for {count} of them: {reason}"))
                    .at(place, "no rule comes out of it")
                    .help("the values are listed by `vigie import --format jsonl`")
            }
        }
    }
}

/// Whether a range of addresses is a value of the wanted type.
fn ranges(want: Want) -> bool {
    matches!(want, Want::Guess { .. } | Want::Kind(ObservableKind::Ip))
}

/// A host name with a port behind it.
fn host_and_port(want: Want, text: &str) -> Option<(&str, u16, Observable)> {
    let (host, port) = text.trim().rsplit_once(':')?;
    let port: u16 = port.trim_end_matches(']').parse().ok()?;
    let named =
        matches!(want, Want::Guess { .. } | Want::Kind(ObservableKind::Domain | ObservableKind::Host | ObservableKind::Ip | ObservableKind::Url));
    let host = host.trim_end_matches('[');
    let open = if named && kind::guess(host, false) == Some(ObservableKind::Domain) { want } else { return None };
    let kind = if open == Want::Kind(ObservableKind::Host) { ObservableKind::Host } else { ObservableKind::Domain };
    Some((host, port, Observable::parse(kind, host).ok()?))
}

/// On which end an address stands when only its role is known.
fn usual_direction(kind: ObservableKind, role: Role) -> Direction {
    if !matches!(kind, ObservableKind::Ip | ObservableKind::Asn) {
        return Direction::Either;
    }
    match role {
        Role::C2 | Role::Delivery | Role::Phishing | Role::Exfiltration => Direction::Destination,
        Role::Scanner | Role::Sender => Direction::Source,
        Role::Relay | Role::Payload | Role::Persistence | Role::Tool | Role::Unknown => Direction::Either,
    }
}
