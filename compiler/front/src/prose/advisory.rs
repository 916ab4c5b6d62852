//! How does a document become an advisory? One block for each type, role and direction; every place a value stands is kept.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use ir::{Advisory, Date, Direction, Head, Indicator, IndicatorBlock, Observable, Origin, Role, Tlp, Verdict, Window};
use source::{FileId, Sources, Span};

use super::{DocumentRole, Found, Kind};

/// What the words of the document say beside its values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// An id; the file's name when there is none.
    pub id: Option<String>,
    /// A title.
    pub title: Option<String>,
    /// Who may read it.
    pub tlp: Option<Tlp>,
    /// When it was published.
    pub published: Option<Date>,
    /// Names of the actor.
    pub actors: Vec<String>,
    /// Names of the malware.
    pub malware: Vec<String>,
    /// The window to search back through.
    pub hunt: Option<Window>,
    /// Who wants to hear of a hit.
    pub report: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
}

/// Turns what was found into an advisory. A value that stands in several places is one indicator with as many origins.
#[must_use]
pub fn advisory(sources: &Sources, file: FileId, found: &[Found<'_>], context: Context) -> Advisory {
    let span = Span::new(file, 0, 0);
    // A block is named by what its values share; roles that only some places tell hold for the value everywhere.
    let mut values: IndexMap<Observable, Indicator> = IndexMap::new();
    for value in found.iter().filter(|value| value.role == DocumentRole::Indicator) {
        let Ok(observable) = value.observable() else { continue };
        let origin = Origin { span: value.span, raw: value.raw.into() };
        let indicator = values.entry(observable.clone()).or_insert_with(|| Indicator {
            observable,
            role: value.indicator_role,
            direction: value.direction,
            valid: None,
            confidence: None,
            tlp: None,
            techniques: Vec::new(),
            size: None,
            note: None,
            origins: Vec::new(),
            citations: Vec::new(),
        });
        if indicator.role == Role::Unknown {
            indicator.role = value.indicator_role;
            indicator.direction = value.direction;
        }
        indicator.origins.push(origin);
    }
    let mut blocks: BTreeMap<String, IndicatorBlock> = BTreeMap::new();
    for indicator in values.into_values() {
        let kind = indicator.observable.kind();
        let name = block_name(kind.name(), indicator.role, indicator.direction);
        let place = indicator.origins.first().map_or(span, |origin| origin.span);
        let block =
            blocks.entry(name.clone()).or_insert_with(|| IndicatorBlock { head: Head::new(name, place), kind: Some(kind), indicators: Vec::new() });
        block.indicators.push(indicator);
    }
    let stem = stem(&sources.file(file).name);
    let mut cves: Vec<String> = found.iter().filter(|value| value.kind == Kind::Cve).map(|value| value.value.clone()).collect();
    let mut references: Vec<String> =
        found.iter().filter(|value| value.kind == Kind::Url && cited(value.role)).map(|value| value.value.clone()).collect();
    for list in [&mut cves, &mut references] {
        let mut seen = std::collections::BTreeSet::new();
        list.retain(|value| seen.insert(value.clone()));
    }
    Advisory {
        header: ir::Header {
            id: context.id.unwrap_or_else(|| slug(stem)),
            title: context.title.unwrap_or_else(|| stem.to_owned()),
            tlp: context.tlp,
            published: context.published,
            modified: None,
            actors: context.actors,
            malware: context.malware,
            cves,
            hunt: context.hunt,
            verdict: Verdict::default(),
            report: context.report,
            references,
            author: context.author,
            span,
        },
        sources: Vec::new(),
        indicators: blocks.into_values().collect(),
        behaviors: Vec::new(),
        correlations: Vec::new(),
        natives: Vec::new(),
        tests: Vec::new(),
        accepts: Vec::new(),
    }
}

fn cited(role: DocumentRole) -> bool {
    matches!(role, DocumentRole::Citation | DocumentRole::Publisher | DocumentRole::Vendor | DocumentRole::SocialMedia)
}

fn block_name(kind: &str, role: Role, direction: Direction) -> String {
    let role = if role == Role::Unknown { String::new() } else { format!("-{}", role.name()) };
    let direction = if direction == Direction::Either { String::new() } else { format!("-{}", direction.name()) };
    format!("{kind}{role}{direction}")
}

/// A file's name without its folders and its last ending.
fn stem(name: &str) -> &str {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    base.rsplit_once('.').map_or(base, |(stem, _)| if stem.is_empty() { base } else { stem })
}

/// Letters, digits, dots, dashes and underscores; anything else becomes one dash.
fn slug(stem: &str) -> String {
    let mut out = String::with_capacity(stem.len());
    for char in stem.chars() {
        if char.is_alphanumeric() || matches!(char, '.' | '_' | '-') {
            out.push(char);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_matches('-');
    if out.is_empty() { "document".to_owned() } else { out.to_owned() }
}
