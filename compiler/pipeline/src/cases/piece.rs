//! Which texts fit the tests of a field? Pieces that each test asks for, put one behind the other.

use ir::field::Derivation;
use ir::{Op, Part, Pattern, UrlHost};

use super::expression::{self, Piece};

/// The element of a list that a turn takes: the last one for the highest turn.
pub(super) fn turn<T>(list: &[T], pick: usize) -> Option<&T> {
    if pick == usize::MAX { list.last() } else { list.get(pick % list.len().max(1)) }
}

/// What a test of a text asks for; `None` when no text was found, or it asks for another kind of value.
pub(super) fn of(op: &Op, pick: usize) -> Option<Piece> {
    let whole = |text: String| Some(Piece { text, start: true, end: true });
    match op {
        Op::Text { patterns, .. } => turn(patterns, pick).map(pattern),
        Op::Regex(list) => expression::sample(turn(list, pick)?, pick),
        Op::Address(nets) => whole(turn(nets, pick)?.network().to_string()),
        Op::Domain(domains) => whole(turn(domains, pick)?.as_str().to_owned()),
        Op::Under(trees) => {
            let tree = turn(trees, pick)?;
            Some(Piece { text: tree.below(), start: true, end: false })
        }
        Op::Url(urls) => whole(turn(urls, pick)?.to_string()),
        Op::Exists | Op::Empty | Op::Missing | Op::Number(_) | Op::Flag(_) | Op::Time { .. } | Op::Same { .. } => None,
    }
}

/// A text that fits a pattern, with nothing where it leaves a run open at an end.
fn pattern(pattern: &Pattern) -> Piece {
    let parts = pattern.parts();
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::One => text.push('k'),
            Part::Run if at > 0 && at + 1 < parts.len() => text.push_str("zq"),
            Part::Run => {}
        }
    }
    Piece { text, start: !matches!(parts.first(), Some(Part::Run)), end: !matches!(parts.last(), Some(Part::Run)) }
}

/// The piece of a whole that a piece of its part stands for.
pub(super) fn of_part(piece: Piece, how: Derivation, separator: char) -> Piece {
    let Piece { text, start, end } = piece;
    match how {
        Derivation::LastPart => Piece { text: if start { format!("{separator}{text}") } else { format!("{separator}k{text}") }, start: false, end },
        Derivation::Extension => Piece { text: format!(".{text}"), start: false, end: true },
        Derivation::Directory => {
            let text = if end { format!("{text}{separator}") } else { format!("{text}k{separator}") };
            Piece { text, start, end: false }
        }
        Derivation::MailDomain => Piece { text: format!("@{text}"), start: false, end: true },
        Derivation::UrlHost | Derivation::UrlPort | Derivation::UrlPath | Derivation::UrlQuery => Piece { text, start: false, end: false },
    }
}

/// Texts that hold all pieces, each once: those that begin it, those that stand somewhere, those that end it. `before` is put in front where
/// nothing begins the text, `behind` at the end where nothing ends it.
pub(super) fn join(pieces: &[Piece], before: &str, behind: &str) -> Vec<String> {
    if let Some(whole) = pieces.iter().find(|piece| piece.start && piece.end) {
        return vec![whole.text.clone()];
    }
    let mut out = Vec::new();
    for fill in ["", " ", "k", "\\", "/", " k "] {
        let mut text = String::new();
        let longest = pieces.iter().filter(|piece| piece.start).max_by_key(|piece| piece.text.len());
        text.push_str(longest.map_or(before, |piece| &piece.text));
        for piece in pieces.iter().filter(|piece| !piece.start && !piece.end) {
            if !holds(&text, &piece.text) {
                text.push_str(fill);
                text.push_str(&piece.text);
            }
        }
        let mut closed = false;
        for piece in pieces.iter().filter(|piece| piece.end && !piece.start) {
            closed = true;
            if !text.to_lowercase().ends_with(&piece.text.to_lowercase()) {
                if !text.is_empty() && longest.is_some() && !piece.text.starts_with(['\\', '/', '.']) {
                    text.push_str(fill);
                } else if longest.is_some() && piece.text.starts_with('.') && text.ends_with(['\\', '/']) {
                    text.push('k');
                }
                text.push_str(&piece.text);
            }
        }
        if !closed {
            text.push_str(fill.trim_matches(['\\', '/', ' ']));
            text.push_str(behind);
        }
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

fn holds(text: &str, piece: &str) -> bool {
    text.to_lowercase().contains(&piece.to_lowercase())
}

/// A URL out of its parts.
pub(super) fn url(host: &str, port: Option<i64>, path: &str, query: Option<&str>) -> String {
    let slash = if path.starts_with('/') { "" } else { "/" };
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("http://{host}{port}{slash}{path}{query}")
}

/// The host of a URL as events have it.
pub(super) fn host_of(url: &ir::Url) -> String {
    match url.host() {
        UrlHost::Domain(domain) => domain.as_str().to_owned(),
        UrlHost::Address(_) => url.host().to_header(),
    }
}
